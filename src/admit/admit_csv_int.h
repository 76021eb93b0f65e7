/* SPDX-License-Identifier: Apache-2.0
 * A checked CSV map and the reading of CSV records. Only for src/admit/. */
#ifndef SALVE_ADMIT_CSV_INT_H
#define SALVE_ADMIT_CSV_INT_H

#include "admit/import.h"

enum { CSV_COLUMNS_MAX = 256, CSV_RULES_MAX = 500, CSV_VALUES_MAX = 1000 };
#define CSV_NO_COLUMN UINT16_MAX

enum csv_type { CSV_QUANTITY, CSV_INTEGER, CSV_BOOLEAN, CSV_CODE };

struct csv_code {
    struct str system, code, display;
};

struct csv_value { /* what a cell means */
    struct str cell;
    struct csv_code code; /* of CSV_CODE and conditions; gender: code.code */
    bool truth;
    bool says_nothing; /* null in the map */
};

struct csv_values {
    const struct csv_value *items;
    size_t count;
};

struct csv_rule {    /* one Observation, component or Condition */
    uint16_t column; /* of the map; CSV_NO_COLUMN: it has components */
    struct csv_code code;
    enum csv_type type;
    struct str unit, category;
    struct csv_values values;
    const struct csv_rule *components;
    size_t component_count;
};

/* How the file is written. */
struct csv_dialect {
    char delimiter, decimal;
    bool is_windows;  /* Windows-1252, of which Latin-1 is a part; else UTF-8 */
    struct str dates; /* "DD.MM.YYYY hh:mm"; empty: dates of FHIR */
    bool is_site_zone;
    int32_t offset_minutes; /* of times of day, where they are not those of the site's zone */
};

/* One result a row: a test by its name, one rule for each unit that it may come in. */
struct csv_test {
    struct str cell;
    const struct csv_rule *rules; /* without a column; quantities differ in their unit */
    size_t rule_count;
};

struct csv_results {
    uint16_t test, value, unit, status, id; /* columns of the map, or CSV_NO_COLUMN */
    const struct csv_test *tests;
    size_t test_count;
    struct csv_values units, statuses; /* what a unit or a status is in UCUM or FHIR: code.code */
};

struct csv_map {
    struct csv_dialect dialect;
    uint16_t person;                   /* column with the key of somebody who has a record: card, claim, ticket */
    struct csv_results results;        /* .test is CSV_NO_COLUMN where a row has a column for each result */
    struct str names[CSV_COLUMNS_MAX]; /* columns that the map uses */
    uint16_t name_count;
    uint16_t subject, gender, birth_date, date; /* columns of the map, or CSV_NO_COLUMN */
    struct str date_value;
    struct csv_values genders;
    const struct csv_rule *observations, *conditions;
    size_t observation_count, condition_count;
    struct csv_consent_rule {
        enum purpose purpose;
        uint16_t column;
    } consents[PURPOSE_LAST];
    size_t consent_count;
};

/* csv_utf8 - *text as UTF-8; in mem where it was not. E_INVALID, E_MEMORY.
 * csv_windows_letter - a byte of Windows-1252 as UTF-8, how many bytes that is; 0: it is no letter.
 * csv_number - a cell as a number of FHIR and what stands before it ("<", ">="); false where it is neither.
 * csv_pattern_ok - is that a way of writing dates that csv_date knows? csv_offset - "+01:00" or "Z" in minutes.
 * csv_date - a cell as a FHIR date or dateTime; `zone` is that of the site. False where it is none. */
struct csv_number {
    struct str comparator, value;
};
#define CSV_NOT_UTF8    "it is not UTF-8"
#define CSV_NOT_WINDOWS "it is not Windows-1252"
SALVE_MUST_USE enum salve_code csv_utf8(const struct csv_dialect *dialect, struct str *text, struct arena *mem,
                                        struct salve_err *err);
size_t csv_windows_letter(unsigned char byte, char out[3]);
bool csv_number(const struct csv_dialect *dialect, struct str cell, struct arena *mem, struct csv_number *out);
bool csv_pattern_ok(struct str pattern);
bool csv_offset(struct str text, int32_t *minutes);
bool csv_date(const struct csv_dialect *dialect, const struct zone *zone, struct str cell, struct arena *mem,
              struct str *out);

/* csv_record - the next record of *rest (RFC 4180): quoted cells are unquoted into mem. *lines grows by the line ends
 * that were passed. *count is 0 at the end of the text.
 *   errors   E_SYNTAX: a quote that does not close or stands inside a cell; E_TOO_BIG, E_MEMORY */
SALVE_MUST_USE enum salve_code csv_record(struct str *rest, char delimiter, struct arena *mem,
                                          struct str cells[CSV_COLUMNS_MAX], size_t *count, uint32_t *lines,
                                          struct salve_err *err);

/* csv_letters_read - the next whole letters of a file, as UTF-8, in a room of 64 bytes or more; *got 0: the end.
 *   errors   E_INVALID: not what the dialect says; E_TOO_BIG; those of the source */
struct csv_letters {
    struct csv_source source;
    bool is_windows;
    char cut[3]; /* of a letter that was not there whole */
    size_t cut_len;
    uint64_t bytes; /* that came */
};
SALVE_MUST_USE enum salve_code csv_letters_read(struct csv_letters *letters, char *into, size_t room, size_t *got,
                                                struct salve_err *err);

/* csv_window_open - the begin of a file, in mem: *rest is as long as any record is looked at, or the file.
 * csv_window_fill - makes it so again: it moves what is kept, which is all from `from` on; *rest begins there or behind
 * it, by less than SALVE_CSV_LINE_BYTES_MAX. */
struct csv_window {
    struct csv_letters letters;
    char *bytes;
    bool is_ended;
};
SALVE_MUST_USE enum salve_code csv_window_open(const struct csv_map *map, const struct csv_source *file,
                                               struct arena *mem, struct csv_window **out, struct str *rest,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code csv_window_fill(struct csv_window *window, const char *from, struct str *rest,
                                               struct salve_err *err);

#endif
