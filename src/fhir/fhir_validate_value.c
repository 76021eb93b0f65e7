/* SPDX-License-Identifier: Apache-2.0
 * Checks of single values: required bindings, extensions, quantities, attachments. */
#include "fhir/fhir_validate_int.h"

/* --- required bindings (R4: terminologies.html 4.1.5) ------------------------------------------------------------- */

static bool has_extension(const struct tape *tape, tape_at at)
{
    return tape_child(tape, at, FHIR_N_extension) != TAPE_NONE;
}

static enum fhir_has has_coding(const struct fhir_check *check, uint16_t set, tape_at coding)
{
    struct str code = fhir_child_text(check->tape, coding, FHIR_N_code);
    if (code.len == 0) return has_extension(check->tape, coding) ? FHIR_HAS_UNKNOWN : FHIR_HAS_NOT;
    struct str system = fhir_child_text(check->tape, coding, FHIR_N_system);
    return fhir_valueset_has(set, system.ptr == NULL ? STR("") : system, code);
}

/* One coding of the set is enough; others may say the same in another system. */
static enum fhir_has has_concept(const struct fhir_check *check, uint16_t set, tape_at concept)
{
    enum fhir_has best = FHIR_HAS_NOT;
    for (tape_at c = tape_first(check->tape, concept); c != TAPE_NONE; c = tape_next(check->tape, concept, c)) {
        if (tape_element(check->tape, c) != FHIR_E_CodeableConcept_coding) continue;
        enum fhir_has has = has_coding(check, set, c);
        if (has == FHIR_HAS) return has;
        if (has == FHIR_HAS_UNKNOWN) best = has;
    }
    return best == FHIR_HAS_NOT && has_extension(check->tape, concept) ? FHIR_HAS_UNKNOWN : best;
}

static enum fhir_has has_quantity(const struct fhir_check *check, uint16_t set, tape_at quantity)
{
    struct str code = fhir_child_text(check->tape, quantity, FHIR_N_code);
    struct str system = fhir_child_text(check->tape, quantity, FHIR_N_system);
    if (code.len == 0) return FHIR_HAS_UNKNOWN;
    return fhir_valueset_has(set, system.ptr == NULL ? STR("") : system, code);
}

void fhir_check_binding(struct fhir_check *check, tape_at at)
{
    uint16_t set = fhir_elements[tape_element(check->tape, at)].binding;
    enum fhir_has has = FHIR_HAS_UNKNOWN;
    switch (tape_type(check->tape, at)) {
    case FHIR_T_Coding:
        has = has_coding(check, set, at);
        break;
    case FHIR_T_CodeableConcept:
        has = has_concept(check, set, at);
        break;
    case FHIR_T_Quantity:
        has = has_quantity(check, set, at);
        break;
    default:
        if (tape_kind(check->tape, at) == TAPE_TEXT) has = fhir_valueset_has(set, STR_NONE, tape_text(check->tape, at));
    }
    if (has == FHIR_HAS_NOT)
        fhir_check_fail(check, "code-invalid", "fhir-binding",
                        "the code is not in the value set that R4 requires here");
}

/* --- extensions --------------------------------------------------------------------------------------------------- */

static void check_extension(struct fhir_check *check, tape_at at)
{
    const struct tape *tape = check->tape;
    bool has_value = tape_child(tape, at, FHIR_N_value) != TAPE_NONE;
    struct str url = fhir_child_text(tape, at, FHIR_N_url);
    bool is_nested = tape_element(tape, at) == FHIR_E_Extension_extension;
    if (has_value == has_extension(tape, at))
        fhir_check_fail(check, "invariant", "ext-1", "an extension has either a value or extensions, not both");
    if (!is_nested && url.len > 0 && memchr(url.ptr, ':', url.len) == NULL)
        fhir_check_fail(check, "invalid", "fhir-extension-url", "the url of an extension is absolute");
}

/* --- quantities, attachments -------------------------------------------------------------------------------------- */

static void check_quantity(struct fhir_check *check, tape_at at)
{
    if (tape_child(check->tape, at, FHIR_N_code) != TAPE_NONE &&
        tape_child(check->tape, at, FHIR_N_system) == TAPE_NONE)
        fhir_check_fail(check, "invariant", "qty-3", "a unit's code needs its system");
}

static bool base64_bytes(struct str text, int64_t *bytes)
{
    int64_t digits = 0, padding = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '=')
            padding++;
        else if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
            digits++;
    }
    *bytes = digits * 3 / 4;
    return (digits + padding) % 4 == 0;
}

static void check_attachment(struct fhir_check *check, tape_at at)
{
    struct str data = fhir_child_text(check->tape, at, FHIR_N_data);
    struct str size = fhir_child_text(check->tape, at, FHIR_N_size);
    int64_t bytes, stated;
    if (data.len == 0) return;
    if (tape_child(check->tape, at, FHIR_N_contentType) == TAPE_NONE)
        fhir_check_fail(check, "invariant", "att-1", "an attachment with data has a contentType");
    if (size.len > 0 && str_to_i64(size, &stated) && base64_bytes(data, &bytes) && bytes != stated)
        fhir_check_fail(check, "value", "fhir-attachment-size", "size is the number of bytes of the data");
}

/* --- systems and URIs --------------------------------------------------------------------------------------------- */

/* The system of a code or identifier is an absolute URI, and names a code system, not a value set of FHIR. */
static void check_system(struct fhir_check *check, tape_at at)
{
    struct str system = fhir_child_text(check->tape, at, FHIR_N_system);
    if (system.len == 0) return;
    bool is_http = str_starts(system, STR("http:")) || str_starts(system, STR("https:")); /* most are */
    if (!is_http && memchr(system.ptr, ':', system.len) == NULL)
        fhir_check_fail(check, "invalid", "fhir-system-absolute", "a system is an absolute URI");
    if (str_starts(system, STR("http://hl7.org/fhir/ValueSet/")))
        fhir_check_fail(check, "invalid", "fhir-system-valueset", "a system is a code system, not a value set");
}

void fhir_check_urn(struct fhir_check *check, tape_at uri)
{
    struct str text = tape_text(check->tape, uri);
    if (str_starts(text, STR("oid:")) || str_starts(text, STR("uuid:")))
        fhir_check_fail(check, "invalid", "fhir-uri-urn", "an OID or UUID as a URI begins with urn:");
}

/* What is said as a document or as a resource has its url there. */
static void check_artifact(struct fhir_check *check, tape_at at)
{
    const struct tape *tape = check->tape;
    if (tape_child(tape, at, FHIR_N_url) != TAPE_NONE &&
        (tape_child(tape, at, FHIR_N_document) != TAPE_NONE || tape_child(tape, at, FHIR_N_resource) != TAPE_NONE))
        fhir_check_fail(check, "structure", "fhir-artifact-url", "an artifact with document or resource has no url");
}

void fhir_check_value(struct fhir_check *check, enum fhir_ask ask, tape_at at)
{
    switch (ask) {
    case FHIR_ASK_EXTENSION:
        check_extension(check, at);
        break;
    case FHIR_ASK_QUANTITY:
        check_quantity(check, at);
        break;
    case FHIR_ASK_ATTACHMENT:
        check_attachment(check, at);
        break;
    case FHIR_ASK_SYSTEM:
        check_system(check, at);
        break;
    case FHIR_ASK_ARTIFACT:
        check_artifact(check, at);
        break;
    default:
        break;
    }
}
