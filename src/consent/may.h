/* SPDX-License-Identifier: Apache-2.0
 *
 * may - the one table of who may do what: role, act, purpose, classes (acts.def, may.def). A pure look-up. That an
 * actor is who they say, and that the session was shown lately, is for the gate to see (records); what the person
 * decided is for consent_decide (consent.h).
 *
 *     const struct may *may = consent_may(actor.role, ACT_OPEN, PURPOSE_CARE);
 *     if (may == NULL) E_ROLE;  ..  may->classes, may->needs */
#ifndef SALVE_CONSENT_MAY_H
#define SALVE_CONSENT_MAY_H

#include <stddef.h>

#include "base/ids.h"

enum act {
#define ACT(name, text, what) ACT_##name,
#include "consent/acts.def"
#undef ACT
    ACT_COUNT
};

/* What an act takes beside the role. */
enum {
    MAY_CARD = 1,  /* the person's card, or its ticket while the showing of the card lasts */
    MAY_FRESH = 2, /* the member of staff, if one is logged in, showed in the last ten minutes that it is them */
    MAY_CODE = 4,  /* the code of a letter, and nothing else */
    MAY_STAFF = 8, /* a member of staff who stands beside the person */
};

#define MAY_IDENT   CLASS_BIT(CLASS_IDENT)
#define MAY_CONTACT CLASS_BIT(CLASS_CONTACT)
#define MAY_AUDIT   CLASS_BIT(CLASS_AUDIT)
#define MAY_PLAIN   (MAY_IDENT | CLASS_BIT(CLASS_CLIN))
#define MAY_CARE    (MAY_PLAIN | CLASS_BIT(CLASS_SENS))
#define MAY_UNSEEN  (CLASS_BIT(CLASS_SENS) | CLASS_BIT(CLASS_STAT) | MAY_CONTACT)
#define MAY_ALL     (((class_mask)1 << (CLASS_LAST + 1)) - 2)

#define PURPOSE_NONE ((enum purpose)0)

/* One row; classes 0: the act is about none. */
struct may {
    enum role role;
    enum act act;
    enum purpose purpose; /* PURPOSE_NONE: of each, or none */
    class_mask classes;
    unsigned needs;
};

/* consent_may - the row for it; NULL: they may not. A role, act or purpose that is none of the lists may not. */
const struct may *consent_may(enum role role, enum act act, enum purpose purpose);

/* consent_may_rows - the whole table, for its page and its test. */
const struct may *consent_may_rows(size_t *count);

const char *act_text(enum act act);
const char *act_what(enum act act);

#endif
