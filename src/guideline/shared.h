/* SPDX-License-Identifier: Apache-2.0
 *
 * guideline/shared - files of guidelines as they stand in the share folder. What a site keeps of a guideline mostly
 * stands there with the same bytes; whoever knows their hash need not have them sent.
 *
 * guideline_libraries_share - from here on files may be looked for in `share`, which outlives `libraries`.
 * guideline_shared_file - a file by its name as in guideline_files; *out lives as long as mem. false: there is no such
 * file, or none that can be read, or no share folder is known. Whether it is the right one the caller finds out. */
#ifndef SALVE_GUIDELINE_SHARED_H
#define SALVE_GUIDELINE_SHARED_H

#include "guideline/guideline.h"

void guideline_libraries_share(struct guideline_libraries *libraries, const char *share);
bool guideline_shared_file(const struct guideline_libraries *libraries, struct str id, struct str name,
                           struct arena *mem, struct str *out);

#endif
