/* SPDX-License-Identifier: Apache-2.0
 *
 * Ids of resources: "<compartment>.<number>", inside tapes and as text. */
#include "fhir/fhir.h"
#include "fhir/tape_edit.h"
#include "records/ids_int.h"

enum salve_code rec_with_id(const struct tape *tape, struct str id, struct arena *mem, struct tape *out,
                            struct salve_err *err)
{
    struct tape_builder make;
    tape_build(&make, mem, tape_type(tape, tape_root(tape)));
    tape_add_text(&make, "id", id);
    for (tape_at c = tape_first(tape, 0); c != TAPE_NONE; c = tape_next(tape, 0, c)) {
        if (fhir_elements[tape_element(tape, c)].name != FHIR_N_id) tape_add_child(&make, tape, c);
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
