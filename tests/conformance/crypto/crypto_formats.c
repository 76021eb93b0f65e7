/* SPDX-License-Identifier: Apache-2.0
 * SLVR v1 and SLVW v1 against their known answers (docs/formats/slvr.md, slvw.md), and against every flipped bit and
 * every truncation. The SLVW answer was computed by other code (HChaCha20 in Python over the `cryptography`
 * package). */
#include "crypto/crypto_int.h"
#include "t.h"

struct world {
    struct arena *mem;
    struct crypto_keys *keys; /* 0: class key 00..1f, 1: KEK 80..9f, 2: result, 3: another */
};

static void count_up(uint8_t *out, uint8_t from, size_t len)
{
    for (size_t i = 0; i < len; i++) out[i] = (uint8_t)(from + i);
}

static struct world world_make(void)
{
    struct world world = {.mem = arena_open(64 << 20)};
    uint8_t bytes[32];
    assert_ok(crypto_init(NULL));
    assert_ok(crypto_keys_new(4, &world.keys, NULL));
    count_up(bytes, 0, 32);
    crypto_key_import(crypto_keys_at(world.keys, 0), bytes);
    count_up(bytes, 0x80, 32);
    crypto_key_import(crypto_keys_at(world.keys, 1), bytes);
    crypto_key_random(crypto_keys_at(world.keys, 3));
    return world;
}

static void world_end(struct world *world)
{
    crypto_keys_drop(&world->keys);
    arena_close(world->mem);
}

static struct crypto_record answer_head(void)
{
    struct crypto_record head = {.seq = 1, .class = CLASS_CLIN, .key_version = 1};
    count_up(head.compartment.bytes, 0x10, COMPARTMENT_BYTES);
    return head;
}

static struct str answer_record(struct world *world)
{
    struct crypto_record head = answer_head();
    struct str record;
    uint8_t nonce[CRYPTO_NONCE_BYTES];
    count_up(nonce, 0x40, sizeof nonce);
    assert_ok(crypto_record_seal_nonce(crypto_keys_at(world->keys, 0), &head, STR("hello"), nonce, world->mem, &record,
                                       NULL));
    return record;
}

static void assert_hex(const void *bytes, size_t len, const char *want)
{
    char text[512];
    str_hex(bytes, len, text);
    assert_string_equal(text, want);
}

static void record_has_the_known_answer(void **state)
{
    (void)state;
    struct world world = world_make();
    struct str record = answer_record(&world);
    uint8_t hash[32];
    assert_int_equal(record.len, 408);
    assert_hex(record.ptr, 48,
               "534c565201010200101112131415161718191a1b1c1d1e1f000000000000000100000001000001000000000000000000");
    assert_hex(record.ptr + 80, 32, "53af538332bb682e98e8486a45381d2289bb7317e00b337a889a709bd4619cb4");
    assert_hex(record.ptr + 392, 16, "3608ce588506ffe74e0ac8156933a602");
    crypto_sha256(record, hash);
    assert_hex(hash, 32, "0dbaa2c11ec921068311ce13d62ba15ce83c5a1f1fc6563fbf29e4fe4a1ad4e7");
    world_end(&world);
}

static enum salve_code open_as(struct world *world, size_t key, struct crypto_record asked, struct str record,
                               struct str *plain)
{
    return crypto_record_open(crypto_keys_at(world->keys, key), &asked, record, world->mem, plain, NULL, NULL);
}

static void record_opens_for_what_was_asked_and_nothing_else(void **state)
{
    (void)state;
    struct world world = world_make();
    struct str record = answer_record(&world), plain;
    struct crypto_record asked = answer_head(), other = asked;
    assert_ok(open_as(&world, 0, asked, record, &plain));
    assert_str(plain, "hello");
    assert_code(open_as(&world, 3, asked, record, &plain), SALVE_E_INTEGRITY);
    other.seq = 2;
    assert_code(open_as(&world, 0, other, record, &plain), SALVE_E_INTEGRITY);
    other = asked, other.class = CLASS_SENS;
    assert_code(open_as(&world, 0, other, record, &plain), SALVE_E_INTEGRITY);
    other = asked, other.compartment.bytes[15] ^= 1;
    assert_code(open_as(&world, 0, other, record, &plain), SALVE_E_INTEGRITY);
    world_end(&world);
}

static void every_flipped_bit_and_truncation_of_a_record_is_refused_alike(void **state)
{
    (void)state;
    struct world world = world_make();
    struct str record = answer_record(&world), plain = STR_NONE;
    struct crypto_record asked = answer_head();
    char copy[409];
    unsigned flips = 0, cuts = 0;
    for (size_t bit = 0; bit < record.len * 8; bit++) {
        struct salve_err err = {0};
        memcpy(copy, record.ptr, record.len);
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        enum salve_code code = crypto_record_open(crypto_keys_at(world.keys, 0), &asked, str_make(copy, record.len),
                                                  world.mem, &plain, NULL, &err);
        flips +=
            code == SALVE_E_INTEGRITY && plain.ptr == NULL && strcmp(t_where(&err), "sealed record") == 0 && !*err.why;
    }
    for (size_t len = 0; len < record.len; len++) {
        char *cut = test_malloc(len + 1); /* its own block, so that a read behind the end is seen */
        memcpy(cut, record.ptr, len);
        cuts += open_as(&world, 0, asked, str_make(cut, len), &plain) == SALVE_E_INTEGRITY && plain.ptr == NULL;
        test_free(cut);
    }
    memcpy(copy, record.ptr, record.len);
    copy[408] = 0;
    assert_int_equal(flips, 3264);
    assert_int_equal(cuts, 408);
    assert_code(open_as(&world, 0, asked, str_make(copy, 409), &plain), SALVE_E_INTEGRITY);
    world_end(&world);
}

