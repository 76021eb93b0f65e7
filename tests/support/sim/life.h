/* SPDX-License-Identifier: Apache-2.0
 *
 * life - the days of a small site on the simulated machine, decided by a seed: people enrol, agree, are measured, take
 * back, get a new card, are erased; keys are renewed, copies made, staff and settings change, the site is closed and
 * opened. Each step is noted with the calls between which it happened and with what the gate said. After a cut or an
 * error life_check asks the site for all of it: what was acknowledged is there; what was under way, or failed, is there
 * whole or not at all; nothing else is. Include it from one test program; everything is static. */
#ifndef SALVE_TESTS_LIFE_H
#define SALVE_TESTS_LIFE_H

#include <signal.h>
#include <sys/file.h>

#include "records/account.h"
#include "records/certify.h"
#include "records/gate.h"
#include "records/worklist.h"
#include "sim.h"
#include "t_site.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

enum { LIFE_PEOPLE = 8, LIFE_STEPS = 1200, LIFE_ITEMS = 3, LIFE_MINUTE_MS = 60000 };

enum life_kind {
    LIFE_ENROL,
    LIFE_GIVE,
    LIFE_WITHDRAW,
    LIFE_SAVE,
    LIFE_LOOK,
    LIFE_ERASE,
    LIFE_CARD,
    LIFE_ROTATE,
    LIFE_TICK,
    LIFE_REOPEN,
    LIFE_STAFF,
    LIFE_SETTINGS,
    LIFE_BACKUP,
    LIFE_MANY, /* saves of some people in one commit: a step of LIFE_SAVE for each of them is noted */
    LIFE_TABLET,
    LIFE_AUTHORITY,
    LIFE_KINDS
};
static const char *const life_words[] = {"enrol",  "give",   "withdraw", "save",     "look",     "erase",
                                         "card",   "rotate", "tick",     "reopen",   "register", "settings",
                                         "backup", "many",   "tablet",   "authority"};

struct life_step {
    enum life_kind kind;
    int person, count;
    enum purpose purpose;
    bool has_work;     /* of a save: open work goes with it */
    bool is_opened;    /* somebody was opened on the way, durably before `looked` */
    uint64_t from, to; /* calls: the first of the step; the first behind its acknowledgement */
    uint64_t looked;
    int64_t now_ms;
    enum salve_code code;
    struct str ids[LIFE_ITEMS];
    int values[LIFE_ITEMS];
    struct str card; /* of LIFE_ENROL and LIFE_CARD */
};

struct life {
    uint64_t seed, stream;
    char root[200], data[300], keys[300];
    int lock;
    struct t_site *t;
    struct sim *sim;
    struct life_step steps[LIFE_STEPS];
    size_t count;
    int people, numbers;
    struct str cards[LIFE_PEOPLE]; /* the newest that was acknowledged, while it runs */
    bool has_backups;
    int64_t not_before_ms; /* of the clock of a check */
};

static int64_t life_now_ms;
static char life_where[300]; /* what is being tried, for the words of a failure */
static int64_t life_clock_off_ms,
    life_clock_stands_ms; /* of a clock that is wrong: by how much; where it stands, 0: it goes */
static int64_t life_clock(const struct clock *clock)
{
    (void)clock;
    return life_clock_stands_ms != 0 ? life_clock_stands_ms : life_now_ms + life_clock_off_ms;
}

static void life_tell(int signal_number)
{
    signal(signal_number, SIG_DFL);
    (void)!write(STDERR_FILENO, "FAILED ", 7);
    (void)!write(STDERR_FILENO, life_where, strlen(life_where));
    (void)!write(STDERR_FILENO, "\n", 1);
    raise(signal_number);
}

/* The first folder that no other program has, so that the paths which a site notes are the same in each run. */
static void life_root(struct life *life)
{
    char lock[220];
    for (int nr = 0; nr < 100; nr++) {
        (void)snprintf(life->root, sizeof life->root, "%s/salve-sim-%02d", t_tmp(), nr);
        (void)snprintf(lock, sizeof lock, "%s.lock", life->root);
        life->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (life->lock >= 0 && flock(life->lock, LOCK_EX | LOCK_NB) == 0) break;
        if (life->lock >= 0) close(life->lock);
        if (nr == 99) abort();
    }
    (void)snprintf(life->data, sizeof life->data, "%s/data", life->root);
    (void)snprintf(life->keys, sizeof life->keys, "%s/keys", life->root);
    t_remove(life->root);
    if (mkdir(life->root, 0700) != 0 || mkdir(life->data, 0700) != 0 || mkdir(life->keys, 0700) != 0) abort();
}

