/* SPDX-License-Identifier: Apache-2.0
 * The day: its queue, who is at which station, the exit check. */
#include "pages/pages_int.h"

#include "visit/today.h"

static enum salve_code read_station(struct str text, enum day_station *out, struct salve_err *err)
{
    if (station_find(text, out)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INVALID, "none of the stations", "station");
}

static void put_stations(struct json_writer *w, const char *name, station_mask mask)
{
    json_open(w, name, '[');
    for (unsigned station = 0; station < STATION_COUNT; station++)
        if ((mask & STATION_BIT(station)) != 0) json_put_text(w, NULL, str_of(station_text(station)));
    json_close(w);
}

/* What the queue says of one person. */
static void put_entry(struct pages_call *call, const struct queue_entry *entry)
{
    struct json_writer *w = &call->w;
    if (entry->ticket.len == 0) {
        json_put_null(w, "ticket");
        return;
    }
    json_put_text(w, "ticket", entry->ticket);
    json_put_i64(w, "number", entry->number);
    pages_put_instant(call, "since", entry->since_unix_ms);
    json_put_text(w, "at", entry->at == STATION_NONE ? STR_NONE : str_of(station_text(entry->at)));
    pages_put_instant(call, "atSince", entry->at_unix_ms);
    put_stations(w, "done", entry->done);
    put_stations(w, "left", entry->left);
    json_put_bool(w, "hold", entry->is_held);
    json_put_text(w, "urgency", str_of(urgency_text((enum urgency)entry->urgency)));
}

enum salve_code pages_put_queued(struct pages_call *call, struct salve_err *err)
{
    struct queue_entry entry;
    TRY(visit_mine(&call->visit, call->session->held.who, &entry, err));
    json_open(&call->w, "queue", '{');
    put_entry(call, &entry);
    json_close(&call->w);
    return SALVE_OK;
}

/* --- the board ---------------------------------------------------------------------------------------------------- */

enum salve_code pages_call_queue(struct pages_call *call, struct salve_err *err)
{
    struct visit_today today;
    struct json_writer *w = &call->w;
    TRY(visit_today(&call->visit, &today, err));
    json_open(w, "stations", '[');
    for (unsigned station = 0; station < STATION_COUNT; station++) {
        json_open(w, NULL, '{');
        json_put_text(w, "station", str_of(station_text(station)));
        json_put_i64(w, "waiting", today.stations[station].waiting);
        json_put_i64(w, "busy", today.stations[station].busy);
        json_close(w);
    }
    json_close(w);
    json_open(w, "tickets", '[');
    for (size_t i = 0; i < today.count; i++) {
        json_open(w, NULL, '{');
        put_entry(call, &today.tickets[i].is);
        json_put_text(w, "next", str_of(station_text(today.tickets[i].next)));
        json_close(w);
    }
    json_close(w);
    pages_put_instant(call, "now", site_now_unix_ms(call->visit.site));
    return SALVE_OK;
}

/* --- one person --------------------------------------------------------------------------------------------------- */

enum salve_code pages_call_check_in(struct pages_call *call, struct salve_err *err)
{
    struct queue_entry entry;
    TRY(visit_check_in(&call->visit, call->session->held.who, &entry, err));
    put_entry(call, &entry);
    return SALVE_OK;
}

enum salve_code pages_call_at_station(struct pages_call *call, struct salve_err *err)
{
    enum day_station station = STATION_NONE;
    enum day_event event = DAY_EVENTS;
    struct queue_entry entry;
    TRY(read_station(call->in.station, &station, err));
    if (!day_event_find(call->in.state, &event))
        return salve_refuse(err, SALVE_E_INVALID, "begin, done, back or again", "state");
    TRY(visit_at_station(&call->visit, call->session->held.who, station, event, &entry, err));
    put_entry(call, &entry);
    return SALVE_OK;
}

enum salve_code pages_call_settle(struct pages_call *call, struct salve_err *err)
{
    struct queue_entry entry;
    TRY(visit_settle(&call->visit, call->session->held.who, call->in.item, call->in.why, &entry, err));
    put_entry(call, &entry);
    return SALVE_OK;
}

enum salve_code pages_call_exit(struct pages_call *call, struct salve_err *err)
{
    struct visit_exit exit;
    struct json_writer *w = &call->w;
    TRY(visit_exit(&call->visit, call->session->held.who, &exit, err));
    json_open(w, "items", '[');
    for (size_t i = 0; i < exit.count; i++) {
        const struct visit_exit_item *item = &exit.items[i];
        json_open(w, NULL, '{');
        json_put_text(w, "item", item->item);
        json_put_text(w, "station", item->station == STATION_NONE ? STR_NONE : str_of(station_text(item->station)));
        json_put_text(w, "state", str_of(visit_exit_state_text(item->state)));
        json_close(w);
    }
    json_close(w);
    json_put_text(w, "letter", str_of(visit_exit_letter_text(exit.letter)));
    json_put_text(w, "nextDate", exit.next_check);
    pages_put_work(call, "work", &exit.work);
    json_open(w, "entry", '{');
    put_entry(call, &exit.entry);
    json_close(w);
    json_put_bool(w, "hold", exit.entry.is_held);
    return SALVE_OK;
}

/* Who has an alarm without an outcome is kept open by it, also where it was typed and not kept. */
enum salve_code pages_call_leave(struct pages_call *call, struct salve_err *err)
{
    struct queue_entry entry;
    bool is_finished = str_is(call->in.how, "finished");
    if (!is_finished && !str_is(call->in.how, "left"))
        return salve_refuse(err, SALVE_E_INVALID, "finished or left", "how");
    TRY(pages_may_leave(call, err));
    TRY(visit_leave(&call->visit, call->session->held.who, is_finished, &entry, err));
    put_entry(call, &entry);
    return SALVE_OK;
}
