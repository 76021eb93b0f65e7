/* SPDX-License-Identifier: Apache-2.0
 * JSON to tape in one pass, driven by the element tables; see fhir.h. Keys are not hashed: after each element the
 * reader remembers which one followed last time, and compares the next key with that name first. */
#include "fhir/fhir_read_int.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/assert.h"
#include "base/limits.h"
#include "fhir/fhir_primitive_int.h"

#define HOT static inline __attribute__((always_inline)) /* parts of read_object: what most members need */

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

/* One load and one store; a copy of 64 bytes would be a loop of the machine's own, which takes longer. */
HOT void copy_16(char *to, const char *from) { memcpy(to, from, 16); }

/* A text as most are, plain and in the format of its type, in one go: its closing quote. NULL: nothing was done.
 * places[0] is its opening quote. */
HOT const char *read_usual_text(struct reader *r, fhir_element_id element, fhir_type_id type, uint8_t look,
                                const uint32_t *places)
{
    const char *at = r->start + places[0] + 1, *close = r->start + places[1];
    size_t len = (size_t)(close - at);
    if (look - 1u >= FHIR_LOOK_TEXT || r->count == r->room || close > r->fast_end || len - 1 >= TAPE_LONG - 1 ||
        *close != '"')
        return NULL;
    char *to = r->to;
    copy_16(to, at);
    copy_16(to + 16, at + 16); /* whether it is so long or not */
    copy_16(to + 32, at + 32);
    copy_16(to + 48, at + 48);
    for (size_t i = 64; i < len; i += 16) copy_16(to + i, at + i);
    if (look != FHIR_LOOK_STRING && !(look == FHIR_LOOK_TOKEN && fhir_is_token(str_make(at, len))) &&
        !fhir_primitive_ok(type, str_make(at, len)))
        return NULL;
    read_push_text(r, element, len);
    return close;
}

