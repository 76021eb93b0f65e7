/* SPDX-License-Identifier: Apache-2.0
 *
 * kill -9 while many saves share a commit. A child saves for three people in one call, a few times, and acknowledges
 * each save after the call; it is killed just before its n-th system call that changes a file. Then everything
 * acknowledged is there, and of a call that did not come back either every save or none. */
#include <time.h>

#include "t_kill_site.h"
#include "t_site.h"

enum { PEOPLE = 3, CALLS = 3 };

static struct t_site *base;
static struct str cards[PEOPLE];
static char folder[520];

static int work(int acks, void *with)
{
    struct t_site *t = with;
    struct salve_err err = {0};
    struct rec_view *views[PEOPLE] = {0};
    if (site_open(&t->options, &t->site, &err) != SALVE_OK) return 91;
    for (int p = 0; p < PEOPLE; p++) {
        struct rec_ask ask = {.actor = T_ASSISTANT, .purpose = PURPOSE_CARE, .who = cards[p]};
        if (rec_open(t->site, &ask, &views[p], &err) != SALVE_OK) return 92;
    }
    for (int c = 0; c < CALLS; c++) {
        struct tape tapes[PEOPLE];
        struct rec_item items[PEOPLE];
        struct rec_batch batches[PEOPLE];
        char line[32];
        for (int p = 0; p < PEOPLE; p++) {
            struct str id;
            if (rec_new_id(views[p], t->mem, &id, &err) != SALVE_OK) return 93;
            tapes[p] = t_weight(t, views[p], id, "60");
            items[p] = (struct rec_item){.tape = &tapes[p]};
            batches[p] = (struct rec_batch){.view = views[p], .items = &items[p], .item_count = 1};
        }
        if (rec_save_many(t->site, batches, PEOPLE, t->mem, &err) != SALVE_OK) return 94;
        for (int p = 0; p < PEOPLE; p++)
            if (batches[p].code != SALVE_OK) return 95;
        int len = snprintf(line, sizeof line, "saved %d\n", c);
        if (write(acks, line, (size_t)len) != len) return 96;
    }
    for (int p = 0; p < PEOPLE; p++)
        if (rec_close(&views[p], &err) != SALVE_OK) return 97;
    return site_close(&t->site, &err) == SALVE_OK ? 0 : 98;
}

static int count_of(struct t_site *t, struct str card)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, card);
    t_must(rec_all(view, CLASS_BIT(CLASS_CLIN), &all, &count, &err));
    t_close_view(&view);
    return (int)count;
}

static void check_after(struct t_site *t, const struct t_kill *job)
{
    int told = 0;
    struct site_verify_result result;
    struct site_verify_ask verify = {.actor = T_TECHNICIAN};
    for (size_t at = 0; at < job->acks_len; at++) told += job->acks[at] == '\n';
    t_site_open(t);
    int first = count_of(t, cards[0]);
    bool good = (job->killed || (job->status == 0 && told == CALLS)) && (first == told || first == told + 1);
    for (int p = 1; p < PEOPLE; p++) good = good && count_of(t, cards[p]) == first;
    good = good && site_verify(t->site, &verify, &result, NULL) == SALVE_OK;
    if (good)
        t_pass();
    else
        t_fail("kill many", "before call %llu: %d told, %d there", (unsigned long long)job->nth, told, first);
    t_site_close(t);
}

static int run_one(struct t_kill *job, uint64_t nth)
{
    struct t_site run;
    int code = t_kill_copy(base, folder, work, nth, job, &run);
    if (code == 0) check_after(&run, job);
    arena_close(run.mem);
    return code;
}

int main(void)
{
    static struct t_kill job;
    time_t end = time(NULL) + (t_is_all() ? 3600 : 6);
    base = t_site_make("kill-many", false);
    for (int p = 0; p < PEOPLE; p++) {
        cards[p] = t_enrol(base, "Haddad", "1980-01-01").card;
        t_give(base, cards[p], PURPOSE_CARE);
    }
    t_site_close(base);
    (void)snprintf(folder, sizeof folder, "%s-run", base->folder);
    if (run_one(&job, 0) != 0) {
        t_skipped(1);
        t_site_drop(base);
        return t_end();
    }
    uint64_t calls = job.calls, tried = 0, step = t_is_all() ? 1 : 3;
    for (uint64_t from = 1; from <= step; from++)
        for (uint64_t nth = from; nth <= calls && time(NULL) < end; nth += step, tried++) run_one(&job, nth);
    printf("%llu of %llu points\n", (unsigned long long)tried, (unsigned long long)calls);
    t_remove(folder);
    t_site_drop(base);
    return t_end();
}
