/* SPDX-License-Identifier: Apache-2.0
 *
 * What the rest of the gate asks of an open site and may ask at any time: what a small file of it says, what may be
 * kept. */
#include "base/file.h"
#include "records/site_int.h"

enum salve_code rec_file_text(const struct site *site, const char *name, size_t bytes_max, struct arena *mem,
                              struct str *out, struct salve_err *err)
{
    char path[DB_PATH_BYTES];
    const struct rec_frozen *frozen = site->frozen;
    TRY(db_path(site->path, name, path, err));
    if (frozen == NULL) return file_read_plain(path, bytes_max, mem, out, err);
    bool is_head = strcmp(name, "signed-head") == 0, is_note = strcmp(name, "checkpoint") == 0;
    salve_assert(is_head || is_note || strcmp(name, "revoked") == 0);
    *out = is_head ? frozen->signed_head : is_note ? frozen->checkpoint : frozen->revoked;
    return out->ptr == NULL ? salve_fail(err, SALVE_E_NOT_FOUND, "%s", path) : SALVE_OK;
}

const struct admit_rules *near_site_admission(const struct site *site) { return site->rules; }

enum salve_code rec_not_here(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_NOT_FOUND, "this card is not known here", "card");
}
