/* SPDX-License-Identifier: Apache-2.0
 * What a text gives away: genetic notation (HGVS, STR, HLA and star alleles, VCF, FASTA, dbSNP) and embedded pictures
 * here; runs of letters in admit_runs.c, words and national numbers in admit_words.c. One pass each, no backtracking
 * over more than a few bytes. */
#include "admit/admit_int.h"

enum { FASTA_BASES_MIN = 10, SHORT_BYTES = 5 };

static bool is_base(char c)
{
    c = str_lower(c);
    return c == 'a' || c == 'c' || c == 'g' || c == 't' || c == 'u' || c == 'n';
}

static bool is_amino(char c) { return str_is_letter(c) && strchr("bjouxz", str_lower(c)) == NULL; }

static size_t digits_at(struct str text, size_t i)
{
    size_t from = i;
    while (str_is_digit(admit_at(text, i))) i++;
    return i - from;
}

/* Any case; `word` in small letters. */
static bool has_at(struct str text, size_t i, const char *word)
{
    for (; *word != '\0'; word++, i++)
        if (str_lower(admit_at(text, i)) != *word) return false;
    return true;
}

/* "c.76A>T", "c.-14_16del", "g.32387T>C", "m.8993T>G": a DNA change, varnomen.hgvs.org. `i` is behind the "c." */
static bool is_dna_change(struct str text, size_t i)
{
    size_t positions = 0;
    while (str_is_digit(admit_at(text, i)) ||
           (admit_at(text, i) != '\0' && strchr("-+*_ ()", admit_at(text, i)) != NULL))
        positions += str_is_digit(text.ptr[i++]);
    if (positions == 0) return false;
    bool is_close = text.ptr[i - 1] != ' '; /* "c. 3 insulin" is no insertion */
    if (is_close &&
        (has_at(text, i, "del") || has_at(text, i, "dup") || has_at(text, i, "ins") || has_at(text, i, "inv")))
        return true;
    if (!is_base(admit_at(text, i))) return false;
    i++;
    while (admit_at(text, i) == ' ' || admit_at(text, i) == '-') i++;
    return admit_at(text, i) == '>' || (is_close && admit_at(text, i) == '=');
}

static bool is_amino_name(struct str text, size_t i)
{
    static const char *const names[] = {"ala", "arg", "asn", "asp", "cys", "gln", "glu", "gly", "his", "ile", "leu",
                                        "lys", "met", "phe", "pro", "ser", "ter", "thr", "trp", "tyr", "val"};
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++)
        if (has_at(text, i, names[n])) return true;
    return false;
}

/* "p.Val600Glu", "p.(Gly12Asp)", "p.Trp24*", "p.V600E": an amino acid change. `i` is behind the "p." */
static bool is_protein_change(struct str text, size_t i)
{
    while (admit_at(text, i) == '(' || admit_at(text, i) == ' ') i++;
    size_t letters = is_amino_name(text, i) ? 3 : is_amino(admit_at(text, i)) ? 1 : 0;
    size_t digits = letters == 0 ? 0 : digits_at(text, i + letters);
    char next = admit_at(text, i + letters + digits);
    return digits > 0 && (is_amino(next) || next == '*' || next == '=' || next == '_' || next == '?');
}

/* "Val600Glu", "BRAF V600E", "KRAS G12D" without the "p.": three letters, or one letter behind a word of capitals. */
static bool is_bare_change(struct str text, size_t i)
{
    size_t letters = is_amino_name(text, i) ? 3 : 0, digits = letters == 0 ? 0 : digits_at(text, i + letters);
    if (digits > 0 && is_amino_name(text, i + letters + digits)) return true;
    if (i < 4 || text.ptr[i - 1] != ' ' || !str_is_upper(text.ptr[i - 2]) || !str_is_upper(text.ptr[i - 3]))
        return false;
    digits = digits_at(text, i + 1);
    return str_is_upper(text.ptr[i]) && is_amino(text.ptr[i]) && digits >= 2 && digits <= 4 &&
           str_is_upper(admit_at(text, i + 1 + digits)) && is_amino(admit_at(text, i + 1 + digits)) &&
           !admit_is_alnum(admit_at(text, i + 2 + digits)) && admit_at(text, i + 1 + digits) != 'H';
}

