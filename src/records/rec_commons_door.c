/* SPDX-License-Identifier: Apache-2.0
 * The door to the documents of the commons, for those whose role may write them. */
#include "records/commons.h"
#include "records/tx_int.h"

enum { COMMONS_WORK_BYTES = 64 << 20 };

enum salve_code commons_put(struct site *site, struct actor actor, struct str kind, struct str id, struct str bytes,
                            struct salve_err *err)
{
    struct rec_tx tx;
    if (str_is(kind, "site") || str_is(kind, "staff") || str_is(kind, "log") || str_is(kind, "form") ||
        str_is(kind, "work"))
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

enum salve_code commons_list(struct site *site, struct str kind, struct arena *mem, struct str **ids, size_t *count,
                             struct salve_err *err)
{
    struct rec_tx tx;
    enum salve_code code = rec_doc_is_name(kind) ? SALVE_OK : salve_fail(err, SALVE_E_INVALID, "kind of a document");
    if (code == SALVE_OK) code = rec_tx_begin(site, true, mem, &tx, err);
    if (code != SALVE_OK) return code;
    code = rec_doc_ids(&tx, kind, mem, ids, count, err);
    rec_tx_abandon(&tx);
    return code;
}