/* A decimal as most are; false: nothing was done. */
static bool read_usual_decimal(struct reader *r, fhir_element_id element)
{
    const char *at = r->at, *end = json_scan_number(at, r->end);
    if (end == NULL || end - at > FHIR_NUMBER_CHARS_MAX || r->count == r->room) return false;
    size_t len = (size_t)(end - at);
    for (size_t i = 0; i < len; i++) r->to[i] = at[i];
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
    if (places[3] == JSON_INDEX_NONE || r->start + places[2] > r->fast_end) return STR_NONE;
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
    uint8_t look = fhir_looks[type];
    if (look == FHIR_LOOK_COMPLEX) return read_complex(r, element, type);
    const char *close = *r->at == '"' ? read_usual_text(r, element, type, look, read_places(r)) : NULL;
    if (close == NULL) return read_unusual(r, element, type);
    r->at = close + 1;
    return true;
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
static bool read_items(struct reader *r, fhir_element_id element)
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

static bool read_list(struct reader *r, fhir_element_id element)
{
    if (!read_nest(r)) return false;
    r->at++;
    if (read_peek(r) == ']') {
        r->at++;
        r->nesting--;
        read_issue(r, "structure", "fhir-list-empty", "a list must not be empty");
        return true;
    }
    r->frame->index = 0;
    return read_items(r, element);
}

/* The value behind the colon. */
static bool read_value(struct reader *r, fhir_element_id element)
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

/* What the head does not hold of a long name. A quote stands before each name of the table and behind it. */
HOT bool key_rest_is(const char *at, size_t name_len, fhir_element_id element)
{
    const char *name = fhir_name_text + fhir_name_start[fhir_elements[element].name] - 1;
    size_t len = name_len + 2, from = len <= 2 * FHIR_HEAD_BYTES ? len - FHIR_HEAD_BYTES : FHIR_HEAD_BYTES;
    uint64_t here[2], there[2];
    memcpy(here, at + from, sizeof here);
    memcpy(there, name + from, sizeof there);
    if (here[0] != there[0] || here[1] != there[1] || at[len] != ':') return false;
    return len <= 2 * FHIR_HEAD_BYTES || memcmp(at + from, name + from, len - from) == 0;
}

/* Does the key of that element stand here, quotes and colon included? Needs READ_SLACK readable bytes. */
HOT bool key_is(const char *at, const struct fhir_member *member, fhir_element_id element)
{
#ifdef __SSE2__
    __m128i here = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i name = _mm_loadu_si128((const __m128i *)(const void *)member->head);
    uint32_t others = ~(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(here, name));
    if (others << member->head_rest != 0) return false;
#else
    if (memcmp(at, member->head, 32u - member->head_rest) != 0) return false;
#endif
    if (member->name_len + 3 <= FHIR_HEAD_BYTES) return true;
    return key_rest_is(at, member->name_len, element);
}

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

static bool frame_has_key(const struct frame *frame, uint16_t key)
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
    frame->last_first = r->count;
    if (!has_partner) return read_value(r, element);
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

static void say_missing(struct reader *r, const struct frame *frame, unsigned word, uint64_t missing)
{
    for (; missing != 0; missing &= missing - 1) {
        unsigned row = word * 64 + (unsigned)__builtin_ctzll(missing);
        read_issue_below(r, fhir_name(fhir_elements[frame->first + row].path_name), "required", "fhir-required",
                         "is required and missing");
    }
}

HOT void check_required(struct reader *r, const struct frame *frame)
{
    const uint64_t *required = fhir_type_required[frame->type];
    unsigned word = 0;
    do {
        uint64_t missing = required[word] & ~(frame->seen[word] | frame->partners[word]);
        if (__builtin_expect(missing != 0, false)) say_missing(r, frame, word, missing);
    } while (__builtin_expect(++word * 64 < frame->row_count, false));
}

/* ele-1: something besides an id. A resource may stand with nothing but its type. */
static void check_content(struct reader *r, struct frame *frame)
{
    frame->element = 0;
    if (frame->is_resource || frame->has_unknown) return;
    if (frame->key_count == 0)
        read_issue(r, "structure", "fhir-object-empty", "an object must not be empty");
    else if (frame->key_count == 1 && frame->keys[0] < 2 && fhir_elements[frame->first].name == FHIR_N_id &&
             fhir_types[frame->type].kind != FHIR_PRIMITIVE)
        read_issue(r, "invariant", "ele-1", "an element needs a value or children besides its id");
}

HOT bool close_object(struct reader *r, struct frame *frame)
{
    r->nodes[frame->node].span = r->count - frame->node;
    check_required(r, frame);
    if (!(frame->has_null | frame->is_unusual | frame->is_resource)) return true;
    if (frame->has_null) read_check_nulls(r);
    if (frame->is_unusual && !read_keep_order(r)) return false;
    if (frame->is_resource && !frame_has_key(frame, KEY_OF_RESOURCE))
        read_issue_below(r, STR_NONE, "structure", "fhir-resource-type", "a resource must say its resourceType");
    return true;
}

HOT void open_frame(struct reader *r, uint32_t node, fhir_type_id type, bool is_resource)
{
    struct frame *frame = r->frame == NULL ? r->frames : r->frame + 1;
    frame->node = node;
    frame->type = type;
    frame->first = fhir_types[type].first_element;
    frame->row_count = (uint8_t)fhir_types[type].element_count; /* at most 255, see fhir_tables.mjs */
    frame->element = 0;
    frame->index = -1;
    frame->is_resource = is_resource;
    frame->is_unusual = frame->has_null = frame->has_unknown = frame->has_partner = false;
    frame->key_count = 0;
    frame->skip = &r->next_row[FHIR_ELEMENT_COUNT + type];
    frame->row = 0;
    frame->seen[0] = frame->seen[1] = frame->seen[2] = frame->seen[3] = 0; /* a memset is a slow loop of the machine */
    frame->partners[0] = frame->partners[1] = frame->partners[2] = frame->partners[3] = 0;
    r->frame = frame;
}

static bool expect_colon(struct reader *r)
{
    if (read_peek(r) != ':') return read_fail(r, SALVE_E_SYNTAX, "a colon must follow the key");
    r->at++;
    return true;
}

HOT void predict(const struct reader *r, struct frame *frame, fhir_element_id element, int row)
{
    frame->skip = &r->next_row[element];
    frame->row = (uint8_t)(row + 1);
}

/* A member that is not usual: r->at is at the opening quote of its key. */
static bool read_found_member(struct reader *r)
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
    *frame->skip = (uint8_t)(row - frame->row);
    predict(r, frame, element, row);
    return read_member(r, element, (uint16_t)row);
}

