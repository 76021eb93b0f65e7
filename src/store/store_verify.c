/* SPDX-License-Identifier: Apache-2.0
 * What can be checked without keys of people: the files, every compartment's chain from seq 1 to its head, the
 * numbering of the log, the MACs of rows and the sum over all of them. One compartment's damage does not stop the check
 * of the others. */
#include <stdio.h>

#include "crypto/crypto.h"
#include "store/store_int.h"

struct check {
    struct store_tx *tx;
    store_report *report;
    void *who;
    struct store_counts *counts;
    struct arena *mem;
    struct crypto_sha256 *hasher; /* NULL: there was no memory for one */
    struct store_swept swept;
    bool is_swept; /* heads and records are as they should be */
};

static void tell(struct check *check, const char *place, const char *what)
{
    check->counts->bad++;
    if (check->report != NULL) check->report(check->who, place, what);
}

static void tell_record(struct check *check, struct compartment id, uint64_t seq, const char *what)
{
    char text[COMPARTMENT_TEXT_BYTES + 1], place[80];
    compartment_text(id, text);
    (void)snprintf(place, sizeof place, "compartment %s record %llu", text, (unsigned long long)seq);
    tell(check, place, what);
}

bool store_record_is_next(const struct store_record *record, struct compartment id, const uint8_t *prev)
{
    struct crypto_record head;
    if (record->is_blank) return true; /* its hash is in the next record's prev */
    return crypto_record_peek(record->bytes, &head, NULL) == SALVE_OK && compartment_eq(head.compartment, id) &&
           head.seq == record->seq && head.class == record->class && memcmp(head.prev, prev, STORE_HASH_BYTES) == 0;
}

/* How far the check of one compartment has come. */
struct chain {
    struct compartment id;
    struct store_head head;
    uint8_t prev[STORE_HASH_BYTES];
    uint64_t seq;    /* of the next record */
    uint64_t behind; /* of the first record behind the head; 0: none */
    bool has_gap;
};

static enum salve_code check_record(struct check *check, struct chain *chain, const struct store_row *row)
{
    struct store_record record;
    chain->has_gap = chain->seq <= chain->head.seq && row->key.number != chain->seq;
    if (!chain->has_gap && row->key.number > chain->head.seq) chain->behind = row->key.number;
    if (chain->has_gap || chain->behind != 0) return SALVE_OK;
    TRY(store_record_fill(row, true, check->hasher, check->mem, &record, NULL));
    if (!store_record_is_next(&record, chain->id, chain->prev)) tell_record(check, chain->id, chain->seq, "chain");
    memcpy(chain->prev, record.sha256, sizeof chain->prev);
    check->counts->records++;
    chain->seq++;
    return SALVE_OK;
}

static enum salve_code check_chain(struct check *check, struct chain *chain)
{
    struct store_row rows[STORE_PAGE_ROWS];
    struct store_scan scan = {.table = STORE_RECORD,
                              .from = {compartment_bytes(&chain->id), chain->seq},
                              .to = {compartment_bytes(&chain->id), STORE_NUMBER_END},
                              .with_bytes = true};
    struct arena_mark mark = arena_mark(check->mem);
    enum salve_code code = SALVE_OK;
    while (code == SALVE_OK && !scan.is_done && !chain->has_gap && chain->behind == 0) {
        size_t used = 0;
        code = store_scan_rows(check->tx, &scan, rows, STORE_PAGE_ROWS, &used, check->mem, NULL);
        for (size_t i = 0; code == SALVE_OK && i < used && !chain->has_gap && chain->behind == 0; i++)
            code = check_record(check, chain, &rows[i]);
        scan.from.name = compartment_bytes(&chain->id);
        arena_rewind(check->mem, mark);
    }
    if (chain->seq <= chain->head.seq) chain->has_gap = true;
    return code;
}

/* E_IO and the like end the check; what is wrong with a compartment is told and the next one follows. */
static enum salve_code check_compartment(struct check *check, struct compartment id, struct salve_err *err)
{
    struct chain chain = {.id = id, .seq = 1};
    enum salve_code code = store_head_get(check->tx, id, &chain.head, NULL);
    if (code == SALVE_OK) code = check_chain(check, &chain);
    if (code == SALVE_E_INTEGRITY)
        tell_record(check, id, chain.head.seq, "damaged");
    else if (code != SALVE_OK)
        return salve_fail(err, code, "store");
    else if (chain.has_gap)
        tell_record(check, id, chain.seq, "missing");
    else if (memcmp(chain.prev, chain.head.sha256, sizeof chain.prev) != 0)
        tell_record(check, id, chain.head.seq, "not the head");
    if (chain.behind != 0) tell_record(check, id, chain.behind, "behind the head");
    return SALVE_OK;
}

