/* SPDX-License-Identifier: Apache-2.0
 * Making a site in a folder of its own and moving it up when it is whole; making_int.h. */
#include "records/making_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "records/backup_int.h"
#include "store/store.h"

enum { LIST_BYTES = 1 << 20 };

/* What tells that a site is here, or was. The lock is no part of one: it is empty and made anew at each opening. */
static const char *const site_files[] = {"site.db",     "site.db-wal",     "site.db-journal", "keys.db",
                                         "keys.db-wal", "keys.db-journal", "keys.epoch",      "checkpoint",
                                         "signed-head", "revoked"};
static const char last_file[] = "site.db"; /* with it in its place there is a site */
static const char whole_mark[] = "whole";  /* in `making`: the site is whole, its files are being moved up */

bool rec_making_is_there(const char *folder) { return db_file_is_there(folder, "making"); }

/* --- the files of a making ---------------------------------------------------------------------------------------- */

typedef enum salve_code on_file(const struct rec_making *making, const char *name, struct salve_err *err);

/* Everything in `making` but the lock, which is held, and the mark. */
static enum salve_code each_file(const struct rec_making *making, on_file *run, struct salve_err *err)
{
    struct str *names = NULL;
    size_t count = 0;
    struct arena *mem = arena_open_private(LIST_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "making");
    enum salve_code code = file_list(making->path, mem, &names, &count, err);
    for (size_t i = 0; i < count && code == SALVE_OK; i++)
        if (!str_is(names[i], "lock") && !str_is(names[i], whole_mark)) code = run(making, names[i].ptr, err);
    arena_close(mem);
    return code;
}

static enum salve_code remove_one(const struct rec_making *making, const char *name, struct salve_err *err)
{
    char path[DB_PATH_BYTES];
    TRY(db_path(making->path, name, path, err));
    if (str_starts(str_of(name), STR("keys.epoch")))
        (void)!db_file_wipe(path, NULL); /* where it can be: a full disk may not */
    return unlink(path) == 0 ? SALVE_OK : file_fail(err, path);
}

static enum salve_code move_one(const struct rec_making *making, const char *name, struct salve_err *err)
{
    char from[DB_PATH_BYTES], to[DB_PATH_BYTES];
    TRY(db_path(making->path, name, from, err));
    TRY(db_path(making->folder, name, to, err));
    if (db_file_is_there(making->folder, name))
        return salve_refuse(err, SALVE_E_CONFLICT, "it came there while the site was made; nothing of it was touched",
                            "%s", to);
    return rename(from, to) == 0 ? SALVE_OK : file_fail(err, from);
}

static enum salve_code move_early_one(const struct rec_making *making, const char *name, struct salve_err *err)
{
    return strcmp(name, last_file) == 0 ? SALVE_OK : move_one(making, name, err);
}

static enum salve_code move_all(const struct rec_making *making, struct salve_err *err)
{
    TRY(each_file(making, move_early_one, err));
    TRY(file_sync_folder(making->folder, err));
    if (db_file_is_there(making->path, last_file)) TRY(move_one(making, last_file, err));
    return file_sync_folder(making->folder, err);
}

static void drop_folder(struct rec_making *making)
{
    if (db_file_is_there(making->path, whole_mark)) (void)!remove_one(making, whole_mark, NULL);
    (void)!remove_one(making, "lock", NULL);
    (void)rmdir(making->path);
    db_unlock(&making->lock);
}

/* --- beginning ---------------------------------------------------------------------------------------------------- */

static enum salve_code make_folder(const char *path, bool *has_made, struct salve_err *err)
{
    struct stat info;
    *has_made = mkdir(path, 0700) == 0;
    if (*has_made) return SALVE_OK;
    if (errno != EEXIST) return file_fail(err, path);
    errno = ENOTDIR;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode) ? SALVE_OK : file_fail(err, path);
}

/* A folder that was there already is closed to others where nothing is in it yet; of one with other things in it 'salve
 * doctor' tells. */
static void close_to_others(const char *path)
{
    struct stat info;
    struct str *names = NULL;
    size_t count = 0;
    struct arena *mem = arena_open(LIST_BYTES);
    bool is_lax = mem != NULL && stat(path, &info) == 0 && (info.st_mode & 077) != 0;
    if (is_lax && file_list(path, mem, &names, &count, NULL) == SALVE_OK && count == 0) (void)!chmod(path, 0700);
    arena_close(mem);
}

