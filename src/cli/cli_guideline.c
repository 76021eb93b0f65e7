/* SPDX-License-Identifier: Apache-2.0
 * Guidelines on the command line: list, accept at this site, check, test against vectors. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli_commands.h"
#include "cli/cli_screen.h"
#include "cli/cli_site.h"
#include "base/file.h"
#include "base/limits.h"
#include "json/json.h"

/* --- list and accept ---------------------------------------------------------------------------------------------- */

static void print_guideline(struct cli *cli, struct site *site, const struct guideline *guideline,
                            struct json_writer *w)
{
    const struct guideline_info *info = guideline_info(guideline);
    struct screen_acceptance acceptance = {0};
    enum salve_code code =
        site == NULL ? SALVE_E_NOT_FOUND : screen_accepted(site, guideline, cli->mem, &acceptance, NULL);
    const char *state = code == SALVE_OK           ? "accepted by "
                        : code == SALVE_E_CONFLICT ? "another version is accepted"
                        : site == NULL             ? ""
                                                   : "not accepted here";
    if (cli->is_json) {
        json_open(w, NULL, '{');
        json_put_text(w, "id", info->id);
        json_put_text(w, "version", info->version);
        json_put_text(w, "title", info->title);
        json_put_bool(w, "accepted", code == SALVE_OK);
        if (code == SALVE_OK) json_put_text(w, "acceptedBy", acceptance.accepted_by);
        json_close(w);
    } else {
        cli_print("%-16.*s %-8.*s %-40.*s %s%.*s\n", STR_ARGS(info->id), STR_ARGS(info->version), STR_ARGS(info->title),
                  state, STR_ARGS(acceptance.accepted_by));
    }
}

static const char *reason(const struct cli_broken_guideline *broken)
{
    return broken->err.why[0] != '\0' ? broken->err.why : salve_code_what(broken->err.code);
}

static void print_broken(const struct cli *cli, const struct cli_broken_guideline *broken, struct json_writer *w)
{
    char where[SALVE_ERR_WHERE_BYTES];
    (void)salve_err_where(&broken->err, where);
    if (!cli->is_json) {
        cli_print("%-16.*s cannot be used: %s: %s\n", STR_ARGS(broken->id), where, reason(broken));
        return;
    }
    json_open(w, NULL, '{');
    json_put_text(w, "id", broken->id);
    json_put_text(w, "brokenAt", str_of(where));
    json_put_text(w, "why", str_of(reason(broken)));
    json_close(w);
}

enum salve_code cli_guideline_list(struct cli *cli, struct salve_err *err)
{
    struct site *site = NULL;
    struct cli_guidelines guidelines = {0};
    enum salve_code code = cli_guidelines_load(cli, &guidelines, err);
    if (code == SALVE_OK && access(cli_site_dir(cli), F_OK) == 0) code = cli_site_open(cli, &site, err);
    struct buf out;
    buf_init(&out, cli->mem, 1 << 20);
    struct json_writer w = {.out = &out, .pretty = true};
    if (cli->is_json) json_open(&w, NULL, '[');
    for (size_t i = 0; code == SALVE_OK && i < guidelines.count; i++)
        print_guideline(cli, site, guidelines.list[i], &w);
    for (size_t i = 0; code == SALVE_OK && i < guidelines.broken_count; i++)
        print_broken(cli, &guidelines.broken[i], &w);
    if (cli->is_json) {
        json_close(&w);
        buf_add_char(&out, '\n');
        if (code == SALVE_OK) code = cli_write_buf(&out, true, err);
    }
    return cli_site_close(&site, code, err);
}

/* choices_of - --scheme and every --choose NAME=VALUE. */
static enum salve_code choices_of(struct cli *cli, struct guideline_choice **out, size_t *count, struct salve_err *err)
{
    const struct cli_values *chosen = &cli->options[OPT_CHOOSE];
    const char *scheme = cli_option(cli, OPT_SCHEME);
    *out = arena_array(cli->mem, struct guideline_choice, chosen->count + 1);
    *count = 0;
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "--choose");
    if (scheme != NULL) (*out)[(*count)++] = (struct guideline_choice){STR("bp-scheme"), str_of(scheme)};
    for (size_t i = 0; i < chosen->count; i++) {
        const char *equals = strchr(chosen->value[i], '=');
        if (equals == NULL) return salve_refuse(err, SALVE_E_USAGE, "a choice is written NAME=VALUE", "--choose");
        struct str name = str_make(chosen->value[i], (size_t)(equals - chosen->value[i]));
        (*out)[(*count)++] = (struct guideline_choice){name, str_of(equals + 1)};
    }
    return SALVE_OK;
}

