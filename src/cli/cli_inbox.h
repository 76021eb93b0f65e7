/* SPDX-License-Identifier: Apache-2.0
 * cli_inbox - open work as lines, and the file that names urgent rows of an import. */
#ifndef SALVE_CLI_INBOX_H
#define SALVE_CLI_INBOX_H

#include <stdio.h>

#include "cli/cli_reply.h"
#include "visit/import.h"
#include "visit/inbox.h"

/* cli_work_add - what is open about one person: "open": {..} in JSON, a line for people; nothing where nothing is. */
void cli_work_add(struct cli_reply *reply, const struct work *work);

/* cli_work_unreadable - says that so many entries of the list do not open, and ends with that where nothing is urgent.
 */
void cli_work_unreadable(struct cli *cli, uint64_t unreadable);

/* The file of urgent rows: "row,ticket,urgency", one line a row, each on the disk before the import goes on.
 * cli_urgent_begun - a file that holds something is not written over (E_CONFLICT); one that an earlier run left goes
 * on, without the lines of rows that are done again. */
SALVE_MUST_USE enum salve_code cli_urgent_begun(FILE *file, const char *path, const struct rec_rows_state *state,
                                                struct salve_err *err);
SALVE_MUST_USE enum salve_code cli_urgent_keep(FILE *file, const char *path, uint64_t row, struct str ticket,
                                               enum urgency urgency, struct salve_err *err);

#endif
