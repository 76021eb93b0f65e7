/* SPDX-License-Identifier: Apache-2.0
 * Opening by the name of a backend, transactions and their savepoints, and the rows that everything else is made of. */
#include <stdlib.h>

#include "base/assert.h"
#include "base/limits.h"
#include "store/store_int.h"

enum { SCRATCH_BYTES_MAX = 64 << 20 };

/* --- backends ----------------------------------------------------------------------------------------------------- */

const struct store_backend *const store_backends[] = {
#define BACKEND(name) &store_##name,
#include "store/store_backends.def"
#undef BACKEND
};
const size_t store_backend_count = sizeof store_backends / sizeof store_backends[0];

enum salve_code store_backend_find(const char *where, const struct store_backend **out, const char **behind,
                                   struct salve_err *err)
{
    static const char known[] = "a place begins with one of"
#define BACKEND(name) " " #name ":"
#include "store/store_backends.def"
#undef BACKEND
        ;
    for (size_t i = 0; i < store_backend_count; i++) {
        size_t len = strlen(store_backends[i]->name);
        if (strncmp(where, store_backends[i]->name, len) != 0 || where[len] != ':') continue;
        *out = store_backends[i];
        *behind = where + len + 1;
        return SALVE_OK;
    }
    return salve_refuse(err, SALVE_E_CONFIG, known, "store");
}

enum salve_code store_is_there(const struct store_options *options, bool *out, struct salve_err *err)
{
    const struct store_backend *backend;
    const char *behind;
    TRY(store_backend_find(options->where, &backend, &behind, err));
    return backend->is_there(options, behind, out, err);
}

enum salve_code store_freeze(struct store *store, struct salve_err *err)
{
    const struct store_backend *backend = store->place->backend;
    if (backend->freeze != NULL) return backend->freeze(store->place, err);
    return salve_refuse(err, SALVE_E_UNSUPPORTED, "these records are kept in no file that could stand still", "%s",
                        backend->name);
}

void store_thaw(struct store *store)
{
    const struct store_backend *backend = store->place->backend;
    if (backend->thaw != NULL) backend->thaw(store->place);
}

enum salve_code store_copy(struct store *store, const char *to, struct salve_err *err)
{
    const struct store_backend *backend = store->place->backend;
    if (backend->copy != NULL) return backend->copy(store->place, to, err);
    return salve_refuse(err, SALVE_E_UNSUPPORTED, "these records are kept in no file that could be copied", "%s",
                        backend->name);
}

/* Without a key of the caller's, one that everybody has. */
static enum salve_code lend_key(struct store *store, const struct crypto_key *lent, struct salve_err *err)
{
    TRY(crypto_keys_new(STORE_OWN_KEYS, &store->own_keys, err));
    crypto_key_zero(crypto_keys_at(store->own_keys, STORE_KEY_OPEN));
    store->row_key = lent != NULL ? lent : crypto_keys_at(store->own_keys, STORE_KEY_OPEN);
    return SALVE_OK;
}

enum salve_code store_open(const struct store_options *options, struct store **out, struct salve_err *err)
{
    const struct store_backend *backend;
    const char *behind;
    TRY(store_backend_find(options->where, &backend, &behind, err));
    struct store *store = calloc(1, sizeof *store);
    if (store == NULL) return salve_fail(err, SALVE_E_MEMORY, "store");
    enum salve_code code = lend_key(store, options->row_key, err);
    if (code == SALVE_OK) code = backend->open(options, behind, &store->place, err);
    if (code == SALVE_OK) {
        store->layout = store->place->layout == 0 ? STORE_LAYOUT : store->place->layout;
        *out = store;
    } else {
        crypto_keys_drop(&store->own_keys);
        free(store);
    }
    return code;
}

enum salve_code store_beside(struct store *store, struct store **out, struct salve_err *err)
{
    const struct store_backend *backend = store->place->backend;
    if (backend->beside == NULL) return salve_fail(err, SALVE_E_UNSUPPORTED, "%s", backend->name);
    struct store *beside = calloc(1, sizeof *beside);
    if (beside == NULL) return salve_fail(err, SALVE_E_MEMORY, "store");
    beside->row_key = store->row_key;
    beside->layout = store->layout;
    enum salve_code code = crypto_keys_new(STORE_OWN_KEYS, &beside->own_keys, err);
    if (code == SALVE_OK) code = backend->beside(store->place, &beside->place, err);
    if (code == SALVE_OK)
        *out = beside;
    else {
        crypto_keys_drop(&beside->own_keys);
        free(beside);
    }
    return code;
}

