/* SPDX-License-Identifier: Apache-2.0
 * Resources written by their ids: what is wrong with each before anything is kept, one Bundle of all of them, and what
 * became of each. */
#include "admit/same.h"
#include "base/clock.h"
#include "fhir/fhir.h"
#include "fhir/tape_edit.h"
#include "visit/known_int.h"
#include "visit/visit_int.h"
#include "visit/write.h"

/* One call at work. */
struct writing {
    const struct visit *visit;
    const struct visit_write_ask *ask;
    struct visit_write_sum *out;
    struct rec_view *view; /* NULL: it does not open */
    const struct rec_resource *all;
    size_t all_count;
    struct visit_given *given; /* of those that come into the Bundle */
    size_t *at;                /* their places in ask->list */
    size_t given_count;
    struct str *replaced; /* ids of what is put away by it */
    size_t replaced_count;
    struct tape bundle;
    struct tape *notes; /* that something was taken back */
    struct rec_item *items;
    size_t note_count;
    struct screen_found alarms;
};

/* --- what was deleted --------------------------------------------------------------------------------------------- */

static bool is_gone(const struct rec_resource *one)
{
    struct same_mark mark;
    same_mark(&one->tape, 0, &mark);
    return mark.word == SAME_TAKEN_BACK;
}

/* Does the Provenance say that something was deleted? Then *target is its reference. */
static bool is_deletion(const struct rec_resource *one, struct str *target)
{
    if (!str_is(one->type, "Provenance")) return false;
    tape_at code = tape_get(&one->tape, 0, "activity.coding.code");
    tape_at reference = tape_get(&one->tape, 0, "target.reference");
    if (code == TAPE_NONE || reference == TAPE_NONE || !str_is(tape_text(&one->tape, code), "DELETE")) return false;
    *target = tape_text(&one->tape, reference);
    return true;
}

static bool names(struct str reference, const struct rec_resource *one)
{
    struct str type, id;
    return str_split(reference, '/', &type, &id) && str_eq(type, one->type) && str_eq(id, one->id);
}

bool visit_may_be_deleted(const struct rec_resource *one) { return is_gone(one); }

bool visit_is_deleted(const struct rec_resource *all, size_t count, const struct rec_resource *one)
{
    struct str target;
    if (!is_gone(one)) return false;
    for (size_t i = 0; i < count; i++)
        if (is_deletion(&all[i], &target) && names(target, one)) return true;
    return false;
}

void visit_deleted(const struct rec_resource *all, size_t count, bool *is)
{
    struct str target;
    for (size_t i = 0; i < count; i++) is[i] = false;
    for (size_t i = 0; i < count; i++) {
        if (!is_deletion(&all[i], &target)) continue;
        for (size_t k = 0; k < count; k++) is[k] = is[k] || (names(target, &all[k]) && is_gone(&all[k]));
    }
}

/* --- what is wrong with one --------------------------------------------------------------------------------------- */

static enum salve_code wrong(struct writing *in, enum visit_write_wrong word, size_t at, enum salve_code code,
                             const char *why, struct salve_err *err)
{
    in->out->wrong = word;
    in->out->wrong_at = at;
    return salve_refuse(err, code, why, "Bundle.entry[%zu]", at);
}

static const struct rec_resource *stored_of(const struct writing *in, const struct visit_write *one)
{
    struct str type = fhir_type_name(one->type);
    for (size_t i = 0; i < in->all_count; i++)
        if (str_eq(in->all[i].id, one->id) && str_eq(in->all[i].type, type)) return &in->all[i];
    return NULL;
}

static enum salve_code version_of(struct writing *in, size_t at, const struct rec_resource *stored,
                                  struct salve_err *err)
{
    const struct visit_write *one = &in->ask->list[at];
    if (one->version == 0 && one->act == VISIT_UPDATE)
        return wrong(in, VISIT_WRITE_NO_VERSION, at, SALVE_E_INVALID,
                     "say of which version it is the next one: If-Match, or meta.versionId", err);
    if (one->version == 0 || one->version == stored->version) return SALVE_OK;
    return wrong(in, VISIT_WRITE_VERSION, at, SALVE_E_CONFLICT, "its newest version is another one: read it again",
                 err);
}

