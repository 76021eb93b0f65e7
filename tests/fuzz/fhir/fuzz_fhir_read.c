/* SPDX-License-Identifier: Apache-2.0
 * Any bytes: fhir_read must refuse them or make a tape that writes, reads again, stores and loads to the same. */
#include <stdlib.h>

#include "fhir/fhir.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str written(const struct tape *tape, struct arena *mem)
{
    struct buf out;
    buf_init(&out, mem, 8 << 20);
    fhir_write(tape, tape_root(tape), FHIR_COMPACT, &out);
    if (buf_code(&out) != SALVE_OK) abort();
    return buf_str(&out);
}

static void check(const struct tape *tape, struct arena *mem)
{
    struct tape again, loaded;
    struct buf bytes;
    struct salve_err err = {0};
    struct str json = written(tape, mem);
    if (fhir_read(json, NULL, mem, &again, NULL, &err) != SALVE_OK) abort();
    if (!str_eq(json, written(&again, mem))) abort();
    buf_init(&bytes, mem, 8 << 20);
    tape_bytes(tape, &bytes);
    if (tape_from_bytes(buf_str(&bytes), mem, &loaded, &err) != SALVE_OK) abort();
    if (!str_eq(json, written(&loaded, mem))) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open(64 << 20);
    struct fhir_issues issues;
    struct tape tape;
    struct salve_err err = {0};
    struct buf path;
    fhir_issues_init(&issues, mem);
    buf_init(&path, mem, 1 << 20);
    enum salve_code code = fhir_read(str_make((const char *)data, size), NULL, mem, &tape, &issues, &err);
    if ((code == SALVE_OK) != (issues.error_count == 0)) abort();
    if (code == SALVE_OK) check(&tape, mem);
    if (code == SALVE_E_INVALID && tape.node_count > 0) {
        (void)written(&tape, mem);
        tape_path(&tape, tape.node_count - 1, &path);
    }
    arena_close(mem);
    return 0;
}
