/* SPDX-License-Identifier: Apache-2.0
 * Filters over what was retrieved: codes, dates and ids at a path of each resource. */
#include "elm/elm_int.h"

/* args: codes of a filter (null matches nothing, as no code does), or another list */
ELM_CALL(elm_null_as_empty)
{
    *out = args[0].kind == VALUE_NULL ? expr_list(NULL, 0) : args[0];
    return SALVE_OK;
}

/* The value at a path of names, through lists. */
static enum salve_code at_path(struct expr_run *run, struct expr_value value, struct str path, struct expr_value *out)
{
    *out = value;
    while (path.len > 0) {
        ptrdiff_t dot = str_find(path, STR("."));
        struct str name = dot < 0 ? path : str_cut(path, 0, (size_t)dot);
        struct expr_value pair[2] = {*out, expr_string(name)};
        pair[1].tag = fhir_name_find(name);
        TRY(elm_property(run, pair, 2, out));
        path = dot < 0 ? STR("") : str_cut(path, (size_t)dot + 1, path.len);
    }
    return SALVE_OK;
}

/* Does any code at hand match any that is wanted? */
static enum salve_code codes_match(struct expr_run *run, struct expr_value have, struct expr_value want, bool is_exact,
                                   bool *out)
{
    *out = false;
    TRY(expr_step(run, 1));
    if (have.kind == VALUE_LIST) {
        for (uint32_t i = 0; i < have.aux && !*out; i++) TRY(codes_match(run, have.as.items[i], want, is_exact, out));
        return SALVE_OK;
    }
    if (have.kind == VALUE_NODE) TRY(elm_codes_of(run, have, &have));
    if (have.kind == VALUE_CONCEPT) {
        for (uint32_t i = 0; i < have.as.concept->code_count && !*out; i++) {
            const struct expr_value code = {.kind = VALUE_CODE, .as.code = &have.as.concept->codes[i]};
            TRY(codes_match(run, code, want, is_exact, out));
        }
        return SALVE_OK;
    }
    if (want.kind == VALUE_LIST) {
        for (uint32_t i = 0; i < want.aux && !*out; i++) TRY(codes_match(run, have, want.as.items[i], is_exact, out));
    } else if (want.kind == VALUE_CONCEPT) {
        for (uint32_t i = 0; i < want.as.concept->code_count && !*out; i++) {
            const struct expr_value code = {.kind = VALUE_CODE, .as.code = &want.as.concept->codes[i]};
            TRY(codes_match(run, have, code, is_exact, out));
        }
    } else if (want.kind == VALUE_VOCABULARY) {
        const struct expr_value pair[2] = {have, want};
        struct expr_value is_in;
        TRY(elm_in_vocabulary(run, pair, 2, &is_in));
        if (is_in.kind == VALUE_NULL) return elm_membership_unknown(run, want.as.vocabulary);
        *out = expr_truth_of(is_in) == EXPR_TRUE;
    } else if (have.kind == VALUE_CODE && want.kind == VALUE_CODE && is_exact) {
        enum expr_truth same;
        TRY(elm_values_equal(run, have, want, &same));
        *out = same == EXPR_TRUE;
    } else if (have.kind == VALUE_CODE && want.kind == VALUE_CODE) {
        *out = str_eq(have.as.code->code, want.as.code->code) && str_eq(have.as.code->system, want.as.code->system);
    } else if (have.kind != VALUE_NULL && want.kind != VALUE_NULL) { /* a text beside a code is compared as text */
        struct str a = have.kind == VALUE_CODE ? have.as.code->code : STR_NONE;
        struct str b = want.kind == VALUE_CODE ? want.as.code->code : STR_NONE;
        if (have.kind == VALUE_STRING) a = expr_text(have);
        if (want.kind == VALUE_STRING) b = expr_text(want);
        *out = a.ptr != NULL && str_eq(a, b);
    }
    return SALVE_OK;
}

typedef enum salve_code keeps(struct expr_run *run, struct expr_value item, const struct expr_value *args, bool *out);

static enum salve_code filter_items(struct expr_run *run, const struct expr_value *args, keeps *is_kept,
                                    struct expr_value *out)
{
    struct expr_build build = {0};
    salve_assert(args[0].kind == VALUE_LIST && args[1].kind == VALUE_STRING);
    for (uint32_t i = 0; i < args[0].aux; i++) {
        bool fits = false;
        TRY(is_kept(run, args[0].as.items[i], args, &fits));
        if (fits) TRY(expr_build_add(&build, args[0].as.items[i], run->mem, run->err));
        TRY(expr_step(run, 1));
    }
    *out = expr_build_list(&build);
    return SALVE_OK;
}

static enum salve_code has_code(struct expr_run *run, struct expr_value item, const struct expr_value *args, bool *out)
{
    struct expr_value have;
    salve_assert(args[2].kind == VALUE_STRING && args[3].kind == VALUE_STRING);
    TRY(at_path(run, item, expr_text(args[1]), &have));
    TRY(codes_match(run, have, args[4], str_is(expr_text(args[2]), "="), out));
    if (*out || args[3].aux == 0 || args[4].kind != VALUE_VOCABULARY) return SALVE_OK;
    /* data that name the value set instead of a code */
    TRY(at_path(run, item, expr_text(args[3]), &have));
    if (have.kind == VALUE_NODE) TRY(elm_plain(run, have, &have));
    *out = have.kind == VALUE_STRING && str_eq(expr_text(have), args[4].as.vocabulary->id);
    return SALVE_OK;
}
/* args: list, property, comparator, value set property, codes */
ELM_CALL(elm_filter_codes) { return filter_items(run, args, has_code, out); }

static enum salve_code has_date(struct expr_run *run, struct expr_value item, const struct expr_value *args, bool *out)
{
    struct expr_value when, high;
    salve_assert(args[2].kind == VALUE_STRING);
    TRY(at_path(run, item, expr_text(args[1]), &when));
    TRY(elm_date_value(run, when, &when));
    if (args[2].aux > 0) { /* a property for the low end, one for the high */
        TRY(at_path(run, item, expr_text(args[2]), &high));
        TRY(elm_date_value(run, high, &high));
        if (when.kind == VALUE_NULL && high.kind == VALUE_NULL) return SALVE_OK;
        TRY(elm_interval(run, when, true, high, true, &when));
    }
    const struct expr_value both[3] = {when, args[3], expr_integer(EXPR_PRECISION_NONE)};
    TRY(elm_included_in(run, both, 3, &when));
    *out = expr_truth_of(when) == EXPR_TRUE;
    return SALVE_OK;
}
/* args: list, property or low property, high property or "", range */
ELM_CALL(elm_filter_dates) { return filter_items(run, args, has_date, out); }

static enum salve_code has_id(struct expr_run *run, struct expr_value item, const struct expr_value *args, bool *out)
{
    struct expr_value have;
    TRY(at_path(run, item, expr_text(args[1]), &have));
    return codes_match(run, have, args[2], true, out);
}
/* args: list, property, id or a list of ids */
ELM_CALL(elm_filter_ids) { return filter_items(run, args, has_id, out); }
