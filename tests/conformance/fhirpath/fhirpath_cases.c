/* SPDX-License-Identifier: Apache-2.0
 * FHIRPath cases of our own: every tests/conformance/fhirpath/cases/<topic>.case. A case is a block of lines, blocks are
 * parted by an empty line, lines that begin with # are comments:
 *     name.given.exists()          the expression; more lines of it begin with two spaces
 *     input: ada.json              optional: a resource in the same folder; its type is the context for strict checking
 *     [true]                       the result as `salve fhirpath` prints it, or:   error E_TYPE 1:5  (place optional)
 * The time is 2026-11-23T09:30:00Z. */
#include "base/clock.h"
#include "base/file.h"
#include "fhirpath/fhirpath.h"
#include "fhir/fhir.h"
#include "t.h"

enum { ARENA_BYTES = 64 << 20 };
static const char *folder = "tests/conformance/fhirpath/cases";

struct one_case {
    struct str text, input, want;
    unsigned line;
};

static struct str outcome(const struct one_case *c, struct arena *mem)
{
    struct salve_err err = {0};
    struct tape tape = {0};
    struct str json;
    struct fhirpath *path;
    struct expr_value focus = EXPR_NONE, result;
    struct clock clock = clock_fixed(1795426200000);
    struct expr_env env = {.clock = &clock, .steps_max = 1000 * 1000};
    enum salve_code code = SALVE_OK;
    if (c->input.len > 0) {
        struct str file = arena_printf(mem, "%s/%.*s", folder, STR_ARGS(c->input));
        code = file_read(file.ptr, 1 << 20, mem, &json, &err);
        if (code == SALVE_OK) code = fhir_read(json, NULL, mem, &tape, NULL, &err);
        if (code != SALVE_OK)
            return arena_printf(mem, "input %s: %s %s", salve_code_name(code), t_where(&err), err.why);
        focus = expr_node(&tape, 0);
    }
    code = fhirpath_compile(c->text, c->input.len > 0 ? tape_type(&tape, 0) : 0, mem, &path, &err);
    if (code == SALVE_OK) code = fhirpath_run(path, &env, focus, mem, &result, &err);
    if (code != SALVE_OK) return arena_printf(mem, "error %s %s", salve_code_name(code), t_where(&err));
    struct buf buf;
    buf_init(&buf, mem, 1 << 20);
    expr_json(&result, &buf);
    return buf_str(&buf);
}

static void judge(const char *file, const struct one_case *c, struct arena *mem)
{
    struct arena_mark mark = arena_mark(mem);
    struct str got = outcome(c, mem);
    bool good = str_eq(got, c->want);
    if (str_starts(c->want, STR("error "))) good = str_starts(got, c->want); /* the place may be left out */
    if (good)
        t_pass();
    else
        t_fail(arena_printf(mem, "%s:%u", file, c->line).ptr, "%.*s\n    got  %.*s\n    want %.*s", STR_ARGS(c->text),
               STR_ARGS(got), STR_ARGS(c->want));
    arena_rewind(mem, mark);
}

static void run_file(const char *file, struct str text, struct arena *mem)
{
    struct one_case c = {0};
    struct str line;
    unsigned number = 0;
    bool more = true;
    while (more) {
        more = str_next_line(&text, &line);
        number++;
        if (more && line.len > 0 && line.ptr[0] == '#') continue;
        if (!more || line.len == 0) {
            if (c.text.len > 0) judge(file, &c, mem);
            c = (struct one_case){0};
        } else if (c.text.len == 0)
            c = (struct one_case){.text = line, .line = number};
        else if (str_starts(line, STR("  ")))
            c.text.len = (size_t)(line.ptr + line.len - c.text.ptr);
        else if (str_starts(line, STR("input: ")))
            c.input = str_cut(line, 7, SIZE_MAX);
        else
            c.want = line;
    }
}

int main(void)
{
    struct arena *mem = arena_open(ARENA_BYTES);
    struct salve_err err = {0};
    struct str *names, text;
    size_t count = 0;
    assert_ok(file_list(folder, mem, &names, &count, &err));
    for (size_t i = 0; i < count; i++) {
        if (!str_ends(names[i], STR(".case"))) continue;
        struct str path = arena_printf(mem, "%s/%.*s", folder, STR_ARGS(names[i]));
        assert_ok(file_read(path.ptr, 1 << 20, mem, &text, &err));
        run_file(path.ptr, text, mem);
    }
    arena_close(mem);
    return t_end();
}
