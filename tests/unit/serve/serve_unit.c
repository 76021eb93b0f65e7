/* SPDX-License-Identifier: Apache-2.0
 * The small parts of a running site, and a supervisor whose processes never come up.
 *
 * For the tests of whole servers it is other programs, too:
 *   serve_unit host SITE KEYFILE PROGRAM SHARE CRASHES ABI   the supervisor itself: so many crashes a minute, and no more
 *              than so much of Landlock (0: as it is; -1: none; -2: none, and it goes on). It prints the address
 *   serve_unit hear SOCKET     a service manager: prints what it is told, a line each, until it is ended */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "serve/serve_int.h"
#include "t.h"

static char folder[] = "/tmp/salve-serve-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

/* --- addresses ---------------------------------------------------------------------------------------------------- */

static void addresses_of_this_machine_are_taken(void **state)
{
    static const char *const good[] = {"127.0.0.1:0", "127.8.9.10:0", "localhost:0", "[::1]:0"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int fd = -1;
        struct salve_err err = {0};
        char address[SERVE_ADDRESS_BYTES];
        enum salve_code code = serve_listen(good[i], &fd, address, &err);
        if (code == SALVE_E_CONFIG && i == 3) continue; /* a machine without IPv6 */
        assert_int_equal(code, SALVE_OK);
        assert_int_equal(strncmp(address, i == 3 ? "http://[::1]:" : "http://127.", i == 3 ? 13 : 11), 0);
        assert_int_equal(address[strlen(address) - 1], '/');
        assert_int_not_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
        assert_int_equal(close(fd), 0);
    }
}

static void other_addresses_are_refused_with_words(void **state)
{
    static const char *const others[] = {"0.0.0.0:8080", "192.168.1.4:8080", "[::]:8080", "[2001:db8::1]:80",
                                         "[::ffff:127.0.0.1]:80"};
    static const char *const none[] = {"",
                                       "8080",
                                       ":8080",
                                       "127.0.0.1",
                                       "127.0.0.1:",
                                       "127.0.0.1:65536",
                                       "127.0.0.1:-1",
                                       "127.0.0.1:http",
                                       "example.org:80",
                                       "::1:80",
                                       "[::1]",
                                       "127.0.0.1:80 ",
                                       "[]:80",
                                       "127.1:80"};
    char address[SERVE_ADDRESS_BYTES];
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        int fd = -1;
        struct salve_err err = {0};
        assert_int_equal(serve_listen(others[i], &fd, address, &err), SALVE_E_USAGE);
        assert_non_null(strstr(err.why, "without TLS"));
        assert_int_equal(fd, -1);
    }
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        int fd = -1;
        struct salve_err err = {0};
        assert_int_equal(serve_listen(none[i], &fd, address, &err), SALVE_E_USAGE);
        assert_non_null(strstr(err.why, "such as"));
    }
}

static void a_port_that_somebody_has_is_named(void **state)
{
    int first = -1, second = -1;
    struct salve_err err = {0};
    char address[SERVE_ADDRESS_BYTES], again[SERVE_ADDRESS_BYTES], taken[SERVE_ADDRESS_BYTES] = "";
    (void)state;
    assert_int_equal(serve_listen("127.0.0.1:0", &first, address, &err), SALVE_OK);
    memcpy(taken, address + strlen("http://"), strlen(address) - strlen("http:///"));
    assert_int_equal(serve_listen(taken, &second, again, &err), SALVE_E_CONFLICT);
    assert_string_equal(err.element, taken);
    assert_int_equal(second, -1);
    assert_int_equal(close(first), 0);
}

static void the_socket_of_the_command_line_is_the_owners(void **state)
{
    int fd = -1;
    struct stat is;
    struct salve_err err = {0};
    char inner[PATH_MAX], dir[PATH_MAX + 8], path[PATH_MAX];
    (void)state;
    (void)snprintf(inner, sizeof inner, "%s/%0120d", folder, 7); /* longer than an address of a socket may be */
    (void)snprintf(dir, sizeof dir, "%s/site//", inner);
    assert_int_equal(mkdir(inner, 0700), 0);
    assert_int_equal(serve_listen_local(dir, NULL, &fd, path, &err), SALVE_OK);
    assert_int_equal(lstat(path, &is), 0);
    assert_true(S_ISSOCK(is.st_mode));
    assert_int_equal(is.st_mode & 0777, 0600);
    assert_int_equal(close(fd), 0);
    assert_int_equal(serve_listen_local(dir, NULL, &fd, path, &err), SALVE_OK); /* in place of one that was left */
    assert_int_equal(close(fd), 0);
    assert_int_equal(unlink(path), 0);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_int_equal(close(file), 0);
    assert_int_equal(serve_listen_local(dir, NULL, &fd, path, &err), SALVE_E_CONFLICT); /* a file of somebody's stays */
    assert_int_equal(unlink(path) + rmdir(inner), 0);
}

