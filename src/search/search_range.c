/* SPDX-License-Identifier: Apache-2.0
 * Numbers and times as places on a line, and what the prefixes say about two of them (R4 search.html 3.1.1.4.5 to
 * 3.1.1.4.7). A text stands for a range: 5.4 for 5.35 up to 5.45, 2026-11 for a month. */
#include "search/search_int.h"

enum search_prefix search_take_prefix(struct str *text)
{
    static const char *const names[] = {
#define SEARCH_PREFIX(name, word) word,
#include "search/search_prefixes.def"
#undef SEARCH_PREFIX
    };
    for (size_t i = 0; i < SEARCH_PREFIXES; i++) {
        if (!str_starts(*text, str_of(names[i]))) continue;
        *text = str_cut(*text, 2, SIZE_MAX);
        return (enum search_prefix)i;
    }
    return SEARCH_EQ;
}

static bool holds(struct search_range outer, struct search_range inner)
{
    return outer.low <= inner.low && inner.high <= outer.high;
}

static bool overlaps(struct search_range a, struct search_range b) { return a.low < b.high && b.low < a.high; }

/* Ranges without their high end. `near`: what counts as nearly the same. */
bool search_within(enum search_prefix prefix, struct search_range value, struct search_range target,
                   struct search_range near)
{
    switch (prefix) {
    case SEARCH_NE:
        return !holds(value, target);
    case SEARCH_GT:
        return target.high > value.high;
    case SEARCH_LT:
        return target.low < value.low;
    case SEARCH_GE:
        return target.high > value.low;
    case SEARCH_LE:
        return target.low < value.high;
    case SEARCH_SA:
        return target.low >= value.high;
    case SEARCH_EB:
        return target.high <= value.low;
    case SEARCH_AP:
        return overlaps(near, target);
    case SEARCH_EQ:
    case SEARCH_PREFIXES:
        break;
    }
    return holds(value, target);
}

/* --- numbers ------------------------------------------------------------------------------------------------------ */

/* Half of what the last digit counts, in 1e-8 units: 0.5 for "100", 0.005 for "100.00", 50 for "1e2". */
static expr_i128 half_step(struct str text)
{
    int64_t power = 0;
    size_t end = 0, point = SIZE_MAX;
    while (end < text.len && text.ptr[end] != 'e' && text.ptr[end] != 'E') {
        if (text.ptr[end] == '.') point = end;
        end++;
    }
    if (end < text.len && !str_to_i64(str_cut(text, end + (text.ptr[end + 1] == '+' ? 2 : 1), SIZE_MAX), &power))
        return 0;
    if (point != SIZE_MAX) power -= (int64_t)(end - point - 1);
    expr_i128 half = 5;
    for (int64_t i = power + EXPR_DECIMAL_DIGITS - 1; i > 0; i--) half *= 10;
    return power < 1 - EXPR_DECIMAL_DIGITS ? 0 : half;
}

bool search_read_number(struct str text, struct search_number *out)
{
    enum { TEXT_BYTES_MAX = 40, POWER_MAX = 20 };
    struct expr_decimal number;
    int64_t power = 0;
    const char *e = text.len == 0 ? NULL : memchr(text.ptr, 'e', text.len);
    if (e == NULL && text.len > 0) e = memchr(text.ptr, 'E', text.len);
    if (text.len > TEXT_BYTES_MAX || !expr_decimal_parse(text, &number)) return false;
    if (e != NULL) {
        size_t from = (size_t)(e - text.ptr) + 1;
        if (from < text.len && text.ptr[from] == '+') from++;
        if (!str_to_i64(str_cut(text, from, SIZE_MAX), &power) || power > POWER_MAX || power < -POWER_MAX) return false;
    }
    out->exact = expr_decimal_units(number);
    expr_i128 half = half_step(text);
    out->range = (struct search_range){out->exact - half, out->exact + (half == 0 ? 1 : half)};
    return true;
}

/* --- time --------------------------------------------------------------------------------------------------------- */

/* The moment at which a clock there shows that time; within an hour that clocks skip or repeat, the earlier offset. */
static int64_t moment_of(struct civil at, const struct zone *zone)
{
    int64_t local = civil_to_unix_ms(at);
    int64_t moment = local;
    for (int i = 0; i < 2; i++) moment = local - zone_day(zone, moment).offset_minutes * INT64_C(60000);
    return moment;
}

static struct civil civil_of(const struct expr_temporal *t)
{
    return (struct civil){.year = t->year,
                          .month = t->month,
                          .day = t->day,
                          .hour = t->hour,
                          .minute = t->minute,
                          .second = t->second,
                          .ms = t->millisecond};
}

static int64_t unix_of(const struct expr_temporal *t, const struct zone *zone)
{
    if (t->precision >= EXPR_HOUR && t->offset_minutes != EXPR_NO_OFFSET)
        return civil_to_unix_ms(civil_of(t)) - t->offset_minutes * INT64_C(60000);
    return moment_of(civil_of(t), zone);
}

/* The first moment behind it. */
static bool end_of(struct expr_temporal t, const struct zone *zone, int64_t *out)
{
    static const int64_t ms[] = {
        [EXPR_HOUR] = 3600000, [EXPR_MINUTE] = 60000, [EXPR_SECOND] = 1000, [EXPR_MILLISECOND] = 1};
    if (t.precision >= EXPR_HOUR) {
        *out = unix_of(&t, zone) + ms[t.precision];
        return true;
    }
    struct expr_temporal next;
    if (!expr_temporal_add(t, 1, (enum expr_precision)t.precision, &next)) return false; /* the year 9999 */
    *out = unix_of(&next, zone);
    return true;
}

bool search_read_time(struct str text, const struct zone *zone, struct search_range *out)
{
    struct expr_temporal t;
    int64_t end;
    char bytes[EXPR_TEMPORAL_TEXT_BYTES];
    size_t sign = text.len > strlen("T+00:00") ? text.len - strlen("+00:00") : 0;
    if (sign > 0 && text.len < sizeof bytes && text.ptr[sign] == ' ') { /* a plus that was sent as it is */
        memcpy(bytes, text.ptr, text.len);
        bytes[sign] = '+';
        text = str_make(bytes, text.len);
    }
    if (text.len < 4 || text.ptr[0] == '@' || !expr_temporal_parse_as(text, EXPR_DATETIME, &t)) return false;
    if (zone == NULL) zone = zone_utc();
    *out = (struct search_range){unix_of(&t, zone), SEARCH_FAR};
    if (end_of(t, zone, &end)) out->high = end;
    return true;
}
