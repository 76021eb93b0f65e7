/* SPDX-License-Identifier: Apache-2.0
 * Referring somebody, and what became of it. */
#include "visit/refer.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/zone.h"
#include "fhir/tape_edit.h"
#include "records/deeds.h"
#include "visit/clinic.h"
#include "visit/result.h"
#include "visit/visit_int.h"

enum { DATE_BYTES = sizeof "2026-11-30" - 1, PLACE_BYTES_MAX = 200, WORDS_BYTES_MAX = 2000 };
enum { AHEAD_DAYS_MAX = 366, KNOWN_AFTER_DAYS = 28 }; /* project choices */

bool visit_is_follow_up(enum work_task task) { return task == WORK_REFER || task == WORK_FOLLOW || task == WORK_REPLY; }

/* --- what is read ------------------------------------------------------------------------------------------------- */

/* One look at a person, for all that is asked here. */
struct referring {
    const struct visit *visit;
    struct rec_view *view;
    struct visit_clinic clinic;
    const struct zone *zone;
    const struct rec_resource *all;
    size_t count;
};

static struct str text_at(const struct rec_resource *one, const char *path)
{
    tape_at at = tape_get(&one->tape, tape_root(&one->tape), path);
    return at == TAPE_NONE ? STR("") : tape_text(&one->tape, at);
}

static const struct rec_resource *named(const struct referring *in, struct str reference)
{
    ptrdiff_t slash = str_find(reference, STR("/"));
    struct str id = slash < 0 ? reference : str_cut(reference, (size_t)slash + 1, reference.len);
    for (size_t i = 0; i < in->count; i++)
        if (str_eq(in->all[i].id, id)) return &in->all[i];
    return NULL;
}

static bool is_referral(const struct rec_resource *one)
{
    return str_is(one->type, "Task") && str_is(text_at(one, "code.coding.system"), REFERRAL_SYSTEM) &&
           str_is(text_at(one, "code.coding.code"), REFERRAL_FULFILL) &&
           str_is(text_at(one, "requester.identifier.system"), DEED_STAFF);
}

static bool is_request(const struct rec_resource *one)
{
    return str_is(one->type, "ServiceRequest") && str_starts(text_at(one, "code.coding.system"), STR(DEED_GUIDELINE)) &&
           str_is(text_at(one, "status"), "active");
}

static enum referral_state state_of(const struct rec_resource *one)
{
    enum referral_state state = REFERRAL_STATES;
    (void)referral_of(text_at(one, "status"), &state);
    return state;
}

static enum salve_code begin(const struct visit *visit, struct str card, struct referring *out, struct salve_err *err)
{
    *out = (struct referring){.visit = visit};
    TRY(site_zone(visit->site, &out->zone, err));
    TRY(visit_clinic(visit, &out->clinic, err));
    TRY(visit_view_open(visit, card, 0, &out->view, err));
    return rec_all(out->view, 0, &out->all, &out->count, err);
}

static enum salve_code end(struct referring *in, enum salve_code code, struct salve_err *err)
{
    return visit_view_close(in->visit, &in->view, code, err);
}

static enum salve_code copy(const struct referring *in, const struct rec_resource *one, const char *path,
                            struct str *out, struct salve_err *err)
{
    return arena_str(in->visit->mem, text_at(one, path), out, err);
}

/* The finding that a request is of, where it can be seen. */
static enum salve_code read_finding(const struct referring *in, const struct rec_resource *request,
                                    struct visit_shown *out, struct salve_err *err)
{
    const struct rec_resource *one = request == NULL ? NULL : named(in, text_at(request, "reasonReference.reference"));
    *out = (struct visit_shown){.id = STR("")};
    if (one == NULL) return SALVE_OK;
    TRY(arena_str(in->visit->mem, one->id, &out->id, err));
    return screen_finding_of(one, in->visit->mem, &out->finding, err);
}

static bool goes_on_for(const struct referring *in, struct str request)
{
    for (size_t i = 0; i < in->count; i++)
        if (is_referral(&in->all[i]) && referral_goes_on(state_of(&in->all[i])) &&
            str_ends(text_at(&in->all[i], "focus.reference"), request))
            return true;
    return false;
}

/* Requests of the newest signing: what an earlier one asked for is said again, or over. */
static bool is_of(const struct screen_set *set, const struct rec_resource *request)
{
    struct str reason = text_at(request, "reasonReference.reference");
    for (size_t i = 0; i < set->count; i++)
        if (str_ends(reason, set->ids[i])) return true;
    return false;
}

