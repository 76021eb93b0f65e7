/* SPDX-License-Identifier: Apache-2.0
 *
 * Which resources a view of an app shows: those of its scopes, with their conditions as FHIR searches (smart.h). What
 * is not of them leaves the gate to nobody. */
#include "records/apps_int.h"
#include "records/view_int.h"
#include "search/search.h"

enum { WORK_BYTES = 4 << 20 };

struct rec_app_sight {
    struct search_world world;
    struct smart_sight *of;
};

enum salve_code rec_app_sight_make(struct site *site, struct str scope, struct arena *mem, struct rec_app_sight **out,
                                   struct salve_err *err)
{
    struct rec_app_sight *sight = arena_new(mem, struct rec_app_sight);
    if (sight == NULL) return salve_fail(err, SALVE_E_MEMORY, "scope");
    sight->world.now_unix_ms = site_now_unix_ms(site);
    TRY(site_zone(site, &sight->world.zone, err));
    TRY(smart_sight_make(scope, &sight->world, mem, &sight->of, err));
    *out = sight;
    return SALVE_OK;
}

bool rec_app_sees(const struct rec_view *view, const struct rec_resource *resource)
{
    struct rec_app_sight *sight = view->sight;
    const struct search_resource asked = {&resource->tape, resource->id, resource->saved_at_unix_ms};
    bool sees = false;
    if (sight == NULL) return true;
    if (site_zone(view->site, &sight->world.zone, NULL) != SALVE_OK) return false; /* it goes with the settings */
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL ||
        smart_sight_shows(sight->of, SMART_READS | SMART_SEARCHES, &asked, work, &sees, NULL) != SALVE_OK)
        sees = false;
    arena_close(work);
    return sees;
}
