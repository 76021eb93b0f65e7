/* SPDX-License-Identifier: Apache-2.0
 * Threads that answer requests: one list of jobs that wait, one of those that are done. A worker takes the oldest job
 * whose lane nobody is in, so requests of one session wait for each other without a worker waiting. */
#include "http/http_int.h"

#include <pthread.h>
#include <signal.h>
#include <uv.h>

#include "base/assert.h"

struct worker {
    struct http_crew *crew;
    pthread_t thread;
    void *context;
    bool is_running;
    uint64_t lane, since_ns; /* of the job at hand */
};

struct http_crew {
    void (*answer)(void *worker, const struct http_request *request, struct http_reply *reply);
    void (*ended)(void *with);
    void *with;
    unsigned waiting_max, worker_count, started;
    _Atomic unsigned waiting;
    struct http_job *given, **given_end; /* since the last flush; the loop's alone */
    pthread_mutex_t lock;                /* of all below */
    pthread_cond_t wakes;
    struct http_job *first, **last; /* that wait */
    struct http_job *done;
    unsigned running, asleep;
    bool closes;
    struct worker workers[HTTP_WORKERS_MAX];
};

enum salve_code http_crew_open(const struct http_config *config, void (*ended)(void *with), void *with,
                               struct arena *mem, struct http_crew **out, struct salve_err *err)
{
    struct http_crew *crew = arena_new(mem, struct http_crew);
    salve_assert(config->worker_count <= HTTP_WORKERS_MAX);
    if (crew == NULL) return salve_fail(err, SALVE_E_MEMORY, "workers");
    crew->answer = config->answer;
    crew->ended = ended;
    crew->with = with;
    crew->last = &crew->first;
    crew->given_end = &crew->given;
    crew->waiting_max = config->waiting_max;
    crew->worker_count = config->worker_count;
    for (unsigned i = 0; i < crew->worker_count; i++) {
        crew->workers[i].crew = crew;
        crew->workers[i].context = config->workers[i];
    }
    if (pthread_mutex_init(&crew->lock, NULL) != 0 || pthread_cond_init(&crew->wakes, NULL) != 0)
        return salve_fail(err, SALVE_E_MEMORY, "locks of the workers");
    *out = crew;
    return SALVE_OK;
}

/* --- on a worker's thread, with the lock -------------------------------------------------------------------------- */

static bool lane_is_free(const struct http_crew *crew, uint64_t lane)
{
    for (unsigned i = 0; lane != 0 && i < crew->worker_count; i++)
        if (crew->workers[i].is_running && crew->workers[i].lane == lane) return false;
    return true;
}

static struct http_job *take(struct http_crew *crew)
{
    for (struct http_job **at = &crew->first; *at != NULL; at = &(*at)->next) {
        struct http_job *job = *at;
        if (!lane_is_free(crew, job->lane)) continue;
        *at = job->next;
        if (job->next == NULL) crew->last = at;
        crew->waiting--;
        return job;
    }
    return NULL;
}

static void set_running(struct worker *worker, const struct http_job *job)
{
    worker->is_running = job != NULL;
    worker->lane = job == NULL ? 0 : job->lane;
    worker->since_ns = uv_hrtime();
    worker->crew->running += job != NULL ? 1 : (unsigned)-1;
}

/* Whether somebody has to be told that jobs are done: nobody has looked since the first. */
static bool put_done(struct http_crew *crew, struct http_job *job)
{
    bool is_first = crew->done == NULL;
    job->next = crew->done;
    crew->done = job;
    return is_first;
}

static void *work(void *with)
{
    struct worker *worker = with;
    struct http_crew *crew = worker->crew;
    (void)pthread_mutex_lock(&crew->lock);
    while (!crew->closes) {
        struct http_job *job = take(crew);
        if (job == NULL) {
            crew->asleep++;
            (void)pthread_cond_wait(&crew->wakes, &crew->lock);
            crew->asleep--;
            continue;
        }
        set_running(worker, job);
        (void)pthread_mutex_unlock(&crew->lock);
        crew->answer(worker->context, job->request, &job->reply);
        (void)pthread_mutex_lock(&crew->lock);
        set_running(worker, NULL);
        if (put_done(crew, job)) crew->ended(crew->with);
    }
    (void)pthread_mutex_unlock(&crew->lock);
    return NULL;
}

