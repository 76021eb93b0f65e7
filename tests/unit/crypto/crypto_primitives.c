/* SPDX-License-Identifier: Apache-2.0
 * Hashes against published answers, keys and sealing against their promises, the start against the system. */
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "crypto/crypto.h"
#include "t.h"

static void assert_hash(struct str bytes, const char *want)
{
    struct crypto_sha256 *hasher = crypto_sha256_open();
    uint8_t hash[32];
    char text[65];
    for (int way = 0; way < 3; way++) {
        if (way == 0)
            crypto_sha256(bytes, hash);
        else
            crypto_sha256_parts(way == 1 ? hasher : NULL, &bytes, 1, hash);
        str_hex(hash, 32, text);
        assert_string_equal(text, want);
    }
    crypto_sha256_close(hasher);
}

static void sha256_has_the_answers_of_fips_180(void **state)
{
    (void)state;
    char *million = malloc(1000000);
    memset(million, 'a', 1000000);
    assert_hash(STR(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hash(STR("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_hash(STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assert_hash(str_make(million, 1000000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(million);
}

/* RFC 6962 trees: the leaf of an empty entry, and the node over it and itself with every aliasing of the output. */
static void merkle_helpers_prefix_leaf_and_node(void **state)
{
    (void)state;
    struct crypto_sha256 *hasher = crypto_sha256_open();
    uint8_t leaf[32], node[32], plain[65] = {1}, want[32];
    char text[65];
    crypto_sha256_leaf(hasher, STR(""), leaf);
    str_hex(leaf, 32, text);
    assert_string_equal(text, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    memcpy(plain + 1, leaf, 32);
    memcpy(plain + 33, leaf, 32);
    crypto_sha256(str_make((char *)plain, 65), want);
    crypto_sha256_node(hasher, leaf, leaf, node);
    assert_memory_equal(node, want, 32);
    crypto_sha256_node(NULL, leaf, leaf, leaf);
    assert_memory_equal(leaf, want, 32);
    crypto_sha256_close(hasher);
}

static void base64_is_strict(void **state)
{
    (void)state;
    uint8_t bytes[8];
    size_t len;
    char text[32];
    crypto_base64("hello", 5, text);
    assert_string_equal(text, "aGVsbG8=");
    assert_int_equal(crypto_base64_bytes(5), 9);
    assert_true(crypto_base64_parse(STR("aGVsbG8="), bytes, sizeof bytes, &len) && len == 5);
    assert_true(crypto_base64_parse(STR(""), bytes, sizeof bytes, &len) && len == 0);
    const char *bad[] = {
        "aGVsbG8", "aGVsbG9=", "aGVsbG8==", "aGVsbG8= ", "aGVs\nbG8=", "aGVsbG8-", "=", "aGVsbG8gaGVsbG8="};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (crypto_base64_parse(str_of(bad[i]), bytes, sizeof bytes, &len)) fail_msg("accepted %s", bad[i]);
}

static void integers_are_big_endian(void **state)
{
    (void)state;
    uint8_t bytes[8];
    crypto_put_u64(bytes, 0x0102030405060708u);
    assert_memory_equal(bytes, "\1\2\3\4\5\6\7\10", 8);
    assert_true(crypto_get_u64(bytes) == 0x0102030405060708u);
    crypto_put_u32(bytes, 0xfffefdfcu);
    assert_true(crypto_get_u32(bytes) == 0xfffefdfcu);
}

static void sealed_bytes_open_only_with_key_and_context(void **state)
{
    (void)state;
    struct crypto_keys *keys;
    uint8_t sealed[5 + CRYPTO_SEAL_BYTES], plain[5];
    assert_ok(crypto_keys_new(3, &keys, NULL));
    crypto_key_random(crypto_keys_at(keys, 0));
    crypto_key_random(crypto_keys_at(keys, 1));
    struct str view = {(char *)sealed, sizeof sealed};
    crypto_seal(crypto_keys_at(keys, 0), STR("where"), STR("hello"), sealed);
    assert_ok(crypto_open(crypto_keys_at(keys, 0), STR("where"), view, plain, NULL));
    assert_memory_equal(plain, "hello", 5);
    assert_code(crypto_open(crypto_keys_at(keys, 0), STR("there"), view, plain, NULL), SALVE_E_INTEGRITY);
    assert_memory_equal(plain, "\0\0\0\0\0", 5);
    assert_code(crypto_open(crypto_keys_at(keys, 1), STR("where"), view, plain, NULL), SALVE_E_INTEGRITY);
    assert_code(crypto_open(crypto_keys_at(keys, 0), STR("where"), str_cut(view, 0, 39), plain, NULL),
                SALVE_E_INTEGRITY);
    crypto_keys_drop(&keys);
    assert_null(keys);
}

static void a_mask_undoes_itself_and_derived_keys_differ(void **state)
{
    (void)state;
    struct crypto_keys *keys;
    const struct str one[] = {STR("a"), STR("bc")}, two[] = {STR("ab"), STR("d")};
    assert_ok(crypto_keys_new(4, &keys, NULL));
    struct crypto_key *key = crypto_keys_at(keys, 0), *before = crypto_keys_at(keys, 1);
    struct crypto_key *child = crypto_keys_at(keys, 2), *other = crypto_keys_at(keys, 3);
    crypto_key_random(key);
    crypto_key_copy(before, key);
    crypto_key_derive(key, one, 2, child);
    crypto_key_derive(key, two, 2, other);
    assert_false(crypto_key_equal(child, other));
    crypto_key_mask(key, child, one, 2);
    assert_false(crypto_key_equal(key, before));
    crypto_key_mask(key, child, one, 2);
    assert_true(crypto_key_equal(key, before));
    crypto_keys_drop(&keys);
}

static void argon2id_depends_on_passphrase_and_salt(void **state)
{
    (void)state;
    struct crypto_keys *keys;
    uint8_t salt[CRYPTO_SALT_BYTES] = {1}, salt2[CRYPTO_SALT_BYTES] = {2};
    assert_ok(crypto_keys_new(4, &keys, NULL));
    assert_ok(crypto_key_from_passphrase(crypto_keys_at(keys, 0), STR("one"), salt, CRYPTO_COST_MIN, NULL));
    assert_ok(crypto_key_from_passphrase(crypto_keys_at(keys, 1), STR("one"), salt, CRYPTO_COST_MIN, NULL));
    assert_ok(crypto_key_from_passphrase(crypto_keys_at(keys, 2), STR("one"), salt2, CRYPTO_COST_MIN, NULL));
    assert_ok(crypto_key_from_passphrase(crypto_keys_at(keys, 3), STR("two"), salt, CRYPTO_COST_MIN, NULL));
    assert_true(crypto_key_equal(crypto_keys_at(keys, 0), crypto_keys_at(keys, 1)));
    assert_false(crypto_key_equal(crypto_keys_at(keys, 0), crypto_keys_at(keys, 2)));
    assert_false(crypto_key_equal(crypto_keys_at(keys, 0), crypto_keys_at(keys, 3)));
    crypto_keys_drop(&keys);
}

static void the_process_leaves_no_core(void **state)
{
    (void)state;
    struct rlimit core;
    assert_int_equal(getrlimit(RLIMIT_CORE, &core), 0);
    assert_int_equal(core.rlim_cur, 0);
    assert_int_equal(core.rlim_max, 0);
#if !defined(__clang__)
    assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_has_the_answers_of_fips_180),
        cmocka_unit_test(merkle_helpers_prefix_leaf_and_node),
        cmocka_unit_test(base64_is_strict),
        cmocka_unit_test(integers_are_big_endian),
        cmocka_unit_test(sealed_bytes_open_only_with_key_and_context),
        cmocka_unit_test(a_mask_undoes_itself_and_derived_keys_differ),
        cmocka_unit_test(argon2id_depends_on_passphrase_and_salt),
        cmocka_unit_test(the_process_leaves_no_core),
    };
    if (crypto_init(NULL) != SALVE_OK) return 1;
    return t_run(tests);
}
