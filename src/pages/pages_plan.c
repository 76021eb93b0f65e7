/* SPDX-License-Identifier: Apache-2.0
 * What the person who is open is asked at this visit, and samples that are drawn. */
#include "form/form.h"
#include "pages/pages_int.h"
#include "visit/order.h"
#include "visit/plan.h"

/* A form that is not here, or is broken, has no title: nobody can ask it. */
static void put_title(struct pages_call *call, const struct visit_asked *asked)
{
    const struct form *form = NULL;
    struct str language = call->language_count > 0 ? call->languages[0] : STR("en");
    if (asked->is_form && visit_questionnaire(call->visit.content, asked->item, &form, NULL) == SALVE_OK)
        json_put_text(&call->w, "title", form_title(form, language));
    else
        json_put_null(&call->w, "title");
}

static void put_asked(struct pages_call *call, const struct visit_asked *asked)
{
    struct json_writer *w = &call->w;
    json_open(w, NULL, '{');
    put_title(call, asked);
    json_put_text(w, "item", asked->item);
    json_put_text(w, "station", asked->station);
    json_put_text(w, "kind", asked->is_form ? STR("form") : STR("value"));
    json_put_text(w, "state", str_of(visit_asked_text(asked->state)));
    json_open(w, "any", '[');
    for (size_t i = 0; i < asked->any_count; i++) json_put_text(w, NULL, asked->any[i]);
    json_close(w);
    json_open(w, "tubes", '[');
    for (size_t i = 0; i < asked->any_count; i++) json_put_text(w, NULL, asked->tubes[i]);
    json_close(w);
    json_open(w, "labels", '[');
    for (size_t i = 0; i < asked->any_count; i++) json_put_text(w, NULL, asked->labels[i]);
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
    for (size_t i = 0; i < plan.count; i++) put_asked(call, &plan.list[i]);
    json_close(&call->w);
    json_put_i64(&call->w, "left", (int64_t)visit_plan_left(&plan, STR_NONE));
    return SALVE_OK;
}

static void put_order(struct json_writer *w, const struct visit_order *order)
{
    json_open(w, NULL, '{');
    json_put_text(w, "label", order->label);
    json_put_text(w, "tube", order->tube);
    json_open(w, "items", '[');
    for (size_t i = 0; i < order->test_count; i++) json_put_text(w, NULL, order->tests[i]);
    json_close(w);
    json_close(w);
}

enum salve_code pages_call_order(struct pages_call *call, struct salve_err *err)
{
    struct visit_order *orders = NULL;
    size_t count = 0;
    TRY(visit_order(&call->visit, call->session->held.who, call->in.items, call->in.items_count, &orders, &count, err));
    json_open(&call->w, "orders", '[');
    for (size_t i = 0; i < count; i++) put_order(&call->w, &orders[i]);
    json_close(&call->w);
    return SALVE_OK;
}
