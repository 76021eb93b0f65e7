/* SPDX-License-Identifier: Apache-2.0
 * JSON to tape in one pass, driven by the element tables; see fhir.h. Here are the general functions, which know all
 * rules; what most members need is in fhir_read_usual.c. */
#include "fhir/fhir_read_int.h"

#include "fhir/fhir_primitive_int.h"

#define TYPE_KEY "\"resourceType\""

enum { UNKNOWN_NAME_CHARS_MAX = 40, NO_ROW = -1, RESOURCE_TYPE_ROW = -2 };

/* --- values ------------------------------------------------------------------------------------------------------- */

static bool wrong_json(struct reader *r, fhir_type_id type, bool *is_value)
{
    *is_value = false;
    char c = *r->at;
    if (c == '{' || c == '[')
        read_issue(r, "structure", "fhir-json-primitive", "must be a primitive value, not an object or list");
    else if (c == 'n')
        read_issue(r, "structure", "fhir-null", "null may only stand in a list whose partner list fills the place");
    else if (fhir_primitive_format(type)->json == FHIR_JSON_STRING)
        read_issue(r, "invalid", "fhir-json-string", "must be a JSON text");
    else if (fhir_primitive_format(type)->json == FHIR_JSON_NUMBER)
        read_issue(r, "invalid", "fhir-json-number", "must be a JSON number without quotes");
    else
        read_issue(r, "invalid", "fhir-json-boolean", "must be true or false without quotes");
    return read_skip(r);
}

static void check_text(struct reader *r, fhir_type_id type, struct str text)
{
    const char *rule, *words;
    if (r->has_control)
        read_issue(r, "value", "fhir-text-control", "control characters other than tab and line ends are not allowed");
    if (type == FHIR_T_xhtml) {
        if (!fhir_xhtml_ok(text, &rule, &words)) read_issue(r, "invalid", rule, words);
    } else if (!fhir_primitive_ok(type, text)) {
        read_issue(r, "value", "fhir-primitive-format", fhir_primitive_format(type)->rule);
    }
}

static bool read_number(struct reader *r, fhir_type_id type, struct tape_node *node, bool *is_value)
{
    const char *end = json_scan_number(r->at, r->end);
    if (end == NULL) return wrong_json(r, type, is_value);
    struct str text = str_make(r->at, (size_t)(end - r->at));
    if (!fhir_primitive_ok(type, text))
        read_issue(r, "value", "fhir-primitive-format", fhir_primitive_format(type)->rule);
    memcpy(r->to, text.ptr, text.len);
    node->kind = TAPE_NUMBER;
    read_keep(r, text.len, &node->flags, &node->value);
    r->at = end;
    return true;
}

static bool read_boolean(struct reader *r, fhir_type_id type, struct tape_node *node, bool *is_value)
{
    struct str rest = str_make(r->at, (size_t)(r->end - r->at));
    bool is_true = str_starts(rest, STR("true"));
    if (!is_true && !str_starts(rest, STR("false"))) return wrong_json(r, type, is_value);
    node->kind = is_true ? TAPE_TRUE : TAPE_FALSE;
    r->at += is_true ? 4 : 5;
    return true;
}

bool read_primitive(struct reader *r, fhir_type_id type, struct tape_node *node, bool *is_value)
{
    *is_value = true;
    switch (fhir_primitive_format(type)->json) {
    case FHIR_JSON_NUMBER:
        return read_number(r, type, node, is_value);
    case FHIR_JSON_BOOLEAN:
        return read_boolean(r, type, node, is_value);
    default:
        break;
    }
    if (*r->at != '"') return wrong_json(r, type, is_value);
    struct str text;
    r->at++;
    if (!read_text(r, &text)) return false;
    check_text(r, type, text);
    node->kind = TAPE_TEXT;
    read_keep(r, text.len, &node->flags, &node->value);
    return true;
}

