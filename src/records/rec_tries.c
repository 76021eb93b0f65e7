/* SPDX-License-Identifier: Apache-2.0
 *
 * Wrong tries, counted in the file `tries`: 256 rows of 32 bytes. A keyed hash of the name says where its row is looked
 * for, among eight, and is in the row; where all are others' it shares the first. So names that nobody has are counted
 * like others, and the file does not grow. A row: count u32, hash of the name u32, time u64 (ms), MAC of 16 bytes under
 * the gate's key; zeros: none. A try is written before it is looked at, without a sync, which outlives the end of the
 * process; one that was wrong is synced. A row that does not fit counts as the fifth wrong try, made now. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "records/login_int.h"

enum {
    ROWS = 256,
    ROW_BYTES = 32,
    PROBES = 8,
    AT_NAME = 4,
    AT_TIME = 8,
    AT_MAC = 16,
    MAC_BYTES = 16,
    FREE_TRIES = 5,
    WAIT_MINUTES_MAX = 60,
    MINUTE_MS = 60 * 1000
};

struct row {
    uint32_t count, name;
    int64_t at_unix_ms;
};

static void row_mac(const struct site *site, uint32_t slot, const uint8_t *row, uint8_t mac[MAC_BYTES])
{
    uint8_t number[4];
    crypto_put_u32(number, slot);
    const struct str parts[] = {STR("SLV-try-v1"), str_bytes(number, sizeof number), str_bytes(row, AT_MAC)};
    crypto_key_mac(rec_gate_key(site), parts, 3, mac, MAC_BYTES);
}

static bool is_blank(const uint8_t row[ROW_BYTES])
{
    static const uint8_t zeros[ROW_BYTES];
    return memcmp(row, zeros, ROW_BYTES) == 0;
}

static enum salve_code io_fail(struct salve_err *err)
{
    if (errno == 0) errno = EIO; /* a row came or went in part */
    return file_fail(err, "tries");
}

static enum salve_code row_read(struct site *site, int fd, uint32_t slot, struct row *out, bool *fits,
                                struct salve_err *err)
{
    uint8_t row[ROW_BYTES] = {0}, mac[MAC_BYTES];
    errno = 0;
    ssize_t got = pread(fd, row, sizeof row, (off_t)slot * ROW_BYTES);
    if (got < 0) return io_fail(err);
    *out = (struct row){crypto_get_u32(row), crypto_get_u32(row + AT_NAME), (int64_t)crypto_get_u64(row + AT_TIME)};
    row_mac(site, slot, row, mac);
    *fits = is_blank(row) || (got == sizeof row && crypto_equal(mac, row + AT_MAC, MAC_BYTES));
    return SALVE_OK;
}

static enum salve_code row_write(struct site *site, int fd, uint32_t slot, struct row row, struct salve_err *err)
{
    uint8_t bytes[ROW_BYTES] = {0};
    crypto_put_u32(bytes, row.count);
    crypto_put_u32(bytes + AT_NAME, row.name);
    crypto_put_u64(bytes + AT_TIME, (uint64_t)row.at_unix_ms);
    if (row.count > 0) row_mac(site, slot, bytes, bytes + AT_MAC);
    if (row.count == 0) memset(bytes, 0, sizeof bytes);
    errno = 0;
    return pwrite(fd, bytes, sizeof bytes, (off_t)slot * ROW_BYTES) == sizeof bytes ? SALVE_OK : io_fail(err);
}

/* The file has its whole length from the start, so that a full disk keeps nobody out later. */
static enum salve_code open_tries(struct site *site, int *fd, struct salve_err *err)
{
    static const uint8_t zeros[ROWS * ROW_BYTES];
    char path[DB_PATH_BYTES];
    TRY(db_path(site->path, "tries", path, err));
    TRY(file_open_plain(path, O_RDWR | O_CREAT, 0600, fd, err));
    off_t bytes = lseek(*fd, 0, SEEK_END);
    if (bytes >= (off_t)sizeof zeros) return SALVE_OK;
    errno = 0;
    size_t more = sizeof zeros - (size_t)(bytes < 0 ? 0 : bytes);
    if (bytes >= 0 && pwrite(*fd, zeros, more, bytes) == (ssize_t)more) return SALVE_OK;
    enum salve_code code = io_fail(err);
    (void)close(*fd);
    return code;
}

