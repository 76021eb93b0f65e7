/* SPDX-License-Identifier: Apache-2.0
 *
 * syncs - loaded before the C library of a program (LD_PRELOAD): counts how often it waits for the disk, together with all
 * processes that have the same, in the first eight bytes of the file that SALVE_SYNCS names. The file is mapped at the start,
 * so a process that may open nothing later counts too. SALVE_SYNC_MS makes each of them take so much longer. Made by the scripts that use it: cc -shared -fPIC -o syncs.so syncs.c -ldl */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static _Atomic uint64_t *count;
static struct timespec wait;

#define NEXT(name) __typeof__(&name) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("SALVE_SYNCS");
    int fd = path == NULL ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return;
    void *at = ftruncate(fd, sizeof *count) != 0 ? MAP_FAILED
                                                 : mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED) count = at;
    (void)close(fd);
    const char *ms = getenv("SALVE_SYNC_MS");
    if (ms != NULL) wait.tv_nsec = atol(ms) * 1000000;
}

static void note(void)
{
    if (count != NULL) atomic_fetch_add(count, 1);
    if (wait.tv_nsec > 0) (void)nanosleep(&wait, NULL);
}

int fsync(int fd)
{
    NEXT(fsync);
    note();
    return next(fd);
}

int fdatasync(int fd)
{
    NEXT(fdatasync);
    note();
    return next(fd);
}
