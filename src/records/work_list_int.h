/* SPDX-License-Identifier: Apache-2.0
 *
 * The orders of open work of an open site (day/orders.h), kept beside its rows: made of them in pieces, and changed
 * by each transaction that changes a row, when it is durable. What they lost they are made anew of the rows for. */
#ifndef SALVE_RECORDS_WORK_LIST_INT_H
#define SALVE_RECORDS_WORK_LIST_INT_H

#include "day/orders.h"
#include "records/work_int.h"

struct rec_work_list {
    struct work_orders *orders;
    bool is_whole;
    char to[REC_WORK_NAME_BYTES]; /* the row up to which the walk came */
    struct rec_work_bad *bad;     /* rows that do not open */
    size_t bad_count, bad_room, bad_next;
};

/* rec_work_list_put, rec_work_list_take - a row was written or deleted in the transaction. */
void rec_work_list_put(struct rec_tx *tx, const struct rec_work *work);
void rec_work_list_take(struct rec_tx *tx, struct compartment id);

/* Of a transaction that writes: it is durable; it failed, so that nobody knows what stands; nothing of it happened.
 * Its savepoints, a stack of them. */
void rec_work_list_committed(struct site *site);
void rec_work_list_lost(struct site *site);
void rec_work_list_abandoned(struct site *site);
void rec_work_list_savepoint(struct site *site);
void rec_work_list_savepoint_keep(struct site *site);
void rec_work_list_savepoint_undo(struct site *site);

/* rec_work_list_waits - are they not whole yet? rec_work_list_piece - some hundred rows more. */
bool rec_work_list_waits(const struct site *site);
SALVE_MUST_USE enum salve_code rec_work_list_piece(struct site *site, struct arena *mem, bool *has_more,
                                                   struct salve_err *err);
/* rec_work_list_whole - all pieces, others served in between. Nothing in a transaction. */
SALVE_MUST_USE enum salve_code rec_work_list_whole(struct site *site, struct salve_err *err);

/* rec_work_list_stale_end - letters and referrals that waited too long wait no more, and rows that become empty go, in
 * pieces, others served in between. The results stay in the record. Nothing ends by a clock that is doubted. */
SALVE_MUST_USE enum salve_code rec_work_list_stale_end(struct site *site, struct salve_err *err);

/* rec_work_facts - what the orders know of a row. rec_work_ends_unix_ms - behind that an entry has waited too long;
 * INT64_MAX: it never has. */
int64_t rec_work_ends_unix_ms(size_t task, const struct rec_work_slot *slot);
struct work_facts rec_work_facts(const struct rec_work *work);
/* rec_work_list_orders - NULL: there are none. They are good until something is written. */
const struct work_orders *rec_work_list_orders(const struct site *site);

/* rec_work_list_bad - the row of that person does not open: it is in no list from now on. rec_work_list_bad_look -
 * those of them that open again are, and those that are gone are forgotten. rec_work_list_bad_count. */
SALVE_MUST_USE enum salve_code rec_work_list_bad(struct rec_tx *tx, struct compartment id, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_work_list_bad_look(struct rec_tx *tx, struct salve_err *err);
size_t rec_work_list_bad_count(const struct site *site);

#endif
