/* SPDX-License-Identifier: Apache-2.0
 *
 * tls_case - the other end of a tls_pipe: a client over memory, and a site's authority for the server.
 *
 *     struct tls_case run;
 *     tls_case_open(&run);                     // an authority for clinic.example, a server that uses it
 *     struct tls_pipe *pipe = tls_pipe_open(run.server);
 *     SSL *client = tls_case_client(&run, "clinic.example", 0);
 *     tls_case_talk(client, pipe);             // until neither says anything more
 *     tls_case_close(&run); */
#ifndef SALVE_TESTS_TLS_CASE_H
#define SALVE_TESTS_TLS_CASE_H

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "t.h"
#include "tls/tls.h"

#define TLS_CASE_NAME "clinic.example"
#define TLS_CASE_NOW  INT64_C(1796040000000) /* 2026-11-30 */

struct tls_case {
    struct arena *mem;
    struct crypto_keys *keys; /* the seed */
    struct tls_certificate authority, leaf;
    struct tls_key *key;
    struct tls_server *server;
    SSL_CTX *context; /* of clients, who trust the authority alone */
};

static inline const struct crypto_key *tls_case_seed(const struct tls_case *run)
{
    return crypto_keys_at(run->keys, 0);
}

static inline SSL_CTX *tls_case_context(struct str authority)
{
    const unsigned char *at = (const unsigned char *)authority.ptr;
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    X509 *x509 = d2i_X509(NULL, &at, (long)authority.len);
    assert_non_null(x509);
    assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(context), x509), 1);
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(context), (time_t)(TLS_CASE_NOW / 1000));
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    X509_free(x509);
    return context;
}

static inline void tls_case_open(struct tls_case *run)
{
    const struct tls_ask ask = {.name = STR(TLS_CASE_NAME), .now_unix_ms = TLS_CASE_NOW};
    *run = (struct tls_case){.mem = arena_open(1 << 20)};
    assert_ok(crypto_keys_new(1, &run->keys, NULL));
    crypto_key_random(crypto_keys_at(run->keys, 0));
    assert_ok(tls_authority_make(&ask, tls_case_seed(run), run->mem, &run->authority, NULL));
    assert_ok(tls_key_make(&run->key, NULL));
    assert_ok(tls_certify(&run->authority, tls_case_seed(run), tls_key_point(run->key), TLS_CASE_NOW, run->mem,
                          &run->leaf, NULL));
    assert_ok(tls_server_open(STR(TLS_CASE_NAME), &run->server, NULL));
    const struct tls_own own = {.key = run->key, .leaf = run->leaf.der, .authority = run->authority.der};
    assert_ok(tls_server_use_own(run->server, &own, NULL));
    run->context = tls_case_context(run->authority.der);
}

static inline void tls_case_close(struct tls_case *run)
{
    SSL_CTX_free(run->context);
    tls_server_close(&run->server);
    tls_key_drop(&run->key);
    crypto_keys_drop(&run->keys);
    arena_close(run->mem);
}

/* version 0: any. */
static inline SSL *tls_case_client(const struct tls_case *run, const char *name, int version)
{
    SSL *ssl = SSL_new(run->context);
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl);
    if (name != NULL) {
        (void)SSL_set_tlsext_host_name(ssl, name);
        (void)SSL_set1_host(ssl, name);
    }
    if (version != 0) {
        (void)SSL_set_min_proto_version(ssl, version);
        (void)SSL_set_max_proto_version(ssl, version);
    }
    return ssl;
}

/* What each has for the other, `at_once` bytes at a time; true: something went. */
static inline bool tls_case_carry(SSL *client, struct tls_pipe *pipe, size_t at_once)
{
    char bytes[4096];
    bool went = false;
    for (int n; (n = BIO_read(SSL_get_wbio(client), bytes, (int)at_once)) > 0; went = true)
        tls_pipe_came(pipe, bytes, (size_t)n);
    for (struct str waits; (waits = tls_pipe_waits(pipe)).len > 0; went = true) {
        size_t n = waits.len < at_once ? waits.len : at_once;
        (void)BIO_write(SSL_get_rbio(client), waits.ptr, (int)n);
        tls_pipe_sent(pipe, n);
    }
    return went;
}

static inline void tls_case_talk_in(SSL *client, struct tls_pipe *pipe, size_t at_once)
{
    bool went = true;
    for (int i = 0; i < 20 && (went || i < 2); i++) {
        if (!SSL_is_init_finished(client)) (void)SSL_do_handshake(client);
        went = tls_case_carry(client, pipe, at_once);
    }
    ERR_clear_error();
}

static inline void tls_case_talk(SSL *client, struct tls_pipe *pipe) { tls_case_talk_in(client, pipe, 4096); }

#endif
