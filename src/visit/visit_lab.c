/* SPDX-License-Identifier: Apache-2.0
 * Results of a laboratory for people who have a record: a row, a key, a record. A row that fails stops no other. */
#include "base/limits.h"
#include "visit/import.h"
#include "visit/visit_int.h"

/* What says something about this row, and nothing about the file, the site or the machine. */
bool visit_is_of_the_row(enum salve_code code)
{
    static const enum salve_code codes[] = {SALVE_E_INVALID, SALVE_E_NOT_FOUND,    SALVE_E_CONFLICT, SALVE_E_CONSENT,
                                            SALVE_E_USAGE,   SALVE_E_NOT_ADMITTED, SALVE_E_ROLE};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (code == codes[i]) return true;
    return false;
}

static enum salve_code take_row(const struct visit *row, struct csv_import *csv, struct arena *sum_mem,
                                const struct visit_import_ask *ask, struct visit_imported *sum, bool *more,
                                struct salve_err *err)
{
    struct visit_named named = {.sum_mem = sum_mem};
    TRY(csv_import_row(csv, row->mem, &named.key, &named.born, more, err));
    return *more ? visit_import_row(row, csv, &named, ask, sum, err) : SALVE_OK;
}

static enum salve_code next_row(const struct visit *visit, struct csv_import *csv, const struct visit_import_ask *ask,
                                struct visit_imported *sum, bool *more, struct salve_err *err)
{
    struct visit row = *visit;
    struct salve_err why = {0};
    row.is_away = true;
    sum->rows++;
    row.mem = arena_open_private(SALVE_REQUEST_BYTES_MAX);
    if (row.mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "import");
    enum salve_code code = take_row(&row, csv, visit->mem, ask, sum, more, &why);
    if (code != SALVE_OK) salve_err_place(&why, csv->line, 0);
    if (visit_is_of_the_row(code)) {
        sum->refused_rows++;
        if (ask->watch.refused != NULL) ask->watch.refused(ask->watch.with, csv->line, &why);
    } else if (code != SALVE_OK && err != NULL)
        *err = why;
    sum->resources = NULL;
    sum->resource_count = 0;
    arena_close(row.mem);
    return visit_is_of_the_row(code) ? SALVE_OK : code;
}

enum salve_code visit_import_results(const struct visit *visit, const struct csv_map *map,
                                     const struct csv_source *file, struct str date, const struct visit_import_ask *ask,
                                     struct visit_imported *sum, struct salve_err *err)
{
    struct csv_import csv = {0};
    bool more = true;
    if (date.len == 0) TRY(visit_date(visit, site_now_unix_ms(visit->site), &date, err));
    TRY(csv_import_stream(map, file, date, visit->mem, &csv, err));
    TRY(site_zone(visit->site, &csv.zone, err));
    while (more) {
        TRY(next_row(visit, &csv, ask, sum, &more, err));
        if (ask->watch.person != NULL && !ask->watch.person(ask->watch.with, sum->people)) break;
    }
    return SALVE_OK;
}
