/* SPDX-License-Identifier: Apache-2.0
 * Counting, public data and known gaps; see t.h. */
#include "t.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned passed_count, failed_count, skipped_count;

int t_close(int failed, int count)
{
    failed_count += (unsigned)failed;
    passed_count += (unsigned)(count - failed);
    return t_end();
}

void t_pass(void) { passed_count++; }
void t_skipped(unsigned count) { skipped_count += count; }

void t_fail(const char *name, const char *fmt, ...)
{
    va_list args;
    failed_count++;
    printf("FAILED %s: ", name);
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    printf("\n");
}

int t_end(void)
{
    printf("%u passed, %u failed, %u skipped\n", passed_count, failed_count, skipped_count);
    return failed_count > 0;
}

bool t_is_all(void)
{
    const char *all = getenv("ALL");
    return all != NULL && strcmp(all, "1") == 0;
}

uint64_t t_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

const char *t_data(const char *name)
{
    static char path[4096];
    struct stat info;
    const char *base = getenv("SALVE_DATA");
    (void)snprintf(path, sizeof path, "%s/%s", base == NULL ? "../shared/data" : base, name);
    return stat(path, &info) == 0 ? path : NULL;
}

/* The folder that holds tests/support above the running program. */
static void enter_project(void)
{
    char path[4096], marker[4200];
    struct stat info;
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    if (len <= 0 || stat("tests/support", &info) == 0) return;
    path[len] = '\0';
    for (char *slash = strrchr(path, '/'); slash != NULL; slash = strrchr(path, '/')) {
        *slash = '\0';
        (void)snprintf(marker, sizeof marker, "%s/tests/support", path);
        if (stat(marker, &info) == 0 && chdir(path) == 0) return;
    }
}

const char *t_suite(int argc, char **argv, const char *name)
{
    static char path[PATH_MAX];
    if (argc < 2) return t_data(name);
    if (realpath(argv[1], path) == NULL) {
        t_fail(argv[1], "cannot be read");
        return NULL;
    }
    enter_project();
    return path;
}

bool t_known_gap(const char *file, const char *name)
{
    char line[1024];
    bool is_listed = false;
    FILE *gaps = fopen(file, "r");
    if (gaps == NULL) return false;
    while (!is_listed && fgets(line, sizeof line, gaps) != NULL) {
        size_t len = strlen(name);
        is_listed = strncmp(line, name, len) == 0 && line[len] == ':' && line[len + 1] == ' ';
    }
    (void)fclose(gaps);
    return is_listed;
}

void t_gap_passed(const char *name) { t_fail(name, "is listed as a known gap but passes: take its line out"); }

const char *t_where(const struct salve_err *err)
{
    static char where[SALVE_ERR_WHERE_BYTES];
    return salve_err_where(err, where);
}
