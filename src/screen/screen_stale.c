/* SPDX-License-Identifier: Apache-2.0
 *
 * Do findings agree with the record as it is? Records are numbered in the order of saving, and a run saves its drafts
 * after all that it looked at: whatever a guideline may look at with a higher number came later. Drafts that a run
 * finds again as they stand it leaves as they are but for one of each class: the newest draft of a class says how far
 * all of them were judged. */
#include "admit/same.h"
#include "screen/screen_int.h"

bool screen_is_input(const struct rec_resource *one)
{
    static const char *const others[] = {"Provenance", "Communication", "Task", "ServiceRequest", "Appointment"};
    if (screen_kind(one) != SCREEN_OTHER) return false;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (str_is(one->type, others[i])) return false;
    return true;
}

/* A finding, and the number of the record before which all was looked at. */
struct aged {
    const struct rec_resource *is;
    uint64_t judged_seq;
};

static bool is_draft_finding(const struct rec_resource *one)
{
    return screen_kind(one) == SCREEN_OBSERVATION && screen_is_draft(one);
}

bool screen_is_of_alarms(const struct rec_resource *one)
{
    const char *path = screen_kind(one) == SCREEN_OBSERVATION ? "method.coding.system" : "code.coding.system";
    tape_at at = tape_get(&one->tape, tape_root(&one->tape), path);
    return at != TAPE_NONE && str_starts(tape_text(&one->tape, at), STR(SCREEN_ALARMS_CANONICAL));
}

/* Alarms, and all that is due today, a run writes or has not judged: their own number says how far. */
static bool may_rest(const struct rec_resource *draft)
{
    tape_at at = screen_extension(&draft->tape);
    return at != TAPE_NONE && screen_kept_urgency(&draft->tape, at) > URGENCY_SAME_DAY && !screen_is_of_alarms(draft);
}

struct screen_ages screen_ages_of(const struct rec_resource *all, size_t count)
{
    struct screen_ages ages = {{0}};
    for (size_t i = 0; i < count; i++)
        if (is_draft_finding(&all[i]) && all[i].record_seq > ages.judged_seq[all[i].class])
            ages.judged_seq[all[i].class] = all[i].record_seq;
    return ages;
}

static struct aged aged_of(const struct screen_ages *ages, const struct rec_resource *one)
{
    return (struct aged){one, is_draft_finding(one) && may_rest(one) ? ages->judged_seq[one->class] : one->record_seq};
}

/* Findings of class `clinical` say nothing about what is kept apart. */
static bool is_newer(const struct rec_resource *one, const struct aged *finding)
{
    return one->record_seq > finding->judged_seq && screen_is_input(one) &&
           (one->class != CLASS_SENS || finding->is->class == CLASS_SENS);
}

bool screen_is_taken_back(const struct rec_resource *one)
{
    struct same_mark mark;
    same_mark(&one->tape, 0, &mark);
    return mark.word >= SAME_REFUTED;
}

bool screen_is_named(const struct rec_resource *one, struct str reference)
{
    size_t slash = one->type.len; /* lengths first: it is asked of each resource for each reference */
    return reference.len == slash + 1 + one->id.len && reference.ptr[slash] == '/' &&
           str_starts(reference, one->type) && str_eq(str_cut(reference, slash + 1, reference.len), one->id);
}

static bool uses(const struct rec_resource *finding, const struct rec_resource *value)
{
    const struct tape *tape = &finding->tape;
    for (tape_at c = tape_first(tape, 0); c != TAPE_NONE; c = tape_next(tape, 0, c))
        if (tape_path_name(tape, c) == FHIR_N_derivedFrom &&
            screen_is_named(value, tape_child_text(tape, c, "reference")))
            return true;
    return false;
}

/* The facts of the Patient that a guideline looks at, as they were when the finding was saved. */
static enum salve_code is_other_person(struct rec_view *view, const struct rec_resource *patient, uint64_t at_seq,
                                       struct arena *mem, bool *out, struct salve_err *err)
{
    static const char *const facts[] = {"birthDate", "gender"};
    const struct rec_resource **versions = NULL, *then = NULL;
    size_t count = 0;
    *out = false;
    TRY(rec_history(view, patient->id, mem, &versions, &count, err));
    for (size_t i = 0; i < count && versions[i]->record_seq <= at_seq; i++) then = versions[i];
    for (size_t i = 0; then != NULL && i < 2; i++)
        *out = *out || !str_eq(tape_child_text(&then->tape, 0, facts[i]), tape_child_text(&patient->tape, 0, facts[i]));
    return SALVE_OK;
}

