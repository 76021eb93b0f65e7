/* SPDX-License-Identifier: Apache-2.0
 *
 * A site folder: making, opening, closing. Files: site.db (records, log, commons), keys.db and keys.epoch (wraps and
 * sealed keys), checkpoint and signed-head (the log's head), revoked, lock. docs/formats/site.md. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/crypto.h"
#include "json/json.h"
#include "keys/keys.h"
#include "records/apps_int.h"
#include "records/backup_int.h"
#include "records/closing_int.h"
#include "records/erasing_int.h"
#include "records/making_int.h"
#include "records/proof_int.h"
#include "records/queue_int.h"
#include "payload/payload.h"
#include "records/revoked_int.h"
#include "records/session_int.h"
#include "records/work_list_int.h"
#include "store/store.h"

enum { SITE_BYTES = 4 << 20, WORK_BYTES = 64 << 20 };

/* --- the secret ------------------------------------------------------------------------------------------------- */

/* A secret on the stack; secret_drop zeroes it. */
enum { SECRET_BYTES_MAX = 4096 };
struct secret {
    uint8_t bytes[SECRET_BYTES_MAX];
    struct keys_secret secret;
};

/* Whoever may read the file may open the site. */
static enum salve_code check_key_file(int fd, const char *path, struct salve_err *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0) return file_fail(err, path);
    if (!S_ISREG(info.st_mode)) return salve_refuse(err, SALVE_E_IO, "it is no plain file", "%s", path);
    if ((info.st_mode & 077) == 0) return SALVE_OK;
    /* A credential of the service manager: root's, read by who is not root, and what looks like the group's is an entry
     * for this user alone. */
    bool is_credential = geteuid() != 0 && info.st_uid == 0 && info.st_gid == 0 && (info.st_mode & 037) == 0;
    if (is_credential) return SALVE_OK;
    (void)salve_fail(err, SALVE_E_CONFIG, "%s", path);
    return salve_why(err, SALVE_E_CONFIG, "others may read this key file (mode %03o): chmod 600 '%s'",
                     (unsigned)info.st_mode & 0777, path);
}

static enum salve_code read_key_file(const char *path, struct secret *out, struct salve_err *err)
{
    ssize_t len = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return file_fail(err, path);
    enum salve_code code = check_key_file(fd, path, err);
    if (code == SALVE_OK) len = read(fd, out->bytes, sizeof out->bytes);
    if (len < 0) code = file_fail(err, path);
    (void)close(fd);
    if (code == SALVE_OK) out->secret.bytes = str_bytes(out->bytes, (size_t)len);
    return code;
}

static enum salve_code secret_read(const struct site_secret *from, struct secret *out, struct salve_err *err)
{
    out->secret = (struct keys_secret){.is_key_file = from->key_file != NULL};
    if (from->key_file != NULL) return read_key_file(from->key_file, out, err);
    if (from->passphrase.len > sizeof out->bytes) return salve_fail(err, SALVE_E_SECRET, "passphrase");
    if (from->passphrase.len > 0) memcpy(out->bytes, from->passphrase.ptr, from->passphrase.len);
    out->secret.bytes = str_bytes(out->bytes, from->passphrase.len);
    return SALVE_OK;
}

static void secret_drop(struct secret *secret) { crypto_zero(secret, sizeof *secret); }

enum salve_code rec_key_file_make(const char *path, struct salve_err *err)
{
    uint8_t bytes[CRYPTO_KEY_BYTES];
    if (path == NULL || access(path, F_OK) == 0) return SALVE_OK;
    crypto_random(bytes, sizeof bytes);
    enum salve_code code = file_write(path, str_bytes(bytes, sizeof bytes), 0600, err);
    crypto_zero(bytes, sizeof bytes);
    return code;
}

/* --- opening ---------------------------------------------------------------------------------------------------- */

static enum salve_code new_site(const struct site_options *options, struct site **out, struct salve_err *err)
{
    struct arena *mem = arena_open_private(SITE_BYTES);
    struct site *site = mem == NULL ? NULL : arena_new(mem, struct site);
    struct str path;
    if (site == NULL || arena_str(mem, str_of(options->path), &path, err) != SALVE_OK) {
        arena_close(mem);
        return salve_fail(err, SALVE_E_MEMORY, "site");
    }
    site->ops = &rec_near_ops;
    site->mem = mem;
    site->path = path.ptr;
    site->clock = options->clock;
    site->pin_cost = (enum crypto_cost)options->pin_cost;
    enum salve_code code = crypto_keys_new(1, &site->log_seed, err);
    if (code == SALVE_OK) code = crypto_keys_new(SITE_ROW_KEYS, &site->row_keys, err);
    if (code == SALVE_OK) code = payload_codec_open(&site->codec, err);
    *out = site;
    if (code != SALVE_OK) rec_site_drop(out);
    return code;
}

