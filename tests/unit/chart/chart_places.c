/* SPDX-License-Identifier: Apache-2.0
 * Where things stand in the pictures: number line, trend, interval bar. */
#include "chart/chart.h"

#include <math.h>

#include "t.h"

static bool near(double a, double b) { return fabs(a - b) < 1e-9; }

static const double pressures[] = {90, 120, 140, 0}; /* the last band ends with the line, whatever stands here */

static struct chart_line line_at(double at, size_t here)
{
    return (struct chart_line){.from = 70, .to = 200, .at = at, .limits = pressures, .limit_count = 4, .here = here};
}

/* --- the number line ---------------------------------------------------------------------------------------------- */

static void bands_lie_end_to_end_over_the_whole_line(void **state)
{
    (void)state;
    struct chart_piece pieces[4];
    struct chart_line line = line_at(147, 3);
    double end = 0;
    assert_int_equal(chart_pieces(&line, pieces), 4);
    for (size_t i = 0; i < 4; i++) {
        assert_true(near(pieces[i].start, end));
        assert_int_equal(pieces[i].band, i);
        assert_int_equal(pieces[i].is_here, i == 3);
        end += pieces[i].size;
    }
    assert_true(near(end, 1));
    assert_true(near(pieces[1].start, 20.0 / 130));
    struct chart_mark mark = chart_mark(&line);
    assert_true(mark.at >= pieces[3].start && mark.at <= 1);
    assert_int_equal(mark.beyond, CHART_WITHIN);
}

static void beyond_the_line_the_number_stands_at_its_end(void **state)
{
    (void)state;
    struct chart_line high = line_at(230, 3), low = line_at(20, 0), none = line_at(NAN, 0);
    assert_true(chart_mark(&high).at == 1);
    assert_int_equal(chart_mark(&high).beyond, CHART_ABOVE);
    assert_true(chart_mark(&low).at == 0);
    assert_int_equal(chart_mark(&low).beyond, CHART_BELOW);
    assert_true(chart_mark(&none).at == 0);
}

/* A band outside the line has no place; the one that holds the number is named all the same. */
static void a_band_without_a_place_is_left_out_unless_the_number_is_in_it(void **state)
{
    (void)state;
    static const double limits[] = {50, 60, 120, 0};
    struct chart_line line = {.from = 70, .to = 200, .at = 55, .limits = limits, .limit_count = 4, .here = 1};
    struct chart_piece pieces[4];
    assert_int_equal(chart_pieces(&line, pieces), 3);
    assert_int_equal(pieces[0].band, 1);
    assert_true(pieces[0].is_here && pieces[0].size == 0);
    assert_int_equal(pieces[1].band, 2);
    line.here = 2;
    assert_int_equal(chart_pieces(&line, pieces), 2);
}

static void numbers_under_the_line_stand_apart(void **state)
{
    (void)state;
    static const double close[] = {72, 73, 74, 0}, all[] = {70, 90, 120, 140, 200};
    struct chart_tick ticks[5];
    struct chart_line line = line_at(147, 3);
    assert_int_equal(chart_ticks(&line, 0.11, ticks), 5);
    for (size_t i = 0; i < 5; i++) assert_true(ticks[i].number == all[i]);
    line.limits = close;
    assert_int_equal(chart_ticks(&line, 0.11, ticks), 2);
    assert_true(ticks[0].number == 70 && ticks[1].number == 200 && ticks[1].at == 1);
}

/* --- the trend ---------------------------------------------------------------------------------------------------- */

static void values_are_shares_of_the_time_and_of_the_range(void **state)
{
    (void)state;
    static const struct chart_value values[] = {{0, 140}, {370, 152}, {740, 148}}, one[] = {{5, 7}};
    struct chart_point points[3];
    chart_points(values, 3, points);
    assert_true(points[0].x == 0 && points[0].y == 0);
    assert_true(near(points[1].x, 0.5) && points[1].y == 1);
    assert_true(points[2].x == 1 && near(points[2].y, 8.0 / 12));
    chart_points(one, 1, points);
    assert_true(points[0].x == 0 && points[0].y == 0.5);
}

