/* SPDX-License-Identifier: Apache-2.0
 * What can be said about an expression without running it: with which elements absent from the focus is it certainly
 * not false, and with which present is it certainly true? Most constraints of FHIR are about elements that most
 * resources do not have, so asking this first spares nearly all evaluations (fhirpath_invariants.c). Where nothing is
 * certain, nothing is said. */
#include "fhirpath/fhirpath_int.h"

enum { LEVELS_MAX = 64 };

typedef struct fp_names names_of(const struct fp_node *node, unsigned level);
static names_of absent_not_false, absent_not_true, present_true, present_false;

static struct fp_names none(void) { return (struct fp_names){.count = 0}; }

static bool has(const struct fp_names *set, fhir_name_id name)
{
    for (unsigned i = 0; i < set->count; i++)
        if (set->names[i] == name) return true;
    return false;
}

static struct fp_names one(fhir_name_id name)
{
    return name == 0 ? none() : (struct fp_names){.names = {name}, .count = 1};
}

static struct fp_names either(struct fp_names a, struct fp_names b)
{
    for (unsigned i = 0; i < b.count && a.count < FP_NAMES_MAX; i++)
        if (!has(&a, b.names[i])) a.names[a.count++] = b.names[i];
    return a;
}

static struct fp_names both(struct fp_names a, struct fp_names b)
{
    struct fp_names out = none();
    salve_assert(a.count <= FP_NAMES_MAX && b.count <= FP_NAMES_MAX);
    for (unsigned i = 0; i < a.count; i++)
        if (has(&b, a.names[i])) out.names[out.count++] = a.names[i];
    return out;
}

static bool is_call(const struct fp_node *node, const char *name)
{
    return node->kind == FP_CALL && node->left != NULL && str_is(node->name, name);
}

/* Functions that give empty for an empty input. */
static bool keeps_empty(const struct fp_node *call)
{
    static const char *const list[] = {"where",     "ofType",    "as",        "first",      "last",     "tail",
                                       "toInteger", "toString",  "select",    "startsWith", "endsWith", "contains",
                                       "matches",   "substring", "extension", "trace",      "distinct", "resolve",
                                       "length",    "is",        "single",    "htmlChecks"};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        if (str_is(call->name, list[i])) return true;
    return false;
}

/* The element of the focus without which a path is empty; 0 if it is no such path. */
static fhir_name_id head(const struct fp_node *node)
{
    for (; node->left != NULL; node = node->left)
        if (node->kind != FP_CHILD && node->kind != FP_INDEXER && node->kind != FP_TYPE &&
            !(node->kind == FP_CALL && keeps_empty(node)))
            return 0;
    bool named_type = node->name.len > 0 && str_is_upper(node->name.ptr[0]);
    return node->kind == FP_CHILD && !named_type ? fhir_name_find(node->name) : 0;
}

/* head() when the path is that element and nothing more. */
static fhir_name_id element(const struct fp_node *node)
{
    return node->kind == FP_CHILD && node->left == NULL ? head(node) : 0;
}

/* Operators that give empty when a side is empty. */
static struct fp_names compared(const struct fp_node *node)
{
    if (node->op == FP_IN) return one(head(node->left));
    if (node->op == FP_CONTAINS) return one(head(node->right));
    if (node->op == FP_EQUAL || node->op == FP_NOT_EQUAL || (node->op >= FP_LESS && node->op <= FP_MORE_EQUAL))
        return either(one(head(node->left)), one(head(node->right)));
    return none();
}

static struct fp_names absent_not_false(const struct fp_node *node, unsigned level)
{
    if (level > LEVELS_MAX) return none();
    if (node->kind == FP_BINARY) {
        if (node->op == FP_OR)
            return either(absent_not_false(node->left, level + 1), absent_not_false(node->right, level + 1));
        if (node->op == FP_AND)
            return both(absent_not_false(node->left, level + 1), absent_not_false(node->right, level + 1));
        if (node->op == FP_IMPLIES)
            return either(absent_not_true(node->left, level + 1), absent_not_false(node->right, level + 1));
        return compared(node);
    }
    if (is_call(node, "not")) return absent_not_true(node->left, level + 1);
    if (is_call(node, "empty") || is_call(node, "all") || is_call(node, "isDistinct")) return one(head(node->left));
    return one(head(node));
}

static struct fp_names absent_not_true(const struct fp_node *node, unsigned level)
{
    if (level > LEVELS_MAX) return none();
    if (node->kind == FP_BINARY) {
        if (node->op == FP_OR)
            return both(absent_not_true(node->left, level + 1), absent_not_true(node->right, level + 1));
        if (node->op == FP_AND)
            return either(absent_not_true(node->left, level + 1), absent_not_true(node->right, level + 1));
        return compared(node);
    }
    if (is_call(node, "not")) return absent_not_false(node->left, level + 1);
    if (is_call(node, "exists") || is_call(node, "hasValue")) return one(head(node->left));
    return one(head(node));
}

static struct fp_names present_true(const struct fp_node *node, unsigned level)
{
    if (level > LEVELS_MAX) return none();
    if (node->kind == FP_BINARY) {
        if (node->op == FP_OR) return either(present_true(node->left, level + 1), present_true(node->right, level + 1));
        if (node->op == FP_AND) return both(present_true(node->left, level + 1), present_true(node->right, level + 1));
        if (node->op == FP_IMPLIES)
            return either(present_false(node->left, level + 1), present_true(node->right, level + 1));
        return none();
    }
    if (is_call(node, "not")) return present_false(node->left, level + 1);
    return is_call(node, "exists") && node->args == 0 ? one(element(node->left)) : none();
}

static struct fp_names present_false(const struct fp_node *node, unsigned level)
{
    if (level > LEVELS_MAX) return none();
    if (node->kind == FP_BINARY) {
        if (node->op == FP_OR) return both(present_false(node->left, level + 1), present_false(node->right, level + 1));
        if (node->op == FP_AND)
            return either(present_false(node->left, level + 1), present_false(node->right, level + 1));
        return none();
    }
    if (is_call(node, "not")) return present_true(node->left, level + 1);
    return is_call(node, "empty") ? one(element(node->left)) : none();
}

struct fp_gates fp_gates_of(const struct fp_node *root)
{
    return (struct fp_gates){.absent = absent_not_false(root, 0), .present = present_true(root, 0)};
}