/* Frees everything without a further write of ours. */
static enum salve_code drop(struct site **site, struct salve_err *err)
{
    struct site *s = *site;
    if (s == NULL) return SALVE_OK;
    enum salve_code code = store_close(&s->store, err);
    enum salve_code keys_code = keys_close(&s->keys, code == SALVE_OK ? err : NULL);
    rec_closing_done(s);
    rec_sessions_drop(s);
    rec_apps_drop(s);
    rec_proofs_drop(s);
    rec_day_drop(s);
    rec_work_list_lost(s);
    rec_turning_drop(s);
    free(s->rows);
    crypto_keys_drop(&s->log_seed);
    crypto_keys_drop(&s->row_keys);
    payload_codec_close(&s->codec);
    db_unlock(&s->lock);
    arena_close(s->settings_mem);
    arena_close(s->revoked_mem);
    arena_close(s->mem);
    *site = NULL;
    return code != SALVE_OK ? code : keys_code;
}

void rec_site_drop(struct site **site) { (void)!drop(site, NULL); }

/* A site that says nothing else has its records in a file of its folder. */
static struct store_options store_of(const struct site_options *options, bool create)
{
    return (struct store_options){
        .where = options->store == NULL ? "sqlite:site.db" : options->store, .folder = options->path, .create = create};
}

void rec_row_keys(struct site *site)
{
    const struct str labels[SITE_ROW_KEYS] = {STR("SLV-site-rows-v1"), STR("SLV-site-tags-v1"),
                                              STR("SLV-site-owners-v1"), STR("SLV-site-gate-v1"),
                                              STR("SLV-site-pending-v1")};
    for (size_t i = 0; i < SITE_ROW_KEYS; i++) keys_of_rows(site->keys, labels[i], crypto_keys_at(site->row_keys, i));
}

/* With keys of layout 2 the rows are of layout 2; before an upgrade is through, they may be of either. */
static enum salve_code open_store(struct site *site, struct store_options *options, struct salve_err *err)
{
    rec_row_keys(site);
    options->row_key = crypto_keys_at(site->row_keys, SITE_KEY_ROWS);
    options->is_earlier = keys_layout(site->keys) != KEYS_LAYOUT;
    enum salve_code code = store_open(options, &site->store, err);
    if (code == SALVE_E_UNSUPPORTED && !options->is_earlier)
        return salve_refuse(err, SALVE_E_INTEGRITY,
                            "it is of an earlier layout than keys.db: bring the newest site.db back", "site.db");
    if (code == SALVE_OK) site->layout = store_layout(site->store);
    return code;
}

struct db_wait rec_wait(const struct site_wait *wait)
{
    return (struct db_wait){.seconds = wait->seconds, .tell = wait->tell, .is_over = wait->is_over, .with = wait->with};
}

static enum salve_code take_lock(struct site *site, const char *path, const struct site_wait *wait,
                                 struct salve_err *err)
{
    const struct db_wait like = rec_wait(wait);
    return db_lock(path, &like, &site->lock, err);
}

/* What a process that was killed left of its files; the folder is ours alone now. */
static void clear_left(const struct site *site)
{
    static const char *const names[] = {"checkpoint", "signed-head"};
    file_clear_left(site->path, names, sizeof names / sizeof *names);
    db_copy_clear(site->path);
}

/* What is lost, and which command goes on. */
static enum salve_code no_site(const struct site *site, struct salve_err *err)
{
    const char *why = "there is no site in this folder";
    if (rec_making_is_there(site->path))
        why = "the making of this site was cut off; make it again";
    else if (db_file_is_there(site->path, "keys.db"))
        why = "site.db is lost, the keys are here: 'salve restore BACKUP NEW --keys' with this folder goes on";
    return salve_refuse(err, SALVE_E_NOT_FOUND, why, "%s", site->path);
}

static enum salve_code lost_keys(const struct site *site, enum salve_code code, struct salve_err *err)
{
    bool is_lost = !db_file_is_there(site->path, "keys.db") || !db_file_is_there(site->path, "keys.epoch");
    if (!is_lost && err != NULL && err->why[0] != '\0') return code;
    return salve_why(err, code, "%s: 'salve restore' with this folder, a NEW one and --keys with their copy goes on",
                     is_lost ? "it is lost" : "it is damaged");
}

