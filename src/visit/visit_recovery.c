/* SPDX-License-Identifier: Apache-2.0
 * The key of a site on paper, and back again. */
#include "visit/recovery.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/crypto.h"
#include "letter/draw.h"

enum { CHECK_BYTES = 2, LINE_BYTES = VISIT_KEY_PART_BYTES + CHECK_BYTES, GROUP_DIGITS = 4 };

/* --- lines -------------------------------------------------------------------------------------------------------- */

static void check_of(const uint8_t part[VISIT_KEY_PART_BYTES], unsigned number, uint8_t out[CHECK_BYTES])
{
    char text[32 + VISIT_KEY_PART_BYTES];
    uint8_t sha256[CRYPTO_SHA256_BYTES];
    int len = snprintf(text, 32, "salve key line %u", number);
    memcpy(text + len, part, VISIT_KEY_PART_BYTES);
    crypto_sha256(str_make(text, (size_t)len + VISIT_KEY_PART_BYTES), sha256);
    memcpy(out, sha256, CHECK_BYTES);
    crypto_zero(text, sizeof text);
}

void visit_key_line(const uint8_t key[VISIT_KEY_BYTES], unsigned number, char out[VISIT_KEY_LINE_CHARS])
{
    uint8_t line[LINE_BYTES];
    const uint8_t *part = key + (size_t)number * VISIT_KEY_PART_BYTES;
    size_t at = 0;
    memcpy(line, part, VISIT_KEY_PART_BYTES);
    check_of(part, number, line + VISIT_KEY_PART_BYTES);
    for (size_t i = 0; i < LINE_BYTES; i++) {
        if (i > 0 && 2 * i % GROUP_DIGITS == 0) out[at++] = ' ';
        out[at++] = str_hex_char(line[i] >> 4);
        out[at++] = str_hex_char(line[i] & 15);
    }
    out[at] = '\0';
    crypto_zero(line, sizeof line);
}

/* A digit as people write it; -1: it is none. */
static int digit_of(char c)
{
    c = str_lower(c);
    return c == 'o' ? 0 : c == 'l' || c == 'i' ? 1 : str_hex_digit(c);
}

static bool read_digits(struct str text, uint8_t line[LINE_BYTES])
{
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (str_is_space(c) || c == '-') continue;
        int digit = digit_of(c);
        if (digit < 0 || digits == 2 * LINE_BYTES) return false;
        line[digits / 2] = (uint8_t)(digits % 2 == 0 ? digit << 4 : line[digits / 2] | digit);
        digits++;
    }
    return digits == 2 * LINE_BYTES;
}

enum salve_code visit_key_line_read(struct str text, unsigned number, uint8_t part[VISIT_KEY_PART_BYTES],
                                    struct salve_err *err)
{
    uint8_t line[LINE_BYTES], check[CHECK_BYTES];
    bool is_line = read_digits(text, line);
    if (is_line) check_of(line, number, check);
    bool is_right = is_line && memcmp(check, line + VISIT_KEY_PART_BYTES, CHECK_BYTES) == 0;
    if (is_right) memcpy(part, line, VISIT_KEY_PART_BYTES);
    crypto_zero(line, sizeof line);
    if (is_right) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INVALID,
                        is_line ? "it was not typed right, or it is another line of the sheet"
                                : "it has five groups of four digits, 0 to 9 and a to f",
                        "line %u", number + 1);
}

/* --- the sheet ---------------------------------------------------------------------------------------------------- */

static void put(struct letter_form *form, enum letter_form_kind kind, struct str words)
{
    letter_form_add(form, (struct letter_form_row){.kind = kind, .words = words});
}

static enum salve_code put_key(struct letter_form *form, const struct letter_frame *frame, const uint8_t *key,
                               struct arena *mem, struct salve_err *err)
{
    char line[VISIT_KEY_LINE_CHARS];
    put(form, LETTER_FORM_HEADING, letter_frame_word(frame, "recovery.key"));
    for (unsigned i = 0; i < VISIT_KEY_LINES; i++) {
        visit_key_line(key, i, line);
        /* numbers and groups keep their order in a text that goes from right to left */
        struct str words = arena_printf(mem, "\u2066%u.   %s\u2069", i + 1, line);
        if (words.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "sheet");
        put(form, LETTER_FORM_TEXT, words);
    }
    crypto_zero(line, sizeof line);
    put(form, LETTER_FORM_HEADING, letter_frame_word(frame, "recovery.back"));
    put(form, LETTER_FORM_TEXT, letter_frame_word(frame, "recovery.back.how"));
    return SALVE_OK;
}

enum salve_code visit_recovery_sheet(const struct visit *visit, const struct visit_recovery *ask,
                                     struct visit_sheet *sheet, struct salve_err *err)
{
    struct arena *mem = visit->mem;
    const struct letter_frame *frame = NULL;
    struct letter_form *form = NULL;
    TRY(visit_frame(visit->content, sheet->language, &frame, err));
    TRY(letter_form_open(frame, letter_frame_word(frame, "recovery.title"), mem, &form, err));
    form->page.details = arena_printf(mem, "%.*s, %.*s", STR_ARGS(ask->name), STR_ARGS(ask->made_on));
    put(form, LETTER_FORM_TEXT, letter_frame_word(frame, "recovery.why"));
    put(form, LETTER_FORM_TEXT, letter_frame_word(frame, "recovery.keep"));
    if (ask->key != NULL)
        TRY(put_key(form, frame, ask->key, mem, err));
    else
        put(form, LETTER_FORM_LINE, letter_frame_word(frame, "recovery.passphrase"));
    const struct letter_drawn drawn = {.form = form};
    if (sheet->is_pdf) return letter_draw_pdf(&visit->draw, &drawn, mem, &sheet->bytes, err);
    struct buf out;
    buf_init(&out, mem, SALVE_PAPER_PDF_BYTES_MAX);
    letter_form_html(form, &out);
    return buf_done(&out, &sheet->bytes, err);
}

enum salve_code visit_code_lines(struct str text, struct arena *mem, struct str *out, struct salve_err *err)
{
    return letter_qr_lines(text, mem, out, err);
}
