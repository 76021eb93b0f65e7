/* SPDX-License-Identifier: Apache-2.0
 * FHIRPath functions over text (2.0.0, 5.6; encode, escape, trim, split and join are of later drafts). Positions and
 * lengths count characters (code points), not bytes. */
#include <utf8proc.h>

#include "fhirpath/fhirpath_int.h"

/* The input and `count` text arguments; *has is false when one of them is empty. */
static enum salve_code texts(struct expr_run *run, const struct expr_value *args, uint32_t count, bool *has,
                             struct str *out)
{
    bool all = true;
    for (uint32_t i = 0; i < count; i++) {
        bool one;
        TRY(fp_one_text(run, &args[i], &one, &out[i]));
        if (!one)
            all = false;
        else
            TRY(expr_step(run, out[i].len / 16));
    }
    *has = all;
    return SALVE_OK;
}

static enum salve_code build_text(struct expr_run *run, struct buf *buf, struct expr_value *out)
{
    struct str text;
    TRY(buf_done(buf, &text, run->err));
    *out = expr_string(text);
    return expr_step(run, text.len / 16);
}

enum { TEXT_BYTES_MAX = 64 << 20 };

/* --- search ------------------------------------------------------------------------------------------------------- */
static ptrdiff_t find_last(struct str hay, struct str needle)
{
    if (needle.len > hay.len) return -1;
    for (size_t at = hay.len - needle.len + 1; at-- > 0;)
        if (needle.len == 0 || memcmp(hay.ptr + at, needle.ptr, needle.len) == 0) return (ptrdiff_t)at;
    return -1;
}

static enum salve_code index_of(struct expr_run *run, const struct expr_value *args,
                                ptrdiff_t (*find)(struct str, struct str), struct expr_value *out)
{
    struct str t[2];
    bool has;
    TRY(texts(run, args, 2, &has, t));
    *out = EXPR_NONE;
    if (!has) return SALVE_OK;
    ptrdiff_t at = find(t[0], t[1]);
    *out = expr_integer(at < 0 ? -1 : expr_char_count(str_cut(t[0], 0, (size_t)at)));
    return SALVE_OK;
}

FN(fp_index_of) { return index_of(run, args, str_find, out); }
FN(fp_last_index_of) { return index_of(run, args, find_last, out); }

FN(fp_substring)
{
    struct str text;
    int64_t start, length = INT64_MAX;
    bool has, has_start, has_length = true;
    TRY(texts(run, args, 1, &has, &text));
    TRY(fp_one_integer(run, &args[1], &has_start, &start));
    if (count == 3) TRY(fp_one_integer(run, &args[2], &has_length, &length));
    *out = EXPR_NONE;
    if (!has || !has_start || start < 0) return SALVE_OK;
    size_t from = expr_char_offset(text, start);
    if (from >= text.len) return SALVE_OK;
    if (!has_length) length = INT64_MAX;
    struct str rest = str_cut(text, from, SIZE_MAX);
    *out = expr_string(str_cut(rest, 0, expr_char_offset(rest, length < 0 ? 0 : length)));
    return SALVE_OK;
}

typedef bool test(struct str text, struct str part);
static bool has_part(struct str text, struct str part) { return str_find(text, part) >= 0; }

static enum salve_code ask(struct expr_run *run, const struct expr_value *args, test *is, struct expr_value *out)
{
    struct str t[2];
    bool has;
    TRY(texts(run, args, 2, &has, t));
    *out = has ? expr_boolean(is(t[0], t[1])) : EXPR_NONE;
    return SALVE_OK;
}

FN(fp_starts_with) { return ask(run, args, str_starts, out); }
FN(fp_ends_with) { return ask(run, args, str_ends, out); }
FN(fp_contains) { return ask(run, args, has_part, out); }

/* --- change ------------------------------------------------------------------------------------------------------- */
static enum salve_code map_case(struct expr_run *run, const struct expr_value *args, expr_char_map *map,
                                struct expr_value *out)
{
    struct str text;
    bool has;
    TRY(texts(run, args, 1, &has, &text));
    *out = EXPR_NONE;
    if (!has) return SALVE_OK;
    struct buf buf;
    buf_init(&buf, run->mem, TEXT_BYTES_MAX);
    expr_map_chars(text, map, &buf);
    return build_text(run, &buf, out);
}

