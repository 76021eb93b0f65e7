/* SPDX-License-Identifier: Apache-2.0
 *
 * The body of a record of resources: for each tape a length (4 bytes, big-endian) and its bytes (docs/formats/tape.md).
 * Also: ids inside tapes. */
#include "fhir/tape_edit.h"
#include "base/assert.h"
#include "base/buf.h"
#include "crypto/crypto.h"
#include "fhir/fhir.h"
#include "records/payload_int.h"

enum { LENGTH_BYTES = 4 };

enum salve_code rec_tapes_pack(const struct tape *const *tapes, size_t count, struct arena *mem, struct str *out,
                               struct salve_err *err)
{
    struct buf body;
    buf_init(&body, mem, REC_RAW_BYTES_MAX);
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

enum salve_code rec_tapes_unpack(struct str body, struct arena *mem, struct tape **out, size_t *count,
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

/* --- ids -------------------------------------------------------------------------------------------------------- */

enum salve_code rec_with_id(const struct tape *tape, struct str id, struct arena *mem, struct tape *out,
                            struct salve_err *err)
{
    struct tape_builder make;
    tape_build(&make, mem, tape_type(tape, tape_root(tape)));
    tape_add_text(&make, "id", id);
    for (tape_at c = tape_first(tape, 0); c != TAPE_NONE; c = tape_next(tape, 0, c)) {
        struct str name = fhir_name(fhir_elements[tape_element(tape, c)].name);
        char text[128];
        if (str_is(name, "id")) continue;
        if (name.len >= sizeof text) return salve_fail(err, SALVE_E_INVALID, "element");
        memcpy(text, name.ptr, name.len);
        text[name.len] = '\0';
        tape_add_copy(&make, text, tape, c);
    }
    return tape_built(&make, out, err);
}

enum salve_code rec_id_number(struct compartment of, struct str id, uint64_t *number, struct salve_err *err)
{
    char text[COMPARTMENT_TEXT_BYTES + 1];
    int64_t value = 0;
    ptrdiff_t slash = str_find(id, STR("/"));
    if (slash >= 0) id = str_cut(id, (size_t)slash + 1, id.len);
    compartment_text(of, text);
    if (id.len <= COMPARTMENT_TEXT_BYTES + 1 || memcmp(id.ptr, text, COMPARTMENT_TEXT_BYTES) != 0 ||
        id.ptr[COMPARTMENT_TEXT_BYTES] != '.' || id.ptr[COMPARTMENT_TEXT_BYTES + 1] == '+' ||
        !str_to_i64(str_cut(id, COMPARTMENT_TEXT_BYTES + 1, id.len), &value) || value < 1)
        return salve_refuse(err, SALVE_E_INVALID, "an id of this compartment is needed", "Resource.id");
    *number = (uint64_t)value;
    return SALVE_OK;
}
