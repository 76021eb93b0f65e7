/* SPDX-License-Identifier: Apache-2.0
 * Compiling what has names and turns: aliases, properties, queries, sorts, Filter, ForEach, Repeat, Aggregate.
 *
 * A query is a loop per source, one inside the other; the innermost body evaluates lets, relationships and where, and
 * leaves a list of no or one result, which the loops join. A source that is no list makes the result no list. */
#include "elm/elm_compile_int.h"

/* --- names -------------------------------------------------------------------------------------------------------- */
enum salve_code elm_make_alias(struct elm_compile *c, const struct json *node)
{
    struct str name;
    TRY(elm_want_text(c, node, "name", &name));
    const struct elm_scope *scope = elm_find_scope(c, name);
    if (scope == NULL) return elm_bad(c, node, SALVE_E_UNKNOWN_NAME, "name %.*s is not known here", STR_ARGS(name));
    (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, scope->slot, 0);
    return SALVE_OK;
}

/* The name of an element of the item being sorted, or an alias. */
enum salve_code elm_make_identifier(struct elm_compile *c, const struct json *node)
{
    struct str name;
    TRY(elm_want_text(c, node, "name", &name));
    if (elm_find_scope(c, name) != NULL) return elm_make_alias(c, node);
    if (c->this_slot == UINT16_MAX)
        return elm_bad(c, node, SALVE_E_UNKNOWN_NAME, "name %.*s is not known here", STR_ARGS(name));
    (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, c->this_slot, 0);
    elm_emit_element(c, name);
    return SALVE_OK;
}

void elm_emit_element(struct elm_compile *c, struct str name)
{
    static const struct expr_function plain = {"Property", elm_property}, noted = {"Property", elm_property_noted};
    fhir_name_id id = fhir_name_find(name);
    bool is_quick = !c->is_explained && id != 0;
    uint32_t to_end = is_quick ? expr_emit(&c->emit, EXPR_OP_IF_ELEMENT, 0, id, 0) : 0;
    elm_const_text(c, name);
    expr_emit_call(&c->emit, c->is_explained ? &noted : &plain, 2);
    if (is_quick) expr_emit_target(&c->emit, to_end);
}

enum salve_code elm_emit_path(struct elm_compile *c, const struct json *node, struct str path)
{
    static const struct expr_function indexer = {"Property", elm_indexer};
    while (path.len > 0) {
        size_t end = 0;
        while (end < path.len && path.ptr[end] != '.' && path.ptr[end] != '[') end++;
        if (end > 0) elm_emit_element(c, str_cut(path, 0, end));
        if (end < path.len && path.ptr[end] == '[') {
            size_t close = end + 1;
            int64_t index;
            while (close < path.len && path.ptr[close] != ']') close++;
            if (!str_to_i64(str_cut(path, end + 1, close - end - 1), &index) || index < 0 || index > INT32_MAX)
                return elm_bad(c, node, SALVE_E_INVALID, "Property has a wrong path");
            expr_emit_const(&c->emit, expr_integer(index));
            expr_emit_call(&c->emit, &indexer, 2);
            end = close;
        }
        path = str_cut(path, end + 1, path.len);
    }
    return SALVE_OK;
}

enum salve_code elm_make_property(struct elm_compile *c, const struct json *node)
{
    struct str path, scope_name = json_get_text(node, "scope");
    TRY(elm_want_text(c, node, "path", &path));
    if (scope_name.ptr != NULL) {
        const struct elm_scope *scope = elm_find_scope(c, scope_name);
        if (str_is(scope_name, "$this") && scope == NULL && c->this_slot != UINT16_MAX)
            (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, c->this_slot, 0);
        else if (scope == NULL)
            return elm_bad(c, node, SALVE_E_UNKNOWN_NAME, "name %.*s is not known here", STR_ARGS(scope_name));
        else
            (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, scope->slot, 0);
    } else {
        if (json_get(node, "source") == NULL) return elm_bad(c, node, SALVE_E_INVALID, "Property has no source");
        TRY(elm_compile_field(c, node, "source"));
    }
    return elm_emit_path(c, node, path);
}

