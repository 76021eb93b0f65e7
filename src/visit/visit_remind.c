/* SPDX-License-Identifier: Apache-2.0
 * The next check, and calls before it. */
#include "visit/remind.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/zone.h"
#include "consent/consent.h"
#include "consent/may.h"
#include "fhir/fhir.h"
#include "visit/clinic.h"
#include "visit/content.h"
#include "visit/held.h"
#include "visit/result.h"
#include "visit/visit_int.h"

enum { DATE_BYTES = sizeof "2026-11-30" - 1, SHORTEST_DAYS = CONSENT_REMIND_BEFORE_DAYS };
#define DAY_MS ((int64_t)24 * 3600 * 1000)

/* --- the day ------------------------------------------------------------------------------------------------------ */

/* So many months later; what the month has not is its last day. */
static struct civil months_later(struct civil day, uint32_t months)
{
    int32_t all = day.year * 12 + (day.month - 1) + (int32_t)months;
    struct civil out = {.year = all / 12, .month = all % 12 + 1, .day = day.day};
    int32_t last = civil_month_days(out.year, out.month);
    if (out.day > last) out.day = last;
    return out;
}

enum salve_code visit_next_check(const struct visit *visit, struct str *day, bool *may_remind, struct salve_err *err)
{
    struct visit_clinic clinic;
    struct str today;
    int64_t today_ms = 0;
    char text[CLOCK_TEXT_BYTES];
    *may_remind = false;
    TRY(visit_clinic(visit, &clinic, err));
    TRY(visit_date(visit, site_now_unix_ms(visit->site), &today, err));
    if (!clock_parse(today, &today_ms)) return salve_fail(err, SALVE_E_INVALID, "date");
    int64_t next_ms = civil_to_unix_ms(months_later(civil_from_unix_ms(today_ms), clinic.interval_months));
    int64_t days = (next_ms - today_ms) / DAY_MS;
    *may_remind = days > SHORTEST_DAYS && days <= consent_remind_days_max();
    return arena_str(visit->mem, str_cut(clock_text(next_ms, text), 0, DATE_BYTES), day, err);
}

enum salve_code visit_grant_reminder(const struct visit *visit, struct consent_grant *grant, struct salve_err *err)
{
    const struct consent_form *form = NULL;
    bool may_remind = false;
    struct str version = arena_printf(visit->mem, "%u.%u", grant->form.major, grant->form.minor);
    if (version.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "reminder");
    TRY(visit_form(visit->content, grant->purpose, version, grant->form.lang, &form, err));
    if (form->reminder.yes.len == 0)
        return salve_refuse(err, SALVE_E_USAGE, "this form does not ask about a call before the next check", "remind");
    TRY(visit_next_check(visit, &grant->remind_on, &may_remind, err));
    if (may_remind) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, "the next check is too far ahead, or too near, for a call before it",
                        "remind");
}

/* --- the list ----------------------------------------------------------------------------------------------------- */

static int by_day(const void *a, const void *b)
{
    const struct visit_to_remind *x = a, *y = b;
    if (x->due_unix_ms != y->due_unix_ms) return x->due_unix_ms < y->due_unix_ms ? -1 : 1;
    return str_cmp(x->ticket, y->ticket);
}

enum salve_code visit_reminders(const struct visit *visit, struct visit_to_remind **out, size_t *count,
                                uint64_t *unreadable, struct salve_err *err)
{
    struct work *list = NULL;
    size_t all = 0;
    *count = 0;
    if (consent_may(visit->actor.role, ACT_REMIND, PURPOSE_FOLLOW_UP) == NULL)
        return salve_refuse(err, SALVE_E_ROLE, "a registrar calls people before their next check", "reminders");
    TRY(worklist_all(visit->site, visit->actor, WORK_LIST_REMINDERS, visit->mem, &list, &all, unreadable, err));
    *out = arena_array(visit->mem, struct visit_to_remind, all + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "reminders");
    for (size_t i = 0; i < all; i++)
        for (size_t e = 0; e < list[i].entry_count; e++)
            if (list[i].entries[e].task == WORK_REMIND)
                (*out)[(*count)++] = (struct visit_to_remind){list[i].ticket, list[i].entries[e].due_unix_ms};
    qsort(*out, *count, sizeof **out, by_day);
    return SALVE_OK;
}

/* --- one of them -------------------------------------------------------------------------------------------------- */

static enum salve_code due_of(const struct visit *visit, struct rec_view *view, struct str *day, struct salve_err *err)
{
    struct work open;
    char text[CLOCK_TEXT_BYTES];
    *day = STR("");
    TRY(worklist_mine(view, visit->mem, &open, err));
    for (size_t i = 0; i < open.entry_count; i++)
        if (open.entries[i].task == WORK_REMIND)
            return arena_str(visit->mem, str_cut(clock_text(open.entries[i].due_unix_ms, text), 0, DATE_BYTES), day,
                             err);
    return SALVE_OK;
}

static struct str language_of(const struct tape *patient)
{
    for (tape_at at = tape_first(patient, tape_root(patient)); at != TAPE_NONE;
         at = tape_next(patient, tape_root(patient), at)) {
        if (tape_path_name(patient, at) != FHIR_N_communication) continue;
        tape_at code = tape_get(patient, at, "language.coding.code");
        if (code != TAPE_NONE) return tape_text(patient, code);
    }
    return STR("");
}

enum salve_code visit_reminder(const struct visit *visit, struct rec_view *view, struct visit_reminder *out,
                               struct salve_err *err)
{
    const struct rec_resource *patient = NULL;
    struct str name;
    *out = (struct visit_reminder){.name = STR(""), .telephones = STR(""), .language = STR("")};
    TRY(due_of(visit, view, &out->next_check, err));
    TRY(visit_patient(view, &patient, err));
    if (patient == NULL) return salve_fail(err, SALVE_E_NOT_FOUND, "Patient");
    TRY(visit_name_of(&patient->tape, tape_root(&patient->tape), visit->mem, &name, err));
    TRY(visit_name_on_paper(name, visit->mem, &out->name, err));
    TRY(visit_telephones_of(&patient->tape, visit->mem, &out->telephones, err));
    return arena_str(visit->mem, language_of(&patient->tape), &out->language, err);
}

enum salve_code visit_reminded(struct rec_view *view, enum reminder_said said, struct salve_err *err)
{
    return reminder_note(view, said, err);
}
