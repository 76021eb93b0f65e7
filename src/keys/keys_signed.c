/* SPDX-License-Identifier: Apache-2.0
 * The largest head of the log, signed or not yet, as the key store knows it: a row of keys.db, and between two turns a
 * file beside it, since a write to keys.db at each closing would cost five syncs. The file is written in place and not
 * synced: what a power cut takes of it makes the knowledge older and nothing wrong. Whoever deletes it leaves the
 * row. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "keys/keys_int.h"

/* log u32, size u64, root, MAC of the epoch (keys_sealed.c) */
enum { AT_SIZE = 4, AT_ROOT = 12, SIGNED_BYTES = 44, ROW_BYTES = SIGNED_BYTES + KEYS_MAC_BYTES, PATH_BYTES = 4096 };
static const char row_name[] = "signed";

static void unpack(const uint8_t row[ROW_BYTES], struct keys_signed *out)
{
    out->log = crypto_get_u32(row);
    out->size = crypto_get_u64(row + AT_SIZE);
    memcpy(out->root, row + AT_ROOT, sizeof out->root);
}

static void pack(const struct keys_signed *head, uint8_t row[ROW_BYTES])
{
    crypto_put_u32(row, head->log);
    crypto_put_u64(row + AT_SIZE, head->size);
    memcpy(row + AT_ROOT, head->root, sizeof head->root);
}

static bool is_larger(const struct keys_signed *a, const struct keys_signed *b)
{
    return a->log > b->log || (a->log == b->log && a->size > b->size);
}

/* --- the file --- */

static bool file_path(const struct keys *keys, char out[PATH_BYTES])
{
    size_t len = strlen(keys->epoch_path);
    if (len > 6 && strcmp(keys->epoch_path + len - 6, ".epoch") == 0) len -= 6;
    int made = snprintf(out, PATH_BYTES, "%.*s.signed", (int)len, keys->epoch_path);
    return made > 0 && made < PATH_BYTES;
}

enum found { FOUND_NONE, FOUND_BAD, FOUND_GOOD };

/* Made, and cut off before its one write reached the disk: nothing, or zeros where a disk has the length already. */
static bool is_unwritten(const uint8_t row[ROW_BYTES], ssize_t len)
{
    static const uint8_t zeros[ROW_BYTES];
    return len == 0 || (len == ROW_BYTES && memcmp(row, zeros, ROW_BYTES) == 0);
}

static enum found read_file(struct keys *keys, struct keys_signed *out)
{
    char path[PATH_BYTES];
    uint8_t row[ROW_BYTES + 1], mac[KEYS_MAC_BYTES];
    int fd = -1;
    *out = (struct keys_signed){0};
    if (!file_path(keys, path) || file_open_plain(path, O_RDONLY, 0, &fd, NULL) != SALVE_OK) return FOUND_NONE;
    ssize_t len = read(fd, row, sizeof row);
    (void)close(fd);
    if (is_unwritten(row, len)) return FOUND_NONE;
    keys_row_mac(keys, SLOT_SEAL_NOW, row_name, str_bytes(row, SIGNED_BYTES), mac);
    if (len != ROW_BYTES || !crypto_equal(mac, row + SIGNED_BYTES, KEYS_MAC_BYTES)) return FOUND_BAD;
    unpack(row, out);
    return FOUND_GOOD;
}

/* In the best case: an error here is no error of what was signed. */
static void write_file(struct keys *keys, const struct keys_signed *head)
{
    char path[PATH_BYTES];
    uint8_t row[ROW_BYTES];
    int fd = -1;
    if (!file_path(keys, path) || file_open_plain(path, O_WRONLY | O_CREAT, 0600, &fd, NULL) != SALVE_OK) return;
    pack(head, row);
    keys_row_mac(keys, SLOT_SEAL_NOW, row_name, str_bytes(row, SIGNED_BYTES), row + SIGNED_BYTES);
    if (pwrite(fd, row, sizeof row, 0) != (ssize_t)sizeof row || ftruncate(fd, sizeof row) != 0) (void)unlink(path);
    (void)close(fd);
}

bool keys_signed_fits(struct keys *keys)
{
    struct keys_signed head;
    return read_file(keys, &head) != FOUND_BAD;
}

/* --- row and file --- */

static bool has_row(struct keys *keys)
{
    bool row = false;
    db_bind_text(keys->meta_get, 1, str_of(row_name));
    bool is_there = db_step(keys->meta_get, &row, NULL) != SALVE_OK || row;
    db_reset(keys->meta_get);
    return is_there;
}

static enum salve_code read_row(struct keys *keys, struct keys_signed *out, struct salve_err *err)
{
    uint8_t row[ROW_BYTES];
    *out = (struct keys_signed){0};
    if (keys->whole_put == NULL && !has_row(keys)) return SALVE_OK; /* layout 1 may lack it */
    enum salve_code code = keys_row_get(keys, SLOT_SEAL_NOW, row_name, row, SIGNED_BYTES, err);
    if (code == SALVE_E_INTEGRITY)
        return salve_refuse(err, code, "the largest signed head of the log does not fit", "%s", keys->path);
    if (code != SALVE_OK) return code;
    unpack(row, out);
    return SALVE_OK;
}

enum salve_code keys_signed_get(struct keys *keys, struct keys_signed *out, struct salve_err *err)
{
    struct keys_signed beside;
    enum salve_code code = read_row(keys, out, err);
    if (code == SALVE_OK && read_file(keys, &beside) == FOUND_GOOD && is_larger(&beside, out)) *out = beside;
    return code;
}

enum salve_code keys_signed_row_put(struct keys *keys, const struct keys_signed *head, struct salve_err *err)
{
    uint8_t row[ROW_BYTES];
    pack(head, row);
    return keys_row_put(keys, SLOT_SEAL_NOW, row_name, row, SIGNED_BYTES, err);
}

enum salve_code keys_signed_put(struct keys *keys, const struct keys_signed *head, struct salve_err *err)
{
    struct keys_signed known;
    enum salve_code code = keys_signed_get(keys, &known, err);
    if (code != SALVE_OK || !is_larger(head, &known)) return code;
    if (known.size > 0) {
        write_file(keys, head);
        return SALVE_OK;
    }
    return keys_signed_row_put(keys, head, err);
}

enum salve_code keys_signed_settle(struct keys *keys, struct salve_err *err)
{
    uint8_t row[ROW_BYTES];
    struct keys_signed known, beside;
    TRY(read_row(keys, &known, err));
    if (read_file(keys, &beside) != FOUND_GOOD || !is_larger(&beside, &known)) return SALVE_OK;
    pack(&beside, row);
    return keys_row_put(keys, SLOT_SEAL_NOW, row_name, row, SIGNED_BYTES, err);
}

/* The file goes before the commit, durably: one that a power cut brings back would fit no key, and verify would name
 * it. What the cut takes with it, the next closing knows again. */
enum salve_code keys_signed_reseal(struct keys *keys, unsigned to_slot, struct salve_err *err)
{
    char path[PATH_BYTES];
    uint8_t row[ROW_BYTES];
    struct keys_signed known;
    enum salve_code code = keys_signed_get(keys, &known, err);
    if (code != SALVE_OK) return code == SALVE_E_INTEGRITY ? SALVE_OK : code; /* a row that does not fit stays so */
    if (file_path(keys, path) && unlink(path) == 0) TRY(file_sync_folder_of(path, err));
    pack(&known, row);
    return keys_row_put(keys, to_slot, row_name, row, SIGNED_BYTES, err);
}
