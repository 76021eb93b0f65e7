/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages of the lists of open work: their order, what is met while others write, rows that do not open, and that the
 * orders in memory are those of the rows whatever was written. */
#include "crypto/crypto.h"
#include "guideline/finding.h"
#include "records/view_int.h"
#include "records/who_int.h"
#include "records/work_list_int.h"
#include "store/store.h"
#include "t_rows.h"
#include "t_site.h"

/* One entry for a person who is nobody, as a save would leave it. */
static void apply(struct rec_tx *tx, struct compartment id, enum work_task task, uint32_t urgency, int64_t due_unix_ms)
{
    struct rec_work_change change = {.is_meant[WORK_KEPT] = true};
    if (task < WORK_TASKS)
        change.slots[task][WORK_KEPT] =
            (struct rec_work_slot){.is_open = true, .urgency = urgency, .due_unix_ms = due_unix_ms};
    t_must(rec_work_apply(tx, id, &change, false, &err));
}

/* --- a list of many ----------------------------------------------------------------------------------------------- */

static const uint32_t urgencies[] = {URGENCY_EMERGENCY_NOW, URGENCY_SAME_DAY, URGENCY_SOON, URGENCY_ROUTINE,
                                     URGENCY_NONE};

static void fill(struct site *site, size_t people)
{
    enum { AT_ONCE = 1000 };
    for (size_t done = 0; done < people;) {
        struct rec_tx tx;
        struct arena *mem = arena_open_private(512 << 20);
        t_must(rec_tx_begin(site, false, mem, &tx, &err));
        for (size_t i = 0; i < AT_ONCE && done < people; i++, done++) {
            struct compartment id;
            crypto_random(id.bytes, sizeof id.bytes);
            apply(&tx, id, done % 2 == 0 ? WORK_TELL : WORK_SIGN, urgencies[done % 5], T_SITE_NOW);
        }
        t_must(rec_tx_commit(&tx, &err));
        rec_tx_abandon(&tx);
        arena_close(mem);
    }
}

static uint32_t urgency_of(const struct work *work)
{
    uint32_t least = UINT32_MAX;
    for (size_t i = 0; i < work->entry_count; i++)
        if (work->entries[i].urgency < least) least = work->entries[i].urgency;
    return least;
}

static struct work_page read_page(struct t_site *t, enum work_list list, uint64_t most, struct str after)
{
    struct work_page page;
    const struct work_ask ask = {.list = list, .most = most, .after = after};
    t_must(worklist_page(t->site, T_CLINICIAN, &ask, t->mem, &page, &err));
    return page;
}

/* More than a list through the door may have: asked for in pages it has no end, each ticket once, alarms first. */
static void a_list_has_no_end(void **state)
{
    enum { MANY = T_IS_SANITIZED ? 3000 : 70000 };
    (void)state;
    struct t_site *t = t_site_make("worklist-many", false);
#ifdef T_SITE_FAR
    struct site *near = NULL;
    t_site_close(t);
    t_must(site_open(&t->options, &near, &err));
    fill(near, MANY);
    t_must(site_close(&near, &err));
    t_site_open(t);
#else
    fill(t->site, MANY);
#endif
    size_t met = 0;
    uint32_t before = 0;
    struct work_page page = read_page(t, WORK_LIST_OPEN, WORK_PAGE_MAX, STR(""));
    assert_int_equal(page.total, MANY);
    for (size_t i = 0; i < 5; i++) /* the fourth and the fifth urgency share the last group */
        assert_int_equal(page.groups[i], i < 3 ? MANY / 5 : i == 3 ? 0 : 2 * MANY / 5);
    for (;;) {
        for (size_t i = 0; i < page.count; i++, met++) {
            assert_true(urgency_of(&page.all[i]) >= before);
            before = urgency_of(&page.all[i]);
        }
        assert_false(page.is_again);
        if (page.next.len == 0) break;
        assert_int_equal(page.count, WORK_PAGE_MAX);
        page = read_page(t, WORK_LIST_OPEN, WORK_PAGE_MAX, page.next);
    }
    assert_int_equal(met, MANY);
    struct work *all = NULL;
    size_t count = 0;
    uint64_t unreadable = 7;
    t_must(worklist_all(t->site, T_CLINICIAN, WORK_LIST_OPEN, t->mem, &all, &count, &unreadable, &err));
    assert_int_equal(count, MANY);
    assert_int_equal(unreadable, 0);
    t_site_drop(t);
}

