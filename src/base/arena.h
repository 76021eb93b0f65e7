/* SPDX-License-Identifier: Apache-2.0
 *
 * arena - memory of one request or one item, with a ceiling, freed at one place.
 *
 *     struct arena *mem = arena_open(16 << 20);
 *     struct row *row = arena_new(mem, struct row);      // zeroed; NULL when the ceiling is reached
 *     ...
 *     arena_close(mem);                                  // frees all of it, runs the cleanups, newest first
 *
 * `struct arena *mem` in a signature means "allocates here; the result lives as long as mem". Secrets never enter an
 * arena. An arena belongs to one thread. */
#ifndef SALVE_BASE_ARENA_H
#define SALVE_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena; /* opaque */

/* arena_open - a new arena that may hold `bytes_max` bytes. NULL only if the system has no memory at all. */
struct arena *arena_open(size_t bytes_max);

/* arena_open_private - the same for people's data and cards: what it gives back is wiped. */
struct arena *arena_open_private(size_t bytes_max);
bool arena_is_private(const struct arena *mem); /* whoever works for it beside it wipes what it leaves, too */

/* arena_close - runs cleanups, frees everything. NULL is fine. */
void arena_close(struct arena *mem);

/* arena_alloc - `bytes` zeroed bytes, aligned to 16; NULL when the ceiling is reached or the system refuses. */
SALVE_MUST_USE void *arena_alloc(struct arena *mem, size_t bytes);

/* arena_alloc_raw - as arena_alloc, but not zeroed and aligned to `align` (a power of two, 16 at most). */
SALVE_MUST_USE void *arena_alloc_raw(struct arena *mem, size_t bytes, size_t align);

/* arena_grow - moves `old` (may be NULL, or no memory of the arena) of `old_bytes` into `bytes`, in place when it was
 * the newest allocation. New bytes are not zeroed. NULL when the ceiling is reached; then `old` is still good. */
SALVE_MUST_USE void *arena_grow(struct arena *mem, void *old, size_t old_bytes, size_t bytes);

#define arena_new(mem, type)          ((type *)arena_alloc((mem), sizeof(type)))
#define arena_array(mem, type, count) ((type *)arena_alloc_array((mem), sizeof(type), (count)))
SALVE_MUST_USE void *arena_alloc_array(struct arena *mem, size_t item_bytes, size_t count);

/* Copies into the arena. The copy of a str also ends with a NUL that its length does not count. */
SALVE_MUST_USE enum salve_code arena_str(struct arena *mem, struct str text, struct str *out, struct salve_err *err);

/* arena_printf - formatted text, NUL-terminated behind its length; STR_NONE when the ceiling is reached. */
struct str arena_printf(struct arena *mem, const char *fmt, ...) SALVE_PRINTF(2, 3);

/* arena_mark / arena_rewind - return to an earlier state: memory and cleanups made since then go (cleanups run). */
struct arena_mark {
    void *chunk;
    size_t used, bytes;
    void *cleanup;
};
struct arena_mark arena_mark(const struct arena *mem);
void arena_rewind(struct arena *mem, struct arena_mark mark);

/* arena_on_close - run `run(what)` when the arena closes or rewinds past this point. */
SALVE_MUST_USE enum salve_code arena_on_close(struct arena *mem, void (*run)(void *what), void *what,
                                              struct salve_err *err);

/* arena_bytes - bytes handed out so far, for tests and for `--json` reports. */
size_t arena_bytes(const struct arena *mem);

/* arena_fail_after - fault injection for tests: the allocation after `count` more ones fails, and all later ones
 * (UINT64_MAX: never). */
void arena_fail_after(struct arena *mem, uint64_t count);

#endif
