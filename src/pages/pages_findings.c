/* SPDX-License-Identifier: Apache-2.0
 * Findings of the open person: as they are kept, after a run, signed. */
#include "pages/pages_int.h"

/* What was shown, so that nothing else is signed. */
static uint64_t sum_of(uint64_t others, struct str id, const struct finding *one)
{
    uint64_t sum = 0xCBF29CE484222325u + (uint64_t)one->urgency * 8 + (uint64_t)one->status;
    const struct str texts[] = {id, one->guideline, one->item, one->category, one->action, one->value, one->value2};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) sum = (sum ^ str_hash(texts[i])) * 0x100000001B3u;
    return others + (sum | 1); /* in whatever order */
}

static enum salve_code answer_findings(struct pages_call *call, struct salve_err *err)
{
    static const char *const ages[] = {
        [SCREEN_CURRENT] = "current", [SCREEN_NEWER] = "newer", [SCREEN_CORRECTED] = "corrected"};
    struct visit_findings found;
    struct json_writer *w = &call->w;
    TRY(visit_findings(&call->visit, call->session->held.who, &found, err));
    call->session->shown = 0;
    for (size_t i = 0; i < found.draft_count; i++)
        call->session->shown = sum_of(call->session->shown, found.drafts[i].id, &found.drafts[i].finding);
    pages_put_findings(call, "drafts", found.drafts, found.draft_count);
    pages_put_findings(call, "signed", found.signed_ones, found.signed_count);
    json_put_text(w, "signedBy", found.signed_count > 0 ? found.signed_by : STR_NONE);
    json_put_text(w, "signedAt", found.signed_count > 0 ? found.signed_at : STR_NONE);
    json_put_text(w, "age", str_of(ages[found.age]));
    json_put_bool(w, "unjudged", found.has_unjudged);
    return SALVE_OK;
}

enum salve_code pages_call_findings(struct pages_call *call, struct salve_err *err)
{
    return answer_findings(call, err);
}

/* What is found and not kept is said here and nowhere else. */
static enum salve_code answer_said(struct pages_call *call, const struct screen_found *found, struct salve_err *err)
{
    struct finding *said = arena_array(call->visit.mem, struct finding, found->count + 1);
    struct screen_found list = {.list = said};
    if (said == NULL) return salve_fail(err, SALVE_E_MEMORY, "findings");
    for (size_t i = 0; i < found->count && found->said_count > 0; i++)
        if (found->list[i].apart != 0) said[list.count++] = found->list[i];
    pages_put_found(call, "said", &list);
    return SALVE_OK;
}

enum salve_code pages_call_screen(struct pages_call *call, struct salve_err *err)
{
    const struct visit_screening *screening = NULL;
    struct screen_found found;
    struct visit_facts facts;
    TRY(pages_screening(call, &screening, err));
    TRY(visit_screen(&call->visit, screening, call->session->held.who, &found, err));
    TRY(pages_alarms_look(call, &facts, err));
    TRY(answer_said(call, &found, err));
    return answer_findings(call, err);
}

static bool is_as_shown(void *with, const struct visit_drafts *drafts)
{
    uint64_t *shown = with, sum = 0;
    for (size_t i = 0; i < drafts->set.count; i++) sum = sum_of(sum, drafts->set.ids[i], &drafts->set.findings[i]);
    bool is = sum == *shown;
    *shown = is ? *shown : 0;
    return is;
}

enum salve_code pages_call_sign(struct pages_call *call, struct salve_err *err)
{
    uint64_t shown = call->session->shown;
    struct visit_sign_ask ask = {
        .leave = call->in.leave, .leave_count = call->in.leave_count, .confirm = is_as_shown, .with = &shown};
    struct visit_signed done = {0};
    enum salve_code code = visit_sign(&call->visit, call->session->held.who, &ask, &done, err);
    if (code == SALVE_E_USAGE && shown == 0)
        return salve_refuse(err, SALVE_E_STALE, "these drafts were not shown yet; look at them, then sign", "drafts");
    if (code != SALVE_OK) return code;
    call->session->shown = 0;
    json_put_i64(&call->w, "signed", (int64_t)done.count);
    pages_put_work(call, "work", &done.open);
    return SALVE_OK;
}
