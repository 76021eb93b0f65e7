/* SPDX-License-Identifier: Apache-2.0
 * From the definition of a value set to what it holds: its expansion, or the union of the includes less the excludes of
 * its compose. R4 valueset.html 4.9.5 (compose), 4.9.7 (expansion). */
#include "base/limits.h"
#include "terms/terms_int.h"

struct composing {
    struct terms *v;
    const struct tape *tape;
    struct salve_err *err;
    bool without_inactive; /* compose.inactive is false */
};

static enum salve_code add_code(struct composing *k, struct terms_choice *to, const struct expr_code *code)
{
    if (++k->v->code_count > SALVE_VOCABULARY_CODES_MAX) return salve_fail(k->err, SALVE_E_TOO_BIG, "value set");
    return terms_bag_add(&to->bag, code, k->v->mem, k->err);
}

static bool has_url(const struct terms_urls *urls, struct str url)
{
    for (uint32_t i = 0; i < urls->count; i++)
        if (str_eq(urls->items[i], url)) return true;
    return false;
}

static enum salve_code add_url(struct composing *k, struct terms_urls *to, struct str url)
{
    if (has_url(to, url)) return SALVE_OK;
    if (to->count == TERMS_SYSTEMS_MAX) return salve_fail(k->err, SALVE_E_TOO_BIG, "value set");
    size_t bytes = to->count * sizeof *to->items;
    to->items = arena_grow(k->v->mem, to->items, bytes, bytes + sizeof *to->items);
    if (to->items == NULL) return salve_fail(k->err, SALVE_E_MEMORY, "value set");
    to->items[to->count++] = url;
    return SALVE_OK;
}

static enum salve_code add_urls(struct composing *k, struct terms_urls *to, const struct terms_urls *more)
{
    for (uint32_t i = 0; i < more->count; i++) TRY(add_url(k, to, more->items[i]));
    return SALVE_OK;
}

enum expr_truth terms_choice_has(const struct terms_choice *choice, const struct expr_code *code)
{
    if (terms_bag_find(&choice->bag, code->system, code->code) != UINT32_MAX) return EXPR_TRUE;
    if (choice->is_partial) return EXPR_NULL_TRUTH;
    if (code->system.ptr == NULL) return choice->systems.count + choice->maybe.count > 0 ? EXPR_NULL_TRUTH : EXPR_FALSE;
    if (has_url(&choice->systems, code->system)) return EXPR_TRUE;
    return has_url(&choice->maybe, code->system) ? EXPR_NULL_TRUTH : EXPR_FALSE;
}

/* --- expansion ---------------------------------------------------------------------------------------------------- */
static enum salve_code add_contains(struct composing *k, struct terms_choice *to, tape_at parent)
{
    const struct tape *t = k->tape;
    for (tape_at c = tape_first(t, parent); c != TAPE_NONE; c = tape_next(t, parent, c)) {
        if (tape_path_name(t, c) != FHIR_N_contains) continue;
        struct expr_code code = {.code = tape_child_text(t, c, "code"),
                                 .system = tape_child_text(t, c, "system"),
                                 .version = tape_child_text(t, c, "version"),
                                 .display = tape_child_text(t, c, "display")};
        bool is_heading = code.code.len == 0 || str_is(tape_child_text(t, c, "abstract"), "true");
        if (!is_heading) TRY(add_code(k, to, &code));
        TRY(add_contains(k, to, c));
    }
    return SALVE_OK;
}

/* A page of a larger expansion says so by its total. */
static enum salve_code expand(struct composing *k, struct terms_choice *to, tape_at expansion)
{
    int64_t total;
    TRY(add_contains(k, to, expansion));
    bool has_total = str_to_i64(tape_child_text(k->tape, expansion, "total"), &total);
    to->is_partial = has_total && total > to->bag.count;
    return SALVE_OK;
}

/* --- one include or exclude --------------------------------------------------------------------------------------- */
static enum salve_code choose_listed(struct composing *k, struct terms_choice *to, tape_at include, struct str system)
{
    const struct tape *t = k->tape;
    struct str version = tape_child_text(t, include, "version");
    for (tape_at c = tape_first(t, include); c != TAPE_NONE; c = tape_next(t, include, c)) {
        if (tape_path_name(t, c) != FHIR_N_concept) continue;
        struct expr_code code = {.code = tape_child_text(t, c, "code"),
                                 .system = system,
                                 .version = version,
                                 .display = tape_child_text(t, c, "display")};
        TRY(add_code(k, to, &code));
    }
    return SALVE_OK;
}

