/* SPDX-License-Identifier: Apache-2.0
 * The way of a person through a day: every state with every event, what two stations say at once, and its bytes. */
#include "t.h"

#include "day/day.h"

static struct salve_err err;

static struct day_entry entry_in(enum day_state state)
{
    struct day_entry entry = {.number = 17, .at = STATION_NONE, .left = station_way(), .at_unix_ms = 5};
    if (state == DAY_IS_AWAY) return (struct day_entry){.at = STATION_NONE};
    if (state == DAY_IS_HERE) entry.at = STATION_BODY;
    if (state == DAY_IS_ELSEWHERE) entry.at = STATION_VISION;
    return entry;
}

static struct day_step step_of(enum day_event event)
{
    return (struct day_step){.event = event, .station = STATION_BODY, .item = STR("waist"), .now_unix_ms = 1000};
}

/* Without the table: what anybody would say of each pair. */
static enum day_state expected(enum day_state is, enum day_event event)
{
    if (event == DAY_FINISH || event == DAY_LEAVE) return DAY_IS_AWAY;
    if (event == DAY_BEGIN) return DAY_IS_HERE;
    if (is == DAY_IS_AWAY) return event == DAY_CHECK_IN ? DAY_IS_WAITING : DAY_IS_AWAY;
    bool ends = event == DAY_DONE || event == DAY_BACK;
    return is == DAY_IS_HERE && ends ? DAY_IS_WAITING : is;
}

static void every_state_takes_every_event(void **state)
{
    (void)state;
    size_t count = 0;
    for (int is = 0; is < DAY_STATES; is++)
        for (int event = 0; event < DAY_EVENTS; event++, count++) {
            struct day_entry entry = entry_in((enum day_state)is);
            struct day_step step = step_of((enum day_event)event);
            bool is_there = false, is_refused = is == DAY_IS_AWAY && (event == DAY_SETTLE || event == DAY_AGAIN);
            assert_non_null(day_row((enum day_state)is, (enum day_event)event));
            enum salve_code code = day_take(&entry, &step, &is_there, &err);
            assert_int_equal(code, is_refused ? SALVE_E_CONFLICT : SALVE_OK);
            enum day_state then = expected((enum day_state)is, (enum day_event)event);
            assert_int_equal(is_there, then != DAY_IS_AWAY);
            if (is != DAY_IS_AWAY && then != DAY_IS_AWAY) assert_int_equal(day_state(&entry, STATION_BODY), then);
            assert_int_equal(entry.at_unix_ms, is_refused || then == (enum day_state)is ? (is == 0 ? 0 : 5)
                                               : then == DAY_IS_AWAY                    ? entry.at_unix_ms
                                                                                        : 1000);
        }
    printf("%zu rows of the day\n", count);
}

static struct day_entry take_all(const struct day_step *steps, const size_t *order, size_t count)
{
    struct day_entry entry = entry_in(DAY_IS_WAITING);
    bool is_there = false;
    for (size_t i = 0; i < count; i++) assert_code(day_take(&entry, &steps[order[i]], &is_there, &err), SALVE_OK);
    return entry;
}

/* In every order of what two stations say, both are done and what was settled is. */
static void two_stations_at_once_are_both_heard(void **state)
{
    (void)state;
    static const size_t orders[][4] = {{0, 1, 2, 3}, {0, 2, 1, 3}, {2, 0, 1, 3},
                                       {2, 3, 0, 1}, {2, 0, 3, 1}, {0, 2, 3, 1}};
    const struct day_step steps[] = {
        {.event = DAY_BEGIN, .station = STATION_BODY},
        {.event = DAY_DONE, .station = STATION_BODY},
        {.event = DAY_BEGIN, .station = STATION_PRESSURE},
        {.event = DAY_DONE, .station = STATION_PRESSURE},
    };
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        struct day_entry entry = take_all(steps, orders[i], 4);
        assert_int_equal(entry.done, STATION_BIT(STATION_BODY) | STATION_BIT(STATION_PRESSURE));
    }
}

static void done_stays_until_somebody_sends_them_back(void **state)
{
    (void)state;
    struct day_entry entry = entry_in(DAY_IS_HERE);
    bool is_there = false;
    for (int event = 0; event < DAY_EVENTS; event++) {
        if (event == DAY_AGAIN || event == DAY_FINISH || event == DAY_LEAVE) continue;
        entry.done |= STATION_BIT(STATION_BODY);
        struct day_step step = step_of((enum day_event)event);
        assert_code(day_take(&entry, &step, &is_there, &err), SALVE_OK);
        assert_int_not_equal(entry.done & STATION_BIT(STATION_BODY), 0);
    }
    struct day_step again = step_of(DAY_AGAIN);
    assert_code(day_take(&entry, &again, &is_there, &err), SALVE_OK);
    assert_int_equal(entry.done & STATION_BIT(STATION_BODY), 0);
}

