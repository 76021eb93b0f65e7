/* SPDX-License-Identifier: Apache-2.0
 * Opening, transactions, and the rows that everything else is made of. */
#include <stdlib.h>

#include "base/assert.h"
#include "base/limits.h"
#include "store/store_int.h"

enum { SCRATCH_BYTES_MAX = 64 << 20 };

enum salve_code store_open(const struct store_backend *backend, const struct store_options *options, struct store **out,
                           struct salve_err *err)
{
    struct store *store = calloc(1, sizeof *store);
    if (store != NULL) store->scratch = arena_open(SCRATCH_BYTES_MAX);
    if (store == NULL || store->scratch == NULL) {
        free(store);
        return salve_fail(err, SALVE_E_MEMORY, "store");
    }
    enum salve_code code = backend->open(options, &store->place, err);
    if (code == SALVE_OK)
        *out = store;
    else {
        arena_close(store->scratch);
        free(store);
    }
    return code;
}

enum salve_code store_close(struct store **store, struct salve_err *err)
{
    if (*store == NULL) return SALVE_OK;
    if ((*store)->in_tx) (*store)->place->backend->abandon((*store)->place);
    enum salve_code code = (*store)->place->backend->close((*store)->place, err);
    arena_close((*store)->scratch);
    free(*store);
    *store = NULL;
    return code;
}

enum salve_code store_begin(struct store *store, bool read_only, struct store_tx **out, struct salve_err *err)
{
    if (store->in_tx) return salve_refuse(err, SALVE_E_BUSY, "a transaction is open already", "store");
    enum salve_code code = store->place->backend->begin(store->place, read_only, err);
    if (code != SALVE_OK) return code;
    store->in_tx = true;
    store->tx = (struct store_tx){.store = store, .read_only = read_only};
    *out = &store->tx;
    return SALVE_OK;
}

void store_abandon(struct store_tx **tx)
{
    if (*tx == NULL) return;
    struct store *store = (*tx)->store;
    store->place->backend->abandon(store->place);
    store->in_tx = false;
    *tx = NULL;
}

enum salve_code store_commit(struct store_tx **tx, struct salve_err *err)
{
    struct store *store = (*tx)->store;
    bool has_dropped = (*tx)->has_dropped;
    if ((*tx)->has_failed) {
        store_abandon(tx);
        return salve_refuse(err, SALVE_E_IO, "a write of this transaction failed", "store");
    }
    enum salve_code code = store->place->backend->commit(store->place, err);
    store->in_tx = false;
    *tx = NULL;
    /* The drop itself is durable by now. A scrub that fails leaves old bytes in the log file until the next one. */
    if (code == SALVE_OK && has_dropped) (void)!store->place->backend->scrub(store->place, NULL);
    return code;
}

enum salve_code store_put(struct store_tx *tx, const struct store_row *row, bool insert, struct salve_err *err)
{
    salve_assert(!tx->read_only);
    struct store_place *place = tx->store->place;
    enum salve_code code = place->backend->put(place, row, insert, err);
    if (code != SALVE_OK && code != SALVE_E_CONFLICT) tx->has_failed = true;
    return code;
}

enum salve_code store_get(struct store_tx *tx, struct store_row *row, struct arena *mem, struct salve_err *err)
{
    return tx->store->place->backend->get(tx->store->place, row, mem, err);
}

enum salve_code store_next(struct store_tx *tx, struct store_row *row, unsigned flags, bool *found, struct arena *mem,
                           struct salve_err *err)
{
    return tx->store->place->backend->next(tx->store->place, row, flags, found, mem, err);
}

enum salve_code store_drop(struct store_tx *tx, enum store_table table, struct str name, struct salve_err *err)
{
    salve_assert(!tx->read_only);
    struct store_place *place = tx->store->place;
    enum salve_code code = place->backend->drop(place, table, name, err);
    tx->has_dropped = true;
    if (code != SALVE_OK) tx->has_failed = true;
    return code;
}
