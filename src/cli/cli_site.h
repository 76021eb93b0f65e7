/* SPDX-License-Identifier: Apache-2.0
 * cli_site - what every command on a site needs: the site opened with its secret, and the one who acts. */
#ifndef SALVE_CLI_SITE_H
#define SALVE_CLI_SITE_H

#include "cli/cli_int.h"
#include "records/rec.h"
#include "records/site.h"

/* A passphrase in locked memory; cli_secret_drop wipes it. */
struct cli_secret {
    char *text;
    size_t len;
};
SALVE_MUST_USE enum salve_code cli_secret_get(const struct cli *cli, bool is_new, struct cli_secret *secret,
                                              struct site_secret *out, struct salve_err *err);
void cli_secret_drop(struct cli_secret *secret);

/* cli_site_open - the site of this invocation. cli_site_close - closes it and returns the first failure. */
SALVE_MUST_USE enum salve_code cli_site_open(struct cli *cli, struct site **out, struct salve_err *err);
SALVE_MUST_USE enum salve_code cli_site_close(struct site **site, enum salve_code code, struct salve_err *err);

/* cli_actor - who acts: the staff member of --as, or else the person themself.
 * cli_staff_actor - the same where a person cannot act alone: E_USAGE without --as. */
SALVE_MUST_USE enum salve_code cli_actor(struct cli *cli, struct site *site, struct actor *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code cli_staff_actor(struct cli *cli, struct site *site, struct actor *out,
                                               struct salve_err *err);

/* cli_view_open - a view of the person with that card: purpose SELF for the person, CARE for staff. cli_view_close
 * closes view and site and returns the first failure. */
SALVE_MUST_USE enum salve_code cli_view_open(struct cli *cli, struct site *site, const char *card, struct actor actor,
                                             struct rec_view **out, struct salve_err *err);
SALVE_MUST_USE enum salve_code cli_view_close(struct rec_view **view, enum salve_code code, struct salve_err *err);

/* cli_looked_print - who looked, a line each; the proofs go to --proofs. E_INTEGRITY if a line is not in the log. */
SALVE_MUST_USE enum salve_code cli_looked_print(struct cli *cli, struct rec_view *view, struct salve_err *err);

#endif