/* Who a Patient is about is told by name and birth date: they may be corrected, not left out. */
static enum salve_code keeps_who(struct writing *in, size_t at, const struct rec_resource *stored,
                                 struct salve_err *err)
{
    static const char *const names[] = {"name", "birthDate"};
    const struct tape *tape = in->ask->list[at].resource;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (tape_get(&stored->tape, 0, names[i]) != TAPE_NONE && tape_get(tape, 0, names[i]) == TAPE_NONE)
            return salve_refuse(err, SALVE_E_INVALID, "it is corrected, not left out", "Bundle.entry[%zu].resource.%s",
                                at, names[i]);
    return SALVE_OK;
}

static enum salve_code check_stored(struct writing *in, size_t at, struct salve_err *err)
{
    const struct visit_write *one = &in->ask->list[at];
    const struct rec_resource *stored = stored_of(in, one);
    if (stored == NULL) return wrong(in, VISIT_WRITE_UNKNOWN, at, SALVE_E_NOT_FOUND, "there is no such resource", err);
    bool is_deleted = visit_is_deleted(in->all, in->all_count, stored);
    if (is_deleted && one->act == VISIT_UPDATE)
        return wrong(in, VISIT_WRITE_DELETED, at, SALVE_E_CONFLICT, "it was deleted; create it anew", err);
    if (is_deleted) return SALVE_OK;
    TRY(version_of(in, at, stored, err));
    if (screen_is_own(stored) || screen_is_word(stored))
        return wrong(in, VISIT_WRITE_OTHER, at, SALVE_E_CONFLICT,
                     "this was made here and is for the staff of this site to change, at a station", err);
    if (one->act == VISIT_DELETE && !import_can_be_error(&stored->tape, 0))
        return wrong(in, VISIT_WRITE_LASTING, at, SALVE_E_CONFLICT,
                     "R4 has no word for an error in this type; correct it, or erase the record", err);
    return one->act == VISIT_UPDATE && one->type == FHIR_T_Patient ? keeps_who(in, at, stored, err) : SALVE_OK;
}

static enum salve_code check(struct writing *in, struct salve_err *err)
{
    for (size_t i = 0; i < in->ask->count; i++) {
        const struct visit_write *one = &in->ask->list[i];
        if (one->act == VISIT_CREATE && one->type == FHIR_T_Patient)
            return salve_refuse(err, SALVE_E_INVALID, "a person is enrolled at the desk", "Bundle.entry[%zu]", i);
        if (one->act != VISIT_CREATE) TRY(check_stored(in, i, err));
        for (size_t k = 0; k < i && one->act != VISIT_CREATE; k++)
            if (in->ask->list[k].act != VISIT_CREATE && str_eq(in->ask->list[k].id, one->id))
                return wrong(in, VISIT_WRITE_OTHER, i, SALVE_E_INVALID, "one resource stands in it twice", err);
    }
    return SALVE_OK;
}

/* --- one Bundle --------------------------------------------------------------------------------------------------- */

static enum salve_code id_of(struct writing *in, const struct visit_write *one, struct str *out, struct salve_err *err)
{
    char compartment[COMPARTMENT_TEXT_BYTES + 1];
    *out = one->id;
    if (one->act != VISIT_CREATE) return SALVE_OK;
    if (in->view == NULL) return *out = STR("new"), SALVE_OK;
    compartment_text(rec_compartment(in->view), compartment);
    *out = arena_printf(in->visit->mem, "%s.%llu", compartment, (unsigned long long)rec_next_number(in->view));
    return out->ptr != NULL ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "id");
}

