/* SPDX-License-Identifier: Apache-2.0
 * The workshop of visit: include only from src/visit/. */
#ifndef SALVE_VISIT_VISIT_INT_H
#define SALVE_VISIT_VISIT_INT_H

#include "fhir/tape.h"
#include "visit/visit.h"

/* visit_is_line - UTF-8 of one line: no control characters. */
bool visit_is_line(struct str text, size_t bytes_max);

/* visit_view_open - a view of the person with that card: purpose SELF for the person, CARE for staff; for staff also
 * by a ticket of the work list (worklist_purpose). classes: 0 for all that the purpose delivers. E_NOT_FOUND for
 * what is no card code. A look that is held (held.h) is used where it fits. visit_view_close closes it, but for one
 * that is held, and returns the first failure. */
enum salve_code visit_view_open(const struct visit *visit, struct str card, class_mask classes, struct rec_view **out,
                                struct salve_err *err);
enum salve_code visit_view_close(const struct visit *visit, struct rec_view **view, enum salve_code code,
                                 struct salve_err *err);

/* visit_date - the site's date at an instant, "2026-11-23". errors: those of site_zone; E_MEMORY. */
enum salve_code visit_date(const struct visit *visit, int64_t unix_ms, struct str *out, struct salve_err *err);

/* visit_encounter - names the visit in the Observations among what is to be saved, and adds the Encounter that the
 * first one of the site's day opens; there is room for one more. errors: those of site_zone; E_MEMORY. */
struct rec_item;
enum salve_code visit_encounter(const struct visit *visit, struct rec_view *view, struct rec_item *items, size_t *count,
                                struct salve_err *err);

/* visit_patient - the stored Patient of a view; NULL: there is none. */
enum salve_code visit_patient(struct rec_view *view, const struct rec_resource **out, struct salve_err *err);

/* visit_name_of - "Ada Lovelace": given names, then family, of a Patient's first name; empty: it has none. */
enum salve_code visit_name_of(const struct tape *tape, tape_at patient, struct arena *mem, struct str *out,
                              struct salve_err *err);

/* visit_telephones_of - every telephone of a Patient, with commas between; empty: it has none. */
enum salve_code visit_telephones_of(const struct tape *patient, struct arena *mem, struct str *out,
                                    struct salve_err *err);

/* visit_file_read - each resource of a file about one person as a tape of its own, with its families, to be judged
 * now. *unread_answers: of questionnaires, that nobody will judge. visit_file_tapes - the same of a Bundle.
 * visit_paper_read - the same, of what may be kept of a file (check.h). */
struct screen_ask;
struct visit_paper;
struct visit_screening;
enum salve_code visit_file_read(const struct visit *visit, struct str bytes, struct screen_ask *out,
                                uint32_t *unread_answers, struct salve_err *err);
enum salve_code visit_file_tapes(const struct visit *visit, const struct tape *bundle, struct screen_ask *out,
                                 struct salve_err *err);
enum salve_code visit_paper_read(const struct visit *visit, const struct visit_screening *screening,
                                 struct visit_paper *paper, struct screen_ask *out, uint32_t *unread_answers,
                                 struct salve_err *err);

/* visit_import_into - resources that are about the person of an open view, taken in as visit_import does. `alarms` were
 * told: the urgent ones wait to be screened. */
struct screen_found;
struct visit_imported;
SALVE_MUST_USE enum salve_code visit_import_into(const struct visit *visit, struct rec_view *view, struct str bytes,
                                                 const struct screen_found *alarms, struct visit_imported *sum,
                                                 struct salve_err *err);

/* visit_import_given - the same of a Bundle whose resources have ids of the record, each with an entry in `given`: all
 * of them are kept, or E_NOT_ADMITTED, E_CONSENT or E_CONFLICT names the first that is not. fates: in their order.
 * `notes`: more to save with them, of the class beside it. */