static enum salve_code choose_filtered(struct composing *k, struct terms_choice *to, tape_at include,
                                       const struct terms_system *s)
{
    bool *keep = arena_array(k->v->mem, bool, (size_t)s->bag.count + 1);
    if (keep == NULL) return salve_fail(k->err, SALVE_E_MEMORY, "value set");
    for (uint32_t i = 0; i < s->bag.count; i++)
        keep[i] = !s->concepts[i].is_abstract && !(k->without_inactive && s->concepts[i].is_inactive);
    if (include != TAPE_NONE) TRY(terms_filter(k->tape, include, s, keep, k->v->mem, k->err));
    for (uint32_t i = 0; i < s->bag.count; i++)
        if (keep[i]) TRY(add_code(k, to, &s->bag.codes[i]));
    return s->is_complete ? SALVE_OK : add_url(k, &to->maybe, s->url);
}

static enum salve_code choose_of_system(struct composing *k, struct terms_choice *to, tape_at include,
                                        struct str system)
{
    const struct tape *t = k->tape;
    const struct terms_system *s = terms_find_system(k->v, system, tape_child_text(t, include, "version"));
    if (tape_child(t, include, FHIR_N_concept) != TAPE_NONE) return choose_listed(k, to, include, system);
    bool has_filter = tape_child(t, include, FHIR_N_filter) != TAPE_NONE;
    if (s != NULL && (s->is_complete || has_filter)) return choose_filtered(k, to, include, s);
    return add_url(k, has_filter ? &to->maybe : &to->systems, system);
}

/* Everything that is known of where a choice's codes are from. */
static enum salve_code add_origins(struct composing *k, struct terms_urls *to, const struct terms_choice *from)
{
    for (uint32_t i = 0; i < from->bag.count; i++) TRY(add_url(k, to, from->bag.codes[i].system));
    TRY(add_urls(k, to, &from->systems));
    return add_urls(k, to, &from->maybe);
}

/* What two choices have in common. A list is the other's judge; of two systems, those that both have. What is not known
 * of the one may be anything that the other may be. */
static enum salve_code intersect(struct composing *k, const struct terms_choice *a, const struct terms_choice *b,
                                 struct terms_choice *out)
{
    const struct terms_choice *sides[2] = {a, b};
    *out = (struct terms_choice){.is_partial = a->is_partial && b->is_partial};
    for (int side = 0; side < 2; side++) {
        const struct terms_choice *judge = sides[1 - side];
        for (uint32_t i = 0; i < sides[side]->bag.count; i++) {
            const struct expr_code *code = &sides[side]->bag.codes[i];
            if (terms_choice_has(judge, code) == EXPR_TRUE) TRY(add_code(k, out, code));
        }
    }
    for (uint32_t i = 0; i < a->systems.count; i++)
        if (has_url(&b->systems, a->systems.items[i])) TRY(add_url(k, &out->systems, a->systems.items[i]));
    if (!terms_choice_is_known(b)) TRY(add_origins(k, &out->maybe, a));
    return terms_choice_is_known(a) ? SALVE_OK : add_origins(k, &out->maybe, b);
}

/* The choice of a whole set; one of which a part is excluded that is no list cannot be said as a choice. */
static enum salve_code choice_of_set(struct composing *k, struct str canonical, struct terms_choice *out)
{
    struct terms_set *set = terms_find_own(k->v, canonical, STR_NONE);
    *out = (struct terms_choice){.is_partial = true};
    if (set == NULL) return SALVE_OK;
    TRY(terms_set_make(k->v, set, k->err));
    *out = set->in;
    bool has_out = set->out.bag.count > 0 || set->out.systems.count > 0 || !terms_choice_is_known(&set->out);
    if (!has_out) return SALVE_OK;
    struct terms_choice in = *out;
    *out = (struct terms_choice){.is_partial = in.is_partial};
    for (uint32_t i = 0; i < in.bag.count; i++)
        if (terms_set_has(set, &in.bag.codes[i]) == EXPR_TRUE) TRY(add_code(k, out, &in.bag.codes[i]));
    return add_origins(k, &out->maybe, &in);
}

