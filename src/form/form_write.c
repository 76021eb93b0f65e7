/* SPDX-License-Identifier: Apache-2.0
 * A form in one language as the object that pages run (docs/formats/questionnaires.md). What is false, empty or not
 * there is left out. */
#include "form/form_int.h"
#include "json/json.h"

struct writing {
    const struct form *form;
    size_t language;
    struct json_writer *w;
};

struct str form_op_text(enum form_op op)
{
    static const char *const texts[FORM_OPS] = {
#define FORM_OP(id, text, operands, pops, pushes, meaning) [FORM_OP_##id] = (text),
#include "form/form_ops.def"
#undef FORM_OP
    };
    return str_of(texts[op]);
}

static struct str kind_text(enum form_kind kind)
{
    static const char *const texts[] = {
#define FORM_KIND(id, text, answers) [FORM_##id] = (text),
#include "form/form_kinds.def"
#undef FORM_KIND
    };
    return str_of(texts[kind]);
}

/* --- programs ----------------------------------------------------------------------------------------------------- */

static void put_code(const struct writing *out, const char *name, uint16_t program);

static void put_number(struct json_writer *w, const char *name, struct expr_decimal number)
{
    char text[EXPR_DECIMAL_TEXT_BYTES];
    json_put_raw(w, name, expr_decimal_text(expr_decimal_trim(number), text));
}

static void put_constant(const struct writing *out, const struct form_value *value)
{
    char text[EXPR_TEMPORAL_TEXT_BYTES];
    switch (value->kind) {
    case FORM_IS_BOOLEAN:
        json_put_bool(out->w, NULL, value->boolean);
        return;
    case FORM_IS_NUMBER:
        put_number(out->w, NULL, value->number);
        return;
    case FORM_IS_DATE:
        json_put_text(out->w, NULL, expr_temporal_text(&value->date, false, text));
        return;
    default:
        json_put_text(out->w, NULL, value->text);
    }
}

static void put_operands(const struct writing *out, const struct form_ins *ins)
{
    const struct form *form = out->form;
    switch ((enum form_op)ins->op) {
    case FORM_OP_CONST:
    case FORM_OP_DATE:
        put_constant(out, &form->constants[ins->a]);
        return;
    case FORM_OP_VAR:
        json_put_text(out->w, NULL, form->variables[ins->a].name);
        return;
    case FORM_OP_NEAREST:
        json_put_text(out->w, NULL, form->items[ins->a].link);
        return;
    case FORM_OP_WHERE:
    case FORM_OP_SELECT:
    case FORM_OP_ALL:
        put_code(out, NULL, ins->a);
        return;
    case FORM_OP_IIF:
        put_code(out, NULL, ins->a);
        put_code(out, NULL, ins->b);
        return;
    case FORM_OP_ROUND:
        json_put_i64(out->w, NULL, ins->a);
        return;
    case FORM_OP_ANSWERED:
        json_put_text(out->w, NULL, form_relation_text((enum form_relation)ins->a));
        return;
    default:
        return;
    }
}

static void put_code(const struct writing *out, const char *name, uint16_t number)
{
    const struct form_program *program = &out->form->programs[number];
    json_open(out->w, name, '[');
    for (uint16_t i = 0; i < program->count; i++) {
        json_open(out->w, NULL, '[');
        json_put_text(out->w, NULL, form_op_text((enum form_op)program->code[i].op));
        put_operands(out, &program->code[i]);
        json_close(out->w);
    }
    json_close(out->w);
}

static void put_program(const struct writing *out, const char *name, uint16_t number)
{
    if (number == FORM_NONE) return;
    json_open(out->w, name, '{');
    put_code(out, "run", number);
    json_open(out->w, "reads", '[');
    for (uint16_t i = 1; i < out->form->item_count; i++)
        if (form_links_has(out->form->programs[number].reads, i)) json_put_text(out->w, NULL, out->form->items[i].link);
    json_close(out->w);
    json_close(out->w);
}

static void put_variables(const struct writing *out, uint16_t item)
{
    bool is_open = false;
    for (uint16_t i = 0; i < out->form->variable_count; i++) {
        const struct form_variable *v = &out->form->variables[i];
        if (v->item != item || v->program == FORM_NONE) continue;
        if (!is_open) json_open(out->w, "variables", '[');
        is_open = true;
        json_open(out->w, NULL, '{');
        json_put_text(out->w, "name", v->name);
        put_program(out, "program", v->program);
        json_close(out->w);
    }
    if (is_open) json_close(out->w);
}

/* --- items -------------------------------------------------------------------------------------------------------- */

static void put_words(const struct writing *out, const char *name, const struct form_words *words)
{
    struct str text = form_word(words, out->language);
    if (text.len > 0) json_put_text(out->w, name, text);
}

static void put_flag(const struct writing *out, const char *name, bool is)
{
    if (is) json_put_bool(out->w, name, true);
}

static void put_some(const struct writing *out, const char *name, struct str text)
{
    if (text.len > 0) json_put_text(out->w, name, text);
}

static void put_options(const struct writing *out, const struct form_item *item)
{
    if (item->option_count == 0) return;
    json_open(out->w, "options", '[');
    for (uint16_t i = 0; i < item->option_count; i++) {
        const struct form_option *option = &item->options[i];
        json_open(out->w, NULL, '{');
        json_put_text(out->w, "value", option->value);
        put_words(out, "text", &option->text);
        put_some(out, "system", option->system);
        put_flag(out, "number", option->kind == FORM_IS_NUMBER);
        if (option->has_score) put_number(out->w, "score", option->score);
        put_flag(out, "alone", option->is_alone);
        json_close(out->w);
    }
    json_close(out->w);
}

