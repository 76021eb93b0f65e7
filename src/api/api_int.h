/* SPDX-License-Identifier: Apache-2.0
 * The workshop of api: include only from src/api/. */
#ifndef SALVE_API_API_INT_H
#define SALVE_API_API_INT_H

#include "api/api.h"
#include "base/assert.h"
#include "base/buf.h"
#include "fhir/fhir.h"
#include "http/http.h"
#include "json/json.h"
#include "pages/pages.h"
#include "records/rec.h"
#include "screen/screen.h"
#include "visit/held.h"
#include "visit/write.h"

struct api {
    struct api_config config;
    struct arena *mem;
    struct api_apps *apps; /* api_app.c */
};

/* --- the table ---------------------------------------------------------------------------------------------------- */

enum api_interaction {
#define API_INTERACTION(name, code, where) API_##name,
#include "api/api_interactions.def"
#undef API_INTERACTION
    API_INTERACTION_COUNT
};
enum api_where { API_WHERE_TYPE, API_WHERE_SYSTEM, API_WHERE_OPERATION, API_WHERE_NOWHERE };
const char *api_interaction_code(enum api_interaction interaction);
enum api_where api_interaction_where(enum api_interaction interaction);

/* ANYBODY: nobody needs to be open. PERSON: the token opens one person (call->view). */
enum api_who { API_ANYBODY, API_PERSON };

struct api_call;
typedef enum salve_code api_handler(struct api_call *call, struct salve_err *err);

struct api_route {
    const char *name; /* in log and metrics */
    enum http_method method;
    const char *path;
    api_handler *handler; /* NULL: `rule` refuses it, in the words `why` */
    enum api_interaction interaction;
    enum api_who who;
    const char *rule, *why;
};
const struct api_route *api_table(size_t *count);

#define API_ROUTE(name, method, path, handler, interaction, who) api_handler handler;
#define API_NEVER(name, method, path, rule, why)
#include "api/api.def"
#undef API_ROUTE
#undef API_NEVER

struct api_type {
    fhir_type_id id;
    const char *name;
    unsigned may; /* bits of enum api_interaction */
};
const struct api_type *api_types(size_t *count);
/* api_type_find - NULL: it is not served. */
const struct api_type *api_type_find(struct str name);

/* --- one request -------------------------------------------------------------------------------------------------- */

/* Parameters of a query or form, decoded, in their order. */
enum { API_PARAMS_MAX = 200 };
struct api_param {
    struct str name, value; /* name with its modifier: "code:not" */
};
struct api_query {
    const struct api_param *list;
    size_t count;
};

/* What `Prefer` asks for (RFC 7240; R4 http.html). */
enum api_return { API_RETURN_DEFAULT, API_RETURN_MINIMAL, API_RETURN_REPRESENTATION, API_RETURN_OUTCOME };
enum api_summary { API_SUMMARY_FALSE, API_SUMMARY_TRUE, API_SUMMARY_TEXT, API_SUMMARY_DATA, API_SUMMARY_COUNT };

struct api_wants {
    bool is_pretty;
    bool is_plain_json; /* the type of the answer is application/json: no other was taken */
    bool is_strict;     /* Prefer: handling=strict */
    bool is_lenient;    /* Prefer: handling=lenient: what may not be kept is left out of a write, and said */
    enum api_return returned;
    enum api_summary summary;
    struct str elements; /* of _elements, as they came: "code,value"; absent: all */
};

struct api_call {
    struct api *api;
    unsigned worker;
    const struct http_request *request;
    struct http_reply *reply;
    struct arena *mem; /* of the request: reply->mem */
    const struct api_route *route;
    struct str base; /* "https://salve.example:8443/fhir", without a slash at its end */
    /* of the path, decoded; absent where it has none */
    const struct api_type *type;
    struct str type_name, id, version, name;
    struct api_query query;
    struct api_wants wants;
    /* of the token; PERSON alone */
    struct pages_lent lent;
    struct visit *visit;
    struct rec_view *view;
    struct str scope; /* of an app's token; absent: it is no app */
    /* Of a write: what is wrong with it before its body. It is judged for alarms all the same, and not kept. */
    struct salve_err wrong;
    /* of the answer */
    struct fhir_issues issues; /* told with it, whatever it is */
    int error_status;          /* of an error, where another than that of its code is meant: 412; 0: that one */
    const char *policy;        /* Content-Security-Policy of a page; NULL: that of data */
};

