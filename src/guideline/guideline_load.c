/* SPDX-License-Identifier: Apache-2.0
 *
 * Loads a guideline folder: guideline.json (guideline_about.c), the shared libraries and logic.json into a compiled
 * program, the letter texts of every language. All files are kept as read, for the digest that an acceptance binds. */
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/file.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "guideline/guideline_int.h"

enum { PATH_BYTES = 4096 };

/* Where the files of a guideline stand: in a share folder, or as somebody kept them (names as in guideline_files). */
struct shelf {
    const char *share; /* NULL: kept */
    const struct guideline_file *kept;
    size_t kept_count;
};

static enum salve_code path_of(char path[PATH_BYTES], const char *share, const char *folder, struct str name,
                               struct salve_err *err)
{
    int bytes = snprintf(path, PATH_BYTES, "%s/guidelines/%s/%.*s", share, folder, STR_ARGS(name));
    if (bytes < 0 || bytes >= PATH_BYTES)
        return salve_fail(err, SALVE_E_CONFIG, "path of the shared folder is too long");
    return SALVE_OK;
}

static int by_bytes(const void *a, const void *b)
{
    const struct str *x = a, *y = b;
    return str_cmp(*x, *y);
}

/* "lib/" for the folder of libraries; a guideline's own files are kept without its name. */
static struct str kept_folder(const char *folder) { return strcmp(folder, "lib") == 0 ? STR("lib/") : STR(""); }

static enum salve_code read_file(const struct shelf *shelf, const char *folder, struct str name, size_t bytes_max,
                                 struct arena *mem, struct str *out, struct salve_err *err)
{
    char path[PATH_BYTES];
    struct str before = kept_folder(folder);
    if (shelf->share != NULL) {
        TRY(path_of(path, shelf->share, folder, name, err));
        return file_read(path, bytes_max, mem, out, err);
    }
    for (size_t i = 0; i < shelf->kept_count; i++) {
        struct str at = shelf->kept[i].name;
        if (!str_starts(at, before) || !str_eq(str_cut(at, before.len, at.len), name)) continue;
        if (shelf->kept[i].bytes.len > bytes_max) break;
        return *out = shelf->kept[i].bytes, SALVE_OK;
    }
    return salve_fail(err, SALVE_E_NOT_FOUND, "%s/%.*s", folder, STR_ARGS(name));
}

/* The names in a folder, sorted; of one that is kept each up to its first '/', once. */
static enum salve_code list_folder(const struct shelf *shelf, const char *folder, struct str below, struct arena *mem,
                                   struct str **names, size_t *count, struct salve_err *err)
{
    char path[PATH_BYTES];
    struct str name, rest, before = below.len > 0 ? below : kept_folder(folder);
    size_t n = 0;
    if (shelf->share != NULL) {
        TRY(path_of(path, shelf->share, folder, below, err));
        return file_list(path, mem, names, count, err);
    }
    struct str *list = arena_array(mem, struct str, shelf->kept_count + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "guideline %s", folder);
    for (size_t i = 0; i < shelf->kept_count; i++) {
        struct str at = shelf->kept[i].name;
        if (!str_starts(at, before)) continue;
        name = str_cut(at, before.len, at.len);
        (void)(str_split(name, '/', &name, &rest));
        if (!guideline_listed(list, n, name)) list[n++] = name;
    }
    qsort(list, n, sizeof *list, by_bytes);
    *names = list;
    *count = n;
    return SALVE_OK;
}

/* in_file - adds the file's name to the place of an error. */
static enum salve_code in_file(struct salve_err *err, enum salve_code code, const char *folder, const char *file)
{
    if (code != SALVE_OK) salve_err_in(err, "%s/%s", folder, file);
    return code;
}

/* source_of - the CQL that an ELM file was made of, as its author knows it: lib/SalveCommon.cql, kidney/logic.cql. */
static const char *source_of(const struct guideline *guideline, struct str name, struct arena *mem)
{
    salve_assert(str_ends(name, STR(".json")));
    struct str stem = str_cut(name, 0, name.len - 5); /* without .json */
    if (str_starts(name, STR("lib/"))) return arena_printf(mem, "%.*s.cql", STR_ARGS(stem)).ptr;
    return arena_printf(mem, "%.*s/%.*s.cql", STR_ARGS(guideline->info.id), STR_ARGS(stem)).ptr;
}

