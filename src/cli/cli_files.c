/* SPDX-License-Identifier: Apache-2.0
 * The commands of files, no site needed: validate, FHIRPath, CQL and measures over files of people. A file is one
 * person, of .ndjson each line. */
#include <string.h>
#include <sys/stat.h>

#include "cli/cli_commands.h"
#include "base/file.h"
#include "base/limits.h"
#include "elm/elm.h"
#include "fhir/fhir.h"
#include "fhir/outcome.h"
#include "fhir/validate.h"
#include "fhirpath/fhirpath.h"
#include "fhirpath/invariants.h"
#include "json/json.h"
#include "measure/measure.h"
#include "terms/terms.h"

/* --- what they share ---------------------------------------------------------------------------------------------- */

static enum salve_code write_line(struct buf *out, struct salve_err *err)
{
    buf_add_char(out, '\n');
    return cli_write_buf(out, true, err);
}

static enum salve_code add_value_set(struct cli *cli, struct terms *v, const char *path, struct salve_err *err)
{
    struct str text;
    struct tape *tape = arena_new(cli->mem, struct tape);
    if (tape == NULL) return salve_fail(err, SALVE_E_MEMORY, "--vocabulary");
    TRY(file_read(path, SALVE_RESOURCE_BYTES_MAX, cli->mem, &text, err));
    enum salve_code code = fhir_read(text, NULL, cli->mem, tape, NULL, err);
    if (code == SALVE_OK) code = terms_add(v, tape, err);
    if (code != SALVE_OK) salve_err_in(err, "%s", path);
    return code;
}

/* Value sets and code systems from the files and folders of --vocabulary; *out NULL: none are named. */
static enum salve_code read_vocabulary(struct cli *cli, struct terms **out, struct salve_err *err)
{
    const struct cli_values *given = &cli->options[OPT_VOCABULARY];
    *out = given->count == 0 ? NULL : terms_make(cli->mem);
    if (given->count > 0 && *out == NULL) return salve_fail(err, SALVE_E_MEMORY, "--vocabulary");
    for (size_t i = 0; i < given->count; i++) {
        struct str *names;
        size_t count;
        struct stat info;
        if (stat(given->value[i], &info) == 0 && S_ISDIR(info.st_mode)) {
            TRY(file_list(given->value[i], cli->mem, &names, &count, err));
        } else {
            TRY(add_value_set(cli, *out, given->value[i], err));
            continue;
        }
        for (size_t n = 0; n < count; n++) {
            struct str file = arena_printf(cli->mem, "%s/%.*s", given->value[i], STR_ARGS(names[n]));
            if (file.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "--vocabulary");
            if (str_ends(file, STR(".json"))) TRY(add_value_set(cli, *out, file.ptr, err));
        }
    }
    return SALVE_OK;
}

/* One JSON text of --data, in memory of its own person where `mem` is that. */
typedef enum salve_code take_text(void *with, const char *path, struct str json, struct salve_err *err);

static bool is_lines(const char *path) { return str_ends(str_of(path), STR(".ndjson")); }

static enum salve_code each_line(struct cli *cli, const char *path, struct str text, take_text *take, void *with,
                                 struct salve_err *err)
{
    struct str line;
    uint64_t number = 0, total = text.len;
    enum salve_code code = SALVE_OK;
    struct cli_progress progress = cli_progress_start(cli, "bytes", text.len);
    while (code == SALVE_OK && !cli_interrupted() && str_next_line(&text, &line)) {
        number++;
        if (str_trim(line).len > 0) code = take(with, path, line, err);
        cli_progress_step(&progress, total - text.len, 0);
    }
    cli_progress_end(&progress);
    if (code != SALVE_OK) cli_say(cli, "stopped at line %llu", (unsigned long long)number);
    return code;
}

