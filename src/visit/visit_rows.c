/* SPDX-License-Identifier: Apache-2.0
 * Results of many people, a row at a time: maps, the check of a file, one row into one record. */
#include "visit/rows.h"

#include "base/file.h"
#include "base/limits.h"
#include "consent/may.h"
#include "fhir/fhir.h"
#include "json/json.h"
#include "visit/content.h"
#include "visit/visit_int.h"

enum { MAP_NAME_BYTES_MAX = 64 };

/* Who notes measurements in care; whether a record opens is the gate's to say, row by row. */
static enum salve_code may_note(const struct visit *visit, struct salve_err *err)
{
    const struct may *may = consent_may(visit->actor.role, ACT_WRITE, PURPOSE_CARE);
    if (may != NULL && (may->classes & CLASS_BIT(CLASS_CLIN)) != 0) return SALVE_OK;
    return salve_fail(err, SALVE_E_ROLE, "%s", role_text(visit->actor.role));
}

/* --- maps --------------------------------------------------------------------------------------------------------- */

static bool is_map_name(struct str id)
{
    bool is = id.len > 0 && id.len <= MAP_NAME_BYTES_MAX;
    for (size_t i = 0; i < id.len; i++)
        is = is &&
             ((id.ptr[i] >= 'a' && id.ptr[i] <= 'z') || (id.ptr[i] >= '0' && id.ptr[i] <= '9') || id.ptr[i] == '-');
    return is;
}

static enum salve_code map_read(const struct visit *visit, struct str id, struct csv_map **out, struct str *json,
                                struct salve_err *err)
{
    if (!is_map_name(id)) return salve_refuse(err, SALVE_E_NOT_FOUND, "there is no such map", "map");
    struct str path = arena_printf(visit->mem, "%.*s/maps/%.*s.json", STR_ARGS(visit->content->share), STR_ARGS(id));
    if (path.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "map");
    enum salve_code code = file_read(path.ptr, SALVE_CONFIG_BYTES_MAX, visit->mem, json, err);
    if (code == SALVE_E_NOT_FOUND) return salve_refuse(err, code, "there is no such map", "map");
    if (code != SALVE_OK) return code;
    TRY(csv_map_read(site_admission(visit->site), *json, visit->mem, out, err));
    if (csv_map_names_people(*out)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_NOT_FOUND, "this map names nobody who has a record", "map");
}

static struct str title_of(struct str json, struct arena *mem)
{
    const struct json *map = NULL;
    return json_read(json, NULL, mem, &map, NULL) == SALVE_OK ? json_get_text(map, "title") : STR("");
}

enum salve_code visit_maps(const struct visit *visit, struct visit_map **out, size_t *count, struct salve_err *err)
{
    struct str *names = NULL, ending = STR(".json");
    size_t name_count = 0;
    *out = NULL;
    *count = 0;
    TRY(may_note(visit, err));
    struct str folder = arena_printf(visit->mem, "%.*s/maps", STR_ARGS(visit->content->share));
    if (folder.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "maps");
    enum salve_code code = file_list(folder.ptr, visit->mem, &names, &name_count, err);
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code != SALVE_OK) return code;
    *out = arena_array(visit->mem, struct visit_map, name_count + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "maps");
    for (size_t i = 0; i < name_count; i++) {
        struct csv_map *map = NULL;
        struct str json;
        if (!str_ends(names[i], ending)) continue;
        struct str id = str_cut(names[i], 0, names[i].len - ending.len);
        if (map_read(visit, id, &map, &json, NULL) == SALVE_OK)
            (*out)[(*count)++] = (struct visit_map){id, title_of(json, visit->mem)};
    }
    return SALVE_OK;
}

static enum salve_code rows_open(const struct visit *visit, struct str map_id, struct str bytes, struct csv_import *csv,
                                 struct salve_err *err)
{
    struct csv_map *map = NULL;
    struct str json, today;
    TRY(may_note(visit, err));
    TRY(map_read(visit, map_id, &map, &json, err));
    TRY(visit_date(visit, site_now_unix_ms(visit->site), &today, err));
    TRY(csv_import_open(map, bytes, today, visit->mem, csv, err));
    return site_zone(visit->site, &csv->zone, err);
}

/* --- the check ---------------------------------------------------------------------------------------------------- */

static enum salve_code key_is_one(struct str key, struct salve_err *err)
{
    if (rec_code_valid(REC_CODE_CARD, key) || rec_code_valid(REC_CODE_TICKET, key)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INVALID, "it is no code of a card or ticket; a character may be wrong", "person");
}

/* Admission asks whom it is about: somebody of whom nothing is known. */
static enum salve_code with_somebody(struct str *bundle, struct arena *mem, struct salve_err *err)
{
    struct str head = STR("\"entry\":[");
    ptrdiff_t at = str_find(*bundle, head);
    if (at < 0) return salve_fail(err, SALVE_E_INVALID, "Bundle.entry");
    size_t behind = (size_t)at + head.len;
    *bundle = arena_printf(mem, "%.*s{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"row\"}},%.*s", (int)behind,
                           bundle->ptr, (int)(bundle->len - behind), bundle->ptr + behind);
    return bundle->ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "Bundle") : SALVE_OK;
}

