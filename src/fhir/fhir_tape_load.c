/* SPDX-License-Identifier: Apache-2.0
 * The stored form back to a tape: docs/formats/tape.md. The bytes are not trusted: every count, number, row and kind is
 * checked before it is used, and texts must be UTF-8. Texts that repeat share their place in the heap. */
#include <stdlib.h>

#include "fhir/fhir_primitive_int.h"
#include "fhir/fhir_tables_int.h"
#include "fhir/fhir_tape_store_int.h"
#include "json/json_scan.h"

enum { LOAD_DEPTH_MAX = 200, HEAP_BYTES_MAX = 1 << 30, WORD_NULL = 2 };

static const struct str dictionary_texts[] = {
#define X(text) {text, sizeof text - 1},
#include "fhir/fhir_dictionary.def"
#undef X
};
enum { KNOWN_COUNT = sizeof dictionary_texts / sizeof dictionary_texts[0] };

struct store_dictionary tape_dictionary(void) { return (struct store_dictionary){dictionary_texts, KNOWN_COUNT}; }

uint32_t tape_fingerprint(void) { return FHIR_ROWS_FINGERPRINT; }
uint32_t tape_type_hash(fhir_type_id type) { return str_hash_32(fhir_type_name(type)); }

/* Where a text stands in the heap, as a node holds it. */
struct place {
    uint32_t value;
    uint8_t flags;
};

struct loader {
    const uint8_t *at, *end;
    struct tape_node *nodes;
    uint32_t count, node_count;
    struct buf heap;
    struct place *texts; /* numbered texts; room for one a node */
    uint32_t text_count;
    struct place *known;                         /* of KNOWN_COUNT; good where has_known says so */
    uint64_t has_known[(KNOWN_COUNT + 63) / 64]; /* a bit each */
    unsigned depth;
};

struct head {
    enum store_kind kind;
    bool is_same;
    uint32_t count;
};

static bool take_byte(struct loader *l, unsigned *byte)
{
    if (l->at == l->end) return false;
    *byte = *l->at++;
    return true;
}

static bool take_varint(struct loader *l, uint32_t *value)
{
    unsigned byte;
    *value = 0;
    for (unsigned shift = 0; shift < 32; shift += 7) {
        if (!take_byte(l, &byte)) return false;
        if (shift == 28 && byte > 0x0F) return false;
        *value |= (byte & 0x7Fu) << shift;
        if (byte < 0x80) return shift == 0 || byte != 0; /* shortest form only */
    }
    return false;
}

static bool take_u32(struct loader *l, uint32_t *value)
{
    if (l->end - l->at < 4) return false;
    *value = (uint32_t)l->at[0] | (uint32_t)l->at[1] << 8 | (uint32_t)l->at[2] << 16 | (uint32_t)l->at[3] << 24;
    l->at += 4;
    return true;
}

static bool take_bytes(struct loader *l, uint32_t len, struct str *bytes)
{
    if ((size_t)(l->end - l->at) < len) return false;
    *bytes = str_bytes(l->at, len);
    l->at += len;
    return true;
}

static bool take_rest_of_count(struct loader *l, struct head *head)
{
    uint32_t more;
    if (head->count < STORE_SMALL) return true;
    return take_varint(l, &more) && !__builtin_add_overflow(head->count, more, &head->count);
}

/* Head byte, the element (a row of `owner`, or that of the sibling before), and the whole count. `owner` 0: no row. */
static bool take_head(struct loader *l, fhir_type_id owner, fhir_element_id before, struct head *head,
                      fhir_element_id *element)
{
    unsigned byte, row;
    if (!take_byte(l, &byte)) return false;
    *head = (struct head){byte & 7, byte & STORE_SAME_ELEMENT, byte >> 4};
    *element = 0;
    if (head->is_same) {
        if (before == 0) return false;
        *element = before;
    } else if (owner != 0) {
        if (!take_byte(l, &row) || row >= fhir_types[owner].element_count) return false;
        *element = (fhir_element_id)(fhir_types[owner].first_element + row);
    }
    return take_rest_of_count(l, head);
}

