/* SPDX-License-Identifier: Apache-2.0
 *
 * The queue of the day at the gate: what makes and ends an entry, what its ticket opens, what holds somebody, and that
 * nobody can tell afterwards who was there. */
#include "base/file.h"
#include "guideline/finding.h"
#include "keys/keys.h"
#include "records/login_int.h"
#include "records/queue_int.h"
#include "records/work_int.h"
#include "store/store.h"
#include "t_site.h"

enum { MINUTE_MS = 60 * 1000, DAY_MS = 24 * 60 * MINUTE_MS };

struct world {
    struct t_site *t;
    struct rec_enrolled person;
};

static struct world world_make(const char *name)
{
    struct world w = {.t = t_site_make(name, false)};
    w.person = t_enrol(w.t, "Adeyemi", "1980-01-01");
    t_give(w.t, w.person.card, PURPOSE_CARE);
    return w;
}

static enum salve_code note(struct t_site *t, struct str who, struct queue_step step, struct queue_entry *out)
{
    struct rec_view *view = NULL;
    enum salve_code code = t_open_code(t, T_ASSISTANT, PURPOSE_CARE, who, &view);
    if (code != SALVE_OK) return code;
    code = queue_note(view, &step, t->mem, out, NULL);
    t_close_view(&view);
    return code;
}

static struct queue_entry must(struct t_site *t, struct str who, enum day_event event, enum day_station station)
{
    struct queue_entry out;
    assert_code(note(t, who, (struct queue_step){.event = event, .station = station}, &out), SALVE_OK);
    return out;
}

static struct queue_entry *list(struct t_site *t, size_t *count)
{
    struct queue_entry *all = NULL;
    t_must(queue_read(t->site, T_REGISTRAR, t->mem, &all, count, &err));
    return all;
}

static size_t count_of(struct t_site *t)
{
    size_t count = 0;
    (void)list(t, &count);
    return count;
}

static void restart(struct t_site *t)
{
    t_site_close(t);
    t_site_open(t);
}

/* What is in the files is looked at where the site is open itself: its other end has a thread of its own at it. */
#ifndef T_SITE_FAR
static size_t rows_of(struct t_site *t)
{
    struct rec_tx tx;
    struct str *names = NULL;
    size_t count = 0;
    t_must(rec_tx_begin(t->site, true, t->mem, &tx, &err));
    t_must(store_commons_list(tx.store, STR("queue"), t->mem, &names, &count, &err));
    rec_tx_abandon(&tx);
    return count;
}

static bool has_key(struct t_site *t)
{
    struct crypto_keys *slots = NULL;
    t_must(crypto_keys_new(1, &slots, &err));
    enum salve_code code = keys_sealed_get(t->site->keys, STR("queue"), crypto_keys_at(slots, 0), NULL);
    crypto_keys_drop(&slots);
    return code == SALVE_OK;
}

static void has_rows(struct t_site *t, size_t rows, bool with_key)
{
    assert_int_equal(rows_of(t), rows);
    assert_int_equal(has_key(t), with_key);
}
#else
static void has_rows(struct t_site *t, size_t rows, bool with_key)
{
    (void)t;
    (void)rows;
    (void)with_key;
}
#endif

static void verify(struct t_site *t)
{
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    t_must(site_verify(t->site, &ask, &result, &err));
}

static void set_work(struct world *w, enum work_task task, uint32_t urgency)
{
    const struct work_entry entry = {.part = WORK_KEPT, .task = task, .urgency = urgency};
    struct rec_view *view = t_open(w->t, T_ASSISTANT, PURPOSE_CARE, w->person.card);
    worklist_set(view, WORK_KEPT, &entry, task == WORK_TASKS ? 0 : 1);
    t_must(worklist_write(view, &err));
    t_close_view(&view);
}

