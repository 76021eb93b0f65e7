/* SPDX-License-Identifier: Apache-2.0
 * cli_commands - one function a command, cli_<name>, in a row of commands.def; each is the whole of what its command
 * does. */
#ifndef SALVE_CLI_COMMANDS_H
#define SALVE_CLI_COMMANDS_H

#include "cli/cli_int.h"

#define COMMAND(function, ...) enum salve_code cli_##function(struct cli *cli, struct salve_err *err);
#include "cli/commands.def"
#undef COMMAND

#endif
