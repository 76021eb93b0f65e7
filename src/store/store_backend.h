/* SPDX-License-Identifier: Apache-2.0
 *
 * store_backend - what a place to keep bytes must be able to do: rows in a few ordered tables, all or nothing.
 * Everything else (heads, chains, checksums, quotas) is above it in store_*.c and the same for all.
 *
 * A row has a key (name, number) and a value (tag, bytes). A table is ordered by name (bytewise), then number.
 * To add a backend: write store_<name>.c with a table of these functions, declare it in store.h, and add it to the
 * list in tests/contract/store/store_contract.c. */
#ifndef SALVE_STORE_BACKEND_H
#define SALVE_STORE_BACKEND_H

#include "store/store.h"

/* clang-format off */
/*    table      text         name             number           tag                 bytes */
#define STORE_TABLES(X)                                                                                               \
    X(RECORD,    "record"    /* compartment      seq              class, +256: blank  the record, or its hash */)     \
    X(HEAD,      "head"      /* compartment      0                0                   seq u64, SHA-256 */)            \
    X(LOG_ENTRY, "log_entry" /* empty            index            0                   entry */)                       \
    X(LOG_TILE,  "log_tile"  /* empty            level<<56|index  0                   hashes */)                      \
    X(TOMBSTONE, "tombstone" /* SHA-256(id)      0                0                   note */)                        \
    X(COMMONS,   "commons"   /* key              0                0                   SHA-256, document */)           \
    X(MARK,      "mark"      /* name             0                0                   u64; or rows of the quota */)
/* clang-format on */

#define X(name, text) STORE_##name,
enum store_table { STORE_TABLES(X) STORE_TABLE_COUNT };
#undef X

struct store_row {
    enum store_table table;
    struct str name;
    uint64_t number; /* below 2^63 */
    uint32_t tag;
    struct str bytes;
    size_t bytes_len; /* filled by next when the bytes were not asked for */
};

/* An opened backend begins with this. */
struct store_place {
    const struct store_backend *backend;
};

struct store_backend {
    const char *name;
    enum salve_code (*open)(const struct store_options *options, struct store_place **out, struct salve_err *err);
    enum salve_code (*close)(struct store_place *place, struct salve_err *err);
    /* One transaction at a time; the layer above sees to that. commit: durable, or nothing and over. */
    enum salve_code (*begin)(struct store_place *place, bool read_only, struct salve_err *err);
    enum salve_code (*commit)(struct store_place *place, struct salve_err *err);
    void (*abandon)(struct store_place *place); /* cannot fail */
    /* insert: E_CONFLICT if the key is there; otherwise it is replaced */
    enum salve_code (*put)(struct store_place *place, const struct store_row *row, bool insert, struct salve_err *err);
    /* row->table, name, number say which; tag and bytes (in mem) are filled; E_NOT_FOUND */
    enum salve_code (*get)(struct store_place *place, struct store_row *row, struct arena *mem, struct salve_err *err);
    /* The first row of row->table after the key (name, number); with STORE_FROM_START set, the first of all at or
     * after it. name and tag are filled, in mem; the bytes only with STORE_WITH_BYTES, bytes_len always. */
    enum salve_code (*next)(struct store_place *place, struct store_row *row, unsigned flags, bool *found,
                            struct arena *mem, struct salve_err *err);
    /* All rows with this name; with a name of NULL nothing. */
    enum salve_code (*drop)(struct store_place *place, enum store_table table, struct str name, struct salve_err *err);
    enum salve_code (*count)(struct store_place *place, enum store_table table, uint64_t *out, struct salve_err *err);
    /* After a commit that dropped something: no byte of it stays in a file. */
    enum salve_code (*scrub)(struct store_place *place, struct salve_err *err);
    /* What the place can check by itself. */
    enum salve_code (*verify)(struct store_place *place, store_report *report, void *who, struct salve_err *err);
};
enum { STORE_FROM_START = 1, STORE_WITH_BYTES = 2 };

/* The wrapper that fails (store_faulty.c, linked by tests only): an opened store whose nth call of the backend from now
 * fails with `how`. nth 0: none. */
SALVE_MUST_USE enum salve_code store_open_faulty(const struct store_backend *below, const struct store_options *options,
                                                 struct store **out, struct salve_err *err);
void store_faulty_arm(struct store *store, uint64_t nth, bool is_sticky, enum salve_code how);
bool store_faulty_fired(const struct store *store);

#endif