bool read_usual_decimal(struct reader *r, fhir_element_id element)
{
    enum { SHORT = 16 }; /* characters that are copied at once, whether they are so many or not */
    const char *at = r->at, *end = json_scan_number(at, r->end);
    if (end == NULL || end - at > FHIR_NUMBER_CHARS_MAX || r->count == r->room) return false;
    size_t len = (size_t)(end - at);
    if (len <= SHORT && at <= r->fast_end)
        memcpy(r->to, at, SHORT);
    else
        memcpy(r->to, at, len);
    r->nodes[r->count++] = (struct tape_node){element, TAPE_NUMBER, (uint8_t)len, 1, (uint32_t)(r->to - r->heap)};
    r->to += len;
    r->at = end;
    return true;
}

/* Any other primitive. */
static bool read_unusual(struct reader *r, fhir_element_id element, fhir_type_id type)
{
    if (fhir_looks[type] == FHIR_LOOK_DECIMAL && read_usual_decimal(r, element)) return true;
    bool is_value;
    struct tape_node node = {.element = element, .span = 1};
    if (!read_primitive(r, type, &node, &is_value)) return false;
    return !is_value || read_push(r, element, (enum tape_kind)node.kind, node.flags, node.value);
}

/* The value of resourceType where it comes first, with type_end; STR_NONE if it does not. r->at is at the brace. */
static struct str find_usual_type(struct reader *r)
{
    const char *brace = r->at, *at = brace + 1;
    if (at > r->fast_end) return STR_NONE;
    r->at = at;
    const uint32_t *places = read_places(r);
    r->at = brace;
    if (r->start + places[3] >= r->end || r->start + places[2] > r->fast_end) return STR_NONE;
    if (*at != '"' && !str_is_space(*at)) return STR_NONE;
    const char *key = r->start + places[0], *name = r->start + places[2], *close = r->start + places[3];
    const char *colon = key + sizeof TYPE_KEY - 1;
    if (memcmp(key, TYPE_KEY, sizeof TYPE_KEY - 1) != 0 || *colon != ':' || *name != '"' || *close != '"')
        return STR_NONE;
    if (name != colon + 1 && !str_is_space(colon[1])) return STR_NONE;
    r->type_end = close + 1;
    return str_make(name + 1, (size_t)(close - name - 1));
}

/* The value of resourceType of the object at whose brace r->at stands, without moving; STR_NONE if it has none. */
static struct str find_resource_type(const struct reader *r)
{
    unsigned depth = 0;
    bool is_key = false;
    for (const char *at = r->at + 1; at < r->end; at++) {
        if (*at == '{' || *at == '[') depth++;
        if (*at == '}' || *at == ']') {
            if (depth == 0) return STR_NONE;
            depth--;
        }
        if (*at != '"') continue;
        const char *text = ++at;
        while (at < r->end && *at != '"') at += *at == '\\' ? 2 : 1;
        if (at >= r->end) return STR_NONE;
        struct str name = str_make(text, (size_t)(at - text));
        if (is_key) return name;
        if (depth > 0 || !str_eq(name, STR("resourceType"))) continue;
        while (at + 1 < r->end && (str_is_space(at[1]) || at[1] == ':')) is_key |= *++at == ':';
        if (is_key && (at + 1 >= r->end || at[1] != '"')) return STR_NONE;
    }
    return STR_NONE;
}

/* fhir_type_find, asking first which type was found in this place of the table. `name` stands in the input. */
static fhir_type_id find_type(const struct reader *r, struct str name)
{
    uint64_t head = 0;
    memcpy(&head, name.ptr, name.len < sizeof head ? name.len : sizeof head);
    fhir_type_id *seen = &r->types[(head * UINT64_C(0x9E3779B97F4A7C15) ^ name.len << 60) >> (64 - READ_TYPES_BITS)];
    if (!str_eq(fhir_type_name(*seen), name)) *seen = fhir_type_find(name);
    return *seen;
}

