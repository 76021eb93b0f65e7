/* SPDX-License-Identifier: Apache-2.0
 * Chunked bump allocation with a ceiling; see arena.h. */
#include "base/turns.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SALVE_CLANG_ASAN 1
#endif
#endif
#ifndef SALVE_CLANG_ASAN
#define SALVE_CLANG_ASAN 0
#endif

enum { ALIGN = 16, CHUNK_BYTES_MIN = 4096, CHUNK_BYTES_MAX = 1 << 20 };

struct chunk {
    struct chunk *prev;
    size_t size, used;
    alignas(ALIGN) char bytes[];
};

struct cleanup {
    struct cleanup *prev;
    void (*run)(void *);
    void *what;
};

struct arena {
    struct chunk *chunk, *spare; /* spare: left from a rewind, for the next chunks; NULL: none */
    struct cleanup *cleanup;
    size_t bytes, bytes_max, chunk_bytes;
    uint64_t allocs_left;
    bool is_private, keeps_all;
};

struct arena *arena_open(size_t bytes_max)
{
    struct arena *mem = calloc(1, sizeof *mem);
    if (mem == NULL) return NULL;
    mem->bytes_max = bytes_max;
    mem->chunk_bytes = CHUNK_BYTES_MIN;
    mem->allocs_left = UINT64_MAX;
    return mem;
}

struct arena *arena_open_private(size_t bytes_max)
{
    struct arena *mem = arena_open(bytes_max);
    if (mem != NULL) mem->is_private = true;
    return mem;
}

struct arena *arena_open_repeated(size_t bytes_max)
{
    struct arena *mem = arena_open(bytes_max);
    if (mem != NULL) mem->keeps_all = true;
    return mem;
}

static void run_cleanups(struct arena *mem, const struct cleanup *until)
{
    while (mem->cleanup != until) {
        struct cleanup *last = mem->cleanup;
        mem->cleanup = last->prev;
        last->run(last->what);
    }
}

static void wipe(const struct arena *mem, struct chunk *chunk, size_t from)
{
    if (mem->is_private) explicit_bzero(chunk->bytes + from, chunk->used - from);
    chunk->used = from;
}

static void drop_chunks(struct arena *mem, const struct chunk *until)
{
    while (mem->chunk != until) {
        struct chunk *last = mem->chunk;
        mem->chunk = last->prev;
        wipe(mem, last, 0);
        free(last);
    }
}

static void free_spares(struct arena *mem)
{
    while (mem->spare != NULL) {
        struct chunk *last = mem->spare;
        mem->spare = last->prev;
        free(last);
    }
}

#if !defined(__SANITIZE_ADDRESS__) && !SALVE_CLANG_ASAN /* there, whoever uses memory after a rewind is to be caught */
static bool is_worth_keeping(const struct arena *mem, const struct chunk *chunk)
{
    return mem->keeps_all || (chunk->size <= CHUNK_BYTES_MAX && (mem->spare == NULL || mem->spare->size < chunk->size));
}
#endif

/* Keeps one chunk of those that are dropped, or all: work that repeats between marks needs no memory of the system. */
static void drop_most(struct arena *mem, const struct chunk *until)
{
#if !defined(__SANITIZE_ADDRESS__) && !SALVE_CLANG_ASAN
    while (mem->chunk != until && is_worth_keeping(mem, mem->chunk)) {
        struct chunk *last = mem->chunk;
        mem->chunk = last->prev;
        wipe(mem, last, 0);
        if (!mem->keeps_all) free_spares(mem);
        last->prev = mem->spare;
        mem->spare = last;
    }
#endif
    drop_chunks(mem, until);
}

void arena_close(struct arena *mem)
{
    if (mem == NULL) return;
    run_cleanups(mem, NULL);
    drop_chunks(mem, NULL);
    free_spares(mem);
    free(mem);
}

/* The first spare chunk that is large enough; NULL: there is none. */
static struct chunk *take_spare(struct arena *mem, size_t bytes)
{
    struct chunk **at = &mem->spare, *found;
    while (*at != NULL && (*at)->size < bytes) at = &(*at)->prev;
    found = *at;
    if (found != NULL) *at = found->prev;
    return found;
}

static bool add_chunk(struct arena *mem, size_t bytes)
{
    size_t size = mem->chunk_bytes < bytes ? bytes : mem->chunk_bytes;
    struct chunk *chunk = take_spare(mem, bytes);
    if (chunk == NULL) {
        chunk = malloc(sizeof *chunk + size);
        if (chunk == NULL) return false;
        chunk->size = size;
        if (mem->chunk_bytes < CHUNK_BYTES_MAX) mem->chunk_bytes *= 2;
    }
    chunk->prev = mem->chunk;
    chunk->used = 0;
    mem->chunk = chunk;
    return true;
}

