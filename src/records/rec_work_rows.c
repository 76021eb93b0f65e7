/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of what is open, and of slips: named by a keyed hash of what they are of, sealed under their name for the gate
 * alone. */
#include "keys/keys.h"
#include "records/login_int.h"
#include "records/work_int.h"
#include "store/store.h"

enum { MAC_BYTES = 16 };

struct str rec_work_row_name(const struct site *site, const char *rows, struct str what, char name[REC_WORK_NAME_BYTES])
{
    uint8_t mac[MAC_BYTES];
    const struct str parts[] = {STR("SLV-work-v1"), str_of(rows), what};
    size_t len = strlen(rows);
    crypto_key_mac(rec_gate_key(site), parts, 3, mac, sizeof mac);
    memcpy(name, rows, len);
    str_hex(mac, sizeof mac, name + len);
    return str_make(name, len + 2 * MAC_BYTES);
}

enum salve_code rec_work_row_put(struct rec_tx *tx, struct str name, const uint8_t *plain, size_t bytes,
                                 struct salve_err *err)
{
    uint8_t *sealed = arena_alloc(tx->mem, bytes + CRYPTO_SEAL_BYTES);
    if (sealed == NULL) return salve_fail(err, SALVE_E_MEMORY, "work");
    crypto_seal(rec_gate_key(tx->site), name, str_bytes(plain, bytes), sealed);
    return store_commons_put(tx->store, name, str_bytes(sealed, bytes + CRYPTO_SEAL_BYTES), false, err);
}

static enum salve_code open_sealed(struct rec_tx *tx, struct str name, struct str sealed, uint8_t *plain,
                                   struct salve_err *err)
{
    if (crypto_open(rec_gate_key(tx->site), name, sealed, plain, NULL) == SALVE_OK) return SALVE_OK;
    return salve_fail(err, SALVE_E_INTEGRITY, "commons %.*s", STR_ARGS(name));
}

enum salve_code rec_work_row_get(struct rec_tx *tx, struct str name, uint8_t *plain, size_t bytes,
                                 struct salve_err *err)
{
    struct str sealed;
    TRY(store_commons_get(tx->store, name, tx->mem, &sealed, err));
    if (sealed.len == bytes + CRYPTO_SEAL_BYTES) return open_sealed(tx, name, sealed, plain, err);
    return salve_fail(err, SALVE_E_INTEGRITY, "commons %.*s", STR_ARGS(name));
}
