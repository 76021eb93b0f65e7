/* SPDX-License-Identifier: Apache-2.0
 * A page of a list of open work: what is due is done, the page is chosen by the orders in memory and read from the
 * rows. */
#include "base/limits.h"
#include "crypto/crypto.h"
#include "day/paging.h"
#include "records/daily_int.h"
#include "records/work_list_int.h"

enum { PAGE_BYTES = 64 << 20 };
_Static_assert((int)WORK_CHOSEN_MAX == (int)WORK_PAGE_MAX, "a page is what is chosen");

/* --- the page ----------------------------------------------------------------------------------------------------- */

struct reading {
    struct site *site;
    struct actor actor;
    const struct work_ask *ask;
    struct work_place place;
    struct work_chosen chosen;
    struct rec_work *rows;
    size_t row_count;
};

static bool is_of_list(const struct rec_work *work, enum work_list list)
{
    return (rec_work_facts(work).in >> list & 1) != 0;
}

/* As they stand now. One that does not open is counted and hides no other. */
static enum salve_code read_rows(struct rec_tx *tx, struct reading *reading, struct salve_err *err)
{
    for (size_t i = 0; i < reading->chosen.count; i++) {
        bool found = false;
        struct rec_work *row = &reading->rows[reading->row_count];
        enum salve_code code = rec_work_get(tx, reading->chosen.all[i].id, row, &found, err);
        if (code == SALVE_E_INTEGRITY) TRY(rec_work_list_bad(tx, reading->chosen.all[i].id, err));
        if (code == SALVE_E_INTEGRITY) continue;
        if (code != SALVE_OK) return code;
        if (found && !tx->is_suspect) rec_work_without_stale(row, tx->now_unix_ms);
        reading->row_count += found && is_of_list(row, reading->ask->list);
    }
    return SALVE_OK;
}

static enum salve_code read_in(struct rec_tx *tx, struct reading *reading, struct work_page *out, struct salve_err *err)
{
    enum work_list list = reading->ask->list;
    TRY(rec_actor_check(tx, reading->actor, err));
    TRY(rec_work_list_bad_look(tx, err));
    const struct work_orders *orders = rec_work_list_orders(reading->site);
    if (orders == NULL) return salve_fail(err, SALVE_E_BUSY, "work");
    work_choose(orders, list, &reading->place, &reading->chosen);
    TRY(read_rows(tx, reading, err));
    out->is_again = reading->chosen.is_again;
    for (int group = 0; group < WORK_GROUPS; group++) {
        out->groups[group] = work_orders_group(orders, list, (enum work_group)group);
        out->total += out->groups[group];
    }
    out->unreadable = rec_work_list_bad_count(reading->site);
    return rec_work_noted(tx, "read", reading->actor, reading->row_count, err);
}

static enum salve_code tell_all(const struct reading *reading, struct arena *mem, struct work_page *out,
                                struct salve_err *err)
{
    bool calls = consent_may(reading->actor.role, ACT_REMIND, PURPOSE_FOLLOW_UP) != NULL;
    out->next = STR("");
    out->all = arena_array(mem, struct work, reading->row_count + 1);
    if (out->all == NULL) return salve_fail(err, SALVE_E_MEMORY, "work");
    for (; out->count < reading->row_count; out->count++)
        TRY(rec_work_tell(reading->site, &reading->rows[out->count], calls, mem, &out->all[out->count], err));
    return reading->chosen.has_more ? work_place_write(&reading->chosen.end, mem, &out->next, err) : SALVE_OK;
}

static enum salve_code read_page(struct reading *reading, struct arena *work, struct arena *mem, struct work_page *out,
                                 struct salve_err *err)
{
    struct rec_tx tx;
    reading->rows = arena_array(work, struct rec_work, WORK_PAGE_MAX);
    if (reading->rows == NULL) return salve_fail(err, SALVE_E_MEMORY, "work");
    TRY(rec_tx_begin(reading->site, false, work, &tx, err));
    enum salve_code code = read_in(&tx, reading, out, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code == SALVE_OK ? tell_all(reading, mem, out, err) : code;
}

/* --- what is due before ------------------------------------------------------------------------------------------- */

static enum salve_code is_all_done(struct site *site, struct arena *mem, bool *is_done, struct salve_err *err)
{
    struct rec_tx tx;
    bool is_reminded = false, is_replied = false;
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = rec_daily_is_done(&tx, REC_REMINDED, &is_reminded, err);
    if (code == SALVE_OK) code = rec_daily_is_done(&tx, REC_REPLIED, &is_replied, err);
    rec_tx_abandon(&tx);
    *is_done = is_reminded && is_replied;
    return code;
}

/* Where no clock does it: reminders that are due, codes that are too old; once a day. */
static enum salve_code do_daily(struct site *site, struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    bool is_done = false;
    TRY(is_all_done(site, mem, &is_done, err));
    if (is_done) return SALVE_OK;
    TRY(rec_tx_begin(site, false, mem, &tx, err));
    enum salve_code code = rec_reminders_list(&tx, err);
    if (code == SALVE_OK) code = rec_replies_stale_end(&tx, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

static enum salve_code daily(struct site *site, struct salve_err *err)
{
    if (site->is_ticking) return SALVE_OK;
    struct arena *mem = arena_open_private(SALVE_REQUEST_BYTES_MAX);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "work");
    enum salve_code code = do_daily(site, mem, err);
    arena_close(mem);
    return code;
}

static enum salve_code check_ask(struct actor actor, const struct work_ask *ask, struct work_place *place,
                                 struct salve_err *err)
{
    if (ask->list >= WORK_LISTS || ask->most == 0 || ask->most > WORK_PAGE_MAX)
        return salve_fail(err, SALVE_E_INVALID, "work");
    if (ask->list == WORK_LIST_REMINDERS && consent_may(actor.role, ACT_REMIND, PURPOSE_FOLLOW_UP) == NULL)
        return salve_refuse(err, SALVE_E_ROLE, "a registrar calls people before their next check", "reminders");
    return work_place_read(ask->after, place, err);
}

enum salve_code near_worklist_page(struct site *site, struct actor actor, const struct work_ask *ask, struct arena *mem,
                                   struct work_page *out, struct salve_err *err)
{
    struct reading reading = {.site = site, .actor = actor, .ask = ask, .chosen.most = ask->most};
    *out = (struct work_page){.next = STR("")};
    TRY(rec_may(site, actor, ACT_INBOX, PURPOSE_NONE, err));
    TRY(check_ask(actor, ask, &reading.place, err));
    TRY(rec_actor_is(site, actor, mem, err));
    TRY(rec_work_list_whole(site, err));
    TRY(daily(site, err));
    TRY(rec_work_list_stale_end(site, err));
    struct arena *work = arena_open_private(PAGE_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "work");
    enum salve_code code = read_page(&reading, work, mem, out, err);
    crypto_zero(&reading, sizeof reading);
    arena_close(work);
    return code;
}
