/* SPDX-License-Identifier: Apache-2.0
 *
 * Secrets that are checked beside the gate's thread: two threads that hash and touch nothing else. A place goes from
 * free to waiting, to running, to done, and back when its result is taken; `lock` guards the states and nothing else,
 * since whoever has a place in a state owns the rest of it. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/crew.h"
#include "records/gate.h"
#include "records/session_int.h"

enum { THREADS = 2, WORK_BYTES = 8 << 20 };
enum place_state { PLACE_FREE, PLACE_WAITING, PLACE_RUNNING, PLACE_DONE };

struct place {
    enum place_state state;
    uint64_t order; /* of asking, then of being done */
    uint64_t source, tag;
    enum desk_wish wish;
    uint64_t session;                   /* that is to be unlocked */
    uint8_t token[SESSION_TOKEN_BYTES]; /* of the session in which it is shown again */
    char *secret;
    size_t secret_bytes;
    struct rec_login login;
};

struct desk {
    struct site *site;
    pthread_mutex_t lock;
    pthread_cond_t is_asked;
    pthread_t threads[THREADS];
    size_t thread_count;
    bool is_over;
    int fd;
    uint64_t order;
    struct place places[DESK_MAX];
};

/* --- the threads -------------------------------------------------------------------------------------------------- */

/* The one in that state that came first; NULL: there is none. */
static struct place *first(struct desk *desk, enum place_state state)
{
    struct place *found = NULL;
    for (size_t i = 0; i < DESK_MAX; i++) {
        struct place *one = &desk->places[i];
        if (one->state == state && (found == NULL || one->order < found->order)) found = one;
    }
    return found;
}

static void tell(const struct desk *desk)
{
    const uint64_t one = 1;
    while (write(desk->fd, &one, sizeof one) < 0 && errno == EINTR) {
    }
}

static void *work(void *with)
{
    struct desk *desk = with;
    pthread_mutex_lock(&desk->lock);
    while (!desk->is_over) {
        struct place *place = first(desk, PLACE_WAITING);
        if (place == NULL) {
            pthread_cond_wait(&desk->is_asked, &desk->lock);
            continue;
        }
        place->state = PLACE_RUNNING;
        pthread_mutex_unlock(&desk->lock);
        rec_login_hash(&place->login, str_make(place->secret, place->secret_bytes));
        crypto_zero_stack();
        pthread_mutex_lock(&desk->lock);
        place->state = PLACE_DONE;
        place->order = ++desk->order;
        tell(desk);
    }
    pthread_mutex_unlock(&desk->lock);
    return NULL;
}

static enum salve_code start(struct desk *desk, struct salve_err *err)
{
    while (desk->thread_count < THREADS && crew_thread(&desk->threads[desk->thread_count], work, desk))
        desk->thread_count++;
    return desk->thread_count == THREADS ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "threads");
}

/* --- opening and closing ------------------------------------------------------------------------------------------ */

enum salve_code desk_open(struct site *site, struct desk **out, struct salve_err *err)
{
    salve_assert(site->ops == &rec_near_ops);
    struct desk *desk = calloc(1, sizeof *desk);
    if (desk == NULL) return salve_fail(err, SALVE_E_MEMORY, "threads");
    desk->site = site;
    desk->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    bool has_lock = pthread_mutex_init(&desk->lock, NULL) == 0;
    bool has_condition = pthread_cond_init(&desk->is_asked, NULL) == 0;
    enum salve_code code = SALVE_OK;
    if (desk->fd < 0 || !has_lock || !has_condition) code = salve_fail(err, SALVE_E_MEMORY, "threads");
    if (code == SALVE_OK) code = start(desk, err);
    *out = desk;
    if (code != SALVE_OK) desk_close(out);
    return code;
}

/* `state` is left for whoever has the lock. */
static void wipe(struct place *place)
{
    crypto_secret_free(place->secret);
    place->secret = NULL;
    crypto_zero(place->token, sizeof place->token);
    crypto_zero(&place->login.beside, sizeof place->login.beside);
}

void desk_close(struct desk **desk)
{
    struct desk *d = *desk;
    *desk = NULL;
    if (d == NULL) return;
    pthread_mutex_lock(&d->lock);
    d->is_over = true;
    pthread_cond_broadcast(&d->is_asked);
    pthread_mutex_unlock(&d->lock);
    for (size_t i = 0; i < d->thread_count; i++) pthread_join(d->threads[i], NULL);
    for (size_t i = 0; i < DESK_MAX; i++) {
        if (d->places[i].state == PLACE_FREE) continue;
        rec_login_drop(d->site, &d->places[i].login);
        wipe(&d->places[i]);
    }
    pthread_cond_destroy(&d->is_asked);
    pthread_mutex_destroy(&d->lock);
    if (d->fd >= 0) (void)close(d->fd);
    free(d);
}

