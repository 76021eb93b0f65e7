/* SPDX-License-Identifier: Apache-2.0
 *
 * Commons: checksummed, versioned documents that are about no person, and the staff register, which is one kind of
 * them. A document's rows are doc/<kind>/<id>/<8 digits>; the last one stands. */
#include "crypto/crypto.h"
#include "json/json.h"
#include "records/commons.h"
#include "records/log_int.h"
#include "records/owner_int.h"
#include "store/store.h"

enum { DOC_NAME_BYTES_MAX = 64, DOC_KEY_BYTES = 2 * DOC_NAME_BYTES_MAX + 16 };

static bool is_name(struct str text)
{
    if (text.len == 0 || text.len > DOC_NAME_BYTES_MAX) return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!(str_is_lower(c) || str_is_digit(c) || c == '.' || c == '_' || c == '-')) return false;
    }
    return true;
}

static enum salve_code name_check(struct str kind, struct str id, struct salve_err *err)
{
    if (is_name(kind) && is_name(id)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INVALID, "1 to 64 of a-z, 0-9, '.', '_', '-'", "name of a document or of staff");
}

/* The newest row's key in mem, and the number of its version; STR_NONE and 0 if there is none. The log has an entry for
 * each version: where it has one for the next, somebody took newer ones away. */
static enum salve_code newest_key(struct rec_tx *tx, struct str kind, struct str id, struct arena *mem, struct str *key,
                                  int64_t *version, struct salve_err *err)
{
    struct str *keys = NULL;
    size_t count = 0;
    bool is_cut = false;
    struct str prefix = arena_printf(mem, "doc/%.*s/%.*s/", STR_ARGS(kind), STR_ARGS(id));
    if (prefix.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "commons");
    TRY(store_commons_list(tx->store, prefix, mem, &keys, &count, err));
    *key = count == 0 ? STR_NONE : keys[count - 1];
    *version = 0;
    if (count > 0 && (!str_to_i64(str_cut(*key, prefix.len, key->len), version) || *version < 1))
        return salve_fail(err, SALVE_E_INTEGRITY, "commons/%.*s", STR_ARGS(*key));
    struct rec_owner next = rec_owner_document(tx->site, kind, id, (uint64_t)*version + 1);
    if (tx->site->layout == STORE_LAYOUT) TRY(rec_owner_is_there(tx, next, &is_cut, err));
    if (!is_cut) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INTEGRITY,
                        "it is older than the log: a newer version was taken away. Bring the newest site.db back",
                        "site.db: commons/%.*s", STR_ARGS(*key));
}

enum salve_code rec_doc_put(struct rec_tx *tx, struct str kind, struct str id, struct str bytes, struct salve_err *err)
{
    struct str key = STR_NONE;
    int64_t version = 0;
    enum salve_code code = name_check(kind, id, err);
    if (code == SALVE_OK) code = newest_key(tx, kind, id, tx->mem, &key, &version, err);
    if (code != SALVE_OK) return code;
    key = arena_printf(tx->mem, "doc/%.*s/%.*s/%08lld", STR_ARGS(kind), STR_ARGS(id), (long long)(version + 1));
    if (key.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "commons");
    code = store_commons_put(tx->store, key, bytes, true, err);
    if (code != SALVE_OK) return code;
    uint8_t sha256[CRYPTO_SHA256_BYTES];
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    crypto_sha256(bytes, sha256);
    str_hex(sha256, sizeof sha256, hex);
    struct str json = arena_printf(tx->mem, "{\"id\":\"%.*s\",\"kind\":\"%.*s\",\"sha256\":\"%s\"}", STR_ARGS(id),
                                   STR_ARGS(kind), hex);
    if (json.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "commons");
    tx->owner = rec_owner_document(tx->site, kind, id, (uint64_t)version + 1);
    return rec_publish(tx, TLOG_ENTRY_HASH, json, err);
}

enum salve_code rec_doc_get(struct rec_tx *tx, struct str kind, struct str id, struct arena *mem, struct str *bytes,
                            struct salve_err *err)
{
    struct str key = STR_NONE;
    int64_t version = 0;
    enum salve_code code = name_check(kind, id, err);
    if (code == SALVE_OK) code = newest_key(tx, kind, id, mem, &key, &version, err);
    if (code != SALVE_OK) return code;
    if (key.ptr == NULL) return salve_fail(err, SALVE_E_NOT_FOUND, "%.*s %.*s", STR_ARGS(kind), STR_ARGS(id));
    return store_commons_get(tx->store, key, mem, bytes, err);
}

