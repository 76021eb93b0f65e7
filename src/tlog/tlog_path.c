/* SPDX-License-Identifier: Apache-2.0
 * Names and bytes of C2SP tlog-tiles: hash tiles, entry bundles, and their paths. */
#include "tlog/tlog_int.h"

#include "base/buf.h"

static enum salve_code bad_path(struct salve_err *err) { return salve_fail(err, SALVE_E_INVALID, "tile path"); }

enum salve_code tlog_tile_path(int32_t level, uint64_t number, uint32_t width, struct arena *mem, struct str *out,
                               struct salve_err *err)
{
    if (level < -1 || level > 63 || width > TLOG_TILE_WIDTH) return salve_fail(err, SALVE_E_RANGE, "tile path");
    uint32_t groups[7], count = 0;
    do groups[count++] = (uint32_t)(number % 1000);
    while ((number /= 1000) != 0);
    struct buf buf;
    buf_init(&buf, mem, 128);
    if (level < 0)
        buf_add(&buf, STR("tile/entries/"));
    else
        buf_addf(&buf, "tile/%d/", (int)level);
    while (count-- > 1) buf_addf(&buf, "x%03u/", groups[count]);
    buf_addf(&buf, "%03u", groups[0]);
    if (width != 0 && width != TLOG_TILE_WIDTH) buf_addf(&buf, ".p/%u", width);
    return buf_done(&buf, out, err);
}

static bool cut_part(struct str *rest, struct str *part)
{
    if (rest->ptr == NULL) return false;
    ptrdiff_t slash = str_find(*rest, STR("/"));
    *part = str_cut(*rest, 0, slash < 0 ? rest->len : (size_t)slash);
    *rest = slash < 0 ? STR_NONE : str_cut(*rest, (size_t)slash + 1, rest->len);
    return true;
}

static bool group_read(struct str part, uint64_t *number)
{
    if (part.len != 3) return false;
    for (size_t i = 0; i < 3; i++)
        if (!str_is_digit(part.ptr[i])) return false;
    uint64_t group =
        (uint64_t)(part.ptr[0] - '0') * 100 + (uint64_t)(part.ptr[1] - '0') * 10 + (uint64_t)(part.ptr[2] - '0');
    return !__builtin_mul_overflow(*number, 1000, number) && !__builtin_add_overflow(*number, group, number);
}

static bool level_read(struct str part, int32_t *level)
{
    uint64_t number = 0;
    if (str_is(part, "entries")) {
        *level = -1;
        return true;
    }
    if (!tlog_decimal_read(part, &number) || number > 63) return false;
    *level = (int32_t)number;
    return true;
}

enum salve_code tlog_tile_path_parse(struct str path, int32_t *level, uint64_t *number, uint32_t *width,
                                     struct salve_err *err)
{
    struct str rest = path, part;
    uint64_t wide = TLOG_TILE_WIDTH;
    *number = 0;
    if (!cut_part(&rest, &part) || !str_is(part, "tile")) return bad_path(err);
    if (!cut_part(&rest, &part) || !level_read(part, level) || !cut_part(&rest, &part)) return bad_path(err);
    if (str_is(part, "x000")) return bad_path(err); /* no leading groups of zeros: one spelling only */
    while (part.len == 4 && part.ptr[0] == 'x')
        if (!group_read(str_cut(part, 1, 3), number) || !cut_part(&rest, &part)) return bad_path(err);
    bool is_partial = str_ends(part, STR(".p"));
    if (is_partial) part.len -= 2;
    if (!group_read(part, number)) return bad_path(err);
    if (is_partial &&
        (!cut_part(&rest, &part) || !tlog_decimal_read(part, &wide) || wide == 0 || wide >= TLOG_TILE_WIDTH))
        return bad_path(err);
    if (rest.ptr != NULL) return bad_path(err);
    *width = (uint32_t)wide;
    return SALVE_OK;
}

