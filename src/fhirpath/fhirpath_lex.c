/* SPDX-License-Identifier: Apache-2.0
 * FHIRPath text into tokens (2.0.0, section 2 and the grammar's lexer rules). Names, strings and dates are checked, so
 * that the parser sees only whole ones. */
#include <stdarg.h>
#include <stdio.h>

#include "fhirpath/fhirpath_int.h"

enum salve_code fp_fail(struct salve_err *err, enum salve_code code, uint32_t place, const char *why, ...)
{
    va_list args;
    (void)salve_fail(err, code, "%s", "");
    salve_err_place(err, place >> 12, place & 4095);
    va_start(args, why);
    (void)salve_why_args(err, code, why, args);
    va_end(args);
    return code;
}

static bool is_letter(char c) { return str_is_letter(c) || c == '_'; }

static char peek(const struct fp_lexer *l, size_t ahead)
{
    return l->at + ahead < l->text.len ? l->text.ptr[l->at + ahead] : '\0';
}

static uint32_t place_of(const struct fp_lexer *l, size_t at) { return EXPR_PLACE(l->line, at - l->line_start + 1); }

static enum salve_code fail_here(struct fp_lexer *l, const char *why)
{
    return fp_fail(l->err, SALVE_E_SYNTAX, place_of(l, l->at), "%s", why);
}

static void step(struct fp_lexer *l)
{
    if (l->text.ptr[l->at++] == '\n') {
        l->line++;
        l->line_start = l->at;
    }
}

static enum salve_code skip_comment(struct fp_lexer *l)
{
    uint32_t start = place_of(l, l->at);
    l->at += 2;
    while (l->at < l->text.len && !(peek(l, 0) == '*' && peek(l, 1) == '/')) step(l);
    if (l->at >= l->text.len) return fp_fail(l->err, SALVE_E_SYNTAX, start, "comment without end");
    l->at += 2;
    return SALVE_OK;
}

static enum salve_code skip_space(struct fp_lexer *l)
{
    for (;;) {
        char c = peek(l, 0);
        if (l->at >= l->text.len) return SALVE_OK;
        if (str_is_space(c))
            step(l);
        else if (c == '/' && peek(l, 1) == '/') {
            while (l->at < l->text.len && peek(l, 0) != '\n') l->at++;
        } else if (c == '/' && peek(l, 1) == '*') {
            enum salve_code code = skip_comment(l);
            if (code != SALVE_OK) return code;
        } else
            return SALVE_OK;
    }
}

static bool four_hex(const struct fp_lexer *l, size_t ahead, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = str_hex_digit(str_lower(peek(l, ahead + i)));
        if (digit < 0) return false;
        *out = *out << 4 | (uint32_t)digit;
    }
    return true;
}

static char *put_utf8(char *out, uint32_t c)
{
    if (c < 0x80)
        *out++ = (char)c;
    else if (c < 0x800) {
        *out++ = (char)(0xC0 | c >> 6);
        *out++ = (char)(0x80 | (c & 63));
    } else if (c < 0x10000) {
        *out++ = (char)(0xE0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 63));
        *out++ = (char)(0x80 | (c & 63));
    } else {
        *out++ = (char)(0xF0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 63));
        *out++ = (char)(0x80 | (c >> 6 & 63));
        *out++ = (char)(0x80 | (c & 63));
    }
    return out;
}

/* \uXXXX, surrogate pairs included; l->at is on the backslash. */
static enum salve_code unicode_escape(struct fp_lexer *l, char **out)
{
    uint32_t c, low;
    if (!four_hex(l, 2, &c)) { /* no escape: the backslash does not count */
        l->at++;
        return SALVE_OK;
    }
    if (c == 0) return fail_here(l, "\\u0000 is no character of a text");
    size_t bytes = 6;
    if (c >= 0xD800 && c < 0xDC00) {
        if (peek(l, 6) != '\\' || peek(l, 7) != 'u' || !four_hex(l, 8, &low) || low < 0xDC00 || low > 0xDFFF)
            return fail_here(l, "half of a surrogate pair");
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        bytes = 12;
    } else if (c >= 0xDC00 && c < 0xE000)
        return fail_here(l, "half of a surrogate pair");
    l->at += bytes;
    *out = put_utf8(*out, c);
    return SALVE_OK;
}

static enum salve_code escape(struct fp_lexer *l, char **out)
{
    static const char from[] = "'\"`\\/fnrt", to[] = "'\"`\\/\f\n\r\t";
    char c = peek(l, 1);
    if (c == 'u') return unicode_escape(l, out);
    const char *found = c == '\0' ? NULL : strchr(from, c);
    if (found == NULL) { /* a backslash before any other character is left out (2.0.0, 4.1.2) */
        l->at++;
        return SALVE_OK;
    }
    *(*out)++ = to[found - from];
    l->at += 2;
    return SALVE_OK;
}

