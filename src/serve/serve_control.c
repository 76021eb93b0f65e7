/* SPDX-License-Identifier: Apache-2.0
 * Messages between the supervisor and a process: a struct each, and descriptors beside it. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serve/serve_int.h"

/* Only as much as its word has: a start is long, the others are short. */
static size_t bytes_of(const struct serve_message *message)
{
    size_t head = offsetof(struct serve_message, start);
    switch (message->word) {
    case SERVE_START:
        return head + sizeof message->start;
    case SERVE_SECRET:
        return head + sizeof message->secret;
    case SERVE_FAILED:
    case SERVE_REFUSED:
        return head + sizeof message->err;
    case SERVE_READY:
        return head + sizeof message->landlock_abi;
    default:
        return head;
    }
}

static enum salve_code gone(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_IO, "the other process is gone", "control");
}

union passed {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(SERVE_FDS_MAX * sizeof(int))];
};

enum salve_code serve_send(int control, const struct serve_message *message, const struct serve_fds *fds,
                           struct salve_err *err)
{
    union passed passed = {.bytes = {0}};
    struct iovec part = {(void *)(uintptr_t)message, bytes_of(message)};
    struct msghdr all = {.msg_iov = &part, .msg_iovlen = 1};
    if (fds != NULL && fds->count > 0) {
        all.msg_control = passed.bytes;
        all.msg_controllen = CMSG_SPACE(fds->count * sizeof(int));
        passed.head = (struct cmsghdr){
            .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(fds->count * sizeof(int))};
        memcpy(CMSG_DATA(&passed.head), fds->at, fds->count * sizeof(int));
    }
    ssize_t sent;
    do sent = sendmsg(control, &all, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)part.iov_len ? SALVE_OK : gone(err);
}

static void take_fds(struct msghdr *all, struct serve_fds *fds)
{
    for (struct cmsghdr *at = CMSG_FIRSTHDR(all); at != NULL; at = CMSG_NXTHDR(all, at)) {
        if (at->cmsg_level != SOL_SOCKET || at->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (at->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(at) + i * sizeof fd, sizeof fd);
            if (fds->count < SERVE_FDS_MAX)
                fds->at[fds->count++] = fd;
            else
                (void)close(fd);
        }
    }
}

enum salve_code serve_receive(int control, bool waits, struct serve_message *message, struct serve_fds *fds, bool *has,
                              struct salve_err *err)
{
    union passed passed = {.bytes = {0}};
    struct iovec part = {message, sizeof *message};
    struct msghdr all = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = passed.bytes, .msg_controllen = sizeof passed.bytes};
    ssize_t got;
    memset(message, 0, sizeof *message);
    *fds = (struct serve_fds){.count = 0};
    *has = false;
    do got = recvmsg(control, &all, MSG_CMSG_CLOEXEC | (waits ? 0 : MSG_DONTWAIT));
    while (got < 0 &&
           (errno == EINTR || errno == ECONNRESET)); /* once, where it left words unread; its own come next */
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return SALVE_OK;
    if (got <= 0) return gone(err);
    take_fds(&all, fds);
    *has = (all.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0 && (size_t)got >= sizeof message->word &&
           (size_t)got == bytes_of(message);
    if (*has) return SALVE_OK;
    serve_fds_close(fds);
    return salve_refuse(err, SALVE_E_IO, "another version of the program is at the other end", "control");
}

void serve_fds_close(struct serve_fds *fds)
{
    for (size_t i = 0; i < fds->count; i++)
        if (fds->at[i] >= 0) (void)close(fds->at[i]);
    fds->count = 0;
}

/* Ends with a NUL, and moves no cursor. */
static void take_text(const char *sent, char out[SALVE_ERR_TEXT_BYTES])
{
    size_t len = strnlen(sent, SALVE_ERR_TEXT_BYTES - 1);
    memcpy(out, sent, len);
    out[len] = '\0';
    for (struct str rest = str_make(out, len); rest.len > 0;) {
        size_t bad = str_unprintable(rest), good = bad > 0 ? bad : str_char_bytes(rest);
        memset(out + (len - rest.len), '?', bad);
        rest = str_cut(rest, good, rest.len);
    }
}

void serve_take_error(const struct salve_err *sent, struct salve_err *out)
{
    bool is_known = sent->code > SALVE_OK && sent->code < SALVE_CODE_COUNT;
    *out =
        (struct salve_err){.code = is_known ? sent->code : SALVE_E_CONFIG, .line = sent->line, .column = sent->column};
    take_text(sent->in, out->in);
    take_text(sent->element, out->element);
    take_text(sent->why, out->why);
}
