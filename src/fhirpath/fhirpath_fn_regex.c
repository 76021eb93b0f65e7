/* SPDX-License-Identifier: Apache-2.0
 * matches, matchesFull and replaceMatches (2.0.0, 5.6.9, 5.6.10) over PCRE2 with UTF-8. A pattern written in the
 * expression is compiled with it, others at each call. Time is bounded: pattern length, nesting, and the count of
 * matching steps have ceilings, and passing the last is E_STEPS. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/limits.h"
#include "fhirpath/fhirpath_compile_int.h"

/* PCRE2 takes its memory from the arena of the program or the run, and never gives it back by itself. */
static void *take(PCRE2_SIZE bytes, void *mem) { return arena_alloc_raw(mem, bytes, 16); }
static void give_back(void *what, void *mem)
{
    (void)what;
    (void)mem;
}

enum pattern_use { SOME_PART, WHOLE, REPLACE };

static const char wrong_flags[] = "the flags of a regular expression are 'i' and 'm'";

static bool flags_of(struct str flags, uint32_t *options)
{
    for (size_t i = 0; i < flags.len; i++) {
        if (flags.ptr[i] == 'i')
            *options |= PCRE2_CASELESS;
        else if (flags.ptr[i] == 'm')
            *options |= PCRE2_MULTILINE;
        else
            return false;
    }
    return true;
}

/* Single-line mode: the dot matches line ends too. NULL: not a pattern, or too large. */
static pcre2_code *pattern_make(struct str pattern, uint32_t options, enum pattern_use use, struct arena *mem)
{
    options |= PCRE2_UTF | PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT;
    if (use == WHOLE) options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED;
    pcre2_general_context *general = pcre2_general_context_create(take, give_back, mem);
    pcre2_compile_context *context = general == NULL ? NULL : pcre2_compile_context_create(general);
    if (context == NULL) return NULL;
    (void)pcre2_set_max_pattern_length(context, SALVE_REGEX_BYTES_MAX);
    (void)pcre2_set_parens_nest_limit(context, SALVE_REGEX_DEPTH_MAX);
    int error;
    PCRE2_SIZE at;
    return pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, &error, &at, context);
}

/* What a search costs: PCRE2 calls between any two items of the pattern, and what it passed over since the last call
 * is counted too. Its own limit counts backtracking from one start only, so a pattern that is slow without
 * backtracking, or from many starts, would escape it. */
struct search {
    uint64_t used, limit;
    PCRE2_SIZE at;
};

static int count_step(pcre2_callout_block *block, void *data)
{
    struct search *search = data;
    PCRE2_SIZE now = block->current_position, passed = now > search->at ? now - search->at : search->at - now;
    search->at = now;
    search->used += 1 + passed / 16;
    return search->used > search->limit ? PCRE2_ERROR_MATCHLIMIT : 0;
}

struct matching {
    pcre2_match_context *context;
    pcre2_match_data *data;
    struct search search;
};

static enum salve_code matching_open(struct expr_run *run, const pcre2_code *pattern, struct str text,
                                     struct matching *m)
{
    pcre2_general_context *general = pcre2_general_context_create(take, give_back, run->mem);
    m->context = general == NULL ? NULL : pcre2_match_context_create(general);
    m->data = general == NULL ? NULL : pcre2_match_data_create_from_pattern(pattern, general);
    if (m->context == NULL || m->data == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "pattern");
    m->search = (struct search){.limit = SALVE_REGEX_STEPS_MAX + SALVE_REGEX_STEPS_PER_BYTE * (uint64_t)text.len};
    if (m->search.limit > run->steps_left) m->search.limit = run->steps_left;
    (void)pcre2_set_callout(m->context, count_step, &m->search);
    (void)pcre2_set_match_limit(m->context, UINT32_MAX);
    (void)pcre2_set_depth_limit(m->context, UINT32_MAX);
    (void)pcre2_set_heap_limit(m->context, SALVE_REGEX_HEAP_KIB_MAX);
    return SALVE_OK;
}

/* The run pays for a search, successful or not. */
static void pay(struct expr_run *run, const struct search *search)
{
    run->steps_left -= search->used < run->steps_left ? search->used : run->steps_left;
}

