/* SPDX-License-Identifier: Apache-2.0
 * Confined processes, each a child of the test: what they may, what they may not, and a self-test that finds out where
 * something was forgotten. Where this kernel has no Landlock, what rests on it is skipped with that reason. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "confine/confine.h"
#include "confine/confine_int.h"
#include "t.h"

enum { PATH_BYTES = 256, STATUS_GOOD = 40, STATUS_NOT_CONFINED = 41, STATUS_BAD = 42 };

static char root[] = "/tmp/salve-confine-XXXXXX";
static char site[PATH_BYTES], share[PATH_BYTES], share_file[PATH_BYTES];
static const struct confine_trial trial = {.closed = site, .shared = share, .shared_file = share_file};

static bool has_landlock(void)
{
    static bool is_said;
    bool has = confine_landlock_abi() > 0;
    if (!has && !is_said) (void)printf("skipped: this kernel has no Landlock\n");
    is_said = true;
    return has;
}

#define NEEDS_LANDLOCK()                                                                                               \
    do {                                                                                                               \
        if (!has_landlock()) {                                                                                         \
            t_skipped(1);                                                                                              \
            return;                                                                                                    \
        }                                                                                                              \
    } while (0)

static void write_file(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fputs("words\n", file), 1);
    assert_int_equal(fclose(file), 0);
}

static int make_folders(void **state)
{
    (void)state;
    if (mkdtemp(root) == NULL) return -1;
    (void)snprintf(site, sizeof site, "%s/site", root);
    (void)snprintf(share, sizeof share, "%s/share", root);
    (void)snprintf(share_file, sizeof share_file, "%s/share/words", root);
    if (mkdir(site, 0700) != 0 || mkdir(share, 0700) != 0) return -1;
    write_file(share_file);
    return 0;
}

static int remove_folders(void **state)
{
    (void)state;
    (void)unlink(share_file);
    return rmdir(site) + rmdir(share) + rmdir(root);
}

/* The two kinds of process that there are: one that reads what it is given, one that keeps files. */
static const struct confine_path reader_paths[] = {{.path = share}};
static const struct confine_path keeper_paths[] = {{.path = site, .is_written = true}, {.path = share}};
static const struct confine reader = {
    .name = "reader", .may = CONFINE_FILES | CONFINE_ACCEPT | CONFINE_THREADS, .paths = reader_paths, .path_count = 1};
static const struct confine keeper = {.name = "keeper",
                                      .may = CONFINE_FILES | CONFINE_STORE | CONFINE_ACCEPT | CONFINE_THREADS,
                                      .paths = keeper_paths,
                                      .path_count = 2};
static const struct confine_trial keeper_trial = {.shared = share, .shared_file = share_file};

/* Exit status of a child that is confined and does `act`. */
static int child_of(const struct confine *what, bool (*act)(void))
{
    int status = 0;
    (void)fflush(stdout);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct confine_state state;
        if (confine_enter(what, &state, NULL) != SALVE_OK) _exit(STATUS_NOT_CONFINED);
        _exit(act() ? STATUS_GOOD : STATUS_BAD);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void the_self_test_finds_nothing_at_what_is_confined_well(void **state)
{
    struct salve_err err = {0};
    (void)state;
    NEEDS_LANDLOCK();
    for (int abi = 1; abi <= 2; abi++) {
        struct confine capped_reader = reader, capped_keeper = keeper;
        capped_reader.landlock_abi_max = capped_keeper.landlock_abi_max = abi;
        assert_int_equal(confine_prove(&capped_reader, &trial, &err), SALVE_OK);
        assert_int_equal(confine_prove(&capped_keeper, &keeper_trial, &err), SALVE_OK);
    }
    assert_int_equal(confine_prove(&reader, NULL, &err), SALVE_OK);
}

static void a_kernel_without_landlock_is_refused_unless_that_was_said(void **state)
{
    struct salve_err err = {0};
    struct confine bare = reader;
    (void)state;
    bare.landlock_abi_max = -1;
    assert_int_equal(confine_prove(&bare, &trial, &err), SALVE_E_UNSUPPORTED);
    assert_string_equal(err.element, "reader");
    assert_string_equal(err.why, "this kernel has no Landlock, or it is switched off");
    bare.may_lack_landlock = true;
    assert_int_equal(confine_prove(&bare, &trial, &err), SALVE_OK);
}

/* Each mistake in a row of the processes must be found, and named. */
static void a_path_too_many_is_found_by_the_self_test(void **state)
{
    static const struct confine_path with_site[] = {{.path = share}, {.path = site}};
    static const struct confine_path with_etc[] = {{.path = share}, {.path = "/etc"}};
    static const struct confine_path with_tmp[] = {{.path = "/tmp", .is_written = true}};
    static const struct confine_path written[] = {{.path = share, .is_written = true}};
    static const struct {
        const struct confine_path *paths;
        size_t count;
        bool is_keeper;
        const char *why;
    } rows[] = {
        {with_site, 2, false, "open a folder that is not its own"},
        {with_etc, 2, false, "open /etc/passwd"},
        {written, 1, true, "make a file in a folder that it may only read"},
        {with_tmp, 1, true, "open a folder that is not its own"},
    };
    (void)state;
    NEEDS_LANDLOCK();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct salve_err err = {0};
        struct confine wrong = rows[i].is_keeper ? keeper : reader;
        wrong.paths = rows[i].paths;
        wrong.path_count = rows[i].count;
        assert_int_equal(confine_prove(&wrong, &trial, &err), SALVE_E_CONFIG);
        assert_string_equal(err.element, wrong.name);
        assert_non_null(strstr(err.why, rows[i].why));
    }
}