static void life_site(struct life *life)
{
    char was[700], *outer = getenv("TMPDIR");
    outer = outer == NULL ? NULL : strdup(outer);
    setenv("TMPDIR", life->root, 1);
    life->t = t_site_make("life", false);
    if (outer != NULL) setenv("TMPDIR", outer, 1);
    if (outer == NULL) unsetenv("TMPDIR");
    free(outer);
    t_site_close(life->t);
    (void)snprintf(was, sizeof was, "%s", life->t->folder);
    (void)snprintf(life->t->folder, sizeof life->t->folder, "%s/site", life->root);
    if (rename(was, life->t->folder) != 0) abort();
    (void)snprintf(was, sizeof was, "%s", life->t->key_file);
    (void)snprintf(life->t->key_file, sizeof life->t->key_file, "%s/site.key", life->root);
    if (rename(was, life->t->key_file) != 0) abort();
    life->t->options.clock = (struct clock){life_clock, 0};
    t_site_open(life->t);
}

/* life_make - a new site with three people, two of whom agreed to care; closed. */
static struct life *life_make(uint64_t seed)
{
    struct life *life = calloc(1, sizeof *life);
    if (life == NULL) abort();
    life->seed = seed;
    life->stream = sim_mix(seed, 1);
    life_root(life);
    signal(SIGABRT, life_tell);
    if (!T_IS_SANITIZED) signal(SIGSEGV, life_tell);
    sim_chance(sim_mix(seed, 2));
    life_now_ms = T_SITE_NOW;
    life_site(life);
    for (life->people = 0; life->people < 3; life->people++) {
        struct life_step *step = &life->steps[life->count++];
        life->cards[life->people] = t_enrol(life->t, "Haddad", "1980-01-01").card;
        *step = (struct life_step){.kind = LIFE_ENROL, .person = life->people, .card = life->cards[life->people]};
        if (life->people == 2) continue;
        t_give(life->t, life->cards[life->people], PURPOSE_CARE);
        life->steps[life->count++] =
            (struct life_step){.kind = LIFE_GIVE, .person = life->people, .purpose = PURPOSE_CARE};
    }
    t_site_close(life->t);
    return life;
}

static void life_drop(struct life *life)
{
    sim_fail(&(struct sim_fault){0});
    if (life->sim != NULL) sim_drop(life->sim);
    (void)!site_close(&life->t->site, NULL);
    t_remove(life->root);
    close(life->lock);
    arena_close(life->t->mem);
    free(life->t);
    free(life);
}

/* --- steps -------------------------------------------------------------------------------------------------------- */

static uint64_t life_at(const struct life *life) { return life->sim == NULL ? 0 : sim_calls(life->sim); }

static const enum purpose life_purposes[] = {PURPOSE_CARE, PURPOSE_FOLLOW_UP, PURPOSE_RESEARCH};

static enum salve_code life_enrol(struct life *life, struct life_step *step, struct salve_err *err)
{
    struct rec_enrolled out;
    sim_rest(true);
    struct tape patient = t_read(life->t->mem, "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Haddad\"}],"
                                               "\"birthDate\":\"1980-01-01\"}");
    sim_rest(false);
    TRY(rec_enrol(life->t->site, T_REGISTRAR, &patient, life->t->mem, &out, err));
    step->card = out.card;
    return SALVE_OK;
}

static enum salve_code life_open(struct life *life, struct life_step *step, enum purpose purpose,
                                 struct rec_view **view, struct salve_err *err)
{
    struct rec_ask ask = {.purpose = purpose, .who = life->cards[step->person]};
    ask.actor = purpose == PURPOSE_SELF ? T_PERSON : T_ASSISTANT;
    TRY(rec_open(life->t->site, &ask, view, err));
    step->is_opened = true;
    step->looked = life_at(life);
    return SALVE_OK;
}

/* What a step saves, and its open work with it. */
static enum salve_code life_items(struct life *life, struct life_step *step, struct rec_view *view,
                                  struct tape tapes[LIFE_ITEMS], struct rec_item items[LIFE_ITEMS],
                                  struct salve_err *err)
{
    static const struct work_entry open_work = {.part = WORK_KEPT, .task = WORK_TELL, .urgency = 1};
    for (int i = 0; i < step->count; i++) {
        char text[16];
        (void)snprintf(text, sizeof text, "%d", step->values[i]);
        TRY(rec_new_id(view, life->t->mem, &step->ids[i], err));
        sim_rest(true);
        tapes[i] = t_weight(life->t, view, step->ids[i], text);
        sim_rest(false);
        items[i] = (struct rec_item){.tape = &tapes[i]};
    }
    if (step->has_work) worklist_set(view, WORK_KEPT, &open_work, 1);
    return SALVE_OK;
}

