/* SPDX-License-Identifier: Apache-2.0
 * Inside serve: the site of web, which is another one each time the gate was started again. */
#ifndef SALVE_SERVE_SITES_INT_H
#define SALVE_SERVE_SITES_INT_H

#include <pthread.h>

#include "base/buf.h"
#include "records/site.h"
#include "serve/serve_int.h"

/* One site at the far end, and how many workers are at it. */
struct serve_site {
    struct site *site; /* NULL: the row is free */
    unsigned users;
};

/* Whoever is at a site stays there until they ask for one again, so there may be one for each, the newest, and one that
 * comes. Beside the workers the clockwork asks. */
enum { SERVE_CLOCKWORK = SERVE_LINES, SERVE_USERS, SERVE_SITES_MAX = SERVE_USERS + 2 };

struct serve_sites {
    pthread_mutex_t lock;
    pthread_cond_t came;
    struct serve_site rows[SERVE_SITES_MAX], *newest; /* NULL: none came yet */
    struct serve_site *at[SERVE_USERS];               /* of each worker; NULL: it has asked for none */
    bool is_lost;                                     /* the gate of the newest is gone */
    bool is_over;                                     /* and no other will come */
};

SALVE_MUST_USE enum salve_code serve_sites_open(struct serve_sites *sites, struct salve_err *err);
void serve_sites_close(struct serve_sites *sites); /* nobody is inside any more */

/* serve_sites_link - a new one, at the other end of these connections; the last descriptor is the gate's page. It takes
 * them all. E_IO: that gate is gone already, E_UNSUPPORTED.
 * serve_sites_lost - whoever asks waits for the next. */
SALVE_MUST_USE enum salve_code serve_sites_link(struct serve_sites *sites, struct serve_fds *fds,
                                                struct salve_err *err);
void serve_sites_lost(struct serve_sites *sites);
void serve_sites_end(struct serve_sites *sites); /* nobody waits any more */

/* serve_sites_now - the newest, for this worker; where it is lost, the next if it comes soon. `leaves` is called before
 * the worker leaves the one that it is at. NULL, E_BUSY: none came. */
struct site *serve_sites_now(struct serve_sites *sites, unsigned worker, void (*leaves)(void *with, unsigned worker),
                             void *with, struct salve_err *err);

/* serve_sites_is_now - is the one that this worker is at still the newest, and not lost? It waits for nothing. */
bool serve_sites_is_now(struct serve_sites *sites, unsigned worker);

/* serve_sites_metrics - numbers of the newest one's gate, as lines of Prometheus. */
void serve_sites_metrics(struct serve_sites *sites, struct buf *out);

#endif
