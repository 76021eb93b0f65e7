/* SPDX-License-Identifier: Apache-2.0
 * Writing JSON: strings, the comma-keeping writer, trees, and the canonical form of RFC 8785; see json.h. */
#include "json/json.h"

#include <stdlib.h>

#include "base/assert.h"
#include "json/json_scan.h"

/* The letter behind the backslash; 0: none needed; 'u': by number. */
static char escape_of(unsigned char c)
{
    switch (c) {
    case '"':
        return '"';
    case '\\':
        return '\\';
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return c < 0x20 ? 'u' : 0;
    }
}

static void add_escape(struct buf *out, unsigned char c, char letter)
{
    char text[6] = {'\\', letter, '0', '0', str_hex_char(c >> 4), str_hex_char(c & 15)};
    buf_add(out, str_make(text, letter == 'u' ? 6 : 2));
}

void json_add_string(struct buf *out, struct str text)
{
    size_t plain = 0;
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        buf_add(out, str_make(text.ptr + plain, i - plain));
        add_escape(out, c, escape_of(c));
        plain = i + 1;
    }
    if (plain < text.len) buf_add(out, str_make(text.ptr + plain, text.len - plain));
    buf_add_char(out, '"');
}

static void line_break(struct json_writer *w)
{
    if (!w->pretty) return;
    buf_add_char(w->out, '\n');
    for (unsigned i = 0; i < w->depth; i++) buf_add(w->out, STR("  "));
}

/* Whatever must stand before a value: comma, line end, name. */
static void before_value(struct json_writer *w, struct str name)
{
    if (w->has_name) {
        w->has_name = false;
        return;
    }
    if (w->depth > 0) {
        if (w->has_items[w->depth - 1]) buf_add_char(w->out, ',');
        w->has_items[w->depth - 1] = true;
        line_break(w);
    }
    if (name.ptr == NULL) return;
    json_add_string(w->out, name);
    buf_add(w->out, w->pretty ? STR(": ") : STR(":"));
}

void json_put_name(struct json_writer *w, struct str name)
{
    before_value(w, name);
    w->has_name = true;
}

void json_open(struct json_writer *w, const char *name, char bracket)
{
    salve_assert(w->depth < JSON_WRITE_DEPTH_MAX && (bracket == '{' || bracket == '['));
    before_value(w, str_of(name));
    buf_add_char(w->out, bracket);
    w->closers[w->depth] = bracket == '{' ? '}' : ']';
    w->has_items[w->depth++] = false;
}

void json_close(struct json_writer *w)
{
    salve_assert(w->depth > 0);
    w->depth--;
    if (w->has_items[w->depth]) line_break(w);
    buf_add_char(w->out, w->closers[w->depth]);
}

void json_put_raw(struct json_writer *w, const char *name, struct str json)
{
    before_value(w, str_of(name));
    buf_add(w->out, json);
}

void json_put_text(struct json_writer *w, const char *name, struct str text)
{
    before_value(w, str_of(name));
    if (text.ptr == NULL)
        buf_add(w->out, STR("null"));
    else
        json_add_string(w->out, text);
}

void json_put_i64(struct json_writer *w, const char *name, int64_t number)
{
    before_value(w, str_of(name));
    buf_addf(w->out, "%lld", (long long)number);
}

void json_put_bool(struct json_writer *w, const char *name, bool value)
{
    json_put_raw(w, name, value ? STR("true") : STR("false"));
}

void json_put_null(struct json_writer *w, const char *name) { json_put_raw(w, name, STR("null")); }

static void add_scalar(struct buf *out, const struct json *value)
{
    switch (value->type) {
    case JSON_NULL:
        buf_add(out, STR("null"));
        break;
    case JSON_FALSE:
        buf_add(out, STR("false"));
        break;
    case JSON_TRUE:
        buf_add(out, STR("true"));
        break;
    case JSON_NUMBER:
        buf_add(out, value->text);
        break;
    case JSON_STRING:
        json_add_string(out, value->text);
        break;
    default:
        break;
    }
}

static void write_value(const struct json *value, bool pretty, unsigned depth, struct buf *out);

static void indent(bool pretty, unsigned depth, struct buf *out)
{
    if (!pretty) return;
    buf_add_char(out, '\n');
    for (unsigned i = 0; i < depth; i++) buf_add(out, STR("  "));
}

