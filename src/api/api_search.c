/* SPDX-License-Identifier: Apache-2.0
 * Searches in the record that the token opens (R4 search.html, http.html 3.1.0.11): by GET and by POST _search, over
 * one type or over the compartment. Every page of one search sees the record as it stood when the first was asked for:
 * the links name the newest record of then, and what was saved since is looked at in the version before it. */
#include "api/api_int.h"

#include "base/query.h"
#include "fhir/tape_edit.h"
#include "records/site.h"
#include "search/search.h"

/* Of the outcome in a page, which is kept nowhere; each page has one at most. */
#define OUTCOME_URL STR("urn:uuid:5a1fe000-0000-4000-8000-000000000000")

struct page {
    uint64_t until_seq; /* the newest record that counts; 0: the first page, all of them */
    uint64_t skip;      /* matches before it */
    int64_t now_unix_ms;
};

struct searching {
    struct api_call *call;
    fhir_type_id type; /* 0: every type */
    struct page page;
    struct search *search;
    struct search_resource *resources;
    struct rec_resource *stored; /* beside resources */
    size_t count;
    struct search_found found;
};

/* --- what is asked ------------------------------------------------------------------------------------------------ */

/* "_page" of a link: "<record>-<skip>-<ms>". */
static enum salve_code read_page(struct str text, struct page *out, struct salve_err *err)
{
    uint64_t *const fields[] = {&out->until_seq, &out->skip, NULL};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        int64_t number;
        size_t end = 0;
        while (end < text.len && str_is_digit(text.ptr[end])) end++;
        if (end == 0 || !str_to_i64(str_cut(text, 0, end), &number) || number < 0)
            return salve_refuse(err, SALVE_E_SYNTAX, "it is not of a link of this server", "_page");
        if (fields[i] != NULL)
            *fields[i] = (uint64_t)number;
        else
            out->now_unix_ms = number;
        text = str_cut(text, end + 1, text.len);
    }
    return SALVE_OK;
}

/* The body of POST _search stands beside the query of its address. */
static enum salve_code add_body(struct api_call *call, struct salve_err *err)
{
    struct api_query body;
    int status = 0;
    bool is_form = call->request->method == HTTP_POST && call->route->interaction != API_OPERATION;
    if (!is_form || call->request->body.len == 0) return SALVE_OK;
    call->error_status = 415;
    TRY(api_body_is(call, "application/x-www-form-urlencoded", false, err));
    call->error_status = 0;
    TRY(api_query_parse(call->request->body, call->mem, &body, err));
    struct api_param *list = arena_array(call->mem, struct api_param, call->query.count + body.count + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "search");
    for (size_t i = 0; i < call->query.count; i++) list[i] = call->query.list[i];
    for (size_t i = 0; i < body.count; i++) list[call->query.count + i] = body.list[i];
    call->query = (struct api_query){list, call->query.count + body.count};
    enum salve_code code = api_wants_read(call, &status, err);
    if (code != SALVE_OK) call->error_status = status;
    return code;
}

static enum salve_code read_request(struct searching *s, struct salve_err *err)
{
    struct api_call *call = s->call;
    TRY(add_body(call, err));
    struct str page = api_query_get(&call->query, "_page");
    s->page.now_unix_ms = site_now_unix_ms(call->visit->site);
    if (page.ptr != NULL) TRY(read_page(page, &s->page, err));
    struct api_search_ask ask = {s->type, &call->query, s->page.now_unix_ms, call->wants.is_strict};
    return api_search_parse(call, &ask, &s->search, err);
}

/* --- the record as it stood --------------------------------------------------------------------------------------- */

/* The version of then; NULL: it was not there yet. What is made for each request (is_made) has one version only. */
static enum salve_code version_of_then(struct searching *s, const struct rec_resource *newest, bool is_made,
                                       const struct rec_resource **out, struct salve_err *err)
{
    const struct rec_resource **list = NULL;
    size_t count = 0;
    *out = newest;
    if (newest->record_seq <= s->page.until_seq) return SALVE_OK;
    *out = NULL;
    if (is_made) return SALVE_OK;
    TRY(rec_history(s->call->view, newest->id, s->call->mem, &list, &count, err));
    for (size_t i = 0; i < count; i++)
        if (list[i]->record_seq <= s->page.until_seq) *out = list[i];
    return SALVE_OK;
}

