/* SPDX-License-Identifier: Apache-2.0
 * The table of FHIRPath functions, made of the rows of fhirpath_functions.def. */
#include "fhirpath/fhirpath_int.h"

#define CALL(name, min, max, result, function, meaning) {{#name, function}, min, max, result, NULL},
#define FORM(name, min, max, result, function, meaning) {{#name, NULL}, min, max, result, function},
const struct fp_function fp_functions[] = {
#include "fhirpath/fhirpath_functions.def"
    {.function = {NULL, NULL}},
};
#undef CALL
#undef FORM
