/* SPDX-License-Identifier: Apache-2.0
 *
 * crew - a few threads beside the caller's, for a list of jobs that know nothing of each other.
 *
 *     struct member members[1 + OTHERS];                            // what each thread works with; [0]: the caller
 *     crew_run(2, 7, members, sizeof members[0], 1 + others, job);  // jobs 0 and 1 by the caller, 2 to 6 by anybody */
#ifndef SALVE_BASE_CREW_H
#define SALVE_BASE_CREW_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* crew_thread - starts a thread without signals, which are the business of those that are there already. false: the
 * system has none. */
SALVE_MUST_USE bool crew_thread(pthread_t *out, void *(*run)(void *with), void *with);

/* crew_others - how many cores there are beside this thread's, at most `max`. */
unsigned crew_others(unsigned max);

/* crew_run - each job 0..count-1 once; returns when all are done. Those below `own` are the caller's, in their order,
 * before it takes of the others; the others are begun in their order by whoever is free. A member is for one thread.
 * Threads that cannot be had are done without. */
enum { CREW_MAX = 8 };
typedef void crew_job(void *member, size_t nr);
void crew_run(size_t own, size_t count, void *members, size_t member_bytes, size_t member_count, crew_job *job);

#endif
