/* SPDX-License-Identifier: Apache-2.0
 *
 * A run: evaluates the accepted guidelines over what the view holds and keeps the findings as drafts, in one save. A
 * draft of an earlier run that was not signed becomes the next version of the same resource, or is cancelled. */
#include "admit/same.h"
#include "base/assert.h"
#include "screen/screen_int.h"

/* Findings of all guidelines, in one list. */
struct gathering {
    struct guideline_ask ask;
    struct arena *mem;
    struct salve_err *err;
    struct finding *list;
    size_t count, room;
    struct screen_known *known; /* of the run before; NULL: nothing */
};

static enum salve_code gather(struct gathering *to, const struct finding *findings, size_t count)
{
    if (to->count + count > to->room) {
        size_t room = 2 * (to->count + count) + 64;
        struct finding *more = arena_array(to->mem, struct finding, room);
        if (more == NULL) return salve_fail(to->err, SALVE_E_MEMORY, "findings");
        for (size_t i = 0; i < to->count; i++) more[i] = to->list[i];
        to->list = more;
        to->room = room;
    }
    for (size_t i = 0; i < count; i++) to->list[to->count++] = findings[i];
    return SALVE_OK;
}

/* judge - what a guideline says; where it ends with an error, the others go on: memory that this one used up they will
 * ask for themselves. */
static enum salve_code judge(struct gathering *to, const struct screen_member *member, size_t number)
{
    struct finding *found = NULL;
    size_t count = 0;
    struct salve_err why = {0};
    to->ask.choices = member->acceptance.choices;
    to->ask.choice_count = member->acceptance.choice_count;
    to->ask.with_reasons = true;
    if (screen_known_judge(to->known, number, member->guideline, &to->ask, to->mem, &found, &count, &why) != SALVE_OK)
        TRY(guideline_not_judged(member->guideline, &why, to->mem, &found, &count, to->err));
    for (size_t i = 0; i < count; i++) found[i].apart = guideline_info(member->guideline)->apart;
    return gather(to, found, count);
}

static enum salve_code judge_all(struct gathering *to, const struct screen *screen)
{
    TRY(screen_judge_layers(screen, &to->ask, to->mem, &to->list, &to->count, to->err));
    to->room = to->count;
    for (size_t i = 0; i < screen->trouble_count; i++) {
        struct finding trouble;
        TRY(screen_not_judged(SCREEN_GUIDELINE_NOT_JUDGED, screen->troubles[i].id, &screen->troubles[i].why, to->mem,
                              &trouble, to->err));
        TRY(gather(to, &trouble, 1));
    }
    for (size_t i = 0; i < screen->count; i++) TRY(judge(to, &screen->members[i], i));
    screen_first(to->list, to->count);
    return SALVE_OK;
}

/* Findings of every guideline on the given tapes, the alarms first. */
static enum salve_code evaluate(const struct screen *screen, const struct screen_ask *ask, struct arena *mem,
                                struct finding **out, size_t *count, struct salve_err *err)
{
    struct guideline_visit visit;
    struct gathering to = {.mem = mem, .err = err, .known = ask->known};
    TRY(screen_asked(screen, ask, mem, &visit, &to.ask, err));
    screen_person(&to.ask, mem);
    if (to.known != NULL) screen_known_begin(to.known, screen, ask, &to.ask, mem);
    TRY(judge_all(&to, screen));
    if (to.known != NULL) screen_known_end(to.known, screen, &to.ask);
    *out = to.list;
    *count = to.count;
    return SALVE_OK;
}

static bool has_equal(const struct finding *list, size_t count, const struct finding *finding)
{
    for (size_t i = 0; i < count; i++)
        if (finding_eq(&list[i], finding)) return true;
    return false;
}

/* Room for the marks of some of them; NULL where they have none. */
static enum salve_code marks_for(const struct screen_ask *ask, struct arena *mem, struct screen_mark **out,
                                 struct salve_err *err)
{
    *out = NULL;
    if (ask->marks == NULL) return SALVE_OK;
    *out = arena_array(mem, struct screen_mark, ask->tape_count + 1);
    return *out != NULL ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "findings");
}

