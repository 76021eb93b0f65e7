/* SPDX-License-Identifier: Apache-2.0
 * Measures on the command line: files of people in, MeasureReports out. No site is opened here. */
#include <string.h>

#include "cli/cli_commands.h"
#include "cli/cli_vocabulary.h"
#include "base/file.h"
#include "base/limits.h"
#include "measure/measure.h"
#include "value/scalar.h"
#include "fhir/fhir.h"

struct measuring {
    struct cli *cli;
    struct measure_set *set;
    struct measure_tally *all;
    struct expr_env env;
    struct elm_param period;
    struct measure_facts facts;
};

static enum salve_code wrong_period(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_USAGE, "give two dates, the first not after the second: 2026-01-01/2026-12-31",
                        "--period");
}

/* Dates count whole: to the last millisecond of the last. */
static enum salve_code read_period(struct measuring *m, struct salve_err *err)
{
    const char *option = cli_option(m->cli, OPT_PERIOD);
    struct str text = str_of(option == NULL ? "" : option);
    ptrdiff_t slash = str_find(text, STR("/"));
    struct expr_temporal low, high;
    struct expr_interval *in = arena_new(m->cli->mem, struct expr_interval);
    if (in == NULL) return salve_fail(err, SALVE_E_MEMORY, "--period");
    if (slash < 0) return wrong_period(err);
    m->facts.start = str_cut(text, 0, (size_t)slash);
    m->facts.end = str_cut(text, (size_t)slash + 1, text.len);
    if (!expr_temporal_parse_as(m->facts.start, EXPR_DATETIME, &low) ||
        !expr_temporal_parse_as(m->facts.end, EXPR_DATETIME, &high))
        return wrong_period(err);
    low = expr_temporal_low(low, EXPR_MILLISECOND);
    high = expr_temporal_high(high, EXPR_MILLISECOND);
    if (low.offset_minutes == EXPR_NO_OFFSET) low.offset_minutes = 0;
    if (high.offset_minutes == EXPR_NO_OFFSET) high.offset_minutes = 0;
    if (expr_temporal_cmp(&low, &high, EXPR_MILLISECOND, 0) == EXPR_MORE) return wrong_period(err);
    *in = (struct expr_interval){.low_closed = true, .high_closed = true, .point = VALUE_DATETIME};
    enum salve_code code = expr_temporal_value(VALUE_DATETIME, low, m->cli->mem, &in->low, err);
    if (code == SALVE_OK) code = expr_temporal_value(VALUE_DATETIME, high, m->cli->mem, &in->high, err);
    m->period = (struct elm_param){STR_NONE, STR("Measurement Period"), {.kind = VALUE_INTERVAL, .as.interval = in}};
    return code;
}

/* Rules that break nothing here (an id of 70 characters, an empty list) must not keep a file from being counted: what
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

static enum salve_code open_set(struct measuring *m, struct salve_err *err)
{
    const struct cli_values *files = &m->cli->options[OPT_ELM];
    struct str elm[CLI_OPTION_VALUES_MAX], text;
    struct tape *bundle = arena_new(m->cli->mem, struct tape);
    struct terms *vocabulary = NULL;
    const char *path = cli_option(m->cli, OPT_MEASURE);
    enum salve_code code = SALVE_OK;
    if (bundle == NULL) return salve_fail(err, SALVE_E_MEMORY, "--measure");
    if (path == NULL || !cli_has(m->cli, OPT_DATA))
        return salve_refuse(err, SALVE_E_USAGE,
                            "give the Measure or its Bundle with --measure and the people's files with --data",
                            path == NULL ? "--measure" : "--data");
    for (size_t i = 0; i < files->count && code == SALVE_OK; i++)
        code = file_read(files->value[i], SALVE_ELM_BYTES_MAX, m->cli->mem, &elm[i], err);
    if (code == SALVE_OK) code = file_read(path, SALVE_RESOURCE_BYTES_MAX, m->cli->mem, &text, err);
    if (code == SALVE_OK) code = read_lenient(m->cli, path, text, m->cli->mem, bundle, err);
    if (code == SALVE_OK) code = cli_vocabulary_read(m->cli, &vocabulary, err);
    if (code == SALVE_OK) code = measure_open(bundle, elm, files->count, vocabulary, m->cli->mem, &m->set, err);
    return code == SALVE_OK ? measure_tally_make(m->set, m->cli->mem, &m->all, err) : code;
}

static enum salve_code write_report(struct measuring *m, const struct measure_tally *tally,
                                    const struct measure_facts *facts, struct arena *mem, struct salve_err *err)
{
    struct buf out;
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; i < measure_count(m->set) && code == SALVE_OK; i++) {
        buf_init(&out, mem, SALVE_REQUEST_BYTES_MAX);
        code = measure_report(m->set, tally, i, facts, &out, err);
        buf_add_char(&out, '\n');
        if (code == SALVE_OK) cli_write(buf_str(&out));
    }
    return code;
}

/* "Patient/id" of the first Patient of the file. */
static enum salve_code subject_of(const struct tape *t, struct arena *mem, struct str *out, struct salve_err *err)
{
    tape_at patient = tape_patient(t);
    struct str id = patient == TAPE_NONE ? STR("") : tape_child_text(t, patient, "id");
    if (id.len > 0) return *out = arena_printf(mem, "Patient/%.*s", STR_ARGS(id)), SALVE_OK;
    return salve_refuse(err, SALVE_E_INVALID,
                        "a person's file must hold a Patient with an id, which its MeasureReport refers to",
                        "Patient.id");
}

