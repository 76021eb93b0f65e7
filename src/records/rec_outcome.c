/* SPDX-License-Identifier: Apache-2.0
 *
 * The record as a save would leave it: what the view reads, and over it what is saved. */
#include <stdlib.h>

#include "fhir/fhir.h"
#include "records/deeds_int.h"
#include "records/ids_int.h"

static int by_number(const void *a, const void *b)
{
    const struct rec_stands *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static struct rec_stands *find(const struct rec_outcome *outcome, uint64_t number, size_t count)
{
    const struct rec_stands key = {.number = number};
    return bsearch(&key, outcome->list, count, sizeof key, by_number);
}

const struct rec_stands *rec_outcome_find(const struct rec_outcome *outcome, struct str reference)
{
    uint64_t number = 0;
    if (rec_id_number(outcome->view->gate.chain.id, reference, &number, NULL) != SALVE_OK) return NULL;
    return find(outcome, number, outcome->count);
}

static void add_stored(struct rec_outcome *outcome)
{
    const struct rec_shelf *shelf = &outcome->view->shelf;
    for (size_t i = 0; i < shelf->count; i++) {
        if (!shelf->all[i].is_first) continue;
        const struct rec_version *newest = &shelf->all[shelf->all[i].newest];
        outcome->list[outcome->count++] = (struct rec_stands){.number = newest->number,
                                                              .seq = newest->is.record_seq,
                                                              .class = newest->is.class,
                                                              .deed = rec_deed_of(&newest->is.tape),
                                                              .tape = &newest->is.tape};
    }
    if (outcome->count > 0) qsort(outcome->list, outcome->count, sizeof *outcome->list, by_number);
}

static const struct rec_resource *newest_of(const struct rec_shelf *shelf, uint64_t number)
{
    const struct rec_resource *found = NULL;
    for (size_t i = 0; i < shelf->count; i++)
        if (shelf->all[i].number == number) found = &shelf->all[i].is;
    return found;
}

static enum salve_code add_item(struct rec_outcome *outcome, const struct rec_item *item, enum data_class class,
                                size_t stored, struct salve_err *err)
{
    struct rec_stands fresh = {
        .seq = REC_SEQ_OF_SAVE, .class = class, .deed = rec_deed_of(item->tape), .tape = item->tape};
    struct str id = tape_child_text(item->tape, tape_root(item->tape), "id");
    TRY(rec_id_number(outcome->view->gate.chain.id, id, &fresh.number, err));
    struct rec_stands *there = find(outcome, fresh.number, stored);
    if (there != NULL && there->seq == REC_SEQ_OF_SAVE)
        return salve_refuse(err, SALVE_E_INVALID, "one save has one version of a resource", "Resource.id");
    if (there != NULL) fresh.before = newest_of(&outcome->view->shelf, fresh.number);
    if (there != NULL)
        *there = fresh;
    else
        outcome->list[outcome->count++] = fresh;
    return SALVE_OK;
}

enum salve_code rec_outcome_load(struct rec_view *view, const struct rec_item *items, const enum data_class *classes,
                                 size_t count, struct arena *mem, struct rec_outcome *out, struct salve_err *err)
{
    class_mask seen = view->classes & (CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CLIN) | CLASS_BIT(CLASS_SENS));
    *out = (struct rec_outcome){.view = view, .mem = mem};
    TRY(rec_gate_read(&view->gate, seen, &view->shelf, err));
    out->list = arena_array(mem, struct rec_stands, view->shelf.count + count + 1);
    if (out->list == NULL) return salve_fail(err, SALVE_E_MEMORY, "save");
    add_stored(out);
    size_t stored = out->count;
    for (size_t i = 0; i < count; i++) TRY(add_item(out, &items[i], classes[i], stored, err));
    if (out->count > 0) qsort(out->list, out->count, sizeof *out->list, by_number);
    return SALVE_OK;
}

/* --- what came behind a draft ------------------------------------------------------------------------------------- */

/* Drafts that the last run found again as they stood were not written again: what it looked at lies before the newest
 * draft of their class. */
static uint64_t judged_seq(const struct rec_outcome *outcome, enum data_class class)
{
    const struct rec_shelf *shelf = &outcome->view->shelf;
    uint64_t newest = 0;
    for (size_t i = 0; i < shelf->count; i++) {
        if (!shelf->all[i].is_first) continue;
        const struct rec_resource *one = &shelf->all[shelf->all[i].newest].is;
        if (one->class == class && one->record_seq > newest && rec_deed_of(&one->tape) == DEED_IS_FINDING &&
            rec_deed_state(&one->tape, DEED_IS_FINDING) == DEED_DRAFT)
            newest = one->record_seq;
    }
    return newest;
}

/* Of the Patient, what a guideline looks at, as it was when the draft was judged. */
static bool is_other_person(const struct rec_outcome *outcome, const struct rec_stands *patient, uint64_t draft_seq)
{
    static const char *const facts[] = {"birthDate", "gender"};
    const struct rec_shelf *shelf = &outcome->view->shelf;
    const struct tape *then = NULL;
    for (size_t i = 0; i < shelf->count; i++)
        if (shelf->all[i].number == patient->number && shelf->all[i].is.record_seq <= draft_seq)
            then = &shelf->all[i].is.tape;
    for (size_t i = 0; then != NULL && i < 2; i++)
        if (!str_eq(rec_text_at(then, facts[i]), rec_text_at(patient->tape, facts[i]))) return true;
    return false;
}

/* Signatures, notes and plans say nothing about the body; what is kept apart bears on what is kept apart. */
static bool is_news(const struct rec_outcome *outcome, const struct rec_stands *one, const struct rec_stands *draft,
                    uint64_t judged)
{
    static const char *const others[] = {"Provenance", "Communication", "Task", "ServiceRequest", "Appointment"};
    struct str type = fhir_type_name(tape_type(one->tape, tape_root(one->tape)));
    if (one->seq <= judged || one->deed != DEED_IS_NONE) return false;
    if (one->class == CLASS_SENS && draft->class != CLASS_SENS) return false;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (str_is(type, others[i])) return false;
    return !str_is(type, "Patient") || is_other_person(outcome, one, judged);
}

bool rec_outcome_is_stale(const struct rec_outcome *outcome, const struct rec_stands *draft)
{
    uint64_t judged = rec_finding_may_rest(&draft->before->tape) ? judged_seq(outcome, draft->before->class)
                                                                 : draft->before->record_seq;
    for (size_t i = 0; i < outcome->count; i++)
        if (is_news(outcome, &outcome->list[i], draft, judged)) return true;
    return false;
}

/* --- signings ----------------------------------------------------------------------------------------------------- */

static bool names(const struct rec_outcome *outcome, const struct rec_stands *note, const struct rec_stands *what)
{
    struct str reference;
    for (tape_at at = rec_deed_next_target(note->tape, TAPE_NONE, &reference); at != TAPE_NONE;
         at = rec_deed_next_target(note->tape, at, &reference))
        if (rec_outcome_find(outcome, reference) == what) return true;
    return false;
}

bool rec_outcome_is_signed(const struct rec_outcome *outcome, const struct rec_stands *what, bool is_now)
{
    for (size_t i = 0; i < outcome->count; i++) {
        const struct rec_stands *one = &outcome->list[i];
        bool is_of_it = one->deed == DEED_IS_SIGNED && (!is_now || one->seq == REC_SEQ_OF_SAVE);
        if (is_of_it && names(outcome, one, what)) return true;
    }
    return false;
}
