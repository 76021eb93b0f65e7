/* SPDX-License-Identifier: Apache-2.0
 *
 * Loading folders: what is wrong is told with file and element; evaluation checks the closed lists and the switches;
 * the check finds missing words. Works on copies of $BUILD/share (build/share). */
#include "t.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "fhir/fhir.h"
#include "guideline/guideline_int.h"

static char folder[256];

static const char *share(void)
{
    static char path[512];
    const char *build = getenv("BUILD");
    (void)snprintf(path, sizeof path, "%s/share", build == NULL ? "build" : build);
    return path;
}

/* A copy of the share folder with the libraries and blood-pressure alone. */
static int copy(void **state)
{
    char command[3600];
    const char *tmp = getenv("TMPDIR");
    (void)state;
    (void)snprintf(folder, sizeof folder, "%s/salve-guideline-%d", tmp == NULL ? "/tmp" : tmp, (int)getpid());
    (void)snprintf(command, sizeof command,
                   "rm -rf '%s' && mkdir -p '%s/guidelines' && cp -R '%s/guidelines/lib' "
                   "'%s/guidelines/blood-pressure' '%s/guidelines/' && cp '%s/ranges.json' '%s/'",
                   folder, folder, share(), share(), folder, share(), folder);
    return system(command);
}

static int drop(void **state)
{
    char command[400];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static const char *path_of(const char *file)
{
    static char path[600];
    (void)snprintf(path, sizeof path, "%s/guidelines/blood-pressure/%s", folder, file);
    return path;
}

/* edit - replaces the first `from` of a file by `to`. */
static void edit(const char *file, const char *from, const char *to)
{
    struct arena *mem = arena_open(64 << 20);
    struct salve_err err = {0};
    struct str text;
    assert_int_equal(file_read(path_of(file), 16 << 20, mem, &text, &err), SALVE_OK);
    ptrdiff_t at = str_find(text, str_of(from));
    assert_true(at >= 0);
    struct str rest = str_cut(text, (size_t)at + strlen(from), text.len);
    struct buf out;
    buf_init(&out, mem, 32 << 20);
    buf_add(&out, str_cut(text, 0, (size_t)at));
    buf_add(&out, str_of(to));
    buf_add(&out, rest);
    assert_int_equal(file_write(path_of(file), buf_str(&out), 0644, &err), SALVE_OK);
    arena_close(mem);
}

static void cannot_load(enum salve_code code, const char *at, const char *why)
{
    struct arena *mem = arena_open(64 << 20);
    struct guideline *guideline = NULL;
    struct salve_err err = {0};
    assert_int_equal(guideline_load(folder, STR("blood-pressure"), mem, &guideline, &err), code);
    if (strstr(t_where(&err), at) == NULL) fail_msg("at is \"%s\", want \"%s\"", t_where(&err), at);
    if (strstr(err.why, why) == NULL) fail_msg("why is \"%s\", want \"%s\"", err.why, why);
    arena_close(mem);
}

static struct guideline *load(struct arena *mem)
{
    struct guideline *guideline = NULL;
    struct salve_err err = {0};
    if (guideline_load(folder, STR("blood-pressure"), mem, &guideline, &err) != SALVE_OK)
        fail_msg("%s %s", t_where(&err), err.why);
    return guideline;
}

static void a_missing_folder_or_file_is_named(void **state)
{
    struct arena *mem = arena_open(1 << 20);
    struct guideline *guideline = NULL;
    (void)state;
    assert_int_equal(guideline_load(folder, STR("no-such"), mem, &guideline, NULL), SALVE_E_NOT_FOUND);
    assert_int_equal(guideline_load(folder, STR("../lib"), mem, &guideline, NULL), SALVE_E_NOT_FOUND);
    assert_int_equal(guideline_load(folder, STR(".."), mem, &guideline, NULL), SALVE_E_NOT_FOUND);
    arena_close(mem);
    unlink(path_of("logic.json"));
    cannot_load(SALVE_E_INVALID, "blood-pressure/logic.cql", "make share");
}

static void a_broken_guideline_json_is_told_with_its_element(void **state)
{
    (void)state;
    edit("guideline.json", "\"id\": \"blood-pressure\"", "\"id\": \"blood-sugar\"");
    cannot_load(SALVE_E_INVALID, "blood-pressure/guideline.json:2: id", "folder");
    edit("guideline.json", "\"id\": \"blood-sugar\"", "\"id\": \"blood-pressure\",,");
    cannot_load(SALVE_E_SYNTAX, "blood-pressure/guideline.json", "");
}

static void broken_letter_texts_are_told_with_their_file(void **state)
{
    (void)state;
    edit("letter.ar.json", "\"language\": \"ar\"", "\"language\": \"fr\"");
    cannot_load(SALVE_E_INVALID, "blood-pressure/letter.ar.json:1: language", "file's name");
}

static void broken_logic_is_told_with_its_file(void **state)
{
    (void)state;
    edit("logic.json", "\"type\":\"Round\"", "\"type\":\"Squash\"");
    cannot_load(SALVE_E_UNSUPPORTED, "blood-pressure/logic.cql:84:10: Elevated action", "");
}

/* Libraries are read once for several guidelines: once for each content of a file, not for its name. */
static void a_library_that_another_guideline_had_otherwise_is_read_anew(void **state)
{
    struct arena *mem = arena_open(256 << 20);
    struct guideline_libraries *libraries = NULL;
    struct guideline *first = NULL, *again = NULL, *other = NULL;
    struct salve_err err = {0};
    (void)state;
    assert_int_equal(guideline_libraries_open(mem, &libraries, &err), SALVE_OK);
    assert_int_equal(guideline_load_among(libraries, folder, STR("blood-pressure"), mem, &first, &err), SALVE_OK);
    assert_int_equal(guideline_load_among(libraries, folder, STR("blood-pressure"), mem, &again, &err), SALVE_OK);
    assert_ptr_equal(first->files[0].bytes.ptr, again->files[0].bytes.ptr);
    edit("../lib/SalvePressure.json", "\"type\":\"Query\"", "\"type\":\"Quern\"");
    assert_int_equal(guideline_load_among(libraries, folder, STR("blood-pressure"), mem, &other, &err),
                     SALVE_E_UNSUPPORTED);
    assert_non_null(strstr(t_where(&err), "lib/SalvePressure.cql"));
    guideline_libraries_close(&libraries);
    arena_close(mem);
}

/* docs/never.md N12 */
static void logic_that_could_look_at_others_is_refused(void **state)
{
    (void)state;
    edit("logic.json", "\"context\":\"Patient\"", "\"context\":\"Unfiltered\"");
    cannot_load(SALVE_E_UNSUPPORTED, "blood-pressure", "more than one person");
}

static void unknown_switches_and_values_are_refused(void **state)
{
    struct arena *mem = arena_open(64 << 20);
    struct guideline *guideline = load(mem);
    struct finding *findings = NULL;
    size_t count = 0;
    struct salve_err err = {0};
    struct guideline_choice choice = {STR("bp-schema"), STR("HEARTS")};
    struct guideline_ask ask = {.choices = &choice, .choice_count = 1};
    (void)state;
    assert_int_equal(guideline_evaluate(guideline, &ask, mem, &findings, &count, &err), SALVE_E_INVALID);
    assert_non_null(strstr(err.why, "no such switch"));
    choice = (struct guideline_choice){STR("bp-scheme"), STR("ESC1066")};
    assert_int_equal(guideline_evaluate(guideline, &ask, mem, &findings, &count, &err), SALVE_E_INVALID);
    assert_non_null(strstr(err.why, "not one of its values"));
    arena_close(mem);
}

static void a_category_outside_the_closed_list_reaches_nobody(void **state)
{
    struct arena *mem = arena_open(64 << 20);
    struct salve_err err = {0};
    struct finding *findings = NULL;
    struct tape tape;
    size_t count = 0;
    const char *child = "{\"resourceType\":\"Patient\",\"id\":\"p\",\"birthDate\":\"2015-01-01\"}";
    (void)state;
    edit("guideline.json", "\"age-under-18\"", "\"too-young\"");
    struct guideline *guideline = load(mem);
    assert_int_equal(fhir_read(str_of(child), NULL, mem, &tape, NULL, &err), SALVE_OK);
    struct guideline_ask ask = {.tapes = &tape, .tape_count = 1, .now_unix_ms = 1795426200000};
    assert_int_equal(guideline_evaluate(guideline, &ask, mem, &findings, &count, &err), SALVE_E_INVALID);
    assert_non_null(strstr(t_where(&err), "bp-category: excluded"));
    arena_close(mem);
}

static void an_evaluation_has_a_step_limit(void **state)
{
    struct arena *mem = arena_open(64 << 20);
    struct guideline *guideline = load(mem);
    struct finding *findings = NULL;
    size_t count = 0;
    struct guideline_ask ask = {.steps_max = 20};
    (void)state;
    assert_int_equal(guideline_evaluate(guideline, &ask, mem, &findings, &count, NULL), SALVE_E_STEPS);
    arena_close(mem);
}

static const char reading[] =
    "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\","
    "\"id\":\"p\",\"birthDate\":\"1960-01-01\"}},{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o\","
    "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"85354-9\"}]},"
    "\"effectiveDateTime\":\"2026-11-23T09:00:00Z\",\"component\":[{\"code\":{\"coding\":[{\"system\":"
    "\"http://loinc.org\",\"code\":\"8480-6\"}]},\"valueQuantity\":{\"value\":118,\"unit\":\"mm[Hg]\"}},{\"code\":{"
    "\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8462-4\"}]},\"valueQuantity\":{\"value\":66,\"unit\":"
    "\"mm[Hg]\"}}]}}]}";

/* Line `number` of a file of the guideline, trimmed. */
static struct str line_of(const struct guideline *guideline, struct str file, int64_t number)
{
    size_t count = 0;
    const struct guideline_file *files = guideline_files(guideline, &count);
    struct str rest = STR_NONE, line = STR_NONE;
    for (size_t i = 0; i < count; i++)
        if (str_eq(files[i].name, file)) rest = files[i].bytes;
    while (number-- > 0)
        if (!str_next_line(&rest, &line)) return STR_NONE;
    return str_trim(line);
}

static void a_reason_quotes_the_line_of_the_cql_that_it_names(void **state)
{
    struct arena *mem = arena_open(64 << 20);
    struct guideline *guideline = load(mem);
    struct finding *findings = NULL;
    size_t count = 0, of_libraries = 0, of_logic = 0;
    struct tape tape;
    (void)state;
    assert_int_equal(fhir_read(str_of(reading), NULL, mem, &tape, NULL, NULL), SALVE_OK);
    struct guideline_ask ask = {.tapes = &tape, .tape_count = 1, .now_unix_ms = 1795426200000, .with_reasons = true};
    assert_int_equal(guideline_evaluate(guideline, &ask, mem, &findings, &count, NULL), SALVE_OK);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < findings[i].because_count; k++) {
            struct str file, text, number;
            int64_t line = 0;
            assert_true(str_split(findings[i].because[k], ':', &file, &text));
            assert_true(str_split(text, ' ', &number, &text) && str_to_i64(number, &line));
            if (str_ends(text, STR("..."))) text = str_cut(text, 0, text.len - 3);
            assert_true(text.len > 0 && str_starts(line_of(guideline, file, line), text));
            of_libraries += str_starts(file, STR("lib/"));
            of_logic += str_is(file, "logic.cql");
        }
    }
    assert_true(of_logic > 0 && of_libraries > 0);
    arena_close(mem);
}

