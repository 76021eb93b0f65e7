/* SPDX-License-Identifier: Apache-2.0
 * Receipts: c2sp.org/tlog-proof@v1 text. What a person holds in hand is enough: the event and its salt, the way up to
 * the root, and the signed root. Whoever has the log's verifier key can check it without asking anybody. */
#include "tlog/tlog_int.h"

#include "base/buf.h"
#include "base/limits.h"

static const struct str HEAD = {"c2sp.org/tlog-proof@v1", 22};

static enum salve_code bad_receipt(struct salve_err *err, const char *why)
{
    return salve_refuse(err, SALVE_E_INVALID, why, "log receipt");
}

static void add_proof(struct buf *buf, uint64_t index, const struct tlog_proof *proof)
{
    char text[TLOG_HASH_TEXT_BYTES + 1];
    buf_addf(buf, "index %llu\n", (unsigned long long)index);
    for (uint32_t i = 0; i < proof->count; i++) {
        tlog_hash_text(&proof->hashes[i], text);
        buf_addf(buf, "%s\n", text);
    }
    buf_add_char(buf, '\n');
}

/* Never hand out a proof that does not hold: the entry, the event and the note must fit together. */
static enum salve_code prove_checked(struct tlog *log, uint64_t index, const uint8_t *salt, struct str event,
                                     const struct tlog_checkpoint *head, struct tlog_proof *proof,
                                     struct salve_err *err)
{
    struct arena_mark mark = arena_mark(log->mem);
    struct str entry = STR_NONE;
    uint8_t committed[TLOG_PRIVATE_ENTRY_BYTES];
    enum salve_code code = tlog_entry(log, index, log->mem, &entry, err);
    struct tlog_hash leaf = tlog_leaf_with(log->hasher, code == SALVE_OK ? entry : STR(""));
    if (code == SALVE_OK && salt != NULL) {
        tlog_commit_entry(salt, event, committed);
        if (!str_eq(entry, str_bytes(committed, sizeof committed)))
            code = salve_fail(err, SALVE_E_INTEGRITY, "log entry %llu", (unsigned long long)index);
    }
    arena_rewind(log->mem, mark);
    if (code == SALVE_OK) code = tlog_prove(log, index, head->size, proof, err);
    if (code == SALVE_OK)
        code = tlog_check_inclusion(index, head->size, &leaf, proof->hashes, proof->count, &head->root, err);
    return code;
}

enum salve_code tlog_receipt(struct tlog *log, uint64_t index, const uint8_t salt[TLOG_SALT_BYTES], struct str event,
                             struct str note, struct arena *mem, struct str *out, struct salve_err *err)
{
    struct tlog_checkpoint head;
    struct tlog_proof proof;
    struct str opening = STR_NONE, extra = STR_NONE;
    enum salve_code code = tlog_checkpoint_parse(note, &head, err);
    if (code == SALVE_OK && index >= head.size) code = salve_fail(err, SALVE_E_RANGE, "log index");
    if (code == SALVE_OK) code = prove_checked(log, index, salt, event, &head, &proof, err);
    if (code != SALVE_OK) return code;
    struct buf buf;
    if (salt != NULL) {
        buf_init(&buf, mem, SALVE_RECEIPT_BYTES_MAX / 2);
        buf_add(&buf, str_bytes(salt, TLOG_SALT_BYTES));
        buf_add(&buf, event);
        code = buf_done(&buf, &opening, err);
        if (code == SALVE_OK) code = tlog_base64_text(opening, mem, &extra, err);
        if (code != SALVE_OK) return code;
    }
    buf_init(&buf, mem, SALVE_RECEIPT_BYTES_MAX);
    buf_add(&buf, HEAD);
    buf_add_char(&buf, '\n');
    if (salt != NULL) buf_addf(&buf, "extra %.*s\n", STR_ARGS(extra));
    add_proof(&buf, index, &proof);
    buf_add(&buf, note);
    return buf_done(&buf, out, err);
}

/* Cuts a line that ends with a newline; false at the end of the text or without one. */
static bool cut_line(struct str *rest, struct str *line)
{
    const char *end = rest->len == 0 ? NULL : memchr(rest->ptr, '\n', rest->len);
    if (end == NULL) return false;
    *line = str_cut(*rest, 0, (size_t)(end - rest->ptr));
    *rest = str_cut(*rest, line->len + 1, rest->len);
    return true;
}

