/* SPDX-License-Identifier: Apache-2.0
 * Screening on the command line: evaluate, show findings with their reasons, sign. */
#include <stdio.h>
#include <string.h>

#include "cli/cli_commands.h"
#include "cli/cli_screen.h"
#include "cli/cli_site.h"
#include "base/file.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "admit/import.h"
#include "fhir/tape_edit.h"
#include "json/json.h"

static enum salve_code make_room(struct cli *cli, struct cli_guidelines *out, struct str **ids, size_t *count,
                                 struct salve_err *err)
{
    enum salve_code code = cli_share_dir(cli, &out->share, err);
    if (code == SALVE_OK) code = guideline_ids(out->share.ptr, cli->mem, ids, count, err);
    if (code != SALVE_OK) return code;
    out->list = arena_array(cli->mem, struct guideline *, *count + 1);
    out->broken = arena_array(cli->mem, struct cli_broken_guideline, *count + 1);
    return out->list == NULL || out->broken == NULL ? salve_fail(err, SALVE_E_MEMORY, "guidelines") : SALVE_OK;
}

enum salve_code cli_guidelines_load(struct cli *cli, struct cli_guidelines *out, struct salve_err *err)
{
    struct str *ids = NULL;
    size_t count = 0;
    enum salve_code code = make_room(cli, out, &ids, &count, err);
    for (size_t i = 0; code == SALVE_OK && i < count; i++) {
        struct cli_broken_guideline *broken = &out->broken[out->broken_count];
        broken->id = ids[i];
        if (guideline_load(out->share.ptr, ids[i], cli->mem, &out->list[out->count], &broken->err) == SALVE_OK)
            out->count++;
        else
            out->broken_count++;
    }
    return code;
}

enum salve_code cli_guidelines_accepted(struct cli *cli, struct site *site, struct cli_guidelines *out,
                                        struct salve_err *err)
{
    struct str *ids = NULL;
    size_t count = 0;
    enum salve_code code = make_room(cli, out, &ids, &count, err);
    for (size_t i = 0; code == SALVE_OK && i < count; i++) {
        bool is_accepted = false;
        code = screen_has_acceptance(site, ids[i], cli->mem, &is_accepted, err);
        if (code == SALVE_OK && is_accepted)
            code = guideline_load(out->share.ptr, ids[i], cli->mem, &out->list[out->count++], err);
        out->left_out += !is_accepted;
    }
    return code;
}

enum salve_code cli_guidelines_one(struct cli *cli, const char *id, struct cli_guidelines *out, struct salve_err *err)
{
    struct str *ids = NULL;
    size_t count = 0;
    enum salve_code code = make_room(cli, out, &ids, &count, err);
    for (size_t i = 0; code == SALVE_OK && i < count; i++)
        if (str_is(ids[i], id)) return guideline_load(out->share.ptr, ids[i], cli->mem, &out->list[out->count++], err);
    if (code != SALVE_OK) return code;
    return salve_refuse(err, SALVE_E_NOT_FOUND, "'salve guideline list' shows which there are", "guideline %s", id);
}

/* --- printing findings -------------------------------------------------------------------------------------------- */

static const struct guideline *guideline_of(const struct cli_guidelines *guidelines, struct str id)
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

static void finding_text(struct buf *out, const struct cli_guidelines *guidelines, const struct finding *finding)
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

