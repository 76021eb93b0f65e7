/* SPDX-License-Identifier: Apache-2.0
 *
 * Signing: every draft becomes a result in one save, with a Provenance that names the clinician; and the reading of
 * what was signed, newest signing first, for the letter. */
#include "base/assert.h"
#include "consent/may.h"
#include "records/referral.h"
#include "screen/screen_int.h"

#define ACTIVITY DEED_ACTIVITY

struct signing {
    struct rec_view *view;
    struct actor actor;
    struct arena *mem;
    struct salve_err *err;
    const struct screen_signing *ask;
    const struct screen_leave *leave;
    size_t leave_count;
    const struct rec_resource *all;
    size_t all_count;
    int *left; /* of each: -1 no draft, leave_count signed, else the row of `leave` */
    struct rec_item *items;
    size_t item_count, finding_count;
};

static struct str signed_status(enum screen_kind kind)
{
    if (kind == SCREEN_OBSERVATION) return STR("final");
    return kind == SCREEN_REQUEST ? STR("active") : STR("requested");
}

static struct str ended_status(enum screen_kind kind)
{
    return kind == SCREEN_REQUEST ? STR("revoked") : STR("cancelled");
}

/* The row of `leave` that names the finding of this Observation; leave_count: none. */
static enum salve_code left_of(const struct signing *to, const struct rec_resource *one, int *out)
{
    struct finding finding;
    TRY(screen_finding(&one->tape, screen_extension(&one->tape), to->mem, &finding, to->err));
    for (*out = 0; *out < (int)to->leave_count; ++*out)
        if (str_eq(to->leave[*out].item, finding.item)) return SALVE_OK;
    return SALVE_OK;
}

/* What belongs to a draft goes its way. */
static int left_with(const struct signing *to, const struct rec_resource *one)
{
    struct str about = screen_about(one, to->mem);
    for (size_t i = 0; i < to->all_count; i++)
        if (screen_kind(&to->all[i]) == SCREEN_OBSERVATION && screen_is_draft(&to->all[i]) &&
            str_ends(about, to->all[i].id) && to->left[i] >= 0)
            return to->left[i];
    return (int)to->leave_count;
}

static enum salve_code check_leave(const struct signing *to)
{
    for (size_t n = 0; n < to->leave_count; n++) {
        bool is_there = false;
        for (size_t i = 0; i < to->all_count; i++) is_there = is_there || to->left[i] == (int)n;
        if (!is_there)
            return salve_refuse(to->err, SALVE_E_NOT_FOUND, "no draft has this name", "%.*s",
                                STR_ARGS(to->leave[n].item));
        if (str_trim(to->leave[n].reason).len == 0)
            return salve_refuse(to->err, SALVE_E_USAGE, "say why it is left out", "%.*s", STR_ARGS(to->leave[n].item));
    }
    return SALVE_OK;
}

static enum salve_code choose(struct signing *to)
{
    to->left = arena_array(to->mem, int, to->all_count + 1);
    if (to->left == NULL) return salve_fail(to->err, SALVE_E_MEMORY, "signing");
    for (size_t i = 0; i < to->all_count; i++) {
        to->left[i] = -1;
        if (screen_is_draft(&to->all[i]) && screen_kind(&to->all[i]) == SCREEN_OBSERVATION)
            TRY(left_of(to, &to->all[i], &to->left[i]));
    }
    for (size_t i = 0; i < to->all_count; i++)
        if (screen_is_draft(&to->all[i]) && screen_kind(&to->all[i]) != SCREEN_OBSERVATION)
            to->left[i] = left_with(to, &to->all[i]);
    return check_leave(to);
}

static enum salve_code sign_one(struct signing *to, const struct rec_resource *draft, bool is_left)
{
    salve_assert(screen_is_draft(draft));
    enum screen_kind kind = screen_kind(draft);
    struct tape *tape = arena_new(to->mem, struct tape);
    if (tape == NULL) return salve_fail(to->err, SALVE_E_MEMORY, "signing");
    TRY(screen_with_status(&draft->tape, is_left ? ended_status(kind) : signed_status(kind), to->mem, tape, to->err));
    to->items[to->item_count++] = (struct rec_item){.tape = tape, .class = draft->class};
    to->finding_count += kind == SCREEN_OBSERVATION && !is_left;
    return SALVE_OK;
}

