/* SPDX-License-Identifier: Apache-2.0
 *
 * crypto - the narrow seam over libsodium (sealing, key derivation, passphrases, signatures, random bytes) and
 * OpenSSL (SHA-256), and the two sealed formats of Salve: the record SLVR and the key wrap SLVW
 * (docs/formats/slvr.md, slvw.md).
 *
 * Call crypto_init once before anything else. Secrets live in struct crypto_keys (guarded, locked, never dumped) and
 * leave it only sealed. Every function is safe to call from several threads on objects of their own; nothing here is
 * global. Errors: E_CRYPTO when a library refuses, E_MEMORY, E_INTEGRITY when sealed bytes do not open; always the
 * same words, whatever was wrong with them. Why these algorithms: docs/internals/crypto.md. */
#ifndef SALVE_CRYPTO_H
#define SALVE_CRYPTO_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"

enum {
    CRYPTO_KEY_BYTES = 32, /* every secret key and seed */
    CRYPTO_SHA256_BYTES = 32,
    CRYPTO_NONCE_BYTES = 24, /* XChaCha20-Poly1305 */
    CRYPTO_TAG_BYTES = 16,
    CRYPTO_SEAL_BYTES = CRYPTO_NONCE_BYTES + CRYPTO_TAG_BYTES, /* what crypto_seal adds */
    CRYPTO_SALT_BYTES = 16,                                    /* Argon2id */
    CRYPTO_SIGN_PUBLIC_BYTES = 32,
    CRYPTO_SIGN_BYTES = 64, /* an Ed25519 signature */
};

/* crypto_init - starts libsodium and hardens the process: no core files, not dumpable. E_CRYPTO. Harmless when
 * repeated. */
SALVE_MUST_USE enum salve_code crypto_init(struct salve_err *err);

/* --- bytes --- */
void crypto_random(void *out, size_t len);
bool crypto_equal(const void *a, const void *b, size_t len); /* in constant time */
void crypto_zero(void *bytes, size_t len);                   /* not optimised away */
void crypto_zero_stack(void);                                /* what calls that have returned left there, 256 KiB */

/* Padded standard base64 (RFC 4648). Out holds the text and a NUL. Parsing is strict: at most out_max bytes,
 * canonical (padded, no stray bits); false otherwise. */
enum { CRYPTO_BASE64_SLACK = 5 };
static inline size_t crypto_base64_bytes(size_t len) { return (len + 2) / 3 * 4 + 1; } /* text and NUL */
void crypto_base64(const void *bytes, size_t len, char *out);
bool crypto_base64_parse(struct str text, void *out, size_t out_max, size_t *out_len);
/* The same without padding in the alphabet of addresses (RFC 4648, 5), as browsers write bytes. */
static inline size_t crypto_base64url_bytes(size_t len) { return (len * 4 + 2) / 3 + 1; } /* text and NUL */
void crypto_base64url(const void *bytes, size_t len, char *out);
bool crypto_base64url_parse(struct str text, void *out, size_t out_max, size_t *out_len);

/* Big-endian integers, as in all formats of Salve. */
void crypto_put_u32(uint8_t out[4], uint32_t number);
void crypto_put_u64(uint8_t out[8], uint64_t number);
uint32_t crypto_get_u32(const uint8_t in[4]);
uint64_t crypto_get_u64(const uint8_t in[8]);

/* --- hashes --- */
/* crypto_sha256 - one shot. Cannot fail, and needs no memory. */
void crypto_sha256(struct str bytes, uint8_t out[CRYPTO_SHA256_BYTES]);

/* A hasher holds what is hashed in pieces. One thread. All but the pieces work with NULL too. */
struct crypto_sha256;
struct crypto_sha256 *crypto_sha256_open(void);
void crypto_sha256_close(struct crypto_sha256 *hasher);
void crypto_sha256_parts(struct crypto_sha256 *hasher, const struct str *parts, size_t count,
                         uint8_t out[CRYPTO_SHA256_BYTES]);
