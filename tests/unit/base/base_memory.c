/* SPDX-License-Identifier: Apache-2.0
 * arena, buf, file and err: ceilings hold, failures stick, files are whole or as before. */
#include "t.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/turns.h"

static void an_arena_gives_zeroed_aligned_memory_up_to_its_ceiling(void **state)
{
    (void)state;
    struct arena *mem = arena_open(10000);
    uint8_t *first = arena_alloc(mem, 100);
    for (size_t i = 0; i < 100; i++) assert_int_equal(first[i], 0);
    for (size_t i = 1; i < 40; i++) assert_true((uintptr_t)arena_alloc(mem, i) % 16 == 0);
    assert_null(arena_alloc(mem, 10001));
    assert_null(arena_alloc(mem, SIZE_MAX));
    assert_null(arena_alloc_array(mem, SIZE_MAX / 2, 3));
    assert_non_null(arena_alloc(mem, 10000 - arena_bytes(mem)));
    assert_null(arena_alloc(mem, 1));
    arena_close(mem);
    arena_close(NULL);
}

static void count_up(void *what) { ++*(int *)what; }

static void rewinding_gives_back_memory_and_runs_cleanups(void **state)
{
    (void)state;
    int kept = 0, dropped = 0;
    struct arena *mem = arena_open(1 << 20);
    assert_ok(arena_on_close(mem, count_up, &kept, NULL));
    size_t bytes = arena_bytes(mem);
    for (int i = 0; i < 1000; i++) { /* far more than the ceiling, were it not given back */
        struct arena_mark mark = arena_mark(mem);
        assert_non_null(arena_alloc(mem, 300000));
        assert_ok(arena_on_close(mem, count_up, &dropped, NULL));
        arena_rewind(mem, mark);
    }
    assert_true(dropped == 1000 && kept == 0 && arena_bytes(mem) == bytes);
    arena_close(mem);
    assert_int_equal(kept, 1);
}

/* Turns of different sizes in one arena, whose memory goes from turn to turn: each finds it zeroed and its own. */
static void an_arena_of_repeated_work_gives_clean_memory_in_each_turn(void **state)
{
    (void)state;
    int runs = 0;
    struct salve_err err;
    struct arena *mem = arena_open_repeated(8 << 20);
    char *before = arena_alloc(mem, 100);
    memset(before, 'k', 100);
    for (unsigned turn = 0; turn < 6; turn++) {
        struct arena_mark mark = arena_mark(mem);
        size_t bytes = turn % 2 == 0 ? 70000 : 3000000, count = turn % 2 == 0 ? 60 : 2;
        char *pieces[60];
        for (size_t i = 0; i < count; i++) {
            pieces[i] = arena_alloc(mem, bytes);
            assert_non_null(pieces[i]);
            for (size_t at = 0; at < bytes; at += 997) assert_int_equal(pieces[i][at], 0);
            memset(pieces[i], (int)i + 1, bytes);
        }
        for (size_t i = 0; i < count; i++)
            assert_true(pieces[i][0] == (char)(i + 1) && pieces[i][bytes - 1] == (char)(i + 1));
        assert_int_equal(arena_on_close(mem, count_up, &runs, &err), SALVE_OK);
        assert_null(arena_alloc(mem, 7 << 20)); /* the ceiling counts what is handed out, not what is kept */
        arena_rewind(mem, mark);
        assert_int_equal(runs, (int)turn + 1);
        assert_int_equal(arena_bytes(mem), 100);
    }
    assert_true(before[0] == 'k' && before[99] == 'k');
    arena_close(mem);
}

static void growing_keeps_what_was_there(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    uint8_t *bytes = NULL, elsewhere[3] = {7, 8, 9};
    size_t len = 0;
    uint8_t *moved = arena_grow(mem, elsewhere, sizeof elsewhere, 9); /* into an arena that holds nothing yet */
    assert_non_null(moved);
    assert_memory_equal(moved, elsewhere, sizeof elsewhere);
    for (size_t more = 1; more < 5000; more = more * 3 / 2 + 1) {
        bytes = arena_grow(mem, bytes, len, more);
        assert_non_null(bytes);
        for (; len < more; len++) bytes[len] = (uint8_t)len;
        if (more % 2 == 0) assert_non_null(arena_alloc(mem, 8)); /* no longer the newest: must move */
        for (size_t i = 0; i < len; i++) assert_int_equal(bytes[i], (uint8_t)i);
    }
    assert_null(arena_grow(mem, bytes, len, 2 << 20));
    arena_close(mem);
}

