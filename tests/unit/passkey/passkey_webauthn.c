/* SPDX-License-Identifier: Apache-2.0
 *
 * Passkeys that are made and shown, by keys of this test and by vectors of the specification. */
#include "t_passkey.h"

#define RP     "clinic.example"
#define ORIGIN "https://clinic.example"

static const struct str origins[] = {{"https://clinic.example", 22}, {"https://clinic.example:8443", 27}};
static const uint8_t challenge_bytes[PASSKEY_CHALLENGE_BYTES] = {1, 2, 3, 250, 251, 252};
static struct t_passkey keys[PASSKEY_ALGS];

static struct str challenge(void) { return str_bytes(challenge_bytes, sizeof challenge_bytes); }

static struct passkey_said said_of(const struct t_passkey *key)
{
    return (struct passkey_said){.rp_id = STR(RP),
                                 .origins = origins,
                                 .origin_count = 2,
                                 .challenge = challenge(),
                                 .authenticator_data = t_str(&key->data),
                                 .client_data = t_str(&key->client)};
}

static enum salve_code made(const struct t_passkey *key)
{
    struct passkey_fresh fresh;
    struct passkey_said said = said_of(key);
    return passkey_made(&said, &fresh, NULL);
}

static enum salve_code shown_by(const struct t_passkey *key, const struct t_bytes *cose)
{
    uint32_t counter = 0;
    struct passkey_said said = said_of(key);
    return passkey_shown(&said, t_str(cose), t_str(&key->signature), &counter, NULL);
}

static enum salve_code shown(const struct t_passkey *key) { return shown_by(key, &key->cose); }

static struct t_passkey fresh(enum passkey_alg alg)
{
    struct t_passkey key = keys[alg];
    t_passkey_make(&key, RP, ORIGIN, challenge());
    return key;
}

static struct t_passkey ready(enum passkey_alg alg)
{
    struct t_passkey key = keys[alg];
    t_passkey_show(&key, RP, ORIGIN, challenge());
    return key;
}

/* --- as it should be ---------------------------------------------------------------------------------------------- */

static void each_kind_of_key_is_made_and_shown(void **state)
{
    (void)state;
    for (int alg = 0; alg < PASSKEY_ALGS; alg++) {
        struct passkey_fresh made_now;
        uint32_t counter = 0;
        enum passkey_alg found = PASSKEY_ES256;
        struct t_passkey key = keys[alg];
        key.counter = 7;
        t_passkey_make(&key, RP, ORIGIN, challenge());
        struct passkey_said said = said_of(&key);
        assert_int_equal(passkey_made(&said, &made_now, NULL), SALVE_OK);
        assert_int_equal(made_now.alg, alg);
        assert_int_equal(made_now.counter, 7);
        assert_true(str_eq(made_now.credential, t_str(&key.credential)));
        assert_true(str_eq(made_now.key, t_str(&key.cose)));
        assert_true(passkey_alg_of(made_now.key, &found) && (int)found == alg);
        key.counter = 8;
        t_passkey_show(&key, RP, "https://clinic.example:8443", challenge());
        said = said_of(&key);
        assert_int_equal(passkey_shown(&said, made_now.key, t_str(&key.signature), &counter, NULL), SALVE_OK);
        assert_int_equal(counter, 8);
    }
}

static void of_another_key_it_is_not(void **state)
{
    (void)state;
    for (int alg = 0; alg < PASSKEY_ALGS; alg++) {
        struct t_passkey other = t_passkey_new((enum passkey_alg)alg, "other"), key = ready((enum passkey_alg)alg);
        assert_int_equal(shown_by(&key, &other.cose), SALVE_E_PIN);
        for (int beside = 0; beside < PASSKEY_ALGS; beside++)
            if (beside != alg) assert_int_equal(shown_by(&key, &keys[beside].cose), SALVE_E_PIN);
        t_passkey_drop(&other);
    }
}