static void write_items(const struct json *value, bool pretty, unsigned depth, struct buf *out)
{
    for (const struct json *item = value->first; item != NULL; item = item->next) {
        if (item != value->first) buf_add_char(out, ',');
        indent(pretty, depth + 1, out);
        if (value->type == JSON_OBJECT) {
            json_add_string(out, item->name);
            buf_add(out, pretty ? STR(": ") : STR(":"));
        }
        write_value(item, pretty, depth + 1, out);
    }
    if (value->first != NULL) indent(pretty, depth, out);
}

static void write_value(const struct json *value, bool pretty, unsigned depth, struct buf *out)
{
    if (value->type < JSON_ARRAY) {
        add_scalar(out, value);
        return;
    }
    buf_add_char(out, value->type == JSON_OBJECT ? '{' : '[');
    write_items(value, pretty, depth, out);
    buf_add_char(out, value->type == JSON_OBJECT ? '}' : ']');
}

void json_write(const struct json *value, bool pretty, struct buf *out) { write_value(value, pretty, 0, out); }

/* --- RFC 8785 ----------------------------------------------------------------------------------------------------- */

/* The order of UTF-16 code units is that of UTF-8 bytes, except that U+E000..U+FFFF (first byte EE, EF) come after the
 * surrogates of U+10000 and above (first byte F0..F4). */
static unsigned unit_rank(unsigned char first_byte)
{
    if (first_byte == 0xEE || first_byte == 0xEF) return first_byte + 0x10u;
    return first_byte;
}

static int by_utf16(const void *a, const void *b)
{
    struct str x = (*(const struct json *const *)a)->name, y = (*(const struct json *const *)b)->name;
    size_t len = x.len < y.len ? x.len : y.len, i = 0;
    while (i < len && x.ptr[i] == y.ptr[i]) i++;
    if (i == len) return x.len < y.len ? -1 : x.len > y.len;
    unsigned left = unit_rank((unsigned char)x.ptr[i]), right = unit_rank((unsigned char)y.ptr[i]);
    return left < right ? -1 : 1;
}

enum { CANONICAL_INTEGER_DIGITS = 16 };

/* An integer that every double holds exactly; "-0" becomes "0" as RFC 8785 says. */
static bool add_canonical_number(struct buf *out, struct str number)
{
    int64_t value;
    if (number.len > CANONICAL_INTEGER_DIGITS + 1 || !str_to_i64(number, &value)) return false;
    if (value > 9007199254740991 || value < -9007199254740991) return false;
    buf_addf(out, "%lld", (long long)value);
    return true;
}

static enum salve_code add_canonical(const struct json *value, struct arena *mem, struct buf *out,
                                     struct salve_err *err);

static enum salve_code add_canonical_object(const struct json *value, struct arena *mem, struct buf *out,
                                            struct salve_err *err)
{
    const struct json **members = arena_array(mem, const struct json *, value->count + (size_t)1);
    if (members == NULL) return salve_fail(err, SALVE_E_MEMORY, "canonical JSON");
    size_t count = 0;
    enum salve_code code = SALVE_OK;
    for (const struct json *m = value->first; m != NULL; m = m->next) members[count++] = m;
    qsort(members, count, sizeof *members, by_utf16);
    buf_add_char(out, '{');
    for (size_t i = 0; i < count && code == SALVE_OK; i++) {
        if (i > 0) buf_add_char(out, ',');
        json_add_string(out, members[i]->name);
        buf_add_char(out, ':');
        code = add_canonical(members[i], mem, out, err);
    }
    buf_add_char(out, '}');
    return code;
}

static enum salve_code add_canonical(const struct json *value, struct arena *mem, struct buf *out,
                                     struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    if (value->type == JSON_OBJECT) return add_canonical_object(value, mem, out, err);
    if (value->type == JSON_NUMBER)
        return add_canonical_number(out, value->text) ? SALVE_OK
                                                      : salve_fail(err, SALVE_E_UNSUPPORTED, "canonical JSON number");
    if (value->type != JSON_ARRAY) {
        add_scalar(out, value);
        return SALVE_OK;
    }
    buf_add_char(out, '[');
    for (const struct json *item = value->first; item != NULL && code == SALVE_OK; item = item->next) {
        if (item != value->first) buf_add_char(out, ',');
        code = add_canonical(item, mem, out, err);
    }
    buf_add_char(out, ']');
    return code;
}

enum salve_code json_canonical(const struct json *value, struct arena *mem, struct buf *out, struct salve_err *err)
{
    salve_assert(value != NULL);
    enum salve_code code = add_canonical(value, mem, out, err);
    if (code == SALVE_OK && buf_code(out) != SALVE_OK) return salve_fail(err, buf_code(out), "canonical JSON");
    return code;
}
