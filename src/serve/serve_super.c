/* SPDX-License-Identifier: Apache-2.0
 * The supervisor: starts the processes, mends what crashed, and ends them in an order in which nothing that was asked
 * for is lost. It reads no byte that comes from outside. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/crypto.h"
#include "serve/serve_super_int.h"

enum {
    PING_MS = 10 * 1000,
    SILENT_MS = 120 * 1000, /* a process that answers no ping for so long is killed, and started again */
    SHORT_LIFE_MS = 1000,   /* one that lives no longer waits before it is started again, ... */
    AGAIN_MS = 50,          /* ... so long the second time, twice that the third, ... */
    AGAIN_MS_MAX = 2000,
    CRASHES_MAX = 10, /* in a minute */
    CRASHES_MS = 60 * 1000,
    IMPATIENT_MS = 1000, /* a second signal after so long means it; before, it is the same one to the whole group */
    HOPELESS_MS = 1000,  /* to end in, where the service was given up */
    PROGRAM_BYTES_MAX = 512 << 20,
};

static void give_up(struct serve_super *super, const struct salve_err *why)
{
    if (super->code == SALVE_OK) {
        super->err = *why;
        super->code = why->code;
    }
    super->is_ending = true;
}

/* --- the end ------------------------------------------------------------------------------------------------------ */

/* One after the other, in the order of the kinds; true: all are gone. */
static bool end_next(struct serve_super *super)
{
    for (size_t i = 0; i < SERVE_PROCESSES; i++) {
        struct serve_child *child = &super->children[i];
        if (child->state == SERVE_GONE) continue;
        if (child->state == SERVE_ENDING) return false;
        child->end_by_ms = serve_now_ms() + (int64_t)child->kind->end_seconds * 1000;
        child->state = SERVE_ENDING;
        serve_child_tell(child, SERVE_DRAIN);
        return false;
    }
    return true;
}

static void hurry(struct serve_super *super)
{
    for (size_t i = 0; i < SERVE_PROCESSES; i++)
        if (i != SERVE_GATE && super->children[i].pid > 0) (void)kill(super->children[i].pid, SIGKILL);
}

static void told_to_end(struct serve_super *super)
{
    if (super->is_ending) {
        if (serve_now_ms() - super->told_ms >= IMPATIENT_MS) hurry(super);
        return;
    }
    super->is_ending = true;
    super->told_ms = serve_now_ms();
    serve_log("info", "serve", "ends", NULL);
    serve_notify("STOPPING=1\nSTATUS=answers what came, and ends");
}

/* --- a process that is gone --------------------------------------------------------------------------------------- */

/* Crashes fade, so that one a day never adds up. */
static bool are_too_many(struct serve_super *super)
{
    unsigned most = super->options->crashes_max == 0 ? CRASHES_MAX : super->options->crashes_max;
    int64_t now = serve_now_ms();
    double faded = super->crashes - (double)(now - super->crashes_at_ms) * most / CRASHES_MS;
    super->crashes = (faded < 0 ? 0 : faded) + 1;
    super->crashes_at_ms = now;
    return super->crashes > most;
}

