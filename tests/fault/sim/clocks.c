/* SPDX-License-Identifier: Apache-2.0
 *
 * The clock of the machine is wrong for a while (F6): an hour or a year behind, ten years ahead, or it stands still; and then it
 * is right again. Meanwhile reading and saving go on, what is doubted gives, extends, enrols and renews nothing, no agreement that ended comes
 * back, none that holds ends, taking back works, no session of a clinician begins, and the log keeps its order. It is
 * killed or cut from power at any call of that time, too.
 *
 *     clocks              with ALL=1 1,000 seeds; else a few
 *     clocks SEED         that one, with its steps */
#include "life.h"
#include "records/session.h"

enum { BEFORE = 12, DURING = 14, AFTER = 6, SHORT = T_IS_SANITIZED ? 4 : 32, WHOLE = T_IS_SANITIZED ? 100 : 1000 };
enum { HOUR_MS = 3600 * 1000 };

static const struct wrong {
    const char *name;
    int64_t by_ms; /* 0: it stands still */
} wrongs[] = {{"an hour behind", -HOUR_MS},
              {"a year behind", -(int64_t)365 * 24 * HOUR_MS},
              {"ten years ahead", (int64_t)3650 * 24 * HOUR_MS},
              {"standing still", 0}};

enum { WRONGS = sizeof wrongs / sizeof wrongs[0] };

static struct life *life;
static const struct wrong *wrong; /* NULL: the clock is right */
static int64_t last_now_ms;
static uint64_t steps;

static void set_clock(const struct wrong *to)
{
    wrong = to;
    life_clock_off_ms = to == NULL ? 0 : to->by_ms;
    life_clock_stands_ms = to != NULL && to->by_ms == 0 ? life_now_ms : 0;
}

/* Behind the last use of the site by more than two seconds, or more than 45 days past it. */
static bool is_doubted(void)
{
    int64_t now_ms = life_clock(NULL);
    return now_ms < last_now_ms - 2000 || now_ms > last_now_ms + (int64_t)45 * 24 * HOUR_MS;
}

