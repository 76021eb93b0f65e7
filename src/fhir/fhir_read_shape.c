/* SPDX-License-Identifier: Apache-2.0
 * Shapes: which keys objects of a type had, one after the other, as a tree that grows with what is read. A shape stands
 * for all that is noted about the keys of an object that follows it, so that fast steps note one number a key. Where an
 * object leaves the tree, or something is to be said about it, the keys are written out. */
#include "fhir/fhir_read_int.h"

bool read_shapes_make(struct read_shapes *shapes, struct arena *mem)
{
    shapes->all = arena_alloc_raw(mem, READ_SHAPES_MAX * sizeof *shapes->all, 8);
    shapes->closes = arena_alloc_raw(mem, READ_SHAPES_MAX, 1);
    shapes->starts = arena_array(mem, uint16_t, FHIR_TYPE_COUNT);
    if (shapes->all == NULL || shapes->closes == NULL || shapes->starts == NULL) return false;
    shapes->all[0] = (struct read_shape){0};
    shapes->closes[0] = false;
    shapes->count = 1;
    return true;
}

void read_shapes_tidy(struct read_shapes *shapes)
{
    if (shapes->count < READ_SHAPES_MAX / 4 * 3) return;
    memset(shapes->starts, 0, FHIR_TYPE_COUNT * sizeof *shapes->starts);
    shapes->count = 1;
}

/* A new shape; 0 if there is no room. */
static uint16_t add(struct read_shapes *shapes, struct read_shape shape, bool closes)
{
    if (shapes->count == READ_SHAPES_MAX) return 0;
    shapes->all[shapes->count] = shape;
    shapes->closes[shapes->count] = closes;
    return (uint16_t)shapes->count++;
}

uint16_t read_shape_start(struct reader *r, fhir_type_id type)
{
    return r->shapes->starts[type] = add(r->shapes, (struct read_shape){0}, false);
}

/* The shape behind `shape` and a key, first among its kin from now on; 0: there is none. */
static uint16_t child_of(struct read_shapes *shapes, uint16_t shape, fhir_element_id element)
{
    struct read_shape *all = shapes->all;
    uint16_t before = 0, child = all[shape].child;
    while (child != 0 && all[child].element != element) before = child, child = all[child].sibling;
    if (child == 0 || before == 0) return child;
    all[before].sibling = all[child].sibling;
    all[child].sibling = all[shape].child;
    return all[shape].child = child;
}

/* Could an object with the keys that the frame has be closed as it is? */
static bool may_close(const struct frame *frame)
{
    const uint64_t *required = fhir_type_required[frame->type];
    for (unsigned i = 0; i < 4; i++)
        if ((required[i] & ~frame->seen[i]) != 0) return false;
    unsigned keys = frame->key_count - (frame->has_type ? 1u : 0u);
    return keys > 1 || (keys == 1 && frame->keys[frame->key_count - 1] >= 2);
}

void read_shape_on(struct reader *r, uint16_t shape, unsigned keys_before)
{
    struct frame *frame = r->frame;
    struct read_shapes *shapes = r->shapes;
    frame->shape = 0;
    if (frame->key_count != keys_before + 1 || frame->is_unusual || frame->has_unknown || frame->has_partner) return;
    uint16_t key = frame->keys[keys_before];
    if (key == KEY_OF_RESOURCE) {
        frame->has_type = true;
        frame->shape = shape;
        return;
    }
    fhir_element_id element = (fhir_element_id)(frame->first + key / 2u);
    frame->shape = child_of(shapes, shape, element);
    if (frame->shape != 0) return;
    struct read_shape one = {.parent = shape, .element = element, .sibling = shapes->all[shape].child};
    frame->shape = add(shapes, one, may_close(frame));
    if (frame->shape != 0) shapes->all[shape].child = frame->shape;
}

void read_write_keys(const struct reader *r, struct frame *frame)
{
    const struct read_shape *all = r->shapes->all;
    unsigned count = frame->has_type ? 1 : 0;
    for (uint16_t shape = frame->shape; all[shape].element != 0; shape = all[shape].parent) count++;
    frame->key_count = (uint16_t)count;
    frame->row = 0;
    for (unsigned i = 0; i < 4; i++) frame->seen[i] = frame->partners[i] = 0;
    if (frame->has_type) frame->keys[0] = KEY_OF_RESOURCE;
    for (uint16_t shape = frame->shape; all[shape].element != 0; shape = all[shape].parent) {
        unsigned row = (unsigned)(all[shape].element - frame->first);
        if (shape == frame->shape) frame->row = (uint8_t)(row + 1);
        frame->keys[--count] = (uint16_t)(row * 2);
        bit_put(frame->seen, fhir_elements[all[shape].element].choice);
    }
}
