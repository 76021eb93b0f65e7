/* SPDX-License-Identifier: Apache-2.0
 * What a site must have after a cut or an error; the end of life.h. */
#ifndef SALVE_TESTS_LIFE_CHECK_H
#define SALVE_TESTS_LIFE_CHECK_H

#define life_want(claim)                                                                                               \
    do {                                                                                                               \
        if (!(claim)) {                                                                                                \
            life_fails(#claim, __LINE__, &err);                                                                        \
            return false;                                                                                              \
        }                                                                                                              \
    } while (0)

/* A test that shows that something is found says so first, and counts. */
static bool life_is_meant;
static int life_who; /* who was asked for last */
static void life_fails(const char *claim, int line, const struct salve_err *err)
{
    if (life_is_meant) return;
    t_fail("life", "%s, person %d: %s (life_check.h:%d): %s %s", life_where, life_who, claim, line, t_where(err),
           err->why);
}

/* Of a thing that may be or not be: what is possible. */
enum { LIFE_IS = 1, LIFE_IS_NOT = 2 };

struct life_person {
    bool is_there;
    struct str card;
    unsigned is_erased, has_new_card; /* masks of LIFE_IS and LIFE_IS_NOT */
    unsigned given[PURPOSE_LAST + 1], has_work;
    unsigned looks; /* that were acknowledged */
};

struct life_model {
    struct life_person people[LIFE_PEOPLE];
    uint64_t at;
    int64_t now_ms;
};

enum life_outcome { LIFE_NOT_YET, LIFE_REFUSED, LIFE_MAYBE, LIFE_DONE };

/* Keys and what was taken back may be of a later time than records that were brought back: then a decision, a card or an
 * erasure of later may be known, or not. */
static bool life_keys_are_newer;
static bool life_is_of_keys(enum life_kind kind)
{
    return kind == LIFE_GIVE || kind == LIFE_WITHDRAW || kind == LIFE_ERASE || kind == LIFE_CARD;
}

/* A refusal changes nothing; an error of the machine may have come behind the change. */
static enum life_outcome life_outcome(const struct life_step *step, uint64_t at)
{
    if (step->to <= at && step->code == SALVE_OK) return LIFE_DONE;
    if (step->from > at) return life_keys_are_newer && life_is_of_keys(step->kind) ? LIFE_MAYBE : LIFE_NOT_YET;
    bool is_refusal = step->code == SALVE_E_CONSENT || step->code == SALVE_E_NOT_FOUND || step->code == SALVE_E_CLOCK ||
                      step->code == SALVE_E_PIN || step->code == SALVE_E_ROLE || step->code == SALVE_E_CONFLICT;
    return step->to <= at && is_refusal ? LIFE_REFUSED : LIFE_MAYBE;
}

static void life_set(unsigned *what, unsigned to, enum life_outcome outcome)
{
    *what = outcome == LIFE_DONE ? to : *what | to;
}

/* Open work goes with the last agreement that lets staff open the record. */
static void life_end_work(struct life_person *p)
{
    bool may_open = (p->given[PURPOSE_CARE] | p->given[PURPOSE_FOLLOW_UP]) & LIFE_IS;
    bool must_open = p->given[PURPOSE_CARE] == LIFE_IS || p->given[PURPOSE_FOLLOW_UP] == LIFE_IS;
    if (!may_open) p->has_work = LIFE_IS_NOT;
    if (may_open && !must_open) p->has_work |= LIFE_IS_NOT;
}

static void life_model_step(struct life_model *model, const struct life_step *step)
{
    struct life_person *p = &model->people[step->person];
    enum life_outcome outcome = life_outcome(step, model->at);
    if (outcome == LIFE_NOT_YET) return;
    if (step->now_ms > model->now_ms) model->now_ms = step->now_ms;
    if (step->is_opened && step->looked <= model->at) p->looks++;
    if (outcome == LIFE_REFUSED) return;
    switch (step->kind) {
    case LIFE_ENROL:
        if (outcome != LIFE_DONE) return;
        *p = (struct life_person){.is_there = true, .card = step->card, .has_work = LIFE_IS_NOT};
        p->is_erased = p->has_new_card = LIFE_IS_NOT;
        for (int i = 0; i <= PURPOSE_LAST; i++) p->given[i] = LIFE_IS_NOT;
        return;
    case LIFE_GIVE:
        life_set(&p->given[step->purpose], LIFE_IS, outcome);
        /* Keys of a later agreement open nothing by the one that was brought back: it is given again. */
        if (life_keys_are_newer && step->from >= model->at) p->given[step->purpose] |= LIFE_IS_NOT, life_end_work(p);
        return;
    case LIFE_WITHDRAW:
        life_set(&p->given[step->purpose], LIFE_IS_NOT, outcome);
        life_end_work(p);
        return;
    case LIFE_SAVE:
        if (step->has_work) life_set(&p->has_work, LIFE_IS, outcome);
        return;
    case LIFE_ERASE:
        life_set(&p->is_erased, LIFE_IS, outcome);
        life_set(&p->has_work, LIFE_IS_NOT, outcome);
        return;
    case LIFE_CARD:
        if (outcome == LIFE_DONE) p->card = step->card, p->has_new_card = LIFE_IS_NOT;
        if (outcome == LIFE_MAYBE) p->has_new_card |= LIFE_IS;
        return;
    default:
        return;
    }
}

static struct life_model life_model(const struct life *life, uint64_t at)
{
    struct life_model model = {.at = at, .now_ms = T_SITE_NOW};
    for (size_t i = 0; i < life->count; i++) life_model_step(&model, &life->steps[i]);
    return model;
}

/* --- one person --------------------------------------------------------------------------------------------------- */

static bool life_has(const struct rec_resource *all, size_t count, size_t at, const struct life_step *step, int item)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%d", step->values[item]);
    return at < count && str_eq(all[at].id, step->ids[item]) &&
           str_is(tape_text(&all[at].tape, tape_get(&all[at].tape, 0, "valueQuantity.value")), text);
}

