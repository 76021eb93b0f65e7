/* SPDX-License-Identifier: Apache-2.0
 * Everything that reaches a person through the terminal: talk, results, the three-part error, progress, questions. */
#include "cli/cli_int.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "json/json.h"

/* What would move the cursor, retitle the window, type answers or turn the line becomes '?'. */
static void write_clean(FILE *to, struct str text)
{
    size_t start = 0;
    for (size_t i = 0; i < text.len;) {
        struct str rest = str_cut(text, i, text.len);
        size_t hidden = rest.ptr[0] == '\n' || rest.ptr[0] == '\t' ? 0 : str_unprintable(rest);
        if (hidden > 0) {
            (void)fwrite(text.ptr + start, 1, i - start, to);
            (void)fputc('?', to);
            start = i + hidden;
        }
        i += hidden > 0 ? hidden : str_char_bytes(rest);
    }
    (void)fwrite(text.ptr + start, 1, text.len - start, to);
}

/* Formats without a limit of length and writes what a terminal may see. */
static int SALVE_PRINTF(2, 0) print_clean(FILE *to, const char *fmt, va_list args)
{
    char few[1024];
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(few, sizeof few, fmt, args);
    if (len >= 0 && (size_t)len < sizeof few) {
        write_clean(to, str_make(few, (size_t)len));
    } else if (len >= 0) {
        char *many = malloc((size_t)len + 1);
        if (many != NULL) {
            (void)vsnprintf(many, (size_t)len + 1, fmt, again);
            write_clean(to, str_make(many, (size_t)len));
        }
        free(many);
    }
    va_end(again);
    return len;
}

void cli_say(const struct cli *cli, const char *fmt, ...)
{
    if (cli->is_quiet) return;
    (void)fflush(stdout); /* what was printed before stands before */
    va_list args;
    va_start(args, fmt);
    (void)print_clean(stderr, fmt, args);
    va_end(args);
    (void)fputc('\n', stderr);
}

void cli_warn(const char *fmt, ...)
{
    (void)fflush(stdout);
    va_list args;
    va_start(args, fmt);
    (void)print_clean(stderr, fmt, args);
    va_end(args);
    (void)fputc('\n', stderr);
}

int cli_print(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int bytes = print_clean(stdout, fmt, args);
    va_end(args);
    return bytes;
}

void cli_write(struct str text)
{
    if (text.len == 0) return;
    if (isatty(STDOUT_FILENO) == 1)
        write_clean(stdout, text);
    else
        (void)fwrite(text.ptr, 1, text.len, stdout);
}

void cli_write_text(struct str text) { write_clean(stdout, text); }

enum salve_code cli_write_buf(struct buf *out, bool is_json, struct salve_err *err)
{
    struct str text;
    enum salve_code code = buf_done(out, &text, err);
    if (code != SALVE_OK) return code;
    if (is_json)
        cli_write(text);
    else
        cli_write_text(text);
    return SALVE_OK;
}

static void report_json(const struct salve_err *err)
{
    struct buf out;
    struct str text;
    buf_init(&out, NULL, 1 << 16);
    struct json_writer w = {.out = &out};
    json_open(&w, NULL, '{');
    json_put_error(&w, "error", err);
    json_close(&w);
    buf_add_char(&out, '\n');
    if (buf_done(&out, &text, NULL) == SALVE_OK) write_clean(stderr, text);
    buf_drop(&out);
}

void cli_report(const struct cli *cli, const struct salve_err *err)
{
    (void)fflush(stdout);
    if (cli->is_json) {
        report_json(err);
        return;
    }
    char where[SALVE_ERR_WHERE_BYTES];
    (void)salve_err_where(err, where);
    (void)fprintf(stderr, "salve: %s%s", salve_code_what(err->code), where[0] != '\0' ? ": " : "");
    write_clean(stderr, str_of(where)); /* an element's or file's name may hold anything */
    if (err->why[0] != '\0') (void)fprintf(stderr, "\n  why:  ");
    write_clean(stderr, str_of(err->why));
    (void)fprintf(stderr, "\n  next: %s (SLV-%d)\n", salve_code_next(err->code), salve_code_slv(err->code));
}

/* --- progress ---------------------------------------------------------------------------------------------------- */

static int64_t monotonic_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct cli_progress cli_progress_start(const struct cli *cli, const char *what, uint64_t total)
{
    int64_t now = monotonic_ms();
    const char *mode = cli_option(cli, OPT_PROGRESS);
    bool is_none = cli->is_quiet || (mode != NULL && strcmp(mode, "none") == 0);
    bool is_plain = mode != NULL && strcmp(mode, "plain") == 0;
    return (struct cli_progress){
        is_none ? NULL : cli, what, total, 0, 0, now, now, false, !is_plain && isatty(STDERR_FILENO) == 1};
}

