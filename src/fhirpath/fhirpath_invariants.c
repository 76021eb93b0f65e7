/* SPDX-License-Identifier: Apache-2.0
 * Base R4 constraints over a tape: one walk over the flat nodes; most elements have no list and cost two loads. See
 * invariants.h. */
#include "fhirpath/invariants.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/limits.h"
#include "fhir/validate.h"
#include "fhirpath/fhirpath_int.h"

/* How a constraint is checked. */
enum how {
    RUN,
    SKIP,               /* the reader has checked it already */
    LOCAL_REFERENCE,    /* ref-1: run for references that begin with # */
    EXTENSION_OR_VALUE, /* ext-1: one of the two, counted here */
    PERIOD_IN_ORDER     /* per-1: run where start and end are not written alike */
};

struct level {
    tape_at at, end; /* a resource and where its subtree ends */
};

struct invariants {
    struct arena *mem;
    struct fhirpath *paths[FHIR_INVARIANT_COUNT];
    uint8_t how[FHIR_INVARIANT_COUNT]; /* enum how */
    /* elements whose nodes have a constraint that is not skipped, or are resources */
    uint8_t is_busy[FHIR_ELEMENT_COUNT];
    bool is_run[FHIR_TYPE_COUNT];                  /* types with a constraint that is not skipped */
    struct level levels[SALVE_JSON_DEPTH_MAX + 1]; /* of the walk at hand: resources inside each other */
};

static const struct {
    const char *key;
    enum how how;
} by_hand[] = {
    {"ele-1", SKIP},
    {"txt-1", SKIP},
    {"txt-2", SKIP},
    {"ref-1", LOCAL_REFERENCE},
    {"ext-1", EXTENSION_OR_VALUE},
    {"per-1", PERIOD_IN_ORDER},
};

/* R4 as published cannot be evaluated here: `as` on many items is an error, and FHIR.boolean is not System.Boolean. */
static const struct {
    const char *key, *expression;
} corrected[] = {
    {"dom-3",
     "contained.where((('#' + id in (%resource.descendants().reference | %resource.descendants().ofType(canonical) | "
     "%resource.descendants().ofType(uri) | %resource.descendants().ofType(url))) or "
     "descendants().where(reference = '#').exists() or descendants().where(ofType(canonical) = '#').exists()).not())"
     ".trace('unmatched', id).empty()"},
    {"que-7", "operator = 'exists' implies (answer is boolean)"},
};

static bool is_any_run(const struct invariants *rules, fhir_list_id list)
{
    for (const uint16_t *id = fhir_list(list); *id != 0; id++)
        if (rules->how[*id] != SKIP) return true;
    return false;
}

static void find_busy(struct invariants *rules)
{
    rules->is_busy[0] = true; /* the root */
    for (unsigned i = 1; i < FHIR_TYPE_COUNT; i++) rules->is_run[i] = is_any_run(rules, fhir_types[i].invariants);
    for (unsigned i = 1; i < FHIR_ELEMENT_COUNT; i++) {
        const struct fhir_element *element = &fhir_elements[i];
        const struct fhir_type *type = &fhir_types[element->type];
        rules->is_busy[i] = type->kind == FHIR_RESOURCE || is_any_run(rules, element->invariants) ||
                            is_any_run(rules, type->invariants);
    }
}

enum salve_code invariants_make(struct arena *mem, struct invariants **out, struct salve_err *err)
{
    struct invariants *rules = arena_new(mem, struct invariants);
    if (rules == NULL) return salve_fail(err, SALVE_E_MEMORY, "invariants");
    rules->mem = mem;
    for (unsigned i = 1; i < FHIR_INVARIANT_COUNT; i++)
        for (size_t k = 0; k < sizeof by_hand / sizeof by_hand[0]; k++)
            if (strcmp(fhir_invariants[i].key, by_hand[k].key) == 0) rules->how[i] = (uint8_t)by_hand[k].how;
    find_busy(rules);
    *out = rules;
    return SALVE_OK;
}

void invariants_skip(struct invariants *rules, bool (*covers)(const char *key))
{
    for (unsigned i = 1; i < FHIR_INVARIANT_COUNT; i++)
        if (covers(fhir_invariants[i].key)) rules->how[i] = SKIP;
    find_busy(rules);
}

static struct str expression_of(unsigned id)
{
    for (size_t i = 0; i < sizeof corrected / sizeof corrected[0]; i++)
        if (strcmp(fhir_invariants[id].key, corrected[i].key) == 0) return str_of(corrected[i].expression);
    return str_of(fhir_invariants[id].expression);
}

static enum salve_code compile(struct invariants *rules, unsigned id, struct salve_err *err)
{
    enum salve_code code = fhirpath_compile(expression_of(id), 0, rules->mem, &rules->paths[id], err);
    if (code != SALVE_OK) salve_err_in(err, "%s", fhir_invariants[id].key);
    return code;
}

enum salve_code invariants_compile(struct invariants *rules, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    for (unsigned id = 1; id < FHIR_INVARIANT_COUNT && code == SALVE_OK; id++)
        if (rules->how[id] != SKIP && rules->paths[id] == NULL) code = compile(rules, id, err);
    return code;
}

