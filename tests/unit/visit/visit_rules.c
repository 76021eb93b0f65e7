/* SPDX-License-Identifier: Apache-2.0
 * Guidelines as a clinician decides about them: how what is here lies to what is in force, what would change, and that
 * only what was shown, and passes its cases, is accepted. */
#include "visit_world.h"

#include "base/file.h"
#include "visit/rules.h"

#define ID "body-measures"

static const char *own_share(const struct world *w)
{
    static char folder[600];
    (void)snprintf(folder, sizeof folder, "%s/share", w->t->folder);
    return folder;
}

/* A share folder of the test's own, with one guideline and the libraries. */
static void fill_share(struct world *w)
{
    const char *folder = own_share(w);
    static const char *const parts[] = {"guidelines/lib", "guidelines/" ID};
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
        struct str *names = NULL, bytes;
        size_t count = 0;
        struct str from = arena_printf(w->t->mem, "%s/%s", share(), parts[p]);
        t_must(file_list(from.ptr, w->t->mem, &names, &count, &err));
        for (size_t i = 0; i < count; i++) {
            char path[1200];
            (void)snprintf(path, sizeof path, "%s/%.*s", from.ptr, STR_ARGS(names[i]));
            if (file_read(path, 8 << 20, w->t->mem, &bytes, NULL) != SALVE_OK) continue; /* a folder */
            (void)snprintf(path, sizeof path, "%s/%.*s", parts[p], STR_ARGS(names[i]));
            put_file(folder, path, bytes);
        }
    }
    static const char *const files[] = {"ranges.json", "guidelines/" ID "/cases/"};
    struct str bytes, *cases = NULL;
    size_t count = 0;
    t_must(file_read(arena_printf(w->t->mem, "%s/%s", share(), files[0]).ptr, 8 << 20, w->t->mem, &bytes, &err));
    put_file(folder, files[0], bytes);
    struct str from = arena_printf(w->t->mem, "%s/%s", share(), files[1]);
    t_must(file_list(from.ptr, w->t->mem, &cases, &count, &err));
    for (size_t i = 0; i < count; i++) {
        t_must(file_read(arena_printf(w->t->mem, "%s%.*s", from.ptr, STR_ARGS(cases[i])).ptr, 8 << 20, w->t->mem,
                         &bytes, &err));
        put_file(folder, arena_printf(w->t->mem, "%s%.*s", files[1], STR_ARGS(cases[i])).ptr, bytes);
    }
}

/* The first `from` of a file becomes `to`. */
static void change(struct world *w, const char *file, const char *from, const char *to)
{
    struct str bytes, path = arena_printf(w->t->mem, "%s/guidelines/" ID "/%s", own_share(w), file);
    t_must(file_read(path.ptr, 8 << 20, w->t->mem, &bytes, &err));
    assert_true(str_find(bytes, str_of(from)) >= 0);
    ptrdiff_t at = str_find(bytes, str_of(from));
    struct str now = arena_printf(w->t->mem, "%.*s%s%.*s", (int)at, bytes.ptr, to,
                                  (int)(bytes.len - (size_t)at - strlen(from)), bytes.ptr + at + strlen(from));
    put_file(own_share(w), arena_printf(w->t->mem, "guidelines/" ID "/%s", file).ptr, now);
}

static struct world rules_world(const char *name)
{
    struct world w = empty_world(name, NULL);
    fill_share(&w);
    w.visit.content = content_of(own_share(&w), 0, "", w.t->mem);
    return w;
}

static struct visit_rule only(struct world *w)
{
    struct visit_rule *list = NULL;
    size_t count = 0;
    t_must(visit_rules(as(w, T_CLINICIAN), &list, &count, &err));
    assert_int_equal(count, 1);
    assert_str(list[0].id, ID);
    return list[0];
}

static struct visit_rule_shown shown(struct world *w)
{
    struct visit_rule_shown out;
    t_must(visit_rule_show(as(w, T_CLINICIAN), STR(ID), &out, &err));
    return out;
}

static enum salve_code accept(struct world *w, struct actor actor, const char *digest)
{
    return visit_rule_accept(as(w, actor), STR(ID), str_of(digest), NULL, 0, NULL);
}

static void what_was_shown_is_accepted_and_in_force(void **state)
{
    struct world w = rules_world("shown");
    (void)state;
    assert_int_equal(only(&w).state, RULE_NEW);
    struct visit_rule_shown first = shown(&w);
    assert_false(first.offer.has_before);
    assert_true(first.cases.passed > 20);
    assert_int_equal(first.cases.failed, 0);
    assert_true(first.file_count > 2); /* all of it is new */
    for (size_t i = 0; i < first.file_count; i++) assert_null(first.files[i].before.ptr);
    t_must(accept(&w, T_CLINICIAN, first.digest));
    struct visit_rule rule = only(&w);
    assert_int_equal(rule.state, RULE_IN_FORCE);
    assert_true(str_eq(rule.in_force, rule.version));
    assert_true(rule.accepted_by.len > 0);
    struct visit_rule_shown again = shown(&w);
    assert_true(again.offer.has_before);
    assert_int_equal(again.file_count + again.change_count, 0);
    world_drop(&w);
}

