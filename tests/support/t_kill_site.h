/* SPDX-License-Identifier: Apache-2.0
 *
 * t_kill_site - t_kill_run on a copy of a closed site, and what its checks are written with. */
#ifndef SALVE_TESTS_T_KILL_SITE_H
#define SALVE_TESTS_T_KILL_SITE_H

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

#endif
