/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/enrol - a new person, and what they agree to. */
#ifndef SALVE_VISIT_ENROL_H
#define SALVE_VISIT_ENROL_H

#include "visit/visit.h"

/* What a new person is asked, in the order of the questions. */
enum visit_question { VISIT_FAMILY, VISIT_GIVEN, VISIT_BIRTH_DATE, VISIT_SEX, VISIT_QUESTIONS };
struct visit_patient_form {
    struct str family, given, birth_date, sex; /* given: all of them as one text; birth_date: 2026-01-31 */
    struct str id;                             /* of the Patient in a file; empty: none */
    struct str telephone, language;            /* as it is dialled; in which they like to be spoken to, "ar" */
};

/* visit_patient_answer - one answer, checked, into the form in the form's own words ("F", "Female" are female). *out:
 * VISIT_ASK where it is possible and unlikely (older than 110): somebody has to say that it is right.
 *   errors   E_USAGE, with the right form: no name at all, no date, no sex; E_RANGE: born in the future or more than
 *            130 years ago */
enum visit_answer { VISIT_FINE, VISIT_ASK };
SALVE_MUST_USE enum salve_code visit_patient_answer(enum visit_question question, struct str answer,
                                                    int64_t now_unix_ms, struct visit_patient_form *form,
                                                    enum visit_answer *out, struct salve_err *err);

/* visit_born_check - the same for a birth date that stands in a file; empty is fine. */
SALVE_MUST_USE enum salve_code visit_born_check(struct str birth_date, int64_t now_unix_ms, enum visit_answer *out,
                                                struct salve_err *err);

/* visit_patient_json - the FHIR Patient of what was told; what is empty is left out. Enrolment checks it. */
SALVE_MUST_USE enum salve_code visit_patient_json(const struct visit_patient_form *form, struct arena *mem,
                                                  struct str *out, struct salve_err *err);

/* visit_enrol - a record for one person, with own access and nothing else. The card is handed out once: it must
 * reach the person or the disk before anything else is done for them. `sex`: the answer to "sex for reference
 * ranges", asked in these words, which then counts as recorded; empty: nobody asked. `word` is theirs, to be told
 * beside the card where no birth date is recorded; empty: none. Errors of visit_born_check, rec_enrol and
 * rec_word_set; after those nobody is enrolled. */
SALVE_MUST_USE enum salve_code visit_enrol(const struct visit *visit, const struct tape *patient, struct str sex,
                                           struct str word, struct rec_enrolled *out, struct salve_err *err);

/* visit_enrol_form - the same from what was told. E_USAGE: the language is no code of one. */
SALVE_MUST_USE enum salve_code visit_enrol_form(const struct visit *visit, const struct visit_patient_form *form,
                                                struct str word, struct rec_enrolled *out, struct salve_err *err);

/* visit_enrol_undo - erases what visit_enrol made: its card did not reach anybody. */
SALVE_MUST_USE enum salve_code visit_enrol_undo(const struct visit *visit, struct str card, struct salve_err *err);

/* visit_card_new - a new card in place of one that others saw, or that is lost; the old code stops working. It is
 * handed out once. `who` is the old code: the person's own, or staff's with the person there. Where it is lost: the
 * record's id, which stands before the dot in every id that the person took along; that needs a registrar or clinician,
 * and the person's agreement to follow-up.
 * visit_card_by_name - the same by all names and birth date, exactly, where the site has switched that on. The look-up
 * is noted in the person's history. E_NOT_FOUND says no more than that no one record opens in that way: nobody of that
 * name, two of them, or one whose person did not agree to follow-up. E_UNSUPPORTED: the site has it off; E_QUOTA. */
SALVE_MUST_USE enum salve_code visit_card_new(const struct visit *visit, struct str who, struct str *card,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code visit_card_by_name(const struct visit *visit, struct str names, struct str birth_date,
                                                  struct str *card, struct salve_err *err);

/* What is told about one agreement. */
struct visit_grant_ask {
    enum purpose purpose;      /* never SELF: own access needs no agreement */
    struct str language;       /* of the form that was gone through */
    struct str version;        /* of the form; STR_NONE: the newest */
    struct str method;         /* "signed", "pin", "card", "spoken"; empty: card */
    struct str assent;         /* the child's own answer: "given", "not-able", "dissent"; empty: no child */
    struct str to;             /* the one helper or place that HELPER and TRANSFER are for */
    uint32_t read_back_rounds; /* 1 or 2: the round in which every question was met; 0: not met, and the gate refuses */
    struct str agreed_on;      /* on paper, before: the date on it, YYYY-MM-DD; empty: now */
    struct str of_age_by; /* the clinician, who is the actor, states that the person is of age; empty: nobody does */
    bool has_witness, is_by_guardian;
    bool with_sensitive; /* a tick of its own: also what is kept apart */
};

/* visit_grant - the agreement as the gate takes it, bound to the form of the content by its hash.
 *   errors   E_USAGE: no such purpose, method or answer; rounds other than 0, 1, 2; HELPER or TRANSFER for nobody by
 *            name (unless a guardian decides); those of visit_form */
SALVE_MUST_USE enum salve_code visit_grant(const struct visit_content *content, const struct visit_grant_ask *ask,
                                           struct consent_grant *out, struct salve_err *err);

/* visit_grant_words - the agreement that one cell of a file names: form with its language, method, date, witness (none,
 * independent) and round of the reading back, "1.0/en signed 2026-01-31 none 1". E_USAGE: not these five; those of
 * visit_grant. */
SALVE_MUST_USE enum salve_code visit_grant_words(const struct visit_content *content, enum purpose purpose,
                                                 struct str words, struct consent_grant *out, struct salve_err *err);

/* visit_slip_claim - a slip is changed for a card, once, with the person at the desk. The card is handed out once. */
SALVE_MUST_USE enum salve_code visit_slip_claim(const struct visit *visit, struct str slip, struct str *card,
                                                struct salve_err *err);

/* visit_consent_give - notes one agreement. There is no call for a refusal: it leaves no trace. Errors of
 * rec_consent_give: E_CONSENT where the form was not read back, or the child did not assent. */
SALVE_MUST_USE enum salve_code visit_consent_give(const struct visit *visit, struct str card,
                                                  const struct consent_grant *grant, struct rec_receipt *receipt,
                                                  struct salve_err *err);

#endif
