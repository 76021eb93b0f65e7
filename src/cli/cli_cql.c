/* SPDX-License-Identifier: Apache-2.0
 * CQL on the command line: ELM libraries over the resources of one subject, or of many, a subject a line. Lines about
 * nobody (Medications, Organizations) are seen by defines of context Unfiltered only. */
#include <string.h>

#include "cli/cli_commands.h"
#include "cli/cli_vocabulary.h"
#include "base/file.h"
#include "base/limits.h"
#include "elm/elm.h"
#include "fhir/fhir.h"
#include "json/json.h"

/* The id of the library that an ELM file holds. */
static enum salve_code library_id(struct str elm, const char *path, struct arena *mem, struct str *out,
                                  struct salve_err *err)
{
    const struct json *doc = NULL;
    struct json_opts opts = {.bytes_max = SALVE_ELM_BYTES_MAX, .depth_max = JSON_DEPTH_MAX};
    enum salve_code code = json_read(elm, &opts, mem, &doc, err);
    if (code != SALVE_OK) return code;
    *out = json_text(json_path(doc, "library.identifier.id"));
    if (out->len > 0) return SALVE_OK;
    (void)salve_refuse(err, SALVE_E_INVALID, "the file is no ELM library", "library.identifier.id");
    salve_err_in(err, "%s", path);
    return SALVE_E_INVALID;
}

static enum salve_code load_program(struct cli *cli, struct elm_program **out, struct salve_err *err)
{
    const struct cli_values *files = &cli->options[OPT_ELM];
    struct elm_set *set = elm_set_make(cli->mem);
    struct str first = STR_NONE;
    enum salve_code code = set == NULL ? salve_fail(err, SALVE_E_MEMORY, "ELM") : SALVE_OK;
    for (size_t i = 0; i < files->count && code == SALVE_OK; i++) {
        struct str elm;
        code = file_read(files->value[i], SALVE_ELM_BYTES_MAX, cli->mem, &elm, err);
        if (code == SALVE_OK && i == 0) code = library_id(elm, files->value[i], cli->mem, &first, err);
        if (code == SALVE_OK) code = elm_load(set, elm, NULL, err);
        if (code != SALVE_OK) salve_err_in(err, "%s", files->value[i]);
    }
    if (code != SALVE_OK) return code;
    return cli_has(cli, OPT_EXPLAIN) ? elm_link_explained(set, first, STR_NONE, cli->mem, out, err)
                                     : elm_link(set, first, STR_NONE, cli->mem, out, err);
}

/* What is the same for all subjects. */
struct job {
    const struct elm_program *program;
    struct expr_env env;
    struct elm_param params[CLI_OPTION_VALUES_MAX];
    size_t param_count;
};
/* One subject: what its defines are evaluated over. */
struct subject_run {
    const struct job *job;
    struct elm_subject *subject;
    struct elm_run *run;
    bool is_explained;
};
/* Which defines a line of output holds. */
enum printed { PRINT_ALL, PRINT_PATIENT, PRINT_UNFILTERED };

static enum salve_code value_json(struct elm_run *run, size_t index, struct arena *mem, struct str *json,
                                  struct salve_err *err)
{
    struct expr_value value;
    struct buf text;
    enum salve_code code = elm_run_define_at(run, index, &value, err);
    if (code != SALVE_OK) return code;
    buf_init(&text, mem, SALVE_REQUEST_BYTES_MAX);
    elm_json(&value, &text);
    return buf_done(&text, json, err);
}

static enum salve_code explanation_json(struct subject_run *s, size_t index, struct arena *mem, struct str *json,
                                        struct salve_err *err)
{
    struct elm_explanation explanation;
    const struct job *job = s->job;
    struct elm_run *run;
    enum salve_code code =
        elm_run_open(job->program, s->subject, &job->env, job->params, job->param_count, mem, &run, err);
    if (code == SALVE_OK) code = elm_explain(run, index, &explanation, err);
    return code == SALVE_OK ? elm_explanation_json(&explanation, mem, json, err) : code;
}

static enum salve_code add_define(struct subject_run *s, size_t index, struct json_writer *w, struct salve_err *err)
{
    struct str json;
    struct arena *mem = w->out->mem;
    enum salve_code code =
        s->is_explained ? explanation_json(s, index, mem, &json, err) : value_json(s->run, index, mem, &json, err);
    if (code != SALVE_OK) return code;
    json_put_name(w, elm_define_at(s->job->program, index)->name);
    json_put_raw(w, NULL, json);
    return SALVE_OK;
}

