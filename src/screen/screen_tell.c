/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing down that a person was told of findings, and that a clinician closed their alarms. What is kept apart has a
 * note of its own class, so that nothing beside it names it. */
#include "consent/may.h"
#include "screen/screen_int.h"
#include "screen/told.h"

struct telling {
    struct rec_view *view;
    struct actor actor;
    struct arena *mem;
    struct salve_err *err;
    struct screen_kept *kept;
    size_t kept_count;
    bool *is_meant; /* of each */
    size_t meant;
    const struct work_entry *lost; /* what was found and is not kept, if it is open; NULL */
    struct work mine;
    struct rec_item items[2];
    size_t item_count;
};

static enum salve_code load(struct telling *to)
{
    struct screen_notes notes;
    TRY(screen_notes_read(to->view, to->mem, &notes, to->err));
    TRY(screen_kept_read(to->view, &notes, SCREEN_ALL, to->mem, &to->kept, &to->kept_count, to->err));
    TRY(worklist_mine(to->view, to->mem, &to->mine, to->err));
    for (size_t i = 0; i < to->mine.entry_count; i++)
        if (to->mine.entries[i].part == WORK_NOT_KEPT) to->lost = &to->mine.entries[i];
    to->is_meant = arena_array(to->mem, bool, to->kept_count + 1);
    return to->is_meant == NULL ? salve_fail(to->err, SALVE_E_MEMORY, "findings") : SALVE_OK;
}

static void mean(struct telling *to, size_t at)
{
    to->meant += !to->is_meant[at];
    to->is_meant[at] = true;
}

/* What is open behind this save, in which those that are meant become told, or closed. */
static enum salve_code set_work(const struct telling *to, bool are_told, bool are_closed)
{
    struct screen_work work;
    screen_work_begin(&work);
    for (size_t i = 0; i < to->kept_count; i++) {
        const struct screen_kept *one = &to->kept[i];
        struct screen_kept next = *one;
        next.is_untold = one->is_untold && !(are_told && to->is_meant[i]);
        next.is_retracted = one->is_retracted || (are_closed && to->is_meant[i]);
        screen_work_kept(&work, &next);
    }
    return screen_work_set(to->view, &work, false, to->mem, to->err);
}

/* Of what is not kept the work list alone says that it was told, or closed; with the save, or by itself. */
static enum salve_code save(struct telling *to, bool are_told, bool moves_lost)
{
    TRY(set_work(to, are_told, !are_told));
    if (moves_lost) {
        struct work_entry next =
            screen_work_entry(to->view, WORK_NOT_KEPT, WORK_CLOSE, (enum urgency)to->lost->urgency);
        worklist_set(to->view, WORK_NOT_KEPT, &next, are_told ? 1 : 0);
    }
    if (to->item_count == 0) return worklist_write(to->view, to->err);
    return rec_save(to->view, to->items, to->item_count, NULL, to->mem, to->err);
}

/* "Observation/<id>" of those that are meant, of one class. */
static enum salve_code references(const struct telling *to, enum data_class class, struct str **out, size_t *count)
{
    *count = 0;
    *out = arena_array(to->mem, struct str, to->kept_count + 1);
    if (*out == NULL) return salve_fail(to->err, SALVE_E_MEMORY, "findings");
    for (size_t i = 0; i < to->kept_count; i++) {
        if (!to->is_meant[i] || to->kept[i].kept->class != class) continue;
        struct str text = arena_printf(to->mem, "Observation/%.*s", STR_ARGS(to->kept[i].kept->id));
        if (text.ptr == NULL) return salve_fail(to->err, SALVE_E_MEMORY, "findings");
        (*out)[(*count)++] = text;
    }
    return SALVE_OK;
}

/* --- told --------------------------------------------------------------------------------------------------------- */

/* Named ones, the newest of each and every alarm of that name; without names the alarms that nobody was told of. */
static enum salve_code choose(struct telling *to, const struct screen_tell *tell, bool tells_lost)
{
    for (size_t i = 0; tell->item_count == 0 && i < to->kept_count; i++)
        if (to->kept[i].is_untold) mean(to, i);
    for (size_t n = 0; n < tell->item_count; n++) {
        size_t newest = to->kept_count;
        for (size_t i = 0; i < to->kept_count; i++) {
            if (!str_eq(to->kept[i].finding.item, tell->items[n])) continue;
            newest = i;
            if (to->kept[i].is_open) mean(to, i);
        }
        if (newest == to->kept_count)
            return salve_refuse(to->err, SALVE_E_NOT_FOUND, "no finding that is kept has this name", "%.*s",
                                STR_ARGS(tell->items[n]));
        mean(to, newest);
    }
    if (tells_lost && to->meant == 0 && tell->agreed.len > 0)
        return salve_refuse(to->err, SALVE_E_CONSENT,
                            "what was found is not kept, so nothing is written beside it; leave it out", "agreed");
    if (to->meant > 0 || tells_lost) return SALVE_OK;
    return salve_refuse(to->err, SALVE_E_NOT_FOUND,
                        "no finding of today or now is waiting to be told; name the others by their item", "told");
}

