/* SPDX-License-Identifier: Apache-2.0
 *
 * What the process that holds a site does beside answering: secrets that are checked on threads, and the work of the
 * clock, with no request that would bring it along. */
#include <poll.h>

#include "records/gate.h"
#include "t_site.h"
#include "tlog/tlog.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, HOUR_MS = 60 * MINUTE_MS };
#define DAY_MS    ((int64_t)24 * HOUR_MS)
#define OTHER_PIN STR("864209")

static struct t_site *t;
static struct desk *desk;
static _Atomic int64_t wall_ms;

static int64_t wall(const struct clock *clock)
{
    (void)clock;
    return wall_ms;
}

/* --- secrets on threads ------------------------------------------------------------------------------------------- */

static enum salve_code ask(enum desk_wish wish, struct str id, struct str secret, uint64_t source, uint64_t tag)
{
    struct desk_ask this = {.wish = wish, .id = id, .secret = secret, .source = source, .tag = tag};
    return desk_begin(desk, &this, NULL);
}

static enum salve_code ask_unlock(const struct session *session, struct str secret)
{
    struct desk_ask this = {.wish = DESK_UNLOCK, .token = session->token, .secret = secret, .source = 1, .tag = 1};
    return desk_begin(desk, &this, NULL);
}

/* Waits for the next one that is done. */
static enum salve_code next(uint64_t *tag, struct session *out)
{
    struct pollfd ready = {.fd = desk_fd(desk), .events = POLLIN};
    for (;;) {
        bool has = false;
        enum salve_code code = desk_finish(desk, t->mem, &has, tag, out, NULL);
        if (has) return code;
        assert_int_equal(poll(&ready, 1, 60000), 1);
    }
}

static enum salve_code result(struct session *out)
{
    uint64_t tag;
    return next(&tag, out);
}

static void each_gets_its_own_answer(void **state)
{
    (void)state;
    const enum salve_code want[] = {SALVE_OK, SALVE_E_PIN, SALVE_E_PIN, SALVE_OK};
    bool seen[4] = {false};
    assert_ok(ask(DESK_SESSION, T_ASSISTANT.id, T_PIN, 1, 0));
    assert_ok(ask(DESK_SESSION, T_CLINICIAN.id, OTHER_PIN, 2, 1));
    assert_ok(ask(DESK_SESSION, STR("nobody-here"), T_PIN, 1, 2));
    assert_ok(ask(DESK_LOGIN, T_MANAGER.id, T_PIN, 2, 3));
    for (int i = 0; i < 4; i++) {
        struct session session = {.lock_seconds = 0};
        struct actor actor;
        uint64_t tag = 0;
        enum salve_code code = next(&tag, &session);
        assert_true(tag < 4);
        assert_code(code, want[tag]);
        assert_false(seen[tag]);
        seen[tag] = true;
        if (tag == 0) t_must(session_actor(t->site, session.token, t->mem, &actor, &err));
        if (tag == 3) assert_memory_equal(session.actor.pass, T_MANAGER.pass, ACTOR_PASS_BYTES);
    }
    bool has = true;
    uint64_t tag;
    struct session session;
    assert_ok(desk_finish(desk, t->mem, &has, &tag, &session, NULL));
    assert_false(has);
    struct pollfd ready = {.fd = desk_fd(desk), .events = POLLIN};
    assert_int_equal(poll(&ready, 1, 0), 0); /* nobody wakes for nothing */
}

static void a_source_has_four_and_all_have_a_limit(void **state)
{
    (void)state;
    struct session session;
    for (uint64_t i = 0; i < DESK_SOURCE_MAX; i++) assert_ok(ask(DESK_LOGIN, T_ASSISTANT.id, T_PIN, 7, i));
    assert_code(ask(DESK_LOGIN, T_ASSISTANT.id, T_PIN, 7, 9), SALVE_E_QUOTA);
    for (uint64_t i = DESK_SOURCE_MAX; i < DESK_MAX; i++) {
        struct str id = arena_printf(t->mem, "nobody-%d", (int)i);
        assert_ok(ask(DESK_LOGIN, id, T_PIN, 100 + i, i));
    }
    assert_code(ask(DESK_LOGIN, T_ASSISTANT.id, T_PIN, 8, 9), SALVE_E_BUSY);
    for (int i = 0; i < DESK_MAX; i++) (void)!result(&session);
    assert_ok(ask(DESK_LOGIN, T_ASSISTANT.id, T_PIN, 7, 9));
    assert_ok(result(&session));
}

