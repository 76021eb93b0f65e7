/* SPDX-License-Identifier: Apache-2.0
 * The backend that wraps another and fails its n-th call. Linked by tests only. */
#include <stdlib.h>

#include "store/store_int.h"

struct faulty_place {
    struct store_place base;
    struct store_backend backend; /* what the one below can do */
    struct store_place *below;
    uint64_t left; /* 0: none fails */
    bool is_sticky, has_fired;
    enum salve_code how;
};

struct faulty_tx {
    struct store_place_tx base;
    struct store_place_tx *below;
};

static struct faulty_place *my(struct store_place *place) { return (struct faulty_place *)place; }
static struct store_place_tx *below_of(struct store_place_tx *tx) { return ((struct faulty_tx *)tx)->below; }

/* Counts a call; the code to fail with, or OK. */
static enum salve_code turn(struct store_place *place, struct salve_err *err)
{
    struct faulty_place *faulty = my(place);
    bool fails = faulty->has_fired && faulty->is_sticky;
    if (!fails && faulty->left > 0 && --faulty->left == 0) fails = faulty->has_fired = true;
    return fails ? salve_fail(err, faulty->how, "store") : SALVE_OK;
}

/* The same call of the one below. */
#define PLACE(place, name, ...) my(place)->below->backend->name(my(place)->below, __VA_ARGS__)
#define TX(tx, name, ...)       below_of(tx)->place->backend->name(below_of(tx), __VA_ARGS__)

static enum salve_code faulty_close(struct store_place *place, struct salve_err *err)
{
    enum salve_code code = PLACE(place, close, err);
    free(place);
    return code;
}

static enum salve_code faulty_begin(struct store_place *place, bool read_only, struct store_place_tx **out,
                                    struct salve_err *err)
{
    TRY(turn(place, err));
    struct faulty_tx *tx = calloc(1, sizeof *tx);
    if (tx == NULL) return salve_fail(err, SALVE_E_MEMORY, "store");
    tx->base.place = place;
    enum salve_code code = PLACE(place, begin, read_only, &tx->below, err);
    if (code == SALVE_OK)
        *out = &tx->base;
    else
        free(tx);
    return code;
}

static void faulty_abandon(struct store_place_tx *tx)
{
    below_of(tx)->place->backend->abandon(below_of(tx));
    free(tx);
}

static enum salve_code faulty_commit(struct store_place_tx *tx, struct salve_err *err)
{
    enum salve_code code = turn(tx->place, err);
    if (code != SALVE_OK) {
        faulty_abandon(tx);
        return code;
    }
    code = TX(tx, commit, err);
    free(tx);
    return code;
}

static enum salve_code faulty_savepoint(struct store_place_tx *tx, struct salve_err *err)
{
    TRY(turn(tx->place, err));
    return TX(tx, savepoint, err);
}

static enum salve_code faulty_savepoint_keep(struct store_place_tx *tx, struct salve_err *err)
{
    TRY(turn(tx->place, err));
    return TX(tx, savepoint_keep, err);
}

static enum salve_code faulty_savepoint_undo(struct store_place_tx *tx, struct salve_err *err)
{
    TRY(turn(tx->place, err));
    return TX(tx, savepoint_undo, err);
}

static enum salve_code faulty_put(struct store_place_tx *tx, const struct store_row *row, bool insert,
                                  struct salve_err *err)
{
    TRY(turn(tx->place, err));
    return TX(tx, put, row, insert, err);
}

static enum salve_code faulty_get(struct store_place_tx *tx, struct store_row *row, struct arena *mem,
                                  struct salve_err *err)
{
    TRY(turn(tx->place, err));
    return TX(tx, get, row, mem, err);
}

static enum salve_code faulty_scan(struct store_place_tx *tx, struct store_scan *scan, struct store_row rows[],
                                   size_t max, size_t *count, struct arena *mem, struct salve_err *err)
{
    TRY(turn(tx->place, err));
    return TX(tx, scan, scan, rows, max, count, mem, err);
}

static enum salve_code faulty_drop(struct store_place_tx *tx, enum store_table table, struct str name,
                                   struct salve_err *err)
{
    TRY(turn(tx->place, err));
    return TX(tx, drop, table, name, err);
}

static enum salve_code faulty_count(struct store_place_tx *tx, enum store_table table, uint64_t *out,
                                    struct salve_err *err)
{
    TRY(turn(tx->place, err));
    return TX(tx, count, table, out, err);
}

static enum salve_code faulty_scrub(struct store_place *place, struct salve_err *err)
{
    TRY(turn(place, err));
    return PLACE(place, scrub, err);
}

static enum salve_code faulty_check(struct store_place *place, store_report *report, void *who, struct salve_err *err)
{
    return PLACE(place, check, report, who, err);
}

static enum salve_code faulty_copy(struct store_place *place, const char *to, struct salve_err *err)
{
    TRY(turn(place, err));
    return PLACE(place, copy, to, err);
}

static const struct store_backend store_faulty = {
    .name = "faulty",
    .close = faulty_close,
    .begin = faulty_begin,
    .commit = faulty_commit,
    .abandon = faulty_abandon,
    .savepoint = faulty_savepoint,
    .savepoint_keep = faulty_savepoint_keep,
    .savepoint_undo = faulty_savepoint_undo,
    .put = faulty_put,
    .get = faulty_get,
    .scan = faulty_scan,
    .drop = faulty_drop,
    .count = faulty_count,
    .scrub = faulty_scrub,
    .check = faulty_check,
    .copy = faulty_copy,
};

enum salve_code store_open_faulty(const struct store_options *options, struct store **out, struct salve_err *err)
{
    struct faulty_place *place = calloc(1, sizeof *place);
    if (place == NULL) return salve_fail(err, SALVE_E_MEMORY, "store");
    enum salve_code code = store_open(options, out, err);
    if (code != SALVE_OK) {
        free(place);
        return code;
    }
    place->below = (*out)->place;
    place->backend = store_faulty;
    place->backend.can_overlap = place->below->backend->can_overlap;
    if (place->below->backend->scrub == NULL) place->backend.scrub = NULL;
    if (place->below->backend->check == NULL) place->backend.check = NULL;
    if (place->below->backend->copy == NULL) place->backend.copy = NULL;
    place->base.backend = &place->backend;
    (*out)->place = &place->base;
    return SALVE_OK;
}

void store_faulty_arm(struct store *store, uint64_t nth, bool is_sticky, enum salve_code how)
{
    struct faulty_place *place = my(store->place);
    place->left = nth;
    place->is_sticky = is_sticky;
    place->has_fired = false;
    place->how = how;
}

bool store_faulty_fired(const struct store *store) { return ((const struct faulty_place *)store->place)->has_fired; }
