/* SPDX-License-Identifier: Apache-2.0
 *
 * t_table - the tests of a module in one program. tools/test_table writes a row for each file; t_program.c runs the one
 * that the first argument names, and t_fuzz.c the fuzz target. What follows the name is the test's own. */
#ifndef SALVE_TESTS_T_TABLE_H
#define SALVE_TESTS_T_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct t_entry {
    const char *name;
    int (*run)(int argc, char **argv);
};

struct t_target {
    const char *name;
    int (*run)(const uint8_t *data, size_t size);
};

/* Both end with a row without a name. */
extern const struct t_entry t_tests[];
extern const struct t_target t_targets[];

/* A main without arguments, a main with them, a fuzz target. */
#define T_PLAIN(file)                                                                                                  \
    int entry_##file(void);                                                                                            \
    static int run_##file(int argc, char **argv)                                                                       \
    {                                                                                                                  \
        (void)argc;                                                                                                    \
        (void)argv;                                                                                                    \
        return entry_##file();                                                                                         \
    }
#define T_WORDS(file)                                                                                                  \
    int entry_##file(int argc, char **argv);                                                                           \
    static int run_##file(int argc, char **argv) { return entry_##file(argc, argv); }
#define T_FUZZ(file)                                                                                                   \
    int entry_##file(const uint8_t *data, size_t size);                                                                \
    static int run_##file(const uint8_t *data, size_t size) { return entry_##file(data, size); }

#endif