/* Where reading stands in an object and those it opened. */
enum step {
    STEP_KEY,     /* a key must be next */
    STEP_OPENED,  /* behind the brace of a new object, r->frame */
    STEP_READ,    /* behind a value of r->frame */
    STEP_UNUSUAL, /* nothing was done */
    STEP_DONE,
    STEP_FAILED,
};

/* The object at the brace, into a frame of its own. */
HOT enum step open_object(struct reader *r, fhir_element_id element, fhir_type_id type)
{
    uint32_t node = r->count;
    if (!read_push(r, element, TAPE_OBJECT, 0, type) || !read_nest(r)) return STEP_FAILED;
    r->at++;
    open_frame(r, node, type, false);
    return STEP_OPENED;
}

/* The first item of a list of objects; anything else from the bracket on by the general functions. */
static enum step open_list(struct reader *r, fhir_element_id element, fhir_type_id type)
{
    const char *at = r->at;
    if (!read_nest(r)) return STEP_FAILED;
    r->at++;
    if (read_peek(r) == '{') {
        r->frame->index = 0;
        return open_object(r, element, type);
    }
    r->nesting--;
    r->at = at;
    return read_value(r, element) ? STEP_READ : STEP_FAILED;
}

/* Behind the key of a usual member, at what is no plain text: of an object, or a list of them, only what opens it is
 * read. */
HOT enum step open_value(struct reader *r, fhir_element_id element, const struct fhir_member *member)
{
    if (r->at <= r->fast_end && member->look == FHIR_LOOK_COMPLEX) {
        if (*r->at == '{' && member->form == FHIR_FORM_ONE) return open_object(r, element, member->type);
        if (*r->at == '[' && member->form == FHIR_FORM_LIST) return open_list(r, element, member->type);
    }
    return read_value(r, element) ? STEP_READ : STEP_FAILED;
}

/* To the token behind white space; at most to r->end. `next` is the place behind. */
HOT const char *past_space(const struct reader *r, const char *at, const uint32_t *next)
{
    if ((unsigned char)*at > ' ' || !str_is_space(*at)) return at;
    return *next == JSON_INDEX_NONE ? r->end : r->start + *next;
}

/* The next element, if a member as most are stands here: the predicted key, for the first time, and a colon right
 * behind it; 0: none. It takes its place in the object. */
HOT fhir_element_id take_usual_key(struct reader *r, struct frame *frame, const char *at)
{
    uint8_t row = (uint8_t)(frame->row + *frame->skip);
    if (at > r->fast_end || row >= frame->row_count) return 0;
    unsigned id = frame->first + (unsigned)row;
    const struct fhir_member *member = &fhir_members[id];
    uint64_t *seen = &frame->seen[member->word], now = *seen | member->bit;
    if (!key_is(at, member, (fhir_element_id)id) || now == *seen) return 0;
    *seen = now;
    frame->element = (fhir_element_id)id;
    frame->last_first = r->count;
    frame->keys[frame->key_count++] = (uint16_t)(row * 2);
    predict(r, frame, (fhir_element_id)id, row);
    return (fhir_element_id)id;
}

