/* SPDX-License-Identifier: Apache-2.0
 * Making, opening and closing the key store; the root secret and its passphrase or key file. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/assert.h"
#include "keys/keys_int.h"

#define NEW_TABLES                                                                                                     \
    "CREATE TABLE token (token BLOB, compartment BLOB, PRIMARY KEY (token, compartment)) STRICT, WITHOUT ROWID;"       \
    "CREATE INDEX token_compartment ON token (substr(compartment, 1, 16));"                                            \
    "CREATE TABLE compartment (compartment BLOB PRIMARY KEY, decided INTEGER NOT NULL, mac BLOB NOT NULL)"             \
    " STRICT, WITHOUT ROWID;"
static const char schema[] =
    "CREATE TABLE meta (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE kek (purpose INTEGER, epoch INTEGER, sealed BLOB NOT NULL, PRIMARY KEY (purpose, epoch))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE wrap (compartment BLOB, purpose INTEGER, class INTEGER, version INTEGER, presence INTEGER NOT NULL,"
    " bytes BLOB NOT NULL, PRIMARY KEY (compartment, purpose, class, version)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE secret (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;" NEW_TABLES;

static enum salve_code prepare_all(struct keys *k, struct salve_err *err)
{
    const struct {
        const char *sql;
        struct db_stmt **to;
    } all[] = {
        {"SELECT bytes FROM meta WHERE name = ?1", &k->meta_get},
        {"INSERT OR REPLACE INTO meta VALUES (?1, ?2)", &k->meta_put},
        {"SELECT sealed FROM kek WHERE purpose = ?1 AND epoch = ?2", &k->kek_get},
        {"INSERT OR REPLACE INTO kek VALUES (?1, ?2, ?3)", &k->kek_put},
        {"DELETE FROM kek WHERE epoch < ?1", &k->kek_drop},
        {"SELECT sealed FROM secret WHERE name = ?1", &k->secret_get},
        {"INSERT OR REPLACE INTO secret VALUES (?1, ?2)", &k->secret_put},
        {"DELETE FROM secret WHERE name = ?1", &k->secret_drop},
        {"SELECT name FROM secret WHERE name > ?1 ORDER BY name LIMIT 1", &k->secret_next},
        {"INSERT INTO wrap VALUES (?1, ?2, ?3, ?4, ?5, ?6)", &k->wrap_put},
        {"UPDATE wrap SET bytes = ?5 WHERE compartment = ?1 AND purpose = ?2 AND class = ?3 AND version = ?4",
         &k->wrap_replace},
        {"SELECT compartment, purpose, class, version, presence, bytes FROM wrap WHERE compartment = ?1 "
         "ORDER BY purpose, class, version",
         &k->wrap_list},
        {"DELETE FROM wrap WHERE compartment = ?1", &k->wrap_drop},
        {"DELETE FROM wrap WHERE compartment = ?1 AND purpose = ?2", &k->wrap_drop_purpose},
        {"SELECT compartment, purpose, class, version, presence, bytes FROM wrap WHERE "
         "(compartment, purpose, class, version) > (?1, ?2, ?3, ?4) "
         "ORDER BY compartment, purpose, class, version LIMIT ?5",
         &k->wrap_after},
        {"DELETE FROM wrap WHERE compartment = ?1 AND purpose = ?2 AND class = ?3 AND version = ?4", &k->wrap_drop_one},
        {"SELECT compartment FROM wrap WHERE compartment > ?1 ORDER BY compartment LIMIT 1", &k->next_id},
        {"DELETE FROM token WHERE substr(compartment, 1, 16) = ?1", &k->token_drop},
        {"DELETE FROM token WHERE token = ?1 AND substr(compartment, 1, 16) = ?2", &k->token_drop_one},
    };
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; code == SALVE_OK && i < sizeof all / sizeof all[0]; i++)
        code = db_prepare(k->db, all[i].sql, all[i].to, err);
    return code;
}

static enum salve_code prepare_new(struct keys *k, struct salve_err *err)
{
    TRY(db_prepare(k->db, "INSERT INTO token VALUES (?1, ?2)", &k->token_put, err));
    TRY(db_prepare(k->db, "SELECT compartment FROM token WHERE token = ?1 ORDER BY compartment", &k->token_find, err));
    TRY(db_prepare(k->db,
                   "SELECT token, compartment FROM token WHERE (token, compartment) > (?1, ?2) "
                   "ORDER BY token, compartment LIMIT 1",
                   &k->token_next, err));
    TRY(db_prepare(
        k->db, "SELECT token, compartment FROM token WHERE substr(compartment, 1, 16) = ?1 ORDER BY token, compartment",
        &k->token_list, err));
    TRY(db_prepare(k->db, "SELECT decided, mac FROM compartment WHERE compartment = ?1", &k->whole_get, err));
    TRY(db_prepare(k->db, "INSERT OR REPLACE INTO compartment VALUES (?1, ?2, ?3)", &k->whole_put, err));
    TRY(db_prepare(k->db, "DELETE FROM compartment WHERE compartment = ?1", &k->whole_drop, err));
    return db_prepare(k->db,
                      "SELECT min(compartment) FROM (SELECT min(compartment) AS compartment FROM wrap WHERE "
                      "compartment > ?1 UNION ALL SELECT min(substr(compartment, 1, 16)) FROM token WHERE "
                      "substr(compartment, 1, 16) > ?1 "
                      "UNION ALL SELECT min(compartment) FROM compartment WHERE compartment > ?1)",
                      &k->whole_next, err);
}

/* --- the root secret ---------------------------------------------------------------------------------------------- */
/* "SLVK", layout of the site, kind (1 passphrase, 2 key file), cost, flags, salt[16], sealed RS[72]; the first 24 are
 * its AAD, so layout and flags are what they were when RS was sealed */
