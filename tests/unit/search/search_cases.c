/* SPDX-License-Identifier: Apache-2.0
 * Searches by cases of text, tests/unit/search/search.cases (its head says how they are written), over the resources of
 * person.json; and what a case cannot say: every parameter of the table leads somewhere, pages follow each other, and
 * memory that ends. */
#include "base/clock.h"
#include "base/file.h"
#include "fhir/fhir.h"
#include "search/search_int.h"
#include "search_case.h"
#include "t.h"

enum { ARENA_BYTES = 64 << 20, RESOURCES_MAX = 64 };

struct person {
    struct tape bundle, tapes[RESOURCES_MAX];
    struct search_resource resources[RESOURCES_MAX];
    size_t count;
    struct search_world world;
};

static bool load(struct person *person, struct arena *mem)
{
    struct salve_err err = {0};
    struct str json;
    int64_t saved_unix_ms;
    (void)clock_parse(STR("2026-11-21T00:00:00Z"), &saved_unix_ms);
    (void)clock_parse(STR("2026-11-30T12:00:00Z"), &person->world.now_unix_ms);
    person->world.base = STR("https://salve.example/fhir");
    if (file_read("tests/unit/search/person.json", 1 << 20, mem, &json, &err) != SALVE_OK ||
        fhir_read(json, NULL, mem, &person->bundle, NULL, &err) != SALVE_OK ||
        zone_open(STR("Europe/Berlin"), mem, &person->world.zone, &err) != SALVE_OK) {
        t_fail("person.json", "%s", t_where(&err));
        return false;
    }
    for (tape_at at = TAPE_NONE; tape_each_resource(&person->bundle, &at);) {
        struct tape *tape = &person->tapes[person->count];
        *tape = tape_view(&person->bundle, at);
        bool is_saved = tape_type(tape, 0) == FHIR_T_Observation;
        person->resources[person->count++] =
            (struct search_resource){.tape = tape, .updated_unix_ms = is_saved ? saved_unix_ms : 0};
    }
    return person->count > 0;
}

/* --- cases -------------------------------------------------------------------------------------------------------- */

static void put_ids(const struct person *person, const uint32_t *indexes, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++)
        buf_addf(out, "%s%.*s", i > 0 ? " " : "", STR_ARGS(search_id(&person->resources[indexes[i]])));
}

static enum salve_code ask(const struct person *person, struct str question, struct arena *mem, struct buf *out,
                           struct search_fault *fault, struct salve_err *err)
{
    struct search_case pairs = {.count = 0};
    struct search_ask asked = {.pairs = pairs.pairs, .world = &person->world};
    struct search *search;
    struct search_found found;
    asked.is_strict = str_starts(question, STR("strict "));
    if (asked.is_strict) question = str_cut(question, 7, SIZE_MAX);
    ptrdiff_t mark = str_find(question, STR("?"));
    asked.type = fhir_type_find(str_cut(question, 0, (size_t)mark));
    search_case_read(str_cut(question, (size_t)mark + 1, SIZE_MAX), mem, &pairs);
    asked.pair_count = pairs.count;
    TRY(search_parse(&asked, mem, &search, fault, err));
    TRY(search_run(search, person->resources, person->count, 0, mem, &found, err));
    put_ids(person, found.matches, found.match_count, out);
    if (found.match_count == 0) buf_add(out, STR("-"));
    if (found.included_count > 0) buf_add(out, STR(" + "));
    put_ids(person, found.included, found.included_count, out);
    if (found.total != found.match_count) buf_addf(out, " of %zu", found.total);
    return SALVE_OK;
}

static struct str answer(const struct person *person, struct str question, struct arena *mem)
{
    struct search_fault fault = {.name = STR_NONE};
    struct salve_err err = {0};
    struct buf out;
    buf_init(&out, mem, 1 << 16);
    enum salve_code code = ask(person, question, mem, &out, &fault, &err);
    if (code == SALVE_OK) return buf_str(&out);
    struct str name = fault.name.len > 0 ? fault.name : str_of(err.element);
    return arena_printf(mem, "%s %.*s%s%s", salve_code_name(code), STR_ARGS(name), fault.rule == NULL ? "" : " ",
                        fault.rule == NULL ? "" : fault.rule);
}

