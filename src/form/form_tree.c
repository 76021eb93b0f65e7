/* SPDX-License-Identifier: Apache-2.0
 * Answers on the tree of a form: an item stands once in each instance of the groups around it. */
#include "form/form_int.h"

struct planting {
    const struct form *form;
    const struct form_tree_ask *ask;
    struct arena *mem;
    struct salve_err *err;
    struct form_state *out;
    uint16_t *items;          /* of each answer: its item; FORM_NONE */
    struct form_node **lasts; /* by item */
    size_t node_count;
    bool is_full;
};

static enum salve_code no_memory(const struct planting *p) { return salve_fail(p->err, SALVE_E_MEMORY, "form"); }

/* --- where an answer stands --------------------------------------------------------------------------------------- */

static bool is_repeating(const struct form_item *item) { return item->kind == FORM_GROUP && item->repeats; }

static bool is_question(const struct form_item *item) { return item->kind != FORM_GROUP && item->kind != FORM_DISPLAY; }

/* How many repeating groups stand around the item, itself left out. */
static size_t groups_around(const struct form *form, uint16_t item)
{
    size_t count = 0;
    for (uint16_t up = form->items[item].parent; item != FORM_ROOT && up != FORM_ROOT; up = form->items[up].parent)
        count += is_repeating(&form->items[up]);
    return count;
}

static enum salve_code fault(const struct planting *p, enum form_why why, size_t answer, size_t which)
{
    const struct form_answer *from = &p->ask->ask->answers[answer];
    uint16_t item = form_find(p->form, from->link); /* what was sent and is not of the form is not told again */
    struct form_fault out = {.why = why, .answer = answer, .which = which, .link = STR("")};
    if (item != FORM_NONE) out.link = p->form->items[item].link;
    out.in_count = from->in_count < FORM_DEPTH_MAX ? from->in_count : FORM_DEPTH_MAX;
    for (size_t i = 0; i < out.in_count; i++) out.in[i] = from->in[i];
    return p->ask->fault(p->ask->with, &out);
}

/* No more groups than the form lets there be. */
static bool is_inside(const struct form *form, uint16_t item, const struct form_answer *answer)
{
    size_t at = answer->in_count;
    for (uint16_t up = form->items[item].parent; up != FORM_ROOT; up = form->items[up].parent)
        if (is_repeating(&form->items[up]) && answer->in[--at] >= form->items[up].most) return false;
    return true;
}

static bool same_place(const struct form_answer *a, const struct form_answer *b)
{
    bool is = a->in_count == b->in_count;
    for (size_t i = 0; is && i < a->in_count; i++) is = a->in[i] == b->in[i];
    return is;
}

static enum salve_code place_answers(struct planting *p)
{
    const struct form_ask *ask = p->ask->ask;
    p->items = arena_array(p->mem, uint16_t, ask->count + 1);
    if (p->items == NULL) return no_memory(p);
    for (size_t i = 0; i < ask->count; i++) {
        const struct form_answer *answer = &ask->answers[i];
        uint16_t item = form_find(p->form, answer->link);
        enum form_why why = FORM_WHY_UNKNOWN;
        bool is_twice = false;
        bool is_placed =
            item != FORM_NONE && is_question(&p->form->items[item]) && answer->in_count == groups_around(p->form, item);
        if (is_placed && !is_inside(p->form, item, answer)) is_placed = false, why = FORM_WHY_MANY;
        for (size_t k = 0; is_placed && k < i; k++)
            is_twice = is_twice || (p->items[k] == item && same_place(&ask->answers[k], answer));
        p->items[i] = is_placed ? item : FORM_NONE; /* twice: both are judged */
        if (!is_placed || is_twice) TRY(fault(p, is_placed ? FORM_WHY_MANY : why, i, 0));
    }
    return SALVE_OK;
}

/* --- nodes -------------------------------------------------------------------------------------------------------- */

size_t form_path(const struct form_state *state, const struct form_node *node, uint32_t path[FORM_DEPTH_MAX])
{
    size_t count = groups_around(state->form, node->item), at = count;
    for (const struct form_node *up = node->parent; up != NULL && up->item != FORM_ROOT; up = up->parent)
        if (is_repeating(&state->form->items[up->item])) path[--at] = up->number;
    return count;
}

/* Does the answer stand at those numbers, as far as they go? */
static bool begins_with(const struct form_answer *answer, const uint32_t *path, size_t count)
{
    bool is = answer->in_count >= count;
    for (size_t i = 0; is && i < count; i++) is = answer->in[i] == path[i];
    return is;
}

