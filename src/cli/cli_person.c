/* SPDX-License-Identifier: Apache-2.0
 * A person's own rights on the command line: enrol, see who looked, take everything away, withdraw, be erased. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli_commands.h"
#include "cli/cli_consent.h"
#include "cli/cli_site.h"
#include "base/file.h"
#include "base/limits.h"
#include "consent/consent.h"
#include "fhir/fhir.h"
#include "fhir/outcome.h"
#include "json/json.h"
#include "records/rights.h"

/* --- opening a person's record ------------------------------------------------------------------------------------ */

enum salve_code cli_view_open(struct cli *cli, struct site *site, const char *card, struct actor actor,
                              struct rec_view **out, struct salve_err *err)
{
    (void)cli;
    bool is_person = actor.role == ROLE_PARTICIPANT;
    struct rec_ask ask = {.actor = actor, .purpose = is_person ? PURPOSE_SELF : PURPOSE_CARE, .who = str_of(card)};
    if (!rec_card_valid(ask.who))
        return salve_refuse(err, SALVE_E_NOT_FOUND, "that is not a card code; check it letter by letter", "card");
    return rec_open(site, &ask, out, err);
}

enum salve_code cli_view_close(struct rec_view **view, enum salve_code code, struct salve_err *err)
{
    struct salve_err second = {0};
    if (*view == NULL) return code;
    enum salve_code closed = rec_close(view, &second);
    if (code != SALVE_OK || closed == SALVE_OK) return code;
    if (err != NULL) *err = second;
    return closed;
}

/* Opens the site and, as the person with the card, their record; `run` does the rest. */
static enum salve_code with_own_record(struct cli *cli,
                                       enum salve_code (*run)(struct cli *, struct rec_view *, struct salve_err *),
                                       struct salve_err *err)
{
    struct site *site = NULL;
    struct rec_view *view = NULL;
    enum salve_code code = cli_site_open(cli, &site, err);
    struct actor person = {.role = ROLE_PARTICIPANT};
    if (code == SALVE_OK) {
        person.site = site_settings(site)->name;
        code = cli_view_open(cli, site, cli->words[0], person, &view, err);
    }
    if (code == SALVE_OK) code = run(cli, view, err);
    code = cli_view_close(&view, code, err);
    return cli_site_close(&site, code, err);
}

/* --- enrol -------------------------------------------------------------------------------------------------------- */

static enum salve_code ask_into(const struct cli *cli, struct json_writer *w, const char *question, const char *name,
                                struct salve_err *err)
{
    char line[CLI_LINE_BYTES_MAX];
    enum salve_code code = cli_ask(cli, question, false, line, sizeof line, err);
    struct str text = str_trim(str_of(line));
    if (code == SALVE_OK && text.len > 0) json_put_text(w, name, text);
    return code;
}

static enum salve_code ask_patient(struct cli *cli, struct str *out, struct salve_err *err)
{
    struct buf text;
    char line[CLI_LINE_BYTES_MAX];
    buf_init(&text, cli->mem, 1 << 16);
    struct json_writer w = {.out = &text};
    json_open(&w, NULL, '{');
    json_put_text(&w, "resourceType", STR("Patient"));
    json_put_name(&w, STR("name"));
    json_open(&w, NULL, '[');
    json_open(&w, NULL, '{');
    enum salve_code code = ask_into(cli, &w, "Family name", "family", err);
    if (code == SALVE_OK) code = cli_ask(cli, "Given names", false, line, sizeof line, err);
    if (code == SALVE_OK && str_trim(str_of(line)).len > 0) {
        json_open(&w, "given", '[');
        json_put_text(&w, NULL, str_trim(str_of(line)));
        json_close(&w);
    }
    json_close(&w);
    json_close(&w);
    if (code == SALVE_OK) code = ask_into(cli, &w, "Birth date (YYYY-MM-DD)", "birthDate", err);
    if (code == SALVE_OK)
        code = ask_into(cli, &w, "Sex for reference ranges (female, male, other, unknown)", "gender", err);
    json_close(&w);
    return code == SALVE_OK ? buf_done(&text, out, err) : code;
}

