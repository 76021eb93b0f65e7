/* SPDX-License-Identifier: Apache-2.0
 * Arabic-Indic digits, where the site wants them, in everything that the letter itself says. What the person or the
 * clinic gave stays as it was given, and so do codes, sources and words such as HbA1c. */
#include "letter/letter_int.h"

static bool is_word(char c) { return str_is_letter(c) || str_is_digit(c) || c == '-'; }

/* Does the run of Latin letters, digits and hyphens at `at` hold a letter? `end` is set behind the run. */
static bool is_latin_word(struct str text, size_t at, size_t *end)
{
    bool has_letter = false;
    for (*end = at; *end < text.len && is_word(text.ptr[*end]); (*end)++)
        has_letter = has_letter || str_is_letter(text.ptr[*end]);
    return has_letter;
}

/* The bytes from `at` that stay as they are: an isolate of the person or the clinic, a Latin word, one character. */
static size_t kept(struct str text, size_t at)
{
    struct str rest = str_cut(text, at, text.len);
    size_t end;
    if (str_starts(rest, STR(LETTER_NAME_START))) {
        ptrdiff_t close = str_find(rest, STR(LETTER_ISOLATE_END));
        return close < 0 ? rest.len : (size_t)close;
    }
    return is_latin_word(text, at, &end) ? end - at : 0;
}

static void add_digit(struct str text, size_t at, struct buf *out)
{
    bool is_point = text.ptr[at] == '.' && at > 0 && at + 1 < text.len && str_is_digit(text.ptr[at - 1]) &&
                    str_is_digit(text.ptr[at + 1]);
    if (is_point)
        buf_add(out, STR("\u066B"));
    else if (str_is_digit(text.ptr[at]))
        buf_addf(out, "%c%c", 0xd9, 0xa0 + (text.ptr[at] - '0')); /* U+0660 to U+0669 */
    else
        buf_add_char(out, text.ptr[at]);
}

struct str letter_digits(const struct letter *letter, struct str text, struct arena *mem)
{
    struct buf out;
    struct str done = text;
    if (!letter->has_arabic_digits || text.len == 0) return text;
    buf_init(&out, mem, 1 << 20);
    for (size_t at = 0; at < text.len;) {
        size_t same = kept(text, at), end;
        bool is_pair = str_starts(str_cut(text, at, text.len), STR(" / ")); /* 148 / 92 keeps its order */
        if (same > 0) {
            buf_add(&out, str_cut(text, at, same));
            at += same;
        } else if (is_pair) {
            buf_add(&out, STR("\u200E / \u200E"));
            at += 3;
        } else if (is_word(text.ptr[at])) {
            for (end = at; end < text.len && is_word(text.ptr[end]); end++) add_digit(text, end, &out);
            at = end;
        } else {
            add_digit(text, at++, &out);
        }
    }
    return buf_done(&out, &done, NULL) == SALVE_OK ? done : text;
}

static void line_digits(struct letter *letter, struct letter_line *line, struct arena *mem)
{
    struct str *const texts[] = {&line->name, &line->headline, &line->value,     &line->meaning,
                                 &line->why,  &line->before,   &line->dots_words};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = letter_digits(letter, *texts[i], mem);
    for (size_t i = 0; i < line->scale_count; i++) {
        struct letter_scale *scale = &line->scales[i];
        scale->label = letter_digits(letter, scale->label, mem);
        scale->at_text = letter_digits(letter, scale->at_text, mem);
        for (size_t b = 0; b < scale->band_count; b++)
            scale->bands[b].word = letter_digits(letter, scale->bands[b].word, mem);
    }
}

void letter_all_digits(struct letter *letter, struct arena *mem)
{
    struct str *const texts[] = {&letter->title,     &letter->answer,     &letter->banner,     &letter->details,
                                 &letter->told,      &letter->next_check, &letter->worse,      &letter->diagnosis,
                                 &letter->apart,     &letter->contact,    &letter->record,     &letter->code_words,
                                 &letter->signed_by, &letter->word_page,  &letter->unconfirmed};
    if (!letter->has_arabic_digits) return;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = letter_digits(letter, *texts[i], mem);
    for (size_t i = 0; i < letter->line_count; i++) line_digits(letter, &letter->lines[i], mem);
    for (size_t i = 0; i < letter->step_count; i++) {
        struct letter_step *step = &letter->steps[i];
        struct str *const parts[] = {&step->what, &step->when, &step->why, &step->where};
        for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) *parts[p] = letter_digits(letter, *parts[p], mem);
    }
    for (size_t i = 0; i < letter->note_count; i++) {
        letter->notes[i].name = letter_digits(letter, letter->notes[i].name, mem);
        letter->notes[i].text = letter_digits(letter, letter->notes[i].text, mem);
    }
}
