/* SPDX-License-Identifier: Apache-2.0
 * One person: who or what is in each population, what was observed of it, in which strata; and adding people up. */
#include "base/limits.h"
#include "machine/run.h"
#include "measure/measure_int.h"

struct members {
    const struct expr_value *items;
    uint32_t count;
};
struct person_run {
    struct elm_run *run;
    const struct measure_group *group;
    struct members in[MEASURE_POPULATION_KINDS];
    struct members left[OBSERVED_KINDS]; /* after exclusions and exceptions */
    struct arena *mem;
};

static bool is_same(struct elm_run *run, struct expr_value a, struct expr_value b)
{
    if (a.kind == VALUE_NODE && b.kind == VALUE_NODE) return a.as.tape == b.as.tape && a.aux == b.aux;
    return elm_same(run, a, b);
}
static bool has(struct elm_run *run, struct members in, struct expr_value item)
{
    for (uint32_t i = 0; i < in.count; i++)
        if (is_same(run, in.items[i], item)) return true;
    return false;
}
/* `from` with (or, when `is_without`, without) the members of `other`. */
static enum salve_code keep(struct person_run *p, struct members from, struct members other, bool is_without,
                            struct members *out, struct salve_err *err)
{
    struct expr_build build = {0};
    enum salve_code code = SALVE_OK;
    for (uint32_t i = 0; i < from.count && code == SALVE_OK; i++)
        if (has(p->run, other, from.items[i]) != is_without) code = expr_build_add(&build, from.items[i], p->mem, err);
    *out = (struct members){build.items, build.count};
    return code;
}

static enum salve_code wrong_type(struct salve_err *err, const char *what)
{
    return salve_refuse(err, SALVE_E_TYPE, what, "Measure.group.population.criteria");
}

static enum salve_code evaluate(struct person_run *p, struct str expression, struct members *out, struct salve_err *err)
{
    struct expr_value value;
    struct expr_build build = {0};
    enum salve_code code = elm_run_define(p->run, expression, &value, err);
    *out = (struct members){NULL, 0};
    if (code != SALVE_OK || value.kind == VALUE_NULL) return code;
    if (p->group->is_boolean) {
        code = expr_system(value, p->mem, &value, err);
        if (code != SALVE_OK) return code;
        if (value.kind == VALUE_NULL) return SALVE_OK;
        if (value.kind != VALUE_BOOLEAN) return wrong_type(err, "the population basis asks for a Boolean");
        if (value.as.boolean) code = expr_build_add(&build, expr_boolean(true), p->mem, err);
    } else {
        if (value.kind != VALUE_LIST) return wrong_type(err, "the population basis asks for a list");
        if (value.aux > SALVE_MEASURE_EPISODES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "Measure.group.population");
        for (uint32_t i = 0; i < value.aux && code == SALVE_OK; i++) {
            struct expr_value item = value.as.items[i];
            if (item.kind == VALUE_NULL || has(p->run, (struct members){build.items, build.count}, item)) continue;
            code = expr_build_add(&build, item, p->mem, err);
        }
    }
    *out = (struct members){build.items, build.count};
    return code;
}

/* What each population is a part of; the numerator of a ratio is a part of the initial population. */
enum measure_population measure_parent(const struct measure_group *group, enum measure_population which)
{
    static const enum measure_population parent[MEASURE_POPULATION_KINDS] = {
        [MEASURE_DENOMINATOR] = MEASURE_INITIAL,
        [MEASURE_DENOMINATOR_EXCLUSION] = MEASURE_DENOMINATOR,
        [MEASURE_DENOMINATOR_EXCEPTION] = MEASURE_DENOMINATOR,
        [MEASURE_NUMERATOR] = MEASURE_DENOMINATOR,
        [MEASURE_NUMERATOR_EXCLUSION] = MEASURE_NUMERATOR,
        [MEASURE_POPULATION] = MEASURE_INITIAL,
        [MEASURE_POPULATION_EXCLUSION] = MEASURE_POPULATION,
    };
    return which == MEASURE_NUMERATOR && group->scoring == SCORING_RATIO ? MEASURE_INITIAL : parent[which];
}