/* That it was deleted stands in a resource that an app may not see. */
static enum salve_code note_deleted(struct api_call *call, const struct rec_resource *list, size_t count, bool *is,
                                    struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t all_count = 0;
    TRY(rec_all(call->view, 0, &all, &all_count, err));
    for (size_t i = 0; i < count; i++) is[i] = visit_is_deleted(all, all_count, &list[i]);
    return SALVE_OK;
}

static enum salve_code take(struct searching *s, const struct rec_resource *all, size_t count, bool is_made,
                            struct salve_err *err)
{
    const struct rec_resource *then;
    bool is_first = s->page.until_seq == 0;
    s->resources = arena_array(s->call->mem, struct search_resource, count + 1);
    s->stored = arena_array(s->call->mem, struct rec_resource, count + 1);
    bool *is_deleted = arena_array(s->call->mem, bool, count + 1);
    if (s->resources == NULL || s->stored == NULL || is_deleted == NULL)
        return salve_fail(err, SALVE_E_MEMORY, "search");
    if (!is_made) TRY(note_deleted(s->call, all, count, is_deleted, err));
    for (size_t i = 0; is_first && i < count; i++)
        if (all[i].record_seq > s->page.until_seq) s->page.until_seq = all[i].record_seq;
    for (size_t i = 0; i < count; i++) {
        TRY(version_of_then(s, &all[i], is_made, &then, err));
        bool was_deleted = then != NULL && is_deleted[i] && then->version == all[i].version;
        if (then != NULL && !was_deleted) s->stored[s->count++] = *then;
    }
    for (size_t i = 0; i < s->count; i++) {
        const struct rec_resource *one = &s->stored[i];
        s->resources[i] =
            (struct search_resource){.tape = &one->tape, .id = one->id, .updated_unix_ms = one->saved_at_unix_ms};
    }
    return SALVE_OK;
}

/* --- the answer --------------------------------------------------------------------------------------------------- */

#define PLAIN "-._~:,|$/*"

/* What was understood of the request, as an address; `skip` NULL: that of the search itself. */
static struct str address_of(const struct searching *s, const uint64_t *skip)
{
    enum { ADDRESS_BYTES_MAX = 256 << 10 };
    const struct api_call *call = s->call;
    struct str path = call->request->path;
    struct buf out;
    char mark = '?';
    buf_init(&out, call->mem, ADDRESS_BYTES_MAX);
    if (str_ends(path, STR("/_search"))) path.len -= strlen("/_search");
    buf_addf(&out, "%.*s%.*s", STR_ARGS(call->base), STR_ARGS(str_cut(path, strlen("/fhir"), path.len)));
    for (size_t i = 0; i < call->query.count; i++) {
        const struct api_param *param = &call->query.list[i];
        if (!search_uses(s->search, i) || (skip != NULL && str_is(param->name, "_page"))) continue;
        buf_add_char(&out, mark);
        query_put(&out, param->name, PLAIN);
        buf_add_char(&out, '=');
        query_put(&out, param->value, PLAIN);
        mark = '&';
    }
    if (skip != NULL)
        buf_addf(&out, "%c_page=%llu-%llu-%lld", mark, (unsigned long long)s->page.until_seq, (unsigned long long)*skip,
                 (long long)s->page.now_unix_ms);
    return buf_str(&out);
}

static void put_link(struct tape_builder *make, const char *relation, struct str url)
{
    tape_open(make, "link");
    tape_add_text(make, "relation", str_of(relation));
    tape_add_text(make, "url", url);
    tape_close(make);
}

static void put_links(const struct searching *s, struct tape_builder *make)
{
    uint64_t size = search_page_size(s->search), total = s->found.total, skip = s->page.skip;
    put_link(make, "self", address_of(s, NULL));
    if (size == 0 || total <= size) return;
    uint64_t first = 0, before = skip > size ? skip - size : 0, next = skip + size, last = (total - 1) / size * size;
    put_link(make, "first", address_of(s, &first));
    if (skip > 0) put_link(make, "previous", address_of(s, &before));
    if (next < total) put_link(make, "next", address_of(s, &next));
    put_link(make, "last", address_of(s, &last));
}

static enum salve_code put_entry(struct searching *s, struct tape_builder *make, uint32_t index, const char *mode,
                                 struct salve_err *err)
{
    const struct rec_resource *one = &s->stored[index];
    struct tape tape;
    TRY(api_shape(s->call, one, &tape, err));
    tape_open(make, "entry");
    tape_add_text(
        make, "fullUrl",
        arena_printf(s->call->mem, "%.*s/%.*s/%.*s", STR_ARGS(s->call->base), STR_ARGS(one->type), STR_ARGS(one->id)));
    tape_add_copy(make, "resource", &tape, tape_root(&tape));
    tape_open(make, "search");
    tape_add_text(make, "mode", str_of(mode));
    tape_close(make);
    tape_close(make);
    return SALVE_OK;
}

