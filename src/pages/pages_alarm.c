/* SPDX-License-Identifier: Apache-2.0
 * An alarm of the open person ends by an outcome: they were told, or the clinic's staff have it on their list. Until
 * then the person is not closed. */
#include "pages/pages_int.h"

#include "visit/inbox.h"

static uint64_t mixed(uint64_t sum, struct str text) { return (sum ^ str_hash(text)) * 0x100000001B3u; }

/* Which alarms they are: another one, or a more urgent one, is another sum. 0: there is none. */
static uint64_t sum_of(const struct visit_facts *facts)
{
    uint64_t sum = 0xCBF29CE484222325u;
    for (size_t i = 0; i < facts->urgent_count; i++) {
        const struct finding *one = &facts->urgent[i].finding;
        sum = mixed(mixed(sum, one->guideline), one->item);
        sum = mixed(mixed(sum, one->value), one->value2) + (uint64_t)one->urgency;
    }
    return facts->urgent_count == 0 ? 0 : sum | 1;
}

void pages_alarms_note(struct pages_session *session, const struct visit_facts *facts)
{
    session->alarms = sum_of(facts);
    session->is_urgent = facts->urgent_count > 0;
}

bool pages_alarms_wait(const struct pages_session *session)
{
    return session->is_pending || pages_judged_waits(session) ||
           (session->is_urgent && session->alarms != session->passed_on);
}

enum salve_code pages_alarms_look(struct pages_call *call, struct visit_facts *facts, struct salve_err *err)
{
    TRY(visit_untold(&call->visit, call->session->held.who, facts, err));
    pages_alarms_note(call->session, facts);
    return SALVE_OK;
}

/* Where the look has ended, what was known last stands. */
enum salve_code pages_may_leave(struct pages_call *call, struct salve_err *err)
{
    struct visit_facts facts;
    if (call->session->is_paper_pending)
        return salve_refuse(err, SALVE_E_CONFLICT, "an alarm of somebody of whom nothing is kept has no outcome yet",
                            "paper");
    if (call->session->person[0] == '\0') return SALVE_OK;
    if (call->session->held.view != NULL) (void)!pages_alarms_look(call, &facts, NULL);
    if (!pages_alarms_wait(call->session)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONFLICT,
                        "an alarm of this person has no outcome yet: they are told, or the list has it", "person");
}

/* --- outcomes ----------------------------------------------------------------------------------------------------- */

static enum salve_code answer_work(struct pages_call *call, size_t count, struct salve_err *err)
{
    struct visit_facts facts = {0};
    TRY(pages_alarms_look(call, &facts, err));
    json_put_i64(&call->w, "count", (int64_t)count);
    pages_put_work(call, "work", &facts.open);
    return SALVE_OK;
}

enum salve_code pages_call_told(struct pages_call *call, struct salve_err *err)
{
    size_t count = 0;
    struct screen_tell tell = {.items = call->in.items,
                               .item_count = call->in.items_count,
                               .is_guardian = call->in.isGuardian,
                               .agreed = call->in.agreed.len > 0 ? call->in.agreed : STR("")};
    if (!screen_how_find(call->in.how, &tell.how))
        return salve_refuse(err, SALVE_E_INVALID, "in-person, telephone or messenger", "how");
    TRY(visit_tell(&call->visit, call->session->held.who, &tell, &count, err));
    pages_pending_end(call->session);
    pages_judged_end(call->session);
    return answer_work(call, count, err);
}

/* It is noted beside the alarms, so that the next station sees that it was passed on, and since when; the list has it
 * in any case. It stands also where the look has ended meanwhile, or who acts may not write it. */
enum salve_code pages_call_not_told(struct pages_call *call, struct salve_err *err)
{
    struct visit_facts facts = {0};
    struct pages_session *session = call->session;
    if (!str_is(call->in.why, SCREEN_PASSED_LEFT) && !str_is(call->in.why, SCREEN_PASSED_CALLED))
        return salve_refuse(err, SALVE_E_INVALID, "left or call-clinician", "why");
    if (session->person[0] == '\0' || !str_is(call->in.person, session->person))
        return salve_refuse(err, SALVE_E_CONSENT, "nobody is open by it", "person");
    facts.open.ticket = STR("");
    if (session->held.view != NULL && session->is_urgent)
        (void)!visit_pass_on(&call->visit, session->held.who, call->in.why, NULL);
    if (session->held.view != NULL && pages_alarms_look(call, &facts, NULL) != SALVE_OK)
        facts = (struct visit_facts){.open = {.ticket = STR("")}};
    session->passed_on = session->alarms;
    pages_pending_end(session);
    pages_judged_end(session);
    pages_put_work(call, "work", &facts.open);
    return SALVE_OK;
}

enum salve_code pages_call_end_alarm(struct pages_call *call, struct salve_err *err)
{
    size_t count = 0;
    TRY(visit_close(&call->visit, call->session->held.who, &count, err));
    return answer_work(call, count, err);
}

const char *pages_reach_text(enum work_reach reach)
{
    static const char *const texts[] = {
        [WORK_BY_TICKET] = "ticket", [WORK_BY_CARD] = "next-visit", [WORK_BY_SHOWN] = "card-shown"};
    return texts[reach];
}

static void put_groups(struct json_writer *w, const uint64_t groups[WORK_GROUPS])
{
    static const char *const names[WORK_GROUPS] = {[WORK_GROUP_NOW] = "emergency",
                                                   [WORK_GROUP_TODAY] = "today",
                                                   [WORK_GROUP_SOON] = "soon",
                                                   [WORK_GROUP_INCOMPLETE] = "incomplete",
                                                   [WORK_GROUP_REST] = "normal"};
    json_open(w, "groups", '{');
    for (int i = 0; i < WORK_GROUPS; i++) json_put_i64(w, names[i], (int64_t)groups[i]);
    json_close(w);
}

enum salve_code pages_call_inbox(struct pages_call *call, struct salve_err *err)
{
    struct visit_work *list = NULL;
    struct work_page page;
    struct json_writer *w = &call->w;
    struct str after = call->in.after.len > 0 ? call->in.after : STR("");
    TRY(visit_inbox_page(&call->visit, after, &list, &page, err));
    json_open(w, "tickets", '[');
    for (size_t i = 0; i < page.count; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "ticket", list[i].work.ticket);
        json_put_text(w, "urgency", str_of(urgency_text(list[i].urgency)));
        json_put_text(w, "reach", str_of(pages_reach_text(list[i].work.reach)));
        pages_put_tasks(call, &list[i].work);
        json_close(w);
    }
    json_close(w);
    json_put_text(w, "next", page.next);
    json_put_bool(w, "again", page.is_again);
    json_put_i64(w, "total", (int64_t)page.total);
    put_groups(w, page.groups);
    json_put_i64(w, "unreadable", (int64_t)page.unreadable);
    return SALVE_OK;
}
