/* SPDX-License-Identifier: Apache-2.0
 *
 * Who was told of a finding, and which alarms are done: what holds for a later run and what does not. */
#include "screen/told.h"

#include "fhir/fhir.h"
#include "screen_case.h"

static struct world world_urgent(const char *name)
{
    struct world w = world_make(name);
    accept_all(&w);
    struct rec_view *view = t_open(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card);
    measure(&w, view, "46098-0", "248152002", NULL);
    measure(&w, view, "82810-3", "60001007", NULL);
    measure_pressure(&w, view, 1, "186", "112");
    t_close_view(&view);
    return w;
}

static void run_once(struct world *w)
{
    const struct finding *findings = NULL;
    size_t count = 0;
    run(w, &findings, &count);
}

static struct rec_view *look(struct world *w) { return t_open(w->t, T_CLINICIAN, PURPOSE_CARE, w->person.card); }

static enum salve_code tell_code(struct world *w, struct screen_tell tell, size_t *count)
{
    struct rec_view *view = look(w);
    enum salve_code code = screen_tell(view, T_CLINICIAN, &tell, w->t->mem, count, NULL);
    t_close_view(&view);
    return code;
}

static void tell(struct world *w, struct screen_tell tell)
{
    size_t count = 0;
    assert_int_equal(tell_code(w, tell, &count), SALVE_OK);
    assert_true(count > 0);
}

static enum salve_code close_code(struct world *w, struct actor actor)
{
    size_t count = 0;
    struct rec_view *view = t_open(w->t, actor, PURPOSE_CARE, w->person.card);
    enum salve_code code = screen_close(view, actor, w->t->mem, &count, NULL);
    t_close_view(&view);
    return code;
}

/* What is known of the finding of that item. */
static struct screen_told told_of(struct world *w, enum screen_state state, const char *item)
{
    struct rec_view *view = look(w);
    struct screen_told *told = NULL;
    struct screen_set set = kept(w, view, state);
    t_must(screen_told_read(view, &set, w->t->mem, &told, &err));
    size_t at = (size_t)(of_item(set.findings, set.count, item) - set.findings);
    t_close_view(&view);
    return told[at];
}

static void what_was_told_is_read_back(void **state)
{
    (void)state;
    struct world w = world_urgent("told-read");
    size_t count = 0;
    run_once(&w);
    assert_false(told_of(&w, SCREEN_DRAFT, "bp-very-high").is_told);
    tell(&w, (struct screen_tell){.how = SCREEN_HOW_TELEPHONE, .agreed = STR("comes at four with her husband")});
    struct screen_told told = told_of(&w, SCREEN_DRAFT, "bp-very-high");
    assert_true(told.is_told && !told.is_guardian && !told.is_closed);
    assert_int_equal(told.how, SCREEN_HOW_TELEPHONE);
    assert_true(str_is(told.by, "dr-amina"));
    assert_true(str_is(told.agreed, "comes at four with her husband"));
    assert_true(str_is(told.at, "2026-11-23T09:30:00Z"));
    /* nothing waits any more, unless it is named */
    struct screen_tell again = {.how = SCREEN_HOW_IN_PERSON, .is_guardian = true, .agreed = STR("")};
    assert_int_equal(tell_code(&w, again, &count), SALVE_E_NOT_FOUND);
    const struct str items[] = {STR("bp-very-high")}, other[] = {STR("no-such-item")};
    again.items = items;
    again.item_count = 1;
    tell(&w, again);
    assert_true(told_of(&w, SCREEN_DRAFT, "bp-very-high").is_guardian);
    again.items = other;
    assert_int_equal(tell_code(&w, again, &count), SALVE_E_NOT_FOUND);
    t_site_drop(w.t);
}

static void telling_holds_for_what_says_the_same(void **state)
{
    (void)state;
    struct world w = world_urgent("told-holds");
    size_t count = 0;
    run_once(&w);
    tell(&w, (struct screen_tell){.how = SCREEN_HOW_IN_PERSON});
    run_once(&w); /* another version of the same draft */
    assert_true(told_of(&w, SCREEN_DRAFT, "bp-very-high").is_told);
    sign(&w, &count);
    assert_true(told_of(&w, SCREEN_SIGNED, "bp-very-high").is_told);
    run_once(&w); /* another draft, of the same reading */
    assert_true(told_of(&w, SCREEN_DRAFT, "bp-very-high").is_told);
    struct rec_view *view = t_open(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card);
    measure_pressure(&w, view, 9, "204", "118");
    t_close_view(&view);
    run_once(&w); /* a worse one */
    assert_false(told_of(&w, SCREEN_DRAFT, "bp-very-high").is_told);
    t_site_drop(w.t);
}

static void an_alarm_closes_behind_the_telling_alone(void **state)
{
    (void)state;
    struct world w = world_urgent("told-closed");
    run_once(&w);
    assert_int_equal(close_code(&w, T_CLINICIAN), SALVE_E_CONFLICT);
    tell(&w, (struct screen_tell){.how = SCREEN_HOW_MESSENGER});
    assert_int_equal(close_code(&w, T_ASSISTANT), SALVE_E_ROLE);
    assert_int_equal(close_code(&w, T_CLINICIAN), SALVE_OK);
    struct screen_told told = told_of(&w, SCREEN_DRAFT, "bp-very-high");
    assert_true(told.is_told && told.is_closed && str_is(told.closed_by, "dr-amina"));
    assert_int_equal(close_code(&w, T_CLINICIAN), SALVE_E_NOT_FOUND);
    t_site_drop(w.t);
}

/* Everything that is written can be written as JSON, read and validated again. */
static void what_is_kept_is_valid_fhir(void **state)
{
    (void)state;
    struct world w = world_urgent("told-fhir");
    const struct rec_resource *all = NULL;
    size_t count = 0, seen = 0;
    run_once(&w);
    tell(&w, (struct screen_tell){.how = SCREEN_HOW_IN_PERSON, .is_guardian = true, .agreed = STR("at once by car")});
    assert_int_equal(close_code(&w, T_CLINICIAN), SALVE_OK);
    struct rec_view *view = look(&w);
    t_must(rec_all(view, 0, &all, &count, &err));
    for (size_t i = 0; i < count; i++) {
        struct buf out;
        struct str json;
        struct tape again;
        if (!str_is(all[i].type, "Communication") && !str_is(all[i].type, "Provenance")) continue;
        buf_init(&out, w.t->mem, 1 << 20);
        fhir_write(&all[i].tape, tape_root(&all[i].tape), FHIR_COMPACT, &out);
        t_must(buf_done(&out, &json, &err));
        t_must(fhir_read(json, NULL, w.t->mem, &again, NULL, &err));
        seen++;
    }
    assert_int_equal(seen, 2);
    t_close_view(&view);
    t_site_drop(w.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_told_is_read_back),
        cmocka_unit_test(telling_holds_for_what_says_the_same),
        cmocka_unit_test(an_alarm_closes_behind_the_telling_alone),
        cmocka_unit_test(what_is_kept_is_valid_fhir),
    };
    return t_run(tests);
}
