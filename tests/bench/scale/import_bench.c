/* SPDX-License-Identifier: Apache-2.0
 * What import.sh measures with. `import_bench rows PEOPLE` prints a file of so many made-up people; `import_bench run FILE
 * COMMAND..` runs a command and writes to FILE what it took: seconds, seconds of CPU, peak memory in kB. */
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "people.h"

static double now_s(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static int print_rows(size_t count)
{
    struct people people = {.end = count, .random = 20};
    char piece[PEOPLE_ROW_BYTES];
    size_t got = 1;
    while (got > 0) {
        if (people_read(&people, piece, sizeof piece, &got, NULL) != SALVE_OK) return 1;
        if (fwrite(piece, 1, got, stdout) != got) return 1;
    }
    return fflush(stdout) == 0 ? 0 : 1;
}

static double seconds(struct timeval at) { return (double)at.tv_sec + (double)at.tv_usec / 1e6; }

static int run(const char *path, char **command)
{
    struct rusage used;
    int status = 0;
    double begun_s = now_s();
    pid_t child = fork();
    if (child == 0) {
        (void)execv(command[0], command);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child || !WIFEXITED(status)) return 1;
    FILE *out = fopen(path, "w");
    if (out == NULL) return 1;
    (void)fprintf(out, "%.3f %.3f %ld\n", now_s() - begun_s, seconds(used.ru_utime) + seconds(used.ru_stime),
                  used.ru_maxrss);
    return fclose(out) == 0 ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "rows") == 0) return print_rows((size_t)strtoul(argv[2], NULL, 10));
    if (argc > 3 && strcmp(argv[1], "run") == 0) return run(argv[2], argv + 3);
    return 2;
}
