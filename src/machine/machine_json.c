/* SPDX-License-Identifier: Apache-2.0
 * Values as JSON: FHIR data as FHIR JSON, the rest by kind. See run.h. */
#include "machine/run.h"
#include "fhir/fhir.h"

static void add_text(struct buf *out, struct str text)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\') {
            buf_add_char(out, '\\');
            buf_add_char(out, (char)c);
        } else if (c == '\n')
            buf_add(out, STR("\\n"));
        else if (c == '\r')
            buf_add(out, STR("\\r"));
        else if (c == '\t')
            buf_add(out, STR("\\t"));
        else if (c < 0x20)
            buf_addf(out, "\\u%04x", c);
        else
            buf_add_char(out, (char)c);
    }
    buf_add_char(out, '"');
}

static void add_field(struct buf *out, const char *name, struct str text)
{
    if (text.ptr == NULL) return;
    buf_addf(out, "%s\"%s\":", out->len > 0 && out->ptr[out->len - 1] == '{' ? "" : ",", name);
    add_text(out, text);
}

static void add_quantity(struct buf *out, const struct expr_quantity *q)
{
    char number[EXPR_DECIMAL_TEXT_BYTES];
    buf_addf(out, "{\"value\":%.*s", STR_ARGS(expr_decimal_text(q->value, number)));
    if (q->unit.len > 0) add_field(out, "unit", q->unit);
    buf_add_char(out, '}');
}

static void add_ratio(struct buf *out, const struct expr_ratio *ratio)
{
    buf_add(out, STR("{\"numerator\":"));
    add_quantity(out, &ratio->numerator);
    buf_add(out, STR(",\"denominator\":"));
    add_quantity(out, &ratio->denominator);
    buf_add_char(out, '}');
}

static void add_vocabulary(struct buf *out, const struct expr_vocabulary *vocabulary)
{
    buf_add_char(out, '{');
    add_field(out, "id", vocabulary->id);
    add_field(out, "version", vocabulary->version);
    add_field(out, "name", vocabulary->name);
    buf_add_char(out, '}');
}

static void add_code(struct buf *out, const struct expr_code *code)
{
    buf_add_char(out, '{');
    add_field(out, "system", code->system);
    add_field(out, "version", code->version);
    add_field(out, "code", code->code);
    add_field(out, "display", code->display);
    buf_add_char(out, '}');
}

static void add_concept(struct buf *out, const struct expr_concept *concept)
{
    buf_add(out, STR("{\"codes\":["));
    for (uint32_t i = 0; i < concept->code_count; i++) {
        if (i > 0) buf_add_char(out, ',');
        add_code(out, &concept->codes[i]);
    }
    buf_add_char(out, ']');
    add_field(out, "display", concept->display);
    buf_add_char(out, '}');
}

static void add_value(struct buf *out, const struct expr_value *v, unsigned depth);

static void add_list(struct buf *out, const struct expr_value *items, uint32_t count, unsigned depth)
{
    buf_add_char(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) buf_add_char(out, ',');
        add_value(out, &items[i], depth + 1);
    }
    buf_add_char(out, ']');
}

static void add_interval(struct buf *out, const struct expr_interval *interval, unsigned depth)
{
    buf_add(out, STR("{\"low\":"));
    add_value(out, &interval->low, depth + 1);
    buf_add(out, STR(",\"high\":"));
    add_value(out, &interval->high, depth + 1);
    buf_addf(out, ",\"lowClosed\":%s,\"highClosed\":%s}", interval->low_closed ? "true" : "false",
             interval->high_closed ? "true" : "false");
}

static void add_tuple(struct buf *out, const struct expr_tuple *tuple, unsigned depth)
{
    buf_add_char(out, '{');
    for (uint32_t i = 0; i < tuple->shape->count; i++) {
        if (i > 0) buf_add_char(out, ',');
        add_text(out, tuple->shape->names[i]);
        buf_add_char(out, ':');
        add_value(out, &tuple->values[i], depth + 1);
    }
    buf_add_char(out, '}');
}

enum { JSON_DEPTH_MAX = 64 };

static void add_value(struct buf *out, const struct expr_value *v, unsigned depth)
{
    char number[EXPR_DECIMAL_TEXT_BYTES], temporal[EXPR_TEMPORAL_TEXT_BYTES];
    enum expr_kind kind = depth > JSON_DEPTH_MAX ? VALUE_NULL : (enum expr_kind)v->kind;
    switch (kind) {
    case VALUE_BOOLEAN:
        buf_add(out, v->as.boolean ? STR("true") : STR("false"));
        break;
    case VALUE_INTEGER:
    case VALUE_LONG:
        buf_addf(out, "%lld", (long long)v->as.integer);
        break;
    case VALUE_DECIMAL:
        buf_add(out, expr_decimal_text(*v->as.decimal, number));
        break;
    case VALUE_STRING:
        add_text(out, expr_text(*v));
        break;
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        add_text(out, expr_temporal_text(v->as.temporal, true, temporal));
        break;
    case VALUE_QUANTITY:
        add_quantity(out, v->as.quantity);
        break;
    case VALUE_RATIO:
        add_ratio(out, v->as.ratio);
        break;
    case VALUE_CODE:
        add_code(out, v->as.code);
        break;
    case VALUE_CONCEPT:
        add_concept(out, v->as.concept);
        break;
    case VALUE_VOCABULARY:
        add_vocabulary(out, v->as.vocabulary);
        break;
    case VALUE_INTERVAL:
        add_interval(out, v->as.interval, depth);
        break;
    case VALUE_LIST:
        add_list(out, v->as.items, v->aux, depth);
        break;
    case VALUE_TUPLE:
        add_tuple(out, v->as.tuple, depth);
        break;
    case VALUE_NODE:
        fhir_write(v->as.tape, v->aux, FHIR_COMPACT, out);
        break;
    case VALUE_NULL:
        buf_add(out, STR("null"));
        break;
    case VALUE_OPAQUE:
    case VALUE_KIND_COUNT:
        salve_assert(false); /* never leaves a program */
    }
}

void expr_json_value(const struct expr_value *value, struct buf *out) { add_value(out, value, 0); }

void expr_json(const struct expr_value *value, struct buf *out)
{
    struct expr_items view = expr_items(value);
    add_list(out, view.items, view.count, 0);
}
