/* SPDX-License-Identifier: Apache-2.0
 * The copy of the keys at another place: keys.db and keys.epoch as they are now, in place of what they were. There is
 * one state at the place, never a row of them, because each old one would open what was erased since. The order makes
 * a stop anywhere harmless; one of the two states opens:
 *   1  keys.db.next, whole, synced, and opened: every key in it
 *   2  keys.epoch is written over in its own blocks, as that of the site (keys_epoch.c)
 *   3  keys.db.next takes the name keys.db
 *   4  keys.copy says whose the place is and what is there; then the row `copied` of keys.db
 * The place is ours where keys.copy has the number that the row has: so nothing is written onto an empty mount point,
 * over another site's keys, or over the copy of the site from which this one was restored. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "keys/keys_int.h"

enum { PATH_BYTES = 4096, NOTE_BYTES_MAX = 4096, HEX_BYTES = 2 * KEYS_PLACE_BYTES };
/* "copied": epoch u32, time u64, place, MAC */
enum { AT_TIME = 4, AT_PLACE = 12, COPIED_BYTES = AT_PLACE + KEYS_PLACE_BYTES };
static const char note_head[] = "salve keys copy 1\n";

static enum salve_code path_of(const char *folder, const char *name, char out[PATH_BYTES], struct salve_err *err)
{
    int len = snprintf(out, PATH_BYTES, "%s/%s", folder, name);
    return len > 0 && len < PATH_BYTES ? SALVE_OK : salve_fail(err, SALVE_E_IO, "%s", folder);
}

static bool is_there(const char *folder, const char *name)
{
    char path[PATH_BYTES];
    struct stat info;
    return path_of(folder, name, path, NULL) == SALVE_OK && lstat(path, &info) == 0;
}

/* --- what is known of it ------------------------------------------------------------------------------------------ */

/* Where the row does not fit there is no copy. */
enum salve_code keys_copied_read(struct keys *keys, unsigned seal_slot, struct keys_copied *out, struct salve_err *err)
{
    uint8_t row[COPIED_BYTES + KEYS_MAC_BYTES];
    *out = (struct keys_copied){0};
    enum salve_code code = keys_row_get(keys, seal_slot, "copied", row, COPIED_BYTES, err);
    if (code != SALVE_OK) return code == SALVE_E_INTEGRITY ? SALVE_OK : code;
    out->epoch = crypto_get_u32(row);
    out->at_unix_s = (int64_t)crypto_get_u64(row + AT_TIME);
    memcpy(out->place, row + AT_PLACE, KEYS_PLACE_BYTES);
    return SALVE_OK;
}

enum salve_code keys_copied_write(struct keys *keys, unsigned seal_slot, const struct keys_copied *copied,
                                  struct salve_err *err)
{
    uint8_t row[COPIED_BYTES + KEYS_MAC_BYTES];
    crypto_put_u32(row, copied->epoch);
    crypto_put_u64(row + AT_TIME, (uint64_t)copied->at_unix_s);
    memcpy(row + AT_PLACE, copied->place, KEYS_PLACE_BYTES);
    return keys_row_put(keys, seal_slot, "copied", row, COPIED_BYTES, err);
}

void keys_copied(struct keys *keys, struct keys_copied *out)
{
    (void)!keys_copied_read(keys, SLOT_SEAL_NOW, out, NULL);
}

bool keys_have_failed(const struct keys *keys) { return db_has_failed(keys->db); }
uint32_t keys_epoch_now(const struct keys *keys) { return keys->epoch; }

enum salve_code keys_copied_forget(struct keys *keys, struct salve_err *err)
{
    return keys_copied_write(keys, SLOT_SEAL_NOW, &(struct keys_copied){0}, err);
}

/* --- whose the place is ------------------------------------------------------------------------------------------- */

/* The number in keys.copy: its second line. false: there is no such file, or it is none. */
static bool read_note(const char *folder, uint8_t place[KEYS_PLACE_BYTES])
{
    char path[PATH_BYTES];
    struct str text = STR_NONE, head = str_of(note_head);
    struct arena *mem = arena_open(2 * NOTE_BYTES_MAX);
    bool is_good = mem != NULL && path_of(folder, "keys.copy", path, NULL) == SALVE_OK &&
                   file_read_plain(path, NOTE_BYTES_MAX, mem, &text, NULL) == SALVE_OK && str_starts(text, head) &&
                   str_hex_parse(str_cut(text, head.len, HEX_BYTES), place, KEYS_PLACE_BYTES);
    arena_close(mem);
    return is_good;
}

static enum salve_code write_note(const struct keys *keys, const char *folder, const struct keys_copied *copied,
                                  struct salve_err *err)
{
    char path[PATH_BYTES], text[256], hex[HEX_BYTES + 1], when[CLOCK_TEXT_BYTES];
    str_hex(copied->place, KEYS_PLACE_BYTES, hex);
    struct str at = clock_text(copied->at_unix_s * 1000, when);
    int len = snprintf(text, sizeof text, "%s%s\nepoch %u\n%.*s\n", note_head, hex, keys->epoch, STR_ARGS(at));
    TRY(path_of(folder, "keys.copy", path, err));
    return file_replace(path, str_make(text, (size_t)len), 0600, err);
}

static enum salve_code not_ours(const char *folder, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_CONFLICT,
                        "it holds keys that this site did not put there; take an empty folder. Nothing was written",
                        "%s", folder);
}

