/* SPDX-License-Identifier: Apache-2.0
 * Equality, equivalence and order of values (FHIRPath 2.0.0 6.1 and 6.2). Nodes are taken as System values where they
 * have one and are compared element by element where they have none. */
#include <utf8proc.h>

#include "base/limits.h"
#include "machine/run.h"

static bool is_calendar(struct expr_value v) { return v.kind == VALUE_DATE || v.kind == VALUE_DATETIME; }

static enum expr_truth order_is_same(enum expr_order order)
{
    return order == EXPR_UNKNOWN ? EXPR_NULL_TRUTH : expr_truth_if(order == EXPR_SAME);
}

static enum expr_order order_of(int cmp) { return cmp < 0 ? EXPR_LESS : cmp > 0 ? EXPR_MORE : EXPR_SAME; }

static enum expr_order number_order(struct expr_value a, struct expr_value b)
{
    if (a.kind != VALUE_DECIMAL && b.kind != VALUE_DECIMAL)
        return a.as.integer < b.as.integer ? EXPR_LESS : a.as.integer > b.as.integer ? EXPR_MORE : EXPR_SAME;
    struct expr_decimal da, db;
    (void)expr_to_decimal(a, &da);
    (void)expr_to_decimal(b, &db);
    return order_of(expr_decimal_cmp(da, db));
}

/* A number beside a quantity counts as a quantity without a unit. */
static bool as_quantity(struct expr_value v, struct expr_quantity *out)
{
    if (v.kind == VALUE_QUANTITY) {
        *out = *v.as.quantity;
        return true;
    }
    out->unit = STR("1");
    return expr_to_decimal(v, &out->value);
}

static bool both_quantities(struct expr_value a, struct expr_value b, struct expr_quantity *qa,
                            struct expr_quantity *qb)
{
    return (a.kind == VALUE_QUANTITY || b.kind == VALUE_QUANTITY) && as_quantity(a, qa) && as_quantity(b, qb);
}

/* --- text equivalence: case does not count, nor which character of white space it is ------------------------------ */
static int32_t fold_next(struct str *rest)
{
    utf8proc_int32_t c = -1;
    if (rest->len == 0) return -1;
    utf8proc_ssize_t took = utf8proc_iterate((const utf8proc_uint8_t *)rest->ptr, (utf8proc_ssize_t)rest->len, &c);
    if (took <= 0) {
        c = (uint8_t)rest->ptr[0];
        took = 1;
    }
    *rest = str_cut(*rest, (size_t)took, SIZE_MAX);
    if (c < 128) return c == ' ' || (c >= 9 && c <= 13) ? ' ' : c >= 'A' && c <= 'Z' ? c + 32 : c;
    utf8proc_category_t category = utf8proc_category(c);
    bool space = c == 0x85 || category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
                 category == UTF8PROC_CATEGORY_ZP;
    return space ? ' ' : utf8proc_tolower(c);
}

static bool texts_equivalent(struct str a, struct str b)
{
    for (;;) {
        int32_t ca = fold_next(&a), cb = fold_next(&b);
        if (ca != cb) return false;
        if (ca == -1) return true;
    }
}

/* --- scalars ------------------------------------------------------------------------------------------------------ */
static bool codes_equal(const struct expr_code *a, const struct expr_code *b)
{
    return str_eq(a->code, b->code) && str_eq(a->system, b->system) && str_eq(a->version, b->version) &&
           str_eq(a->display, b->display);
}

/* Two System values of kinds that can be equal; FALSE for all others. */
static enum expr_truth scalars_equal(struct expr_value a, struct expr_value b)
{
    struct expr_quantity qa, qb;
    if (expr_is_number(a) && expr_is_number(b)) return expr_truth_if(number_order(a, b) == EXPR_SAME);
    if (a.kind == VALUE_STRING && b.kind == VALUE_STRING) return expr_truth_if(str_eq(expr_text(a), expr_text(b)));
    if (a.kind == VALUE_BOOLEAN && b.kind == VALUE_BOOLEAN) return expr_truth_if(a.as.boolean == b.as.boolean);
    if ((is_calendar(a) && is_calendar(b)) || (a.kind == VALUE_TIME && b.kind == VALUE_TIME))
        return order_is_same(expr_temporal_cmp(a.as.temporal, b.as.temporal, EXPR_MILLISECOND, EXPR_NO_OFFSET));
    if (both_quantities(a, b, &qa, &qb)) return order_is_same(expr_quantity_cmp(&qa, &qb));
    if (a.kind == VALUE_CODE && b.kind == VALUE_CODE) return expr_truth_if(codes_equal(a.as.code, b.as.code));
    return EXPR_FALSE;
}