/* --- on the thread of the loop ------------------------------------------------------------------------------------ */

enum salve_code http_crew_start(struct http_crew *crew, struct salve_err *err)
{
    sigset_t all, before; /* signals are the business of the thread that starts them */
    int code = 0;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, &before);
    while (code == 0 && crew->started < crew->worker_count) {
        struct worker *worker = &crew->workers[crew->started];
        code = pthread_create(&worker->thread, NULL, work, worker);
        if (code == 0) crew->started++;
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code == 0 ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "threads of the workers");
}

bool http_crew_give(struct http_crew *crew, struct http_job *job)
{
    if (crew->waiting >= crew->waiting_max) return false;
    crew->waiting++;
    job->next = NULL;
    *crew->given_end = job;
    crew->given_end = &job->next;
    return true;
}

bool http_crew_flush(struct http_crew *crew)
{
    if (crew->given == NULL) return false;
    (void)pthread_mutex_lock(&crew->lock);
    *crew->last = crew->given;
    crew->last = crew->given_end;
    bool wakes = crew->asleep > 0;
    (void)pthread_mutex_unlock(&crew->lock);
    crew->given = NULL;
    crew->given_end = &crew->given;
    if (wakes) (void)pthread_cond_signal(&crew->wakes);
    return true;
}

bool http_crew_wake(struct http_crew *crew)
{
    bool wakes = false;
    if (crew->waiting == 0) return false;
    (void)pthread_mutex_lock(&crew->lock);
    for (const struct http_job *job = crew->first; job != NULL && crew->asleep > 0 && !wakes; job = job->next)
        wakes = lane_is_free(crew, job->lane);
    (void)pthread_mutex_unlock(&crew->lock);
    if (wakes) (void)pthread_cond_signal(&crew->wakes);
    return wakes;
}

struct http_job *http_crew_ended(struct http_crew *crew)
{
    struct http_job *list = NULL;
    (void)pthread_mutex_lock(&crew->lock);
    while (crew->done != NULL) { /* newest first there, oldest first here */
        struct http_job *job = crew->done;
        crew->done = job->next;
        job->next = list;
        list = job;
    }
    (void)pthread_mutex_unlock(&crew->lock);
    return list;
}

void http_crew_close(struct http_crew *crew)
{
    (void)pthread_mutex_lock(&crew->lock);
    crew->closes = true;
    (void)pthread_cond_broadcast(&crew->wakes);
    (void)pthread_mutex_unlock(&crew->lock);
    while (crew->started > 0) (void)pthread_join(crew->workers[--crew->started].thread, NULL);
    (void)pthread_cond_destroy(&crew->wakes);
    (void)pthread_mutex_destroy(&crew->lock);
}

void http_crew_counts(struct http_crew *crew, unsigned *waiting, unsigned *running)
{
    *waiting = crew->waiting;
    (void)pthread_mutex_lock(&crew->lock);
    *running = crew->running;
    (void)pthread_mutex_unlock(&crew->lock);
}

bool http_crew_is_stuck(struct http_crew *crew)
{
    uint64_t now = uv_hrtime();
    (void)pthread_mutex_lock(&crew->lock);
    bool is_stuck = crew->worker_count > 0;
    for (unsigned i = 0; i < crew->worker_count; i++) {
        const struct worker *worker = &crew->workers[i];
        if (!worker->is_running || (now - worker->since_ns) / 1000000000 < HTTP_STUCK_SECONDS) is_stuck = false;
    }
    (void)pthread_mutex_unlock(&crew->lock);
    return is_stuck;
}
