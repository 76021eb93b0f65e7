/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/health - how a site is, and what of it is wrong: the same rows for everybody who asks (health.def). Nothing of
 * it is about a person who is examined. */
#ifndef SALVE_VISIT_HEALTH_H
#define SALVE_VISIT_HEALTH_H

#include "consent/may.h"
#include "records/health.h"
#include "visit/visit.h"

enum visit_health_row {
#define HEALTH(name, text, what) HEALTH_##name,
#include "visit/health.def"
#undef HEALTH
    HEALTH_ROWS
};
enum visit_health_state { HEALTH_GOOD, HEALTH_LOOK, HEALTH_FAULT };
const char *visit_health_text(enum visit_health_row row);
const char *visit_health_state_text(enum visit_health_state state); /* "good", "look", "fault" */

struct visit_health {
    enum visit_health_state rows[HEALTH_ROWS];
    struct site_health site;
    struct site_facts facts;
    struct site_backup_state backup;
    uint32_t guessed_codes;
    enum visit_health_state worst;
};

/* visit_may - is there a row for the actor and what they want to see (consent/may.def)? E_ROLE. */
SALVE_MUST_USE enum salve_code visit_may(const struct visit *visit, enum act act, struct salve_err *err);

/* visit_health - all of it, as it is now. Texts live in visit->mem. errors  E_ROLE; E_IO */
SALVE_MUST_USE enum salve_code visit_health(const struct visit *visit, struct visit_health *out, struct salve_err *err);

#endif
