/* SPDX-License-Identifier: Apache-2.0
 *
 * The n-th call fails, once or from then on (F3): an error of the disk, a full disk, a quota, no descriptor, no memory, a
 * write that is only half done. Each step then says so in the code that fits, or is done; nothing acknowledged is lost;
 * and with the machine healthy again the site goes on - at once where the error was room, files or memory, else when it
 * was opened again. Half of them end in a power cut instead.
 *
 *     errors              with ALL=1 every n of every kind; else a spread
 *     errors KIND         of that kind alone
 *     errors KIND N       that one: once and from then on, with its steps */
#include <errno.h>

#include "life.h"

enum { STEPS = 14, SHORT = T_IS_SANITIZED ? 3 : 14 };

static const struct kind {
    const char *name;
    unsigned kinds;
    int error;
    bool heals;     /* without opening the site again */
    bool may_be_io; /* SQLite does not say why it could not make a file */
} kinds[] = {
    {"read", SIM_READ, EIO, false, true},
    {"write", SIM_WRITE | SIM_SIZE | SIM_MAKE | SIM_NAME, EIO, false, true},
    {"sync", SIM_SYNC, EIO, false, true},
    {"full", SIM_WRITE, ENOSPC, true, false},
    {"quota", SIM_WRITE, EDQUOT, true, false},
    {"inodes", SIM_MAKE, ENOSPC, true, true},
    {"files", SIM_OPEN | SIM_MAKE, EMFILE, false, true},
    {"half", SIM_WRITE, 0, true, false},
#if !T_IS_SANITIZED
    {"memory", SIM_MEMORY, ENOMEM, true, true},
#endif
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static struct life *life;
static struct arena_mark mark;
static size_t made;
static bool is_told;

/* What an error of this kind may be called. */
static bool is_clean(const struct kind *kind, enum salve_code code)
{
    if (code == SALVE_OK || code == SALVE_E_CONSENT || code == SALVE_E_NOT_FOUND) return true;
    if (code == SALVE_E_CONFLICT) return life->steps[life->count - 1].kind == LIFE_TABLET; /* enrolled already */
    if (code == SALVE_E_IO) return kind->may_be_io;
    if (code == SALVE_E_FULL) return kind->error == ENOSPC || kind->error == EDQUOT || kind->error == 0;
    return code == SALVE_E_MEMORY && (kind->error == ENOMEM || kind->error == EMFILE);
}

/* The life from its beginning, with the fault. Its steps are the same up to it. */
static bool live(const struct kind *kind, const struct sim_fault *fault)
{
    struct salve_err err = {0};
    life_restart(life, made);
    sim_chance(sim_mix(life->seed, 6));
    life->sim = sim_begin(life->root);
    sim_fail(fault);
    enum salve_code code = site_open(&life->t->options, &life->t->site, &err);
    bool good = is_clean(kind, code);
    for (int i = 0; i < STEPS && good && life->t->site != NULL; i++) {
        code = life_next(life, &err);
        good = is_clean(kind, code);
    }
    if (!good)
        t_fail("errors", "%s: %s says %s: %s %s", life_where,
               life->count == made ? "open" : life_words[life->steps[life->count - 1].kind], salve_code_name(code),
               t_where(&err), err.why);
    return good;
}

/* The machine is healthy again. Where it may, the same open site takes the next save. */
static bool heal(const struct kind *kind)
{
    struct salve_err err = {0};
    bool has_fired = sim_fired();
    sim_fail(&(struct sim_fault){0});
    if (has_fired && kind->heals && life->t->site != NULL) {
        enum salve_code code = life_step(life, LIFE_STAFF, 0, PURPOSE_CARE, &err);
        if (code != SALVE_OK)
            return t_fail("errors", "%s: healthy again, it says %s: %s %s", life_where, salve_code_name(code),
                          t_where(&err), err.why),
                   false;
    }
    return true;
}

static bool end(uint64_t nth)
{
    bool is_cut = nth % 2 == 1;
    if (!is_cut) (void)!site_close(&life->t->site, NULL);
    sim_end(life->sim);
    uint64_t at = sim_calls(life->sim);
    if (is_cut) {
        struct sim_cut cut = {.at = at, .loss = SIM_POWER, .seed = nth, .sector_bytes = 512};
        (void)!site_close(&life->t->site, NULL);
        (void)sim_rebuild(life->sim, &cut);
    }
    sim_chance(sim_mix(nth, 7));
    return life_check(life, &(struct life_ask){.at = at, .seed = nth, .goes_on = true});
}

/* false: fewer calls than that. */
static bool run(const struct kind *kind, uint64_t nth, bool is_sticky)
{
    (void)snprintf(life_where, sizeof life_where, "errors %s %llu%s", kind->name, (unsigned long long)nth,
                   is_sticky ? " and on" : "");
    struct sim_fault fault = {.kinds = kind->kinds, .nth = nth, .error = kind->error, .is_sticky = is_sticky};
    struct sim *base = sim_begin(life->root);
    sim_end(base);
    bool good = live(kind, &fault), has_fired = sim_fired();
    if (is_told) life_tell_steps(life, made);
    good = heal(kind) && good;
    good = end(nth) && good;
    if (good) t_pass();
    sim_drop(life->sim);
    life->sim = NULL;
    (void)sim_rebuild(base, &(struct sim_cut){.at = 0, .loss = SIM_KILL});
    sim_drop(base);
    arena_rewind(life->t->mem, mark);
    return has_fired;
}

/* How many calls there are. */
static uint64_t calls_of(const struct kind *kind)
{
    uint64_t low = 0;
    struct sim_fault fault = {.kinds = kind->kinds, .nth = UINT64_MAX, .error = EIO};
    struct sim *base = sim_begin(life->root);
    sim_end(base);
    if (live(kind, &fault)) low = sim_counted();
    sim_fail(&(struct sim_fault){0});
    (void)!site_close(&life->t->site, NULL);
    sim_drop(life->sim);
    life->sim = NULL;
    (void)sim_rebuild(base, &(struct sim_cut){.at = 0, .loss = SIM_KILL});
    sim_drop(base);
    return low;
}

static void run_kind(const struct kind *kind)
{
    uint64_t calls = calls_of(kind), tried = 0, step = t_is_all() ? 1 : calls / SHORT + 1;
    for (uint64_t nth = 1 + calls % step; nth <= calls; nth += step, tried += 2) {
        (void)run(kind, nth, false);
        (void)run(kind, nth, true);
    }
    printf("%-7s %llu of %llu, once and from then on\n", kind->name, (unsigned long long)tried / 2,
           (unsigned long long)calls);
}

int main(int argc, char **argv)
{
    int64_t nth = 0;
    life = life_make(77);
    life->has_backups = true;
    mark = arena_mark(life->t->mem);
    made = life->count;
    is_told = argc == 3;
    for (size_t i = 0; i < KINDS; i++) {
        bool is_asked = argc == 1 || strcmp(argv[1], kinds[i].name) == 0;
        if (is_asked && argc < 3) run_kind(&kinds[i]);
        if (argc != 3 || !is_asked || !str_to_i64(str_of(argv[2]), &nth)) continue;
        (void)run(&kinds[i], (uint64_t)nth, false);
        (void)run(&kinds[i], (uint64_t)nth, true);
    }
    life_drop(life);
    return t_end();
}
