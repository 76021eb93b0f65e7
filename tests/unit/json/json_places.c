/* SPDX-License-Identifier: Apache-2.0
 * json_index: the places of texts by hand, and every way of this machine beside the definition, byte by byte. */
#include "t.h"

#include "base/buf.h"
#include "index_case.h"

static uint32_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/* Of a short text: its bytes with a dot under each that is no place. */
static void expect_places(const char *text, const char *expected)
{
    struct json_index index;
    char found[128];
    size_t len = strlen(text);
    memset(found, '.', sizeof found);
    found[len] = '\0';
    json_index_start(&index, str_make(text, len), json_index_best());
    for (; *index.next != len; index.next++) found[*index.next] = text[*index.next];
    assert_string_equal(found, expected);
}

static void test_places_by_hand(void **state)
{
    (void)state;
    expect_places("", "");
    expect_places("   ", "...");
    expect_places("{\"a\":1}", "{\".\"...");
    expect_places("{ \"a b\" : [ 12 ,3] }", "{.\"...\".:.[.1..,...}");
    expect_places("[\"a\\\"b\", \"c\\\\\"]", "[\".\\..\"..\".\\\\\".");
    expect_places(" tru e \"x", ".t...e.\".");
}

static void test_every_way_on_made_up_texts(void **state)
{
    (void)state;
    static const char bytes[] = "\"\"\"\"\\\\{}[]:,,  \n\r\t\x01\x0b\x0c\x1a\x1f\x7f\x80\xc3\xff!AZaz09";
    uint64_t seed = 14;
    char text[700];
    for (unsigned i = 0; i < 4000; i++) {
        size_t len = next_random(&seed) % (i % 8 == 0 ? sizeof text : 140);
        unsigned dense = next_random(&seed) % 4; /* how much is plain */
        for (size_t k = 0; k < len; k++)
            text[k] = next_random(&seed) % 4 < dense ? 'x' : bytes[next_random(&seed) % (sizeof bytes - 1)];
        const char *wrong = other_way(str_make(text, len), 1 + i % 9);
        if (wrong != NULL) fail_msg("text %u of %zu bytes: the %s way finds other places", i, len, wrong);
    }
}

/* Runs of one byte across blocks and windows: no place for kilobytes, or one at every byte. */
static void test_long_runs(void **state)
{
    (void)state;
    static const char *const runs[] = {"\"", "\\", " ", "x", "\x80", "\"x", "\"\\", "\\\"", " x", "\" "};
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        struct arena *mem = arena_open(1 << 20);
        struct buf out;
        buf_init(&out, mem, 1 << 18);
        buf_add(&out, STR("{\"a\":\""));
        for (unsigned n = 0; n < 10000; n++) buf_add(&out, str_of(runs[i]));
        buf_add(&out, STR("\" , 1 }"));
        assert_null(other_way(buf_str(&out), 3));
        arena_close(mem);
    }
}

/* The portable way and, on the machines that most have, at least one other. */
static void test_ways_have_names(void **state)
{
    (void)state;
    const char *name;
    assert_non_null(json_index_way(0, &name));
    assert_string_equal(name, "portable");
#if defined(__x86_64__) || defined(__aarch64__)
    assert_true(json_index_ways() >= 2);
#endif
    assert_true(json_index_ways() <= JSON_INDEX_WAYS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places_by_hand),
        cmocka_unit_test(test_every_way_on_made_up_texts),
        cmocka_unit_test(test_long_runs),
        cmocka_unit_test(test_ways_have_names),
    };
    return t_run(tests);
}