static enum salve_code check_compartments(struct check *check, struct salve_err *err)
{
    struct compartment ids[STORE_PAGE_ROWS], last, *after = NULL;
    size_t count = STORE_PAGE_ROWS;
    enum salve_code code = SALVE_OK;
    while (code == SALVE_OK && count == STORE_PAGE_ROWS) {
        code = store_compartment_list(check->tx, after, ids, STORE_PAGE_ROWS, &count, err);
        for (size_t i = 0; code == SALVE_OK && i < count; i++) code = check_compartment(check, ids[i], err);
        if (count > 0) last = ids[count - 1];
        after = &last;
        check->counts->compartments += count;
    }
    return code;
}

/* Records whose compartment has no head at all: one row is enough to tell. */
static enum salve_code check_orphans(struct check *check, struct salve_err *err)
{
    struct store_scan scan = {.table = STORE_RECORD};
    for (;;) {
        struct store_row row;
        struct store_head head;
        struct compartment id;
        size_t found = 0;
        TRY(store_scan_rows(check->tx, &scan, &row, 1, &found, check->mem, err));
        if (found == 0) return SALVE_OK;
        if (row.key.name.len != COMPARTMENT_BYTES) return salve_fail(err, SALVE_E_INTEGRITY, "record");
        memcpy(id.bytes, row.key.name.ptr, COMPARTMENT_BYTES);
        TRY(store_head_get(check->tx, id, &head, err));
        if (head.seq == 0) tell_record(check, id, row.key.number, "no head");
        scan.from.number = STORE_NUMBER_END; /* on to the next compartment */
        scan.is_done = false;
    }
}

static enum salve_code check_log(struct check *check, struct salve_err *err)
{
    uint64_t size = 0, rows = 0;
    size_t found = 0;
    struct store_row behind;
    TRY(store_log_size(check->tx, &size, err));
    TRY(store_count(check->tx, STORE_LOG_ENTRY, &rows, err));
    if (rows != size) tell(check, "log", "the number of entries is not its size");
    struct store_scan scan = {.table = STORE_LOG_ENTRY, .from.number = size};
    /* as many rows as the size, and none behind it: so there is no gap */
    TRY(store_scan_rows(check->tx, &scan, &behind, 1, &found, check->mem, err));
    if (found > 0) tell(check, "log", "an entry behind its size");
    check->counts->log_entries = size;
    return SALVE_OK;
}

/* Every row of a table whose rows end with a MAC. */
static enum salve_code check_macs(struct check *check, enum store_table table, struct salve_err *err)
{
    struct store_row rows[STORE_PAGE_ROWS];
    struct store_scan scan = {.table = table, .with_bytes = true};
    struct arena_mark mark = arena_mark(check->mem);
    enum salve_code code = SALVE_OK;
    while (code == SALVE_OK && !scan.is_done) {
        size_t used = 0;
        char last[256]; /* as long as a name of a mark can be: "told/" and a hash is more than that of a head */
        code = store_scan_rows(check->tx, &scan, rows, STORE_PAGE_ROWS, &used, check->mem, err);
        for (size_t i = 0; code == SALVE_OK && i < used; i++) {
            struct store_value value;
            struct salve_err why = {0};
            char where[SALVE_ERR_WHERE_BYTES];
            if (table == STORE_MARK && str_is(rows[i].key.name, "marks")) continue; /* has a form of its own */
            if (store_row_check(check->tx, &rows[i], &value, &why) != SALVE_OK)
                tell(check, salve_err_where(&why, where), why.why);
        }
        if (scan.from.name.len > sizeof last) return salve_fail(err, SALVE_E_INTEGRITY, "name of a row");
        if (scan.from.name.len > 0) memcpy(last, scan.from.name.ptr, scan.from.name.len);
        arena_rewind(check->mem, mark);
        if (code == SALVE_OK) code = arena_str(check->mem, str_make(last, scan.from.name.len), &scan.from.name, err);
    }
    arena_rewind(check->mem, mark);
    return code;
}

/* What each row says is the business of the others; this is about rows that are missing, were added, or are old. */
static enum salve_code check_sum(struct check *check, struct salve_err *err)
{
    uint8_t sum[STORE_SUM_BYTES];
    struct salve_err why = {0};
    char where[SALVE_ERR_WHERE_BYTES];
    if (check->tx->store->layout != STORE_LAYOUT) return SALVE_OK;
    if (!check->is_swept) TRY(check_macs(check, STORE_HEAD, err));
    TRY(check_macs(check, STORE_TOMBSTONE, err));
    TRY(check_macs(check, STORE_MARK, err));
    enum salve_code code = store_marks_load(check->tx, &why);
    if (code == SALVE_E_INTEGRITY) tell(check, salve_err_where(&why, where), why.why);
    if (code != SALVE_OK) return code == SALVE_E_INTEGRITY ? SALVE_OK : salve_fail(err, code, "store");
    TRY(store_sum_of_rows(check->tx, check->is_swept ? &check->swept : NULL, check->mem, sum, err));
    if (!crypto_equal(sum, check->tx->marks.sum, sizeof sum))
        tell(check, "rows", "they do not add up: some were taken away, put back or added behind the site's back");
    return SALVE_OK;
}

