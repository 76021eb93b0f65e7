/* SPDX-License-Identifier: Apache-2.0
 * What the log costs over rows in memory: appends, a checkpoint with its dummies, proofs, a full verification. Prints
 * seconds and bytes; the figures in docs/internals/tlog.md are instruction counts of the same program. Optional argument:
 * what to do, append | prove | verify | pad, and how many. */
#include <time.h>

#include "t.h"

#include "log_memory.h"

static double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static struct log_memory memory;

static struct tlog *open_log(struct arena *mem)
{
    struct tlog_io io = log_memory_io(&memory);
    struct tlog *log = NULL;
    if (tlog_open(&io, STR("salve.bench/1"), mem, &log, NULL) != SALVE_OK) abort();
    return log;
}

/* One leaf a transaction, a cursor each, as a save does it. */
static void append(uint64_t count)
{
    uint8_t entry[TLOG_PRIVATE_ENTRY_BYTES];
    for (uint64_t i = 0; i < count; i++) {
        struct arena *mem = arena_open(1 << 20);
        tlog_dummy_entry(entry);
        struct str bytes = str_make((const char *)entry, sizeof entry);
        if (tlog_append(open_log(mem), &bytes, 1, NULL, NULL) != SALVE_OK) abort();
        arena_close(mem);
    }
}

static void prove(uint64_t count)
{
    struct arena *mem = arena_open(1 << 20);
    struct tlog *log = open_log(mem);
    uint64_t seed = 1, size = tlog_size(log);
    struct tlog_proof proof;
    for (uint64_t i = 0; i < count; i++)
        if (tlog_prove(log, t_random(&seed) % size, size, &proof, NULL) != SALVE_OK) abort();
    arena_close(mem);
}

static void verify(void)
{
    struct arena *mem = arena_open(64 << 20);
    struct tlog_report report;
    struct tlog_signer signer = log_memory_signer(&memory, "salve.bench/1", 1);
    if (tlog_verify(open_log(mem), &signer.vkey, NULL, NULL, &report, NULL) != SALVE_OK) abort();
    arena_close(mem);
}

/* `count` commands of two leaves each, with a checkpoint after each: what dummies cost a command line. */
static size_t pad(uint64_t count, uint32_t multiple)
{
    struct tlog_signer signer = log_memory_signer(&memory, "salve.bench/1", 1);
    struct tlog_guard guard = log_memory_guard(&memory);
    size_t bytes = 0;
    uint32_t added;
    struct str note;
    for (uint64_t i = 0; i < count; i++) {
        append(2);
        struct arena *mem = arena_open(1 << 20);
        struct tlog *log = open_log(mem);
        if (tlog_pad(log, multiple, &added, NULL) != SALVE_OK) abort();
        if (tlog_sign(log, &signer, &guard, mem, &note, NULL) != SALVE_OK) abort();
        arena_close(mem);
    }
    for (size_t i = 0; i < memory.entry_count; i++) bytes += memory.entries[i].len;
    for (size_t i = 0; i < memory.block_count; i++) bytes += memory.blocks[i].len;
    return bytes;
}

static void timed(const char *what, uint64_t count, double from)
{
    printf("%-28s %10llu  %8.3f s  %8.2f us each\n", what, (unsigned long long)count, seconds() - from,
           (seconds() - from) * 1e6 / (double)count);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 20000;
    if (crypto_init(NULL) != SALVE_OK) return 1;
    double from = seconds();
    if (strcmp(what, "pad") == 0 || *what == '\0') {
        size_t with = pad(200, TLOG_PAD_MULTIPLE);
        log_memory_drop(&memory);
        size_t without = pad(200, 1);
        log_memory_drop(&memory);
        printf("200 commands of 2 leaves: %zu bytes with dummies, %zu without\n", with, without);
    }
    if (*what == '\0' || strcmp(what, "pad") != 0) {
        from = seconds();
        append(count);
        timed("append, one a transaction", count, from);
    }
    if (strcmp(what, "prove") == 0 || *what == '\0') {
        from = seconds();
        prove(1000);
        timed("inclusion proof, random", 1000, from);
    }
    if (strcmp(what, "verify") == 0 || *what == '\0') {
        from = seconds();
        verify();
        timed("verify, a leaf", count, from);
    }
    log_memory_drop(&memory);
    return t_end();
}