static void the_bands_lie_behind_the_values(void **state)
{
    (void)state;
    static const struct chart_value values[] = {{0, 118}, {365, 131}, {730, 147}};
    struct chart_point points[3];
    struct chart_piece pieces[4];
    struct chart_line line = line_at(147, 3);
    struct chart_trend trend = chart_trend(values, 3, &line, points, pieces);
    double end = 0;
    assert_true(trend.from < 118 && trend.to > 147);
    assert_int_equal(trend.piece_count, 3); /* what is low is not near */
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(pieces[i].band, i + 1);
        assert_true(near(pieces[i].start, end));
        end += pieces[i].size;
        assert_true(points[i].y > pieces[i].start && points[i].y < end); /* each value lies in its own band */
    }
    assert_true(near(end, 1) && pieces[2].is_here);
}

/* One more or less is no cliff. */
static void a_small_change_does_not_look_like_a_large_one(void **state)
{
    (void)state;
    static const struct chart_value values[] = {{0, 118}, {365, 119}};
    struct chart_point points[2];
    struct chart_piece pieces[4];
    struct chart_line line = line_at(119, 1);
    struct chart_trend trend = chart_trend(values, 2, &line, points, pieces);
    assert_true(points[1].y > points[0].y && points[1].y - points[0].y < 0.2);
    assert_true(trend.to > 120); /* the limit is near, and in the picture */
}

static void a_limit_that_is_far_is_not_in_the_picture(void **state)
{
    (void)state;
    static const double limits[] = {10, 500, 0};
    static const struct chart_value values[] = {{0, 30}, {365, 31}};
    struct chart_point points[2];
    struct chart_piece pieces[3];
    struct chart_line line = {.from = 0, .to = 600, .at = 31, .limits = limits, .limit_count = 3, .here = 1};
    struct chart_trend trend = chart_trend(values, 2, &line, points, pieces);
    assert_true(trend.from > 10 && trend.to < 100);
    assert_int_equal(trend.piece_count, 1);
    assert_true(pieces[0].band == 1 && pieces[0].start == 0 && pieces[0].size == 1);
    trend = chart_trend(values, 2, NULL, points, NULL);
    assert_int_equal(trend.piece_count, 0);
    for (size_t i = 0; i < 2; i++) assert_true(points[i].y >= 0 && points[i].y <= 1);
}

/* --- the interval bar --------------------------------------------------------------------------------------------- */

static void an_interval_runs_from_low_to_high(void **state)
{
    (void)state;
    struct chart_interval bar = chart_interval(380, 420, 460, 1000);
    assert_true(near(bar.low, 0.38) && near(bar.at, 0.42) && near(bar.high, 0.46));
    bar = chart_interval(-5, 2, 2000, 1000);
    assert_true(bar.low == 0 && bar.high == 1);
    bar = chart_interval(0, 0, 0, 0);
    assert_true(bar.low == 0 && bar.at == 0 && bar.high == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bands_lie_end_to_end_over_the_whole_line),
        cmocka_unit_test(beyond_the_line_the_number_stands_at_its_end),
        cmocka_unit_test(a_band_without_a_place_is_left_out_unless_the_number_is_in_it),
        cmocka_unit_test(numbers_under_the_line_stand_apart),
        cmocka_unit_test(values_are_shares_of_the_time_and_of_the_range),
        cmocka_unit_test(the_bands_lie_behind_the_values),
        cmocka_unit_test(a_small_change_does_not_look_like_a_large_one),
        cmocka_unit_test(a_limit_that_is_far_is_not_in_the_picture),
        cmocka_unit_test(an_interval_runs_from_low_to_high),
    };
    return t_run(tests);
}
