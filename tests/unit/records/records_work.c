/* SPDX-License-Identifier: Apache-2.0
 *
 * Work lists of the gate: what makes and ends an entry, what a ticket opens, and for how long. */
#include "base/zone.h"
#include "crypto/crypto.h"
#include "records/login_int.h"
#include "records/work_int.h"
#include "records/worklist.h"
#include "store/store.h"
#include "t_site.h"

enum { MINUTE_MS = 60 * 1000, DAY_MS = 24 * 60 * MINUTE_MS };

static const struct work_entry URGENT = {.part = WORK_KEPT, .task = WORK_TELL, .urgency = 1};
static const struct work_entry DRAFTS = {.part = WORK_KEPT, .task = WORK_SIGN, .urgency = 3};
static const struct work_entry LETTER = {
    .part = WORK_KEPT, .task = WORK_LETTER, .urgency = 5, .due_unix_ms = T_SITE_NOW};
static const struct work_entry APART = {.part = WORK_APART, .task = WORK_TELL, .urgency = 1};

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

static void set(struct rec_view *view, struct work_entry entry)
{
    worklist_set(view, entry.part, &entry, 1);
    t_must(worklist_write(view, &err));
}

/* The person shows their card, and what is open is this. */
static void open_work(struct world *w, struct work_entry entry)
{
    struct rec_view *view = t_open(w->t, T_ASSISTANT, PURPOSE_CARE, w->person.card);
    set(view, entry);
    t_close_view(&view);
}

static struct work *list(struct t_site *t, size_t *count)
{
    struct work *all = NULL;
    t_must(t_worklist(t->site, T_ASSISTANT, t->mem, &all, count, &err));
    return all;
}

static struct work only(struct t_site *t)
{
    size_t count = 0;
    struct work *all = list(t, &count);
    assert_int_equal(count, 1);
    return all[0];
}

static size_t count_of(struct t_site *t)
{
    size_t count = 0;
    (void)list(t, &count);
    return count;
}

static enum salve_code open_code(struct t_site *t, struct actor actor, enum purpose purpose, struct str who)
{
    struct rec_view *view = NULL;
    enum salve_code code = t_open_code(t, actor, purpose, who, &view);
    if (code == SALVE_OK) t_close_view(&view);
    return code;
}

static void verify(struct t_site *t)
{
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    t_must(site_verify(t->site, &ask, &result, &err));
}

static void work_is_a_ticket_and_tasks(void **state)
{
    (void)state;
    struct world w = world_make("work-ticket");
    assert_int_equal(count_of(w.t), 0);
    open_work(&w, URGENT);
    struct work work = only(w.t);
    assert_true(rec_code_valid(REC_CODE_TICKET, work.ticket));
    assert_int_equal(work.ticket.len, 7);
    assert_int_equal(work.entry_count, 1);
    assert_int_equal(work.entries[0].task, WORK_TELL);
    assert_int_equal(work.entries[0].urgency, 1);
    assert_int_equal(work.entries[0].since_unix_ms, T_SITE_NOW);
    verify(w.t);
    /* what has the same urgency has been open since then, and the ticket is the same */
    t_site_at(w.t, T_SITE_NOW + 5 * MINUTE_MS);
    open_work(&w, URGENT);
    assert_true(str_eq(only(w.t).ticket, work.ticket));
    assert_int_equal(only(w.t).entries[0].since_unix_ms, T_SITE_NOW);
    struct work_entry worse = URGENT;
    worse.urgency = 0;
    open_work(&w, worse);
    assert_int_equal(only(w.t).entries[0].since_unix_ms, T_SITE_NOW + 5 * MINUTE_MS);
    /* nothing is open: no row, no ticket */
    struct rec_view *view = t_open(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card);
    worklist_set(view, WORK_KEPT, NULL, 0);
    t_must(worklist_write(view, &err));
    t_close_view(&view);
    assert_int_equal(count_of(w.t), 0);
    assert_int_equal(open_code(w.t, T_CLINICIAN, PURPOSE_CARE, work.ticket), SALVE_E_NOT_FOUND);
    verify(w.t);
    t_site_drop(w.t);
}

