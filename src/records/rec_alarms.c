/* SPDX-License-Identifier: Apache-2.0
 *
 * Which findings stand about a person, and which alarms among them nobody was told of or no clinician closed: the
 * words of docs/formats/findings.md, looked at by the gate itself. A note is about a finding as it stood then, so it
 * holds for a later one only where that says the same and is not more urgent. */
#include "admit/same.h"
#include "records/deeds_int.h"
#include "records/ids_int.h"

/* --- a finding ---------------------------------------------------------------------------------------------------- */

static tape_at extension(const struct tape *tape, tape_at parent, tape_at after, const char *url)
{
    tape_at at = after == TAPE_NONE ? tape_first(tape, parent) : tape_next(tape, parent, after);
    while (at != TAPE_NONE &&
           !(tape_path_name(tape, at) == FHIR_N_extension && str_is(tape_child_text(tape, at, "url"), url)))
        at = tape_next(tape, parent, at);
    return at;
}

static struct str part(const struct tape *tape, tape_at parent, const char *url)
{
    tape_at at = extension(tape, parent, TAPE_NONE, url);
    struct str text = at == TAPE_NONE ? STR_NONE : tape_child_text(tape, at, "valueString");
    return text.ptr == NULL ? STR("") : text;
}

static tape_at finding_of(const struct tape *tape) { return extension(tape, tape_root(tape), TAPE_NONE, DEED_FINDING); }

/* The next input's reference; TAPE_NONE: no more. */
static tape_at next_input(const struct tape *tape, tape_at after, struct str *reference)
{
    tape_at at = extension(tape, finding_of(tape), after, DEED_INPUT);
    if (at != TAPE_NONE) *reference = part(tape, at, DEED_EXTENSION "reference");
    return at;
}

/* One that cannot be read is as urgent as can be. */
static enum urgency urgency_of(const struct tape *tape)
{
    enum urgency urgency = URGENCY_NONE;
    return urgency_find(part(tape, finding_of(tape), DEED_EXTENSION "urgency"), &urgency) ? urgency
                                                                                          : URGENCY_EMERGENCY_NOW;
}

bool rec_finding_may_rest(const struct tape *tape)
{
    struct str guideline = part(tape, finding_of(tape), DEED_EXTENSION "guideline");
    return urgency_of(tape) > URGENCY_SAME_DAY && !str_starts(guideline, STR("alarms"));
}

static bool has_input(const struct tape *tape)
{
    struct str reference;
    return next_input(tape, TAPE_NONE, &reference) != TAPE_NONE;
}

static bool share_an_input(const struct tape *a, const struct tape *b)
{
    struct str x, y;
    for (tape_at i = next_input(a, TAPE_NONE, &x); i != TAPE_NONE; i = next_input(a, i, &x))
        for (tape_at j = next_input(b, TAPE_NONE, &y); j != TAPE_NONE; j = next_input(b, j, &y))
            if (x.len > 0 && str_eq(x, y)) return true;
    return false;
}

/* The same of the same values. */
static bool is_same(const struct tape *a, const struct tape *b)
{
    static const char *const fields[] = {DEED_EXTENSION "guideline", DEED_EXTENSION "item", DEED_EXTENSION "value",
                                         DEED_EXTENSION "value2", DEED_EXTENSION "unit"};
    tape_at x = finding_of(a), y = finding_of(b);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (!str_eq(part(a, x, fields[i]), part(b, y, fields[i]))) return false;
    return share_an_input(a, b) || (!has_input(a) && !has_input(b));
}

/* --- notes -------------------------------------------------------------------------------------------------------- */

static tape_at next_about(const struct tape *tape, tape_at after, struct str *reference)
{
    tape_at root = tape_root(tape);
    tape_at at = after == TAPE_NONE ? tape_first(tape, root) : tape_next(tape, root, after);
    for (; at != TAPE_NONE; at = tape_next(tape, root, at)) {
        fhir_name_id name = tape_path_name(tape, at);
        if (name != FHIR_N_about && name != FHIR_N_target) continue;
        *reference = tape_child_text(tape, at, "reference");
        if (str_starts(*reference, STR("Observation/"))) return at;
    }
    return TAPE_NONE;
}

