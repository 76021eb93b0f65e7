/* SPDX-License-Identifier: Apache-2.0
 *
 * What an acceptance binds: every file that decides or words a result, the version, and the programme's choices. Works
 * on a copy of blood-pressure in a folder of its own. */
#include "guideline/shared.h"
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

/* put - a new file of the copy, made of another one. */
static void put(struct arena *mem, const char *file, const char *like, const char *from, const char *to)
{
    struct str text, path = arena_printf(mem, "%s/guidelines/%s", folder, like);
    t_must(file_read(path.ptr, 16 << 20, mem, &text, &err));
    path = arena_printf(mem, "%s/guidelines/%s", folder, file);
    t_must(file_write(path.ptr, text, 0644, &err));
    edit(mem, file, from, to);
}

/* What an acceptance bound before files were kept: those of the folder, words too. */
static struct str digest_with_words(const struct guideline *guideline, struct arena *mem)
{
    size_t count = 0;
    const struct guideline_file *files = guideline_files(guideline, &count);
    struct buf all;
    uint8_t digest[CRYPTO_SHA256_BYTES];
    char *hex = arena_alloc(mem, 2 * sizeof digest + 1);
    struct str text;
    buf_init(&all, mem, 1 << 20);
    buf_addf(&all, "%.*s|%.*s\n", STR_ARGS(guideline_info(guideline)->id),
             STR_ARGS(guideline_info(guideline)->version));
    for (size_t i = 0; i < count; i++) {
        if (str_is(files[i].name, "ranges.json")) continue;
        crypto_sha256(files[i].bytes, digest);
        str_hex(digest, sizeof digest, hex);
        buf_addf(&all, "%s %.*s\n", hex, STR_ARGS(files[i].name));
    }
    t_must(buf_done(&all, &text, &err));
    crypto_sha256(text, digest);
    str_hex(digest, sizeof digest, hex);
    return str_of(hex);
}

