/* SPDX-License-Identifier: Apache-2.0
 *
 * finding - what a guideline says about one person: what was found, how urgent it is, why, and what happens next. The
 * evaluation (guideline.h) makes it, screen keeps it as FHIR drafts, letter words it. A finding is never a diagnosis.
 * All texts are views that live as long as the arena of the evaluation. */
#ifndef SALVE_GUIDELINE_FINDING_H
#define SALVE_GUIDELINE_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* clang-format off */
/* Referral urgency, a choice of this project; most urgent first. */
#define SALVE_URGENCIES(X)                                                                                             \
    X(EMERGENCY_NOW, "emergency-now") /* walk the person to emergency care; staff stay with them */                    \
    X(SAME_DAY,      "same-day")      /* a clinician sees or speaks to them today */                                   \
    X(SOON,          "soon")          /* appointment within 14 days */                                                 \
    X(ROUTINE,       "routine")       /* appointment within about 3 months */                                          \
    X(SELF_CARE,     "self-care")     /* letter only */                                                                \
    X(NONE,          "none")
#define X(name, text) URGENCY_##name,
enum urgency { SALVE_URGENCIES(X) URGENCY_COUNT };
/* clang-format on */
#undef X

enum finding_status {
    FINDING_ASSESSED,     /* a category was reached */
    FINDING_NOT_ASSESSED, /* inputs are missing; `missing` names them */
    FINDING_QUERIED,      /* an input is implausible; it was not used; `queried` names it */
    FINDING_EXCLUDED,     /* the item does not apply to this person today; `excluded` says why */
};
/* What is known can call for action before the category is sure: 190/120 in one reading, or with a question not asked.
 * Then the status is NOT_ASSESSED, `missing` names what is not known, and `action` and `urgency` still stand. */

/* One value that the logic used. */
struct finding_input {
    struct str label;     /* key of the letter texts: "systolic" */
    struct str value;     /* decimal text as recorded: "148" */
    struct str unit;      /* UCUM: "mm[Hg]" */
    struct str date;      /* FHIR dateTime as recorded */
    struct str reference; /* "Observation/<id>"; empty if it came from the questionnaire of the day */
};

struct finding {
    struct str guideline, version; /* "blood-pressure", "1.0.0" */
    struct str item;               /* what was judged: "bp-category" */
    enum finding_status status;
    struct str category; /* closed list of the guideline: "hypertension"; empty unless ASSESSED */
    struct str action;   /* closed list of the guideline: "confirm-out-of-office" */
    enum urgency urgency;
    struct str value, unit; /* what the number line shows, rounded to the decision precision: "148", "mm[Hg]" */
    struct str value2;      /* second number where there is one (diastolic), same unit; else empty */
    struct str line;        /* the number line to draw (guideline.json, "lines"); empty: none */
    struct str define;      /* the CQL define that decided: "BP category" */
    struct str source;      /* standard, year, table: from guideline.json */
    const struct finding_input *inputs;
    size_t input_count;
    const struct str *missing;
    size_t missing_count; /* input labels */
    const struct str *queried;
    size_t queried_count; /* input labels */
    const struct str
        *because; /* clauses of the CQL that decided, from `define` on: "logic.cql:57 when sbp >= 140 ..." */
    size_t because_count;
    struct str excluded; /* "pregnancy", "age-under-18": closed list of the guideline; empty unless EXCLUDED */
    struct str recheck;  /* ISO 8601 duration until the next check, "P1Y"; empty: none */
};

const char *urgency_text(enum urgency urgency);
bool urgency_find(struct str text, enum urgency *out);
const char *finding_status_text(enum finding_status status); /* "assessed", "not-assessed", "queried", "excluded" */
bool finding_status_find(struct str text, enum finding_status *out);

#endif
