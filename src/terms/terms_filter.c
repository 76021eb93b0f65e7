/* SPDX-License-Identifier: Apache-2.0
 * compose.include.filter over the concepts of a code system that is at hand: R4 filter operators (filter-operator). */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/limits.h"
#include "terms/terms_int.h"

struct filter {
    const struct terms_system *system;
    struct str property, op, value;
    struct terms_reach reach; /* operators of the hierarchy */
    bool has_reach;
    uint32_t anchor; /* the concept that the value names; UINT32_MAX: none */
    pcre2_code *pattern;
    pcre2_match_data *match;
    pcre2_match_context *context;
};

static void *take(PCRE2_SIZE bytes, void *mem) { return arena_alloc_raw(mem, bytes, 16); }
static void give_back(void *what, void *mem)
{
    (void)what;
    (void)mem;
}

static enum salve_code compile_pattern(struct filter *f, struct arena *mem, struct salve_err *err)
{
    int error;
    PCRE2_SIZE at;
    pcre2_general_context *general = pcre2_general_context_create(take, give_back, mem);
    pcre2_compile_context *compiling = general == NULL ? NULL : pcre2_compile_context_create(general);
    f->context = general == NULL ? NULL : pcre2_match_context_create(general);
    if (compiling == NULL || f->context == NULL) return salve_fail(err, SALVE_E_MEMORY, "filter");
    (void)pcre2_set_max_pattern_length(compiling, SALVE_REGEX_BYTES_MAX);
    (void)pcre2_set_parens_nest_limit(compiling, SALVE_REGEX_DEPTH_MAX);
    (void)pcre2_set_match_limit(f->context, SALVE_REGEX_STEPS_MAX);
    (void)pcre2_set_heap_limit(f->context, SALVE_REGEX_HEAP_KIB_MAX);
    f->pattern =
        pcre2_compile((PCRE2_SPTR)f->value.ptr, f->value.len,
                      PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C, &error, &at, compiling);
    if (f->pattern == NULL)
        return salve_refuse(err, SALVE_E_SYNTAX, "its value is no regular expression",
                            "ValueSet.compose.include.filter");
    f->match = pcre2_match_data_create_from_pattern(f->pattern, general);
    return f->match == NULL ? salve_fail(err, SALVE_E_MEMORY, "filter") : SALVE_OK;
}

static bool is_hierarchical(struct str op)
{
    return str_is(op, "is-a") || str_is(op, "descendent-of") || str_is(op, "is-not-a") || str_is(op, "generalizes");
}

static enum salve_code open_filter(struct filter *f, tape_at at, const struct tape *t, const struct terms_system *s,
                                   struct arena *mem, struct salve_err *err)
{
    *f = (struct filter){.system = s,
                         .property = tape_child_text(t, at, "property"),
                         .op = tape_child_text(t, at, "op"),
                         .value = tape_child_text(t, at, "value"),
                         .anchor = UINT32_MAX};
    if (str_is(f->op, "regex")) return compile_pattern(f, mem, err);
    if (!is_hierarchical(f->op)) return SALVE_OK;
    f->anchor = terms_bag_find(&s->bag, STR_NONE, f->value);
    f->has_reach = f->anchor != UINT32_MAX;
    if (!f->has_reach) return SALVE_OK;
    const struct terms_links *links = str_is(f->op, "generalizes") ? &s->up : &s->down;
    return terms_walk(s, links, f->anchor, mem, &f->reach, err);
}

static bool in_list(struct str text, struct str list) /* separated by commas */
{
    while (list.len > 0) {
        ptrdiff_t comma = str_find(list, STR(","));
        size_t len = comma < 0 ? list.len : (size_t)comma;
        if (str_eq(str_trim(str_cut(list, 0, len)), text)) return true;
        list = str_cut(list, comma < 0 ? list.len : len + 1, list.len);
    }
    return false;
}

static bool value_fits(const struct filter *f, struct str value)
{
    if (str_is(f->op, "=")) return str_eq(value, f->value);
    if (str_is(f->op, "in")) return in_list(value, f->value);
    if (f->pattern == NULL || value.len > SALVE_REGEX_BYTES_MAX) return false;
    const char *text = value.len == 0 ? "" : value.ptr;
    return pcre2_match(f->pattern, (PCRE2_SPTR)text, value.len, 0, 0, f->match, f->context) >= 0;
}

/* Does any value of the filter's property fit? *has: is there a value at all? */
static bool property_fits(const struct filter *f, uint32_t number, bool *has)
{
    const struct expr_code *code = &f->system->bag.codes[number];
    const struct tape *t = f->system->tape;
    *has = true;
    if (str_is(f->property, "code") || str_is(f->property, "concept")) return value_fits(f, code->code);
    if (str_is(f->property, "display")) {
        *has = code->display.ptr != NULL;
        return *has && value_fits(f, code->display);
    }
    bool is_parent = str_is(f->property, "parent");
    *has = false;
    if (is_parent || str_is(f->property, "child")) {
        const struct terms_links *links = is_parent ? &f->system->up : &f->system->down;
        for (uint32_t i = links->first[number]; i < links->first[number + 1]; i++) {
            *has = true;
            if (value_fits(f, f->system->bag.codes[links->to[i]].code)) return true;
        }
        return false;
    }
    tape_at concept = f->system->concepts[number].at;
    for (tape_at c = tape_first(t, concept); c != TAPE_NONE; c = tape_next(t, concept, c)) {
        if (tape_path_name(t, c) != FHIR_N_property || !str_eq(tape_child_text(t, c, "code"), f->property)) continue;
        tape_at value = tape_child(t, c, FHIR_N_value);
        if (value == TAPE_NONE) continue;
        *has = true;
        struct str text = tape_kind(t, value) == TAPE_OBJECT ? tape_child_text(t, value, "code") : tape_text(t, value);
        if (value_fits(f, text)) return true;
    }
    return false;
}

static bool concept_fits(const struct filter *f, uint32_t number)
{
    bool has, is_reached = f->has_reach && f->reach.has[number];
    if (str_is(f->op, "is-a") || str_is(f->op, "generalizes")) return is_reached;
    if (str_is(f->op, "descendent-of")) return is_reached && number != f->anchor;
    if (str_is(f->op, "is-not-a")) return !is_reached;
    if (str_is(f->op, "not-in")) {
        struct filter in = *f;
        in.op = STR("in");
        return !property_fits(&in, number, &has);
    }
    bool fits = property_fits(f, number, &has);
    return str_is(f->op, "exists") ? has == str_is(f->value, "true") : fits;
}

enum salve_code terms_filter(const struct tape *t, tape_at include, const struct terms_system *s, bool *keep,
                             struct arena *mem, struct salve_err *err)
{
    for (tape_at c = tape_first(t, include); c != TAPE_NONE; c = tape_next(t, include, c)) {
        struct filter f;
        if (tape_path_name(t, c) != FHIR_N_filter) continue;
        TRY(open_filter(&f, c, t, s, mem, err));
        for (uint32_t i = 0; i < s->bag.count; i++) keep[i] = keep[i] && concept_fits(&f, i);
    }
    return SALVE_OK;
}