static enum salve_code read_request(const struct referring *in, const struct rec_resource *one,
                                    struct visit_request *out, struct salve_err *err)
{
    struct visit_place place;
    *out = (struct visit_request){.place = STR("")};
    TRY(arena_str(in->visit->mem, one->id, &out->id, err));
    TRY(copy(in, one, "occurrencePeriod.end", &out->until, err));
    TRY(read_finding(in, one, &out->of, err));
    if (visit_place_of(in->visit, &in->clinic, out->of.finding.action, &place)) out->place = place.name;
    out->has_referral = goes_on_for(in, one->id);
    return SALVE_OK;
}

static enum salve_code read_referral(const struct referring *in, const struct rec_resource *one,
                                     struct visit_referral *out, struct salve_err *err)
{
    *out = (struct visit_referral){.state = state_of(one)};
    TRY(arena_str(in->visit->mem, one->id, &out->id, err));
    TRY(copy(in, one, "focus.reference", &out->request, err));
    TRY(copy(in, one, "description", &out->place, err));
    TRY(copy(in, one, "executionPeriod.end", &out->until, err));
    TRY(copy(in, one, "authoredOn", &out->referred_at, err));
    TRY(copy(in, one, "lastModified", &out->at, err));
    TRY(copy(in, one, "note.text", &out->words, err));
    TRY(copy(in, one, "owner.identifier.value", &out->by, err));
    out->by = visit_printed_name(&in->clinic, out->by);
    return read_finding(in, named(in, out->request), &out->of, err);
}

static void add_answer(struct visit_referral *to, const struct referral_answer *answers, size_t count)
{
    ptrdiff_t dot = str_find(to->id, STR("."));
    int64_t number = 0;
    if (dot < 0 || !str_to_i64(str_cut(to->id, (size_t)dot + 1, to->id.len), &number)) return;
    for (size_t i = 0; i < count; i++)
        if (answers[i].number == (uint64_t)number) {
            to->said = answers[i].said;
            to->said_at_unix_ms = answers[i].at_unix_ms;
        }
}

static int by_urgency(const void *a, const void *b)
{
    const struct visit_request *x = a, *y = b;
    return (x->of.finding.urgency > y->of.finding.urgency) - (x->of.finding.urgency < y->of.finding.urgency);
}

static int open_first(const void *a, const void *b)
{
    const struct visit_referral *x = a, *y = b;
    bool x_open = referral_goes_on(x->state), y_open = referral_goes_on(y->state);
    if (x_open != y_open) return x_open ? -1 : 1;
    int order = str_cmp(y->referred_at, x->referred_at);
    return order != 0 ? order : str_cmp(y->id, x->id);
}

static enum salve_code read_requests(const struct referring *in, struct visit_referrals *out, struct salve_err *err)
{
    struct screen_set set = {0};
    out->requests = arena_array(in->visit->mem, struct visit_request, in->count + 1);
    if (out->requests == NULL) return salve_fail(err, SALVE_E_MEMORY, "referrals");
    enum salve_code code = screen_findings(in->view, SCREEN_SIGNED, in->visit->mem, &set, err);
    if (code != SALVE_OK) return code == SALVE_E_NOT_FOUND ? SALVE_OK : code;
    for (size_t i = 0; i < in->count; i++)
        if (is_request(&in->all[i]) && is_of(&set, &in->all[i]))
            TRY(read_request(in, &in->all[i], &out->requests[out->request_count++], err));
    qsort(out->requests, out->request_count, sizeof *out->requests, by_urgency);
    return SALVE_OK;
}

static enum salve_code read_all(const struct referring *in, struct visit_referrals *out, struct salve_err *err)
{
    struct referral_answer *answers = NULL;
    size_t answer_count = 0;
    out->referrals = arena_array(in->visit->mem, struct visit_referral, in->count + 1);
    if (out->referrals == NULL) return salve_fail(err, SALVE_E_MEMORY, "referrals");
    TRY(referral_answers(in->view, in->visit->mem, &answers, &answer_count, err));
    for (size_t i = 0; i < in->count; i++) {
        if (!is_referral(&in->all[i])) continue;
        struct visit_referral *one = &out->referrals[out->referral_count++];
        TRY(read_referral(in, &in->all[i], one, err));
        add_answer(one, answers, answer_count);
    }
    qsort(out->referrals, out->referral_count, sizeof *out->referrals, open_first);
    return SALVE_OK;
}

