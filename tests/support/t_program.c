/* SPDX-License-Identifier: Apache-2.0
 * The main of a module's tests: PROGRAM NAME [what the test takes]; see t_table.h. */
#include "t_table.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    const struct t_entry *test = t_tests;
    while (test->name != NULL && (argc < 2 || strcmp(test->name, argv[1]) != 0)) test++;
    if (test->name != NULL) return test->run(argc - 1, argv + 1);
    fprintf(stderr, "%s: the first argument is one of\n", argv[0]);
    for (test = t_tests; test->name != NULL; test++) fprintf(stderr, "    %s\n", test->name);
    return 2;
}
