/* SPDX-License-Identifier: Apache-2.0
 *
 * Structs as bytes and back. Tables nest a few shapes deep and never in a circle, so the depth is theirs. */
#include <stdlib.h>

#include "base/assert.h"
#include "crypto/crypto.h"
#include "door/wire_int.h"
#include "fhir/tape.h"

enum { FIRST_ROOM = 4096, COUNT_BYTES = 4, ALLOC_BYTES_MAX = 512 << 20 };
#define ABSENT UINT32_MAX

/* --- bytes that are wiped ----------------------------------------------------------------------------------------- */

static bool grow(struct door_bytes *out, size_t len)
{
    size_t room = out->room < FIRST_ROOM ? FIRST_ROOM : out->room;
    while (room < out->len + len) room *= 2;
    uint8_t *at = malloc(room);
    if (at == NULL) {
        out->code = SALVE_E_MEMORY;
        return false;
    }
    if (out->len > 0) memcpy(at, out->at, out->len);
    if (out->at != NULL) crypto_zero(out->at, out->len);
    free(out->at);
    out->at = at;
    out->room = room;
    return true;
}

uint8_t *door_bytes_room(struct door_bytes *out, size_t len)
{
    if (out->code != SALVE_OK) return NULL;
    if (len > out->max || out->len > out->max - len) {
        out->code = SALVE_E_TOO_BIG;
        return NULL;
    }
    if (len > out->room - out->len && !grow(out, len)) return NULL;
    return out->at + out->len;
}

void door_bytes_put(struct door_bytes *out, const void *bytes, size_t len)
{
    uint8_t *at = door_bytes_room(out, len);
    if (at == NULL) return;
    if (len > 0) memcpy(at, bytes, len);
    out->len += len;
}

void door_bytes_cut(struct door_bytes *bytes, size_t len)
{
    salve_assert(len <= bytes->len);
    if (len == 0) return;
    size_t left = bytes->len - len;
    if (left > 0) memmove(bytes->at, bytes->at + len, left);
    crypto_zero(bytes->at + left, len);
    bytes->len = left;
}

