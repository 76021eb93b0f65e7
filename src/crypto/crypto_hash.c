/* SPDX-License-Identifier: Apache-2.0
 * SHA-256 through OpenSSL EVP, which has the processor's SHA instructions, with libsodium behind it for the moment when
 * OpenSSL has no memory; unkeyed BLAKE2b for checksums. A hasher keeps its context, because making one costs more than
 * hashing the 65 bytes of a Merkle node. */
#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/assert.h"
#include "crypto/crypto_int.h"

struct crypto_sha256 {
    EVP_MD *digest;
    EVP_MD_CTX *context;
};

/* Below this, making a context costs more than OpenSSL's faster rounds win back. */
enum { ONE_SHOT_SODIUM_BYTES_MAX = 512 };

void crypto_sha256(struct str bytes, uint8_t out[CRYPTO_SHA256_BYTES])
{
    if (bytes.len > ONE_SHOT_SODIUM_BYTES_MAX && EVP_Digest(bytes.ptr, bytes.len, out, NULL, EVP_sha256(), NULL) == 1)
        return;
    (void)crypto_hash_sha256(out, crypto_bytes(bytes), bytes.len);
}

struct crypto_sha256 *crypto_sha256_open(void)
{
    struct crypto_sha256 *hasher = calloc(1, sizeof *hasher);
    if (hasher == NULL) return NULL;
    hasher->digest = EVP_MD_fetch(NULL, "SHA256", NULL);
    hasher->context = EVP_MD_CTX_new();
    if (hasher->digest != NULL && hasher->context != NULL) return hasher;
    crypto_sha256_close(hasher);
    return NULL;
}

void crypto_sha256_close(struct crypto_sha256 *hasher)
{
    if (hasher == NULL) return;
    EVP_MD_CTX_free(hasher->context);
    EVP_MD_free(hasher->digest);
    free(hasher);
}

static bool by_openssl(struct crypto_sha256 *hasher, const struct str *parts, size_t count, uint8_t *out)
{
    if (hasher == NULL || EVP_DigestInit_ex2(hasher->context, hasher->digest, NULL) != 1) return false;
    for (size_t i = 0; i < count; i++)
        if (EVP_DigestUpdate(hasher->context, parts[i].ptr, parts[i].len) != 1) return false;
    return EVP_DigestFinal_ex(hasher->context, out, NULL) == 1;
}

void crypto_sha256_parts(struct crypto_sha256 *hasher, const struct str *parts, size_t count,
                         uint8_t out[CRYPTO_SHA256_BYTES])
{
    crypto_hash_sha256_state state;
    if (by_openssl(hasher, parts, count, out)) return;
    (void)crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < count; i++) (void)crypto_hash_sha256_update(&state, crypto_bytes(parts[i]), parts[i].len);
    (void)crypto_hash_sha256_final(&state, out);
}

static enum salve_code hashed(bool is_good, struct salve_err *err)
{
    return is_good ? SALVE_OK : salve_fail(err, SALVE_E_CRYPTO, "SHA-256");
}

enum salve_code crypto_sha256_begin(struct crypto_sha256 *hasher, struct salve_err *err)
{
    return hashed(hasher != NULL && EVP_DigestInit_ex2(hasher->context, hasher->digest, NULL) == 1, err);
}

enum salve_code crypto_sha256_add(struct crypto_sha256 *hasher, struct str bytes, struct salve_err *err)
{
    return hashed(EVP_DigestUpdate(hasher->context, bytes.ptr, bytes.len) == 1, err);
}

enum salve_code crypto_sha256_end(struct crypto_sha256 *hasher, uint8_t out[CRYPTO_SHA256_BYTES], struct salve_err *err)
{
    return hashed(EVP_DigestFinal_ex(hasher->context, out, NULL) == 1, err);
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
