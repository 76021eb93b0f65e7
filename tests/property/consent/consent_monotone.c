/* SPDX-License-Identifier: Apache-2.0
 * What must hold for any set of decisions: taking something away, or adding something that has ended, never opens more.
 * The seed is printed; SALVE_SEED repeats a run. */
#include "t.h"

#include <time.h>

#include "consent_case.h"

enum { ROUNDS = 20000, GRANTS = 6 };

static uint64_t seed;

static uint64_t pick(uint64_t count) { return t_random(&seed) % count; }

static struct consent_grant random_grant(uint64_t seq)
{
    struct consent_grant grant = case_grant((enum purpose)(1 + pick(PURPOSE_LAST)), seq);
    grant.at_unix_s = case_time((double)pick(120));
    grant.state = (enum consent_state)(pick(4) == 0 ? pick(CONSENT_STATE_COUNT) : CONSENT_GIVEN);
    if (pick(3) == 0) grant.classes = (class_mask)pick(256) & ~(class_mask)1;
    if (pick(4) == 0) grant.classes |= CLASS_BIT(CLASS_SENS);
    grant.not_after_unix_s = consent_end(grant.purpose, grant.at_unix_s, (int32_t)pick(200), 0);
    if (pick(4) == 0) {
        grant.by = CONSENT_BY_GUARDIAN;
        grant.assent = (enum consent_assent)pick(CONSENT_ASSENT_COUNT);
        grant.majority_unix_s = case_time((double)(80 + pick(60)));
    }
    if (pick(3) != 0) grant.to = STR("zara");
    grant.form.major = (uint32_t)(1 + pick(2));
    if (pick(10) == 0) grant.teach_back = CONSENT_TEACH_BACK_NOT_DONE;
    return grant;
}

static void random_ask(struct consent_ask *ask, struct consent_forms_now *forms)
{
    *ask = (struct consent_ask){.actor = {.role = (enum role)pick(ROLE_COUNT), .id = pick(2) ? STR("zara") : STR("")},
                                .purpose = (enum purpose)(1 + pick(PURPOSE_LAST)),
                                .classes =
                                    CLASS_BIT(1 + pick(CLASS_LAST)) | (pick(2) ? CLASS_BIT(1 + pick(CLASS_LAST)) : 0),
                                .now_unix_s = case_time((double)(60 + pick(80))),
                                .is_present = pick(2) != 0,
                                .forms = pick(2) ? forms : NULL};
    for (int purpose = 1; purpose <= PURPOSE_LAST; purpose++) {
        forms->of[purpose].major = (uint32_t)(1 + pick(2));
        forms->of[purpose].since_unix_s = case_time((double)pick(60));
    }
}

struct world {
    struct consent_grant grants[GRANTS + 1];
    size_t count;
    struct consent_ask ask;
    struct consent_forms_now forms;
};

static bool is_open(const struct world *world, size_t count)
{
    return consent_decide(world->grants, count, &world->ask).allowed;
}

static void random_world(struct world *world)
{
    world->count = pick(GRANTS) + 1;
    for (size_t i = 0; i < world->count; i++) world->grants[i] = random_grant(i + 1);
    random_ask(&world->ask, &world->forms);
}

static void an_ended_decision_on_top_never_opens_more(void **state)
{
    (void)state;
    unsigned opened = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct world world;
        random_world(&world);
        bool before = is_open(&world, world.count);
        struct consent_grant added = random_grant(world.count + 1);
        if (pick(2))
            added.state = CONSENT_WITHDRAWN;
        else
            added.not_after_unix_s = world.ask.now_unix_s - (int64_t)pick(100000);
        world.grants[world.count] = added;
        bool after = is_open(&world, world.count + 1);
        if (after && !before) fail_msg("round %u", round);
        if (added.purpose == world.ask.purpose && consent_is_asked(added.purpose)) assert_false(after);
        opened += before;
    }
    assert_true(opened > ROUNDS / 100); /* the property was not tried on nothing */
}

/* A chain only grows; what can be lost is its newest end (a rollback), and that is found by the log. Of the decisions of one
 * purpose any one that is not the newest is without effect, and without the newest yes there is no yes of its own making. */
