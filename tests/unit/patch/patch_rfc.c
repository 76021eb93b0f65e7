/* SPDX-License-Identifier: Apache-2.0
 * Patches over the lines of patch.case, on JSON; on resources; and what is bounded. */
#include "t.h"

#include "base/file.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "json/json.h"
#include "patch/patch.h"

enum { MEM_BYTES = 512 << 20 };

static struct str text_of(struct arena *mem, const struct json *value)
{
    struct buf out;
    struct str text = STR_NONE;
    buf_init(&out, mem, 1 << 20);
    json_write(value, false, &out);
    (void)!buf_done(&out, &text, NULL);
    return text;
}

static struct str outcome(struct arena *mem, struct str patch_text, struct str document)
{
    struct patch *patch = NULL;
    struct str out = STR_NONE;
    struct salve_err err = {0};
    enum salve_code code = patch_read(patch_text, mem, &patch, &err);
    if (code == SALVE_OK) code = patch_apply(patch, document, mem, &out, &err);
    return code == SALVE_OK ? out : arena_printf(mem, "%s %s", salve_code_name(code), err.element);
}

static void check(const char *name, struct str got, struct str want)
{
    if (str_eq(got, want))
        t_pass();
    else
        t_fail(name, "got %.*s, want %.*s", STR_ARGS(got), STR_ARGS(want));
}

static void cases(struct arena *mem)
{
    struct str file = STR_NONE, line;
    if (file_read("tests/unit/patch/patch.case", 1 << 20, mem, &file, NULL) != SALVE_OK)
        t_fail("patch.case", "no file");
    while (str_next_line(&file, &line)) {
        const struct json *row = NULL;
        if (json_read(line, NULL, mem, &row, NULL) != SALVE_OK) t_fail("patch.case", "%.*s", STR_ARGS(line));
        struct str want = json_get_text(row, "error");
        if (want.ptr == NULL) want = text_of(mem, json_get(row, "gives"));
        struct str name = arena_printf(mem, "%.*s", STR_ARGS(json_get_text(row, "name")));
        check(name.ptr, outcome(mem, text_of(mem, json_get(row, "patch")), text_of(mem, json_get(row, "doc"))), want);
    }
}

/* --- on resources ------------------------------------------------------------------------------------------------- */

static const char patient[] = "{\"resourceType\":\"Patient\",\"id\":\"p\",\"name\":[{\"given\":[\"A\",\"B\"],"
                              "\"_given\":[{\"id\":\"x\"},{\"id\":\"y\"}]}],\"telecom\":[{\"value\":\"1\"}],"
                              "\"birthDate\":\"1960\",\"multipleBirthInteger\":1}";

static struct str on_patient(struct arena *mem, const char *operations)
{
    struct tape tape, made;
    struct fhir_issues issues;
    struct patch *patch = NULL;
    struct salve_err err = {0};
    struct buf out;
    fhir_issues_init(&issues, mem);
    enum salve_code code = fhir_read(str_of(patient), NULL, mem, &tape, NULL, &err);
    if (code == SALVE_OK) code = patch_read(str_of(operations), mem, &patch, &err);
    if (code == SALVE_OK) code = patch_tape(patch, &tape, mem, &made, &issues, &err);
    if (code != SALVE_OK) return arena_printf(mem, "%s %s", salve_code_name(code), err.element);
    buf_init(&out, mem, 1 << 20);
    fhir_write(&made, 0, FHIR_COMPACT, &out);
    return buf_str(&out);
}

