/* SPDX-License-Identifier: Apache-2.0
 * What most of JSON is made of, in fast steps: objects whose keys come in an order seen before, plain texts, objects
 * and lists of them. Keys are not hashed: the reader remembers which key followed last time behind the same ones, and
 * compares the next key with that name first. A step that meets anything else does nothing, and the general functions
 * of fhir_read.c go on, which know all rules. */
#include "fhir/fhir_primitive_int.h"
#include "fhir/fhir_read_int.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define HOT static inline __attribute__((always_inline)) /* parts of read_object */

/* Where fast steps stand: `at` is at a token or at white space before one, `next` the first place behind it, or at it
 * if it is a quote. Calls take and give it by value, for registers; with `at` NULL reading has failed. */
struct spot {
    const char *at;
    const uint32_t *next;
};

/* What comes next in an object and those it opened. */
enum step {
    STEP_KEY,     /* a key must be next */
    STEP_OPENED,  /* behind the brace of a new object, r->frame */
    STEP_READ,    /* behind a value of r->frame */
    STEP_UNUSUAL, /* nothing was done */
    STEP_DONE,
    STEP_FAILED,
};

/* The general functions go on here. */
HOT void leave(struct reader *r, struct spot s)
{
    r->at = s.at < r->end ? s.at : r->end;
    r->index->next += s.next - r->index->next;
}

/* Fast steps go on where the general functions have come to. */
HOT struct spot come_back(struct reader *r, bool is_good)
{
    if (!is_good) return (struct spot){.at = NULL};
    const uint32_t *next = read_places(r);
    if (r->at < r->end && r->start + *next == r->at && *r->at != '"') next++;
    return (struct spot){r->at, next};
}

/* --- tokens ------------------------------------------------------------------------------------------------------- */

/* White space, or the quote that opens a text: then the next place is behind the one, or at the other. */
static const bool LEADS[256] = {[' '] = true, ['\t'] = true, ['\n'] = true, ['\r'] = true, ['"'] = true};

HOT bool leads(const char *at) { return LEADS[(unsigned char)*at]; }

static __attribute__((noinline)) struct spot look_ahead(struct reader *r, struct spot s)
{
    leave(r, s);
    (void)read_places_slow(r);
    return come_back(r, true);
}

/* May fast steps begin here? Looks ahead first where that is needed. */
HOT bool is_fast(struct reader *r, struct spot *s)
{
    if (__builtin_expect(s->next < r->stop, true)) return true;
    *s = look_ahead(r, *s);
    return s->next < r->stop;
}

static __attribute__((noinline)) struct spot peek_slow(struct reader *r, struct spot s)
{
    leave(r, s);
    (void)read_peek(r);
    return come_back(r, true);
}

/* To the next token: its first character; white space or 0 at the end. */
HOT char peek(struct reader *r, struct spot *s)
{
    if (!is_fast(r, s)) return *s = peek_slow(r, *s), s->at < r->end ? *s->at : '\0';
    char c = *s->at;
    if ((unsigned char)c > ' ' || !leads(s->at)) return c;
    s->at = r->start + *s->next;
    c = *s->at;
    s->next += c > '"'; /* at the end of the text there is a blank */
    return c;
}

/* --- texts -------------------------------------------------------------------------------------------------------- */

/* One load and one store; a copy of 64 bytes would be a loop of the machine's own, which takes longer. */
HOT void copy_16(char *to, const char *from) { memcpy(to, from, 16); }

/* The plain text from `at` to its closing quote, in the format of its type; false: nothing was done. There is room for
 * its node. */
HOT bool take_usual_text(struct reader *r, fhir_element_id element, fhir_type_id type, uint8_t look, struct str text)
{
    char *to = r->to;
    if (text.len - 1 >= TAPE_LONG - 1 || text.ptr[text.len] != '"') return false;
    copy_16(to, text.ptr);
    copy_16(to + 16, text.ptr + 16); /* whether it is so long or not */
    copy_16(to + 32, text.ptr + 32);
    copy_16(to + 48, text.ptr + 48);
    for (size_t i = 64; i < text.len; i += 16) copy_16(to + i, text.ptr + i);
    if (look != FHIR_LOOK_STRING && !(look == FHIR_LOOK_TOKEN && fhir_is_token(text)) && !fhir_primitive_ok(type, text))
        return false;
    read_push_text(r, element, text.len);
    return true;
}

bool read_usual_text(struct reader *r, fhir_element_id element, fhir_type_id type)
{
    uint8_t look = fhir_looks[type];
    const uint32_t *places = read_places(r);
    const char *close = r->start + places[1];
    if (look - 1u >= FHIR_LOOK_TEXT || close > r->fast_end || r->count == r->room) return false;
    if (!take_usual_text(r, element, type, look, str_make(r->at + 1, (size_t)(close - r->at - 1)))) return false;
    r->at = close + 1;
    return true;
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
    if ((~(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(here, name)) & member->head_mask) != 0) return false;
#else
    size_t len = member->name_len + 3u;
    if (memcmp(at, member->head, len < FHIR_HEAD_BYTES ? len : FHIR_HEAD_BYTES) != 0) return false;
#endif
    if (member->name_len + 3 <= FHIR_HEAD_BYTES) return true;
    return key_rest_is(at, member->name_len, element);
}

