/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/release - when a person hears of the result of a test: at once, after the review, or in person. The rule is an
 * input's in guideline.json (guideline/release.def), and so accepted by a clinician with it. Rules:
 * - What is told in person stands in no letter, and opens with no letter's code, until a record says that the person
 *   was told of it in person. The letter says only that there is something to be told.
 * - An alarm is held back by none of it: it is told by its own rules (visit/inbox.h). */
#ifndef SALVE_VISIT_RELEASE_H
#define SALVE_VISIT_RELEASE_H

#include "guideline/guideline.h"
#include "screen/told.h"
#include "visit/visit.h"

/* visit_release_of - of a finding, by its guideline as it is in force; AFTER_REVIEW where that does not load. */
enum guideline_release visit_release_of(const struct visit_content *content, const struct finding *finding);

/* visit_is_withheld - may it stand in no letter yet? told: of the finding, as screen_told_read has it. */
bool visit_is_withheld(const struct visit_content *content, const struct finding *finding,
                       const struct screen_told *told);

/* visit_is_told_in_person - is that the code of a test that is told in person, by any guideline here? */
bool visit_is_told_in_person(const struct visit_content *content, struct str code);

/* visit_releases - what is told to the person before a sample is taken: each test of the guidelines that this site
 * accepted, by its word in the first of the languages that the guideline has, and when they hear of it; the strictest
 * first, then by name. Texts in visit->mem. */
struct visit_test {
    struct str guideline, label, name;
    enum guideline_release release;
    bool is_said; /* guideline.json says it; what one guideline says counts before what another leaves open */
};
SALVE_MUST_USE enum salve_code visit_releases(const struct visit *visit, const struct str *languages, size_t count,
                                              struct visit_test **out, size_t *test_count, struct salve_err *err);

#endif
