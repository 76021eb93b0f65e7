/* SPDX-License-Identifier: Apache-2.0
 * What a text is made of: bases and amino acids however they are grouped, encoded bytes, rows of numbers. Limits are
 * counts of letters that prose does not reach. One pass over a folded text each. */
#include "admit/admit_int.h"

enum {
    BASES_MAX = 24,        /* letters of a, c, g, t, u, n without any other letter between them */
    AMINO_ACIDS_MAX = 19,  /* capitals that are amino acids, in one word */
    AMINO_GROUP_MIN = 8,   /* such words, grouped */
    AMINO_GROUPS = 3,      /* that many of them */
    AMINO_NAMES_MAX = 5,   /* "Met-Val-His" */
    ENCODED_MAX = 40,      /* letters, digits and signs of base64 without a space */
    NAME_MAX = 80,         /* the same in a name, where all are letters */
    NAME_CAPITALS_MAX = 3, /* of which so many are capitals behind a small letter */
    CHAIN_MAX = 64,        /* the same in groups */
    CHAIN_GROUPS_MIN = 10, /* of which this many look like code */
    NUMBERS_MAX = 24,      /* numbers in a row */
};

/* Signs, digits and spaces neither go on nor end a run. */
static bool has_bases(struct str text)
{
    static const bool is_base[26] = {['a' - 'a'] = true, ['c' - 'a'] = true, ['g' - 'a'] = true,
                                     ['t' - 'a'] = true, ['u' - 'a'] = true, ['n' - 'a'] = true};
    size_t run = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i], letter = (unsigned char)((c | 0x20) - 'a');
        if (letter < 26 && c < 0x80) {
            run = is_base[letter] ? run + 1 : 0;
            if (run > BASES_MAX) return true;
        } else if (c >= 0x80)
            run = 0;
        if (run + (text.len - i) <= BASES_MAX) return false; /* what is left is too short */
    }
    return false;
}

/* --- words of a text ---------------------------------------------------------------------------------------------- */

/* Cuts the next word of letters and digits off *rest; false at the end. */
static bool next_token(struct str *rest, struct str *token)
{
    size_t i = 0, len = 0;
    while (i < rest->len && !admit_is_alnum(rest->ptr[i]) && (unsigned char)rest->ptr[i] < 0x80) i++;
    while (i + len < rest->len && (admit_is_alnum(rest->ptr[i + len]) || (unsigned char)rest->ptr[i + len] >= 0x80))
        len++;
    *token = str_cut(*rest, i, len);
    *rest = str_cut(*rest, i + len, rest->len);
    return len > 0;
}

static size_t amino_capitals(struct str token)
{
    if (token.len < AMINO_GROUP_MIN) return 0;
    for (size_t i = 0; i < token.len; i++)
        if (!str_is_upper(token.ptr[i]) || strchr("BJOUXZ", token.ptr[i]) != NULL) return 0;
    return token.len;
}

static bool is_amino_name(struct str token)
{
    static const char names[] = "alaargasnaspcysglnglugluglyhisileleulysmetpheprosertertrptyrval";
    if (token.len != 3) return false;
    for (size_t i = 0; i + 3 < sizeof names; i += 3)
        if (str_lower(token.ptr[0]) == names[i] && str_lower(token.ptr[1]) == names[i + 1] &&
            str_lower(token.ptr[2]) == names[i + 2])
            return true;
    return str_is(token, "thr") || str_is(token, "Thr") || str_is(token, "THR");
}

static bool has_amino_acids(struct str text)
{
    struct str rest = text, token;
    size_t names = 0, groups = 0;
    while (next_token(&rest, &token)) {
        if (token.len != 3 && token.len < AMINO_GROUP_MIN) {
            names = groups = 0;
            continue;
        }
        size_t capitals = amino_capitals(token);
        names = is_amino_name(token) ? names + 1 : 0;
        groups = capitals >= AMINO_GROUP_MIN ? groups + 1 : 0;
        if (capitals > AMINO_ACIDS_MAX || groups >= AMINO_GROUPS || names > AMINO_NAMES_MAX) return true;
    }
    return false;
}

