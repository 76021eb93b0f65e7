/* SPDX-License-Identifier: Apache-2.0
 * SLVW v1, a class key wrapped for one purpose; docs/formats/slvw.md has the layout and its known answer. */
#include <sodium.h>

#include "base/assert.h"
#include "crypto/crypto_int.h"

/* Offsets in bytes, as docs/formats/slvw.md fixes them. */
enum {
    AT_PURPOSE = 6,
    AT_CLASS = 7,
    AT_COMPARTMENT = 8,
    AT_KEY_VERSION = 24,
    AT_EPOCH = 28,
    AT_NOT_AFTER = 32,
    AT_CONSENT_SEQ = 40,
    AT_CONSENT_SHA256 = 48,
    AT_NONCE = 80,
    AT_CIPHERTEXT = 104,
    AAD_BYTES = AT_NONCE,
};
_Static_assert((int)AT_EPOCH == (int)CRYPTO_WRAP_PLACE_BYTES, "what follows from the place");
_Static_assert((int)AT_CIPHERTEXT + (int)CRYPTO_KEY_BYTES + (int)CRYPTO_TAG_BYTES == (int)CRYPTO_WRAP_BYTES, "wrap");

/* The part that follows from where the wrap lies. */
static void put_place(uint8_t out[CRYPTO_WRAP_PLACE_BYTES], const struct crypto_wrap *wrap)
{
    memcpy(out, "SLVW\x01\x01", 6);
    out[AT_PURPOSE] = (uint8_t)wrap->purpose;
    out[AT_CLASS] = (uint8_t)wrap->class;
    memcpy(out + AT_COMPARTMENT, wrap->compartment.bytes, COMPARTMENT_BYTES);
    crypto_put_u32(out + AT_KEY_VERSION, wrap->key_version);
}

void crypto_wrap_seal_nonce(const struct crypto_key *kek, const struct crypto_wrap *wrap,
                            const struct crypto_key *class_key, const uint8_t nonce[CRYPTO_NONCE_BYTES],
                            uint8_t out[CRYPTO_WRAP_BYTES])
{
    salve_assert(wrap->purpose >= 1 && wrap->purpose <= PURPOSE_LAST && wrap->class >= 1 && wrap->class <= CLASS_LAST);
    salve_assert(wrap->not_after_unix_s >= 0);
    put_place(out, wrap);
    crypto_put_u32(out + AT_EPOCH, wrap->epoch);
    crypto_put_u64(out + AT_NOT_AFTER, (uint64_t)wrap->not_after_unix_s);
    crypto_put_u64(out + AT_CONSENT_SEQ, wrap->consent_seq);
    memcpy(out + AT_CONSENT_SHA256, wrap->consent_sha256, CRYPTO_SHA256_BYTES);
    memcpy(out + AT_NONCE, nonce, CRYPTO_NONCE_BYTES);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(out + AT_CIPHERTEXT, NULL, class_key->bytes, CRYPTO_KEY_BYTES, out,
                                                     AAD_BYTES, NULL, nonce, kek->bytes);
}

void crypto_wrap_seal(const struct crypto_key *kek, const struct crypto_wrap *wrap, const struct crypto_key *class_key,
                      uint8_t out[CRYPTO_WRAP_BYTES])
{
    uint8_t nonce[CRYPTO_NONCE_BYTES];
    randombytes_buf(nonce, sizeof nonce);
    crypto_wrap_seal_nonce(kek, wrap, class_key, nonce, out);
}

static enum salve_code damaged(struct salve_err *err) { return salve_fail(err, SALVE_E_INTEGRITY, "key wrap"); }

enum salve_code crypto_wrap_peek(struct str bytes, struct crypto_wrap *wrap, struct salve_err *err)
{
    const uint8_t *in = crypto_bytes(bytes);
    if (bytes.len != CRYPTO_WRAP_BYTES || memcmp(in, "SLVW\x01\x01", 6) != 0) return damaged(err);
    if (in[AT_PURPOSE] < 1 || in[AT_PURPOSE] > PURPOSE_LAST || in[AT_CLASS] < 1 || in[AT_CLASS] > CLASS_LAST)
        return damaged(err);
    uint64_t not_after = crypto_get_u64(in + AT_NOT_AFTER);
    if (not_after > INT64_MAX) return damaged(err);
    wrap->purpose = (enum purpose)in[AT_PURPOSE];
    wrap->class = (enum data_class)in[AT_CLASS];
    memcpy(wrap->compartment.bytes, in + AT_COMPARTMENT, COMPARTMENT_BYTES);
    wrap->key_version = crypto_get_u32(in + AT_KEY_VERSION);
    wrap->epoch = crypto_get_u32(in + AT_EPOCH);
    wrap->not_after_unix_s = (int64_t)not_after;
    wrap->consent_seq = crypto_get_u64(in + AT_CONSENT_SEQ);
    memcpy(wrap->consent_sha256, in + AT_CONSENT_SHA256, CRYPTO_SHA256_BYTES);
    return SALVE_OK;
}

enum salve_code crypto_wrap_open(const struct crypto_key *kek, struct str bytes, struct crypto_wrap *wrap,
                                 struct crypto_key *class_key, struct salve_err *err)
{
    const uint8_t *in = crypto_bytes(bytes);
    if (crypto_wrap_peek(bytes, wrap, err) != SALVE_OK) return SALVE_E_INTEGRITY;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(class_key->bytes, NULL, NULL, in + AT_CIPHERTEXT,
                                                   CRYPTO_KEY_BYTES + CRYPTO_TAG_BYTES, in, AAD_BYTES, in + AT_NONCE,
                                                   kek->bytes) == 0)
        return SALVE_OK;
    crypto_key_zero(class_key);
    return damaged(err);
}

bool crypto_wrap_rest(const struct crypto_wrap *place, const uint8_t bytes[CRYPTO_WRAP_BYTES], struct str *rest)
{
    uint8_t expected[CRYPTO_WRAP_PLACE_BYTES];
    put_place(expected, place);
    *rest = str_bytes(bytes + sizeof expected, CRYPTO_WRAP_BYTES - sizeof expected);
    return memcmp(expected, bytes, sizeof expected) == 0;
}

void crypto_wrap_whole(const struct crypto_wrap *place, struct str rest, uint8_t out[CRYPTO_WRAP_BYTES])
{
    salve_assert(rest.len == CRYPTO_WRAP_BYTES - CRYPTO_WRAP_PLACE_BYTES);
    put_place(out, place);
    memcpy(out + CRYPTO_WRAP_PLACE_BYTES, rest.ptr, rest.len);
}