/* In pieces, for a file that is too large for the memory: begin, add as often as there are pieces, end. E_CRYPTO. */
SALVE_MUST_USE enum salve_code crypto_sha256_begin(struct crypto_sha256 *hasher, struct salve_err *err);
SALVE_MUST_USE enum salve_code crypto_sha256_add(struct crypto_sha256 *hasher, struct str bytes, struct salve_err *err);
SALVE_MUST_USE enum salve_code crypto_sha256_end(struct crypto_sha256 *hasher, uint8_t out[CRYPTO_SHA256_BYTES],
                                                 struct salve_err *err);
/* RFC 6962: SHA-256(0x00 || entry), SHA-256(0x01 || left || right). out may be left or right. */
void crypto_sha256_leaf(struct crypto_sha256 *hasher, struct str entry, uint8_t out[CRYPTO_SHA256_BYTES]);
void crypto_sha256_node(struct crypto_sha256 *hasher, const uint8_t left[CRYPTO_SHA256_BYTES],
                        const uint8_t right[CRYPTO_SHA256_BYTES], uint8_t out[CRYPTO_SHA256_BYTES]);

/* crypto_blake2b - unkeyed BLAKE2b of 16..64 bytes, for checksums. */
void crypto_blake2b(struct str bytes, uint8_t *out, size_t out_len);

/* crypto_secret_alloc - zeroed bytes for a secret text (a passphrase) in guarded, locked pages; NULL if there are
 * none. crypto_secret_free - wipes and frees them; NULL is fine. */
SALVE_MUST_USE char *crypto_secret_alloc(size_t bytes);
void crypto_secret_free(char *secret);

/* --- secret keys --- */
/* An array of 32-byte keys in guarded pages: fenced, locked in memory where the system allows, left out of dumps,
 * zeroed when dropped. A struct crypto_key * is a view of one of them and lives as long as the array. */
struct crypto_keys;
struct crypto_key;
SALVE_MUST_USE enum salve_code crypto_keys_new(size_t count, struct crypto_keys **out, struct salve_err *err);
void crypto_keys_drop(struct crypto_keys **keys); /* sets NULL; NULL is fine */
struct crypto_key *crypto_keys_at(struct crypto_keys *keys, size_t index);

void crypto_key_random(struct crypto_key *key);
void crypto_key_copy(struct crypto_key *to, const struct crypto_key *from);
void crypto_key_zero(struct crypto_key *key);
bool crypto_key_equal(const struct crypto_key *a, const struct crypto_key *b);
/* crypto_key_import - takes 32 bytes and zeroes where they came from. */
void crypto_key_import(struct crypto_key *key, uint8_t bytes[CRYPTO_KEY_BYTES]);

/* crypto_key_mac - keyed BLAKE2b of 16..64 bytes over the parts, one after the other. */
void crypto_key_mac(const struct crypto_key *key, const struct str *parts, size_t count, uint8_t *out, size_t out_len);

/* crypto_key_mac_key - the same over the bytes of another key (blind index: over what Argon2id gave). */
void crypto_key_mac_key(const struct crypto_key *key, const struct crypto_key *message, uint8_t *out, size_t out_len);

/* crypto_key_hmac_sha1 - HMAC-SHA-1 (RFC 2104) under all bytes of the key; zeros behind a shorter secret change
 * nothing. For codes of TOTP generators, which know no other. E_CRYPTO. */
enum { CRYPTO_SHA1_BYTES = 20 };
SALVE_MUST_USE enum salve_code crypto_key_hmac_sha1(const struct crypto_key *key, struct str message,
                                                    uint8_t out[CRYPTO_SHA1_BYTES], struct salve_err *err);

/* crypto_key_derive - child = BLAKE2b-256(key = parent, parts). child may be parent. */
void crypto_key_derive(const struct crypto_key *parent, const struct str *parts, size_t count,
                       struct crypto_key *child);

/* crypto_key_mask - key = key XOR BLAKE2b-256(key = other, parts); twice gives the key back (presence token). */
void crypto_key_mask(struct crypto_key *key, const struct crypto_key *other, const struct str *parts, size_t count);

