/* SPDX-License-Identifier: Apache-2.0
 * Connections against OpenSSL's own client: what is spoken, what is refused, bounds, and certificates that change
 * meanwhile. */
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "tls/tls_int.h"
#include "tls_case.h"

/* --- talking ------------------------------------------------------------------------------------------------------ */

static void echo(SSL *client, struct tls_pipe *pipe, size_t at_once)
{
    static char sent[40000], got[40000];
    size_t have = 0;
    uint64_t seed = 5;
    for (size_t i = 0; i < sizeof sent; i++) sent[i] = (char)t_random(&seed);
    assert_int_equal(SSL_write(client, sent, sizeof sent), sizeof sent);
    for (int i = 0; i < 200 && have < sizeof got; i++) {
        (void)tls_case_carry(client, pipe, at_once);
        for (size_t n; (n = tls_pipe_take(pipe, got + have, sizeof got - have < 777 ? sizeof got - have : 777)) > 0;)
            have += n;
    }
    assert_int_equal(have, sizeof got);
    assert_memory_equal(sent, got, sizeof got);
    assert_int_equal(tls_pipe_put(pipe, str_make(got, sizeof got)), sizeof got);
    (void)tls_case_carry(client, pipe, at_once);
    memset(got, 0, sizeof got);
    have = 0;
    for (int n; have < sizeof got && (n = SSL_read(client, got + have, (int)(sizeof got - have))) > 0;)
        have += (size_t)n;
    assert_int_equal(have, sizeof got);
    assert_memory_equal(sent, got, sizeof got);
}

static void bytes_go_both_ways_in_pieces_of_any_size(void **state)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    static const size_t pieces[] = {1, 7, 1000, 4096};
    struct tls_case run;
    (void)state;
    tls_case_open(&run);
    for (size_t i = 0; i < 8; i++) {
        SSL *client = tls_case_client(&run, i % 2 == 0 ? TLS_CASE_NAME : "my." TLS_CASE_NAME, versions[i / 4]);
        struct tls_pipe *pipe = tls_pipe_open(run.server);
        tls_case_talk_in(client, pipe, pieces[i % 4]);
        assert_int_equal(tls_pipe_state(pipe), TLS_OPEN);
        assert_int_equal(SSL_version(client), versions[i / 4]);
        echo(client, pipe, pieces[i % 4]);
        assert_int_equal(SSL_shutdown(client), 0);
        char rest[8];
        (void)tls_case_carry(client, pipe, 4096);
        assert_int_equal(tls_pipe_take(pipe, rest, sizeof rest), 0);
        assert_int_equal(tls_pipe_state(pipe), TLS_ENDED);
        assert_int_equal(tls_pipe_put(pipe, STR("bye")), 3); /* our side may still speak */
        tls_pipe_end(pipe);
        SSL_free(client);
        tls_pipe_close(pipe);
    }
    tls_case_close(&run);
}

static void what_waits_is_bounded(void **state)
{
    static char big[1 << 20];
    struct tls_case run;
    (void)state;
    tls_case_open(&run);
    SSL *client = tls_case_client(&run, TLS_CASE_NAME, 0);
    struct tls_pipe *pipe = tls_pipe_open(run.server);
    tls_case_talk(client, pipe);
    size_t put = tls_pipe_put(pipe, str_make(big, sizeof big));
    assert_true(put >= TLS_SEALED_BYTES_MAX - (1 << 10) && put <= TLS_SEALED_BYTES_MAX + (16 << 10));
    assert_int_equal(tls_pipe_put(pipe, str_make(big, sizeof big)), 0);
    tls_pipe_sent(pipe, tls_pipe_waits(pipe).len);
    assert_true(tls_pipe_put(pipe, str_make(big, sizeof big)) > 0);
    SSL_free(client);
    tls_pipe_close(pipe);
    tls_case_close(&run);
}

/* --- what is not spoken ------------------------------------------------------------------------------------------- */

static enum tls_state ends_in(struct tls_case *run, SSL *client)
{
    struct tls_pipe *pipe = tls_pipe_open(run->server);
    tls_case_talk(client, pipe);
    enum tls_state state = tls_pipe_state(pipe);
    tls_pipe_close(pipe);
    SSL_free(client);
    return state;
}

