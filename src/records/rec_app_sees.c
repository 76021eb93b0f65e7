/* SPDX-License-Identifier: Apache-2.0
 *
 * Which resources a view of an app shows: those of its scopes, with their conditions as FHIR searches (smart.h). What
 * is not of them leaves the gate to nobody. */
#include "records/apps_int.h"
#include "records/view_int.h"
#include "search/search.h"

enum { WORK_BYTES = 4 << 20 };

enum salve_code rec_app_sight_make(struct site *site, struct str scope, struct arena *mem, struct smart_sight **out,
                                   struct salve_err *err)
{
    struct search_world *world = arena_new(mem, struct search_world);
    if (world == NULL) return salve_fail(err, SALVE_E_MEMORY, "scope");
    world->now_unix_ms = site_now_unix_ms(site);
    TRY(site_zone(site, &world->zone, err));
    return smart_sight_make(scope, world, mem, out, err);
}

bool rec_app_sees(const struct rec_view *view, const struct rec_resource *resource)
{
    bool sees = view->sight == NULL;
    const struct search_resource asked = {&resource->tape, resource->id, resource->saved_at_unix_ms};
    if (sees) return true;
    struct arena *work = arena_open_private(WORK_BYTES);
    if (work == NULL || smart_sight_shows(view->sight, SMART_READS | SMART_SEARCHES, &asked, work, &sees, NULL) != 0)
        sees = false;
    arena_close(work);
    return sees;
}
