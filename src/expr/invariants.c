/* SPDX-License-Identifier: Apache-2.0
 * Base R4 constraints over a tape: one walk over the flat nodes; most elements have no list and cost two loads. See
 * invariants.h. */
#include "expr/invariants.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/limits.h"
#include "expr/expr.h"
#include "fhir_tables.h"

struct invariants {
    struct arena    *mem;
    struct fhirpath *paths[FHIR_INVARIANT_COUNT];
    bool             is_skipped[FHIR_INVARIANT_COUNT];
};

/* What the reader has checked already. */
static const char *const guaranteed[] = {"ele-1", "txt-1", "txt-2"};

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

enum salve_code invariants_make(struct arena *mem, struct invariants **out, struct salve_err *err)
{
    struct invariants *rules = arena_new(mem, struct invariants);
    if (rules == NULL) return salve_fail(err, SALVE_E_MEMORY, "invariants");
    rules->mem = mem;
    for (unsigned i = 1; i < FHIR_INVARIANT_COUNT; i++)
        for (size_t k = 0; k < sizeof guaranteed / sizeof guaranteed[0]; k++)
            if (strcmp(fhir_invariants[i].key, guaranteed[k]) == 0) rules->is_skipped[i] = true;
    *out = rules;
    return SALVE_OK;
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
    if (code != SALVE_OK && err != NULL) {
        char place[32];
        (void)snprintf(place, sizeof place, "%.31s", err->at);
        (void)snprintf(err->at, sizeof err->at, "%.64s %s", fhir_invariants[id].key, place);
    }
    return code;
}

enum salve_code invariants_compile(struct invariants *rules, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    for (unsigned id = 1; id < FHIR_INVARIANT_COUNT && code == SALVE_OK; id++)
        if (!rules->is_skipped[id] && rules->paths[id] == NULL) code = compile(rules, id, err);
    return code;
}

/* --- one walk -------------------------------------------------------------------------------------------------------------- */
struct level {
    tape_at at, end; /* a resource and where its subtree ends */
};

struct walk {
    struct invariants  *rules;
    const struct tape  *tape;
    struct arena       *scratch;
    struct fhir_issues *issues;
    struct salve_err   *err;
    struct expr_env     env;
    struct level        levels[SALVE_JSON_DEPTH_MAX + 1]; /* resources inside each other */
    unsigned            level_count;
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

/* Empty counts as kept: the rule does not apply. */
static enum salve_code check_one(struct walk *w, unsigned id, tape_at at)
{
    struct invariants *rules = w->rules;
    if (rules->is_skipped[id]) return SALVE_OK;
    enum salve_code code = rules->paths[id] != NULL ? SALVE_OK : compile(rules, id, w->err);
    if (code != SALVE_OK) return code;
    struct arena_mark mark = arena_mark(w->scratch);
    struct expr_value result;
    struct salve_err err = {0};
    code = fhirpath_run(rules->paths[id], &w->env, expr_node(w->tape, at), w->scratch, &result, &err);
    bool broken = code == SALVE_OK && result.kind == VALUE_BOOLEAN && !result.as.boolean;
    arena_rewind(w->scratch, mark); /* before the issue is added: its memory may be the same arena */
    if (code == SALVE_E_MEMORY || code == SALVE_E_STEPS) {
        if (w->err != NULL) *w->err = err;
    } else if (code != SALVE_OK)
        code = add_issue(w, id, at, FHIR_INFORMATION, "this rule could not be evaluated on the element");
    else if (broken)
        code = add_issue(w, id, at, fhir_invariants[id].is_error ? FHIR_ERROR : FHIR_WARNING, fhir_invariants[id].human);
    return code;
}

static enum salve_code check_list(struct walk *w, fhir_list_id list, tape_at at)
{
    enum salve_code code = SALVE_OK;
    for (const uint16_t *id = fhir_list(list); *id != 0 && code == SALVE_OK; id++) code = check_one(w, *id, at);
    return code;
}

/* %resource is the nearest resource. %rootResource is what contains it, when it is contained; a Bundle contains nobody. */
static void enter_resource(struct walk *w, tape_at at)
{
    while (w->level_count > 0 && at >= w->levels[w->level_count - 1].end) w->level_count--;
    const struct tape_node *node = &w->tape->nodes[at];
    if (node->kind == TAPE_OBJECT && fhir_types[node->value].kind == FHIR_RESOURCE) {
        salve_assert(w->level_count <= SALVE_JSON_DEPTH_MAX);
        w->levels[w->level_count++] = (struct level){at, at + node->span};
    } else if (w->level_count == 0 || w->env.resource.aux == w->levels[w->level_count - 1].at) return;
    const struct level *top = &w->levels[w->level_count - 1];
    bool is_contained = w->level_count > 1 && tape_path_name(w->tape, top->at) == FHIR_N_contained;
    w->env.resource = expr_node(w->tape, top->at);
    w->env.root = is_contained ? expr_node(w->tape, top[-1].at) : w->env.resource;
}

enum salve_code invariants_check(struct invariants *rules, const struct tape *tape, struct arena *scratch,
                                 struct fhir_issues *issues, struct salve_err *err)
{
    struct walk w = {.rules = rules, .tape = tape, .scratch = scratch, .issues = issues, .err = err};
    enum salve_code code = SALVE_OK;
    for (tape_at at = 0; at < tape->node_count && code == SALVE_OK; at++) {
        const struct tape_node *node = &tape->nodes[at];
        fhir_list_id of_element = fhir_elements[node->element].invariants, of_type = 0;
        enter_resource(&w, at);
        if (node->kind == TAPE_OBJECT) of_type = fhir_types[node->value].invariants;
        if (of_element != 0) code = check_list(&w, of_element, at);
        if (of_type != 0 && code == SALVE_OK) code = check_list(&w, of_type, at);
    }
    return code;
}