static enum salve_code life_put(struct life *life, struct life_step *step, struct rec_view *view, struct salve_err *err)
{
    struct tape tapes[LIFE_ITEMS];
    struct rec_item items[LIFE_ITEMS];
    TRY(life_items(life, step, view, tapes, items, err));
    return rec_save(view, items, (size_t)step->count, NULL, life->t->mem, err);
}

static enum salve_code life_save(struct life *life, struct life_step *step, struct salve_err *err)
{
    struct rec_view *view = NULL;
    TRY(life_open(life, step, PURPOSE_CARE, &view, err));
    enum salve_code code = life_put(life, step, view, err);
    step->to = life_at(life);
    (void)!rec_close(&view, NULL);
    return code;
}

/* The step that was begun and up to two more of other people, each with its own view and batch. */
static enum salve_code life_many(struct life *life, struct life_step *first, struct salve_err *err)
{
    enum { MANY = 3 };
    struct rec_view *views[MANY] = {0};
    struct tape tapes[MANY][LIFE_ITEMS];
    struct rec_item items[MANY][LIFE_ITEMS];
    struct rec_batch batches[MANY] = {0};
    size_t count = 0;
    enum salve_code code = SALVE_OK;
    first->kind = LIFE_SAVE;
    for (int i = 0; i < MANY && i < life->people && life->count < LIFE_STEPS && code == SALVE_OK; i++) {
        struct life_step *step = i == 0 ? first : &life->steps[life->count++];
        if (i > 0) *step = *first;
        if (i > 0) step->person = (first->person + i) % life->people, step->is_opened = false;
        for (int v = 0; v < LIFE_ITEMS && i > 0; v++) step->values[v] = 40 + life->numbers++ % 200;
        code = life_open(life, step, PURPOSE_CARE, &views[count], err);
        if (code == SALVE_OK) code = life_items(life, step, views[count], tapes[count], items[count], err);
        step->code = code;
        step->to = life_at(life);
        if (code == SALVE_OK)
            batches[count] =
                (struct rec_batch){.view = views[count], .items = items[count], .item_count = (size_t)step->count};
        count += code == SALVE_OK;
        if (code == SALVE_E_CONSENT || code == SALVE_E_NOT_FOUND) code = SALVE_OK; /* of this one alone */
    }
    enum salve_code saved = count == 0 ? code : rec_save_many(life->t->site, batches, count, life->t->mem, err);
    size_t at = 0;
    for (struct life_step *step = first; step < &life->steps[life->count] && count > 0; step++) {
        if (step->code != SALVE_OK) continue;
        step->code = saved == SALVE_OK || batches[at].code != SALVE_OK ? batches[at].code : saved;
        step->to = life_at(life);
        at++;
    }
    for (size_t i = 0; i < count; i++) (void)!rec_close(&views[i], NULL);
    return count == 0 ? first->code : saved;
}

/* Two keys that a tablet may have: the point that all of P-256 comes from, and its double. */
static const char *const life_tablet_keys[] = {"046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                                               "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
                                               "047cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978"
                                               "07775510db8ed040293d9ac69f7430dbba7dade63ce982299e04b79d227873d1"};

static enum salve_code life_tablet(struct life *life, const struct life_step *step, struct salve_err *err)
{
    struct tablet_new fresh = {.label = STR("front desk")};
    struct str id;
    if (!str_hex_parse(str_of(life_tablet_keys[step->values[0] % 2]), fresh.public_key, sizeof fresh.public_key))
        return salve_fail(err, SALVE_E_INVALID, "key");
    return tablet_enrol(life->t->site, T_MANAGER, &fresh, life->t->mem, &id, err);
}

static enum salve_code life_look(struct life *life, struct life_step *step, struct salve_err *err)
{
    struct rec_view *view = NULL;
    const struct rec_resource *all = NULL;
    size_t count;
    TRY(life_open(life, step, step->purpose, &view, err));
    enum salve_code code = rec_all(view, 0, &all, &count, err);
    (void)!rec_close(&view, NULL);
    return code;
}

