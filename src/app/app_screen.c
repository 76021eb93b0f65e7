/* SPDX-License-Identifier: Apache-2.0
 * Screening on the command line: evaluate, show findings with their reasons, sign. */
#include <stdio.h>
#include <string.h>

#include "app/app_commands.h"
#include "app/app_screen.h"
#include "app/app_site.h"
#include "base/file.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "admit/import.h"
#include "fhir/tape_edit.h"
#include "json/json.h"

static enum salve_code make_room(struct app *app, struct app_guidelines *out, struct str **ids, size_t *count,
                                 struct salve_err *err)
{
    enum salve_code code = app_share_dir(app, &out->share, err);
    if (code == SALVE_OK) code = guideline_ids(out->share.ptr, app->mem, ids, count, err);
    if (code != SALVE_OK) return code;
    out->list = arena_array(app->mem, struct guideline *, *count + 1);
    out->broken = arena_array(app->mem, struct app_broken_guideline, *count + 1);
    return out->list == NULL || out->broken == NULL ? salve_fail(err, SALVE_E_MEMORY, "guidelines") : SALVE_OK;
}

enum salve_code app_guidelines_load(struct app *app, struct app_guidelines *out, struct salve_err *err)
{
    struct str *ids = NULL;
    size_t count = 0;
    enum salve_code code = make_room(app, out, &ids, &count, err);
    for (size_t i = 0; code == SALVE_OK && i < count; i++) {
        struct app_broken_guideline *broken = &out->broken[out->broken_count];
        broken->id = ids[i];
        if (guideline_load(out->share.ptr, ids[i], app->mem, &out->list[out->count], &broken->err) == SALVE_OK)
            out->count++;
        else
            out->broken_count++;
    }
    return code;
}

enum salve_code app_guidelines_accepted(struct app *app, struct site *site, struct app_guidelines *out,
                                        struct salve_err *err)
{
    struct str *ids = NULL;
    size_t count = 0;
    enum salve_code code = make_room(app, out, &ids, &count, err);
    for (size_t i = 0; code == SALVE_OK && i < count; i++) {
        bool is_accepted = false;
        code = screen_has_acceptance(site, ids[i], app->mem, &is_accepted, err);
        if (code == SALVE_OK && is_accepted)
            code = guideline_load(out->share.ptr, ids[i], app->mem, &out->list[out->count++], err);
        out->left_out += !is_accepted;
    }
    return code;
}

enum salve_code app_guidelines_one(struct app *app, const char *id, struct app_guidelines *out, struct salve_err *err)
{
    struct str *ids = NULL;
    size_t count = 0;
    enum salve_code code = make_room(app, out, &ids, &count, err);
    for (size_t i = 0; code == SALVE_OK && i < count; i++)
        if (str_is(ids[i], id)) return guideline_load(out->share.ptr, ids[i], app->mem, &out->list[out->count++], err);
    if (code != SALVE_OK) return code;
    (void)salve_fail(err, SALVE_E_NOT_FOUND, "guideline %s", id);
    return salve_why(err, "'salve guideline list' shows which there are");
}

/* --- printing findings -------------------------------------------------------------------------------------------- */

static const struct guideline *guideline_of(const struct app_guidelines *guidelines, struct str id)
{
    for (size_t i = 0; i < guidelines->count; i++)
        if (str_eq(guideline_info(guidelines->list[i])->id, id)) return guidelines->list[i];
    return NULL;
}

static void add_labels(struct buf *out, const struct guideline *guideline, const struct str *labels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct str label = guideline == NULL ? STR_NONE : guideline_word(guideline, STR("en"), "inputs", labels[i]);
        if (label.len == 0) label = labels[i];
        buf_addf(out, "%s%.*s", i == 0 ? "" : ", ", STR_ARGS(label));
    }
}