/* The next element, if the key that followed last time stands here, with a colon right behind it; 0: it does not. It
 * takes its place in the object. */
HOT fhir_element_id take_usual_key(const struct reader *r, struct frame *frame, const char *at)
{
    const struct read_shape *all = r->shapes->all;
    uint16_t next = all[frame->shape].child;
    fhir_element_id id = all[next].element;
    if (!key_is(at, &fhir_members[id], id) || id == 0) return 0;
    frame->shape = next;
    frame->element = id;
    return id;
}

/* --- objects ------------------------------------------------------------------------------------------------------ */

HOT void open_frame(struct reader *r, uint32_t node, fhir_type_id type, bool is_resource)
{
    struct frame *frame = r->frame == NULL ? r->frames : r->frame + 1;
    frame->node = node;
    frame->type = type;
    frame->first = fhir_types[type].first_element;
    frame->element = 0;
    frame->index = -1;
    frame->is_resource = is_resource;
    frame->is_unusual = frame->has_null = frame->has_unknown = frame->has_partner = frame->has_type = false;
    frame->shape = r->shapes->starts[type];
    if (__builtin_expect(frame->shape == 0, false)) frame->shape = read_shape_start(r, type);
    if (__builtin_expect(frame->shape == 0, false)) read_write_keys(r, frame);
    r->frame = frame;
}

static void check_required(struct reader *r, const struct frame *frame)
{
    const uint64_t *required = fhir_type_required[frame->type];
    for (unsigned word = 0; word < 4; word++) {
        uint64_t missing = required[word] & ~(frame->seen[word] | frame->partners[word]);
        if (missing != 0) read_say_missing(r, frame, word, missing);
    }
}

/* All that is asked of an object at its end. */
static __attribute__((noinline)) bool check_object(struct reader *r, struct frame *frame)
{
    if (frame->shape != 0) read_write_keys(r, frame);
    if (frame->key_count < 2) read_check_content(r, frame);
    frame->element = 0;
    check_required(r, frame);
    if (frame->has_null) read_check_nulls(r);
    if (frame->is_unusual && !read_keep_order(r)) return false;
    if (frame->is_resource && !frame_has_key(frame, KEY_OF_RESOURCE))
        read_issue_below(r, STR_NONE, "structure", "fhir-resource-type", "a resource must say its resourceType");
    return true;
}

HOT bool close_object(struct reader *r, struct frame *frame)
{
    r->nodes[frame->node].span = r->count - frame->node;
    if (r->shapes->closes[frame->shape] && !(frame->has_null | (frame->is_resource & !frame->has_type))) return true;
    return check_object(r, frame);
}

/* The object at the brace, into a frame of its own. */
HOT enum step open_object(struct reader *r, struct spot *s, fhir_element_id element, fhir_type_id type)
{
    uint32_t node = r->count;
    r->at = s->at;
    if (!read_push(r, element, TAPE_OBJECT, 0, type) || !read_nest(r)) return STEP_FAILED;
    s->at++;
    open_frame(r, node, type, false);
    return STEP_OPENED;
}

HOT enum step step_behind(struct spot s) { return s.at == NULL ? STEP_FAILED : STEP_READ; }

/* The value at hand, and what is left of a list behind its bracket, by the general functions. */
static __attribute__((noinline)) struct spot read_other(struct reader *r, struct spot s, fhir_element_id element)
{
    leave(r, s);
    if (fhir_members[element].opens == '0' && (unsigned char)*s.at <= '9' && *s.at >= '-' &&
        read_usual_decimal(r, element))
        return (struct spot){r->at, s.next}; /* no place is in a number */
    return come_back(r, read_member_value(r, element));
}

static __attribute__((noinline)) struct spot read_other_list(struct reader *r, struct spot s, fhir_element_id element)
{
    leave(r, s);
    return come_back(r, r->frame->index < 0 ? read_list_rest(r, element) : read_items(r, element));
}

/* The first item of a list of objects, at the bracket. */
HOT enum step open_list(struct reader *r, struct spot *s, fhir_element_id element, fhir_type_id type)
{
    r->at = s->at;
    if (!read_nest(r)) return STEP_FAILED;
    s->at++;
    if (peek(r, s) == '{') {
        r->frame->index = 0;
        return open_object(r, s, element, type);
    }
    return *s = read_other_list(r, *s, element), step_behind(*s);
}

/* Behind the key of a usual member, at what is no plain text: of an object, or a list of them, only what opens it is
 * read. */
HOT enum step open_value(struct reader *r, struct spot *s, fhir_element_id element, const struct fhir_member *member)
{
    char c = *s->at;
    if (c == '{' && member->opens == '{') return open_object(r, s, element, member->type);
    if (c == '[' && member->opens == '[') return open_list(r, s, element, member->type);
    return *s = read_other(r, *s, element), step_behind(*s);
}