/* Did it come after the finding, and may it bear on it? A name or another clinic's id does not. */
static enum salve_code brings_news(struct rec_view *view, const struct rec_resource *one, const struct aged *finding,
                                   struct arena *mem, bool *out, struct salve_err *err)
{
    *out = is_newer(one, finding);
    if (!*out || !str_is(one->type, "Patient")) return SALVE_OK;
    return is_other_person(view, one, finding->judged_seq, mem, out, err);
}

/* What of a change bears on a finding. */
struct change {
    bool is_changed, is_withdrawn;
};

/* Something that was kept under an id of its own, since who brought it could not see what it is about: it has the
 * source id of a value that the finding names. */
static bool stands_for_used(const struct rec_resource *one, const struct rec_resource *finding,
                            const struct rec_resource *all, size_t count)
{
    struct same_mark mark, other;
    same_mark(&one->tape, 0, &mark);
    for (size_t i = 0; mark.source.len > 0 && i < count; i++) {
        same_mark(&all[i].tape, 0, &other);
        if (&all[i] != one && str_eq(mark.source, other.source) && same_code(&mark, &other) && uses(finding, &all[i]))
            return true;
    }
    return false;
}

/* A value that the finding names; anything else that was taken back may have had a say in it; facts of the person. */
static void note_change(const struct rec_resource *finding, const struct rec_resource *one,
                        const struct rec_resource *all, size_t count, struct change *out)
{
    bool is_used = one->version == 1 ? stands_for_used(one, finding, all, count) : uses(finding, one);
    bool is_back = screen_is_taken_back(one) && (is_used || (one->version > 1 && !str_is(one->type, "Observation")));
    out->is_withdrawn = out->is_withdrawn || is_back;
    out->is_changed = out->is_changed || is_back || is_used;
}

static enum salve_code change_of(struct rec_view *view, const struct aged *finding, const struct rec_resource *all,
                                 size_t count, struct arena *mem, struct change *out, struct salve_err *err)
{
    *out = (struct change){false, false};
    for (size_t i = 0; i < count; i++) {
        bool is_news = false;
        TRY(brings_news(view, &all[i], finding, mem, &is_news, err));
        if (!is_news) continue;
        if (str_is(all[i].type, "Patient")) out->is_changed = true;
        note_change(finding->is, &all[i], all, count, out);
    }
    return SALVE_OK;
}

static enum salve_code has_news(struct rec_view *view, const struct aged *finding, const struct rec_resource *all,
                                size_t count, struct arena *mem, bool *out, struct salve_err *err)
{
    *out = false;
    for (size_t i = 0; i < count && !*out; i++) TRY(brings_news(view, &all[i], finding, mem, out, err));
    return SALVE_OK;
}

enum salve_code screen_age(struct rec_view *view, enum screen_state state, struct arena *mem, enum screen_age *out,
                           struct salve_err *err)
{
    const struct rec_resource *all = NULL, *signing = NULL;
    size_t count = 0;
    bool is_news = false;
    struct change change;
    *out = SCREEN_CURRENT;
    TRY(rec_all(view, 0, &all, &count, err));
    if (state == SCREEN_SIGNED) signing = screen_newest_signing(all, count);
    if (state == SCREEN_SIGNED && signing == NULL) return SALVE_OK;
    struct screen_ages ages = screen_ages_of(all, count);
    for (size_t i = 0; i < count; i++) {
        if (!screen_belongs(&all[i], all, count, signing)) continue;
        struct aged one = aged_of(&ages, &all[i]);
        TRY(has_news(view, &one, all, count, mem, &is_news, err));
        if (!is_news) continue;
        *out = SCREEN_NEWER;
        TRY(change_of(view, &one, all, count, mem, &change, err));
        if (change.is_changed) *out = SCREEN_CORRECTED;
        if (change.is_changed) return SALVE_OK;
    }
    return SALVE_OK;
}

