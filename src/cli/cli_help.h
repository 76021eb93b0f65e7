/* SPDX-License-Identifier: Apache-2.0
 * cli_help - what help, the manual and completion share: the command table by first words. */
#ifndef SALVE_CLI_HELP_H
#define SALVE_CLI_HELP_H

#include "cli/cli_int.h"

extern const char cli_exit_text[]; /* lines about the exit status */

size_t cli_first_word(const char *name); /* its length: "keys" of "keys rotate" */
bool cli_is_first_alike(size_t at);      /* no row before has the same first word */

#endif