static void add_staff(struct tape_builder *make, const char *name, struct str id)
{
    tape_open(make, name);
    tape_open(make, "identifier");
    tape_add_text(make, "system", STR(SCREEN_STAFF));
    tape_add_text(make, "value", id);
    tape_close(make);
    tape_close(make);
}

static void add_recipient(struct tape_builder *make, bool is_guardian, struct str patient)
{
    if (!is_guardian) {
        tape_add_reference(make, "recipient", patient);
        return;
    }
    tape_open(make, "recipient"); /* who they are is not recorded */
    tape_add_text(make, "type", STR("RelatedPerson"));
    tape_close(make);
}

static const char *mode_of(enum screen_how how)
{
    static const char *const codes[] = {
#define SCREEN_HOW(name, text, code) code,
#include "screen/told.def"
#undef SCREEN_HOW
    };
    return codes[how];
}

static enum salve_code patient_of(const struct telling *to, struct str *out)
{
    const struct rec_resource *all = NULL;
    size_t count = 0;
    TRY(rec_all(to->view, CLASS_BIT(CLASS_IDENT), &all, &count, to->err));
    for (size_t i = 0; i < count; i++)
        if (str_is(all[i].type, "Patient")) *out = arena_printf(to->mem, "Patient/%.*s", STR_ARGS(all[i].id));
    return out->len > 0 ? SALVE_OK : salve_fail(to->err, SALVE_E_NOT_FOUND, "Patient");
}

/* What a note says of the talk with the person, or of one that there was not. */
struct note {
    const char *status, *mode; /* mode NULL: nothing is said of it */
    bool is_to_guardian;
    struct str agreed; /* in their words; may be empty */
};

static enum salve_code communication(struct telling *to, enum data_class class, const struct note *note,
                                     struct tape *out)
{
    struct tape_builder make;
    struct str id, patient = STR(""), *about = NULL;
    size_t count = 0;
    char now[CLOCK_TEXT_BYTES];
    TRY(references(to, class, &about, &count));
    TRY(patient_of(to, &patient));
    TRY(rec_new_id(to->view, to->mem, &id, to->err));
    tape_build(&make, to->mem, FHIR_T_Communication);
    tape_add_text(&make, "id", id);
    tape_add_text(&make, "status", str_of(note->status));
    tape_add_concept(&make, "category", STR(SCREEN_CATEGORY), STR("notification"));
    if (note->mode != NULL) tape_add_concept(&make, "medium", STR(SCREEN_MODE), str_of(note->mode));
    tape_add_reference(&make, "subject", patient);
    for (size_t i = 0; i < count; i++) tape_add_reference(&make, "about", about[i]);
    tape_add_text(&make, "sent", clock_text(rec_opened_at_unix_ms(to->view), now));
    add_recipient(&make, note->is_to_guardian, patient);
    add_staff(&make, "sender", to->actor.id);
    if (note->agreed.len > 0) {
        tape_open(&make, "payload");
        tape_add_text(&make, "contentString", note->agreed);
        tape_close(&make);
    }
    return tape_built(&make, out, to->err);
}

static bool has_class(const struct telling *to, enum data_class class)
{
    for (size_t i = 0; i < to->kept_count; i++)
        if (to->is_meant[i] && to->kept[i].kept->class == class) return true;
    return false;
}

static struct tape *next_item(struct telling *to, enum data_class class)
{
    struct tape *tape = arena_new(to->mem, struct tape);
    if (tape != NULL) to->items[to->item_count++] = (struct rec_item){.tape = tape, .class = class};
    return tape;
}

