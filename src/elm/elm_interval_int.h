/* SPDX-License-Identifier: Apache-2.0
 * What interval and list functions share. */
#ifndef SALVE_ELM_INTERVAL_INT_H
#define SALVE_ELM_INTERVAL_INT_H

#include "elm/elm_int.h"

/* Start and end of an interval as points (null: not known); of a point, itself twice. */
struct elm_ends {
    struct expr_value start, end;
};
SALVE_MUST_USE enum salve_code elm_ends_of(struct expr_run *run, struct expr_value v, struct elm_ends *out);
/* The limit of a type; of quantities in the unit of `like`, so that it can be compared with it. */
SALVE_MUST_USE enum salve_code elm_limit_like(struct expr_run *run, enum expr_kind kind, struct expr_value like,
                                              bool is_high, struct expr_value *out);
SALVE_MUST_USE enum salve_code elm_want_interval(struct expr_run *run, struct expr_value v); /* E_TYPE: it is none */

SALVE_MUST_USE enum salve_code elm_list_contains(struct expr_run *run, struct expr_value list, struct expr_value item,
                                                 bool is_proper, struct expr_value *out);
SALVE_MUST_USE enum salve_code elm_list_includes(struct expr_run *run, struct expr_value outer, struct expr_value inner,
                                                 bool is_proper, struct expr_value *out);
SALVE_MUST_USE enum salve_code elm_list_union(struct expr_run *run, const struct expr_value *args,
                                              struct expr_value *out);
SALVE_MUST_USE enum salve_code elm_list_intersect(struct expr_run *run, const struct expr_value *args,
                                                  struct expr_value *out);
SALVE_MUST_USE enum salve_code elm_list_except(struct expr_run *run, const struct expr_value *args,
                                               struct expr_value *out);

#endif