static void who_is_here_has_a_ticket_and_a_number(void **state)
{
    (void)state;
    struct world w = world_make("queue-ticket");
    struct rec_enrolled other = t_enrol(w.t, "Haddad", "1970-01-01");
    t_give(w.t, other.card, PURPOSE_CARE);
    assert_int_equal(count_of(w.t), 0);
    has_rows(w.t, 0, false);
    struct queue_entry one = must(w.t, w.person.card, DAY_CHECK_IN, STATION_RECEPTION);
    struct queue_entry two = must(w.t, other.card, DAY_BEGIN, STATION_BODY);
    assert_int_equal(one.number, 1);
    assert_int_equal(two.number, 2);
    assert_true(rec_code_valid(REC_CODE_TICKET, one.ticket));
    assert_false(str_eq(one.ticket, two.ticket));
    size_t count = 0;
    struct queue_entry *all = list(w.t, &count);
    assert_int_equal(count, 2);
    assert_int_equal(all[0].at, STATION_NONE);
    assert_int_equal(all[1].at, STATION_BODY);
    assert_int_equal(all[0].left, station_way());
    assert_int_equal(all[0].urgency, URGENCY_NONE);
    /* a lost slip: the same again */
    struct queue_entry again = must(w.t, w.person.card, DAY_CHECK_IN, STATION_RECEPTION);
    assert_true(str_eq(again.ticket, one.ticket));
    assert_int_equal(again.number, 1);
    verify(w.t);
    restart(w.t); /* nothing is lost by a restart */
    assert_int_equal(count_of(w.t), 2);
    assert_int_equal(must(w.t, other.card, DAY_DONE, STATION_BODY).left, station_way() & ~STATION_BIT(STATION_BODY));
    /* who has finished or left is in no list, and comes back as somebody new */
    assert_int_equal(must(w.t, w.person.card, DAY_FINISH, STATION_EXIT).ticket.len, 0);
    assert_int_equal(must(w.t, other.card, DAY_LEAVE, STATION_EXIT).ticket.len, 0);
    assert_int_equal(count_of(w.t), 0);
    has_rows(w.t, 1, true); /* the head */
    assert_int_equal(must(w.t, other.card, DAY_CHECK_IN, STATION_RECEPTION).number, 3);
    verify(w.t);
    t_site_drop(w.t);
}

static void a_ticket_opens_while_the_showing_lasts(void **state)
{
    (void)state;
    struct world w = world_make("queue-opens");
    struct rec_view *view = NULL;
    struct str ticket = must(w.t, w.person.card, DAY_CHECK_IN, STATION_RECEPTION).ticket;
    enum purpose purpose = PURPOSE_FOLLOW_UP;
    t_must(worklist_purpose(w.t->site, ticket, w.t->mem, &purpose, &err));
    assert_int_equal(purpose, PURPOSE_CARE);
    (void)must(w.t, ticket, DAY_BEGIN, STATION_BODY); /* by ticket */
    t_site_at(w.t, T_SITE_NOW + 29 * MINUTE_MS);
    (void)must(w.t, ticket, DAY_DONE, STATION_BODY); /* used again: it lasts from here */
    t_site_at(w.t, T_SITE_NOW + 58 * MINUTE_MS);
    (void)must(w.t, ticket, DAY_BEGIN, STATION_VISION);
    t_site_at(w.t, T_SITE_NOW + 89 * MINUTE_MS);
    assert_code(t_open_code(w.t, T_ASSISTANT, PURPOSE_CARE, ticket, &view), SALVE_E_CONSENT);
    t_give(w.t, w.person.card, PURPOSE_FOLLOW_UP); /* it is no ticket of work that waits */
    assert_code(t_open_code(w.t, T_CLINICIAN, PURPOSE_FOLLOW_UP, ticket, &view), SALVE_E_CONSENT);
    struct rec_view *shown = t_open(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card);
    t_close_view(&shown);
    (void)must(w.t, ticket, DAY_DONE, STATION_VISION);
    (void)must(w.t, ticket, DAY_FINISH, STATION_EXIT);
    assert_code(t_open_code(w.t, T_ASSISTANT, PURPOSE_CARE, ticket, &view), SALVE_E_NOT_FOUND);
    t_site_drop(w.t);
}

