/* SPDX-License-Identifier: Apache-2.0
 * What was measured, tested or answered at a visit, as a letter counts it: every Observation of it, whoever judges
 * it. */
#include "fhir/fhir.h"
#include "letter/letter.h"
#include "screen/screen.h"
#include "visit/visit_int.h"

#define LOINC    STR("http://loinc.org")
#define QUESTION STR("urn:salve:question")
#define FINDING  STR("urn:salve:guideline:") /* the method of what Salve found itself */

enum { DAY_MS = 24 * 3600 * 1000 };

struct reading {
    const struct tape *tape;
    tape_at root;
    struct arena *mem;
};

static struct str text_at(const struct reading *in, tape_at from, const char *path)
{
    tape_at at = from == TAPE_NONE ? TAPE_NONE : tape_get(in->tape, from, path);
    return at == TAPE_NONE ? STR("") : tape_text(in->tape, at);
}

static struct str text_of(const struct reading *in, const char *path) { return text_at(in, in->root, path); }

/* --- is it of this visit, and does it count ----------------------------------------------------------------------- */

static bool counts(const struct reading *in)
{
    static const char *const statuses[] = {"final", "amended", "corrected", "preliminary"};
    struct str status = text_of(in, "status");
    bool is_standing = false;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) is_standing |= str_is(status, statuses[i]);
    return is_standing && tape_get(in->tape, in->root, "derivedFrom") == TAPE_NONE &&
           !str_starts(text_of(in, "method.coding.system"), FINDING);
}

static struct str taken_at(const struct reading *in)
{
    struct str at = text_of(in, "effectiveDateTime");
    if (at.len == 0) at = text_of(in, "effectiveInstant");
    return at.len == 0 ? text_of(in, "effectivePeriod.start") : at;
}

/* A date alone is of the visit that touches its day; without a date it is of this one. */
static bool is_of(const struct guideline_visit *visit, struct str taken)
{
    int64_t at;
    if (!clock_parse(taken, &at)) return taken.len == 0;
    if (taken.len > 10) return at >= visit->start_unix_ms && at <= visit->end_unix_ms;
    at -= (int64_t)visit->offset_minutes * 60 * 1000;
    return at + DAY_MS > visit->start_unix_ms && at <= visit->end_unix_ms;
}

/* --- one value ---------------------------------------------------------------------------------------------------- */

/* The coding that says what it is: of LOINC or of Salve's questions, else the first. */
static tape_at coding_of(const struct reading *in)
{
    tape_at code = tape_get(in->tape, in->root, "code"), first = TAPE_NONE;
    if (code == TAPE_NONE) return TAPE_NONE;
    for (tape_at at = tape_first(in->tape, code); at != TAPE_NONE; at = tape_next(in->tape, code, at)) {
        if (tape_element(in->tape, at) != FHIR_E_CodeableConcept_coding) continue;
        struct str system = text_at(in, at, "system");
        if (str_eq(system, LOINC) || str_eq(system, QUESTION)) return at;
        if (first == TAPE_NONE) first = at;
    }
    return first;
}

static struct str number_of(const struct reading *in, tape_at quantity)
{
    struct str value = text_at(in, quantity, "value"), comparator = text_at(in, quantity, "comparator");
    return comparator.len == 0 ? value : arena_printf(in->mem, "%.*s%.*s", STR_ARGS(comparator), STR_ARGS(value));
}

/* "148 / 92": the numbers of a panel. */
static void fill_components(const struct reading *in, struct letter_value *out)
{
    for (tape_at at = tape_first(in->tape, in->root); at != TAPE_NONE; at = tape_next(in->tape, in->root, at)) {
        if (tape_element(in->tape, at) != FHIR_E_Observation_component) continue;
        tape_at quantity = tape_get(in->tape, at, "valueQuantity");
        if (quantity == TAPE_NONE) continue;
        struct str number = number_of(in, quantity);
        out->value =
            out->value.len == 0 ? number : arena_printf(in->mem, "%.*s / %.*s", STR_ARGS(out->value), STR_ARGS(number));
        out->unit = text_at(in, quantity, "code");
    }
}

