/* SPDX-License-Identifier: Apache-2.0
 * transaction and batch within the record that the token opens (R4 http.html 3.1.0.11). A transaction is kept whole,
 * in one save, or not at all; what a batch asks stands or falls one by one. Reads in them are answered by the routes
 * that answer them alone, behind all writes. */
#include "api/api_int.h"

#include <stdio.h>

#include "fhir/index.h"
#include "fhir/outcome.h"
#include "fhir/tape_edit.h"

enum { ENTRIES_MAX = 1000, BUNDLE_BYTES_MAX = 32 << 20 };

/* One entry and what became of it. */
struct entry {
    tape_at at, request;
    enum http_method method;
    struct str path, query; /* of its url, without our base */
    struct str type_name, id, full_url;
    struct tape resource; /* of a POST or PUT */
    bool is_write, is_precondition;
    bool is_searched; /* an update or delete of what its url finds */
    bool is_settled;  /* nothing is left to do: what If-None-Exist wants is here, what is to be deleted is not */
    const struct rec_resource *found; /* that its condition found */
    struct visit_write write;
    size_t write_at; /* in the writing */
    /* the answer */
    struct salve_err why; /* what is wrong with it so far */
    int status;
    struct str location, etag, modified, body, outcome;
};

struct bundling {
    struct api_call *call;
    const struct tape *tape;
    struct entry *entries;
    size_t count;
    bool is_transaction;
    struct api_writing writing;
    struct salve_err why; /* what is wrong with the whole of it so far */
};

/* --- reading ------------------------------------------------------------------------------------------------------ */

static struct str text_at(const struct bundling *in, const struct entry *one, const char *name)
{
    return one->request == TAPE_NONE ? STR_NONE : tape_child_text(in->tape, one->request, name);
}

static bool read_method(struct str text, enum http_method *out)
{
    for (int m = 0; m < HTTP_METHODS; m++)
        if (str_is(text, http_method_text((enum http_method)m))) return *out = (enum http_method)m, true;
    return false;
}

/* "Observation/x?a=b" in its parts. */
static void read_url(struct bundling *in, struct entry *one, struct str url)
{
    struct str base = in->call->base, rest, type = STR_NONE, id = STR_NONE;
    if (str_starts(url, base)) url = str_cut(url, base.len, url.len);
    if (str_starts(url, STR("/"))) url = str_cut(url, 1, url.len);
    ptrdiff_t mark = str_find(url, STR("?"));
    one->path = mark < 0 ? url : str_cut(url, 0, (size_t)mark);
    one->query = mark < 0 ? STR_NONE : str_cut(url, (size_t)mark + 1, url.len);
    rest = one->path;
    if (!str_split(rest, '/', &type, &id)) type = rest;
    one->type_name = type;
    one->id = id.len > 0 ? id : STR_NONE;
}

static enum salve_code wrong(size_t at, const char *why, const char *element, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_USAGE, why, "Bundle.entry[%zu].%s", at, element);
}

/* Creates, updates and deletes of resources; anything else is answered by its route. */
static enum salve_code read_write(struct bundling *in, size_t at, struct salve_err *err)
{
    struct entry *one = &in->entries[at];
    const struct api_type *type = api_type_find(one->type_name);
    bool has_id = one->id.ptr != NULL, is_plain = has_id && str_find(one->id, STR("/")) < 0;
    bool is_create = one->method == HTTP_POST && !has_id && one->path.len > 0;
    bool is_other = one->method == HTTP_PUT || one->method == HTTP_DELETE;
    one->is_write = is_create || is_other;
    if (!one->is_write) return SALVE_OK;
    if (type == NULL) return wrong(at, "this resource type is not served here", "request.url", err);
    enum api_interaction interaction = is_create ? API_CREATE : one->method == HTTP_PUT ? API_UPDATE : API_DELETE;
    if ((type->may & (1u << interaction)) == 0) return wrong(at, "that is not done with this type", "request", err);
    one->is_searched = is_other && !has_id && one->query.ptr != NULL;
    if (is_other && !one->is_searched && (!is_plain || one->query.ptr != NULL))
        return wrong(at, "one resource is named by type and id, or by a search", "request.url", err);
    if (one->method == HTTP_DELETE && one->resource.node_count > 0)
        return wrong(at, "what is deleted is named by its url alone", "resource", err);
    one->write = (struct visit_write){.act = is_create                 ? VISIT_CREATE
                                             : one->method == HTTP_PUT ? VISIT_UPDATE
                                                                       : VISIT_DELETE,
                                      .type = type->id,
                                      .id = one->id,
                                      .full_url = one->full_url};
    if (one->method == HTTP_DELETE) return SALVE_OK;
    if (one->resource.node_count == 0) return wrong(at, "a resource is wanted", "resource", err);
    if (tape_type(&one->resource, 0) != type->id)
        return wrong(at, "it is of another type than its address", "resource", err);
    if (one->method == HTTP_PUT && !one->is_searched && !str_eq(tape_child_text(&one->resource, 0, "id"), one->id))
        return wrong(at, "it is the id of the address", "resource.id", err);
    return SALVE_OK;
}