/* Counts and reports one person; `subject`: of the population, NULL: alone. */
static enum salve_code count_person(struct measuring *m, const struct tape *tape, struct elm_subject *subject,
                                    struct arena *mem, struct salve_err *err)
{
    struct measure_tally *one = NULL;
    struct measure_facts facts = m->facts;
    enum salve_code code = subject_of(tape, mem, &facts.subject, err);
    if (code == SALVE_OK)
        code = subject != NULL ? measure_subject(m->set, subject, &m->env, &m->period, 1, mem, &one, err)
                               : measure_person(m->set, tape, &m->env, &m->period, 1, mem, &one, err);
    if (code == SALVE_OK) code = measure_tally_add(m->set, m->all, one, err);
    return code == SALVE_OK ? write_report(m, one, &facts, mem, err) : code;
}

static enum salve_code one_person(struct measuring *m, const char *path, struct str json, struct salve_err *err)
{
    struct arena *mem = arena_open(SALVE_REQUEST_BYTES_MAX);
    struct tape tape;
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "--data");
    enum salve_code code = read_lenient(m->cli, path, json, mem, &tape, err);
    if (code == SALVE_OK) code = count_person(m, &tape, NULL, mem, err);
    arena_close(mem);
    return code;
}

/* --- criteria that look at everybody: all files are read before the first person is counted ----------------------- */
struct crowd {
    struct arena *mem;
    const struct tape **tapes;
    size_t count, cap;
};

static enum salve_code join_crowd(struct measuring *m, const char *path, struct str json, struct crowd *crowd,
                                  struct salve_err *err)
{
    struct tape *tape = arena_new(crowd->mem, struct tape);
    if (crowd->count == crowd->cap) {
        size_t cap = crowd->cap == 0 ? 64 : crowd->cap * 2, one = sizeof *crowd->tapes;
        void *tapes = arena_grow(crowd->mem, crowd->tapes, crowd->cap * one, cap * one);
        if (tapes == NULL) return salve_fail(err, SALVE_E_MEMORY, "--data");
        crowd->tapes = tapes;
        crowd->cap = cap;
    }
    if (tape == NULL) return salve_fail(err, SALVE_E_MEMORY, "--data");
    crowd->tapes[crowd->count++] = tape;
    return read_lenient(m->cli, path, json, crowd->mem, tape, err);
}

static enum salve_code read_crowd(struct measuring *m, struct crowd *crowd, struct salve_err *err)
{
    const struct cli_values *files = &m->cli->options[OPT_DATA];
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; i < files->count && code == SALVE_OK; i++) {
        struct str text, line;
        code = file_read(files->value[i], SALVE_RESOURCE_BYTES_MAX, crowd->mem, &text, err);
        if (code == SALVE_OK && !str_ends(str_of(files->value[i]), STR(".ndjson")))
            code = join_crowd(m, files->value[i], text, crowd, err);
        else
            while (code == SALVE_OK && !cli_interrupted() && str_next_line(&text, &line))
                if (str_trim(line).len > 0) code = join_crowd(m, files->value[i], line, crowd, err);
    }
    return code;
}

static enum salve_code count_crowd(struct measuring *m, struct salve_err *err)
{
    struct crowd crowd = {.mem = arena_open(SALVE_REQUEST_BYTES_MAX)};
    struct elm_population *people = NULL;
    uint32_t next = 0;
    if (crowd.mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "--data");
    enum salve_code code = read_crowd(m, &crowd, err);
    if (code == SALVE_OK) code = elm_population_make(crowd.tapes, crowd.count, crowd.mem, &people, err);
    for (size_t i = 0; i < crowd.count && code == SALVE_OK && !cli_interrupted(); i++) {
        if (!elm_is_person(crowd.tapes[i])) continue;
        struct arena *own = arena_open(SALVE_REQUEST_BYTES_MAX);
        code = own == NULL ? salve_fail(err, SALVE_E_MEMORY, "--data")
                           : count_person(m, crowd.tapes[i], elm_population_person(people, next++), own, err);
        arena_close(own);
    }
    arena_close(crowd.mem);
    return code;
}

static enum salve_code one_file(struct measuring *m, const char *path, struct salve_err *err)
{
    struct arena *mem = arena_open(2 * (size_t)SALVE_RESOURCE_BYTES_MAX);
    struct str text, line;
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "--data");
    enum salve_code code = file_read(path, SALVE_RESOURCE_BYTES_MAX, mem, &text, err);
    if (code == SALVE_OK && !str_ends(str_of(path), STR(".ndjson")))
        code = one_person(m, path, text, err);
    else
        while (code == SALVE_OK && !cli_interrupted() && str_next_line(&text, &line))
            if (str_trim(line).len > 0) code = one_person(m, path, line, err);
    arena_close(mem);
    return code;
}

enum salve_code cli_cql_measure(struct cli *cli, struct salve_err *err)
{
    struct measuring m = {.cli = cli};
    struct clock clock;
    char now[CLOCK_TEXT_BYTES];
    enum salve_code code = cli_now(cli, &clock, err);
    if (code == SALVE_OK) code = read_period(&m, err);
    if (code == SALVE_OK) code = open_set(&m, err);
    if (code != SALVE_OK) return code;
    m.env.clock = &clock;
    m.facts.date = clock_date_text(clock_ms(&clock), now);
    bool is_crowd = measure_looks_further(m.set);
    if (is_crowd) code = count_crowd(&m, err);
    for (size_t i = 0; i < cli->options[OPT_DATA].count && code == SALVE_OK && !is_crowd; i++)
        code = one_file(&m, cli->options[OPT_DATA].value[i], err);
    return code == SALVE_OK ? write_report(&m, m.all, &m.facts, cli->mem, err) : code;
}
