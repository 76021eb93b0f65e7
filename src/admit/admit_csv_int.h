/* SPDX-License-Identifier: Apache-2.0
 * A checked CSV map and the reading of CSV records. Only for src/fhir/. */
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

struct csv_map {
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

/* csv_record - the next record of *rest (RFC 4180): quoted cells are unquoted into mem. *lines grows by the line ends
 * that were passed. *count is 0 at the end of the text.
 *   errors   E_SYNTAX: a quote that does not close or stands inside a cell; E_TOO_BIG, E_MEMORY */
SALVE_MUST_USE enum salve_code csv_record(struct str *rest, struct arena *mem, struct str cells[CSV_COLUMNS_MAX],
                                          size_t *count, uint32_t *lines, struct salve_err *err);

#endif
