/* SPDX-License-Identifier: Apache-2.0
 * The command of a station: what was measured, typed as words. */
#include <stdio.h>

#include "cli/cli_again.h"
#include "cli/cli_commands.h"
#include "cli/cli_findings.h"
#include "cli/cli_open.h"
#include "cli/cli_person.h"
#include "cli/cli_reply.h"
#include "visit/measure.h"

struct asking {
    struct cli *cli;
};

/* One unlikely number: shown with what is usual, and confirmed by a person or by --yes. */
static bool is_confirmed(void *with, const struct visit_doubt *doubt)
{
    struct asking *asking = with;
    const struct range_answer *range = &doubt->reading->ranges[doubt->which];
    struct str other = doubt->other_unit;
    char question[400], line[16];
    if (cli_has(asking->cli, OPT_YES)) return true;
    (void)snprintf(
        question, sizeof question, "%.*s %.*s %.*s: unlikely (%.*s to %.*s is usual)%s%.*s%s. Is it right? [y/n]",
        STR_ARGS(range->name), STR_ARGS(doubt->reading->numbers[doubt->which]), STR_ARGS(doubt->reading->unit),
        STR_ARGS(range->soft[0]), STR_ARGS(range->soft[1]), other.len > 0 ? "; usual in " : "", STR_ARGS(other),
        doubt->is_age_not_known ? "; is it a child's?" : "");
    if (cli_ask(asking->cli, question, false, line, sizeof line, NULL) != SALVE_OK) {
        cli_say(asking->cli, "%s", question);
        return false;
    }
    return line[0] == 'y' || line[0] == 'Y';
}

static void tell_alarms(void *with, const struct screen_found *findings)
{
    struct cli *cli = ((struct asking *)with)->cli;
    cli_alarms_tell(cli, 0, findings);
    cli->exit_status = cli_urgency_status(visit_urgency(findings));
}

static enum salve_code take_back(struct cli *cli, const struct str *words, struct salve_err *err)
{
    struct visit_reading *readings = NULL;
    struct visit_wronged wronged;
    struct cli_reply reply;
    size_t count = 0;
    TRY(visit_wrong_read(site_settings(cli->visit.site)->units, words, cli->word_count - 1, cli->mem, &readings, &count,
                         err));
    TRY(visit_wrong(&cli->visit, cli->card, readings, count, &wronged, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_number(&reply, "takenBack", wronged.taken_back);
    cli_reply_number(&reply, "staleFindings", wronged.stale);
    cli_reply_number(&reply, "staleUrgent", wronged.stale_urgent);
    cli_reply_words(&reply, "%zu taken back.\n", wronged.taken_back);
    TRY(cli_reply_done(&reply, err));
    cli_stale_tell(cli, wronged.stale, wronged.stale_urgent);
    return SALVE_OK;
}

enum salve_code cli_measure(struct cli *cli, struct salve_err *err)
{
    struct asking asking = {cli};
    struct visit_screening screening;
    struct visit_measure_ask ask = {
        .confirm = is_confirmed, .screening = &screening, .alarms = tell_alarms, .with = &asking};
    struct visit_reading *readings = NULL;
    struct cli_reply reply;
    size_t count = 0, kept = 0;
    struct str *words = arena_array(cli->mem, struct str, cli->word_count);
    if (words == NULL) return salve_fail(err, SALVE_E_MEMORY, "words");
    for (size_t i = 1; i < cli->word_count; i++) words[i - 1] = str_of(cli->words[i]);
    TRY(cli_content(cli, (struct visit_content_ask){.parts = VISIT_RANGES | VISIT_ALARMS}, err));
    TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, CLI_STAFF, err));
    if (cli_has(cli, OPT_WRONG)) return take_back(cli, words, err);
    TRY(visit_screening(&cli->visit, &screening, err));
    TRY(visit_measure_read(cli->visit.content, site_settings(cli->visit.site)->units, words, cli->word_count - 1,
                           cli->mem, &readings, &count, err));
    TRY(visit_measure(&cli->visit, cli->card, readings, count, &ask, &kept, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_number(&reply, "kept", kept);
    cli_reply_words(&reply, "%zu kept.\n", kept);
    TRY(cli_reply_done(&reply, err));
    cli_say(cli, "Next: salve screen CARD --as %s", cli_option(cli, OPT_AS));
    return SALVE_OK;
}
