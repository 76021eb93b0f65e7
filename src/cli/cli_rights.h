/* SPDX-License-Identifier: Apache-2.0
 * cli_rights - choices and receipts as several commands need them. */
#ifndef SALVE_CLI_RIGHTS_H
#define SALVE_CLI_RIGHTS_H

#include "cli/cli_int.h"
#include "visit/rights.h"

/* cli_purpose - --purpose; E_USAGE if it is missing, unknown, or own access (which needs no agreement). */
SALVE_MUST_USE enum salve_code cli_purpose(const struct cli *cli, enum purpose *out, struct salve_err *err);

/* cli_looked_print - who looked, a line each. E_INTEGRITY if a line is not in the log. */
SALVE_MUST_USE enum salve_code cli_looked_print(struct cli *cli, const struct visit_looks *looks,
                                                struct salve_err *err);

/* cli_is_pdf - whether the ending of --output asks for PDF; none or .html: HTML. E_USAGE: another ending. */
SALVE_MUST_USE enum salve_code cli_is_pdf(const char *path, bool *out, struct salve_err *err);

#endif
