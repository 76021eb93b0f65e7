/* SPDX-License-Identifier: Apache-2.0
 *
 * Codes by the vectors of RFC 4226 and RFC 6238, signatures of a tablet, challenges. */
#include "t_passkey.h"

static struct crypto_keys *slots;

static const struct crypto_key *secret(void) { return crypto_keys_at(slots, 0); }

static void gives(uint64_t step, const char *wanted)
{
    char code[TOTP_DIGITS + 1];
    assert_int_equal(totp_code(secret(), step, code, NULL), SALVE_OK);
    assert_string_equal(code, wanted);
}

/* --- codes -------------------------------------------------------------------------------------------------------- */

static void codes_of_rfc_4226(void **state)
{
    (void)state;
    static const char *const codes[] = {"755224", "287082", "359152", "969429", "338314",
                                        "254676", "287922", "162583", "399871", "520489"};
    for (uint64_t i = 0; i < sizeof codes / sizeof codes[0]; i++) gives(i, codes[i]);
}

/* Of its eight digits the last six. */
static void codes_of_rfc_6238(void **state)
{
    (void)state;
    static const struct {
        int64_t unix_s;
        const char *code;
    } rows[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t step = 0;
        gives((uint64_t)rows[i].unix_s / TOTP_STEP_SECONDS, rows[i].code);
        assert_int_equal(totp_find(secret(), str_of(rows[i].code), rows[i].unix_s, 0, &step, NULL), SALVE_OK);
        assert_true(step == (uint64_t)rows[i].unix_s / TOTP_STEP_SECONDS);
    }
}

static uint64_t found(const char *code, int64_t unix_s, uint64_t used)
{
    uint64_t step = 0;
    assert_int_equal(totp_find(secret(), str_of(code), unix_s, used, &step, NULL), SALVE_OK);
    return step;
}

static void a_code_is_good_for_a_step_around_and_once(void **state)
{
    (void)state;
    const int64_t at = 1234567890; /* in the first second of its step */
    const uint64_t step = 41152263;
    assert_true(found("005924", at, 0) == step);
    assert_true(found("005924", at + 30, 0) == step);
    assert_true(found("005924", at + 59, 0) == step);
    assert_true(found("005924", at - 30, 0) == step);
    assert_true(found("005924", at + 60, 0) == 0);
    assert_true(found("005924", at - 31, 0) == 0);
    assert_true(found("005924", at, step - 1) == step);
    assert_true(found("005924", at, step) == 0);
    assert_true(found("005924", at, step + 1) == 0);
    assert_true(found("005925", at, 0) == 0);
    assert_true(found("05924", at, 0) == 0);
    assert_true(found("0005924", at, 0) == 0);
    assert_true(found("", at, 0) == 0);
    assert_true(found("755224", 0, 0) == 0); /* step 0 is none */
    assert_true(found("287082", 29, 0) == 1);
}

