/* SPDX-License-Identifier: Apache-2.0
 *
 * The drill of a restore (F14), whatever happened before: a site that makes copies is cut off anywhere, its folder is lost, and it is
 * restored out of the newest copy of the data and the one of the keys - with a cut on the way, and then by the same call again. Everybody and
 * everything up to the copy is there, nothing that was taken back or erased before it opens, it goes on under a log of its
 * own, and it does not write over the copy that it came from. The fork is guarded: the new log names the old one and how much of it is
 * here, what was signed later is told to be lost, and a head that the old site showed fits the new one as far as the copy goes and no further.
 *
 *     restores            with ALL=1 600 seeds; else a few, and how long many people take
 *     restores SEED       that one */
#include <time.h>

#include "life.h"
#include "tlog/tlog.h"

enum { BEFORE = 14, AFTER = 12, SHORT = T_IS_SANITIZED ? 4 : 16, WHOLE = T_IS_SANITIZED ? 60 : 600, MANY = 150 };

static struct life *life;
static char fresh[300];

#define must(claim)                                                                                                    \
    do {                                                                                                               \
        if (!(claim)) {                                                                                                \
            t_fail("restores", "%s: %s (line %d): %s %s", life_where, #claim, __LINE__, t_where(&err), err.why);       \
            return false;                                                                                              \
        }                                                                                                              \
    } while (0)

/* A life in which a copy is made in the middle; *copied: the call behind it. */
static bool live(uint64_t *copied)
{
    struct salve_err err = {0};
    life->sim = sim_begin(life->root);
    must(site_open(&life->t->options, &life->t->site, &err) == SALVE_OK);
    for (int i = 0; i < BEFORE; i++) (void)life_next(life, &err);
    must(life_step(life, LIFE_BACKUP, 0, PURPOSE_SELF, &err) == SALVE_OK);
    *copied = sim_calls(life->sim);
    life->has_backups = false; /* the one above stays the newest */
    for (int i = 0; i < AFTER; i++) (void)life_next(life, &err);
    must(site_close(&life->t->site, &err) == SALVE_OK);
    sim_end(life->sim);
    return true;
}

static enum salve_code restore(struct site_restored *out, struct salve_err *err)
{
    const struct site_restore_ask ask = {.from = life->data, .keys = life->keys};
    struct site_options to = life->t->options;
    to.path = fresh;
    return site_restore(&to, &ask, life->t->mem, out, err);
}

/* Cut off on the way: nothing of it is there, or all of it, and the same call goes on. */
static bool restore_with_a_cut(uint64_t seed, struct site_restored *out)
{
    struct salve_err err = {0};
    struct site_restored first;
    uint64_t stream = sim_mix(seed, 41);
    struct sim *sim = sim_begin(life->root);
    enum salve_code code = restore(&first, &err);
    sim_end(sim);
    must(code == SALVE_OK);
    struct sim_cut cut = {.at = sim_dice(&stream, (uint32_t)sim_calls(sim)), .seed = seed, .sector_bytes = 512};
    cut.loss = sim_dice(&stream, 2) == 0 ? SIM_KILL : SIM_POWER;
    (void)sim_rebuild(sim, &cut);
    sim_drop(sim);
    code = restore(out, &err);
    if (code == SALVE_E_CONFLICT) *out = first; /* it was whole already */
    must(code == SALVE_OK || code == SALVE_E_CONFLICT);
    return true;
}

/* The newest head that the lost site showed, of the time of the cut. */
static struct str shown_before(void)
{
    struct str note = STR_NONE;
    char path[600];
    (void)snprintf(path, sizeof path, "%s/checkpoint", life->t->folder);
    return file_read(path, 1 << 16, life->t->mem, &note, NULL) == SALVE_OK ? note : STR("");
}

/* Heads up to the copy are heads of the new site, later ones are not: whoever holds one finds out. */
static bool the_fork_is_guarded(const struct site_restored *restored, struct str shown)
{
    struct salve_err err = {0};
    struct tlog_checkpoint head;
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN, .against = shown};
    must(restored->kept <= restored->known);
    must(!str_eq(restored->old_log, restored->new_log));
    if (shown.len == 0 || tlog_checkpoint_parse(shown, &head, NULL) != SALVE_OK) return true;
    enum salve_code code = site_verify(life->t->site, &ask, &result, NULL);
    must((code == SALVE_OK) == (head.size <= restored->kept));
    return true;
}

