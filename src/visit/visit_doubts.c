/* SPDX-License-Identifier: Apache-2.0
 * What came in a file and is unlikely: outside the soft range, inside the hard one (ranges.json). A person says that it
 * is right, or it is kept as a first result: alarms look at it, nothing else does until somebody has confirmed it. */
#include "base/clock.h"
#include "consent/consent.h"
#include "fhir/fhir.h"
#include "fhir/tape_edit.h"
#include "ranges/ranges.h"
#include "visit/known_int.h"
#include "visit/visit_int.h"

enum { ADULT_YEARS = 18, DOUBTS_MAX = 1000 };

struct doubting {
    const struct ranges *ranges;
    struct visit_unlikely *list;
    size_t count;
    bool is_age_not_known;
};

static bool is_result(const struct tape *tape)
{
    struct str status = tape_child_text(tape, 0, "status");
    return str_is(status, "final") || str_is(status, "amended") || str_is(status, "corrected");
}

static bool number_of(const struct tape *tape, tape_at quantity, struct expr_decimal *out)
{
    return tape_child_text(tape, quantity, "comparator").len == 0 && /* a bound is never unlikely */
           expr_decimal_parse(tape_child_text(tape, quantity, "value"), out);
}

static struct str unit_of(const struct tape *tape, tape_at quantity)
{
    struct str code = tape_child_text(tape, quantity, "code");
    return code.len > 0 ? code : tape_child_text(tape, quantity, "unit");
}

/* Each code of the concept that the table knows; the first that is unlikely is enough. */
static bool judge(struct doubting *d, const struct tape *tape, tape_at holder, struct range_answer *out)
{
    tape_at quantity = tape_get(tape, holder, "valueQuantity"), code = tape_get(tape, holder, "code");
    struct expr_decimal value;
    if (quantity == TAPE_NONE || code == TAPE_NONE || !number_of(tape, quantity, &value)) return false;
    for (tape_at c = tape_first(tape, code); c != TAPE_NONE; c = tape_next(tape, code, c)) {
        if (tape_type(tape, c) != FHIR_T_Coding) continue;
        *out = ranges_judge(d->ranges, tape_child_text(tape, c, "code"), value, unit_of(tape, quantity));
        if (out->state == RANGE_CONFIRM) return true;
    }
    return false;
}

static bool doubt(struct doubting *d, const struct tape *tape, tape_at holder)
{
    struct range_answer answer;
    if (!judge(d, tape, holder, &answer)) return false;
    if (d->count < DOUBTS_MAX)
        d->list[d->count] = (struct visit_unlikely){
            .name = answer.name,
            .unit = unit_of(tape, tape_get(tape, holder, "valueQuantity")),
            .usual_low = answer.soft[0],
            .usual_high = answer.soft[1],
            .other_unit = answer.other_unit,
            .is_age_not_known = d->is_age_not_known,
        };
    d->count++;
    return true;
}

static bool is_unlikely(struct doubting *d, const struct tape *tape)
{
    bool is = doubt(d, tape, 0);
    for (tape_at c = tape_first(tape, 0); c != TAPE_NONE; c = tape_next(tape, 0, c))
        if (tape_type(tape, c) == FHIR_T_Observation_component) is |= doubt(d, tape, c);
    return is;
}

static enum tape_verdict as_first_result(void *context, const struct tape *from, tape_at at, struct str *text)
{
    (void)context;
    (void)from;
    if (tape_element(from, at) != FHIR_E_Observation_status) return TAPE_KEEP;
    *text = STR("preliminary");
    return TAPE_REPLACE;
}

/* Ranges are those of adults. */
static bool may_be_adult(const struct tape *patient, int64_t now_unix_ms, bool *may_be_child)
{
    struct str born = patient == NULL ? STR_NONE : tape_child_text(patient, tape_root(patient), "birthDate");
    int64_t now_unix_s = now_unix_ms / 1000;
    struct consent_birth birth = consent_birth_read(born, now_unix_s);
    *may_be_child = consent_age_youngest(&birth, now_unix_s) < ADULT_YEARS;
    return consent_age_oldest(&birth, now_unix_s) >= ADULT_YEARS;
}

static const struct tape *patient_of(const struct tape *known, const struct import_done *done)
{
    for (size_t i = 0; i < done->resource_count; i++)
        if (str_is(done->resources[i].type, "Patient")) return &done->resources[i].tape;
    return known;
}

/* Which of them are unlikely, and how many numbers that is. */
static enum salve_code find(struct doubting *d, const struct import_done *done, struct arena *mem, bool *is,
                            struct salve_err *err)
{
    d->list = arena_array(mem, struct visit_unlikely, DOUBTS_MAX);
    if (d->list == NULL) return salve_fail(err, SALVE_E_MEMORY, "import");
    for (size_t i = 0; i < done->resource_count; i++)
        is[i] = str_is(done->resources[i].type, "Observation") && is_result(&done->resources[i].tape) &&
                is_unlikely(d, &done->resources[i].tape);
    return SALVE_OK;
}

enum salve_code visit_doubts(const struct visit_doubting *ask, struct import_done *done, struct salve_err *err)
{
    struct doubting d = {.ranges = ask->ranges};
    struct import_resource *list = arena_array(ask->mem, struct import_resource, done->resource_count + 1);
    bool *is = arena_array(ask->mem, bool, done->resource_count + 1);
    if (list == NULL || is == NULL) return salve_fail(err, SALVE_E_MEMORY, "import");
    if (ask->ranges == NULL || !may_be_adult(patient_of(ask->patient, done), ask->now_unix_ms, &d.is_age_not_known))
        return SALVE_OK;
    TRY(find(&d, done, ask->mem, is, err));
    if (d.count == 0 || ask->is_right(ask->with, d.list, d.count < DOUBTS_MAX ? d.count : DOUBTS_MAX)) return SALVE_OK;
    for (size_t i = 0; i < done->resource_count; i++) {
        list[i] = done->resources[i];
        if (is[i]) TRY(tape_copy(&done->resources[i].tape, 0, as_first_result, NULL, ask->mem, &list[i].tape, err));
    }
    done->resources = list;
    return SALVE_OK;
}
