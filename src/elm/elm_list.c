/* SPDX-License-Identifier: Apache-2.0
 * Lists (CQL 1.5 appendix B 10), and the functions that queries call. */
#include "base/limits.h"
#include "elm/elm_interval_int.h"

static enum salve_code want_list(struct expr_run *run, struct expr_value v)
{
    return v.kind == VALUE_LIST ? SALVE_OK
                                : expr_run_fail(run, SALVE_E_TYPE, "a list is wanted, not %s", expr_kind_name(v.kind));
}

/* --- simple ------------------------------------------------------------------------------------------------------- */
ELM_CALL(elm_exists)
{
    *out = expr_boolean(false);
    if (args[0].kind != VALUE_LIST) *out = expr_boolean(args[0].kind != VALUE_NULL);
    for (uint32_t i = 0; args[0].kind == VALUE_LIST && i < args[0].aux; i++)
        if (args[0].as.items[i].kind != VALUE_NULL) {
            *out = expr_boolean(true);
            break;
        }
    return SALVE_OK;
}

ELM_CALL(elm_first)
{
    ELM_NULL_IF(1);
    TRY(want_list(run, args[0]));
    if (args[0].aux > 0) *out = args[0].as.items[0];
    return SALVE_OK;
}

ELM_CALL(elm_last)
{
    ELM_NULL_IF(1);
    TRY(want_list(run, args[0]));
    if (args[0].aux > 0) *out = args[0].as.items[args[0].aux - 1];
    return SALVE_OK;
}

ELM_CALL(elm_singleton_from)
{
    ELM_NULL_IF(1);
    TRY(want_list(run, args[0]));
    if (args[0].aux > 1) return expr_run_fail(run, SALVE_E_TYPE, "the list has more than one element");
    if (args[0].aux == 1) *out = args[0].as.items[0];
    return SALVE_OK;
}

ELM_CALL(elm_indexer)
{
    ELM_NULL_IF(2);
    if (args[1].kind != VALUE_INTEGER) return expr_run_fail(run, SALVE_E_TYPE, "an index is an integer");
    int64_t index = args[1].as.integer;
    if (args[0].kind == VALUE_STRING) {
        const struct expr_value substring[3] = {args[0], args[1], expr_integer(1)};
        return elm_substring(run, substring, 3, out);
    }
    TRY(want_list(run, args[0]));
    if (index >= 0 && index < args[0].aux) *out = args[0].as.items[index];
    return SALVE_OK;
}

ELM_CALL(elm_index_of)
{
    ELM_NULL_IF(2);
    TRY(want_list(run, args[0]));
    *out = expr_integer(-1);
    for (uint32_t i = 0; i < args[0].aux; i++) {
        bool is_same;
        TRY(elm_values_equivalent(run, args[0].as.items[i], args[1], &is_same));
        if (!is_same) continue;
        *out = expr_integer(i);
        break;
    }
    return SALVE_OK;
}

ELM_CALL(elm_slice)
{
    ELM_NULL_IF(1);
    TRY(want_list(run, args[0]));
    int64_t from = args[1].kind == VALUE_INTEGER ? args[1].as.integer : 0;
    int64_t to = count > 2 && args[2].kind == VALUE_INTEGER ? args[2].as.integer : args[0].aux;
    *out = expr_list(NULL, 0);
    if (to > args[0].aux) to = args[0].aux;
    if (from < 0 || from >= to) return SALVE_OK;
    *out = expr_list(args[0].as.items + from, (uint32_t)(to - from));
    return SALVE_OK;
}

/* Nothing but null for a scalar; a list of one for a value; the two joined for two lists. */
ELM_CALL(elm_as_list)
{
    struct expr_build build = {0};
    if (args[0].kind == VALUE_LIST && count == 1) {
        *out = args[0];
        return SALVE_OK;
    }
    for (uint32_t i = 0; i < count; i++) TRY(expr_build_flat(&build, &args[i], run->mem, run->err));
    *out = expr_build_list(&build);
    return SALVE_OK;
}

