/* SPDX-License-Identifier: Apache-2.0
 * Standard input, output and error as they were handed over: closed, full, or with nobody who reads. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli_int.h"

/* A descriptor that was closed would be given to the next file that is opened, and what is printed would be written
 * into it. In its place comes one that answers every read and write with an error. */
void cli_streams_open(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
        int opened = open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY); /* the lowest free one: fd itself */
        if (opened != fd) _exit(salve_code_exit(SALVE_E_IO));
    }
}

enum salve_code cli_streams_check(struct salve_err *err)
{
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    if (flags >= 0 && (flags & O_ACCMODE) != O_RDONLY) return SALVE_OK;
    return salve_refuse(err, SALVE_E_IO, "it is closed; nothing was done", "standard output");
}

enum salve_code cli_flush(struct salve_err *err)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0) return SALVE_OK;
    return salve_refuse(err, SALVE_E_IO, "what was printed could not be written", "standard output");
}

bool cli_is_unread(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return ferror(stdout) != 0 && poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}
