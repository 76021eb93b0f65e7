/* SPDX-License-Identifier: Apache-2.0
 * Pictures of a result: words under a number line never touch; the last visit stands beside this one. */
#include "letter_case.h"

#include <math.h>

/* --- words under a number line ------------------------------------------------------------------------------------ */

static void check_labels(const struct letter_label *labels, size_t count, double left, double right)
{
    for (size_t i = 0; i < count; i++) {
        assert_true(labels[i].left >= left - 0.1 && labels[i].left + labels[i].width <= right + 0.1);
        for (size_t k = i + 1; k < count; k++)
            if (labels[i].row == labels[k].row) assert_true(labels[i].left + labels[i].width < labels[k].left);
    }
}

static void words_never_touch(void **state)
{
    (void)state;
    /* ends of bands as shares of 100, widths of words */
    static const struct {
        double ends[7], widths[7];
        size_t count;
        int rows;
    } cases[] = {{{50, 100}, {20, 20}, 2, 1},
                 {{10, 14, 18, 40, 50, 58, 100}, {26, 10, 22, 16, 24, 11, 26}, 7, 0},
                 {{1, 2, 3, 4, 5, 6, 100}, {20, 20, 20, 20, 20, 20, 20}, 7, 0},
                 {{94, 95, 96, 97, 98, 99, 100}, {20, 20, 20, 20, 20, 20, 20}, 7, 0},
                 {{30, 60, 100}, {30, 30, 40}, 3, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct letter_label labels[7];
        double from = 0;
        for (size_t b = 0; b < cases[i].count; b++) {
            double to = cases[i].ends[b];
            labels[b] = (struct letter_label){cases[i].widths[b], (from + to) / 2, from, to, 0, 0};
            from = to;
        }
        int rows = letter_labels_place(labels, cases[i].count, 0, 100);
        if (cases[i].rows > 0) assert_int_equal(rows, cases[i].rows);
        assert_in_range(rows, 1, 4);
        check_labels(labels, cases[i].count, 0, 100);
    }
}

static void with_room_a_word_stands_in_the_middle_of_its_band(void **state)
{
    (void)state;
    struct letter_label labels[] = {{10, 25, 0, 50, 0, 0}, {10, 75, 50, 100, 0, 0}};
    assert_int_equal(letter_labels_place(labels, 2, 0, 100), 1);
    assert_true(fabs(labels[0].left - 20) < 0.01 && fabs(labels[1].left - 70) < 0.01);
}

/* All bands have their word on the page, and none is smaller than 11 pixels on a telephone of 390. */
static void every_band_is_named_and_can_be_read(void **state)
{
    (void)state;
    static const char *const languages[] = {"en", "ar"};
    for (size_t l = 0; l < 2; l++) {
        struct finding finding = pressure("hypertension", "confirm-out-of-office", URGENCY_ROUTINE, "");
        struct letter_ask ask = {.findings = &finding, .finding_count = 1};
        struct letter *letter = compose(&ask, languages[l]);
        struct str html = html_of(letter);
        for (size_t s = 0; s < 2; s++)
            for (size_t b = 0; b < letter->lines[0].scales[s].band_count; b++)
                assert_true(says(
                    html, arena_printf(mem, ">%.*s</text>", STR_ARGS(letter->lines[0].scales[s].bands[b].word)).ptr));
        assert_int_equal(times_in(html, STR("viewBox=\"0 0 340 ")), 2);
        for (struct str rest = html; says(rest, "font-size=\"");) {
            rest = str_cut(rest, (size_t)str_find(rest, STR("font-size=\"")) + 11, rest.len);
            double size = strtod(rest.ptr, NULL), telephone = (390 - 2 * 1.5 * 18) / 340;
            assert_true(size * telephone >= 11);
        }
    }
}

/* --- the last visit ----------------------------------------------------------------------------------------------- */

static const struct letter_earlier earlier[] = {
    {STR("blood-pressure"), STR("bp-category"), STR("152"), STR("96"), STR("mm[Hg]"), STR("2025-11-18")},
    {STR("blood-pressure"), STR("bp-category"), STR("140"), STR("90"), STR("mm[Hg]"), STR("2024-11-12")},
    {STR("blood-pressure"), STR("other"), STR("120"), STR("80"), STR("mm[Hg]"), STR("2023-11-12")},
    {STR("blood-pressure"), STR("bp-category"), STR("120"), STR("80"), STR("kPa"), STR("2023-11-12")},
};

static const struct letter_line *line_with(const struct letter_earlier *list, size_t count, const char *language)
{
    struct finding *finding = arena_new(mem, struct finding);
    *finding = pressure("hypertension", "confirm-out-of-office", URGENCY_ROUTINE, "");
    struct letter_ask ask = {.findings = finding, .finding_count = 1, .earlier = list, .earlier_count = count};
    return &compose(&ask, language)->lines[0];
}

static void the_last_visit_stands_beside_this_one(void **state)
{
    (void)state;
    assert_str(line_with(earlier, 4, "en")->before,
               "Last time, on 18 November 2025: 152 / 96 mmHg. \u2193 Now it is lower.");
    assert_str(line_with(earlier + 1, 3, "en")->before,
               "Last time, on 12 November 2024: 140 / 90 mmHg. \u2191 Now it is higher.");
    assert_true(says(line_with(earlier, 4, "ar")->before, LETTER_NUMBER_START "152 / 96" LETTER_ISOLATE_END));
}

/* Equal upper numbers: the lower ones decide. */
static void what_changed_decides_the_arrow(void **state)
{
    (void)state;
    static const char *const cases[][3] = {{"148", "94", "the same"}, {"148", "90", "higher"}, {"148", "98", "lower"}};
    for (size_t i = 0; i < 3; i++) {
        struct letter_earlier one = earlier[0];
        one.value = str_of(cases[i][0]);
        one.value2 = str_of(cases[i][1]);
        assert_true(says(line_with(&one, 1, "en")->before, cases[i][2]));
    }
}

static void only_the_same_item_in_the_same_unit_of_an_earlier_day_counts(void **state)
{
    (void)state;
    struct letter_earlier today = earlier[0];
    today.date = STR("2026-11-20");
    assert_int_equal(line_with(earlier + 2, 2, "en")->before.len, 0);
    assert_int_equal(line_with(&today, 1, "en")->before.len, 0);
    assert_int_equal(line_with(NULL, 0, "en")->before.len, 0);
}

/* 140, 152, 148: the oldest at the left, the highest on top. */
static void values_are_drawn_in_the_order_of_time(void **state)
{
    (void)state;
    const struct letter_line *line = line_with(earlier, 4, "en");
    assert_int_equal(line->point_count, 3);
    assert_true(line->points[0].x == 0 && line->points[0].y == 0);
    assert_true(line->points[1].y == 1 && line->points[1].x > 0.4 && line->points[1].x < 0.6);
    assert_true(line->points[2].x == 1 && fabs(line->points[2].y - 8.0 / 12) < 0.001);
}

static void both_renderings_show_it(void **state)
{
    (void)state;
    struct finding finding = pressure("hypertension", "confirm-out-of-office", URGENCY_ROUTINE, "");
    struct letter_ask ask = {.findings = &finding, .finding_count = 1};
    struct letter *without = compose(&ask, "en");
    ask.earlier = earlier;
    ask.earlier_count = 4;
    struct letter *with = compose(&ask, "en");
    assert_int_equal(times_in(html_of(with), STR("<polyline")), 1);
    assert_true(says(html_of(with), "Last time, on 18 November 2025"));
    assert_true(pdf_of(with).len > pdf_of(without).len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_never_touch),
        cmocka_unit_test(with_room_a_word_stands_in_the_middle_of_its_band),
        cmocka_unit_test(every_band_is_named_and_can_be_read),
        cmocka_unit_test(the_last_visit_stands_beside_this_one),
        cmocka_unit_test(what_changed_decides_the_arrow),
        cmocka_unit_test(only_the_same_item_in_the_same_unit_of_an_earlier_day_counts),
        cmocka_unit_test(values_are_drawn_in_the_order_of_time),
        cmocka_unit_test(both_renderings_show_it),
    };
    return letter_run(tests);
}
