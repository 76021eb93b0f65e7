/* SPDX-License-Identifier: Apache-2.0
 * cli_owner - root at the machine's own site, whose files belong to the user of the service: root reads what only root
 * may read, and becomes that user before it opens anything in the folder. So nothing in it ever belongs to root, and
 * nothing that lies in it leads root elsewhere. */
#ifndef SALVE_CLI_OWNER_H
#define SALVE_CLI_OWNER_H

#include "cli/cli_int.h"

/* cli_become_owner - nothing where this is not root, the site not that of the machine, or root's own. Else the key file
 * of the configuration, and one of --new-key-file, which is made where it is not there, stay readable: their paths are
 * replaced. is_new: the key file, too, is made where it is not there. */
SALVE_MUST_USE enum salve_code cli_become_owner(struct cli *cli, bool is_new, struct salve_err *err);

/* cli_has_other_owner - this is root, and the site of the machine belongs to another user. */
bool cli_has_other_owner(const struct cli *cli);

/* cli_service_start - at the site of the machine, which is whole now: makes the mark that the service manager looks at,
 * and waits until the server answers, where there is a service manager at all. True: it does, and cli->visit.site is
 * that site. */
SALVE_MUST_USE enum salve_code cli_service_start(struct cli *cli, bool *is_there, struct salve_err *err);

/* cli_key_file_make - a key file of random bytes, 0600, where there is none. */
SALVE_MUST_USE enum salve_code cli_key_file_make(const char *path, struct salve_err *err);

#endif
