/* SPDX-License-Identifier: Apache-2.0
 * Texts (CQL 1.5 appendix B 7). Positions and lengths count characters, not bytes. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <utf8proc.h>

#include "base/limits.h"
#include "elm/elm_int.h"

static enum salve_code want_text(struct expr_run *run, struct expr_value v, struct str *out)
{
    if (v.kind == VALUE_NODE) TRY(elm_plain(run, v, &v));
    if (v.kind != VALUE_STRING)
        return expr_run_fail(run, SALVE_E_TYPE, "a string is wanted, not %s", expr_kind_name(v.kind));
    *out = expr_text(v);
    return SALVE_OK;
}

#define TEXTS(a, b)                                                                                                    \
    struct str a, b;                                                                                                   \
    ELM_NULL_IF(2);                                                                                                    \
    TRY(want_text(run, args[0], &a));                                                                                  \
    TRY(want_text(run, args[1], &b))

/* --- joining and cutting ------------------------------------------------------------------------------------------ */
ELM_CALL(elm_concatenate)
{
    struct buf text;
    struct str part;
    ELM_NULL_IF(count);
    buf_init(&text, run->mem, SALVE_RESOURCE_BYTES_MAX);
    for (uint32_t i = 0; i < count; i++) {
        TRY(want_text(run, args[i], &part));
        buf_add(&text, part);
    }
    TRY(buf_done(&text, &part, run->err));
    *out = expr_string(part);
    return expr_step(run, part.len / 16);
}

ELM_CALL(elm_combine)
{
    struct buf text;
    struct str part, separator = STR("");
    bool is_first = true;
    ELM_NULL_IF(1);
    if (args[0].kind != VALUE_LIST) return expr_run_fail(run, SALVE_E_TYPE, "Combine wants a list");
    if (count > 1 && args[1].kind != VALUE_NULL) TRY(want_text(run, args[1], &separator));
    buf_init(&text, run->mem, SALVE_RESOURCE_BYTES_MAX);
    for (uint32_t i = 0; i < args[0].aux; i++) {
        if (args[0].as.items[i].kind == VALUE_NULL) continue;
        TRY(want_text(run, args[0].as.items[i], &part));
        if (!is_first) buf_add(&text, separator);
        buf_add(&text, part);
        is_first = false;
    }
    if (is_first) return SALVE_OK;
    TRY(buf_done(&text, &part, run->err));
    *out = expr_string(part);
    return expr_step(run, part.len / 16);
}

ELM_CALL(elm_split)
{
    struct expr_build build = {0};
    struct str text, separator = STR_NONE;
    ELM_NULL_IF(1);
    TRY(want_text(run, args[0], &text));
    if (count > 1 && args[1].kind != VALUE_NULL) TRY(want_text(run, args[1], &separator));
    for (;;) {
        ptrdiff_t at = separator.len == 0 ? -1 : str_find(text, separator);
        struct str part = at < 0 ? text : str_cut(text, 0, (size_t)at);
        TRY(expr_build_add(&build, expr_string(part), run->mem, run->err));
        TRY(expr_step(run, 1 + part.len / 16));
        if (at < 0) break;
        text = str_cut(text, (size_t)at + separator.len, text.len);
    }
    *out = expr_build_list(&build);
    return SALVE_OK;
}

ELM_CALL(elm_substring)
{
    struct str text;
    ELM_NULL_IF(2);
    TRY(want_text(run, args[0], &text));
    if (args[1].kind != VALUE_INTEGER) return expr_run_fail(run, SALVE_E_TYPE, "a position is an integer");
    int64_t from = args[1].as.integer, length = INT32_MAX;
    if (count > 2 && args[2].kind == VALUE_INTEGER) length = args[2].as.integer;
    if (from < 0 || from >= expr_char_count(text) || length < 0) return SALVE_OK;
    text = str_cut(text, expr_char_offset(text, from), text.len);
    *out = expr_string(str_cut(text, 0, expr_char_offset(text, length)));
    return expr_step(run, text.len / 16);
}

