/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/trust - how a device is taught to trust a site that has an authority of its own: a sheet that is printed when
 * the site is made, and the page that a device without trust opens. Words of <share>/letters/trust.<language>.json. */
#ifndef SALVE_VISIT_TRUST_H
#define SALVE_VISIT_TRUST_H

#include "letter/draw.h"
#include "letter/letter.h"
#include "records/certify.h" /* for faces: the authority whose sheet it is */

struct visit_trust {
    struct str name, origin;       /* "salve.home.arpa", "https://salve.home.arpa" */
    struct str plain;              /* where a device without trust begins: "http://salve.home.arpa/"; empty: nowhere */
    struct str words, fingerprint; /* of the authority (tls/tls.h) */
    int64_t until_unix_ms;
    struct str link; /* of a page: where its certificate is, "/authority.crt"; empty: a sheet of paper */
};

/* Of which share folder, in which language, drawn by whom (NULL: by this process). */
struct visit_trust_ask {
    const char *share;
    struct str language;
    const struct letter_draw *draw;
    bool is_pdf;
};

/* visit_trust_sheet - one self-contained page of HTML without a script, or a PDF.
 *   errors   E_NOT_FOUND: no words in that language; E_INVALID: one is missing; those of letter_form_pdf */
SALVE_MUST_USE enum salve_code visit_trust_sheet(const struct visit_trust_ask *ask, const struct visit_trust *facts,
                                                 struct arena *mem, struct str *bytes, struct salve_err *err);

#endif
