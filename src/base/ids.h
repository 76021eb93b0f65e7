/* SPDX-License-Identifier: Apache-2.0
 *
 * ids - the closed lists that several layers share: data classes, purposes, roles, and the compartment id. A row of
 * classes.def, purposes.def or roles.def is the only place where such a fact is written. There is no role and no
 * purpose for police, security, insurers or employers, and administrators have no purpose that opens a compartment
 * (docs/never.md N8, N20). */
#ifndef SALVE_BASE_IDS_H
#define SALVE_BASE_IDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum data_class {
#define CLASS(name, nr, text, holds) CLASS_##name = nr,
#include "base/classes.def"
#undef CLASS
    CLASS_END,
    CLASS_LAST = CLASS_END - 1
};

typedef uint32_t class_mask; /* bit (1 << class) */
#define CLASS_BIT(class) ((class_mask)1 << (class))

enum purpose {
#define PURPOSE(name, nr, text, reason, classes) PURPOSE_##name = nr,
#include "base/purposes.def"
#undef PURPOSE
    PURPOSE_END,
    PURPOSE_LAST = PURPOSE_END - 1
};

enum family {
#define FAMILY(name, nr, text, holds) FAMILY_##name = nr,
#include "base/families.def"
#undef FAMILY
    FAMILY_END,
    FAMILY_LAST = FAMILY_END - 1
};

typedef uint32_t family_mask; /* bit (1 << family); 0: not kept apart */
#define FAMILY_BIT(family) ((family_mask)1 << (family))
#define FAMILY_ALL         (((family_mask)1 << FAMILY_END) - 2)

enum role {
#define ROLE(name, text, may) ROLE_##name,
#include "base/roles.def"
#undef ROLE
    ROLE_COUNT
};

/* Facts of the rows; every text is static. The finders return false for an unknown text. */
const char *class_text(enum data_class class);
const char *purpose_text(enum purpose purpose);
const char *purpose_reason(enum purpose purpose); /* v3-ActReason code */
class_mask purpose_classes(enum purpose purpose); /* classes a wrap of this purpose may deliver */
const char *role_text(enum role role);
const char *role_may(enum role role); /* in words */
bool class_find(struct str text, enum data_class *out);
bool purpose_find(struct str text, enum purpose *out);
bool role_find(struct str text, enum role *out);
const char *family_text(enum family family);
bool family_find(struct str text, enum family *out);

/* A compartment: all that is kept about one person. 16 random bytes, shown as 26 lower-case base32 characters
 * (RFC 4648 alphabet without padding; the last character carries 3 bits). */
enum { COMPARTMENT_BYTES = 16, COMPARTMENT_TEXT_BYTES = 26 };
struct compartment {
    uint8_t bytes[COMPARTMENT_BYTES];
};
void compartment_text(struct compartment id, char text[COMPARTMENT_TEXT_BYTES + 1]);
bool compartment_parse(struct str text, struct compartment *out);
static inline struct str compartment_bytes(const struct compartment *id)
{
    return str_bytes(id->bytes, sizeof id->bytes);
}
static inline bool compartment_eq(struct compartment a, struct compartment b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

/* Who acts. Staff: `id` is a pseudonym of this site ("dr-amina"), and `pass` what staff_login (records/staff.h) gave,
 * or the token of their session (records/session.h); without it the gate takes nobody for one. The person, or a
 * guardian: `told` is what they say beside the card, the birth date, or their word where none is recorded; or a member
 * of staff is there with them, whose id and pass it is. */
enum { ACTOR_PASS_BYTES = 32 };
struct actor {
    struct str id;
    enum role role;
    struct str site;
    struct str told; /* of the call, kept nowhere */
    uint8_t pass[ACTOR_PASS_BYTES];
};

#endif