static enum salve_code read_patient(struct cli *cli, struct tape *out, struct salve_err *err)
{
    struct str json;
    struct fhir_issues issues;
    struct fhir_read_opts opts = {.type = fhir_type_find(STR("Patient"))};
    fhir_issues_init(&issues, cli->mem);
    enum salve_code code = cli->word_count == 0
                               ? ask_patient(cli, &json, err)
                               : file_read(cli->words[0], SALVE_RESOURCE_BYTES_MAX, cli->mem, &json, err);
    return code == SALVE_OK ? fhir_read(json, &opts, cli->mem, out, &issues, err) : code;
}

enum salve_code cli_enrol(struct cli *cli, struct salve_err *err)
{
    struct site *site = NULL;
    struct actor actor;
    struct tape patient;
    struct rec_enrolled enrolled;
    enum salve_code code = read_patient(cli, &patient, err);
    if (code == SALVE_OK) code = cli_site_open(cli, &site, err);
    if (code == SALVE_OK) code = cli_staff_actor(cli, site, &actor, err);
    if (code == SALVE_OK) code = rec_enrol(site, actor, &patient, cli->mem, &enrolled, err);
    if (code == SALVE_OK && cli->is_json) cli_print("{\"card\":\"%.*s\"}\n", STR_ARGS(enrolled.card));
    if (code == SALVE_OK && !cli->is_json) {
        cli_print("%.*s\n", STR_ARGS(enrolled.card));
        cli_say(cli,
                "This is the card code. It is shown once: print it or write it down for the person.\n"
                "Next: salve consent give %.*s --purpose care --as %s",
                STR_ARGS(enrolled.card), cli_option(cli, OPT_AS));
    }
    return cli_site_close(&site, code, err);
}

/* --- looked ------------------------------------------------------------------------------------------------------- */

static struct str classes_text(class_mask classes, struct arena *mem)
{
    struct buf out;
    struct str text = STR("");
    buf_init(&out, mem, 1024);
    for (int class = 1; class <= CLASS_LAST; class ++)
        if ((classes & CLASS_BIT(class)) != 0)
            buf_addf(&out, "%s%s", out.len > 0 ? ", " : "", class_text((enum data_class) class));
    return buf_done(&out, &text, NULL) == SALVE_OK ? text : STR("");
}

static enum salve_code write_proofs(struct cli *cli, const struct rec_look *looks, size_t count, struct salve_err *err)
{
    const char *folder = cli_option(cli, OPT_PROOFS);
    if (folder == NULL) return SALVE_OK;
    (void)mkdir(folder, 0700);
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; i < count && code == SALVE_OK; i++) {
        if (!looks[i].proved) continue;
        struct str path = arena_printf(cli->mem, "%s/%llu.tlog-proof", folder, (unsigned long long)looks[i].leaf_index);
        if (path.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "proofs");
        code = file_write(path.ptr, looks[i].proof, 0600, err);
    }
    return code;
}

static void look_json(struct json_writer *w, const struct rec_look *look, struct arena *mem)
{
    char when[CLOCK_TEXT_BYTES];
    json_open(w, NULL, '{');
    json_put_text(w, "at", clock_text(look->at_unix_ms, when));
    json_put_text(w, "kind", look->kind);
    json_put_text(w, "role", str_of(role_text(look->actor.role)));
    json_put_text(w, "actor", look->actor.id);
    json_put_text(w, "site", look->actor.site);
    json_put_text(w, "purpose", look->purpose == 0 ? STR("") : str_of(purpose_text(look->purpose)));
    json_put_text(w, "classes", classes_text(look->classes, mem));
    json_put_i64(w, "resources", look->resource_count);
    json_put_i64(w, "leaf", (int64_t)look->leaf_index);
    json_put_bool(w, "proved", look->proved);
    json_close(w);
}