static enum salve_code read_version(struct bundling *in, size_t at, struct salve_err *err)
{
    struct entry *one = &in->entries[at];
    bool is_any = false;
    struct str if_match = text_at(in, one, "ifMatch");
    if (!one->is_write || one->write.act == VISIT_CREATE) return SALVE_OK;
    TRY(api_if_match(if_match, &is_any, &one->write.version, err));
    one->is_precondition = if_match.ptr != NULL;
    if (is_any) return wrong(at, "one version is wanted", "request.ifMatch", err);
    if (if_match.ptr == NULL && one->write.act == VISIT_UPDATE) one->write.version = api_meta_version(&one->resource);
    return SALVE_OK;
}

static enum salve_code read_entry(struct bundling *in, size_t at, struct salve_err *err)
{
    struct entry *one = &in->entries[at];
    tape_at resource = tape_get(in->tape, one->at, "resource");
    one->request = tape_get(in->tape, one->at, "request");
    one->full_url = tape_child_text(in->tape, one->at, "fullUrl");
    if (resource != TAPE_NONE) TRY(tape_copy(in->tape, resource, NULL, NULL, in->call->mem, &one->resource, err));
    if (!read_method(text_at(in, one, "method"), &one->method))
        return wrong(at, "each entry says its method and url", "request", err);
    read_url(in, one, text_at(in, one, "url"));
    TRY(read_write(in, at, err));
    TRY(read_version(in, at, err));
    if (in->is_transaction && !one->is_write && one->method != HTTP_GET && one->method != HTTP_HEAD)
        return wrong(at, "a transaction takes POST, PUT and DELETE of resources, and GET", "request", err);
    return SALVE_OK;
}

/* Each entry as far as it can be read: what is wrong with one keeps no other from being judged. */
static enum salve_code read_entries(struct bundling *in, struct salve_err *err)
{
    size_t room = 0;
    for (tape_at e = TAPE_NONE; tape_each_entry(in->tape, &e);) room++;
    if (room > ENTRIES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "Bundle.entry");
    in->entries = arena_array(in->call->mem, struct entry, room + 1);
    in->writing.list = arena_array(in->call->mem, struct visit_write, room + 1);
    in->writing.places = arena_array(in->call->mem, struct api_place, room + 1);
    if (in->entries == NULL || in->writing.list == NULL || in->writing.places == NULL)
        return salve_fail(err, SALVE_E_MEMORY, "Bundle");
    for (tape_at e = TAPE_NONE; tape_each_entry(in->tape, &e);) in->entries[in->count++].at = e;
    for (size_t i = 0; i < in->count; i++) {
        struct entry *one = &in->entries[i];
        one->why.code = read_entry(in, i, &one->why);
        if (one->why.code == SALVE_OK) continue;
        one->status = 400;
        one->is_write = one->resource.node_count > 0; /* it is judged */
        if (in->is_transaction && in->why.code == SALVE_OK) in->why = one->why;
    }
    return SALVE_OK;
}

/* --- conditions --------------------------------------------------------------------------------------------------- */

