/* SPDX-License-Identifier: Apache-2.0
 * Geometry of number lines, trends and interval bars. */
#include "chart/chart.h"

#include <math.h>

#include "base/assert.h"

double chart_share(double from, double to, double value)
{
    if (!(to > from) || isnan(value)) return 0;
    return fmin(1, fmax(0, (value - from) / (to - from)));
}

/* --- the number line ---------------------------------------------------------------------------------------------- */

static double end_of(const struct chart_line *line, size_t band)
{
    return band + 1 == line->limit_count ? 1 : chart_share(line->from, line->to, line->limits[band]);
}

size_t chart_pieces(const struct chart_line *line, struct chart_piece *out)
{
    size_t count = 0;
    double start = 0;
    salve_assert(line->limit_count > 0);
    for (size_t i = 0; i < line->limit_count; i++) {
        double size = fmax(0, end_of(line, i) - start);
        bool is_here = i == line->here;
        if (size > 0 || is_here) out[count++] = (struct chart_piece){i, start, size, is_here};
        start += size;
    }
    return count;
}

struct chart_mark chart_mark(const struct chart_line *line)
{
    struct chart_mark mark = {.at = chart_share(line->from, line->to, line->at)};
    if (line->at < line->from) mark.beyond = CHART_BELOW;
    if (line->at > line->to) mark.beyond = CHART_ABOVE;
    return mark;
}

size_t chart_ticks(const struct chart_line *line, double apart, struct chart_tick *out)
{
    size_t count = 0;
    out[count++] = (struct chart_tick){0, line->from};
    for (size_t i = 0; i + 1 < line->limit_count; i++) {
        double at = chart_share(line->from, line->to, line->limits[i]);
        bool has_room = at - out[count - 1].at >= apart && 1 - at >= apart;
        if (has_room) out[count++] = (struct chart_tick){at, line->limits[i]};
    }
    out[count++] = (struct chart_tick){1, line->to};
    return count;
}

/* --- the trend ---------------------------------------------------------------------------------------------------- */

static void range_of(const struct chart_value *values, size_t count, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i < count; i++) *low = fmin(*low, values[i].value), *high = fmax(*high, values[i].value);
}

static void place(const struct chart_value *values, size_t count, double low, double high, struct chart_point *out)
{
    for (size_t i = 0; i < count; i++) {
        double time = values[count - 1].day - values[0].day;
        out[i].x = time > 0 ? (values[i].day - values[0].day) / time : 0;
        out[i].y = high > low ? (values[i].value - low) / (high - low) : 0.5;
    }
}

void chart_points(const struct chart_value *values, size_t count, struct chart_point *out)
{
    double low, high;
    range_of(values, count, &low, &high);
    place(values, count, low, high, out);
}

static double size_of(double low, double high) { return fmax(fabs(low), fabs(high)); }

/* An end of the band is in the picture where it is no farther from the values than they lie apart, or than a fifth of
 * their size: a far limit would make every change look like none. */
static double reach_of(double low, double high) { return fmax(high - low, size_of(low, high) / 5); }

/* The height shows at least a tenth of their size, so that a small change does not look like a large one. */
static double air_of(double low, double high)
{
    double least = size_of(low, high) / 10, span = high - low;
    double air = fmax(span / 10, (least - span) / 2);
    return air > 0 ? air : 1;
}

/* The limits of the band of the newest value; what is open has none. */
static void reach_limits(const struct chart_line *line, double *from, double *to)
{
    double reach = reach_of(*from, *to), least = *from - reach, most = *to + reach;
    for (size_t side = 0; side < 2; side++) {
        size_t band = line->here - 1 + side;
        if (band >= line->limit_count - 1) continue; /* below the first, or above the last */
        double limit = line->limits[band];
        if (limit >= least && limit <= most) *from = fmin(*from, limit), *to = fmax(*to, limit);
    }
}

struct chart_trend chart_trend(const struct chart_value *values, size_t count, const struct chart_line *line,
                               struct chart_point *points, struct chart_piece *pieces)
{
    struct chart_trend trend = {0};
    double from, to;
    if (count == 0) return trend;
    range_of(values, count, &from, &to);
    if (line != NULL) reach_limits(line, &from, &to);
    double air = air_of(from, to);
    trend.from = from - air;
    trend.to = to + air;
    place(values, count, trend.from, trend.to, points);
    if (line == NULL) return trend;
    struct chart_line shown = *line;
    shown.from = trend.from;
    shown.to = trend.to;
    trend.piece_count = chart_pieces(&shown, pieces);
    return trend;
}

/* --- the interval bar --------------------------------------------------------------------------------------------- */

struct chart_interval chart_interval(double low, double at, double high, double most)
{
    return (struct chart_interval){chart_share(0, most, low), chart_share(0, most, at), chart_share(0, most, high)};
}
