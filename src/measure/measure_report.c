/* SPDX-License-Identifier: Apache-2.0
 * MeasureReport resources as JSON. */
#include "measure/measure_int.h"
#include "json/json.h"

static void put_score(struct json_writer *w, bool is_known, struct expr_decimal score)
{
    char text[EXPR_DECIMAL_TEXT_BYTES];
    if (!is_known) return;
    json_open(w, "measureScore", '{');
    json_put_raw(w, "value", expr_decimal_text(score, text));
    json_close(w);
}

static void put_code(struct json_writer *w, const char *code)
{
    json_open(w, "code", '{');
    json_open(w, "coding", '[');
    json_open(w, NULL, '{');
    json_put_text(w, "system", STR("http://terminology.hl7.org/CodeSystem/measure-population"));
    json_put_text(w, "code", str_of(code));
    json_close(w);
    json_close(w);
    json_close(w);
}

static void put_populations(struct json_writer *w, const struct measure_group *g, const struct measure_counts *c)
{
    json_open(w, "population", '[');
    for (size_t i = 0; i < MEASURE_POPULATION_KINDS; i++) {
        bool is_there = g->scoring == SCORING_COMPOSITE
                            ? i == MEASURE_INITIAL || i == MEASURE_DENOMINATOR || i == MEASURE_NUMERATOR
                            : g->populations[i].is_there;
        if (!is_there) continue;
        json_open(w, NULL, '{');
        if (g->populations[i].id.len > 0) json_put_text(w, "id", g->populations[i].id);
        put_code(w, measure_population_codes[i]);
        json_put_i64(w, "count", (int64_t)c->members[i]);
        json_close(w);
    }
    json_close(w);
}

static void put_strata(struct json_writer *w, const struct measure_group *g, const struct measure_group_tally *tally,
                       uint32_t stratifier)
{
    json_open(w, NULL, '{');
    json_open(w, "code", '[');
    json_open(w, NULL, '{');
    json_put_text(w, "text", g->stratifiers[stratifier]);
    json_close(w);
    json_close(w);
    bool is_open = false;
    for (const struct measure_stratum *s = tally->strata; s != NULL; s = s->next) {
        struct expr_decimal score;
        if (s->stratifier != stratifier) continue;
        if (!is_open) json_open(w, "stratum", '[');
        is_open = true;
        json_open(w, NULL, '{');
        json_open(w, "value", '{');
        json_put_text(w, "text", s->value);
        json_close(w);
        put_populations(w, g, &s->counts);
        bool is_known = measure_score(g, &s->counts, &score);
        put_score(w, is_known, score);
        json_close(w);
    }
    if (is_open) json_close(w);
    json_close(w);
}

static void put_group(struct json_writer *w, const struct measure_set *set, const struct measure_tally *tally,
                      const struct measure_group *g, const struct measure_group_tally *t)
{
    struct expr_decimal score = expr_decimal_of_int(0);
    json_open(w, NULL, '{');
    if (g->id.len > 0) json_put_text(w, "id", g->id);
    put_populations(w, g, &t->counts);
    bool is_known = g->scoring == SCORING_COMPOSITE ? measure_composite_score(set, g, tally, &t->counts, &score)
                                                    : measure_score(g, &t->counts, &score);
    put_score(w, is_known, score);
    if (g->stratifier_count > 0) {
        json_open(w, "stratifier", '[');
        for (uint32_t i = 0; i < g->stratifier_count; i++) put_strata(w, g, t, i);
        json_close(w);
    }
    json_close(w);
}

static void put_report(struct json_writer *w, const struct measure_set *set, const struct measure_tally *tally,
                       size_t measure, const struct measure_facts *facts)
{
    const struct measure_one *m = &set->measures[measure];
    json_open(w, NULL, '{');
    json_put_text(w, "resourceType", STR("MeasureReport"));
    json_put_text(w, "status", STR("complete"));
    json_put_text(w, "type", facts->subject.len > 0 ? STR("individual") : STR("summary"));
    struct str canonical =
        m->version.len > 0 ? arena_printf(w->out->mem, "%.*s|%.*s", STR_ARGS(m->url), STR_ARGS(m->version)) : m->url;
    json_put_text(w, "measure", canonical);
    if (facts->subject.len > 0) {
        json_open(w, "subject", '{');
        json_put_text(w, "reference", facts->subject);
        json_close(w);
    }
    if (facts->date.len > 0) json_put_text(w, "date", facts->date);
    json_open(w, "period", '{');
    json_put_text(w, "start", facts->start);
    json_put_text(w, "end", facts->end);
    json_close(w);
    json_open(w, "group", '[');
    for (size_t g = 0; g < m->group_count; g++) put_group(w, set, tally, &m->groups[g], &tally->groups[measure][g]);
    json_close(w);
    json_close(w);
}

enum salve_code measure_report(const struct measure_set *set, const struct measure_tally *tally, size_t measure,
                               const struct measure_facts *facts, struct buf *out, struct salve_err *err)
{
    struct json_writer w = {.out = out};
    struct str all;
    salve_assert(measure < set->measure_count);
    put_report(&w, set, tally, measure, facts);
    return buf_done(out, &all, err);
}

enum salve_code measure_reference(const struct tape *person, struct arena *mem, struct str *out, struct salve_err *err)
{
    tape_at patient = tape_patient(person);
    struct str id = patient == TAPE_NONE ? STR("") : tape_child_text(person, patient, "id");
    if (id.len == 0)
        return salve_refuse(err, SALVE_E_INVALID,
                            "a person's file must hold a Patient with an id, which its MeasureReport refers to",
                            "Patient.id");
    *out = arena_printf(mem, "Patient/%.*s", STR_ARGS(id));
    return out->ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "MeasureReport") : SALVE_OK;
}