/* --- each list in its order --------------------------------------------------------------------------------------- */

static void what_is_no_place_is_refused(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("worklist-refused", false);
    static const char *const places[] = {"x", "0123456789abcdef",
                                         "zz34567890123456789012345678901234567890123456789012345678901234567890ab"};
    struct work_page page;
    struct work_ask ask = {.list = WORK_LIST_OPEN, .most = 1, .after = STR("")};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        ask.after = str_of(places[i]);
        assert_code(worklist_page(t->site, T_CLINICIAN, &ask, t->mem, &page, NULL), SALVE_E_INVALID);
    }
    ask = (struct work_ask){.list = WORK_LIST_OPEN, .most = 0, .after = STR("")};
    assert_code(worklist_page(t->site, T_CLINICIAN, &ask, t->mem, &page, NULL), SALVE_E_INVALID);
    ask = (struct work_ask){.list = WORK_LIST_REMINDERS, .most = 1, .after = STR("")};
    assert_code(worklist_page(t->site, T_CLINICIAN, &ask, t->mem, &page, NULL), SALVE_E_ROLE);
    t_must(worklist_page(t->site, T_REGISTRAR, &ask, t->mem, &page, &err));
    ask.list = WORK_LIST_OPEN;
    assert_code(worklist_page(t->site, T_MANAGER, &ask, t->mem, &page, NULL), SALVE_E_ROLE);
    t_site_drop(t);
}

#ifndef T_SITE_FAR
enum { DAY_MS = 24 * 3600 * 1000, PEOPLE = 260, MINUTE_MS = 60 * 1000 };

struct world {
    struct t_site *t;
    struct compartment ids[PEOPLE];
};

static struct world world_make(const char *name)
{
    struct world w = {.t = t_site_make(name, false)};
    for (size_t i = 0; i < PEOPLE; i++) crypto_random(w.ids[i].bytes, sizeof w.ids[i].bytes);
    return w;
}

static void write_one(struct site *site, struct arena *mem, struct compartment id, enum work_task task,
                      uint32_t urgency)
{
    struct rec_tx tx;
    t_must(rec_tx_begin(site, false, mem, &tx, &err));
    apply(&tx, id, task, urgency, T_SITE_NOW);
    t_must(rec_tx_commit(&tx, &err));
    rec_tx_abandon(&tx);
}

static void who_waits_longest_is_first_among_equals(void **state)
{
    (void)state;
    struct world w = world_make("worklist-order");
    write_one(w.t->site, w.t->mem, w.ids[0], WORK_SIGN, URGENCY_NONE);
    write_one(w.t->site, w.t->mem, w.ids[1], WORK_TELL, URGENCY_SAME_DAY);
    t_site_at(w.t, T_SITE_NOW + MINUTE_MS);
    write_one(w.t->site, w.t->mem, w.ids[2], WORK_TELL, URGENCY_SAME_DAY);
    write_one(w.t->site, w.t->mem, w.ids[3], WORK_TELL, URGENCY_EMERGENCY_NOW);
    write_one(w.t->site, w.t->mem, w.ids[4], WORK_SCREEN, URGENCY_ROUTINE);
    write_one(w.t->site, w.t->mem, w.ids[5], WORK_SIGN, URGENCY_SOON); /* drafts count, too */
    static const uint32_t want[] = {URGENCY_EMERGENCY_NOW, URGENCY_SAME_DAY, URGENCY_SAME_DAY,
                                    URGENCY_SOON,          URGENCY_ROUTINE,  URGENCY_NONE};
    struct work_page page = read_page(w.t, WORK_LIST_OPEN, WORK_PAGE_MAX, STR(""));
    assert_int_equal(page.count, 6);
    for (size_t i = 0; i < 6; i++) assert_int_equal(urgency_of(&page.all[i]), want[i]);
    assert_int_equal(page.all[1].entries[0].since_unix_ms, T_SITE_NOW);
    assert_int_equal(page.all[2].entries[0].since_unix_ms, T_SITE_NOW + MINUTE_MS);
    assert_int_equal(page.groups[WORK_GROUP_INCOMPLETE], 1);
    assert_int_equal(page.groups[WORK_GROUP_REST], 1);
    assert_int_equal(page.next.len, 0);
    t_site_drop(w.t);
}

