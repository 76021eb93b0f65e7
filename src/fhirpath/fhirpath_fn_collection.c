/* SPDX-License-Identifier: Apache-2.0
 * FHIRPath functions over collections: existence, subsetting, combining, sorting, types (2.0.0, 5.1-5.4, 6.3). */
#include "fhirpath/fhirpath_int.h"

/* --- truths of all items ------------------------------------------------------------------------------------------ */
static enum salve_code any_is(struct expr_run *run, const struct expr_value *input, bool wanted, bool *out)
{
    struct expr_items view = expr_items(input);
    *out = false;
    for (uint32_t i = 0; i < view.count; i++) {
        union expr_room room;
        struct expr_value v = expr_system_in(view.items[i], &room);
        if (v.kind != VALUE_BOOLEAN) return expr_run_fail(run, SALVE_E_TYPE, "all items must be true or false");
        if (v.as.boolean == wanted) *out = true;
    }
    return SALVE_OK;
}

static enum salve_code truths(struct expr_run *run, const struct expr_value *input, bool looked_for, bool negate,
                              struct expr_value *out)
{
    bool found;
    TRY(any_is(run, input, looked_for, &found));
    *out = expr_boolean(found != negate);
    return SALVE_OK;
}

FN(fp_all_true) { return truths(run, &args[0], false, true, out); }
FN(fp_any_true) { return truths(run, &args[0], true, false, out); }
FN(fp_all_false) { return truths(run, &args[0], true, true, out); }
FN(fp_any_false) { return truths(run, &args[0], false, false, out); }

FN(fp_not)
{
    union expr_room room;
    struct expr_value v;
    TRY(fp_one_in(run, &args[0], &room, &v));
    *out = v.kind == VALUE_NULL ? EXPR_NONE : expr_boolean(v.kind == VALUE_BOOLEAN && !v.as.boolean);
    return SALVE_OK;
}

FN(fp_count)
{
    *out = expr_integer(expr_items(&args[0]).count);
    return SALVE_OK;
}

/* --- sets --------------------------------------------------------------------------------------------------------- */
static enum salve_code is_among(struct expr_run *run, struct expr_value item, struct expr_items view, bool *out)
{
    enum expr_truth same = EXPR_FALSE;
    for (uint32_t i = 0; i < view.count && same != EXPR_TRUE; i++)
        TRY(expr_item_equal(run, item, view.items[i], &same));
    *out = same == EXPR_TRUE;
    return SALVE_OK;
}

static enum salve_code add_new(struct expr_run *run, struct expr_build *build, struct expr_items view)
{
    for (uint32_t i = 0; i < view.count; i++) {
        bool known;
        TRY(is_among(run, view.items[i], (struct expr_items){build->items, build->count}, &known));
        if (!known) TRY(expr_build_add(build, view.items[i], run->mem, run->err));
    }
    return SALVE_OK;
}

/* Many texts are told apart by a hash table, so that ids and urls of a large Bundle cost their count, not its square.
 */
enum { HASHED_MIN = 32 };

static bool text_of(struct expr_value item, struct str *out)
{
    EXPR_UNINIT union expr_room room;
    struct expr_value v = expr_system_in(item, &room);
    if (v.kind == VALUE_STRING) *out = expr_text(v);
    return v.kind == VALUE_STRING;
}

static bool all_texts(struct expr_items view)
{
    struct str ignored;
    for (uint32_t i = 0; i < view.count; i++)
        if (!text_of(view.items[i], &ignored)) return false;
    return true;
}

/* slots: 1 + index into build, open addressing; `mask` + 1 of them. */
static enum salve_code add_new_texts(struct expr_run *run, struct expr_build *build, struct expr_items view,
                                     uint32_t *slots, uint32_t mask)
{
    for (uint32_t i = 0; i < view.count; i++) {
        struct str text, other;
        (void)text_of(view.items[i], &text);
        uint32_t slot = (uint32_t)str_hash(text) & mask;
        bool known = false;
        for (; slots[slot] != 0 && !known; slot = (slot + 1) & mask)
            known = text_of(build->items[slots[slot] - 1], &other) && str_eq(text, other);
        if (known) continue;
        TRY(expr_build_add(build, view.items[i], run->mem, run->err));
        slots[slot] = build->count;
    }
    return expr_step(run, view.count);
}

