/* SPDX-License-Identifier: Apache-2.0
 * The process that talks to browsers: HTTP, pages, and whatever visit needs. It has no file of the site and no key;
 * what it may know at any moment is what its sessions have open. */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "api/api.h"
#include "base/assert.h"
#include "http/http.h"
#include "pages/pages.h"
#include "paper/paper.h"
#include "serve/sites_int.h"
#include "serve/tls_int.h"
#include "web_files.h"

enum {
    TICK_SECONDS = 5,
    WEB_BYTES_MAX = 64 << 20, /* arena of the server itself; requests have their own */
};

struct web;

/* What answers on one thread. */
struct web_seat {
    struct web *web;
    void *pages; /* pages_worker */
    unsigned number;
};

struct web {
    struct serve_job *job;
    struct serve_watch watch;
    struct serve_sites sites;
    struct serve_tls tls;
    struct paper_asker asker;
    struct letter_draw draw[SERVE_LINES]; /* all by the one asker */
    struct pages_demo demo[SERVE_DEMO_MAX];
    struct pages *pages;
    struct api *api;
    struct http_server *server;
    struct arena *mem;
    struct web_seat seats[SERVE_LINES];
    void *workers[SERVE_LINES];
    const char *routes[HTTP_ROUTES_MAX]; /* of pages, and of api behind them */
    pthread_t clockwork;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t over;
    bool is_over, is_drained;
};

/* --- what the supervisor says ------------------------------------------------------------------------------------- */

static void drain(struct web *web)
{
    (void)pthread_mutex_lock(&web->lock);
    web->is_drained = true;
    if (web->server != NULL)
        http_server_drain(web->server);
    else
        serve_sites_end(&web->sites);
    (void)pthread_mutex_unlock(&web->lock);
}

static void take_given(struct web *web, struct serve_fds *fds)
{
    struct serve_message message = {.word = SERVE_TAKEN};
    if (fds->count == 0) {
        serve_tls_hurry(&web->tls);
        (void)pthread_cond_signal(&web->over); /* the clockwork looks at once */
        return;
    }
    if (serve_tls_given(&web->tls, fds, &message.err) != SALVE_OK) message.word = SERVE_REFUSED;
    (void)!serve_send(SERVE_CONTROL_FD, &message, NULL, NULL); /* without it the watch ends this process */
}

static void hear(void *with, enum serve_word word, struct serve_fds *fds)
{
    struct web *web = with;
    struct salve_err err = {0};
    if (word == SERVE_LINK && serve_sites_link(&web->sites, fds, &err) != SALVE_OK)
        serve_log("warning", web->job->kind->name, "no connection to the gate", &err);
    if (word == SERVE_LOST) serve_sites_lost(&web->sites);
    if (word == SERVE_GIVEN) take_given(web, fds);
    if (word == SERVE_DRAIN) drain(web);
}

/* --- answering ---------------------------------------------------------------------------------------------------- */

static void leave(void *with, unsigned worker)
{
    struct web *web = with;
    api_drop(web->api, worker);
    pages_drop(web->pages, worker);
}

static struct site *site_of(void *with, unsigned worker, struct salve_err *err)
{
    struct web *web = with;
    return serve_sites_now(&web->sites, worker, leave, web, err);
}

static bool site_is(void *with, unsigned worker)
{
    struct web *web = with;
    return serve_sites_is_now(&web->sites, worker);
}

static void add_metrics(void *with, struct buf *out)
{
    struct web *web = with;
    serve_sites_metrics(&web->sites, out);
}

/* What comes without TLS is told the way to TLS, whatever it asks for. */
static bool is_for_api(const struct web *web, const struct http_request *request)
{
    return api_is_ours(request) && !pages_is_plain(web->pages, request);
}

static void answer(void *worker, const struct http_request *request, struct http_reply *reply)
{
    const struct web_seat *seat = worker;
    if (is_for_api(seat->web, request))
        api_answer(seat->web->api, seat->number, request, reply);
    else
        pages_answer(seat->pages, request, reply);
}

static bool quick(void *with, const struct http_request *request, struct http_reply *reply)
{
    const struct web *web = with;
    return is_for_api(web, request) ? api_quick(web->api, request, reply) : pages_quick(web->pages, request, reply);
}

static void too_big(void *with, const struct http_request *request, struct http_reply *reply)
{
    const struct web *web = with;
    if (is_for_api(web, request))
        api_too_big(web->api, request, reply);
    else
        http_reply_error(reply, 413);
}