/* --- the door --------------------------------------------------------------------------------------------------- */

enum { COMMONS_WORK_BYTES = 64 << 20 };

enum salve_code commons_put(struct site *site, struct actor actor, struct str kind, struct str id, struct str bytes,
                            struct salve_err *err)
{
    struct rec_tx tx;
    if (str_is(kind, "site") || str_is(kind, "staff") || str_is(kind, "log") || str_is(kind, "form"))
        return salve_fail(err, SALVE_E_INVALID, "document kind %.*s", STR_ARGS(kind));
    enum salve_code code = rec_actor_needs(actor, ROLE_BIT(ROLE_CLINICIAN) | ROLES_UPKEEP, err);
    if (code != SALVE_OK) return code;
    struct arena *mem = arena_open_private(COMMONS_WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "commons");
    code = rec_tx_begin(site, false, mem, &tx, err);
    if (code == SALVE_OK) {
        code = rec_actor_check(&tx, actor, err);
        if (code == SALVE_OK) code = rec_doc_put(&tx, kind, id, bytes, err);
        if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
    }
    arena_close(mem);
    return code;
}

enum salve_code commons_get(struct site *site, struct str kind, struct str id, struct arena *mem, struct str *bytes,
                            struct salve_err *err)
{
    struct rec_tx tx;
    enum salve_code code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = rec_doc_get(&tx, kind, id, mem, bytes, err);
    rec_tx_abandon(&tx);
    return code;
}

/* Ids out of sorted keys, in their place: the part behind the prefix up to the next '/', each once. How many. */
static size_t ids_of(struct str *keys, size_t count, size_t prefix_len)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        struct str id = str_cut(keys[i], prefix_len, keys[i].len);
        ptrdiff_t slash = str_find(id, STR("/"));
        if (slash >= 0) id = str_cut(id, 0, (size_t)slash);
        if (n == 0 || !str_eq(keys[n - 1], id)) keys[n++] = id;
    }
    return n;
}

static enum salve_code doc_ids(struct rec_tx *tx, struct str kind, struct arena *mem, struct str **ids, size_t *count,
                               struct salve_err *err)
{
    size_t key_count = 0;
    struct str prefix = arena_printf(mem, "doc/%.*s/", STR_ARGS(kind));
    if (prefix.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "commons");
    enum salve_code code = store_commons_list(tx->store, prefix, mem, ids, &key_count, err);
    if (code == SALVE_OK) *count = ids_of(*ids, key_count, prefix.len);
    return code;
}

enum salve_code commons_list(struct site *site, struct str kind, struct arena *mem, struct str **ids, size_t *count,
                             struct salve_err *err)
{
    struct rec_tx tx;
    enum salve_code code = name_check(kind, STR("x"), err);
    if (code == SALVE_OK) code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = doc_ids(&tx, kind, mem, ids, count, err);
    rec_tx_abandon(&tx);
    return code;
}

/* --- staff ------------------------------------------------------------------------------------------------------ */

bool rec_role_is_staff(enum role role) { return role >= ROLE_REGISTRAR && role < ROLE_COUNT; }

enum salve_code rec_actor_needs(struct actor actor, uint32_t roles, struct salve_err *err)
{
    if (actor.role < ROLE_COUNT && (roles & ROLE_BIT(actor.role)) != 0) return SALVE_OK;
    return salve_fail(err, SALVE_E_ROLE, "%s", actor.role < ROLE_COUNT ? role_text(actor.role) : "unknown role");
}

enum salve_code rec_not_staff(enum role role, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_ROLE, "this staff name is not registered under that role here", "%s",
                        role_text(role));
}

static enum salve_code staff_read(struct rec_tx *tx, struct str id, struct arena *mem, struct staff *out,
                                  struct salve_err *err)
{
    struct str json;
    const struct json *doc = NULL;
    enum salve_code code = rec_doc_get(tx, STR("staff"), id, mem, &json, err);
    if (code == SALVE_OK) code = json_read(json, NULL, mem, &doc, err);
    if (code != SALVE_OK) return code;
    out->id = id;
    out->retired = json_is_true(json_get(doc, "retired"));
    return role_find(json_get_text(doc, "role"), &out->role) ? SALVE_OK
                                                             : salve_fail(err, SALVE_E_INTEGRITY, "commons staff");
}