/* A note of each class that is meant. What was agreed about what is kept apart stands beside that alone. */
static enum salve_code add_notes(struct telling *to, const struct note *note)
{
    static const enum data_class classes[] = {CLASS_CLIN, CLASS_SENS};
    bool has_apart = has_class(to, CLASS_SENS);
    for (size_t c = 0; c < 2; c++) {
        struct note one = *note;
        if (!has_class(to, classes[c])) continue;
        if (has_apart && classes[c] == CLASS_CLIN) one.agreed = STR("");
        struct tape *tape = next_item(to, classes[c]);
        if (tape == NULL) return salve_fail(to->err, SALVE_E_MEMORY, "told");
        TRY(communication(to, classes[c], &one, tape));
    }
    return SALVE_OK;
}

enum salve_code screen_tell(struct rec_view *view, struct actor actor, const struct screen_tell *tell,
                            struct arena *mem, size_t *count, struct salve_err *err)
{
    struct telling to = {.view = view, .actor = actor, .mem = mem, .err = err};
    const struct note note = {"completed", mode_of(tell->how), tell->is_guardian, tell->agreed};
    TRY(load(&to));
    bool tells_lost = to.lost != NULL && to.lost->task == WORK_TELL && tell->item_count == 0;
    TRY(choose(&to, tell, tells_lost));
    TRY(add_notes(&to, &note));
    *count = to.meant + tells_lost;
    return save(&to, true, tells_lost);
}

/* --- passed on -------------------------------------------------------------------------------------------------- */

enum salve_code screen_pass_on(struct rec_view *view, struct actor actor, struct str why, struct arena *mem,
                               struct salve_err *err)
{
    struct telling to = {.view = view, .actor = actor, .mem = mem, .err = err};
    bool is_called = str_is(why, SCREEN_PASSED_CALLED);
    const struct note note = {.status = is_called ? SCREEN_GOES_ON : SCREEN_NOT_DONE, .agreed = STR("")};
    if (!is_called && !str_is(why, SCREEN_PASSED_LEFT))
        return salve_refuse(err, SALVE_E_INVALID, "left or call-clinician", "why");
    TRY(load(&to));
    for (size_t i = 0; i < to.kept_count; i++)
        if (to.kept[i].is_untold) mean(&to, i);
    TRY(add_notes(&to, &note));
    if (to.item_count == 0) return SALVE_OK;
    TRY(set_work(&to, false, false));
    return rec_save(view, to.items, to.item_count, NULL, mem, err);
}

/* --- closed ------------------------------------------------------------------------------------------------------- */

static enum salve_code not_told(struct telling *to, struct str what)
{
    return salve_refuse(to->err, SALVE_E_CONFLICT,
                        "nobody has noted that the person was told of it; 'salve told' does, then close it", "%.*s",
                        STR_ARGS(what));
}

static enum salve_code choose_open(struct telling *to)
{
    for (size_t i = 0; i < to->kept_count; i++) {
        const struct screen_kept *one = &to->kept[i];
        if (!one->is_open) continue;
        if (one->is_untold) return not_told(to, one->finding.item);
        mean(to, i);
    }
    if (to->lost != NULL && to->lost->task == WORK_TELL) return not_told(to, STR("what was found and is not kept"));
    if (to->meant > 0 || to->lost != NULL) return SALVE_OK;
    return salve_refuse(to->err, SALVE_E_NOT_FOUND, "there is nothing to close", "alarm");
}

enum salve_code screen_close(struct rec_view *view, struct actor actor, struct arena *mem, size_t *count,
                             struct salve_err *err)
{
    static const enum data_class classes[] = {CLASS_CLIN, CLASS_SENS};
    struct telling to = {.view = view, .actor = actor, .mem = mem, .err = err};
    if (consent_may(actor.role, ACT_CLOSE, PURPOSE_CARE) == NULL || actor.id.len == 0)
        return salve_refuse(err, SALVE_E_ROLE, "a named clinician closes an alarm", "closing");
    TRY(load(&to));
    TRY(choose_open(&to));
    for (size_t c = 0; c < 2; c++) {
        struct screen_deed deed = {.system = SCREEN_OPERATION, .code = "COMPLETE", .reason = STR(""), .actor = actor};
        struct str *targets = NULL;
        TRY(references(&to, classes[c], &targets, &deed.target_count));
        if (deed.target_count == 0) continue;
        struct tape *tape = next_item(&to, classes[c]);
        if (tape == NULL) return salve_fail(err, SALVE_E_MEMORY, "closing");
        deed.targets = targets;
        TRY(screen_provenance(view, &deed, mem, tape, err));
    }
    *count = to.meant + (to.lost != NULL);
    return save(&to, false, to.lost != NULL);
}
