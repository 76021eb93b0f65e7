/* SPDX-License-Identifier: Apache-2.0
 * The door of the reader: limits, memory, key orders, and handing out the tape. What is
 * needed only while reading lives in an arena of its own; the finished tape is copied out of it without slack. */
#include "fhir/fhir_read_int.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/limits.h"
#include "json/json.h"

enum {
    JSON_BYTES_A_NODE = 16,   /* first guess; Synthea has 20 in compact form, 40 in pretty form */
    KEPT_BYTES = 128 << 10,   /* of a reader that is kept, at first: heap and nodes of resources up to 60 KB ... */
    KEPT_BYTES_MAX = 8 << 20, /* ... and later of Bundles up to 4 MB or so */
    COPY_SLACK = READ_SLACK + JSON_INDEX_BLOCK, /* blanks behind it */
    COPIED_BYTES_MAX = 16 << 10, /* of a text that is read from a copy, with room behind it for fast steps to the end */
};

struct fhir_reader {
    struct arena *mem;
    struct frame *frames;
    unsigned frame_count;
    struct read_shapes shapes; /* see struct reader */
    fhir_type_id *types;
    struct json_index *index;
    json_index_find *find;
    char *copy; /* COPIED_BYTES_MAX + COPY_SLACK */
    char *kept; /* NULL in a reader for one call */
    size_t kept_bytes;
};

/* --- memory ------------------------------------------------------------------------------------------------------- */

bool read_grow(struct reader *r)
{
    uint32_t room = r->room * 2;
    struct tape_node *nodes = arena_grow(r->mem, r->nodes, r->room * sizeof *nodes, room * sizeof *nodes);
    if (nodes == NULL) return read_no_memory(r);
    r->nodes = nodes;
    r->room = room;
    return true;
}

static bool open_reader(struct fhir_reader *reader, bool is_kept)
{
    *reader = (struct fhir_reader){.mem = arena_open(SALVE_REQUEST_BYTES_MAX), .frame_count = SALVE_JSON_DEPTH_MAX + 2};
    if (reader->mem == NULL) return false;
    reader->frames = arena_alloc_raw(reader->mem, reader->frame_count * sizeof *reader->frames, 16);
    reader->types = arena_array(reader->mem, fhir_type_id, 1 << READ_TYPES_BITS);
    reader->index = arena_alloc_raw(reader->mem, sizeof *reader->index, 16);
    reader->copy = arena_alloc_raw(reader->mem, COPIED_BYTES_MAX + COPY_SLACK, 16);
    if (is_kept) reader->kept = arena_alloc_raw(reader->mem, KEPT_BYTES, 16);
    reader->kept_bytes = KEPT_BYTES;
    reader->find = json_index_best();
    return reader->frames != NULL && read_shapes_make(&reader->shapes, reader->mem) && reader->types != NULL &&
           reader->index != NULL && reader->copy != NULL && (!is_kept || reader->kept != NULL);
}

struct fhir_reader *fhir_reader_open(void)
{
    struct fhir_reader *reader = malloc(sizeof *reader);
    if (reader == NULL || open_reader(reader, true)) return reader;
    fhir_reader_close(reader);
    return NULL;
}

void fhir_reader_close(struct fhir_reader *reader)
{
    if (reader == NULL) return;
    arena_close(reader->mem);
    free(reader);
}

static size_t heap_room(size_t json_bytes)
{
    return (json_bytes + json_bytes / 32 + 2 * READ_SLACK + 15) & ~(size_t)15;
}
static uint32_t node_room(size_t json_bytes) { return (uint32_t)(json_bytes / JSON_BYTES_A_NODE) + 16; }

/* More memory that stays, for a text that is longer than those before. What it had goes when the reader is closed: no
 * more than it has. */
static void grow_kept(struct fhir_reader *reader, size_t json_bytes)
{
    size_t bytes = heap_room(json_bytes) + node_room(json_bytes) * sizeof(struct tape_node), room = reader->kept_bytes;
    if (reader->kept == NULL || bytes <= room || bytes > KEPT_BYTES_MAX) return;
    while (room < bytes) room *= 2;
    char *kept = arena_alloc_raw(reader->mem, room, 16);
    if (kept == NULL) return;
    reader->kept = kept;
    reader->kept_bytes = room;
}