ELM_CALL(elm_length)
{
    struct str text;
    *out = EXPR_NONE;
    if (args[0].kind == VALUE_LIST) *out = expr_integer(args[0].aux);
    if (args[0].kind == VALUE_LIST || args[0].kind == VALUE_NULL) return SALVE_OK;
    TRY(want_text(run, args[0], &text));
    *out = expr_integer(expr_char_count(text));
    return SALVE_OK;
}

static enum salve_code change_case(struct expr_run *run, const struct expr_value *args, uint32_t count,
                                   expr_char_map *map, struct expr_value *out)
{
    struct buf text;
    struct str from, result;
    ELM_NULL_IF(1);
    TRY(want_text(run, args[0], &from));
    buf_init(&text, run->mem, SALVE_RESOURCE_BYTES_MAX);
    expr_map_chars(from, map, &text);
    TRY(buf_done(&text, &result, run->err));
    *out = expr_string(result);
    return expr_step(run, result.len / 4);
}
ELM_CALL(elm_lower) { return change_case(run, args, count, utf8proc_tolower, out); }
ELM_CALL(elm_upper) { return change_case(run, args, count, utf8proc_toupper, out); }

/* --- finding ------------------------------------------------------------------------------------------------------ */
ELM_CALL(elm_starts_with)
{
    TEXTS(text, prefix);
    *out = expr_boolean(str_starts(text, prefix));
    return SALVE_OK;
}
ELM_CALL(elm_ends_with)
{
    TEXTS(text, suffix);
    *out = expr_boolean(str_ends(text, suffix));
    return SALVE_OK;
}
ELM_CALL(elm_position_of)
{
    TEXTS(pattern, text);
    ptrdiff_t at = str_find(text, pattern);
    *out = expr_integer(at < 0 ? -1 : expr_char_count(str_cut(text, 0, (size_t)at)));
    return expr_step(run, text.len / 16);
}
ELM_CALL(elm_last_position_of)
{
    TEXTS(pattern, text);
    *out = expr_integer(-1);
    for (size_t at = text.len + 1; at-- > 0;)
        if (str_starts(str_cut(text, at, text.len), pattern) && at + pattern.len <= text.len) {
            *out = expr_integer(expr_char_count(str_cut(text, 0, at)));
            break;
        }
    return expr_step(run, text.len / 16);
}
ELM_CALL(elm_to_chars)
{
    struct expr_build build = {0};
    struct str text;
    ELM_NULL_IF(1);
    TRY(want_text(run, args[0], &text));
    while (text.len > 0) {
        size_t one = expr_char_bytes(text, 0);
        TRY(expr_build_add(&build, expr_string(str_cut(text, 0, one)), run->mem, run->err));
        text = str_cut(text, one, text.len);
    }
    *out = expr_build_list(&build);
    return expr_step(run, build.count);
}

/* --- patterns: PCRE2 with ceilings for length, nesting and steps -------------------------------------------------- */
static void *take(PCRE2_SIZE bytes, void *mem) { return arena_alloc_raw(mem, bytes, 16); }
static void give_back(void *what, void *mem)
{
    (void)what;
    (void)mem;
}

struct pattern {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
};

static enum salve_code open_pattern(struct expr_run *run, struct str text, bool is_whole, struct pattern *out)
{
    int error;
    PCRE2_SIZE at;
    uint32_t options =
        PCRE2_UTF | PCRE2_DOTALL | PCRE2_NEVER_BACKSLASH_C | (is_whole ? PCRE2_ANCHORED | PCRE2_ENDANCHORED : 0u);
    pcre2_general_context *general = pcre2_general_context_create(take, give_back, run->mem);
    pcre2_compile_context *compile = general == NULL ? NULL : pcre2_compile_context_create(general);
    if (compile == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "pattern");
    (void)pcre2_set_max_pattern_length(compile, SALVE_REGEX_BYTES_MAX);
    (void)pcre2_set_parens_nest_limit(compile, SALVE_REGEX_DEPTH_MAX);
    out->code = pcre2_compile((PCRE2_SPTR)(text.ptr == NULL ? "" : text.ptr), text.len, options, &error, &at, compile);
    if (out->code == NULL) return expr_run_fail(run, SALVE_E_SYNTAX, "this is no pattern");
    out->context = pcre2_match_context_create(general);
    out->data = pcre2_match_data_create_from_pattern(out->code, general);
    if (out->context == NULL || out->data == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "pattern");
    (void)pcre2_set_match_limit(out->context, SALVE_REGEX_STEPS_MAX);
    (void)pcre2_set_depth_limit(out->context, SALVE_REGEX_STEPS_MAX);
    (void)pcre2_set_heap_limit(out->context, SALVE_REGEX_HEAP_KIB_MAX);
    return SALVE_OK;
}

