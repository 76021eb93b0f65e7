/* SPDX-License-Identifier: Apache-2.0
 *
 * import - turns what another system sent about ONE person into resources of a compartment: finds the Patient, checks
 * that all else is about that person, gives ids of this server, keeps the old ids as identifiers, rewrites references.
 * Admission (admit.h) comes first and is part of import_run. CSV files come in through a map (docs/formats/csv-map.md).
 *
 *     struct import_ask ask = {.rules = rules, .compartment = STR("..26.."), .next = next_number, .ctx = view};
 *     import_read(bytes, mem, &bundle, &issues, err);       // a Bundle, NDJSON or one resource -> one Bundle
 *     import_run(&ask, &bundle, mem, &done, err);           // E_NOT_ADMITTED: done.issues says what and where
 *     for each done.resources[i]: write .tape under .id
 *
 * Messages name paths and rules, never values. */
#ifndef SALVE_ADMIT_IMPORT_H
#define SALVE_ADMIT_IMPORT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"
#include "admit/admit.h"
#include "fhir/tape.h"

struct import_ask {
    const struct admit_rules *rules;
    struct str compartment;      /* 26 base32 characters */
    struct str patient_id;       /* id of the Patient that the compartment already has: the imported one becomes its
                                   * next version; empty: it gets a number like everything else */
    uint64_t (*next)(void *ctx); /* the compartment's next resource number; each call gives a new one */
    /* The id that the compartment already has for what this resource names: it becomes a version of that. Empty, or
     * `known` NULL: there is none. Two resources of the input with one source id get one id (same.h). */
    struct str (*known)(void *ctx, const struct tape *tape, tape_at resource, struct str source, bool is_apart);
    void *ctx;
    bool minimise;    /* leave out what is inadmissible instead of refusing all */
    bool leave_apart; /* leave out what is kept apart, and references to it: the person did not tick that */
};

struct import_resource {
    struct str type, id;    /* "Observation", "<compartment>.<number>" */
    struct str imported_id; /* the id it came with; empty if it had none */
    family_mask families;   /* of what is kept apart, by its codes and by what it refers to; 0: it is not */
    struct tape tape;
};

struct import_done {
    const struct import_resource *resources;
    size_t resource_count;      /* the Patient first, then in the order they came */
    struct fhir_issues *issues; /* why it was refused; also filled when import_run fails */
    struct str rejects;         /* minimise: JSON lines of what was left out; holds values */
    const struct admit_count *counts;
    size_t rule_count;     /* minimise: how often each rule left something out */
    size_t apart_count;    /* resources with families; with leave_apart, how many were left out */
    uint32_t resources_in; /* resources that came */
    uint32_t references;   /* references rewritten to ids of this server */
    uint32_t commons;      /* staff, places and organisations: not kept with the person; references to them became
                               * logical ones, {type, identifier: {system: urn:salve:imported, value: their old id}} */
};

/* import_read - bytes to one Bundle tape. A transaction, batch or collection stays as it is; a document, a searchset,
 * a history, NDJSON (one resource a line) and a single resource become a collection (docs/formats/admission.md). Paths
 * in issues count entries from 0, so line n of NDJSON is Bundle.entry[n-1].
 *   errors   those of the reader: E_SYNTAX, E_INVALID (issues say where), E_TOO_BIG, E_TOO_DEEP, E_MEMORY */
SALVE_MUST_USE enum salve_code import_read(struct str bytes, struct arena *mem, struct tape *bundle,
                                           struct fhir_issues *issues, struct salve_err *err);

/* import_shape - the last of these steps of import_read, for a Bundle that is a tape already. E_MEMORY. */
SALVE_MUST_USE enum salve_code import_shape(struct tape *bundle, struct arena *mem, struct salve_err *err);

/* import_answers - adds to a Bundle an Observation for each answer of its QuestionnaireResponses whose question has a
 * code that observations are admitted under, as SDC extracts them. *unread: answers that have none, or that no
 * observation can hold: nobody will judge them. E_MEMORY. */
SALVE_MUST_USE enum salve_code import_answers(const struct admit_rules *rules, struct tape *bundle, struct arena *mem,
                                              uint32_t *unread, struct salve_err *err);

/* import_run - admission, then ids, identifiers and references.
 *   errors   E_NOT_ADMITTED (nothing is to be kept; out->issues has path and rule), E_MEMORY */
SALVE_MUST_USE enum salve_code import_run(const struct import_ask *ask, const struct tape *bundle, struct arena *mem,
                                          struct import_done *out, struct salve_err *err);

/* import_can_be_error - has the resource a word for what never was: a status or verificationStatus of entered-in-error?
 * import_error_of - the resource with that word, which takes it back. */
bool import_can_be_error(const struct tape *tape, tape_at resource);
SALVE_MUST_USE enum salve_code import_error_of(const struct tape *tape, tape_at resource, struct arena *mem,
                                               struct tape *out, struct salve_err *err);

