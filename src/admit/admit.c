/* SPDX-License-Identifier: Apache-2.0
 * The two doors of the admission gate: refusing with a list of issues, and minimising with a list of what was left out.
 * Both rest on the same marks (admit_mark.c). */
#include "fhir/fhir.h"
#include "admit/admit_int.h"
#include "fhir/tape_edit.h"

#include "base/limits.h"
#include "json/json.h"

/* --- the topmost marks, in order ---------------------------------------------------------------------------------- */

typedef void mark_seen(void *context, tape_at at, enum admit_rule rule, struct str path);

struct visit {
    const struct admit_marks *marks;
    struct fhir_path path;
    mark_seen *seen;
    void *context;
};

static void visit_children(struct visit *visit, tape_at parent)
{
    const struct tape *tape = visit->marks->tape;
    struct fhir_items items = {0};
    for (tape_at c = tape_first(tape, parent); c != TAPE_NONE; c = tape_next(tape, parent, c)) {
        enum admit_rule rule = (enum admit_rule)visit->marks->rule[c];
        uint32_t index = fhir_items_next(&items, tape_element(tape, c));
        if (rule == ADMIT_OK && tape->nodes[c].span == 1) continue;
        fhir_path_push(&visit->path, c, index);
        if (rule != ADMIT_OK)
            visit->seen(visit->context, c, rule, fhir_path_str(&visit->path));
        else
            visit_children(visit, c);
        fhir_path_pop(&visit->path);
    }
}

static void visit_marks(const struct admit_marks *marks, mark_seen *seen, void *context)
{
    struct visit visit = {.marks = marks, .seen = seen, .context = context};
    fhir_path_init(&visit.path, marks->tape);
    if (marks->rule[0] != ADMIT_OK)
        seen(context, 0, (enum admit_rule)marks->rule[0], fhir_path_str(&visit.path));
    else
        visit_children(&visit, 0);
}

/* --- refusing ----------------------------------------------------------------------------------------------------- */

struct refusal {
    struct fhir_issues *issues;
    struct salve_err *err;
    uint32_t count;
};

static void note_rule(void *context, tape_at at, enum admit_rule rule, struct str path)
{
    struct refusal *refusal = context;
    (void)at;
    if (refusal->count++ == 0) {
        (void)salve_fail(refusal->err, SALVE_E_NOT_ADMITTED, "%.*s", STR_ARGS(path));
        (void)salve_why(refusal->err, SALVE_E_NOT_ADMITTED, "%s: %s", admit_rule_id(rule), admit_rule_text(rule));
    }
    if (refusal->issues != NULL)
        fhir_issue_add(refusal->issues, FHIR_ERROR, "business-rule", path, admit_rule_id(rule), admit_rule_text(rule));
}

enum salve_code admit_check(const struct admit_rules *rules, const struct tape *tape, struct str compartment,
                            struct arena *mem, struct fhir_issues *issues, struct salve_err *err)
{
    return admit_check_seen(rules, tape, compartment, NULL, mem, issues, err);
}

enum salve_code admit_check_seen(const struct admit_rules *rules, const struct tape *tape, struct str compartment,
                                 struct admit_seen *seen, struct arena *mem, struct fhir_issues *issues,
                                 struct salve_err *err)
{
    struct admit_marks marks;
    struct salve_err first = {0};
    struct refusal refusal = {issues, err != NULL ? err : &first, 0};
    enum salve_code code = admit_mark(&marks, rules, tape, compartment, seen, mem, err);
    if (code != SALVE_OK) return code;
    visit_marks(&marks, note_rule, &refusal);
    return refusal.count == 0 ? SALVE_OK : SALVE_E_NOT_ADMITTED;
}

/* --- minimising --------------------------------------------------------------------------------------------------- */

struct leaving {
    const struct tape *tape;
    const struct fhir_index *index;
    const family_mask *families; /* by entry */
    struct buf rejects;
    uint32_t counts[ADMIT_RULE_COUNT];
};

/* Is the node in a resource that is kept apart? Its values stand in no other place either. */
static bool is_apart(const struct leaving *leaving, tape_at at)
{
    for (uint32_t e = 0; e < leaving->index->count; e++) {
        const struct fhir_entry *entry = &leaving->index->entries[e];
        tape_at from = entry->entry != TAPE_NONE ? entry->entry : entry->resource;
        if (at >= from && at < from + leaving->tape->nodes[from].span) return leaving->families[e] != 0;
    }
    return false;
}

static void leave_out(void *context, tape_at at, enum admit_rule rule, struct str path)
{
    struct leaving *leaving = context;
    leaving->counts[rule]++;
    buf_add(&leaving->rejects, STR("{\"path\":"));
    json_add_string(&leaving->rejects, path);
    buf_addf(&leaving->rejects, ",\"rule\":\"%s\"", admit_rule_id(rule));
    if (!is_apart(leaving, at)) {
        buf_add(&leaving->rejects, STR(",\"value\":"));
        fhir_write(leaving->tape, at, FHIR_COMPACT, &leaving->rejects);
    }
    buf_add(&leaving->rejects, STR("}\n"));
}