enum salve_code visit_telephones_of(const struct tape *tape, struct arena *mem, struct str *out, struct salve_err *err)
{
    struct buf text;
    buf_init(&text, mem, 1 << 16);
    for (tape_at at = tape_first(tape, tape_root(tape)); at != TAPE_NONE; at = tape_next(tape, tape_root(tape), at)) {
        if (tape_path_name(tape, at) != FHIR_N_telecom) continue;
        struct str system = tape_child_text(tape, at, "system"), value = tape_child_text(tape, at, "value");
        if (value.len == 0 || (!str_is(system, "phone") && !str_is(system, "sms"))) continue;
        buf_addf(&text, "%s%.*s", text.len > 0 ? ", " : "", STR_ARGS(value));
    }
    TRY(buf_done(&text, out, err));
    return visit_name_on_paper(*out, mem, out, err); /* it moves and turns nothing */
}

static enum salve_code read_telephones(const struct referring *in, struct str *out, struct salve_err *err)
{
    const struct rec_resource *patient = NULL;
    *out = STR("");
    TRY(visit_patient(in->view, &patient, err));
    return patient == NULL ? SALVE_OK : visit_telephones_of(&patient->tape, in->visit->mem, out, err);
}

enum salve_code visit_referrals(const struct visit *visit, struct str card, struct visit_referrals *out,
                                struct salve_err *err)
{
    struct referring in;
    *out = (struct visit_referrals){.request_count = 0};
    enum salve_code code = begin(visit, card, &in, err);
    if (code == SALVE_OK) code = read_requests(&in, out, err);
    if (code == SALVE_OK) code = read_all(&in, out, err);
    if (code == SALVE_OK) code = read_telephones(&in, &out->telephones, err);
    if (code == SALVE_OK) code = worklist_mine(in.view, visit->mem, &out->open, err);
    return end(&in, code, err);
}

/* --- what is written ---------------------------------------------------------------------------------------------- */

/* A referral as it will stand. */
struct writing {
    struct str id, status, priority, place, request, patient, until, authored_on, requester, words;
};

static void add_staff(struct tape_builder *make, const char *name, struct str id)
{
    tape_open(make, name);
    tape_open(make, "identifier");
    tape_add_text(make, "system", STR(DEED_STAFF));
    tape_add_text(make, "value", id);
    tape_close(make);
    tape_close(make);
}

static enum salve_code build(const struct referring *in, const struct writing *from, struct tape *out,
                             struct salve_err *err)
{
    char now[CLOCK_TEXT_BYTES];
    struct str at = clock_text(rec_opened_at_unix_ms(in->view), now);
    struct tape_builder make;
    tape_build(&make, in->visit->mem, FHIR_T_Task);
    tape_add_text(&make, "id", from->id);
    tape_add_text(&make, "status", from->status);
    tape_add_text(&make, "intent", STR("order"));
    tape_add_text(&make, "priority", from->priority);
    tape_open(&make, "code");
    tape_open(&make, "coding");
    tape_add_text(&make, "system", STR(REFERRAL_SYSTEM));
    tape_add_text(&make, "code", STR(REFERRAL_FULFILL));
    tape_close(&make);
    tape_close(&make);
    if (from->place.len > 0) tape_add_text(&make, "description", from->place);
    tape_add_reference(&make, "focus", from->request);
    tape_add_reference(&make, "for", from->patient);
    tape_open(&make, "executionPeriod");
    tape_add_text(&make, "end", from->until);
    tape_close(&make);
    tape_add_text(&make, "authoredOn", from->authored_on.len > 0 ? from->authored_on : at);
    tape_add_text(&make, "lastModified", at);
    add_staff(&make, "requester", from->requester);
    add_staff(&make, "owner", in->visit->actor.id);
    if (from->words.len > 0) {
        tape_open(&make, "note");
        tape_add_text(&make, "text", from->words);
        tape_close(&make);
    }
    return tape_built(&make, out, err);
}

static enum salve_code save(const struct referring *in, const struct writing *from, enum data_class class,
                            struct salve_err *err)
{
    struct tape tape;
    struct rec_item item = {.tape = &tape, .class = class};
    TRY(build(in, from, &tape, err));
    return rec_save(in->view, &item, 1, NULL, in->visit->mem, err);
}

/* A day of the calendar from today on, within a year. */
static enum salve_code check_until(const struct referring *in, struct str until, struct salve_err *err)
{
    int64_t at = 0, today = zone_day(in->zone, site_now_unix_ms(in->visit->site)).number;
    bool is_day = until.len == DATE_BYTES && clock_parse(until, &at);
    int64_t day = at / ((int64_t)24 * 3600 * 1000);
    if (!is_day) return salve_refuse(err, SALVE_E_INVALID, "a day is wanted, such as 2026-12-14", "until");
    if (day < today) return salve_refuse(err, SALVE_E_INVALID, "that day is gone", "until");
    if (day > today + AHEAD_DAYS_MAX) return salve_refuse(err, SALVE_E_INVALID, "that is more than a year", "until");
    return SALVE_OK;
}

