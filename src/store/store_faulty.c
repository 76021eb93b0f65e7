/* SPDX-License-Identifier: Apache-2.0
 * The backend that wraps another and fails its n-th call. Linked by tests only. */
#include <stdlib.h>

#include "store/store_int.h"

struct faulty_place {
    struct store_place base;
    struct store_place *below;
    uint64_t left; /* 0: none fails */
    bool is_sticky, has_fired;
    enum salve_code how;
};

static struct faulty_place *my(struct store_place *place) { return (struct faulty_place *)place; }

/* Counts a call; the code to fail with, or OK. */
static enum salve_code turn(struct store_place *place, struct salve_err *err)
{
    struct faulty_place *faulty = my(place);
    bool fails = faulty->has_fired && faulty->is_sticky;
    if (!fails && faulty->left > 0 && --faulty->left == 0) fails = faulty->has_fired = true;
    return fails ? salve_fail(err, faulty->how, "store") : SALVE_OK;
}

#define BELOW(place)           (my(place)->below)
#define CALL(place, name, ...) BELOW(place)->backend->name(BELOW(place), __VA_ARGS__)

static enum salve_code faulty_close(struct store_place *place, struct salve_err *err)
{
    enum salve_code code = CALL(place, close, err);
    free(place);
    return code;
}

static enum salve_code faulty_begin(struct store_place *place, bool read_only, struct salve_err *err)
{
    enum salve_code code = turn(place, err);
    return code == SALVE_OK ? CALL(place, begin, read_only, err) : code;
}

static enum salve_code faulty_commit(struct store_place *place, struct salve_err *err)
{
    enum salve_code code = turn(place, err);
    if (code == SALVE_OK) return CALL(place, commit, err);
    BELOW(place)->backend->abandon(BELOW(place));
    return code;
}

static void faulty_abandon(struct store_place *place) { BELOW(place)->backend->abandon(BELOW(place)); }

static enum salve_code faulty_put(struct store_place *place, const struct store_row *row, bool insert,
                                  struct salve_err *err)
{
    enum salve_code code = turn(place, err);
    return code == SALVE_OK ? CALL(place, put, row, insert, err) : code;
}

static enum salve_code faulty_get(struct store_place *place, struct store_row *row, struct arena *mem,
                                  struct salve_err *err)
{
    enum salve_code code = turn(place, err);
    return code == SALVE_OK ? CALL(place, get, row, mem, err) : code;
}

static enum salve_code faulty_next(struct store_place *place, struct store_row *row, unsigned flags, bool *found,
                                   struct arena *mem, struct salve_err *err)
{
    enum salve_code code = turn(place, err);
    return code == SALVE_OK ? CALL(place, next, row, flags, found, mem, err) : code;
}

static enum salve_code faulty_drop(struct store_place *place, enum store_table table, struct str name,
                                   struct salve_err *err)
{
    enum salve_code code = turn(place, err);
    return code == SALVE_OK ? CALL(place, drop, table, name, err) : code;
}

static enum salve_code faulty_count(struct store_place *place, enum store_table table, uint64_t *out,
                                    struct salve_err *err)
{
    enum salve_code code = turn(place, err);
    return code == SALVE_OK ? CALL(place, count, table, out, err) : code;
}

static enum salve_code faulty_scrub(struct store_place *place, struct salve_err *err)
{
    enum salve_code code = turn(place, err);
    return code == SALVE_OK ? CALL(place, scrub, err) : code;
}

static enum salve_code faulty_verify(struct store_place *place, store_report *report, void *who, struct salve_err *err)
{
    return CALL(place, verify, report, who, err);
}

static const struct store_backend store_faulty = {
    .name = "faulty",
    .close = faulty_close,
    .begin = faulty_begin,
    .commit = faulty_commit,
    .abandon = faulty_abandon,
    .put = faulty_put,
    .get = faulty_get,
    .next = faulty_next,
    .drop = faulty_drop,
    .count = faulty_count,
    .scrub = faulty_scrub,
    .verify = faulty_verify,
};

enum salve_code store_open_faulty(const struct store_backend *below, const struct store_options *options,
                                  struct store **out, struct salve_err *err)
{
    struct faulty_place *place = calloc(1, sizeof *place);
    if (place == NULL) return salve_fail(err, SALVE_E_MEMORY, "store");
    enum salve_code code = store_open(below, options, out, err);
    if (code != SALVE_OK) return free(place), code;
    place->base.backend = &store_faulty;
    place->below = (*out)->place;
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