static enum salve_code emit_slot(struct elm_compile *c, const struct json *node, uint16_t slot, const char *what)
{
    struct str scope_name = json_get_text(node, "scope");
    const struct elm_scope *scope = scope_name.ptr == NULL ? NULL : elm_find_scope(c, scope_name);
    if (scope != NULL) slot = scope->slot;
    if (slot == UINT16_MAX) return elm_bad(c, node, SALVE_E_UNKNOWN_NAME, "%s is not known here", what);
    (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, slot, 0);
    return SALVE_OK;
}
enum salve_code elm_make_current(struct elm_compile *c, const struct json *node)
{
    return emit_slot(c, node, c->this_slot, "$this");
}
enum salve_code elm_make_total(struct elm_compile *c, const struct json *node)
{
    return emit_slot(c, node, c->total_slot, "$total");
}
enum salve_code elm_make_iteration(struct elm_compile *c, const struct json *node)
{
    return emit_slot(c, node, c->this_slot == UINT16_MAX ? UINT16_MAX : (uint16_t)(c->this_slot + 1), "$index");
}

/* --- queries ------------------------------------------------------------------------------------------------------ */
struct query {
    const struct json *node, *aggregate, *result; /* result: "return" */
    uint16_t slots[16], sources[16];              /* of the loops; of the source values */
    uint32_t count;
    uint16_t total; /* slot of the innermost total */
    bool has_list;  /* a source is surely a list */
    enum { ALL, FIRST, LAST, ANY } wanted;
};

static bool is_surely_list(const struct json *expression)
{
    struct str type = json_get_text(expression, "type");
    return str_is(type, "Retrieve") || str_is(type, "List") || str_is(type, "ToList");
}

/* Lets, relationships and where; jumps to *skip (patched by the caller) unless the turn counts. */
struct skips {
    uint32_t jumps[64];
    uint32_t count;
};

static enum salve_code skip_unless(struct elm_compile *c, const struct json *node, struct skips *skips)
{
    if (skips->count == 64) return elm_bad(c, node, SALVE_E_TOO_BIG, "more than 63 relationships in a query");
    skips->jumps[skips->count++] = expr_emit(&c->emit, EXPR_OP_BRANCH, 0, 0, 0);
    return SALVE_OK;
}

static enum salve_code relationship(struct elm_compile *c, const struct json *node, struct skips *skips)
{
    struct str alias, type = json_get_text(node, "type");
    TRY(elm_want_text(c, node, "alias", &alias));
    struct elm_scope *outer = c->scope;
    TRY(elm_compile_field(c, node, "expression"));
    uint16_t slot = expr_emit_slots(&c->emit, 2);
    uint32_t loop = expr_emit_loop(&c->emit, EXPR_OP_LOOP_EXISTS, slot);
    TRY(elm_push_scope(c, alias, slot));
    TRY(elm_compile_field(c, node, "suchThat"));
    expr_emit_loop_end(&c->emit, loop);
    c->scope = outer;
    if (str_is(type, "Without"))
        (void)expr_emit(&c->emit, EXPR_OP_NOT, 0, 0, 0);
    else if (!str_is(type, "With"))
        return elm_bad(c, node, SALVE_E_INVALID, "a relationship is With or Without");
    return skip_unless(c, node, skips);
}

static enum salve_code conditions(struct elm_compile *c, const struct json *node, struct skips *skips)
{
    for (const struct json *let = json_first(json_get(node, "let")); let != NULL; let = let->next) {
        struct str name;
        TRY(elm_want_text(c, let, "identifier", &name));
        TRY(elm_compile_field(c, let, "expression"));
        uint16_t slot = expr_emit_slots(&c->emit, 1);
        (void)expr_emit(&c->emit, EXPR_OP_SET, 0, slot, 0);
        TRY(elm_push_scope(c, name, slot));
    }
    for (const struct json *r = json_first(json_get(node, "relationship")); r != NULL; r = r->next)
        TRY(relationship(c, r, skips));
    if (elm_field(node, "where") == NULL) return SALVE_OK;
    TRY(elm_compile_field(c, node, "where"));
    return skip_unless(c, node, skips);
}