/* Everything saved is there in its order; a save that was under way is there whole or not at all; nothing else is. */
static bool life_values_stand(const struct life *life, const struct life_model *model, int person,
                              struct rec_view *view)
{
    struct salve_err err = {0};
    const struct rec_resource *all = NULL;
    size_t count = 0, at = 0;
    life_want(rec_all(view, CLASS_BIT(CLASS_CLIN), &all, &count, &err) == SALVE_OK);
    for (size_t i = 0; i < life->count; i++) {
        const struct life_step *step = &life->steps[i];
        enum life_outcome outcome = life_outcome(step, model->at);
        if (step->kind != LIFE_SAVE || step->person != person || outcome < LIFE_MAYBE) continue;
        if (outcome == LIFE_MAYBE && (step->ids[0].ptr == NULL || !life_has(all, count, at, step, 0))) continue;
        for (int item = 0; item < step->count; item++, at++) life_want(life_has(all, count, at, step, item));
    }
    life_want(at == count);
    return true;
}

static bool life_choices_stand(struct life *life, const struct life_person *p, struct rec_view *view)
{
    struct salve_err err = {0};
    struct rec_consent *list = NULL;
    size_t count = 0;
    life_want(rec_consents(view, life->t->mem, &list, &count, &err) == SALVE_OK);
    for (size_t i = 0; i < sizeof life_purposes / sizeof life_purposes[0]; i++) {
        unsigned is = LIFE_IS_NOT;
        for (size_t c = 0; c < count; c++)
            if (list[c].grant.purpose == life_purposes[i] && list[c].in_force) is = LIFE_IS;
        life_want((p->given[life_purposes[i]] & is) != 0);
    }
    return true;
}

/* Each opening that was acknowledged has its line, whose leaf is in the log. */
static bool life_looks_stand(struct life *life, const struct life_person *p, struct rec_view *view)
{
    struct salve_err err = {0};
    struct rec_look *looks = NULL;
    size_t count = 0, missing = 0, opened = 0;
    life_want(rec_looked(view, life->t->mem, &looks, &count, &missing, &err) == SALVE_OK);
    for (size_t i = 0; i < count; i++) opened += str_is(looks[i].kind, "access");
    life_want(missing == 0);
    life_want(opened >= p->looks);
    return true;
}