static enum salve_code life_card(struct life *life, struct life_step *step, struct salve_err *err)
{
    struct rec_view *view = NULL;
    TRY(life_open(life, step, PURPOSE_SELF, &view, err));
    enum salve_code code = rec_card_new(view, life->t->mem, &step->card, err);
    step->to = life_at(life);
    (void)!rec_close(&view, NULL);
    return code;
}

static enum salve_code life_settings(struct life *life, const struct life_step *step, struct salve_err *err)
{
    struct site_settings settings = *site_settings(life->t->site);
    settings.name = arena_printf(life->t->mem, "Tent %d", step->values[0]);
    return site_settings_set(life->t->site, T_MANAGER, &settings, err);
}

static enum salve_code life_reopen(struct life *life, struct salve_err *err)
{
    enum salve_code closed = site_close(&life->t->site, err);
    enum salve_code opened = site_open(&life->t->options, &life->t->site, closed == SALVE_OK ? err : NULL);
    return closed == SALVE_OK ? opened : closed;
}

static enum salve_code life_tick(struct life *life, struct salve_err *err)
{
    bool has_more = true;
    for (int i = 0; i < 64 && has_more; i++) TRY(site_tick(life->t->site, &has_more, err));
    return SALVE_OK;
}

static enum salve_code life_upkeep(struct life *life, const struct life_step *step, struct salve_err *err)
{
    struct site_rotation rotation;
    struct site_backup backup;
    struct site_backup_ask ask = {.actor = T_TECHNICIAN, .data = life->data, .keys = life->keys};
    switch (step->kind) {
    case LIFE_ROTATE:
        return site_rotate(life->t->site, T_TECHNICIAN, &rotation, err);
    case LIFE_TICK:
        return life_tick(life, err);
    case LIFE_REOPEN:
        return life_reopen(life, err);
    case LIFE_STAFF:
        return t_register(life->t->site, T_MANAGER, arena_printf(life->t->mem, "kofi-%d", step->values[0]),
                          ROLE_REGISTRAR, err);
    case LIFE_SETTINGS:
        return life_settings(life, step, err);
    case LIFE_TABLET:
        return life_tablet(life, step, err);
    case LIFE_AUTHORITY:
        return site_authority_make(life->t->site, T_MANAGER,
                                   arena_printf(life->t->mem, "salve-%d.home.arpa", step->values[0]), err);
    default:
        return site_backup(life->t->site, &ask, life->t->mem, &backup, err);
    }
}

static enum salve_code life_take(struct life *life, struct life_step *step, struct salve_err *err)
{
    struct site *site = life->t->site;
    struct consent_grant grant;
    struct rec_erasure erasure;
    switch (step->kind) {
    case LIFE_ENROL:
        return life_enrol(life, step, err);
    case LIFE_GIVE:
        sim_rest(true);
        grant = t_grant(step->purpose);
        sim_rest(false);
        return rec_consent_give(site, T_REGISTRAR, life->cards[step->person], &grant, life->t->mem, NULL, err);
    case LIFE_WITHDRAW:
        return rec_consent_withdraw(site, T_PERSON, life->cards[step->person], step->purpose, life->t->mem, NULL, err);
    case LIFE_SAVE:
        return life_save(life, step, err);
    case LIFE_LOOK:
        return life_look(life, step, err);
    case LIFE_ERASE:
        return rec_erase(site, T_BESIDE, life->cards[step->person], life->t->mem, &erasure, err);
    case LIFE_CARD:
        return life_card(life, step, err);
    case LIFE_MANY:
        return life_many(life, step, err);
    default:
        return life_upkeep(life, step, err);
    }
}

/* life_step - one step of that kind; what the gate said. The site is open, or its opening failed (E_NOT_FOUND). */
static enum salve_code life_step(struct life *life, enum life_kind kind, int person, enum purpose purpose,
                                 struct salve_err *err)
{
    if (life->count == LIFE_STEPS || (kind == LIFE_ENROL && life->people == LIFE_PEOPLE)) return SALVE_OK;
    struct life_step *step = &life->steps[life->count++];
    *step = (struct life_step){.kind = kind, .person = person, .purpose = purpose, .from = life_at(life)};
    if (kind == LIFE_ENROL) step->person = life->people;
    step->count = 1 + (int)sim_dice(&life->stream, LIFE_ITEMS);
    step->has_work = sim_dice(&life->stream, 3) == 0;
    for (int i = 0; i < LIFE_ITEMS; i++) step->values[i] = 40 + life->numbers++ % 200;
    life_now_ms += (int64_t)sim_dice(&life->stream, 120) * 1000;
    if (kind == LIFE_REOPEN) life_now_ms += (int64_t)sim_dice(&life->stream, 30) * 60 * LIFE_MINUTE_MS;
    step->now_ms = life_now_ms;
    enum salve_code code = life->t->site == NULL ? SALVE_E_NOT_FOUND : life_take(life, step, err);
    if (kind == LIFE_MANY && life->t->site != NULL) return code; /* noted by each of them */
    step->code = code;
    if (step->to == 0 || step->code != SALVE_OK) step->to = life_at(life);
    if (step->code == SALVE_OK && step->card.ptr != NULL) life->cards[step->person] = step->card;
    if (step->code == SALVE_OK && kind == LIFE_ENROL) life->people++;
    return step->code;
}

