/* SPDX-License-Identifier: Apache-2.0
 * Answers of a questionnaire as Observations, by the observation-based extraction of SDC 3.0: one for each answer whose
 * question has a code that observations are admitted under; the two numbers of a blood pressure are components of one
 * (SDC 4.0, observation-extract-relationship component). The code stands in the Questionnaire, where it came along,
 * or in the item's linkId or definition. Answers that nobody can read so are counted: somebody has to know of them. */
#include <inttypes.h>

#include "admit/admit_int.h"
#include "admit/import.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "fhir/tape_edit.h"

enum { QUESTION_DEPTH_MAX = 24 };

#define LOINC    STR("http://loinc.org")
#define QUESTION STR("urn:salve:question")

struct answering {
    const struct admit_rules *rules;
    const struct tape *tape;
    struct arena *mem;
    struct fhir_index index;
    struct tape_builder make;
    uint32_t unread;
    uint32_t made; /* of the response at hand */
    /* the response at hand */
    const struct fhir_entry *entry;
    tape_at questions; /* its Questionnaire; TAPE_NONE */
    struct str status; /* of what is made of it */
};

/* --- what was asked ----------------------------------------------------------------------------------------------- */

struct asked {
    struct str system, code;
};

static bool is_admitted(const struct answering *a, struct str system, struct str code)
{
    return admit_fact_has(a->rules, a->rules->observation_set, system, code);
}

/* The last code in a text such as "/44250-9", "http://loinc.org/q/44249-1" or "group/tb-cough". */
static void asked_in(const struct answering *a, struct str text, struct asked *out)
{
    struct str token;
    while (admit_next_token(&text, &token)) {
        if (is_admitted(a, LOINC, token)) *out = (struct asked){LOINC, token};
        if (is_admitted(a, QUESTION, token)) *out = (struct asked){QUESTION, token};
    }
}

static tape_at question_item(const struct tape *tape, tape_at parent, struct str link_id, unsigned depth)
{
    for (tape_at c = tape_first(tape, parent); c != TAPE_NONE; c = tape_next(tape, parent, c)) {
        if (tape_type(tape, c) != FHIR_T_Questionnaire_item) continue;
        if (str_eq(tape_child_text(tape, c, "linkId"), link_id)) return c;
        tape_at inside = depth == 0 ? TAPE_NONE : question_item(tape, c, link_id, depth - 1);
        if (inside != TAPE_NONE) return inside;
    }
    return TAPE_NONE;
}

static void asked_of_form(const struct answering *a, struct str link_id, struct asked *out)
{
    tape_at item = a->questions == TAPE_NONE || link_id.len == 0
                       ? TAPE_NONE
                       : question_item(a->tape, a->questions, link_id, QUESTION_DEPTH_MAX);
    if (item == TAPE_NONE) return;
    for (tape_at c = tape_first(a->tape, item); c != TAPE_NONE; c = tape_next(a->tape, item, c)) {
        if (tape_element(a->tape, c) != FHIR_E_Questionnaire_item_code) continue;
        struct asked coded = {tape_child_text(a->tape, c, "system"), tape_child_text(a->tape, c, "code")};
        if (is_admitted(a, coded.system, coded.code)) *out = coded;
    }
}

static struct asked asked_by(const struct answering *a, tape_at item)
{
    struct asked out = {0};
    asked_in(a, tape_child_text(a->tape, item, "definition"), &out);
    asked_in(a, tape_child_text(a->tape, item, "linkId"), &out);
    asked_of_form(a, tape_child_text(a->tape, item, "linkId"), &out);
    return out;
}

/* The Questionnaire of the response, beside it or inside of it. */
static tape_at form_of(const struct answering *a, tape_at response)
{
    struct str url = tape_child_text(a->tape, response, "questionnaire");
    for (tape_at c = tape_first(a->tape, response); c != TAPE_NONE; c = tape_next(a->tape, response, c))
        if (tape_type(a->tape, c) == FHIR_T_Questionnaire) return c;
    for (tape_at at = TAPE_NONE; url.len > 0 && tape_each_resource(a->tape, &at);) {
        if (tape_type(a->tape, at) != FHIR_T_Questionnaire) continue;
        struct str own = tape_child_text(a->tape, at, "url");
        if (own.len > 0 && str_starts(url, own) && (url.len == own.len || url.ptr[own.len] == '|')) return at;
    }
    return TAPE_NONE;
}

/* --- has the sender done it already? ------------------------------------------------------------------------------ */

