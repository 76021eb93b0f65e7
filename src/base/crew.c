/* SPDX-License-Identifier: Apache-2.0
 * Threads for a list of jobs: a counter says which is the next. */
#include "base/crew.h"

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

#include "base/assert.h"

struct crew {
    crew_job *job;
    size_t count;
    atomic_size_t next;
};

struct hand {
    struct crew *crew;
    void *member;
    pthread_t thread;
};

bool crew_thread(pthread_t *out, void *(*run)(void *with), void *with)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0) return false;
    bool is_started = pthread_create(out, NULL, run, with) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return is_started;
}

unsigned crew_others(unsigned max)
{
    cpu_set_t cores;
    if (sched_getaffinity(0, sizeof cores, &cores) != 0) return 0;
    unsigned others = (unsigned)CPU_COUNT(&cores) - 1;
    return others < max ? others : max;
}

static void work(struct crew *crew, void *member)
{
    for (size_t nr; (nr = atomic_fetch_add(&crew->next, 1)) < crew->count;) crew->job(member, nr);
}

static void *run(void *with)
{
    struct hand *hand = with;
    work(hand->crew, hand->member);
    return NULL;
}

void crew_run(size_t own, size_t count, void *members, size_t member_bytes, size_t member_count, crew_job *job)
{
    struct hand hands[CREW_MAX];
    struct crew crew = {.job = job, .count = count, .next = own};
    size_t started = 1;
    salve_assert(own <= count && member_count > 0 && member_count <= CREW_MAX);
    for (; started < member_count; started++) {
        hands[started] = (struct hand){.crew = &crew, .member = (char *)members + started * member_bytes};
        if (!crew_thread(&hands[started].thread, run, &hands[started])) break;
    }
    for (size_t nr = 0; nr < own; nr++) job(members, nr);
    work(&crew, members);
    for (size_t i = 1; i < started; i++) (void)pthread_join(hands[i].thread, NULL);
}
