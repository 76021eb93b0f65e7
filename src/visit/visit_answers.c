/* SPDX-License-Identifier: Apache-2.0
 * A form that was filled in, on its way into a record: judged, reckoned, checked, kept, in this order. */
#include "visit/answers.h"

#include "admit/admit.h"
#include "admit/same.h"
#include "base/buf.h"
#include "base/clock.h"
#include "fhir/fhir.h"
#include "json/json.h"
#include "records/rec.h"
#include "visit/known_int.h"
#include "visit/visit_int.h"

enum { BUNDLE_BYTES_MAX = 4 << 20, KEY_BYTES = 64 };

struct answering {
    const struct visit *visit;
    const struct visit_answers_ask *ask;
    struct visit_answered *out;
    struct form_reckoned reckoned;
    const struct rec_resource *patient; /* of the view */
    struct str patient_id;
    char authored[CLOCK_TEXT_BYTES];
    struct screen_found alarms;
    bool is_new_alone; /* alarms that the record gives by itself are no news */
};

/* --- responses ---------------------------------------------------------------------------------------------------- */

/* The families that the codes of the answers belong to, each once; what is not kept apart is one of them. */
static size_t families_of(const struct answering *in, family_mask *out, size_t room)
{
    const struct admit_rules *rules = site_admission(in->visit->site);
    size_t count = 0;
    for (size_t i = 0; i < in->reckoned.kept_count; i++) {
        const struct form_kept *one = &in->reckoned.kept[i];
        family_mask families = 0;
        size_t at = 0;
        if (one->code.len == 0) continue;
        (void)admit_observes(rules, one->system, one->code, &families);
        while (at < count && out[at] != families) at++;
        if (at == count && count < room) out[count++] = families;
    }
    return count;
}

struct part {
    const struct admit_rules *rules;
    family_mask families;
};

static bool is_of_family(const void *with, struct str system, struct str code)
{
    const struct part *family = with;
    family_mask families = 0;
    (void)admit_observes(family->rules, system, code, &families);
    return families == family->families;
}

/* What a response of the request is called, in every try: 16 hexadecimal digits of its key, eight together as letters
 * (0 to 9 are g to p): an id with a run of digits could be somebody's number (N7), one with a long run of letters
 * something encoded (N4), and neither would be kept. Its answers are called by it, their code of up to 36 characters
 * and a number: the point ends the run in front of the code, and all of it fits an id of 64. */
static struct str id_of(const struct answering *in, family_mask families)
{
    char text[KEY_BYTES];
    size_t len = 0, digits = 0;
    struct str out = STR_NONE;
    if (in->ask->key.len == 0) return STR_NONE;
    text[len++] = 'f';
    for (size_t i = 0; i < in->ask->key.len && digits < 16; i++) {
        char c = in->ask->key.ptr[i];
        if (c == '-') continue;
        if (digits++ == 8) text[len++] = '-';
        text[len++] = str_is_digit(c) ? (char)(c - '0' + 'g') : c;
    }
    text[len++] = '.';
    text[len++] = (char)('g' + (families >> 1) % 16); /* bit 0 is no family */
    return arena_str(in->visit->mem, str_make(text, len), &out, NULL) == SALVE_OK ? out : STR_NONE;
}

static void put_response(const struct answering *in, const struct part *family, struct json_writer *w)
{
    bool is_judged = family == NULL;
    struct form_response_ask ask = {.status = is_judged ? STR("in-progress") : STR("completed"),
                                    .subject = arena_printf(in->visit->mem, "Patient/%.*s", STR_ARGS(in->patient_id)),
                                    .authored = str_of(in->authored),
                                    .is_all = is_judged};
    if (family != NULL) {
        ask.id = id_of(in, family->families);
        ask.wants = is_of_family;
        ask.with = family;
    }
    json_open(w, NULL, '{');
    json_put_name(w, STR("resource"));
    if (!form_response_write(&in->reckoned, &ask, w)) json_put_null(w, NULL);
    json_close(w);
}

/* The answers to be kept: a response for each family. */
static enum salve_code keep_bundle(const struct answering *in, struct str *out, size_t *count, struct salve_err *err)
{
    family_mask families[FAMILY_ALL + 1];
    struct buf text;
    buf_init(&text, in->visit->mem, BUNDLE_BYTES_MAX);
    struct json_writer w = {.out = &text};
    *count = families_of(in, families, sizeof families / sizeof families[0]);
    visit_bundle_begin(&w);
    for (size_t i = 0; i < *count; i++) {
        struct part family = {site_admission(in->visit->site), families[i]};
        put_response(in, &family, &w);
    }
    json_close(&w);
    json_close(&w);
    return buf_done(&text, out, err);
}

