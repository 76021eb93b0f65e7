/* SPDX-License-Identifier: Apache-2.0
 * Import: one file into one record. For a new person the order is: what may be kept, the record, the slip or card on
 * the disk, consent, the file, its findings. */
#include <string.h>

#include "base/assert.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "fhir/tape_edit.h"
#include "records/worklist.h"
#include "visit/enrol.h"
#include "visit/import.h"
#include "visit/known_int.h"
#include "visit/visit_int.h"

/* One file on its way in. `row` is the visit with memory for this person alone. */
struct importing {
    struct visit row;
    struct arena *sum_mem; /* of what outlives the person: the counts */
    const struct visit_import_ask *ask;
    struct visit_imported *sum;
    uint64_t line;          /* of the row; 0: a file */
    struct tape bundle;     /* what may be kept, where the file was minimised */
    struct admit_kept kept; /* of the minimising, if there was one */
    bool is_minimised;
    const struct csv_import *csv; /* the row's own agreements; NULL: none */
    struct str subject;           /* of a CSV row */
    struct screen_found alarms;   /* of the file as it came */
    enum urgency urgency;         /* the most urgent of all that was found, or is lost */
    struct str ticket;            /* of a person's open work */
    bool is_new;                  /* the record holds what enrolment keeps, no more */
    struct visit_again again;
    bool is_asked, is_right; /* about what is unlikely in the file */
    uint64_t waiting;
    struct visit_import_given *given; /* NULL: a file, which gives no ids of the record */
};

static void count_left_out(struct visit_imported *sum, const struct admit_count *counts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < sum->rule_count && strcmp(sum->left_out[at].rule, counts[i].rule) != 0) at++;
        if (at == VISIT_RULES_MAX) return;
        if (at == sum->rule_count) sum->left_out[sum->rule_count++] = (struct admit_count){counts[i].rule, 0};
        sum->left_out[at].count += counts[i].count;
    }
}

static void tell_issues(const struct importing *in, const struct fhir_issues *issues)
{
    if (in->ask->watch.issues != NULL) in->ask->watch.issues(in->ask->watch.with, issues);
}

static enum salve_code read_bundle(struct importing *in, struct str bytes, struct salve_err *err)
{
    struct fhir_issues issues;
    fhir_issues_init(&issues, in->row.mem);
    enum salve_code code = import_read(bytes, in->row.mem, &in->bundle, &issues, err);
    if (code == SALVE_E_INVALID) tell_issues(in, &issues);
    uint32_t unread = 0;
    if (code == SALVE_OK) code = import_answers(site_admission(in->row.site), &in->bundle, in->row.mem, &unread, err);
    in->sum->unread_answers += unread;
    return code;
}

static void is_urgent(struct importing *in, enum urgency urgency)
{
    if (urgency < in->urgency) in->urgency = urgency;
}

/* One person more, and how urgent they are. */
static void count_urgent(const struct importing *in)
{
    in->sum->emergency += in->urgency == URGENCY_EMERGENCY_NOW;
    in->sum->same_day += in->urgency == URGENCY_SAME_DAY;
}

/* Raw values are judged first, whatever becomes of the file. */
static enum salve_code tell_alarms(struct importing *in, struct rec_view *view, struct salve_err *err)
{
    const struct visit_watch *watch = &in->ask->watch;
    if (in->ask->alarms == NULL) return SALVE_OK;
    TRY(visit_alarms(&in->row, in->ask->alarms, view, &in->bundle, &in->alarms, err));
    if (in->alarms.count > 0 && watch->alarms != NULL) watch->alarms(watch->with, in->line, &in->alarms);
    is_urgent(in, visit_urgency(&in->alarms));
    return SALVE_OK;
}

/* --- into an open record ------------------------------------------------------------------------------------------ */

/* A file about somebody else would replace the person's name and mix two people's results. */
static enum salve_code same_person(const struct importing *in, const struct tape *known, struct salve_err *err)
{
    struct visit_whose whose;
    const struct visit_watch *watch = &in->ask->watch;
    if (in->given != NULL) return visit_is_correction(known, &in->bundle, in->row.mem, err);
    if (in->ask->correct || visit_is_theirs(known, tape_root(known), &in->bundle)) return SALVE_OK;
    TRY(visit_whose(known, tape_root(known), &in->bundle, in->row.mem, &whose, err));
    if (watch->is_theirs != NULL && watch->is_theirs(watch->with, &whose)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONFLICT,
                        "the file tells another one than the record of this card; whoever sees both may say that it is "
                        "this person",
                        "%s%s%s", whose.name_agrees ? "" : "Patient.name",
                        whose.name_agrees || whose.born_agrees ? "" : " and ",
                        whose.born_agrees ? "" : "Patient.birthDate");
}

