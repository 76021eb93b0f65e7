/* SPDX-License-Identifier: Apache-2.0
 *
 * t_kill_site - t_kill_run on a copy of a closed site, and what its checks are written with. */
#ifndef SALVE_TESTS_T_KILL_SITE_H
#define SALVE_TESTS_T_KILL_SITE_H

#include "records/tx_int.h"
#include "store/store.h"
#include "t_kill.h"
#include "t_site.h"

/* t_kill_copy - copies `base` to `folder` and does `work` there, killed before its n-th call (0: never). *run is the copy
 * as it was left, for who looks at it; the caller closes run->mem. */
static inline int t_kill_copy(const struct t_site *base, const char *folder, int (*work)(int acks, void *with),
                              uint64_t nth, struct t_kill *job, struct t_site *run)
{
    *run = *base;
    t_remove(folder);
    t_copy(base->folder, folder);
    t_site_paths(run, folder);
    run->options.secret.key_file = base->key_file;
    run->mem = arena_open((size_t)1 << 30);
    *job = (struct t_kill){.nth = nth, .run = work, .with = run};
    return t_kill_run(job);
}

/* In the child: what is acknowledged is told by one letter; and was it? */
static inline void t_kill_ack(int acks, char what)
{
    if (write(acks, &what, 1) != 1) _exit(90);
}
static inline bool t_kill_has(const struct t_kill *job, char what)
{
    return memchr(job->acks, what, job->acks_len) != NULL;
}

/* How many rows of the commons have a name that begins so. */
static inline size_t t_kill_rows(struct t_site *t, const char *prefix)
{
    struct rec_tx tx;
    struct str *names = NULL;
    size_t count = 0;
    if (rec_tx_begin(t->site, true, t->mem, &tx, NULL) != SALVE_OK) return SIZE_MAX;
    enum salve_code code = store_commons_list(tx.store, str_of(prefix), t->mem, &names, &count, NULL);
    rec_tx_abandon(&tx);
    return code == SALVE_OK ? count : SIZE_MAX;
}

/* In a check that gives whether all is well, with `job` and an `err`: a claim that does not hold is a failure, and ends
 * it. */
#define t_kill_want(claim)                                                                                             \
    do {                                                                                                               \
        if (!(claim)) {                                                                                                \
            t_fail("kill", "before call %llu: %s (line %d): %s %s", (unsigned long long)job->nth, #claim, __LINE__,    \
                   t_where(&err), err.why);                                                                            \
            return false;                                                                                              \
        }                                                                                                              \
    } while (0)

/* Work on copies of a closed site, killed before each of its calls in turn. */
struct t_kill_case {
    const struct t_site *base;
    const char *folder; /* of the copies */
    int (*work)(int acks, void *with);
    enum salve_code (*begin)(struct t_site *run, struct salve_err *err); /* opens a copy; NULL: site_open does */
    bool (*stands)(struct t_site *run, const struct t_kill *job);        /* of an opened copy: is all as it must be? */
    uint64_t step, sanitized_step; /* every so many calls are tried; with ALL=1 each */
};

static inline int t_kill_at(const struct t_kill_case *in, struct t_kill *job, uint64_t nth)
{
    struct salve_err err = {0};
    struct t_site run;
    int code = t_kill_copy(in->base, in->folder, in->work, nth, job, &run);
    bool is_open = code == 0 && (in->begin != NULL ? in->begin(&run, &err) == SALVE_OK
                                                   : site_open(&run.options, &run.site, &err) == SALVE_OK);
    if (code == 0 && !is_open) t_fail("kill", "before call %llu: %s", (unsigned long long)nth, t_where(&err));
    bool is_good = is_open && (job->killed || job->status == 0) && in->stands(&run, job);
    if (is_open && !is_good) t_fail("kill", "before call %llu: status %d", (unsigned long long)nth, job->status);
    if (is_open) (void)!site_close(&run.site, NULL);
    if (is_good) t_pass();
    arena_close(run.mem);
    return code;
}

/* t_kill_each - first to its end, then killed. What cannot be traced here is skipped. */
static inline void t_kill_each(const struct t_kill_case *in)
{
    static struct t_kill job;
    uint64_t step = t_is_all() ? 1 : T_IS_SANITIZED ? in->sanitized_step : in->step, tried = 0;
    if (t_kill_at(in, &job, 0) != 0) {
        t_skipped(1);
        return;
    }
    uint64_t calls = job.calls;
    for (uint64_t nth = 1; nth <= calls; nth += step, tried++) (void)t_kill_at(in, &job, nth);
    printf("%llu of %llu points\n", (unsigned long long)tried, (unsigned long long)calls);
}

#endif
