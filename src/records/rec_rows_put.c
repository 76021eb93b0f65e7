/* SPDX-License-Identifier: Apache-2.0
 *
 * How far a file of new people came, written with every transaction of its rows (rec_rows.c). */
#include "records/rows_int.h"
#include "store/store.h"

enum salve_code rec_rows_put(struct rec_tx *tx, struct salve_err *err)
{
    const struct rec_rows *rows = tx->site->rows;
    char id[COMPARTMENT_TEXT_BYTES + 1] = "";
    struct store_head head = {0};
    if (rows == NULL) return SALVE_OK;
    if (rows->has_begun) {
        compartment_text(rows->begun, id);
        TRY(store_head_get(tx->store, rows->begun, &head, err));
    }
    struct str json =
        arena_printf(tx->mem, "{\"begun\":\"%s\",\"done\":%llu,\"head\":%llu,\"rows\":\"%s\",\"undo\":%s}", id,
                     (unsigned long long)rows->done, (unsigned long long)head.seq, rows->of_done,
                     rows->is_undone ? "true" : "false");
    if (json.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "import");
    return store_commons_put(tx->store, str_of(rows->key), json, false, err);
}

void rec_rows_enrolled(struct site *site, struct compartment id)
{
    if (site->rows == NULL) return;
    site->rows->begun = id;
    site->rows->has_begun = true;
}

void rec_rows_not_enrolled(struct site *site)
{
    if (site->rows != NULL) site->rows->has_begun = false;
}
