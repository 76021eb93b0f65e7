/* SPDX-License-Identifier: Apache-2.0
 * What happens when an invariant does not hold; see assert.h. */
#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>

void salve_assert_failed(const char *claim, const char *file, int line)
{
    (void)fprintf(stderr, "salve: broken invariant at %s:%d: %s\n", file, line, claim);
    abort();
}