/* As far as one can tell without looking at anybody. */
static enum salve_code check_row(const struct visit *visit, const struct csv_import *csv, struct str key,
                                 struct salve_err *err)
{
    struct str json;
    struct tape bundle;
    struct fhir_issues issues;
    TRY(key_is_one(key, err));
    TRY(csv_import_bundle(csv, STR("Patient/row"), visit->mem, &json, err));
    if (json.len == 0) return SALVE_OK;
    TRY(with_somebody(&json, visit->mem, err));
    fhir_issues_init(&issues, visit->mem);
    TRY(import_read(json, visit->mem, &bundle, &issues, err));
    return admit_check(site_admission(visit->site), &bundle, STR(""), visit->mem, &issues, err);
}

enum salve_code visit_rows_check(const struct visit *visit, struct str map, struct str bytes, visit_row_wrong *wrong,
                                 void *with, uint64_t *rows, struct salve_err *err)
{
    struct csv_import csv = {0};
    bool more = true;
    *rows = 0;
    TRY(rows_open(visit, map, bytes, &csv, err));
    while (more) {
        struct visit row = *visit;
        struct salve_err why = {0};
        struct str key, born;
        row.mem = arena_open_private(SALVE_REQUEST_BYTES_MAX);
        if (row.mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "import");
        enum salve_code code = csv_import_row(&csv, row.mem, &key, &born, &more, &why);
        if (code == SALVE_OK && more) code = check_row(&row, &csv, key, &why);
        *rows += more;
        arena_close(row.mem);
        if (code == SALVE_OK) continue;
        if (!visit_is_of_the_row(code)) return *err = why, code;
        wrong(with, csv.line, &why);
    }
    return SALVE_OK;
}

/* --- one row ------------------------------------------------------------------------------------------------------ */

struct taking {
    const struct visit_row_ask *ask;
    struct visit_row_taken *out;
};

static void hear_alarms(void *with, uint64_t line, const struct screen_found *findings)
{
    struct taking *in = with;
    (void)line;
    if (in->ask->alarms != NULL) in->ask->alarms(in->ask->with, findings);
}

static bool hear_unlikely(void *with, uint64_t line, const struct visit_unlikely *list, size_t count)
{
    struct taking *in = with;
    (void)line;
    for (size_t i = 0; i < count && in->out->doubt_count < VISIT_ROW_DOUBTS; i++)
        in->out->doubts[in->out->doubt_count++] = list[i];
    return in->ask->is_sure;
}

static enum salve_code hear_urgent(void *with, uint64_t row, struct str ticket, enum urgency urgency,
                                   struct salve_err *err)
{
    struct taking *in = with;
    (void)row;
    (void)err;
    in->out->ticket = ticket;
    in->out->urgency = urgency;
    return SALVE_OK;
}

static void hear_apart(void *with, const struct visit_apart *apart) { ((struct taking *)with)->out->apart = *apart; }

static enum salve_code guidelines_of(void *with, const struct visit_screening **out, struct salve_err *err)
{
    (void)err;
    *out = ((struct taking *)with)->ask->screening;
    return SALVE_OK;
}

/* The memory of the row is that of the call: what is told of it is told in its answer. */
static enum salve_code take(const struct visit *row, struct csv_import *csv, struct taking *in, struct salve_err *err)
{
    struct visit_named named = {.sum_mem = row->mem};
    struct visit_import_ask ask = {.ranges = in->ask->ranges,
                                   .alarms = in->ask->screening,
                                   .watch = {.alarms = hear_alarms,
                                             .unlikely = hear_unlikely,
                                             .urgent = hear_urgent,
                                             .apart = hear_apart,
                                             .guidelines = guidelines_of,
                                             .with = in}};
    bool more = true;
    TRY(csv_import_row(csv, row->mem, &named.key, &named.born, &more, err));
    if (!more || str_trim(csv->rest).len > 0) return salve_refuse(err, SALVE_E_INVALID, "one row is wanted", "rows");
    in->out->sum.rows = 1;
    return visit_import_row(row, csv, &named, &ask, &in->out->sum, err);
}

enum salve_code visit_row_take(const struct visit *visit, const struct visit_row_ask *ask, struct visit_row_taken *out,
                               struct salve_err *err)
{
    struct visit row = *visit;
    struct csv_import csv = {0};
    struct taking in = {ask, out};
    *out = (struct visit_row_taken){.urgency = URGENCY_NONE, .ticket = STR("")};
    row.is_away = true;
    row.held = NULL; /* who is open at this station is somebody else */
    TRY(rows_open(&row, ask->map, ask->bytes, &csv, err));
    enum salve_code code = take(&row, &csv, &in, &out->refused);
    out->refused.code = code;
    if (code == SALVE_OK || visit_is_of_the_row(code)) return SALVE_OK;
    if (err != NULL) *err = out->refused;
    return code;
}
