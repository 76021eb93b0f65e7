/* SPDX-License-Identifier: Apache-2.0
 * SLVR v1, a sealed record; docs/formats/slvr.md has the layout and its known answers. The reader says the same
 * words for every failure and hands out nothing before all of it was checked. */
#include <sodium.h>

#include "base/assert.h"
#include "base/limits.h"
#include "crypto/crypto_int.h"

/* Offsets in bytes, as docs/formats/slvr.md fixes them. */
enum {
    AT_VERSION = 4,
    AT_SUITE = 5,
    AT_CLASS = 6,
    AT_FLAGS = 7,
    AT_COMPARTMENT = 8,
    AT_SEQ = 24,
    AT_KEY_VERSION = 32,
    AT_PADDED_LEN = 36,
    AT_RESERVED = 40,
    AT_PREV = 48,
    AT_COMMITMENT = 80,
    AT_NONCE = 112,
    AT_CIPHERTEXT = 136,
    AAD_BYTES = AT_NONCE,
};
_Static_assert((int)AT_CIPHERTEXT == (int)CRYPTO_RECORD_HEADER_BYTES, "header");
_Static_assert((int)AT_PREV == (int)CRYPTO_RECORD_PLACE_BYTES, "what follows from the place");

/* RK: the AEAD key, then the commitment to it. Lives on the stack for one call and is zeroed. */
struct record_key {
    uint8_t bytes[64];
};

static void derive(const struct crypto_key *class_key, uint64_t seq, struct record_key *out)
{
    int refused = crypto_kdf_derive_from_key(out->bytes, sizeof out->bytes, seq, "SlvRec01", class_key->bytes);
    salve_assert(refused == 0);
}

static size_t padded_len(size_t len) { return (len / CRYPTO_RECORD_PAD_BYTES + 1) * CRYPTO_RECORD_PAD_BYTES; }

/* The part that follows from where the record lies. */
static void put_place(uint8_t *out, const struct crypto_record *head, size_t padded)
{
    memset(out, 0, CRYPTO_RECORD_PLACE_BYTES);
    memcpy(out, "SLVR\x01\x01", 6);
    out[AT_CLASS] = (uint8_t)head->class;
    memcpy(out + AT_COMPARTMENT, head->compartment.bytes, COMPARTMENT_BYTES);
    crypto_put_u64(out + AT_SEQ, head->seq);
    crypto_put_u32(out + AT_KEY_VERSION, head->key_version);
    crypto_put_u32(out + AT_PADDED_LEN, (uint32_t)padded);
}

static void put_header(uint8_t *out, const struct crypto_record *head, const struct record_key *key, size_t padded,
                       const uint8_t *nonce)
{
    put_place(out, head, padded);
    memcpy(out + AT_PREV, head->prev, CRYPTO_SHA256_BYTES);
    memcpy(out + AT_COMMITMENT, key->bytes + 32, 32);
    memcpy(out + AT_NONCE, nonce, CRYPTO_NONCE_BYTES);
}

enum salve_code crypto_record_seal_nonce(const struct crypto_key *class_key, const struct crypto_record *head,
                                         struct str plaintext, const uint8_t nonce[CRYPTO_NONCE_BYTES],
                                         struct arena *mem, struct str *record, struct salve_err *err)
{
    salve_assert(head->seq > 0 && head->key_version > 0 && head->class >= 1 && head->class <= CLASS_LAST);
    if (plaintext.len >= SALVE_RECORD_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "record");
    size_t padded = padded_len(plaintext.len), padded_check = 0;
    uint8_t *out = arena_alloc_raw(mem, padded + CRYPTO_RECORD_OVERHEAD_BYTES, 16);
    if (out == NULL) return salve_fail(err, SALVE_E_MEMORY, "record");
    struct record_key key;
    derive(class_key, head->seq, &key);
    put_header(out, head, &key, padded, nonce);
    uint8_t *body = out + AT_CIPHERTEXT; /* sealed in place */
    if (plaintext.len > 0) memcpy(body, plaintext.ptr, plaintext.len);
    int refused = sodium_pad(&padded_check, body, plaintext.len, CRYPTO_RECORD_PAD_BYTES, padded);
    salve_assert(refused == 0 && padded_check == padded);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(body, NULL, body, padded, out, AAD_BYTES, NULL, nonce, key.bytes);
    sodium_memzero(&key, sizeof key);
    *record = str_bytes(out, padded + CRYPTO_RECORD_OVERHEAD_BYTES);
    return SALVE_OK;
}

enum salve_code crypto_record_seal(const struct crypto_key *class_key, const struct crypto_record *head,
                                   struct str plaintext, struct arena *mem, struct str *record, struct salve_err *err)
{
    uint8_t nonce[CRYPTO_NONCE_BYTES];
    randombytes_buf(nonce, sizeof nonce);
    return crypto_record_seal_nonce(class_key, head, plaintext, nonce, mem, record, err);
}

