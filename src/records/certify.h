/* SPDX-License-Identifier: Apache-2.0
 *
 * certify - the site's own authority for certificates of its server (tls/tls.h): its private key is worked out here, by
 * a seed in keys.db, and leaves nowhere. A door of the gate, for sites whose name nobody else certifies.
 *
 *     code = site_authority_make(site, manager, STR("salve.home.arpa"), err);     // once a name; a public leaf
 *     code = site_authority(site, mem, &authority, err);                          // what tablets are taught
 *     code = site_certify(site, point, mem, &certified, err);                     // the process that faces browsers
 */
#ifndef SALVE_RECORDS_CERTIFY_H
#define SALVE_RECORDS_CERTIFY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"

struct site;

/* A certificate in DER, the name that it is for, its time. */
struct site_certificate {
    struct str der, name;
    int64_t from_unix_ms, until_unix_ms;
};

/* site_authority_make - a new authority for this name alone, in place of the one before, if there was one: whoever
 * trusts that one has to be taught anew. actor: MANAGER, TECHNICIAN.
 *   errors  E_ROLE; E_CONFIG: no name that a site can have; E_CLOCK: the time is doubted */
SALVE_MUST_USE enum salve_code site_authority_make(struct site *site, struct actor actor, struct str name,
                                                   struct salve_err *err);

/* site_authority - what anybody may know of it. errors  E_NOT_FOUND: there is none; E_INTEGRITY */
SALVE_MUST_USE enum salve_code site_authority(struct site *site, struct arena *mem, struct site_certificate *out,
                                              struct salve_err *err);

/* site_certify - a certificate of the authority for its name and my.NAME, for a week, for who has the key of `point`
 * (65 bytes, P-256). Over the door for the process that faces browsers alone, at most SITE_CERTIFIED_MAX an hour.
 *   errors  E_NOT_FOUND, E_INTEGRITY; E_INVALID: no point; E_CONFIG: the authority's time is over; E_QUOTA */
enum { SITE_CERTIFIED_MAX = 60 };
SALVE_MUST_USE enum salve_code site_certify(struct site *site, struct str point, struct arena *mem,
                                            struct site_certificate *out, struct salve_err *err);

#endif