enum salve_code rec_actor_check(struct rec_tx *tx, struct actor actor, struct salve_err *err)
{
    struct staff staff;
    if (actor.role >= ROLE_COUNT) return salve_fail(err, SALVE_E_ROLE, "unknown role");
    if (!rec_role_is_staff(actor.role)) {
        if (actor.id.len == 0 || actor.role == ROLE_HELPER) return SALVE_OK;
        return salve_refuse(err, SALVE_E_ROLE, "the person's side has no staff name", "%s", role_text(actor.role));
    }
    enum salve_code code = is_name(actor.id) ? staff_read(tx, actor.id, tx->mem, &staff, err) : SALVE_E_NOT_FOUND;
    if (code == SALVE_OK && staff.role == actor.role && !staff.retired) return SALVE_OK;
    return code == SALVE_OK || code == SALVE_E_NOT_FOUND ? rec_not_staff(actor.role, err) : code;
}

enum salve_code rec_actor_is(struct site *site, struct actor actor, struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    enum salve_code code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = rec_actor_check(&tx, actor, err);
    rec_tx_abandon(&tx);
    return code;
}

static enum salve_code staff_write(struct rec_tx *tx, struct str id, enum role role, bool retired,
                                   struct salve_err *err)
{
    struct str json =
        arena_printf(tx->mem, "{\"retired\":%s,\"role\":\"%s\"}", retired ? "true" : "false", role_text(role));
    return json.ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "staff") : rec_doc_put(tx, STR("staff"), id, json, err);
}

static enum salve_code register_in(struct rec_tx *tx, struct actor actor, struct str id, enum role role,
                                   struct salve_err *err)
{
    struct str *ids = NULL;
    size_t count = 0;
    enum salve_code code = name_check(STR("staff"), id, err);
    if (code == SALVE_OK) code = doc_ids(tx, STR("staff"), tx->mem, &ids, &count, err);
    if (code == SALVE_OK && count > 0) code = rec_actor_needs(actor, ROLE_BIT(ROLE_MANAGER), err);
    if (code == SALVE_OK && count > 0) code = rec_actor_check(tx, actor, err);
    if (code != SALVE_OK) return code;
    for (size_t i = 0; i < count; i++)
        if (str_eq(ids[i], id)) return salve_fail(err, SALVE_E_CONFLICT, "staff name");
    return staff_write(tx, id, role, false, err);
}

static enum salve_code retire_in(struct rec_tx *tx, struct actor actor, struct str id, struct salve_err *err)
{
    struct staff staff;
    enum salve_code code = rec_actor_needs(actor, ROLE_BIT(ROLE_MANAGER), err);
    if (code == SALVE_OK) code = rec_actor_check(tx, actor, err);
    if (code == SALVE_OK) code = staff_read(tx, id, tx->mem, &staff, err);
    return code == SALVE_OK ? staff_write(tx, id, staff.role, true, err) : code;
}

enum salve_code staff_register(struct site *site, struct actor actor, struct str id, enum role role,
                               struct salve_err *err)
{
    struct rec_tx tx;
    if (!rec_role_is_staff(role)) return salve_fail(err, SALVE_E_ROLE, "a role of staff is needed");
    struct arena *mem = arena_open_private(COMMONS_WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "staff");
    enum salve_code code = rec_tx_begin(site, false, mem, &tx, err);
    if (code == SALVE_OK) {
        code = register_in(&tx, actor, id, role, err);
        if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
    }
    arena_close(mem);
    return code;
}

enum salve_code staff_retire(struct site *site, struct actor actor, struct str id, struct salve_err *err)
{
    struct rec_tx tx;
    struct arena *mem = arena_open_private(COMMONS_WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "staff");
    enum salve_code code = rec_tx_begin(site, false, mem, &tx, err);
    if (code == SALVE_OK) {
        code = retire_in(&tx, actor, id, err);
        if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
        if (code == SALVE_OK) site->retirements++; /* open views look again (stand_int.h) */
        rec_tx_abandon(&tx);
    }
    arena_close(mem);
    return code;
}

enum salve_code staff_list(struct site *site, struct arena *mem, struct staff **out, size_t *count,
                           struct salve_err *err)
{
    struct rec_tx tx;
    struct str *ids = NULL;
    size_t n = 0;
    enum salve_code code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = doc_ids(&tx, STR("staff"), mem, &ids, &n, err);
    if (code == SALVE_OK && n > 0) {
        *out = arena_array(mem, struct staff, n);
        if (*out == NULL) code = salve_fail(err, SALVE_E_MEMORY, "staff");
    }
    for (size_t i = 0; i < n && code == SALVE_OK; i++) code = staff_read(&tx, ids[i], mem, &(*out)[i], err);
    rec_tx_abandon(&tx);
    if (code == SALVE_OK) *count = n;
    return code;
}
