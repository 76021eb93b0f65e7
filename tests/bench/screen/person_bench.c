/* SPDX-License-Identifier: Apache-2.0
 * What a person costs: person_bench TURNS SHARE FOLDER. CPU and bytes of somebody new with consent, 23 results and
 * findings of all guidelines; and a save of 20 results beside a bare SQLite commit of the same bytes on the same disk,
 * in turns. Medians of five. */
#include <sqlite3.h>
#include <time.h>

#include "records/tx_int.h"
#include "store/store.h"
#include "visit_turns.h"

enum { ROUNDS = 5 };

static double cpu_s(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static double median(double *numbers)
{
    for (int i = 1; i < ROUNDS; i++)
        for (int k = i; k > 0 && numbers[k] < numbers[k - 1]; k--) {
            double swap = numbers[k];
            numbers[k] = numbers[k - 1];
            numbers[k - 1] = swap;
        }
    return numbers[ROUNDS / 2];
}

/* The records of somebody as they lie in site.db, without their bytes. */
static size_t rows_of(struct t_site *t, struct compartment id, struct store_record **rows)
{
    struct rec_tx tx;
    size_t count = 0;
    t_must(rec_tx_begin(t->site, true, t->mem, &tx, &err));
    t_must(store_record_list(tx.store, id, ~(class_mask)0, 1, t->mem, rows, &count, &err));
    rec_tx_abandon(&tx);
    return count;
}

static void print_records(struct t_site *t, struct compartment id)
{
    struct store_record *rows = NULL;
    size_t count = rows_of(t, id, &rows), bytes = 0;
    printf("records of a person:");
    for (size_t i = 0; i < count; i++) {
        printf(" %s %zu", class_text(rows[i].class), rows[i].bytes_len);
        bytes += rows[i].bytes_len;
    }
    printf("; %zu records, %zu bytes\n", count, bytes);
}

static long long file_bytes(const struct t_site *t)
{
    long long sum = 0;
    for (int i = 0; i < 2; i++) {
        char path[600];
        struct stat info;
        (void)snprintf(path, sizeof path, "%s/%s", t->folder, i == 0 ? "site.db" : "keys.db");
        if (stat(path, &info) == 0) sum += (long long)info.st_size;
    }
    return sum;
}

/* Bytes a person of each table and index, in whole pages, and what of them is content. */
static void print_tables(const struct t_site *t, const char *file, double persons)
{
    char path[600];
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    (void)snprintf(path, sizeof path, "%s/%s", t->folder, file);
    printf("%s, bytes a person (content):", file);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(db, "SELECT name, sum(pgsize), sum(payload) FROM dbstat GROUP BY name ORDER BY 2 DESC", -1,
                           &stmt, NULL) == SQLITE_OK)
        while (sqlite3_step(stmt) == SQLITE_ROW)
            if (sqlite3_column_double(stmt, 1) / persons >= 20)
                printf(" %s %.0f (%.0f)", (const char *)sqlite3_column_text(stmt, 0),
                       sqlite3_column_double(stmt, 1) / persons, sqlite3_column_double(stmt, 2) / persons);
    printf("\n");
    (void)sqlite3_finalize(stmt);
    (void)sqlite3_close(db);
}

struct bare {
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *put;
    sqlite3_int64 key;
};

static void step(sqlite3_stmt *stmt)
{
    if (sqlite3_step(stmt) != SQLITE_DONE) abort();
    (void)sqlite3_reset(stmt);
}

