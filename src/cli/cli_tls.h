/* SPDX-License-Identifier: Apache-2.0
 * cli_tls - the sheet by which devices learn to trust a site, for `tls sheet` and `init`. */
#ifndef SALVE_CLI_TLS_H
#define SALVE_CLI_TLS_H

#include "cli/cli_int.h"
#include "cli/cli_reply.h"
#include "visit/trust.h"

/* cli_authority_tell - its name, words, fingerprint and time. */
void cli_authority_tell(const struct site_certificate *authority, struct cli_reply *reply);

/* cli_trust_sheet - HTML or a PDF, in cli->mem; address and plain address are those of the configuration.
 *   errors   those of cli_share_dir and visit_trust_sheet */
SALVE_MUST_USE enum salve_code cli_trust_sheet(struct cli *cli, const struct site_certificate *authority,
                                               struct str language, bool is_pdf, struct str *out,
                                               struct salve_err *err);

#endif
