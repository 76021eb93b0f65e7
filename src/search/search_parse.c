/* SPDX-License-Identifier: Apache-2.0
 * The parameters of a request: refused ones first, then those that steer the answer, then those that match. */
#include "search/search_int.h"

#define ON(kind) (1u << SEARCH_##kind)
static const struct {
    const char *text;
    uint32_t kinds;
} modifiers[] = {
    [SEARCH_PLAIN] = {"", 0},
#define SEARCH_MODIFIER(name, text, kinds) [SEARCH_##name] = {text, kinds},
#include "search/search_modifiers.def"
#undef SEARCH_MODIFIER
};
#undef ON

struct reading {
    const struct search_ask *ask;
    struct search *search;
    struct arena *mem;
    struct search_fault *fault;
    struct salve_err *err;
    size_t value_count; /* of all tests */
};

static enum salve_code not_known(struct reading *r, const char *why, struct str name)
{
    return salve_refuse(r->err, SALVE_E_UNKNOWN_NAME, why, "%.*s", STR_ARGS(str_cut(name, 0, 64)));
}

/* --- what is never answered --------------------------------------------------------------------------------------- */

static const struct {
    const char *type, *name, *rule, *why;
} nevers[] = {
#define SEARCH_NEVER(type, name, rule, why) {type, name, rule, why},
#include "search/search_never.def"
#undef SEARCH_NEVER
};

static struct str before(struct str name, char at)
{
    const char *end = name.len == 0 ? NULL : memchr(name.ptr, at, name.len);
    return end == NULL ? name : str_cut(name, 0, (size_t)(end - name.ptr));
}

static const char *why_never(fhir_type_id type, struct str name, const char **rule)
{
    struct str plain = before(name, ':');
    bool is_own = plain.len > 0 && plain.ptr[0] != '_';
    bool is_chain = name.len > 0 && memchr(name.ptr, '.', name.len) != NULL;
    for (size_t i = 0; i < sizeof nevers / sizeof nevers[0]; i++) {
        bool is_type = nevers[i].type[0] == '\0' || str_is(fhir_type_name(type), nevers[i].type);
        bool is_name = str_is(plain, nevers[i].name) || (is_own && strcmp(nevers[i].name, "*") == 0);
        if (!(is_type && is_name) && !(is_chain && i == 0)) continue;
        *rule = nevers[i].rule;
        return nevers[i].why;
    }
    return NULL;
}

const char *search_refuses(fhir_type_id type, struct str name)
{
    const char *rule = NULL;
    return why_never(type, name, &rule) == NULL ? NULL : rule;
}

/* --- parameters that steer the answer ----------------------------------------------------------------------------- */

typedef enum salve_code read_result(struct reading *r, struct str value);

static const struct search_param *sort_param(struct reading *r, struct str code)
{
    if (r->ask->type != 0) return search_param_find(r->ask->type, code);
    const struct search_param *any = search_param_find(search_types[0].type, code);
    return any != NULL && code.ptr[0] == '_' ? any : NULL;
}

static enum salve_code read_sort(struct reading *r, struct str value)
{
    struct search *search = r->search;
    struct str piece;
    while (search_piece(&value, ',', &piece)) {
        bool is_falling = piece.len > 0 && piece.ptr[0] == '-';
        struct str code = str_cut(piece, is_falling ? 1 : 0, SIZE_MAX);
        const struct search_param *param = code.len == 0 ? NULL : sort_param(r, code);
        if (search->sort_count == SEARCH_SORTS_MAX)
            return salve_refuse(r->err, SALVE_E_TOO_BIG, "it names more than 8 parameters", "_sort");
        if (param == NULL || param->kind == SEARCH_COMPOSITE)
            return not_known(r, "there is no order by that", STR("_sort"));
        search->sorts[search->sort_count++] = (struct search_sort){.param = param, .is_falling = is_falling};
    }
    return SALVE_OK;
}

static enum salve_code read_count(struct reading *r, struct str value)
{
    int64_t count;
    if (!str_to_i64(value, &count) || count < 0)
        return salve_refuse(r->err, SALVE_E_SYNTAX, "it is no whole number", "_count");
    r->search->page_size = count > SEARCH_COUNT_MAX ? SEARCH_COUNT_MAX : (size_t)count;
    return SALVE_OK;
}

static enum salve_code read_total(struct reading *r, struct str value)
{
    bool is_none = str_is(value, "none");
    if (!is_none && !str_is(value, "estimate") && !str_is(value, "accurate"))
        return salve_refuse(r->err, SALVE_E_SYNTAX, "it is none, estimate or accurate", "_total");
    r->search->counts = !is_none;
    return SALVE_OK;
}