/* Without any confinement all of them can be done, but for what this user may not anyway: no act is an empty claim.
 * The child's parent waits for it, so nothing of the test is traced or stopped. */
static int unconfined_act(const struct confine_act *act)
{
    int status = 0;
    (void)fflush(stdout);
    pid_t of = fork(), tried;
    if (of != 0) {
        assert_int_equal(waitpid(of, &status, 0), of);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    tried = fork();
    if (tried == 0) _exit(act->is_done(&trial, getppid()) ? 1 : 2);
    while (waitpid(tried, &status, 0) < 0 && errno == EINTR) continue;
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 3);
}

static void the_acts_of_the_self_test_can_be_done_by_others(void **state)
{
    unsigned done = 0;
    (void)state;
    for (size_t i = 0; i < confine_act_count; i++) {
        int end = unconfined_act(&confine_acts[i]);
        bool is_done = end == 1 || (strcmp(confine_acts[i].words, "run a program") == 0 && end == 0);
        done += is_done;
        if (!is_done) (void)printf("not possible here anyway: %s (%d)\n", confine_acts[i].words, end);
    }
    assert_true(done + 8 >= confine_act_count); /* a container or a plain user may not all of them */
    assert_true(done >= 15);
}

static bool reads_shared(void)
{
    char text[8] = "";
    int fd = open(share_file, O_RDONLY);
    return fd >= 0 && read(fd, text, sizeof text) == 6 && close(fd) == 0;
}

static bool keeps_files(void)
{
    char from[PATH_BYTES + 8], to[PATH_BYTES + 8], folder[PATH_BYTES + 8];
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    (void)snprintf(from, sizeof from, "%s/from", site);
    (void)snprintf(to, sizeof to, "%s/to", site);
    (void)snprintf(folder, sizeof folder, "%s/in", site);
    int fd = open(from, O_RDWR | O_CREAT | O_TRUNC, 0600);
    bool is_kept = fd >= 0 && write(fd, "abc", 3) == 3 && pwrite(fd, "x", 1, 1) == 1 && ftruncate(fd, 2) == 0 &&
                   fcntl(fd, F_SETLK, &lock) == 0 && fdatasync(fd) == 0 && close(fd) == 0 && rename(from, to) == 0 &&
                   mkdir(folder, 0700) == 0;
    return is_kept && rmdir(folder) == 0 && unlink(to) == 0;
}

static void *answer(void *with)
{
    *(int *)with = 1;
    return NULL;
}

static bool has_threads_but_no_children(void)
{
    int is_run = 0;
    pthread_t thread;
    if (pthread_create(&thread, NULL, answer, &is_run) != 0 || pthread_join(thread, NULL) != 0) return false;
    pid_t child = fork();
    if (child == 0) _exit(0);
    return is_run == 1 && child < 0 && errno == EPERM;
}

static bool has_no_threads(void)
{
    pthread_t thread;
    int unused = 0;
    return pthread_create(&thread, NULL, answer, &unused) != 0;
}

