/* SPDX-License-Identifier: Apache-2.0
 * The walk of the validator: every node once, with its path; what to check is decided by the type of the node. */
#include "fhir/fhir_validate_int.h"

static void walk(struct fhir_check *check, tape_at parent);

void fhir_check_fail(struct fhir_check *check, const char *code, const char *rule, const char *text)
{
    fhir_issue_add(check->issues, FHIR_ERROR, code, fhir_path_str(&check->path), rule, text);
}

void fhir_check_warn(struct fhir_check *check, const char *code, const char *rule, const char *text)
{
    fhir_issue_add(check->issues, FHIR_WARNING, code, fhir_path_str(&check->path), rule, text);
}

/* One resource: its own rules, then everything below it. */
static void check_resource(struct fhir_check *check, tape_at at, bool is_contained)
{
    struct fhir_check outer = *check;
    if (!is_contained) check->container = at;
    if (!is_contained && fhir_type_is_a(tape_type(check->tape, at), FHIR_T_DomainResource))
        fhir_check_contained(check, at);
    if (tape_type(check->tape, at) == FHIR_T_Bundle)
        fhir_check_bundle(check, at);
    else if (!is_contained)
        fhir_check_ids(check, at);
    walk(check, at);
    check->container = outer.container;
    check->contained = outer.contained;
    check->contained_count = outer.contained_count;
    check->local = outer.local;
    check->local_count = outer.local_count;
}

static void check_node(struct fhir_check *check, tape_at at)
{
    fhir_element_id id = tape_element(check->tape, at);
    const struct fhir_element *element = &fhir_elements[id];
    if (element->binding != 0) fhir_check_binding(check, at);
    if (tape_kind(check->tape, at) == TAPE_OBJECT && fhir_types[tape_type(check->tape, at)].kind == FHIR_RESOURCE) {
        check_resource(check, at, element->name == FHIR_N_contained);
        return;
    }
    if (tape_type(check->tape, at) == FHIR_T_Reference)
        fhir_check_reference(check, at);
    else
        fhir_check_value(check, at);
    if (check->tape->nodes[at].span > 1) walk(check, at);
}

static void walk(struct fhir_check *check, tape_at parent)
{
    struct fhir_items items = {0};
    const struct tape *tape = check->tape;
    for (tape_at c = tape_first(tape, parent); c != TAPE_NONE; c = tape_next(tape, parent, c)) {
        uint32_t index = fhir_items_next(&items, tape_element(tape, c));
        fhir_path_push(&check->path, c, index);
        if (tape_element(tape, c) == FHIR_E_Bundle_entry) fhir_check_entry(check, parent, c);
        check_node(check, c);
        fhir_path_pop(&check->path);
    }
}

enum salve_code fhir_validate(const struct tape *tape, struct arena *mem, struct fhir_issues *issues, bool *valid,
                              struct salve_err *err)
{
    struct fhir_check check = {.tape = tape, .mem = mem, .issues = issues};
    size_t before = issues->error_count;
    *valid = false;
    if (tape->node_count == 0) return salve_fail(err, SALVE_E_INVALID, "an empty tape");
    enum salve_code code = fhir_index_build(tape, mem, &check.index, err);
    if (code != SALVE_OK) return code;
    fhir_path_init(&check.path, tape);
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
