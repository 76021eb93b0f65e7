/* SPDX-License-Identifier: Apache-2.0
 * How hard a text is: words in any script, and the Flesch-Kincaid grade of English. The counting rules are fixed here
 * and described in docs/formats/forms.md, so that the figure in a form can be checked by anybody. */
#include "consent/consent_int.h"

/* A byte of a word: a letter or digit of ASCII, or part of a character beyond it that is no general punctuation. */
static bool is_word_byte(struct str text, size_t at)
{
    uint8_t c = (uint8_t)text.ptr[at];
    if (str_is_letter(text.ptr[at]) || str_is_digit(text.ptr[at])) return true;
    /* U+2000-2FFF, dashes and quotes, are no words; continuation bytes never begin one */
    return c >= 0xc3 && c != 0xe2;
}

/* Cuts the next run without white space; false at the end. */
static bool next_token(struct str *rest, struct str *token)
{
    size_t from = 0;
    while (from < rest->len && str_is_space(rest->ptr[from])) from++;
    size_t to = from;
    while (to < rest->len && !str_is_space(rest->ptr[to])) to++;
    *token = str_cut(*rest, from, to - from);
    *rest = str_cut(*rest, to, rest->len);
    return token->len > 0;
}

static bool is_word(struct str token)
{
    for (size_t i = 0; i < token.len; i++)
        if (is_word_byte(token, i)) return true;
    return false;
}

uint32_t consent_word_count(struct str text)
{
    uint32_t count = 0;
    struct str token;
    while (next_token(&text, &token)) count += is_word(token);
    return count;
}

static bool is_vowel(char c) { return memchr("aeiouy", str_lower(c), 6) != NULL; }

/* Runs of vowels; a silent e at the end does not count, unless it follows a consonant and l ("people", "little"); an
 * "ed" ending counts only behind t or d. At least one. */
static uint32_t syllables(struct str word)
{
    while (word.len > 0 && !str_is_letter(word.ptr[word.len - 1])) word.len--;
    uint32_t count = 0;
    for (size_t i = 0; i < word.len; i++) count += is_vowel(word.ptr[i]) && (i == 0 || !is_vowel(word.ptr[i - 1]));
    size_t n = word.len;
    char last = n > 2 ? str_lower(word.ptr[n - 1]) : 0, before = n > 2 ? str_lower(word.ptr[n - 2]) : 0;
    bool is_le = last == 'e' && before == 'l' && n > 3 && !is_vowel(word.ptr[n - 3]);
    bool is_silent_e = last == 'e' && !is_vowel(before) && !is_le;
    bool is_silent_ed = last == 'd' && before == 'e' && n > 3 && !is_vowel(word.ptr[n - 3]) &&
                        memchr("td", str_lower(word.ptr[n - 3]), 2) == NULL;
    if ((is_silent_e || is_silent_ed) && count > 1) count--;
    return count == 0 ? 1 : count;
}

/* A sentence ends at . ! ? or : behind a word, and at the end of a line. */
static bool ends_sentence(struct str token, struct str rest)
{
    size_t n = token.len;
    while (n > 0 && (token.ptr[n - 1] == '"' || token.ptr[n - 1] == ')' || token.ptr[n - 1] == '\'')) n--;
    if (n > 0 && memchr(".!?:", token.ptr[n - 1], 4) != NULL) return true;
    return rest.len == 0 || rest.ptr[0] == '\n';
}

double consent_form_grade(struct str english)
{
    double words = 0, sentences = 0, sounds = 0;
    struct str token;
    bool is_open = false;
    while (next_token(&english, &token)) {
        if (is_word(token)) {
            words++;
            sounds += syllables(token);
            is_open = true;
        }
        if (is_open && ends_sentence(token, english)) {
            sentences++;
            is_open = false;
        }
    }
    if (words == 0) return 0;
    if (is_open || sentences == 0) sentences++;
    return 0.39 * words / sentences + 11.8 * sounds / words - 15.59;
}
