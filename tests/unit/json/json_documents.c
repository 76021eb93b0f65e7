/* SPDX-License-Identifier: Apache-2.0
 * json_read over the lines of reading.case, then the accessors, the writer and canonical JSON. */
#include "t.h"

#include "base/file.h"
#include "json/json.h"

enum { CASE_DEPTH_MAX = 8 };

static int hex(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

static struct str expand(struct arena *mem, struct str text)
{
    struct buf out;
    buf_init(&out, mem, 4096);
    for (size_t i = 0; i < text.len; i++) {
        if (str_starts(str_cut(text, i, 4), STR("<NL>"))) {
            buf_add_char(&out, '\n');
            i += 3;
        } else if (text.ptr[i] == '<' && i + 3 < text.len && text.ptr[i + 3] == '>') {
            buf_add_char(&out, (char)(hex(text.ptr[i + 1]) * 16 + hex(text.ptr[i + 2])));
            i += 3;
        } else {
            buf_add_char(&out, text.ptr[i]);
        }
    }
    struct str done = STR_NONE;
    assert_ok(buf_done(&out, &done, NULL));
    return done;
}

static struct str outcome(struct arena *mem, struct str text)
{
    const struct json *doc;
    struct salve_err err = {0};
    struct json_opts opts = {.depth_max = CASE_DEPTH_MAX};
    enum salve_code code = json_read(text, &opts, mem, &doc, &err);
    if (code != SALVE_OK)
        return arena_printf(mem, "error %s %u:%u%s%s: %s", salve_code_name(code), err.line, err.column,
                            err.element[0] == '\0' ? "" : " ", err.element, err.why);
    struct buf out;
    struct str done = STR_NONE;
    buf_init(&out, mem, 4096);
    json_write(doc, false, &out);
    assert_ok(buf_done(&out, &done, NULL));
    return done;
}

static void run_cases(void)
{
    struct arena *all = arena_open(1 << 20);
    struct str file, line;
    if (file_read("tests/unit/json/reading.case", 1 << 20, all, &file, NULL) != SALVE_OK) {
        t_fail("reading.case", "cannot be read");
        file = STR_NONE;
    }
    while (str_next_line(&file, &line)) {
        struct arena *mem = arena_open(1 << 20);
        ptrdiff_t arrow = str_find(line, STR(" => "));
        if (!str_starts(line, STR("#")) && arrow >= 0) {
            struct str got = outcome(mem, expand(mem, str_cut(line, 0, (size_t)arrow)));
            struct str want = str_cut(line, (size_t)arrow + 4, line.len);
            if (str_eq(got, want))
                t_pass();
            else
                t_fail("reading.case", "%.*s\n  got %.*s", STR_ARGS(line), STR_ARGS(got));
        }
        arena_close(mem);
    }
    arena_close(all);
}

static const struct json *read_in(struct arena *mem, const char *text)
{
    const struct json *doc = NULL;
    assert_ok(json_read(str_of(text), NULL, mem, &doc, NULL));
    return doc;
}

static void accessors_answer_absent_for_what_is_not_there(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    const struct json *doc = read_in(mem, "{\"a\":{\"b\":[1,{\"c\":\"x\"}]},\"t\":true,\"n\":12,\"d\":1.5}");
    int64_t i = 0;
    double d = 0;
    bool b = false;
    assert_str(json_text(json_path(doc, "a.b.1.c")), "x");
    assert_null(json_path(doc, "a.b.2.c"));
    assert_null(json_path(doc, "a.x.y"));
    assert_null(json_text(json_get(doc, "n")).ptr);
    assert_true(json_i64(json_get(doc, "n"), &i) && i == 12);
    assert_false(json_i64(json_get(doc, "d"), &i));
    assert_true(json_double(json_get(doc, "d"), &d) && d > 1.49 && d < 1.51);
    assert_true(json_bool(json_get(doc, "t"), &b) && b);
    assert_false(json_bool(json_get(doc, "n"), &b));
    assert_null(json_get(NULL, "a"));
    arena_close(mem);
}

static void wanted_members_are_named_when_missing(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    const struct json *doc = read_in(mem, "{\"n\":12}"), *out = NULL;
    struct salve_err err = {0};
    assert_ok(json_want(doc, "n", JSON_NUMBER, "guideline.json", &out, NULL));
    assert_code(json_want(doc, "id", JSON_STRING, "guideline.json", &out, &err), SALVE_E_INVALID);
    assert_string_equal(t_where(&err), "guideline.json.id");
    assert_string_equal(err.why, "missing: must be a text");
    assert_code(json_want(doc, "n", JSON_STRING, "guideline.json", &out, &err), SALVE_E_INVALID);
    arena_close(mem);
}

static void writer_puts_commas_and_indents(void **state)
{
    (void)state;
    struct buf out;
    struct str text;
    buf_init(&out, NULL, 4096);
    struct json_writer w = {.out = &out, .pretty = true};
    json_open(&w, NULL, '{');
    json_put_text(&w, "a", STR("1\n"));
    json_open(&w, "b", '[');
    json_put_i64(&w, NULL, -7);
    json_put_bool(&w, NULL, false);
    json_close(&w);
    json_open(&w, "c", '{');
    json_close(&w);
    json_put_name(&w, STR("d"));
    json_put_null(&w, NULL);
    json_close(&w);
    assert_ok(buf_done(&out, &text, NULL));
    assert_str(text, "{\n  \"a\": \"1\\n\",\n  \"b\": [\n    -7,\n    false\n  ],\n  \"c\": {},\n  \"d\": null\n}");
    buf_drop(&out);
}

static void canonical_form_sorts_by_utf16_units(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    struct buf out;
    struct str text;
    buf_init(&out, mem, 4096);
    /* U+1F600 is D83D DE00 in UTF-16 and so comes before U+FB33 (RFC 8785, 3.2.3) */
    const struct json *doc =
        read_in(mem, "{ \"\\ufb33\": 1, \"\\ud83d\\ude00\": 2, \"b\": [-0, {\"z\":null,\"a\":\"\\u000a\"}], \"B\":3 }");
    assert_ok(json_canonical(doc, mem, &out, NULL));
    assert_ok(buf_done(&out, &text, NULL));
    assert_str(text, "{\"B\":3,\"b\":[0,{\"a\":\"\\n\",\"z\":null}],\"\xF0\x9F\x98\x80\":2,\"\xEF\xAC\xB3\":1}");
    assert_code(json_canonical(read_in(mem, "[1.5]"), mem, &out, NULL), SALVE_E_UNSUPPORTED);
    assert_code(json_canonical(read_in(mem, "[9007199254740993]"), mem, &out, NULL), SALVE_E_UNSUPPORTED);
    arena_close(mem);
}

static void size_and_memory_are_bounded(void **state)
{
    (void)state;
    const struct json *doc = NULL;
    struct json_opts small = {.bytes_max = 4};
    struct arena *mem = arena_open(1 << 20);
    assert_code(json_read(STR_NONE, NULL, mem, &doc, NULL), SALVE_E_SYNTAX);
    assert_code(json_read(STR("[1,2]"), &small, mem, &doc, NULL), SALVE_E_TOO_BIG);
    assert_ok(json_read(STR("[12]"), &small, mem, &doc, NULL));
    for (uint64_t nth = 0;; nth++) {
        struct arena_mark mark = arena_mark(mem);
        arena_fail_after(mem, nth);
        enum salve_code code = json_read(STR("{\"a\":[1,\"\\n\",{\"b\":true}]}"), NULL, mem, &doc, NULL);
        arena_fail_after(mem, UINT64_MAX);
        arena_rewind(mem, mark);
        if (code == SALVE_OK) break;
        assert_code(code, SALVE_E_MEMORY);
        assert_true(nth < 100);
    }
    arena_close(mem);
}

static void an_error_is_an_object_of_texts(void **state)
{
    (void)state;
    struct salve_err err = {0};
    struct arena *mem = arena_open(1 << 20);
    const struct json *doc;
    struct buf out;
    struct str text;
    struct json_writer w = {.out = &out};
    (void)salve_refuse(&err, SALVE_E_INVALID, "it is \xff", "Patient.birthDate");
    buf_init(&out, mem, 1 << 16);
    json_put_error(&w, NULL, &err);
    assert_ok(buf_done(&out, &text, NULL));
    assert_ok(json_read(text, NULL, mem, &doc, NULL));
    assert_str(json_get_text(doc, "name"), "E_INVALID");
    assert_str(json_get_text(doc, "element"), "Patient.birthDate");
    assert_str(json_get_text(doc, "where"), "Patient.birthDate");
    assert_str(json_get_text(doc, "why"), "(not UTF-8)");
    assert_str(json_get_text(doc, "next"), salve_code_next(SALVE_E_INVALID));
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accessors_answer_absent_for_what_is_not_there),
        cmocka_unit_test(wanted_members_are_named_when_missing),
        cmocka_unit_test(writer_puts_commas_and_indents),
        cmocka_unit_test(canonical_form_sorts_by_utf16_units),
        cmocka_unit_test(size_and_memory_are_bounded),
        cmocka_unit_test(an_error_is_an_object_of_texts),
    };
    run_cases();
    return t_run(tests);
}