static enum salve_code slowly(void *with, struct str secret, const uint8_t *salt, enum crypto_cost cost,
                              struct crypto_key *out, struct salve_err *err)
{
    return rec_slow_key(with, secret, salt, cost, out, err);
}

static enum salve_code open_keys(struct site *site, const struct site_options *options, enum rec_opening how,
                                 struct salve_err *err)
{
    char path[DB_PATH_BYTES];
    struct secret secret;
    TRY(db_path(site->path, "keys.db", path, err));
    TRY(secret_read(&options->secret, &secret, err));
    struct keys_options key_options = {.path = path,
                                       .secret = secret.secret,
                                       .made_unix_s = clock_ms(&site->clock) / 1000,
                                       .is_made_up = options->is_made_up,
                                       .is_earlier = how == REC_OPEN_LENIENT};
    enum salve_code code =
        how == REC_OPEN_NEW ? keys_create(&key_options, &site->keys, err) : keys_open(&key_options, &site->keys, err);
    secret_drop(&secret);
    if (code == SALVE_OK) keys_slow_use(site->keys, slowly, site);
    bool is_loss = how != REC_OPEN_NEW && (code == SALVE_E_NOT_FOUND || code == SALVE_E_INTEGRITY);
    if (code == SALVE_OK && options->pin_cost == 0)
        site->pin_cost = near_site_is_made_up(site) ? CRYPTO_COST_MIN : CRYPTO_COST_INDEX;
    return is_loss ? lost_keys(site, code, err) : code;
}

static enum salve_code open_files(struct site *site, const struct site_options *options, enum rec_opening how,
                                  struct salve_err *err)
{
    char lock[DB_PATH_BYTES];
    bool create = how == REC_OPEN_NEW, is_there = false;
    struct store_options store_options = store_of(options, create);
    TRY(db_path(site->path, "lock", lock, err));
    TRY(store_is_there(&store_options, &is_there, err));
    if (!create && !is_there) return no_site(site, err);
    if (how < REC_OPEN_MADE) TRY(take_lock(site, lock, &options->wait, err)); /* a making holds its own */
    if (how == REC_OPEN_WHOLE) clear_left(site);
    TRY(open_keys(site, options, how, err));
    return open_store(site, &store_options, err);
}

static enum salve_code load_settings(struct site *site, struct salve_err *err)
{
    struct rec_tx tx;
    struct str json;
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "settings");
    enum salve_code code = rec_tx_begin(site, true, mem, &tx, err);
    if (code == SALVE_OK) {
        uint64_t was_open = 0, keeps_keys = 0;
        code = store_mark_get(tx.store, STR("open"), &was_open, err);
        site->was_open = site->is_marked_open = was_open != 0;
        if (code == SALVE_OK) code = store_mark_get(tx.store, STR("revoked"), &site->revoked_done, err);
        if (code == SALVE_OK) code = store_mark_get(tx.store, STR(REC_MARK_KEYS_KEPT), &keeps_keys, err);
        site->keeps_keys = keeps_keys != 0;
        if (code == SALVE_OK) code = rec_doc_get(&tx, STR("site"), STR("settings"), mem, &json, err);
        if (code == SALVE_OK) code = rec_settings_use(site, json, err);
        rec_tx_abandon(&tx);
    }
    arena_close(mem);
    return code;
}

enum salve_code rec_site_open(const struct site_options *options, enum rec_opening how, struct site **out,
                              struct salve_err *err)
{
    struct site *site = NULL;
    bool is_lenient = how != REC_OPEN_WHOLE;
    enum salve_code code = crypto_init(err);
    if (code == SALVE_OK) code = new_site(options, &site, err);
    if (code != SALVE_OK) return code;
    site->is_lenient = is_lenient;
    code = open_files(site, options, how, err);
    if (code == SALVE_OK) code = rec_log_load(site, err);
    if (code == SALVE_OK) code = load_settings(site, err);
    if (code == SALVE_OK) code = rec_revoked_load(site, err);
    if (code == SALVE_OK && !is_lenient) code = rec_log_check(site, err);
    if (code == SALVE_OK && !is_lenient) code = rec_recover(site, err);
    if (code == SALVE_OK && !is_lenient) code = rec_renew(site, err);
    if (code == SALVE_OK && !is_lenient) code = rec_due(site, err);
    if (code == SALVE_OK && !is_lenient && site->keys_copy_err.code == SALVE_OK) rec_keys_copy_due(site);
    if (code != SALVE_OK) {
        rec_site_drop(&site);
        return code;
    }
    *out = site;
    return SALVE_OK;
}