static bool scalars_equivalent(struct expr_value a, struct expr_value b)
{
    struct expr_quantity qa, qb;
    if (expr_is_number(a) && expr_is_number(b)) {
        struct expr_decimal da, db;
        (void)expr_to_decimal(a, &da);
        (void)expr_to_decimal(b, &db);
        return expr_decimal_equivalent(da, db);
    }
    if (a.kind == VALUE_STRING && b.kind == VALUE_STRING) return texts_equivalent(expr_text(a), expr_text(b));
    if (both_quantities(a, b, &qa, &qb)) return expr_quantity_equivalent(&qa, &qb);
    return scalars_equal(a, b) == EXPR_TRUE;
}

/* --- nodes -------------------------------------------------------------------------------------------------------- */
typedef enum salve_code item_test(struct expr_run *run, struct expr_value a, struct expr_value b, bool loose,
                                  unsigned depth, enum expr_truth *out);
static item_test items_match;

/* One more child of `parent` with the name of `like` behind `at` (TAPE_NONE: the first). */
static tape_at same_named(const struct tape *tape, tape_at parent, fhir_name_id name, tape_at at)
{
    tape_at c = at == TAPE_NONE ? tape_first(tape, parent) : tape_next(tape, parent, at);
    while (c != TAPE_NONE && tape_path_name(tape, c) != name) c = tape_next(tape, parent, c);
    return c;
}

static uint32_t child_count(struct expr_value node)
{
    uint32_t count = 0;
    for (tape_at c = tape_first(node.as.tape, node.aux); c != TAPE_NONE; c = tape_next(node.as.tape, node.aux, c))
        count++;
    return count;
}

/* Objects: the same elements, the items of each in the same order; the order of different elements does not count. */
static enum salve_code objects_match(struct expr_run *run, struct expr_value a, struct expr_value b, bool loose,
                                     unsigned depth, enum expr_truth *out)
{
    const struct tape *ta = a.as.tape, *tb = b.as.tape;
    *out = EXPR_FALSE;
    if (depth > 2 * SALVE_JSON_DEPTH_MAX) return expr_run_fail(run, SALVE_E_TOO_DEEP, "elements are nested too deeply");
    if (child_count(a) != child_count(b)) return SALVE_OK;
    enum expr_truth all = EXPR_TRUE;
    fhir_name_id name = 0;
    tape_at cb = TAPE_NONE;
    for (tape_at ca = tape_first(ta, a.aux); ca != TAPE_NONE; ca = tape_next(ta, a.aux, ca)) {
        if (tape_path_name(ta, ca) != name) cb = TAPE_NONE;
        name = tape_path_name(ta, ca);
        cb = same_named(tb, b.aux, name, cb);
        if (cb == TAPE_NONE) return SALVE_OK;
        enum expr_truth one;
        enum salve_code code = items_match(run, expr_node(ta, ca), expr_node(tb, cb), loose, depth + 1, &one);
        if (code != SALVE_OK) return code;
        if (one == EXPR_FALSE) return SALVE_OK;
        if (one == EXPR_NULL_TRUTH) all = one;
    }
    *out = all;
    return SALVE_OK;
}

static enum salve_code tuples_match(struct expr_run *run, const struct expr_tuple *a, const struct expr_tuple *b,
                                    bool loose, unsigned depth, enum expr_truth *out)
{
    *out = EXPR_FALSE;
    if (a->shape->count != b->shape->count || depth > SALVE_FHIRPATH_DEPTH_MAX) return SALVE_OK;
    enum expr_truth all = EXPR_TRUE;
    for (uint32_t i = 0; i < a->shape->count; i++) {
        if (!str_eq(a->shape->names[i], b->shape->names[i])) return SALVE_OK;
        enum expr_truth one;
        enum salve_code code = items_match(run, a->values[i], b->values[i], loose, depth + 1, &one);
        if (code != SALVE_OK) return code;
        if (one == EXPR_FALSE) return SALVE_OK;
        if (one == EXPR_NULL_TRUTH) all = one;
    }
    *out = all;
    return SALVE_OK;
}

/* Steps of comparing two texts: without them long texts, compared in a loop, would cost nothing. */
static uint64_t text_steps(struct expr_value a, struct expr_value b)
{
    if (a.kind != VALUE_STRING || b.kind != VALUE_STRING) return 0;
    return (a.aux < b.aux ? a.aux : b.aux) / 16;
}

static bool is_object(struct expr_value v)
{
    return v.kind == VALUE_NODE && tape_kind(v.as.tape, v.aux) == TAPE_OBJECT;
}

