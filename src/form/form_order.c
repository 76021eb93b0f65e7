/* SPDX-License-Identifier: Apache-2.0
 * The order in which what is reckoned is reckoned: each item with a condition or a calculation behind all that it
 * reads, and behind the conditions of all that stands around it or around what it reads. */
#include "form/form_int.h"

enum mark { MARK_NONE, MARK_BEGUN, MARK_DONE };

struct ordering {
    const struct form_reading *r;
    uint8_t *marks;
};

static bool is_reckoned(const struct form_item *item)
{
    return item->when != FORM_NONE || item->calculated != FORM_NONE;
}

static enum salve_code put(struct ordering *o, uint16_t number);

/* The item and all around it. */
static enum salve_code put_around(struct ordering *o, uint16_t number)
{
    for (; number != FORM_ROOT; number = o->r->form->items[number].parent) TRY(put(o, number));
    return SALVE_OK;
}

static enum salve_code put_read(struct ordering *o, uint16_t program)
{
    const struct form *form = o->r->form;
    if (program == FORM_NONE) return SALVE_OK;
    for (uint16_t i = 1; i < form->item_count; i++)
        if (form_links_has(form->programs[program].reads, i)) TRY(put_around(o, i));
    return SALVE_OK;
}

static enum salve_code put(struct ordering *o, uint16_t number)
{
    struct form *form = o->r->form;
    const struct form_item *item = &form->items[number];
    if (!is_reckoned(item) || o->marks[number] == MARK_DONE) return SALVE_OK;
    if (o->marks[number] == MARK_BEGUN) return form_bad(o->r, item, "expressions", "it reads itself in a circle");
    o->marks[number] = MARK_BEGUN;
    TRY(put_around(o, item->parent));
    TRY(put_read(o, item->when));
    TRY(put_read(o, item->calculated));
    o->marks[number] = MARK_DONE;
    form->order[form->order_count++] = number;
    return SALVE_OK;
}

enum salve_code form_order(const struct form_reading *r)
{
    struct ordering o = {.r = r, .marks = arena_array(r->mem, uint8_t, r->form->item_count + 1u)};
    if (o.marks == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "form");
    for (uint16_t i = 1; i < r->form->item_count; i++) TRY(put(&o, i));
    return SALVE_OK;
}