static void who_sees_one_part_ends_no_other(void **state)
{
    (void)state;
    struct world w = world_make("work-parts");
    open_work(&w, APART);
    open_work(&w, URGENT);
    assert_int_equal(only(w.t).entry_count, 2);
    struct rec_view *view = t_open(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card);
    struct work mine;
    worklist_set(view, WORK_KEPT, NULL, 0);
    t_must(worklist_write(view, &err));
    t_must(worklist_mine(view, w.t->mem, &mine, &err));
    assert_int_equal(mine.entry_count, 1);
    assert_int_equal(mine.entries[0].part, WORK_APART);
    t_close_view(&view);
    t_site_drop(w.t);
}

/* An entry goes with the save that is its reason: what is refused leaves none. */
static void an_entry_goes_with_its_save(void **state)
{
    (void)state;
    struct world w = world_make("work-save");
    struct rec_view *view = t_open(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card);
    struct tape bad = t_read(w.t->mem, "{\"resourceType\":\"Observation\",\"id\":\"x\",\"status\":\"final\","
                                       "\"code\":{\"text\":\"?\"}}");
    struct rec_item item = {.tape = &bad};
    worklist_set(view, WORK_KEPT, &URGENT, 1);
    assert_int_not_equal(rec_save(view, &item, 1, NULL, w.t->mem, NULL), SALVE_OK);
    assert_int_equal(count_of(w.t), 0);
    struct tape good = t_observation(w.t, view, 0, (struct t_value){"29463-7", "70", "kg"});
    item.tape = &good;
    t_must(rec_save(view, &item, 1, NULL, w.t->mem, &err));
    assert_int_equal(count_of(w.t), 1);
    t_close_view(&view);
    t_site_drop(w.t);
}

static void a_ticket_is_good_while_the_card_was_shown(void **state)
{
    (void)state;
    struct world w = world_make("work-shown");
    open_work(&w, URGENT);
    struct str ticket = only(w.t).ticket;
    assert_int_equal(only(w.t).reach, WORK_BY_SHOWN);
    assert_int_equal(open_code(w.t, T_CLINICIAN, PURPOSE_CARE, ticket), SALVE_OK);
    /* it is no card: for nobody's own record, and for no purpose that needs one */
    assert_int_equal(open_code(w.t, T_PERSON, PURPOSE_SELF, ticket), SALVE_E_NOT_FOUND);
    assert_int_equal(open_code(w.t, T_CLINICIAN, PURPOSE_FOLLOW_UP, ticket), SALVE_E_CONSENT);
    struct consent_grant grant = t_grant(PURPOSE_FOLLOW_UP);
    assert_int_equal(rec_consent_give(w.t->site, T_REGISTRAR, ticket, &grant, w.t->mem, NULL, NULL), SALVE_E_NOT_FOUND);
    /* each use is a use */
    t_site_at(w.t, T_SITE_NOW + 25 * MINUTE_MS);
    assert_int_equal(open_code(w.t, T_CLINICIAN, PURPOSE_CARE, ticket), SALVE_OK);
    t_site_at(w.t, T_SITE_NOW + 50 * MINUTE_MS);
    assert_int_equal(open_code(w.t, T_CLINICIAN, PURPOSE_CARE, ticket), SALVE_OK);
    t_site_at(w.t, T_SITE_NOW + 81 * MINUTE_MS);
    assert_int_equal(open_code(w.t, T_CLINICIAN, PURPOSE_CARE, ticket), SALVE_E_CONSENT);
    assert_int_equal(only(w.t).reach, WORK_BY_CARD);
    /* the card, shown again, counts again */
    assert_int_equal(open_code(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card), SALVE_OK);
    assert_int_equal(open_code(w.t, T_CLINICIAN, PURPOSE_CARE, ticket), SALVE_OK);
    t_site_drop(w.t);
}

static void the_day_ends_what_the_card_began(void **state)
{
    (void)state;
    struct world w = world_make("work-day");
    int64_t midnight = zone_day(zone_utc(), T_SITE_NOW).end_unix_ms + 1;
    t_site_at(w.t, midnight - 5 * MINUTE_MS);
    open_work(&w, URGENT);
    struct str ticket = only(w.t).ticket;
    t_site_at(w.t, midnight + MINUTE_MS);
    assert_int_equal(open_code(w.t, T_CLINICIAN, PURPOSE_CARE, ticket), SALVE_E_CONSENT);
    assert_int_equal(only(w.t).reach, WORK_BY_CARD);
    t_site_drop(w.t);
}