/* Two items; `loose`: equivalence (never unknown). */
static enum salve_code items_match(struct expr_run *run, struct expr_value a, struct expr_value b, bool loose,
                                   unsigned depth, enum expr_truth *out)
{
    EXPR_UNINIT union expr_room ra, rb;
    struct expr_value sa = expr_system_in(a, &ra), sb = expr_system_in(b, &rb);
    enum salve_code code = expr_step(run, 1 + text_steps(sa, sb));
    if (code != SALVE_OK) return code;
    if (is_object(sa) && is_object(sb)) {
        *out = EXPR_TRUE;
        if (sa.as.tape == sb.as.tape && sa.aux == sb.aux) return SALVE_OK;
        *out = EXPR_FALSE;
        if (tape_type(sa.as.tape, sa.aux) != tape_type(sb.as.tape, sb.aux)) return SALVE_OK;
        return objects_match(run, sa, sb, loose, depth, out);
    }
    if (sa.kind == VALUE_TUPLE && sb.kind == VALUE_TUPLE)
        return tuples_match(run, sa.as.tuple, sb.as.tuple, loose, depth, out);
    if (sa.kind == VALUE_NULL || sb.kind == VALUE_NULL)
        *out = expr_truth_if(sa.kind == sb.kind);
    else if (sa.kind == VALUE_NODE || sb.kind == VALUE_NODE)
        *out =
            expr_truth_if(sa.kind == sb.kind && str_eq(tape_text(sa.as.tape, sa.aux), tape_text(sb.as.tape, sb.aux)));
    else
        *out = loose ? expr_truth_if(scalars_equivalent(sa, sb)) : scalars_equal(sa, sb);
    return SALVE_OK;
}

enum salve_code expr_item_equal(struct expr_run *run, struct expr_value a, struct expr_value b, enum expr_truth *out)
{
    return items_match(run, a, b, false, 0, out);
}

enum salve_code expr_item_equivalent(struct expr_run *run, struct expr_value a, struct expr_value b, bool *out)
{
    enum expr_truth match = EXPR_FALSE;
    enum salve_code code = items_match(run, a, b, true, 0, &match);
    *out = match == EXPR_TRUE;
    return code;
}

/* --- collections -------------------------------------------------------------------------------------------------- */
enum salve_code expr_equal(struct expr_run *run, const struct expr_value *a, const struct expr_value *b,
                           enum expr_truth *out)
{
    struct expr_items ia = expr_items(a), ib = expr_items(b);
    *out = EXPR_NULL_TRUTH;
    if (ia.count == 0 || ib.count == 0) return SALVE_OK;
    *out = expr_truth_if(ia.count == ib.count);
    for (uint32_t i = 0; i < ia.count && *out != EXPR_FALSE; i++) {
        enum expr_truth one;
        enum salve_code code = items_match(run, ia.items[i], ib.items[i], false, 0, &one);
        if (code != SALVE_OK) return code;
        if (one != EXPR_TRUE) *out = one;
    }
    return SALVE_OK;
}

/* The order does not count: every item of a takes one item of b that nobody has taken. */
enum salve_code expr_equivalent(struct expr_run *run, const struct expr_value *a, const struct expr_value *b, bool *out)
{
    struct expr_items ia = expr_items(a), ib = expr_items(b);
    *out = ia.count == ib.count;
    if (!*out || ia.count == 0) return SALVE_OK;
    if (ia.count == 1) return expr_item_equivalent(run, ia.items[0], ib.items[0], out);
    uint8_t *taken = arena_alloc(run->mem, ib.count);
    if (taken == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "~");
    for (uint32_t i = 0; i < ia.count; i++) {
        bool found = false;
        for (uint32_t k = 0; k < ib.count && !found; k++) {
            if (taken[k]) continue;
            enum salve_code code = expr_item_equivalent(run, ia.items[i], ib.items[k], &found);
            if (code != SALVE_OK) return code;
            if (found) taken[k] = 1;
        }
        *out = found;
        if (!found) return SALVE_OK;
    }
    return SALVE_OK;
}

enum salve_code expr_compare(struct expr_run *run, const struct expr_value *a, const struct expr_value *b,
                             enum expr_order *out)
{
    EXPR_UNINIT union expr_room ra, rb;
    struct expr_value sa = expr_system_in(*a, &ra), sb = expr_system_in(*b, &rb);
    struct expr_quantity qa, qb;
    *out = EXPR_UNKNOWN;
    if (sa.kind == VALUE_NULL || sb.kind == VALUE_NULL) return SALVE_OK;
    enum salve_code code = expr_step(run, text_steps(sa, sb));
    if (code != SALVE_OK) return code;
    if (expr_is_number(sa) && expr_is_number(sb))
        *out = number_order(sa, sb);
    else if (sa.kind == VALUE_STRING && sb.kind == VALUE_STRING)
        *out = order_of(str_cmp(expr_text(sa), expr_text(sb)));
    else if ((is_calendar(sa) && is_calendar(sb)) || (sa.kind == VALUE_TIME && sb.kind == VALUE_TIME))
        *out = expr_temporal_cmp(sa.as.temporal, sb.as.temporal, EXPR_MILLISECOND, EXPR_NO_OFFSET);
    else if (both_quantities(sa, sb, &qa, &qb))
        *out = expr_quantity_cmp(&qa, &qb);
    else if (!expr_is_unheld(sa) && !expr_is_unheld(sb))
        return expr_run_fail(run, SALVE_E_TYPE, "%s and %s have no order", expr_kind_name(sa.kind),
                             expr_kind_name(sb.kind));
    return SALVE_OK;
}