static enum salve_code check_commons(struct check *check, struct salve_err *err)
{
    char place[300];
    struct str *keys = NULL, document;
    size_t count = 0;
    enum salve_code code = store_commons_list(check->tx, STR(""), check->mem, &keys, &count, err);
    for (size_t i = 0; code == SALVE_OK && i < count; i++) {
        struct arena_mark mark = arena_mark(check->mem);
        code = store_commons_get(check->tx, keys[i], check->mem, &document, err);
        if (code == SALVE_E_INTEGRITY) {
            (void)snprintf(place, sizeof place, "commons/%.*s", STR_ARGS(keys[i]));
            tell(check, place, "it is not what this site wrote there");
            code = SALVE_OK;
        }
        arena_rewind(check->mem, mark);
    }
    check->counts->commons = count;
    return code;
}

enum { VERIFY_BYTES_MAX = 256 << 20 };

/* What the sweep met ends with its transaction: the checks that name things begin with another. */
static enum salve_code sweep(struct check *check, struct salve_err *err)
{
    check->is_swept = store_sweep(check->tx, &check->swept);
    if (check->is_swept) {
        check->counts->compartments = check->swept.compartments;
        check->counts->records = check->swept.records;
        return SALVE_OK;
    }
    struct store *store = check->tx->store;
    store_abandon(&check->tx);
    return store_begin(store, true, &check->tx, err);
}

static enum salve_code check_rows(struct store *store, store_report *report, void *who, struct store_counts *counts,
                                  struct salve_err *err)
{
    struct check check = {.report = report, .who = who, .counts = counts, .mem = arena_open(VERIFY_BYTES_MAX)};
    if (check.mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "store");
    check.hasher = crypto_sha256_open();
    enum salve_code code = store_begin(store, true, &check.tx, err);
    if (code == SALVE_OK) code = sweep(&check, err);
    if (code == SALVE_OK && !check.is_swept) code = check_compartments(&check, err);
    if (code == SALVE_OK && !check.is_swept) code = check_orphans(&check, err);
    if (code == SALVE_OK) code = check_log(&check, err);
    if (code == SALVE_OK) code = check_commons(&check, err);
    if (code == SALVE_OK) code = check_sum(&check, err);
    if (code == SALVE_OK) code = store_tombstone_count(check.tx, &counts->tombstones, err);
    store_abandon(&check.tx);
    crypto_sha256_close(check.hasher);
    arena_close(check.mem);
    return code;
}

struct relay {
    store_report *report;
    void *who;
    struct store_counts *counts;
};

static void relay_report(void *who, const char *place, const char *what)
{
    struct relay *relay = who;
    relay->counts->bad++;
    if (relay->report != NULL) relay->report(relay->who, place, what);
}

enum salve_code store_verify_file(struct store *store, store_report *report, void *who, struct salve_err *err)
{
    const struct store_backend *backend = store->place->backend;
    return backend->check == NULL ? SALVE_OK : backend->check(store->place, report, who, err);
}

static enum salve_code verdict(const struct store_counts *counts, struct salve_err *err)
{
    if (counts->bad == 0) return SALVE_OK;
    (void)salve_fail(err, SALVE_E_INTEGRITY, "store");
    return salve_why(err, SALVE_E_INTEGRITY, "%llu damaged place(s)", (unsigned long long)counts->bad);
}

enum salve_code store_verify_rows(struct store *store, store_report *report, void *who, struct store_counts *counts,
                                  struct salve_err *err)
{
    *counts = (struct store_counts){0};
    TRY(check_rows(store, report, who, counts, err));
    return verdict(counts, err);
}

enum salve_code store_verify(struct store *store, store_report *report, void *who, struct store_counts *counts,
                             struct salve_err *err)
{
    *counts = (struct store_counts){0};
    struct relay relay = {report, who, counts};
    enum salve_code code = store_verify_file(store, relay_report, &relay, err);
    if (code != SALVE_OK && code != SALVE_E_INTEGRITY) return code;
    enum salve_code rows = check_rows(store, report, who, counts, code == SALVE_OK ? err : NULL);
    if (code != SALVE_OK) return code; /* the file's damage is the reason; the rows told what it hit */
    return rows == SALVE_OK ? verdict(counts, err) : rows;
}
