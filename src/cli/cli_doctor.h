/* SPDX-License-Identifier: Apache-2.0
 * cli_doctor - what the parts of `doctor` share. */
#ifndef SALVE_CLI_DOCTOR_H
#define SALVE_CLI_DOCTOR_H

#include "cli/cli_reply.h"

struct doctor {
    struct cli *cli;
    struct cli_reply reply;
    unsigned faults;
    bool is_closed; /* something is missing before the site opens for people */
};

/* doctor_tell - one line. `err` is shown behind a fault only; its own next step stands where `next` is NULL.
 * doctor_names - name and certificate, where the site is reached by a name; has_site: it is open. */
void doctor_tell(struct doctor *doctor, bool is_good, const char *what, const struct salve_err *err, const char *next);
void doctor_names(struct doctor *doctor, bool has_site);

#endif
