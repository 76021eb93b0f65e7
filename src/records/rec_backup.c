/* SPDX-License-Identifier: Apache-2.0
 *
 * A backup: the keys into the one place that they have, in place of what was there; the data into a new folder, which
 * is opened, verified, and only then given the name of its time. Both are of the same moment, since the site is this
 * process's alone. The document site/backup says when and where; the place of the keys is kept up by every renewal. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "db/db.h"
#include "json/json.h"
#include "records/backup_int.h"
#include "records/gate.h"
#include "records/health_int.h"
#include "records/log_int.h"
#include "records/revoked_int.h"
#include "records/verify_int.h"
#include "store/store.h"

enum { WORK_BYTES = 192 << 20, SAME_NAME_MAX = 100 };

/* --- the document site/backup ------------------------------------------------------------------------------------- */

static enum salve_code places_write(struct site *site, struct actor actor, const struct rec_places *places,
                                    struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    struct buf text;
    struct str json;
    buf_init(&text, mem, 4 * DB_PATH_BYTES);
    struct json_writer w = {.out = &text};
    json_open(&w, NULL, '{');
    json_put_i64(&w, "at", places->at_unix_ms);
    json_put_text(&w, "data", places->data);
    json_put_text(&w, "keys", places->keys);
    json_close(&w);
    TRY(buf_done(&text, &json, err));
    TRY(rec_tx_begin(site, false, mem, &tx, err));
    enum salve_code code = rec_actor_check(&tx, actor, err);
    if (code == SALVE_OK) code = rec_doc_put(&tx, STR("site"), STR("backup"), json, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}

/* --- the folders -------------------------------------------------------------------------------------------------- */

static bool is_within(struct str path, struct str folder)
{
    return str_starts(path, folder) && (path.len == folder.len || path.ptr[folder.len] == '/');
}

static bool overlap(struct str a, struct str b) { return is_within(a, b) || is_within(b, a); }

/* The absolute path of a folder that is there, or that can be made in one that is. */
static enum salve_code find_folder(const char *path, struct arena *mem, struct str *out, struct salve_err *err)
{
    struct str text, last = STR("");
    TRY(arena_str(mem, str_of(path), &text, err));
    char *whole = (char *)text.ptr; /* ours, with its NUL */
    while (text.len > 1 && whole[text.len - 1] == '/') whole[--text.len] = '\0';
    char *real = realpath(whole, NULL), *slash = strrchr(whole, '/');
    if (real == NULL && errno == ENOENT) {
        last = str_of(slash == NULL ? whole : slash + 1);
        if (slash != NULL) *slash = '\0';
        real = realpath(slash == NULL ? "." : slash == whole ? "/" : whole, NULL);
    }
    if (real == NULL) return file_fail(err, path);
    *out = last.len == 0 ? arena_printf(mem, "%s", real) : arena_printf(mem, "%s/%.*s", real, STR_ARGS(last));
    free(real);
    if (out->ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "%s", path);
    return str_is_utf8(*out) ? SALVE_OK : salve_refuse(err, SALVE_E_USAGE, "its name is not UTF-8", "folder");
}

static enum salve_code make_folder(const char *path, struct salve_err *err)
{
    struct stat info;
    if (mkdir(path, 0700) != 0 && errno != EEXIST) return file_fail(err, path);
    errno = ENOTDIR;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode) ? SALVE_OK : file_fail(err, path);
}

static enum salve_code apart(const char *which, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_USAGE,
                        "site, data and keys are kept apart: none of the three folders may lie in another", "%s",
                        which);
}