void door_bytes_drop(struct door_bytes *bytes)
{
    if (bytes->at != NULL) crypto_zero(bytes->at, bytes->len);
    free(bytes->at);
    *bytes = (struct door_bytes){.max = bytes->max};
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

struct writing {
    struct door_bytes *out;
    struct salve_err *err;
};

static enum salve_code write_fields(struct writing *w, const struct door_field *fields, const void *from);

static void put_u32(struct door_bytes *out, uint32_t n)
{
    const uint8_t bytes[COUNT_BYTES] = {(uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), (uint8_t)(n >> 24)};
    door_bytes_put(out, bytes, sizeof bytes);
}

static enum salve_code put_text(struct writing *w, struct str text, uint32_t max)
{
    if (text.ptr != NULL && text.len > max)
        return salve_refuse(w->err, SALVE_E_TOO_BIG, "it is longer than a request takes", "text");
    put_u32(w->out, text.ptr == NULL ? ABSENT : (uint32_t)text.len);
    if (text.ptr != NULL) door_bytes_put(w->out, text.ptr, text.len);
    return SALVE_OK;
}

/* The machine is little-endian, or these bytes never leave it: both ends are on one. */
static void put_int(struct door_bytes *out, const void *member, size_t bytes) { door_bytes_put(out, member, bytes); }

static enum salve_code put_tape(struct writing *w, const struct tape *tape)
{
    struct buf bytes;
    struct str text = STR("");
    struct arena *mem = arena_open_private(ALLOC_BYTES_MAX);
    if (mem == NULL) return salve_fail(w->err, SALVE_E_MEMORY, "tape");
    buf_init(&bytes, mem, w->out->max);
    if (tape->node_count > 0) tape_bytes(tape, &bytes);
    enum salve_code code = tape->node_count > 0 ? buf_done(&bytes, &text, w->err) : SALVE_OK;
    if (code == SALVE_OK) put_u32(w->out, (uint32_t)text.len);
    if (code == SALVE_OK) door_bytes_put(w->out, text.ptr, text.len);
    arena_close(mem);
    return code;
}

static enum salve_code put_list(struct writing *w, const struct door_field *field, const void *first, size_t count)
{
    if (count > field->max) return salve_refuse(w->err, SALVE_E_TOO_BIG, "it is longer than a request takes", "list");
    put_u32(w->out, (uint32_t)count);
    for (size_t i = 0; i < count; i++)
        TRY(write_fields(w, field->shape->fields, (const char *)first + i * field->shape->bytes));
    return SALVE_OK;
}

static enum salve_code put_maybe(struct writing *w, const struct door_field *field, const void *one)
{
    const uint8_t is_there = one != NULL;
    door_bytes_put(w->out, &is_there, 1);
    return one == NULL ? SALVE_OK : write_fields(w, field->shape->fields, one);
}

/* tidy: dispatch */
static enum salve_code write_field(struct writing *w, const struct door_field *field, const char *from)
{
    const void *member = from + field->offset;
    size_t count = 0;
    switch ((enum door_field_kind)field->kind) {
    case DOOR_INT:
    case DOOR_BOOL:
    case DOOR_BYTES:
        put_int(w->out, member, field->bytes);
        return SALVE_OK;
    case DOOR_CHARS:
        return put_text(w, str_of(member), field->bytes);
    case DOOR_TEXT:
        return put_text(w, *(const struct str *)member, field->max);
    case DOOR_PATH:
        return put_text(w, str_of(*(const char *const *)member), field->max);
    case DOOR_TAPE:
        return put_tape(w, member);
    case DOOR_ONE:
        return write_fields(w, field->shape->fields, member);
    case DOOR_MAYBE:
        return put_maybe(w, field, *(const void *const *)member);
    case DOOR_MANY:
        memcpy(&count, from + field->count_offset, sizeof count);
        return put_list(w, field, *(const void *const *)member, count);
    case DOOR_SOME:
        memcpy(&count, from + field->count_offset, sizeof count);
        return put_list(w, field, member, count);
    case DOOR_END:
        break;
    }
    return SALVE_OK;
}

static enum salve_code write_fields(struct writing *w, const struct door_field *fields, const void *from)
{
    for (; fields->kind != DOOR_END; fields++) TRY(write_field(w, fields, from));
    return SALVE_OK;
}

enum salve_code door_write(const struct door_field *fields, const void *from, struct door_bytes *out,
                           struct salve_err *err)
{
    struct writing w = {.out = out, .err = err};
    TRY(write_fields(&w, fields, from));
    return out->code == SALVE_OK ? SALVE_OK : salve_fail(err, out->code, "message");
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

struct reading {
    const uint8_t *at, *end;
    enum door_texts texts;
    struct arena *mem;
    size_t list_bytes; /* of all lists: what a message may make of itself */
    struct salve_err *err;
};

static enum salve_code read_fields(struct reading *r, const struct door_field *fields, void *to);

static enum salve_code not_these(struct reading *r) { return salve_fail(r->err, SALVE_E_INVALID, "message"); }

static bool take(struct reading *r, size_t len, const uint8_t **out)
{
    if (len > (size_t)(r->end - r->at)) return false;
    *out = r->at;
    r->at += len;
    return true;
}

static bool take_u32(struct reading *r, uint32_t *out)
{
    const uint8_t *b;
    if (!take(r, COUNT_BYTES, &b)) return false;
    *out = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    return true;
}

static enum salve_code take_text(struct reading *r, uint32_t max, struct str *out)
{
    uint32_t len;
    const uint8_t *bytes;
    *out = STR_NONE;
    if (!take_u32(r, &len)) return not_these(r);
    if (len == ABSENT) return SALVE_OK;
    if (len > max || !take(r, len, &bytes)) return not_these(r);
    *out = len == 0 ? STR("") : str_bytes(bytes, len);
    return SALVE_OK;
}

static enum salve_code need_mem(struct reading *r) { return r->mem == NULL ? not_these(r) : SALVE_OK; }

static enum salve_code copied(struct reading *r, struct str *text)
{
    TRY(need_mem(r));
    return arena_str(r->mem, *text, text, r->err);
}

static enum salve_code take_int(struct reading *r, const struct door_field *field, char *member)
{
    const uint8_t *bytes;
    uint64_t number = 0;
    if (!take(r, field->bytes, &bytes)) return not_these(r);
    memcpy(member, bytes, field->bytes);
    if (field->max == 0) return SALVE_OK;
    for (size_t i = field->bytes; i > 0; i--) number = number << 8 | bytes[i - 1];
    return number < field->max ? SALVE_OK : not_these(r);
}

static enum salve_code take_bool(struct reading *r, bool *member)
{
    const uint8_t *byte;
    if (!take(r, 1, &byte) || *byte > 1) return not_these(r);
    *member = *byte == 1;
    return SALVE_OK;
}

static enum salve_code take_bytes(struct reading *r, const struct door_field *field, void *member)
{
    const uint8_t *bytes;
    if (!take(r, field->bytes, &bytes)) return not_these(r);
    memcpy(member, bytes, field->bytes);
    return SALVE_OK;
}

static enum salve_code take_chars(struct reading *r, const struct door_field *field, char *member)
{
    struct str text;
    TRY(take_text(r, field->bytes - 1u, &text));
    if (text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL) return not_these(r);
    if (text.len > 0) memcpy(member, text.ptr, text.len);
    member[text.len] = '\0';
    return SALVE_OK;
}

static enum salve_code take_str(struct reading *r, const struct door_field *field, struct str *member)
{
    TRY(take_text(r, field->max, member));
    return r->texts == DOOR_COPIED && member->len > 0 ? copied(r, member) : SALVE_OK;
}

static enum salve_code take_path(struct reading *r, const struct door_field *field, const char **member)
{
    struct str text;
    TRY(take_text(r, field->max, &text));
    if (text.ptr == NULL) return SALVE_OK;
    if (text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL) return not_these(r);
    TRY(copied(r, &text)); /* the copy ends with a NUL */
    *member = text.ptr;
    return SALVE_OK;
}

static enum salve_code take_tape(struct reading *r, struct tape *member)
{
    struct str bytes;
    TRY(take_text(r, UINT32_MAX - 1, &bytes));
    TRY(need_mem(r));
    return bytes.len == 0 ? SALVE_OK : tape_from_bytes(bytes, r->mem, member, r->err);
}

/* A struct takes at least a byte of the message, so a count cannot ask for much that is not there. */
static enum salve_code take_count(struct reading *r, const struct door_field *field, uint32_t *count)
{
    if (!take_u32(r, count) || *count > field->max || *count > (size_t)(r->end - r->at)) return not_these(r);
    return SALVE_OK;
}

static enum salve_code take_items(struct reading *r, const struct door_field *field, char *first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        TRY(read_fields(r, field->shape->fields, first + (size_t)i * field->shape->bytes));
    return SALVE_OK;
}

static enum salve_code take_many(struct reading *r, const struct door_field *field, char *to)
{
    uint32_t count = 0;
    TRY(take_count(r, field, &count));
    TRY(need_mem(r));
    r->list_bytes += (size_t)count * field->shape->bytes;
    if (r->list_bytes > ALLOC_BYTES_MAX) return not_these(r);
    char *first = arena_alloc_array(r->mem, field->shape->bytes, (size_t)count + 1);
    if (first == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "message");
    const size_t items = count;
    memcpy(to + field->offset, &first, sizeof first);
    memcpy(to + field->count_offset, &items, sizeof items);
    return take_items(r, field, first, count);
}

static enum salve_code take_some(struct reading *r, const struct door_field *field, char *to)
{
    uint32_t count = 0;
    TRY(take_count(r, field, &count));
    const size_t items = count;
    memcpy(to + field->count_offset, &items, sizeof items);
    return take_items(r, field, to + field->offset, count);
}

static enum salve_code take_maybe(struct reading *r, const struct door_field *field, char *to)
{
    bool is_there;
    TRY(take_bool(r, &is_there));
    if (!is_there) return SALVE_OK;
    TRY(need_mem(r));
    char *one = arena_alloc(r->mem, field->shape->bytes);
    if (one == NULL) return salve_fail(r->err, SALVE_E_MEMORY, "message");
    memcpy(to + field->offset, &one, sizeof one);
    return read_fields(r, field->shape->fields, one);
}

/* tidy: dispatch */
static enum salve_code read_field(struct reading *r, const struct door_field *field, char *to)
{
    void *member = to + field->offset;
    switch ((enum door_field_kind)field->kind) {
    case DOOR_INT:
        return take_int(r, field, member);
    case DOOR_BOOL:
        return take_bool(r, member);
    case DOOR_BYTES:
        return take_bytes(r, field, member);
    case DOOR_CHARS:
        return take_chars(r, field, member);
    case DOOR_TEXT:
        return take_str(r, field, member);
    case DOOR_PATH:
        return take_path(r, field, member);
    case DOOR_TAPE:
        return take_tape(r, member);
    case DOOR_ONE:
        return read_fields(r, field->shape->fields, member);
    case DOOR_MAYBE:
        return take_maybe(r, field, to);
    case DOOR_MANY:
        return take_many(r, field, to);
    case DOOR_SOME:
        return take_some(r, field, to);
    case DOOR_END:
        break;
    }
    return SALVE_OK;
}

static enum salve_code read_fields(struct reading *r, const struct door_field *fields, void *to)
{
    for (; fields->kind != DOOR_END; fields++) TRY(read_field(r, fields, to));
    return SALVE_OK;
}

enum salve_code door_read(const struct door_field *fields, struct str bytes, enum door_texts texts, struct arena *mem,
                          void *to, struct salve_err *err)
{
    const uint8_t *at = bytes.len == 0 ? (const uint8_t *)"" : (const uint8_t *)bytes.ptr;
    struct reading r = {.at = at, .end = at + bytes.len, .texts = texts, .mem = mem, .err = err};
    TRY(read_fields(&r, fields, to));
    return r.at == r.end ? SALVE_OK : not_these(&r);
}

uint32_t door_print(const struct door_field *fields, uint32_t hash)
{
    for (; fields->kind != DOOR_END; fields++) {
        const uint32_t facts[] = {hash, fields->kind, fields->bytes, fields->max};
        hash = str_hash_32(str_bytes(facts, sizeof facts));
        if (fields->shape != NULL) hash = door_print(fields->shape->fields, hash);
    }
    return hash;
}
