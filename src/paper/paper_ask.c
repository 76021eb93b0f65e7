/* SPDX-License-Identifier: Apache-2.0
 * The end that asks: a connection a letter. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "paper/paper_line.h"

static struct str cut_text(struct str *rest)
{
    size_t len = rest->ptr == NULL ? 0 : strnlen(rest->ptr, rest->len);
    struct str text = str_cut(*rest, 0, len);
    *rest = str_cut(*rest, len + 1, rest->len);
    return text;
}

/* The error of whoever drew, with its own fields. */
static enum salve_code told(uint64_t code, struct str texts, struct salve_err *err)
{
    struct str in = cut_text(&texts), element = cut_text(&texts), why = cut_text(&texts);
    if (code == SALVE_OK || code >= SALVE_CODE_COUNT) code = SALVE_E_IO;
    (void)salve_fail(err, (enum salve_code)code, "%.*s", STR_ARGS(element));
    if (in.len > 0) salve_err_in(err, "%.*s", STR_ARGS(in));
    return why.len > 0 ? salve_why(err, (enum salve_code)code, "%.*s", STR_ARGS(why)) : (enum salve_code)code;
}

static enum salve_code strange(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_IO, "what came is no answer", "drawing of letters");
}

static enum salve_code gone(const char *why, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_BUSY, why, "drawing of letters");
}

/* One letter on its way. */
struct asking {
    int asks;
    int64_t until;
    struct str request;
    struct arena *mem;
    bool is_begun; /* an answer has begun: what fails now is told, not tried again */
};

static enum salve_code answer(struct asking *a, int fd, struct str *bytes, struct salve_err *err)
{
    char head[PAPER_ANSWER_HEAD];
    TRY(paper_receive(fd, head, sizeof head, a->until, err));
    a->is_begun = true;
    uint64_t code = paper_get((uint8_t *)head + 4, 4), len = paper_get((uint8_t *)head + 8, 4);
    if (memcmp(head, PAPER_MARK, 4) != 0) return strange(err);
    if (len > (code == SALVE_OK ? SALVE_PAPER_PDF_BYTES_MAX : PAPER_ERROR_BYTES_MAX)) return strange(err);
    char *room = arena_alloc_raw(a->mem, len + 1, 1);
    if (room == NULL) return salve_fail(err, SALVE_E_MEMORY, "PDF of the letter");
    TRY(paper_receive(fd, room, len, a->until, err));
    room[len] = '\0';
    if (code != SALVE_OK) return told(code, str_make(room, len), err);
    *bytes = str_make(room, len);
    return SALVE_OK;
}

static enum salve_code ask_once(struct asking *a, struct str *bytes, struct salve_err *err)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
        return salve_refuse(err, SALVE_E_MEMORY, strerror(errno), "drawing of letters");
    enum salve_code code = paper_hand_over(a->asks, fds[1], a->until, err);
    (void)close(fds[1]); /* theirs alone: so its end is seen here */
    if (code == SALVE_E_IO) {
        (void)close(fds[0]);
        return gone("no process draws letters", err);
    }
    if (code == SALVE_OK) code = paper_send(fds[0], a->request, a->until, err);
    if (code == SALVE_OK) code = answer(a, fds[0], bytes, err);
    (void)close(fds[0]);
    return code;
}

/* The description, its head before it. */
static enum salve_code request_of(const struct letter_drawn *what, struct arena *mem, struct str *out,
                                  struct salve_err *err)
{
    struct buf text;
    uint8_t *head;
    buf_init(&text, mem, SALVE_PAPER_BYTES_MAX + PAPER_ASK_HEAD);
    buf_add(&text, STR(PAPER_MARK "    "));
    TRY(paper_write(what, &text, err));
    TRY(buf_done(&text, out, err));
    head = (uint8_t *)text.ptr;
    paper_put(head + 4, out->len - PAPER_ASK_HEAD, 4);
    return SALVE_OK;
}

enum salve_code paper_ask(const struct paper_asker *asker, const struct letter_drawn *what, struct arena *mem,
                          struct str *bytes, struct salve_err *err)
{
    int seconds = asker->wait_seconds > 0 ? asker->wait_seconds : PAPER_WAIT_SECONDS;
    struct asking a = {.asks = asker->fd, .until = paper_in_ms((int64_t)seconds * 1000), .mem = mem};
    struct arena *own = arena_open_private(2 * SALVE_PAPER_BYTES_MAX + (1 << 20));
    if (own == NULL) return salve_fail(err, SALVE_E_MEMORY, "PDF of the letter");
    enum salve_code code = request_of(what, own, &a.request, err);
    if (code == SALVE_OK) code = ask_once(&a, bytes, err);
    if (code == SALVE_E_IO && !a.is_begun) code = ask_once(&a, bytes, err);
    if (code == SALVE_E_IO && !a.is_begun) code = gone("the process that draws ended", err);
    arena_close(own);
    return code;
}

static enum salve_code by_asker(void *context, const struct letter_drawn *what, struct arena *mem, struct str *bytes,
                                struct salve_err *err)
{
    return paper_ask(context, what, mem, bytes, err);
}

struct letter_draw paper_draw(struct paper_asker *asker)
{
    return (struct letter_draw){.pdf = by_asker, .context = asker};
}