/* Argon2id. MODERATE is t=3, 256 MiB (a root passphrase); INDEX t=2, 19 MiB (blind index); MIN is for tests only. */
enum crypto_cost { CRYPTO_COST_MODERATE = 1, CRYPTO_COST_INDEX = 2, CRYPTO_COST_MIN = 3 };
SALVE_MUST_USE enum salve_code crypto_key_from_passphrase(struct crypto_key *key, struct str passphrase,
                                                          const uint8_t salt[CRYPTO_SALT_BYTES], enum crypto_cost cost,
                                                          struct salve_err *err);

/* --- sealing --- */
/* crypto_seal - out = nonce || ciphertext || tag, plain.len + CRYPTO_SEAL_BYTES bytes, under a fresh random nonce.
 * crypto_open - the reverse; out holds sealed.len - CRYPTO_SEAL_BYTES bytes, zeroed on failure. E_INTEGRITY. */
void crypto_seal(const struct crypto_key *key, struct str aad, struct str plain, uint8_t *out);
SALVE_MUST_USE enum salve_code crypto_open(const struct crypto_key *key, struct str aad, struct str sealed,
                                           uint8_t *out, struct salve_err *err);
/* The same under a nonce of the caller's, which is not in the bytes: plain.len + CRYPTO_TAG_BYTES. A nonce never
 * stands for two texts under one key. */
void crypto_seal_at(const struct crypto_key *key, const uint8_t nonce[CRYPTO_NONCE_BYTES], struct str plain,
                    uint8_t *out);
SALVE_MUST_USE enum salve_code crypto_open_at(const struct crypto_key *key, const uint8_t nonce[CRYPTO_NONCE_BYTES],
                                              struct str sealed, uint8_t *out, struct salve_err *err);
/* The same for a key inside a key: sealed is CRYPTO_SEALED_KEY_BYTES. */
enum { CRYPTO_SEALED_KEY_BYTES = CRYPTO_KEY_BYTES + CRYPTO_SEAL_BYTES };
void crypto_seal_key(const struct crypto_key *key, struct str aad, const struct crypto_key *plain,
                     uint8_t sealed[CRYPTO_SEALED_KEY_BYTES]);
SALVE_MUST_USE enum salve_code crypto_open_key(const struct crypto_key *key, struct str aad,
                                               const uint8_t sealed[CRYPTO_SEALED_KEY_BYTES], struct crypto_key *out,
                                               struct salve_err *err);

/* --- signatures (Ed25519, RFC 8032) ------------------------------------------------------------------------------- */
/* The key is the 32-byte seed. */
void crypto_sign_public(const struct crypto_key *seed, uint8_t public_key[CRYPTO_SIGN_PUBLIC_BYTES]);
void crypto_sign_make(const struct crypto_key *seed, struct str message, uint8_t signature[CRYPTO_SIGN_BYTES]);
bool crypto_sign_check(const uint8_t public_key[CRYPTO_SIGN_PUBLIC_BYTES], struct str message,
                       const uint8_t signature[CRYPTO_SIGN_BYTES]);

/* --- SLVR v1: a sealed record ------------------------------------------------------------------------------------- */
enum {
    CRYPTO_RECORD_HEADER_BYTES = 136,
    CRYPTO_RECORD_PLACE_BYTES = 48,
    CRYPTO_RECORD_PAD_BYTES = 256,
    CRYPTO_RECORD_OVERHEAD_BYTES = CRYPTO_RECORD_HEADER_BYTES + CRYPTO_TAG_BYTES, /* 152 */
    CRYPTO_RECORD_BYTES_MIN = CRYPTO_RECORD_OVERHEAD_BYTES + CRYPTO_RECORD_PAD_BYTES,
};

/* What stands in the clear at the head of a record, all of it authenticated. */
struct crypto_record {
    struct compartment compartment;
    uint64_t seq; /* from 1 */
    enum data_class class;
    uint32_t key_version;              /* of the class key, from 1 */
    uint8_t prev[CRYPTO_SHA256_BYTES]; /* SHA-256 of the whole previous record; zeros for seq 1 */
};

