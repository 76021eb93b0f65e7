/* SPDX-License-Identifier: Apache-2.0
 *
 * plan - what of a record a plan looks at. Include only from src/visit/. */
#ifndef SALVE_VISIT_PLAN_INT_H
#define SALVE_VISIT_PLAN_INT_H

#include "records/rec.h"
#include "visit/person.h"

/* visit_noted_read - fills noted and day of the facts from what a view shows; counts[i]: does all[i] stand? */
enum salve_code visit_noted_read(const struct visit *visit, const struct rec_resource *all, const bool *counts,
                                 size_t count, struct visit_facts *out, struct salve_err *err);

/* visit_plan_check - is everything asked at a station that there is? E_INVALID. */
struct letter_packages;
enum salve_code visit_plan_check(const struct letter_packages *packages, struct salve_err *err);

#endif
