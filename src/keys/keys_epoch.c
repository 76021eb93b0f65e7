/* SPDX-License-Identifier: Apache-2.0
 * keys.epoch, the small file whose change makes old copies of the key store unreadable. It is kept twice within
 * itself, each copy with a checksum, because losing it is losing everything.
 *
 * It is written over in place, so that the secret of an old epoch does not stay in blocks that no file has any more:
 *   1  the new bytes go into keys.epoch.next, whole and synced
 *   2  they go over keys.epoch, in place, synced: the old secret is gone from its blocks
 *   3  noise goes over keys.epoch.next, synced, and its name goes
 * A stop anywhere leaves a good copy, and keys_epoch_settle finishes the work. What a disk keeps of blocks that were
 * written over (flash, snapshots, mirrors) is not in the hands of a program: docs/internals/keys.md. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "keys/keys_int.h"

/* magic "SLVE", version 1, three zeros, epoch u32, four zeros, old, now, BLAKE2b-256 of all that */
enum { AT_EPOCH = 8, AT_OLD = 16, AT_NOW = 48, AT_SUM = 80, COPY_BYTES = 112, FILE_BYTES = 2 * COPY_BYTES };
static const uint8_t magic[8] = {'S', 'L', 'V', 'E', 1, 0, 0, 0};

static bool read_copy(const uint8_t *in, struct keys_epoch *out)
{
    uint8_t sum[32];
    crypto_blake2b(str_bytes(in, AT_SUM), sum, sizeof sum);
    if (memcmp(in, magic, sizeof magic) != 0 || memcmp(in + AT_SUM, sum, sizeof sum) != 0) return false;
    out->epoch = crypto_get_u32(in + AT_EPOCH);
    memcpy(out->old, in + AT_OLD, sizeof out->old);
    memcpy(out->now, in + AT_NOW, sizeof out->now);
    return out->epoch > 0;
}

/* Into memory of the caller's, since an arena keeps no secrets. A file that is longer gives max. */
static enum salve_code read_file(const char *path, uint8_t *out, size_t max, size_t *len, struct salve_err *err)
{
    ssize_t got = 0;
    int fd = -1;
    enum salve_code code = file_open_plain(path, O_RDONLY, 0, &fd, err);
    if (code != SALVE_OK) return code;
    for (*len = 0; *len < max; *len += (size_t)got) {
        do got = read(fd, out + *len, max - *len);
        while (got < 0 && errno == EINTR);
        if (got < 0) code = file_fail(err, path);
        if (got <= 0) break;
    }
    (void)close(fd);
    return code;
}

enum salve_code keys_epoch_read(const char *path, struct keys_epoch *out, unsigned *good_copies, struct salve_err *err)
{
    uint8_t bytes[FILE_BYTES + 1];
    struct keys_epoch second = {0};
    size_t len = 0;
    enum salve_code code = read_file(path, bytes, sizeof bytes, &len, err);
    *good_copies = 0;
    if (code == SALVE_OK && len == FILE_BYTES) {
        bool is_first = read_copy(bytes, out), is_second = read_copy(bytes + COPY_BYTES, &second);
        bool is_newer = is_first && is_second && out->epoch != second.epoch; /* a stop between the two copies */
        *good_copies = is_newer ? 1 : (unsigned)is_first + (unsigned)is_second;
        if (is_second && (!is_first || second.epoch > out->epoch)) *out = second;
    }
    crypto_zero(bytes, sizeof bytes);
    crypto_zero(&second, sizeof second);
    if (code == SALVE_OK && *good_copies == 0) code = salve_fail(err, SALVE_E_INTEGRITY, "%s", path);
    return code;
}

/* --- writing ---------------------------------------------------------------------------------------------------- */

enum { PATH_BYTES = 4096 };

static enum salve_code next_path(const char *path, char out[PATH_BYTES], struct salve_err *err)
{
    int len = snprintf(out, PATH_BYTES, "%s.next", path);
    return len > 0 && len < PATH_BYTES ? SALVE_OK : salve_fail(err, SALVE_E_IO, "%s", path);
}