/* In the room that the chunk has left, or else behind it; and nothing stays there of what did not fit. */
static void a_text_is_written_where_it_fits(void **state)
{
    (void)state;
    enum { CHUNK = 4096, LEFT = 6 };
    char wide[100];
    memset(wide, 'x', sizeof wide - 1);
    wide[sizeof wide - 1] = '\0';
    struct arena *mem = arena_open_private(1 << 20);
    assert_str(arena_printf(mem, "%s-%d", "no chunk yet", 1), "no chunk yet-1");
    arena_close(mem);
    mem = arena_open_private(3 * CHUNK);
    char *first = arena_alloc_raw(mem, CHUNK - LEFT, 1);
    struct str last = arena_printf(mem, "%d", 12345);
    assert_str(last, "12345");
    assert_ptr_equal(last.ptr, first + CHUNK - LEFT);
    struct str beyond = arena_printf(mem, "%s", wide);
    assert_str(beyond, wide);
    first = arena_alloc_raw(mem, 2 * CHUNK - (sizeof wide) - LEFT, 1); /* the second chunk has twice as much */
    assert_non_null(first);
    assert_null(arena_printf(mem, "%s!", wide).ptr); /* above the ceiling */
    for (size_t i = 0; i < LEFT; i++) assert_int_equal(first[2 * CHUNK - (sizeof wide) - LEFT + i], 0);
    arena_close(mem);
}

static void an_allocation_can_be_made_to_fail(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    struct str text;
    arena_fail_after(mem, 2);
    assert_non_null(arena_alloc(mem, 8));
    assert_ok(arena_str(mem, STR("x"), &text, NULL));
    assert_null(arena_alloc(mem, 8));
    assert_code(arena_str(mem, STR("x"), &text, NULL), SALVE_E_MEMORY);
    assert_null(arena_printf(mem, "%d", 1).ptr);
    arena_fail_after(mem, UINT64_MAX);
    assert_str(arena_printf(mem, "%d-%s", 1, "a"), "1-a");
    arena_close(mem);
}

static void the_first_failure_of_a_buf_sticks(void **state)
{
    (void)state;
    struct buf buf;
    struct str text;
    struct salve_err err = {0};
    buf_init(&buf, NULL, 10);
    buf_add(&buf, STR("12345"));
    buf_addf(&buf, "%03d", 7);
    buf_add_char(&buf, '-');
    buf_add_char(&buf, '-');
    assert_ok(buf_done(&buf, &text, NULL)); /* exactly full */
    assert_str(text, "12345007--");
    assert_int_equal(text.ptr[text.len], 0);
    buf_add_char(&buf, '!');
    buf_add(&buf, STR(""));
    assert_code(buf_done(&buf, &text, &err), SALVE_E_TOO_BIG);
    assert_code(buf_code(&buf), SALVE_E_TOO_BIG);
    buf_drop(&buf);
    struct arena *mem = arena_open(300);
    buf_init(&buf, mem, 1 << 20);
    for (int i = 0; i < 1000; i++) buf_add_u64(&buf, UINT64_MAX);
    assert_code(buf_done(&buf, &text, NULL), SALVE_E_MEMORY);
    arena_close(mem);
}

static void numbers_are_written_whole(void **state)
{
    (void)state;
    struct buf buf;
    struct str text;
    buf_init(&buf, NULL, 100);
    buf_add_u64(&buf, 0);
    buf_add_char(&buf, ' ');
    buf_add_u64(&buf, UINT64_MAX);
    assert_ok(buf_done(&buf, &text, NULL));
    assert_str(text, "0 18446744073709551615");
    buf_drop(&buf);
}

/* --- files -------------------------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/salve-base-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[200];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void a_file_comes_back_as_it_was_written(void **state)
{
    (void)state;
    static const size_t SIZES[] = {0, 1, 2, 65535, 65536, 65537, 200000};
    char *bytes = malloc(200000);
    for (size_t i = 0; i < 200000; i++) bytes[i] = (char)(i * 7 + i / 251);
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        struct arena *mem = arena_open(1 << 20);
        struct str text;
        struct stat info;
        assert_ok(file_write(in_folder("a"), str_make(bytes, SIZES[i]), 0600, NULL));
        assert_int_equal(stat(in_folder("a"), &info), 0);
        assert_int_equal(info.st_mode & 0777, 0600);
        assert_ok(file_read(in_folder("a"), SIZES[i], mem, &text, NULL));
        assert_int_equal(text.len, SIZES[i]);
        assert_memory_equal(text.ptr, bytes, SIZES[i]);
        assert_int_equal(text.ptr[text.len], 0);
        assert_true(arena_bytes(mem) <= 3 * SIZES[i] + 200); /* a small file takes little memory */
        if (SIZES[i] > 0) assert_code(file_read(in_folder("a"), SIZES[i] - 1, mem, &text, NULL), SALVE_E_TOO_BIG);
        arena_close(mem);
    }
    free(bytes);
}

