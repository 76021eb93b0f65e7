/* SPDX-License-Identifier: Apache-2.0
 *
 * load_proc - what the processes of a running server use, from /proc: each by its name. */
#ifndef SALVE_TESTS_LOAD_PROC_H
#define SALVE_TESTS_LOAD_PROC_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

enum { PROC_SERVE, PROC_WEB, PROC_GATE, PROC_PAPER, PROCS };
static const char *const proc_names[PROCS] = {"serve", "web", "gate", "paper"};

struct proc_use {
    pid_t pid[PROCS];
    double cpu_s[PROCS], pss_mb[PROCS];
};

static bool proc_read(pid_t pid, const char *file, char *text, size_t size)
{
    char path[100];
    (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    FILE *in = fopen(path, "r");
    if (in == NULL) return false;
    size_t len = fread(text, 1, size - 1, in);
    text[len] = '\0';
    (void)fclose(in);
    return len > 0;
}

static double pss_mb(pid_t pid)
{
    char text[4096];
    const char *line = proc_read(pid, "smaps_rollup", text, sizeof text) ? strstr(text, "\nPss:") : NULL;
    return line == NULL ? 0 : strtod(line + 5, NULL) / 1024;
}

/* Of all threads together; those that ended count no more. */
static double cpu_s(pid_t pid)
{
    clockid_t clock;
    struct timespec at;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &at) != 0) return 0;
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static void proc_one(pid_t pid, int at, struct proc_use *out)
{
    out->pid[at] = pid;
    out->cpu_s[at] = cpu_s(pid);
    out->pss_mb[at] = pss_mb(pid);
}

/* proc_look - the server and its children, as they are now. */
static void proc_look(pid_t server, struct proc_use *out)
{
    char file[60], children[400], name[60], wanted[60];
    *out = (struct proc_use){.pid = {0}};
    proc_one(server, PROC_SERVE, out);
    (void)snprintf(file, sizeof file, "task/%d/children", (int)server);
    if (!proc_read(server, file, children, sizeof children)) return;
    for (char *rest = children, *end; *rest != '\0'; rest = end) {
        pid_t pid = (pid_t)strtol(rest, &end, 10);
        if (end == rest) break;
        if (!proc_read(pid, "comm", name, sizeof name)) continue;
        for (int i = 1; i < PROCS; i++) {
            (void)snprintf(wanted, sizeof wanted, "salve-%s\n", proc_names[i]);
            if (strcmp(name, wanted) == 0) proc_one(pid, i, out);
        }
    }
}

static double proc_pss_mb(const struct proc_use *use)
{
    double sum = 0;
    for (int i = 0; i < PROCS; i++) sum += use->pss_mb[i];
    return sum;
}

#pragma GCC diagnostic pop
#endif