static enum salve_code populations(struct person_run *p, struct salve_err *err)
{
    bool is_ratio = p->group->scoring == SCORING_RATIO;
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; i < MEASURE_POPULATION_KINDS && code == SALVE_OK; i++) {
        if (!p->group->populations[i].is_there) continue;
        enum measure_population of = measure_parent(p->group, (enum measure_population)i);
        if (i > 0 && p->in[of].count == 0) continue;
        code = evaluate(p, p->group->populations[i].expression, &p->in[i], err);
        if (code == SALVE_OK && i > 0) code = keep(p, p->in[i], p->in[of], false, &p->in[i], err);
        if (code == SALVE_OK && i == MEASURE_NUMERATOR && !is_ratio)
            code = keep(p, p->in[i], p->in[MEASURE_DENOMINATOR_EXCLUSION], true, &p->in[i], err);
        if (code == SALVE_OK && i == MEASURE_DENOMINATOR_EXCEPTION)
            code = keep(p, p->in[i], p->in[MEASURE_DENOMINATOR_EXCLUSION], true, &p->in[i], err);
    }
    return code;
}

static enum salve_code after_exclusions(struct person_run *p, struct salve_err *err)
{
    struct members *in = p->in, *d = &p->left[OBSERVED_DENOMINATOR];
    enum salve_code code = keep(p, in[MEASURE_DENOMINATOR_EXCEPTION], in[MEASURE_NUMERATOR], true,
                                &in[MEASURE_DENOMINATOR_EXCEPTION], err);
    if (code == SALVE_OK) code = keep(p, in[MEASURE_DENOMINATOR], in[MEASURE_DENOMINATOR_EXCLUSION], true, d, err);
    if (code == SALVE_OK) code = keep(p, *d, in[MEASURE_DENOMINATOR_EXCEPTION], true, d, err);
    if (code == SALVE_OK)
        code = keep(p, in[MEASURE_NUMERATOR], in[MEASURE_NUMERATOR_EXCLUSION], true, &p->left[OBSERVED_NUMERATOR], err);
    if (code == SALVE_OK)
        code =
            keep(p, in[MEASURE_POPULATION], in[MEASURE_POPULATION_EXCLUSION], true, &p->left[OBSERVED_POPULATION], err);
    return code;
}

static enum salve_code values_add(struct measure_values *values, struct expr_decimal value, struct arena *mem,
                                  struct salve_err *err)
{
    if (values->count == values->cap) {
        size_t cap = values->cap == 0 ? 8 : values->cap * 2, one = sizeof *values->items;
        void *items = arena_grow(mem, values->items, values->cap * one, cap * one);
        if (items == NULL) return salve_fail(err, SALVE_E_MEMORY, "MeasureReport");
        values->items = items;
        values->cap = cap;
    }
    values->items[values->count++] = value;
    return SALVE_OK;
}

static enum salve_code observe(struct person_run *p, size_t which, struct measure_counts *counts, struct salve_err *err)
{
    const struct measure_observation *o = &p->group->observed[which];
    enum salve_code code = SALVE_OK;
    for (uint32_t i = 0; o->is_there && i < p->left[which].count && code == SALVE_OK; i++) {
        struct expr_value value;
        code = p->group->is_boolean ? elm_run_function(p->run, o->function, NULL, 0, &value, err)
                                    : elm_run_function(p->run, o->function, &p->left[which].items[i], 1, &value, err);
        if (code == SALVE_OK) code = expr_system(value, p->mem, &value, err);
        if (code != SALVE_OK || value.kind == VALUE_NULL || expr_is_unheld(value)) continue;
        if (value.kind == VALUE_INTEGER || value.kind == VALUE_LONG)
            code = values_add(&counts->observed[which], expr_decimal_of_int(value.as.integer), p->mem, err);
        else if (value.kind == VALUE_DECIMAL)
            code = values_add(&counts->observed[which], *value.as.decimal, p->mem, err);
        else
            return wrong_type(err, "a measure-observation gives a number");
    }
    return code;
}

static enum salve_code counts_add(struct measure_counts *to, const struct measure_counts *one, struct arena *mem,
                                  struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; i < MEASURE_POPULATION_KINDS; i++) to->members[i] += one->members[i];
    to->numerator += one->numerator;
    to->denominator += one->denominator;
    for (size_t k = 0; k < OBSERVED_KINDS; k++)
        for (size_t i = 0; i < one->observed[k].count && code == SALVE_OK; i++)
            code = values_add(&to->observed[k], one->observed[k].items[i], mem, err);
    return code;
}