static void open_work_and_the_day_have_one_ticket(void **state)
{
    (void)state;
    struct world w = world_make("queue-work");
    struct work *all = NULL;
    size_t count = 0;
    struct str ticket = must(w.t, w.person.card, DAY_CHECK_IN, STATION_RECEPTION).ticket;
    set_work(&w, WORK_SIGN, 3);
    t_must(t_worklist(w.t->site, T_ASSISTANT, w.t->mem, &all, &count, &err));
    assert_int_equal(count, 1);
    assert_true(str_eq(all[0].ticket, ticket));
    (void)must(w.t, ticket, DAY_FINISH, STATION_EXIT);
    assert_true(str_eq(must(w.t, w.person.card, DAY_CHECK_IN, STATION_RECEPTION).ticket, ticket));
    set_work(&w, WORK_TASKS, 0);
    (void)must(w.t, ticket, DAY_BEGIN, STATION_BODY); /* the work has ended, the day has not */
    verify(w.t);
    t_site_drop(w.t);
}

static void an_alarm_that_nobody_told_holds(void **state)
{
    (void)state;
    struct world w = world_make("queue-hold");
    struct queue_entry out;
    size_t count = 0;
    (void)must(w.t, w.person.card, DAY_CHECK_IN, STATION_RECEPTION);
    set_work(&w, WORK_TELL, 0);
    assert_true(list(w.t, &count)[0].is_held);
    assert_int_equal(list(w.t, &count)[0].urgency, 0);
    const struct queue_step finish = {.event = DAY_FINISH, .station = STATION_EXIT};
    assert_code(note(w.t, w.person.card, finish, &out), SALVE_E_CONFLICT);
    assert_int_equal(count_of(w.t), 1);
    (void)must(w.t, w.person.card, DAY_LEAVE, STATION_EXIT); /* the list of open work has it */
    t_site_drop(w.t);
    w = world_make("queue-close");
    (void)must(w.t, w.person.card, DAY_CHECK_IN, STATION_RECEPTION);
    set_work(&w, WORK_CLOSE, 0); /* told: the clinician closes it later */
    assert_false(list(w.t, &count)[0].is_held);
    (void)must(w.t, w.person.card, DAY_FINISH, STATION_EXIT);
    t_site_drop(w.t);
}

static void it_takes_the_card_and_ends_with_the_agreement(void **state)
{
    (void)state;
    struct world w = world_make("queue-card");
    struct rec_view *view = NULL;
    struct queue_entry out;
    const struct queue_step step = {.event = DAY_CHECK_IN, .station = STATION_RECEPTION};
    struct rec_ask away = {.actor = T_ASSISTANT, .purpose = PURPOSE_CARE, .who = w.person.card, .is_away = true};
    t_must(rec_open(w.t->site, &away, &view, &err));
    assert_code(queue_note(view, &step, w.t->mem, &out, NULL), SALVE_E_CONSENT);
    t_close_view(&view);
    has_rows(w.t, 0, false);
    (void)must(w.t, w.person.card, DAY_CHECK_IN, STATION_RECEPTION);
    t_must(rec_consent_withdraw(w.t->site, T_REGISTRAR, w.person.card, PURPOSE_CARE, w.t->mem, NULL, &err));
    assert_int_equal(count_of(w.t), 0);
    t_give(w.t, w.person.card, PURPOSE_CARE);
    (void)must(w.t, w.person.card, DAY_CHECK_IN, STATION_RECEPTION);
    struct rec_erasure erasure;
    t_must(rec_erase(w.t->site, T_BESIDE, w.person.card, w.t->mem, &erasure, &err));
    assert_int_equal(count_of(w.t), 0);
    has_rows(w.t, 1, true);
    verify(w.t);
    t_site_drop(w.t);
}

static void nobody_can_tell_who_was_there(void **state)
{
    (void)state;
    struct world w = world_make("queue-day");
    struct rec_view *view = NULL;
    struct str ticket = must(w.t, w.person.card, DAY_CHECK_IN, STATION_RECEPTION).ticket;
    has_rows(w.t, 3, true);
    t_site_at(w.t, T_SITE_NOW + DAY_MS);
    assert_int_equal(count_of(w.t), 0);
    has_rows(w.t, 0, false);
    assert_code(t_open_code(w.t, T_ASSISTANT, PURPOSE_CARE, ticket, &view), SALVE_E_NOT_FOUND);
    assert_int_equal(must(w.t, w.person.card, DAY_BEGIN, STATION_BODY).number, 1); /* and the next day begins at one */
    verify(w.t);
    t_site_at(w.t, T_SITE_NOW + 2 * DAY_MS); /* it ends by itself, whoever is opened for whatever */
    view = t_open(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card);
    t_close_view(&view);
    has_rows(w.t, 0, false);
    t_site_drop(w.t);
}

