/* SPDX-License-Identifier: Apache-2.0
 *
 * query - parameters as they stand in an address or a form: "a=b&c=d" with %-escapes (RFC 3986, 2.1;
 * application/x-www-form-urlencoded). One reader for all that is decided by them, so that two never read one text as
 * two. Pure.
 *
 *     while (query_next(&rest, &name, &value)) {
 *         TRY(query_decode(value, true, mem, &text, err));
 *         ... */
#ifndef SALVE_BASE_QUERY_H
#define SALVE_BASE_QUERY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* query_next - cuts the next parameter off *rest, as it stands there; what is empty between two "&" is passed over.
 * Without "=" its value is absent. false: no more. */
bool query_next(struct str *rest, struct str *name, struct str *value);

/* query_decode - a text without its escapes; is_form: "+" is a space. *out in mem.
 *   errors   E_INVALID (err->why says it, the element is "parameter"): an escape that is none, a NUL, no UTF-8 */
SALVE_MUST_USE enum salve_code query_decode(struct str text, bool is_form, struct arena *mem, struct str *out,
                                            struct salve_err *err);

/* query_put - the reverse: letters, digits, and what of `plain` stand as they are. */
void query_put(struct buf *out, struct str text, const char *plain);

#endif
