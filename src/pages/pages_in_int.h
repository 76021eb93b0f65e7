/* SPDX-License-Identifier: Apache-2.0
 *
 * pages_in - what a call is asked, out of its JSON. Nothing else is in it than its row of pages.def says; depth, bytes,
 * numbers of items and bytes of each text are bounded. Include only from src/pages/. */
#ifndef SALVE_PAGES_PAGES_IN_INT_H
#define SALVE_PAGES_PAGES_IN_INT_H

#include "base/arena.h"
#include "base/err.h"
#include "form/form.h"
#include "screen/screen.h"
#include "visit/measure.h"

enum pages_member {
#define PAGES_TEXT(name, bytes_max)       PAGES_IN_##name,
#define PAGES_BYTES(name, bytes_max)      PAGES_IN_##name,
#define PAGES_FLAG(name)                  PAGES_IN_##name,
#define PAGES_LIST(name, items_max, read) PAGES_IN_##name,
#include "pages/pages_in.def"
#undef PAGES_TEXT
#undef PAGES_BYTES
#undef PAGES_FLAG
#undef PAGES_LIST
    PAGES_MEMBERS
};
typedef unsigned __int128 pages_members; /* bit (1 << member) */

/* A number that somebody looked at: which reading, which number of it. */
struct pages_pair {
    uint32_t reading, which;
};

/* How long a task took. */
struct pages_time {
    struct str task;
    int64_t ms;
};

/* Texts are views of the body or live in the memory of the request; what was not given is empty. */
struct pages_in {
    pages_members given;
    struct str name, secret, who, person, key, how, why, agreed, language, role, with, withSecret, from;
    struct str code, id, label, tablet, digest, map;
    struct str card, old, slip, family, givenNames, names, birthDate, age, sex, telephone, ownWord;
    struct str station, state, item;
    struct str purpose, version, rounds, method, witness, assent, agreedOn, form;
    struct str place, until, words, said;
    struct str query, classes, days, after;
    struct str challenge, tabletSignature, credential, authenticatorData, clientData, signature, publicKey, rows,
        document; /* bytes */
    bool isGuardian, untold, locked, sure, keepApart, remind, ofAge;
    struct visit_typed *readings;
    struct pages_pair *confirmed;
    struct screen_leave *leave;
    struct str *items;
    struct pages_time *times;
    struct guideline_choice *choices;
    struct form_answer *answers;
    size_t readings_count, confirmed_count, leave_count, items_count, times_count, choices_count, answers_count;
};

/* pages_in_read - E_SYNTAX, E_TOO_DEEP, E_TOO_BIG; E_INVALID names the member that is missing, not known or of another
 * type. Of the last, *out has all that could be read: readings are looked at whatever stands beside them. */
SALVE_MUST_USE enum salve_code pages_in_read(struct str body, pages_members must, pages_members may, struct arena *mem,
                                             struct pages_in *out, struct salve_err *err);

#endif