/* What the condition of an entry finds settles what it is: nothing at all, an update, a create, a delete. */
static enum salve_code settle(struct bundling *in, struct entry *one, struct salve_err *err)
{
    struct str condition = one->is_searched ? one->query : text_at(in, one, "ifNoneExist");
    bool has_one = one->is_searched || (one->write.act == VISIT_CREATE && condition.ptr != NULL);
    if (!one->is_write || !has_one) return SALVE_OK;
    TRY(api_match(in->call, one->write.type, condition, &one->found, err));
    if (one->is_searched && one->write.act != VISIT_DELETE)
        return api_update_of(in->call, one->found, &one->resource, &one->write, err);
    one->is_settled = one->is_searched == (one->found == NULL);
    if (one->is_searched && one->found != NULL) one->write.id = one->found->id;
    return SALVE_OK;
}

static enum salve_code settle_all(struct bundling *in, struct salve_err *err)
{
    for (size_t i = 0; i < in->count; i++) TRY(settle(in, &in->entries[i], err));
    return SALVE_OK;
}

/* --- references between entries ----------------------------------------------------------------------------------- */

struct pointing {
    struct bundling *in;
    enum salve_code code;
    struct salve_err *err;
};

static struct str stored_address(const struct bundling *in, const struct rec_resource *one)
{
    return arena_printf(in->call->mem, "%.*s/%.*s", STR_ARGS(one->type), STR_ARGS(one->id));
}

/* "Observation/a" of a resource that is created beside it: the address of its entry; of one that is here already, which
 * may be named by its fullUrl as well, its own. */
static struct str beside(const struct bundling *in, struct str reference)
{
    struct fhir_reference parts;
    for (size_t i = 0; i < in->count; i++) {
        const struct entry *one = &in->entries[i];
        if (one->is_settled && one->found != NULL && one->full_url.len > 0 && str_eq(one->full_url, reference))
            return stored_address(in, one->found);
    }
    if (!fhir_reference_split(reference, &parts)) return STR_NONE;
    for (size_t i = 0; i < in->count; i++) {
        const struct entry *one = &in->entries[i];
        if (!one->is_write || one->write.act != VISIT_CREATE || one->write.type != parts.type) continue;
        if (one->resource.node_count == 0) continue;
        struct str own = tape_child_text(&one->resource, 0, "id");
        struct str tail = arena_printf(in->call->mem, "/%.*s/%.*s", STR_ARGS(one->type_name), STR_ARGS(parts.id));
        bool is = (own.len > 0 && str_eq(own, parts.id)) || str_ends(one->full_url, tail);
        if (is) return one->is_settled ? stored_address(in, one->found) : one->write.full_url;
    }
    return STR_NONE;
}

/* "Observation?code=x": the one that it finds. */
static struct str searched(struct pointing *to, struct str reference)
{
    struct str type, query;
    const struct rec_resource *found = NULL;
    if (!str_split(reference, '?', &type, &query)) return STR_NONE;
    const struct api_type *row = api_type_find(type);
    if (row == NULL) return STR_NONE;
    to->code = api_match(to->in->call, row->id, query, &found, to->err);
    if (to->code == SALVE_OK && found == NULL)
        to->code = salve_refuse(to->err, SALVE_E_CONFLICT, "the search that stands for a reference finds nothing",
                                "reference");
    if (to->code != SALVE_OK) return STR_NONE;
    return stored_address(to->in, found);
}

static enum tape_verdict point(void *context, const struct tape *from, tape_at at, struct str *text)
{
    struct pointing *to = context;
    if (tape_element(from, at) != FHIR_E_Reference_reference || to->code != SALVE_OK) return TAPE_KEEP;
    struct str old = tape_text(from, at), base = to->in->call->base;
    struct str made = str_find(old, STR("?")) >= 0 ? searched(to, old) : beside(to->in, old);
    if (made.len == 0 && str_starts(old, base) && old.len > base.len + 1) made = str_cut(old, base.len + 1, old.len);
    if (made.len == 0) return TAPE_KEEP;
    *text = made;
    return TAPE_REPLACE;
}

/* Two of one address cannot be told apart by who refers to them (R4 bdl-7). */
static enum salve_code each_once(const struct bundling *in, struct salve_err *err)
{
    for (size_t i = 0; i < in->count; i++)
        for (size_t k = 0; k < i && in->entries[i].full_url.len > 0; k++)
            if (str_eq(in->entries[i].full_url, in->entries[k].full_url))
                return wrong(i, "another entry has this address", "fullUrl", err);
    return SALVE_OK;
}