static void show(struct cli_progress *p, int64_t now)
{
    double seconds = (double)(now - p->start_ms) / 1000.0;
    double rate = seconds > 0 ? (double)p->done / seconds : 0;
    long left = rate > 0 && p->total > p->done ? (long)((double)(p->total - p->done) / rate) : 0;
    (void)fprintf(stderr, "%s%s  %llu / %llu  %llu %%  %.0f/s  left %ld:%02ld", p->is_terminal ? "\r\033[K" : "",
                  p->what, (unsigned long long)p->done, (unsigned long long)p->total,
                  (unsigned long long)(p->total == 0 ? 100 : p->done * 100 / p->total), rate, left / 60, left % 60);
    if (p->rejected > 0) (void)fprintf(stderr, "  rejected %llu", (unsigned long long)p->rejected);
    if (!p->is_terminal) (void)fputc('\n', stderr);
    (void)fflush(stderr);
    p->shown_ms = now;
    p->is_shown = true;
}

void cli_progress_step(struct cli_progress *progress, uint64_t done, uint64_t rejected)
{
    progress->done = done;
    progress->rejected = rejected;
    if (progress->cli == NULL) return;
    int64_t now = monotonic_ms();
    int64_t wait = progress->is_terminal ? (progress->is_shown ? 200 : 1000) : (progress->is_shown ? 5000 : 1000);
    if (now - progress->shown_ms >= wait) show(progress, now);
}

void cli_progress_end(struct cli_progress *progress)
{
    if (progress->cli == NULL || !progress->is_shown) return;
    show(progress, monotonic_ms());
    if (progress->is_terminal) (void)fputc('\n', stderr);
}

/* --- interrupt --------------------------------------------------------------------------------------------------- */

static volatile sig_atomic_t interrupt_count, interrupt_signal; /* a signal handler has no other place to write to */

static void on_interrupt(int number)
{
    interrupt_count++;
    interrupt_signal = number;
    if (interrupt_count > 1) _exit(128 + number);
}

/* While a person is asked, the first interrupt ends the waiting. */
static void let_interrupt_reads(bool is_let)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = is_let ? 0 : SA_RESTART}, before;
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) /* nohup stays */
            (void)sigaction(signals[i], &action, NULL);
}

void cli_catch_interrupt(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGPIPE, &ignore, NULL);
    let_interrupt_reads(false);
}

bool cli_interrupted(void) { return interrupt_count > 0; }
int cli_interrupt_status(void) { return 128 + interrupt_signal; }

/* --- questions --------------------------------------------------------------------------------------------------- */

static bool read_line(FILE *from, char *line, size_t line_bytes)
{
    if (fgets(line, (int)line_bytes, from) == NULL) return false;
    size_t len = strcspn(line, "\r\n");
    bool is_whole = line[len] != '\0' || len + 1 < line_bytes;
    line[len] = '\0';
    return is_whole;
}

/* The same without a buffer that would keep it. */
static bool read_secret(char *line, size_t line_bytes)
{
    size_t len = 0;
    char c = 0;
    ssize_t got;
    for (; (got = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n'; len++)
        if (len < line_bytes) line[len] = c;
    bool is_whole = got == 1 && len < line_bytes;
    line[is_whole ? len : 0] = '\0';
    return is_whole;
}

enum salve_code cli_ask(const struct cli *cli, const char *question, bool is_secret, char *line, size_t line_bytes,
                        struct salve_err *err)
{
    if (cli_has(cli, OPT_NO_INPUT) || isatty(STDIN_FILENO) != 1)
        return salve_refuse(err, SALVE_E_USAGE, "there is no terminal to ask on; give it as an option or a file", "%s",
                            question);
    struct termios before, hidden;
    bool is_hidden = is_secret && tcgetattr(STDIN_FILENO, &before) == 0;
    if (is_hidden) {
        hidden = before;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    (void)fprintf(stderr, "%s: ", question);
    let_interrupt_reads(true);
    bool is_read =
        !cli_interrupted() && (is_secret ? read_secret(line, line_bytes) : read_line(stdin, line, line_bytes));
    let_interrupt_reads(false);
    if (is_hidden) {
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        (void)fputc('\n', stderr);
    }
    if (is_read) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE,
                        cli_interrupted() ? "interrupted; nothing was changed" : "there was no answer of one line",
                        "%s", question);
}

enum salve_code cli_confirm(const struct cli *cli, const char *what, const char *word, struct salve_err *err)
{
    char line[16], question[CLI_LINE_BYTES_MAX];
    if (cli_has(cli, OPT_YES)) return SALVE_OK;
    (void)snprintf(question, sizeof question, "%s. Type '%s' to go on", what, word);
    enum salve_code code = cli_ask(cli, question, false, line, sizeof line, err);
    if (code == SALVE_E_USAGE && !cli_interrupted()) {
        (void)salve_fail(err, code, "an answer is needed, and nobody can type it");
        return salve_why(err, code, "%s: nothing was changed; --yes answers", what);
    }
    if (code != SALVE_OK || strcmp(line, word) == 0) return code;
    return salve_refuse(err, SALVE_E_USAGE, "not confirmed; nothing was changed", "%s", word);
}