/* --- while others write ------------------------------------------------------------------------------------------- */

/* The page after it begins with what became urgent in front of it, and the rest goes on where it was. */
static void an_alarm_that_comes_between_pages_is_on_the_next(void **state)
{
    (void)state;
    struct world w = world_make("worklist-between");
    for (size_t i = 0; i < 20; i++) write_one(w.t->site, w.t->mem, w.ids[i], WORK_SIGN, URGENCY_NONE);
    struct work_page first = read_page(w.t, WORK_LIST_OPEN, 5, STR(""));
    write_one(w.t->site, w.t->mem, w.ids[20], WORK_TELL, URGENCY_EMERGENCY_NOW);
    struct work_page second = read_page(w.t, WORK_LIST_OPEN, 5, first.next);
    assert_int_equal(urgency_of(&second.all[0]), URGENCY_EMERGENCY_NOW);
    assert_int_equal(urgency_of(&second.all[1]), URGENCY_NONE);
    assert_int_equal(second.total, 21);
    assert_false(second.is_again);
    /* it was met: the third page does not have it again */
    struct work_page third = read_page(w.t, WORK_LIST_OPEN, 5, second.next);
    assert_int_equal(urgency_of(&third.all[0]), URGENCY_NONE);
    /* the same place twice is the same page, but for what came since */
    struct work_page again = read_page(w.t, WORK_LIST_OPEN, 5, second.next);
    for (size_t i = 0; i < 5; i++) assert_true(str_eq(third.all[i].ticket, again.all[i].ticket));
    /* more of it than a page takes: from the front */
    for (size_t i = 21; i < 30; i++) write_one(w.t->site, w.t->mem, w.ids[i], WORK_TELL, URGENCY_SAME_DAY);
    again = read_page(w.t, WORK_LIST_OPEN, 5, third.next);
    assert_true(again.is_again);
    assert_int_equal(urgency_of(&again.all[0]), URGENCY_EMERGENCY_NOW);
    /* the orders of another run know no place of this one */
    t_site_close(w.t);
    t_site_open(w.t);
    again = read_page(w.t, WORK_LIST_OPEN, 5, third.next);
    assert_true(again.is_again);
    assert_int_equal(urgency_of(&again.all[0]), URGENCY_EMERGENCY_NOW);
    t_site_drop(w.t);
}

struct model {
    bool is_there[PEOPLE], was_there[PEOPLE], is_met[PEOPLE];
};

static uint32_t below(uint32_t n)
{
    uint32_t number = 0;
    crypto_random(&number, sizeof number);
    return number % n;
}

static void one_write(struct world *w, struct model *model)
{
    size_t who = below(PEOPLE);
    struct arena *mem = arena_open_private(16 << 20);
    bool ends = below(4) == 0;
    write_one(w->t->site, mem, w->ids[who],
              ends            ? WORK_TASKS
              : below(2) == 0 ? WORK_TELL
                              : WORK_SIGN,
              urgencies[below(5)]);
    model->is_there[who] = !ends;
    if (ends) model->was_there[who] = false;
    arena_close(mem);
}

static size_t who_has(const struct world *w, const struct rec_work *rows, size_t count, struct str ticket)
{
    struct rec_code code;
    assert_true(rec_code_read(REC_CODE_TICKET, ticket, &code));
    for (size_t i = 0; i < count; i++)
        if (memcmp(rows[i].ticket, code.values, DAY_TICKET_CHARS) == 0)
            for (size_t who = 0; who < PEOPLE; who++)
                if (compartment_eq(w->ids[who], rows[i].id)) return who;
    fail();
    return 0;
}

