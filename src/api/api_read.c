/* SPDX-License-Identifier: Apache-2.0
 * read, vread, history of one resource (R4 http.html 3.1.0.2, 3.1.0.3, 3.1.0.9). */
#include "api/api_int.h"

#include <stdio.h>

#include "fhir/tape_edit.h"

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
                                        : rec_all(call->view, 0, &all, &count, err));
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
    int64_t version = 0;
    bool is_gone = false;
    TRY(versions(call, &list, &count, &is_gone, err));
    size_t at = str_to_i64(call->version, &version) ? 0 : count;
    while (at < count && list[at]->version != version) at++;
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

static enum salve_code read_since(const struct api_call *call, int64_t *unix_ms, struct salve_err *err)
{
    struct str since = api_query_get(&call->query, "_since");
    if (since.ptr == NULL || clock_parse(since, unix_ms)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, "an instant is wanted", "_since");
}

static void put_self(struct api_call *call, struct tape_builder *make)
{
    tape_open(make, "link");
    tape_add_text(make, "relation", STR("self"));
    tape_add_text(make, "url",
                  arena_printf(call->mem, "%.*s/%.*s/%.*s/_history", STR_ARGS(call->base), STR_ARGS(call->type_name),
                               STR_ARGS(call->id)));
    tape_close(make);
}

/* Newest first; of one resource there are few, so all are given and none is on a later page. */
enum salve_code api_history(struct api_call *call, struct salve_err *err)
{
    const struct rec_resource **list = NULL;
    size_t count = 0, kept = 0;
    bool is_gone = false;
    int64_t since_unix_ms = INT64_MIN;
    struct tape_builder make;
    struct tape bundle;
    TRY(read_since(call, &since_unix_ms, err));
    TRY(versions(call, &list, &count, &is_gone, err));
    for (size_t i = 0; i < count; i++) kept += list[i]->saved_at_unix_ms >= since_unix_ms;
    tape_build(&make, call->mem, FHIR_T_Bundle);
    tape_add_text(&make, "type", STR("history"));
    tape_add_number(&make, "total", arena_printf(call->mem, "%zu", kept));
    put_self(call, &make);
    for (size_t i = count; i-- > 0;) {
        struct tape tape;
        if (list[i]->saved_at_unix_ms < since_unix_ms) continue;
        bool is_deletion = is_gone && i + 1 == count;
        if (!is_deletion) TRY(api_shape(call, list[i], &tape, err));
        put_entry(call, &make, list[i], is_deletion ? NULL : &tape);
    }
    TRY(tape_built(&make, &bundle, err));
    return api_answer_tape(call, 200, &bundle, err);
}