/* --- messages ----------------------------------------------------------------------------------------------------- */

static void a_message_comes_whole_with_its_descriptors(void **state)
{
    int pair[2];
    bool has = true;
    struct serve_fds fds = {.at = {0, 1}, .count = 2};
    struct serve_message message = {.word = SERVE_START, .start = {.dir = "a", .version = "9", .landlock_abi_max = 1}};
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    assert_int_equal(serve_send(pair[0], &message, &fds, NULL), SALVE_OK);
    memset(&message, 0, sizeof message);
    assert_int_equal(serve_receive(pair[1], true, &message, &fds, &has, NULL), SALVE_OK);
    assert_true(has);
    assert_int_equal(message.word, SERVE_START);
    assert_string_equal(message.start.dir, "a");
    assert_int_equal(message.start.landlock_abi_max, 1);
    assert_int_equal(fds.count, 2);
    assert_int_not_equal(fcntl(fds.at[1], F_GETFD) & FD_CLOEXEC, 0);
    serve_fds_close(&fds);
    assert_int_equal(serve_receive(pair[1], false, &message, &fds, &has, NULL), SALVE_OK);
    assert_false(has);
    assert_int_equal(close(pair[0]), 0);
    assert_int_equal(serve_receive(pair[1], true, &message, &fds, &has, NULL), SALVE_E_IO);
    assert_int_equal(serve_send(pair[1], &message, NULL, NULL), SALVE_E_IO);
    assert_int_equal(close(pair[1]), 0);
}

static void what_is_no_message_is_an_error(void **state)
{
    static const struct {
        unsigned word;
        size_t bytes;
    } rows[] = {{SERVE_PING, 2}, {SERVE_READY, 4}, {SERVE_PING, 12}, {99, 12}, {SERVE_START, 64}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int pair[2];
        bool has = true;
        struct serve_fds fds;
        struct serve_message message = {.word = (enum serve_word)rows[i].word};
        assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
        assert_int_equal(send(pair[0], &message, rows[i].bytes, 0), (ssize_t)rows[i].bytes);
        assert_int_equal(serve_receive(pair[1], true, &message, &fds, &has, NULL), SALVE_E_IO);
        assert_false(has);
        assert_int_equal(close(pair[0]) + close(pair[1]), 0);
    }
}

static void an_error_of_another_process_is_made_fit_to_be_shown(void **state)
{
    struct salve_err sent = {.code = SALVE_E_BUSY, .source_file = "elsewhere", .line = 3}, shown;
    (void)state;
    memset(sent.in, 'a', sizeof sent.in); /* no end */
    memcpy(sent.element, "lock\x1b[2J", 9);
    memcpy(sent.why, "\xff\xc3\xa9\n", 5);
    serve_take_error(&sent, &shown);
    assert_int_equal(shown.code, SALVE_E_BUSY);
    assert_int_equal(strlen(shown.in), sizeof shown.in - 1);
    assert_string_equal(shown.element, "lock?[2J");
    assert_string_equal(shown.why, "?\xc3\xa9?");
    assert_null(shown.source_file);
    assert_int_equal(shown.line, 3);
    sent.code = (enum salve_code)4711;
    serve_take_error(&sent, &shown);
    assert_int_equal(shown.code, SALVE_E_CONFIG);
    sent.code = SALVE_OK;
    serve_take_error(&sent, &shown);
    assert_int_equal(shown.code, SALVE_E_CONFIG);
}

static void the_service_manager_hears(void **state)
{
    char path[PATH_MAX], text[64] = "";
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    (void)state;
    (void)snprintf(path, sizeof path, "%s/notify", folder);
    memcpy(at.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(setenv("NOTIFY_SOCKET", path, 1), 0);
    serve_notify("READY=1");
    assert_int_equal(recv(fd, text, sizeof text - 1, MSG_DONTWAIT), 7);
    assert_string_equal(text, "READY=1");
    assert_int_equal(setenv("NOTIFY_SOCKET", "relative", 1), 0);
    serve_notify("READY=1"); /* nobody hears, and nothing comes of it */
    assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
    serve_notify("READY=1");
    assert_int_equal(recv(fd, text, sizeof text, MSG_DONTWAIT), -1);
    assert_int_equal(serve_watchdog_ms(), 0);
    assert_int_equal(setenv("WATCHDOG_USEC", "20000000", 1), 0);
    assert_int_equal(serve_watchdog_ms(), 10000);
    assert_int_equal(setenv("WATCHDOG_PID", "1", 1), 0);
    assert_int_equal(serve_watchdog_ms(), 0);
    assert_int_equal(unsetenv("WATCHDOG_USEC") + unsetenv("WATCHDOG_PID"), 0);
    assert_int_equal(close(fd) + unlink(path), 0);
}

/* --- the supervisor ----------------------------------------------------------------------------------------------- */

static void processes_that_never_come_up_end_it(void **state)
{
    struct salve_err err = {0};
    const struct serve_options options = {
        .dir = folder, .share = folder, .key_file = "none", .listen = "127.0.0.1:0", .program = "/bin/false"};
    (void)state;
    assert_int_equal(serve_run(&options, &err), SALVE_E_CONFIG);
    assert_string_equal(err.why, "it ended with status 1");
    char name[] = "salve", word[] = "serve:nobody";
    char *words[] = {name, word, NULL};
    assert_int_equal(serve_inner(2, words), -1);
    assert_int_equal(serve_inner(1, words), -1);
}

static void put_file(const char *path, const void *bytes, size_t len, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, mode);
    assert_int_equal(write(fd, bytes, len), (ssize_t)len);
    assert_int_equal(close(fd), 0);
}

