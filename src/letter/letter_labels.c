/* SPDX-License-Identifier: Apache-2.0
 * Where the words under a number line stand, in points or pixels alike: none touches another, and each keeps close to
 * its band. */
#include <math.h>

#include "letter/letter_int.h"

/* Labels of one row, from left to right: pushed apart to the right, then back from the end. */
static bool push_row(struct letter_label *labels, size_t count, int row, double left, double right)
{
    double end = left;
    for (size_t i = 0; i < count; i++) {
        if (labels[i].row != row) continue;
        labels[i].left = fmax(end, fmin(right - labels[i].width, labels[i].centre - labels[i].width / 2));
        end = labels[i].left + labels[i].width + LETTER_LABEL_GAP;
    }
    end = right;
    for (size_t i = count; i-- > 0;) {
        if (labels[i].row != row) continue;
        labels[i].left = fmin(labels[i].left, end - labels[i].width);
        end = labels[i].left - LETTER_LABEL_GAP;
    }
    return end + LETTER_LABEL_GAP >= left - 0.01;
}

/* Does the label stand under its own band, at least in part? */
static bool is_under_band(const struct letter_label *label)
{
    return label->left < label->band_right && label->left + label->width > label->band_left;
}

int letter_labels_place(struct letter_label *labels, size_t count, double left, double right)
{
    enum { ROWS_MAX = 4 };
    for (int rows = 1;; rows++) {
        bool is_good = true;
        for (size_t i = 0; i < count; i++) labels[i].row = (int)i % rows;
        for (int row = 0; row < rows; row++) is_good = push_row(labels, count, row, left, right) && is_good;
        for (size_t i = 0; i < count; i++) is_good = is_good && is_under_band(&labels[i]);
        if (is_good || rows == ROWS_MAX || (size_t)rows >= count) return rows;
    }
}
