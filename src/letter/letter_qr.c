/* SPDX-License-Identifier: Apache-2.0
 * The code of a letter as a QR raster, by libqrencode. */
#include <errno.h>
#include <qrencode.h>

#include "base/assert.h"
#include "letter/draw.h"
#include "letter/letter_int.h"

enum { QUIET = 2, LINES_BYTES_MAX = 64 << 10 };

enum salve_code letter_qr_make(struct str text, struct arena *mem, struct letter_qr *out, struct salve_err *err)
{
    struct str copy;
    if (arena_str(mem, text, &copy, err) != SALVE_OK) return SALVE_E_MEMORY;
    QRcode *code = QRcode_encodeString(copy.ptr, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (code == NULL)
        return salve_fail(err, errno == ERANGE ? SALVE_E_TOO_BIG : SALVE_E_MEMORY, "QR code of the letter");
    salve_assert(code->width > 0);
    size_t count = (size_t)code->width * (size_t)code->width;
    out->size = code->width;
    out->modules = arena_array(mem, uint8_t, count);
    if (out->modules != NULL)
        for (size_t i = 0; i < count; i++) out->modules[i] = code->data[i] & 1; /* bit 0 is the colour */
    QRcode_free(code);
    return out->modules == NULL ? salve_fail(err, SALVE_E_MEMORY, "QR code of the letter") : SALVE_OK;
}

static bool is_light(const struct letter_qr *code, int x, int y)
{
    if (x < 0 || y < 0 || x >= code->size || y >= code->size) return true;
    return code->modules[y * code->size + x] == 0;
}

enum salve_code letter_qr_lines(struct str text, struct arena *mem, struct str *out, struct salve_err *err)
{
    struct letter_qr code;
    struct buf lines;
    TRY(letter_qr_make(text, mem, &code, err));
    buf_init(&lines, mem, LINES_BYTES_MAX);
    for (int y = -QUIET; y < code.size + QUIET; y += 2) {
        for (int x = -QUIET; x < code.size + QUIET; x++) {
            bool is_upper = is_light(&code, x, y), is_lower = is_light(&code, x, y + 1);
            buf_add(&lines, is_upper ? is_lower ? STR("\u2588") : STR("\u2580") : is_lower ? STR("\u2584") : STR(" "));
        }
        buf_add_char(&lines, '\n');
    }
    return buf_done(&lines, out, err);
}
