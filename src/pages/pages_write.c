/* SPDX-License-Identifier: Apache-2.0
 * Parts of answers: a person, what is open, a login. */
#include "pages/pages_int.h"

#include "records/worklist.h"

/* --- what is open ------------------------------------------------------------------------------------------------- */

void pages_put_instant(struct pages_call *call, const char *name, int64_t unix_ms)
{
    char text[CLOCK_TEXT_BYTES];
    json_put_text(&call->w, name, clock_text(unix_ms, text));
}

/* What is told in person is a telling: which tests those are nobody reads in a list. */
static enum work_task said_as(enum work_task task) { return task == WORK_TALK ? WORK_TELL : task; }

/* One of each task, whichever part of the record it is of: nobody learns from it that something is kept apart. */
void pages_put_tasks(struct pages_call *call, const struct work *work)
{
    struct json_writer *w = &call->w;
    json_open(w, "tasks", '[');
    for (int task = 0; task < WORK_TASKS; task++) {
        const struct work_entry *first = NULL;
        for (size_t i = 0; i < work->entry_count; i++) {
            const struct work_entry *one = &work->entries[i];
            if (said_as(one->task) == (enum work_task)task && (first == NULL || one->urgency < first->urgency))
                first = one;
        }
        if (first == NULL) continue;
        json_open(w, NULL, '{');
        json_put_text(w, "task", str_of(work_task_text((enum work_task)task)));
        json_put_text(w, "urgency", str_of(urgency_text((enum urgency)first->urgency)));
        pages_put_instant(call, "since", first->since_unix_ms);
        pages_put_instant(call, "due", first->due_unix_ms);
        json_close(w);
    }
    json_close(w);
}

void pages_put_work(struct pages_call *call, const char *name, const struct work *work)
{
    json_open(&call->w, name, '{');
    json_put_text(&call->w, "ticket", work->ticket.len > 0 ? work->ticket : STR_NONE);
    pages_put_tasks(call, work);
    json_close(&call->w);
}

/* --- a person ----------------------------------------------------------------------------------------------------- */

static void put_numbers(struct pages_call *call, const struct visit_reading *reading)
{
    struct json_writer *w = &call->w;
    if (reading->answer.len > 0) {
        json_put_null(w, "numbers");
        return;
    }
    json_open(w, "numbers", '[');
    for (size_t i = 0; i < 2; i++) {
        if (reading->numbers[i].len == 0) continue;
        json_put_text(w, NULL,
                      reading->comparator.len == 0
                          ? reading->numbers[i]
                          : arena_printf(call->visit.mem, "%.*s%.*s", STR_ARGS(reading->comparator),
                                         STR_ARGS(reading->numbers[i])));
    }
    json_close(w);
}

static void put_past(struct pages_call *call, const char *name, const struct visit_past *list, size_t count)
{
    struct json_writer *w = &call->w;
    json_open(w, name, '[');
    for (size_t i = 0; i < count; i++) {
        const struct visit_reading *reading = &list[i].reading;
        json_open(w, NULL, '{');
        json_put_text(w, "word", reading->word);
        put_numbers(call, reading);
        json_put_text(w, "answer", reading->answer.len > 0 ? reading->answer : STR_NONE);
        json_put_text(w, "unit", reading->unit.len > 0 ? reading->unit : STR(""));
        json_put_text(w, "at", list[i].at);
        json_close(w);
    }
    json_close(w);
}

static void put_heard(struct pages_call *call, const struct pages_heard *heard)
{
    for (size_t i = 0; i < heard->count; i++)
        pages_put_finding(call, NULL, &(struct visit_shown){.finding = heard->list[i], .id = STR("")});
}

/* Numbers that were refused or asked about stand in their boxes, also after a reload, and hold who leaves them; what
 * stands on no screen, or is known to nobody any more, holds at once. */
