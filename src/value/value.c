/* SPDX-License-Identifier: Apache-2.0
 * Making values: scalars that live behind a pointer, and lists that grow. See value.h. */
#include <stdalign.h>

#include "base/assert.h"
#include "value/value.h"

const char *expr_kind_name(enum expr_kind kind)
{
    static const char *const names[] = {
#define X(kind, name, holds) name,
        EXPR_KINDS(X)
#undef X
    };
    salve_assert(kind < VALUE_KIND_COUNT);
    return names[kind];
}

static enum salve_code out_of_memory(struct salve_err *err)
{
    return salve_fail(err, SALVE_E_MEMORY, "expression value");
}

enum salve_code expr_decimal_value(struct expr_decimal decimal, struct arena *mem, struct expr_value *out,
                                   struct salve_err *err)
{
    struct expr_decimal *copy = arena_alloc_raw(mem, sizeof *copy, alignof(struct expr_decimal));
    if (copy == NULL) return out_of_memory(err);
    *copy = decimal;
    *out = (struct expr_value){.kind = VALUE_DECIMAL, .as.decimal = copy};
    return SALVE_OK;
}

enum salve_code expr_temporal_value(enum expr_kind kind, struct expr_temporal temporal, struct arena *mem,
                                    struct expr_value *out, struct salve_err *err)
{
    salve_assert(kind == VALUE_DATE || kind == VALUE_DATETIME || kind == VALUE_TIME);
    struct expr_temporal *copy = arena_alloc_raw(mem, sizeof *copy, alignof(struct expr_temporal));
    if (copy == NULL) return out_of_memory(err);
    *copy = temporal;
    *out = (struct expr_value){.kind = (uint8_t)kind, .as.temporal = copy};
    return SALVE_OK;
}

enum salve_code expr_quantity_value(struct expr_quantity quantity, struct arena *mem, struct expr_value *out,
                                    struct salve_err *err)
{
    struct expr_quantity *copy = arena_alloc_raw(mem, sizeof *copy, alignof(struct expr_quantity));
    if (copy == NULL) return out_of_memory(err);
    *copy = quantity;
    *out = (struct expr_value){.kind = VALUE_QUANTITY, .as.quantity = copy};
    return SALVE_OK;
}

enum salve_code expr_build_grow(struct expr_build *build, struct arena *mem, uint32_t more, struct salve_err *err)
{
    salve_assert(build->count <= build->cap);
    if (more > UINT32_MAX / 4 - build->count) return salve_fail(err, SALVE_E_MEMORY, "expression value");
    uint32_t cap = build->cap < 4 ? 4 : build->cap * 2;
    if (cap < build->count + more) cap = build->count + more;
    struct expr_value *items = arena_grow(mem, build->items, build->cap * sizeof *items, cap * sizeof *items);
    if (items == NULL) return out_of_memory(err);
    build->items = items;
    build->cap = cap;
    return SALVE_OK;
}

enum salve_code expr_build_flat(struct expr_build *build, const struct expr_value *value, struct arena *mem,
                                struct salve_err *err)
{
    struct expr_items view = expr_items(value);
    if (view.count == 0) return SALVE_OK;
    if (view.count > build->cap - build->count) {
        enum salve_code code = expr_build_grow(build, mem, view.count, err);
        if (code != SALVE_OK) return code;
    }
    memcpy(build->items + build->count, view.items, view.count * sizeof *view.items);
    build->count += view.count;
    return SALVE_OK;
}

bool expr_to_decimal(struct expr_value value, struct expr_decimal *out)
{
    switch (value.kind) {
    case VALUE_INTEGER:
    case VALUE_LONG:
        *out = expr_decimal_of_int(value.as.integer);
        return true;
    case VALUE_DECIMAL:
        *out = *value.as.decimal;
        return true;
    default:
        return false;
    }
}
