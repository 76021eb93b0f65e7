/* SPDX-License-Identifier: Apache-2.0
 * verify of the work lists and of the queue of the day: every row opens, is of somebody who is here, and its ticket
 * leads to them. */
#include "records/apps_int.h"
#include "records/queue_int.h"
#include "records/share_int.h"
#include "records/verify_int.h"
#include "records/work_int.h"
#include "store/store.h"

static enum salve_code verify_one(struct verify *v, struct rec_tx *tx, const struct rec_work *work,
                                  struct salve_err *err)
{
    struct store_head head = {0};
    struct compartment to;
    enum salve_code code = store_head_get(tx->store, work->id, &head, err);
    if (code != SALVE_OK && code != SALVE_E_NOT_FOUND) return code;
    if (head.seq == 0) rec_found_in(v, "site.db", work->id, "commons/work", "open work of a person who is not here");
    code = rec_work_ticket(tx, work, &to, err);
    if (code != SALVE_OK || !compartment_eq(to, work->id))
        rec_found_in(v, "site.db", work->id, "commons/ticket", "the ticket does not lead to whom it was made for");
    return code == SALVE_E_INTEGRITY || code == SALVE_E_NOT_FOUND ? SALVE_OK : code;
}

enum salve_code rec_verify_work(struct verify *v, struct salve_err *err)
{
    struct rec_tx tx;
    struct rec_work *rows = NULL;
    size_t count = 0, tickets = 0;
    if (v->site->layout != STORE_LAYOUT) return SALVE_OK; /* an earlier one has none */
    TRY(rec_tx_begin(v->site, true, v->mem, &tx, err));
    enum salve_code code = rec_work_all(&tx, &rows, &count, err);
    for (size_t i = 0; code == SALVE_OK && i < count; i++) code = verify_one(v, &tx, &rows[i], err);
    if (code == SALVE_OK) code = rec_work_tickets(&tx, &tickets, err);
    if (code == SALVE_OK && tickets != count)
        rec_found(v, "site.db", STR_NONE, STR("commons/ticket"), "there are more tickets than people with open work");
    size_t lost = 0, reminders = 0;
    if (code == SALVE_OK) code = rec_replies_lost(&tx, &lost, err);
    if (code == SALVE_OK && lost > 0)
        rec_found(v, "site.db", STR_NONE, STR("commons/reply"),
                  "codes of slips and the referrals of people do not agree");
    if (code == SALVE_OK) code = rec_app_rows_lost(&tx, &lost, err);
    if (code == SALVE_OK && lost > 0)
        rec_found(v, "site.db", STR_NONE, STR("commons/app"), "tokens of apps and the people they are of do not agree");
    if (code == SALVE_OK) code = rec_reminders_lost(&tx, &reminders, err);
    if (reminders > 0)
        rec_found(v, "site.db", STR_NONE, STR("commons/remind"),
                  "reminders that do not open, are of nobody who is here, or do not agree with the open work");
    if (code == SALVE_OK) code = rec_shares_lost(&tx, &lost, err);
    if (code == SALVE_OK && lost > 0)
        rec_found(v, "site.db", STR_NONE, STR("commons/share"), "health links, their copies and people do not agree");
    rec_tx_abandon(&tx);
    return code;
}

/* --- the queue --------------------------------------------------------------------------------------------------- */

static enum salve_code verify_entry(struct verify *v, struct rec_tx *tx, const struct day_entry *entry,
                                    struct salve_err *err)
{
    struct store_head head = {0};
    struct compartment to;
    enum salve_code code = store_head_get(tx->store, entry->id, &head, err);
    if (code != SALVE_OK && code != SALVE_E_NOT_FOUND) return code;
    if (head.seq == 0)
        rec_found_in(v, "site.db", entry->id, "commons/queue", "somebody stands in the queue who is not here");
    code = rec_day_ticket(tx, entry, &to, err);
    if (code != SALVE_OK || !compartment_eq(to, entry->id))
        rec_found_in(v, "site.db", entry->id, "commons/queue", "the ticket does not lead to whom it was made for");
    return code == SALVE_E_INTEGRITY || code == SALVE_E_NOT_FOUND ? SALVE_OK : code;
}

enum salve_code rec_verify_queue(struct verify *v, struct salve_err *err)
{
    struct rec_tx tx;
    struct day_entry *all = NULL;
    size_t count = 0, tickets = 0, damaged = 0;
    if (v->site->layout != STORE_LAYOUT) return SALVE_OK; /* an earlier one has none */
    TRY(rec_tx_begin(v->site, true, v->mem, &tx, err));
    enum salve_code code = rec_day_all(&tx, &all, &count, &damaged, err);
    for (size_t i = 0; code == SALVE_OK && i < count; i++) code = verify_entry(v, &tx, &all[i], err);
    if (code == SALVE_OK) code = rec_day_tickets(&tx, &tickets, err);
    if (damaged > 0) rec_found(v, "site.db", STR_NONE, STR("commons/queue"), "an entry does not open");
    if (code == SALVE_OK && tickets != count + damaged)
        rec_found(v, "site.db", STR_NONE, STR("commons/queue"), "there are more tickets than people in the queue");
    rec_tx_abandon(&tx);
    return code;
}
