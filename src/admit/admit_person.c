/* SPDX-License-Identifier: Apache-2.0
 * Do two Patients have a name and a birth date in common (same.h)? */
#include <utf8proc.h>

#include "admit/same.h"
#include "fhir/elements.h"

enum { NAME_POINTS_MAX = 1024, NAME_PARTS_MAX = 64 };

/* The parts of one name, folded: runs of letters behind each other, sorted. */
struct parts {
    utf8proc_int32_t points[NAME_POINTS_MAX];
    struct part {
        uint16_t from, len;
    } list[NAME_PARTS_MAX];
    size_t point_count, count;
    bool is_whole; /* false: it is longer than fits */
};

static bool is_apostrophe(utf8proc_int32_t c)
{
    return c == '\'' || c == '`' || c == 0x2019 || c == 0x2018 || c == 0x02BC || c == 0xB4;
}

/* Accents, and the points of Arabic and Hebrew, which are written or not. The vowel signs of other scripts are marks,
 * too, and make other names. */
static bool is_accent(utf8proc_int32_t c)
{
    return (c >= 0x0300 && c <= 0x036F) || (c >= 0x0591 && c <= 0x05C7) || c == 0x0640 ||
           (c >= 0x064B && c <= 0x065F) || c == 0x0670 || (c >= 0x06D6 && c <= 0x06ED) ||
           (c >= 0x1DC0 && c <= 0x1DFF) || (c >= 0x20D0 && c <= 0x20FF);
}

static bool is_letter(utf8proc_int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

static void add_part(struct parts *to, size_t from)
{
    if (to->point_count == from) return;
    if (to->count == NAME_PARTS_MAX) {
        to->is_whole = false;
        return;
    }
    to->list[to->count++] = (struct part){(uint16_t)from, (uint16_t)(to->point_count - from)};
}

static void add_text(struct parts *to, struct str text)
{
    utf8proc_int32_t points[NAME_POINTS_MAX];
    size_t from = to->point_count;
    utf8proc_ssize_t count =
        utf8proc_decompose((const utf8proc_uint8_t *)text.ptr, (utf8proc_ssize_t)text.len, points, NAME_POINTS_MAX,
                           UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_IGNORE | UTF8PROC_CASEFOLD);
    if (count < 0 || count > NAME_POINTS_MAX || to->point_count + (size_t)count > NAME_POINTS_MAX) {
        to->is_whole = false;
        return;
    }
    for (utf8proc_ssize_t i = 0; i < count; i++) {
        if (is_apostrophe(points[i]) || is_accent(points[i])) continue;
        if (is_letter(points[i])) {
            to->points[to->point_count++] = points[i];
            continue;
        }
        add_part(to, from);
        from = to->point_count;
    }
    add_part(to, from);
}

static int compare(const struct parts *a, size_t i, const struct parts *b, size_t k)
{
    const struct part *x = &a->list[i], *y = &b->list[k];
    if (x->len != y->len) return x->len < y->len ? -1 : 1;
    return memcmp(&a->points[x->from], &b->points[y->from], x->len * sizeof a->points[0]);
}

static void sort(struct parts *parts)
{
    for (size_t i = 1; i < parts->count; i++)
        for (size_t k = i; k > 0 && compare(parts, k, parts, k - 1) < 0; k--) {
            struct part one = parts->list[k];
            parts->list[k] = parts->list[k - 1];
            parts->list[k - 1] = one;
        }
}

/* Given and family names; where there are none, the name as one text. */
static void read_name(const struct tape *tape, tape_at name, struct parts *out)
{
    out->count = out->point_count = 0;
    out->is_whole = true;
    for (tape_at at = tape_first(tape, name); at != TAPE_NONE; at = tape_next(tape, name, at))
        if (tape_element(tape, at) == FHIR_E_HumanName_given || tape_element(tape, at) == FHIR_E_HumanName_family)
            add_text(out, tape_text(tape, at));
    if (out->count == 0 && out->is_whole) add_text(out, tape_child_text(tape, name, "text"));
    sort(out);
}

static bool next_name(const struct tape *tape, tape_at patient, tape_at *name)
{
    *name = *name == TAPE_NONE ? tape_first(tape, patient) : tape_next(tape, patient, *name);
    while (*name != TAPE_NONE && tape_path_name(tape, *name) != FHIR_N_name) *name = tape_next(tape, patient, *name);
    return *name != TAPE_NONE;
}

static bool has_name(const struct tape *tape, tape_at patient)
{
    struct parts parts;
    for (tape_at name = TAPE_NONE; next_name(tape, patient, &name);) {
        read_name(tape, name, &parts);
        if (parts.count > 0 || !parts.is_whole) return true;
    }
    return false;
}

static bool is_equal(const struct parts *a, const struct parts *b)
{
    if (!a->is_whole || !b->is_whole || a->count == 0 || a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++)
        if (compare(a, i, b, i) != 0) return false;
    return true;
}

enum same_fact same_names(const struct tape *a, tape_at a_patient, const struct tape *b, tape_at b_patient)
{
    struct parts x, y;
    if (!has_name(a, a_patient) && !has_name(b, b_patient)) return SAME_SILENT;
    for (tape_at first = TAPE_NONE; next_name(a, a_patient, &first);) {
        read_name(a, first, &x);
        for (tape_at second = TAPE_NONE; next_name(b, b_patient, &second);) {
            read_name(b, second, &y);
            if (is_equal(&x, &y)) return SAME_AGREES;
        }
    }
    return SAME_DIFFERS;
}

enum same_fact same_birth(const struct tape *a, tape_at a_patient, const struct tape *b, tape_at b_patient)
{
    struct str x = tape_child_text(a, a_patient, "birthDate"), y = tape_child_text(b, b_patient, "birthDate");
    if (x.len == 0 && y.len == 0) return SAME_SILENT;
    if (x.len == 0 || y.len == 0) return SAME_DIFFERS;
    return str_starts(x, y) || str_starts(y, x) ? SAME_AGREES : SAME_DIFFERS;
}
