/* SPDX-License-Identifier: Apache-2.0
 * What FHIR adds to FHIRPath (R4 "FHIRPath" page): extensions, references, terminology, narrative, the tree of a
 * resource, environment variables and trace. Anything outside the tape is asked for through struct expr_env. */
#include "fhirpath/fhirpath_int.h"
#include "terms/terms.h"
#include "fhir/fhir.h"

/* --- the tree ----------------------------------------------------------------------------------------------------- */
FN(fp_children)
{
    struct expr_items view = expr_items(&args[0]);
    struct expr_build build = {0};
    for (uint32_t i = 0; i < view.count; i++) {
        if (view.items[i].kind != VALUE_NODE) continue;
        const struct tape *tape = view.items[i].as.tape;
        tape_at parent = view.items[i].aux;
        for (tape_at c = tape_first(tape, parent); c != TAPE_NONE; c = tape_next(tape, parent, c))
            TRY(expr_build_add(&build, expr_node(tape, c), run->mem, run->err));
    }
    *out = expr_build_done(&build);
    return expr_step(run, build.count);
}

/* A subtree is a run of nodes. Items below other items of the input give the same nodes once more, as children would.
 */
FN(fp_descendants)
{
    struct expr_items view = expr_items(&args[0]);
    struct expr_build build = {0};
    for (uint32_t i = 0; i < view.count; i++) {
        if (view.items[i].kind != VALUE_NODE) continue;
        const struct tape *tape = view.items[i].as.tape;
        tape_at end = view.items[i].aux + tape->nodes[view.items[i].aux].span;
        TRY(expr_step(run, end - view.items[i].aux));
        for (tape_at c = view.items[i].aux + 1; c < end; c++)
            TRY(expr_build_add(&build, expr_node(tape, c), run->mem, run->err));
    }
    *out = expr_build_done(&build);
    return SALVE_OK;
}

FN(fp_extension)
{
    struct expr_items view = expr_items(&args[0]);
    struct expr_build all = {0}, build = {0};
    struct str url;
    bool has;
    *out = EXPR_NONE;
    TRY(fp_one_text(run, &args[1], &has, &url));
    if (!has) return SALVE_OK;
    for (uint32_t i = 0; i < view.count; i++) TRY(expr_children(run, view.items[i], FHIR_N_extension, &all));
    for (uint32_t i = 0; i < all.count; i++) {
        const struct tape *tape = all.items[i].as.tape;
        tape_at at = tape_child(tape, all.items[i].aux, FHIR_N_url);
        if (at != TAPE_NONE && str_eq(tape_text(tape, at), url))
            TRY(expr_build_add(&build, all.items[i], run->mem, run->err));
    }
    *out = expr_build_done(&build);
    return SALVE_OK;
}

static bool is_primitive_with_value(struct expr_value item)
{
    if (item.kind != VALUE_NODE) return item.kind <= VALUE_TIME; /* a System value; a Quantity is no primitive */
    enum tape_kind kind = tape_kind(item.as.tape, item.aux);
    return kind != TAPE_OBJECT && kind != TAPE_NULL;
}

FN(fp_has_value)
{
    struct expr_items view = expr_items(&args[0]);
    *out = expr_boolean(view.count == 1 && is_primitive_with_value(view.items[0]));
    return SALVE_OK;
}

FN(fp_get_value)
{
    struct expr_items view = expr_items(&args[0]);
    *out = EXPR_NONE;
    if (view.count != 1 || !is_primitive_with_value(view.items[0])) return SALVE_OK;
    TRY(expr_system(view.items[0], run->mem, out, run->err));
    if (expr_is_unheld(*out)) *out = EXPR_NONE;
    return SALVE_OK;
}

/* --- references --------------------------------------------------------------------------------------------------- */
static bool is_resource(const struct tape *tape, tape_at at)
{
    return tape_kind(tape, at) == TAPE_OBJECT && fhir_types[tape_type(tape, at)].kind == FHIR_RESOURCE;
}

/* The resource that holds node `at` and is not itself contained: where #references of the node point into. */
static tape_at container_of(const struct tape *tape, tape_at at)
{
    tape_at found = 0;
    for (tape_at node = 0; node != TAPE_NONE && node <= at;) {
        if (is_resource(tape, node) && (node == 0 || tape_path_name(tape, node) != FHIR_N_contained)) found = node;
        if (tape_path_name(tape, node) == FHIR_N_contained) break;
        tape_at next = TAPE_NONE; /* the child that holds `at` */
        for (tape_at c = tape_first(tape, node); c != TAPE_NONE && c <= at; c = tape_next(tape, node, c)) next = c;
        node = next;
    }
    return found;
}