static enum salve_code point_all(struct bundling *in, struct salve_err *err)
{
    struct pointing to = {.in = in, .code = SALVE_OK, .err = err};
    TRY(each_once(in, err));
    for (size_t i = 0; i < in->count; i++) {
        struct entry *one = &in->entries[i];
        if (!one->is_write || one->write.act != VISIT_CREATE || str_starts(one->full_url, STR("urn:uuid:"))) continue;
        one->write.full_url = arena_printf(in->call->mem, "urn:uuid:00000000-0000-4000-8000-%012zx", i);
    }
    for (size_t i = 0; i < in->count; i++) {
        struct entry *one = &in->entries[i];
        struct tape made;
        if (!one->is_write || one->resource.node_count == 0) continue;
        TRY(tape_copy(&one->resource, 0, point, &to, in->call->mem, &made, err));
        one->resource = made;
        one->write.resource = one->write.act == VISIT_DELETE ? NULL : &one->resource;
    }
    return to.code;
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

static void answer_with(struct bundling *in, struct entry *one, int status, const struct rec_resource *stored)
{
    struct api_call *call = in->call;
    struct tape tape;
    struct buf out;
    one->status = status;
    if (stored == NULL) return;
    one->location = api_location(call, stored);
    one->etag = api_tag(call->mem, stored->version);
    one->modified = api_instant(call->mem, stored->saved_at_unix_ms);
    if (status == 204 || call->wants.returned == API_RETURN_MINIMAL || call->wants.returned == API_RETURN_OUTCOME)
        return;
    buf_init(&out, call->mem, BUNDLE_BYTES_MAX);
    if (api_shape(call, stored, &tape, NULL) != SALVE_OK) return;
    fhir_write(&tape, 0, FHIR_COMPACT, &out);
    (void)!buf_done(&out, &one->body, NULL);
}

static enum salve_code answer_written(struct bundling *in, struct entry *one, struct salve_err *err)
{
    static const int statuses[] = {[VISIT_WRITE_NOTHING] = 200,
                                   [VISIT_WRITE_NEW] = 201,
                                   [VISIT_WRITE_NEXT] = 200,
                                   [VISIT_WRITE_HERE] = 200,
                                   [VISIT_WRITE_GONE] = 204};
    const struct rec_resource *stored = NULL;
    TRY(api_written(&in->writing, one->write_at, &stored, err));
    answer_with(in, one, statuses[in->writing.sum.list[one->write_at].word], stored);
    return SALVE_OK;
}

/* A read, or whatever else has a route: as if it had been asked alone. */
static void answer_route(struct bundling *in, struct entry *one)
{
    struct http_request request = *in->call->request;
    struct str none_match = text_at(in, one, "ifNoneMatch");
    struct str text = STR_NONE;
    struct buf out;
    request.method = one->method;
    request.path = arena_printf(in->call->mem, "/fhir%s%.*s", one->path.len > 0 ? "/" : "", STR_ARGS(one->path));
    request.query = one->query;
    request.header_count = 0;
    if (none_match.ptr != NULL)
        request.headers[request.header_count++] = (struct http_header){STR("if-none-match"), none_match};
    if (one->resource.node_count > 0) {
        buf_init(&out, in->call->mem, BUNDLE_BYTES_MAX);
        fhir_write(&one->resource, 0, FHIR_COMPACT, &out);
        (void)!buf_done(&out, &text, NULL);
        request.headers[request.header_count++] =
            (struct http_header){STR("content-type"), STR("application/fhir+json")};
    }
    request.body = text.ptr == NULL ? STR("") : text;
    struct api_inner inner = {0};
    api_inner(in->call, &request, &one->resource, &inner);
    one->status = inner.status;
    one->etag = inner.etag;
    one->outcome = inner.outcome;
    if (inner.status < 400)
        one->body = inner.body;
    else
        one->outcome = inner.body;
}

static void put_raw(struct json_writer *w, const char *name, struct str json)
{
    if (json.len > 0) json_put_raw(w, name, json);
}

static void put_entry(struct json_writer *w, struct api_call *call, const struct entry *one)
{
    json_open(w, NULL, '{');
    put_raw(w, "resource", one->body);
    json_open(w, "response", '{');
    json_put_text(w, "status", arena_printf(call->mem, "%d %s", one->status, http_status_text(one->status)));
    if (one->location.len > 0) json_put_text(w, "location", one->location);
    if (one->etag.len > 0) json_put_text(w, "etag", one->etag);
    if (one->modified.len > 0) json_put_text(w, "lastModified", one->modified);
    put_raw(w, "outcome", one->outcome);
    json_close(w);
    json_close(w);
}

/* What is told of all of it stands with the first that was written. */
static void tell_issues(struct bundling *in)
{
    if (in->call->issues.count == 0) return;
    for (size_t i = 0; i < in->count; i++)
        if (in->entries[i].is_write && in->entries[i].outcome.len == 0) {
            in->entries[i].outcome = api_outcome_text(in->call, NULL);
            return;
        }
}

static enum salve_code answer(struct bundling *in, struct salve_err *err)
{
    struct buf out;
    struct str text;
    struct json_writer w = {.out = &out, .pretty = false};
    buf_init(&out, in->call->mem, BUNDLE_BYTES_MAX);
    json_open(&w, NULL, '{');
    json_put_text(&w, "resourceType", STR("Bundle"));
    json_put_text(&w, "type", in->is_transaction ? STR("transaction-response") : STR("batch-response"));
    if (in->count > 0) json_open(&w, "entry", '[');
    for (size_t i = 0; i < in->count; i++) put_entry(&w, in->call, &in->entries[i]);
    if (in->count > 0) json_close(&w);
    json_close(&w);
    TRY(buf_done(&out, &text, err));
    api_answer_text(in->call, 200, text);
    return SALVE_OK;
}

/* A create that is here already: its values are judged, and not kept. */
static enum salve_code judge_settled(struct bundling *in, struct entry *one, struct salve_err *err)
{
    struct api_writing judged = {.call = in->call, .list = &one->write, .count = 1};
    if (!one->is_settled || one->resource.node_count == 0) return SALVE_OK;
    one->write.resource = &one->resource;
    return api_judge_unkept(&judged, err);
}

/* --- a transaction ------------------------------------------------------------------------------------------------ */

static enum salve_code transaction(struct bundling *in, struct salve_err *err)
{
    struct api_writing *writing = &in->writing;
    if (in->why.code == SALVE_OK) in->why.code = settle_all(in, &in->why);
    if (in->why.code == SALVE_OK) in->why.code = point_all(in, &in->why);
    bool is_wrong = in->why.code != SALVE_OK;
    for (size_t i = 0; i < in->count; i++) {
        struct entry *one = &in->entries[i];
        if (!one->is_write || (one->is_settled && !is_wrong)) continue;
        if (one->write.act != VISIT_DELETE) one->write.resource = &one->resource;
        one->write_at = writing->count;
        writing->places[writing->count] = (struct api_place){i, one->is_precondition};
        writing->list[writing->count++] = one->write;
    }
    if (is_wrong && in->call->error_status == 0 && in->why.code != SALVE_E_CONSENT) in->call->error_status = 400;
    for (size_t i = 0; !is_wrong && i < in->count; i++) TRY(judge_settled(in, &in->entries[i], err));
    if (writing->count > 0 || is_wrong) TRY(api_write(writing, is_wrong ? &in->why : NULL, err));
    TRY(api_write_stored(writing, err));
    for (size_t i = 0; i < in->count; i++) {
        struct entry *one = &in->entries[i];
        if (one->is_settled)
            answer_with(in, one, one->found == NULL ? 204 : 200, one->found);
        else if (one->is_write)
            TRY(answer_written(in, one, err));
    }
    for (size_t i = 0; i < in->count; i++)
        if (!in->entries[i].is_write) answer_route(in, &in->entries[i]);
    tell_issues(in);
    return answer(in, err);
}

/* --- a batch ------------------------------------------------------------------------------------------------------ */

/* One write of a batch; what is wrong with it is its own answer. */
static void write_one(struct bundling *in, struct entry *one)
{
    struct api_writing *writing = &in->writing;
    struct salve_err err = {0}, *why = &one->why;
    fhir_issues_init(&in->call->issues, in->call->mem);
    in->call->error_status = 0;
    writing->list = &one->write;
    writing->count = 1;
    writing->places[0] = (struct api_place){(size_t)(one - in->entries), one->is_precondition};
    one->write_at = 0;
    if (one->write.act != VISIT_DELETE) one->write.resource = &one->resource;
    if (why->code == SALVE_OK) why->code = settle(in, one, why);
    enum salve_code code =
        one->is_settled ? judge_settled(in, one, &err) : api_write(writing, why->code == SALVE_OK ? NULL : why, &err);
    if (code == SALVE_OK && one->is_settled)
        answer_with(in, one, one->found == NULL ? 204 : 200, one->found);
    else if (code == SALVE_OK)
        code = answer_written(in, one, &err);
    int status = in->call->error_status != 0 ? in->call->error_status : salve_code_http(code);
    if (code != SALVE_OK && one->status < 400) one->status = status;
    if (code != SALVE_OK || in->call->issues.count > 0)
        one->outcome = api_outcome_text(in->call, code == SALVE_OK ? NULL : &err);
}

static enum salve_code batch(struct bundling *in, struct salve_err *err)
{
    for (size_t i = 0; i < in->count; i++) {
        struct entry *one = &in->entries[i];
        if (one->is_write) write_one(in, one);
    }
    fhir_issues_init(&in->call->issues, in->call->mem);
    in->call->error_status = 0;
    TRY(api_write_stored(&in->writing, err));
    for (size_t i = 0; i < in->count; i++) {
        struct entry *one = &in->entries[i];
        if (one->is_write) continue;
        if (one->why.code == SALVE_OK)
            answer_route(in, one);
        else
            one->outcome = api_outcome_text(in->call, &one->why);
    }
    return answer(in, err);
}

/* --- the call ----------------------------------------------------------------------------------------------------- */

static enum salve_code read_type(struct bundling *in, struct salve_err *err)
{
    bool is_bundle = in->tape->node_count > 0 && tape_type(in->tape, 0) == FHIR_T_Bundle;
    struct str type = is_bundle ? tape_child_text(in->tape, 0, "type") : STR_NONE;
    in->is_transaction = str_is(type, "transaction");
    if (in->is_transaction || str_is(type, "batch")) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, "a Bundle of type transaction or batch is wanted", "Bundle.type");
}