static bool is_of_response(const struct answering *a, tape_at observation)
{
    for (tape_at c = tape_first(a->tape, observation); c != TAPE_NONE; c = tape_next(a->tape, observation, c)) {
        if (tape_element(a->tape, c) != FHIR_E_Observation_derivedFrom) continue;
        uint32_t entry = fhir_index_find(&a->index, tape_child_text(a->tape, c, "reference"));
        if (entry != FHIR_ENTRY_NONE && &a->index.entries[entry] == a->entry) return true;
    }
    return false;
}

static bool is_there(const struct answering *a, const struct asked *asked)
{
    for (tape_at at = TAPE_NONE; tape_each_resource(a->tape, &at);) {
        if (tape_type(a->tape, at) != FHIR_T_Observation || !is_of_response(a, at)) continue;
        tape_at code = tape_get(a->tape, at, "code");
        for (tape_at c = code == TAPE_NONE ? TAPE_NONE : tape_first(a->tape, code); c != TAPE_NONE;
             c = tape_next(a->tape, code, c))
            if (tape_type(a->tape, c) == FHIR_T_Coding && str_eq(tape_child_text(a->tape, c, "code"), asked->code) &&
                str_eq(tape_child_text(a->tape, c, "system"), asked->system))
                return true;
    }
    return false;
}

/* --- an answer ---------------------------------------------------------------------------------------------------- */

static tape_at value_of(const struct tape *tape, tape_at answer)
{
    for (tape_at c = tape_first(tape, answer); c != TAPE_NONE; c = tape_next(tape, answer, c))
        if (tape_path_name(tape, c) == FHIR_N_value) return c;
    return TAPE_NONE;
}

/* "6/12", as it stands on the chart: two numbers of at most four digits. */
static bool is_fraction(struct str text, struct str *top, struct str *bottom)
{
    enum { DIGITS_MAX = 4 };
    if (!str_split(text, '/', top, bottom)) return false;
    bool is = top->len > 0 && top->len <= DIGITS_MAX && bottom->len > 0 && bottom->len <= DIGITS_MAX;
    for (size_t i = 0; is && i < top->len; i++) is = str_is_digit(top->ptr[i]);
    for (size_t i = 0; is && i < bottom->len; i++) is = str_is_digit(bottom->ptr[i]);
    return is && (top->len == 1 || top->ptr[0] != '0') && (bottom->len == 1 || bottom->ptr[0] != '0');
}

/* An answer of two numbers has no type of its own: it comes as text. Only questions of this programme ask for one. */
static bool is_ratio(const struct answering *a, const struct asked *asked, tape_at value)
{
    struct str top, bottom;
    return tape_type(a->tape, value) == FHIR_T_string && str_eq(asked->system, QUESTION) &&
           is_fraction(tape_text(a->tape, value), &top, &bottom);
}

static bool is_readable(const struct answering *a, const struct asked *asked, tape_at value)
{
    switch (tape_type(a->tape, value)) {
    case FHIR_T_boolean:
    case FHIR_T_integer:
    case FHIR_T_decimal:
    case FHIR_T_Quantity:
    case FHIR_T_Coding:
        return true;
    case FHIR_T_string:
        return admit_code_worded(a->rules, asked->system, asked->code) || is_ratio(a, asked, value);
    default:
        return false;
    }
}

static void add_part(struct answering *a, const char *name, struct str number)
{
    tape_open(&a->make, name);
    tape_add_number(&a->make, "value", number);
    tape_close(&a->make);
}

static void add_ratio(struct answering *a, tape_at value)
{
    struct str top, bottom;
    if (!is_fraction(tape_text(a->tape, value), &top, &bottom)) return;
    tape_open(&a->make, "valueRatio");
    add_part(a, "numerator", top);
    add_part(a, "denominator", bottom);
    tape_close(&a->make);
}

static void add_value(struct answering *a, const struct asked *asked, tape_at value)
{
    if (is_ratio(a, asked, value)) {
        add_ratio(a, value);
        return;
    }
    switch (tape_type(a->tape, value)) {
    case FHIR_T_decimal: /* an Observation has no bare decimal */
        tape_open(&a->make, "valueQuantity");
        tape_add_copy(&a->make, "value", a->tape, value);
        tape_close(&a->make);
        return;
    case FHIR_T_Coding:
        tape_open(&a->make, "valueCodeableConcept");
        tape_add_copy(&a->make, "coding", a->tape, value);
        tape_close(&a->make);
        return;
    default:
        tape_add_child(&a->make, a->tape, value);
    }
}

/* Letters and digits that hang together: many of them look like encoded bytes (N4). */
static size_t hanging(struct str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) count += admit_is_alnum(text.ptr[i]);
    return count;
}