static void add_inputs(struct buf *out, const struct guideline *guideline, const struct finding *finding)
{
    for (size_t i = 0; i < finding->input_count; i++) {
        const struct finding_input *input = &finding->inputs[i];
        buf_add(out, i == 0 ? STR("    used:   ") : STR(", "));
        add_labels(out, guideline, &input->label, 1);
        buf_addf(out, " %.*s%s%.*s", STR_ARGS(input->value), input->unit.len > 0 ? " " : "", STR_ARGS(input->unit));
        if (input->date.len >= 10) buf_addf(out, " (%.10s)", input->date.ptr);
    }
    if (finding->input_count > 0) buf_add_char(out, '\n');
}

static void finding_text(struct buf *out, const struct app_guidelines *guidelines, const struct finding *finding)
{
    const struct guideline *guideline = guideline_of(guidelines, finding->guideline);
    buf_addf(out, "  %.*s", STR_ARGS(finding->item));
    if (finding->status == FINDING_ASSESSED) {
        buf_addf(out, ": %.*s", STR_ARGS(finding->category));
        if (finding->value.len > 0) {
            buf_addf(out, "  [%.*s", STR_ARGS(finding->value));
            if (finding->value2.len > 0) buf_addf(out, "/%.*s", STR_ARGS(finding->value2));
            bool has_unit = finding->unit.len > 0 && !str_is(finding->unit, "1");
            buf_addf(out, "%s%.*s]", has_unit ? " " : "", has_unit ? (int)finding->unit.len : 0, finding->unit.ptr);
        }
        if (finding->urgency != URGENCY_NONE) buf_addf(out, "  %s", urgency_text(finding->urgency));
        if (finding->action.len > 0) buf_addf(out, " -> %.*s", STR_ARGS(finding->action));
        buf_add_char(out, '\n');
    } else if (finding->status == FINDING_EXCLUDED) {
        buf_addf(out, ": does not apply (%.*s)\n", STR_ARGS(finding->excluded));
    } else {
        bool is_queried = finding->status == FINDING_QUERIED;
        buf_add(out, is_queried ? STR(": measure again: ") : STR(": not assessed, missing: "));
        add_labels(out, guideline, is_queried ? finding->queried : finding->missing,
                   is_queried ? finding->queried_count : finding->missing_count);
        if (finding->action.len > 0)
            buf_addf(out, "  %s -> %.*s", urgency_text(finding->urgency), STR_ARGS(finding->action));
        buf_add_char(out, '\n');
    }
    add_inputs(out, guideline, finding);
    if (finding->status == FINDING_ASSESSED)
        buf_addf(out, "    why:    %.*s (%.*s %.*s), %.*s\n", STR_ARGS(finding->define), STR_ARGS(finding->guideline),
                 STR_ARGS(finding->version), STR_ARGS(finding->source));
    for (size_t i = 0; i < finding->because_count; i++)
        buf_addf(out, "            %.*s\n", STR_ARGS(finding->because[i]));
}

static void finding_json(struct json_writer *w, const struct finding *finding)
{
    json_open(w, NULL, '{');
    json_put_text(w, "guideline", finding->guideline);
    json_put_text(w, "version", finding->version);
    json_put_text(w, "item", finding->item);
    json_put_text(w, "status", str_of(finding_status_text(finding->status)));
    json_put_text(w, "category", finding->category);
    json_put_text(w, "action", finding->action);
    json_put_text(w, "urgency", str_of(urgency_text(finding->urgency)));
    json_put_text(w, "value", finding->value);
    json_put_text(w, "value2", finding->value2);
    json_put_text(w, "unit", finding->unit);
    json_put_text(w, "line", finding->line);
    json_put_text(w, "excluded", finding->excluded);
    json_put_text(w, "recheck", finding->recheck);
    json_put_text(w, "define", finding->define);
    json_put_text(w, "source", finding->source);
    json_open(w, "inputs", '[');
    for (size_t i = 0; i < finding->input_count; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "label", finding->inputs[i].label);
        json_put_text(w, "value", finding->inputs[i].value);
        json_put_text(w, "unit", finding->inputs[i].unit);
        json_put_text(w, "date", finding->inputs[i].date);
        json_put_text(w, "reference", finding->inputs[i].reference);
        json_close(w);
    }
    json_close(w);
    json_open(w, "because", '[');
    for (size_t i = 0; i < finding->because_count; i++) json_put_text(w, NULL, finding->because[i]);
    json_close(w);
    json_open(w, "missing", '[');
    for (size_t i = 0; i < finding->missing_count; i++) json_put_text(w, NULL, finding->missing[i]);
    json_close(w);
    json_open(w, "queried", '[');
    for (size_t i = 0; i < finding->queried_count; i++) json_put_text(w, NULL, finding->queried[i]);
    json_close(w);
    json_close(w);
}