static void no_bit_of_it_may_be_another(void **state)
{
    (void)state;
    for (int alg = 0; alg < PASSKEY_ALGS; alg++) {
        struct t_passkey key = ready((enum passkey_alg)alg);
        struct t_bytes *const parts[] = {&key.data, &key.client, &key.signature};
        for (size_t part = 0; part < 3; part++)
            for (size_t i = 0; i < parts[part]->len; i++) {
                parts[part]->at[i] ^= (uint8_t)(1u << i % 8);
                assert_int_equal(shown(&key), SALVE_E_PIN);
                parts[part]->at[i] ^= (uint8_t)(1u << i % 8);
            }
        assert_int_equal(shown(&key), SALVE_OK);
    }
}

static void nothing_of_it_may_be_missing(void **state)
{
    (void)state;
    for (int alg = 0; alg < PASSKEY_ALGS; alg++) {
        struct t_passkey key = ready((enum passkey_alg)alg), new_one = fresh((enum passkey_alg)alg);
        struct t_bytes *const parts[] = {&key.data, &key.client, &key.signature};
        for (size_t part = 0; part < 3; part++) {
            size_t whole = parts[part]->len;
            for (parts[part]->len = 0; parts[part]->len < whole; parts[part]->len++)
                assert_int_equal(shown(&key), SALVE_E_PIN);
        }
        size_t whole = new_one.data.len;
        for (new_one.data.len = 0; new_one.data.len < whole; new_one.data.len++)
            assert_int_equal(made(&new_one), SALVE_E_INVALID);
        assert_int_equal(made(&new_one), SALVE_OK);
        T_PUT(&new_one.data, "\x00");
        assert_int_equal(made(&new_one), SALVE_E_INVALID);
    }
}

/* --- what the browser says ---------------------------------------------------------------------------------------- */

/* With the client data as given, signed by the key that it is of: what is refused is what it says. */
static enum salve_code says(const char *client)
{
    struct t_passkey key = ready(PASSKEY_ES256);
    key.client.len = strlen(client);
    memcpy(key.client.at, client, key.client.len);
    t_passkey_sign(&key);
    return shown(&key);
}

#define CHALLENGE "AQID-vv8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static void it_says_exactly_what_it_has_to(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "{\"type\":\"webauthn.create\",\"challenge\":\"" CHALLENGE "\",\"origin\":\"" ORIGIN
        "\",\"crossOrigin\":false}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"" CHALLENGE "\",\"origin\":\"" ORIGIN "\",\"crossOrigin\":true}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"" CHALLENGE "\",\"origin\":\"" ORIGIN "\",\"crossOrigin\":falsey}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"" CHALLENGE "\",\"origin\":\"" ORIGIN "\",\"crossOrigin\":false",
        "{\"type\":\"webauthn.get\",\"challenge\":\"" CHALLENGE "\",\"origin\":\"" ORIGIN "\"}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"" CHALLENGE "\",\"origin\":\"" ORIGIN
        ".evil\",\"crossOrigin\":false}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"" CHALLENGE
        "\",\"origin\":\"http://clinic.example\",\"crossOrigin\":false}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"" CHALLENGE "\",\"origin\":\"" ORIGIN
        ":443\",\"crossOrigin\":false}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"" CHALLENGE "=\",\"origin\":\"" ORIGIN "\",\"crossOrigin\":false}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"\",\"origin\":\"" ORIGIN "\",\"crossOrigin\":false}",
        "{\"challenge\":\"" CHALLENGE "\",\"type\":\"webauthn.get\",\"origin\":\"" ORIGIN "\",\"crossOrigin\":false}",
        " {\"type\":\"webauthn.get\",\"challenge\":\"" CHALLENGE "\",\"origin\":\"" ORIGIN "\",\"crossOrigin\":false}",
        "{\"type\": \"webauthn.get\",\"challenge\":\"" CHALLENGE "\",\"origin\":\"" ORIGIN "\",\"crossOrigin\":false}",
        "{\"a\":0,\"type\":\"webauthn.get\",\"challenge\":\"" CHALLENGE "\",\"origin\":\"" ORIGIN
        "\",\"crossOrigin\":false}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) assert_int_equal(says(wrong[i]), SALVE_E_PIN);
    assert_int_equal(says("{\"type\":\"webauthn.get\",\"challenge\":\"" CHALLENGE "\",\"origin\":\"" ORIGIN
                          "\",\"crossOrigin\":false}"),
                     SALVE_OK);
    assert_int_equal(says("{\"type\":\"webauthn.get\",\"challenge\":\"" CHALLENGE "\",\"origin\":\"" ORIGIN
                          "\",\"crossOrigin\":false,\"other_keys_can_be_added_here\":\"x\"}"),
                     SALVE_OK);
}