/* Of what was given as the next version of one: that one's place, so that nobody else's is overwritten unseen. */
static uint64_t after_seq(const struct importing *in, const struct import_resource *one)
{
    for (size_t i = 0; in->given != NULL && i < in->given->count; i++)
        if (in->given->given[i].is_next && str_eq(in->given->given[i].id, one->imported_id))
            return in->given->given[i].after_seq;
    return 0;
}

/* A corrected name or birth date is noted beside it. */
static enum salve_code save(struct importing *in, struct rec_view *view, const struct import_done *done,
                            struct salve_err *err)
{
    struct tape note;
    size_t count = done->resource_count;
    size_t notes = in->given == NULL ? 0 : in->given->note_count;
    struct rec_item *items = arena_array(in->row.mem, struct rec_item, count + notes + 3);
    if (items == NULL) return salve_fail(err, SALVE_E_MEMORY, "import");
    for (size_t i = 0; i < count; i++)
        items[i] = (struct rec_item){.tape = &done->resources[i].tape,
                                     .class = done->resources[i].families != 0 ? CLASS_SENS : 0,
                                     .after_seq = after_seq(in, &done->resources[i])};
    for (size_t i = 0; i < notes; i++) items[count++] = in->given->notes[i];
    TRY(visit_work_before(&in->row, view, &in->alarms, err));
    if (in->again.renewed + in->again.taken_back > 0) TRY(screen_work_correcting(view, in->row.mem, err));
    if (in->again.name_corrected || in->again.born_corrected) {
        TRY(visit_correction(view, in->row.actor, done->resources[0].id, in->row.mem, &note, err));
        items[count++] = (struct rec_item){.tape = &note, .class = CLASS_IDENT};
    }
    TRY(visit_encounter(&in->row, view, items, &count, err));
    return rec_save(view, items, count, NULL, in->row.mem, err);
}

static void count_again(struct importing *in)
{
    struct visit_again *sum = &in->sum->again;
    sum->here += in->again.here;
    sum->older += in->again.older;
    sum->renewed += in->again.renewed;
    sum->taken_back += in->again.taken_back;
    sum->named_nothing += in->again.named_nothing;
    sum->ours += in->again.ours;
    sum->other_code += in->again.other_code;
    sum->name_corrected = sum->name_corrected || in->again.name_corrected;
    sum->born_corrected = sum->born_corrected || in->again.born_corrected;
}

/* What rests on what this file took back or changed: who was told of it is told again. */
static enum salve_code count_stale(struct importing *in, struct rec_view *view, struct salve_err *err)
{
    struct screen_stale *list = NULL;
    size_t count = 0;
    if (in->again.renewed + in->again.taken_back == 0) return SALVE_OK;
    TRY(screen_stale(view, in->row.mem, &list, &count, err));
    in->sum->stale += count;
    for (size_t i = 0; i < count; i++) in->sum->stale_urgent += list[i].finding.urgency <= URGENCY_SAME_DAY;
    return screen_work_refresh(view, in->row.mem, err);
}

/* Only what was saved is counted, and only then does anybody hear of what was left out. */
static void count_saved(struct importing *in, const struct import_done *done)
{
    const struct visit_watch *watch = &in->ask->watch;
    struct str rejects = in->is_minimised ? in->kept.rejects : done->rejects;
    if (rejects.len > 0 && watch->rejects != NULL) watch->rejects(watch->with, rejects);
    count_left_out(in->sum, in->is_minimised ? in->kept.counts : done->counts,
                   in->is_minimised ? in->kept.rule_count : done->rule_count);
    in->sum->resources_in += in->is_minimised ? in->kept.resources_in : done->resources_in;
    in->sum->kept += done->resource_count;
    in->sum->commons += done->commons;
    in->sum->resources = done->resources;
    in->sum->resource_count = done->resource_count;
    count_again(in);
    in->sum->waiting += in->waiting;
}

/* --- what is kept apart ------------------------------------------------------------------------------------------- */

static enum salve_code guidelines_of(const struct importing *in, const struct visit_screening **out,
                                     struct salve_err *err)
{
    const struct visit_watch *watch = &in->ask->watch;
    *out = in->ask->screening;
    if (*out == NULL && watch->guidelines != NULL) TRY(watch->guidelines(watch->with, out, err));
    if (*out != NULL && (*out)->screen == NULL) *out = NULL;
    return SALVE_OK;
}

