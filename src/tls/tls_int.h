/* SPDX-License-Identifier: Apache-2.0
 * Inside tls: what its files share. */
#ifndef SALVE_TLS_INT_H
#define SALVE_TLS_INT_H

#include <openssl/ssl.h>
#include <pthread.h>

#include "tls/tls.h"

enum { TLS_MY_BYTES = TLS_NAME_BYTES_MAX + 4 }; /* "my." before a name, NUL behind it */

/* tls_failed - E_CRYPTO with what OpenSSL says of it; its queue of errors is empty behind it. */
enum salve_code tls_failed(const char *what, struct salve_err *err);

/* tls_text_copy - a name that was checked, with a NUL. tls_my - "my." before it. */
void tls_text_copy(struct str name, char out[TLS_NAME_BYTES_MAX + 1]);
void tls_my(struct str name, char out[TLS_MY_BYTES]);

/* tls_x509_parse - NULL: it is none, or not alone. tls_x509_times - false: a time that is none. */
X509 *tls_x509_parse(struct str der);
bool tls_x509_times(const X509 *x509, int64_t *from_unix_ms, int64_t *until_unix_ms);
SALVE_MUST_USE enum salve_code tls_x509_der(const X509 *x509, struct arena *mem, struct str *out,
                                            struct salve_err *err);

/* tls_point_key - a public key of its point; NULL: it is none of P-256. tls_scalar_key - a key of 48 bytes, each as
 * likely as any other (FIPS 186-5, A.2.1). NULL: no memory. */
enum { TLS_SCALAR_BYTES = 48 };
EVP_PKEY *tls_point_key(const uint8_t point[TLS_POINT_BYTES]);
EVP_PKEY *tls_scalar_key(const uint8_t scalar[TLS_SCALAR_BYTES]);

/* tls_authority_key - of a site's seed, the name and the serial number of its certificate. NULL: no memory. */
enum { TLS_SERIAL_BYTES = 16 };
EVP_PKEY *tls_authority_key(const struct crypto_key *seed, struct str name, const uint8_t serial[TLS_SERIAL_BYTES]);

struct tls_key {
    EVP_PKEY *pair;
    uint8_t point[TLS_POINT_BYTES];
};

struct tls_server {
    char name[TLS_NAME_BYTES_MAX + 1], my[TLS_MY_BYTES];
    BIO_METHOD *bytes;    /* between a pipe and its SSL (tls_pipe.c) */
    pthread_mutex_t lock; /* of what follows */
    SSL_CTX *context;     /* NULL: nothing is in use yet */
    struct tls_used used;
};

/* tls_bytes_method - of struct tls_server. NULL: no memory. */
BIO_METHOD *tls_bytes_method(void);

#endif