static void a_site_without_origins_takes_none(void **state)
{
    (void)state;
    uint32_t counter = 0;
    struct passkey_fresh made_now;
    struct t_passkey key = ready(PASSKEY_ES256), new_one = fresh(PASSKEY_ES256);
    struct passkey_said said = said_of(&key), said_new = said_of(&new_one);
    said.origin_count = said_new.origin_count = 0;
    assert_int_equal(passkey_shown(&said, t_str(&key.cose), t_str(&key.signature), &counter, NULL), SALVE_E_PIN);
    assert_int_equal(passkey_made(&said_new, &made_now, NULL), SALVE_E_PIN);
}

static void it_is_for_this_name_and_challenge(void **state)
{
    (void)state;
    static const uint8_t other[PASSKEY_CHALLENGE_BYTES] = {9};
    struct t_passkey key = keys[PASSKEY_ES256];
    t_passkey_show(&key, "example", ORIGIN, challenge());
    assert_int_equal(shown(&key), SALVE_E_PIN);
    t_passkey_show(&key, RP, ORIGIN, str_bytes(other, sizeof other));
    assert_int_equal(shown(&key), SALVE_E_PIN);
    t_passkey_make(&key, "example", ORIGIN, challenge());
    assert_int_equal(made(&key), SALVE_E_PIN);
    t_passkey_make(&key, RP, "https://example", challenge());
    assert_int_equal(made(&key), SALVE_E_PIN);
    t_passkey_make(&key, RP, ORIGIN, str_bytes(other, sizeof other));
    assert_int_equal(made(&key), SALVE_E_PIN);
}

/* --- what the authenticator says ---------------------------------------------------------------------------------- */

static enum salve_code with_flags(unsigned flags, bool is_made)
{
    struct t_passkey key = keys[PASSKEY_ES256];
    key.flags = flags;
    if (is_made) {
        t_passkey_make(&key, RP, ORIGIN, challenge());
        return made(&key);
    }
    t_passkey_show(&key, RP, ORIGIN, challenge());
    return shown(&key);
}

static void the_user_was_there_and_verified(void **state)
{
    (void)state;
    assert_int_equal(with_flags(T_UP, true), SALVE_E_INVALID);
    assert_int_equal(with_flags(T_UV, true), SALVE_E_INVALID);
    assert_int_equal(with_flags(0, true), SALVE_E_INVALID);
    assert_int_equal(with_flags(T_UP, false), SALVE_E_PIN);
    assert_int_equal(with_flags(T_UV, false), SALVE_E_PIN);
    assert_int_equal(with_flags(0, false), SALVE_E_PIN);
    assert_int_equal(with_flags(T_UP | T_UV | T_BE | T_BS, true), SALVE_OK); /* one that is synchronised is taken */
    assert_int_equal(with_flags(T_UP | T_UV | T_BE | T_BS, false), SALVE_OK);
    assert_int_equal(with_flags(T_UP | T_UV | T_BS, true), SALVE_E_INVALID); /* copied, and may not be */
    assert_int_equal(with_flags(T_UP | T_UV | T_BS, false), SALVE_E_PIN);
    assert_int_equal(with_flags(T_UP | T_UV | T_AT, false), SALVE_E_PIN);
}

