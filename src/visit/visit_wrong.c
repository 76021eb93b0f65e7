/* SPDX-License-Identifier: Apache-2.0
 * Taking back what was noted wrongly, by the words with which it was noted. */
#include "admit/same.h"
#include "fhir/fhir.h"
#include "screen/told.h"
#include "visit/known_int.h"
#include "visit/measure.h"
#include "visit/visit_int.h"

static bool has_coding(const struct tape *tape, tape_at concept, struct str system, struct str code)
{
    for (tape_at c = tape_first(tape, concept); c != TAPE_NONE; c = tape_next(tape, concept, c))
        if (tape_path_name(tape, c) == FHIR_N_coding && str_eq(tape_child_text(tape, c, "system"), system) &&
            str_eq(tape_child_text(tape, c, "code"), code))
            return true;
    return false;
}

/* `holder`: an Observation, or one of its components. */
static bool is_coded(const struct tape *tape, tape_at holder, struct str system, struct str code)
{
    tape_at concept = tape_child(tape, holder, FHIR_N_code);
    return concept != TAPE_NONE && has_coding(tape, concept, system, code);
}

static bool has_number(const struct tape *tape, tape_at holder, const char *name, const struct visit_reading *reading,
                       size_t which)
{
    tape_at quantity = tape_get(tape, holder, name);
    if (quantity == TAPE_NONE) return false;
    struct str comparator = tape_child_text(tape, quantity, "comparator");
    struct str unit = tape_child_text(tape, quantity, "code");
    if (unit.len == 0) unit = tape_child_text(tape, quantity, "unit");
    struct str number = tape_child_text(tape, quantity, "value");
    return number.len > 0 && str_eq(comparator, reading->comparator) && str_eq(unit, reading->unit) &&
           same_number(number, reading->numbers[which]);
}

static bool has_component(const struct tape *tape, const struct visit_reading *reading, size_t which, const char *loinc)
{
    for (tape_at c = tape_first(tape, 0); c != TAPE_NONE; c = tape_next(tape, 0, c))
        if (tape_path_name(tape, c) == FHIR_N_component && is_coded(tape, c, STR("http://loinc.org"), str_of(loinc)) &&
            has_number(tape, c, "valueQuantity", reading, which))
            return true;
    return false;
}

static bool has_answer(const struct tape *tape, struct visit_said answer)
{
    tape_at value = tape_child(tape, 0, FHIR_N_value);
    if (value == TAPE_NONE || !is_coded(tape, 0, answer.system, answer.code)) return false;
    if (answer.value_code.len == 0) return tape_kind(tape, value) == (answer.is_yes ? TAPE_TRUE : TAPE_FALSE);
    return tape_kind(tape, value) == TAPE_OBJECT && has_coding(tape, value, answer.value_system, answer.value_code);
}

static bool is_reading(const struct tape *tape, const struct visit_reading *reading)
{
    if (reading->answer.len > 0) return has_answer(tape, visit_said_of(reading));
    if (!is_coded(tape, 0, visit_reading_system(reading), reading->loinc)) return false;
    if (visit_is_fraction(reading->word)) {
        tape_at ratio = tape_get(tape, 0, "valueRatio");
        return ratio != TAPE_NONE && has_number(tape, ratio, "numerator", reading, 0) &&
               has_number(tape, ratio, "denominator", reading, 1);
    }
    if (reading->numbers[1].len == 0) return has_number(tape, 0, "valueQuantity", reading, 0);
    if (str_is(reading->word, "age")) {
        tape_at range = tape_get(tape, 0, "valueRange");
        return range != TAPE_NONE && has_number(tape, range, "low", reading, 0) &&
               has_number(tape, range, "high", reading, 1);
    }
    return has_component(tape, reading, 0, "8480-6") && has_component(tape, reading, 1, "8462-4");
}

/* What is to be taken back; is_chosen: by an earlier word of the same command. */
struct wronging {
    const struct rec_resource *all;
    size_t count;
    bool *is_chosen;
    struct rec_item *items;
    struct tape *tapes;
};

static bool stands(const struct rec_resource *one)
{
    struct same_mark mark;
    if (!str_is(one->type, "Observation") || screen_is_own(one)) return false;
    same_mark(&one->tape, 0, &mark);
    return mark.word < SAME_REFUTED;
}

/* The newest that has the number. */
static size_t find(const struct wronging *in, const struct visit_reading *reading)
{
    size_t found = in->count;
    for (size_t i = 0; i < in->count; i++)
        if (!in->is_chosen[i] && stands(&in->all[i]) && is_reading(&in->all[i].tape, reading) &&
            (found == in->count || in->all[i].record_seq >= in->all[found].record_seq))
            found = i;
    return found;
}

static enum salve_code take_back(const struct visit *visit, struct rec_view *view, const struct visit_reading *readings,
                                 size_t count, struct salve_err *err)
{
    struct wronging in = {.count = 0};
    TRY(rec_all(view, 0, &in.all, &in.count, err));
    in.is_chosen = arena_array(visit->mem, bool, in.count + 1);
    in.items = arena_array(visit->mem, struct rec_item, count + 1);
    in.tapes = arena_array(visit->mem, struct tape, count + 1);
    if (in.is_chosen == NULL || in.items == NULL || in.tapes == NULL)
        return salve_fail(err, SALVE_E_MEMORY, "readings");
    for (size_t i = 0; i < count; i++) {
        size_t found = find(&in, &readings[i]);
        if (found == in.count)
            return salve_refuse(err, SALVE_E_NOT_FOUND, "no reading with this number; nothing was taken back", "%.*s",
                                STR_ARGS(readings[i].word));
        in.is_chosen[found] = true;
        TRY(visit_taken_back(&in.all[found].tape, visit->mem, &in.tapes[i], err));
        in.items[i] = (struct rec_item){.tape = &in.tapes[i], .class = in.all[found].class};
    }
    TRY(screen_work_correcting(view, visit->mem, err));
    return rec_save(view, in.items, count, NULL, visit->mem, err);
}

enum salve_code visit_wrong(const struct visit *visit, struct str card, const struct visit_reading *readings,
                            size_t count, struct visit_wronged *out, struct salve_err *err)
{
    struct rec_view *view = NULL;
    struct screen_stale *stale = NULL;
    size_t stale_count = 0;
    *out = (struct visit_wronged){.taken_back = count};
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = take_back(visit, view, readings, count, err);
    if (code == SALVE_OK) code = screen_stale(view, visit->mem, &stale, &stale_count, err);
    if (code == SALVE_OK) code = screen_work_refresh(view, visit->mem, err);
    out->stale = stale_count;
    for (size_t i = 0; i < stale_count; i++) out->stale_urgent += stale[i].finding.urgency <= URGENCY_SAME_DAY;
    return visit_view_close(visit, &view, code, err);
}
