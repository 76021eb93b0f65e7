/* SPDX-License-Identifier: Apache-2.0
 * The stored form of tapes does not change: stored.case holds JSON and its bytes. Damaged bytes are refused or still a
 * tape. With an argument it prints the lines of that file with their bytes, for new cases. */
#include "t.h"

#include "base/file.h"
#include "fhir/fhir.h"

static struct str stored(struct arena *mem, struct str json)
{
    struct tape tape;
    struct salve_err err = {0};
    struct buf bytes;
    buf_init(&bytes, mem, 1 << 16);
    if (fhir_read(json, NULL, mem, &tape, NULL, &err) != SALVE_OK) return STR_NONE;
    tape_bytes(&tape, &bytes);
    return buf_str(&bytes);
}

static struct str hex(struct arena *mem, struct str bytes)
{
    struct buf out;
    buf_init(&out, mem, 1 << 16);
    for (size_t i = 0; i < bytes.len; i++) buf_addf(&out, "%02x", (unsigned char)bytes.ptr[i]);
    return buf_str(&out);
}

/* Every bit flipped, every length: an error or a tape that can be written. */
static void damage(struct arena *mem, struct str bytes)
{
    for (size_t bit = 0; bit < bytes.len * 9; bit++) {
        struct arena_mark mark = arena_mark(mem);
        char *copy = arena_alloc(mem, bytes.len);
        struct tape tape;
        struct buf json;
        bool is_cut = bit >= bytes.len * 8;
        memcpy(copy, bytes.ptr, bytes.len);
        if (!is_cut) copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        size_t len = is_cut ? bit - bytes.len * 8 : bytes.len;
        enum salve_code code = tape_from_bytes(str_make(copy, len), mem, &tape, NULL);
        buf_init(&json, mem, 1 << 16);
        if (code == SALVE_OK) fhir_write(&tape, 0, FHIR_COMPACT, &json);
        if (code == SALVE_OK ? is_cut : code != SALVE_E_INTEGRITY && code != SALVE_E_UNSUPPORTED)
            t_fail("damage", "bit %zu: %s", bit, salve_code_name(code));
        arena_rewind(mem, mark);
    }
    t_pass();
}

static void run_line(struct str line, bool is_print)
{
    struct arena *mem = arena_open(8 << 20);
    ptrdiff_t arrow = str_find(line, STR(" => "));
    struct str json = str_cut(line, 0, arrow < 0 ? line.len : (size_t)arrow);
    struct str bytes = stored(mem, json), want = arrow < 0 ? STR("") : str_cut(line, (size_t)arrow + 4, line.len);
    if (is_print)
        printf("%.*s => %.*s\n", STR_ARGS(json), STR_ARGS(hex(mem, bytes)));
    else if (!str_eq(hex(mem, bytes), want))
        t_fail("stored.case", "%.*s\n   got %.*s", STR_ARGS(line), STR_ARGS(hex(mem, bytes)));
    else
        damage(mem, bytes);
    arena_close(mem);
}

int main(int argc, char **argv)
{
    struct arena *mem = arena_open(1 << 20);
    struct str file, line;
    if (file_read(argc > 1 ? argv[1] : "tests/unit/fhir/stored.case", 1 << 20, mem, &file, NULL) != SALVE_OK) {
        t_fail("stored.case", "cannot be read");
        file = STR_NONE;
    }
    while (str_next_line(&file, &line)) {
        if (!str_starts(line, STR("#")))
            run_line(line, argc > 1);
        else if (argc > 1)
            printf("%.*s\n", STR_ARGS(line));
    }
    arena_close(mem);
    return argc > 1 ? 0 : t_end();
}
