/* SPDX-License-Identifier: Apache-2.0
 * When a person hears of a result. */
#include "visit/release.h"

#include "visit/content.h"

enum guideline_release visit_release_of(const struct visit_content *content, const struct finding *finding)
{
    const struct guideline *guideline = NULL;
    if (visit_guideline(content, finding->guideline, &guideline, NULL) != SALVE_OK) return GUIDELINE_AFTER_REVIEW;
    return guideline_release(guideline, finding);
}

bool visit_is_withheld(const struct visit_content *content, const struct finding *finding,
                       const struct screen_told *told)
{
    if (screen_is_alarm(finding) || told->is_in_person) return false;
    return visit_release_of(content, finding) == GUIDELINE_IN_PERSON;
}

bool visit_is_told_in_person(const struct visit_content *content, struct str code)
{
    for (size_t g = 0; g < content->guideline_count; g++) {
        const struct guideline_info *info = guideline_info(content->guidelines[g]);
        for (size_t i = 0; i < info->input_count; i++)
            if (info->inputs[i].release == GUIDELINE_IN_PERSON && str_eq(info->inputs[i].code, code)) return true;
    }
    return false;
}