static enum salve_code find_places(struct site *site, const struct site_backup_ask *ask, struct arena *mem,
                                   struct rec_places *out, struct salve_err *err)
{
    struct rec_places before;
    struct str own;
    TRY(rec_places_read(site, mem, &before, err));
    if (ask->keys == NULL && before.keys.len == 0)
        return salve_refuse(err, SALVE_E_USAGE, "say where the copy of the keys is kept, on another disk", "--keys");
    *out = (struct rec_places){.keys = before.keys};
    TRY(find_folder(site->path, mem, &own, err));
    TRY(find_folder(ask->data, mem, &out->data, err));
    if (ask->keys != NULL) TRY(find_folder(ask->keys, mem, &out->keys, err));
    if (overlap(out->data, own)) return apart(ask->data, err);
    if (overlap(out->keys, own) || overlap(out->keys, out->data)) return apart(out->keys.ptr, err);
    return make_folder(out->data.ptr, err); /* that of the keys is made by keys_copy */
}

static bool are_on_one_disk(const char *a, const char *b)
{
    struct stat of_a, of_b;
    return stat(a, &of_a) == 0 && stat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev;
}

/* --- the data ----------------------------------------------------------------------------------------------------- */

static bool is_of_making(struct str name)
{
    bool is_ours = str_starts(name, STR("backup")) || str_starts(name, STR("site.db-"));
    for (size_t i = 0; i < REC_BACKUP_FILES; i++) is_ours = is_ours || str_is(name, rec_backup_files[i]);
    return is_ours;
}

/* What a backup that was cut off left in `making`; nothing that none makes. */
static enum salve_code clear_making(const char *making, struct arena *mem, struct salve_err *err)
{
    char path[DB_PATH_BYTES];
    struct stat info;
    struct str *names = NULL;
    size_t count = 0;
    if (lstat(making, &info) != 0) return SALVE_OK;
    errno = ENOTDIR;
    if (!S_ISDIR(info.st_mode)) return file_fail(err, making);
    TRY(file_list(making, mem, &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        TRY(db_path(making, names[i].ptr, path, err));
        if (!is_of_making(names[i])) return salve_refuse(err, SALVE_E_CONFLICT, "it is of no backup", "%s", path);
        if (unlink(path) != 0) return file_fail(err, path);
    }
    return rmdir(making) == 0 ? SALVE_OK : file_fail(err, making);
}

/* A small file of the site, or of what is frozen of it. */
static enum salve_code copy_small(struct site *site, const char *name, const char *to, struct arena *mem,
                                  struct salve_err *err)
{
    char from[DB_PATH_BYTES];
    struct str bytes;
    TRY(db_path(site->path, name, from, err));
    if (site->frozen == NULL) return db_file_is_there(site->path, name) ? db_file_copy(from, to, err) : SALVE_OK;
    enum salve_code code = rec_file_text(site, name, WORK_BYTES, mem, &bytes, err);
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    return code == SALVE_OK ? file_replace(to, bytes, 0600, err) : code;
}

static enum salve_code copy_data(struct site *site, const char *making, struct arena *mem, struct salve_err *err)
{
    char to[DB_PATH_BYTES];
    if (mkdir(making, 0700) != 0) return file_fail(err, making);
    TRY(db_path(making, rec_backup_files[0], to, err));
    TRY(store_copy(site->store, to, err));
    for (size_t i = 1; i < REC_BACKUP_FILES; i++) {
        TRY(db_path(making, rec_backup_files[i], to, err));
        TRY(copy_small(site, rec_backup_files[i], to, mem, err));
    }
    return file_sync_folder(making, err);
}

/* The first thing that is wrong with the copy. */
static void note_first(void *with, const struct site_finding *finding)
{
    char *first = with;
    if (first[0] != '\0') return;
    (void)snprintf(first, SALVE_ERR_TEXT_BYTES, "%.*s %.*s: %.*s", STR_ARGS(finding->file), STR_ARGS(finding->element),
                   STR_ARGS(finding->what));
}

/* Faults that the site has as well are no reason to have no copy of it: they are told, and earlier ones are there. */
static enum salve_code is_as_the_site(struct site *site, const struct site_verify_result *copy, const char *first,
                                      struct salve_err *err)
{
    struct site_verify_ask ask = {0};
    struct site_verify_result own;
    enum salve_code code = rec_verify_open(site, &ask, &own, err);
    if (code != SALVE_OK && code != SALVE_E_INTEGRITY) return code;
    if (copy->findings <= own.findings) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INTEGRITY, "the copy has a fault that the site has not; it was not kept", "%s",
                        first);
}