static void an_alarm_holds_them(void **state)
{
    (void)state;
    for (int is = DAY_IS_WAITING; is < DAY_STATES; is++) {
        struct day_entry entry = entry_in((enum day_state)is), before = entry;
        struct day_step step = step_of(DAY_FINISH);
        bool is_there = false;
        step.is_held = true;
        assert_code(day_take(&entry, &step, &is_there, &err), SALVE_E_CONFLICT);
        assert_true(is_there);
        assert_memory_equal(&entry, &before, sizeof entry);
        step.event = DAY_LEAVE; /* who goes, goes: the ticket of the alarm stays open */
        assert_code(day_take(&entry, &step, &is_there, &err), SALVE_OK);
        assert_false(is_there);
    }
}

static void items_are_settled_once_and_bounded(void **state)
{
    (void)state;
    struct day_entry entry = entry_in(DAY_IS_WAITING);
    struct day_step step = step_of(DAY_SETTLE);
    bool is_there = false;
    char word[DAY_ITEM_BYTES + 2];
    for (int twice = 0; twice < 2; twice++)
        for (int i = 0; i < DAY_ITEMS_MAX; i++) {
            (void)snprintf(word, sizeof word, "item-%d", i);
            step.item = str_of(word);
            assert_code(day_take(&entry, &step, &is_there, &err), SALVE_OK);
        }
    assert_int_equal(entry.item_count, DAY_ITEMS_MAX);
    assert_true(day_has_settled(&entry, STR("item-7")));
    assert_false(day_has_settled(&entry, STR("item-")));
    step.item = STR("one-more");
    assert_code(day_take(&entry, &step, &is_there, &err), SALVE_E_FULL);
    step.item = STR("");
    assert_code(day_take(&entry, &step, &is_there, &err), SALVE_E_INVALID);
    memset(word, 'a', sizeof word);
    step.item = str_make(word, DAY_ITEM_BYTES + 1);
    assert_code(day_take(&entry, &step, &is_there, &err), SALVE_E_INVALID);
}

static void an_entry_survives_its_bytes(void **state)
{
    (void)state;
    uint8_t bytes[DAY_ENTRY_BYTES], again[DAY_ENTRY_BYTES];
    struct day_entry entry = entry_in(DAY_IS_ELSEWHERE), read;
    struct day_step step = step_of(DAY_SETTLE);
    bool is_there = false;
    memset(entry.id.bytes, 7, sizeof entry.id.bytes);
    memset(entry.ticket, 3, sizeof entry.ticket);
    entry.done = STATION_BIT(STATION_QUESTIONS);
    entry.since_unix_ms = INT64_C(1795000000000);
    entry.shown_unix_ms = entry.since_unix_ms + 1;
    assert_code(day_take(&entry, &step, &is_there, &err), SALVE_OK);
    day_write(&entry, bytes);
    assert_true(day_read(bytes, &read));
    day_write(&read, again);
    assert_memory_equal(bytes, again, sizeof bytes);
    assert_int_equal(read.at, STATION_VISION);
    assert_true(day_has_settled(&read, STR("waist")));
    entry.number = 0;
    day_write(&entry, bytes);
    assert_false(day_read(bytes, &read));
}

static void lists_have_their_words(void **state)
{
    (void)state;
    enum day_station station;
    enum day_event event;
    for (int i = 0; i < STATION_COUNT; i++) {
        assert_true(station_find(str_of(station_text((enum day_station)i)), &station));
        assert_int_equal(station, i);
    }
    assert_false(station_find(STR("?"), &station));
    assert_true(day_event_find(STR("again"), &event));
    assert_int_equal(event, DAY_AGAIN);
    assert_true(day_is_why(STR("wish")));
    assert_false(day_is_why(STR("")));
    assert_int_equal(station_way() & (STATION_BIT(STATION_RECEPTION) | STATION_BIT(STATION_EXIT)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_takes_every_event),
        cmocka_unit_test(two_stations_at_once_are_both_heard),
        cmocka_unit_test(done_stays_until_somebody_sends_them_back),
        cmocka_unit_test(an_alarm_holds_them),
        cmocka_unit_test(items_are_settled_once_and_bounded),
        cmocka_unit_test(an_entry_survives_its_bytes),
        cmocka_unit_test(lists_have_their_words),
    };
    return t_run(tests);
}
