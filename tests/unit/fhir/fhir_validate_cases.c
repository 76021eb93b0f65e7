/* SPDX-License-Identifier: Apache-2.0
 * Runs tests/unit/fhir/validate-cases/: each case must give exactly the errors that it lists, and the OperationOutcome
 * made of them must be valid FHIR and tell none of its values. fhir_validate_cases FILE... runs those files. */
#include "t.h"

#include "base/file.h"
#include "fhir/fhir.h"
#include "fhir/outcome.h"
#include "fhir/validate.h"

#define CASES "tests/unit/fhir/validate-cases"

static struct str errors_of(struct arena *mem, const struct fhir_issues *issues)
{
    struct buf out;
    struct str all = STR("");
    buf_init(&out, mem, (size_t)1 << 20);
    for (size_t i = 0; i < issues->count; i++)
        if (issues->items[i].severity <= FHIR_ERROR)
            buf_addf(&out, "%s %.*s\n", issues->items[i].rule, STR_ARGS(issues->items[i].path));
    if (issues->error_count == 0) buf_add(&out, STR("ok\n"));
    return buf_done(&out, &all, NULL) == SALVE_OK ? all : STR("");
}

/* The outcome as JSON is a resource that the reader and the validator accept. */
static const char *check_outcome_text(struct str json, struct arena *mem)
{
    struct tape tape;
    struct fhir_issues own;
    struct salve_err err = {0};
    bool valid = false;
    fhir_issues_init(&own, mem);
    if (str_find(json, STR("CANARY")) >= 0) return "the outcome tells a value";
    if (fhir_read(json, NULL, mem, &tape, &own, &err) != SALVE_OK) return "the outcome is not valid FHIR";
    if (fhir_validate(&tape, mem, &own, &valid, &err) != SALVE_OK || !valid) return "the outcome breaks a rule of R4";
    return NULL;
}

static const char *check_outcome(const struct fhir_issues *issues, struct arena *mem)
{
    struct buf out;
    buf_init(&out, mem, (size_t)1 << 20);
    outcome_add(issues, &out);
    return check_outcome_text(buf_str(&out), mem);
}

static void run_case(const char *file, struct str title, struct str expect, struct str input)
{
    char name[512];
    struct arena *mem = arena_open((size_t)64 << 20);
    struct tape tape;
    struct fhir_issues issues;
    struct salve_err err = {0};
    bool valid = false;
    (void)snprintf(name, sizeof name, "%s: %.*s", file, STR_ARGS(title));
    fhir_issues_init(&issues, mem);
    enum salve_code code = fhir_read(input, NULL, mem, &tape, &issues, &err);
    if (code == SALVE_OK) code = fhir_validate(&tape, mem, &issues, &valid, &err);
    struct str got = errors_of(mem, &issues);
    const char *why = code == SALVE_OK ? check_outcome(&issues, mem) : salve_code_name(code);
    if (!str_eq(got, expect))
        t_fail(name, "found:\n%.*s", STR_ARGS(got));
    else if (valid != str_is(expect, "ok\n"))
        t_fail(name, "valid and the errors disagree");
    else if (why != NULL)
        t_fail(name, "%s", why);
    else
        t_pass();
    arena_close(mem);
}

static void run_file(const char *path)
{
    struct arena *mem = arena_open((size_t)64 << 20);
    struct str rest, line, title = STR_NONE;
    struct salve_err err = {0};
    struct buf expect, input;
    if (file_read(path, (size_t)4 << 20, mem, &rest, &err) != SALVE_OK)
        t_fail(path, "cannot be read");
    else
        for (bool more = true; more;) {
            more = str_next_line(&rest, &line);
            if (!more || str_starts(line, STR("=== "))) {
                if (title.ptr != NULL) run_case(path, title, buf_str(&expect), buf_str(&input));
                title = str_cut(line, 4, line.len);
                buf_init(&expect, mem, (size_t)1 << 20);
                buf_init(&input, mem, (size_t)1 << 20);
            } else if (str_starts(line, STR("expect:"))) {
                buf_add(&expect, str_trim(str_cut(line, 7, line.len)));
                buf_add_char(&expect, '\n');
            } else {
                buf_add(&input, line);
                buf_add_char(&input, '\n');
            }
        }
    arena_close(mem);
}