static void taking_decisions_away_never_opens_more_than_they_said(void **state)
{
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct world world;
        random_world(&world);
        bool before = is_open(&world, world.count);
        size_t away = pick(world.count);
        bool is_newest = true;
        for (size_t i = away + 1; i < world.count; i++)
            if (world.grants[i].purpose == world.grants[away].purpose) is_newest = false;
        bool was_yes = world.grants[away].state == CONSENT_GIVEN && before && is_newest &&
                       world.grants[away].purpose == world.ask.purpose;
        struct consent_grant removed = world.grants[away];
        memmove(&world.grants[away], &world.grants[away + 1], (world.count - away - 1) * sizeof world.grants[0]);
        bool after = is_open(&world, world.count - 1);
        if (!is_newest || removed.purpose != world.ask.purpose) assert_true(after == before);
        if (after && !before) assert_true(is_newest && !was_yes);
        bool is_own = !consent_is_asked(world.ask.purpose) && world.ask.actor.role == ROLE_PARTICIPANT;
        assert_true(is_open(&world, 0) == (is_own && (world.ask.classes & ~purpose_classes(world.ask.purpose)) == 0));
    }
}

/* With one decision a purpose, as a person has who never changed anything, removal is monotone without exception. */
static void without_a_decision_nothing_opens_that_it_did_not_open(void **state)
{
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct world world;
        random_world(&world);
        world.count = PURPOSE_LAST - 1;
        for (size_t i = 0; i < world.count; i++) {
            world.grants[i] = random_grant(i + 1);
            world.grants[i].purpose = (enum purpose)(i + 1 + (i + 1 >= PURPOSE_SELF));
            world.grants[i].classes = purpose_classes(world.grants[i].purpose);
        }
        bool before = is_open(&world, world.count);
        size_t away = pick(world.count);
        memmove(&world.grants[away], &world.grants[away + 1], (world.count - away - 1) * sizeof world.grants[0]);
        bool after = is_open(&world, world.count - 1);
        if (after && !before) fail_msg("round %u", round);
    }
}

static void asking_for_more_or_later_never_opens_more(void **state)
{
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct world world;
        random_world(&world);
        bool before = is_open(&world, world.count);
        struct world wider = world;
        wider.ask.classes |= CLASS_BIT(1 + pick(CLASS_LAST));
        if (is_open(&wider, wider.count) && !before) fail_msg("more classes, round %u", round);
        struct world away = world;
        away.ask.is_present = false;
        if (is_open(&away, away.count) && !before) fail_msg("not present, round %u", round);
        struct consent_decision decision = consent_decide(world.grants, world.count, &world.ask);
        class_mask may = consent_role_classes(world.ask.actor.role, world.ask.purpose);
        assert_true((decision.classes & ~may) == 0 && (decision.allowed || decision.classes == 0));
        for (int days = 1; before && days < 4000; days += 500) { /* once closed by time, closed for good */
            struct world later = world;
            later.ask.now_unix_s += (int64_t)days * 86400;
            bool still = is_open(&later, later.count);
            later.ask.now_unix_s += 86400;
            if (!still) assert_false(is_open(&later, later.count));
        }
    }
}

static void the_order_of_rows_never_matters(void **state)
{
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct world world;
        random_world(&world);
        struct consent_decision before = consent_decide(world.grants, world.count, &world.ask);
        for (size_t i = world.count; i-- > 1;) {
            size_t j = pick(i + 1);
            struct consent_grant kept = world.grants[i];
            world.grants[i] = world.grants[j];
            world.grants[j] = kept;
        }
        struct consent_decision after = consent_decide(world.grants, world.count, &world.ask);
        assert_true(before.allowed == after.allowed && before.reason == after.reason &&
                    before.classes == after.classes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ended_decision_on_top_never_opens_more),
        cmocka_unit_test(taking_decisions_away_never_opens_more_than_they_said),
        cmocka_unit_test(without_a_decision_nothing_opens_that_it_did_not_open),
        cmocka_unit_test(asking_for_more_or_later_never_opens_more),
        cmocka_unit_test(the_order_of_rows_never_matters),
    };
    const char *given = getenv("SALVE_SEED");
    seed = given == NULL ? (uint64_t)time(NULL) : strtoull(given, NULL, 10);
    printf("SALVE_SEED=%llu\n", (unsigned long long)seed);
    return t_run(tests);
}
