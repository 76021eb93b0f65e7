/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs `define "Findings"` over one person's resources and turns its tuples into findings. What comes out is checked
 * against the closed lists of guideline.json, so that nothing reaches a letter for which there are no words. */
#include "base/assert.h"
#include "guideline/guideline_int.h"

/* One tuple on its way into a finding. */
struct reading {
    const struct guideline *guideline;
    const struct guideline_visit *visit;
    struct arena *mem;
    struct salve_err *err;
    struct str item;   /* for messages */
    struct str define; /* that decided, or Findings */
    bool is_made_up;
};

static enum salve_code breaks_protocol(const struct reading *to, const char *element, const char *why)
{
    (void)salve_refuse(to->err, SALVE_E_INVALID, why, "Findings: %.*s: %s", STR_ARGS(str_cut(to->item, 0, 40)),
                       element);
    guideline_err_define(to->guideline, to->define, to->mem, to->err);
    return SALVE_E_INVALID;
}

/* A word that is in no closed list; it is shown for made-up people only. */
static enum salve_code unlisted(const struct reading *to, const char *element, struct str word)
{
    (void)breaks_protocol(to, element, "is not in the closed list of the item");
    if (to->is_made_up)
        (void)salve_why(to->err, SALVE_E_INVALID, "\"%.*s\" is not in the closed list of the item in guideline.json",
                        STR_ARGS(str_cut(word, 0, 60)));
    return SALVE_E_INVALID;
}

static struct expr_value element(struct expr_value tuple, const char *name)
{
    if (tuple.kind != VALUE_TUPLE) return EXPR_NONE;
    for (uint32_t i = 0; i < tuple.as.tuple->shape->count; i++)
        if (str_is(tuple.as.tuple->shape->names[i], name)) return tuple.as.tuple->values[i];
    return EXPR_NONE;
}

/* padded - a decimal with at least `decimals` digits after the point, as people read it. */
static struct str padded(struct arena *mem, struct expr_decimal number, unsigned decimals)
{
    char text[EXPR_DECIMAL_TEXT_BYTES];
    struct str plain = expr_decimal_text(expr_decimal_trim(number), text);
    const char *point = memchr(plain.ptr, '.', plain.len);
    size_t digits = point == NULL ? 0 : plain.len - (size_t)(point - plain.ptr) - 1;
    unsigned zeros = digits < decimals ? decimals - (unsigned)digits : 0;
    return arena_printf(mem, "%.*s%s%.*s", STR_ARGS(plain), point == NULL && zeros > 0 ? "." : "", (int)zeros,
                        "00000000");
}

/* A time as the clocks of the site showed it, so that its first part is the site's date. */
static enum salve_code time_of(const struct reading *to, struct expr_temporal time, struct str *out)
{
    char text[EXPR_TEMPORAL_TEXT_BYTES];
    int64_t unix_ms;
    if (time.offset_minutes != EXPR_NO_OFFSET && clock_parse(expr_temporal_text(&time, true, text), &unix_ms))
        time = expr_temporal_at_offset(time, zone_day(to->visit->zone, unix_ms).offset_minutes);
    return arena_str(to->mem, expr_temporal_text(&time, true, text), out, to->err);
}

/* text_of - any scalar as text; null is empty. */
static enum salve_code text_of(const struct reading *to, struct expr_value value, const char *name, unsigned decimals,
                               struct str *out)
{
    char text[EXPR_TEMPORAL_TEXT_BYTES + EXPR_DECIMAL_TEXT_BYTES]; /* room for either */
    *out = STR("");
    switch (value.kind) {
    case VALUE_NULL:
        return SALVE_OK;
    case VALUE_STRING: /* a copy: it may be a view of a tape that closes before the findings are used */
        return arena_str(to->mem, expr_text(value), out, to->err);
    case VALUE_INTEGER:
        *out = padded(to->mem, expr_decimal_of_int(value.as.integer), decimals);
        break;
    case VALUE_DECIMAL:
        if (decimals > 0)
            *out = padded(to->mem, *value.as.decimal, decimals);
        else
            return arena_str(to->mem, expr_decimal_text(*value.as.decimal, text), out, to->err);
        break;
    case VALUE_DATE:
    case VALUE_DATETIME:
        return time_of(to, *value.as.temporal, out);
    default:
        return breaks_protocol(to, name, "must be text, a number or a date");
    }
    return out->ptr == NULL ? salve_fail(to->err, SALVE_E_MEMORY, "findings") : SALVE_OK;
}

