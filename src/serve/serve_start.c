/* SPDX-License-Identifier: Apache-2.0
 * Starting a process, and connecting it with the others: always new sockets, so that no half of a message that somebody
 * left is ever read by the next. */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "serve/serve_super_int.h"

enum { VARIABLES_MAX = 100 };

static enum salve_code fail(const char *what, struct salve_err *err)
{
    int why = errno;
    (void)salve_fail(err, SALVE_E_IO, "%s", what);
    return salve_why(err, SALVE_E_IO, "%s", strerror(why));
}

void serve_child_tell(const struct serve_child *child, enum serve_word word)
{
    const struct serve_message message = {.word = word};
    if (child->control >= 0) (void)!serve_send(child->control, &message, NULL, NULL);
}

void serve_child_drop(struct serve_child *child)
{
    if (child->control >= 0) (void)close(child->control);
    if (child->page_fd >= 0) (void)close(child->page_fd);
    child->control = child->page_fd = -1;
    child->pid = 0;
    child->state = SERVE_GONE;
}

/* --- the new process ---------------------------------------------------------------------------------------------- */

/* What a process may read of the environment: where fonts, words, zones and libraries are. The rest may hold what is
 * for others, and a process that was taken over could tell it. SALVE_* name files; nothing secret is ever in one. */
static const char *const handed_on[] = {
    "FONTCONFIG_", "HOME=",  "LANG=", "LANGUAGE=",     "LC_",           "LD_",           "LLVM_PROFILE_FILE=", "SALVE_",
    "TZ=",         "TZDIR=", "XDG_",  "ASAN_OPTIONS=", "LSAN_OPTIONS=", "TSAN_OPTIONS=", "UBSAN_OPTIONS="};

static bool is_handed_on(const char *variable)
{
    for (size_t i = 0; i < sizeof handed_on / sizeof handed_on[0]; i++)
        if (strncmp(variable, handed_on[i], strlen(handed_on[i])) == 0) return true;
    return false;
}

static void hand_on(char *kept[VARIABLES_MAX + 1])
{
    size_t count = 0;
    for (char **at = environ; *at != NULL && count < VARIABLES_MAX; at++)
        if (is_handed_on(*at)) kept[count++] = *at;
    kept[count] = NULL;
}

/* The supervisor has one thread, so what follows a fork may be any call. Descriptors: /dev/null twice, log, control;
 * not what whoever started the supervisor left open. */
__attribute__((noreturn)) static void become(const struct serve_kind *kind, const char *program, int control)
{
    char name[] = "salve", word[32];
    char *words[] = {name, word, NULL}, *kept[VARIABLES_MAX + 1];
    sigset_t none;
    (void)snprintf(word, sizeof word, "%s", kind->word);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    bool is_set =
        nothing >= 0 && dup2(nothing, STDIN_FILENO) == STDIN_FILENO && dup2(nothing, STDOUT_FILENO) == STDOUT_FILENO;
    if (is_set && control == SERVE_CONTROL_FD)
        is_set = fcntl(control, F_SETFD, 0) == 0;
    else if (is_set)
        is_set = dup2(control, SERVE_CONTROL_FD) == SERVE_CONTROL_FD;
    hand_on(kept);
    is_set = is_set && syscall(SYS_close_range, SERVE_CONTROL_FD + 1, ~0u, CLOSE_RANGE_CLOEXEC) == 0;
    if (is_set) (void)execve(program, words, kept);
    _exit(salve_code_exit(SALVE_E_IO));
}

static void put_demo(const struct serve_options *options, struct serve_start *start)
{
    for (; start->demo_count < options->demo_count && start->demo_count < SERVE_DEMO_MAX; start->demo_count++) {
        const struct serve_demo *from = &options->demo[start->demo_count];
        struct serve_member *to = &start->demo[start->demo_count];
        (void)snprintf(to->name, sizeof to->name, "%s", from->name);
        (void)snprintf(to->role, sizeof to->role, "%s", from->role);
        (void)snprintf(to->secret, sizeof to->secret, "%s", from->secret);
    }
}

/* A path that there is none of is empty. */
static enum salve_code put_path(const char *path, char out[PATH_MAX], struct salve_err *err)
{
    const char *text = path == NULL ? "" : path;
    if (strlen(text) >= PATH_MAX) return salve_refuse(err, SALVE_E_CONFIG, "the path is too long", "%s", text);
    (void)snprintf(out, PATH_MAX, "%s", text);
    return SALVE_OK;
}

static enum salve_code put_paths(const struct serve_options *options, bool is_gate, struct serve_start *start,
                                 struct salve_err *err)
{
    TRY(put_path(options->dir, start->dir, err));
    TRY(put_path(options->share, start->share, err));
    TRY(put_path(is_gate ? options->key_file : NULL, start->key_file, err));
    TRY(put_path(is_gate ? options->backup : NULL, start->backup, err));
    return put_path(is_gate ? options->keys : NULL, start->keys, err);
}

static void put_names(const struct serve_super *super, struct serve_start *start)
{
    start->mode = super->options->mode;
    (void)snprintf(start->name, sizeof start->name, "%s", super->options->name == NULL ? "" : super->options->name);
    (void)snprintf(start->origin, sizeof start->origin, "%s", super->origin);
}

static void put_sockets(const struct serve_super *super, struct serve_start *start, struct serve_fds *fds)
{
    fds->at[fds->count++] = super->http_fd;
    fds->at[fds->count++] = super->paper.asks;
    start->has_plain = super->plain_fd >= 0;
    if (start->has_plain) fds->at[fds->count++] = super->plain_fd;
    start->has_given = super->given[0] >= 0;
    for (size_t i = 0; start->has_given && i < 2; i++) fds->at[fds->count++] = super->given[i];
}

