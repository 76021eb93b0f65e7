/* SPDX-License-Identifier: Apache-2.0
 *
 * store_backend - what a place to keep bytes must be able to do: rows in a few ordered tables, all or nothing.
 * Everything else (heads, chains, checksums, quotas) is above it in store_*.c and the same for all.
 *
 * A row has a key (name, number) and a value (tag, bytes). A table is ordered by name (bytewise), then number.
 * To add a backend: write store_<name>.c with a table of these functions called store_<name>, and add its row to
 * store_backends.def. Then `where` may begin with "<name>:", and the contract suite runs over it. */
#ifndef SALVE_STORE_BACKEND_H
#define SALVE_STORE_BACKEND_H

#include "store/store.h"

/* clang-format off */
/*    table      kept   text         name             number           tag                 bytes */
#define STORE_TABLES(X)                                                                                                \
    X(RECORD,    KEY,   "record"     /* compartment      seq              class, +64, +256    record, or its hash */)  \
    X(HEAD,      MAC,   "head"       /* compartment      0                0                   seq, SHA-256, ... */)   \
    X(LOG_ENTRY, NONE,  "log_entry"  /* empty            index            0                   entry */)                \
    X(LOG_TILE,  BYTES, "log_tile"   /* empty            level<<56|index  0                   hashes */)               \
    X(OWNER,     BYTES, "owner"      /* tag              log index        0                   owner, sealed */)        \
    X(TOMBSTONE, MAC,   "tombstone"  /* SHA-256(id)      0                0                    */)                     \
    X(COMMONS,   MAC,   "commons"    /* key              0                0                   document */)             \
    X(MARK,      MAC,   "mark"       /* name             0                0                   u64; rows of quota */)
/* clang-format on */

#define X(name, kept, text) STORE_##name,
enum store_table { STORE_TABLES(X) STORE_TABLE_COUNT };
#undef X

/* What the sum over a site's rows takes from a row, and whether the row ends with a MAC (store_sum.c): NONE is in no
 * sum, since the tree of the log proves it; KEY its name, number and tag; BYTES all of it; MAC all of it, and it ends
 * with a MAC of STORE_MAC_BYTES. */
enum store_kept { STORE_KEPT_NONE, STORE_KEPT_KEY, STORE_KEPT_BYTES, STORE_KEPT_MAC };
enum { STORE_MAC_BYTES = 16 };

struct store_key {
    struct str name;
    uint64_t number; /* below 2^63 */
};

struct store_row {
    enum store_table table;
    struct store_key key;
    uint32_t tag;
    struct str bytes;
    size_t bytes_len; /* filled by scan, also where the bytes were not asked for */
};

/* A walk over the rows with from <= key < to, in pages. */
struct store_scan {
    enum store_table table;
    struct store_key from, to; /* to.name.ptr NULL: up to the last row */
    bool with_bytes;
    bool is_done; /* set by scan: there are no rows behind this page */
};

/* A page of a scan with bytes also ends with the row by which it has so many. */
enum { STORE_PAGE_BYTES = 1 << 20 };

/* An opened backend begins with this, and a transaction of it with that. */
struct store_place {
    const struct store_backend *backend;
    uint32_t layout; /* of the rows; 0 is as good as the present one */
};
struct store_place_tx {
    struct store_place *place;
};

struct store_backend {
    const char *name; /* the scheme of its places */
    /* A read-only transaction may be open beside others, and sees what was committed when it began. Where this is
     * false, there is one transaction at a time. */
    bool can_overlap;
    /* `where` is what stands behind the scheme. */
    enum salve_code (*open)(const struct store_options *options, const char *where, struct store_place **out,
                            struct salve_err *err);
    enum salve_code (*is_there)(const struct store_options *options, const char *where, bool *out,
                                struct salve_err *err);
    enum salve_code (*close)(struct store_place *place, struct salve_err *err); /* nothing is open in it any more */

