/* SPDX-License-Identifier: Apache-2.0
 * What the self-test tries. An act is refused only if the answer is that it may not be done: any other error means that
 * the kernel began with it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine/confine_int.h"

#define TRIED(name) static bool try_##name(SALVE_UNUSED const struct confine_trial *trial, SALVE_UNUSED pid_t of)

static bool is_allowed(long result) { return result >= 0 || (errno != EPERM && errno != EACCES && errno != ENOSYS); }

/* What is not there cannot be opened by anybody. */
static bool is_opened(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd < 0) return errno != ENOENT && is_allowed(fd);
    (void)close(fd);
    return true;
}

static bool is_made(const char *folder)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/.salve-self-test-%ld", folder, (long)getpid());
    bool is_done = is_opened(path, O_WRONLY | O_CREAT | O_EXCL);
    (void)unlink(path);
    return is_done;
}

TRIED(closed_folder) { return trial->closed != NULL && is_opened(trial->closed, O_RDONLY | O_DIRECTORY); }
TRIED(password_file) { return is_opened("/etc/passwd", O_RDONLY); }
TRIED(root_folder) { return is_opened("/", O_RDONLY | O_DIRECTORY); }

TRIED(process_folder)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%ld/mem", (long)of);
    return is_opened(path, O_RDONLY);
}

TRIED(write_shared) { return trial->shared != NULL && is_made(trial->shared); }

TRIED(change_shared) { return trial->shared_file != NULL && is_opened(trial->shared_file, O_WRONLY); }

/* A folder cannot be emptied: whoever gets as far as that answer was not stopped. */
TRIED(empty_by_flag) { return is_opened("/", O_RDONLY | O_TRUNC); }

TRIED(write_elsewhere) { return is_made("/tmp"); }
TRIED(truncate) { return is_allowed(truncate("/", 0)); }
TRIED(mode_of_file) { return is_allowed(chmod("/dev/null/none", 0)); }

static bool is_socket(int family, int type, int protocol)
{
    int fd = socket(family, type | SOCK_CLOEXEC, protocol);
    if (fd >= 0) (void)close(fd);
    return is_allowed(fd);
}

TRIED(network_socket) { return is_socket(AF_INET, SOCK_STREAM, 0) || is_socket(AF_INET6, SOCK_DGRAM, 0); }
TRIED(local_socket) { return is_socket(AF_UNIX, SOCK_STREAM, 0); }
TRIED(packet_socket) { return is_socket(AF_PACKET, SOCK_RAW, 0) || is_socket(AF_NETLINK, SOCK_RAW, 0); }

/* If it succeeds, nothing here runs on: the parent sees an end that is none of the child's. */
TRIED(run_program)
{
    char name[] = "true";
    char *const words[] = {name, NULL}, *const none[] = {NULL};
    return is_allowed(execve("/bin/true", words, none)) ||
           is_allowed(syscall(SYS_execveat, AT_FDCWD, "/bin/true", words, none, 0));
}

TRIED(new_process)
{
    long child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0) _exit(0);
    if (child > 0) (void)waitpid((pid_t)child, NULL, 0);
    return is_allowed(child);
}

TRIED(trace_parent)
{
    long traced = ptrace(PTRACE_SEIZE, of, NULL, NULL);
    if (traced == 0) (void)ptrace(PTRACE_DETACH, of, NULL, NULL);
    return is_allowed(traced);
}

TRIED(signal_parent)
{
    return is_allowed(kill(of, 0)) || is_allowed(syscall(SYS_tgkill, of, of, 0)) ||
           is_allowed(syscall(SYS_tkill, of, 0));
}

/* The child was forked: its stack is where the parent's is. */
static bool is_moved(pid_t of, int call)
{
    char byte = 0, theirs = 0;
    const struct iovec here = {&byte, 1}, there = {&theirs, 1};
    return is_allowed(syscall(call, of, &here, 1, &there, 1, 0));
}

TRIED(read_memory) { return is_moved(of, SYS_process_vm_readv); }

/* A length of nothing: it may be asked for, and changes no byte. */
TRIED(write_memory) { return is_allowed(syscall(SYS_process_vm_writev, of, NULL, 0, NULL, 0, 0)); }

TRIED(code_memory)
{
    const size_t bytes = 4096;
    void *page = mmap(NULL, bytes, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page != MAP_FAILED) (void)munmap(page, bytes);
    return is_allowed(page == MAP_FAILED ? -1 : 0);
}

TRIED(new_namespace) { return is_allowed(unshare(CLONE_NEWUSER)) || is_allowed(unshare(CLONE_NEWNET)); }
TRIED(mount) { return is_allowed(mount("none", "/dev/null/none", "tmpfs", 0, NULL)); }

TRIED(kernel_ring)
{
    long fd = syscall(SYS_io_uring_setup, 1, NULL);
    if (fd >= 0) (void)close((int)fd);
    return is_allowed(fd);
}

TRIED(kernel_program) { return is_allowed(syscall(SYS_bpf, 0, NULL, 0)); }
TRIED(key_ring) { return is_allowed(syscall(SYS_keyctl, 0, -3, 0)); }

TRIED(more_limits)
{
    const struct rlimit none = {0, 0};
    return is_allowed(setrlimit(RLIMIT_CORE, &none));
}

TRIED(core_file)
{
    struct rlimit cores = {0};
    return getrlimit(RLIMIT_CORE, &cores) != 0 || cores.rlim_max != 0;
}

enum { CALLS, PATHS, WRITES };

const struct confine_act confine_acts[] = {
#define ACT(name, needs, words_)                                                                                       \
    {.words = (words_), .is_by_paths = (needs) == PATHS, .is_writing = (needs) == WRITES, .is_done = try_##name},
#include "confine/confine_acts.def"
#undef ACT
};

const size_t confine_act_count = sizeof confine_acts / sizeof confine_acts[0];
