/* SPDX-License-Identifier: Apache-2.0
 * Words and numbers of a folded text: the words of admit_words.def, and the site's patterns of national numbers. */
#include "admit/admit_int.h"

enum {
    LONG_NUMBER_PLACES = 10,
    UUID_BYTES = 36,
    UUID_LETTERS_MIN = 4, /* one in a thousand made by chance has fewer; a number with zeros around it has none */
};

/* A byte of a letter or digit; all bytes beyond ASCII are parts of letters. */
static bool is_letter(char c) { return admit_is_alnum(c) || (unsigned char)c >= 0x80; }

/* Digits and signs that people write for letters. */
static char letter_for(char c)
{
    switch (c) {
    case '0':
        return 'o';
    case '1':
        return 'i';
    case '3':
        return 'e';
    case '4':
        return 'a';
    case '5':
        return 's';
    default:
        return c;
    }
}

static bool is_disguised(char want, char got) { return letter_for(got) == want || (want == 'l' && got == '1'); }

/* Does the word stand at i, whatever signs stand between its letters? Spaces of the row do not count either. Letters
 * may be written as digits where more letters than digits are left. */
static bool word_at(struct str text, size_t i, struct str word)
{
    bool is_latin = (unsigned char)word.ptr[0] < 0x80;
    size_t same = 0, disguised = 0;
    for (size_t j = 0; j < word.len; j++) {
        if (word.ptr[j] == ' ') continue;
        while (j > 0 && i < text.len && !is_letter(text.ptr[i])) i++;
        if (i >= text.len) return false;
        char got = str_lower(text.ptr[i++]);
        if (got != word.ptr[j] && !is_disguised(word.ptr[j], got)) return false;
        same += got == word.ptr[j];
        disguised += got != word.ptr[j];
    }
    return same > disguised && (!is_latin || i >= text.len || !is_letter(text.ptr[i]));
}

/* Words are sorted by their first byte; `first` is that of the words to look at. */
static enum admit_rule find_first(const struct admit_names *words, struct str text, size_t i, char first)
{
    size_t low = 0, high = words->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((unsigned char)words->items[middle].text.ptr[0] < (unsigned char)first)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < words->count && words->items[low].text.ptr[0] == first; low++)
        if (word_at(text, i, words->items[low].text)) return (enum admit_rule)words->items[low].tag;
    return ADMIT_OK;
}

static enum admit_rule find_word(const struct admit_names *words, struct str text, size_t i)
{
    char got = str_lower(text.ptr[i]), meant = letter_for(got);
    enum admit_rule rule = find_first(words, text, i, got);
    if (rule == ADMIT_OK && meant != got) rule = find_first(words, text, i, meant);
    return rule == ADMIT_OK && got == '1' ? find_first(words, text, i, 'l') : rule;
}

/* May a word begin at i, by its first byte and the next one? Signs may stand between them. */
static bool may_begin(const struct admit_rules *rules, struct str text, size_t i)
{
    unsigned char first = (unsigned char)text.ptr[i], next = (unsigned char)admit_at(text, i + 1);
    return rules->starts_word[first] &&
           ((rules->second[first][next / 32] >> next % 32 & 1) != 0 || !is_letter((char)next));
}

enum admit_rule admit_words_rule(const struct admit_rules *rules, struct str text, enum admit_text kind)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!may_begin(rules, text, i)) continue;
        if (i > 0 && is_letter(text.ptr[i - 1]) && (unsigned char)text.ptr[i] < 0x80) continue;
        enum admit_rule rule = find_word(&rules->words, text, i);
        if (rule == ADMIT_OK && kind == ADMIT_TEXT_LABEL) rule = find_word(&rules->labels, text, i);
        if (rule != ADMIT_OK) return rule;
    }
    return ADMIT_OK;
}

/* --- national numbers --------------------------------------------------------------------------------------------- */

static bool fits_place(char want, char got)
{
    return want == '9' ? str_is_digit(got) : want == 'A' ? str_is_letter(got) : got == want;
}

static bool fits_at(struct str pattern, struct str text, size_t i)
{
    if (i + pattern.len > text.len || (i > 0 && admit_is_alnum(text.ptr[i - 1])) ||
        admit_is_alnum(admit_at(text, i + pattern.len)))
        return false;
    for (size_t j = 0; j < pattern.len; j++)
        if (!fits_place(pattern.ptr[j], text.ptr[i + j])) return false;
    return true;
}

/* Signs may stand where the pattern has signs, and anywhere in a long number that has none. */
static bool takes_signs(struct str pattern, size_t j)
{
    if (j == 0) return false;
    if (!admit_is_alnum(pattern.ptr[j - 1])) return true;
    for (size_t i = 0; i < pattern.len; i++)
        if (!admit_is_alnum(pattern.ptr[i])) return false;
    return pattern.len >= LONG_NUMBER_PLACES;
}

/* The same with other signs, or none. */
static bool fits_loosely(struct str pattern, struct str text, size_t i)
{
    if (i > 0 && admit_is_alnum(text.ptr[i - 1])) return false;
    for (size_t j = 0; j < pattern.len; j++) {
        if (!admit_is_alnum(pattern.ptr[j])) continue;
        for (int skipped = 0; takes_signs(pattern, j) && skipped < 3 && i < text.len && !admit_is_alnum(text.ptr[i]);
             skipped++)
            i++;
        if (i >= text.len || !fits_place(pattern.ptr[j], text.ptr[i])) return false;
        i++;
    }
    return !admit_is_alnum(admit_at(text, i));
}

/* A UUID (RFC 9562) at i: the digits of its groups are no number of a state. Files are full of them, and every
 * fortieth begins with eight digits. */
static bool is_uuid_at(struct str text, size_t i)
{
    size_t letters = 0;
    if (i + UUID_BYTES > text.len || text.ptr[i + 8] != '-' || (i > 0 && admit_is_alnum(text.ptr[i - 1])) ||
        admit_is_alnum(admit_at(text, i + UUID_BYTES)))
        return false;
    for (size_t j = 0; j < UUID_BYTES; j++) {
        char c = str_lower(text.ptr[i + j]);
        bool is_sign = j == 8 || j == 13 || j == 18 || j == 23;
        if (is_sign ? c != '-' : !str_is_digit(c) && (c < 'a' || c > 'f')) return false;
        letters += str_is_letter(c);
    }
    char version = text.ptr[i + 14], variant = str_lower(text.ptr[i + 19]);
    return version >= '1' && version <= '8' && strchr("89ab", variant) != NULL && letters >= UUID_LETTERS_MIN;
}

static bool is_national_at(const struct admit_rules *rules, struct str text, size_t i, enum admit_text kind)
{
    for (size_t p = 0; p < rules->patterns.count; p++)
        if (fits_at(rules->patterns.items[p].text, text, i) ||
            (kind >= ADMIT_TEXT_LABEL && fits_loosely(rules->patterns.items[p].text, text, i)))
            return true;
    return false;
}

bool admit_has_national(const struct admit_rules *rules, struct str text, enum admit_text kind)
{
    for (size_t i = 0; rules->patterns.count > 0 && i < text.len; i++) {
        if (is_uuid_at(text, i))
            i += UUID_BYTES - 1;
        else if (is_national_at(rules, text, i, kind))
            return true;
    }
    return false;
}
