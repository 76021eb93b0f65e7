/* SPDX-License-Identifier: Apache-2.0
 * Texts that are set once: a text is measured before it is written, a page is counted before it is drawn, and the same
 * words stand in many places. What was set in one size of all letters stays until another size is tried; a layout does
 * not change after it was made, so there is nothing else that could make it wrong. */
#include "letter/letter_sheet.h"

enum { SLOTS = 1024, FILLED_MAX = SLOTS / 4 * 3 };

struct sheet_set_one {
    PangoLayout *layout; /* NULL: free */
    struct str text;     /* of the arena of the sheet, or of the letter */
    double size, width;
    bool is_bold;
};

struct sheet_set {
    struct sheet_set_one slots[SLOTS];
    size_t filled;
    double scale; /* of all that is here */
};

enum salve_code sheet_set_open(struct arena *mem, struct sheet_set **out, struct salve_err *err)
{
    *out = arena_new(mem, struct sheet_set);
    return *out != NULL ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "PDF of the letter");
}

void sheet_set_empty(struct sheet_set *set)
{
    for (size_t i = 0; i < SLOTS; i++)
        if (set->slots[i].layout != NULL) g_object_unref(set->slots[i].layout);
    *set = (struct sheet_set){0};
}

static bool is_one(const struct sheet_set_one *one, struct str text, const struct look *look, double width)
{
    return one->is_bold == look->is_bold && one->size <= look->size && one->size >= look->size && one->width <= width &&
           one->width >= width && str_eq(one->text, text);
}

/* The slot of the text, or the free one where it would be. */
static struct sheet_set_one *slot_of(struct sheet_set *set, struct str text, const struct look *look, double width)
{
    size_t at = str_hash(text) % SLOTS;
    while (set->slots[at].layout != NULL && !is_one(&set->slots[at], text, look, width)) at = (at + 1) % SLOTS;
    return &set->slots[at];
}

PangoLayout *sheet_layout(const struct sheet *s, struct str text, const struct look *look, double width)
{
    struct sheet_set *set = s->set;
    if (set->scale < s->scale || set->scale > s->scale) sheet_set_empty(set);
    set->scale = s->scale;
    struct sheet_set_one *one = slot_of(set, text, look, width);
    if (one->layout == NULL) {
        PangoLayout *layout = sheet_layout_new(s, text, look, width);
        if (set->filled == FILLED_MAX) return layout;
        *one = (struct sheet_set_one){layout, text, look->size, width, look->is_bold};
        set->filled++;
    }
    return g_object_ref(one->layout);
}
