/* SPDX-License-Identifier: Apache-2.0
 * The commands of guidelines: list, accept at this site, make, check, test against vectors. */
#include <string.h>
#include <unistd.h>

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

/* --- list and accept ---------------------------------------------------------------------------------------------- */

static void add_guideline(struct cli_reply *reply, struct cli *cli, const struct guideline *guideline)
{
    const struct guideline_info *info = guideline_info(guideline);
    struct site *site = cli->visit.site;
    struct screen_acceptance acceptance = {0};
    enum salve_code code =
        site == NULL ? SALVE_E_NOT_FOUND : screen_accepted(site, guideline, cli->mem, &acceptance, NULL);
    const char *state = code == SALVE_OK           ? "accepted by "
                        : code == SALVE_E_CONFLICT ? "another version is accepted"
                        : site == NULL             ? ""
                                                   : "not accepted here";
    cli_reply_words(reply, "%-16.*s %-8.*s %-40.*s %s%.*s\n", STR_ARGS(info->id), STR_ARGS(info->version),
                    STR_ARGS(info->title), state, STR_ARGS(acceptance.accepted_by));
    cli_reply_enter(reply, NULL, '{');
    cli_reply_text(reply, "id", info->id);
    cli_reply_text(reply, "version", info->version);
    cli_reply_text(reply, "title", info->title);
    cli_reply_bool(reply, "accepted", code == SALVE_OK);
    if (code == SALVE_OK) cli_reply_text(reply, "acceptedBy", acceptance.accepted_by);
    cli_reply_leave(reply);
}

static const char *reason(const struct visit_broken *broken)
{
    return broken->err.why[0] != '\0' ? broken->err.why : salve_code_what(broken->err.code);
}

static void add_broken(struct cli_reply *reply, const struct visit_broken *broken)
{
    char where[SALVE_ERR_WHERE_BYTES];
    (void)salve_err_where(&broken->err, where);
    cli_reply_words(reply, "%-16.*s cannot be used: %s: %s\n", STR_ARGS(broken->id), where, reason(broken));
    cli_reply_enter(reply, NULL, '{');
    cli_reply_text(reply, "id", broken->id);
    cli_reply_text(reply, "brokenAt", str_of(where));
    cli_reply_text(reply, "why", str_of(reason(broken)));
    cli_reply_leave(reply);
}

enum salve_code cli_guideline_list(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    TRY(load(cli, NULL, err));
    if (access(cli_site_dir(cli), F_OK) == 0) TRY(cli_open(cli, CLI_NOBODY, err));
    const struct visit_content *content = cli->visit.content;
    cli_reply_open(&reply, cli, '[');
    for (size_t i = 0; i < content->guideline_count; i++) add_guideline(&reply, cli, content->guidelines[i]);
    for (size_t i = 0; i < content->broken_count; i++) add_broken(&reply, &content->broken[i]);
    return cli_reply_done(&reply, err);
}

/* Every --choose NAME=VALUE. */
static enum salve_code choices_of(struct cli *cli, struct guideline_choice **out, size_t *count, struct salve_err *err)
{
    const struct cli_values *chosen = &cli->options[OPT_CHOOSE];
    *out = arena_array(cli->mem, struct guideline_choice, chosen->count + 1);
    *count = chosen->count;
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "--choose");
    for (size_t i = 0; i < chosen->count; i++) {
        const char *equals = strchr(chosen->value[i], '=');
        if (equals == NULL) return salve_refuse(err, SALVE_E_USAGE, "a choice is written NAME=VALUE", "--choose");
        struct str name = str_make(chosen->value[i], (size_t)(equals - chosen->value[i]));
        (*out)[i] = (struct guideline_choice){name, str_of(equals + 1)};
    }
    return SALVE_OK;
}

enum salve_code cli_guideline_accept(struct cli *cli, struct salve_err *err)
{
    struct guideline_choice *choices = NULL;
    const struct guideline *guideline = NULL;
    size_t count = 0;
    struct cli_reply reply;
    struct str id = str_of(cli->words[0]);
    TRY(choices_of(cli, &choices, &count, err));
    TRY(load(cli, cli->words[0], err));
    TRY(visit_guideline(cli->visit.content, id, &guideline, err));
    TRY(cli_open(cli, CLI_STAFF, err));
    TRY(visit_accept(&cli->visit, id, choices, count, &guideline, err));
    if (guideline_info(guideline)->apart != 0)
        cli_say(
            cli,
            "What it finds is kept apart: stored only with the person's tick ('consent give --sensitive'), printed\n"
            "only for their yes ('letter --include'). Without the tick it is judged when it comes, and not kept.");
    struct str version = guideline_info(guideline)->version, by = cli->visit.actor.id;
    if (!cli->is_json)
        return cli_say(cli, "%s %.*s is accepted at this site by %.*s.", cli->words[0], STR_ARGS(version),
                       STR_ARGS(by)),
               SALVE_OK;
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "id", id);
    cli_reply_text(&reply, "version", version);
    cli_reply_text(&reply, "acceptedBy", by);
    return cli_reply_done(&reply, err);
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
