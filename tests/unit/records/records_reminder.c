/* SPDX-License-Identifier: Apache-2.0
 *
 * Reminders at the gate: who is listed, and when; what a ticket of one opens, for whom, and with which leaf; what ends
 * it, and that nothing is left of it then. */
#include "records/reminder.h"

#include "keys/keys.h"
#include "records/gate.h"
#include "records/tx_int.h"
#include "records/worklist.h"
#include "store/store.h"
#include "t_site.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)
#define DUE    "2027-11-23" /* a year after T_SITE_NOW */
enum { DUE_DAYS = 365, BEFORE_DAYS = CONSENT_REMIND_BEFORE_DAYS, AFTER_DAYS = CONSENT_REMIND_AFTER_DAYS };

struct world {
    struct t_site *t;
    struct rec_enrolled person;
    struct compartment id;
};

static struct consent_grant grant_of(const char *remind_on)
{
    struct consent_grant grant = t_grant(PURPOSE_FOLLOW_UP);
    grant.form.minor = 1;
    grant.remind_on = str_of(remind_on);
    return grant;
}

static enum salve_code give(struct world *w, const char *remind_on)
{
    struct consent_grant grant = grant_of(remind_on);
    return rec_consent_give(w->t->site, T_REGISTRAR, w->person.card, &grant, w->t->mem, NULL, NULL);
}

static struct world world_make(const char *name, const char *remind_on)
{
    struct world w = {.t = t_site_make(name, false)};
    w.person = t_enrol(w.t, "Adeyemi", "1980-01-01");
    t_give(w.t, w.person.card, PURPOSE_CARE);
    assert_ok(give(&w, remind_on));
    struct rec_view *view = t_open(w.t, T_PERSON, PURPOSE_SELF, w.person.card);
    w.id = rec_compartment(view);
    t_close_view(&view);
    return w;
}

static void at_day(struct world *w, int days) { t_site_at(w->t, T_SITE_NOW + days * DAY_MS); }

/* The tickets that such a member of staff has for a reminder; *ticket of the last. */
static size_t listed_for(struct world *w, struct actor actor, struct str *ticket, int64_t *due_unix_ms)
{
    struct work *all = NULL;
    size_t count = 0, found = 0;
    t_must(t_worklist(w->t->site, actor, w->t->mem, &all, &count, &err));
    for (size_t i = 0; i < count; i++)
        for (size_t e = 0; e < all[i].entry_count; e++) {
            if (all[i].entries[e].task != WORK_REMIND) continue;
            if (ticket != NULL) *ticket = all[i].ticket;
            if (due_unix_ms != NULL) *due_unix_ms = all[i].entries[e].due_unix_ms;
            found++;
        }
    return found;
}

static bool is_listed(struct world *w, struct str *ticket) { return listed_for(w, T_REGISTRAR, ticket, NULL) == 1; }

static enum salve_code open_to_call(struct world *w, struct actor actor, struct str who, struct rec_view **view)
{
    struct rec_ask ask = {.actor = actor, .purpose = PURPOSE_FOLLOW_UP, .who = who, .is_reminder = true};
    *view = NULL;
    return rec_open(w->t->site, &ask, view, NULL);
}

static size_t rows_of(struct world *w, const char *prefix)
{
    struct rec_tx tx;
    struct str *names = NULL;
    size_t count = 0;
    t_must(rec_tx_begin(w->t->site, true, w->t->mem, &tx, &err));
    t_must(store_commons_list(tx.store, str_of(prefix), w->t->mem, &names, &count, &err));
    rec_tx_abandon(&tx);
    return count;
}

/* Neither row nor ticket is there, and verify finds nothing. */
static void assert_nothing_left(struct world *w)
{
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    assert_int_equal(rows_of(w, "remind/"), 0);
    assert_int_equal(rows_of(w, "work/"), 0);
    assert_int_equal(rows_of(w, "ticket/"), 0);
    t_must(site_verify(w->t->site, &ask, &result, &err));
    assert_int_equal(result.findings, 0);
}

