/* SPDX-License-Identifier: Apache-2.0
 * Inside the measures: what measure_open makes of the resources, and what is counted. */
#ifndef SALVE_MEASURE_INT_H
#define SALVE_MEASURE_INT_H

#include "base/limits.h"
#include "fhir/index.h"
#include "measure/measure.h"
#include "value/scalar.h"
#include "terms/terms.h"

enum measure_scoring { SCORING_COHORT, SCORING_PROPORTION, SCORING_RATIO, SCORING_CONTINUOUS, SCORING_COMPOSITE };
enum measure_composite { COMPOSITE_ALL_OR_NOTHING, COMPOSITE_OPPORTUNITY, COMPOSITE_LINEAR, COMPOSITE_WEIGHTED };
enum measure_aggregate {
    AGGREGATE_NONE,
    AGGREGATE_SUM,
    AGGREGATE_AVERAGE,
    AGGREGATE_COUNT,
    AGGREGATE_MIN,
    AGGREGATE_MAX,
    AGGREGATE_MEDIAN
};
enum { OBSERVED_NUMERATOR, OBSERVED_DENOMINATOR, OBSERVED_POPULATION, OBSERVED_KINDS };

/* ELM that a Measure may name: of a Library of the Bundle or of a Measure, or given by itself. */
struct measure_library {
    struct str canonical, version, id; /* of the Library; empty where the ELM was given by itself */
    struct str elm_id, elm_version;
    tape_at at, container; /* the Library; the Measure that contains it */
};
struct measure_libraries {
    struct measure_library items[SALVE_MEASURE_LIBRARIES_MAX];
    size_t count;
};
struct measure_criteria {
    struct str id, expression;
    bool is_there, is_left_out; /* left out: it has no criteria, or is a part of one that has none */
};
struct measure_observation {
    struct str function;
    enum measure_aggregate aggregate;
    bool is_there;
};
struct measure_component { /* of a composite group */
    struct str canonical, group;
    struct expr_decimal weight;
    size_t measure;
};
struct measure_group {
    struct str id;
    enum measure_scoring scoring;
    enum measure_composite composite;
    bool is_boolean, is_decrease;
    bool has_no_score; /* a part of the score was left out */
    struct measure_criteria populations[MEASURE_POPULATION_KINDS];
    struct measure_observation observed[OBSERVED_KINDS];
    const struct str *stratifiers;
    uint32_t stratifier_count, component_count;
    struct measure_component *components;
};
struct measure_one {
    struct str url, version, id;
    const struct elm_program *program; /* NULL: composite */
    struct measure_group *groups;
    size_t group_count, left_out_count; /* groups of which nothing can be counted are left out */
};
struct measure_set {
    struct tape bundle;
    struct measure_one *measures;
    size_t measure_count;
    const struct terms *terms;
    struct buf notes; /* a line for each part that was left out */
    struct arena *mem;
};

struct measure_values { /* observations */
    struct expr_decimal *items;
    size_t count, cap;
};
struct measure_counts {
    uint64_t members[MEASURE_POPULATION_KINDS];
    uint64_t numerator, denominator; /* after exclusions and exceptions */
    struct measure_values observed[OBSERVED_KINDS];
};
struct measure_stratum {
    uint32_t stratifier;
    struct str value;
    struct measure_counts counts;
    struct measure_stratum *next;
};
struct measure_group_tally {
    struct measure_counts counts;
    struct measure_stratum *strata;
    size_t stratum_count;
};
struct measure_tally {
    struct arena *mem;
    struct measure_group_tally **groups; /* by measure, by group */
    uint64_t people;
};

extern const char *const measure_population_codes[MEASURE_POPULATION_KINDS];
/* measure_parent - what a population is a part of; the initial population is a part of itself. */
enum measure_population measure_parent(const struct measure_group *group, enum measure_population which);

struct str measure_last_part(struct str canonical);
struct str measure_without_version(struct str canonical);
bool measure_is_relative(struct str reference);
/* measure_library_find - what Measure.library means: a canonical of that version, of the latest; an entry of the
 * Bundle; "Library/id"; "#id" inside the Measure; the id of ELM that was given by itself. NULL: none. */
const struct measure_library *measure_library_find(const struct measure_libraries *all, const struct fhir_index *index,
                                                   tape_at measure, struct str reference);
SALVE_MUST_USE enum salve_code measure_read_groups(struct measure_set *set, struct measure_one *m, tape_at at,
                                                   struct salve_err *err);
/* measure_score - false: nothing to divide by, or no score for that kind. */
bool measure_score(const struct measure_group *group, const struct measure_counts *counts, struct expr_decimal *out);
/* measure_component_counts - of the group that a composite's component names; *group may be NULL. */
const struct measure_counts *measure_component_counts(const struct measure_set *set, const struct measure_tally *tally,
                                                      const struct measure_component *c,
                                                      const struct measure_group **group);
bool measure_composite_score(const struct measure_set *set, const struct measure_group *group,
                             const struct measure_tally *tally, const struct measure_counts *own,
                             struct expr_decimal *out);
#endif