/* An id that the same answer gets again when the same response comes again; none where the response has none. Of a
 * question with a long code the parts stand by themselves. */
static void add_id(struct answering *a, const struct asked *asked)
{
    enum { HANGING_MAX = 40 };
    struct str id = a->entry->id, uuid = STR("urn:uuid:");
    if (id.len == 0 && str_starts(a->entry->full_url, uuid)) id = str_cut(a->entry->full_url, uuid.len, UINT32_MAX);
    struct str own = arena_printf(a->mem, "%.*s-%.*s-%" PRIu32, STR_ARGS(id), STR_ARGS(asked->code), a->made);
    if (hanging(own) > HANGING_MAX)
        own = arena_printf(a->mem, "%.*s.%.*s.%" PRIu32, STR_ARGS(id), STR_ARGS(asked->code), a->made);
    if (id.len > 0 && own.ptr != NULL && fhir_primitive_ok(FHIR_T_id, own)) tape_add_text(&a->make, "id", own);
}

static void add_child(struct answering *a, const char *from, const char *to)
{
    tape_at at = tape_get(a->tape, a->entry->resource, from);
    if (at != TAPE_NONE) tape_add_copy(&a->make, to, a->tape, at);
}

static void add_source(struct answering *a)
{
    struct str reference = a->entry->id.len > 0
                               ? arena_printf(a->mem, "QuestionnaireResponse/%.*s", STR_ARGS(a->entry->id))
                               : a->entry->full_url;
    if (reference.len == 0) return;
    tape_open(&a->make, "derivedFrom");
    tape_add_text(&a->make, "reference", reference);
    tape_add_text(&a->make, "type", STR("QuestionnaireResponse"));
    tape_close(&a->make);
}

static void open_observation(struct answering *a, const struct asked *asked)
{
    tape_open(&a->make, "entry");
    tape_open_resource(&a->make, "resource", FHIR_T_Observation);
    add_id(a, asked);
    tape_add_text(&a->make, "status", a->status);
    tape_add_concept(&a->make, "code", asked->system, asked->code);
    add_child(a, "subject", "subject");
    add_child(a, "encounter", "encounter");
    add_child(a, "authored", "effectiveDateTime");
}

static void close_observation(struct answering *a)
{
    add_source(a);
    tape_close(&a->make);
    tape_close(&a->make);
    a->made++;
}

static void add_observation(struct answering *a, const struct asked *asked, tape_at value)
{
    open_observation(a, asked);
    add_value(a, asked, value);
    close_observation(a);
}

/* --- two numbers of one measurement ------------------------------------------------------------------------------- */

static bool is_loinc(const struct asked *asked, struct str code)
{
    return str_eq(asked->system, LOINC) && str_eq(asked->code, code);
}

/* The one answer of a question, where it is a quantity; TAPE_NONE. */
static tape_at only_quantity(const struct answering *a, tape_at item)
{
    tape_at found = TAPE_NONE;
    for (tape_at c = tape_first(a->tape, item); c != TAPE_NONE; c = tape_next(a->tape, item, c)) {
        if (tape_type(a->tape, c) != FHIR_T_QuestionnaireResponse_item_answer) continue;
        tape_at value = value_of(a->tape, c);
        if (found != TAPE_NONE || value == TAPE_NONE || tape_type(a->tape, value) != FHIR_T_Quantity) return TAPE_NONE;
        found = value;
    }
    return found;
}

/* The question of that code directly inside, where it is there once and has one quantity. */
static tape_at part_of(const struct answering *a, tape_at parent, struct str code, tape_at *value)
{
    tape_at found = TAPE_NONE;
    for (tape_at c = tape_first(a->tape, parent); c != TAPE_NONE; c = tape_next(a->tape, parent, c)) {
        if (tape_type(a->tape, c) != FHIR_T_QuestionnaireResponse_item) continue;
        tape_at number = only_quantity(a, c);
        struct asked asked = number == TAPE_NONE ? (struct asked){0} : asked_by(a, c);
        if (!is_loinc(&asked, code)) continue;
        if (found != TAPE_NONE) return TAPE_NONE;
        found = c;
        *value = number;
    }
    return found;
}

struct panel {
    tape_at items[2], values[2]; /* TAPE_NONE: it is not there */
};

/* Both numbers beside each other are a blood pressure, whatever the group around them is called; one alone is where the
 * group says so. Each by itself is nothing that anybody judges. */
