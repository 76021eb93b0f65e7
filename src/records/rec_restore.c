/* SPDX-License-Identifier: Apache-2.0
 *
 * A site out of a backup of the data and the copy of the keys. It is laid out in the folder `making` of the new folder
 * (making_int.h), opened there, told what was taken back, given a successor log, verified, and moved up when it is
 * whole: a restore that is cut off is begun again, and nothing that it came from is written to. */
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "records/backup_int.h"
#include "records/log_int.h"
#include "records/making_int.h"
#include "records/revoked_int.h"
#include "records/verify_int.h"
#include "store/store.h"

enum { WORK_BYTES = 64 << 20, REVOKED_MAX = 32 };

struct restore {
    const struct site_restore_ask *ask;
    struct arena *mem;
    const char *from; /* the backup, or what is left of a site */
    bool has_note;    /* it has the file `backup` */
    struct rec_backup backup;
    struct rec_making making;
    struct site *site;
    struct site_restored *out;
};

/* --- what there is ------------------------------------------------------------------------------------------------ */

/* The newest backup in a folder of them: the last by name. */
static enum salve_code newest_in(struct restore *r, struct salve_err *err)
{
    struct str *names = NULL;
    size_t count = 0;
    TRY(file_list(r->ask->from, r->mem, &names, &count, err));
    while (count-- > 0) {
        struct str path = arena_printf(r->mem, "%s/%.*s", r->ask->from, STR_ARGS(names[count]));
        if (path.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "restore");
        if (str_is(names[count], "making") || !db_file_is_there(path.ptr, "backup")) continue;
        r->from = path.ptr;
        r->has_note = true;
        return SALVE_OK;
    }
    return salve_refuse(err, SALVE_E_NOT_FOUND, "there is no backup in this folder", "%s", r->ask->from);
}

static enum salve_code find_backup(struct restore *r, struct salve_err *err)
{
    r->from = r->ask->from;
    r->has_note = db_file_is_there(r->from, "backup");
    if (!r->has_note && !db_file_is_there(r->from, rec_backup_files[0])) TRY(newest_in(r, err));
    if (!r->has_note) return SALVE_OK;
    TRY(rec_backup_read(r->from, r->mem, &r->backup, err));
    return rec_backup_check(r->from, &r->backup, err);
}

static enum salve_code find_keys(const struct restore *r, struct salve_err *err)
{
    static const char *const needed[] = {"keys.db", "keys.epoch"};
    for (size_t i = 0; i < 2; i++)
        if (!db_file_is_there(r->ask->keys, needed[i])) {
            (void)salve_fail(err, SALVE_E_NOT_FOUND, "%s/%s", r->ask->keys, needed[i]);
            return salve_why(err, SALVE_E_NOT_FOUND,
                             "without it nothing of this site can ever be read: look for the copy "
                             "of the keys ('salve backup --keys')");
        }
    return SALVE_OK;
}

/* --- laying out --------------------------------------------------------------------------------------------------- */

/* One file into the new site, where it is there. false in *found: it is not. */
static enum salve_code bring(const struct restore *r, const char *folder, const char *name, const char *as, bool *found,
                             struct salve_err *err)
{
    char from[DB_PATH_BYTES], to[DB_PATH_BYTES];
    *found = db_file_is_there(folder, name);
    if (!*found) return SALVE_OK;
    TRY(db_path(folder, name, from, err));
    TRY(db_path(r->making.path, as, to, err));
    return db_file_copy(from, to, err);
}

/* A folder that is a site still is nobody else's while its files are copied. */
static enum salve_code hold(const char *folder, struct db_lock **lock, struct salve_err *err)
{
    char path[DB_PATH_BYTES];
    if (!db_file_is_there(folder, "lock") || !db_file_is_there(folder, "keys.db")) return SALVE_OK;
    TRY(db_path(folder, "lock", path, err));
    return db_lock(path, NULL, lock, err);
}

/* The heads of the log that beside the keys are as new as those, or newer. */
static enum salve_code bring_heads(const struct restore *r, struct salve_err *err)
{
    static const char *const heads[] = {"signed-head", "checkpoint"};
    for (size_t i = 0; i < 2; i++) {
        bool found = false;
        TRY(bring(r, r->ask->keys, heads[i], heads[i], &found, err));
        if (!found) TRY(bring(r, r->from, heads[i], heads[i], &found, err));
    }
    return SALVE_OK;
}

static enum salve_code bring_data(const struct restore *r, struct salve_err *err)
{
    bool found = false;
    TRY(bring(r, r->from, "site.db", "site.db", &found, err));
    return r->has_note ? SALVE_OK : bring(r, r->from, "site.db-wal", "site.db-wal", &found, err);
}

static enum salve_code bring_keys(const struct restore *r, const char *keys_db, struct salve_err *err)
{
    static const char *const beside[] = {"keys.db-wal", "keys.epoch", "keys.epoch.next", "keys.signed"};
    bool found = false;
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++)
        TRY(bring(r, r->ask->keys, beside[i], beside[i], &found, err));
    return bring(r, r->ask->keys, keys_db, "keys.db", &found, err);
}

static enum salve_code bring_revoked(const struct restore *r, struct salve_err *err)
{
    const char *copies[REVOKED_MAX + 2];
    char in_backup[DB_PATH_BYTES], beside_keys[DB_PATH_BYTES], to[DB_PATH_BYTES];
    size_t count = 0;
    if (r->ask->revoked_count > REVOKED_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "copies of revoked");
    for (; count < r->ask->revoked_count; count++) copies[count] = r->ask->revoked[count];
    TRY(db_path(r->ask->keys, "revoked", beside_keys, err));
    TRY(db_path(r->from, "revoked", in_backup, err));
    TRY(db_path(r->making.path, "revoked", to, err));
    if (db_file_is_there(r->ask->keys, "revoked")) copies[count++] = beside_keys;
    if (db_file_is_there(r->from, "revoked")) copies[count++] = in_backup;
    return rec_revoked_merge(copies, count, to, &r->out->revoked, err);
}