static class_mask follow_up_keys(struct world *w)
{
    struct keys_granted granted[PURPOSE_LAST + 1];
    t_must(keys_granted(w->t->site->keys, w->id, granted, &err));
    return granted[PURPOSE_FOLLOW_UP].classes;
}

/* --- when it is listed -------------------------------------------------------------------------------------------- */

static void it_is_listed_from_two_weeks_before_until_sixty_days_after(void **state)
{
    static const struct {
        int day;
        bool listed;
    } days[] = {{0, false},       {DUE_DAYS - BEFORE_DAYS - 1, false}, {DUE_DAYS - BEFORE_DAYS, true},
                {DUE_DAYS, true}, {DUE_DAYS + AFTER_DAYS - 1, true},   {DUE_DAYS + AFTER_DAYS, false}};
    (void)state;
    struct world w = world_make("remind-when", DUE);
    int64_t due_unix_ms = 0;
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        at_day(&w, days[i].day);
        assert_int_equal(listed_for(&w, T_REGISTRAR, NULL, &due_unix_ms), days[i].listed);
    }
    assert_int_equal(due_unix_ms, T_SITE_NOW / DAY_MS * DAY_MS + DUE_DAYS * DAY_MS);
    assert_nothing_left(&w);
    t_site_drop(w.t);
}

static void who_did_not_choose_it_is_never_listed(void **state)
{
    (void)state;
    struct world w = world_make("remind-none", "");
    for (int day = 0; day <= DUE_DAYS + AFTER_DAYS; day += 17) {
        at_day(&w, day);
        assert_int_equal(listed_for(&w, T_REGISTRAR, NULL, NULL), 0);
    }
    assert_nothing_left(&w);
    t_site_drop(w.t);
}

/* The list and what is open of somebody say it to who calls people, and to nobody else. */
static void registrars_alone_learn_of_it(void **state)
{
    (void)state;
    struct world w = world_make("remind-roles", DUE);
    struct str ticket = STR("");
    struct rec_view *view = NULL;
    at_day(&w, DUE_DAYS - 1);
    assert_true(is_listed(&w, &ticket));
    assert_int_equal(listed_for(&w, T_ASSISTANT, NULL, NULL), 0);
    assert_int_equal(listed_for(&w, T_CLINICIAN, NULL, NULL), 0);
    const struct actor others[] = {T_ASSISTANT, T_CLINICIAN, T_MANAGER, T_TECHNICIAN, T_AUDITOR};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_code(open_to_call(&w, others[i], ticket, &view), SALVE_E_ROLE);
    t_site_drop(w.t);
}

/* --- what it opens ------------------------------------------------------------------------------------------------ */

static void it_opens_who_it_is_and_nothing_else(void **state)
{
    (void)state;
    struct world w = world_make("remind-opens", DUE);
    struct rec_view *view = t_open(w.t, T_CLINICIAN, PURPOSE_CARE, w.person.card);
    (void)t_save_weight(w.t, view, "81");
    t_close_view(&view);
    at_day(&w, DUE_DAYS - 7);
    struct str ticket = STR("");
    assert_true(is_listed(&w, &ticket));
    assert_ok(open_to_call(&w, T_REGISTRAR, ticket, &view));
    assert_int_equal(rec_classes(view), CLASS_BIT(CLASS_IDENT));
    const struct rec_resource *all = NULL;
    size_t count = 0;
    t_must(rec_all(view, 0, &all, &count, &err));
    assert_int_equal(count, 1);
    assert_true(str_is(all[0].type, "Patient"));
    /* nothing is written through it, and nothing said of open work */
    struct tape same = all[0].tape;
    struct rec_item item = {.tape = &same};
    assert_code(rec_save(view, &item, 1, NULL, w.t->mem, NULL), SALVE_E_CONSENT);
    worklist_set(view, WORK_KEPT, NULL, 0);
    assert_code(worklist_write(view, NULL), SALVE_E_CONSENT);
    struct str card;
    assert_code(rec_card_new(view, w.t->mem, &card, NULL), SALVE_E_ROLE);
    t_close_view(&view);
    t_site_drop(w.t);
}

