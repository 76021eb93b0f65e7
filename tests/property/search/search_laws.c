/* SPDX-License-Identifier: Apache-2.0
 * What holds of every parameter of every type, over the resources of person.json and values of its kind: a search and
 * its negation part the resources, alternatives are a union, repeated parameters what both find, a narrower prefix
 * finds no more than a wider one, an order leaves nothing out. */
#include "base/file.h"
#include "fhir/fhir.h"
#include "search/search_int.h"
#include "t.h"

enum { ARENA_BYTES = 64 << 20, RESOURCES_MAX = 64 };

struct laws {
    struct tape bundle, tapes[RESOURCES_MAX];
    struct search_resource resources[RESOURCES_MAX];
    size_t count;
    struct search_world world;
    struct arena *mem;
    fhir_type_id type;
    const char *code;
    unsigned held;
};

typedef uint64_t found_set; /* bit i: resource i */

static bool ask(struct laws *laws, const struct search_pair *pairs, size_t count, found_set *out)
{
    struct search_ask asked = {.type = laws->type, .pairs = pairs, .pair_count = count, .world = &laws->world};
    struct search_fault fault;
    struct search *search;
    struct search_found found;
    struct salve_err err = {0};
    *out = 0;
    if (search_parse(&asked, laws->mem, &search, &fault, &err) != SALVE_OK) return false;
    if (search_run(search, laws->resources, laws->count, 0, laws->mem, &found, &err) != SALVE_OK) return false;
    for (size_t i = 0; i < found.match_count; i++) *out |= (found_set)1 << found.matches[i];
    return true;
}

/* code[:modifier]=[prefix]value */
static bool found_by(struct laws *laws, const char *modifier, const char *prefix, const char *value, found_set *out)
{
    struct search_pair pair = {arena_printf(laws->mem, "%s%s", laws->code, modifier),
                               arena_printf(laws->mem, "%s%s", prefix, value)};
    return ask(laws, &pair, 1, out);
}

static void want(struct laws *laws, bool holds, const char *law, const char *value)
{
    laws->held += holds;
    if (!holds) t_fail(law, "%.*s?%s with %s", STR_ARGS(fhir_type_name(laws->type)), laws->code, value);
}

static void missing_parts_all(struct laws *laws, found_set all, found_set *having)
{
    found_set without = 0;
    bool is_good = found_by(laws, ":missing", "", "false", having) && found_by(laws, ":missing", "", "true", &without);
    want(laws, is_good && (*having | without) == all && (*having & without) == 0, ":missing parts all", "-");
}

static void prefixes_are_in_order(struct laws *laws, const char *value, found_set having)
{
    static const char *const names[] = {"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"};
    found_set by[SEARCH_PREFIXES];
    for (size_t i = 0; i < SEARCH_PREFIXES; i++)
        if (!found_by(laws, "", names[i], value, &by[i])) {
            want(laws, false, "every prefix is read", value);
            return;
        }
    found_set any = 0;
    for (size_t i = 0; i < SEARCH_PREFIXES; i++) any |= by[i];
    want(laws, (any & ~having) == 0, "what has no value is not found", value);
    want(laws, (by[SEARCH_EQ] | by[SEARCH_NE]) == any, "eq or ne is each that compares", value);
    want(laws, (by[SEARCH_GT] & ~by[SEARCH_GE]) == 0 && (by[SEARCH_LT] & ~by[SEARCH_LE]) == 0, "gt in ge, lt in le",
         value);
    want(laws, (by[SEARCH_SA] & ~by[SEARCH_GT]) == 0 && (by[SEARCH_EB] & ~by[SEARCH_LT]) == 0, "sa in gt, eb in lt",
         value);
    want(laws, (by[SEARCH_EQ] & ~by[SEARCH_AP]) == 0, "eq in ap", value);
}

static void alternatives_are_a_union(struct laws *laws, const char *one, const char *other)
{
    found_set a = 0, b = 0, either = 0, both = 0;
    struct search_pair pairs[2] = {{str_of(laws->code), str_of(one)}, {str_of(laws->code), str_of(other)}};
    if (!ask(laws, &pairs[0], 1, &a) || !ask(laws, &pairs[1], 1, &b)) return; /* a value that is none of the kind */
    struct search_pair together = {str_of(laws->code), arena_printf(laws->mem, "%s,%s", one, other)};
    want(laws, ask(laws, &together, 1, &either) && either == (a | b), "alternatives are a union", one);
    want(laws, ask(laws, pairs, 2, &both) && both == (a & b), "repeated parameters are what both find", one);
}

static void not_is_the_rest(struct laws *laws, const char *value, found_set all)
{
    found_set is = 0, is_not = 0;
    bool is_good = found_by(laws, "", "", value, &is) && found_by(laws, ":not", "", value, &is_not);
    want(laws, is_good && (is | is_not) == all && (is & is_not) == 0, ":not is the rest", value);
}

