/* SPDX-License-Identifier: Apache-2.0
 * Does a resource meet all tests? Each parameter is one test, of which one alternative must match one value (R4
 * search.html 3.1.1.4.1, 3.1.1.4.17); :not, :not-in and ne of what is counted turn that round as R4 says for each. */
#include "search/search_int.h"

typedef bool match_node(struct search_look *look, struct search_node node);
static match_node *const matchers[SEARCH_KINDS] = {
    [SEARCH_NUMBER] = search_match_number,
    [SEARCH_DATE] = search_match_date,
    [SEARCH_STRING] = search_match_string,
    [SEARCH_TOKEN] = search_match_token,
    [SEARCH_REFERENCE] = search_match_reference,
    [SEARCH_QUANTITY] = search_match_quantity,
    [SEARCH_URI] = search_match_uri,
};

static bool has_content(void *what, struct search_node node)
{
    bool *found = what;
    const struct tape *tape = search_tape(node);
    *found = tape_kind(tape, node.at) != TAPE_NULL; /* extensions alone are no value */
    return *found;
}

static bool match_alternatives(struct search_look *look, struct search_node node)
{
    const struct search_test *test = look->test;
    struct arena_mark mark = arena_mark(look->mem);
    bool is_met = false;
    for (size_t i = 0; i < test->value_count && !is_met && look->code == SALVE_OK; i++) {
        look->value = &test->values[i];
        look->set = test->sets == NULL ? NULL : test->sets[i];
        is_met = matchers[test->param->kind](look, node);
        arena_rewind(look->mem, mark);
    }
    return is_met && look->code == SALVE_OK;
}

static bool visit_node(void *what, struct search_node node)
{
    struct search_look *look = what;
    return match_alternatives(look, node) || look->code != SALVE_OK;
}

/* --- composites: all parts of one alternative below one node ------------------------------------------------------ */

static bool parts_match(struct search_look *look, const struct search_value *value, struct search_node node)
{
    const struct search_param *whole = look->test->param;
    for (unsigned i = 0; i < whole->part_count; i++) {
        struct search_test test = {.param = &search_parts[whole->first_part + i], .value_count = 1};
        struct search_value part = value->parts[i];
        test.values = &part;
        struct search_look inner = {.search = look->search, .test = &test, .mem = look->mem};
        bool is_met = search_each(test.param, node, visit_node, &inner);
        look->code = inner.code;
        if (!is_met || inner.code != SALVE_OK) return false;
    }
    return true;
}

static bool visit_whole(void *what, struct search_node node)
{
    struct search_look *look = what;
    for (size_t i = 0; i < look->test->value_count; i++)
        if (parts_match(look, &look->test->values[i], node) || look->code != SALVE_OK) return true;
    return false;
}

/* --- one test ----------------------------------------------------------------------------------------------------- */

/* What stands in the resource beside its tape: the id and the time of saving. */
static bool match_own_id(const struct search_test *test, struct str id)
{
    for (size_t i = 0; i < test->value_count; i++)
        if (!test->values[i].token.has_system && str_eq(test->values[i].token.code, id)) return true;
    return false;
}

static bool match_updated(const struct search *search, const struct search_test *test, int64_t unix_ms)
{
    struct search_range at = {unix_ms, unix_ms + 1};
    for (size_t i = 0; i < test->value_count; i++) {
        const struct search_value *value = &test->values[i];
        expr_i128 gap = (search->world->now_unix_ms - value->time.low) / 10;
        if (gap < 0) gap = -gap;
        struct search_range near = {value->time.low - gap, value->time.high + gap};
        if (search_within((enum search_prefix)value->prefix, value->time, at, near)) return true;
    }
    return false;
}

/* "Is it so": deceased, of which a date says yes. */
static bool match_so(const struct search_test *test, bool is_so)
{
    for (size_t i = 0; i < test->value_count; i++)
        if (str_is(test->values[i].text, is_so ? "true" : "false")) return true;
    return false;
}

static bool match_missing(const struct search_test *test, struct search_node root)
{
    bool has = false;
    (void)search_each(test->param, root, has_content, &has);
    bool is_id = strcmp(test->param->code, "_id") == 0 && search_id(root.resource).len > 0;
    bool is_updated = strcmp(test->param->code, "_lastUpdated") == 0 && root.resource->updated_unix_ms != 0;
    return (has || is_id || is_updated) != test->is_missing;
}

static bool meets(const struct search *search, const struct search_test *test, struct search_look *look,
                  struct search_node root)
{
    const struct search_param *param = test->param;
    bool has = false;
    if (test->modifier == SEARCH_MISSING) return match_missing(test, root);
    bool is_turned = test->modifier == SEARCH_NOT || test->modifier == SEARCH_NOT_IN;
    if (strcmp(param->code, "_id") == 0) return match_own_id(test, search_id(root.resource)) != is_turned;
    if (strcmp(param->code, "_lastUpdated") == 0 && root.resource->updated_unix_ms != 0)
        return match_updated(search, test, root.resource->updated_unix_ms);
    if (param->path_count > 0 && search_paths[param->first_path].keeps == SEARCH_KEEPS_IS_SO) {
        (void)search_each(param, root, has_content, &has);
        return match_so(test, has) != is_turned;
    }
    bool is_met = search_each(param, root, param->kind == SEARCH_COMPOSITE ? visit_whole : visit_node, look);
    return is_met != is_turned;
}

static bool is_of_type(const struct search *search, fhir_type_id type)
{
    if (search->type != 0) return type == search->type;
    const fhir_type_id *one = search->types;
    while (*one != 0 && *one != type) one++;
    return *one == type || search->types[0] == 0;
}

enum salve_code search_meets(const struct search *search, const struct search_resource *resource, struct arena *mem,
                             bool *out, struct salve_err *err)
{
    struct search_node root = {.resource = resource, .at = 0};
    *out = is_of_type(search, tape_type(resource->tape, 0));
    for (size_t i = 0; i < search->test_count && *out; i++) {
        struct search_look look = {.search = search, .test = &search->tests[i], .mem = mem};
        *out = meets(search, &search->tests[i], &look, root);
        if (look.code != SALVE_OK) return salve_fail(err, look.code, "search");
    }
    return SALVE_OK;
}