/* Rounded results print with the digits of the item, no more zeros than that. */
static enum salve_code number_of(const struct reading *to, struct expr_value tuple, const char *name, unsigned decimals,
                                 struct str *out)
{
    struct expr_value value = element(tuple, name);
    *out = STR("");
    if (value.kind == VALUE_NULL) return SALVE_OK;
    if (value.kind == VALUE_INTEGER)
        *out = padded(to->mem, expr_decimal_of_int(value.as.integer), decimals);
    else if (value.kind == VALUE_DECIMAL)
        *out = padded(to->mem, *value.as.decimal, decimals);
    else
        return breaks_protocol(to, name, "must be a number");
    return out->ptr == NULL ? salve_fail(to->err, SALVE_E_MEMORY, "findings") : SALVE_OK;
}

static enum salve_code field(const struct reading *to, struct expr_value tuple, const char *name, struct str *out)
{
    return text_of(to, element(tuple, name), name, 0, out);
}

static enum salve_code labels_of(const struct reading *to, struct expr_value tuple, const char *name,
                                 const struct str **out, size_t *count)
{
    struct expr_value value = element(tuple, name);
    struct expr_items list = expr_items(&value);
    struct str *labels = arena_array(to->mem, struct str, list.count + (size_t)1);
    if (labels == NULL) return salve_fail(to->err, SALVE_E_MEMORY, "findings");
    for (uint32_t i = 0; i < list.count; i++) {
        if (list.items[i].kind != VALUE_STRING) return breaks_protocol(to, name, "must be a list of texts");
        TRY(arena_str(to->mem, expr_text(list.items[i]), &labels[i], to->err));
    }
    *out = labels;
    *count = list.count;
    return SALVE_OK;
}

/* A bound is shown as it was reported: ">600". */
static enum salve_code input_of(const struct reading *to, struct expr_value tuple, struct finding_input *input)
{
    struct str bound;
    if (tuple.kind != VALUE_TUPLE) return breaks_protocol(to, "inputs", "must be a list of tuples");
#define FINDING_INPUT(name, what) TRY(field(to, tuple, #name, &input->name));
#include "guideline/finding.def"
    TRY(field(to, tuple, "bound", &bound));
    if (bound.len == 0) return SALVE_OK;
    input->value = arena_printf(to->mem, "%.*s%.*s", STR_ARGS(bound), STR_ARGS(input->value));
    return input->value.ptr == NULL ? salve_fail(to->err, SALVE_E_MEMORY, "findings") : SALVE_OK;
}

static enum salve_code inputs_of(const struct reading *to, struct expr_value tuple, const char *name,
                                 const struct finding_input **out, size_t *count)
{
    struct expr_value value = element(tuple, name);
    struct expr_items list = expr_items(&value);
    struct finding_input *inputs = arena_array(to->mem, struct finding_input, list.count + (size_t)1);
    if (inputs == NULL) return salve_fail(to->err, SALVE_E_MEMORY, "findings");
    for (uint32_t i = 0; i < list.count; i++) TRY(input_of(to, list.items[i], &inputs[i]));
    *out = inputs;
    *count = list.count;
    return SALVE_OK;
}

/* --- the four answers --------------------------------------------------------------------------------------------- */

/* Labels of each answer, with their notes, in the order of enum finding_answer. */
struct unmet {
    struct str *labels[FINDING_NOT_ASKED + 1], *notes[FINDING_NOT_ASKED + 1];
    size_t counts[FINDING_NOT_ASKED + 1];
};

static enum salve_code unmet_room(const struct reading *to, size_t room, struct unmet *out)
{
    *out = (struct unmet){.counts = {0}};
    for (size_t i = 0; i <= FINDING_NOT_ASKED; i++) {
        out->labels[i] = arena_array(to->mem, struct str, room + 1);
        out->notes[i] = arena_array(to->mem, struct str, room + 1);
        if (out->labels[i] == NULL || out->notes[i] == NULL) return salve_fail(to->err, SALVE_E_MEMORY, "findings");
    }
    return SALVE_OK;
}

