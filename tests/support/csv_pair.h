/* SPDX-License-Identifier: Apache-2.0
 *
 * csv_pair - a CSV file read twice, as a text at hand and as a stream that comes in small pieces: both say the same, row
 * by row, or csv_pair says what differs. */
#ifndef SALVE_TESTS_CSV_PAIR_H
#define SALVE_TESTS_CSV_PAIR_H

#include <string.h>

#include "admit/import.h"

struct csv_pieces {
    struct str rest;
    size_t bytes_max; /* of a piece; they are of 1 to that many */
    uint64_t random;
};

static inline enum salve_code csv_piece(void *with, char *into, size_t room, size_t *got, struct salve_err *err)
{
    struct csv_pieces *pieces = with;
    (void)err;
    pieces->random = pieces->random * 6364136223846793005u + 1442695040888963407u;
    size_t want = 1 + (size_t)(pieces->random >> 33) % pieces->bytes_max;
    if (want > room) want = room;
    *got = want < pieces->rest.len ? want : pieces->rest.len;
    if (*got > 0) memcpy(into, pieces->rest.ptr, *got);
    pieces->rest = str_cut(pieces->rest, *got, pieces->rest.len);
    return SALVE_OK;
}

/* What one reading says of a row. */
struct csv_said {
    enum salve_code code;
    struct str who, json;
    bool more;
    struct salve_err err;
};

static inline struct csv_said csv_next(struct csv_import *csv, struct arena *mem)
{
    struct csv_said said = {.who = STR(""), .json = STR("")};
    struct str born;
    if (!csv_map_names_people(csv->map)) {
        said.code = csv_import_next(csv, mem, &said.who, &said.json, &said.more, &said.err);
        return said;
    }
    said.code = csv_import_row(csv, mem, &said.who, &born, &said.more, &said.err);
    if (said.code == SALVE_OK && said.more)
        said.code = csv_import_bundle(csv, STR("Patient/a"), mem, &said.json, &said.err);
    return said;
}

static inline const char *csv_differ(const struct csv_import *a, const struct csv_said *as, const struct csv_import *b,
                                     const struct csv_said *bs)
{
    if (as->code != bs->code || strcmp(as->err.why, bs->err.why) != 0) return "the code";
    if (a->line != b->line || as->err.line != bs->err.line) return "the line";
    if (as->code != SALVE_OK) return NULL;
    if (as->more != bs->more) return "the end";
    if (as->more && !str_eq(a->row, b->row)) return "the bytes of a row";
    if (!str_eq(as->who, bs->who) || !str_eq(as->json, bs->json)) return "what a row says";
    if (a->consent_count != b->consent_count) return "agreements";
    for (size_t i = 0; i < a->consent_count; i++)
        if (!str_eq(a->consents[i].cell, b->consents[i].cell)) return "an agreement";
    return NULL;
}

static inline const char *csv_pair_rows(struct csv_import *a, struct csv_import *b, struct arena *mem, size_t *rows)
{
    if (!str_eq(a->head, b->head)) return "the head";
    for (bool more = true; more;) {
        struct arena_mark mark = arena_mark(mem);
        struct csv_said as = csv_next(a, mem), bs = csv_next(b, mem);
        const char *differs = csv_differ(a, &as, b, &bs);
        more = as.code == SALVE_E_INVALID || (as.code == SALVE_OK && as.more);
        *rows += as.code == SALVE_OK && as.more;
        arena_rewind(mem, mark);
        if (differs != NULL) return differs;
    }
    return NULL;
}

/* NULL: both say the same; *rows that were read. A text that is not in its letters is refused by csv_file_check. */
static inline const char *csv_pair(const struct csv_map *map, struct str text, size_t piece_bytes_max,
                                   struct arena *mem, size_t *rows)
{
    struct salve_err err = {0}, other = {0};
    struct csv_import a, b;
    struct csv_pieces pieces = {text, piece_bytes_max, 7}, again = pieces;
    struct csv_source source = {csv_piece, &pieces}, checked = {csv_piece, &again};
    uint64_t lines, want = 0;
    struct str rest = text, line;
    *rows = 0;
    enum salve_code open = csv_import_open(map, text, STR("2026"), mem, &a, &err);
    enum salve_code check = csv_file_check(map, &checked, mem, &lines, &other);
    bool is_bad = open == SALVE_E_INVALID && strcmp(err.element, "text") == 0;
    if (is_bad != (check != SALVE_OK)) return "the check of letters";
    if (is_bad) return check == open && strcmp(err.why, other.why) == 0 ? NULL : "why letters are refused";
    while (str_next_line(&rest, &line)) want += str_trim(line).len > 0;
    if (lines < want) return "the count of lines";
    if (csv_import_stream(map, &source, STR("2026"), mem, &b, &other) != open) return "the opening";
    if (strcmp(err.element, other.element) != 0) return "what the opening says";
    return open == SALVE_OK ? csv_pair_rows(&a, &b, mem, rows) : NULL;
}

#endif
