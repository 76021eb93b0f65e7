/* SPDX-License-Identifier: Apache-2.0
 * fhir_read over the lines of reading.case; and for every resource that is read, writing gives the same text again. */
#include "t.h"

#include "base/file.h"
#include "fhir/fhir.h"
#include "fhir/fhir_primitive_int.h"

static int hex(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

static struct str expand(struct arena *mem, struct str text)
{
    struct buf out;
    struct str done = STR_NONE;
    buf_init(&out, mem, 1 << 16);
    for (size_t i = 0; i < text.len; i++) {
        struct str rest = str_cut(text, i, text.len);
        bool is_byte = rest.len > 3 && rest.ptr[0] == '<' && rest.ptr[3] == '>' && rest.ptr[1] != '/' &&
                       strchr("0123456789abcdef", rest.ptr[1]) != NULL &&
                       strchr("0123456789abcdef", rest.ptr[2]) != NULL;
        if (str_starts(rest, STR("<NL>")))
            buf_add_char(&out, '\n');
        else if (is_byte)
            buf_add_char(&out, (char)(hex(rest.ptr[1]) * 16 + hex(rest.ptr[2])));
        else {
            buf_add_char(&out, text.ptr[i]);
            continue;
        }
        i += 3;
    }
    assert_ok(buf_done(&out, &done, NULL));
    return done;
}

static struct str told(struct arena *mem, const struct fhir_issues *issues, enum salve_code code,
                       const struct salve_err *err)
{
    struct buf out;
    buf_init(&out, mem, 1 << 16);
    for (size_t i = 0; i < issues->count; i++) {
        if (issues->items[i].severity == FHIR_FATAL) continue;
        if (out.len > 0) buf_add(&out, STR("; "));
        buf_addf(&out, "%.*s %s", STR_ARGS(issues->items[i].path), issues->items[i].rule);
    }
    if (code != SALVE_OK && code != SALVE_E_INVALID)
        buf_addf(&out, "%s%s %s (line %u, column %u): %s", out.len > 0 ? "; " : "", salve_code_name(code), err->element,
                 err->line, err->column, err->why);
    return buf_str(&out);
}

static struct str outcome(struct arena *mem, struct str json, fhir_type_id type, struct fhir_reader *reader)
{
    struct fhir_read_opts opts = {.type = type, .reader = reader};
    struct fhir_issues issues;
    struct tape tape, loaded;
    struct salve_err err = {0};
    struct buf out, bytes;
    fhir_issues_init(&issues, mem);
    buf_init(&out, mem, 4 << 20);
    buf_init(&bytes, mem, 4 << 20);
    enum salve_code code = fhir_read(json, &opts, mem, &tape, &issues, &err);
    if (code != SALVE_OK) return told(mem, &issues, code, &err);
    tape_bytes(&tape, &bytes);
    if (tape_from_bytes(buf_str(&bytes), mem, &loaded, &err) != SALVE_OK)
        return STR("ok, but the stored tape is not loaded");
    fhir_write(&loaded, 0, FHIR_COMPACT, &out);
    return str_eq(buf_str(&out), json) ? STR("ok") : buf_str(&out);
}

/* With a reader of its own, and with the one that has read all lines before. */
static void run_line(struct str line, struct fhir_reader *reader)
{
    struct arena *mem = arena_open(8 << 20);
    ptrdiff_t arrow = str_find(line, STR(" => ")), bar = str_find(line, STR("| "));
    struct str want = str_cut(line, (size_t)arrow + 4, line.len), json = str_cut(line, 0, (size_t)arrow);
    fhir_type_id type = bar > 0 ? fhir_type_find(str_cut(line, 0, (size_t)bar)) : 0;
    if (type != 0) json = str_cut(json, (size_t)bar + 2, json.len);
    struct str got = outcome(mem, expand(mem, json), type, NULL);
    struct str kept = outcome(mem, expand(mem, json), type, reader);
    if (!str_eq(got, kept))
        t_fail("reading.case", "%.*s\n   with a kept reader %.*s", STR_ARGS(line), STR_ARGS(kept));
    else if (str_eq(got, want))
        t_pass();
    else
        t_fail("reading.case", "%.*s\n   got %.*s", STR_ARGS(line), STR_ARGS(got));
    arena_close(mem);
}

static void run_cases(void)
{
    struct arena *mem = arena_open(1 << 20);
    struct fhir_reader *reader = fhir_reader_open();
    struct str file, line;
    if (file_read("tests/unit/fhir/reading.case", 1 << 20, mem, &file, NULL) != SALVE_OK) {
        t_fail("reading.case", "cannot be read");
        file = STR_NONE;
    }
    while (str_next_line(&file, &line))
        if (!str_starts(line, STR("#")) && str_find(line, STR(" => ")) >= 0) run_line(line, reader);
    fhir_reader_close(reader);
    arena_close(mem);
}

static void memory_that_runs_out_is_an_error_at_any_point(void **state)
{
    (void)state;
    struct str json =
        STR("{\"id\":\"a\",\"resourceType\":\"Patient\",\"_birthDate\":{\"id\":\"x\"},\"birthDate\":\"1990\"}");
    struct arena *mem = arena_open(1 << 20);
    struct tape tape;
    for (uint64_t nth = 0;; nth++) {
        arena_fail_after(mem, nth);
        enum salve_code code = fhir_read(json, NULL, mem, &tape, NULL, NULL);
        if (code == SALVE_OK) break;
        assert_code(code, SALVE_E_MEMORY);
        assert_true(nth < 100);
    }
    arena_close(mem);
}

static void absent_text_is_an_error(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    struct tape tape;
    assert_code(fhir_read(STR_NONE, NULL, mem, &tape, NULL, NULL), SALVE_E_SYNTAX);
    assert_code(tape_from_bytes(STR_NONE, mem, &tape, NULL), SALVE_E_INTEGRITY);
    arena_close(mem);
}

static void size_and_depth_limits_hold(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    struct tape tape;
    struct str json = STR("{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"B\"}]}");
    struct fhir_read_opts small = {.bytes_max = json.len - 1}, fits = {.bytes_max = json.len, .depth_max = 3},
                          flat = {.depth_max = 2};
    assert_code(fhir_read(json, &small, mem, &tape, NULL, NULL), SALVE_E_TOO_BIG);
    assert_code(fhir_read(json, &flat, mem, &tape, NULL, NULL), SALVE_E_TOO_DEEP);
    assert_ok(fhir_read(json, &fits, mem, &tape, NULL, NULL));
    arena_close(mem);
}

static void issues_are_counted_beyond_their_limit(void **state)
{
    (void)state;
    struct arena *mem = arena_open(8 << 20);
    struct tape tape;
    struct fhir_issues issues;
    struct buf json;
    fhir_issues_init(&issues, mem);
    buf_init(&json, mem, 1 << 20);
    buf_add(&json, STR("{\"resourceType\":\"Patient\",\"name\":[1"));
    for (int i = 1; i < 1500; i++) buf_add(&json, STR(",1"));
    buf_add(&json, STR("]}"));
    assert_code(fhir_read(buf_str(&json), NULL, mem, &tape, &issues, NULL), SALVE_E_INVALID);
    assert_int_equal(issues.count, 1000);
    assert_int_equal(issues.error_count, 1500);
    assert_int_equal(issues.left_out, 500);
    assert_str(issues.items[999].path, "Patient.name[999]");
    arena_close(mem);
}

static struct str patient_with(struct arena *mem, unsigned names)
{
    struct buf json;
    struct str text = STR_NONE;
    buf_init(&json, mem, 8 << 20);
    buf_add(&json, STR("{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"A\"}"));
    for (unsigned i = 1; i < names; i++) buf_addf(&json, ",{\"given\":[\"B%u\",\"C\"]}", i);
    buf_add(&json, STR("]}"));
    assert_ok(buf_done(&json, &text, NULL));
    return text;
}

/* Sizes around what a kept reader has room for; then errors, another depth, and a good resource again. */
static void a_kept_reader_reads_as_a_fresh_one(void **state)
{
    (void)state;
    struct fhir_reader *reader = fhir_reader_open();
    struct fhir_read_opts kept = {.reader = reader}, flat = {.reader = reader, .depth_max = 2},
                          deep = {.reader = reader, .depth_max = 60};
    for (unsigned names = 1; names < 20000; names = names * 3 / 2 + 1) {
        struct arena *mem = arena_open(64 << 20);
        struct str json = patient_with(mem, names), cut = str_cut(json, 0, json.len - 3);
        struct tape tape;
        struct buf out;
        buf_init(&out, mem, 8 << 20);
        assert_code(fhir_read(cut, &kept, mem, &tape, NULL, NULL), SALVE_E_SYNTAX);
        assert_code(fhir_read(json, &flat, mem, &tape, NULL, NULL), SALVE_E_TOO_DEEP);
        assert_ok(fhir_read(json, names % 2 == 0 ? &kept : &deep, mem, &tape, NULL, NULL));
        fhir_write(&tape, 0, FHIR_COMPACT, &out);
        assert_true(str_eq(buf_str(&out), json));
        arena_close(mem);
    }
    fhir_reader_close(reader);
}

static void every_primitive_type_and_no_other_has_a_look(void **state)
{
    (void)state;
    for (fhir_type_id type = 1; type < FHIR_TYPE_COUNT; type++)
        assert_int_equal(fhir_types[type].kind == FHIR_PRIMITIVE, fhir_looks[type] != FHIR_LOOK_COMPLEX);
}

/* A name with its keys in an order of its own. */
static void put_name(struct buf *out, uint64_t *seed)
{
    static const char *const members[] = {
        "\"id\":\"a\"",      "\"use\":\"usual\"",  "\"text\":\"b\"",     "\"family\":\"c\"",
        "\"given\":[\"d\"]", "\"prefix\":[\"e\"]", "\"suffix\":[\"f\"]", "\"period\":{\"start\":\"2020\"}",
    };
    enum { COUNT = sizeof members / sizeof members[0] };
    unsigned order[COUNT] = {0, 1, 2, 3, 4, 5, 6, 7};
    for (unsigned i = COUNT - 1; i > 0; i--) {
        *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        unsigned other = (unsigned)(*seed >> 33) % (i + 1), kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
    buf_add_char(out, '{');
    for (unsigned i = 0; i < COUNT; i++) buf_addf(out, "%s%s", i == 0 ? "" : ",", members[order[i]]);
    buf_add_char(out, '}');
}

/* A Patient with `names` of them, and `rest` behind. */
static struct str many_orders(struct arena *mem, unsigned names, const char *rest)
{
    uint64_t seed = 7;
    struct buf out;
    struct str done = STR_NONE;
    buf_init(&out, mem, 4 << 20);
    buf_add(&out, STR("{\"resourceType\":\"Patient\",\"name\":["));
    for (unsigned i = 0; i < names; i++) {
        if (i > 0) buf_add_char(&out, ',');
        put_name(&out, &seed);
    }
    buf_addf(&out, "]%s}", rest);
    assert_ok(buf_done(&out, &done, NULL));
    return done;
}

/* More orders of keys than a reader remembers: what it says does not change, nor what it says of the next text. */
static void orders_of_keys_beyond_number_read_alike(void **state)
{
    (void)state;
    static const struct {
        const char *rest, *want; /* how what is said begins */
    } rows[] = {
        {"", "ok"},
        {",\"gender\":\"male\",\"_gender\":{\"id\":\"a\"}", "ok"},
        {",\"link\":[{\"type\":\"refer\"}]", "Patient.link[0].other fhir-required"},
        {",\"contact\":[{}]", "Patient.contact[0] fhir-object-empty"},
        {",\"contact\":[{\"id\":\"a\"}]", "Patient.contact[0] ele-1"},
        {",\"maritalStatus\":{\"text\":\"a\",\"text\":\"b\"}", "E_SYNTAX Patient.maritalStatus.text"},
    };
    struct arena *mem = arena_open(256 << 20);
    struct fhir_reader *reader = fhir_reader_open();
    assert_non_null(reader);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (unsigned names = 1; names <= 3000; names += 2999) {
            struct str said = outcome(mem, many_orders(mem, names, rows[i].rest), 0, reader);
            if (!str_starts(said, str_of(rows[i].want)))
                fail_msg("%u names, %s: %.*s", names, rows[i].rest, STR_ARGS(said));
        }
    }
    fhir_reader_close(reader);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_that_runs_out_is_an_error_at_any_point),
        cmocka_unit_test(absent_text_is_an_error),
        cmocka_unit_test(size_and_depth_limits_hold),
        cmocka_unit_test(issues_are_counted_beyond_their_limit),
        cmocka_unit_test(a_kept_reader_reads_as_a_fresh_one),
        cmocka_unit_test(orders_of_keys_beyond_number_read_alike),
        cmocka_unit_test(every_primitive_type_and_no_other_has_a_look),
    };
    run_cases();
    return t_run(tests);
}
