/* SPDX-License-Identifier: Apache-2.0
 *
 * rights - what a person decides: giving and taking back consent, a new card, erasure. The fourth door of the gate.
 * Records are opened and read with rec.h.
 *
 *     code = rec_consent_give(site, nurse, card, &grant, mem, &receipt, err);          // in force when it returns
 *     if (code == SALVE_OK) code = rec_consents(own, mem, &consents, &count, err);   // what was decided so far
 *     if (code == SALVE_OK) code = rec_consent_withdraw(site, person, card, PURPOSE_CARE, mem, NULL, err);
 *     if (code == SALVE_OK) code = rec_erase_ask(site, person, card, mem, &erasure, err);
 *
 * Withdrawing, giving anew, erasing and a new card end the views that rested on what was before (rec.h). */
#ifndef SALVE_RECORDS_RIGHTS_H
#define SALVE_RECORDS_RIGHTS_H

#include "consent/consent.h"
#include "records/rec.h"

/* --- consent ------------------------------------------------------------------------------------------------------ */

/* rec_consent_give - notes one agreement and makes the keys for it. In force when it returns.
 *   actor  staff (REGISTRAR, ASSISTANT, CLINICIAN) with the person, or the person (PARTICIPANT, GUARDIAN)
 *   who    the card code: the person is present
 *   grant  one purpose, never SELF (a right that comes with enrolment). The caller fills purpose, classes (0: the plain
 *          ones of the purpose; SENS only by its separate tick), form (with the file's bytes and their sha256), method,
 *          witness, teach_back and rounds, by, assent, to; not_after_unix_s 0 is the longest that the purpose allows,
 *          and later is cut to that. The gate sets state, seq, time, majority and taken_by, and runs consent_check with
 *          the birth date of the stored Patient and the ages of the site. of_age_by that is not empty: the actor, a
 *          CLINICIAN, states that the person is old enough; kept where the birth date leaves that open
 *   receipt  may be NULL
 *   errors E_CONSENT (teach-back not passed, dissent, no guardian for a child: nothing is kept), E_INVALID, E_ROLE,
 *          E_CONFLICT (people agreed to other words under the form's number and language, which the first agreement
 *          binds), E_NOT_FOUND, E_CLOCK, E_FULL, E_IO */
SALVE_MUST_USE enum salve_code rec_consent_give(struct site *site, struct actor actor, struct str who,
                                                const struct consent_grant *grant, struct arena *mem,
                                                struct rec_receipt *receipt, struct salve_err *err);

/* rec_consent_withdraw - ends a purpose. When it returns, no read under that purpose succeeds: the decision and its
 * leaf are durable, the purpose's wraps are gone, its classes have new keys, and for STATISTICS the projection is
 * deleted. Where nothing is given, nothing is taken back: OK, and the receipt's text is empty. Never E_CLOCK: taking
 * back always works. */
SALVE_MUST_USE enum salve_code rec_consent_withdraw(struct site *site, struct actor actor, struct str who,
                                                    enum purpose purpose, struct arena *mem,
                                                    struct rec_receipt *receipt, struct salve_err *err);

/* What the person decided until the view was opened, oldest first. Only a view of purpose SELF may ask (E_CONSENT
 * otherwise). */
struct rec_consent {
    struct consent_grant grant; /* seq and texts filled; texts in mem */
    int64_t at_unix_ms;
    bool in_force;                /* this very grant opens its purpose now */
    int64_t reminds_until_unix_s; /* follow-up: a call before the next check can be made until then; 0: it cannot */
};
SALVE_MUST_USE enum salve_code rec_consents(struct rec_view *view, struct arena *mem, struct rec_consent **out,
                                            size_t *count, struct salve_err *err);

/* rec_word_set - at enrolment, for a person of whom no birth date is recorded: a word of their own, which they tell
 * beside the card from then on. Once. actor: staff who enrol, with the person there.
 *   errors  E_CONFLICT there is a birth date, or a word; E_RANGE 6 to 200 bytes; E_ROLE, E_NOT_FOUND */
SALVE_MUST_USE enum salve_code rec_word_set(struct site *site, struct actor actor, struct str who, struct str word,
                                            struct salve_err *err);

/* --- the card, and erasure ---------------------------------------------------------------------------------------- */

/* rec_card_new - a new card for a person who lost theirs; the old one no longer works. `view` of purpose SELF or of
 * staff who see the identity, and not opened by a ticket (E_ROLE). This view goes on; every other one that was opened
 * with a card ends. */
SALVE_MUST_USE enum salve_code rec_card_new(struct rec_view *view, struct arena *mem, struct str *card,
                                            struct salve_err *err);

/* What an erasure leaves with the person. */
struct rec_erasure {
    int64_t at_unix_ms;      /* of what the receipt is about: asked for, or done */
    int64_t due_unix_ms;     /* erased at the first use of the site from then on; at_unix_ms: it is done */
    int64_t horizon_unix_ms; /* used after it, the site opens no copy from before; 14 days after due_unix_ms */
    struct rec_receipt receipt;
};

/* rec_erase_ask - the person wants to be erased: it is carried out after a day, by the gate itself. Asked again, the
 * first time stands. rec_erase_stop - taken back within the day. E_NOT_FOUND: nothing was asked for.
 * rec_erase - at once, with a member of staff there (E_ROLE).
 * When it is carried out, the person's records, keys, tokens and openings go; a tombstone and a leaf stay. Nothing
 * opens afterwards, here or from a restored backup once its tombstones are replayed; the log still verifies.
 *   actor  PARTICIPANT or GUARDIAN, who show that it is them (base/ids.h); who: the card. E_PIN, E_QUOTA, E_CLOCK */
SALVE_MUST_USE enum salve_code rec_erase_ask(struct site *site, struct actor actor, struct str who, struct arena *mem,
                                             struct rec_erasure *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_erase_stop(struct site *site, struct actor actor, struct str who, struct arena *mem,
                                              struct rec_receipt *receipt, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_erase(struct site *site, struct actor actor, struct str who, struct arena *mem,
                                         struct rec_erasure *out, struct salve_err *err);

#endif
