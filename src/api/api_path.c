/* SPDX-License-Identifier: Apache-2.0
 * Which row a path belongs to, and the parameters of a query or a form. */
#include "api/api_int.h"

#include "base/query.h"

enum { SEGMENTS_MAX = 8, ID_BYTES_MAX = 64, NAME_BYTES_MAX = 128 };

/* --- the path ----------------------------------------------------------------------------------------------------- */

struct path {
    struct str segments[SEGMENTS_MAX];
    size_t count;
};

/* The next part before a slash; false: there is none. */
static bool next_segment(struct str *rest, struct str *out)
{
    size_t end = 1;
    if (rest->len == 0) return false;
    while (end < rest->len && rest->ptr[end] != '/') end++;
    *out = str_cut(*rest, 1, end - 1);
    *rest = str_cut(*rest, end, rest->len);
    return true;
}

/* A slash at the end is let go: "/fhir/". false: longer than any row. */
static bool cut_path(const struct api_call *call, struct path *path)
{
    struct str rest = call->request->path, segment;
    if (str_ends(rest, STR("/")) && rest.len > 1) rest.len--;
    while (next_segment(&rest, &segment)) {
        if (path->count == SEGMENTS_MAX) return false;
        if (query_decode(segment, false, call->mem, &path->segments[path->count++], NULL) != SALVE_OK) return false;
    }
    return true;
}

static bool is_id(struct str text)
{
    bool is = text.len > 0 && text.len <= ID_BYTES_MAX;
    for (size_t i = 0; is && i < text.len; i++) {
        char c = text.ptr[i];
        is = str_is_letter(c) || str_is_digit(c) || c == '-' || c == '.';
    }
    return is;
}

static bool fits(struct str pattern, struct str segment, struct api_call *into)
{
    if (str_is(pattern, "{type}")) {
        into->type_name = segment;
        return segment.len > 0 && str_is_upper(segment.ptr[0]) && is_id(segment);
    }
    if (str_is(pattern, "{id}")) return into->id = segment, is_id(segment);
    if (str_is(pattern, "{version}")) return into->version = segment, is_id(segment);
    if (str_is(pattern, "{bulk}"))
        return str_starts(segment, STR("$")) && str_is(str_cut(segment, 1, segment.len), "export");
    if (str_is(pattern, "{name}")) return into->name = segment, segment.len > 0 && segment.len <= NAME_BYTES_MAX;
    return str_eq(pattern, segment);
}

/* What stands at the places of the row goes into *into. */
static bool row_fits(const struct api_route *row, const struct path *path, struct api_call *into)
{
    struct str rest = str_of(row->path), pattern;
    size_t count = 0;
    into->type_name = into->id = into->version = into->name = STR_NONE;
    while (next_segment(&rest, &pattern)) {
        if (count == path->count || !fits(pattern, path->segments[count], into)) return false;
        count++;
    }
    return count == path->count;
}

/* --- the row ------------------------------------------------------------------------------------------------------ */

/* Of a row that fits: may it be done with that type? *known: the type is served at all. */
static bool type_takes(const struct api_route *row, const struct path *path, struct api_call *call, bool *known)
{
    bool has_place = call->type_name.ptr != NULL;
    call->type = path->count > 1 ? api_type_find(path->segments[1]) : NULL;
    *known = row->handler == NULL || !has_place || call->type != NULL;
    if (row->handler == NULL || !has_place || api_interaction_where(row->interaction) != API_WHERE_TYPE) return *known;
    return call->type != NULL && (call->type->may & (1u << row->interaction)) != 0;
}

static void add_method(struct buf *allow, enum http_method method)
{
    struct str word = str_of(http_method_text(method));
    if (str_find(buf_str(allow), word) >= 0) return;
    buf_addf(allow, "%s%.*s%s", allow->len > 0 ? ", " : "", STR_ARGS(word), method == HTTP_GET ? ", HEAD" : "");
}

static enum salve_code no_route(struct buf *allow, bool is_served, struct str *out, struct salve_err *err)
{
    *out = STR_NONE;
    if (!is_served) return salve_refuse(err, SALVE_E_NOT_FOUND, "this resource type is not served here", "path");
    if (allow->len == 0) return salve_refuse(err, SALVE_E_NOT_FOUND, "there is no such address here", "path");
    TRY(buf_done(allow, out, err));
    return salve_refuse(err, SALVE_E_UNSUPPORTED, "that is not done at this address", "method");
}

enum salve_code api_route_find(struct api_call *call, struct str *allow, struct salve_err *err)
{
    size_t count = 0;
    struct path path = {0};
    struct buf methods;
    bool is_served = true, is_known = true;
    enum http_method method = call->request->method == HTTP_HEAD ? HTTP_GET : call->request->method;
    const struct api_route *rows = api_table(&count);
    buf_init(&methods, call->mem, 256);
    bool is_path = cut_path(call, &path);
    for (size_t i = 0; is_path && i < count; i++) {
        if (!row_fits(&rows[i], &path, call)) continue;
        bool takes = type_takes(&rows[i], &path, call, &is_known);
        is_served = is_served && is_known;
        if (takes) add_method(&methods, rows[i].method);
        if (!takes || rows[i].method != method) continue;
        call->route = &rows[i];
        return SALVE_OK;
    }
    return no_route(&methods, is_served, allow, err);
}

/* --- parameters --------------------------------------------------------------------------------------------------- */

enum salve_code api_query_parse(struct str text, struct arena *mem, struct api_query *out, struct salve_err *err)
{
    size_t count = 0;
    struct str name, value;
    struct api_param *list = arena_array(mem, struct api_param, API_PARAMS_MAX);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "parameters");
    while (query_next(&text, &name, &value)) {
        if (count == API_PARAMS_MAX)
            return salve_refuse(err, SALVE_E_TOO_BIG, "there are too many parameters", "parameters");
        if (name.len == 0) return salve_refuse(err, SALVE_E_INVALID, "a parameter has a name", "parameter");
        TRY(query_decode(name, true, mem, &list[count].name, err));
        TRY(query_decode(value, true, mem, &list[count++].value, err));
    }
    *out = (struct api_query){list, count};
    return SALVE_OK;
}

struct str api_query_get(const struct api_query *query, const char *name)
{
    for (size_t i = 0; i < query->count; i++)
        if (str_is(query->list[i].name, name)) return query->list[i].value;
    return STR_NONE;
}
