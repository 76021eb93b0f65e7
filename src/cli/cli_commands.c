/* SPDX-License-Identifier: Apache-2.0
 * The command table: help, man page, completion and dispatch all come from the rows of commands.def. */
#include "cli/cli_commands.h"

const struct cli_command cli_commands[] = {
#define COMMAND(function, ...) {.run = cli_##function, __VA_ARGS__},
#include "cli/commands.def"
#undef COMMAND
};

const size_t cli_command_count = sizeof cli_commands / sizeof *cli_commands;