#define must(claim)                                                                                                    \
    do {                                                                                                               \
        if (!(claim)) {                                                                                                \
            t_fail("clocks", "%s: %s (line %d)", life_where, #claim, __LINE__);                                        \
            return false;                                                                                              \
        }                                                                                                              \
    } while (0)

/* The person whose agreement to research ended before. */
static bool nothing_comes_back(void)
{
    struct rec_view *view = NULL;
    struct session session;
    struct rec_ask ask = {.actor = T_CLINICIAN, .purpose = PURPOSE_FOLLOW_UP, .who = life->cards[0]};
    bool doubted = is_doubted();
    must(rec_open(life->t->site, &ask, &view, NULL) == SALVE_E_CONSENT);
    must(site_clock_suspect(life->t->site) == doubted);
    must(site_now_unix_ms(life->t->site) >= last_now_ms);
    last_now_ms = site_now_unix_ms(life->t->site);
    enum salve_code code = session_begin(life->t->site, T_CLINICIAN.id, T_PIN, life->t->mem, &session, NULL);
    must(code == (doubted ? SALVE_E_CLOCK : SALVE_OK));
    if (code == SALVE_OK) must(session_end(life->t->site, session.token, NULL) == SALVE_OK);
    ask = (struct rec_ask){.actor = T_ASSISTANT, .purpose = PURPOSE_CARE, .who = life->cards[1]};
    must(rec_open(life->t->site, &ask, &view, NULL) == SALVE_OK); /* agreed to for long, and nobody took it back */
    must(rec_close(&view, NULL) == SALVE_OK);
    return true;
}

/* What is doubted gives nothing; what takes away works. Person 0 and the care of person 1 are left as they are. */
static bool step(void)
{
    struct salve_err err = {0};
    static const enum life_kind kinds[] = {LIFE_ENROL,  LIFE_GIVE, LIFE_WITHDRAW, LIFE_SAVE, LIFE_LOOK,  LIFE_SAVE,
                                           LIFE_ROTATE, LIFE_TICK, LIFE_REOPEN,   LIFE_GIVE, LIFE_ERASE, LIFE_CARD};
    enum life_kind kind = kinds[sim_dice(&life->stream, 12)];
    int person = 1 + (int)sim_dice(&life->stream, (uint32_t)life->people - 1);
    enum purpose purpose = life_purposes[sim_dice(&life->stream, 3)];
    if (person == 1 && (kind == LIFE_ERASE || (kind == LIFE_WITHDRAW && purpose == PURPOSE_CARE))) kind = LIFE_LOOK;
    if (kind == LIFE_LOOK && purpose != PURPOSE_CARE) purpose = PURPOSE_SELF;
    if (kind == LIFE_ENROL && life->people == LIFE_PEOPLE) kind = LIFE_TICK;
    enum salve_code code = life_step(life, kind, person, purpose, &err);
    bool doubted = is_doubted();
    steps++;
    bool is_refusal = code == SALVE_E_CONSENT || code == SALVE_E_NOT_FOUND;
    if (doubted && (kind == LIFE_ENROL || kind == LIFE_ROTATE)) must(code == SALVE_E_CLOCK);
    if (doubted && kind == LIFE_GIVE) must(code == SALVE_E_CLOCK || code == SALVE_E_NOT_FOUND);
    if (doubted && kind == LIFE_ERASE) must(code == SALVE_OK || code == SALVE_E_CLOCK || is_refusal);
    if (!doubted || kind == LIFE_WITHDRAW || kind == LIFE_SAVE || kind == LIFE_LOOK || kind == LIFE_CARD)
        must(code == SALVE_OK || is_refusal || (doubted && kind == LIFE_CARD && code == SALVE_E_CLOCK));
    return true;
}

static bool go(int count)
{
    for (int i = 0; i < count; i++)
        if (!step() || !nothing_comes_back()) return false;
    return true;
}

/* Each line is as late as the one before, in the log and by its time. */
static bool order_stands(void)
{
    struct rec_look *looks = NULL;
    size_t count = 0, missing = 0;
    struct rec_view *view = NULL;
    struct rec_ask ask = {.actor = T_PERSON, .purpose = PURPOSE_SELF, .who = life->cards[1]};
    must(rec_open(life->t->site, &ask, &view, NULL) == SALVE_OK);
    must(rec_looked(view, life->t->mem, &looks, &count, &missing, NULL) == SALVE_OK);
    must(missing == 0 && count > 2);
    for (size_t i = 1; i < count; i++)
        must(looks[i].at_unix_ms >= looks[i - 1].at_unix_ms && looks[i].leaf_index > looks[i - 1].leaf_index);
    must(rec_close(&view, NULL) == SALVE_OK);
    return true;
}

/* An agreement of two hours, of which three have gone by. */
static bool begin(void)
{
    struct salve_err err = {0};
    struct consent_grant grant = t_grant(PURPOSE_FOLLOW_UP);
    life->sim = sim_begin(life->root);
    grant.not_after_unix_s = life_now_ms / 1000 + 2 * 3600;
    must(site_open(&life->t->options, &life->t->site, &err) == SALVE_OK);
    must(rec_consent_give(life->t->site, T_REGISTRAR, life->cards[0], &grant, life->t->mem, NULL, &err) == SALVE_OK);
    life_now_ms += 3 * HOUR_MS;
    return nothing_comes_back();
}

static bool again(bool opens)
{
    struct salve_err err = {0};
    enum salve_code code = opens ? life_reopen(life, &err) : life_tick(life, &err);
    must(code == SALVE_OK || (is_doubted() && code == SALVE_E_CLOCK));
    return true;
}

static bool run(uint64_t seed)
{
    last_now_ms = T_SITE_NOW;
    set_clock(NULL);
    if (!begin() || !go(BEFORE)) return false;
    set_clock(&wrongs[seed % WRONGS]);
    must(again(seed % 3 == 0) && go(DURING));
    set_clock(NULL);
    must(again(seed % 5 < 2) && go(AFTER) && order_stands());
    must(site_close(&life->t->site, NULL) == SALVE_OK);
    return true;
}

/* A cut in that time, and the clock right when it is opened again. Agreements that ended by the clock are no decisions, so
 * person 0 is asked for by themselves. */
static bool cut(uint64_t seed)
{
    uint64_t stream = sim_mix(seed, 21);
    struct sim_cut at = {.at = sim_dice(&stream, (uint32_t)sim_calls(life->sim) + 1), .seed = seed};
    at.loss = sim_dice(&stream, 2) == 0 ? SIM_KILL : SIM_POWER;
    at.sector_bytes = 512;
    (void)sim_rebuild(life->sim, &at);
    set_clock(NULL);
    life->not_before_ms = life_now_ms + LIFE_MINUTE_MS;
    return life_check(life, &(struct life_ask){.at = at.at, .seed = seed, .goes_on = true});
}

static void one(uint64_t seed, bool is_told)
{
    life = life_make(5000 + seed);
    (void)snprintf(life_where, sizeof life_where, "clocks %llu: %s", (unsigned long long)seed,
                   wrongs[seed % WRONGS].name);
    size_t made = life->count;
    bool good = run(seed);
    sim_end(life->sim);
    (void)!site_close(&life->t->site, NULL);
    if (is_told) life_tell_steps(life, made);
    if (good && cut(seed)) t_pass();
    life_drop(life);
}

int main(int argc, char **argv)
{
    int64_t seed = 0;
    bool is_one = argc == 2 && str_to_i64(str_of(argv[1]), &seed);
    int64_t count = is_one ? seed + 1 : t_is_all() ? WHOLE : SHORT;
    for (; seed < count; seed++) one((uint64_t)seed, is_one);
    printf("clocks: %lld seeds, %llu steps\n", (long long)(is_one ? 1 : count), (unsigned long long)steps);
    return t_end();
}