/* What one turn gives: the return expression, the item, or a tuple of all aliases. */
static enum salve_code turn_result(struct elm_compile *c, const struct query *q)
{
    if (q->result != NULL && elm_field(q->result, "expression") != NULL)
        return elm_compile_field(c, q->result, "expression");
    if (q->count == 1) {
        (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, q->slots[0], 0);
        return SALVE_OK;
    }
    struct str names[16];
    const struct json *source = json_first(json_get(q->node, "source"));
    for (uint32_t i = 0; i < q->count; i++, source = source->next) {
        names[i] = json_get_text(source, "alias");
        (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, q->slots[i], 0);
    }
    (void)expr_emit(&c->emit, EXPR_OP_TUPLE, 0, (uint16_t)q->count, expr_emit_shape(&c->emit, names, q->count));
    return SALVE_OK;
}

/* The innermost loop: a turn adds its result or goes on to the next; of an existence the first that counts ends it. */
static enum salve_code turns_loop(struct elm_compile *c, const struct query *q, uint32_t loop)
{
    struct skips skips = {.count = 0};
    TRY(conditions(c, q->node, &skips));
    if (q->wanted == ANY)
        expr_emit_const(&c->emit, expr_boolean(true));
    else
        TRY(turn_result(c, q));
    expr_emit_loop_end(&c->emit, loop);
    if (skips.count == 0) return SALVE_OK;
    uint32_t to_end = expr_emit(&c->emit, EXPR_OP_JUMP, 0, 0, 0);
    for (uint32_t i = 0; i < skips.count; i++) expr_emit_target(&c->emit, skips.jumps[i]);
    expr_emit_loop_skip(&c->emit, loop);
    expr_emit_target(&c->emit, to_end);
    return SALVE_OK;
}

static enum salve_code fold_body(struct elm_compile *c, const struct query *q)
{
    struct skips skips = {.count = 0};
    TRY(conditions(c, q->node, &skips));
    TRY(elm_compile_field(c, q->aggregate, "expression"));
    uint32_t to_end = expr_emit(&c->emit, EXPR_OP_JUMP, 0, 0, 0);
    for (uint32_t i = 0; i < skips.count; i++) expr_emit_target(&c->emit, skips.jumps[i]);
    (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, q->total, 0);
    expr_emit_target(&c->emit, to_end);
    return SALVE_OK;
}

static enum expr_op closing_of(const struct query *q, uint32_t source)
{
    bool is_sorted = json_first(json_get(json_get(q->node, "sort"), "by")) != NULL;
    if (q->aggregate != NULL) return EXPR_OP_LOOP_FOLD;
    if (source + 1 < q->count) return EXPR_OP_LOOP_GATHER;
    if (q->wanted == ANY) return EXPR_OP_LOOP_EXISTS;
    return q->wanted == FIRST && !is_sorted ? EXPR_OP_LOOP_FIRST : EXPR_OP_LOOP_MAP;
}

/* The loop of source i and those inside it. */
static enum salve_code source_loop(struct elm_compile *c, struct query *q, const struct json *source, uint32_t i)
{
    struct str alias;
    TRY(elm_want_text(c, source, "alias", &alias));
    q->slots[i] = expr_emit_slots(&c->emit, 3);
    if (q->aggregate != NULL) { /* the total passes from loop to loop */
        (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, q->total, 0);
        (void)expr_emit(&c->emit, EXPR_OP_SET, 0, (uint16_t)(q->slots[i] + 2), 0);
        q->total = (uint16_t)(q->slots[i] + 2);
    }
    (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, q->sources[i], 0);
    if (q->count == 1 && q->aggregate == NULL) TRY(elm_emit_sieve(c, q->node, alias));
    uint32_t loop = expr_emit_loop(&c->emit, closing_of(q, i), q->slots[i]);
    TRY(elm_push_scope(c, alias, q->slots[i]));
    if (i + 1 == q->count && q->aggregate == NULL) return turns_loop(c, q, loop);
    if (i + 1 < q->count) {
        TRY(source_loop(c, q, source->next, i + 1));
    } else {
        TRY(elm_push_scope(c, json_get_text(q->aggregate, "identifier"), q->total));
        TRY(fold_body(c, q));
    }
    expr_emit_loop_end(&c->emit, loop);
    return SALVE_OK;
}

static enum salve_code sort_clause(struct elm_compile *c, const struct json *sort, bool is_first, bool is_last);

