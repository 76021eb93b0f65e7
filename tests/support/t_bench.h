/* SPDX-License-Identifier: Apache-2.0
 *
 * t_bench - CPU of pieces of work, and what is in the middle of many. */
#ifndef SALVE_TESTS_T_BENCH_H
#define SALVE_TESTS_T_BENCH_H

#include <stdlib.h>
#include <time.h>

/* t_cpu_ms - CPU of all threads of this process until now, in milliseconds. */
static inline double t_cpu_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static inline int t_by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* t_median - sorts them. */
static inline double t_median(double *list, size_t count)
{
    qsort(list, count, sizeof *list, t_by_size);
    return list[count / 2];
}

#endif
