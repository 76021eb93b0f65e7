/* SPDX-License-Identifier: Apache-2.0
 * What a station typed: kept, asked about, or refused; and its alarms first of all, whatever becomes of it. */
#include <stdio.h>
#include <string.h>

#include "pages/pages_int.h"

#include "screen/told.h"
#include "visit/enrol.h"
#include "visit/measure.h"
#include "visit/result.h"

struct measuring {
    struct pages_call *call;
    struct visit_reading *readings;
    size_t count;
    struct visit_doubt *doubts; /* that nobody confirmed */
    size_t doubt_count;
    enum salve_code read;        /* of what was typed, */
    struct salve_err impossible; /* and why some of it cannot be right */
    bool was_kept;
};

/* --- what has to be confirmed ------------------------------------------------------------------------------------- */

static bool is_confirmed(void *with, const struct visit_doubt *doubt)
{
    struct measuring *in = with;
    const struct pages_in *asked = &in->call->in;
    size_t reading = (size_t)(doubt->reading - in->readings);
    for (size_t i = 0; i < asked->confirmed_count; i++)
        if (asked->confirmed[i].reading == reading && asked->confirmed[i].which == doubt->which) return true;
    in->doubts[in->doubt_count++] = *doubt;
    return false;
}

static void put_doubt(struct json_writer *w, const struct measuring *in, const struct visit_doubt *doubt)
{
    const struct range_answer *range = &doubt->reading->ranges[doubt->which];
    json_open(w, NULL, '{');
    json_put_i64(w, "reading", doubt->reading - in->readings);
    json_put_i64(w, "which", (int64_t)doubt->which);
    json_put_text(w, "word", doubt->reading->word);
    json_put_text(w, "number", doubt->reading->numbers[doubt->which]);
    json_put_text(w, "unit", doubt->reading->unit);
    json_open(w, "soft", '[');
    json_put_text(w, NULL, range->soft[0]);
    json_put_text(w, NULL, range->soft[1]);
    json_close(w);
    json_put_text(w, "otherUnit", doubt->other_unit.len > 0 ? doubt->other_unit : STR_NONE);
    json_put_bool(w, "isAgeNotKnown", doubt->is_age_not_known);
    json_close(w);
}

static void answer_doubts(const struct measuring *in)
{
    struct json_writer *w = &in->call->w;
    json_put_text(w, "state", STR("asks"));
    json_open(w, "doubts", '[');
    for (size_t i = 0; i < in->doubt_count; i++) put_doubt(w, in, &in->doubts[i]);
    json_close(w);
    pages_put_found(in->call, "alarms", &in->call->alarms);
}

/* --- what cannot be right ----------------------------------------------------------------------------------------- */

/* Which number it is: outside its range, or beside another that it does not fit. */
struct impossible {
    size_t reading, which;
    const char *why; /* "range"; "pair": the two of a reading; "pairs": of two readings */
};

static struct impossible find_impossible(const struct measuring *in)
{
    const struct salve_err *why = &in->impossible;
    int64_t number = 0;
    struct impossible out = {.why = "pairs"};
    struct str element = str_of(why->element), head = STR("word ");
    bool is_one = str_starts(element, head) && str_to_i64(str_cut(element, head.len, element.len), &number);
    if (is_one && number >= 1 && (size_t)number <= in->count) {
        out = (struct impossible){(size_t)number - 1, 0, "pair"};
        for (size_t which = 2; which > 0; which--)
            if (in->readings[out.reading].ranges[which - 1].state == RANGE_REFUSED)
                out = (struct impossible){out.reading, which - 1, "range"};
        return out;
    }
    struct str word = str_make(why->element, strcspn(why->element, " ")); /* the first of two */
    while (out.reading + 1 < in->count && !str_eq(in->readings[out.reading].word, word)) out.reading++;
    return out;
}

static void answer_refused(const struct measuring *in)
{
    struct json_writer *w = &in->call->w;
    struct impossible at = find_impossible(in);
    const struct visit_reading *reading = &in->readings[at.reading];
    const struct range_answer *range = &reading->ranges[at.which];
    json_put_text(w, "state", STR("refused"));
    json_put_text(w, "word", reading->word);
    json_put_i64(w, "reading", (int64_t)at.reading);
    json_put_i64(w, "which", (int64_t)at.which);
    json_put_text(w, "unit", reading->unit.len > 0 ? reading->unit : STR(""));
    if (range->hard[0].len > 0) {
        json_open(w, "hard", '[');
        json_put_text(w, NULL, range->hard[0]);
        json_put_text(w, NULL, range->hard[1]);
        json_close(w);
    } else
        json_put_null(w, "hard");
    json_put_text(w, "otherUnit", range->other_unit.len > 0 ? range->other_unit : STR_NONE);
    json_put_text(w, "why", str_of(at.why));
    pages_put_found(in->call, "alarms", &in->call->alarms);
}