/* A process that says it failed by no error, in texts without an end: the service ends by an error all the same. */
static void a_failure_is_one_whatever_is_said_of_it(void **state)
{
    static const enum salve_code said[] = {SALVE_OK, SALVE_CODE_COUNT, (enum salve_code)0x7fffffff};
    char program[PATH_MAX], words[PATH_MAX], script[PATH_MAX + 64];
    (void)state;
    (void)snprintf(program, sizeof program, "%s/program", folder);
    (void)snprintf(words, sizeof words, "%s/words", folder);
    int len = snprintf(script, sizeof script, "#!/bin/sh\ncat '%s' >&3\n", words);
    put_file(program, script, (size_t)len, 0700);
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        struct salve_err err = {0};
        struct serve_message message = {.word = SERVE_FAILED};
        const struct serve_options options = {
            .dir = folder, .share = folder, .key_file = "none", .listen = "127.0.0.1:0", .program = program};
        memset(&message.err, 'x', sizeof message.err);
        message.err.code = said[i];
        put_file(words, &message, offsetof(struct serve_message, start) + sizeof message.err, 0600);
        assert_int_equal(serve_run(&options, &err), SALVE_E_CONFIG);
        assert_non_null(memchr(err.element, '\0', sizeof err.element));
        assert_non_null(memchr(err.why, '\0', sizeof err.why));
        assert_int_equal(unlink(words), 0);
    }
    assert_int_equal(unlink(program), 0);
}

static void say(void *with, const char *address)
{
    (void)with;
    (void)printf("%s\n", address);
    (void)fflush(stdout);
}

static int host(char **argv)
{
    struct salve_err err = {0};
    int64_t crashes = 0, abi = 0;
    if (!str_to_i64(str_of(argv[4]), &crashes) || !str_to_i64(str_of(argv[5]), &abi)) return 2;
    const struct serve_options options = {.dir = argv[0],
                                          .key_file = argv[1],
                                          .program = argv[2],
                                          .share = argv[3],
                                          .listen = "127.0.0.1:0",
                                          .version = STR("test"),
                                          .ready = say,
                                          .crashes_max = (unsigned)crashes,
                                          .landlock_abi_max = abi < 0 ? -1 : (int)abi,
                                          .may_lack_landlock = abi < -1};
    enum salve_code code = crypto_init(&err);
    if (code == SALVE_OK) code = serve_run(&options, &err);
    if (code != SALVE_OK) (void)fprintf(stderr, "%s: %s; %s\n", salve_code_name(code), err.element, err.why);
    return salve_code_exit(code);
}

static int hear(const char *path)
{
    char text[256];
    ssize_t len;
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof at.sun_path) return 2;
    memcpy(at.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (const struct sockaddr *)&at, sizeof at) != 0) return 2;
    while ((len = recv(fd, text, sizeof text, 0)) > 0) {
        (void)printf("%.*s\n", (int)len, text);
        (void)fflush(stdout);
    }
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_of_this_machine_are_taken),
        cmocka_unit_test(other_addresses_are_refused_with_words),
        cmocka_unit_test(a_port_that_somebody_has_is_named),
        cmocka_unit_test(the_socket_of_the_command_line_is_the_owners),
        cmocka_unit_test(a_message_comes_whole_with_its_descriptors),
        cmocka_unit_test(what_is_no_message_is_an_error),
        cmocka_unit_test(an_error_of_another_process_is_made_fit_to_be_shown),
        cmocka_unit_test(the_service_manager_hears),
        cmocka_unit_test(processes_that_never_come_up_end_it),
        cmocka_unit_test(a_failure_is_one_whatever_is_said_of_it),
    };
    if (argc == 8 && strcmp(argv[1], "host") == 0) return host(argv + 2);
    if (argc == 3 && strcmp(argv[1], "hear") == 0) return hear(argv[2]);
    return t_close(cmocka_run_group_tests_name("", tests, make_folder, remove_folder),
                   (int)(sizeof tests / sizeof tests[0]));
}
