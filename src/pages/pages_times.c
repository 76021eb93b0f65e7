/* SPDX-License-Identifier: Apache-2.0
 * How long tasks take at the tablets: counts by length, what they say, and the numbers of /metrics. */
#include "pages/pages_times_int.h"

#include <math.h>

#include "base/assert.h"

struct task {
    const char *text;
    uint32_t half_ms, most_ms;
};

static const struct task tasks[PAGES_TASKS] = {
#define PAGES_TASK(name, text, half_s, most_s, what) {text, (half_s)*1000, (most_s)*1000},
#include "pages/pages_times.def"
#undef PAGES_TASK
};

/* The upper end of each step; close together where the aims are. */
static const uint32_t ends_ms[PAGES_TIME_STEPS] = {
    250,   500,   1000,  1500,  2000,  3000,  4000,   5000,   6000,   8000,
    10000, 15000, 20000, 30000, 60000, 90000, 120000, 180000, 240000, PAGES_TIME_MS_MAX};

const char *pages_task_text(enum pages_task task) { return tasks[task].text; }
uint32_t pages_task_half_ms(enum pages_task task) { return tasks[task].half_ms; }
uint32_t pages_task_most_ms(enum pages_task task) { return tasks[task].most_ms; }

bool pages_times_note(struct pages_times *times, struct str task, int64_t ms)
{
    size_t at = 0, step = 0;
    while (at < PAGES_TASKS && !str_is(task, tasks[at].text)) at++;
    if (at == PAGES_TASKS || ms < 0 || ms > PAGES_TIME_MS_MAX) return false;
    while (ends_ms[step] < ms) step++;
    (void)atomic_fetch_add(&times->counts[at][step], 1);
    (void)atomic_fetch_add(&times->sums_ms[at], (uint64_t)ms);
    return true;
}

/* --- what the counts say ------------------------------------------------------------------------------------------ */

/* The time that `rank` of them are shorter than, as if those of a step lay evenly in it. */
static uint32_t time_at(const uint32_t counts[PAGES_TIME_STEPS], double rank)
{
    double before = 0;
    for (size_t step = 0; step < PAGES_TIME_STEPS; step++) {
        double from = step == 0 ? 0 : ends_ms[step - 1], to = ends_ms[step];
        if (before + counts[step] >= rank && counts[step] > 0)
            return (uint32_t)lround(from + (to - from) * fmax(0, rank - before) / counts[step]);
        before += counts[step];
    }
    return PAGES_TIME_MS_MAX;
}

struct pages_spread pages_times_spread(const struct pages_times *times, enum pages_task task)
{
    struct pages_spread out = {0};
    uint32_t counts[PAGES_TIME_STEPS];
    for (size_t step = 0; step < PAGES_TIME_STEPS; step++) {
        counts[step] = atomic_load(&times->counts[task][step]);
        out.count += counts[step];
    }
    out.is_enough = out.count >= PAGES_TIME_COUNT_MIN;
    if (!out.is_enough) return out;
    /* 95 % interval of a median by ranks: n/2 -+ 1.96 sqrt(n)/2 (Conover, Practical Nonparametric Statistics, 3.2) */
    double n = out.count, away = 1.96 * sqrt(n) / 2;
    out.half_ms = time_at(counts, n / 2);
    out.low_ms = time_at(counts, fmax(0, n / 2 - away));
    out.high_ms = time_at(counts, fmin(n, n / 2 + away + 1));
    out.most_ms = time_at(counts, n * 0.9);
    return out;
}

/* --- /metrics ----------------------------------------------------------------------------------------------------- */

static void add_task(const struct pages_times *times, enum pages_task task, struct buf *out)
{
    const char *text = tasks[task].text;
    unsigned long long below = 0, sum_ms = atomic_load(&times->sums_ms[task]);
    for (size_t step = 0; step < PAGES_TIME_STEPS; step++) {
        below += atomic_load(&times->counts[task][step]);
        buf_addf(out, "salve_task_seconds_bucket{task=\"%s\",le=\"%u.%02u\"} %llu\n", text, ends_ms[step] / 1000,
                 ends_ms[step] % 1000 / 10, below);
    }
    buf_addf(out, "salve_task_seconds_bucket{task=\"%s\",le=\"+Inf\"} %llu\n", text, below);
    buf_addf(out, "salve_task_seconds_sum{task=\"%s\"} %llu.%03llu\n", text, sum_ms / 1000, sum_ms % 1000);
    buf_addf(out, "salve_task_seconds_count{task=\"%s\"} %llu\n", text, below);
}

void pages_times_metrics(const struct pages_times *times, struct buf *out)
{
    buf_addf(out, "# HELP salve_task_seconds how long a task took at a tablet\n# TYPE salve_task_seconds histogram\n");
    for (int task = 0; task < PAGES_TASKS; task++) add_task(times, (enum pages_task)task, out);
}