static void look_line(struct buf *out, const struct rec_look *look, struct arena *mem)
{
    char when[CLOCK_TEXT_BYTES];
    struct str at = clock_text(look->at_unix_ms, when);
    bool is_own = look->actor.role == ROLE_PARTICIPANT;
    buf_addf(out, "%.16s  %-10.*s  %s%s%.*s  %s", at.ptr, STR_ARGS(look->kind),
             is_own ? "you" : role_text(look->actor.role), is_own ? "" : " ", STR_ARGS(look->actor.id),
             look->purpose == 0 ? "" : purpose_text(look->purpose));
    struct str classes = classes_text(look->classes, mem);
    if (classes.len > 0) buf_addf(out, ": %.*s", STR_ARGS(classes));
    if (look->resource_count > 0)
        buf_addf(out, " (%u %s)", look->resource_count, str_is(look->kind, "write") ? "written" : "read");
    buf_addf(out, "  leaf %llu %s\n", (unsigned long long)look->leaf_index, look->proved ? "proved" : "NOT PROVED");
}

enum salve_code cli_looked_print(struct cli *cli, struct rec_view *view, struct salve_err *err)
{
    struct rec_look *looks = NULL;
    size_t count = 0, missing = 0;
    struct buf out;
    enum salve_code code = rec_looked(view, cli->mem, &looks, &count, &missing, err);
    if (code == SALVE_OK) code = write_proofs(cli, looks, count, err);
    if (code != SALVE_OK) return code;
    buf_init(&out, cli->mem, 64 << 20);
    struct json_writer w = {.out = &out, .pretty = true};
    if (cli->is_json) json_open(&w, NULL, '[');
    for (size_t i = 0; i < count; i++) {
        if (cli->is_json)
            look_json(&w, &looks[i], cli->mem);
        else
            look_line(&out, &looks[i], cli->mem);
    }
    if (cli->is_json) json_close(&w);
    if (cli->is_json) buf_add_char(&out, '\n');
    code = cli_write_buf(&out, cli->is_json, err);
    if (code != SALVE_OK) return code;
    if (missing == 0) {
        cli_say(cli, "Every one of these %zu lines is in the log; nobody else has opened the record.", count);
        return SALVE_OK;
    }
    return salve_refuse(err, SALVE_E_INTEGRITY, "the log does not hold what it should", "%zu of %zu lines", missing,
                        count);
}

enum salve_code cli_looked(struct cli *cli, struct salve_err *err)
{
    return with_own_record(cli, cli_looked_print, err);
}

/* --- take --------------------------------------------------------------------------------------------------------- */

static enum salve_code take(struct cli *cli, struct rec_view *view, struct salve_err *err)
{
    const struct rec_resource *resources = NULL;
    size_t count = 0;
    struct buf out;
    struct str text;
    const char *path = cli_option(cli, OPT_OUTPUT);
    enum salve_code code = rec_take(view, cli->mem, &resources, &count, err);
    if (code != SALVE_OK) return code;
    buf_init(&out, cli->mem, SALVE_REQUEST_BYTES_MAX / 4);
    buf_add(&out, STR("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["));
    for (size_t i = 0; i < count; i++) {
        /* A name that resolves nowhere: relative references find their entry by it (FHIR R4, bundle.html 2.36.4.1). */
        buf_addf(&out, "%s\n{\"fullUrl\":\"https://record.invalid/%.*s/%.*s\",\"resource\":", i == 0 ? "" : ",",
                 STR_ARGS(resources[i].type), STR_ARGS(resources[i].id));
        fhir_write(&resources[i].tape, tape_root(&resources[i].tape), FHIR_COMPACT, &out);
        buf_add_char(&out, '}');
    }
    buf_add(&out, STR("\n]}\n"));
    code = buf_done(&out, &text, err);
    if (code == SALVE_OK && path != NULL) code = file_write(path, text, 0600, err);
    if (code != SALVE_OK) return code;
    if (path == NULL) cli_write(text);
    cli_say(cli, "%zu resources: all that is kept about this person.", count);
    return SALVE_OK;
}