static bool cannot_write_shared(void)
{
    return open(share_file, O_WRONLY) < 0 && open(share_file, O_RDONLY | O_TRUNC) < 0 && truncate(share_file, 0) < 0 &&
           chmod(share_file, 0) < 0 && unlink(share_file) < 0 && rename(share_file, site) < 0;
}

static void each_kind_can_do_its_work(void **state)
{
    struct confine alone = reader;
    (void)state;
    NEEDS_LANDLOCK();
    alone.may = CONFINE_FILES;
    assert_int_equal(child_of(&reader, reads_shared), STATUS_GOOD);
    assert_int_equal(child_of(&reader, cannot_write_shared), STATUS_GOOD);
    assert_int_equal(child_of(&keeper, reads_shared), STATUS_GOOD);
    assert_int_equal(child_of(&keeper, cannot_write_shared), STATUS_GOOD);
    assert_int_equal(child_of(&keeper, keeps_files), STATUS_GOOD);
    assert_int_equal(child_of(&reader, keeps_files), STATUS_BAD);
    assert_int_equal(child_of(&alone, has_no_threads), STATUS_GOOD);
    if (!T_IS_SANITIZED) /* whose threads ask for more */
        assert_int_equal(child_of(&reader, has_threads_but_no_children), STATUS_GOOD);
}

static int kept_fd, other_fd;

static bool has_one_of_two_descriptors(void)
{
    errno = 0;
    return write(kept_fd, "a", 1) == 1 && write(other_fd, "a", 1) < 0 && errno == EBADF && fcntl(1, F_GETFD) >= 0;
}

static void only_named_descriptors_stay_open(void **state)
{
    int pair[2], more[2];
    struct confine what = reader;
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, more), 0);
    const int fds[] = {more[0], -1, pair[1]};
    kept_fd = pair[1];
    other_fd = pair[0];
    what.fds = fds;
    what.fd_count = 3;
    what.may_lack_landlock = true;
    assert_int_equal(child_of(&what, has_one_of_two_descriptors), STATUS_GOOD);
    for (int i = 0; i < 2; i++) assert_int_equal(close(pair[i]) + close(more[i]), 0);
}

static bool pauses(void)
{
    const struct timespec long_time = {.tv_sec = 60};
    (void)nanosleep(&long_time, NULL);
    return false;
}

/* The kernel's own words of it, seen by the parent. */
static void the_kernel_says_that_a_child_is_confined(void **state)
{
    char path[64], line[256];
    unsigned found = 0;
    struct confine what = reader;
    (void)state;
    what.may_lack_landlock = true;
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct confine_state entered;
        if (confine_enter(&what, &entered, NULL) != SALVE_OK) _exit(STATUS_NOT_CONFINED);
        _exit(pauses() ? STATUS_GOOD : STATUS_BAD);
    }
    (void)snprintf(path, sizeof path, "/proc/%ld/status", (long)child);
    for (unsigned tries = 0; found != 3 && tries < 500; tries++) {
        const struct timespec moment = {.tv_nsec = 10 * 1000 * 1000};
        FILE *status = fopen(path, "r");
        assert_non_null(status);
        found = 0;
        while (fgets(line, sizeof line, status) != NULL)
            found += strcmp(line, "NoNewPrivs:\t1\n") == 0 || strcmp(line, "Seccomp:\t2\n") == 0 ||
                     strcmp(line, "CapEff:\t0000000000000000\n") == 0;
        (void)fclose(status);
        (void)nanosleep(&moment, NULL);
    }
    (void)kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(found, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_self_test_finds_nothing_at_what_is_confined_well),
        cmocka_unit_test(a_kernel_without_landlock_is_refused_unless_that_was_said),
        cmocka_unit_test(a_path_too_many_is_found_by_the_self_test),
        cmocka_unit_test(the_acts_of_the_self_test_can_be_done_by_others),
        cmocka_unit_test(each_kind_can_do_its_work),
        cmocka_unit_test(only_named_descriptors_stay_open),
        cmocka_unit_test(the_kernel_says_that_a_child_is_confined),
    };
    return t_close(cmocka_run_group_tests_name("", tests, make_folders, remove_folders),
                   (int)(sizeof tests / sizeof tests[0]));
}
