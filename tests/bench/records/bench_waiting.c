/* SPDX-License-Identifier: Apache-2.0
 * 64 saves that wait, each of one measurement of a person of their own: one after the other, and together. What is
 * measured is the waiting for the disk: waiting.sh holds each sync for 5 ms and counts them in the file of SALVE_SYNCS
 * (tests/support/preload/syncs.c). Prints the medians of five rounds: syncs, ms. */
#include <time.h>

#include "t_bench.h"
#include "t_site.h"

enum { WAITING = 64, ROUNDS = 5 };

static struct t_site *t;
static struct rec_batch batches[WAITING];
static struct rec_item items[WAITING];
static struct tape tapes[WAITING];

static double now_ms(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static uint64_t syncs(void)
{
    uint64_t count = 0;
    const char *path = getenv("SALVE_SYNCS");
    int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, &count, sizeof count) != (ssize_t)sizeof count) abort();
    (void)close(fd);
    return count;
}

/* A new version of each one's weight. */
static void fill(const struct str *ids)
{
    for (size_t i = 0; i < WAITING; i++) {
        tapes[i] = t_weight(t, batches[i].view, ids[i], "82.5");
        items[i] = (struct rec_item){.tape = &tapes[i]};
        batches[i] = (struct rec_batch){.view = batches[i].view, .items = &items[i], .item_count = 1};
    }
}

static void save_each(void)
{
    for (size_t i = 0; i < WAITING; i++) t_must(rec_save(batches[i].view, &items[i], 1, NULL, t->mem, &err));
}

static void save_together(void)
{
    t_must(rec_save_many(t->site, batches, WAITING, t->mem, &err));
    for (size_t i = 0; i < WAITING; i++)
        if (batches[i].code != SALVE_OK) abort();
}

int main(void)
{
    struct str ids[WAITING];
    double took_ms[2][ROUNDS], counts[2][ROUNDS];
    t = t_site_make("waiting", false);
    for (size_t i = 0; i < WAITING; i++) {
        struct str card = t_enrol(t, "Adeyemi", "1980-01-01").card;
        t_give(t, card, PURPOSE_CARE);
        batches[i].view = t_open(t, T_ASSISTANT, PURPOSE_CARE, card);
        t_must(rec_new_id(batches[i].view, t->mem, &ids[i], &err));
    }
    for (int round = 0; round < ROUNDS; round++)
        for (int together = 0; together < 2; together++) {
            fill(ids);
            uint64_t counted = syncs();
            double begun_ms = now_ms();
            if (together == 1)
                save_together();
            else
                save_each();
            took_ms[together][round] = now_ms() - begun_ms;
            counts[together][round] = (double)(syncs() - counted);
        }
    for (int together = 0; together < 2; together++) {
        printf("%s\t%.0f\t%.1f\n", together == 1 ? "together" : "each", t_median(counts[together], ROUNDS),
               t_median(took_ms[together], ROUNDS));
    }
    for (size_t i = 0; i < WAITING; i++) t_close_view(&batches[i].view);
    t_site_drop(t);
    return 0;
}
