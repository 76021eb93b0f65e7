/* SPDX-License-Identifier: Apache-2.0
 *
 * tls - names, certificates and TLS over OpenSSL: the small authority of a site and what it certifies, the words that
 * people compare, certificates and keys that somebody else gave, and connections as bytes in and bytes out. It opens no
 * file and no socket, and reads no clock.
 *
 *     TRY(tls_authority_make(&ask, seed, mem, &authority, err));              // the gate, once a name
 *     TRY(tls_key_make(&key, err));                                           // the process that faces browsers
 *     TRY(tls_certify(authority, seed, tls_key_point(key), &ask, mem, &leaf, err));   // the gate, every day
 *     TRY(tls_server_open(name, &server, err));
 *     TRY(tls_server_use_own(server, &(struct tls_own){.key = key, .leaf = leaf.der, ..}, err));
 *
 * What holds:
 * - An authority's certificate allows it NAME and what is below NAME, to identify servers, and nothing else: no other
 *   name, no address, no authority below it (RFC 5280 4.2.1.9, 4.2.1.10, 4.2.1.12; critical).
 * - Its private key is worked out of a seed of the gate and the certificate's serial number, and is nowhere else.
 * - A key of a server lives in the memory of one process, and a certificate made here for a week.
 * - TLS 1.3 and 1.2, the latter with forward secrecy and AEAD alone; no renegotiation, no early data, no compression;
 *   tickets in 1.3 alone, under keys that end with the certificate's day (tls_server_use).
 *
 * docs/internals/tls.md says why. One process with threads may use it; a struct belongs to one thread at a time but for
 * tls_server. */
#ifndef SALVE_TLS_TLS_H
#define SALVE_TLS_TLS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "crypto/crypto.h"

enum {
    TLS_NAME_BYTES_MAX =
        60,               /* of NAME: with "my." before it, a common name of 63 holds it (RFC 5280, ub-common-name) */
    TLS_POINT_BYTES = 65, /* a public key: an uncompressed point of P-256 (SEC 1, 2.3.3) */
    TLS_DER_BYTES_MAX = 4096,
    TLS_FILE_BYTES_MAX = 32 << 10, /* of a given certificate with its chain, or of a key */
    TLS_FINGERPRINT_BYTES = 32,
    TLS_WORDS = 12, /* 8 bits each */
    TLS_WORDS_BYTES = 160,
    TLS_FINGERPRINT_TEXT_BYTES = TLS_FINGERPRINT_BYTES * 3, /* "AB:CD:..", with NUL */
    TLS_LEAF_DAYS = 7,
    TLS_AUTHORITY_YEARS = 10,
};

/* --- names -------------------------------------------------------------------------------------------------------- */

/* tls_name_check - is it a name that a site can have: two labels or more of lower-case letters, digits and inner
 * hyphens (RFC 1123), no address, nothing below "localhost" or "local" (which any machine of a network may answer).
 * E_CONFIG says why; `what` is the element of the error. */
SALVE_MUST_USE enum salve_code tls_name_check(struct str name, const char *what, struct salve_err *err);

/* --- the authority of a site, and what it certifies --------------------------------------------------------------- */

struct tls_ask {
    struct str name;     /* tls_name_check */
    int64_t now_unix_ms; /* what is made is good from a day before */
};

/* A certificate in DER, and what it says. */
struct tls_certificate {
    struct str der;
    struct str name; /* NAME: the first of its names; of an authority: the one it is bound to */
    int64_t from_unix_ms, until_unix_ms;
};

/* tls_authority_make - a new authority for a name, with a serial number of its own; seed: a secret of the gate that
 * stays. tls_authority_read - of bytes that were kept. E_INTEGRITY: it is not what tls_authority_make makes, or not of
 * this seed. Views of `der`, or of mem. E_CRYPTO, E_MEMORY. */
SALVE_MUST_USE enum salve_code tls_authority_make(const struct tls_ask *ask, const struct crypto_key *seed,
                                                  struct arena *mem, struct tls_certificate *out,
                                                  struct salve_err *err);
SALVE_MUST_USE enum salve_code tls_authority_read(struct str der, const struct crypto_key *seed, struct arena *mem,
                                                  struct tls_certificate *out, struct salve_err *err);

/* tls_certify - a certificate for NAME and my.NAME of the authority, of whoever has the key of `point`. E_INVALID: no
 * point of P-256; E_CONFIG: the authority's time is over; E_CRYPTO, E_MEMORY. */
SALVE_MUST_USE enum salve_code tls_certify(const struct tls_certificate *authority, const struct crypto_key *seed,
                                           const uint8_t point[TLS_POINT_BYTES], int64_t now_unix_ms, struct arena *mem,
                                           struct tls_certificate *out, struct salve_err *err);

/* tls_certificate_read - what a certificate in DER says, of whoever it is. E_INVALID. */
SALVE_MUST_USE enum salve_code tls_certificate_read(struct str der, struct arena *mem, struct tls_certificate *out,
                                                    struct salve_err *err);

/* tls_pem - the same in PEM (RFC 7468), in mem. E_MEMORY, E_INVALID. */
SALVE_MUST_USE enum salve_code tls_pem(struct str der, struct arena *mem, struct str *out, struct salve_err *err);

