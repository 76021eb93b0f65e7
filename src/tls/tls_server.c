/* SPDX-License-Identifier: Apache-2.0
 * What a server identifies itself with, and how it speaks: one SSL_CTX at a time; open connections keep theirs. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "tls/tls_int.h"

enum { TICKET_SECONDS = 2 * 60 * 60, SECURITY_LEVEL = 2, CHAIN_MAX = 8 };

/* --- how it speaks ------------------------------------------------------------------------------------------------ */

/* Browsers of today and of ten years ago; the rest has no business here (RFC 9325). */
#define CIPHERS_12                                                                                                     \
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"                         \
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
#define GROUPS "X25519:P-256:P-384"

static bool is_name(const char *asked, const char *name) { return OPENSSL_strcasecmp(asked, name) == 0; }

/* Who asks for another name means another server. One that asks for none is an old or a simple client. */
static int on_name(SSL *ssl, int *alert, void *arg)
{
    const struct tls_server *server = arg;
    const char *asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (asked == NULL || is_name(asked, server->name) || is_name(asked, server->my)) return SSL_TLSEXT_ERR_OK;
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* HTTP/1.1 alone; a client that speaks something else only hears it at once (RFC 7301). */
static int on_protocols(SSL *ssl, const unsigned char **out, unsigned char *out_len, const unsigned char *in,
                        unsigned in_len, void *arg)
{
    static const unsigned char ours[] = "http/1.1";
    (void)ssl;
    (void)arg;
    for (unsigned at = 0; at < in_len; at += 1u + in[at]) {
        if (in[at] != sizeof ours - 1 || in_len - at - 1 < in[at] || memcmp(in + at + 1, ours, in[at]) != 0) continue;
        *out = in + at + 1;
        *out_len = in[at];
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static bool set_ways(SSL_CTX *context)
{
    static const unsigned char place[] = "salve";
    (void)SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CLEANSE_PLAINTEXT |
                                           SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    (void)SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    (void)SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    (void)SSL_CTX_set_timeout(context, TICKET_SECONDS);
    SSL_CTX_set_security_level(context, SECURITY_LEVEL);
    SSL_CTX_set_read_ahead(context, 1);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(context, CIPHERS_12) == 1 && SSL_CTX_set1_groups_list(context, GROUPS) == 1 &&
           SSL_CTX_set_num_tickets(context, 1) == 1 && SSL_CTX_set_max_early_data(context, 0) == 1 &&
           SSL_CTX_set_session_id_context(context, place, sizeof place - 1) == 1;
}

static SSL_CTX *make_context(struct tls_server *server)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (context == NULL || !set_ways(context)) {
        SSL_CTX_free(context);
        return NULL;
    }
    (void)SSL_CTX_set_tlsext_servername_callback(context, on_name);
    (void)SSL_CTX_set_tlsext_servername_arg(context, server);
    SSL_CTX_set_alpn_select_cb(context, on_protocols, NULL);
    return context;
}

/* --- opening, closing --------------------------------------------------------------------------------------------- */

enum salve_code tls_server_open(struct str name, struct tls_server **out, struct salve_err *err)
{
    TRY(tls_name_check(name, "name", err));
    /* no file of settings: the ways above are all there is to say, and its readers have no files */
    if (OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1) return tls_failed("TLS", err);
    struct tls_server *server = calloc(1, sizeof *server);
    if (server == NULL || pthread_mutex_init(&server->lock, NULL) != 0) {
        free(server);
        return salve_fail(err, SALVE_E_MEMORY, "TLS");
    }
    tls_text_copy(name, server->name);
    tls_my(name, server->my);
    server->bytes = tls_bytes_method();
    *out = server;
    if (server->bytes != NULL) return SALVE_OK;
    tls_server_close(out);
    return tls_failed("TLS", err);
}

void tls_server_close(struct tls_server **server)
{
    struct tls_server *one = *server;
    *server = NULL;
    if (one == NULL) return;
    SSL_CTX_free(one->context);
    BIO_meth_free(one->bytes);
    (void)pthread_mutex_destroy(&one->lock);
    free(one);
}

static void put_in_use(struct tls_server *server, SSL_CTX *context, const struct tls_used *used)
{
    (void)pthread_mutex_lock(&server->lock);
    SSL_CTX *before = server->context;
    server->context = context;
    if (used != NULL) server->used = *used;
    (void)pthread_mutex_unlock(&server->lock);
    SSL_CTX_free(before);
}

bool tls_server_used(struct tls_server *server, struct tls_used *out)
{
    (void)pthread_mutex_lock(&server->lock);
    bool is_used = server->context != NULL;
    if (is_used) *out = server->used;
    (void)pthread_mutex_unlock(&server->lock);
    return is_used;
}

/* --- a certificate of the site's own authority -------------------------------------------------------------------- */

enum salve_code tls_server_use_own(struct tls_server *server, const struct tls_own *own, struct salve_err *err)
{
    struct tls_used used;
    X509 *leaf = tls_x509_parse(own->leaf);
    if (leaf == NULL || !tls_x509_times(leaf, &used.from_unix_ms, &used.until_unix_ms)) {
        X509_free(leaf);
        return salve_refuse(err, SALVE_E_INVALID, "it is none", "certificate");
    }
    tls_fingerprint(own->authority, used.fingerprint);
    SSL_CTX *context = make_context(server);
    bool is_set = context != NULL && SSL_CTX_use_certificate(context, leaf) == 1 &&
                  SSL_CTX_use_PrivateKey(context, own->key->pair) == 1;
    X509_free(leaf);
    if (is_set) {
        put_in_use(server, context, &used);
        return SALVE_OK;
    }
    SSL_CTX_free(context);
    return tls_failed("certificate", err);
}

/* --- one that somebody gave --------------------------------------------------------------------------------------- */

/* Nobody is there to type a passphrase. */
static int on_passphrase(char *text, int size, int is_write, void *with)
{
    (void)text;
    (void)size;
    (void)is_write;
    (void)with;
    return -1;
}

/* The certificates behind the first. */
static bool add_chain(SSL_CTX *context, BIO *bytes)
{
    bool is_good = true;
    for (int i = 0; is_good && i < CHAIN_MAX; i++) {
        X509 *next = PEM_read_bio_X509(bytes, NULL, on_passphrase, NULL);
        if (next == NULL) break;
        is_good = SSL_CTX_add0_chain_cert(context, next) == 1;
        if (!is_good) X509_free(next);
    }
    bool is_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    return is_good && is_end;
}

static enum salve_code check_leaf(const struct tls_server *server, X509 *leaf, int64_t now_unix_ms,
                                  struct tls_used *used, struct salve_err *err)
{
    struct str der;
    const unsigned flags = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
    struct arena *mem = arena_open(4 * TLS_DER_BYTES_MAX);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "certificate");
    enum salve_code code = tls_x509_der(leaf, mem, &der, err);
    if (code == SALVE_OK) tls_fingerprint(der, used->fingerprint);
    arena_close(mem);
    TRY(code);
    if (!tls_x509_times(leaf, &used->from_unix_ms, &used->until_unix_ms))
        return salve_refuse(err, SALVE_E_CONFIG, "it has no time", "certificate");
    if (now_unix_ms >= used->until_unix_ms) return salve_refuse(err, SALVE_E_CONFIG, "its time is over", "certificate");
    if (now_unix_ms < used->from_unix_ms)
        return salve_refuse(err, SALVE_E_CONFIG, "its time has not come; is the clock right?", "certificate");
    if (X509_check_host(leaf, server->name, 0, flags, NULL) != 1)
        return salve_refuse(err, SALVE_E_CONFIG, "it is not for this name", "certificate for %s", server->name);
    return SALVE_OK;
}

static enum salve_code use_chain(const struct tls_server *server, SSL_CTX *context, const struct tls_given *given,
                                 struct tls_used *used, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    BIO *bytes = BIO_new_mem_buf(given->chain.ptr, (int)given->chain.len);
    X509 *leaf = bytes == NULL ? NULL : PEM_read_bio_X509(bytes, NULL, on_passphrase, NULL);
    if (leaf == NULL)
        code =
            salve_refuse(err, SALVE_E_CONFIG, "a certificate in PEM, with those that lead to it behind", "certificate");
    if (code == SALVE_OK) code = check_leaf(server, leaf, given->now_unix_ms, used, err);
    if (code == SALVE_OK && SSL_CTX_use_certificate(context, leaf) != 1)
        code = salve_refuse(err, SALVE_E_CONFIG, "it is too weak, or damaged", "certificate");
    if (code == SALVE_OK && !add_chain(context, bytes))
        code =
            salve_refuse(err, SALVE_E_CONFIG, "what stands behind it is no certificate, or a weak one", "certificate");
    X509_free(leaf);
    BIO_free(bytes);
    ERR_clear_error();
    return code;
}

static enum salve_code use_key(SSL_CTX *context, struct str text, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    BIO *bytes = BIO_new_mem_buf(text.ptr, (int)text.len);
    EVP_PKEY *key = bytes == NULL ? NULL : PEM_read_bio_PrivateKey(bytes, NULL, on_passphrase, NULL);
    if (key == NULL)
        code = salve_refuse(err, SALVE_E_CONFIG, "a private key in PEM, without a passphrase", "certificate key");
    else if (SSL_CTX_use_PrivateKey(context, key) != 1 || SSL_CTX_check_private_key(context) != 1)
        code = salve_refuse(err, SALVE_E_CONFIG, "it is not the certificate's", "certificate key");
    EVP_PKEY_free(key);
    BIO_free(bytes);
    ERR_clear_error();
    return code;
}

enum salve_code tls_server_use_given(struct tls_server *server, const struct tls_given *given, struct salve_err *err)
{
    struct tls_used used;
    if (given->chain.len > TLS_FILE_BYTES_MAX || given->key.len > TLS_FILE_BYTES_MAX)
        return salve_refuse(err, SALVE_E_CONFIG, "it is too long", "certificate");
    SSL_CTX *context = make_context(server);
    if (context == NULL) return tls_failed("TLS", err);
    enum salve_code code = use_chain(server, context, given, &used, err);
    if (code == SALVE_OK) code = use_key(context, given->key, err);
    if (code == SALVE_OK)
        put_in_use(server, context, &used);
    else
        SSL_CTX_free(context);
    return code;
}

/* --- new keys of tickets ------------------------------------------------------------------------------------------ */

static bool copy_own(SSL_CTX *from, SSL_CTX *to)
{
    STACK_OF(X509) *chain = NULL;
    return SSL_CTX_get0_chain_certs(from, &chain) == 1 &&
           SSL_CTX_use_certificate(to, SSL_CTX_get0_certificate(from)) == 1 &&
           SSL_CTX_use_PrivateKey(to, SSL_CTX_get0_privatekey(from)) == 1 &&
           (chain == NULL || SSL_CTX_set1_chain(to, chain) == 1);
}

enum salve_code tls_server_fresh(struct tls_server *server, struct salve_err *err)
{
    (void)pthread_mutex_lock(&server->lock);
    SSL_CTX *before = server->context;
    bool is_used = before != NULL && SSL_CTX_up_ref(before) == 1;
    (void)pthread_mutex_unlock(&server->lock);
    if (!is_used) return salve_refuse(err, SALVE_E_CONFIG, "there is none yet", "certificate");
    SSL_CTX *context = make_context(server);
    bool is_copied = context != NULL && copy_own(before, context);
    SSL_CTX_free(before);
    if (is_copied) {
        put_in_use(server, context, NULL);
        return SALVE_OK;
    }
    SSL_CTX_free(context);
    return tls_failed("certificate", err);
}