static enum salve_code match_failed(struct expr_run *run, int code)
{
    if (code == PCRE2_ERROR_NOMEMORY) return expr_run_fail(run, SALVE_E_MEMORY, "pattern");
    return expr_run_fail(run, SALVE_E_STEPS, "the pattern takes too many steps on this text");
}

static enum salve_code match(struct expr_run *run, const pcre2_code *pattern, struct str text, struct expr_value *out)
{
    struct matching m;
    TRY(expr_step(run, 16 + text.len / 16));
    TRY(matching_open(run, pattern, text, &m));
    int found = pcre2_match(pattern, (PCRE2_SPTR)(text.len == 0 ? "" : text.ptr), text.len, 0, 0, m.data, m.context);
    pay(run, &m.search);
    if (found < 0 && found != PCRE2_ERROR_NOMATCH) return match_failed(run, found);
    *out = expr_boolean(found >= 0);
    return SALVE_OK;
}

enum {
    REPLACE_OPTIONS = PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_EXTENDED | PCRE2_SUBSTITUTE_UNSET_EMPTY |
                      PCRE2_SUBSTITUTE_UNKNOWN_UNSET | PCRE2_SUBSTITUTE_OVERFLOW_LENGTH
};

static enum salve_code replace(struct expr_run *run, const pcre2_code *pattern, struct str text, struct str with,
                               struct expr_value *out)
{
    struct matching m;
    TRY(expr_step(run, 16 + text.len / 4));
    PCRE2_SIZE room = text.len + with.len + 64;
    for (int tries = 0; tries < 2; tries++) {
        char *to = arena_alloc_raw(run->mem, room, 1);
        if (to == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "replaceMatches");
        struct arena_mark mark = arena_mark(run->mem); /* PCRE2's memory goes, the text stays */
        TRY(matching_open(run, pattern, text, &m));
        PCRE2_SIZE len = room;
        int count = pcre2_substitute(pattern, (PCRE2_SPTR)(text.len == 0 ? "" : text.ptr), text.len, 0,
                                     (uint32_t)REPLACE_OPTIONS, m.data, m.context,
                                     (PCRE2_SPTR)(with.len == 0 ? "" : with.ptr), with.len, (PCRE2_UCHAR *)to, &len);
        arena_rewind(run->mem, mark);
        pay(run, &m.search);
        if (count >= 0) {
            *out = expr_string(str_make(to, len));
            return expr_step(run, len / 16);
        }
        if (count != PCRE2_ERROR_NOMEMORY) {
            if (count == PCRE2_ERROR_BADREPLACEMENT || count == PCRE2_ERROR_BADREPESCAPE ||
                count == PCRE2_ERROR_REPMISSINGBRACE || count == PCRE2_ERROR_BADSUBSTITUTION)
                return expr_run_fail(run, SALVE_E_TYPE, "the replacement is not well-formed");
            return match_failed(run, count);
        }
        if (len > SALVE_REQUEST_BYTES_MAX) return expr_run_fail(run, SALVE_E_TOO_BIG, "replaceMatches");
        room = len;
    }
    return expr_run_fail(run, SALVE_E_MEMORY, "replaceMatches");
}

/* --- calls: args are input, pattern[, replacement], flags --------------------------------------------------------- */
static enum salve_code pattern_of(struct expr_run *run, const struct expr_value *pattern,
                                  const struct expr_value *flags, enum pattern_use use, const pcre2_code **out,
                                  bool *is_empty)
{
    *out = NULL;
    *is_empty = false;
    if (pattern->kind == VALUE_OPAQUE) { /* compiled with the expression */
        *out = expr_object(*pattern);
        return SALVE_OK;
    }
    struct str text, how = STR("");
    bool has, has_flags;
    TRY(fp_one_text(run, pattern, &has, &text));
    TRY(fp_one_text(run, flags, &has_flags, &how));
    if (!has) return SALVE_OK;
    *is_empty = text.len == 0;
    uint32_t options = 0;
    if (!flags_of(how, &options)) return expr_run_fail(run, SALVE_E_TYPE, "%s", wrong_flags);
    *out = pattern_make(text, options, use, run->mem);
    return *out == NULL ? expr_run_fail(run, SALVE_E_TYPE, "this is not a regular expression") : SALVE_OK;
}