/* The finding as it stood when the note was written: the newest version that is not newer. */
static const struct tape *as_of(const struct rec_outcome *outcome, const struct rec_stands *about, uint64_t seq)
{
    const struct rec_shelf *shelf = &outcome->view->shelf;
    const struct tape *then = NULL;
    if (about->seq <= seq) return about->deed == DEED_IS_FINDING ? about->tape : NULL;
    for (size_t i = 0; i < shelf->count; i++) {
        const struct rec_resource *one = &shelf->all[i].is;
        if (shelf->all[i].number == about->number && one->record_seq <= seq &&
            rec_deed_of(&one->tape) == DEED_IS_FINDING)
            then = &one->tape;
    }
    return then;
}

static bool holds_for(const struct rec_outcome *outcome, const struct rec_stands *note, struct str about,
                      const struct rec_stands *finding)
{
    const struct rec_stands *named = rec_outcome_find(outcome, about);
    if (named == NULL || (named != finding && !has_input(finding->tape))) return false;
    const struct tape *then = as_of(outcome, named, note->seq);
    return then != NULL && is_same(then, finding->tape) && urgency_of(finding->tape) >= urgency_of(then);
}

/* The record of the newest note of that kind that holds for the finding; 0: there is none. */
static uint64_t note_of(const struct rec_outcome *outcome, enum rec_deed kind, const struct rec_stands *finding)
{
    uint64_t newest = 0;
    struct str about;
    for (size_t i = 0; i < outcome->count; i++) {
        const struct rec_stands *note = &outcome->list[i];
        if (note->deed != kind || note->seq <= newest) continue;
        for (tape_at at = next_about(note->tape, TAPE_NONE, &about); at != TAPE_NONE;
             at = next_about(note->tape, at, &about))
            if (holds_for(outcome, note, about, finding)) newest = note->seq;
    }
    return newest;
}

static bool is_named_by(const struct rec_outcome *outcome, enum rec_deed kind, const struct rec_stands *finding)
{
    struct str about;
    for (size_t i = 0; i < outcome->count; i++) {
        const struct rec_stands *note = &outcome->list[i];
        if (note->deed != kind) continue;
        for (tape_at at = next_about(note->tape, TAPE_NONE, &about); at != TAPE_NONE;
             at = next_about(note->tape, at, &about))
            if (rec_outcome_find(outcome, about) == finding) return true;
    }
    return false;
}

/* --- what stands -------------------------------------------------------------------------------------------------- */

static bool is_taken_back(const struct tape *tape)
{
    struct same_mark mark;
    same_mark(tape, 0, &mark);
    return mark.word >= SAME_REFUTED;
}

/* The record in which a value that the finding rests on was taken back; 0: none was. */
static uint64_t retracted_seq(const struct rec_outcome *outcome, const struct tape *finding)
{
    uint64_t seq = 0;
    struct str reference;
    for (tape_at at = next_input(finding, TAPE_NONE, &reference); at != TAPE_NONE;
         at = next_input(finding, at, &reference)) {
        const struct rec_stands *input = rec_outcome_find(outcome, reference);
        if (input != NULL && is_taken_back(input->tape) && input->seq > seq) seq = input->seq;
    }
    return seq;
}

static void judge(const struct rec_outcome *outcome, struct rec_alarm *alarm, bool *stands)
{
    const struct rec_stands *at = alarm->at;
    bool is_ended = rec_deed_state(at->tape, at->deed) == DEED_ENDED;
    bool is_left_out = is_ended && is_named_by(outcome, DEED_IS_LEFT_OUT, at);
    bool is_alarm = alarm->urgency <= URGENCY_SAME_DAY;
    bool needs_told = is_alarm && !str_is(part(at->tape, finding_of(at->tape), DEED_EXTENSION "item"), DEED_REFUSED);
    uint64_t gone_seq = is_alarm ? retracted_seq(outcome, at->tape) : 0;
    uint64_t told_seq = is_alarm ? note_of(outcome, DEED_IS_TOLD, at) : 0;
    bool is_again = gone_seq > 0 && told_seq > 0 && told_seq < gone_seq;
    alarm->is_untold = needs_told && (gone_seq > 0 ? is_again : told_seq == 0);
    alarm->is_unclosed = is_alarm && gone_seq == 0 && note_of(outcome, DEED_IS_CLOSED, at) == 0;
    *stands = !is_ended || (is_alarm && (gone_seq > 0 ? alarm->is_untold : is_left_out));
}

