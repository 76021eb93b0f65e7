/* SPDX-License-Identifier: Apache-2.0
 * query: parameters of addresses and forms, their escapes, and nothing else accepted. */
#include "t.h"

#include "base/query.h"

static struct str decoded(struct arena *mem, const char *text, bool is_form)
{
    struct str out;
    assert_ok(query_decode(str_of(text), is_form, mem, &out, NULL));
    return out;
}

static void escapes_are_read_once(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    static const char *const bad[] = {"%",  "%2",  "a%",    "%zz", "%2g", "%g2",    "50%",
                                      "%%", "%00", "a%00b", "%ff", "%c3", "%C3%28", "%ed%a0%80"};
    assert_str(decoded(mem, "a%20b%2Bc%2bd", false), "a b+c+d");
    assert_str(decoded(mem, "a+b", false), "a+b");
    assert_str(decoded(mem, "a+b%2B", true), "a b+");
    assert_str(decoded(mem, "%2525", true), "%25");
    assert_str(decoded(mem, "%C3%A9", true), "\xc3\xa9");
    assert_str(decoded(mem, "", true), "");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct str out;
        struct salve_err err = {0};
        if (query_decode(str_of(bad[i]), true, mem, &out, &err) != SALVE_E_INVALID) fail_msg("%s", bad[i]);
        assert_string_equal(err.element, "parameter");
    }
    arena_close(mem);
}

static void parameters_are_cut_in_their_order(void **state)
{
    (void)state;
    struct str rest = STR("&a=1&&b&c==2&=3&d="), name, value;
    static const char *const want[][2] = {{"a", "1"}, {"b", ""}, {"c", "=2"}, {"", "3"}, {"d", ""}};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        assert_true(query_next(&rest, &name, &value));
        assert_str(name, want[i][0]);
        assert_str(value, want[i][1]);
        assert_true((value.ptr == NULL) == (i == 1));
    }
    assert_false(query_next(&rest, &name, &value));
}

static void what_is_put_is_read_as_it_was(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    char text[128];
    for (int i = 1; i < 128; i++) text[i - 1] = (char)i;
    struct str all = str_make(text, 127), out;
    struct buf made;
    buf_init(&made, mem, 4096);
    query_put(&made, all, "-._~");
    assert_ok(query_decode(buf_str(&made), true, mem, &out, NULL));
    assert_true(str_eq(out, all));
    assert_true(str_find(buf_str(&made), STR("%26")) > 0 && str_find(buf_str(&made), STR("-.")) > 0);
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_are_read_once),
        cmocka_unit_test(parameters_are_cut_in_their_order),
        cmocka_unit_test(what_is_put_is_read_as_it_was),
    };
    return t_run(tests);
}