/* Follow-up of results has ended by then: its ticket, or the id, opens nothing in that way any more. */
static void it_is_no_way_to_results(void **state)
{
    (void)state;
    struct world w = world_make("remind-results", DUE);
    char id[COMPARTMENT_TEXT_BYTES + 1];
    struct rec_view *view = NULL;
    compartment_text(w.id, id);
    at_day(&w, 100);
    assert_ok(t_open_code(w.t, T_CLINICIAN, PURPOSE_FOLLOW_UP, str_of(id), &view));
    t_close_view(&view);
    assert_code(open_to_call(&w, T_REGISTRAR, str_of(id), &view), SALVE_E_NOT_FOUND); /* by a ticket alone */
    at_day(&w, DUE_DAYS);
    struct str ticket = STR("");
    assert_true(is_listed(&w, &ticket));
    assert_code(t_open_code(w.t, T_CLINICIAN, PURPOSE_FOLLOW_UP, str_of(id), &view), SALVE_E_CONSENT);
    assert_code(t_open_code(w.t, T_REGISTRAR, PURPOSE_FOLLOW_UP, str_of(id), &view), SALVE_E_CONSENT);
    assert_code(t_open_code(w.t, T_CLINICIAN, PURPOSE_FOLLOW_UP, ticket, &view), SALVE_E_NOT_FOUND);
    assert_code(t_open_code(w.t, T_REGISTRAR, PURPOSE_FOLLOW_UP, ticket, &view), SALVE_E_NOT_FOUND);
    enum purpose purpose;
    assert_code(worklist_purpose(w.t->site, ticket, w.t->mem, &purpose, NULL), SALVE_E_NOT_FOUND);
    struct rec_ask ask = {.actor = T_REGISTRAR, .purpose = PURPOSE_CARE, .who = ticket, .is_reminder = true};
    assert_code(rec_open(w.t->site, &ask, &view, NULL), SALVE_E_ROLE);
    t_site_drop(w.t);
}

/* A ticket of other work opens nothing as a reminder. */
static void another_ticket_is_none_of_a_reminder(void **state)
{
    (void)state;
    struct world w = world_make("remind-other", DUE);
    struct rec_view *view = t_open(w.t, T_CLINICIAN, PURPOSE_CARE, w.person.card);
    const struct work_entry tell = {.part = WORK_KEPT, .task = WORK_TELL, .urgency = 1};
    worklist_set(view, WORK_KEPT, &tell, 1);
    t_must(worklist_write(view, &err));
    struct work open;
    t_must(worklist_mine(view, w.t->mem, &open, &err));
    t_close_view(&view);
    assert_code(open_to_call(&w, T_REGISTRAR, open.ticket, &view), SALVE_E_NOT_FOUND);
    at_day(&w, DUE_DAYS);
    struct str ticket = STR("");
    assert_true(is_listed(&w, &ticket));
    assert_str(ticket, open.ticket.ptr); /* a person has one ticket */
    assert_ok(open_to_call(&w, T_REGISTRAR, ticket, &view));
    assert_ok(reminder_note(view, REMINDER_REACHED, NULL));
    t_close_view(&view);
    assert_int_equal(listed_for(&w, T_REGISTRAR, NULL, NULL), 0);
    assert_int_equal(rows_of(&w, "ticket/"), 1); /* what has to be told stays */
    t_site_drop(w.t);
}

