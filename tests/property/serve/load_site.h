/* SPDX-License-Identifier: Apache-2.0
 *
 * load_site - a site for the load: real clock and disk, every guideline accepted, people who agreed to care, and members
 * of staff for so many stations; and `salve serve` on it. */
#ifndef SALVE_TESTS_LOAD_SITE_H
#define SALVE_TESTS_LOAD_SITE_H

#include <signal.h>
#include <sys/wait.h>

#include "t_site.h"

#include "guideline/guideline.h"
#include "load_plan.h"
#include "records/session.h"
#include "visit/check.h"
#include "visit/content.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

enum { LOAD_MEMBER_STATIONS = SESSIONS_MEMBER_MAX - 1, LOAD_START_S = 60 };

/* The member of that kind of station; several stations share one. */
static void load_member(size_t kind, size_t number, char name[40])
{
    (void)snprintf(name, 40, "%s-%zu", plan_kinds[kind].name, number / LOAD_MEMBER_STATIONS);
}

static void load_staff(struct t_site *t, size_t per_kind)
{
    for (size_t kind = 0; kind < PLAN_KINDS; kind++)
        for (size_t number = 0; number < per_kind; number += LOAD_MEMBER_STATIONS) {
            char name[40];
            load_member(kind, number, name);
            bool signs = strcmp(plan_kinds[kind].role, "clinician") == 0;
            t_must(t_register(t->site, T_MANAGER, str_of(name), signs ? ROLE_CLINICIAN : ROLE_ASSISTANT, &err));
        }
}

/* A switch that somebody has to choose gets its first value. */
static void load_accept(const struct visit *visit, const struct guideline_info *info)
{
    struct guideline_choice *choices = arena_array(visit->mem, struct guideline_choice, info->switch_count + 1);
    const struct guideline *unused = NULL;
    size_t count = 0;
    if (choices == NULL) abort();
    for (size_t i = 0; i < info->switch_count; i++)
        if (info->switches[i].initial.len == 0)
            choices[count++] = (struct guideline_choice){info->switches[i].name, info->switches[i].values[0]};
    t_must(visit_accept(visit, info->id, choices, count, &unused, &err));
}

static void load_accept_all(struct t_site *t)
{
    const char *build = getenv("BUILD");
    char share[500];
    struct visit_content *content = NULL;
    (void)snprintf(share, sizeof share, "%.480s/share", build == NULL ? "build" : build);
    struct visit_content_ask ask = {.share = share, .parts = VISIT_ALL | VISIT_ALARMS};
    t_must(visit_content_open(&ask, t->mem, &content, &err));
    struct visit visit = {.site = t->site, .mem = t->mem, .actor = T_CLINICIAN, .content = content};
    for (size_t i = 0; i < content->guideline_count; i++) load_accept(&visit, guideline_info(content->guidelines[i]));
}

static void load_people(struct t_site *t, struct plan_person *people, size_t count)
{
    uint64_t random = 7;
    struct arena_mark mark = arena_mark(t->mem);
    for (size_t i = 0; i < count; i++) {
        char born[20], family[40];
        (void)snprintf(born, sizeof born, "%d-%02d-%02d", 1941 + (int)(i % 58), 1 + (int)(i % 12), 1 + (int)(i % 28));
        (void)snprintf(family, sizeof family, "Person%zu", i);
        struct rec_enrolled enrolled = t_enrol(t, family, born);
        people[i].seed = t_random(&random);
        (void)snprintf(people[i].card, sizeof people[i].card, "%.*s", STR_ARGS(enrolled.card));
        t_give(t, enrolled.card, PURPOSE_CARE);
        arena_rewind(t->mem, mark);
    }
}

/* load_site_make - the site in that folder, closed; *people gets their cards. */
static void load_site_make(const char *folder, struct plan_person *people, size_t count, size_t per_kind)
{
    struct t_site *t = calloc(1, sizeof *t);
    if (t == NULL) abort();
    t_remove(folder);
    (void)snprintf(t->key_file, sizeof t->key_file, "%.280s.key", folder);
    unlink(t->key_file);
    t_site_paths(t, folder);
    t->options.clock = clock_system();
    t->options.is_made_up = true;
    t->mem = arena_open_private((size_t)1 << 30);
    struct site_settings settings = {
        .name = STR("Load"), .log_name = STR("load"), .languages = STR("en ar"), .lock_seconds = 3600};
    t_must(site_create(&t->options, &settings, NULL, &err));
    t_site_open(t);
    t_site_staff(t);
    load_staff(t, per_kind);
    load_accept_all(t);
    load_people(t, people, count);
    t_site_end(t);
    arena_close(t->mem);
    free(t);
}

/* --- the server --------------------------------------------------------------------------------------------------- */

struct load_server {
    pid_t pid;
    in_port_t port; /* network order */
    char host[40];
};

static pid_t load_spawn(const char *log, const char *const *words)
{
    pid_t pid = fork();
    if (pid != 0) return pid;
    int file = open(log, O_CREAT | O_TRUNC | O_WRONLY | O_APPEND, 0600);
    (void)dup2(file, 1);
    (void)dup2(file, 2);
    (void)execv(words[0], (char *const *)words);
    _exit(127);
}

/* The address that it printed into its log; port 0: not yet. */
static void load_address(const char *log, struct load_server *out)
{
    char text[4096] = "";
    FILE *in = fopen(log, "r");
    size_t len = in == NULL ? 0 : fread(text, 1, sizeof text - 1, in);
    text[len] = '\0';
    if (in != NULL) (void)fclose(in);
    const char *at = strstr(text, "http://");
    if (at == NULL || strchr(at, '\n') == NULL) return;
    (void)snprintf(out->host, sizeof out->host, "%.*s", (int)strcspn(at + 7, "/ \n"), at + 7);
    const char *colon = strchr(out->host, ':');
    out->port = htons((uint16_t)strtol(colon == NULL ? "0" : colon + 1, NULL, 10));
}

/* load_serve - runs it until it prints an address. */
static bool load_serve(const char *program, const char *folder, struct load_server *out)
{
    char key[600], log[600];
    (void)snprintf(key, sizeof key, "%s.key", folder);
    (void)snprintf(log, sizeof log, "%s.log", folder);
    const char *const words[] = {program, "serve", "-C", folder, "--key-file", key, "--listen", "127.0.0.1:0", NULL};
    (void)unlink(log);
    *out = (struct load_server){.pid = load_spawn(log, words)};
    for (int i = 0; i < LOAD_START_S * 50 && out->port == 0; i++) {
        (void)usleep(20000);
        load_address(log, out);
        if (waitpid(out->pid, NULL, WNOHANG) != 0) return false;
    }
    return out->port != 0;
}

/* load_end - its exit status. */
static int load_end(const struct load_server *server)
{
    int status = 1;
    (void)kill(server->pid, SIGTERM);
    (void)waitpid(server->pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

#pragma GCC diagnostic pop
#endif
