/* SPDX-License-Identifier: Apache-2.0
 *
 * t_choices - what a made-up site chooses where a guideline has no initial value: the first one of each such switch. */
#ifndef SALVE_TESTS_T_CHOICES_H
#define SALVE_TESTS_T_CHOICES_H

#include "guideline/guideline.h"

static inline size_t t_choices(const struct guideline *guideline, struct guideline_choice *out, size_t room)
{
    const struct guideline_info *info = guideline_info(guideline);
    size_t count = 0;
    for (size_t i = 0; i < info->switch_count && count < room; i++)
        if (info->switches[i].initial.len == 0)
            out[count++] = (struct guideline_choice){info->switches[i].name, info->switches[i].values[0]};
    return count;
}

#endif
