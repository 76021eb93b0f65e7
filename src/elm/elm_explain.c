/* SPDX-License-Identifier: Apache-2.0
 * Explaining a define: it is run alone, in a run of its own, on a program that was compiled with notes (elm_note_value
 * and its kin). So what its retrieves gave is what this define used, and programs without notes carry nothing of it.
 * Reasons alone take the values of the defines that are asked from a run without notes, which has most of them. */
#include "elm/elm_int.h"

#include "base/limits.h"
#include "json/json.h"

/* --- taking notes ------------------------------------------------------------------------------------------------- */
enum { SEEN_FIRST = 64 };

struct seen_element { /* tape NULL: free */
    const struct tape *tape;
    tape_at at;
    fhir_name_id name;
};
struct reason {
    struct elm_reason reason;
    const struct elm_note *note;
    struct reason *next;
};
struct elm_notes {
    bool is_used_wanted; /* else: reasons alone */
    struct reason *first, *last;
    uint32_t reason_count;
    struct seen_element *seen; /* by hash, open addressing, at most half full */
    uint32_t seen_cap, seen_count;
};

static struct seen_element *seen_place(const struct elm_notes *notes, struct seen_element e)
{
    uint64_t hash = ((uint64_t)(uintptr_t)e.tape ^ ((uint64_t)e.at << 20) ^ e.name) * 0x9E3779B97F4A7C15u;
    uint32_t i = (uint32_t)(hash >> 32) & (notes->seen_cap - 1);
    while (notes->seen[i].tape != NULL &&
           (notes->seen[i].tape != e.tape || notes->seen[i].at != e.at || notes->seen[i].name != e.name))
        i = (i + 1) & (notes->seen_cap - 1);
    return &notes->seen[i];
}

static enum salve_code see_element(struct expr_run *run, struct elm_notes *notes, struct seen_element e)
{
    if (notes->seen_count * 2 >= notes->seen_cap) {
        struct elm_notes more = *notes;
        more.seen_cap = notes->seen_cap == 0 ? SEEN_FIRST : notes->seen_cap * 2;
        more.seen = arena_array(run->mem, struct seen_element, more.seen_cap);
        if (more.seen == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "explanation");
        for (uint32_t i = 0; i < notes->seen_cap; i++)
            if (notes->seen[i].tape != NULL) *seen_place(&more, notes->seen[i]) = notes->seen[i];
        *notes = more;
    }
    struct seen_element *place = seen_place(notes, e);
    if (place->tape == NULL) notes->seen_count++;
    *place = e;
    return SALVE_OK;
}

static bool is_resource(struct expr_value v)
{
    return v.kind == VALUE_NODE && fhir_types[tape_type(v.as.tape, v.aux)].kind == FHIR_RESOURCE;
}

ELM_CALL(elm_property_noted)
{
    struct elm_notes *notes = elm_front(run)->notes;
    if (notes != NULL && notes->is_used_wanted && is_resource(args[0]) && args[1].tag != 0)
        TRY(see_element(run, notes, (struct seen_element){args[0].as.tape, args[0].aux, (fhir_name_id)args[1].tag}));
    return elm_property(run, args, count, out);
}

/* Inside the define itself, or a function that it called, not in another define. */
static bool is_own_clause(struct expr_run *run)
{
    if (elm_front(run)->crossings > 0) return false; /* a define of the other context */
    for (uint32_t i = 0; i < run->frame_count; i++)
        if (run->frames[i].memo > 0) return false;
    return true;
}

static enum salve_code add_reason(struct expr_run *run, struct elm_notes *notes, const struct elm_note *note,
                                  enum expr_truth value)
{
    for (struct reason *r = notes->first; r != NULL; r = r->next)
        if (r->note == note && (!note->has_value || r->reason.value == value)) {
            r->reason.times++;
            return SALVE_OK;
        }
    struct reason *fresh = arena_new(run->mem, struct reason);
    if (fresh == NULL) return expr_run_fail(run, SALVE_E_MEMORY, "explanation");
    fresh->note = note;
    fresh->reason = (struct elm_reason){
        {note->library, note->place >> 12, note->place & 4095}, note->clause, note->define, note->has_value, value, 1};
    if (notes->last == NULL)
        notes->first = fresh;
    else
        notes->last->next = fresh;
    notes->last = fresh;
    notes->reason_count++;
    return SALVE_OK;
}

