/* SPDX-License-Identifier: Apache-2.0
 * A tlog_io in memory for tests, with a guard and a signing key; the rows can be looked at and damaged. */
#ifndef SALVE_TESTS_LOG_MEMORY_H
#define SALVE_TESTS_LOG_MEMORY_H

#include <stdlib.h>

#include "crypto/crypto.h"
#include "tlog/tlog.h"

struct log_row {
    int kind;
    uint64_t number;
    char *bytes;
    size_t len;
};

struct log_memory {
    struct log_row *blocks, *entries; /* entries[i] is entry i */
    size_t block_count, block_cap, entry_count, entry_cap;
    char *guard; /* checkpoint text; NULL: nothing signed */
    size_t guard_len;
    unsigned guard_writes, writes;
    unsigned fail_write; /* the n-th write and all after it fail; 0: none */
    struct crypto_keys *keys;
};

static inline struct log_row *log_memory_block(struct log_memory *memory, int kind, uint64_t number)
{
    for (size_t i = 0; i < memory->block_count; i++)
        if (memory->blocks[i].kind == kind && memory->blocks[i].number == number) return &memory->blocks[i];
    return NULL;
}

static inline struct log_row *log_memory_add(struct log_row **rows, size_t *count, size_t *cap)
{
    if (*count == *cap) {
        *cap = *cap == 0 ? 64 : *cap * 2;
        *rows = realloc(*rows, *cap * sizeof **rows);
    }
    memset(&(*rows)[*count], 0, sizeof **rows);
    return &(*rows)[(*count)++];
}

static inline void log_memory_fill(struct log_row *row, struct str bytes)
{
    free(row->bytes);
    row->bytes = malloc(bytes.len + 1);
    memcpy(row->bytes, bytes.ptr, bytes.len);
    row->len = bytes.len;
}

static inline bool log_memory_fails(struct log_memory *memory)
{
    memory->writes++;
    return memory->fail_write != 0 && memory->writes >= memory->fail_write;
}

static inline enum salve_code log_memory_read_entries(void *self, uint64_t first, uint32_t count, struct arena *mem,
                                                      struct str *entries, struct salve_err *err)
{
    struct log_memory *memory = self;
    for (uint32_t i = 0; i < count; i++) {
        if (first + i >= memory->entry_count) return salve_fail(err, SALVE_E_NOT_FOUND, "entry");
        struct log_row *row = &memory->entries[first + i];
        enum salve_code code = arena_str(mem, str_make(row->bytes, row->len), &entries[i], err);
        if (code != SALVE_OK) return code;
    }
    return SALVE_OK;
}

static inline enum salve_code log_memory_write_entries(void *self, uint64_t first, const struct str *entries,
                                                       uint32_t count, struct salve_err *err)
{
    struct log_memory *memory = self;
    for (uint32_t i = 0; i < count; i++) {
        if (log_memory_fails(memory)) return salve_fail(err, SALVE_E_IO, "test disk");
        if (first + i != memory->entry_count) return salve_fail(err, SALVE_E_CONFLICT, "entry is there already");
        struct log_row *row = log_memory_add(&memory->entries, &memory->entry_count, &memory->entry_cap);
        log_memory_fill(row, entries[i]);
    }
    return SALVE_OK;
}

static inline enum salve_code log_memory_read_block(void *self, enum tlog_block kind, uint64_t number,
                                                    struct arena *mem, struct str *bytes, struct salve_err *err)
{
    struct log_row *row = log_memory_block(self, (int)kind, number);
    if (row == NULL) return salve_fail(err, SALVE_E_NOT_FOUND, "block");
    return arena_str(mem, str_make(row->bytes, row->len), bytes, err);
}

static inline enum salve_code log_memory_write_block(void *self, enum tlog_block kind, uint64_t number,
                                                     struct str bytes, struct salve_err *err)
{
    struct log_memory *memory = self;
    if (log_memory_fails(memory)) return salve_fail(err, SALVE_E_IO, "test disk");
    struct log_row *row = log_memory_block(memory, (int)kind, number);
    if (row == NULL) {
        row = log_memory_add(&memory->blocks, &memory->block_count, &memory->block_cap);
        row->kind = (int)kind;
        row->number = number;
    }
    log_memory_fill(row, bytes);
    return SALVE_OK;
}

static inline struct tlog_io log_memory_io(struct log_memory *memory)
{
    return (struct tlog_io){memory, log_memory_read_entries, log_memory_write_entries, log_memory_read_block,
                            log_memory_write_block};
}

static inline enum salve_code log_memory_guard_read(void *self, struct arena *mem, struct str *text,
                                                    struct salve_err *err)
{
    struct log_memory *memory = self;
    if (memory->guard == NULL) return salve_fail(err, SALVE_E_NOT_FOUND, "guard");
    return arena_str(mem, str_make(memory->guard, memory->guard_len), text, err);
}

static inline enum salve_code log_memory_guard_write(void *self, struct str text, struct salve_err *err)
{
    struct log_memory *memory = self;
    (void)err;
    free(memory->guard);
    memory->guard = malloc(text.len + 1);
    memcpy(memory->guard, text.ptr, text.len);
    memory->guard_len = text.len;
    memory->guard_writes++;
    return SALVE_OK;
}

static inline struct tlog_guard log_memory_guard(struct log_memory *memory)
{
    return (struct tlog_guard){memory, log_memory_guard_read, log_memory_guard_write};
}

static inline enum salve_code log_memory_sign(void *self, struct str message, uint8_t signature[TLOG_SIGNATURE_BYTES],
                                              struct salve_err *err)
{
    (void)err;
    crypto_sign_make(crypto_keys_at(((struct log_memory *)self)->keys, 0), message, signature);
    return SALVE_OK;
}

/* A key made from `seed` repeated, under `name` (which must outlive the signer). */
static inline struct tlog_signer log_memory_signer(struct log_memory *memory, const char *name, uint8_t seed)
{
    struct tlog_signer signer = {.self = memory, .sign = log_memory_sign};
    uint8_t bytes[CRYPTO_KEY_BYTES], public_key[TLOG_PUBLIC_KEY_BYTES];
    memset(bytes, seed, sizeof bytes);
    if (memory->keys == NULL && crypto_keys_new(1, &memory->keys, NULL) != SALVE_OK) abort();
    crypto_key_import(crypto_keys_at(memory->keys, 0), bytes);
    crypto_sign_public(crypto_keys_at(memory->keys, 0), public_key);
    if (tlog_vkey_make(str_of(name), TLOG_KEY_ED25519, public_key, &signer.vkey, NULL) != SALVE_OK) abort();
    return signer;
}

static inline void log_memory_drop(struct log_memory *memory)
{
    for (size_t i = 0; i < memory->block_count; i++) free(memory->blocks[i].bytes);
    for (size_t i = 0; i < memory->entry_count; i++) free(memory->entries[i].bytes);
    free(memory->blocks);
    free(memory->entries);
    free(memory->guard);
    crypto_keys_drop(&memory->keys);
    memset(memory, 0, sizeof *memory);
}

#endif