/* Every allocation of an evaluation fails once: the answer is E_MEMORY, and at last the whole result. */
static void an_evaluation_survives_running_out_of_memory(void **state)
{
    struct arena *mem = arena_open(64 << 20);
    struct guideline *guideline = load(mem);
    struct tape tape;
    (void)state;
    assert_int_equal(fhir_read(str_of(reading), NULL, mem, &tape, NULL, NULL), SALVE_OK);
    struct guideline_ask ask = {.tapes = &tape, .tape_count = 1, .now_unix_ms = 1795426200000, .with_reasons = true};
    for (uint64_t nth = 0;; nth++) {
        struct arena *run = arena_open(16 << 20);
        struct finding *findings = NULL;
        size_t count = 0;
        arena_fail_after(run, nth);
        enum salve_code code = guideline_evaluate(guideline, &ask, run, &findings, &count, NULL);
        if (code == SALVE_OK) {
            assert_str(findings[0].category, "non-elevated");
            arena_close(run);
            break;
        }
        assert_int_equal(code, SALVE_E_MEMORY);
        assert_true(nth < 20000);
        arena_close(run);
    }
    arena_close(mem);
}

static void only_included_libraries_belong_to_a_guideline(void **state)
{
    struct arena *mem = arena_open(64 << 20);
    size_t count = 0, libraries = 0, sources = 0;
    (void)state;
    assert_int_equal(file_write(path_of("../lib/Unrelated.json"), STR("{}"), 0644, NULL), SALVE_OK);
    const struct guideline_file *files = guideline_files(load(mem), &count);
    for (size_t i = 0; i < count; i++) {
        libraries += str_starts(files[i].name, STR("lib/")) && str_ends(files[i].name, STR(".json"));
        sources += str_ends(files[i].name, STR(".cql"));
    }
    assert_int_equal(libraries, 7); /* FHIRHelpers, SalveCommon and five that it includes */
    assert_int_equal(sources, 8);   /* theirs and logic.cql, which reasons are quoted from */
    assert_str(files[0].name, "lib/FHIRHelpers.json");
    assert_str(files[count - 9].name, "logic.json");
    assert_str(files[count - 8].name, "logic.cql");
    arena_close(mem);
}

