/* SPDX-License-Identifier: Apache-2.0
 * Secret keys in guarded memory, what is derived from them, what is sealed under them, and signatures. */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/assert.h"
#include "crypto/crypto_int.h"

_Static_assert(CRYPTO_NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(CRYPTO_TAG_BYTES == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");
_Static_assert(CRYPTO_SALT_BYTES == crypto_pwhash_SALTBYTES, "salt");
_Static_assert(CRYPTO_KEY_BYTES == crypto_sign_SEEDBYTES, "seed");

struct crypto_keys {
    size_t count;
    struct crypto_key *keys; /* sodium_malloc: fenced, locked, not dumped */
};

enum salve_code crypto_keys_new(size_t count, struct crypto_keys **out, struct salve_err *err)
{
    struct crypto_keys *keys = calloc(1, sizeof *keys);
    if (keys != NULL) keys->keys = sodium_allocarray(count, sizeof(struct crypto_key));
    if (keys == NULL || keys->keys == NULL) {
        free(keys);
        return salve_fail(err, SALVE_E_MEMORY, "guarded memory for keys");
    }
    sodium_memzero(keys->keys, count * sizeof(struct crypto_key));
    keys->count = count;
    *out = keys;
    return SALVE_OK;
}

void crypto_keys_drop(struct crypto_keys **keys)
{
    if (*keys == NULL) return;
    sodium_free((*keys)->keys); /* zeroes first */
    free(*keys);
    *keys = NULL;
}

struct crypto_key *crypto_keys_at(struct crypto_keys *keys, size_t index)
{
    salve_assert(index < keys->count);
    return &keys->keys[index];
}

void crypto_key_random(struct crypto_key *key) { randombytes_buf(key->bytes, sizeof key->bytes); }
void crypto_key_copy(struct crypto_key *to, const struct crypto_key *from) { *to = *from; }
void crypto_key_zero(struct crypto_key *key) { sodium_memzero(key->bytes, sizeof key->bytes); }

bool crypto_key_equal(const struct crypto_key *a, const struct crypto_key *b)
{
    return crypto_equal(a->bytes, b->bytes, sizeof a->bytes);
}

void crypto_key_import(struct crypto_key *key, uint8_t bytes[CRYPTO_KEY_BYTES])
{
    memcpy(key->bytes, bytes, sizeof key->bytes);
    sodium_memzero(bytes, CRYPTO_KEY_BYTES);
}

void crypto_key_mac(const struct crypto_key *key, const struct str *parts, size_t count, uint8_t *out, size_t out_len)
{
    crypto_generichash_state state;
    int refused = crypto_generichash_init(&state, key->bytes, sizeof key->bytes, out_len);
    salve_assert(refused == 0);
    for (size_t i = 0; i < count; i++) (void)crypto_generichash_update(&state, crypto_bytes(parts[i]), parts[i].len);
    (void)crypto_generichash_final(&state, out, out_len);
    sodium_memzero(&state, sizeof state);
}

void crypto_key_mac_key(const struct crypto_key *key, const struct crypto_key *message, uint8_t *out, size_t out_len)
{
    const struct str bytes = {(const char *)message->bytes, sizeof message->bytes};
    crypto_key_mac(key, &bytes, 1, out, out_len);
}

enum salve_code crypto_key_hmac_sha1(const struct crypto_key *key, struct str message, uint8_t out[CRYPTO_SHA1_BYTES],
                                     struct salve_err *err)
{
    unsigned len = 0;
    bool is_made =
        HMAC(EVP_sha1(), key->bytes, sizeof key->bytes, crypto_bytes(message), message.len, out, &len) != NULL;
    return is_made && len == CRYPTO_SHA1_BYTES ? SALVE_OK : salve_fail(err, SALVE_E_CRYPTO, "HMAC");
}

void crypto_key_derive(const struct crypto_key *parent, const struct str *parts, size_t count, struct crypto_key *child)
{
    crypto_key_mac(parent, parts, count, child->bytes, sizeof child->bytes);
}

void crypto_key_mask(struct crypto_key *key, const struct crypto_key *other, const struct str *parts, size_t count)
{
    uint8_t mask[CRYPTO_KEY_BYTES];
    crypto_key_mac(other, parts, count, mask, sizeof mask);
    for (size_t i = 0; i < sizeof mask; i++) key->bytes[i] ^= mask[i];
    sodium_memzero(mask, sizeof mask);
}

struct cost {
    unsigned long long ops;
    size_t mem_bytes;
};

static struct cost cost_of(enum crypto_cost cost)
{
    switch (cost) {
    case CRYPTO_COST_MIN:
        return (struct cost){crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN};
    case CRYPTO_COST_INDEX:
        return (struct cost){2, (size_t)19 << 20};
    case CRYPTO_COST_MODERATE:
        break;
    }
    return (struct cost){crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE};
}

enum salve_code crypto_key_from_passphrase(struct crypto_key *key, struct str passphrase,
                                           const uint8_t salt[CRYPTO_SALT_BYTES], enum crypto_cost cost,
                                           struct salve_err *err)
{
    struct cost limits = cost_of(cost);
    if (crypto_pwhash(key->bytes, sizeof key->bytes, passphrase.ptr == NULL ? "" : passphrase.ptr, passphrase.len, salt,
                      limits.ops, limits.mem_bytes, crypto_pwhash_ALG_ARGON2ID13) == 0)
        return SALVE_OK;
    (void)salve_fail(err, SALVE_E_MEMORY, "Argon2id");
    return salve_why(err, SALVE_E_MEMORY, "it needs %zu MiB of free memory", limits.mem_bytes >> 20);
}

void crypto_seal(const struct crypto_key *key, struct str aad, struct str plain, uint8_t *out)
{
    randombytes_buf(out, CRYPTO_NONCE_BYTES);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(out + CRYPTO_NONCE_BYTES, NULL, crypto_bytes(plain), plain.len,
                                                     crypto_bytes(aad), aad.len, NULL, out, key->bytes);
}

enum salve_code crypto_open(const struct crypto_key *key, struct str aad, struct str sealed, uint8_t *out,
                            struct salve_err *err)
{
    const uint8_t *bytes = crypto_bytes(sealed);
    if (sealed.len >= CRYPTO_SEAL_BYTES &&
        crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, bytes + CRYPTO_NONCE_BYTES,
                                                   sealed.len - CRYPTO_NONCE_BYTES, crypto_bytes(aad), aad.len, bytes,
                                                   key->bytes) == 0)
        return SALVE_OK;
    if (sealed.len > CRYPTO_SEAL_BYTES) sodium_memzero(out, sealed.len - CRYPTO_SEAL_BYTES);
    return salve_fail(err, SALVE_E_INTEGRITY, "sealed bytes");
}

void crypto_seal_at(const struct crypto_key *key, const uint8_t nonce[CRYPTO_NONCE_BYTES], struct str plain,
                    uint8_t *out)
{
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, crypto_bytes(plain), plain.len, NULL, 0, NULL, nonce,
                                                     key->bytes);
}

