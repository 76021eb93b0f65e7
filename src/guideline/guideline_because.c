/* SPDX-License-Identifier: Apache-2.0
 *
 * Why a finding is what it is: the clauses of the CQL that decided. The finding's define is explained (elm_explain);
 * the branches that it took are the first lines; then the defines that the last branch asked are explained in the same
 * way. What only fed a condition is not followed: `salve cql run --explain` shows all. A line is the source's own, so
 * that whoever signs can hold it against the guideline. */
#include "base/assert.h"
#include "guideline/guideline_int.h"

enum { LINES_MAX = 12, DEFINES_MAX = 16, LINE_BYTES_MAX = 100 };

struct way {
    const struct guideline_run *run;
    struct salve_err *err;
    struct elm_place lines[LINES_MAX];
    size_t line_count;
    size_t defines[DEFINES_MAX]; /* those that were explained */
    size_t define_count;
};

static bool is_branch(const struct elm_reason *reason) { return !reason->has_value && reason->define.ptr == NULL; }

static void add_line(struct way *way, struct elm_place at)
{
    if (at.line == 0 || way->line_count == LINES_MAX) return;
    for (size_t i = 0; i < way->line_count; i++)
        if (way->lines[i].line == at.line && str_eq(way->lines[i].library, at.library)) return;
    way->lines[way->line_count++] = at;
}

static bool is_new(struct way *way, size_t define)
{
    if (way->define_count == DEFINES_MAX) return false;
    for (size_t i = 0; i < way->define_count; i++)
        if (way->defines[i] == define) return false;
    way->defines[way->define_count++] = define;
    return true;
}

static enum salve_code follow(struct way *way, size_t define);

/* The defines asked behind the last branch. A define without branches is followed only where it is another's name. */
static enum salve_code follow_asked(struct way *way, const struct elm_explanation *e)
{
    const struct elm_program *program = way->run->guideline->program;
    uint32_t from = 0, asked = 0;
    enum salve_code code = SALVE_OK;
    for (uint32_t i = 0; i < e->reason_count; i++) {
        if (is_branch(&e->reasons[i])) from = i + 1;
        asked += e->reasons[i].define.ptr != NULL;
    }
    if (from == 0 && (asked != 1 || e->reason_count != 1)) return SALVE_OK;
    for (uint32_t i = from; i < e->reason_count && code == SALVE_OK; i++) {
        size_t next;
        const struct elm_reason *reason = &e->reasons[i];
        bool is_ours = reason->define.ptr != NULL && str_eq(reason->at.library, elm_library_id(program));
        if (is_ours && elm_define_find(program, reason->define, &next)) code = follow(way, next);
    }
    return code;
}

static enum salve_code follow(struct way *way, size_t define)
{
    struct elm_explanation e;
    if (!is_new(way, define)) return SALVE_OK;
    TRY(elm_reasons(way->run->run, define, &e, way->err));
    for (uint32_t i = 0; i < e.reason_count; i++)
        if (is_branch(&e.reasons[i])) add_line(way, e.reasons[i].at);
    enum salve_code code = follow_asked(way, &e);
    if (way->line_count == 0) add_line(way, e.at); /* no branch at all: the define itself */
    return code;
}

/* --- lines of the CQL --------------------------------------------------------------------------------------------- */
enum salve_code guideline_read_cql(struct guideline *guideline, struct arena *mem, struct salve_err *err)
{
    struct guideline_cql *texts = arena_array(mem, struct guideline_cql, guideline->file_count + 1);
    if (texts == NULL) return salve_fail(err, SALVE_E_MEMORY, "guideline files");
    for (size_t i = 0; i < guideline->file_count; i++) {
        const struct guideline_file *file = &guideline->files[i];
        struct str rest = file->bytes, line;
        uint32_t count = 0;
        if (!str_ends(file->name, STR(".cql"))) continue;
        while (str_next_line(&rest, &line)) count++;
        uint32_t *starts = arena_array(mem, uint32_t, count + (size_t)1);
        if (starts == NULL) return salve_fail(err, SALVE_E_MEMORY, "guideline files");
        rest = file->bytes;
        for (uint32_t n = 0; n < count; n++) {
            starts[n] = (uint32_t)(file->bytes.len - rest.len);
            (void)str_next_line(&rest, &line);
        }
        texts[guideline->cql_count++] = (struct guideline_cql){file->name, file->bytes, starts, count};
    }
    guideline->cql = texts;
    return SALVE_OK;
}

/* The CQL of a library; NULL: the folder does not have it. */
static const struct guideline_cql *text_of(const struct guideline *guideline, struct str library, bool is_main)
{
    for (size_t i = 0; i < guideline->cql_count; i++) {
        struct str name = guideline->cql[i].name;
        if (is_main ? str_is(name, "logic.cql")
                    : name.len == library.len + sizeof "lib/.cql" - 1 && str_starts(name, STR("lib/")) &&
                          str_eq(str_cut(name, sizeof "lib/" - 1, library.len), library))
            return &guideline->cql[i];
    }
    return NULL;
}

static struct str line_of(const struct guideline_cql *cql, uint32_t number)
{
    struct str rest, line = STR("");
    if (number == 0 || number > cql->count) return line;
    rest = str_cut(cql->text, cql->starts[number - 1], cql->text.len);
    (void)str_next_line(&rest, &line);
    return str_trim(line);
}

static size_t whole_characters(struct str text, size_t bytes)
{
    if (text.len <= bytes) return text.len;
    while (bytes > 0 && ((uint8_t)text.ptr[bytes] & 0xC0) == 0x80) bytes--;
    return bytes;
}

static enum salve_code write_line(const struct guideline *guideline, struct elm_place at, struct arena *mem,
                                  struct str *out, struct salve_err *err)
{
    bool is_main = str_eq(at.library, elm_library_id(guideline->program));
    const struct guideline_cql *source = text_of(guideline, at.library, is_main);
    struct str text = source == NULL ? STR("") : line_of(source, at.line);
    size_t bytes = whole_characters(text, LINE_BYTES_MAX);
    *out =
        arena_printf(mem, "%s%.*s.cql:%u %.*s%s", is_main ? "" : "lib/", STR_ARGS(is_main ? STR("logic") : at.library),
                     at.line, (int)bytes, text.ptr, bytes < text.len ? "..." : "");
    return out->ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "findings") : SALVE_OK;
}

enum salve_code guideline_because(const struct guideline_run *run, struct str name, struct arena *mem,
                                  struct finding *finding, struct salve_err *err)
{
    struct way way = {.run = run, .err = err};
    size_t define;
    salve_assert(run->run != NULL);
    struct str *lines = arena_array(mem, struct str, LINES_MAX);
    enum salve_code code = SALVE_OK;
    if (lines == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    if (elm_define_find(run->guideline->program, name, &define)) code = follow(&way, define);
    for (size_t i = 0; i < way.line_count && code == SALVE_OK; i++)
        code = write_line(run->guideline, way.lines[i], mem, &lines[i], err);
    finding->because = lines;
    finding->because_count = code == SALVE_OK ? way.line_count : 0;
    return code;
}
