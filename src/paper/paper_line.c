/* SPDX-License-Identifier: Apache-2.0
 * Connections between the process that asks and the one that draws; paper_line.h. */
#include "paper/paper_line.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int64_t paper_in_ms(int64_t ms)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + ms;
}

int paper_ms_left(int64_t until)
{
    int64_t left = until - paper_in_ms(0);
    return left < 0 ? 0 : (int)left;
}

static enum salve_code gone(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_IO, "the other end is closed", "drawing of letters");
}

/* Waits until the descriptor can be read or written, or is closed. */
static enum salve_code wait_for(int fd, short events, int64_t until, struct salve_err *err)
{
    struct pollfd one = {.fd = fd, .events = events};
    int count;
    do count = poll(&one, 1, paper_ms_left(until));
    while (count < 0 && errno == EINTR && paper_ms_left(until) > 0);
    if (count > 0) return SALVE_OK;
    return salve_refuse(err, SALVE_E_BUSY, "the process that draws does not answer", "drawing of letters");
}

/* What a call that moved nothing means: wait and try again, or the end. */
static enum salve_code again(int fd, short events, int64_t until, struct salve_err *err)
{
    if (errno == EINTR) return SALVE_OK;
    return errno == EAGAIN || errno == EWOULDBLOCK ? wait_for(fd, events, until, err) : gone(err);
}

enum salve_code paper_send(int fd, struct str bytes, int64_t until, struct salve_err *err)
{
    while (bytes.len > 0) {
        ssize_t sent = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) TRY(again(fd, POLLOUT, until, err));
        if (sent > 0) bytes = str_cut(bytes, (size_t)sent, bytes.len);
    }
    return SALVE_OK;
}

enum salve_code paper_receive(int fd, char *bytes, size_t count, int64_t until, struct salve_err *err)
{
    while (count > 0) {
        ssize_t got = recv(fd, bytes, count, MSG_DONTWAIT);
        if (got == 0) return gone(err);
        if (got < 0) TRY(again(fd, POLLIN, until, err));
        if (got > 0) bytes += got, count -= (size_t)got;
    }
    return SALVE_OK;
}

/* --- connections themselves --------------------------------------------------------------------------------------- */

/* Room for one descriptor beside a message of one byte. */
union one_fd {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
};

enum salve_code paper_pair(struct paper_ends *out, struct salve_err *err)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
        return salve_refuse(err, SALVE_E_IO, strerror(errno), "drawing of letters");
    *out = (struct paper_ends){.asks = fds[0], .draws = fds[1]};
    return SALVE_OK;
}

enum salve_code paper_hand_over(int asks, int fd, int64_t until, struct salve_err *err)
{
    union one_fd room = {0};
    char byte = 0;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = room.bytes, .msg_controllen = sizeof room.bytes};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    *head = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)};
    memcpy(CMSG_DATA(head), &fd, sizeof fd);
    while (sendmsg(asks, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) TRY(again(asks, POLLOUT, until, err));
    return SALVE_OK;
}

enum salve_code paper_take(int draws, int *fd, struct salve_err *err)
{
    union one_fd room = {0};
    char byte;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = room.bytes, .msg_controllen = sizeof room.bytes};
    ssize_t got;
    *fd = -1;
    do got = recvmsg(draws, &message, MSG_CMSG_CLOEXEC); /* more descriptors than there is room for are closed */
    while (got < 0 && errno == EINTR);
    if (got < 0) return salve_refuse(err, SALVE_E_IO, strerror(errno), "drawing of letters");
    if (got == 0) return salve_fail(err, SALVE_E_NOT_FOUND, "drawing of letters");
    const struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (head != NULL && head->cmsg_type == SCM_RIGHTS && head->cmsg_len == CMSG_LEN(sizeof *fd))
        memcpy(fd, CMSG_DATA(head), sizeof *fd);
    return SALVE_OK;
}
