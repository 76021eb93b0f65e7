/* SPDX-License-Identifier: Apache-2.0
 * Any bytes behind a good head (magic, version, fingerprint): tape_from_bytes must refuse them or make a tape that can
 * be walked, written, copied, stored and loaded again. */
#include <stdlib.h>

#include "fhir/fhir.h"
#include "fhir/tape_edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD_BYTES = 6, BYTES_MAX = 64 << 20 };

static struct buf new_buf(struct arena *mem)
{
    struct buf out;
    buf_init(&out, mem, BYTES_MAX);
    return out;
}

static void put_head(struct buf *out, struct arena *mem)
{
    struct tape_builder make;
    struct tape tape;
    struct buf bytes = new_buf(mem);
    tape_build(&make, mem, FHIR_T_Patient);
    if (tape_built(&make, &tape, NULL) != SALVE_OK) abort();
    tape_bytes(&tape, &bytes);
    buf_add(out, str_cut(buf_str(&bytes), 0, HEAD_BYTES));
}

static void use(const struct tape *tape, struct arena *mem)
{
    struct buf json = new_buf(mem), json_again = new_buf(mem), json_copy = new_buf(mem), bytes = new_buf(mem),
               path = new_buf(mem);
    struct tape again, copy;
    fhir_write(tape, 0, FHIR_PRETTY, &json);
    tape_path(tape, tape->node_count - 1, &path);
    tape_bytes(tape, &bytes);
    if (tape_from_bytes(buf_str(&bytes), mem, &again, NULL) != SALVE_OK) abort();
    fhir_write(&again, 0, FHIR_PRETTY, &json_again);
    if (!str_eq(buf_str(&json), buf_str(&json_again))) abort();
    if (tape_copy(tape, 0, NULL, NULL, mem, &copy, NULL) == SALVE_OK) fhir_write(&copy, 0, FHIR_PRETTY, &json_copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open((size_t)BYTES_MAX * 4);
    struct buf bytes = new_buf(mem);
    struct tape tape;
    put_head(&bytes, mem);
    buf_add(&bytes, str_make((const char *)data, size));
    if (tape_from_bytes(buf_str(&bytes), mem, &tape, NULL) == SALVE_OK) use(&tape, mem);
    arena_close(mem);
    return 0;
}
