/* SPDX-License-Identifier: Apache-2.0
 * cli_clinic - what is known of the clinic itself: its part of the settings, and what is missing. */
#ifndef SALVE_CLI_CLINIC_H
#define SALVE_CLI_CLINIC_H

#include "cli/cli_reply.h"
#include "visit/clinic.h"

/* cli_clinic_changes - is anything of it on the command line? cli_clinic_change puts that down; *out: as it is then. */
bool cli_clinic_changes(const struct cli *cli);
SALVE_MUST_USE enum salve_code cli_clinic_change(struct cli *cli, struct visit_clinic *out, struct salve_err *err);
void cli_clinic_tell(const struct cli *cli, const struct visit_clinic *clinic, struct cli_reply *reply);

#endif