FN(fp_upper) { return map_case(run, args, utf8proc_toupper, out); }
FN(fp_lower) { return map_case(run, args, utf8proc_tolower, out); }

FN(fp_trim)
{
    struct str text;
    bool has;
    TRY(texts(run, args, 1, &has, &text));
    *out = has ? expr_string(str_trim(text)) : EXPR_NONE;
    return SALVE_OK;
}

/* An empty pattern matches before and behind every character. */
static void replace_empty(struct buf *buf, struct str text, struct str with)
{
    buf_add(buf, with);
    for (size_t at = 0; at < text.len;) {
        size_t bytes = expr_char_bytes(text, at);
        buf_add(buf, str_cut(text, at, bytes));
        buf_add(buf, with);
        at += bytes;
    }
}

FN(fp_replace)
{
    struct str t[3];
    bool has;
    TRY(texts(run, args, 3, &has, t));
    *out = EXPR_NONE;
    if (!has) return SALVE_OK;
    struct buf buf;
    buf_init(&buf, run->mem, TEXT_BYTES_MAX);
    if (t[1].len == 0)
        replace_empty(&buf, t[0], t[2]);
    else {
        struct str rest = t[0];
        for (ptrdiff_t at; (at = str_find(rest, t[1])) >= 0; rest = str_cut(rest, (size_t)at + t[1].len, SIZE_MAX)) {
            buf_add(&buf, str_cut(rest, 0, (size_t)at));
            buf_add(&buf, t[2]);
        }
        buf_add(&buf, rest);
    }
    return build_text(run, &buf, out);
}

FN(fp_length)
{
    struct str text;
    bool has;
    TRY(texts(run, args, 1, &has, &text));
    *out = has ? expr_integer(expr_char_count(text)) : EXPR_NONE;
    return SALVE_OK;
}

FN(fp_to_chars)
{
    struct str text;
    bool has;
    struct expr_build build = {0};
    TRY(texts(run, args, 1, &has, &text));
    for (size_t at = 0; has && at < text.len; at += expr_char_bytes(text, at))
        TRY(expr_build_add(&build, expr_string(str_cut(text, at, expr_char_bytes(text, at))), run->mem, run->err));
    *out = expr_build_done(&build);
    return expr_step(run, build.count);
}

FN(fp_split)
{
    struct str t[2];
    bool has;
    struct expr_build build = {0};
    TRY(texts(run, args, 2, &has, t));
    if (has && t[1].len == 0) return fp_to_chars(run, args, count, out);
    ptrdiff_t at = 0;
    while (has && at >= 0) {
        at = str_find(t[0], t[1]);
        struct str piece = at < 0 ? t[0] : str_cut(t[0], 0, (size_t)at);
        TRY(expr_build_add(&build, expr_string(piece), run->mem, run->err));
        if (at >= 0) t[0] = str_cut(t[0], (size_t)at + t[1].len, SIZE_MAX);
    }
    *out = expr_build_done(&build);
    return expr_step(run, build.count);
}

FN(fp_join)
{
    struct expr_items view = expr_items(&args[0]);
    struct str between = STR("");
    bool has;
    *out = EXPR_NONE;
    if (count == 2) TRY(fp_one_text(run, &args[1], &has, &between));
    if (view.count == 0) return SALVE_OK;
    struct buf buf;
    buf_init(&buf, run->mem, TEXT_BYTES_MAX);
    for (uint32_t i = 0; i < view.count; i++) {
        struct str one;
        TRY(fp_one_text(run, &view.items[i], &has, &one));
        if (i > 0) buf_add(&buf, between);
        if (has) buf_add(&buf, one);
    }
    return build_text(run, &buf, out);
}