/* "NM_007294.3:", "NC_000017.11:", "ENST00000357654.9:", "LRG_292t1:": a reference sequence with a change behind it. */
static bool is_reference_sequence(struct str text, size_t i)
{
    char third = admit_at(text, i + 2), fourth = admit_at(text, i + 3);
    static const char *const starts[] = {"nm_", "nc_",  "ng_",  "np_",  "nr_", "xm_",
                                         "xr_", "enst", "ensg", "ensp", "lrg_"};
    if (third != '_' && fourth != '_' && str_lower(third) != 's') return false;
    for (size_t s = 0; s < sizeof starts / sizeof starts[0]; s++) {
        if (!has_at(text, i, starts[s])) continue;
        size_t j = i + strlen(starts[s]), digits = digits_at(text, j);
        if (digits < 2) return false;
        while (admit_is_alnum(admit_at(text, j)) || admit_at(text, j) == '.') j++;
        return admit_at(text, j) == ':' || admit_at(text, j) == '(' || digits >= 6;
    }
    return false;
}

/* "rs1799853" (dbSNP; "Rs50000" is money) or "chr17:43045677" */
static bool is_locus(struct str text, size_t i)
{
    if (has_at(text, i, "rs") && str_is_upper(text.ptr[i]) == str_is_upper(text.ptr[i + 1])) {
        size_t digits = digits_at(text, i + 2);
        return digits >= 5 && !admit_is_alnum(admit_at(text, i + 2 + digits));
    }
    if (!has_at(text, i, "chr")) return false;
    size_t j = i + 3 + digits_at(text, i + 3);
    char sex = str_lower(admit_at(text, j));
    if (j == i + 3 && (sex == 'x' || sex == 'y' || sex == 'm')) j++;
    return j > i + 3 && admit_at(text, j) == ':' && (digits_at(text, j + 1) >= 3 || has_at(text, j + 1, "g."));
}

/* "D3S1358", "D21 S 11", "DYS391": a locus of a forensic profile. */
static bool is_marker(struct str text, size_t i)
{
    if (has_at(text, i, "dys")) return digits_at(text, i + 3) >= 3;
    size_t digits = digits_at(text, i + 1), j = i + 1 + digits;
    if (digits == 0 || digits > 2) return false;
    while (admit_at(text, j) == ' ' || admit_at(text, j) == '-') j++;
    if (str_lower(admit_at(text, j)) != 's') return false;
    j++;
    while (admit_at(text, j) == ' ' || admit_at(text, j) == '-') j++;
    return digits_at(text, j) >= 2;
}

/* "vWA 14,17", "FGA: 21/24": a locus whose name means something else as well, with its two alleles. */
static bool is_allele_pair(struct str text, size_t i)
{
    i += 3;
    while (admit_at(text, i) == ' ' || admit_at(text, i) == ':' || admit_at(text, i) == '=') i++;
    size_t digits = digits_at(text, i);
    if (digits == 0 || digits > 2) return false;
    i += digits;
    if (admit_at(text, i) == '.') i += 1 + digits_at(text, i + 1);
    while (admit_at(text, i) == ' ') i++;
    char between = admit_at(text, i);
    return between == ',' || between == '/' || between == '-' || between == ';' || str_is_digit(between);
}

/* "HLA-A*02:01", "HLA B27", "DRB1*15:01", "CYP2C19*2": an allele by its star. `i` is where a word begins. */
static bool is_star_allele(struct str text, size_t i)
{
    if (has_at(text, i, "hla") && !str_is_letter(admit_at(text, i + 3))) {
        size_t j = i + 3;
        while (admit_at(text, j) == ' ' || admit_at(text, j) == '-') j++;
        return str_is_upper(admit_at(text, j)) && (str_is_digit(admit_at(text, j + 1)) ||
                                                   admit_at(text, j + 1) == '*' || str_is_upper(admit_at(text, j + 1)));
    }
    size_t j = i;
    while (admit_is_alnum(admit_at(text, j)) && j - i < 8) j++;
    if (admit_at(text, j) != '*' || !str_is_digit(admit_at(text, j + 1)) || !str_is_upper(text.ptr[i])) return false;
    size_t digits = digits_at(text, j + 1);
    return (digits >= 2 && admit_at(text, j + 1 + digits) == ':') || has_at(text, i, "cyp") || has_at(text, i, "drb") ||
           has_at(text, i, "dqb") || has_at(text, i, "dqa") || has_at(text, i, "dpb") || has_at(text, i, "ugt");
}

