/* SPDX-License-Identifier: Apache-2.0
 * Tokens of the resource reader: white space, texts into the heap, and values that are skipped. Plain text goes 16
 * bytes at a time; escapes, other scripts and the last bytes of the input go one character at a time. */
#include "fhir/fhir_read_int.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

void read_set_stop(struct reader *r)
{
    const struct json_index *index = r->index;
    const uint32_t *stop = index->low + 1;
    uint32_t last = (uint32_t)(r->fast_end - r->start);
    if (index->done == index->bytes) /* of a copied text the places behind the last are blanks that can be read */
        for (last = r->end == r->fast_end ? index->bytes : last; stop > index->next; stop--)
            if (stop[JSON_INDEX_AHEAD - 2] <= last) break;
    r->stop = stop;
}

const uint32_t *read_places_slow(struct reader *r)
{
    struct json_index *index = r->index;
    uint32_t here = (uint32_t)(r->at - r->start);
    while (index->next > index->low && index->done < index->bytes) {
        json_index_more(index);
        while (*index->next < here) index->next++;
    }
    read_set_stop(r);
    return index->next;
}

/* Copies plain characters from r->at to *to up to the first that is special: quote, backslash, control, above ASCII. */
static inline void copy_plain(struct reader *r, char **to)
{
    const char *at = r->at;
    char *out = *to;
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), back = _mm_set1_epi8('\\'), low = _mm_set1_epi8(0x20);
    while (r->end - at >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)at);
        _mm_storeu_si128((__m128i *)out, v);
        __m128i special = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, back)),
                                       _mm_cmplt_epi8(v, low)); /* signed: bytes from 0x80 on are below, too */
        unsigned mask = (unsigned)_mm_movemask_epi8(special);
        if (mask != 0) {
            unsigned plain = (unsigned)__builtin_ctz(mask);
            r->at = at + plain;
            *to = out + plain;
            return;
        }
        at += 16;
        out += 16;
    }
#endif
    while (at < r->end && (signed char)*at >= 0x20 && *at != '"' && *at != '\\') *out++ = *at++;
    r->at = at;
    *to = out;
}

static bool copy_escape(struct reader *r, char **to)
{
    const char *start = r->at++, *before = *to;
    const char *rule = json_scan_escape(&r->at, r->end, to);
    if (rule != NULL) {
        r->at = start;
        return read_fail(r, SALVE_E_SYNTAX, rule);
    }
    unsigned char c = (unsigned char)*before;
    if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') r->has_control = true;
    return true;
}

/* A run of characters above ASCII. */
static bool copy_scripts(struct reader *r, char **to)
{
    while (r->at < r->end && (unsigned char)*r->at >= 0x80) {
        unsigned len = str_utf8_bytes(r->at, r->end);
        if (len == 0) return read_fail(r, SALVE_E_SYNTAX, "not UTF-8");
        for (unsigned i = 0; i < len; i++) *(*to)++ = *r->at++;
    }
    return true;
}

bool read_text(struct reader *r, struct str *text)
{
    char *to = r->to;
    r->has_control = false;
    for (;;) {
        copy_plain(r, &to);
        if (r->at == r->end) return read_fail(r, SALVE_E_SYNTAX, "the text is not closed");
        if (*r->at == '"') break;
        if (*r->at == '\\') {
            if (!copy_escape(r, &to)) return false;
        } else if ((unsigned char)*r->at >= 0x80) {
            if (!copy_scripts(r, &to)) return false;
        } else {
            return read_fail(r, SALVE_E_SYNTAX, *r->at == '\0' ? "a NUL byte" : "a control character must be escaped");
        }
    }
    r->at++;
    *text = str_make(r->to, (size_t)(to - r->to));
    return true;
}

void read_keep_long(struct reader *r, uint32_t len)
{
    memmove(r->to + TAPE_LONG_BYTES, r->to, len);
    memcpy(r->to, &len, TAPE_LONG_BYTES);
    r->to += TAPE_LONG_BYTES;
}

static bool skip_word(struct reader *r)
{
    static const struct str words[] = {{"true", 4}, {"false", 5}, {"null", 4}};
    struct str rest = str_make(r->at, (size_t)(r->end - r->at));
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!str_starts(rest, words[i])) continue;
        r->at += words[i].len;
        return true;
    }
    const char *end = json_scan_number(r->at, r->end);
    if (end == NULL) return read_fail(r, SALVE_E_SYNTAX, "this is no JSON value");
    r->at = end;
    return true;
}

static bool skip_key(struct reader *r)
{
    struct str text;
    if (read_peek(r) != '"') return read_fail(r, SALVE_E_SYNTAX, "a key must be a text");
    r->at++;
    if (!read_text(r, &text)) return false;
    if (read_peek(r) != ':') return read_fail(r, SALVE_E_SYNTAX, "a colon must follow the key");
    r->at++;
    return true;
}

static bool skip_items(struct reader *r, char closer)
{
    if (read_peek(r) == closer) return r->at++, true;
    for (;;) {
        if (closer == '}' && !skip_key(r)) return false;
        if (!read_skip(r)) return false;
        char c = read_peek(r);
        if (c != ',' && c != closer) return read_fail(r, SALVE_E_SYNTAX, "a comma or closing bracket must follow");
        r->at++;
        if (c == closer) return true;
    }
}

bool read_skip(struct reader *r)
{
    struct str text;
    char c = read_peek(r);
    if (c == '"') return r->at++, read_text(r, &text);
    if (c != '{' && c != '[') return skip_word(r);
    if (!read_nest(r)) return false;
    r->at++;
    bool is_good = skip_items(r, c == '{' ? '}' : ']');
    r->nesting--;
    return is_good;
}
