/* SPDX-License-Identifier: Apache-2.0
 * Checkpoints: the three lines that say how far the log has come, and the order in which they are signed. The guard is
 * what keeps a restored, older database from signing a second history. */
#include "tlog/tlog_int.h"

#include "base/limits.h"

static enum salve_code bad_checkpoint(struct salve_err *err, const char *why)
{
    return salve_refuse(err, SALVE_E_INVALID, why, "checkpoint");
}

enum salve_code tlog_checkpoint_text(const struct tlog_checkpoint *head, struct arena *mem, struct str *out,
                                     struct salve_err *err)
{
    char root[TLOG_HASH_TEXT_BYTES + 1];
    if (head->origin.len == 0 || memchr(head->origin.ptr, '\n', head->origin.len) != NULL)
        return bad_checkpoint(err, "its origin is not one line");
    tlog_hash_text(&head->root, root);
    *out = arena_printf(mem, "%.*s\n%llu\n%s\n", STR_ARGS(head->origin), (unsigned long long)head->size, root);
    return out->ptr != NULL ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "checkpoint");
}

/* Cuts a line that must end with a newline. */
static bool cut_line(struct str *rest, struct str *line)
{
    const char *end = rest->len == 0 ? NULL : memchr(rest->ptr, '\n', rest->len);
    if (end == NULL) return false;
    *line = str_cut(*rest, 0, (size_t)(end - rest->ptr));
    *rest = str_cut(*rest, line->len + 1, rest->len);
    return true;
}

enum salve_code tlog_checkpoint_parse(struct str text, struct tlog_checkpoint *out, struct salve_err *err)
{
    struct str rest = text, origin, size, root, line;
    if (text.len > SALVE_NOTE_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "checkpoint");
    if (!cut_line(&rest, &origin) || !cut_line(&rest, &size) || !cut_line(&rest, &root))
        return bad_checkpoint(err, "it has fewer than three lines");
    if (origin.len == 0 || origin.len > TLOG_NAME_BYTES_MAX || !str_is_utf8(origin))
        return bad_checkpoint(err, "its origin is empty, too long or not UTF-8");
    if (!tlog_decimal_read(size, &out->size)) return bad_checkpoint(err, "its size is not a plain decimal");
    if (!tlog_hash_read(root, &out->root)) return bad_checkpoint(err, "its root is not 32 bytes of base64");
    while (rest.len > 0) { /* extension lines, up to the blank line before signatures */
        if (!cut_line(&rest, &line)) return bad_checkpoint(err, "it does not end with a newline");
        if (line.len == 0) break;
    }
    out->origin = origin;
    return SALVE_OK;
}

/* --- the archive -------------------------------------------------------------------------------------------------- */

static enum salve_code damaged_archive(struct salve_err *err, uint64_t size)
{
    return salve_fail(err, SALVE_E_INTEGRITY, "checkpoint %llu", (unsigned long long)size);
}

enum salve_code tlog_archive_newest(struct tlog *log, struct arena *mem, uint64_t *size, struct salve_err *err)
{
    struct str block = STR_NONE, body = STR_NONE;
    enum salve_code code = log->io.read_block(log->io.self, TLOG_BLOCK_CHECKPOINTS, 0, mem, &block, err);
    if (code == SALVE_OK) code = tlog_block_unseal(block, "list of checkpoints", &body, err);
    if (code != SALVE_OK) return code;
    if (body.len != 8) return salve_fail(err, SALVE_E_INTEGRITY, "list of checkpoints");
    *size = crypto_get_u64((const uint8_t *)body.ptr);
    return SALVE_OK;
}

enum salve_code tlog_archive_read(struct tlog *log, uint64_t size, struct arena *mem, struct archived *out,
                                  struct salve_err *err)
{
    struct str block = STR_NONE, body = STR_NONE;
    enum salve_code code = log->io.read_block(log->io.self, TLOG_BLOCK_CHECKPOINT, size, mem, &block, err);
    if (code == SALVE_E_NOT_FOUND) return damaged_archive(err, size);
    if (code == SALVE_OK) code = tlog_block_unseal(block, "archived checkpoint", &body, err);
    if (code != SALVE_OK) return code;
    out->size = size;
    out->size_before = body.len < 8 ? size : crypto_get_u64((const uint8_t *)body.ptr);
    out->note = str_cut(body, 8, body.len);
    return out->size_before < size ? SALVE_OK : damaged_archive(err, size);
}

