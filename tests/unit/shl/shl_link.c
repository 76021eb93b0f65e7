/* SPDX-License-Identifier: Apache-2.0
 *
 * Links and their files: what is sealed opens with its key and with no other, changed anywhere it does not open, and
 * small files that say they are huge ones stay small. */
#include "base/buf.h"
#include "crypto/crypto.h"
#include "json/json.h"
#include "shl/shl.h"
#include "t.h"

static struct arena *mem;
static uint8_t key[SHL_KEY_BYTES];

static int begin(void **state)
{
    (void)state;
    mem = arena_open_private((size_t)256 << 20);
    crypto_random(key, sizeof key);
    return mem == NULL;
}
static int end(void **state)
{
    (void)state;
    arena_close(mem);
    return 0;
}

static struct str sealed(struct str content)
{
    struct str jwe;
    assert_ok(shl_seal(key, SHL_FHIR, content, mem, &jwe, NULL));
    return jwe;
}

static void opens_what_was_sealed(void **state)
{
    static const size_t sizes[] = {0, 1, 255, 4096, 70000, 1 << 20};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *bytes = arena_alloc(mem, sizes[i] + 1);
        struct str type, content;
        crypto_random(bytes, sizes[i]);
        assert_ok(shl_open(key, sealed(str_make(bytes, sizes[i])), mem, &type, &content, NULL));
        assert_str(type, "application/fhir+json");
        assert_true(str_eq(content, str_make(bytes, sizes[i])));
    }
}

static void seals_the_same_content_otherwise_each_time(void **state)
{
    (void)state;
    assert_false(str_eq(sealed(STR("the same")), sealed(STR("the same"))));
}

static void does_not_open_with_another_key_or_changed(void **state)
{
    struct str jwe = sealed(STR("{\"resourceType\":\"Bundle\"}")), type, content;
    char *text = arena_alloc(mem, jwe.len + 1);
    (void)state;
    for (size_t i = 0; i < jwe.len; i++) {
        memcpy(text, jwe.ptr, jwe.len);
        text[i] = text[i] == 'A' ? 'B' : 'A';
        enum salve_code code = shl_open(key, str_make(text, jwe.len), mem, &type, &content, NULL);
        if (code == SALVE_OK) fail_msg("opens with another byte %zu", i);
        assert_code(code, SALVE_E_INTEGRITY);
    }
    for (size_t len = 0; len < jwe.len; len++)
        assert_code(shl_open(key, str_cut(jwe, 0, len), mem, &type, &content, NULL), SALVE_E_INTEGRITY);
    key[31] ^= 1;
    assert_code(shl_open(key, jwe, mem, &type, &content, NULL), SALVE_E_INTEGRITY);
}

static void does_not_let_a_small_file_grow_without_end(void **state)
{
    struct str jwe, type, content;
    size_t len = SHL_FILE_BYTES_MAX;
    char *zeros = arena_alloc(mem, len + 1);
    (void)state;
    assert_ok(shl_seal(key, SHL_FHIR, str_make(zeros, len), mem, &jwe, NULL));
    assert_true(jwe.len < 64 << 10);
    assert_ok(shl_open(key, jwe, mem, &type, &content, NULL));
    assert_int_equal(content.len, len);
    assert_code(shl_seal(key, SHL_FHIR, str_make(zeros, len + 1), mem, &jwe, NULL), SALVE_E_TOO_BIG);
}

static void writes_links_that_read_back(void **state)
{
    struct shl_link got, link = {.url = STR("https://salve.example/shl/abc"),
                                 .until_unix_s = 1798018200,
                                 .needs_passcode = true,
                                 .label = STR("Health check, \"Tent 4\"")};
    struct str text;
    uint8_t back[SHL_KEY_BYTES];
    (void)state;
    assert_ok(shl_write(&link, key, mem, &text, NULL));
    assert_true(str_starts(text, STR("shlink:/")));
    for (int viewer = 0; viewer < 2; viewer++) {
        if (viewer) text = arena_printf(mem, "https://viewer.example#%.*s", STR_ARGS(text));
        memset(back, 0, sizeof back);
        assert_ok(shl_read(text, mem, &got, back, NULL));
        assert_memory_equal(back, key, sizeof key);
        assert_true(str_eq(got.url, link.url) && str_eq(got.label, link.label));
        assert_true(got.needs_passcode && got.until_unix_s == link.until_unix_s);
    }
    link.label = STR_NONE;
    link.until_unix_s = 0;
    link.needs_passcode = false;
    assert_ok(shl_write(&link, key, mem, &text, NULL));
    assert_ok(shl_read(text, mem, &got, back, NULL));
    assert_true(got.label.len == 0 && got.until_unix_s == 0 && !got.needs_passcode);
}

