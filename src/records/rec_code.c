/* SPDX-License-Identifier: Apache-2.0
 *
 * Codes that people carry on paper: random characters and one check character. The three kinds differ in their count of
 * characters, so none can be taken for another. The alphabet is Crockford's base32, so that nothing typed or read aloud
 * is ambiguous. The check is a Reed-Solomon parity over GF(32): any one wrong character, and any two that changed
 * places, are found. docs/formats/card.md. */
#include <stdio.h>

#include "base/assert.h"
#include "crypto/crypto.h"
#include "records/site_int.h"
#include "records/who_int.h"

static const char ALPHABET[33] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static const struct form {
    const char *what; /* what its hash begins with: equal texts of two kinds are two tokens */
    uint8_t chars, group;
} forms[] = {
#define CODE(name, what, chars, group, opens) {what, chars, group},
#include "records/codes.def"
#undef CODE
};

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

/* Sum of value[i] * x^(count-1-i), by Horner; 0 for a valid code. */
static uint8_t parity(const uint8_t *values, size_t count)
{
    uint8_t sum = 0;
    for (size_t i = 0; i < count; i++) sum = times_x(sum) ^ values[i];
    return sum;
}

bool rec_code_read(enum rec_code_kind kind, struct str text, struct rec_code *out)
{
    size_t count = 0;
    *out = (struct rec_code){.kind = kind};
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '-' || text.ptr[i] == ' ') continue;
        int value = char_value(text.ptr[i]);
        if (value < 0 || count == forms[kind].chars) return false;
        out->values[count++] = (uint8_t)value;
    }
    return count == forms[kind].chars && parity(out->values, count) == 0;
}

bool rec_code_valid(enum rec_code_kind kind, struct str text)
{
    struct rec_code code;
    bool valid = rec_code_read(kind, text, &code);
    crypto_zero(&code, sizeof code);
    return valid;
}

bool rec_card_valid(struct str text) { return rec_code_valid(REC_CODE_CARD, text); }

void rec_code_make(enum rec_code_kind kind, struct rec_code *out)
{
    size_t random = forms[kind].chars - 1u;
    *out = (struct rec_code){.kind = kind};
    crypto_random(out->values, random);
    for (size_t i = 0; i < random; i++) out->values[i] &= 31;
    out->values[random] = times_x(parity(out->values, random));
}

struct str rec_code_text(const struct rec_code *code, char text[REC_CODE_TEXT_BYTES + 1])
{
    const struct form *form = &forms[code->kind];
    size_t at = 0;
    for (size_t i = 0; i < form->chars; i++) {
        if (i > 0 && i % form->group == 0) text[at++] = '-';
        text[at++] = ALPHABET[code->values[i] & 31];
    }
    text[at] = '\0';
    salve_assert(at <= REC_CODE_TEXT_BYTES);
    return str_make(text, at);
}

enum salve_code rec_code_out(const struct rec_code *code, struct arena *mem, struct str *out, struct salve_err *err)
{
    char text[REC_CODE_TEXT_BYTES + 1];
    enum salve_code result = arena_str(mem, rec_code_text(code, text), out, err);
    crypto_zero(text, sizeof text);
    return result;
}

enum salve_code rec_code_token(struct site *site, const struct rec_code *code, uint8_t token[KEYS_TOKEN_BYTES],
                               struct salve_err *err)
{
    char said[REC_CODE_TEXT_BYTES + 16], text[REC_CODE_TEXT_BYTES + 1];
    struct str words = rec_code_text(code, text);
    int len = snprintf(said, sizeof said, "%s%.*s", forms[code->kind].what, STR_ARGS(words));
    salve_assert(len > 0 && (size_t)len < sizeof said);
    enum salve_code result = keys_token(site->keys, KEYS_TOKEN_CARD, str_make(said, (size_t)len), token, err);
    crypto_zero(text, sizeof text);
    crypto_zero(said, sizeof said);
    return result;
}