static enum salve_code archive_write(struct tlog *log, uint64_t size, uint64_t before, struct str note,
                                     struct arena *mem, struct salve_err *err)
{
    uint8_t number[8];
    char *bytes = arena_alloc_raw(mem, note.len + 8, 1);
    if (bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "checkpoint");
    crypto_put_u64((uint8_t *)bytes, before);
    memcpy(bytes + 8, note.ptr, note.len);
    crypto_put_u64(number, size);
    struct str block = STR_NONE, newest = STR_NONE;
    enum salve_code code = tlog_block_seal(str_make(bytes, note.len + 8), mem, &block, err);
    if (code == SALVE_OK) code = tlog_block_seal(str_bytes(number, 8), mem, &newest, err);
    if (code == SALVE_OK) code = log->io.write_block(log->io.self, TLOG_BLOCK_CHECKPOINT, size, block, err);
    if (code == SALVE_OK) code = log->io.write_block(log->io.self, TLOG_BLOCK_CHECKPOINTS, 0, newest, err);
    return code;
}

/* Notes are kept in the order of their sizes; one that is there already stays as it is. */
static enum salve_code archive_add(struct tlog *log, struct str note, struct arena *mem, struct salve_err *err)
{
    struct salve_err ignored = {0};
    uint64_t newest = 0;
    enum salve_code code = tlog_archive_newest(log, mem, &newest, &ignored);
    if (code != SALVE_OK && code != SALVE_E_NOT_FOUND) {
        if (err != NULL) *err = ignored;
        return code;
    }
    if (code == SALVE_E_NOT_FOUND) newest = 0;
    if (newest > log->tree.size) return damaged_archive(err, newest);
    if (newest == log->tree.size) return SALVE_OK;
    return archive_write(log, log->tree.size, newest, note, mem, err);
}

enum salve_code tlog_newest_checkpoint(struct tlog *log, struct arena *mem, struct str *note, struct salve_err *err)
{
    uint64_t size = 0;
    struct archived archived;
    enum salve_code code = tlog_archive_newest(log, mem, &size, err);
    if (code == SALVE_OK) code = tlog_archive_read(log, size, mem, &archived, err);
    if (code == SALVE_OK) *note = archived.note;
    return code;
}

/* --- signing ------------------------------------------------------------------------------------------------------ */

static enum salve_code fork_refused(struct salve_err *err, const char *why)
{
    return salve_refuse(err, SALVE_E_CONFLICT, why, "log checkpoint");
}

static enum salve_code guard_read(const struct tlog_guard *guard, struct arena *mem, struct tlog_checkpoint *out,
                                  bool *is_set, struct salve_err *err)
{
    struct salve_err ignored = {0};
    struct str text = STR_NONE;
    enum salve_code code = guard->read(guard->self, mem, &text, &ignored);
    *is_set = code == SALVE_OK;
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code != SALVE_OK) {
        if (err != NULL) *err = ignored;
        return code;
    }
    if (tlog_checkpoint_parse(text, out, NULL) == SALVE_OK) return SALVE_OK;
    return salve_fail(err, SALVE_E_INTEGRITY, "guard of the log");
}

/* *size: what the guard holds, 0 for nothing. */
static enum salve_code check_guard(struct tlog *log, const struct tlog_guard *guard, struct arena *mem, uint64_t *size,
                                   struct salve_err *err)
{
    struct tlog_checkpoint last = {.size = 0};
    struct tlog_hash root;
    bool is_set = false;
    *size = 0;
    enum salve_code code = guard_read(guard, mem, &last, &is_set, err);
    if (code != SALVE_OK || !is_set) return code;
    if (!str_eq(last.origin, log->origin)) return fork_refused(err, "the guard belongs to another origin");
    if (last.size > log->tree.size)
        return fork_refused(err, "a larger log was signed: this one is older and must not go on");
    code = tlog_root_at(log, last.size, &root, err);
    if (code != SALVE_OK) return code;
    if (!tlog_hash_eq(&root, &last.root)) return fork_refused(err, "another history of this size was signed");
    *size = last.size;
    return SALVE_OK;
}

enum salve_code tlog_check_guard(struct tlog *log, const struct tlog_guard *guard, struct salve_err *err)
{
    uint64_t size;
    return check_guard(log, guard, log->mem, &size, err);
}

enum salve_code tlog_sign(struct tlog *log, const struct tlog_signer *signer, const struct tlog_guard *guard,
                          struct arena *mem, struct str *note, struct salve_err *err)
{
    if (log->tree.size == 0) return salve_fail(err, SALVE_E_RANGE, "an empty log has no checkpoint");
    struct tlog_checkpoint head = {log->origin, log->tree.size, tlog_root(log)};
    struct str text = STR_NONE, signed_note = STR_NONE;
    uint64_t guarded = 0;
    enum salve_code code = check_guard(log, guard, mem, &guarded, err);
    if (code == SALVE_OK) code = tlog_checkpoint_text(&head, mem, &text, err);
    /* durable before the signature exists: a crash in between costs nothing, the other order could cost the log */
    if (code == SALVE_OK && guarded < head.size) code = guard->write(guard->self, text, err);
    if (code == SALVE_OK) code = tlog_note_sign(text, signer, mem, &signed_note, err);
    if (code == SALVE_OK) code = archive_add(log, signed_note, mem, err);
    if (code == SALVE_OK) *note = signed_note;
    return code;
}