static bool open_memory(struct reader *r, struct fhir_reader *reader, size_t json_bytes)
{
    size_t heap_bytes = heap_room(json_bytes);
    r->mem = reader->mem;
    r->shapes = &reader->shapes;
    r->types = reader->types;
    r->frames = reader->frames;
    if (r->depth_max + 2 > reader->frame_count)
        r->frames = arena_alloc_raw(r->mem, (r->depth_max + 2) * sizeof *r->frames, 16);
    r->room = node_room(json_bytes);
    if (reader->kept != NULL && heap_bytes + r->room * sizeof *r->nodes <= reader->kept_bytes) {
        r->heap = reader->kept;
        r->nodes = (struct tape_node *)(void *)(reader->kept + heap_bytes);
        r->room = (uint32_t)((reader->kept_bytes - heap_bytes) / sizeof *r->nodes);
    } else {
        r->heap = arena_alloc_raw(r->mem, heap_bytes, 16);
        r->nodes = arena_alloc_raw(r->mem, r->room * sizeof *r->nodes, 16);
    }
    r->to = r->heap;
    r->heap_bytes = heap_bytes;
    return r->frames != NULL && r->heap != NULL && r->nodes != NULL;
}

/* --- key orders --------------------------------------------------------------------------------------------------- */

bool read_keep_order(struct reader *r)
{
    const struct frame *frame = r->frame;
    uint32_t words = r->order_count + 2 + frame->key_count;
    if (words > r->order_room) {
        uint32_t room = words * 2 + 64;
        uint32_t *order = arena_grow(r->mem, r->order, r->order_room * sizeof *order, room * sizeof *order);
        if (order == NULL) return read_no_memory(r);
        r->order = order;
        r->order_room = room;
    }
    r->order[r->order_count++] = frame->node;
    r->order[r->order_count++] = frame->key_count;
    for (uint16_t i = 0; i < frame->key_count; i++) {
        uint16_t key = frame->keys[i];
        uint32_t word = frame->first + key / 2u + (key & 1 ? KEY_PARTNER : 0);
        r->order[r->order_count++] = key == KEY_OF_RESOURCE ? KEY_RESOURCE : word;
    }
    return true;
}

static int by_node(const void *a, const void *b)
{
    uint32_t x = **(const uint32_t *const *)a, y = **(const uint32_t *const *)b;
    return x < y ? -1 : x > y;
}

static uint32_t order_records(const struct reader *r)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < r->order_count; i += 2 + r->order[i + 1]) count++;
    return count;
}

/* The records in the layout of a tape (fhir_tape.c): 1 + record_count words more than they have now. */
static bool put_order(struct reader *r, uint32_t record_count, uint32_t *out)
{
    uint32_t at = 1 + 2 * record_count, i = 0;
    const uint32_t **records = arena_array(r->mem, const uint32_t *, record_count);
    if (records == NULL) return read_no_memory(r);
    for (uint32_t word = 0; word < r->order_count; word += 2 + r->order[word + 1]) records[i++] = &r->order[word];
    qsort(records, record_count, sizeof *records, by_node);
    out[0] = record_count;
    for (i = 0; i < record_count; i++) {
        uint32_t words = 1 + records[i][1];
        out[1 + 2 * i] = records[i][0];
        out[2 + 2 * i] = at;
        memcpy(out + at, records[i] + 1, words * sizeof *out);
        at += words;
    }
    return true;
}

/* --- the door ----------------------------------------------------------------------------------------------------- */

/* Copies the finished tape into mem. */
static bool hand_out(struct reader *r, struct arena *mem, struct tape *out)
{
    size_t node_bytes = r->count * sizeof *r->nodes, heap_bytes = (size_t)(r->to - r->heap);
    struct tape_node *nodes = arena_alloc_raw(mem, node_bytes + 1, 16);
    char *heap = arena_alloc_raw(mem, heap_bytes + 1, 16);
    uint32_t records = order_records(r), words = records == 0 ? 0 : r->order_count + 1 + records;
    uint32_t *order = words == 0 ? NULL : arena_alloc_raw(mem, words * sizeof *order, 4);
    if (nodes == NULL || heap == NULL || (order == NULL && words > 0)) return read_no_memory(r);
    if (order != NULL && !put_order(r, records, order)) return false;
    memcpy(nodes, r->nodes, node_bytes);
    memcpy(heap, r->heap, heap_bytes);
    *out = (struct tape){.nodes = nodes,
                         .heap = heap,
                         .node_count = r->count,
                         .heap_bytes = (uint32_t)heap_bytes,
                         .key_order = order,
                         .key_order_count = words};
    return true;
}

