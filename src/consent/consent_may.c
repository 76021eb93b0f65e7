/* SPDX-License-Identifier: Apache-2.0
 * The table of who may do what; see may.h. */
#include "consent/may.h"

static const struct may rows[] = {
#define MAY(role, act, purpose, classes, needs) {ROLE_##role, ACT_##act, PURPOSE_##purpose, (classes), (needs)},
#include "consent/may.def"
#undef MAY
};

struct act_row {
    const char *text, *what;
};
static const struct act_row acts[ACT_COUNT] = {
#define ACT(name, text, what) {text, what},
#include "consent/acts.def"
#undef ACT
};

const char *act_text(enum act act) { return (unsigned)act < ACT_COUNT ? acts[act].text : "?"; }
const char *act_what(enum act act) { return (unsigned)act < ACT_COUNT ? acts[act].what : "?"; }

const struct may *consent_may_rows(size_t *count)
{
    *count = sizeof rows / sizeof rows[0];
    return rows;
}

const struct may *consent_may(enum role role, enum act act, enum purpose purpose)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct may *row = &rows[i];
        if (row->role == role && row->act == act && (row->purpose == purpose || row->purpose == PURPOSE_NONE))
            return row;
    }
    return NULL;
}
