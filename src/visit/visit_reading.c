/* SPDX-License-Identifier: Apache-2.0
 * An Observation as the words with which a station types it; the way back of visit_measure.c. */
#include "admit/same.h"
#include "fhir/fhir.h"
#include "visit/known_int.h"
#include "visit/measure.h"
#include "visit/visit_int.h"

#define LOINC    STR("http://loinc.org")
#define QUESTION STR("urn:salve:question")
#define SNOMED   STR("http://snomed.info/sct")

struct str visit_reading_system(const struct visit_reading *reading)
{
    return str_eq(reading->loinc, reading->word) ? QUESTION : LOINC; /* a question's code is its word */
}

/* What is read off a chart of letters. */
bool visit_is_fraction(struct str word)
{
    return str_is(word, "distance-vision-right") || str_is(word, "distance-vision-left");
}

static struct str text_at(const struct tape *tape, tape_at from, const char *path)
{
    tape_at at = from == TAPE_NONE ? TAPE_NONE : tape_get(tape, from, path);
    return at == TAPE_NONE ? STR_NONE : tape_text(tape, at);
}

/* The code of the first coding of that system under `path`. */
static struct str code_of(const struct tape *tape, tape_at holder, const char *path, struct str system)
{
    tape_at concept = tape_get(tape, holder, path);
    if (concept == TAPE_NONE || tape_kind(tape, concept) != TAPE_OBJECT) return STR_NONE;
    for (tape_at c = tape_first(tape, concept); c != TAPE_NONE; c = tape_next(tape, concept, c))
        if (tape_path_name(tape, c) == FHIR_N_coding && str_eq(tape_child_text(tape, c, "system"), system))
            return tape_child_text(tape, c, "code");
    return STR_NONE;
}

static bool read_quantity(const struct tape *tape, tape_at quantity, struct visit_reading *out, size_t which)
{
    if (quantity == TAPE_NONE) return false;
    out->numbers[which] = tape_child_text(tape, quantity, "value");
    out->unit = tape_child_text(tape, quantity, "code");
    if (out->unit.len == 0) out->unit = tape_child_text(tape, quantity, "unit");
    struct str comparator = tape_child_text(tape, quantity, "comparator");
    if (comparator.len > 0) out->comparator = comparator;
    return out->numbers[which].len > 0;
}

static bool read_pressure(const struct tape *tape, struct visit_reading *out)
{
    tape_at root = tape_root(tape);
    out->word = STR("bp");
    for (tape_at c = tape_first(tape, root); c != TAPE_NONE; c = tape_next(tape, root, c)) {
        if (tape_path_name(tape, c) != FHIR_N_component) continue;
        struct str code = code_of(tape, c, "code", LOINC);
        if (str_is(code, "8480-6")) (void)read_quantity(tape, tape_get(tape, c, "valueQuantity"), out, 0);
        if (str_is(code, "8462-4")) (void)read_quantity(tape, tape_get(tape, c, "valueQuantity"), out, 1);
    }
    return out->numbers[0].len > 0 && out->numbers[1].len > 0;
}

static bool read_age(const struct tape *tape, struct visit_reading *out)
{
    tape_at range = tape_get(tape, tape_root(tape), "valueRange");
    out->word = STR("age");
    if (range == TAPE_NONE) return read_quantity(tape, tape_get(tape, tape_root(tape), "valueQuantity"), out, 0);
    return read_quantity(tape, tape_get(tape, range, "low"), out, 0) &&
           read_quantity(tape, tape_get(tape, range, "high"), out, 1);
}

/* An answer that is a code: of two, which is it? */
static bool read_coded(const struct tape *tape, const char *word, const char *const codes[2],
                       const char *const answers[2], struct visit_reading *out)
{
    struct str code = code_of(tape, tape_root(tape), "valueCodeableConcept", SNOMED);
    out->word = str_of(word);
    for (size_t i = 0; i < 2; i++)
        if (str_is(code, codes[i])) out->answer = str_of(answers[i]);
    return out->answer.len > 0;
}

static bool read_fraction(const struct tape *tape, tape_at ratio, struct visit_reading *out)
{
    out->numbers[0] = text_at(tape, ratio, "numerator.value");
    out->numbers[1] = text_at(tape, ratio, "denominator.value");
    return out->numbers[0].len > 0 && out->numbers[1].len > 0;
}

/* What was asked: yes or no, a number, sight. */
static bool read_question(const struct tape *tape, struct str code, struct visit_reading *out)
{
    tape_at root = tape_root(tape), quantity = tape_get(tape, root, "valueQuantity");
    if (visit_is_fraction(code)) {
        out->word = out->loinc = code;
        return read_fraction(tape, tape_get(tape, root, "valueRatio"), out);
    }
    if (quantity != TAPE_NONE) {
        out->loinc = code;
        return read_quantity(tape, quantity, out, 0) && visit_measure_of(code, out->unit, &out->word);
    }
    struct str value = text_at(tape, tape_root(tape), "valueBoolean");
    out->word = code;
    if (str_is(value, "true")) out->answer = STR("yes");
    if (str_is(value, "false")) out->answer = STR("no");
    return out->answer.len > 0;
}

bool visit_reading_of(const struct tape *tape, struct visit_reading *out)
{
    static const char *const sexes[2] = {"248152002", "248153007"}, *const sex_words[2] = {"female", "male"};
    static const char *const pregnant[2] = {"77386006", "60001007"}, *const yes_no[2] = {"yes", "no"};
    tape_at root = tape_root(tape);
    *out = (struct visit_reading){.word = STR_NONE};
    if (tape_type(tape, root) != FHIR_T_Observation) return false;
    struct str code = code_of(tape, root, "code", QUESTION);
    if (code.len > 0) return read_question(tape, code, out);
    code = out->loinc = code_of(tape, root, "code", LOINC);
    if (str_is(code, "85354-9")) return read_pressure(tape, out);
    if (str_is(code, "30525-0")) return read_age(tape, out);
    if (str_is(code, "46098-0")) return read_coded(tape, "sex", sexes, sex_words, out);
    if (str_is(code, "82810-3")) return read_coded(tape, "pregnant", pregnant, yes_no, out);
    if (code.len == 0 || !read_quantity(tape, tape_get(tape, root, "valueQuantity"), out, 0)) return false;
    return visit_measure_of(code, out->unit, &out->word);
}

bool visit_reading_same(const struct visit_reading *a, const struct visit_reading *b)
{
    if (!str_eq(a->word, b->word) || !str_eq(a->answer, b->answer)) return false;
    if (a->answer.len > 0) return true;
    bool is_same = str_eq(a->unit, b->unit) && str_eq(a->comparator, b->comparator);
    for (size_t i = 0; is_same && i < 2; i++)
        is_same = a->numbers[i].len == 0 || b->numbers[i].len == 0 ? a->numbers[i].len == b->numbers[i].len
                                                                   : same_number(a->numbers[i], b->numbers[i]);
    return is_same;
}
