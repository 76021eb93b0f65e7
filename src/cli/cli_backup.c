/* SPDX-License-Identifier: Apache-2.0
 * Backups and what is done after a loss. */
#include <stdio.h>

#include "cli/cli_commands.h"
#include "cli/cli_open.h"
#include "cli/cli_reply.h"

enum salve_code cli_backup(struct cli *cli, struct salve_err *err)
{
    char when[CLOCK_TEXT_BYTES];
    struct site_backup backup;
    struct cli_reply reply;
    TRY(cli_open(cli, CLI_STAFF, err));
    struct site_backup_ask ask = {
        .actor = cli->visit.actor, .data = cli->words[0], .keys = cli_option(cli, OPT_KEYS)};
    TRY(site_backup(cli->visit.site, &ask, cli->mem, &backup, err));
    struct str at = clock_text(backup.at_unix_ms, when);
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "data", backup.path);
    cli_reply_text(&reply, "keys", backup.keys);
    cli_reply_text(&reply, "at", at);
    cli_reply_number(&reply, "bytes", backup.bytes);
    cli_reply_number(&reply, "compartments", backup.verified.compartments);
    cli_reply_bool(&reply, "oneDisk", backup.is_one_disk);
    cli_reply_words(&reply,
                    "Backed up at %.*s and verified: %llu bytes, %llu compartments.\n"
                    "data  %.*s\nkeys  %.*s (the one copy; every renewal brings it up to date)\n",
                    STR_ARGS(at), (unsigned long long)backup.bytes,
                    (unsigned long long)backup.verified.compartments, STR_ARGS(backup.path), STR_ARGS(backup.keys));
    if (backup.is_one_disk)
        cli_reply_words(&reply, "The keys are on one disk with the site or with the data: both are lost, or taken, "
                                "together. Keep them on a disk of their own.\n");
    return cli_reply_done(&reply, err);
}
