/* SPDX-License-Identifier: Apache-2.0
 * Broken and hostile JSON: every public example cut short, one byte of it changed, nesting, lists and keys without end.
 * Each must be refused with a place, or read; the sanitizers watch. The input stands alone in its allocation, so that
 * reading past its end is seen. Examples are cut at 48 places; with ALL=1 at every byte (under the sanitizers, which
 * are slow, at every byte of the first 4 KiB and at every 97th behind them). */
#include "t.h"

#include <stdlib.h>

#include "base/file.h"
#include "fhir/fhir.h"

enum { DENSE_BYTES = 4096, STEP_BYTES = T_IS_SANITIZED ? 97 : 1 };
enum { CUTS = 48, CHANGES = 24, BYTES_MAX = 16 << 20, REQUEST_BYTES = 256 << 20 };

static uint64_t seed = 20261123;

static uint32_t pick(uint32_t below) /* xorshift64 */
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 33) % below;
}

static enum salve_code read_alone(struct str json, struct salve_err *err)
{
    struct arena *mem = arena_open(REQUEST_BYTES);
    char *alone = malloc(json.len + (json.len == 0));
    struct tape tape;
    struct buf out;
    enum salve_code code;
    if (json.len > 0) memcpy(alone, json.ptr, json.len);
    code = fhir_read(str_make(alone, json.len), NULL, mem, &tape, NULL, err);
    if (code == SALVE_OK || code == SALVE_E_INVALID) {
        buf_init(&out, mem, BYTES_MAX);
        fhir_write(&tape, tape_root(&tape), FHIR_COMPACT, &out);
    }
    free(alone);
    arena_close(mem);
    return code;
}

static void cut_at(const char *name, struct str json, size_t len)
{
    struct salve_err err = {0};
    enum salve_code code = read_alone(str_cut(json, 0, len), &err);
    if (str_trim(json).len <= len) return; /* only white space was cut off */
    if (code != SALVE_E_SYNTAX || t_where(&err)[0] == '\0' || err.why[0] == '\0')
        t_fail(name, "cut to %zu bytes: %s at \"%s\"", len, salve_code_name(code), t_where(&err));
}

static void change_at(struct str json, size_t at)
{
    static const char bytes[] = "\"\\{}[]:,0ntf-\x01\x80\xff \n_";
    char *changed = malloc(json.len);
    struct salve_err err = {0};
    memcpy(changed, json.ptr, json.len);
    changed[at] = bytes[pick(sizeof bytes - 1)];
    enum salve_code code = read_alone(str_make(changed, json.len), &err);
    if (code != SALVE_OK && t_where(&err)[0] == '\0') t_fail("changed", "no place told");
    free(changed);
}

static void try_file(const char *path)
{
    struct arena *mem = arena_open(BYTES_MAX * 2);
    struct str json;
    bool is_all = t_is_all();
    if (file_read(path, BYTES_MAX, mem, &json, NULL) != SALVE_OK)
        t_fail(path, "cannot be read");
    else {
        for (size_t len = 0; is_all && len < json.len; len += len < DENSE_BYTES ? 1 : STEP_BYTES)
            cut_at(path, json, len);
        for (int i = 0; !is_all && i < CUTS; i++) cut_at(path, json, pick((uint32_t)json.len));
        for (int i = 0; i < CHANGES; i++) change_at(json, pick((uint32_t)json.len));
        t_pass();
    }
    arena_close(mem);
}

static void try_folder(const char *path)
{
    struct arena *mem = arena_open(16 << 20);
    struct str *names;
    size_t count = 0;
    if (file_list(path, mem, &names, &count, NULL) != SALVE_OK) count = 0;
    for (size_t i = 0; i < count; i++) {
        const char *below = arena_printf(mem, "%s/%.*s", path, STR_ARGS(names[i])).ptr;
        if (str_ends(names[i], STR(".json")))
            try_file(below);
        else if (str_find(names[i], STR(".")) < 0)
            try_folder(below);
    }
    arena_close(mem);
}

/* `before`, then `again` many times, then nothing: must be refused with that code. */
static void try_endless(const char *name, const char *before, const char *again, size_t times, enum salve_code want)
{
    struct buf json;
    struct salve_err err = {0};
    buf_init(&json, NULL, (size_t)1 << 30);
    buf_add(&json, str_of(before));
    for (size_t i = 0; i < times; i++) buf_add(&json, str_of(again));
    enum salve_code code = read_alone(buf_str(&json), &err);
    if (code == want)
        t_pass();
    else
        t_fail(name, "%s instead of %s", salve_code_name(code), salve_code_name(want));
    buf_drop(&json);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : t_data("fhir-r4-examples");
    if (folder == NULL)
        t_skipped(451);
    else
        try_folder(folder);
    try_endless("brackets", "{\"resourceType\":\"Patient\",\"x\":", "[", 1000000, SALVE_E_TOO_DEEP);
    try_endless("objects", "{\"resourceType\":\"Patient\",\"contact\":", "[{\"extension\":", 100000, SALVE_E_TOO_DEEP);
    try_endless("extensions", "{\"resourceType\":\"Patient\"", ",\"extension\":[{\"url\":\"u\"", 100000,
                SALVE_E_TOO_DEEP);
    try_endless("nested", "{\"resourceType\":\"Patient\",\"extension\":[{", "\"extension\":[{", 1000, SALVE_E_TOO_DEEP);
    try_endless("resources", "{\"resourceType\":\"Patient\",\"contained\":[",
                "{\"resourceType\":\"Patient\",\"contained\":[", 1000, SALVE_E_TOO_DEEP);
    try_endless("unknown", "{\"resourceType\":\"Patient\"", ",\"x\":1", 1000000, SALVE_E_SYNTAX);
    try_endless("digits", "{\"resourceType\":\"Patient\",\"multipleBirthInteger\":", "9", 1000000, SALVE_E_SYNTAX);
    try_endless("text", "{\"resourceType\":\"Patient\",\"id\":\"", "\\u0041", 1000000, SALVE_E_SYNTAX);
    try_endless("list", "{\"resourceType\":\"Patient\",\"name\":[{\"given\":[\"a\"", ",\"a\"", 3000000, SALVE_E_SYNTAX);
    try_endless("nulls", "{\"resourceType\":\"Patient\",\"name\":[{\"_given\":[null", ",null", 1000000, SALVE_E_SYNTAX);
    try_endless("too many bytes", "{\"resourceType\":\"Patient\",\"id\":\"", "aaaaaaaaaaaaaaaa", 4200000,
                SALVE_E_TOO_BIG);
    try_endless("wrong items", "{\"resourceType\":\"Patient\",\"name\":[{\"given\":[\"\"", ",1", 4000000,
                SALVE_E_SYNTAX);
    return t_end();
}