static void fill_value(const struct reading *in, struct letter_value *out)
{
    static const char *const plain[] = {"valueInteger", "valueString", "valueCodeableConcept.text",
                                        "valueCodeableConcept.coding.display", "valueBoolean"};
    tape_at quantity = tape_get(in->tape, in->root, "valueQuantity");
    out->value = out->unit = STR("");
    if (quantity != TAPE_NONE) {
        out->value = number_of(in, quantity);
        out->unit = text_at(in, quantity, "code");
        return;
    }
    struct str above = text_of(in, "valueRatio.numerator.value"), below = text_of(in, "valueRatio.denominator.value");
    if (above.len > 0) out->value = arena_printf(in->mem, "%.*s/%.*s", STR_ARGS(above), STR_ARGS(below));
    for (size_t i = 0; i < sizeof plain / sizeof *plain && out->value.len == 0; i++) out->value = text_of(in, plain[i]);
    if (out->value.len == 0) fill_components(in, out);
}

static bool is_yes(const struct reading *in)
{
    static const char *const codes[] = {"373066001", "LA33-6", "Y"}; /* SNOMED CT, LOINC, v2 */
    struct str code = text_of(in, "valueCodeableConcept.coding.code");
    bool is = str_is(text_of(in, "valueBoolean"), "true");
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) is = is || str_is(code, codes[i]);
    return is;
}

static enum salve_code copy(struct arena *mem, struct letter_value *value, struct salve_err *err)
{
    struct str *const texts[] = {&value->code,  &value->reference, &value->name,
                                 &value->value, &value->unit,      &value->date};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) TRY(arena_str(mem, *texts[i], texts[i], err));
    return SALVE_OK;
}

static enum salve_code read_value(const struct reading *in, family_mask families, struct letter_value *out,
                                  struct salve_err *err)
{
    tape_at coding = coding_of(in);
    struct str system = text_at(in, coding, "system");
    *out = (struct letter_value){.code = text_at(in, coding, "code"),
                                 .name = text_of(in, "code.text"),
                                 .date = taken_at(in),
                                 .is_answer = str_eq(system, QUESTION) || families != 0,
                                 .is_yes = is_yes(in)};
    out->reference = arena_printf(in->mem, "Observation/%.*s", STR_ARGS(text_of(in, "id")));
    if (out->name.len == 0) out->name = text_at(in, coding, "display");
    fill_value(in, out);
    return copy(in->mem, out, err);
}

/* --- all of them -------------------------------------------------------------------------------------------------- */

static size_t resources_in(const struct screen_ask *from)
{
    size_t count = 0;
    for (size_t i = 0; i < from->tape_count; i++)
        for (tape_at at = TAPE_NONE; tape_each_resource(&from->tapes[i], &at);) count++;
    return count;
}

enum salve_code visit_letter_values(const struct zone *zone, const struct screen_ask *from, family_mask families,
                                    struct arena *mem, struct letter_ask *out, struct salve_err *err)
{
    struct guideline_visit visit;
    TRY(guideline_visit_find(from->tapes, from->tape_count, from->now_unix_ms, zone, mem, &visit, err));
    struct letter_value *list = arena_array(mem, struct letter_value, resources_in(from) + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "values");
    out->values = list;
    out->value_count = 0;
    for (size_t i = 0; i < from->tape_count; i++) {
        family_mask own = from->families == NULL ? 0 : from->families[i];
        if ((own & ~families) != 0) continue;
        for (tape_at at = TAPE_NONE; tape_each_resource(&from->tapes[i], &at);) {
            struct reading in = {&from->tapes[i], at, mem};
            if (tape_type(in.tape, at) != FHIR_T_Observation || !counts(&in) || !is_of(&visit, taken_at(&in))) continue;
            TRY(read_value(&in, own, &list[out->value_count++], err));
        }
    }
    return SALVE_OK;
}
