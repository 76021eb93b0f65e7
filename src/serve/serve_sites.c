/* SPDX-License-Identifier: Apache-2.0
 * The far sites of web: see sites_int.h. */
#include <time.h>

#include "door/door.h"
#include "serve/sites_int.h"

enum { FIRST_SECONDS = 120, WAIT_SECONDS = 5, ANSWER_SECONDS = 20 }; /* FIRST: as long as the supervisor waits */

enum salve_code serve_sites_open(struct serve_sites *sites, struct salve_err *err)
{
    pthread_condattr_t steady; /* a clock that is set makes nobody wait longer */
    *sites = (struct serve_sites){.is_lost = true};
    bool is_open = pthread_condattr_init(&steady) == 0 && pthread_condattr_setclock(&steady, CLOCK_MONOTONIC) == 0 &&
                   pthread_mutex_init(&sites->lock, NULL) == 0 && pthread_cond_init(&sites->came, &steady) == 0;
    return is_open ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "web");
}

void serve_sites_close(struct serve_sites *sites)
{
    for (size_t i = 0; i < SERVE_SITES_MAX; i++) (void)!site_close(&sites->rows[i].site, NULL);
}

/* What nobody is at and nobody will come to, out of its row. With the lock. */
static struct site *take_unused(struct serve_sites *sites, struct serve_site *row)
{
    struct site *site = row->site;
    if (row->users > 0 || row == sites->newest) return NULL;
    row->site = NULL;
    return site;
}

enum salve_code serve_sites_link(struct serve_sites *sites, struct serve_fds *fds, struct salve_err *err)
{
    struct site *site = NULL, *unused = NULL;
    struct serve_fds taken = *fds;
    size_t free_row = 0;
    if (fds->count < 2) return salve_fail(err, SALVE_E_IO, "control");
    fds->count = 0;
    const struct door_connect ask = {.fds = taken.at,
                                     .fd_count = taken.count - 1,
                                     .page_fd = taken.at[taken.count - 1],
                                     .clock = clock_system(),
                                     .wait_ms = ANSWER_SECONDS * 1000};
    TRY(door_connect(&ask, &site, err));
    (void)pthread_mutex_lock(&sites->lock);
    while (sites->rows[free_row].site != NULL) free_row++; /* there are more than can be in use */
    struct serve_site *before = sites->newest;
    sites->newest = &sites->rows[free_row];
    *sites->newest = (struct serve_site){.site = site};
    if (before != NULL) unused = take_unused(sites, before);
    sites->is_lost = false;
    (void)pthread_cond_broadcast(&sites->came);
    (void)pthread_mutex_unlock(&sites->lock);
    (void)!site_close(&unused, NULL);
    return SALVE_OK;
}

void serve_sites_lost(struct serve_sites *sites)
{
    (void)pthread_mutex_lock(&sites->lock);
    sites->is_lost = true;
    (void)pthread_mutex_unlock(&sites->lock);
}

void serve_sites_end(struct serve_sites *sites)
{
    (void)pthread_mutex_lock(&sites->lock);
    sites->is_over = true;
    (void)pthread_cond_broadcast(&sites->came);
    (void)pthread_mutex_unlock(&sites->lock);
}

/* The newest, one more at it; NULL: it is lost, and none came in time. */
static struct serve_site *await_newest(struct serve_sites *sites)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    (void)pthread_mutex_lock(&sites->lock);
    until.tv_sec += sites->newest == NULL ? FIRST_SECONDS : WAIT_SECONDS;
    for (int waited = 0; sites->is_lost && !sites->is_over && waited == 0;)
        waited = pthread_cond_timedwait(&sites->came, &sites->lock, &until);
    struct serve_site *newest = sites->is_lost ? NULL : sites->newest;
    if (newest != NULL) newest->users++;
    (void)pthread_mutex_unlock(&sites->lock);
    return newest;
}

static void let_go(struct serve_sites *sites, struct serve_site *row)
{
    (void)pthread_mutex_lock(&sites->lock);
    row->users--;
    struct site *unused = take_unused(sites, row);
    (void)pthread_mutex_unlock(&sites->lock);
    (void)!site_close(&unused, NULL);
}

struct site *serve_sites_now(struct serve_sites *sites, unsigned worker, void (*leaves)(void *with, unsigned worker),
                             void *with, struct salve_err *err)
{
    struct serve_site *before = sites->at[worker], *newest = await_newest(sites);
    if (newest == NULL) {
        (void)salve_refuse(err, SALVE_E_BUSY, "the process that keeps the records is being started again", "gate");
        return NULL;
    }
    sites->at[worker] = newest;
    if (before != NULL && before != newest) leaves(with, worker);
    if (before != NULL) let_go(sites, before);
    return newest->site;
}

bool serve_sites_is_now(struct serve_sites *sites, unsigned worker)
{
    (void)pthread_mutex_lock(&sites->lock);
    bool is = !sites->is_lost && !sites->is_over && sites->newest != NULL && sites->at[worker] == sites->newest;
    (void)pthread_mutex_unlock(&sites->lock);
    return is;
}

void serve_sites_metrics(struct serve_sites *sites, struct buf *out)
{
    (void)pthread_mutex_lock(&sites->lock);
    if (sites->newest != NULL && sites->newest->site != NULL) door_metrics(sites->newest->site, out);
    (void)pthread_mutex_unlock(&sites->lock);
}