static enum salve_code lay_out(struct restore *r, struct salve_err *err)
{
    struct db_lock *of_data = NULL, *of_keys = NULL;
    bool is_one = strcmp(r->from, r->ask->keys) == 0;
    enum salve_code code = hold(r->from, &of_data, err);
    if (code == SALVE_OK && !is_one) code = hold(r->ask->keys, &of_keys, err);
    if (code == SALVE_OK) code = bring_data(r, err);
    if (code == SALVE_OK) code = bring_heads(r, err);
    if (code == SALVE_OK) code = bring_keys(r, "keys.db", err);
    if (code == SALVE_OK) code = bring_revoked(r, err);
    db_unlock(&of_keys);
    db_unlock(&of_data);
    return code;
}

/* --- making it a site again --------------------------------------------------------------------------------------- */

/* A copying of the keys that was cut off may have left keys.epoch of today beside keys.db of before, and the new
 * keys.db under its first name (keys_copy.c). */
static enum salve_code open_new(struct restore *r, struct salve_err *err)
{
    char path[DB_PATH_BYTES];
    enum salve_code code = rec_site_open(&r->making.inside, REC_OPEN_MADE, &r->site, err);
    if (code != SALVE_E_INTEGRITY || !db_file_is_there(r->ask->keys, "keys.db.next")) return code;
    static const char *const keys[] = {"keys.db", "keys.db-wal", "keys.epoch", "keys.epoch.next", "keys.signed"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        TRY(db_path(r->making.path, keys[i], path, err));
        (void)unlink(path);
    }
    TRY(bring_keys(r, "keys.db.next", err));
    return rec_site_open(&r->making.inside, REC_OPEN_MADE, &r->site, err);
}

/* The place of the copy of the keys stays that of the site which this one came from. */
static enum salve_code forget_places(struct restore *r, struct salve_err *err)
{
    struct rec_tx tx;
    struct str json;
    TRY(keys_copied_forget(r->site->keys, err));
    TRY(rec_tx_begin(r->site, false, r->mem, &tx, err));
    enum salve_code code = rec_doc_get(&tx, STR("site"), STR("backup"), r->mem, &json, err);
    if (code == SALVE_OK) code = rec_doc_put(&tx, STR("site"), STR("backup"), STR("{}"), err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code == SALVE_E_NOT_FOUND ? SALVE_OK : code;
}

static enum salve_code revive(struct restore *r, struct salve_err *err)
{
    struct keys_due due;
    struct rec_succession succession;
    struct site *site = r->site;
    struct site_restored *out = r->out;
    struct site_verify_ask ask = {.actor = {.role = ROLE_TECHNICIAN}};
    if (r->has_note) TRY(rec_backup_is_of(site, r->from, &r->backup, err));
    keys_due(site->keys, &due);
    out->renewed_at_unix_ms = due.renewed_unix_s * 1000;
    out->revoked_lost = site->revoked_done > site->revoked_count ? site->revoked_done - site->revoked_count : 0;
    TRY(arena_str(r->mem, site->log->origin, &out->old_log, err));
    TRY(rec_succeed(site, true, r->mem, &succession, err));
    out->kept = succession.kept;
    out->known = succession.last.size;
    TRY(arena_str(r->mem, succession.origin, &out->new_log, err));
    TRY(rec_replay_all(site, err));
    site->revoked_done = site->revoked_count;
    TRY(forget_places(r, err));
    TRY(rec_sign(site, REC_SIGN_NOW, r->mem, err));
    TRY(rec_log_remember(site, r->mem, err));
    enum salve_code code = rec_verify_open(site, &ask, &out->verified, NULL);
    if (code != SALVE_OK && code != SALVE_E_INTEGRITY) return salve_fail(err, code, "%s", r->making.path);
    return SALVE_OK; /* what it found is in the result */
}

static enum salve_code make(struct restore *r, struct salve_err *err)
{
    TRY(lay_out(r, err));
    enum salve_code code = open_new(r, err);
    if (code == SALVE_OK) code = revive(r, err);
    if (code == SALVE_OK) return near_site_close(&r->site, err);
    rec_site_drop(&r->site);
    return code;
}

/* --- the door ----------------------------------------------------------------------------------------------------- */

enum salve_code site_restore(const struct site_options *options, const struct site_restore_ask *ask, struct arena *mem,
                             struct site_restored *out, struct salve_err *err)
{
    struct site_options in = *options;
    *out = (struct site_restored){0};
    struct restore r = {.ask = ask, .mem = mem, .out = out};
    TRY(crypto_init(err));
    TRY(find_backup(&r, err));
    TRY(find_keys(&r, err));
    if (in.secret.key_file != NULL && access(in.secret.key_file, F_OK) != 0) return file_fail(err, in.secret.key_file);
    in.secret.key_file = NULL; /* none is made */
    TRY(rec_making_begin(&in, &r.making, err));
    r.making.inside.secret = options->secret;
    out->from = str_of(r.from);
    out->at_unix_ms = r.backup.at_unix_ms;
    enum salve_code code = make(&r, err);
    if (code == SALVE_OK) return rec_making_keep(&r.making, err);
    r.making.inside.secret.key_file = NULL;
    rec_making_undo(&r.making);
    return code;
}