/* --- encodings ---------------------------------------------------------------------------------------------------- */
static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char urlbase64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void add_base64(struct buf *buf, struct str text, const char *digits)
{
    for (size_t at = 0; at < text.len; at += 3) {
        size_t left = text.len - at < 3 ? text.len - at : 3;
        uint32_t bits = 0;
        for (size_t i = 0; i < 3; i++) bits = bits << 8 | (i < left ? (uint8_t)text.ptr[at + i] : 0u);
        for (size_t i = 0; i < 4; i++) buf_add_char(buf, i <= left ? digits[bits >> (18 - 6 * i) & 63] : '=');
    }
}

static bool take_base64(struct buf *buf, struct str text, const char *digits)
{
    while (text.len > 0 && text.ptr[text.len - 1] == '=') text.len--;
    if (text.len % 4 == 1) return false;
    uint32_t bits = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *digit = text.ptr[i] == '\0' ? NULL : strchr(digits, text.ptr[i]);
        if (digit == NULL) return false;
        bits = bits << 6 | (uint32_t)(digit - digits);
        if (i % 4 != 0) buf_add_char(buf, (char)(bits >> (6 - 2 * (i % 4))));
    }
    return true;
}

static int hex_digit(char c) { return str_hex_digit(str_lower(c)); }

static bool take_hex(struct buf *buf, struct str text)
{
    if (text.len % 2 != 0) return false;
    for (size_t i = 0; i < text.len; i += 2) {
        int high = hex_digit(text.ptr[i]), low = hex_digit(text.ptr[i + 1]);
        if (high < 0 || low < 0) return false;
        buf_add_char(buf, (char)(high << 4 | low));
    }
    return true;
}

FN(fp_encode)
{
    struct str t[2];
    bool has;
    TRY(texts(run, args, 2, &has, t));
    *out = EXPR_NONE;
    if (!has) return SALVE_OK;
    struct buf buf;
    buf_init(&buf, run->mem, TEXT_BYTES_MAX);
    if (str_is(t[1], "base64"))
        add_base64(&buf, t[0], base64_digits);
    else if (str_is(t[1], "urlbase64"))
        add_base64(&buf, t[0], urlbase64_digits);
    else if (str_is(t[1], "hex"))
        for (size_t i = 0; i < t[0].len; i++) {
            buf_add_char(&buf, str_hex_char((uint8_t)t[0].ptr[i] >> 4));
            buf_add_char(&buf, str_hex_char((uint8_t)t[0].ptr[i] & 15));
        }
    else if (str_is(t[1], "ascii"))
        for (size_t at = 0; at < t[0].len; at += expr_char_bytes(t[0], at))
            buf_add_char(&buf, (uint8_t)t[0].ptr[at] < 128 ? t[0].ptr[at] : '?');
    else
        return SALVE_OK;
    return build_text(run, &buf, out);
}

/* What decodes to something that is no UTF-8 text is empty. */
FN(fp_decode)
{
    struct str t[2], text;
    bool has, good = false;
    TRY(texts(run, args, 2, &has, t));
    *out = EXPR_NONE;
    if (!has) return SALVE_OK;
    struct buf buf;
    buf_init(&buf, run->mem, TEXT_BYTES_MAX);
    if (str_is(t[1], "base64"))
        good = take_base64(&buf, t[0], base64_digits);
    else if (str_is(t[1], "urlbase64"))
        good = take_base64(&buf, t[0], urlbase64_digits);
    else if (str_is(t[1], "hex"))
        good = take_hex(&buf, t[0]);
    TRY(buf_done(&buf, &text, run->err));
    if (good && str_is_utf8(text)) *out = expr_string(text);
    return SALVE_OK;
}

struct escape {
    char character;
    const char *json, *html; /* NULL: as it is */
};
static const struct escape escapes[] = {
    {'"', "\\\"", "&quot;"}, {'\\', "\\\\", NULL}, {'\b', "\\b", NULL},   {'\f', "\\f", NULL},
    {'\n', "\\n", NULL},     {'\r', "\\r", NULL},  {'\t', "\\t", NULL},   {'<', NULL, "&lt;"},
    {'>', NULL, "&gt;"},     {'&', NULL, "&amp;"}, {'\'', NULL, "&#39;"},
};
enum { ESCAPE_COUNT = sizeof escapes / sizeof escapes[0] };

static const char *escaped(const struct escape *e, bool html) { return html ? e->html : e->json; }

