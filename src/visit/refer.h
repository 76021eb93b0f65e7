/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/refer - a person is referred to somebody else, and what becomes of it. Rules:
 * - A clinician refers, by a request that was signed; where to, and by which day. Nothing is sent: the person takes a
 *   slip along, with their consent by taking it.
 * - The slip has a code with which the place answers in one tap; that notes nothing in the record. Staff open the
 *   person, and note it.
 * - Work that is open about it stands in the list while the person's agreement to follow-up does (records/referral.h).
 */
#ifndef SALVE_VISIT_REFER_H
#define SALVE_VISIT_REFER_H

#include "records/referral.h"
#include "visit/clinic.h"
#include "visit/person.h"

/* visit_is_follow_up - is it a task of the list that is followed up, and none of the inbox? */
bool visit_is_follow_up(enum work_task task);

/* What a signed finding asks for. */
struct visit_request {
    struct str id;         /* of the ServiceRequest */
    struct visit_shown of; /* the finding; `of.id` empty: it cannot be seen here */
    struct str until;      /* the last day of it, "2026-12-14" */
    struct str place;      /* the name that the site gave for its action; empty: none */
    bool has_referral;     /* one that goes on */
};

/* A referral as it stands. */
struct visit_referral {
    struct str id; /* of the Task */
    struct str request;
    struct visit_shown of;
    enum referral_state state;
    struct str place;        /* as it was written; empty: none was */
    struct str until;        /* by when; of one with an appointment its day */
    struct str referred_at;  /* instant */
    struct str by, at;       /* who noted the state, by printed name, and when */
    struct str words;        /* what they noted beside it; empty: nothing */
    enum referral_said said; /* what the place answered and nobody noted yet */
    int64_t said_at_unix_ms;
};

struct visit_referrals {
    struct visit_request *requests; /* the most urgent first */
    size_t request_count;
    struct visit_referral *referrals; /* those that go on first, the newest first */
    size_t referral_count;
    struct str telephones; /* of the person, with commas between; empty: none is recorded */
    struct work open;
};

/* visit_referrals - of the person with that card or ticket; texts in visit->mem. */
SALVE_MUST_USE enum salve_code visit_referrals(const struct visit *visit, struct str card, struct visit_referrals *out,
                                               struct salve_err *err);

/* visit_refer - a referral of the request.
 *   place   its name, as the slip has it; empty: the person chooses
 *   until   by which day; empty: the last day of the request
 *   errors  E_NOT_FOUND no such request; E_CONFLICT it has one already, or is not signed; E_INVALID until is no day, or
 *           gone; E_ROLE; E_NOT_ADMITTED the words of `place` */
struct visit_refer_ask {
    struct str request, place, until;
};
SALVE_MUST_USE enum salve_code visit_refer(const struct visit *visit, struct str card,
                                           const struct visit_refer_ask *ask, struct str *id, struct salve_err *err);

/* visit_follow - what became of it: a state that may follow, with its day (the appointment's; by when it is asked
 * again; empty: as it is, or 28 days after they were seen) and words of who notes it. E_CONFLICT; E_INVALID. */
struct visit_follow_ask {
    struct str referral;
    enum referral_state state;
    struct str until, words;
};
SALVE_MUST_USE enum salve_code visit_follow(const struct visit *visit, struct str card,
                                            const struct visit_follow_ask *ask, struct salve_err *err);

/* visit_refer_slip - what the slip of a referral has, with a new code; the slips before it answer no more. Of the
 * person there is the name and the year of birth. E_NOT_FOUND: no such referral goes on. */
struct visit_slip {
    struct str site, telephone, address; /* of the clinic that refers */
    struct str name, born_year, sex;
    struct visit_referral referral;
    struct visit_place place; /* as the site gave it, where the name is the same; parts may be empty */
    struct str by;            /* printed name of who referred */
    struct str code;
};
SALVE_MUST_USE enum salve_code visit_refer_slip(const struct visit *visit, struct str card, struct str referral,
                                                struct visit_slip *out, struct salve_err *err);

/* visit_follow_list - tickets with such tasks, noted in the log: those that were answered, then what is due first.
 * *unreadable (may be NULL): rows of open work that do not open. E_ROLE. */
struct visit_due {
    struct work work;    /* tasks of the follow-up alone */
    int64_t due_unix_ms; /* the earliest */
    bool is_answered;
};
SALVE_MUST_USE enum salve_code visit_follow_list(const struct visit *visit, struct visit_due **out, size_t *count,
                                                 uint64_t *unreadable, struct salve_err *err);

#endif
