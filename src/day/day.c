/* SPDX-License-Identifier: Apache-2.0
 * The way of one person through a day; see day.h. */
#include "day/day.h"

#include "base/assert.h"

static const struct station_row {
    const char *text;
    bool is_on_way;
} stations[STATION_COUNT] = {
#define STATION(name, text, is_on_way) {text, is_on_way},
#include "day/stations.def"
#undef STATION
};
_Static_assert(STATION_COUNT <= 32, "a bit for each station");

static const char *const events[DAY_EVENTS] = {
#define DAY_EVENT(name, text, what) text,
#include "day/events.def"
#undef DAY_EVENT
};

static const char *const whys[] = {
#define WHY(name, text, what) text,
#include "day/whys.def"
#undef WHY
};

static const struct day_row rows[] = {
#define DAY(is, event, then, note) {DAY_IS_##is, DAY_##event, DAY_IS_##then, DAY_NOTE_##note},
#include "day/day.def"
#undef DAY
};

/* --- lists -------------------------------------------------------------------------------------------------------- */

static bool find(const char *const *texts, size_t count, struct str text, size_t *at)
{
    for (*at = 0; *at < count; ++*at)
        if (str_is(text, texts[*at])) return true;
    return false;
}

const char *station_text(enum day_station station)
{
    return (unsigned)station < STATION_COUNT ? stations[station].text : "?";
}

bool station_find(struct str text, enum day_station *out)
{
    for (unsigned i = 0; i < STATION_COUNT; i++) {
        if (!str_is(text, stations[i].text)) continue;
        *out = (enum day_station)i;
        return true;
    }
    return false;
}

station_mask station_way(void)
{
    station_mask way = 0;
    for (unsigned i = 0; i < STATION_COUNT; i++)
        if (stations[i].is_on_way) way |= STATION_BIT(i);
    return way;
}

bool day_event_find(struct str text, enum day_event *out)
{
    size_t at = 0;
    if (!find(events, DAY_EVENTS, text, &at)) return false;
    *out = (enum day_event)at;
    return true;
}

bool day_is_why(struct str text)
{
    size_t unused;
    return find(whys, sizeof whys / sizeof *whys, text, &unused);
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

const struct day_row *day_row(enum day_state is, enum day_event event)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].is == is && rows[i].event == event) return &rows[i];
    return NULL;
}

enum day_state day_state(const struct day_entry *entry, enum day_station station)
{
    if (entry->number == 0) return DAY_IS_AWAY;
    if (entry->at == STATION_NONE) return DAY_IS_WAITING;
    return entry->at == station ? DAY_IS_HERE : DAY_IS_ELSEWHERE;
}

bool day_has_settled(const struct day_entry *entry, struct str item)
{
    bool has = false;
    for (size_t i = 0; i < entry->item_count; i++) has = has || str_is(item, entry->items[i].word);
    return has;
}

static enum salve_code note_item(struct day_entry *entry, struct str item, struct salve_err *err)
{
    if (item.len == 0 || item.len > DAY_ITEM_BYTES || memchr(item.ptr, '\0', item.len) != NULL)
        return salve_refuse(err, SALVE_E_INVALID, "a word of at most 31 bytes is wanted", "item");
    if (day_has_settled(entry, item)) return SALVE_OK;
    if (entry->item_count == DAY_ITEMS_MAX) return salve_fail(err, SALVE_E_FULL, "items of the day");
    struct day_item *to = &entry->items[entry->item_count++];
    *to = (struct day_item){0};
    memcpy(to->word, item.ptr, item.len);
    return SALVE_OK;
}

static enum salve_code note(struct day_entry *entry, const struct day_step *step, enum day_note what,
                            struct salve_err *err)
{
    switch (what) {
    case DAY_NOTE_NOTHING:
        return SALVE_OK;
    case DAY_NOTE_BEGIN:
        *entry = (struct day_entry){.since_unix_ms = step->now_unix_ms, .left = station_way()};
        return SALVE_OK;
    case DAY_NOTE_DONE:
        entry->done |= STATION_BIT(step->station);
        return SALVE_OK;
    case DAY_NOTE_AGAIN:
        entry->done &= ~STATION_BIT(step->station);
        return SALVE_OK;
    case DAY_NOTE_ITEM:
        return note_item(entry, step->item, err);
    case DAY_NOTE_UNLESS_HELD:
        if (!step->is_held) return SALVE_OK;
        return salve_refuse(err, SALVE_E_CONFLICT, "an alarm of theirs has no outcome", "queue");
    case DAY_NOTE_REFUSED:
        break;
    }
    return salve_refuse(err, SALVE_E_CONFLICT, "they are not in the queue of today; check them in", "queue");
}