/* What a server writes itself is not taken from anybody. */
static void add_meta(struct tape_builder *make, const struct tape *tape, tape_at meta)
{
    bool is_open = false;
    for (tape_at c = tape_first(tape, meta); c != TAPE_NONE; c = tape_next(tape, meta, c)) {
        fhir_name_id name = tape_path_name(tape, c);
        if (name == FHIR_N_versionId || name == FHIR_N_lastUpdated) continue;
        if (!is_open) tape_open(make, "meta");
        is_open = true;
        tape_add_child(make, tape, c);
    }
    if (is_open) tape_close(make);
}

static void add_entry(struct tape_builder *make, const struct visit_write *one, const struct tape *tape, struct str id)
{
    tape_open(make, "entry");
    if (one->full_url.len > 0) tape_add_text(make, "fullUrl", one->full_url);
    tape_open_resource(make, "resource", tape_type(tape, 0));
    tape_add_text(make, "id", id);
    for (tape_at c = tape_first(tape, 0); c != TAPE_NONE; c = tape_next(tape, 0, c)) {
        if (tape_path_name(tape, c) == FHIR_N_meta)
            add_meta(make, tape, c);
        else if (tape_path_name(tape, c) != FHIR_N_id)
            tape_add_child(make, tape, c);
    }
    tape_close(make);
    tape_close(make);
}

/* The resource as it is to be kept; NULL: nothing of it is. */
static enum salve_code content_of(struct writing *in, const struct visit_write *one, const struct tape **out,
                                  struct salve_err *err)
{
    const struct rec_resource *stored = one->act == VISIT_CREATE ? NULL : stored_of(in, one);
    struct tape *made = NULL;
    *out = one->resource != NULL && one->resource->node_count > 0 ? one->resource : NULL;
    if (one->act != VISIT_DELETE) return SALVE_OK;
    *out = NULL;
    if (stored == NULL || !import_can_be_error(&stored->tape, 0)) return SALVE_OK;
    if (visit_is_deleted(in->all, in->all_count, stored)) return SALVE_OK;
    made = arena_new(in->visit->mem, struct tape);
    if (made == NULL) return salve_fail(err, SALVE_E_MEMORY, "resource");
    *out = made;
    return import_error_of(&stored->tape, 0, in->visit->mem, made, err);
}

static enum salve_code make_bundle(struct writing *in, struct salve_err *err)
{
    struct tape_builder make;
    uint32_t unread = 0;
    tape_build(&make, in->visit->mem, FHIR_T_Bundle);
    tape_add_text(&make, "type", STR("collection"));
    for (size_t i = 0; i < in->ask->count; i++) {
        const struct visit_write *one = &in->ask->list[i];
        const struct tape *tape = NULL;
        struct str id;
        TRY(content_of(in, one, &tape, err));
        if (one->act != VISIT_CREATE) in->replaced[in->replaced_count++] = one->id;
        if (tape == NULL) continue;
        TRY(id_of(in, one, &id, err));
        add_entry(&make, one, tape, id);
        in->at[in->given_count] = i;
        const struct rec_resource *stored = one->act == VISIT_CREATE ? NULL : stored_of(in, one);
        in->given[in->given_count++] =
            (struct visit_given){id, one->act != VISIT_CREATE, stored == NULL ? 0 : stored->record_seq};
    }
    TRY(tape_built(&make, &in->bundle, err));
    TRY(import_shape(&in->bundle, in->visit->mem, err));
    enum salve_code code = import_answers(site_admission(in->visit->site), &in->bundle, in->visit->mem, &unread, err);
    in->out->imported.unread_answers += unread;
    return code;
}

/* --- keeping ------------------------------------------------------------------------------------------------------ */