/* --- alarms ------------------------------------------------------------------------------------------------------- */

/* Is it an alarm of the record as it is? Of what is kept apart nobody here can tell. */
static bool is_known(const struct finding *one, const struct screen_found *record)
{
    if (str_is(one->item, VISIT_KEPT_APART)) return false;
    for (size_t i = 0; i < record->count; i++) {
        const struct finding *other = &record->list[i];
        if (str_eq(one->guideline, other->guideline) && str_eq(one->item, other->item) &&
            str_eq(one->value, other->value) && str_eq(one->value2, other->value2) && one->urgency >= other->urgency)
            return true;
    }
    return false;
}

/* What cannot be compared is told. */
static void leave_known(struct answering *in, struct rec_view *view)
{
    struct screen_found record;
    struct finding *list = arena_array(in->visit->mem, struct finding, in->alarms.count + 1);
    size_t n = 0;
    if (list == NULL || visit_alarms(in->visit, in->ask->screening, view, NULL, &record, NULL) != SALVE_OK) return;
    for (size_t i = 0; i < in->alarms.count; i++)
        if (!is_known(&in->alarms.list[i], &record)) list[n++] = in->alarms.list[i];
    in->alarms = (struct screen_found){.list = list, .count = n};
}

/* All that can be read, as first results: alarms look at these, and nothing else does. */
static enum salve_code tell_alarms(struct answering *in, struct rec_view *view, struct salve_err *err)
{
    struct buf text;
    struct str bytes;
    struct tape tape;
    uint32_t unread = 0;
    struct form_response_ask any = {.is_all = true, .status = STR(""), .subject = STR(""), .authored = STR("")};
    if (in->ask->screening == NULL || in->ask->alarms == NULL) return SALVE_OK;
    struct buf probe;
    buf_init(&probe, in->visit->mem, BUNDLE_BYTES_MAX);
    struct json_writer p = {.out = &probe};
    if (!form_response_write(&in->reckoned, &any, &p)) return SALVE_OK; /* there is nothing to judge */
    buf_init(&text, in->visit->mem, BUNDLE_BYTES_MAX);
    struct json_writer w = {.out = &text};
    visit_bundle_begin(&w);
    put_response(in, NULL, &w);
    json_close(&w);
    json_close(&w);
    TRY(buf_done(&text, &bytes, err));
    TRY(import_read(bytes, in->visit->mem, &tape, NULL, err));
    TRY(import_answers(site_admission(in->visit->site), &tape, in->visit->mem, &unread, err));
    TRY(visit_alarms(in->visit, in->ask->screening, view, &tape, &in->alarms, err));
    if (in->is_new_alone && view != NULL && in->alarms.count > 0) leave_known(in, view);
    if (in->alarms.count > 0) in->ask->alarms(in->ask->with, &in->alarms);
    return SALVE_OK;
}

/* --- what the person did not agree to keep ------------------------------------------------------------------------ */

static size_t count_apart(const struct answering *in)
{
    size_t count = 0;
    for (size_t i = 0; i < in->reckoned.kept_count; i++) {
        const struct form_kept *one = &in->reckoned.kept[i];
        family_mask families = 0;
        if (one->code.len > 0) (void)admit_observes(site_admission(in->visit->site), one->system, one->code, &families);
        count += families != 0;
    }
    return count;
}

/* Its findings reach the person now or never: also where the first answer to the request was lost on its way. */
static enum salve_code tell_unkept(struct answering *in, struct rec_view *view, struct str bytes, struct salve_err *err)
{
    struct tape tape;
    uint32_t unread = 0;
    in->out->unkept = rec_keeps_apart(view) ? 0 : count_apart(in);
    in->out->kept -= in->out->unkept;
    if (in->out->unkept == 0 || in->ask->screening == NULL) return SALVE_OK;
    TRY(import_read(bytes, in->visit->mem, &tape, NULL, err));
    TRY(import_answers(site_admission(in->visit->site), &tape, in->visit->mem, &unread, err));
    return visit_unkept(in->visit, in->ask->screening, view, &tape, &in->out->said, err);
}

/* --- numbers ------------------------------------------------------------------------------------------------------ */

static bool judge(const struct answering *in, const struct form_kept *one, struct range_answer *out)
{
    struct expr_decimal value;
    bool is_number = one->kind == FORM_QUANTITY || one->kind == FORM_INTEGER || one->kind == FORM_DECIMAL;
    if (!is_number || one->code.len == 0 || one->answer == SIZE_MAX || in->visit->content->ranges == NULL ||
        !expr_decimal_parse(one->value, &value))
        return false;
    *out = ranges_judge(in->visit->content->ranges, one->code, value, one->unit);
    return true;
}