/* Finds the first match at or behind `from`: *start is SIZE_MAX if there is none. */
static enum salve_code find_match(struct expr_run *run, const struct pattern *p, struct str text, size_t from,
                                  size_t *start, size_t *end)
{
    TRY(expr_step(run, 16 + text.len / 16));
    int found =
        pcre2_match(p->code, (PCRE2_SPTR)(text.ptr == NULL ? "" : text.ptr), text.len, from, 0, p->data, p->context);
    *start = SIZE_MAX;
    if (found == PCRE2_ERROR_NOMATCH) return SALVE_OK;
    if (found < 0) return expr_run_fail(run, SALVE_E_STEPS, "the pattern takes too many steps on this text");
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(p->data);
    *start = ends[0];
    *end = ends[1];
    return SALVE_OK;
}

ELM_CALL(elm_matches)
{
    struct pattern p;
    size_t start, end;
    TEXTS(text, pattern);
    TRY(open_pattern(run, pattern, true, &p));
    TRY(find_match(run, &p, text, 0, &start, &end));
    *out = expr_boolean(start != SIZE_MAX);
    return SALVE_OK;
}

ELM_CALL(elm_split_on_matches)
{
    struct expr_build build = {0};
    struct pattern p;
    size_t from = 0, at = 0, start, end;
    TEXTS(text, pattern);
    TRY(open_pattern(run, pattern, false, &p));
    while (at <= text.len) {
        TRY(find_match(run, &p, text, at, &start, &end));
        if (start == SIZE_MAX) break;
        at = end > start ? end : end + 1;
        if (end == start) continue; /* an empty match splits nothing */
        TRY(expr_build_add(&build, expr_string(str_cut(text, from, start - from)), run->mem, run->err));
        from = end;
    }
    TRY(expr_build_add(&build, expr_string(str_cut(text, from, text.len)), run->mem, run->err));
    *out = expr_build_list(&build);
    return SALVE_OK;
}

ELM_CALL(elm_replace_matches)
{
    struct pattern p;
    struct str text, pattern, by;
    ELM_NULL_IF(3);
    TRY(want_text(run, args[0], &text));
    TRY(want_text(run, args[1], &pattern));
    TRY(want_text(run, args[2], &by));
    TRY(open_pattern(run, pattern, false, &p));
    TRY(expr_step(run, 16 + text.len));
    PCRE2_SIZE room = text.len + 16 * by.len + 64;
    for (int turn = 0; turn < 2; turn++) {
        char *bytes = arena_alloc_raw(run->mem, room, 1);
        if (bytes == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "ReplaceMatches");
        int made = pcre2_substitute(
            p.code, (PCRE2_SPTR)(text.ptr == NULL ? "" : text.ptr), text.len, 0,
            PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_OVERFLOW_LENGTH | PCRE2_SUBSTITUTE_EXTENDED, p.data, p.context,
            (PCRE2_SPTR)(by.ptr == NULL ? "" : by.ptr), by.len, (PCRE2_UCHAR *)bytes, &room);
        if (made >= 0) {
            *out = expr_string(str_make(bytes, room));
            return SALVE_OK;
        }
        if (made != PCRE2_ERROR_NOMEMORY || room > SALVE_RESOURCE_BYTES_MAX) break;
    }
    return expr_run_fail(run, SALVE_E_STEPS, "the replacement is not possible");
}