static enum salve_code note_deletions(struct writing *in, struct salve_err *err)
{
    for (size_t i = 0; i < in->ask->count; i++) {
        const struct visit_write *one = &in->ask->list[i];
        const struct rec_resource *stored = one->act == VISIT_DELETE ? stored_of(in, one) : NULL;
        if (stored == NULL || visit_is_deleted(in->all, in->all_count, stored)) continue;
        struct str what = arena_printf(in->visit->mem, "%.*s/%.*s", STR_ARGS(stored->type), STR_ARGS(stored->id));
        if (what.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "deletion");
        TRY(visit_noted(in->view, in->visit->actor, what, STR("DELETE"), in->visit->mem, &in->notes[in->note_count],
                        err));
        in->items[in->note_count] = (struct rec_item){.tape = &in->notes[in->note_count], .class = stored->class};
        in->note_count++;
    }
    return SALVE_OK;
}

static bool hear_unlikely(void *with, uint64_t line, const struct visit_unlikely *list, size_t count)
{
    const struct writing *in = with;
    (void)line;
    if (in->ask->unlikely != NULL) in->ask->unlikely(in->ask->with, list, count);
    return false;
}

static void hear_issues(void *with, const struct fhir_issues *issues)
{
    const struct writing *in = with;
    if (in->ask->issues != NULL) in->ask->issues(in->ask->with, issues, true);
}

static void hear_apart(void *with, const struct visit_apart *apart)
{
    const struct writing *in = with;
    if (in->ask->apart != NULL) in->ask->apart(in->ask->with, apart);
}

/* What is going to be left out, by its paths. */
static enum salve_code tell_left_out(struct writing *in, struct salve_err *err)
{
    struct fhir_issues issues;
    char compartment[COMPARTMENT_TEXT_BYTES + 1];
    if (!in->ask->minimise || in->ask->issues == NULL) return SALVE_OK;
    compartment_text(rec_compartment(in->view), compartment);
    fhir_issues_init(&issues, in->visit->mem);
    enum salve_code code =
        admit_check(site_admission(in->visit->site), &in->bundle, str_of(compartment), in->visit->mem, &issues, err);
    if (code == SALVE_E_NOT_ADMITTED) in->ask->issues(in->ask->with, &issues, false);
    return code == SALVE_E_NOT_ADMITTED ? SALVE_OK : code;
}

static void tell_fates(struct writing *in, const struct visit_fate *fates)
{
    static const enum visit_write_word words[] = {
        [VISIT_FATE_NEW] = VISIT_WRITE_NEW,      [VISIT_FATE_NEXT] = VISIT_WRITE_NEXT,
        [VISIT_FATE_HERE] = VISIT_WRITE_HERE,    [VISIT_FATE_LEFT_OUT] = VISIT_WRITE_NOTHING,
        [VISIT_FATE_OURS] = VISIT_WRITE_NOTHING, [VISIT_FATE_NOTHING] = VISIT_WRITE_NOTHING};
    for (size_t i = 0; i < in->ask->count; i++)
        if (in->ask->list[i].act == VISIT_DELETE)
            in->out->list[i] = (struct visit_written){VISIT_WRITE_GONE, in->ask->list[i].id};
    for (size_t i = 0; i < in->given_count; i++)
        if (in->ask->list[in->at[i]].act != VISIT_DELETE)
            in->out->list[in->at[i]] = (struct visit_written){words[fates[i].word], fates[i].id};
}

static enum salve_code keep(struct writing *in, struct salve_err *err)
{
    struct visit_import_ask ask = {.minimise = in->ask->minimise,
                                   .ranges = in->ask->ranges,
                                   .screening = in->ask->screening,
                                   .watch = {.issues = hear_issues, .apart = hear_apart, .unlikely = hear_unlikely}};
    ask.watch.with = in;
    struct visit_import_given given = {.given = in->given, .count = in->given_count, .bundle = in->bundle, .ask = &ask};
    TRY(check(in, err));
    TRY(note_deletions(in, err));
    TRY(tell_left_out(in, err));
    given.notes = in->items;
    given.note_count = in->note_count;
    if (in->given_count > 0) TRY(visit_import_given(in->visit, in->view, &given, &in->alarms, &in->out->imported, err));
    tell_fates(in, given.fates);
    return SALVE_OK;
}

