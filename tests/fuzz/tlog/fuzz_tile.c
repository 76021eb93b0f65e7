/* SPDX-License-Identifier: Apache-2.0
 * Tiles, bundles, tile paths and entries as they come from other people's files, and the state block as it may come from a
 * damaged disk. */
#include <stdlib.h>

#include "crypto/crypto.h"
#include "tlog/tlog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void path_reads_back(struct str text, struct arena *mem)
{
    int32_t level;
    uint64_t number;
    uint32_t width;
    struct str again;
    if (tlog_tile_path_parse(text, &level, &number, &width, NULL) != SALVE_OK) return;
    if (tlog_tile_path(level, number, width, mem, &again, NULL) != SALVE_OK || !str_eq(text, again)) abort();
}

/* The tile that the entries of a bundle make always fits them. */
static void bundle_fits_its_tile(struct str bundle, struct arena *mem)
{
    struct tlog_hash *tile = arena_array(mem, struct tlog_hash, TLOG_TILE_WIDTH);
    struct str rest = bundle, entry, payload;
    enum tlog_entry_type type;
    enum salve_code code;
    uint32_t count = 0;
    while (count < TLOG_TILE_WIDTH && tlog_bundle_next(&rest, &entry, &code, NULL)) {
        tile[count++] = tlog_hash_leaf(entry);
        if (tlog_entry_read(entry, &type, &payload, NULL) == SALVE_OK && payload.len + 2 != entry.len) abort();
    }
    struct str whole = str_cut(bundle, 0, bundle.len - rest.len);
    struct str bytes = str_make((const char *)tile, count * sizeof *tile);
    if (count > 0 && tlog_tiles_check(bytes, count, whole, NULL) != SALVE_OK) abort();
    (void)!tlog_tiles_check(bundle, (uint32_t)(bundle.len / TLOG_HASH_BYTES), whole, NULL);
}

static enum salve_code no_entries(void *self, uint64_t first, uint32_t count, struct arena *mem, struct str *entries,
                                  struct salve_err *err)
{
    (void)self, (void)first, (void)count, (void)mem, (void)entries;
    return salve_fail(err, SALVE_E_NOT_FOUND, "entry");
}

static enum salve_code read_state(void *self, enum tlog_block kind, uint64_t number, struct arena *mem,
                                  struct str *bytes, struct salve_err *err)
{
    (void)mem, (void)number;
    if (kind != TLOG_BLOCK_STATE) return salve_fail(err, SALVE_E_NOT_FOUND, "block");
    *bytes = *(const struct str *)self;
    return SALVE_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open(4 << 20);
    struct str text = str_make((const char *)data, size);
    char *sealed = malloc(size + 8); /* with the right checksum, so that the layout is reached */
    uint8_t hash[16];
    struct tlog *log;
    struct tlog_proof proof;
    if (crypto_init(NULL) != SALVE_OK || sealed == NULL) abort();
    path_reads_back(text, mem);
    bundle_fits_its_tile(text, mem);
    crypto_blake2b(text, hash, sizeof hash);
    if (size > 0) memcpy(sealed, data, size);
    memcpy(sealed + size, hash, 8);
    struct str block = str_make(sealed, size + 8);
    struct tlog_io io = {.self = &block, .read_entries = no_entries, .read_block = read_state};
    if (tlog_open(&io, STR("salve.test/1"), mem, &log, NULL) == SALVE_OK) {
        (void)tlog_root(log);
        if (tlog_size(log) > 1 && tlog_prove(log, 0, tlog_size(log), &proof, NULL) == SALVE_OK) abort();
    }
    free(sealed);
    arena_close(mem);
    return 0;
}
