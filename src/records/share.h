/* SPDX-License-Identifier: Apache-2.0
 *
 * share - copies that a person gives away by health links. The eleventh door of the gate.
 *
 * The gate keeps a copy as it came: sealed by whoever made it, under a key that stands in the link alone (shl/shl.h).
 * So it hands out what it cannot read, to whoever has the address and the passcode, until the time is over, the person
 * ends it, the record is erased, or ten passcodes were wrong: then the copy is gone.
 *
 *     struct share_ask ask = {.copy = jwe, .passcode = passcode, .label = label, .until_unix_s = until};
 *     code = share_make(view, &ask, mem, &made, err);                  // view: the person's own
 *     code = share_open(site, made.token, &by, mem, &opened, err);     // anybody, for the manifest
 *     code = share_fetch(site, made.token, opened.ticket, mem, &copy, err);
 *
 * The person sees each of it under "who looked": when a link was made, ended, opened, by whom as they said, and when a
 * passcode was wrong. */
#ifndef SALVE_RECORDS_SHARE_H
#define SALVE_RECORDS_SHARE_H

#include "records/rec.h"

enum {
    SHARES_MAX = 8,           /* of one person at a time; one more is refused: a link that is forgotten is no use */
    SHARE_DAYS_MAX = 30,      /* of the issue: at most a month */
    SHARE_TRIES_MAX = 10,     /* wrong passcodes of one link, over all its life */
    SHARE_OPENINGS_MAX = 200, /* of one link */
    SHARE_COPY_BYTES_MAX = 4 << 20,
    SHARE_PASSCODE_BYTES_MIN = 6,
    SHARE_PASSCODE_BYTES_MAX = 64,
    SHARE_LABEL_BYTES_MAX = 80,
    SHARE_BY_BYTES_MAX = 200,
    SHARE_FILE_SECONDS = 300, /* that the address of a file is good; the specification allows an hour */
};

struct share_ask {
    struct str copy;      /* sealed under the link's key */
    struct str passcode;  /* told beside the link */
    struct str label;     /* what the person calls it; one line */
    int64_t until_unix_s; /* 0: SHARE_DAYS_MAX from now; more is cut to that */
};

struct share_made {
    struct str token; /* of the address, 43 characters; shown once, only a keyed hash of it is kept */
    uint64_t number;  /* of this person's links, from 1 */
    int64_t until_unix_s;
};

/* share_make - E_ROLE: another view than the person's own; E_FULL: SHARES_MAX are there; E_RANGE: passcode or label is
 * too short or too long; E_TOO_BIG: the copy; E_CLOCK: nobody knows when it would end. Durable, with its leaf. */
SALVE_MUST_USE enum salve_code share_make(struct rec_view *view, const struct share_ask *ask, struct arena *mem,
                                          struct share_made *out, struct salve_err *err);

/* share_list - the links of the person behind the view that are good still, oldest first.
 * share_end - one of them, at once: its copy is gone. E_NOT_FOUND: there is none of that number. */
struct share {
    uint64_t number;
    struct str label;
    int64_t made_unix_ms, until_unix_ms;
    int64_t opened_unix_ms; /* last; 0: never */
    uint32_t opened_count, tries_left;
};
SALVE_MUST_USE enum salve_code share_list(struct rec_view *view, struct arena *mem, struct share **out, size_t *count,
                                          struct salve_err *err);
SALVE_MUST_USE enum salve_code share_end(struct rec_view *view, uint64_t number, struct salve_err *err);

/* share_open - with the address and the passcode, by whoever has both. A wrong passcode is no error of the call: it is
 * counted durably before the answer; none at all is not. With the last wrong one the link ends.
 *   errors   E_NOT_FOUND: there is no such link, in the same words whatever it was; E_QUOTA: opened too often;
 *            E_INVALID: nobody says who they are; E_CLOCK */
struct share_by {
    struct str recipient; /* who they say they are: noted for the person, proved by nothing */
    struct str passcode;
};
struct share_opened {
    bool is_wrong; /* the passcode; then only tries_left counts */
    uint32_t tries_left;
    struct str copy, ticket; /* ticket: opens share_fetch for SHARE_FILE_SECONDS */
    int64_t made_unix_ms;
};
SALVE_MUST_USE enum salve_code share_open(struct site *site, struct str token, const struct share_by *by,
                                          struct arena *mem, struct share_opened *out, struct salve_err *err);

/* share_fetch - the copy, for who was just given that ticket. E_NOT_FOUND. */
SALVE_MUST_USE enum salve_code share_fetch(struct site *site, struct str token, struct str ticket, struct arena *mem,
                                           struct str *copy, struct salve_err *err);

#endif