/* --- CSV -------------------------------------------------------------------------------------------------------- */

struct zone;
struct csv_map;    /* opaque: a map file, checked */
struct csv_window; /* opaque: what of a file is in memory */

/* csv_map_read - a map from its JSON text. E_SYNTAX, E_INVALID (`at` names the place in the map), E_TOO_BIG,
 * E_NOT_ADMITTED: it names a code or words that may not be kept (`at` names the place, `why` the rule). */
SALVE_MUST_USE enum salve_code csv_map_read(const struct admit_rules *rules, struct str json, struct arena *mem,
                                            struct csv_map **out, struct salve_err *err);

/* What a row says that the person agreed to: a cell of the column that the map names for that purpose, as it is. */
struct csv_consent {
    enum purpose purpose;
    struct str cell;
};

/* Where a file comes from, a piece at a time: at most `room` bytes, never 0; *got is 0 at the end. */
struct csv_source {
    enum salve_code (*read)(void *with, char *into, size_t room, size_t *got, struct salve_err *err);
    void *with;
};
/* csv_source_text - a text that is at hand; *rest becomes what was not read yet. */
struct csv_source csv_source_text(struct str *rest);

/* csv_file_check - goes over a whole file before anything is done with it: its letters, and *lines that are not empty.
 *   errors   E_INVALID: not in the letters that the map says; E_TOO_BIG; E_MEMORY; those of the source */
SALVE_MUST_USE enum salve_code csv_file_check(const struct csv_map *map, const struct csv_source *file,
                                              struct arena *mem, uint64_t *lines, struct salve_err *err);

/* One CSV file being read through a map. */
struct csv_import {
    const struct csv_map *map;
    struct csv_window *window; /* NULL: the file is a text at hand */
    struct str head;           /* the header line and what stands before it, in mem */
    struct str rest;           /* what was not read yet, as far as it is in memory */
    struct str row;            /* the bytes of the row read last, with the empty lines before it; until the next one */
    struct str date;
    const struct zone *zone; /* of the site, for times of day; may be changed after the opening; NULL: UTC */
    uint32_t line;           /* number of the line where the row read last begins, from 1 */
    uint32_t next_line;
    const uint16_t *columns;                   /* column of the file for each column of the map */
    uint32_t file_columns;                     /* cells of every row */
    struct str *cells;                         /* of the row read last, in its mem or in the file's */
    struct csv_consent consents[PURPOSE_LAST]; /* of the row read last, those that are not empty; texts in its mem */
    size_t consent_count;
};

/* csv_import_open - reads the header line. `text` must outlive the import.
 *   date     FHIR dateTime for all rows when the map names none; empty is fine when it does
 *   errors   E_INVALID: a column that the map needs is not there (err names it), no date, not UTF-8; E_TOO_BIG */
SALVE_MUST_USE enum salve_code csv_import_open(const struct csv_map *map, struct str text, struct str date,
                                               struct arena *mem, struct csv_import *out, struct salve_err *err);

/* csv_import_stream - the same of a file of any length, in 256 KiB of mem; `file` is read as rows are. What a row gives
 * out (cells, row) is there until the next one. Letters are looked at as they come, so that E_INVALID may come from any
 * row: csv_file_check goes before. */
SALVE_MUST_USE enum salve_code csv_import_stream(const struct csv_map *map, const struct csv_source *file,
                                                 struct str date, struct arena *mem, struct csv_import *out,
                                                 struct salve_err *err);

/* csv_import_next - the next row as JSON text of a collection Bundle about one person, for import_read; *more is false
 * at the end of the file. An empty cell is left out. `subject` is the row's own id column, empty if the map names none.
 *   errors   E_INVALID: a cell that is not what the map says (err has its line and "column name", never the cell); the
 *            next call goes on with the next row. E_SYNTAX, E_TOO_BIG: the file cannot be read any further */
SALVE_MUST_USE enum salve_code csv_import_next(struct csv_import *csv, struct arena *mem, struct str *subject,
                                               struct str *bundle_json, bool *more, struct salve_err *err);

/* csv_map_names_people - do the rows of this map's files name people who have a record, by a key in a column?
 *
 * csv_import_row - of such a file the next row: the key as it stands there, and the birth date that the row tells
 * (empty: none). Errors as of csv_import_next.
 * csv_import_bundle - what the row says, as JSON text of a collection Bundle without a Patient; its subject is
 * `reference` ("Patient/.."); empty where the row says nothing that the map wants. E_INVALID: a cell that is not what
 * the map says. */
bool csv_map_names_people(const struct csv_map *map);
SALVE_MUST_USE enum salve_code csv_import_row(struct csv_import *csv, struct arena *mem, struct str *key,
                                              struct str *born, bool *more, struct salve_err *err);
SALVE_MUST_USE enum salve_code csv_import_bundle(const struct csv_import *csv, struct str reference, struct arena *mem,
                                                 struct str *bundle_json, struct salve_err *err);

#endif