/* The shared libraries that the guideline includes. */
static enum salve_code fill_set(const struct guideline *guideline, struct guideline_libraries *libraries,
                                struct elm_set *set, struct salve_err *err)
{
    for (size_t i = 0; i < guideline->library_count; i++) {
        const struct guideline_file *file = &guideline->files[i];
        struct str bytes = file->bytes;
        const struct elm_library *library = NULL;
        TRY(guideline_library(libraries, str_cut(file->name, sizeof "lib/" - 1, file->name.len), &bytes, &library,
                              err));
        TRY(elm_library_add(set, library, err));
    }
    return SALVE_OK;
}

static enum salve_code compile_in(const struct guideline *guideline, struct guideline_libraries *libraries,
                                  const struct guideline_file more[2], struct arena *work, struct elm_program **out,
                                  struct salve_err *err)
{
    struct elm_set *set = elm_set_make_apart(work, libraries->mem);
    if (set == NULL) return salve_fail(err, SALVE_E_MEMORY, "ELM libraries");
    TRY(fill_set(guideline, libraries, set, err));
    for (size_t i = 0; i < 2; i++)
        TRY(elm_load(set, more[i].bytes, source_of(guideline, more[i].name, libraries->mem), err));
    return elm_link(set, elm_newest(set), STR_NONE, libraries->mem, out, err);
}

enum salve_code guideline_compile(const struct guideline *guideline, const struct guideline_file more[2],
                                  struct arena *mem, struct elm_program **out, struct salve_err *err)
{
    struct guideline_libraries *libraries = NULL;
    TRY(guideline_libraries_open(mem, &libraries, err));
    enum salve_code code = compile_in(guideline, libraries, more, libraries->work, out, err);
    guideline_libraries_close(&libraries);
    return code;
}

/* --- files -------------------------------------------------------------------------------------------------------- */

static bool is_letter(struct str name) { return str_starts(name, STR("letter.")) && str_ends(name, STR(".json")); }

static enum salve_code add_file(struct guideline *out, const struct shelf *shelf, const char *folder, struct str name,
                                const char *shown_folder, size_t bytes_max, struct arena *mem, struct salve_err *err)
{
    struct guideline_file *file = &out->files[out->file_count];
    file->name = arena_printf(mem, "%s%.*s", shown_folder, STR_ARGS(name));
    if (file->name.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "guideline files");
    enum salve_code code = read_file(shelf, folder, name, bytes_max, mem, &file->bytes, err);
    if (code == SALVE_OK) out->file_count++;
    return code;
}

/* The shared libraries of lib/ and which of them this guideline includes, directly or through another one. */
struct libraries {
    struct guideline_libraries *read;
    struct arena *work;     /* goes when the guideline is loaded */
    struct str logic_bytes; /* of logic.json */
    const struct elm_library *logic;
    struct str *names; /* "FHIRHelpers.json", sorted */
    bool *is_needed;
    struct str *bytes; /* of those that are needed */
    size_t count;
};

static enum salve_code need_includes(const struct shelf *shelf, const struct json *includes,
                                     struct libraries *libraries, struct arena *mem, struct salve_err *err);

static enum salve_code need_library(const struct shelf *shelf, struct str path, struct libraries *libraries,
                                    struct arena *mem, struct salve_err *err)
{
    for (size_t i = 0; i < libraries->count; i++) {
        struct str file = libraries->names[i];
        bool is_it = str_ends(file, STR(".json")) && str_eq(str_cut(file, 0, file.len - 5), path);
        if (!is_it || libraries->is_needed[i]) continue;
        const struct elm_library *library = NULL;
        struct arena_mark mark = arena_mark(mem);
        struct str bytes;
        libraries->is_needed[i] = true;
        TRY(read_file(shelf, "lib", file, SALVE_ELM_BYTES_MAX, mem, &bytes, err));
        libraries->bytes[i] = bytes;
        TRY(in_file(err, guideline_library(libraries->read, file, &libraries->bytes[i], &library, err), "lib",
                    file.ptr));
        if (libraries->bytes[i].ptr != bytes.ptr) arena_rewind(mem, mark); /* another guideline brought it */
        return need_includes(shelf, elm_library_includes(library), libraries, mem, err);
    }
    return SALVE_OK; /* not in lib/: linking will say so if nothing else brings it */
}

/* need_includes - marks what is included. Each library is marked and read once, so this ends. */
static enum salve_code need_includes(const struct shelf *shelf, const struct json *includes,
                                     struct libraries *libraries, struct arena *mem, struct salve_err *err)
{
    for (const struct json *include = json_first(includes); include != NULL; include = include->next)
        TRY(need_library(shelf, json_get_text(include, "path"), libraries, mem, err));
    return SALVE_OK;
}