enum {
    AT_LAYOUT = 4,
    AT_KIND = 5,
    AT_COST = 6,
    AT_FLAGS = 7,
    AT_SALT = 8,
    AT_SEALED = 24,
    ROOT_BYTES = AT_SEALED + CRYPTO_SEALED_KEY_BYTES
};
enum { FLAG_MADE_UP = 1, FLAGS_KNOWN = FLAG_MADE_UP };

static enum salve_code check_secret(struct keys_secret secret, struct salve_err *err)
{
    size_t least = secret.is_key_file ? KEYS_FILE_BYTES_MIN : KEYS_PASSPHRASE_BYTES_MIN;
    if (secret.bytes.len >= least) return SALVE_OK;
    (void)salve_fail(err, SALVE_E_RANGE, secret.is_key_file ? "key file" : "passphrase");
    return salve_why(err, SALVE_E_RANGE, "it must have %zu bytes or more", least);
}

static enum salve_code stretch(struct keys_secret secret, const uint8_t *root, struct crypto_key *out,
                               struct salve_err *err)
{
    if (!secret.is_key_file)
        return crypto_key_from_passphrase(out, secret.bytes, root + AT_SALT, (enum crypto_cost)root[AT_COST], err);
    const struct str parts[] = {STR("SLV-key-file-v1"), str_bytes(root + AT_SALT, CRYPTO_SALT_BYTES), secret.bytes};
    crypto_key_zero(out);
    crypto_key_derive(out, parts, 3, out);
    return SALVE_OK;
}

static enum salve_code root_seal(struct keys *keys, struct keys_secret secret, enum crypto_cost cost, unsigned slot,
                                 uint8_t out[ROOT_BYTES], struct salve_err *err)
{
    memcpy(out, "SLVK", 4);
    out[AT_LAYOUT] = (uint8_t)keys->layout;
    out[AT_KIND] = secret.is_key_file ? 2 : 1;
    out[AT_COST] = (uint8_t)cost;
    out[AT_FLAGS] = keys->is_made_up ? FLAG_MADE_UP : 0;
    crypto_random(out + AT_SALT, CRYPTO_SALT_BYTES);
    enum salve_code code = stretch(secret, out, keys_slot(keys, SLOT_A), err);
    if (code == SALVE_OK)
        crypto_seal_key(keys_slot(keys, SLOT_A), str_bytes(out, AT_SEALED), keys_slot(keys, slot), out + AT_SEALED);
    crypto_key_zero(keys_slot(keys, SLOT_A));
    return code;
}

