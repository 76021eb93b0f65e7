/* SPDX-License-Identifier: Apache-2.0
 * Start of libsodium, hardening of the process, and the helpers for plain bytes. */
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/assert.h"
#include "crypto/crypto_int.h"

/* The leak check of a sanitizer build traces its own process, which an undumpable one does not allow. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(IS_SANITIZED)
enum { IS_DUMPABLE_DROPPED = 0 };
#else
enum { IS_DUMPABLE_DROPPED = 1 };
#endif

enum { STACK_BYTES = 256 << 10 };

enum salve_code crypto_init(struct salve_err *err)
{
    const struct rlimit none = {0, 0};
    if (sodium_init() < 0) return salve_fail(err, SALVE_E_CRYPTO, "libsodium does not start");
    if (setrlimit(RLIMIT_CORE, &none) != 0) return salve_fail(err, SALVE_E_CRYPTO, "core files cannot be turned off");
    if (IS_DUMPABLE_DROPPED && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return salve_fail(err, SALVE_E_CRYPTO, "the process cannot be made undumpable");
    return SALVE_OK;
}

void crypto_random(void *out, size_t len) { randombytes_buf(out, len); }
bool crypto_equal(const void *a, const void *b, size_t len) { return sodium_memcmp(a, b, len) == 0; }
void crypto_zero(void *bytes, size_t len) { sodium_memzero(bytes, len); }
void crypto_zero_stack(void) { sodium_stackzero(STACK_BYTES); }

void crypto_base64(const void *bytes, size_t len, char *out)
{
    (void)sodium_bin2base64(out, crypto_base64_bytes(len), bytes, len, sodium_base64_VARIANT_ORIGINAL);
}

void crypto_base64url(const void *bytes, size_t len, char *out)
{
    (void)sodium_bin2base64(out, crypto_base64url_bytes(len), bytes, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static bool parse(struct str text, int variant, void *out, size_t out_max, size_t *out_len)
{
    const char *end = NULL;
    *out_len = 0;
    if (text.len == 0) return true;
    for (size_t i = 0; i < text.len; i++) /* libsodium 1.0.18 takes some bytes over 0x7f for '+' */
        if ((unsigned char)text.ptr[i] > 0x7f) return false;
    if (sodium_base642bin(out, out_max, text.ptr, text.len, NULL, out_len, &end, variant) != 0) return false;
    return end == text.ptr + text.len;
}

bool crypto_base64_parse(struct str text, void *out, size_t out_max, size_t *out_len)
{
    return parse(text, sodium_base64_VARIANT_ORIGINAL, out, out_max, out_len);
}

bool crypto_base64url_parse(struct str text, void *out, size_t out_max, size_t *out_len)
{
    return parse(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING, out, out_max, out_len);
}

void crypto_put_u32(uint8_t out[4], uint32_t number)
{
    for (int i = 0; i < 4; i++) out[i] = (uint8_t)(number >> (24 - 8 * i));
}

void crypto_put_u64(uint8_t out[8], uint64_t number)
{
    for (int i = 0; i < 8; i++) out[i] = (uint8_t)(number >> (56 - 8 * i));
}

uint32_t crypto_get_u32(const uint8_t in[4])
{
    uint32_t number = 0;
    for (int i = 0; i < 4; i++) number = number << 8 | in[i];
    return number;
}

uint64_t crypto_get_u64(const uint8_t in[8])
{
    uint64_t number = 0;
    for (int i = 0; i < 8; i++) number = number << 8 | in[i];
    return number;
}
