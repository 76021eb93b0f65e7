/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/site - a new site, and who works there. */
#ifndef SALVE_VISIT_SITE_H
#define SALVE_VISIT_SITE_H

#include "records/certify.h"
#include "visit/visit.h"

struct visit_member {
    struct str id; /* a pseudonym: 1 to 64 of a-z, 0-9, '.', '_', '-' */
    enum role role;
    struct str secret; /* their first PIN or passphrase */
};

/* visit_site_check - may a site be made with that name and that staff? Before anything is asked or made.
 *   errors   E_USAGE: the name ("name") or a pseudonym ("staff ...") breaks its rule */
SALVE_MUST_USE enum salve_code visit_site_check(struct str name, const struct visit_member *members, size_t count,
                                                struct salve_err *err);

/* visit_manager_add - a site has a manager: where none is among the members, one called "manager" is put behind them;
 * there is room for one more. */
void visit_manager_add(struct visit_member *members, size_t *count);

/* visit_pin_make - a random PIN of eight digits; `out` lives in mem, which is private. */
SALVE_MUST_USE enum salve_code visit_pin_make(struct arena *mem, struct str *out, struct salve_err *err);

/* visit_phrase_make - the same as a passphrase of four groups of five letters and digits, 100 bits. */
SALVE_MUST_USE enum salve_code visit_phrase_make(struct arena *mem, struct str *out, struct salve_err *err);

/* visit_site_make - a new site with every optional purpose off, closed again. Its first member is a manager, who adds
 * the others: one of `members`, all of whom have a secret. The log's name is made from the site's. `told` is called
 * when the site is whole and not in its place yet, to hand out what is shown once: its error undoes the making.
 *   errors   E_USAGE: no manager is among them */
struct visit_site_ask {
    struct str name;
    const struct visit_member *members;
    size_t count;
    struct str zone;                                            /* IANA time zone; empty: UTC */
    enum salve_code (*told)(void *with, struct salve_err *err); /* may be NULL */
    void *with;
    struct str languages;               /* BCP 47, a space between; empty: "en ar" */
    struct str host;                    /* with authority: the server's name */
    struct site_certificate *authority; /* it gets one of its own, which is told here, in mem; NULL: none */
};
SALVE_MUST_USE enum salve_code visit_site_make(const struct site_options *options, const struct visit_site_ask *ask,
                                               struct arena *mem, struct salve_err *err);

/* visit_settings_json - {"name":..,"languages":..,"assentAgeYears":..,"consentAgeYears":..,"majorityAgeYears":..,
 * "nameIndex":..,"identifierSystems":..,"nationalPatterns":..,"units":..,"lockSeconds":.. (where set),"zone":..,
 * "clinic":{..}} */
struct json_writer;
struct visit_clinic;
void visit_settings_json(const struct site_settings *settings, const struct visit_clinic *clinic,
                         struct json_writer *w);

/* visit_staff_add - adds members, managers first; all names and secrets are checked before one is added. The actor is a
 * manager; `second` confirms managers and clinicians (records/staff.h) and may be NULL. */
SALVE_MUST_USE enum salve_code visit_staff_add(const struct visit *visit, const struct actor *second,
                                               const struct visit_member *members, size_t count, struct salve_err *err);

#endif
