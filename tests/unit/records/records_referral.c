/* SPDX-License-Identifier: Apache-2.0
 *
 * Referrals at the gate: who may refer, and what of; the work that is open while
 * one goes on, and what ends it; the codes of slips and what is answered with them. */
#include "base/zone.h"
#include "records/deeds.h"
#include "records/referral.h"
#include "t_referral.h"
#include "t_site.h"

enum { MINUTE_MS = 60 * 1000, DAY_MS = 24 * 60 * MINUTE_MS };

/* The entry of that task; NULL: it is not open. */
static const struct work_entry *entry(struct world *w, enum work_task task)
{
    struct work *all = NULL;
    size_t count = 0;
    t_must(t_worklist(w->t->site, T_CLINICIAN, w->t->mem, &all, &count, &err));
    for (size_t i = 0; i < count; i++)
        for (size_t e = 0; e < all[i].entry_count; e++)
            if (all[i].entries[e].task == task) return &all[i].entries[e];
    return NULL;
}

static void assert_nothing_open(struct world *w)
{
    struct work *all = NULL;
    size_t count = 0;
    t_must(t_worklist(w->t->site, T_CLINICIAN, w->t->mem, &all, &count, &err));
    assert_int_equal(count, 0);
}

/* Nothing is open but the letter of what was signed. */
static void assert_no_work(struct world *w)
{
    for (int task = 0; task < WORK_TASKS; task++)
        if (task != WORK_LETTER) assert_null(entry(w, (enum work_task)task));
}

static void verify(struct world *w)
{
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    t_must(site_verify(w->t->site, &ask, &result, &err));
    assert_int_equal(result.findings, 0);
}

/* --- who refers, and what of -------------------------------------------------------------------------------------- */

static void a_clinician_refers_by_what_was_signed(void **state)
{
    (void)state;
    struct world w = world_make("referral-who", true);
    struct str id = STR("");
    assert_code(write_as(&w, T_ASSISTANT, &id,
                         (struct said){"requested", "2026-12-07", "urgent", "nurse-ben", "nurse-ben", NULL}),
                SALVE_E_ROLE);
    struct said said = AS_IT_IS;
    said.requester = "nurse-ben"; /* in another's name */
    id = STR("");
    assert_code(write_as(&w, T_CLINICIAN, &id, said), SALVE_E_ROLE);
    said = AS_IT_IS;
    said.owner = "nurse-ben";
    id = STR("");
    assert_code(write_as(&w, T_CLINICIAN, &id, said), SALVE_E_ROLE);
    said = AS_IT_IS;
    said.at = "2026-11-20T08:00:00Z"; /* of another time */
    id = STR("");
    assert_code(write_as(&w, T_CLINICIAN, &id, said), SALVE_E_INVALID);
    id = STR("");
    assert_code(write_as(&w, T_CLINICIAN, &id,
                         (struct said){"completed", "2026-12-07", "urgent", "dr-amina", "dr-amina", NULL}),
                SALVE_E_CONFLICT);
    assert_no_work(&w);
    id = refer(&w);
    struct str second = STR("");
    assert_code(write_as(&w, T_CLINICIAN, &second, AS_IT_IS), SALVE_E_CONFLICT); /* the request has one */
    assert_ok(note(&w, T_CLINICIAN, id, "cancelled", "2026-12-07"));
    second = STR("");
    assert_ok(write_as(&w, T_CLINICIAN, &second, AS_IT_IS));
    verify(&w);
    t_site_drop(w.t);
}

/* A status is nobody's word: what was written as active, and what was signed for something else, refers nobody. */
static void what_nobody_signed_refers_nobody(void **state)
{
    static const char *const unsigned_as[] = {"draft", "active"};
    (void)state;
    struct world w = world_make("referral-unsigned", true);
    for (size_t i = 0; i < 2; i++) {
        struct rec_view *view = open_as(&w, T_CLINICIAN);
        struct str id = ask_for(&w, view, unsigned_as[i], CLASS_CLIN), task = STR("");
        t_close_view(&view);
        assert_code(write_as(&w, T_CLINICIAN, &task, AS_IT_IS), SALVE_E_CONFLICT);
        if (i > 0) continue; /* what was no draft cannot be signed any more */
        view = open_as(&w, T_CLINICIAN);
        sign(&w, view, id, CLASS_CLIN);
        t_close_view(&view);
        task = STR("");
        assert_ok(write_as(&w, T_CLINICIAN, &task, AS_IT_IS));
    }
    verify(&w);
    t_site_drop(w.t);
}

