/* SPDX-License-Identifier: Apache-2.0
 *
 * verify on a site that is open already, without asking who wants it: of a copy, and of a site that does not open
 * otherwise. */
#ifndef SALVE_RECORDS_VERIFY_INT_H
#define SALVE_RECORDS_VERIFY_INT_H

#include "records/site_int.h"

SALVE_MUST_USE enum salve_code rec_verify_open(struct site *site, const struct site_verify_ask *ask,
                                               struct site_verify_result *out, struct salve_err *err);

#endif
