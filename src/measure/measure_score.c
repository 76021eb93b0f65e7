/* SPDX-License-Identifier: Apache-2.0
 * Scores of groups and of composites. */
#include <stdlib.h>

#include "measure/measure_int.h"

static int compare(const void *a, const void *b)
{
    return expr_decimal_cmp(*(const struct expr_decimal *)a, *(const struct expr_decimal *)b);
}

static bool aggregate(const struct measure_values *v, enum measure_aggregate how, struct expr_decimal *out)
{
    if (how == AGGREGATE_NONE) return false;
    struct expr_decimal sum = expr_decimal_of_int(0), count = expr_decimal_of_int((int64_t)v->count);
    for (size_t i = 0; i < v->count; i++)
        if (!expr_decimal_add(sum, v->items[i], &sum)) return false;
    *out = how == AGGREGATE_COUNT ? count : sum;
    if (how == AGGREGATE_SUM || how == AGGREGATE_COUNT) return true;
    if (v->count == 0) return false;
    if (how == AGGREGATE_AVERAGE) return expr_decimal_div(sum, count, out);
    qsort(v->items, v->count, sizeof *v->items, compare); /* their order means nothing */
    *out = how == AGGREGATE_MIN ? v->items[0] : how == AGGREGATE_MAX ? v->items[v->count - 1] : v->items[v->count / 2];
    if (how != AGGREGATE_MEDIAN || v->count % 2 == 1) return true;
    return expr_decimal_add(v->items[v->count / 2 - 1], v->items[v->count / 2], &sum) &&
           expr_decimal_div(sum, expr_decimal_of_int(2), out);
}

bool measure_score(const struct measure_group *g, const struct measure_counts *c, struct expr_decimal *out)
{
    struct expr_decimal numerator = expr_decimal_of_int((int64_t)c->numerator);
    struct expr_decimal denominator = expr_decimal_of_int((int64_t)c->denominator);
    const struct measure_observation *o = g->observed;
    if (g->has_no_score) return false;
    switch (g->scoring) {
    case SCORING_COHORT:
    case SCORING_COMPOSITE:
        return false;
    case SCORING_CONTINUOUS:
        return aggregate(&c->observed[OBSERVED_POPULATION], o[OBSERVED_POPULATION].aggregate, out);
    case SCORING_RATIO:
        if (o[OBSERVED_NUMERATOR].is_there &&
            !aggregate(&c->observed[OBSERVED_NUMERATOR], o[OBSERVED_NUMERATOR].aggregate, &numerator))
            return false;
        if (o[OBSERVED_DENOMINATOR].is_there &&
            !aggregate(&c->observed[OBSERVED_DENOMINATOR], o[OBSERVED_DENOMINATOR].aggregate, &denominator))
            return false;
        break;
    case SCORING_PROPORTION:
        break;
    }
    return expr_decimal_div(numerator, denominator, out);
}

const struct measure_counts *measure_component_counts(const struct measure_set *set, const struct measure_tally *tally,
                                                      const struct measure_component *c,
                                                      const struct measure_group **group)
{
    const struct measure_one *m = &set->measures[c->measure];
    size_t at = 0;
    while (c->group.len > 0 && at < m->group_count && !str_eq(m->groups[at].id, c->group)) at++;
    salve_assert(at < m->group_count); /* measure_open has looked */
    if (group != NULL) *group = &m->groups[at];
    return &tally->groups[c->measure][at].counts;
}

bool measure_composite_score(const struct measure_set *set, const struct measure_group *group,
                             const struct measure_tally *tally, const struct measure_counts *own,
                             struct expr_decimal *out)
{
    struct expr_decimal sum = expr_decimal_of_int(0), weights = expr_decimal_of_int(0);
    if (group->composite == COMPOSITE_ALL_OR_NOTHING || group->composite == COMPOSITE_OPPORTUNITY)
        return expr_decimal_div(expr_decimal_of_int((int64_t)own->numerator),
                                expr_decimal_of_int((int64_t)own->denominator), out);
    for (uint32_t i = 0; i < group->component_count; i++) {
        const struct measure_group *g;
        const struct measure_counts *c = measure_component_counts(set, tally, &group->components[i], &g);
        struct expr_decimal score, weight = group->components[i].weight;
        if (group->composite == COMPOSITE_LINEAR) weight = expr_decimal_of_int(1);
        if (!measure_score(g, c, &score)) continue;
        if (!expr_decimal_mul(score, weight, &score) || !expr_decimal_add(sum, score, &sum) ||
            !expr_decimal_add(weights, weight, &weights))
            return false;
    }
    return expr_decimal_div(sum, weights, out);
}
