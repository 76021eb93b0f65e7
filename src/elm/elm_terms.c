/* SPDX-License-Identifier: Apache-2.0
 * Membership in value sets and code systems, expansion and subsumption, from the terms of the run. */
#include "elm/elm_int.h"
#include "terms/terms.h"

static enum salve_code not_at_hand(struct expr_run *run, const struct expr_vocabulary *in)
{
    return expr_run_fail(run, SALVE_E_NOT_FOUND, "the value set %.*s is not at hand", STR_ARGS(in->id));
}

/* A value set that is not here is an error, not false: a wrong "not a member" would change advice (CQL 1.5, In
 * (Valueset)). A text names no system, so a value set of several systems is ambiguous for it. */
enum salve_code elm_code_is_in(struct expr_run *run, const struct expr_code *code, const struct expr_vocabulary *in,
                               enum expr_truth *out)
{
    const struct terms *v = run->env->terms;
    bool is_at_hand;
    if (in->is_code_system) {
        *out = terms_in_system(v, code, in->id, in->version);
        return SALVE_OK;
    }
    const struct terms_set *set = terms_find(v, in->id, in->version);
    if (code->system.ptr == NULL && set != NULL && terms_set_is_mixed(set))
        return expr_run_fail(run, SALVE_E_TYPE, "a code without its system is ambiguous in %.*s, which has several",
                             STR_ARGS(in->id));
    if (set != NULL) {
        *out = terms_set_has(set, code);
        return SALVE_OK;
    }
    *out = terms_member(NULL, code, in->id, in->version, &is_at_hand); /* of the definitions of R4 */
    return is_at_hand ? SALVE_OK : not_at_hand(run, in);
}

static enum salve_code value_is_in(struct expr_run *run, struct expr_value v, const struct expr_vocabulary *in,
                                   enum expr_truth *out)
{
    *out = EXPR_FALSE;
    TRY(expr_step(run, 1));
    if (v.kind == VALUE_NODE) TRY(elm_codes_of(run, v, &v));
    if (v.kind == VALUE_CODE) return elm_code_is_in(run, v.as.code, in, out);
    if (v.kind == VALUE_STRING) {
        const struct expr_code code = {.code = expr_text(v)};
        return elm_code_is_in(run, &code, in, out);
    }
    uint32_t count = v.kind == VALUE_CONCEPT ? v.as.concept->code_count : v.kind == VALUE_LIST ? v.aux : 0;
    for (uint32_t i = 0; i < count && *out != EXPR_TRUE; i++) {
        struct expr_value item = {.kind = VALUE_CODE};
        enum expr_truth one;
        if (v.kind == VALUE_CONCEPT)
        item.as.code = &v.as.concept->codes[i];
        else item = v.as.items[i];
        TRY(value_is_in(run, item, in, &one));
        *out = expr_truth_or(*out, one);
    }
    return SALVE_OK;
}

enum salve_code elm_membership_unknown(struct expr_run *run, const struct expr_vocabulary *in)
{
    return expr_run_fail(run, SALVE_E_NOT_FOUND, "whether a code is in %.*s cannot be told from what is at hand",
                         STR_ARGS(in->id));
}

ELM_CALL(elm_in_vocabulary)
{
    salve_assert(count >= 2);
    enum expr_truth result;
    *out = expr_boolean(false);
    if (args[0].kind == VALUE_NULL) return SALVE_OK; /* null is in no value set */
    *out = EXPR_NONE;
    if (args[1].kind != VALUE_VOCABULARY) return SALVE_OK;
    TRY(value_is_in(run, args[0], args[1].as.vocabulary, &result));
    *out = expr_truth_value(result);
    return SALVE_OK;
}

/* The codes of a value set, for CQL that takes one as a List<Code>. A set that cannot be listed whole is an error. */
ELM_CALL(elm_expand_value_set)
{
    const struct expr_code *codes;
    uint32_t code_count;
    ELM_NULL_IF(1);
    if (args[0].kind != VALUE_VOCABULARY || args[0].as.vocabulary->is_code_system)
        return expr_run_fail(run, SALVE_E_TYPE, "ExpandValueSet wants a value set");
    const struct expr_vocabulary *in = args[0].as.vocabulary;
    const struct terms_set *set = terms_find(run->env->terms, in->id, in->version);
    if (set == NULL) return not_at_hand(run, in);
    if (!terms_set_codes(set, &codes, &code_count))
        return expr_run_fail(run, SALVE_E_NOT_FOUND, "the codes of %.*s cannot all be listed from what is at hand",
                             STR_ARGS(in->id));
    TRY(expr_step(run, code_count));
    struct expr_value *items = arena_array(run->mem, struct expr_value, (size_t)code_count + 1);
    if (items == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "value set");
    for (uint32_t i = 0; i < code_count; i++) items[i] = (struct expr_value){.kind = VALUE_CODE, .as.code = &codes[i]};
    *out = expr_list(items, code_count);
    return SALVE_OK;
}

static const struct expr_code *codes_of(struct expr_value v, uint32_t *count)
{
    *count = v.kind == VALUE_CODE ? 1 : v.kind == VALUE_CONCEPT ? v.as.concept->code_count : 0;
    return v.kind == VALUE_CODE ? v.as.code : v.kind == VALUE_CONCEPT ? v.as.concept->codes : NULL;
}

/* Of concepts, any code of the one above any code of the other is enough. */
static enum salve_code subsumption(struct expr_run *run, struct expr_value a, struct expr_value b,
                                   struct expr_value *out)
{
    uint32_t high_count, low_count;
    const struct expr_code *high = codes_of(a, &high_count), *low = codes_of(b, &low_count);
    if (high == NULL || low == NULL) return expr_run_fail(run, SALVE_E_TYPE, "Subsumes wants codes or concepts");
    enum expr_truth result = EXPR_FALSE;
    for (uint32_t i = 0; i < high_count; i++)
        for (uint32_t k = 0; k < low_count; k++) {
            TRY(expr_step(run, 64));
            result = expr_truth_or(result, terms_subsumes(run->env->terms, &high[i], &low[k], run->mem));
        }
    *out = expr_truth_value(result);
    return SALVE_OK;
}
ELM_CALL(elm_subsumes)
{
    ELM_NULL_IF(2);
    return subsumption(run, args[0], args[1], out);
}
ELM_CALL(elm_subsumed_by)
{
    ELM_NULL_IF(2);
    return subsumption(run, args[1], args[0], out);
}
