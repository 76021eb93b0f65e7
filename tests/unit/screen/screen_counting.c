/* SPDX-License-Identifier: Apache-2.0
 * Counts of one import run: by guideline, item and category, of what the operator just read; nothing of a site. */
#include "screen/screen.h"
#include "t.h"

static void what_was_not_judged_is_counted_by_its_status(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    struct screen_counts counts = {0};
    struct finding some[] = {
        {.guideline = STR("g"), .item = STR("i"), .category = STR("high"), .status = FINDING_ASSESSED},
        {.guideline = STR("g"), .item = STR("i"), .category = STR("high"), .status = FINDING_NOT_ASSESSED},
        {.guideline = STR("g"), .item = STR("i"), .status = FINDING_QUERIED},
        {.guideline = STR("g"), .item = STR("i"), .status = FINDING_EXCLUDED},
    };
    assert_ok(screen_counts_add(&counts, some, 4, mem, NULL));
    screen_counts_sort(&counts);
    static const char *const want[] = {"excluded", "high", "not-assessed", "queried"};
    assert_int_equal(counts.count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_str(counts.rows[i].category, want[i]);
        assert_int_equal(counts.rows[i].count, 1);
    }
    arena_close(mem);
}

static void rows_stand_by_guideline_item_and_category(void **state)
{
    (void)state;
    static const char *const names[][3] = {{"b", "x", "low"}, {"a", "y", "low"}, {"a", "x", "low"}, {"a", "x", "high"}};
    static const char *const want[][3] = {{"a", "x", "high"}, {"a", "x", "low"}, {"a", "y", "low"}, {"b", "x", "low"}};
    struct arena *mem = arena_open(1 << 20);
    struct screen_counts counts = {0};
    for (size_t i = 0; i < 4; i++) {
        struct finding one = {
            .guideline = str_of(names[i][0]), .item = str_of(names[i][1]), .category = str_of(names[i][2])};
        assert_ok(screen_counts_add(&counts, &one, 1, mem, NULL));
    }
    screen_counts_sort(&counts);
    assert_int_equal(counts.count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_str(counts.rows[i].guideline, want[i][0]);
        assert_str(counts.rows[i].item, want[i][1]);
        assert_str(counts.rows[i].category, want[i][2]);
    }
    arena_close(mem);
}

/* The person's arena is gone before the next one is read. */
static void counts_outlive_the_findings(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    struct screen_counts counts = {0};
    char item[] = "bmi", category[] = "normal";
    struct finding one = {.guideline = STR("g"), .item = str_of(item), .category = str_of(category)};
    assert_ok(screen_counts_add(&counts, &one, 1, mem, NULL));
    memset(item, 'x', sizeof item - 1);
    memset(category, 'x', sizeof category - 1);
    assert_str(counts.rows[0].item, "bmi");
    assert_str(counts.rows[0].category, "normal");
    arena_close(mem);
}

static void more_rows_than_there_was_room_for(void **state)
{
    (void)state;
    enum { ROWS = 200 };
    struct arena *mem = arena_open(1 << 20);
    struct screen_counts counts = {0};
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < ROWS; i++) {
            char item[16];
            (void)snprintf(item, sizeof item, "item-%03d", i);
            struct finding one = {.guideline = STR("g"), .item = str_of(item), .category = STR("c")};
            assert_ok(screen_counts_add(&counts, &one, 1, mem, NULL));
        }
    screen_counts_sort(&counts);
    assert_int_equal(counts.count, ROWS);
    for (size_t i = 0; i < ROWS; i++) assert_int_equal(counts.rows[i].count, 3);
    assert_str(counts.rows[ROWS - 1].item, "item-199");
    arena_close(mem);
}

static void no_memory_is_an_error(void **state)
{
    (void)state;
    struct arena *mem = arena_open(256);
    struct screen_counts counts = {0};
    struct finding one = {.guideline = STR("g"), .item = STR("i"), .category = STR("c")};
    assert_code(screen_counts_add(&counts, &one, 1, mem, NULL), SALVE_E_MEMORY);
    assert_int_equal(counts.count, 0);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_judged_is_counted_by_its_status),
        cmocka_unit_test(rows_stand_by_guideline_item_and_category),
        cmocka_unit_test(counts_outlive_the_findings),
        cmocka_unit_test(more_rows_than_there_was_room_for),
        cmocka_unit_test(no_memory_is_an_error),
    };
    return t_run(tests);
}
