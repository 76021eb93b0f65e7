/* SPDX-License-Identifier: Apache-2.0
 * Names, the authority of a site and what it may certify, judged by OpenSSL's own verification of chains. */
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "tls/tls_int.h"
#include "tls_case.h"

static void names_are_those_that_browsers_take(void **state)
{
    static const char *const good[] = {"salve.home.arpa",
                                       "clinic.example",
                                       "a.b",
                                       "x1.y-2.z3",
                                       "xn--bcher-kva.example",
                                       "my.clinic.example",
                                       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example"};
    static const char *const bad[] = {"",
                                      "clinic",
                                      "localhost",
                                      "a.localhost",
                                      "van.local",
                                      "192.0.2.1",
                                      "clinic.1",
                                      "Clinic.example",
                                      "a..b",
                                      ".a.b",
                                      "a.b.",
                                      "-a.b",
                                      "a-.b",
                                      "a b.c",
                                      "a_b.example",
                                      "clinic.example:443",
                                      "[::1]",
                                      "cl\xc3\xa9.example",
                                      "a.b,DNS:evil.example",
                                      "*.clinic.example",
                                      "a.0x7f",
                                      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (tls_name_check(str_of(good[i]), "name", NULL) != SALVE_OK) fail_msg("refused: %s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (tls_name_check(str_of(bad[i]), "name", NULL) != SALVE_E_CONFIG) fail_msg("taken: %s", bad[i]);
}

static void words_are_told_apart(void **state)
{
    uint8_t zeros[TLS_FINGERPRINT_BYTES] = {0}, ones[TLS_FINGERPRINT_BYTES];
    char text[TLS_WORDS_BYTES], other[TLS_WORDS_BYTES], hex[TLS_FINGERPRINT_TEXT_BYTES];
    (void)state;
    memset(ones, 0xff, sizeof ones);
    tls_words(zeros, text);
    size_t count = 1;
    for (const char *at = text; *at != '\0'; at++) count += *at == ' ';
    assert_int_equal(count, TLS_WORDS);
    for (size_t i = 0; i < TLS_WORDS; i++) { /* each of the bytes that have a word changes it */
        zeros[i] = 1;
        tls_words(zeros, other);
        assert_string_not_equal(text, other);
        zeros[i] = 0;
    }
    tls_fingerprint_text(ones, hex);
    assert_int_equal(strlen(hex), 95);
    assert_memory_equal(hex, "FF:FF:", 6);
}

/* --- the authority ------------------------------------------------------------------------------------------------ */

static void an_authority_is_read_by_its_seed_alone(void **state)
{
    struct tls_case run;
    struct tls_certificate read;
    struct crypto_keys *other;
    (void)state;
    tls_case_open(&run);
    assert_ok(tls_authority_read(run.authority.der, tls_case_seed(&run), run.mem, &read, NULL));
    assert_str(read.name, TLS_CASE_NAME);
    assert_true(read.from_unix_ms < TLS_CASE_NOW);
    assert_true(read.until_unix_ms == TLS_CASE_NOW + INT64_C(3650) * 86400000);
    assert_ok(crypto_keys_new(1, &other, NULL));
    crypto_key_random(crypto_keys_at(other, 0));
    assert_code(tls_authority_read(run.authority.der, crypto_keys_at(other, 0), run.mem, &read, NULL),
                SALVE_E_INTEGRITY);
    crypto_keys_drop(&other);
    assert_code(tls_authority_read(run.leaf.der, tls_case_seed(&run), run.mem, &read, NULL), SALVE_E_INTEGRITY);
    tls_case_close(&run);
}

static void each_changed_byte_of_it_is_found(void **state)
{
    struct tls_case run;
    struct tls_certificate read;
    (void)state;
    tls_case_open(&run);
    char *bytes = malloc(run.authority.der.len);
    for (size_t i = 0; i < run.authority.der.len; i += T_IS_SANITIZED ? 7 : 1) {
        struct arena *mem = arena_open(1 << 16);
        memcpy(bytes, run.authority.der.ptr, run.authority.der.len);
        bytes[i] = (char)(bytes[i] ^ 1);
        if (tls_authority_read(str_make(bytes, run.authority.der.len), tls_case_seed(&run), mem, &read, NULL) !=
            SALVE_E_INTEGRITY)
            fail_msg("byte %zu", i);
        arena_close(mem);
    }
    free(bytes);
    tls_case_close(&run);
}

static void two_authorities_of_one_name_have_two_keys(void **state)
{
    struct tls_case run;
    struct tls_certificate second;
    const struct tls_ask ask = {.name = STR(TLS_CASE_NAME), .now_unix_ms = TLS_CASE_NOW};
    (void)state;
    tls_case_open(&run);
    assert_ok(tls_authority_make(&ask, tls_case_seed(&run), run.mem, &second, NULL));
    X509 *a = tls_x509_parse(run.authority.der), *b = tls_x509_parse(second.der);
    assert_int_not_equal(EVP_PKEY_eq(X509_get0_pubkey(a), X509_get0_pubkey(b)), 1);
    X509_free(a);
    X509_free(b);
    tls_case_close(&run);
}

/* --- what it may certify, judged by X509_verify_cert -------------------------------------------------------------- */

/* What somebody who has the authority's key could make: any extensions. */
struct forged {
    const char *names, *uses;
    bool is_authority;
};

static bool add(X509 *x509, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, x509, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool is = extension != NULL && X509_add_ext(x509, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return is;
}

static X509 *forge(X509 *issuer, EVP_PKEY *issuer_key, EVP_PKEY *key, const struct forged *what)
{
    X509 *x509 = X509_new();
    time_t now = (time_t)(TLS_CASE_NOW / 1000);
    assert_int_equal(X509_set_version(x509, X509_VERSION_3), 1);
    (void)ASN1_INTEGER_set(X509_get_serialNumber(x509), 77);
    (void)X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "O", MBSTRING_ASC,
                                     (const unsigned char *)(what->is_authority ? "below" : "forged"), -1, -1, 0);
    (void)X509_set_issuer_name(x509, X509_get_subject_name(issuer));
    (void)ASN1_TIME_set(X509_getm_notBefore(x509), now - 1000);
    (void)ASN1_TIME_set(X509_getm_notAfter(x509), now + 1000);
    (void)X509_set_pubkey(x509, key);
    assert_true(add(x509, issuer, NID_basic_constraints, what->is_authority ? "critical,CA:TRUE" : "CA:FALSE"));
    assert_true(add(x509, issuer, NID_key_usage, what->is_authority ? "keyCertSign" : "digitalSignature"));
    assert_true(add(x509, issuer, NID_ext_key_usage, what->uses));
    if (what->names != NULL) assert_true(add(x509, issuer, NID_subject_alt_name, what->names));
    assert_true(X509_sign(x509, issuer_key, EVP_sha256()) > 0);
    return x509;
}

static int verify(X509 *root, X509 *between, X509 *leaf, int purpose)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    STACK_OF(X509) *others = sk_X509_new_null();
    assert_int_equal(X509_STORE_add_cert(store, root), 1);
    if (between != NULL) (void)sk_X509_push(others, between);
    assert_int_equal(X509_STORE_CTX_init(context, store, leaf, others), 1);
    X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(context), (time_t)(TLS_CASE_NOW / 1000));
    (void)X509_STORE_CTX_set_purpose(context, purpose);
    int code = X509_verify_cert(context) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    sk_X509_free(others);
    ERR_clear_error();
    return code;
}

/* The private key that only the gate can work out. */
static EVP_PKEY *stolen_key(const struct tls_case *run, X509 *root)
{
    uint8_t serial[TLS_SERIAL_BYTES];
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(root), NULL);
    assert_int_equal(BN_bn2binpad(number, serial, sizeof serial), sizeof serial);
    BN_free(number);
    return tls_authority_key(tls_case_seed(run), STR(TLS_CASE_NAME), serial);
}

