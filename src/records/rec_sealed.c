/* SPDX-License-Identifier: Apache-2.0
 * Rows of the commons that only the gate reads: named by a keyed hash, sealed with their name, of one length each. */
#include "crypto/crypto.h"
#include "records/tx_int.h"
#include "store/store.h"

enum { MAC_BYTES = 16 };
_Static_assert(REC_HASH_TEXT_BYTES == 2 * MAC_BYTES, "hexadecimal");

struct str rec_row_hash(const struct crypto_key *key, struct str label, const char *rows, struct str what, char *name)
{
    uint8_t mac[MAC_BYTES];
    const struct str parts[] = {label, str_of(rows), what};
    size_t len = strlen(rows);
    crypto_key_mac(key, parts, 3, mac, sizeof mac);
    memcpy(name, rows, len);
    str_hex(mac, sizeof mac, name + len);
    return str_make(name, len + REC_HASH_TEXT_BYTES);
}

enum salve_code rec_sealed_put(struct rec_tx *tx, const struct crypto_key *key, struct str name, struct str plain,
                               struct salve_err *err)
{
    uint8_t *sealed = arena_alloc(tx->mem, plain.len + CRYPTO_SEAL_BYTES);
    if (sealed == NULL) return salve_fail(err, SALVE_E_MEMORY, "commons");
    crypto_seal(key, name, plain, sealed);
    return store_commons_put(tx->store, name, str_bytes(sealed, plain.len + CRYPTO_SEAL_BYTES), false, err);
}

enum salve_code rec_sealed_get(struct rec_tx *tx, const struct crypto_key *key, struct str name, uint8_t *plain,
                               size_t bytes, struct salve_err *err)
{
    struct str sealed;
    TRY(store_commons_get(tx->store, name, tx->mem, &sealed, err));
    if (sealed.len == bytes + CRYPTO_SEAL_BYTES && crypto_open(key, name, sealed, plain, NULL) == SALVE_OK)
        return SALVE_OK;
    return salve_fail(err, SALVE_E_INTEGRITY, "commons %.*s", STR_ARGS(name));
}
