/* SPDX-License-Identifier: Apache-2.0
 * The C library's calls on files, as the program and its libraries find them first: each is noted where it is below the
 * watched folder, or fails where a test said so, and then asks the kernel. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "sim_int.h"

/* What stands behind a descriptor: a file of the recording, or a folder of it with its name. */
static struct {
    int node; /* from 1; 0: none of ours */
    char *folder;
} held[SIM_FDS];

/* The name below the watched folder; false: it is elsewhere. */
static bool is_ours(int folder, const char *path, char name[SIM_PATH])
{
    char whole[2 * SIM_PATH];
    if (sim_watched == NULL || path == NULL) return false;
    if (path[0] != '/' && folder != AT_FDCWD) {
        if (folder < 0 || folder >= SIM_FDS || held[folder].folder == NULL) return false;
        const char *base = held[folder].folder;
        return snprintf(name, SIM_PATH, "%s%s%s", base, base[0] == '\0' ? "" : "/", path) < SIM_PATH;
    }
    size_t len = strlen(sim_watched->folder);
    if (strncmp(path, sim_watched->folder, len) != 0 || (path[len] != '/' && path[len] != '\0')) return false;
    (void)snprintf(whole, sizeof whole, "%s", path + len);
    const char *start = whole;
    while (*start == '/') start++;
    if (snprintf(name, SIM_PATH, "%s", start) >= SIM_PATH) return false;
    for (size_t end = strlen(name); end > 0 && name[end - 1] == '/'; end--) name[end - 1] = '\0';
    return true;
}

/* What a number stood for before. closedir closes inside of the C library, so `hold` forgets it, too. */
static void forget(int fd)
{
    if (fd < 0 || fd >= SIM_FDS) return;
    free(held[fd].folder);
    held[fd].folder = NULL;
    held[fd].node = 0;
}

static void hold(int fd, const char *name, bool is_new, bool is_cut)
{
    struct stat info;
    forget(fd);
    if (fd < 0 || fd >= SIM_FDS || fstat(fd, &info) != 0) return;
    if (S_ISDIR(info.st_mode)) {
        held[fd].folder = sim_must_text(name);
        return;
    }
    int node = is_new ? sim_note_make(sim_watched, name) : sim_node_of(sim_watched, name);
    held[fd].node = node + 1;
    if (is_cut && !is_new && node >= 0) sim_note(sim_watched, OP_SIZE, node, 0);
}

static int open_any(int folder, const char *path, int flags, mode_t mode)
{
    char name[SIM_PATH];
    bool is_short;
    if (path != NULL && strcmp(path, "/dev/urandom") == 0) {
        int fd = sim_random_fd();
        if (fd >= 0) return fd;
    }
    if (!is_ours(folder, path, name)) {
        if (sim_call_fails(SIM_OPEN, "", &is_short)) return -1;
        int fd = (int)syscall(SYS_openat, folder, path, flags, mode);
        forget(fd);
        return fd;
    }
    bool is_new = (flags & O_CREAT) != 0 && faccessat(folder, path, F_OK, AT_SYMLINK_NOFOLLOW) != 0;
    if (sim_call_fails(is_new ? SIM_MAKE : SIM_OPEN, name, &is_short)) return -1;
    int fd = (int)syscall(SYS_openat, folder, path, flags, mode);
    if (fd >= 0) hold(fd, name, is_new, (flags & O_TRUNC) != 0);
    return fd;
}

#define OPENER(call)                                                                                                   \
    SIM_EXPORT int call(const char *path, int flags, ...)                                                              \
    {                                                                                                                  \
        va_list more;                                                                                                  \
        va_start(more, flags);                                                                                         \
        mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;                               \
        va_end(more);                                                                                                  \
        return open_any(AT_FDCWD, path, flags, mode);                                                                  \
    }
OPENER(open)
OPENER(open64)
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
SIM_EXPORT int __open_2(const char *path, int flags) { return open_any(AT_FDCWD, path, flags, 0); }
SIM_EXPORT int __open64_2(const char *path, int flags) { return open_any(AT_FDCWD, path, flags, 0); }

#define OPENER_AT(call)                                                                                                \
    SIM_EXPORT int call(int folder, const char *path, int flags, ...)                                                  \
    {                                                                                                                  \
        va_list more;                                                                                                  \
        va_start(more, flags);                                                                                         \
        mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;                               \
        va_end(more);                                                                                                  \
        return open_any(folder, path, flags, mode);                                                                    \
    }
