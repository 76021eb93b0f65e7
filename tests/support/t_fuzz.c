/* SPDX-License-Identifier: Apache-2.0
 * The entry of a module's fuzz targets: PROGRAM NAME [what libFuzzer takes]; see t_table.h. */
#include "t_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct t_target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    char **words = *argv;
    for (target = t_targets; target->name != NULL; target++)
        if (*argc > 1 && strcmp(target->name, words[1]) == 0) break;
    if (target->name == NULL) {
        fprintf(stderr, "%s: the first argument is one of\n", words[0]);
        for (target = t_targets; target->name != NULL; target++) fprintf(stderr, "    %s\n", target->name);
        exit(2);
    }
    for (int i = 1; i + 1 < *argc; i++) words[i] = words[i + 1]; /* libFuzzer wants its own name to stay first */
    words[--*argc] = NULL;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return target->run(data, size); }