enum salve_code cli_guideline_accept(struct cli *cli, struct salve_err *err)
{
    struct site *site = NULL;
    struct actor actor;
    struct cli_guidelines guidelines = {0};
    struct guideline_choice *choices = NULL;
    size_t count = 0;
    enum salve_code code = choices_of(cli, &choices, &count, err);
    if (code == SALVE_OK) code = cli_guidelines_one(cli, cli->words[0], &guidelines, err);
    if (code != SALVE_OK) return code;
    const struct guideline *guideline = guidelines.list[0];
    code = cli_site_open(cli, &site, err);
    if (code == SALVE_OK) code = cli_staff_actor(cli, site, &actor, err);
    if (code == SALVE_OK) code = screen_accept(site, actor, guideline, choices, count, cli->mem, err);
    if (code == SALVE_OK && cli->is_json)
        cli_print("{\"id\":\"%s\",\"version\":\"%.*s\",\"acceptedBy\":\"%.*s\"}\n", cli->words[0],
                  STR_ARGS(guideline_info(guideline)->version), STR_ARGS(actor.id));
    if (code == SALVE_OK && !cli->is_json)
        cli_say(cli, "%s %.*s is accepted at this site by %.*s.", cli->words[0],
                STR_ARGS(guideline_info(guideline)->version), STR_ARGS(actor.id));
    return cli_site_close(&site, code, err);
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

static enum salve_code finish(struct cli *cli, const struct guideline_tally *tally)
{
    if (cli->is_json)
        cli_print("{\"passed\":%u,\"failed\":%u}\n", tally->passed, tally->failed);
    else
        cli_print("%u passed, %u failed\n", tally->passed, tally->failed);
    cli->exit_status = tally->failed > 0;
    return SALVE_OK;
}

enum salve_code cli_guideline_check(struct cli *cli, struct salve_err *err)
{
    struct cli_guidelines guidelines = {0};
    char where[SALVE_ERR_WHERE_BYTES];
    struct guideline_tally tally = {0};
    enum salve_code code = cli->word_count > 0 ? cli_guidelines_one(cli, cli->words[0], &guidelines, err)
                                               : cli_guidelines_load(cli, &guidelines, err);
    for (size_t i = 0; code == SALVE_OK && i < guidelines.broken_count; i++, tally.failed++)
        report(cli, str_of(salve_err_where(&guidelines.broken[i].err, where)), false,
               str_of(reason(&guidelines.broken[i])));
    for (size_t i = 0; code == SALVE_OK && i < guidelines.count; i++) {
        const struct guideline *guideline = guidelines.list[i];
        code = guideline_check(guidelines.share.ptr, guideline, report, cli, &tally, err);
        if (code == SALVE_OK) code = guideline_test_cases(guidelines.share.ptr, guideline, report, cli, &tally, err);
    }
    return code == SALVE_OK ? finish(cli, &tally) : code;
}

/* The family is the file's name without folder and ending. */
static struct str family_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct str name = str_of(slash == NULL ? path : slash + 1);
    return str_ends(name, STR(".csv")) ? str_cut(name, 0, name.len - 4) : name;
}

static const struct guideline *owner_of(const struct cli_guidelines *guidelines, struct str family)
{
    for (size_t i = 0; i < guidelines->count; i++) {
        const struct guideline_info *info = guideline_info(guidelines->list[i]);
        for (size_t f = 0; f < info->family_count; f++)
            if (str_eq(info->families[f], family)) return guidelines->list[i];
    }
    return NULL;
}

enum salve_code cli_guideline_test(struct cli *cli, struct salve_err *err)
{
    struct cli_guidelines guidelines = {0};
    struct guideline_tally tally = {0};
    struct str csv;
    char where[SALVE_ERR_WHERE_BYTES];
    const char *path = cli_option(cli, OPT_VECTORS);
    if (path == NULL) return salve_refuse(err, SALVE_E_USAGE, "name the CSV file with the rows", "--vectors");
    enum salve_code code = cli_guidelines_load(cli, &guidelines, err);
    if (code == SALVE_OK) code = file_read(path, SALVE_RESOURCE_BYTES_MAX, cli->mem, &csv, err);
    if (code != SALVE_OK) return code;
    const struct guideline *guideline = owner_of(&guidelines, family_of(path));
    if (guideline == NULL) {
        (void)salve_fail(err, SALVE_E_NOT_FOUND, "family %.*s", STR_ARGS(family_of(path)));
        if (guidelines.broken_count == 0)
            return salve_why(err, SALVE_E_NOT_FOUND, "no guideline declares this vector family");
        return salve_why(err, SALVE_E_NOT_FOUND, "no guideline that loads declares it; broken is %s",
                         salve_err_where(&guidelines.broken[0].err, where));
    }
    code = guideline_test_vectors(guideline, family_of(path), csv, report, cli, &tally, err);
    return code == SALVE_OK ? finish(cli, &tally) : code;
}