static enum salve_code check_text(struct str text, size_t bytes_max, const char *name, struct salve_err *err)
{
    if (text.len == 0 || visit_is_line(text, bytes_max)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INVALID, "one line is wanted, and not so long", "%s", name);
}

/* The last day of the request; today where that is gone. */
static enum salve_code day_of_request(const struct referring *in, const struct rec_resource *request, struct str *out,
                                      struct salve_err *err)
{
    struct salve_err unused;
    TRY(copy(in, request, "occurrencePeriod.end", out, err));
    if (check_until(in, *out, &unused) == SALVE_OK) return SALVE_OK;
    return visit_date(in->visit, site_now_unix_ms(in->visit->site), out, err);
}

static enum salve_code refer(const struct referring *in, const struct visit_refer_ask *ask, struct str *id,
                             struct salve_err *err)
{
    const struct rec_resource *request = named(in, ask->request), *patient = NULL;
    struct writing to = {.status = str_of(referral_status(REFERRAL_SENT)),
                         .place = str_trim(ask->place),
                         .until = ask->until,
                         .requester = in->visit->actor.id};
    if (request == NULL || !is_request(request))
        return salve_refuse(err, SALVE_E_NOT_FOUND, "no request that was signed has this name", "request");
    if (to.until.len == 0) TRY(day_of_request(in, request, &to.until, err));
    TRY(check_until(in, to.until, err));
    TRY(check_text(to.place, PLACE_BYTES_MAX, "place", err));
    TRY(visit_patient(in->view, &patient, err));
    if (patient == NULL) return salve_fail(err, SALVE_E_NOT_FOUND, "Patient");
    TRY(rec_new_id(in->view, in->visit->mem, id, err));
    to.id = *id;
    to.priority = text_at(request, "priority");
    to.request = arena_printf(in->visit->mem, "ServiceRequest/%.*s", STR_ARGS(request->id));
    to.patient = arena_printf(in->visit->mem, "Patient/%.*s", STR_ARGS(patient->id));
    if (to.request.ptr == NULL || to.patient.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "referral");
    return save(in, &to, request->class, err);
}

enum salve_code visit_refer(const struct visit *visit, struct str card, const struct visit_refer_ask *ask,
                            struct str *id, struct salve_err *err)
{
    struct referring in;
    enum salve_code code = begin(visit, card, &in, err);
    if (code == SALVE_OK) code = refer(&in, ask, id, err);
    return end(&in, code, err);
}

/* --- what became of it -------------------------------------------------------------------------------------------- */

static enum salve_code find_referral(const struct referring *in, struct str id, const struct rec_resource **out,
                                     struct salve_err *err)
{
    *out = named(in, id);
    if (*out != NULL && is_referral(*out)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_NOT_FOUND, "no referral has this name", "referral");
}

/* Its day: as it was said; after they were seen, when it is asked what came of it; else the one that it had. */
static enum salve_code day_of_state(const struct referring *in, const struct visit_follow_ask *ask,
                                    const struct rec_resource *one, struct str *out, struct salve_err *err)
{
    int64_t later = site_now_unix_ms(in->visit->site) + (int64_t)KNOWN_AFTER_DAYS * 24 * 3600 * 1000;
    *out = ask->until;
    if (ask->until.len > 0) return check_until(in, ask->until, err);
    if (ask->state == REFERRAL_SEEN) return visit_date(in->visit, later, out, err);
    *out = text_at(one, "executionPeriod.end");
    return SALVE_OK;
}

static enum salve_code follow(const struct referring *in, const struct visit_follow_ask *ask, struct salve_err *err)
{
    const struct rec_resource *one = NULL;
    TRY(find_referral(in, ask->referral, &one, err));
    TRY(check_text(ask->words, WORDS_BYTES_MAX, "words", err));
    if (!referral_may(state_of(one), ask->state))
        return salve_refuse(err, SALVE_E_CONFLICT, "that does not follow the state that it is in", "state");
    struct writing to = {.id = one->id,
                         .status = str_of(referral_status(ask->state)),
                         .priority = text_at(one, "priority"),
                         .place = text_at(one, "description"),
                         .request = text_at(one, "focus.reference"),
                         .patient = text_at(one, "for.reference"),
                         .authored_on = text_at(one, "authoredOn"),
                         .requester = text_at(one, "requester.identifier.value"),
                         .words = str_trim(ask->words)};
    TRY(day_of_state(in, ask, one, &to.until, err));
    return save(in, &to, one->class, err);
}

