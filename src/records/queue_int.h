/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of the queue of the day, for those who write in one transaction with it (rec_day.c), and its key. */
#ifndef SALVE_RECORDS_QUEUE_INT_H
#define SALVE_RECORDS_QUEUE_INT_H

#include "records/queue.h"
#include "records/tx_int.h"

/* What of the day is in memory: its key, once it was looked for. */
struct rec_day {
    struct crypto_keys *slots; /* one */
    bool is_there;
};

/* rec_day_ready - before a transaction: a day that is over ends, and where `begins` there is one of now. Nothing ends
 * while the clock is doubted. rec_day_due - the same as far as the clock ends it; *next_unix_ms is not later than its
 * end. At most `room` rows of a day that is over go at once; rows that are left make *next_unix_ms now.
 * rec_day_drop - forgets the key in memory. */
SALVE_MUST_USE enum salve_code rec_day_ready(struct site *site, bool begins, struct arena *mem, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_day_due(struct site *site, size_t room, struct arena *mem, int64_t *next_unix_ms,
                                           struct salve_err *err);
void rec_day_drop(struct site *site);

/* In a transaction. rec_day_get - *found false: they are not in the queue, or there is none now. rec_day_put - a new
 * entry (number 0) gets the next number. rec_day_end - the person is in it no more; fine where they were not.
 * rec_day_shown - the card is used now. rec_day_all - every entry; *damaged: rows that do not open. What is damaged
 * stands in nobody's way: it is as if it were not there, and verify tells. */
SALVE_MUST_USE enum salve_code rec_day_get(struct rec_tx *tx, struct compartment id, struct day_entry *out, bool *found,
                                           struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_day_put(struct rec_tx *tx, struct day_entry *entry, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_day_end(struct rec_tx *tx, struct compartment id, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_day_shown(struct rec_tx *tx, struct compartment id, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_day_all(struct rec_tx *tx, struct day_entry **out, size_t *count, size_t *damaged,
                                           struct salve_err *err);

/* rec_day_who - whom a ticket of the queue leads to, and when the card was shown. E_NOT_FOUND.
 * rec_day_ticket - whom the ticket of that entry leads to. rec_day_tickets - how many there are. */
SALVE_MUST_USE enum salve_code rec_day_who(struct rec_tx *tx, const uint8_t ticket[DAY_TICKET_CHARS],
                                           struct compartment *out, int64_t *shown_unix_ms, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_day_ticket(struct rec_tx *tx, const struct day_entry *entry, struct compartment *out,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_day_tickets(struct rec_tx *tx, size_t *count, struct salve_err *err);

#endif
