/* SPDX-License-Identifier: Apache-2.0
 * Views of apps. The first request with an access token opens one, the next ones go on in it: one look, one leaf, one
 * note of what was read. It is closed when nobody asked for two minutes, when its token is over, and when its site
 * goes. A view belongs to the site of a worker, and is used with the turn of that worker alone. */
#include "api/api_int.h"

#include <pthread.h>
#include <time.h>

#include "crypto/crypto.h"
#include "records/apps.h"
#include "smart/smart.h"

enum { VIEWS_MAX = 64, IDLE_MS = 120 * 1000, SEEN_BYTES = 16 << 10 };

struct app_view {
    uint8_t key[CRYPTO_SHA256_BYTES]; /* of the token; under the lock of the table */
    bool is_taken;                    /* the row is somebody's; under the lock */
    unsigned worker;                  /* whose site it is of */
    int64_t until_ms;                 /* nobody asked since; under the lock */
    struct visit_held held;           /* with the turn of that worker, as what follows */
    struct arena *mem;
    struct app_seen seen;
};
struct api_apps {
    pthread_mutex_t lock;
    struct app_view list[VIEWS_MAX];
};

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum salve_code api_apps_open(struct api *api, struct salve_err *err)
{
    struct api_apps *apps = arena_new(api->mem, struct api_apps);
    if (apps == NULL || pthread_mutex_init(&apps->lock, NULL) != 0) return salve_fail(err, SALVE_E_MEMORY, "api");
    api->apps = apps;
    return SALVE_OK;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static struct app_view *find(struct api_apps *apps, const uint8_t key[CRYPTO_SHA256_BYTES])
{
    for (size_t i = 0; i < VIEWS_MAX; i++)
        if (apps->list[i].is_taken && crypto_equal(apps->list[i].key, key, CRYPTO_SHA256_BYTES)) return &apps->list[i];
    return NULL;
}

/* The turn of its worker is held. What was read is noted; where the gate is away, it noted it by itself. */
static void end(struct api_apps *apps, struct app_view *one)
{
    (void)!visit_release(&one->held, NULL);
    arena_close(one->mem);
    one->mem = NULL;
    one->held = (struct visit_held){.view = NULL};
    (void)pthread_mutex_lock(&apps->lock);
    crypto_zero(one->key, sizeof one->key);
    one->is_taken = false;
    (void)pthread_mutex_unlock(&apps->lock);
}

/* A free row for this worker, whose turn is held; NULL: all are in use elsewhere. */
static struct app_view *take_row(struct api_apps *apps, unsigned worker, const uint8_t key[CRYPTO_SHA256_BYTES])
{
    struct app_view *oldest = NULL, *one = NULL;
    (void)pthread_mutex_lock(&apps->lock);
    for (size_t i = 0; i < VIEWS_MAX && one == NULL; i++) {
        struct app_view *row = &apps->list[i];
        if (!row->is_taken) one = row;
        bool is_older = row->is_taken && row->worker == worker && (oldest == NULL || row->until_ms < oldest->until_ms);
        if (is_older) oldest = row;
    }
    bool is_free = one != NULL;
    if (is_free) {
        one->is_taken = true;
        one->worker = worker;
        memcpy(one->key, key, sizeof one->key);
        one->until_ms = now_ms() + IDLE_MS;
    }
    (void)pthread_mutex_unlock(&apps->lock);
    if (is_free || oldest == NULL) return one;
    end(apps, oldest);
    return take_row(apps, worker, key);
}

/* --- a request ---------------------------------------------------------------------------------------------------- */

static enum salve_code lend(struct api_call *call, unsigned worker, struct salve_err *err)
{
    return pages_lend(call->api->config.pages, worker, call->request, call->reply, STR_NONE, &call->lent, err);
}

static void use(struct api_call *call, struct app_view *one)
{
    (void)pthread_mutex_lock(&call->api->apps->lock);
    one->until_ms = now_ms() + IDLE_MS;
    (void)pthread_mutex_unlock(&call->api->apps->lock);
    call->visit = call->lent.visit;
    call->visit->actor = (struct actor){.role = ROLE_PARTICIPANT};
    call->visit->held = &one->held;
    call->view = one->held.view;
    call->scope = one->seen.scope;
}

/* The one that is open, with the turn of its worker; false: there is none that stands. */
static bool go_on(struct api_call *call, const uint8_t key[CRYPTO_SHA256_BYTES])
{
    struct api_apps *apps = call->api->apps;
    (void)pthread_mutex_lock(&apps->lock);
    struct app_view *one = find(apps, key);
    unsigned worker = one == NULL ? 0 : one->worker;
    (void)pthread_mutex_unlock(&apps->lock);
    if (one == NULL || lend(call, worker, NULL) != SALVE_OK) return false;
    (void)pthread_mutex_lock(&apps->lock); /* it may have ended while the turn was waited for */
    bool is_still = find(apps, key) == one && one->worker == worker && one->held.view != NULL;
    (void)pthread_mutex_unlock(&apps->lock);
    if (is_still && visit_hold_stands(&one->held, NULL) == SALVE_OK) {
        use(call, one);
        return true;
    }
    if (is_still) end(apps, one);
    pages_lend_back(&call->lent);
    return false;
}

static enum salve_code open_row(struct api_call *call, struct app_view *one, struct str token, struct salve_err *err)
{
    one->mem = arena_open_private(SEEN_BYTES);
    if (one->mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "api");
    one->held = (struct visit_held){.role = ROLE_PARTICIPANT};
    return app_open(call->lent.visit->site, token, one->mem, &one->seen, &one->held.view, err);
}

enum salve_code api_app_take(struct api_call *call, struct str token, struct salve_err *err)
{
    uint8_t key[CRYPTO_SHA256_BYTES];
    crypto_sha256(token, key);
    if (go_on(call, key)) return SALVE_OK;
    TRY(lend(call, call->worker, err));
    struct app_view *one = take_row(call->api->apps, call->worker, key);
    if (one == NULL) return salve_refuse(err, SALVE_E_BUSY, "too many apps read at once", "api");
    enum salve_code code = open_row(call, one, token, err);
    if (code != SALVE_OK) {
        end(call->api->apps, one);
        return code;
    }
    use(call, one);
    return SALVE_OK;
}

/* --- what a scope lets do ----------------------------------------------------------------------------------------- */

enum salve_code api_app_may(const struct api_call *call, struct salve_err *err)
{
    struct smart_scopes scopes;
    if (call->scope.len == 0) return SALVE_OK; /* it is no app */
    TRY(smart_scopes_read(call->scope, &scopes, err));
    for (size_t i = 0; i < scopes.count; i++)
        if (api_scope_covers(call, &scopes.list[i])) return SALVE_OK;
    return salve_refuse(err, SALVE_E_ROLE, "the scopes of this token do not cover it", "scope");
}

/* --- endings ------------------------------------------------------------------------------------------------------ */

void api_drop(struct api *api, unsigned worker)
{
    if (api == NULL) return;
    for (size_t i = 0; i < VIEWS_MAX; i++)
        if (api->apps->list[i].is_taken && api->apps->list[i].worker == worker) end(api->apps, &api->apps->list[i]);
}

static bool is_idle(struct api_apps *apps, const struct app_view *one)
{
    (void)pthread_mutex_lock(&apps->lock);
    bool is = one->is_taken && one->until_ms < now_ms();
    (void)pthread_mutex_unlock(&apps->lock);
    return is;
}

/* With the turn of its worker it is looked at again: somebody may have asked meanwhile. */
static void end_idle(struct api *api, struct app_view *one)
{
    struct http_reply reply = {.mem = arena_open_private(SEEN_BYTES)};
    struct pages_lent lent = {0};
    unsigned worker = one->worker;
    if (reply.mem != NULL && pages_lend(api->config.pages, worker, NULL, &reply, STR_NONE, &lent, NULL) == SALVE_OK) {
        if (one->worker == worker && is_idle(api->apps, one)) end(api->apps, one);
        pages_lend_back(&lent);
    }
    arena_close(reply.mem);
}

void api_tick(struct api *api)
{
    for (size_t i = 0; i < VIEWS_MAX; i++)
        if (is_idle(api->apps, &api->apps->list[i])) end_idle(api, &api->apps->list[i]);
}

void api_apps_close(struct api *api)
{
    if (api->apps == NULL) return;
    for (size_t i = 0; i < VIEWS_MAX; i++)
        if (api->apps->list[i].is_taken) end(api->apps, &api->apps->list[i]);
    (void)pthread_mutex_destroy(&api->apps->lock);
}