/* The families of what is kept apart among the tapes; *plain gets the others. */
static enum salve_code without_apart(const struct screen_ask *ask, struct arena *mem, struct screen_ask *plain,
                                     family_mask *families, struct salve_err *err)
{
    struct tape *tapes = arena_array(mem, struct tape, ask->tape_count + 1);
    if (tapes == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    *plain = (struct screen_ask){.tapes = tapes, .now_unix_ms = ask->now_unix_ms, .known = ask->known_plain};
    struct screen_mark *marks = NULL;
    TRY(marks_for(ask, mem, &marks, err));
    plain->marks = marks;
    *families = 0;
    for (size_t i = 0; i < ask->tape_count; i++) {
        if (ask->families != NULL) *families |= ask->families[i];
        if (ask->families != NULL && ask->families[i] != 0) continue;
        if (marks != NULL) marks[plain->tape_count] = ask->marks[i];
        tapes[plain->tape_count++] = ask->tapes[i];
    }
    return SALVE_OK;
}

/* Of resources that are one, one counts, and none that was taken back. */
static enum salve_code standing(const struct screen_ask *ask, struct arena *mem, struct screen_ask *out,
                                struct salve_err *err)
{
    bool *counts = arena_array(mem, bool, ask->tape_count + 1);
    struct tape *tapes = arena_array(mem, struct tape, ask->tape_count + 1);
    family_mask *families = arena_array(mem, family_mask, ask->tape_count + 1);
    if (counts == NULL || tapes == NULL || families == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    TRY(same_standing(ask->tapes, ask->tape_count, mem, counts, err));
    struct screen_mark *marks = NULL;
    TRY(marks_for(ask, mem, &marks, err));
    *out = *ask;
    out->tapes = tapes;
    out->families = families;
    out->marks = marks;
    out->tape_count = 0;
    for (size_t i = 0; i < ask->tape_count; i++) {
        if (!counts[i]) continue;
        if (marks != NULL) marks[out->tape_count] = ask->marks[i];
        families[out->tape_count] = ask->families == NULL ? 0 : ask->families[i];
        tapes[out->tape_count++] = ask->tapes[i];
    }
    return SALVE_OK;
}

enum salve_code screen_twice(const struct screen *screen, const struct screen_ask *all, screen_judging *judging,
                             struct arena *mem, struct finding **out, size_t *count, struct salve_err *err)
{
    struct screen_ask plain, these, *ask = &these;
    struct finding *others = NULL;
    size_t other_count = 0;
    family_mask families = 0;
    TRY(standing(all, mem, ask, err));
    TRY(without_apart(ask, mem, &plain, &families, err));
    TRY(judging(screen, ask, mem, out, count, err));
    if (families == 0) return SALVE_OK;
    TRY(judging(screen, &plain, mem, &others, &other_count, err));
    for (size_t i = 0; i < *count; i++)
        if ((*out)[i].apart == 0 && !has_equal(others, other_count, &(*out)[i])) (*out)[i].apart = families;
    return SALVE_OK;
}

enum salve_code screen_evaluate(const struct screen *screen, const struct screen_ask *ask, struct arena *mem,
                                struct finding **out, size_t *count, struct salve_err *err)
{
    return screen_twice(screen, ask, evaluate, mem, out, count, err);
}

/* --- one run on a view -------------------------------------------------------------------------------------------- */

struct run {
    const struct screen *screen;
    struct rec_view *view;
    struct arena *mem;
    struct salve_err *err;
    const struct rec_resource *all;
    size_t all_count;
    enum screen_kind *draft_kinds; /* of each of `all` that is a draft; else SCREEN_OTHER */
    bool *is_reused;               /* drafts that this run writes again */
    bool *is_held;                 /* drafts of an earlier visit's alarm that is open: no run ends them */
    const struct finding **drafts; /* of each of `all` that is the draft of a finding: that; else NULL */
    struct screen_kept *kept;
    size_t kept_count;
    struct screen_notes notes;
    struct screen_work work; /* what is open behind this run */
    struct str patient;
    int64_t now_unix_ms;
    struct rec_item *items;
    size_t item_count, room; /* three for each finding, one for each draft that ends */
    bool *is_equal;          /* of each item: it stands so already, and need not be written */
    bool writes_all;         /* also those */
};

static const struct guideline *guideline_of(const struct screen *screen, struct str id)
{
    for (size_t i = 0; i < SCREEN_LAYERS; i++) {
        const struct guideline *layer = screen->layers[i].member.guideline;
        if (layer != NULL && str_eq(guideline_info(layer)->id, id)) return layer;
    }
    for (size_t i = 0; i < screen->count; i++)
        if (str_eq(guideline_info(screen->members[i].guideline)->id, id)) return screen->members[i].guideline;
    return NULL;
}

/* A draft of a finding of that class; another class has other keys, and its draft ends. */
static enum data_class class_of(const struct finding *finding) { return finding->apart != 0 ? CLASS_SENS : CLASS_CLIN; }

/* draft_of - an unused draft of that kind: an Observation of the same item, or what belongs to that Observation. */
static size_t draft_of(const struct run *run, enum screen_kind kind, const struct finding *finding, struct str about)
{
    for (size_t i = 0; i < run->all_count; i++) {
        const struct rec_resource *one = &run->all[i];
        if (run->is_reused[i] || run->draft_kinds[i] != kind) continue;
        if (one->class != class_of(finding)) continue;
        if (kind != SCREEN_OBSERVATION && str_eq(screen_about(one, run->mem), about)) return i;
        const struct finding *kept = run->drafts[i];
        if (kind != SCREEN_OBSERVATION || kept == NULL || !str_eq(kept->guideline, finding->guideline) ||
            !str_eq(kept->item, finding->item))
            continue;
        if (!run->is_held[i] || (screen_is_same(kept, finding) && finding->urgency <= kept->urgency)) return i;
    }
    return run->all_count;
}

static enum salve_code id_for(struct run *run, size_t at, struct str *id)
{
    if (at == run->all_count) return rec_new_id(run->view, run->mem, id, run->err);
    run->is_reused[at] = true;
    *id = run->all[at].id;
    return SALVE_OK;
}

typedef enum salve_code make_draft(const struct screen_draft *draft, struct arena *mem, struct tape *out,
                                   struct salve_err *err);

static enum salve_code add(struct run *run, enum screen_kind kind, make_draft *make, struct screen_draft *draft)
{
    struct tape *tape = arena_new(run->mem, struct tape);
    if (tape == NULL) return salve_fail(run->err, SALVE_E_MEMORY, "drafts");
    size_t at = draft_of(run, kind, draft->finding, draft->about);
    TRY(id_for(run, at, &draft->id));
    TRY(make(draft, run->mem, tape, run->err));
    /* the gate looks at when an alarm was written last (rec_alarms_may_end): they are written by each run */
    bool may_rest = at < run->all_count && draft->finding->urgency > URGENCY_SAME_DAY &&
                    !screen_is_alarms(draft->finding->guideline);
    run->is_equal[run->item_count] = may_rest && screen_is_equal(tape, &run->all[at].tape);
    run->items[run->item_count++] = (struct rec_item){.tape = tape, .class = class_of(draft->finding)};
    return SALVE_OK;
}

static enum salve_code add_drafts(struct run *run, const struct finding *finding)
{
    const struct guideline *guideline = guideline_of(run->screen, finding->guideline);
    /* a finding of this run's own evaluation; only that the alarms do not load has no guideline behind it */
    salve_assert(guideline != NULL || finding->status == FINDING_NOT_JUDGED);
    struct screen_draft draft = {.canonical = guideline == NULL ? STR(SCREEN_ALARMS_CANONICAL)
                                                                : guideline_info(guideline)->canonical,
                                 .item = guideline == NULL ? NULL : guideline_item(guideline, finding->item),
                                 .finding = finding,
                                 .patient = run->patient,
                                 .about = STR(""),
                                 .now_unix_ms = run->now_unix_ms,
                                 .zone = run->screen->zone};
    TRY(add(run, SCREEN_OBSERVATION, screen_observation, &draft));
    screen_work_alarm(&run->work, finding, screen_note_of(&run->notes, SCREEN_NOTE_TOLD, draft.id, finding) != NULL,
                      screen_note_of(&run->notes, SCREEN_NOTE_CLOSED, draft.id, finding) != NULL);
    screen_work_draft(&run->work, finding);
    draft.about = arena_printf(run->mem, "Observation/%.*s", STR_ARGS(draft.id));
    if (draft.about.ptr == NULL) return salve_fail(run->err, SALVE_E_MEMORY, "drafts");
    if (screen_needs_request(finding)) TRY(add(run, SCREEN_REQUEST, screen_request, &draft));
    return screen_needs_task(finding) ? add(run, SCREEN_TASK, screen_task, &draft) : SALVE_OK;
}

static struct str next_status(const struct run *run, size_t at)
{
    if (run->is_held[at]) return tape_child_text(&run->all[at].tape, tape_root(&run->all[at].tape), "status");
    return screen_kind(&run->all[at]) == SCREEN_REQUEST ? STR("revoked") : STR("cancelled");
}

/* Drafts that this run did not write again no longer hold. Where the alarms could not be judged, what they found before
 * stands; an earlier visit's alarm stands until the person was told and it was closed, and this run looked at it. */
static enum salve_code end_rest(struct run *run, bool are_alarms_unknown)
{
    for (size_t i = 0; i < run->all_count; i++) {
        if (run->is_reused[i] || run->draft_kinds[i] == SCREEN_OTHER) continue;
        bool is_unknown = are_alarms_unknown && screen_is_of_alarms(&run->all[i]) && !run->is_held[i];
        if (is_unknown) run->is_held[i] = true;
        if (is_unknown) continue;
        salve_assert(run->item_count < run->room);
        struct tape *tape = arena_new(run->mem, struct tape);
        struct str status = next_status(run, i);
        if (tape == NULL) return salve_fail(run->err, SALVE_E_MEMORY, "drafts");
        TRY(screen_with_status(&run->all[i].tape, status, run->mem, tape, run->err));
        run->items[run->item_count++] = (struct rec_item){.tape = tape, .class = run->all[i].class};
    }
    return SALVE_OK;
}

/* --- what is saved of it ------------------------------------------------------------------------------------------ */

static bool is_finding(const struct run *run, size_t at) { return run->draft_kinds[at] == SCREEN_OBSERVATION; }

/* The first draft of a finding of that class; all_count: there is none. */
static size_t first_draft(const struct run *run, enum data_class class)
{
    size_t at = 0;
    while (at < run->all_count && !(is_finding(run, at) && run->all[at].class == class)) at++;
    return at;
}

static bool is_draft_item(const struct rec_item *item)
{
    return tape_type(item->tape, 0) == FHIR_T_Observation &&
           str_is(tape_child_text(item->tape, 0, "status"), "preliminary");
}

/* How far the drafts of a class were judged is told by the newest of them (screen_stale.c), so one is written. And each
 * run writes the first that it found, as the next version of what it saw: of two runs at once the later one meets a
 * conflict there, and goes by what the other one left. */
static void mark_class(struct run *run, enum data_class class)
{
    size_t first = first_draft(run, class), a_draft = run->item_count;
    bool has_draft = false;
    for (size_t i = 0; i < run->item_count; i++) {
        if (run->items[i].class != class) continue;
        bool is_first =
            first < run->all_count && str_eq(tape_child_text(run->items[i].tape, 0, "id"), run->all[first].id);
        if (is_first) run->items[i].after_seq = run->all[first].record_seq;
        if (is_first) run->is_equal[i] = false;
        if (!is_draft_item(&run->items[i])) continue;
        if (a_draft == run->item_count) a_draft = i;
        has_draft = has_draft || !run->is_equal[i];
    }
    if (!has_draft && a_draft < run->item_count) run->is_equal[a_draft] = false;
}

static void leave_equal(struct run *run)
{
    size_t kept = 0;
    if (run->writes_all) return;
    mark_class(run, CLASS_CLIN);
    mark_class(run, CLASS_SENS);
    for (size_t i = 0; i < run->item_count; i++)
        if (!run->is_equal[i]) run->items[kept++] = run->items[i];
    run->item_count = kept;
}

static size_t index_of(const struct run *run, struct str id)
{
    size_t at = 0;
    while (at < run->all_count && !str_eq(run->all[at].id, id)) at++;
    return at;
}

/* Alarms that an earlier visit left open, as drafts, with what belongs to them. */
static enum salve_code hold(struct run *run, const struct screen_ask *ask)
{
    struct guideline_visit visit;
    struct guideline_ask unused;
    TRY(screen_asked(run->screen, ask, run->mem, &visit, &unused, run->err));
    run->is_held = arena_array(run->mem, bool, run->all_count + 1);
    if (run->is_held == NULL) return salve_fail(run->err, SALVE_E_MEMORY, "drafts");
    TRY(screen_notes_read(run->view, run->mem, &run->notes, run->err));
    TRY(screen_kept_read(run->view, &run->notes, SCREEN_ALARMS_ONLY, run->mem, &run->kept, &run->kept_count, run->err));
    for (size_t i = 0; i < run->kept_count; i++) {
        const struct rec_resource *one = run->kept[i].kept;
        int64_t at_unix_ms = 0;
        struct str at = tape_child_text(&one->tape, tape_root(&one->tape), "effectiveDateTime");
        bool is_earlier = clock_parse(at, &at_unix_ms) && at_unix_ms < visit.start_unix_ms;
        if (run->kept[i].is_open && !run->kept[i].is_retracted && is_earlier && screen_is_draft(one))
            run->is_held[index_of(run, one->id)] = true;
    }
    for (size_t i = 0; i < run->all_count; i++) {
        if (screen_kind(&run->all[i]) == SCREEN_OTHER || screen_kind(&run->all[i]) == SCREEN_OBSERVATION) continue;
        struct str about = screen_about(&run->all[i], run->mem);
        if (!str_starts(about, STR("Observation/"))) continue;
        run->is_held[i] = run->is_held[index_of(run, str_cut(about, sizeof "Observation/" - 1, about.len))];
    }
    return SALVE_OK;
}

/* What stands beside what this run wrote: signed, left out as an alarm, held. */
static enum salve_code set_work(struct run *run)
{
    for (size_t i = 0; i < run->kept_count; i++) {
        const struct screen_kept *one = &run->kept[i];
        size_t at = index_of(run, one->kept->id);
        bool is_draft = screen_is_draft(one->kept);
        bool is_ended = is_draft && !run->is_held[at];
        if (run->is_reused[at]) continue;
        if (is_ended && one->is_retracted && one->is_untold) screen_work_alarm(&run->work, &one->finding, false, true);
        if (!is_ended) screen_work_kept(&run->work, one);
    }
    return screen_work_set(run->view, &run->work, true, run->mem, run->err);
}

static enum salve_code load(struct run *run, struct screen_ask *ask)
{
    TRY(rec_all(run->view, 0, &run->all, &run->all_count, run->err));
    struct tape *list = arena_array(run->mem, struct tape, run->all_count + 1);
    family_mask *families = arena_array(run->mem, family_mask, run->all_count + 1);
    struct screen_mark *marks = arena_array(run->mem, struct screen_mark, run->all_count + 1);
    bool has_marks = true;
    run->is_reused = arena_array(run->mem, bool, run->all_count + 1);
    run->draft_kinds = arena_array(run->mem, enum screen_kind, run->all_count + 1);
    if (list == NULL || families == NULL || marks == NULL || run->is_reused == NULL || run->draft_kinds == NULL)
        return salve_fail(run->err, SALVE_E_MEMORY, "drafts");
    for (size_t i = 0; i < run->all_count; i++) {
        list[i] = run->all[i].tape;
        families[i] = screen_families(&run->all[i]);
        has_marks = has_marks && screen_mark_of(&run->all[i], &marks[i]);
        run->draft_kinds[i] = screen_is_draft(&run->all[i]) ? screen_kind(&run->all[i]) : SCREEN_OTHER;
        if (str_is(run->all[i].type, "Patient"))
            run->patient = arena_printf(run->mem, "Patient/%.*s", STR_ARGS(run->all[i].id));
    }
    *ask = (struct screen_ask){.tapes = list,
                               .tape_count = run->all_count,
                               .families = families,
                               .now_unix_ms = run->now_unix_ms,
                               .marks = has_marks ? marks : NULL};
    if (run->patient.len > 0) return SALVE_OK;
    return salve_refuse(run->err, SALVE_E_CONSENT,
                        "this view does not show the person's identity, which an evaluation needs", "Patient");
}

/* Once for all findings that look for theirs among them; what cannot be read is nobody's, and ends. */
static enum salve_code read_drafts(struct run *run)
{
    run->drafts = arena_array(run->mem, const struct finding *, run->all_count + 1);
    if (run->drafts == NULL) return salve_fail(run->err, SALVE_E_MEMORY, "drafts");
    for (size_t i = 0; i < run->all_count; i++) {
        const struct rec_resource *one = &run->all[i];
        if (run->draft_kinds[i] != SCREEN_OBSERVATION) continue;
        struct finding *kept = arena_new(run->mem, struct finding);
        if (kept == NULL) return salve_fail(run->err, SALVE_E_MEMORY, "drafts");
        bool is = screen_finding(&one->tape, screen_extension(&one->tape), run->mem, kept, NULL) == SALVE_OK;
        run->drafts[i] = is ? kept : NULL;
    }
    return SALVE_OK;
}

/* Who may not see what is kept apart judges nothing of it: the values would only seem to be missing. How many are
 * left. */
static size_t drop_apart(struct finding *list, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (list[i].apart == 0) list[kept++] = list[i];
    return kept;
}

enum salve_code screen_run(const struct screen *screen, struct rec_view *view, const struct screen_running *how,
                           struct arena *mem, struct screen_found *out, struct salve_err *err)
{
    static const struct screen_running plain = {.memo = NULL};
    if (how == NULL) how = &plain;
    struct run run = {.screen = screen, .view = view, .mem = mem, .err = err, .patient = STR("")};
    struct screen_ask ask;
    struct finding *list = NULL;
    bool keeps_apart = rec_keeps_apart(view);
    *out = (struct screen_found){.is_blind = keeps_apart && !rec_shows(view, CLASS_SENS)};
    run.now_unix_ms = rec_opened_at_unix_ms(view);
    run.writes_all = how->writes_all;
    screen_work_begin(&run.work);
    TRY(load(&run, &ask));
    TRY(hold(&run, &ask));
    ask.known = screen_memo_of(how->memo, false);
    ask.known_plain = screen_memo_of(how->memo, true);
    TRY(screen_evaluate(screen, &ask, mem, &list, &out->count, err));
    out->list = list;
    if (out->is_blind) out->count = drop_apart(list, out->count);
    TRY(read_drafts(&run));
    run.room = out->count * 3 + run.all_count + 1;
    run.items = arena_array(mem, struct rec_item, run.room);
    run.is_equal = arena_array(mem, bool, run.room);
    if (run.items == NULL || run.is_equal == NULL) return salve_fail(err, SALVE_E_MEMORY, "drafts");
    for (size_t i = 0; i < out->count; i++) {
        bool is_said = list[i].apart != 0 && !keeps_apart;
        out->said_count += is_said;
        if (!is_said) TRY(add_drafts(&run, &list[i]));
    }
    TRY(end_rest(&run, screen_holds(list, out->count)));
    TRY(set_work(&run));
    leave_equal(&run);
    return run.item_count > 0 ? rec_save(view, run.items, run.item_count, NULL, mem, err) : worklist_write(view, err);
}
