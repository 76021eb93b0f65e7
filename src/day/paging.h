/* SPDX-License-Identifier: Apache-2.0
 *
 * paging - which tickets a page of a list of open work has (orders.h): those behind the place at which the page before
 * ended, and before them what came in front of it since, so that nothing is passed over whatever is written between. */
#ifndef SALVE_DAY_PAGING_H
#define SALVE_DAY_PAGING_H

#include "base/arena.h"
#include "day/orders.h"

enum { WORK_CHOSEN_MAX = 100 };

/* Where a page ended: behind `key`, when so many changes had been, of the orders with that mark. */
struct work_place {
    bool is_begun; /* false: nothing was read yet */
    uint64_t mark, changes;
    struct work_key key;
};

struct work_chosen {
    struct work_facts all[WORK_CHOSEN_MAX];
    size_t count, most; /* most: in, 1 to WORK_CHOSEN_MAX */
    struct work_place end;
    bool is_again; /* it begins from the front once more: the place is of other orders, or too much came since */
    bool has_more;
};

/* work_choose - the next page. work_place_write, work_place_read - a place as text; empty: nothing was read yet.
 * E_INVALID: that is none. */
void work_choose(const struct work_orders *orders, enum work_list list, const struct work_place *place,
                 struct work_chosen *chosen);
SALVE_MUST_USE enum salve_code work_place_write(const struct work_place *place, struct arena *mem, struct str *out,
                                                struct salve_err *err);
SALVE_MUST_USE enum salve_code work_place_read(struct str text, struct work_place *out, struct salve_err *err);

#endif
