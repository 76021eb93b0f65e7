/* SPDX-License-Identifier: Apache-2.0
 *
 * Structs as bytes and back: every member comes back, and what is not these fields is refused wherever it breaks. */
#include <stdlib.h>

#include "door/table_int.h"

#include "fhir/fhir.h"
#include "t.h"

static const struct {
    const char *name;
    const struct door_shape *shape;
} shapes[] = {
#define X(tag) {#tag, &door_shape_##tag},
    DOOR_SHAPES(X)
#undef X
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

/* Which bytes of a struct its table speaks of. */
static void cover(const struct door_field *fields, uint8_t *bytes)
{
    for (; fields->kind != DOOR_END; fields++) {
        memset(bytes + fields->offset, 1, fields->bytes);
        if (fields->kind == DOOR_MANY || fields->kind == DOOR_SOME)
            memset(bytes + fields->count_offset, 1, sizeof(size_t));
    }
}

/* A member that was added to a struct and not to its table leaves a hole that is no padding. */
static void tables_speak_of_every_member(void **state)
{
    (void)state;
    for (size_t i = 0; i < SHAPES; i++) {
        uint8_t *bytes = calloc(1, shapes[i].shape->bytes);
        size_t hole = 0;
        assert_non_null(bytes);
        cover(shapes[i].shape->fields, bytes);
        if (shapes[i].shape == &door_shape_salve_err) /* where in the source: for the log of its own process */
            memset(bytes + offsetof(struct salve_err, source_file), 1, sizeof(const char *) + sizeof(int));
        for (size_t at = 0; at < shapes[i].shape->bytes; at++) {
            hole = bytes[at] == 0 ? hole + 1 : 0;
            if (hole >= 8) fail_msg("%s has a hole at %zu", shapes[i].name, at);
        }
        free(bytes);
    }
}

/* --- a struct with something in every kind of field --------------------------------------------------------------- */

struct inner {
    uint32_t number;
    struct str text;
};
struct outer {
    int64_t number;
    uint16_t small; /* below 5 */
    bool flag;
    uint8_t bytes[7];
    char chars[9];
    struct str text, absent, empty;
    const char *path;
    struct tape tape;
    struct inner one;
    const struct inner *maybe;
    struct inner *none;
    struct inner *many;
    size_t many_count;
    struct inner some[3];
    size_t some_count;
};

static const struct door_field inner_fields[] = {
    DOOR_PLAIN(DOOR_INT, struct inner, number, 0), DOOR_PLAIN(DOOR_TEXT, struct inner, text, 20), {.kind = DOOR_END}};
static const struct door_shape door_shape_inner = {inner_fields, sizeof(struct inner)};
static const struct door_field fields[] = {DOOR_PLAIN(DOOR_INT, struct outer, number, 0),
                                           DOOR_PLAIN(DOOR_INT, struct outer, small, 5),
                                           DOOR_PLAIN(DOOR_BOOL, struct outer, flag, 0),
                                           DOOR_PLAIN(DOOR_BYTES, struct outer, bytes, 0),
                                           DOOR_PLAIN(DOOR_CHARS, struct outer, chars, 0),
                                           DOOR_PLAIN(DOOR_TEXT, struct outer, text, 20),
                                           DOOR_PLAIN(DOOR_TEXT, struct outer, absent, 20),
                                           DOOR_PLAIN(DOOR_TEXT, struct outer, empty, 20),
                                           DOOR_PLAIN(DOOR_PATH, struct outer, path, 20),
                                           DOOR_PLAIN(DOOR_TAPE, struct outer, tape, 0),
                                           DOOR_NESTED(DOOR_ONE, struct outer, one, inner),
                                           DOOR_NESTED(DOOR_MAYBE, struct outer, maybe, inner),
                                           DOOR_NESTED(DOOR_MAYBE, struct outer, none, inner),
                                           DOOR_LISTED(DOOR_MANY, struct outer, many, many_count, inner, 4),
                                           DOOR_LISTED(DOOR_SOME, struct outer, some, some_count, inner, 3),
                                           {.kind = DOOR_END}};

static struct arena *mem;
static struct inner list[5] = {{1, {"a", 1}}, {2, {"bb", 2}}, {3, {NULL, 0}}, {4, {"", 0}}, {5, {"e", 1}}};

static struct outer full(void)
{
    struct outer from = {.number = -5,
                         .small = 4,
                         .flag = true,
                         .bytes = {1, 2, 3, 4, 5, 6, 7},
                         .chars = "eight ch",
                         .text = STR("text"),
                         .absent = STR_NONE,
                         .empty = STR(""),
                         .path = "/a/b",
                         .one = {9, STR("nine")},
                         .maybe = &list[1],
                         .many = list,
                         .many_count = 4,
                         .some = {{7, {"x", 1}}, {8, {"y", 1}}},
                         .some_count = 2};
    assert_ok(fhir_read(STR("{\"resourceType\":\"Patient\",\"birthDate\":\"1980-01-01\"}"), NULL, mem, &from.tape, NULL,
                        NULL));
    return from;
}

static struct door_bytes written(const struct outer *from)
{
    struct door_bytes out = {.max = 1 << 20};
    assert_ok(door_write(fields, from, &out, NULL));
    return out;
}

static enum salve_code read_back(struct str bytes, struct outer *to)
{
    *to = (struct outer){0};
    return door_read(fields, bytes, DOOR_COPIED, mem, to, NULL);
}

static void same_inner(const struct inner *a, const struct inner *b)
{
    assert_int_equal(a->number, b->number);
    assert_true(str_eq(a->text, b->text));
    assert_int_equal(a->text.ptr == NULL, b->text.ptr == NULL);
}

static void every_kind_of_field_comes_back(void **state)
{
    (void)state;
    struct outer from = full(), to;
    struct door_bytes bytes = written(&from);
    assert_ok(read_back(str_bytes(bytes.at, bytes.len), &to));
    door_bytes_drop(&bytes); /* what was copied stands by itself */
    assert_int_equal(to.number, -5);
    assert_int_equal(to.small, 4);
    assert_true(to.flag);
    assert_memory_equal(to.bytes, from.bytes, sizeof to.bytes);
    assert_string_equal(to.chars, "eight ch");
    assert_str(to.text, "text");
    assert_null(to.absent.ptr);
    assert_non_null(to.empty.ptr);
    assert_int_equal(to.empty.len, 0);
    assert_string_equal(to.path, "/a/b");
    assert_str(tape_child_text(&to.tape, 0, "birthDate"), "1980-01-01");
    same_inner(&to.one, &from.one);
    same_inner(to.maybe, from.maybe);
    assert_null(to.none);
    assert_int_equal(to.many_count, 4);
    for (size_t i = 0; i < 4; i++) same_inner(&to.many[i], &list[i]);
    assert_int_equal(to.some_count, 2);
    for (size_t i = 0; i < 2; i++) same_inner(&to.some[i], &from.some[i]);
}

static void what_is_cut_or_goes_on_is_refused(void **state)
{
    (void)state;
    struct outer from = full(), to;
    struct door_bytes bytes = written(&from);
    for (size_t len = 0; len < bytes.len; len++)
        assert_int_not_equal(read_back(str_bytes(bytes.at, len), &to), SALVE_OK);
    door_bytes_put(&bytes, "x", 1);
    assert_code(read_back(str_bytes(bytes.at, bytes.len), &to), SALVE_E_INVALID);
    door_bytes_drop(&bytes);
}

/* Any byte as anything: refused, or something of the right form. */
static void any_byte_may_be_any_other(void **state)
{
    (void)state;
    struct outer from = full(), to;
    struct door_bytes bytes = written(&from);
    for (size_t at = 0; at < bytes.len; at++) {
        uint8_t kept = bytes.at[at];
        for (unsigned byte = 0; byte < 256; byte += 5) {
            struct arena_mark mark = arena_mark(mem);
            bytes.at[at] = (uint8_t)byte;
            if (read_back(str_bytes(bytes.at, bytes.len), &to) == SALVE_OK)
                assert_true(to.small < 5 && to.many_count <= 4 && to.some_count <= 3 && to.text.len <= 20);
            arena_rewind(mem, mark);
        }
        bytes.at[at] = kept;
    }
    door_bytes_drop(&bytes);
}

static enum salve_code write_code(const struct outer *from)
{
    struct door_bytes out = {.max = 1 << 20};
    enum salve_code code = door_write(fields, from, &out, NULL);
    door_bytes_drop(&out);
    return code;
}

static void what_is_longer_than_its_field_does_not_leave(void **state)
{
    (void)state;
    struct outer from = full();
    assert_code(write_code(&from), SALVE_OK);
    from.text = STR("twenty-one characters");
    assert_code(write_code(&from), SALVE_E_TOO_BIG);
    from = full();
    from.many_count = 5;
    assert_code(write_code(&from), SALVE_E_TOO_BIG);
    from = full();
    from.path = "twenty-one characters";
    assert_code(write_code(&from), SALVE_E_TOO_BIG);
    struct door_bytes out = {.max = 10};
    from = full();
    assert_code(door_write(fields, &from, &out, NULL), SALVE_E_TOO_BIG);
    door_bytes_drop(&out);
}

/* --- messages ----------------------------------------------------------------------------------------------------- */

static void a_head_is_of_this_version_and_of_a_known_request(void **state)
{
    (void)state;
    struct door_head head;
    uint8_t bytes[DOOR_HEAD_BYTES] = {1, 2, 0, 0, DOOR_VERSION, DOOR_MESSAGE_ASK, DOOR_ASKS - 1, 0};
    assert_true(door_head_read(bytes, &head));
    assert_int_equal(head.bytes, 0x201);
    assert_int_equal(head.request, DOOR_ASKS - 1);
    bytes[6] = DOOR_ASKS;
    assert_false(door_head_read(bytes, &head));
    bytes[6] = 0;
    bytes[4] = DOOR_VERSION + 1;
    assert_false(door_head_read(bytes, &head));
    bytes[4] = DOOR_VERSION;
    bytes[5] = DOOR_MESSAGE_PROGRESS + 1;
    assert_false(door_head_read(bytes, &head));
    bytes[5] = 0;
    assert_false(door_head_read(bytes, &head));
    bytes[5] = DOOR_MESSAGE_ASK;
    bytes[3] = 0x7f;
    assert_false(door_head_read(bytes, &head));
}

static void a_message_that_cannot_be_written_leaves_nothing(void **state)
{
    (void)state;
    struct door_bytes out = {.max = 1 << 20};
    struct outer from = full();
    assert_ok(door_message_put(&out, DOOR_MESSAGE_ASK, DOOR_ASK_site_facts, fields, &from, NULL));
    size_t len = out.len;
    from.many_count = 5;
    assert_code(door_message_put(&out, DOOR_MESSAGE_ASK, DOOR_ASK_site_facts, fields, &from, NULL), SALVE_E_TOO_BIG);
    assert_int_equal(out.len, len);
    from.many_count = 4;
    assert_ok(door_message_put(&out, DOOR_MESSAGE_ASK, DOOR_ASK_site_facts, fields, &from, NULL));
    assert_int_equal(out.len, 2 * len);
    door_bytes_drop(&out);
}

static int make(void **state)
{
    (void)state;
    mem = arena_open_private(256 << 20);
    return 0;
}
static int drop(void **state)
{
    (void)state;
    arena_close(mem);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_speak_of_every_member),
        cmocka_unit_test_setup_teardown(every_kind_of_field_comes_back, make, drop),
        cmocka_unit_test_setup_teardown(what_is_cut_or_goes_on_is_refused, make, drop),
        cmocka_unit_test_setup_teardown(any_byte_may_be_any_other, make, drop),
        cmocka_unit_test_setup_teardown(what_is_longer_than_its_field_does_not_leave, make, drop),
        cmocka_unit_test(a_head_is_of_this_version_and_of_a_known_request),
        cmocka_unit_test_setup_teardown(a_message_that_cannot_be_written_leaves_nothing, make, drop),
    };
    return t_run(tests);
}