enum salve_code app_findings_print(const struct app *app, const struct app_guidelines *guidelines,
                                   const struct finding *findings, size_t count, struct salve_err *err)
{
    struct buf out;
    buf_init(&out, app->mem, 16 << 20);
    struct json_writer w = {.out = &out, .pretty = true};
    if (app->is_json) json_open(&w, NULL, '[');
    for (size_t i = 0; i < count; i++) {
        if (app->is_json)
            finding_json(&w, &findings[i]);
        else
            finding_text(&out, guidelines, &findings[i]);
    }
    if (app->is_json) json_close(&w);
    if (app->is_json) buf_add_char(&out, '\n');
    return app_write_buf(&out, app->is_json, err);
}

enum salve_code app_counts_print(const struct app *app, struct screen_counts *counts, struct salve_err *err)
{
    struct buf out;
    screen_counts_sort(counts);
    buf_init(&out, app->mem, 1 << 20);
    struct json_writer w = {.out = &out, .pretty = true};
    if (app->is_json) json_open(&w, NULL, '[');
    for (size_t i = 0; i < counts->count; i++) {
        const struct screen_count *row = &counts->rows[i];
        if (!app->is_json) {
            buf_addf(&out, "%-16.*s %-24.*s %-28.*s %7u\n", STR_ARGS(row->guideline), STR_ARGS(row->item),
                     STR_ARGS(row->category), row->count);
            continue;
        }
        json_open(&w, NULL, '{');
        json_put_text(&w, "guideline", row->guideline);
        json_put_text(&w, "item", row->item);
        json_put_text(&w, "category", row->category);
        json_put_i64(&w, "count", row->count);
        json_close(&w);
    }
    if (app->is_json) json_close(&w);
    if (app->is_json) buf_add_char(&out, '\n');
    return app_write_buf(&out, app->is_json, err);
}

/* --- screen ------------------------------------------------------------------------------------------------------- */

enum salve_code app_bundle_split(const struct tape *bundle, struct arena *mem, struct tape **out, size_t *count,
                                 struct salve_err *err)
{
    tape_at root = tape_root(bundle);
    fhir_name_id entry = fhir_name_find(STR("entry"));
    size_t room = 0;
    *count = 0;
    for (tape_at at = tape_first(bundle, root); at != TAPE_NONE; at = tape_next(bundle, root, at)) room++;
    *out = arena_array(mem, struct tape, room + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "Bundle");
    for (tape_at at = tape_first(bundle, root); at != TAPE_NONE; at = tape_next(bundle, root, at)) {
        tape_at resource = tape_path_name(bundle, at) == entry ? tape_get(bundle, at, "resource") : TAPE_NONE;
        if (resource == TAPE_NONE) continue;
        enum salve_code code = tape_copy(bundle, resource, NULL, NULL, mem, &(*out)[*count], err);
        if (code != SALVE_OK) return code;
        ++*count;
    }
    return SALVE_OK;
}

bool app_is_patient(const struct tape *tape)
{
    return tape_type(tape, tape_root(tape)) == fhir_type_find(STR("Patient"));
}