/* --- the call ----------------------------------------------------------------------------------------------------- */

static void hear_alarms(void *with, const struct screen_found *findings)
{
    ((struct measuring *)with)->call->alarms = *findings;
}

/* Whatever is wrong, alarms are looked for: in the open record where the request is about it, else in what was
 * typed. */
static enum salve_code measure(struct measuring *in, const struct visit_screening *screening, size_t *kept,
                               struct salve_err *err)
{
    struct pages_call *call = in->call;
    struct salve_err wrong = {0};
    bool is_wrong = pages_check_judged(call, call->in.readings_count, "readings", &wrong) != SALVE_OK;
    struct visit_measure_ask ask = {.confirm = is_confirmed,
                                    .screening = screening,
                                    .alarms = hear_alarms,
                                    .asks_all = true,
                                    .key = is_wrong ? STR_NONE : call->in.key,
                                    .was_kept = &in->was_kept,
                                    .with = in};
    if (in->impossible.code != SALVE_OK) ask.impossible = &in->impossible;
    if (is_wrong) ask.impossible = &wrong;
    bool is_theirs = call->session->held.view != NULL && str_is(call->in.person, call->session->person);
    struct str who = is_theirs ? call->session->held.who : STR("");
    enum salve_code code = visit_measure(&call->visit, who, in->readings, in->count, &ask, kept, err);
    if (code != SALVE_OK && is_wrong) *err = wrong;
    return is_wrong ? wrong.code : code;
}

/* What was typed, and where what nobody confirms is put. */
static enum salve_code read_typed(struct measuring *in, const struct visit_screening **screening, struct salve_err *err)
{
    struct pages_call *call = in->call;
    if (call->in_code != SALVE_OK && call->in.readings_count == 0) return *err = call->in_err, call->in_code;
    TRY(pages_screening(call, screening, err));
    in->read =
        visit_measure_typed(call->visit.content, site_settings(call->visit.site)->units, call->in.readings,
                            call->in.readings_count, call->visit.mem, &in->readings, &in->count, &in->impossible);
    if (in->read != SALVE_OK && in->readings == NULL) return *err = in->impossible, in->read;
    in->doubts = arena_array(call->visit.mem, struct visit_doubt, 2 * in->count + 1);
    return in->doubts != NULL ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "readings");
}

/* What hindered it: a number that cannot be right, or some that nobody confirmed, is an answer; else the error. */
static enum salve_code answer_hindered(const struct measuring *in, enum salve_code code)
{
    bool is_refused = in->read == SALVE_E_RANGE && code == SALVE_E_RANGE && in->doubt_count == 0;
    if (!is_refused && (code != SALVE_E_RANGE || in->doubt_count == 0)) return code;
    if (is_refused)
        answer_refused(in);
    else
        answer_doubts(in);
    return SALVE_OK;
}

enum salve_code pages_call_measure(struct pages_call *call, struct salve_err *err)
{
    struct measuring in = {.call = call};
    const struct visit_screening *screening = NULL;
    size_t kept = 0;
    TRY(read_typed(&in, &screening, err));
    enum salve_code code = measure(&in, screening, &kept, err);
    if (code == SALVE_OK) {
        json_put_text(&call->w, "state", STR("stored"));
        json_put_i64(&call->w, "kept", (int64_t)kept);
        return pages_put_stored(call, screening, in.was_kept, err);
    }
    pages_pending_add(call->session, &call->alarms);
    bool is_unread = in.read != SALVE_OK && in.count == 0; /* nothing was typed that could be judged */
    if (is_unread && code == SALVE_E_INVALID) return *err = in.impossible, in.read;
    return answer_hindered(&in, code);
}

/* --- of somebody of whom nothing is kept -------------------------------------------------------------------------- */

/* What was typed, as a file about one person; alarms first. What they told of themselves hinders no alarm. */
static enum salve_code measure_paper(struct measuring *in, const struct visit_screening *screening, struct str *bundle,
                                     struct salve_err *err)
{
    struct pages_call *call = in->call;
    struct salve_err wrong = {0};
    struct visit_patient_form who = {0};
    bool asks = false;
    enum salve_code told = call->in_code;
    if (told != SALVE_OK) wrong = call->in_err;
    if (told == SALVE_OK) told = pages_told(call, false, &who, &asks, &wrong);
    if (told != SALVE_OK) who = (struct visit_patient_form){0};
    struct visit_measure_ask ask = {
        .confirm = is_confirmed, .screening = screening, .alarms = hear_alarms, .asks_all = true, .with = in};
    if (in->impossible.code != SALVE_OK) ask.impossible = &in->impossible;
    if (told != SALVE_OK) ask.impossible = &wrong;
    return visit_measure_paper(&call->visit, &who, in->readings, in->count, &ask, bundle, err);
}

