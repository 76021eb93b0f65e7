/* SPDX-License-Identifier: Apache-2.0
 * What a text gives away: genetic notation (HGVS, VCF, FASTA, long runs of bases), embedded pictures, national numbers
 * of the site's patterns, and words of a code's display. One pass each, no backtracking over more than a few bytes. */
#include "admit/admit_int.h"

enum { BASES_MAX = 40, FASTA_BASES_MIN = 10 };

static bool is_alnum(char c) { return str_is_digit(c) || str_is_letter(c); }
static char at(struct str text, size_t i) { return i < text.len ? text.ptr[i] : '\0'; }

static bool is_base(char c)
{
    c = str_lower(c);
    return c == 'a' || c == 'c' || c == 'g' || c == 't' || c == 'u' || c == 'n';
}

static size_t digits_at(struct str text, size_t i)
{
    size_t from = i;
    while (str_is_digit(at(text, i))) i++;
    return i - from;
}

static bool has_at(struct str text, size_t i, const char *word)
{
    return str_starts(str_cut(text, i, text.len), str_of(word));
}

/* --- genetics ----------------------------------------------------------------------------------------------------- */

/* "c.76A>T", "c.-14_16del", "g.32387T>C", "m.8993T>G": a DNA change, varnomen.hgvs.org. `i` is behind the "c." */
static bool is_dna_change(struct str text, size_t i)
{
    size_t positions = 0;
    while (str_is_digit(at(text, i)) || at(text, i) == '-' || at(text, i) == '+' || at(text, i) == '*' ||
           at(text, i) == '_')
        positions += str_is_digit(at(text, i++));
    if (positions == 0) return false;
    if (has_at(text, i, "del") || has_at(text, i, "dup") || has_at(text, i, "ins") || has_at(text, i, "inv"))
        return true;
    return is_base(at(text, i)) && at(text, i + 1) == '>' && is_base(at(text, i + 2));
}

/* "p.Val600Glu", "p.(Gly12Asp)", "p.Trp24*": an amino acid change. `i` is behind the "p." */
static bool is_protein_change(struct str text, size_t i)
{
    if (at(text, i) == '(') i++;
    if (!str_is_upper(at(text, i)) || !str_is_lower(at(text, i + 1)) || !str_is_lower(at(text, i + 2))) return false;
    size_t digits = digits_at(text, i + 3);
    char next = at(text, i + 3 + digits);
    return digits > 0 &&
           (str_is_upper(next) || next == '*' || next == '=' || next == 'f' || next == 'd' || next == '_');
}

/* "NM_007294.3:", "NC_000017.11:", "ENST00000357654.9:", "LRG_292t1:": a reference sequence with a change behind it. */
static bool is_reference_sequence(struct str text, size_t i)
{
    static const char *const starts[] = {"NM_", "NC_", "NG_", "NP_", "NR_", "XM_", "XR_", "ENST", "ENSG", "LRG_"};
    for (size_t s = 0; s < sizeof starts / sizeof starts[0]; s++) {
        if (!has_at(text, i, starts[s])) continue;
        size_t j = i + strlen(starts[s]), digits = digits_at(text, j);
        if (digits < 2) return false;
        while (is_alnum(at(text, j)) || at(text, j) == '.') j++;
        return at(text, j) == ':' || at(text, j) == '(' || digits >= 6;
    }
    return false;
}

/* "rs1799853" (dbSNP) or "chr17:43045677" */
static bool is_locus(struct str text, size_t i)
{
    if (has_at(text, i, "rs"))
        return digits_at(text, i + 2) >= 5 && !is_alnum(at(text, i + 2 + digits_at(text, i + 2)));
    if (!has_at(text, i, "chr")) return false;
    size_t j = i + 3 + digits_at(text, i + 3);
    if (j == i + 3 && (at(text, j) == 'X' || at(text, j) == 'Y' || at(text, j) == 'M')) j++;
    return j > i + 3 && at(text, j) == ':' && (digits_at(text, j + 1) >= 3 || has_at(text, j + 1, "g."));
}

