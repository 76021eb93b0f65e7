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

/* --- the page ----------------------------------------------------------------------------------------------------- */

static const char *const role_mays[ROLE_COUNT] = {
#define ROLE(name, text, may) may,
#include "base/roles.def"
#undef ROLE
};

static void put_classes(class_mask classes, struct buf *out)
{
    bool is_first = true;
    for (int class = 1; class <= CLASS_LAST; class ++) {
        if ((classes & CLASS_BIT(class)) == 0) continue;
        buf_addf(out, "%s%s", is_first ? "" : ", ", class_text((enum data_class) class));
        is_first = false;
    }
}

static void put_needs(unsigned needs, struct buf *out)
{
    static const char *const words[] = {"card", "shown lately", "code of the letter", "staff beside"};
    bool is_first = true;
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
        if ((needs >> i & 1) == 0) continue;
        buf_addf(out, "%s%s", is_first ? "" : ", ", words[i]);
        is_first = false;
    }
}

static void put_row(const struct may *row, struct buf *out)
{
    buf_addf(out, "| %s | %s | ", act_what(row->act), row->purpose == PURPOSE_NONE ? "" : purpose_text(row->purpose));
    put_classes(row->classes, out);
    buf_addf(out, " | ");
    put_needs(row->needs, out);
    buf_addf(out, " |\n");
}

void consent_may_page(struct buf *out)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        buf_addf(out, "\n## %s: %s\n\n| may | purpose | classes | takes |\n|---|---|---|---|\n",
                 role_text((enum role)role), role_mays[role]);
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
            if (rows[i].role == (enum role)role) put_row(&rows[i], out);
    }
}
