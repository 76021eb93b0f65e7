/* SPDX-License-Identifier: Apache-2.0
 * Measure resources into groups: populations, observations, stratifiers, components; and the libraries they name. */
#include "base/limits.h"
#include "measure/measure_int.h"
#include "json/json.h"

const char *const measure_population_codes[MEASURE_POPULATION_KINDS] = {
    "initial-population", "denominator",         "denominator-exclusion", "denominator-exception",
    "numerator",          "numerator-exclusion", "measure-population",    "measure-population-exclusion",
};

static enum salve_code invalid(struct salve_err *err, const char *at, const char *why)
{
    return salve_refuse(err, SALVE_E_INVALID, why, "%s", at);
}
static bool is_named(const struct tape *t, tape_at at, const char *name)
{
    return str_is(fhir_name(tape_path_name(t, at)), name);
}
/* The extension whose url ends in `name`. */
static tape_at extension(const struct tape *t, tape_at at, const char *name)
{
    for (tape_at c = tape_first(t, at); c != TAPE_NONE; c = tape_next(t, at, c)) {
        struct str url = is_named(t, c, "extension") ? tape_child_text(t, c, "url") : STR_NONE;
        if (str_ends(url, str_of(name)) && str_ends(str_cut(url, 0, url.len - strlen(name)), STR("/"))) return c;
    }
    return TAPE_NONE;
}
static struct str text_at(const struct tape *t, tape_at from, const char *path)
{
    tape_at at = from == TAPE_NONE ? TAPE_NONE : tape_get(t, from, path);
    return at == TAPE_NONE ? STR_NONE : tape_text(t, at);
}

static enum salve_code read_scoring(struct str code, enum measure_scoring *out, struct salve_err *err)
{
    static const char *const names[] = {"cohort", "proportion", "ratio", "continuous-variable", "composite"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_is(code, names[i])) {
            *out = (enum measure_scoring)i;
            return SALVE_OK;
        }
    return invalid(err, "Measure.scoring",
                   "one of cohort, proportion, ratio, continuous-variable, composite is needed");
}

static enum salve_code read_composite(struct str code, enum measure_composite *out, struct salve_err *err)
{
    static const char *const names[] = {"all-or-nothing", "opportunity", "linear", "weighted"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_is(code, names[i])) {
            *out = (enum measure_composite)i;
            return SALVE_OK;
        }
    return invalid(err, "Measure.compositeScoring", "one of all-or-nothing, opportunity, linear, weighted is needed");
}

static enum salve_code read_aggregate(struct str word, enum measure_aggregate *out, struct salve_err *err)
{
    static const struct {
        const char *name;
        enum measure_aggregate is;
    } names[] = {
        {"sum", AGGREGATE_SUM},     {"average", AGGREGATE_AVERAGE}, {"count", AGGREGATE_COUNT},
        {"minimum", AGGREGATE_MIN}, {"maximum", AGGREGATE_MAX},     {"median", AGGREGATE_MEDIAN},
        {"min", AGGREGATE_MIN},     {"max", AGGREGATE_MAX},
    };
    *out = AGGREGATE_NONE;
    if (word.len == 0) return SALVE_OK;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_is(word, names[i].name)) {
            *out = names[i].is;
            return SALVE_OK;
        }
    return salve_refuse(err, SALVE_E_UNSUPPORTED, "sum, average, count, minimum, maximum and median are known",
                        "cqfm-aggregateMethod");
}