static enum salve_code read_types(struct reading *r, struct str value)
{
    struct str piece;
    size_t count = 0;
    if (r->ask->type != 0) return not_known(r, "the address names the type", STR("_type"));
    while (search_piece(&value, ',', &piece)) {
        fhir_type_id type = fhir_type_find(piece);
        if (count == SEARCH_TYPES_MAX - 1)
            return salve_refuse(r->err, SALVE_E_TOO_BIG, "it names more than 31 types", "_type");
        if (type == 0 || fhir_types[type].kind != FHIR_RESOURCE) return not_known(r, "that is no type", STR("_type"));
        r->search->types[count++] = type;
    }
    return SALVE_OK;
}

/* "Observation:encounter:Encounter", "Observation:*", "*" */
static enum salve_code add_include(struct reading *r, struct str value, bool is_reverse)
{
    struct search_include include = {.is_reverse = is_reverse, .code = STR("*")};
    const char *name = is_reverse ? "_revinclude" : "_include";
    struct str source = STR_NONE, code, target;
    if (!str_is(value, "*")) {
        (void)search_piece(&value, ':', &source);
        include.source = fhir_type_find(source);
        if (!search_piece(&value, ':', &code) || include.source == 0)
            return not_known(r, "it is Type:parameter or Type:parameter:Type", str_of(name));
        include.code = code;
        const struct search_param *param = search_param_find(include.source, code);
        if (!str_is(code, "*") && (param == NULL || param->kind != SEARCH_REFERENCE))
            return not_known(r, "that is no reference of that type", str_of(name));
        if (search_piece(&value, ':', &target) && (include.target = fhir_type_find(target)) == 0)
            return not_known(r, "that is no type", str_of(name));
    }
    if (r->search->include_count == SEARCH_INCLUDES_MAX)
        return salve_refuse(r->err, SALVE_E_TOO_BIG, "there are more than 20", "%s", name);
    r->search->includes[r->search->include_count++] = include;
    return SALVE_OK;
}

static enum salve_code read_include(struct reading *r, struct str value) { return add_include(r, value, false); }
static enum salve_code read_revinclude(struct reading *r, struct str value) { return add_include(r, value, true); }

static const struct {
    const char *name;
    read_result *read;
} results[] = {
#define SEARCH_RESULT(name, reader) {name, reader},
#include "search/search_results.def"
#undef SEARCH_RESULT
};

/* _include:iterate, and its name before R4, _include:recurse */
static bool repeats(struct str name, struct str plain)
{
    struct str behind = str_cut(name, plain.len + 1, SIZE_MAX);
    bool is_include = str_is(plain, "_include") || str_is(plain, "_revinclude");
    return is_include && (str_is(behind, "iterate") || str_is(behind, "recurse"));
}

static enum salve_code steer(struct reading *r, size_t i, bool *is_mine)
{
    struct str name = r->ask->pairs[i].name, plain = before(name, ':');
    for (size_t k = 0; k < sizeof results / sizeof results[0]; k++) {
        if (!str_is(plain, results[k].name)) continue;
        bool is_repeated = repeats(name, plain);
        *is_mine = true;
        r->search->used[i] = true;
        if (name.len != plain.len && !is_repeated) return not_known(r, "it takes no such modifier", plain);
        size_t includes = r->search->include_count;
        if (results[k].read != NULL) TRY(results[k].read(r, r->ask->pairs[i].value));
        if (r->search->include_count > includes) r->search->includes[includes].is_repeated = is_repeated;
        return SALVE_OK;
    }
    return SALVE_OK;
}

/* --- parameters that match ---------------------------------------------------------------------------------------- */

static enum salve_code read_modifier(struct reading *r, struct str text, struct search_test *test)
{
    if (text.ptr == NULL) return SALVE_OK;
    for (uint8_t i = SEARCH_PLAIN + 1; i < SEARCH_OF_RESOURCE; i++) {
        if (!str_is(text, modifiers[i].text) || (modifiers[i].kinds >> test->param->kind & 1) == 0) continue;
        test->modifier = i;
        return SALVE_OK;
    }
    test->of_type = test->param->kind == SEARCH_REFERENCE ? fhir_type_find(text) : 0;
    test->modifier = SEARCH_OF_RESOURCE;
    if (test->of_type != 0 && fhir_types[test->of_type].kind == FHIR_RESOURCE) return SALVE_OK;
    return not_known(r, "it takes no such modifier", str_of(test->param->code));
}

static enum salve_code read_missing(struct reading *r, struct str value, struct search_test *test)
{
    test->is_missing = str_is(value, "true");
    if (test->is_missing || str_is(value, "false")) return SALVE_OK;
    return salve_refuse(r->err, SALVE_E_SYNTAX, ":missing is true or false", "%s", test->param->code);
}

