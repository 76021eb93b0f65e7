/* SPDX-License-Identifier: Apache-2.0
 *
 * measure - FHIR R4 Measures over people that the caller holds as tapes; MeasureReports as JSON. Nothing here reads a
 * site.
 *
 *     code = measure_open(&bundle, elms, elm_count, mem, &set, err); // Measures, Libraries, ValueSets of a Bundle
 *     code = measure_tally_make(set, mem, &all, err);
 *     for each person: code = measure_person(set, &tape, &env, params, n, request, &one, err);
 *                      code = measure_report(set, one, 0, &facts, &out, err); // individual
 *                      code = measure_tally_add(set, all, one, err);
 *     code = measure_report(set, all, 0, &facts, &out, err); // summary
 *
 * A count is of people, or of episodes where the group's population basis is a resource type. Population counts are
 * memberships (the denominator counts its exclusions too); the score is of what is left after exclusions. Errors:
 * E_INVALID, E_UNKNOWN_NAME, E_UNSUPPORTED, E_TOO_BIG, E_TYPE and what elm.h says; they name the Measure's element.
 * Sources: FHIR R4 Measure, MeasureReport; Quality Measure IG (criteria semantics, composites). */
#ifndef SALVE_MEASURE_H
#define SALVE_MEASURE_H

#include "elm/elm.h"

struct measure_set;
struct measure_tally; /* of one person, or of many */

enum measure_population {
    MEASURE_INITIAL,
    MEASURE_DENOMINATOR,
    MEASURE_DENOMINATOR_EXCLUSION,
    MEASURE_DENOMINATOR_EXCEPTION,
    MEASURE_NUMERATOR,
    MEASURE_NUMERATOR_EXCLUSION,
    MEASURE_POPULATION,
    MEASURE_POPULATION_EXCLUSION,
    MEASURE_POPULATION_KINDS
};

/* measure_open - a Bundle, or one Measure with its libraries in `elm` (views: must live as long as mem).
 *   more   NULL, or value sets and code systems beside those of the Bundle (terms_done is called here); what
 *          both have is taken from `more` */
SALVE_MUST_USE enum salve_code measure_open(const struct tape *bundle, const struct str *elm, size_t elm_count,
                                            struct terms *more, struct arena *mem, struct measure_set **out,
                                            struct salve_err *err);
size_t measure_count(const struct measure_set *set); /* composites included, in the Bundle's order */
/* measure_notes - a line for each population and group that is left out because it has no criteria; "" if there is
 * none. */
struct str measure_notes(const struct measure_set *set);
/* For tests. Has a measure no criteria of its own? How many groups has it? */
bool measure_is_composite(const struct measure_set *set, size_t measure);
size_t measure_group_count(const struct measure_set *set, size_t measure);

SALVE_MUST_USE enum salve_code measure_tally_make(const struct measure_set *set, struct arena *mem,
                                                  struct measure_tally **out, struct salve_err *err);
/* measure_person - everything the set asks about one person. env->terms is replaced. */
SALVE_MUST_USE enum salve_code measure_person(const struct measure_set *set, const struct tape *person,
                                              const struct expr_env *env, const struct elm_param *params,
                                              size_t param_count, struct arena *mem, struct measure_tally **out,
                                              struct salve_err *err);
/* measure_subject - as measure_person, of a person of a population (elm.h): for criteria that ask Unfiltered defines.
 * measure_looks_further - has the set such a measure? */
SALVE_MUST_USE enum salve_code measure_subject(const struct measure_set *set, struct elm_subject *subject,
                                               const struct expr_env *env, const struct elm_param *params,
                                               size_t param_count, struct arena *mem, struct measure_tally **out,
                                               struct salve_err *err);
bool measure_looks_further(const struct measure_set *set);
SALVE_MUST_USE enum salve_code measure_tally_add(const struct measure_set *set, struct measure_tally *to,
                                                 const struct measure_tally *one, struct salve_err *err);
/* For tests. measure_members - members of a population; false: the group has no such population. */
bool measure_members(const struct measure_set *set, const struct measure_tally *tally, size_t measure, size_t group,
                     enum measure_population which, uint64_t *count);

struct measure_facts {
    struct str start, end, date; /* of MeasureReport.period and .date; views */
    struct str subject;          /* "Patient/1", or STR_NONE: a summary */
};
/* measure_reference - "Patient/1", for facts.subject. E_INVALID: no Patient with an id. */
SALVE_MUST_USE enum salve_code measure_reference(const struct tape *person, struct arena *mem, struct str *out,
                                                 struct salve_err *err);
/* measure_period - "2026-01-01/2026-12-31" as the parameter "Measurement Period" and as the dates of the reports, which
 * view text. E_USAGE: no two dates, or the first after the second. */
SALVE_MUST_USE enum salve_code measure_period(struct str text, struct arena *mem, struct measure_facts *facts,
                                              struct elm_param *out, struct salve_err *err);
/* measure_report - appends the MeasureReport of one measure; composites count too. */
SALVE_MUST_USE enum salve_code measure_report(const struct measure_set *set, const struct measure_tally *tally,
                                              size_t measure, const struct measure_facts *facts, struct buf *out,
                                              struct salve_err *err);
#endif
