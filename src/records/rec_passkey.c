/* SPDX-License-Identifier: Apache-2.0
 *
 * Passkeys as they are kept: documents "passkey/<id>" of the commons. */
#include "records/proof_int.h"

/* Also one that was removed. */
static enum salve_code read_any(struct rec_tx *tx, struct str id, struct arena *mem, struct passkey_kept *out,
                                struct salve_err *err)
{
    struct str json;
    TRY(rec_doc_get(tx, STR("passkey"), id, mem, &json, err));
    TRY(passkey_kept_read(json, mem, out, err));
    return arena_str(mem, id, &out->id, err);
}

enum salve_code rec_passkey_read(struct rec_tx *tx, struct str id, struct arena *mem, struct passkey_kept *out,
                                 struct salve_err *err)
{
    if (!kept_is_id(id)) return salve_fail(err, SALVE_E_NOT_FOUND, "passkey");
    TRY(read_any(tx, id, mem, out, err));
    return out->is_removed ? salve_fail(err, SALVE_E_NOT_FOUND, "passkey") : SALVE_OK;
}

enum salve_code rec_passkey_write(struct rec_tx *tx, const struct passkey_kept *passkey, struct salve_err *err)
{
    struct str json;
    TRY(passkey_kept_write(passkey, tx->mem, &json, err));
    return rec_doc_put(tx, STR("passkey"), passkey->id, json, err);
}

enum salve_code rec_passkeys_of(struct rec_tx *tx, struct str staff, struct arena *mem, struct passkey_kept **out,
                                size_t *count, struct salve_err *err)
{
    struct str *ids = NULL;
    size_t n = 0;
    *count = 0;
    TRY(rec_doc_ids(tx, STR("passkey"), mem, &ids, &n, err));
    *out = arena_array(mem, struct passkey_kept, n + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "passkeys");
    for (size_t i = 0; i < n; i++) {
        struct passkey_kept *one = &(*out)[*count];
        TRY(read_any(tx, ids[i], mem, one, err));
        *count += !one->is_removed && (staff.len == 0 || str_eq(one->staff, staff));
    }
    return SALVE_OK;
}

enum salve_code rec_passkeys_remove(struct rec_tx *tx, struct str staff, struct salve_err *err)
{
    struct passkey_kept *list = NULL;
    size_t count = 0;
    TRY(rec_passkeys_of(tx, staff, tx->mem, &list, &count, err));
    for (size_t i = 0; i < count; i++) {
        list[i].is_removed = true;
        TRY(rec_passkey_write(tx, &list[i], err));
    }
    return SALVE_OK;
}
