/* SPDX-License-Identifier: Apache-2.0
 * Landlock by its three system calls: the C library has no functions for them. */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "confine/confine_int.h"

enum {
    READ_FILE = LANDLOCK_ACCESS_FS_READ_FILE,
    WRITE_FILE = LANDLOCK_ACCESS_FS_WRITE_FILE,
    READS = READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
    WRITES = WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
             LANDLOCK_ACCESS_FS_MAKE_REG,
    RIGHTS_1 = READS | WRITES | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
               LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
               LANDLOCK_ACCESS_FS_MAKE_SYM,
    RIGHTS_2 = RIGHTS_1 | LANDLOCK_ACCESS_FS_REFER, /* ABI 1 always refuses what this right allows */
};

int confine_landlock_abi(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi < 0 ? 0 : (int)abi;
}

static enum salve_code fail(const struct confine *what, const char *path, struct salve_err *err)
{
    int why = errno;
    (void)salve_fail(err, SALVE_E_CONFIG, "%s: %s", what->name, path);
    return salve_why(err, SALVE_E_CONFIG, "Landlock: %s", strerror(why));
}

/* A file has no rights of a folder: the kernel takes no rule that gives it any. */
static enum salve_code allow(const struct confine *what, const struct confine_path *path, int rules, uint64_t handled,
                             struct salve_err *err)
{
    struct stat found;
    uint64_t rights = path->is_written ? READS | WRITES | LANDLOCK_ACCESS_FS_REFER : READS;
    int fd = open(path->path, O_PATH | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == EACCES || errno == ENOTDIR)) return SALVE_OK; /* nor could it be used */
    if (fd < 0) return fail(what, path->path, err);
    bool is_allowed = fstat(fd, &found) == 0;
    if (is_allowed && !S_ISDIR(found.st_mode)) rights &= READ_FILE | WRITE_FILE;
    const struct landlock_path_beneath_attr rule = {.allowed_access = rights & handled, .parent_fd = fd};
    is_allowed = is_allowed && syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    enum salve_code code = is_allowed ? SALVE_OK : fail(what, path->path, err);
    (void)close(fd);
    return code;
}

static int abi_of(const struct confine *what)
{
    int most = what->landlock_abi_max == 0 ? CONFINE_LANDLOCK_ABI : what->landlock_abi_max;
    int here = confine_landlock_abi();
    if (most > CONFINE_LANDLOCK_ABI) most = CONFINE_LANDLOCK_ABI;
    return most < 0 ? 0 : here < most ? here : most;
}

enum salve_code confine_paths(const struct confine *what, int *abi, struct salve_err *err)
{
    *abi = abi_of(what);
    if (*abi == 0 && what->may_lack_landlock) return SALVE_OK;
    if (*abi == 0)
        return salve_refuse(err, SALVE_E_UNSUPPORTED, "this kernel has no Landlock, or it is switched off", "%s",
                            what->name);
    const struct landlock_ruleset_attr all = {.handled_access_fs = *abi < 2 ? RIGHTS_1 : RIGHTS_2};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all.handled_access_fs, 0);
    if (rules < 0) return fail(what, "rules", err);
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; code == SALVE_OK && i < what->path_count; i++)
        code = allow(what, &what->paths[i], rules, all.handled_access_fs, err);
    if (code == SALVE_OK && syscall(SYS_landlock_restrict_self, rules, 0) != 0) code = fail(what, "rules", err);
    (void)close(rules);
    return code;
}