bool read_resource_type(struct reader *r, fhir_type_id *type)
{
    r->type_end = NULL;
    struct str name = find_usual_type(r);
    if (name.ptr == NULL) name = find_resource_type(r);
    *type = name.ptr == NULL ? 0 : find_type(r, name);
    if (*type != 0 && fhir_types[*type].kind == FHIR_RESOURCE && !fhir_types[*type].is_abstract) return true;
    *type = 0;
    read_issue(r, "structure", "fhir-resource-type",
               name.ptr == NULL ? "a resource must say its resourceType" : "resourceType is no resource of R4");
    return read_skip(r);
}

static bool read_typed(struct reader *r, fhir_element_id element, fhir_type_id type, bool is_resource)
{
    uint32_t node = r->count;
    if (!read_push(r, element, TAPE_OBJECT, 0, type) || !read_nest(r)) return false;
    r->at++;
    bool is_good = read_object(r, node, type, is_resource);
    r->nesting--;
    return is_good;
}

/* A resource inside this one. */
static bool read_resource(struct reader *r, fhir_element_id element)
{
    fhir_type_id type;
    if (!read_resource_type(r, &type)) return false;
    return type == 0 || read_typed(r, element, type, true);
}

static bool read_complex(struct reader *r, fhir_element_id element, fhir_type_id type)
{
    if (*r->at != '{') {
        read_issue(r, "structure", "fhir-json-object", "must be a JSON object");
        return read_skip(r);
    }
    bool is_resource = fhir_types[type].kind == FHIR_RESOURCE;
    if (is_resource && fhir_types[type].is_abstract) return read_resource(r, element);
    return read_typed(r, element, type, is_resource);
}

/* One value of an element, an item of its list if it has one. */
static bool read_one(struct reader *r, fhir_element_id element)
{
    fhir_type_id type = fhir_elements[element].type;
    if (fhir_looks[type] == FHIR_LOOK_COMPLEX) return read_complex(r, element, type);
    return (*r->at == '"' && read_usual_text(r, element, type)) || read_unusual(r, element, type);
}

/* null in a list of primitives: its partner list must fill the place. */
static bool read_null_item(struct reader *r, fhir_element_id element)
{
    if (!str_starts(str_make(r->at, (size_t)(r->end - r->at)), STR("null"))) return read_skip(r);
    r->at += 4;
    r->frame->has_null = true;
    return read_push(r, element, TAPE_NULL, 0, 0);
}

/* The items of the list from that of frame->index on, to behind its bracket. */
bool read_items(struct reader *r, fhir_element_id element)
{
    struct frame *frame = r->frame;
    for (;; frame->index++) {
        char c = read_peek(r);
        if (c == '\0') return read_fail(r, SALVE_E_SYNTAX, "the text ends inside a list");
        bool is_null = c == 'n' && fhir_looks[fhir_elements[element].type] != FHIR_LOOK_COMPLEX;
        if (!(is_null ? read_null_item(r, element) : read_one(r, element))) return false;
        c = read_peek(r);
        if (c != ',' && c != ']') return read_fail(r, SALVE_E_SYNTAX, "a comma or ] must follow");
        r->at++;
        if (c == ']') break;
    }
    frame->index = -1;
    r->nesting--;
    return true;
}

bool read_list_rest(struct reader *r, fhir_element_id element)
{
    if (read_peek(r) == ']') {
        r->at++;
        r->nesting--;
        read_issue(r, "structure", "fhir-list-empty", "a list must not be empty");
        return true;
    }
    r->frame->index = 0;
    return read_items(r, element);
}

static bool read_list(struct reader *r, fhir_element_id element)
{
    if (!read_nest(r)) return false;
    r->at++;
    return read_list_rest(r, element);
}