ELM_CALL(elm_to_list)
{
    struct expr_build build = {0};
    if (args[0].kind != VALUE_NULL) TRY(expr_build_add(&build, args[0], run->mem, run->err));
    *out = expr_build_list(&build);
    return SALVE_OK;
}

ELM_CALL(elm_flatten)
{
    struct expr_build build = {0};
    ELM_NULL_IF(1);
    TRY(want_list(run, args[0]));
    for (uint32_t i = 0; i < args[0].aux; i++) {
        const struct expr_value *item = &args[0].as.items[i];
        if (item->kind == VALUE_LIST)
            TRY(expr_build_flat(&build, item, run->mem, run->err));
        else if (item->kind != VALUE_NULL)
            TRY(expr_build_add(&build, *item, run->mem, run->err)); /* null has no elements */
    }
    *out = expr_build_list(&build);
    return SALVE_OK;
}

/* The result of a query: of single sources not a list. args: result, sources. */
ELM_CALL(elm_single)
{
    *out = args[0];
    for (uint32_t i = 1; i < count; i++)
        if (args[i].kind == VALUE_LIST) return SALVE_OK;
    if (args[0].kind == VALUE_LIST) *out = args[0].aux == 0 ? EXPR_NONE : args[0].as.items[0];
    return SALVE_OK;
}

/* --- membership: equality; null is an element like others where asked for ----------------------------------------- */
static enum salve_code has_item(struct expr_run *run, struct expr_value list, struct expr_value item, bool *out)
{
    *out = false;
    for (uint32_t i = 0; i < list.aux && !*out; i++) {
        const struct expr_value *other = &list.as.items[i];
        enum expr_truth same = EXPR_FALSE;
        if (item.kind == VALUE_NULL || other->kind == VALUE_NULL)
            *out = item.kind == other->kind;
        else if (item.kind == VALUE_STRING && other->kind == VALUE_STRING)
            *out = str_eq(expr_text(item), expr_text(*other));
        else
            TRY(elm_values_equal(run, *other, item, &same));
        if (same == EXPR_TRUE) *out = true;
    }
    return SALVE_OK;
}

/* There is an element that is the item, and another that is not. */
static enum salve_code contains_properly(struct expr_run *run, struct expr_value list, struct expr_value item,
                                         struct expr_value *out)
{
    enum expr_truth is_there = EXPR_FALSE, is_other = EXPR_FALSE;
    for (uint32_t i = 0; i < list.aux; i++) {
        const struct expr_value *other = &list.as.items[i];
        enum expr_truth same;
        if (item.kind == VALUE_NULL)
            same = other->kind == VALUE_NULL ? EXPR_TRUE : EXPR_FALSE;
        else
            TRY(elm_values_equal(run, *other, item, &same));
        /* a null beside a value is another element, as far as is known */
        is_there = expr_truth_or(is_there, other->kind == VALUE_NULL && item.kind != VALUE_NULL ? EXPR_FALSE : same);
        is_other = expr_truth_or(is_other, expr_truth_not(same));
    }
    *out = expr_truth_value(expr_truth_and(is_there, is_other));
    return SALVE_OK;
}

enum salve_code elm_list_contains(struct expr_run *run, struct expr_value list, struct expr_value item, bool is_proper,
                                  struct expr_value *out)
{
    bool found;
    if (is_proper) return contains_properly(run, list, item, out);
    TRY(has_item(run, list, item, &found));
    *out = expr_boolean(found); /* of null too: is there a null? (CQL 1.5.3 B.10 In, Contains) */
    return SALVE_OK;
}

