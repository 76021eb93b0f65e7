/* SPDX-License-Identifier: Apache-2.0
 * The commands of a site: settings, clock, log, verify, keys. Making it, and its staff, are in cli_staff.c. */
#include <stdio.h>
#include <string.h>

#include "cli/cli_clinic.h"
#include "cli/cli_commands.h"
#include "cli/cli_login.h"
#include "cli/cli_reply.h"
#include "base/file.h"
#include "base/limits.h"
#include "visit/measure.h"
#include "visit/site.h"

/* --- settings ----------------------------------------------------------------------------------------------------- */

/* The values of an option as one text; an earlier one stays where the option was not given. */
static enum salve_code joined(const struct cli *cli, enum cli_option option, char between, struct str *text,
                              struct salve_err *err)
{
    const struct cli_values *values = &cli->options[option];
    struct buf out;
    if (values->count == 0) return SALVE_OK;
    buf_init(&out, cli->mem, CLI_LINE_BYTES_MAX * 8);
    for (size_t i = 0; i < values->count; i++) {
        if (out.len > 0) buf_add_char(&out, between);
        buf_add(&out, str_of(values->value[i]));
    }
    return buf_done(&out, text, err);
}

static enum salve_code read_ages(const char *text, struct site_settings *settings, struct salve_err *err)
{
    uint8_t *const ages[] = {&settings->assent_age_years, &settings->consent_age_years, &settings->majority_age_years};
    struct str rest = str_of(text);
    int64_t years = 0;
    for (int i = 0; i < 3; i++) {
        ptrdiff_t comma = i < 2 ? str_find(rest, STR(",")) : (ptrdiff_t)rest.len;
        if (comma < 0 || !str_to_i64(str_cut(rest, 0, (size_t)comma), &years) || years < 1 || years > 99)
            return salve_refuse(err, SALVE_E_USAGE, "three ages in years with commas between them, such as 7,16,18",
                                "--ages");
        *ages[i] = (uint8_t)years;
        rest = str_cut(rest, (size_t)comma + 1, rest.len);
    }
    return SALVE_OK;
}

/* What it may be, the site says. */
static enum salve_code read_lock(const char *text, struct site_settings *settings, struct salve_err *err)
{
    int64_t seconds = 0;
    if (text == NULL) return SALVE_OK;
    if (!str_to_i64(str_of(text), &seconds) || seconds < 1 || seconds > UINT16_MAX)
        return salve_refuse(err, SALVE_E_USAGE, "seconds, such as 120", "--lock");
    settings->lock_seconds = (uint16_t)seconds;
    return SALVE_OK;
}

static enum salve_code change_settings(struct cli *cli, struct site_settings *settings, struct salve_err *err)
{
    const char *ages = cli_option(cli, OPT_AGES), *index = cli_option(cli, OPT_NAME_INDEX);
    TRY(joined(cli, OPT_NATIONAL_PATTERN, '\n', &settings->national_patterns, err));
    TRY(joined(cli, OPT_IDENTIFIER_SYSTEM, ' ', &settings->identifier_systems, err));
    TRY(joined(cli, OPT_UNIT, ' ', &settings->units, err));
    TRY(visit_units_check(settings->units, err));
    settings->zone = cli_has(cli, OPT_ZONE) ? str_of(cli_option(cli, OPT_ZONE)) : settings->zone;
    if (ages != NULL) TRY(read_ages(ages, settings, err));
    TRY(read_lock(cli_option(cli, OPT_LOCK), settings, err));
    if (index != NULL && strcmp(index, "on") != 0 && strcmp(index, "off") != 0)
        return salve_refuse(err, SALVE_E_USAGE, "it is on or off", "--name-index");
    if (index != NULL) settings->name_index = strcmp(index, "on") == 0;
    return site_settings_set(cli->visit.site, cli->visit.actor, settings, err);
}

