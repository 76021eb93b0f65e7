/* SPDX-License-Identifier: Apache-2.0
 * A file of somebody who wants nothing stored: it passes what an import passes, and is judged as it came if it does
 * not. */
#include "admit/import.h"
#include "fhir/fhir.h"
#include "visit/check.h"
#include "visit/visit_int.h"

static enum salve_code check(const struct visit *visit, const struct visit_paper *paper, const struct tape *bundle,
                             struct salve_err *err)
{
    struct fhir_issues issues;
    fhir_issues_init(&issues, visit->mem);
    enum salve_code code = admit_check(site_admission(visit->site), bundle, STR(""), visit->mem, &issues, err);
    if (code == SALVE_E_NOT_ADMITTED && paper->issues != NULL) paper->issues(paper->with, &issues);
    return code;
}

static enum salve_code admitted(const struct visit *visit, struct visit_paper *paper, struct tape *bundle,
                                struct salve_err *err)
{
    struct admit_kept kept;
    if (!paper->minimise) return check(visit, paper, bundle, err);
    enum salve_code code = admit_minimise(site_admission(visit->site), bundle, STR(""), visit->mem, &kept, err);
    if (code == SALVE_E_NOT_ADMITTED) return check(visit, paper, bundle, err);
    if (code != SALVE_OK) return code;
    *bundle = kept.tape;
    paper->left_out = kept.counts;
    paper->rule_count = kept.rule_count;
    return SALVE_OK;
}

static enum salve_code tell_alarms(const struct visit *visit, const struct visit_screening *screening,
                                   const struct visit_paper *paper, const struct tape *bundle, struct salve_err *err)
{
    struct screen_found found = {0};
    if (paper->alarms == NULL) return SALVE_OK;
    TRY(visit_alarms(visit, screening, NULL, bundle, &found, err));
    if (found.count > 0) paper->alarms(paper->with, &found);
    return SALVE_OK;
}

enum salve_code visit_paper_read(const struct visit *visit, const struct visit_screening *screening,
                                 struct visit_paper *paper, struct screen_ask *out, uint32_t *unread_answers,
                                 struct salve_err *err)
{
    struct tape bundle, came;
    TRY(import_read(paper->bytes, visit->mem, &bundle, NULL, err));
    TRY(import_answers(site_admission(visit->site), &bundle, visit->mem, unread_answers, err));
    came = bundle;
    enum salve_code code = admitted(visit, paper, &bundle, err);
    if (code == SALVE_OK) return visit_file_tapes(visit, &bundle, out, err);
    struct salve_err untold = {0};
    if (tell_alarms(visit, screening, paper, &came, &untold) == SALVE_OK) return code;
    if (err != NULL) *err = untold;
    return untold.code;
}

enum salve_code visit_paper_screen(const struct visit *visit, const struct visit_screening *screening,
                                   struct visit_paper *paper, struct screen_found *out, struct salve_err *err)
{
    struct screen_ask ask;
    struct finding *list = NULL;
    *out = (struct screen_found){0};
    TRY(visit_paper_read(visit, screening, paper, &ask, &out->unread_answers, err));
    TRY(screen_evaluate(screening->screen, &ask, visit->mem, &list, &out->count, err));
    out->list = list;
    return SALVE_OK;
}
