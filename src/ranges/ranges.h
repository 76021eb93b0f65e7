/* SPDX-License-Identifier: Apache-2.0
 *
 * ranges - is a number plausible, and may it still count? The one table of soft and hard ranges, of units in which a
 * number would be usual, and of how old an input may be: ranges.json, read once, then only asked.
 *
 *     code = ranges_read(text, mem, &ranges, err);
 *     struct range_answer answer = ranges_judge(ranges, STR("8480-6"), value, STR("mm[Hg]"));
 *     if (answer.state == RANGE_CONFIRM) ...    a person is asked; answer.other_unit names the unit it may be in
 *     if (ranges_too_old(ranges, answer.kind, days_old)) ...
 *
 * A number is never changed here, only judged. Ranges are those of adults; whoever knows that a person is under 18 uses
 * the hard range alone. Source: the programme's conventions, with a reason in the file. Pure; threads may share it. */
#ifndef SALVE_RANGES_RANGES_H
#define SALVE_RANGES_RANGES_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "value/scalar.h"

struct ranges;

enum range_state {
    RANGE_NONE,    /* nothing is said of this code */
    RANGE_OK,      /* inside the soft range */
    RANGE_CONFIRM, /* outside the soft range, inside the hard one: a person confirms it */
    RANGE_REFUSED, /* outside the hard range: measured or entered again */
    RANGE_UNIT     /* the code is known and the unit is none of its units */
};
const char *range_state_text(enum range_state state); /* "no-range", "ok", "confirm", "refused", "other-unit" */

struct range_answer {
    enum range_state state;
    struct str name;             /* of the quantity: "systolic"; STR_NONE for RANGE_NONE */
    struct str kind;             /* of input, for its age: "blood-pressure"; STR_NONE for RANGE_NONE */
    struct str other_unit;       /* UCUM: the number would be usual in it; STR_NONE */
    struct str soft[2], hard[2]; /* as written; empty for RANGE_NONE and RANGE_UNIT */
};

/* ranges_read - *out lives as long as mem and refers to text. E_INVALID names the place: "quantities.3.codes". */
SALVE_MUST_USE enum salve_code ranges_read(struct str text, struct arena *mem, const struct ranges **out,
                                           struct salve_err *err);

/* ranges_judge - one number under a LOINC code or the code of a question, in a UCUM unit. */
struct range_answer ranges_judge(const struct ranges *ranges, struct str code, struct expr_decimal value,
                                 struct str unit);

/* ranges_about - what is said of a code in a unit, without a number: state RANGE_OK where the unit is listed. */
struct range_answer ranges_about(const struct ranges *ranges, struct str code, struct str unit);

/* ranges_spelling - the ways to write a unit of a code: 0 is its name, then those with the same number; STR_NONE: no
 * more. Of what is not listed, the unit as it is. */
struct str ranges_spelling(const struct ranges *ranges, struct str code, struct str unit, size_t number);

/* ranges_pair_fits - two numbers of one moment and unit that depend on each other, by the names of their quantities
 * (systolic and diastolic; cholesterol and HDL). False: both are refused. True where nothing is said of the two. */
bool ranges_pair_fits(const struct ranges *ranges, struct str name_a, struct expr_decimal a, struct str name_b,
                      struct expr_decimal b);

/* ranges_weight_in_pounds - is a weight in kg, with this height, more likely one in pounds? Body mass index outside
 * 15-50 as it stands, and 17-40 if the same number were pounds. */
bool ranges_weight_in_pounds(struct expr_decimal weight_kg, struct expr_decimal height_cm);

/* ranges_kind_days - the largest age of a kind of input in days between the sample and the visit; 0: of this visit;
 * -1: no limit. false: there is no such kind. */
bool ranges_kind_days(const struct ranges *ranges, struct str kind, int64_t *days);

#endif
