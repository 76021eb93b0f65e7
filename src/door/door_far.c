/* SPDX-License-Identifier: Apache-2.0
 *
 * The far end of the table: connections, questions and answers, and the functions that only carry. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "door/far_int.h"

enum { FRESH_MS = 1000, READ_BYTES = 64 << 10, KEPT_BYTES = 1 << 20, SILENT_MS = 1000 };

/* What became of a line: FAR_LATE is neither an answer nor the end. */
enum far_end { FAR_DONE, FAR_GONE, FAR_LATE };

/* --- a connection ------------------------------------------------------------------------------------------------- */

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum salve_code is_gone(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_IO, "the process that holds the site is not there, or ended", "gate");
}

static enum salve_code is_late(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_BUSY, "the process that keeps the records does not answer now", "gate");
}

/* Rather one that owes nothing. */
static struct far_line *free_line(struct far_site *site, bool *has_any)
{
    struct far_line *found = NULL;
    *has_any = false;
    for (size_t i = 0; i < site->line_count; i++) {
        struct far_line *line = &site->lines[i];
        *has_any = *has_any || line->fd >= 0;
        if (line->fd >= 0 && !line->is_taken && (found == NULL || (found->owes && !line->owes))) found = line;
    }
    return found;
}

/* *until_ms: when an answer is late. Where the last one was, the next gets less time to be so. */
static struct far_line *take_line(struct far_site *site, int64_t *until_ms)
{
    bool has_any = true;
    (void)pthread_mutex_lock(&site->lock);
    struct far_line *found = free_line(site, &has_any);
    while (found == NULL && has_any) {
        (void)pthread_cond_wait(&site->is_free, &site->lock);
        found = free_line(site, &has_any);
    }
    if (found != NULL) found->is_taken = true;
    int wait_ms = site->is_silent && site->wait_ms > SILENT_MS ? SILENT_MS : site->wait_ms;
    (void)pthread_mutex_unlock(&site->lock);
    *until_ms = wait_ms == 0 ? INT64_MAX : now_ms() + wait_ms;
    return found;
}

/* What passed is wiped; a large buffer is given back. What is late is kept as it is, until the rest of it comes. */
static void give_line(struct far_site *site, struct far_line *line, enum far_end how)
{
    bool is_broken = how == FAR_GONE;
    if (how != FAR_LATE) {
        door_bytes_cut(&line->out, line->out.len);
        door_bytes_cut(&line->in, line->in.len);
        line->sent = 0;
        if (line->out.room > KEPT_BYTES || is_broken) door_bytes_drop(&line->out);
        if (line->in.room > KEPT_BYTES || is_broken) door_bytes_drop(&line->in);
    }
    (void)pthread_mutex_lock(&site->lock);
    if (is_broken) {
        (void)close(line->fd);
        line->fd = -1;
    }
    line->owes = how == FAR_LATE;
    site->is_silent = how == FAR_LATE;
    line->is_taken = false;
    (void)pthread_cond_broadcast(&site->is_free);
    (void)pthread_mutex_unlock(&site->lock);
}

/* What a call that moved nothing means: to be waited for, or the end. */
static enum far_end wait_more(int fd, short events, int64_t until_ms)
{
    struct pollfd at = {.fd = fd, .events = events};
    if (errno == EINTR) return FAR_DONE;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return FAR_GONE;
    int64_t left_ms = until_ms == INT64_MAX ? -1 : until_ms - now_ms();
    if (until_ms != INT64_MAX && left_ms <= 0) return FAR_LATE;
    return poll(&at, 1, (int)left_ms) == 0 ? FAR_LATE : FAR_DONE;
}

static enum far_end send_rest(struct far_line *line, int64_t until_ms)
{
    enum far_end how = FAR_DONE;
    while (line->sent < line->out.len && how == FAR_DONE) {
        size_t left = line->out.len - line->sent;
        ssize_t sent = send(line->fd, line->out.at + line->sent, left, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) how = wait_more(line->fd, POLLOUT, until_ms);
        if (sent > 0) line->sent += (size_t)sent;
    }
    return how;
}