static enum salve_code send_start(const struct serve_super *super, const struct serve_child *child,
                                  struct salve_err *err)
{
    const struct serve_options *options = super->options;
    struct serve_message message = {.word = SERVE_START};
    struct serve_start *start = &message.start;
    struct serve_fds fds = {.count = 0};
    TRY(put_paths(options, child->kind == &serve_kinds[SERVE_GATE], start, err));
    (void)snprintf(start->version, sizeof start->version, "%.*s", STR_ARGS(options->version));
    put_names(super, start);
    memcpy(start->build, super->build, sizeof start->build);
    if (child->kind == &serve_kinds[SERVE_WEB]) {
        put_demo(options, start);
        put_sockets(super, start, &fds);
    }
    if (child->kind == &serve_kinds[SERVE_PAPER]) fds.at[fds.count++] = super->paper.draws;
    start->landlock_abi_max = options->landlock_abi_max;
    start->may_lack_landlock = options->may_lack_landlock;
    (void)!serve_send(child->control, &message, &fds, NULL); /* one that is gone already is heard of by its signal */
    return SALVE_OK;
}

/* The gate alone, where there is no key file; nothing of it stays on this stack. */
static enum salve_code send_secret(const struct serve_super *super, const struct serve_child *child,
                                   struct salve_err *err)
{
    struct str secret = super->options->passphrase;
    struct serve_message message = {.word = SERVE_SECRET};
    if (super->options->key_file != NULL || child->kind != &serve_kinds[SERVE_GATE]) return SALVE_OK;
    if (secret.len > sizeof message.secret.text)
        return salve_refuse(err, SALVE_E_CONFIG, "it is too long", "passphrase");
    message.secret.len = (uint32_t)secret.len;
    memcpy(message.secret.text, secret.ptr, secret.len);
    (void)!serve_send(child->control, &message, NULL, NULL);
    explicit_bzero(&message, sizeof message);
    return SALVE_OK;
}

/* --- connections -------------------------------------------------------------------------------------------------- */

/* From web to the gate: as many lines as web has workers, and the gate's page. One that dies meanwhile is no error: it
 * gets others. */
static enum salve_code link_web(const struct serve_super *super, struct salve_err *err)
{
    const struct serve_child *gate = &super->children[SERVE_GATE], *web = &super->children[SERVE_WEB];
    const struct serve_message message = {.word = SERVE_LINK};
    struct serve_fds ours = {.count = 0}, theirs = {.count = 0};
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; code == SALVE_OK && i < SERVE_LINES; i++) {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0) {
            ours.at[ours.count++] = pair[0];
            theirs.at[theirs.count++] = pair[1];
        } else {
            code = fail("socketpair", err);
        }
    }
    if (code == SALVE_OK && serve_send(gate->control, &message, &theirs, NULL) == SALVE_OK) {
        struct serve_fds with_page = ours;
        with_page.at[with_page.count++] = gate->page_fd;
        (void)!serve_send(web->control, &message, &with_page, NULL);
    }
    serve_fds_close(&ours);
    serve_fds_close(&theirs);
    return code;
}

static bool is_there(const struct serve_child *child)
{
    return (child->state == SERVE_STARTING || child->state == SERVE_UP) && child->control >= 0;
}

/* The socket of the command line is made when the site is ours: one that another server has is never taken away. */
static enum salve_code gate_up(struct serve_super *super, struct salve_err *err)
{
    if (super->local_fd < 0) {
        char path[PATH_MAX];
        TRY(serve_listen_local(super->options->dir, super->options->socket, &super->local_fd, path, err));
        memcpy(super->local_path, path, sizeof path);
    }
    const struct serve_message message = {.word = SERVE_LISTEN};
    const struct serve_fds fds = {.at = {super->local_fd}, .count = 1};
    (void)!serve_send(super->children[SERVE_GATE].control, &message, &fds, NULL);
    return SALVE_OK;
}

enum salve_code serve_child_up(struct serve_super *super, enum serve_process which, struct salve_err *err)
{
    if (which != SERVE_GATE) return SALVE_OK;
    TRY(gate_up(super, err));
    return is_there(&super->children[SERVE_WEB]) ? link_web(super, err) : SALVE_OK;
}

static enum salve_code fork_child(const struct serve_super *super, struct serve_child *child, struct salve_err *err)
{
    int pair[2];
    const char *program = super->options->program == NULL ? "/proc/self/exe" : super->options->program;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) return fail("socketpair", err);
    pid_t pid = fork();
    if (pid == 0) become(child->kind, program, pair[1]);
    (void)close(pair[1]);
    if (pid < 0) {
        enum salve_code code = fail("fork", err);
        (void)close(pair[0]);
        return code;
    }
    child->pid = pid;
    child->control = pair[0];
    child->state = SERVE_STARTING;
    child->up_ms = 0;
    child->heard_ms = serve_now_ms();
    child->has_failed = false;
    return SALVE_OK;
}

enum salve_code serve_child_start(struct serve_super *super, enum serve_process which, struct salve_err *err)
{
    struct serve_child *child = &super->children[which];
    TRY(fork_child(super, child, err));
    TRY(send_secret(super, child, err));
    TRY(send_start(super, child, err));
    return which == SERVE_WEB && super->children[SERVE_GATE].state == SERVE_UP ? link_web(super, err) : SALVE_OK;
}
