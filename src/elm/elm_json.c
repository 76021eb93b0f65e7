/* SPDX-License-Identifier: Apache-2.0
 * Values of CQL as JSON, and parameters from text. */
#include "elm/elm_int.h"
#include "json/json.h"
#include "fhir/fhir.h"

static void decimal_json(struct expr_decimal d, struct buf *out)
{
    char text[EXPR_DECIMAL_TEXT_BYTES];
    buf_add(out, expr_decimal_text(d, text));
}

static void member(struct buf *out, const char *name, bool *is_first)
{
    if (!*is_first) buf_add_char(out, ',');
    *is_first = false;
    json_add_string(out, str_of(name));
    buf_add_char(out, ':');
}

static void quantity_json(const struct expr_quantity *q, struct buf *out)
{
    buf_add(out, STR("{\"value\":"));
    decimal_json(q->value, out);
    buf_add(out, STR(",\"unit\":"));
    json_add_string(out, q->unit);
    buf_add_char(out, '}');
}

static void ratio_json(const struct expr_ratio *ratio, struct buf *out)
{
    buf_add(out, STR("{\"numerator\":"));
    quantity_json(&ratio->numerator, out);
    buf_add(out, STR(",\"denominator\":"));
    quantity_json(&ratio->denominator, out);
    buf_add_char(out, '}');
}

static void list_json(const struct expr_value *items, uint32_t count, struct buf *out)
{
    buf_add_char(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) buf_add_char(out, ',');
        elm_json(&items[i], out);
    }
    buf_add_char(out, ']');
}

static void code_json(const struct expr_code *code, struct buf *out)
{
    const struct {
        const char *name;
        struct str text;
    } members[] = {
        {"code", code->code}, {"system", code->system}, {"version", code->version}, {"display", code->display}};
    bool is_first = true;
    buf_add_char(out, '{');
    for (int i = 0; i < 4; i++) {
        if (members[i].text.ptr == NULL) continue;
        member(out, members[i].name, &is_first);
        json_add_string(out, members[i].text);
    }
    buf_add_char(out, '}');
}

static void concept_json(const struct expr_concept *concept, struct buf *out)
{
    buf_add(out, STR("{\"codes\":["));
    for (uint32_t i = 0; i < concept->code_count; i++) {
        if (i > 0) buf_add_char(out, ',');
        code_json(&concept->codes[i], out);
    }
    buf_add_char(out, ']');
    if (concept->display.ptr != NULL) {
        buf_add(out, STR(",\"display\":"));
        json_add_string(out, concept->display);
    }
    buf_add_char(out, '}');
}

static void interval_json(const struct expr_interval *interval, struct buf *out)
{
    buf_add(out, STR("{\"low\":"));
    elm_json(&interval->low, out);
    buf_addf(out, ",\"lowClosed\":%s,\"high\":", interval->low_closed ? "true" : "false");
    elm_json(&interval->high, out);
    buf_addf(out, ",\"highClosed\":%s}", interval->high_closed ? "true" : "false");
}

static void tuple_json(const struct expr_tuple *tuple, struct buf *out)
{
    buf_add_char(out, '{');
    for (uint32_t i = 0; i < tuple->shape->count; i++) {
        if (i > 0) buf_add_char(out, ',');
        json_add_string(out, tuple->shape->names[i]);
        buf_add_char(out, ':');
        elm_json(&tuple->values[i], out);
    }
    buf_add_char(out, '}');
}

static void node_json(struct expr_value node, struct buf *out)
{
    switch (tape_kind(node.as.tape, node.aux)) {
    case TAPE_OBJECT:
        fhir_write(node.as.tape, node.aux, FHIR_COMPACT, out);
        break;
    case TAPE_TEXT:
        json_add_string(out, tape_text(node.as.tape, node.aux));
        break;
    case TAPE_NULL:
        buf_add(out, STR("null"));
        break;
    default:
        buf_add(out, tape_text(node.as.tape, node.aux));
        break;
    }
}

void elm_json(const struct expr_value *value, struct buf *out)
{
    char when[EXPR_TEMPORAL_TEXT_BYTES];
    switch ((enum expr_kind)value->kind) {
    case VALUE_NULL:
        buf_add(out, STR("null"));
        break;
    case VALUE_OPAQUE:
    case VALUE_KIND_COUNT:
        salve_assert(false); /* never leaves a program */
    case VALUE_BOOLEAN:
        buf_add(out, value->as.boolean ? STR("true") : STR("false"));
        break;
    case VALUE_INTEGER:
    case VALUE_LONG:
        buf_addf(out, "%lld", (long long)value->as.integer);
        break;
    case VALUE_DECIMAL:
        decimal_json(*value->as.decimal, out);
        break;
    case VALUE_STRING:
        json_add_string(out, expr_text(*value));
        break;
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        json_add_string(out, expr_temporal_text(value->as.temporal, false, when));
        break;
    case VALUE_QUANTITY:
        quantity_json(value->as.quantity, out);
        break;
    case VALUE_RATIO:
        ratio_json(value->as.ratio, out);
        break;
    case VALUE_CODE:
        code_json(value->as.code, out);
        break;
    case VALUE_CONCEPT:
        concept_json(value->as.concept, out);
        break;
    case VALUE_VOCABULARY:
        buf_add(out, STR("{\"id\":"));
        json_add_string(out, value->as.vocabulary->id);
        buf_add_char(out, '}');
        break;
    case VALUE_INTERVAL:
        interval_json(value->as.interval, out);
        break;
    case VALUE_LIST:
        list_json(value->as.items, value->aux, out);
        break;
    case VALUE_TUPLE:
        tuple_json(value->as.tuple, out);
        break;
    case VALUE_NODE:
        node_json(*value, out);
        break;
    }
}