/* --- encoded bytes ------------------------------------------------------------------------------------------------ */

static bool is_parted(enum admit_text kind) { return kind == ADMIT_TEXT_URI || kind == ADMIT_TEXT_ID; }

static bool joins(char c, enum admit_text kind) { return c == '+' || c == '=' || (c == '/' && !is_parted(kind)); }

/* Of a run without a space: what makes it look encoded, or a name of one long word. */
struct run {
    size_t len, capitals; /* capitals behind a small letter */
    bool has_other;       /* a digit, or a sign of base64 */
};

/* Names have words as long as any; in them only what no word is made of, or one that nobody has, is encoded. */
static bool is_encoded(const struct run *run, enum admit_text kind)
{
    if (run->len <= ENCODED_MAX) return false;
    return kind != ADMIT_TEXT_NAME || run->has_other || run->capitals > NAME_CAPITALS_MAX || run->len > NAME_MAX;
}

static bool has_encoded(struct str text, enum admit_text kind)
{
    struct run run = {0};
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (admit_is_alnum(c) || joins(c, kind)) {
            run.len++;
            run.has_other = run.has_other || !str_is_letter(c);
            run.capitals += i > 0 && str_is_upper(c) && str_is_lower(text.ptr[i - 1]);
        } else if (c == ' ' || c == '.' || c == ':' || is_parted(kind) || (c != '-' && c != '_'))
            run = (struct run){0};
        if (is_encoded(&run, kind)) return true;
        if (run.len == 0 && text.len - i <= ENCODED_MAX) return false; /* what is left is too short */
    }
    return false;
}

/* A word that looks like code: letters and digits mixed, or a capital behind a small letter. */
static bool is_codish(struct str token)
{
    size_t digits = 0, letters = 0;
    for (size_t i = 0; i < token.len; i++) {
        if ((unsigned char)token.ptr[i] >= 0x80) return false;
        digits += str_is_digit(token.ptr[i]);
        letters += str_is_letter(token.ptr[i]);
        if (i > 0 && str_is_lower(token.ptr[i - 1]) && str_is_upper(token.ptr[i])) return true;
    }
    return digits > 0 && letters > 0;
}

static bool is_capitals(struct str token)
{
    for (size_t i = 0; i < token.len; i++)
        if (!str_is_upper(token.ptr[i])) return false;
    return true;
}

static bool is_number(struct str token)
{
    for (size_t i = 0; i < token.len; i++)
        if (!str_is_digit(token.ptr[i])) return false;
    return true;
}

/* Encoded bytes in groups, rows of numbers: a curve, a list of alleles, a template. */
static bool has_chain(struct str text)
{
    struct str rest = text, token;
    size_t letters = 0, groups = 0, numbers = 0, before = 0;
    while (next_token(&rest, &token)) {
        bool is_code = is_codish(token), counts = is_number(token);
        bool goes_on = is_code || counts || is_capitals(token) || (token.len == before && token.len > 1);
        numbers = counts ? numbers + 1 : 0;
        letters = goes_on ? letters + token.len : 0;
        groups = !goes_on ? 0 : groups + is_code;
        before = token.len;
        if (numbers > NUMBERS_MAX || (letters > CHAIN_MAX && groups >= CHAIN_GROUPS_MIN)) return true;
    }
    return false;
}

enum admit_rule admit_runs_rule(struct str text, enum admit_text kind)
{
    if (text.len > BASES_MAX && has_bases(text)) return ADMIT_N3;
    if (text.len > AMINO_ACIDS_MAX && kind != ADMIT_TEXT_URI && has_amino_acids(text)) return ADMIT_N3;
    if (text.len > ENCODED_MAX && (has_encoded(text, kind) || has_chain(text))) return ADMIT_N4;
    return ADMIT_OK;
}