/* Outputs of extensions, unasked. */
static enum salve_code with_extensions(const char *bytes, size_t len, bool is_made)
{
    struct t_passkey key = keys[PASSKEY_ES256];
    key.flags |= T_ED;
    if (is_made)
        t_passkey_make(&key, RP, ORIGIN, challenge());
    else
        t_passkey_show(&key, RP, ORIGIN, challenge());
    t_put(&key.data, bytes, len);
    if (!is_made) t_passkey_sign(&key);
    return is_made ? made(&key) : shown(&key);
}

static void outputs_of_extensions_are_passed_over(void **state)
{
    (void)state;
    static const char protect[] = "\xa1\x6b"
                                  "credProtect"
                                  "\x02";
    static char large[1025] = "\xa1";
    assert_int_equal(with_extensions(protect, sizeof protect - 1, true), SALVE_OK);
    assert_int_equal(with_extensions(protect, sizeof protect - 1, false), SALVE_OK);
    assert_int_equal(with_extensions("", 0, true), SALVE_E_INVALID);
    assert_int_equal(with_extensions("", 0, false), SALVE_E_PIN);
    assert_int_equal(with_extensions("\x01", 1, true), SALVE_E_INVALID);
    assert_int_equal(with_extensions("\x01", 1, false), SALVE_E_PIN);
    assert_int_equal(with_extensions(large, sizeof large - 1, false), SALVE_OK);
    assert_int_equal(with_extensions(large, sizeof large, false), SALVE_E_PIN);
}