static struct str first_broken;
static void note(void *ctx, struct str name, bool passed, struct str why)
{
    static char kept[256];
    (void)ctx, (void)why;
    if (passed || first_broken.len > 0) return;
    (void)snprintf(kept, sizeof kept, "%.*s", STR_ARGS(name));
    first_broken = str_of(kept);
}

static void check_finds(const char *file, const char *from, const char *to, const char *where)
{
    struct arena *mem = arena_open(64 << 20);
    struct salve_err err = {0};
    struct guideline_tally tally = {0};
    first_broken = STR("");
    edit(file, from, to);
    assert_int_equal(guideline_check(folder, load(mem), note, NULL, &tally, &err), SALVE_OK);
    edit(file, to, from);
    assert_true(tally.failed > 0);
    if (str_find(first_broken, str_of(where)) < 0)
        fail_msg("told \"%.*s\", want \"%s\"", STR_ARGS(first_broken), where);
    arena_close(mem);
}

static void the_check_names_words_and_marks_that_are_missing(void **state)
{
    (void)state;
    check_finds("guideline.json", "\"watch\": [\"elevated\", ", "\"watch\": [", "items.bp-category.marks");
    check_finds("letter.en.json", "\"treated\": {", "\"treatd\": {",
                "blood-pressure/letter.en.json:10: items.bp-category.categories.treated");
    check_finds("letter.ar.json", "\"bp-stage-1\"", "\"bp-stage\"",
                "blood-pressure/letter.ar.json:201: bands.bp-stage-1");
    check_finds("letter.en.json", "\"when\": \"Within about 3 months.\"", "\"when\": \"\"", "when");
    check_finds("letter.en.json", "Both numbers are in", "The test is Negative in",
                "blood-pressure/letter.en.json:13: items.bp-category.categories.non-elevated.meaning");
    check_finds("letter.en.json", "\"about\": ", "\"extra\": \"x\", \"about\": ",
                "blood-pressure/letter.ar.json:5: items.bp-category.extra");
}