/* Every text of the files of --data. The texts live in mem; NULL: until the next file. */
static enum salve_code each_text(struct cli *cli, struct arena *mem, take_text *take, void *with, struct salve_err *err)
{
    const struct cli_values *files = &cli->options[OPT_DATA];
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; i < files->count && code == SALVE_OK; i++) {
        struct str text;
        const char *path = files->value[i];
        struct arena *own = mem == NULL ? arena_open(2 * (size_t)SALVE_RESOURCE_BYTES_MAX) : NULL;
        if (mem == NULL && own == NULL) return salve_fail(err, SALVE_E_MEMORY, "--data");
        code = file_read(path, SALVE_RESOURCE_BYTES_MAX, mem == NULL ? own : mem, &text, err);
        if (code == SALVE_OK)
            code = is_lines(path) ? each_line(cli, path, text, take, with, err) : take(with, path, text, err);
        arena_close(own);
    }
    return code;
}

/* Rules that break nothing here (a missing status, an id of 70 characters) must not keep a file from being used: what
 * could be read is used, and the first fault is told with the file. Without a resource there is nothing to use. */
static enum salve_code read_lenient(const struct cli *cli, const char *path, struct str json, struct arena *mem,
                                    struct tape *out, struct salve_err *err)
{
    struct salve_err fault = {0};
    enum salve_code code = fhir_read(json, NULL, mem, out, NULL, &fault);
    if (code == SALVE_E_INVALID && tape_root(out) != TAPE_NONE) {
        char where[SALVE_ERR_WHERE_BYTES];
        cli_say(cli, "%s: %s: %s; the rest of the file is used", path, salve_err_where(&fault, where), fault.why);
        return SALVE_OK;
    }
    if (code != SALVE_OK) *err = fault;
    return code;
}

/* Everybody at once, for what looks at more than one person. */
struct crowd {
    struct cli *cli;
    struct elm_crowd tapes;
};

static enum salve_code join_crowd(void *with, const char *path, struct str json, struct salve_err *err)
{
    struct crowd *crowd = with;
    struct arena *mem = crowd->tapes.mem;
    struct tape *tape = NULL;
    TRY(elm_crowd_tape(&crowd->tapes, &tape, err));
    return read_lenient(crowd->cli, path, json, mem, tape, err);
}

static enum salve_code read_crowd(struct cli *cli, struct elm_population **out, struct salve_err *err)
{
    struct crowd crowd = {.cli = cli, .tapes.mem = cli->mem};
    TRY(each_text(cli, cli->mem, join_crowd, &crowd, err));
    return elm_population_make(crowd.tapes.tapes, crowd.tapes.count, cli->mem, out, err);
}

/* --- fhir validate ------------------------------------------------------------------------------------------------ */

struct validator {
    struct cli *cli;
    struct invariants *invariants;
    struct fhir_reader *reader; /* for one file after the other */
};

static enum salve_code validate(struct validator *v, const char *path, bool *has_error, struct salve_err *err)
{
    struct arena *mem = arena_open(SALVE_REQUEST_BYTES_MAX);
    struct fhir_issues issues;
    struct str json;
    struct buf out;
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", path);
    fhir_issues_init(&issues, mem);
    enum salve_code code = file_read(path, SALVE_RESOURCE_BYTES_MAX, mem, &json, err);
    if (code == SALVE_OK) code = invariants_judge(v->invariants, json, v->reader, mem, &issues, err);
    if (code == SALVE_OK) {
        buf_init(&out, mem, 16 << 20);
        outcome_add(&issues, &out);
        cli_say(v->cli, "%s: %s", path, issues.error_count > 0 ? "has errors" : "no error");
        code = write_line(&out, err);
        *has_error = *has_error || issues.error_count > 0;
    }
    arena_close(mem);
    return code;
}