/* --- api_answer.c: any request --- */

/* api_bearer - the token of "Authorization: Bearer ..."; absent: there is none, or something else (RFC 6750 2.1).
 * api_put_lines - the header lines of every answer. */
struct str api_bearer(const struct http_request *request);
void api_put_lines(const struct api_call *call);

/* --- api_path.c: paths and parameters --- */

/* api_route_find - the row, and what stands at its places in *call. E_NOT_FOUND; E_UNSUPPORTED: the path is there, with
 * other methods: `allow` names them ("GET, HEAD"). HEAD is GET here. */
SALVE_MUST_USE enum salve_code api_route_find(struct api_call *call, struct str *allow, struct salve_err *err);
/* api_query_parse - "a=b&c=d" (a query, or application/x-www-form-urlencoded), with its %-escapes and "+".
 *   errors   E_INVALID an escape that is none, or a name without end; E_TOO_BIG more than 200 */
SALVE_MUST_USE enum salve_code api_query_parse(struct str text, struct arena *mem, struct api_query *out,
                                               struct salve_err *err);
/* api_query_get - the value of the first of that name; absent if there is none. */
struct str api_query_get(const struct api_query *query, const char *name);

/* --- api_accept.c: what the client takes and sends --- */

/* api_wants_read - _format, _pretty, _summary, _elements, Accept and Prefer. E_USAGE: what is asked for is not made
 * here: then *status is 406, or 400. */
SALVE_MUST_USE enum salve_code api_wants_read(struct api_call *call, int *status, struct salve_err *err);
/* api_body_is - the type of the body is that one, or with `or_json` application/json; E_USAGE, which is 415. */
SALVE_MUST_USE enum salve_code api_body_is(const struct api_call *call, const char *type, bool or_json,
                                           struct salve_err *err);

/* --- api_params.c: the input of operations --- */

/* api_params_read - the body of a POST. Values and references of Parameters stand in call->query behind those of the
 * address then; every resource in it was judged, its alarms are in call->issues. Without a body OK.
 *   errors   those of api_body_resource: what could be read is in *out all the same
 * api_params_resource - the one resource that the body is, or the parameter of that name; node_count 0: there is none.
 * api_params_plain - api_params_read of an operation that takes no resource; E_USAGE where one came. */