static enum salve_code doubt_numbers(struct answering *in, const struct tape *patient, struct salve_err *err)
{
    struct visit_grown grown = visit_grown(patient, site_now_unix_ms(in->visit->site));
    struct visit_answered *out = in->out;
    size_t room = in->reckoned.kept_count, faults = in->reckoned.fault_count;
    struct form_fault *list = arena_array(in->visit->mem, struct form_fault, faults + room + 1);
    out->doubts = arena_array(in->visit->mem, struct visit_answer_doubt, room + 1);
    if (list == NULL || out->doubts == NULL) return salve_fail(err, SALVE_E_MEMORY, "answers");
    for (size_t i = 0; i < faults; i++) list[i] = in->reckoned.faults[i];
    for (size_t i = 0; i < room; i++) {
        const struct form_kept *one = &in->reckoned.kept[i];
        struct range_answer range;
        if (!judge(in, one, &range)) continue;
        if (range.state == RANGE_REFUSED) {
            list[faults] = (struct form_fault){
                .why = FORM_WHY_RANGE, .answer = one->answer, .which = one->which, .link = one->link};
            list[faults].in_count = one->in_count;
            for (size_t k = 0; k < one->in_count; k++) list[faults].in[k] = one->in[k];
            faults++;
        } else if (range.state == RANGE_CONFIRM && grown.may_be_adult &&
                   !(in->ask->is_confirmed != NULL && in->ask->is_confirmed(in->ask->with, one->answer)))
            out->doubts[out->doubt_count++] = (struct visit_answer_doubt){one, range, grown.may_be_child};
    }
    out->faults = list;
    out->fault_count = faults;
    return SALVE_OK;
}

/* --- a request that is made again --------------------------------------------------------------------------------- */

static void add_said(const struct tape *tape, tape_at parent, struct buf *out)
{
    for (tape_at c = tape_first(tape, parent); c != TAPE_NONE; c = tape_next(tape, parent, c)) {
        if (tape_type(tape, c) == FHIR_T_QuestionnaireResponse_item ||
            tape_type(tape, c) == FHIR_T_QuestionnaireResponse_item_answer) {
            buf_addf(out, "(%.*s ", STR_ARGS(tape_child_text(tape, c, "linkId")));
            add_said(tape, c, out);
            buf_add(out, STR(")"));
        } else if (tape_path_name(tape, c) == FHIR_N_value) {
            tape_at code = tape_kind(tape, c) == TAPE_OBJECT ? tape_get(tape, c, "code") : c;
            tape_at number = tape_kind(tape, c) == TAPE_OBJECT ? tape_get(tape, c, "value") : TAPE_NONE;
            if (code != TAPE_NONE) buf_addf(out, "%.*s;", STR_ARGS(tape_text(tape, code)));
            if (number != TAPE_NONE) buf_addf(out, "%.*s;", STR_ARGS(tape_text(tape, number)));
        }
    }
}

/* Do two responses say the same, as far as they are kept? */
static bool says_same(const struct tape *a, tape_at a_at, const struct tape *b, tape_at b_at, struct arena *mem)
{
    struct buf x, y;
    buf_init(&x, mem, BUNDLE_BYTES_MAX);
    buf_init(&y, mem, BUNDLE_BYTES_MAX);
    add_said(a, a_at, &x);
    add_said(b, b_at, &y);
    return buf_code(&x) == SALVE_OK && buf_code(&y) == SALVE_OK && str_eq(buf_str(&x), buf_str(&y));
}

static const struct rec_resource *kept_as(const struct rec_resource *all, size_t count, struct str source)
{
    for (size_t i = 0; i < count; i++) {
        struct same_mark mark;
        if (!str_is(all[i].type, "QuestionnaireResponse")) continue;
        same_mark(&all[i].tape, tape_root(&all[i].tape), &mark);
        if (str_eq(mark.source, source)) return &all[i];
    }
    return NULL;
}

