/* SPDX-License-Identifier: Apache-2.0
 * cli_findings - findings, for people and as JSON. */
#ifndef SALVE_CLI_FINDINGS_H
#define SALVE_CLI_FINDINGS_H

#include "cli/cli_int.h"
#include "visit/check.h"

/* cli_findings_print - a line a finding with its reason, or JSON. */
SALVE_MUST_USE enum salve_code cli_findings_print(const struct cli *cli, const struct visit_findings *findings,
                                                  struct salve_err *err);

#endif
