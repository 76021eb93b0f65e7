/* SPDX-License-Identifier: Apache-2.0
 * What the person who is open is asked at this visit. */
#include "pages/pages_int.h"
#include "visit/plan.h"

static void put_asked(struct json_writer *w, const struct visit_asked *asked)
{
    json_open(w, NULL, '{');
    json_put_text(w, "item", asked->item);
    json_put_text(w, "station", asked->station);
    json_put_text(w, "kind", asked->is_form ? STR("form") : STR("value"));
    json_put_text(w, "state", str_of(visit_asked_text(asked->state)));
    json_open(w, "any", '[');
    for (size_t i = 0; i < asked->any_count; i++) json_put_text(w, NULL, asked->any[i]);
    json_close(w);
    json_close(w);
}

enum salve_code pages_call_plan(struct pages_call *call, struct salve_err *err)
{
    struct visit_facts facts;
    struct visit_plan plan;
    TRY(visit_person_read(&call->visit, call->session->held.who, &facts, err));
    TRY(visit_plan(&call->visit, &facts, &plan, err));
    json_open(&call->w, "asks", '[');
    for (size_t i = 0; i < plan.count; i++) put_asked(&call->w, &plan.list[i]);
    json_close(&call->w);
    json_put_i64(&call->w, "left", (int64_t)visit_plan_left(&plan, STR_NONE));
    return SALVE_OK;
}
