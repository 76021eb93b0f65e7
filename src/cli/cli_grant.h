/* SPDX-License-Identifier: Apache-2.0
 * cli_grant - one agreement from the options; without --read-back the form is gone through on the terminal. */
#ifndef SALVE_CLI_GRANT_H
#define SALVE_CLI_GRANT_H

#include "cli/cli_int.h"

struct consent_grant;
SALVE_MUST_USE enum salve_code cli_grant_read(struct cli *cli, struct consent_grant *grant, bool *reminds,
                                              struct salve_err *err);

#endif
