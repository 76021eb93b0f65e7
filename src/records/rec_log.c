/* SPDX-License-Identifier: Apache-2.0
 *
 * The logs of a site: the documents that begin them, and their rows in the store, which tlog reaches through a cursor
 * bound to a transaction. */
#include <stdio.h>

#include "crypto/crypto.h"
#include "json/json.h"
#include "keys/keys.h"
#include "records/log_int.h"
#include "records/owner_int.h"
#include "store/store.h"

/* --- the log's rows in the store -------------------------------------------------------------------------------- */

enum { BLOCK_LOG_SHIFT = 48 }; /* a block's number in the store: log number above, the log's own number below */

static enum salve_code read_entries(void *self, uint64_t first, uint32_t count, struct arena *mem, struct str *entries,
                                    struct salve_err *err)
{
    struct rec_tx *tx = self;
    if (tx->bound->end != 0 && tx->bound->base + first + count > tx->bound->end)
        return salve_fail(err, SALVE_E_NOT_FOUND, "log entry");
    return store_log_list(tx->store, tx->bound->base + first, count, mem, entries, err);
}

static enum salve_code write_entries(void *self, uint64_t first, const struct str *entries, uint32_t count,
                                     struct salve_err *err)
{
    struct rec_tx *tx = self;
    uint64_t row = tx->bound->base + first;
    struct rec_owner owner = tx->owner;
    tx->owner = (struct rec_owner){0};
    TRY(store_log_append(tx->store, row, entries, count, err));
    for (uint32_t i = 0; i < count; i++) {
        TRY(rec_owner_put(tx, row + i, entries[i], owner, err));
        owner = (struct rec_owner){0};
    }
    return SALVE_OK;
}

static uint64_t block_number(const struct rec_tx *tx, uint64_t number)
{
    salve_assert(number < (uint64_t)1 << BLOCK_LOG_SHIFT);
    return ((uint64_t)(tx->bound->number - 1) << BLOCK_LOG_SHIFT) | number;
}

static enum salve_code read_block(void *self, enum tlog_block kind, uint64_t number, struct arena *mem,
                                  struct str *bytes, struct salve_err *err)
{
    struct rec_tx *tx = self;
    return store_tile_get(tx->store, (uint32_t)kind, block_number(tx, number), mem, bytes, err);
}

static enum salve_code write_block(void *self, enum tlog_block kind, uint64_t number, struct str bytes,
                                   struct salve_err *err)
{
    struct rec_tx *tx = self;
    return store_tile_put(tx->store, (uint32_t)kind, block_number(tx, number), bytes, err);
}

enum salve_code rec_log_bind(struct rec_tx *tx, const struct rec_log *log, struct salve_err *err)
{
    struct tlog_io io = {.self = tx,
                         .read_entries = read_entries,
                         .write_entries = write_entries,
                         .read_block = read_block,
                         .write_block = write_block};
    tx->bound = log;
    tx->owner = (struct rec_owner){0};
    return tlog_open(&io, log->origin, tx->mem, &tx->log, err);
}

/* --- the logs --------------------------------------------------------------------------------------------------- */

static struct str log_secret_name(uint32_t number, char text[24])
{
    return str_make(text, (size_t)snprintf(text, 24, "log-%u", number));
}

enum salve_code rec_log_begin(struct rec_tx *tx, const struct rec_log *log, struct salve_err *err)
{
    const struct site *site = tx->site;
    char name[24], id[16];
    struct str vkey;
    snprintf(id, sizeof id, "%u", log->number);
    enum salve_code code =
        keys_sealed_put(site->keys, log_secret_name(log->number, name), crypto_keys_at(site->log_seed, 0), err);
    if (code == SALVE_OK) code = tlog_vkey_text(&log->vkey, tx->mem, &vkey, err);
    if (code != SALVE_OK) return code;
    struct str json = arena_printf(tx->mem, "{\"base\":%llu,\"origin\":\"%.*s\",\"vkey\":\"%.*s\"}",
                                   (unsigned long long)log->base, STR_ARGS(log->origin), STR_ARGS(vkey));
    if (json.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "log");
    return store_commons_put(tx->store, arena_printf(tx->mem, "log/%s", id), json, true, err);
}

static enum salve_code log_read(struct str json, struct arena *mem, struct rec_log *out, struct salve_err *err)
{
    const struct json *doc = NULL;
    int64_t base = 0;
    enum salve_code code = json_read(json, NULL, mem, &doc, err);
    if (code != SALVE_OK) return code;
    out->origin = json_get_text(doc, "origin");
    if (!json_i64(json_get(doc, "base"), &base) || base < 0) return salve_fail(err, SALVE_E_INTEGRITY, "commons log");
    out->base = (uint64_t)base;
    return tlog_vkey_parse(json_get_text(doc, "vkey"), &out->vkey, err);
}

/* By number, which is not that of the keys as texts; numbers may be left out (rec_successor.c). */
static void put_in_order(struct rec_log *logs, size_t count, const struct rec_log *log)
{
    size_t at = count;
    for (; at > 0 && logs[at - 1].number > log->number; at--) logs[at] = logs[at - 1];
    logs[at] = *log;
}

enum salve_code rec_logs(struct rec_tx *tx, struct arena *mem, struct rec_log **out, size_t *count,
                         struct salve_err *err)
{
    struct str *keys = NULL;
    size_t n = 0;
    enum salve_code code = store_commons_list(tx->store, STR("log/"), mem, &keys, &n, err);
    if (code != SALVE_OK) return code;
    *out = arena_array(mem, struct rec_log, n + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "log");
    for (size_t i = 0; i < n && code == SALVE_OK; i++) {
        struct str json;
        struct rec_log log = {0};
        int64_t number = 0;
        if (!str_to_i64(str_cut(keys[i], 4, keys[i].len), &number) || number < 1 || number > UINT32_MAX)
            return salve_fail(err, SALVE_E_INTEGRITY, "commons log");
        code = store_commons_get(tx->store, keys[i], mem, &json, err);
        if (code == SALVE_OK) code = log_read(json, mem, &log, err);
        log.number = (uint32_t)number;
        put_in_order(*out, i, &log);
    }
    for (size_t i = 0; i + 1 < n; i++) (*out)[i].end = (*out)[i + 1].base;
    *count = n;
    return code;
}

enum salve_code rec_log_load(struct site *site, struct salve_err *err)
{
    struct rec_tx tx = {.site = site, .mem = site->mem, .is_read_only = true};
    struct rec_log *logs = NULL;
    size_t count = 0;
    char name[24];
    enum salve_code code = store_begin(site->store, true, &tx.store, err);
    if (code == SALVE_OK) code = rec_logs(&tx, site->mem, &logs, &count, err);
    if (code == SALVE_OK && count == 0) {
        code = salve_refuse(err, SALVE_E_NOT_FOUND,
                            "making this site was not finished; remove the folder and make it again", "site.db");
    }
    rec_tx_abandon(&tx);
    if (code != SALVE_OK) return code;
    site->log = &logs[count - 1];
    return keys_sealed_get(site->keys, log_secret_name(site->log->number, name), crypto_keys_at(site->log_seed, 0),
                           err);
}

/* --- public leaves ------------------------------------------------------------------------------------------------ */

enum salve_code rec_publish(struct rec_tx *tx, enum tlog_entry_type type, struct str json, struct salve_err *err)
{
    struct str entry;
    uint64_t index;
    enum salve_code code = tlog_public_entry(type, json, tx->mem, &entry, err);
    return code == SALVE_OK ? tlog_append(tx->log, &entry, 1, &index, err) : code;
}