/* tls_fingerprint - SHA-256 of the DER. tls_fingerprint_text - "AB:CD:..", as browsers and devices show it. tls_words -
 * twelve words of its first 96 bits, with a blank between: for people who compare two of them. */
void tls_fingerprint(struct str der, uint8_t out[TLS_FINGERPRINT_BYTES]);
void tls_fingerprint_text(const uint8_t fingerprint[TLS_FINGERPRINT_BYTES], char out[TLS_FINGERPRINT_TEXT_BYTES]);
void tls_words(const uint8_t fingerprint[TLS_FINGERPRINT_BYTES], char out[TLS_WORDS_BYTES]);

/* --- keys of a server --------------------------------------------------------------------------------------------- */

/* tls_key_make - a new key of P-256. tls_key_point - its public half; lives as long as the key. tls_key_drop - wipes;
 * sets NULL, NULL is fine. */
struct tls_key;
SALVE_MUST_USE enum salve_code tls_key_make(struct tls_key **out, struct salve_err *err);
const uint8_t *tls_key_point(const struct tls_key *key);
void tls_key_drop(struct tls_key **key);

/* --- a server ----------------------------------------------------------------------------------------------------- */

struct tls_server;

/* What it identifies itself with: a key of its own and what the site's authority made of it, or what somebody gave. */
struct tls_own {
    const struct tls_key *key;
    struct str leaf, authority; /* DER */
};
struct tls_given {
    struct str chain; /* PEM: the server's certificate first; it has to be for the server's name */
    struct str key;   /* PEM, without a passphrase: EC, or RSA of 2048 bits and more */
    int64_t now_unix_ms;
};

/* What is in use. */
struct tls_used {
    int64_t from_unix_ms, until_unix_ms;
    uint8_t fingerprint[TLS_FINGERPRINT_BYTES]; /* of the authority's certificate, or of the one that was given */
};

/* tls_server_open - name: tls_name_check; who asks for another than it or my.NAME is refused. E_MEMORY, E_CRYPTO. */
SALVE_MUST_USE enum salve_code tls_server_open(struct str name, struct tls_server **out, struct salve_err *err);
void tls_server_close(struct tls_server **server); /* behind its last pipe; sets NULL, NULL is fine */

/* tls_server_use_own, tls_server_use_given - from now on; connections that are open keep what they have. On any
 * thread. An error changes nothing.
 *   errors  E_CONFIG what was given: no certificate or key, a key that is not the certificate's or too weak, a name
 *           that is missing, a time that is over; the element says which. E_INVALID, E_CRYPTO, E_MEMORY
 * tls_server_used - false: nothing is yet. */
SALVE_MUST_USE enum salve_code tls_server_use_own(struct tls_server *server, const struct tls_own *own,
                                                  struct salve_err *err);
SALVE_MUST_USE enum salve_code tls_server_use_given(struct tls_server *server, const struct tls_given *given,
                                                    struct salve_err *err);
bool tls_server_used(struct tls_server *server, struct tls_used *out);

/* tls_server_fresh - new keys of tickets, with the same certificate: once a day. */
SALVE_MUST_USE enum salve_code tls_server_fresh(struct tls_server *server, struct salve_err *err);

/* --- a connection, as bytes --------------------------------------------------------------------------------------- */

struct tls_pipe;

enum tls_state {
    TLS_BEGINS, /* the handshake is not over */
    TLS_OPEN,
    TLS_ENDED,  /* the client said that it sends no more */
    TLS_BROKEN, /* what came was no TLS, or no such as is spoken here; what is to be sent says so */
};

enum { TLS_HELLO_BYTES_MAX = 16 << 10, TLS_SEALED_BYTES_MAX = 96 << 10 };

/* tls_pipe_open - NULL: no memory, or nothing is in use. tls_pipe_close - NULL is fine.
 * tls_pipe_came - bytes of the client. A handshake that is not over after TLS_HELLO_BYTES_MAX is broken.
 * tls_pipe_take - what they say, in clear: bytes, 0 where there are no more for now.
 * tls_pipe_put - bytes for the client; how many were taken: all, or fewer where TLS_SEALED_BYTES_MAX wait.
 * tls_pipe_waits - sealed bytes that wait to be sent, a view until the next call. tls_pipe_sent - so many of them went.
 * tls_pipe_end - says to the client that no more comes. */
struct tls_pipe *tls_pipe_open(struct tls_server *server);
void tls_pipe_close(struct tls_pipe *pipe);
enum tls_state tls_pipe_state(const struct tls_pipe *pipe);
void tls_pipe_came(struct tls_pipe *pipe, const char *bytes, size_t len);
size_t tls_pipe_take(struct tls_pipe *pipe, char *out, size_t room);
size_t tls_pipe_put(struct tls_pipe *pipe, struct str bytes);
struct str tls_pipe_waits(struct tls_pipe *pipe);
void tls_pipe_sent(struct tls_pipe *pipe, size_t bytes);
void tls_pipe_end(struct tls_pipe *pipe);

#endif