static void meet(const struct world *w, const struct work_page *page, struct model *model)
{
    struct rec_tx tx;
    struct rec_work *rows = NULL;
    size_t count = 0;
    struct arena *mem = arena_open_private(64 << 20);
    t_must(rec_tx_begin(w->t->site, true, mem, &tx, &err));
    t_must(rec_work_all(&tx, &rows, &count, &err));
    rec_tx_abandon(&tx);
    assert_int_equal(page->total, count);
    for (size_t i = 0; i < page->count; i++) {
        model->is_met[who_has(w, rows, count, page->all[i].ticket)] = true;
        if (i > 0) assert_true(urgency_of(&page->all[i]) >= urgency_of(&page->all[i - 1]));
    }
    arena_close(mem);
}

/* Who follows the pages to their end meets each ticket that was there all the time. */
static void nothing_is_dropped_whatever_others_write(void **state)
{
    enum { WALKS = T_IS_SANITIZED ? 3 : 20 };
    (void)state;
    struct world w = world_make("worklist-walks");
    struct model model = {0};
    for (int i = 0; i < PEOPLE; i++) one_write(&w, &model);
    for (int walk = 0; walk < WALKS; walk++) {
        memcpy(model.was_there, model.is_there, sizeof model.is_there);
        memset(model.is_met, 0, sizeof model.is_met);
        uint64_t most = 2 + below(20);
        size_t writes = below(4);
        struct work_page page = read_page(w.t, WORK_LIST_OPEN, most, STR(""));
        meet(&w, &page, &model);
        while (page.next.len > 0) {
            for (size_t i = 0; i < writes && i + 2 < most; i++) one_write(&w, &model);
            page = read_page(w.t, WORK_LIST_OPEN, most, page.next);
            meet(&w, &page, &model);
        }
        for (size_t i = 0; i < PEOPLE; i++) assert_true(!model.was_there[i] || model.is_met[i]);
    }
    t_site_drop(w.t);
}

/* --- the orders and the rows -------------------------------------------------------------------------------------- */

/* All that the orders say, but for what is of these orders alone. */
static void same_orders(const struct work_orders *a, const struct work_orders *b)
{
    for (int order = 0; order < WORK_ORDERS; order++) {
        struct work_key x = {0}, y = {0}, *after_x = NULL, *after_y = NULL;
        struct work_facts of_x, of_y;
        if (order == WORK_ORDER_CHANGED) continue;
        for (;;) {
            bool has_x = work_orders_next(a, (enum work_order)order, after_x, &x, &of_x);
            bool has_y = work_orders_next(b, (enum work_order)order, after_y, &y, &of_y);
            assert_int_equal(has_x, has_y);
            if (!has_x) break;
            assert_int_equal(work_key_cmp(x, y), 0);
            assert_true(compartment_eq(of_x.id, of_y.id));
            assert_memory_equal(of_x.at_unix_ms, of_y.at_unix_ms, sizeof of_x.at_unix_ms);
            assert_memory_equal(of_x.rank, of_y.rank, sizeof of_x.rank);
            assert_int_equal(of_x.in, of_y.in);
            after_x = &x;
            after_y = &y;
        }
    }
    for (int list = 0; list < WORK_LISTS; list++)
        for (int group = 0; group < WORK_GROUPS; group++)
            assert_int_equal(work_orders_group(a, (enum work_list)list, (enum work_group)group),
                             work_orders_group(b, (enum work_list)list, (enum work_group)group));
}

