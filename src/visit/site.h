/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/site - a new site, and who works there. */
#ifndef SALVE_VISIT_SITE_H
#define SALVE_VISIT_SITE_H

#include "visit/visit.h"

struct visit_member {
    struct str id; /* a pseudonym: 1 to 64 of a-z, 0-9, '.', '_', '-' */
    enum role role;
};

/* visit_site_check - may a site be made with that name and that staff? Before anything is asked or made.
 *   errors   E_USAGE: the name ("name") or a pseudonym ("staff ...") breaks its rule */
SALVE_MUST_USE enum salve_code visit_site_check(struct str name, const struct visit_member *members, size_t count,
                                                struct salve_err *err);

/* visit_site_make - a new site with every optional purpose off, closed again. Its first member is a manager, who adds
 * the others: one of `members`, or else one called "manager". The log's name is made from the site's. */
SALVE_MUST_USE enum salve_code visit_site_make(const struct site_options *options, struct str name,
                                               const struct visit_member *members, size_t count, struct arena *mem,
                                               struct salve_err *err);

/* visit_settings_json - {"name":..,"languages":..,"assentAgeYears":..,"consentAgeYears":..,"majorityAgeYears":..,
 * "nameIndex":..,"identifierSystems":..,"nationalPatterns":..,"units":..} */
struct json_writer;
void visit_settings_json(const struct site_settings *settings, struct json_writer *w);

/* visit_staff_add - adds members, managers first; all are checked before one is added. The actor is a manager. */
SALVE_MUST_USE enum salve_code visit_staff_add(const struct visit *visit, const struct visit_member *members,
                                               size_t count, struct salve_err *err);

/* visit_staff_retire - a member who left: acts no more, stays in what they did. The actor is a manager. E_CONFLICT: the
 * last manager, without whom nobody could be added; E_NOT_FOUND. */
SALVE_MUST_USE enum salve_code visit_staff_retire(const struct visit *visit, struct str id, struct salve_err *err);

#endif
