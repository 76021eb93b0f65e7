/* SPDX-License-Identifier: Apache-2.0
 * Calls before the next check: the list by tickets, one of them opened for its call, and what became of that. */
#include "pages/pages_int.h"

#include "visit/remind.h"

enum { DATE_BYTES = sizeof "2026-11-30" - 1 };

enum salve_code pages_call_reminders(struct pages_call *call, struct salve_err *err)
{
    struct visit_to_remind *list = NULL;
    size_t count = 0;
    uint64_t unreadable = 0;
    char text[CLOCK_TEXT_BYTES];
    struct json_writer *w = &call->w;
    TRY(visit_reminders(&call->visit, &list, &count, &unreadable, err));
    json_put_i64(w, "unreadable", (int64_t)unreadable);
    json_open(w, "tickets", '[');
    for (size_t i = 0; i < count; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "ticket", list[i].ticket);
        json_put_text(w, "due", str_cut(clock_text(list[i].due_unix_ms, text), 0, DATE_BYTES));
        json_close(w);
    }
    json_close(w);
    return SALVE_OK;
}

enum salve_code pages_call_remind(struct pages_call *call, struct salve_err *err)
{
    struct visit_reminder who;
    struct json_writer *w = &call->w;
    TRY(pages_reminder_hold(call, err));
    enum salve_code code = visit_reminder(&call->visit, call->session->held.view, &who, err);
    if (code != SALVE_OK) {
        (void)!pages_person_end(call->session, NULL);
        call->visit.held = NULL;
        return code;
    }
    const struct visit_clinic *clinic = pages_clinic(call);
    json_put_text(w, "person", str_of(call->session->person));
    json_put_text(w, "name", who.name);
    json_put_text(w, "telephones", who.telephones);
    json_put_text(w, "language", who.language);
    json_put_text(w, "nextDate", who.next_check);
    json_put_text(w, "siteTelephone", clinic == NULL ? STR("") : clinic->telephone);
    return SALVE_OK;
}

/* With the call the look is over. */
enum salve_code pages_call_reminded(struct pages_call *call, struct salve_err *err)
{
    enum reminder_said said;
    struct pages_session *session = call->session;
    if (!session->held.is_reminder)
        return salve_refuse(err, SALVE_E_CONSENT, "nobody is open for a call before the next check", "person");
    if (!reminder_said_find(call->in.said, &said))
        return salve_refuse(err, SALVE_E_INVALID, "reached, no-more or not-reached", "said");
    TRY(visit_reminded(session->held.view, said, err));
    call->visit.held = NULL;
    return pages_person_end(session, err);
}
