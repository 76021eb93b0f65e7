/* SPDX-License-Identifier: Apache-2.0
 * The options of a choice, the first answers that a form writes down, and enableWhen, which compares with them. */
#include "form/form_int.h"

/* --- options ------------------------------------------------------------------------------------------------------ */

static enum salve_code read_coding(const struct form_reading *r, struct form_item *item, tape_at value,
                                   struct form_option *out)
{
    tape_at display = tape_get(r->tape, value, "display");
    out->kind = FORM_IS_CHOICE;
    out->value = tape_child_text(r->tape, value, "code");
    out->system = tape_child_text(r->tape, value, "system");
    if (out->value.len == 0 || out->system.len == 0 || display == TAPE_NONE)
        return form_bad(r, item, "answerOption", "a Coding has system, code and display");
    return form_words_read(r, item, display, "answerOption", &out->text);
}

/* A number or a text is its own words in every language, unless it is translated. */
static enum salve_code read_plain(const struct form_reading *r, struct form_item *item, tape_at value,
                                  struct form_option *out)
{
    bool is_text = tape_type(r->tape, value) == FHIR_T_string;
    bool is_whole = tape_type(r->tape, value) == FHIR_T_integer;
    out->kind = is_text ? FORM_IS_TEXT : FORM_IS_NUMBER;
    out->value = tape_text(r->tape, value);
    out->text.in[0] = out->value;
    if (!is_text && !(is_whole && expr_decimal_parse(out->value, &out->number)))
        return form_bad(r, item, "answerOption", "a Coding, a whole number or a text is wanted");
    return is_text ? form_words_read(r, item, value, "answerOption", &out->text) : SALVE_OK;
}

static enum salve_code read_option(const struct form_reading *r, struct form_item *item, tape_at option)
{
    struct form_option *out = &item->options[item->option_count];
    tape_at value = form_value_of(r->tape, option);
    if (value == TAPE_NONE) return form_bad(r, item, "answerOption", "it has no value");
    bool is_coding = tape_type(r->tape, value) == FHIR_T_Coding;
    TRY(is_coding ? read_coding(r, item, value, out) : read_plain(r, item, value, out));
    for (tape_at c = tape_first(r->tape, option); c != TAPE_NONE; c = tape_next(r->tape, option, c))
        if (tape_type(r->tape, c) == FHIR_T_Extension)
            TRY(form_option_extension(r, item, c, out));
        else if (c != value)
            return form_unknown(r, item, STR("answerOption.initialSelected"));
    for (tape_at c = tape_first(r->tape, value); is_coding && c != TAPE_NONE; c = tape_next(r->tape, value, c))
        if (tape_type(r->tape, c) == FHIR_T_Extension) TRY(form_option_extension(r, item, c, out));
    for (uint16_t i = 0; i < item->option_count; i++)
        if (str_eq(item->options[i].value, out->value)) return form_bad(r, item, "answerOption", "one is there twice");
    item->option_count++;
    return SALVE_OK;
}

static size_t count_of(const struct tape *tape, tape_at parent, fhir_type_id type)
{
    size_t count = 0;
    for (tape_at c = tape_first(tape, parent); c != TAPE_NONE; c = tape_next(tape, parent, c))
        count += tape_type(tape, c) == type;
    return count;
}

enum salve_code form_options_read(const struct form_reading *r, struct form_item *item)
{
    size_t count = count_of(r->tape, item->node, FHIR_T_Questionnaire_item_answerOption);
    if (count > FORM_OPTIONS_MAX) return form_bad(r, item, "answerOption", "more than 100");
    if (count == 0) return SALVE_OK;
    if (item->kind != FORM_CHOICE) return form_bad(r, item, "answerOption", "it is no choice");
    item->options = arena_array(r->mem, struct form_option, count);
    if (item->options == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "form");
    for (tape_at c = tape_first(r->tape, item->node); c != TAPE_NONE; c = tape_next(r->tape, item->node, c))
        if (tape_type(r->tape, c) == FHIR_T_Questionnaire_item_answerOption) TRY(read_option(r, item, c));
    return SALVE_OK;
}

/* --- first answers ------------------------------------------------------------------------------------------------ */

static struct str initial_text(const struct tape *tape, tape_at value)
{
    switch (tape_type(tape, value)) {
    case FHIR_T_Coding:
        return tape_child_text(tape, value, "code");
    case FHIR_T_Quantity:
        return tape_child_text(tape, value, "value");
    default:
        return tape_text(tape, value);
    }
}

