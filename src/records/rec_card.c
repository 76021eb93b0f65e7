/* SPDX-License-Identifier: Apache-2.0
 *
 * The code on a person's card: 19 random characters (95 bits) and one check character, in groups of four. The alphabet
 * is Crockford's base32, so that nothing typed or read aloud is ambiguous. The check is a Reed-Solomon parity over
 * GF(32): any one wrong character, and any two that changed places, are found. docs/formats/card.md. */
#include "crypto/crypto.h"
#include "base/assert.h"
#include "records/who_int.h"

static const char ALPHABET[33] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Value of a typed character: letters in either case, O for 0, I and L for 1; -1 for anything else. */
static int char_value(char c)
{
    if (str_is_lower(c)) c = (char)(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    const char *at = c == 0 ? NULL : memchr(ALPHABET, c, 32);
    return at == NULL ? -1 : (int)(at - ALPHABET);
}

/* a times x in GF(32), modulus x^5 + x^2 + 1. */
static uint8_t times_x(uint8_t a) { return (uint8_t)((a << 1) ^ ((a & 16) != 0 ? 0x25 : 0)) & 31; }

/* Sum of value[i] * x^(19-i), by Horner; 0 for a valid code. */
static uint8_t parity(const uint8_t *values, size_t count)
{
    uint8_t sum = 0;
    for (size_t i = 0; i < count; i++) sum = times_x(sum) ^ values[i];
    return sum;
}

bool rec_card_read(struct str text, struct rec_card *out)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '-' || text.ptr[i] == ' ') continue;
        int value = char_value(text.ptr[i]);
        if (value < 0 || count == REC_CARD_CHARS) return false;
        out->values[count++] = (uint8_t)value;
    }
    return count == REC_CARD_CHARS && parity(out->values, REC_CARD_CHARS) == 0;
}

bool rec_card_valid(struct str text)
{
    struct rec_card card;
    bool valid = rec_card_read(text, &card);
    crypto_zero(&card, sizeof card);
    return valid;
}

void rec_card_make(struct rec_card *out)
{
    crypto_random(out->values, REC_CARD_CHARS - 1);
    for (size_t i = 0; i < REC_CARD_CHARS - 1; i++) out->values[i] &= 31;
    out->values[REC_CARD_CHARS - 1] = times_x(parity(out->values, REC_CARD_CHARS - 1));
}

void rec_card_text(const struct rec_card *card, char text[REC_CARD_TEXT_BYTES + 1])
{
    size_t at = 0;
    for (size_t i = 0; i < REC_CARD_CHARS; i++) {
        if (i > 0 && i % 4 == 0) text[at++] = '-';
        text[at++] = ALPHABET[card->values[i] & 31];
    }
    text[at] = '\0';
    salve_assert(at == REC_CARD_TEXT_BYTES);
}

enum salve_code rec_card_out(const struct rec_card *card, struct arena *mem, struct str *out, struct salve_err *err)
{
    char text[REC_CARD_TEXT_BYTES + 1];
    rec_card_text(card, text);
    enum salve_code code = arena_str(mem, str_make(text, REC_CARD_TEXT_BYTES), out, err);
    crypto_zero(text, sizeof text);
    return code;
}
