/* SPDX-License-Identifier: Apache-2.0
 *
 * What an acceptance binds: every file that decides or words a result, the version, and the programme's choices. Works
 * on a copy of blood-pressure in a folder of its own. */
#include "screen_case.h"

static char folder[256], command[4000];

static int copy(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "%s/salve-accepting-%d", t_tmp(), (int)getpid());
    (void)snprintf(command, sizeof command,
                   "rm -rf '%s' && mkdir -p '%s/guidelines' && cp -R '%s/guidelines/lib' "
                   "'%s/guidelines/blood-pressure' '%s/guidelines/' && cp '%s/ranges.json' '%s/'",
                   folder, folder, share(), share(), folder, share(), folder);
    return system(command);
}

static int drop(void **state)
{
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static struct guideline *load(struct arena *mem)
{
    struct guideline *guideline = NULL;
    t_must(guideline_load(folder, STR("blood-pressure"), mem, &guideline, &err));
    return guideline;
}

static struct str digest_of(struct arena *mem)
{
    struct str hex;
    t_must(screen_digest(load(mem), mem, &hex, &err));
    return hex;
}

/* edit - replaces the first `from` of a file of the copy by `to`. */
static void edit(struct arena *mem, const char *file, const char *from, const char *to)
{
    struct str text, path = arena_printf(mem, "%s/guidelines/%s", folder, file);
    t_must(file_read(path.ptr, 16 << 20, mem, &text, &err));
    ptrdiff_t at = str_find(text, str_of(from));
    if (at < 0) fail_msg("%s has no %s", file, from);
    struct str rest = str_cut(text, (size_t)at + strlen(from), text.len);
    text = arena_printf(mem, "%.*s%s%.*s", STR_ARGS(str_cut(text, 0, (size_t)at)), to, STR_ARGS(rest));
    t_must(file_write(path.ptr, text, 0644, &err));
}

static void a_changed_byte_of_any_file_is_another_content(void **state)
{
    (void)state;
    static const struct {
        const char *file, *from, *to;
    } edits[] = {{"blood-pressure/guideline.json", "\"title\": \"", "\"title\": \"New "},
                 {"blood-pressure/letter.en.json", "\"title\": \"", "\"title\": \"New "},
                 {"blood-pressure/letter.ar.json", "\"title\": \"", "\"title\": \"New "},
                 {"blood-pressure/logic.cql", "// Averaging", "// averaging"},
                 {"blood-pressure/logic.json", "\"type\":\"Round\"", "\"type\": \"Round\""},
                 {"lib/SalveCommon.cql", "// ", "//  "},
                 {"lib/SalveCommon.json", "{", "{ "}};
    struct arena *mem = arena_open((size_t)1 << 30);
    struct str last = digest_of(mem);
    assert_int_equal(last.len, 64);
    assert_true(str_eq(last, digest_of(mem))); /* the same files, the same digest */
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        edit(mem, edits[i].file, edits[i].from, edits[i].to);
        struct str now = digest_of(mem);
        if (str_eq(now, last)) fail_msg("%s is not bound", edits[i].file);
        last = now;
    }
    arena_close(mem);
}

/* Cases and vectors test a guideline and decide nothing; they may grow without a new acceptance. */
static void cases_are_not_bound(void **state)
{
    (void)state;
    struct arena *mem = arena_open((size_t)1 << 30);
    struct str before = digest_of(mem);
    struct str path = arena_printf(mem, "%s/guidelines/blood-pressure/cases/one-more.json", folder);
    t_must(file_write(path.ptr, STR("{}"), 0644, &err));
    assert_true(str_eq(before, digest_of(mem)));
    arena_close(mem);
}

static void an_edited_guideline_is_left_out_until_it_is_accepted_again(void **state)
{
    (void)state;
    struct world w = world_make("accepting-edited");
    struct guideline *list[] = {load(w.t->mem), w.list[1]};
    struct screen *screen = NULL;
    size_t refused = 0;
    bool has = false;
    for (size_t i = 0; i < 2; i++) t_must(screen_accept(w.t->site, T_CLINICIAN, list[i], NULL, 0, w.t->mem, &err));
    t_must(screen_open(w.t->site, list, 2, w.t->mem, &screen, &refused, &err));
    assert_int_equal(refused, 0);
    edit(w.t->mem, "blood-pressure/logic.cql", "// Averaging", "// averaging");
    list[0] = load(w.t->mem);
    t_must(screen_open(w.t->site, list, 2, w.t->mem, &screen, &refused, &err));
    assert_int_equal(refused, 1);
    t_must(screen_open(w.t->site, list, 1, w.t->mem, &screen, &refused, &err)); /* the alarms are always on */
    assert_int_equal(refused, 1);
    t_must(screen_has_acceptance(w.t->site, STR("blood-pressure"), w.t->mem, &has, &err));
    assert_true(has); /* a site that relies on it, unlike one that never did */
    t_must(screen_has_acceptance(w.t->site, STR("kidney"), w.t->mem, &has, &err));
    assert_false(has);
    t_must(screen_accept(w.t->site, T_CLINICIAN, list[0], NULL, 0, w.t->mem, &err));
    t_must(screen_open(w.t->site, list, 2, w.t->mem, &screen, &refused, &err));
    assert_int_equal(refused, 0);
    t_site_drop(w.t);
}