/* Sources are evaluated once, before the loops. If all are null, the result is null (CQL 1.5.3 Developer's Guide,
 * Queries): the jump, UINT32_MAX if one is surely a list. A null beside others is an empty list. */
static enum salve_code sources(struct elm_compile *c, struct query *q, uint32_t *if_null)
{
    *if_null = UINT32_MAX;
    const struct json *source = json_first(json_get(q->node, "source"));
    for (; source != NULL; source = source->next) {
        if (q->count == 16) return elm_bad(c, q->node, SALVE_E_TOO_BIG, "more than 16 sources in a query");
        TRY(elm_compile_field(c, source, "expression"));
        uint16_t slot = expr_emit_slots(&c->emit, 1);
        (void)expr_emit(&c->emit, EXPR_OP_SET, 0, slot, 0);
        q->sources[q->count++] = slot;
        q->has_list = q->has_list || is_surely_list(json_get(source, "expression"));
    }
    if (q->count == 0) return elm_bad(c, q->node, SALVE_E_INVALID, "Query has no source");
    if (q->has_list) return SALVE_OK;
    for (uint32_t i = 0; i < q->count; i++) {
        (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, q->sources[i], 0);
        (void)expr_emit(&c->emit, EXPR_OP_IS_NULL, 0, 0, 0);
        if (i > 0) (void)expr_emit(&c->emit, EXPR_OP_AND, 0, 0, 0);
    }
    (void)expr_emit(&c->emit, EXPR_OP_NOT, 0, 0, 0);
    *if_null = expr_emit(&c->emit, EXPR_OP_BRANCH, 0, 0, 0);
    return SALVE_OK;
}

/* aggregate distinct: the turns are gathered, made distinct, and then folded. */
static enum salve_code distinct_fold(struct elm_compile *c, const struct query *q)
{
    static const struct expr_function distinct = {"Query", elm_distinct}, property = {"Property", elm_property};
    struct elm_scope *outer = c->scope;
    struct query gather = *q;
    gather.aggregate = NULL;
    TRY(source_loop(c, &gather, json_first(json_get(q->node, "source")), 0));
    c->scope = outer;
    expr_emit_call(&c->emit, &distinct, 1);
    uint16_t slot = expr_emit_slots(&c->emit, (uint16_t)(3 + q->count)), at = (uint16_t)(slot + 3);
    (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, q->total, 0);
    (void)expr_emit(&c->emit, EXPR_OP_SET, 0, (uint16_t)(slot + 2), 0);
    uint32_t loop = expr_emit_loop(&c->emit, EXPR_OP_LOOP_FOLD, slot);
    const struct json *source = json_first(json_get(q->node, "source"));
    for (; source != NULL; source = source->next, at++) {
        struct str alias = json_get_text(source, "alias");
        (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, slot, 0);
        if (q->count > 1) {
            elm_const_text(c, alias);
            expr_emit_call(&c->emit, &property, 2);
        }
        (void)expr_emit(&c->emit, EXPR_OP_SET, 0, at, 0);
        TRY(elm_push_scope(c, alias, at));
    }
    TRY(elm_push_scope(c, json_get_text(q->aggregate, "identifier"), (uint16_t)(slot + 2)));
    TRY(elm_compile_field(c, q->aggregate, "expression"));
    expr_emit_loop_end(&c->emit, loop);
    c->scope = outer;
    return SALVE_OK;
}

static void read_query(struct query *q, const struct json *node)
{
    *q = (struct query){.node = node, .aggregate = json_get(node, "aggregate"), .result = json_get(node, "return")};
    if (json_is(q->aggregate, JSON_NULL)) q->aggregate = NULL;
    if (json_is(q->result, JSON_NULL)) q->result = NULL;
}

