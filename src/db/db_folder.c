/* SPDX-License-Identifier: Apache-2.0
 * A folder with databases as files; folder.h. */
#include "db/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/crypto.h"

enum {
    PIECE_BYTES = 1 << 18,
    LIST_BYTES = 1 << 20,
    ROOM_TIMES = 3,          /* the copy, its WAL while it is worked on, and as much again */
    ROOM_BYTES_MIN = 8 << 20 /* of the smallest site */
};

enum salve_code db_path(const char *folder, const char *name, char path[DB_PATH_BYTES], struct salve_err *err)
{
    int len = snprintf(path, DB_PATH_BYTES, "%s/%s", folder, name);
    return len > 0 && len < DB_PATH_BYTES ? SALVE_OK : salve_fail(err, SALVE_E_CONFIG, "path of the site");
}

bool db_file_is_there(const char *folder, const char *name)
{
    char path[DB_PATH_BYTES];
    struct stat info;
    return db_path(folder, name, path, NULL) == SALVE_OK && lstat(path, &info) == 0;
}

/* --- pieces of a file --------------------------------------------------------------------------------------------- */

enum salve_code db_file_pieces(const char *path, db_on_piece *run, void *with, struct salve_err *err)
{
    int fd = -1;
    ssize_t got = 1;
    struct arena *mem = arena_open_private(2 * PIECE_BYTES);
    char *room = mem == NULL ? NULL : arena_alloc_raw(mem, PIECE_BYTES, 16);
    enum salve_code code = room == NULL ? salve_fail(err, SALVE_E_MEMORY, "%s", path) : SALVE_OK;
    if (code == SALVE_OK) code = file_open_plain(path, O_RDONLY, 0, &fd, err);
    while (code == SALVE_OK && got > 0) {
        got = read(fd, room, PIECE_BYTES);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got < 0)
            code = file_fail(err, path);
        else if (got > 0)
            code = run(with, str_make(room, (size_t)got), err);
    }
    if (fd >= 0) (void)close(fd);
    arena_close(mem);
    return code;
}

struct sink {
    int fd;
    const char *path;
};

static enum salve_code put_piece(void *with, struct str piece, struct salve_err *err)
{
    const struct sink *sink = with;
    while (piece.len > 0) {
        ssize_t put = write(sink->fd, piece.ptr, piece.len);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return file_fail(err, sink->path);
        piece = str_cut(piece, (size_t)put, piece.len);
    }
    return SALVE_OK;
}

enum salve_code db_file_copy(const char *from, const char *to, struct salve_err *err)
{
    struct sink sink = {.path = to};
    if (access(from, F_OK) != 0) return file_fail(err, from);
    sink.fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (sink.fd < 0 && errno == EEXIST) return salve_fail(err, SALVE_E_CONFLICT, "%s", to);
    if (sink.fd < 0) return file_fail(err, to);
    enum salve_code code = db_file_pieces(from, put_piece, &sink, err);
    if (code == SALVE_OK && fsync(sink.fd) != 0) code = file_fail(err, to);
    if (close(sink.fd) != 0 && code == SALVE_OK) code = file_fail(err, to);
    if (code != SALVE_OK) (void)unlink(to);
    return code;
}

enum salve_code db_file_wipe(const char *path, struct salve_err *err)
{
    uint8_t noise[256];
    int fd = -1;
    TRY(file_open_plain(path, O_WRONLY, 0, &fd, err));
    crypto_random(noise, sizeof noise);
    bool is_good = pwrite(fd, noise, sizeof noise, 0) == (ssize_t)sizeof noise && fsync(fd) == 0;
    enum salve_code code = is_good ? SALVE_OK : file_fail(err, path);
    (void)close(fd);
    return code;
}

/* --- a copy beside it ------------------------------------------------------------------------------------------- */

static const char beside_end[] = ".upgrading";

static enum salve_code find_folders(const char *path, struct db_copy *out, struct salve_err *err)
{
    if (realpath(path, out->folder) == NULL) return file_fail(err, path);
    int len = snprintf(out->beside, sizeof out->beside, "%s%s", out->folder, beside_end);
    bool is_fitting = len > 0 && (size_t)len < sizeof out->beside;
    return is_fitting ? SALVE_OK : salve_fail(err, SALVE_E_RANGE, "%s", path);
}

/* --- each file of a folder ---------------------------------------------------------------------------------------- */

typedef enum salve_code on_file(void *with, const char *folder, const char *name, struct salve_err *err);

