/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of the copies that people gave away by health links (rec_share_rows.c). */
#ifndef SALVE_RECORDS_SHARE_INT_H
#define SALVE_RECORDS_SHARE_INT_H

#include "records/share.h"
#include "records/tx_int.h"

enum { SHARE_HASH_BYTES = REC_HASH_TEXT_BYTES / 2, SHARE_SALT_BYTES = 16, SHARE_MAC_BYTES = 32 };

struct share_slot {
    uint64_t number; /* 0: the slot is free */
    uint8_t token[SHARE_HASH_BYTES];
    int64_t made_unix_ms, until_unix_ms, opened_unix_ms;
    uint32_t opened_count;
    uint8_t wrong;
    uint8_t salt[SHARE_SALT_BYTES], passcode[SHARE_MAC_BYTES];
    char label[SHARE_LABEL_BYTES_MAX];
    uint8_t label_bytes;
};
struct share_row {
    struct compartment id;
    uint64_t made; /* how many were ever made: the number of the newest */
    struct share_slot slots[SHARES_MAX];
};

/* rec_share_opens - a link that opens still: its time is not over, it was not opened too often, and `revoked` has no
 * line about it. Whatever shows one or opens by it asks this. rec_share_is_good: the same of one that may have been
 * opened often, for who fetches a file whose address was given. rec_share_revoke - writes the line, before it ends. */
bool rec_share_opens(struct site *site, const struct share_slot *slot, int64_t now_unix_ms);
bool rec_share_is_good(struct site *site, const struct share_slot *slot, int64_t now_unix_ms);
SALVE_MUST_USE enum salve_code rec_share_revoke(struct site *site, const struct share_slot *slot,
                                                struct salve_err *err);

/* rec_shares_get - of a person; zeros where there are none. rec_shares_put - a row without a link goes.
 * rec_share_find - by the token of an address. E_NOT_FOUND; *at: which slot. */
SALVE_MUST_USE enum salve_code rec_shares_get(struct rec_tx *tx, struct compartment id, struct share_row *out,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_shares_put(struct rec_tx *tx, const struct share_row *row, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_share_find(struct rec_tx *tx, struct str token, struct share_row *out, size_t *at,
                                              struct salve_err *err);

/* rec_share_add - a new link in a free slot, with its copy. rec_share_copy - of a slot. rec_share_drop - a slot is
 * free, and its copy is gone; the row has to be put. */
SALVE_MUST_USE enum salve_code rec_share_add(struct rec_tx *tx, struct share_row *row, size_t at, struct str token,
                                             struct str copy, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_share_copy(struct rec_tx *tx, const struct share_slot *slot, struct str *copy,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_share_drop(struct rec_tx *tx, struct share_slot *slot, struct salve_err *err);

/* rec_share_passcode - the keyed hash of a passcode with its salt. */
void rec_share_passcode(const struct site *site, const uint8_t salt[SHARE_SALT_BYTES], struct str passcode,
                        uint8_t out[SHARE_MAC_BYTES]);

/* rec_shares_end - all of a person, with an erasure. rec_shares_due - those that open no more, of everybody;
 * *next_unix_ms is not later than the next one. rec_shares_lost - for verify: rows of links and of people that do not
 * lead to each other, or to nobody who is here. */
SALVE_MUST_USE enum salve_code rec_shares_end(struct rec_tx *tx, struct compartment id, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_shares_due(struct site *site, struct arena *mem, int64_t *next_unix_ms,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_shares_lost(struct rec_tx *tx, size_t *count, struct salve_err *err);
/* rec_shares_forget - of everybody: records were brought back from an earlier time, and nobody can tell which links
 * were ended since (N16). */
SALVE_MUST_USE enum salve_code rec_shares_forget(struct rec_tx *tx, struct salve_err *err);

#endif