static enum salve_code wrong_secret(const struct keys *keys, struct salve_err *err)
{
    return salve_fail(err, SALVE_E_SECRET, "%s", keys->path);
}

static bool is_root_known(const uint8_t root[ROOT_BYTES])
{
    unsigned flags = root[AT_LAYOUT] == 1 ? 0 : FLAGS_KNOWN; /* layout 1 had none */
    return memcmp(root, "SLVK", 4) == 0 && root[AT_LAYOUT] >= 1 && root[AT_LAYOUT] <= KEYS_LAYOUT &&
           (root[AT_KIND] == 1 || root[AT_KIND] == 2) && (root[AT_FLAGS] & ~flags) == 0 &&
           root[AT_COST] >= CRYPTO_COST_MODERATE && root[AT_COST] <= CRYPTO_COST_MIN;
}

static enum salve_code root_open(struct keys *keys, struct keys_secret secret, unsigned slot, struct salve_err *err)
{
    uint8_t root[ROOT_BYTES];
    enum salve_code code = keys_meta_get(keys, "root", root, sizeof root, err);
    if (code != SALVE_OK) return code;
    if (!is_root_known(root)) return salve_fail(err, SALVE_E_UNSUPPORTED, "%s", keys->path);
    keys->is_key_file = root[AT_KIND] == 2;
    if (secret.is_key_file != keys->is_key_file)
        return salve_refuse(err, SALVE_E_SECRET,
                            keys->is_key_file ? "it was sealed with a key file" : "it was sealed with a passphrase",
                            "%s", keys->path);
    code = stretch(secret, root, keys_slot(keys, SLOT_A), err);
    if (code == SALVE_OK && crypto_open_key(keys_slot(keys, SLOT_A), str_bytes(root, AT_SEALED), root + AT_SEALED,
                                            keys_slot(keys, slot), NULL) != SALVE_OK)
        code = wrong_secret(keys, err);
    crypto_key_zero(keys_slot(keys, SLOT_A));
    if (code == SALVE_OK && root[AT_LAYOUT] != keys->layout) /* both change in one transaction */
        return salve_refuse(err, SALVE_E_INTEGRITY, "its tables are of another layout than its root secret says", "%s",
                            keys->path);
    if (code == SALVE_OK) keys->is_made_up = (root[AT_FLAGS] & FLAG_MADE_UP) != 0;
    return code;
}

uint32_t keys_layout(const struct keys *keys) { return keys->layout; }
bool keys_is_made_up(const struct keys *keys) { return keys->is_made_up; }

/* --- files -------------------------------------------------------------------------------------------------------- */
static char *epoch_path_of(const struct keys_options *options)
{
    if (options->epoch_path != NULL) return strdup(options->epoch_path);
    size_t len = strlen(options->path);
    if (len > 3 && strcmp(options->path + len - 3, ".db") == 0) len -= 3;
    size_t bytes = len + sizeof ".epoch";
    char *out = malloc(bytes);
    if (out != NULL) (void)snprintf(out, bytes, "%.*s.epoch", (int)len, options->path);
    return out;
}

static enum salve_code make(const struct keys_options *options, struct keys **out, struct salve_err *err)
{
    struct keys *keys = calloc(1, sizeof *keys);
    if (keys == NULL) return salve_fail(err, SALVE_E_MEMORY, "key store");
    *out = keys;
    keys->path = strdup(options->path);
    keys->epoch_path = epoch_path_of(options);
    if (keys->path == NULL || keys->epoch_path == NULL) return salve_fail(err, SALVE_E_MEMORY, "key store");
    return crypto_keys_new(SLOT_COUNT, &keys->slots, err);
}