/* A new chunk, a ceiling, or an allocation that is to fail. */
static __attribute__((noinline)) void *alloc_slow(struct arena *mem, size_t bytes, size_t align)
{
    salve_assert(align != 0 && align <= ALIGN && (align & (align - 1)) == 0);
    if (mem->allocs_left != UINT64_MAX) {
        if (mem->allocs_left == 0) return NULL;
        mem->allocs_left--;
    }
    if (bytes > mem->bytes_max - mem->bytes) return NULL;
    size_t start = mem->chunk == NULL ? 0 : (mem->chunk->used + align - 1) & ~(align - 1);
    if (mem->chunk == NULL || start > mem->chunk->size || bytes > mem->chunk->size - start) {
        if (!add_chunk(mem, bytes)) return NULL;
        start = 0;
    }
    mem->chunk->used = start + bytes;
    mem->bytes += bytes;
    return mem->chunk->bytes + start;
}

void *arena_alloc_raw(struct arena *mem, size_t bytes, size_t align)
{
    struct chunk *chunk = mem->chunk;
    bool is_usual = chunk != NULL && mem->allocs_left == UINT64_MAX && align - 1 < ALIGN && (align & (align - 1)) == 0;
    if (__builtin_expect(!is_usual, false)) return alloc_slow(mem, bytes, align);
    size_t start = (chunk->used + align - 1) & ~(align - 1);
    if (start > chunk->size || bytes > chunk->size - start || bytes > mem->bytes_max - mem->bytes)
        return alloc_slow(mem, bytes, align);
    chunk->used = start + bytes;
    mem->bytes += bytes;
    return chunk->bytes + start;
}

void *arena_alloc(struct arena *mem, size_t bytes)
{
    void *got = arena_alloc_raw(mem, bytes, ALIGN);
    return got == NULL ? NULL : memset(got, 0, bytes);
}

void *arena_alloc_array(struct arena *mem, size_t item_bytes, size_t count)
{
    size_t bytes;
    if (__builtin_mul_overflow(item_bytes, count, &bytes)) return NULL;
    return arena_alloc(mem, bytes);
}

void *arena_grow(struct arena *mem, void *old, size_t old_bytes, size_t bytes)
{
    salve_assert(bytes >= old_bytes);
    struct chunk *chunk = mem->chunk;
    size_t more = bytes - old_bytes;
    if (old != NULL && chunk != NULL && (char *)old + old_bytes == chunk->bytes + chunk->used &&
        more <= chunk->size - chunk->used && more <= mem->bytes_max - mem->bytes && mem->allocs_left == UINT64_MAX) {
        chunk->used += more;
        mem->bytes += more;
        return old;
    }
    void *fresh = arena_alloc_raw(mem, bytes, ALIGN);
    if (fresh != NULL && old_bytes > 0) memcpy(fresh, old, old_bytes);
    return fresh;
}

enum salve_code arena_str(struct arena *mem, struct str text, struct str *out, struct salve_err *err)
{
    char *copy = arena_alloc_raw(mem, text.len + 1, 1);
    if (copy == NULL) return salve_fail(err, SALVE_E_MEMORY, "text of %zu bytes", text.len);
    if (text.len > 0) memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    *out = str_make(copy, text.len);
    return SALVE_OK;
}

/* Most texts fit into what is left of the chunk and are written once; others are measured by that. */
struct str arena_printf(struct arena *mem, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    struct chunk *chunk = mem->chunk;
    size_t room = chunk == NULL ? 0 : chunk->size - chunk->used;
    char *tried = room == 0 ? NULL : chunk->bytes + chunk->used;
    int len = vsnprintf(tried, room, fmt, args);
    size_t bytes = len < 0 ? room : (size_t)len + 1;
    char *text = len < 0 ? NULL : arena_alloc_raw(mem, bytes, 1);
    bool is_written = text != NULL && text == tried;
    if (!is_written && room > 0 && mem->is_private) explicit_bzero(tried, bytes < room ? bytes : room);
    if (!is_written && text != NULL) (void)vsnprintf(text, bytes, fmt, again);
    va_end(again);
    va_end(args);
    return text == NULL ? STR_NONE : str_make(text, (size_t)len);
}

struct arena_mark arena_mark(const struct arena *mem)
{
    return (struct arena_mark){mem->chunk, mem->chunk == NULL ? 0 : mem->chunk->used, mem->bytes, mem->cleanup};
}

void arena_rewind(struct arena *mem, struct arena_mark mark)
{
    run_cleanups(mem, mark.cleanup);
    drop_most(mem, mark.chunk);
    if (mem->chunk != NULL) wipe(mem, mem->chunk, mark.used);
    mem->bytes = mark.bytes;
}

enum salve_code arena_on_close(struct arena *mem, void (*run)(void *what), void *what, struct salve_err *err)
{
    struct cleanup *cleanup = arena_new(mem, struct cleanup);
    if (cleanup == NULL) return salve_fail(err, SALVE_E_MEMORY, "arena cleanup");
    *cleanup = (struct cleanup){mem->cleanup, run, what};
    mem->cleanup = cleanup;
    return SALVE_OK;
}

size_t arena_bytes(const struct arena *mem) { return mem->bytes; }
bool arena_is_private(const struct arena *mem) { return mem->is_private; }

void arena_fail_after(struct arena *mem, uint64_t count) { mem->allocs_left = count; }