enum salve_code rec_alarms_all(const struct rec_outcome *outcome, struct rec_alarm **out, size_t *count,
                               struct salve_err *err)
{
    *count = 0;
    *out = arena_array(outcome->mem, struct rec_alarm, outcome->count + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "alarms");
    for (size_t i = 0; i < outcome->count; i++) {
        struct rec_alarm *alarm = &(*out)[*count];
        bool stands = false;
        if (outcome->list[i].deed != DEED_IS_FINDING) continue;
        *alarm = (struct rec_alarm){.at = &outcome->list[i], .urgency = urgency_of(outcome->list[i].tape)};
        judge(outcome, alarm, &stands);
        *count += stands;
    }
    return SALVE_OK;
}

/* --- how an alarm that is open may end ---------------------------------------------------------------------------- */

/* A question, or a fact that decides how a number is judged: sex, age, pregnancy. */
static bool is_answer(const struct tape *tape)
{
    static const char *const facts[] = {"46098-0", "30525-0", "82810-3"}; /* LOINC */
    tape_at root = tape_root(tape);
    tape_at system = tape_get(tape, root, "code.coding.system"), code = tape_get(tape, root, "code.coding.code");
    if (!str_is(fhir_type_name(tape_type(tape, root)), "Observation") || system == TAPE_NONE) return false;
    if (str_is(tape_text(tape, system), "urn:salve:question")) return true;
    for (size_t i = 0; code != TAPE_NONE && i < sizeof facts / sizeof *facts; i++)
        if (str_is(tape_text(tape, code), facts[i])) return true;
    return false;
}

/* It stood as urgent as it did since something was not asked, and somebody answered since. */
static bool is_answered(const struct rec_outcome *outcome, const struct rec_resource *before)
{
    if (extension(&before->tape, finding_of(&before->tape), TAPE_NONE, DEED_EXTENSION "not_asked") == TAPE_NONE)
        return false;
    for (size_t i = 0; i < outcome->count; i++) {
        const struct rec_stands *one = &outcome->list[i];
        if (one->deed == DEED_IS_NONE && one->seq > before->record_seq && is_answer(one->tape) &&
            !is_taken_back(one->tape))
            return true;
    }
    return false;
}

/* A value that it rested on is another one since, was taken back, or is not seen here; what rests on no value says only
 * that something could not be judged. */
static bool has_reason(const struct rec_outcome *outcome, const struct rec_resource *before)
{
    struct str reference;
    if (!has_input(&before->tape)) return true;
    for (tape_at at = next_input(&before->tape, TAPE_NONE, &reference); at != TAPE_NONE;
         at = next_input(&before->tape, at, &reference)) {
        const struct rec_stands *input = rec_outcome_find(outcome, reference);
        if (input == NULL || input->seq > before->record_seq || is_taken_back(input->tape)) return true;
    }
    return false;
}

/* Another finding that stands behind the save says the same, at least as urgent. */
static bool is_replaced(const struct rec_outcome *outcome, const struct rec_resource *before)
{
    for (size_t i = 0; i < outcome->count; i++) {
        const struct rec_stands *one = &outcome->list[i];
        if (one->deed != DEED_IS_FINDING || one->seq != REC_SEQ_OF_SAVE) continue;
        if (rec_deed_state(one->tape, one->deed) == DEED_ENDED) continue;
        bool is_item = str_eq(part(one->tape, finding_of(one->tape), DEED_EXTENSION "item"),
                              part(&before->tape, finding_of(&before->tape), DEED_EXTENSION "item"));
        if (is_item && urgency_of(one->tape) <= urgency_of(&before->tape)) return true;
    }
    return false;
}

bool rec_alarms_may_end(const struct rec_outcome *outcome, const struct rec_stands *at)
{
    const struct rec_resource *before = at->before;
    bool is_ended = rec_deed_state(at->tape, at->deed) == DEED_ENDED;
    if (urgency_of(&before->tape) > URGENCY_SAME_DAY) return true;
    if (!is_ended && urgency_of(at->tape) <= urgency_of(&before->tape)) return true;
    if (is_ended && is_named_by(outcome, DEED_IS_LEFT_OUT, at)) return true;
    return has_reason(outcome, before) || is_answered(outcome, before) || is_replaced(outcome, before);
}