enum salve_code day_take(struct day_entry *entry, const struct day_step *step, bool *is_there, struct salve_err *err)
{
    enum day_state is = day_state(entry, step->station);
    const struct day_row *row = day_row(is, step->event);
    bool has_station = (unsigned)step->station < STATION_COUNT;
    *is_there = is != DAY_IS_AWAY;
    if (row == NULL || (!has_station && (row->then == DAY_IS_HERE || step->event == DAY_AGAIN)))
        return salve_refuse(err, SALVE_E_INVALID, "a station is wanted", "station");
    TRY(note(entry, step, row->note, err));
    *is_there = row->then != DAY_IS_AWAY;
    if (row->then != is || row->note == DAY_NOTE_BEGIN) entry->at_unix_ms = step->now_unix_ms;
    if (row->then == DAY_IS_HERE) entry->at = step->station;
    if (row->then == DAY_IS_WAITING) entry->at = STATION_NONE;
    if (step->has_left) entry->left = step->left & station_way();
    return SALVE_OK;
}

/* --- bytes -------------------------------------------------------------------------------------------------------- */

static void put(uint8_t **at, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) *(*at)++ = (uint8_t)(number >> (8 * i));
}

static uint64_t get(const uint8_t **at, size_t bytes)
{
    uint64_t number = 0;
    for (size_t i = 0; i < bytes; i++) number |= (uint64_t) * (*at)++ << (8 * i);
    return number;
}

void day_write(const struct day_entry *entry, uint8_t out[DAY_ENTRY_BYTES])
{
    uint8_t *at = out;
    memset(out, 0, DAY_ENTRY_BYTES);
    memcpy(at, entry->id.bytes, COMPARTMENT_BYTES);
    at += COMPARTMENT_BYTES;
    memcpy(at, entry->ticket, DAY_TICKET_CHARS);
    at += DAY_TICKET_CHARS;
    put(&at, entry->number, 4);
    put(&at, (uint64_t)entry->since_unix_ms, 8);
    put(&at, (uint64_t)entry->shown_unix_ms, 8);
    put(&at, (uint64_t)entry->at_unix_ms, 8);
    put(&at, entry->at == STATION_NONE ? 0xff : (uint64_t)entry->at, 1);
    put(&at, entry->done, 4);
    put(&at, entry->left, 4);
    put(&at, entry->item_count, 1);
    for (size_t i = 0; i < entry->item_count; i++) {
        memcpy(at, entry->items[i].word, DAY_ITEM_BYTES);
        at += DAY_ITEM_BYTES;
    }
}

static bool read_items(const uint8_t *at, struct day_entry *out)
{
    for (size_t i = 0; i < out->item_count; i++) {
        if (*at == '\0') return false;
        memcpy(out->items[i].word, at, DAY_ITEM_BYTES);
        at += DAY_ITEM_BYTES;
    }
    return true;
}

bool day_read(const uint8_t bytes[DAY_ENTRY_BYTES], struct day_entry *out)
{
    const uint8_t *at = bytes + COMPARTMENT_BYTES + DAY_TICKET_CHARS;
    *out = (struct day_entry){0};
    memcpy(out->id.bytes, bytes, COMPARTMENT_BYTES);
    memcpy(out->ticket, bytes + COMPARTMENT_BYTES, DAY_TICKET_CHARS);
    out->number = (uint32_t)get(&at, 4);
    out->since_unix_ms = (int64_t)get(&at, 8);
    out->shown_unix_ms = (int64_t)get(&at, 8);
    out->at_unix_ms = (int64_t)get(&at, 8);
    uint64_t station = get(&at, 1);
    out->at = station == 0xff ? STATION_NONE : (enum day_station)station;
    out->done = (station_mask)get(&at, 4);
    out->left = (station_mask)get(&at, 4);
    out->item_count = get(&at, 1);
    bool is_known = station == 0xff || station < STATION_COUNT;
    return is_known && out->number > 0 && out->item_count <= DAY_ITEMS_MAX && read_items(at, out);
}