/* args: a value, which is the result, and the note */
ELM_CALL(elm_take_note)
{
    salve_assert(count == 2);
    struct elm_notes *notes = elm_front(run)->notes;
    *out = args[0];
    if (notes == NULL) return SALVE_OK;
    TRY(expr_step(run, 1 + run->frame_count / 16 + notes->reason_count / 16));
    if (!is_own_clause(run)) return SALVE_OK;
    return add_reason(run, notes, expr_object(args[1]), expr_truth_of(args[0]));
}

/* --- what was used ------------------------------------------------------------------------------------------------ */
/* The first date that a resource has, in the order of what says best when it holds. */
static struct str date_of(const struct tape *tape, tape_at at)
{
    static const char *const names[] = {"effectiveDateTime",
                                        "effectivePeriod.start",
                                        "effectiveInstant",
                                        "onsetDateTime",
                                        "performedDateTime",
                                        "performedPeriod.start",
                                        "occurrenceDateTime",
                                        "occurrencePeriod.start",
                                        "period.start",
                                        "authoredOn",
                                        "authored",
                                        "recordedDate",
                                        "dateAsserted",
                                        "date",
                                        "issued"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        tape_at found = tape_get(tape, at, names[i]);
        if (found != TAPE_NONE) return tape_text(tape, found);
    }
    return STR_NONE;
}

static enum salve_code elements_of(const struct elm_notes *notes, struct expr_value node, struct arena *mem,
                                   struct elm_used *used, struct salve_err *err)
{
    uint32_t count = 0;
    const struct tape *tape = node.as.tape;
    for (tape_at c = tape_first(tape, node.aux); c != TAPE_NONE; c = tape_next(tape, node.aux, c)) count++;
    struct str *names = arena_array(mem, struct str, count + 1);
    if (names == NULL) return salve_fail(err, SALVE_E_MEMORY, "explanation");
    fhir_name_id last = 0;
    for (tape_at c = tape_first(tape, node.aux); c != TAPE_NONE; c = tape_next(tape, node.aux, c)) {
        fhir_name_id name = tape_path_name(tape, c);
        if (name == last || notes->seen_cap == 0) continue;
        last = name;
        if (seen_place(notes, (struct seen_element){tape, node.aux, name})->tape != NULL)
            names[used->element_count++] = fhir_name(name);
    }
    used->elements = names;
    return SALVE_OK;
}

static enum salve_code list_used(struct elm_run *run, struct elm_explanation *out, struct salve_err *err)
{
    struct expr_value touched;
    TRY(elm_touched(run, &touched, err));
    struct elm_used *used = arena_array(run->run.mem, struct elm_used, touched.aux + 1);
    if (used == NULL) return salve_fail(err, SALVE_E_MEMORY, "explanation");
    for (uint32_t i = 0; i < touched.aux; i++) {
        struct expr_value node = touched.as.items[i];
        if (node.kind != VALUE_NODE) continue;
        struct elm_used *one = &used[out->used_count++];
        one->resource = node;
        one->type = fhir_type_name(tape_type(node.as.tape, node.aux));
        one->id = tape_child_text(node.as.tape, node.aux, "id");
        one->date = date_of(node.as.tape, node.aux);
        TRY(elements_of(run->notes, node, run->run.mem, one, err));
    }
    out->used = used;
    return SALVE_OK;
}

static enum salve_code list_reasons(struct elm_run *run, struct elm_explanation *out, struct salve_err *err)
{
    struct elm_reason *reasons = arena_array(run->run.mem, struct elm_reason, run->notes->reason_count + 1);
    if (reasons == NULL) return salve_fail(err, SALVE_E_MEMORY, "explanation");
    for (const struct reason *r = run->notes->first; r != NULL; r = r->next) reasons[out->reason_count++] = r->reason;
    out->reasons = reasons;
    return SALVE_OK;
}

enum salve_code elm_explain(struct elm_run *run, size_t index, struct elm_explanation *out, struct salve_err *err)
{
    *out = (struct elm_explanation){0};
    salve_assert(run->notes == NULL && run->touched.count == 0);
    run->notes = arena_new(run->run.mem, struct elm_notes);
    if (run->notes == NULL) return salve_fail(err, SALVE_E_MEMORY, "explanation");
    run->notes->is_used_wanted = true;
    TRY(elm_run_define_at(run, index, &out->value, err));
    out->at = run->program->places[index];
    TRY(list_used(run, out, err));
    return list_reasons(run, out, err);
}

