/* SPDX-License-Identifier: Apache-2.0
 * letter_scale_pdf - the pictures of a result on a sheet. */
#ifndef SALVE_LETTER_LETTER_SCALE_PDF_H
#define SALVE_LETTER_LETTER_SCALE_PDF_H

#include "letter/letter_sheet.h"

enum { SHEET_SCALE_GAP = 18, SHEET_DOTS_SIDE = 80, SHEET_TREND_WIDTH = 90, SHEET_TREND_HEIGHT = 24 };

/* sheet_scale - a number line with the value of the result, its limits and words; sheet_scale_height - what it takes.
 * sheet_dots - ten rows of ten with their words. sheet_trend - a line through earlier values. */
double sheet_scale_height(const struct sheet *s, const struct letter_scale *scale, double width);
void sheet_scale(const struct sheet *s, const struct letter_scale *scale, double left, double width, double top);
void sheet_dots(struct sheet *s, const struct letter_line *line, double left, double width);
void sheet_trend(const struct sheet *s, const struct letter_line *line, double left, double top);

#endif