static void fill_why(const struct serve_child *child, int status, struct salve_err *err)
{
    if (child->has_failed) {
        *err = child->why;
        return;
    }
    (void)salve_fail(err, SALVE_E_CONFIG, "%s", child->kind->name);
    (void)salve_why(err, SALVE_E_CONFIG, WIFSIGNALED(status) ? "it was ended by signal %d" : "it ended with status %d",
                    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static int64_t again_after_ms(struct serve_child *child)
{
    bool is_short = child->state != SERVE_UP || serve_now_ms() - child->up_ms < SHORT_LIFE_MS;
    child->short_lives = is_short ? child->short_lives + 1 : 0;
    if (child->short_lives < 2) return 0;
    unsigned doubled = child->short_lives - 2;
    int64_t wait_ms = doubled > 6 ? AGAIN_MS_MAX : (int64_t)AGAIN_MS << doubled;
    return wait_ms > AGAIN_MS_MAX ? AGAIN_MS_MAX : wait_ms;
}

/* What nobody asked for: mended, unless it was the first start, or has happened too often. */
static void crashed(struct serve_super *super, struct serve_child *child, int status)
{
    struct salve_err why = {0};
    int64_t after_ms = again_after_ms(child);
    fill_why(child, status, &why);
    child->again_ms = serve_now_ms() + after_ms;
    serve_log_end(child->kind->name, child->pid, status, after_ms);
    if (!super->is_up) {
        give_up(super, &why);
    } else if (are_too_many(super)) {
        serve_log("error", child->kind->name, "ended too often in a minute", &why);
        if (!child->has_failed) (void)salve_why(&why, why.code, "it ended too often in a minute; the log says how");
        give_up(super, &why);
    } else {
        serve_notify("STATUS=mends what ended by itself");
        if (child->kind == &serve_kinds[SERVE_GATE]) serve_child_tell(&super->children[SERVE_WEB], SERVE_LOST);
    }
}

static void ended(struct serve_super *super, struct serve_child *child, int status)
{
    bool is_good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (child->kind == &serve_kinds[SERVE_WEB]) serve_given_lost(super);
    if (child->state == SERVE_ENDING || super->is_ending) {
        struct salve_err why = {0};
        if (!is_good) {
            serve_log_end(child->kind->name, child->pid, status, -1);
            fill_why(child, status, &why);
            if (child->up_ms > 0) give_up(super, &why); /* one that was told to end before it was up has lost nothing */
        }
    } else {
        crashed(super, child, status);
    }
    serve_child_drop(child);
}

/* --- what they say ------------------------------------------------------------------------------------------------ */

static bool are_all_up(const struct serve_super *super)
{
    for (size_t i = 0; i < SERVE_PROCESSES; i++)
        if (super->children[i].state != SERVE_UP) return false;
    return true;
}

static void all_up(struct serve_super *super)
{
    char text[SERVE_ADDRESS_BYTES + 64] = "READY=1\nSTATUS=serves ";
    (void)strncat(text, super->address, SERVE_ADDRESS_BYTES);
    serve_notify(text);
    if (super->is_up) return;
    super->is_up = true;
    if (super->options->ready != NULL) super->options->ready(super->options->with, super->address);
}

static void became_up(struct serve_super *super, enum serve_process which, const struct serve_message *message,
                      struct serve_fds *fds)
{
    struct salve_err err = {0};
    struct serve_child *child = &super->children[which];
    child->state = SERVE_UP;
    child->up_ms = child->heard_ms = serve_now_ms();
    if (fds->count > 0) {
        child->page_fd = fds->at[0];
        fds->at[0] = -1;
    }
    serve_log(message->landlock_abi > 0 ? "info" : "warning", child->kind->name,
              message->landlock_abi > 0 ? "ready" : "ready, without Landlock", NULL);
    if (serve_child_up(super, which, &err) != SALVE_OK) give_up(super, &err);
    if (are_all_up(super)) all_up(super);
}

/* An end without a message is heard of by its signal. */
static void hear(struct serve_super *super, enum serve_process which)
{
    bool has = false;
    struct serve_fds fds;
    struct serve_message message;
    struct serve_child *child = &super->children[which];
    if (serve_receive(child->control, false, &message, &fds, &has, NULL) != SALVE_OK) {
        (void)close(child->control);
        child->control = -1;
        return;
    }
    if (has && message.word == SERVE_READY && child->state == SERVE_STARTING)
        became_up(super, which, &message, &fds);
    else if (has && message.word == SERVE_ALIVE)
        child->heard_ms = serve_now_ms();
    else if (has && message.word == SERVE_FAILED && !child->has_failed) {
        child->has_failed = true;
        serve_take_error(&message.err, &child->why);
        serve_log("error", child->kind->name, "failed", &child->why);
    } else if (has && which == SERVE_WEB && (message.word == SERVE_TAKEN || message.word == SERVE_REFUSED)) {
        serve_given_heard(super, &message);
    }
    serve_fds_close(&fds);
}

/* What it said before its end came before its end, whichever of the two woke this process first. */
static void hear_last(struct serve_super *super, enum serve_process which)
{
    enum { WORDS_MAX = 8 };
    for (int i = 0; i < WORDS_MAX && super->children[which].control >= 0; i++) hear(super, which);
}

static void reap(struct serve_super *super)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (size_t i = 0; i < SERVE_PROCESSES; i++) {
            if (super->children[i].pid != pid) continue;
            hear_last(super, (enum serve_process)i);
            ended(super, &super->children[i], status);
        }
}

/* SIGHUP. What changed is logged by its key, never with its value. */
static void read_again(struct serve_super *super)
{
    char what[128];
    struct serve_again again = {.count = 0};
    if (super->options->again != NULL) super->options->again(super->options->with, &again);
    if (again.err.code != SALVE_OK) {
        serve_log("error", "serve", "the configuration stays as it was", &again.err);
        return;
    }
    for (size_t i = 0; i < again.count; i++) {
        (void)snprintf(what, sizeof what, "%s is changed; it counts from %s on", again.changes[i].key,
                       again.changes[i].needs_start ? "the next start" : "now");
        serve_log(again.changes[i].needs_start ? "warning" : "info", "serve", what, NULL);
    }
    if (again.count == 0) serve_log("info", "serve", "nothing of the configuration is changed", NULL);
    serve_given_again(super, &again);
}

static void take_signals(struct serve_super *super)
{
    struct signalfd_siginfo info;
    while (read(super->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) told_to_end(super);
        if (info.ssi_signo == SIGHUP) read_again(super);
    }
    reap(super);
}

/* --- the clock ---------------------------------------------------------------------------------------------------- */

static void start_due(struct serve_super *super, int64_t now)
{
    struct salve_err err = {0};
    for (size_t i = 0; i < SERVE_PROCESSES && !super->is_ending; i++) {
        struct serve_child *child = &super->children[i];
        if (child->state == SERVE_GONE && now >= child->again_ms &&
            serve_child_start(super, (enum serve_process)i, &err) != SALVE_OK)
            give_up(super, &err);
    }
}

static void kill_late(struct serve_super *super, int64_t now)
{
    for (size_t i = 0; i < SERVE_PROCESSES; i++) {
        struct serve_child *child = &super->children[i];
        bool is_late = child->state == SERVE_ENDING && now >= child->end_by_ms;
        bool is_silent =
            (child->state == SERVE_UP || child->state == SERVE_STARTING) && now - child->heard_ms > SILENT_MS;
        if (child->pid <= 0 || !(is_late || is_silent)) continue;
        serve_log("error", child->kind->name, is_late ? "did not end in time" : "does not answer", NULL);
        child->end_by_ms = now + HOPELESS_MS;
        child->heard_ms = now;
        (void)kill(child->pid, SIGKILL);
    }
}

/* While one of them is silent, the service manager hears nothing either. */
static void ping(struct serve_super *super, int64_t now)
{
    bool are_heard = true;
    for (size_t i = 0; i < SERVE_PROCESSES; i++)
        are_heard =
            are_heard && (super->children[i].state != SERVE_UP || now - super->children[i].heard_ms < SILENT_MS / 2);
    int every_ms = serve_watchdog_ms();
    if (every_ms > 0 && now - super->watchdog_ms >= every_ms && are_heard) {
        serve_notify("WATCHDOG=1");
        super->watchdog_ms = now;
    }
    if (now - super->pinged_ms < PING_MS) return;
    super->pinged_ms = now;
    for (size_t i = 0; i < SERVE_PROCESSES; i++)
        if (super->children[i].state == SERVE_UP) serve_child_tell(&super->children[i], SERVE_PING);
}

static void sooner(int64_t at_ms, int64_t now, int *wait_ms)
{
    int64_t left = at_ms > now ? at_ms - now : 0;
    if (left < *wait_ms) *wait_ms = (int)left;
}

static int wait_of(const struct serve_super *super, int64_t now)
{
    int wait_ms = PING_MS, watchdog = serve_watchdog_ms();
    sooner(super->pinged_ms + PING_MS, now, &wait_ms);
    if (watchdog > 0) sooner(super->watchdog_ms + watchdog, now, &wait_ms);
    for (size_t i = 0; i < SERVE_PROCESSES; i++) {
        const struct serve_child *child = &super->children[i];
        if (child->state == SERVE_GONE && !super->is_ending) sooner(child->again_ms, now, &wait_ms);
        if (child->state == SERVE_ENDING) sooner(child->end_by_ms, now, &wait_ms);
    }
    return wait_ms;
}

/* --- the loop ----------------------------------------------------------------------------------------------------- */

static void wait_and_take(struct serve_super *super, int wait_ms)
{
    struct pollfd at[SERVE_PROCESSES + 1];
    for (size_t i = 0; i < SERVE_PROCESSES; i++)
        at[i] = (struct pollfd){.fd = super->children[i].control, .events = POLLIN}; /* below 0: left out */
    at[SERVE_PROCESSES] = (struct pollfd){.fd = super->signal_fd, .events = POLLIN};
    if (poll(at, SERVE_PROCESSES + 1, wait_ms) <= 0) return;
    for (size_t i = 0; i < SERVE_PROCESSES; i++)
        if (at[i].revents != 0) hear(super, (enum serve_process)i);
    if (at[SERVE_PROCESSES].revents != 0) take_signals(super); /* after what they said before they ended */
}

static void run(struct serve_super *super)
{
    for (;;) {
        int64_t now = serve_now_ms();
        kill_late(super, now);
        if (super->is_ending && end_next(super)) return;
        if (!super->is_ending) start_due(super, now);
        ping(super, now);
        wait_and_take(super, wait_of(super, now));
    }
}

static enum salve_code catch_signals(struct serve_super *super, sigset_t *before, struct salve_err *err)
{
    static const int taken[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};
    sigset_t set;
    (void)sigemptyset(&set);
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) (void)sigaddset(&set, taken[i]);
    super->signal_fd = sigprocmask(SIG_BLOCK, &set, before) == 0 ? signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK) : -1;
    return super->signal_fd >= 0 ? SALVE_OK : salve_fail(err, SALVE_E_IO, "signals");
}