/* A clock set back, or far ahead, ends no day: the site stands at the time of its last use. */
static void a_doubted_clock_ends_no_day(void **state)
{
    (void)state;
    struct world w = world_make("queue-clock");
    (void)must(w.t, w.person.card, DAY_CHECK_IN, STATION_RECEPTION);
    w.t->options.clock = clock_fixed(T_SITE_NOW - 3 * (int64_t)DAY_MS);
    restart(w.t);
    assert_int_equal(count_of(w.t), 1);
    w.t->options.clock = clock_fixed(T_SITE_NOW + 400 * (int64_t)DAY_MS);
    restart(w.t);
    assert_true(site_clock_suspect(w.t->site));
    assert_int_equal(count_of(w.t), 1);
    has_rows(w.t, 3, true);
    t_site_drop(w.t);
}

#ifndef T_SITE_FAR
/* Rows of another key, as in a copy that was brought back: nobody is held up, and they go. */
static void what_does_not_open_stands_in_nobodys_way(void **state)
{
    (void)state;
    struct world w = world_make("queue-broken");
    struct crypto_keys *slots = NULL;
    (void)must(w.t, w.person.card, DAY_CHECK_IN, STATION_RECEPTION);
    t_must(crypto_keys_new(1, &slots, &err));
    crypto_key_random(crypto_keys_at(slots, 0));
    t_must(keys_sealed_put(w.t->site->keys, STR("queue"), crypto_keys_at(slots, 0), &err));
    crypto_keys_drop(&slots);
    restart(w.t);
    struct rec_view *view = t_open(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card);
    t_close_view(&view);
    assert_int_equal(count_of(w.t), 0);
    assert_int_equal(rows_of(w.t), 0);
    assert_int_equal(must(w.t, w.person.card, DAY_CHECK_IN, STATION_RECEPTION).number, 1);
    verify(w.t);
    t_site_drop(w.t);
}

static size_t notes_of(struct t_site *t)
{
    struct rec_tx tx;
    struct str *names = NULL;
    size_t count = 0;
    t_must(rec_tx_begin(t->site, true, t->mem, &tx, &err));
    t_must(store_commons_list(tx.store, STR("doc/work/queue-"), t->mem, &names, &count, &err));
    rec_tx_abandon(&tx);
    return count;
}

static void reading_it_is_noted_once_an_hour(void **state)
{
    (void)state;
    struct world w = world_make("queue-noted");
    struct session session;
    struct queue_entry *all = NULL;
    size_t count = 0, before = notes_of(w.t);
    t_must(session_begin(w.t->site, T_ASSISTANT.id, T_PIN, w.t->mem, &session, &err));
    for (int i = 0; i < 5; i++) t_must(queue_read(w.t->site, session.actor, w.t->mem, &all, &count, &err));
    size_t once = notes_of(w.t);
    assert_true(once > before);
    t_must(queue_read(w.t->site, session.actor, w.t->mem, &all, &count, &err));
    assert_int_equal(notes_of(w.t), once);
    t_site_drop(w.t);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_here_has_a_ticket_and_a_number),
        cmocka_unit_test(a_ticket_opens_while_the_showing_lasts),
        cmocka_unit_test(open_work_and_the_day_have_one_ticket),
        cmocka_unit_test(an_alarm_that_nobody_told_holds),
        cmocka_unit_test(it_takes_the_card_and_ends_with_the_agreement),
        cmocka_unit_test(nobody_can_tell_who_was_there),
        cmocka_unit_test(a_doubted_clock_ends_no_day),
#ifndef T_SITE_FAR
        cmocka_unit_test(what_does_not_open_stands_in_nobodys_way),
        cmocka_unit_test(reading_it_is_noted_once_an_hour),
#endif
    };
    return t_run(tests);
}