enum salve_code rec_site_beside(struct site *site, const char *folder, struct site **out, struct salve_err *err)
{
    struct site *beside = NULL;
    struct site_options options = {.path = folder, .clock = site->clock};
    struct store_options store_options = store_of(&options, false);
    TRY(new_site(&options, &beside, err));
    beside->keys = site->keys;
    enum salve_code code = open_store(beside, &store_options, err);
    if (code == SALVE_OK) code = rec_log_load(beside, err);
    if (code == SALVE_OK) code = load_settings(beside, err);
    if (code == SALVE_OK) code = rec_revoked_load(beside, err);
    if (code == SALVE_OK)
        *out = beside;
    else
        rec_site_beside_drop(&beside);
    return code;
}

enum salve_code rec_site_frozen(struct site *site, const struct rec_frozen *frozen, struct site **out,
                                struct salve_err *err)
{
    struct site *copy = NULL;
    struct site_options options = {.path = site->path, .clock = site->clock};
    struct store_options store_options = store_of(&options, false);
    store_options.disk = frozen->disk;
    TRY(new_site(&options, &copy, err));
    copy->frozen = frozen;
    copy->is_lenient = true;
    copy->signed_size = site->signed_size;
    copy->now_unix_ms = site->now_unix_ms;
    enum salve_code code = keys_open_frozen(site->keys, frozen->disk, &copy->keys, err);
    if (code == SALVE_OK) code = open_store(copy, &store_options, err);
    if (code == SALVE_OK) code = rec_log_load(copy, err);
    if (code == SALVE_OK) code = load_settings(copy, err);
    if (code == SALVE_OK) code = rec_revoked_load(copy, err);
    if (code == SALVE_OK)
        *out = copy;
    else
        rec_site_drop(&copy);
    return code;
}

void rec_site_beside_drop(struct site **site)
{
    if (*site != NULL) (*site)->keys = NULL;
    rec_site_drop(site);
}

enum salve_code site_open(const struct site_options *options, struct site **out, struct salve_err *err)
{
    return rec_site_open(options, REC_OPEN_WHOLE, out, err);
}

/* --- making ----------------------------------------------------------------------------------------------------- */

/* The first log of the site, with a new key. */
static enum salve_code first_log(struct site *site, struct str log_name, struct salve_err *err)
{
    uint8_t public_key[CRYPTO_SIGN_PUBLIC_BYTES];
    struct rec_log *log = arena_new(site->mem, struct rec_log);
    struct str origin = arena_printf(site->mem, "salve.%.*s/1", STR_ARGS(log_name));
    if (log == NULL || origin.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "log");
    *log = (struct rec_log){.number = 1, .origin = origin};
    site->log = log;
    crypto_key_random(crypto_keys_at(site->log_seed, 0));
    crypto_sign_public(crypto_keys_at(site->log_seed, 0), public_key);
    return tlog_vkey_make(origin, TLOG_KEY_ED25519, public_key, &log->vkey, err);
}

