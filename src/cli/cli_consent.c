/* SPDX-License-Identifier: Apache-2.0
 * Consent on the command line: show the form, go through its read-back questions, note one agreement. There is nothing
 * to enter when the person says no. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli_commands.h"
#include "cli/cli_consent.h"
#include "cli/cli_site.h"
#include "crypto/crypto.h"
#include "json/json.h"
#include "records/rights.h"

enum salve_code cli_form_load_in(struct cli *cli, enum purpose purpose, struct str lang, struct consent_form *out,
                                 struct salve_err *err)
{
    struct str share;
    struct consent_form_set set;
    const struct str langs[] = {STR("en"), STR("ar")};
    const char *version = cli_option(cli, OPT_FORM);
    enum salve_code code = cli_share_dir(cli, &share, err);
    if (code == SALVE_OK)
        code = consent_form_load(arena_printf(cli->mem, "%s/forms", share.ptr).ptr, purpose, str_of(version), langs, 2,
                                 cli->mem, &set, err);
    if (code != SALVE_OK) return code;
    const struct consent_form *form = consent_form_in(&set, lang);
    if (form == NULL)
        return salve_refuse(err, SALVE_E_NOT_FOUND, "the form does not exist in that language", "language %.*s",
                            STR_ARGS(lang));
    *out = *form;
    crypto_sha256(out->bytes, out->ref.sha256);
    return SALVE_OK;
}

enum salve_code cli_form_load(struct cli *cli, enum purpose purpose, struct consent_form *out, struct salve_err *err)
{
    const char *lang = cli_option(cli, OPT_LANG);
    return cli_form_load_in(cli, purpose, str_of(lang == NULL ? "en" : lang), out, err);
}

static void print_form(const struct consent_form *form)
{
    cli_print("%.*s\n(%s %u.%u)\n\n", STR_ARGS(form->title), purpose_text(form->purpose), form->ref.major,
              form->ref.minor);
    for (size_t i = 0; i < CONSENT_SECTION_COUNT; i++)
        cli_print("%.*s\n  %.*s\n\n", STR_ARGS(form->sections[i].heading), STR_ARGS(form->sections[i].text));
    cli_print("> %.*s\n", STR_ARGS(form->yes));
}

enum salve_code cli_consent_form(struct cli *cli, struct salve_err *err)
{
    struct consent_form form;
    enum purpose purpose = 0;
    enum salve_code code = cli_purpose(cli, &purpose, err);
    if (code == SALVE_OK) code = cli_form_load(cli, purpose, &form, err);
    if (code != SALVE_OK) return code;
    if (cli->is_json)
        cli_write(form.bytes);
    else
        print_form(&form);
    return SALVE_OK;
}

/* --- giving ------------------------------------------------------------------------------------------------------- */

static bool said_yes(const char *line) { return line[0] == 'y' || line[0] == 'Y'; }

/* Two rounds at most, then the purpose stays off; answers are not kept, only that all points were met. */
static enum salve_code read_back(const struct cli *cli, const struct consent_form *form, uint32_t *rounds,
                                 bool *is_done, struct salve_err *err)
{
    char line[16], question[CLI_LINE_BYTES_MAX];
    for (*rounds = 1; *rounds <= 2; ++*rounds) {
        *is_done = true;
        for (size_t i = 0; i < form->read_back_count; i++) {
            const struct consent_read_back *item = &form->read_back[i];
            cli_print("\n%zu. %.*s\n", i + 1, STR_ARGS(item->ask));
            for (size_t p = 0; p < item->point_count; p++) cli_print("     - %.*s\n", STR_ARGS(item->points[p]));
            (void)snprintf(question, sizeof question, "   Did the person say this in their own words? [y/n]");
            enum salve_code code = cli_ask(cli, question, false, line, sizeof line, err);
            if (code != SALVE_OK) return code;
            *is_done = *is_done && said_yes(line);
        }
        if (*is_done) return SALVE_OK;
        if (*rounds == 1) cli_print("\nPlease explain once more, then ask again.\n");
    }
    *rounds = 2;
    return SALVE_OK;
}