enum salve_code keys_close(struct keys **keys, struct salve_err *err)
{
    if (*keys == NULL) return SALVE_OK;
    enum salve_code code = db_close(&(*keys)->db, err);
    crypto_keys_drop(&(*keys)->slots);
    free((*keys)->path);
    free((*keys)->epoch_path);
    crypto_zero(*keys, sizeof **keys);
    free(*keys);
    *keys = NULL;
    return code;
}

/* What was opened is the caller's, or closed again. */
static enum salve_code hand_over(enum salve_code code, struct keys *keys, struct keys **out)
{
    if (code == SALVE_OK)
        *out = keys;
    else if (keys != NULL)
        (void)!keys_close(&keys, NULL);
    return code;
}

static enum salve_code open_db(struct keys *keys, const struct keys_options *options, bool create,
                               struct salve_err *err)
{
    struct db_options db = {.create = create, .disk = options->disk, .schema = schema, .schema_version = KEYS_LAYOUT};
    keys->layout = KEYS_LAYOUT;
    enum salve_code code = db_open(options->path, &db, &keys->db, err);
    if (code == SALVE_E_UNSUPPORTED) {
        db.schema_version = keys->layout = 1;
        code = db_open(options->path, &db, &keys->db, err);
    }
    if (code == SALVE_OK) code = prepare_all(keys, err);
    return code == SALVE_OK && keys->layout == KEYS_LAYOUT ? prepare_new(keys, err) : code;
}

/* --- making ------------------------------------------------------------------------------------------------------- */
static enum salve_code meta_epoch_put(struct keys *keys, uint32_t epoch, int64_t rotated_unix_s, struct salve_err *err)
{
    uint8_t bytes[12];
    crypto_put_u32(bytes, epoch);
    crypto_put_u64(bytes + 4, (uint64_t)rotated_unix_s);
    return keys_meta_put(keys, "epoch", str_bytes(bytes, sizeof bytes), err);
}

static enum salve_code fill(struct keys *keys, const struct keys_options *options, struct salve_err *err)
{
    uint8_t root[ROOT_BYTES], salt[CRYPTO_SALT_BYTES];
    const struct keys_signed none = {0};
    enum crypto_cost cost = options->cost == 0 ? CRYPTO_COST_MODERATE : options->cost;
    crypto_key_random(keys_slot(keys, SLOT_ROOT));
    keys_seal_key(keys_slot(keys, SLOT_ROOT), 1, keys->file.now, keys_slot(keys, SLOT_SEAL_NOW));
    for (unsigned p = 1; p <= PURPOSE_LAST; p++) crypto_key_random(keys_slot(keys, SLOT_KEK_NOW + p));
    crypto_key_random(keys_slot(keys, SLOT_B)); /* K_idx */
    crypto_key_random(keys_slot(keys, SLOT_ROWS));
    crypto_random(salt, sizeof salt);
    enum salve_code code = root_seal(keys, options->secret, cost, SLOT_ROOT, root, err);
    if (code == SALVE_OK) code = db_begin(keys->db, false, err);
    if (code == SALVE_OK) code = keys_meta_put(keys, "root", str_bytes(root, sizeof root), err);
    if (code == SALVE_OK) code = keys_salt_put(keys, salt, err);
    if (code == SALVE_OK) code = keys_signed_row_put(keys, &none, err);
    if (code == SALVE_OK) code = meta_epoch_put(keys, 1, 0, err);
    if (code == SALVE_OK)
        code = keys_due_write(keys, SLOT_SEAL_NOW, (struct keys_due){.renewed_unix_s = options->made_unix_s}, err);
    if (code == SALVE_OK) code = keys_kek_store(keys, 1, SLOT_KEK_NOW, SLOT_SEAL_NOW, err);
    if (code == SALVE_OK) code = keys_sealed_put_in(keys, STR("index"), keys_slot(keys, SLOT_B), err);
    if (code == SALVE_OK) code = keys_sealed_put_in(keys, STR("rows"), keys_slot(keys, SLOT_ROWS), err);
    if (code == SALVE_OK) code = keys_secrets_settle(keys, err);
    if (code == SALVE_OK) code = db_commit(keys->db, err);
    db_rollback(keys->db);
    crypto_key_zero(keys_slot(keys, SLOT_B));
    return code;
}

