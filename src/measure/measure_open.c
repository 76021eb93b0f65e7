/* SPDX-License-Identifier: Apache-2.0
 * A Bundle into a set of measures: ELM out of Library.content, programs linked, components found, value sets read. */
#include "base/limits.h"
#include "measure/measure_int.h"
#include "fhir/fhir.h"
#include "json/json.h"

struct opening {
    struct measure_set *set;
    struct elm_set *elm;
    struct fhir_index index;
    struct measure_libraries libraries;
};

static int base64_digit(char c)
{
    if (str_is_upper(c)) return c - 'A';
    if (str_is_lower(c)) return c - 'a' + 26;
    if (str_is_digit(c)) return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}
/* White space may stand in it; what is no base64 ends as an error of JSON. */
static enum salve_code base64(struct str text, struct arena *mem, struct str *out, struct salve_err *err)
{
    char *bytes = arena_alloc(mem, text.len + 1);
    size_t len = 0;
    uint32_t bits = 0, count = 0;
    if (bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "Library.content");
    for (size_t i = 0; i < text.len; i++) {
        int digit = base64_digit(text.ptr[i]);
        if (digit < 0) continue;
        bits = (bits << 6) | (uint32_t)digit;
        if ((count += 6) < 8) continue;
        count -= 8;
        bytes[len++] = (char)(bits >> count);
    }
    *out = str_make(bytes, len);
    return SALVE_OK;
}

/* `library`: what is known of the Library that it stands in. */
static enum salve_code add_elm(struct opening *o, struct measure_library library, struct str elm, struct salve_err *err)
{
    const struct json *doc = NULL;
    struct json_opts opts = {.bytes_max = SALVE_ELM_BYTES_MAX, .depth_max = JSON_DEPTH_MAX};
    struct measure_libraries *all = &o->libraries;
    if (all->count == SALVE_MEASURE_LIBRARIES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "Library");
    enum salve_code code = json_read(elm, &opts, o->set->mem, &doc, err);
    if (code != SALVE_OK) return code;
    library.elm_id = json_text(json_path(doc, "library.identifier.id"));
    library.elm_version = json_text(json_path(doc, "library.identifier.version"));
    if (library.elm_id.len == 0) return salve_refuse(err, SALVE_E_INVALID, "it is missing", "library.identifier.id");
    all->items[all->count++] = library;
    code = elm_load(o->elm, elm, NULL, err);
    if (code != SALVE_OK) salve_err_in(err, "Library.content");
    return code;
}

static enum salve_code add_library_of(struct opening *o, tape_at at, tape_at container, struct salve_err *err)
{
    const struct tape *t = &o->set->bundle;
    struct str elm;
    struct measure_library library = {.canonical = tape_child_text(t, at, "url"),
                                      .version = tape_child_text(t, at, "version"),
                                      .id = tape_child_text(t, at, "id"),
                                      .at = at,
                                      .container = container};
    for (tape_at c = tape_first(t, at); c != TAPE_NONE; c = tape_next(t, at, c)) {
        if (!str_is(fhir_name(tape_path_name(t, c)), "content")) continue;
        if (!str_is(tape_child_text(t, c, "contentType"), "application/elm+json")) continue;
        enum salve_code code = base64(tape_child_text(t, c, "data"), o->set->mem, &elm, err);
        return code == SALVE_OK ? add_elm(o, library, elm, err) : code;
    }
    return SALVE_OK; /* other uses: no logic */
}

static enum salve_code add_library(struct opening *o, tape_at at, struct salve_err *err)
{
    return add_library_of(o, at, TAPE_NONE, err);
}

static enum salve_code link_measure(struct opening *o, struct measure_one *m, tape_at at, struct salve_err *err)
{
    const struct tape *t = &o->set->bundle;
    const struct measure_library *found = NULL;
    struct elm_program *program = NULL;
    for (tape_at c = tape_first(t, at); c != TAPE_NONE; c = tape_next(t, at, c))
        if (str_is(fhir_name(tape_path_name(t, c)), "contained") && tape_type(t, c) == FHIR_T_Library)
            TRY(add_library_of(o, c, at, err));
    for (tape_at c = tape_first(t, at); c != TAPE_NONE && found == NULL; c = tape_next(t, at, c))
        if (str_is(fhir_name(tape_path_name(t, c)), "library"))
            found = measure_library_find(&o->libraries, &o->index, at, tape_text(t, c));
    if (found == NULL)
        return salve_refuse(err, SALVE_E_NOT_FOUND, "the measure's library is neither in the Bundle nor given as ELM",
                            "Measure.library");
    struct str version = found->elm_version.len > 0 ? found->elm_version : STR_NONE;
    enum salve_code code = elm_link(o->elm, found->elm_id, version, o->set->mem, &program, err);
    m->program = program;
    return code;
}

static bool has_own_criteria(const struct measure_one *m)
{
    for (size_t i = 0; i < m->group_count; i++)
        if (m->groups[i].scoring != SCORING_COMPOSITE) return true;
    return false;
}

static enum salve_code add_measure(struct opening *o, tape_at at, struct salve_err *err)
{
    struct measure_set *set = o->set;
    if (set->measure_count == SALVE_MEASURES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "Measure");
    struct measure_one *m = &set->measures[set->measure_count];
    enum salve_code code = measure_read_groups(set, m, at, err);
    if (code == SALVE_OK && has_own_criteria(m)) code = link_measure(o, m, at, err);
    set->measure_count++;
    return code;
}

