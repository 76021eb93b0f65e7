/* SPDX-License-Identifier: Apache-2.0
 *
 * finding - what a guideline says about one person: what was found, how urgent it is, why, and what happens next. The
 * evaluation (guideline.h) makes it, screen keeps it as FHIR drafts, letter words it. A finding is never a diagnosis.
 * Its fields, urgencies and statuses are the rows of finding.def. All texts are views that live as long as the arena of
 * the evaluation; what is not there is empty. */
#ifndef SALVE_GUIDELINE_FINDING_H
#define SALVE_GUIDELINE_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"

enum urgency {
#define FINDING_URGENCY(name, text, what) URGENCY_##name,
#include "guideline/finding.def"
    URGENCY_COUNT
};

/* What is known can call for action before the category is sure: 190/120 in one reading, or with a question not asked.
 * Then the status is NOT_ASSESSED, `missing` names what is not known, and `action` and `urgency` still stand. */
enum finding_status {
#define FINDING_STATUS(name, text, what) FINDING_##name,
#include "guideline/finding.def"
    FINDING_STATUS_COUNT
};

/* One value that the logic used. */
struct finding_input {
#define FINDING_INPUT(name, what) struct str name;
#include "guideline/finding.def"
};

struct finding {
/* clang-format off */
#define FINDING_TEXT(name, ...)       struct str name;
#define FINDING_NUMBER(name, ...)     struct str name;
#define FINDING_WORD(name, type, ...) enum type name;
#define FINDING_LIST(name, ...)       const struct str *name; size_t name##_count;
#define FINDING_INPUTS(name, ...)     const struct finding_input *name; size_t input_count;
/* clang-format on */
#include "guideline/finding.def"
    family_mask apart; /* kept apart, as of these families; 0: not. Not a part of what is kept: its class says it */
};

/* The columns of a field's row. */
enum finding_part { FINDING_PART_FOUND, FINDING_PART_WHY };
enum finding_from { FINDING_FROM_LOGIC, FINDING_FROM_ANSWERS, FINDING_FROM_FOLDER, FINDING_FROM_REASONS };
enum finding_there { FINDING_THERE_ALWAYS, FINDING_THERE_MAYBE, FINDING_THERE_ASSESSED, FINDING_THERE_EXCLUDED };

const char *urgency_text(enum urgency urgency);
bool urgency_find(struct str text, enum urgency *out);
const char *finding_status_text(enum finding_status status);
bool finding_status_find(struct str text, enum finding_status *out);

/* The four answers that are none: nothing came, what came is too old, what came cannot be used, nobody has asked. */
enum finding_answer { FINDING_MISSING, FINDING_TOO_OLD, FINDING_UNUSABLE, FINDING_NOT_ASKED };
struct finding_unmet {
    enum finding_answer answer;
    struct str label; /* of the input */
    struct str note;  /* TOO_OLD: its date; UNUSABLE: why; may be empty */
};
/* finding_unmet - the number-th input that the finding needed and had no answer for, in the order above; false: there
 * are no more. finding_answer_text: "missing", "too-old", "queried", "not-asked". */
bool finding_unmet(const struct finding *finding, size_t number, struct finding_unmet *out);
const char *finding_answer_text(enum finding_answer answer);

/* finding_copy - the same finding with all of its texts in mem. E_MEMORY */
struct arena;
SALVE_MUST_USE enum salve_code finding_copy(const struct finding *from, struct arena *mem, struct finding *out,
                                            struct salve_err *err);

/* finding_eq - the same in all fields of finding.def. */
bool finding_eq(const struct finding *a, const struct finding *b);

/* finding_json - the finding as an object of the writer, member names as in finding.def. finding_json_members - the
 * same inside an object that is open. */
struct json_writer;
void finding_json_members(const struct finding *finding, struct json_writer *w);
void finding_json(const struct finding *finding, struct json_writer *w);

#endif