enum salve_code keys_create(const struct keys_options *options, struct keys **out, struct salve_err *err)
{
    struct keys *keys = NULL;
    struct stat info;
    enum salve_code code = check_secret(options->secret, err);
    if (code != SALVE_OK) return code;
    code = make(options, &keys, err);
    bool is_there = code == SALVE_OK && options->disk == NULL && stat(keys->path, &info) == 0;
    if (code == SALVE_OK && (is_there || stat(keys->epoch_path, &info) == 0))
        code = salve_fail(err, SALVE_E_CONFLICT, "%s", keys->path);
    if (code == SALVE_OK) {
        keys->file.epoch = keys->epoch = 1;
        keys->layout = KEYS_LAYOUT;
        keys->is_made_up = options->is_made_up;
        keys->is_key_file = options->secret.is_key_file;
        crypto_random(keys->file.now, sizeof keys->file.now);
        code = keys_epoch_write(keys->epoch_path, &keys->file, err);
    }
    if (code == SALVE_OK) code = open_db(keys, options, true, err);
    if (code == SALVE_OK) code = fill(keys, options, err);
    return hand_over(code, keys, out);
}

/* --- opening ------------------------------------------------------------------------------------------------------ */
static enum salve_code epoch_is_gone(const struct keys *keys, struct salve_err *err)
{
    bool is_old = keys->epoch < keys->file.epoch;
    return salve_refuse(err, SALVE_E_INTEGRITY,
                        is_old ? "it is of an epoch whose secret was destroyed; nothing opens it any more"
                               : "it is older than the key store beside it",
                        "%s", is_old ? keys->path : keys->epoch_path);
}

/* The epoch's secrets that fit the key store: keys.epoch may be one ahead, when a rotation was cut off between its two
 * files, or when the key store is yesterday's copy. Then the KEKs before the present epoch are dead already and go. */
static enum salve_code open_epoch(struct keys *keys, struct salve_err *err)
{
    uint8_t bytes[12];
    enum salve_code code = keys_meta_get(keys, "epoch", bytes, sizeof bytes, err);
    if (code != SALVE_OK) return code;
    keys->epoch = crypto_get_u32(bytes);
    struct crypto_key *root = keys_slot(keys, SLOT_ROOT);
    bool is_ahead = keys->file.epoch == keys->epoch + 1;
    if (!is_ahead && keys->file.epoch != keys->epoch) return epoch_is_gone(keys, err);
    keys_seal_key(root, keys->epoch, is_ahead ? keys->file.old : keys->file.now, keys_slot(keys, SLOT_SEAL_NOW));
    bool found = false;
    code = keys_kek_load(keys, keys->epoch, SLOT_KEK_NOW, SLOT_SEAL_NOW, &found, err);
    if (code == SALVE_OK && !found) code = salve_fail(err, SALVE_E_INTEGRITY, "%s, KEK", keys->path);
    if (code != SALVE_OK) return code;
    if (is_ahead) {
        db_bind_i64(keys->kek_drop, 1, keys->epoch);
        return db_run(keys->kek_drop, err);
    }
    keys_seal_key(root, keys->epoch - 1, keys->file.old, keys_slot(keys, SLOT_SEAL_OLD));
    return keys_kek_load(keys, keys->epoch - 1, SLOT_KEK_OLD, SLOT_SEAL_OLD, &keys->has_old, err);
}

