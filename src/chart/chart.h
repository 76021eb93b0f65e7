/* SPDX-License-Identifier: Apache-2.0
 *
 * chart - where things stand in the three pictures of Salve: the number line, the trend, the interval bar. Pure
 * geometry, reckoned once: letters draw it on paper, pages give it to the app, and neither reckons it anew.
 *
 *     struct chart_line line = {.from = 70, .to = 200, .at = 147, .limits = limits, .limit_count = 4, .here = 3};
 *     chart_pieces(&line, pieces);                    // the bands, end to end
 *     chart_mark(&line);                              // where 147 stands
 *     chart_ticks(&line, 0.11, ticks);                // the numbers under it that have room
 *
 * All places are shares of the length or height: 0 is where the numbers begin, 1 where they end; who draws multiplies.
 * Values of a picture run from low to high, and times from old to new. Numbers that are no numbers (NAN) stand at 0. */
#ifndef SALVE_CHART_CHART_H
#define SALVE_CHART_CHART_H

#include <stdbool.h>
#include <stddef.h>

/* --- the number line ---------------------------------------------------------------------------------------------- */

/* Bands follow each other upwards, each up to its limit; the last one ends with the line, whatever its limit. */
struct chart_line {
    double from, to; /* what the line shows */
    double at;       /* the number */
    const double *limits;
    size_t limit_count; /* bands: at least one */
    size_t here;        /* the band that holds the number */
};

/* A band that has a place on the line. One without any is left out, but for the one that holds the number. */
struct chart_piece {
    size_t band;
    double start, size;
    bool is_here;
};

/* chart_pieces - those of the line into `out`, which has room for limit_count; how many. */
size_t chart_pieces(const struct chart_line *line, struct chart_piece *out);

/* chart_share - where a value stands between from and to, never beyond them. */
double chart_share(double from, double to, double value);

enum chart_beyond { CHART_WITHIN, CHART_BELOW, CHART_ABOVE };
struct chart_mark {
    double at;
    enum chart_beyond beyond; /* the number is not on the line: it is drawn at that end */
};
struct chart_mark chart_mark(const struct chart_line *line);

/* Numbers under the line: both ends, and limits that stand at least `apart` from each other and from the ends; into
 * `out`, which has room for limit_count + 1. How many. */
struct chart_tick {
    double at, number;
};
size_t chart_ticks(const struct chart_line *line, double apart, struct chart_tick *out);

/* --- the trend ---------------------------------------------------------------------------------------------------- */

struct chart_value {
    double day;   /* since any day; the oldest first */
    double value; /* of that day */
};
struct chart_point {
    double x, y;
};

/* chart_points - the values as shares of the time and of the range; a range of nothing lies in the middle. */
void chart_points(const struct chart_value *values, size_t count, struct chart_point *out);

/* The same before the bands of a number line, from low to high: what the height shows, and the bands that are in it.
 * The picture shows the values, the ends of the band of the newest one as far as they are near, and a little air. */
struct chart_trend {
    double from, to;
    size_t piece_count;
};

/* chart_trend - points: one for each value; pieces: room for the bands of the line. `line` may be NULL. */
struct chart_trend chart_trend(const struct chart_value *values, size_t count, const struct chart_line *line,
                               struct chart_point *points, struct chart_piece *pieces);

/* --- the interval bar --------------------------------------------------------------------------------------------- */

/* A number with its uncertainty, or its spread, on a scale of 0 to the highest of several: low <= at <= high. */
struct chart_interval {
    double low, at, high;
};
struct chart_interval chart_interval(double low, double at, double high, double most);

#endif
