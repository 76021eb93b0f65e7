/* SPDX-License-Identifier: Apache-2.0
 * Telling, and closing of alarms. */
#include "visit/inbox.h"

#include "visit/visit_int.h"

enum salve_code visit_tell(const struct visit *visit, struct str card, const struct screen_tell *tell, size_t *count,
                           struct salve_err *err)
{
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = screen_tell(view, visit->actor, tell, visit->mem, count, err);
    return visit_view_close(&view, code, err);
}

enum salve_code visit_close(const struct visit *visit, struct str card, size_t *count, struct salve_err *err)
{
    struct rec_view *view = NULL;
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = screen_close(view, visit->actor, visit->mem, count, err);
    return visit_view_close(&view, code, err);
}

static enum salve_code read_told(const struct visit *visit, struct rec_view *view, enum screen_state state,
                                 struct visit_told *out, struct salve_err *err)
{
    struct screen_set *set = &out->sets[state];
    enum salve_code code = screen_findings(view, state, visit->mem, set, err);
    if (code == SALVE_E_NOT_FOUND) *set = (struct screen_set){0};
    if (code == SALVE_E_NOT_FOUND) return SALVE_OK;
    return code == SALVE_OK ? screen_told_read(view, set, visit->mem, &out->told[state], err) : code;
}

enum salve_code visit_told(const struct visit *visit, struct str card, struct visit_told *out, struct salve_err *err)
{
    struct rec_view *view = NULL;
    *out = (struct visit_told){0};
    enum salve_code code = visit_view_open(visit, card, 0, &view, err);
    if (code == SALVE_OK) code = read_told(visit, view, SCREEN_DRAFT, out, err);
    if (code == SALVE_OK) code = read_told(visit, view, SCREEN_SIGNED, out, err);
    return visit_view_close(&view, code, err);
}
