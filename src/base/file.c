/* SPDX-License-Identifier: Apache-2.0
 * Whole files in and out; see file.h. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

enum salve_code file_fail(struct salve_err *err, const char *path)
{
    int number = errno;
    enum salve_code code = SALVE_E_IO;
    if (number == ENOENT || number == ENOTDIR) code = SALVE_E_NOT_FOUND;
    if (number == ENOSPC || number == EDQUOT || number == EFBIG) code = SALVE_E_FULL;
    return salve_refuse(err, code, strerror(number), "%s", path);
}

/* Reads into the room that is there, and makes 64 KiB more when it is used up. */
static enum salve_code read_all(int fd, const char *path, struct buf *buf, struct salve_err *err)
{
    for (;;) {
        size_t spare = buf->cap > buf->len ? buf->cap - buf->len - 1 : 0;
        size_t want = spare > 0 ? spare : 1 << 16;
        if (want > buf->bytes_max - buf->len) want = buf->bytes_max - buf->len;
        char *room = buf_room(buf, want);
        if (room == NULL) return salve_fail(err, buf->code, "%s", path);
        ssize_t got = read(fd, room, want);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return file_fail(err, path);
        if (got == 0) return SALVE_OK;
        buf_took(buf, (size_t)got);
    }
}

enum salve_code file_read_secret(const char *path, char *secret, size_t bytes_max, size_t *len, struct salve_err *err)
{
    char one_more;
    ssize_t got = 1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return file_fail(err, path);
    for (*len = 0; got > 0 && *len <= bytes_max; *len += (size_t)got) {
        do got = read(fd, *len < bytes_max ? secret + *len : &one_more, *len < bytes_max ? bytes_max - *len : 1);
        while (got < 0 && errno == EINTR);
        if (got < 0) break;
    }
    enum salve_code code = got < 0 ? file_fail(err, path) : SALVE_OK;
    (void)close(fd);
    return *len > bytes_max ? salve_fail(err, SALVE_E_TOO_BIG, "%s", path) : code;
}

static enum salve_code read_fd(int fd, const char *path, size_t bytes_max, struct arena *mem, struct str *out,
                               struct salve_err *err)
{
    struct buf buf;
    struct stat info;
    enum salve_code code = SALVE_OK;
    buf_init(&buf, mem, bytes_max + 1); /* one more byte shows that the file is too long */
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
        if ((uintmax_t)info.st_size > bytes_max)
            code = salve_fail(err, SALVE_E_TOO_BIG, "%s", path);
        else
            (void)buf_room(&buf, (size_t)info.st_size + 1); /* one allocation instead of several */
    }
    if (code == SALVE_OK) code = read_all(fd, path, &buf, err);
    if (code == SALVE_OK && buf.len > bytes_max) code = salve_fail(err, SALVE_E_TOO_BIG, "%s", path);
    return code == SALVE_OK ? buf_done(&buf, out, err) : code;
}

enum salve_code file_read(const char *path, size_t bytes_max, struct arena *mem, struct str *out, struct salve_err *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return file_fail(err, path);
    enum salve_code code = read_fd(fd, path, bytes_max, mem, out, err);
    if (!is_stdin) (void)close(fd);
    return code;
}

enum salve_code file_open_plain(const char *path, int flags, unsigned mode, int *fd, struct salve_err *err)
{
    struct stat info;
    *fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, (mode_t)mode);
    bool is_link = *fd < 0 && errno == ELOOP, is_device = *fd < 0 && errno == ENXIO; /* a pipe that nobody reads */
    if (*fd < 0 && !is_link && !is_device) return file_fail(err, path);
    if (*fd >= 0 && fstat(*fd, &info) == 0 && S_ISREG(info.st_mode)) return SALVE_OK;
    if (*fd >= 0) (void)close(*fd);
    *fd = -1;
    return salve_refuse(err, SALVE_E_IO, "it is no plain file; nothing was read or written through it", "%s", path);
}

enum salve_code file_read_plain(const char *path, size_t bytes_max, struct arena *mem, struct str *out,
                                struct salve_err *err)
{
    int fd = -1;
    TRY(file_open_plain(path, O_RDONLY, 0, &fd, err));
    enum salve_code code = read_fd(fd, path, bytes_max, mem, out, err);
    (void)close(fd);
    return code;
}

static enum salve_code put_all(int fd, struct str bytes, const char *path, struct salve_err *err)
{
    while (bytes.len > 0) {
        ssize_t put = write(fd, bytes.ptr, bytes.len);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return file_fail(err, path);
        bytes = str_cut(bytes, (size_t)put, bytes.len);
    }
    return SALVE_OK;
}

static enum salve_code write_all(int fd, struct str bytes, bool is_synced, const char *path, struct salve_err *err)
{
    enum salve_code code = put_all(fd, bytes, path, err);
    return code != SALVE_OK || !is_synced || fsync(fd) == 0 ? code : file_fail(err, path);
}

enum salve_code file_sync_folder_of(const char *path, struct salve_err *err)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    int len = snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 : (int)(slash - path + 1),
                       slash == NULL ? "." : path);
    if (len < 0 || (size_t)len >= sizeof folder) return salve_fail(err, SALVE_E_IO, "%s", path);
    return file_sync_folder(folder, err);
}

