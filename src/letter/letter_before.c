/* SPDX-License-Identifier: Apache-2.0
 * The last visit beside this one: value, date and whether it is higher or lower now; and a picture of all of them. */
#include <math.h>

#include "letter/letter_int.h"

enum { POINTS_MAX = 8 };

static bool is_same(const struct letter_earlier *earlier, const struct finding *finding)
{
    return str_eq(earlier->guideline, finding->guideline) && str_eq(earlier->item, finding->item) &&
           str_eq(earlier->unit, finding->unit) && letter_is_number(earlier->value);
}

static double number_of(struct str text)
{
    double value;
    return str_to_double(text, &value) ? value : NAN;
}

/* An arrow where the first number, or else the second, became another one. */
static const char *change(const struct letter_earlier *earlier, const struct finding *finding)
{
    double before = number_of(earlier->value), now = number_of(finding->value);
    if (before == now && earlier->value2.len > 0 && finding->value2.len > 0)
        before = number_of(earlier->value2), now = number_of(finding->value2);
    if (!(before < now || before > now)) return "before.same";
    return now > before ? "before.higher" : "before.lower";
}

static struct str words_of(const struct composer *c, const struct letter_item *item,
                           const struct letter_earlier *earlier)
{
    struct finding as = *item->finding;
    struct letter_item before = *item;
    as.value = earlier->value;
    as.value2 = earlier->value2;
    before.finding = &as;
    struct str text =
        letter_fill(letter_word(c, change(earlier, item->finding)), c->mem, "value", letter_value_words(c, &before));
    return letter_fill(text, c->mem, "date", letter_date(c, earlier->date));
}

static void add_points(const struct composer *c, const struct letter_item *item, struct letter_line *line)
{
    struct chart_value values[POINTS_MAX + 1];
    struct chart_point *points = arena_array(c->mem, struct chart_point, POINTS_MAX + 1);
    size_t at = POINTS_MAX;
    int64_t day;
    if (points == NULL || !letter_day(c->ask->date, &day)) return;
    values[at] = (struct chart_value){(double)day, number_of(item->finding->value)};
    for (size_t i = 0; i < c->ask->earlier_count && at > 0; i++) {
        const struct letter_earlier *earlier = &c->ask->earlier[i];
        if (!is_same(earlier, item->finding) || !letter_day(earlier->date, &day)) continue;
        if ((double)day >= values[at].day || isnan(number_of(earlier->value))) continue;
        values[--at] = (struct chart_value){(double)day, number_of(earlier->value)};
    }
    if (at == POINTS_MAX || isnan(values[POINTS_MAX].value)) return;
    line->points = points;
    line->point_count = POINTS_MAX + 1 - at;
    chart_points(values + at, line->point_count, points);
}

void letter_add_before(const struct composer *c, const struct letter_item *item, struct letter_line *line)
{
    if (!letter_is_number(item->finding->value)) return;
    for (size_t i = 0; i < c->ask->earlier_count && line->before.len == 0; i++)
        if (is_same(&c->ask->earlier[i], item->finding) && str_cmp(c->ask->earlier[i].date, c->ask->date) < 0)
            line->before = words_of(c, item, &c->ask->earlier[i]);
    if (line->before.len > 0) add_points(c, item, line);
}
