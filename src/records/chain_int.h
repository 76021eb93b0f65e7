/* SPDX-License-Identifier: Apache-2.0
 *
 * The chain of records of one compartment, and the notes in it: sealing, opening, and the leaf of an event with its
 * opening as the next AUDIT record. */
#ifndef SALVE_RECORDS_CHAIN_INT_H
#define SALVE_RECORDS_CHAIN_INT_H

#include "records/event_int.h"
#include "records/log_int.h"
#include "payload/payload.h"

struct keys_ring;

/* A chain as the transaction moves it on. */
struct rec_chain {
    struct compartment id;
    struct store_head head;
    uint64_t first_seq;     /* of the save that is going on; 0: none was put since the last note */
    struct keys_ring *ring; /* seals into every class; reads what was delivered */
};

/* rec_chain_load - the head as it is stored. E_NOT_FOUND: there is no such compartment (any more). */
SALVE_MUST_USE enum salve_code rec_chain_load(struct rec_tx *tx, struct rec_chain *chain, struct salve_err *err);

/* rec_chain_is_whole - no leaf of the log is of a record behind the head: E_INTEGRITY where somebody took the newest
 * records away and put an older head back. For an opening; never a walk. */
SALVE_MUST_USE enum salve_code rec_chain_is_whole(struct rec_tx *tx, const struct rec_chain *chain,
                                                  struct salve_err *err);

/* rec_put - seals a payload as the next record of the chain. */
SALVE_MUST_USE enum salve_code rec_put(struct rec_tx *tx, struct rec_chain *chain, enum data_class class,
                                       const struct payload *payload, struct salve_err *err);

/* rec_unseal - one stored record, opened and unpacked. E_INTEGRITY names the compartment and record. */
SALVE_MUST_USE enum salve_code rec_unseal(struct rec_tx *tx, const struct rec_chain *chain, uint64_t seq,
                                          enum data_class class, struct arena *mem, struct payload *out,
                                          uint8_t sha256[32], struct salve_err *err);

/* rec_leaf_add - the event's commitment into the log (time, site and suspicion are filled in from the transaction).
 * rec_note - the same, and its opening as the next AUDIT record of the chain.
 * rec_note_alone - one note in a transaction of its own; durable when it returns. */
SALVE_MUST_USE enum salve_code rec_leaf_add(struct rec_tx *tx, struct rec_event *event, struct rec_leaf *out,
                                            struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_note(struct rec_tx *tx, struct rec_chain *chain, struct rec_event *event,
                                        struct rec_leaf *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_note_alone(struct site *site, struct rec_chain *chain, struct rec_event *event,
                                              struct arena *mem, struct rec_leaf *out, struct salve_err *err);

#endif