static void no_problem_is_said_in_words(void)
{
    struct arena *mem = arena_open((size_t)1 << 20);
    struct fhir_issues issues;
    struct buf out;
    fhir_issues_init(&issues, mem);
    buf_init(&out, mem, 1 << 16);
    outcome_add(&issues, &out);
    if (str_find(buf_str(&out), STR("\"severity\": \"information\"")) < 0)
        t_fail("outcome", "no information issue");
    else
        t_pass();
    arena_close(mem);
}

/* The JSON without white space, from "issue" on. */
static struct str issues_of(const struct salve_err *err, struct arena *mem)
{
    struct buf out, tight;
    struct tape tape;
    struct str text = STR("");
    buf_init(&out, mem, 1 << 16);
    buf_init(&tight, mem, 1 << 16);
    outcome_of_error(err, &out);
    const char *wrong = check_outcome_text(buf_str(&out), mem);
    if (wrong != NULL) t_fail("outcome of an error", "%s: %.*s", wrong, STR_ARGS(buf_str(&out)));
    if (fhir_read(buf_str(&out), NULL, mem, &tape, NULL, NULL) == SALVE_OK)
        fhir_write(&tape, tape_root(&tape), FHIR_COMPACT, &tight);
    return buf_done(&tight, &text, NULL) == SALVE_OK ? text : STR("");
}

static void errors_become_outcomes(void)
{
#define HEAD      "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":"
#define CODED(of) "\"details\":{\"coding\":[{\"system\":\"urn:salve:rule\",\"code\":\"" of "\"}],\"text\":"
    static const struct {
        struct salve_err err;
        const char *want;
    } cases[] = {
        {{SALVE_E_TOO_BIG, "", 0, 0, "Bundle.entry[3].resource.value", "", NULL, 0},
         HEAD "\"too-long\"," CODED(
             "E_TOO_BIG") "\"the input passes a stated size limit\"},\"expression\":[\"Bundle.entry[3].resource.value\"]}]}"},
        {{SALVE_E_INVALID, "people.csv", 3, 5, "Patient.birthDate", "it is no date", NULL, 0},
         HEAD
         "\"invalid\"," CODED("E_INVALID") "\"it is no date\"},\"diagnostics\":\"people.csv\",\"location\":[\"Line[3] "
                                           "Col[5]\"],\"expression\":[\"Patient.birthDate\"]}]}"},
        {{SALVE_E_INVALID, "people.csv", 3, 0, "column weight", "it is no number", NULL, 0},
         HEAD "\"invalid\"," CODED("E_INVALID") "\"it is no number\"},\"diagnostics\":\"people.csv: column weight\","
                                                "\"location\":[\"Line[3]\"]}]}"},
        {{SALVE_E_INVALID, "", 0, 0, "Observation.value[x]", "one is needed", NULL, 0},
         HEAD "\"invalid\"," CODED("E_INVALID") "\"one is needed\"},\"diagnostics\":\"Observation.value[x]\"}]}"},
        {{SALVE_E_INVALID, "", 0, 0, "", "nothing is known of the place", NULL, 0},
         HEAD "\"invalid\"," CODED("E_INVALID") "\"nothing is known of the place\"}}]}"},
    };
#undef HEAD
#undef CODED
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *mem = arena_open((size_t)1 << 20);
        struct str got = issues_of(&cases[i].err, mem);
        if (str_is(got, cases[i].want))
            t_pass();
        else
            t_fail("outcome of an error", "%zu: %.*s", i, STR_ARGS(got));
        arena_close(mem);
    }
}

int main(int argc, char **argv)
{
    struct arena *mem = arena_open((size_t)1 << 20);
    struct salve_err err = {0};
    struct str *names;
    size_t count = 0;
    char path[1024];
    for (int i = 1; i < argc; i++) run_file(argv[i]);
    if (argc == 1 && file_list(CASES, mem, &names, &count, &err) != SALVE_OK) t_fail(CASES, "cannot be listed");
    for (size_t i = 0; i < count; i++) {
        if (!str_ends(names[i], STR(".cases"))) continue;
        (void)snprintf(path, sizeof path, "%s/%.*s", CASES, STR_ARGS(names[i]));
        run_file(path);
    }
    no_problem_is_said_in_words();
    errors_become_outcomes();
    arena_close(mem);
    return t_end();
}
