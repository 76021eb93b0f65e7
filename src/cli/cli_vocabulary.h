/* SPDX-License-Identifier: Apache-2.0
 *
 * cli_vocabulary - value sets and code systems that --vocabulary names. */
#ifndef SALVE_CLI_APP_VOCABULARY_H
#define SALVE_CLI_APP_VOCABULARY_H

#include "cli/cli_int.h"
#include "terms/terms.h"

/* cli_vocabulary_read - the ValueSets and CodeSystems of each --vocabulary: a file, or a folder of which each *.json is
 * read, in the order of the names. NULL where the option is not there. terms_done is still to be called. */
SALVE_MUST_USE enum salve_code cli_vocabulary_read(struct cli *cli, struct terms **out, struct salve_err *err);

#endif
