/* SPDX-License-Identifier: Apache-2.0
 * What a station typed: kept, asked about, or refused; and its alarms first of all, whatever becomes of it. */
#include <stdio.h>
#include <string.h>

#include "pages/pages_int.h"

#include "screen/told.h"
#include "visit/measure.h"

struct measuring {
    struct pages_call *call;
    struct visit_reading *readings;
    size_t count;
    struct visit_doubt *doubts; /* that nobody confirmed */
    size_t doubt_count;
    bool was_kept;
    struct visit_findings kept; /* behind the run */
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

static struct impossible find_impossible(const struct measuring *in, const struct salve_err *why)
{
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

static void answer_refused(const struct measuring *in, const struct salve_err *why)
{
    struct json_writer *w = &in->call->w;
    struct impossible at = find_impossible(in, why);
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

/* --- what is kept ------------------------------------------------------------------------------------------------- */

/* Each finding of the run as it is kept; one that is not kept is said all the same. */
static enum salve_code put_run(struct measuring *in, const struct screen_found *found, struct salve_err *err)
{
    const struct visit_findings *kept = &in->kept;
    struct visit_shown *list = arena_array(in->call->visit.mem, struct visit_shown, found->count + 1);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    for (size_t i = 0; i < found->count; i++) {
        list[i] = (struct visit_shown){.finding = found->list[i]};
        for (size_t k = 0; k < kept->draft_count && list[i].id.len == 0; k++)
            if (finding_eq(&kept->drafts[k].finding, &found->list[i])) list[i] = kept->drafts[k];
    }
    pages_put_findings(in->call, "findings", list, found->count);
    return SALVE_OK;
}

/* A request that is made again finds its run done, or does it now: the machine may have stopped between the two. */
static enum salve_code run_guidelines(struct measuring *in, const struct visit_screening *screening,
                                      struct salve_err *err)
{
    struct pages_call *call = in->call;
    struct str who = call->session->held.who;
    struct screen_found found = {0};
    if (in->was_kept) TRY(visit_findings(&call->visit, who, &in->kept, err));
    bool has_drafts = in->was_kept && in->kept.draft_count > 0;
    bool is_judged = has_drafts || (in->was_kept && in->kept.signed_count > 0);
    if (is_judged && in->kept.age == SCREEN_CURRENT) {
        pages_put_findings(call, "findings", has_drafts ? in->kept.drafts : in->kept.signed_ones,
                           has_drafts ? in->kept.draft_count : in->kept.signed_count);
        return SALVE_OK;
    }
    TRY(visit_screen(&call->visit, screening, who, &found, err));
    TRY(visit_findings(&call->visit, who, &in->kept, err));
    return put_run(in, &found, err);
}

static bool is_like(const struct finding *kept, const struct finding *alarm)
{
    return str_eq(kept->guideline, alarm->guideline) && str_eq(kept->item, alarm->item) &&
           kept->urgency <= alarm->urgency;
}

/* An alarm that no finding of the record stands for, since what it rests on is not kept, or not shown to who acts. */
static bool is_lost(const struct measuring *in, const struct finding *alarm)
{
    for (size_t i = 0; i < in->kept.draft_count; i++)
        if (is_like(&in->kept.drafts[i].finding, alarm)) return false;
    for (size_t i = 0; i < in->kept.signed_count; i++)
        if (is_like(&in->kept.signed_ones[i].finding, alarm)) return false;
    return screen_needs_told(alarm);
}

static enum salve_code answer_stored(struct measuring *in, const struct visit_screening *screening, size_t kept,
                                     struct salve_err *err)
{
    struct pages_call *call = in->call;
    struct visit_facts facts;
    json_put_text(&call->w, "state", STR("stored"));
    json_put_i64(&call->w, "kept", (int64_t)kept);
    TRY(run_guidelines(in, screening, err));
    pages_put_found(call, "alarms", &call->alarms);
    TRY(pages_alarms_look(call, &facts, err));
    call->session->is_pending = false;
    for (size_t i = 0; i < call->alarms.count; i++)
        if (is_lost(in, &call->alarms.list[i])) call->session->is_pending = true;
    pages_put_work(call, "work", &facts.open);
    return SALVE_OK;
}

/* --- the call ----------------------------------------------------------------------------------------------------- */

bool pages_is_key(struct str key)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    bool is = key.len == sizeof form - 1;
    for (size_t i = 0; is && i < key.len; i++) is = form[i] == '-' ? key.ptr[i] == '-' : str_hex_digit(key.ptr[i]) >= 0;
    return is;
}

static void hear_alarms(void *with, const struct screen_found *findings)
{
    ((struct measuring *)with)->call->alarms = *findings;
}

/* The first thing that is wrong with the request, before its numbers. */
static enum salve_code check(const struct measuring *in, struct salve_err *err)
{
    const struct pages_call *call = in->call;
    const struct pages_session *session = call->session;
    if (call->in_code != SALVE_OK) return *err = call->in_err, call->in_code;
    if (call->in.readings_count == 0) return salve_refuse(err, SALVE_E_INVALID, "it is empty", "readings");
    if (!pages_is_key(call->in.key)) return salve_refuse(err, SALVE_E_INVALID, "a UUID in lower case is wanted", "key");
    bool is_theirs = session->person[0] != '\0' && str_is(call->in.person, session->person);
    if (is_theirs && session->held.view != NULL) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONSENT, is_theirs ? "it has ended; show the card again" : "nobody is open by it",
                        "person");
}

static bool has_urgent(const struct screen_found *alarms)
{
    bool has = false;
    for (size_t i = 0; i < alarms->count; i++) has = has || screen_needs_told(&alarms->list[i]);
    return has;
}

/* Whatever is wrong, alarms are looked for: in the open record where the request is about it, else in what was
 * typed. */
static enum salve_code measure(struct measuring *in, const struct visit_screening *screening,
                               const struct salve_err *impossible, size_t *kept, struct salve_err *err)
{
    struct pages_call *call = in->call;
    struct salve_err wrong = {0};
    bool is_wrong = check(in, &wrong) != SALVE_OK;
    struct visit_measure_ask ask = {.confirm = is_confirmed,
                                    .screening = screening,
                                    .alarms = hear_alarms,
                                    .asks_all = true,
                                    .key = is_wrong ? STR_NONE : call->in.key,
                                    .was_kept = &in->was_kept,
                                    .with = in};
    if (impossible->code != SALVE_OK) ask.impossible = impossible;
    if (is_wrong) ask.impossible = &wrong;
    bool is_theirs = call->session->held.view != NULL && str_is(call->in.person, call->session->person);
    struct str who = is_theirs ? call->session->held.who : STR("");
    enum salve_code code = visit_measure(&call->visit, who, in->readings, in->count, &ask, kept, err);
    if (code != SALVE_OK && is_wrong) *err = wrong;
    return is_wrong ? wrong.code : code;
}

enum salve_code pages_call_measure(struct pages_call *call, struct salve_err *err)
{
    struct measuring in = {.call = call};
    const struct visit_screening *screening = NULL;
    struct salve_err impossible = {0};
    size_t kept = 0;
    if (call->in_code != SALVE_OK && call->in.readings_count == 0) return *err = call->in_err, call->in_code;
    TRY(pages_screening(call, &screening, err));
    enum salve_code read =
        visit_measure_typed(call->visit.content, site_settings(call->visit.site)->units, call->in.readings,
                            call->in.readings_count, call->visit.mem, &in.readings, &in.count, &impossible);
    if (read != SALVE_OK && in.readings == NULL) return *err = impossible, read;
    in.doubts = arena_array(call->visit.mem, struct visit_doubt, 2 * in.count + 1);
    if (in.doubts == NULL) return salve_fail(err, SALVE_E_MEMORY, "readings");
    enum salve_code code = measure(&in, screening, &impossible, &kept, err);
    if (code == SALVE_OK) return answer_stored(&in, screening, kept, err);
    call->session->is_pending = call->session->is_pending || has_urgent(&call->alarms);
    bool is_unread = read != SALVE_OK && in.count == 0; /* nothing was typed that could be judged */
    if (is_unread && code == SALVE_E_INVALID) return *err = impossible, read;
    bool is_refused = read == SALVE_E_RANGE && code == SALVE_E_RANGE && in.doubt_count == 0;
    if (!is_refused && (code != SALVE_E_RANGE || in.doubt_count == 0)) return code;
    if (is_refused)
        answer_refused(&in, &impossible);
    else
        answer_doubts(&in);
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