/* Of every row, read whole. */
static void same_as_the_rows(struct site *site)
{
    struct rec_tx tx;
    struct rec_work *rows = NULL;
    size_t count = 0;
    struct arena *mem = arena_open_private(64 << 20);
    struct work_orders *fresh = work_orders_make();
    t_must(rec_work_list_whole(site, &err));
    t_must(rec_tx_begin(site, true, mem, &tx, &err));
    t_must(rec_work_all(&tx, &rows, &count, &err));
    rec_tx_abandon(&tx);
    for (size_t i = 0; i < count; i++) {
        const struct work_facts facts = rec_work_facts(&rows[i]);
        assert_true(work_orders_put(fresh, &facts));
    }
    same_orders(rec_work_list_orders(site), fresh);
    work_orders_drop(&fresh);
    arena_close(mem);
}

static void some_writes(struct world *w, struct rec_tx *tx)
{
    static const enum work_task tasks[] = {WORK_SCREEN, WORK_TELL, WORK_CLOSE, WORK_SIGN,
                                           WORK_LETTER, WORK_TALK, WORK_TASKS};
    for (uint32_t i = 0, writes = below(6); i < writes; i++) {
        struct compartment id = w->ids[below(40)];
        bool untold = false;
        switch (below(4)) {
        case 0:
            t_must(rec_work_end(tx, id, below(2) == 0 ? 0 : 1u << WORK_APART, &untold, &err));
            break;
        case 1:
            t_must(rec_work_remind(tx, id, below(2) == 0 ? 0 : T_SITE_NOW + (int64_t)below(90) * DAY_MS, &err));
            break;
        case 2:
            t_must(rec_work_shown(tx, id, &err));
            break;
        default:
            apply(tx, id, tasks[below(7)], urgencies[below(5)], T_SITE_NOW + (int64_t)below(30) * DAY_MS);
        }
    }
}

/* A transaction with savepoints that are kept or undone, which is committed or not. */
static void one_transaction(struct world *w)
{
    struct rec_tx tx;
    struct arena *mem = arena_open_private(64 << 20);
    t_must(rec_tx_begin(w->t->site, false, mem, &tx, &err));
    some_writes(w, &tx);
    for (uint32_t i = 0, points = below(3); i < points; i++) {
        t_must(rec_tx_savepoint(&tx, &err));
        some_writes(w, &tx);
        if (below(3) == 0) {
            t_must(rec_tx_savepoint(&tx, &err));
            some_writes(w, &tx);
            t_must(below(2) == 0 ? rec_tx_savepoint_keep(&tx, &err) : rec_tx_savepoint_undo(&tx, &err));
        }
        t_must(below(2) == 0 ? rec_tx_savepoint_keep(&tx, &err) : rec_tx_savepoint_undo(&tx, &err));
    }
    if (below(4) != 0) t_must(rec_tx_commit(&tx, &err));
    rec_tx_abandon(&tx);
    arena_close(mem);
}

static void the_orders_are_those_of_the_rows(void **state)
{
    enum { TIMES = T_IS_SANITIZED ? 60 : 600 };
    (void)state;
    struct world w = world_make("worklist-equal");
    for (int i = 0; i < TIMES; i++) {
        one_transaction(&w);
        if (i % 5 == 0) same_as_the_rows(w.t->site);
        if (i % 50 == 0) t_site_at(w.t, T_SITE_NOW + (int64_t)i * DAY_MS / 2);
        if (i % 100 == 99) (void)read_page(w.t, WORK_LIST_LETTERS, 3, STR("")); /* ends what waited too long */
        if (i % 150 == 149) rec_work_list_lost(w.t->site);
        if (i % 150 == 0) {
            bool has_more = false;
            t_must(rec_work_list_piece(w.t->site, w.t->mem, &has_more, &err));
        }
    }
    same_as_the_rows(w.t->site);
    t_site_drop(w.t);
}

/* What is written while the orders are made of the rows piece by piece is in them, wherever the walk is. */
static void writes_between_the_pieces_count(void **state)
{
    (void)state;
    struct world w = world_make("worklist-pieces");
    bool has_more = true;
    fill(w.t->site, 500);
    for (size_t i = 0; i < PEOPLE; i++) write_one(w.t->site, w.t->mem, w.ids[i], WORK_TELL, URGENCY_SAME_DAY);
    rec_work_list_lost(w.t->site);
    for (int pieces = 0; has_more; pieces++) {
        t_must(rec_work_list_piece(w.t->site, w.t->mem, &has_more, &err));
        assert_true(has_more || pieces > 2);
        for (int i = 0; has_more && i < 40; i++)
            write_one(w.t->site, w.t->mem, w.ids[below(PEOPLE)], below(2) == 0 ? WORK_TASKS : WORK_TELL,
                      urgencies[below(5)]);
    }
    same_as_the_rows(w.t->site);
    t_site_drop(w.t);
}

