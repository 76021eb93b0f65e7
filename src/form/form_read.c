/* SPDX-License-Identifier: Apache-2.0
 * A Questionnaire into a form: first every item by itself, then, once all links are known, what reads other items. An
 * element that has no row here is refused by its name: what is not understood must not be asked. */
#include "admit/admit.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "form/form_int.h"

static struct str name_of(const struct tape *tape, tape_at at)
{
    return fhir_name(fhir_elements[tape_element(tape, at)].name);
}

static bool is_among(struct str name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (str_is(name, *names)) return true;
    return false;
}

/* --- one item ----------------------------------------------------------------------------------------------------- */

static const struct {
    const char *type;
    enum form_kind kind;
} types[] = {{"group", FORM_GROUP},     {"display", FORM_DISPLAY},   {"boolean", FORM_BOOLEAN},
             {"integer", FORM_INTEGER}, {"decimal", FORM_DECIMAL},   {"date", FORM_DATE},
             {"choice", FORM_CHOICE},   {"quantity", FORM_QUANTITY}, {"string", FORM_TEXT},
             {"text", FORM_TEXT}};

static enum salve_code read_kind(const struct form_reading *r, struct form_item *item)
{
    struct str type = tape_child_text(r->tape, item->node, "type");
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (!str_is(type, types[i].type)) continue;
        item->kind = types[i].kind;
        item->has_lines = str_is(type, "text");
        return SALVE_OK;
    }
    return form_unknown(r, item, type);
}

/* Where an answer is looked for by the codes in its linkId, as in a file from elsewhere, it must not be another's. */
static bool is_link_of_other(const struct form_reading *r, const struct form_item *item)
{
    struct str rest = item->link;
    while (rest.len > 0) {
        size_t len = 0;
        while (len < rest.len && (str_is_letter(rest.ptr[len]) || str_is_digit(rest.ptr[len]) || rest.ptr[len] == '-'))
            len++;
        struct str token = str_cut(rest, 0, len);
        rest = str_cut(rest, len + 1, rest.len);
        bool is_code = admit_observes(r->rules, STR("urn:salve:question"), token, NULL) ||
                       admit_observes(r->rules, STR("http://loinc.org"), token, NULL);
        if (is_code && !str_eq(token, item->code)) return true;
    }
    return false;
}

static enum salve_code read_code(const struct form_reading *r, struct form_item *item, tape_at coding)
{
    if (item->kind == FORM_DISPLAY) return form_bad(r, item, "code", "it is no question");
    if (item->code.len > 0) return form_bad(r, item, "code", "a question has one code");
    item->system = tape_child_text(r->tape, coding, "system");
    item->code = tape_child_text(r->tape, coding, "code");
    bool is_ours = str_is(item->system, "http://loinc.org") || str_is(item->system, "urn:salve:question");
    if (!is_ours || item->code.len == 0)
        return form_bad(r, item, "code", "a code of LOINC or of urn:salve:question is wanted");
    if (r->rules == NULL || admit_observes(r->rules, item->system, item->code, NULL)) return SALVE_OK;
    return form_bad(r, item, "code", "observations are not admitted under it");
}

static enum salve_code read_length(const struct form_reading *r, struct form_item *item, tape_at at)
{
    int64_t length = 0;
    if (item->kind != FORM_TEXT || !str_to_i64(tape_text(r->tape, at), &length) || length < 1 ||
        length > FORM_TEXT_BYTES_MAX)
        return form_bad(r, item, "maxLength", "of a text, 1 to 2000");
    item->length = (uint32_t)length;
    return SALVE_OK;
}

static enum salve_code read_element(const struct form_reading *r, struct form_item *item, tape_at at)
{
    static const char *const later[] = {"linkId",         "type",         "item",    "enableWhen",
                                        "enableBehavior", "answerOption", "initial", NULL};
    struct str name = name_of(r->tape, at);
    bool is_true = tape_kind(r->tape, at) == TAPE_TRUE;
    if (is_among(name, later)) return SALVE_OK;
    if (str_is(name, "text")) return form_words_read(r, item, at, "text", &item->text);
    if (str_is(name, "prefix")) return item->has_prefix = true, form_words_read(r, item, at, "prefix", &item->prefix);
    if (str_is(name, "code")) return read_code(r, item, at);
    if (str_is(name, "maxLength")) return read_length(r, item, at);
    if (str_is(name, "extension")) return form_extension_read(r, item, at);
    if (str_is(name, "required")) return item->is_required = is_true, SALVE_OK;
    if (str_is(name, "repeats")) return item->repeats = is_true, SALVE_OK;
    if (str_is(name, "readOnly")) return item->is_read_only = is_true, SALVE_OK;
    return form_unknown(r, item, name);
}

