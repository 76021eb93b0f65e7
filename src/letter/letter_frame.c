/* SPDX-License-Identifier: Apache-2.0
 * The words that every letter shares: <share>/letters/frame.<language>.json, a flat object of texts. */
#include <stdio.h>

#include "base/file.h"
#include "base/limits.h"
#include "json/json.h"
#include "letter/letter_int.h"

struct letter_frame {
    const struct json *words;
    struct str bytes;
};

/* Every key that compose or a rendering asks for; a frame without one of them is refused when it is loaded. */
static const char *const keys[] = {"language",
                                   "direction",
                                   "comma",
                                   "fonts",
                                   "line-spacing",
                                   "title",
                                   "checked",
                                   "answer.emergency",
                                   "answer.today",
                                   "answer.soon",
                                   "answer.nothing-measured",
                                   "answer.could-not-judge",
                                   "answer.as-it-should-be",
                                   "answer.some-not-judged",
                                   "answer.some-outside",
                                   "answer.some-outside-some-not-judged",
                                   "answer.no-hurry",
                                   "answer.self",
                                   "told.go-now",
                                   "told.contact-today",
                                   "told.contact-today.paper",
                                   "told.spoken",
                                   "told.spoken.guardian",
                                   "told.agreed",
                                   "told.in-person",
                                   "told.telephone",
                                   "told.messenger",
                                   "more",
                                   "before.higher",
                                   "before.lower",
                                   "before.same",
                                   "because",
                                   "where",
                                   "where.after",
                                   "contact",
                                   "telephone",
                                   "note.again",
                                   "note.unjudged",
                                   "note.excluded",
                                   "note.unknown",
                                   "note.not-done",
                                   "note.not-asked",
                                   "note.too-old",
                                   "note.fault",
                                   "why.out-of-range",
                                   "why.bound",
                                   "why.unit",
                                   "why.no-number",
                                   "why.past-decimal",
                                   "why.unconfirmed",
                                   "why.status",
                                   "why.dated-ahead",
                                   "why.no-answer",
                                   "why.implausible",
                                   "note.others",
                                   "note.in-person",
                                   "note.in-person.what",
                                   "apart",
                                   "heading.lines",
                                   "heading.steps",
                                   "heading.notes",
                                   "heading.next",
                                   "heading.worse",
                                   "heading.record",
                                   "next",
                                   "next.because",
                                   "next.urgent",
                                   "next.none",
                                   "worse",
                                   "diagnosis",
                                   "record",
                                   "record.paper",
                                   "code",
                                   "sources",
                                   "used",
                                   "on",
                                   "signed",
                                   "draft",
                                   "demo",
                                   "paper",
                                   "outdated",
                                   "corrects",
                                   "log",
                                   "page",
                                   "shown-as",
                                   "dots",
                                   "unconfirmed",
                                   "site-lines",
                                   "first-result",
                                   "ask",
                                   "mark.usual",
                                   "mark.watch",
                                   "mark.see",
                                   "mark.neutral",
                                   "month.01",
                                   "month.02",
                                   "month.03",
                                   "month.04",
                                   "month.05",
                                   "month.06",
                                   "month.07",
                                   "month.08",
                                   "month.09",
                                   "month.10",
                                   "month.11",
                                   "month.12",
                                   "consent.read-back",
                                   "consent.read-back.how",
                                   "consent.read-back.met",
                                   "consent.first",
                                   "consent.second",
                                   "consent.decision",
                                   "consent.yes",
                                   "consent.no",
                                   "consent.apart",
                                   "consent.apart.yes",
                                   "consent.apart.no",
                                   "consent.no-trace",
                                   "consent.signature",
                                   "consent.date",
                                   "consent.witness",
                                   "sheet.title",
                                   "sheet.card",
                                   "sheet.questions",
                                   "sheet.questions.how",
                                   "sheet.yes",
                                   "sheet.no",
                                   "sheet.none",
                                   "sheet.measured",
                                   "sheet.more",
                                   "sheet.day",
                                   "recovery.title",
                                   "recovery.why",
                                   "recovery.keep",
                                   "recovery.key",
                                   "recovery.passphrase",
                                   "recovery.back",
                                   "recovery.back.how"};