/* How many instances of a repeating group stand in that place: up to the last with an answer, one at least. */
static uint32_t instances_of(const struct planting *p, uint16_t group, const struct form_node *parent)
{
    uint32_t path[FORM_DEPTH_MAX], most = 0;
    struct form_node here = {.item = group, .parent = (struct form_node *)(uintptr_t)parent};
    size_t count = form_path(p->out, &here, path);
    if (!is_repeating(&p->form->items[group])) return 1;
    for (size_t i = 0; i < p->ask->ask->count; i++) {
        const struct form_answer *answer = &p->ask->ask->answers[i];
        bool is_in = p->items[i] != FORM_NONE && p->items[i] > group && p->items[i] < p->form->items[group].end;
        if (is_in && begins_with(answer, path, count) && answer->in[count] > most) most = answer->in[count];
    }
    return most + 1;
}

static enum salve_code add_values(struct planting *p, struct form_node *node, size_t number)
{
    const struct form_answer *answer = &p->ask->ask->answers[number];
    const struct form_item *item = &p->form->items[node->item];
    size_t had = node->value_count, room = had + answer->value_count + 1;
    node->answer = number;
    node->values = arena_grow(p->mem, node->values, had * sizeof *node->values, room * sizeof *node->values);
    node->texts = arena_grow(p->mem, node->texts, had * sizeof *node->texts, room * sizeof *node->texts);
    node->which = arena_grow(p->mem, node->which, had * sizeof *node->which, room * sizeof *node->which);
    if (node->values == NULL || node->texts == NULL || node->which == NULL) return no_memory(p);
    for (size_t i = 0; i < answer->value_count; i++) {
        enum form_why why;
        if (!form_value_read(item, answer->values[i], &node->values[node->value_count], &why)) {
            TRY(fault(p, why, number, i));
            continue;
        }
        node->texts[node->value_count] = answer->values[i];
        node->which[node->value_count++] = i;
    }
    return SALVE_OK;
}

static enum salve_code answer_node(struct planting *p, struct form_node *node)
{
    uint32_t path[FORM_DEPTH_MAX];
    size_t count = form_path(p->out, node, path);
    for (size_t i = 0; i < p->ask->ask->count; i++)
        if (p->items[i] == node->item && begins_with(&p->ask->ask->answers[i], path, count))
            TRY(add_values(p, node, i));
    return SALVE_OK;
}

static enum salve_code new_node(struct planting *p, uint16_t item, struct form_node *parent, uint32_t number,
                                struct form_node **out)
{
    struct form_node *node = arena_new(p->mem, struct form_node);
    if (node == NULL) return no_memory(p);
    *node = (struct form_node){.item = item, .number = number, .parent = parent, .answer = SIZE_MAX};
    if (p->lasts[item] == NULL)
        p->out->firsts[item] = node;
    else
        p->lasts[item]->same = node;
    p->lasts[item] = node;
    p->node_count++;
    *out = node;
    return SALVE_OK;
}

static enum salve_code plant(struct planting *p, struct form_node *parent)
{
    const struct form_item *items = p->form->items;
    struct form_node **to = &parent->first;
    for (uint16_t i = (uint16_t)(parent->item + 1); i < items[parent->item].end; i = items[i].end) {
        uint32_t count = instances_of(p, i, parent);
        for (uint32_t n = 0; n < count; n++) {
            p->is_full = p->is_full || p->node_count >= FORM_NODES_MAX;
            if (p->is_full) return SALVE_OK;
            TRY(new_node(p, i, parent, n, to));
            if (is_question(&items[i])) TRY(answer_node(p, *to));
            if (items[i].kind == FORM_GROUP) TRY(plant(p, *to));
            to = &(*to)->next;
        }
    }
    return SALVE_OK;
}

enum salve_code form_tree(const struct form *form, const struct form_tree_ask *ask, struct arena *mem,
                          struct form_state *out, struct salve_err *err)
{
    struct planting p = {.form = form, .ask = ask, .mem = mem, .err = err, .out = out};
    *out = (struct form_state){.form = form, .steps = FORM_RECKON_STEPS_MAX, .mem = mem};
    out->firsts = arena_array(mem, struct form_node *, form->item_count + 1u);
    p.lasts = arena_array(mem, struct form_node *, form->item_count + 1u);
    if (out->firsts == NULL || p.lasts == NULL) return no_memory(&p);
    TRY(place_answers(&p));
    TRY(new_node(&p, FORM_ROOT, NULL, 0, &out->root));
    TRY(plant(&p, out->root));
    if (!p.is_full) return SALVE_OK;
    return salve_refuse(err, SALVE_E_TOO_BIG, "too many instances of repeating groups", "answers");
}

bool form_is_asked(const struct form_node *node)
{
    bool is = true;
    for (; node != NULL; node = node->parent) is = is && !node->is_unasked;
    return is;
}

struct form_node *form_next(const struct form_node *node)
{
    if (node->first != NULL) return node->first;
    while (node != NULL && node->next == NULL) node = node->parent;
    return node == NULL ? NULL : node->next;
}