enum salve_code elm_reasons(struct elm_run *run, size_t index, struct elm_explanation *out, struct salve_err *err)
{
    struct elm_run *noted = run->noted;
    *out = (struct elm_explanation){0};
    salve_assert(run->program->noted != NULL && index < run->program->define_count);
    if (noted == NULL) {
        TRY(elm_run_open(run->program->noted, run->subject, run->run.env, run->params, run->param_count, run->run.mem,
                         &noted, err));
        noted->plain = run;
        noted->watch = run->watch;
        run->noted = noted;
    }
    noted->notes = arena_new(run->run.mem, struct elm_notes);
    if (noted->notes == NULL) return salve_fail(err, SALVE_E_MEMORY, "explanation");
    expr_run_refill(&noted->run);
    noted->run.memo[noted->program->numbers[index]].state = 0;
    TRY(elm_run_define_at(noted, index, &out->value, err));
    out->at = noted->program->places[index];
    return list_reasons(noted, out, err);
}

/* --- as JSON ------------------------------------------------------------------------------------------------------ */
static enum salve_code put_place(struct json_writer *w, struct elm_place at, struct arena *mem, struct salve_err *err)
{
    struct str text = arena_printf(mem, "%.*s %u:%u", STR_ARGS(at.library), at.line, at.column);
    if (text.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "explanation");
    json_put_text(w, "at", text);
    return SALVE_OK;
}

static enum salve_code put_used(struct json_writer *w, const struct elm_used *used, struct arena *mem,
                                struct salve_err *err)
{
    struct str reference = STR_NONE;
    if (used->id.ptr != NULL) {
        reference = arena_printf(mem, "%.*s/%.*s", STR_ARGS(used->type), STR_ARGS(used->id));
        if (reference.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "explanation");
    }
    json_open(w, NULL, '{');
    json_put_text(w, "reference", reference);
    json_put_text(w, "type", used->type);
    json_put_text(w, "date", used->date);
    json_open(w, "elements", '[');
    for (uint32_t i = 0; i < used->element_count; i++) json_put_text(w, NULL, used->elements[i]);
    json_close(w);
    json_close(w);
    return SALVE_OK;
}

static enum salve_code put_reason(struct json_writer *w, const struct elm_reason *reason, struct arena *mem,
                                  struct salve_err *err)
{
    json_open(w, NULL, '{');
    TRY(put_place(w, reason->at, mem, err));
    json_put_text(w, "clause", str_of(reason->clause));
    if (reason->has_value && reason->value == EXPR_NULL_TRUTH) json_put_null(w, "value");
    if (reason->has_value && reason->value != EXPR_NULL_TRUTH) json_put_bool(w, "value", reason->value == EXPR_TRUE);
    if (reason->times > 1) json_put_i64(w, "times", (int64_t)reason->times);
    json_close(w);
    return SALVE_OK;
}

enum salve_code elm_explanation_json(const struct elm_explanation *e, struct arena *mem, struct str *out,
                                     struct salve_err *err)
{
    struct buf text, value;
    struct str json;
    struct json_writer w = {.out = &text};
    buf_init(&value, mem, SALVE_REQUEST_BYTES_MAX);
    elm_json(&e->value, &value);
    TRY(buf_done(&value, &json, err));
    buf_init(&text, mem, SALVE_REQUEST_BYTES_MAX);
    json_open(&w, NULL, '{');
    json_put_raw(&w, "value", json);
    json_open(&w, "used", '[');
    for (uint32_t i = 0; i < e->used_count; i++) TRY(put_used(&w, &e->used[i], mem, err));
    json_close(&w);
    TRY(put_place(&w, e->at, mem, err));
    json_open(&w, "because", '[');
    for (uint32_t i = 0; i < e->reason_count; i++)
        if (e->reasons[i].define.ptr == NULL) TRY(put_reason(&w, &e->reasons[i], mem, err));
    json_close(&w);
    json_close(&w);
    return buf_done(&text, out, err);
}