static tape_at find_contained(const struct tape *tape, tape_at at, struct str id)
{
    tape_at container = container_of(tape, at);
    if (id.len == 0) return container;
    for (tape_at c = tape_first(tape, container); c != TAPE_NONE; c = tape_next(tape, container, c))
        if (tape_path_name(tape, c) == FHIR_N_contained && str_eq(tape_child_text(tape, c, "id"), id)) return c;
    return TAPE_NONE;
}

/* A reference in its parts: "base/Type/id/_history/version#part"; base and version are often missing. */
struct reference {
    struct str url;      /* "base/Type/id" */
    struct str relative; /* "Type/id"; none in an absolute one */
    struct str version, part;
};

static bool is_absolute(struct str url) { return str_find(url, STR("://")) > 0 || str_starts(url, STR("urn:")); }

static struct reference reference_of(struct str text)
{
    struct reference r = {.url = text};
    ptrdiff_t mark = str_find(text, STR("#"));
    if (mark >= 0) {
        r.part = str_cut(text, (size_t)mark + 1, SIZE_MAX);
        r.url = str_cut(text, 0, (size_t)mark);
    }
    ptrdiff_t history = str_find(r.url, STR("/_history/"));
    if (history >= 0) {
        r.version = str_cut(r.url, (size_t)history + 10, SIZE_MAX);
        r.url = str_cut(r.url, 0, (size_t)history);
    }
    if (!is_absolute(r.url)) r.relative = r.url;
    return r;
}

/* Is the resource "Type/id"? */
static bool names_resource(const struct tape *tape, tape_at resource, struct str relative)
{
    struct str id = tape_child_text(tape, resource, "id"), type = fhir_type_name(tape_type(tape, resource));
    return id.len > 0 && relative.len == type.len + 1 + id.len && str_starts(relative, type) &&
           relative.ptr[type.len] == '/' && str_ends(relative, id);
}

static bool has_version(const struct tape *tape, tape_at resource, struct str version)
{
    if (version.len == 0) return true;
    tape_at meta = tape_child(tape, resource, FHIR_N_meta);
    return meta != TAPE_NONE && str_eq(tape_child_text(tape, meta, "versionId"), version);
}

/* "http://server/fhir/" of "http://server/fhir/Patient/1", the fullUrl of a resource; none if it is not so formed. */
static struct str base_of(const struct tape *tape, tape_at entry)
{
    struct str url = tape_child_text(tape, entry, "fullUrl");
    size_t slashes = 0, at = url.len;
    if (str_find(url, STR("://")) < 0) return STR_NONE;
    while (at > 0 && slashes < 2)
        if (url.ptr[--at] == '/') slashes++;
    return slashes == 2 ? str_cut(url, 0, at + 1) : STR_NONE;
}

/* The entry of the Bundle that holds node `at`. */
static tape_at entry_of(const struct tape *tape, tape_at at)
{
    tape_at found = TAPE_NONE;
    for (tape_at e = TAPE_NONE; tape_each_entry(tape, &e) && e <= at;) found = e;
    return found;
}

/* R4 "Resolving references in Bundles": an absolute reference is a fullUrl. A relative one is taken to the base of its
 * own entry's fullUrl; where that has none, or the other entry has none, type and id decide. */
static bool is_entry_named(const struct tape *tape, tape_at entry, tape_at resource, const struct reference *r,
                           struct str base)
{
    struct str url = tape_child_text(tape, entry, "fullUrl");
    if (!has_version(tape, resource, r->version)) return false;
    if (r->relative.len == 0) return str_eq(url, r->url);
    if (base.len > 0 && base_of(tape, entry).len > 0)
        return str_starts(url, base) && str_eq(str_cut(url, base.len, SIZE_MAX), r->relative);
    return names_resource(tape, resource, r->relative);
}

static tape_at find_in_bundle(const struct tape *tape, tape_at from, const struct reference *r, uint64_t *seen)
{
    tape_at own = entry_of(tape, from);
    struct str base = own == TAPE_NONE ? STR_NONE : base_of(tape, own);
    for (tape_at e = TAPE_NONE; tape_each_entry(tape, &e);) {
        ++*seen;
        tape_at resource = tape_child(tape, e, FHIR_N_resource);
        if (resource != TAPE_NONE && is_entry_named(tape, e, resource, r, base)) return resource;
    }
    return TAPE_NONE;
}

static tape_at find_on_tape(const struct tape *tape, tape_at from, struct str text, uint64_t *seen)
{
    if (text.ptr[0] == '#') return find_contained(tape, from, str_cut(text, 1, SIZE_MAX));
    struct reference r = reference_of(text);
    tape_at found = find_in_bundle(tape, from, &r, seen);
    if (found == TAPE_NONE && names_resource(tape, 0, r.relative) && has_version(tape, 0, r.version)) found = 0;
    if (found == TAPE_NONE || r.part.len == 0) return found;
    return find_contained(tape, found, r.part);
}

