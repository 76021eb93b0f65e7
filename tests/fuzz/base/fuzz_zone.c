/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a time zone file: refused, or a calendar in which each instant lies on its day and days meet. */
#include <stdlib.h>

#include "base/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *mem = arena_open(1 << 20);
    const struct zone *zone = NULL;
    if (zone_read(str_make((const char *)data, size), mem, &zone, NULL) == SALVE_OK)
        for (int64_t at = -5000000000000; at < 9000000000000; at += 777777777777) {
            struct zone_day day = zone_day(zone, at);
            if (at < day.start_unix_ms || day.end_unix_ms < at) abort();
            if (day.end_unix_ms - day.start_unix_ms > 100LL * 3600 * 1000) abort();
        }
    arena_close(mem);
    return 0;
}