static enum salve_code add_stale(struct rec_view *view, const struct rec_resource *all, size_t count,
                                 const struct rec_resource *signing, struct arena *mem, struct screen_stale *list,
                                 size_t *stale_count, struct salve_err *err)
{
    struct screen_ages ages = screen_ages_of(all, count);
    for (size_t i = 0; i < count; i++) {
        struct change change;
        struct aged one = aged_of(&ages, &all[i]);
        struct screen_stale *to = &list[*stale_count];
        if (!screen_belongs(&all[i], all, count, signing)) continue;
        TRY(change_of(view, &one, all, count, mem, &change, err));
        if (!change.is_changed) continue;
        TRY(screen_finding(&all[i].tape, screen_extension(&all[i].tape), mem, &to->finding, err));
        to->finding.apart = screen_families(&all[i]);
        to->id = screen_about(&all[i], mem);
        to->is_signed = signing != NULL;
        to->is_withdrawn = change.is_withdrawn;
        if (to->id.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
        ++*stale_count;
    }
    return SALVE_OK;
}

enum salve_code screen_stale(struct rec_view *view, struct arena *mem, struct screen_stale **out, size_t *count,
                             struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t all_count = 0;
    *count = 0;
    TRY(rec_all(view, 0, &all, &all_count, err));
    *out = arena_array(mem, struct screen_stale, 2 * all_count + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    const struct rec_resource *signing = screen_newest_signing(all, all_count);
    TRY(add_stale(view, all, all_count, NULL, mem, *out, count, err));
    return signing == NULL ? SALVE_OK : add_stale(view, all, all_count, signing, mem, *out, count, err);
}

/* --- corrections -------------------------------------------------------------------------------------------------- */

enum salve_code screen_corrected(struct rec_view *view, struct arena *mem, struct str *checked_at,
                                 struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    *checked_at = STR("");
    TRY(rec_all(view, 0, &all, &count, err));
    const struct rec_resource *before = screen_signing_before(all, count, screen_newest_signing(all, count));
    for (size_t i = 0; before != NULL && i < count; i++) {
        struct change change;
        if (!screen_belongs(&all[i], all, count, before)) continue;
        const struct aged one = {&all[i], all[i].record_seq};
        TRY(change_of(view, &one, all, count, mem, &change, err));
        if (!change.is_changed) continue;
        return arena_str(mem, tape_child_text(&all[i].tape, 0, "effectiveDateTime"), checked_at, err);
    }
    return SALVE_OK;
}

/* --- earlier visits ----------------------------------------------------------------------------------------------- */

/* A signed finding with a number that is not of the newest signing, and rests on nothing that was changed since. */
static enum salve_code is_earlier(struct rec_view *view, const struct rec_resource *one, const struct rec_resource *all,
                                  size_t count, struct arena *mem, bool *out, struct salve_err *err)
{
    const struct rec_resource *signing = screen_newest_signing(all, count);
    struct change change;
    *out = signing != NULL && screen_kind(one) == SCREEN_OBSERVATION &&
           str_is(tape_child_text(&one->tape, 0, "status"), "final") && !screen_belongs(one, all, count, signing);
    if (!*out) return SALVE_OK;
    const struct aged finding = {one, one->record_seq};
    TRY(change_of(view, &finding, all, count, mem, &change, err));
    *out = !change.is_changed;
    return SALVE_OK;
}

enum salve_code screen_earlier(struct rec_view *view, struct arena *mem, struct screen_earlier **out, size_t *count,
                               struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t all_count = 0;
    *count = 0;
    TRY(rec_all(view, 0, &all, &all_count, err));
    *out = arena_array(mem, struct screen_earlier, all_count + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    for (size_t i = all_count; i-- > 0;) {
        bool is_one;
        struct screen_earlier *to = &(*out)[*count];
        TRY(is_earlier(view, &all[i], all, all_count, mem, &is_one, err));
        if (!is_one) continue;
        TRY(screen_finding(&all[i].tape, screen_extension(&all[i].tape), mem, &to->finding, err));
        to->finding.apart = screen_families(&all[i]);
        TRY(arena_str(mem, tape_child_text(&all[i].tape, 0, "effectiveDateTime"), &to->checked_at, err));
        *count += to->finding.value.len > 0;
    }
    return SALVE_OK;
}