static enum salve_code read_population(const struct tape *t, tape_at at, struct measure_group *g, struct salve_err *err)
{
    struct str code = text_at(t, at, "code.coding.code"), expression = text_at(t, at, "criteria.expression");
    if (code.len == 0) return invalid(err, "Measure.group.population.code", "it is missing");
    for (size_t i = 0; i < MEASURE_POPULATION_KINDS; i++) {
        if (!str_is(code, measure_population_codes[i])) continue;
        if (g->populations[i].is_there)
            return salve_refuse(err, SALVE_E_UNSUPPORTED, "a group may have one population of a kind",
                                "Measure.group.population");
        bool has_criteria = expression.len > 0;
        g->populations[i] = (struct measure_criteria){text_at(t, at, "id"), expression, has_criteria, !has_criteria};
        return SALVE_OK;
    }
    if (str_is(code, "measure-observation")) return SALVE_OK; /* needs the others first */
    return invalid(err, "Measure.group.population.code", "it is not a code of measure-population");
}

static enum salve_code read_observation(const struct tape *t, tape_at at, struct measure_group *g,
                                        struct salve_err *err)
{
    struct str reference = text_at(t, extension(t, at, "cqfm-criteriaReference"), "valueString");
    struct measure_observation o = {.function = text_at(t, at, "criteria.expression"), .is_there = true};
    enum salve_code code =
        read_aggregate(text_at(t, extension(t, at, "cqfm-aggregateMethod"), "valueString"), &o.aggregate, err);
    size_t which = OBSERVED_KINDS;
    if (code != SALVE_OK || o.function.len == 0) return code; /* left out: leave_out tells */
    if (g->scoring == SCORING_CONTINUOUS)
        which = OBSERVED_POPULATION;
    else if (str_eq(reference, g->populations[MEASURE_NUMERATOR].id) && reference.len > 0)
        which = OBSERVED_NUMERATOR;
    else if (str_eq(reference, g->populations[MEASURE_DENOMINATOR].id) && reference.len > 0)
        which = OBSERVED_DENOMINATOR;
    if (which == OBSERVED_KINDS || g->observed[which].is_there)
        return invalid(err, "Measure.group.population", "a measure-observation must refer to a population of its own");
    g->observed[which] = o;
    return SALVE_OK;
}

static enum salve_code add_component(struct measure_set *set, const struct tape *t, tape_at at, struct measure_group *g,
                                     struct salve_err *err)
{
    struct measure_component *c = &g->components[g->component_count];
    struct str weight = text_at(t, extension(t, at, "cqfm-weight"), "valueDecimal");
    *c = (struct measure_component){.canonical = tape_child_text(t, at, "resource"),
                                    .group = text_at(t, extension(t, at, "cqfm-groupId"), "valueString"),
                                    .weight = expr_decimal_of_int(1),
                                    .measure = set->measure_count};
    if (c->canonical.len == 0) return invalid(err, "Measure.relatedArtifact.resource", "a component has none");
    if (weight.len > 0 && !expr_decimal_parse(weight, &c->weight)) return invalid(err, "cqfm-weight", "no decimal");
    g->component_count++;
    return SALVE_OK;
}

static enum salve_code read_components(struct measure_set *set, tape_at from, bool is_group, struct measure_group *g,
                                       struct salve_err *err)
{
    const struct tape *t = &set->bundle;
    enum salve_code code = SALVE_OK;
    g->components = arena_array(set->mem, struct measure_component, t->nodes[from].span);
    if (g->components == NULL) return salve_fail(err, SALVE_E_MEMORY, "Measure");
    for (tape_at c = tape_first(t, from); c != TAPE_NONE && code == SALVE_OK; c = tape_next(t, from, c)) {
        if (!is_group && is_named(t, c, "relatedArtifact") && str_is(tape_child_text(t, c, "type"), "composed-of"))
            code = add_component(set, t, c, g, err);
        if (is_group && is_named(t, c, "extension") && str_ends(tape_child_text(t, c, "url"), STR("/cqfm-component"))) {
            tape_at artifact = tape_get(t, c, "valueRelatedArtifact");
            if (artifact == TAPE_NONE) return invalid(err, "cqfm-component", "it has no valueRelatedArtifact");
            code = add_component(set, t, artifact, g, err);
        }
    }
    if (code == SALVE_OK && g->component_count == 0) return invalid(err, "Measure", "a composite without components");
    return code;
}

