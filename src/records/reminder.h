/* SPDX-License-Identifier: Apache-2.0
 *
 * reminder - who wants to be reminded of their next check is called once before it. A door of the gate.
 *
 * The form of follow-up has a question of its own for it (consent.h, remind_on). With the yes a row is kept about the
 * date, sealed for the gate. From two weeks before that date until 60 days after it, the person's ticket has an entry
 * REMIND (worklist.h), which registrars alone see. By it one of them opens who it is and the telephone, one at a time,
 * and nothing else of the record; the leaf of that says that it was for a reminder:
 *
 *     worklist_read(site, registrar, mem, &list, &count, err);
 *     rec_open(.., .purpose = PURPOSE_FOLLOW_UP, .who = ticket, .is_reminder = true)
 *     reminder_note(view, REMINDER_REACHED, err);
 *
 * It ends with the call, with the agreement, when the person comes (their card is shown in care from two weeks before
 * the date on), and with its time. Nothing of a reminder that ended is there any more, and nobody asks whether somebody
 * came: no list of those who stayed away can grow (N9). */
#ifndef SALVE_RECORDS_REMINDER_H
#define SALVE_RECORDS_REMINDER_H

#include "records/rec.h"

enum reminder_said {
#define REMINDER(name, text, is_over, what) REMINDER_##name,
#include "records/reminder.def"
#undef REMINDER
    REMINDER_SAIDS
};
const char *reminder_said_text(enum reminder_said said);
bool reminder_said_find(struct str text, enum reminder_said *out);

/* reminder_note - what became of the call, through a view that was opened for it. What is over goes at once, with the
 * keys that it had for itself, and the view with them where follow-up itself had ended.
 *   errors  E_CONSENT: the view is none of a reminder, or is over; E_ROLE; E_NOT_FOUND: there is none any more */
SALVE_MUST_USE enum salve_code reminder_note(struct rec_view *view, enum reminder_said said, struct salve_err *err);

/* reminder_earlier - a result asks for the next check on that day (YYYY-MM-DD), which is earlier than the date of the
 * reminder: it comes before that. Nothing where there is no reminder, where the day is not earlier or has come, or
 * through a view that says nothing of open work; whether there is one is not told (N17). E_INVALID: no date. */
SALVE_MUST_USE enum salve_code reminder_earlier(struct rec_view *view, struct str day, struct salve_err *err);

#endif
