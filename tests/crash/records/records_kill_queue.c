/* SPDX-License-Identifier: Apache-2.0
 *
 * kill -9 at any moment of the queue of a day. A child checks somebody in, is at a station with them, saves an alarm and lets
 * them go; another one ends the day and begins the next. Each is killed just before its n-th system call that changes a
 * file. Then the site is opened again: what was acknowledged is there, nothing is there half, the day and open work
 * have one ticket, a day that is over leaves neither key nor row, and verify finds nothing.
 *
 * Every n with ALL=1; else every third, and in the sanitizer build every eleventh. */
#include "guideline/finding.h"
#include "keys/keys.h"
#include "records/queue_int.h"
#include "records/work_int.h"
#include "store/store.h"
#include "t_kill_site.h"
#include "t_site.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };
static struct t_site *base;
static struct str card;
static char folder[520];

static bool say(struct t_site *t, struct rec_view *view, enum day_event event, enum day_station station)
{
    struct queue_entry entry;
    const struct queue_step step = {.event = event, .station = station};
    return queue_note(view, &step, t->mem, &entry, NULL) == SALVE_OK;
}

/* c: checked in; s: at the station; w: open work; d: done; o: they left. */
static int a_day(int acks, void *with)
{
    struct salve_err err = {0};
    struct t_site *t = with;
    struct rec_view *view = NULL;
    struct rec_ask ask = {.actor = T_ASSISTANT, .purpose = PURPOSE_CARE, .who = card};
    const struct work_entry alarm = {.part = WORK_KEPT, .task = WORK_TELL, .urgency = 1};
    if (site_open(&t->options, &t->site, &err) != SALVE_OK || rec_open(t->site, &ask, &view, &err) != SALVE_OK)
        return 91;
    if (!say(t, view, DAY_CHECK_IN, STATION_RECEPTION)) return 92;
    t_kill_ack(acks, 'c');
    if (!say(t, view, DAY_BEGIN, STATION_BODY)) return 93;
    t_kill_ack(acks, 's');
    worklist_set(view, WORK_KEPT, &alarm, 1);
    if (worklist_write(view, &err) != SALVE_OK) return 94;
    t_kill_ack(acks, 'w');
    if (!say(t, view, DAY_DONE, STATION_BODY)) return 95;
    t_kill_ack(acks, 'd');
    if (!say(t, view, DAY_LEAVE, STATION_EXIT)) return 96;
    t_kill_ack(acks, 'o');
    if (rec_close(&view, &err) != SALVE_OK || site_close(&t->site, &err) != SALVE_OK) return 97;
    return 0;
}

/* e: the day is over; n: checked in on the next one. */
static int the_next_day(int acks, void *with)
{
    struct salve_err err = {0};
    struct t_site *t = with;
    struct rec_view *view = NULL;
    struct rec_ask ask = {.actor = T_ASSISTANT, .purpose = PURPOSE_CARE, .who = card};
    t->options.clock = clock_fixed(T_SITE_NOW + DAY_MS);
    if (site_open(&t->options, &t->site, &err) != SALVE_OK || rec_open(t->site, &ask, &view, &err) != SALVE_OK)
        return 91;
    t_kill_ack(acks, 'e');
    if (!say(t, view, DAY_BEGIN, STATION_VISION)) return 92;
    t_kill_ack(acks, 'n');
    if (rec_close(&view, &err) != SALVE_OK || site_close(&t->site, &err) != SALVE_OK) return 97;
    return 0;
}

/* --- checking ----------------------------------------------------------------------------------------------------- */

static bool is_whole(struct t_site *t, const struct t_kill *job)
{
    struct salve_err err = {0};
    struct site_verify_result result;
    struct site_verify_ask verify = {.actor = T_TECHNICIAN};
    t_kill_want(site_verify(t->site, &verify, &result, &err) == SALVE_OK);
    return true;
}