/* Each item of the two collections once, in the order of their first coming. */
static enum salve_code distinct_of(struct expr_run *run, struct expr_items a, struct expr_items b,
                                   struct expr_build *build)
{
    if (a.count + b.count < HASHED_MIN || !all_texts(a) || !all_texts(b)) {
        TRY(add_new(run, build, a));
        return add_new(run, build, b);
    }
    uint32_t size = 64;
    while (size < 2 * (a.count + b.count)) size *= 2;
    uint32_t *slots = arena_array(run->mem, uint32_t, size);
    if (slots == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "distinct");
    TRY(expr_step(run, size / 16));
    TRY(add_new_texts(run, build, a, slots, size - 1));
    return add_new_texts(run, build, b, slots, size - 1);
}

FN(fp_distinct)
{
    struct expr_build build = {0};
    TRY(distinct_of(run, expr_items(&args[0]), (struct expr_items){0}, &build));
    *out = expr_build_done(&build);
    return SALVE_OK;
}

FN(fp_is_distinct)
{
    struct expr_value once;
    TRY(fp_distinct(run, args, count, &once));
    *out = expr_boolean(expr_items(&once).count == expr_items(&args[0]).count);
    return SALVE_OK;
}

static enum salve_code subset(struct expr_run *run, const struct expr_value *small, const struct expr_value *large,
                              struct expr_value *out)
{
    struct expr_items a = expr_items(small), b = expr_items(large);
    bool all = true;
    for (uint32_t i = 0; i < a.count && all; i++) TRY(is_among(run, a.items[i], b, &all));
    *out = expr_boolean(all);
    return SALVE_OK;
}

FN(fp_subset_of) { return subset(run, &args[0], &args[1], out); }
FN(fp_superset_of) { return subset(run, &args[1], &args[0], out); }

FN(fp_union)
{
    struct expr_build build = {0};
    TRY(distinct_of(run, expr_items(&args[0]), expr_items(&args[1]), &build));
    *out = expr_build_done(&build);
    return SALVE_OK;
}

FN(fp_combine)
{
    struct expr_build build = {0};
    TRY(expr_build_flat(&build, &args[0], run->mem, run->err));
    TRY(expr_build_flat(&build, &args[1], run->mem, run->err));
    *out = expr_build_done(&build);
    return SALVE_OK;
}

FN(fp_intersect)
{
    struct expr_build build = {0};
    struct expr_items a = expr_items(&args[0]), b = expr_items(&args[1]);
    for (uint32_t i = 0; i < a.count; i++) {
        bool in_b, known = false;
        TRY(is_among(run, a.items[i], b, &in_b));
        if (in_b) TRY(is_among(run, a.items[i], (struct expr_items){build.items, build.count}, &known));
        if (in_b && !known) TRY(expr_build_add(&build, a.items[i], run->mem, run->err));
    }
    *out = expr_build_done(&build);
    return SALVE_OK;
}

FN(fp_exclude)
{
    struct expr_build build = {0};
    struct expr_items a = expr_items(&args[0]), b = expr_items(&args[1]);
    for (uint32_t i = 0; i < a.count; i++) {
        bool in_b;
        TRY(is_among(run, a.items[i], b, &in_b));
        if (!in_b) TRY(expr_build_add(&build, a.items[i], run->mem, run->err));
    }
    *out = expr_build_done(&build);
    return SALVE_OK;
}

/* --- parts -------------------------------------------------------------------------------------------------------- */
static struct expr_value part(struct expr_items view, int64_t from, int64_t count)
{
    if (from < 0) from = 0;
    if (from >= view.count || count <= 0) return EXPR_NONE;
    if (count > view.count - from) count = view.count - from;
    return count == 1 ? view.items[from] : expr_list(view.items + from, (uint32_t)count);
}

/* `part` of a value that is one item must not point at the stack. */
static struct expr_value part_of(const struct expr_value *input, int64_t from, int64_t count)
{
    return part(expr_items(input), from, count);
}

FN(fp_single)
{
    if (expr_items(&args[0]).count > 1) return expr_run_fail(run, SALVE_E_TYPE, "more than one item");
    *out = part_of(&args[0], 0, 1);
    return SALVE_OK;
}