enum salve_code cli_take(struct cli *cli, struct salve_err *err) { return with_own_record(cli, take, err); }

/* --- withdraw and erase ------------------------------------------------------------------------------------------- */

enum salve_code cli_purpose(const struct cli *cli, enum purpose *out, struct salve_err *err)
{
    const char *text = cli_option(cli, OPT_PURPOSE);
    if (text != NULL && purpose_find(str_of(text), out) && *out != PURPOSE_SELF) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE,
                        "a purpose is one of: care, follow-up, statistics, research-contact, transfer, helper",
                        "--purpose");
}

/* The name of a purpose in the language of the texts. */
static enum salve_code purpose_words(struct cli *cli, const struct consent_texts *texts, enum purpose purpose,
                                     struct consent_field *field, struct salve_err *err)
{
    struct str body, item = arena_printf(cli->mem, "purpose.%s", purpose_text(purpose));
    return consent_texts_fill(texts, item, NULL, 0, cli->mem, &field->value, &body, err);
}

enum salve_code cli_receipt_json(struct cli *cli, const char *kind, enum purpose purpose, const char *until,
                                 const struct rec_receipt *receipt, struct str text, struct str *out,
                                 struct salve_err *err)
{
    struct buf json;
    char when[CLOCK_TEXT_BYTES];
    buf_init(&json, cli->mem, 1 << 20);
    struct json_writer w = {.out = &json, .pretty = true};
    json_open(&w, NULL, '{');
    json_put_text(&w, "receipt", str_of(kind));
    json_put_text(&w, "at", clock_text(receipt->at_unix_ms, when));
    if (purpose != 0) json_put_text(&w, "purpose", str_of(purpose_text(purpose)));
    if (until != NULL) json_put_text(&w, "keysGoneBy", str_of(until));
    json_put_i64(&w, "leaf", (int64_t)receipt->leaf_index);
    if (text.ptr != NULL) json_put_text(&w, "text", text);
    json_put_text(&w, "proof", receipt->text);
    json_close(&w);
    buf_add_char(&json, '\n');
    return buf_done(&json, out, err);
}

/* A receipt in the person's language, with its proof below. The last field is the purpose, if there is one; of an
 * erasure it is the day by which old keys are gone. */
static enum salve_code print_receipt(struct cli *cli, const struct consent_texts *texts, const char *item,
                                     struct consent_field *fields, size_t count, enum purpose purpose,
                                     const struct rec_receipt *receipt, struct salve_err *err)
{
    struct str title, body;
    enum salve_code code = SALVE_OK;
    if (purpose != 0) code = purpose_words(cli, texts, purpose, &fields[count - 1], err);
    if (code == SALVE_OK) code = consent_texts_fill(texts, str_of(item), fields, count, cli->mem, &title, &body, err);
    if (code != SALVE_OK) return code;
    struct str text = arena_printf(cli->mem, "%.*s\n\n%.*s\n", STR_ARGS(title), STR_ARGS(body));
    struct str until = fields[count - 1].value;
    if (text.ptr != NULL && !cli->is_json)
        text = arena_printf(cli->mem, "%.*s\n%.*s", STR_ARGS(text), STR_ARGS(receipt->text));
    if (text.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "receipt");
    if (cli->is_json)
        code = cli_receipt_json(cli, item, purpose,
                                purpose == 0 ? arena_printf(cli->mem, "%.*s", STR_ARGS(until)).ptr : NULL, receipt,
                                text, &text, err);
    if (code != SALVE_OK) return code;
    const char *path = cli_option(cli, OPT_OUTPUT);
    if (path == NULL) return cli_write(text), SALVE_OK;
    code = file_write(path, text, 0600, err);
    if (code != SALVE_OK) cli_write(text); /* it is done, and this is the only receipt */
    if (code != SALVE_OK) cli_say(cli, "It was done; the receipt is above because its file could not be written.");
    return code;
}