static bool a_day_stands(struct t_site *t, const struct t_kill *job)
{
    struct salve_err err = {0};
    struct queue_entry *list = NULL;
    struct work *work = NULL;
    size_t count = 0, work_count = 0;
    t_kill_want(queue_read(t->site, T_ASSISTANT, t->mem, &list, &count, &err) == SALVE_OK);
    t_kill_want(t_worklist(t->site, T_ASSISTANT, t->mem, &work, &work_count, &err) == SALVE_OK);
    t_kill_want(count <= 1 && work_count <= 1);
    if (t_kill_has(job, 'o')) t_kill_want(count == 0);
    if (t_kill_has(job, 'c') && !t_kill_has(job, 'd')) t_kill_want(count == 1);
    if (t_kill_has(job, 'w')) t_kill_want(work_count == 1);
    if (count == 0) return true;
    t_kill_want(list[0].number == 1);
    if (t_kill_has(job, 's') && !t_kill_has(job, 'w')) t_kill_want(list[0].at == STATION_BODY);
    if (t_kill_has(job, 'd'))
        t_kill_want((list[0].done & STATION_BIT(STATION_BODY)) != 0 && list[0].at == STATION_NONE);
    t_kill_want(list[0].is_held == (work_count == 1));
    if (work_count == 1) t_kill_want(str_eq(work[0].ticket, list[0].ticket));
    return true;
}

static bool the_day_before_is_gone(struct t_site *t, const struct t_kill *job)
{
    struct salve_err err = {0};
    struct queue_entry *list = NULL;
    struct rec_tx tx;
    struct str *names = NULL;
    size_t count = 0, rows = 0;
    t_kill_want(queue_read(t->site, T_ASSISTANT, t->mem, &list, &count, &err) == SALVE_OK);
    t_kill_want(count <= 1);
    if (t_kill_has(job, 'n')) t_kill_want(count == 1);
    if (count == 1) t_kill_want(list[0].at == STATION_VISION && list[0].number == 1);
    t_kill_want(rec_tx_begin(t->site, true, t->mem, &tx, &err) == SALVE_OK);
    enum salve_code code = store_commons_list(tx.store, STR("queue"), t->mem, &names, &rows, &err);
    rec_tx_abandon(&tx);
    t_kill_want(code == SALVE_OK && rows == (count == 1 ? 3 : 0));
    return true;
}

typedef bool stands(struct t_site *t, const struct t_kill *job);

static int run_one(struct t_kill *job, uint64_t nth, int (*work)(int acks, void *with), int64_t at_unix_ms,
                   stands *check)
{
    struct salve_err err = {0};
    struct t_site run;
    int code = t_kill_copy(base, folder, work, nth, job, &run);
    run.options.clock = clock_fixed(at_unix_ms);
    bool is_open = code == 0 && site_open(&run.options, &run.site, &err) == SALVE_OK;
    if (code == 0 && !is_open) t_fail("kill", "before call %llu: %s", (unsigned long long)nth, t_where(&err));
    bool is_good = is_open && (job->killed || job->status == 0) && check(&run, job) && is_whole(&run, job);
    if (is_open && !is_good) t_fail("kill", "before call %llu: status %d", (unsigned long long)nth, job->status);
    if (is_open) (void)!site_close(&run.site, NULL);
    if (is_good) t_pass();
    arena_close(run.mem);
    return code;
}

static int run_all(int (*work)(int acks, void *with), int64_t at_unix_ms, stands *check)
{
    static struct t_kill job;
    uint64_t step = t_is_all() ? 1 : T_IS_SANITIZED ? 11 : 3, tried = 0;
    if (run_one(&job, 0, work, at_unix_ms, check) != 0) return 1;
    uint64_t calls = job.calls;
    for (uint64_t nth = 1; nth <= calls; nth += step, tried++) (void)run_one(&job, nth, work, at_unix_ms, check);
    printf("%llu of %llu points\n", (unsigned long long)tried, (unsigned long long)calls);
    return 0;
}

int main(void)
{
    base = t_site_make("kill-queue", false);
    card = t_enrol(base, "Haddad", "1980-01-01").card;
    t_give(base, card, PURPOSE_CARE);
    t_site_close(base);
    (void)snprintf(folder, sizeof folder, "%s-run", base->folder);
    bool is_skipped = run_all(a_day, T_SITE_NOW, a_day_stands) != 0;
    if (!is_skipped) {
        struct rec_view *view = NULL;
        t_site_open(base);
        view = t_open(base, T_ASSISTANT, PURPOSE_CARE, card);
        if (!say(base, view, DAY_CHECK_IN, STATION_RECEPTION)) t_fail("kill", "nobody is checked in");
        t_close_view(&view);
        t_site_close(base);
        (void)run_all(the_next_day, T_SITE_NOW + DAY_MS, the_day_before_is_gone);
    } else
        t_skipped(1);
    t_remove(folder);
    t_site_drop(base);
    return t_end();
}