static enum salve_code stratum_add(struct measure_group_tally *to, uint32_t stratifier, struct str value,
                                   const struct measure_counts *counts, struct arena *mem, struct salve_err *err)
{
    struct measure_stratum **at = &to->strata;
    while (*at != NULL && ((*at)->stratifier != stratifier || !str_eq((*at)->value, value))) at = &(*at)->next;
    if (*at == NULL) {
        if (to->stratum_count++ == SALVE_MEASURE_STRATA_MAX)
            return salve_fail(err, SALVE_E_TOO_BIG, "Measure.group.stratifier");
        *at = arena_new(mem, struct measure_stratum);
        if (*at == NULL) return salve_fail(err, SALVE_E_MEMORY, "MeasureReport");
        (*at)->stratifier = stratifier;
        enum salve_code code = arena_str(mem, value, &(*at)->value, err);
        if (code != SALVE_OK) return code;
    }
    return counts_add(&(*at)->counts, counts, mem, err);
}

static enum salve_code stratify(struct person_run *p, struct measure_group_tally *tally, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    for (uint32_t i = 0; i < p->group->stratifier_count && code == SALVE_OK; i++) {
        struct expr_value value;
        struct buf text;
        struct str json;
        code = elm_run_define(p->run, p->group->stratifiers[i], &value, err);
        if (code == SALVE_OK && value.kind == VALUE_LIST) return wrong_type(err, "a stratifier gives one value");
        buf_init(&text, p->mem, 4096);
        if (code == SALVE_OK && value.kind == VALUE_STRING)
            buf_add(&text, expr_text(value));
        else if (code == SALVE_OK)
            elm_json(&value, &text);
        if (code == SALVE_OK) code = buf_done(&text, &json, err);
        if (code == SALVE_OK) code = stratum_add(tally, i, json, &tally->counts, p->mem, err);
    }
    return code;
}

static enum salve_code person_group(struct elm_run *run, const struct measure_group *g,
                                    struct measure_group_tally *tally, struct arena *mem, struct salve_err *err)
{
    struct person_run p = {.run = run, .group = g, .mem = mem};
    enum salve_code code = populations(&p, err);
    if (code == SALVE_OK) code = after_exclusions(&p, err);
    for (size_t i = 0; i < MEASURE_POPULATION_KINDS; i++) tally->counts.members[i] = p.in[i].count;
    tally->counts.numerator = p.left[OBSERVED_NUMERATOR].count;
    tally->counts.denominator = p.left[OBSERVED_DENOMINATOR].count;
    for (size_t k = 0; k < OBSERVED_KINDS && code == SALVE_OK; k++) code = observe(&p, k, &tally->counts, err);
    return code == SALVE_OK && p.in[MEASURE_INITIAL].count > 0 ? stratify(&p, tally, err) : code;
}

/* A composite's own counts, of one person: all-or-nothing wants every component whose denominator the person is in; the
 * other kinds count each such component. A component is met when its numerator is as large as its denominator. */
static void person_composite(const struct measure_group *g, const struct measure_tally *tally,
                             const struct measure_set *set, struct measure_counts *counts)
{
    bool is_all = g->composite == COMPOSITE_ALL_OR_NOTHING;
    uint64_t denominators = 0, numerators = 0, initial = 0;
    for (uint32_t i = 0; i < g->component_count; i++) {
        const struct measure_counts *c = measure_component_counts(set, tally, &g->components[i], NULL);
        initial += c->members[MEASURE_INITIAL] > 0;
        denominators += c->denominator > 0;
        numerators += c->denominator > 0 && c->numerator >= c->denominator;
    }
    counts->members[MEASURE_INITIAL] = initial > 0;
    counts->denominator = is_all ? denominators > 0 : denominators;
    counts->numerator = is_all ? denominators > 0 && numerators == denominators : numerators;
    counts->members[MEASURE_DENOMINATOR] = counts->denominator;
    counts->members[MEASURE_NUMERATOR] = counts->numerator;
}