static enum salve_code list_counts(const struct leaving *leaving, struct arena *mem, struct admit_kept *out,
                                   struct salve_err *err)
{
    struct admit_count *counts = arena_array(mem, struct admit_count, ADMIT_RULE_COUNT);
    if (counts == NULL) return salve_fail(err, SALVE_E_MEMORY, "admission");
    for (size_t rule = 1; rule < ADMIT_RULE_COUNT; rule++)
        if (leaving->counts[rule] > 0)
            counts[out->rule_count++] =
                (struct admit_count){admit_rule_id((enum admit_rule)rule), leaving->counts[rule]};
    out->counts = counts;
    return SALVE_OK;
}

static enum tape_verdict keep_unmarked(void *context, const struct tape *from, tape_at at, struct str *text)
{
    const struct admit_marks *marks = context;
    (void)from;
    (void)text;
    return marks->rule[at] == ADMIT_OK ? TAPE_KEEP : TAPE_DROP;
}

/* Is the person still there? Without the Patient nothing else is about anybody. */
static bool has_person(const struct admit_marks *marks)
{
    const struct fhir_index *index = &marks->index;
    bool has_patient = false;
    for (uint32_t i = 0; i < index->count; i++) {
        const struct fhir_entry *e = &index->entries[i];
        if (e->type != FHIR_T_Patient) continue;
        has_patient = true;
        if (marks->rule[e->resource] == ADMIT_OK && (e->entry == TAPE_NONE || marks->rule[e->entry] == ADMIT_OK))
            return true;
    }
    return !has_patient && marks->compartment.len > 0;
}

static void count_resources(const struct admit_marks *marks, struct admit_kept *out)
{
    for (uint32_t i = 0; i < marks->index.count; i++) {
        const struct fhir_entry *e = &marks->index.entries[i];
        out->resources_in++;
        out->resources_kept += e->resource != TAPE_NONE && marks->rule[e->resource] == ADMIT_OK &&
                               (e->entry == TAPE_NONE || marks->rule[e->entry] == ADMIT_OK);
    }
}

static enum salve_code refuse_whole(const struct admit_marks *marks, struct salve_err *err)
{
    struct salve_err first = {0};
    struct refusal refusal = {NULL, err != NULL ? err : &first, 0};
    visit_marks(marks, note_rule, &refusal);
    if (refusal.count == 0) salve_fail(err, SALVE_E_NOT_ADMITTED, "Bundle");
    return SALVE_E_NOT_ADMITTED;
}

static enum salve_code write_rejects(const struct admit_marks *marks, struct arena *mem, struct admit_kept *out,
                                     struct salve_err *err)
{
    family_mask *families = NULL;
    TRY(admit_entry_families(marks, &families, err));
    struct leaving leaving = {.tape = marks->tape, .index = &marks->index, .families = families};
    buf_init(&leaving.rejects, mem, SALVE_REJECTS_BYTES_MAX);
    visit_marks(marks, leave_out, &leaving);
    enum salve_code code = buf_done(&leaving.rejects, &out->rejects, err);
    return code == SALVE_OK ? list_counts(&leaving, mem, out, err) : code;
}

/* Closes the marks and copies what is left. */
static enum salve_code leave(struct admit_marks *marks, struct arena *mem, struct admit_kept *out,
                             struct salve_err *err)
{
    enum salve_code code = admit_close(marks, err);
    if (code != SALVE_OK) return code;
    if (marks->index.is_bundle && !has_person(marks)) return refuse_whole(marks, err);
    count_resources(marks, out);
    code = write_rejects(marks, mem, out, err);
    if (code != SALVE_OK || marks->rule[0] != ADMIT_OK) return code;
    return tape_copy(marks->tape, 0, keep_unmarked, marks, mem, &out->tape, err);
}

enum salve_code admit_minimise(const struct admit_rules *rules, const struct tape *tape, struct str compartment,
                               struct arena *mem, struct admit_kept *out, struct salve_err *err)
{
    struct admit_marks marks;
    *out = (struct admit_kept){0};
    enum salve_code code = admit_mark(&marks, rules, tape, compartment, NULL, mem, err);
    if (code != SALVE_OK) return code;
    return marks.hopeless ? refuse_whole(&marks, err) : leave(&marks, mem, out, err);
}

enum salve_code admit_leave_apart(const struct admit_rules *rules, const struct tape *tape, struct str compartment,
                                  struct arena *mem, struct admit_kept *out, struct salve_err *err)
{
    struct admit_marks marks;
    *out = (struct admit_kept){0};
    enum salve_code code = admit_mark(&marks, rules, tape, compartment, NULL, mem, err);
    if (code == SALVE_OK) code = admit_mark_apart(&marks, err);
    return code == SALVE_OK ? leave(&marks, mem, out, err) : code;
}
