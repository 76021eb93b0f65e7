/* SPDX-License-Identifier: Apache-2.0
 *
 * The gate against a model of a few lines: random enrolments, decisions, saves, new versions, looks, erasures,
 * rotations, re-openings and the passing of time. After each step the gate answers as the model says. The seed is
 * printed; set SEED to repeat, STEPS for more. Some views stay open over steps: each reads exactly as long as what it
 * rests on stands. */
#include "t_site.h"

enum { PEOPLE_MAX = 12, HELD_MAX = 4, VALUES_MAX = 64, DAY_MS = 24 * 3600 * 1000 };

struct person {
    struct str card;
    bool is_erased;
    bool is_given[PURPOSE_LAST + 1];
    int64_t until_ms[PURPOSE_LAST + 1];
    struct str ids[VALUES_MAX];
    int values[VALUES_MAX];
    uint32_t versions[VALUES_MAX];
    int value_count;
};

static struct t_site *t;
static struct person people[PEOPLE_MAX];
static int person_count;
static int64_t now_ms = T_SITE_NOW;
static uint64_t state;

static uint32_t dice(uint32_t sides)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % sides;
}

static bool holds(const struct person *p, enum purpose purpose)
{
    return !p->is_erased && p->is_given[purpose] && now_ms / 1000 < p->until_ms[purpose] / 1000;
}