static uint64_t lane(void *with, const struct http_request *request)
{
    const struct web *web = with;
    return is_for_api(web, request) ? api_lane(request) : pages_lane(web->pages, request);
}

static void noted(void *with, const struct http_noted *noted)
{
    (void)with;
    (void)http_log_write(STDERR_FILENO, noted);
}

static enum salve_code tell_certificate(void *with, struct arena *mem, struct pages_certificate *out,
                                        struct salve_err *err)
{
    struct web *web = with;
    return serve_tls_tell(&web->tls, mem, out, err);
}

static void leave_nothing(void *with, unsigned worker)
{
    (void)with;
    (void)worker;
}

static enum salve_code renew(struct web *web, int64_t now_unix_ms, struct salve_err *err)
{
    struct site *site = web->job->start.mode == SITE_SITE
                            ? serve_sites_now(&web->sites, SERVE_CLOCKWORK, leave_nothing, web, err)
                            : NULL;
    return serve_tls_renew(&web->tls, site, now_unix_ms, err);
}

static void renew_if_due(struct web *web)
{
    struct salve_err err = {0};
    const struct clock clock = clock_system();
    int64_t now_unix_ms = clock_ms(&clock);
    if (!serve_tls_is_due(&web->tls, now_unix_ms)) return;
    if (renew(web, now_unix_ms, &err) == SALVE_OK)
        serve_log("info", web->job->kind->name, "has new keys for TLS", NULL);
    else
        serve_log("error", web->job->kind->name, "no new keys for TLS", &err);
}

/* What nobody asks for any more is closed and wiped by the clock. */
static void *look_what_is_over(void *with)
{
    struct web *web = with;
    bool is_over = false;
    while (!is_over) {
        struct timespec until;
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += TICK_SECONDS;
        (void)pthread_mutex_lock(&web->lock);
        if (!web->is_over) (void)pthread_cond_timedwait(&web->over, &web->lock, &until);
        is_over = web->is_over;
        (void)pthread_mutex_unlock(&web->lock);
        if (!is_over) pages_tick(web->pages);
        if (!is_over) api_tick(web->api);
        if (!is_over) renew_if_due(web);
    }
    return NULL;
}

/* --- beginning ---------------------------------------------------------------------------------------------------- */

static enum salve_code start_clockwork(struct web *web, struct salve_err *err)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, &before);
    int why = pthread_create(&web->clockwork, NULL, look_what_is_over, web);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return why == 0 ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "web: thread");
}

static struct str text_in(const char *text, size_t size) { return str_make(text, strnlen(text, size)); }

static void take_demo(struct web *web)
{
    const struct serve_start *start = &web->job->start;
    for (size_t i = 0; i < start->demo_count && i < SERVE_DEMO_MAX; i++) {
        const struct serve_member *one = &start->demo[i];
        web->demo[i] = (struct pages_demo){.name = text_in(one->name, sizeof one->name),
                                           .role = text_in(one->role, sizeof one->role),
                                           .secret = text_in(one->secret, sizeof one->secret)};
    }
}

static enum salve_code open_pages(struct web *web, struct salve_err *err)
{
    const struct serve_start *start = &web->job->start;
    take_demo(web);
    const struct pages_config config = {.share = start->share,
                                        .site = site_of,
                                        .site_is = site_is,
                                        .with = web,
                                        .workers = SERVE_LINES,
                                        .files = web_files,
                                        .file_count = web_file_count,
                                        .demo = web->demo,
                                        .demo_count = start->demo_count,
                                        .host = str_of(start->name),
                                        .is_tls = start->mode != SITE_LOCAL,
                                        .has_plain = start->has_plain,
                                        .certificate = tell_certificate,
                                        .version = str_of(start->version),
                                        .build = str_of(start->build),
                                        .health = web->job->landlock_abi > 0 ? STR("") : STR(",\"landlock\":false"),
                                        .metrics = add_metrics,
                                        .draw = web->draw};
    for (unsigned i = 0; i < SERVE_LINES; i++) web->draw[i] = paper_draw(&web->asker);
    TRY(pages_open(&config, &web->pages, err));
    for (unsigned i = 0; i < SERVE_LINES; i++) {
        web->seats[i] = (struct web_seat){.web = web, .pages = pages_worker(web->pages, i), .number = i};
        web->workers[i] = &web->seats[i];
    }
    return SALVE_OK;
}

