/* SPDX-License-Identifier: Apache-2.0
 * What a station or a form gave, beyond what is of one of them: what is wrong with a request before its values, and
 * what is told once they are kept. */
#include "pages/pages_int.h"

#include "screen/told.h"

/* --- requests ----------------------------------------------------------------------------------------------------- */

bool pages_is_key(struct str key)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    bool is = key.len == sizeof form - 1;
    for (size_t i = 0; is && i < key.len; i++) is = form[i] == '-' ? key.ptr[i] == '-' : str_hex_digit(key.ptr[i]) >= 0;
    return is;
}

enum salve_code pages_check_open(const struct pages_call *call, struct salve_err *err)
{
    const struct pages_session *session = call->session;
    if (call->in_code != SALVE_OK) return *err = call->in_err, call->in_code;
    bool is_theirs = session->person[0] != '\0' && str_is(call->in.person, session->person);
    if (is_theirs && session->held.view != NULL) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONSENT, is_theirs ? "it has ended; show the card again" : "nobody is open by it",
                        "person");
}

enum salve_code pages_check_judged(const struct pages_call *call, size_t count, const char *member,
                                   struct salve_err *err)
{
    if (call->in_code != SALVE_OK) return *err = call->in_err, call->in_code;
    if (count == 0) return salve_refuse(err, SALVE_E_INVALID, "it is empty", "%s", member);
    if (!pages_is_key(call->in.key)) return salve_refuse(err, SALVE_E_INVALID, "a UUID in lower case is wanted", "key");
    return pages_check_open(call, err);
}

struct storing {
    struct pages_call *call;
    bool was_kept;
    struct visit_findings kept; /* behind the run */
};

/* --- what is kept ------------------------------------------------------------------------------------------------- */

/* Each finding of the run as it is kept; one that is not kept is said all the same. */
static enum salve_code put_run(struct storing *in, const struct screen_found *found, struct salve_err *err)
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
static enum salve_code run_guidelines(struct storing *in, const struct visit_screening *screening,
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
static bool is_lost(const struct storing *in, const struct finding *alarm)
{
    for (size_t i = 0; i < in->kept.draft_count; i++)
        if (is_like(&in->kept.drafts[i].finding, alarm)) return false;
    for (size_t i = 0; i < in->kept.signed_count; i++)
        if (is_like(&in->kept.signed_ones[i].finding, alarm)) return false;
    return screen_needs_told(alarm);
}

/* Alarms that the record has now are held, and of those that came what no finding of it stands for. */
static enum salve_code hold_alarms(struct storing *in, struct visit_facts *facts, struct salve_err *err)
{
    struct pages_call *call = in->call;
    TRY(pages_alarms_look(call, facts, err));
    pages_pending_end(call->session);
    for (size_t i = 0; i < call->alarms.count; i++)
        if (is_lost(in, &call->alarms.list[i]))
            pages_pending_add(call->session, &(struct screen_found){.list = &call->alarms.list[i], .count = 1});
    return SALVE_OK;
}

enum salve_code pages_put_stored(struct pages_call *call, const struct visit_screening *screening, bool was_kept,
                                 struct salve_err *err)
{
    struct storing in = {.call = call, .was_kept = was_kept};
    struct visit_facts facts;
    TRY(run_guidelines(&in, screening, err));
    pages_put_found(call, "alarms", &call->alarms);
    TRY(hold_alarms(&in, &facts, err));
    pages_put_work(call, "work", &facts.open);
    return SALVE_OK;
}

enum salve_code pages_note_stored(struct pages_call *call, const struct visit_screening *screening,
                                  struct salve_err *err)
{
    struct storing in = {.call = call};
    struct visit_facts facts;
    struct screen_found found = {0};
    struct str who = call->session->held.who;
    TRY(visit_screen(&call->visit, screening, who, &found, err));
    if (call->alarms.count > 0) TRY(visit_findings(&call->visit, who, &in.kept, err));
    return hold_alarms(&in, &facts, err);
}
