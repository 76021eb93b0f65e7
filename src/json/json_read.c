/* SPDX-License-Identifier: Apache-2.0
 * Strict recursive reader of small JSON documents into an arena tree; see json.h. */
#include "json/json.h"

#include <stdio.h>
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/assert.h"
#include "base/limits.h"
#include "json/json_scan.h"

/* One open object or array; the chain gives the path of an error. */
struct level {
    const struct level *parent;
    struct str name; /* member being read; ptr NULL: an item */
    uint32_t index;
};

struct reader {
    const char *start, *at, *end;
    struct arena *mem, *texts;
    unsigned depth, depth_max;
    const struct level *level;
    struct salve_err *err;
};

static enum salve_code read_value(struct reader *r, struct json *value);

void json_where(struct str text, uint32_t offset, unsigned *line, unsigned *column)
{
    *line = *column = 1;
    for (size_t i = 0; i < offset && i < text.len; i++) {
        if (text.ptr[i] == '\n') {
            ++*line;
            *column = 1;
        } else if (((unsigned char)text.ptr[i] & 0xC0) != 0x80) {
            ++*column;
        }
    }
}

static void add_path(char *out, size_t room, const struct level *level)
{
    if (level->parent != NULL) add_path(out, room, level->parent);
    size_t used = strlen(out);
    if (level->name.ptr == NULL)
        (void)snprintf(out + used, room - used, "[%u]", level->index);
    else
        (void)snprintf(out + used, room - used, "%s%.*s", used == 0 ? "" : ".", STR_ARGS(level->name));
}

static enum salve_code fail(struct reader *r, enum salve_code code, const char *why)
{
    char path[SALVE_ERR_TEXT_BYTES / 2] = "";
    unsigned line, column;
    json_where(str_make(r->start, (size_t)(r->end - r->start)), (uint32_t)(r->at - r->start), &line, &column);
    if (r->level != NULL) add_path(path, sizeof path, r->level);
    (void)salve_refuse(r->err, code, why, "%s", path);
    salve_err_place(r->err, line, column);
    return code;
}

static enum salve_code no_memory(struct reader *r) { return fail(r, SALVE_E_MEMORY, "the document does not fit"); }

static void skip_space(struct reader *r)
{
    while (r->at < r->end && str_is_space(*r->at)) r->at++;
}

/* The rest of a text that holds escapes: decoded into the arena. `quote` is where its content starts. */
static enum salve_code read_escaped(struct reader *r, const char *content, struct str *out)
{
    const char *close = r->at;
    while (close < r->end && *close != '"') close += *close == '\\' ? 2 : 1;
    if (close >= r->end) return fail(r, SALVE_E_SYNTAX, "the text is not closed");
    char *text = arena_alloc_raw(r->texts, (size_t)(close - content) + 1, 1);
    if (text == NULL) return no_memory(r);
    char *to = text;
    for (r->at = content; r->at < close;) {
        if (*r->at == '\\') {
            const char *from = r->at++;
            const char *rule = json_scan_escape(&r->at, r->end, &to);
            if (rule == NULL) continue;
            r->at = from;
            return fail(r, SALVE_E_SYNTAX, rule);
        }
        if ((unsigned char)*r->at < 0x20) return fail(r, SALVE_E_SYNTAX, "a control character must be escaped");
        *to++ = *r->at++;
    }
    *to = '\0';
    *out = str_make(text, (size_t)(to - text));
    r->at = close + 1;
    return SALVE_OK;
}

/* Bytes of a text that need no second look, sixteen at a time: `at` moves to the first that ends or spoils a text, or
 * to where fewer than sixteen are left. */
static const char *skip_plain(const char *at, const char *end)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1F);
    for (; end - at >= 16; at += 16) {
        __m128i piece = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i found = _mm_or_si128(_mm_cmpeq_epi8(piece, quote), _mm_cmpeq_epi8(piece, slash));
        found = _mm_or_si128(found, _mm_cmpeq_epi8(_mm_min_epu8(piece, control), piece));
        int mask = _mm_movemask_epi8(found);
        if (mask != 0) return at + __builtin_ctz((unsigned)mask);
    }
#else
    (void)end;
#endif
    return at;
}

