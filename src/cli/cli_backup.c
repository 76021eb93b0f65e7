/* SPDX-License-Identifier: Apache-2.0
 * Backups and what is done after a loss. */
#include <stdio.h>

#include "cli/cli_commands.h"
#include "cli/cli_config.h"
#include "cli/cli_open.h"
#include "cli/cli_owner.h"
#include "cli/cli_reply.h"

enum salve_code cli_backup(struct cli *cli, struct salve_err *err)
{
    char when[CLOCK_TEXT_BYTES];
    struct site_backup backup;
    struct cli_reply reply;
    const char *data = cli->word_count > 0 ? cli->words[0] : config_text(&cli->config, CONFIG_BACKUP_TO);
    if (data == NULL)
        return salve_refuse(err, SALVE_E_USAGE, "say where to: DIR, or [backup] to in salve.conf",
                            "salve backup [DIR]");
    TRY(cli_open(cli, CLI_STAFF, err));
    struct site_backup_ask ask = {
        .actor = cli->visit.actor, .data = data, .keys = config_text(&cli->config, CONFIG_BACKUP_KEYS)};
    TRY(cli_hint(
        site_backup(cli->visit.site, &ask, cli->mem, &backup, err), cli->is_served ? SALVE_E_IO : SALVE_OK,
        "a server that runs writes only where the last backup and the copy of the keys are, and where it was told to "
        "when it began: end it, and begin with 'salve serve --backup DIR --keys DIR'",
        err));
    struct str at = clock_text(backup.at_unix_ms, when);
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "data", backup.path);
    cli_reply_text(&reply, "keys", backup.keys);
    cli_reply_text(&reply, "at", at);
    cli_reply_number(&reply, "bytes", backup.bytes);
    cli_reply_number(&reply, "compartments", backup.verified.compartments);
    cli_reply_bool(&reply, "oneDisk", backup.is_one_disk);
    cli_reply_number(&reply, "findings", backup.verified.findings);
    cli_reply_words(&reply,
                    "Backed up at %.*s and verified: %llu bytes, %llu compartments.\n"
                    "data  %.*s\nkeys  %.*s (the one copy; every renewal brings it up to date)\n",
                    STR_ARGS(at), (unsigned long long)backup.bytes, (unsigned long long)backup.verified.compartments,
                    STR_ARGS(backup.path), STR_ARGS(backup.keys));
    if (backup.verified.findings > 0)
        cli_reply_words(&reply,
                        "FAULT %llu findings, which the site has as well: 'salve verify' names them. Keep an earlier "
                        "backup.\n",
                        (unsigned long long)backup.verified.findings);
    cli->exit_status = backup.verified.findings > backup.verified.left_over;
    if (backup.is_one_disk)
        cli_reply_words(&reply, "The keys are on one disk with the site or with the data: both are lost, or taken, "
                                "together. Keep them on a disk of their own.\n");
    return cli_reply_done(&reply, err);
}

/* --- restore ------------------------------------------------------------------------------------------------------ */

/* What is lost, said plainly: for which time, and what that means. */
static void say_lost(struct cli_reply *reply, const struct site_restored *r, int64_t now_unix_ms)
{
    char from[CLOCK_TEXT_BYTES], to[CLOCK_TEXT_BYTES], keys[CLOCK_TEXT_BYTES];
    (void)clock_text(r->at_unix_ms, from);
    (void)clock_text(now_unix_ms, to);
    (void)clock_text(r->renewed_at_unix_ms, keys);
    if (r->at_unix_ms != 0)
        cli_reply_words(reply, "LOST  all work from %s to %s: people enrolled, looks, agreements, results\n", from, to);
    else
        cli_reply_words(reply, "LOST  all work since that site.db was last written to; nobody can tell when\n");
    if (r->known > r->kept)
        cli_reply_words(reply, "      %llu signed entries of the log at least\n",
                        (unsigned long long)(r->known - r->kept));
    cli_reply_words(
        reply,
        "      what was withdrawn or erased in that time, unless a newer 'revoked' was given: ask people for "
        "their receipts\nkeys  were last renewed at %s\n",
        r->renewed_at_unix_ms == 0 ? "a time that nobody can tell" : keys);
    if (r->revoked_lost > 0)
        cli_reply_words(reply, "LOST  %llu lines of 'revoked' that no copy has\n", (unsigned long long)r->revoked_lost);
}