static void resources(struct arena *mem)
{
    check("what a patch empties is absent",
          on_patient(mem, "[{\"op\":\"remove\",\"path\":\"/telecom/0/value\"},{\"op\":\"remove\",\"path\":\"/name\"}]"),
          STR("{\"resourceType\":\"Patient\",\"id\":\"p\",\"birthDate\":\"1960\",\"multipleBirthInteger\":1}"));
    check("what stands beside a list of texts keeps its place",
          on_patient(mem, "[{\"op\":\"remove\",\"path\":\"/name/0/_given/0/id\"},{\"op\":\"remove\",\"path\":"
                          "\"/telecom\"}]"),
          STR("{\"resourceType\":\"Patient\",\"id\":\"p\",\"name\":[{\"given\":[\"A\",\"B\"],\"_given\":[null,"
              "{\"id\":\"y\"}]}],\"birthDate\":\"1960\",\"multipleBirthInteger\":1}"));
    check("an element that the type has not", on_patient(mem, "[{\"op\":\"add\",\"path\":\"/colour\",\"value\":1}]"),
          STR("E_INVALID Patient.colour"));
    check("a value of another kind", on_patient(mem, "[{\"op\":\"replace\",\"path\":\"/birthDate\",\"value\":1960}]"),
          STR("E_INVALID Patient.birthDate"));
    check("null is no value", on_patient(mem, "[{\"op\":\"replace\",\"path\":\"/birthDate\",\"value\":null}]"),
          STR("E_INVALID Patient.birthDate"));
    check("the id stays", on_patient(mem, "[{\"op\":\"replace\",\"path\":\"/id\",\"value\":\"q\"}]"),
          STR("E_INVALID id"));
    check("the type stays",
          on_patient(mem, "[{\"op\":\"add\",\"path\":\"\",\"value\":{\"resourceType\":\"Basic\",\"id\":\"p\",\"code\":"
                          "{\"text\":\"x\"}}}]"),
          STR("E_INVALID resourceType"));
    check("the whole becomes no resource", on_patient(mem, "[{\"op\":\"add\",\"path\":\"\",\"value\":[]}]"),
          STR("E_INVALID Resource"));
}

/* --- what is bounded ---------------------------------------------------------------------------------------------- */

/* Each copy doubles what is there. */
static void doubling(struct arena *mem)
{
    struct buf text;
    buf_init(&text, mem, 1 << 20);
    buf_add(&text, STR("[{\"op\":\"add\",\"path\":\"/a\",\"value\":[1]}"));
    for (int i = 0; i < 40; i++)
        buf_add(&text,
                STR(",{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/b\"},{\"op\":\"add\",\"path\":\"/c\",\"value\":[]},"
                    "{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/c/0\"},{\"op\":\"move\",\"from\":\"/b\",\"path\":"
                    "\"/c/1\"},{\"op\":\"move\",\"from\":\"/c\",\"path\":\"/a\"}"));
    buf_add_char(&text, ']');
    struct str got = outcome(mem, buf_str(&text), STR("{}"));
    bool is_bounded =
        str_starts(got, STR("E_TOO_BIG")) || str_starts(got, STR("E_TOO_DEEP")) || str_starts(got, STR("E_STEPS"));
    check("doubling ends", is_bounded ? STR("ends") : got, STR("ends"));
}

static struct str many(struct arena *mem, const char *operation, size_t count)
{
    struct buf text;
    buf_init(&text, mem, 16 << 20);
    for (size_t i = 0; i < count; i++) {
        buf_add_char(&text, i == 0 ? '[' : ',');
        buf_add(&text, str_of(operation));
    }
    buf_add_char(&text, ']');
    return buf_str(&text);
}

static void bounds(struct arena *mem)
{
    struct buf list;
    static const char first[] = "{\"op\":\"test\",\"path\":\"/99999\",\"value\":1}";
    buf_init(&list, mem, 1 << 20);
    buf_add_char(&list, '[');
    for (int i = 0; i < 100 * 1000; i++) buf_add(&list, i == 0 ? STR("1") : STR(",1"));
    buf_add_char(&list, ']');
    doubling(mem);
    check("steps are counted", outcome(mem, many(mem, first, 500), buf_str(&list)), STR("E_STEPS patch"));
    check("so are operations", outcome(mem, many(mem, first, PATCH_OPERATIONS_MAX + 1), STR("[1]")),
          STR("E_TOO_BIG operations of the patch"));
    check("a copy into a copy is not deeper than what is read",
          outcome(mem, many(mem, "{\"op\":\"copy\",\"from\":\"\",\"path\":\"/a\"}", SALVE_JSON_DEPTH_MAX), STR("{}")),
          STR("E_TOO_DEEP operation 32 of the patch"));
}

int main(void)
{
    struct arena *mem = arena_open(MEM_BYTES);
    cases(mem);
    resources(mem);
    bounds(mem);
    arena_close(mem);
    return t_end();
}
