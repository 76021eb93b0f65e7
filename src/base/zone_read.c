/* SPDX-License-Identifier: Apache-2.0
 *
 * TZif (RFC 9636): a header, the changes of the offset, and from version 2 on both again with 64 bits, and a rule for
 * what comes after. Names, leap seconds and indicators are read past. */
#include "base/zone_int.h"

enum { HEADER_BYTES = 44, TYPE_BYTES = 6 };

struct reader {
    struct str rest;
    struct salve_err *err;
};

static enum salve_code wrong(const struct reader *in, const char *why)
{
    return salve_refuse(in->err, SALVE_E_INVALID, why, "time zone file");
}

static int64_t big_endian(const char *bytes, size_t count)
{
    uint64_t number = (uint8_t)bytes[0] & 0x80 ? UINT64_MAX : 0; /* two's complement */
    for (size_t i = 0; i < count; i++) number = number << 8 | (uint8_t)bytes[i];
    return (int64_t)number;
}

struct header {
    char version;
    uint32_t utc_flags, standard_flags, leaps, changes, types, name_bytes;
};

static enum salve_code header(struct reader *in, struct header *out)
{
    const char *at = in->rest.ptr;
    if (in->rest.len < HEADER_BYTES || memcmp(at, "TZif", 4) != 0) return wrong(in, "this is no TZif file");
    uint32_t counts[6];
    for (size_t i = 0; i < 6; i++) {
        int64_t count = big_endian(at + 20 + 4 * i, 4);
        if (count < 0 || count > ZONE_BYTES_MAX) return wrong(in, "a count is beyond the file");
        counts[i] = (uint32_t)count;
    }
    *out = (struct header){at[4], counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]};
    if (out->types == 0 || out->types > ZONE_TYPES_MAX) return wrong(in, "1 to 256 local time types are wanted");
    in->rest = str_cut(in->rest, HEADER_BYTES, in->rest.len);
    return SALVE_OK;
}

static size_t block_bytes(const struct header *h, size_t time_bytes)
{
    return h->changes * (time_bytes + 1) + h->types * (size_t)TYPE_BYTES + h->name_bytes + h->leaps * (time_bytes + 4) +
           h->standard_flags + h->utc_flags;
}

static enum salve_code types(struct reader *in, const struct header *h, const char *at, struct zone *out)
{
    out->type_count = h->types;
    for (size_t i = 0; i < h->types; i++) {
        int64_t offset = big_endian(at + i * TYPE_BYTES, 4);
        if (offset <= -ZONE_OFFSET_S_MAX || offset >= ZONE_OFFSET_S_MAX) return wrong(in, "an offset is over 26 hours");
        out->offsets_s[i] = (int32_t)offset;
    }
    return SALVE_OK;
}

static enum salve_code block(struct reader *in, const struct header *h, size_t time_bytes, struct arena *mem,
                             struct zone *out)
{
    if (block_bytes(h, time_bytes) > in->rest.len) return wrong(in, "it ends too early");
    const char *times = in->rest.ptr, *kinds = times + h->changes * time_bytes;
    int64_t *at = arena_array(mem, int64_t, h->changes + (size_t)1);
    uint8_t *type = arena_array(mem, uint8_t, h->changes + (size_t)1);
    if (at == NULL || type == NULL) return salve_fail(in->err, SALVE_E_MEMORY, "time zone file");
    for (size_t i = 0; i < h->changes; i++) {
        at[i] = big_endian(times + i * time_bytes, time_bytes);
        type[i] = (uint8_t)kinds[i];
        if (i > 0 && at[i] <= at[i - 1]) return wrong(in, "changes must follow each other");
        if (type[i] >= h->types) return wrong(in, "a change leads to a type that is not there");
    }
    out->change_unix_s = at;
    out->change_type = type;
    out->change_count = h->changes;
    in->rest = str_cut(in->rest, block_bytes(h, time_bytes), in->rest.len);
    return types(in, h, kinds + h->changes, out);
}

/* A line; empty: what the last change gave goes on. */
static enum salve_code footer(struct reader *in, struct zone *out)
{
    struct str rest = in->rest;
    const char *end = rest.len < 2 || rest.ptr[0] != '\n' ? NULL : memchr(rest.ptr + 1, '\n', rest.len - 1);
    if (end == NULL) return wrong(in, "it has no last line");
    struct str rule = str_make(rest.ptr + 1, (size_t)(end - rest.ptr) - 1);
    if (rule.len > 0 && !zone_rule_read(rule, &out->rule)) return wrong(in, "its last line is no rule");
    return SALVE_OK;
}

enum salve_code zone_read(struct str tzif, struct arena *mem, const struct zone **out, struct salve_err *err)
{
    struct reader in = {tzif, err};
    struct header h;
    struct zone *zone = arena_new(mem, struct zone);
    if (zone == NULL) return salve_fail(err, SALVE_E_MEMORY, "time zone file");
    if (tzif.len > ZONE_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "time zone file");
    TRY(header(&in, &h));
    if (h.version >= '2') {
        if (block_bytes(&h, 4) > in.rest.len) return wrong(&in, "it ends too early");
        in.rest = str_cut(in.rest, block_bytes(&h, 4), in.rest.len);
        TRY(header(&in, &h));
        TRY(block(&in, &h, 8, mem, zone));
        TRY(footer(&in, zone));
    } else {
        TRY(block(&in, &h, 4, mem, zone));
    }
    *out = zone;
    return SALVE_OK;
}