/* Behind pages; the names of both routes stand in one list. */
static enum salve_code open_api(struct web *web, size_t *route_count, struct salve_err *err)
{
    const struct serve_start *start = &web->job->start;
    size_t own = 0, more = 0;
    const char *const *first = pages_routes(&own), *const *behind = api_routes(&more);
    salve_assert(own + more <= HTTP_ROUTES_MAX);
    memcpy(web->routes, first, own * sizeof *first);
    memcpy(web->routes + own, behind, more * sizeof *behind);
    *route_count = own + more;
    const struct api_config config = {.pages = web->pages,
                                      .is_tls = start->mode != SITE_LOCAL,
                                      .version = str_of(start->version),
                                      .first_route = own};
    return api_open(&config, &web->api, err);
}

static enum salve_code open_server(struct web *web, struct salve_err *err)
{
    struct http_config config = http_config_usual();
    TRY(open_api(web, &config.route_count, err));
    config.answer = answer;
    config.workers = web->workers;
    config.worker_count = SERVE_LINES;
    config.quick = quick;
    config.lane = lane;
    config.too_big = too_big;
    config.noted = noted;
    config.with = web;
    config.routes = web->routes;
    config.body_bytes_max = API_BODY_BYTES_MAX; /* pages takes less, by itself */
    struct http_server *server;
    TRY(http_server_open(&config, web->mem, &server, err));
    const int *fds = web->job->fds.at;
    TRY(web->tls.server == NULL ? http_server_listen(server, fds[0], err)
                                : http_server_listen_tls(server, fds[0], web->tls.server, err));
    if (web->job->start.has_plain) TRY(http_server_listen(server, fds[2], err));
    (void)pthread_mutex_lock(&web->lock);
    web->server = server;
    if (web->is_drained) http_server_drain(server);
    (void)pthread_mutex_unlock(&web->lock);
    return SALVE_OK;
}

static enum salve_code first_certificate(struct web *web, struct salve_err *err)
{
    const struct clock clock = clock_system();
    return renew(web, clock_ms(&clock), err);
}

static enum salve_code begin(struct web *web, struct salve_err *err)
{
    struct serve_job *job = web->job;
    const struct confine_path paths[] = {{.path = job->start.share}, {.path = "/usr/share/zoneinfo"}};
    const struct serve_confined confined = {.paths = paths, .path_count = sizeof paths / sizeof paths[0]};
    size_t more = (job->start.has_plain ? 1u : 0u) + (job->start.has_given ? 2u : 0u);
    if (job->fds.count != 2 + more) return salve_fail(err, SALVE_E_IO, "control");
    web->asker.fd = job->fds.at[1];
    web->mem = arena_open_private(WEB_BYTES_MAX);
    if (web->mem == NULL || pthread_mutex_init(&web->lock, NULL) != 0 || pthread_cond_init(&web->over, NULL) != 0)
        return salve_fail(err, SALVE_E_MEMORY, "web");
    TRY(serve_confine(job, &confined, err));
    TRY(serve_sites_open(&web->sites, err));
    TRY(serve_tls_open(&web->tls, job, err));
    TRY(serve_watch_start(&web->watch, err)); /* which brings the first site */
    TRY(open_pages(web, err));
    if (job->start.mode == SITE_SITE) TRY(first_certificate(web, err));
    TRY(open_server(web, err));
    TRY(start_clockwork(web, err));
    return serve_ready(job, -1, err);
}

static void end(struct web *web)
{
    (void)pthread_mutex_lock(&web->lock);
    web->is_over = true;
    (void)pthread_cond_signal(&web->over);
    struct http_server *server = web->server;
    web->server = NULL; /* whoever says once more to end has nothing to end */
    (void)pthread_mutex_unlock(&web->lock);
    (void)pthread_join(web->clockwork, NULL);
    api_close(&web->api);
    pages_close(&web->pages);
    serve_sites_close(&web->sites);
    http_server_close(server);
    serve_tls_close(&web->tls);
    arena_close(web->mem);
}

int serve_web(struct serve_job *job)
{
    struct salve_err err = {0};
    struct web web = {.job = job, .watch = {.job = job, .heard = hear, .with = &web}};
    if (begin(&web, &err) != SALVE_OK) return serve_fail(&err);
    enum salve_code code = http_server_run(web.server, &err);
    end(&web); /* closes what its sessions had open, so that it is noted */
    if (code == SALVE_OK) return 0;
    return serve_fail(&err);
}