bool store_has_failed(const struct store *store)
{
    const struct store_backend *backend = store->place->backend;
    return backend->has_failed != NULL && backend->has_failed(store->place);
}

uint32_t store_layout(const struct store *store) { return store->layout; }

enum salve_code store_close(struct store **store, struct salve_err *err)
{
    struct store *s = *store;
    if (s == NULL) return SALVE_OK;
    for (struct store_tx *tx = s->open; tx != NULL; tx = s->open) store_abandon(&tx);
    for (struct store_tx *tx = s->idle, *next; tx != NULL; tx = next) {
        next = tx->next;
        arena_close(tx->scratch);
        free(tx);
    }
    enum salve_code code = s->place->backend->close(s->place, err);
    crypto_keys_drop(&s->own_keys);
    free(s);
    *store = NULL;
    return code;
}

/* --- transactions ------------------------------------------------------------------------------------------------- */

static struct store_tx *new_tx(struct store *store)
{
    struct store_tx *tx = store->idle;
    if (tx != NULL) {
        store->idle = tx->next;
        *tx = (struct store_tx){.scratch = tx->scratch};
        return tx;
    }
    tx = calloc(1, sizeof *tx);
    if (tx == NULL || (tx->scratch = arena_open(SCRATCH_BYTES_MAX)) == NULL) {
        free(tx);
        return NULL;
    }
    return tx;
}

static void set_idle(struct store *store, struct store_tx *tx)
{
    tx->next = store->idle;
    store->idle = tx;
}

enum salve_code store_begin(struct store *store, bool read_only, struct store_tx **out, struct salve_err *err)
{
    if (!read_only && store->layout != STORE_LAYOUT)
        return salve_refuse(err, SALVE_E_UNSUPPORTED, "its rows are of layout 1; 'salve upgrade' makes them new",
                            "store");
    return store_begin_any(store, read_only, out, err);
}

enum salve_code store_begin_any(struct store *store, bool read_only, struct store_tx **out, struct salve_err *err)
{
    struct store_tx *tx = new_tx(store);
    if (tx == NULL) return salve_fail(err, SALVE_E_MEMORY, "store");
    enum salve_code code = store->place->backend->begin(store->place, read_only, &tx->at, err);
    if (code != SALVE_OK) {
        set_idle(store, tx);
        return code;
    }
    tx->store = store;
    tx->read_only = read_only;
    tx->next = store->open;
    store->open = tx;
    *out = tx;
    return SALVE_OK;
}

static void end(struct store_tx **tx)
{
    struct store *store = (*tx)->store;
    struct store_tx **at = &store->open;
    while (*at != *tx) at = &(*at)->next;
    *at = (*tx)->next;
    set_idle(store, *tx);
    *tx = NULL;
}

static const struct store_backend *backend_of(const struct store_tx *tx) { return tx->at->place->backend; }

void store_abandon(struct store_tx **tx)
{
    if (*tx == NULL) return;
    backend_of(*tx)->abandon((*tx)->at);
    end(tx);
}

static enum salve_code refuse_failed(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_IO, "a call of this transaction failed", "store");
}

enum salve_code store_commit(struct store_tx **tx, struct salve_err *err)
{
    struct store *store = (*tx)->store;
    struct store_place *place = store->place;
    bool has_dropped = (*tx)->has_dropped;
    salve_assert((*tx)->savepoints == 0);
    if ((*tx)->has_failed) {
        store_abandon(tx);
        return refuse_failed(err);
    }
    enum salve_code code = store_marks_flush(*tx, err);
    if (code != SALVE_OK) {
        store_abandon(tx);
        return code;
    }
    code = backend_of(*tx)->commit((*tx)->at, err);
    end(tx);
    /* The drop itself is durable by now. A scrub that fails leaves old bytes in the log file until the next one. */
    if (code == SALVE_OK && has_dropped) store->unscrubbed = 0;
    if (code == SALVE_OK && has_dropped && place->backend->scrub != NULL) (void)!place->backend->scrub(place, NULL);
    return code;
}

/* Notes what the transaction cannot go on after: a missing row, one too many and a damaged one are answers. */
static enum salve_code note(struct store_tx *tx, enum salve_code code)
{
    if (code != SALVE_OK && code != SALVE_E_CONFLICT && code != SALVE_E_NOT_FOUND && code != SALVE_E_INTEGRITY)
        tx->has_failed = true;
    return code;
}

