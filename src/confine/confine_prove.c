/* SPDX-License-Identifier: Apache-2.0
 * The self-test: a child is confined as the process is about to be, and tries what must be forbidden. Which act it is
 * at stands in a page that both see, so that one that ends the child is named too. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine/confine_int.h"

enum { STATUS_REFUSED = 71, STATUS_DONE = 72, STATUS_OPEN = 73 }; /* all refused; one done; could not be confined */

struct report {
    size_t act; /* that it is at */
    struct salve_err err;
};

static bool is_tried(const struct confine *what, const struct confine_act *act, int landlock_abi)
{
    if (landlock_abi > 0) return true;
    return !act->is_by_paths && !(act->is_writing && (what->may & CONFINE_STORE) != 0);
}

__attribute__((noreturn)) static void try_all(const struct confine *what, const struct confine_trial *trial, pid_t of,
                                              struct report *report)
{
    struct confine_state state;
    if (confine_enter(what, &state, &report->err) != SALVE_OK) _exit(STATUS_OPEN);
    for (report->act = 0; report->act < confine_act_count; report->act++)
        if (is_tried(what, &confine_acts[report->act], state.landlock_abi) &&
            confine_acts[report->act].is_done(trial, of))
            _exit(STATUS_DONE);
    _exit(STATUS_REFUSED);
}

static enum salve_code judge(const struct confine *what, const struct report *report, int status, struct salve_err *err)
{
    int end = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    if (end == STATUS_REFUSED && report->act == confine_act_count) return SALVE_OK;
    if (end == STATUS_OPEN) {
        if (err != NULL) *err = report->err;
        return report->err.code;
    }
    if (report->act >= confine_act_count)
        return salve_refuse(err, SALVE_E_CONFIG, "the self-test of its confinement did not end", "%s", what->name);
    (void)salve_fail(err, SALVE_E_CONFIG, "%s", what->name);
    return salve_why(err, SALVE_E_CONFIG, "although it is confined, it could %s", confine_acts[report->act].words);
}

enum salve_code confine_prove(const struct confine *what, const struct confine_trial *trial, struct salve_err *err)
{
    const struct confine_trial none = {0};
    pid_t self = getpid(), child, ended;
    int status = 0;
    struct report *report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (report == MAP_FAILED) return salve_fail(err, SALVE_E_MEMORY, "%s: self-test", what->name);
    memset(report, 0, sizeof *report);
    child = fork();
    if (child == 0) try_all(what, trial == NULL ? &none : trial, self, report);
    do ended = child < 0 ? -1 : waitpid(child, &status, 0);
    while (ended < 0 && child > 0 && errno == EINTR);
    enum salve_code code = ended == child && child > 0
                               ? judge(what, report, status, err)
                               : salve_refuse(err, SALVE_E_CONFIG, "no child for the self-test", "%s", what->name);
    (void)munmap(report, sizeof *report);
    return code;
}
