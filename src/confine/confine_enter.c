/* SPDX-License-Identifier: Apache-2.0
 * The order in which a process gives things up: seccomp comes last, since it forbids the steps before it. */
#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "confine/confine_int.h"

static enum salve_code fail(const struct confine *what, const char *step, struct salve_err *err)
{
    int why = errno;
    (void)salve_fail(err, SALVE_E_CONFIG, "%s: %s", what->name, step);
    return salve_why(err, SALVE_E_CONFIG, "%s", strerror(why));
}

/* The smallest of the named descriptors that is not below `from`; UINT_MAX where there is none. */
static unsigned next_kept(const struct confine *what, unsigned from)
{
    unsigned next = ~0u;
    for (size_t i = 0; i < what->fd_count; i++)
        if (what->fds[i] >= 0 && (unsigned)what->fds[i] >= from && (unsigned)what->fds[i] < next)
            next = (unsigned)what->fds[i];
    return next;
}

static enum salve_code drop_descriptors(const struct confine *what, struct salve_err *err)
{
    for (unsigned from = 3;;) {
        unsigned kept = next_kept(what, from);
        if (kept > from && syscall(SYS_close_range, from, kept == ~0u ? kept : kept - 1, 0) != 0)
            return fail(what, "descriptors", err);
        if (kept == ~0u) return SALVE_OK;
        from = kept + 1;
    }
}

/* Root of this machine is no more than the owner of its files afterwards. */
static enum salve_code drop_capabilities(const struct confine *what, struct salve_err *err)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return syscall(SYS_capset, &head, none) == 0 ? SALVE_OK : fail(what, "capabilities", err);
}

static enum salve_code leave_no_core(const struct confine *what, struct salve_err *err)
{
    const struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return fail(what, "core files", err);
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return fail(what, "not dumpable", err);
    return SALVE_OK;
}

enum salve_code confine_more(const struct confine *what, struct salve_err *err)
{
    int abi = 0;
    TRY(confine_paths(what, &abi, err));
    return confine_calls(what, err);
}

enum salve_code confine_enter(const struct confine *what, struct confine_state *out, struct salve_err *err)
{
    *out = (struct confine_state){0};
    if (!what->keeps_fds) TRY(drop_descriptors(what, err));
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail(what, "no new privileges", err);
    TRY(confine_paths(what, &out->landlock_abi, err));
    TRY(drop_capabilities(what, err));
    TRY(leave_no_core(what, err));
    return confine_calls(what, err);
}