static void credentials_have_their_length(void **state)
{
    (void)state;
    struct t_passkey key = keys[PASSKEY_ES256];
    key.credential.len = PASSKEY_CREDENTIAL_BYTES_MAX;
    t_passkey_make(&key, RP, ORIGIN, challenge());
    assert_int_equal(made(&key), SALVE_OK);
    key.credential.len++;
    t_passkey_make(&key, RP, ORIGIN, challenge());
    assert_int_equal(made(&key), SALVE_E_INVALID);
    key.credential.len = 0;
    t_passkey_make(&key, RP, ORIGIN, challenge());
    assert_int_equal(made(&key), SALVE_E_INVALID);
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

static enum salve_code with_key(const struct t_bytes *cose)
{
    struct t_passkey key = keys[PASSKEY_ES256];
    key.cose = *cose;
    t_passkey_make(&key, RP, ORIGIN, challenge());
    return made(&key);
}

static void keys_have_one_form(void **state)
{
    (void)state;
    struct t_bytes cose = keys[PASSKEY_ES256].cose, rsa = keys[PASSKEY_RS256].cose;
    cose.at[cose.len - 1] ^= 1; /* no point of the curve */
    assert_int_equal(with_key(&cose), SALVE_E_INVALID);
    cose = keys[PASSKEY_ES256].cose;
    cose.at[4] = 0x38; /* another algorithm */
    assert_int_equal(with_key(&cose), SALVE_E_INVALID);
    cose = keys[PASSKEY_ES256].cose;
    cose.at[6] = 2; /* another curve */
    assert_int_equal(with_key(&cose), SALVE_E_INVALID);
    cose = (struct t_bytes){.len = 0}; /* the same in another order */
    T_PUT(&cose, "\xa5\x03\x26\x01\x02");
    t_put(&cose, keys[PASSKEY_ES256].cose.at + 5, keys[PASSKEY_ES256].cose.len - 5);
    assert_int_equal(with_key(&cose), SALVE_E_INVALID);
    assert_int_equal(with_key(&rsa), SALVE_OK);
    rsa.at[rsa.len - 1] = 3; /* exponent */
    assert_int_equal(with_key(&rsa), SALVE_E_INVALID);
    rsa = keys[PASSKEY_RS256].cose;
    rsa.at[11] = 0x7f; /* a modulus of fewer bits */
    assert_int_equal(with_key(&rsa), SALVE_E_INVALID);
    rsa = keys[PASSKEY_RS256].cose;
    rsa.at[11 + 255] &= 0xfe; /* an even one */
    assert_int_equal(with_key(&rsa), SALVE_E_INVALID);
}

/* A point of small order verifies what nobody signed. */
static void a_weak_key_signs_nothing(void **state)
{
    (void)state;
    struct t_passkey key = ready(PASSKEY_EDDSA);
    struct t_bytes weak = key.cose;
    memset(weak.at + 10, 0, 32);
    weak.at[10] = 1;
    key.signature.len = 64;
    memset(key.signature.at, 0, 64);
    key.signature.at[0] = 1;
    assert_int_equal(shown_by(&key, &weak), SALVE_E_PIN);
}

/* --- vectors of the specification: WebAuthn level 3, 16 ----------------------------------------------------------- */

/* "Packed Attestation with ES256 Credential", of which the attestation is left, and the same with crossOrigin. */
struct vector {
    const char *made_challenge, *made_data, *made_client, *challenge, *data, *client, *signature;
    enum salve_code code;
};
static const struct vector vectors[] = {
    {"c1184a5fddf8045e13dc47f54b61f5a656b666b59018f16d870e9256e9952012",
     "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b54d00000000876ca4f52071c3e9b25509ef2cdf7ed6002"
     "0c9a6f5b3462d02873fea0c56862234f99f081728084e511bb7760201a89054a5a50102032620012158201cf27f25da591208a4239c2e"
     "324f104f585525479a29edeedd830f48e77aeae522582059e4b7da6c0106e206ce390c93ab98a15a5ec3887e57f0cc2bece803b920c42"
     "3",
     "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a227752684b58393334424634543345663"
     "153324831706c61325a725751475046746877365356756d56494249222c226f726967696e223a2268747470733a2f2f6578616d706c65"
     "2e6f7267222c2263726f73734f726967696e223a66616c73652c22657874726144617461223a22636c69656e74446174614a534f4e206"
     "d617920626520657874656e6465642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c2073"
     "75636820617320746869733a20396138624e596a4b436757724258552d66436c316167227d",
     "b1106fa46a57bef1781511c0557dc898a03413d5f0f17d244630c194c7e1adb5",
     "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50d00000000",
     "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a227352427670477058767646344652484156583"
     "3496d4b4130453958773858306b526a44426c4d6668726255222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f72"
     "67222c2263726f73734f726967696e223a66616c73652c22657874726144617461223a22636c69656e74446174614a534f4e206d61792"
     "0626520657874656e6465642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c2073756368"
     "20617320746869733a20415a4d77794d78496244382d756775464e7036723851227d",
     "30450220694969d3ee928de6f02ef23a9c644d7d779916451734a94b432542f498a1ebe90221008b0819c824218a97152cd099c55bfb1"
     "477b29d900a49a64018314f9bfccda163",
     SALVE_OK},
    {"3be5aacd03537142472340ab5969f240f1d87716e20b6807ac230655fa4b3b49",
     "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b54500000000883f4f6014f19c09d87aa38123be48d0002"
     "06e1050c0d2ca2f07c755cb2c66a74c64fa43065c18f938354d9915db2bd5ce57a501020326200121582022200a473f90b11078851550"
     "d03b4e44a2279f8c4eca27b3153dedfe03e4e97d225820cbd0be95e746ad6f5a8191be11756e4c0420e72f65b466d39bc56b8b123a9c6"
     "e",
     "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a224f2d57717a514e5463554a484930437"
     "257576e7951504859647862694332674872434d475666704c4f306b222c226f726967696e223a2268747470733a2f2f6578616d706c65"
     "2e6f7267222c2263726f73734f726967696e223a747275652c22657874726144617461223a22636c69656e74446174614a534f4e206d6"
     "17920626520657874656e6465642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c207375"
     "636820617320746869733a207a5a7175457444523944577170573574425754467567227d",
     "876aa517ba83fdee65fcffdbca4c84eeae5d54f8041a1fc85c991e5bbb273137",
     "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50500000000",
     "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a226832716c463771445f65356c5f505f62796b7"
     "945377135645650674547685f49584a6b655737736e4d5463222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f72"
     "67222c2263726f73734f726967696e223a747275652c22657874726144617461223a22636c69656e74446174614a534f4e206d6179206"
     "26520657874656e6465642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c207375636820"
     "617320746869733a2039327063545644304162792d713464746d6a36656667227d",
     "3046022100eb12fcf23b12764c0f122e22371fab92e283879fd798f38ee1841c951b6e40e7022100c76237ff9db77b3c56f30837cda6a"
     "09acfa2e915544e609c0733b1184036d1cf",
     SALVE_E_PIN},
};

static struct t_bytes from_hex(const char *hex)
{
    struct t_bytes out = {.len = strlen(hex) / 2};
    if (!str_hex_parse(str_of(hex), out.at, out.len)) abort();
    return out;
}

static void vectors_of_the_specification(void **state)
{
    (void)state;
    static const struct str origin = {"https://example.org", 19};
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        const struct vector *v = &vectors[i];
        struct t_bytes challenges = from_hex(v->made_challenge), data = from_hex(v->made_data);
        struct t_bytes client = from_hex(v->made_client), signature = from_hex(v->signature);
        struct passkey_fresh made_now;
        uint32_t counter = 1;
        struct passkey_said said = {.rp_id = STR("example.org"),
                                    .origins = &origin,
                                    .origin_count = 1,
                                    .challenge = t_str(&challenges),
                                    .authenticator_data = t_str(&data),
                                    .client_data = t_str(&client)};
        assert_int_equal(passkey_made(&said, &made_now, NULL), v->code);
        struct t_bytes cose = {.len = 0};
        t_put(&cose, made_now.key.ptr, made_now.key.len);
        challenges = from_hex(v->challenge);
        data = from_hex(v->data);
        client = from_hex(v->client);
        said.challenge = t_str(&challenges);
        said.authenticator_data = t_str(&data);
        said.client_data = t_str(&client);
        assert_int_equal(passkey_shown(&said, t_str(&cose), t_str(&signature), &counter, NULL), v->code);
        assert_int_equal(counter, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_key_is_made_and_shown),
        cmocka_unit_test(of_another_key_it_is_not),
        cmocka_unit_test(no_bit_of_it_may_be_another),
        cmocka_unit_test(nothing_of_it_may_be_missing),
        cmocka_unit_test(it_says_exactly_what_it_has_to),
        cmocka_unit_test(a_site_without_origins_takes_none),
        cmocka_unit_test(it_is_for_this_name_and_challenge),
        cmocka_unit_test(the_user_was_there_and_verified),
        cmocka_unit_test(outputs_of_extensions_are_passed_over),
        cmocka_unit_test(credentials_have_their_length),
        cmocka_unit_test(keys_have_one_form),
        cmocka_unit_test(a_weak_key_signs_nothing),
        cmocka_unit_test(vectors_of_the_specification),
    };
    if (crypto_init(NULL) != SALVE_OK) return 1;
    for (int alg = 0; alg < PASSKEY_ALGS; alg++) {
        char credential[PASSKEY_CREDENTIAL_BYTES_MAX + 2];
        memset(credential, 'a' + alg, sizeof credential - 1);
        credential[sizeof credential - 1] = '\0';
        keys[alg] = t_passkey_new((enum passkey_alg)alg, credential);
        keys[alg].credential.len = 24;
    }
    int failed = t_run(tests);
    for (int alg = 0; alg < PASSKEY_ALGS; alg++) t_passkey_drop(&keys[alg]);
    return failed;
}
