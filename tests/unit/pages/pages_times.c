/* SPDX-License-Identifier: Apache-2.0
 * How long tasks take: what counts say of their middle, how sure that is, and what /metrics shows. */
#include "base/arena.h"
#include "pages/pages_times_int.h"
#include "t.h"

static void a_few_say_nothing(void **state)
{
    (void)state;
    struct pages_times times = {0};
    for (int i = 0; i < PAGES_TIME_COUNT_MIN - 1; i++) assert_true(pages_times_note(&times, STR("open"), 700));
    assert_false(pages_times_spread(&times, PAGES_TASK_OPEN).is_enough);
    assert_true(pages_times_note(&times, STR("open"), 700));
    struct pages_spread spread = pages_times_spread(&times, PAGES_TASK_OPEN);
    assert_true(spread.is_enough);
    assert_int_equal(spread.count, PAGES_TIME_COUNT_MIN);
    assert_int_equal(pages_times_spread(&times, PAGES_TASK_BODY).count, 0);
}

static void the_middle_lies_where_half_lie(void **state)
{
    (void)state;
    struct pages_times times = {0};
    for (int64_t ms = 1; ms <= 20000; ms += 10) assert_true(pages_times_note(&times, STR("exit"), ms));
    struct pages_spread spread = pages_times_spread(&times, PAGES_TASK_EXIT);
    assert_int_equal(spread.count, 2000);
    assert_true(spread.half_ms > 9900 && spread.half_ms < 10100);
    assert_true(spread.most_ms > 17800 && spread.most_ms < 18200);
    /* 1.96 * sqrt(2000) / 2 = 43.8 ranks of 10 ms each */
    assert_true(spread.low_ms > 9500 && spread.low_ms < 9600);
    assert_true(spread.high_ms > 10400 && spread.high_ms < 10500);
}

/* Skewed as times of people are; the interval holds the true middle in about 95 of 100 days of 40 each. */
static void the_interval_is_as_sure_as_it_says(void **state)
{
    (void)state;
    uint64_t seed = 20261130;
    int holds = 0;
    for (int day = 0; day < 1000; day++) {
        struct pages_times times = {0};
        for (int i = 0; i < 40; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            int64_t even = (int64_t)(seed >> 33) % 4000; /* 0 to 4 s evenly: half below 2 s */
            assert_true(pages_times_note(&times, STR("sign"), even));
        }
        struct pages_spread spread = pages_times_spread(&times, PAGES_TASK_SIGN);
        holds += spread.low_ms <= 2000 && spread.high_ms >= 2000;
    }
    assert_true(holds >= 920);
    assert_true(holds <= 995);
}

static void what_is_no_time_of_a_task_is_not_counted(void **state)
{
    (void)state;
    struct pages_times times = {0};
    assert_false(pages_times_note(&times, STR("Amina"), 5));
    assert_false(pages_times_note(&times, STR(""), 5));
    assert_false(pages_times_note(&times, STR("open"), -1));
    assert_false(pages_times_note(&times, STR("open"), PAGES_TIME_MS_MAX + 1));
    assert_true(pages_times_note(&times, STR("open"), PAGES_TIME_MS_MAX));
    assert_int_equal(pages_times_spread(&times, PAGES_TASK_OPEN).count, 1);
}

static void metrics_are_a_histogram_of_each_task(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    struct pages_times times = {0};
    struct buf out;
    assert_true(pages_times_note(&times, STR("body"), 9000));
    assert_true(pages_times_note(&times, STR("body"), 400));
    buf_init(&out, mem, 64 << 10);
    pages_times_metrics(&times, &out);
    struct str text = buf_str(&out);
    assert_int_equal(buf_code(&out), SALVE_OK);
    assert_true(str_find(text, STR("salve_task_seconds_bucket{task=\"body\",le=\"0.50\"} 1\n")) >= 0);
    assert_true(str_find(text, STR("salve_task_seconds_bucket{task=\"body\",le=\"10.00\"} 2\n")) >= 0);
    assert_true(str_find(text, STR("salve_task_seconds_sum{task=\"body\"} 9.400\n")) >= 0);
    assert_true(str_find(text, STR("salve_task_seconds_count{task=\"open\"} 0\n")) >= 0);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_few_say_nothing),
        cmocka_unit_test(the_middle_lies_where_half_lie),
        cmocka_unit_test(the_interval_is_as_sure_as_it_says),
        cmocka_unit_test(what_is_no_time_of_a_task_is_not_counted),
        cmocka_unit_test(metrics_are_a_histogram_of_each_task),
    };
    return t_run(tests);
}