static void states_follow_each_other_at_the_gate(void **state)
{
    (void)state;
    struct world w = world_make("referral-states", true);
    struct str id = refer(&w);
    assert_ok(note(&w, T_ASSISTANT, id, "accepted", "2026-12-01"));
    assert_code(note(&w, T_CLINICIAN, id, "draft", "2026-12-01"), SALVE_E_CONFLICT);
    assert_code(note(&w, T_CLINICIAN, id, "rejected", "2026-12-01"), SALVE_E_CONFLICT);
    struct said said = AS_IT_IS;
    said.status = "in-progress";
    said.priority = "routine"; /* what was referred stands */
    assert_code(write_as(&w, T_CLINICIAN, &id, said), SALVE_E_CONFLICT);
    assert_ok(note(&w, T_CLINICIAN, id, "in-progress", "2026-12-20"));
    assert_code(note(&w, T_CLINICIAN, id, "accepted", "2026-12-20"), SALVE_E_CONFLICT);
    assert_ok(note(&w, T_CLINICIAN, id, "completed", "2026-12-20"));
    assert_code(note(&w, T_CLINICIAN, id, "failed", "2026-12-20"), SALVE_E_CONFLICT);
    t_site_drop(w.t);
}

/* --- the work ----------------------------------------------------------------------------------------------------- */

static void the_list_has_it_while_it_goes_on(void **state)
{
    (void)state;
    struct world w = world_make("referral-work", true);
    assert_no_work(&w);
    struct str id = refer(&w);
    const struct work_entry *one = entry(&w, WORK_REFER);
    assert_non_null(one);
    assert_int_equal(one->urgency, 2); /* of the request */
    assert_int_equal(one->since_unix_ms, T_SITE_NOW);
    assert_int_equal(one->due_unix_ms, zone_day(zone_utc(), 1796644800000).end_unix_ms); /* 2026-12-07 */
    /* nobody ends it by saying that nothing is open */
    struct rec_view *view = open_as(&w, T_CLINICIAN);
    worklist_set(view, WORK_KEPT, NULL, 0);
    t_must(worklist_write(view, &err));
    t_close_view(&view);
    assert_non_null(entry(&w, WORK_REFER));
    /* nor opens one */
    view = open_as(&w, T_CLINICIAN);
    worklist_set(view, WORK_KEPT, &(struct work_entry){.part = WORK_KEPT, .task = WORK_FOLLOW, .urgency = 0}, 1);
    t_must(worklist_write(view, &err));
    t_close_view(&view);
    assert_null(entry(&w, WORK_FOLLOW));
    t_site_at(w.t, T_SITE_NOW + DAY_MS);
    assert_ok(note(&w, T_CLINICIAN, id, "accepted", "2026-12-01"));
    assert_null(entry(&w, WORK_REFER));
    one = entry(&w, WORK_FOLLOW);
    assert_non_null(one);
    assert_int_equal(one->since_unix_ms, T_SITE_NOW + DAY_MS);
    assert_int_equal(one->due_unix_ms, zone_day(zone_utc(), 1796126400000).end_unix_ms); /* 2026-12-01 */
    assert_ok(note(&w, T_CLINICIAN, id, "accepted", "2026-12-07"));
    assert_int_equal(entry(&w, WORK_FOLLOW)->due_unix_ms, zone_day(zone_utc(), 1796644800000).end_unix_ms);
    assert_ok(note(&w, T_CLINICIAN, id, "in-progress", "2026-12-20"));
    assert_non_null(entry(&w, WORK_FOLLOW));
    verify(&w);
    assert_ok(note(&w, T_CLINICIAN, id, "completed", "2026-12-20"));
    assert_no_work(&w);
    verify(&w);
    t_site_drop(w.t);
}

static void who_sees_no_results_ends_nothing(void **state)
{
    (void)state;
    struct world w = world_make("referral-unseen", true);
    (void)refer(&w);
    struct rec_view *view = open_as(&w, T_REGISTRAR);
    worklist_set(view, WORK_KEPT, NULL, 0);
    t_must(worklist_write(view, &err));
    t_close_view(&view);
    assert_non_null(entry(&w, WORK_REFER));
    t_site_drop(w.t);
}

