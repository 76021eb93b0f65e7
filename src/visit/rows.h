/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/rows - a file of results of people who have a record, a row at a time: what a face does that shows each row's
 * fate as it comes, and goes on later where it stopped. The rules are those of visit_import_results (import.h): alarms
 * first, a row that fails stops no other, the same row again keeps nothing twice. And:
 * - Checking a file opens nobody: it says by lines what a map cannot take, and nothing of what stands there.
 * - Taking a row is about one person, and so is all that is said of it. */
#ifndef SALVE_VISIT_ROWS_H
#define SALVE_VISIT_ROWS_H

#include "visit/import.h"

/* A map of the share folder whose rows name people. */
struct visit_map {
    struct str id, title; /* "laboratory"; as the map says */
};

/* visit_maps - all of them, sorted by id; a broken one is left out. E_ROLE: the actor notes nothing in care. */
SALVE_MUST_USE enum salve_code visit_maps(const struct visit *visit, struct visit_map **out, size_t *count,
                                          struct salve_err *err);

/* visit_rows_check - a head line and rows, as the file has them: what the map, the shape of the keys or admission do
 * not take. `wrong` is told each line and why; *rows counts all.
 *   errors   E_NOT_FOUND: no such map; E_ROLE; E_INVALID: the head lacks a column; E_SYNTAX, E_TOO_BIG: no further */
typedef void visit_row_wrong(void *with, uint32_t line, const struct salve_err *why);
SALVE_MUST_USE enum salve_code visit_rows_check(const struct visit *visit, struct str map, struct str bytes,
                                                visit_row_wrong *wrong, void *with, uint64_t *rows,
                                                struct salve_err *err);

struct visit_row_ask {
    struct str map, bytes; /* the head line and one row */
    bool is_sure;          /* somebody looked at the unlikely numbers of this row: they are right */
    const struct ranges *ranges;
    const struct visit_screening *screening;
    /* What is urgent in the row, before anything else is done with it: lives in visit->mem. */
    void (*alarms)(void *with, const struct screen_found *findings);
    void *with;
};
enum { VISIT_ROW_DOUBTS = 16 };
struct visit_row_taken {
    struct visit_imported sum;
    struct salve_err refused; /* code: why the row was not taken; SALVE_OK: it was */
    struct visit_unlikely doubts[VISIT_ROW_DOUBTS];
    size_t doubt_count;   /* of unlikely numbers: kept as first results, which alarms alone look at, until confirmed */
    enum urgency urgency; /* of what came, as it is open now */
    struct str ticket;    /* of the open work, where it is of today or now; empty: none */
    struct visit_apart apart; /* count 0: nothing of it is kept apart */
};

/* visit_row_take - into the record that the row's key opens. *out is filled also where the row is not taken.
 *   errors   those of visit_rows_check; E_INVALID: it is not one row; what stops a site or this hour: E_IO, E_QUOTA */
SALVE_MUST_USE enum salve_code visit_row_take(const struct visit *visit, const struct visit_row_ask *ask,
                                              struct visit_row_taken *out, struct salve_err *err);

#endif