/* --- one walk ----------------------------------------------------------------------------------------------------- */
struct walk {
    struct invariants *rules;
    const struct tape *tape;
    struct arena *scratch;
    struct fhir_issues *issues;
    struct salve_err *err;
    struct expr_env env;
    uint64_t steps; /* of the whole walk */
    struct level *levels;
    unsigned level_count;
};

static enum salve_code add_issue(struct walk *w, unsigned id, tape_at at, enum fhir_severity severity, const char *text)
{
    struct buf buf;
    struct str path;
    buf_init(&buf, w->scratch, 64 << 10);
    tape_path(w->tape, at, &buf);
    if (buf_done(&buf, &path, w->err) != SALVE_OK) return w->err == NULL ? SALVE_E_MEMORY : w->err->code;
    fhir_issue_add(w->issues, severity, "invariant", path, fhir_invariants[id].key, text);
    return SALVE_OK;
}

static enum salve_code broken(struct walk *w, unsigned id, tape_at at)
{
    return add_issue(w, id, at, fhir_invariants[id].is_error ? FHIR_ERROR : FHIR_WARNING, fhir_invariants[id].human);
}

/* Evaluates; empty counts as kept: the rule does not apply. */
static enum salve_code run_one(struct walk *w, unsigned id, tape_at at)
{
    struct arena_mark mark = arena_mark(w->scratch);
    struct expr_value result;
    struct salve_err err = {0};
    enum salve_code code =
        fhirpath_run(w->rules->paths[id], &w->env, expr_node(w->tape, at), w->scratch, &result, &err);
    bool is_false = code == SALVE_OK && result.kind == VALUE_BOOLEAN && !result.as.boolean;
    arena_rewind(w->scratch, mark); /* before the issue is added: its memory may be the same arena */
    if (is_false) return broken(w, id, at);
    if (code == SALVE_E_MEMORY || code == SALVE_E_STEPS) {
        if (w->err != NULL) *w->err = err;
        return code;
    }
    return code == SALVE_OK ? code
                            : add_issue(w, id, at, FHIR_INFORMATION, "this rule could not be evaluated on the element");
}

static bool has_child(const struct walk *w, tape_at at, uint64_t children, fhir_name_id name)
{
    return (children >> (name & 63) & 1) != 0 && tape_child(w->tape, at, name) != TAPE_NONE;
}

/* Is the rule kept for certain, by what elements there are? `children` has a bit for the name of each child. */
static bool is_kept(const struct walk *w, const struct fp_gates *gates, tape_at at, uint64_t children)
{
    for (unsigned i = 0; i < gates->absent.count; i++)
        if (!has_child(w, at, children, gates->absent.names[i])) return true;
    for (unsigned i = 0; i < gates->present.count; i++)
        if (has_child(w, at, children, gates->present.names[i])) return true;
    return false;
}

static bool is_local_reference(const struct tape *tape, tape_at at)
{
    tape_at reference = tape_child(tape, at, FHIR_N_reference);
    return reference != TAPE_NONE && str_starts(tape_text(tape, reference), STR("#"));
}

/* Are two texts of a dateTime both dates, or both times to the second or less in one zone, written alike and in order?
 * Then they are in order as texts. False says nothing. */
static bool are_in_order(struct str start, struct str end)
{
    enum {
        DATE = 10,
        UTC_MAX = 24,
        ZONED = 25,
        ZONED_MAX = 29,
        SECOND = 17,
        ZONE = 6
    }; /* bytes; where seconds stand */
    size_t len = start.len;
    if (len != end.len || len < DATE || len > ZONED_MAX || memcmp(start.ptr, end.ptr, len) > 0) return false;
    if (len == DATE) return true;
    bool is_leap = start.ptr[SECOND] == '6' || end.ptr[SECOND] == '6';
    bool is_utc = start.ptr[len - 1] == 'Z' && end.ptr[len - 1] == 'Z';
    if (is_leap || (is_utc ? len > UTC_MAX : len < ZONED)) return false;
    return is_utc || memcmp(start.ptr + len - ZONE, end.ptr + len - ZONE, ZONE) == 0;
}

static bool is_period_in_order(const struct tape *tape, tape_at period)
{
    struct str start = STR_NONE, end = STR_NONE;
    for (tape_at c = tape_first(tape, period); c != TAPE_NONE; c = tape_next(tape, period, c)) {
        if (tape_path_name(tape, c) == FHIR_N_start) start = tape_text(tape, c);
        if (tape_path_name(tape, c) == FHIR_N_end) end = tape_text(tape, c);
    }
    return are_in_order(start, end);
}

