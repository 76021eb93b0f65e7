/* SPDX-License-Identifier: Apache-2.0
 *
 * kill -9 before each call that changes a file (F1), in lives of a site: what the kernel had is there, and a part of the
 * write that was under way. tests/crash kills processes for real at such calls; here every call of a life has its turn.
 *
 *     kills               with ALL=1 6,000 points, each call of as many lives as that takes; else a spread
 *     kills LIFE AT       that one */
#include "life.h"

enum { STEPS = 60, SHORT = T_IS_SANITIZED ? 30 : 160, WHOLE = T_IS_SANITIZED ? 600 : 6000 };

static struct life *life;

static bool begin(uint64_t nr)
{
    (void)snprintf(life_where, sizeof life_where, "life %llu", (unsigned long long)nr);
    life = life_make(nr);
    life->has_backups = nr % 2 == 1;
    return life_record(life, STEPS);
}

static void kill_at(uint64_t at)
{
    char call[200];
    sim_describe(life->sim, at, call, sizeof call);
    (void)snprintf(life_where, sizeof life_where, "kills %llu %llu: before call %llu of %llu (%s)",
                   (unsigned long long)life->seed, (unsigned long long)at, (unsigned long long)at,
                   (unsigned long long)sim_calls(life->sim), call);
    struct sim_cut cut = {.at = at, .loss = SIM_KILL, .seed = at};
    (void)sim_rebuild(life->sim, &cut);
    sim_chance(sim_mix(at, 5));
    if (life_check(life, &(struct life_ask){.at = at, .seed = at, .goes_on = at % 4 == 0})) t_pass();
}

int main(int argc, char **argv)
{
    int64_t nr = 0, at = 0;
    uint64_t points = 0, of = 0, want = t_is_all() ? WHOLE : SHORT;
    if (argc == 3 && str_to_i64(str_of(argv[1]), &nr) && str_to_i64(str_of(argv[2]), &at)) {
        if (begin((uint64_t)nr)) kill_at((uint64_t)at);
        puts(life_where);
        life_drop(life);
        return t_end();
    }
    for (uint64_t lives = 0; points < want; lives++) {
        if (!begin(1000 + lives)) break;
        uint64_t calls = sim_calls(life->sim), step = t_is_all() && !T_IS_SANITIZED ? 1 : calls * 2 / want + 1;
        of += calls;
        for (uint64_t call = lives % step; call <= calls && points < want; call += step, points++) kill_at(call);
        life_drop(life);
    }
    printf("kills: %llu points in lives of %llu calls\n", (unsigned long long)points, (unsigned long long)of);
    return t_end();
}
