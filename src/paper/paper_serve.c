/* SPDX-License-Identifier: Apache-2.0
 * The process that draws: one letter after the other. It keeps nothing of a letter but what its libraries learn of
 * fonts. */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/limits.h"
#include "paper/paper_line.h"

/* The sanitizers keep terabytes of addresses for themselves. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PAPER_NO_MEMORY_LIMIT
#endif
#endif

enum { READ_MS_MAX = 2000, ANSWER_MS_MAX = 5000, LETTER_BYTES_MAX = 64 << 20 };

enum salve_code paper_warm(const char *share, struct salve_err *err)
{
    TRY(letter_fonts_warm(share, err));
#ifndef PAPER_NO_MEMORY_LIMIT
    const struct rlimit limit = {.rlim_cur = PAPER_MEMORY_BYTES, .rlim_max = PAPER_MEMORY_BYTES};
    if (setrlimit(RLIMIT_AS, &limit) != 0) return salve_refuse(err, SALVE_E_IO, strerror(errno), "limit of memory");
#endif
    return SALVE_OK;
}

/* A letter that is drawn without end ends this process: SIGPROF comes when its own time is over. */
static void limit_time(int seconds)
{
    const struct itimerval limit = {.it_value = {.tv_sec = seconds}};
    (void)setitimer(ITIMER_PROF, &limit, NULL);
}

static enum salve_code read_request(int fd, struct arena *mem, struct str *out, struct salve_err *err)
{
    char head[PAPER_ASK_HEAD];
    int64_t until = paper_in_ms(READ_MS_MAX);
    TRY(paper_receive(fd, head, sizeof head, until, err));
    size_t len = paper_get((uint8_t *)head + 4, 4);
    if (memcmp(head, PAPER_MARK, 4) != 0) return salve_fail(err, SALVE_E_SYNTAX, "letter");
    if (len > SALVE_PAPER_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "letter");
    char *room = arena_alloc_raw(mem, len + 1, 1);
    if (room == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
    TRY(paper_receive(fd, room, len, until, err));
    *out = str_make(room, len);
    return SALVE_OK;
}

static enum salve_code draw(struct str request, struct arena *mem, struct str *pdf, struct salve_err *err)
{
    static const struct letter_draw here = {0};
    struct letter_drawn what;
    TRY(paper_read(request, mem, &what, err));
    TRY(letter_draw_pdf(&here, &what, mem, pdf, err));
    return pdf->len <= SALVE_PAPER_PDF_BYTES_MAX ? SALVE_OK : salve_fail(err, SALVE_E_TOO_BIG, "PDF of the letter");
}

static void put_text(struct buf *out, const char *text)
{
    buf_add(out, str_of(text));
    buf_add_char(out, '\0');
}

/* What is not taken is the asker's loss: it has gone, or reads too slowly. */
static void answer(int fd, enum salve_code code, struct str pdf, const struct salve_err *why, struct arena *mem)
{
    uint8_t head[PAPER_ANSWER_HEAD] = PAPER_MARK;
    struct buf texts;
    struct str payload = pdf;
    int64_t until = paper_in_ms(ANSWER_MS_MAX);
    buf_init(&texts, mem, PAPER_ERROR_BYTES_MAX);
    if (code != SALVE_OK) {
        put_text(&texts, why->in);
        put_text(&texts, why->element);
        put_text(&texts, why->why);
        payload = buf_code(&texts) == SALVE_OK ? buf_str(&texts) : STR("");
    }
    paper_put(head + 4, code, 4);
    paper_put(head + 8, payload.len, 4);
    if (paper_send(fd, str_bytes(head, sizeof head), until, NULL) == SALVE_OK)
        (void)!paper_send(fd, payload, until, NULL);
}

/* Where the request itself does not come, there is nobody to answer. */
static void serve_one(int fd)
{
    struct salve_err err = {0};
    struct str request, pdf = STR("");
    struct arena *mem = arena_open_private(LETTER_BYTES_MAX);
    enum salve_code code = mem == NULL ? SALVE_E_MEMORY : read_request(fd, mem, &request, &err);
    if (code == SALVE_OK) {
        limit_time(PAPER_SECONDS_MAX);
        code = draw(request, mem, &pdf, &err);
        limit_time(0);
    }
    if (mem != NULL && code != SALVE_E_BUSY) answer(fd, code, pdf, &err, mem);
    arena_close(mem);
}

enum salve_code paper_serve(int draws, struct salve_err *err)
{
    for (;;) {
        int fd;
        enum salve_code code = paper_take(draws, &fd, err);
        if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
        if (code != SALVE_OK) return code;
        if (fd < 0) continue;
        serve_one(fd);
        (void)close(fd);
    }
}
