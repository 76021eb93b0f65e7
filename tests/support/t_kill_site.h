/* SPDX-License-Identifier: Apache-2.0
 *
 * t_kill_site - t_kill_run on a copy of a closed site. */
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

#endif
