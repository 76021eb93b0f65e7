/* SPDX-License-Identifier: Apache-2.0
 * The first answers of a form: written in it, told by the Patient, or measured before. */
#include "base/clock.h"
#include "form/form_int.h"

struct firsts {
    const struct form *form;
    const struct form_first_ask *ask;
    struct arena *mem;
    struct clock clock;
};

/* --- of expressions ----------------------------------------------------------------------------------------------- */

static bool variable(void *user, struct str name, struct expr_value *out)
{
    const struct firsts *f = user;
    if (!str_is(name, "patient")) return false;
    *out = f->ask->patient == NULL ? EXPR_NONE : expr_node(f->ask->patient, tape_root(f->ask->patient));
    return true;
}

/* What an expression gave, as an answer of that item. */
static struct str text_of(const struct form_item *item, struct expr_value value, struct arena *mem)
{
    struct str out = STR_NONE;
    struct form_value parsed;
    enum form_why why;
    char text[EXPR_DECIMAL_TEXT_BYTES];
    struct expr_decimal number;
    if (value.kind == VALUE_NODE) out = tape_text(value.as.tape, value.aux);
    if (value.kind == VALUE_STRING) out = expr_text(value);
    if (value.kind == VALUE_BOOLEAN) out = value.as.boolean ? STR("true") : STR("false");
    if (expr_to_decimal(value, &number)) out = expr_decimal_text(expr_decimal_trim(number), text);
    if (value.kind == VALUE_DATE) out = expr_temporal_text(value.as.temporal, false, text);
    if (out.ptr == NULL || arena_str(mem, out, &out, NULL) != SALVE_OK) return STR_NONE;
    return form_value_read(item, out, &parsed, &why) ? out : STR_NONE;
}

static struct str of_expression(struct firsts *f, const struct form_item *item)
{
    struct expr_value got = EXPR_NONE;
    struct expr_env env = {.clock = &f->clock, .user = f, .variable = variable};
    struct expr_value focus = EXPR_NONE;
    if (fhirpath_run(item->first, &env, focus, f->mem, &got, NULL) != SALVE_OK) return STR_NONE;
    struct expr_items items = expr_items(&got);
    return items.count == 0 ? STR_NONE : text_of(item, items.items[0], f->mem);
}

/* --- of what was measured before ---------------------------------------------------------------------------------- */

static bool has_code(const struct tape *tape, const struct form_item *item)
{
    tape_at code = tape_get(tape, tape_root(tape), "code");
    for (tape_at c = code == TAPE_NONE ? TAPE_NONE : tape_first(tape, code); c != TAPE_NONE;
         c = tape_next(tape, code, c))
        if (tape_type(tape, c) == FHIR_T_Coding && str_eq(tape_child_text(tape, c, "code"), item->code) &&
            str_eq(tape_child_text(tape, c, "system"), item->system))
            return true;
    return false;
}

static struct str quantity_text(const struct form_item *item, const struct tape *tape, tape_at value, struct arena *mem)
{
    struct str unit = tape_child_text(tape, value, "code"), number = tape_child_text(tape, value, "value");
    bool is_bound = tape_get(tape, value, "comparator") != TAPE_NONE;
    if (is_bound) return STR_NONE;
    if (item->kind != FORM_QUANTITY || str_eq(unit, item->units[0].code)) return number;
    return arena_printf(mem, "%.*s %.*s", STR_ARGS(number), STR_ARGS(unit));
}

static struct str of_observation(const struct form_item *item, const struct tape *tape, struct arena *mem)
{
    struct form_value parsed;
    enum form_why why;
    struct str text = STR_NONE;
    tape_at value = form_value_of(tape, tape_root(tape));
    if (value == TAPE_NONE) return STR_NONE;
    if (tape_type(tape, value) == FHIR_T_Quantity)
        text = quantity_text(item, tape, value, mem);
    else if (tape_type(tape, value) == FHIR_T_CodeableConcept) {
        tape_at code = tape_get(tape, value, "coding.code");
        text = code == TAPE_NONE ? STR_NONE : tape_text(tape, code);
    } else
        text = tape_text(tape, value);
    if (text.ptr == NULL || arena_str(mem, text, &text, NULL) != SALVE_OK) return STR_NONE;
    return form_value_read(item, text, &parsed, &why) ? text : STR_NONE;
}

static bool is_kept_value(const struct tape *tape)
{
    static const char *const statuses[] = {"final", "amended", "corrected"};
    struct str status = tape_child_text(tape, tape_root(tape), "status");
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        if (str_is(status, statuses[i])) return true;
    return false;
}

/* Of the newest one in the period. */
static struct str of_record(const struct firsts *f, const struct form_item *item)
{
    int64_t from = f->ask->now_unix_ms - item->link_period_days * (int64_t)24 * 3600 * 1000, newest = INT64_MIN, at = 0;
    struct str out = STR_NONE;
    for (size_t i = 0; i < f->ask->observation_count; i++) {
        const struct tape *tape = &f->ask->observations[i];
        if (tape_type(tape, tape_root(tape)) != FHIR_T_Observation || !is_kept_value(tape) || !has_code(tape, item))
            continue;
        struct str when = tape_child_text(tape, tape_root(tape), "effectiveDateTime");
        if (!clock_parse(when, &at) || at < from || at > f->ask->now_unix_ms || at < newest) continue;
        newest = at;
        out = of_observation(item, tape, f->mem);
    }
    return out;
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

/* A value of the record stands before one that the form has for everybody. */
static enum salve_code first_of(struct firsts *f, const struct form_item *item, struct form_answer *out,
                                struct salve_err *err)
{
    struct str text = STR_NONE;
    if (item->link_period_days > 0 && item->code.len > 0) text = of_record(f, item);
    if (text.len == 0 && item->first != NULL) text = of_expression(f, item);
    *out = (struct form_answer){.link = item->link, .values = item->initials, .value_count = item->initial_count};
    if (text.len == 0) return SALVE_OK;
    struct str *values = arena_array(f->mem, struct str, 1);
    if (values == NULL) return salve_fail(err, SALVE_E_MEMORY, "form");
    values[0] = text;
    out->values = values;
    out->value_count = 1;
    return SALVE_OK;
}

enum salve_code form_first(const struct form *form, const struct form_first_ask *ask, struct arena *mem,
                           struct form_answer **out, size_t *count, struct salve_err *err)
{
    struct firsts f = {form, ask, mem, clock_fixed(ask->now_unix_ms)};
    *out = arena_array(mem, struct form_answer, form->item_count + 1u);
    *count = 0;
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "form");
    for (uint16_t i = 1; i < form->item_count; i++) {
        struct form_answer *to = &(*out)[*count];
        TRY(first_of(&f, &form->items[i], to, err));
        for (uint16_t up = form->items[i].parent; up != FORM_ROOT; up = form->items[up].parent)
            to->in_count += form->items[up].repeats; /* the first instance of each group around it */
        *count += to->value_count > 0;
    }
    return SALVE_OK;
}
