/* SPDX-License-Identifier: Apache-2.0
 * What time it is for a site, and what is done about a clock that cannot be right. While it is doubted the time stands
 * at the last use: nothing ends, is renewed or destroyed, and reading goes on. */
#include "records/tx_int.h"
#include "store/store.h"

bool near_site_clock_suspect(const struct site *site) { return site->is_suspect; }

int64_t near_site_now_unix_ms(const struct site *site)
{
    int64_t wall = clock_ms(&site->clock);
    bool is_doubted = site->is_suspect || wall > site->now_unix_ms + STORE_CLOCK_JUMP_MS;
    return wall > site->now_unix_ms && !is_doubted ? wall : site->now_unix_ms;
}

enum salve_code rec_clock_doubted(const struct site *site, const char *what, struct salve_err *err)
{
    bool is_ahead = clock_ms(&site->clock) > site->now_unix_ms;
    return salve_refuse(err, SALVE_E_CLOCK,
                        is_ahead ? "it is more than 45 days past the last use of this site; where it is right all the "
                                   "same, 'salve clock' says so"
                                 : "it is behind the last use of this site",
                        "%s", what);
}
