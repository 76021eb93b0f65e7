/* SPDX-License-Identifier: Apache-2.0
 * How a site is: what is good, what is to be looked at, what is a fault. */
#include "visit/health.h"

#include "records/site.h"

enum { DAYS_MAX = 7, CODES_MAX = 50, RENEWALS_MAX = 3 };
#define DAY_MS    ((int64_t)86400000)
#define DISK_FULL ((uint64_t)256 << 20)
#define DISK_LOOK ((uint64_t)2 << 30)

const char *visit_health_text(enum visit_health_row row)
{
    static const char *const texts[HEALTH_ROWS] = {
#define HEALTH(name, text, what) text,
#include "visit/health.def"
#undef HEALTH
    };
    return texts[row];
}

const char *visit_health_state_text(enum visit_health_state state)
{
    static const char *const texts[] = {"good", "look", "fault"};
    return texts[state];
}

enum salve_code visit_may(const struct visit *visit, enum act act, struct salve_err *err)
{
    if (consent_may(visit->actor.role, act, PURPOSE_NONE) != NULL) return SALVE_OK;
    return salve_fail(err, SALVE_E_ROLE, "%s", role_text(visit->actor.role));
}

/* --- each row ----------------------------------------------------------------------------------------------------- */

static bool is_old(int64_t at_unix_ms, int64_t now_unix_ms) { return (now_unix_ms - at_unix_ms) / DAY_MS > DAYS_MAX; }

/* Until the third renewal of its keys a site is new; made-up people are lost without harm. */
static enum visit_health_state none_yet(const struct visit *visit, const struct visit_health *health)
{
    bool is_new = health->backup.renewals_since < RENEWALS_MAX || site_is_made_up(visit->site);
    return is_new ? HEALTH_LOOK : HEALTH_FAULT;
}

static enum visit_health_state of_backup(const struct visit *visit, const struct visit_health *health)
{
    if (health->backup.at_unix_ms == 0) return none_yet(visit, health);
    return is_old(health->backup.at_unix_ms, health->site.now_unix_ms) ? HEALTH_FAULT : HEALTH_GOOD;
}

static enum visit_health_state of_keys_copy(const struct visit *visit, const struct visit_health *health)
{
    if (health->backup.keys_at_unix_ms == 0) return none_yet(visit, health);
    bool is_good = health->backup.keys_code == SALVE_OK && health->backup.renewals_since < 2;
    return is_good ? HEALTH_GOOD : HEALTH_FAULT;
}

static enum visit_health_state of_verify(const struct visit_health *health)
{
    if (health->site.verified_at_unix_ms == 0) return HEALTH_LOOK;
    bool is_bad = health->site.verified_findings > 0;
    return is_bad || is_old(health->site.verified_at_unix_ms, health->site.now_unix_ms) ? HEALTH_FAULT : HEALTH_GOOD;
}

static enum visit_health_state of_keys(const struct visit_health *health)
{
    int64_t at = health->facts.rotated_at_unix_ms; /* what nobody can tell counts as never */
    return at == 0 || is_old(at, health->site.now_unix_ms) ? HEALTH_FAULT : HEALTH_GOOD;
}

static enum visit_health_state of_disk(const struct visit_health *health)
{
    uint64_t free_bytes = health->site.disk_free_bytes;
    if (health->site.disk_bytes == 0) return HEALTH_LOOK;
    return free_bytes < DISK_FULL ? HEALTH_FAULT : free_bytes < DISK_LOOK ? HEALTH_LOOK : HEALTH_GOOD;
}

static enum visit_health_state of_zone(const struct visit *visit)
{
    const struct zone *zone = NULL;
    if (site_zone(visit->site, &zone, NULL) != SALVE_OK) return HEALTH_FAULT;
    return site_settings(visit->site)->zone.len == 0 ? HEALTH_LOOK : HEALTH_GOOD;
}

static void judge(const struct visit *visit, struct visit_health *health)
{
    enum visit_health_state *rows = health->rows;
    rows[HEALTH_BACKUP] = of_backup(visit, health);
    rows[HEALTH_KEYS_COPY] = of_keys_copy(visit, health);
    rows[HEALTH_VERIFY] = of_verify(health);
    rows[HEALTH_KEYS] = of_keys(health);
    rows[HEALTH_DISK] = of_disk(health);
    rows[HEALTH_CLOCK] = health->site.is_clock_doubted ? HEALTH_FAULT : HEALTH_GOOD;
    rows[HEALTH_ZONE] = of_zone(visit);
    rows[HEALTH_CODES] = health->guessed_codes < CODES_MAX ? HEALTH_GOOD : HEALTH_FAULT;
    rows[HEALTH_LOG] = health->site.signed_at_unix_ms == 0 ? HEALTH_LOOK : HEALTH_GOOD;
    for (int row = 0; row < HEALTH_ROWS; row++)
        if (rows[row] > health->worst) health->worst = rows[row];
}

enum salve_code visit_health(const struct visit *visit, struct visit_health *out, struct salve_err *err)
{
    *out = (struct visit_health){.worst = HEALTH_GOOD};
    TRY(visit_may(visit, ACT_HEALTH, err));
    TRY(site_health(visit->site, visit->actor, visit->mem, &out->site, err));
    TRY(site_facts(visit->site, visit->mem, &out->facts, err));
    TRY(site_backup_state(visit->site, visit->mem, &out->backup, err));
    out->guessed_codes = site_guessed_codes(visit->site);
    judge(visit, out);
    return SALVE_OK;
}
