/* SPDX-License-Identifier: Apache-2.0
 * The workshop of consent: include only from src/consent/. */
#ifndef SALVE_CONSENT_INT_H
#define SALVE_CONSENT_INT_H

#include "consent/consent.h"

enum { CONSENT_DAY_S = 86400, CONSENT_NAME_BYTES_MAX = 200 };

/* consent_refuse - fills *err with where and why; returns `code` also if err is NULL. */
static inline enum salve_code consent_refuse(struct salve_err *err, enum salve_code code, const char *where,
                                             const char *why)
{
    return salve_refuse(err, code, why, "%s", where);
}

/* One row of CONSENT_TERMS. */
struct consent_term {
    int32_t days_max;
    bool may_choose_sens;
};
struct consent_term consent_term_of(enum purpose purpose); /* {-1, false} for what is no purpose */

/* Texts of the closed lists, and the way back. */
const char *consent_state_text(enum consent_state state);
const char *consent_method_text(enum consent_method method);
const char *consent_witness_text(enum consent_witness witness);
const char *consent_teach_back_text(enum consent_teach_back teach_back);
const char *consent_decider_text(enum consent_decider by);
const char *consent_assent_text(enum consent_assent assent);
bool consent_state_find(struct str text, enum consent_state *out);
bool consent_witness_find(struct str text, enum consent_witness *out);
bool consent_teach_back_find(struct str text, enum consent_teach_back *out);
bool consent_decider_find(struct str text, enum consent_decider *out);

/* consent_is_whole - what a GIVEN grant must have, whoever wrote it: checked before storing and again when deciding.
 * On false, *where and *why say what is missing. */
bool consent_is_whole(const struct consent_grant *grant, const char **where, const char **why);

#endif
