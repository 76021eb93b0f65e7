/* SPDX-License-Identifier: Apache-2.0
 * read, vread, history of one resource (R4 http.html 3.1.0.2, 3.1.0.3, 3.1.0.9). */
#include "api/api_int.h"

#include <stdio.h>

#include "base/query.h"
#include "fhir/tape_edit.h"
#include "records/site.h"
#include "search/search.h"

static enum salve_code not_here(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_NOT_FOUND, "there is none of that id in the record that this token opens",
                        "resource id");
}

static bool is_wanted(const struct api_call *call, const struct rec_resource *one)
{
    return str_eq(one->id, call->id) && str_eq(one->type, call->type_name);
}

enum salve_code api_find(struct api_call *call, const struct rec_resource **out, struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    TRY(api_is_of_gate(call->type_name) ? api_of_gate(call, call->type_name, &all, &count, err)
                                        : api_all(call, &all, &count, err));
    for (size_t i = 0; i < count; i++)
        if (is_wanted(call, &all[i])) return *out = &all[i], SALVE_OK;
    return not_here(err);
}

static enum salve_code is_deleted(struct api_call *call, const struct rec_resource *newest, bool *is,
                                  struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    TRY(rec_all(call->view, 0, &all, &count, err));
    *is = visit_is_deleted(all, count, newest);
    return SALVE_OK;
}

enum salve_code api_find_standing(struct api_call *call, const struct rec_resource **out, struct salve_err *err)
{
    bool is_gone = false;
    TRY(api_find(call, out, err));
    TRY(is_deleted(call, *out, &is_gone, err));
    if (!is_gone) return SALVE_OK;
    call->error_status = 410;
    return salve_refuse(err, SALVE_E_NOT_FOUND, "it was deleted; its versions stay in its history", "id");
}

enum salve_code api_read(struct api_call *call, struct salve_err *err)
{
    const struct rec_resource *found = NULL;
    TRY(api_find_standing(call, &found, err));
    return api_answer_stored(call, 200, found, err);
}

/* --- versions ----------------------------------------------------------------------------------------------------- */

/* *is_gone: the newest of them is a deletion. */
static enum salve_code versions(struct api_call *call, const struct rec_resource ***out, size_t *count, bool *is_gone,
                                struct salve_err *err)
{
    const struct rec_resource *newest = NULL;
    TRY(api_find(call, &newest, err));
    TRY(is_deleted(call, newest, is_gone, err));
    return rec_history(call->view, newest->id, call->mem, out, count, err);
}

enum salve_code api_vread(struct api_call *call, struct salve_err *err)
{
    const struct rec_resource **list = NULL;
    size_t count = 0;
    size_t at = 0;
    bool is_gone = false;
    TRY(versions(call, &list, &count, &is_gone, err));
    while (at < count && !str_eq(call->version, api_version(call->mem, list[at]->version))) at++;
    if (is_gone && at + 1 == count) {
        call->error_status = 410;
        return salve_refuse(err, SALVE_E_NOT_FOUND, "with this version it was deleted", "version");
    }
    if (at < count) return api_answer_stored(call, 200, list[at], err);
    return salve_refuse(err, SALVE_E_NOT_FOUND, "it has no such version", "version");
}

/* tape NULL: with this version it was deleted. */
static void put_entry(struct api_call *call, struct tape_builder *make, const struct rec_resource *one,
                      const struct tape *tape)
{
    bool is_first = one->version == 1;
    struct str url = arena_printf(call->mem, "%.*s/%.*s", STR_ARGS(one->type), STR_ARGS(one->id));
    tape_open(make, "entry");
    tape_add_text(make, "fullUrl", arena_printf(call->mem, "%.*s/%.*s", STR_ARGS(call->base), STR_ARGS(url)));
    if (tape != NULL) tape_add_copy(make, "resource", tape, tape_root(tape));
    tape_open(make, "request");
    tape_add_text(make, "method", tape == NULL ? STR("DELETE") : is_first ? STR("POST") : STR("PUT"));
    tape_add_text(make, "url", is_first ? one->type : url);
    tape_close(make);
    tape_open(make, "response");
    tape_add_text(make, "status", tape == NULL ? STR("204") : is_first ? STR("201") : STR("200"));
    tape_add_text(make, "etag", api_tag(call->mem, one->version));
    tape_add_text(make, "lastModified", api_instant(call->mem, one->saved_at_unix_ms));
    tape_close(make);
    tape_close(make);
}

/* --- a history ---------------------------------------------------------------------------------------------------- */

enum { HISTORY_COUNT_MAX = 1000 };

struct history {
    const struct rec_resource **list; /* oldest first */
    size_t count;
    bool is_gone;                             /* the newest is a deletion */
    int64_t since_unix_ms, page_size, newest; /* newest: the version that this page begins with */
    struct str at;                            /* _at; absent: it is not said */
    int64_t at_low_unix_ms, at_high_unix_ms;
};

static enum salve_code read_number(const struct api_call *call, const char *name, int64_t *out, struct salve_err *err)
{
    struct str text = api_query_get(&call->query, name);
    if (text.ptr == NULL || (str_to_i64(text, out) && *out >= 0)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, "a whole number is wanted", "%s", name);
}