static void refuses_links_that_are_none(void **state)
{
    static const char *const wrong[] = {
        "", "shlink:/", "shlink:/****", "shlink:/e30", "https://x/#y", "shlink:/eyJ1cmwiOiJ4Iiwia2V5IjoiYWJjIn0"};
    struct shl_link link = {.url = STR("https://salve.example/shl/abc")};
    uint8_t back[SHL_KEY_BYTES];
    char text[200];
    struct str out;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_not_equal(shl_read(str_of(wrong[i]), mem, &link, back, NULL), SALVE_OK);
    memset(text, 'a', sizeof text);
    link.url = str_make(text, SHL_URL_BYTES_MAX + 1);
    assert_code(shl_write(&link, key, mem, &out, NULL), SALVE_E_INVALID);
    link = (struct shl_link){.url = STR("https://x"), .label = str_make(text, SHL_LABEL_BYTES_MAX + 1)};
    assert_code(shl_write(&link, key, mem, &out, NULL), SALVE_E_INVALID);
}

static void reads_what_is_asked_of_a_manifest(void **state)
{
    static const char *const wrong[] = {"",
                                        "[]",
                                        "{}",
                                        "{\"recipient\":7}",
                                        "{\"recipient\":\"\"}",
                                        "{\"recipient\":\"  \"}",
                                        "{\"recipient\":\"a\\nb\"}",
                                        "{\"recipient\":\"a\",\"passcode\":1234}",
                                        "{\"recipient\":\"a\",\"embeddedLengthMax\":-1}",
                                        "{\"recipient\":\"a\",\"embeddedLengthMax\":1.5}",
                                        "{\"recipient\":\"a\",\"recipient\":\"b\"}"};
    struct shl_ask ask;
    (void)state;
    assert_ok(shl_ask_read(STR("{\"recipient\":\"Dr. B\",\"passcode\":\"12 34\",\"embeddedLengthMax\":9,\"new\":[1]}"),
                           mem, &ask, NULL));
    assert_str(ask.recipient, "Dr. B");
    assert_str(ask.passcode, "12 34");
    assert_int_equal(ask.embedded_max, 9);
    assert_ok(shl_ask_read(STR("{\"recipient\":\"Dr. B\"}"), mem, &ask, NULL));
    assert_true(ask.passcode.ptr == NULL && ask.embedded_max == -1);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (shl_ask_read(str_of(wrong[i]), mem, &ask, NULL) == SALVE_OK) fail_msg("takes %s", wrong[i]);
}

static void answers_with_the_file_or_with_where_it_is(void **state)
{
    const struct json *doc = NULL;
    struct shl_file file = {.content_type = SHL_FHIR, .embedded = STR("a..b.c.d"), .updated_unix_ms = 1795426200000};
    struct str json;
    (void)state;
    assert_ok(shl_manifest(&file, mem, &json, NULL));
    assert_ok(json_read(json, NULL, mem, &doc, NULL));
    assert_str(json_text(json_path(doc, "files.0.contentType")), "application/fhir+json");
    assert_str(json_text(json_path(doc, "files.0.embedded")), "a..b.c.d");
    assert_null(json_path(doc, "files.0.location"));
    file.embedded = STR_NONE;
    file.location = STR("https://salve.example/shl/x/y");
    assert_ok(shl_manifest(&file, mem, &json, NULL));
    assert_ok(json_read(json, NULL, mem, &doc, NULL));
    assert_null(json_path(doc, "files.0.embedded"));
    assert_str(json_text(json_path(doc, "files.0.location")), "https://salve.example/shl/x/y");
    assert_ok(shl_refused(3, mem, &json, NULL));
    assert_str(json, "{\"remainingAttempts\":3}");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(opens_what_was_sealed),
        CASE(seals_the_same_content_otherwise_each_time),
        CASE(does_not_open_with_another_key_or_changed),
        CASE(does_not_let_a_small_file_grow_without_end),
        CASE(writes_links_that_read_back),
        CASE(refuses_links_that_are_none),
        CASE(reads_what_is_asked_of_a_manifest),
        CASE(answers_with_the_file_or_with_where_it_is),
    };
    return t_run(tests);
}
