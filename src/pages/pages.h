/* SPDX-License-Identifier: Apache-2.0
 *
 * pages - the face of Salve to the app in a browser: files of the app, calls (docs/formats/calls.md: POST /call/<name>,
 * JSON in, JSON out), letters to print, /healthz and /metrics. It reads what was asked, calls visit, and writes what
 * came of it; no rule of the programme lives here.
 *
 *     struct pages *pages;
 *     pages_open(&config, &pages, err);                        // words and guidelines are read once
 *     pages_answer(pages, worker, request, &reply);            // of http's worker threads, as often as asked
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

struct http_request; /* http/http.h */
struct http_reply;
struct letter;
struct pages; /* opaque */
struct site;

/* A file of the app, embedded in the program: made by the build. Sorted by path. */
struct pages_file {
    struct str path;        /* "/index.html"; it answers "/" too */
    struct str type;        /* "text/html; charset=utf-8" */
    struct str bytes, gzip; /* gzip: the same, compressed; empty: not worth it */
    struct str etag;        /* "\"9f2c41d07a3b\"", of the bytes */
    bool is_immutable;      /* its name has the hash of its bytes; else it is asked for again each time */
};

/* Somebody who works at a site of made-up people, for "Who are you today?". */
struct pages_demo {
    struct str name, role, secret;
};

enum { PAGES_WORKERS_MAX = 16, PAGES_SESSIONS_MAX = 256, PAGES_BODY_BYTES_MAX = 64 << 10 };

struct pages_config {
    const char *share; /* guidelines, frames, ranges: read by pages_open, and when an acceptance changed */
    /* The site of a worker, near or far, as it is now; NULL, with err: there is none at the moment (503). A site that is
     * another one than the last time ends what was open on that one. Called with the worker's turn held. */
    struct site *(*site)(void *with, unsigned worker, struct salve_err *err);
    void *with;
    unsigned workers; /* 1 to PAGES_WORKERS_MAX */

    const struct pages_file *files; /* live as long as the program */
    size_t file_count;
    const struct pages_demo *demo; /* shown to anybody who asks; of a made-up site alone */
    size_t demo_count;

    struct str host;    /* the name by which browsers reach it, without a port; empty: those of this machine alone */
    bool is_tls;        /* the cookie is __Host-sid, and the origin is https */
    struct str version; /* of the program */

    /* Bytes of a letter, drawn elsewhere (visit.h); NULL: drawn in this process. */
    enum salve_code (*draw)(void *with, const struct letter *letter, struct buf *out, struct salve_err *err);
    void *draw_with;

    unsigned letter_seconds; /* how long a letter waits to be fetched; 0: 300 */
};

/* pages_open - reads words and guidelines, as they are in force at the site of worker 0. What config points at outlives
 * it. errors   those of visit_content_open, E_MEMORY */
SALVE_MUST_USE enum salve_code pages_open(const struct pages_config *config, struct pages **out, struct salve_err *err);

/* pages_close - closes what is open, wipes it; no worker is inside any more. *pages becomes NULL. */
void pages_close(struct pages **pages);

/* pages_answer - one request; at most one thread for each worker. Texts of the reply live in reply->mem, or as long as
 * `pages`. It never fails: what went wrong is the answer. */
void pages_answer(struct pages *pages, unsigned worker, const struct http_request *request, struct http_reply *reply);

/* pages_tick - closes what nobody has used any more: letters, people whose view is over. Once in some seconds; from a
 * worker, or while none is inside. */
void pages_tick(struct pages *pages, unsigned worker);

#endif
