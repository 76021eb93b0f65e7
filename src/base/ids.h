/* SPDX-License-Identifier: Apache-2.0
 *
 * ids - the closed lists that several layers share: data classes, purposes, roles, event kinds, and the compartment id.
 * A row here is the only place where such a fact is written. There is no role and no purpose for police, security,
 * insurers or employers, and administrators have no purpose that opens a compartment (docs/never.md N8, N20). */
#ifndef SALVE_BASE_IDS_H
#define SALVE_BASE_IDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* clang-format off */
/*    name      nr  text           what it holds */
#define SALVE_CLASSES(X)                                                                                              \
    X(IDENT,     1, "identity",    "name, birth date, contact, card")                                                 \
    X(CLIN,      2, "clinical",    "measurements, results, findings, letters")                                        \
    X(SENS,      3, "sensitive",   "what the person wants kept apart")                                                \
    X(STAT,      4, "statistics",  "the coded minimal projection")                                                    \
    X(CONTACT,   5, "contact",     "how the person may be asked about research")                                      \
    X(AUDIT,     6, "audit",       "own access history, leaf openings")                                               \
    X(CONSENT,   7, "consent",     "decisions, forms, guardians")
/* clang-format on */

#define X(name, nr, text, holds) CLASS_##name = nr,
enum data_class { SALVE_CLASSES(X) CLASS_LAST = 7 };
#undef X

typedef uint32_t class_mask; /* bit (1 << class) */
#define CLASS_BIT(class) ((class_mask)1 << (class))

/* clang-format off */
/*    name       nr  id            v3 ActReason   classes delivered */
#define SALVE_PURPOSES(X)                                                                                             \
    X(CARE,       1, "care",       "TREAT",    CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CLIN))                        \
    X(FOLLOW_UP,  2, "follow-up",  "CAREMGT",  CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CLIN))                        \
    X(STATISTICS, 3, "statistics", "HQUALIMP", CLASS_BIT(CLASS_STAT))                                                 \
    X(RESEARCH,   4, "research-contact", "HRESCH", CLASS_BIT(CLASS_CONTACT))                                          \
    X(TRANSFER,   5, "transfer",   "PATRQT",   CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CLIN))                        \
    X(SELF,       6, "self",       "PATRQT",   CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CLIN) | CLASS_BIT(CLASS_SENS) |\
                                               CLASS_BIT(CLASS_STAT) | CLASS_BIT(CLASS_CONTACT) |                     \
                                               CLASS_BIT(CLASS_AUDIT) | CLASS_BIT(CLASS_CONSENT))                     \
    X(HELPER,     7, "helper",     "FAMRQT",   CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CLIN))
/* clang-format on */

#define X(name, nr, text, reason, classes) PURPOSE_##name = nr,
enum purpose { SALVE_PURPOSES(X) PURPOSE_LAST = 7 };
#undef X

/* clang-format off */
/*    name         text            may do */
#define SALVE_ROLES(X)                                                                                                \
    X(PARTICIPANT, "participant",  "own record: look, take, change choices, erase")                                   \
    X(HELPER,      "helper",       "what a participant opened for them")                                              \
    X(GUARDIAN,    "guardian",     "decide for a child until majority")                                               \
    X(REGISTRAR,   "registrar",    "enrol, take consent")                                                             \
    X(ASSISTANT,   "assistant",    "record measurements")                                                             \
    X(CLINICIAN,   "clinician",    "record, review, sign, accept guidelines")                                         \
    X(MANAGER,     "manager",      "run the site; opens no record")                                                   \
    X(TECHNICIAN,  "technician",   "keys, verify, backup; opens no record")
/* clang-format on */

#define X(name, text, may) ROLE_##name,
enum role { SALVE_ROLES(X) ROLE_COUNT };
#undef X

/* Facts of the rows; every text is static. The finders return false for an unknown text. */
const char *class_text(enum data_class class);
const char *purpose_text(enum purpose purpose);
const char *purpose_reason(enum purpose purpose); /* v3-ActReason code */
class_mask purpose_classes(enum purpose purpose); /* classes a wrap of this purpose may deliver */
const char *role_text(enum role role);
bool purpose_find(struct str text, enum purpose *out);
bool role_find(struct str text, enum role *out);

/* A compartment: all that is kept about one person. 16 random bytes, shown as 26 lower-case base32 characters
 * (RFC 4648 alphabet without padding; the last character carries 3 bits). */
enum { COMPARTMENT_BYTES = 16, COMPARTMENT_TEXT_BYTES = 26 };
struct compartment {
    uint8_t bytes[COMPARTMENT_BYTES];
};
void compartment_text(struct compartment id, char text[COMPARTMENT_TEXT_BYTES + 1]);
bool compartment_parse(struct str text, struct compartment *out);
static inline bool compartment_eq(struct compartment a, struct compartment b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

/* Who acts. `id` is a staff pseudonym of this site ("dr-amina") or empty for the participant. */
struct actor {
    struct str id;
    enum role role;
    struct str site;
};

#endif