/* Layout 1 gets the secret of rows when its upgrade begins. */
static enum salve_code load_rows(struct keys *keys, struct salve_err *err)
{
    enum salve_code code = keys_sealed_get(keys, STR("rows"), keys_slot(keys, SLOT_ROWS), err);
    if (code != SALVE_E_NOT_FOUND) return code;
    if (keys->layout != KEYS_LAYOUT) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INTEGRITY, "the secret of the rows is missing", "%s", keys->path);
}

/* Another file of the same key store, opened with what `keys` was. */
static enum salve_code open_as(struct keys *keys, struct keys *copy, struct salve_err *err)
{
    copy->file = keys->file;
    crypto_key_copy(keys_slot(copy, SLOT_ROOT), keys_slot(keys, SLOT_ROOT));
    TRY(open_epoch(copy, err));
    return load_rows(copy, err);
}

enum salve_code keys_open(const struct keys_options *options, struct keys **out, struct salve_err *err)
{
    struct keys *keys = NULL;
    unsigned good_copies = 0;
    enum salve_code code = make(options, &keys, err);
    if (code == SALVE_OK) code = open_db(keys, options, false, err);
    if (code == SALVE_OK) code = keys_epoch_settle(keys->epoch_path, err);
    if (code == SALVE_OK) code = keys_epoch_read(keys->epoch_path, &keys->file, &good_copies, err);
    if (code == SALVE_OK) code = root_open(keys, options->secret, SLOT_ROOT, err);
    if (code == SALVE_OK && keys->layout != KEYS_LAYOUT && !options->is_earlier)
        code = salve_refuse(err, SALVE_E_UNSUPPORTED,
                            "this site is of layout 1; 'salve upgrade' makes it new, 'salve verify' looks at it", "%s",
                            keys->path);
    if (code == SALVE_OK) code = open_epoch(keys, err);
    if (code == SALVE_OK) code = load_rows(keys, err);
    return hand_over(code, keys, out);
}

enum salve_code keys_open_beside(struct keys *keys, const char *path, struct keys **out, struct salve_err *err)
{
    uint8_t root[ROOT_BYTES], copied[ROOT_BYTES];
    struct keys *copy = NULL;
    const struct keys_options options = {.path = path, .epoch_path = keys->epoch_path};
    enum salve_code code = keys_meta_get(keys, "root", root, sizeof root, err);
    if (code == SALVE_OK) code = make(&options, &copy, err);
    if (code == SALVE_OK) code = open_db(copy, &options, false, err);
    if (code == SALVE_OK) code = keys_meta_get(copy, "root", copied, sizeof copied, err);
    if (code == SALVE_OK && memcmp(root, copied, sizeof root) != 0)
        code = salve_refuse(err, SALVE_E_INTEGRITY, "it is sealed under another secret", "%s", path);
    if (code == SALVE_OK) code = open_as(keys, copy, err);
    return hand_over(code, copy, out);
}

enum salve_code keys_fold(struct keys *keys, struct salve_err *err) { return db_scrub(keys->db, err); }

enum salve_code keys_open_frozen(struct keys *keys, struct db_disk *disk, struct keys **out, struct salve_err *err)
{
    struct keys *copy = NULL;
    const struct keys_options options = {.path = keys->path, .epoch_path = keys->epoch_path, .disk = disk};
    enum salve_code code = make(&options, &copy, err);
    if (code == SALVE_OK) code = open_db(copy, &options, false, err);
    if (code == SALVE_OK) {
        copy->is_key_file = keys->is_key_file;
        copy->is_made_up = keys->is_made_up;
        code = open_as(keys, copy, err);
    }
    return hand_over(code, copy, out);
}

/* --- another passphrase: a new root secret, so that an old passphrase with an old copy opens nothing of today; and two
 * turns of the epoch, so that they do not open the old copy itself with today's keys.epoch --- */