/* --- rows that do not open ---------------------------------------------------------------------------------------- */

static struct str spoil(struct world *w, size_t who, struct str with)
{
    struct rec_tx tx;
    struct str before;
    char name[REC_WORK_NAME_BYTES];
    t_must(rec_tx_begin(w->t->site, false, w->t->mem, &tx, &err));
    struct str row = rec_work_row_name(w->t->site, w->ids[who], name);
    t_must(store_commons_get(tx.store, row, w->t->mem, &before, &err));
    t_must(store_commons_put(tx.store, row, with, false, &err));
    t_must(rec_tx_commit(&tx, &err));
    rec_tx_abandon(&tx);
    return before;
}

static void a_row_that_does_not_open_hides_no_other(void **state)
{
    (void)state;
    struct world w = world_make("worklist-spoilt");
    for (size_t i = 0; i < 100; i++) write_one(w.t->site, w.t->mem, w.ids[i], WORK_SIGN, URGENCY_NONE);
    for (size_t i = 100; i < 110; i++) write_one(w.t->site, w.t->mem, w.ids[i], WORK_TELL, URGENCY_EMERGENCY_NOW);
    struct work_page page = read_page(w.t, WORK_LIST_OPEN, WORK_PAGE_MAX, STR(""));
    assert_int_equal(page.groups[WORK_GROUP_NOW], 10);
    /* they were known when they were spoilt, and they are met when the orders are made */
    struct str rows[40];
    for (size_t i = 0; i < 40; i++) rows[i] = spoil(&w, 69 + i, STR("spoilt"));
    for (int again = 0; again < 2; again++) {
        page = read_page(w.t, WORK_LIST_OPEN, WORK_PAGE_MAX, STR(""));
        while (page.next.len > 0) page = read_page(w.t, WORK_LIST_OPEN, WORK_PAGE_MAX, page.next);
        page = read_page(w.t, WORK_LIST_OPEN, WORK_PAGE_MAX, STR(""));
        assert_int_equal(page.unreadable, 40);
        assert_int_equal(page.count, 70);
        assert_int_equal(page.total, 70);
        assert_int_equal(page.groups[WORK_GROUP_NOW], 1);
        assert_int_equal(urgency_of(&page.all[0]), URGENCY_EMERGENCY_NOW);
        rec_work_list_lost(w.t->site);
    }
    /* one that opens again is back */
    (void)spoil(&w, 108, rows[39]);
    for (int i = 0; i < 3; i++) page = read_page(w.t, WORK_LIST_OPEN, WORK_PAGE_MAX, STR(""));
    assert_int_equal(page.unreadable, 39);
    assert_int_equal(page.groups[WORK_GROUP_NOW], 2);
    t_site_drop(w.t);
}

/* Whose keys are damaged is opened by nobody; that they wait for somebody is in the list all the same. */
static void damaged_keys_hide_nobody(void **state)
{
    static const char *const damages[] = {"UPDATE wrap SET bytes = zeroblob(length(bytes))",
                                          "UPDATE wrap SET bytes = zeroblob(3)", "UPDATE wrap SET bytes = x''"};
    (void)state;
    struct t_site *t = t_site_make("worklist-keys", false);
    struct rec_enrolled person = t_enrol(t, "Adeyemi", "1980-01-01");
    t_give(t, person.card, PURPOSE_CARE);
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, person.card);
    struct compartment id = view->gate.chain.id, other;
    t_must(rec_close(&view, &err));
    crypto_random(other.bytes, sizeof other.bytes);
    write_one(t->site, t->mem, id, WORK_TELL, URGENCY_EMERGENCY_NOW);
    write_one(t->site, t->mem, other, WORK_SIGN, URGENCY_NONE);
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        t_site_close(t);
        t_rows_change(t->folder, "keys.db", damages[i]);
        t_site_open(t);
        struct work_page page = read_page(t, WORK_LIST_OPEN, WORK_PAGE_MAX, STR(""));
        assert_int_equal(page.count, 2);
        assert_int_equal(urgency_of(&page.all[0]), URGENCY_EMERGENCY_NOW);
        assert_int_equal(page.all[0].reach, WORK_BY_CARD);
    }
    t_site_drop(t);
}

