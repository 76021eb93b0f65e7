/* SPDX-License-Identifier: Apache-2.0
 * When a person hears of a result. */
#include "guideline/guideline.h"

const char *guideline_release_text(enum guideline_release release)
{
    static const char *const texts[] = {
#define RELEASE(name, text, when) text,
#include "guideline/release.def"
#undef RELEASE
    };
    return release < GUIDELINE_RELEASES ? texts[release] : "?";
}

/* The strictest row of a label; *has: one of them says something about it. */
static enum guideline_release of_label(const struct guideline_info *info, struct str label, bool *has)
{
    enum guideline_release strictest = GUIDELINE_AT_ONCE;
    for (size_t i = 0; i < info->input_count; i++) {
        const struct guideline_input *row = &info->inputs[i];
        if (!str_eq(row->label, label) || (row->is_question && !row->has_release)) continue;
        *has = true;
        if (row->release > strictest) strictest = row->release;
    }
    return strictest;
}

enum guideline_release guideline_release(const struct guideline *guideline, const struct finding *finding)
{
    const struct guideline_info *info = guideline_info(guideline);
    enum guideline_release strictest = GUIDELINE_AT_ONCE;
    bool has = false;
    for (size_t i = 0; i < finding->input_count; i++) {
        enum guideline_release one = of_label(info, finding->inputs[i].label, &has);
        if (one > strictest) strictest = one;
    }
    return has ? strictest : GUIDELINE_AFTER_REVIEW;
}