enum salve_code store_savepoint(struct store_tx *tx, struct salve_err *err)
{
    salve_assert(!tx->read_only);
    if (tx->has_failed) return refuse_failed(err);
    TRY(store_marks_flush(tx, err)); /* so that going back finds them as they are now */
    enum salve_code code = note(tx, backend_of(tx)->savepoint(tx->at, err));
    if (code == SALVE_OK) tx->savepoints++;
    return code;
}

enum salve_code store_savepoint_keep(struct store_tx *tx, struct salve_err *err)
{
    salve_assert(tx->savepoints > 0);
    if (tx->has_failed) return refuse_failed(err);
    enum salve_code code = note(tx, backend_of(tx)->savepoint_keep(tx->at, err));
    if (code == SALVE_OK) tx->savepoints--;
    return code;
}

enum salve_code store_savepoint_undo(struct store_tx *tx, struct salve_err *err)
{
    salve_assert(tx->savepoints > 0);
    tx->savepoints--;
    enum salve_code code = backend_of(tx)->savepoint_undo(tx->at, err);
    tx->marks = (struct store_marks){0};
    tx->seen.is_known = false;
    tx->has_failed = code != SALVE_OK;
    return code;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

enum salve_code store_put_raw(struct store_tx *tx, const struct store_row *row, bool insert, struct salve_err *err)
{
    salve_assert(!tx->read_only && row->key.number < STORE_NUMBER_END);
    if (tx->has_failed) return refuse_failed(err);
    return note(tx, backend_of(tx)->put(tx->at, row, insert, err));
}

enum salve_code store_get_raw(struct store_tx *tx, struct store_row *row, struct arena *mem, struct salve_err *err)
{
    return note(tx, backend_of(tx)->get(tx->at, row, mem, err));
}

/* --- rows that the store keeps as its own ------------------------------------------------------------------------- */

static bool is_seen(const struct store_tx *tx, const struct store_row *row)
{
    return tx->seen.is_known && tx->seen.table == row->table && tx->seen.number == row->key.number &&
           tx->seen.name_len == row->key.name.len && memcmp(tx->seen.name, row->key.name.ptr, tx->seen.name_len) == 0;
}

static void see(struct store_tx *tx, const struct store_row *row, const struct store_value *value)
{
    tx->seen.is_known = row->key.name.len > 0 && row->key.name.len <= STORE_NAME_BYTES_MAX;
    if (!tx->seen.is_known) return;
    tx->seen.table = row->table;
    tx->seen.number = row->key.number;
    tx->seen.name_len = row->key.name.len;
    memcpy(tx->seen.name, row->key.name.ptr, row->key.name.len);
    tx->seen.is_there = value != NULL;
    if (value != NULL) tx->seen.value = *value;
}

static enum salve_code change_sum(struct store_tx *tx, const struct store_value *value, struct salve_err *err)
{
    if (tx->is_sum_held) return SALVE_OK;
    TRY(store_marks_load(tx, err));
    store_sum_add(tx->marks.sum, value);
    tx->marks.is_changed = true;
    return SALVE_OK;
}

/* The value of the row that is there; is_there false where there is none. */
static enum salve_code value_there(struct store_tx *tx, const struct store_row *row, struct store_value *value,
                                   bool *is_there, struct salve_err *err)
{
    struct store_row old = {.table = row->table, .key = row->key};
    struct arena_mark mark = arena_mark(tx->scratch);
    enum salve_code code = store_get(tx, &old, tx->scratch, NULL);
    *is_there = code == SALVE_OK;
    if (*is_there && is_seen(tx, &old))
        *value = tx->seen.value;
    else if (*is_there)
        store_row_value(tx, &old, value);
    arena_rewind(tx->scratch, mark);
    if (code == SALVE_OK || code == SALVE_E_NOT_FOUND) return SALVE_OK;
    return code == SALVE_E_INTEGRITY ? store_not_ours(row, err) : salve_fail(err, code, "store");
}

static enum salve_code put_ended(struct store_tx *tx, const struct store_row *row, const struct store_value *value,
                                 bool insert, struct salve_err *err)
{
    struct store_row full = *row;
    struct arena_mark mark = arena_mark(tx->scratch);
    char *bytes = arena_alloc_raw(tx->scratch, row->bytes.len + STORE_MAC_BYTES, 1);
    if (bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "store");
    if (row->bytes.len > 0) memcpy(bytes, row->bytes.ptr, row->bytes.len);
    memcpy(bytes + row->bytes.len, value->mac, STORE_MAC_BYTES);
    full.bytes = str_make(bytes, row->bytes.len + STORE_MAC_BYTES);
    enum salve_code code = store_put_raw(tx, &full, insert, err);
    arena_rewind(tx->scratch, mark);
    return code;
}

enum salve_code store_put(struct store_tx *tx, const struct store_row *row, bool insert, struct salve_err *err)
{
    struct store_value value, old;
    bool is_there = false;
    enum store_kept kept = store_kept(tx, row->table, row->key.number);
    if (kept == STORE_KEPT_NONE) return store_put_raw(tx, row, insert, err);
    if (!insert && is_seen(tx, row)) {
        is_there = tx->seen.is_there;
        old = tx->seen.value;
    } else if (!insert)
        TRY(value_there(tx, row, &old, &is_there, err));
    store_row_value(tx, row, &value);
    if (kept == STORE_KEPT_MAC)
        TRY(put_ended(tx, row, &value, insert, err));
    else
        TRY(store_put_raw(tx, row, insert, err));
    if (is_there) TRY(change_sum(tx, &old, err));
    see(tx, row, &value);
    return change_sum(tx, &value, err);
}

enum salve_code store_get(struct store_tx *tx, struct store_row *row, struct arena *mem, struct salve_err *err)
{
    struct store_value value;
    enum store_kept kept = store_kept(tx, row->table, row->key.number);
    enum salve_code code = store_get_raw(tx, row, mem, err);
    if (kept != STORE_KEPT_MAC) return code;
    if (code == SALVE_E_NOT_FOUND) see(tx, row, NULL);
    if (code != SALVE_OK) return code;
    TRY(store_row_check(tx, row, &value, err));
    see(tx, row, &value);
    return SALVE_OK;
}

/* All rows of a name leave the sum. */
static enum salve_code leave_sum(struct store_tx *tx, enum store_table table, struct str name, struct salve_err *err)
{
    struct store_row rows[STORE_PAGE_ROWS];
    struct store_scan scan = {.table = table,
                              .from.name = name,
                              .to = {name, STORE_NUMBER_END},
                              .with_bytes = store_kept(tx, table, 0) != STORE_KEPT_KEY};
    enum salve_code code = SALVE_OK;
    while (code == SALVE_OK && !scan.is_done) {
        size_t used = 0;
        struct arena_mark mark = arena_mark(tx->scratch);
        code = store_scan_rows(tx, &scan, rows, STORE_PAGE_ROWS, &used, tx->scratch, err);
        for (size_t i = 0; code == SALVE_OK && i < used; i++) {
            struct store_value value;
            if (store_kept(tx, table, 0) == STORE_KEPT_MAC)
                code = store_row_check(tx, &rows[i], &value, err);
            else
                store_row_value(tx, &rows[i], &value);
            if (code == SALVE_OK) code = change_sum(tx, &value, err);
        }
        scan.from.name = name;
        arena_rewind(tx->scratch, mark);
    }
    return code;
}

enum salve_code store_drop(struct store_tx *tx, enum store_table table, struct str name, struct salve_err *err)
{
    salve_assert(!tx->read_only);
    if (tx->has_failed) return refuse_failed(err);
    tx->seen.is_known = false;
    if (store_kept(tx, table, 0) != STORE_KEPT_NONE && !tx->is_sum_held) TRY(leave_sum(tx, table, name, err));
    tx->has_dropped = true;
    return note(tx, backend_of(tx)->drop(tx->at, table, name, err));
}

enum salve_code store_scan_rows(struct store_tx *tx, struct store_scan *scan, struct store_row rows[], size_t max,
                                size_t *count, struct arena *mem, struct salve_err *err)
{
    salve_assert(max > 0 && !scan->is_done);
    enum salve_code code = note(tx, backend_of(tx)->scan(tx->at, scan, rows, max, count, mem, err));
    if (code != SALVE_OK) return code;
    salve_assert(*count > 0 || scan->is_done);
    if (*count == 0) return SALVE_OK;
    scan->from = rows[*count - 1].key;
    scan->from.number++;
    return SALVE_OK;
}

enum salve_code store_count(struct store_tx *tx, enum store_table table, uint64_t *out, struct salve_err *err)
{
    return note(tx, backend_of(tx)->count(tx->at, table, out, err));
}
