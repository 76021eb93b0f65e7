/* SPDX-License-Identifier: Apache-2.0
 *
 * What the rest of the gate asks of an open site and may ask at any time: where a file of it lies, what may be kept. */
#include <stdio.h>

#include "base/file.h"
#include "records/site_int.h"

enum salve_code rec_path(const char *folder, const char *name, char path[REC_PATH_BYTES], struct salve_err *err)
{
    int len = snprintf(path, REC_PATH_BYTES, "%s/%s", folder, name);
    return len > 0 && len < REC_PATH_BYTES ? SALVE_OK : salve_fail(err, SALVE_E_CONFIG, "path of the site");
}

enum salve_code rec_file_text(const struct site *site, const char *name, size_t bytes_max, struct arena *mem,
                              struct str *out, struct salve_err *err)
{
    char path[REC_PATH_BYTES];
    const struct rec_frozen *frozen = site->frozen;
    TRY(rec_path(site->path, name, path, err));
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