enum salve_code cli_fhir_validate(struct cli *cli, struct salve_err *err)
{
    struct validator v = {.cli = cli, .reader = fhir_reader_open()};
    bool has_error = false;
    char where[SALVE_ERR_WHERE_BYTES];
    enum salve_code first = SALVE_OK;
    enum salve_code code = invariants_make(cli->mem, &v.invariants, err);
    if (code == SALVE_OK) invariants_skip(v.invariants, fhir_validate_covers);
    for (size_t i = 0; i < cli->word_count && code == SALVE_OK && !cli_interrupted(); i++) {
        struct salve_err why = {0};
        enum salve_code one = validate(&v, cli->words[i], &has_error, &why);
        if (one == SALVE_OK) continue;
        if (first == SALVE_OK && err != NULL) *err = why; /* told at the end; the other files are judged */
        if (first != SALVE_OK)
            cli_say(cli, "%s: %s", salve_err_where(&why, where), why.why[0] != '\0' ? why.why : salve_code_what(one));
        if (first == SALVE_OK) first = one;
    }
    fhir_reader_close(v.reader);
    cli->exit_status = has_error ? 5 : 0;
    return code == SALVE_OK ? first : code;
}

/* --- fhirpath ----------------------------------------------------------------------------------------------------- */

enum salve_code cli_fhirpath(struct cli *cli, struct salve_err *err)
{
    struct str json;
    struct tape tape;
    struct fhirpath *path = NULL;
    struct expr_value value;
    struct clock clock;
    struct buf out;
    struct terms *vocabulary = NULL;
    TRY(cli_now(cli, &clock, err));
    TRY(file_read(cli->words[1], SALVE_RESOURCE_BYTES_MAX, cli->mem, &json, err));
    TRY(read_lenient(cli, cli->words[1], json, cli->mem, &tape, err));
    TRY(fhirpath_compile(str_of(cli->words[0]), tape_type(&tape, tape_root(&tape)), cli->mem, &path, err));
    TRY(read_vocabulary(cli, &vocabulary, err));
    if (vocabulary != NULL) TRY(terms_done(vocabulary, err));
    struct expr_env env = {.clock = &clock, .terms = vocabulary};
    TRY(fhirpath_run(path, &env, expr_node(&tape, tape_root(&tape)), cli->mem, &value, err));
    buf_init(&out, cli->mem, 64 << 20);
    expr_json(&value, &out);
    return write_line(&out, err);
}

/* --- cql run ------------------------------------------------------------------------------------------------------ */

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
    struct cli *cli;
    const struct elm_program *program;
    struct elm_wanted wanted;
    struct expr_env env;
    struct clock clock;
    struct elm_param params[CLI_OPTION_VALUES_MAX];
    size_t param_count;
};

/* A line with the defines of one subject. */
static enum salve_code print_defines(const struct job *job, struct elm_subject *subject, enum elm_context context,
                                     struct arena *mem, struct salve_err *err)
{
    struct elm_wanted wanted = job->wanted;
    struct buf out;
    wanted.context = context;
    buf_init(&out, mem, 256 << 20);
    TRY(elm_defines_json(job->program, subject, &job->env, job->params, job->param_count, &wanted, &out, err));
    return write_line(&out, err);
}

/* A file is somebody; a line may be about nobody. */
static enum salve_code run_text(void *with, const char *path, struct str json, struct salve_err *err)
{
    const struct job *job = with;
    struct arena *mem = arena_open(SALVE_REQUEST_BYTES_MAX);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "subject");
    struct tape tape;
    const struct tape *tapes[] = {&tape};
    struct elm_subject subject;
    enum salve_code code = read_lenient(job->cli, path, json, mem, &tape, err);
    bool is_wanted = code == SALVE_OK && (!is_lines(path) || elm_is_person(&tape));
    if (is_wanted) code = elm_subject_make(tapes, 1, mem, &subject, err);
    if (code == SALVE_OK && is_wanted) code = print_defines(job, &subject, ELM_ANY_CONTEXT, mem, err);
    arena_close(mem);
    return code;
}

static enum salve_code run_patient(void *with, const struct tape *tape, struct elm_subject *subject, struct arena *mem,
                                   struct salve_err *err)
{
    (void)tape;
    return cli_interrupted() ? SALVE_OK : print_defines(with, subject, ELM_PATIENT, mem, err);
}

