/* SPDX-License-Identifier: Apache-2.0
 * PDFs by whoever draws; draw.h. */
#include "letter/draw.h"

#include "letter/letter_int.h"

enum { PDF_BYTES_MAX = 64 << 20, FONTS_BYTES_MAX = 500 };

static enum salve_code unfit(const char *member, struct salve_err *err)
{
    return salve_fail(err, SALVE_E_INVALID, "letter: %s", member);
}

static enum salve_code check_line(const struct letter *letter, const struct letter_line *line, struct salve_err *err)
{
    if (line->source > letter->source_count) return unfit("source", err);
    for (size_t i = 0; i < line->point_count; i++) {
        const struct chart_point *point = &line->points[i];
        if (!(point->x >= 0 && point->x <= 1 && point->y >= 0 && point->y <= 1)) return unfit("points", err);
    }
    return line->scale_count <= 2 && line->dots <= LETTER_DOTS ? SALVE_OK : unfit("scales", err);
}

static enum salve_code check_letter(const struct letter *letter, struct salve_err *err)
{
    if (!letter_is_language(letter->language)) return unfit("language", err);
    if (letter->fonts.len > FONTS_BYTES_MAX || !letter_is_font_list(letter->fonts)) return unfit("fonts", err);
    if (!letter_is_line_spacing(letter->line_spacing)) return unfit("line_spacing", err);
    if (letter->urgent_step_count > letter->step_count) return unfit("urgent_step_count", err);
    for (size_t i = 0; i < letter->line_count; i++) TRY(check_line(letter, &letter->lines[i], err));
    return SALVE_OK;
}

enum salve_code letter_drawn_check(const struct letter_drawn *what, struct salve_err *err)
{
    return check_letter(what->form != NULL ? &what->form->page : what->letter, err);
}

enum salve_code letter_draw_pdf(const struct letter_draw *draw, const struct letter_drawn *what, struct arena *mem,
                                struct str *bytes, struct salve_err *err)
{
    struct buf out;
    if (draw->pdf != NULL) return draw->pdf(draw->context, what, mem, bytes, err);
    buf_init(&out, mem, PDF_BYTES_MAX);
    TRY(what->form != NULL ? letter_form_pdf(what->form, &out, err) : letter_pdf(what->letter, &out, err));
    return buf_done(&out, bytes, err);
}