enum salve_code crypto_open_at(const struct crypto_key *key, const uint8_t nonce[CRYPTO_NONCE_BYTES], struct str sealed,
                               uint8_t *out, struct salve_err *err)
{
    if (sealed.len >= CRYPTO_TAG_BYTES &&
        crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, crypto_bytes(sealed), sealed.len, NULL, 0, nonce,
                                                   key->bytes) == 0)
        return SALVE_OK;
    if (sealed.len > CRYPTO_TAG_BYTES) sodium_memzero(out, sealed.len - CRYPTO_TAG_BYTES);
    return salve_fail(err, SALVE_E_INTEGRITY, "sealed bytes");
}

void crypto_seal_key(const struct crypto_key *key, struct str aad, const struct crypto_key *plain,
                     uint8_t sealed[CRYPTO_SEALED_KEY_BYTES])
{
    crypto_seal(key, aad, str_bytes(plain->bytes, sizeof plain->bytes), sealed);
}

enum salve_code crypto_open_key(const struct crypto_key *key, struct str aad,
                                const uint8_t sealed[CRYPTO_SEALED_KEY_BYTES], struct crypto_key *out,
                                struct salve_err *err)
{
    return crypto_open(key, aad, str_bytes(sealed, CRYPTO_SEALED_KEY_BYTES), out->bytes, err);
}

void crypto_sign_public(const struct crypto_key *seed, uint8_t public_key[CRYPTO_SIGN_PUBLIC_BYTES])
{
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    (void)crypto_sign_seed_keypair(public_key, secret, seed->bytes);
    sodium_memzero(secret, sizeof secret);
}

void crypto_sign_make(const struct crypto_key *seed, struct str message, uint8_t signature[CRYPTO_SIGN_BYTES])
{
    uint8_t secret[crypto_sign_SECRETKEYBYTES], public_key[CRYPTO_SIGN_PUBLIC_BYTES];
    (void)crypto_sign_seed_keypair(public_key, secret, seed->bytes);
    (void)crypto_sign_detached(signature, NULL, crypto_bytes(message), message.len, secret);
    sodium_memzero(secret, sizeof secret);
}

bool crypto_sign_check(const uint8_t public_key[CRYPTO_SIGN_PUBLIC_BYTES], struct str message,
                       const uint8_t signature[CRYPTO_SIGN_BYTES])
{
    return crypto_sign_verify_detached(signature, crypto_bytes(message), message.len, public_key) == 0;
}

char *crypto_secret_alloc(size_t bytes)
{
    char *secret = sodium_malloc(bytes);
    if (secret != NULL) sodium_memzero(secret, bytes);
    return secret;
}

void crypto_secret_free(char *secret) { sodium_free(secret); }
