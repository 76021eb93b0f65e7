/* SPDX-License-Identifier: Apache-2.0
 * What others get of a person's record by their own word: they show card and birth date with each call, see apps and
 * health links, end them, and make a link. No login is needed for it, and none changes it. */
#include "pages/pages_int.h"

#include "visit/own.h"
#include "visit/visit.h"

/* Whoever else is logged in here: who asks is the person. */
static struct visit as_person(const struct pages_call *call)
{
    struct visit visit = call->visit;
    visit.actor = visit_person(visit.site, call->in.ownWord);
    visit.held = NULL;
    return visit;
}

static struct str card_of(const struct pages_call *call) { return str_trim(call->in.card); }

static void put_app(struct pages_call *call, const struct visit_own_app *app)
{
    struct json_writer *w = &call->w;
    json_open(w, NULL, '{');
    json_put_text(w, "app", app->grant.app);
    json_put_text(w, "name", app->grant.name);
    pages_put_instant(call, "at", app->grant.at_unix_ms);
    pages_put_instant(call, "until", app->grant.until_unix_ms);
    json_put_bool(w, "on", app->grant.is_standing);
    pages_put_scopes(w, &app->scopes);
    pages_put_classes(w, app->grant.classes);
    json_close(w);
}

enum salve_code pages_call_own(struct pages_call *call, struct salve_err *err)
{
    struct visit_own own;
    struct json_writer *w = &call->w;
    const struct visit visit = as_person(call);
    TRY(visit_own(&visit, card_of(call), &own, err));
    json_put_bool(w, "mayLink", own.may_link);
    json_open(w, "apps", '[');
    for (size_t i = 0; i < own.app_count; i++) put_app(call, &own.apps[i]);
    json_close(w);
    json_open(w, "links", '[');
    for (size_t i = 0; i < own.links.count; i++) visit_share_json(&own.links.list[i], w);
    json_close(w);
    return SALVE_OK;
}

enum salve_code pages_call_own_app_end(struct pages_call *call, struct salve_err *err)
{
    const struct visit visit = as_person(call);
    if (call->in.id.len == 0) return salve_refuse(err, SALVE_E_INVALID, "which app", "id");
    return visit_let_in_end(&visit, card_of(call), call->in.id, err);
}

enum salve_code pages_call_own_link(struct pages_call *call, struct salve_err *err)
{
    int64_t days = 0;
    struct visit_shared made;
    const struct visit visit = as_person(call);
    struct visit_share_ask ask = {.label = str_trim(call->in.label), .has_apart = call->in.keepApart};
    if (!str_to_i64(call->in.days, &days) || days < 1 || days > SHARE_DAYS_MAX)
        return salve_refuse(err, SALVE_E_INVALID, "1 to 30", "days");
    ask.days = (uint32_t)days;
    TRY(visit_share(&visit, card_of(call), &ask, &made, err));
    json_put_text(&call->w, "link", made.link);
    json_put_text(&call->w, "passcode", made.passcode);
    json_put_i64(&call->w, "number", (int64_t)made.number);
    pages_put_instant(call, "until", made.until_unix_s * 1000);
    return SALVE_OK;
}

enum salve_code pages_call_own_link_end(struct pages_call *call, struct salve_err *err)
{
    int64_t number = 0;
    const struct visit visit = as_person(call);
    if (!str_to_i64(call->in.id, &number) || number < 1)
        return salve_refuse(err, SALVE_E_INVALID, "the number of a link", "id");
    return visit_share_end(&visit, card_of(call), (uint64_t)number, err);
}