static void run_cases(const struct person *person, struct str text, struct arena *mem)
{
    struct str line;
    while (str_next_line(&text, &line)) {
        char label[300];
        line = str_trim(line);
        ptrdiff_t arrow = str_find(line, STR(" => "));
        if (line.len == 0 || line.ptr[0] == '#') continue;
        (void)snprintf(label, sizeof label, "%.*s", STR_ARGS(line));
        if (arrow < 0 || str_find(line, STR("?")) < 0) {
            t_fail(label, "no => or no ?");
            continue;
        }
        struct str want = str_cut(line, (size_t)arrow + 4, line.len);
        struct str got = answer(person, str_cut(line, 0, (size_t)arrow), mem);
        if (str_eq(got, want))
            t_pass();
        else
            t_fail(label, "got %.*s", STR_ARGS(got));
    }
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

/* Is there such an element, and of the type that the row wants? */
static fhir_type_id step_type(fhir_type_id type, fhir_name_id name, fhir_type_id as, bool *found)
{
    const struct fhir_type *owner = &fhir_types[type];
    fhir_type_id out = 0;
    for (unsigned i = 0; i < owner->element_count; i++) {
        const struct fhir_element *element = &fhir_elements[owner->first_element + i];
        if (element->path_name != name || (as != 0 && element->type != as)) continue;
        *found = true;
        out = element->type;
    }
    return out;
}

static void every_parameter_leads_to_an_element(void)
{
    size_t types = 0, params = 0;
    for (const struct search_type *row = search_types; row->type != 0; row++, types++) {
        size_t count;
        const struct search_param *param = search_params(row->type, &count);
        for (size_t i = 0; i < count; i++, param++, params++) {
            bool is_found = param->path_count > 0;
            for (unsigned p = 0; p < param->path_count; p++) {
                const struct search_path *path = &search_paths[param->first_path + p];
                fhir_type_id type = row->type;
                for (unsigned s = 0; s < path->step_count && is_found; s++) {
                    is_found = false;
                    type = step_type(type, path->steps[s].name, path->steps[s].as, &is_found);
                }
            }
            if (!is_found || search_param_find(row->type, str_of(param->code)) != param)
                t_fail("every parameter leads to an element", "%s of row %zu", param->code, types);
        }
    }
    if (types >= 26 && params >= 500)
        t_pass();
    else
        t_fail("every parameter leads to an element", "%zu types, %zu parameters", types, params);
}

/* --- pages -------------------------------------------------------------------------------------------------------- */

static void pages_hold_each_match_once(const struct person *person, struct arena *mem)
{
    const struct search_pair pairs[] = {{STR("_sort"), STR("status,-date")}, {STR("_count"), STR("3")}};
    struct search_ask asked = {.type = FHIR_T_Observation, .pairs = pairs, .pair_count = 2, .world = &person->world};
    struct search_fault fault;
    struct search *search;
    struct search_found found = {0};
    struct salve_err err = {0};
    unsigned seen[RESOURCES_MAX] = {0};
    size_t skip = 0;
    bool is_good = search_parse(&asked, mem, &search, &fault, &err) == SALVE_OK;
    do {
        is_good = is_good && search_run(search, person->resources, person->count, skip, mem, &found, &err) == SALVE_OK;
        for (size_t i = 0; is_good && i < found.match_count; i++) seen[found.matches[i]]++;
        skip += found.match_count;
    } while (is_good && found.match_count > 0);
    for (size_t i = 0; i < person->count; i++)
        is_good = is_good && seen[i] == (tape_type(person->resources[i].tape, 0) == FHIR_T_Observation);
    if (is_good && skip == found.total)
        t_pass();
    else
        t_fail("pages hold each match once", "%zu of %zu", skip, found.total);
}

/* As many values as there may be, over all parameters, and one more. */
static void values_are_counted_over_all_parameters(const struct person *person, struct arena *mem)
{
    struct search_pair pairs[2] = {{STR("code"), STR("")}, {STR("status"), STR("final")}};
    struct search_ask asked = {.type = FHIR_T_Observation, .pairs = pairs, .pair_count = 2, .world = &person->world};
    enum salve_code codes[2];
    for (size_t more = 0; more < 2; more++) {
        struct search_fault fault;
        struct search *search;
        struct salve_err err = {0};
        struct buf list;
        buf_init(&list, mem, 1 << 16);
        for (size_t i = 0; i + 2 < SEARCH_VALUES_MAX + more; i++) buf_add(&list, STR("1,"));
        buf_add_char(&list, '1');
        pairs[0].value = buf_str(&list);
        codes[more] = search_parse(&asked, mem, &search, &fault, &err);
    }
    if (codes[0] == SALVE_OK && codes[1] == SALVE_E_TOO_BIG)
        t_pass();
    else
        t_fail("values are counted over all parameters", "%s %s", salve_code_name(codes[0]), salve_code_name(codes[1]));
}

/* With less and less memory a search says that it had none, and nothing worse. */
static void a_search_without_memory_says_so(const struct person *person)
{
    const struct str question =
        STR("Observation?code:text=a,b&value-string=x&value-quantity=5.4|http://unitsofmeasure.org|"
            "mmol/L&_sort=value-string,date&_include=Observation:*&_revinclude=Provenance:target");
    unsigned failed = 0;
    bool is_good = true, is_done = false;
    for (uint64_t i = 0; i < 300 && is_good && !is_done; i++) {
        struct arena *mem = arena_open(ARENA_BYTES);
        struct search_fault fault = {.name = STR_NONE};
        struct salve_err err = {0};
        struct buf out;
        buf_init(&out, NULL, 1 << 16);
        arena_fail_after(mem, i);
        enum salve_code code = ask(person, question, mem, &out, &fault, &err);
        is_done = code == SALVE_OK;
        failed += code == SALVE_E_MEMORY;
        is_good = is_done || (code == SALVE_E_MEMORY && err.code == code);
        buf_drop(&out);
        arena_close(mem);
    }
    if (is_good && is_done && failed > 5)
        t_pass();
    else
        t_fail("a search without memory says so", "%u", failed);
}

int main(void)
{
    struct arena *mem = arena_open(ARENA_BYTES);
    struct person *person = arena_new(mem, struct person);
    struct salve_err err = {0};
    struct str cases;
    if (person == NULL || file_read("tests/unit/search/search.cases", 1 << 20, mem, &cases, &err) != SALVE_OK)
        t_fail("search.cases", "%s", t_where(&err));
    else if (load(person, mem)) {
        run_cases(person, cases, mem);
        every_parameter_leads_to_an_element();
        pages_hold_each_match_once(person, mem);
        values_are_counted_over_all_parameters(person, mem);
        a_search_without_memory_says_so(person);
    }
    arena_close(mem);
    return t_end();
}
