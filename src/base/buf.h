/* SPDX-License-Identifier: Apache-2.0
 *
 * buf - bytes that grow up to a ceiling given at birth. The first failure sticks: later adds do nothing, and buf_done
 * (or buf_code) reports it, so that writers need no check after each add.
 *
 *     struct buf out;
 *     buf_init(&out, mem, SALVE_REQUEST_BYTES_MAX);       // mem NULL: heap, then buf_drop is owed
 *     buf_add(&out, STR("{"));
 *     enum salve_code code = buf_done(&out, &text, err);   // E_TOO_BIG or E_MEMORY if any add failed */
#ifndef SALVE_BASE_BUF_H
#define SALVE_BASE_BUF_H

#include <stdarg.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct buf {
    char *ptr;
    size_t len, cap, bytes_max;
    struct arena *mem; /* NULL: heap */
    enum salve_code code;
};

void buf_init(struct buf *buf, struct arena *mem, size_t bytes_max);
void buf_drop(struct buf *buf); /* frees heap bytes; fine on an arena buf */

void buf_add(struct buf *buf, struct str text);
void buf_add_char(struct buf *buf, char c);
void buf_add_u64(struct buf *buf, uint64_t number);
void buf_addf(struct buf *buf, const char *fmt, ...) SALVE_PRINTF(2, 3);
void buf_add_args(struct buf *buf, const char *fmt, va_list args) SALVE_PRINTF(2, 0);

/* buf_room - makes room for `bytes` more and returns where they go (NULL on failure); buf_took says how many came. */
char *buf_room(struct buf *buf, size_t bytes);
void buf_took(struct buf *buf, size_t bytes);

static inline enum salve_code buf_code(const struct buf *buf) { return buf->code; }
static inline struct str buf_str(const struct buf *buf) { return (struct str){buf->ptr, buf->len}; }

/* buf_done - a view of the whole (a NUL follows it), or the first failure. */
SALVE_MUST_USE enum salve_code buf_done(struct buf *buf, struct str *out, struct salve_err *err);

#endif
