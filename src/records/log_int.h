/* SPDX-License-Identifier: Apache-2.0
 *
 * The logs of a site: which there are, their leaves, their signed heads, and receipts. */
#ifndef SALVE_RECORDS_LOG_INT_H
#define SALVE_RECORDS_LOG_INT_H

#include "records/tx_int.h"
#include "tlog/tlog.h"

struct rec_receipt;

/* One log of the site. A successor log begins after a restore that lost leaves; its entries follow in the same rows. */
struct rec_log {
    uint32_t number; /* from 1 */
    uint64_t base;   /* row of its entry 0 */
    uint64_t end;    /* first row of its successor; 0: it is the newest */
    struct str origin;
    struct tlog_vkey vkey;
};

/* rec_log_begin - writes the document that begins `log`, and keeps its key. rec_log_load - the newest one, with its
 * key. rec_logs - all logs of the site, oldest first. */
SALVE_MUST_USE enum salve_code rec_log_begin(struct rec_tx *tx, const struct rec_log *log, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_log_load(struct site *site, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_logs(struct rec_tx *tx, struct arena *mem, struct rec_log **out, size_t *count,
                                        struct salve_err *err);

/* rec_publish - a public leaf: canonical JSON without personal data. */
SALVE_MUST_USE enum salve_code rec_publish(struct rec_tx *tx, enum tlog_entry_type type, struct str json,
                                           struct salve_err *err);

/* A leaf about a person, with what opens it. */
struct rec_leaf {
    uint32_t log_number;
    uint64_t index;
    struct tlog_hash hash;
    uint8_t salt[TLOG_SALT_BYTES];
    struct str event; /* in the transaction's mem */
    int64_t at_unix_ms;
};

/* Signatures tell how busy a site is, so there is one an interval; upkeep, and what cannot be proved later, signs
 * now. */
enum rec_sign_when { REC_SIGN_DUE, REC_SIGN_NOW };
enum { REC_SIGN_INTERVAL_MS = 60 * 1000, REC_TICK_INTERVAL_MS = 5 * 1000, REC_PUBLISH_INTERVAL_MS = 3600 * 1000 };

/* rec_sign - pads the log and signs its head, if that is not signed yet and the interval is over or `when` is NOW; the
 * guard and the file `checkpoint` follow. No transaction may be open.
 * Where site_tick runs, DUE leaves it to that.
 * rec_sign_tick - where the interval of ticks is over, and the log of that size is not signed so far, or notes of
 * closed views wait; the file `checkpoint` follows once an hour, and at the closing: where nothing is new then, over 16
 * dummy leaves more.
 * rec_sign_closing - the same at the end of a run, with the notes of closed views, in one transaction that also says
 * that the run has ended. Nothing where the run wrote nothing.
 * rec_proof_from_unix_ms - when the next signature can be had. */
SALVE_MUST_USE enum salve_code rec_sign(struct site *site, enum rec_sign_when when, struct arena *mem,
                                        struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_sign_tick(struct site *site, uint64_t log_size, struct arena *mem,
                                             struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_sign_closing(struct site *site, struct arena *mem, struct salve_err *err);
int64_t rec_proof_from_unix_ms(const struct site *site);
struct tlog_guard rec_guard(struct site *site);
/* rec_log_check - the log in the database must go on from what was signed. E_INTEGRITY names signed-head or
 * checkpoint. Brings both up to the newest signature in the store. */
SALVE_MUST_USE enum salve_code rec_log_check(struct site *site, struct salve_err *err);
/* rec_log_known - the log in the database against the largest head that the key store knows, signed or not. E_INTEGRITY
 * names keys.db. rec_log_remember - puts the present one there. */
SALVE_MUST_USE enum salve_code rec_log_known(struct rec_tx *tx, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_log_remember(struct site *site, struct arena *mem, struct salve_err *err);
/* rec_succeed - ends the present log and begins the next one, whose first leaf names the last head that is known to be
 * signed and how much of it is kept. The keys of people without records are kept from then on (drop_orphans).
 * is_restore: also where nothing shows that leaves are lost. */
struct rec_succession {
    struct tlog_checkpoint last;
    uint64_t kept;
    struct str origin; /* of the new log */
};
SALVE_MUST_USE enum salve_code rec_succeed(struct site *site, bool is_restore, struct arena *mem,
                                           struct rec_succession *out, struct salve_err *err);
/* rec_keep_old_heads - renames signed-head and checkpoint of log `number`, which has a successor. */
void rec_keep_old_heads(const struct site *site, uint32_t number);
/* rec_receipt_make - signs where it is time, and writes the receipt of a durable leaf into mem, or from when there will
 * be one. NULL out: nothing. */
SALVE_MUST_USE enum salve_code rec_receipt_make(struct site *site, const struct rec_leaf *leaf, enum rec_sign_when when,
                                                struct arena *mem, struct rec_receipt *out, struct salve_err *err);

#endif