/* A clock that was set back says nothing about how long ago the card was shown. */
static void a_doubted_clock_is_no_showing(void **state)
{
    (void)state;
    struct world w = world_make("work-clock");
    open_work(&w, URGENT);
    struct str ticket = only(w.t).ticket;
    t_site_close(w.t);
    w.t->options.clock = clock_fixed(T_SITE_NOW - 2 * DAY_MS);
    t_site_open(w.t);
    assert_true(site_clock_suspect(w.t->site));
    assert_int_equal(open_code(w.t, T_CLINICIAN, PURPOSE_CARE, ticket), SALVE_E_CONSENT);
    assert_int_equal(only(w.t).entries[0].since_unix_ms, T_SITE_NOW);
    t_site_drop(w.t);
}

static void follow_up_opens_by_ticket_until_it_is_taken_back(void **state)
{
    (void)state;
    struct world w = world_make("work-follow");
    t_give(w.t, w.person.card, PURPOSE_FOLLOW_UP);
    open_work(&w, URGENT);
    struct str ticket = only(w.t).ticket;
    assert_int_equal(only(w.t).reach, WORK_BY_TICKET);
    t_site_at(w.t, T_SITE_NOW + DAY_MS);
    assert_int_equal(open_code(w.t, T_CLINICIAN, PURPOSE_CARE, ticket), SALVE_E_CONSENT);
    assert_int_equal(open_code(w.t, T_CLINICIAN, PURPOSE_FOLLOW_UP, ticket), SALVE_OK);
    assert_int_equal(open_code(w.t, T_CLINICIAN, PURPOSE_FOLLOW_UP, STR("000-000")), SALVE_E_NOT_FOUND);
    /* taken back: the alarm stays open, and waits for the card */
    t_withdraw(w.t, w.person.card, PURPOSE_FOLLOW_UP);
    assert_int_equal(open_code(w.t, T_CLINICIAN, PURPOSE_FOLLOW_UP, ticket), SALVE_E_CONSENT);
    assert_int_equal(only(w.t).reach, WORK_BY_CARD);
    t_withdraw(w.t, w.person.card, PURPOSE_CARE);
    assert_int_equal(count_of(w.t), 0);
    verify(w.t);
    t_site_drop(w.t);
}

/* Nobody came for it: the ticket opens nothing, and no row tells who did not. */
static void a_letter_waits_for_ninety_days(void **state)
{
    (void)state;
    struct world w = world_make("work-letter");
    t_give(w.t, w.person.card, PURPOSE_FOLLOW_UP);
    open_work(&w, LETTER);
    struct str ticket = only(w.t).ticket;
    t_site_at(w.t, T_SITE_NOW + 90ll * DAY_MS);
    assert_int_equal(only(w.t).entries[0].task, WORK_LETTER);
    assert_int_equal(open_code(w.t, T_CLINICIAN, PURPOSE_FOLLOW_UP, ticket), SALVE_OK);
    t_site_at(w.t, T_SITE_NOW + 90ll * DAY_MS + MINUTE_MS);
    assert_int_equal(open_code(w.t, T_CLINICIAN, PURPOSE_FOLLOW_UP, ticket), SALVE_E_NOT_FOUND);
    assert_int_equal(count_of(w.t), 0);
    verify(w.t);
    t_site_drop(w.t);
}

