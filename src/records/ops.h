/* SPDX-License-Identifier: Apache-2.0
 *
 * ops - the two makings of the doors of records. Whoever calls rec.h, site.h, commons.h, health.h, staff.h, rights.h,
 * worklist.h, queue.h, referral.h or apps.h has a site and views that begin with their ops; the function goes through
 * these. A site that site_open gave is used in this process. Another making, such as a site in another process, is a
 * struct that begins the same:
 *
 *     struct far_site {
 *         const struct gate_ops *ops;                                  // first
 *         ...
 *     };
 *     struct site *site = (struct site *)far;                          // good for every row of gate.def
 *
 * It keeps the words of the headers: errors, lifetimes, and what holds. */
#ifndef SALVE_RECORDS_OPS_H
#define SALVE_RECORDS_OPS_H

#include "records/account.h"
#include "records/apps.h"
#include "records/certify.h"
#include "records/commons.h"
#include "records/health.h"
#include "records/queue.h"
#include "records/rec.h"
#include "records/referral.h"
#include "records/reminder.h"
#include "records/rights.h"
#include "records/session.h"
#include "records/share.h"
#include "records/site.h"
#include "records/staff.h"
#include "records/worklist.h"

struct gate_ops {
#define GATE(type, name, through, parameters, arguments) type(*name) parameters;
#define GATE_VOID(name, through, parameters, arguments)  void(*name) parameters;
#include "records/gate.def"
#undef GATE
#undef GATE_VOID
};

/* What another making makes of the settings of its site. *out lives as long as mem, the rules need `settings` to.
 * site_rules_of - site_admission. E_CONFIG. site_zone_of - site_zone; E_CONFIG its zone cannot be read. */
SALVE_MUST_USE enum salve_code site_rules_of(const struct site_settings *settings, struct arena *mem,
                                             struct admit_rules **out, struct salve_err *err);
SALVE_MUST_USE enum salve_code site_zone_of(const struct site_settings *settings, struct arena *mem,
                                            const struct zone **out, struct salve_err *err);

/* Of a view of this process. rec_view_stands - OK, or why the view is over (rec.h); then its keys are wiped.
 * rec_view_until_unix_ms - of one that stands: when the clock alone ends it, or locks or ends its session, if
 * nobody uses that until then. */
SALVE_MUST_USE enum salve_code rec_view_stands(struct rec_view *view, struct salve_err *err);
int64_t rec_view_until_unix_ms(const struct rec_view *view);

/* For who serves views to others (rec_again). rec_view_hand_on - what rec_hand_on makes of a view and its session; the
 * view stays open. rec_view_kept - the text of rec_keep; lives until the next one.
 * rec_view_is_of - it was opened by the session that has this token now. rec_view_hand_again - notes what was read so
 * far, durably; from here on reading is counted anew. Errors of rec_view_stands, E_FULL, E_IO. */
SALVE_MUST_USE enum salve_code rec_view_hand_on(struct rec_view *view, struct str kept, struct salve_err *err);
struct str rec_view_kept(const struct rec_view *view);
bool rec_view_is_of(const struct rec_view *view, const uint8_t token[SESSION_TOKEN_BYTES]);
SALVE_MUST_USE enum salve_code rec_view_hand_again(struct rec_view *view, struct salve_err *err);

/* rec_rows_swap - the file of many people that is under way (rec_rows_begin) is that of who asks: who answers for many
 * puts it in before each of the owner's calls, and takes it out after it. NULL: none. Of a site of this process. */
struct rec_rows;
SALVE_MUST_USE struct rec_rows *rec_rows_swap(struct site *site, struct rec_rows *rows);

#endif