/* Has the record this request's answers already? What is kept apart may be there and not be shown. */
static enum salve_code find_kept(const struct answering *in, struct rec_view *view, struct str bytes, bool *was_kept,
                                 struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    struct tape tape;
    size_t count = 0, there = 0, other = 0, wanted = 0;
    bool sees_all = rec_shows(view, CLASS_SENS) && rec_keeps_apart(view);
    *was_kept = false;
    if (in->ask->key.len == 0) return SALVE_OK;
    TRY(rec_all(view, 0, &all, &count, err));
    TRY(import_read(bytes, in->visit->mem, &tape, NULL, err));
    for (family_mask f = 0; f <= FAMILY_ALL; f += 2) other += kept_as(all, count, id_of(in, f)) != NULL;
    for (tape_at at = TAPE_NONE; tape_each_resource(&tape, &at); wanted++) {
        const struct rec_resource *one = kept_as(all, count, tape_child_text(&tape, at, "id"));
        if (one == NULL) {
            wanted -= !sees_all && admit_families(site_admission(in->visit->site), &tape, at) != 0;
            continue;
        }
        there += says_same(&one->tape, tape_root(&one->tape), &tape, at, in->visit->mem);
    }
    if (other == 0) return SALVE_OK;
    *was_kept = there == wanted && other == there;
    if (*was_kept) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONFLICT, "it was used for other answers; nothing was kept", "key");
}

/* --- into the record ---------------------------------------------------------------------------------------------- */

static size_t count_kept(const struct answering *in)
{
    size_t count = 0;
    for (size_t i = 0; i < in->reckoned.kept_count; i++) count += in->reckoned.kept[i].code.len > 0;
    return count;
}

static enum salve_code keep(struct answering *in, struct rec_view *view, struct salve_err *err)
{
    struct visit_imported sum = {0};
    struct str bytes;
    size_t responses = 0;
    TRY(keep_bundle(in, &bytes, &responses, err));
    if (responses > 0) TRY(find_kept(in, view, bytes, &in->out->was_kept, err));
    in->out->kept = count_kept(in);
    TRY(tell_unkept(in, view, bytes, err));
    if (in->out->was_kept) return SALVE_OK;
    if (responses > 0) TRY(visit_import_into(in->visit, view, bytes, &in->alarms, &sum, err));
    return in->ask->screening == NULL ? SALVE_OK
                                      : visit_work_after(in->visit, in->ask->screening, view, &in->alarms, err);
}

/* The form, and its alarms whatever becomes of reckoning it. */
static enum salve_code reckon(struct answering *in, struct rec_view *view, struct salve_err *err)
{
    struct str today;
    struct salve_err wrong = {0};
    int64_t now = site_now_unix_ms(in->visit->site);
    struct form_ask ask = {.answers = in->ask->answers, .count = in->ask->count, .language = in->ask->language};
    (void)clock_text(now, in->authored);
    TRY(visit_date(in->visit, now, &today, err));
    ask.today = today;
    enum salve_code code = form_reckon(in->ask->form, &ask, in->visit->mem, &in->reckoned, &wrong);
    TRY(tell_alarms(in, view, err));
    if (code != SALVE_OK && err != NULL) *err = wrong;
    return code;
}

/* Whose answers they are, and their alarms. */
static enum salve_code begin(struct answering *in, struct rec_view *view, struct salve_err *err)
{
    TRY(visit_patient(view, &in->patient, err));
    if (in->patient == NULL) return salve_fail(err, SALVE_E_NOT_FOUND, "Patient");
    TRY(arena_str(in->visit->mem, in->patient->id, &in->patient_id, err)); /* outlives the view */
    return reckon(in, view, err);
}

static enum salve_code answers_in(struct answering *in, struct rec_view *view, struct salve_err *err)
{
    struct visit_answered *out = in->out;
    TRY(begin(in, view, err));
    if (in->ask->impossible != NULL) {
        if (err != NULL) *err = *in->ask->impossible;
        return in->ask->impossible->code;
    }
    TRY(doubt_numbers(in, &in->patient->tape, err));
    out->unasked = in->reckoned.unasked_count;
    out->state = out->fault_count > 0   ? VISIT_ANSWERS_REFUSED
                 : out->doubt_count > 0 ? VISIT_ANSWERS_ASKS
                                        : VISIT_ANSWERS_STORED;
    return out->state == VISIT_ANSWERS_STORED ? keep(in, view, err) : SALVE_OK;
}

/* The record stays shut, and nothing is kept; what was answered is an alarm all the same, of somebody not known. */
static void tell_unopened(struct answering *in)
{
    in->patient_id = STR("p");
    (void)!reckon(in, NULL, NULL);
}

enum salve_code visit_answers_save(const struct visit *visit, struct str card, const struct visit_answers_ask *ask,
                                   struct visit_answered *out, struct salve_err *err)
{
    struct answering in = {.visit = visit, .ask = ask, .out = out};
    struct rec_view *view = NULL;
    *out = (struct visit_answered){.kept = 0};
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK)
        code = answers_in(&in, view, err);
    else
        tell_unopened(&in);
    return visit_view_close(visit, &view, code, err);
}

