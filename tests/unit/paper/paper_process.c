/* SPDX-License-Identifier: Apache-2.0
 * The process that draws: what it draws is what this process would draw, to the last byte; it opens no file for it; it outlives
 * whatever it is sent, and whoever takes its place goes on. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "letter_case.h"
#include "paper_case.h"

#include "paper/paper_line.h"

/* Starts a process that draws. `is_closed`: it can open nothing after it is warm. */
static pid_t start(const struct paper_ends *ends, bool is_closed)
{
    pid_t pid = fork();
    if (pid != 0) return pid;
    (void)close(ends->asks);
    struct salve_err err = {0};
    enum salve_code code = paper_warm(share, &err);
    int least = dup(0);
    (void)close(least);
    const struct rlimit one_more = {(rlim_t)least + 1, (rlim_t)least + 1}; /* for the connection of a letter alone */
    if (code == SALVE_OK && is_closed && setrlimit(RLIMIT_NOFILE, &one_more) != 0) code = SALVE_E_IO;
    if (code == SALVE_OK) code = paper_serve(ends->draws, &err);
    if (code != SALVE_OK) fprintf(stderr, "%s %s %s\n", salve_code_name(code), t_where(&err), err.why);
    _exit(code == SALVE_OK ? 0 : 1);
}

/* Ends with the last asker. */
static void ends_well(pid_t pid, struct paper_ends *ends)
{
    int status;
    (void)close(ends->asks);
    (void)close(ends->draws);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static struct str asked(const struct paper_asker *asker, const struct letter *letter, const struct letter_form *form)
{
    const struct letter_drawn what = {.letter = letter, .form = form};
    struct str pdf = STR("");
    struct salve_err err = {0};
    enum salve_code code = paper_ask(asker, &what, mem, &pdf, &err);
    if (code != SALVE_OK) fail_msg("%s %s %s", salve_code_name(code), t_where(&err), err.why);
    return undated(pdf);
}

static void what_is_drawn_there_is_what_is_drawn_here(void **state)
{
    (void)state;
    struct paper_ends ends;
    assert_ok(paper_pair(&ends, NULL));
    pid_t pid = start(&ends, true);
    const struct paper_asker asker = {.fd = ends.asks, .wait_seconds = 120};
    for (unsigned i = 0; i < (T_IS_SANITIZED ? 10 : 40); i++) {
        struct letter *letter = composed(7 * i);
        assert_true(str_eq(asked(&asker, letter, NULL), drawn_here(letter, NULL)));
    }
    for (int rtl = 0; rtl < 2; rtl++)
        assert_true(str_eq(asked(&asker, full_letter(rtl == 1), NULL), drawn_here(full_letter(rtl == 1), NULL)));
    static const char *const languages[] = {"en", "ar"};
    for (int i = 0; i < 2; i++)
        assert_true(str_eq(asked(&asker, NULL, full_form(languages[i])), drawn_here(NULL, full_form(languages[i]))));
    ends_well(pid, &ends);
}

/* All that the guidelines say, of each language that there is a frame of; in a process that can open nothing. */
static void every_language_is_drawn_without_a_file(void **state)
{
    (void)state;
    struct paper_ends ends;
    struct str *names;
    size_t count, languages = 0;
    assert_ok(paper_pair(&ends, NULL));
    pid_t pid = start(&ends, true);
    const struct paper_asker asker = {.fd = ends.asks, .wait_seconds = 120};
    assert_ok(file_list(arena_printf(mem, "%s/letters", share).ptr, mem, &names, &count, NULL));
    for (size_t i = 0; i < count; i++) {
        struct str language = str_cut(names[i], 6, names[i].len - 6 - 5);
        if (!str_starts(names[i], STR("frame."))) continue;
        languages++;
        for (size_t g = 0; g < guideline_count; g += T_IS_SANITIZED ? 4 : 1) {
            struct letter *letter = words_of(guideline_info(guidelines[g])->id, language);
            assert_true(str_eq(asked(&asker, letter, NULL), drawn_here(letter, NULL)));
        }
    }
    assert_true(languages >= 2 && guideline_count >= 19);
    ends_well(pid, &ends);
}

static void an_error_comes_back_with_its_fields(void **state)
{
    (void)state;
    struct paper_ends ends;
    struct letter *letter = full_letter(false);
    letter->fonts = STR("No Such Font");
    assert_ok(paper_pair(&ends, NULL));
    pid_t pid = start(&ends, true);
    const struct paper_asker asker = {.fd = ends.asks, .wait_seconds = 120};
    const struct letter_drawn what = {.letter = letter};
    static const struct letter_draw here = {0};
    struct salve_err there_err = {0}, here_err = {0};
    struct str pdf;
    assert_code(paper_ask(&asker, &what, mem, &pdf, &there_err), SALVE_E_CONFIG);
    assert_code(letter_draw_pdf(&here, &what, mem, &pdf, &here_err), SALVE_E_CONFIG);
    assert_string_equal(there_err.element, here_err.element);
    assert_string_equal(there_err.why, here_err.why);
    letter->person = str_make(arena_alloc(mem, 1 << 20), 1 << 20);
    assert_code(paper_ask(&asker, &what, mem, &pdf, &there_err), SALVE_E_TOO_BIG);
    (void)asked(&asker, full_letter(false), NULL);
    ends_well(pid, &ends);
}

/* --- several, and bad ones ---------------------------------------------------------------------------------------- */

struct worker {
    const struct paper_asker *asker;
    struct letter *letter;
    struct str want;
    unsigned good;
};

static void *ask_often(void *context)
{
    struct worker *worker = context;
    const struct letter_drawn what = {.letter = worker->letter};
    for (int i = 0; i < 10; i++) {
        struct arena *own = arena_open(32 << 20);
        struct str pdf;
        if (paper_ask(worker->asker, &what, own, &pdf, NULL) == SALVE_OK && pdf.len == worker->want.len &&
            memcmp(pdf.ptr, worker->want.ptr, 400) == 0)
            worker->good++;
        arena_close(own);
    }
    return NULL;
}

static void letters_of_several_threads_never_mix(void **state)
{
    (void)state;
    enum { COUNT = 4 };
    struct paper_ends ends;
    struct worker workers[COUNT];
    pthread_t threads[COUNT];
    assert_ok(paper_pair(&ends, NULL));
    pid_t pid = start(&ends, true);
    const struct paper_asker asker = {.fd = ends.asks, .wait_seconds = 120};
    for (unsigned i = 0; i < COUNT; i++) {
        workers[i] = (struct worker){.asker = &asker, .letter = composed(3 * i + 1)};
        workers[i].want = drawn_here(workers[i].letter, NULL);
    }
    for (int i = 0; i < COUNT; i++) assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &workers[i]), 0);
    for (int i = 0; i < COUNT; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < COUNT; i++) assert_int_equal(workers[i].good, 10);
    ends_well(pid, &ends);
}