static bool is_fixed_part_right(const uint8_t *bytes, size_t len)
{
    if (len < CRYPTO_RECORD_BYTES_MIN || len > SALVE_RECORD_BYTES_MAX + CRYPTO_RECORD_OVERHEAD_BYTES) return false;
    if (memcmp(bytes, "SLVR\x01\x01", 6) != 0 || bytes[AT_FLAGS] != 0) return false;
    if (bytes[AT_CLASS] < 1 || bytes[AT_CLASS] > CLASS_LAST) return false;
    size_t padded = crypto_get_u32(bytes + AT_PADDED_LEN);
    return padded % CRYPTO_RECORD_PAD_BYTES == 0 && padded == len - CRYPTO_RECORD_OVERHEAD_BYTES &&
           crypto_get_u64(bytes + AT_RESERVED) == 0 && crypto_get_u64(bytes + AT_SEQ) > 0 &&
           crypto_get_u32(bytes + AT_KEY_VERSION) > 0;
}

static enum salve_code damaged(struct salve_err *err) { return salve_fail(err, SALVE_E_INTEGRITY, "sealed record"); }

enum salve_code crypto_record_peek(struct str record, struct crypto_record *head, struct salve_err *err)
{
    const uint8_t *bytes = crypto_bytes(record);
    if (!is_fixed_part_right(bytes, record.len)) return damaged(err);
    head->class = (enum data_class)bytes[AT_CLASS];
    memcpy(head->compartment.bytes, bytes + AT_COMPARTMENT, COMPARTMENT_BYTES);
    head->seq = crypto_get_u64(bytes + AT_SEQ);
    head->key_version = crypto_get_u32(bytes + AT_KEY_VERSION);
    memcpy(head->prev, bytes + AT_PREV, CRYPTO_SHA256_BYTES);
    return SALVE_OK;
}

bool crypto_record_rest(struct crypto_record *place, struct str record, struct str *rest)
{
    struct crypto_record head;
    if (crypto_record_peek(record, &head, NULL) != SALVE_OK) return false;
    *rest = str_cut(record, CRYPTO_RECORD_PLACE_BYTES, record.len);
    place->key_version = head.key_version;
    return compartment_eq(head.compartment, place->compartment) && head.seq == place->seq && head.class == place->class;
}

enum salve_code crypto_record_whole(const struct crypto_record *place, struct str rest, struct arena *mem,
                                    struct str *record, struct salve_err *err)
{
    size_t len = CRYPTO_RECORD_PLACE_BYTES + rest.len;
    uint8_t *out = arena_alloc_raw(mem, len, 16);
    if (out == NULL) return salve_fail(err, SALVE_E_MEMORY, "record");
    put_place(out, place, len < CRYPTO_RECORD_OVERHEAD_BYTES ? 0 : len - CRYPTO_RECORD_OVERHEAD_BYTES);
    if (rest.len > 0) memcpy(out + CRYPTO_RECORD_PLACE_BYTES, rest.ptr, rest.len);
    *record = str_bytes(out, len);
    return SALVE_OK;
}

/* The steps after the clear part: commitment, AEAD, padding. */
static bool open_body(const struct crypto_key *class_key, uint64_t seq, const uint8_t *bytes, size_t padded,
                      uint8_t *plain, size_t *plain_len)
{
    struct record_key key;
    derive(class_key, seq, &key);
    bool is_open =
        sodium_memcmp(bytes + AT_COMMITMENT, key.bytes + 32, 32) == 0 &&
        crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, bytes + AT_CIPHERTEXT, padded + CRYPTO_TAG_BYTES,
                                                   bytes, AAD_BYTES, bytes + AT_NONCE, key.bytes) == 0 &&
        sodium_unpad(plain_len, plain, padded, CRYPTO_RECORD_PAD_BYTES) == 0;
    sodium_memzero(&key, sizeof key);
    return is_open;
}

enum salve_code crypto_record_open(const struct crypto_key *class_key, const struct crypto_record *asked,
                                   struct str record, struct arena *mem, struct str *plaintext,
                                   struct crypto_record *head, struct salve_err *err)
{
    struct crypto_record found;
    if (crypto_record_peek(record, &found, err) != SALVE_OK) return SALVE_E_INTEGRITY;
    if (!compartment_eq(found.compartment, asked->compartment) || found.seq != asked->seq ||
        found.class != asked->class)
        return damaged(err);
    size_t padded = record.len - CRYPTO_RECORD_OVERHEAD_BYTES, len = 0;
    uint8_t *plain = arena_alloc_raw(mem, padded, 16);
    if (plain == NULL) return salve_fail(err, SALVE_E_MEMORY, "record");
    if (!open_body(class_key, found.seq, crypto_bytes(record), padded, plain, &len)) {
        sodium_memzero(plain, padded);
        return damaged(err);
    }
    if (head != NULL) *head = found;
    *plaintext = str_bytes(plain, len);
    return SALVE_OK;
}
