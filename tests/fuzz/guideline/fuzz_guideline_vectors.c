/* SPDX-License-Identifier: Apache-2.0
 * The door through which a vector file comes: any CSV is tested or refused, over a guideline of one line. */
#include "guideline_case.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct guideline_tally tally = {0};
    struct salve_err err = {0};
    struct str csv = str_make((const char *)bytes, count);
    (void)!guideline_test_vectors(&one_line, STR("f"), csv, NULL, NULL, &tally, &err);
    return 0;
}