struct str letter_frame_bytes(const struct letter_frame *frame) { return frame->bytes; }

struct str letter_frame_word(const struct letter_frame *frame, const char *key)
{
    return json_get_text(frame->words, key);
}

struct str letter_frame_value(const struct letter_frame *frame, struct str code)
{
    return json_text(json_get_str(json_get(frame->words, "values"), code));
}

void letter_set_frame(struct letter *letter, const struct letter_frame *frame)
{
    letter->language = letter_frame_word(frame, "language");
    letter->is_rtl = str_is(letter_frame_word(frame, "direction"), "rtl");
    letter->comma = letter_frame_word(frame, "comma");
    letter->fonts = letter_frame_word(frame, "fonts");
    letter->word_page = letter_frame_word(frame, "page");
    if (!str_to_double(letter_frame_word(frame, "line-spacing"), &letter->line_spacing)) letter->line_spacing = 1;
}

bool letter_next_font(struct str *fonts, struct str *family)
{
    ptrdiff_t comma = str_find(*fonts, STR(","));
    size_t end = comma < 0 ? fonts->len : (size_t)comma;
    *family = str_trim(str_cut(*fonts, 0, end));
    *fonts = str_cut(*fonts, end + 1, fonts->len);
    return family->len > 0;
}

/* Names of fonts go into a style sheet as they are: letters, digits, spaces and the commas between them. */
bool letter_is_font_list(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_letter = str_is_letter(c);
        if (!is_letter && c != ' ' && c != ',' && !str_is_digit(c)) return false;
    }
    return true;
}

bool letter_is_line_spacing(double value) { return value >= 0.5 && value <= 2; }

static bool is_line_spacing(struct str text)
{
    double value;
    return str_to_double(text, &value) && letter_is_line_spacing(value);
}

bool letter_is_language(struct str language)
{
    if (language.len < 2 || language.len > 8) return false;
    for (size_t i = 0; i < language.len; i++)
        if (!str_is_lower(language.ptr[i]) && language.ptr[i] != '-') return false;
    return true;
}

enum salve_code letter_frame_load(const char *share, struct str language, struct arena *mem, struct letter_frame **out,
                                  struct salve_err *err)
{
    char path[4096];
    if (!letter_is_language(language))
        return salve_refuse(err, SALVE_E_USAGE, "a language is a short code such as en or ar", "language");
    (void)snprintf(path, sizeof path, "%s/letters/frame.%.*s.json", share, STR_ARGS(language));
    struct str text;
    struct letter_frame *frame = arena_new(mem, struct letter_frame);
    if (frame == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter frame");
    enum salve_code code = file_read(path, SALVE_CONFIG_BYTES_MAX, mem, &text, err);
    if (code == SALVE_OK) code = json_read(text, NULL, mem, &frame->words, err);
    if (code != SALVE_OK) return code;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (letter_frame_word(frame, keys[i]).len > 0) continue;
        return salve_refuse(err, SALVE_E_INVALID, "the word is missing", "frame.%.*s.json: %s", STR_ARGS(language),
                            keys[i]);
    }
    if (!letter_is_font_list(letter_frame_word(frame, "fonts")))
        return salve_refuse(err, SALVE_E_INVALID, "names of fonts, with commas between them", "frame.%.*s.json: fonts",
                            STR_ARGS(language));
    if (!is_line_spacing(letter_frame_word(frame, "line-spacing")))
        return salve_refuse(err, SALVE_E_INVALID, "a number from 0.5 to 2", "frame.%.*s.json: line-spacing",
                            STR_ARGS(language));
    frame->bytes = text;
    *out = frame;
    return SALVE_OK;
}