static bool is_named_in(const struct measure_group *g, enum measure_population which)
{
    return g->populations[which].is_there || g->populations[which].is_left_out;
}

static enum salve_code check_group(const struct measure_group *g, bool is_observed, struct salve_err *err)
{
    if (!is_named_in(g, MEASURE_INITIAL)) return invalid(err, "Measure.group.population", "no initial-population");
    if ((g->scoring == SCORING_PROPORTION || g->scoring == SCORING_RATIO) &&
        (!is_named_in(g, MEASURE_DENOMINATOR) || !is_named_in(g, MEASURE_NUMERATOR)))
        return invalid(err, "Measure.group.population", "a denominator and a numerator are needed");
    if (g->scoring == SCORING_CONTINUOUS && (!is_named_in(g, MEASURE_POPULATION) || !is_observed))
        return invalid(err, "Measure.group.population", "a measure-population and a measure-observation are needed");
    return SALVE_OK;
}

/* Populations without criteria are named and left out, and with them what is a part of them (a part stands behind it):
 * nobody can tell who is in it. */
static void leave_out(struct measure_set *set, const struct measure_one *m, struct measure_group *g)
{
    for (size_t i = 0; i < MEASURE_POPULATION_KINDS; i++) {
        struct measure_criteria *p = &g->populations[i];
        enum measure_population parent = measure_parent(g, (enum measure_population)i);
        bool is_part = p->is_there && g->populations[parent].is_left_out;
        if (!p->is_left_out && !is_part) continue;
        buf_addf(&set->notes, "%.*s, group %zu: %s ", STR_ARGS(m->url), m->group_count + m->left_out_count,
                 measure_population_codes[i]);
        if (is_part)
            buf_addf(&set->notes, "is left out with %s\n", measure_population_codes[parent]);
        else
            buf_add(&set->notes, STR("has no criteria and is left out\n"));
        *p = (struct measure_criteria){.id = p->id, .is_left_out = true};
        g->has_no_score |= i == MEASURE_DENOMINATOR || i == MEASURE_NUMERATOR || i == MEASURE_POPULATION;
    }
}

static enum salve_code read_parts(struct measure_set *set, const struct measure_one *m, tape_at at,
                                  struct measure_group *g, struct salve_err *err)
{
    const struct tape *t = &set->bundle;
    enum salve_code code = SALVE_OK;
    struct str *stratifiers = arena_array(set->mem, struct str, t->nodes[at].span);
    if (stratifiers == NULL) return salve_fail(err, SALVE_E_MEMORY, "Measure");
    for (tape_at c = tape_first(t, at); c != TAPE_NONE && code == SALVE_OK; c = tape_next(t, at, c)) {
        if (is_named(t, c, "population")) code = read_population(t, c, g, err);
        if (!is_named(t, c, "stratifier")) continue;
        stratifiers[g->stratifier_count] = text_at(t, c, "criteria.expression");
        if (stratifiers[g->stratifier_count++].len > 0) continue;
        return salve_refuse(err, SALVE_E_UNSUPPORTED,
                            "a stratifier needs criteria; components of stratifiers are not known",
                            "Measure.group.stratifier");
    }
    g->stratifiers = stratifiers;
    leave_out(set, m, g);
    bool is_observed = false;
    for (tape_at c = tape_first(t, at); c != TAPE_NONE && code == SALVE_OK; c = tape_next(t, at, c)) {
        if (!is_named(t, c, "population") || !str_is(text_at(t, c, "code.coding.code"), "measure-observation"))
            continue;
        is_observed = true;
        bool has_criteria = text_at(t, c, "criteria.expression").len > 0;
        g->has_no_score |= !has_criteria;
        if (!has_criteria)
            buf_addf(&set->notes, "%.*s, group %zu: measure-observation has no criteria and is left out\n",
                     STR_ARGS(m->url), m->group_count + m->left_out_count);
        code = read_observation(t, c, g, err);
    }
    return code == SALVE_OK ? check_group(g, is_observed, err) : code;
}