static enum salve_code fill_read_back(struct cli *cli, const struct consent_form *form, struct consent_grant *grant,
                                      struct salve_err *err)
{
    const char *given = cli_option(cli, OPT_READ_BACK);
    int64_t rounds;
    bool is_done = false;
    char line[16];
    if (given != NULL) {
        if (!str_to_i64(str_of(given), &rounds) || rounds < 1 || rounds > 2)
            return salve_refuse(err, SALVE_E_USAGE, "give the round, 1 or 2, in which every question was met",
                                "--read-back");
        grant->teach_back = CONSENT_TEACH_BACK_DONE;
        grant->teach_back_rounds = (uint32_t)rounds;
        return SALVE_OK;
    }
    if (cli_has(cli, OPT_NO_INPUT) || isatty(STDIN_FILENO) != 1)
        return salve_refuse(
            err, SALVE_E_USAGE,
            "there is no terminal to ask on; 'salve consent form' shows the questions, --read-back 1 or 2 says "
            "in which round all were met",
            "--read-back");
    print_form(form);
    enum salve_code code = read_back(cli, form, &grant->teach_back_rounds, &is_done, err);
    grant->teach_back = is_done ? CONSENT_TEACH_BACK_DONE : CONSENT_TEACH_BACK_NOT_DONE;
    if (code != SALVE_OK || !is_done) return code;
    cli_print("\n%.*s\n", STR_ARGS(form->yes));
    code = cli_ask(cli, "Does the person agree? [y/n]", false, line, sizeof line, err);
    if (code != SALVE_OK || said_yes(line)) return code;
    return salve_refuse(err, SALVE_E_CONSENT,
                        "the person did not agree; nothing was noted, and nothing changes for their check", "consent");
}

static enum salve_code fill_method(const struct cli *cli, struct consent_grant *grant, struct salve_err *err)
{
    const char *method = cli_option(cli, OPT_METHOD), *assent = cli_option(cli, OPT_ASSENT);
    bool is_known = method == NULL;
    grant->method = CONSENT_METHOD_CARD;
#define X(name, text, what)                                                                                            \
    if (method != NULL && strcmp(method, text) == 0) {                                                                 \
        grant->method = CONSENT_METHOD_##name;                                                                         \
        is_known = true;                                                                                               \
    }
    CONSENT_METHODS(X)
#undef X
    if (!is_known) return salve_refuse(err, SALVE_E_USAGE, "a method is one of: signed, pin, card, spoken", "--method");
    const char *to = cli_option(cli, OPT_TO);
    bool is_to_needed = grant->purpose == PURPOSE_HELPER || grant->purpose == PURPOSE_TRANSFER;
    if (to == NULL && is_to_needed && !cli_has(cli, OPT_GUARDIAN))
        return salve_refuse(err, SALVE_E_USAGE,
                            "this purpose is for one person or place only; name them, such as --to daughter-1", "--to");
    if (to != NULL) grant->to = str_of(to);
    if (cli_has(cli, OPT_SENSITIVE)) grant->classes = purpose_classes(grant->purpose) | CLASS_BIT(CLASS_SENS);
    if (cli_has(cli, OPT_WITNESS)) grant->witness = CONSENT_WITNESS_INDEPENDENT;
    if (cli_has(cli, OPT_GUARDIAN)) grant->by = CONSENT_BY_GUARDIAN;
    is_known = assent == NULL;
#define X(name, text, what)                                                                                            \
    if (assent != NULL && strcmp(assent, text) == 0) {                                                                 \
        grant->assent = CONSENT_ASSENT_##name;                                                                         \
        is_known = true;                                                                                               \
    }
    CONSENT_ASSENTS(X)
#undef X
    if (is_known) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, "the child's answer is one of: given, not-able, dissent", "--assent");
}

enum salve_code cli_grant_fill(struct cli *cli, struct consent_grant *grant, struct salve_err *err)
{
    struct consent_form form;
    *grant = (struct consent_grant){0};
    enum salve_code code = cli_purpose(cli, &grant->purpose, err);
    if (code == SALVE_OK) code = fill_method(cli, grant, err);
    if (code == SALVE_OK) code = cli_form_load(cli, grant->purpose, &form, err);
    if (code != SALVE_OK) return code;
    grant->form = form.ref;
    return fill_read_back(cli, &form, grant, err);
}