static bool is_number(enum form_kind kind)
{
    return kind == FORM_INTEGER || kind == FORM_DECIMAL || kind == FORM_QUANTITY;
}

/* A group with a code is a blood pressure, whose two numbers are its components; nothing else is made of two. */
static enum salve_code check_panel(const struct form_reading *r, struct form_item *item)
{
    bool is_loinc = str_is(item->system, "http://loinc.org");
    bool is_number = is_loinc && (str_is(item->code, ADMIT_SYSTOLIC) || str_is(item->code, ADMIT_DIASTOLIC));
    item->is_panel = item->kind == FORM_GROUP && item->code.len > 0;
    if (item->is_panel && (!is_loinc || !str_is(item->code, ADMIT_PRESSURE) || item->is_left))
        return form_bad(r, item, "code", "it is no question; of groups that of a blood pressure alone has one");
    if (item->is_part && (!is_number || item->kind != FORM_QUANTITY))
        return form_bad(r, item, "observationExtract", "a component is a number of a blood pressure");
    if (is_number && !item->is_part && !item->is_left)
        return form_bad(r, item, "observationExtract", "a number of a blood pressure is a component");
    if (item->is_part && !r->form->items[item->parent].is_panel)
        return form_bad(r, item, "observationExtract", "a component stands directly in the group of a blood pressure");
    if (item->is_part && item->link_period_days > 0)
        return form_bad(r, item, "observationLinkPeriod", "a component has none");
    return SALVE_OK;
}

/* What only the whole item shows. */
static enum salve_code check_item(const struct form_reading *r, struct form_item *item)
{
    TRY(check_panel(r, item));
    item->is_kept = item->kind != FORM_GROUP && item->code.len > 0 && !item->is_left;
    bool is_question = item->kind != FORM_GROUP && item->kind != FORM_DISPLAY;
    if (item->repeats && (is_number(item->kind) || item->kind == FORM_BOOLEAN || item->kind == FORM_DATE))
        return form_bad(r, item, "repeats", "a group around it repeats instead");
    if (item->repeats && item->kind == FORM_DISPLAY) return form_bad(r, item, "repeats", "words stand once");
    if (item->kind == FORM_QUANTITY && item->unit_count == 0) return form_bad(r, item, "type", "a quantity has a unit");
    if (item->kind == FORM_DATE && item->is_kept) return form_bad(r, item, "code", "a date is no observation");
    if (item->is_kept && r->rules != NULL && is_link_of_other(r, item))
        return form_bad(r, item, "linkId", "it is the code of another question");
    if (item->kind == FORM_TEXT && item->is_kept && r->rules != NULL &&
        !admit_words(r->rules, item->system, item->code))
        return form_bad(r, item, "code", "no words are admitted under it");
    if (item->kind != FORM_QUANTITY && item->unit_count > 0) return form_bad(r, item, "unit", "it is no quantity");
    if ((item->kind == FORM_CHOICE) != (item->option_count > 0))
        return form_bad(r, item, "answerOption", "a choice has options, and nothing else has");
    if (!is_question && (item->is_required || item->is_read_only))
        return form_bad(r, item, "required", "it is no question");
    if (is_question && !item->is_hidden && item->text.in[0].len == 0)
        return form_bad(r, item, "text", "a question has words");
    if (item->kind == FORM_DISPLAY && item->text.in[0].len == 0) return form_bad(r, item, "text", "words are wanted");
    struct form_value value;
    enum form_why why;
    if ((item->min.len > 0 && !form_value_read(item, item->min, &value, &why)) ||
        (item->max.len > 0 && !form_value_read(item, item->max, &value, &why)))
        return form_bad(r, item, "minValue, maxValue", "they are of another kind");
    return SALVE_OK;
}

/* --- the items ---------------------------------------------------------------------------------------------------- */

