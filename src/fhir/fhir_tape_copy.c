/* SPDX-License-Identifier: Apache-2.0
 * A subtree as a tape of its own, with texts replaced and parts left out; see tape_edit.h. Key orders stay as long as
 * nothing was left out; then the usual order is taken for the objects that changed. */
#include "base/assert.h"
#include "fhir/fhir_tape_int.h"
#include "fhir/tape_edit.h"

struct copier {
    const struct tape *from;
    tape_decide *decide;
    void *context;
    struct tape_node *nodes;
    uint32_t *origin; /* for each new node, that of `from`; only kept when there are key orders */
    uint32_t count;
    struct buf heap;
};

/* Texts go into a heap buffer; the nodes of the whole subtree always have room. */
static void put_text(struct copier *c, struct tape_node *node, struct str text)
{
    uint32_t len = (uint32_t)text.len;
    if (len >= TAPE_LONG) buf_add(&c->heap, str_bytes(&len, sizeof len));
    node->flags = (uint8_t)(len >= TAPE_LONG ? TAPE_LONG : len);
    node->value = (uint32_t)c->heap.len;
    buf_add(&c->heap, text);
}

static void copy_node(struct copier *c, tape_at at, bool is_root);

static void copy_children(struct copier *c, tape_at at)
{
    for (tape_at child = tape_first(c->from, at); child != TAPE_NONE; child = tape_next(c->from, at, child))
        copy_node(c, child, false);
}

static void copy_node(struct copier *c, tape_at at, bool is_root)
{
    const struct tape_node *source = &c->from->nodes[at];
    bool has_text = source->kind == TAPE_TEXT || source->kind == TAPE_NUMBER;
    struct str text = has_text ? tape_text(c->from, at) : STR_NONE;
    enum tape_verdict verdict = TAPE_KEEP;
    if (!is_root && c->decide != NULL) verdict = c->decide(c->context, c->from, at, &text);
    if (verdict == TAPE_DROP) return;
    uint32_t mine = c->count++;
    struct tape_node node = *source;
    if (is_root) node.element = 0;
    if (has_text) put_text(c, &node, text);
    if (c->origin != NULL) c->origin[mine] = at;
    copy_children(c, at);
    node.span = c->count - mine;
    c->nodes[mine] = node;
    bool is_hollow = node.span == 1 && (node.kind == TAPE_NULL || (node.kind == TAPE_OBJECT && source->span > 1));
    if (is_hollow && !is_root) c->count = mine;
}

/* Key orders of the objects that are still whole. Words: 0 if none is left. */
static uint32_t copy_orders(const struct copier *c, uint32_t *order)
{
    uint32_t records = 0, at;
    for (uint32_t i = 0; i < c->count; i++) records += tape_key_order(c->from, c->origin[i]) != NULL;
    if (records == 0) return 0;
    order[0] = records;
    records = 0;
    at = 1 + 2 * order[0];
    for (uint32_t i = 0; i < c->count; i++) {
        const uint32_t *keys = tape_key_order(c->from, c->origin[i]);
        if (keys == NULL) continue;
        order[1 + 2 * records] = i;
        order[2 + 2 * records++] = at;
        memcpy(order + at, keys, (1 + keys[0]) * sizeof *order);
        at += 1 + keys[0];
    }
    return at;
}

static enum salve_code copy_all(struct copier *c, tape_at at, struct arena *mem, struct tape *out,
                                struct salve_err *err)
{
    uint32_t *order = NULL, words = 0;
    copy_node(c, at, true);
    if (buf_code(&c->heap) != SALVE_OK) return salve_fail(err, buf_code(&c->heap), "copy of a tape");
    char *heap = arena_alloc_raw(mem, c->heap.len + 1, 16);
    if (c->origin != NULL) order = arena_alloc_raw(mem, c->from->key_order_count * sizeof *order, 4);
    if (heap == NULL || (c->origin != NULL && order == NULL)) return salve_fail(err, SALVE_E_MEMORY, "copy of a tape");
    if (c->heap.len > 0) memcpy(heap, c->heap.ptr, c->heap.len);
    if (c->origin != NULL) words = copy_orders(c, order);
    salve_assert(c->count <= c->from->nodes[at].span && c->nodes[0].span == c->count);
    *out = (struct tape){.nodes = c->nodes,
                         .heap = heap,
                         .node_count = c->count,
                         .heap_bytes = (uint32_t)c->heap.len,
                         .key_order = words == 0 ? NULL : order,
                         .key_order_count = words};
    return SALVE_OK;
}

enum salve_code tape_copy(const struct tape *from, tape_at at, tape_decide *decide, void *context, struct arena *mem,
                          struct tape *out, struct salve_err *err)
{
    salve_assert(at < from->node_count);
    uint32_t span = from->nodes[at].span;
    struct copier c = {.from = from, .decide = decide, .context = context};
    c.nodes = arena_alloc_raw(mem, span * sizeof *c.nodes, 16);
    if (from->key_order_count > 0) c.origin = arena_alloc_raw(mem, span * sizeof *c.origin, 4);
    if (c.nodes == NULL || (from->key_order_count > 0 && c.origin == NULL))
        return salve_fail(err, SALVE_E_MEMORY, "copy of a tape");
    buf_init(&c.heap, NULL, (size_t)1 << 30);
    enum salve_code code = copy_all(&c, at, mem, out, err);
    buf_drop(&c.heap);
    return code;
}
