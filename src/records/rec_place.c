/* SPDX-License-Identifier: Apache-2.0
 *
 * What the rest of the gate asks of an open site and may ask at any time: where a file of it lies, what may be kept. */
#include <stdio.h>

#include "records/site_int.h"

enum salve_code rec_path(const char *folder, const char *name, char path[REC_PATH_BYTES], struct salve_err *err)
{
    int len = snprintf(path, REC_PATH_BYTES, "%s/%s", folder, name);
    return len > 0 && len < REC_PATH_BYTES ? SALVE_OK : salve_fail(err, SALVE_E_CONFIG, "path of the site");
}

const struct admit_rules *near_site_admission(const struct site *site) { return site->rules; }

enum salve_code rec_not_here(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_NOT_FOUND, "this card is not known here", "card");
}