/* All that is known: what the view shows and what came. The Patient that came replaces the stored one. */
static enum salve_code known_with(const struct importing *in, struct rec_view *view, const struct import_done *came,
                                  struct screen_ask *out, struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    size_t count = 0, n = 0;
    bool has_patient = came->resource_count > 0 && str_is(came->resources[0].type, "Patient");
    TRY(rec_all(view, 0, &all, &count, err));
    struct tape *tapes = arena_array(in->row.mem, struct tape, count + came->resource_count + 1);
    family_mask *families = arena_array(in->row.mem, family_mask, count + came->resource_count + 1);
    if (tapes == NULL || families == NULL) return salve_fail(err, SALVE_E_MEMORY, "import");
    for (size_t i = 0; i < count; i++) {
        if (has_patient && str_is(all[i].type, "Patient")) continue;
        if (all[i].class == CLASS_SENS) families[n] = all[i].families != 0 ? all[i].families : FAMILY_ALL;
        tapes[n++] = all[i].tape;
    }
    for (size_t i = 0; i < came->resource_count; i++) {
        families[n] = came->resources[i].families;
        tapes[n++] = came->resources[i].tape;
    }
    *out = (struct screen_ask){
        .tapes = tapes, .tape_count = n, .families = families, .now_unix_ms = rec_opened_at_unix_ms(view)};
    return SALVE_OK;
}

/* Keeps, at the head of the list, the findings that are kept apart and say something. */
static size_t keep_telling(struct finding *list, size_t count, enum urgency *urgency)
{
    size_t n = 0;
    *urgency = URGENCY_NONE;
    for (size_t i = 0; i < count; i++) {
        if (list[i].apart == 0 || (list[i].status == FINDING_NOT_ASSESSED && list[i].action.len == 0)) continue;
        if (list[i].urgency < *urgency) *urgency = list[i].urgency;
        list[n++] = list[i];
    }
    return n;
}

static enum salve_code judge_apart(const struct importing *in, struct rec_view *view, const struct import_done *came,
                                   struct visit_apart *out, struct salve_err *err)
{
    const struct visit_screening *screening = NULL;
    struct screen_ask ask;
    struct finding *found = NULL;
    size_t count = 0;
    out->urgency = URGENCY_NONE;
    TRY(guidelines_of(in, &screening, err));
    if (screening == NULL) return SALVE_OK;
    TRY(known_with(in, view, came, &ask, err));
    TRY(screen_evaluate(screening->screen, &ask, in->row.mem, &found, &count, err));
    out->is_judged = true;
    out->found = found;
    out->found_count = keep_telling(found, count, &out->urgency);
    return SALVE_OK;
}

static void tell_apart(struct importing *in, struct visit_apart *apart)
{
    const struct visit_watch *watch = &in->ask->watch;
    *(apart->is_kept ? &in->sum->apart_kept : &in->sum->apart_not_kept) += apart->count;
    in->sum->apart_found += apart->found_count;
    in->sum->apart_urgent += apart->urgency <= URGENCY_SAME_DAY;
    if (!apart->may_see) apart->found = NULL; /* the caller hears how many, and how urgent */
    if (watch->apart != NULL && (!apart->is_kept || !apart->may_see)) watch->apart(watch->with, apart);
}

static bool are_right(void *with, const struct visit_unlikely *list, size_t count)
{
    struct importing *in = with;
    const struct visit_watch *watch = &in->ask->watch;
    if (!in->is_asked && watch->unlikely != NULL) in->is_right = watch->unlikely(watch->with, in->line, list, count);
    in->is_asked = true; /* the file may be gone through once more, without what is kept apart */
    return in->is_right;
}

/* Of what is kept: results that alarms alone look at. */
static uint64_t first_results(const struct import_done *done)
{
    uint64_t count = 0;
    for (size_t i = 0; i < done->resource_count; i++)
        count += str_is(done->resources[i].type, "Observation") &&
                 str_is(tape_child_text(&done->resources[i].tape, 0, "status"), "preliminary");
    return count;
}

static enum salve_code doubt(struct importing *in, struct rec_view *view, const struct visit_known *known,
                             struct import_done *done, struct salve_err *err)
{
    const struct rec_resource *patient = NULL;
    if (in->ask->ranges == NULL) return SALVE_OK;
    TRY(visit_patient(view, &patient, err));
    struct visit_doubting ask = {.ranges = in->ask->ranges,
                                 .patient = patient == NULL ? NULL : &patient->tape,
                                 .known = known,
                                 .now_unix_ms = site_now_unix_ms(in->row.site),
                                 .mem = in->row.mem,
                                 .is_right = are_right,
                                 .with = in};
    return visit_doubts(&ask, done, err);
}

