/* SPDX-License-Identifier: Apache-2.0
 * Which Library a Measure means. R4 writes Measure.library as a canonical, with or without a version; measure bundles
 * also write "Library/id", a fullUrl, or "#id" of a contained one. */
#include "measure/measure_int.h"

/* The kinds of match, the strictest first. */
enum how { BY_URL_AND_VERSION, BY_URL, BY_ENTRY, BY_LAST_PART, HOW_COUNT };

struct wanted {
    struct str url, version, last_part;
    tape_at entry, measure; /* the resource that the Bundle has for it; who asks */
    bool is_relative;
};

struct str measure_last_part(struct str canonical)
{
    ptrdiff_t history = str_find(canonical, STR("/_history/"));
    if (history >= 0) canonical = str_cut(canonical, 0, (size_t)history);
    for (size_t i = canonical.len; i > 0; i--)
        if (canonical.ptr[i - 1] == '/') return str_cut(canonical, i, canonical.len);
    return canonical;
}

struct str measure_without_version(struct str canonical)
{
    ptrdiff_t bar = str_find(canonical, STR("|"));
    return bar < 0 ? canonical : str_cut(canonical, 0, (size_t)bar);
}

bool measure_is_relative(struct str reference) { return str_find(reference, STR(":")) < 0; }

static bool is_it(const struct measure_library *l, const struct wanted *w, enum how how)
{
    if (str_starts(w->url, STR("#")) || l->container != TAPE_NONE)
        return how == BY_URL && l->container == w->measure && str_eq(l->id, str_cut(w->url, 1, w->url.len));
    switch (how) {
    case BY_URL_AND_VERSION:
        return w->version.len > 0 && str_eq(l->canonical, w->url) && str_eq(l->version, w->version);
    case BY_URL:
        return l->canonical.len > 0 && str_eq(l->canonical, w->url);
    case BY_ENTRY:
        return w->entry != TAPE_NONE && l->at == w->entry;
    default: /* one with another canonical is another library */
        return (w->is_relative || l->canonical.len == 0) &&
               (str_eq(l->id, w->last_part) || str_eq(measure_last_part(l->canonical), w->last_part) ||
                str_eq(l->elm_id, w->last_part));
    }
}

/* Parts between dots, as numbers where both are. */
static bool is_later(struct str a, struct str b)
{
    while (a.len > 0 || b.len > 0) {
        struct str x = a, y = b, none = STR("");
        int64_t m, n;
        if (!str_split(a, '.', &x, &a)) a = none;
        if (!str_split(b, '.', &y, &b)) b = none;
        int order = str_to_i64(x, &m) && str_to_i64(y, &n) ? (m > n) - (m < n) : str_cmp(x, y);
        if (order != 0) return order > 0;
    }
    return false;
}

const struct measure_library *measure_library_find(const struct measure_libraries *all, const struct fhir_index *index,
                                                   tape_at measure, struct str reference)
{
    struct wanted w = {.url = measure_without_version(reference), .entry = TAPE_NONE, .measure = measure};
    const struct measure_library *found = NULL;
    if (w.url.len == 0) return NULL;
    if (w.url.len < reference.len) w.version = str_cut(reference, w.url.len + 1, reference.len);
    w.last_part = measure_last_part(w.url);
    w.is_relative = measure_is_relative(w.url);
    uint32_t entry = index->is_bundle ? fhir_index_find(index, w.url) : FHIR_ENTRY_NONE;
    if (entry != FHIR_ENTRY_NONE) w.entry = index->entries[entry].resource;
    for (int how = 0; how < HOW_COUNT && found == NULL; how++)
        for (size_t i = 0; i < all->count; i++) {
            const struct measure_library *l = &all->items[i];
            if (is_it(l, &w, (enum how)how) && (found == NULL || is_later(l->version, found->version))) found = l;
        }
    return found;
}
