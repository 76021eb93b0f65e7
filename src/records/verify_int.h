/* SPDX-License-Identifier: Apache-2.0
 *
 * verify while it goes on: what it found, and the parts that have files of their own. */
#ifndef SALVE_RECORDS_VERIFY_INT_H
#define SALVE_RECORDS_VERIFY_INT_H

#include "records/site_int.h"

struct verify {
    const struct site_verify_ask *ask;
    struct site *site;
    struct arena *mem;
    struct site_verify_result *result;
    const char *file;   /* for findings that a lower module reports */
    bool shows_records; /* who asks may be told which records are concerned */
};

/* One part after the other, each in at most two pieces that can be done beside each other. */
typedef enum salve_code rec_verify_run(struct verify *v, struct salve_err *err);
enum { REC_VERIFY_PARTS_MAX = 32, REC_VERIFY_PIECES = 2 };
struct rec_verify_part {
    const char *file;
    rec_verify_run *run; /* all of it */
    struct {
        rec_verify_run *run; /* NULL: none, or the part is done alone */
        bool needs_keys;
    } pieces[REC_VERIFY_PIECES];
};

/* rec_verify_part - runs it; damage becomes a finding. rec_verify_beside - many threads, each with a connection of its
 * own: a bit for each part that was done so, where none of them met a finding or an error; they are counted in
 * v->result. 0: none is done: one did, or there is one core, the site is small, or cannot be read so. */
SALVE_MUST_USE enum salve_code rec_verify_part(struct verify *v, const char *file, rec_verify_run *run,
                                               struct salve_err *err);
uint32_t rec_verify_beside(struct verify *v, const struct rec_verify_part *parts, size_t count);

void rec_found(struct verify *v, const char *file, struct str compartment, struct str element, const char *what);
void rec_found_in(struct verify *v, const char *file, struct compartment id, const char *element, const char *what);

/* rec_verify_settle - an error of a step that found nothing itself becomes a finding; all but damage ends the run. */
SALVE_MUST_USE enum salve_code rec_verify_settle(struct verify *v, const char *file, enum salve_code code,
                                                 uint64_t findings_before, struct salve_err *step_err,
                                                 struct salve_err *err);

/* rec_found_left - the same about what the next opening, or the next turn of the keys, removes by itself. */
void rec_found_left(struct verify *v, const char *file, struct compartment id, const char *element, const char *what);

/* rec_verify - all of it. */
SALVE_MUST_USE enum salve_code rec_verify(struct site *site, const struct site_verify_ask *ask,
                                          struct site_verify_result *out, struct arena *mem, struct salve_err *err);

/* rec_verify_open - site_verify of a site that is open already, without asking who wants it. E_INTEGRITY: findings. */
SALVE_MUST_USE enum salve_code rec_verify_open(struct site *site, const struct site_verify_ask *ask,
                                               struct site_verify_result *out, struct salve_err *err);

/* rec_verify_owners - every row of the log has one owner that opens, and what it says is there: the records of the
 * person, the tombstone, the version of the document. rec_verify_tokens - every card and name leads to whom it was made
 * for, and is the newest. */
SALVE_MUST_USE enum salve_code rec_verify_owners(struct verify *v, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_verify_tokens(struct verify *v, struct salve_err *err);
/* rec_verify_work - every row of the work lists opens, is of somebody who is here, and its ticket leads to them. */
SALVE_MUST_USE enum salve_code rec_verify_work(struct verify *v, struct salve_err *err);
/* rec_verify_queue - the same of the queue of the day. */
SALVE_MUST_USE enum salve_code rec_verify_queue(struct verify *v, struct salve_err *err);
/* rec_verify_against - the log goes on from each signed head in `against`. E_INVALID: there is none of this site. */
SALVE_MUST_USE enum salve_code rec_verify_against(struct verify *v, struct salve_err *err);

#endif
