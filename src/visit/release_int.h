/* SPDX-License-Identifier: Apache-2.0
 * What waits to be told in person: include only from src/visit/. */
#ifndef SALVE_VISIT_RELEASE_INT_H
#define SALVE_VISIT_RELEASE_INT_H

#include "visit/check.h"
#include "visit/person.h"
#include "visit/release.h"

/* Drafts about to be signed. visit_talks_read - none is no error. visit_waits_for_talk - of screen_signing.talks, with
 * a struct visit_talks. */
struct visit_talks {
    const struct visit_content *content;
    struct visit_drafts drafts;
};
enum salve_code visit_talks_read(const struct visit *visit, struct rec_view *view, struct visit_talks *out,
                                 struct salve_err *err);
bool visit_waits_for_talk(void *with, const struct finding *finding, struct str id);

/* visit_before - fills what stands beside the findings of `out`. `told`: they are of its sets. */
struct visit_told;
enum salve_code visit_before(const struct visit *visit, struct rec_view *view, const struct visit_told *told,
                             struct visit_findings *out, struct salve_err *err);

/* visit_talked - somebody was told: what waits for no talk any more leaves the work list. */
enum salve_code visit_talked(const struct visit *visit, struct rec_view *view, struct salve_err *err);

#endif