static struct str reference_text(struct expr_value item)
{
    if (item.kind == VALUE_STRING) return expr_text(item);
    if (item.kind != VALUE_NODE) return STR_NONE;
    if (tape_kind(item.as.tape, item.aux) == TAPE_TEXT) return tape_text(item.as.tape, item.aux);
    return tape_child_text(item.as.tape, item.aux, "reference");
}

static bool resolve_one(struct expr_run *run, struct expr_value item, uint64_t *seen, struct expr_value *out)
{
    struct str reference = reference_text(item);
    if (reference.len == 0) return false;
    struct expr_value home = item.kind == VALUE_NODE ? item : run->resource;
    if (home.kind == VALUE_NODE) {
        const struct tape *tape = home.as.tape;
        tape_at at = find_on_tape(tape, home.aux, reference, seen);
        *out = expr_node(tape, at);
        if (at != TAPE_NONE) return true;
    }
    return run->env->resolve != NULL && run->env->resolve(run->env->user, reference, out);
}

FN(fp_resolve)
{
    struct expr_items view = expr_items(&args[0]);
    struct expr_build build = {0};
    for (uint32_t i = 0; i < view.count; i++) {
        struct expr_value found;
        uint64_t seen = 16; /* entries that are looked at count as steps */
        bool has = resolve_one(run, view.items[i], &seen, &found);
        TRY(expr_step(run, seen));
        if (has) TRY(expr_build_add(&build, found, run->mem, run->err));
    }
    *out = expr_build_done(&build);
    return SALVE_OK;
}

FN(fp_reference_key)
{
    struct expr_items view = expr_items(&args[0]);
    struct str wanted = STR_NONE;
    bool has = false;
    if (count == 2) TRY(fp_one_text(run, &args[1], &has, &wanted));
    *out = EXPR_NONE;
    if (view.count != 1) return SALVE_OK;
    struct str reference = reference_text(view.items[0]);
    ptrdiff_t slash = -1;
    for (size_t i = 0; i < reference.len; i++)
        if (reference.ptr[i] == '/') slash = (ptrdiff_t)i;
    if (slash < 0 || (has && !str_ends(str_cut(reference, 0, (size_t)slash), wanted))) return SALVE_OK;
    *out = expr_string(str_cut(reference, (size_t)slash + 1, SIZE_MAX));
    return SALVE_OK;
}

FN(fp_resource_key)
{
    struct expr_items view = expr_items(&args[0]);
    *out = EXPR_NONE;
    if (view.count != 1 || view.items[0].kind != VALUE_NODE || !is_resource(view.items[0].as.tape, view.items[0].aux))
        return SALVE_OK;
    struct str id = tape_child_text(view.items[0].as.tape, view.items[0].aux, "id");
    if (id.ptr != NULL) *out = expr_string(id);
    return SALVE_OK;
}

/* --- terminology -------------------------------------------------------------------------------------------------- */
/* A code, Coding or CodeableConcept; of a concept one coding has to be in. */
static enum expr_truth item_member(struct expr_run *run, struct expr_value item, struct str value_set)
{
    struct expr_code code = {0};
    if (item.kind == VALUE_STRING) {
        code.code = expr_text(item);
        return terms_member(run->env->terms, &code, value_set, STR_NONE, NULL);
    }
    if (item.kind == VALUE_CODE) return terms_member(run->env->terms, item.as.code, value_set, STR_NONE, NULL);
    if (item.kind != VALUE_NODE) return EXPR_NULL_TRUTH;
    const struct tape *tape = item.as.tape;
    if (tape_kind(tape, item.aux) == TAPE_TEXT) {
        code.code = tape_text(tape, item.aux);
        return terms_member(run->env->terms, &code, value_set, STR_NONE, NULL);
    }
    if (tape_type(tape, item.aux) == FHIR_T_Coding) {
        code = expr_coding_of(tape, item.aux);
        return terms_member(run->env->terms, &code, value_set, STR_NONE, NULL);
    }
    if (tape_type(tape, item.aux) != FHIR_T_CodeableConcept) return EXPR_NULL_TRUTH;
    enum expr_truth any = EXPR_FALSE;
    for (tape_at c = tape_first(tape, item.aux); c != TAPE_NONE; c = tape_next(tape, item.aux, c)) {
        if (tape_path_name(tape, c) != FHIR_N_coding) continue;
        code = expr_coding_of(tape, c);
        enum expr_truth one = terms_member(run->env->terms, &code, value_set, STR_NONE, NULL);
        if (one == EXPR_TRUE) return EXPR_TRUE;
        if (one == EXPR_NULL_TRUTH) any = one;
    }
    return any;
}

