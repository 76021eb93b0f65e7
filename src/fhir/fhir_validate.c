/* SPDX-License-Identifier: Apache-2.0
 * The walk of the validator: every node once, in the order of the tape; the element says what to check. The path of a
 * node is only made for an issue. */
#include "base/limits.h"
#include "fhir/fhir_validate_int.h"

static const uint8_t rules_of_type[FHIR_TYPE_COUNT] = {
    [FHIR_T_Extension] = FHIR_RULES_EXTENSION,
    [FHIR_T_Quantity] = FHIR_RULES_QUANTITY,
    [FHIR_T_Age] = FHIR_RULES_QUANTITY,
    [FHIR_T_Count] = FHIR_RULES_QUANTITY,
    [FHIR_T_Distance] = FHIR_RULES_QUANTITY,
    [FHIR_T_Duration] = FHIR_RULES_QUANTITY,
    [FHIR_T_Attachment] = FHIR_RULES_ATTACHMENT,
    [FHIR_T_Coding] = FHIR_RULES_SYSTEM,
    [FHIR_T_Identifier] = FHIR_RULES_SYSTEM,
    [FHIR_T_uri] = FHIR_RULES_URI,
    [FHIR_T_url] = FHIR_RULES_URI,
    [FHIR_T_canonical] = FHIR_RULES_URI,
    [FHIR_T_RelatedArtifact] = FHIR_RULES_ARTIFACT,
    [FHIR_T_Reference] = FHIR_RULES_REFERENCE,
    [FHIR_T_Bundle_entry] = FHIR_RULES_ENTRY,
    [FHIR_T_Resource] = FHIR_RULES_RESOURCE,
};

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
    for (tape_at n = at + 1, end = at + nodes[at].span; n < end; n++) {
        const struct fhir_element *element = &fhir_elements[nodes[n].element];
        enum fhir_rules rules = (enum fhir_rules)rules_of_type[element->type];
        if (rules == FHIR_RULES_NONE && element->binding == 0) continue;
        check->at = n;
        if (rules == FHIR_RULES_ENTRY) fhir_check_entry(check, at, n);
        if (element->binding != 0) fhir_check_binding(check, n);
        if (rules == FHIR_RULES_REFERENCE) {
            fhir_check_reference(check, n);
        } else if (rules == FHIR_RULES_RESOURCE) {
            check_resource(check, n, element->name == FHIR_N_contained);
            n += nodes[n].span - 1;
        } else {
            fhir_check_value(check, rules, n);
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
