/* SPDX-License-Identifier: Apache-2.0
 *
 * store - bytes in, bytes out, all or nothing. It knows compartments, sequence numbers and classes, and no key and
 * no person.
 *
 *     const struct store_options options = {.where = "sqlite:site.db"};
 *     struct store *store = NULL;
 *     enum salve_code code = store_open(&options, &store, err);
 *
 *     struct store_tx *tx = NULL;
 *     if (code == SALVE_OK) code = store_begin(store, false, &tx, err);
 *     if (code == SALVE_OK) code = store_record_append(tx, id, seq, CLASS_CLIN, record, err);   // the head moves too
 *     if (code == SALVE_OK) code = store_log_append(tx, index, &entry, 1, err);
 *     if (code == SALVE_OK) code = store_commit(&tx, err);                                      // one sync: durable
 *     store_abandon(&tx);                                                                       // NULL is fine
 *
 * Everything is read and written in a transaction, and takes it. How many there may be at a time is the backend's
 * matter (store_backend.h); a begin that cannot be is E_BUSY. A store and its transactions belong to one thread. What
 * a getter gives is copied into mem. After an error other than E_NOT_FOUND, E_CONFLICT and E_INTEGRITY a transaction
 * can only be abandoned, or taken back to a savepoint.
 *
 * Heads, tombstones, commons and marks end with a MAC, so that only who has the key of the rows writes them, and a sum
 * over the rows of all tables stands in the row of marks: what is put back, taken away or added behind the store's back
 * is found (docs/internals/store.md). The store makes these with a key that it is lent, and knows no other.
 *
 * Errors: E_CONFLICT (exists already, or not the next number), E_NOT_FOUND, E_BUSY, E_FULL, E_IO, E_INTEGRITY,
 * E_MEMORY, E_CONFIG (no such backend). Blind-index tokens are not here but in the key store: a stolen data disk shows
 * no tokens. */
#ifndef SALVE_STORE_H
#define SALVE_STORE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"

struct store;
struct store_tx;
struct db_disk;
struct crypto_key;

enum { STORE_LAYOUT = 2 };
struct store_options {
    const char *where;  /* a backend and its place: "sqlite:site.db", "memory:" (forgets at close) */
    const char *folder; /* a relative path of `where` begins there; NULL: the working folder */
    bool create;        /* make the place if it is not there; without it E_NOT_FOUND */
    bool is_earlier;    /* it may be of layout 1: then it can only be read, and upgraded */
    /* What the MACs of rows are made with; outlives the store. NULL: they find accidents only (tests). */
    const struct crypto_key *row_key;
    struct db_disk *disk; /* sqlite, tests only: a simulated disk */
};

SALVE_MUST_USE enum salve_code store_open(const struct store_options *options, struct store **out,
                                          struct salve_err *err);
/* store_close - abandons what is still open. Sets NULL; NULL is fine. */
SALVE_MUST_USE enum salve_code store_close(struct store **store, struct salve_err *err);
/* store_is_there - whether there is something at the place to be opened. */
SALVE_MUST_USE enum salve_code store_is_there(const struct store_options *options, bool *out, struct salve_err *err);

/* store_freeze - what was committed so far stays as it is in its file, for others to read, while transactions go on;
 * what is dropped meanwhile leaves the file with store_thaw. Not in a transaction. E_BUSY: it is frozen;
 * E_UNSUPPORTED: this backend keeps no file. */
SALVE_MUST_USE enum salve_code store_freeze(struct store *store, struct salve_err *err);
void store_thaw(struct store *store);

/* store_copy - all that was committed, as the new file `to`, checked on the way; not in a transaction. E_CONFLICT:
 * `to` is there; E_INTEGRITY; E_UNSUPPORTED: this backend keeps no file. */
SALVE_MUST_USE enum salve_code store_copy(struct store *store, const char *to, struct salve_err *err);

/* store_beside - the same store for another thread, as it is now, to be read and verified. Until it is closed, which is
 * before `store` is, nothing is written. E_UNSUPPORTED: not with this backend, or on this disk. */
SALVE_MUST_USE enum salve_code store_beside(struct store *store, struct store **out, struct salve_err *err);

/* store_has_failed - the disk failed: nothing is written until the store was opened again. */
bool store_has_failed(const struct store *store);

/* store_layout - of the rows as they are now. store_upgrade - makes those of layout 1 rows of layout 2, in one
 * transaction. `own` is called in it, before the commit, for what the caller adds. */
uint32_t store_layout(const struct store *store);
typedef enum salve_code store_upgrade_own(void *with, struct store_tx *tx, struct salve_err *err);
SALVE_MUST_USE enum salve_code store_upgrade(struct store *store, store_upgrade_own *own, void *with,
                                             struct salve_err *err);