static void drop(struct serve_super *super, const sigset_t *before)
{
    if (super->local_fd >= 0) {
        (void)unlink(super->local_path);
        (void)close(super->local_fd);
    }
    if (super->http_fd >= 0) (void)close(super->http_fd);
    if (super->plain_fd >= 0) (void)close(super->plain_fd);
    serve_given_drop(super);
    if (super->paper.asks >= 0) (void)close(super->paper.asks);
    if (super->paper.draws >= 0) (void)close(super->paper.draws);
    if (super->signal_fd >= 0) (void)close(super->signal_fd);
    (void)sigprocmask(SIG_SETMASK, before, NULL);
}

/* What browsers open: by name, but for those of this machine. */
static enum salve_code open_sockets(struct serve_super *super, struct salve_err *err)
{
    char plain[SERVE_ADDRESS_BYTES];
    const struct serve_options *options = super->options;
    bool is_tls = options->mode == SITE_SITE || options->mode == SITE_PUBLIC;
    if (options->mode != SITE_LOCAL) TRY(tls_name_check(str_of(options->name), "name", err));
    TRY(is_tls ? serve_listen_any(options->listen, &super->http_fd, super->address, err)
               : serve_listen(options->listen, &super->http_fd, super->address, err));
    serve_origin(options->mode, options->name, super->address, super->origin);
    if (options->mode != SITE_LOCAL) (void)snprintf(super->address, sizeof super->address, "%.100s/", super->origin);
    if (options->plain == NULL) return SALVE_OK;
    if (!is_tls) return salve_refuse(err, SALVE_E_CONFIG, "it needs tls = site or public", "plain");
    return serve_listen_any(options->plain, &super->plain_fd, plain, err);
}

