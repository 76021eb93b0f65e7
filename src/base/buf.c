/* SPDX-License-Identifier: Apache-2.0
 * Growing bytes with a ceiling; see buf.h. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_init(struct buf *buf, struct arena *mem, size_t bytes_max)
{
    *buf = (struct buf){.mem = mem, .bytes_max = bytes_max};
}

/* Bytes that are in no arena may be a person's: they are wiped before they are given back. */
static void drop_bytes(char *ptr, size_t cap)
{
    if (ptr != NULL) explicit_bzero(ptr, cap);
    free(ptr);
}

static char *grow_bytes(char *ptr, size_t len, size_t cap_before, size_t cap)
{
    char *grown = malloc(cap);
    if (grown == NULL) return NULL;
    if (len > 0) memcpy(grown, ptr, len);
    drop_bytes(ptr, cap_before);
    return grown;
}

void buf_drop(struct buf *buf)
{
    if (buf->mem == NULL) drop_bytes(buf->ptr, buf->cap);
    buf->ptr = NULL;
    buf->len = buf->cap = 0;
}

static bool grow(struct buf *buf, size_t bytes)
{
    size_t cap = buf->cap < 128 ? 128 : buf->cap;
    while (cap < bytes) cap *= 2;
    char *ptr = buf->mem == NULL ? grow_bytes(buf->ptr, buf->len, buf->cap, cap)
                                 : arena_grow(buf->mem, buf->ptr, buf->cap, cap);
    if (ptr == NULL) {
        buf->code = SALVE_E_MEMORY;
        return false;
    }
    buf->ptr = ptr;
    buf->cap = cap;
    return true;
}

char *buf_room(struct buf *buf, size_t bytes)
{
    if (buf->code != SALVE_OK) return NULL;
    if (bytes > buf->bytes_max - buf->len) {
        buf->code = SALVE_E_TOO_BIG;
        return NULL;
    }
    if (bytes + 1 > buf->cap - buf->len && !grow(buf, buf->len + bytes + 1)) return NULL;
    return buf->ptr + buf->len;
}

void buf_took(struct buf *buf, size_t bytes) { buf->len += bytes; }

void buf_add(struct buf *buf, struct str text)
{
    char *room = buf_room(buf, text.len);
    if (room == NULL || text.len == 0) return;
    memcpy(room, text.ptr, text.len);
    buf->len += text.len;
}

void buf_add_char(struct buf *buf, char c)
{
    char *room = buf_room(buf, 1);
    if (room == NULL) return;
    *room = c;
    buf->len++;
}

void buf_add_u64(struct buf *buf, uint64_t number)
{
    char text[20];
    char *at = text + sizeof text;
    do *--at = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    buf_add(buf, str_make(at, (size_t)(text + sizeof text - at)));
}

void buf_add_args(struct buf *buf, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    char *room = len < 0 ? NULL : buf_room(buf, (size_t)len);
    if (room != NULL) {
        (void)vsnprintf(room, (size_t)len + 1, fmt, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

void buf_addf(struct buf *buf, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    buf_add_args(buf, fmt, args);
    va_end(args);
}

enum salve_code buf_done(struct buf *buf, struct str *out, struct salve_err *err)
{
    if (buf_room(buf, 0) == NULL) return salve_fail(err, buf->code, "output of more than %zu bytes", buf->bytes_max);
    buf->ptr[buf->len] = '\0';
    *out = buf_str(buf);
    return SALVE_OK;
}