static void add_escaped(struct buf *buf, char c, bool html)
{
    for (size_t i = 0; i < ESCAPE_COUNT; i++) {
        if (escapes[i].character != c || escaped(&escapes[i], html) == NULL) continue;
        buf_add(buf, str_of(escaped(&escapes[i], html)));
        return;
    }
    if (!html && (unsigned char)c < 0x20)
        buf_addf(buf, "\\u%04x", (unsigned char)c);
    else
        buf_add_char(buf, c);
}

static bool add_character(struct buf *buf, int32_t c)
{
    utf8proc_uint8_t bytes[4];
    if (c <= 0 || !utf8proc_codepoint_valid(c)) return false;
    buf_add(buf, str_bytes(bytes, (size_t)utf8proc_encode_char(c, bytes)));
    return true;
}

static int four_hex(struct str text, size_t at)
{
    int c = 0;
    for (size_t i = at; i < at + 4; i++) {
        if (i >= text.len || hex_digit(text.ptr[i]) < 0) return -1;
        c = c << 4 | hex_digit(text.ptr[i]);
    }
    return c;
}

/* JSON's \uXXXX, surrogate pairs included. Bytes taken; 0: it is not one. */
static size_t take_unicode(struct buf *buf, struct str rest)
{
    if (!str_starts(rest, STR("\\u"))) return 0;
    int32_t c = four_hex(rest, 2);
    if (c >= 0xD800 && c < 0xDC00 && str_starts(str_cut(rest, 6, SIZE_MAX), STR("\\u"))) {
        int32_t low = four_hex(rest, 8);
        if (low >= 0xDC00 && low < 0xE000 && add_character(buf, 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00)))
            return 12;
    }
    return add_character(buf, c) ? 6 : 0;
}

/* HTML's &#233; and &#xE9;. Bytes taken; 0: it is not one. */
static size_t take_reference(struct buf *buf, struct str rest)
{
    if (!str_starts(rest, STR("&#"))) return 0;
    bool is_hex = rest.len > 2 && (rest.ptr[2] | 32) == 'x';
    size_t start = is_hex ? 3 : 2, at = start;
    int32_t c = 0, base = is_hex ? 16 : 10;
    for (; at < rest.len && at < start + 7; at++) {
        int digit = hex_digit(rest.ptr[at]);
        if (digit < 0 || digit >= base) break;
        c = c * base + digit;
    }
    if (at == start || at >= rest.len || rest.ptr[at] != ';' || !add_character(buf, c)) return 0;
    return at + 1;
}

/* Bytes of the escape that begins at `at`, its character added; 0 if none does. */
static size_t take_escape(struct buf *buf, struct str text, size_t at, bool html)
{
    struct str rest = str_cut(text, at, SIZE_MAX);
    for (size_t i = 0; i < ESCAPE_COUNT; i++) {
        const char *form = escaped(&escapes[i], html);
        if (form == NULL || !str_starts(rest, str_of(form))) continue;
        buf_add_char(buf, escapes[i].character);
        return strlen(form);
    }
    return html ? take_reference(buf, rest) : take_unicode(buf, rest);
}

static enum salve_code escape_or_not(struct expr_run *run, const struct expr_value *args, bool back,
                                     struct expr_value *out)
{
    struct str t[2];
    bool has;
    TRY(texts(run, args, 2, &has, t));
    *out = EXPR_NONE;
    bool html = has && str_is(t[1], "html");
    if (!has || (!html && !str_is(t[1], "json"))) return SALVE_OK;
    struct buf buf;
    buf_init(&buf, run->mem, TEXT_BYTES_MAX);
    for (size_t at = 0; at < t[0].len;) {
        size_t took = back ? take_escape(&buf, t[0], at, html) : 0;
        if (took == 0 && back)
            buf_add_char(&buf, t[0].ptr[at]);
        else if (took == 0)
            add_escaped(&buf, t[0].ptr[at], html);
        at += took == 0 ? 1 : took;
    }
    return build_text(run, &buf, out);
}

FN(fp_escape) { return escape_or_not(run, args, false, out); }
FN(fp_unescape) { return escape_or_not(run, args, true, out); }
