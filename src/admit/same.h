/* SPDX-License-Identifier: Apache-2.0
 *
 * same - when two resources are one. Three questions, for an import (does the record have this already?) and for an
 * evaluation (which of these count?):
 * - By name: the same type and the same source id. The source id is the identifier of urn:salve:imported that an import
 *   made, else the resource's own id where it is not one of this server. Two of one name are about one code, too: many
 *   systems count the resources of their files from 1.
 * - By reading, where one of the two has no source id: an Observation of the same code, the same moment to the second
 *   (an instant is one, whatever its offset), the same number and the same of all else that tells samples apart (unit,
 *   comparator, site, method, device, specimen, members). 5.60 and 5.6 are the same number. What has no time of day is
 *   no reading in this sense: two of one day stay two.
 * - By content: all that is said, independent of the order of keys and of white space, without id, meta, narrative,
 *   imported ids, and the visit that it names. An instant counts as an instant. A number counts as it is written: 5.60
 *   says more than 5.6, so it is another content of the same reading. */
#ifndef SALVE_ADMIT_SAME_H
#define SALVE_ADMIT_SAME_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "fhir/tape.h"

/* Does the resource take something back? REFUTED: a condition that the person does not have after all. */
enum same_word { SAME_STANDS, SAME_CORRECTS, SAME_REFUTED, SAME_TAKEN_BACK };

/* What tells a resource from others; texts are views into its tape. */
struct same_mark {
    fhir_type_id type;
    struct str source;       /* STR_NONE: it has none */
    struct str system, code; /* first coding of what it is about, a medicine or vaccine too; STR_NONE: it has none */
    bool has_instant;        /* an Observation with a time of day */
    int64_t at_unix_s;
    enum same_word word; /* by status or verificationStatus */
};

#define SAME_IMPORTED STR("urn:salve:imported")

void same_mark(const struct tape *tape, tape_at resource, struct same_mark *out);

/* same_is_ours - has the id the form of this server's: "<compartment>.<number>"? */
bool same_is_ours(struct str id);

/* same_code - the same type and code; types without a code agree by their type. */
bool same_code(const struct same_mark *a, const struct same_mark *b);

/* same_number - of two JSON numbers: 5.60 and 5.6 are. */
bool same_number(struct str a, struct str b);

bool same_content(const struct tape *a, tape_at a_at, const struct tape *b, tape_at b_at);

/* same_reading - by reading; source ids are the caller's to compare. */
bool same_reading(const struct tape *a, tape_at a_at, const struct tape *b, tape_at b_at);

/* same_is_older - does `a` say that it was written before `b` (meta.lastUpdated)? False where one of them is silent. */
bool same_is_older(const struct tape *a, tape_at a_at, const struct tape *b, tape_at b_at);

/* same_standing - which of these resources count, oldest first: of those with one name the last one, of one reading
 * the first, and none that is taken back or refuted. counts[i] is set for each. E_MEMORY */
SALVE_MUST_USE enum salve_code same_standing(const struct tape *tapes, size_t count, struct arena *mem, bool *counts,
                                             struct salve_err *err);

/* --- is it the same person? --- */

/* How a fact of two Patients stands. */
enum same_fact {
    SAME_AGREES,
    SAME_DIFFERS, /* or one of the two does not have it */
    SAME_SILENT,  /* neither has it */
};

/* same_names - do the two have a name in common? Its parts, in any order, without case, accents and points; hyphens
 * part, apostrophes do not. Letters of another script are other letters.
 * same_birth - birth dates agree where one of them is the beginning of the other: 1960 and 1960-05-02. */
enum same_fact same_names(const struct tape *a, tape_at a_patient, const struct tape *b, tape_at b_patient);
enum same_fact same_birth(const struct tape *a, tape_at a_patient, const struct tape *b, tape_at b_patient);

#endif
