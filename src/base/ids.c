/* SPDX-License-Identifier: Apache-2.0
 * The closed lists and the compartment id; see ids.h. */
#include "base/ids.h"

#include "base/assert.h"

struct purpose_row {
    const char *text, *reason;
    class_mask classes;
};

static const char *const class_texts[] = {
#define CLASS(name, nr, text, holds) [nr] = text,
#include "base/classes.def"
#undef CLASS
};

static const struct purpose_row purposes[] = {
#define PURPOSE(name, nr, text, reason, classes) [nr] = {text, reason, classes},
#include "base/purposes.def"
#undef PURPOSE
};

static const char *const family_texts[] = {
#define FAMILY(name, nr, text, holds) [nr] = text,
#include "base/families.def"
#undef FAMILY
};

static const char *const role_texts[] = {
#define ROLE(name, text, may) text,
#include "base/roles.def"
#undef ROLE
};

static const char *const role_mays[] = {
#define ROLE(name, text, may) may,
#include "base/roles.def"
#undef ROLE
};

const char *class_text(enum data_class class)
{
    salve_assert(class >= 1 && class <= CLASS_LAST);
    return class_texts[class];
}

bool class_find(struct str text, enum data_class *out)
{
    for (int nr = 1; nr <= CLASS_LAST; nr++) {
        if (!str_is(text, class_texts[nr])) continue;
        *out = (enum data_class)nr;
        return true;
    }
    return false;
}

static const struct purpose_row *row_of(enum purpose purpose)
{
    salve_assert(purpose >= 1 && purpose <= PURPOSE_LAST);
    return &purposes[purpose];
}

const char *purpose_text(enum purpose purpose) { return row_of(purpose)->text; }
const char *purpose_reason(enum purpose purpose) { return row_of(purpose)->reason; }
class_mask purpose_classes(enum purpose purpose) { return row_of(purpose)->classes; }

const char *role_text(enum role role)
{
    salve_assert(role < ROLE_COUNT);
    return role_texts[role];
}

const char *role_may(enum role role)
{
    salve_assert(role < ROLE_COUNT);
    return role_mays[role];
}

bool purpose_find(struct str text, enum purpose *out)
{
    for (int nr = 1; nr <= PURPOSE_LAST; nr++) {
        if (!str_is(text, purposes[nr].text)) continue;
        *out = (enum purpose)nr;
        return true;
    }
    return false;
}

const char *family_text(enum family family)
{
    salve_assert(family >= 1 && family <= FAMILY_LAST);
    return family_texts[family];
}

bool family_find(struct str text, enum family *out)
{
    for (int nr = 1; nr <= FAMILY_LAST; nr++) {
        if (!str_is(text, family_texts[nr])) continue;
        *out = (enum family)nr;
        return true;
    }
    return false;
}

bool role_find(struct str text, enum role *out)
{
    for (int nr = 0; nr < ROLE_COUNT; nr++) {
        if (!str_is(text, role_texts[nr])) continue;
        *out = (enum role)nr;
        return true;
    }
    return false;
}

static const char base32_digits[] = "abcdefghijklmnopqrstuvwxyz234567";

void compartment_text(struct compartment id, char text[COMPARTMENT_TEXT_BYTES + 1])
{
    uint32_t bits = 0, bit_count = 0;
    char *at = text;
    for (int i = 0; i < COMPARTMENT_BYTES; i++) {
        bits = bits << 8 | id.bytes[i];
        for (bit_count += 8; bit_count >= 5; bit_count -= 5) *at++ = base32_digits[bits >> (bit_count - 5) & 31];
    }
    *at++ = base32_digits[bits << (5 - bit_count) & 31];
    *at = '\0';
}

bool compartment_parse(struct str text, struct compartment *out)
{
    uint32_t bits = 0, bit_count = 0, filled = 0;
    if (text.len != COMPARTMENT_TEXT_BYTES) return false;
    for (size_t i = 0; i < text.len; i++) {
        const char *digit = text.ptr[i] == '\0' ? NULL : strchr(base32_digits, text.ptr[i]);
        if (digit == NULL) return false;
        bits = bits << 5 | (uint32_t)(digit - base32_digits);
        bit_count += 5;
        if (bit_count < 8 || filled == COMPARTMENT_BYTES) continue;
        bit_count -= 8;
        out->bytes[filled++] = (uint8_t)(bits >> bit_count);
    }
    return (bits & ((1u << bit_count) - 1)) == 0; /* one text for one id */
}