/* The row of the name; else a blank one; else the first, which it shares. */
static enum salve_code find_row(struct site *site, struct str name, struct rec_try *try, struct salve_err *err)
{
    uint8_t mac[MAC_BYTES];
    const struct str parts[] = {STR("SLV-try-name-v1"), name};
    crypto_key_mac(rec_gate_key(site), parts, 2, mac, sizeof mac);
    uint32_t blank = ROWS;
    try->name = crypto_get_u32(mac + AT_NAME);
    for (uint32_t i = 0; i < PROBES; i++) {
        struct row row;
        bool fits = false;
        uint32_t slot = (mac[0] + i) % ROWS;
        TRY(row_read(site, try->fd, slot, &row, &fits, err));
        if (fits && row.count == 0 && blank == ROWS) blank = slot;
        if (!fits || row.count == 0 || row.name != try->name) continue;
        try->slot = slot;
        return SALVE_OK;
    }
    try->slot = blank < ROWS ? blank : mac[0];
    return SALVE_OK;
}

/* One minute after the fifth wrong try, twice as long after each further one, an hour at most. */
static int64_t wait_ms(const struct row *row, int64_t now_unix_ms)
{
    if (row->count < FREE_TRIES) return 0;
    uint32_t doubled = row->count - FREE_TRIES;
    int64_t minutes = doubled >= 6 ? WAIT_MINUTES_MAX : (int64_t)1 << doubled;
    if (minutes > WAIT_MINUTES_MAX) minutes = WAIT_MINUTES_MAX;
    return row->at_unix_ms + minutes * MINUTE_MS - now_unix_ms;
}

static enum salve_code must_wait(int64_t left_ms, struct salve_err *err)
{
    (void)salve_fail(err, SALVE_E_PIN, "staff name and PIN");
    return salve_why(err, SALVE_E_PIN, "there were wrong tries; the next one is possible in %lld minutes",
                     (long long)((left_ms + MINUTE_MS - 1) / MINUTE_MS));
}

static enum salve_code is_closed(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_PIN, "there were five wrong ones: it takes the passkey or the passphrase now",
                        "staff name and PIN");
}

static enum salve_code count(struct site *site, struct rec_try *try, enum rec_try_rule rule, struct salve_err *err)
{
    struct row row;
    bool fits = false;
    int64_t now_unix_ms = near_site_now_unix_ms(site);
    TRY(row_read(site, try->fd, try->slot, &row, &fits, err));
    if (!fits) {
        row = (struct row){FREE_TRIES, try->name, now_unix_ms};
        TRY(row_write(site, try->fd, try->slot, row, err));
    }
    if (rule == REC_TRY_CLOSES && row.count >= FREE_TRIES) return is_closed(err);
    int64_t left_ms = wait_ms(&row, now_unix_ms);
    if (left_ms > 0) return must_wait(left_ms, err);
    try->count = row.count + 1;
    return row_write(site, try->fd, try->slot, (struct row){try->count, try->name, now_unix_ms}, err);
}

enum salve_code rec_try_begin(struct site *site, struct str name, enum rec_try_rule rule, struct rec_try *out,
                              struct salve_err *err)
{
    *out = (struct rec_try){.fd = -1};
    TRY(open_tries(site, &out->fd, err));
    enum salve_code code = find_row(site, name, out, err);
    if (code == SALVE_OK) code = count(site, out, rule, err);
    if (code != SALVE_OK) (void)close(out->fd);
    return code;
}

/* Others of that name may be under way: each takes back its own, and a right one all that were counted till then. A
 * wrong one that a right one has taken back meanwhile counts again; what is another name's by now stays. */
