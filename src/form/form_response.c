/* SPDX-License-Identifier: Apache-2.0
 * Answers as a QuestionnaireResponse of R4, with its groups. Each answer names its code in `definition`, by which it is
 * extracted, and told from others that are kept apart, wherever the questionnaire is not at hand. */
#include <stdio.h>

#include "form/form_int.h"
#include "json/json.h"

struct responding {
    const struct form_state *state;
    const struct form_response_ask *ask;
    struct json_writer *w;
};

static bool is_wanted(const struct responding *r, const struct form_node *node)
{
    const struct form_item *item = &r->state->form->items[node->item];
    if (node->value_count == 0 || !item->is_kept || (!r->ask->is_all && !form_is_asked(node))) return false;
    return r->ask->wants == NULL || r->ask->wants(r->ask->with, item->system, item->code);
}

static bool has_wanted(const struct responding *r, const struct form_node *node)
{
    bool has = is_wanted(r, node);
    for (const struct form_node *c = node->first; c != NULL && !has; c = c->next) has = has_wanted(r, c);
    return has;
}

static void put_number(const struct responding *r, const char *name, struct expr_decimal number)
{
    char text[EXPR_DECIMAL_TEXT_BYTES];
    json_put_raw(r->w, name, expr_decimal_text(number, text));
}

static void put_quantity(const struct responding *r, const struct form_value *value)
{
    json_open(r->w, "valueQuantity", '{');
    put_number(r, "value", value->number);
    json_put_text(r->w, "unit", value->text);
    json_put_text(r->w, "system", STR("http://unitsofmeasure.org"));
    json_put_text(r->w, "code", value->text);
    json_close(r->w);
}

static void put_coding(const struct responding *r, const struct form_option *option)
{
    json_open(r->w, "valueCoding", '{');
    json_put_text(r->w, "system", option->system);
    json_put_text(r->w, "code", option->value);
    json_put_text(r->w, "display", option->text.in[0]);
    json_close(r->w);
}

static void put_value(const struct responding *r, const struct form_item *item, const struct form_value *value,
                      struct str text)
{
    switch (value->kind) {
    case FORM_IS_BOOLEAN:
        json_put_bool(r->w, "valueBoolean", value->boolean);
        return;
    case FORM_IS_NUMBER:
        put_number(r, item->kind == FORM_DECIMAL ? "valueDecimal" : "valueInteger", value->number);
        return;
    case FORM_IS_QUANTITY:
        put_quantity(r, value);
        return;
    case FORM_IS_CHOICE:
        put_coding(r, value->option);
        return;
    case FORM_IS_DATE:
        json_put_text(r->w, "valueDate", text);
        return;
    default:
        json_put_text(r->w, "valueString", text);
    }
}

static void put_definition(const struct responding *r, const struct form_item *item)
{
    char definition[256];
    bool is_ours = str_is(item->system, "urn:salve:question");
    (void)snprintf(definition, sizeof definition, "%.*s%c%.*s", STR_ARGS(item->system), is_ours ? ':' : '/',
                   STR_ARGS(str_cut(item->code, 0, 100)));
    json_put_text(r->w, "definition", str_of(definition));
}

static void put_question(const struct responding *r, const struct form_node *node, const struct form_item *item)
{
    put_definition(r, item);
    json_open(r->w, "answer", '[');
    for (size_t i = 0; i < node->value_count; i++) {
        json_open(r->w, NULL, '{');
        put_value(r, item, &node->values[i], node->texts[i]);
        json_close(r->w);
    }
    json_close(r->w);
}

static void put_items(const struct responding *r, const struct form_node *parent)
{
    json_open(r->w, "item", '[');
    for (const struct form_node *node = parent->first; node != NULL; node = node->next) {
        const struct form_item *item = &r->state->form->items[node->item];
        if (!has_wanted(r, node)) continue;
        json_open(r->w, NULL, '{');
        json_put_text(r->w, "linkId", item->link);
        if (item->is_panel) put_definition(r, item);
        if (item->kind == FORM_GROUP)
            put_items(r, node);
        else
            put_question(r, node, item);
        json_close(r->w);
    }
    json_close(r->w);
}

bool form_response_write(const struct form_reckoned *reckoned, const struct form_response_ask *ask,
                         struct json_writer *w)
{
    const struct form_state *state = reckoned->state;
    struct responding r = {state, ask, w};
    char canonical[256];
    if (state == NULL || state->root == NULL || !has_wanted(&r, state->root)) return false;
    (void)snprintf(canonical, sizeof canonical, "%.*s|%.*s", STR_ARGS(state->form->url),
                   STR_ARGS(str_cut(state->form->version, 0, 60)));
    json_open(w, NULL, '{');
    json_put_text(w, "resourceType", STR("QuestionnaireResponse"));
    if (ask->id.len > 0) json_put_text(w, "id", ask->id);
    json_put_text(w, "questionnaire", str_of(canonical));
    json_put_text(w, "status", ask->status);
    json_open(w, "subject", '{');
    json_put_text(w, "reference", ask->subject);
    json_close(w);
    json_put_text(w, "authored", ask->authored);
    put_items(&r, state->root);
    json_close(w);
    return true;
}