static void each_look_says_in_the_history_what_it_was_for(void **state)
{
    (void)state;
    struct world w = world_make("remind-leaf", DUE);
    struct str ticket = STR("");
    struct rec_view *view = NULL;
    struct rec_look *looks = NULL;
    size_t count = 0, missing = 0, reminders = 0;
    at_day(&w, DUE_DAYS);
    assert_true(is_listed(&w, &ticket));
    assert_ok(open_to_call(&w, T_REGISTRAR, ticket, &view));
    (void)t_count(view);
    t_close_view(&view);
    view = t_open(w.t, T_PERSON, PURPOSE_SELF, w.person.card);
    t_must(rec_looked(view, w.t->mem, &looks, &count, &missing, &err));
    for (size_t i = 0; i < count; i++) {
        if (!looks[i].is_reminder) continue;
        reminders++;
        assert_str(looks[i].actor.id, "desk-rosa");
        assert_int_equal(looks[i].purpose, PURPOSE_FOLLOW_UP);
        assert_int_equal(looks[i].classes, CLASS_BIT(CLASS_IDENT));
    }
    assert_int_equal(reminders, 2); /* opened, read */
    assert_int_equal(missing, 0);
    t_close_view(&view);
    t_site_drop(w.t);
}

/* --- what ends it ------------------------------------------------------------------------------------------------- */

static void a_call_ends_it_and_its_keys(void **state)
{
    static const enum reminder_said over[] = {REMINDER_REACHED, REMINDER_NO_MORE};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct world w = world_make("remind-call", DUE);
        struct str ticket = STR("");
        struct rec_view *view = NULL;
        at_day(&w, DUE_DAYS - 3);
        assert_true(is_listed(&w, &ticket));
        assert_ok(open_to_call(&w, T_REGISTRAR, ticket, &view));
        assert_code(reminder_note(view, REMINDER_SAIDS, NULL), SALVE_E_INVALID);
        assert_ok(reminder_note(view, over[i], NULL));
        const struct rec_resource *all = NULL;
        size_t count = 0;
        assert_code(rec_all(view, 0, &all, &count, NULL), SALVE_E_CONSENT); /* the look is over as well */
        t_close_view(&view);
        assert_code(open_to_call(&w, T_REGISTRAR, ticket, &view), SALVE_E_NOT_FOUND);
        assert_int_equal(follow_up_keys(&w), 0);
        assert_nothing_left(&w);
        t_site_drop(w.t);
    }
}

static void nobody_answered_brings_it_back_three_times_in_all(void **state)
{
    (void)state;
    struct world w = world_make("remind-again", DUE);
    for (int i = 0; i < 3; i++) {
        struct str ticket = STR("");
        struct rec_view *view = NULL;
        at_day(&w, DUE_DAYS - 10 + 3 * i);
        assert_true(is_listed(&w, &ticket));
        assert_ok(open_to_call(&w, T_REGISTRAR, ticket, &view));
        assert_ok(reminder_note(view, REMINDER_NOT_REACHED, NULL));
        t_close_view(&view);
        assert_int_equal(listed_for(&w, T_REGISTRAR, NULL, NULL), 0);
        assert_int_equal(rows_of(&w, "ticket/"), 0);
        at_day(&w, DUE_DAYS - 8 + 3 * i); /* not on the next days */
        assert_int_equal(listed_for(&w, T_REGISTRAR, NULL, NULL), 0);
    }
    at_day(&w, DUE_DAYS + 20);
    assert_int_equal(listed_for(&w, T_REGISTRAR, NULL, NULL), 0);
    assert_nothing_left(&w);
    t_site_drop(w.t);
}

