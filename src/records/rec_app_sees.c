/* SPDX-License-Identifier: Apache-2.0
 *
 * Which resources a view of an app shows: those of its scopes, with their conditions as FHIR searches. What is not of
 * them leaves the gate to nobody. */
#include "fhir/fhir.h"
#include "records/apps_int.h"
#include "records/view_int.h"
#include "search/search.h"

enum { PAIRS_MAX = 16, WORK_BYTES = 4 << 20 };

struct rec_app_sight {
    size_t count;
    struct {
        fhir_type_id type;    /* 0: every one */
        struct search *where; /* NULL: all of them */
    } list[SMART_SCOPES_MAX];
};

static int digit_at(struct str text, size_t at) { return at < text.len ? str_hex_digit(str_lower(text.ptr[at])) : -1; }

static enum salve_code decode(struct str text, struct arena *mem, struct str *out, struct salve_err *err)
{
    char *to = arena_alloc(mem, text.len + 1);
    size_t len = 0;
    if (to == NULL) return salve_fail(err, SALVE_E_MEMORY, "scope");
    for (size_t i = 0; i < text.len; i++) {
        int high = text.ptr[i] == '%' ? digit_at(text, i + 1) : -1, low = high < 0 ? -1 : digit_at(text, i + 2);
        to[len++] = low < 0 ? text.ptr[i] : (char)(high << 4 | low);
        if (low >= 0) i += 2;
    }
    *out = str_make(to, len);
    return str_is_utf8(*out) ? SALVE_OK : salve_fail(err, SALVE_E_INVALID, "invalid_scope");
}

/* "category=laboratory&status=final" */
static enum salve_code read_pairs(struct str where, struct arena *mem, struct search_pair *out, size_t *count,
                                  struct salve_err *err)
{
    *count = 0;
    for (struct str rest = where; rest.len > 0;) {
        size_t end = 0, equals = 0;
        while (end < rest.len && rest.ptr[end] != '&') end++;
        struct str one = str_cut(rest, 0, end);
        rest = str_cut(rest, end + 1, rest.len);
        while (equals < one.len && one.ptr[equals] != '=') equals++;
        if (*count == PAIRS_MAX || equals == 0 || one.ptr[0] == '_')
            return salve_refuse(err, SALVE_E_INVALID, "a condition of a scope is a search parameter", "invalid_scope");
        TRY(decode(str_cut(one, 0, equals), mem, &out[*count].name, err));
        TRY(decode(str_cut(one, equals + 1, one.len), mem, &out[(*count)++].value, err));
    }
    return SALVE_OK;
}

static enum salve_code read_where(struct str where, fhir_type_id type, struct arena *mem, struct search **out,
                                  struct salve_err *err)
{
    struct search_fault fault;
    struct search_pair *pairs = arena_array(mem, struct search_pair, PAIRS_MAX);
    struct search_ask ask = {.type = type, .pairs = pairs, .is_strict = true};
    if (pairs == NULL) return salve_fail(err, SALVE_E_MEMORY, "scope");
    TRY(read_pairs(where, mem, pairs, &ask.pair_count, err));
    if (type != 0 && search_parse(&ask, mem, out, &fault, NULL) == SALVE_OK) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INVALID, "its condition is no search of that type that is known here",
                        "invalid_scope");
}

enum salve_code rec_app_sight_make(struct str scope, struct arena *mem, struct rec_app_sight **out,
                                   struct salve_err *err)
{
    struct smart_scopes scopes;
    TRY(smart_scopes_read(scope, &scopes, err));
    struct rec_app_sight *sight = arena_new(mem, struct rec_app_sight);
    if (sight == NULL) return salve_fail(err, SALVE_E_MEMORY, "scope");
    for (size_t i = 0; i < scopes.count; i++) {
        const struct smart_scope *one = &scopes.list[i];
        fhir_type_id type = str_is(one->type, "*") ? 0 : fhir_type_find(one->type);
        if (type == 0 && !str_is(one->type, "*")) continue; /* there is none of it to see */
        sight->list[sight->count].type = type;
        if (one->where.len > 0) TRY(read_where(one->where, type, mem, &sight->list[sight->count].where, err));
        sight->count++;
    }
    *out = sight;
    return SALVE_OK;
}

static bool meets(const struct search *where, const struct rec_resource *resource)
{
    bool does = false;
    const struct search_resource asked = {
        .tape = &resource->tape, .id = resource->id, .updated_unix_ms = resource->saved_at_unix_ms};
    if (where == NULL) return true;
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL || search_matches(where, &asked, work, &does, NULL) != SALVE_OK) does = false;
    arena_close(work);
    return does;
}

bool rec_app_sees(const struct rec_view *view, const struct rec_resource *resource)
{
    const struct rec_app_sight *sight = view->sight;
    bool sees = sight == NULL;
    for (size_t i = 0; sight != NULL && i < sight->count && !sees; i++) {
        fhir_type_id type = sight->list[i].type;
        bool is_of = type == 0 || type == tape_type(&resource->tape, tape_root(&resource->tape));
        sees = is_of && meets(sight->list[i].where, resource);
    }
    return sees;
}