/* "Type/<id>" of the drafts of a class that go this way. */
static enum salve_code targets_of(const struct signing *to, enum data_class class, int left, struct str **out,
                                  size_t *count)
{
    *count = 0;
    *out = arena_array(to->mem, struct str, to->all_count + 1);
    if (*out == NULL) return salve_fail(to->err, SALVE_E_MEMORY, "signing");
    for (size_t i = 0; i < to->all_count; i++) {
        if (to->left[i] != left || to->all[i].class != class) continue;
        struct str reference = arena_printf(to->mem, "%.*s/%.*s", STR_ARGS(to->all[i].type), STR_ARGS(to->all[i].id));
        if (reference.ptr == NULL) return salve_fail(to->err, SALVE_E_MEMORY, "signing");
        (*out)[(*count)++] = reference;
    }
    return SALVE_OK;
}

enum salve_code screen_provenance(struct rec_view *view, const struct screen_deed *deed, struct arena *mem,
                                  struct tape *out, struct salve_err *err)
{
    char now[CLOCK_TEXT_BYTES];
    struct str id;
    struct tape_builder make;
    TRY(rec_new_id(view, mem, &id, err));
    tape_build(&make, mem, FHIR_T_Provenance);
    tape_add_text(&make, "id", id);
    for (size_t i = 0; i < deed->target_count; i++) tape_add_reference(&make, "target", deed->targets[i]);
    tape_add_text(&make, "recorded", clock_text(rec_opened_at_unix_ms(view), now));
    if (deed->reason.len > 0) {
        tape_open(&make, "reason");
        tape_add_text(&make, "text", deed->reason);
        tape_close(&make);
    }
    tape_add_concept(&make, "activity", str_of(deed->system), str_of(deed->code));
    tape_open(&make, "agent");
    tape_open(&make, "who");
    tape_open(&make, "identifier");
    tape_add_text(&make, "system", STR(SCREEN_STAFF));
    tape_add_text(&make, "value", deed->actor.id);
    tape_close(&make);
    tape_close(&make);
    tape_close(&make);
    return tape_built(&make, out, err);
}

/* One a class: what is kept apart is not named beside the rest either. `left`: a row of `leave`, or its count. */
static enum salve_code add_provenance(struct signing *to, enum data_class class, int left)
{
    bool is_left = left < (int)to->leave_count;
    struct screen_deed deed = {.system = is_left ? SCREEN_OPERATION : ACTIVITY,
                               .code = is_left ? "CANCEL" : "sign",
                               .reason = is_left ? to->leave[left].reason : STR(""),
                               .actor = to->actor};
    struct str *targets = NULL;
    TRY(targets_of(to, class, left, &targets, &deed.target_count));
    if (deed.target_count == 0) return SALVE_OK;
    struct tape *tape = arena_new(to->mem, struct tape);
    if (tape == NULL) return salve_fail(to->err, SALVE_E_MEMORY, "signing");
    deed.targets = targets;
    TRY(screen_provenance(to->view, &deed, to->mem, tape, to->err));
    to->items[to->item_count++] = (struct rec_item){.tape = tape, .class = class};
    return SALVE_OK;
}

/* Nobody signs what was found in another record than this one. */
static enum salve_code is_up_to_date(struct rec_view *view, struct arena *mem, struct salve_err *err)
{
    enum screen_age age;
    TRY(screen_age(view, SCREEN_DRAFT, mem, &age, err));
    if (age == SCREEN_CURRENT) return SALVE_OK;
    return salve_refuse(err, SALVE_E_STALE,
                        age == SCREEN_CORRECTED
                            ? "a value that they rest on was taken back or changed; nothing was signed"
                            : "something came into the record after them; nothing was signed",
                        "drafts");
}

/* No draft is left; alarms stand as they stood, also those of drafts that are left out. */
static enum salve_code add_talks(const struct signing *to, struct screen_work *work)
{
    struct finding finding;
    for (size_t i = 0; to->ask->talks != NULL && i < to->all_count; i++) {
        const struct rec_resource *one = &to->all[i];
        if (to->left[i] != (int)to->leave_count || screen_kind(one) != SCREEN_OBSERVATION) continue;
        TRY(screen_finding(&one->tape, screen_extension(&one->tape), to->mem, &finding, to->err));
        finding.apart = screen_families(one);
        if (to->ask->talks(to->ask->with, &finding, one->id)) screen_work_talk(work, &finding);
    }
    return SALVE_OK;
}

