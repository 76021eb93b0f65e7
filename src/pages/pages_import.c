/* SPDX-License-Identifier: Apache-2.0
 * A file of results of people who have a record: which maps there are, what of the file cannot be taken, and one row
 * after the other. The page holds the file; here is one row at a time. */
#include "pages/pages_int.h"

#include "visit/rows.h"

enum salve_code pages_call_import_maps(struct pages_call *call, struct salve_err *err)
{
    struct json_writer *w = &call->w;
    struct visit_map *maps = NULL;
    size_t count = 0;
    TRY(visit_maps(&call->visit, &maps, &count, err));
    json_open(w, "maps", '[');
    for (size_t i = 0; i < count; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "map", maps[i].id);
        json_put_text(w, "title", maps[i].title);
        json_close(w);
    }
    json_close(w);
    return SALVE_OK;
}

static void put_why(struct json_writer *w, const struct salve_err *why)
{
    const char *text = why->why[0] != '\0' ? why->why : salve_code_what(why->code);
    json_put_text(w, "code", str_of(salve_code_name(why->code)));
    json_put_text(w, "element", str_of(why->element));
    json_put_text(w, "why", str_of(text));
}

static void put_wrong(void *with, uint32_t line, const struct salve_err *why)
{
    struct json_writer *w = &((struct pages_call *)with)->w;
    json_open(w, NULL, '{');
    json_put_i64(w, "line", line);
    put_why(w, why);
    json_close(w);
}

enum salve_code pages_call_import_check(struct pages_call *call, struct salve_err *err)
{
    uint64_t rows = 0;
    json_open(&call->w, "wrong", '[');
    enum salve_code code = visit_rows_check(&call->visit, call->in.map, call->in.rows, put_wrong, call, &rows, err);
    json_close(&call->w);
    json_put_i64(&call->w, "rows", (int64_t)rows);
    return code;
}

/* --- one row ------------------------------------------------------------------------------------------------------ */

static void hear_alarms(void *with, const struct screen_found *findings)
{
    ((struct pages_call *)with)->alarms = *findings;
}

static void put_doubts(struct json_writer *w, const struct visit_row_taken *taken)
{
    json_open(w, "doubts", '[');
    for (size_t i = 0; i < taken->doubt_count; i++) {
        const struct visit_unlikely *doubt = &taken->doubts[i];
        json_open(w, NULL, '{');
        json_put_text(w, "quantity", doubt->name);
        json_put_text(w, "unit", doubt->unit);
        json_open(w, "soft", '[');
        json_put_text(w, NULL, doubt->usual_low);
        json_put_text(w, NULL, doubt->usual_high);
        json_close(w);
        json_put_text(w, "otherUnit", doubt->other_unit.len > 0 ? doubt->other_unit : STR_NONE);
        json_put_bool(w, "isAgeNotKnown", doubt->is_age_not_known);
        json_close(w);
    }
    json_close(w);
}

/* Where nothing of it is stored, this is the last moment at which it can be told. */
static enum salve_code put_apart(struct pages_call *call, const struct visit_apart *apart, struct salve_err *err)
{
    struct json_writer *w = &call->w;
    size_t seen = apart->may_see ? apart->found_count : 0;
    if (apart->count == 0) return json_put_null(w, "apart"), SALVE_OK;
    struct visit_shown *list = arena_array(call->visit.mem, struct visit_shown, seen + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    for (size_t i = 0; i < seen; i++) list[i] = (struct visit_shown){.finding = apart->found[i]};
    json_open(w, "apart", '{');
    json_put_i64(w, "count", (int64_t)apart->count);
    json_put_bool(w, "kept", apart->is_kept);
    json_put_bool(w, "judged", apart->is_judged);
    json_put_i64(w, "found", (int64_t)apart->found_count);
    json_put_text(w, "urgency", apart->urgency <= URGENCY_SAME_DAY ? str_of(urgency_text(apart->urgency)) : STR_NONE);
    pages_put_findings(call, "findings", list, seen);
    json_close(w);
    return SALVE_OK;
}

static enum salve_code put_row(struct pages_call *call, const struct visit_row_taken *taken, struct salve_err *err)
{
    struct json_writer *w = &call->w;
    bool is_taken = taken->refused.code == SALVE_OK, is_urgent = taken->urgency <= URGENCY_SAME_DAY;
    json_put_text(w, "state", is_taken ? STR("taken") : STR("refused"));
    if (is_taken) {
        json_put_null(w, "code");
        json_put_null(w, "element");
        json_put_null(w, "why");
    } else
        put_why(w, &taken->refused);
    json_put_i64(w, "kept", (int64_t)taken->sum.kept);
    json_put_i64(w, "here", (int64_t)(taken->sum.again.here + taken->sum.again.older));
    put_doubts(w, taken);
    json_put_text(w, "urgency", is_urgent ? str_of(urgency_text(taken->urgency)) : STR_NONE);
    json_put_text(w, "ticket", taken->ticket.len > 0 ? taken->ticket : STR_NONE);
    TRY(put_apart(call, &taken->apart, err));
    pages_put_found(call, "alarms", &call->alarms);
    return SALVE_OK;
}

enum salve_code pages_call_import_row(struct pages_call *call, struct salve_err *err)
{
    const struct visit_screening *screening = NULL;
    struct visit_row_taken taken;
    struct visit_row_ask ask = {
        .map = call->in.map, .bytes = call->in.rows, .is_sure = call->in.sure, .alarms = hear_alarms, .with = call};
    (void)pages_clinic(call); /* an alarm says where to */
    TRY(pages_screening(call, &screening, err));
    TRY(visit_ranges(call->visit.content, &ask.ranges, err));
    ask.screening = screening;
    TRY(visit_row_take(&call->visit, &ask, &taken, err));
    return put_row(call, &taken, err);
}
