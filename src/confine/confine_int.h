/* SPDX-License-Identifier: Apache-2.0
 * Inside confine: its two halves, and what the self-test tries. */
#ifndef SALVE_CONFINE_INT_H
#define SALVE_CONFINE_INT_H

#include <sys/types.h>

#include "confine/confine.h"

/* confine_paths - Landlock: the paths of `what` and no others. *abi: whose rights are in force. */
SALVE_MUST_USE enum salve_code confine_paths(const struct confine *what, int *abi, struct salve_err *err);

/* confine_calls - seccomp: the calls of its groups and no others. Afterwards nothing else can be confined. */
SALVE_MUST_USE enum salve_code confine_calls(const struct confine *what, struct salve_err *err);

/* The order of confine_acts.def. */
struct confine_act {
    const char *words;                                            /* behind "it could" */
    bool is_by_paths;                                             /* Landlock alone forbids it */
    bool is_writing;                                              /* the same where files may be written */
    bool (*is_done)(const struct confine_trial *trial, pid_t of); /* true: nothing forbade it; of: the parent */
};
extern const struct confine_act confine_acts[];
extern const size_t confine_act_count;

#endif
