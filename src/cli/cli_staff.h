/* SPDX-License-Identifier: Apache-2.0
 * cli_staff - members who are named on the command line, and their first secrets. */
#ifndef SALVE_CLI_STAFF_H
#define SALVE_CLI_STAFF_H

#include "cli/cli_login.h"
#include "cli/cli_reply.h"
#include "visit/site.h"

/* First PINs: from the file, or made up; those are handed out once. */
struct cli_first_pins {
    struct cli *cli;
    struct cli_pins file;
    struct visit_member *members;
    bool *is_made_up;
    size_t count;
};

/* cli_members_read - those of --staff, each NAME:ROLE; there is room for two more. cli_first_pins - a secret for each
 * that has none; cli_pins_drop is owed for its file. What is made up is a PIN, and a passphrase where browsers reach
 * the server by a name: a PIN alone opens nothing there. */
SALVE_MUST_USE enum salve_code cli_members_read(const struct cli *cli, struct visit_member **out, size_t *count,
                                                struct salve_err *err);
SALVE_MUST_USE enum salve_code cli_first_pins(struct cli *cli, struct visit_member *members, size_t count,
                                              struct cli_first_pins *out, struct salve_err *err);

/* cli_made_up_pin - of one member; STR_NONE where it was not made up. cli_pins_tell - all that were, once.
 * cli_member_put - a member in JSON. */
struct str cli_made_up_pin(const struct cli_first_pins *pins, struct str id);
void cli_pins_tell(const struct cli_first_pins *pins, struct cli_reply *reply);
void cli_member_put(struct cli_reply *reply, const struct staff *staff, struct str pin);

#endif
