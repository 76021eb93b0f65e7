/* SPDX-License-Identifier: Apache-2.0
 * One process a site. Two locks on an empty file: flock, which also sees a second opening by the same process, and
 * an fcntl lock, whose holder the system can name. Both go when the process does, however it ends; there is nothing
 * to clean up and no byte in the file that could be wrong. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "db/db.h"

struct db_lock {
    int fd;
};

enum { PROGRAM_BYTES = 32, TRY_MS = 50 };

/* Who has the lock; pid 0: nobody that the system can name, such as this process itself. */
struct holder {
    long pid;
    char program[PROGRAM_BYTES];
};

static void find_holder(int fd, struct holder *out)
{
    char path[64];
    struct flock who = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    *out = (struct holder){0};
    if (fcntl(fd, F_GETLK, &who) != 0 || who.l_type == F_UNLCK) return; /* own fcntl locks do not show */
    out->pid = (long)who.l_pid;
    (void)snprintf(path, sizeof path, "/proc/%ld/comm", out->pid);
    int comm = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = comm < 0 ? 0 : read(comm, out->program, sizeof out->program - 1);
    if (comm >= 0) (void)close(comm);
    out->program[len > 0 ? len : 0] = '\0';
    out->program[strcspn(out->program, "\n")] = '\0';
}

static enum salve_code held(const struct holder *holder, const char *path, struct salve_err *err)
{
    if (holder->pid == 0) return salve_refuse(err, SALVE_E_BUSY, "this process has it open already", "%s", path);
    (void)salve_fail(err, SALVE_E_BUSY, "%s", path);
    if (holder->program[0] == '\0') return salve_why(err, SALVE_E_BUSY, "process %ld has it", holder->pid);
    return salve_why(err, SALVE_E_BUSY, "process %ld (%s) has it", holder->pid, holder->program);
}

/* Both locks, or neither: E_BUSY fills *holder. */
static enum salve_code take(int fd, const char *path, struct holder *holder, struct salve_err *err)
{
    struct flock mine = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    bool is_free = flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (!is_free && errno != EWOULDBLOCK) return file_fail(err, path);
    if (is_free && fcntl(fd, F_SETLK, &mine) == 0) return SALVE_OK;
    if (is_free && errno != EACCES && errno != EAGAIN) return file_fail(err, path);
    find_holder(fd, holder);
    if (is_free) (void)flock(fd, LOCK_UN);
    return held(holder, path, err);
}

/* There is no call that waits for both locks and ends after a time, so it is tried again and again. */
static enum salve_code wait_for(int fd, const char *path, const struct db_wait *wait, struct salve_err *err)
{
    struct holder holder;
    const struct timespec pause = {.tv_nsec = TRY_MS * 1000 * 1000};
    enum salve_code code = take(fd, path, &holder, err);
    if (code != SALVE_E_BUSY || wait == NULL || wait->seconds == 0) return code;
    if (wait->tell != NULL) wait->tell(wait->with, holder.pid, holder.program);
    for (uint32_t left = wait->seconds * (1000 / TRY_MS); code == SALVE_E_BUSY && left > 0; left--) {
        if (wait->is_over != NULL && wait->is_over(wait->with)) return code;
        (void)nanosleep(&pause, NULL);
        code = take(fd, path, &holder, err);
    }
    return code;
}

/* Whose folder was exchanged for another while we waited (an upgrade) has the lock of what is no site any more. */
static bool is_in_place(int fd, const char *path)
{
    struct stat ours, there;
    return fstat(fd, &ours) == 0 && lstat(path, &there) == 0 && ours.st_dev == there.st_dev &&
           ours.st_ino == there.st_ino;
}

static enum salve_code lock_one(const char *path, const struct db_wait *wait, int *fd, struct salve_err *err)
{
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    enum salve_code code = *fd < 0 ? file_fail(err, path) : wait_for(*fd, path, wait, err);
    if (code != SALVE_OK && *fd >= 0) (void)close(*fd);
    return code;
}

enum salve_code db_lock(const char *path, const struct db_wait *wait, struct db_lock **out, struct salve_err *err)
{
    struct salve_err why = {0};
    enum salve_code code = SALVE_OK;
    struct db_lock *lock = calloc(1, sizeof *lock);
    if (lock == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", path);
    for (bool is_ours = false; code == SALVE_OK && !is_ours;) {
        code = lock_one(path, wait, &lock->fd, &why);
        is_ours = code == SALVE_OK && is_in_place(lock->fd, path);
        if (code == SALVE_OK && !is_ours) (void)close(lock->fd);
    }
    if (code == SALVE_OK) {
        *out = lock;
        return code;
    }
    free(lock);
    if (err != NULL) *err = why; /* a first try that failed is no error of a later one */
    return code;
}

void db_unlock(struct db_lock **lock)
{
    if (*lock == NULL) return;
    (void)close((*lock)->fd);
    free(*lock);
    *lock = NULL;
}