static void taking_follow_up_back_ends_it_at_once(void **state)
{
    (void)state;
    for (int day = 10; day <= DUE_DAYS; day += DUE_DAYS - 10) { /* before it is listed, and while a call is open */
        struct world w = world_make("remind-back", DUE);
        struct str ticket = STR("");
        struct rec_view *view = NULL;
        at_day(&w, day);
        bool listed = is_listed(&w, &ticket);
        if (listed) assert_ok(open_to_call(&w, T_REGISTRAR, ticket, &view));
        t_withdraw(w.t, w.person.card, PURPOSE_FOLLOW_UP);
        if (listed) {
            const struct rec_resource *all = NULL;
            size_t count = 0;
            assert_code(rec_all(view, 0, &all, &count, NULL), SALVE_E_CONSENT);
            assert_code(reminder_note(view, REMINDER_REACHED, NULL), SALVE_E_CONSENT);
            t_close_view(&view);
        }
        assert_int_equal(listed_for(&w, T_REGISTRAR, NULL, NULL), 0);
        assert_int_equal(follow_up_keys(&w), 0);
        assert_nothing_left(&w);
        t_site_drop(w.t);
    }
}

static void care_taken_back_leaves_it(void **state)
{
    (void)state;
    struct world w = world_make("remind-care", DUE);
    at_day(&w, DUE_DAYS - 1);
    assert_true(is_listed(&w, NULL));
    t_withdraw(w.t, w.person.card, PURPOSE_CARE);
    assert_true(is_listed(&w, NULL));
    t_site_drop(w.t);
}

/* A new yes without the tick, or another day. */
static void a_new_decision_takes_its_place(void **state)
{
    (void)state;
    struct world w = world_make("remind-new", DUE);
    assert_ok(give(&w, ""));
    at_day(&w, DUE_DAYS);
    assert_int_equal(listed_for(&w, T_REGISTRAR, NULL, NULL), 0);
    assert_nothing_left(&w);
    assert_ok(give(&w, "2028-06-01"));
    at_day(&w, DUE_DAYS + 190);
    assert_true(is_listed(&w, NULL));
    assert_ok(give(&w, "2029-06-01"));
    assert_int_equal(listed_for(&w, T_REGISTRAR, NULL, NULL), 0); /* of the next year */
    t_site_drop(w.t);
}

static void who_comes_is_not_called(void **state)
{
    (void)state;
    struct world w = world_make("remind-came", DUE);
    struct rec_view *view = t_open(w.t, T_REGISTRAR, PURPOSE_CARE, w.person.card); /* on the day of the check itself */
    t_close_view(&view);
    assert_int_equal(rows_of(&w, "remind/"), 1);
    at_day(&w, DUE_DAYS - 5);
    assert_true(is_listed(&w, NULL));
    view = t_open(w.t, T_REGISTRAR, PURPOSE_CARE, w.person.card);
    t_close_view(&view);
    assert_int_equal(listed_for(&w, T_REGISTRAR, NULL, NULL), 0);
    assert_nothing_left(&w);
    t_site_drop(w.t);
}

static void an_erasure_ends_it(void **state)
{
    (void)state;
    struct world w = world_make("remind-erase", DUE);
    struct rec_erasure erasure;
    at_day(&w, DUE_DAYS);
    assert_true(is_listed(&w, NULL));
    t_must(rec_erase(w.t->site, T_BESIDE, w.person.card, w.t->mem, &erasure, &err));
    assert_nothing_left(&w);
    t_site_drop(w.t);
}

/* --- the day ------------------------------------------------------------------------------------------------------ */

static enum salve_code earlier(struct world *w, const char *day)
{
    struct rec_view *view = t_open(w->t, T_CLINICIAN, PURPOSE_CARE, w->person.card);
    enum salve_code code = reminder_earlier(view, str_of(day), NULL);
    t_close_view(&view);
    return code;
}