/* --- transactions ------------------------------------------------------------------------------------------------- */
SALVE_MUST_USE enum salve_code store_begin(struct store *store, bool read_only, struct store_tx **out,
                                           struct salve_err *err);
/* store_commit - OK: durable. Otherwise nothing of it is there. Ends the transaction either way and sets NULL. */
SALVE_MUST_USE enum salve_code store_commit(struct store_tx **tx, struct salve_err *err);
void store_abandon(struct store_tx **tx); /* cannot fail; sets NULL; NULL is fine */

/* Savepoints, so that many saves share one commit and one of them may fail while the others stand:
 *
 *     code = store_savepoint(tx, err);
 *     if (code != SALVE_OK) return code;
 *     code = save(tx, item, err);
 *     if (code == SALVE_OK) code = store_savepoint_keep(tx, err);
 *     if (code != SALVE_OK) code = store_savepoint_undo(tx, err); // as if this item had never been; the others stand
 *
 * They nest, and each ends before the commit. undo takes back what was written since the newest savepoint, with what
 * failed, and ends it, also where keep failed; when it fails itself (the disk is gone), the transaction can only be
 * abandoned. */
SALVE_MUST_USE enum salve_code store_savepoint(struct store_tx *tx, struct salve_err *err);
SALVE_MUST_USE enum salve_code store_savepoint_keep(struct store_tx *tx, struct salve_err *err);
SALVE_MUST_USE enum salve_code store_savepoint_undo(struct store_tx *tx, struct salve_err *err);

/* --- records and heads -------------------------------------------------------------------------------------------- */
struct store_head {
    uint64_t seq;       /* of the newest record; 0: the compartment is not there */
    uint8_t sha256[32]; /* of the newest record; zeros for seq 0 */
    uint64_t card;      /* of the record about the newest card; 1: that of the enrolment */
    uint64_t decided;   /* of the newest record of class CONSENT that keys follow */
};
struct store_record {
    uint64_t seq;
    enum data_class class;
    bool is_blank;      /* dropped by store_record_blank: no bytes any more */
    uint8_t sha256[32]; /* of the record as it was written; store_record_list leaves zeros unless blank */
    struct str bytes;   /* store_record_list gives STR_NONE */
    size_t bytes_len;   /* length of the record, also where bytes are not given */
};

SALVE_MUST_USE enum salve_code store_head_get(struct store_tx *tx, struct compartment id, struct store_head *out,
                                              struct salve_err *err); /* seq 0 if there is none */
/* store_record_append - the next record; seq must be head.seq + 1, else E_CONFLICT. The head moves with it. */
SALVE_MUST_USE enum salve_code store_record_append(struct store_tx *tx, struct compartment id, uint64_t seq,
                                                   enum data_class class, struct str bytes, struct salve_err *err);
SALVE_MUST_USE enum salve_code store_record_get(struct store_tx *tx, struct compartment id, uint64_t seq,
                                                struct arena *mem, struct store_record *out, struct salve_err *err);
/* store_head_card - the newest record is about a new card. store_head_decided - of class CONSENT, but no keys follow
 * it: what was decided before stands. */
SALVE_MUST_USE enum salve_code store_head_card(struct store_tx *tx, struct compartment id, struct salve_err *err);
SALVE_MUST_USE enum salve_code store_head_decided(struct store_tx *tx, struct compartment id, uint64_t decided,
                                                  struct salve_err *err);
/* store_record_list - (seq, class, length) of the records of these classes with seq >= from, in order. No bytes.
 * E_INTEGRITY names the compartment and the record: one is missing between `from` and the head. */
SALVE_MUST_USE enum salve_code store_record_list(struct store_tx *tx, struct compartment id, class_mask classes,
                                                 uint64_t from, struct arena *mem, struct store_record **out,
                                                 size_t *count, struct salve_err *err);
/* store_record_blank - takes the bytes away and keeps the hash, so that the chain still closes (the statistics
 * projection at withdrawal). The newest record may be blanked too. E_NOT_FOUND. */
SALVE_MUST_USE enum salve_code store_record_blank(struct store_tx *tx, struct compartment id, uint64_t seq,
                                                  struct salve_err *err);

/* store_compartment_list - a page of ids in byte order: the first `max` of those after `after` (NULL: of all); a count
 * below max is the last page. For verify and backup only: an id says nothing about a person. */
SALVE_MUST_USE enum salve_code store_compartment_list(struct store_tx *tx, const struct compartment *after,
                                                      struct compartment ids[], size_t max, size_t *count,
                                                      struct salve_err *err);