/* Of what is no transaction or batch everything that could be read is judged all the same. */
static enum salve_code only_judge(struct bundling *in, struct salve_err *err)
{
    size_t room = 0;
    for (tape_at at = TAPE_NONE; in->tape->node_count > 0 && tape_each_resource(in->tape, &at);) room++;
    struct visit_write *list = arena_array(in->call->mem, struct visit_write, room + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "Bundle");
    in->writing.list = list;
    for (tape_at at = TAPE_NONE; in->tape->node_count > 0 && tape_each_resource(in->tape, &at);) {
        struct tape *tape = arena_new(in->call->mem, struct tape);
        if (tape == NULL) return salve_fail(err, SALVE_E_MEMORY, "Bundle");
        TRY(tape_copy(in->tape, at, NULL, NULL, in->call->mem, tape, err));
        list[in->writing.count++] =
            (struct visit_write){.act = VISIT_CREATE, .type = tape_type(tape, 0), .resource = tape};
    }
    return api_write(&in->writing, &in->why, err);
}

enum salve_code api_transaction(struct api_call *call, struct salve_err *err)
{
    struct tape tape;
    struct bundling in = {.call = call, .tape = &tape};
    in.writing.call = call;
    in.why.code = api_body_resource(call, &tape, &in.why);
    if (in.why.code == SALVE_OK) {
        enum salve_code code = read_type(&in, &in.why);
        if (code == SALVE_OK) code = read_entries(&in, &in.why);
        if (code != SALVE_OK) in.why.code = code;
        if (in.why.code != SALVE_OK && in.entries == NULL)
            call->error_status = in.why.code == SALVE_E_TOO_BIG ? 413 : 400;
    }
    if (in.why.code != SALVE_OK && in.entries == NULL) return only_judge(&in, err);
    return in.is_transaction ? transaction(&in, err) : batch(&in, err);
}
