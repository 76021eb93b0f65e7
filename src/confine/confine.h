/* SPDX-License-Identifier: Apache-2.0
 *
 * confine - what a process gives up before it reads a byte that somebody else wrote, for ever: a seam over seccomp
 * (libseccomp) and Landlock (three system calls).
 *
 *     const struct confine_path paths[] = {{.path = share}};
 *     const struct confine web = {.name = "web", .may = CONFINE_FILES | CONFINE_ACCEPT | CONFINE_THREADS,
 *                                 .paths = paths, .path_count = 1, .fds = fds, .fd_count = 3};
 *     code = confine_prove(&web, &trial, err);              // a child tries what is forbidden; E_CONFIG names the act
 *     if (code == SALVE_OK) code = confine_enter(&web, &state, err);
 *
 * After confine_enter the process has no descriptor but those it named, no path but those it named, no system call but
 * those of its groups (confine_calls.def), no new privileges and no capabilities; it leaves no core, and no process of
 * the same user can look into it. What is not allowed is answered with EPERM, a library's call that is newer than the
 * list with ENOSYS, so that it falls back. It is not killed: a library's harmless question would take a station down,
 * and the self-test would fill the kernel's log with what looks like an attack.
 *
 * A process with one thread calls these: threads that run already would not be confined. */
#ifndef SALVE_CONFINE_CONFINE_H
#define SALVE_CONFINE_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* What a process may beside what every one may: read and write the descriptors it has, wait, measure time, have
 * memory that is not run as code, end. */
enum confine_may {
    CONFINE_FILES = 1,   /* open, list and read files in its paths, never to change them */
    CONFINE_STORE = 2,   /* and write, lock, sync, rename, remove them in those that are written */
    CONFINE_ACCEPT = 4,  /* take connections at the listening sockets it has */
    CONFINE_THREADS = 8, /* start threads of its own; never a process */
    CONFINE_FORK = 16,   /* and forks of itself, which run no other program and can only give up more (confine_more) */
};

struct confine_path {
    const char *path; /* a folder with all that is in it, or a file; one that is not there or not open to this user is
                       * left out */
    bool is_written;  /* CONFINE_STORE: files are made, written, renamed and removed in it */
};

/* One kind of process. */
struct confine {
    const char *name; /* "web": for errors */
    unsigned may;     /* of enum confine_may */
    const struct confine_path *paths;
    size_t path_count;
    const int *fds; /* that stay open, beside 0 to 2 */
    size_t fd_count;
    bool keeps_fds;       /* all of them do: the process opened them itself, for what it is about */
    int landlock_abi_max; /* rights of no newer ABI are used; 0: CONFINE_LANDLOCK_ABI. For tests: 1, or below 0: none */
    bool may_lack_landlock; /* where this kernel has none, seccomp alone is enough */
};

enum { CONFINE_LANDLOCK_ABI = 2 }; /* Debian 12's kernel 6.1 has it */

/* What holds. */
struct confine_state {
    int landlock_abi; /* whose rights are in force; 0: this kernel has no Landlock, paths are not confined */
};

/* confine_landlock_abi - the newest ABI of this kernel; 0: it has no Landlock, or it is switched off. */
int confine_landlock_abi(void);

/* confine_enter - from here on. An error leaves the process half confined: it ends.
 *   errors  E_UNSUPPORTED this kernel has no Landlock (without may_lack_landlock); E_CONFIG; E_MEMORY */
SALVE_MUST_USE enum salve_code confine_enter(const struct confine *what, struct confine_state *out,
                                             struct salve_err *err);

/* confine_more - in a fork of a process that is confined and may CONFINE_FORK: of what there was, what `what` names and
 * no more. Its descriptors stay as they are. Errors as confine_enter. */
SALVE_MUST_USE enum salve_code confine_more(const struct confine *what, struct salve_err *err);

/* What the self-test tries itself on; NULL: those acts are left out. */
struct confine_trial {
    const char *closed;      /* a folder that this kind of process must not open: the site's, for all but the gate */
    const char *shared;      /* a folder that it may read only */
    const char *shared_file; /* a file in it */
};

/* confine_prove - in a child that is confined as `what` says, tries each act of confine_acts.def: opening what is not
 * its own, sockets, programs, other processes' memory. Nothing is left of an act that succeeds.
 *   errors  E_CONFIG an act succeeded (the element names it), or the child came to another end; as confine_enter */
SALVE_MUST_USE enum salve_code confine_prove(const struct confine *what, const struct confine_trial *trial,
                                             struct salve_err *err);

#endif
