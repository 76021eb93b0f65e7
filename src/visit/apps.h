/* SPDX-License-Identifier: Apache-2.0
 *
 * apps - an app asks to read somebody's record, and they let it or not (SMART App Launch 2.2); which apps there are.
 *
 *     TRY(visit_app_asked(&visit, query, &asked, err));       // what is shown to the person
 *     TRY(visit_app_allow(&visit, query, &told, &back, err)); // where their browser goes with the code
 */
#ifndef SALVE_VISIT_APPS_H
#define SALVE_VISIT_APPS_H

#include "records/apps.h"
#include "smart/smart.h"
#include "visit/visit.h"

/* A request, as far as it was understood. */
struct visit_app_asked {
    struct smart_app app;
    struct smart_ask ask;
    struct smart_scopes scopes;
    class_mask classes; /* what the person is asked about, one by one */
    struct str refused; /* where the browser goes when the person says no; or, of an error, with it. Empty: nowhere */
};

/* visit_app_asked - reads and checks a request for a code, which is the query of an address. Texts in visit->mem.
 *   errors   E_INVALID; where out->refused is not empty the app is told by it, else the person alone */
SALVE_MUST_USE enum salve_code visit_app_asked(const struct visit *visit, struct str query, struct visit_app_asked *out,
                                               struct salve_err *err);

/* visit_app_allow - the person lets the app read: *back is where their browser goes. classes, days: app_allow. */
struct visit_app_told {
    struct str card, told; /* and the birth date, or the word */
    class_mask classes;
    uint32_t days;
};
SALVE_MUST_USE enum salve_code visit_app_allow(const struct visit *visit, struct str query,
                                               const struct visit_app_told *told, struct str *back,
                                               struct salve_err *err);

/* visit_app_register - a registration as JSON, by a manager. visit_app_end - the app of that id is registered no more;
 * E_NOT_FOUND. */
SALVE_MUST_USE enum salve_code visit_app_register(const struct visit *visit, struct str json, struct smart_app *out,
                                                  struct salve_err *err);
SALVE_MUST_USE enum salve_code visit_app_end(const struct visit *visit, struct str id, struct smart_app *out,
                                             struct salve_err *err);

/* visit_app_document - a registration as it would be given once more, for who changes it. */
SALVE_MUST_USE enum salve_code visit_app_document(const struct visit *visit, const struct smart_app *app,
                                                  struct str *json, struct salve_err *err);

/* visit_let_in - what the person let apps do so far, oldest first; with the card, as the person. visit_let_in_end -
 * ends that of one app, or with an empty id of all; the same whether there was anything. */
SALVE_MUST_USE enum salve_code visit_let_in(const struct visit *visit, struct str card, struct app_grant **out,
                                            size_t *count, struct salve_err *err);
SALVE_MUST_USE enum salve_code visit_let_in_end(const struct visit *visit, struct str card, struct str app,
                                                struct salve_err *err);

/* visit_apps - the apps that are registered and stand, by id. */
SALVE_MUST_USE enum salve_code visit_apps(const struct visit *visit, struct smart_app **out, size_t *count,
                                          struct salve_err *err);

#endif