/* Before it is looked at: five that run together are five. */
static void tries_that_run_together_are_counted(void **state)
{
    (void)state;
    struct session session;
    for (uint64_t i = 0; i < 5; i++) assert_ok(ask(DESK_SESSION, T_ASSISTANT.id, OTHER_PIN, i, i));
    assert_code(ask(DESK_SESSION, T_ASSISTANT.id, T_PIN, 9, 9), SALVE_E_PIN);
    for (int i = 0; i < 5; i++) assert_code(result(&session), SALVE_E_PIN);
    assert_code(session_begin(t->site, T_ASSISTANT.id, T_PIN, t->mem, &session, NULL), SALVE_E_PIN);
    wall_ms += 61 * SECOND_MS;
    /* a right one takes back those till then; a wrong one that comes out behind it counts again */
    assert_ok(ask(DESK_SESSION, T_ASSISTANT.id, T_PIN, 1, 1));
    assert_ok(result(&session));
    for (int i = 0; i < 5; i++) {
        assert_ok(ask(DESK_SESSION, T_ASSISTANT.id, OTHER_PIN, 1, 1));
        assert_code(result(&session), SALVE_E_PIN);
    }
    assert_code(ask(DESK_SESSION, T_ASSISTANT.id, T_PIN, 1, 1), SALVE_E_PIN);
}

static void what_is_given_up_gives_its_try_back(void **state)
{
    (void)state;
    struct session session;
    for (int round = 0; round < 3; round++) {
        for (uint64_t i = 0; i < 3; i++) assert_ok(ask(DESK_SESSION, T_ASSISTANT.id, T_PIN, i, i));
        desk_close(&desk);
        t_must(desk_open(t->site, &desk, &err));
    }
    assert_ok(session_begin(t->site, T_ASSISTANT.id, T_PIN, t->mem, &session, NULL));
}

static void an_unlocking_is_of_its_session(void **state)
{
    (void)state;
    struct session session, fresh, other;
    struct actor actor;
    t_must(session_begin(t->site, T_ASSISTANT.id, T_PIN, t->mem, &session, &err));
    t_must(session_lock(t->site, session.token, &err));
    assert_ok(ask_unlock(&session, T_PIN));
    assert_ok(result(&fresh));
    t_must(session_actor(t->site, fresh.token, t->mem, &actor, &err));
    assert_code(ask_unlock(&session, T_PIN), SALVE_E_SESSION);
    assert_ok(ask_unlock(&fresh, T_PIN)); /* it ends meanwhile */
    t_must(session_end(t->site, fresh.token, &err));
    t_must(session_begin(t->site, T_ASSISTANT.id, T_PIN, t->mem, &other, &err));
    assert_code(result(&fresh), SALVE_E_SESSION);
}

static void who_leaves_meanwhile_does_not_come_in(void **state)
{
    (void)state;
    struct session session;
    assert_ok(ask(DESK_SESSION, T_ASSISTANT.id, T_PIN, 1, 1));
    t_must(staff_pin_set(t->site, T_ASSISTANT, NULL, T_ASSISTANT.id, OTHER_PIN, &err));
    assert_code(result(&session), SALVE_E_PIN);
    assert_ok(ask(DESK_SESSION, T_ASSISTANT.id, OTHER_PIN, 1, 1));
    t_must(staff_retire(t->site, T_MANAGER, NULL, T_ASSISTANT.id, &err));
    assert_code(result(&session), SALVE_E_PIN);
}

/* --- the clock ---------------------------------------------------------------------------------------------------- */

static void tick(void)
{
    bool has_more = true;
    for (int i = 0; has_more; i++) {
        assert_true(i < 100);
        t_must(site_tick(t->site, &has_more, &err));
    }
}

