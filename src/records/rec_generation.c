/* SPDX-License-Identifier: Apache-2.0
 *
 * The number by which others see that something changed. */
#include "records/gate.h"
#include "records/site_int.h"

void site_generation_use(struct site *site, _Atomic uint64_t *generation)
{
    salve_assert(site->ops == &rec_near_ops);
    site->generation = generation;
}

void rec_changed(struct site *site)
{
    if (site->generation != NULL) (void)atomic_fetch_add_explicit(site->generation, 1, memory_order_release);
}