#define want(claim)                                                                                                    \
    do {                                                                                                               \
        if (claim)                                                                                                     \
            t_pass();                                                                                                  \
        else                                                                                                           \
            t_fail(__func__, "%s (line %d)", #claim, __LINE__);                                                        \
    } while (0)

/* --- views that stay open --------------------------------------------------------------------------------------- */

static struct held {
    struct rec_view *view; /* NULL: free */
    const struct person *person;
    enum purpose purpose;
    bool is_over;
} held[HELD_MAX];

static void hold(const struct person *p)
{
    struct held *free_one = NULL;
    enum purpose purpose = dice(2) ? PURPOSE_CARE : PURPOSE_SELF;
    for (int i = 0; i < HELD_MAX; i++)
        if (held[i].view == NULL) free_one = &held[i];
    if (free_one == NULL) return;
    enum salve_code code =
        t_open_code(t, purpose == PURPOSE_CARE ? T_CLINICIAN : T_PERSON, purpose, p->card, &free_one->view);
    bool may = purpose == PURPOSE_SELF || holds(p, purpose);
    want(code == (p->is_erased ? SALVE_E_NOT_FOUND : may ? SALVE_OK : SALVE_E_CONSENT));
    free_one->person = p;
    free_one->purpose = purpose;
    free_one->is_over = false;
}

static void let_go(int of)
{
    if (dice((uint32_t)of) != 0) return;
    for (int i = 0; i < HELD_MAX; i++)
        if (held[i].view != NULL) t_close_view(&held[i].view);
}

static void is_decided(const struct person *p, enum purpose purpose) /* 0: erased */
{
    for (int i = 0; i < HELD_MAX; i++)
        if (held[i].person == p && (purpose == 0 || held[i].purpose == purpose)) held[i].is_over = true;
}

static void look_through_held(void)
{
    for (int i = 0; i < HELD_MAX; i++) {
        const struct rec_resource *all = NULL;
        size_t count = 0;
        if (held[i].view == NULL) continue;
        enum salve_code code = rec_all(held[i].view, CLASS_BIT(CLASS_CLIN), &all, &count, NULL);
        want((code == SALVE_OK) == !held[i].is_over);
        if (code == SALVE_OK) want((int)count == held[i].person->value_count);
    }
}

/* --- steps ------------------------------------------------------------------------------------------------------ */

static void enrol(void)
{
    if (person_count == PEOPLE_MAX) return;
    struct person *p = &people[person_count++];
    *p = (struct person){.card = t_enrol(t, "Model", "1980-01-01").card};
}

static void decide(struct person *p)
{
    static const enum purpose purposes[] = {PURPOSE_CARE, PURPOSE_FOLLOW_UP, PURPOSE_STATISTICS, PURPOSE_RESEARCH,
                                            PURPOSE_HELPER};
    enum purpose purpose = purposes[dice(5)];
    enum salve_code code;
    if (dice(3) == 0) {
        code = rec_consent_withdraw(t->site, dice(2) ? T_PERSON : T_REGISTRAR, p->card, purpose, t->mem, NULL, NULL);
        if (p->is_given[purpose]) is_decided(p, purpose);
        p->is_given[purpose] = false;
    } else {
        struct consent_grant grant = t_grant(purpose);
        if (dice(3) == 0) grant.not_after_unix_s = now_ms / 1000 + 1 + dice(20) * 86400;
        code = rec_consent_give(t->site, T_REGISTRAR, p->card, &grant, t->mem, NULL, NULL);
        if (code == SALVE_OK) {
            p->is_given[purpose] = true;
            is_decided(p, purpose);
            int64_t end = consent_end(purpose, now_ms / 1000 / 60 * 60, 0, 0);
            if (grant.not_after_unix_s != 0 && grant.not_after_unix_s < end) end = grant.not_after_unix_s;
            p->until_ms[purpose] = end * 1000;
        }
    }
    want(code == (p->is_erased ? SALVE_E_NOT_FOUND : SALVE_OK));
}

static void save(struct person *p)
{
    struct rec_view *view = NULL;
    enum salve_code code = t_open_code(t, T_ASSISTANT, PURPOSE_CARE, p->card, &view);
    want(code == (p->is_erased ? SALVE_E_NOT_FOUND : holds(p, PURPOSE_CARE) ? SALVE_OK : SALVE_E_CONSENT));
    if (code != SALVE_OK) return;
    for (uint32_t n = 1 + dice(3); n > 0; n--) {
        int value = 40 + (int)dice(100), at = p->value_count;
        char text[16];
        (void)snprintf(text, sizeof text, "%d", value);
        if (at == VALUES_MAX || (at > 0 && dice(3) == 0)) {
            at = (int)dice((uint32_t)p->value_count);
            struct tape again = t_weight(t, view, p->ids[at], text);
            want(t_save_code(t, view, &again, 0) == SALVE_OK);
        } else {
            p->ids[at] = t_save_weight(t, view, text);
            p->value_count++;
            p->versions[at] = 0;
        }
        p->values[at] = value;
        p->versions[at]++;
    }
    t_close_view(&view);
}

/* Everybody who may look sees exactly the model's values, in the order of saving. */
static void look(struct person *p)
{
    static const struct {
        enum purpose purpose;
        enum role role;
    } looks[] = {{PURPOSE_CARE, ROLE_CLINICIAN},
                 {PURPOSE_FOLLOW_UP, ROLE_CLINICIAN},
                 {PURPOSE_SELF, ROLE_PARTICIPANT},
                 {PURPOSE_HELPER, ROLE_HELPER}};
    uint32_t which = dice(4);
    struct actor actor = looks[which].role == ROLE_CLINICIAN ? T_CLINICIAN
                         : looks[which].role == ROLE_HELPER  ? (struct actor){.id = STR("sister"), .role = ROLE_HELPER}
                                                             : T_PERSON;
    struct rec_view *view = NULL;
    enum purpose purpose = looks[which].purpose;
    enum salve_code code = t_open_code(t, actor, purpose, p->card, &view);
    bool may = purpose == PURPOSE_SELF || holds(p, purpose);
    want(code == (p->is_erased ? SALVE_E_NOT_FOUND : may ? SALVE_OK : SALVE_E_CONSENT));
    if (code != SALVE_OK) return;
    const struct rec_resource *all = NULL;
    size_t count = 0;
    int n = 0;
    bool same = true;
    want(rec_all(view, CLASS_BIT(CLASS_CLIN), &all, &count, NULL) == SALVE_OK);
    for (size_t i = 0; i < count && n < p->value_count; i++, n++) {
        struct str value = tape_text(&all[i].tape, tape_get(&all[i].tape, 0, "valueQuantity.value"));
        same = same && str_eq(all[i].id, p->ids[n]) && str_eq(value, arena_printf(t->mem, "%d", p->values[n])) &&
               all[i].version == p->versions[n];
    }
    want(same && (int)count == p->value_count);
    t_close_view(&view);
}

static void erase(struct person *p)
{
    struct rec_erasure erasure;
    if (dice(6) != 0) return;
    enum salve_code code = rec_erase(t->site, T_BESIDE, p->card, t->mem, &erasure, NULL);
    want(code == (p->is_erased ? SALVE_E_NOT_FOUND : SALVE_OK));
    p->is_erased = true;
    is_decided(p, 0);
}

static void upkeep(void)
{
    struct site_rotation rotation;
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    switch (dice(3)) {
    case 0:
        want(site_rotate(t->site, T_TECHNICIAN, &rotation, NULL) == SALVE_OK);
        break;
    case 1:
        want(site_verify(t->site, &ask, &result, NULL) == SALVE_OK);
        break;
    default:
        now_ms += (int64_t)(1 + dice(10)) * DAY_MS;
    }
    let_go(1);
    t_site_at(t, now_ms);
}

int main(void)
{
    const char *seed = getenv("SEED"), *steps = getenv("STEPS");
    int64_t number = 20261123, count = t_is_all() ? 4000 : 250;
    if (seed != NULL && !str_to_i64(str_of(seed), &number)) return 2;
    if (steps != NULL && !str_to_i64(str_of(steps), &count)) return 2;
    state = (uint64_t)number;
    printf("seed %lld\n", (long long)number);
    t = t_site_make("model", false);
    enrol();
    for (int64_t i = 0; i < count; i++) {
        struct person *p = &people[dice((uint32_t)person_count)];
        uint32_t what = dice(20);
        if (what < 2)
            enrol();
        else if (what < 7)
            decide(p);
        else if (what < 12)
            save(p);
        else if (what < 18)
            look(p);
        else if (what < 19)
            erase(p);
        else
            upkeep();
        hold(p);
        look_through_held();
        let_go(6);
    }
    let_go(1);
    t_site_drop(t);
    return t_end();
}
