/* SPDX-License-Identifier: Apache-2.0
 *
 * cli_again - what was in the record before, and what became of it, in words. */
#ifndef SALVE_CLI_CLI_AGAIN_H
#define SALVE_CLI_CLI_AGAIN_H

#include "cli/cli_int.h"
#include "visit/import.h"

/* cli_again_text - a line for each thing that came again. cli_stale_tell - findings that rest on what was taken back or
 * changed, also with --quiet. cli_is_theirs - asks the person at the desk, who sees what file and record say; no where
 * nobody can be asked. */
void cli_again_text(const struct visit_imported *sum, struct buf *out);
void cli_stale_tell(const struct cli *cli, uint64_t count, uint64_t urgent);
bool cli_is_theirs(struct cli *cli, const struct visit_whose *whose);

#endif