/* Until so many bytes are there. */
static enum far_end receive(struct far_line *line, size_t bytes, int64_t until_ms)
{
    enum far_end how = FAR_DONE;
    while (line->in.len < bytes && how == FAR_DONE) {
        size_t want = bytes - line->in.len;
        uint8_t *at = door_bytes_room(&line->in, want < READ_BYTES ? want : READ_BYTES);
        if (at == NULL) return FAR_GONE;
        ssize_t got = recv(line->fd, at, want < READ_BYTES ? want : READ_BYTES, MSG_DONTWAIT);
        if (got == 0) return FAR_GONE;
        if (got < 0) how = wait_more(line->fd, POLLIN, until_ms);
        if (got > 0) line->in.len += (size_t)got;
    }
    return how;
}

/* A whole message. */
static enum far_end receive_one(struct far_line *line, int64_t until_ms, struct door_head *head, bool *is_read)
{
    enum far_end how = receive(line, DOOR_HEAD_BYTES, until_ms);
    *is_read = how == FAR_DONE && door_head_read(line->in.at, head) && head->kind != DOOR_MESSAGE_ASK;
    return *is_read ? receive(line, DOOR_HEAD_BYTES + (size_t)head->bytes, until_ms) : how;
}

/* The answer that somebody waited for in vain: the rest of the question goes there, and it is thrown away. */
static enum far_end settle(struct far_line *line, int64_t until_ms)
{
    struct door_head head;
    bool is_read;
    if (!line->owes) return FAR_DONE;
    enum far_end how = send_rest(line, until_ms);
    if (how == FAR_DONE) how = receive_one(line, until_ms, &head, &is_read);
    if (how != FAR_DONE) return how;
    if (!is_read || head.kind != DOOR_MESSAGE_ANSWER) return FAR_GONE;
    door_bytes_cut(&line->in, line->in.len);
    door_bytes_cut(&line->out, line->out.len);
    return FAR_DONE;
}

/* --- a question and its answer ------------------------------------------------------------------------------------ */

static enum salve_code not_an_answer(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_IO, "what the process that holds the site answered cannot be read", "gate");
}

/* The code of the answer; *is_broken: what came is none. */
static enum salve_code read_answer(enum door_request request, struct str body, void *ask, struct arena *mem,
                                   bool *is_broken, struct salve_err *err)
{
    struct salve_err why = {0}, unread = {0};
    *is_broken = true;
    if (body.len < DOOR_CODE_BYTES) return not_an_answer(err);
    unsigned number = (uint8_t)body.ptr[0] | (unsigned)(uint8_t)body.ptr[1] << 8;
    struct str rest = str_cut(body, DOOR_CODE_BYTES, body.len);
    if (number >= SALVE_CODE_COUNT) return not_an_answer(err);
    enum salve_code code = (enum salve_code)number;
    bool is_good = code == SALVE_OK;
    enum salve_code read = door_read(is_good ? door_rows[request].out : door_shape_salve_err.fields, rest, DOOR_COPIED,
                                     mem, is_good ? ask : (void *)&why, &unread);
    if (read == SALVE_E_INVALID || (!is_good && read == SALVE_OK && why.code != code)) return not_an_answer(err);
    *is_broken = false;
    if (!is_good && err != NULL) *err = why;
    if (read != SALVE_OK && err != NULL) *err = unread;
    return read != SALVE_OK ? read : code;
}

/* NULL: more steps than there are, or a text that is none. */
static const char *step_of(struct far_steps *steps, struct str text)
{
    for (size_t i = 0; i < steps->count; i++)
        if (str_is(text, steps->text[i])) return steps->text[i];
    if (steps->count == FAR_STEPS_MAX || text.len == 0 || text.len >= FAR_STEP_BYTES) return NULL;
    memcpy(steps->text[steps->count], text.ptr, text.len);
    return steps->text[steps->count++];
}