/* --- texts -------------------------------------------------------------------------------------------------------- */

static bool keep(struct loader *l, struct str text, struct place *place)
{
    uint32_t len = (uint32_t)text.len;
    if (len >= TAPE_LONG) buf_add(&l->heap, str_bytes(&len, sizeof len));
    *place = (struct place){(uint32_t)l->heap.len, (uint8_t)(len >= TAPE_LONG ? TAPE_LONG : len)};
    buf_add(&l->heap, text);
    return buf_code(&l->heap) == SALVE_OK;
}

static bool keep_numbered(struct loader *l, struct str text, struct place *place)
{
    if (!keep(l, text, place)) return false;
    if (text.len >= STORE_TEXT_BYTES_MIN) l->texts[l->text_count++] = *place; /* one a node at most */
    return true;
}

static bool load_uuid(struct loader *l, uint32_t form, struct place *place)
{
    char text[9 + STORE_UUID_CHARS] = "urn:uuid:", *to = text + 9;
    struct str packed;
    if (form > 1 || !take_bytes(l, STORE_UUID_BYTES, &packed)) return false;
    for (size_t i = 0; i < packed.len; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *to++ = '-';
        *to++ = str_hex_char((uint8_t)packed.ptr[i] >> 4);
        *to++ = str_hex_char((uint8_t)packed.ptr[i] & 15);
    }
    return keep_numbered(l, form == 1 ? str_make(text, sizeof text) : str_make(text + 9, STORE_UUID_CHARS), place);
}

static bool keep_known(struct loader *l, uint32_t number, struct place *place)
{
    uint64_t bit = (uint64_t)1 << number % 64, *has = &l->has_known[number / 64];
    if ((*has & bit) == 0 && !keep(l, dictionary_texts[number], &l->known[number])) return false;
    *has |= bit;
    *place = l->known[number];
    return true;
}

static bool load_text(struct loader *l, const struct head *head, struct place *place)
{
    struct str text;
    switch (head->kind) {
    case STORE_TEXT:
        return take_bytes(l, head->count, &text) && str_is_utf8(text) && keep_numbered(l, text, place);
    case STORE_KNOWN:
        return head->count < KNOWN_COUNT && keep_known(l, head->count, place);
    case STORE_EARLIER:
        if (head->count >= l->text_count) return false;
        *place = l->texts[head->count];
        return true;
    case STORE_UUID:
        return load_uuid(l, head->count, place);
    default:
        return false;
    }
}

static bool load_number(struct loader *l, const struct head *head, struct place *place)
{
    struct str text;
    if (head->kind != STORE_NUMBER || !take_bytes(l, head->count, &text) || text.len == 0) return false;
    return json_scan_number(text.ptr, text.ptr + text.len) == text.ptr + text.len && keep(l, text, place);
}

/* --- nodes -------------------------------------------------------------------------------------------------------- */

static bool load_children(struct loader *l, fhir_type_id owner, uint32_t child_count);

/* The value of a primitive node of that type; null only where a partner fills it. */
static bool load_primitive(struct loader *l, fhir_type_id type, const struct head *head, bool has_children,
                           struct tape_node *node)
{
    enum fhir_json json = fhir_primitive_format(type)->json;
    struct place place = {0};
    if (head->kind == STORE_WORD && head->count == WORD_NULL) {
        node->kind = TAPE_NULL;
        return has_children;
    }
    if (json == FHIR_JSON_BOOLEAN) {
        node->kind = head->count == 1 ? TAPE_TRUE : TAPE_FALSE;
        return head->kind == STORE_WORD && head->count < WORD_NULL;
    }
    node->kind = json == FHIR_JSON_NUMBER ? TAPE_NUMBER : TAPE_TEXT;
    if (!(json == FHIR_JSON_NUMBER ? load_number(l, head, &place) : load_text(l, head, &place))) return false;
    node->flags = place.flags;
    node->value = place.value;
    return true;
}