static enum salve_code matches(struct expr_run *run, const struct expr_value *args, enum pattern_use use,
                               struct expr_value *out)
{
    const pcre2_code *pattern;
    struct str text;
    bool has, is_empty;
    *out = EXPR_NONE;
    struct arena_mark mark = arena_mark(run->mem);
    TRY(fp_one_text(run, &args[0], &has, &text));
    TRY(pattern_of(run, &args[1], &args[2], use, &pattern, &is_empty));
    if (has && pattern != NULL) TRY(match(run, pattern, text, out));
    arena_rewind(run->mem, mark); /* the answer is in no memory */
    return SALVE_OK;
}

static FN(call_matches) { return matches(run, args, SOME_PART, out); }

static FN(call_matches_full) { return matches(run, args, WHOLE, out); }

static FN(call_replace)
{
    const pcre2_code *pattern;
    struct str text, with;
    bool has, has_with, is_empty;
    *out = EXPR_NONE;
    TRY(fp_one_text(run, &args[0], &has, &text));
    TRY(pattern_of(run, &args[1], &args[3], REPLACE, &pattern, &is_empty));
    TRY(fp_one_text(run, &args[2], &has_with, &with));
    if (!has || !has_with || pattern == NULL) return SALVE_OK;
    if (is_empty) {
        *out = expr_string(text);
        return SALVE_OK;
    }
    return replace(run, pattern, text, with, out);
}

static const struct expr_function fn_matches = {"matches", call_matches},
                                  fn_matches_full = {"matchesFull", call_matches_full},
                                  fn_replace = {"replaceMatches", call_replace};

/* --- forms -------------------------------------------------------------------------------------------------------- */
static bool text_literal(const struct fp_node *node, struct str *out)
{
    if (node == NULL || node->kind != FP_LITERAL || node->literal.kind != VALUE_STRING) return false;
    *out = expr_text(node->literal);
    return true;
}

/* The pattern itself when it is written out, else the code of the argument. */
static enum salve_code emit_pattern(struct fp_compiler *c, const struct fp_node *arg, const struct fp_node *flags,
                                    enum pattern_use use)
{
    struct str text, how = STR("");
    struct fp_type ignored;
    bool fixed = text_literal(arg, &text) && (flags == NULL || text_literal(flags, &how));
    if (!fixed || (use == REPLACE && text.len == 0)) return fp_expression(c, arg, &ignored);
    uint32_t options = 0;
    if (!flags_of(how, &options)) return fp_fail(c->err, SALVE_E_TYPE, flags->place, "%s", wrong_flags);
    pcre2_code *pattern = pattern_make(text, options, use, c->mem);
    if (pattern == NULL) return fp_fail(c->err, SALVE_E_TYPE, arg->place, "this is not a regular expression");
    expr_emit_object(&c->emit, pattern);
    return SALVE_OK;
}

static enum salve_code emit_optional(struct fp_compiler *c, const struct fp_node *arg)
{
    struct fp_type ignored;
    if (arg != NULL) return fp_expression(c, arg, &ignored);
    (void)expr_emit(&c->emit, EXPR_OP_NONE, 0, 0, 0);
    return SALVE_OK;
}

static enum salve_code emit_matches(struct fp_compiler *c, const struct fp_node *call, enum pattern_use use,
                                    struct fp_type *type)
{
    *type = fp_system_type(VALUE_BOOLEAN);
    TRY(emit_pattern(c, call->right, call->right->next, use));
    TRY(emit_optional(c, call->right->next));
    c->emit.place = call->place;
    expr_emit_call(&c->emit, use == WHOLE ? &fn_matches_full : &fn_matches, 3);
    return SALVE_OK;
}

enum salve_code fp_form_matches(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type)
{
    return emit_matches(c, call, SOME_PART, type);
}

enum salve_code fp_form_matches_full(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type)
{
    return emit_matches(c, call, WHOLE, type);
}

enum salve_code fp_form_replace_matches(struct fp_compiler *c, const struct fp_node *call, struct fp_type *type)
{
    *type = fp_system_type(VALUE_STRING);
    const struct fp_node *with = call->right->next;
    TRY(emit_pattern(c, call->right, with->next, REPLACE));
    TRY(emit_optional(c, with));
    TRY(emit_optional(c, with->next));
    c->emit.place = call->place;
    expr_emit_call(&c->emit, &fn_replace, 4);
    return SALVE_OK;
}
