/* SPDX-License-Identifier: Apache-2.0
 *
 * What the rest of the gate asks of an open site and may ask at any time: where a file of it lies, what time it is. */
#include <stdio.h>

#include "records/site_int.h"

enum salve_code rec_path(const char *folder, const char *name, char path[REC_PATH_BYTES], struct salve_err *err)
{
    int len = snprintf(path, REC_PATH_BYTES, "%s/%s", folder, name);
    return len > 0 && len < REC_PATH_BYTES ? SALVE_OK : salve_fail(err, SALVE_E_CONFIG, "path of the site");
}

bool site_clock_suspect(const struct site *site) { return site->is_suspect; }
const struct admit_rules *site_admission(const struct site *site) { return site->rules; }

int64_t site_now_unix_ms(const struct site *site)
{
    int64_t wall = clock_ms(&site->clock);
    return wall > site->now_unix_ms ? wall : site->now_unix_ms;
}