static enum salve_code verify_copy(struct site *site, const char *making, struct site_verify_result *out,
                                   struct salve_err *err)
{
    char first[SALVE_ERR_TEXT_BYTES] = "";
    struct site *copy = NULL;
    struct site_verify_ask ask = {.finding = note_first, .with = first};
    TRY(rec_site_beside(site, making, &copy, err));
    enum salve_code code = rec_verify_open(copy, &ask, out, err);
    rec_site_beside_drop(&copy);
    return code == SALVE_E_INTEGRITY && out->findings > 0 ? is_as_the_site(site, out, first, err) : code;
}

/* The name of its time; of several within a second each gets its own. */
static enum salve_code name_it(const char *making, const struct rec_places *places, struct arena *mem, struct str *out,
                               struct salve_err *err)
{
    char when[CLOCK_TEXT_BYTES];
    (void)clock_text(places->at_unix_ms, when);
    for (char *c = when; *c != '\0'; c++)
        if (*c == ':') *c = '-';
    for (int n = 0; n < SAME_NAME_MAX; n++) {
        *out = n == 0 ? arena_printf(mem, "%.*s/%s", STR_ARGS(places->data), when)
                      : arena_printf(mem, "%.*s/%s-%02d", STR_ARGS(places->data), when, n);
        if (out->ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "backup");
        if (rename(making, out->ptr) == 0) return file_sync_folder(places->data.ptr, err);
        if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR) break;
    }
    return file_fail(err, out->ptr);
}

static enum salve_code back_up_data(struct site *site, struct rec_places *places, struct arena *mem,
                                    struct site_backup *out, struct salve_err *err)
{
    char making[DB_PATH_BYTES];
    struct rec_backup backup;
    TRY(db_path(places->data.ptr, "making", making, err));
    TRY(clear_making(making, mem, err));
    enum salve_code code = copy_data(site, making, mem, err);
    if (code == SALVE_OK)
        code = rec_backup_write(site, making, places->at_unix_ms, site->signed_size, mem, &backup, err);
    if (code == SALVE_OK) code = verify_copy(site, making, &out->verified, err);
    if (code == SALVE_OK) code = rec_backup_check(making, &backup, err); /* as the disk gives it back */
    if (code == SALVE_OK) code = file_sync_folder(making, err);
    if (code == SALVE_OK) code = name_it(making, places, mem, &out->path, err);
    if (code != SALVE_OK) {
        (void)!clear_making(making, mem, NULL);
        return code;
    }
    for (size_t i = 0; i < backup.file_count; i++) out->bytes += backup.files[i].bytes;
    return SALVE_OK;
}

/* --- the door ----------------------------------------------------------------------------------------------------- */

struct site_backup_plan {
    struct rec_places places;
    struct keys_copied copied;
};

enum salve_code site_backup_begin(struct site *site, const struct site_backup_ask *ask, struct arena *mem,
                                  struct site_backup_plan **out, struct salve_err *err)
{
    struct site_backup_plan *plan = arena_new(mem, struct site_backup_plan);
    if (plan == NULL) return salve_fail(err, SALVE_E_MEMORY, "backup");
    TRY(rec_may(site, ask->actor, ACT_BACKUP, PURPOSE_NONE, err));
    TRY(rec_renew_rest(site, err));
    TRY(rec_actor_is(site, ask->actor, mem, err));
    TRY(find_places(site, ask, mem, &plan->places, err));
    TRY(rec_sign(site, REC_SIGN_NOW, mem, err));
    TRY(rec_log_remember(site, mem, err));
    plan->places.at_unix_ms = site->now_unix_ms;
    *out = plan;
    return keys_copy_begin(site->keys, plan->places.keys.ptr, ask->keys != NULL, site->now_unix_ms / 1000,
                           &plan->copied, err);
}

