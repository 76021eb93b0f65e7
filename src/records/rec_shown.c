/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers that only grow, of what staff shows: rows "shown/<32 hex characters>" of the commons. The name is a keyed
 * hash of what it is about, the bytes (number u64, time u64 in ms) are sealed, so that the file does not tell who
 * comes when. */
#include "records/login_int.h"
#include "store/store.h"

#define ROWS "shown/"
enum { MAC_BYTES = 16, NAME_BYTES = sizeof ROWS - 1 + 2 * MAC_BYTES + 1, AT_TIME = 8, PLAIN_BYTES = 16 };

static struct str row_name(const struct site *site, enum rec_shown_kind kind, struct str of, char name[NAME_BYTES])
{
    static const char *const kinds[] = {"totp", "passkey", "tablet"};
    uint8_t mac[MAC_BYTES];
    const struct str parts[] = {STR("SLV-shown-v1 "), str_of(kinds[kind]), STR(" "), of};
    crypto_key_mac(rec_gate_key(site), parts, sizeof parts / sizeof parts[0], mac, sizeof mac);
    memcpy(name, ROWS, sizeof ROWS - 1);
    str_hex(mac, sizeof mac, name + sizeof ROWS - 1);
    return str_make(name, NAME_BYTES - 1);
}

enum salve_code rec_shown_get(struct rec_tx *tx, enum rec_shown_kind kind, struct str of, struct rec_shown *out,
                              struct salve_err *err)
{
    char name[NAME_BYTES];
    uint8_t plain[PLAIN_BYTES];
    struct str sealed, key = row_name(tx->site, kind, of, name);
    struct salve_err trouble = {0};
    *out = (struct rec_shown){0};
    enum salve_code code = store_commons_get(tx->store, key, tx->mem, &sealed, &trouble);
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code == SALVE_OK && (sealed.len != PLAIN_BYTES + CRYPTO_SEAL_BYTES ||
                             crypto_open(rec_gate_key(tx->site), key, sealed, plain, NULL) != SALVE_OK))
        code = SALVE_E_INTEGRITY;
    if (code != SALVE_OK) return salve_fail(err, code, "commons shown");
    *out = (struct rec_shown){crypto_get_u64(plain), (int64_t)crypto_get_u64(plain + AT_TIME)};
    return SALVE_OK;
}

enum salve_code rec_shown_put(struct rec_tx *tx, enum rec_shown_kind kind, struct str of, const struct rec_shown *row,
                              struct salve_err *err)
{
    char name[NAME_BYTES];
    uint8_t plain[PLAIN_BYTES];
    struct str key = row_name(tx->site, kind, of, name);
    uint8_t *sealed = arena_alloc(tx->mem, PLAIN_BYTES + CRYPTO_SEAL_BYTES);
    if (sealed == NULL) return salve_fail(err, SALVE_E_MEMORY, "commons shown");
    crypto_put_u64(plain, row->number);
    crypto_put_u64(plain + AT_TIME, (uint64_t)row->at_unix_ms);
    crypto_seal(rec_gate_key(tx->site), key, str_bytes(plain, sizeof plain), sealed);
    return store_commons_put(tx->store, key, str_bytes(sealed, PLAIN_BYTES + CRYPTO_SEAL_BYTES), false, err);
}

enum salve_code rec_shown_set(struct site *site, enum rec_shown_kind kind, struct str of, const struct rec_shown *row,
                              struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx;
    TRY(rec_tx_begin(site, false, mem, &tx, err));
    enum salve_code code = rec_shown_put(&tx, kind, of, row, err);
    if (code == SALVE_OK) code = rec_tx_commit(&tx, err);
    rec_tx_abandon(&tx);
    return code;
}
