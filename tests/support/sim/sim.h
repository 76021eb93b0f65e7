/* SPDX-License-Identifier: Apache-2.0
 *
 * sim - a simulated machine for tests of a site: its disk, its memory and its chance, at the seam between a program and
 * the C library. Linked into a program, it stands in the place of open, pwrite, fsync, rename, malloc and their like, so
 * that nothing passes by it: what Salve calls and what SQLite calls. Files lie in a folder in memory; each call that changes
 * one below the watched folder is recorded, and of the recording every state is made anew that a kill or a power cut at
 * any of the calls may leave. Random numbers come from a seed, so that the same seed makes the same recording.
 *
 *     sim_chance(seed);
 *     struct sim *sim = sim_begin(folder);               // what lies there is durable
 *     ...work...; sim_calls(sim)                         // how many calls there were
 *     sim_end(sim);
 *     sim_rebuild(sim, &(struct sim_cut){.at = 17, .loss = SIM_POWER, .seed = 5, .sector_bytes = 512});
 *
 * One thread works on the folder. The model of a disk: contents are durable by fsync of the file, names by fsync of their
 * folder; of what was not synced each sector may be there or not, and of changes of names the first few, or any of them.
 * A sync that failed leaves its sectors as if they were written, and they may never be. */
#ifndef SALVE_TESTS_SIM_H
#define SALVE_TESTS_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct sim;

/* sim_begin - watches `folder` (an absolute path without links), whose files are what a recording begins with. sim_end -
 * watches no more; the recording stays until sim_drop. One is watched at a time. */
struct sim *sim_begin(const char *folder);
void sim_end(struct sim *sim);
void sim_drop(struct sim *sim);

/* sim_calls - calls recorded until now, that is the number of the next one. sim_fingerprint - a hash over all of them,
 * names and bytes. sim_describe - call number `nr` in words: its kind, its file, its place. */
uint64_t sim_calls(const struct sim *sim);
uint64_t sim_fingerprint(const struct sim *sim);
void sim_describe(const struct sim *sim, uint64_t nr, char *text, size_t bytes);

/* --- what is left ------------------------------------------------------------------------------------------------- */

enum sim_loss {
    SIM_KILL,  /* the program ended: all calls before `at` are there, and of that one a part where it is a write */
    SIM_POWER, /* the machine ended: what was synced is there, of the rest what the seed says */
    SIM_NONE,  /* nothing that was not synced is there */
};
struct sim_cut {
    uint64_t at; /* the call that did not come back, from 0; sim_calls: after the last one */
    enum sim_loss loss;
    uint64_t seed;
    uint32_t sector_bytes; /* 512 or 4096: what a disk writes whole or not at all */
    bool lies;             /* it said that it had synced, and had not: nothing withstands this, which a test shows */
};
struct sim_left {
    uint64_t pending, kept, torn; /* writes that were not synced: of them there, of them in part */
};
/* sim_rebuild - the folder as the cut leaves it, in the place where it was watched. */
struct sim_left sim_rebuild(const struct sim *sim, const struct sim_cut *cut);

/* --- errors ------------------------------------------------------------------------------------------------------- */

enum sim_kind {
    SIM_OPEN = 1, /* of a file or folder that is there: EMFILE, EIO */
    SIM_MAKE = 2, /* of a file that is not there; a folder that is made */
    SIM_READ = 4,
    SIM_WRITE = 8,
    SIM_SYNC = 16, /* of a file or of a folder */
    SIM_SIZE = 32, /* ftruncate */
    SIM_NAME = 64, /* rename, unlink, rmdir */
    SIM_MEMORY =
        128, /* malloc and its like, mmap; everywhere, not below the folder alone. Not in the sanitizer build */
    SIM_FILES = 127,
};
struct sim_fault {
    unsigned kinds;
    uint64_t nth; /* of these calls from now, from 1; 0: none fails any more */
    int error;    /* errno; 0 with SIM_WRITE: half of what is longer than a sector is written, which is no error yet */
    bool is_sticky;   /* all later ones, too */
    const char *file; /* only where the name begins with this, in the watched folder; NULL: all */
};
void sim_fail(const struct sim_fault *fault);
void sim_rest(bool rests);  /* while it does nothing fails or is counted: for what the test itself makes */
bool sim_fired(void);       /* since sim_fail */
uint64_t sim_counted(void); /* calls of those kinds since sim_fail */

/* --- chance ------------------------------------------------------------------------------------------------------- */

/* sim_chance - random numbers of libsodium and SQLite, and names of temporary files, follow from the seed from now on.
 * sim_dice - a number below `sides`, of a stream. */
void sim_chance(uint64_t seed);
uint32_t sim_dice(uint64_t *stream, uint32_t sides);
uint64_t sim_mix(uint64_t a, uint64_t b); /* a seed of two */

#endif