enum salve_code cli_settings(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    struct visit_clinic clinic;
    bool is_change = cli_has(cli, OPT_NATIONAL_PATTERN) || cli_has(cli, OPT_IDENTIFIER_SYSTEM) ||
                     cli_has(cli, OPT_AGES) || cli_has(cli, OPT_NAME_INDEX) || cli_has(cli, OPT_UNIT) ||
                     cli_has(cli, OPT_ZONE) || cli_has(cli, OPT_LOCK);
    TRY(cli_open(cli, is_change || cli_clinic_changes(cli) ? CLI_STAFF : CLI_NOBODY, err));
    struct site_settings settings = *site_settings(cli->visit.site);
    if (is_change) TRY(change_settings(cli, &settings, err));
    TRY(cli_clinic_change(cli, &clinic, err));
    settings = *site_settings(cli->visit.site);
    cli_reply_open(&reply, cli, 0);
    if (cli->is_json) visit_settings_json(&settings, &clinic, &reply.w);
    cli_reply_words(&reply,
                    "name                 %.*s\nlanguages            %.*s\n"
                    "ages                 %u a child is asked, %u decides alone, %u is of age\n"
                    "look-up by name      %s\nidentifier systems   %.*s\nnational patterns    %.*s\n"
                    "units                %.*s\ntime zone            %.*s\nsessions lock after  %u s\n",
                    STR_ARGS(settings.name), STR_ARGS(settings.languages), settings.assent_age_years,
                    settings.consent_age_years, settings.majority_age_years, settings.name_index ? "on" : "off",
                    STR_ARGS(settings.identifier_systems), STR_ARGS(settings.national_patterns),
                    STR_ARGS(settings.units.len > 0 ? settings.units : STR("as listed by 'salve help measure'")),
                    STR_ARGS(settings.zone.len > 0 ? settings.zone : STR("UTC: none is set")), settings.lock_seconds);
    cli_clinic_tell(cli, &clinic, &reply);
    return cli_reply_done(&reply, err);
}

/* --- clock -------------------------------------------------------------------------------------------------------- */