/* Over what the file has, in its own blocks. */
static enum salve_code write_over(const char *path, const uint8_t bytes[FILE_BYTES], struct salve_err *err)
{
    struct stat info;
    ssize_t put = 0;
    int fd = -1;
    TRY(file_open_plain(path, O_WRONLY, 0, &fd, err));
    bool is_good = fstat(fd, &info) == 0;
    for (size_t at = 0; is_good && at < FILE_BYTES; at += (size_t)put) {
        do put = pwrite(fd, bytes + at, FILE_BYTES - at, (off_t)at);
        while (put < 0 && errno == EINTR);
        is_good = put > 0;
    }
    is_good = is_good && (info.st_size <= FILE_BYTES || ftruncate(fd, FILE_BYTES) == 0) && fsync(fd) == 0;
    enum salve_code code = is_good ? SALVE_OK : file_fail(err, path);
    (void)close(fd);
    return code;
}

/* A file of its own name from the first byte: a temporary one that a cut leaves would keep the secrets for ever. */
static enum salve_code write_new(const char *path, const uint8_t bytes[FILE_BYTES], struct salve_err *err)
{
    int fd = -1;
    TRY(file_open_plain(path, O_WRONLY | O_CREAT | O_EXCL, 0600, &fd, err));
    (void)close(fd);
    enum salve_code code = write_over(path, bytes, err);
    return code == SALVE_OK ? file_sync_folder_of(path, err) : code;
}

/* Noise over the helper, then its name goes. Fine if it is not there. */
static enum salve_code wipe(const char *path, struct salve_err *err)
{
    uint8_t noise[FILE_BYTES];
    if (access(path, F_OK) != 0 && errno == ENOENT) return SALVE_OK;
    crypto_random(noise, sizeof noise);
    enum salve_code code = write_over(path, noise, err);
    return code == SALVE_OK && unlink(path) != 0 ? file_fail(err, path) : code;
}

static void put_bytes(const struct keys_epoch *epoch, uint8_t bytes[FILE_BYTES])
{
    memset(bytes, 0, FILE_BYTES);
    memcpy(bytes, magic, sizeof magic);
    crypto_put_u32(bytes + AT_EPOCH, epoch->epoch);
    memcpy(bytes + AT_OLD, epoch->old, sizeof epoch->old);
    memcpy(bytes + AT_NOW, epoch->now, sizeof epoch->now);
    crypto_blake2b(str_bytes(bytes, AT_SUM), bytes + AT_SUM, 32);
    memcpy(bytes + COPY_BYTES, bytes, COPY_BYTES);
}

enum salve_code keys_epoch_write(const char *path, const struct keys_epoch *epoch, struct salve_err *err)
{
    uint8_t bytes[FILE_BYTES];
    char next[PATH_BYTES];
    bool is_there = access(path, F_OK) == 0;
    put_bytes(epoch, bytes);
    enum salve_code code = next_path(path, next, err);
    if (code == SALVE_OK && is_there) code = wipe(next, err);
    if (code == SALVE_OK) code = write_new(is_there ? next : path, bytes, err);
    if (code == SALVE_OK && is_there) code = write_over(path, bytes, err);
    if (code == SALVE_OK && is_there) code = wipe(next, err);
    crypto_zero(bytes, sizeof bytes);
    return code;
}

/* Whether the helper is what a stopped write was to bring, and not some other file of that name. */
static bool is_next_of(const struct keys_epoch *next, const struct keys_epoch *now, unsigned good_copies)
{
    bool is_same = next->epoch == now->epoch && crypto_equal(next->now, now->now, sizeof next->now);
    bool is_after = next->epoch == now->epoch + 1 && crypto_equal(next->old, now->now, sizeof next->old);
    return good_copies == 0 || is_same || is_after;
}

enum salve_code keys_epoch_settle(const char *path, struct salve_err *err)
{
    struct keys_epoch now = {0}, next = {0};
    unsigned good = 0, next_good = 0;
    uint8_t bytes[FILE_BYTES];
    char next_name[PATH_BYTES];
    enum salve_code code = next_path(path, next_name, err);
    if (code != SALVE_OK || (access(next_name, F_OK) != 0 && errno == ENOENT)) return code;
    bool is_whole = keys_epoch_read(next_name, &next, &next_good, NULL) == SALVE_OK;
    bool is_lost = keys_epoch_read(path, &now, &good, NULL) != SALVE_OK && !is_whole;
    if (is_whole && is_next_of(&next, &now, good)) {
        put_bytes(&next, bytes);
        code = write_over(path, bytes, err);
    }
    if (code == SALVE_OK && !is_lost) code = wipe(next_name, err);
    crypto_zero(bytes, sizeof bytes);
    crypto_zero(&now, sizeof now);
    crypto_zero(&next, sizeof next);
    return code;
}
