/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/write - resources that are written one by one or as one transaction into the record of the person who is open:
 * created, put in the place of one that is here, taken back. All of it is kept, in one save, or nothing. Rules:
 * - What came is judged for alarms first, with what the record holds and without what it takes the place of, whatever
 *   is wrong with it; the urgent of what is not kept wait to be told (worklist.h).
 * - It goes the way of an import (import.h): the same admission, the same questions whether it is here already, the
 *   same doubts. So a request that is made again keeps nothing twice. A number that is unlikely is kept as a first
 *   result, until it is said again, with nothing else changed, to be final.
 * - Who puts something in the place of another knows the version before (version); who does not is told so and nothing
 *   is kept. Then it may also say again what an older version said, and of the Patient what it no longer says goes; but
 *   a name and a birth date are corrected one at a time and never left out.
 * - Taking back is a correction: the next version has the status entered-in-error, with a Provenance (DELETE) beside
 *   it, and counts nowhere. It is deleted then: nobody makes a next version of it.
 * - What is made here of values (findings, requests, signings, notes that somebody was told) is changed by nobody.
 * - What is kept apart is kept only with the person's tick; else all of it is refused, and judged before that. */
#ifndef SALVE_VISIT_WRITE_H
#define SALVE_VISIT_WRITE_H

#include "visit/import.h"

enum visit_write_act { VISIT_CREATE, VISIT_UPDATE, VISIT_DELETE };

struct visit_write {
    enum visit_write_act act;
    fhir_type_id type;           /* of the resource */
    struct str id;               /* "<compartment>.<number>"; empty: of a create */
    uint32_t version;            /* the newest that whoever asks has seen; 0: not said, a delete alone may */
    const struct tape *resource; /* its own id is not looked at; NULL: of a delete */
    struct str full_url;         /* by which others of the same call refer to it; may be empty */
};

enum visit_write_word {
    VISIT_WRITE_NOTHING, /* it was not done */
    VISIT_WRITE_NEW,
    VISIT_WRITE_NEXT, /* a next version; of a create: of the same that was here */
    VISIT_WRITE_HERE, /* it is here already as it came */
    VISIT_WRITE_GONE, /* taken back, now or before */
};

/* Why all of it was refused, where a code does not say it. */
enum visit_write_wrong {
    VISIT_WRITE_OTHER,
    VISIT_WRITE_UNKNOWN, /* there is no resource of that type and id */
    VISIT_WRITE_DELETED, /* it was taken back */
    VISIT_WRITE_VERSION, /* its newest version is another one */
    VISIT_WRITE_NO_VERSION,
    VISIT_WRITE_LASTING, /* its type has no word for an error */
};

struct visit_written {
    enum visit_write_word word;
    struct str id; /* under which it is kept */
};

struct visit_write_ask {
    const struct visit_write *list;
    size_t count;
    bool minimise; /* leave out what may not be kept */
    const struct ranges *ranges;
    const struct visit_screening *screening;
    bool is_trial; /* it is judged by itself and told, and that is all */
    /* Something is wrong with it already: it is judged, and nothing is kept. NULL: nothing is. */
    const struct salve_err *impossible;
    /* What the alarm layer finds, before all else. Any of these may be NULL. */
    void (*alarms)(void *with, const struct screen_found *findings);
    void (*issues)(void *with, const struct fhir_issues *issues, bool is_refused);
    void (*apart)(void *with, const struct visit_apart *apart);
    void (*unlikely)(void *with, const struct visit_unlikely *list, size_t count);
    void *with;
};

struct visit_write_sum {
    struct visit_written *list; /* of each, in the order of the call */
    enum visit_write_wrong wrong;
    size_t wrong_at; /* which one */
    struct visit_imported imported;
};

/* visit_write - into the record that `who` opens (held.h).
 *   errors   those of visit_import; E_NOT_FOUND, E_CONFLICT, E_INVALID (out->wrong and wrong_at say more). Nothing is
 *            kept then. err->element names "Bundle.entry[n]", n from 0 */
SALVE_MUST_USE enum salve_code visit_write(const struct visit *visit, struct str who, const struct visit_write_ask *ask,
                                           struct visit_write_sum *out, struct salve_err *err);

/* visit_write_check - what visit_write would say of these, without keeping or telling anything: admission alone. */
SALVE_MUST_USE enum salve_code visit_write_check(const struct visit *visit, struct str who, const struct tape *resource,
                                                 struct fhir_issues *issues, struct salve_err *err);

/* visit_deleted - which of a view's newest versions were deleted: is[i] of all[i]. visit_is_deleted - is that one? */
void visit_deleted(const struct rec_resource *all, size_t count, bool *is);
bool visit_may_be_deleted(const struct rec_resource *one); /* by itself alone: false is certain */
bool visit_is_deleted(const struct rec_resource *all, size_t count, const struct rec_resource *one);

#endif