static bool find_panel(const struct answering *a, tape_at parent, struct panel *out)
{
    struct asked asked = {0};
    bool is_item = tape_type(a->tape, parent) == FHIR_T_QuestionnaireResponse_item;
    for (size_t i = 0; i < 2; i++)
        out->items[i] = part_of(a, parent, i == 0 ? STR(ADMIT_SYSTOLIC) : STR(ADMIT_DIASTOLIC), &out->values[i]);
    if (out->items[0] != TAPE_NONE && out->items[1] != TAPE_NONE) return true;
    if (is_item) asked = asked_by(a, parent);
    bool is_named = is_loinc(&asked, STR(ADMIT_PRESSURE));
    return is_named && (out->items[0] != TAPE_NONE || out->items[1] != TAPE_NONE);
}

static void add_panel(struct answering *a, const struct panel *panel)
{
    struct asked asked = {LOINC, STR(ADMIT_PRESSURE)};
    if (is_there(a, &asked)) return;
    open_observation(a, &asked);
    for (size_t i = 0; i < 2; i++) {
        if (panel->items[i] == TAPE_NONE) continue;
        tape_open(&a->make, "component");
        tape_add_concept(&a->make, "code", LOINC, i == 0 ? STR(ADMIT_SYSTOLIC) : STR(ADMIT_DIASTOLIC));
        tape_add_child(&a->make, a->tape, panel->values[i]);
        tape_close(&a->make);
    }
    close_observation(a);
}

static void read_answer(struct answering *a, const struct asked *asked, tape_at answer)
{
    tape_at value = value_of(a->tape, answer);
    if (value == TAPE_NONE || is_there(a, asked)) return;
    if (asked->code.len == 0 || !is_readable(a, asked, value))
        a->unread++;
    else
        add_observation(a, asked, value);
}

/* Items stand in items and in answers. */
static void read_items(struct answering *a, tape_at parent, unsigned depth)
{
    struct panel panel = {{TAPE_NONE, TAPE_NONE}, {TAPE_NONE, TAPE_NONE}};
    bool has_panel = find_panel(a, parent, &panel);
    if (has_panel) add_panel(a, &panel);
    for (tape_at c = tape_first(a->tape, parent); c != TAPE_NONE; c = tape_next(a->tape, parent, c)) {
        if (tape_type(a->tape, c) != FHIR_T_QuestionnaireResponse_item) continue;
        bool is_part = has_panel && (c == panel.items[0] || c == panel.items[1]);
        struct asked asked = asked_by(a, c);
        for (tape_at n = tape_first(a->tape, c); n != TAPE_NONE; n = tape_next(a->tape, c, n)) {
            if (tape_type(a->tape, n) != FHIR_T_QuestionnaireResponse_item_answer) continue;
            if (!is_part) read_answer(a, &asked, n);
            if (depth > 0) read_items(a, n, depth - 1);
        }
        if (depth > 0) read_items(a, c, depth - 1);
    }
}

/* One that is not finished is a first result: alarms look at it, nothing else does. */
static struct str status_of(struct str response)
{
    static const char *const kept[] = {"amended", "entered-in-error"};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (str_is(response, kept[i])) return response;
    return str_is(response, "completed") ? STR("final") : STR("preliminary");
}

static void read_response(struct answering *a, uint32_t e)
{
    a->entry = &a->index.entries[e];
    a->made = 0;
    a->questions = form_of(a, a->entry->resource);
    a->status = status_of(tape_child_text(a->tape, a->entry->resource, "status"));
    read_items(a, a->entry->resource, QUESTION_DEPTH_MAX);
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static bool has_responses(const struct tape *bundle)
{
    for (tape_at at = TAPE_NONE; tape_each_resource(bundle, &at);)
        if (tape_type(bundle, at) == FHIR_T_QuestionnaireResponse) return true;
    return false;
}

enum salve_code import_answers(const struct admit_rules *rules, struct tape *bundle, struct arena *mem,
                               uint32_t *unread, struct salve_err *err)
{
    struct answering a = {.rules = rules, .tape = bundle, .mem = mem};
    struct tape out;
    *unread = 0;
    if (bundle->node_count == 0 || tape_type(bundle, 0) != FHIR_T_Bundle || !has_responses(bundle)) return SALVE_OK;
    TRY(fhir_index_build(bundle, mem, &a.index, err));
    tape_build(&a.make, mem, FHIR_T_Bundle);
    for (tape_at c = tape_first(bundle, 0); c != TAPE_NONE; c = tape_next(bundle, 0, c))
        tape_add_child(&a.make, bundle, c);
    for (uint32_t e = 0; e < a.index.count; e++)
        if (a.index.entries[e].type == FHIR_T_QuestionnaireResponse) read_response(&a, e);
    TRY(tape_built(&a.make, &out, err));
    *unread = a.unread;
    *bundle = out;
    return SALVE_OK;
}