/* What was given by its id stands or falls together. What is kept apart is told of first (keep). */
static enum salve_code all_given(struct visit_import_given *given, const struct visit_fate *fates,
                                 struct salve_err *err)
{
    given->fates = fates;
    for (size_t i = 0; i < given->count; i++) {
        enum visit_fate_word word = fates[i].word;
        if (word == VISIT_FATE_LEFT_OUT)
            return salve_refuse(err, SALVE_E_NOT_ADMITTED, "nothing of it may be kept", "Bundle.entry[%zu]", i);
        if (word == VISIT_FATE_OURS)
            return salve_refuse(err, SALVE_E_CONFLICT, "this is for the staff of this site to say, at a station",
                                "Bundle.entry[%zu]", i);
        if (word == VISIT_FATE_NOTHING)
            return salve_refuse(err, SALVE_E_CONFLICT, "it takes back something that is not here", "Bundle.entry[%zu]",
                                i);
        for (size_t k = 0; k < i && word != VISIT_FATE_HERE; k++)
            if (fates[k].word != VISIT_FATE_HERE && str_eq(fates[k].id, fates[i].id))
                return salve_refuse(err, SALVE_E_CONFLICT, "two of these are one resource here", "Bundle.entry[%zu]",
                                    i);
    }
    return SALVE_OK;
}

/* What of the file is to be saved: what may be kept and is not here already. */
static enum salve_code run(struct importing *in, struct rec_view *view, struct import_ask *ask,
                           struct import_done *done, struct salve_err *err)
{
    struct visit_known *known = NULL;
    TRY(visit_known_open(view, in->is_new, in->row.mem, &known, err));
    visit_known_ask(known, ask);
    if (in->given != NULL) TRY(visit_known_given(known, in->given->given, in->given->count, ask, err));
    enum salve_code code = import_run(ask, &in->bundle, in->row.mem, done, err);
    if (code == SALVE_E_NOT_ADMITTED && done->issues != NULL) tell_issues(in, done->issues);
    if (code == SALVE_OK) code = doubt(in, view, known, done, err);
    if (code == SALVE_OK) code = visit_known_settle(known, done, &in->again, err);
    if (code == SALVE_OK && in->given != NULL) code = all_given(in->given, visit_known_fates(known), err);
    in->waiting = code == SALVE_OK && in->is_asked && !in->is_right ? first_results(done) : 0;
    return code;
}

/* Saves what may be kept. What is kept apart is judged first where nobody will see it again, or not this actor. */
static enum salve_code keep(struct importing *in, struct rec_view *view, struct import_ask *ask,
                            struct import_done *done, struct salve_err *err)
{
    struct visit_apart apart = {
        .subject = in->subject,
        .count = done->apart_count,
        .is_kept = rec_keeps_apart(view),
        .may_see = (consent_role_classes(in->row.actor.role, PURPOSE_CARE) & CLASS_BIT(CLASS_SENS)) != 0,
        .urgency = URGENCY_NONE};
    bool is_last_look = apart.count > 0 && !(apart.is_kept && rec_shows(view, CLASS_SENS));
    if (is_last_look) TRY(judge_apart(in, view, done, &apart, err));
    if (in->given != NULL && apart.count > 0 && !apart.is_kept) {
        tell_apart(in, &apart);
        return salve_refuse(err, SALVE_E_CONSENT, "it is kept apart, and that only with the person's tick", "Bundle");
    }
    ask->leave_apart = apart.count > 0 && !apart.is_kept;
    if (ask->leave_apart) TRY(run(in, view, ask, done, err));
    if (ask->leave_apart) apart.count = done->apart_count;
    if (done->resource_count > 0) TRY(save(in, view, done, err));
    count_saved(in, done);
    if (apart.count > 0) tell_apart(in, &apart);
    return count_stale(in, view, err);
}

static enum salve_code import_into(struct importing *in, struct rec_view *view, struct salve_err *err)
{
    char compartment[COMPARTMENT_TEXT_BYTES + 1];
    const struct rec_resource *patient = NULL;
    struct import_done done = {0};
    compartment_text(rec_compartment(view), compartment);
    TRY(visit_patient(view, &patient, err));
    if (patient != NULL) TRY(same_person(in, &patient->tape, err));
    struct import_ask ask = {.rules = site_admission(in->row.site), .minimise = in->ask->minimise && !in->is_minimised};
    TRY(arena_str(in->row.mem, str_of(compartment), &ask.compartment, err));
    if (patient != NULL) TRY(arena_str(in->row.mem, patient->id, &ask.patient_id, err)); /* outlives the view */
    TRY(run(in, view, &ask, &done, err));
    return keep(in, view, &ask, &done, err);
}