/* Once, for all that are ever started: it is the file that runs, also when another one takes its name. */
static void read_build(struct serve_super *super)
{
    uint8_t sha256[CRYPTO_SHA256_BYTES];
    struct str bytes = STR_NONE;
    const char *program = super->options->program == NULL ? "/proc/self/exe" : super->options->program;
    struct arena *mem = arena_open(PROGRAM_BYTES_MAX);
    if (mem != NULL && file_read(program, PROGRAM_BYTES_MAX / 2, mem, &bytes, NULL) == SALVE_OK) {
        crypto_sha256(bytes, sha256);
        str_hex(sha256, sizeof sha256, super->build);
    }
    arena_close(mem);
}

enum salve_code serve_run(const struct serve_options *options, struct salve_err *err)
{
    sigset_t before;
    struct serve_super super = {.options = options,
                                .http_fd = -1,
                                .plain_fd = -1,
                                .local_fd = -1,
                                .signal_fd = -1,
                                .given = {-1, -1},
                                .fresh = {-1, -1},
                                .paper = {-1, -1}};
    for (size_t i = 0; i < SERVE_PROCESSES; i++)
        super.children[i] = (struct serve_child){.kind = &serve_kinds[i], .control = -1, .page_fd = -1};
    (void)sigprocmask(SIG_SETMASK, NULL, &before);
    super.crashes_at_ms = super.pinged_ms = serve_now_ms();
    enum salve_code code = open_sockets(&super, err);
    if (code == SALVE_OK) code = serve_given_first(&super, err);
    if (code == SALVE_OK) code = paper_pair(&super.paper, err);
    if (code == SALVE_OK) read_build(&super);
    if (code == SALVE_OK) code = catch_signals(&super, &before, err);
    if (code == SALVE_OK) {
        if (options->is_over != NULL && options->is_over()) told_to_end(&super);
        run(&super);
        code = super.code;
        if (code != SALVE_OK && err != NULL) *err = super.err;
    }
    drop(&super, &before);
    return code;
}