/* A bound in another unit than the first. One that grows where the first one shrinks (pH) has none there. */
static void put_bound_in(const struct writing *out, const struct form_item *item, const char *name, struct str bound,
                         struct str unit)
{
    struct form_value value;
    struct expr_decimal in, next, one, more;
    enum form_why why;
    char text[EXPR_DECIMAL_TEXT_BYTES];
    struct str first = item->units[0].code;
    if (bound.len == 0 || !form_value_read(item, bound, &value, &why)) return;
    if (!expr_decimal_parse(STR("1"), &one) || !expr_decimal_add(value.number, one, &more) ||
        !expr_ucum_convert(value.number, first, unit, &in) || !expr_ucum_convert(more, first, unit, &next) ||
        expr_decimal_cmp(in, next) >= 0)
        return;
    json_put_text(out->w, name, expr_decimal_text(in, text));
}

static void put_units(const struct writing *out, const struct form_item *item)
{
    if (item->unit_count == 0) return;
    json_open(out->w, "units", '[');
    for (uint16_t i = 0; i < item->unit_count; i++) {
        json_open(out->w, NULL, '{');
        json_put_text(out->w, "code", item->units[i].code);
        put_words(out, "text", &item->units[i].text);
        if (i > 0) put_bound_in(out, item, "min", item->min, item->units[i].code);
        if (i > 0) put_bound_in(out, item, "max", item->max, item->units[i].code);
        json_close(out->w);
    }
    json_close(out->w);
}

static void put_checks(const struct writing *out, const struct form_item *item)
{
    if (item->check_count == 0) return;
    json_open(out->w, "checks", '[');
    for (uint16_t i = 0; i < item->check_count; i++) {
        json_open(out->w, NULL, '{');
        put_program(out, "program", item->checks[i].program);
        put_words(out, "say", &item->checks[i].say);
        put_flag(out, "warns", item->checks[i].is_warning);
        json_close(out->w);
    }
    json_close(out->w);
}

static void put_code_of(const struct writing *out, const struct form_item *item)
{
    if (!item->is_kept) return;
    json_open(out->w, "code", '{');
    json_put_text(out->w, "system", item->system);
    json_put_text(out->w, "code", item->code);
    json_close(out->w);
}

static void put_bounds(const struct writing *out, const struct form_item *item)
{
    if (item->repeats) json_put_i64(out->w, "most", item->most);
    if (item->kind == FORM_TEXT && item->length < FORM_TEXT_BYTES_MAX) json_put_i64(out->w, "length", item->length);
    put_some(out, "min", item->min);
    put_some(out, "max", item->max);
    if (item->decimals >= 0) json_put_i64(out->w, "decimals", item->decimals);
}

static void put_items(const struct writing *out, uint16_t parent);

static void put_item(const struct writing *out, uint16_t number)
{
    const struct form_item *item = &out->form->items[number];
    json_open(out->w, NULL, '{');
    json_put_text(out->w, "link", item->link);
    json_put_text(out->w, "kind", kind_text(item->kind));
    put_words(out, "prefix", &item->prefix);
    put_words(out, "text", &item->text);
    put_words(out, "help", &item->help);
    put_flag(out, "required", item->is_required);
    put_flag(out, "hidden", item->is_hidden);
    put_flag(out, "readOnly", item->is_read_only);
    put_flag(out, "repeats", item->repeats);
    put_flag(out, "lines", item->has_lines);
    put_bounds(out, item);
    put_options(out, item);
    put_units(out, item);
    put_program(out, "when", item->when);
    put_program(out, "calculated", item->calculated);
    put_checks(out, item);
    put_code_of(out, item);
    put_variables(out, number);
    if (item->kind == FORM_GROUP) put_items(out, number);
    json_close(out->w);
}

static void put_items(const struct writing *out, uint16_t parent)
{
    const struct form_item *items = out->form->items;
    json_open(out->w, "items", '[');
    for (uint16_t i = (uint16_t)(parent + 1); i < items[parent].end; i = items[i].end) put_item(out, i);
    json_close(out->w);
}

static bool is_right_to_left(struct str language)
{
    static const char *const languages[] = {"ar", "fa", "ur", "he", "ps", "ckb", "dv", "yi"};
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++)
        if (str_is(language, languages[i])) return true;
    return false;
}

void form_write(const struct form *form, struct str language, const char *name, struct json_writer *w)
{
    struct writing out = {form, form_language_number(form, language), w};
    struct str own = form->languages[out.language];
    json_open(w, name, '{');
    json_put_text(w, "id", form->id);
    json_put_text(w, "version", form->version);
    json_put_text(w, "language", own);
    json_put_text(w, "direction", is_right_to_left(own) ? STR("rtl") : STR("ltr"));
    put_words(&out, "title", &form->title);
    put_some(&out, "copyright", form->copyright);
    put_variables(&out, FORM_ROOT);
    put_items(&out, FORM_ROOT);
    json_open(w, "order", '[');
    for (uint16_t i = 0; i < form->order_count; i++) json_put_text(w, NULL, form->items[form->order[i]].link);
    json_close(w);
    json_close(w);
}