static enum salve_code extra_parse(struct str text, struct arena *mem, struct str *out, struct salve_err *err)
{
    size_t room = text.len / 4 * 3 + 1, len = 0;
    uint8_t *bytes = arena_alloc_raw(mem, room, 1);
    if (bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "log receipt");
    if (!crypto_base64_parse(text, bytes, room, &len) || len == 0)
        return bad_receipt(err, "its extra line is not base64");
    *out = str_bytes(bytes, len);
    return SALVE_OK;
}

enum salve_code tlog_receipt_parse(struct str text, struct arena *mem, struct tlog_receipt_view *out,
                                   struct salve_err *err)
{
    static const struct str EXTRA = {"extra ", 6}, INDEX = {"index ", 6};
    struct str rest = text, line;
    struct tlog_note note;
    if (text.len > SALVE_RECEIPT_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "log receipt");
    *out = (struct tlog_receipt_view){.extra = STR_NONE};
    if (!cut_line(&rest, &line) || !str_eq(line, HEAD)) return bad_receipt(err, "its first line names another format");
    if (!cut_line(&rest, &line)) return bad_receipt(err, "it is cut short");
    if (str_starts(line, EXTRA)) {
        enum salve_code code = extra_parse(str_cut(line, EXTRA.len, line.len), mem, &out->extra, err);
        if (code != SALVE_OK) return code;
        if (!cut_line(&rest, &line)) return bad_receipt(err, "it is cut short");
    }
    if (!str_starts(line, INDEX) || !tlog_decimal_read(str_cut(line, INDEX.len, line.len), &out->index))
        return bad_receipt(err, "its index line is malformed");
    for (;;) {
        if (!cut_line(&rest, &line)) return bad_receipt(err, "it is cut short");
        if (line.len == 0) break;
        if (out->proof.count == TLOG_PROOF_HASHES_MAX) return bad_receipt(err, "its proof is too long");
        if (!tlog_hash_read(line, &out->proof.hashes[out->proof.count++]))
            return bad_receipt(err, "a line of its proof is not 32 bytes of base64");
    }
    out->note = rest;
    enum salve_code code = tlog_note_parse(rest, &note, err);
    return code == SALVE_OK ? tlog_checkpoint_parse(note.text, &out->head, err) : code;
}

/* A plain signature by a key that carries the log's own name. */
static bool is_signed_by_log(const struct tlog_vkey *keys, size_t count, uint64_t signed_by, struct str origin)
{
    for (size_t i = 0; i < count; i++)
        if ((signed_by >> i & 1) != 0 && keys[i].type == TLOG_KEY_ED25519 && str_eq(keys[i].name, origin)) return true;
    return false;
}

enum salve_code tlog_receipt_verify(struct str text, const struct tlog_vkey *keys, size_t count, struct str entry,
                                    struct arena *mem, struct str *event, struct salve_err *err)
{
    struct tlog_receipt_view view;
    uint64_t signed_by = 0;
    uint8_t committed[TLOG_PRIVATE_ENTRY_BYTES];
    enum salve_code code = tlog_receipt_parse(text, mem, &view, err);
    if (code == SALVE_OK) code = tlog_note_verify(view.note, keys, count, &signed_by, NULL, err);
    if (code != SALVE_OK) return code;
    if (!is_signed_by_log(keys, count, signed_by, view.head.origin))
        return salve_refuse(err, SALVE_E_INTEGRITY, "no key of this log signed it", "log receipt");
    if (event != NULL) *event = STR_NONE;
    if (entry.ptr == NULL) {
        if (view.extra.len < TLOG_SALT_BYTES) return bad_receipt(err, "it has no opening, and no entry was given");
        struct str opened = str_cut(view.extra, TLOG_SALT_BYTES, view.extra.len);
        tlog_commit_entry((const uint8_t *)view.extra.ptr, opened, committed);
        entry = str_bytes(committed, sizeof committed);
        if (event != NULL) *event = opened;
    }
    struct tlog_hash leaf = tlog_hash_leaf(entry);
    return tlog_check_inclusion(view.index, view.head.size, &leaf, view.proof.hashes, view.proof.count, &view.head.root,
                                err);
}