static void other_versions_names_and_protocols_are_refused(void **state)
{
    struct tls_case run;
    (void)state;
    tls_case_open(&run);
    SSL *old = tls_case_client(&run, TLS_CASE_NAME, TLS1_1_VERSION);
    SSL_set_security_level(old, 0);
    assert_int_equal(ends_in(&run, old), TLS_BROKEN);
    assert_int_equal(ends_in(&run, tls_case_client(&run, "other.example", 0)), TLS_BROKEN);
    assert_int_equal(ends_in(&run, tls_case_client(&run, NULL, 0)), TLS_OPEN);
    SSL *newer = tls_case_client(&run, TLS_CASE_NAME, 0);
    (void)SSL_set_alpn_protos(newer, (const unsigned char *)"\x02h2", 3);
    assert_int_equal(ends_in(&run, newer), TLS_BROKEN);
    SSL *both = tls_case_client(&run, TLS_CASE_NAME, 0);
    (void)SSL_set_alpn_protos(both, (const unsigned char *)"\x02h2\x08http/1.1", 12);
    assert_int_equal(ends_in(&run, both), TLS_OPEN);
    SSL *weak = tls_case_client(&run, TLS_CASE_NAME, TLS1_2_VERSION);
    assert_int_equal(SSL_set_cipher_list(weak, "ECDHE-ECDSA-AES128-SHA"), 1);
    assert_int_equal(ends_in(&run, weak), TLS_BROKEN);
    tls_case_close(&run);
}

static void who_begins_anew_is_not_heard(void **state)
{
    struct tls_case run;
    char byte;
    (void)state;
    tls_case_open(&run);
    SSL *client = tls_case_client(&run, TLS_CASE_NAME, TLS1_2_VERSION);
    struct tls_pipe *pipe = tls_pipe_open(run.server);
    tls_case_talk(client, pipe);
    assert_int_equal(tls_pipe_state(pipe), TLS_OPEN);
    assert_int_equal(SSL_renegotiate(client), 1);
    (void)SSL_do_handshake(client);
    (void)tls_case_carry(client, pipe, 4096);
    assert_int_equal(tls_pipe_take(pipe, &byte, 1), 0);
    (void)tls_case_carry(client, pipe, 4096);
    assert_int_not_equal(SSL_do_handshake(client), 1);
    ERR_clear_error();
    SSL_free(client);
    tls_pipe_close(pipe);
    tls_case_close(&run);
}

static void what_is_no_tls_is_told_so(void **state)
{
    static const char plain[] = "GET / HTTP/1.1\r\nHost: clinic.example\r\n\r\n";
    static char zeros[32 << 10];
    struct tls_case run;
    (void)state;
    tls_case_open(&run);
    struct tls_pipe *pipe = tls_pipe_open(run.server);
    tls_pipe_came(pipe, plain, sizeof plain - 1);
    assert_int_equal(tls_pipe_state(pipe), TLS_BROKEN);
    assert_int_equal(tls_pipe_put(pipe, STR("secret")), 0);
    tls_pipe_close(pipe);
    /* a hello without an end */
    pipe = tls_pipe_open(run.server);
    memcpy(zeros, "\x16\x03\x01\x40\x00\x01\x00\xff\xff", 9);
    for (size_t i = 0; i < sizeof zeros && tls_pipe_state(pipe) == TLS_BEGINS; i += 512)
        tls_pipe_came(pipe, zeros + i, 512);
    assert_int_equal(tls_pipe_state(pipe), TLS_BROKEN);
    tls_pipe_close(pipe);
    tls_case_close(&run);
}

/* --- tickets, and another certificate ----------------------------------------------------------------------------- */

static SSL_SESSION *kept;
static int keep_session(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl;
    SSL_SESSION_free(kept);
    kept = session;
    return 1;
}