static enum salve_code bundle_make(struct tlog *log, uint64_t number, uint32_t width, struct arena *mem,
                                   struct str *out, struct salve_err *err)
{
    struct str *entries = arena_array(mem, struct str, width);
    if (entries == NULL) return salve_fail(err, SALVE_E_MEMORY, "entry bundle");
    enum salve_code code = log->io.read_entries(log->io.self, number * TLOG_TILE_WIDTH, width, mem, entries, err);
    if (code != SALVE_OK) return code;
    size_t bytes = 0;
    for (uint32_t i = 0; i < width; i++) bytes += 2 + entries[i].len;
    uint8_t *bundle = arena_alloc_raw(mem, bytes, 1), *at = bundle;
    if (bundle == NULL) return salve_fail(err, SALVE_E_MEMORY, "entry bundle");
    for (uint32_t i = 0; i < width; i++) {
        if (entries[i].len == 0 || entries[i].len > TLOG_ENTRY_BYTES_MAX)
            return salve_fail(err, SALVE_E_INTEGRITY, "log entry %llu",
                              (unsigned long long)(number * TLOG_TILE_WIDTH + i));
        put_u16(at, (uint16_t)entries[i].len);
        memcpy(at + 2, entries[i].ptr, entries[i].len);
        at += 2 + entries[i].len;
    }
    *out = str_bytes(bundle, bytes);
    return SALVE_OK;
}

enum salve_code tlog_tile(struct tlog *log, int32_t level, uint64_t number, uint64_t size, struct arena *mem,
                          struct str *out, struct salve_err *err)
{
    if (level < -1 || level >= TLOG_LEVELS || size > log->tree.size) return salve_fail(err, SALVE_E_RANGE, "log tile");
    uint32_t width = tlog_tile_width(level < 0 ? 0 : (uint32_t)level, number, size);
    if (width == 0) return salve_fail(err, SALVE_E_RANGE, "log tile");
    if (level < 0) return bundle_make(log, number, width, mem, out, err);
    const struct tile_cache *tile = NULL;
    enum salve_code code = tlog_tile_load(log, (uint32_t)level, number, &tile, err);
    if (code != SALVE_OK) return code;
    return arena_str(mem, str_bytes(tile->bytes, (size_t)width * TLOG_HASH_BYTES), out, err);
}

bool tlog_bundle_next(struct str *rest, struct str *entry, enum salve_code *code, struct salve_err *err)
{
    *code = SALVE_OK;
    if (rest->len == 0) return false;
    const uint8_t *at = (const uint8_t *)rest->ptr;
    size_t len = rest->len < 2 ? 0 : (size_t)at[0] << 8 | at[1];
    if (len == 0 || len > rest->len - 2) {
        *code = salve_fail(err, SALVE_E_INVALID, "entry bundle");
        return false;
    }
    *entry = str_cut(*rest, 2, len);
    *rest = str_cut(*rest, 2 + len, rest->len);
    return true;
}

enum salve_code tlog_tiles_check(struct str bytes, uint32_t width, struct str bundle, struct salve_err *err)
{
    if (width == 0 || width > TLOG_TILE_WIDTH || bytes.len != (size_t)width * TLOG_HASH_BYTES)
        return salve_fail(err, SALVE_E_INVALID, "hash tile");
    if (bundle.ptr == NULL) return SALVE_OK;
    struct str rest = bundle, entry;
    enum salve_code code = SALVE_OK;
    uint32_t count = 0;
    for (; tlog_bundle_next(&rest, &entry, &code, err); count++) {
        if (count == width) return salve_fail(err, SALVE_E_INVALID, "entry bundle");
        struct tlog_hash hash = tlog_hash_leaf(entry);
        if (memcmp(hash.bytes, bytes.ptr + (size_t)count * TLOG_HASH_BYTES, TLOG_HASH_BYTES) != 0)
            return salve_fail(err, SALVE_E_INTEGRITY, "entry %u of the bundle", count);
    }
    if (code != SALVE_OK) return code;
    return count == width ? SALVE_OK : salve_fail(err, SALVE_E_INVALID, "entry bundle");
}