static bool holds_at_once(const struct pages_session *session)
{
    return pages_judged_waits(session) || (session->is_pending && session->said.pending.count == 0);
}

static void put_said(struct pages_call *call)
{
    const struct pages_said *said = &call->session->said;
    struct json_writer *w = &call->w;
    json_put_bool(w, "waits", holds_at_once(call->session));
    json_open(w, "pending", '[');
    put_heard(call, &said->judged.heard);
    put_heard(call, &said->pending);
    json_close(w);
    if (said->unkept_answers == 0 && !said->is_unkept_lost) {
        json_put_null(w, "unkept");
        return;
    }
    json_open(w, "unkept", '{');
    json_put_i64(w, "answers", (int64_t)said->unkept_answers);
    json_put_bool(w, "lost", said->is_unkept_lost);
    json_open(w, "said", '[');
    put_heard(call, &said->unkept);
    json_close(w);
    json_close(w);
}

void pages_put_person(struct pages_call *call, const struct visit_facts *facts)
{
    struct json_writer *w = &call->w;
    const struct pages_session *session = call->session;
    json_put_text(w, "person", str_of(session->person));
    json_put_text(w, "name", facts->name);
    json_put_text(w, "birthDate", facts->birth_date);
    if (facts->age_years >= 0)
        json_put_i64(w, "ageYears", facts->age_years);
    else
        json_put_null(w, "ageYears");
    json_put_text(w, "sex", facts->sex.len > 0 ? facts->sex : STR_NONE);
    json_put_text(w, "by", session->held.is_by_ticket ? STR("ticket") : STR("card"));
    pages_put_instant(call, "endsAt", session->held.ends_at_unix_ms);
    put_past(call, "today", facts->today, facts->today_count);
    put_past(call, "last", facts->last, facts->last_count);
    pages_put_work(call, "work", &facts->open);
    pages_put_findings(call, "urgent", facts->urgent, facts->urgent_count);
    put_said(call);
}

/* --- a login ------------------------------------------------------------------------------------------------------ */

void pages_put_bytes(struct pages_call *call, const char *name, struct str bytes)
{
    char *text = arena_alloc(call->visit.mem, crypto_base64url_bytes(bytes.len));
    if (text != NULL) crypto_base64url(bytes.ptr, bytes.len, text);
    json_put_text(&call->w, name, str_of(text == NULL ? "" : text));
}

void pages_put_login(struct pages_call *call, const struct session *session)
{
    char header[PAGES_TOKEN_TEXT_BYTES + 1];
    struct json_writer *w = &call->w;
    const struct site_settings *settings = site_settings(call->visit.site);
    const struct visit_clinic *clinic = pages_clinic(call);
    pages_guard_header(session->token, header);
    json_put_text(w, "token", str_of(header));
    json_put_text(w, "id", call->visit.actor.id);
    json_put_text(w, "name", clinic != NULL ? visit_printed_name(clinic, call->visit.actor.id) : call->visit.actor.id);
    json_put_text(w, "role", str_of(role_text(call->visit.actor.role)));
    json_put_i64(w, "lockSeconds", settings->lock_seconds > 0 ? settings->lock_seconds : SESSION_LOCK_SECONDS);
    json_put_i64(w, "idleSeconds", (int64_t)SESSION_HOURS_MAX * 3600);
    json_put_bool(w, "mustSetUp", session->must_set_up);
    json_put_i64(w, "freshUntil", session->fresh_until_unix_ms);
    json_open(w, "site", '{');
    json_put_text(w, "name", settings->name);
    json_put_bool(w, "madeUp", site_is_made_up(call->visit.site));
    json_put_text(w, "zone", settings->zone.len > 0 ? settings->zone : STR("UTC"));
    json_put_text(w, "units", settings->units.len > 0 ? settings->units : STR(""));
    json_put_bool(w, "lookUp", settings->name_index);
    json_close(w);
    explicit_bzero(header, sizeof header);
}
