/* SPDX-License-Identifier: Apache-2.0
 * What a file brought again, took back or corrected, in words; and the question whose it is. */
#include "cli/cli_again.h"

#include <stdio.h>
#include <unistd.h>

/* What was here before, and what became of it. */
void cli_again_text(const struct visit_imported *sum, struct buf *out)
{
    const struct visit_again *again = &sum->again;
    const struct {
        uint64_t count;
        const char *what;
    } rows[] = {
        {again->here, "already here"},
        {again->older, "older states of what is here: not taken"},
        {again->renewed, "next versions of what was here"},
        {again->taken_back, "taken back: what they name counts no more"},
        {again->named_nothing, "take back something that is not here: nothing is changed by them"},
        {again->ours, "drafts, signatures or notes of a clinic, or other words on what was found here: not taken"},
        {again->other_code, "with the id of something here that has another code: kept beside it"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].count > 0) buf_addf(out, "%llu %s.\n", (unsigned long long)rows[i].count, rows[i].what);
    if (again->name_corrected) buf_add(out, STR("The name was corrected; the record shows both, and who did it.\n"));
    if (again->born_corrected)
        buf_add(out, STR("The birth date was corrected; the record shows both, and who did it.\n"));
}

/* Said also with --quiet. */
void cli_stale_tell(const struct cli *cli, uint64_t count, uint64_t urgent)
{
    if (count == 0) return;
    cli_warn(
        "%llu findings rest on what was taken back or changed: they hold no more.\nNow: salve screen CARD --as %s; "
        "then a clinician signs again.",
        (unsigned long long)count, cli_option(cli, OPT_AS));
    if (urgent > 0)
        cli_warn("%llu of them were urgent: whoever was told of them IS TO BE TOLD AGAIN.", (unsigned long long)urgent);
}

/* For the person at the desk alone: who the file and who the record is about. */
bool cli_is_theirs(struct cli *cli, const struct visit_whose *whose)
{
    char line[16];
    if (cli_has(cli, OPT_NO_INPUT) || isatty(STDIN_FILENO) != 1) return false;
    (void)fprintf(stderr, "The record is of  %.*s, born %.*s\nThe file is about %.*s, born %.*s\n",
                  STR_ARGS(whose->record_name), STR_ARGS(whose->record_born), STR_ARGS(whose->file_name),
                  STR_ARGS(whose->file_born));
    if (cli_ask(cli, "Is it the same person? The record then takes what the file says. [y/n]", false, line, sizeof line,
                NULL) != SALVE_OK)
        return false;
    return line[0] == 'y' || line[0] == 'Y';
}