static enum salve_code each_file(const char *folder, on_file *run, void *with, struct salve_err *err)
{
    struct str *names = NULL;
    size_t count = 0;
    struct arena *mem = arena_open_private(LIST_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", folder);
    enum salve_code code = file_list(folder, mem, &names, &count, err);
    for (size_t i = 0; i < count && code == SALVE_OK; i++) code = run(with, folder, names[i].ptr, err);
    arena_close(mem);
    return code;
}

static enum salve_code look_at(const char *folder, const char *name, struct stat *info, char path[DB_PATH_BYTES],
                               struct salve_err *err)
{
    TRY(db_path(folder, name, path, err));
    return lstat(path, info) == 0 ? SALVE_OK : file_fail(err, path);
}

/* --- removing ----------------------------------------------------------------------------------------------------- */

/* Two may be at it: who upgrades, and who opens the site that was upgraded. */
static enum salve_code remove_one(void *with, const char *folder, const char *name, struct salve_err *err)
{
    (void)with;
    char path[DB_PATH_BYTES];
    TRY(db_path(folder, name, path, err));
    if (str_starts(str_of(name), STR("keys.epoch"))) (void)!db_file_wipe(path, NULL); /* a full disk may not let it */
    return unlink(path) == 0 || errno == ENOENT ? SALVE_OK : file_fail(err, path);
}

static enum salve_code only_plain(void *with, const char *folder, const char *name, struct salve_err *err)
{
    (void)with;
    char path[DB_PATH_BYTES];
    struct stat info;
    TRY(look_at(folder, name, &info, path, err));
    if (S_ISREG(info.st_mode)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONFLICT, "it is no file of a site: move it elsewhere first", "%s", path);
}

/* A folder of that name that holds no site, nor the beginning of one, is somebody else's. The lock is the first file of
 * a copy and the last that is removed. */
static enum salve_code is_ours(const char *beside, struct salve_err *err)
{
    struct stat info;
    enum salve_code code = lstat(beside, &info) == 0 ? SALVE_OK : file_fail(err, beside);
    if (code == SALVE_OK && S_ISDIR(info.st_mode) && db_file_is_there(beside, "lock"))
        return each_file(beside, only_plain, NULL, err);
    if (code == SALVE_OK && S_ISDIR(info.st_mode) && rmdir(beside) == 0) return SALVE_E_NOT_FOUND; /* it was empty */
    if (code != SALVE_OK) return code;
    return salve_refuse(err, SALVE_E_CONFLICT, "it is in the way, and was not made by an upgrade: move it elsewhere",
                        "%s", beside);
}

static enum salve_code remove_but_lock(void *with, const char *folder, const char *name, struct salve_err *err)
{
    return str_is(str_of(name), "lock") ? SALVE_OK : remove_one(with, folder, name, err);
}

static enum salve_code remove_all(const char *beside, struct salve_err *err)
{
    enum salve_code code = is_ours(beside, err);
    if (code == SALVE_OK) code = each_file(beside, remove_but_lock, NULL, err);
    if (code == SALVE_OK) code = file_sync_folder(beside, err); /* by the lock it is known as ours */
    if (code == SALVE_OK) code = remove_one(NULL, beside, "lock", err);
    if (code == SALVE_OK && rmdir(beside) != 0 && errno != ENOENT) code = file_fail(err, beside);
    return code == SALVE_OK ? file_sync_folder_of(beside, err) : code;
}

static enum salve_code remove_beside(const char *beside, struct salve_err *err)
{
    struct stat info;
    enum salve_code code = remove_all(beside, err);
    if (code == SALVE_OK || lstat(beside, &info) == 0 || errno != ENOENT) return code;
    if (err != NULL) *err = (struct salve_err){0}; /* it is gone: the other one was first */
    return SALVE_OK;
}

void db_copy_clear(const char *folder)
{
    struct db_copy copy;
    struct stat info;
    if (find_folders(folder, &copy, NULL) != SALVE_OK || lstat(copy.beside, &info) != 0) return;
    (void)!remove_beside(copy.beside, NULL);
}

/* --- copying ------------------------------------------------------------------------------------------------------ */

static enum salve_code add_size(void *with, const char *folder, const char *name, struct salve_err *err)
{
    char path[DB_PATH_BYTES];
    struct stat info;
    uint64_t *bytes = with;
    TRY(look_at(folder, name, &info, path, err));
    *bytes += (uint64_t)info.st_size;
    return SALVE_OK;
}

static enum salve_code has_room(const struct db_copy *copy, struct salve_err *err)
{
    uint64_t bytes = 0;
    struct statvfs disk;
    TRY(each_file(copy->folder, add_size, &bytes, err));
    if (statvfs(copy->folder, &disk) != 0) return file_fail(err, copy->folder);
    uint64_t needed = ROOM_TIMES * bytes + ROOM_BYTES_MIN, free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
    if (free_bytes >= needed) return SALVE_OK;
    (void)salve_fail(err, SALVE_E_FULL, "%s", copy->folder);
    return salve_why(err, SALVE_E_FULL, "a copy is worked on beside it, and needs %llu MiB for a while; %llu are free",
                     (unsigned long long)(needed >> 20) + 1, (unsigned long long)(free_bytes >> 20));
}

/* Owner and mode as they were: an upgrade by root leaves a site that its own user opens. */
static enum salve_code make_like(const struct stat *like, const char *path, struct salve_err *err)
{
    struct stat now;
    if (lstat(path, &now) != 0) return file_fail(err, path);
    bool is_same = now.st_uid == like->st_uid && now.st_gid == like->st_gid;
    if (!is_same && lchown(path, like->st_uid, like->st_gid) != 0) return file_fail(err, path);
    return chmod(path, like->st_mode & 07777) == 0 ? SALVE_OK : file_fail(err, path);
}

static bool is_made_anew(struct str name) { return str_is(name, "lock") || str_ends(name, STR("-shm")); }

static enum salve_code copy_one(void *with, const char *folder, const char *name, struct salve_err *err)
{
    const struct db_copy *copy = with;
    char from[DB_PATH_BYTES], to[DB_PATH_BYTES];
    struct stat info;
    if (is_made_anew(str_of(name))) return SALVE_OK;
    TRY(look_at(folder, name, &info, from, err));
    TRY(db_path(copy->beside, name, to, err));
    TRY(db_file_copy(from, to, err));
    return make_like(&info, to, err);
}

static enum salve_code make_beside(const struct db_copy *copy, struct salve_err *err)
{
    char lock[DB_PATH_BYTES];
    struct stat info;
    if (stat(copy->folder, &info) != 0) return file_fail(err, copy->folder);
    TRY(db_path(copy->beside, "lock", lock, err));
    if (mkdir(copy->beside, 0700) != 0) return file_fail(err, copy->beside);
    int fd = open(lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return file_fail(err, lock);
    (void)close(fd);
    TRY(make_like(&info, copy->beside, err));
    info.st_mode = 0600;
    TRY(make_like(&info, lock, err));
    return file_sync_folder(copy->beside, err);
}

static enum salve_code copy_all(struct db_copy *copy, struct salve_err *err)
{
    struct stat info;
    TRY(each_file(copy->folder, only_plain, NULL, err));
    if (lstat(copy->beside, &info) == 0) TRY(remove_beside(copy->beside, err));
    TRY(has_room(copy, err));
    TRY(make_beside(copy, err));
    TRY(each_file(copy->folder, copy_one, copy, err));
    return file_sync_folder(copy->beside, err);
}

enum salve_code db_copy_begin(const char *path, const struct db_wait *wait, struct db_copy *out, struct salve_err *err)
{
    char lock[DB_PATH_BYTES];
    *out = (struct db_copy){.lock = NULL};
    TRY(find_folders(path, out, err));
    TRY(db_path(out->folder, "lock", lock, err));
    TRY(db_lock(lock, wait, &out->lock, err));
    enum salve_code code = copy_all(out, err);
    if (code != SALVE_OK) (void)!db_copy_end(out, NULL);
    return code;
}

/* --- the exchange ------------------------------------------------------------------------------------------------- */

enum salve_code db_copy_exchange(struct db_copy *copy, struct salve_err *err)
{
    if (renameat2(AT_FDCWD, copy->beside, AT_FDCWD, copy->folder, RENAME_EXCHANGE) == 0)
        return file_sync_folder_of(copy->folder, err);
    if (errno == EINVAL || errno == ENOSYS || errno == EBUSY || errno == EXDEV)
        return salve_refuse(
            err, SALVE_E_UNSUPPORTED,
            "two folders cannot be exchanged here (a mount point, or a file system without it): move the "
            "site's folder into another one, upgrade it, and move it back",
            "%s", copy->folder);
    return file_fail(err, copy->folder);
}

enum salve_code db_copy_end(struct db_copy *copy, struct salve_err *err)
{
    struct stat info;
    enum salve_code code =
        copy->lock != NULL && lstat(copy->beside, &info) == 0 ? remove_beside(copy->beside, err) : SALVE_OK;
    db_unlock(&copy->lock);
    return code;
}
