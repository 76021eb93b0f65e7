/* SPDX-License-Identifier: Apache-2.0
 *
 * day - the way of one person through a day of checks, as data: which stations there are, what can happen, what is
 * noted of it. Pure: no files, no clock, no keys. Where it is kept and who may say what is the gate's
 * (records/queue.h).
 *
 *     struct day_entry entry = {.at = STATION_NONE};                    // nobody: AWAY
 *     struct day_step step = {.event = DAY_BEGIN, .station = STATION_BODY, .now_unix_ms = now};
 *     code = day_take(&entry, &step, &is_there, err);                   // is_there: they are in the queue from now on
 *
 * What holds: a station that is done stays so until somebody sends the person back to it; what two stations say at once
 * is both kept, in whatever order it comes. Who has an alarm without an outcome does not finish. Nothing says why an
 * item was not done. */
#ifndef SALVE_DAY_DAY_H
#define SALVE_DAY_DAY_H

#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"

enum day_station {
#define STATION(name, text, is_on_way) STATION_##name,
#include "day/stations.def"
#undef STATION
    STATION_COUNT,
    STATION_NONE = STATION_COUNT
};
typedef uint32_t station_mask; /* bit (1 << station) */
#define STATION_BIT(station) ((station_mask)1 << (station))

const char *station_text(enum day_station station); /* "?" of none */
bool station_find(struct str text, enum day_station *out);
/* station_way - those that a person is sent to between reception and exit. */
station_mask station_way(void);

enum day_event {
#define DAY_EVENT(name, text, what) DAY_##name,
#include "day/events.def"
#undef DAY_EVENT
    DAY_EVENTS
};
bool day_event_find(struct str text, enum day_event *out);

/* day_is_why - is it one of the reasons for which something is not done (whys.def)? */
bool day_is_why(struct str text);

enum day_state { DAY_IS_AWAY, DAY_IS_WAITING, DAY_IS_HERE, DAY_IS_ELSEWHERE, DAY_STATES };

/* What is noted with it. */
enum day_note {
    DAY_NOTE_NOTHING,
    DAY_NOTE_BEGIN, /* the entry begins */
    DAY_NOTE_DONE,  /* the station is done */
    DAY_NOTE_AGAIN, /* it is not */
    DAY_NOTE_ITEM,
    DAY_NOTE_UNLESS_HELD, /* not while an alarm has no outcome */
    DAY_NOTE_REFUSED,
};
struct day_row {
    enum day_state is;
    enum day_event event;
    enum day_state then;
    enum day_note note;
};
const struct day_row *day_row(enum day_state is, enum day_event event);

/* An item that is not done today, for whatever reason, by its word. */
enum { DAY_ITEM_BYTES = 31, DAY_ITEMS_MAX = 48, DAY_TICKET_CHARS = 6 };
struct day_item {
    char word[DAY_ITEM_BYTES + 1];
};

struct day_entry {
    struct compartment id;
    uint8_t ticket[DAY_TICKET_CHARS]; /* values of a code (docs/formats/card.md) */
    uint32_t number;                  /* of the day, said aloud; 0: they are not in the queue */
    int64_t since_unix_ms;            /* checked in */
    int64_t shown_unix_ms;            /* when the card was last used by staff */
    enum day_station at;              /* STATION_NONE: they wait */
    int64_t at_unix_ms;               /* there, or waiting, since then */
    station_mask done;
    station_mask left; /* where something is to be done yet, as it was last reckoned */
    size_t item_count;
    struct day_item items[DAY_ITEMS_MAX];
};

struct day_step {
    enum day_event event;
    enum day_station station; /* that speaks; of SETTLE any */
    struct str item;          /* of SETTLE */
    bool has_left;            /* `left` is reckoned anew */
    station_mask left;
    bool is_held; /* an alarm of theirs has no outcome */
    int64_t now_unix_ms;
};

enum day_state day_state(const struct day_entry *entry, enum day_station station);

/* day_take - what happens; *is_there: they are in the queue from now on. Of a new entry number, id and ticket are the
 * caller's to give (`number` is 0).
 *   errors  E_CONFLICT: an alarm has no outcome, or they are not in today's queue; E_INVALID: the item has no name, or
 *           one that is too long; E_FULL: more items than DAY_ITEMS_MAX */
SALVE_MUST_USE enum salve_code day_take(struct day_entry *entry, const struct day_step *step, bool *is_there,
                                        struct salve_err *err);

bool day_has_settled(const struct day_entry *entry, struct str item);

/* An entry as bytes of one length, for sealing; day_read is false where they cannot be one. */
enum {
    DAY_ENTRY_BYTES = COMPARTMENT_BYTES + DAY_TICKET_CHARS + 4 + 3 * 8 + 1 + 4 + 4 + 1 + DAY_ITEMS_MAX * DAY_ITEM_BYTES
};
void day_write(const struct day_entry *entry, uint8_t out[DAY_ENTRY_BYTES]);
bool day_read(const uint8_t bytes[DAY_ENTRY_BYTES], struct day_entry *out);

#endif