static bool take_type(struct loader *l, fhir_type_id *type)
{
    uint32_t hash;
    if (!take_u32(l, &hash)) return false;
    *type = fhir_type_by_hash(hash);
    return *type != 0 && fhir_types[*type].kind != FHIR_PRIMITIVE && !fhir_types[*type].is_abstract;
}

static bool load_object(struct loader *l, fhir_type_id type, const struct head *head, struct tape_node *node)
{
    if (head->kind != STORE_OBJECT) return false;
    if (type == 0 || fhir_types[type].is_abstract) {
        fhir_type_id found;
        if (!take_type(l, &found) || (type != 0 && !fhir_type_is_a(found, type))) return false;
        type = found;
    }
    node->kind = TAPE_OBJECT;
    node->value = type;
    return load_children(l, type, head->count);
}

/* One node and all below it. `owner` 0: the root. */
static bool load_node(struct loader *l, fhir_type_id owner, fhir_element_id before)
{
    struct head head;
    fhir_element_id element, none;
    if (l->count == l->node_count || l->depth == LOAD_DEPTH_MAX) return false;
    if (!take_head(l, owner, before, &head, &element)) return false;
    uint32_t at = l->count++;
    struct tape_node node = {.element = element};
    fhir_type_id type = owner == 0 ? 0 : fhir_elements[element].type;
    bool is_good;
    l->depth++;
    if (type == 0 || fhir_types[type].kind != FHIR_PRIMITIVE) {
        is_good = load_object(l, type, &head, &node);
    } else if (head.kind == STORE_PARTNER) {
        struct head value;
        is_good = head.count > 0 && take_head(l, 0, 0, &value, &none) && load_primitive(l, type, &value, true, &node) &&
                  load_children(l, type, head.count);
    } else {
        is_good = load_primitive(l, type, &head, false, &node);
    }
    l->depth--;
    node.span = l->count - at;
    l->nodes[at] = node;
    return is_good;
}

static bool load_children(struct loader *l, fhir_type_id owner, uint32_t child_count)
{
    fhir_element_id before = 0;
    for (uint32_t i = 0; i < child_count; i++) {
        uint32_t at = l->count;
        if (!load_node(l, owner, before)) return false;
        before = l->nodes[at].element;
    }
    return true;
}

/* --- key orders --------------------------------------------------------------------------------------------------- */

static bool load_key(struct loader *l, fhir_type_id type, uint32_t *word)
{
    uint32_t key;
    if (!take_varint(l, &key)) return false;
    *word = KEY_RESOURCE;
    if (key == 0) return fhir_types[type].kind == FHIR_RESOURCE;
    uint32_t row = (key - 1) / 2;
    bool is_partner = (key - 1) & 1;
    if (row >= fhir_types[type].element_count) return false;
    *word = fhir_types[type].first_element + row;
    if (!is_partner) return true;
    fhir_type_id value = fhir_elements[*word].type;
    *word |= KEY_PARTNER;
    return fhir_types[value].kind == FHIR_PRIMITIVE;
}

/* Records from `l->at` on. Counts words while `order` is NULL; fills it in a second run. */
static bool load_orders(struct loader *l, const struct tape *tape, uint32_t count, uint32_t *order, uint32_t *words)
{
    uint32_t node = 0, used = 1 + 2 * count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t step, key_count, word;
        if (!take_varint(l, &step) || (step == 0 && i > 0) || __builtin_add_overflow(node, step, &node)) return false;
        if (node >= tape->node_count || !take_varint(l, &key_count) || key_count > (size_t)(l->end - l->at))
            return false;
        if (order != NULL) {
            order[1 + 2 * i] = node;
            order[2 + 2 * i] = used;
            order[used] = key_count;
        }
        used++;
        for (uint32_t k = 0; k < key_count; k++, used++) {
            if (!load_key(l, tape_type(tape, node), &word)) return false;
            if (order != NULL) order[used] = word;
        }
    }
    *words = used;
    return true;
}