enum salve_code elm_list_includes(struct expr_run *run, struct expr_value outer, struct expr_value inner,
                                  bool is_proper, struct expr_value *out)
{
    *out = EXPR_NONE;
    if (inner.kind != VALUE_LIST) return elm_list_contains(run, outer, inner, is_proper, out);
    bool found = true;
    for (uint32_t i = 0; i < inner.aux && found; i++) TRY(has_item(run, outer, inner.as.items[i], &found));
    *out = expr_boolean(found && (!is_proper || outer.aux > inner.aux));
    return SALVE_OK;
}

/* --- sets --------------------------------------------------------------------------------------------------------- */
static enum salve_code add_new(struct expr_run *run, struct expr_build *build, struct expr_value item)
{
    bool found;
    TRY(has_item(run, expr_build_list(build), item, &found));
    return found ? SALVE_OK : expr_build_add(build, item, run->mem, run->err);
}

static enum salve_code add_all_new(struct expr_run *run, struct expr_build *build, struct expr_value list)
{
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.aux; i++) TRY(add_new(run, build, list.as.items[i]));
    return SALVE_OK;
}

ELM_CALL(elm_distinct)
{
    struct expr_build build = {0};
    ELM_NULL_IF(1);
    TRY(want_list(run, args[0]));
    TRY(add_all_new(run, &build, args[0]));
    *out = expr_build_list(&build);
    return SALVE_OK;
}

enum salve_code elm_list_union(struct expr_run *run, const struct expr_value *args, struct expr_value *out)
{
    struct expr_build build = {0};
    TRY(add_all_new(run, &build, args[0]));
    TRY(add_all_new(run, &build, args[1]));
    *out = expr_build_list(&build);
    return SALVE_OK;
}

static enum salve_code chosen(struct expr_run *run, const struct expr_value *args, bool is_wanted,
                              struct expr_value *out)
{
    struct expr_build build = {0};
    for (uint32_t i = 0; i < args[0].aux; i++) {
        bool found = false;
        if (args[1].kind == VALUE_LIST) TRY(has_item(run, args[1], args[0].as.items[i], &found));
        if (found == is_wanted) TRY(add_new(run, &build, args[0].as.items[i]));
    }
    *out = expr_build_list(&build);
    return SALVE_OK;
}

enum salve_code elm_list_intersect(struct expr_run *run, const struct expr_value *args, struct expr_value *out)
{
    *out = EXPR_NONE;
    if (args[0].kind != VALUE_LIST || args[1].kind != VALUE_LIST) return SALVE_OK;
    return chosen(run, args, true, out);
}

enum salve_code elm_list_except(struct expr_run *run, const struct expr_value *args, struct expr_value *out)
{
    *out = EXPR_NONE;
    if (args[0].kind != VALUE_LIST) return SALVE_OK;
    return chosen(run, args, false, out);
}

/* All pairs of two lists of tuples, joined. */
ELM_CALL(elm_times)
{
    struct expr_build build = {0};
    ELM_NULL_IF(2);
    TRY(want_list(run, args[0]));
    TRY(want_list(run, args[1]));
    for (uint32_t i = 0; i < args[0].aux; i++)
        for (uint32_t k = 0; k < args[1].aux; k++) {
            if (args[0].as.items[i].kind != VALUE_TUPLE || args[1].as.items[k].kind != VALUE_TUPLE)
                return expr_run_fail(run, SALVE_E_TYPE, "Times wants lists of tuples");
            const struct expr_tuple *a = args[0].as.items[i].as.tuple, *b = args[1].as.items[k].as.tuple;
            uint32_t n = a->shape->count + b->shape->count;
            struct expr_shape *shape = arena_new(run->mem, struct expr_shape);
            struct str *names = arena_array(run->mem, struct str, n);
            struct expr_tuple *tuple = arena_alloc(run->mem, sizeof *tuple + n * sizeof(struct expr_value));
            if (shape == NULL || names == NULL || tuple == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "Times");
            for (uint32_t j = 0; j < n; j++) {
                bool is_first = j < a->shape->count;
                names[j] = is_first ? a->shape->names[j] : b->shape->names[j - a->shape->count];
                tuple->values[j] = is_first ? a->values[j] : b->values[j - a->shape->count];
            }
            *shape = (struct expr_shape){n, names};
            tuple->shape = shape;
            TRY(expr_build_add(&build, (struct expr_value){.kind = VALUE_TUPLE, .as.tuple = tuple}, run->mem,
                               run->err));
        }
    *out = expr_build_list(&build);
    return SALVE_OK;
}

