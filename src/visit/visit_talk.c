/* SPDX-License-Identifier: Apache-2.0
 * What waits to be told in person: from the signing on, until it was. */
#include "visit/content.h"
#include "visit/release_int.h"
#include "visit/visit_int.h"

bool visit_waits_for_talk(void *with, const struct finding *finding, struct str id)
{
    const struct visit_talks *in = with;
    static const struct screen_told nobody = {.is_told = false};
    const struct screen_told *told = &nobody;
    for (size_t i = 0; i < in->drafts.set.count; i++)
        if (str_eq(in->drafts.set.ids[i], id)) told = &in->drafts.told[i];
    return visit_is_withheld(in->content, finding, told);
}

enum salve_code visit_talks_read(const struct visit *visit, struct rec_view *view, struct visit_talks *out,
                                 struct salve_err *err)
{
    *out = (struct visit_talks){.content = visit->content};
    enum salve_code code = screen_findings(view, SCREEN_DRAFT, visit->mem, &out->drafts.set, err);
    if (code == SALVE_E_NOT_FOUND) {
        out->drafts.set.count = 0;
        return SALVE_OK; /* signing says it, and what makes some */
    }
    if (code == SALVE_OK) code = screen_told_read(view, &out->drafts.set, visit->mem, &out->drafts.told, err);
    return code == SALVE_OK ? screen_unjudged(view, &out->drafts.has_unjudged, err) : code;
}

/* What is signed and still waits, by part of the record. */
static enum salve_code waiting(const struct visit *visit, struct rec_view *view, bool waits[WORK_PARTS],
                               struct salve_err *err)
{
    struct screen_set set = {0};
    struct screen_told *told = NULL;
    enum salve_code code = screen_findings(view, SCREEN_SIGNED, visit->mem, &set, err);
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    if (code == SALVE_OK) code = screen_told_read(view, &set, visit->mem, &told, err);
    for (size_t i = 0; code == SALVE_OK && i < set.count; i++)
        if (visit_is_withheld(visit->content, &set.findings[i], &told[i]))
            waits[set.findings[i].apart != 0 ? WORK_APART : WORK_KEPT] = true;
    return code;
}

enum salve_code visit_talked(const struct visit *visit, struct rec_view *view, struct salve_err *err)
{
    bool waits[WORK_PARTS] = {false};
    if (visit->content == NULL) return SALVE_OK; /* nobody knows what is told in person: the list keeps it */
    TRY(waiting(visit, view, waits, err));
    if (!waits[WORK_KEPT]) TRY(screen_work_talked(view, WORK_KEPT, visit->mem, err));
    if (waits[WORK_APART] || !rec_shows(view, CLASS_SENS)) return SALVE_OK; /* who does not see it ends nothing of it */
    return screen_work_talked(view, WORK_APART, visit->mem, err);
}
