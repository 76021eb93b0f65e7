/* SPDX-License-Identifier: Apache-2.0
 *
 * The gate dies in a renewal of the keys, and in a change of the secret that opens them, at each call that changes a file
 * (F8): killed, and by a power cut. Then no wrap is lost, whoever is opened opens as before, there are two epochs at most, and
 * the next renewal goes through.
 *
 *     rotation            with ALL=1 every call of each, four cuts each; else a spread
 *     rotation WAY AT     that one: night (asked for), clock (in pieces, by the clock), secret */
#include "db/db.h"
#include "life.h"

enum { STEPS = 16, SHORT = T_IS_SANITIZED ? 4 : 16 };

static struct life *life;
static char fresh_key[300];

/* --- the three ways ----------------------------------------------------------------------------------------------- */

static enum salve_code by_night(struct salve_err *err)
{
    struct site_rotation out;
    return site_rotate(life->t->site, T_TECHNICIAN, &out, err);
}

static enum salve_code by_clock(struct salve_err *err)
{
    bool has_more = true;
    life_now_ms += (int64_t)26 * 3600 * 1000;
    for (int i = 0; i < 64 && has_more; i++) TRY(site_tick(life->t->site, &has_more, err));
    return has_more ? salve_fail(err, SALVE_E_BUSY, "renewal") : SALVE_OK;
}

static enum salve_code of_secret(struct salve_err *err)
{
    const struct site_secret fresh = {.key_file = fresh_key};
    return site_secret_change(life->t->site, T_TECHNICIAN, &life->t->options.secret, &fresh, err);
}

static const struct way {
    const char *name;
    enum salve_code (*turn)(struct salve_err *err);
} ways[] = {{"night", by_night}, {"clock", by_clock}, {"secret", of_secret}};
enum { WAYS = sizeof ways / sizeof ways[0] };

/* --- looking ------------------------------------------------------------------------------------------------------ */

static int64_t epochs(void)
{
    struct db *db = NULL;
    struct db_stmt *stmt = NULL;
    const struct db_options options = {.schema_version = 2};
    bool row = false;
    int64_t count = -1;
    char path[600];
    (void)snprintf(path, sizeof path, "%s/keys.db", life->t->folder);
    if (db_open(path, &options, &db, NULL) != SALVE_OK) return -1;
    if (db_prepare(db, "SELECT count(DISTINCT epoch) FROM kek", &stmt, NULL) == SALVE_OK &&
        db_step(stmt, &row, NULL) == SALVE_OK && row)
        count = db_column_i64(stmt, 0);
    db_reset(stmt);
    db_abandon(&db);
    return count;
}

/* Which of the two secrets opens the site now; neither: the old one, and life_check says so. */
static void find_secret(void)
{
    struct site *site = NULL;
    life->t->options.secret.key_file = fresh_key;
    if (access(fresh_key, F_OK) == 0 && site_open(&life->t->options, &site, NULL) == SALVE_OK) {
        (void)!site_close(&site, NULL);
        return;
    }
    life->t->options.secret.key_file = life->t->key_file;
}

static bool stands(uint64_t seed)
{
    struct salve_err err = {0};
    struct site_rotation out;
    find_secret();
    struct life_ask ask = {.at = UINT64_MAX, .seed = seed};
    if (!life_check(life, &ask)) return false;
    if (epochs() > 2 || epochs() < 1) {
        t_fail("rotation", "%s: %lld epochs", life_where, (long long)epochs());
        return false;
    }
    enum salve_code code = site_open(&life->t->options, &life->t->site, &err);
    if (code == SALVE_OK) code = site_rotate(life->t->site, T_TECHNICIAN, &out, &err);
    if (code == SALVE_OK) code = site_close(&life->t->site, &err);
    if (code != SALVE_OK) {
        t_fail("rotation", "%s: another one says %s: %s %s", life_where, salve_code_name(code), t_where(&err), err.why);
        (void)!site_close(&life->t->site, NULL);
        return false;
    }
    ask.goes_on = true;
    return life_check(life, &ask) && epochs() == 2;
}

static void stop_at(const struct way *way, const struct sim *sim, uint64_t at, uint64_t seed)
{
    char call[200];
    sim_describe(sim, at, call, sizeof call);
    (void)snprintf(life_where, sizeof life_where, "rotation %s %llu: %s at call %llu of %llu (%s)", way->name,
                   (unsigned long long)at, seed == 0 ? "killed" : "cut", (unsigned long long)at,
                   (unsigned long long)sim_calls(sim), call);
    struct sim_cut cut = {.at = at, .loss = seed == 0 ? SIM_KILL : seed == 1 ? SIM_NONE : SIM_POWER, .seed = seed};
    cut.sector_bytes = seed % 2 == 0 ? 512 : 4096;
    (void)sim_rebuild(sim, &cut);
    sim_chance(sim_mix(at, seed + 9));
    if (stands(at + seed)) t_pass();
}

/* The way from a closed site to a closed site, recorded. */
static struct sim *record(const struct way *way)
{
    struct salve_err err = {0};
    struct sim *sim = sim_begin(life->root);
    enum salve_code code = site_open(&life->t->options, &life->t->site, &err);
    if (code == SALVE_OK) code = way->turn(&err);
    if (code == SALVE_OK) code = site_close(&life->t->site, &err);
    sim_end(sim);
    life->not_before_ms = life_now_ms + LIFE_MINUTE_MS;
    if (code != SALVE_OK)
        t_fail("rotation", "%s says %s: %s %s", way->name, salve_code_name(code), t_where(&err), err.why);
    return sim;
}

static void go(const struct way *way, int64_t only)
{
    struct sim *sim = record(way);
    uint64_t calls = sim_calls(sim), step = t_is_all() || only >= 0 ? 1 : calls / SHORT + 1, points = 0;
    for (uint64_t at = only >= 0 ? (uint64_t)only : 0; at <= calls; at += step, points++) {
        uint64_t cuts = t_is_all() || only >= 0 ? 4 : 1;
        for (uint64_t i = 0; i < cuts; i++) stop_at(way, sim, at, cuts == 1 ? points % 4 : i);
        if (only >= 0) break;
    }
    printf("%-6s stopped at %llu of %llu calls\n", way->name, (unsigned long long)points, (unsigned long long)calls);
    (void)sim_rebuild(sim, &(struct sim_cut){.at = 0, .loss = SIM_KILL});
    sim_drop(sim);
    life->t->options.secret.key_file = life->t->key_file;
}

int main(int argc, char **argv)
{
    int64_t only = -1;
    if (argc == 3 && !str_to_i64(str_of(argv[2]), &only)) return 2;
    (void)snprintf(life_where, sizeof life_where, "rotation");
    life = life_make(8);
    life->has_backups = true;
    (void)snprintf(fresh_key, sizeof fresh_key, "%s/fresh.key", life->root);
    if (life_record(life, STEPS)) {
        struct sim *lived = life->sim;
        life->sim = NULL;
        for (size_t i = 0; i < WAYS; i++)
            if (argc < 2 || strcmp(argv[1], ways[i].name) == 0) go(&ways[i], only);
        sim_drop(lived);
    }
    life_drop(life);
    return t_end();
}