enum salve_code app_tapes_read(struct app *app, const char *path, struct tape **out, size_t *count,
                               struct salve_err *err)
{
    struct str bytes;
    struct tape bundle;
    struct fhir_issues issues;
    fhir_issues_init(&issues, app->mem);
    enum salve_code code = file_read(path, SALVE_RESOURCE_BYTES_MAX, app->mem, &bytes, err);
    if (code == SALVE_OK) code = import_read(bytes, app->mem, &bundle, &issues, err);
    return code == SALVE_OK ? app_bundle_split(&bundle, app->mem, out, count, err) : code;
}

static enum salve_code screen_file(struct app *app, struct screen *screen, const struct app_guidelines *guidelines,
                                   struct salve_err *err)
{
    struct tape *tapes = NULL;
    struct finding *findings = NULL;
    size_t tape_count = 0, count = 0;
    enum salve_code code = app_tapes_read(app, app->words[0], &tapes, &tape_count, err);
    if (code == SALVE_OK)
        code = screen_evaluate(screen, tapes, tape_count, clock_ms(&app->clock), app->mem, &findings, &count, err);
    return code == SALVE_OK ? app_findings_print(app, guidelines, findings, count, err) : code;
}

static enum salve_code screen_card(struct app *app, struct site *site, struct screen *screen,
                                   const struct app_guidelines *guidelines, struct salve_err *err)
{
    struct actor actor;
    struct rec_view *view = NULL;
    struct finding *findings = NULL;
    size_t count = 0;
    enum salve_code code = app_staff_actor(app, site, &actor, err);
    if (code == SALVE_OK) code = app_view_open(app, site, app->words[0], actor, &view, err);
    if (code == SALVE_OK) code = screen_run(screen, view, app->mem, &findings, &count, err);
    code = app_view_close(&view, code, err);
    if (code == SALVE_OK) code = app_findings_print(app, guidelines, findings, count, err);
    if (code == SALVE_OK)
        app_say(app, "Drafts. Next: a clinician looks at them and signs:  salve sign CARD --as CLINICIAN");
    return code;
}

enum salve_code app_screen(struct app *app, struct salve_err *err)
{
    struct site *site = NULL;
    struct screen *screen = NULL;
    struct app_guidelines guidelines = {0};
    size_t refused = 0;
    enum salve_code code = app_site_open(app, &site, err);
    if (code == SALVE_OK) code = app_guidelines_accepted(app, site, &guidelines, err);
    if (code == SALVE_OK) code = screen_open(site, guidelines.list, guidelines.count, app->mem, &screen, &refused, err);
    refused += guidelines.left_out;
    if (code == SALVE_OK && refused > 0)
        app_say(app, "%zu guidelines are not accepted at this site and were left out; see 'salve guideline list'.",
                refused);
    if (code == SALVE_OK)
        code = app_has(app, OPT_PAPER) ? screen_file(app, screen, &guidelines, err)
                                       : screen_card(app, site, screen, &guidelines, err);
    return app_site_close(&site, code, err);
}

enum salve_code app_sign(struct app *app, struct salve_err *err)
{
    struct site *site = NULL;
    struct rec_view *view = NULL;
    struct actor actor;
    size_t count = 0;
    enum salve_code code = app_site_open(app, &site, err);
    if (code == SALVE_OK) code = app_staff_actor(app, site, &actor, err);
    if (code == SALVE_OK) code = app_view_open(app, site, app->words[0], actor, &view, err);
    if (code == SALVE_OK) code = screen_sign(view, actor, app->mem, &count, err);
    code = app_view_close(&view, code, err);
    if (code == SALVE_OK && app->is_json) app_print("{\"signed\":%zu}\n", count);
    if (code == SALVE_OK && !app->is_json)
        app_print("Signed %zu findings. Next: salve letter CARD -o letter.pdf\n", count);
    return app_site_close(&site, code, err);
}