int desk_fd(const struct desk *desk) { return desk->fd; }

/* --- asking ------------------------------------------------------------------------------------------------------- */

static enum salve_code find_place(struct desk *desk, uint64_t source, struct place **out, struct salve_err *err)
{
    size_t waiting = 0;
    *out = NULL;
    pthread_mutex_lock(&desk->lock);
    for (size_t i = 0; i < DESK_MAX; i++) {
        struct place *one = &desk->places[i];
        if (one->state == PLACE_FREE)
            *out = one;
        else
            waiting += one->source == source;
    }
    pthread_mutex_unlock(&desk->lock);
    if (waiting >= DESK_SOURCE_MAX) return salve_fail(err, SALVE_E_QUOTA, "logins that wait");
    return *out != NULL ? SALVE_OK : salve_fail(err, SALVE_E_BUSY, "logins that wait");
}

static enum salve_code copy_secret(struct place *place, struct str secret, struct salve_err *err)
{
    if (secret.len > STAFF_SECRET_BYTES_MAX) return salve_refuse(err, SALVE_E_RANGE, "256 bytes at most", "PIN");
    place->secret = crypto_secret_alloc(STAFF_SECRET_BYTES_MAX);
    if (place->secret == NULL) return salve_fail(err, SALVE_E_MEMORY, "PIN");
    if (secret.len > 0) memcpy(place->secret, secret.ptr, secret.len);
    place->secret_bytes = secret.len;
    return SALVE_OK;
}

enum salve_code desk_begin(struct desk *desk, const struct desk_ask *ask, struct salve_err *err)
{
    struct place *place = NULL;
    struct str id = ask->id;
    uint64_t session = 0;
    const struct proof bare = {.secret = ask->secret};
    const struct proof *shown = ask->shown == NULL && ask->wish != DESK_LOGIN ? &bare : ask->shown;
    if (ask->token != NULL) TRY(rec_session_member(desk->site, ask->token, &id, &session, err));
    if (ask->wish == DESK_STEP_UP && rec_session_stands(desk->site, session) == SALVE_E_LOCKED)
        return salve_fail(err, SALVE_E_LOCKED, "session");
    TRY(find_place(desk, ask->source, &place, err));
    enum salve_code code = copy_secret(place, ask->secret, err);
    if (code == SALVE_OK) code = rec_login_begin(desk->site, id, ask->secret, shown, &place->login, err);
    if (code != SALVE_OK) {
        wipe(place);
        return code;
    }
    place->source = ask->source;
    place->tag = ask->tag;
    place->wish = ask->wish;
    place->session = session;
    if (ask->token != NULL) memcpy(place->token, ask->token, sizeof place->token);
    pthread_mutex_lock(&desk->lock);
    place->order = ++desk->order;
    place->state = PLACE_WAITING;
    pthread_cond_signal(&desk->is_asked);
    pthread_mutex_unlock(&desk->lock);
    return SALVE_OK;
}

/* --- finishing ---------------------------------------------------------------------------------------------------- */

static enum salve_code give(struct desk *desk, const struct place *place, const struct rec_staff *staff,
                            struct arena *mem, struct session *out, struct salve_err *err)
{
    const struct rec_way *way = &place->login.way;
    if (place->wish == DESK_UNLOCK) return rec_session_open(desk->site, place->session, way, mem, out, err);
    if (place->wish == DESK_STEP_UP) return rec_session_step(desk->site, place->token, way, mem, out, err);
    if (place->wish == DESK_SESSION) return rec_session_new(desk->site, staff, way, mem, out, err);
    *out = (struct session){0};
    return rec_login_actor(desk->site, staff, mem, &out->actor, err);
}

enum salve_code desk_finish(struct desk *desk, struct arena *mem, bool *has, uint64_t *tag, struct session *out,
                            struct salve_err *err)
{
    uint64_t told;
    struct rec_staff staff;
    pthread_mutex_lock(&desk->lock);
    struct place *place = first(desk, PLACE_DONE);
    if (place == NULL) (void)!read(desk->fd, &told, sizeof told); /* under the lock: nothing was told since */
    pthread_mutex_unlock(&desk->lock);
    *has = place != NULL;
    if (place == NULL) return SALVE_OK;
    *tag = place->tag;
    struct arena *own = arena_open_private(WORK_BYTES);
    enum salve_code code = SALVE_OK;
    if (own == NULL) {
        code = salve_fail(err, SALVE_E_MEMORY, "staff");
        rec_login_drop(desk->site, &place->login);
    }
    if (code == SALVE_OK) code = rec_login_end(desk->site, &place->login, own, &staff, err);
    if (code == SALVE_OK) code = give(desk, place, &staff, mem, out, err);
    arena_close(own);
    wipe(place);
    pthread_mutex_lock(&desk->lock);
    place->state = PLACE_FREE;
    pthread_mutex_unlock(&desk->lock);
    return code;
}
