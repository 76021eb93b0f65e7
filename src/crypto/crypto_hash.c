/* SPDX-License-Identifier: Apache-2.0
 * SHA-256 by OpenSSL's rounds, which use the processor's SHA instructions; unkeyed BLAKE2b for checksums. They are
 * called without EVP: looking an algorithm up and making a context for it costs more than hashing a small record, and
 * these calls need no memory, so they cannot fail. */
#define OPENSSL_API_COMPAT 10100 /* the interface of these calls; OpenSSL 3 keeps them and marks them as older */
#include <openssl/sha.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/assert.h"
#include "crypto/crypto_int.h"

struct crypto_sha256 {
    SHA256_CTX state;
};

static void hash_parts(SHA256_CTX *state, const struct str *parts, size_t count, uint8_t out[CRYPTO_SHA256_BYTES])
{
    (void)SHA256_Init(state);
    for (size_t i = 0; i < count; i++) (void)SHA256_Update(state, parts[i].ptr, parts[i].len);
    (void)SHA256_Final(out, state);
}

void crypto_sha256(struct str bytes, uint8_t out[CRYPTO_SHA256_BYTES])
{
    SHA256_CTX state;
    hash_parts(&state, &bytes, 1, out);
}

struct crypto_sha256 *crypto_sha256_open(void) { return calloc(1, sizeof(struct crypto_sha256)); }

void crypto_sha256_close(struct crypto_sha256 *hasher) { free(hasher); }

void crypto_sha256_parts(struct crypto_sha256 *hasher, const struct str *parts, size_t count,
                         uint8_t out[CRYPTO_SHA256_BYTES])
{
    SHA256_CTX state;
    hash_parts(hasher != NULL ? &hasher->state : &state, parts, count, out);
}

static enum salve_code hashed(bool is_good, struct salve_err *err)
{
    return is_good ? SALVE_OK : salve_fail(err, SALVE_E_CRYPTO, "SHA-256");
}

enum salve_code crypto_sha256_begin(struct crypto_sha256 *hasher, struct salve_err *err)
{
    return hashed(hasher != NULL && SHA256_Init(&hasher->state) == 1, err);
}

enum salve_code crypto_sha256_add(struct crypto_sha256 *hasher, struct str bytes, struct salve_err *err)
{
    return hashed(SHA256_Update(&hasher->state, bytes.ptr, bytes.len) == 1, err);
}

enum salve_code crypto_sha256_end(struct crypto_sha256 *hasher, uint8_t out[CRYPTO_SHA256_BYTES], struct salve_err *err)
{
    return hashed(SHA256_Final(out, &hasher->state) == 1, err);
}

void crypto_sha256_leaf(struct crypto_sha256 *hasher, struct str entry, uint8_t out[CRYPTO_SHA256_BYTES])
{
    const struct str parts[] = {str_make("\x00", 1), entry};
    crypto_sha256_parts(hasher, parts, 2, out);
}

void crypto_sha256_node(struct crypto_sha256 *hasher, const uint8_t left[CRYPTO_SHA256_BYTES],
                        const uint8_t right[CRYPTO_SHA256_BYTES], uint8_t out[CRYPTO_SHA256_BYTES])
{
    uint8_t node[1 + 2 * CRYPTO_SHA256_BYTES] = {1};
    memcpy(node + 1, left, CRYPTO_SHA256_BYTES);
    memcpy(node + 1 + CRYPTO_SHA256_BYTES, right, CRYPTO_SHA256_BYTES);
    crypto_sha256_parts(hasher, &(struct str){(const char *)node, sizeof node}, 1, out);
}

void crypto_blake2b(struct str bytes, uint8_t *out, size_t out_len)
{
    int refused = crypto_generichash(out, out_len, crypto_bytes(bytes), bytes.len, NULL, 0);
    salve_assert(refused == 0);
}