/* Whatever became of the file: what it held and the record does not is told all the same, but for a file about somebody
 * else. The first failure is told. */
static enum salve_code look_after(struct importing *in, struct rec_view *view, enum salve_code code,
                                  struct salve_err *err)
{
    struct salve_err second = {0};
    if (view == NULL || in->ask->alarms == NULL || code == SALVE_E_CONFLICT) return code;
    enum salve_code after = visit_work_after(&in->row, in->ask->alarms, view, &in->alarms, &second);
    if (code == SALVE_OK && after != SALVE_OK && err != NULL) *err = second;
    return code == SALVE_OK ? after : code;
}

enum salve_code visit_import_into(const struct visit *visit, struct rec_view *view, struct str bytes,
                                  const struct screen_found *alarms, struct visit_imported *sum, struct salve_err *err)
{
    static const struct visit_import_ask plain = {0};
    struct importing in = {
        .row = *visit, .sum_mem = visit->mem, .ask = &plain, .sum = sum, .alarms = *alarms, .urgency = URGENCY_NONE};
    TRY(read_bundle(&in, bytes, err));
    return import_into(&in, view, err);
}

enum salve_code visit_import_given(const struct visit *visit, struct rec_view *view, struct visit_import_given *given,
                                   const struct screen_found *alarms, struct visit_imported *sum, struct salve_err *err)
{
    uint32_t unread = 0;
    struct importing in = {.row = *visit,
                           .sum_mem = visit->mem,
                           .ask = given->ask,
                           .sum = sum,
                           .bundle = given->bundle,
                           .alarms = *alarms,
                           .given = given,
                           .urgency = URGENCY_NONE};
    TRY(import_answers(site_admission(visit->site), &in.bundle, visit->mem, &unread, err));
    sum->unread_answers += unread;
    return import_into(&in, view, err);
}

/* Opens the record and tells the alarms of what came, with all that is known about the person where it opens. */
static enum salve_code open_telling(struct importing *in, struct str key, struct rec_view **view, struct salve_err *err)
{
    struct salve_err untold = {0};
    enum salve_code code = visit_view_open(&in->row, key, 0, view, err);
    enum salve_code told = tell_alarms(in, *view, &untold);
    if (code == SALVE_OK && told != SALVE_OK && err != NULL) *err = untold;
    return code == SALVE_OK ? told : code;
}

enum salve_code visit_import(const struct visit *visit, struct str card, struct str bytes,
                             const struct visit_import_ask *ask, struct visit_imported *sum, struct salve_err *err)
{
    struct importing in = {.row = *visit, .sum_mem = visit->mem, .ask = ask, .sum = sum, .urgency = URGENCY_NONE};
    struct rec_view *view = NULL;
    TRY(read_bundle(&in, bytes, err));
    enum salve_code code = open_telling(&in, card, &view, err);
    if (code == SALVE_OK) code = import_into(&in, view, err);
    code = look_after(&in, view, code, err);
    code = visit_view_close(visit, &view, code, err);
    count_urgent(&in);
    sum->people += code == SALVE_OK;
    return code;
}

static enum salve_code ticket_of(struct importing *in, struct rec_view *view, struct salve_err *err)
{
    struct work mine;
    TRY(worklist_mine(view, in->row.mem, &mine, err));
    in->ticket = mine.ticket;
    return SALVE_OK;
}

/* A row with something of today or now, for whoever finds the person. */
static enum salve_code name_urgent(const struct importing *in, struct salve_err *err)
{
    const struct visit_watch *watch = &in->ask->watch;
    if (in->urgency > URGENCY_SAME_DAY || watch->urgent == NULL) return SALVE_OK;
    return watch->urgent(watch->with, in->sum->rows, in->ticket, in->urgency, err);
}