static void add_unmet(struct unmet *to, enum finding_answer answer, struct str label, struct str note)
{
    size_t *count = &to->counts[answer];
    if (guideline_listed(to->labels[answer], *count, label)) return;
    to->labels[answer][*count] = label;
    to->notes[answer][(*count)++] = note;
}

/* A reading of SalveCommon that the item needs: nothing where it was usable. */
static enum salve_code add_need(const struct reading *to, struct expr_value reading, bool is_excluded,
                                struct unmet *unmet)
{
    struct str label, state, why, date;
    enum finding_answer answer = FINDING_MISSING;
    if (reading.kind == VALUE_NULL) return SALVE_OK;
    TRY(field(to, reading, "label", &label));
    TRY(field(to, reading, "state", &state));
    TRY(field(to, reading, "why", &why));
    TRY(field(to, reading, "date", &date));
    if (str_is(state, "usable")) return SALVE_OK;
    while (answer < FINDING_NOT_ASKED && !str_is(state, finding_answer_text(answer))) answer++;
    if (label.len == 0 || !str_is(state, finding_answer_text(answer)))
        return breaks_protocol(to, "needs", "must be a list of readings of SalveCommon");
    if (is_excluded && answer != FINDING_UNUSABLE) return SALVE_OK; /* nobody needs it then */
    add_unmet(unmet, answer, label,
              answer == FINDING_TOO_OLD    ? str_cut(date, 0, sizeof "2026-11-23" - 1)
              : answer == FINDING_UNUSABLE ? why
                                           : STR(""));
    return SALVE_OK;
}

/* Labels that the logic names without a reading. */
static enum salve_code add_labels(const struct reading *to, struct expr_value tuple, const char *name,
                                  enum finding_answer answer, struct unmet *unmet)
{
    const struct str *labels = NULL;
    size_t count = 0;
    TRY(labels_of(to, tuple, name, &labels, &count));
    for (size_t i = 0; i < count; i++) {
        bool is_asked = answer == FINDING_MISSING && guideline_is_question(to->guideline, labels[i]);
        add_unmet(unmet, is_asked ? FINDING_NOT_ASKED : answer, labels[i],
                  answer == FINDING_UNUSABLE ? STR("implausible") : STR(""));
    }
    return SALVE_OK;
}

/* answers_of - what the item needed and did not get, each by its answer. */
static enum salve_code answers_of(const struct reading *to, struct expr_value tuple, struct finding *out)
{
    struct expr_value needed = element(tuple, "needs"), missing = element(tuple, "missing"),
                      queried = element(tuple, "queried");
    struct expr_items needs = expr_items(&needed);
    bool is_excluded = element(tuple, "excluded").kind != VALUE_NULL;
    struct unmet unmet;
    TRY(unmet_room(to, (size_t)needs.count + expr_items(&missing).count + expr_items(&queried).count, &unmet));
    for (uint32_t i = 0; i < needs.count; i++) TRY(add_need(to, needs.items[i], is_excluded, &unmet));
    TRY(add_labels(to, tuple, "missing", FINDING_MISSING, &unmet));
    TRY(add_labels(to, tuple, "queried", FINDING_UNUSABLE, &unmet));
    out->missing = unmet.labels[FINDING_MISSING];
    out->missing_count = unmet.counts[FINDING_MISSING];
    out->too_old = unmet.labels[FINDING_TOO_OLD];
    out->too_old_on = unmet.notes[FINDING_TOO_OLD];
    out->too_old_count = out->too_old_on_count = unmet.counts[FINDING_TOO_OLD];
    out->queried = unmet.labels[FINDING_UNUSABLE];
    out->queried_why = unmet.notes[FINDING_UNUSABLE];
    out->queried_count = out->queried_why_count = unmet.counts[FINDING_UNUSABLE];
    out->not_asked = unmet.labels[FINDING_NOT_ASKED];
    out->not_asked_count = unmet.counts[FINDING_NOT_ASKED];
    return SALVE_OK;
}

