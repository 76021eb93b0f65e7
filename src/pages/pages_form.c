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
    form_write(form, language_of(call), "form", &call->w);
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
    return pages_put_stored(call, screening, done->was_kept, err);
}

/* Whatever is wrong, alarms are looked for: in the open record where the request is about it, else in what was
 * answered. Without the form nobody knows what the answers are of. */
enum salve_code pages_call_form_save(struct pages_call *call, struct salve_err *err)
{
    const struct visit_screening *screening = NULL;
    const struct form *form = NULL;
    struct visit_answered done;
    struct salve_err wrong = {0};
    TRY(pages_screening(call, &screening, err));
    TRY(visit_questionnaire(call->visit.content, call->in.form, &form, err));
    bool is_wrong = pages_check_judged(call, 1, "answers", &wrong) != SALVE_OK; /* every question may be skipped */
    struct visit_answers_ask ask = {.form = form,
                                    .answers = call->in.answers,
                                    .count = call->in.answers_count,
                                    .language = language_of(call),
                                    .is_confirmed = is_confirmed,
                                    .screening = screening,
                                    .alarms = hear_alarms,
                                    .impossible = is_wrong ? &wrong : NULL,
                                    .key = is_wrong ? STR_NONE : call->in.key,
                                    .with = call};
    bool is_theirs = call->session->held.view != NULL && str_is(call->in.person, call->session->person);
    struct str who = is_theirs ? call->session->held.who : STR("");
    enum salve_code code = visit_answers_save(&call->visit, who, &ask, &done, err);
    bool is_kept = code == SALVE_OK && done.state == VISIT_ANSWERS_STORED;
    if (is_kept) return answer_stored(call, screening, &done, err);
    call->session->is_pending = call->session->is_pending || pages_has_urgent(&call->alarms);
    if (code == SALVE_OK) answer_unkept(call, &done);
    if (code == SALVE_OK || !is_wrong) return code;
    *err = wrong;
    return wrong.code;
}