/* Reads the row again as what it is: about the Patient of the record that its key opened. */
static enum salve_code about(struct importing *in, struct rec_view *view, const struct csv_import *csv, struct str born,
                             struct salve_err *err)
{
    struct str json, known;
    const struct rec_resource *patient = NULL;
    uint64_t unread = in->sum->unread_answers;
    TRY(visit_patient(view, &patient, err));
    if (patient == NULL) return salve_fail(err, SALVE_E_NOT_FOUND, "Patient");
    known = tape_child_text(&patient->tape, tape_root(&patient->tape), "birthDate");
    if (born.len > 0 && known.len > 0 && !str_eq(born, known))
        return salve_refuse(err, SALVE_E_CONFLICT, "the record of this key has another birth date", "row");
    struct str reference = arena_printf(in->row.mem, "Patient/%.*s", STR_ARGS(patient->id));
    TRY(csv_import_bundle(csv, reference, in->row.mem, &json, err));
    TRY(read_bundle(in, json, err));
    in->sum->unread_answers = unread;
    return SALVE_OK;
}

enum salve_code visit_import_row(const struct visit *row, const struct csv_import *csv, const struct visit_named *named,
                                 const struct visit_import_ask *ask, struct visit_imported *sum, struct salve_err *err)
{
    struct importing in = {.row = *row,
                           .sum_mem = named->sum_mem,
                           .ask = ask,
                           .sum = sum,
                           .line = csv->line,
                           .urgency = URGENCY_NONE,
                           .ticket = STR("")};
    struct rec_view *view = NULL;
    struct str json;
    TRY(csv_import_bundle(csv, STR("Patient/row"), row->mem, &json, err));
    if (json.len == 0) return SALVE_OK;
    TRY(read_bundle(&in, json, err));
    enum salve_code code = open_telling(&in, named->key, &view, err);
    if (code == SALVE_OK) code = about(&in, view, csv, named->born, err);
    if (code == SALVE_OK) code = import_into(&in, view, err);
    code = look_after(&in, view, code, err);
    if (code == SALVE_OK) code = ticket_of(&in, view, err);
    code = visit_view_close(row, &view, code, err);
    if (code == SALVE_OK) code = name_urgent(&in, err);
    count_urgent(&in);
    sum->people += code == SALVE_OK;
    return code;
}

/* --- new people --------------------------------------------------------------------------------------------------- */

/* Leaves out what may not be kept, once: the same Bundle is then looked for its Patient and imported. */
static enum salve_code minimise(struct importing *in, struct salve_err *err)
{
    struct fhir_issues issues;
    const struct admit_rules *rules = site_admission(in->row.site);
    if (!in->ask->minimise) return SALVE_OK;
    enum salve_code code = admit_minimise(rules, &in->bundle, STR(""), in->row.mem, &in->kept, err);
    if (code == SALVE_E_NOT_ADMITTED) {
        fhir_issues_init(&issues, in->row.mem);
        code = admit_check(rules, &in->bundle, STR(""), in->row.mem, &issues, err);
        tell_issues(in, &issues);
    }
    if (code != SALVE_OK) return code;
    in->bundle = in->kept.tape;
    in->is_minimised = true;
    return SALVE_OK;
}

/* People of a file are not at the desk; those of a made-up site are nowhere. */
static bool is_away(const struct importing *in) { return !site_is_made_up(in->row.site); }

static enum salve_code enrol(struct importing *in, struct rec_enrolled *out, struct salve_err *err)
{
    struct tape patient;
    tape_at at = tape_patient(&in->bundle);
    if (at == TAPE_NONE) return salve_refuse(err, SALVE_E_INVALID, "there is no Patient in it", "Bundle");
    TRY(tape_copy(&in->bundle, at, NULL, NULL, in->row.mem, &patient, err));
    return (is_away(in) ? rec_enrol_slip : rec_enrol)(in->row.site, in->row.actor, &patient, in->row.mem, out, err);
}

static enum salve_code evaluate(struct importing *in, struct rec_view *view, struct salve_err *err)
{
    struct screen_found found;
    if (in->ask->screening == NULL) return SALVE_OK;
    TRY(screen_run(in->ask->screening->screen, view, NULL, in->row.mem, &found, err));
    is_urgent(in, visit_urgency(&found));
    return screen_counts_add(&in->sum->findings, found.list, found.count, in->sum_mem, err);
}

/* What a row says wrongly is no agreement; it stops nobody else. */
static bool is_of_the_row(enum salve_code code)
{
    return code == SALVE_E_USAGE || code == SALVE_E_CONSENT || code == SALVE_E_INVALID || code == SALVE_E_NOT_FOUND;
}