/* --- sorting: nulls are lowest (first ascending, last descending) ------------------------------------------------- */
static enum salve_code key_order(struct expr_run *run, struct expr_value a, struct expr_value b, int *out)
{
    enum expr_order order = EXPR_SAME;
    bool no_a = a.kind == VALUE_NULL, no_b = b.kind == VALUE_NULL;
    if (no_a || no_b) {
        *out = no_a == no_b ? 0 : no_a ? -1 : 1;
        return SALVE_OK;
    }
    TRY(elm_values_order(run, a, b, EXPR_PRECISION_NONE, &order));
    if (order == EXPR_UNKNOWN && expr_is_temporal(a) && expr_is_temporal(b)) /* the less precise one first */
        order = (enum expr_order)((a.as.temporal->precision > b.as.temporal->precision) -
                                  (a.as.temporal->precision < b.as.temporal->precision));
    *out = order == EXPR_LESS ? -1 : order == EXPR_MORE ? 1 : 0;
    return SALVE_OK;
}

static enum salve_code keys_order(struct expr_run *run, const struct expr_value *a, const struct expr_value *b,
                                  const bool *descending, uint32_t key_count, int *out)
{
    *out = 0;
    for (uint32_t k = 0; k < key_count && *out == 0; k++) {
        TRY(key_order(run, a[k], b[k], out));
        if (descending[k]) *out = -*out;
    }
    return SALVE_OK;
}

/* Merge sort, stable. items: `count` rows of `stride` values; the keys are the first of a row. */
enum salve_code elm_sort_values(struct expr_run *run, struct expr_value *items, uint32_t count, uint32_t stride,
                                const bool *descending, uint32_t key_count)
{
    if (count < 2) return SALVE_OK;
    struct expr_value *other = arena_alloc_raw(run->mem, (size_t)count * stride * sizeof *items, 16), *from = items,
                      *to = other;
    if (other == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "sort");
    for (uint32_t width = 1; width < count; width *= 2) {
        for (uint32_t low = 0; low < count; low += 2 * width) {
            uint32_t mid = low + width < count ? low + width : count, high = mid + width < count ? mid + width : count;
            uint32_t i = low, k = mid;
            for (uint32_t at = low; at < high; at++) {
                int order = -1;
                if (i < mid && k < high)
                    TRY(keys_order(run, from + (size_t)k * stride, from + (size_t)i * stride, descending, key_count,
                                   &order));
                bool takes_left = i < mid && (k >= high || order >= 0);
                memcpy(to + (size_t)at * stride, from + (size_t)(takes_left ? i++ : k++) * stride,
                       stride * sizeof *items);
            }
            TRY(expr_step(run, high - low));
        }
        struct expr_value *swap = from;
        from = to;
        to = swap;
        if (width > UINT32_MAX / 2) break;
    }
    if (from != items) memcpy(items, from, (size_t)count * stride * sizeof *items);
    return SALVE_OK;
}

/* The place of the first (the last) of all rows as a stable sort would leave them. */
static enum salve_code end_row(struct expr_run *run, const struct expr_value *rows, uint32_t count, uint32_t stride,
                               const bool *descending, bool is_last, uint32_t *out)
{
    *out = 0;
    for (uint32_t i = 1; i < count; i++) {
        int order;
        TRY(keys_order(run, rows + (size_t)i * stride, rows + (size_t)*out * stride, descending, stride - 1, &order));
        if (is_last ? order >= 0 : order < 0) *out = i;
    }
    return expr_step(run, count);
}

