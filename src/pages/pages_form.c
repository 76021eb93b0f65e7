/* SPDX-License-Identifier: Apache-2.0
 * Forms: what the page runs, and what was answered: kept, asked about, or refused; and its alarms first of all. */
#include "pages/pages_int.h"

#include "screen/told.h"
#include "visit/answers.h"

/* --- a form ------------------------------------------------------------------------------------------------------- */

static struct str language_of(const struct pages_call *call)
{
    if (call->in.language.len > 0) return call->in.language;
    return call->language_count > 0 ? call->languages[0] : STR("en");
}

enum salve_code pages_call_form(struct pages_call *call, struct salve_err *err)
{
    const struct form *form = NULL;
    struct form_answer *first = NULL;
    size_t count = 0;
    TRY(visit_questionnaire(call->visit.content, call->in.form, &form, err));
    TRY(visit_answers_first(&call->visit, call->session->held.who, form, &first, &count, err));
    json_put_raw(&call->w, "form", pages_form_json(call->content, form, language_of(call)));
    form_answers_write(first, count, "initial", &call->w);
    return SALVE_OK;
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

static bool is_confirmed(void *with, size_t answer)
{
    const struct pages_call *call = with;
    for (size_t i = 0; i < call->in.confirmed_count; i++)
        if (call->in.confirmed[i].reading == answer) return true;
    return false;
}

static void hear_alarms(void *with, const struct screen_found *findings)
{
    ((struct pages_call *)with)->alarms = *findings;
}

static void put_doubt(struct json_writer *w, const struct visit_answer_doubt *doubt)
{
    json_open(w, NULL, '{');
    json_put_i64(w, "answer", (int64_t)doubt->kept->answer);
    json_put_text(w, "link", doubt->kept->link);
    json_open(w, "in", '[');
    for (size_t i = 0; i < doubt->kept->in_count; i++) json_put_i64(w, NULL, doubt->kept->in[i]);
    json_close(w);
    json_put_text(w, "number", doubt->kept->value);
    json_put_text(w, "unit", doubt->kept->unit.len > 0 ? doubt->kept->unit : STR(""));
    json_open(w, "soft", '[');
    json_put_text(w, NULL, doubt->range.soft[0]);
    json_put_text(w, NULL, doubt->range.soft[1]);
    json_close(w);
    json_put_text(w, "otherUnit", doubt->range.other_unit.len > 0 ? doubt->range.other_unit : STR_NONE);
    json_put_bool(w, "isAgeNotKnown", doubt->is_age_not_known);
    json_close(w);
}

static void answer_unkept(struct pages_call *call, const struct visit_answered *done)
{
    struct json_writer *w = &call->w;
    bool is_refused = done->state == VISIT_ANSWERS_REFUSED;
    json_put_text(w, "state", is_refused ? STR("refused") : STR("asks"));
    if (is_refused)
        form_faults_write(done->faults, done->fault_count, "faults", w);
    else {
        json_open(w, "doubts", '[');
        for (size_t i = 0; i < done->doubt_count; i++) put_doubt(w, &done->doubts[i]);
        json_close(w);
    }
    pages_put_found(call, "alarms", &call->alarms);
}

static enum salve_code answer_stored(struct pages_call *call, const struct visit_screening *screening,
                                     const struct visit_answered *done, struct salve_err *err)
{
    json_put_text(&call->w, "state", STR("stored"));
    json_put_i64(&call->w, "kept", (int64_t)done->kept);
    json_put_i64(&call->w, "unasked", (int64_t)done->unasked);
    json_put_i64(&call->w, "unkept", (int64_t)done->unkept);
    pages_put_found(call, "said", &done->said);
    pages_unkept_add(call->session, done->unkept, &done->said);
    return pages_put_stored(call, screening, done->was_kept, err);
}

struct judging {
    const struct visit_screening *screening;
    const struct form *form;
    struct visit_answers_ask ask;
    struct str who; /* the open person, where the request is about them; empty: nobody who is known */
    bool is_theirs;
};

/* Without the form nobody knows what the answers are of. */
static enum salve_code begin(struct pages_call *call, struct judging *out, struct salve_err *err)
{
    TRY(pages_screening(call, &out->screening, err));
    TRY(visit_questionnaire(call->visit.content, call->in.form, &out->form, err));
    out->ask = (struct visit_answers_ask){.form = out->form,
                                          .answers = call->in.answers,
                                          .count = call->in.answers_count,
                                          .language = language_of(call),
                                          .is_confirmed = is_confirmed,
                                          .screening = out->screening,
                                          .alarms = hear_alarms,
                                          .with = call};
    out->is_theirs = call->session->held.view != NULL && str_is(call->in.person, call->session->person);
    out->who = out->is_theirs ? call->session->held.who : STR("");
    return SALVE_OK;
}

/* Nothing of these answers is kept, so their alarms wait: until they are given otherwise, or for an outcome. */
static void note_unkept(struct pages_call *call, const struct judging *in)
{
    if (in->is_theirs)
        pages_judged_note(call->session, call->in.form, call->in.answers, call->in.answers_count, &call->alarms);
    else
        pages_pending_add(call->session, &call->alarms);
}

/* What was kept has its alarms in the record, or waits as what is not kept; what was taken back before is there. */
static enum salve_code end_stored(struct pages_call *call, const struct judging *in, const struct visit_answered *done,
                                  struct salve_err *err)
{
    TRY(answer_stored(call, in->screening, done, err));
    pages_judged_note(call->session, call->in.form, call->in.answers, call->in.answers_count,
                      &(struct screen_found){.count = 0});
    return SALVE_OK;
}

/* Whatever is wrong, alarms are looked for: in the open record where the request is about it, else in what was
 * answered. */
enum salve_code pages_call_form_save(struct pages_call *call, struct salve_err *err)
{
    struct judging in;
    struct visit_answered done;
    struct salve_err wrong = {0};
    TRY(begin(call, &in, err));
    bool is_wrong = pages_check_judged(call, 1, "answers", &wrong) != SALVE_OK; /* every question may be skipped */
    in.ask.impossible = is_wrong ? &wrong : NULL;
    in.ask.key = is_wrong ? STR_NONE : call->in.key;
    enum salve_code code = visit_answers_save(&call->visit, in.who, &in.ask, &done, err);
    bool is_kept = code == SALVE_OK && done.state == VISIT_ANSWERS_STORED;
    if (is_kept) return end_stored(call, &in, &done, err);
    note_unkept(call, &in);
    if (code == SALVE_OK) answer_unkept(call, &done);
    if (code == SALVE_OK || !is_wrong) return code;
    *err = wrong;
    return wrong.code;
}

/* An answer is judged when it is given, also while the person alone has the tablet; nothing of it is kept. */
enum salve_code pages_call_form_judge(struct pages_call *call, struct salve_err *err)
{
    struct judging in;
    struct salve_err wrong = {0};
    TRY(begin(call, &in, err));
    bool is_wrong = pages_check_open(call, &wrong) != SALVE_OK;
    enum salve_code code = visit_answers_judge(&call->visit, in.who, &in.ask, err);
    note_unkept(call, &in);
    if (is_wrong) return *err = wrong, wrong.code;
    if (code != SALVE_OK) return code;
    json_put_text(&call->w, "state", STR("judged"));
    pages_put_found(call, "alarms", &call->alarms);
    return SALVE_OK;
}