static bool is_printed(const struct cli *cli, const struct elm_define *define, enum printed which)
{
    const char *name = cli_option(cli, OPT_DEFINE);
    bool is_unfiltered = str_is(define->context, "Unfiltered") || str_is(define->context, "Population");
    if (which != PRINT_ALL && is_unfiltered != (which == PRINT_UNFILTERED)) return false;
    return name != NULL ? str_is(define->name, name) : define->is_public;
}

static bool is_any_printed(const struct cli *cli, const struct elm_program *program, enum printed which)
{
    for (size_t i = 0; i < elm_define_count(program); i++)
        if (is_printed(cli, elm_define_at(program, i), which)) return true;
    return false;
}

static enum salve_code check_define(const struct cli *cli, const struct elm_program *program, struct salve_err *err)
{
    size_t index;
    const char *name = cli_option(cli, OPT_DEFINE);
    if (name == NULL || elm_define_find(program, str_of(name), &index)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_UNKNOWN_NAME, "the library has no such define", "--define %s", name);
}

static enum salve_code print_defines(struct cli *cli, struct subject_run *s, enum printed which, struct arena *mem,
                                     struct salve_err *err)
{
    const struct elm_program *program = s->job->program;
    struct buf out;
    struct str text;
    buf_init(&out, mem, 256 << 20);
    struct json_writer w = {.out = &out};
    enum salve_code code = SALVE_OK;
    json_open(&w, NULL, '{');
    for (size_t i = 0; i < elm_define_count(program) && code == SALVE_OK; i++)
        if (is_printed(cli, elm_define_at(program, i), which)) code = add_define(s, i, &w, err);
    json_close(&w);
    buf_add_char(&out, '\n');
    if (code == SALVE_OK) code = buf_done(&out, &text, err);
    if (code == SALVE_OK) cli_write(text);
    return code;
}

static enum salve_code run_one(struct cli *cli, const struct job *job, struct elm_subject *subject, enum printed which,
                               struct arena *mem, struct salve_err *err)
{
    struct subject_run s = {.job = job, .subject = subject, .is_explained = cli_has(cli, OPT_EXPLAIN)};
    enum salve_code code =
        elm_run_open(job->program, subject, &job->env, job->params, job->param_count, mem, &s.run, err);
    return code == SALVE_OK ? print_defines(cli, &s, which, mem, err) : code;
}

static enum salve_code run_subject(struct cli *cli, const struct job *job, struct str json, bool is_line,
                                   struct salve_err *err)
{
    struct arena *mem = arena_open(SALVE_REQUEST_BYTES_MAX);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "subject");
    struct tape tape;
    const struct tape *tapes[] = {&tape};
    struct elm_subject subject;
    enum salve_code code = fhir_read(json, NULL, mem, &tape, NULL, err);
    bool is_wanted = code == SALVE_OK && (!is_line || elm_is_person(&tape));
    if (is_wanted) code = elm_subject_make(tapes, 1, mem, &subject, err);
    if (code == SALVE_OK && is_wanted) code = run_one(cli, job, &subject, PRINT_ALL, mem, err);
    arena_close(mem);
    return code;
}

static enum salve_code run_lines(struct cli *cli, const struct job *job, struct str text, struct salve_err *err)
{
    struct str line;
    uint64_t number = 0;
    enum salve_code code = SALVE_OK;
    struct cli_progress progress = cli_progress_start(cli, "bytes", text.len);
    uint64_t total = text.len;
    while (code == SALVE_OK && !cli_interrupted() && str_next_line(&text, &line)) {
        number++;
        if (str_trim(line).len > 0) code = run_subject(cli, job, line, true, err);
        cli_progress_step(&progress, total - text.len, 0);
    }
    cli_progress_end(&progress);
    if (code != SALVE_OK) cli_say(cli, "stopped at line %llu", (unsigned long long)number);
    return code;
}

/* A tape a line; *count of them. */
static enum salve_code read_lines(struct cli *cli, struct str text, struct arena *mem, const struct tape ***tapes,
                                  size_t *count, struct salve_err *err)
{
    struct str line, rest = text;
    size_t lines = 0;
    uint64_t number = 0;
    enum salve_code code = SALVE_OK;
    while (str_next_line(&rest, &line)) lines++;
    *tapes = arena_array(mem, const struct tape *, lines + 1);
    *count = 0;
    if (*tapes == NULL) return salve_fail(err, SALVE_E_MEMORY, "--data");
    while (code == SALVE_OK && !cli_interrupted() && str_next_line(&text, &line)) {
        number++;
        if (str_trim(line).len == 0) continue;
        struct tape *tape = arena_new(mem, struct tape);
        if (tape == NULL) return salve_fail(err, SALVE_E_MEMORY, "--data");
        code = fhir_read(line, NULL, mem, tape, NULL, err);
        (*tapes)[(*count)++] = tape;
    }
    if (code != SALVE_OK) cli_say(cli, "stopped at line %llu", (unsigned long long)number);
    return code;
}