enum salve_code visit_answers_judge(const struct visit *visit, struct str card, const struct visit_answers_ask *ask,
                                    struct salve_err *err)
{
    struct visit_answered out = {.kept = 0};
    struct answering in = {.visit = visit, .ask = ask, .out = &out, .is_new_alone = true};
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK)
        code = begin(&in, view, err);
    else
        tell_unopened(&in);
    return visit_view_close(visit, &view, code, err);
}

/* --- first answers ------------------------------------------------------------------------------------------------ */

static enum salve_code first_in(const struct visit *visit, struct rec_view *view, const struct form *form,
                                struct form_answer **out, size_t *count, struct salve_err *err)
{
    const struct rec_resource *all = NULL;
    struct form_first_ask ask = {.now_unix_ms = site_now_unix_ms(visit->site)};
    size_t resources = 0, n = 0;
    TRY(rec_all(view, 0, &all, &resources, err));
    struct tape *tapes = arena_array(visit->mem, struct tape, resources + 1);
    struct tape *standing = arena_array(visit->mem, struct tape, resources + 1);
    bool *counts = arena_array(visit->mem, bool, resources + 1);
    if (tapes == NULL || standing == NULL || counts == NULL) return salve_fail(err, SALVE_E_MEMORY, "form");
    for (size_t i = 0; i < resources; i++) tapes[i] = all[i].tape;
    TRY(same_standing(tapes, resources, visit->mem, counts, err));
    for (size_t i = 0; i < resources; i++) {
        if (str_is(all[i].type, "Patient")) ask.patient = &all[i].tape;
        if (counts[i] && str_is(all[i].type, "Observation")) standing[n++] = tapes[i];
    }
    ask.observations = standing;
    ask.observation_count = n;
    return form_first(form, &ask, visit->mem, out, count, err);
}

enum salve_code visit_answers_first(const struct visit *visit, struct str card, const struct form *form,
                                    struct form_answer **out, size_t *count, struct salve_err *err)
{
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = first_in(visit, view, form, out, count, err);
    return visit_view_close(visit, &view, code, err);
}

/* Where nothing is known the form is as it was made. */
static void put_unanswered(const struct form *form, const struct form_response_ask *ask, struct arena *mem,
                           struct json_writer *w)
{
    struct str id = form_id(form), version = form_version(form);
    json_open(w, NULL, '{');
    json_put_text(w, "resourceType", STR("QuestionnaireResponse"));
    json_put_text(w, "questionnaire", arena_printf(mem, "urn:salve:form:%.*s|%.*s", STR_ARGS(id), STR_ARGS(version)));
    json_put_text(w, "status", ask->status);
    json_open(w, "subject", '{');
    json_put_text(w, "reference", ask->subject);
    json_close(w);
    json_put_text(w, "authored", ask->authored);
    json_close(w);
}

static enum salve_code populate_in(const struct visit *visit, struct rec_view *view, const struct form *form,
                                   struct str *json, struct salve_err *err)
{
    const struct rec_resource *patient = NULL;
    struct form_reckoned reckoned;
    struct form_answer *answers = NULL;
    struct form_ask ask = {.language = STR_NONE};
    struct buf out;
    struct json_writer w = {.out = &out};
    char authored[CLOCK_TEXT_BYTES];
    int64_t now_unix_ms = site_now_unix_ms(visit->site);
    TRY(visit_patient(view, &patient, err));
    if (patient == NULL) return salve_fail(err, SALVE_E_NOT_FOUND, "Patient");
    TRY(first_in(visit, view, form, &answers, &ask.count, err));
    ask.answers = answers;
    TRY(visit_date(visit, now_unix_ms, &ask.today, err));
    TRY(form_reckon(form, &ask, visit->mem, &reckoned, err));
    const struct form_response_ask response = {.status = STR("in-progress"),
                                               .subject =
                                                   arena_printf(visit->mem, "Patient/%.*s", STR_ARGS(patient->id)),
                                               .authored = clock_text(now_unix_ms, authored),
                                               .is_all = true};
    buf_init(&out, visit->mem, BUNDLE_BYTES_MAX);
    if (!form_response_write(&reckoned, &response, &w)) put_unanswered(form, &response, visit->mem, &w);
    return buf_done(&out, json, err);
}

enum salve_code visit_populate(const struct visit *visit, struct str card, const struct form *form, struct str *json,
                               struct salve_err *err)
{
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = populate_in(visit, view, form, json, err);
    return visit_view_close(visit, &view, code, err);
}
