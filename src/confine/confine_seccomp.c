/* SPDX-License-Identifier: Apache-2.0
 * The filter of system calls, made of the rows of confine_calls.def. */
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "confine/confine_int.h"

enum { GROUP_EVERY = 0, GROUP_FILES = CONFINE_FILES, GROUP_STORE = CONFINE_STORE };
enum { GROUP_ACCEPT = CONFINE_ACCEPT, GROUP_THREADS = CONFINE_THREADS, GROUP_FORK = CONFINE_FORK };

struct call_row {
    const char *name;
    unsigned group;
    bool is_absent, is_asked; /* is_asked: the argument decides */
    unsigned argument;
    uint64_t mask, value;
};

static const struct call_row rows[] = {
#define CALL(group_, name_)                    {.name = #name_, .group = GROUP_##group_},
#define ONLY(group_, name_, argument_, value_) MASKED(group_, name_, argument_, UINT64_MAX, value_)
#define MASKED(group_, name_, argument_, mask_, value_)                                                                \
    {.name = #name_,                                                                                                   \
     .group = GROUP_##group_,                                                                                          \
     .is_asked = true,                                                                                                 \
     .argument = (argument_),                                                                                          \
     .mask = (uint64_t)(mask_),                                                                                        \
     .value = (uint64_t)(value_)},
#define ABSENT(name_) {.name = #name_, .is_absent = true},
#include "confine/confine_calls.def"
#undef CALL
#undef ONLY
#undef MASKED
#undef ABSENT
};

/* 0, or an errno. A negative number is a call of other architectures only. */
static int add(scmp_filter_ctx filter, const struct call_row *row)
{
    int call = seccomp_syscall_resolve_name(row->name);
    if (call == __NR_SCMP_ERROR) return ENOSYS;
    if (call < 0) return 0;
    if (row->is_absent) return -seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), call, 0);
    if (!row->is_asked) return -seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
    struct scmp_arg_cmp is = SCMP_CMP64(row->argument, SCMP_CMP_MASKED_EQ, row->mask, row->value);
    return -seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &is);
}

enum salve_code confine_calls(const struct confine *what, struct salve_err *err)
{
    const char *at = "filter";
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s: filter of system calls", what->name);
    int why = -seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (why == 0) why = -seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* by a tree, not one after the other */
    for (size_t i = 0; why == 0 && i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].group != GROUP_EVERY && (what->may & rows[i].group) == 0) continue;
        at = rows[i].name;
        why = add(filter, &rows[i]);
    }
    if (why == 0) why = -seccomp_load(filter);
    seccomp_release(filter);
    if (why == 0) return SALVE_OK;
    (void)salve_fail(err, SALVE_E_CONFIG, "%s: %s", what->name, at);
    return salve_why(err, SALVE_E_CONFIG, "seccomp: %s", strerror(why));
}