static void words_of_a_finding_are_found_by_language(void **state)
{
    struct arena *mem = arena_open(64 << 20);
    struct guideline *guideline = load(mem);
    struct str missing[] = {STR("pregnancy")};
    struct finding finding = {.item = STR("bp-category"),
                              .category = STR("hypertension"),
                              .action = STR("confirm-out-of-office"),
                              .missing = missing,
                              .missing_count = 1};
    (void)state;
    struct guideline_words en = guideline_words(guideline, STR("en"), &finding);
    assert_true(en.name.len > 0 && en.headline.len > 0 && en.next.len > 0 && en.when.len > 0 && en.missing.len > 0);
    assert_int_equal(en.queried.len, 0);
    assert_false(str_eq(guideline_words(guideline, STR("ar"), &finding).headline, en.headline));
    assert_int_equal(guideline_words(guideline, STR("xx"), &finding).name.len, 0);
    assert_str(guideline_word(guideline, STR("en"), "units", STR("mm[Hg]")), "mmHg");
    assert_null(guideline_word(guideline, STR("en"), "units", STR("furlong")).ptr);
    arena_close(mem);
}

#define on_a_copy(test) cmocka_unit_test_setup_teardown(test, copy, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        on_a_copy(a_missing_folder_or_file_is_named),
        on_a_copy(a_broken_guideline_json_is_told_with_its_element),
        on_a_copy(broken_letter_texts_are_told_with_their_file),
        on_a_copy(broken_logic_is_told_with_its_file),
        on_a_copy(a_library_that_another_guideline_had_otherwise_is_read_anew),
        on_a_copy(logic_that_could_look_at_others_is_refused),
        on_a_copy(unknown_switches_and_values_are_refused),
        on_a_copy(a_category_outside_the_closed_list_reaches_nobody),
        on_a_copy(an_evaluation_has_a_step_limit),
        on_a_copy(a_reason_quotes_the_line_of_the_cql_that_it_names),
        on_a_copy(an_evaluation_survives_running_out_of_memory),
        on_a_copy(only_included_libraries_belong_to_a_guideline),
        on_a_copy(the_check_names_words_and_marks_that_are_missing),
        on_a_copy(words_of_a_finding_are_found_by_language),
    };
    return t_run(tests);
}