/* N9: nobody is listed who did not agree, or not any more, or for whom it is too long ago. */
static void the_list_ends_with_follow_up(void **state)
{
    (void)state;
    struct world w = world_make("referral-alone", false);
    struct str id = refer(&w), code;
    assert_no_work(&w);
    struct rec_view *view = open_as(&w, T_CLINICIAN);
    t_must(referral_code(view, id, w.t->mem, &code, &err));
    t_close_view(&view);
    assert_ok(referral_answer(w.t->site, code, REFERRAL_SAID_SEEN, NULL));
    assert_no_work(&w);
    t_give(w.t, w.person.card, PURPOSE_FOLLOW_UP);
    assert_ok(note(&w, T_CLINICIAN, id, "accepted", "2026-12-01"));
    assert_non_null(entry(&w, WORK_FOLLOW));
    t_withdraw(w.t, w.person.card, PURPOSE_FOLLOW_UP);
    assert_no_work(&w);
    assert_code(referral_answer(w.t->site, code, REFERRAL_SAID_SEEN, NULL), SALVE_E_NOT_FOUND);
    verify(&w);
    t_site_drop(w.t);
}

static void it_is_asked_for_half_a_year(void **state)
{
    (void)state;
    struct world w = world_make("referral-long", true);
    struct str id = refer(&w), code;
    struct rec_view *view = open_as(&w, T_CLINICIAN);
    t_must(referral_code(view, id, w.t->mem, &code, &err));
    t_close_view(&view);
    t_site_at(w.t, T_SITE_NOW + 180ll * DAY_MS - MINUTE_MS);
    assert_non_null(entry(&w, WORK_REFER));
    assert_ok(referral_answer(w.t->site, code, REFERRAL_SAID_NOT_COME, NULL));
    t_site_at(w.t, T_SITE_NOW + 180ll * DAY_MS + MINUTE_MS);
    assert_code(referral_answer(w.t->site, code, REFERRAL_SAID_NOT_COME, NULL), SALVE_E_NOT_FOUND);
    assert_null(entry(&w, WORK_REFER));
    verify(&w);
    t_site_drop(w.t);
}

/* --- codes and answers -------------------------------------------------------------------------------------------- */

static struct str slip_of(struct world *w, struct str id)
{
    struct str code;
    struct rec_view *view = open_as(w, T_CLINICIAN);
    t_must(referral_code(view, id, w->t->mem, &code, &err));
    t_close_view(&view);
    return code;
}

static size_t answers_of(struct world *w, struct actor actor, struct referral_answer **out)
{
    size_t count = 0;
    struct rec_view *view = open_as(w, actor);
    t_must(referral_answers(view, w->t->mem, out, &count, &err));
    t_close_view(&view);
    return count;
}

static void an_answer_waits_for_staff_to_note_it(void **state)
{
    (void)state;
    struct world w = world_make("referral-answer", true);
    struct referral_answer *answers = NULL;
    struct str id = refer(&w), code = slip_of(&w, id);
    assert_true(rec_code_valid(REC_CODE_REPLY, code));
    assert_int_equal(code.len, 24);
    assert_int_equal(answers_of(&w, T_CLINICIAN, &answers), 0);
    assert_null(entry(&w, WORK_REPLY));
    t_site_at(w.t, T_SITE_NOW + DAY_MS);
    assert_ok(referral_answer(w.t->site, code, REFERRAL_SAID_NOT_COME, NULL));
    t_site_at(w.t, T_SITE_NOW + 2 * DAY_MS);
    assert_ok(referral_answer(w.t->site, code, REFERRAL_SAID_SEEN, NULL)); /* the newest stands */
    assert_int_equal(entry(&w, WORK_REPLY)->since_unix_ms, T_SITE_NOW + DAY_MS);
    assert_non_null(entry(&w, WORK_REFER)); /* nothing is noted by it */
    assert_int_equal(answers_of(&w, T_CLINICIAN, &answers), 1);
    assert_int_equal(answers[0].said, REFERRAL_SAID_SEEN);
    assert_int_equal(answers[0].at_unix_ms, T_SITE_NOW + 2 * DAY_MS);
    assert_ok(note(&w, T_CLINICIAN, id, "in-progress", "2026-12-20"));
    assert_null(entry(&w, WORK_REPLY));
    assert_int_equal(answers_of(&w, T_CLINICIAN, &answers), 0);
    assert_ok(referral_answer(w.t->site, code, REFERRAL_SAID_CALL_US, NULL)); /* the slip is good while it goes on */
    assert_non_null(entry(&w, WORK_REPLY));
    verify(&w);
    assert_ok(note(&w, T_CLINICIAN, id, "completed", "2026-12-20"));
    assert_no_work(&w);
    assert_code(referral_answer(w.t->site, code, REFERRAL_SAID_SEEN, NULL), SALVE_E_NOT_FOUND);
    verify(&w);
    t_site_drop(w.t);
}