/* The place, and its number: that of the row, or for a new place a new one. */
static enum salve_code check_place(struct keys *keys, const char *folder, bool may_begin, struct keys_copied *out,
                                   struct salve_err *err)
{
    uint8_t place[KEYS_PLACE_BYTES];
    struct stat info;
    keys_copied(keys, out);
    bool is_folder = stat(folder, &info) == 0 && S_ISDIR(info.st_mode);
    if (!is_folder && may_begin && mkdir(folder, 0700) != 0) return file_fail(err, folder);
    if (!is_folder && !may_begin)
        return salve_refuse(err, SALVE_E_NOT_FOUND, "the place of the copy of the keys is not there", "%s", folder);
    if (read_note(folder, place)) {
        bool is_ours = out->epoch > 0 && memcmp(place, out->place, sizeof place) == 0;
        return is_ours ? SALVE_OK : not_ours(folder, err);
    }
    if (!may_begin)
        return salve_refuse(err, SALVE_E_NOT_FOUND, "the copy of the keys is not in its place (is the disk there?)",
                            "%s", folder);
    if (is_there(folder, "keys.copy") || is_there(folder, "keys.db") || is_there(folder, "keys.epoch"))
        return not_ours(folder, err);
    crypto_random(out->place, sizeof out->place);
    return SALVE_OK;
}

/* --- copying ------------------------------------------------------------------------------------------------------ */

/* Opens the copy under the root secret that is in memory, which the passphrase or key file of this run opened: the row
 * "root" of the copy is the same; then every key in it. */
static enum salve_code open_copy(struct keys *keys, const char *path, struct salve_err *err)
{
    struct keys *copy = NULL;
    enum salve_code code = keys_open_beside(keys, path, &copy, err);
    if (code == SALVE_OK) code = keys_verify(copy, NULL, NULL, err);
    enum salve_code closed = keys_close(&copy, code == SALVE_OK ? err : NULL);
    return code != SALVE_OK ? code : closed;
}

static enum salve_code put_epoch(struct keys *keys, const char *folder, struct salve_err *err)
{
    char path[PATH_BYTES];
    struct keys_epoch there = {0};
    unsigned good_copies = 0;
    TRY(path_of(folder, "keys.epoch", path, err));
    enum salve_code code = keys_epoch_settle(path, err);
    bool is_same = code == SALVE_OK && keys_epoch_read(path, &there, &good_copies, NULL) == SALVE_OK &&
                   good_copies == 2 && there.epoch == keys->file.epoch &&
                   crypto_equal(there.now, keys->file.now, sizeof there.now) &&
                   crypto_equal(there.old, keys->file.old, sizeof there.old);
    crypto_zero(&there, sizeof there);
    return code != SALVE_OK || is_same ? code : keys_epoch_write(path, &keys->file, err);
}

static enum salve_code copy_files(struct keys *keys, const char *folder, struct salve_err *err)
{
    char next[PATH_BYTES], path[PATH_BYTES];
    TRY(path_of(folder, "keys.db.next", next, err));
    TRY(path_of(folder, "keys.db", path, err));
    if (unlink(next) != 0 && errno != ENOENT) return file_fail(err, next);
    TRY(db_copy(keys->db, next, err));
    TRY(open_copy(keys, next, err));
    TRY(put_epoch(keys, folder, err));
    if (rename(next, path) != 0) return file_fail(err, next);
    return file_sync_folder(folder, err);
}

enum salve_code keys_copy_begin(struct keys *keys, const char *folder, bool may_begin, int64_t now_unix_s,
                                struct keys_copied *out, struct salve_err *err)
{
    TRY(check_place(keys, folder, may_begin, out, err));
    out->epoch = keys->epoch;
    out->at_unix_s = now_unix_s;
    return keys_signed_settle(keys, err);
}

enum salve_code keys_copy_files(struct keys *keys, const char *folder, const struct keys_copied *copied,
                                struct salve_err *err)
{
    TRY(copy_files(keys, folder, err));
    return write_note(keys, folder, copied, err);
}

enum salve_code keys_copy_done(struct keys *keys, const struct keys_copied *copied, struct salve_err *err)
{
    return keys_copied_write(keys, SLOT_SEAL_NOW, copied, err);
}

enum salve_code keys_copy_check(struct keys *keys, const char *folder, struct salve_err *err)
{
    char path[PATH_BYTES];
    struct keys_copied copied;
    struct keys *copy = NULL;
    TRY(check_place(keys, folder, false, &copied, err));
    TRY(path_of(folder, "keys.epoch", path, err));
    struct keys_epoch there = {0};
    unsigned good_copies = 0;
    enum salve_code code = keys_epoch_read(path, &there, &good_copies, err);
    bool is_known = there.epoch == keys->file.epoch && crypto_equal(there.now, keys->file.now, sizeof there.now);
    crypto_zero(&there, sizeof there);
    if (code == SALVE_OK && !is_known)
        code = salve_refuse(err, SALVE_E_CONFLICT, "it is of another epoch than that of the site", "%s", path);
    if (code == SALVE_OK) code = path_of(folder, "keys.db", path, err);
    if (code == SALVE_OK) code = db_scan(path, NULL, NULL, err);
    if (code == SALVE_OK) code = keys_open_beside(keys, path, &copy, err);
    enum salve_code closed = keys_close(&copy, code == SALVE_OK ? err : NULL);
    return code != SALVE_OK ? code : closed;
}
