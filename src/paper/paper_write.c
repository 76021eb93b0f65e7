/* SPDX-License-Identifier: Apache-2.0
 * A description as bytes: a walk over the tables of its fields. */
#include <string.h>

#include "base/assert.h"
#include "paper/paper_int.h"

static void put_number(struct buf *out, uint64_t number, size_t bytes)
{
    uint8_t raw[8];
    paper_put(raw, number, bytes);
    buf_add(out, str_bytes(raw, bytes));
}

static enum salve_code too_big(const struct paper_field *field, struct salve_err *err)
{
    return salve_fail(err, SALVE_E_TOO_BIG, "letter: %s", field->name);
}

static uint64_t count_of(const void *member, size_t bytes)
{
    unsigned small = 0;
    size_t large = 0;
    if (bytes == sizeof large) return memcpy(&large, member, sizeof large), large;
    salve_assert(bytes == sizeof small);
    memcpy(&small, member, sizeof small);
    return small;
}

static enum salve_code put_struct(const char *from, const struct paper_layout *layout, struct buf *out,
                                  struct salve_err *err);

static enum salve_code put_list(const char *from, const struct paper_field *field, struct buf *out,
                                struct salve_err *err)
{
    const char *items = from + field->at;
    size_t count;
    memcpy(&count, from + field->count_at, sizeof count);
    if (field->kind == PAPER_LIST) memcpy(&items, from + field->at, sizeof items);
    if (count > field->max) return too_big(field, err);
    put_number(out, count, 4);
    for (size_t i = 0; i < count; i++) TRY(put_struct(items + i * field->of->bytes, field->of, out, err));
    return SALVE_OK;
}

static enum salve_code put_text(const char *from, const struct paper_field *field, struct buf *out,
                                struct salve_err *err)
{
    struct str text;
    memcpy(&text, from + field->at, sizeof text);
    if (text.len > field->max) return too_big(field, err);
    put_number(out, text.len, 4);
    buf_add(out, text);
    return SALVE_OK;
}

static enum salve_code put_field(const char *from, const struct paper_field *field, struct buf *out,
                                 struct salve_err *err)
{
    const char *member = from + field->at;
    uint64_t number = 0;
    switch (field->kind) {
    case PAPER_TEXT:
        return put_text(from, field, out, err);
    case PAPER_LIST:
    case PAPER_ROWS:
        return put_list(from, field, out, err);
    case PAPER_PART:
        return put_struct(member, field->of, out, err);
    case PAPER_NUMBER:
        memcpy(&number, member, sizeof number);
        put_number(out, number, sizeof number);
        return SALVE_OK;
    case PAPER_FLAG:
    case PAPER_CHOICE:
        number = field->kind == PAPER_FLAG ? *(const bool *)member : count_of(member, field->bytes);
        salve_assert(number <= field->max);
        put_number(out, number, 1);
        return SALVE_OK;
    case PAPER_COUNT:
        break;
    }
    number = count_of(member, field->bytes);
    if (number > field->max) return too_big(field, err);
    put_number(out, number, 4);
    return SALVE_OK;
}

static enum salve_code put_struct(const char *from, const struct paper_layout *layout, struct buf *out,
                                  struct salve_err *err)
{
    for (size_t i = 0; i < layout->field_count; i++) TRY(put_field(from, &layout->fields[i], out, err));
    return SALVE_OK;
}

enum salve_code paper_write(const struct letter_drawn *what, struct buf *out, struct salve_err *err)
{
    bool is_form = what->form != NULL;
    put_number(out, PAPER_VERSION, 1);
    put_number(out, is_form ? PAPER_FORM : PAPER_LETTER, 1);
    return is_form ? put_struct((const char *)what->form, &paper_form_layout, out, err)
                   : put_struct((const char *)what->letter, &paper_letter_layout, out, err);
}
