/* SPDX-License-Identifier: Apache-2.0
 *
 * The power goes at any call that changes a file, and of what was not synced any sectors and any names are left (F2).
 * A seed decides a life, the call, what is left, and whether the power goes once more while the site is opened again.
 *
 *     power               so many seeds as the form says: 10,000 with ALL=1
 *     power SEED          that one, in words
 *     power FIRST COUNT   these */
#include <time.h>

#include "life.h"

enum { CUTS_A_LIFE = 64, STEPS = 36, SHORT = T_IS_SANITIZED ? 24 : 150, WHOLE = T_IS_SANITIZED ? 500 : 10000 };

static struct life *life;
static struct {
    uint64_t cuts, twice, calls, pending, kept, torn;
} figures;

static bool life_of(uint64_t nr)
{
    if (life != NULL && life->seed == nr) return true;
    if (life != NULL) life_drop(life);
    (void)snprintf(life_where, sizeof life_where, "life %llu", (unsigned long long)nr);
    life = life_make(nr);
    life->has_backups = nr % 4 == 3;
    if (!life_record(life, STEPS)) return false;
    figures.calls += sim_calls(life->sim);
    return true;
}

static struct sim_cut cut_of(const struct sim *sim, uint64_t seed, uint64_t *stream)
{
    struct sim_cut cut = {.at = sim_dice(stream, (uint32_t)sim_calls(sim) + 1), .seed = seed, .loss = SIM_POWER};
    if (sim_dice(stream, 6) == 0) cut.loss = SIM_NONE;
    cut.sector_bytes = sim_dice(stream, 2) == 0 ? 512 : 4096;
    return cut;
}

static void count(struct sim_left left)
{
    figures.cuts++;
    figures.pending += left.pending;
    figures.kept += left.kept;
    figures.torn += left.torn;
}

/* Opened after the first cut, and cut again on the way. */
static bool cut_again(uint64_t seed, const struct life_ask *ask, uint64_t *stream)
{
    struct sim *again = sim_begin(life->root);
    bool good = life_check(life, ask);
    sim_end(again);
    if (good) {
        struct sim_cut cut = cut_of(again, seed + 1, stream);
        size_t len = strlen(life_where);
        (void)snprintf(life_where + len, sizeof life_where - len, ", and at call %llu of the next opening",
                       (unsigned long long)cut.at);
        count(sim_rebuild(again, &cut));
        figures.twice++;
    }
    sim_drop(again);
    return good;
}

static bool run_seed(uint64_t seed, bool is_told)
{
    char call[200];
    uint64_t stream = sim_mix(seed, 3);
    if (!life_of(seed / CUTS_A_LIFE)) return false;
    struct sim_cut cut = cut_of(life->sim, seed, &stream);
    sim_describe(life->sim, cut.at, call, sizeof call);
    (void)snprintf(life_where, sizeof life_where, "power %llu: at call %llu of %llu (%s), sectors of %u",
                   (unsigned long long)seed, (unsigned long long)cut.at, (unsigned long long)sim_calls(life->sim), call,
                   cut.sector_bytes);
    struct sim_left left = sim_rebuild(life->sim, &cut);
    count(left);
    if (is_told)
        printf("%s; %llu writes not synced, %llu kept, %llu in part; recording %016llx\n", life_where,
               (unsigned long long)left.pending, (unsigned long long)left.kept, (unsigned long long)left.torn,
               (unsigned long long)sim_fingerprint(life->sim));
    sim_chance(sim_mix(seed, 4));
    struct life_ask ask = {.at = cut.at, .seed = seed};
    if (sim_dice(&stream, 3) == 0 && !cut_again(seed, &ask, &stream)) return false;
    ask.goes_on = true;
    return life_check(life, &ask);
}

/* The same seed makes the same calls, byte by byte: what fails can be repeated. */
static void repeats(uint64_t nr)
{
    if (!life_of(nr)) return;
    uint64_t calls = sim_calls(life->sim), hash = sim_fingerprint(life->sim);
    life_drop(life);
    life = NULL;
    if (!life_of(nr)) return;
    if (sim_calls(life->sim) == calls && sim_fingerprint(life->sim) == hash)
        t_pass();
    else
        t_fail("repeats", "life %llu: %llu calls, then %llu", (unsigned long long)nr, (unsigned long long)calls,
               (unsigned long long)sim_calls(life->sim));
}

/* A disk that says that it synced and did not: what is acknowledged is gone, and the test above would say so. */
static void a_disk_that_lies_is_found_out(void)
{
    enum { LIES = 12 };
    int found = 0;
    if (!life_of(0)) return;
    life_is_meant = true;
    for (uint64_t seed = 0; seed < LIES; seed++) {
        uint64_t stream = sim_mix(seed, 3);
        struct sim_cut cut = cut_of(life->sim, seed, &stream);
        cut.lies = true;
        (void)sim_rebuild(life->sim, &cut);
        found += !life_check(life, &(struct life_ask){.at = cut.at, .seed = seed});
        (void)!site_close(&life->t->site, NULL);
    }
    life_is_meant = false;
    if (found >= LIES / 2)
        t_pass();
    else
        t_fail("power", "of %d cuts of a disk that lies %d were found", LIES, found);
}

int main(int argc, char **argv)
{
    int64_t first = 0, seeds = t_is_all() ? WHOLE : SHORT;
    if (argc > 1 && !str_to_i64(str_of(argv[1]), &first)) return 2;
    if (argc > 1) seeds = 1;
    if (argc > 2 && !str_to_i64(str_of(argv[2]), &seeds)) return 2;
    if (argc == 1) repeats(3);
    if (argc == 1) a_disk_that_lies_is_found_out();
    for (int64_t seed = first; seed < first + seeds; seed++)
        if (run_seed((uint64_t)seed, seeds == 1)) t_pass();
    printf(
        "power cuts: %llu seeds, %llu cuts, %llu of them while opening again; %llu writes not synced, %llu kept, %llu in part\n",
        (unsigned long long)seeds, (unsigned long long)figures.cuts, (unsigned long long)figures.twice,
        (unsigned long long)figures.pending, (unsigned long long)figures.kept, (unsigned long long)figures.torn);
    if (life != NULL) life_drop(life);
    return t_end();
}