static uint64_t mixed(uint64_t sum, struct str text) { return (sum ^ str_hash(text)) * 0x100000001B3u; }

/* An alarm that has its outcome does not hold again with each further look at the same person, whom the key tells from
 * others; another one does, and so does any where there is no key. */
static void note_paper_alarms(struct pages_call *call)
{
    struct pages_session *session = call->session;
    uint64_t sum = mixed(0xCBF29CE484222325u, call->in.key);
    bool has_key = call->in_code == SALVE_OK && pages_is_key(call->in.key);
    if (!pages_has_urgent(&call->alarms)) return;
    for (size_t i = 0; i < call->alarms.count; i++) {
        const struct finding *one = &call->alarms.list[i];
        if (screen_needs_told(one)) sum = mixed(mixed(mixed(sum, one->item), one->value), one->value2) + one->urgency;
    }
    session->paper_alarms = has_key ? sum | 1 : 0;
    if (!has_key || session->paper_alarms != session->paper_over) session->is_paper_pending = true;
}

/* The letter is the only copy, and a clinician answers for it. */
static enum salve_code paper_letter(struct pages_call *call, const struct visit_screening *screening, struct str bundle,
                                    struct salve_err *err)
{
    struct visit own = call->visit;
    struct visit_paper paper = {.bytes = bundle};
    struct visit_sheet sheets[] = {{.language = call->in.language}, {.language = call->in.language, .is_pdf = true}};
    struct visit_letters_ask ask = {.sheets = sheets, .count = 2};
    own.held = NULL;
    if (call->pages->config.draw != NULL) own.draw = call->pages->config.draw[call->at->number];
    TRY(visit_paper_letters(&own, screening, &paper, &ask, err));
    return pages_letter_keep(call, sheets, true, err);
}

static enum salve_code answer_judged(struct measuring *in, const struct visit_screening *screening, struct str bundle,
                                     struct salve_err *err)
{
    struct pages_call *call = in->call;
    struct screen_found found = {0};
    struct visit_paper paper = {.bytes = bundle};
    TRY(visit_paper_screen(&call->visit, screening, &paper, &found, err));
    json_put_text(&call->w, "state", STR("judged"));
    pages_put_found(call, "findings", &found);
    pages_put_found(call, "alarms", &call->alarms);
    return call->in.language.len > 0 ? paper_letter(call, screening, bundle, err) : SALVE_OK;
}

enum salve_code pages_call_paper(struct pages_call *call, struct salve_err *err)
{
    struct measuring in = {.call = call};
    const struct visit_screening *screening = NULL;
    struct str bundle = STR("");
    TRY(read_typed(&in, &screening, err));
    enum salve_code code = measure_paper(&in, screening, &bundle, err);
    note_paper_alarms(call);
    json_put_bool(&call->w, "holds", call->session->is_paper_pending);
    return code == SALVE_OK ? answer_judged(&in, screening, bundle, err) : answer_hindered(&in, code);
}

/* What became of it is the staff's to see to: it is written nowhere. */
enum salve_code pages_call_paper_outcome(struct pages_call *call, struct salve_err *err)
{
    if (!str_is(call->in.why, "told") && !str_is(call->in.why, "left") && !str_is(call->in.why, "call-clinician"))
        return salve_refuse(err, SALVE_E_INVALID, "told, left or call-clinician", "why");
    call->session->is_paper_pending = false;
    call->session->paper_over = call->session->paper_alarms;
    return SALVE_OK;
}

enum salve_code pages_call_wrong(struct pages_call *call, struct salve_err *err)
{
    struct str *words = arena_array(call->visit.mem, struct str, 2 * call->in.readings_count + 1);
    struct visit_reading *readings = NULL;
    struct visit_wronged done;
    struct visit_facts facts;
    size_t count = 0;
    if (words == NULL) return salve_fail(err, SALVE_E_MEMORY, "readings");
    for (size_t i = 0; i < call->in.readings_count; i++) {
        words[2 * i] = call->in.readings[i].word;
        words[2 * i + 1] = call->in.readings[i].text;
    }
    TRY(visit_wrong_read(site_settings(call->visit.site)->units, words, 2 * call->in.readings_count, call->visit.mem,
                         &readings, &count, err));
    TRY(visit_wrong(&call->visit, call->session->held.who, readings, count, &done, err));
    TRY(pages_alarms_look(call, &facts, err));
    json_put_i64(&call->w, "takenBack", (int64_t)done.taken_back);
    json_put_i64(&call->w, "stale", (int64_t)done.stale);
    json_put_i64(&call->w, "staleUrgent", (int64_t)done.stale_urgent);
    return SALVE_OK;
}