enum salve_code measure_tally_make(const struct measure_set *set, struct arena *mem, struct measure_tally **out,
                                   struct salve_err *err)
{
    struct measure_tally *t = arena_new(mem, struct measure_tally);
    if (t == NULL) return salve_fail(err, SALVE_E_MEMORY, "MeasureReport");
    t->mem = mem;
    t->groups = arena_array(mem, struct measure_group_tally *, set->measure_count);
    for (size_t i = 0; t->groups != NULL && i < set->measure_count; i++) {
        t->groups[i] = arena_array(mem, struct measure_group_tally, set->measures[i].group_count);
        if (t->groups[i] == NULL) return salve_fail(err, SALVE_E_MEMORY, "MeasureReport");
    }
    *out = t;
    return t->groups == NULL ? salve_fail(err, SALVE_E_MEMORY, "MeasureReport") : SALVE_OK;
}

bool measure_looks_further(const struct measure_set *set)
{
    struct str where;
    for (size_t i = 0; i < set->measure_count; i++)
        if (set->measures[i].program != NULL && elm_looks_further(set->measures[i].program, &where)) return true;
    return false;
}

enum salve_code measure_person(const struct measure_set *set, const struct tape *person, const struct expr_env *env,
                               const struct elm_param *params, size_t param_count, struct arena *mem,
                               struct measure_tally **out, struct salve_err *err)
{
    struct elm_subject subject;
    enum salve_code code = elm_subject_make(&person, 1, mem, &subject, err);
    return code == SALVE_OK ? measure_subject(set, &subject, env, params, param_count, mem, out, err) : code;
}

enum salve_code measure_subject(const struct measure_set *set, struct elm_subject *subject, const struct expr_env *env,
                                const struct elm_param *params, size_t param_count, struct arena *mem,
                                struct measure_tally **out, struct salve_err *err)
{
    struct expr_env *own = arena_new(mem, struct expr_env);
    if (own == NULL) return salve_fail(err, SALVE_E_MEMORY, "MeasureReport");
    *own = *env;
    own->terms = set->terms;
    enum salve_code code = measure_tally_make(set, mem, out, err);
    for (size_t i = 0; i < set->measure_count && code == SALVE_OK; i++) {
        const struct measure_one *m = &set->measures[i];
        struct elm_run *run = NULL;
        if (m->program == NULL) continue;
        code = elm_run_open(m->program, subject, own, params, param_count, mem, &run, err);
        for (size_t g = 0; g < m->group_count && code == SALVE_OK; g++)
            if (m->groups[g].scoring != SCORING_COMPOSITE)
                code = person_group(run, &m->groups[g], &(*out)->groups[i][g], mem, err);
    }
    if (code != SALVE_OK) return code;
    for (size_t i = 0; i < set->measure_count; i++)
        for (size_t g = 0; g < set->measures[i].group_count; g++)
            if (set->measures[i].groups[g].scoring == SCORING_COMPOSITE)
                person_composite(&set->measures[i].groups[g], *out, set, &(*out)->groups[i][g].counts);
    (*out)->people = 1;
    return SALVE_OK;
}

enum salve_code measure_tally_add(const struct measure_set *set, struct measure_tally *to,
                                  const struct measure_tally *one, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    to->people += one->people;
    for (size_t i = 0; i < set->measure_count; i++)
        for (size_t g = 0; g < set->measures[i].group_count && code == SALVE_OK; g++) {
            code = counts_add(&to->groups[i][g].counts, &one->groups[i][g].counts, to->mem, err);
            const struct measure_stratum *s = one->groups[i][g].strata;
            for (; s != NULL && code == SALVE_OK; s = s->next)
                code = stratum_add(&to->groups[i][g], s->stratifier, s->value, &s->counts, to->mem, err);
        }
    return code;
}

bool measure_members(const struct measure_set *set, const struct measure_tally *tally, size_t measure, size_t group,
                     enum measure_population which, uint64_t *count)
{
    salve_assert(measure < set->measure_count && group < set->measures[measure].group_count);
    const struct measure_group *g = &set->measures[measure].groups[group];
    *count = tally->groups[measure][group].counts.members[which];
    return g->scoring == SCORING_COMPOSITE ? which <= MEASURE_DENOMINATOR || which == MEASURE_NUMERATOR
                                           : g->populations[which].is_there;
}