static enum salve_code first_documents(struct site *site, const struct site_settings *settings, struct salve_err *err)
{
    struct rec_tx tx;
    struct str json;
    enum salve_code code = rec_settings_write(settings, site->mem, &json, err);
    if (code == SALVE_OK) code = first_log(site, settings->log_name, err);
    if (code == SALVE_OK) code = rec_tx_begin(site, false, site->mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = rec_log_begin(&tx, site->log, err);
    if (code == SALVE_OK) code = rec_doc_put(&tx, STR("site"), STR("settings"), json, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code == SALVE_OK ? rec_settings_use(site, json, err) : code;
}

static enum salve_code create_in(const struct site_options *options, const struct site_settings *settings,
                                 const struct site_first *first, struct salve_err *err)
{
    struct site *site = NULL;
    enum salve_code code = new_site(options, &site, err);
    if (code != SALVE_OK) return code;
    site->is_making = true;
    code = open_files(site, options, REC_OPEN_NEW, err);
    if (code == SALVE_OK) code = first_documents(site, settings, err);
    if (code == SALVE_OK) code = rec_revoked_load(site, err);
    if (code == SALVE_OK && first != NULL) code = first->fill(site, first->with, err);
    if (code == SALVE_OK) return near_site_close(&site, err);
    rec_site_drop(&site);
    return code;
}

enum salve_code site_create(const struct site_options *options, const struct site_settings *settings,
                            const struct site_first *first, struct salve_err *err)
{
    struct rec_making making;
    TRY(crypto_init(err));
    TRY(rec_settings_check(settings, err));
    TRY(rec_making_begin(options, &making, err));
    enum salve_code code = create_in(&making.inside, settings, first, err);
    if (code == SALVE_OK) return rec_making_keep(&making, err);
    rec_making_undo(&making);
    return code;
}

/* --- closing ---------------------------------------------------------------------------------------------------- */

enum salve_code near_site_close(struct site **site, struct salve_err *err)
{
    struct site *s = *site;
    if (s == NULL) return SALVE_OK;
    salve_assert(s->decided == NULL); /* every view was closed */
    struct arena *mem = arena_open_private(WORK_BYTES);
    enum salve_code code = mem == NULL ? salve_fail(err, SALVE_E_MEMORY, "site") : SALVE_OK;
    if (code == SALVE_OK) code = rec_renew_rest(s, err);
    if (code == SALVE_OK) code = rec_sign_closing(s, mem, err);
    if (code == SALVE_OK && s->has_written) code = rec_log_remember(s, mem, err);
    arena_close(mem);
    enum salve_code drop_code = drop(site, code == SALVE_OK ? err : NULL);
    return code != SALVE_OK ? code : drop_code;
}

bool near_site_is_made_up(const struct site *site) { return keys_is_made_up(site->keys); }

/* --- facts ------------------------------------------------------------------------------------------------------ */

static uint64_t file_bytes(const struct site *site, const char *name)
{
    char path[DB_PATH_BYTES];
    struct stat info;
    if (db_path(site->path, name, path, NULL) != SALVE_OK || stat(path, &info) != 0) return 0;
    return (uint64_t)info.st_size;
}

enum salve_code near_site_facts(struct site *site, struct arena *mem, struct site_facts *out, struct salve_err *err)
{
    struct rec_tx tx;
    struct tlog_hash root;
    struct keys_due due; /* not keys_status, which counts every wrap: a letter asks for facts, too */
    *out = (struct site_facts){.origin = site->log->origin};
    enum salve_code code = tlog_vkey_text(&site->log->vkey, mem, &out->vkey, err);
    if (code == SALVE_OK) code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    out->log_size = tlog_size(tx.log);
    root = tlog_root(tx.log);
    rec_tx_abandon(&tx);
    memcpy(out->log_root, root.bytes, sizeof out->log_root);
    out->layout = keys_layout(site->keys);
    keys_due(site->keys, &due);
    out->kek_epoch = keys_epoch_now(site->keys);
    out->rotated_at_unix_ms = due.renewed_unix_s * 1000;
    out->site_db_bytes = file_bytes(site, "site.db") + file_bytes(site, "site.db-wal");
    out->keys_db_bytes = file_bytes(site, "keys.db") + file_bytes(site, "keys.db-wal");
    return SALVE_OK;
}

/* --- another secret --------------------------------------------------------------------------------------------- */

static enum salve_code may_change(struct site *site, struct actor actor, struct salve_err *err)
{
    enum salve_code code = rec_may(site, actor, ACT_SITE_SECRET, PURPOSE_NONE, err);
    if (code != SALVE_OK) return code;
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "secret");
    code = rec_actor_is(site, actor, mem, err);
    arena_close(mem);
    return code;
}

enum salve_code near_site_secret_change(struct site *site, struct actor actor, const struct site_secret *old,
                                        const struct site_secret *fresh, struct salve_err *err)
{
    struct secret from = {0}, to = {0};
    enum salve_code code = may_change(site, actor, err); /* before a key file is made */
    if (code == SALVE_OK) code = rec_renew_rest(site, err);
    if (code == SALVE_OK) code = secret_read(old, &from, err);
    if (code == SALVE_OK) code = rec_key_file_make(fresh->key_file, err);
    if (code == SALVE_OK) code = secret_read(fresh, &to, err);
    if (code == SALVE_OK) code = rec_secret_change(site, from.secret, to.secret, err);
    secret_drop(&from);
    secret_drop(&to);
    return code;
}

enum salve_code rec_keys_upgrade(struct site *site, const struct site_secret *with, struct salve_err *err)
{
    struct secret secret = {0};
    enum salve_code code = secret_read(with, &secret, err);
    if (code == SALVE_OK) code = keys_upgrade(site->keys, secret.secret, err);
    secret_drop(&secret);
    return code;
}
