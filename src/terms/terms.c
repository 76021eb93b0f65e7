/* SPDX-License-Identifier: Apache-2.0
 * The collection of value sets and code systems: added, found by canonical, asked. */
#include "base/assert.h"
#include "terms/terms.h"

#include "terms/terms_int.h"

struct terms *terms_make(struct arena *mem)
{
    struct terms *v = arena_new(mem, struct terms);
    if (v != NULL) v->mem = mem;
    return v;
}

/* --- versions: the parts between dots, as numbers where both are -------------------------------------------------- */
static struct str next_part(struct str *rest)
{
    ptrdiff_t dot = str_find(*rest, STR("."));
    size_t len = dot < 0 ? rest->len : (size_t)dot;
    struct str part = str_cut(*rest, 0, len);
    *rest = str_cut(*rest, dot < 0 ? rest->len : len + 1, rest->len);
    return part;
}

static int order_texts(struct str a, struct str b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len == 0 ? 0 : memcmp(a.ptr, b.ptr, len);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static bool is_later(struct str a, struct str b)
{
    while (a.len > 0 && b.len > 0) {
        struct str x = next_part(&a), y = next_part(&b);
        int64_t m, n;
        bool are_numbers = str_to_i64(x, &m) && str_to_i64(y, &n);
        int order = are_numbers ? (m > n) - (m < n) : order_texts(x, y);
        if (order != 0) return order > 0;
    }
    return a.len > 0;
}

/* "url|version" into its two; a version given apart wins. */
static struct str split(struct str canonical, struct str *version)
{
    ptrdiff_t bar = str_find(canonical, STR("|"));
    if (bar < 0) return canonical;
    if (version->len == 0) *version = str_cut(canonical, (size_t)bar + 1, canonical.len);
    return str_cut(canonical, 0, (size_t)bar);
}

struct terms_set *terms_find_own(const struct terms *v, struct str canonical, struct str version)
{
    struct str url = split(canonical, &version);
    struct terms_set *best = NULL;
    uint32_t hash = str_hash_32(url);
    for (struct terms_set *s = v->sets[hash % TERMS_SLOTS]; s != NULL; s = s->next) {
        if (s->hash != hash || !str_eq(s->url, url)) continue;
        if (version.len > 0 && !str_eq(s->version, version)) continue;
        if (best == NULL || is_later(s->version, best->version)) best = s;
    }
    return best;
}

const struct terms_set *terms_find(const struct terms *v, struct str url, struct str version)
{
    return v == NULL ? NULL : terms_find_own(v, url, version);
}

struct terms_system *terms_find_system(const struct terms *v, struct str canonical, struct str version)
{
    struct str url = split(canonical, &version);
    struct terms_system *best = NULL;
    for (struct terms_system *s = v->systems; s != NULL; s = s->next) {
        if (!str_eq(s->url, url)) continue;
        if (version.len > 0 && !str_eq(s->version, version)) continue;
        if (best == NULL || is_later(s->version, best->version)) best = s;
    }
    return best;
}

/* --- adding ------------------------------------------------------------------------------------------------------- */
static enum salve_code keep_set(struct terms *v, struct terms_set set, struct salve_err *err)
{
    struct terms_set *kept = arena_new(v->mem, struct terms_set);
    if (kept == NULL) return salve_fail(err, SALVE_E_MEMORY, "ValueSet");
    *kept = set;
    kept->hash = str_hash_32(set.url);
    struct terms_set **slot = &v->sets[kept->hash % TERMS_SLOTS];
    kept->next = *slot;
    *slot = kept;
    return SALVE_OK;
}

static bool has_set(const struct terms *v, struct str url, struct str version)
{
    const struct terms_set *s = v->sets[str_hash_32(url) % TERMS_SLOTS];
    while (s != NULL && !(str_eq(s->url, url) && str_eq(s->version, version))) s = s->next;
    return s != NULL;
}

static enum salve_code add_set(struct terms *v, const struct tape *t, tape_at at, struct salve_err *err)
{
    struct terms_set set = {.tape = t, .at = at};
    set.url = tape_child_text(t, at, "url");
    set.version = tape_child_text(t, at, "version");
    if (set.url.len == 0) return salve_refuse(err, SALVE_E_INVALID, "a value set is found by its url", "ValueSet.url");
    if (has_set(v, set.url, set.version))
        return v->only_missing ? SALVE_OK
                               : salve_refuse(err, SALVE_E_INVALID,
                                              "there are two value sets with this url and version", "ValueSet.url");
    return keep_set(v, set, err);
}

static enum salve_code add_system(struct terms *v, const struct tape *t, tape_at at, struct salve_err *err)
{
    struct terms_system *s = arena_new(v->mem, struct terms_system);
    if (s == NULL) return salve_fail(err, SALVE_E_MEMORY, "CodeSystem");
    *s = (struct terms_system){.tape = t, .at = at, .next = v->systems};
    s->url = tape_child_text(t, at, "url");
    s->version = tape_child_text(t, at, "version");
    s->value_set = tape_child_text(t, at, "valueSet");
    if (s->url.len == 0)
        return salve_refuse(err, SALVE_E_INVALID, "a code system is found by its url", "CodeSystem.url");
    for (const struct terms_system *other = v->systems; other != NULL; other = other->next)
        if (str_eq(other->url, s->url) && str_eq(other->version, s->version))
            return v->only_missing
                       ? SALVE_OK
                       : salve_refuse(err, SALVE_E_INVALID, "there are two code systems with this url and version",
                                      "CodeSystem.url");
    if (v->system_count == TERMS_SYSTEMS_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "CodeSystem");
    v->systems = s;
    v->system_count++;
    return terms_system_read(v, s, err);
}

static enum salve_code add_resource(struct terms *v, const struct tape *t, tape_at at, struct salve_err *err)
{
    if (tape_type(t, at) == FHIR_T_ValueSet) return add_set(v, t, at, err);
    return tape_type(t, at) == FHIR_T_CodeSystem ? add_system(v, t, at, err) : SALVE_OK;
}

enum salve_code terms_add(struct terms *v, const struct tape *t, struct salve_err *err)
{
    for (tape_at at = TAPE_NONE; tape_each_resource(t, &at);) TRY(add_resource(v, t, at, err));
    return SALVE_OK;
}

enum salve_code terms_add_missing(struct terms *v, const struct tape *t, struct salve_err *err)
{
    v->only_missing = true;
    enum salve_code code = terms_add(v, t, err);
    v->only_missing = false;
    return code;
}

enum salve_code terms_done(struct terms *v, struct salve_err *err)
{
    for (const struct terms_system *s = v->systems; s != NULL; s = s->next) {
        struct terms_set all = {.version = s->version, .tape = s->tape, .at = TAPE_NONE, .whole = s};
        all.url = split(s->value_set, &all.version);
        if (all.url.len > 0 && !has_set(v, all.url, all.version)) TRY(keep_set(v, all, err));
    }
    for (size_t slot = 0; slot < TERMS_SLOTS; slot++)
        for (struct terms_set *s = v->sets[slot]; s != NULL; s = s->next) TRY(terms_set_make(v, s, err));
    return SALVE_OK;
}

/* --- asking ------------------------------------------------------------------------------------------------------- */
enum expr_truth terms_set_has(const struct terms_set *set, const struct expr_code *code)
{
    salve_assert(set->state == TERMS_MADE);
    enum expr_truth in = terms_choice_has(&set->in, code);
    if (in == EXPR_FALSE) return in;
    enum expr_truth out = terms_choice_has(&set->out, code);
    if (out == EXPR_FALSE) return in;
    if (out == EXPR_NULL_TRUTH) return out;
    /* what is listed was not excluded; a code without a system may be another system's excluded one */
    bool is_listed = terms_bag_find(&set->in.bag, code->system, code->code) != UINT32_MAX;
    return is_listed ? EXPR_TRUE : EXPR_FALSE;
}

bool terms_set_codes(const struct terms_set *set, const struct expr_code **codes, uint32_t *count)
{
    salve_assert(set->state == TERMS_MADE);
    *codes = set->in.bag.codes;
    *count = set->in.bag.count;
    return set->in.systems.count == 0 && terms_choice_is_known(&set->in) && terms_choice_is_known(&set->out);
}

bool terms_set_is_mixed(const struct terms_set *set) { return set->is_mixed; }

static enum expr_truth of_definitions(const struct expr_code *code, struct str url, bool *is_at_hand)
{
    for (uint16_t i = 1; i < FHIR_VALUESET_COUNT; i++) {
        if (!str_is(url, fhir_valuesets[i].url)) continue;
        enum fhir_has has = fhir_valueset_has(i, code->system, code->code);
        *is_at_hand = true;
        return has == FHIR_HAS ? EXPR_TRUE : has == FHIR_HAS_NOT ? EXPR_FALSE : EXPR_NULL_TRUTH;
    }
    return EXPR_NULL_TRUTH;
}

enum expr_truth terms_member(const struct terms *v, const struct expr_code *code, struct str url, struct str version,
                             bool *is_at_hand)
{
    bool unused;
    if (is_at_hand == NULL) is_at_hand = &unused;
    const struct terms_set *set = terms_find(v, url, version);
    *is_at_hand = set != NULL;
    if (set != NULL) return terms_set_has(set, code);
    return of_definitions(code, split(url, &version), is_at_hand);
}

enum expr_truth terms_in_system(const struct terms *v, const struct expr_code *code, struct str url, struct str version)
{
    if (code->system.ptr != NULL && !str_eq(code->system, split(url, &version))) return EXPR_FALSE;
    const struct terms_system *s = v == NULL ? NULL : terms_find_system(v, url, version);
    bool is_found = s != NULL && terms_bag_find(&s->bag, STR_NONE, code->code) != UINT32_MAX;
    if (is_found) return EXPR_TRUE;
    if (s != NULL && s->is_complete) return EXPR_FALSE;
    return code->system.ptr != NULL ? EXPR_TRUE : EXPR_NULL_TRUTH;
}

enum expr_truth terms_subsumes(const struct terms *v, const struct expr_code *a, const struct expr_code *b,
                               struct arena *mem)
{
    struct terms_reach above;
    struct salve_err err = {0};
    if (!str_eq(a->system, b->system)) return EXPR_NULL_TRUTH;
    if (str_eq(a->code, b->code)) return EXPR_TRUE;
    const struct terms_system *s = v == NULL ? NULL : terms_find_system(v, a->system, STR_NONE);
    if (s == NULL || !s->is_hierarchy) return EXPR_NULL_TRUTH;
    uint32_t high = terms_bag_find(&s->bag, STR_NONE, a->code), low = terms_bag_find(&s->bag, STR_NONE, b->code);
    if (high == UINT32_MAX || low == UINT32_MAX) return EXPR_NULL_TRUTH;
    if (terms_walk(s, &s->up, low, mem, &above, &err) != SALVE_OK) return EXPR_NULL_TRUTH;
    return above.has[high] ? EXPR_TRUE : s->is_complete ? EXPR_FALSE : EXPR_NULL_TRUTH;
}
