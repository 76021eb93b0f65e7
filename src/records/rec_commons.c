/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents of the commons: checksummed, with versions, about no person. A document's rows are
 * doc/<kind>/<id>/<8 digits>; the last one stands. The door to them is rec_commons_door.c. */
#include "crypto/crypto.h"
#include "records/log_int.h"
#include "records/owner_int.h"
#include "store/store.h"

enum { DOC_NAME_BYTES_MAX = 64, DOC_KEY_BYTES = 2 * DOC_NAME_BYTES_MAX + 16, DOC_FEW = 64 };

bool rec_doc_is_name(struct str text)
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
    if (rec_doc_is_name(kind) && rec_doc_is_name(id)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INVALID, "1 to 64 of a-z, 0-9, '.', '_', '-'", "name of a document or of staff");
}

/* The first of a document's rows from that version on; *version 0: there is none. */
static enum salve_code row_from(struct rec_tx *tx, struct str prefix, int64_t from, struct arena *mem, struct str *key,
                                int64_t *version, struct salve_err *err)
{
    struct str *keys = NULL;
    size_t count = 0;
    struct str first = arena_printf(mem, "%.*s%08lld", STR_ARGS(prefix), (long long)from);
    *version = 0;
    if (first.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "commons");
    TRY(store_commons_page(tx->store, prefix, first, 1, mem, &keys, &count, err));
    if (count == 0) return SALVE_OK;
    *key = keys[0];
    if (str_to_i64(str_cut(*key, prefix.len, key->len), version) && *version >= 1) return SALVE_OK;
    return salve_fail(err, SALVE_E_INTEGRITY, "commons/%.*s", STR_ARGS(*key));
}

/* The last of many rows: the largest number that has a row at it or behind it. A list that is read all day has a
 * hundred thousand versions a month. */
static enum salve_code last_of_many(struct rec_tx *tx, struct str prefix, struct arena *mem, struct str *key,
                                    int64_t *version, struct salve_err *err)
{
    struct str found = STR_NONE;
    int64_t number = 0, none_from = INT64_MAX;
    for (int64_t step = DOC_FEW; *version + 1 < none_from;) {
        bool is_open = none_from == INT64_MAX;
        int64_t from = is_open ? *version + step : *version + (none_from - *version + 1) / 2;
        TRY(row_from(tx, prefix, from, mem, &found, &number, err));
        if (number == 0) none_from = from;
        if (number == 0) continue;
        *key = found;
        *version = number;
        if (is_open) step *= 2;
    }
    return SALVE_OK;
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
    TRY(store_commons_page(tx->store, prefix, STR(""), DOC_FEW, mem, &keys, &count, err));
    *key = count == 0 ? STR_NONE : keys[count - 1];
    *version = 0;
    if (count > 0 && (!str_to_i64(str_cut(*key, prefix.len, key->len), version) || *version < 1))
        return salve_fail(err, SALVE_E_INTEGRITY, "commons/%.*s", STR_ARGS(*key));
    if (count == DOC_FEW) TRY(last_of_many(tx, prefix, mem, key, version, err));
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

enum salve_code rec_doc_ids(struct rec_tx *tx, struct str kind, struct arena *mem, struct str **ids, size_t *count,
                            struct salve_err *err)
{
    size_t key_count = 0;
    struct str prefix = arena_printf(mem, "doc/%.*s/", STR_ARGS(kind));
    if (prefix.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "commons");
    enum salve_code code = store_commons_list(tx->store, prefix, mem, ids, &key_count, err);
    if (code == SALVE_OK) *count = ids_of(*ids, key_count, prefix.len);
    return code;
}