/* The words of the receipt are read before anything is done: an unknown language changes nothing. */
static enum salve_code receipt_texts(struct cli *cli, struct consent_texts *texts, struct salve_err *err)
{
    struct str share;
    const char *lang = cli_option(cli, OPT_LANG);
    enum salve_code code = cli_share_dir(cli, &share, err);
    if (code == SALVE_OK)
        code = consent_texts_load(arena_printf(cli->mem, "%s/forms", share.ptr).ptr, str_of(lang == NULL ? "en" : lang),
                                  cli->mem, texts, err);
    if (code != SALVE_E_NOT_FOUND) return code;
    return salve_why(err, code, "there are no receipts in that language; nothing was changed");
}

enum salve_code cli_withdraw(struct cli *cli, struct salve_err *err)
{
    struct site *site = NULL;
    struct actor actor;
    struct rec_receipt receipt = {0};
    enum purpose purpose = 0;
    char when[CLOCK_TEXT_BYTES];
    struct consent_texts texts;
    enum salve_code code = cli_purpose(cli, &purpose, err);
    if (code == SALVE_OK) code = receipt_texts(cli, &texts, err);
    if (code == SALVE_OK) code = cli_site_open(cli, &site, err);
    if (code == SALVE_OK) code = cli_actor(cli, site, &actor, err);
    if (code == SALVE_OK)
        code = rec_consent_withdraw(site, actor, str_of(cli->words[0]), purpose, cli->mem, &receipt, err);
    if (code == SALVE_OK) {
        struct str at = clock_text(receipt.at_unix_ms, when);
        struct consent_field fields[] = {{STR("at"), at}, {STR("purpose"), STR("")}};
        code = print_receipt(cli, &texts, "withdrawal", fields, 2, purpose, &receipt, err);
    }
    return cli_site_close(&site, code, err);
}

static enum salve_code confirm_erasure(const struct cli *cli, struct salve_err *err)
{
    char line[16];
    if (cli_has(cli, OPT_YES)) return SALVE_OK;
    enum salve_code code = cli_ask(cli, "Everything about this person will be gone for good. Type 'erase' to go on",
                                   false, line, sizeof line, err);
    if (code == SALVE_E_USAGE && !cli_interrupted())
        return salve_why(err, code, "nothing was changed; where nobody can type, add --yes");
    if (code != SALVE_OK || strcmp(line, "erase") == 0) return code;
    return salve_refuse(err, SALVE_E_USAGE, "not confirmed; nothing was changed", "erase");
}

enum salve_code cli_erase(struct cli *cli, struct salve_err *err)
{
    struct site *site = NULL;
    struct rec_erasure erasure = {0};
    struct actor person = {.role = ROLE_PARTICIPANT};
    char when[CLOCK_TEXT_BYTES], until[CLOCK_TEXT_BYTES];
    struct consent_texts texts;
    enum salve_code code = receipt_texts(cli, &texts, err);
    if (code == SALVE_OK) code = confirm_erasure(cli, err);
    if (code == SALVE_OK) code = cli_site_open(cli, &site, err);
    if (code == SALVE_OK) person.site = site_settings(site)->name;
    if (code == SALVE_OK) code = rec_erase(site, person, str_of(cli->words[0]), cli->mem, &erasure, err);
    if (code == SALVE_OK) {
        struct consent_field fields[] = {{STR("at"), clock_text(erasure.erased_at_unix_ms, when)},
                                         {STR("horizon"), clock_date_text(erasure.horizon_unix_ms, until)}};
        code = print_receipt(cli, &texts, "erasure", fields, 2, 0, &erasure.receipt, err);
    }
    return cli_site_close(&site, code, err);
}