static void a_secret_is_typed_in_base32(void **state)
{
    (void)state;
    char text[TOTP_SECRET_TEXT_BYTES];
    totp_text((const uint8_t *)"12345678901234567890", text);
    assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

/* --- a tablet ----------------------------------------------------------------------------------------------------- */

static void a_tablet_signs_with_its_key(void **state)
{
    (void)state;
    uint8_t point[PASSKEY_POINT_BYTES], other_point[PASSKEY_POINT_BYTES], signature[PASSKEY_POINT_SIGNATURE_BYTES];
    EVP_PKEY *key = EVP_EC_gen("P-256"), *other = EVP_EC_gen("P-256");
    t_point(key, point);
    t_point(other, other_point);
    t_tablet_sign(key, STR("salve"), signature);
    struct str signed_by = str_bytes(signature, sizeof signature);
    assert_true(passkey_point_is(point) && passkey_point_check(point, STR("salve"), signed_by));
    assert_false(passkey_point_check(point, STR("salvf"), signed_by));
    assert_false(passkey_point_check(other_point, STR("salve"), signed_by));
    assert_false(passkey_point_check(point, STR("salve"), str_cut(signed_by, 0, sizeof signature - 1)));
    for (size_t i = 0; i < sizeof signature; i++) {
        signature[i] ^= 0x10;
        assert_false(passkey_point_check(point, STR("salve"), signed_by));
        signature[i] ^= 0x10;
    }
    memset(signature, 0, sizeof signature);
    assert_false(passkey_point_check(point, STR("salve"), signed_by));
    point[64] ^= 1;
    assert_false(passkey_point_is(point));
    point[64] ^= 1;
    point[0] = 2; /* compressed */
    assert_false(passkey_point_is(point));
    memset(point, 0, sizeof point);
    assert_false(passkey_point_is(point));
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
}

/* --- challenges --------------------------------------------------------------------------------------------------- */

static const struct passkey_moment now = {1796040000000, 1796040000000};

static struct passkey_moment after(int64_t guarded_ms, int64_t wall_ms)
{
    return (struct passkey_moment){now.guarded_ms + guarded_ms, now.wall_ms + wall_ms};
}

static void a_challenge_is_good_for_a_minute(void **state)
{
    (void)state;
    struct passkey_challenges *ours = NULL, *others = NULL;
    uint8_t bytes[PASSKEY_CHALLENGE_BYTES];
    struct str challenge = str_bytes(bytes, sizeof bytes);
    assert_int_equal(passkey_challenges_new(&ours, NULL), SALVE_OK);
    assert_int_equal(passkey_challenges_new(&others, NULL), SALVE_OK);
    passkey_challenge(ours, now, bytes);
    assert_true(passkey_challenge_is(ours, now, challenge));
    assert_true(passkey_challenge_is(ours, after(59999, 59999), challenge));
    assert_false(passkey_challenge_is(ours, after(60000, 0), challenge));
    assert_false(passkey_challenge_is(ours, after(0, 60000), challenge)); /* the guarded clock stands still */
    assert_false(passkey_challenge_is(ours, after(0, -1), challenge));    /* that of the machine was set back */
    assert_false(passkey_challenge_is(others, now, challenge));
    assert_false(passkey_challenge_is(ours, now, str_cut(challenge, 0, sizeof bytes - 1)));
    assert_false(passkey_challenge_is(ours, now, STR_NONE));
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] ^= 1;
        assert_false(passkey_challenge_is(ours, now, challenge));
        bytes[i] ^= 1;
    }
    passkey_challenges_drop(&ours);
    passkey_challenges_drop(&others);
    passkey_challenges_drop(&others);
}

static void a_challenge_is_good_once(void **state)
{
    (void)state;
    struct passkey_challenges *ours = NULL;
    uint8_t first[PASSKEY_CHALLENGE_BYTES], one[PASSKEY_CHALLENGE_BYTES];
    assert_int_equal(passkey_challenges_new(&ours, NULL), SALVE_OK);
    passkey_challenge(ours, now, first);
    assert_int_equal(passkey_challenge_use(ours, now, str_bytes(first, sizeof first), NULL), SALVE_OK);
    assert_false(passkey_challenge_is(ours, now, str_bytes(first, sizeof first)));
    for (int i = 1; i < PASSKEY_USED_MAX; i++) {
        passkey_challenge(ours, now, one);
        assert_int_equal(passkey_challenge_use(ours, now, str_bytes(one, sizeof one), NULL), SALVE_OK);
    }
    passkey_challenge(ours, now, one); /* there is no room to remember it, so it is not taken */
    assert_int_equal(passkey_challenge_use(ours, now, str_bytes(one, sizeof one), NULL), SALVE_E_BUSY);
    assert_int_equal(passkey_challenge_use(ours, now, str_bytes(first, sizeof first), NULL), SALVE_E_PIN);
    passkey_challenge(ours, after(60000, 60000), one);
    assert_int_equal(passkey_challenge_use(ours, after(60000, 60000), str_bytes(one, sizeof one), NULL), SALVE_OK);
    passkey_challenges_drop(&ours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_of_rfc_4226),
        cmocka_unit_test(codes_of_rfc_6238),
        cmocka_unit_test(a_code_is_good_for_a_step_around_and_once),
        cmocka_unit_test(a_secret_is_typed_in_base32),
        cmocka_unit_test(a_tablet_signs_with_its_key),
        cmocka_unit_test(a_challenge_is_good_for_a_minute),
        cmocka_unit_test(a_challenge_is_good_once),
    };
    uint8_t bytes[CRYPTO_KEY_BYTES] = "12345678901234567890";
    if (crypto_init(NULL) != SALVE_OK || crypto_keys_new(1, &slots, NULL) != SALVE_OK) return 1;
    crypto_key_import(crypto_keys_at(slots, 0), bytes);
    int failed = t_run(tests);
    crypto_keys_drop(&slots);
    return failed;
}