static void who_does_not_answer_for_rules_accepts_none(void **state)
{
    struct world w = rules_world("roles");
    struct visit_rule *list = NULL;
    struct visit_rule_shown out;
    size_t count = 0;
    (void)state;
    struct visit_rule_shown first = shown(&w);
    static const struct actor *const none[] = {&T_ASSISTANT, &T_REGISTRAR, &T_TECHNICIAN};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        enum salve_code may = i < 2 ? SALVE_E_ROLE : SALVE_OK; /* who sees the health sees the rules */
        assert_code(visit_rules(as(&w, *none[i]), &list, &count, NULL), may);
        assert_code(visit_rule_show(as(&w, *none[i]), STR(ID), &out, NULL), may);
        assert_code(accept(&w, *none[i], first.digest), SALVE_E_ROLE);
    }
    assert_int_equal(only(&w).state, RULE_NEW);
    world_drop(&w);
}

static void what_changed_since_it_was_shown_is_not_accepted(void **state)
{
    struct world w = rules_world("since");
    (void)state;
    struct visit_rule_shown first = shown(&w);
    change(&w, "letter.en.json", "\"title\": \"", "\"title\": \"Other ");
    assert_code(accept(&w, T_CLINICIAN, first.digest), SALVE_E_CONFLICT);
    assert_code(accept(&w, T_CLINICIAN, ""), SALVE_E_CONFLICT);
    assert_int_equal(only(&w).state, RULE_NEW);
    t_must(accept(&w, T_CLINICIAN, shown(&w).digest));
    world_drop(&w);
}

static void a_change_of_words_is_told_by_its_file(void **state)
{
    struct world w = rules_world("words");
    (void)state;
    t_must(accept(&w, T_CLINICIAN, shown(&w).digest));
    change(&w, "letter.ar.json", "\"title\": \"", "\"title\": \"x ");
    struct visit_rule rule = only(&w);
    assert_int_equal(rule.state, RULE_WORDS);
    assert_int_equal(rule.waiting_count, 1);
    assert_str(rule.waiting[0], "ar");
    struct visit_rule_shown now = shown(&w);
    assert_int_equal(now.file_count, 1);
    assert_str(now.files[0].name, "letter.ar.json");
    assert_true(now.files[0].before.len + 2 == now.files[0].now.len);
    t_must(accept(&w, T_CLINICIAN, now.digest));
    assert_int_equal(only(&w).state, RULE_IN_FORCE);
    world_drop(&w);
}

static void another_version_waits_until_it_is_accepted(void **state)
{
    struct world w = rules_world("version");
    (void)state;
    t_must(accept(&w, T_CLINICIAN, shown(&w).digest));
    struct visit_rule before = only(&w);
    change(&w, "guideline.json", "\"version\": \"", "\"version\": \"9");
    struct visit_rule rule = only(&w);
    assert_int_equal(rule.state, RULE_OTHER);
    assert_true(str_eq(rule.in_force, before.version));
    assert_false(str_eq(rule.version, before.version));
    assert_true(shown(&w).file_count == 1);
    world_drop(&w);
}

static void a_case_that_fails_stops_the_acceptance(void **state)
{
    struct world w = rules_world("case");
    (void)state;
    struct visit_rule_shown good = shown(&w);
    struct str *names = NULL;
    size_t count = 0;
    struct str folder = arena_printf(w.t->mem, "%s/guidelines/" ID "/cases", own_share(&w));
    t_must(file_list(folder.ptr, w.t->mem, &names, &count, &err));
    change(&w, arena_printf(w.t->mem, "cases/%.*s", STR_ARGS(names[0])).ptr, "\"item\": \"", "\"item\": \"not-");
    struct visit_rule_shown bad = shown(&w);
    assert_true(bad.cases.failed > 0);
    assert_true(bad.failure_count > 0);
    assert_string_equal(bad.digest, good.digest); /* cases are no part of what is accepted */
    assert_code(accept(&w, T_CLINICIAN, bad.digest), SALVE_E_INVALID);
    assert_int_equal(only(&w).state, RULE_NEW);
    world_drop(&w);
}

static void what_is_broken_or_gone_is_said(void **state)
{
    struct world w = rules_world("broken");
    char path[700];
    (void)state;
    t_must(accept(&w, T_CLINICIAN, shown(&w).digest));
    put_file(own_share(&w), "guidelines/" ID "/guideline.json", STR("{"));
    struct visit_rule rule = only(&w);
    assert_int_equal(rule.state, RULE_BROKEN);
    assert_true(rule.broken.len > 0);
    assert_true(rule.in_force.len > 0); /* as it was accepted, whatever lies here */
    (void)snprintf(path, sizeof path, "%s/guidelines/" ID, own_share(&w));
    char away[700];
    (void)snprintf(away, sizeof away, "%s/away", own_share(&w));
    assert_int_equal(rename(path, away), 0);
    rule = only(&w);
    assert_int_equal(rule.state, RULE_GONE);
    assert_true(rule.in_force.len > 0);
    world_drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_shown_is_accepted_and_in_force),
        cmocka_unit_test(who_does_not_answer_for_rules_accepts_none),
        cmocka_unit_test(what_changed_since_it_was_shown_is_not_accepted),
        cmocka_unit_test(a_change_of_words_is_told_by_its_file),
        cmocka_unit_test(another_version_waits_until_it_is_accepted),
        cmocka_unit_test(a_case_that_fails_stops_the_acceptance),
        cmocka_unit_test(what_is_broken_or_gone_is_said),
    };
    return t_run(tests);
}
