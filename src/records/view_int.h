/* SPDX-License-Identifier: Apache-2.0
 *
 * A view: a gate for one actor and one purpose, what was read through it, and whether what it rests on still holds. */
#ifndef SALVE_RECORDS_VIEW_INT_H
#define SALVE_RECORDS_VIEW_INT_H

#include "records/gate_int.h"
#include "records/lists.h"
#include "records/stand_int.h"
#include "records/work_int.h"

struct rec_app_sight;
struct smart_app;

enum { REC_IDS_PER_VIEW = 65536 }; /* an id's number is (seq of the view's access record) * 65536 + n */

struct rec_view {
    const struct gate_ops *ops;
    struct site *site;
    struct arena *mem;
    struct rec_gate gate;
    struct rec_stand stand;
    struct actor actor;
    enum purpose purpose;
    class_mask classes;
    uint64_t ids_given;
    struct rec_shelf shelf;
    struct rec_lists lists;  /* what was handed out */
    class_mask read_classes; /* for the closing note */
    uint64_t read_count;
    const struct smart_app *app; /* as it was registered when it opened the view; NULL: it is none */
    struct rec_app_sight *sight; /* of an app (apps_int.h); NULL: all of the classes is seen */
    bool is_used;                /* a transfer that has read something */
    bool is_by_ticket;
    bool is_reminder;           /* to call the person before their next check, and for nothing else */
    bool is_shown;              /* the person's card was shown for it, or the ticket that stands for it */
    int64_t resumed_at_unix_ms; /* 0: it was not */
    bool has_work;              /* `work` waits for the next save */
    struct rec_work_change work;
    char kept[REC_KEPT_BYTES]; /* rec_keep */
    size_t kept_bytes;
};

/* rec_view_new - an empty view with memory of its own; NULL: there is none. rec_close ends it. */
struct rec_view *rec_view_new(struct site *site);
/* rec_view_note_read - what was read through it, in the person's record with the next commit. */
SALVE_MUST_USE enum salve_code rec_view_note_read(const struct rec_view *view, struct salve_err *err);
/* rec_view_decision - what the person's newest decisions, as the view knows them, allow it now. */
struct consent_decision rec_view_decision(const struct rec_view *view, int64_t now_unix_ms);
/* rec_not_open - E_CONSENT; the same words whether the person was never asked, refused, or took it back (N17). */
SALVE_MUST_USE enum salve_code rec_not_open(enum purpose purpose, struct salve_err *err);

/* rec_view_may - by the table (consent/may.h): its actor, through its purpose, with what it shows. */
bool rec_view_may(const struct rec_view *view, enum act act);

/* rec_may_write - a class, by what is on now. */
bool rec_may_write(const struct rec_view *view, enum data_class class);

/* rec_view_work - the open work that waits, into a transaction of the view. rec_view_work_done - it is committed. */
SALVE_MUST_USE enum salve_code rec_view_work(struct rec_view *view, struct rec_tx *tx, struct salve_err *err);
void rec_view_work_done(struct rec_view *view);

/* rec_follow_up_used - ends the purpose FOLLOW_UP, of which the reminder alone stood, and the view with it. */
SALVE_MUST_USE enum salve_code rec_follow_up_used(struct rec_view *view, struct salve_err *err);

/* rec_transfer_used - ends the purpose TRANSFER, for all but this view, which has read something. */
SALVE_MUST_USE enum salve_code rec_transfer_used(struct rec_view *view, struct salve_err *err);

#endif
