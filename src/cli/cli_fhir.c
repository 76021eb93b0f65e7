/* SPDX-License-Identifier: Apache-2.0
 * Files of FHIR data, no site needed: validate and FHIRPath. */
#include <stdio.h>
#include <string.h>

#include "cli/cli_commands.h"
#include "cli/cli_vocabulary.h"
#include "base/file.h"
#include "base/limits.h"
#include "fhirpath/fhirpath.h"
#include "fhirpath/invariants.h"
#include "fhir/fhir.h"
#include "fhir/outcome.h"
#include "fhir/validate.h"

/* --- fhir validate ------------------------------------------------------------------------------------------------ */

struct validator {
    struct cli *cli;
    struct invariants *invariants;
    struct fhir_reader *reader; /* for one file after the other */
};

/* Everything that is wrong with one file ends up in issues; an error here is the machine's, not the file's. */
static enum salve_code validate(struct validator *v, const char *path, struct arena *mem, struct fhir_issues *issues,
                                struct salve_err *err)
{
    struct str json;
    struct tape tape;
    bool is_valid;
    struct fhir_read_opts opts = {.reader = v->reader};
    enum salve_code code = file_read(path, SALVE_RESOURCE_BYTES_MAX, mem, &json, err);
    if (code != SALVE_OK) return code;
    code = fhir_read(json, &opts, mem, &tape, issues, err);
    if (code != SALVE_OK && code != SALVE_E_INVALID) return issues->error_count > 0 ? SALVE_OK : code;
    code = fhir_validate(&tape, mem, issues, &is_valid, err);
    return code == SALVE_OK ? invariants_check(v->invariants, &tape, mem, issues, err) : code;
}

static enum salve_code validate_and_print(struct validator *v, const char *path, bool *has_error, struct salve_err *err)
{
    struct arena *mem = arena_open(SALVE_REQUEST_BYTES_MAX);
    struct fhir_issues issues;
    struct buf out;
    struct str text;
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", path);
    fhir_issues_init(&issues, mem);
    enum salve_code code = validate(v, path, mem, &issues, err);
    if (code == SALVE_OK) {
        buf_init(&out, mem, 16 << 20);
        outcome_add(&issues, &out);
        buf_add_char(&out, '\n');
        code = buf_done(&out, &text, err);
    }
    if (code == SALVE_OK) {
        cli_say(v->cli, "%s: %s", path, issues.error_count > 0 ? "has errors" : "no error");
        cli_write(text);
        *has_error = *has_error || issues.error_count > 0;
    }
    arena_close(mem);
    return code;
}

enum salve_code cli_fhir_validate(struct cli *cli, struct salve_err *err)
{
    struct validator v = {.cli = cli, .reader = fhir_reader_open()};
    bool has_error = false;
    enum salve_code code = invariants_make(cli->mem, &v.invariants, err);
    if (code == SALVE_OK) invariants_skip(v.invariants, fhir_validate_covers);
    for (size_t i = 0; i < cli->word_count && code == SALVE_OK && !cli_interrupted(); i++)
        code = validate_and_print(&v, cli->words[i], &has_error, err);
    fhir_reader_close(v.reader);
    cli->exit_status = has_error ? 5 : 0;
    return code;
}

/* --- fhirpath ----------------------------------------------------------------------------------------------------- */

enum salve_code cli_now(const struct cli *cli, struct clock *out, struct salve_err *err)
{
    const char *now = cli_option(cli, OPT_NOW);
    int64_t unix_ms;
    *out = cli->clock;
    if (now == NULL) return SALVE_OK;
    if (!clock_parse(str_of(now), &unix_ms))
        return salve_refuse(err, SALVE_E_USAGE, "write it as 2026-11-23T09:30:00Z", "--now");
    *out = clock_fixed(unix_ms);
    return SALVE_OK;
}

enum salve_code cli_fhirpath(struct cli *cli, struct salve_err *err)
{
    struct str json, text;
    struct tape tape;
    struct fhirpath *path = NULL;
    struct expr_value value;
    struct clock clock;
    struct buf out;
    enum salve_code code = cli_now(cli, &clock, err);
    if (code == SALVE_OK) code = file_read(cli->words[1], SALVE_RESOURCE_BYTES_MAX, cli->mem, &json, err);
    if (code == SALVE_OK) code = fhir_read(json, NULL, cli->mem, &tape, NULL, err);
    if (code == SALVE_OK)
        code = fhirpath_compile(str_of(cli->words[0]), tape_type(&tape, tape_root(&tape)), cli->mem, &path, err);
    if (code != SALVE_OK) return code;
    struct terms *vocabulary = NULL;
    code = cli_vocabulary_read(cli, &vocabulary, err);
    if (code == SALVE_OK && vocabulary != NULL) code = terms_done(vocabulary, err);
    if (code != SALVE_OK) return code;
    struct expr_env env = {.clock = &clock, .terms = vocabulary};
    code = fhirpath_run(path, &env, expr_node(&tape, tape_root(&tape)), cli->mem, &value, err);
    if (code != SALVE_OK) return code;
    buf_init(&out, cli->mem, 64 << 20);
    expr_json(&value, &out);
    buf_add_char(&out, '\n');
    code = buf_done(&out, &text, err);
    if (code == SALVE_OK) cli_write(text);
    return code;
}
