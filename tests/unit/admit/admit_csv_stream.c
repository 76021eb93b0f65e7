/* SPDX-License-Identifier: Apache-2.0
 * A CSV file of any length, read as its rows are taken: whatever pieces it comes in, it says what the whole text says;
 * its window is all that it needs of memory. */
#include "t.h"

#include "base/buf.h"
#include "base/limits.h"
#include "csv_pair.h"

#define MAP_OF(dialect)                                                                                                \
    "{\"format\":\"salve-csv-map\",\"version\":1," dialect "\"subject\":\"id\",\"patient\":{\"birthDate\":{"           \
    "\"column\":\"born\"}},\"observations\":[{\"column\":\"note\",\"loinc\":\"72166-2\",\"type\":\"code\","            \
    "\"values\":{\"nie\":{\"system\":\"http://snomed.info/sct\",\"code\":\"266919005\"}}},{\"column\":\"hb\","         \
    "\"loinc\":\"718-7\",\"type\":\"quantity\",\"unit\":\"g/dL\"}],\"consents\":{\"care\":{\"column\":\"care\"}}}"
#define HEAD "id,born,note,hb,care,more\n"

static struct csv_map *map_of(const char *text, struct arena *mem)
{
    struct admit_rules *rules = NULL;
    struct csv_map *map = NULL;
    struct salve_err err = {0};
    if (admit_rules_make(NULL, mem, &rules, &err) != SALVE_OK ||
        csv_map_read(rules, str_of(text), mem, &map, &err) != SALVE_OK)
        t_fail("map", "%s %s", t_where(&err), err.why);
    return map;
}

static void same(const char *name, const char *map_text, struct str text, size_t want_rows)
{
    static const size_t piece_bytes[] = {1, 7, 5000, 1 << 20};
    for (size_t i = 0; i < sizeof piece_bytes / sizeof piece_bytes[0]; i++) {
        struct arena *mem = arena_open((size_t)64 << 20);
        size_t rows = 0;
        const char *differs = csv_pair(map_of(map_text, mem), text, piece_bytes[i], mem, &rows);
        if (differs != NULL)
            t_fail(name, "pieces of %zu: %s differs", piece_bytes[i], differs);
        else if (rows != want_rows)
            t_fail(name, "%zu rows, want %zu", rows, want_rows);
        else
            t_pass();
        arena_close(mem);
    }
}

static void add_many(struct buf *out, const char *text, size_t count)
{
    while (count-- > 0) buf_add(out, str_of(text));
}

/* Rows of all sizes that there may be: letters of four bytes, quotes over lines, empty lines, both ends of line. */
static size_t add_rows(struct buf *out, size_t bytes)
{
    size_t rows = 0;
    for (; out->len < bytes; rows++) {
        buf_addf(out, "p%zu,19%02zu,,%zu.%zu,yes %zu,\"", rows, rows % 100, 5 + rows % 9, rows % 10, rows);
        add_many(out, rows % 3 == 0 ? "\xF0\x9F\x94\xA5\n" : "a, \"\"\xC3\xA9\"\"\r\n",
                 rows % 50 == 0 ? 5000 : rows % 37);
        buf_add(out, str_of(rows % 2 == 0 ? "\"\r\n" : "\"\n"));
        add_many(out, "\n", rows == 20 ? 200 << 10 : rows == 30 ? 70000 : rows % 4);
    }
    return rows;
}

static void long_files(void)
{
    static const char utf8[] = MAP_OF(""), windows[] = MAP_OF("\"dialect\":{\"encoding\":\"windows-1252\"},");
    struct buf out;
    buf_init(&out, NULL, (size_t)16 << 20);
    buf_add(&out, STR("\xEF\xBB\xBF" HEAD));
    size_t rows = add_rows(&out, 5 << 18);
    same("a long file", utf8, buf_str(&out), rows);
    same("its mark is letters of Windows", windows, buf_str(&out), 0);
    same("read as Windows letters", windows, str_cut(buf_str(&out), 3, out.len), rows);
    size_t end = out.len;
    buf_add(&out, STR("p,1970,,5,,\"it does not close"));
    same("a quote at its end", utf8, buf_str(&out), rows);
    add_many(&out, "0123456789", 7000);
    same("a quote that never closes", utf8, buf_str(&out), rows);
    out.len = end;
    buf_add(&out, STR("p,1970,,5,,"));
    add_many(&out, "0123456789", 7000);
    same("a row that is too long", utf8, buf_str(&out), rows);
    out.len = end;
    buf_add(&out, STR("p,1970,,5,,\xC3"));
    same("half a letter at its end", utf8, buf_str(&out), 0);
    out.len = end;
    buf_add(&out, STR("p,1970,,5,,\xC3,\np,1970,,5,,\n"));
    same("half a letter", utf8, buf_str(&out), 0);
    buf_drop(&out);
}

static void short_files(void)
{
    static const char utf8[] = MAP_OF(""), windows[] = MAP_OF("\"dialect\":{\"encoding\":\"windows-1252\"},");
    same("nothing", utf8, STR(""), 0);
    same("a mark alone", utf8, STR("\xEF\xBB\xBF"), 0);
    same("a head alone", utf8, STR(HEAD), 0);
    same("a head that is cut off", utf8, STR("id,bo"), 0);
    same("a row", utf8, STR(HEAD "a,1970,nie,5,yes,\xE2\x82\xAC"), 1);
    same("a row that is refused among others", utf8, STR(HEAD "a,1970,,5,,\nb,1970,?,5,,\n\n\nc,1970,nie\nd,,,,,\n"),
         2);
    same("all letters of Windows", windows, STR(HEAD "a,1970,nie,5,yes,\x80\x85\xE9\xFF\nb,,,,,\n"), 2);
    same("no letter of Windows", windows, STR(HEAD "a,1970,nie,5,yes,\x81\n"), 0);
    same("zero", utf8, STR(HEAD "a,1970,nie,5,yes,\0\n"), 0);
}

/* Past the first window a letter that is none ends the file; rows before it were read. */
static void letters_that_change(void)
{
    struct arena *mem = arena_open((size_t)64 << 20);
    struct csv_map *map = map_of(MAP_OF(""), mem);
    struct csv_import csv;
    struct salve_err err = {0};
    struct str subject, json;
    struct buf out;
    bool more = true;
    size_t rows = 0;
    enum salve_code code;
    buf_init(&out, NULL, (size_t)16 << 20);
    add_many(&out, HEAD, 1);
    add_many(&out, "a,1970,nie,5,,\n", 50000);
    out.ptr[out.len - 3] = (char)0xFF;
    struct str text = buf_str(&out);
    struct csv_source source = csv_source_text(&text);
    size_t before = arena_bytes(mem);
    code = csv_import_stream(map, &source, STR("2026"), mem, &csv, &err);
    if (arena_bytes(mem) - before > 5 * SALVE_CSV_LINE_BYTES_MAX) t_fail("memory", "%zu", arena_bytes(mem) - before);
    for (; code == SALVE_OK && more; rows++) {
        struct arena_mark mark = arena_mark(mem);
        code = csv_import_next(&csv, mem, &subject, &json, &more, &err);
        arena_rewind(mem, mark);
    }
    if (code != SALVE_E_SYNTAX || rows < 25000 || rows >= 50000)
        t_fail("letters that change", "%s after %zu", salve_code_name(code), rows);
    else
        t_pass();
    buf_drop(&out);
    arena_close(mem);
}

int main(void)
{
    short_files();
    long_files();
    letters_that_change();
    return t_end();
}
