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

bool urgency_find(struct str text, enum urgency *out)
{
    for (unsigned i = 0; i < URGENCY_COUNT; i++) {
        if (!str_is(text, urgencies[i])) continue;
        *out = (enum urgency)i;
        return true;
    }
    return false;
}

const char *finding_status_text(enum finding_status status)
{
    return status < FINDING_STATUS_COUNT ? statuses[status] : "not-assessed";
}

bool finding_status_find(struct str text, enum finding_status *out)
{
    for (unsigned i = 0; i < FINDING_STATUS_COUNT; i++) {
        if (!str_is(text, statuses[i])) continue;
        *out = (enum finding_status)i;
        return true;
    }
    return false;
}
