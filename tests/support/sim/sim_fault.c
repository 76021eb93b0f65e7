/* SPDX-License-Identifier: Apache-2.0
 * Which call fails, memory that is not there, and chance; see sim.h. */
#include <errno.h>
#include <fcntl.h>
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/rand.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sim_int.h"
#include "t.h"

/* --- which call fails ----------------------------------------------------------------------------------------------- */

static struct sim_fault fault;
static uint64_t counted;
static bool has_fired, is_resting;

void sim_fail(const struct sim_fault *what)
{
    fault = *what;
    counted = 0;
    has_fired = false;
}

void sim_rest(bool rests) { is_resting = rests; }
bool sim_fired(void) { return has_fired; }
uint64_t sim_counted(void) { return counted; }

bool sim_call_fails(enum sim_kind kind, const char *name, bool *is_short)
{
    *is_short = false;
    if (is_resting || (fault.kinds & kind) == 0) return false;
    if (fault.file != NULL && strncmp(name, fault.file, strlen(fault.file)) != 0) return false;
    counted++;
    if (fault.nth == 0 || counted < fault.nth || (counted > fault.nth && !fault.is_sticky)) return false;
    has_fired = true;
    if (fault.error == 0) {
        *is_short = true;
        return false;
    }
    errno = fault.error;
    return true;
}

/* --- memory ------------------------------------------------------------------------------------------------------- */

#if !T_IS_SANITIZED
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *old, size_t bytes);

static bool has_none(void)
{
    bool is_short;
    return (fault.kinds & SIM_MEMORY) != 0 && sim_call_fails(SIM_MEMORY, "", &is_short);
}
SIM_EXPORT void *malloc(size_t bytes) { return has_none() ? NULL : __libc_malloc(bytes); }
SIM_EXPORT void *calloc(size_t count, size_t bytes) { return has_none() ? NULL : __libc_calloc(count, bytes); }
SIM_EXPORT void *realloc(void *old, size_t bytes) { return has_none() ? NULL : __libc_realloc(old, bytes); }
SIM_EXPORT void *mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t from)
{
    if ((flags & MAP_ANONYMOUS) != 0 && has_none()) return MAP_FAILED;
    return (void *)syscall(SYS_mmap, at, bytes, protection, flags, fd, from);
}
#else
#define __libc_realloc realloc
#endif

void *sim_must_grow(void *old, size_t bytes)
{
    void *grown = __libc_realloc(old, bytes);
    if (grown == NULL) abort();
    return grown;
}

/* --- chance ------------------------------------------------------------------------------------------------------- */

static uint64_t chance;
static bool has_chance;
void sqlite3_randomness(int bytes, void *out);

static uint64_t next(uint64_t *stream)
{
    uint64_t z = *stream += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

uint64_t sim_mix(uint64_t a, uint64_t b)
{
    uint64_t stream = a ^ (b * 0xd1342543de82ef95 + 0x632be59bd9b4e019);
    return next(&stream);
}

uint32_t sim_dice(uint64_t *stream, uint32_t sides) { return (uint32_t)((next(stream) >> 32) * sides >> 32); }

bool sim_random_fill(void *out, size_t len)
{
    if (!has_chance) return false;
    for (size_t i = 0; i < len; i++) ((uint8_t *)out)[i] = (uint8_t)next(&chance);
    return true;
}

int sim_random_fd(void)
{
    uint8_t bytes[4096];
    if (!sim_random_fill(bytes, sizeof bytes)) return -1;
    int fd = memfd_create("chance", MFD_CLOEXEC);
    if (fd < 0 || syscall(SYS_write, fd, bytes, sizeof bytes) != sizeof bytes || lseek(fd, 0, SEEK_SET) != 0) abort();
    return fd;
}

static const char *implementation(void) { return "sim"; }
static void fill(void *out, size_t len) { (void)sim_random_fill(out, len); }
static uint32_t word(void)
{
    uint32_t out;
    fill(&out, sizeof out);
    return out;
}
/* OpenSSL asks in a way that is old, and still heard. */
static int fill_for_openssl(unsigned char *out, int len)
{
    fill(out, (size_t)len);
    return 1;
}
static int is_ready(void) { return 1; }

static struct randombytes_implementation source = {.implementation_name = implementation, .random = word, .buf = fill};

void sim_chance(uint64_t seed)
{
    /* Its own beginning takes of the stream, once a program. */
    if (!has_chance && (randombytes_set_implementation(&source) != 0 || sodium_init() < 0)) abort();
    static RAND_METHOD for_openssl = {.bytes = fill_for_openssl, .pseudorand = fill_for_openssl, .status = is_ready};
    if (!has_chance && RAND_set_rand_method(&for_openssl) != 1) abort();
    has_chance = true;
    chance = seed;
    sqlite3_randomness(0, NULL); /* it begins anew with the next number, from /dev/urandom */
}
