/* SPDX-License-Identifier: Apache-2.0
 * The rows of the table, and the nodes of a tape that they lead to. */
#include "search/search_int.h"

static const char *const kinds[] = {
#define SEARCH_KIND(name, text) text,
#include "search/search_kinds.def"
#undef SEARCH_KIND
};

const char *search_kind_text(enum search_kind kind) { return kinds[kind]; }

const struct search_param *search_params(fhir_type_id type, size_t *count)
{
    *count = 0;
    for (const struct search_type *row = search_types; row->type != 0; row++) {
        if (row->type != type) continue;
        *count = row->count;
        return &search_table[row->first];
    }
    return NULL;
}

const struct search_param *search_param_find(fhir_type_id type, struct str code)
{
    size_t count, low = 0;
    const struct search_param *rows = search_params(type, &count);
    while (low < count) {
        size_t middle = low + (count - low) / 2;
        int order = str_cmp(code, str_of(rows[middle].code));
        if (order == 0) return &rows[middle];
        if (order < 0)
            count = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

struct str search_id(const struct search_resource *resource)
{
    return resource->id.ptr != NULL ? resource->id : tape_child_text(resource->tape, 0, "id");
}

/* --- walking ------------------------------------------------------------------------------------------------------ */

struct walk {
    const struct search_path *path;
    search_visit *visit;
    void *what;
};

static bool points_to(struct search_node node, fhir_type_id type)
{
    struct fhir_reference parts;
    if (fhir_reference_split(search_child(node, FHIR_N_reference), &parts)) return parts.type == type;
    return str_eq(search_child(node, FHIR_N_type), fhir_type_name(type));
}

static bool is_so(struct search_node node)
{
    return tape_kind(search_tape(node), node.at) != TAPE_FALSE; /* a date of death says so, too */
}

/* Does the node at the end of a path count? */
static bool keeps(const struct search_path *path, struct search_node node)
{
    switch ((enum search_keeps)path->keeps) {
    case SEARCH_KEEPS_POINTS_TO:
        return points_to(node, path->points_to);
    case SEARCH_KEEPS_OF_SYSTEM:
        return str_is(search_child(node, FHIR_N_system), path->system);
    case SEARCH_KEEPS_IS_SO:
        return is_so(node);
    case SEARCH_KEEPS_ALL:
        break;
    }
    return true;
}

static bool step(const struct walk *walk, struct search_node node, unsigned depth)
{
    const struct tape *tape = search_tape(node);
    if (depth == walk->path->step_count) return keeps(walk->path, node) && walk->visit(walk->what, node);
    if (tape_kind(tape, node.at) != TAPE_OBJECT) return false;
    fhir_name_id name = walk->path->steps[depth].name;
    fhir_type_id as = walk->path->steps[depth].as;
    for (tape_at c = tape_first(tape, node.at); c != TAPE_NONE; c = tape_next(tape, node.at, c)) {
        if (tape_path_name(tape, c) != name || (as != 0 && tape_type(tape, c) != as)) continue;
        if (step(walk, (struct search_node){node.resource, c}, depth + 1)) return true;
    }
    return false;
}

bool search_each(const struct search_param *param, struct search_node from, search_visit *visit, void *what)
{
    for (unsigned i = 0; i < param->path_count; i++) {
        struct walk walk = {.path = &search_paths[param->first_path + i], .visit = visit, .what = what};
        if (step(&walk, from, 0)) return true;
    }
    return false;
}