static enum salve_code reseal_all(struct keys *keys, struct keys_secret secret, enum crypto_cost cost,
                                  enum salve_code (*own)(struct keys *, struct salve_err *), struct salve_err *err)
{
    uint8_t root[ROOT_BYTES];
    struct keys_due due;
    struct keys_copied copied;
    bool is_ahead = keys->file.epoch == keys->epoch + 1;
    enum salve_code code = root_seal(keys, secret, cost, SLOT_ROOT_NEW, root, err);
    if (code == SALVE_OK) code = db_begin(keys->db, false, err);
    if (code != SALVE_OK) return code;
    if (own != NULL) code = own(keys, err);
    if (code != SALVE_OK) {
        db_rollback(keys->db);
        return code;
    }
    keys_seal_key(keys_slot(keys, SLOT_ROOT_NEW), keys->epoch, is_ahead ? keys->file.old : keys->file.now,
                  keys_slot(keys, SLOT_SEAL_NEW));
    code = keys_due_read(keys, SLOT_SEAL_NOW, &due, err);
    if (code == SALVE_OK) code = keys_copied_read(keys, SLOT_SEAL_NOW, &copied, err);
    due.turns = KEYS_CHANGE_TURNS;
    if (code == SALVE_OK) code = keys_meta_put(keys, "root", str_bytes(root, sizeof root), err);
    if (code == SALVE_OK) code = keys_due_write(keys, SLOT_SEAL_NEW, due, err);
    if (code == SALVE_OK && copied.epoch > 0) code = keys_copied_write(keys, SLOT_SEAL_NEW, &copied, err);
    if (code == SALVE_OK) code = keys_signed_reseal(keys, SLOT_SEAL_NEW, err);
    if (code == SALVE_OK) code = keys_kek_store(keys, keys->epoch, SLOT_KEK_NOW, SLOT_SEAL_NEW, err);
    if (code == SALVE_OK) code = keys_secrets_reseal(keys, SLOT_SEAL_NOW, SLOT_SEAL_NEW, err);
    if (code == SALVE_OK && keys->has_old) {
        keys_seal_key(keys_slot(keys, SLOT_ROOT_NEW), keys->epoch - 1, keys->file.old, keys_slot(keys, SLOT_B));
        code = keys_kek_store(keys, keys->epoch - 1, SLOT_KEK_OLD, SLOT_B, err);
    }
    if (code == SALVE_OK) code = db_commit(keys->db, err);
    db_rollback(keys->db);
    if (code != SALVE_OK) return code;
    crypto_key_copy(keys_slot(keys, SLOT_ROOT), keys_slot(keys, SLOT_ROOT_NEW));
    crypto_key_copy(keys_slot(keys, SLOT_SEAL_NOW), keys_slot(keys, SLOT_SEAL_NEW));
    if (keys->has_old) crypto_key_copy(keys_slot(keys, SLOT_SEAL_OLD), keys_slot(keys, SLOT_B));
    keys->is_key_file = secret.is_key_file;
    return SALVE_OK;
}

static void zero_new(struct keys *keys)
{
    crypto_key_zero(keys_slot(keys, SLOT_ROOT_NEW));
    crypto_key_zero(keys_slot(keys, SLOT_SEAL_NEW));
    crypto_key_zero(keys_slot(keys, SLOT_B));
}

enum salve_code keys_change_secret(struct keys *keys, struct keys_secret old, struct keys_secret new_one,
                                   int64_t now_unix_s, struct keys_rotated *out, struct salve_err *err)
{
    uint8_t root[ROOT_BYTES];
    *out = (struct keys_rotated){0};
    enum salve_code code = check_secret(new_one, err);
    if (code == SALVE_OK) code = root_open(keys, old, SLOT_ROOT_NEW, err); /* only to see that it is right */
    if (code == SALVE_OK) code = keys_meta_get(keys, "root", root, sizeof root, err);
    if (code == SALVE_OK) {
        crypto_key_random(keys_slot(keys, SLOT_ROOT_NEW));
        code = reseal_all(keys, new_one, (enum crypto_cost)root[AT_COST], NULL, err);
    }
    zero_new(keys);
    for (int turn = 0; code == SALVE_OK && turn < KEYS_CHANGE_TURNS; turn++)
        code = keys_rotate(keys, now_unix_s, out, err);
    return code;
}