/* How far an item was judged, where the logic leaves it to its parts. */
static enum finding_status status_of(const struct finding *found)
{
    if (found->excluded.len > 0) return FINDING_EXCLUDED;
    if (found->category.len > 0) return FINDING_ASSESSED;
    return found->queried_count > 0 ? FINDING_QUERIED : FINDING_NOT_ASSESSED;
}

/* closed - the lists of guideline.json are the only words that a finding may use. */
static enum salve_code closed(const struct reading *to, const struct guideline_item *item, const struct finding *found)
{
    if (found->category.len > 0 && !guideline_listed(item->categories, item->category_count, found->category))
        return unlisted(to, "category", found->category);
    if (found->action.len > 0 && !guideline_listed(item->actions, item->action_count, found->action))
        return unlisted(to, "action", found->action);
    if (found->meanwhile.len > 0 && !guideline_listed(item->actions, item->action_count, found->meanwhile))
        return unlisted(to, "meanwhile", found->meanwhile);
    if (found->excluded.len > 0 && !guideline_listed(item->exclusions, item->exclusion_count, found->excluded))
        return unlisted(to, "excluded", found->excluded);
    if (found->value.len > 0 && found->line.len > 0 && guideline_line(to->guideline, found->line) == NULL)
        return breaks_protocol(to, "line", "is no number line of the guideline");
    return SALVE_OK;
}

static enum salve_code stands(const struct reading *to, const char *name, bool is_there, enum finding_there there,
                              enum finding_status status)
{
    if (there == FINDING_THERE_ALWAYS && !is_there) return breaks_protocol(to, name, "must be there");
    if (there == FINDING_THERE_ASSESSED && !is_there && status == FINDING_ASSESSED)
        return breaks_protocol(to, name, "an assessed item needs one");
    if (there == FINDING_THERE_ASSESSED && is_there && status != FINDING_ASSESSED)
        return breaks_protocol(to, name, "only an assessed item has one");
    if (there == FINDING_THERE_EXCLUDED && is_there && status != FINDING_EXCLUDED)
        return breaks_protocol(to, name, "only an excluded item has one");
    return SALVE_OK;
}

