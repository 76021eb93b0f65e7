/* SPDX-License-Identifier: Apache-2.0
 * What others get of a record by the person's own word. */
#include "visit/own.h"

#include "records/proof.h"
#include "visit/visit_int.h"

static enum salve_code read_apps(const struct visit *visit, struct rec_view *view, struct visit_own *out,
                                 struct salve_err *err)
{
    struct app_grant *grants = NULL;
    TRY(app_grants(view, visit->mem, &grants, &out->app_count, err));
    out->apps = arena_array(visit->mem, struct visit_own_app, out->app_count + 1);
    if (out->apps == NULL) return salve_fail(err, SALVE_E_MEMORY, "apps");
    for (size_t i = 0; i < out->app_count; i++) {
        out->apps[i].grant = grants[i];
        TRY(smart_scopes_read(grants[i].scope, &out->apps[i].scopes, err));
    }
    return SALVE_OK;
}

static enum salve_code read_own(const struct visit *visit, struct rec_view *view, struct visit_own *out,
                                struct salve_err *err)
{
    struct site_names names;
    TRY(site_names_get(visit->site, visit->mem, &names, err));
    out->may_link = names.origin_count > 0;
    TRY(read_apps(visit, view, out, err));
    return share_list(view, visit->mem, &out->links.list, &out->links.count, err);
}

enum salve_code visit_own(const struct visit *visit, struct str card, struct visit_own *out, struct salve_err *err)
{
    struct rec_view *view = NULL;
    *out = (struct visit_own){.may_link = false};
    enum salve_code code = visit_view_open(visit, card, CLASS_BIT(CLASS_CONSENT), &view, err);
    if (code == SALVE_OK) code = read_own(visit, view, out, err);
    return visit_view_close(visit, &view, code, err);
}
