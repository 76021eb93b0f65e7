/* SPDX-License-Identifier: Apache-2.0
 *
 * visit/own - what others get of a record by the person's own word, as one page shows it to them: apps that they let
 * in, and health links. Ending either is in apps.h and share.h.
 *
 *     visit.actor = visit_person(visit.site, told);
 *     visit_own(&visit, card, &own, err);        // one look, as the person
 */
#ifndef SALVE_VISIT_OWN_H
#define SALVE_VISIT_OWN_H

#include "visit/apps.h"
#include "visit/share.h"

struct visit_own_app {
    struct app_grant grant;
    struct smart_scopes scopes; /* of the grant */
};
struct visit_own {
    struct visit_own_app *apps; /* also those that are over, oldest first */
    size_t app_count;
    struct visit_shares links; /* that are good still */
    bool may_link;             /* browsers reach this site by a name, so a link would lead somewhere */
};

/* visit_own - errors: those of opening as the person (E_PIN, E_NOT_FOUND), of app_grants and share_list. */
SALVE_MUST_USE enum salve_code visit_own(const struct visit *visit, struct str card, struct visit_own *out,
                                         struct salve_err *err);

#endif