static bool is_decrease(const struct tape *t, tape_at measure, tape_at group)
{
    struct str notation =
        text_at(t, extension(t, group, "cqfm-improvementNotation"), "valueCodeableConcept.coding.code");
    if (notation.len == 0) notation = text_at(t, measure, "improvementNotation.coding.code");
    return str_is(notation, "decrease");
}

static enum salve_code read_group(struct measure_set *set, const struct measure_one *m, tape_at measure, tape_at at,
                                  struct salve_err *err)
{
    const struct tape *t = &set->bundle;
    struct measure_group *g = &m->groups[m->group_count - 1];
    struct str scoring = text_at(t, extension(t, at, "cqfm-scoring"), "valueCodeableConcept.coding.code");
    struct str basis = text_at(t, extension(t, at, "cqfm-populationBasis"), "valueCode");
    if (scoring.len == 0) scoring = text_at(t, measure, "scoring.coding.code");
    if (basis.len == 0) basis = text_at(t, extension(t, measure, "cqfm-populationBasis"), "valueCode");
    g->id = text_at(t, at, "id");
    g->is_boolean = basis.len == 0 || str_is(basis, "boolean");
    g->is_decrease = is_decrease(t, measure, at);
    enum salve_code code = read_scoring(scoring, &g->scoring, err);
    if (code != SALVE_OK || g->scoring != SCORING_COMPOSITE)
        return code == SALVE_OK ? read_parts(set, m, at, g, err) : code;
    struct str composite = text_at(t, extension(t, at, "cqfm-compositeScoring"), "valueCodeableConcept.coding.code");
    if (composite.len == 0) composite = text_at(t, measure, "compositeScoring.coding.code");
    code = read_composite(composite, &g->composite, err);
    return code == SALVE_OK ? read_components(set, at, true, g, err) : code;
}

enum salve_code measure_read_groups(struct measure_set *set, struct measure_one *m, tape_at at, struct salve_err *err)
{
    const struct tape *t = &set->bundle;
    bool is_composite = str_is(text_at(t, at, "scoring.coding.code"), "composite");
    enum salve_code code = SALVE_OK;
    m->url = tape_child_text(t, at, "url");
    m->version = tape_child_text(t, at, "version");
    m->id = tape_child_text(t, at, "id");
    m->groups = arena_array(set->mem, struct measure_group, SALVE_MEASURE_GROUPS_MAX);
    if (m->groups == NULL) return salve_fail(err, SALVE_E_MEMORY, "Measure");
    if (m->url.len == 0) return invalid(err, "Measure.url", "it is missing; a MeasureReport refers to it");
    for (tape_at c = tape_first(t, at); c != TAPE_NONE && code == SALVE_OK; c = tape_next(t, at, c)) {
        if (!is_named(t, c, "group")) continue;
        if (m->group_count == SALVE_MEASURE_GROUPS_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "Measure.group");
        m->group_count++;
        code = read_group(set, m, at, c, err);
        if (m->groups[m->group_count - 1].populations[MEASURE_INITIAL].is_left_out) { /* nothing of it can be counted */
            m->groups[--m->group_count] = (struct measure_group){0};
            m->left_out_count++;
        }
    }
    if (code != SALVE_OK || m->group_count > 0) return code;
    if (m->left_out_count > 0) return invalid(err, "Measure.group", "no initial-population has criteria");
    if (!is_composite) return invalid(err, "Measure.group", "a measure without groups");
    struct measure_group *g = &m->groups[m->group_count++];
    g->scoring = SCORING_COMPOSITE;
    code = read_composite(text_at(t, at, "compositeScoring.coding.code"), &g->composite, err);
    return code == SALVE_OK ? read_components(set, at, false, g, err) : code;
}
