/* SPDX-License-Identifier: Apache-2.0
 *
 * known - what a record has already, against what came: which resource is a version of which, which is here already,
 * which takes one back, and who a file is about. Include only from src/visit/. */
#ifndef SALVE_VISIT_KNOWN_INT_H
#define SALVE_VISIT_KNOWN_INT_H

#include "admit/import.h"
#include "visit/import.h"

struct visit_known; /* opaque: the resources of a view, by what names them */

/* visit_known_open - what the view shows, looked up by source id and by reading. `is_new`: the record holds nothing but
 * what enrolment keeps; nothing is opened.
 * visit_known_ask - makes an import ask it. */
enum salve_code visit_known_open(struct rec_view *view, bool is_new, struct arena *mem, struct visit_known **out,
                                 struct salve_err *err);
void visit_known_ask(struct visit_known *known, struct import_ask *ask);

/* What came with an id of the record that the caller gave it: one that is stored, of which it is the next version (its
 * newest version was seen), or a new one. visit_known_given - an import of these goes by their ids; after
 * visit_known_settle visit_known_fates says what became of each, in their order. */
struct visit_given {
    struct str id;
    bool is_next;
    uint64_t after_seq; /* of that version (records/rec.h) */
};
enum visit_fate_word {
    VISIT_FATE_LEFT_OUT, /* admission left it out */
    VISIT_FATE_NEW,
    VISIT_FATE_NEXT,    /* next version of what is here, under that id */
    VISIT_FATE_HERE,    /* the same is here already, under that id */
    VISIT_FATE_OURS,    /* it is for this site's staff to say; not kept */
    VISIT_FATE_NOTHING, /* it takes back something that is not here; not kept */
};
struct visit_fate {
    enum visit_fate_word word;
    struct str id;
};
SALVE_MUST_USE enum salve_code visit_known_given(struct visit_known *known, const struct visit_given *given,
                                                 size_t count, struct import_ask *ask, struct salve_err *err);
const struct visit_fate *visit_known_fates(const struct visit_known *known);

/* visit_known_has - is what came here already as it came, now or in an earlier version? */
bool visit_known_has(const struct visit_known *known, const struct import_resource *came);

/* visit_known_settle - leaves in `done` what is to be saved: what is new, and versions of what is here. *again counts
 * all others, and what the versions do. A Patient is joined with the stored one: what the file does not say of the
 * person stays. */
enum salve_code visit_known_settle(struct visit_known *known, struct import_done *done, struct visit_again *again,
                                   struct salve_err *err);

/* visit_whose - what a file and a record say about who it is. NULL file: it says nothing. */
enum salve_code visit_whose(const struct tape *record, tape_at patient, const struct tape *file, struct arena *mem,
                            struct visit_whose *out, struct salve_err *err);

/* visit_is_theirs - may the file be taken for this person's without asking: it tells neither name nor birth date, or
 * both agree with the record. */
bool visit_is_theirs(const struct tape *record, tape_at patient, const struct tape *file);

/* visit_said_of - how an answer stands in an Observation. */
struct visit_reading;
struct visit_said {
    struct str system, code;             /* what was asked */
    struct str value_system, value_code; /* empty: it is yes or no */
    bool is_yes;
};
struct visit_said visit_said_of(const struct visit_reading *reading);

/* visit_reading_of - the Observation in the words of a station, views of the tape; false: no station types it.
 * visit_reading_same - the same number, unit or answer of the same word. visit_measure_of - the word of a code in a
 * unit (measure.def). */
struct visit_reading;
bool visit_reading_of(const struct tape *tape, struct visit_reading *out);
bool visit_reading_same(const struct visit_reading *a, const struct visit_reading *b);
bool visit_measure_of(struct str loinc, struct str unit, struct str *word);

/* visit_reading_system - the code system of what a number is of. visit_is_fraction - is the word one of sight, typed
 * as 6/12? */
struct str visit_reading_system(const struct visit_reading *reading);
bool visit_is_fraction(struct str word);

/* visit_taken_back - the Observation with the status entered-in-error. */
enum salve_code visit_taken_back(const struct tape *observation, struct arena *mem, struct tape *out,
                                 struct salve_err *err);

/* visit_patient_join - the stored Patient with what `came` says; texts of `came` win. visit_patient_knows - is that
 * what is stored already, the ids that it has elsewhere among it? */
bool visit_patient_knows(const struct tape *stored, const struct tape *joined);
enum salve_code visit_patient_join(const struct tape *stored, const struct tape *came, struct arena *mem,
                                   struct tape *out, struct salve_err *err);

/* visit_correction - a Provenance: the actor corrected the stored Patient. */
enum salve_code visit_correction(struct rec_view *view, struct actor actor, struct str patient_id, struct arena *mem,
                                 struct tape *out, struct salve_err *err);

/* visit_noted - the same of any resource ("Observation/..") and code of v3-DataOperation. */
enum salve_code visit_noted(struct rec_view *view, struct actor actor, struct str reference, struct str operation,
                            struct arena *mem, struct tape *out, struct salve_err *err);

/* visit_is_correction - a Patient that was written by its id: E_CONFLICT where neither name nor birth date agree. */
enum salve_code visit_is_correction(const struct tape *record, const struct tape *came, struct arena *mem,
                                    struct salve_err *err);

/* visit_doubts - numbers of what came that are unlikely for an adult: `is_right` says whether a person looked at them
 * and they are right; else their Observations become first results (preliminary). E_MEMORY. */
struct ranges;
struct visit_doubting {
    const struct ranges *ranges;     /* NULL: nothing is doubted */
    const struct tape *patient;      /* as the record has it; NULL: it has none */
    const struct visit_known *known; /* what is here as it came was confirmed, or needs nobody */
    int64_t now_unix_ms;
    struct arena *mem;
    bool (*is_right)(void *with, const struct visit_unlikely *list, size_t count);
    void *with;
};
SALVE_MUST_USE enum salve_code visit_doubts(const struct visit_doubting *ask, struct import_done *done,
                                            struct salve_err *err);

#endif