static void put_warning(struct tape_builder *make, const char *rule, const char *text, struct str where)
{
    tape_open(make, "issue");
    tape_add_text(make, "severity", STR("warning"));
    tape_add_text(make, "code", STR("not-supported"));
    tape_open(make, "details");
    tape_open(make, "coding");
    tape_add_text(make, "system", STR("urn:salve:rule"));
    tape_add_text(make, "code", str_of(rule));
    tape_close(make);
    tape_add_text(make, "text", str_of(text));
    tape_close(make);
    if (where.len > 0) tape_add_text(make, "diagnostics", where);
    tape_close(make);
}

/* What was passed over is told, by its place: the answer is about more than was asked for. */
static void put_outcome(struct searching *s, struct tape_builder *make)
{
    size_t missed = 0;
    for (size_t i = 0; i < s->call->query.count; i++) missed += !search_uses(s->search, i);
    if (missed == 0 && !s->found.is_cut) return;
    tape_open(make, "entry");
    tape_add_text(make, "fullUrl", OUTCOME_URL);
    tape_open_resource(make, "resource", FHIR_T_OperationOutcome);
    for (size_t i = 0; i < s->call->query.count; i++)
        if (!search_uses(s->search, i))
            put_warning(make, "salve-search/parameter", "this parameter is not known here and was passed over",
                        arena_printf(s->call->mem, "parameter %zu", i + 1));
    if (s->found.is_cut)
        put_warning(make, "salve-search/included", "more belongs to this page than is included", STR_NONE);
    tape_close(make);
    tape_open(make, "search");
    tape_add_text(make, "mode", STR("outcome"));
    tape_close(make);
    tape_close(make);
}

static enum salve_code answer(struct searching *s, struct salve_err *err)
{
    struct tape_builder make;
    struct tape bundle;
    bool is_count = s->call->wants.summary == API_SUMMARY_COUNT;
    tape_build(&make, s->call->mem, FHIR_T_Bundle);
    tape_add_text(&make, "type", STR("searchset"));
    if (search_counts(s->search) || is_count)
        tape_add_number(&make, "total", arena_printf(s->call->mem, "%zu", s->found.total));
    put_links(s, &make);
    for (size_t i = 0; !is_count && i < s->found.match_count; i++)
        TRY(put_entry(s, &make, s->found.matches[i], "match", err));
    for (size_t i = 0; !is_count && i < s->found.included_count; i++)
        TRY(put_entry(s, &make, s->found.included[i], "include", err));
    put_outcome(s, &make);
    TRY(tape_built(&make, &bundle, err));
    return api_answer_tape(s->call, 200, &bundle, err);
}

enum salve_code api_search_in(struct api_call *call, fhir_type_id type, const struct rec_resource *all, size_t count,
                              bool is_made, struct salve_err *err)
{
    struct searching s = {.call = call, .type = type};
    TRY(read_request(&s, err));
    TRY(take(&s, all, count, is_made, err));
    TRY(search_run(s.search, s.resources, s.count, s.page.skip, call->mem, &s.found, err));
    return answer(&s, err);
}

static enum salve_code search_record(struct api_call *call, fhir_type_id type, struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    TRY(api_all(call, &all, &count, err));
    return api_search_in(call, type, all, count, false, err);
}

static enum salve_code search_type(struct api_call *call, const struct api_type *type, struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    if (!api_is_of_gate(str_of(type->name))) return search_record(call, type->id, err);
    TRY(api_of_gate(call, str_of(type->name), &all, &count, err));
    return api_search_in(call, type->id, all, count, true, err);
}

enum salve_code api_search(struct api_call *call, struct salve_err *err) { return search_type(call, call->type, err); }

/* The compartment of the one person: everything there is, so it holds what a search of the type would. What is about
 * nobody is in no compartment. */
enum salve_code api_search_compartment(struct api_call *call, struct salve_err *err)
{
    const struct rec_resource *person = NULL;
    call->type_name = STR("Patient");
    TRY(api_find(call, &person, err));
    if (str_is(call->name, "*")) return search_record(call, 0, err);
    const struct api_type *type = api_type_find(call->name);
    if (type == NULL || type->id == FHIR_T_Questionnaire)
        return salve_refuse(err, SALVE_E_NOT_FOUND, "there is none of this resource type of a person", "path");
    return search_type(call, type, err);
}