static bool is_fasta(struct str text, size_t i)
{
    if (admit_at(text, i) != '>' || (i > 0 && text.ptr[i - 1] != '\n')) return false;
    while (i < text.len && text.ptr[i] != '\n') i++;
    size_t from = ++i;
    while (is_base(admit_at(text, i))) i++;
    return i - from >= FASTA_BASES_MIN && (i >= text.len || admit_at(text, i) == '\n' || admit_at(text, i) == '\r');
}

static bool is_change(struct str text, size_t i)
{
    size_t j = i + 1;
    while (admit_at(text, j) == ' ') j++;
    if (admit_at(text, j) != '.') return false;
    if (str_lower(text.ptr[i]) == 'p') return is_protein_change(text, j + 1);
    return is_dna_change(text, j + 1);
}

/* Genetic notation that begins at i, where a word begins. */
static bool is_notation(struct str text, size_t i)
{
    switch (str_lower(text.ptr[i])) {
    case 'c':
    case 'r':
        return is_change(text, i) || is_locus(text, i);
    case 'g':
    case 'm':
    case 'p':
        return is_change(text, i);
    case 'n':
        return is_change(text, i) || is_reference_sequence(text, i);
    case 'x':
    case 'e':
    case 'l':
        return is_reference_sequence(text, i);
    case 'd':
        return is_marker(text, i);
    case 'f':
        return has_at(text, i, "fga") && is_allele_pair(text, i);
    case 'v':
        return has_at(text, i, "vwa") && is_allele_pair(text, i);
    case '>':
        return is_fasta(text, i);
    case '#':
        return has_at(text, i, "##fileformat=vcf");
    default:
        return false;
    }
}

static bool has_notation(struct str text)
{
    bool in_word = false, has_star = memchr(text.ptr, '*', text.len) != NULL;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_alnum = admit_is_alnum(c);
        if (!in_word && c != ' ') {
            if (is_notation(text, i)) return true;
            if ((has_star || c == 'h' || c == 'H') && is_alnum && is_star_allele(text, i)) return true;
            if ((str_is_digit(admit_at(text, i + 1)) || str_is_digit(admit_at(text, i + 3))) && is_bare_change(text, i))
                return true;
        }
        in_word = is_alnum;
    }
    return false;
}

/* --- pictures ----------------------------------------------------------------------------------------------------- */

bool admit_has_embedded(struct str text)
{
    const char *end = text.ptr + text.len;
    for (const char *colon = text.ptr; text.len > 0 && (colon = memchr(colon, ':', (size_t)(end - colon))) != NULL;
         colon++) {
        size_t i = (size_t)(colon - text.ptr);
        if (i >= 4 && has_at(text, i - 4, "data") && (i == 4 || !admit_is_alnum(text.ptr[i - 5])) &&
            admit_is_alnum(admit_at(text, i + 1)) && str_find(str_cut(text, i, 128), STR(";base64")) >= 0)
            return true;
    }
    return false;
}

/* Every notation has a digit, '>' or '#' in it; most texts have none. */
static bool may_hold_notation(struct str text)
{
    static const bool marks[256] = {['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true, ['5'] = true,
                                    ['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true, ['>'] = true, ['#'] = true};
    for (size_t i = 0; i < text.len; i++)
        if (marks[(unsigned char)text.ptr[i]]) return true;
    return false;
}

enum admit_rule admit_folded_rule(const struct admit_rules *rules, struct str text, enum admit_text kind)
{
    if (text.len >= SHORT_BYTES) {
        if (may_hold_notation(text) && has_notation(text)) return ADMIT_N3;
        enum admit_rule rule = admit_runs_rule(text, kind);
        if (rule != ADMIT_OK) return rule;
        if (admit_has_national(rules, text, kind)) return ADMIT_N7;
    }
    return kind >= ADMIT_TEXT_LABEL ? admit_words_rule(rules, text, kind) : ADMIT_OK;
}