enum salve_code form_initial_read(const struct form_reading *r, struct form_item *item)
{
    size_t count = count_of(r->tape, item->node, FHIR_T_Questionnaire_item_initial);
    if (count == 0) return SALVE_OK;
    item->initials = arena_array(r->mem, struct str, count);
    if (item->initials == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "form");
    for (tape_at c = tape_first(r->tape, item->node); c != TAPE_NONE; c = tape_next(r->tape, item->node, c)) {
        struct form_value parsed;
        enum form_why why;
        if (tape_type(r->tape, c) != FHIR_T_Questionnaire_item_initial) continue;
        tape_at value = form_value_of(r->tape, c);
        struct str text = value == TAPE_NONE ? STR_NONE : initial_text(r->tape, value);
        if (!form_value_read(item, text, &parsed, &why) || (item->initial_count > 0 && !item->repeats))
            return form_bad(r, item, "initial", "it is no answer of this question");
        item->initials[item->initial_count++] = text;
    }
    return SALVE_OK;
}

/* --- enableWhen --------------------------------------------------------------------------------------------------- */

struct str form_relation_text(enum form_relation relation)
{
    static const char *const texts[] = {"exists", "=", "!=", ">", "<", ">=", "<="};
    return str_of(texts[relation]);
}

static bool find_relation(struct str text, uint16_t *out)
{
    for (*out = 0; *out < FORM_RELATION_COUNT; ++*out)
        if (str_eq(text, form_relation_text((enum form_relation) * out))) return true;
    return false;
}

static bool has_option(const struct form_item *item, struct str value)
{
    for (uint16_t i = 0; i < item->option_count; i++)
        if (str_eq(item->options[i].value, value)) return true;
    return false;
}

/* What the answer is compared with: for a choice the value of an option, for a quantity a number in its first unit. */
static enum salve_code read_constant(const struct form_reading *r, const struct form_item *item,
                                     const struct form_item *other, tape_at answer, struct form_value *out)
{
    enum form_why why;
    struct str text = initial_text(r->tape, answer);
    if (other->kind == FORM_CHOICE) {
        *out = (struct form_value){.kind = FORM_IS_TEXT, .text = text};
        return has_option(other, text) ? SALVE_OK : form_bad(r, item, "enableWhen", "it is no option of that question");
    }
    if (!form_value_read(other, text, out, &why))
        return form_bad(r, item, "enableWhen", "that question has no such answer");
    if (out->kind == FORM_IS_QUANTITY) {
        struct str unit = tape_child_text(r->tape, answer, "code");
        if (!str_eq(unit, other->units[0].code)) return form_bad(r, item, "enableWhen", "it is in another unit");
        out->kind = FORM_IS_NUMBER;
    }
    return SALVE_OK;
}

struct enabling {
    struct form_ins code[FORM_INSTRUCTIONS_MAX];
    size_t count;
    struct form_links reads;
};

static enum salve_code add_row(const struct form_reading *r, const struct form_item *item, tape_at row,
                               struct enabling *e)
{
    uint16_t relation = 0, constant = 0;
    struct form_value value = {.kind = FORM_IS_BOOLEAN};
    uint16_t link = form_find(r->form, tape_child_text(r->tape, row, "question"));
    if (link == FORM_NONE) return form_bad(r, item, "enableWhen", "there is no such question");
    const struct form_item *other = &r->form->items[link];
    tape_at answer = tape_child(r->tape, row, FHIR_N_answer);
    if (other->kind == FORM_GROUP || other->kind == FORM_DISPLAY || answer == TAPE_NONE ||
        !find_relation(tape_child_text(r->tape, row, "operator"), &relation))
        return form_bad(r, item, "enableWhen", "a question, an operator and an answer are wanted");
    if (relation == FORM_EXISTS)
        value.boolean = tape_kind(r->tape, answer) == TAPE_TRUE;
    else
        TRY(read_constant(r, item, other, answer, &value));
    if (e->count + 4 > FORM_INSTRUCTIONS_MAX) return form_bad(r, item, "enableWhen", "too many conditions");
    TRY(form_constant_add(r, value, &constant));
    form_links_add(&e->reads, link);
    e->code[e->count++] = (struct form_ins){FORM_OP_NEAREST, link, 0};
    e->code[e->count++] = (struct form_ins){value.kind == FORM_IS_DATE ? FORM_OP_DATE : FORM_OP_CONST, constant, 0};
    e->code[e->count++] = (struct form_ins){FORM_OP_ANSWERED, relation, 0};
    return SALVE_OK;
}

enum salve_code form_enable_compile(const struct form_reading *r, struct form_item *item)
{
    struct str behavior = tape_child_text(r->tape, item->node, "enableBehavior");
    uint8_t joint = str_is(behavior, "any") ? FORM_OP_OR : FORM_OP_AND;
    size_t rows = 0;
    struct enabling own = {.count = 0}, *e = &own;
    for (tape_at c = tape_first(r->tape, item->node); c != TAPE_NONE; c = tape_next(r->tape, item->node, c)) {
        if (tape_type(r->tape, c) != FHIR_T_Questionnaire_item_enableWhen) continue;
        TRY(add_row(r, item, c, e));
        if (rows++ > 0) e->code[e->count++] = (struct form_ins){joint, 0, 0};
    }
    return rows == 0 ? SALVE_OK : form_program_add(r, e->code, e->count, &e->reads, &item->when);
}