static enum salve_code check_one(struct walk *w, unsigned id, tape_at at, uint64_t children)
{
    struct invariants *rules = w->rules;
    bool is_object = tape_kind(w->tape, at) == TAPE_OBJECT;
    if (rules->how[id] == SKIP) return SALVE_OK;
    if (rules->how[id] == EXTENSION_OR_VALUE && is_object) {
        bool extension = has_child(w, at, children, FHIR_N_extension), value = has_child(w, at, children, FHIR_N_value);
        return extension != value ? SALVE_OK : broken(w, id, at);
    }
    if (rules->how[id] == LOCAL_REFERENCE && is_object && !is_local_reference(w->tape, at)) return SALVE_OK;
    if (rules->how[id] == PERIOD_IN_ORDER && is_object && is_period_in_order(w->tape, at)) return SALVE_OK;
    enum salve_code code = rules->paths[id] != NULL ? SALVE_OK : compile(rules, id, w->err);
    if (code != SALVE_OK || (is_object && is_kept(w, fhirpath_gates(rules->paths[id]), at, children))) return code;
    return run_one(w, id, at);
}

static uint64_t children_of(const struct tape *tape, tape_at at)
{
    uint64_t children = 0;
    for (tape_at c = tape_first(tape, at); c != TAPE_NONE; c = tape_next(tape, at, c))
        children |= (uint64_t)1 << (tape_path_name(tape, c) & 63);
    return children;
}

static enum salve_code check_list(struct walk *w, fhir_list_id list, tape_at at, uint64_t children)
{
    enum salve_code code = SALVE_OK;
    for (const uint16_t *id = fhir_list(list); *id != 0 && code == SALVE_OK; id++)
        code = check_one(w, *id, at, children);
    return code;
}

/* At the first node of a resource and at the first behind one. %resource is the nearest resource; %rootResource is what
 * contains it, when it is contained; a Bundle contains nobody. */
static void enter_resource(struct walk *w, tape_at at, bool is_resource)
{
    while (w->level_count > 0 && at >= w->levels[w->level_count - 1].end) w->level_count--;
    if (is_resource) {
        salve_assert(w->level_count <= SALVE_JSON_DEPTH_MAX);
        w->levels[w->level_count++] = (struct level){at, at + w->tape->nodes[at].span};
    }
    if (w->level_count == 0) return;
    const struct level *top = &w->levels[w->level_count - 1];
    bool is_contained = w->level_count > 1 && tape_path_name(w->tape, top->at) == FHIR_N_contained;
    w->env.resource = expr_node(w->tape, top->at);
    w->env.root = is_contained ? expr_node(w->tape, top[-1].at) : w->env.resource;
}

/* The first node from `at` on that has anything to be run; `end` at most. */
static inline tape_at next_busy(const struct invariants *rules, const struct tape_node *nodes, tape_at at, tape_at end)
{
    const struct tape_node *node = nodes + at, *last = nodes + end;
    while (node < last && !rules->is_busy[node->element]) node++;
    return (tape_at)(node - nodes);
}

enum salve_code invariants_check(struct invariants *rules, const struct tape *tape, struct arena *scratch,
                                 struct fhir_issues *issues, struct salve_err *err)
{
    struct walk w = {
        .rules = rules, .tape = tape, .scratch = scratch, .issues = issues, .err = err, .levels = rules->levels};
    w.steps = SALVE_INVARIANT_STEPS_MAX + 100 * (uint64_t)tape->node_count;
    w.env.steps = &w.steps;
    enum salve_code code = SALVE_OK;
    tape_at resource_end = 0, end = tape->node_count;
    const struct tape_node *nodes = tape->nodes;
    for (tape_at at = 0; at < end && code == SALVE_OK; at++) {
        at = next_busy(rules, nodes, at, resource_end);
        if (at == end) break;
        const struct tape_node *node = &nodes[at];
        fhir_list_id of_element = fhir_elements[node->element].invariants, of_type = 0;
        bool is_resource = false;
        if (node->kind == TAPE_OBJECT) {
            of_type = rules->is_run[node->value] ? fhir_types[node->value].invariants : 0;
            is_resource = fhir_types[node->value].kind == FHIR_RESOURCE;
        }
        if (is_resource || at >= resource_end) {
            enter_resource(&w, at, is_resource);
            resource_end = w.level_count == 0 ? end : w.levels[w.level_count - 1].end;
        }
        if (of_element == 0 && of_type == 0) continue;
        uint64_t children = children_of(tape, at);
        code = check_list(&w, of_element, at, children);
        if (code == SALVE_OK) code = check_list(&w, of_type, at, children);
    }
    return code;
}

enum salve_code invariants_judge(struct invariants *rules, struct str json, struct fhir_reader *reader,
                                 struct arena *mem, struct fhir_issues *issues, struct salve_err *err)
{
    struct tape tape;
    bool is_valid;
    struct fhir_read_opts opts = {.reader = reader};
    enum salve_code code = fhir_read(json, &opts, mem, &tape, issues, err);
    if (code != SALVE_OK && code != SALVE_E_INVALID) return issues->error_count > 0 ? SALVE_OK : code;
    if (tape_root(&tape) == TAPE_NONE) return SALVE_OK; /* no resource of R4: the reader's issues say all */
    TRY(fhir_validate(&tape, mem, issues, &is_valid, err));
    return invariants_check(rules, &tape, mem, issues, err);
}
