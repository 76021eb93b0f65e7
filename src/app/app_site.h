/* SPDX-License-Identifier: Apache-2.0
 * app_site - what every command on a site needs: the site opened with its secret, and the one who acts. */
#ifndef SALVE_APP_SITE_H
#define SALVE_APP_SITE_H

#include "app/app_int.h"
#include "records/records.h"

/* A passphrase in locked memory; app_secret_drop wipes it. */
struct app_secret {
    char *text;
    size_t len;
};
SALVE_MUST_USE enum salve_code app_secret_get(const struct app *app, bool is_new, struct app_secret *secret,
                                              struct site_secret *out, struct salve_err *err);
void app_secret_drop(struct app_secret *secret);

/* app_site_open - the site of this invocation. app_site_close - closes it and returns the first failure. */
SALVE_MUST_USE enum salve_code app_site_open(struct app *app, struct site **out, struct salve_err *err);
SALVE_MUST_USE enum salve_code app_site_close(struct site **site, enum salve_code code, struct salve_err *err);

/* app_actor - who acts: the staff member of --as, or else the person themself.
 * app_staff_actor - the same where a person cannot act alone: E_USAGE without --as. */
SALVE_MUST_USE enum salve_code app_actor(struct app *app, struct site *site, struct actor *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code app_staff_actor(struct app *app, struct site *site, struct actor *out,
                                               struct salve_err *err);

/* app_view_open - a view of the person with that card: purpose SELF for the person, CARE for staff. app_view_close
 * closes
 * view and site and returns the first failure. */
SALVE_MUST_USE enum salve_code app_view_open(struct app *app, struct site *site, const char *card, struct actor actor,
                                             struct rec_view **out, struct salve_err *err);
SALVE_MUST_USE enum salve_code app_view_close(struct rec_view **view, enum salve_code code, struct salve_err *err);

/* app_looked_print - who looked, a line each; the proofs go to --proofs. E_INTEGRITY if a line is not in the log. */
SALVE_MUST_USE enum salve_code app_looked_print(struct app *app, struct rec_view *view, struct salve_err *err);

#endif