struct api_params {
    struct tape body;
    bool is_bare; /* it is no Parameters */
    size_t resource_count;
};
SALVE_MUST_USE enum salve_code api_params_read(struct api_call *call, struct api_params *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code api_params_plain(struct api_call *call, struct salve_err *err);
SALVE_MUST_USE enum salve_code api_params_resource(struct api_call *call, const struct api_params *params,
                                                   const char *name, struct tape *out, struct salve_err *err);

/* --- api_commons.c --- */

/* api_questionnaire_find - the id of the questionnaire of that canonical ("url" or "url|version"); E_NOT_FOUND. */
SALVE_MUST_USE enum salve_code api_questionnaire_find(struct api_call *call, struct str canonical, struct str *id,
                                                      struct salve_err *err);

/* --- api_shape.c: resources as they go out --- */

/* api_shape - a stored resource with id, meta.versionId and meta.lastUpdated, cut to what _summary and _elements ask
 * for (then tagged SUBSETTED). */
SALVE_MUST_USE enum salve_code api_shape(struct api_call *call, const struct rec_resource *stored, struct tape *out,
                                         struct salve_err *err);
/* api_version - "3". api_tag - "W/\"3\"". api_instant - of FHIR, UTC: "2026-11-30T09:30:00.123Z". */
struct str api_version(struct arena *mem, uint32_t version);
struct str api_tag(struct arena *mem, uint32_t version);
struct str api_instant(struct arena *mem, int64_t unix_ms);

/* api_answer_tape - the answer is that resource. api_answer_stored - the same of a stored one, with ETag, Last-Modified
 * and, where the client has it already (If-None-Match, If-Modified-Since), 304. */
SALVE_MUST_USE enum salve_code api_answer_tape(struct api_call *call, int status, const struct tape *tape,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code api_answer_stored(struct api_call *call, int status, const struct rec_resource *stored,
                                                 struct salve_err *err);
/* api_answer_text - the answer is that JSON. */
void api_answer_text(struct api_call *call, int status, struct str json);

/* --- api_outcome.c: errors --- */

/* api_answer_outcome - an OperationOutcome of call->issues alone. api_answer_error - of an error, with call->issues
 * behind it; status 0: that of its code. */
void api_answer_outcome(struct api_call *call, int status);
void api_answer_error(struct api_call *call, int status, const struct salve_err *err);
/* api_outcome_text - the same as JSON; err NULL: call->issues alone. */
struct str api_outcome_text(struct api_call *call, const struct salve_err *err);
/* api_never - E_CONSENT by a rule of docs/never.md ("salve-never/N12"): 403, with the rule in details. */
SALVE_MUST_USE enum salve_code api_never(struct api_call *call, const char *rule, const char *why,
                                         struct salve_err *err);

/* --- api_app.c: views of apps --- */

/* api_app_take - the view of an access token, opened by its first request: call->lent, visit, view, scope. E_SESSION,
 * E_QUOTA, E_BUSY. api_app_may - E_ROLE: the scopes do not cover this row for this type. api_apps_open, api_apps_close:
 * of the table. */
SALVE_MUST_USE enum salve_code api_app_take(struct api_call *call, struct str token, struct salve_err *err);
SALVE_MUST_USE enum salve_code api_app_may(const struct api_call *call, struct salve_err *err);
SALVE_MUST_USE enum salve_code api_apps_open(struct api *api, struct salve_err *err);
void api_apps_close(struct api *api);

/* --- api_smart.c --- */

/* api_site - call->lent has the site of this worker, and nobody acts. api_answer_json - what is no part of FHIR.
 * api_cors - the header lines for pages of registered apps; true: it was a question before a call, and is answered. */
SALVE_MUST_USE enum salve_code api_site(struct api_call *call, struct salve_err *err);
void api_answer_json(struct api_call *call, int status, struct str json);
bool api_cors(struct api_call *call);

/* --- api_scope.c --- */

/* api_scope_covers - may the row of this request be asked by that scope?
 * api_all - the newest versions of what the token shows of the record: rec_all, less what no scope of an app lets
 * through. All that answers asks it, and not rec_all. */
struct smart_scope;
bool api_scope_covers(const struct api_call *call, const struct smart_scope *scope);
SALVE_MUST_USE enum salve_code api_all(struct api_call *call, const struct rec_resource **out, size_t *count,
                                       struct salve_err *err);

/* --- api_read.c --- */

/* api_find - the newest version of the resource of that type and id in the view; E_NOT_FOUND, in the same words
 * whatever there is elsewhere. */
SALVE_MUST_USE enum salve_code api_find(struct api_call *call, const struct rec_resource **out, struct salve_err *err);
/* api_find_standing - the same of one that was not deleted; a deleted one is 410. */
SALVE_MUST_USE enum salve_code api_find_standing(struct api_call *call, const struct rec_resource **out,
                                                 struct salve_err *err);

/* --- api_answer.c: a request within another --- */

/* api_inner - what the routes answer to a request of a transaction or batch, with the token of `call`. `resource` is
 * its body; node_count 0: it has none. It is judged whether its route takes one or not. */
struct api_inner {
    int status;
    struct str body, etag;
    struct str outcome; /* of an answer that holds no alarms itself */
};
void api_inner(struct api_call *call, const struct http_request *request, const struct tape *resource,
               struct api_inner *out);

/* --- api_match.c: conditions --- */

/* api_match - the one resource of that type in the record that a search finds; *out NULL: none. 412: more than one;
 * 400, 403: those of the search. */
SALVE_MUST_USE enum salve_code api_match(struct api_call *call, fhir_type_id type, struct str query,
                                         const struct rec_resource **out, struct salve_err *err);

/* --- api_write.c: what writes share --- */

enum { API_LANGUAGES_MAX = 4 };

/* Of one write of a Bundle: which entry it is, and whether its version was told by ifMatch. */
struct api_place {
    size_t entry;
    bool is_precondition;
};

struct api_writing {
    struct api_call *call;
    struct visit_write *list;
    size_t count;
    struct api_place *places; /* of each, in a Bundle; NULL: it is one resource */
    bool is_precondition;     /* of one resource: its version was told by If-Match */
    bool is_trial;            /* nothing is kept or held */
    bool is_found;            /* a search names the resource, not the address */
    /* set */
    struct visit_write_sum sum;
    struct screen_found alarms; /* of all that came by it */
    bool has_alarm;             /* one has to be told: it is the answer, whatever was preferred */
    bool is_changed;            /* something was kept by it */
};

/* api_body_resource - the body as a resource, references without our base. What could be read of it is in *out also
 * where something is wrong: then call->error_status and issues say what. */
SALVE_MUST_USE enum salve_code api_body_resource(struct api_call *call, struct tape *out, struct salve_err *why);
/* api_if_match - the version of If-Match; 0: it is not said. E_USAGE. api_meta_version - of meta.versionId, or 0. */
SALVE_MUST_USE enum salve_code api_if_match(struct str text, bool *is_any, uint32_t *version, struct salve_err *err);
uint32_t api_meta_version(const struct tape *tape);

/* api_write - all of in->list, kept together or not at all; alarms go into call->issues and hold the person in the
 * session. impossible: what is wrong with it already; it is judged, and that is the error. api_write_stored - behind
 * the last of them: findings are made anew. api_write_one - both of one resource at call's address.
 * api_judge - alarms alone: nothing is kept or held. api_judge_unkept - of in->list nothing is kept, since what it is
 * made for is here already; its alarms are told and held all the same. */
SALVE_MUST_USE enum salve_code api_write(struct api_writing *in, const struct salve_err *impossible,
                                         struct salve_err *err);
SALVE_MUST_USE enum salve_code api_write_stored(struct api_writing *in, struct salve_err *err);
SALVE_MUST_USE enum salve_code api_write_one(struct api_writing *in, struct visit_write *one, const struct tape *tape,
                                             struct salve_err *why, struct salve_err *err);
SALVE_MUST_USE enum salve_code api_judge_unkept(struct api_writing *in, struct salve_err *err);
SALVE_MUST_USE enum salve_code api_judge(struct api_writing *in, const struct tape *tape, struct salve_err *err);

/* api_written - in->list[at] as it is kept now; NULL: the role writes it and does not read it. api_answer_written - the
 * answer to one create, update or patch. api_location - its address with its version. */
SALVE_MUST_USE enum salve_code api_written(struct api_writing *in, size_t at, const struct rec_resource **out,
                                           struct salve_err *err);
SALVE_MUST_USE enum salve_code api_answer_written(struct api_writing *in, struct salve_err *err);
struct str api_location(struct api_call *call, const struct rec_resource *one);

/* --- api_update.c --- */

/* api_update_of - *one is an update of what the search of its address found, or a create where that is nothing (NULL).
 * Who says no version means the one that stands now, as a source that sends the same resource again does. E_USAGE,
 * E_CONFLICT, E_NOT_FOUND, with their status. */
SALVE_MUST_USE enum salve_code api_update_of(struct api_call *call, const struct rec_resource *found,
                                             const struct tape *tape, struct visit_write *one, struct salve_err *err);

/* --- api_audit.c --- */

/* api_is_of_gate - a type whose resources the gate makes for who asks: AuditEvent, Consent. api_of_gate - those of the
 * person, oldest first; E_ROLE: the token is another's than theirs. */
bool api_is_of_gate(struct str type);
SALVE_MUST_USE enum salve_code api_of_gate(struct api_call *call, struct str type, const struct rec_resource **out,
                                           size_t *count, struct salve_err *err);

/* --- api_criteria.c --- */

/* api_search_parse - parameters as a search over that type (0: any), with the site's zone and the server's address;
 * `now` is what ap is reckoned from. What a rule refuses is told as api_never does.
 *   errors   those of search_parse (search/search.h) */
struct search;
struct api_search_ask {
    fhir_type_id type;
    const struct api_query *query;
    int64_t now_unix_ms;
    bool is_strict;
};
SALVE_MUST_USE enum salve_code api_search_parse(struct api_call *call, const struct api_search_ask *asked,
                                                struct search **out, struct salve_err *err);

/* --- api_search.c --- */

/* api_search_in - the answer to the search of this request over those resources: a searchset, one page.
 *   is_made  they are made for the request (Consent, AuditEvent): record_seq orders them, none has other versions */
SALVE_MUST_USE enum salve_code api_search_in(struct api_call *call, fhir_type_id type, const struct rec_resource *all,
                                             size_t count, bool is_made, struct salve_err *err);

#endif
