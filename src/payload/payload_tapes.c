/* SPDX-License-Identifier: Apache-2.0
 *
 * The body of a record of resources: for each tape a length (4 bytes, big-endian) and its bytes (docs/formats/tape.md).
 */
#include "fhir/tape_edit.h"
#include "base/assert.h"
#include "base/buf.h"
#include "crypto/crypto.h"
#include "fhir/fhir.h"
#include "payload/payload.h"

enum { LENGTH_BYTES = 4 };

enum salve_code payload_tapes_pack(const struct tape *const *tapes, size_t count, struct arena *mem, struct str *out,
                                   struct salve_err *err)
{
    struct buf body;
    buf_init(&body, mem, PAYLOAD_RAW_BYTES_MAX);
    for (size_t i = 0; i < count; i++) {
        size_t at = body.len;
        char *length = buf_room(&body, LENGTH_BYTES);
        if (length == NULL) break;
        buf_took(&body, LENGTH_BYTES);
        tape_bytes(tapes[i], &body);
        if (buf_code(&body) != SALVE_OK) break;
        crypto_put_u32((uint8_t *)body.ptr + at, (uint32_t)(body.len - at - LENGTH_BYTES));
    }
    return buf_done(&body, out, err);
}

static bool cut(struct str *rest, struct str *bytes)
{
    if (rest->len < LENGTH_BYTES) return false;
    uint32_t len = crypto_get_u32((const uint8_t *)rest->ptr);
    if (len > rest->len - LENGTH_BYTES) return false;
    *bytes = str_cut(*rest, LENGTH_BYTES, len);
    *rest = str_cut(*rest, LENGTH_BYTES + (size_t)len, rest->len);
    return true;
}

enum salve_code payload_tapes_unpack(struct str body, struct arena *mem, struct tape **out, size_t *count,
                                     struct salve_err *err)
{
    struct str rest = body, bytes;
    size_t n = 0;
    while (rest.len > 0 && cut(&rest, &bytes)) n++;
    if (rest.len > 0) return salve_fail(err, SALVE_E_INTEGRITY, "record content");
    *out = arena_array(mem, struct tape, n + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "record content");
    *count = n;
    rest = body;
    for (size_t i = 0; i < n; i++) {
        salve_assert(cut(&rest, &bytes));
        enum salve_code code = tape_from_bytes(bytes, mem, &(*out)[i], err);
        if (code != SALVE_OK) return code;
    }
    return SALVE_OK;
}