/* store_compartment_erase - all records and the head go, the tombstone SHA-256(id) comes. Erasing twice, or an id that
 * was never there, leaves a tombstone as well. After the commit no file of a backend that keeps files holds the bytes
 * any more. were_put_back: it was erased before, and somebody put rows of it back behind the store's back: they go, and
 * the sum over the rows, which never had them, stays as it is. */
SALVE_MUST_USE enum salve_code store_compartment_erase(struct store_tx *tx, struct compartment id, bool were_put_back,
                                                       struct salve_err *err);
SALVE_MUST_USE enum salve_code store_tombstone_get(struct store_tx *tx, struct compartment id, bool *is_erased,
                                                   struct salve_err *err);
SALVE_MUST_USE enum salve_code store_tombstone_count(struct store_tx *tx, uint64_t *out, struct salve_err *err);
/* store_tombstone_list - for tests: a page of them, as store_compartment_list; `after` NULL: from the start. */
SALVE_MUST_USE enum salve_code store_tombstone_list(struct store_tx *tx, const uint8_t *after, uint8_t hashes[][32],
                                                    size_t max, size_t *count, struct salve_err *err);

/* --- rows of the log (module tlog decides what is in them) -------------------------------------------------------- */
SALVE_MUST_USE enum salve_code store_log_size(struct store_tx *tx, uint64_t *out, struct salve_err *err);
/* store_log_append - entries number `first` and on; first must be the size so far, else E_CONFLICT. */
SALVE_MUST_USE enum salve_code store_log_append(struct store_tx *tx, uint64_t first, const struct str *entries,
                                                size_t count, struct salve_err *err);
/* store_log_list - entries number `first` and on, all `count` of them or E_NOT_FOUND. */
SALVE_MUST_USE enum salve_code store_log_list(struct store_tx *tx, uint64_t first, size_t count, struct arena *mem,
                                              struct str *entries, struct salve_err *err);
/* Whose a row of the log is, sealed by the caller, under a name that only the caller can make.
 * put - E_CONFLICT if row `index` has one under that name already. find - the first row under a name. drop - all under
 * a name. list - a page of them behind *after (zeros: from the start), in the order of their names; *count below max is
 * the last page. */
