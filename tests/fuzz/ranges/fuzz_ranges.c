/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a table of ranges: refused with a reason, or asked; an answer inside the soft range is never refused. */
#include <stdlib.h>

#include "ranges/ranges.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const codes[] = {"8302-2", "8480-6", "c"}, *const units[] = {"cm", "mm[Hg]", ""};
    struct arena *mem = arena_open(16 << 20);
    const struct ranges *ranges = NULL;
    int64_t days;
    if (ranges_read(str_make((const char *)data, size), mem, &ranges, NULL) == SALVE_OK) {
        for (int i = 0; i < 3; i++)
            for (int v = -1; v < 400; v += 50) {
                struct range_answer a =
                    ranges_judge(ranges, str_of(codes[i]), expr_decimal_of_int(v), str_of(units[i]));
                if (a.state == RANGE_OK && a.other_unit.len > 0) abort();
                if (a.state == RANGE_NONE && a.kind.len > 0) abort();
                if (a.kind.len > 0 && !ranges_kind_days(ranges, a.kind, &days)) abort();
            }
        (void)ranges_pair_fits(ranges, STR("systolic"), expr_decimal_of_int(1), STR("diastolic"),
                               expr_decimal_of_int(2));
    }
    arena_close(mem);
    return 0;
}