/* A display inside of an item whose text is that item's help. */
static bool is_help(const struct tape *tape, tape_at node)
{
    for (tape_at c = tape_first(tape, node); c != TAPE_NONE; c = tape_next(tape, node, c)) {
        if (!str_is(tape_child_text(tape, c, "url"),
                    "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"))
            continue;
        tape_at code = tape_get(tape, c, "valueCodeableConcept.coding.code");
        if (code != TAPE_NONE && str_is(tape_text(tape, code), "help")) return true;
    }
    return false;
}

static enum salve_code read_help(const struct form_reading *r, struct form_item *item, tape_at node)
{
    tape_at text = tape_get(r->tape, node, "text");
    if (item->has_help) return form_bad(r, item, "help", "an item has one");
    if (text == TAPE_NONE || !str_is(tape_child_text(r->tape, node, "type"), "display"))
        return form_bad(r, item, "help", "it is a display with words");
    for (tape_at c = tape_first(r->tape, node); c != TAPE_NONE; c = tape_next(r->tape, node, c)) {
        static const char *const known[] = {"linkId", "type", "text", "extension", NULL};
        if (!is_among(name_of(r->tape, c), known)) return form_unknown(r, item, name_of(r->tape, c));
    }
    item->has_help = true;
    return form_words_read(r, item, text, "help", &item->help);
}

static enum salve_code read_link(const struct form_reading *r, struct form_item *item)
{
    item->link = tape_child_text(r->tape, item->node, "linkId");
    if (item->link.len == 0 || item->link.len > FORM_LINK_BYTES_MAX || !str_is_utf8(item->link))
        return form_bad(r, NULL, "item", "a linkId of 1 to 64 bytes is wanted");
    for (struct form_item *other = r->form->items; other < item; other++)
        if (str_eq(other->link, item->link)) return form_bad(r, item, "linkId", "it is there twice");
    return SALVE_OK;
}

static enum salve_code read_items(const struct form_reading *r, uint16_t parent, tape_at node);

static enum salve_code read_item(const struct form_reading *r, uint16_t parent, tape_at node)
{
    struct form *form = r->form;
    if (form->item_count > FORM_ITEMS_MAX) return form_bad(r, NULL, "item", "more than 1000 items");
    uint16_t number = form->item_count++;
    struct form_item *item = &form->items[number];
    *item = (struct form_item){.parent = parent,
                               .depth = (uint16_t)(form->items[parent].depth + 1),
                               .most = FORM_MOST,
                               .length = FORM_TEXT_BYTES_MAX,
                               .decimals = -1,
                               .when = FORM_NONE,
                               .calculated = FORM_NONE,
                               .node = node};
    TRY(read_link(r, item));
    if (item->depth > FORM_DEPTH_MAX) return form_bad(r, item, "item", "more than 8 levels inside each other");
    TRY(read_kind(r, item));
    for (tape_at c = tape_first(r->tape, node); c != TAPE_NONE; c = tape_next(r->tape, node, c))
        TRY(read_element(r, item, c));
    TRY(form_options_read(r, item));
    TRY(check_item(r, item));
    TRY(form_initial_read(r, item));
    TRY(read_items(r, number, node));
    item->end = form->item_count;
    return SALVE_OK;
}

