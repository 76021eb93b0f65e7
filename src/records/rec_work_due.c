/* SPDX-License-Identifier: Apache-2.0
 * When open work has to be done. */
#include "base/zone.h"
#include "guideline/finding.h"
#include "records/view_int.h"

enum { DAY_MS = 24 * 3600 * 1000 };

int64_t near_worklist_day_end_unix_ms(const struct rec_view *view)
{
    const struct zone *zone = view->site->zone;
    return zone_day(zone != NULL ? zone : zone_utc(), near_rec_opened_at_unix_ms(view)).end_unix_ms;
}

/* An emergency now, what is due today by the end of the site's day, closing a day later; other drafts within three days
 * where an appointment waits for them, else within seven. */
int64_t worklist_due_unix_ms(const struct rec_view *view, enum work_task task, uint32_t urgency)
{
    int64_t day_end = worklist_day_end_unix_ms(view);
    if (task == WORK_CLOSE) return day_end + DAY_MS;
    if (urgency == URGENCY_EMERGENCY_NOW) return rec_opened_at_unix_ms(view);
    if (urgency == URGENCY_SAME_DAY) return day_end;
    return day_end + (urgency == URGENCY_SOON ? 3 : 7) * (int64_t)DAY_MS;
}
