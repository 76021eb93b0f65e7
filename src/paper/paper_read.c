/* SPDX-License-Identifier: Apache-2.0
 * A description from bytes that somebody else may have made: every length, number and text is checked before it is
 * believed, and what the whole says of itself (steps that are urgent, sources) before it is drawn. */
#include <math.h>
#include <string.h>

#include "base/assert.h"
#include "base/limits.h"
#include "paper/paper_int.h"

struct reading {
    struct str left; /* what is not read yet */
    struct arena *mem;
    struct salve_err *err;
};

static enum salve_code cut_off(const struct reading *r, const char *name)
{
    return salve_refuse(r->err, SALVE_E_SYNTAX, "it ends too early", "letter: %s", name);
}

static enum salve_code invalid(const struct reading *r, const struct paper_field *field)
{
    return salve_fail(r->err, SALVE_E_INVALID, "letter: %s", field->name);
}

static enum salve_code take(struct reading *r, size_t bytes, const struct paper_field *field, struct str *out)
{
    if (r->left.len < bytes) return cut_off(r, field->name);
    *out = str_cut(r->left, 0, bytes);
    r->left = str_cut(r->left, bytes, r->left.len);
    return SALVE_OK;
}

static enum salve_code take_number(struct reading *r, size_t bytes, const struct paper_field *field, uint64_t *out)
{
    struct str raw = STR("");
    TRY(take(r, bytes, field, &raw));
    *out = paper_get((const uint8_t *)raw.ptr, bytes);
    return SALVE_OK;
}

/* A length, a count or a choice, not above its limit. */
static enum salve_code take_limited(struct reading *r, size_t bytes, const struct paper_field *field, uint64_t *out)
{
    TRY(take_number(r, bytes, field, out));
    if (*out <= field->max) return SALVE_OK;
    return bytes == 1 ? invalid(r, field) : salve_fail(r->err, SALVE_E_TOO_BIG, "letter: %s", field->name);
}

static enum salve_code take_struct(struct reading *r, const struct paper_layout *layout, char *to);

static enum salve_code take_text(struct reading *r, const struct paper_field *field, char *to)
{
    uint64_t len;
    struct str text;
    TRY(take_limited(r, 4, field, &len));
    TRY(take(r, len, field, &text));
    if (!str_is_utf8(text)) return invalid(r, field);
    memcpy(to, &text, sizeof text);
    return SALVE_OK;
}

/* The least that a struct takes: so a count is believed only where its structs can follow, and no short input makes
 * much memory. */
static size_t least_bytes(const struct paper_layout *layout)
{
    size_t sum = 0;
    for (size_t i = 0; i < layout->field_count; i++) {
        enum paper_kind kind = layout->fields[i].kind;
        bool is_small = kind == PAPER_FLAG || kind == PAPER_CHOICE;
        sum += is_small ? 1 : kind == PAPER_NUMBER ? 8 : kind == PAPER_PART ? least_bytes(layout->fields[i].of) : 4;
    }
    return sum;
}

static enum salve_code take_list(struct reading *r, const struct paper_field *field, char *from)
{
    const struct paper_layout *of = field->of;
    char *items = from + field->at;
    uint64_t count;
    TRY(take_limited(r, 4, field, &count));
    if (count * least_bytes(of) > r->left.len) return cut_off(r, field->name);
    if (field->kind == PAPER_LIST) {
        items = count == 0 ? NULL : arena_alloc_array(r->mem, of->bytes, count);
        if (count > 0 && items == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "letter");
        memcpy(from + field->at, &items, sizeof items);
    }
    memcpy(from + field->count_at, &(size_t){count}, sizeof(size_t));
    for (size_t i = 0; i < count; i++) TRY(take_struct(r, of, items + i * of->bytes));
    return SALVE_OK;
}

static void keep_count(const struct paper_field *field, uint64_t number, char *to)
{
    bool is_large = field->bytes == sizeof(size_t);
    salve_assert(is_large || field->bytes == sizeof(unsigned)); /* an enum has the size of an unsigned */
    if (is_large)
        memcpy(to, &(size_t){number}, sizeof(size_t));
    else
        memcpy(to, &(unsigned){(unsigned)number}, sizeof(unsigned));
}

static enum salve_code take_double(struct reading *r, const struct paper_field *field, char *to)
{
    uint64_t bits;
    double number;
    TRY(take_number(r, sizeof bits, field, &bits));
    memcpy(&number, &bits, sizeof number);
    if (!isfinite(number)) return invalid(r, field);
    memcpy(to, &number, sizeof number);
    return SALVE_OK;
}

static enum salve_code take_field(struct reading *r, const struct paper_field *field, char *from)
{
    char *to = from + field->at;
    uint64_t number;
    switch (field->kind) {
    case PAPER_TEXT:
        return take_text(r, field, to);
    case PAPER_LIST:
    case PAPER_ROWS:
        return take_list(r, field, from);
    case PAPER_PART:
        return take_struct(r, field->of, to);
    case PAPER_NUMBER:
        return take_double(r, field, to);
    case PAPER_FLAG:
        TRY(take_limited(r, 1, field, &number));
        *(bool *)to = number != 0;
        return SALVE_OK;
    case PAPER_CHOICE:
        TRY(take_limited(r, 1, field, &number));
        keep_count(field, number, to);
        return SALVE_OK;
    case PAPER_COUNT:
        break;
    }
    TRY(take_limited(r, 4, field, &number));
    keep_count(field, number, to);
    return SALVE_OK;
}

static enum salve_code take_struct(struct reading *r, const struct paper_layout *layout, char *to)
{
    for (size_t i = 0; i < layout->field_count; i++) TRY(take_field(r, &layout->fields[i], to));
    return SALVE_OK;
}

static enum salve_code take_whole(struct reading *r, const struct paper_layout *layout, void **out)
{
    *out = arena_alloc(r->mem, layout->bytes);
    if (*out == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "letter");
    TRY(take_struct(r, layout, *out));
    return r->left.len == 0 ? SALVE_OK : salve_refuse(r->err, SALVE_E_SYNTAX, "there is more behind it", "letter");
}

enum salve_code paper_read(struct str bytes, struct arena *mem, struct letter_drawn *out, struct salve_err *err)
{
    struct reading r = {.left = str_cut(bytes, 2, bytes.len), .mem = mem, .err = err};
    void *whole = NULL;
    *out = (struct letter_drawn){0};
    if (bytes.len > SALVE_PAPER_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "letter");
    if (bytes.len < 2) return cut_off(&r, "version");
    if (bytes.ptr[0] != PAPER_VERSION) return salve_fail(err, SALVE_E_UNSUPPORTED, "letter: version");
    if (bytes.ptr[1] == PAPER_LETTER) {
        TRY(take_whole(&r, &paper_letter_layout, &whole));
        out->letter = whole;
    } else if (bytes.ptr[1] == PAPER_FORM) {
        TRY(take_whole(&r, &paper_form_layout, &whole));
        out->form = whole;
    } else {
        return salve_fail(err, SALVE_E_INVALID, "letter: kind");
    }
    return letter_drawn_check(out, err);
}