static struct rec_receipt saved(struct rec_view *view)
{
    struct str id;
    struct rec_receipt receipt;
    t_must(rec_new_id(view, t->mem, &id, &err));
    struct tape tape = t_weight(t, view, id, "71");
    struct rec_item item = {.tape = &tape};
    t_must(rec_save(view, &item, 1, &receipt, t->mem, &err));
    return receipt;
}

static size_t unsigned_looks(struct str card)
{
    struct rec_look *looks = NULL;
    size_t count = 0, missing = 0, unsigned_count = 0;
    struct rec_view *own = t_open(t, T_PERSON, PURPOSE_SELF, card);
    t_must(rec_looked(own, t->mem, &looks, &count, &missing, &err));
    for (size_t i = 0; i + 1 < count; i++) unsigned_count += looks[i].is_unsigned; /* the last is this look */
    t_close_view(&own);
    return unsigned_count;
}

static struct str published(void)
{
    struct str text;
    t_must(file_read(arena_printf(t->mem, "%s/checkpoint", t->folder).ptr, 1 << 16, t->mem, &text, &err));
    return text;
}

static void receipts_say_when_the_clock_signs(void **state)
{
    (void)state;
    tick();
    struct str card = t_enrol(t, "Haddad", "1980-01-01").card;
    t_give(t, card, PURPOSE_CARE);
    wall_ms += 6 * SECOND_MS;
    tick();
    struct rec_view *view = t_open(t, T_ASSISTANT, PURPOSE_CARE, card);
    struct rec_receipt receipt = saved(view);
    assert_int_equal(receipt.text.len, 0);
    assert_true(receipt.proof_from_unix_ms > wall_ms && receipt.proof_from_unix_ms <= wall_ms + 5 * SECOND_MS);
    wall_ms += 4 * SECOND_MS;
    tick();
    assert_true(unsigned_looks(card) > 0); /* not before five seconds are over */
    wall_ms = receipt.proof_from_unix_ms;
    tick();
    assert_int_equal(unsigned_looks(card), 0);
    t_close_view(&view);
}

static void requests_leave_signing_to_the_clock(void **state)
{
    (void)state;
    tick();
    struct str card = t_enrol(t, "Haddad", "1980-01-01").card;
    t_give(t, card, PURPOSE_CARE);
    wall_ms += 10 * MINUTE_MS;
    struct rec_view *view = t_open(t, T_ASSISTANT, PURPOSE_CARE, card);
    struct rec_receipt receipt = saved(view);
    assert_int_equal(receipt.text.len, 0);
    assert_true(receipt.proof_from_unix_ms == wall_ms + GATE_TICK_MS);
    t_close_view(&view);
    wall_ms += GATE_TICK_MS;
    tick();
    assert_int_equal(unsigned_looks(card), 0);
}

static void what_everybody_sees_changes_once_an_hour(void **state)
{
    (void)state;
    struct str card = t_enrol(t, "Haddad", "1980-01-01").card;
    wall_ms += 6 * SECOND_MS;
    tick();
    struct str first = published();
    for (int i = 0; i < 3; i++) {
        wall_ms += 6 * SECOND_MS;
        t_give(t, card, PURPOSE_CARE);
        tick();
    }
    assert_int_equal(unsigned_looks(card), 0);
    assert_true(str_eq(published(), first));
    wall_ms += HOUR_MS;
    tick();
    struct str second = published();
    assert_false(str_eq(second, first));
    wall_ms += 6 * SECOND_MS;
    t_give(t, card, PURPOSE_CARE);
    tick();
    assert_true(str_eq(published(), second));
    t_site_close(t); /* and at the end it is the newest */
    assert_false(str_eq(published(), second));
    t_site_open(t);
}

static void a_clock_on_which_nothing_is_new_writes_nothing(void **state)
{
    (void)state;
    struct site_facts before, after;
    wall_ms += 6 * SECOND_MS;
    tick();
    t_must(site_facts(t->site, t->mem, &before, &err));
    for (int i = 0; i < 100; i++) {
        wall_ms += 10 * SECOND_MS;
        tick();
    }
    t_must(site_facts(t->site, t->mem, &after, &err));
    assert_true(after.log_size == before.log_size);
}