#ifndef T_SITE_FAR
/* What a program with fewer tasks wrote is read as it stands, and written whole with the next change. */
static void rows_from_before_the_last_tasks_are_read(void **state)
{
    enum { HEAD = 16 + 6 + 8, SLOT = 18, TASKS_THEN = 5, THEN = HEAD + TASKS_THEN * WORK_PARTS * SLOT };
    (void)state;
    struct world w = world_make("work-older");
    struct rec_tx tx;
    struct str *names = NULL, row;
    uint8_t plain[1024], sealed[1024];
    size_t count = 0;
    open_work(&w, URGENT);
    t_must(rec_tx_begin(w.t->site, false, w.t->mem, &tx, &err));
    t_must(store_commons_list(tx.store, STR("work/"), w.t->mem, &names, &count, &err));
    assert_int_equal(count, 1);
    t_must(store_commons_get(tx.store, names[0], w.t->mem, &row, &err));
    assert_true(row.len == HEAD + WORK_ENTRIES_MAX * SLOT + CRYPTO_SEAL_BYTES);
    t_must(crypto_open(rec_gate_key(w.t->site), names[0], row, plain, &err));
    crypto_seal(rec_gate_key(w.t->site), names[0], str_bytes(plain, THEN), sealed);
    t_must(store_commons_put(tx.store, names[0], str_bytes(sealed, THEN + CRYPTO_SEAL_BYTES), false, &err));
    t_must(rec_tx_commit(&tx, &err));
    rec_tx_abandon(&tx);
    assert_int_equal(only(w.t).entry_count, 1);
    assert_int_equal(only(w.t).entries[0].task, WORK_TELL);
    const struct work_entry talk = {.part = WORK_KEPT, .task = WORK_TALK, .urgency = 2};
    open_work(&w, talk);
    assert_int_equal(only(w.t).entries[0].task, WORK_TALK);
    /* but not one that was cut elsewhere */
    t_must(rec_tx_begin(w.t->site, false, w.t->mem, &tx, &err));
    crypto_seal(rec_gate_key(w.t->site), names[0], str_bytes(plain, THEN - 1), sealed);
    t_must(store_commons_put(tx.store, names[0], str_bytes(sealed, THEN - 1 + CRYPTO_SEAL_BYTES), false, &err));
    t_must(rec_tx_commit(&tx, &err));
    rec_tx_abandon(&tx);
    struct work *all = NULL;
    uint64_t unreadable = 0;
    t_must(worklist_all(w.t->site, T_ASSISTANT, WORK_LIST_OPEN, w.t->mem, &all, &count, &unreadable, &err));
    assert_int_equal(count, 0);
    assert_int_equal(unreadable, 1);
    t_site_drop(w.t);
}
#endif

/* Signed anew it waits from then; what else is open does not end with it. */
static void a_letter_that_is_signed_anew_waits_anew(void **state)
{
    (void)state;
    struct world w = world_make("work-anew");
    struct work_entry anew = LETTER, both[] = {LETTER, URGENT};
    anew.due_unix_ms += 80ll * DAY_MS;
    open_work(&w, LETTER);
    t_site_at(w.t, T_SITE_NOW + 80ll * DAY_MS);
    open_work(&w, LETTER);
    assert_int_equal(only(w.t).entries[0].since_unix_ms, T_SITE_NOW);
    open_work(&w, anew);
    assert_int_equal(only(w.t).entries[0].since_unix_ms, T_SITE_NOW + 80ll * DAY_MS);
    t_site_at(w.t, T_SITE_NOW + 100ll * DAY_MS);
    both[0] = anew;
    struct rec_view *view = t_open(w.t, T_ASSISTANT, PURPOSE_CARE, w.person.card);
    worklist_set(view, WORK_KEPT, both, 2);
    t_must(worklist_write(view, &err));
    t_close_view(&view);
    assert_int_equal(only(w.t).entry_count, 2);
    t_site_at(w.t, T_SITE_NOW + 171ll * DAY_MS);
    assert_int_equal(only(w.t).entry_count, 1);
    assert_int_equal(only(w.t).entries[0].task, WORK_TELL);
    verify(w.t);
    t_site_drop(w.t);
}

/* What is kept apart is read by care alone: it goes with care, the rest with the last agreement. */
static void care_that_is_taken_back_ends_what_only_care_opens(void **state)
{
    (void)state;
    struct world w = world_make("work-care");
    t_give(w.t, w.person.card, PURPOSE_FOLLOW_UP);
    open_work(&w, APART);
    assert_int_equal(only(w.t).reach, WORK_BY_SHOWN); /* follow-up does not read it */
    open_work(&w, URGENT);
    t_withdraw(w.t, w.person.card, PURPOSE_CARE);
    struct work work = only(w.t);
    assert_int_equal(work.entry_count, 1);
    assert_int_equal(work.entries[0].part, WORK_KEPT);
    t_withdraw(w.t, w.person.card, PURPOSE_FOLLOW_UP);
    assert_int_equal(count_of(w.t), 0);
    t_site_drop(w.t);
}

