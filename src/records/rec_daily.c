/* SPDX-License-Identifier: Apache-2.0
 * What is done once a day with all rows of a kind. */
#include "records/daily_int.h"
#include "store/store.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)
enum { PIECE_ROWS = 200 }; /* looked at in one piece, some milliseconds */

static uint64_t day_of(int64_t unix_ms) { return (uint64_t)(unix_ms / DAY_MS); }

/* Up to `max` rows behind that one; *last: of them, where there may be more. Names of a kind are of one length. */
static enum salve_code walk(struct rec_tx *tx, struct rec_daily *daily, struct str after, size_t max, struct str *last,
                            struct salve_err *err)
{
    struct str *names = NULL;
    size_t count = 0;
    struct str from = after.len > 0 ? arena_printf(tx->mem, "%.*s0", STR_ARGS(after)) : STR("");
    if (from.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "commons");
    TRY(store_commons_page(tx->store, str_of(daily->rows), from, max, tx->mem, &names, &count, err));
    for (size_t i = 0; i < count; i++) TRY(daily->look(tx, names[i], daily, err));
    *last = count > 0 && count == max ? names[count - 1] : STR("");
    return SALVE_OK;
}

enum salve_code rec_daily_is_done(struct rec_tx *tx, const char *mark, bool *is_done, struct salve_err *err)
{
    uint64_t day = 0;
    *is_done = tx->is_suspect || tx->site->is_ticking;
    if (*is_done) return SALVE_OK;
    TRY(store_mark_get(tx->store, str_of(mark), &day, err));
    *is_done = day == day_of(tx->now_unix_ms);
    return SALVE_OK;
}

enum salve_code rec_daily_do(struct rec_tx *tx, struct rec_daily *daily, struct salve_err *err)
{
    bool is_done = false;
    struct str unused;
    TRY(rec_daily_is_done(tx, daily->mark, &is_done, err));
    if (is_done) return SALVE_OK;
    TRY(walk(tx, daily, STR(""), SIZE_MAX, &unused, err));
    return store_mark_put(tx->store, str_of(daily->mark), day_of(tx->now_unix_ms), err);
}

bool rec_daily_waits(const struct site *site, const struct rec_daily_at *at)
{
    return !near_site_clock_suspect(site) && at->day != day_of(near_site_now_unix_ms(site));
}

static enum salve_code walk_in(struct site *site, struct rec_daily *daily, struct str after, struct arena *mem,
                               struct str *last, struct salve_err *err)
{
    struct rec_tx tx;
    TRY(rec_tx_begin(site, daily->looks_only, mem, &tx, err));
    enum salve_code code = walk(&tx, daily, after, PIECE_ROWS, last, err);
    if (code == SALVE_OK && !daily->looks_only) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

enum salve_code rec_daily_piece(struct site *site, const struct rec_daily *what, struct rec_daily_at *at,
                                struct arena *mem, bool *has_more, struct salve_err *err)
{
    struct rec_daily daily = *what;
    struct str last, after = str_of(at->to);
    daily.looks_only = true;
    TRY(walk_in(site, &daily, after, mem, &last, err));
    daily.looks_only = false;
    if (daily.changes) TRY(walk_in(site, &daily, after, mem, &last, err));
    *has_more = last.len > 0;
    salve_assert(last.len < sizeof at->to);
    memcpy(at->to, last.ptr, last.len);
    at->to[last.len] = '\0';
    if (!*has_more) at->day = day_of(near_site_now_unix_ms(site));
    return SALVE_OK;
}