enum salve_code visit_follow(const struct visit *visit, struct str card, const struct visit_follow_ask *ask,
                             struct salve_err *err)
{
    struct referring in;
    enum salve_code code = begin(visit, card, &in, err);
    if (code == SALVE_OK) code = follow(&in, ask, err);
    return end(&in, code, err);
}

/* --- the slip ----------------------------------------------------------------------------------------------------- */

static enum salve_code fill_slip(const struct referring *in, struct str id, struct visit_slip *out,
                                 struct salve_err *err)
{
    const struct visit *visit = in->visit;
    const struct rec_resource *one = NULL, *patient = NULL;
    struct visit_place place;
    struct str name;
    TRY(find_referral(in, id, &one, err));
    TRY(read_referral(in, one, &out->referral, err));
    TRY(visit_patient(in->view, &patient, err));
    if (patient == NULL) return salve_fail(err, SALVE_E_NOT_FOUND, "Patient");
    TRY(visit_name_of(&patient->tape, tape_root(&patient->tape), visit->mem, &name, err));
    TRY(visit_name_on_paper(name, visit->mem, &out->name, err));
    TRY(arena_str(visit->mem, str_cut(text_at(patient, "birthDate"), 0, 4), &out->born_year, err));
    TRY(copy(in, patient, "gender", &out->sex, err));
    if (!str_is(out->sex, "female") && !str_is(out->sex, "male")) out->sex = STR("");
    bool has = visit_place_of(visit, &in->clinic, out->referral.of.finding.action, &place);
    out->place =
        has && str_eq(place.name, out->referral.place) ? place : (struct visit_place){.name = out->referral.place};
    TRY(copy(in, one, "requester.identifier.value", &out->by, err));
    out->by = visit_printed_name(&in->clinic, out->by);
    out->site = site_settings(visit->site)->name;
    out->telephone = in->clinic.telephone;
    out->address = in->clinic.address;
    return referral_code(in->view, id, visit->mem, &out->code, err); /* last: it ends the slip before */
}

enum salve_code visit_refer_slip(const struct visit *visit, struct str card, struct str referral,
                                 struct visit_slip *out, struct salve_err *err)
{
    struct referring in;
    *out = (struct visit_slip){.code = STR("")};
    enum salve_code code = begin(visit, card, &in, err);
    if (code == SALVE_OK) code = fill_slip(&in, referral, out, err);
    return end(&in, code, err);
}

/* --- the list ----------------------------------------------------------------------------------------------------- */

static bool take_due(const struct work *work, struct visit_due *out)
{
    *out = (struct visit_due){.work = *work, .due_unix_ms = INT64_MAX};
    out->work.entry_count = 0;
    for (size_t i = 0; i < work->entry_count; i++) {
        const struct work_entry *one = &work->entries[i];
        if (!visit_is_follow_up(one->task)) continue;
        out->work.entries[out->work.entry_count++] = *one;
        out->is_answered = out->is_answered || one->task == WORK_REPLY;
        if (one->task != WORK_REPLY && one->due_unix_ms < out->due_unix_ms) out->due_unix_ms = one->due_unix_ms;
    }
    return out->work.entry_count > 0;
}

static int answered_then_due(const void *a, const void *b)
{
    const struct visit_due *x = a, *y = b;
    if (x->is_answered != y->is_answered) return x->is_answered ? -1 : 1;
    if (x->due_unix_ms != y->due_unix_ms) return x->due_unix_ms < y->due_unix_ms ? -1 : 1;
    return str_cmp(x->work.ticket, y->work.ticket);
}

enum salve_code visit_follow_list(const struct visit *visit, struct visit_due **out, size_t *count,
                                  uint64_t *unreadable, struct salve_err *err)
{
    struct work *list = NULL;
    size_t all = 0;
    TRY(worklist_all(visit->site, visit->actor, WORK_LIST_REFERRALS, visit->mem, &list, &all, unreadable, err));
    *count = 0;
    *out = arena_array(visit->mem, struct visit_due, all + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "referrals");
    for (size_t i = 0; i < all; i++) *count += take_due(&list[i], &(*out)[*count]);
    qsort(*out, *count, sizeof **out, answered_then_due);
    return SALVE_OK;
}
