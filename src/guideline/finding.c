/* SPDX-License-Identifier: Apache-2.0
 * Texts of the closed lists of finding.h. */
#include "guideline/finding.h"

#include "base/arena.h"

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

const char *finding_answer_text(enum finding_answer answer)
{
    static const char *const texts[] = {"missing", "too-old", "queried", "not-asked"};
    return texts[answer];
}

bool finding_unmet(const struct finding *finding, size_t number, struct finding_unmet *out)
{
    const struct {
        const struct str *labels;
        size_t count;
        const struct str *notes;
        size_t note_count;
    } lists[] = {{finding->missing, finding->missing_count, NULL, 0},
                 {finding->too_old, finding->too_old_count, finding->too_old_on, finding->too_old_on_count},
                 {finding->queried, finding->queried_count, finding->queried_why, finding->queried_why_count},
                 {finding->not_asked, finding->not_asked_count, NULL, 0}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (number < lists[i].count) {
            struct str note = number < lists[i].note_count ? lists[i].notes[number] : STR("");
            *out = (struct finding_unmet){(enum finding_answer)i, lists[i].labels[number], note};
            return true;
        }
        number -= lists[i].count;
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

static enum salve_code copy_list(const struct str *from, size_t count, struct arena *mem, const struct str **out,
                                 struct salve_err *err)
{
    struct str *list = arena_array(mem, struct str, count + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "finding");
    for (size_t i = 0; i < count; i++) TRY(arena_str(mem, from[i], &list[i], err));
    *out = list;
    return SALVE_OK;
}

static enum salve_code copy_inputs(const struct finding_input *from, size_t count, struct arena *mem,
                                   const struct finding_input **out, struct salve_err *err)
{
    struct finding_input *list = arena_array(mem, struct finding_input, count + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "finding");
    for (size_t i = 0; i < count; i++) {
#define FINDING_INPUT(name, what) TRY(arena_str(mem, from[i].name, &list[i].name, err));
#include "guideline/finding.def"
    }
    *out = list;
    return SALVE_OK;
}

enum salve_code finding_copy(const struct finding *from, struct arena *mem, struct finding *out, struct salve_err *err)
{
    *out = *from;
#define FINDING_TEXT(name, ...)   TRY(arena_str(mem, from->name, &out->name, err));
#define FINDING_NUMBER            FINDING_TEXT
#define FINDING_LIST(name, ...)   TRY(copy_list(from->name, from->name##_count, mem, &out->name, err));
#define FINDING_INPUTS(name, ...) TRY(copy_inputs(from->name, from->input_count, mem, &out->name, err));
#include "guideline/finding.def"
    return SALVE_OK;
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
