/* SPDX-License-Identifier: Apache-2.0
 * A tape to its stored form: docs/formats/tape.md. Structure takes two bytes a node; texts that health records repeat
 * go by number, and so do texts that stood earlier in the same tape. */
#include <stdlib.h>

#include "base/assert.h"
#include "fhir/fhir_tables_int.h"
#include "fhir/fhir_tape_store_int.h"

enum { SLOTS_MIN = 256, PROBES_MAX = 32, UUID_URN_CHARS = 9, KNOWN_LISTS = 64, KNOWN_MAX = 255 };
#define NUMBER_IS_KNOWN 0x80000000u
#define NO_SLOT         UINT32_MAX

/* Numbered texts of this tape: open hash from text to number. */
struct storer {
    const struct tape *tape;
    struct buf *out;
    uint32_t *slots; /* node + 1 whose text it is; 0: free */
    uint32_t *numbers;
    uint32_t slot_count, text_count;
    uint8_t known_first[KNOWN_LISTS],
        known_next[KNOWN_MAX]; /* texts of the dictionary by length: number + 1; 0: none */
};

static void put_byte(struct storer *s, unsigned byte) { buf_add_char(s->out, (char)byte); }

static void put_varint(struct storer *s, uint32_t value)
{
    for (; value >= 0x80; value >>= 7) put_byte(s, 0x80 | (value & 0x7F));
    put_byte(s, value);
}

static void put_u32(struct storer *s, uint32_t value)
{
    for (int shift = 0; shift < 32; shift += 8) put_byte(s, value >> shift & 0xFF);
}

/* The head byte, then the element's row, then what does not fit in the count. */
static void put_head(struct storer *s, enum store_kind kind, bool is_same, int row, uint32_t count)
{
    char head[2];
    uint32_t small = count < STORE_SMALL ? count : STORE_SMALL;
    head[0] = (char)(small << 4 | (is_same ? STORE_SAME_ELEMENT : 0) | kind);
    head[1] = (char)row;
    buf_add(s->out, str_make(head, row >= 0 ? 2 : 1));
    if (small == STORE_SMALL) put_varint(s, count - STORE_SMALL);
}

static bool pack_uuid(const char *text, uint8_t packed[STORE_UUID_BYTES])
{
    unsigned digits = 0;
    for (int i = 0; i < STORE_UUID_CHARS; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        int value = is_dash ? 0 : str_hex_digit(text[i]);
        if (value < 0 || (is_dash && text[i] != '-')) return false;
        if (is_dash) continue;
        packed[digits / 2] = (uint8_t)(digits & 1 ? packed[digits / 2] | value : value << 4);
        digits++;
    }
    return true;
}

/* The lists are in the order of the dictionary. */
static void list_known(struct storer *s)
{
    struct store_dictionary known = tape_dictionary();
    salve_assert(known.count <= KNOWN_MAX);
    for (uint32_t i = known.count; i-- > 0;) {
        uint8_t *first = &s->known_first[known.texts[i].len % KNOWN_LISTS];
        s->known_next[i] = *first;
        *first = (uint8_t)(i + 1);
    }
}

static int known_text(const struct storer *s, struct str text)
{
    const struct str *texts = tape_dictionary().texts;
    for (unsigned at = s->known_first[text.len % KNOWN_LISTS]; at != 0; at = s->known_next[at - 1])
        if (str_eq(texts[at - 1], text)) return (int)at - 1;
    return -1;
}

/* The slot of that text: where it is, or the free one where it belongs; NO_SLOT after PROBES_MAX others, so that texts
 * made to collide cost size, not time. */
static uint32_t find_slot(const struct storer *s, struct str text)
{
    uint32_t slot = (uint32_t)str_hash(text) & (s->slot_count - 1);
    for (int probe = 0; probe < PROBES_MAX; probe++) {
        if (s->slots[slot] == 0 || str_eq(tape_text(s->tape, s->slots[slot] - 1), text)) return slot;
        slot = (slot + 1) & (s->slot_count - 1);
    }
    return NO_SLOT;
}

static void put_new_text(struct storer *s, struct str text, bool is_same, int row)
{
    uint8_t packed[STORE_UUID_BYTES];
    size_t skip = str_starts(text, STR("urn:uuid:")) ? UUID_URN_CHARS : 0;
    if (text.len == STORE_UUID_CHARS + skip && pack_uuid(text.ptr + skip, packed)) {
        put_head(s, STORE_UUID, is_same, row, skip > 0);
        buf_add(s->out, str_bytes(packed, sizeof packed));
        return;
    }
    put_head(s, STORE_TEXT, is_same, row, (uint32_t)text.len);
    buf_add(s->out, text);
}

