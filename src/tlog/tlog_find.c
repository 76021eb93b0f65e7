/* SPDX-License-Identifier: Apache-2.0
 * States of a log in texts that are about something else: a receipt, a mail, a letter that was typed in. */
#include <string.h>

#include "base/buf.h"
#include "tlog/tlog.h"

#define SIGNATURE "\xe2\x80\x94 " /* a line of a signed note that begins so is a signature */

static struct str line_before(struct str text, size_t end)
{
    size_t from = end;
    while (from > 0 && text.ptr[from - 1] != '\n') from--;
    return str_cut(text, from, end - from);
}

bool tlog_find_note(struct str *rest, struct str *note)
{
    ptrdiff_t at = str_find(*rest, STR("\n\n" SIGNATURE));
    if (at < 0) return false;
    size_t from = (size_t)at, end = (size_t)at + 2;
    for (int line = 0; line < 3; line++) {
        from -= line_before(*rest, from).len;
        if (line < 2 && from > 0) from--;
    }
    while (str_starts(str_cut(*rest, end, rest->len), STR(SIGNATURE))) {
        ptrdiff_t newline = str_find(str_cut(*rest, end, rest->len), STR("\n"));
        end = newline < 0 ? rest->len : end + (size_t)newline + 1;
    }
    *note = str_cut(*rest, from, end - from);
    *rest = str_cut(*rest, end, rest->len);
    return true;
}

enum salve_code tlog_find_lines(struct str text, struct arena *mem, struct str *out, struct salve_err *err)
{
    struct buf plain;
    buf_init(&plain, mem, text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        bool is_newline = text.ptr[i] == '\\' && i + 1 < text.len && text.ptr[i + 1] == 'n';
        buf_add_char(&plain, is_newline ? '\n' : text.ptr[i]);
        i += is_newline;
    }
    return buf_done(&plain, out, err);
}

static size_t hex_run(struct str text, size_t from)
{
    size_t len = 0;
    while (from + len < text.len && strchr("0123456789abcdef", text.ptr[from + len]) != NULL) len++;
    return len;
}

/* Where a word ends before `at`: behind the space, or where a wide root went to the next line. */
static size_t word_before(struct str text, size_t at)
{
    while (at > 0 && strchr(" \r\n", text.ptr[at - 1]) != NULL) at--;
    return at;
}

bool tlog_find_state(struct str *rest, uint64_t *size, struct tlog_hash *root)
{
    for (size_t at = 0; at < rest->len; at++) {
        size_t len = hex_run(*rest, at), digits = 0;
        if (len == 0) continue;
        size_t end = word_before(*rest, at);
        while (digits < 18 && digits < end && str_is_digit(rest->ptr[end - 1 - digits])) digits++;
        int64_t number = 0;
        bool is_state = len == 2 * sizeof root->bytes && digits > 0 && end < at &&
                        str_to_i64(str_cut(*rest, end - digits, digits), &number) &&
                        str_hex_parse(str_cut(*rest, at, len), root->bytes, sizeof root->bytes);
        if (!is_state) {
            at += len - 1;
            continue;
        }
        *size = (uint64_t)number;
        *rest = str_cut(*rest, at + len, rest->len);
        return true;
    }
    return false;
}