static bool run(uint64_t seed, uint64_t copied)
{
    struct salve_err err = {0};
    struct site_restored restored = {0};
    uint64_t stream = sim_mix(seed, 40);
    struct sim_cut cut = {.at = copied + sim_dice(&stream, (uint32_t)(sim_calls(life->sim) - copied) + 1)};
    cut.seed = seed;
    cut.sector_bytes = 4096;
    cut.loss = sim_dice(&stream, 2) == 0 ? SIM_KILL : SIM_POWER;
    (void)sim_rebuild(life->sim, &cut);
    size_t len = strlen(life_where);
    (void)snprintf(life_where + len, sizeof life_where - len, " at call %llu", (unsigned long long)cut.at);
    sim_chance(sim_mix(seed, 42));
    struct str shown = shown_before();
    t_remove(life->t->folder);
    if (!restore_with_a_cut(seed, &restored)) return false;
    struct site_options lost = life->t->options;
    life->t->options.path = fresh;
    life_now_ms = life->steps[life->count - 1].now_ms + LIFE_MINUTE_MS;
    must(site_open(&life->t->options, &life->t->site, &err) == SALVE_OK);
    life_keys_are_newer = true;
    bool good = life_check_open(life, &(struct life_ask){.at = copied, .seed = seed, .goes_on = true}) &&
                the_fork_is_guarded(&restored, shown);
    life_keys_are_newer = false;
    enum salve_code code = site_close(&life->t->site, NULL);
    t_remove(fresh);
    life->t->options = lost;
    must(!good || code == SALVE_OK);
    return good;
}

static void one(uint64_t seed, bool is_told)
{
    uint64_t copied = 0;
    life = life_make(9000 + seed);
    life->has_backups = true;
    (void)snprintf(fresh, sizeof fresh, "%s/fresh", life->root);
    (void)snprintf(life_where, sizeof life_where, "restores %llu", (unsigned long long)seed);
    if (live(&copied) && run(seed, copied)) t_pass();
    sim_end(life->sim);
    (void)!site_close(&life->t->site, NULL);
    if (is_told) life_tell_steps(life, 0);
    if (is_told) printf("the copy is behind call %llu\n", (unsigned long long)copied);
    life_drop(life);
}

/* How long it takes, by the person; an hour for a million is 278 a second. */
static void many_people(void)
{
    struct salve_err err = {0};
    struct site_restored restored;
    struct timespec from, to;
    life = life_make(8999);
    (void)snprintf(fresh, sizeof fresh, "%s/fresh", life->root);
    t_site_open(life->t);
    for (int i = 0; i < MANY; i++) (void)t_enrol(life->t, "Haddad", "1980-01-01");
    enum salve_code code = life_step(life, LIFE_BACKUP, 0, PURPOSE_SELF, &err);
    t_site_close(life->t);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    if (code == SALVE_OK) code = restore(&restored, &err);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    printf("restored %d people in %.0f ms of CPU, verified; a million would take %.0f minutes\n", MANY, seconds * 1000,
           seconds / MANY * 1e6 / 60);
    if (code == SALVE_OK && (T_IS_SANITIZED || seconds / MANY * 1e6 < 3600))
        t_pass();
    else
        t_fail("restores", "many people: %s, %.3f s", salve_code_name(code), seconds);
    life_drop(life);
}

int main(int argc, char **argv)
{
    int64_t seed = 0;
    bool is_one = argc == 2 && str_to_i64(str_of(argv[1]), &seed);
    int64_t count = is_one ? seed + 1 : t_is_all() ? WHOLE : SHORT;
    for (; seed < count; seed++) one((uint64_t)seed, is_one);
    if (!is_one) many_people();
    return t_end();
}