static bool has_defines(const struct job *job, enum elm_context context)
{
    struct elm_wanted wanted = job->wanted;
    wanted.context = context;
    return elm_has_wanted(job->program, &wanted);
}

/* A library with Unfiltered defines needs all lines at once: a line of output a person with the Patient defines, then
 * one with the Unfiltered. */
static enum salve_code run_population(struct job *job, struct salve_err *err)
{
    struct elm_population *people = NULL;
    TRY(read_crowd(job->cli, &people, err));
    if (has_defines(job, ELM_PATIENT)) TRY(elm_population_each(people, run_patient, job, err));
    if (!has_defines(job, ELM_UNFILTERED) || cli_interrupted()) return SALVE_OK;
    return print_defines(job, elm_population_all(people), ELM_UNFILTERED, job->cli->mem, err);
}

/* NAME=VALUE, read by the type that the library declares. */
static enum salve_code read_params(struct cli *cli, struct job *job, struct salve_err *err)
{
    const struct cli_values *given = &cli->options[OPT_PARAM];
    for (size_t i = 0; i < given->count; i++) {
        struct str name, value;
        if (!str_split(str_of(given->value[i]), '=', &name, &value))
            return salve_refuse(err, SALVE_E_USAGE, "give a parameter as NAME=VALUE", "--param");
        enum salve_code code = elm_param_read(job->program, name, value, cli->mem, &job->params[i], err);
        if (code != SALVE_OK) return code;
        job->param_count = i + 1;
    }
    return SALVE_OK;
}

static enum salve_code open_job(struct job *job, struct salve_err *err)
{
    struct cli *cli = job->cli;
    struct elm_program *program = NULL;
    struct terms *vocabulary = NULL;
    size_t index;
    const char *name = cli_option(cli, OPT_DEFINE);
    job->wanted = (struct elm_wanted){.define = str_of(name), .is_explained = cli_has(cli, OPT_EXPLAIN)};
    TRY(cli_now(cli, &job->clock, err));
    TRY(load_program(cli, &program, err));
    if (name != NULL && !elm_define_find(program, str_of(name), &index))
        return salve_refuse(err, SALVE_E_UNKNOWN_NAME, "the library has no such define", "--define %s", name);
    TRY(read_vocabulary(cli, &vocabulary, err));
    if (vocabulary != NULL) TRY(terms_done(vocabulary, err));
    job->program = program;
    job->env = (struct expr_env){.clock = &job->clock, .terms = vocabulary};
    return read_params(cli, job, err);
}

enum salve_code cli_cql_run(struct cli *cli, struct salve_err *err)
{
    struct str further;
    struct job job = {.cli = cli};
    if (!cli_has(cli, OPT_ELM) || !cli_has(cli, OPT_DATA))
        return salve_refuse(err, SALVE_E_USAGE, "give the ELM libraries with --elm and the subject's data with --data",
                            cli_has(cli, OPT_ELM) ? "--data" : "--elm");
    TRY(open_job(&job, err));
    bool is_crowd = is_lines(cli_option(cli, OPT_DATA)) && elm_looks_further(job.program, &further);
    return is_crowd ? run_population(&job, err) : each_text(cli, NULL, run_text, &job, err);
}

/* --- cql measure -------------------------------------------------------------------------------------------------- */

struct measuring {
    struct cli *cli;
    struct measure_set *set;
    struct measure_tally *all;
    struct expr_env env;
    struct elm_param period;
    struct measure_facts facts;
};