static enum salve_code tell_restored(struct cli *cli, const struct site_restored *r, struct salve_err *err)
{
    char when[CLOCK_TEXT_BYTES];
    struct cli_reply reply;
    const char *dir = cli->words[1];
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "site", str_of(dir));
    cli_reply_text(&reply, "from", r->from);
    cli_reply_text(&reply, "at", r->at_unix_ms == 0 ? STR_NONE : clock_text(r->at_unix_ms, when));
    cli_reply_text(&reply, "oldLog", r->old_log);
    cli_reply_text(&reply, "newLog", r->new_log);
    cli_reply_number(&reply, "kept", r->kept);
    cli_reply_number(&reply, "known", r->known);
    cli_reply_number(&reply, "revoked", r->revoked);
    cli_reply_number(&reply, "revokedLost", r->revoked_lost);
    cli_reply_number(&reply, "compartments", r->verified.compartments);
    cli_reply_number(&reply, "keysKept", r->verified.keys_kept);
    cli_reply_number(&reply, "findings", r->verified.findings);
    cli_reply_words(&reply, "Restored %s from %.*s: %llu compartments, %llu lines of 'revoked' carried out.\n", dir,
                    STR_ARGS(r->from), (unsigned long long)r->verified.compartments, (unsigned long long)r->revoked);
    say_lost(&reply, r, clock_ms(&cli->clock));
    cli_reply_words(&reply, "log   %.*s goes on from %.*s, of which %llu entries are here\n", STR_ARGS(r->new_log),
                    STR_ARGS(r->old_log), (unsigned long long)r->kept);
    if (r->verified.keys_kept > 0)
        cli_reply_words(&reply,
                        "keys  %llu of people or decisions whose records are lost are kept ('salve keys forget')\n",
                        (unsigned long long)r->verified.keys_kept);
    if (r->verified.findings > 0)
        cli_reply_words(&reply, "FAULT %llu findings: 'salve -C %s verify' names them\n",
                        (unsigned long long)r->verified.findings, dir);
    cli_reply_words(
        &reply, "Next: use no other copy of this site; back it up: salve -C %s backup DIR --keys AN-EMPTY-DIR\n", dir);
    cli->exit_status = r->verified.findings > 0;
    return cli_reply_done(&reply, err);
}

enum salve_code cli_restore(struct cli *cli, struct salve_err *err)
{
    struct cli_secret secret = {0};
    struct site_restored restored;
    struct site_options options = {.path = cli->words[1], .clock = cli->clock};
    struct site_restore_ask ask = {.from = cli->words[0],
                                   .keys = cli_option(cli, OPT_KEYS),
                                   .revoked = cli->options[OPT_REVOKED].value,
                                   .revoked_count = cli->options[OPT_REVOKED].count};
    if (ask.keys == NULL) return salve_refuse(err, SALVE_E_USAGE, "say where the copy of the keys is", "--keys");
    enum salve_code code = cli_secret_get(cli, false, &secret, &options.secret, err);
    if (code == SALVE_OK) code = site_restore(&options, &ask, cli->mem, &restored, err);
    cli_secret_drop(&secret);
    if (code == SALVE_OK) code = tell_restored(cli, &restored, err);
    bool is_there, is_whole = code == SALVE_OK && cli_is_system(cli) && cli->exit_status == 0;
    return is_whole ? cli_service_start(cli, &is_there, err) : code;
}

/* --- lines of `revoked`, keys without records --------------------------------------------------------------------- */

static enum salve_code mend(struct cli *cli, const struct site_options *options, uint64_t *lines, uint64_t *lost,
                            struct salve_err *err)
{
    char what[CLI_LINE_BYTES_MAX];
    struct salve_err first = {0};
    enum salve_code code = site_revoked_mend(options, cli->words, cli->word_count, false, lines, lost, &first);
    if (code != SALVE_E_INTEGRITY || *lost == 0) {
        if (code != SALVE_OK) *err = first;
        return code;
    }
    (void)snprintf(what, sizeof what,
                   "%llu lines are in no copy; older files that are put back are told of them no more",
                   (unsigned long long)*lost);
    TRY(cli_confirm(cli, what, "lost", err));
    return site_revoked_mend(options, cli->words, cli->word_count, true, lines, lost, err);
}

enum salve_code cli_revoked(struct cli *cli, struct salve_err *err)
{
    struct cli_secret secret = {0};
    struct cli_reply reply;
    uint64_t lines = 0, lost = 0;
    struct site_options options = {.path = cli_site_dir(cli), .clock = cli->clock};
    TRY(cli_site_found(cli, err));
    enum salve_code code = cli_secret_get(cli, false, &secret, &options.secret, err);
    if (code == SALVE_OK) code = mend(cli, &options, &lines, &lost, err);
    cli_secret_drop(&secret);
    if (code != SALVE_OK) return code;
    cli_reply_open(&reply, cli, '{');
    cli_reply_number(&reply, "lines", lines);
    cli_reply_number(&reply, "lost", lost);
    cli_reply_words(&reply, "%llu lines, all carried out; %llu lost. Next: salve verify\n", (unsigned long long)lines,
                    (unsigned long long)lost);
    return cli_reply_done(&reply, err);
}

enum salve_code cli_keys_forget(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    uint64_t dropped = 0;
    TRY(cli_open(cli, CLI_STAFF, err));
    TRY(cli_confirm(cli, "A newer site.db, should it be found, will open nobody who enrolled after the one in use",
                    "forget", err));
    TRY(site_keys_forget(cli->visit.site, cli->visit.actor, &dropped, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_number(&reply, "dropped", dropped);
    cli_reply_words(&reply, "The keys of %llu people without records are gone.\n", (unsigned long long)dropped);
    return cli_reply_done(&reply, err);
}