struct visit_given;
struct visit_fate;
struct visit_import_ask;
struct visit_import_given {
    const struct visit_given *given;
    size_t count;
    struct tape bundle;
    const struct rec_item *notes;
    size_t note_count;
    const struct visit_import_ask *ask;
    const struct visit_fate *fates; /* set */
};
SALVE_MUST_USE enum salve_code visit_import_given(const struct visit *visit, struct rec_view *view,
                                                  struct visit_import_given *given, const struct screen_found *alarms,
                                                  struct visit_imported *sum, struct salve_err *err);

/* visit_grown - ranges are those of adults: what the birth date of a Patient (NULL: nothing is known) leaves open. */
struct visit_grown {
    bool may_be_adult, may_be_child;
};
struct visit_grown visit_grown(const struct tape *patient, int64_t now_unix_ms);

/* visit_is_of_the_row - does the error say something about this row, and nothing about the file, the site or the
 * machine? */
bool visit_is_of_the_row(enum salve_code code);

/* visit_import_row - one row of a file about people who have a record, taken in as visit_import does; `csv` has its
 * cells. E_CONFLICT: the record that the key opens has another birth date. */
struct csv_import;
struct visit_import_ask;
struct visit_named {
    struct str key, born;  /* whom the row names; the birth date that it tells */
    struct arena *sum_mem; /* of what outlives the row: the counts */
};
SALVE_MUST_USE enum salve_code visit_import_row(const struct visit *row, const struct csv_import *csv,
                                                const struct visit_named *named, const struct visit_import_ask *ask,
                                                struct visit_imported *sum, struct salve_err *err);

/* visit_alarms - the findings of the alarm layer: over what the view holds (NULL: no record is open) and a file's
 * resources as they came (NULL: none). Nothing is kept. E_MEMORY. */
struct visit_screening;
struct screen_found;
enum salve_code visit_alarms(const struct visit *visit, const struct visit_screening *screening, struct rec_view *view,
                             const struct tape *file, struct screen_found *out, struct salve_err *err);
/* visit_alarms_of - the same, where what came takes the place of resources of the record with these ids. */
struct visit_came {
    const struct tape *file;
    const struct str *replaced;
    size_t replaced_count;
};
enum salve_code visit_alarms_of(const struct visit *visit, const struct visit_screening *screening,
                                struct rec_view *view, const struct visit_came *came, struct screen_found *out,
                                struct salve_err *err);
/* visit_unkept - what all of it finds about what is kept apart, where the person did not agree to keep that: it is said
 * now, and kept nowhere. */
enum salve_code visit_unkept(const struct visit *visit, const struct visit_screening *screening, struct rec_view *view,
                             const struct tape *file, struct screen_found *out, struct salve_err *err);

/* visit_told_read - visit_told of an open view. */
struct visit_told;
enum salve_code visit_told_read(const struct visit *visit, struct rec_view *view, struct visit_told *out,
                                struct salve_err *err);

/* visit_letter_values - the values of the visit that was judged at from->now_unix_ms, without what is kept apart but
 * the given families: out->values, copies in mem; out->firsts, of whatever day. E_MEMORY. */
struct letter_ask;
struct zone;
enum salve_code visit_letter_values(const struct zone *zone, const struct screen_ask *from, family_mask families,
                                    struct arena *mem, struct letter_ask *out, struct salve_err *err);

/* visit_work_before - urgent ones of what is about to be saved wait to be screened, from that save on.
 * visit_work_after - of what came and is not kept, the urgent wait to be told; also where nothing was saved. */
enum salve_code visit_work_before(const struct visit *visit, struct rec_view *view, const struct screen_found *alarms,
                                  struct salve_err *err);
enum salve_code visit_work_after(const struct visit *visit, const struct visit_screening *screening,
                                 struct rec_view *view, const struct screen_found *alarms, struct salve_err *err);

/* visit_bundle_begin - a collection, up to its entries: what was typed goes the way of an import. Two json_close end
 * it. */
struct json_writer;
void visit_bundle_begin(struct json_writer *w);

#endif