/* --- the call ----------------------------------------------------------------------------------------------------- */

static enum salve_code begin(struct writing *in, struct salve_err *err)
{
    struct arena *mem = in->visit->mem;
    size_t count = in->ask->count + 1;
    in->out->list = arena_array(mem, struct visit_written, count);
    in->given = arena_array(mem, struct visit_given, count);
    in->at = arena_array(mem, size_t, count);
    in->replaced = arena_array(mem, struct str, count);
    in->notes = arena_array(mem, struct tape, count);
    in->items = arena_array(mem, struct rec_item, count);
    bool has_all = in->out->list != NULL && in->given != NULL && in->at != NULL && in->replaced != NULL &&
                   in->notes != NULL && in->items != NULL;
    return has_all ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "resources");
}

/* Raw values are judged first; what cannot be judged is no reason not to go on to the error that says why. */
static enum salve_code judge(struct writing *in, struct salve_err *err)
{
    TRY(make_bundle(in, err));
    struct visit_came came = {&in->bundle, in->replaced, in->replaced_count};
    if (in->ask->screening == NULL) return SALVE_OK;
    struct rec_view *beside = in->ask->is_trial ? NULL : in->view; /* what is only tried tells nothing of the record */
    TRY(visit_alarms_of(in->visit, in->ask->screening, beside, &came, &in->alarms, err));
    if (in->alarms.count > 0 && in->ask->alarms != NULL) in->ask->alarms(in->ask->with, &in->alarms);
    return SALVE_OK;
}

static enum salve_code write_all(struct writing *in, enum salve_code opened, struct salve_err *err)
{
    struct salve_err unjudged = {0};
    if (opened == SALVE_OK) opened = rec_all(in->view, 0, &in->all, &in->all_count, err);
    enum salve_code judged = judge(in, &unjudged);
    if (opened != SALVE_OK) return opened;
    if (in->ask->impossible != NULL) {
        if (err != NULL) *err = *in->ask->impossible;
        return in->ask->impossible->code;
    }
    if (judged != SALVE_OK && err != NULL) *err = unjudged;
    if (judged != SALVE_OK || in->ask->is_trial) return judged;
    return keep(in, err);
}

/* Whatever became of it: what it held and the record does not is told all the same. */
static enum salve_code look_after(struct writing *in, enum salve_code code, struct salve_err *err)
{
    struct salve_err second = {0};
    if (in->view == NULL || in->ask->screening == NULL || in->ask->is_trial) return code;
    enum salve_code after = visit_work_after(in->visit, in->ask->screening, in->view, &in->alarms, &second);
    if (code == SALVE_OK && after != SALVE_OK && err != NULL) *err = second;
    return code == SALVE_OK ? after : code;
}

enum salve_code visit_write(const struct visit *visit, struct str who, const struct visit_write_ask *ask,
                            struct visit_write_sum *out, struct salve_err *err)
{
    struct writing in = {.visit = visit, .ask = ask, .out = out};
    *out = (struct visit_write_sum){0};
    TRY(begin(&in, err));
    enum salve_code code = visit_view_open(visit, who, 0, &in.view, err);
    code = write_all(&in, code, err);
    code = look_after(&in, code, err);
    return visit_view_close(visit, &in.view, code, err);
}

enum salve_code visit_write_check(const struct visit *visit, struct str who, const struct tape *resource,
                                  struct fhir_issues *issues, struct salve_err *err)
{
    char compartment[COMPARTMENT_TEXT_BYTES + 1];
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(visit, who, 0, &view, err);
    if (code == SALVE_OK) {
        compartment_text(rec_compartment(view), compartment);
        code = admit_check(site_admission(visit->site), resource, str_of(compartment), visit->mem, issues, err);
    }
    if (code == SALVE_E_NOT_ADMITTED) code = SALVE_OK; /* the issues say it */
    return visit_view_close(visit, &view, code, err);
}