enum salve_code cli_clock(struct cli *cli, struct salve_err *err)
{
    char now[CLOCK_TEXT_BYTES], last[CLOCK_TEXT_BYTES], question[CLI_LINE_BYTES_MAX];
    struct cli_reply reply;
    TRY(cli_open(cli, CLI_STAFF, err));
    struct site *site = cli->visit.site;
    bool was_doubted = site_clock_suspect(site);
    (void)snprintf(question, sizeof question, "The clock says %.16s, the site was last used %.16s",
                   clock_text(clock_ms(&cli->clock), now).ptr, clock_text(site_now_unix_ms(site), last).ptr);
    if (was_doubted) TRY(cli_confirm(cli, question, "right", err));
    TRY(site_clock_confirm(site, cli->visit.actor, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_bool(&reply, "wasDoubted", was_doubted);
    cli_reply_words(&reply,
                    was_doubted ? "%s. The clock is taken as right; this is noted in the log.\n"
                                : "%s. Nothing to confirm: the clock fits.\n",
                    question);
    return cli_reply_done(&reply, err);
}

/* --- log ---------------------------------------------------------------------------------------------------------- */

enum salve_code cli_log_successor(struct cli *cli, struct salve_err *err)
{
    struct cli_secret secret = {0};
    struct cli_reply reply;
    struct site_options options = cli_site_options(cli);
    TRY(cli_site_found(cli, err));
    TRY(cli_confirm(cli, "The old log ends here and everybody will see it", "successor", err));
    enum salve_code code = cli_secret_get(cli, false, &secret, &options.secret, err);
    if (code == SALVE_OK) code = site_log_successor(&options, err);
    cli_secret_drop(&secret);
    if (code != SALVE_OK) return code;
    cli_reply_open(&reply, cli, '{');
    cli_reply_bool(&reply, "started", true);
    cli_reply_words(&reply, "A new log is started; its first entry names the old one. Next: salve verify\n");
    return cli_reply_done(&reply, err);
}

/* --- verify ------------------------------------------------------------------------------------------------------- */

struct verifying {
    struct cli *cli;
    struct cli_progress progress;
    const char *step;
    struct cli_reply reply;
};

static void on_progress(void *with, const char *step, uint64_t done, uint64_t of)
{
    struct verifying *v = with;
    if (v->step != step) v->progress = cli_progress_start(v->cli, step, of);
    v->step = step;
    cli_progress_step(&v->progress, done, 0);
}

static enum salve_code verify_login(void *with, struct site *site, struct actor *out, struct salve_err *err)
{
    struct cli *cli = ((struct verifying *)with)->cli;
    struct site *before = cli->visit.site;
    cli->visit.site = site; /* for the time of the login: it is not ours to close */
    enum salve_code code = cli_login(cli, cli_option(cli, OPT_AS), false, out, err);
    cli->visit.site = before;
    return code;
}

static void on_finding(void *with, const struct site_finding *finding)
{
    struct cli_reply *reply = &((struct verifying *)with)->reply;
    cli_reply_words(reply, "FAULT  %.*s  %.*s%s%.*s: %.*s\n", STR_ARGS(finding->file), STR_ARGS(finding->compartment),
                    finding->compartment.len > 0 ? "  " : "", STR_ARGS(finding->element), STR_ARGS(finding->what));
    cli_reply_enter(reply, NULL, '{');
    cli_reply_text(reply, "file", finding->file);
    cli_reply_text(reply, "compartment", finding->compartment);
    cli_reply_text(reply, "element", finding->element);
    cli_reply_text(reply, "what", finding->what);
    cli_reply_leave(reply);
}

static void add_totals(struct cli_reply *reply, const struct site_verify_result *result, bool is_clean)
{
    cli_reply_number(reply, "compartments", result->compartments);
    cli_reply_number(reply, "records", result->records);
    cli_reply_number(reply, "wraps", result->wraps);
    cli_reply_number(reply, "leaves", result->leaves);
    cli_reply_number(reply, "keysKept", result->keys_kept);
    cli_reply_number(reply, "findings", result->findings);
    cli_reply_words(reply, "%llu records in %llu compartments, %llu wraps, %llu log leaves: %s\n",
                    (unsigned long long)result->records, (unsigned long long)result->compartments,
                    (unsigned long long)result->wraps, (unsigned long long)result->leaves,
                    is_clean ? "clean" : "NOT clean");
    if (result->keys_kept > 0)
        cli_reply_words(reply,
                        "%llu keys of people or decisions whose records were lost are kept ('salve keys forget')\n",
                        (unsigned long long)result->keys_kept);
}

static enum salve_code verify_served(struct cli *cli, struct site_verify_ask *ask, struct site_verify_result *result,
                                     struct salve_err *err)
{
    if (ask->login != NULL) TRY(ask->login(ask->with, cli->visit.site, &ask->actor, err));
    enum salve_code code = site_verify(cli->visit.site, ask, result, err);
    result->is_made_up = site_is_made_up(cli->visit.site);
    return code;
}

static enum salve_code verify_here(struct cli *cli, struct site_verify_ask *ask, struct site_verify_result *result,
                                   struct salve_err *err)
{
    struct cli_secret secret;
    struct site_options options = cli_site_options(cli);
    enum salve_code code = cli_secret_get(cli, false, &secret, &options.secret, err);
    if (code == SALVE_OK) code = site_verify_path(&options, ask, result, err);
    cli_secret_drop(&secret);
    /* a server began meanwhile */
    return code == SALVE_E_BUSY && cli->visit.site != NULL ? verify_served(cli, ask, result, err) : code;
}

enum salve_code cli_verify(struct cli *cli, struct salve_err *err)
{
    struct verifying verifying = {.cli = cli};
    struct site_verify_result result = {0};
    struct site_verify_ask ask = {.progress = on_progress, .finding = on_finding, .with = &verifying};
    const char *against = cli_option(cli, OPT_AGAINST);
    if (cli_has(cli, OPT_AS)) ask.login = verify_login;
    TRY(cli_site_found(cli, err));
    if (against != NULL) TRY(file_read(against, SALVE_RESOURCE_BYTES_MAX, cli->mem, &ask.against, err));
    cli_reply_open(&verifying.reply, cli, '{');
    cli_reply_enter(&verifying.reply, "faults", '[');
    enum salve_code code = cli_served(cli, err);
    if (code == SALVE_OK)
        code = cli->visit.site != NULL ? verify_served(cli, &ask, &result, err) : verify_here(cli, &ask, &result, err);
    if (result.is_made_up) cli_say_made_up();
    cli_reply_leave(&verifying.reply);
    bool is_finished = code == SALVE_OK || code == SALVE_E_INTEGRITY;
    if (is_finished) add_totals(&verifying.reply, &result, code == SALVE_OK);
    cli_reply_bool(&verifying.reply, "finished", is_finished);
    enum salve_code told = cli_reply_done(&verifying.reply, code == SALVE_OK ? err : NULL);
    return code == SALVE_OK ? told : code;
}

/* What an upgrade came to, in words. */
static void tell_upgrade(struct cli_reply *reply, bool is_trial)
{
    if (is_trial)
        cli_reply_words(reply,
                        "A copy of the site was upgraded and is sound; it is removed again, and the site is what it "
                        "was. Next: salve upgrade\n");
    else
        cli_reply_words(reply, "The site is of layout 2 now. Copies of keys.db made before open nothing any "
                               "more: copy it anew, and keep the new one in two places.\n"
                               "Its staff have no PINs yet. Next: salve staff pin MANAGER\n");
}

enum salve_code cli_upgrade(struct cli *cli, struct salve_err *err)
{
    struct cli_secret secret = {0};
    struct site_options options = cli_site_options(cli);
    struct verifying verifying = {.cli = cli};
    struct site_verify_result result = {0};
    struct site_verify_ask ask = {.progress = on_progress, .finding = on_finding, .with = &verifying};
    bool is_trial = cli_has(cli, OPT_DRY_RUN);
    TRY(cli_site_found(cli, err));
    cli_reply_open(&verifying.reply, cli, '{');
    cli_reply_enter(&verifying.reply, "faults", '[');
    enum salve_code code = cli_secret_get(cli, false, &secret, &options.secret, err);
    if (code == SALVE_OK) code = site_upgrade(&options, &ask, is_trial, &result, err);
    cli_secret_drop(&secret);
    cli_reply_leave(&verifying.reply);
    if (code == SALVE_OK) add_totals(&verifying.reply, &result, true);
    cli_reply_bool(&verifying.reply, "upgraded", code == SALVE_OK && !is_trial);
    if (code == SALVE_OK) tell_upgrade(&verifying.reply, is_trial);
    enum salve_code told = cli_reply_done(&verifying.reply, code == SALVE_OK ? err : NULL);
    return code == SALVE_OK ? told : code;
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

enum salve_code cli_keys_rotate(struct cli *cli, struct salve_err *err)
{
    struct site_rotation rotation = {0};
    struct cli_reply reply;
    TRY(cli_open(cli, CLI_STAFF, err));
    TRY(site_rotate(cli->visit.site, cli->visit.actor, &rotation, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_number(&reply, "epoch", rotation.epoch);
    cli_reply_number(&reply, "renewed", rotation.wraps_renewed);
    cli_reply_number(&reply, "dropped", rotation.wraps_dropped);
    cli_reply_words(&reply,
                    "Epoch %u: %llu wraps renewed, %llu dropped. Copies of keys.db from before the last renewal but "
                    "this one open nothing any more.\n",
                    rotation.epoch, (unsigned long long)rotation.wraps_renewed,
                    (unsigned long long)rotation.wraps_dropped);
    return cli_reply_done(&reply, err);
}

static enum salve_code change_keys(struct cli *cli, const struct site_secret *old, struct salve_err *err)
{
    struct cli_secret secret = {0};
    struct site_secret fresh;
    enum salve_code code = cli_new_secret_get(cli, &secret, &fresh, err);
    if (code == SALVE_OK) code = site_secret_change(cli->visit.site, cli->visit.actor, old, &fresh, err);
    cli_secret_drop(&secret);
    return code;
}

enum salve_code cli_keys_change(struct cli *cli, struct salve_err *err)
{
    struct cli_secret secret = {0};
    struct site_secret old;
    struct cli_reply reply;
    enum salve_code code = cli_open_with(cli, CLI_STAFF, &secret, &old, err);
    if (code == SALVE_OK) code = change_keys(cli, &old, err);
    cli_secret_drop(&secret);
    if (code != SALVE_OK) return code;
    cli_reply_open(&reply, cli, '{');
    cli_reply_bool(&reply, "changed", true);
    cli_reply_words(&reply,
                    "Changed. The old passphrase or key file opens nothing any more, and no copy of keys.db made "
                    "before now does: copy it anew, and keep the new one in two places.\n");
    return cli_reply_done(&reply, err);
}