enum salve_code file_sync_folder(const char *folder, struct salve_err *err)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return file_fail(err, folder);
    enum salve_code code = fsync(fd) == 0 ? SALVE_OK : file_fail(err, folder);
    (void)close(fd);
    return code;
}

/* A device or a pipe (/dev/null, /dev/stdout) is written to; renaming over it would replace it by a file. */
static enum salve_code write_in_place(const char *path, struct str bytes, struct salve_err *err)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return file_fail(err, path);
    enum salve_code code = put_all(fd, bytes, path, err);
    if (close(fd) != 0 && code == SALVE_OK) code = file_fail(err, path);
    return code;
}

#define LEFT     ".XXXXXX" LEFT_END
#define LEFT_END ".tmp"

static enum salve_code replace(const char *path, struct str bytes, unsigned mode, bool is_synced, struct salve_err *err)
{
    char temp[4096];
    int len = snprintf(temp, sizeof temp, "%s" LEFT, path);
    if (len < 0 || (size_t)len >= sizeof temp) return salve_fail(err, SALVE_E_IO, "%s", path);
    int fd = mkostemps(temp, sizeof LEFT_END - 1, O_CLOEXEC); /* a name that nobody can have put there before; 0600 */
    if (fd < 0) return file_fail(err, path);
    enum salve_code code = mode == 0600 || fchmod(fd, (mode_t)mode) == 0 ? SALVE_OK : file_fail(err, path);
    if (code == SALVE_OK) code = write_all(fd, bytes, is_synced, path, err);
    if (close(fd) != 0 && code == SALVE_OK) code = file_fail(err, path);
    if (code == SALVE_OK && rename(temp, path) != 0) code = file_fail(err, path);
    if (code != SALVE_OK) (void)unlink(temp);
    return code == SALVE_OK && is_synced ? file_sync_folder_of(path, err) : code;
}

enum salve_code file_replace(const char *path, struct str bytes, unsigned mode, struct salve_err *err)
{
    return replace(path, bytes, mode, true, err);
}

enum salve_code file_replace_unsynced(const char *path, struct str bytes, unsigned mode, struct salve_err *err)
{
    return replace(path, bytes, mode, false, err);
}

enum salve_code file_write(const char *path, struct str bytes, unsigned mode, struct salve_err *err)
{
    struct stat info;
    bool is_there = stat(path, &info) == 0;
    if (is_there && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) return write_in_place(path, bytes, err);
    errno = EISDIR;
    if (is_there && S_ISDIR(info.st_mode)) return file_fail(err, path);
    return file_replace(path, bytes, mode, err);
}

/* --- what a killed writer left ------------------------------------------------------------------------------------ */

struct str file_left_of(struct str name)
{
    size_t more = sizeof LEFT - 1, end = sizeof LEFT_END - 1;
    if (name.len <= more || !str_ends(name, STR(LEFT_END)) || name.ptr[name.len - more] != '.') return STR_NONE;
    for (size_t i = name.len - more + 1; i < name.len - end; i++) {
        char c = name.ptr[i];
        if ((c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')) return STR_NONE;
    }
    return str_cut(name, 0, name.len - more);
}

void file_clear_left(const char *folder, const char *const *names, size_t count)
{
    DIR *list = opendir(folder);
    if (list == NULL) return;
    for (struct dirent *entry; (entry = readdir(list)) != NULL;) {
        struct str of = file_left_of(str_of(entry->d_name));
        for (size_t i = 0; i < count; i++)
            if (str_is(of, names[i])) (void)unlinkat(dirfd(list), entry->d_name, 0);
    }
    (void)closedir(list);
}

static int by_bytes(const void *a, const void *b) { return str_cmp(*(const struct str *)a, *(const struct str *)b); }

/* Nobody named what lies in a folder: what is no file and no folder (a pipe would be waited for) is refused. */
static enum salve_code check_entry(DIR *folder, const struct dirent *entry, struct salve_err *err)
{
    struct stat info;
    if (entry->d_type == DT_REG || entry->d_type == DT_DIR) return SALVE_OK;
    if (fstatat(dirfd(folder), entry->d_name, &info, 0) != 0) return SALVE_OK; /* a link to nothing: opening it fails */
    if (S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_IO, "it is neither a file nor a folder", "%s", entry->d_name);
}

static enum salve_code collect_names(DIR *folder, struct arena *mem, struct str **names, size_t *count,
                                     struct salve_err *err)
{
    size_t cap = 0;
    struct str *list = NULL;
    *count = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        TRY(check_entry(folder, entry, err));
        if (*count == cap) {
            size_t grown = cap == 0 ? 16 : cap * 2;
            list = arena_grow(mem, list, cap * sizeof *list, grown * sizeof *list);
            if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "folder listing");
            cap = grown;
        }
        enum salve_code code = arena_str(mem, str_of(entry->d_name), &list[*count], err);
        if (code != SALVE_OK) return code;
        ++*count;
    }
    if (*count > 1) qsort(list, *count, sizeof *list, by_bytes);
    *names = list;
    return SALVE_OK;
}

enum salve_code file_list(const char *path, struct arena *mem, struct str **names, size_t *count, struct salve_err *err)
{
    DIR *folder = opendir(path);
    if (folder == NULL) return file_fail(err, path);
    enum salve_code code = collect_names(folder, mem, names, count, err);
    (void)closedir(folder);
    return code;
}