static enum salve_code read_at(const struct api_call *call, struct history *out, struct salve_err *err)
{
    const struct zone *zone = NULL;
    out->at = api_query_get(&call->query, "_at");
    if (out->at.ptr == NULL) return SALVE_OK;
    TRY(site_zone(call->visit->site, &zone, err));
    if (search_period(out->at, zone, &out->at_low_unix_ms, &out->at_high_unix_ms)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, "a date or time is wanted", "_at");
}

static enum salve_code read_wanted(const struct api_call *call, struct history *out, struct salve_err *err)
{
    struct str since = api_query_get(&call->query, "_since");
    *out = (struct history){.since_unix_ms = INT64_MIN, .page_size = HISTORY_COUNT_MAX, .newest = INT64_MAX};
    if (since.ptr != NULL && !clock_parse(since, &out->since_unix_ms))
        return salve_refuse(err, SALVE_E_USAGE, "an instant is wanted", "_since");
    TRY(read_at(call, out, err));
    TRY(read_number(call, "_count", &out->page_size, err));
    if (out->page_size > HISTORY_COUNT_MAX) out->page_size = HISTORY_COUNT_MAX;
    return read_number(call, "_page", &out->newest, err);
}

/* newest 0: from the newest on. Nothing of what was sent is in it but what was understood. */
static void put_link(struct api_call *call, struct tape_builder *make, const char *relation,
                     const struct history *history, uint32_t newest)
{
    struct buf url;
    struct str text = STR_NONE;
    bool has_since = history->since_unix_ms != INT64_MIN;
    buf_init(&url, call->mem, 4096);
    buf_addf(&url, "%.*s/%.*s/%.*s/_history?_count=%lld", STR_ARGS(call->base), STR_ARGS(call->type_name),
             STR_ARGS(call->id), (long long)history->page_size);
    if (has_since) buf_addf(&url, "&_since=%.*s", STR_ARGS(api_instant(call->mem, history->since_unix_ms)));
    if (history->at.ptr != NULL) buf_add(&url, STR("&_at="));
    query_put(&url, history->at, "-:");
    if (newest > 0) buf_addf(&url, "&_page=%u", newest);
    (void)!buf_done(&url, &text, NULL);
    tape_open(make, "link");
    tape_add_text(make, "relation", str_of(relation));
    tape_add_text(make, "url", text);
    tape_close(make);
}

/* Those that stood at some moment of _at: each until the next one. */
static void cut_at(struct history *history)
{
    size_t from = 0, to = 0;
    if (history->at.ptr == NULL) return;
    while (to < history->count && history->list[to]->saved_at_unix_ms < history->at_high_unix_ms) to++;
    while (from + 1 < history->count && history->list[from + 1]->saved_at_unix_ms <= history->at_low_unix_ms) from++;
    history->is_gone = history->is_gone && to == history->count;
    history->list += from < to ? from : 0;
    history->count = from < to ? to - from : 0;
}

/* Which are of this page, newest first: from list[*from - 1] down to list[*to]. What a link names is a version, so that
 * a page is the same however many were written since. */
static size_t cut_page(const struct history *history, size_t *from, size_t *to)
{
    size_t total = 0, first = 0;
    while (first < history->count && history->list[first]->saved_at_unix_ms < history->since_unix_ms) first++;
    total = history->count - first;
    *from = history->count;
    while (*from > first && history->list[*from - 1]->version > history->newest) (*from)--;
    *to = *from - first > (size_t)history->page_size ? *from - (size_t)history->page_size : first;
    return total;
}

static void put_links(struct api_call *call, struct tape_builder *make, const struct history *history, size_t to)
{
    bool has_more =
        to > 0 && history->page_size > 0 && history->list[to - 1]->saved_at_unix_ms >= history->since_unix_ms;
    put_link(call, make, "self", history, history->newest > UINT32_MAX ? 0 : (uint32_t)history->newest);
    if (has_more) put_link(call, make, "next", history, history->list[to - 1]->version);
}

enum salve_code api_history(struct api_call *call, struct salve_err *err)
{
    struct history history;
    size_t from = 0, to = 0;
    struct tape_builder make;
    struct tape bundle;
    TRY(read_wanted(call, &history, err));
    TRY(versions(call, &history.list, &history.count, &history.is_gone, err));
    cut_at(&history);
    size_t total = cut_page(&history, &from, &to);
    tape_build(&make, call->mem, FHIR_T_Bundle);
    tape_add_text(&make, "type", STR("history"));
    tape_add_number(&make, "total", arena_printf(call->mem, "%zu", total));
    put_links(call, &make, &history, to);
    for (size_t i = from; i-- > to;) {
        struct tape tape;
        bool is_deletion = history.is_gone && i + 1 == history.count;
        if (!is_deletion) TRY(api_shape(call, history.list[i], &tape, err));
        put_entry(call, &make, history.list[i], is_deletion ? NULL : &tape);
    }
    TRY(tape_built(&make, &bundle, err));
    return api_answer_tape(call, 200, &bundle, err);
}