static enum salve_code choose(struct composing *k, tape_at include, struct terms_choice *out)
{
    const struct tape *t = k->tape;
    struct str system = tape_child_text(t, include, "system");
    bool has_any = system.len > 0;
    *out = (struct terms_choice){0};
    if (has_any) TRY(choose_of_system(k, out, include, system));
    for (tape_at c = tape_first(t, include); c != TAPE_NONE; c = tape_next(t, include, c)) {
        struct terms_choice other, both;
        if (tape_path_name(t, c) != FHIR_N_valueSet) continue;
        TRY(choice_of_set(k, tape_text(t, c), &other));
        if (has_any) TRY(intersect(k, out, &other, &both));
        *out = has_any ? both : other;
        has_any = true;
    }
    return SALVE_OK;
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */
static enum salve_code add_choice(struct composing *k, struct terms_choice *to, const struct terms_choice *more)
{
    for (uint32_t i = 0; i < more->bag.count; i++) TRY(add_code(k, to, &more->bag.codes[i]));
    TRY(add_urls(k, &to->systems, &more->systems));
    TRY(add_urls(k, &to->maybe, &more->maybe));
    to->is_partial = to->is_partial || more->is_partial;
    return SALVE_OK;
}

static enum salve_code compose(struct composing *k, struct terms_set *set, tape_at compose)
{
    const struct tape *t = k->tape;
    struct terms_choice in = {0};
    k->without_inactive = str_is(tape_child_text(t, compose, "inactive"), "false");
    for (tape_at c = tape_first(t, compose); c != TAPE_NONE; c = tape_next(t, compose, c)) {
        struct terms_choice one;
        bool is_exclude = tape_path_name(t, c) == FHIR_N_exclude;
        if (!is_exclude && tape_path_name(t, c) != FHIR_N_include) continue;
        TRY(choose(k, c, &one));
        TRY(add_choice(k, is_exclude ? &set->out : &in, &one));
    }
    for (uint32_t i = 0; i < in.bag.count; i++)
        if (terms_choice_has(&set->out, &in.bag.codes[i]) != EXPR_TRUE) TRY(add_code(k, &set->in, &in.bag.codes[i]));
    set->in.systems = in.systems;
    set->in.maybe = in.maybe;
    set->in.is_partial = in.is_partial;
    if (in.systems.count == 0 && terms_choice_is_known(&in) && terms_choice_is_known(&set->out))
        set->out = (struct terms_choice){0};
    return SALVE_OK;
}

static bool is_mixed(const struct terms_choice *in)
{
    for (uint32_t i = 1; i < in->bag.count; i++)
        if (!str_eq(in->bag.codes[i].system, in->bag.codes[0].system)) return true;
    struct str first = in->bag.count > 0       ? in->bag.codes[0].system
                       : in->systems.count > 0 ? in->systems.items[0]
                                               : STR_NONE;
    for (uint32_t i = 0; i < in->systems.count; i++)
        if (!str_eq(in->systems.items[i], first)) return true;
    return false;
}

static enum salve_code make(struct composing *k, struct terms_set *set)
{
    if (set->whole != NULL) return choose_filtered(k, &set->in, TAPE_NONE, set->whole);
    tape_at expansion = tape_child(set->tape, set->at, FHIR_N_expansion);
    if (expansion != TAPE_NONE) return expand(k, &set->in, expansion);
    tape_at definition = tape_child(set->tape, set->at, FHIR_N_compose);
    set->in.is_partial = definition == TAPE_NONE;
    return definition == TAPE_NONE ? SALVE_OK : compose(k, set, definition);
}

enum salve_code terms_set_make(struct terms *v, struct terms_set *set, struct salve_err *err)
{
    struct composing k = {.v = v, .tape = set->tape, .err = err};
    if (set->state == TERMS_MADE) return SALVE_OK;
    if (set->state == TERMS_BEING_MADE || v->depth == SALVE_VOCABULARY_DEPTH_MAX)
        return salve_refuse(err, v->depth == SALVE_VOCABULARY_DEPTH_MAX ? SALVE_E_TOO_DEEP : SALVE_E_INVALID,
                            "the value set includes itself, or too many others in a row", "%.*s", STR_ARGS(set->url));
    set->state = TERMS_BEING_MADE;
    v->depth++;
    enum salve_code code = make(&k, set);
    v->depth--;
    set->state = TERMS_MADE;
    set->is_mixed = is_mixed(&set->in);
    return code;
}
