/* SPDX-License-Identifier: Apache-2.0
 *
 * pages - the face of Salve to the app in a browser: files of the app, calls (docs/formats/calls.md: POST /call/<name>,
 * JSON in, JSON out), letters to print, /healthz and /metrics. It reads what was asked, calls visit, and writes what
 * came of it; no rule of the programme lives here.
 *
 *     struct pages *pages;
 *     TRY(pages_open(&config, &pages, err));                   // words and guidelines are read once
 *     http.answer = pages_answer;                              // http.workers[i] = pages_worker(pages, i)
 *     http.quick = pages_quick; http.lane = pages_lane; http.with = pages;
 *     http.routes = pages_routes(&http.route_count);
 *     pages_close(&pages);
 *
 * What holds:
 * - A call is a row of pages.def: method, who may ask (nobody, who has a session, who has the person open), roles. What
 *   has no row is 404, another method 405, another type than application/json 415, more than its bytes 413.
 * - A session is the gate's (records/session.h). The browser has its token as a cookie that no script reads, and for
 *   each call a second token, which is worked out of the first: so a restart of this process ends no session. A call
 *   counts only from a page of the same origin, by Origin and by Sec-Fetch-Site.
 * - One request of a session runs at a time. The person whom it opened stays open between requests: one look, one leaf.
 *   No answer to another session has anything of them.
 * - Alarms of what was measured stand in every answer to it, also in one that is an error.
 * - An alarm of the open person ends by an outcome (told, not-told) and by nothing else: until then neither are they
 *   closed nor is anybody else opened.
 * - No address, log line or number of /metrics holds anything of a person. All answers of calls are no-store. */
#ifndef SALVE_PAGES_PAGES_H
#define SALVE_PAGES_PAGES_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "letter/draw.h"

struct http_request; /* http/http.h */
struct http_reply;
struct pages; /* opaque */
struct site;

/* A file of the app, embedded in the program: made by the build. Sorted by path. */
struct pages_file {
    struct str path;        /* "/index.html"; it answers "/" too */
    struct str type;        /* "text/html; charset=utf-8" */
    struct str bytes, gzip; /* gzip: the same, compressed; empty: not worth it */
    struct str etag;        /* "9f2c41d07a3b", of the bytes */
    bool is_immutable;      /* its name has the hash of its bytes; else it is asked for again each time */
};

/* Somebody who works at a site of made-up people, for "Who are you today?". */
struct pages_demo {
    struct str name, role, secret;
};

enum { PAGES_WORKERS_MAX = 16, PAGES_SESSIONS_MAX = 256, PAGES_BODY_BYTES_MAX = 64 << 10 };

/* What identifies this server, for people who compare. */
struct pages_certificate {
    struct str mode, name, origin; /* "site", "salve.home.arpa", "https://salve.home.arpa" */
    struct str words, fingerprint; /* of the site's authority, or of what was given; empty: there is none */
    struct str authority;          /* DER; empty: it has none of its own */
    int64_t until_unix_ms;         /* of what words are of; 0: none */
};

struct pages_config {
    const char *share; /* guidelines, frames, ranges: read by pages_open, and when an acceptance changed */
    /* The site of a worker, near or far, as it is now; NULL, with err: there is none at the moment (503). Called with
     * the worker's turn held, by whichever thread has it. A site that takes the place of another: pages_drop before. */
    struct site *(*site)(void *with, unsigned worker, struct salve_err *err);
    /* Is that of a worker still the one that `site` gave it last? On any thread, with the worker's turn held; it waits
     * for nothing. NULL: nobody can tell. */
    bool (*site_is)(void *with, unsigned worker);
    void *with;
    unsigned workers; /* 1 to PAGES_WORKERS_MAX */

    const struct pages_file *files; /* live as long as the program; NULL: the app that was built with it */
    size_t file_count;
    const struct pages_demo *demo; /* shown to anybody who asks; of a made-up site alone */
    size_t demo_count;

    struct str host; /* the name by which browsers reach it, without a port; empty: those of this machine alone */
    bool is_tls;     /* the cookie is __Host-sid, and the origin is https */
    bool has_plain;  /* what comes without TLS is told how to come with it, and nothing else */
    enum salve_code (*certificate)(void *with, struct arena *mem, struct pages_certificate *out, struct salve_err *err);
    struct str version;                           /* of the program */
    struct str build;                             /* SHA-256 of its file in hexadecimal; empty: not known */
    struct str health;                            /* more members of /healthz: ",\"name\":true"; may be absent */
    void (*metrics)(void *with, struct buf *out); /* more lines of /metrics; on any thread; may be NULL */

    const struct letter_draw *draw; /* of each worker, who draws PDFs (letter/draw.h); NULL: this process */