enum salve_code cli_consent_give(struct cli *cli, struct salve_err *err)
{
    struct site *site = NULL;
    struct actor actor;
    struct consent_grant grant;
    struct rec_receipt receipt = {0};
    enum salve_code code = cli_grant_fill(cli, &grant, err);
    if (code == SALVE_OK) code = cli_site_open(cli, &site, err);
    if (code == SALVE_OK) code = cli_staff_actor(cli, site, &actor, err);
    if (code == SALVE_OK) code = rec_consent_give(site, actor, str_of(cli->words[0]), &grant, cli->mem, &receipt, err);
    if (code == SALVE_OK) {
        struct str text = receipt.text;
        if (cli->is_json) code = cli_receipt_json(cli, "consent", grant.purpose, NULL, &receipt, STR_NONE, &text, err);
        if (code == SALVE_OK) cli_write(text);
        cli_say(cli,
                "Noted: %s; above is the proof of it, for the person to keep. It can be taken back at any time with\n"
                "  salve withdraw CARD --purpose %s",
                purpose_text(grant.purpose), purpose_text(grant.purpose));
    }
    return cli_site_close(&site, code, err);
}

/* --- listing ------------------------------------------------------------------------------------------------------ */

static void consent_line(struct buf *out, const struct rec_consent *consent)
{
    char when[CLOCK_TEXT_BYTES], until[CLOCK_TEXT_BYTES];
    const char *state = consent->in_force ? "on" : consent->grant.state == CONSENT_WITHDRAWN ? "taken back" : "ended";
    struct str at = clock_date_text(consent->at_unix_ms, when);
    buf_addf(out, "%-18s %-11s %.*s", purpose_text(consent->grant.purpose), state, STR_ARGS(at));
    if (consent->in_force && consent->grant.not_after_unix_s != 0) {
        struct str end = clock_date_text(consent->grant.not_after_unix_s * 1000, until);
        buf_addf(out, "  until %.*s", STR_ARGS(end));
    }
    buf_add_char(out, '\n');
}

static void consent_json(struct json_writer *w, const struct rec_consent *consent)
{
    char when[CLOCK_TEXT_BYTES];
    json_open(w, NULL, '{');
    json_put_text(w, "purpose", str_of(purpose_text(consent->grant.purpose)));
    json_put_bool(w, "inForce", consent->in_force);
    json_put_text(w, "at", clock_text(consent->at_unix_ms, when));
    if (consent->grant.not_after_unix_s != 0)
        json_put_text(w, "notAfter", clock_text(consent->grant.not_after_unix_s * 1000, when));
    json_close(w);
}

static enum salve_code print_consents(struct cli *cli, struct rec_view *view, struct salve_err *err)
{
    struct rec_consent *consents = NULL;
    size_t count = 0;
    struct buf out;
    enum salve_code code = rec_consents(view, cli->mem, &consents, &count, err);
    if (code != SALVE_OK) return code;
    buf_init(&out, cli->mem, 1 << 20);
    struct json_writer w = {.out = &out, .pretty = true};
    if (cli->is_json) json_open(&w, NULL, '[');
    for (size_t i = 0; i < count; i++) {
        if (cli->is_json)
            consent_json(&w, &consents[i]);
        else
            consent_line(&out, &consents[i]);
    }
    if (cli->is_json) json_close(&w);
    if (cli->is_json) buf_add_char(&out, '\n');
    if (count == 0) cli_say(cli, "Nothing is switched on.");
    return cli_write_buf(&out, cli->is_json, err);
}

enum salve_code cli_consent_list(struct cli *cli, struct salve_err *err)
{
    struct site *site = NULL;
    struct rec_view *view = NULL;
    struct actor person = {.role = ROLE_PARTICIPANT};
    enum salve_code code = cli_site_open(cli, &site, err);
    if (code == SALVE_OK) {
        person.site = site_settings(site)->name;
        code = cli_view_open(cli, site, cli->words[0], person, &view, err);
    }
    if (code == SALVE_OK) code = print_consents(cli, view, err);
    code = cli_view_close(&view, code, err);
    return cli_site_close(&site, code, err);
}