static bool resumes(struct tls_case *run, SSL_SESSION *session)
{
    char byte;
    SSL *client = tls_case_client(run, TLS_CASE_NAME, TLS1_3_VERSION);
    struct tls_pipe *pipe = tls_pipe_open(run->server);
    if (session != NULL) assert_int_equal(SSL_set_session(client, session), 1);
    tls_case_talk(client, pipe);
    assert_int_equal(tls_pipe_state(pipe), TLS_OPEN);
    (void)SSL_read(client, &byte, 1); /* tickets come behind the handshake */
    bool is = SSL_session_reused(client) == 1;
    SSL_set_shutdown(client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN); /* else its session is taken for a bad one */
    SSL_free(client);
    tls_pipe_close(pipe);
    return is;
}

static void tickets_end_with_their_keys(void **state)
{
    struct tls_case run;
    (void)state;
    tls_case_open(&run);
    (void)SSL_CTX_set_session_cache_mode(run.context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(run.context, keep_session);
    assert_false(resumes(&run, NULL));
    assert_non_null(kept);
    SSL_SESSION *first = kept;
    kept = NULL;
    assert_true(resumes(&run, first));
    assert_ok(tls_server_fresh(run.server, NULL));
    assert_false(resumes(&run, first));
    SSL_SESSION_free(first);
    SSL_SESSION_free(kept);
    kept = NULL;
    tls_case_close(&run);
}

static void another_certificate_leaves_open_connections_alone(void **state)
{
    struct tls_case run;
    struct tls_key *key;
    struct tls_certificate leaf;
    (void)state;
    tls_case_open(&run);
    SSL *client = tls_case_client(&run, TLS_CASE_NAME, 0);
    struct tls_pipe *pipe = tls_pipe_open(run.server);
    tls_case_talk(client, pipe);
    assert_ok(tls_key_make(&key, NULL));
    assert_ok(tls_certify(&run.authority, tls_case_seed(&run), tls_key_point(key), TLS_CASE_NOW, run.mem, &leaf, NULL));
    const struct tls_own own = {.key = key, .leaf = leaf.der, .authority = run.authority.der};
    assert_ok(tls_server_use_own(run.server, &own, NULL));
    tls_key_drop(&key);
    echo(client, pipe, 4096);
    SSL *next = tls_case_client(&run, TLS_CASE_NAME, 0);
    struct tls_pipe *second = tls_pipe_open(run.server);
    tls_case_talk(next, second);
    assert_int_equal(tls_pipe_state(second), TLS_OPEN);
    X509 *shown = SSL_get1_peer_certificate(next), *made = tls_x509_parse(leaf.der);
    assert_int_equal(X509_cmp(shown, made), 0);
    X509_free(shown);
    X509_free(made);
    const struct tls_own wrong = {.key = run.key, .leaf = leaf.der, .authority = run.authority.der};
    assert_code(tls_server_use_own(run.server, &wrong, NULL), SALVE_E_CRYPTO);
    SSL_free(next);
    SSL_free(client);
    tls_pipe_close(second);
    tls_pipe_close(pipe);
    tls_case_close(&run);
}

/* --- a certificate that somebody gave ----------------------------------------------------------------------------- */

struct made {
    EVP_PKEY *key;
    char chain[8192], text[8192]; /* PEM */
};

static void pem_of(BIO *bytes, char out[8192])
{
    int n = BIO_read(bytes, out, 8191);
    assert_true(n > 0);
    out[n] = '\0';
    BIO_free(bytes);
}

static void make_given(struct made *made, EVP_PKEY *key, const char *names, int64_t from_ms, int64_t until_ms)
{
    X509 *x509 = X509_new();
    X509V3_CTX context;
    BIO *chain = BIO_new(BIO_s_mem()), *text = BIO_new(BIO_s_mem());
    made->key = key;
    (void)X509_set_version(x509, X509_VERSION_3);
    (void)ASN1_INTEGER_set(X509_get_serialNumber(x509), 3);
    (void)X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC, (const unsigned char *)"given",
                                     -1, -1, 0);
    (void)X509_set_issuer_name(x509, X509_get_subject_name(x509));
    (void)ASN1_TIME_set(X509_getm_notBefore(x509), (time_t)(from_ms / 1000));
    (void)ASN1_TIME_set(X509_getm_notAfter(x509), (time_t)(until_ms / 1000));
    (void)X509_set_pubkey(x509, key);
    X509V3_set_ctx(&context, x509, x509, NULL, NULL, 0);
    X509_EXTENSION *san = X509V3_EXT_conf_nid(NULL, &context, NID_subject_alt_name, names);
    (void)X509_add_ext(x509, san, -1);
    X509_EXTENSION_free(san);
    assert_true(X509_sign(x509, key, EVP_sha256()) > 0);
    (void)PEM_write_bio_X509(chain, x509);
    (void)PEM_write_bio_PrivateKey(text, key, NULL, NULL, 0, NULL, NULL);
    pem_of(chain, made->chain);
    pem_of(text, made->text);
    X509_free(x509);
}