static void put_texts(struct json_writer *w, const struct finding *finding, enum finding_part wanted)
{
#define FINDING_TEXT(name, part, ...)                                                                                  \
    if (FINDING_PART_##part == wanted) json_put_text(w, #name, finding->name);
#define FINDING_NUMBER FINDING_TEXT
#define FINDING_WORD(name, type, otherwise, part, ...)                                                                 \
    if (FINDING_PART_##part == wanted) json_put_text(w, #name, str_of(type##_text(finding->name)));
#include "guideline/finding.def"
}

static void put_list(struct json_writer *w, const char *name, const struct str *texts, size_t count)
{
    json_open(w, name, '[');
    for (size_t i = 0; i < count; i++) json_put_text(w, NULL, texts[i]);
    json_close(w);
}

static void put_lists(struct json_writer *w, const struct finding *finding, enum finding_part wanted)
{
#define FINDING_LIST(name, part, ...)                                                                                  \
    if (FINDING_PART_##part == wanted) put_list(w, #name, finding->name, finding->name##_count);
#include "guideline/finding.def"
}

static void put_inputs(struct json_writer *w, const char *name, const struct finding_input *inputs, size_t count)
{
    json_open(w, name, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(w, NULL, '{');
#define FINDING_INPUT(name, what) json_put_text(w, #name, inputs[i].name);
#include "guideline/finding.def"
        json_close(w);
    }
    json_close(w);
}

/* What was found, then why, then the lists the other way round. */
static void finding_json(struct json_writer *w, const struct finding *finding)
{
    json_open(w, NULL, '{');
    put_texts(w, finding, FINDING_PART_FOUND);
    put_texts(w, finding, FINDING_PART_WHY);
#define FINDING_INPUTS(name, ...) put_inputs(w, #name, finding->name, finding->input_count);
#include "guideline/finding.def"
    put_lists(w, finding, FINDING_PART_WHY);
    put_lists(w, finding, FINDING_PART_FOUND);
    json_close(w);
}

enum salve_code cli_findings_print(const struct cli *cli, const struct cli_guidelines *guidelines,
                                   const struct finding *findings, size_t count, struct salve_err *err)
{
    struct buf out;
    buf_init(&out, cli->mem, 16 << 20);
    struct json_writer w = {.out = &out, .pretty = true};
    if (cli->is_json) json_open(&w, NULL, '[');
    for (size_t i = 0; i < count; i++) {
        if (cli->is_json)
            finding_json(&w, &findings[i]);
        else
            finding_text(&out, guidelines, &findings[i]);
    }
    if (cli->is_json) json_close(&w);
    if (cli->is_json) buf_add_char(&out, '\n');
    return cli_write_buf(&out, cli->is_json, err);
}

enum salve_code cli_counts_print(const struct cli *cli, struct screen_counts *counts, struct salve_err *err)
{
    struct buf out;
    screen_counts_sort(counts);
    buf_init(&out, cli->mem, 1 << 20);
    struct json_writer w = {.out = &out, .pretty = true};
    if (cli->is_json) json_open(&w, NULL, '[');
    for (size_t i = 0; i < counts->count; i++) {
        const struct screen_count *row = &counts->rows[i];
        if (!cli->is_json) {
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
    if (cli->is_json) json_close(&w);
    if (cli->is_json) buf_add_char(&out, '\n');
    return cli_write_buf(&out, cli->is_json, err);
}

/* --- screen ------------------------------------------------------------------------------------------------------- */

enum salve_code cli_bundle_split(const struct tape *bundle, struct arena *mem, struct tape **out, size_t *count,
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

bool cli_is_patient(const struct tape *tape)
{
    return tape_type(tape, tape_root(tape)) == fhir_type_find(STR("Patient"));
}

enum salve_code cli_tapes_read(struct cli *cli, const char *path, struct tape **out, size_t *count,
                               struct salve_err *err)
{
    struct str bytes;
    struct tape bundle;
    struct fhir_issues issues;
    fhir_issues_init(&issues, cli->mem);
    enum salve_code code = file_read(path, SALVE_RESOURCE_BYTES_MAX, cli->mem, &bytes, err);
    if (code == SALVE_OK) code = import_read(bytes, cli->mem, &bundle, &issues, err);
    return code == SALVE_OK ? cli_bundle_split(&bundle, cli->mem, out, count, err) : code;
}

static enum salve_code screen_file(struct cli *cli, struct screen *screen, const struct cli_guidelines *guidelines,
                                   struct salve_err *err)
{
    struct tape *tapes = NULL;
    struct finding *findings = NULL;
    size_t tape_count = 0, count = 0;
    enum salve_code code = cli_tapes_read(cli, cli->words[0], &tapes, &tape_count, err);
    if (code == SALVE_OK)
        code = screen_evaluate(screen, tapes, tape_count, clock_ms(&cli->clock), cli->mem, &findings, &count, err);
    return code == SALVE_OK ? cli_findings_print(cli, guidelines, findings, count, err) : code;
}

static enum salve_code screen_card(struct cli *cli, struct site *site, struct screen *screen,
                                   const struct cli_guidelines *guidelines, struct salve_err *err)
{
    struct actor actor;
    struct rec_view *view = NULL;
    struct finding *findings = NULL;
    size_t count = 0;
    enum salve_code code = cli_staff_actor(cli, site, &actor, err);
    if (code == SALVE_OK) code = cli_view_open(cli, site, cli->words[0], actor, &view, err);
    if (code == SALVE_OK) code = screen_run(screen, view, cli->mem, &findings, &count, err);
    code = cli_view_close(&view, code, err);
    if (code == SALVE_OK) code = cli_findings_print(cli, guidelines, findings, count, err);
    if (code == SALVE_OK)
        cli_say(cli, "Drafts. Next: a clinician looks at them and signs:  salve sign CARD --as CLINICIAN");
    return code;
}

enum salve_code cli_screen(struct cli *cli, struct salve_err *err)
{
    struct site *site = NULL;
    struct screen *screen = NULL;
    struct cli_guidelines guidelines = {0};
    size_t refused = 0;
    enum salve_code code = cli_site_open(cli, &site, err);
    if (code == SALVE_OK) code = cli_guidelines_accepted(cli, site, &guidelines, err);
    if (code == SALVE_OK) code = screen_open(site, guidelines.list, guidelines.count, cli->mem, &screen, &refused, err);
    refused += guidelines.left_out;
    if (code == SALVE_OK && refused > 0)
        cli_say(cli, "%zu guidelines are not accepted at this site and were left out; see 'salve guideline list'.",
                refused);
    if (code == SALVE_OK)
        code = cli_has(cli, OPT_PAPER) ? screen_file(cli, screen, &guidelines, err)
                                       : screen_card(cli, site, screen, &guidelines, err);
    return cli_site_close(&site, code, err);
}

enum salve_code cli_sign(struct cli *cli, struct salve_err *err)
{
    struct site *site = NULL;
    struct rec_view *view = NULL;
    struct actor actor;
    size_t count = 0;
    enum salve_code code = cli_site_open(cli, &site, err);
    if (code == SALVE_OK) code = cli_staff_actor(cli, site, &actor, err);
    if (code == SALVE_OK) code = cli_view_open(cli, site, cli->words[0], actor, &view, err);
    if (code == SALVE_OK) code = screen_sign(view, actor, cli->mem, &count, err);
    code = cli_view_close(&view, code, err);
    if (code == SALVE_OK && cli->is_json) cli_print("{\"signed\":%zu}\n", count);
    if (code == SALVE_OK && !cli->is_json)
        cli_print("Signed %zu findings. Next: salve letter CARD -o letter.pdf\n", count);
    return cli_site_close(&site, code, err);
}
