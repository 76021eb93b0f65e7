/* SPDX-License-Identifier: Apache-2.0
 * When the next check is: the earliest of what the results ask for, and never later than the programme's interval. */
#include "letter/letter.h"

struct letter_due letter_next_check(int64_t programme_days, const struct letter_due *dues, size_t count)
{
    struct letter_due first = {programme_days, STR(LETTER_DUE_PROGRAMME)};
    for (size_t i = 0; i < count; i++)
        if (dues[i].days < first.days) first = dues[i];
    return first;
}