static enum salve_code settle(struct site *site, const struct rec_try *try, enum rec_try_end how, struct salve_err *err)
{
    struct row row;
    bool fits = false;
    TRY(row_read(site, try->fd, try->slot, &row, &fits, err));
    bool is_blank_now = fits && row.count == 0, is_theirs = fits && row.count > 0 && row.name == try->name;
    bool is_written = how == REC_TRY_WRONG ? is_blank_now : is_theirs;
    uint32_t count = how == REC_TRY_WRONG ? 1 : how == REC_TRY_RIGHT ? 0 : row.count - 1;
    if (!is_written) return SALVE_OK;
    return row_write(site, try->fd, try->slot, (struct row){count, try->name, near_site_now_unix_ms(site)}, err);
}

enum salve_code rec_try_done(struct site *site, struct rec_try *try, enum rec_try_end how, struct salve_err *err)
{
    enum salve_code code = settle(site, try, how, err);
    if (code == SALVE_OK && how == REC_TRY_WRONG && fdatasync(try->fd) != 0 && errno != EINVAL) code = io_fail(err);
    (void)close(try->fd);
    return code;
}

enum salve_code rec_try_forget(struct site *site, struct str name, struct salve_err *err)
{
    struct rec_try try;
    TRY(open_tries(site, &try.fd, err));
    enum salve_code code = find_row(site, name, &try, err);
    if (code == SALVE_OK) code = settle(site, &try, REC_TRY_RIGHT, err);
    (void)close(try.fd);
    return code;
}

/* --- codes that nobody has ---------------------------------------------------------------------------------------- */

enum { GUESSES_HOURS = 24 };

/* The row of them, where it is theirs or free: another's, or one that does not fit, is left as it is. */
static bool guesses_row(struct site *site, struct rec_try *try, struct row *row)
{
    bool fits = false;
    if (find_row(site, STR("a code that nobody has"), try, NULL) != SALVE_OK ||
        row_read(site, try->fd, try->slot, row, &fits, NULL) != SALVE_OK || !fits ||
        (row->count > 0 && row->name != try->name))
        return false;
    if (near_site_now_unix_ms(site) - row->at_unix_ms > (int64_t)GUESSES_HOURS * 60 * MINUTE_MS) row->count = 0;
    return true;
}

/* The answer is the same, whatever can be written. */
void rec_guess_note(struct site *site)
{
    struct rec_try try;
    struct row row;
    if (open_tries(site, &try.fd, NULL) != SALVE_OK) return;
    if (guesses_row(site, &try, &row) && row.count < UINT32_MAX) {
        row = (struct row){row.count + 1, try.name, near_site_now_unix_ms(site)};
        (void)!row_write(site, try.fd, try.slot, row, NULL);
    }
    (void)close(try.fd);
}

uint32_t near_site_guessed_codes(struct site *site)
{
    char path[DB_PATH_BYTES];
    struct rec_try try;
    struct row row = {.count = 0};
    if (db_path(site->path, "tries", path, NULL) != SALVE_OK ||
        file_open_plain(path, O_RDONLY, 0, &try.fd, NULL) != SALVE_OK)
        return 0;
    bool is_theirs = guesses_row(site, &try, &row);
    (void)close(try.fd);
    return is_theirs ? row.count : 0;
}

enum salve_code rec_tries_check(struct site *site, struct salve_err *err)
{
    char path[DB_PATH_BYTES];
    TRY(db_path(site->path, "tries", path, err));
    int fd = -1;
    enum salve_code code = file_open_plain(path, O_RDONLY, 0, &fd, err);
    if (code != SALVE_OK) return code == SALVE_E_NOT_FOUND ? SALVE_OK : code;
    for (uint32_t slot = 0; slot < ROWS && code == SALVE_OK; slot++) {
        struct row row;
        bool fits = false;
        code = row_read(site, fd, slot, &row, &fits, err);
        if (code == SALVE_OK && !fits)
            code = salve_refuse(err, SALVE_E_INTEGRITY, "it does not fit; it counts as wrong tries", "row %u", slot);
    }
    (void)close(fd);
    return code;
}
