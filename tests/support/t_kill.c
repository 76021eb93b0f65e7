/* SPDX-License-Identifier: Apache-2.0
 *
 * See t_kill.h. The child stops at each system call (ptrace); the parent counts those that change files. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

#include "t_kill.h"

static bool changes_a_file(const struct __ptrace_syscall_info *call, int acks)
{
    switch (call->entry.nr) {
    case SYS_write:
    case SYS_pwrite64:
    case SYS_writev:
        return (int)call->entry.args[0] > 2 && (int)call->entry.args[0] != acks;
    case SYS_openat:
        return (call->entry.args[2] & O_CREAT) != 0;
    case SYS_fsync:
    case SYS_fdatasync:
    case SYS_ftruncate:
    case SYS_renameat2:
    case SYS_unlinkat:
    case SYS_flock:
#ifdef SYS_rename
    case SYS_rename:
    case SYS_unlink:
    case SYS_mkdir:
    case SYS_rmdir:
    case SYS_link:
#endif
        return true;
    default:
        return false;
    }
}

static void drain(struct t_kill *job, int fd)
{
    for (;;) {
        ssize_t got = read(fd, job->acks + job->acks_len, sizeof job->acks - job->acks_len);
        if (got <= 0) return;
        job->acks_len += (size_t)got;
    }
}

/* Follows the child until it ends or is killed. */
static int follow(struct t_kill *job, pid_t child, int from_child, int acks_in_child)
{
    int status;
    if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) return -1;
    if (ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) != 0) return -1;
    int signal_to_pass = 0;
    for (;;) {
        if (ptrace(PTRACE_SYSCALL, child, 0, signal_to_pass) != 0) return -1;
        if (waitpid(child, &status, 0) != child) return -1;
        drain(job, from_child);
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            job->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
            return 0;
        }
        signal_to_pass = WSTOPSIG(status) == (SIGTRAP | 0x80) ? 0 : WSTOPSIG(status);
        if (signal_to_pass != 0) continue;
        struct __ptrace_syscall_info call;
        if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof call, &call) <= 0) return -1;
        if (call.op != PTRACE_SYSCALL_INFO_ENTRY || !changes_a_file(&call, acks_in_child)) continue;
        if (++job->calls != job->nth) continue;
        kill(child, SIGKILL);
        while (waitpid(child, &status, 0) == child && !WIFEXITED(status) && !WIFSIGNALED(status)) continue;
        drain(job, from_child);
        job->killed = 1;
        return 0;
    }
}

int t_kill_run(struct t_kill *job)
{
    int pipe_fds[2];
    job->acks_len = 0;
    job->calls = 0;
    job->killed = 0;
    job->status = -1;
    if (pipe2(pipe_fds, O_CLOEXEC) != 0) return -1;
    pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) {
        close(pipe_fds[0]);
        if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0) _exit(99);
        raise(SIGSTOP);
        _exit(job->run(pipe_fds[1], job->with));
    }
    close(pipe_fds[1]);
    fcntl(pipe_fds[0], F_SETFL, O_NONBLOCK);
    int code = follow(job, child, pipe_fds[0], pipe_fds[1]);
    if (code != 0) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    close(pipe_fds[0]);
    return code;
}