static bool tell(const struct far_events *events, const struct door_head *head, struct str body)
{
    struct site_finding finding = {0};
    struct door_progress progress = {0};
    if (events == NULL) return false;
    struct arena *mem = arena_open_private(DOOR_DOC_BYTES_MAX);
    bool is_finding = head->kind == DOOR_MESSAGE_FINDING, is_read = false;
    if (mem != NULL && is_finding)
        is_read = door_read(door_shape_site_finding.fields, body, DOOR_COPIED, mem, &finding, NULL) == SALVE_OK;
    if (mem != NULL && !is_finding)
        is_read = door_read(door_shape_door_progress.fields, body, DOOR_COPIED, mem, &progress, NULL) == SALVE_OK;
    if (is_read && is_finding && events->finding != NULL) events->finding(events->with, &finding);
    const char *step = is_read && !is_finding ? step_of(events->steps, progress.step) : NULL;
    if (step != NULL && events->progress != NULL) events->progress(events->with, step, progress.done, progress.of);
    arena_close(mem);
    return is_read;
}

/* *how: what became of the line, and with FAR_DONE the code of the answer is returned. */
static enum salve_code wait_answer(struct far_line *line, enum door_request request, void *ask, struct arena *mem,
                                   const struct far_events *events, int64_t until_ms, enum far_end *how,
                                   struct salve_err *err)
{
    struct door_head head;
    for (;;) {
        bool is_read = false, is_broken = true;
        *how = receive_one(line, until_ms, &head, &is_read);
        if (*how != FAR_DONE) return *how == FAR_LATE ? is_late(err) : is_gone(err);
        *how = FAR_GONE;
        if (!is_read || head.request != request) return not_an_answer(err);
        struct str body = str_bytes(line->in.at + DOOR_HEAD_BYTES, head.bytes);
        if (head.kind == DOOR_MESSAGE_ANSWER) {
            enum salve_code code = read_answer(request, body, ask, mem, &is_broken, err);
            if (!is_broken) *how = FAR_DONE;
            return code;
        }
        if (!tell(events, &head, body)) return not_an_answer(err);
        door_bytes_cut(&line->in, DOOR_HEAD_BYTES + (size_t)head.bytes);
    }
}

enum salve_code far_call_with(struct far_site *site, enum door_request request, void *ask, struct arena *mem,
                              const struct far_events *events, struct salve_err *err)
{
    int64_t until_ms;
    struct far_line *line = take_line(site, &until_ms);
    if (line == NULL) return is_gone(err);
    line->in.max = DOOR_HEAD_BYTES + DOOR_MESSAGE_BYTES_MAX;
    enum far_end how = settle(line, until_ms);
    enum salve_code code = how == FAR_DONE ? SALVE_OK : how == FAR_LATE ? is_late(err) : is_gone(err);
    if (code == SALVE_OK) {
        line->sent = 0;
        code = door_message_put(&line->out, DOOR_MESSAGE_ASK, request, door_rows[request].in, ask, err);
    }
    if (code == SALVE_OK) {
        how = send_rest(line, until_ms);
        code = how == FAR_DONE   ? wait_answer(line, request, ask, mem, events, until_ms, &how, err)
               : how == FAR_LATE ? is_late(err)
                                 : is_gone(err);
    }
    give_line(site, line, how);
    return code;
}

enum salve_code far_call(struct far_site *site, enum door_request request, void *ask, struct arena *mem,
                         struct salve_err *err)
{
    return far_call_with(site, request, ask, mem, NULL, err);
}

bool far_is_fresh(const struct far_site *site, uint64_t changes, const uint64_t *saves, int64_t at_unix_ms)
{
    if (site->page == NULL) return false;
    int64_t past_ms = clock_ms(&site->clock) - at_unix_ms;
    if (past_ms < 0 || past_ms >= FRESH_MS) return false;
    if (saves != NULL && atomic_load_explicit(&site->page->saves, memory_order_acquire) != *saves) return false;
    return atomic_load_explicit(&site->page->changes, memory_order_acquire) == changes;
}