static void a_pipe_is_read_to_its_end_or_its_limit(void **state)
{
    (void)state;
    for (int limit = 99999; limit <= 100000; limit++) {
        struct arena *mem = arena_open(1 << 20);
        struct str text;
        char command[300];
        (void)snprintf(command, sizeof command, "rm -f %s/p; mkfifo %s/p && (head -c 100000 /dev/zero > %s/p) &",
                       folder, folder, folder);
        assert_int_equal(system(command), 0);
        while (access(in_folder("p"), F_OK) != 0) (void)usleep(1000);
        assert_code(file_read(in_folder("p"), (size_t)limit, mem, &text, NULL),
                    limit < 100000 ? SALVE_E_TOO_BIG : SALVE_OK);
        if (limit == 100000) assert_int_equal(text.len, 100000);
        (void)unlink(in_folder("p"));
        arena_close(mem);
    }
}

static void what_cannot_be_read_or_written_is_named(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    struct str text, *names;
    size_t count;
    struct salve_err err = {0};
    assert_code(file_read(in_folder("none"), 10, mem, &text, &err), SALVE_E_NOT_FOUND);
    char secret[8];
    size_t len = 0;
    assert_ok(file_write(in_folder("secret"), STR("12345678"), 0600, NULL));
    assert_ok(file_read_secret(in_folder("secret"), secret, 8, &len, NULL));
    assert_str(str_make(secret, len), "12345678");
    assert_code(file_read_secret(in_folder("secret"), secret, 7, &len, NULL), SALVE_E_TOO_BIG);
    assert_code(file_read_secret(in_folder("none"), secret, 8, &len, NULL), SALVE_E_NOT_FOUND);
    assert_code(file_read_secret(folder, secret, 8, &len, NULL), SALVE_E_IO);
    unlink(in_folder("secret"));
    assert_non_null(strstr(t_where(&err), "/none"));
    assert_code(file_read(folder, 10, mem, &text, NULL), SALVE_E_IO);
    assert_code(file_write(in_folder("none/a"), STR("x"), 0600, NULL), SALVE_E_NOT_FOUND);
    assert_code(file_list(in_folder("none"), mem, &names, &count, NULL), SALVE_E_NOT_FOUND);
    arena_close(mem);
}

