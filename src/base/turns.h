/* SPDX-License-Identifier: Apache-2.0
 *
 * turns - an arena (arena.h) for large work that repeats between marks and then ends.
 *
 *     struct arena *work = arena_open_repeated(64 << 20);
 *     for (...) {
 *         struct arena_mark mark = arena_mark(work);
 *         ...
 *         arena_rewind(work, mark);     // keeps what it gives back for the next turn, until the arena closes
 *     }
 *
 * Other arenas keep one piece of a megabyte at most. NULL only if the system has no memory at all. */
#ifndef SALVE_BASE_TURNS_H
#define SALVE_BASE_TURNS_H

#include "base/arena.h"

struct arena *arena_open_repeated(size_t bytes_max);

#endif
