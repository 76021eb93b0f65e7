/* SPDX-License-Identifier: Apache-2.0
 *
 * The log cannot be written (F9): from some call on every write to site.db, or every sync of it, fails. Then nobody is opened,
 * by whatever way and role, no key is given out, and no look that was given is without its leaf - also when the power goes at once
 * and nothing that was not synced is left. With the log back, who opens is opened again.
 *
 *     log                 with ALL=1 every call; else a spread
 *     log WHAT N          that one: write, sync or full */
#include <errno.h>

#include "life.h"

enum { SPREAD = T_IS_SANITIZED ? 1 : 4 };

static const struct kind {
    const char *name;
    unsigned kinds;
    int error;
} kinds[] = {
    {"write", SIM_WRITE | SIM_SIZE | SIM_MAKE, EIO}, {"sync", SIM_SYNC, EIO}, {"full", SIM_WRITE | SIM_MAKE, ENOSPC}};
enum { KINDS = sizeof kinds / sizeof kinds[0], ROUNDS = 3 };

static struct life *life;
static struct sim *base;
static size_t made;
static bool is_told;

/* All ways in, one after the other. One that opens is one that the fault did not stop, and so has its leaf. */
static bool all_ways(void)
{
    static const struct {
        enum life_kind kind;
        int person;
        enum purpose purpose;
    } ways_in[] = {{LIFE_LOOK, 0, PURPOSE_CARE}, {LIFE_LOOK, 1, PURPOSE_SELF}, {LIFE_SAVE, 1, PURPOSE_CARE},
                   {LIFE_CARD, 2, PURPOSE_SELF}, {LIFE_GIVE, 2, PURPOSE_CARE}, {LIFE_LOOK, 0, PURPOSE_SELF}};
    for (size_t i = 0; i < sizeof ways_in / sizeof ways_in[0]; i++) {
        struct salve_err err = {0};
        bool was_broken = sim_fired();
        enum salve_code code = life_step(life, ways_in[i].kind, ways_in[i].person, ways_in[i].purpose, &err);
        bool is_opened = life->steps[life->count - 1].is_opened;
        if (!was_broken || (!is_opened && (code == SALVE_E_IO || code == SALVE_E_FULL))) continue;
        t_fail("log", "%s: %s says %s%s", life_where, life_words[ways_in[i].kind], salve_code_name(code),
               is_opened ? ", and somebody was opened" : "");
        return false;
    }
    return true;
}

static bool run(const struct kind *kind, uint64_t nth)
{
    struct salve_err err = {0};
    (void)snprintf(life_where, sizeof life_where, "log %s %llu", kind->name, (unsigned long long)nth);
    (void)sim_rebuild(base, &(struct sim_cut){.at = 0, .loss = SIM_KILL});
    life_restart(life, made);
    sim_chance(sim_mix(nth, 11));
    life->sim = sim_begin(life->root);
    sim_fail(&(struct sim_fault){
        .kinds = kind->kinds, .nth = nth, .error = kind->error, .is_sticky = true, .file = "site/site.db"});
    bool good = true;
    if (site_open(&life->t->options, &life->t->site, &err) == SALVE_OK)
        for (int i = 0; i < ROUNDS && good; i++) good = all_ways();
    bool has_fired = sim_fired();
    sim_fail(&(struct sim_fault){0});
    sim_end(life->sim);
    uint64_t at = sim_calls(life->sim);
    (void)!site_close(&life->t->site, NULL);
    struct sim_cut cut = {.at = at, .loss = nth % 3 == 0 ? SIM_KILL : SIM_NONE, .seed = nth};
    (void)sim_rebuild(life->sim, &cut);
    for (uint64_t person = 0; person < 3 && good; person++)
        good = life_check(life, &(struct life_ask){.at = at, .seed = person, .goes_on = person == 2});
    if (good) t_pass();
    if (is_told) life_tell_steps(life, made);
    sim_drop(life->sim);
    life->sim = NULL;
    return has_fired;
}

static void run_kind(const struct kind *kind)
{
    uint64_t nth = 1, tried = 0;
    for (; run(kind, nth); nth += t_is_all() ? 1 : 1 + nth / SPREAD) tried++;
    printf("%-6s from call %d to %llu on, %llu of them\n", kind->name, 1, (unsigned long long)nth,
           (unsigned long long)tried);
}

int main(int argc, char **argv)
{
    int64_t nth = 0;
    (void)snprintf(life_where, sizeof life_where, "log");
    life = life_make(9);
    made = life->count;
    is_told = argc == 3;
    base = sim_begin(life->root);
    sim_end(base);
    for (size_t i = 0; i < KINDS; i++) {
        bool is_asked = argc == 1 || strcmp(argv[1], kinds[i].name) == 0;
        if (is_asked && argc < 3) run_kind(&kinds[i]);
        if (is_asked && argc == 3 && str_to_i64(str_of(argv[2]), &nth)) (void)run(&kinds[i], (uint64_t)nth);
    }
    sim_drop(base);
    life_drop(life);
    return t_end();
}