static enum salve_code set_work(const struct signing *to)
{
    struct screen_work work;
    struct screen_notes notes;
    struct screen_kept *kept = NULL;
    size_t count = 0;
    screen_work_begin(&work);
    work.is_signing = true;
    TRY(add_talks(to, &work));
    for (size_t i = 0; i < to->item_count; i++) /* what is kept apart is printed only for who is there and asks */
        if (to->items[i].class == CLASS_CLIN) work.open[WORK_LETTER][WORK_KEPT] = URGENCY_NONE;
    TRY(screen_notes_read(to->view, to->mem, &notes, to->err));
    TRY(screen_kept_read(to->view, &notes, SCREEN_ALARMS_ONLY, to->mem, &kept, &count, to->err));
    for (size_t i = 0; i < count; i++)
        screen_work_alarm(&work, &kept[i].finding, !kept[i].is_untold, kept[i].closed != NULL || kept[i].is_retracted);
    return screen_work_set(to->view, &work, false, to->mem, to->err);
}

static enum salve_code sign_all(struct signing *to)
{
    static const enum data_class classes[] = {CLASS_CLIN, CLASS_SENS};
    for (size_t i = 0; i < to->all_count; i++)
        if (to->left[i] >= 0) TRY(sign_one(to, &to->all[i], to->left[i] < (int)to->leave_count));
    if (to->item_count == 0)
        return salve_refuse(to->err, SALVE_E_NOT_FOUND, "there is nothing to sign; 'salve screen' makes the drafts",
                            "drafts");
    for (size_t c = 0; c < 2; c++)
        for (int left = 0; left <= (int)to->leave_count; left++) TRY(add_provenance(to, classes[c], left));
    return set_work(to);
}

enum salve_code screen_sign(struct rec_view *view, struct actor actor, const struct screen_signing *ask,
                            struct arena *mem, size_t *count, struct salve_err *err)
{
    static const struct screen_signing all = {.leave = NULL};
    struct signing to = {.view = view, .actor = actor, .mem = mem, .err = err, .ask = ask == NULL ? &all : ask};
    to.leave = to.ask->leave;
    to.leave_count = to.ask->leave_count;
    if (consent_may(actor.role, ACT_SIGN, PURPOSE_CARE) == NULL || actor.id.len == 0)
        return salve_refuse(err, SALVE_E_ROLE, "a named clinician signs results", "signing");
    TRY(rec_all(view, 0, &to.all, &to.all_count, err));
    TRY(is_up_to_date(view, mem, err));
    to.items = arena_array(mem, struct rec_item, to.all_count + 2 * (to.leave_count + 1) + 1);
    if (to.items == NULL) return salve_fail(err, SALVE_E_MEMORY, "signing");
    TRY(choose(&to));
    TRY(sign_all(&to));
    TRY(rec_save(view, to.items, to.item_count, NULL, mem, err));
    *count = to.finding_count;
    return SALVE_OK;
}

enum salve_code screen_unjudged(struct rec_view *view, bool *out, struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    uint64_t value_seq = 0, finding_seq = 0;
    TRY(rec_all(view, 0, &all, &count, err));
    for (size_t i = 0; i < count; i++) {
        uint64_t *newest = screen_is_input(&all[i]) ? &value_seq : &finding_seq;
        if (screen_is_note(&all[i])) continue;
        if (all[i].class == CLASS_SENS && all[i].record_seq > *newest) *newest = all[i].record_seq;
    }
    *out = value_seq > finding_seq;
    return SALVE_OK;
}

/* --- what is kept ------------------------------------------------------------------------------------------------- */

static bool is_signing(const struct rec_resource *one)
{
    if (!str_is(one->type, "Provenance")) return false;
    tape_at at = tape_get(&one->tape, tape_root(&one->tape), "activity.coding.system");
    return at != TAPE_NONE && str_is(tape_text(&one->tape, at), ACTIVITY);
}

bool screen_is_own(const struct rec_resource *resource)
{
    return screen_kind(resource) != SCREEN_OTHER || is_signing(resource) || screen_is_note(resource);
}

/* A referral in the name of staff (records/referral.h). */
static bool is_referral(const struct rec_resource *resource)
{
    const struct tape *tape = &resource->tape;
    tape_at code = tape_get(tape, tape_root(tape), "code.coding.code");
    tape_at by = tape_get(tape, tape_root(tape), "requester.identifier.system");
    return str_is(resource->type, "Task") && code != TAPE_NONE && str_is(tape_text(tape, code), REFERRAL_FULFILL) &&
           by != TAPE_NONE && str_is(tape_text(tape, by), DEED_STAFF);
}