static enum salve_code make_query(struct elm_compile *c, struct query q)
{
    static const struct expr_function distinct = {"Query", elm_distinct};
    const struct json *node = q.node;
    struct elm_scope *outer = c->scope;
    uint32_t if_null;
    TRY(sources(c, &q, &if_null));
    if (q.aggregate != NULL) {
        TRY(elm_compile_field(c, q.aggregate, "starting"));
        q.total = expr_emit_slots(&c->emit, 1);
        (void)expr_emit(&c->emit, EXPR_OP_SET, 0, q.total, 0);
    }
    bool is_folded = elm_flag(q.aggregate, "distinct", false);
    if (is_folded)
        TRY(distinct_fold(c, &q));
    else
        TRY(source_loop(c, &q, json_first(json_get(node, "source")), 0));
    c->scope = outer;
    bool is_distinct = q.result != NULL && elm_flag(q.result, "distinct", true);
    if (q.aggregate == NULL) {
        if (is_distinct) expr_emit_call(&c->emit, &distinct, 1);
        TRY(sort_clause(c, elm_field(node, "sort"), q.wanted == FIRST, q.wanted == LAST));
        if (!q.has_list) { /* the result is one only if no source is a list */
            for (uint32_t i = 0; i < q.count; i++) (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, q.sources[i], 0);
            elm_call(c, "Query", elm_single, (uint16_t)(q.count + 1));
        }
    }
    if (if_null == UINT32_MAX) return SALVE_OK;
    uint32_t to_end = expr_emit(&c->emit, EXPR_OP_JUMP, 0, 0, 0);
    expr_emit_target(&c->emit, if_null);
    (void)expr_emit(&c->emit, EXPR_OP_NONE, 0, 0, 0);
    expr_emit_target(&c->emit, to_end);
    return SALVE_OK;
}

enum salve_code elm_make_query(struct elm_compile *c, const struct json *node)
{
    struct query q;
    read_query(&q, node);
    return make_query(c, q);
}

enum salve_code elm_make_end_query(struct elm_compile *c, const struct json *node, bool is_last)
{
    struct query q;
    read_query(&q, node);
    q.wanted = is_last ? LAST : FIRST;
    return make_query(c, q);
}

/* exists over one retrieve with conditions: neither a list nor an order is needed. What a return would make of the
 * resource is not null only by chance, so a return keeps the plain form. */
enum salve_code elm_make_exists_query(struct elm_compile *c, const struct json *node, bool *is_done)
{
    struct query q;
    const struct json *source = json_first(json_get(node, "source"));
    read_query(&q, node);
    *is_done = q.aggregate == NULL && q.result == NULL && source != NULL && source->next == NULL &&
               str_is(json_get_text(json_get(source, "expression"), "type"), "Retrieve") &&
               json_first(json_get(json_get(node, "sort"), "by")) == NULL;
    if (!*is_done) return SALVE_OK;
    q.wanted = ANY;
    return make_query(c, q);
}

/* --- sorts -------------------------------------------------------------------------------------------------------- */
static bool is_descending(const struct json *by)
{
    struct str direction = json_get_text(by, "direction");
    return str_is(direction, "desc") || str_is(direction, "descending");
}

/* One sort key of the item in this_slot. */
static enum salve_code sort_key(struct elm_compile *c, const struct json *by)
{
    struct str type = json_get_text(by, "type"), path = json_get_text(by, "path");
    if (str_is(type, "ByExpression")) return elm_compile_field(c, by, "expression");
    (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, c->this_slot, 0);
    if (str_is(type, "ByColumn")) return elm_emit_path(c, by, path);
    if (!str_is(type, "ByDirection")) return elm_bad(c, by, SALVE_E_INVALID, "unknown sort item");
    return SALVE_OK;
}

/* The list on the stack becomes sorted: LOOP_KEYS makes [item, keys, ...], which elm_sorted_keys sorts. One key
 * is itself, more are a list. If only the first or last element is wanted, the list of that one is left. */
static enum salve_code sort_clause(struct elm_compile *c, const struct json *sort, bool is_first, bool is_last)
{
    const struct json *items = json_get(sort, "by");
    if (!json_is(items, JSON_ARRAY) || items->count == 0) return SALVE_OK;
    if (items->count > 60) return elm_bad(c, sort, SALVE_E_TOO_BIG, "more than 60 sort items");
    uint16_t slot = expr_emit_slots(&c->emit, 3), this_slot = c->this_slot;
    uint32_t loop = expr_emit_loop(&c->emit, EXPR_OP_LOOP_KEYS, slot);
    int64_t descending = 0, bit = 1;
    c->this_slot = slot;
    for (const struct json *by = items->first; by != NULL; by = by->next, bit <<= 1) {
        TRY(sort_key(c, by));
        if (is_descending(by)) descending |= bit;
    }
    if (items->count > 1) (void)expr_emit(&c->emit, EXPR_OP_LIST, 0, (uint16_t)items->count, 0);
    expr_emit_loop_end(&c->emit, loop);
    c->this_slot = this_slot;
    salve_assert(items->count <= 64); /* a bit each */
    struct expr_value how = expr_long(descending);
    how.tag = (uint16_t)items->count;
    how.flags = is_first ? ELM_SORT_FIRST : is_last ? ELM_SORT_LAST : 0;
    expr_emit_const(&c->emit, how);
    elm_call(c, "Sort", elm_sorted_keys, 2);
    return SALVE_OK;
}

