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

static bool lists_eq(const struct str *a, size_t a_count, const struct str *b, size_t b_count)
{
    for (size_t i = 0; i < a_count && a_count == b_count; i++)
        if (!str_eq(a[i], b[i])) return false;
    return a_count == b_count;
}

static bool inputs_eq(const struct finding_input *a, size_t a_count, const struct finding_input *b, size_t b_count)
{
    for (size_t i = 0; i < a_count && a_count == b_count; i++) {
#define FINDING_INPUT(name, what)                                                                                      \
    if (!str_eq(a[i].name, b[i].name)) return false;
#include "guideline/finding.def"
    }
    return a_count == b_count;
}

bool finding_eq(const struct finding *a, const struct finding *b)
{
#define FINDING_TEXT(name, ...)                                                                                        \
    if (!str_eq(a->name, b->name)) return false;
#define FINDING_NUMBER FINDING_TEXT
#define FINDING_WORD(name, ...)                                                                                        \
    if (a->name != b->name) return false;
#define FINDING_LIST(name, ...)                                                                                        \
    if (!lists_eq(a->name, a->name##_count, b->name, b->name##_count)) return false;
#define FINDING_INPUTS(name, ...)                                                                                      \
    if (!inputs_eq(a->name, a->input_count, b->name, b->input_count)) return false;
#include "guideline/finding.def"
    return true;
}
