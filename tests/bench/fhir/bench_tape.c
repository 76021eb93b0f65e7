/* SPDX-License-Identifier: Apache-2.0
 * How fast files become validated tapes, written JSON, stored tapes and loaded ones. CPU time of this process, best of
 * ROUNDS. Arguments: JSON files. */
#include "t.h"

#include <malloc.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "fhir/fhir.h"

enum { ROUNDS = 5, BYTES_MAX = 256 << 20 };

static double cpu_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* What one round took for each step. */
struct times {
    double read_s, write_s, store_s, load_s;
};

/* What was read: into an arena that stays from file to file, as the peer's parser does. */
static bool read_one(struct str json, const struct fhir_read_opts *opts, struct arena *mem, struct times *times)
{
    struct arena_mark mark = arena_mark(mem);
    struct tape tape;
    double start = cpu_s();
    bool is_good = fhir_read(json, opts, mem, &tape, NULL, NULL) == SALVE_OK;
    times->read_s += cpu_s() - start;
    arena_rewind(mem, mark);
    return is_good;
}

static bool run_rest(struct str json, const struct fhir_read_opts *opts, struct times *times)
{
    struct arena *mem = arena_open((size_t)1 << 30);
    struct tape tape, loaded;
    struct buf text, bytes;
    buf_init(&text, mem, BYTES_MAX);
    buf_init(&bytes, mem, BYTES_MAX);
    if (fhir_read(json, opts, mem, &tape, NULL, NULL) != SALVE_OK) return false;
    double is_read = cpu_s();
    fhir_write(&tape, 0, FHIR_COMPACT, &text);
    double is_written = cpu_s();
    tape_bytes(&tape, &bytes);
    double is_stored = cpu_s();
    bool is_good = buf_code(&text) == SALVE_OK && tape_from_bytes(buf_str(&bytes), mem, &loaded, NULL) == SALVE_OK;
    times->write_s += is_written - is_read;
    times->store_s += is_stored - is_written;
    times->load_s += cpu_s() - is_stored;
    arena_close(mem);
    return is_good;
}

static void keep_best(double *best, double now)
{
    if (*best == 0 || now < *best) *best = now;
}

int main(int argc, char **argv)
{
    struct arena *mem = arena_open((size_t)4 << 30), *work = arena_open((size_t)1 << 30);
    struct str *files = arena_array(mem, struct str, (size_t)argc);
    struct fhir_read_opts opts = {.reader = fhir_reader_open()};
    struct times best = {0};
    (void)mallopt(M_MMAP_THRESHOLD, BYTES_MAX); /* memory stays with the process, as the peer's does */
    (void)mallopt(M_TRIM_THRESHOLD, BYTES_MAX);
    size_t bytes = 0;
    for (int i = 1; i < argc; i++) {
        if (file_read(argv[i], BYTES_MAX, mem, &files[i], NULL) != SALVE_OK) return 1;
        bytes += files[i].len;
    }
    for (int round = 0; round < ROUNDS; round++) { /* reading alone, as the peer */
        struct times now = {0};
        for (int i = 1; i < argc; i++)
            if (!read_one(files[i], &opts, work, &now)) return 1;
        keep_best(&best.read_s, now.read_s);
    }
    for (int round = 0; round < ROUNDS; round++) {
        struct times now = {0};
        for (int i = 1; i < argc; i++)
            if (!run_rest(files[i], &opts, &now)) return 1;
        keep_best(&best.write_s, now.write_s);
        keep_best(&best.store_s, now.store_s);
        keep_best(&best.load_s, now.load_s);
    }
    printf("read %.0f\nwrite %.0f\nstore %.0f\nload %.0f\n", (double)bytes / best.read_s / 1e6,
           (double)bytes / best.write_s / 1e6, (double)bytes / best.store_s / 1e6, (double)bytes / best.load_s / 1e6);
    fhir_reader_close(opts.reader);
    arena_close(work);
    arena_close(mem);
    return 0;
}