    /* A transaction that writes is serial to the others: E_BUSY, or wait. commit: durable, or nothing and over. */
    enum salve_code (*begin)(struct store_place *place, bool read_only, struct store_place_tx **out,
                             struct salve_err *err);
    enum salve_code (*commit)(struct store_place_tx *tx, struct salve_err *err);
    void (*abandon)(struct store_place_tx *tx); /* cannot fail */
    /* Savepoints of a transaction that writes, a stack of them: take one; forget the newest; go back to it and forget
     * it, also after a call that failed. */
    enum salve_code (*savepoint)(struct store_place_tx *tx, struct salve_err *err);
    enum salve_code (*savepoint_keep)(struct store_place_tx *tx, struct salve_err *err);
    enum salve_code (*savepoint_undo)(struct store_place_tx *tx, struct salve_err *err);

    /* insert: E_CONFLICT if the key is there, and the transaction goes on; otherwise it is replaced. */
    enum salve_code (*put)(struct store_place_tx *tx, const struct store_row *row, bool insert, struct salve_err *err);
    /* row->table and key say which; tag and bytes (in mem) are filled; E_NOT_FOUND. */
    enum salve_code (*get)(struct store_place_tx *tx, struct store_row *row, struct arena *mem, struct salve_err *err);
    /* The next page: at most `max` rows. table, key, tag and bytes_len are filled, bytes if asked for; in mem.
     * store_scan_rows moves scan->from on. */
    enum salve_code (*scan)(struct store_place_tx *tx, struct store_scan *scan, struct store_row rows[], size_t max,
                            size_t *count, struct arena *mem, struct salve_err *err);
    /* All rows with this name. */
    enum salve_code (*drop)(struct store_place_tx *tx, enum store_table table, struct str name, struct salve_err *err);
    enum salve_code (*count)(struct store_place_tx *tx, enum store_table table, uint64_t *out, struct salve_err *err);
    /* Makes a place of layout 1, opened as such, one of layout 2, with the commit of this transaction: the table of
     * owners comes. NULL: there are no places of layout 1. */
    enum salve_code (*upgrade)(struct store_place_tx *tx, struct salve_err *err);

    /* What only some can do; NULL where there is nothing to be done.
     * scrub, after a commit that dropped something: no byte of it stays in a file. check: the place by itself, such as
     * the pages of a file. copy: all that was committed, as a new file. None is called in a transaction.
     * has_failed: nothing is written until the place was opened again. */
    enum salve_code (*scrub)(struct store_place *place, struct salve_err *err);
    enum salve_code (*check)(struct store_place *place, store_report *report, void *who, struct salve_err *err);
    enum salve_code (*copy)(struct store_place *place, const char *to, struct salve_err *err);
    /* freeze: until thaw what is kept so far stays as it is in its file, and a scrub waits. */
    enum salve_code (*freeze)(struct store_place *place, struct salve_err *err);
    void (*thaw)(struct store_place *place);
    bool (*has_failed)(const struct store_place *place);
    /* beside: the same place for another thread, as it is now, only to be read, while nothing is written. */
    enum salve_code (*beside)(struct store_place *place, struct store_place **out, struct salve_err *err);
};

/* All backends, and the one that `where` ("sqlite:site.db") names. E_CONFIG names those that there are. */
#define BACKEND(name) extern const struct store_backend store_##name;
#include "store/store_backends.def"
#undef BACKEND
extern const struct store_backend *const store_backends[];
extern const size_t store_backend_count;
SALVE_MUST_USE enum salve_code store_backend_find(const char *where, const struct store_backend **out,
                                                  const char **behind, struct salve_err *err);

/* For tests: the wrapper that fails (store_faulty.c): an opened store whose nth call of the backend from now
 * fails with `how`. nth 0: none. */
SALVE_MUST_USE enum salve_code store_open_faulty(const struct store_options *options, struct store **out,
                                                 struct salve_err *err);
void store_faulty_arm(struct store *store, uint64_t nth, bool is_sticky, enum salve_code how);
bool store_faulty_fired(const struct store *store);

#endif