static void a_folder_is_listed_in_order_and_a_failed_write_leaves_nothing(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    struct str *names;
    size_t count;
    assert_int_equal(mkdir(in_folder("list"), 0700), 0);
    assert_ok(file_write(in_folder("list/b"), STR("1"), 0600, NULL));
    assert_ok(file_write(in_folder("list/B"), STR("1"), 0600, NULL));
    assert_ok(file_write(in_folder("list/a"), STR("1"), 0600, NULL));
    assert_int_equal(mkdir(in_folder("list/d"), 0700), 0);
    assert_true(file_write(in_folder("list/d"), STR("1"), 0600, NULL) != SALVE_OK); /* a folder is in the way */
    assert_ok(file_list(in_folder("list"), mem, &names, &count, NULL));
    assert_int_equal(count, 4);
    static const char *const WANT[] = {"B", "a", "b", "d"};
    for (size_t i = 0; i < count; i++) assert_str(names[i], WANT[i]);
    struct stat info;
    assert_int_equal(stat(in_folder("list/a"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(mkfifo(in_folder("list/pipe"), 0600), 0); /* would be waited for */
    assert_code(file_list(in_folder("list"), mem, &names, &count, NULL), SALVE_E_IO);
    assert_int_equal(unlink(in_folder("list/pipe")), 0);
    arena_close(mem);
}

static void what_a_killed_writer_left_is_known_by_its_name(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    struct str *names;
    size_t count;
    assert_str(file_left_of(STR("a.pdf.part.Ab0xYz.tmp")), "a.pdf.part");
    static const char *const OTHERS[] = {"a.pdf",       "a.tmp", "a.Ab0xY.tmp", ".Ab0xYz.tmp", "a.Ab0x-z.tmp",
                                         "a.Ab0xYz.tm", ""};
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        assert_int_equal(file_left_of(str_of(OTHERS[i])).len, 0);
    assert_int_equal(mkdir(in_folder("left"), 0700), 0);
    static const char *const FILES[] = {"a", "a.Ab0xYz.tmp", "a.000000.tmp", "aa.Ab0xYz.tmp", "b.Ab0xYz.tmp"};
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "left/%s", FILES[i]);
        assert_ok(file_write(in_folder(name), STR("1"), 0600, NULL));
    }
    file_clear_left(in_folder("left"), (const char *const[]){"a", "c"}, 2);
    file_clear_left(in_folder("none"), (const char *const[]){"a"}, 1);
    assert_ok(file_list(in_folder("left"), mem, &names, &count, NULL));
    assert_int_equal(count, 3);
    static const char *const WANT[] = {"a", "aa.Ab0xYz.tmp", "b.Ab0xYz.tmp"};
    for (size_t i = 0; i < count; i++) assert_str(names[i], WANT[i]);
    arena_close(mem);
}

static void errors_keep_their_texts_and_never_overflow(void **state)
{
    (void)state;
    struct salve_err err = {0};
    char large[1000];
    memset(large, 'x', sizeof large);
    large[999] = '\0';
    assert_code(salve_fail(&err, SALVE_E_RANGE, "%s", large), SALVE_E_RANGE);
    assert_int_equal(strlen(err.element), SALVE_ERR_TEXT_BYTES - 1);
    assert_code(salve_why(&err, SALVE_E_RANGE, "%s", "rule"), SALVE_E_RANGE);
    assert_string_equal(err.why, "rule");
    for (int i = 0; i < 3; i++) salve_err_in(&err, "%s", large);
    assert_int_equal(strlen(err.in), SALVE_ERR_TEXT_BYTES - 1);
    salve_err_place(&err, UINT32_MAX, UINT32_MAX);
    assert_true(strlen(t_where(&err)) < SALVE_ERR_WHERE_BYTES);
    assert_code(salve_fail(&err, SALVE_E_IO, "%s", "disk"), SALVE_E_IO);
    assert_string_equal(err.why, ""); /* not the rule, the file or the line of the error before */
    assert_string_equal(t_where(&err), "disk");
    for (int code = 0; code < SALVE_CODE_COUNT; code++)
        for (int other = 0; other < code; other++)
            assert_true(salve_code_slv((enum salve_code)code) != salve_code_slv((enum salve_code)other));
}

static void an_error_without_a_place_for_it_keeps_its_code(void **state)
{
    (void)state;
    assert_code(salve_fail(NULL, SALVE_E_IO, "%s", "disk"), SALVE_E_IO);
    assert_code(salve_refuse(NULL, SALVE_E_CONFLICT, "rule", "record %d", 7), SALVE_E_CONFLICT);
    assert_code(salve_why(NULL, SALVE_E_BUSY, "process %d", 7), SALVE_E_BUSY);
    salve_err_in(NULL, "file");
    salve_err_place(NULL, 1, 2);
}

static void a_place_is_told_from_its_fields(void **state)
{
    (void)state;
    struct salve_err err = {0};
    salve_err_in(&err, "file"); /* nothing has failed */
    assert_string_equal(err.in, "");
    (void)salve_refuse(&err, SALVE_E_INVALID, "must be text", "items[2].name");
    assert_string_equal(t_where(&err), "items[2].name");
    salve_err_place(&err, 12, 5);
    assert_string_equal(t_where(&err), "12:5: items[2].name");
    salve_err_in(&err, "guideline.json");
    assert_string_equal(t_where(&err), "guideline.json:12:5: items[2].name");
    salve_err_in(&err, "kidney");
    assert_string_equal(t_where(&err), "kidney: guideline.json:12:5: items[2].name");
    (void)salve_fail(&err, SALVE_E_SYNTAX, "%s", "");
    salve_err_place(&err, 7, 0);
    assert_string_equal(t_where(&err), "line 7");
    salve_err_in(&err, "people.csv");
    assert_string_equal(t_where(&err), "people.csv:7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arena_gives_zeroed_aligned_memory_up_to_its_ceiling),
        cmocka_unit_test(rewinding_gives_back_memory_and_runs_cleanups),
        cmocka_unit_test(an_arena_of_repeated_work_gives_clean_memory_in_each_turn),
        cmocka_unit_test(growing_keeps_what_was_there),
        cmocka_unit_test(a_text_is_written_where_it_fits),
        cmocka_unit_test(an_allocation_can_be_made_to_fail),
        cmocka_unit_test(the_first_failure_of_a_buf_sticks),
        cmocka_unit_test(numbers_are_written_whole),
        cmocka_unit_test(a_file_comes_back_as_it_was_written),
        cmocka_unit_test(a_pipe_is_read_to_its_end_or_its_limit),
        cmocka_unit_test(what_cannot_be_read_or_written_is_named),
        cmocka_unit_test(a_folder_is_listed_in_order_and_a_failed_write_leaves_nothing),
        cmocka_unit_test(what_a_killed_writer_left_is_known_by_its_name),
        cmocka_unit_test(errors_keep_their_texts_and_never_overflow),
        cmocka_unit_test(an_error_without_a_place_for_it_keeps_its_code),
        cmocka_unit_test(a_place_is_told_from_its_fields),
    };
    char command[100];
    if (mkdtemp(folder) == NULL) return 1;
    int status = t_run(tests);
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 ? status : 1;
}
