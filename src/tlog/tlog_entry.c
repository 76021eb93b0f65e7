/* SPDX-License-Identifier: Apache-2.0
 * The bytes of log entries (docs/formats/log.md). A private entry is a type byte, a format byte and a salted
 * commitment; it tells nothing, not even whether it stands for an event or is a dummy. */
#include "tlog/tlog_int.h"

enum { FORMAT = 0x01 };

/* Ends with its NUL, the separator byte of docs/formats/log.md. */
static const char COMMIT_LABEL[] = "salve-commit-v1";

void tlog_commit_entry(const uint8_t salt[TLOG_SALT_BYTES], struct str event, uint8_t entry[TLOG_PRIVATE_ENTRY_BYTES])
{
    uint8_t event_hash[TLOG_HASH_BYTES];
    crypto_sha256(event, event_hash);
    const struct str parts[] = {
        str_make(COMMIT_LABEL, sizeof COMMIT_LABEL),
        str_bytes(salt, TLOG_SALT_BYTES),
        str_bytes(event_hash, sizeof event_hash),
    };
    entry[0] = TLOG_ENTRY_PRIVATE;
    entry[1] = FORMAT;
    crypto_sha256_parts(NULL, parts, sizeof parts / sizeof parts[0], entry + 2);
}

void tlog_dummy_entry(uint8_t entry[TLOG_PRIVATE_ENTRY_BYTES])
{
    entry[0] = TLOG_ENTRY_PRIVATE;
    entry[1] = FORMAT;
    crypto_random(entry + 2, TLOG_HASH_BYTES);
}

static bool is_known(uint8_t type)
{
#define X(name, code, what)                                                                                            \
    if (type == (code)) return true;
    TLOG_ENTRIES(X)
#undef X
    return false;
}

enum salve_code tlog_public_entry(enum tlog_entry_type type, struct str payload, struct arena *mem, struct str *entry,
                                  struct salve_err *err)
{
    if (type == TLOG_ENTRY_PRIVATE || !is_known((uint8_t)type))
        return salve_fail(err, SALVE_E_RANGE, "log entry type %d", (int)type);
    if (payload.len > TLOG_ENTRY_BYTES_MAX - 2) return salve_fail(err, SALVE_E_TOO_BIG, "log entry");
    char *bytes = arena_alloc_raw(mem, payload.len + 2, 1);
    if (bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "log entry");
    bytes[0] = (char)type;
    bytes[1] = FORMAT;
    if (payload.len > 0) memcpy(bytes + 2, payload.ptr, payload.len);
    *entry = str_make(bytes, payload.len + 2);
    return SALVE_OK;
}

enum salve_code tlog_entry_read(struct str entry, enum tlog_entry_type *type, struct str *payload,
                                struct salve_err *err)
{
    if (entry.len < 2 || entry.len > TLOG_ENTRY_BYTES_MAX || entry.ptr[1] != FORMAT || !is_known((uint8_t)entry.ptr[0]))
        return salve_fail(err, SALVE_E_INVALID, "log entry");
    if (entry.ptr[0] == TLOG_ENTRY_PRIVATE && entry.len != TLOG_PRIVATE_ENTRY_BYTES)
        return salve_fail(err, SALVE_E_INVALID, "log entry");
    *type = (enum tlog_entry_type)(uint8_t)entry.ptr[0];
    *payload = str_cut(entry, 2, entry.len);
    return SALVE_OK;
}
