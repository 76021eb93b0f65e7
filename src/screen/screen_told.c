/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading what stands about kept findings: Communications (somebody was told), Provenances (an alarm was closed, a
 * draft was left out). Each is about a finding as it stood then, so it holds for a later version only where that says
 * the same. */
#include "screen/told.h"

#include <stdlib.h>

#include "screen/screen_int.h"

static const struct {
    const char *text, *code;
} hows[] = {
#define SCREEN_HOW(name, text, code) {text, code},
#include "screen/told.def"
#undef SCREEN_HOW
};

const char *screen_how_text(enum screen_how how) { return how < SCREEN_HOW_COUNT ? hows[how].text : "?"; }

bool screen_how_find(struct str text, enum screen_how *out)
{
    for (int i = 0; i < SCREEN_HOW_COUNT; i++)
        if (str_is(text, hows[i].text)) return *out = (enum screen_how)i, true;
    return false;
}

bool screen_is_alarm(const struct finding *finding) { return finding->urgency <= URGENCY_SAME_DAY; }

bool screen_needs_told(const struct finding *finding)
{
    return screen_is_alarm(finding) && !str_is(finding->item, SCREEN_REFUSED_VALUE);
}

/* --- what a resource notes ---------------------------------------------------------------------------------------- */

static struct str text_at(const struct rec_resource *one, const char *path)
{
    tape_at at = tape_get(&one->tape, tape_root(&one->tape), path);
    return at == TAPE_NONE ? STR("") : tape_text(&one->tape, at);
}

static enum screen_note_kind kind_of(const struct rec_resource *one)
{
    if (str_is(one->type, "Communication")) {
        bool is_ours = str_is(text_at(one, "category.coding.system"), SCREEN_CATEGORY) &&
                       str_is(text_at(one, "sender.identifier.system"), SCREEN_STAFF);
        struct str status = text_at(one, "status");
        if (is_ours && (str_is(status, SCREEN_GOES_ON) || str_is(status, SCREEN_NOT_DONE)))
            return SCREEN_NOTE_PASSED_ON;
        return is_ours && str_is(status, "completed") ? SCREEN_NOTE_TOLD : SCREEN_NOTE_NONE;
    }
    if (!str_is(one->type, "Provenance") || !str_is(text_at(one, "activity.coding.system"), SCREEN_OPERATION) ||
        !str_is(text_at(one, "agent.who.identifier.system"), SCREEN_STAFF))
        return SCREEN_NOTE_NONE;
    struct str code = text_at(one, "activity.coding.code");
    return str_is(code, "COMPLETE") ? SCREEN_NOTE_CLOSED
           : str_is(code, "CANCEL") ? SCREEN_NOTE_LEFT_OUT
                                    : SCREEN_NOTE_NONE;
}

bool screen_is_note(const struct rec_resource *resource) { return kind_of(resource) != SCREEN_NOTE_NONE; }

/* The next Observation that it is about; TAPE_NONE: no more. */
static tape_at next_about(const struct rec_resource *one, tape_at after, struct str *id)
{
    const struct tape *tape = &one->tape;
    tape_at root = tape_root(tape);
    tape_at at = after == TAPE_NONE ? tape_first(tape, root) : tape_next(tape, root, after);
    for (; at != TAPE_NONE; at = tape_next(tape, root, at)) {
        fhir_name_id name = tape_path_name(tape, at);
        if (name != FHIR_N_about && name != FHIR_N_target) continue;
        struct str reference = tape_child_text(tape, at, "reference");
        if (!str_starts(reference, STR("Observation/"))) continue;
        *id = str_cut(reference, sizeof "Observation/" - 1, reference.len);
        return at;
    }
    return TAPE_NONE;
}

/* The finding as it stood when the note was written: the newest version that is not newer. */
static enum salve_code as_of(struct rec_view *view, const struct screen_note *note, struct arena *mem, bool *found,
                             struct finding *out, struct salve_err *err)
{
    const struct rec_resource **versions = NULL, *then = NULL;
    size_t count = 0;
    *found = false;
    enum salve_code code = rec_history(view, note->about, mem, &versions, &count, err);
    if (code != SALVE_OK) return code == SALVE_E_NOT_FOUND ? SALVE_OK : code;
    for (size_t i = 0; i < count; i++)
        if (versions[i]->record_seq <= note->kept->record_seq && screen_kind(versions[i]) == SCREEN_OBSERVATION)
            then = versions[i];
    *found = then != NULL;
    return then == NULL ? SALVE_OK : screen_finding(&then->tape, screen_extension(&then->tape), mem, out, err);
}

