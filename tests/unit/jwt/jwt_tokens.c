/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys and signed tokens: each algorithm signs what its public key checks, and nothing else is theirs. */
#include "base/arena.h"
#include "base/buf.h"
#include "crypto/crypto.h"
#include "jwt/jwt.h"
#include "t.h"

static struct arena *mem;

struct pair {
    struct jwt_signer *signer;
    struct jwt_keys keys;
    struct str token;
};

static struct pair make(enum jwt_alg alg)
{
    struct pair pair = {.keys.count = 1};
    uint8_t secret[JWT_SECRET_BYTES_MAX];
    size_t len = 0;
    assert_ok(jwt_secret_make(alg, secret, sizeof secret, &len, NULL));
    assert_ok(jwt_signer_open(alg, str_bytes(secret, len), &pair.signer, NULL));
    assert_ok(jwt_signer_key(pair.signer, mem, &pair.keys.list[0], NULL));
    assert_ok(jwt_sign(pair.signer, STR("{\"iss\":\"heart\"}"), mem, &pair.token, NULL));
    return pair;
}

static bool verifies(const struct pair *pair, struct str token)
{
    const struct json *claims = NULL;
    return jwt_verify(token, &pair->keys, mem, &claims, NULL) == SALVE_OK && claims != NULL;
}

/* The token with another head, which nobody signed. */
static struct str with_head(const struct pair *pair, const char *head)
{
    char text[400];
    ptrdiff_t point = str_find(pair->token, STR("."));
    crypto_base64url(head, strlen(head), text);
    return arena_printf(mem, "%s%.*s", text, STR_ARGS(str_cut(pair->token, (size_t)point, pair->token.len)));
}

static void what_a_key_signs_it_checks(void **state)
{
    (void)state;
    for (int alg = 0; alg < JWT_ALGS; alg++) {
        struct pair pair = make((enum jwt_alg)alg), other = make((enum jwt_alg)alg);
        assert_true(verifies(&pair, pair.token));
        assert_false(verifies(&other, pair.token));
        for (size_t i = 0; i < pair.token.len; i += 7) {
            char *copy = arena_alloc(mem, pair.token.len);
            memcpy(copy, pair.token.ptr, pair.token.len);
            copy[i] = copy[i] == 'A' ? 'B' : 'A';
            assert_false(verifies(&pair, str_make(copy, pair.token.len)));
        }
        assert_false(verifies(&pair, str_cut(pair.token, 0, pair.token.len - 4)));
        jwt_signer_close(&pair.signer);
        jwt_signer_close(&other.signer);
    }
}

static void a_head_chooses_no_key_and_no_algorithm(void **state)
{
    (void)state;
    static const char *const heads[] = {"{\"alg\":\"none\"}",
                                        "{\"alg\":\"HS256\"}",
                                        "{\"alg\":\"ES256\"}",
                                        "{\"alg\":\"ES384\",\"jku\":\"https://evil.example\"}",
                                        "{\"alg\":\"ES384\",\"crit\":[\"exp\"]}",
                                        "{\"alg\":\"ES384\",\"kid\":\"x\"}"};
    struct pair pair = make(JWT_ES384);
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        assert_false(verifies(&pair, with_head(&pair, heads[i])));
    assert_false(verifies(&pair, STR("")) || verifies(&pair, STR("a.b")) || verifies(&pair, STR("a.b.c")));
    ptrdiff_t point = str_find(pair.token, STR("."));
    assert_false(verifies(&pair, arena_printf(mem, "%.*s..", (int)point, pair.token.ptr)));
    jwt_signer_close(&pair.signer);
}

static enum salve_code read_set(const char *json, struct jwt_keys *out)
{
    const struct json *set = NULL;
    assert_ok(json_read(str_of(json), NULL, mem, &set, NULL));
    return jwt_keys_read(set, mem, out, NULL);
}

/* The key of RFC 7515, A.3. */
#define POINT                                                                                                          \
    "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","                          \
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""

static void a_set_has_public_keys_alone(void **state)
{
    (void)state;
    struct jwt_keys keys;
    assert_ok(read_set("{\"keys\":[{" POINT "},{\"kty\":\"oct2\"}]}", &keys));
    assert_true(keys.count == 1 && keys.list[0].alg == JWT_ES256);
    assert_code(read_set("{\"keys\":[{" POINT ",\"d\":\"AQ\"}]}", &keys), SALVE_E_INVALID);
    assert_code(read_set("{\"keys\":[{" POINT ",\"use\":\"enc\"}]}", &keys), SALVE_E_INVALID);
    assert_code(read_set("{\"keys\":[{" POINT ",\"kid\":\"a\"},{" POINT ",\"kid\":\"a\"}]}", &keys), SALVE_E_INVALID);
    assert_code(read_set("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"AQ\"}]}", &keys),
                SALVE_E_INVALID);
    assert_code(read_set("{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}", &keys), SALVE_E_INVALID);
    assert_code(read_set("{\"keys\":[]}", &keys), SALVE_E_INVALID);
    assert_code(read_set("[]", &keys), SALVE_E_INVALID);
}

/* The token of RFC 7515, A.3. */
static void a_token_of_the_standard_verifies(void **state)
{
    (void)state;
    struct pair pair = {.signer = NULL};
    assert_ok(read_set("{\"keys\":[{" POINT "}]}", &pair.keys));
    assert_true(
        verifies(&pair, STR("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
                            "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw"
                            "5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")));
}

static int open_memory(void **state)
{
    (void)state;
    mem = arena_open(64 << 20);
    return mem == NULL || crypto_init(NULL) != SALVE_OK;
}

static int close_memory(void **state)
{
    (void)state;
    arena_close(mem);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_a_key_signs_it_checks, open_memory, close_memory),
        cmocka_unit_test_setup_teardown(a_head_chooses_no_key_and_no_algorithm, open_memory, close_memory),
        cmocka_unit_test_setup_teardown(a_set_has_public_keys_alone, open_memory, close_memory),
        cmocka_unit_test_setup_teardown(a_token_of_the_standard_verifies, open_memory, close_memory),
    };
    return t_run(tests);
}
