/* SPDX-License-Identifier: Apache-2.0
 * Texts that are set once: a text is measured before it is written, a page is counted before it is drawn, and the same
 * words stand in many places; and what was set to find the size of type is written when that size is chosen. A layout
 * does not change after it was made. */
#include "letter/letter_sheet.h"

enum { SLOTS = 4096, FILLED_MAX = SLOTS / 4 * 3 };

struct sheet_set_one {
    PangoLayout *layout; /* NULL: free */
    struct str text;     /* of the arena of the sheet, or of the letter */
    double size, width;  /* the size as it is set */
    bool is_bold;
};

struct sheet_set {
    struct sheet_set_one slots[SLOTS];
    size_t filled;
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

static bool is_one(const struct sheet_set_one *one, const struct sheet_set_one *wanted)
{
    return one->is_bold == wanted->is_bold && one->size <= wanted->size && one->size >= wanted->size &&
           one->width <= wanted->width && one->width >= wanted->width && str_eq(one->text, wanted->text);
}

/* The slot of the text, or the free one where it would be. */
static struct sheet_set_one *slot_of(struct sheet_set *set, const struct sheet_set_one *wanted)
{
    size_t at = str_hash(wanted->text) % SLOTS;
    while (set->slots[at].layout != NULL && !is_one(&set->slots[at], wanted)) at = (at + 1) % SLOTS;
    return &set->slots[at];
}

PangoLayout *sheet_layout(const struct sheet *s, struct str text, const struct look *look, double width)
{
    struct sheet_set_one wanted = {NULL, text, look->size * s->scale, width, look->is_bold};
    struct sheet_set_one *one = slot_of(s->set, &wanted);
    if (one->layout == NULL) {
        wanted.layout = sheet_layout_new(s, text, look, width);
        if (s->set->filled == FILLED_MAX) return wanted.layout;
        *one = wanted;
        s->set->filled++;
    }
    return g_object_ref(one->layout);
}
