/* SPDX-License-Identifier: Apache-2.0
 * Texts of the closed lists of finding.h. */
#include "guideline/finding.h"

static const char *const urgencies[] = {
#define FINDING_URGENCY(name, text, what) text,
#include "guideline/finding.def"
};

static const char *const statuses[] = {
#define FINDING_STATUS(name, text, what) text,
#include "guideline/finding.def"
};

const char *urgency_text(enum urgency urgency) { return urgency < URGENCY_COUNT ? urgencies[urgency] : "none"; }

const char *finding_status_text(enum finding_status status)
{
    return status < FINDING_STATUS_COUNT ? statuses[status] : "not-assessed";
}