static enum salve_code open_set(struct measuring *m, struct salve_err *err)
{
    struct cli *cli = m->cli;
    const struct cli_values *files = &cli->options[OPT_ELM];
    struct str elm[CLI_OPTION_VALUES_MAX], text;
    struct tape *bundle = arena_new(cli->mem, struct tape);
    struct terms *vocabulary = NULL;
    const char *path = cli_option(cli, OPT_MEASURE);
    if (bundle == NULL) return salve_fail(err, SALVE_E_MEMORY, "--measure");
    if (path == NULL || !cli_has(cli, OPT_DATA))
        return salve_refuse(err, SALVE_E_USAGE,
                            "give the Measure or its Bundle with --measure and the people's files with --data",
                            path == NULL ? "--measure" : "--data");
    for (size_t i = 0; i < files->count; i++)
        TRY(file_read(files->value[i], SALVE_ELM_BYTES_MAX, cli->mem, &elm[i], err));
    TRY(file_read(path, SALVE_RESOURCE_BYTES_MAX, cli->mem, &text, err));
    TRY(read_lenient(cli, path, text, cli->mem, bundle, err));
    TRY(read_vocabulary(cli, &vocabulary, err));
    TRY(measure_open(bundle, elm, files->count, vocabulary, cli->mem, &m->set, err));
    struct str notes = measure_notes(m->set), note;
    while (str_next_line(&notes, &note)) cli_say(cli, "%s: %.*s", path, STR_ARGS(note));
    return measure_tally_make(m->set, cli->mem, &m->all, err);
}

static enum salve_code write_report(const struct measuring *m, const struct measure_tally *tally,
                                    const struct measure_facts *facts, struct arena *mem, struct salve_err *err)
{
    for (size_t i = 0; i < measure_count(m->set); i++) {
        struct buf out;
        buf_init(&out, mem, SALVE_REQUEST_BYTES_MAX);
        TRY(measure_report(m->set, tally, i, facts, &out, err));
        TRY(write_line(&out, err));
    }
    return SALVE_OK;
}

/* Counts and reports one person; `subject`: of the population, NULL: alone. */
static enum salve_code count_person(void *with, const struct tape *tape, struct elm_subject *subject, struct arena *mem,
                                    struct salve_err *err)
{
    struct measuring *m = with;
    struct measure_tally *one = NULL;
    struct measure_facts facts = m->facts;
    if (cli_interrupted()) return SALVE_OK;
    TRY(measure_reference(tape, mem, &facts.subject, err));
    TRY(subject != NULL ? measure_subject(m->set, subject, &m->env, &m->period, 1, mem, &one, err)
                        : measure_person(m->set, tape, &m->env, &m->period, 1, mem, &one, err));
    TRY(measure_tally_add(m->set, m->all, one, err));
    return write_report(m, one, &facts, mem, err);
}

static enum salve_code measure_text(void *with, const char *path, struct str json, struct salve_err *err)
{
    struct measuring *m = with;
    struct arena *mem = arena_open(SALVE_REQUEST_BYTES_MAX);
    struct tape tape;
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "--data");
    enum salve_code code = read_lenient(m->cli, path, json, mem, &tape, err);
    if (code == SALVE_OK) code = count_person(m, &tape, NULL, mem, err);
    arena_close(mem);
    return code;
}

/* Criteria that look at everybody: all files are read before the first person is counted. */
static enum salve_code measure_crowd(struct measuring *m, struct salve_err *err)
{
    struct elm_population *people = NULL;
    TRY(read_crowd(m->cli, &people, err));
    return elm_population_each(people, count_person, m, err);
}

enum salve_code cli_cql_measure(struct cli *cli, struct salve_err *err)
{
    struct measuring m = {.cli = cli};
    struct clock clock;
    char now[CLOCK_TEXT_BYTES];
    TRY(cli_now(cli, &clock, err));
    TRY(measure_period(cli_option_or(cli, OPT_PERIOD, ""), cli->mem, &m.facts, &m.period, err));
    TRY(open_set(&m, err));
    m.env.clock = &clock;
    m.facts.date = clock_date_text(clock_ms(&clock), now);
    TRY(measure_looks_further(m.set) ? measure_crowd(&m, err) : each_text(cli, NULL, measure_text, &m, err));
    return write_report(&m, m.all, &m.facts, cli->mem, err);
}