/* The value behind the colon. */
bool read_member_value(struct reader *r, fhir_element_id element)
{
    char c = read_peek(r);
    if (c == '\0') return read_fail(r, SALVE_E_SYNTAX, "a value is missing");
    if (fhir_elements[element].flags & FHIR_MANY) {
        if (c == '[') return read_list(r, element);
        read_issue(r, "structure", "fhir-json-list", "must be a JSON list, for it may repeat");
    } else if (c == '[') {
        read_issue(r, "structure", "fhir-json-single", "must not be a list, for it may not repeat");
        return read_skip(r);
    }
    return read_one(r, element);
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

/* Row of the element named `name`; NO_ROW, or RESOURCE_TYPE_ROW for that key in a resource. Looks first behind the
 * element before, for most write elements in the order of the definitions. */
static int find_row(const struct frame *frame, struct str name)
{
    unsigned count = fhir_types[frame->type].element_count, row = frame->row;
    for (unsigned i = 0; i < count; i++, row++) {
        if (row >= count) row = 0;
        const struct fhir_member *member = &fhir_members[frame->first + row];
        if (member->name_len != name.len || member->head[1] != name.ptr[0]) continue;
        if (str_eq(fhir_name(fhir_elements[frame->first + row].name), name)) return (int)row;
    }
    return frame->is_resource && str_eq(name, STR("resourceType")) ? RESOURCE_TYPE_ROW : NO_ROW;
}

/* May the name of an unknown key be told? Only if it looks like the name of an element. */
static bool is_tellable(struct str name)
{
    if (name.len > 0 && name.ptr[0] == '_') name = str_cut(name, 1, name.len);
    if (name.len == 0 || name.len > UNKNOWN_NAME_CHARS_MAX || !str_is_lower(name.ptr[0])) return false;
    for (size_t i = 0; i < name.len; i++)
        if (!str_is_digit(name.ptr[i]) && !str_is_letter(name.ptr[i])) return false;
    return true;
}

static bool skip_unknown(struct reader *r, struct str name)
{
    r->frame->element = 0;
    r->frame->has_unknown = true;
    read_issue_below(r, is_tellable(name) ? name : STR_NONE, "structure", "fhir-element-known",
                     "this type has no element of that name");
    if (read_peek(r) != ':') return read_fail(r, SALVE_E_SYNTAX, "a colon must follow the key");
    r->at++;
    return read_skip(r);
}

/* Reads a key that was not predicted. *row is as in find_row; *name lives in the heap until the next text. */
static bool read_key(struct reader *r, struct str *name, int *row, bool *is_partner)
{
    if (!read_text(r, name)) return false;
    *row = find_row(r->frame, *name);
    *is_partner = false;
    if (*row != NO_ROW || name->len < 2 || name->ptr[0] != '_') return true;
    *row = find_row(r->frame, str_cut(*name, 1, name->len));
    *is_partner = true;
    if (*row < 0 || fhir_types[fhir_elements[r->frame->first + *row].type].kind != FHIR_PRIMITIVE) *row = NO_ROW;
    return true;
}

bool frame_has_key(const struct frame *frame, uint16_t key)
{
    for (uint16_t i = 0; i < frame->key_count; i++)
        if (frame->keys[i] == key) return true;
    return false;
}

/* The key's bit is set already: the same key again, or another alternative of its choice. */
static bool read_again(struct reader *r, uint16_t key)
{
    if (frame_has_key(r->frame, key)) return read_fail(r, SALVE_E_SYNTAX, "the same key twice");
    read_issue(r, "structure", "fhir-choice-one", "only one alternative of a choice may be there");
    return read_skip(r);
}

/* Does a partner or value of another alternative of this choice stand here already? */
static bool is_other_choice(const struct frame *frame, fhir_element_id element, uint16_t other_key)
{
    return (fhir_elements[element].flags & FHIR_CHOICE) && !frame_has_key(frame, other_key);
}

static bool read_partner_member(struct reader *r, fhir_element_id element, uint16_t row)
{
    struct frame *frame = r->frame;
    unsigned bit = fhir_elements[element].choice;
    if (bit_is_set(frame->partners, bit)) return read_again(r, (uint16_t)(row * 2 + 1));
    if (bit_is_set(frame->seen, bit) && is_other_choice(frame, element, (uint16_t)(row * 2)))
        return read_again(r, (uint16_t)(row * 2 + 1));
    bool follows = frame->key_count > 0 && frame->keys[frame->key_count - 1] == row * 2;
    if (bit_is_set(frame->seen, bit) && !follows) frame->is_unusual = true;
    bit_put(frame->partners, bit);
    frame->has_partner = true;
    frame->keys[frame->key_count++] = (uint16_t)(row * 2 + 1);
    return read_partner(r, element);
}

static bool read_member(struct reader *r, fhir_element_id element, uint16_t row)
{
    struct frame *frame = r->frame;
    unsigned bit = fhir_elements[element].choice;
    if (bit_is_set(frame->seen, bit)) return read_again(r, (uint16_t)(row * 2));
    bool has_partner = bit_is_set(frame->partners, bit);
    if (has_partner && is_other_choice(frame, element, (uint16_t)(row * 2 + 1)))
        return read_again(r, (uint16_t)(row * 2));
    bit_put(frame->seen, bit);
    frame->keys[frame->key_count++] = (uint16_t)(row * 2);
    if (!has_partner) return read_member_value(r, element);
    frame->is_unusual = true;
    return read_into_partners(r, element);
}

/* resourceType was found by looking ahead; here it only takes its place among the keys. */
static bool read_resource_type_member(struct reader *r)
{
    struct frame *frame = r->frame;
    struct str text;
    if (frame_has_key(frame, KEY_OF_RESOURCE)) return read_fail(r, SALVE_E_SYNTAX, "the same key twice");
    if (frame->key_count > 0) frame->is_unusual = true;
    frame->keys[frame->key_count++] = KEY_OF_RESOURCE;
    if (read_peek(r) != '"') {
        read_issue(r, "structure", "fhir-resource-type", "resourceType must be a text");
        return read_skip(r);
    }
    r->at++;
    return read_text(r, &text);
}

/* --- objects ------------------------------------------------------------------------------------------------------ */

void read_say_missing(struct reader *r, const struct frame *frame, unsigned word, uint64_t missing)
{
    for (; missing != 0; missing &= missing - 1) {
        unsigned row = word * 64 + (unsigned)__builtin_ctzll(missing);
        read_issue_below(r, fhir_name(fhir_elements[frame->first + row].path_name), "required", "fhir-required",
                         "is required and missing");
    }
}

/* ele-1: something besides an id. A resource may stand with nothing but its type. */
void read_check_content(struct reader *r, struct frame *frame)
{
    frame->element = 0;
    if (frame->is_resource || frame->has_unknown) return;
    if (frame->key_count == 0)
        read_issue(r, "structure", "fhir-object-empty", "an object must not be empty");
    else if (frame->key_count == 1 && frame->keys[0] < 2 && fhir_elements[frame->first].name == FHIR_N_id &&
             fhir_types[frame->type].kind != FHIR_PRIMITIVE)
        read_issue(r, "invariant", "ele-1", "an element needs a value or children besides its id");
}

static bool expect_colon(struct reader *r)
{
    if (read_peek(r) != ':') return read_fail(r, SALVE_E_SYNTAX, "a colon must follow the key");
    r->at++;
    return true;
}

bool read_found_member(struct reader *r)
{
    struct frame *frame = r->frame;
    struct str name;
    int row;
    bool is_partner;
    r->at++;
    if (!read_key(r, &name, &row, &is_partner)) return false;
    if (row == NO_ROW) return skip_unknown(r, name);
    if (!expect_colon(r)) return false;
    if (row == RESOURCE_TYPE_ROW) return read_resource_type_member(r);
    fhir_element_id element = (fhir_element_id)(frame->first + row);
    frame->element = element;
    if (is_partner) return read_partner_member(r, element, (uint16_t)row);
    frame->row = (uint8_t)(row + 1);
    return read_member(r, element, (uint16_t)row);
}