/* A text; a view of the input where nothing is escaped. *r->at is the opening quote. */
static enum salve_code read_string(struct reader *r, struct str *out)
{
    const char *content = ++r->at;
    for (r->at = skip_plain(content, r->end); r->at < r->end; r->at++) {
        if (*r->at == '"') {
            *out = str_make(content, (size_t)(r->at++ - content));
            return SALVE_OK;
        }
        if (*r->at == '\\') return read_escaped(r, content, out);
        if ((unsigned char)*r->at < 0x20) return fail(r, SALVE_E_SYNTAX, "a control character must be escaped");
    }
    return fail(r, SALVE_E_SYNTAX, "the text is not closed");
}

static int by_name(const void *a, const void *b)
{
    return str_cmp((*(const struct json *const *)a)->name, (*(const struct json *const *)b)->name);
}

enum { MEMBERS_COMPARED_EACH = 16 };

/* Is there a member of that name already? Large objects are checked when they are complete, by sorting. */
static bool is_duplicate(const struct json *object, struct str name)
{
    return object->count <= MEMBERS_COMPARED_EACH && json_get_str(object, name) != NULL;
}

static enum salve_code check_large_object(struct reader *r, const struct json *object)
{
    if (object->count <= MEMBERS_COMPARED_EACH) return SALVE_OK;
    struct arena_mark mark = arena_mark(r->mem);
    const struct json **members = arena_array(r->mem, const struct json *, object->count);
    if (members == NULL) return no_memory(r);
    size_t count = 0;
    for (const struct json *m = object->first; m != NULL; m = m->next) members[count++] = m;
    qsort(members, count, sizeof *members, by_name);
    enum salve_code code = SALVE_OK;
    for (size_t i = 1; i < count && code == SALVE_OK; i++) {
        if (!str_eq(members[i - 1]->name, members[i]->name)) continue;
        const struct json *second = members[i]->offset > members[i - 1]->offset ? members[i] : members[i - 1];
        r->at = r->start + second->offset;
        code = fail(r, SALVE_E_SYNTAX, "the same key twice");
    }
    arena_rewind(r->mem, mark);
    return code;
}

static enum salve_code read_member_name(struct reader *r, const struct json *object, struct str *name)
{
    skip_space(r);
    if (r->at == r->end || *r->at != '"') return fail(r, SALVE_E_SYNTAX, "a key must be a text");
    const char *start = r->at;
    enum salve_code code = read_string(r, name);
    if (code != SALVE_OK) return code;
    if (is_duplicate(object, *name)) {
        r->at = start;
        return fail(r, SALVE_E_SYNTAX, "the same key twice");
    }
    skip_space(r);
    if (r->at == r->end || *r->at != ':') return fail(r, SALVE_E_SYNTAX, "a colon must follow the key");
    r->at++;
    return SALVE_OK;
}

/* Members of an object or items of an array, up to the closing bracket. *r->at is behind the opening one. */
static enum salve_code read_items(struct reader *r, struct json *parent, char closer)
{
    struct level level = {.parent = r->level};
    struct json **link = (struct json **)&parent->first;
    bool is_object = closer == '}';
    skip_space(r);
    if (r->at < r->end && *r->at == closer) {
        r->at++;
        return SALVE_OK;
    }
    for (;;) {
        struct json *item = arena_new(r->mem, struct json);
        enum salve_code code = item == NULL ? no_memory(r) : SALVE_OK;
        if (code == SALVE_OK && is_object) code = read_member_name(r, parent, &item->name);
        if (code != SALVE_OK) return code;
        level.name = item->name;
        level.index = parent->count;
        r->level = &level;
        code = read_value(r, item);
        if (code != SALVE_OK) return code;
        r->level = level.parent;
        *link = item;
        link = (struct json **)&item->next;
        parent->count++;
        skip_space(r);
        if (r->at == r->end) return fail(r, SALVE_E_SYNTAX, "the text ends inside an object or array");
        char c = *r->at++;
        if (c == closer) return is_object ? check_large_object(r, parent) : SALVE_OK;
        if (c == ',') continue;
        r->at--;
        return fail(r, SALVE_E_SYNTAX, is_object ? "a comma or } must follow" : "a comma or ] must follow");
    }
}

static enum salve_code read_word(struct reader *r, struct json *value, struct str word, enum json_type type)
{
    if (!str_starts(str_make(r->at, (size_t)(r->end - r->at)), word)) return fail(r, SALVE_E_SYNTAX, "unknown word");
    r->at += word.len;
    value->type = type;
    return SALVE_OK;
}