static bool is_fasta(struct str text, size_t i)
{
    if (at(text, i) != '>' || (i > 0 && text.ptr[i - 1] != '\n')) return false;
    while (i < text.len && text.ptr[i] != '\n') i++;
    size_t from = ++i;
    while (is_base(at(text, i))) i++;
    return i - from >= FASTA_BASES_MIN && (i >= text.len || at(text, i) == '\n' || at(text, i) == '\r');
}

static bool is_change(struct str text, size_t i)
{
    if (at(text, i + 1) != '.') return false;
    char kind = text.ptr[i];
    if (kind == 'p') return is_protein_change(text, i + 2);
    return (kind == 'c' || kind == 'g' || kind == 'm' || kind == 'n' || kind == 'r') && is_dna_change(text, i + 2);
}

/* Genetic notation that begins at i, where a word begins. */
static bool is_notation(struct str text, size_t i)
{
    switch (text.ptr[i]) {
    case 'c':
    case 'r':
        return is_change(text, i) || is_locus(text, i);
    case 'g':
    case 'm':
    case 'n':
    case 'p':
        return is_change(text, i);
    case 'N':
    case 'X':
    case 'E':
    case 'L':
        return is_reference_sequence(text, i);
    case '>':
        return is_fasta(text, i);
    case '#':
        return has_at(text, i, "##fileformat=VCF");
    default:
        return false;
    }
}

static bool is_genetic(struct str text)
{
    size_t run = 0;
    bool in_word = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        run = is_base(c) ? run + 1 : 0;
        if (run > BASES_MAX || (!in_word && is_notation(text, i))) return true;
        in_word = is_alnum(c);
    }
    return false;
}

/* --- national numbers --------------------------------------------------------------------------------------------- */

static bool fits_at(struct str pattern, struct str text, size_t i)
{
    if (i + pattern.len > text.len || (i > 0 && is_alnum(text.ptr[i - 1])) || is_alnum(at(text, i + pattern.len)))
        return false;
    for (size_t j = 0; j < pattern.len; j++) {
        char want = pattern.ptr[j], got = text.ptr[i + j];
        if (want == '9' ? !str_is_digit(got) : want == 'A' ? !str_is_letter(got) : got != want) return false;
    }
    return true;
}

static bool is_national(const struct admit_rules *rules, struct str text)
{
    for (size_t p = 0; p < rules->patterns.count; p++)
        for (size_t i = 0; i < text.len; i++)
            if (fits_at(rules->patterns.items[p].text, text, i)) return true;
    return false;
}

/* --- pictures ----------------------------------------------------------------------------------------------------- */

static bool is_embedded(struct str text)
{
    for (size_t i = 0; i + 5 < text.len; i++)
        if ((text.ptr[i] == 'd' || text.ptr[i] == 'D') && (i == 0 || !is_alnum(text.ptr[i - 1]))) {
            static const char scheme[] = "data:";
            size_t j = 0;
            while (j < 5 && str_lower(text.ptr[i + j]) == scheme[j]) j++;
            if (j == 5 && is_alnum(at(text, i + 5)) && str_find(str_cut(text, i, 128), STR(";base64")) >= 0)
                return true;
        }
    return false;
}

enum admit_rule admit_text_rule(const struct admit_rules *rules, struct str text)
{
    if (text.len < 5) return ADMIT_OK;
    if (is_genetic(text)) return ADMIT_N3;
    if (is_national(rules, text)) return ADMIT_N7;
    return is_embedded(text) ? ADMIT_N2 : ADMIT_OK;
}

/* --- words -------------------------------------------------------------------------------------------------------- */

static bool word_at(struct str text, size_t i, struct str word)
{
    if (i + word.len > text.len || (i > 0 && is_alnum(text.ptr[i - 1])) || is_alnum(at(text, i + word.len)))
        return false;
    for (size_t j = 0; j < word.len; j++)
        if (str_lower(text.ptr[i + j]) != word.ptr[j]) return false;
    return true;
}

enum admit_rule admit_words_rule(const struct admit_rules *rules, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!rules->starts_word[(unsigned char)text.ptr[i]] || (i > 0 && is_alnum(text.ptr[i - 1]))) continue;
        for (size_t w = 0; w < rules->words.count; w++)
            if (word_at(text, i, rules->words.items[w].text)) return (enum admit_rule)rules->words.items[w].tag;
    }
    return ADMIT_OK;
}