/* Hands over a connection and sends these bytes; the end that is kept, or -1 where it is closed at once. */
static int sends(int asks, const char *bytes, size_t count, bool is_kept)
{
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    assert_ok(paper_hand_over(asks, fds[1], paper_in_ms(1000), NULL));
    (void)close(fds[1]);
    if (count > 0) assert_int_equal(send(fds[0], bytes, count, MSG_NOSIGNAL), count);
    if (!is_kept) (void)close(fds[0]);
    return is_kept ? fds[0] : -1;
}

static void whoever_sends_nonsense_or_nothing_holds_nobody_up(void **state)
{
    (void)state;
    static const char *const heads[] = {"SLVP\xff\xff\xff\xff", "XXXX\0\0\0\0", "SLVP\4\0\0\0abcd", "SLVP\4\0\0\0ab",
                                        "SL"};
    struct paper_ends ends;
    assert_ok(paper_pair(&ends, NULL));
    pid_t pid = start(&ends, false);
    const struct paper_asker asker = {.fd = ends.asks, .wait_seconds = 120};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        (void)sends(ends.asks, heads[i], strlen(heads[i]) < 4 ? 2 : 8 + strlen(heads[i] + 8), false);
    int fds[2], null = open("/dev/null", O_RDWR);
    assert_int_equal(pipe(fds), 0);
    assert_ok(paper_hand_over(ends.asks, null, paper_in_ms(1000), NULL));
    assert_ok(paper_hand_over(ends.asks, fds[0], paper_in_ms(1000), NULL));
    assert_int_equal(send(ends.asks, "none", 4, MSG_NOSIGNAL), 4);
    int slow = sends(ends.asks, "SLVP\4\0\0\0a", 9, true);
    (void)asked(&asker, full_letter(false), NULL);
    char byte;
    assert_int_equal(recv(slow, &byte, 1, 0), 0); /* it was dropped */
    (void)close(slow);
    (void)close(null);
    (void)close(fds[0]);
    (void)close(fds[1]);
    ends_well(pid, &ends);
}