static enum salve_code read_container(struct reader *r, struct json *value)
{
    if (r->depth == r->depth_max) return fail(r, SALVE_E_TOO_DEEP, "nested too deeply");
    bool is_object = *r->at++ == '{';
    value->type = is_object ? JSON_OBJECT : JSON_ARRAY;
    r->depth++;
    enum salve_code code = read_items(r, value, is_object ? '}' : ']');
    r->depth--;
    return code;
}

static enum salve_code read_value(struct reader *r, struct json *value)
{
    skip_space(r);
    if (r->at == r->end) return fail(r, SALVE_E_SYNTAX, "a value is missing");
    value->offset = (uint32_t)(r->at - r->start);
    switch (*r->at) {
    case '{':
    case '[':
        return read_container(r, value);
    case '"':
        value->type = JSON_STRING;
        return read_string(r, &value->text);
    case 't':
        return read_word(r, value, STR("true"), JSON_TRUE);
    case 'f':
        return read_word(r, value, STR("false"), JSON_FALSE);
    case 'n':
        return read_word(r, value, STR("null"), JSON_NULL);
    default:
        break;
    }
    const char *end = json_scan_number(r->at, r->end);
    if (end == NULL) return fail(r, SALVE_E_SYNTAX, "this is no JSON value");
    value->type = JSON_NUMBER;
    value->text = str_make(r->at, (size_t)(end - r->at));
    r->at = end;
    return SALVE_OK;
}

/* Moves behind ASCII without NUL, sixteen bytes at a time. */
static const char *skip_ascii(const char *at, const char *end)
{
#ifdef __SSE2__
    const __m128i zero = _mm_setzero_si128();
    for (; end - at >= 16; at += 16) {
        __m128i piece = _mm_loadu_si128((const __m128i *)(const void *)at);
        if (_mm_movemask_epi8(_mm_or_si128(piece, _mm_cmpeq_epi8(piece, zero))) != 0) break;
    }
#else
    (void)end;
#endif
    return at;
}

/* Well-formed UTF-8 without NUL; leaves r->at at the first byte that is not. */
static enum salve_code check_utf8(struct reader *r)
{
    for (r->at = r->start; r->at < r->end;) {
        r->at = skip_ascii(r->at, r->end);
        if (r->at == r->end) break;
        unsigned len = str_utf8_bytes(r->at, r->end);
        if (len == 0) return fail(r, SALVE_E_SYNTAX, "not UTF-8");
        if (*r->at == '\0') return fail(r, SALVE_E_SYNTAX, "a NUL byte");
        r->at += len;
    }
    r->at = r->start;
    return SALVE_OK;
}

enum salve_code json_read(struct str text, const struct json_opts *opts, struct arena *mem, const struct json **out,
                          struct salve_err *err)
{
    size_t bytes_max = opts == NULL || opts->bytes_max == 0 ? SALVE_CONFIG_BYTES_MAX : opts->bytes_max;
    unsigned depth_max = opts == NULL || opts->depth_max == 0 ? SALVE_JSON_DEPTH_MAX : opts->depth_max;
    salve_assert(bytes_max <= UINT32_MAX && depth_max <= JSON_DEPTH_MAX);
    if (text.len > bytes_max) {
        (void)salve_fail(err, SALVE_E_TOO_BIG, "size");
        return salve_why(err, SALVE_E_TOO_BIG, "more than %zu bytes", bytes_max);
    }
    if (text.ptr == NULL) text = STR("");
    struct reader r = {.start = text.ptr,
                       .at = text.ptr,
                       .end = text.ptr + text.len,
                       .mem = mem,
                       .texts = opts == NULL || opts->texts == NULL ? mem : opts->texts,
                       .depth_max = depth_max,
                       .err = err};
    struct json *root = arena_new(mem, struct json);
    if (root == NULL) return no_memory(&r);
    enum salve_code code = check_utf8(&r);
    if (code == SALVE_OK) code = read_value(&r, root);
    if (code != SALVE_OK) return code;
    skip_space(&r);
    if (r.at != r.end) return fail(&r, SALVE_E_SYNTAX, "nothing may follow the value");
    *out = root;
    return SALVE_OK;
}
