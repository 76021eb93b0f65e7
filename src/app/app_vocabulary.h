/* SPDX-License-Identifier: Apache-2.0
 *
 * app_vocabulary - value sets and code systems that --vocabulary names. */
#ifndef SALVE_APP_APP_VOCABULARY_H
#define SALVE_APP_APP_VOCABULARY_H

#include "app/app_int.h"
#include "terms/terms.h"

/* app_vocabulary_read - the ValueSets and CodeSystems of each --vocabulary: a file, or a folder of which each *.json is
 * read, in the order of the names. NULL where the option is not there. terms_done is still to be called. */
SALVE_MUST_USE enum salve_code app_vocabulary_read(struct app *app, struct terms **out, struct salve_err *err);

#endif
