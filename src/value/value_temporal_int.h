/* SPDX-License-Identifier: Apache-2.0
 * What the two temporal files share. */
#ifndef SALVE_VALUE_TEMPORAL_INT_H
#define SALVE_VALUE_TEMPORAL_INT_H

#include "base/clock.h"
#include "value/scalar.h"

#define EXPR_DAY_MS INT64_C(86400000)

/* expr_temporal_ms - milliseconds of the fields as they stand (since 1970-01-01T00:00, or since midnight), the offset
 * left out of account. */
int64_t expr_temporal_ms(const struct expr_temporal *t);
bool expr_temporal_set_ms(struct expr_temporal *t, int64_t ms); /* false outside of the years 1..9999 */

/* expr_temporal_align - bring two dateTimes to one offset; false if one has an offset and the other none. */
bool expr_temporal_align(struct expr_temporal *a, struct expr_temporal *b, int default_offset_minutes);

#endif