/* --- what waited too long ----------------------------------------------------------------------------------------- */

static void letters_of_a_whole_season_end_together(void **state)
{
    (void)state;
    struct world w = world_make("worklist-stale");
    for (size_t i = 0; i < 100; i++) write_one(w.t->site, w.t->mem, w.ids[i], WORK_LETTER, URGENCY_NONE);
    write_one(w.t->site, w.t->mem, w.ids[100], WORK_TELL, URGENCY_SAME_DAY);
    assert_int_equal(read_page(w.t, WORK_LIST_LETTERS, 7, STR("")).total, 100);
    t_site_at(w.t, T_SITE_NOW + 91ll * DAY_MS);
    struct work_page page = read_page(w.t, WORK_LIST_LETTERS, 7, STR(""));
    assert_int_equal(page.total, 0);
    assert_int_equal(page.count, 0);
    assert_int_equal(page.next.len, 0);
    assert_int_equal(read_page(w.t, WORK_LIST_OPEN, 7, STR("")).total, 1);
    same_as_the_rows(w.t->site);
    t_site_drop(w.t);
}

/* Each page is noted with what it had. */
static void each_page_is_noted(void **state)
{
    enum { OFTEN = T_IS_SANITIZED ? 70 : 300 };
    (void)state;
    struct world w = world_make("worklist-noted");
    struct str bytes;
    fill(w.t->site, 12);
    struct work_page page = read_page(w.t, WORK_LIST_OPEN, 5, STR(""));
    t_must(commons_get(w.t->site, STR("work"), STR("read-2026-11"), w.t->mem, &bytes, &err));
    assert_true(str_find(bytes, STR("\"tickets\":5}")) >= 0);
    page = read_page(w.t, WORK_LIST_OPEN, 5, page.next);
    page = read_page(w.t, WORK_LIST_OPEN, 5, page.next);
    t_must(commons_get(w.t->site, STR("work"), STR("read-2026-11"), w.t->mem, &bytes, &err));
    assert_true(str_find(bytes, STR("\"tickets\":2}")) >= 0);
    /* also where it was read very often in a month: the newest note is that of the newest reading */
    for (uint64_t i = 0; i < OFTEN; i++) {
        uint64_t most = 1 + i * i % 9;
        struct str want = arena_printf(w.t->mem, "\"tickets\":%d}", (int)most);
        (void)read_page(w.t, WORK_LIST_OPEN, most, STR(""));
        t_must(commons_get(w.t->site, STR("work"), STR("read-2026-11"), w.t->mem, &bytes, &err));
        assert_true(str_find(bytes, want) >= 0);
    }
    t_site_drop(w.t);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_has_no_end),
        cmocka_unit_test(what_is_no_place_is_refused),
#ifndef T_SITE_FAR
        cmocka_unit_test(who_waits_longest_is_first_among_equals),
        cmocka_unit_test(an_alarm_that_comes_between_pages_is_on_the_next),
        cmocka_unit_test(nothing_is_dropped_whatever_others_write),
        cmocka_unit_test(the_orders_are_those_of_the_rows),
        cmocka_unit_test(writes_between_the_pieces_count),
        cmocka_unit_test(a_row_that_does_not_open_hides_no_other),
        cmocka_unit_test(damaged_keys_hide_nobody),
        cmocka_unit_test(letters_of_a_whole_season_end_together),
        cmocka_unit_test(each_page_is_noted),
#endif
    };
    return t_run(tests);
}