/* whole - every field is there when it has to be, and only then. */
static enum salve_code whole(const struct reading *to, const struct finding *found)
{
#define FINDING_TEXT(name, part, from, there, what)                                                                    \
    TRY(stands(to, #name, found->name.len > 0, FINDING_THERE_##there, found->status));
#define FINDING_NUMBER FINDING_TEXT
#define FINDING_LIST(name, part, from, there, what)                                                                    \
    TRY(stands(to, #name, found->name##_count > 0, FINDING_THERE_##there, found->status));
#include "guideline/finding.def"
    return SALVE_OK;
}

/* fields_of - what the tuple has, all but its numbers. */
static enum salve_code fields_of(const struct reading *to, struct expr_value tuple, struct finding *out)
{
    struct str word;
#define FINDING_TEXT(name, part, from, there, what)                                                                    \
    if (FINDING_FROM_##from == FINDING_FROM_LOGIC) TRY(field(to, tuple, #name, &out->name));
#define FINDING_WORD(name, type, otherwise, part, from, there, what)                                                   \
    TRY(field(to, tuple, #name, &word));                                                                               \
    if (!type##_find(word.len == 0 ? STR(otherwise) : word, &out->name))                                               \
        return breaks_protocol(to, #name, "is not known");
#define FINDING_LIST(name, part, from, there, what)                                                                    \
    if (FINDING_FROM_##from == FINDING_FROM_LOGIC) TRY(labels_of(to, tuple, #name, &out->name, &out->name##_count));
#define FINDING_INPUTS(name, part, from, there, what) TRY(inputs_of(to, tuple, #name, &out->name, &out->input_count));
#include "guideline/finding.def"
    return SALVE_OK;
}

static bool has_status(struct expr_value tuple) { return element(tuple, "status").kind != VALUE_NULL; }

static enum salve_code finding_of(struct reading *to, struct expr_value tuple, struct finding *out)
{
    const struct guideline_info *info = &to->guideline->info;
    TRY(field(to, tuple, "item", &to->item));
    to->define = STR("Findings");
    const struct guideline_item *item = guideline_item(to->guideline, to->item);
    if (item == NULL) return breaks_protocol(to, "item", "is not declared in guideline.json");
    TRY(fields_of(to, tuple, out));
    TRY(answers_of(to, tuple, out));
    if (!has_status(tuple)) out->status = status_of(out);
    const struct guideline_line *line = guideline_line(to->guideline, out->line);
    unsigned decimals = line != NULL && line->has_decimals ? line->decimals : item->decimals;
    out->guideline = info->id;
    out->version = info->version;
    out->source = line != NULL && line->source.len > 0 ? line->source : item->source;
    if (out->define.len > 0) to->define = out->define;
#define FINDING_NUMBER(name, part, from, there, what) TRY(number_of(to, tuple, #name, decimals, &out->name));
#include "guideline/finding.def"
    TRY(closed(to, item, out));
    return whole(to, out);
}

static enum salve_code findings_of(struct reading *to, struct expr_value list, struct finding **out, size_t *count)
{
    struct expr_items items = expr_items(&list);
    struct finding *findings = arena_array(to->mem, struct finding, items.count + (size_t)1);
    if (findings == NULL) return salve_fail(to->err, SALVE_E_MEMORY, "findings");
    for (uint32_t i = 0; i < items.count; i++) {
        if (items.items[i].kind != VALUE_TUPLE) return breaks_protocol(to, "list", "must be a list of tuples");
        TRY(finding_of(to, items.items[i], &findings[i]));
    }
    *out = findings;
    *count = items.count;
    return SALVE_OK;
}

/* reasons_of - what decided: from the define that the tuple names as its reason, else from the one that it shows. */
static enum salve_code reasons_of(const struct reading *to, const struct guideline_run *run, struct expr_value list,
                                  struct finding *findings)
{
    struct expr_items items = expr_items(&list);
    for (uint32_t i = 0; i < items.count; i++) {
        struct str define;
        TRY(field(to, items.items[i], "reason", &define));
        if (define.len == 0) define = findings[i].define;
        TRY(guideline_because(run, define, to->mem, &findings[i], to->err));
    }
    return SALVE_OK;
}

/* params_of - the bounds of the visit, then the switches: what was chosen, or else their initial values; null where
 * there is neither. */
static enum salve_code params_of(const struct guideline *guideline, const struct guideline_ask *ask,
                                 const struct guideline_person *person, struct arena *mem, struct elm_param **out,
                                 struct salve_err *err)
{
    const struct guideline_info *info = &guideline->info;
    struct elm_param *params = arena_array(mem, struct elm_param, info->switch_count + GUIDELINE_VISIT_PARAMS);
    if (params == NULL) return salve_fail(err, SALVE_E_MEMORY, "switches");
    memcpy(params, person->params, sizeof person->params);
    params[GUIDELINE_INPUTS_PARAM].value = guideline->inputs;
    for (size_t i = 0; i < info->switch_count; i++) {
        const struct guideline_switch *sw = &info->switches[i];
        struct str value = sw->initial;
        for (size_t c = 0; c < ask->choice_count; c++)
            if (str_eq(ask->choices[c].name, sw->name)) value = ask->choices[c].value;
        bool is_open = value.len == 0 && sw->initial.len == 0;
        if (!is_open && !guideline_listed(sw->values, sw->value_count, value))
            return salve_refuse(err, SALVE_E_INVALID, "this value is not one of its values", "%.*s: switch %.*s",
                                STR_ARGS(info->id), STR_ARGS(sw->name));
        params[GUIDELINE_VISIT_PARAMS + i] = (struct elm_param){
            .library = STR_NONE, .name = sw->parameter, .value = is_open ? EXPR_NONE : expr_string(value)};
    }
    *out = params;
    return SALVE_OK;
}

static enum salve_code known_choices(const struct guideline *guideline, const struct guideline_ask *ask,
                                     struct salve_err *err)
{
    for (size_t c = 0; c < ask->choice_count; c++) {
        bool is_known = false;
        for (size_t i = 0; i < guideline->info.switch_count; i++)
            is_known = is_known || str_eq(guideline->info.switches[i].name, ask->choices[c].name);
        if (is_known) continue;
        return salve_refuse(err, SALVE_E_INVALID, "this guideline has no such switch", "%.*s: switch %.*s",
                            STR_ARGS(guideline->info.id), STR_ARGS(str_cut(ask->choices[c].name, 0, 40)));
    }
    return SALVE_OK;
}

/* The person as they were made of this question, or else made now. */
static enum salve_code person_of(const struct guideline_ask *ask, struct arena *mem, struct guideline_person **out,
                                 struct salve_err *err)
{
    if (ask->person == NULL) return guideline_person_make(ask, mem, out, err);
    salve_assert(ask->person->tapes == ask->tapes && ask->person->tape_count == ask->tape_count &&
                 ask->person->now_unix_ms == ask->now_unix_ms);
    *out = ask->person;
    return SALVE_OK;
}

static void gave_tape(void *with, const struct tape *tape)
{
    const struct guideline_ask *ask = with;
    ask->asking->gave(ask->asking->with, (size_t)(tape - ask->tapes));
}

/* What the run asked for, with its reasons. */
static enum salve_code tell_asked(const struct guideline_ask *ask, struct elm_run *run, struct salve_err *err)
{
    ask->asking->what = elm_run_watched(run);
    return elm_run_gave(run, gave_tape, (void *)(uintptr_t)ask, err);
}

enum salve_code guideline_fits(const struct guideline *guideline, const struct elm_watch *what,
                               const struct guideline_ask *ask, struct arena *mem, bool *out, struct salve_err *err)
{
    struct clock clock = clock_fixed(ask->now_unix_ms);
    struct expr_env env = {.clock = &clock, .terms = guideline->terms};
    struct elm_run *run = NULL;
    salve_assert(ask->person != NULL);
    TRY(elm_run_open(guideline->program, &ask->person->subject, &env, NULL, 0, mem, &run, err));
    return elm_watch_fits(run, what, out, err);
}

enum salve_code guideline_evaluate(const struct guideline *guideline, const struct guideline_ask *ask,
                                   struct arena *mem, struct finding **out, size_t *count, struct salve_err *err)
{
    salve_assert(guideline->program != NULL);
    struct clock clock = clock_fixed(ask->now_unix_ms);
    struct expr_env env = {.clock = &clock, .steps_max = ask->steps_max, .terms = guideline->terms};
    struct guideline_person *person = NULL;
    struct elm_param *params = NULL;
    struct elm_run *run = NULL;
    struct expr_value list = EXPR_NONE;
    TRY(known_choices(guideline, ask, err));
    TRY(person_of(ask, mem, &person, err));
    TRY(params_of(guideline, ask, person, mem, &params, err));
    TRY(elm_run_open(guideline->program, &person->subject, &env, params, guideline_param_count(guideline), mem, &run,
                     err));
    if (ask->asking != NULL) TRY(elm_run_watch(run, ask->asking->mem, err));
    TRY(elm_run_define(run, STR("Findings"), &list, err));
    struct reading to = {guideline, &person->visit, mem, err, STR(""), STR("Findings"), ask->is_made_up};
    TRY(findings_of(&to, list, out, count));
    const struct guideline_run about = {guideline, run};
    if (ask->with_reasons) TRY(reasons_of(&to, &about, list, *out));
    return ask->asking == NULL ? SALVE_OK : tell_asked(ask, run, err);
}

enum salve_code guideline_not_judged(const struct guideline *guideline, const struct salve_err *why, struct arena *mem,
                                     struct finding **out, size_t *count, struct salve_err *err)
{
    const struct guideline_info *info = &guideline->info;
    char where[SALVE_ERR_WHERE_BYTES];
    struct finding *findings = arena_array(mem, struct finding, info->item_count + 1);
    struct str *because = arena_array(mem, struct str, 1);
    if (findings == NULL || because == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    because[0] = arena_printf(mem, "%s %s: %s", salve_code_name(why->code), salve_err_where(why, where), why->why);
    if (because[0].ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    for (size_t i = 0; i < info->item_count; i++)
        findings[i] = (struct finding){.guideline = info->id,
                                       .version = info->version,
                                       .item = info->items[i].name,
                                       .status = FINDING_NOT_JUDGED,
                                       .urgency = URGENCY_NONE,
                                       .because = because,
                                       .because_count = 1};
    *out = findings;
    *count = info->item_count;
    return SALVE_OK;
}