static enum salve_code each(struct opening *o, fhir_type_id type,
                            enum salve_code (*one)(struct opening *, tape_at, struct salve_err *),
                            struct salve_err *err)
{
    const struct tape *t = &o->set->bundle;
    for (tape_at at = TAPE_NONE; tape_each_resource(t, &at);)
        if (tape_type(t, at) == type) TRY(one(o, at, err));
    return SALVE_OK;
}

static enum salve_code check_component(const struct measure_group *g, struct salve_err *err)
{
    bool is_score = g->scoring == SCORING_PROPORTION || g->scoring == SCORING_RATIO;
    if (g->has_no_score)
        return salve_refuse(err, SALVE_E_INVALID, "a population of the component's score has no criteria",
                            "Measure component");
    if (is_score && !g->is_decrease) return SALVE_OK;
    return salve_refuse(err, SALVE_E_UNSUPPORTED,
                        "components are proportions or ratios of which an increase is an improvement",
                        "Measure component");
}

/* A component is named as a library is: by its canonical, or as "Measure/id". */
static bool is_measure(const struct measure_one *m, struct str canonical)
{
    struct str url = measure_without_version(canonical), last = measure_last_part(url);
    if (str_eq(m->url, url)) return true;
    return measure_is_relative(url) && (str_eq(m->id, last) || str_eq(measure_last_part(m->url), last));
}

/* Components are measures with criteria of their own: a composite of composites, and so a cycle, is refused. */
static enum salve_code find_component(struct measure_set *set, struct measure_component *c, struct salve_err *err)
{
    for (size_t i = 0; i < set->measure_count; i++) {
        const struct measure_one *m = &set->measures[i];
        if (!is_measure(m, c->canonical) || m->program == NULL) continue;
        for (size_t g = 0; g < m->group_count; g++) {
            if (c->group.len == 0 ? m->group_count > 1 : !str_eq(m->groups[g].id, c->group)) continue;
            c->measure = i;
            return check_component(&m->groups[g], err);
        }
    }
    return salve_refuse(err, SALVE_E_NOT_FOUND,
                        "a component must be a group of a Measure in the Bundle that is no composite itself",
                        "Measure component");
}

static enum salve_code find_components(struct measure_set *set, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; i < set->measure_count; i++)
        for (size_t g = 0; g < set->measures[i].group_count; g++)
            for (uint32_t c = 0; c < set->measures[i].groups[g].component_count && code == SALVE_OK; c++) {
                struct measure_component *component = &set->measures[i].groups[g].components[c];
                component->measure = set->measure_count;
                code = find_component(set, component, err);
            }
    return code;
}

static enum salve_code open_vocabulary(struct measure_set *set, struct terms *more, struct salve_err *err)
{
    struct terms *v = more == NULL ? terms_make(set->mem) : more;
    if (v == NULL) return salve_fail(err, SALVE_E_MEMORY, "ValueSet");
    enum salve_code code = terms_add_missing(v, &set->bundle, err);
    set->terms = v;
    return code == SALVE_OK ? terms_done(v, err) : code;
}

enum salve_code measure_open(const struct tape *bundle, const struct str *elm, size_t elm_count, struct terms *more,
                             struct arena *mem, struct measure_set **out, struct salve_err *err)
{
    struct opening *o = arena_new(mem, struct opening);
    struct measure_set *set = arena_new(mem, struct measure_set);
    enum salve_code code = SALVE_OK;
    if (tape_root(bundle) == TAPE_NONE) return salve_fail(err, SALVE_E_INVALID, "Bundle");
    if (o == NULL || set == NULL) return salve_fail(err, SALVE_E_MEMORY, "Measure");
    *set = (struct measure_set){
        .bundle = *bundle, .mem = mem, .measures = arena_array(mem, struct measure_one, SALVE_MEASURES_MAX)};
    *o = (struct opening){.set = set, .elm = elm_set_make(mem)};
    if (set->measures == NULL || o->elm == NULL) return salve_fail(err, SALVE_E_MEMORY, "Measure");
    buf_init(&set->notes, mem, SALVE_REQUEST_BYTES_MAX);
    code = fhir_index_build(bundle, mem, &o->index, err);
    const struct measure_library given = {.at = TAPE_NONE, .container = TAPE_NONE};
    for (size_t i = 0; i < elm_count && code == SALVE_OK; i++) code = add_elm(o, given, elm[i], err);
    if (code == SALVE_OK) code = each(o, FHIR_T_Library, add_library, err);
    if (code == SALVE_OK) code = each(o, FHIR_T_Measure, add_measure, err);
    if (code == SALVE_OK && set->measure_count == 0)
        return salve_refuse(err, SALVE_E_INVALID, "there is no Measure in it", "Bundle.entry");
    if (code == SALVE_OK) code = find_components(set, err);
    if (code == SALVE_OK) code = open_vocabulary(set, more, err);
    *out = set;
    return code;
}

size_t measure_count(const struct measure_set *set) { return set->measure_count; }
struct str measure_notes(const struct measure_set *set) { return buf_str(&set->notes); }
bool measure_is_composite(const struct measure_set *set, size_t measure)
{
    salve_assert(measure < set->measure_count);
    return set->measures[measure].program == NULL;
}
size_t measure_group_count(const struct measure_set *set, size_t measure) { return set->measures[measure].group_count; }