enum salve_code elm_emit_order_by(struct elm_compile *c, const struct json *node, struct str path)
{
    uint16_t slot = expr_emit_slots(&c->emit, 3);
    uint32_t loop = expr_emit_loop(&c->emit, EXPR_OP_LOOP_KEYS, slot);
    (void)expr_emit(&c->emit, EXPR_OP_LOCAL, 0, slot, 0);
    TRY(elm_emit_path(c, node, path));
    expr_emit_loop_end(&c->emit, loop);
    struct expr_value ascending = expr_long(0);
    ascending.tag = 1;
    expr_emit_const(&c->emit, ascending);
    elm_call(c, "Sort", elm_sorted_keys, 2);
    return SALVE_OK;
}

enum salve_code elm_make_sort(struct elm_compile *c, const struct json *node)
{
    TRY(elm_compile_field(c, node, "source"));
    uint32_t to_end = expr_emit(&c->emit, EXPR_OP_JUMP_NULL, 0, 0, 0);
    TRY(sort_clause(c, node, false, false));
    expr_emit_target(&c->emit, to_end);
    return SALVE_OK;
}

/* --- Filter, ForEach, Repeat, Aggregate --------------------------------------------------------------------------- */
static enum salve_code scoped_loop(struct elm_compile *c, const struct json *node, enum expr_op op, const char *body)
{
    struct elm_scope *outer = c->scope;
    uint16_t this_slot = c->this_slot, total_slot = c->total_slot;
    struct str name = json_get_text(node, "scope");
    uint16_t slot = expr_emit_slots(&c->emit, 3);
    if (op == EXPR_OP_LOOP_FOLD) {
        TRY(elm_compile_field(c, node, "initialValue"));
        (void)expr_emit(&c->emit, EXPR_OP_SET, 0, (uint16_t)(slot + 2), 0);
    }
    TRY(elm_compile_field(c, node, "source"));
    uint32_t to_end = op == EXPR_OP_LOOP_FOLD ? 0 : expr_emit(&c->emit, EXPR_OP_JUMP_NULL, 0, 0, 0);
    uint32_t loop = expr_emit_loop(&c->emit, op, slot);
    c->this_slot = slot;
    if (op == EXPR_OP_LOOP_FOLD) c->total_slot = (uint16_t)(slot + 2);
    if (name.ptr != NULL) TRY(elm_push_scope(c, name, slot));
    TRY(elm_compile_field(c, node, body));
    expr_emit_loop_end(&c->emit, loop);
    c->scope = outer;
    c->this_slot = this_slot;
    c->total_slot = total_slot;
    if (op != EXPR_OP_LOOP_FOLD) expr_emit_target(&c->emit, to_end);
    return SALVE_OK;
}

enum salve_code elm_make_filter(struct elm_compile *c, const struct json *node)
{
    return scoped_loop(c, node, EXPR_OP_LOOP_FILTER, "condition");
}
enum salve_code elm_make_for_each(struct elm_compile *c, const struct json *node)
{
    return scoped_loop(c, node, EXPR_OP_LOOP_MAP, "element");
}
enum salve_code elm_make_repeat(struct elm_compile *c, const struct json *node)
{
    TRY(scoped_loop(c, node, EXPR_OP_LOOP_REPEAT, "element"));
    elm_call(c, "Repeat", elm_as_list, 1);
    return SALVE_OK;
}
enum salve_code elm_make_aggregate(struct elm_compile *c, const struct json *node)
{
    return scoped_loop(c, node, EXPR_OP_LOOP_FOLD, "iteration");
}