static enum salve_code read_items(const struct form_reading *r, uint16_t parent, tape_at node)
{
    for (tape_at c = tape_first(r->tape, node); c != TAPE_NONE; c = tape_next(r->tape, node, c)) {
        struct form_item *item = &r->form->items[parent];
        if (tape_type(r->tape, c) != FHIR_T_Questionnaire_item) continue;
        if (parent != FORM_ROOT && is_help(r->tape, c)) {
            TRY(read_help(r, item, c));
            continue;
        }
        if (item->kind != FORM_GROUP) return form_bad(r, item, "item", "a question has no items inside but its help");
        TRY(read_item(r, parent, c));
    }
    return SALVE_OK;
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static bool is_id(struct str id)
{
    bool is = id.len > 0 && id.len <= FORM_LINK_BYTES_MAX && str_is_lower(id.ptr[0]);
    for (size_t i = 0; i < id.len; i++)
        is = is && (str_is_lower(id.ptr[i]) || str_is_digit(id.ptr[i]) || id.ptr[i] == '-');
    return is;
}

static enum salve_code read_head(const struct form_reading *r)
{
    static const char *const known[] = {"resourceType", "id",   "url",       "version",     "status",   "title",
                                        "name",         "date", "publisher", "purpose",     "language", "subjectType",
                                        "code",         "item", "extension", "description", NULL};
    struct form *form = r->form;
    const struct tape *tape = r->tape;
    for (tape_at c = tape_first(tape, 0); c != TAPE_NONE; c = tape_next(tape, 0, c))
        if (!is_among(name_of(tape, c), known) && !str_is(name_of(tape, c), "copyright"))
            return form_unknown(r, NULL, name_of(tape, c));
    form->id = tape_child_text(tape, 0, "id");
    form->version = tape_child_text(tape, 0, "version");
    form->url = tape_child_text(tape, 0, "url");
    form->copyright = tape_child_text(tape, 0, "copyright");
    struct str url = arena_printf(r->mem, "urn:salve:form:%.*s", STR_ARGS(form->id));
    tape_at title = tape_get(tape, 0, "title");
    if (!is_id(form->id)) return form_bad(r, NULL, "id", "small letters, digits and hyphens are wanted");
    if (!str_eq(form->url, url)) return form_bad(r, NULL, "url", "it is urn:salve:form: and the id");
    if (form->version.len == 0) return form_bad(r, NULL, "version", "it is missing");
    if (title == TAPE_NONE) return form_bad(r, NULL, "title", "it is missing");
    TRY(form_languages_read(r, title));
    return form_words_read(r, NULL, title, "title", &form->title);
}

static enum salve_code read_all(const struct form_reading *r)
{
    struct form *form = r->form;
    form->items[FORM_ROOT] = (struct form_item){.kind = FORM_GROUP, .when = FORM_NONE, .calculated = FORM_NONE};
    form->item_count = 1;
    TRY(read_head(r));
    for (tape_at c = tape_first(r->tape, 0); c != TAPE_NONE; c = tape_next(r->tape, 0, c))
        if (tape_type(r->tape, c) == FHIR_T_Extension) TRY(form_variable_read(r, &form->items[FORM_ROOT], c));
    TRY(read_items(r, FORM_ROOT, 0));
    form->items[FORM_ROOT].end = form->item_count;
    if (form->item_count == 1) return form_bad(r, NULL, "item", "there is none");
    for (uint16_t i = 1; i < form->item_count; i++) {
        struct form_item *item = &form->items[i];
        TRY(form_enable_compile(r, item));
        for (tape_at c = tape_first(r->tape, item->node); c != TAPE_NONE; c = tape_next(r->tape, item->node, c))
            if (tape_type(r->tape, c) == FHIR_T_Extension) TRY(form_extension_compile(r, item, c));
    }
    return form_order(r);
}

enum salve_code form_read(struct str json, const struct admit_rules *rules, struct arena *mem, struct form **out,
                          struct salve_err *err)
{
    struct salve_err own = {0};
    struct fhir_read_opts opts = {.type = FHIR_T_Questionnaire, .bytes_max = SALVE_FORM_BYTES_MAX};
    struct tape *tape = arena_new(mem, struct tape);
    struct form *form = arena_new(mem, struct form);
    struct form_reading r = {form, tape, rules, mem, err == NULL ? &own : err};
    if (tape == NULL || form == NULL) return salve_fail(err, SALVE_E_MEMORY, "form");
    TRY(fhir_read(json, &opts, mem, tape, NULL, r.err));
    size_t items = 2;
    for (tape_at at = 0; at < tape->node_count; at++) items += tape_type(tape, at) == FHIR_T_Questionnaire_item;
    form->items = arena_array(mem, struct form_item, items);
    form->variables = arena_array(mem, struct form_variable, FORM_VARIABLES_MAX);
    form->order = arena_array(mem, uint16_t, items);
    if (form->items == NULL || form->variables == NULL || form->order == NULL)
        return salve_fail(err, SALVE_E_MEMORY, "form");
    TRY(read_all(&r));
    *out = form;
    return SALVE_OK;
}

/* --- what is asked of a form -------------------------------------------------------------------------------------- */

struct str form_id(const struct form *form) { return form->id; }
struct str form_version(const struct form *form) { return form->version; }
size_t form_item_count(const struct form *form) { return form->item_count - 1u; }

struct str form_title(const struct form *form, struct str language)
{
    return form_word(&form->title, form_language_number(form, language));
}

struct str form_language(const struct form *form, size_t *at)
{
    return *at < form->language_count ? form->languages[(*at)++] : STR_NONE;
}
