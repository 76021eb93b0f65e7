/* SPDX-License-Identifier: Apache-2.0
 * keys.epoch, the small file whose replacement makes old copies of the key store unreadable. It is kept twice within
 * itself, each copy with a checksum, because losing it is losing everything. */
#include <errno.h>
#include <fcntl.h>
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
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return file_fail(err, path);
    enum salve_code code = SALVE_OK;
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
        *good_copies = (unsigned)is_first + (unsigned)is_second;
        if (!is_first && is_second) *out = second;
    }
    crypto_zero(bytes, sizeof bytes);
    crypto_zero(&second, sizeof second);
    if (code == SALVE_OK && *good_copies == 0) code = salve_fail(err, SALVE_E_INTEGRITY, "%s", path);
    return code;
}

enum salve_code keys_epoch_write(const char *path, const struct keys_epoch *epoch, struct salve_err *err)
{
    uint8_t bytes[FILE_BYTES] = {0};
    memcpy(bytes, magic, sizeof magic);
    crypto_put_u32(bytes + AT_EPOCH, epoch->epoch);
    memcpy(bytes + AT_OLD, epoch->old, sizeof epoch->old);
    memcpy(bytes + AT_NOW, epoch->now, sizeof epoch->now);
    crypto_blake2b(str_bytes(bytes, AT_SUM), bytes + AT_SUM, 32);
    memcpy(bytes + COPY_BYTES, bytes, COPY_BYTES);
    enum salve_code code = file_write(path, str_bytes(bytes, sizeof bytes), 0600, err);
    crypto_zero(bytes, sizeof bytes);
    return code;
}
