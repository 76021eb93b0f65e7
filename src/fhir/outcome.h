/* SPDX-License-Identifier: Apache-2.0
 *
 * outcome - issues as a FHIR OperationOutcome in JSON: severity, code, details.coding (the rule id), details.text
 * (fixed words), expression (the element path). Never a value of a person. `salve fhir validate` prints it, the API
 * sends it. */
#ifndef SALVE_FHIR_OUTCOME_H
#define SALVE_FHIR_OUTCOME_H

#include "base/buf.h"
#include "base/err.h"

struct fhir_issues;

/* outcome_add - appends one OperationOutcome. Without issues it holds one "informational" issue: all good. */
void outcome_add(const struct fhir_issues *issues, struct buf *out);

/* outcome_of - appends one OperationOutcome: an issue for the error, where there is one, and the issues behind it;
 * either may be NULL. Of neither any: all good. Of an error (err.h): issue type and name of its code, why it was
 * refused, the element as expression where it is a path of FHIR, line and column as location ("Line[3] Col[5]"), file
 * and a place that is no element ("record 7") as diagnostics.
 * outcome_of_error - for tests: the same of an error alone. */
void outcome_of(const struct salve_err *err, const struct fhir_issues *issues, bool is_pretty, struct buf *out);
void outcome_of_error(const struct salve_err *err, struct buf *out);

#endif
