/* SPDX-License-Identifier: Apache-2.0
 *
 * referral - what follows from a finding where somebody else sees the person: the states that it goes through, as a
 * table, and what the place that they were sent to can answer. Pure; records/referral.h has the rest. */
#ifndef SALVE_GUIDELINE_REFERRAL_H
#define SALVE_GUIDELINE_REFERRAL_H

#include <stdbool.h>

#include "base/str.h"

#define REFERRAL_SYSTEM  "http://hl7.org/fhir/CodeSystem/task-code"
#define REFERRAL_FULFILL "fulfill"

enum referral_state {
#define REFERRAL(name, text, status, work, what) REFERRAL_##name,
#include "guideline/referral.def"
    REFERRAL_STATES
};

/* referral_text - "sent"; referral_status - its Task.status. referral_find - by text, referral_of - by status.
 * referral_may - may `to` follow `from`? referral_work - what is open in that state; referral_goes_on - is anything? */
enum referral_work { REFERRAL_WORK_NOTHING, REFERRAL_WORK_REFER, REFERRAL_WORK_FOLLOW };
const char *referral_text(enum referral_state state);
const char *referral_status(enum referral_state state);
bool referral_find(struct str text, enum referral_state *out);
bool referral_of(struct str status, enum referral_state *out);
bool referral_may(enum referral_state from, enum referral_state to);
enum referral_work referral_work(enum referral_state state);
bool referral_goes_on(enum referral_state state);

/* What the place answers; NOTHING: it did not. */
enum referral_said {
    REFERRAL_SAID_NOTHING,
#define REFERRAL_REPLY(name, text, what) REFERRAL_SAID_##name,
#include "guideline/referral.def"
    REFERRAL_SAIDS
};
const char *referral_said_text(enum referral_said said); /* "seen"; empty of NOTHING */
bool referral_said_find(struct str text, enum referral_said *out);

#endif