static enum salve_code add_notes(struct rec_view *view, const struct rec_resource *one, enum screen_note_kind kind,
                                 struct arena *mem, struct screen_notes *out, struct salve_err *err)
{
    struct screen_note note = {.kind = kind, .kept = one};
    for (tape_at at = next_about(one, TAPE_NONE, &note.about); at != TAPE_NONE; at = next_about(one, at, &note.about)) {
        bool found = false;
        TRY(as_of(view, &note, mem, &found, &note.finding, err));
        if (found) out->list[out->count++] = note;
    }
    return SALVE_OK;
}

static size_t about_count(const struct rec_resource *all, size_t count)
{
    size_t n = 0;
    struct str id;
    for (size_t i = 0; i < count; i++) {
        if (kind_of(&all[i]) == SCREEN_NOTE_NONE) continue;
        for (tape_at at = next_about(&all[i], TAPE_NONE, &id); at != TAPE_NONE; at = next_about(&all[i], at, &id)) n++;
    }
    return n;
}

enum salve_code screen_notes_read(struct rec_view *view, struct arena *mem, struct screen_notes *out,
                                  struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    TRY(rec_all(view, 0, &all, &count, err));
    *out = (struct screen_notes){.list = arena_array(mem, struct screen_note, about_count(all, count) + 1)};
    if (out->list == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    for (size_t i = 0; i < count; i++) {
        enum screen_note_kind kind = kind_of(&all[i]);
        if (kind != SCREEN_NOTE_NONE) TRY(add_notes(view, &all[i], kind, mem, out, err));
    }
    return SALVE_OK;
}

/* --- what it holds for -------------------------------------------------------------------------------------------- */

static bool share_an_input(const struct finding *a, const struct finding *b)
{
    for (size_t i = 0; i < a->input_count; i++)
        for (size_t j = 0; j < b->input_count; j++)
            if (a->inputs[i].reference.len > 0 && str_eq(a->inputs[i].reference, b->inputs[j].reference)) return true;
    return false;
}

bool screen_is_same(const struct finding *a, const struct finding *b)
{
    return str_eq(a->guideline, b->guideline) && str_eq(a->item, b->item) && str_eq(a->value, b->value) &&
           str_eq(a->value2, b->value2) && str_eq(a->unit, b->unit) &&
           (share_an_input(a, b) || (a->input_count == 0 && b->input_count == 0));
}

/* The same of the same values, and not more urgent than it was then. What rests on no value is itself alone. */
static bool holds_for(const struct screen_note *note, struct str id, const struct finding *now)
{
    bool is_itself = now->input_count > 0 || str_eq(note->about, id);
    return is_itself && screen_is_same(&note->finding, now) && now->urgency >= note->finding.urgency;
}

const struct screen_note *screen_note_of(const struct screen_notes *notes, enum screen_note_kind kind, struct str id,
                                         const struct finding *finding)
{
    const struct screen_note *newest = NULL;
    for (size_t i = 0; i < notes->count; i++) {
        const struct screen_note *note = &notes->list[i];
        bool is_newer = newest == NULL || note->kept->record_seq > newest->kept->record_seq;
        if (note->kind == kind && is_newer && holds_for(note, id, finding)) newest = note;
    }
    return newest;
}

const struct screen_note *screen_note_first(const struct screen_notes *notes, enum screen_note_kind kind, struct str id,
                                            const struct finding *finding)
{
    const struct screen_note *first = NULL;
    for (size_t i = 0; i < notes->count; i++) {
        const struct screen_note *note = &notes->list[i];
        bool is_older = first == NULL || note->kept->record_seq < first->kept->record_seq;
        if (note->kind == kind && is_older && holds_for(note, id, finding)) first = note;
    }
    return first;
}

/* --- for whoever words it ----------------------------------------------------------------------------------------- */

static const struct screen_told untold = {.by = {"", 0},
                                          .at = {"", 0},
                                          .agreed = {"", 0},
                                          .closed_by = {"", 0},
                                          .closed_at = {"", 0},
                                          .passed_by = {"", 0},
                                          .passed_why = {"", 0},
                                          .passed_at = {"", 0},
                                          .since = {"", 0}};

static enum salve_code fill_told(const struct rec_resource *one, struct arena *mem, struct screen_told *out,
                                 struct salve_err *err)
{
    struct str mode = text_at(one, "medium.coding.code");
    out->is_told = true;
    out->is_guardian = str_is(text_at(one, "recipient.type"), "RelatedPerson");
    for (int i = 0; i < SCREEN_HOW_COUNT; i++)
        if (str_is(mode, hows[i].code)) out->how = (enum screen_how)i;
    TRY(arena_str(mem, text_at(one, "sender.identifier.value"), &out->by, err));
    TRY(arena_str(mem, text_at(one, "sent"), &out->at, err));
    return arena_str(mem, text_at(one, "payload.contentString"), &out->agreed, err);
}

enum salve_code screen_told_of(const struct rec_resource *one, struct arena *mem, struct screen_told *out,
                               struct salve_err *err)
{
    *out = (struct screen_told){0};
    return kind_of(one) == SCREEN_NOTE_TOLD ? fill_told(one, mem, out, err) : SALVE_OK;
}

static enum salve_code fill_closed(const struct rec_resource *one, struct arena *mem, struct screen_told *out,
                                   struct salve_err *err)
{
    out->is_closed = true;
    TRY(arena_str(mem, text_at(one, "agent.who.identifier.value"), &out->closed_by, err));
    return arena_str(mem, text_at(one, "recorded"), &out->closed_at, err);
}

static enum salve_code fill_passed(const struct screen_note *last, const struct screen_note *first, struct arena *mem,
                                   struct screen_told *out, struct salve_err *err)
{
    if (last == NULL || first == NULL || out->is_told) return SALVE_OK;
    out->is_passed_on = true;
    TRY(arena_str(mem, text_at(last->kept, "sender.identifier.value"), &out->passed_by, err));
    bool goes_on = str_is(text_at(last->kept, "status"), SCREEN_GOES_ON);
    out->passed_why = goes_on ? STR(SCREEN_PASSED_CALLED) : STR(SCREEN_PASSED_LEFT);
    TRY(arena_str(mem, text_at(last->kept, "sent"), &out->passed_at, err));
    return arena_str(mem, text_at(first->kept, "sent"), &out->since, err);
}

static bool is_told_in_person(const struct screen_notes *notes, struct str id, const struct finding *now)
{
    for (size_t i = 0; i < notes->count; i++) {
        const struct screen_note *note = &notes->list[i];
        if (note->kind != SCREEN_NOTE_TOLD || !holds_for(note, id, now)) continue;
        if (str_is(text_at(note->kept, "medium.coding.code"), hows[SCREEN_HOW_IN_PERSON].code)) return true;
    }
    return false;
}

enum salve_code screen_told_read(struct rec_view *view, const struct screen_set *set, struct arena *mem,
                                 struct screen_told **out, struct salve_err *err)
{
    struct screen_notes notes;
    struct screen_told *told = arena_array(mem, struct screen_told, set->count + 1);
    if (told == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    TRY(screen_notes_read(view, mem, &notes, err));
    for (size_t i = 0; i < set->count; i++) {
        const struct finding *one = &set->findings[i];
        const struct screen_note *tell = screen_note_of(&notes, SCREEN_NOTE_TOLD, set->ids[i], one);
        const struct screen_note *close = screen_note_of(&notes, SCREEN_NOTE_CLOSED, set->ids[i], one);
        told[i] = untold;
        if (tell != NULL) TRY(fill_told(tell->kept, mem, &told[i], err));
        told[i].is_in_person = is_told_in_person(&notes, set->ids[i], one);
        TRY(fill_passed(screen_note_of(&notes, SCREEN_NOTE_PASSED_ON, set->ids[i], one),
                        screen_note_first(&notes, SCREEN_NOTE_PASSED_ON, set->ids[i], one), mem, &told[i], err));
        if (close != NULL) TRY(fill_closed(close->kept, mem, &told[i], err));
    }
    *out = told;
    return SALVE_OK;
}

/* --- what stands -------------------------------------------------------------------------------------------------- */

/* Left out by name; the draft is cancelled, and its alarm is not. */
static bool has_note(const struct screen_notes *notes, enum screen_note_kind kind, const struct rec_resource *one)
{
    for (size_t i = 0; i < notes->count; i++)
        if (notes->list[i].kind == kind && str_eq(notes->list[i].about, one->id)) return true;
    return false;
}

static bool is_cancelled(const struct rec_resource *one) { return str_is(text_at(one, "status"), "cancelled"); }

static bool stands(const struct rec_resource *one, const struct screen_notes *notes)
{
    if (screen_kind(one) != SCREEN_OBSERVATION) return false;
    if (is_cancelled(one)) return has_note(notes, SCREEN_NOTE_LEFT_OUT, one) || has_note(notes, SCREEN_NOTE_TOLD, one);
    struct str status = text_at(one, "status");
    return str_is(status, "preliminary") || str_is(status, "final");
}

/* The record in which a value that the finding rests on was taken back; 0: none was. */
static uint64_t retracted_seq(const struct finding *finding, const struct rec_resource *all, size_t count)
{
    uint64_t seq = 0;
    for (size_t i = 0; i < finding->input_count; i++)
        for (size_t j = 0; j < count; j++)
            if (screen_is_named(&all[j], finding->inputs[i].reference) && screen_is_taken_back(&all[j]) &&
                all[j].record_seq > seq)
                seq = all[j].record_seq;
    return seq;
}

/* Of a retracted alarm nobody has to hear who did not hear of it before. */
static void fill_kept(const struct rec_resource *one, const struct screen_notes *notes, uint64_t gone_seq,
                      struct screen_kept *out)
{
    const struct finding *finding = &out->finding;
    out->finding.apart = screen_families(one);
    out->told = screen_note_of(notes, SCREEN_NOTE_TOLD, one->id, finding);
    out->closed = screen_note_of(notes, SCREEN_NOTE_CLOSED, one->id, finding);
    out->passed = screen_note_of(notes, SCREEN_NOTE_PASSED_ON, one->id, finding);
    out->since = screen_note_first(notes, SCREEN_NOTE_PASSED_ON, one->id, finding);
    out->is_retracted = gone_seq > 0;
    bool is_again = out->is_retracted && out->told != NULL && out->told->kept->record_seq < gone_seq;
    out->is_untold = screen_needs_told(finding) && (out->is_retracted ? is_again : out->told == NULL);
    out->is_open = screen_is_alarm(finding) && (out->is_untold || (!out->is_retracted && out->closed == NULL));
}

/* A draft that a later run ended stands for nothing, but where it was told and then retracted. */
static bool counts(const struct screen_kept *kept, const struct screen_notes *notes)
{
    if (!is_cancelled(kept->kept)) return true;
    if (kept->is_retracted) return kept->is_untold;
    return has_note(notes, SCREEN_NOTE_LEFT_OUT, kept->kept);
}

enum salve_code screen_kept_read(struct rec_view *view, const struct screen_notes *notes, enum screen_which which,
                                 struct arena *mem, struct screen_kept **out, size_t *count, struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t all_count = 0;
    TRY(rec_all(view, 0, &all, &all_count, err));
    *count = 0;
    *out = arena_array(mem, struct screen_kept, all_count + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    for (size_t i = 0; i < all_count; i++) {
        struct screen_kept *kept = &(*out)[*count];
        if (!stands(&all[i], notes)) continue;
        bool is_alarm = screen_kept_urgency(&all[i].tape, screen_extension(&all[i].tape)) <= URGENCY_SAME_DAY;
        if (!is_alarm && (which == SCREEN_ALARMS_ONLY || is_cancelled(&all[i]))) continue;
        *kept = (struct screen_kept){.kept = &all[i]};
        TRY(screen_finding(&all[i].tape, screen_extension(&all[i].tape), mem, &kept->finding, err));
        fill_kept(&all[i], notes, is_alarm ? retracted_seq(&kept->finding, all, all_count) : 0, kept);
        *count += counts(kept, notes);
    }
    return SALVE_OK;
}

/* --- what is not done with ---------------------------------------------------------------------------------------- */

static enum salve_code fill_alarm(const struct screen_kept *kept, struct arena *mem, struct screen_alarm *out,
                                  struct salve_err *err)
{
    out->finding = kept->finding;
    out->is_untold = kept->is_untold;
    out->told = untold;
    if (kept->told != NULL) TRY(fill_told(kept->told->kept, mem, &out->told, err));
    if (kept->closed != NULL) TRY(fill_closed(kept->closed->kept, mem, &out->told, err));
    TRY(fill_passed(kept->passed, kept->since, mem, &out->told, err));
    return arena_str(mem, kept->kept->id, &out->id, err);
}

static int more_urgent(const void *a, const void *b)
{
    const struct screen_alarm *x = a, *y = b;
    return x->finding.urgency == y->finding.urgency ? 0 : x->finding.urgency < y->finding.urgency ? -1 : 1;
}

enum salve_code screen_alarms_open(struct rec_view *view, struct arena *mem, struct screen_alarm **out, size_t *count,
                                   struct salve_err *err)
{
    struct screen_notes notes;
    struct screen_kept *kept = NULL;
    size_t kept_count = 0;
    *count = 0;
    TRY(screen_notes_read(view, mem, &notes, err));
    TRY(screen_kept_read(view, &notes, SCREEN_ALARMS_ONLY, mem, &kept, &kept_count, err));
    *out = arena_array(mem, struct screen_alarm, kept_count + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    for (size_t i = 0; i < kept_count; i++)
        if (kept[i].is_open) TRY(fill_alarm(&kept[i], mem, &(*out)[(*count)++], err));
    qsort(*out, *count, sizeof **out, more_urgent);
    return SALVE_OK;
}