static void noting_one_leaves_the_answer_of_another(void **state)
{
    (void)state;
    struct world w = world_make("referral-two", true);
    struct str first = refer(&w), first_request = w.request, first_code = slip_of(&w, first);
    sign_another(&w);
    struct str second = refer(&w), second_code = slip_of(&w, second), second_request = w.request;
    assert_ok(referral_answer(w.t->site, first_code, REFERRAL_SAID_SEEN, NULL));
    assert_ok(referral_answer(w.t->site, second_code, REFERRAL_SAID_CALL_US, NULL));
    w.request = first_request;
    assert_ok(note(&w, T_CLINICIAN, first, "in-progress", "2026-12-20"));
    assert_non_null(entry(&w, WORK_REPLY)); /* they want to be called, all the same */
    w.request = second_request;
    assert_ok(note(&w, T_CLINICIAN, second, "accepted", "2026-12-20"));
    assert_null(entry(&w, WORK_REPLY));
    verify(&w);
    t_site_drop(w.t);
}

static void a_slip_is_followed_by_another(void **state)
{
    (void)state;
    struct world w = world_make("referral-slips", true);
    struct str id = refer(&w), first = slip_of(&w, id), second = slip_of(&w, id);
    assert_false(str_eq(first, second));
    assert_code(referral_answer(w.t->site, first, REFERRAL_SAID_SEEN, NULL), SALVE_E_NOT_FOUND);
    assert_ok(referral_answer(w.t->site, second, REFERRAL_SAID_SEEN, NULL));
    for (int i = 1; i < 20; i++) assert_ok(referral_answer(w.t->site, second, REFERRAL_SAID_SEEN, NULL));
    assert_code(referral_answer(w.t->site, second, REFERRAL_SAID_NOT_COME, NULL), SALVE_E_QUOTA);
    t_site_drop(w.t);
}

static void what_is_no_slip_says_nothing(void **state)
{
    (void)state;
    struct world w = world_make("referral-none", true);
    struct str id = refer(&w), code = slip_of(&w, id);
    struct salve_err other = {0}, gone = {0}, unlike = {0};
    char wrong[32];
    (void)snprintf(wrong, sizeof wrong, "%.*s", STR_ARGS(code));
    wrong[0] = wrong[0] == '0' ? '1' : '0';
    assert_code(referral_answer(w.t->site, str_of(wrong), REFERRAL_SAID_SEEN, &unlike), SALVE_E_NOT_FOUND);
    assert_code(referral_answer(w.t->site, w.person.card, REFERRAL_SAID_SEEN, &other), SALVE_E_NOT_FOUND);
    assert_code(referral_answer(w.t->site, code, REFERRAL_SAID_NOTHING, NULL), SALVE_E_INVALID);
    assert_code(referral_answer(w.t->site, code, REFERRAL_SAIDS, NULL), SALVE_E_INVALID);
    struct rec_view *view = open_as(&w, T_ASSISTANT);
    assert_code(referral_code(view, id, w.t->mem, &code, NULL), SALVE_E_ROLE);
    t_close_view(&view);
    view = open_as(&w, T_CLINICIAN);
    assert_code(referral_code(view, w.request, w.t->mem, &code, NULL), SALVE_E_NOT_FOUND);
    t_close_view(&view);
    code = slip_of(&w, id);
    assert_ok(note(&w, T_CLINICIAN, id, "cancelled", "2026-12-07"));
    assert_code(referral_answer(w.t->site, code, REFERRAL_SAID_SEEN, &gone), SALVE_E_NOT_FOUND);
    assert_string_equal(gone.why, other.why); /* nobody learns whether there was one */
    assert_string_equal(gone.why, unlike.why);
    t_site_drop(w.t);
}

static void erasure_takes_its_slips_along(void **state)
{
    (void)state;
    struct world w = world_make("referral-erased", true);
    struct rec_erasure erasure;
    struct str code = slip_of(&w, refer(&w));
    struct actor beside = T_BESIDE;
    t_must(rec_erase(w.t->site, beside, w.person.card, w.t->mem, &erasure, &err));
    assert_code(referral_answer(w.t->site, code, REFERRAL_SAID_SEEN, NULL), SALVE_E_NOT_FOUND);
    assert_nothing_open(&w);
    verify(&w);
    t_site_drop(w.t);
}