/* life_next - the step that the seed says. */
static enum salve_code life_next(struct life *life, struct salve_err *err)
{
    static const struct {
        enum life_kind kind;
        uint32_t odds;
    } table[] = {{LIFE_ENROL, 4},  {LIFE_GIVE, 18},  {LIFE_WITHDRAW, 8},  {LIFE_SAVE, 24},
                 {LIFE_MANY, 8},   {LIFE_TABLET, 1}, {LIFE_AUTHORITY, 1}, {LIFE_LOOK, 10},
                 {LIFE_ERASE, 2},  {LIFE_CARD, 3},   {LIFE_ROTATE, 3},    {LIFE_TICK, 6},
                 {LIFE_REOPEN, 7}, {LIFE_STAFF, 2},  {LIFE_SETTINGS, 2},  {LIFE_BACKUP, 1}};
    uint32_t at = sim_dice(&life->stream, 100);
    size_t row = 0;
    while (at >= table[row].odds) at -= table[row++].odds;
    int person = (int)sim_dice(&life->stream, (uint32_t)life->people);
    enum purpose purpose = life_purposes[sim_dice(&life->stream, 3)];
    if (table[row].kind == LIFE_LOOK) purpose = sim_dice(&life->stream, 2) == 0 ? PURPOSE_SELF : PURPOSE_CARE;
    enum life_kind kind = table[row].kind;
    if (kind == LIFE_BACKUP && !life->has_backups) kind = LIFE_SAVE;
    return life_step(life, kind, person, purpose, err);
}

static bool life_is_fine(enum salve_code code)
{
    return code == SALVE_OK || code == SALVE_E_CONSENT || code == SALVE_E_NOT_FOUND || code == SALVE_E_CONFLICT;
}

/* life_record - opens the site, takes so many steps and closes it, all of it recorded. What a healthy machine refuses is
 * what the person decided (E_CONSENT, E_NOT_FOUND), a tablet that is enrolled already, and nothing else. */
static bool life_record(struct life *life, unsigned steps)
{
    struct salve_err err = {0};
    life->sim = sim_begin(life->root);
    enum salve_code code = site_open(&life->t->options, &life->t->site, &err);
    for (unsigned i = 0; i < steps && life_is_fine(code); i++) code = life_next(life, &err);
    if (life_is_fine(code)) code = site_close(&life->t->site, &err);
    sim_end(life->sim);
    if (code == SALVE_OK) return true;
    t_fail("life", "%s: %s of step %zu (%s) on a healthy machine: %s %s", life_where, salve_code_name(code),
           life->count, life_words[life->steps[life->count - 1].kind], t_where(&err), err.why);
    return false;
}

/* life_restart - only the first `made` steps were taken, those of life_make; the folder is the caller's to bring back. */
static void life_restart(struct life *life, size_t made)
{
    life->count = made;
    life->people = life->numbers = 0;
    for (size_t i = 0; i < made; i++)
        if (life->steps[i].kind == LIFE_ENROL) life->cards[life->people++] = life->steps[i].card;
    life->stream = sim_mix(life->seed, 1);
    life_now_ms = T_SITE_NOW;
}

/* life_tell_steps - the steps from number `from` on, a line each. */
static void life_tell_steps(const struct life *life, size_t from)
{
    for (size_t i = from; i < life->count; i++)
        printf("    %s of %d (%s): calls %llu to %llu, %s\n", life_words[life->steps[i].kind], life->steps[i].person,
               life->steps[i].purpose == 0 ? "" : purpose_text(life->steps[i].purpose),
               (unsigned long long)life->steps[i].from, (unsigned long long)life->steps[i].to,
               salve_code_name(life->steps[i].code));
}

#include "life_check.h"

#pragma GCC diagnostic pop
#endif