static enum salve_code judge_lost(struct importing *in, struct str bytes, enum urgency *urgency, struct salve_err *err)
{
    const struct visit_screening *screening = NULL;
    struct screen_ask ask;
    struct finding *found = NULL;
    size_t count = 0;
    uint32_t unread = 0; /* the import of the row has counted them */
    *urgency = URGENCY_NONE;
    TRY(guidelines_of(in, &screening, err));
    if (screening == NULL) return SALVE_OK;
    TRY(visit_file_read(&in->row, bytes, &ask, &unread, err));
    TRY(screen_evaluate(screening->screen, &ask, in->row.mem, &found, &count, err));
    for (size_t i = 0; i < count; i++)
        if (found[i].urgency < *urgency) *urgency = found[i].urgency;
    return SALVE_OK;
}

/* With care what came is lost as well: it is judged before it is. */
static enum salve_code tell_less(struct importing *in, struct str bytes, enum purpose purpose,
                                 const struct salve_err *why, struct salve_err *err)
{
    const struct visit_watch *watch = &in->ask->watch;
    struct visit_less less = {in->csv == NULL ? 1 : in->csv->line, purpose, why, URGENCY_NONE};
    if (purpose == PURPOSE_CARE) TRY(judge_lost(in, bytes, &less.urgency, err));
    is_urgent(in, less.urgency);
    in->sum->less_urgent += less.urgency <= URGENCY_SAME_DAY;
    if (watch->less != NULL) watch->less(watch->with, &less);
    return SALVE_OK;
}

static enum salve_code agree(struct importing *in, struct str card, struct str bytes, bool *has_care,
                             struct salve_err *err)
{
    bool named_care = in->ask->grant != NULL && in->ask->grant->purpose == PURPOSE_CARE;
    struct salve_err why = {0};
    *has_care = named_care;
    if (in->ask->grant != NULL)
        TRY(rec_consent_give(in->row.site, in->row.actor, card, in->ask->grant, in->row.mem, NULL, err));
    for (size_t i = 0; in->csv != NULL && i < in->csv->consent_count; i++) {
        const struct csv_consent *said = &in->csv->consents[i];
        struct consent_grant grant;
        why = (struct salve_err){0};
        enum salve_code code = visit_grant_words(in->row.content, said->purpose, said->cell, &grant, &why);
        if (code == SALVE_OK)
            code = rec_consent_give(in->row.site, in->row.actor, card, &grant, in->row.mem, NULL, &why);
        if (code != SALVE_OK && !is_of_the_row(code) && err != NULL) *err = why;
        if (code != SALVE_OK && !is_of_the_row(code)) return code;
        if (code != SALVE_OK) TRY(tell_less(in, bytes, said->purpose, &why, err));
        named_care = named_care || said->purpose == PURPOSE_CARE;
        *has_care = *has_care || (code == SALVE_OK && said->purpose == PURPOSE_CARE);
    }
    if (named_care) return SALVE_OK;
    (void)salve_refuse(&why, SALVE_E_CONSENT, "the file names no agreement of this person", "care");
    return tell_less(in, bytes, PURPOSE_CARE, &why, err);
}

/* The file itself, for somebody who agreed to care. */
static enum salve_code fill(struct importing *in, struct str card, struct salve_err *err)
{
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(&in->row, card, 0, &view, err);
    if (code == SALVE_OK) code = import_into(in, view, err);
    if (code == SALVE_OK) code = evaluate(in, view, err);
    if (code == SALVE_OK) code = look_after(in, view, code, err);
    if (code == SALVE_OK) code = ticket_of(in, view, err);
    return visit_view_close(&in->row, &view, code, err);
}

static enum salve_code import_new(struct importing *in, struct str subject, struct str bytes, struct salve_err *err)
{
    const struct visit_watch *watch = &in->ask->watch;
    struct rec_enrolled enrolled;
    struct salve_err second = {0};
    bool has_care = false;
    salve_assert(watch->card != NULL);
    if (in->ask->grant != NULL && is_away(in))
        return salve_refuse(err, SALVE_E_CONSENT, "nobody agrees for all people of a file; each row says it of its own",
                            "import");
    in->subject = subject;
    in->ticket = STR("");
    in->row.is_away = true;
    in->is_new = true;
    TRY(read_bundle(in, bytes, err));
    TRY(tell_alarms(in, NULL, err));
    TRY(minimise(in, err));
    TRY(enrol(in, &enrolled, err));
    /* without it nobody could ever open the record */
    TRY(watch->card(watch->with, subject, is_away(in) ? enrolled.slip : enrolled.card, err));
    enum salve_code code = agree(in, enrolled.card, bytes, &has_care, err);
    if (code == SALVE_OK && has_care) code = fill(in, enrolled.card, err);
    if (code == SALVE_OK) code = name_urgent(in, err);
    count_urgent(in);
    enum salve_code done = is_away(in) ? rec_slip_done(in->row.site, &enrolled, &second) : SALVE_OK;
    if (code == SALVE_OK && done != SALVE_OK && err != NULL) *err = second;
    if (code == SALVE_OK) code = done;
    in->sum->people += code == SALVE_OK;
    in->sum->enrolled_only += code == SALVE_OK && !has_care;
    return code;
}

