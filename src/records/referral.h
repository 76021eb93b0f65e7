/* SPDX-License-Identifier: Apache-2.0
 *
 * referral - a person was referred to somebody else: what stands in their record about it, who is asked what became of
 * it, and the answer of the place that they were sent to. The tenth door of the gate.
 *
 * A referral is a Task (docs/formats/findings.md): code `fulfill` of a ServiceRequest that was signed, in the name of
 * who referred. It is saved like everything else (rec.h), and the gate looks at it: only who may refers, a request has
 * one referral that goes on, states follow each other as guideline/referral.def says, and whoever notes one is named.
 *
 * While the person's agreement to follow-up stands and the referral goes on, their ticket has an entry of it
 * (worklist.h: REFER, FOLLOW). It comes from the record and from nothing else; no caller sets or ends it. It ends with
 * the agreement, and 180 days after it began, so that no list of those who never went grows (N9). What is kept apart
 * has no such entry.
 *
 *     referral_code(view, id, mem, &code, err);            // on the slip: "K7M2QX4P-.."
 *     referral_answer(site, code, REFERRAL_SAID_SEEN, err);  // by anybody who has it: no name, no record, no account
 *     referral_answers(view, mem, &list, &count, err);     // staff, with the person open: what was answered */
#ifndef SALVE_RECORDS_REFERRAL_H
#define SALVE_RECORDS_REFERRAL_H

#include "guideline/referral.h"
#include "records/worklist.h"

/* referral_code - a code for the slip of a referral that goes on, in mem; the one before it ends. It opens nothing, and
 * nothing of the person is in it. It is good until the referral ends, or follow-up is taken back, or for 180 days.
 * `referral`: id of the Task, with or without its type. E_NOT_FOUND: no such referral goes on; E_ROLE. */
SALVE_MUST_USE enum salve_code referral_code(struct rec_view *view, struct str referral, struct arena *mem,
                                             struct str *code, struct salve_err *err);

/* referral_answer - noted beside the ticket, which then has an entry REPLY; nothing is written into the record, and
 * nothing is told. The newest of several stands; 20 of one code are taken (E_QUOTA). E_NOT_FOUND: no such code, in the
 * same words whatever it was; E_INVALID: said is NOTHING. */
SALVE_MUST_USE enum salve_code referral_answer(struct site *site, struct str code, enum referral_said said,
                                               struct salve_err *err);

/* referral_answers - what was answered about referrals of the person behind the view and not noted since. */
struct referral_answer {
    uint64_t number; /* of the Task's id, behind the dot */
    enum referral_said said;
    int64_t at_unix_ms;
};
SALVE_MUST_USE enum salve_code referral_answers(struct rec_view *view, struct arena *mem, struct referral_answer **out,
                                                size_t *count, struct salve_err *err);

#endif
