/* SPDX-License-Identifier: Apache-2.0
 *
 * Codes of a generator: RFC 6238 (TOTP) over RFC 4226 (HOTP). */
#include "passkey/passkey.h"

enum { CODES = 1000000, LOW_BITS = 0x0f, BASE32_BITS = 5 };

enum salve_code totp_code(const struct crypto_key *key, uint64_t step, char out[TOTP_DIGITS + 1], struct salve_err *err)
{
    uint8_t counter[8], mac[CRYPTO_SHA1_BYTES];
    crypto_put_u64(counter, step);
    TRY(crypto_key_hmac_sha1(key, str_bytes(counter, sizeof counter), mac, err));
    size_t at = mac[sizeof mac - 1] & LOW_BITS; /* RFC 4226, 5.3 */
    uint32_t number = (crypto_get_u32(mac + at) & 0x7fffffffu) % CODES;
    for (int i = TOTP_DIGITS - 1; i >= 0; i--, number /= 10) out[i] = (char)('0' + number % 10);
    out[TOTP_DIGITS] = '\0';
    crypto_zero(mac, sizeof mac);
    return SALVE_OK;
}

/* All of them are looked at, so that the time does not say which it was. */
enum salve_code totp_find(const struct crypto_key *key, struct str code, int64_t unix_s, uint64_t used, uint64_t *step,
                          struct salve_err *err)
{
    int64_t now = unix_s / TOTP_STEP_SECONDS;
    *step = 0;
    for (int64_t at = now - TOTP_STEPS_AROUND; at <= now + TOTP_STEPS_AROUND; at++) {
        char wanted[TOTP_DIGITS + 1];
        if (at <= 0) continue;
        TRY(totp_code(key, (uint64_t)at, wanted, err));
        bool is_it = code.len == TOTP_DIGITS && crypto_equal(code.ptr, wanted, TOTP_DIGITS);
        if (is_it && (uint64_t)at > used) *step = (uint64_t)at;
        crypto_zero(wanted, sizeof wanted);
    }
    return SALVE_OK;
}

void totp_text(const uint8_t secret[TOTP_SECRET_BYTES], char out[TOTP_SECRET_TEXT_BYTES])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint32_t held = 0;
    unsigned bits = 0;
    size_t n = 0;
    for (size_t i = 0; i < TOTP_SECRET_BYTES; i++) {
        held = held << 8 | secret[i];
        for (bits += 8; bits >= BASE32_BITS; bits -= BASE32_BITS) out[n++] = digits[held >> (bits - BASE32_BITS) & 31];
    }
    out[n] = '\0';
    crypto_zero(&held, sizeof held);
}
