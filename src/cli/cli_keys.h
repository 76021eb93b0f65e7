/* SPDX-License-Identifier: Apache-2.0
 * cli_keys - the recovery sheet of a site. */
#ifndef SALVE_CLI_KEYS_H
#define SALVE_CLI_KEYS_H

#include "cli/cli_int.h"

/* cli_recovery_sheet - writes it to `path`, .pdf or .html, 0600: with the key of the configured key file, where there
 * is one. */
SALVE_MUST_USE enum salve_code cli_recovery_sheet(struct cli *cli, struct str name, struct str language,
                                                  const char *path, struct salve_err *err);

#endif
