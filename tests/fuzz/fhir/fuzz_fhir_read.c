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

/* A reader that is kept from input to input finds the same. */
static void check_kept(struct str json, struct arena *mem, enum salve_code code, const struct fhir_issues *fresh)
{
    static struct fhir_reader *reader;
    if (reader == NULL) reader = fhir_reader_open();
    struct fhir_read_opts opts = {.reader = reader};
    struct fhir_issues issues;
    struct tape tape;
    struct salve_err err = {0};
    fhir_issues_init(&issues, mem);
    if (fhir_read(json, &opts, mem, &tape, &issues, &err) != code || issues.count != fresh->count) abort();
    for (size_t i = 0; i < issues.count; i++)
        if (!str_eq(issues.items[i].path, fresh->items[i].path) || issues.items[i].rule != fresh->items[i].rule)
            abort();
    if (code == SALVE_OK) check(&tape, mem);
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
    check_kept(str_make((const char *)data, size), mem, code, &issues);
    if (code == SALVE_OK) check(&tape, mem);
    if (code == SALVE_E_INVALID && tape.node_count > 0) {
        (void)written(&tape, mem);
        tape_path(&tape, tape.node_count - 1, &path);
    }
    arena_close(mem);
    return 0;
}
