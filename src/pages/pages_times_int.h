/* SPDX-License-Identifier: Apache-2.0
 *
 * pages_times - how long tasks take at the tablets: counts by length, since this process began. Nothing else is kept:
 * no person, no member of staff, no tablet, no time of day. Include only from src/pages/.
 *
 *     pages_times_note(&times, PAGES_TASK_OPEN, 840);
 *     struct pages_spread spread = pages_times_spread(&times, PAGES_TASK_OPEN);
 */
#ifndef SALVE_PAGES_PAGES_TIMES_INT_H
#define SALVE_PAGES_PAGES_TIMES_INT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum pages_task {
#define PAGES_TASK(name, text, half_s, most_s, what) PAGES_TASK_##name,
#include "pages/pages_times.def"
#undef PAGES_TASK
    PAGES_TASKS
};

enum {
    PAGES_TIME_MS_MAX = 600000, /* longer than that somebody did something else meanwhile */
    PAGES_TIME_STEPS = 20,
    PAGES_TIME_COUNT_MIN = 10 /* fewer say nothing about the next one */
};

/* Zero it first. Any thread. */
struct pages_times {
    _Atomic uint32_t counts[PAGES_TASKS][PAGES_TIME_STEPS];
    _Atomic uint64_t sums_ms[PAGES_TASKS];
};

/* What the counts say: half of them were shorter than half_ms, which is between low_ms and high_ms in 95 of 100 such
 * days; nine of ten were shorter than most_ms. Times are read off within their step. */
struct pages_spread {
    uint32_t count;
    bool is_enough; /* PAGES_TIME_COUNT_MIN are there; else the times are 0 */
    uint32_t half_ms, low_ms, high_ms, most_ms;
};

const char *pages_task_text(enum pages_task task);
uint32_t pages_task_half_ms(enum pages_task task); /* the aims */
uint32_t pages_task_most_ms(enum pages_task task);

/* pages_times_note - one more; false: there is no such task, or it took longer than PAGES_TIME_MS_MAX. */
bool pages_times_note(struct pages_times *times, struct str task, int64_t ms);

struct pages_spread pages_times_spread(const struct pages_times *times, enum pages_task task);

/* pages_times_metrics - a histogram of each task, as /metrics has it. */
void pages_times_metrics(const struct pages_times *times, struct buf *out);

#endif
