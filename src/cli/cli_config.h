/* SPDX-License-Identifier: Apache-2.0
 * cli_config - the configuration of an invocation: which file it is, and what options say (config/config.h).
 *
 * The file is that of --config or $SALVE_CONFIG; else, where -C, $SALVE_SITE or the operand of init or serve names a
 * site, salve.conf in its folder; else, and where the machine's own file names that very folder,
 * /etc/salve/salve.conf. There may be none. */
#ifndef SALVE_CLI_CONFIG_H
#define SALVE_CLI_CONFIG_H

#include "cli/cli_int.h"

/* cli_configure - cli->config and cli->config_file, for a command that has a use for them. E_CONFIG, E_NOT_FOUND: a
 * file that was named is not there. cli_configure_again - the same sources read once more, into mem. */
SALVE_MUST_USE enum salve_code cli_configure(struct cli *cli, struct salve_err *err);
SALVE_MUST_USE enum salve_code cli_configure_again(const struct cli *cli, struct arena *mem, struct config *out,
                                                   struct salve_err *err);

/* cli_is_system - the site is the one that the machine's own file names: a service runs it, with a user of its own. */
bool cli_is_system(const struct cli *cli);

#endif
