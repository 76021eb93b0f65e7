/* SPDX-License-Identifier: Apache-2.0
 * A successor log. A log that lost leaves in a restore must never sign again under its name; a new one begins, and its
 * first leaf says in public what it follows and which leaves are missing (docs/formats/log.md). */
#include "tlog/tlog_int.h"

enum salve_code tlog_succeed(struct tlog *log, const struct tlog_checkpoint *last, uint64_t size_kept,
                             int64_t at_unix_s, struct salve_err *err)
{
    char root[TLOG_HASH_TEXT_BYTES + 1];
    struct str entry = STR_NONE;
    if (!tlog_origin_is_valid(last->origin)) return salve_fail(err, SALVE_E_INVALID, "old log origin");
    if (log->tree.size != 0 || str_eq(log->origin, last->origin))
        return salve_fail(err, SALVE_E_CONFLICT, "successor log: not new");
    if (size_kept > last->size) return salve_fail(err, SALVE_E_RANGE, "successor log: it keeps more than was signed");
    tlog_hash_text(&last->root, root);
    /* canonical JSON: keys in order, and an origin holds nothing that needs an escape */
    struct str payload =
        arena_printf(log->mem,
                     "{\"at\":%lld,\"kept\":%llu,\"log\":\"%.*s\",\"old\":\"%.*s\",\"old_root\":\"%s\","
                     "\"old_size\":%llu}",
                     (long long)at_unix_s, (unsigned long long)size_kept, STR_ARGS(log->origin), STR_ARGS(last->origin),
                     root, (unsigned long long)last->size);
    if (payload.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "successor leaf");
    enum salve_code code = tlog_public_entry(TLOG_ENTRY_SUCCESSOR, payload, log->mem, &entry, err);
    return code == SALVE_OK ? tlog_append(log, &entry, 1, NULL, err) : code;
}

enum salve_code tlog_next_origin(struct str origin, struct arena *mem, struct str *out, struct salve_err *err)
{
    uint64_t number = 1;
    size_t at = origin.len;
    while (at > 0 && str_is_digit(origin.ptr[at - 1])) at--;
    bool has_number = at > 0 && at < origin.len && origin.ptr[at - 1] == '/' &&
                      tlog_decimal_read(str_cut(origin, at, origin.len), &number) && number < UINT64_MAX;
    struct str base = has_number ? str_cut(origin, 0, at - 1) : origin;
    *out = arena_printf(mem, "%.*s/%llu", STR_ARGS(base), (unsigned long long)(has_number ? number + 1 : 2));
    if (out->ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "log origin");
    return tlog_origin_is_valid(*out) ? SALVE_OK : salve_fail(err, SALVE_E_INVALID, "log origin");
}
