/* SPDX-License-Identifier: Apache-2.0
 * For every resource of the public examples and every Synthea bundle: what was read is written with the same values in
 * the same order, read again to the same tape, stored and loaded to the same tape. What a rule of FHIR refuses must
 * stand in refused.txt. Arguments: files or folders. Under the sanitizers, which are slow, only every fifth bundle is
 * taken, unless ALL=1. */
#include "t.h"

#include <stdlib.h>

#include "base/file.h"
#include "fhir/fhir.h"
#include "json/json.h"

enum { BYTES_MAX = 128 << 20, BUNDLE_STEP = T_IS_SANITIZED ? 5 : 1 };

static struct {
    unsigned read, refused, packed;
    size_t json_bytes, stored_bytes, live_bytes;
    size_t entries, entry_json_bytes, entry_stored_bytes; /* resources of Bundles, each stored by itself */
} counts;

static struct str tree_text(struct arena *mem, struct str json)
{
    const struct json *doc;
    struct json_opts opts = {.bytes_max = BYTES_MAX};
    struct buf out;
    struct str text = STR_NONE;
    buf_init(&out, mem, BYTES_MAX);
    if (json_read(json, &opts, mem, &doc, NULL) != SALVE_OK) return STR_NONE;
    json_write(doc, false, &out);
    return buf_done(&out, &text, NULL) == SALVE_OK ? text : STR_NONE;
}

static struct str written(struct arena *mem, const struct tape *tape, enum fhir_write_form form)
{
    struct buf out;
    struct str text = STR_NONE;
    buf_init(&out, mem, BYTES_MAX);
    fhir_write(tape, tape_root(tape), form, &out);
    return buf_done(&out, &text, NULL) == SALVE_OK ? text : STR_NONE;
}

static bool same_tape(const struct tape *a, const struct tape *b)
{
    if (a->node_count != b->node_count || a->key_order_count != b->key_order_count) return false;
    if (a->key_order_count > 0 && memcmp(a->key_order, b->key_order, a->key_order_count * sizeof *a->key_order) != 0)
        return false;
    for (tape_at at = 0; at < a->node_count; at++)
        if (a->nodes[at].element != b->nodes[at].element || a->nodes[at].kind != b->nodes[at].kind ||
            a->nodes[at].span != b->nodes[at].span || tape_type(a, at) != tape_type(b, at) ||
            !str_eq(tape_text(a, at), tape_text(b, at)))
            return false;
    return true;
}

static const char *differs(struct arena *mem, struct str json, const struct tape *tape)
{
    struct tape again, pretty_again, loaded;
    struct salve_err err = {0};
    struct str compact = written(mem, tape, FHIR_COMPACT), pretty = written(mem, tape, FHIR_PRETTY), stored;
    struct buf out;
    if (!str_eq(compact, tree_text(mem, json))) return "written JSON has other values or another order";
    if (!str_eq(compact, tree_text(mem, pretty))) return "pretty JSON has other values or another order";
    if (fhir_read(compact, NULL, mem, &again, NULL, &err) != SALVE_OK) return "written JSON is not read";
    if (fhir_read(pretty, NULL, mem, &pretty_again, NULL, &err) != SALVE_OK) return "pretty JSON is not read";
    if (!same_tape(tape, &again) || !same_tape(tape, &pretty_again)) return "read again: another tape";
    buf_init(&out, mem, BYTES_MAX);
    tape_bytes(tape, &out);
    if (buf_done(&out, &stored, NULL) != SALVE_OK) return "cannot be stored";
    if (tape_from_bytes(stored, mem, &loaded, &err) != SALVE_OK) return "stored tape is not loaded";
    if (!same_tape(tape, &loaded)) return "loaded: another tape";
    counts.json_bytes += compact.len;
    counts.stored_bytes += stored.len;
    counts.live_bytes += tape->node_count * sizeof *tape->nodes + tape->heap_bytes;
    return NULL;
}

static void measure_entries(struct arena *mem, const struct tape *tape)
{
    for (tape_at entry = tape_first(tape, 0); entry != TAPE_NONE; entry = tape_next(tape, 0, entry)) {
        tape_at resource = tape_kind(tape, entry) == TAPE_OBJECT ? tape_get(tape, entry, "resource") : TAPE_NONE;
        if (resource == TAPE_NONE) continue;
        struct arena_mark mark = arena_mark(mem);
        struct tape view = tape_view(tape, resource);
        struct buf out;
        buf_init(&out, mem, BYTES_MAX);
        tape_bytes(&view, &out);
        counts.entries++;
        counts.entry_json_bytes += written(mem, &view, FHIR_COMPACT).len;
        counts.entry_stored_bytes += buf_str(&out).len;
        arena_rewind(mem, mark);
    }
}