/* --- rows, each once ---------------------------------------------------------------------------------------------- */

static enum salve_code rows_begin(const struct visit *visit, struct str first, const struct visit_watch *watch,
                                  struct salve_err *err)
{
    struct rec_rows_state state;
    TRY(rec_rows_begin(visit->site, first, &state, err));
    return watch->begun == NULL ? SALVE_OK : watch->begun(watch->with, &state, err);
}

/* The state of the file is kept in every case; the first failure is the one to tell. */
static enum salve_code rows_end(const struct visit *visit, bool is_complete, enum salve_code code,
                                struct salve_err *err)
{
    struct salve_err second = {0};
    enum salve_code ended = rec_rows_end(visit->site, is_complete, &second);
    if (code != SALVE_OK || ended == SALVE_OK) return code;
    if (err != NULL) *err = second;
    return ended;
}

enum salve_code visit_import_new(const struct visit *visit, struct str bytes, const struct visit_import_ask *ask,
                                 struct visit_imported *sum, struct salve_err *err)
{
    struct importing in = {.row = *visit, .sum_mem = visit->mem, .ask = ask, .sum = sum, .urgency = URGENCY_NONE};
    bool is_done = false;
    enum salve_code code = rows_begin(visit, bytes, &ask->watch, err);
    if (code == SALVE_OK) code = rec_rows_next(visit->site, bytes, &is_done, err);
    sum->rows = 1;
    if (code == SALVE_OK && !is_done) code = import_new(&in, STR(""), bytes, err);
    return rows_end(visit, code == SALVE_OK, code, err);
}

/* A file is told from others by its head and its first row. */
static enum salve_code rows_begin_with(const struct visit *visit, const struct csv_import *csv, struct arena *mem,
                                       const struct visit_watch *watch, struct salve_err *err)
{
    struct str first = arena_printf(mem, "%.*s%.*s", STR_ARGS(csv->head), STR_ARGS(csv->row));
    if (first.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "import");
    return rows_begin(visit, first, watch, err);
}

/* One row; *more is false at the end of the file. */
static enum salve_code import_row(const struct visit *visit, struct csv_import *csv, const struct visit_import_ask *ask,
                                  struct visit_imported *sum, bool *is_first, bool *more, struct salve_err *err)
{
    struct str subject, json;
    bool is_done = false;
    struct arena *mem = arena_open_private(SALVE_REQUEST_BYTES_MAX);
    struct importing in = {.row = *visit, .sum_mem = visit->mem, .ask = ask, .sum = sum, .urgency = URGENCY_NONE};
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "import");
    in.row.mem = mem;
    in.csv = csv;
    enum salve_code code = csv_import_next(csv, mem, &subject, &json, more, err);
    in.line = csv->line;
    if (code == SALVE_OK && *more && *is_first) code = rows_begin_with(visit, csv, mem, &ask->watch, err);
    *is_first = false;
    if (code == SALVE_OK && *more) code = rec_rows_next(visit->site, csv->row, &is_done, err);
    sum->rows += *more;
    if (code == SALVE_OK && *more && !is_done) {
        code = import_new(&in, subject, json, err);
        if (code == SALVE_OK) rec_rows_done(visit->site);
    }
    sum->resources = NULL;
    sum->resource_count = 0;
    arena_close(mem);
    return code;
}

enum salve_code visit_import_rows(const struct visit *visit, const struct csv_map *map, const struct csv_source *file,
                                  struct str date, const struct visit_import_ask *ask, struct visit_imported *sum,
                                  struct salve_err *err)
{
    struct csv_import csv = {0};
    bool is_first = true, more = true;
    if (date.len == 0) TRY(visit_date(visit, site_now_unix_ms(visit->site), &date, err));
    enum salve_code code = csv_import_stream(map, file, date, visit->mem, &csv, err);
    while (code == SALVE_OK && more) {
        code = import_row(visit, &csv, ask, sum, &is_first, &more, err);
        if (ask->watch.person != NULL && !ask->watch.person(ask->watch.with, sum->people)) break;
    }
    if (code != SALVE_OK && csv.line > 0) salve_err_place(err, csv.line, 0);
    return rows_end(visit, code == SALVE_OK && !more, code, err);
}
