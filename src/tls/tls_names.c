/* SPDX-License-Identifier: Apache-2.0
 * Names of sites, and the words and numbers by which people tell certificates apart. */
#include <string.h>

#include "base/assert.h"
#include "tls/tls_int.h"

/* --- names -------------------------------------------------------------------------------------------------------- */

enum { LABEL_BYTES_MAX = 63 };

static bool is_label(struct str label)
{
    bool is = label.len > 0 && label.len <= LABEL_BYTES_MAX && label.ptr[0] != '-' && label.ptr[label.len - 1] != '-';
    for (size_t i = 0; is && i < label.len; i++)
        is = str_is_lower(label.ptr[i]) || str_is_digit(label.ptr[i]) || label.ptr[i] == '-';
    return is;
}

/* The part behind the last dot; browsers take what ends in a number for an address (URL, 3.5.1). */
static struct str top_of(struct str name)
{
    size_t from = name.len;
    while (from > 0 && name.ptr[from - 1] != '.') from--;
    return str_cut(name, from, name.len);
}

static const char *why_not(struct str name)
{
    size_t labels = 0;
    struct str top = top_of(name);
    if (name.len == 0 || name.len > TLS_NAME_BYTES_MAX) return "a name of 60 characters at most";
    for (size_t from = 0, end; from <= name.len; from = end + 1) {
        for (end = from; end < name.len && name.ptr[end] != '.';) end++;
        if (!is_label(str_cut(name, from, end - from)))
            return "a name such as salve.home.arpa: lower-case letters, digits, inner hyphens, dots between";
        labels++;
    }
    if (str_is_digit(top.ptr[0])) return "a name, not an address";
    if (str_is(top, "localhost")) return "the names of this machine alone are those of --tls local";
    if (str_is(top, "local")) return "names that end in .local are answered by any machine of the network";
    return labels < 2 ? "a name of two parts or more, such as salve.home.arpa" : NULL;
}

enum salve_code tls_name_check(struct str name, const char *what, struct salve_err *err)
{
    const char *why = why_not(name);
    return why == NULL ? SALVE_OK : salve_refuse(err, SALVE_E_CONFIG, why, "%s", what);
}

void tls_text_copy(struct str name, char out[TLS_NAME_BYTES_MAX + 1])
{
    salve_assert(name.len <= TLS_NAME_BYTES_MAX);
    memcpy(out, name.ptr, name.len);
    out[name.len] = '\0';
}

void tls_my(struct str name, char out[TLS_MY_BYTES])
{
    memcpy(out, "my.", 3);
    tls_text_copy(name, out + 3);
}

/* --- fingerprints ------------------------------------------------------------------------------------------------- */

#define WORD(word) #word,
static const char *const words[] = {
#include "tls/tls_words.def"
};
#undef WORD
_Static_assert(sizeof words / sizeof words[0] == 256, "a word for each byte");

void tls_fingerprint(struct str der, uint8_t out[TLS_FINGERPRINT_BYTES]) { crypto_sha256(der, out); }

void tls_fingerprint_text(const uint8_t fingerprint[TLS_FINGERPRINT_BYTES], char out[TLS_FINGERPRINT_TEXT_BYTES])
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < TLS_FINGERPRINT_BYTES; i++) {
        out[3 * i] = digits[fingerprint[i] >> 4];
        out[3 * i + 1] = digits[fingerprint[i] & 15];
        out[3 * i + 2] = i + 1 < TLS_FINGERPRINT_BYTES ? ':' : '\0';
    }
}

void tls_words(const uint8_t fingerprint[TLS_FINGERPRINT_BYTES], char out[TLS_WORDS_BYTES])
{
    size_t len = 0;
    for (size_t i = 0; i < TLS_WORDS; i++) {
        const char *word = words[fingerprint[i]];
        size_t bytes = strlen(word);
        salve_assert(len + bytes + 1 < TLS_WORDS_BYTES);
        memcpy(out + len, word, bytes);
        len += bytes;
        out[len++] = i + 1 < TLS_WORDS ? ' ' : '\0';
    }
}
