/* SPDX-License-Identifier: Apache-2.0
 * The commands of who writes guidelines: make, check, test against vectors. */
#include <string.h>

#include "cli/cli_commands.h"
#include "cli/cli_open.h"
#include "cli/cli_reply.h"
#include "base/file.h"
#include "base/limits.h"
#include "visit/check.h"

static enum salve_code load(struct cli *cli, const char *id, struct salve_err *err)
{
    return cli_content(cli, (struct visit_content_ask){.parts = VISIT_GUIDELINES, .guideline = str_of(id)}, err);
}

static const char *reason(const struct visit_broken *broken)
{
    return broken->err.why[0] != '\0' ? broken->err.why : salve_code_what(broken->err.code);
}

/* --- new ---------------------------------------------------------------------------------------------------------- */

enum salve_code cli_guideline_new(struct cli *cli, struct salve_err *err)
{
    const char *id = cli->words[0], *parent = cli->word_count > 1 ? cli->words[1] : "guidelines";
    struct clock clock;
    struct str share, folder;
    struct cli_reply reply;
    TRY(cli_now(cli, &clock, err));
    TRY(cli_share_dir(cli, &share, err));
    TRY(guideline_new(share.ptr, parent, id, clock_ms(&clock), cli->mem, &folder, err));
    if (!cli->is_json) {
        cli_say(cli,
                "%s is made: an example that works, about the resting heart rate.\n"
                "  1. make share                              translates; a mistake is shown as file:line:column\n"
                "  2. salve guideline check %-18s is the folder whole? runs its cases\n"
                "  3. edit logic.cql, then guideline.json, letter.*.json and cases/, and go back to 1\n"
                "  4. salve cql run --explain                 what decided, define by define\n"
                "docs/guide/writing-a-guideline.md goes through every part.",
                folder.ptr, id);
        return SALVE_OK;
    }
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "id", str_of(id));
    cli_reply_text(&reply, "folder", folder);
    return cli_reply_done(&reply, err);
}

/* --- check and test ----------------------------------------------------------------------------------------------- */

static void report(void *ctx, struct str name, bool passed, struct str why)
{
    const struct cli *cli = ctx;
    if (passed) return;
    if (cli->is_json)
        cli_say(cli, "FAILED  %.*s: %.*s", STR_ARGS(name), STR_ARGS(why));
    else
        cli_print("FAILED  %.*s: %.*s\n", STR_ARGS(name), STR_ARGS(why));
}

static enum salve_code finish(struct cli *cli, const struct guideline_tally *tally, struct salve_err *err)
{
    struct cli_reply reply;
    cli_reply_open(&reply, cli, '{');
    cli_reply_number(&reply, "passed", tally->passed);
    cli_reply_number(&reply, "failed", tally->failed);
    cli_reply_words(&reply, "%u passed, %u failed\n", tally->passed, tally->failed);
    cli->exit_status = tally->failed > 0;
    return cli_reply_done(&reply, err);
}

enum salve_code cli_guideline_check(struct cli *cli, struct salve_err *err)
{
    char where[SALVE_ERR_WHERE_BYTES];
    struct guideline_tally tally = {0};
    const struct guideline *only = NULL;
    TRY(load(cli, cli->word_count > 0 ? cli->words[0] : NULL, err));
    const struct visit_content *content = cli->visit.content;
    if (cli->word_count > 0) TRY(visit_guideline(content, str_of(cli->words[0]), &only, err));
    for (size_t i = 0; i < content->broken_count; i++, tally.failed++)
        report(cli, str_of(salve_err_where(&content->broken[i].err, where)), false,
               str_of(reason(&content->broken[i])));
    for (size_t i = 0; i < content->guideline_count; i++) {
        const struct guideline *guideline = content->guidelines[i];
        TRY(guideline_check(content->share.ptr, guideline, report, cli, &tally, err));
        TRY(guideline_test_cases(content->share.ptr, guideline, report, cli, &tally, err));
    }
    return finish(cli, &tally, err);
}

/* The family is the file's name without folder and ending. */
static struct str family_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct str name = str_of(slash == NULL ? path : slash + 1);
    return str_ends(name, STR(".csv")) ? str_cut(name, 0, name.len - 4) : name;
}

enum salve_code cli_guideline_test(struct cli *cli, struct salve_err *err)
{
    struct guideline_tally tally = {0};
    struct str csv;
    const char *path = cli_option(cli, OPT_VECTORS);
    if (path == NULL) return salve_refuse(err, SALVE_E_USAGE, "name the CSV file with the rows", "--vectors");
    TRY(cli_content(cli, (struct visit_content_ask){.parts = VISIT_GUIDELINES | VISIT_RANGES}, err));
    TRY(file_read(path, SALVE_RESOURCE_BYTES_MAX, cli->mem, &csv, err));
    TRY(visit_test_vectors(cli->visit.content, family_of(path), csv, report, cli, &tally, err));
    return finish(cli, &tally, err);
}