/* A value set that is not at hand is an error: its answer would be "nothing" for :in and "all" for :not-in. */
static enum salve_code find_sets(struct reading *r, struct search_test *test)
{
    const struct terms *terms = r->ask->world->terms;
    if (test->modifier != SEARCH_IN && test->modifier != SEARCH_NOT_IN) return SALVE_OK;
    test->sets = arena_alloc_array(r->mem, sizeof *test->sets, test->value_count);
    if (test->sets == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "search");
    for (size_t i = 0; i < test->value_count; i++) {
        struct str url = test->values[i].text;
        const struct expr_code none = {.code = STR("-"), .system = STR("urn:none")};
        bool is_at_hand = false;
        test->sets[i] = terms == NULL ? NULL : terms_find(terms, url, STR_NONE);
        if (test->sets[i] != NULL) continue;
        (void)terms_member(NULL, &none, url, STR_NONE, &is_at_hand);
        if (!is_at_hand) return not_known(r, "that value set is not at hand here", str_of(test->param->code));
    }
    return SALVE_OK;
}

static enum salve_code read_values(struct reading *r, struct str value, struct search_test *test)
{
    struct str rest = value, piece;
    while (search_piece(&rest, ',', &piece)) test->value_count++;
    r->value_count += test->value_count;
    if (r->value_count > SEARCH_VALUES_MAX)
        return salve_refuse(r->err, SALVE_E_TOO_BIG, "a search has 500 values at most", "%s", test->param->code);
    test->values = arena_array(r->mem, struct search_value, test->value_count);
    if (test->values == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "search");
    for (size_t i = 0; search_piece(&value, ',', &piece); i++)
        TRY(search_read_value(r->ask, test->param, test->modifier, test->of_type, piece, r->mem, &test->values[i],
                              r->err));
    return find_sets(r, test);
}

/* By its place: a name that is not known may be anything, and no error says again what was sent. */
static enum salve_code pass_over(struct reading *r, size_t i)
{
    if (!r->ask->is_strict) return SALVE_OK;
    return salve_refuse(r->err, SALVE_E_UNKNOWN_NAME, "there is no such parameter here", "parameter %zu", i + 1);
}

static enum salve_code read_test(struct reading *r, size_t i)
{
    struct str name = r->ask->pairs[i].name, value = r->ask->pairs[i].value, code = before(name, ':');
    struct search_test *test = &r->search->tests[r->search->test_count];
    test->param = sort_param(r, code.len == 0 ? STR("-") : code);
    if (test->param == NULL) return pass_over(r, i);
    TRY(read_modifier(r, name.len == code.len ? STR_NONE : str_cut(name, code.len + 1, SIZE_MAX), test));
    r->search->used[i] = true;
    if (value.len == 0) return SALVE_OK; /* an empty value asks for nothing (R4 3.1.1.4.17) */
    TRY(test->modifier == SEARCH_MISSING ? read_missing(r, value, test) : read_values(r, value, test));
    r->search->test_count++;
    return SALVE_OK;
}

static enum salve_code read_pair(struct reading *r, size_t i)
{
    struct str name = r->ask->pairs[i].name;
    const char *rule = NULL, *why = why_never(r->ask->type, name, &rule);
    bool is_mine = false;
    r->fault->name = name;
    if (why != NULL) {
        r->fault->rule = rule;
        r->fault->why = why;
        return salve_refuse(r->err, SALVE_E_ROLE, why, "%s", rule);
    }
    TRY(steer(r, i, &is_mine));
    return is_mine ? SALVE_OK : read_test(r, i);
}

enum salve_code search_parse(const struct search_ask *ask, struct arena *mem, struct search **out,
                             struct search_fault *fault, struct salve_err *err)
{
    static const struct search_world nowhere = {.now_unix_ms = 0};
    struct search_ask asked = *ask;
    struct search *search = arena_new(mem, struct search);
    if (asked.world == NULL) asked.world = &nowhere;
    *fault = (struct search_fault){.name = STR_NONE};
    if (search == NULL) return salve_fail(err, SALVE_E_MEMORY, "search");
    if (ask->pair_count > SEARCH_PAIRS_MAX)
        return salve_refuse(err, SALVE_E_TOO_BIG, "a search has 100 parameters at most", "query");
    *search =
        (struct search){.type = ask->type, .world = asked.world, .page_size = SEARCH_COUNT_DEFAULT, .counts = true};
    search->tests = arena_array(mem, struct search_test, ask->pair_count + 1);
    search->used = arena_array(mem, bool, ask->pair_count + 1);
    if (search->tests == NULL || search->used == NULL) return salve_fail(err, SALVE_E_MEMORY, "search");
    struct reading r = {.ask = &asked, .search = search, .mem = mem, .fault = fault, .err = err};
    for (size_t i = 0; i < ask->pair_count; i++) TRY(read_pair(&r, i));
    *fault = (struct search_fault){.name = STR_NONE};
    *out = search;
    return SALVE_OK;
}

bool search_uses(const struct search *search, size_t i) { return search->used[i]; }
size_t search_page_size(const struct search *search) { return search->page_size; }
bool search_counts(const struct search *search) { return search->counts; }
size_t search_criteria(const struct search *search) { return search->test_count; }
