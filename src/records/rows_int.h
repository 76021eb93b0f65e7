/* SPDX-License-Identifier: Apache-2.0
 *
 * How far a file of new people came (rec_rows.c), for those who write about one of them. */
#ifndef SALVE_RECORDS_ROWS_INT_H
#define SALVE_RECORDS_ROWS_INT_H

#include "crypto/crypto.h"
#include "keys/keys.h"
#include "records/tx_int.h"

enum { REC_ROWS_HEX_BYTES = 2 * KEYS_TOKEN_BYTES + 1 };

/* A file that is under way. */
struct rec_rows {
    char key[8 + REC_ROWS_HEX_BYTES];     /* "batch/<token of the first row>" */
    uint8_t running[CRYPTO_SHA256_BYTES]; /* over the rows so far */
    char of_this[REC_ROWS_HEX_BYTES];     /* its token after this row */
    char of_done[REC_ROWS_HEX_BYTES];     /* and after the last row that is done; "" before the first */
    char want[REC_ROWS_HEX_BYTES];        /* what that must be after row `hashed` */
    uint64_t done, seen, hashed, before;  /* rows; before: to be passed over */
    bool has_begun;                       /* the person of the row under way is there: */
    struct compartment begun;
    bool is_undone; /* and it is to go: decided while nobody had used it, carried out since or not */
};

/* rec_rows_put - into a transaction that is about to commit; nothing where no file is under way.
 * rec_rows_enrolled - the row under way is this person, from the commit of their enrolment on; rec_rows_not_enrolled -
 * it did not come to be. */
SALVE_MUST_USE enum salve_code rec_rows_put(struct rec_tx *tx, struct salve_err *err);
void rec_rows_enrolled(struct site *site, struct compartment id);
void rec_rows_not_enrolled(struct site *site);

#endif