enum { STORE_OWNER_NAME_BYTES = 16, STORE_OWNER_BYTES_MAX = 64 };
struct store_owner {
    uint8_t name[STORE_OWNER_NAME_BYTES];
    uint64_t index;
    uint8_t bytes[STORE_OWNER_BYTES_MAX];
    size_t bytes_len;
};
SALVE_MUST_USE enum salve_code store_owner_put(struct store_tx *tx, const struct store_owner *owner,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code store_owner_find(struct store_tx *tx, const uint8_t name[STORE_OWNER_NAME_BYTES],
                                                bool *found, uint64_t *index, struct salve_err *err);
SALVE_MUST_USE enum salve_code store_owner_drop(struct store_tx *tx, const uint8_t name[STORE_OWNER_NAME_BYTES],
                                                struct salve_err *err);
SALVE_MUST_USE enum salve_code store_owner_list(struct store_tx *tx, const struct store_owner *after,
                                                struct store_owner out[], size_t max, size_t *count,
                                                struct salve_err *err);
/* Blocks of hashes by (level, index); put replaces. level < 64, index < 2^56. */
SALVE_MUST_USE enum salve_code store_tile_put(struct store_tx *tx, uint32_t level, uint64_t index, struct str bytes,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code store_tile_get(struct store_tx *tx, uint32_t level, uint64_t index, struct arena *mem,
                                              struct str *out, struct salve_err *err);

/* Entries that are asked for in the order of their index. is_dense: most of them will be, so the next ones are read
 * along. store_entries_at - views that live until the next call; E_NOT_FOUND. */
enum { STORE_ENTRIES = 256 };
struct store_entries {
    struct store_tx *tx;
    struct arena *mem;
    struct arena_mark start;
    struct str bytes[STORE_ENTRIES];
    uint64_t first, size;
    size_t count;
    bool is_dense;
};
SALVE_MUST_USE enum salve_code store_entries_open(struct store_tx *tx, struct store_entries *out,
                                                  struct salve_err *err);
SALVE_MUST_USE enum salve_code store_entries_at(struct store_entries *entries, uint64_t index, struct str *out,
                                                struct salve_err *err);
void store_entries_close(struct store_entries *entries);

/* --- commons: what is not about a person -------------------------------------------------------------------------- */
/* Site settings, forms, accepted guidelines, staff, checkpoints: a text key and bytes, each with a MAC that is
 * checked at every read (E_INTEGRITY names the key). put replaces; expect_new makes an existing key E_CONFLICT. */
SALVE_MUST_USE enum salve_code store_commons_put(struct store_tx *tx, struct str key, struct str bytes, bool expect_new,
                                                 struct salve_err *err);
SALVE_MUST_USE enum salve_code store_commons_get(struct store_tx *tx, struct str key, struct arena *mem,
                                                 struct str *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code store_commons_delete(struct store_tx *tx, struct str key, struct salve_err *err);
/* store_commons_delete_soon - the same for a row whose bytes may stay in the log file of the place for a while: until
 * something else is deleted, 16 of them went, or the store is closed. For a sealed row that says nothing that is not
 * stored elsewhere too. */
SALVE_MUST_USE enum salve_code store_commons_delete_soon(struct store_tx *tx, struct str key, struct salve_err *err);
/* store_commons_list - keys that start with prefix, in byte order. */
SALVE_MUST_USE enum salve_code store_commons_list(struct store_tx *tx, struct str prefix, struct arena *mem,
                                                  struct str **keys, size_t *count, struct salve_err *err);
/* store_commons_page - the first `max` of them that are not before `from` (empty: from the first on). */
SALVE_MUST_USE enum salve_code store_commons_page(struct store_tx *tx, struct str prefix, struct str from, size_t max,
                                                  struct arena *mem, struct str **keys, size_t *count,
                                                  struct salve_err *err);

/* --- small durable numbers ---------------------------------------------------------------------------------------- */
/* store_mark_get, store_mark_put - a named number, 0 if it was never put. */
SALVE_MUST_USE enum salve_code store_mark_get(struct store_tx *tx, struct str name, uint64_t *out,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code store_mark_put(struct store_tx *tx, struct str name, uint64_t number,
                                              struct salve_err *err);

/* store_clock - the guarded clock. The time never runs backwards: *guarded_unix_ms is the larger of the wall clock and
 * the largest time seen so far; *is_suspect when the wall clock is more than 2 s behind that, or more than 45 days
 * ahead: then the time stands at the largest one seen. In a write transaction the largest time that is not doubted is
 * put down. */
#define STORE_CLOCK_JUMP_MS (45ll * 24 * 3600 * 1000)
SALVE_MUST_USE enum salve_code store_clock(struct store_tx *tx, int64_t wall_unix_ms, int64_t *guarded_unix_ms,
                                           bool *is_suspect, struct salve_err *err);

/* store_quota_take - counts the opening of a compartment in the same transaction as its leaf. A compartment counts
 * once an hour; E_QUOTA when `limit` others were opened in the last 60 minutes (docs/never.md N13). */
SALVE_MUST_USE enum salve_code store_quota_take(struct store_tx *tx, struct compartment id, int64_t guarded_unix_ms,
                                                uint32_t limit, struct salve_err *err);
/* store_quota_take_of - the same in a mark of its own ("quota/letter"): what is counted there takes nothing from the
 * others. */
SALVE_MUST_USE enum salve_code store_quota_take_of(struct store_tx *tx, struct str name, struct compartment id,
                                                   int64_t guarded_unix_ms, uint32_t limit, struct salve_err *err);
/* store_quota_free - for an hour the compartment does not count, or until a thousand others were made: it was made just
 * now, opening it gathers nothing. */
SALVE_MUST_USE enum salve_code store_quota_free(struct store_tx *tx, struct compartment id, int64_t guarded_unix_ms,
                                                struct salve_err *err);

/* --- verify ------------------------------------------------------------------------------------------------------- */
/* store_verify - what the store can check without keys: its files where it has some, heads against records, gaps in
 * seq, prev hashes in the record heads, the log's numbering, the MACs of rows, the sum over all rows. `report` is
 * called for each bad place (a file with its page, a compartment's text id with seq, a commons key). E_INTEGRITY if
 * there was any. */
typedef void store_report(void *who, const char *place, const char *what);
struct store_counts {
    uint64_t compartments, records, log_entries, commons, tombstones, bad;
};
SALVE_MUST_USE enum salve_code store_verify(struct store *store, store_report *report, void *who,
                                            struct store_counts *counts, struct salve_err *err);
/* store_verify_file, store_verify_rows - its two halves, which can be done beside each other. */
SALVE_MUST_USE enum salve_code store_verify_file(struct store *store, store_report *report, void *who,
                                                 struct salve_err *err);
SALVE_MUST_USE enum salve_code store_verify_rows(struct store *store, store_report *report, void *who,
                                                 struct store_counts *counts, struct salve_err *err);

#endif