static void check(const char *name, struct str json, struct arena *mem)
{
    struct tape tape;
    struct salve_err err = {0};
    enum salve_code code = fhir_read(json, NULL, mem, &tape, NULL, &err);
    if (code == SALVE_E_INVALID) {
        const char *slash = strrchr(name, '/');
        counts.refused++;
        if (t_known_gap("tests/property/fhir/refused.txt", slash == NULL ? name : slash + 1))
            t_pass();
        else
            t_fail(name, "refused: %s: %s", t_where(&err), err.why);
        return;
    }
    counts.read++;
    const char *problem = code == SALVE_OK ? differs(mem, json, &tape) : err.why;
    if (code == SALVE_OK) measure_entries(mem, &tape);
    if (problem == NULL)
        t_pass();
    else
        t_fail(name, "%s", problem);
}

/* A file, unpacked by zcat if its name ends with .gz. */
static void check_file(const char *path)
{
    if (!t_is_all() && str_ends(str_of(path), STR(".gz")) && counts.packed++ % BUNDLE_STEP != 0) {
        t_skipped(1);
        return;
    }
    struct arena *mem = arena_open((size_t)1 << 30);
    struct str json = STR_NONE;
    if (str_ends(str_of(path), STR(".gz"))) {
        struct buf buf;
        char command[4200];
        buf_init(&buf, mem, BYTES_MAX);
        (void)snprintf(command, sizeof command, "zcat \"%s\"", path);
        FILE *pipe = popen(command, "r");
        for (size_t got = 1; pipe != NULL && got > 0;) {
            char *room = buf_room(&buf, 1 << 16);
            got = room == NULL ? 0 : fread(room, 1, 1 << 16, pipe);
            buf_took(&buf, got);
        }
        if (pipe == NULL || pclose(pipe) != 0 || buf_done(&buf, &json, NULL) != SALVE_OK) json = STR_NONE;
    } else if (file_read(path, BYTES_MAX, mem, &json, NULL) != SALVE_OK) {
        json = STR_NONE;
    }
    if (json.ptr == NULL)
        t_fail(path, "cannot be read");
    else
        check(path, json, mem);
    arena_close(mem);
}

static void check_all(const char *path)
{
    struct arena *mem = arena_open(16 << 20);
    struct str *names;
    size_t count;
    if (str_ends(str_of(path), STR(".json")) || str_ends(str_of(path), STR(".gz")))
        check_file(path);
    else if (file_list(path, mem, &names, &count, NULL) == SALVE_OK)
        for (size_t i = 0; i < count; i++)
            if (str_ends(names[i], STR(".json")) || str_ends(names[i], STR(".gz")) || str_find(names[i], STR(".")) < 0)
                check_all(arena_printf(mem, "%s/%.*s", path, STR_ARGS(names[i])).ptr);
    arena_close(mem);
}

static void check_data(const char *name, unsigned count)
{
    const char *folder = t_data(name);
    if (folder == NULL)
        t_skipped(count);
    else
        check_all(folder);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) check_all(argv[i]);
    if (argc == 1) {
        check_data("fhir-r4-examples", 451);
        check_data("synthea", 120);
    }
    printf("%u accepted, %u refused by a rule of FHIR\n", counts.read, counts.refused);
    if (counts.json_bytes > 0)
        printf("%zu bytes of compact JSON; stored tape %.3f of it, tape in memory %.3f of it\n", counts.json_bytes,
               (double)counts.stored_bytes / (double)counts.json_bytes,
               (double)counts.live_bytes / (double)counts.json_bytes);
    if (counts.entries > 0)
        printf("%zu resources of bundles, each by itself: %zu bytes of JSON, stored tape %zu bytes (%.3f)\n",
               counts.entries, counts.entry_json_bytes / counts.entries, counts.entry_stored_bytes / counts.entries,
               (double)counts.entry_stored_bytes / (double)counts.entry_json_bytes);
    return t_end();
}