static enum salve_code read_logic(const struct shelf *shelf, const char *folder, struct libraries *libraries,
                                  struct arena *mem, struct salve_err *err)
{
    const char *shown = arena_printf(mem, "%s/logic.cql", folder).ptr;
    if (shown == NULL) return salve_fail(err, SALVE_E_MEMORY, "guideline %s", folder);
    TRY(read_file(shelf, folder, STR("logic.json"), SALVE_ELM_BYTES_MAX, mem, &libraries->logic_bytes, err));
    TRY(in_file(err, elm_library_read(libraries->logic_bytes, shown, libraries->work, mem, &libraries->logic, err),
                folder, "logic.json"));
    return need_includes(shelf, elm_library_includes(libraries->logic), libraries, mem, err);
}

/* What the vectors include beside: they are linked when they are run. */
static enum salve_code need_of_vectors(const struct shelf *shelf, const char *folder, struct libraries *libraries,
                                       struct arena *mem, struct salve_err *err)
{
    const struct elm_library *vectors;
    struct str text, name = STR("vectors.json");
    TRY(read_file(shelf, folder, name, SALVE_ELM_BYTES_MAX, libraries->work, &text, err));
    TRY(in_file(err, elm_library_read(text, NULL, libraries->work, libraries->work, &vectors, err), folder, name.ptr));
    return need_includes(shelf, elm_library_includes(vectors), libraries, mem, err);
}

/* load_libraries - only those that are included: a change of another one asks for no new acceptance of this
 * guideline. */
static enum salve_code load_libraries(const struct libraries *libraries, struct arena *mem, struct guideline *out,
                                      struct salve_err *err)
{
    for (size_t i = 0; i < libraries->count; i++) {
        if (!libraries->is_needed[i]) continue;
        struct guideline_file *file = &out->files[out->file_count++];
        file->name = arena_printf(mem, "lib/%.*s", STR_ARGS(libraries->names[i]));
        file->bytes = libraries->bytes[i];
        if (file->name.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "guideline files");
    }
    out->library_count = out->file_count;
    return SALVE_OK;
}

/* load_sources - the CQL that the ELM was made of: what a finding's reasons are quoted from. */
static enum salve_code load_sources(const struct shelf *shelf, const char *folder, const struct str *names,
                                    size_t count, const struct libraries *libraries, struct arena *mem,
                                    struct guideline *out, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    if (guideline_listed(names, count, STR("logic.cql")))
        code = add_file(out, shelf, folder, STR("logic.cql"), "", SALVE_CONFIG_BYTES_MAX, mem, err);
    for (size_t i = 0; code == SALVE_OK && i < libraries->count; i++) {
        struct str file = libraries->names[i];
        if (!libraries->is_needed[i] || !str_ends(file, STR(".json"))) continue;
        struct str source = arena_printf(mem, "%.*s.cql", (int)file.len - 5, file.ptr);
        if (source.ptr != NULL && guideline_listed(libraries->names, libraries->count, source))
            code = add_file(out, shelf, "lib", source, "lib/", SALVE_CONFIG_BYTES_MAX, mem, err);
    }
    return code;
}

