/* SPDX-License-Identifier: Apache-2.0
 * Dates: what an element covers in time, and whether that is what was asked for. A limit that is missing lies before or
 * behind everything (R4 search.html 3.1.1.4.7). */
#include "search/search_int.h"

static bool text_span(const struct search_world *world, struct search_node node, tape_at at, struct search_range *out)
{
    return at != TAPE_NONE && search_read_time(tape_text(search_tape(node), at), world->zone, out);
}

static bool period_span(const struct search_world *world, struct search_node node, tape_at at, struct search_range *out)
{
    const struct tape *tape = search_tape(node);
    struct search_range start = {-SEARCH_FAR, 0}, end = {0, SEARCH_FAR};
    bool has_start = text_span(world, node, tape_child(tape, at, FHIR_N_start), &start);
    bool has_end = text_span(world, node, tape_child(tape, at, FHIR_N_end), &end);
    *out = (struct search_range){start.low, end.high};
    return has_start || has_end;
}

static void widen(struct search_range *sum, struct search_range more)
{
    if (more.low < sum->low) sum->low = more.low;
    if (more.high > sum->high) sum->high = more.high;
}

/* A schedule counts from its first to its last moment, whatever happens between them. */
static bool timing_span(const struct search_world *world, struct search_node node, struct search_range *out)
{
    const struct tape *tape = search_tape(node);
    struct search_range sum = {SEARCH_FAR, -SEARCH_FAR}, more;
    for (tape_at c = tape_first(tape, node.at); c != TAPE_NONE; c = tape_next(tape, node.at, c))
        if (tape_path_name(tape, c) == FHIR_N_event && text_span(world, node, c, &more)) widen(&sum, more);
    tape_at repeat = tape_child(tape, node.at, FHIR_N_repeat);
    tape_at bounds = repeat == TAPE_NONE ? TAPE_NONE : tape_child(tape, repeat, FHIR_N_bounds);
    if (bounds != TAPE_NONE && tape_type(tape, bounds) == FHIR_T_Period && period_span(world, node, bounds, &more))
        widen(&sum, more);
    *out = sum;
    return sum.low < sum.high;
}

bool search_span(const struct search_world *world, struct search_node node, struct search_range *out)
{
    const struct tape *tape = search_tape(node);
    switch (tape_type(tape, node.at)) {
    case FHIR_T_date:
    case FHIR_T_dateTime:
    case FHIR_T_instant:
        return text_span(world, node, node.at, out);
    case FHIR_T_Period:
        return period_span(world, node, node.at, out);
    case FHIR_T_Timing:
        return timing_span(world, node, out);
    default:
        return false; /* an age, or words */
    }
}

/* A tenth of the time between then and now, to both sides. */
static struct search_range near_of(struct search_range value, int64_t now_unix_ms)
{
    expr_i128 gap = now_unix_ms < value.low ? value.low - now_unix_ms : now_unix_ms - value.low;
    return (struct search_range){value.low - gap / 10, value.high == SEARCH_FAR ? value.high : value.high + gap / 10};
}

bool search_period(struct str text, const struct zone *zone, int64_t *low_unix_ms, int64_t *high_unix_ms)
{
    struct search_range range;
    if (!search_read_time(text, zone, &range)) return false;
    *low_unix_ms = (int64_t)range.low;
    *high_unix_ms = range.high > INT64_MAX ? INT64_MAX : (int64_t)range.high;
    return true;
}

bool search_match_date(struct search_look *look, struct search_node node)
{
    const struct search_world *world = look->search->world;
    const struct search_value *value = look->value;
    struct search_range target;
    if (!search_span(world, node, &target)) return false;
    return search_within((enum search_prefix)value->prefix, value->time, target,
                         near_of(value->time, world->now_unix_ms));
}
