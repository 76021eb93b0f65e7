/* SPDX-License-Identifier: Apache-2.0
 * What the door costs: the same calls on a site of this process and on one that a thread serves, in turns; the medians
 * of both. door_bench */
#define T_SITE_FAR
#include "t_bench.h"
#include "t_site.h"

#include <time.h>

enum { ROUNDS = 9, RESULTS = 20, READS = 200, KINDS = 4 };

static const char *const kinds[KINDS] = {"open and close a record", "save 20 results", "read what that made new",
                                         "read it again"};

static double now_us(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static void read_all(struct rec_view *view, int times)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    for (int i = 0; i < times; i++) t_must(rec_all(view, CLASS_BIT(CLASS_CLIN), &all, &count, &err));
}

/* One person, new each time, so that every round does the same. */
static void turn(struct t_site *t, double took[KINDS])
{
    struct tape tapes[RESULTS];
    struct rec_item items[RESULTS];
    struct rec_enrolled who = t_enrol(t, "Adeyemi", "1980-01-01");
    t_give(t, who.card, PURPOSE_CARE);
    double at = now_us();
    struct rec_view *view = t_open(t, T_ASSISTANT, PURPOSE_CARE, who.card);
    t_close_view(&view);
    took[0] = now_us() - at;
    view = t_open(t, T_ASSISTANT, PURPOSE_CARE, who.card);
    for (size_t i = 0; i < RESULTS; i++) {
        tapes[i] = t_observation(t, view, (int)i, (struct t_value){"29463-7", "82.5", "kg"});
        items[i] = (struct rec_item){.tape = &tapes[i]};
    }
    at = now_us();
    t_must(rec_save(view, items, RESULTS, NULL, t->mem, &err));
    took[1] = now_us() - at;
    at = now_us();
    read_all(view, 1);
    took[2] = now_us() - at;
    at = now_us();
    read_all(view, READS);
    took[3] = (now_us() - at) / READS;
    t_close_view(&view);
}

/* The same site without a server: the one with it is ended and begun again around it. */
static void turn_near(struct t_site *t, double took[KINDS])
{
    t_site_end(t);
    t_must(site_open(&t->options, &t->site, &err));
    for (size_t i = 0; i < T_STAFF; i++) t_login(t, t_all_staff[i]);
    turn(t, took);
    t_must(site_close(&t->site, &err));
    t_site_open(t);
}

int main(void)
{
    struct t_site *t = t_site_make("bench-door", false);
    double near[KINDS][ROUNDS], far[KINDS][ROUNDS], took[KINDS];
    for (int round = 0; round < ROUNDS; round++) {
        turn_near(t, took);
        for (int kind = 0; kind < KINDS; kind++) near[kind][round] = took[kind];
        turn(t, took);
        for (int kind = 0; kind < KINDS; kind++) far[kind][round] = took[kind];
    }
    for (int kind = 0; kind < KINDS; kind++) {
        double here = t_median(near[kind], ROUNDS), there = t_median(far[kind], ROUNDS);
        printf("%-26s %8.1f us here %8.1f us through the door  %.2f\n", kinds[kind], here, there, there / here);
    }
    t_site_drop(t);
    return 0;
}