OPENER_AT(openat)
OPENER_AT(openat64)

SIM_EXPORT DIR *opendir(const char *path)
{
    int fd = open_any(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    DIR *list = fd < 0 ? NULL : fdopendir(fd);
    if (list == NULL && fd >= 0) (void)close(fd);
    return list;
}

SIM_EXPORT int close(int fd)
{
    forget(fd);
    return (int)syscall(SYS_close, fd);
}

/* The file of a descriptor that is ours, else -1. */
static int node_of(int fd) { return sim_watched != NULL && fd >= 0 && fd < SIM_FDS ? held[fd].node - 1 : -1; }

/* --- reading and writing -------------------------------------------------------------------------------------------- */

static ssize_t read_any(int fd, void *to, size_t len, off_t at)
{
    bool is_short;
    if (node_of(fd) >= 0 && sim_call_fails(SIM_READ, "", &is_short)) return -1;
    return at < 0 ? syscall(SYS_read, fd, to, len) : syscall(SYS_pread64, fd, to, len, at);
}

ssize_t __read_chk(int fd, void *to, size_t len, size_t room);
ssize_t __pread_chk(int fd, void *to, size_t len, off_t at, size_t room);
ssize_t __pread64_chk(int fd, void *to, size_t len, off64_t at, size_t room);
#define CHECKED_ROOM(len, room)                                                                                        \
    if ((len) > (room)) abort()
SIM_EXPORT ssize_t read(int fd, void *to, size_t len) { return read_any(fd, to, len, -1); }
SIM_EXPORT ssize_t pread(int fd, void *to, size_t len, off_t at) { return read_any(fd, to, len, at); }
SIM_EXPORT ssize_t pread64(int fd, void *to, size_t len, off64_t at) { return read_any(fd, to, len, at); }
SIM_EXPORT ssize_t __read_chk(int fd, void *to, size_t len, size_t room)
{
    CHECKED_ROOM(len, room);
    return read_any(fd, to, len, -1);
}
SIM_EXPORT ssize_t __pread_chk(int fd, void *to, size_t len, off_t at, size_t room)
{
    CHECKED_ROOM(len, room);
    return read_any(fd, to, len, at);
}
SIM_EXPORT ssize_t __pread64_chk(int fd, void *to, size_t len, off64_t at, size_t room)
{
    CHECKED_ROOM(len, room);
    return read_any(fd, to, len, at);
}

static const char *name_of(int node)
{
    for (size_t i = 0; i < sim_watched->live_count; i++)
        if (sim_watched->live[i].node == node) return sim_watched->live[i].name;
    return "";
}

static ssize_t write_any(int fd, const void *bytes, size_t len, off_t at)
{
    int node = node_of(fd);
    bool is_short = false;
    if (node >= 0 && sim_call_fails(SIM_WRITE, name_of(node), &is_short)) return -1;
    if (is_short && len > 512) len = len / 2 / 512 * 512 + (len / 2 < 512 ? 512 : 0);
    off_t where = at;
    if (node >= 0 && at < 0) {
        struct stat info;
        bool is_end = (syscall(SYS_fcntl, fd, F_GETFL) & O_APPEND) != 0 && fstat(fd, &info) == 0;
        where = is_end ? info.st_size : lseek(fd, 0, SEEK_CUR);
    }
    ssize_t put = at < 0 ? syscall(SYS_write, fd, bytes, len) : syscall(SYS_pwrite64, fd, bytes, len, at);
    if (node >= 0 && put > 0) sim_note_write(sim_watched, node, (uint64_t)where, bytes, (size_t)put);
    return put;
}

SIM_EXPORT ssize_t write(int fd, const void *bytes, size_t len) { return write_any(fd, bytes, len, -1); }
SIM_EXPORT ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at) { return write_any(fd, bytes, len, at); }
SIM_EXPORT ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at) { return write_any(fd, bytes, len, at); }

SIM_EXPORT ssize_t writev(int fd, const struct iovec *parts, int count)
{
    ssize_t all = 0;
    if (node_of(fd) < 0) return syscall(SYS_writev, fd, parts, count);
    for (int i = 0; i < count; i++) {
        ssize_t put = write_any(fd, parts[i].iov_base, parts[i].iov_len, -1);
        if (put < 0) return all > 0 ? all : -1;
        all += put;
        if ((size_t)put < parts[i].iov_len) break;
    }
    return all;
}