/* Staff see somebody exactly as far as they agreed. */
static bool life_opens_for_staff(struct life *life, const struct life_person *p, enum purpose purpose)
{
    struct salve_err err = {0};
    struct rec_view *view = NULL;
    struct rec_ask ask = {.actor = T_CLINICIAN, .purpose = purpose, .who = p->card};
    enum salve_code code = rec_open(life->t->site, &ask, &view, &err);
    life_want(code == SALVE_OK || code == SALVE_E_CONSENT);
    life_want((p->given[purpose] & (code == SALVE_OK ? LIFE_IS : LIFE_IS_NOT)) != 0);
    const struct rec_resource *all = NULL;
    size_t count = 0;
    if (code == SALVE_OK) life_want(rec_all(view, 0, &all, &count, &err) == SALVE_OK);
    life_want(rec_close(&view, &err) == SALVE_OK);
    return true;
}

static bool life_person_stands(struct life *life, const struct life_model *model, int person, bool with_looks)
{
    struct salve_err err = {0};
    const struct life_person *p = &model->people[person];
    struct rec_view *view = NULL;
    life_who = person;
    struct rec_ask ask = {.actor = T_PERSON, .purpose = PURPOSE_SELF, .who = p->card};
    if (!p->is_there) return true;
    enum salve_code code = rec_open(life->t->site, &ask, &view, &err);
    bool may_be_gone = ((p->is_erased | p->has_new_card) & LIFE_IS) != 0, must_be_gone = p->is_erased == LIFE_IS;
    life_want(code == SALVE_OK || (may_be_gone && code == SALVE_E_NOT_FOUND));
    life_want(code != SALVE_OK || !must_be_gone);
    if (code != SALVE_OK) return true;
    bool good = life_values_stand(life, model, person, view) && life_choices_stand(life, p, view) &&
                (!with_looks || life_looks_stand(life, p, view));
    if (!good) {
        (void)!rec_close(&view, NULL);
        return false;
    }
    life_want(rec_close(&view, &err) == SALVE_OK);
    return life_opens_for_staff(life, p, PURPOSE_CARE);
}

/* --- the site ----------------------------------------------------------------------------------------------------- */

/* No alarm is lost with its reason there, none is there without. */
static bool life_work_stands(struct life *life, const struct life_model *model)
{
    struct salve_err err = {0};
    struct work *list = NULL;
    size_t count = 0, must = 0, may = 0;
    for (int i = 0; i < LIFE_PEOPLE; i++) {
        const struct life_person *p = &model->people[i];
        must += p->is_there && p->has_work == LIFE_IS;
        may += p->is_there && (p->has_work & LIFE_IS) != 0;
    }
    life_want(t_worklist(life->t->site, T_CLINICIAN, life->t->mem, &list, &count, &err) == SALVE_OK);
    life_want(count >= must && count <= may);
    return true;
}

static bool life_commons_stand(struct life *life, const struct life_model *model)
{
    struct salve_err err = {0};
    struct staff *staff = NULL;
    size_t count = 0;
    struct str name = site_settings(life->t->site)->name;
    bool is_known = str_is(name, "Test site");
    life_want(staff_list(life->t->site, life->t->mem, &staff, &count, &err) == SALVE_OK);
    for (size_t i = 0; i < life->count; i++) {
        const struct life_step *step = &life->steps[i];
        enum life_outcome outcome = life_outcome(step, model->at);
        bool is_there = false;
        if (step->kind == LIFE_SETTINGS && outcome >= LIFE_MAYBE) {
            bool is_this = str_eq(name, arena_printf(life->t->mem, "Tent %d", step->values[0]));
            is_known = outcome == LIFE_DONE ? is_this : is_known || is_this;
        }
        if (step->kind != LIFE_STAFF || outcome != LIFE_DONE) continue;
        for (size_t s = 0; s < count; s++)
            is_there = is_there || str_eq(staff[s].id, arena_printf(life->t->mem, "kofi-%d", step->values[0]));
        life_want(is_there);
    }
    life_want(is_known);
    return true;
}

