/* SPDX-License-Identifier: Apache-2.0
 * The order of an answer: by the parameters of _sort, then by the order in which the resources were given, so that
 * pages follow each other. Of many values the lowest counts, of a falling order the highest; what has none comes
 * last. */
#include <stdlib.h>

#include "search/search_int.h"

struct key {
    struct search_range at; /* numbers and times */
    struct str text;
    bool has;
};
struct row {
    const struct key *keys;
    const struct search *search;
    uint32_t index;
};

struct collect {
    const struct search *search;
    const struct search_sort *sort;
    struct key *key;
    struct str *unit; /* of quantities: the first one met */
    struct arena *mem;
    enum salve_code code;
};

static int key_cmp(const struct key *a, const struct key *b)
{
    if (a->text.ptr != NULL || b->text.ptr != NULL) return str_cmp(a->text, b->text);
    if (a->at.low != b->at.low) return a->at.low < b->at.low ? -1 : 1;
    return a->at.high == b->at.high ? 0 : a->at.high < b->at.high ? -1 : 1;
}

/* The words or the code by which a person would look for it. */
static struct str text_of(struct search_node node)
{
    static const fhir_name_id names[] = {FHIR_N_family,  FHIR_N_text, FHIR_N_code,     FHIR_N_value,
                                         FHIR_N_display, FHIR_N_city, FHIR_N_reference};
    const struct tape *tape = search_tape(node);
    if (tape_kind(tape, node.at) != TAPE_OBJECT) return tape_text(tape, node.at);
    tape_at coding = tape_child(tape, node.at, FHIR_N_coding);
    if (coding != TAPE_NONE) node.at = coding;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct str text = search_child(node, names[i]);
        if (text.ptr != NULL) return text;
    }
    return STR_NONE;
}

static bool read_key(struct collect *c, struct search_node node, struct key *out)
{
    out->text = STR_NONE;
    switch ((enum search_kind)c->sort->param->kind) {
    case SEARCH_DATE:
        return search_span(c->search->world, node, &out->at);
    case SEARCH_NUMBER:
    case SEARCH_QUANTITY: {
        if (c->unit->ptr == NULL) *c->unit = search_unit(node);
        struct search_number number;
        if (c->sort->param->kind == SEARCH_QUANTITY) return search_amount(node, *c->unit, &out->at);
        if (!search_read_number(tape_text(search_tape(node), node.at), &number)) return false;
        out->at = (struct search_range){number.exact, number.exact};
        return true;
    }
    default:
        break;
    }
    struct str text = text_of(node);
    if (text.ptr == NULL) return false;
    out->text = c->sort->param->kind == SEARCH_STRING ? search_fold(text, c->mem) : text;
    if (out->text.ptr == NULL) c->code = SALVE_E_MEMORY;
    return c->code == SALVE_OK;
}

static bool visit_key(void *what, struct search_node node)
{
    struct collect *c = what;
    struct key key = {.has = true};
    if (!read_key(c, node, &key)) return c->code != SALVE_OK;
    if (!c->key->has || (key_cmp(&key, c->key) < 0) != c->sort->is_falling) *c->key = key;
    return false;
}

/* id and time of saving stand beside the tape. */
static bool own_key(const struct search_sort *sort, const struct search_resource *resource, struct key *out)
{
    if (strcmp(sort->param->code, "_id") == 0) {
        *out = (struct key){.text = search_id(resource), .has = true};
        return true;
    }
    if (strcmp(sort->param->code, "_lastUpdated") != 0 || resource->updated_unix_ms == 0) return false;
    *out = (struct key){.at = {resource->updated_unix_ms, resource->updated_unix_ms}, .has = true};
    return true;
}

static int row_cmp(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    const struct search *search = a->search;
    for (size_t i = 0; i < search->sort_count; i++) {
        const struct key *x = &a->keys[i], *y = &b->keys[i];
        if (x->has != y->has) return x->has ? -1 : 1;
        int order = x->has ? key_cmp(x, y) : 0;
        if (order != 0) return search->sorts[i].is_falling ? -order : order;
    }
    return a->index < b->index ? -1 : 1;
}

enum salve_code search_order(const struct search *search, const struct search_resource *resources, uint32_t *indexes,
                             size_t count, struct arena *mem, struct salve_err *err)
{
    struct str units[SEARCH_SORTS_MAX] = {{NULL, 0}};
    if (search->sort_count == 0 || count < 2) return SALVE_OK;
    struct row *rows = arena_array(mem, struct row, count);
    struct key *keys = arena_array(mem, struct key, count * search->sort_count);
    if (rows == NULL || keys == NULL) return salve_fail(err, SALVE_E_MEMORY, "search");
    for (size_t i = 0; i < count; i++) {
        struct key *own = &keys[i * search->sort_count];
        const struct search_resource *resource = &resources[indexes[i]];
        rows[i] = (struct row){.keys = own, .search = search, .index = indexes[i]};
        for (size_t k = 0; k < search->sort_count; k++) {
            struct collect c = {
                .search = search, .sort = &search->sorts[k], .key = &own[k], .unit = &units[k], .mem = mem};
            if (own_key(&search->sorts[k], resource, &own[k])) continue;
            (void)search_each(search->sorts[k].param, (struct search_node){resource, 0}, visit_key, &c);
            if (c.code != SALVE_OK) return salve_fail(err, c.code, "search");
        }
    }
    qsort(rows, count, sizeof *rows, row_cmp);
    for (size_t i = 0; i < count; i++) indexes[i] = rows[i].index;
    return SALVE_OK;
}