static uint64_t published_size(void)
{
    struct tlog_checkpoint head;
    t_must(tlog_checkpoint_parse(published(), &head, &err));
    return head.size;
}

/* One leaf in an hour, or sixteen, or none: what is published looks the same. */
static void an_hour_in_which_nobody_came_looks_like_another(void **state)
{
    (void)state;
    (void)t_enrol(t, "Haddad", "1980-01-01");
    wall_ms += 6 * SECOND_MS;
    tick();
    uint64_t before = published_size();
    for (int hour = 0; hour < 4; hour++) {
        if (hour == 2) (void)t_enrol(t, "Okafor", "1980-01-01");
        for (int i = 0; i < 13; i++) {
            wall_ms += 5 * MINUTE_MS;
            tick();
        }
        uint64_t now = published_size();
        assert_int_equal(now, before + TLOG_PAD_MULTIPLE);
        before = now;
    }
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    t_must(site_verify(t->site, &ask, &result, &err));
}

/* Nobody uses the site, and the day of three erasures is over. */
static void erasures_need_no_request_and_come_one_by_one(void **state)
{
    (void)state;
    struct str cards[3];
    struct rec_view *view = NULL;
    struct rec_erasure erasure;
    bool has_more = true;
    int calls = 0;
    for (int i = 0; i < 3; i++) {
        cards[i] = t_enrol(t, "Haddad", "1980-01-01").card;
        t_must(rec_erase_ask(t->site, T_PERSON, cards[i], t->mem, &erasure, &err));
    }
    wall_ms = erasure.due_unix_ms + MINUTE_MS;
    for (; has_more; calls++) t_must(site_tick(t->site, &has_more, &err));
    assert_true(calls >= 4); /* the keys are a day old too, and were renewed before */
    for (int i = 0; i < 3; i++) assert_code(t_open_code(t, T_PERSON, PURPOSE_SELF, cards[i], &view), SALVE_E_NOT_FOUND);
}

static void keys_are_renewed_by_the_clock(void **state)
{
    (void)state;
    struct site_facts before, after;
    t_must(site_facts(t->site, t->mem, &before, &err));
    wall_ms += DAY_MS + MINUTE_MS;
    tick();
    t_must(site_facts(t->site, t->mem, &after, &err));
    assert_true(after.kek_epoch > before.kek_epoch);
    assert_true(after.rotated_at_unix_ms >= wall_ms - SECOND_MS);
}

/* Between the pieces of a renewal everything goes on, also what makes and takes away keys; a copy of any moment opens,
 * and so does the site after any end. */