/* The tablets that were enrolled are enrolled; the authority is the newest that was made, or one that was under way. */
static bool life_devices_stand(struct life *life, const struct life_model *model)
{
    struct salve_err err = {0};
    struct tablet *tablets = NULL;
    struct site_certificate authority = {0};
    size_t count = 0, must = 0;
    enum salve_code code = site_authority(life->t->site, life->t->mem, &authority, &err);
    bool is_known = code == SALVE_E_NOT_FOUND;
    life_want(is_known || code == SALVE_OK);
    for (size_t i = 0; i < life->count; i++) {
        const struct life_step *step = &life->steps[i];
        enum life_outcome outcome = life_outcome(step, model->at);
        must += step->kind == LIFE_TABLET && outcome == LIFE_DONE;
        if (step->kind != LIFE_AUTHORITY || outcome < LIFE_MAYBE) continue;
        bool is_this = str_eq(authority.name, arena_printf(life->t->mem, "salve-%d.home.arpa", step->values[0]));
        is_known = outcome == LIFE_DONE ? is_this : is_known || is_this;
    }
    life_want(is_known);
    life_want(tablet_list(life->t->site, T_MANAGER, life->t->mem, &tablets, &count, &err) == SALVE_OK);
    life_want(count >= must);
    return true;
}

static void life_show(void *with, const struct site_finding *finding)
{
    (void)with;
    if (life_is_meant) return;
    fprintf(stderr, "%s: finding: %.*s %.*s %.*s: %.*s\n", life_where, STR_ARGS(finding->file),
            STR_ARGS(finding->compartment), STR_ARGS(finding->element), STR_ARGS(finding->what));
}

/* verify has nothing to say, and the log goes on from a head that was shown before. */
static bool life_verifies(struct life *life, struct str shown)
{
    struct salve_err err = {0};
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN, .finding = life_show, .against = shown};
    life_want(site_verify(life->t->site, &ask, &result, &err) == SALVE_OK);
    return true;
}

/* It works: somebody enrols, agrees and is measured, whatever was before. */
static bool life_goes_on(struct life *life)
{
    struct salve_err err = {0};
    struct rec_enrolled who;
    struct rec_view *view = NULL;
    struct consent_grant grant = t_grant(PURPOSE_CARE);
    struct tape patient = t_read(life->t->mem, "{\"resourceType\":\"Patient\",\"birthDate\":\"1980-01-01\"}");
    life_want(rec_enrol(life->t->site, T_REGISTRAR, &patient, life->t->mem, &who, &err) == SALVE_OK);
    life_want(rec_consent_give(life->t->site, T_REGISTRAR, who.card, &grant, life->t->mem, NULL, &err) == SALVE_OK);
    struct rec_ask ask = {.actor = T_ASSISTANT, .purpose = PURPOSE_CARE, .who = who.card};
    life_want(rec_open(life->t->site, &ask, &view, &err) == SALVE_OK);
    struct str id;
    life_want(rec_new_id(view, life->t->mem, &id, &err) == SALVE_OK);
    struct tape weight = t_weight(life->t, view, id, "72");
    struct rec_item item = {.tape = &weight};
    life_want(rec_save(view, &item, 1, NULL, life->t->mem, &err) == SALVE_OK);
    life_want(rec_close(&view, &err) == SALVE_OK);
    return true;
}

/* life_check_open - of an open site. life_check - opens the site as it lies there, asks for everything as of call `at`,
 * and closes it. */
struct life_ask {
    uint64_t at, seed;
    struct str shown; /* a checkpoint that the log must go on from; empty: none */
    bool goes_on;
};

static bool life_check_open(struct life *life, const struct life_ask *ask)
{
    struct life_model model = life_model(life, ask->at);
    int looked = (int)(ask->seed % LIFE_PEOPLE);
    for (int i = 0; i < LIFE_PEOPLE; i++)
        if (!life_person_stands(life, &model, i, i == looked)) return false;
    return life_work_stands(life, &model) && life_commons_stand(life, &model) && life_devices_stand(life, &model) &&
           life_verifies(life, ask->shown) && (!ask->goes_on || life_goes_on(life));
}

static bool life_check(struct life *life, const struct life_ask *ask)
{
    struct salve_err err = {0};
    struct arena_mark mark = arena_mark(life->t->mem);
    life_now_ms = life_model(life, ask->at).now_ms + LIFE_MINUTE_MS;
    if (life_now_ms < life->not_before_ms) life_now_ms = life->not_before_ms;
    life_want(site_open(&life->t->options, &life->t->site, &err) == SALVE_OK);
    bool good = life_check_open(life, ask);
    enum salve_code code = site_close(&life->t->site, good ? &err : NULL);
    arena_rewind(life->t->mem, mark);
    life_want(!good || code == SALVE_OK);
    return good;
}

#endif