static void a_letter_brings_it_forward_and_never_back(void **state)
{
    (void)state;
    struct world w = world_make("remind-earlier", DUE);
    assert_ok(earlier(&w, "2027-05-23"));
    assert_ok(earlier(&w, "2027-09-01"));
    assert_ok(earlier(&w, "2026-01-01")); /* it has come already */
    assert_code(earlier(&w, "soon"), SALVE_E_INVALID);
    at_day(&w, 181 - BEFORE_DAYS - 1);
    assert_int_equal(listed_for(&w, T_REGISTRAR, NULL, NULL), 0);
    at_day(&w, 181 - BEFORE_DAYS);
    assert_true(is_listed(&w, NULL));
    t_site_drop(w.t);
}

/* Whether there is one is not told: the same answer, and nothing is made. */
static void nobody_gets_one_by_a_letter(void **state)
{
    (void)state;
    struct world w = world_make("remind-letter", "");
    assert_ok(earlier(&w, "2027-05-23"));
    assert_int_equal(rows_of(&w, "remind/"), 0);
    t_site_drop(w.t);
}

static void only_days_within_its_time_are_taken(void **state)
{
    static const struct {
        const char *day;
        enum salve_code code;
    } days[] = {{"2026-11-23", SALVE_E_INVALID}, {"2026-11-24", SALVE_OK},        {"2027-11-28", SALVE_OK},
                {"2027-11-29", SALVE_E_INVALID}, {"2027-13-01", SALVE_E_INVALID}, {"next year", SALVE_E_INVALID}};
    (void)state;
    struct world w = world_make("remind-days", "");
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) assert_code(give(&w, days[i].day), days[i].code);
    struct consent_grant other = t_grant(PURPOSE_CARE);
    other.form.minor = 1;
    other.remind_on = STR(DUE);
    assert_code(rec_consent_give(w.t->site, T_REGISTRAR, w.person.card, &other, w.t->mem, NULL, NULL), SALVE_E_INVALID);
    struct consent_grant old = grant_of(DUE);
    old.form.minor = 0; /* a form that does not ask */
    assert_code(rec_consent_give(w.t->site, T_REGISTRAR, w.person.card, &old, w.t->mem, NULL, NULL), SALVE_E_INVALID);
    t_site_drop(w.t);
}

/* A gate that runs for long goes through them by the clock, and the list waits for nothing. */
static void a_running_gate_lists_them_by_its_clock(void **state)
{
    (void)state;
    struct world w = world_make("remind-tick", DUE);
    at_day(&w, DUE_DAYS);
    bool has_more = true;
    for (int i = 0; i < 1000 && (has_more || rows_of(&w, "work/") == 0); i++)
        t_must(site_tick(w.t->site, &has_more, &err));
    assert_int_equal(rows_of(&w, "work/"), 1);
    assert_true(is_listed(&w, NULL));
    t_site_drop(w.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_listed_from_two_weeks_before_until_sixty_days_after),
        cmocka_unit_test(who_did_not_choose_it_is_never_listed),
        cmocka_unit_test(registrars_alone_learn_of_it),
        cmocka_unit_test(it_opens_who_it_is_and_nothing_else),
        cmocka_unit_test(it_is_no_way_to_results),
        cmocka_unit_test(another_ticket_is_none_of_a_reminder),
        cmocka_unit_test(each_look_says_in_the_history_what_it_was_for),
        cmocka_unit_test(a_call_ends_it_and_its_keys),
        cmocka_unit_test(nobody_answered_brings_it_back_three_times_in_all),
        cmocka_unit_test(taking_follow_up_back_ends_it_at_once),
        cmocka_unit_test(care_taken_back_leaves_it),
        cmocka_unit_test(a_new_decision_takes_its_place),
        cmocka_unit_test(who_comes_is_not_called),
        cmocka_unit_test(an_erasure_ends_it),
        cmocka_unit_test(a_letter_brings_it_forward_and_never_back),
        cmocka_unit_test(nobody_gets_one_by_a_letter),
        cmocka_unit_test(only_days_within_its_time_are_taken),
        cmocka_unit_test(a_running_gate_lists_them_by_its_clock),
    };
    return t_run(tests);
}