static void put_text(struct storer *s, tape_at at, bool is_same, int row)
{
    struct str text = tape_text(s->tape, at);
    if (text.len < STORE_TEXT_BYTES_MIN) {
        put_new_text(s, text, is_same, row);
        return;
    }
    uint32_t slot = find_slot(s, text);
    if (slot != NO_SLOT && s->slots[slot] != 0) {
        uint32_t number = s->numbers[slot];
        put_head(s, number & NUMBER_IS_KNOWN ? STORE_KNOWN : STORE_EARLIER, is_same, row, number & ~NUMBER_IS_KNOWN);
        return;
    }
    int known = known_text(s, text);
    uint32_t number = known < 0 ? s->text_count++ : (uint32_t)known | NUMBER_IS_KNOWN;
    if (slot != NO_SLOT) {
        s->slots[slot] = at + 1;
        s->numbers[slot] = number;
    }
    if (known >= 0)
        put_head(s, STORE_KNOWN, is_same, row, (uint32_t)known);
    else
        put_new_text(s, text, is_same, row);
}

static uint32_t child_count(const struct tape *tape, tape_at at)
{
    uint32_t count = 0;
    for (tape_at c = tape_first(tape, at); c != TAPE_NONE; c = tape_next(tape, at, c)) count++;
    return count;
}

static void put_value(struct storer *s, tape_at at, bool is_same, int row)
{
    struct str text = tape_text(s->tape, at);
    switch (tape_kind(s->tape, at)) {
    case TAPE_TEXT:
        put_text(s, at, is_same, row);
        break;
    case TAPE_NUMBER:
        put_head(s, STORE_NUMBER, is_same, row, (uint32_t)text.len);
        buf_add(s->out, text);
        break;
    case TAPE_FALSE:
        put_head(s, STORE_WORD, is_same, row, 0);
        break;
    case TAPE_TRUE:
        put_head(s, STORE_WORD, is_same, row, 1);
        break;
    default:
        put_head(s, STORE_WORD, is_same, row, 2);
        break;
    }
}

static bool is_type_open(const struct tape *tape, tape_at at)
{
    return at == 0 || fhir_types[fhir_elements[tape_element(tape, at)].type].is_abstract;
}

static void put_node(struct storer *s, tape_at at, fhir_type_id owner, fhir_element_id before)
{
    fhir_element_id element = tape_element(s->tape, at);
    bool is_same = at != 0 && element == before;
    int row = at == 0 || is_same ? -1 : element - fhir_types[owner].first_element;
    if (tape_kind(s->tape, at) == TAPE_OBJECT) {
        put_head(s, STORE_OBJECT, is_same, row, child_count(s->tape, at));
        if (is_type_open(s->tape, at)) put_u32(s, tape_type_hash(tape_type(s->tape, at)));
    } else if (s->tape->nodes[at].span > 1) {
        put_head(s, STORE_PARTNER, is_same, row, child_count(s->tape, at));
        put_value(s, at, false, -1);
    } else {
        put_value(s, at, is_same, row);
    }
    before = 0;
    for (tape_at c = tape_first(s->tape, at); c != TAPE_NONE; c = tape_next(s->tape, at, c)) {
        put_node(s, c, tape_type(s->tape, at), before);
        before = tape_element(s->tape, c);
    }
}

/* Unusual key orders: node (as distance from the one before), keys; element rows, so that they survive new ids. */
static void put_orders(struct storer *s)
{
    const uint32_t *order = s->tape->key_order;
    uint32_t count = s->tape->key_order_count == 0 ? 0 : order[0], before = 0;
    put_varint(s, count);
    for (uint32_t i = 0; i < count; i++) {
        tape_at node = order[1 + 2 * i];
        const uint32_t *keys = &order[order[2 + 2 * i]];
        fhir_element_id first = fhir_types[tape_type(s->tape, node)].first_element;
        put_varint(s, node - before);
        put_varint(s, keys[0]);
        for (uint32_t k = 1; k <= keys[0]; k++)
            put_varint(s, keys[k] == KEY_RESOURCE
                              ? 0
                              : 1 + ((keys[k] & 0xFFFF) - first) * 2 + (keys[k] & KEY_PARTNER ? 1 : 0));
        before = node;
    }
}

static uint32_t slots_for(uint32_t node_count)
{
    uint32_t slots = SLOTS_MIN;
    while (slots < node_count + node_count / 2) slots *= 2;
    return slots;
}

void tape_bytes(const struct tape *tape, struct buf *out)
{
    struct storer s = {.tape = tape, .out = out, .slot_count = slots_for(tape->node_count)};
    if (buf_code(out) != SALVE_OK || tape->node_count == 0) return;
    list_known(&s);
    s.slots = calloc(s.slot_count, sizeof *s.slots);
    s.numbers = malloc(s.slot_count * sizeof *s.numbers);
    if (s.slots == NULL || s.numbers == NULL) {
        out->code = SALVE_E_MEMORY;
    } else {
        put_byte(&s, STORE_MAGIC);
        put_byte(&s, STORE_VERSION);
        put_u32(&s, tape_fingerprint());
        put_varint(&s, tape->node_count);
        put_node(&s, 0, 0, 0);
        put_orders(&s);
    }
    free(s.slots);
    free(s.numbers);
}
