/* SPDX-License-Identifier: Apache-2.0
 * cli_letters - all letters that wait, into a folder. */
#ifndef SALVE_CLI_LETTERS_H
#define SALVE_CLI_LETTERS_H

#include "cli/cli_int.h"

enum salve_code cli_letters(struct cli *cli, struct salve_err *err);

#endif