FN(fp_member_of)
{
    struct expr_items view = expr_items(&args[0]);
    struct str value_set;
    bool has;
    *out = EXPR_NONE;
    TRY(fp_one_text(run, &args[1], &has, &value_set));
    if (view.count > 1) return expr_run_fail(run, SALVE_E_TYPE, "memberOf() asks about one item");
    if (!has || view.count == 0) return SALVE_OK;
    enum expr_truth is = item_member(run, view.items[0], value_set);
    if (is != EXPR_NULL_TRUTH) *out = expr_boolean(is == EXPR_TRUE);
    return expr_step(run, 64);
}

static bool code_of(struct expr_value item, struct expr_code *out)
{
    if (item.kind == VALUE_CODE)
        *out = *item.as.code;
    else if (item.kind == VALUE_NODE && tape_type(item.as.tape, item.aux) == FHIR_T_Coding)
        *out = expr_coding_of(item.as.tape, item.aux);
    else
        return false;
    return true;
}

static enum salve_code subsumption(struct expr_run *run, const struct expr_value *above, const struct expr_value *below,
                                   struct expr_value *out)
{
    struct expr_items a = expr_items(above), b = expr_items(below);
    struct expr_code ca, cb;
    *out = EXPR_NONE;
    if (a.count > 1 || b.count > 1)
        return expr_run_fail(run, SALVE_E_TYPE, "subsumption is between two single codings");
    if (a.count == 0 || b.count == 0 || !code_of(a.items[0], &ca) || !code_of(b.items[0], &cb)) return SALVE_OK;
    enum expr_truth is = terms_subsumes(run->env->terms, &ca, &cb, run->mem);
    if (is != EXPR_NULL_TRUTH) *out = expr_boolean(is == EXPR_TRUE);
    return SALVE_OK;
}

FN(fp_subsumes) { return subsumption(run, &args[0], &args[1], out); }
FN(fp_subsumed_by) { return subsumption(run, &args[1], &args[0], out); }

/* --- profiles and narrative --------------------------------------------------------------------------------------- */
FN(fp_conforms_to)
{
    static const char base[] = "http://hl7.org/fhir/StructureDefinition/";
    struct expr_items view = expr_items(&args[0]);
    struct str url;
    bool has;
    *out = EXPR_NONE;
    TRY(fp_one_text(run, &args[1], &has, &url));
    if (view.count > 1) return expr_run_fail(run, SALVE_E_TYPE, "conformsTo() asks about one item");
    if (!has || view.count == 0) return SALVE_OK;
    ptrdiff_t bar = str_find(url, STR("|")); /* R4 is one version */
    if (bar >= 0 && !str_starts(str_cut(url, (size_t)bar + 1, SIZE_MAX), STR("4.0")))
        return expr_run_fail(run, SALVE_E_UNKNOWN_NAME, "this profile is not one of base R4");
    if (bar >= 0) url = str_cut(url, 0, (size_t)bar);
    fhir_type_id type = str_starts(url, str_of(base)) ? fhir_type_find(str_cut(url, sizeof base - 1, SIZE_MAX)) : 0;
    if (type == 0) return expr_run_fail(run, SALVE_E_UNKNOWN_NAME, "this profile is not one of base R4");
    *out = expr_boolean(expr_is_type(view.items[0], (struct expr_type_test){.fhir = type}));
    return SALVE_OK;
}

FN(fp_html_checks)
{
    union expr_room room;
    struct expr_value v;
    const char *rule, *text;
    TRY(fp_one_in(run, &args[0], &room, &v));
    *out = EXPR_NONE;
    if (v.kind != VALUE_STRING) return SALVE_OK;
    TRY(expr_step(run, v.aux / 4));
    *out = expr_boolean(fhir_xhtml_ok(expr_text(v), &rule, &text));
    return SALVE_OK;
}

/* --- environment -------------------------------------------------------------------------------------------------- */
static FN(variable)
{
    struct str name = expr_text(args[0]);
    if (str_is(name, "resource"))
        *out = run->resource;
    else if (str_is(name, "rootResource"))
        *out = run->root;
    else if (str_is(name, "context"))
        *out = run->env->context.kind == VALUE_NULL ? run->focus : run->env->context;
    else if (run->env->variable == NULL || !run->env->variable(run->env->user, name, out))
        return expr_run_fail(run, SALVE_E_UNKNOWN_NAME, "no variable is named '%%%.*s'", STR_ARGS(name));
    return SALVE_OK;
}
const struct expr_function fp_variable = {"%", variable};

static FN(trace)
{
    struct str name;
    bool has;
    TRY(fp_one_text(run, &args[1], &has, &name));
    if (has && run->env->trace != NULL) run->env->trace(run->env->user, name, &args[2]);
    *out = args[0];
    return SALVE_OK;
}
const struct expr_function fp_trace_call = {"trace", trace};