/* Usual members, as long as they hold plain texts and another one follows; r->at is at the first opening quote. */
HOT enum step read_usual_members(struct reader *r, struct frame *frame)
{
    const char *at = r->at;
    const uint32_t *places = read_places(r);
    if (frame->has_partner) return STEP_UNUSUAL;
    for (;;) {
        fhir_element_id id = take_usual_key(r, frame, at);
        if (id == 0) return r->at = at, STEP_UNUSUAL;
        const struct fhir_member *member = &fhir_members[id];
        at = past_space(r, at + member->name_len + 3, places + 2); /* behind the two of the key */
        const char *close = NULL;
        if (at <= r->fast_end && *at == '"' && member->form == FHIR_FORM_ONE)
            close = read_usual_text(r, id, member->type, member->look, places + 2);
        if (close == NULL) return r->at = at, open_value(r, id, member);
        at = close + 1;
        places += 4;
        r->index->next += 4;
        if (*at != ',') return r->at = at, STEP_READ;
        at = past_space(r, at + 1, places);
        if (at > r->fast_end || *at != '"') return r->at = at, STEP_KEY;
        if (places > r->index->low) r->at = at, places = read_places(r);
    }
}

/* resourceType at the start of a resource, which was read already when its type was looked for; false: it is not. */
HOT bool take_usual_type(struct reader *r, struct frame *frame)
{
    if (!frame->is_resource || r->type_end == NULL) return false;
    r->at = r->type_end;
    r->type_end = NULL;
    frame->keys[frame->key_count++] = KEY_OF_RESOURCE;
    return true;
}

/* Behind the brace of an object: is there anything in it? */
HOT enum step begin_object(struct reader *r)
{
    if (take_usual_type(r, r->frame)) return STEP_READ;
    return read_peek(r) == '}' ? STEP_READ : STEP_KEY;
}

/* At the brace that closes r->frame. */
HOT enum step end_object(struct reader *r, const struct frame *base)
{
    struct frame *frame = r->frame;
    r->at++;
    if (frame->key_count < 2) check_content(r, frame);
    frame->element = 0;
    if (!close_object(r, frame)) return STEP_FAILED;
    if (frame == base) return STEP_DONE;
    r->frame = frame - 1;
    r->nesting--;
    return STEP_READ;
}

/* Behind a comma: the next item of a list of objects, or a key. */
HOT enum step behind_comma(struct reader *r)
{
    struct frame *frame = r->frame;
    r->at++;
    if (frame->index < 0) return STEP_KEY;
    frame->index++;
    if (read_peek(r) == '{') return open_object(r, frame->element, fhir_elements[frame->element].type);
    return read_items(r, frame->element) ? STEP_READ : STEP_FAILED;
}

/* Behind a value, or at the end of an empty object: what closes here, until something else is next. */
HOT enum step read_behind(struct reader *r, const struct frame *base)
{
    for (enum step step = STEP_READ; step == STEP_READ;) {
        struct frame *frame = r->frame;
        char c = read_peek(r);
        if (c == ',') {
            step = behind_comma(r);
        } else if (c == '}' && frame->index < 0) {
            step = end_object(r, base);
        } else if (c == ']' && frame->index >= 0) {
            r->at++;
            r->nesting--;
            frame->index = -1;
        } else {
            (void)read_fail(r, SALVE_E_SYNTAX,
                            frame->index < 0 ? "a comma or } must follow" : "a comma or ] must follow");
            return STEP_FAILED;
        }
        if (step != STEP_READ) return step;
    }
    return STEP_FAILED;
}

/* Objects inside objects are frames here, not calls: only what is unusual calls this again. */
bool read_object(struct reader *r, uint32_t node, fhir_type_id type, bool is_resource)
{
    struct frame *parent = r->frame;
    open_frame(r, node, type, is_resource);
    const struct frame *base = r->frame;
    for (enum step step = STEP_OPENED;;) {
        if (step == STEP_OPENED) step = begin_object(r);
        if (step == STEP_KEY) {
            if (read_peek(r) != '"') return read_fail(r, SALVE_E_SYNTAX, "a key must be a text");
            step = read_usual_members(r, r->frame);
            if (step == STEP_UNUSUAL) step = read_found_member(r) ? STEP_READ : STEP_FAILED;
        }
        if (step == STEP_READ) step = read_behind(r, base);
        if (step == STEP_DONE) break;
        if (step == STEP_FAILED) return false;
    }
    r->frame = parent;
    return true;
}