/* Only `making` itself must be a folder of ours: through a link we would remove what lies elsewhere. */
static enum salve_code lock_making(struct rec_making *making, struct salve_err *err)
{
    char path[DB_PATH_BYTES];
    struct stat info;
    bool has_made;
    TRY(db_path(making->folder, "making", making->path, err));
    TRY(make_folder(making->path, &has_made, err));
    errno = ENOTDIR;
    if (lstat(making->path, &info) != 0 || !S_ISDIR(info.st_mode)) return file_fail(err, making->path);
    TRY(db_path(making->path, "lock", path, err));
    return db_lock(path, NULL, &making->lock, err);
}

static enum salve_code nothing_is_there(const struct site_options *options, struct salve_err *err)
{
    struct store_options store = {.where = options->store, .folder = options->path, .create = true};
    bool has_store = db_file_is_there(options->path, "site.db");
    if (!has_store && options->store != NULL) TRY(store_is_there(&store, &has_store, err));
    if (has_store)
        return salve_refuse(err, SALVE_E_CONFLICT, "there is a site in this folder already; nothing was changed", "%s",
                            options->path);
    for (size_t i = 0; i < sizeof site_files / sizeof site_files[0]; i++) {
        if (!db_file_is_there(options->path, site_files[i])) continue;
        (void)salve_fail(err, SALVE_E_CONFLICT, "%s", options->path);
        return salve_why(err, SALVE_E_CONFLICT,
                         "%s of a site is in this folder, but its site.db is not: bring that back, or take another "
                         "folder; nothing was changed",
                         site_files[i]);
    }
    return SALVE_OK;
}

/* What an earlier making left: a whole site is moved up, so that it is there; all else goes. */
static enum salve_code end_earlier(struct rec_making *making, struct salve_err *err)
{
    if (!db_file_is_there(making->path, whole_mark)) return each_file(making, remove_one, err);
    TRY(move_all(making, err));
    drop_folder(making);
    return salve_refuse(err, SALVE_E_CONFLICT,
                        "its making was whole but cut off before its end; it is finished now, with what was asked "
                        "for then",
                        "%s", making->folder);
}

/* A key file that is not there yet is made. */
static enum salve_code make_key_file(const char *path, bool *has_made, struct salve_err *err)
{
    *has_made = false;
    if (path == NULL || access(path, F_OK) == 0) return SALVE_OK;
    enum salve_code code = rec_key_file_make(path, err);
    *has_made = code == SALVE_OK;
    return code;
}

static enum salve_code begin(const struct site_options *options, struct rec_making *out, struct salve_err *err)
{
    TRY(make_folder(options->path, &out->has_made_folder, err));
    if (!out->has_made_folder) close_to_others(options->path);
    if (!rec_making_is_there(options->path)) TRY(nothing_is_there(options, err)); /* before `making` is seen in it */
    TRY(lock_making(out, err));
    TRY(end_earlier(out, err));
    TRY(nothing_is_there(options, err));
    return make_key_file(options->secret.key_file, &out->has_made_key, err);
}

enum salve_code rec_making_begin(const struct site_options *options, struct rec_making *out, struct salve_err *err)
{
    *out = (struct rec_making){.folder = options->path, .inside = *options};
    enum salve_code code = begin(options, out, err);
    out->inside.path = out->path;
    if (code != SALVE_OK) rec_making_undo(out);
    return code;
}

/* --- ending ------------------------------------------------------------------------------------------------------- */

/* `making` and the folder that it is in have their names before a file leaves it: a power cut that kept the moving
 * and not the making would leave half of a site. The parent may be one that we cannot read. */
static enum salve_code names_stand(const struct rec_making *making, struct salve_err *err)
{
    (void)!file_sync_folder_of(making->folder, NULL);
    return file_sync_folder(making->folder, err);
}

enum salve_code rec_making_keep(struct rec_making *making, struct salve_err *err)
{
    char path[DB_PATH_BYTES];
    enum salve_code code = db_path(making->path, whole_mark, path, err);
    if (code == SALVE_OK) code = file_replace(path, STR(""), 0600, err);
    if (code == SALVE_OK) code = names_stand(making, err);
    if (code != SALVE_OK) {
        rec_making_undo(making);
        return code;
    }
    code = move_all(making, err);
    if (code == SALVE_OK)
        drop_folder(making);
    else
        db_unlock(&making->lock); /* whole: the next making ends it */
    return code;
}

void rec_making_undo(struct rec_making *making)
{
    if (making->lock != NULL && !db_file_is_there(making->path, whole_mark)) {
        (void)!each_file(making, remove_one, NULL);
        drop_folder(making);
        if (making->has_made_key) (void)unlink(making->inside.secret.key_file);
    }
    db_unlock(&making->lock);
    if (making->has_made_folder) (void)rmdir(making->folder);
}