static void bare_open(struct bare *bare, const char *folder)
{
    char path[600];
    (void)snprintf(path, sizeof path, "%s/peer.db", folder);
    if (sqlite3_open(path, &bare->db) != SQLITE_OK ||
        sqlite3_exec(bare->db,
                     "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (k INTEGER PRIMARY KEY, b BLOB)",
                     NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(bare->db, "BEGIN IMMEDIATE", -1, &bare->begin, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(bare->db, "COMMIT", -1, &bare->commit, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(bare->db, "INSERT INTO t VALUES (?1, ?2)", -1, &bare->put, NULL) != SQLITE_OK)
        abort();
}

/* What a save leaves: its two records, the head, the entry of the log, whose it is. */
static double bare_save(struct bare *bare, const size_t sizes[5])
{
    static const char bytes[1 << 16];
    double start = cpu_s();
    step(bare->begin);
    for (int i = 0; i < 5; i++) {
        (void)sqlite3_bind_int64(bare->put, 1, bare->key++);
        (void)sqlite3_bind_blob(bare->put, 2, bytes, (int)sizes[i], SQLITE_STATIC);
        step(bare->put);
    }
    step(bare->commit);
    return cpu_s() - start;
}

/* save - 20 results of who has the card; CPU of the save itself in seconds. */
static double save(struct t_site *t, struct str card)
{
    struct rec_view *view = t_open(t, T_ASSISTANT, PURPOSE_CARE, card);
    struct rec_item items[RESULTS];
    make_results(t, view, items, RESULTS);
    double start = cpu_s();
    save_turn(t, view, items);
    double took = cpu_s() - start;
    t_close_view(&view);
    return took;
}

static void saves_beside_bare(struct t_site *t, const char *folder, int turns)
{
    struct bare bare = {0};
    double own[ROUNDS] = {0}, peer[ROUNDS] = {0}, ratio[ROUNDS];
    struct store_record *rows = NULL;
    bare_open(&bare, folder);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < turns; i++) {
            struct arena_mark mark = arena_mark(t->mem);
            struct rec_enrolled who = enrol_turn(t);
            own[round] += save(t, who.card) / turns;
            size_t count = rows_of(t, who.compartment, &rows);
            const size_t sizes[5] = {rows[count - 2].bytes_len, rows[count - 1].bytes_len, 72, 34, 65};
            peer[round] += bare_save(&bare, sizes) / turns;
            arena_rewind(t->mem, mark);
        }
        ratio[round] = own[round] / peer[round];
    }
    (void)sqlite3_finalize(bare.begin);
    (void)sqlite3_finalize(bare.commit);
    (void)sqlite3_finalize(bare.put);
    (void)sqlite3_close(bare.db);
    printf("a save of 20 results, CPU: %.0f us, bare SQLite with the same bytes %.0f us, ratio %.1f (aim at most 4)\n",
           median(own) * 1e6, median(peer) * 1e6, median(ratio));
}

/* Bytes are those by which both files grow, as they lie there when the site is closed. */
static void people(struct t_site *t, const char *share, int turns)
{
    double cpu[ROUNDS];
    struct compartment id = {{0}};
    struct screen *screen = accept_all(t, share);
    (void)person_turn(t, screen);
    t_site_close(t);
    long long before = file_bytes(t);
    t_site_open(t);

    for (int round = 0; round < ROUNDS; round++) {
        double start = cpu_s();
        for (int i = 0; i < turns; i++) {
            struct arena_mark mark = arena_mark(t->mem);
            id = person_turn(t, screen).compartment;
            arena_rewind(t->mem, mark);
        }
        cpu[round] = (cpu_s() - start) / turns;
    }
    print_records(t, id);
    t_site_close(t);
    print_tables(t, "site.db", ROUNDS * turns + 1);
    print_tables(t, "keys.db", ROUNDS * turns + 1);
    long long bytes = (file_bytes(t) - before) / (ROUNDS * turns);
    printf("a person (enrol, consent, 23 results, findings): %.2f ms CPU (aim 2), %lld bytes (aim 8,000)\n",
           median(cpu) * 1e3, bytes);
}

int main(int argc, char **argv)
{
    if (argc < 4) return 2;
    (void)setenv("TMPDIR", argv[3], 1);
    struct t_site *t = t_site_make("person-bench", false);
    people(t, argv[2], atoi(argv[1]));
    t_site_open(t);
    saves_beside_bare(t, argv[3], atoi(argv[1]));
    t_site_drop(t);
    return 0;
}