/* From the opening quote to behind the closing one. */
static enum salve_code lex_quoted(struct fp_lexer *l, struct str *out)
{
    char quote = peek(l, 0);
    uint32_t start = place_of(l, l->at);
    size_t end = l->at + 1;
    while (end < l->text.len && l->text.ptr[end] != quote) end += l->text.ptr[end] == '\\' ? 2 : 1;
    if (end >= l->text.len) return fp_fail(l->err, SALVE_E_SYNTAX, start, "quote without end");
    char *copy = arena_alloc_raw(l->mem, end - l->at, 1), *to = copy;
    if (copy == NULL) return fp_fail(l->err, SALVE_E_MEMORY, start, "text literal");
    for (l->at++; l->at < end;) {
        if (peek(l, 0) == '\\') {
            enum salve_code code = escape(l, &to);
            if (code != SALVE_OK) return code;
        } else {
            *to++ = peek(l, 0);
            step(l);
        }
    }
    l->at = end + 1;
    *out = str_make(copy, (size_t)(to - copy));
    return SALVE_OK;
}

static bool take_digits(struct fp_lexer *l, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!str_is_digit(peek(l, i))) return false;
    l->at += count;
    return true;
}

static bool take_part(struct fp_lexer *l, char mark) /* mark and two digits */
{
    if (peek(l, 0) != mark || !str_is_digit(peek(l, 1)) || !str_is_digit(peek(l, 2))) return false;
    l->at += 3;
    return true;
}

static void take_fraction(struct fp_lexer *l)
{
    if (peek(l, 0) != '.' || !str_is_digit(peek(l, 1))) return;
    for (l->at++; str_is_digit(peek(l, 0));) l->at++;
}

/* HH[:mm[:ss[.f]]] with an optional zone; l->at is behind the T. */
static void take_time(struct fp_lexer *l, bool zone)
{
    if (!take_digits(l, 2)) return;
    if (take_part(l, ':') && take_part(l, ':')) take_fraction(l);
    if (!zone) return;
    if (peek(l, 0) == 'Z')
        l->at++;
    else if (peek(l, 0) == '+' || peek(l, 0) == '-') {
        size_t back = l->at;
        if (!take_part(l, peek(l, 0)) || !take_part(l, ':')) l->at = back;
    }
}

static enum salve_code lex_date(struct fp_lexer *l, struct fp_token *out)
{
    size_t start = l->at++;
    if (peek(l, 0) == 'T') {
        l->at++;
        take_time(l, false);
    } else if (take_digits(l, 4)) {
        if (take_part(l, '-')) (void)take_part(l, '-');
        if (peek(l, 0) == 'T') {
            l->at++;
            take_time(l, true);
        }
    }
    out->kind = FP_DATE;
    out->text = str_cut(l->text, start, l->at - start);
    if (is_letter(peek(l, 0)) || str_is_digit(peek(l, 0)) || peek(l, 0) == ':')
        return fail_here(l, "this is not part of a date or time");
    return SALVE_OK;
}

static enum salve_code lex_number(struct fp_lexer *l, struct fp_token *out)
{
    size_t start = l->at;
    while (str_is_digit(peek(l, 0))) l->at++;
    take_fraction(l);
    out->kind = FP_NUMBER;
    out->text = str_cut(l->text, start, l->at - start);
    if (peek(l, 0) == 'L') {
        out->kind = FP_LONG;
        l->at++;
    }
    if (is_letter(peek(l, 0))) return fail_here(l, "a letter follows a number at once");
    return SALVE_OK;
}

static enum salve_code lex_punctuation(struct fp_lexer *l, struct fp_token *out)
{
    static const char two[][3] = {"<=", ">=", "!=", "!~"};
    out->kind = FP_PUNCTUATION;
    for (size_t i = 0; i < sizeof two / sizeof two[0]; i++) {
        if (peek(l, 0) == two[i][0] && peek(l, 1) == two[i][1]) {
            out->text = str_cut(l->text, l->at, 2);
            l->at += 2;
            return SALVE_OK;
        }
    }
    char c = peek(l, 0);
    if (c == '\0' || strchr("().,[]{}+-*/&|<>=~$%", c) == NULL) return fail_here(l, "this sign is not of the language");
    out->text = str_cut(l->text, l->at, 1);
    l->at++;
    return SALVE_OK;
}

enum salve_code fp_lex(struct fp_lexer *l, struct fp_token *out)
{
    enum salve_code code = skip_space(l);
    if (code != SALVE_OK) return code;
    *out = (struct fp_token){.kind = FP_END, .place = place_of(l, l->at)};
    if (l->at >= l->text.len) return SALVE_OK;
    char c = peek(l, 0);
    if (is_letter(c)) {
        size_t start = l->at;
        while (is_letter(peek(l, 0)) || str_is_digit(peek(l, 0))) l->at++;
        out->kind = FP_NAME;
        out->text = str_cut(l->text, start, l->at - start);
        return SALVE_OK;
    }
    if (c == '\'' || c == '`' || c == '"') {
        out->kind = c == '\'' ? FP_STRING : FP_QUOTED_NAME;
        return lex_quoted(l, &out->text);
    }
    if (str_is_digit(c)) return lex_number(l, out);
    if (c == '@') return lex_date(l, out);
    return lex_punctuation(l, out);
}