static void a_renewal_comes_in_pieces_between_requests(void **state)
{
    (void)state;
    enum { PEOPLE = 60 };
    struct str cards[PEOPLE], copy = arena_printf(t->mem, "%s-copy", t->folder);
    struct rec_view *view = NULL;
    struct site_facts before, after;
    struct site_verify_result result;
    struct site_verify_ask ask_all = {.actor = T_TECHNICIAN};
    bool has_more = true;
    int pieces = 0;
    for (int i = 0; i < PEOPLE; i++) {
        cards[i] = t_enrol(t, "Haddad", "1980-01-01").card;
        t_give(t, cards[i], PURPOSE_CARE);
    }
    tick();
    t_must(site_facts(t->site, t->mem, &before, &err));
    wall_ms += DAY_MS + MINUTE_MS;
    for (; has_more; pieces++) {
        int who = pieces % PEOPLE;
        t_must(site_tick(t->site, &has_more, &err));
        if (!has_more) break;
        view = t_open(t, T_ASSISTANT, PURPOSE_CARE, cards[who]);
        (void)t_save_weight(t, view, "71");
        t_close_view(&view);
        t_withdraw(t, cards[who], PURPOSE_CARE);
        t_give(t, cards[who], PURPOSE_FOLLOW_UP);
        t_copy(t->folder, copy.ptr); /* as a killed process would leave it */
        struct t_site left = *t;
        (void)snprintf(left.folder, sizeof left.folder, "%s", copy.ptr);
        left.options.path = left.folder;
        t_site_open(&left);
        view = t_open(&left, T_ASSISTANT, PURPOSE_CARE, cards[PEOPLE - 1]);
        assert_true(t_count(view) > 0);
        t_close_view(&view);
        assert_code(t_open_code(&left, T_ASSISTANT, PURPOSE_CARE, cards[who], &view), SALVE_E_CONSENT);
        t_must(site_verify(left.site, &ask_all, &result, &err));
        t_site_close(&left);
        t_remove(copy.ptr);
    }
    assert_true(pieces >= 6);
    t_must(site_facts(t->site, t->mem, &after, &err));
    assert_int_equal(after.kek_epoch, before.kek_epoch + 1);
    t_must(site_verify(t->site, &ask_all, &result, &err));
    wall_ms += DAY_MS + MINUTE_MS;
    for (int i = 0; i < 3; i++) t_must(site_tick(t->site, &has_more, &err));
    t_site_close(t); /* in the middle: it is done first */
    t_site_open(t);
    t_must(site_facts(t->site, t->mem, &after, &err));
    assert_int_equal(after.kek_epoch, before.kek_epoch + 2);
    wall_ms += 8 * DAY_MS; /* more than half the horizon: twice at once */
    tick();
    t_must(site_facts(t->site, t->mem, &after, &err));
    assert_int_equal(after.kek_epoch, before.kek_epoch + 4);
    view = t_open(t, T_ASSISTANT, PURPOSE_CARE, cards[PEOPLE - 1]);
    t_close_view(&view);
}

static void a_doubted_clock_does_nothing(void **state)
{
    (void)state;
    struct str card = t_enrol(t, "Haddad", "1980-01-01").card;
    struct rec_erasure erasure;
    struct site_facts before, after;
    t_must(rec_erase_ask(t->site, T_PERSON, card, t->mem, &erasure, &err));
    tick();
    t_must(site_facts(t->site, t->mem, &before, &err));
    wall_ms += 60 * DAY_MS;
    tick();
    assert_true(site_clock_suspect(t->site));
    t_must(site_facts(t->site, t->mem, &after, &err));
    assert_int_equal(after.kek_epoch, before.kek_epoch);
    wall_ms -= 60 * DAY_MS;
    struct rec_view *own = t_open(t, T_PERSON, PURPOSE_SELF, card);
    t_close_view(&own);
}

/* --- running ------------------------------------------------------------------------------------------------------ */

static int make(void **state)
{
    (void)state;
    t = t_site_make("gate", false);
    wall_ms = T_SITE_NOW;
    t_site_close(t);
    t->options.clock = (struct clock){.now_unix_ms = wall};
    t_site_open(t);
    t_must(desk_open(t->site, &desk, &err));
    return 0;
}

static int drop(void **state)
{
    (void)state;
    desk_close(&desk);
    t_site_drop(t);
    return 0;
}

#define gate_test(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        gate_test(each_gets_its_own_answer),
        gate_test(a_source_has_four_and_all_have_a_limit),
        gate_test(tries_that_run_together_are_counted),
        gate_test(what_is_given_up_gives_its_try_back),
        gate_test(an_unlocking_is_of_its_session),
        gate_test(who_leaves_meanwhile_does_not_come_in),
        gate_test(receipts_say_when_the_clock_signs),
        gate_test(requests_leave_signing_to_the_clock),
        gate_test(what_everybody_sees_changes_once_an_hour),
        gate_test(a_clock_on_which_nothing_is_new_writes_nothing),
        gate_test(an_hour_in_which_nobody_came_looks_like_another),
        gate_test(erasures_need_no_request_and_come_one_by_one),
        gate_test(keys_are_renewed_by_the_clock),
        gate_test(a_renewal_comes_in_pieces_between_requests),
        gate_test(a_doubted_clock_does_nothing),
    };
    return t_run(tests);
}
