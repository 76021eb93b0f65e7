/* SPDX-License-Identifier: Apache-2.0
 * Any bytes: fhir_xhtml_ok must say yes, or name the rule that is broken. */
#include <stdlib.h>

#include "fhir/fhir.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *rule, *text;
    bool is_ok = fhir_xhtml_ok(str_make((const char *)data, size), &rule, &text);
    if (is_ok != (rule == NULL) || is_ok != (text == NULL)) abort();
    return 0;
}
