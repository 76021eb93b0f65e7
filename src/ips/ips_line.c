/* SPDX-License-Identifier: Apache-2.0
 * What a reader sees of a resource where no program reads it: one line. */
#include "ips/ips_int.h"

void ips_escaped(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '&') buf_add(out, STR("&amp;"));
        if (c == '<') buf_add(out, STR("&lt;"));
        if (c == '>') buf_add(out, STR("&gt;"));
        if (c == '"') buf_add(out, STR("&quot;"));
        if (c == '&' || c == '<' || c == '>' || c == '"') continue;
        buf_add_char(out, c < 0x20 || c == 0x7f ? ' ' : (char)c);
    }
}

/* The words of a concept: its text, a display, or system and code. */
static bool add_concept(const struct tape *tape, tape_at concept, struct buf *out)
{
    if (concept == TAPE_NONE) return false;
    struct str words = tape_child_text(tape, concept, "text");
    for (tape_at c = tape_first(tape, concept); words.len == 0 && c != TAPE_NONE; c = tape_next(tape, concept, c))
        if (tape_path_name(tape, c) == FHIR_N_coding) words = tape_child_text(tape, c, "display");
    if (words.len > 0) {
        ips_escaped(words, out);
        return true;
    }
    tape_at coding = tape_get(tape, concept, "coding");
    if (coding == TAPE_NONE) return false;
    ips_escaped(tape_child_text(tape, coding, "system"), out);
    buf_add_char(out, ' ');
    ips_escaped(tape_child_text(tape, coding, "code"), out);
    return true;
}

static void add_quantity(const struct tape *tape, tape_at quantity, struct buf *out)
{
    struct str unit = tape_child_text(tape, quantity, "unit");
    if (unit.len == 0) unit = tape_child_text(tape, quantity, "code");
    ips_escaped(tape_child_text(tape, quantity, "comparator"), out);
    ips_escaped(tape_child_text(tape, quantity, "value"), out);
    if (unit.len > 0) buf_add_char(out, ' ');
    ips_escaped(unit, out);
}

static void add_ratio(const struct tape *tape, tape_at ratio, struct buf *out)
{
    tape_at over = tape_get(tape, ratio, "numerator"), under = tape_get(tape, ratio, "denominator");
    if (over != TAPE_NONE) add_quantity(tape, over, out);
    buf_add_char(out, '/');
    if (under != TAPE_NONE) add_quantity(tape, under, out);
}

/* value[x] of an Observation or one of its components. */
static void add_value(const struct tape *tape, tape_at of, struct buf *out)
{
    tape_at value = tape_child(tape, of, FHIR_N_value);
    if (value == TAPE_NONE) return;
    buf_add(out, STR(": "));
    fhir_type_id type = tape_type(tape, value);
    if (type == FHIR_T_Quantity)
        add_quantity(tape, value, out);
    else if (type == FHIR_T_Ratio)
        add_ratio(tape, value, out);
    else if (type == FHIR_T_CodeableConcept)
        (void)add_concept(tape, value, out);
    else
        ips_escaped(tape_text(tape, value), out);
}

static void add_components(const struct tape *tape, struct buf *out)
{
    tape_at root = tape_root(tape);
    for (tape_at c = tape_first(tape, root); c != TAPE_NONE; c = tape_next(tape, root, c)) {
        if (tape_path_name(tape, c) != FHIR_N_component) continue;
        buf_add(out, STR("; "));
        (void)add_concept(tape, tape_get(tape, c, "code"), out);
        add_value(tape, c, out);
    }
}

static void add_date(const struct tape *tape, struct buf *out)
{
    static const char *const elements[] = {"effectiveDateTime", "effectiveInstant",      "occurrenceDateTime",
                                           "performedDateTime", "performedPeriod.start", "onsetDateTime",
                                           "authoredOn",        "recordedDate",          "dateAsserted"};
    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
        tape_at at = tape_get(tape, tape_root(tape), elements[i]);
        struct str text = at == TAPE_NONE ? STR_NONE : tape_text(tape, at);
        if (text.len == 0) continue;
        buf_add(out, STR(" ("));
        ips_escaped(str_cut(text, 0, 10), out);
        buf_add_char(out, ')');
        return;
    }
}

/* What is no longer, or is not sure, has to be read with it. */
static void add_state(const struct tape *tape, struct buf *out)
{
    static const char *const elements[] = {"clinicalStatus", "verificationStatus"};
    struct str system, code, status = tape_child_text(tape, tape_root(tape), "status");
    for (size_t i = 0; i < 2; i++)
        if (ips_code(tape, elements[i], &system, &code)) {
            buf_add(out, STR(", "));
            ips_escaped(code, out);
        }
    if (status.len == 0 || str_is(status, "final") || str_is(status, "completed")) return;
    buf_add(out, STR(", "));
    ips_escaped(status, out);
}

void ips_line(const struct tape *tape, struct buf *out)
{
    static const char *const names[] = {"code", "medicationCodeableConcept", "vaccineCode"};
    bool is_named = false;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && !is_named; i++)
        is_named = add_concept(tape, tape_get(tape, tape_root(tape), names[i]), out);
    if (!is_named) ips_escaped(fhir_name(fhir_types[tape_type(tape, tape_root(tape))].name), out);
    if (tape_type(tape, tape_root(tape)) == FHIR_T_Observation) {
        add_value(tape, tape_root(tape), out);
        add_components(tape, out);
    }
    add_date(tape, out);
    add_state(tape, out);
}