/* crypto_record_seal - plaintext (any length) padded to 256 and sealed; the record is in mem. E_TOO_BIG over
 * SALVE_RECORD_BYTES_MAX, E_MEMORY. */
SALVE_MUST_USE enum salve_code crypto_record_seal(const struct crypto_key *class_key, const struct crypto_record *head,
                                                  struct str plaintext, struct arena *mem, struct str *record,
                                                  struct salve_err *err);

/* crypto_record_peek - the head of a record before anything is authenticated: only good for choosing the key.
 * E_INTEGRITY. */
SALVE_MUST_USE enum salve_code crypto_record_peek(struct str record, struct crypto_record *head, struct salve_err *err);

/* crypto_record_open - checks in the order of docs/formats/slvr.md and gives the plaintext without padding, in mem.
 *   asked    compartment, seq and class that the caller wants; the record must say the same
 *   head     filled on success (may be NULL): key_version and prev for the chain
 * Any failure is E_INTEGRITY with the same words, and no partial output. */
SALVE_MUST_USE enum salve_code crypto_record_open(const struct crypto_key *class_key, const struct crypto_record *asked,
                                                  struct str record, struct arena *mem, struct str *plaintext,
                                                  struct crypto_record *head, struct salve_err *err);

/* The first CRYPTO_RECORD_PLACE_BYTES of a record follow from where it lies, its key's version and its length, so a
 * place that knows these may keep the rest alone.
 * crypto_record_rest - *rest: the record without them, and of the place its key's version; false: they say anything
 * else, and all of it has to be kept.
 * crypto_record_whole - the way back, in mem. Nothing is checked: of another place, or of bytes that were no rest, it
 * makes what does not open. E_MEMORY. */
bool crypto_record_rest(struct crypto_record *place, struct str record, struct str *rest);
SALVE_MUST_USE enum salve_code crypto_record_whole(const struct crypto_record *place, struct str rest,
                                                   struct arena *mem, struct str *record, struct salve_err *err);

/* --- SLVW v1: a wrapped class key --------------------------------------------------------------------------------- */
enum { CRYPTO_WRAP_BYTES = 152, CRYPTO_WRAP_PLACE_BYTES = 28 };
struct crypto_wrap {
    enum purpose purpose;
    enum data_class class;
    struct compartment compartment;
    uint32_t key_version;
    uint32_t epoch;           /* of the KEK */
    int64_t not_after_unix_s; /* 0: none */
    uint64_t consent_seq;     /* the CONSENT record that allows it */
    uint8_t consent_sha256[CRYPTO_SHA256_BYTES];
};
void crypto_wrap_seal(const struct crypto_key *kek, const struct crypto_wrap *wrap, const struct crypto_key *class_key,
                      uint8_t out[CRYPTO_WRAP_BYTES]);
/* crypto_wrap_peek - the clear part, not authenticated. E_INTEGRITY. */
SALVE_MUST_USE enum salve_code crypto_wrap_peek(struct str bytes, struct crypto_wrap *wrap, struct salve_err *err);
SALVE_MUST_USE enum salve_code crypto_wrap_open(const struct crypto_key *kek, struct str bytes,
                                                struct crypto_wrap *wrap, struct crypto_key *class_key,
                                                struct salve_err *err);
/* The first CRYPTO_WRAP_PLACE_BYTES of a wrap follow from purpose, class, compartment and version of the key.
 * crypto_wrap_rest - *rest: the wrap without them; false: they say anything else. crypto_wrap_whole - the way back;
 * nothing is checked; rest has CRYPTO_WRAP_BYTES - CRYPTO_WRAP_PLACE_BYTES. */
bool crypto_wrap_rest(const struct crypto_wrap *place, const uint8_t bytes[CRYPTO_WRAP_BYTES], struct str *rest);
void crypto_wrap_whole(const struct crypto_wrap *place, struct str rest, uint8_t out[CRYPTO_WRAP_BYTES]);

#endif
