/* SPDX-License-Identifier: Apache-2.0
 * Health links of a person: making one, seeing and ending them. */
#include "base/clock.h"
#include "cli/cli_commands.h"
#include "cli/cli_open.h"
#include "cli/cli_person.h"
#include "cli/cli_reply.h"
#include "visit/share.h"

enum salve_code cli_share(struct cli *cli, struct salve_err *err)
{
    struct visit_shared shared;
    struct cli_reply reply;
    char until[CLOCK_TEXT_BYTES];
    const struct visit_share_ask ask = {.label = cli_option_or(cli, OPT_LABEL, ""),
                                        .until = cli_option_or(cli, OPT_UNTIL, ""),
                                        .has_apart = cli_has(cli, OPT_SENSITIVE)};
    TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, CLI_PERSON, err));
    TRY(visit_share(&cli->visit, cli->card, &ask, &shared, err));
    struct str end = clock_text(shared.until_unix_s * 1000, until);
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "link", shared.link);
    cli_reply_text(&reply, "passcode", shared.passcode);
    cli_reply_number(&reply, "number", shared.number);
    cli_reply_text(&reply, "until", end);
    cli_reply_words(&reply, "%.*s\npasscode %.*s\n", STR_ARGS(shared.link), STR_ARGS(shared.passcode));
    TRY(cli_reply_done(&reply, err));
    cli_say(cli,
            "Whoever has the link and the passcode has the copy: give them by different ways. Both are shown once.\n"
            "It is good until %.16s, or until 'salve shares CARD --end %llu'.",
            end.ptr, (unsigned long long)shared.number);
    return SALVE_OK;
}

static void share_line(struct buf *out, const struct share *share)
{
    char made[CLOCK_TEXT_BYTES], until[CLOCK_TEXT_BYTES];
    buf_addf(out, "%llu  made %.*s  until %.*s  opened %u times  %u tries left", (unsigned long long)share->number,
             STR_ARGS(clock_date_text(share->made_unix_ms, made)),
             STR_ARGS(clock_date_text(share->until_unix_ms, until)), share->opened_count, share->tries_left);
    if (share->label.len > 0) buf_addf(out, "  %.*s", STR_ARGS(share->label));
    buf_add_char(out, '\n');
}

static enum salve_code end_number(struct cli *cli, struct salve_err *err)
{
    int64_t number = 0;
    if (!str_to_i64(str_of(cli_option(cli, OPT_END)), &number) || number < 1)
        return salve_refuse(err, SALVE_E_USAGE, "the number of a link, as 'salve shares' shows it", "--end");
    TRY(visit_share_end(&cli->visit, cli->card, (uint64_t)number, err));
    cli_say(cli, "Link %lld has ended; its copy is gone from this site.", (long long)number);
    return SALVE_OK;
}

enum salve_code cli_shares(struct cli *cli, struct salve_err *err)
{
    struct visit_shares shares;
    struct cli_reply reply;
    TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, CLI_PERSON, err));
    if (cli_has(cli, OPT_END)) return end_number(cli, err);
    TRY(visit_shares(&cli->visit, cli->card, &shares, err));
    cli_reply_open(&reply, cli, '[');
    for (size_t i = 0; i < shares.count; i++) {
        if (cli->is_json)
            visit_share_json(&shares.list[i], &reply.w);
        else
            share_line(&reply.out, &shares.list[i]);
    }
    if (shares.count == 0) cli_say(cli, "No link is good.");
    return cli_reply_done(&reply, err);
}
