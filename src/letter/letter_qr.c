/* SPDX-License-Identifier: Apache-2.0
 * The code of a letter as a QR raster, by libqrencode. */
#include <errno.h>
#include <qrencode.h>

#include "base/assert.h"
#include "letter/letter_int.h"

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