/* *is_memory: it was memory that was missing. */
static bool load_key_order(struct loader *l, struct arena *mem, struct tape *tape, bool *is_memory)
{
    uint32_t count, words;
    if (!take_varint(l, &count) || count > (size_t)(l->end - l->at)) return false;
    if (count == 0) return true;
    const uint8_t *start = l->at;
    if (!load_orders(l, tape, count, NULL, &words)) return false;
    uint32_t *order = arena_alloc_raw(mem, words * sizeof *order, 4);
    if (order == NULL) {
        *is_memory = true;
        return false;
    }
    l->at = start;
    order[0] = count;
    tape->key_order = order;
    tape->key_order_count = words;
    return load_orders(l, tape, count, order, &words);
}

/* --- the door ----------------------------------------------------------------------------------------------------- */

static enum salve_code fail(struct salve_err *err, enum salve_code code, const char *why)
{
    return salve_refuse(err, code, why, "stored tape");
}

static enum salve_code load_all(struct loader *l, struct arena *mem, struct tape *out, struct salve_err *err)
{
    bool is_memory = false;
    l->nodes = arena_alloc_raw(mem, l->node_count * sizeof *l->nodes, 16);
    l->texts = malloc(l->node_count * sizeof *l->texts);
    if (l->nodes == NULL || l->texts == NULL) return fail(err, SALVE_E_MEMORY, "it does not fit");
    bool is_good = load_node(l, 0, 0) && l->count == l->node_count;
    if (buf_code(&l->heap) == SALVE_E_MEMORY) return fail(err, SALVE_E_MEMORY, "it does not fit");
    if (!is_good) return fail(err, SALVE_E_INTEGRITY, "a node is not what the element tables allow");
    struct tape tape = {
        .nodes = l->nodes, .heap = l->heap.ptr, .node_count = l->node_count, .heap_bytes = (uint32_t)l->heap.len};
    is_good = load_key_order(l, mem, &tape, &is_memory);
    if (is_memory) return fail(err, SALVE_E_MEMORY, "it does not fit");
    if (!is_good || l->at != l->end) return fail(err, SALVE_E_INTEGRITY, "its end is not in order");
    char *heap = arena_alloc_raw(mem, l->heap.len + 1, 16);
    if (heap == NULL) return fail(err, SALVE_E_MEMORY, "it does not fit");
    if (l->heap.len > 0) memcpy(heap, l->heap.ptr, l->heap.len);
    tape.heap = heap;
    *out = tape;
    return SALVE_OK;
}

enum salve_code tape_from_bytes(struct str bytes, struct arena *mem, struct tape *out, struct salve_err *err)
{
    if (bytes.ptr == NULL) bytes = STR("");
    struct place known[KNOWN_COUNT];
    struct loader l = {.at = (const uint8_t *)bytes.ptr, .end = (const uint8_t *)bytes.ptr + bytes.len, .known = known};
    unsigned magic, version;
    uint32_t fingerprint;
    if (!take_byte(&l, &magic) || magic != STORE_MAGIC || !take_byte(&l, &version) || !take_u32(&l, &fingerprint))
        return fail(err, SALVE_E_INTEGRITY, "it does not start like one");
    if (version != STORE_VERSION || fingerprint != tape_fingerprint())
        return fail(err, SALVE_E_UNSUPPORTED, "it was written with other element tables");
    if (!take_varint(&l, &l.node_count) || l.node_count == 0 || l.node_count > (size_t)(l.end - l.at))
        return fail(err, SALVE_E_INTEGRITY, "its size is not in order");
    buf_init(&l.heap, NULL, HEAP_BYTES_MAX);
    enum salve_code code = load_all(&l, mem, out, err);
    buf_drop(&l.heap);
    free(l.texts);
    return code;
}