/* A library with Unfiltered defines needs all lines at once: a line of output a person with the Patient defines, then
 * one with the Unfiltered. */
static enum salve_code run_population(struct cli *cli, const struct job *job, struct str text, struct salve_err *err)
{
    const struct elm_program *program = job->program;
    struct arena *mem = arena_open(SALVE_REQUEST_BYTES_MAX);
    struct elm_population *people = NULL;
    const struct tape **tapes = NULL;
    size_t count = 0;
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "--data");
    enum salve_code code = read_lines(cli, text, mem, &tapes, &count, err);
    if (code == SALVE_OK) code = elm_population_make(tapes, count, mem, &people, err);
    bool has_patient = is_any_printed(cli, program, PRINT_PATIENT);
    for (uint32_t i = 0; code == SALVE_OK && has_patient && i < elm_population_count(people); i++) {
        struct arena *own = arena_open(SALVE_REQUEST_BYTES_MAX);
        if (cli_interrupted()) break;
        code = own == NULL ? salve_fail(err, SALVE_E_MEMORY, "subject")
                           : run_one(cli, job, elm_population_person(people, i), PRINT_PATIENT, own, err);
        arena_close(own);
    }
    if (code == SALVE_OK && is_any_printed(cli, program, PRINT_UNFILTERED) && !cli_interrupted())
        code = run_one(cli, job, elm_population_all(people), PRINT_UNFILTERED, mem, err);
    arena_close(mem);
    return code;
}

static enum salve_code check_words(const struct cli *cli, struct salve_err *err)
{
    if (cli_has(cli, OPT_ELM) && cli_has(cli, OPT_DATA)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, "give the ELM libraries with --elm and the subject's data with --data",
                        cli_has(cli, OPT_ELM) ? "--data" : "--elm");
}

/* NAME=VALUE, read by the type that the library declares. */
static enum salve_code read_params(struct cli *cli, struct job *job, struct salve_err *err)
{
    const struct cli_values *given = &cli->options[OPT_PARAM];
    for (size_t i = 0; i < given->count; i++) {
        struct str text = str_of(given->value[i]);
        ptrdiff_t equals = str_find(text, STR("="));
        if (equals <= 0) return salve_refuse(err, SALVE_E_USAGE, "give a parameter as NAME=VALUE", "--param");
        struct str name = str_cut(text, 0, (size_t)equals), value = str_cut(text, (size_t)equals + 1, text.len);
        enum salve_code code = elm_param_read(job->program, name, value, cli->mem, &job->params[i], err);
        if (code != SALVE_OK) return code;
        job->param_count = i + 1;
    }
    return SALVE_OK;
}

static enum salve_code open_job(struct cli *cli, struct job *job, struct clock *clock, struct salve_err *err)
{
    struct elm_program *program = NULL;
    struct terms *vocabulary = NULL;
    enum salve_code code = cli_now(cli, clock, err);
    if (code == SALVE_OK) code = load_program(cli, &program, err);
    if (code == SALVE_OK) code = check_define(cli, program, err);
    if (code == SALVE_OK) code = cli_vocabulary_read(cli, &vocabulary, err);
    if (code == SALVE_OK && vocabulary != NULL) code = terms_done(vocabulary, err);
    *job = (struct job){.program = program, .env = {.clock = clock, .terms = vocabulary}};
    return code == SALVE_OK ? read_params(cli, job, err) : code;
}

enum salve_code cli_cql_run(struct cli *cli, struct salve_err *err)
{
    struct str text, further;
    struct clock clock;
    struct job job;
    const char *data = cli_option(cli, OPT_DATA);
    enum salve_code code = check_words(cli, err);
    if (code == SALVE_OK) code = open_job(cli, &job, &clock, err);
    if (code == SALVE_OK) code = file_read(data, SALVE_RESOURCE_BYTES_MAX, cli->mem, &text, err);
    if (code != SALVE_OK) return code;
    if (!str_ends(str_of(data), STR(".ndjson"))) return run_subject(cli, &job, text, false, err);
    return elm_looks_further(job.program, &further) ? run_population(cli, &job, text, err)
                                                    : run_lines(cli, &job, text, err);
}