/* --- from layout 1 ------------------------------------------------------------------------------------------------ */

enum salve_code keys_upgrade_begin(struct keys *keys, struct salve_err *err)
{
    struct crypto_key *rows = keys_slot(keys, SLOT_ROWS);
    struct keys_signed known;
    TRY(keys_signed_get(keys, &known, err));
    TRY(keys_signed_row_put(keys, &known, err)); /* the one row that layout 1 may lack */
    enum salve_code code = keys_sealed_get(keys, STR("rows"), rows, err);
    if (code != SALVE_E_NOT_FOUND) return code;
    crypto_key_random(rows);
    return keys_sealed_put(keys, STR("rows"), rows, err);
}

static enum salve_code settle_all(struct keys *keys, struct salve_err *err)
{
    struct compartment id, *after = NULL, last;
    bool found = true;
    for (;;) {
        TRY(keys_whole_next(keys, after, &id, &found, err));
        if (!found) return SALVE_OK;
        TRY(keys_whole_settle(keys, id, 0, err));
        last = id;
        after = &last;
    }
}

static enum salve_code bind_salt(struct keys *keys, struct salve_err *err)
{
    uint8_t salt[CRYPTO_SALT_BYTES];
    TRY(keys_meta_get(keys, "index salt", salt, sizeof salt, err));
    return keys_salt_put(keys, salt, err);
}

/* In the transaction that seals everything anew: the table of tokens with what binds each. In layout 1 there are only
 * tokens of newest cards, so all are good since the enrolment. */
static enum salve_code bind_tokens(struct keys *keys, struct salve_err *err)
{
    struct db_stmt *old = NULL;
    bool row = true;
    TRY(db_exec(keys->db, "ALTER TABLE token RENAME TO token_1; DROP INDEX token_compartment;" NEW_TABLES, err));
    TRY(prepare_new(keys, err));
    TRY(db_prepare(keys->db, "SELECT token, compartment FROM token_1", &old, err));
    enum salve_code code = SALVE_OK;
    while (code == SALVE_OK && row) {
        struct keys_bound to = {.since = 1};
        code = db_step(old, &row, err);
        if (code != SALVE_OK || !row) break;
        struct str token = db_column_blob(old, 0), id = db_column_blob(old, 1);
        if (token.len != KEYS_TOKEN_BYTES || id.len != COMPARTMENT_BYTES)
            code = salve_fail(err, SALVE_E_INTEGRITY, "%s, token", keys->path);
        else
            memcpy(to.id.bytes, id.ptr, id.len);
        if (code == SALVE_OK) code = keys_token_store(keys, (const uint8_t *)token.ptr, &to, err);
    }
    db_reset(old);
    if (code == SALVE_OK) code = settle_all(keys, err);
    if (code == SALVE_OK) code = bind_salt(keys, err);
    if (code == SALVE_OK) code = keys_secrets_settle(keys, err);
    if (code == SALVE_OK) code = db_exec(keys->db, "DROP TABLE token_1; PRAGMA user_version=2", err);
    return code;
}

enum salve_code keys_upgrade(struct keys *keys, struct keys_secret secret, struct salve_err *err)
{
    uint8_t root[ROOT_BYTES];
    if (keys->layout == KEYS_LAYOUT) return SALVE_OK;
    TRY(keys_meta_get(keys, "root", root, sizeof root, err));
    crypto_key_random(keys_slot(keys, SLOT_ROOT_NEW));
    keys->layout = KEYS_LAYOUT; /* as the new root secret says */
    enum salve_code code = reseal_all(keys, secret, (enum crypto_cost)root[AT_COST], bind_tokens, err);
    if (code != SALVE_OK) keys->layout = 1;
    zero_new(keys);
    return code == SALVE_OK ? db_scrub(keys->db, err) : code;
}