/* What is kept apart stands in no list, and its slip answers all the same. */
static void what_is_kept_apart_is_not_listed(void **state)
{
    (void)state;
    struct world w = world_make("referral-apart", true);
    t_give_apart(w.t, w.person.card);
    struct rec_view *view = open_as(&w, T_CLINICIAN);
    struct str request = ask_for(&w, view, "draft", CLASS_SENS), id = new_id(&w, view);
    sign(&w, view, request, CLASS_SENS);
    struct tape task = task_of(&w, view, id, &AS_IT_IS);
    struct rec_item items[] = {{.tape = &task, .class = CLASS_SENS}};
    t_must(rec_save(view, items, 1, NULL, w.t->mem, &err));
    t_close_view(&view);
    assert_no_work(&w);
    struct referral_answer *answers = NULL;
    struct str code = slip_of(&w, id);
    assert_ok(referral_answer(w.t->site, code, REFERRAL_SAID_CALL_US, NULL));
    assert_no_work(&w);
    assert_int_equal(answers_of(&w, T_CLINICIAN, &answers), 1);
    /* nor beside one that is: its own answer alone is said there, and who may not see it hears of none */
    sign_another(&w);
    (void)refer(&w);
    assert_non_null(entry(&w, WORK_REFER));
    assert_ok(referral_answer(w.t->site, code, REFERRAL_SAID_SEEN, NULL));
    assert_null(entry(&w, WORK_REPLY));
    assert_int_equal(answers_of(&w, T_CLINICIAN, &answers), 1);
    assert_int_equal(answers_of(&w, T_ASSISTANT, &answers), 0);
    w.request = arena_printf(w.t->mem, "ServiceRequest/%.*s", STR_ARGS(request));
    /* nor is it a referral of something else: the class of its request is its own */
    view = open_as(&w, T_CLINICIAN);
    struct str other = new_id(&w, view);
    struct tape plain = task_of(&w, view, other, &AS_IT_IS);
    items[0] = (struct rec_item){.tape = &plain, .class = CLASS_CLIN};
    assert_code(rec_save(view, items, 1, NULL, w.t->mem, NULL), SALVE_E_CONFLICT);
    t_close_view(&view);
    verify(&w);
    t_site_drop(w.t);
}

/* More than a person's row has room for: the oldest slip gives way. */
static void nine_referrals_have_eight_slips(void **state)
{
    (void)state;
    struct world w = world_make("referral-many", true);
    struct str codes[9];
    for (size_t i = 0; i < 9; i++) {
        if (i > 0) sign_another(&w);
        t_site_at(w.t, T_SITE_NOW + (int64_t)i * MINUTE_MS);
        struct said said = AS_IT_IS;
        struct str id = STR("");
        assert_ok(write_as(&w, T_CLINICIAN, &id, said));
        codes[i] = slip_of(&w, id);
    }
    for (size_t i = 0; i < 9; i++)
        assert_code(referral_answer(w.t->site, codes[i], REFERRAL_SAID_SEEN, NULL),
                    i == 0 ? SALVE_E_NOT_FOUND : SALVE_OK);
    verify(&w);
    t_site_drop(w.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clinician_refers_by_what_was_signed),
        cmocka_unit_test(what_nobody_signed_refers_nobody),
        cmocka_unit_test(states_follow_each_other_at_the_gate),
        cmocka_unit_test(the_list_has_it_while_it_goes_on),
        cmocka_unit_test(who_sees_no_results_ends_nothing),
        cmocka_unit_test(the_list_ends_with_follow_up),
        cmocka_unit_test(it_is_asked_for_half_a_year),
        cmocka_unit_test(an_answer_waits_for_staff_to_note_it),
        cmocka_unit_test(noting_one_leaves_the_answer_of_another),
        cmocka_unit_test(a_slip_is_followed_by_another),
        cmocka_unit_test(what_is_no_slip_says_nothing),
        cmocka_unit_test(erasure_takes_its_slips_along),
        cmocka_unit_test(what_is_kept_apart_is_not_listed),
        cmocka_unit_test(nine_referrals_have_eight_slips),
    };
    return t_run(tests);
}
