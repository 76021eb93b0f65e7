/* SPDX-License-Identifier: Apache-2.0
 * The walk of the validator: every node once, in the order of the tape; the element says what to check. The path of a
 * node is only made for an issue. */
#include "base/limits.h"
#include "fhir/fhir_validate_int.h"

/* Issues that will not be kept need no path. */
static struct str path_of(struct fhir_check *check)
{
    if (check->issues->count >= SALVE_ISSUES_MAX) return STR("");
    if (check->at == 0) return fhir_type_name(tape_type(check->tape, 0));
    if (check->path == NULL) {
        check->path = arena_alloc_raw(check->mem, sizeof *check->path, 16);
        if (check->path == NULL) {
            check->code = SALVE_E_MEMORY;
            return STR("");
        }
        fhir_path_init(check->path, check->tape);
    }
    fhir_path_to(check->path, check->at);
    return fhir_path_str(check->path);
}

void fhir_check_fail(struct fhir_check *check, const char *code, const char *rule, const char *text)
{
    fhir_issue_add(check->issues, FHIR_ERROR, code, path_of(check), rule, text);
}

void fhir_check_warn(struct fhir_check *check, const char *code, const char *rule, const char *text)
{
    fhir_issue_add(check->issues, FHIR_WARNING, code, path_of(check), rule, text);
}

/* OIDs and UUIDs are URIs only behind "urn:". Most are decided by their first letter. */
static inline void check_uri(struct fhir_check *check, const struct tape_node *node)
{
    char first = node->kind == TAPE_TEXT && node->flags != 0 ? check->tape->heap[node->value] : '\0';
    if (first == 'o' || first == 'u') fhir_check_urn(check, check->at);
}

static inline void check_value(struct fhir_check *check, enum fhir_ask ask, tape_at at)
{
    if (ask == FHIR_ASK_URI)
        check_uri(check, &check->tape->nodes[at]);
    else if (ask == FHIR_ASK_REFERENCE)
        fhir_check_reference(check, at);
    else
        fhir_check_value(check, ask, at);
}

/* One resource: its own rules, then everything below it in order. */
static void check_resource(struct fhir_check *check, tape_at at, bool is_contained)
{
    const struct tape_node *nodes = check->tape->nodes;
    struct fhir_scope outer = check->scope;
    check->at = at;
    if (!is_contained) check->scope.container = at;
    if (!is_contained && fhir_type_is_a(tape_type(check->tape, at), FHIR_T_DomainResource))
        fhir_check_contained(check, at);
    if (tape_type(check->tape, at) == FHIR_T_Bundle)
        fhir_check_bundle(check, at);
    else if (!is_contained)
        fhir_check_ids(check, at);
    for (const struct tape_node *node = nodes + at + 1, *end = nodes + at + nodes[at].span; node < end; node++) {
        unsigned asks = fhir_asks[node->element];
        if ((asks & (FHIR_ASK_ANY | FHIR_ASK_BINDING)) == 0) continue;
        enum fhir_ask ask = (enum fhir_ask)(asks & FHIR_ASK_ANY);
        tape_at here = check->at = (tape_at)(node - nodes);
        if (ask == FHIR_ASK_ENTRY) fhir_check_entry(check, at, here);
        if (asks & FHIR_ASK_BINDING) fhir_check_binding(check, here);
        if (ask == FHIR_ASK_RESOURCE) {
            check_resource(check, here, (asks & FHIR_ASK_CONTAINED) != 0);
            node += node->span - 1;
        } else if (ask != FHIR_ASK_NOTHING) {
            check_value(check, ask, here);
        }
    }
    check->scope = outer;
}

enum salve_code fhir_validate(const struct tape *tape, struct arena *mem, struct fhir_issues *issues, bool *valid,
                              struct salve_err *err)
{
    struct fhir_check check = {.tape = tape, .mem = mem, .issues = issues};
    size_t before = issues->error_count;
    *valid = false;
    if (tape->node_count == 0) return salve_fail(err, SALVE_E_INVALID, "an empty tape");
    if (tape_type(tape, 0) == FHIR_T_Bundle) {
        enum salve_code code = fhir_index_build(tape, mem, &check.index, err);
        if (code != SALVE_OK) return code;
    }
    check_resource(&check, 0, false);
    if (check.code != SALVE_OK) return salve_fail(err, check.code, "validation");
    *valid = issues->error_count == before;
    return SALVE_OK;
}

bool fhir_validate_covers(const char *key)
{
    static const char *const keys[] = {"ext-1", "ref-1", "qty-3", "att-1",  "dom-2",  "dom-3", "dom-4",
                                       "dom-5", "dom-6", "bdl-1", "bdl-2",  "bdl-3",  "bdl-4", "bdl-5",
                                       "bdl-7", "bdl-8", "bdl-9", "bdl-10", "bdl-11", "bdl-12"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(keys[i], key) == 0) return true;
    return false;
}