static void another_version_is_another_content(void **state)
{
    (void)state;
    struct world w = world_make("accepting-version");
    struct screen_acceptance acceptance;
    struct guideline *old = load(w.t->mem);
    t_must(screen_accept(w.t->site, T_CLINICIAN, old, NULL, 0, w.t->mem, &err));
    char now[64];
    (void)snprintf(now, sizeof now, "\"version\": \"%.*s\"", STR_ARGS(guideline_info(old)->version));
    edit(w.t->mem, "blood-pressure/guideline.json", now, "\"version\": \"9.9.9\"");
    assert_code(screen_accepted(w.t->site, load(w.t->mem), w.t->mem, &acceptance, NULL), SALVE_E_CONFLICT);
    t_must(screen_accepted(w.t->site, old, w.t->mem, &acceptance, &err));
    assert_str(acceptance.at, "2026-11-23T09:30:00Z");
    t_site_drop(w.t);
}

/* A choice is a clinical decision: the scheme that was accepted is the one that judges. */
static void the_accepted_choices_decide(void **state)
{
    (void)state;
    static const struct {
        const char *scheme, *category;
    } cases[] = {{"ESC2024", "hypertension"}, {"ACCAHA2017", "stage-2"}, {"HEARTS", "raised"}};
    struct world w = world_make("accepting-choices");
    examine(&w);
    for (size_t i = 0; i < 3; i++) {
        struct guideline_choice choice = {STR("bp-scheme"), str_of(cases[i].scheme)};
        const struct finding *findings = NULL;
        size_t count = 0;
        t_must(screen_accept(w.t->site, T_CLINICIAN, w.list[0], &choice, 1, w.t->mem, &err));
        t_must(screen_open(w.t->site, w.list, 1, w.t->mem, &w.screen, NULL, &err));
        run(&w, &findings, &count);
        assert_str(of_item(findings, count, "bp-category")->category, cases[i].category);
    }
    t_site_drop(w.t);
}

static void only_a_named_clinician_accepts(void **state)
{
    (void)state;
    struct world w = world_make("accepting-roles");
    struct actor nameless = T_CLINICIAN;
    nameless.id = STR("");
    const struct actor others[] = {T_MANAGER, T_REGISTRAR, T_ASSISTANT, T_TECHNICIAN, T_PERSON, nameless};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        bool has = true;
        struct salve_err err = {0};
        assert_code(screen_accept(w.t->site, others[i], w.list[0], NULL, 0, w.t->mem, &err), SALVE_E_ROLE);
        assert_non_null(strstr(err.why, "named clinician"));
        t_must(screen_has_acceptance(w.t->site, STR("blood-pressure"), w.t->mem, &has, &err));
        assert_false(has);
    }
    t_site_drop(w.t);
}

static void an_unknown_switch_or_value_is_named(void **state)
{
    (void)state;
    struct world w = world_make("accepting-switch");
    const struct guideline_choice wrong[] = {{STR("no-such-switch"), STR("ESC2024")}, {STR("bp-scheme"), STR("")}};
    for (size_t i = 0; i < 2; i++) {
        struct salve_err err = {0};
        assert_code(screen_accept(w.t->site, T_CLINICIAN, w.list[0], &wrong[i], 1, w.t->mem, &err), SALVE_E_INVALID);
        assert_non_null(strstr(t_where(&err), i == 0 ? "no-such-switch" : "bp-scheme"));
    }
    t_site_drop(w.t);
}

/* A document that cannot be read is trouble, not a guideline that nobody accepted: nothing runs without it unnoticed. */
static void a_broken_acceptance_stops_the_opening(void **state)
{
    (void)state;
    static const char *const broken[] = {"not json", "{\"guideline\":\"blood-pressure\",\"version\":\"1.0.0\"}"};
    struct world w = world_make("accepting-broken");
    t_must(screen_accept(w.t->site, T_CLINICIAN, w.list[1], NULL, 0, w.t->mem, &err));
    for (size_t i = 0; i < 2; i++) {
        struct screen *screen = NULL;
        t_must(commons_put(w.t->site, T_CLINICIAN, STR("guideline"), STR("blood-pressure"), str_of(broken[i]), &err));
        enum salve_code code = screen_open(w.t->site, w.list, w.count, w.t->mem, &screen, NULL, NULL);
        assert_true(code != SALVE_OK && code != SALVE_E_NOT_FOUND && code != SALVE_E_CONFLICT);
        assert_null(screen);
    }
    t_site_drop(w.t);
}

#define on_a_copy(test) cmocka_unit_test_setup_teardown(test, copy, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        on_a_copy(a_changed_byte_of_any_file_is_another_content),
        on_a_copy(cases_are_not_bound),
        on_a_copy(an_edited_guideline_is_left_out_until_it_is_accepted_again),
        on_a_copy(another_version_is_another_content),
        cmocka_unit_test(the_accepted_choices_decide),
        cmocka_unit_test(only_a_named_clinician_accepts),
        cmocka_unit_test(an_unknown_switch_or_value_is_named),
        cmocka_unit_test(a_broken_acceptance_stops_the_opening),
    };
    return t_run(tests);
}
