/* SPDX-License-Identifier: Apache-2.0
 * Apps: what one asks for, as the person is shown it, and what they decide; which there are, for who registers them. */
#include "pages/pages_int.h"

#include "visit/apps.h"
#include "visit/visit.h"

enum {
    CLASSES_ASKED = CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CLIN) | CLASS_BIT(CLASS_SENS) | CLASS_BIT(CLASS_AUDIT) |
                    CLASS_BIT(CLASS_CONSENT)
};

/* --- the person --------------------------------------------------------------------------------------------------- */

void pages_put_scopes(struct json_writer *w, const struct smart_scopes *scopes)
{
    json_open(w, "scopes", '[');
    for (size_t i = 0; i < scopes->count; i++) {
        json_open(w, NULL, '{');
        json_put_text(w, "type", scopes->list[i].type);
        json_put_text(w, "where", scopes->list[i].where);
        json_close(w);
    }
    json_close(w);
}

void pages_put_classes(struct json_writer *w, class_mask classes)
{
    json_open(w, "classes", '[');
    for (int c = CLASS_IDENT; c <= CLASS_LAST; c++)
        if (classes & CLASS_BIT(c)) json_put_text(w, NULL, str_of(class_text((enum data_class)c)));
    json_close(w);
}

enum salve_code pages_call_app_ask(struct pages_call *call, struct salve_err *err)
{
    struct visit_app_asked asked;
    struct json_writer *w = &call->w;
    enum salve_code code = visit_app_asked(&call->visit, call->in.query, &asked, err);
    if (code != SALVE_OK && asked.refused.len == 0) return code;
    json_put_text(w, "name", asked.app.name);
    json_put_text(w, "refused", asked.refused);
    json_put_bool(w, "wrong", code != SALVE_OK);
    json_put_bool(w, "offline", asked.scopes.offline);
    pages_put_scopes(w, &asked.scopes);
    pages_put_classes(w, asked.classes & CLASSES_ASKED);
    return SALVE_OK;
}

/* "identity clinical" */
static enum salve_code read_classes(struct str text, class_mask *out, struct salve_err *err)
{
    struct str rest = text;
    *out = 0;
    while (rest.len > 0) {
        size_t end = 0;
        enum data_class class;
        while (end < rest.len && rest.ptr[end] != ' ') end++;
        struct str one = str_cut(rest, 0, end);
        rest = str_cut(rest, end + 1, rest.len);
        if (!class_find(one, &class)) return salve_refuse(err, SALVE_E_INVALID, "there is no such class", "classes");
        *out |= CLASS_BIT(class);
    }
    return SALVE_OK;
}

enum salve_code pages_call_app_allow(struct pages_call *call, struct salve_err *err)
{
    int64_t days = 0;
    struct str back;
    struct visit_app_told told = {.card = str_trim(call->in.card), .told = call->in.ownWord};
    TRY(read_classes(call->in.classes, &told.classes, err));
    if (!str_to_i64(call->in.days, &days) || days < 0 || days > APP_DAYS_MAX)
        return salve_refuse(err, SALVE_E_INVALID, "0 to 366", "days");
    told.days = (uint32_t)days;
    TRY(visit_app_allow(&call->visit, call->in.query, &told, &back, err));
    json_put_text(&call->w, "back", back);
    return SALVE_OK;
}

/* --- at the desk -------------------------------------------------------------------------------------------------- */

/* The same whether there was anything. */
enum salve_code pages_call_apps_off(struct pages_call *call, struct salve_err *err)
{
    struct str card;
    TRY(pages_card_at_desk(call, &card, err));
    return visit_let_in_end(&call->visit, card, STR(""), err);
}

/* --- who registers them ------------------------------------------------------------------------------------------- */

static enum salve_code put_registered(struct pages_call *call, const struct smart_app *app, struct salve_err *err)
{
    struct str document;
    TRY(visit_app_document(&call->visit, app, &document, err));
    json_open(&call->w, NULL, '{');
    json_put_text(&call->w, "id", app->id);
    json_put_text(&call->w, "name", app->name);
    json_put_text(&call->w, "document", document);
    json_close(&call->w);
    return SALVE_OK;
}

enum salve_code pages_call_apps(struct pages_call *call, struct salve_err *err)
{
    struct smart_app *apps = NULL;
    size_t count = 0;
    TRY(visit_apps(&call->visit, &apps, &count, err));
    json_open(&call->w, "apps", '[');
    for (size_t i = 0; i < count; i++) TRY(put_registered(call, &apps[i], err));
    json_close(&call->w);
    return SALVE_OK;
}

enum salve_code pages_call_app_add(struct pages_call *call, struct salve_err *err)
{
    struct smart_app app;
    return visit_app_register(&call->visit, call->in.document, &app, err);
}

enum salve_code pages_call_app_end(struct pages_call *call, struct salve_err *err)
{
    struct smart_app app;
    return visit_app_end(&call->visit, call->in.id, &app, err);
}