static void even_its_key_certifies_nothing_but_its_name(void **state)
{
    static const struct {
        struct forged what;
        int want, purpose;
    } rows[] = {
        {{"DNS:clinic.example", "serverAuth", false}, X509_V_OK, X509_PURPOSE_SSL_SERVER},
        {{"DNS:deep.my.clinic.example", "serverAuth", false}, X509_V_OK, X509_PURPOSE_SSL_SERVER},
        {{"DNS:bank.example", "serverAuth", false}, X509_V_ERR_PERMITTED_VIOLATION, X509_PURPOSE_SSL_SERVER},
        {{"DNS:notclinic.example", "serverAuth", false}, X509_V_ERR_PERMITTED_VIOLATION, X509_PURPOSE_SSL_SERVER},
        {{"DNS:clinic.example,DNS:bank.example", "serverAuth", false},
         X509_V_ERR_PERMITTED_VIOLATION,
         X509_PURPOSE_SSL_SERVER},
        {{"DNS:*.example", "serverAuth", false}, X509_V_ERR_PERMITTED_VIOLATION, X509_PURPOSE_SSL_SERVER},
        {{"IP:192.0.2.1", "serverAuth", false}, X509_V_ERR_EXCLUDED_VIOLATION, X509_PURPOSE_SSL_SERVER},
        {{"IP:2001:db8::1", "serverAuth", false}, X509_V_ERR_EXCLUDED_VIOLATION, X509_PURPOSE_SSL_SERVER},
        {{"DNS:clinic.example", "clientAuth", false}, X509_V_ERR_INVALID_PURPOSE, X509_PURPOSE_SSL_CLIENT},
        {{"DNS:clinic.example", "emailProtection", false}, X509_V_ERR_INVALID_PURPOSE, X509_PURPOSE_SMIME_SIGN},
    };
    struct tls_case run;
    (void)state;
    tls_case_open(&run);
    X509 *root = tls_x509_parse(run.authority.der), *leaf = tls_x509_parse(run.leaf.der);
    EVP_PKEY *stolen = stolen_key(&run, root), *key = EVP_EC_gen("P-256");
    assert_int_equal(verify(root, NULL, leaf, X509_PURPOSE_SSL_SERVER), X509_V_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        X509 *forged = forge(root, stolen, key, &rows[i].what);
        int got = verify(root, NULL, forged, rows[i].purpose);
        if (got != rows[i].want) fail_msg("%s: %s", rows[i].what.names, X509_verify_cert_error_string(got));
        X509_free(forged);
    }
    X509 *below = forge(root, stolen, key, &(struct forged){NULL, "serverAuth", true});
    X509 *under = forge(below, key, key, &(struct forged){"DNS:clinic.example", "serverAuth", false});
    assert_int_equal(verify(root, below, under, X509_PURPOSE_SSL_SERVER), X509_V_ERR_PATH_LENGTH_EXCEEDED);
    X509_free(under);
    X509_free(below);
    EVP_PKEY_free(stolen);
    EVP_PKEY_free(key);
    X509_free(leaf);
    X509_free(root);
    tls_case_close(&run);
}

