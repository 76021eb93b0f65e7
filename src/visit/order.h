/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/order - samples that are drawn for a laboratory: a label for each tube, random letters that say nothing of
 * anybody, and in the person's record what was drawn under it (a ServiceRequest a test, the label as its requisition).
 * The laboratory gets tube and label, no name. A result comes back with the label, and whoever enters it sees on the
 * person's screen whether that label is one of theirs: a tube that was mixed up is seen before its number is kept. */
#ifndef SALVE_VISIT_ORDER_H
#define SALVE_VISIT_ORDER_H

#include "visit/content.h"
#include "visit/visit.h"

enum { VISIT_LABEL_LETTERS = 10, VISIT_ORDER_TESTS_MAX = 32 };

struct visit_order {
    struct str label; /* "KTRMQ-XBDWF", the last letter a check */
    struct str tube;  /* of packages.json */
    struct str tests[VISIT_ORDER_TESTS_MAX];
    size_t test_count;
};

/* visit_order - notes that samples for these tests (words of measure.def) were drawn, one label a tube, in the record
 * that `who` opens. Texts live in visit->mem. Made again it is another order: a tube that was spilt has a new label.
 *   errors   E_INVALID (no test, or too many); E_USAGE names a test that no laboratory does (packages.json, `tubes`);
 *            those of visit_import */
SALVE_MUST_USE enum salve_code visit_order(const struct visit *visit, struct str who, const struct str *tests,
                                           size_t count, struct visit_order **out, size_t *out_count,
                                           struct salve_err *err);

/* visit_label_fits - is it written like a label, and does its check letter fit? */
bool visit_label_fits(struct str label);

#endif