/* --- ends --------------------------------------------------------------------------------------------------------- */

static void who_takes_the_place_of_one_that_died_goes_on(void **state)
{
    (void)state;
    struct paper_ends ends;
    assert_ok(paper_pair(&ends, NULL));
    pid_t pid = start(&ends, false), next = 0;
    const struct paper_asker asker = {.fd = ends.asks, .wait_seconds = 120};
    struct letter *letter = composed(1);
    struct str want = drawn_here(letter, NULL);
    assert_true(str_eq(asked(&asker, letter, NULL), want));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        int kept = sends(ends.asks, NULL, 0, false); /* somebody's, in between */
        (void)kept;
        next = start(&ends, false);
        assert_true(str_eq(asked(&asker, letter, NULL), want));
        pid = next;
    }
    ends_well(pid, &ends);
}

static void nobody_is_waited_for_without_end(void **state)
{
    (void)state;
    struct paper_ends ends;
    assert_ok(paper_pair(&ends, NULL));
    const struct paper_asker asker = {.fd = ends.asks, .wait_seconds = 1};
    const struct letter_drawn what = {.letter = full_letter(false)};
    struct str pdf;
    int64_t from = paper_in_ms(0);
    assert_code(paper_ask(&asker, &what, mem, &pdf, NULL), SALVE_E_BUSY);
    assert_in_range(paper_in_ms(0) - from, 900, 5000);
    (void)close(ends.draws);
    assert_code(paper_ask(&asker, &what, mem, &pdf, NULL), SALVE_E_BUSY); /* at once: nobody ever will */
    (void)close(ends.asks);
}

/* Words of 60,000 letters in turning directions: half a minute of work. */
static void a_letter_without_end_ends_the_process(void **state)
{
    (void)state;
    struct paper_ends ends;
    int status;
    struct letter *letter = full_letter(true);
    enum { BYTES = 60000 };
    char *words = arena_alloc(mem, BYTES);
    for (size_t i = 0; i < BYTES; i += 3) memcpy(words + i, "a\xd8\xa8", 3);
    for (size_t i = 0; i < letter->line_count; i++)
        letter->lines[i].meaning = letter->lines[i].why = str_make(words, BYTES);
    assert_ok(paper_pair(&ends, NULL));
    pid_t pid = start(&ends, false);
    const struct paper_asker asker = {.fd = ends.asks, .wait_seconds = 30};
    const struct letter_drawn what = {.letter = letter};
    struct str pdf;
    (void)close(ends.draws); /* so that nobody is waited for */
    assert_code(paper_ask(&asker, &what, mem, &pdf, NULL), SALVE_E_BUSY);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGPROF);
    (void)close(ends.asks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_drawn_there_is_what_is_drawn_here),
        cmocka_unit_test(every_language_is_drawn_without_a_file),
        cmocka_unit_test(an_error_comes_back_with_its_fields),
        cmocka_unit_test(letters_of_several_threads_never_mix),
        cmocka_unit_test(whoever_sends_nonsense_or_nothing_holds_nobody_up),
        cmocka_unit_test(who_takes_the_place_of_one_that_died_goes_on),
        cmocka_unit_test(nobody_is_waited_for_without_end),
        cmocka_unit_test(a_letter_without_end_ends_the_process),
    };
    return letter_run(tests);
}
