/* SPDX-License-Identifier: Apache-2.0
 * What the supervisor writes down: lines of JSON on standard error. They name processes, signals and errors. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "json/json.h"
#include "serve/serve_int.h"

enum { LINE_BYTES_MAX = 4096 };

int64_t serve_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void begin(struct json_writer *w, const char *level, const char *process, const char *what)
{
    char at[CLOCK_TEXT_BYTES];
    struct clock clock = clock_system();
    json_open(w, NULL, '{');
    json_put_text(w, "time", clock_text(clock_ms(&clock), at));
    json_put_text(w, "level", str_of(level));
    json_put_text(w, "kind", STR("process"));
    json_put_text(w, "process", str_of(process));
    json_put_text(w, "what", str_of(what));
}

static void end(struct json_writer *w)
{
    json_close(w);
    buf_add_char(w->out, '\n');
    if (buf_code(w->out) == SALVE_OK) (void)!write(STDERR_FILENO, w->out->ptr, w->out->len);
    buf_drop(w->out);
}

void serve_log(const char *level, const char *process, const char *what, const struct salve_err *err)
{
    struct buf out;
    struct json_writer w = {.out = &out};
    buf_init(&out, NULL, LINE_BYTES_MAX);
    begin(&w, level, process, what);
    if (err != NULL) json_put_error(&w, "error", err);
    end(&w);
}

void serve_log_end(const char *process, pid_t pid, int status, int64_t again_ms)
{
    struct buf out;
    struct json_writer w = {.out = &out};
    bool is_killed = WIFSIGNALED(status);
    buf_init(&out, NULL, LINE_BYTES_MAX);
    begin(&w, "error", process, "ended");
    json_put_i64(&w, "pid", pid);
    json_put_i64(&w, is_killed ? "signal" : "status", is_killed ? WTERMSIG(status) : WEXITSTATUS(status));
    json_put_i64(&w, "again_ms", again_ms);
    end(&w);
}