static int size_any(int fd, off_t len)
{
    int node = node_of(fd);
    bool is_short;
    if (node >= 0 && sim_call_fails(SIM_SIZE, name_of(node), &is_short)) return -1;
    int code = (int)syscall(SYS_ftruncate, fd, len);
    if (node >= 0 && code == 0) sim_note(sim_watched, OP_SIZE, node, (uint64_t)len);
    return code;
}
SIM_EXPORT int ftruncate(int fd, off_t len) { return size_any(fd, len); }
SIM_EXPORT int ftruncate64(int fd, off64_t len) { return size_any(fd, len); }

/* Nothing has to be written: what is below the watched folder is in memory. */
static int sync_any(int fd)
{
    int node = node_of(fd);
    bool is_short, is_folder = sim_watched != NULL && fd >= 0 && fd < SIM_FDS && held[fd].folder != NULL;
    if (node < 0 && !is_folder) return (int)syscall(SYS_fdatasync, fd);
    if (sim_call_fails(SIM_SYNC, is_folder ? held[fd].folder : name_of(node), &is_short)) {
        if (!is_folder) sim_note(sim_watched, OP_SYNC_FAILED, node, 0);
        return -1;
    }
    if (is_folder)
        sim_note_name(sim_watched, OP_SYNC_FOLDER, held[fd].folder, NULL);
    else
        sim_note(sim_watched, OP_SYNC, node, 0);
    return 0;
}
SIM_EXPORT int fsync(int fd) { return sync_any(fd); }
SIM_EXPORT int fdatasync(int fd) { return sync_any(fd); }

/* --- names -------------------------------------------------------------------------------------------------------- */

/* What stands behind open descriptors of a folder that moved is not followed: nobody has one. */
SIM_EXPORT int renameat2(int folder, const char *from, int other_folder, const char *to, unsigned flags)
{
    char name[SIM_PATH], other[SIM_PATH];
    bool is_short, is_noted = is_ours(folder, from, name) && is_ours(other_folder, to, other);
    if (is_noted && sim_call_fails(SIM_NAME, name, &is_short)) return -1;
    int code = (int)syscall(SYS_renameat2, folder, from, other_folder, to, flags);
    bool is_exchange = (flags & RENAME_EXCHANGE) != 0;
    if (is_noted && code == 0) sim_note_name(sim_watched, is_exchange ? OP_EXCHANGE : OP_RENAME, name, other);
    return code;
}
SIM_EXPORT int rename(const char *from, const char *to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }

SIM_EXPORT int unlinkat(int folder, const char *path, int flags)
{
    char name[SIM_PATH];
    bool is_short, is_noted = is_ours(folder, path, name);
    if (is_noted && faccessat(folder, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0 &&
        sim_call_fails(SIM_NAME, name, &is_short))
        return -1;
    int code = (int)syscall(SYS_unlinkat, folder, path, flags);
    if (is_noted && code == 0) sim_note_name(sim_watched, flags == 0 ? OP_UNLINK : OP_RMDIR, name, NULL);
    return code;
}
SIM_EXPORT int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
SIM_EXPORT int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }

SIM_EXPORT int mkdir(const char *path, mode_t mode)
{
    char name[SIM_PATH];
    bool is_short, is_noted = is_ours(AT_FDCWD, path, name);
    if (is_noted && sim_call_fails(SIM_MAKE, name, &is_short)) return -1;
    int code = (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
    if (is_noted && code == 0) sim_note_name(sim_watched, OP_MKDIR, name, NULL);
    return code;
}

/* The name of chance stands before the ending. */
static int temporary(char *path, int ending, int flags)
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    size_t len = strlen(path);
    if (ending < 0 || len < (size_t)ending + 6) return errno = EINVAL, -1;
    for (int tries = 0; tries < 100; tries++) {
        uint8_t bytes[6];
        if (!sim_random_fill(bytes, sizeof bytes)) (void)syscall(SYS_getrandom, bytes, sizeof bytes, 0);
        for (size_t i = 0; i < 6; i++) path[len - (size_t)ending - 6 + i] = letters[bytes[i] % 62];
        int fd = open_any(AT_FDCWD, path, flags | O_RDWR | O_CREAT | O_EXCL, 0600);
        if (fd >= 0 || errno != EEXIST) return fd;
    }
    return -1;
}
SIM_EXPORT int mkostemps(char *path, int ending, int flags) { return temporary(path, ending, flags); }
SIM_EXPORT int mkostemps64(char *path, int ending, int flags) { return temporary(path, ending, flags); }