static void what_is_certified_is_for_its_two_names_and_a_week(void **state)
{
    struct tls_case run;
    uint8_t point[TLS_POINT_BYTES] = {4, 1, 2, 3};
    struct tls_certificate out;
    (void)state;
    tls_case_open(&run);
    assert_str(run.leaf.name, TLS_CASE_NAME);
    assert_true(run.leaf.until_unix_ms == TLS_CASE_NOW + INT64_C(7) * 86400000);
    X509 *leaf = tls_x509_parse(run.leaf.der);
    assert_int_equal(X509_check_host(leaf, "clinic.example", 0, 0, NULL), 1);
    assert_int_equal(X509_check_host(leaf, "my.clinic.example", 0, 0, NULL), 1);
    assert_int_equal(X509_check_host(leaf, "other.clinic.example", 0, 0, NULL), 0);
    X509_free(leaf);
    assert_code(tls_certify(&run.authority, tls_case_seed(&run), point, TLS_CASE_NOW, run.mem, &out, NULL),
                SALVE_E_INVALID);
    assert_code(tls_certify(&run.authority, tls_case_seed(&run), tls_key_point(run.key), run.authority.until_unix_ms,
                            run.mem, &out, NULL),
                SALVE_E_CONFIG);
    int64_t last = run.authority.until_unix_ms - 86400000;
    assert_ok(tls_certify(&run.authority, tls_case_seed(&run), tls_key_point(run.key), last, run.mem, &out, NULL));
    assert_true(out.until_unix_ms == run.authority.until_unix_ms); /* never longer than the authority */
    tls_case_close(&run);
}

static void pem_is_the_same_bytes(void **state)
{
    struct tls_case run;
    struct str pem;
    (void)state;
    tls_case_open(&run);
    assert_ok(tls_pem(run.authority.der, run.mem, &pem, NULL));
    assert_true(str_starts(pem, STR("-----BEGIN CERTIFICATE-----\n")));
    assert_code(tls_pem(STR("no certificate"), run.mem, &pem, NULL), SALVE_E_INVALID);
    tls_case_close(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_those_that_browsers_take),
        cmocka_unit_test(words_are_told_apart),
        cmocka_unit_test(an_authority_is_read_by_its_seed_alone),
        cmocka_unit_test(each_changed_byte_of_it_is_found),
        cmocka_unit_test(two_authorities_of_one_name_have_two_keys),
        cmocka_unit_test(even_its_key_certifies_nothing_but_its_name),
        cmocka_unit_test(what_is_certified_is_for_its_two_names_and_a_week),
        cmocka_unit_test(pem_is_the_same_bytes),
    };
    if (crypto_init(NULL) != SALVE_OK) return 1;
    return t_run(tests);
}
