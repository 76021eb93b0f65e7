/* SPDX-License-Identifier: Apache-2.0
 *
 * calls - loaded before the C library of a program (LD_PRELOAD): counts the calls that change a file, and lets one of them be the
 * last. SALVE_CALLS says what to do:
 *     count:FILE    writes how many there were to FILE when the program ends
 *     kill:N        SIGKILL just before the N-th
 *     full:N        from the N-th on the disk is full: what would make a file longer fails with ENOSPC, writing over is fine
 *     error:N       the N-th fails with EIO, once
 * Descriptors 0 to 2 do not count. Made by the scripts that use it: cc -shared -fPIC -o calls.so calls.c -ldl */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static long calls, nth;
static enum { NOTHING, COUNT, KILL, FULL, ERROR } mode;
static char count_file[4096];

#define NEXT(name) __typeof__(&name) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void)
{
    const char *what = getenv("SALVE_CALLS");
    if (what == NULL) return;
    if (strncmp(what, "count:", 6) == 0) mode = COUNT, snprintf(count_file, sizeof count_file, "%s", what + 6);
    if (strncmp(what, "kill:", 5) == 0) mode = KILL, nth = atol(what + 5);
    if (strncmp(what, "full:", 5) == 0) mode = FULL, nth = atol(what + 5);
    if (strncmp(what, "error:", 6) == 0) mode = ERROR, nth = atol(what + 6);
}

__attribute__((destructor)) static void end(void)
{
    if (mode != COUNT) return;
    mode = NOTHING;
    FILE *out = fopen(count_file, "w");
    if (out == NULL) return;
    fprintf(out, "%ld\n", calls);
    fclose(out);
}

/* Whether this call fails; errno is set then. `longer`: it would take room on the disk. */
static bool fails(bool longer)
{
    if (mode == NOTHING) return false;
    calls++;
    if (mode == KILL && calls == nth) {
        raise(SIGKILL);
        _exit(137); /* a process of a server may send no signal, also to itself */
    }
    if (mode == ERROR && calls == nth) return errno = EIO, true;
    if (mode == FULL && calls >= nth && longer) return errno = ENOSPC, true;
    return false;
}

static bool is_longer(int fd, off64_t end_at)
{
    struct stat64 now;
    return fstat64(fd, &now) == 0 && S_ISREG(now.st_mode) && end_at > now.st_size;
}

static bool write_fails(int fd, size_t bytes)
{
    off64_t at = lseek64(fd, 0, SEEK_CUR);
    return fails(at >= 0 && is_longer(fd, at + (off64_t)bytes));
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    NEXT(write);
    return fd > 2 && write_fails(fd, len) ? -1 : next(fd, bytes, len);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    NEXT(writev);
    size_t len = 0;
    for (int i = 0; i < count; i++) len += parts[i].iov_len;
    return fd > 2 && write_fails(fd, len) ? -1 : next(fd, parts, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    NEXT(pwrite);
    return fails(is_longer(fd, at + (off_t)len)) ? -1 : next(fd, bytes, len, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
    NEXT(pwrite64);
    return fails(is_longer(fd, at + (off64_t)len)) ? -1 : next(fd, bytes, len, at);
}

int fsync(int fd)
{
    NEXT(fsync);
    return fails(false) ? -1 : next(fd);
}

int fdatasync(int fd)
{
    NEXT(fdatasync);
    return fails(false) ? -1 : next(fd);
}

int ftruncate(int fd, off_t len)
{
    NEXT(ftruncate);
    return fails(is_longer(fd, len)) ? -1 : next(fd, len);
}

int ftruncate64(int fd, off64_t len)
{
    NEXT(ftruncate64);
    return fails(is_longer(fd, len)) ? -1 : next(fd, len);
}

int rename(const char *from, const char *to)
{
    NEXT(rename);
    return fails(false) ? -1 : next(from, to);
}

int unlink(const char *path)
{
    NEXT(unlink);
    return fails(false) ? -1 : next(path);
}

int unlinkat(int folder, const char *path, int flags)
{
    NEXT(unlinkat);
    return fails(false) ? -1 : next(folder, path, flags);
}

int mkdir(const char *path, mode_t how)
{
    NEXT(mkdir);
    return fails(true) ? -1 : next(path, how);
}

/* Opening with O_CREAT has a third argument; without, nothing is changed. */
#define OPENER(name)                                                                                                   \
    int name(const char *path, int flags, ...)                                                                         \
    {                                                                                                                  \
        NEXT(name);                                                                                                    \
        if ((flags & (O_CREAT | __O_TMPFILE)) == 0) return next(path, flags);                                          \
        va_list more;                                                                                                  \
        va_start(more, flags);                                                                                         \
        mode_t how = va_arg(more, mode_t);                                                                             \
        va_end(more);                                                                                                  \
        return fails(access(path, F_OK) != 0) ? -1 : next(path, flags, how);                                           \
    }
OPENER(open)
OPENER(open64)

#define OPENER_AT(name)                                                                                                \
    int name(int folder, const char *path, int flags, ...)                                                             \
    {                                                                                                                  \
        NEXT(name);                                                                                                    \
        if ((flags & (O_CREAT | __O_TMPFILE)) == 0) return next(folder, path, flags);                                  \
        va_list more;                                                                                                  \
        va_start(more, flags);                                                                                         \
        mode_t how = va_arg(more, mode_t);                                                                             \
        va_end(more);                                                                                                  \
        return fails(faccessat(folder, path, F_OK, 0) != 0) ? -1 : next(folder, path, flags, how);                     \
    }
OPENER_AT(openat)
OPENER_AT(openat64)
