/* SPDX-License-Identifier: Apache-2.0
 * One process a site. Two locks on an empty file: flock, which also sees a second opening by the same process, and
 * an fcntl lock, whose holder the system can name. Both go when the process does, however it ends; there is nothing
 * to clean up and no byte in the file that could be wrong. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "db/db.h"

struct db_lock {
    int fd;
};

static enum salve_code held_by_other(int fd, const char *path, struct salve_err *err)
{
    struct flock who = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    bool is_named = fcntl(fd, F_GETLK, &who) == 0 && who.l_type != F_UNLCK;
    if (!is_named) /* own fcntl locks do not show */
        return salve_refuse(err, SALVE_E_BUSY, "this process has it open already", "%s", path);
    (void)salve_fail(err, SALVE_E_BUSY, "%s", path);
    return salve_why(err, SALVE_E_BUSY, "process %ld has it", (long)who.l_pid);
}

enum salve_code db_lock(const char *path, struct db_lock **out, struct salve_err *err)
{
    struct flock mine = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    enum salve_code code = SALVE_OK;
    struct db_lock *lock = calloc(1, sizeof *lock);
    if (lock == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", path);
    lock->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock->fd < 0)
        code = file_fail(err, path);
    else if (flock(lock->fd, LOCK_EX | LOCK_NB) != 0)
        code = errno == EWOULDBLOCK ? held_by_other(lock->fd, path, err) : file_fail(err, path);
    else if (fcntl(lock->fd, F_SETLK, &mine) != 0)
        code = errno == EACCES || errno == EAGAIN ? held_by_other(lock->fd, path, err) : file_fail(err, path);
    if (code == SALVE_OK)
        *out = lock;
    else {
        if (lock->fd >= 0) (void)close(lock->fd);
        free(lock);
    }
    return code;
}

void db_unlock(struct db_lock **lock)
{
    if (*lock == NULL) return;
    (void)close((*lock)->fd);
    free(*lock);
    *lock = NULL;
}
