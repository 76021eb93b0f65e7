/* SPDX-License-Identifier: Apache-2.0
 *
 * t_kill - runs something in a child process and kills it (SIGKILL) just before its n-th system call that changes a
 * file: write, pwrite64, writev, fsync, fdatasync, rename, ftruncate, unlink, openat with O_CREAT, link, mkdir, rmdir, flock.
 * What the child wrote to its pipe before that is what it had acknowledged. */
#ifndef SALVE_TESTS_T_KILL_H
#define SALVE_TESTS_T_KILL_H

#include <stddef.h>
#include <stdint.h>

struct t_kill {
    uint64_t nth;                     /* kill before this call, from 1; 0: never, only count */
    int (*run)(int acks, void *with); /* in the child: does the work, writes acknowledgements to `acks`; exit status */
    void *with;
    char acks[64 << 10]; /* out: what came through the pipe */
    size_t acks_len;
    uint64_t calls; /* out: calls seen */
    int killed;     /* out: 1 if the child was killed at nth, 0 if it ended by itself */
    int status;     /* out: its exit status if it ended; -1 if a signal ended it */
};

/* t_kill_run - 0, or -1 if the system does not let a process be traced (then the caller skips, with a count). */
int t_kill_run(struct t_kill *job);

#endif
