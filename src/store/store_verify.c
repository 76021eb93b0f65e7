/* SPDX-License-Identifier: Apache-2.0
 * What can be checked without keys: the files, every compartment's chain from seq 1 to its head, the numbering of the
 * log, and the checksums of the commons. One compartment's damage does not stop the check of the others. */
#include <stdio.h>

#include "crypto/crypto.h"
#include "store/store_int.h"

struct check {
    struct store_tx *tx;
    store_report *report;
    void *who;
    struct store_counts *counts;
    struct arena *mem;
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

static bool is_head_of_record_right(const struct store_record *record, struct compartment id, const uint8_t *prev)
{
    struct crypto_record head;
    if (record->is_blank) return true; /* its hash is in the next record's prev */
    return crypto_record_peek(record->bytes, &head, NULL) == SALVE_OK && compartment_eq(head.compartment, id) &&
           head.seq == record->seq && head.class == record->class && memcmp(head.prev, prev, STORE_HASH_BYTES) == 0;
}

/* E_IO and the like end the check; what is wrong with a compartment is told and the next one follows. */
static enum salve_code check_compartment(struct check *check, struct compartment id, struct salve_err *err)
{
    struct store_head head = {0};
    struct store_record record = {0};
    uint8_t prev[STORE_HASH_BYTES] = {0};
    enum salve_code code = store_head_get(check->tx, id, &head, err);
    for (uint64_t seq = 1; code == SALVE_OK && seq <= head.seq; seq++) {
        struct arena_mark mark = arena_mark(check->mem);
        code = store_record_get(check->tx, id, seq, check->mem, &record, NULL);
        if (code == SALVE_E_NOT_FOUND) {
            tell_record(check, id, seq, "missing");
            return SALVE_OK;
        }
        if (code == SALVE_OK && !is_head_of_record_right(&record, id, prev)) tell_record(check, id, seq, "chain");
        if (code == SALVE_OK) memcpy(prev, record.sha256, sizeof prev);
        if (code == SALVE_OK) check->counts->records++;
        arena_rewind(check->mem, mark);
    }
    if (code == SALVE_E_INTEGRITY) return tell_record(check, id, head.seq, "damaged"), SALVE_OK;
    if (code != SALVE_OK) return salve_fail(err, code, "store");
    if (memcmp(prev, head.sha256, sizeof prev) != 0) tell_record(check, id, head.seq, "not the head");
    struct store_record *more = NULL;
    size_t count = 0;
    code = store_record_list(check->tx, id, ~(class_mask)0, head.seq + 1, check->mem, &more, &count, err);
    if (code == SALVE_OK && count > 0) tell_record(check, id, more[0].seq, "behind the head");
    return code;
}

static enum salve_code check_compartments(struct check *check, struct salve_err *err)
{
    struct compartment id;
    bool found = false;
    enum salve_code code = store_compartment_next(check->tx, NULL, &id, &found, err);
    while (code == SALVE_OK && found) {
        struct arena_mark mark = arena_mark(check->mem);
        check->counts->compartments++;
        code = check_compartment(check, id, err);
        arena_rewind(check->mem, mark);
        if (code == SALVE_OK) code = store_compartment_next(check->tx, &id, &id, &found, err);
    }
    return code;
}

/* Records whose compartment has no head at all: one row is enough to tell. */
static enum salve_code check_orphans(struct check *check, struct salve_err *err)
{
    struct store_row row = {.table = STORE_RECORD, .name = STR("")};
    bool found = true;
    for (;;) {
        struct store_head head;
        struct compartment id;
        enum salve_code code = store_next(check->tx, &row, 0, &found, check->mem, err);
        if (code != SALVE_OK || !found) return code;
        if (row.name.len != COMPARTMENT_BYTES) return salve_fail(err, SALVE_E_INTEGRITY, "record");
        memcpy(id.bytes, row.name.ptr, COMPARTMENT_BYTES);
        code = store_head_get(check->tx, id, &head, err);
        if (code != SALVE_OK) return code;
        if (head.seq == 0) tell_record(check, id, row.number, "no head");
        row.number = INT64_MAX; /* on to the next compartment */
    }
}

static enum salve_code check_log(struct check *check, struct salve_err *err)
{
    uint64_t size = 0, rows = 0;
    struct store *store = check->tx->store;
    enum salve_code code = store_log_size(check->tx, &size, err);
    if (code == SALVE_OK) code = store->place->backend->count(store->place, STORE_LOG_ENTRY, &rows, err);
    if (code == SALVE_OK && rows != size) tell(check, "log", "the number of entries is not its size");
    struct store_row last = {.table = STORE_LOG_ENTRY, .number = size == 0 ? 0 : size - 1};
    bool found = false;
    if (code == SALVE_OK) /* as many rows as the size, and none behind it: so there is no gap */
        code = store_next(check->tx, &last, size == 0 ? STORE_FROM_START : 0, &found, check->mem, err);
    if (code == SALVE_OK && found) tell(check, "log", "an entry behind its size");
    check->counts->log_entries = size;
    return code;
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
            tell(check, place, "checksum");
            code = SALVE_OK;
        }
        arena_rewind(check->mem, mark);
    }
    check->counts->commons = count;
    return code;
}

enum { VERIFY_BYTES_MAX = 256 << 20 };

static enum salve_code check_rows(struct store *store, store_report *report, void *who, struct store_counts *counts,
                                  struct salve_err *err)
{
    struct check check = {.report = report, .who = who, .counts = counts, .mem = arena_open(VERIFY_BYTES_MAX)};
    if (check.mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "store");
    enum salve_code code = store_begin(store, true, &check.tx, err);
    if (code == SALVE_OK) code = check_compartments(&check, err);
    if (code == SALVE_OK) code = check_orphans(&check, err);
    if (code == SALVE_OK) code = check_log(&check, err);
    if (code == SALVE_OK) code = check_commons(&check, err);
    if (code == SALVE_OK) code = store_tombstone_count(check.tx, &counts->tombstones, err);
    store_abandon(&check.tx);
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

enum salve_code store_verify(struct store *store, store_report *report, void *who, struct store_counts *counts,
                             struct salve_err *err)
{
    *counts = (struct store_counts){0};
    struct relay relay = {report, who, counts};
    enum salve_code code = store->place->backend->verify(store->place, relay_report, &relay, err);
    if (code != SALVE_OK && code != SALVE_E_INTEGRITY) return code;
    enum salve_code rows = check_rows(store, report, who, counts, code == SALVE_OK ? err : NULL);
    if (code != SALVE_OK) return code; /* the file's damage is the reason; the rows told what it hit */
    if (rows != SALVE_OK) return rows;
    if (counts->bad == 0) return SALVE_OK;
    (void)salve_fail(err, SALVE_E_INTEGRITY, "store");
    return salve_why(err, SALVE_E_INTEGRITY, "%llu damaged place(s)", (unsigned long long)counts->bad);
}