/* --- the functions that only carry -------------------------------------------------------------------------------- */

void far_receipt(struct rec_receipt *to, const struct rec_receipt *from)
{
    if (to != NULL) *to = *from;
}

#define REQUEST(name, who)
#define FAR(name, parameters)                                                                                          \
    enum salve_code far_##name parameters                                                                              \
    {                                                                                                                  \
        struct door_ask_##name ask = {0};
#define IN(name, kind, member, from)           from;
#define IN_ONE(name, tag, member, from)        from;
#define IN_MANY(name, tag, member, most, from) (void)from;
#define CALL(name, through, mem)                                                                                       \
    enum salve_code answer = far_call((through), DOOR_ASK_##name, &ask, (mem), err);                                   \
    if (answer == SALVE_OK) {
#define OUT(name, kind, member, to)           to;
#define OUT_ONE(name, tag, member, to)        to;
#define OUT_MANY(name, tag, member, most, to) (void)to;
#define NEAR(name, call)                                                                                               \
    }                                                                                                                  \
    crypto_zero(&ask, sizeof ask);                                                                                     \
    return answer;                                                                                                     \
    }
#include "door/door_calls.def"
#undef REQUEST
#undef FAR
#undef IN
#undef IN_ONE
#undef IN_MANY
#undef CALL
#undef OUT
#undef OUT_ONE
#undef OUT_MANY
#undef NEAR

static const struct gate_ops far_ops = {
#define GATE(type, name, through, parameters, arguments) .name = far_##name,
#define GATE_VOID(name, through, parameters, arguments)  .name = far_##name,
#include "records/gate.def"
#undef GATE
#undef GATE_VOID
};

/* --- beginning and end -------------------------------------------------------------------------------------------- */

static enum salve_code map_page(struct far_site *site, int fd, struct salve_err *err)
{
    if (fd < 0) return SALVE_OK;
    void *page = mmap(NULL, sizeof(struct door_page), PROT_READ, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED) return salve_fail(err, SALVE_E_IO, "page of the gate");
    site->page = page;
    return SALVE_OK;
}

enum salve_code door_connect(const struct door_connect *ask, struct site **out, struct salve_err *err)
{
    struct far_site *site = calloc(1, sizeof *site);
    size_t count = ask->fd_count < DOOR_CONNECTIONS_MAX ? ask->fd_count : DOOR_CONNECTIONS_MAX;
    for (size_t i = site == NULL ? 0 : count; i < ask->fd_count; i++) (void)close(ask->fds[i]);
    if (site == NULL) return salve_fail(err, SALVE_E_MEMORY, "connection to the gate");
    site->ops = &far_ops;
    site->clock = ask->clock;
    site->wait_ms = ask->wait_ms;
    for (site->line_count = 0; site->line_count < count; site->line_count++)
        site->lines[site->line_count].fd = ask->fds[site->line_count];
    (void)pthread_mutex_init(&site->lock, NULL);
    (void)pthread_cond_init(&site->is_free, NULL);
    enum salve_code code = map_page(site, ask->page_fd, err);
    if (code == SALVE_OK) code = far_state_first(site, err);
    *out = (struct site *)site;
    if (code != SALVE_OK) (void)!far_site_close(out, NULL);
    return code;
}

enum salve_code far_site_close(struct site **site, struct salve_err *err)
{
    (void)err;
    struct far_site *far = far_of(*site);
    *site = NULL;
    for (size_t i = 0; i < far->line_count; i++) {
        door_bytes_drop(&far->lines[i].out);
        door_bytes_drop(&far->lines[i].in);
        if (far->lines[i].fd >= 0) (void)close(far->lines[i].fd);
    }
    far_states_drop(far);
    if (far->page != NULL) (void)munmap((void *)(uintptr_t)far->page, sizeof *far->page);
    (void)pthread_cond_destroy(&far->is_free);
    (void)pthread_mutex_destroy(&far->lock);
    free(far);
    return SALVE_OK;
}