/* args: [item, keys, item, keys, ...] where one key is itself and more are a list; bits of the keys that descend, with
 * their count as tag and as flags whether all are wanted */
ELM_CALL(elm_sorted_keys)
{
    salve_assert(count == 2 && args[0].kind == VALUE_LIST && args[1].kind == VALUE_LONG && args[1].tag <= 64);
    bool descending[64];
    uint32_t rows = args[0].aux / 2, key_count = args[1].tag, stride = key_count + 1;
    *out = expr_list(NULL, 0);
    if (rows == 0) return SALVE_OK;
    for (uint32_t k = 0; k < key_count; k++) descending[k] = (args[1].as.integer >> k) & 1;
    struct expr_value *table = arena_alloc_raw(run->mem, (size_t)rows * stride * sizeof *table, 16);
    if (table == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "sort");
    for (uint32_t i = 0; i < rows; i++) {
        const struct expr_value *keys = &args[0].as.items[2 * i + 1];
        memcpy(table + (size_t)i * stride, key_count == 1 ? keys : keys->as.items, key_count * sizeof *table);
        table[(size_t)i * stride + key_count] = args[0].as.items[2 * i];
    }
    if (args[1].flags != 0) {
        uint32_t row;
        TRY(end_row(run, table, rows, stride, descending, args[1].flags == ELM_SORT_LAST, &row));
        *out = expr_list(&table[(size_t)row * stride + key_count], 1);
        return SALVE_OK;
    }
    struct expr_value *items = arena_alloc_raw(run->mem, rows * sizeof *items, 16);
    if (items == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "sort");
    TRY(elm_sort_values(run, table, rows, stride, descending, key_count));
    for (uint32_t i = 0; i < rows; i++) items[i] = table[(size_t)i * stride + key_count];
    *out = expr_list(items, rows);
    return SALVE_OK;
}

/* --- children ----------------------------------------------------------------------------------------------------- */
static enum salve_code add_children(struct expr_run *run, struct expr_value v, bool is_deep, unsigned depth,
                                    struct expr_build *out)
{
    if (depth > SALVE_JSON_DEPTH_MAX * 2) return expr_run_fail(run, SALVE_E_TOO_DEEP, "Descendents");
    TRY(expr_step(run, 1));
    if (v.kind == VALUE_LIST || v.kind == VALUE_TUPLE) {
        uint32_t n = v.kind == VALUE_LIST ? v.aux : v.as.tuple->shape->count;
        const struct expr_value *items = v.kind == VALUE_LIST ? v.as.items : v.as.tuple->values;
        for (uint32_t i = 0; i < n; i++) {
            if (v.kind == VALUE_TUPLE && items[i].kind != VALUE_NULL)
                TRY(expr_build_flat(out, &items[i], run->mem, run->err));
            if (v.kind == VALUE_LIST || is_deep) TRY(add_children(run, items[i], is_deep, depth + 1, out));
        }
    } else if (v.kind == VALUE_NODE) {
        const struct tape *tape = v.as.tape;
        for (tape_at c = tape_first(tape, v.aux); c != TAPE_NONE; c = tape_next(tape, v.aux, c)) {
            TRY(expr_build_add(out, expr_node(tape, c), run->mem, run->err));
            if (is_deep) TRY(add_children(run, expr_node(tape, c), true, depth + 1, out));
        }
    }
    return SALVE_OK;
}

ELM_CALL(elm_children)
{
    struct expr_build build = {0};
    ELM_NULL_IF(1);
    TRY(add_children(run, args[0], false, 0, &build));
    *out = expr_build_list(&build);
    return SALVE_OK;
}
ELM_CALL(elm_descendents)
{
    struct expr_build build = {0};
    ELM_NULL_IF(1);
    TRY(add_children(run, args[0], true, 0, &build));
    *out = expr_build_list(&build);
    return SALVE_OK;
}
