/* SPDX-License-Identifier: Apache-2.0
 * One durable save: a record of 2 KiB, the head, a log entry. Salve's store against SQLite's own interface with the
 * same bytes in three plain tables, WAL and synchronous=FULL, no checksums and no secure_delete. The two take turns,
 * so that a noisy machine hits both; the ratio is the median of the rounds. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "store/store.h"

enum { ROUNDS = 21, SAVES = 60, RECORD_BYTES = 2048, ENTRY_BYTES = 34 };

static void must(bool is_good, const char *what)
{
    if (is_good) return;
    (void)fprintf(stderr, "bench_save: %s\n", what);
    exit(1);
}

static double now_s(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static uint8_t record[RECORD_BYTES], entry[ENTRY_BYTES];
static uint64_t saves;

static struct compartment next_id(void) /* each save goes to another person, as in a clinic */
{
    struct compartment id;
    uint8_t hash[32], number[8];
    crypto_put_u64(number, saves++ % 500);
    crypto_sha256(str_make((char *)number, sizeof number), hash);
    memcpy(id.bytes, hash, sizeof id.bytes);
    return id;
}

static void save_salve(struct store *store, uint64_t index)
{
    struct store_tx *tx = NULL;
    struct store_head head;
    struct compartment id = next_id();
    must(store_begin(store, false, &tx, NULL) == SALVE_OK, "begin");
    must(store_head_get(tx, id, &head, NULL) == SALVE_OK, "head");
    must(store_record_append(tx, id, head.seq + 1, CLASS_CLIN, str_make((char *)record, sizeof record), NULL) ==
             SALVE_OK,
         "record");
    struct str leaf = str_make((char *)entry, sizeof entry);
    must(store_log_append(tx, index, &leaf, 1, NULL) == SALVE_OK, "log");
    must(store_commit(&tx, NULL) == SALVE_OK, "commit");
}

struct bare {
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *record, *head, *entry;
};

static sqlite3_stmt *prepared(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    must(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK, sql);
    return stmt;
}

static void bare_open(struct bare *bare, const char *path)
{
    must(sqlite3_open(path, &bare->db) == SQLITE_OK, "open");
    must(sqlite3_exec(bare->db,
                      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                      "CREATE TABLE record (id BLOB, seq INTEGER, bytes BLOB, UNIQUE (id, seq));"
                      "CREATE TABLE head (id BLOB PRIMARY KEY, seq INTEGER, hash BLOB) WITHOUT ROWID;"
                      "CREATE TABLE entry (nr INTEGER PRIMARY KEY, bytes BLOB);",
                      NULL, NULL, NULL) == SQLITE_OK,
         "schema");
    bare->begin = prepared(bare->db, "BEGIN IMMEDIATE");
    bare->commit = prepared(bare->db, "COMMIT");
    bare->record = prepared(bare->db, "INSERT INTO record VALUES (?1, ?2, ?3)");
    bare->head = prepared(bare->db, "INSERT OR REPLACE INTO head VALUES (?1, ?2, ?3)");
    bare->entry = prepared(bare->db, "INSERT INTO entry VALUES (?1, ?2)");
}

static void run(sqlite3_stmt *stmt)
{
    must(sqlite3_step(stmt) == SQLITE_DONE, "step");
    (void)sqlite3_reset(stmt);
}

static void save_bare(struct bare *bare, uint64_t index)
{
    struct compartment id = next_id();
    run(bare->begin);
    (void)sqlite3_bind_blob(bare->record, 1, id.bytes, 16, SQLITE_STATIC);
    (void)sqlite3_bind_int64(bare->record, 2, (sqlite3_int64)index);
    (void)sqlite3_bind_blob(bare->record, 3, record, RECORD_BYTES, SQLITE_STATIC);
    run(bare->record);
    (void)sqlite3_bind_blob(bare->head, 1, id.bytes, 16, SQLITE_STATIC);
    (void)sqlite3_bind_int64(bare->head, 2, (sqlite3_int64)index);
    (void)sqlite3_bind_blob(bare->head, 3, record, 32, SQLITE_STATIC);
    run(bare->head);
    (void)sqlite3_bind_int64(bare->entry, 1, (sqlite3_int64)index);
    (void)sqlite3_bind_blob(bare->entry, 2, entry, ENTRY_BYTES, SQLITE_STATIC);
    run(bare->entry);
    run(bare->commit);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *numbers)
{
    qsort(numbers, ROUNDS, sizeof numbers[0], ascending);
    return numbers[ROUNDS / 2];
}

int main(int argc, char **argv)
{
    char place[600], own[200], peer[200];
    const char *folder = argc > 1 ? argv[1] : "/tmp";
    struct store *store = NULL;
    struct bare bare;
    double own_rate[ROUNDS], peer_rate[ROUNDS], ratio[ROUNDS];
    uint64_t own_index = 0, peer_index = 0;
    must(crypto_init(NULL) == SALVE_OK, "crypto");
    crypto_random(record, sizeof record);
    crypto_random(entry, sizeof entry);
    (void)snprintf(own, sizeof own, "%s/own.db", folder);
    (void)snprintf(place, sizeof place, "sqlite:%s", own);
    (void)snprintf(peer, sizeof peer, "%s/peer.db", folder);
    const struct store_options options = {.where = place, .create = true};
    must(store_open(&options, &store, NULL) == SALVE_OK, "store");
    bare_open(&bare, peer);
    for (int round = 0; round < ROUNDS; round++) {
        double start = now_s();
        for (int i = 0; i < SAVES; i++) save_salve(store, own_index++);
        double middle = now_s();
        for (int i = 0; i < SAVES; i++) save_bare(&bare, peer_index++);
        double end = now_s();
        own_rate[round] = SAVES / (middle - start);
        peer_rate[round] = SAVES / (end - middle);
        ratio[round] = own_rate[round] / peer_rate[round];
    }
    printf(
        "durable save (2 KiB record, head, log entry), saves/s: salve %.0f, bare SQLite %.0f, ratio %.2f (aim 0.70)\n",
        median(own_rate), median(peer_rate), median(ratio));
    return store_close(&store, NULL) == SALVE_OK ? 0 : 1;
}
