/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of the work lists, for those who write in the transaction of their reason (rec_work.c). */
#ifndef SALVE_RECORDS_WORK_INT_H
#define SALVE_RECORDS_WORK_INT_H

#include "day/day.h"
#include "records/tx_int.h"
#include "records/worklist.h"

enum { WORK_SHOWN_MINUTES_MAX = 30 }; /* since the card, or the ticket after it, was last used, within the site's day */
enum { WORK_LETTER_DAYS_MAX = 90 };   /* since the signing, that a letter waits to be printed (project choice) */
enum { WORK_REFERRAL_DAYS_MAX = 180 }; /* that it is asked what became of a referral: as long as follow-up lasts */

struct rec_work_slot {
    bool is_open;
    uint32_t urgency;
    int64_t since_unix_ms, due_unix_ms;
};
typedef struct rec_work_slot rec_work_slots[WORK_TASKS][WORK_PARTS];

/* A referral of which a save notes the state: what was answered of it is done with, and with its end its code goes. */
enum { REC_REFERRALS_MAX = 8 }; /* with a code, of one person; the oldest gives way */
struct rec_referral_noted {
    uint64_t number; /* of the Task's id */
    bool goes_on;
};

/* What a view wants to stand from its next save on. */
struct rec_work_change {
    bool is_meant[WORK_PARTS];
    rec_work_slots slots;
    /* What rec_deeds_check found: */
    bool is_checked, may_close;
    bool is_seen[WORK_PARTS];                           /* the view reads what that part is about, or nobody can */
    rec_work_slots least;                               /* what the record shows to be open behind the save */
    bool is_loaded;                                     /* `least` is all that it shows */
    struct rec_referral_noted noted[REC_REFERRALS_MAX]; /* of the save; more of one save keep their codes */
    size_t noted_count;
};

/* A person's row. */
struct rec_work {
    struct compartment id;
    uint8_t ticket[8];     /* values of a rec_code */
    int64_t shown_unix_ms; /* when the card was last used by staff; 0: not since there is work */
    rec_work_slots slots;
};

/* rec_work_get - *found false: nothing is open. rec_work_apply - the change, in a transaction that goes on; a row that
 * becomes empty goes, with its ticket. is_shown: the person's card was used for the view. What the record shows to be
 * open stays open, whatever was meant; of what the view does not see nothing is ended but a letter. E_CONFLICT, E_ROLE:
 * what is not kept would end without having been told, or closed by a clinician.
 * rec_work_shown - the card is used now; nothing where no work is open.
 * rec_work_end - parts that are not in `keep` (bits of enum work_part) end; 0: all. *ends_untold becomes true where
 * something urgent that the person was not told of ends with them. */