FN(fp_first)
{
    *out = part_of(&args[0], 0, 1);
    return SALVE_OK;
}

FN(fp_last)
{
    *out = part_of(&args[0], (int64_t)expr_items(&args[0]).count - 1, 1);
    return SALVE_OK;
}

FN(fp_tail)
{
    *out = part_of(&args[0], 1, UINT32_MAX);
    return SALVE_OK;
}

FN(fp_skip)
{
    int64_t n;
    bool has;
    TRY(fp_one_integer(run, &args[1], &has, &n));
    if (!has) return expr_run_fail(run, SALVE_E_TYPE, "skip() wants an integer");
    *out = part_of(&args[0], n, UINT32_MAX);
    return SALVE_OK;
}

FN(fp_take)
{
    int64_t n;
    bool has;
    TRY(fp_one_integer(run, &args[1], &has, &n));
    if (!has) return expr_run_fail(run, SALVE_E_TYPE, "take() wants an integer");
    *out = part_of(&args[0], 0, n);
    return SALVE_OK;
}

static FN(single_input)
{
    if (expr_items(&args[0]).count > 1) return expr_run_fail(run, SALVE_E_TYPE, "iif() takes one item");
    *out = args[0];
    return SALVE_OK;
}
const struct expr_function fp_single_input = {"iif", single_input};

/* --- sorting ------------------------------------------------------------------------------------------------------ */
struct sorting {
    struct expr_run *run;
    int64_t downwards; /* bits: FP_SORT_DESC */
};

/* Items lie beside their keys: pairs[2 i] is the item, pairs[2 i + 1] a LIST of keys. */
static enum salve_code keys_cmp(const struct sorting *s, struct expr_value a, struct expr_value b, int *out)
{
    *out = 0;
    for (uint32_t k = 0; k < a.aux && *out == 0; k++) {
        struct expr_items ka = expr_items(&a.as.items[k]), kb = expr_items(&b.as.items[k]);
        enum expr_order order = EXPR_SAME;
        if (ka.count > 1 || kb.count > 1)
            return expr_run_fail(s->run, SALVE_E_TYPE, "a sort key of more than one item");
        if (ka.count == 0 || kb.count == 0) {
            /* an empty key is the lowest: first, and last by desc; the older -key leaves it first (the public suite) */
            *out = (int)ka.count - (int)kb.count;
            if (s->downwards >> (k + FP_SORT_DESC) & 1) *out = -*out;
            continue;
        }
        TRY(expr_compare(s->run, ka.items, kb.items, &order));
        if (order == EXPR_UNKNOWN) order = EXPR_SAME;
        *out = s->downwards >> k & 1 ? -(int)order : (int)order;
    }
    return expr_step(s->run, a.aux);
}

/* Merge sort, bottom up, stable: `order` holds numbers of items. */
static enum salve_code merge(const struct sorting *s, const struct expr_value *pairs, const uint32_t *from,
                             uint32_t *to, uint32_t start, uint32_t middle, uint32_t end)
{
    uint32_t left = start, right = middle;
    for (uint32_t at = start; at < end; at++) {
        int cmp = left < middle ? -1 : 1;
        if (left < middle && right < end) TRY(keys_cmp(s, pairs[2 * from[left] + 1], pairs[2 * from[right] + 1], &cmp));
        to[at] = cmp <= 0 ? from[left++] : from[right++];
    }
    return SALVE_OK;
}

static enum salve_code sort_order(const struct sorting *s, const struct expr_value *pairs, uint32_t count,
                                  uint32_t **out)
{
    uint32_t *a = arena_array(s->run->mem, uint32_t, count), *b = arena_array(s->run->mem, uint32_t, count);
    if (a == NULL || b == NULL) return expr_run_fail(s->run, SALVE_E_MEMORY, "sort");
    for (uint32_t i = 0; i < count; i++) a[i] = i;
    for (uint32_t width = 1; width<count; width = width> count / 2 ? count : width * 2) {
        for (uint32_t start = 0; start < count; start += 2 * width) {
            uint32_t middle = start + width < count ? start + width : count;
            uint32_t end = middle + width < count ? middle + width : count;
            TRY(merge(s, pairs, a, b, start, middle, end));
        }
        uint32_t *swap = a;
        a = b;
        b = swap;
    }
    *out = a;
    return SALVE_OK;
}