static void erasing_ends_all_of_it_and_two_people_are_two(void **state)
{
    (void)state;
    struct world w = world_make("work-erase"), other = w;
    struct rec_erasure erasure;
    other.person = t_enrol(w.t, "Brown", "1975-02-03");
    t_give(w.t, other.person.card, PURPOSE_CARE);
    open_work(&w, URGENT);
    open_work(&other, DRAFTS);
    assert_int_equal(count_of(w.t), 2);
    t_must(rec_erase(w.t->site, T_BESIDE, w.person.card, w.t->mem, &erasure, &err));
    assert_int_equal(only(w.t).entries[0].task, WORK_SIGN);
    verify(w.t);
    t_site_drop(w.t);
}

static void the_list_is_for_those_who_work_on_it(void **state)
{
    (void)state;
    struct world w = world_make("work-roles");
    struct work *all = NULL;
    size_t count = 0;
    struct str bytes;
    open_work(&w, URGENT);
    assert_int_equal(t_worklist(w.t->site, T_MANAGER, w.t->mem, &all, &count, NULL), SALVE_E_ROLE);
    assert_int_equal(t_worklist(w.t->site, T_TECHNICIAN, w.t->mem, &all, &count, NULL), SALVE_E_ROLE);
    assert_int_equal(t_worklist(w.t->site, T_PERSON, w.t->mem, &all, &count, NULL), SALVE_E_ROLE);
    t_must(t_worklist(w.t->site, T_REGISTRAR, w.t->mem, &all, &count, &err));
    t_must(commons_get(w.t->site, STR("work"), STR("read-2026-11"), w.t->mem, &bytes, &err));
    assert_true(str_find(bytes, STR("\"by\":\"desk-rosa\"")) >= 0);
    assert_int_equal(commons_put(w.t->site, T_CLINICIAN, STR("work"), STR("read-2026-11"), STR("{}"), NULL),
                     SALVE_E_INVALID);
    t_site_drop(w.t);
}

static void it_stands_after_a_restart_and_new_keys(void **state)
{
    (void)state;
    struct world w = world_make("work-keys");
    struct site_rotation rotation;
    t_give(w.t, w.person.card, PURPOSE_FOLLOW_UP);
    open_work(&w, URGENT);
    struct str ticket = only(w.t).ticket;
    for (int i = 0; i < 3; i++) t_must(site_rotate(w.t->site, T_TECHNICIAN, &rotation, &err));
    t_site_close(w.t);
    t_site_open(w.t);
    assert_true(str_eq(only(w.t).ticket, ticket));
    assert_int_equal(open_code(w.t, T_CLINICIAN, PURPOSE_FOLLOW_UP, ticket), SALVE_OK);
    verify(w.t);
    t_site_drop(w.t);
}

/* A card code that stands in a file is no showing. */
static void a_file_of_people_shows_no_card(void **state)
{
    (void)state;
    struct world w = world_make("work-rows");
    struct rec_view *view = NULL;
    struct rec_ask ask = {.actor = T_ASSISTANT, .purpose = PURPOSE_CARE, .who = w.person.card, .is_away = true};
    t_must(rec_open(w.t->site, &ask, &view, &err));
    set(view, URGENT);
    t_close_view(&view);
    assert_int_equal(only(w.t).reach, WORK_BY_CARD);
    assert_int_equal(open_code(w.t, T_CLINICIAN, PURPOSE_CARE, only(w.t).ticket), SALVE_E_CONSENT);
    t_site_drop(w.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_is_a_ticket_and_tasks),
        cmocka_unit_test(who_sees_one_part_ends_no_other),
        cmocka_unit_test(an_entry_goes_with_its_save),
        cmocka_unit_test(a_ticket_is_good_while_the_card_was_shown),
        cmocka_unit_test(the_day_ends_what_the_card_began),
        cmocka_unit_test(a_doubted_clock_is_no_showing),
        cmocka_unit_test(follow_up_opens_by_ticket_until_it_is_taken_back),
        cmocka_unit_test(a_letter_waits_for_ninety_days),
        cmocka_unit_test(a_letter_that_is_signed_anew_waits_anew),
#ifndef T_SITE_FAR
        cmocka_unit_test(rows_from_before_the_last_tasks_are_read),
#endif
        cmocka_unit_test(care_that_is_taken_back_ends_what_only_care_opens),
        cmocka_unit_test(erasing_ends_all_of_it_and_two_people_are_two),
        cmocka_unit_test(the_list_is_for_those_who_work_on_it),
        cmocka_unit_test(it_stands_after_a_restart_and_new_keys),
        cmocka_unit_test(a_file_of_people_shows_no_card),
    };
    return t_run(tests);
}