/* Usual members, as long as they hold plain texts and another one follows. */
HOT enum step read_usual_members(struct reader *r, struct spot *s, struct frame *frame)
{
    if (frame->shape == 0) return STEP_UNUSUAL;
    for (;;) {
        if (!is_fast(r, s) || !leads(s->at)) return STEP_UNUSUAL;
        const char *key = r->start + s->next[0];
        fhir_element_id id = take_usual_key(r, frame, key);
        if (id == 0) return STEP_UNUSUAL;
        const struct fhir_member *member = &fhir_members[id];
        s->at = key + member->name_len + 3;
        s->next += 2;
        if (leads(s->at)) {
            s->at = r->start + s->next[0];
            s->next += *s->at > '"';
        }
        if (*s->at != '"' || member->opens != '"' || r->count == r->room) return open_value(r, s, id, member);
        const char *text = s->at + 1, *close = r->start + s->next[1];
        if (!take_usual_text(r, id, member->type, member->look, str_make(text, (size_t)(close - text))))
            return open_value(r, s, id, member);
        s->at = close + 1;
        s->next += 2;
        if (*s->at != ',') return STEP_READ;
        s->at++;
    }
}

/* A member that is not usual, or the brace that closes an empty object; is_first: it was opened just now. */
static __attribute__((noinline)) struct spot read_other_member(struct reader *r, struct spot s, bool is_first)
{
    struct frame *frame = r->frame;
    uint16_t shape = frame->shape;
    leave(r, s);
    char c = read_peek(r);
    if (shape != 0) read_write_keys(r, frame);
    unsigned keys = frame->key_count;
    if (c == '}' && is_first && keys == 0) return come_back(r, true);
    if (c != '"') return come_back(r, read_fail(r, SALVE_E_SYNTAX, "a key must be a text"));
    frame->shape = 0;
    if (!read_found_member(r)) return come_back(r, false);
    if (shape != 0) read_shape_on(r, shape, keys);
    return come_back(r, true);
}

/* resourceType at the start of a resource, which was read already when its type was looked for; false: it is not. */
HOT bool take_usual_type(struct reader *r, struct frame *frame)
{
    if (!frame->is_resource || r->type_end == NULL) return false;
    r->at = r->type_end;
    r->type_end = NULL;
    frame->has_type = true;
    if (frame->shape == 0) read_write_keys(r, frame);
    return true;
}

/* At the brace that closes r->frame. */
HOT enum step end_object(struct reader *r, struct spot *s, const struct frame *base)
{
    struct frame *frame = r->frame;
    s->at++;
    r->at = s->at;
    if (!close_object(r, frame)) return STEP_FAILED;
    if (frame == base) return STEP_DONE;
    r->frame = frame - 1;
    r->nesting--;
    return STEP_READ;
}

/* Behind a comma: the next item of a list of objects, or a key. */
HOT enum step behind_comma(struct reader *r, struct spot *s)
{
    struct frame *frame = r->frame;
    if (frame->index < 0) return STEP_KEY;
    frame->index++;
    if (peek(r, s) == '{') return open_object(r, s, frame->element, fhir_elements[frame->element].type);
    return *s = read_other_list(r, *s, frame->element), step_behind(*s);
}

static __attribute__((noinline)) enum step fail_behind(struct reader *r, struct spot s)
{
    leave(r, s);
    (void)read_fail(r, SALVE_E_SYNTAX, r->frame->index < 0 ? "a comma or } must follow" : "a comma or ] must follow");
    return STEP_FAILED;
}

/* Behind a value, or at the end of an empty object: what closes here, until something else is next. */
HOT enum step read_behind(struct reader *r, struct spot *s, const struct frame *base)
{
    for (enum step step = STEP_READ; step == STEP_READ;) {
        struct frame *frame = r->frame;
        char c = peek(r, s);
        if (c == ',') {
            s->at++;
            step = behind_comma(r, s);
        } else if (c == '}' && frame->index < 0) {
            step = end_object(r, s, base);
        } else if (c == ']' && frame->index >= 0) {
            s->at++;
            r->nesting--;
            frame->index = -1;
        } else {
            return fail_behind(r, *s);
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
    enum step step = take_usual_type(r, r->frame) ? STEP_READ : STEP_OPENED;
    struct spot s = come_back(r, true);
    while (step != STEP_DONE) {
        if (step == STEP_READ) step = read_behind(r, &s, base);
        if (step == STEP_KEY || step == STEP_OPENED) {
            bool is_first = step == STEP_OPENED;
            step = read_usual_members(r, &s, r->frame);
            if (step == STEP_UNUSUAL) s = read_other_member(r, s, is_first), step = step_behind(s);
        }
        if (step == STEP_FAILED) return false;
    }
    leave(r, s);
    r->frame = parent;
    return true;
}