static void records_of_every_length_come_back_padded_to_256(void **state)
{
    (void)state;
    struct world world = world_make();
    struct crypto_record head = answer_head(), found;
    char text[1030];
    memset(text, '\x80', sizeof text); /* looks like padding */
    head.seq = 77, head.key_version = 5;
    memset(head.prev, 0xee, sizeof head.prev);
    for (size_t len = 0; len < sizeof text; len++) {
        struct str record, plain;
        assert_ok(
            crypto_record_seal(crypto_keys_at(world.keys, 0), &head, str_make(text, len), world.mem, &record, NULL));
        assert_int_equal(record.len, (len / 256 + 1) * 256 + 152);
        assert_ok(crypto_record_open(crypto_keys_at(world.keys, 0), &head, record, world.mem, &plain, &found, NULL));
        assert_true(str_eq(plain, str_make(text, len)));
        assert_int_equal(found.key_version, 5);
        assert_memory_equal(found.prev, head.prev, 32);
    }
    world_end(&world);
}

static void a_record_over_the_limit_is_too_big(void **state)
{
    (void)state;
    struct world world = world_make();
    struct crypto_record head = answer_head();
    struct str record;
    assert_code(
        crypto_record_seal(crypto_keys_at(world.keys, 0), &head, str_make("", 16 << 20), world.mem, &record, NULL),
        SALVE_E_TOO_BIG);
    world_end(&world);
}

static void answer_wrap(struct world *world, uint8_t out[CRYPTO_WRAP_BYTES])
{
    struct crypto_wrap wrap = {.purpose = PURPOSE_CARE,
                               .class = CLASS_CLIN,
                               .key_version = 1,
                               .epoch = 7,
                               .not_after_unix_s = 1800000000,
                               .consent_seq = 3};
    uint8_t nonce[CRYPTO_NONCE_BYTES];
    count_up(wrap.compartment.bytes, 0x10, COMPARTMENT_BYTES);
    count_up(wrap.consent_sha256, 0xa0, 32);
    count_up(nonce, 0x40, sizeof nonce);
    crypto_wrap_seal_nonce(crypto_keys_at(world->keys, 1), &wrap, crypto_keys_at(world->keys, 0), nonce, out);
}

static void wrap_has_the_known_answer(void **state)
{
    (void)state;
    struct world world = world_make();
    struct crypto_wrap wrap;
    uint8_t bytes[CRYPTO_WRAP_BYTES], hash[32];
    answer_wrap(&world, bytes);
    assert_hex(bytes, 80,
               "534c565701010102101112131415161718191a1b1c1d1e1f0000000100000007000000006b49d2000000000000000003"
               "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf");
    assert_hex(bytes + 104, 32, "f10d71f75ff5f25df31b7dd8faa3935a2256607d11518afbd2a3ef175e4813d7");
    assert_hex(bytes + 136, 16, "8d7c09ec185b3bc0a76b9f1c6b161d4e");
    crypto_sha256(str_make((char *)bytes, sizeof bytes), hash);
    assert_hex(hash, 32, "dc20d0a4b2e129dbd134bae663740a743c5bc719f890fa8fdf2ea90b20609394");
    assert_ok(crypto_wrap_open(crypto_keys_at(world.keys, 1), str_make((char *)bytes, sizeof bytes), &wrap,
                               crypto_keys_at(world.keys, 2), NULL));
    assert_true(crypto_key_equal(crypto_keys_at(world.keys, 2), crypto_keys_at(world.keys, 0)));
    assert_int_equal(wrap.not_after_unix_s, 1800000000);
    world_end(&world);
}

static void every_flipped_bit_and_truncation_of_a_wrap_is_refused(void **state)
{
    (void)state;
    struct world world = world_make();
    struct crypto_wrap wrap;
    uint8_t bytes[CRYPTO_WRAP_BYTES + 1];
    unsigned flips = 0, cuts = 0;
    answer_wrap(&world, bytes);
    for (size_t bit = 0; bit < CRYPTO_WRAP_BYTES * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        flips += crypto_wrap_open(crypto_keys_at(world.keys, 1), str_make((char *)bytes, CRYPTO_WRAP_BYTES), &wrap,
                                  crypto_keys_at(world.keys, 2), NULL) == SALVE_E_INTEGRITY;
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t len = 0; len <= CRYPTO_WRAP_BYTES + 1; len++)
        cuts += crypto_wrap_open(crypto_keys_at(world.keys, 1), str_make((char *)bytes, len), &wrap,
                                 crypto_keys_at(world.keys, 2), NULL) == SALVE_E_INTEGRITY;
    assert_int_equal(flips, 1216);
    assert_int_equal(cuts, 153); /* all lengths 0..153 but the right one */
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(record_has_the_known_answer),
        cmocka_unit_test(record_opens_for_what_was_asked_and_nothing_else),
        cmocka_unit_test(every_flipped_bit_and_truncation_of_a_record_is_refused_alike),
        cmocka_unit_test(records_of_every_length_come_back_padded_to_256),
        cmocka_unit_test(a_record_over_the_limit_is_too_big),
        cmocka_unit_test(wrap_has_the_known_answer),
        cmocka_unit_test(every_flipped_bit_and_truncation_of_a_wrap_is_refused),
    };
    return t_run(tests);
}
