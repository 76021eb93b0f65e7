/* SPDX-License-Identifier: Apache-2.0
 *
 * Erasures that were asked for: rows "erasing/<32 hex characters>" of the commons, which are gone with the erasure or
 * when it is taken back. The name is a keyed hash of the compartment, the bytes (its id, the time) are sealed, so that
 * the file does not tell who wants to go. */
#include "keys/keys.h"
#include "records/erasing_int.h"
#include "records/login_int.h"
#include "records/queue_int.h"
#include "records/revoked_int.h"
#include "records/share_int.h"
#include "records/stand_int.h"
#include "store/store.h"

#define ROWS "erasing/"
enum {
    MAC_BYTES = 16,
    ROW_NAME_BYTES = sizeof ROWS - 1 + 2 * MAC_BYTES + 1,
    PLAIN_BYTES = COMPARTMENT_BYTES + 8,
    DAY_MS = 24 * 3600 * 1000,
    WORK_BYTES = 16 << 20
};

static struct str row_name(const struct site *site, struct compartment id, char name[ROW_NAME_BYTES])
{
    uint8_t mac[MAC_BYTES];
    const struct str parts[] = {STR("SLV-erasing-v1"), compartment_bytes(&id)};
    crypto_key_mac(rec_gate_key(site), parts, 2, mac, sizeof mac);
    memcpy(name, ROWS, sizeof ROWS - 1);
    str_hex(mac, sizeof mac, name + sizeof ROWS - 1);
    return str_make(name, ROW_NAME_BYTES - 1);
}

static enum salve_code row_read(struct rec_tx *tx, struct str name, struct compartment *id, int64_t *due_unix_ms,
                                struct salve_err *err)
{
    struct str sealed;
    uint8_t plain[PLAIN_BYTES];
    TRY(store_commons_get(tx->store, name, tx->mem, &sealed, err));
    if (sealed.len != PLAIN_BYTES + CRYPTO_SEAL_BYTES ||
        crypto_open(rec_gate_key(tx->site), name, sealed, plain, NULL) != SALVE_OK)
        return salve_fail(err, SALVE_E_INTEGRITY, "commons erasing");
    memcpy(id->bytes, plain, COMPARTMENT_BYTES);
    *due_unix_ms = (int64_t)crypto_get_u64(plain + COMPARTMENT_BYTES);
    return SALVE_OK;
}

enum salve_code rec_erasing_find(struct rec_tx *tx, struct compartment id, int64_t *due_unix_ms, struct salve_err *err)
{
    char name[ROW_NAME_BYTES];
    struct compartment found;
    TRY(row_read(tx, row_name(tx->site, id, name), &found, due_unix_ms, err));
    return compartment_eq(found, id) ? SALVE_OK : salve_fail(err, SALVE_E_INTEGRITY, "commons erasing");
}

enum salve_code rec_erasing_put(struct rec_tx *tx, struct compartment id, int64_t *due_unix_ms, struct salve_err *err)
{
    char name[ROW_NAME_BYTES];
    uint8_t plain[PLAIN_BYTES];
    struct str key = row_name(tx->site, id, name);
    enum salve_code code = rec_erasing_find(tx, id, due_unix_ms, NULL);
    if (code != SALVE_E_NOT_FOUND) return code == SALVE_OK ? code : salve_fail(err, code, "commons erasing");
    uint8_t *sealed = arena_alloc(tx->mem, PLAIN_BYTES + CRYPTO_SEAL_BYTES);
    if (sealed == NULL) return salve_fail(err, SALVE_E_MEMORY, "erasure");
    *due_unix_ms = tx->now_unix_ms + DAY_MS;
    memcpy(plain, id.bytes, COMPARTMENT_BYTES);
    crypto_put_u64(plain + COMPARTMENT_BYTES, (uint64_t)*due_unix_ms);
    crypto_seal(rec_gate_key(tx->site), key, str_bytes(plain, sizeof plain), sealed);
    return store_commons_put(tx->store, key, str_bytes(sealed, PLAIN_BYTES + CRYPTO_SEAL_BYTES), true, err);
}

enum salve_code rec_erasing_drop(struct rec_tx *tx, struct compartment id, struct salve_err *err)
{
    char name[ROW_NAME_BYTES];
    return store_commons_delete(tx->store, row_name(tx->site, id, name), err);
}

/* --- what is due -------------------------------------------------------------------------------------------------- */

struct due {
    struct compartment id;
    int64_t at_unix_ms;
};

static enum salve_code all_due(struct site *site, struct arena *mem, struct due **out, size_t *count,
                               struct salve_err *err)
{
    struct rec_tx tx;
    struct str *names = NULL;
    TRY(rec_tx_begin(site, true, mem, &tx, err));
    enum salve_code code = store_commons_list(tx.store, STR(ROWS), mem, &names, count, err);
    *out = arena_array(mem, struct due, *count + 1);
    if (code == SALVE_OK && *out == NULL) code = salve_fail(err, SALVE_E_MEMORY, "erasure");
    for (size_t i = 0; i < *count && code == SALVE_OK; i++)
        code = row_read(&tx, names[i], &(*out)[i].id, &(*out)[i].at_unix_ms, err);
    rec_tx_abandon(&tx);
    return code;
}

/* As the person asked for it: the line first, so that a cut finishes it. */
static enum salve_code carry_out(struct site *site, struct compartment id, struct salve_err *err)
{
    bool is_erased = false;
    TRY(rec_revoked_has_erasure(site, site->revoked, id, &is_erased, err));
    if (!is_erased) TRY(rec_revoke_erasure(site, id, err));
    TRY(rec_erase_replay(site, id, is_erased, err));
    site->revoked_done = site->revoked_count;
    return SALVE_OK;
}

/* At most `room` of them; what is due beyond that keeps the site due. */
static enum salve_code look_for_due(struct site *site, size_t room, struct arena *mem, struct salve_err *err)
{
    struct due *all = NULL;
    size_t count = 0, done = 0;
    int64_t now_unix_ms = site->now_unix_ms, next_unix_ms = INT64_MAX;
    TRY(all_due(site, mem, &all, &count, err));
    for (size_t i = 0; i < count; i++) {
        bool is_now = all[i].at_unix_ms <= now_unix_ms && done < room;
        if (is_now) TRY(carry_out(site, all[i].id, err));
        done += is_now;
        if (!is_now && all[i].at_unix_ms < next_unix_ms) next_unix_ms = all[i].at_unix_ms;
    }
    TRY(rec_staff_due(site, mem, &next_unix_ms, err));
    TRY(rec_day_due(site, room, mem, &next_unix_ms, err));
    TRY(rec_shares_due(site, mem, &next_unix_ms, err));
    site->due_unix_ms = next_unix_ms;
    return SALVE_OK;
}

static enum salve_code due(struct site *site, size_t room, struct salve_err *err)
{
    if (!rec_is_due(site)) return SALVE_OK;
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "erasure");
    enum salve_code code = look_for_due(site, room, mem, err);
    arena_close(mem);
    return code;
}

bool rec_is_due(const struct site *site)
{
    return !site->is_suspect && near_site_now_unix_ms(site) >= site->due_unix_ms;
}

enum salve_code rec_due(struct site *site, struct salve_err *err) { return due(site, SIZE_MAX, err); }

enum salve_code rec_due_one(struct site *site, bool *has_more, struct salve_err *err)
{
    enum salve_code code = due(site, 1, err);
    *has_more = code == SALVE_OK && rec_is_due(site);
    return code;
}