#define DAYS(n) (TLS_CASE_NOW + (n)*INT64_C(86400000))

static enum salve_code use(struct tls_case *run, const char *chain, const char *key)
{
    const struct tls_given given = {.chain = str_of(chain), .key = str_of(key), .now_unix_ms = TLS_CASE_NOW};
    return tls_server_use_given(run->server, &given, NULL);
}

static void a_given_certificate_is_judged(void **state)
{
    struct tls_case run;
    static struct made good, other, over, early, weak;
    static char both[16384], locked[8192];
    struct tls_used used;
    (void)state;
    tls_case_open(&run);
    make_given(&good, EVP_EC_gen("P-384"), "DNS:clinic.example,DNS:my.clinic.example", DAYS(-1), DAYS(60));
    make_given(&other, EVP_EC_gen("P-256"), "DNS:bank.example", DAYS(-1), DAYS(60));
    make_given(&over, EVP_EC_gen("P-256"), "DNS:clinic.example", DAYS(-60), DAYS(-1));
    make_given(&early, EVP_EC_gen("P-256"), "DNS:clinic.example", DAYS(1), DAYS(60));
    make_given(&weak, EVP_RSA_gen(1024), "DNS:clinic.example", DAYS(-1), DAYS(60));
    assert_ok(use(&run, good.chain, good.text));
    assert_true(tls_server_used(run.server, &used) && used.until_unix_ms == DAYS(60));
    (void)snprintf(both, sizeof both, "%s%s", good.chain, other.chain);
    assert_ok(use(&run, both, good.text)); /* with those that lead to it */
    assert_code(use(&run, good.chain, other.text), SALVE_E_CONFIG);
    assert_code(use(&run, other.chain, other.text), SALVE_E_CONFIG);
    assert_code(use(&run, over.chain, over.text), SALVE_E_CONFIG);
    assert_code(use(&run, early.chain, early.text), SALVE_E_CONFIG);
    assert_code(use(&run, weak.chain, weak.text), SALVE_E_CONFIG);
    assert_code(use(&run, good.text, good.chain), SALVE_E_CONFIG);
    assert_code(use(&run, "", ""), SALVE_E_CONFIG);
    (void)snprintf(both, sizeof both, "%s-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", good.chain);
    assert_code(use(&run, both, good.text), SALVE_E_CONFIG);
    BIO *bytes = BIO_new(BIO_s_mem());
    assert_int_equal(
        PEM_write_bio_PrivateKey(bytes, good.key, EVP_aes_128_cbc(), (const unsigned char *)"pass", 4, NULL, NULL), 1);
    pem_of(bytes, locked);
    assert_code(use(&run, good.chain, locked), SALVE_E_CONFIG);
    assert_true(tls_server_used(run.server, &used) && used.until_unix_ms == DAYS(60)); /* what was good goes on */
    struct made *all[] = {&good, &other, &over, &early, &weak};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) EVP_PKEY_free(all[i]->key);
    tls_case_close(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_go_both_ways_in_pieces_of_any_size),
        cmocka_unit_test(what_waits_is_bounded),
        cmocka_unit_test(other_versions_names_and_protocols_are_refused),
        cmocka_unit_test(who_begins_anew_is_not_heard),
        cmocka_unit_test(what_is_no_tls_is_told_so),
        cmocka_unit_test(tickets_end_with_their_keys),
        cmocka_unit_test(another_certificate_leaves_open_connections_alone),
        cmocka_unit_test(a_given_certificate_is_judged),
    };
    if (crypto_init(NULL) != SALVE_OK) return 1;
    return t_run(tests);
}