/* The root: any resource, or an object of the wanted type. */
static bool read_root(struct reader *r, fhir_type_id type)
{
    bool is_resource = type == 0 || fhir_types[type].kind == FHIR_RESOURCE;
    if (read_peek(r) != '{') {
        read_issue(r, "structure", "fhir-json-object", "must be a JSON object");
        return read_skip(r);
    }
    if (is_resource) {
        fhir_type_id found;
        if (!read_resource_type(r, &found)) return false;
        if (found == 0) return true;
        if (type != 0 && !fhir_type_is_a(found, type))
            read_issue(r, "structure", "fhir-resource-type", "another resource type is wanted here");
        type = found;
    }
    r->root_type = type;
    if (!read_push(r, 0, TAPE_OBJECT, 0, type) || !read_nest(r)) return false;
    r->at++;
    return read_object(r, 0, type, is_resource);
}

static bool read_all(struct reader *r, fhir_type_id type, struct arena *mem, struct tape *out)
{
    if (!read_root(r, type)) return false;
    r->frame = NULL;
    if (read_peek(r) != '\0' || r->at != r->end) return read_fail(r, SALVE_E_SYNTAX, "nothing may follow the resource");
    return hand_out(r, mem, out);
}

/* Texts of people do not stay behind where their tape will not either. A text that could not be read to its end may lie
 * behind the last one. */
static void forget(struct reader *r)
{
    size_t used = (size_t)(r->to - r->heap) + READ_SLACK;
    explicit_bzero(r->heap, r->code == SALVE_OK && used < r->heap_bytes ? used : r->heap_bytes);
    if (r->end == r->fast_end) explicit_bzero((char *)(uintptr_t)r->start, (size_t)(r->end - r->start));
}

/* Where the text is read from, and how far fast steps may go. */
static void open_text(struct reader *r, const struct fhir_reader *reader)
{
    size_t bytes = (size_t)(r->end - r->start), looked_at = bytes;
    if (bytes <= COPIED_BYTES_MAX) {
        char *copy = reader->copy;
        memcpy(copy, r->start, bytes);
        memset(copy + bytes, ' ', COPY_SLACK);
        r->start = r->at = copy;
        r->end = r->fast_end = copy + bytes;
        looked_at =
            (bytes + JSON_INDEX_BLOCK - 1) & ~(size_t)(JSON_INDEX_BLOCK - 1); /* whole blocks; blanks add none */
    } else {
        r->fast_end = r->end - READ_SLACK - 1;
    }
    r->index = reader->index;
    json_index_start(r->index, str_make(r->start, looked_at), reader->find);
    read_set_stop(r);
}

static void read_with(struct reader *r, struct fhir_reader *reader, const struct fhir_read_opts *opts,
                      struct arena *mem, struct tape *out)
{
    size_t json_bytes = (size_t)(r->end - r->start);
    grow_kept(reader, json_bytes);
    read_shapes_tidy(&reader->shapes);
    struct arena_mark mark = arena_mark(reader->mem);
    open_text(r, reader);
    if (open_memory(r, reader, json_bytes))
        (void)read_all(r, opts->type, mem, out);
    else
        (void)read_no_memory(r);
    if (r->heap != NULL && arena_is_private(mem)) forget(r);
    arena_rewind(reader->mem, mark);
}

/* With a reader for this call. */
static __attribute__((noinline)) void read_alone(struct reader *r, const struct fhir_read_opts *opts, struct arena *mem,
                                                 struct tape *out)
{
    struct fhir_reader own;
    if (open_reader(&own, false))
        read_with(r, &own, opts, mem, out);
    else
        (void)read_no_memory(r);
    arena_close(own.mem);
}

enum salve_code fhir_read(struct str json, const struct fhir_read_opts *opts, struct arena *mem, struct tape *out,
                          struct fhir_issues *issues, struct salve_err *err)
{
    static const struct fhir_read_opts usual = {0};
    if (opts == NULL) opts = &usual;
    if (json.ptr == NULL) json = STR("");
    size_t bytes_max = opts->bytes_max == 0 ? SALVE_RESOURCE_BYTES_MAX : opts->bytes_max;
    struct reader r = {.start = json.ptr,
                       .at = json.ptr,
                       .end = json.ptr + json.len,
                       .issues = issues,
                       .err = err,
                       .depth_max = opts->depth_max == 0 ? SALVE_JSON_DEPTH_MAX : opts->depth_max,
                       .root_type = opts->type};
    salve_assert(bytes_max <= INT32_MAX && r.depth_max <= JSON_DEPTH_MAX);
    salve_assert(opts->type == 0 || fhir_types[opts->type].kind != FHIR_PRIMITIVE);
    *out = (struct tape){0};
    if (json.len > bytes_max) {
        r.at = r.start;
        (void)read_fail(&r, SALVE_E_TOO_BIG, "more bytes than a resource may have");
        return r.code;
    }
    if (opts->reader != NULL)
        read_with(&r, opts->reader, opts, mem, out);
    else
        read_alone(&r, opts, mem, out);
    return r.code;
}