/* Under the lock of the folder of backups: another site may have its own there, too. */
enum salve_code site_backup_files(struct site *site, struct site_backup_plan *plan, struct arena *mem,
                                  struct site_backup *out,
                                  enum salve_code (*keys_done)(void *with, struct salve_err *err), void *with,
                                  struct salve_err *err)
{
    struct db_lock *lock = NULL;
    char path[DB_PATH_BYTES];
    struct rec_places *places = &plan->places;
    *out = (struct site_backup){0};
    TRY(db_path(places->data.ptr, "lock", path, err));
    TRY(db_lock(path, NULL, &lock, err));
    enum salve_code code = rec_keys_copy_files(site, places->keys.ptr, &plan->copied, mem, err);
    if (code == SALVE_OK) code = keys_done(with, err);
    if (code == SALVE_OK) code = back_up_data(site, places, mem, out, err);
    db_unlock(&lock);
    if (code != SALVE_OK) return code;
    out->at_unix_ms = places->at_unix_ms;
    out->is_one_disk =
        are_on_one_disk(places->keys.ptr, site->path) || are_on_one_disk(places->keys.ptr, out->path.ptr);
    return arena_str(mem, places->keys, &out->keys, err);
}

enum salve_code site_backup_keys(struct site *site, const struct site_backup_plan *plan, struct salve_err *err)
{
    return keys_copy_done(site->keys, &plan->copied, err);
}

enum salve_code site_backup_done(struct site *site, const struct site_backup_ask *ask,
                                 const struct site_backup_plan *plan, const struct site_backup *backup,
                                 struct arena *mem, struct salve_err *err)
{
    TRY(places_write(site, ask->actor, &plan->places, mem, err));
    return rec_verified_note(site, backup->verified.findings, mem, err);
}

struct near_keys {
    struct site *site;
    const struct site_backup_plan *plan;
};

static enum salve_code near_keys_done(void *with, struct salve_err *err)
{
    const struct near_keys *keys = with;
    return site_backup_keys(keys->site, keys->plan, err);
}

enum salve_code near_site_backup(struct site *site, const struct site_backup_ask *ask, struct arena *mem,
                                 struct site_backup *out, struct salve_err *err)
{
    struct site_backup_plan *plan = NULL;
    *out = (struct site_backup){0};
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL) return salve_fail(err, SALVE_E_MEMORY, "backup");
    enum salve_code code = site_backup_begin(site, ask, work, &plan, err);
    struct near_keys keys = {site, plan};
    if (code == SALVE_OK) code = site_backup_files(site, plan, mem, out, near_keys_done, &keys, err);
    if (code == SALVE_OK) code = site_backup_done(site, ask, plan, out, work, err);
    arena_close(work);
    return code;
}

enum salve_code near_site_backup_state(struct site *site, struct arena *mem, struct site_backup_state *out,
                                       struct salve_err *err)
{
    struct rec_places places;
    struct keys_copied copied;
    *out = (struct site_backup_state){0};
    TRY(rec_places_read(site, mem, &places, err));
    keys_copied(site->keys, &copied);
    out->at_unix_ms = places.at_unix_ms;
    out->data = places.data;
    out->keys = places.keys;
    out->keys_at_unix_ms = copied.at_unix_s * 1000;
    out->renewals_since = keys_epoch_now(site->keys) - copied.epoch;
    if (copied.epoch == 0 || places.keys.len == 0) return SALVE_OK;
    out->keys_code = keys_copy_check(site->keys, places.keys.ptr, &out->keys_err);
    return SALVE_OK;
}