SALVE_MUST_USE enum salve_code rec_work_get(struct rec_tx *tx, struct compartment id, struct rec_work *out, bool *found,
                                            struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_work_apply(struct rec_tx *tx, struct compartment id,
                                              const struct rec_work_change *change, bool is_shown,
                                              struct salve_err *err);
/* rec_work_stale_end - of one person what waited too long (rec_work_list_stale_end).
 * rec_work_without_stale - the row as it stands at that time. */
SALVE_MUST_USE enum salve_code rec_work_stale_end(struct rec_tx *tx, struct compartment id, struct salve_err *err);
void rec_work_without_stale(struct rec_work *work, int64_t now_unix_ms);
SALVE_MUST_USE enum salve_code rec_work_shown(struct rec_tx *tx, struct compartment id, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_work_end(struct rec_tx *tx, struct compartment id, uint32_t keep, bool *ends_untold,
                                            struct salve_err *err);
/* rec_work_withdrawn - staff cannot open the record for `purpose` any more: what only that opened ends. */
SALVE_MUST_USE enum salve_code rec_work_withdrawn(struct rec_tx *tx, struct compartment id, enum purpose purpose,
                                                  bool *ends_untold, struct salve_err *err);

/* rec_work_holds - *is_held: something urgent was told to nobody; *urgency: of the most urgent that is neither a draft
 * nor a letter, URGENCY_NONE where there is nothing. */
SALVE_MUST_USE enum salve_code rec_work_holds(struct rec_tx *tx, struct compartment id, bool *is_held,
                                              uint32_t *urgency, struct salve_err *err);
/* rec_ticket_make - one that nobody has. */
SALVE_MUST_USE enum salve_code rec_ticket_make(struct rec_tx *tx, uint8_t out[DAY_TICKET_CHARS], struct salve_err *err);
/* rec_work_noted - that a list was read, by whom and when: a document of the month, `what` its name. */
SALVE_MUST_USE enum salve_code rec_work_noted(struct rec_tx *tx, const char *what, struct actor actor, size_t tickets,
                                              struct salve_err *err);

/* rec_work_who - whom a ticket leads to, of open work or of the queue of the day; *is_shown: the card was shown, and
 * that still lasts. E_NOT_FOUND in the words of rec_not_here; E_CONSENT one of the queue alone waits for the card.
 * rec_work_lasts - does it, at that time? */
SALVE_MUST_USE enum salve_code rec_work_who(struct site *site, struct str ticket, struct arena *mem,
                                            struct compartment *out, bool *is_shown, struct salve_err *err);
/* rec_work_to_remind - whom the ticket of a reminder leads to; E_NOT_FOUND for every other. */
SALVE_MUST_USE enum salve_code rec_work_to_remind(struct site *site, struct str ticket, struct arena *mem,
                                                  struct compartment *out, struct salve_err *err);
bool rec_work_lasts(const struct site *site, const struct rec_work *work);
/* rec_work_all - every row, unsealed; E_INTEGRITY. rec_work_names - of `max` rows behind that one (empty: from the
 * first). rec_work_row - one; E_NOT_FOUND, E_INTEGRITY. rec_work_row_name - of a person. */
enum { REC_WORK_NAME_BYTES = 48 };
SALVE_MUST_USE enum salve_code rec_work_all(struct rec_tx *tx, struct rec_work **out, size_t *count,
                                            struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_work_names(struct rec_tx *tx, struct str after, size_t max, struct str **names,
                                              size_t *count, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_work_row(struct rec_tx *tx, struct str name, struct rec_work *out,
                                            struct salve_err *err);
struct str rec_work_row_name(const struct site *site, struct compartment id, char name[REC_WORK_NAME_BYTES]);
/* rec_work_tell - a row as those who read it see it; `calls`: they call people. */
SALVE_MUST_USE enum salve_code rec_work_tell(struct site *site, const struct rec_work *work, bool calls,
                                             struct arena *mem, struct work *out, struct salve_err *err);
/* rec_work_ticket - whom the ticket of that row leads to. rec_work_tickets - how many there are. */
SALVE_MUST_USE enum salve_code rec_work_ticket(struct rec_tx *tx, const struct rec_work *work, struct compartment *out,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_work_tickets(struct rec_tx *tx, size_t *count, struct salve_err *err);

/* rec_work_answered - the ticket of the person, if a referral of theirs is in the list, says that somebody answered. */
SALVE_MUST_USE enum salve_code rec_work_answered(struct rec_tx *tx, struct compartment id, struct salve_err *err);

/* --- codes of slips (rec_reply.c) --- */
struct rec_code;
struct referral_answer;
struct rec_referral_at {
    uint64_t number; /* of its id */
    bool is_apart;   /* it is kept apart */
};
/* rec_reply_make - the code of a referral, in place of the one before. rec_reply_take - an answer (enum referral_said)
 * with a code, and whose it is; E_NOT_FOUND, E_QUOTA. rec_reply_list - what was answered and is not noted. */
SALVE_MUST_USE enum salve_code rec_reply_make(struct rec_tx *tx, struct compartment id, struct rec_referral_at of,
                                              const struct rec_code *code, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_reply_take(struct rec_tx *tx, const struct rec_code *code, uint8_t said,
                                              struct compartment *id, bool *is_apart, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_reply_list(struct rec_tx *tx, struct compartment id, bool sees_apart,
                                              struct referral_answer *out, size_t *count, struct salve_err *err);
/* rec_replies_noted - after a save; *waits: another referral has an answer that is not noted. rec_replies_end - all of
 * a person. rec_replies_stale_end - those that are too old, of everybody, once a day; where the gate runs for long,
 * rec_replies_wait and rec_replies_piece do it by its clock. rec_replies_lost - for verify: rows of codes
 * and of people that do not lead to each other, or to nobody who is here. */
SALVE_MUST_USE enum salve_code rec_replies_lost(struct rec_tx *tx, size_t *count, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_replies_noted(struct rec_tx *tx, struct compartment id,
                                                 const struct rec_work_change *change, bool *waits,
                                                 struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_replies_end(struct rec_tx *tx, struct compartment id, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_replies_stale_end(struct rec_tx *tx, struct salve_err *err);
bool rec_replies_wait(const struct site *site);
SALVE_MUST_USE enum salve_code rec_replies_piece(struct site *site, struct arena *mem, bool *has_more,
                                                 struct salve_err *err);

/* The marks of what is done once a day (daily_int.h). */
#define REC_REMINDED "reminded"
#define REC_REPLIED  "replied"

/* --- reminders (rec_reminder.c) --- */
struct consent_grant;
/* rec_work_remind - the ticket of the person has the entry REMIND, due then, as of now; 0: it has none any more. */
SALVE_MUST_USE enum salve_code rec_work_remind(struct rec_tx *tx, struct compartment id, int64_t due_unix_ms,
                                               struct salve_err *err);
/* rec_reminder_decided - with a decision of the person, in its transaction: as the newest on follow-up has it.
 * rec_reminder_end - there is none any more. rec_reminder_came - the person's card is shown in care. */
SALVE_MUST_USE enum salve_code rec_reminder_decided(struct rec_tx *tx, struct compartment id,
                                                    const struct consent_grant *grant, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_reminder_end(struct rec_tx *tx, struct compartment id, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_reminder_came(struct rec_tx *tx, struct compartment id, struct salve_err *err);
/* rec_reminder_stands - is the person to be called now? */
SALVE_MUST_USE enum salve_code rec_reminder_stands(struct rec_tx *tx, struct compartment id, bool *stands,
                                                   struct salve_err *err);
/* rec_reminder_called - done, or else tried in vain; *is_over: nobody is called any more. E_NOT_FOUND: there is none.
 * rec_reminder_sooner - the check is on that day, if that is earlier and to come. */
SALVE_MUST_USE enum salve_code rec_reminder_called(struct rec_tx *tx, struct compartment id, bool is_done,
                                                   bool *is_over, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_reminder_sooner(struct rec_tx *tx, struct compartment id, int64_t due_unix_ms,
                                                   bool *changes, struct salve_err *err);
/* rec_reminders_list - what is due is listed and what is over goes, once a day, of everybody; nothing where the gate
 * runs for long: rec_reminders_wait - that is to be done today; rec_reminders_piece - some of it.
 * rec_reminders_lost - for verify: rows that do not open, of nobody who is here, or that the list does not agree with.
 */
SALVE_MUST_USE enum salve_code rec_reminders_list(struct rec_tx *tx, struct salve_err *err);
bool rec_reminders_wait(const struct site *site);
SALVE_MUST_USE enum salve_code rec_reminders_piece(struct site *site, struct arena *mem, bool *has_more,
                                                   struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_reminders_lost(struct rec_tx *tx, size_t *count, struct salve_err *err);

#endif
