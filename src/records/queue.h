/* SPDX-License-Identifier: Apache-2.0
 *
 * queue - the queue of the day: who is here now, as tickets and numbers, at which station, and what is left to do. The
 * tenth door of the gate. Never a name, a value, a finding, nobody who left or stayed away (N9, N11, N12).
 *
 *     struct queue_step step = {.event = DAY_CHECK_IN, .station = STATION_RECEPTION};
 *     queue_note(view, &step, mem, &entry, err);           // entry.ticket, entry.number
 *     queue_read(site, lina, mem, &list, &count, err);      // all of it
 *     rec_open(.., .who = entry.ticket)                      // rec.h: CARE while the card's showing lasts
 *
 * What holds: rows are sealed under a key of the day, which is destroyed when the site's day is over; nobody can tell
 * then who was there. An entry is made through a look for which the card was shown. It goes when the person leaves or
 * has finished, with their agreement to care, and with an erasure. What may happen when is the table of day/day.def; an
 * alarm that was told to nobody holds its person. While the clock is doubted the day does not end. */
#ifndef SALVE_RECORDS_QUEUE_H
#define SALVE_RECORDS_QUEUE_H

#include "day/day.h"
#include "records/rec.h"

struct queue_step {
    enum day_event event;
    enum day_station station; /* that speaks */
    struct str item;          /* of SETTLE */
    bool has_left;            /* `left` says where something is to be done yet, from now on */
    station_mask left;
};

struct queue_entry {
    struct str ticket; /* the one of their open work, where there is any; empty: they are not in the queue */
    uint32_t number;
    int64_t since_unix_ms;
    enum day_station at; /* STATION_NONE: they wait */
    int64_t at_unix_ms;
    station_mask done, left;
    bool is_held; /* something urgent that nobody told them of */
    uint32_t
        urgency; /* the most urgent open work that is no draft and no letter; URGENCY_NONE (guideline/finding.def) */
    struct str *settled; /* items that are not done today; of queue_note and queue_mine */
    size_t settled_count;
};

/* queue_note - what happens with the person behind the view; *out as it is then, texts in mem. The view is of CARE, its
 * card was shown, and what is behind it stands.
 *   errors  E_ROLE, E_CONSENT; E_CONFLICT, E_INVALID, E_FULL of day_take
 * queue_mine - the same without anything that happens. */
SALVE_MUST_USE enum salve_code queue_note(struct rec_view *view, const struct queue_step *step, struct arena *mem,
                                          struct queue_entry *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code queue_mine(struct rec_view *view, struct arena *mem, struct queue_entry *out,
                                          struct salve_err *err);

/* queue_read - all who are here, by their numbers. That a session reads it is noted in the site's log, once in an hour.
 * actor: REGISTRAR, ASSISTANT or CLINICIAN (E_ROLE). */
SALVE_MUST_USE enum salve_code queue_read(struct site *site, struct actor actor, struct arena *mem,
                                          struct queue_entry **out, size_t *count, struct salve_err *err);

#endif
