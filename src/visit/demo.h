/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/demo - people that Salve makes up, from the folder demo of the content's share folder, and the site of their
 * own that they come to. */
#ifndef SALVE_VISIT_DEMO_H
#define SALVE_VISIT_DEMO_H

#include "fhir/tape.h"
#include "visit/site.h"

enum { VISIT_DEMO_PEOPLE_MAX = 16 };

struct visit_demo_person {
    struct str name, about, language;
    struct str bundle; /* what is measured, on the day of the demonstration */
    struct tape patient;
    const enum purpose *agrees; /* to these */
    size_t agrees_count;
    enum purpose withdraws;   /* 0: nothing */
    bool is_paper, is_erased; /* nothing is stored; the record is erased at the end */
};

enum { VISIT_DEMO_STAFF = 5 };

struct visit_demo {
    struct visit_member members[VISIT_DEMO_STAFF]; /* with the PINs that visit_demo_site made up */
    struct actor staff[VISIT_DEMO_STAFF];          /* logged in */
    const struct str *guidelines;                  /* ids */
    size_t guideline_count;
    struct visit_demo_person people[VISIT_DEMO_PEOPLE_MAX];
    size_t people_count;
};

/* visit_demo_read - demo.json and its people, from visit->content; `now` is the day of their checks. */
SALVE_MUST_USE enum salve_code visit_demo_read(const struct visit *visit, int64_t now_unix_ms, struct visit_demo *out,
                                               struct salve_err *err);

/* visit_demo_site - makes a site with a member of staff of every role, opens it in visit->site and accepts the
 * guidelines of the demonstration: at a real site a named clinician does that. */
SALVE_MUST_USE enum salve_code visit_demo_site(struct visit *visit, const struct site_options *options,
                                               struct visit_demo *demo, struct salve_err *err);

/* visit_demo_as - who acts from now on: the member with that role, or the person with the registrar
 * beside them. Returns visit. */
struct visit *visit_demo_as(struct visit *visit, const struct visit_demo *demo, enum role role);

#endif