static void begins_is_contained(struct laws *laws, const char *value)
{
    found_set exact = 0, begins = 0, contains = 0;
    bool is_good = found_by(laws, ":exact", "", value, &exact) && found_by(laws, "", "", value, &begins) &&
                   found_by(laws, ":contains", "", value, &contains);
    want(laws, is_good && (exact & ~begins) == 0 && (begins & ~contains) == 0, "exact in begins in contains", value);
}

static void an_order_leaves_nothing_out(struct laws *laws, found_set all)
{
    for (int falling = 0; falling < 2; falling++) {
        found_set found = 0;
        struct search_pair pair = {STR("_sort"), arena_printf(laws->mem, "%s%s", falling ? "-" : "", laws->code)};
        want(laws, ask(laws, &pair, 1, &found) && found == all, "an order leaves nothing out", "_sort");
    }
}

static const char *const values[SEARCH_KINDS][6] = {
    [SEARCH_NUMBER] = {"7.25", "7", "0.8", "-3", "1e1", "100.00"},
    [SEARCH_DATE] = {"2026", "2026-11", "2026-11-20", "2026-11-20T08:20:00+01:00", "2025", "2026-11-20T07:20:00Z"},
    [SEARCH_STRING] = {"carreno", "a", "as a child", "AX-12 9", "Größe  unklar", "zz"},
    [SEARCH_TOKEN] = {"final", "http://loinc.org|85354-9", "active", "38341003", "|x", "http://loinc.org|"},
    [SEARCH_REFERENCE] = {"c.1", "Patient/c.1", "Encounter/c.2", "Observation/c.3", "Practitioner/lina", "urn:x"},
    [SEARCH_QUANTITY] = {"5.4|http://unitsofmeasure.org|mmol/L", "52|http://unitsofmeasure.org|a", "60", "9||a",
                         "148|http://unitsofmeasure.org|mm[Hg]", "97.3|http://unitsofmeasure.org|mg/dL"},
    [SEARCH_URI] = {"http://who.example/kidney/2", "urn:x", "http://who.example", "a", "b", "c"},
    [SEARCH_COMPOSITE] = {"14749-6$5.4", "85354-9$gt1", "9843-4$gr", "72166-2$8517006", "x$2026", "y$z"},
};

static void laws_of(struct laws *laws, const struct search_param *param, found_set all)
{
    found_set having = all;
    enum search_kind kind = (enum search_kind)param->kind;
    laws->code = param->code;
    if (kind != SEARCH_COMPOSITE) {
        missing_parts_all(laws, all, &having);
        an_order_leaves_nothing_out(laws, all);
    }
    for (size_t i = 0; i < 6; i++) {
        const char *value = values[kind][i];
        bool is_ordered = kind == SEARCH_DATE || kind == SEARCH_NUMBER || kind == SEARCH_QUANTITY;
        if (is_ordered) prefixes_are_in_order(laws, value, having);
        if (kind == SEARCH_TOKEN) not_is_the_rest(laws, value, all);
        if (kind == SEARCH_STRING) begins_is_contained(laws, value);
        if (!is_ordered) alternatives_are_a_union(laws, value, values[kind][(i + 1) % 6]);
    }
}

static bool load(struct laws *laws)
{
    struct salve_err err = {0};
    struct str json;
    if (file_read("tests/unit/search/person.json", 1 << 20, laws->mem, &json, &err) != SALVE_OK ||
        fhir_read(json, NULL, laws->mem, &laws->bundle, NULL, &err) != SALVE_OK) {
        t_fail("person.json", "%s", t_where(&err));
        return false;
    }
    for (tape_at at = TAPE_NONE; tape_each_resource(&laws->bundle, &at) && laws->count < RESOURCES_MAX; laws->count++) {
        laws->tapes[laws->count] = tape_view(&laws->bundle, at);
        laws->resources[laws->count] = (struct search_resource){.tape = &laws->tapes[laws->count]};
    }
    return true;
}

int main(void)
{
    struct arena *mem = arena_open(ARENA_BYTES);
    struct laws *laws = arena_new(mem, struct laws);
    if (laws == NULL) return 1;
    laws->mem = mem;
    for (const struct search_type *row = load(laws) ? search_types : NULL; row != NULL && row->type != 0; row++) {
        size_t count;
        found_set all = 0;
        const struct search_param *params = search_params(row->type, &count);
        laws->type = row->type;
        if (row->type == FHIR_T_Patient || !ask(laws, NULL, 0, &all) || all == 0) continue;
        for (size_t i = 0; i < count; i++) {
            struct arena_mark mark = arena_mark(mem);
            laws_of(laws, &params[i], all);
            arena_rewind(mem, mark);
        }
    }
    if (laws->held > 4000)
        t_pass();
    else
        t_fail("laws of searches", "%u held", laws->held);
    arena_close(mem);
    return t_end();
}