static FN(sort_by)
{
    salve_assert(count == 2 && (args[1].kind == VALUE_INTEGER || args[1].kind == VALUE_LONG));
    struct sorting s = {.run = run, .downwards = args[1].as.integer};
    struct expr_build build = {0};
    uint32_t items = args[0].kind == VALUE_LIST ? args[0].aux / 2 : 0, *order = NULL;
    *out = EXPR_NONE;
    if (items == 0) return SALVE_OK;
    TRY(sort_order(&s, args[0].as.items, items, &order));
    for (uint32_t i = 0; i < items; i++)
        TRY(expr_build_add(&build, args[0].as.items[2 * order[i]], run->mem, run->err));
    *out = expr_build_done(&build);
    return SALVE_OK;
}
const struct expr_function fp_sort_by = {"sort", sort_by};

/* --- types -------------------------------------------------------------------------------------------------------- */
static struct expr_type_test unpack(struct expr_value packed)
{
    salve_assert(packed.kind == VALUE_INTEGER);
    return (struct expr_type_test){.fhir = (fhir_type_id)(packed.as.integer >> 8), .kind = (uint8_t)packed.as.integer};
}

static FN(type_is)
{
    struct expr_items view = expr_items(&args[0]);
    *out = EXPR_NONE;
    if (view.count > 1) return expr_run_fail(run, SALVE_E_TYPE, "'is' asks about one item");
    if (view.count == 1) *out = expr_boolean(expr_is_type(view.items[0], unpack(args[1])));
    return SALVE_OK;
}

static FN(type_as)
{
    struct expr_items view = expr_items(&args[0]);
    *out = EXPR_NONE;
    if (view.count > 1) return expr_run_fail(run, SALVE_E_TYPE, "'as' takes one item; ofType() takes more");
    if (view.count == 1 && expr_is_exactly(view.items[0], unpack(args[1]))) *out = view.items[0];
    return SALVE_OK;
}
const struct expr_function fp_is = {"is", type_is}, fp_as = {"as", type_as};

static const struct str type_names[] = {{"namespace", 9}, {"name", 4}, {"baseType", 8}};
static const struct expr_shape type_shape = {3, type_names};

static struct str type_name(struct expr_value item)
{
    if (item.kind != VALUE_NODE) return str_of(expr_kind_name(item.kind));
    fhir_type_id type = tape_type(item.as.tape, item.aux);
    return fhir_types[type].kind == FHIR_BACKBONE ? STR("BackboneElement") : fhir_type_name(type);
}

/* "FHIR.Element", "System.Any" at the top. */
static enum salve_code base_type(struct expr_run *run, struct expr_value item, struct expr_value *out)
{
    fhir_type_id base = item.kind == VALUE_NODE ? fhir_types[tape_type(item.as.tape, item.aux)].base : 0;
    struct str text = STR("System.Any");
    if (base != 0) text = arena_printf(run->mem, "FHIR.%.*s", STR_ARGS(fhir_type_name(base)));
    if (text.ptr == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "type");
    *out = expr_string(text);
    return SALVE_OK;
}

FN(fp_type_of)
{
    struct expr_items view = expr_items(&args[0]);
    struct expr_build build = {0};
    for (uint32_t i = 0; i < view.count; i++) {
        struct expr_tuple *tuple = arena_alloc(run->mem, sizeof *tuple + 3 * sizeof tuple->values[0]);
        if (tuple == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "type");
        tuple->shape = &type_shape;
        tuple->values[0] = expr_string(view.items[i].kind == VALUE_NODE ? STR("FHIR") : STR("System"));
        tuple->values[1] = expr_string(type_name(view.items[i]));
        TRY(base_type(run, view.items[i], &tuple->values[2]));
        struct expr_value value = {.kind = VALUE_TUPLE, .as.tuple = tuple};
        TRY(expr_build_add(&build, value, run->mem, run->err));
    }
    *out = expr_build_done(&build);
    return SALVE_OK;
}

struct str fhirpath_type_text(struct expr_value item, struct arena *mem)
{
    return arena_printf(mem, "%s.%.*s", item.kind == VALUE_NODE ? "FHIR" : "System", STR_ARGS(type_name(item)));
}