    unsigned letter_seconds; /* how long a letter waits to be fetched; 0: 300 */
};

/* pages_open - reads words and guidelines, as they are in force at the site of worker 0. What config points at outlives
 * it. errors   those of visit_content_open, E_MEMORY */
SALVE_MUST_USE enum salve_code pages_open(const struct pages_config *config, struct pages **out, struct salve_err *err);

/* pages_close - closes what is open, wipes it; no worker is inside any more. *pages becomes NULL. */
void pages_close(struct pages **pages);

/* pages_worker - what answers on one thread: a row of http_config.workers. Lives as long as `pages`. */
void *pages_worker(struct pages *pages, unsigned worker);

/* pages_answer - answers one request on a worker; no two at a time on the same one. Texts of the reply live in
 * reply->mem, or as long as `pages`. It never fails: what went wrong is the answer.
 * pages_quick - answers what needs no site: files, /healthz, /metrics; false: it is for a worker. On any thread.
 * pages_lane - a number of the session that the request is of; 0: of none. */
void pages_answer(void *worker, const struct http_request *request, struct http_reply *reply);
bool pages_quick(void *pages, const struct http_request *request, struct http_reply *reply);
uint64_t pages_lane(void *pages, const struct http_request *request);

/* pages_routes - names for log and metrics: "none", "file", "letter", and each call. */
const char *const *pages_routes(size_t *count);

/* pages_drop - the site of a worker is about to be closed: what is open there ends. Inside config.site, or with no
 * worker inside. */
void pages_drop(struct pages *pages, unsigned worker);

/* --- for a face beside this one (api) ----------------------------------------------------------------------------- */

struct pages_call; /* opaque */
struct rec_view;
struct visit;
struct screen_found;
struct visit_screening;

/* What one request of another face has of this process: a site with its turn, the words in force and, by the token of
 * a view, who acts and the person who is open (visit->held). */
struct pages_lent {
    struct visit *visit;
    struct pages_call *call;
};

/* The token of a view is random and made by the call view-token; it is no token of a session. It is good for as long
 * as the look lasts, the session is neither locked nor ended, and no newer one was made for the look. */
enum { PAGES_VIEW_TOKEN_TEXT_BYTES = 46 }; /* "v1." and 32 bytes in base64url */

/* pages_refuses - what has to be right with any request before it is answered: the element that is wrong ("Host": it is
 * not us that is asked), or NULL. pages_is_plain - it came without TLS where there is TLS: it is for pages_answer. */
const char *pages_refuses(const struct pages *pages, const struct http_request *request);
bool pages_is_plain(const struct pages *pages, const struct http_request *request);

/* pages_lend - `token` empty: the site of that worker, and nobody acts. Else the token of a view: the session's turn is
 * held, and it counts as use of the session. What is lent lives in reply->mem until pages_lend_back, which is due where
 * it is OK.
 *   errors   E_SESSION no such view, or its session or look is over; E_LOCKED; E_BUSY there is no site now */
SALVE_MUST_USE enum salve_code pages_lend(struct pages *pages, unsigned worker, const struct http_request *request,
                                          struct http_reply *reply, struct str token, struct pages_lent *out,
                                          struct salve_err *err);
void pages_lend_back(struct pages_lent *lent);

/* pages_lend_known - the view of a token that pages_lend lent before, without asking anybody or waiting for anything;
 * on any thread. *view is good until pages_lend_known_back, which is due where it is true; nothing may be asked of it
 * but rec_known. false: pages_lend tells. It is no use of the session: a view is known for a second at most, and then
 * pages_lend is asked again. */
struct pages_known {
    void *session, *at;
    struct rec_view *view;
};
SALVE_MUST_USE bool pages_lend_known(struct pages *pages, struct str token, struct pages_known *out);
void pages_lend_known_back(struct pages_known *known);

/* pages_lent_screening - the guidelines that the site accepted, ready to evaluate.
 * pages_lent_hold - alarms of what is asked to be written, before any of it is refused or kept: where one has to be
 * told, the session holds the person until it has its outcome.
 * pages_lent_stored - it is kept: findings are made anew as after any entry, and the alarms that the record has now are
 * held; of `alarms` those that no finding of the record stands for. */
SALVE_MUST_USE enum salve_code pages_lent_screening(struct pages_lent *lent, const struct visit_screening **out,
                                                    struct salve_err *err);
void pages_lent_hold(struct pages_lent *lent, const struct screen_found *alarms);
SALVE_MUST_USE enum salve_code pages_lent_stored(struct pages_lent *lent, const struct screen_found *alarms,
                                                 struct salve_err *err);

/* pages_tick - closes what nobody uses any more: letters, people whose look is over. Once in some seconds. */
void pages_tick(struct pages *pages);

#endif
