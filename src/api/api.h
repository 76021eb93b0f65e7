/* SPDX-License-Identifier: Apache-2.0
 *
 * api - the face of Salve to programs that nobody here wrote: FHIR R4 over HTTP, one person at a time
 * (docs/guide/api.md, docs/internals/api.md). It reads what was asked, calls visit and records, and writes what came of
 * it; no rule of the programme lives here.
 *
 *     struct api *api;
 *     TRY(api_open(&(struct api_config){.pages = pages, ..}, &api, err));
 *     if (api_is_ours(request)) api_answer(api, worker, request, reply);   // else pages_answer
 *     api_close(&api);                                                     // before pages_close
 *
 * What holds:
 * - A request is a row of api.def: method, path, who may ask. What has no row is 404, another method 405.
 * - Who asks shows a bearer token; a cookie is not looked at. The person of the token is the only one there is: no
 *   address names a person, another id is 404 in the same words as one that does not exist, and what would cross people
 *   is 403 with the rule that it breaks.
 * - All answers are application/fhir+json and no-store, errors an OperationOutcome: rule, element, fixed words; never a
 *   value of anybody.
 * - No log line and no number of /metrics holds anything of a person: they name the row. */
#ifndef SALVE_API_API_H
#define SALVE_API_API_H

#include "base/err.h"
#include "base/str.h"

struct api; /* opaque */
struct http_reply;
struct http_request;
struct pages; /* pages/pages.h */

/* BODY: of one request, a transaction. */
enum { API_BODY_BYTES_MAX = 1 << 20 };

struct api_config {
    struct pages *pages; /* sessions and their sites; outlives it */
    bool is_tls;         /* links begin with https */
    struct str version;  /* of the program */
    size_t first_route;  /* the row of http_config.routes that api_routes begins at */
};

SALVE_MUST_USE enum salve_code api_open(const struct api_config *config, struct api **out, struct salve_err *err);
void api_close(struct api **api); /* *api becomes NULL */

/* api_is_ours - is its path one of those that belong here: /fhir, /.well-known, /oauth, /shl? */
bool api_is_ours(const struct http_request *request);

/* api_answer - answers one request on a worker; no two at a time on the same one. Texts of the reply live in reply->mem
 * or as long as `api`. It never fails: what went wrong is the answer.
 * api_lane - a number of what the request is of: requests of one token run one after the other; 0: of none. */
void api_answer(struct api *api, unsigned worker, const struct http_request *request, struct http_reply *reply);
uint64_t api_lane(const struct http_request *request);

/* api_quick - answers by itself (true) a read of one resource that is known (rec_known): it asks nobody and waits for
 * nothing; on any thread. false: it has left the reply alone, and api_answer tells. */
bool api_quick(struct api *api, const struct http_request *request, struct http_reply *reply);

/* api_too_big - 413, to what has more than API_BODY_BYTES_MAX; on any thread. */
void api_too_big(struct api *api, const struct http_request *request, struct http_reply *reply);

/* api_drop - the site of a worker is about to be closed: what apps have open there ends; with the turn of the worker.
 * api_tick - closes what no app uses any more. Once in some seconds. */
void api_drop(struct api *api, unsigned worker);
void api_tick(struct api *api);

/* api_routes - names for log and metrics, those of the rows. */
const char *const *api_routes(size_t *count);

#endif