bool screen_is_word(const struct rec_resource *resource)
{
    if (is_referral(resource)) return true;
    return screen_is_draft(resource) || is_signing(resource) || screen_is_note(resource);
}

const struct rec_resource *screen_newest_signing(const struct rec_resource *all, size_t count)
{
    const struct rec_resource *newest = NULL;
    for (size_t i = 0; i < count; i++)
        if (is_signing(&all[i]) && (newest == NULL || all[i].record_seq >= newest->record_seq)) newest = &all[i];
    return newest;
}

/* A signing has a Provenance for each class, in records that follow each other. */
const struct rec_resource *screen_signing_before(const struct rec_resource *all, size_t count,
                                                 const struct rec_resource *signing)
{
    const struct rec_resource *newest = NULL;
    for (size_t i = 0; signing != NULL && i < count; i++) {
        bool is_before = is_signing(&all[i]) && all[i].record_seq + 1 < signing->record_seq;
        if (is_before && (newest == NULL || all[i].record_seq >= newest->record_seq)) newest = &all[i];
    }
    return newest;
}

static bool is_target(const struct tape *provenance, struct str id)
{
    tape_at root = tape_root(provenance);
    for (tape_at at = tape_first(provenance, root); at != TAPE_NONE; at = tape_next(provenance, root, at)) {
        if (tape_path_name(provenance, at) != FHIR_N_target) continue;
        struct str reference = tape_child_text(provenance, at, "reference");
        if (str_starts(reference, STR("Observation/")) && str_eq(str_cut(reference, 12, reference.len), id))
            return true;
    }
    return false;
}

/* Is the finding in that state? Signed: final, and a target of the newest signing, which has a Provenance for each
 * class in records that follow each other. */
bool screen_belongs(const struct rec_resource *one, const struct rec_resource *all, size_t count,
                    const struct rec_resource *signing)
{
    if (screen_kind(one) != SCREEN_OBSERVATION) return false;
    if (signing == NULL) return screen_is_draft(one);
    if (!str_is(tape_child_text(&one->tape, tape_root(&one->tape), "status"), "final")) return false;
    for (size_t i = 0; i < count; i++)
        if (is_signing(&all[i]) && signing->record_seq - all[i].record_seq <= 1 && is_target(&all[i].tape, one->id))
            return true;
    return false;
}

static enum salve_code name_signing(const struct rec_resource *signing, struct arena *mem, struct screen_set *out,
                                    struct salve_err *err)
{
    salve_assert(str_is(signing->type, "Provenance"));
    const struct tape *tape = &signing->tape;
    tape_at who = tape_get(tape, tape_root(tape), "agent.who.identifier.value");
    TRY(arena_str(mem, who == TAPE_NONE ? STR("") : tape_text(tape, who), &out->signed_by, err));
    return arena_str(mem, tape_child_text(tape, tape_root(tape), "recorded"), &out->signed_at, err);
}

enum salve_code screen_findings(struct rec_view *view, enum screen_state state, struct arena *mem,
                                struct screen_set *out, struct salve_err *err)
{
    const struct rec_resource *all = NULL, *signing = NULL;
    size_t count = 0;
    TRY(rec_all(view, 0, &all, &count, err));
    struct finding *findings = arena_array(mem, struct finding, count + 1);
    struct str *ids = arena_array(mem, struct str, count + 1);
    if (findings == NULL || ids == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    *out = (struct screen_set){
        .findings = findings, .ids = ids, .signed_by = STR(""), .signed_at = STR(""), .checked_at = STR("")};
    if (state == SCREEN_SIGNED) signing = screen_newest_signing(all, count);
    if (signing != NULL) TRY(name_signing(signing, mem, out, err));
    for (size_t i = 0; (state == SCREEN_DRAFT || signing != NULL) && i < count; i++) {
        const struct tape *tape = &all[i].tape;
        if (!screen_belongs(&all[i], all, count, signing)) continue;
        TRY(screen_finding(tape, screen_extension(tape), mem, &findings[out->count], err));
        TRY(arena_str(mem, all[i].id, &ids[out->count], err));
        findings[out->count++].apart = screen_families(&all[i]);
        TRY(arena_str(mem, tape_child_text(tape, tape_root(tape), "effectiveDateTime"), &out->checked_at, err));
    }
    if (out->count > 0) return SALVE_OK;
    return salve_fail(err, SALVE_E_NOT_FOUND, "%s findings", state == SCREEN_DRAFT ? "draft" : "signed");
}
