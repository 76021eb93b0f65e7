/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/rights - what a person does with their own record. The actor is the person (visit_person), but for
 * visit_withdraw, which staff may do with the person present. */
#ifndef SALVE_VISIT_RIGHTS_H
#define SALVE_VISIT_RIGHTS_H

#include "base/buf.h"
#include "screen/told.h"
#include "visit/visit.h"

struct json_writer;

/* visit_consents - their own choices, oldest first. */
struct visit_consents {
    struct rec_consent *list;
    size_t count;
};
SALVE_MUST_USE enum salve_code visit_consents(const struct visit *visit, struct str card, struct visit_consents *out,
                                              struct salve_err *err);

/* visit_consent_json - {"purpose":..,"inForce":..,"at":..,"notAfter":..}; the last where it ends by itself. */
void visit_consent_json(const struct rec_consent *consent, struct json_writer *w);

/* visit_looked - who looked, oldest first; `missing` counts those that the log does not hold as it should,
 * `unsigned_count` those whose proof can be had from proofs_from_unix_ms on, `ended_count` those that will have none,
 * since their log ended before. */
struct visit_looks {
    struct rec_look *list;
    size_t count, missing, unsigned_count, ended_count;
    int64_t proofs_from_unix_ms;
};
SALVE_MUST_USE enum salve_code visit_looked(const struct visit *visit, struct str card, struct visit_looks *out,
                                            struct salve_err *err);

/* visit_proofs - of those, what the person has receipts of: enrolment, choices and cards, the newest and what came
 * within a day before it, or all.
 * visit_proof_json - {"receipt":kind,"at":..,"purpose":..,"leaf":..,"proof":..} of one; without a proof where there is
 * none yet. */
SALVE_MUST_USE enum salve_code visit_proofs(const struct visit *visit, struct str card, bool all,
                                            struct visit_looks *out, struct salve_err *err);
void visit_proof_json(const struct rec_look *look, struct json_writer *w);

/* visit_look_json - one line of it: at, kind, role, actor, site, purpose, classes, resources, leaf, proved; proofFrom
 * where that is not known yet.
 * visit_classes_add - appends "identity, measurements". */
SALVE_MUST_USE enum salve_code visit_look_json(const struct visit_looks *looks, size_t at, struct arena *mem,
                                               struct json_writer *w, struct salve_err *err);
void visit_classes_add(class_mask classes, struct buf *out);

/* visit_history - every version of one resource, oldest first. id: "Observation/<id>" or "<id>". E_NOT_FOUND. */
struct visit_version {
    uint32_t version; /* 1.. ; the last one stands */
    int64_t saved_at_unix_ms;
    struct str json;
    struct screen_told told; /* is_told: it notes that somebody told the person */
};
struct visit_versions {
    struct visit_version *list;
    size_t count;
};
SALVE_MUST_USE enum salve_code visit_history(const struct visit *visit, struct str card, struct str id,
                                             struct visit_versions *out, struct salve_err *err);

/* visit_version_json - {"version":..,"savedAt":..,"resource":{..}} */
void visit_version_json(const struct visit_version *version, struct json_writer *w);

/* visit_take - everything that is kept about the person, as one FHIR Bundle. */
struct visit_taken {
    struct str bundle;
    size_t resource_count;
    struct screen_told *told; /* who told the person of what could not wait, in the order of the bundle */
    size_t told_count;
};
SALVE_MUST_USE enum salve_code visit_take(const struct visit *visit, struct str card, struct visit_taken *out,
                                          struct salve_err *err);

/* What a person gets for what they did, in their language, with its proof. */
struct visit_receipt {
    struct str title, body; /* the words for proof.kind, and for no other */
    struct str until;       /* erasure: the day by which older key backups are useless; else empty */
    struct str due;         /* erasure that was asked for: from when it is carried out; else empty */
    struct str later;       /* where there is no proof yet: from when there is one, in words */
    struct rec_receipt proof;
};

/* visit_receipt_text - as it is handed out: title, body, and the proof or from when there is one.
 * visit_receipt_json - {"receipt":the kind that the proof opens,"at":..,"purpose":..,"erasedFrom":..,"keysGoneBy":..,
 * "leaf":..,"text":..,"proof":.. or "proofFrom":..} and a line end, without what it does not have. */
SALVE_MUST_USE enum salve_code visit_receipt_text(const struct visit_receipt *receipt, struct arena *mem,
                                                  struct str *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code visit_receipt_json(const struct visit_receipt *receipt, struct arena *mem,
                                                  struct str *out, struct salve_err *err);

/* visit_withdraw - takes one agreement back, effective at once; nobody is asked why. The words of the receipt are read
 * first: an unknown language, or words that are not whole, change nothing (E_NOT_FOUND, E_INVALID). What is not
 * switched on is E_NOT_FOUND too: nothing changes, and there is no receipt. */
SALVE_MUST_USE enum salve_code visit_withdraw(const struct visit *visit, struct str card, enum purpose purpose,
                                              struct str language, struct visit_receipt *out, struct salve_err *err);

/* visit_erase - the record goes for good: after a day to think it over, by the gate itself; at once where a member of
 * staff is there (visit_beside). visit_erase_stop - within the day: it stays. The words of the receipt are read first,
 * as in visit_withdraw. */
SALVE_MUST_USE enum salve_code visit_erase(const struct visit *visit, struct str card, struct str language,
                                           bool is_at_once, struct visit_receipt *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code visit_erase_stop(const struct visit *visit, struct str card, struct str language,
                                                struct visit_receipt *out, struct salve_err *err);

#endif