static void a_changed_byte_of_any_rule_is_another_content(void **state)
{
    (void)state;
    static const struct {
        const char *file, *from, *to;
    } edits[] = {{"blood-pressure/guideline.json", "\"title\": \"", "\"title\": \"New "},
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

/* Of the table of ranges the rows of the guideline's inputs are bound, and no others. */
static void ranges_are_bound_where_they_concern_it(void **state)
{
    (void)state;
    struct arena *mem = arena_open((size_t)1 << 30);
    struct str before = digest_of(mem);
    edit(mem, "../ranges.json", "\"hard\": [\"30\", \"300\"]", "\"hard\": [\"30\", \"301\"]"); /* waist */
    assert_true(str_eq(before, digest_of(mem)));
    edit(mem, "../ranges.json", "\"hard\": [\"40\", \"320\"]", "\"hard\": [\"40\", \"321\"]"); /* systolic */
    assert_false(str_eq(before, digest_of(mem)));
    arena_close(mem);
}

/* The words of each language are accepted apart: they leave the rules as they are. */
static void words_are_bound_by_themselves(void **state)
{
    (void)state;
    struct world w = world_make("accepting-words");
    struct arena *mem = w.t->mem;
    struct screen_acceptance a;
    struct str before = digest_of(mem);
    t_must(screen_accept(w.t->site, T_CLINICIAN, load(mem), NULL, 0, mem, &err));
    edit(mem, "blood-pressure/letter.ar.json", "\"title\": \"", "\"title\": \"New ");
    put(mem, "blood-pressure/letter.es.json", "blood-pressure/letter.en.json", "\"language\": \"en\"",
        "\"language\": \"es\"");
    struct guideline *here = load(mem);
    assert_true(str_eq(before, digest_of(mem)));
    t_must(screen_accepted(w.t->site, here, mem, &a, &err));
    assert_int_equal(screen_words_stand(&a, here, STR("en")), SCREEN_WORDS_ACCEPTED);
    assert_int_equal(screen_words_stand(&a, here, STR("ar")), SCREEN_WORDS_CHANGED);
    assert_int_equal(screen_words_stand(&a, here, STR("es")), SCREEN_WORDS_NEW);
    assert_code(screen_accept_words(w.t->site, T_ASSISTANT, here, STR("es"), mem, NULL), SALVE_E_ROLE);
    assert_code(screen_accept_words(w.t->site, T_CLINICIAN, here, STR("fr"), mem, NULL), SALVE_E_NOT_FOUND);
    t_must(screen_accept_words(w.t->site, T_CLINICIAN, here, STR("es"), mem, &err));
    t_must(screen_accepted(w.t->site, here, mem, &a, &err));
    assert_int_equal(screen_words_stand(&a, here, STR("es")), SCREEN_WORDS_ACCEPTED);
    assert_int_equal(screen_words_stand(&a, here, STR("ar")), SCREEN_WORDS_CHANGED);
    assert_int_equal(a.word_count, 3);
    edit(mem, "blood-pressure/logic.cql", "// Averaging", "// averaging");
    assert_code(screen_accept_words(w.t->site, T_CLINICIAN, load(mem), STR("ar"), mem, NULL), SALVE_E_CONFLICT);
    t_site_drop(w.t);
}

/* What was accepted runs, byte for byte, whatever becomes of the folder. */
static void what_was_accepted_is_loaded_from_the_commons(void **state)
{
    (void)state;
    struct world w = world_make("accepting-kept");
    struct arena *mem = w.t->mem;
    struct screen_acceptance a;
    struct guideline *first = load(mem), *kept = NULL;
    size_t had = 0, has = 0;
    t_must(screen_accept(w.t->site, T_CLINICIAN, first, NULL, 0, mem, &err));
    edit(mem, "blood-pressure/guideline.json", "\"title\": \"", "\"title\": \"New ");
    edit(mem, "blood-pressure/letter.en.json", "\"title\": \"", "\"title\": \"New ");
    put(mem, "blood-pressure/letter.es.json", "blood-pressure/letter.en.json", "\"language\": \"en\"",
        "\"language\": \"es\"");
    t_must(screen_in_force(w.t->site, STR("blood-pressure"), mem, &a, &err));
    t_must(screen_load(w.t->site, &a, NULL, mem, &kept, &err));
    const struct guideline_file *were = guideline_files(first, &had), *are = guideline_files(kept, &has);
    assert_int_equal(had, has);
    for (size_t i = 0; i < had; i++) {
        assert_true(str_eq(were[i].name, are[i].name));
        assert_true(str_eq(were[i].bytes, are[i].bytes));
    }
    assert_int_equal(guideline_info(kept)->language_count, 2);
    t_must(screen_open(w.t->site, &kept, 1, mem, &w.screen, &has, &err));
    assert_int_equal(has, 0);
    t_site_drop(w.t);
}

static size_t same_files(const struct guideline *a, const struct guideline *b)
{
    size_t had = 0, has = 0, same = 0;
    const struct guideline_file *were = guideline_files(a, &had), *are = guideline_files(b, &has);
    assert_int_equal(had, has);
    for (size_t i = 0; i < had; i++) same += str_eq(were[i].name, are[i].name) && str_eq(were[i].bytes, are[i].bytes);
    return had - same;
}

static struct guideline *load_kept(struct world *w, bool in_share, size_t *taken_there)
{
    struct screen_acceptance a;
    struct arena *mem = w->t->mem;
    struct guideline *kept = NULL;
    struct screen_shelf shelf = {0};
    t_must(guideline_libraries_open(mem, &shelf.libraries, &err));
    if (in_share) guideline_libraries_share(shelf.libraries, folder);
    t_must(screen_in_force(w->t->site, STR("blood-pressure"), mem, &a, &err));
    *taken_there = 0;
    for (size_t i = 0; i < a.file_count; i++) {
        struct str there;
        *taken_there += guideline_shared_file(shelf.libraries, a.guideline, a.files[i].name, mem, &there);
    }
    t_must(screen_load(w->t->site, &a, &shelf, mem, &kept, &err));
    guideline_libraries_close(&shelf.libraries);
    return kept;
}

/* A file of the share folder is taken for a kept one where it has its bytes, and never where it has others. */
static void what_stands_in_the_share_folder_is_taken_by_its_hash(void **state)
{
    (void)state;
    struct world w = world_make("accepting-shared");
    struct arena *mem = w.t->mem;
    struct guideline *first = load(mem);
    size_t there = 0;
    t_must(screen_accept(w.t->site, T_CLINICIAN, first, NULL, 0, mem, &err));
    assert_int_equal(same_files(first, load_kept(&w, false, &there)), 0);
    assert_int_equal(there, 0);
    assert_int_equal(same_files(first, load_kept(&w, true, &there)), 0);
    assert_true(there > 5);
    edit(mem, "blood-pressure/guideline.json", "\"title\": \"", "\"title\": \"New ");
    edit(mem, "blood-pressure/letter.en.json", "\"title\": \"", "\"title\": \"New ");
    edit(mem, "blood-pressure/logic.cql", "// Averaging", "// averaging");
    assert_int_equal(same_files(first, load_kept(&w, true, &there)), 0);
    assert_true(there > 5);
    t_site_drop(w.t);
}

/* An acceptance of before files were kept binds the folder, rules and words, while that agrees. */
static void an_older_acceptance_binds_the_folder(void **state)
{
    (void)state;
    struct world w = world_make("accepting-older");
    struct arena *mem = w.t->mem;
    struct screen_acceptance a;
    struct guideline *here = load(mem), *kept = NULL;
    struct str version = guideline_info(here)->version, all = digest_with_words(here, mem);
    struct str text = arena_printf(mem,
                                   "{\"guideline\":\"blood-pressure\",\"version\":\"%.*s\",\"digest\":\"%.*s\","
                                   "\"acceptedBy\":\"dr-amina\",\"at\":\"2026-11-01T00:00:00Z\",\"choices\":{}}",
                                   STR_ARGS(version), STR_ARGS(all));
    t_must(commons_put(w.t->site, T_CLINICIAN, STR("guideline"), STR("blood-pressure"), text, &err));
    t_must(screen_accepted(w.t->site, here, mem, &a, &err));
    assert_int_equal(a.file_count, 0);
    assert_code(screen_load(w.t->site, &a, NULL, mem, &kept, NULL), SALVE_E_NOT_FOUND);
    assert_code(screen_accept_words(w.t->site, T_CLINICIAN, here, STR("en"), mem, NULL), SALVE_E_CONFLICT);
    edit(mem, "blood-pressure/letter.en.json", "\"title\": \"", "\"title\": \"New ");
    assert_code(screen_accepted(w.t->site, load(mem), mem, &a, NULL), SALVE_E_CONFLICT);
    t_site_drop(w.t);
}

static void a_guideline_that_is_taken_back_is_used_no_more(void **state)
{
    (void)state;
    struct world w = world_make("accepting-back");
    struct arena *mem = w.t->mem;
    struct screen_acceptance a;
    struct str *ids = NULL;
    size_t count = 0;
    bool has = true;
    for (size_t i = 0; i < 2; i++) t_must(screen_accept(w.t->site, T_CLINICIAN, w.list[i], NULL, 0, mem, &err));
    assert_code(screen_take_back(w.t->site, T_MANAGER, STR("blood-pressure"), mem, NULL), SALVE_E_ROLE);
    assert_code(screen_take_back(w.t->site, T_CLINICIAN, STR("kidney"), mem, NULL), SALVE_E_NOT_FOUND);
    t_must(screen_take_back(w.t->site, T_CLINICIAN, STR("blood-pressure"), mem, &err));
    assert_code(screen_accepted(w.t->site, w.list[0], mem, &a, NULL), SALVE_E_NOT_FOUND);
    t_must(screen_has_acceptance(w.t->site, STR("blood-pressure"), mem, &has, &err));
    assert_false(has);
    t_must(screen_all_in_force(w.t->site, mem, &ids, &count, &err));
    assert_int_equal(count, 1);
    assert_str(ids[0], "body-measures");
    t_must(screen_accept(w.t->site, T_CLINICIAN, w.list[0], NULL, 0, mem, &err));
    t_must(screen_accepted(w.t->site, w.list[0], mem, &a, &err));
    t_site_drop(w.t);
}

/* A switch without an initial value is a question that a clinician answers. */
static void a_switch_without_an_initial_value_is_chosen(void **state)
{
    (void)state;
    struct world w = world_make("accepting-asked");
    struct guideline_choice choice = {STR("bp-scheme"), STR("HEARTS")};
    struct screen_acceptance a;
    struct salve_err err = {0};
    edit(w.t->mem, "blood-pressure/guideline.json", ",\n      \"initial\": \"ESC2024\"", "");
    struct guideline *here = load(w.t->mem);
    assert_code(screen_accept(w.t->site, T_CLINICIAN, here, NULL, 0, w.t->mem, &err), SALVE_E_USAGE);
    assert_non_null(strstr(t_where(&err), "bp-scheme"));
    assert_non_null(strstr(err.why, "ESC2024, "));
    t_must(screen_accept(w.t->site, T_CLINICIAN, here, &choice, 1, w.t->mem, &err));
    t_must(screen_accepted(w.t->site, here, w.t->mem, &a, &err));
    t_site_drop(w.t);
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
        on_a_copy(a_changed_byte_of_any_rule_is_another_content),
        on_a_copy(cases_are_not_bound),
        on_a_copy(ranges_are_bound_where_they_concern_it),
        on_a_copy(words_are_bound_by_themselves),
        on_a_copy(what_was_accepted_is_loaded_from_the_commons),
        on_a_copy(what_stands_in_the_share_folder_is_taken_by_its_hash),
        on_a_copy(an_older_acceptance_binds_the_folder),
        cmocka_unit_test(a_guideline_that_is_taken_back_is_used_no_more),
        on_a_copy(a_switch_without_an_initial_value_is_chosen),
        on_a_copy(an_edited_guideline_is_left_out_until_it_is_accepted_again),
        on_a_copy(another_version_is_another_content),
        cmocka_unit_test(the_accepted_choices_decide),
        cmocka_unit_test(only_a_named_clinician_accepts),
        cmocka_unit_test(an_unknown_switch_or_value_is_named),
        cmocka_unit_test(a_broken_acceptance_stops_the_opening),
    };
    return t_run(tests);
}