/* load_value_sets - the FHIR ValueSets and CodeSystems of valuesets/, one or a Bundle of them a file. */
static enum salve_code load_value_sets(const struct shelf *shelf, const char *folder, struct arena *mem,
                                       struct guideline *out, struct salve_err *err)
{
    struct str *names = NULL;
    size_t count = 0;
    enum salve_code code = list_folder(shelf, folder, STR("valuesets/"), mem, &names, &count, err);
    if (code != SALVE_OK) return code;
    if (count > GUIDELINE_VALUE_SET_FILES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "%s/valuesets", folder);
    out->terms = terms_make(mem);
    if (out->terms == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s/valuesets", folder);
    for (size_t i = 0; code == SALVE_OK && i < count; i++) {
        struct tape *tape = arena_new(mem, struct tape);
        struct str name = arena_printf(mem, "valuesets/%.*s", STR_ARGS(names[i]));
        if (!str_ends(name, STR(".json"))) continue;
        if (tape == NULL || name.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s/valuesets", folder);
        code = add_file(out, shelf, folder, name, "", SALVE_RESOURCE_BYTES_MAX, mem, err);
        if (code != SALVE_OK) return code;
        code = fhir_read(out->files[out->file_count - 1].bytes, NULL, mem, tape, NULL, err);
        if (code == SALVE_OK) code = terms_add(out->terms, tape, err);
        code = in_file(err, code, folder, name.ptr);
    }
    return code == SALVE_OK ? in_file(err, terms_done(out->terms, err), folder, "valuesets") : code;
}

static enum salve_code load_about(const char *folder, struct arena *mem, struct guideline *out, struct salve_err *err)
{
    struct guideline_doc doc = {.text = out->files[out->file_count - 1].bytes, .mem = mem};
    doc.file = arena_printf(mem, "%s/guideline.json", folder).ptr;
    if (doc.file == NULL) return salve_fail(err, SALVE_E_MEMORY, "guideline %s", folder);
    enum salve_code code = json_read(doc.text, NULL, mem, &doc.root, err);
    if (code != SALVE_OK) return in_file(err, code, folder, "guideline.json");
    code = guideline_read_about(&doc, out, err);
    if (code == SALVE_OK && !str_is(out->info.id, folder)) {
        unsigned line = 1, column = 1;
        json_where(doc.text, json_get(doc.root, "id")->offset, &line, &column);
        (void)salve_refuse(err, SALVE_E_INVALID, "must be the name of its folder", "id");
        salve_err_place(err, line, 0);
        return in_file(err, SALVE_E_INVALID, folder, "guideline.json");
    }
    return code;
}

static enum salve_code load_texts(const char *folder, struct arena *mem, struct guideline *out, struct salve_err *err)
{
    struct guideline_file *file = &out->files[out->file_count - 1];
    struct guideline_language *language = &out->languages[out->info.language_count];
    enum salve_code code = json_read(file->bytes, NULL, mem, &language->texts, err);
    if (code != SALVE_OK) return in_file(err, code, folder, file->name.ptr);
    language->name = str_cut(file->name, 7, file->name.len - 12); /* letter.<language>.json */
    if (!str_eq(json_get_text(language->texts, "language"), language->name)) {
        (void)salve_refuse(err, SALVE_E_INVALID, "must be the language of the file's name", "language");
        salve_err_place(err, 1, 0);
        return in_file(err, SALVE_E_INVALID, folder, file->name.ptr);
    }
    out->language_names[out->info.language_count++] = language->name;
    return SALVE_OK;
}

/* A guideline is about the person whose record is open; logic that could look at others has no place here (N12). */
static enum salve_code only_one_person(const struct elm_program *program, struct salve_err *err)
{
    struct str where;
    if (!elm_looks_further(program, &where)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_UNSUPPORTED,
                        "a guideline may not look at more than one person: no Unfiltered define, no retrieve in the "
                        "context of another",
                        "%.*s", STR_ARGS(where));
}

/* load_ranges - the plausible numbers belong to what decides, and so to what a clinician accepts: of the table the rows
 * of the guideline's inputs. */
static enum salve_code rows_of_ranges(const struct shelf *shelf, struct arena *work, const struct guideline *guideline,
                                      struct str *out, struct salve_err *err)
{
    const struct ranges *unused = NULL;
    struct str whole, name = STR("ranges.json");
    if (shelf->share == NULL) {
        TRY(read_file(shelf, "", name, SALVE_CONFIG_BYTES_MAX, work, &whole, err));
    } else {
        struct str path = arena_printf(work, "%s/ranges.json", shelf->share);
        if (path.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "ranges.json");
        TRY(file_read(path.ptr, SALVE_CONFIG_BYTES_MAX, work, &whole, err));
    }
    TRY(ranges_read(whole, work, &unused, err));
    return guideline_ranges(guideline, whole, work, out, err);
}

static enum salve_code load_ranges(const struct shelf *shelf, struct arena *work, struct arena *mem,
                                   struct guideline *out, struct salve_err *err)
{
    const struct ranges *ranges = NULL;
    struct guideline_file *file = &out->files[out->file_count];
    struct str rows;
    file->name = STR("ranges.json");
    enum salve_code code = rows_of_ranges(shelf, work, out, &rows, err);
    if (code == SALVE_OK) code = arena_str(mem, rows, &file->bytes, err);
    if (code == SALVE_OK) code = ranges_read(file->bytes, mem, &ranges, err);
    out->file_count += code == SALVE_OK;
    if (code == SALVE_OK) return guideline_inputs(out, ranges, mem, &out->inputs, err);
    salve_err_in(err, "ranges.json");
    return code;
}

static enum salve_code link_logic(struct guideline *guideline, const struct libraries *libraries, struct arena *mem,
                                  struct salve_err *err)
{
    struct elm_set *set = elm_set_make_apart(libraries->work, mem);
    if (set == NULL) return salve_fail(err, SALVE_E_MEMORY, "ELM libraries");
    TRY(fill_set(guideline, libraries->read, set, err));
    TRY(elm_library_add(set, libraries->logic, err));
    return elm_link_reasoned(set, elm_newest(set), STR_NONE, mem, &guideline->program, err);
}

static enum salve_code load_folder(const struct shelf *shelf, const char *folder, const struct str *names, size_t count,
                                   const struct libraries *libraries, struct arena *mem, struct guideline *out,
                                   struct salve_err *err)
{
    size_t at = 0;
    TRY(add_file(out, shelf, folder, STR("guideline.json"), "", SALVE_CONFIG_BYTES_MAX, mem, err));
    TRY(load_about(folder, mem, out, err));
    TRY(load_ranges(shelf, libraries->work, mem, out, err));
    for (size_t i = 0; i < count; i++) {
        if (!is_letter(names[i]) || names[i].len < 13) continue;
        TRY(add_file(out, shelf, folder, names[i], "", SALVE_CONFIG_BYTES_MAX, mem, err));
        TRY(load_texts(folder, mem, out, err));
    }
    out->logic = out->file_count;
    out->files[out->file_count++] = (struct guideline_file){STR("logic.json"), libraries->logic_bytes};
    TRY(link_logic(out, libraries, mem, err));
    TRY(in_file(err, only_one_person(out->program, err), folder, "logic.cql"));
    if (!elm_define_find(out->program, STR("Findings"), &at)) {
        (void)salve_refuse(err, SALVE_E_INVALID, "it has no define \"Findings\", which is what Salve asks for",
                           "define");
        return in_file(err, SALVE_E_INVALID, folder, "logic.cql");
    }
    if (!guideline_listed(names, count, STR("vectors.json"))) return SALVE_OK;
    return read_file(shelf, folder, STR("vectors.json"), SALVE_ELM_BYTES_MAX, mem, &out->vectors, err);
}

/* A guideline with room for all that its folder of `count` files and the libraries can hold. */
static struct guideline *make_room(size_t count, struct libraries *libraries, struct arena *mem)
{
    struct guideline *made = arena_new(mem, struct guideline);
    libraries->is_needed = arena_array(mem, bool, libraries->count + 1);
    libraries->bytes = arena_array(mem, struct str, libraries->count + 1);
    if (made == NULL || libraries->is_needed == NULL || libraries->bytes == NULL) return NULL;
    made->files = arena_array(mem, struct guideline_file, count + libraries->count + 3 + GUIDELINE_VALUE_SET_FILES_MAX);
    made->languages = arena_array(mem, struct guideline_language, count + 1);
    made->language_names = arena_array(mem, struct str, count + 1);
    made->info.languages = made->language_names;
    return made->files == NULL || made->languages == NULL || made->language_names == NULL ? NULL : made;
}

static enum salve_code load_one(const struct shelf *shelf, struct str id, struct guideline_libraries *read,
                                struct arena *work, struct arena *mem, struct guideline **out, struct salve_err *err)
{
    char folder[80];
    struct str *names = NULL;
    struct libraries libraries = {.read = read, .work = work};
    size_t count = 0;
    if (id.len == 0 || id.len >= sizeof folder || memchr(id.ptr, '/', id.len) != NULL || id.ptr[0] == '.')
        return salve_fail(err, SALVE_E_NOT_FOUND, "guideline");
    (void)snprintf(folder, sizeof folder, "%.*s", STR_ARGS(id));
    TRY(list_folder(shelf, folder, STR(""), mem, &names, &count, err));
    TRY(list_folder(shelf, "lib", STR(""), mem, &libraries.names, &libraries.count, err));
    struct guideline *made = make_room(count, &libraries, mem);
    if (made == NULL) return salve_fail(err, SALVE_E_MEMORY, "guideline %s", folder);
    if (!guideline_listed(names, count, STR("logic.json")) && guideline_listed(names, count, STR("logic.cql")))
        return salve_refuse(err, SALVE_E_INVALID,
                            "it is not translated: 'make share' does that, or shows its mistakes with line and column",
                            "%s/logic.cql", folder);
    TRY(read_logic(shelf, folder, &libraries, mem, err));
    if (guideline_listed(names, count, STR("vectors.json"))) TRY(need_of_vectors(shelf, folder, &libraries, mem, err));
    TRY(load_libraries(&libraries, mem, made, err));
    TRY(load_folder(shelf, folder, names, count, &libraries, mem, made, err));
    TRY(load_sources(shelf, folder, names, count, &libraries, mem, made, err));
    TRY(guideline_read_cql(made, mem, err));
    if (guideline_listed(names, count, STR("valuesets"))) TRY(load_value_sets(shelf, folder, mem, made, err));
    *out = made;
    return SALVE_OK;
}

static enum salve_code load(const struct shelf *shelf, struct str id, struct guideline_libraries *libraries,
                            struct arena *mem, struct guideline **out, struct salve_err *err)
{
    struct guideline_libraries *own = NULL;
    if (libraries == NULL) {
        TRY(guideline_libraries_open(mem, &own, err));
        libraries = own;
    }
    struct arena_mark mark = arena_mark(libraries->turn);
    enum salve_code code = load_one(shelf, id, libraries, libraries->turn, mem, out, err);
    arena_rewind(libraries->turn, mark);
    guideline_libraries_close(&own);
    return code;
}

enum salve_code guideline_load(const char *share, struct str id, struct arena *mem, struct guideline **out,
                               struct salve_err *err)
{
    return guideline_load_among(NULL, share, id, mem, out, err);
}

enum salve_code guideline_load_among(struct guideline_libraries *libraries, const char *share, struct str id,
                                     struct arena *mem, struct guideline **out, struct salve_err *err)
{
    salve_assert(share != NULL);
    return load(&(struct shelf){.share = share}, id, libraries, mem, out, err);
}

enum salve_code guideline_load_kept(const struct guideline_file *files, size_t count, struct str id,
                                    struct guideline_libraries *libraries, struct arena *mem, struct guideline **out,
                                    struct salve_err *err)
{
    return load(&(struct shelf){.kept = files, .kept_count = count}, id, libraries, mem, out, err);
}

enum salve_code guideline_ids(const char *share, struct arena *mem, struct str **out, size_t *count,
                              struct salve_err *err)
{
    char path[PATH_BYTES];
    struct str *names = NULL;
    size_t name_count = 0, n = 0;
    int bytes = snprintf(path, sizeof path, "%s/guidelines", share);
    if (bytes < 0 || bytes >= PATH_BYTES)
        return salve_fail(err, SALVE_E_CONFIG, "path of the shared folder is too long");
    enum salve_code code = file_list(path, mem, &names, &name_count, err);
    for (size_t i = 0; code == SALVE_OK && i < name_count; i++)
        if (!str_is(names[i], "lib") && names[i].ptr[0] != '.') names[n++] = names[i];
    *out = names;
    *count = n;
    return code;
}

enum salve_code guideline_load_all(const char *share, struct arena *mem, struct guideline ***out, size_t *count,
                                   struct salve_err *err)
{
    struct str *ids = NULL;
    size_t id_count = 0;
    enum salve_code code = guideline_ids(share, mem, &ids, &id_count, err);
    if (code != SALVE_OK) return code;
    struct guideline **list = arena_array(mem, struct guideline *, id_count + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "guidelines");
    struct guideline_libraries *libraries = NULL;
    TRY(guideline_libraries_open(mem, &libraries, err));
    for (size_t i = 0; code == SALVE_OK && i < id_count; i++)
        code = guideline_load_among(libraries, share, ids[i], mem, &list[i], err);
    guideline_libraries_close(&libraries);
    *out = list;
    *count = id_count;
    return code;
}

/* --- facts -------------------------------------------------------------------------------------------------------- */

const struct guideline_info *guideline_info(const struct guideline *guideline) { return &guideline->info; }

const struct guideline_file *guideline_files(const struct guideline *guideline, size_t *count)
{
    *count = guideline->file_count;
    return guideline->files;
}

const struct guideline_item *guideline_item(const struct guideline *guideline, struct str name)
{
    for (size_t i = 0; i < guideline->info.item_count; i++)
        if (str_eq(guideline->info.items[i].name, name)) return &guideline->info.items[i];
    return NULL;
}

const struct guideline_line *guideline_line(const struct guideline *guideline, struct str name)
{
    for (size_t i = 0; i < guideline->info.line_count; i++)
        if (str_eq(guideline->info.lines[i].name, name)) return &guideline->info.lines[i];
    return NULL;
}
