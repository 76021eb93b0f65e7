/* SPDX-License-Identifier: Apache-2.0
 * A crew does each job once, the caller's own in their order, and what a job wrote is there when it returns.
 * races_sanitized.sh runs it once more under ThreadSanitizer. */
#include <pthread.h>
#include <string.h>

#include "base/crew.h"
#include "t.h"

enum { JOBS = 500, OWN = 20, WORK = 1000 };

struct place {
    unsigned times; /* plain numbers: what two threads wrote without a join would be a race */
    size_t turn;    /* of its member */
    uint64_t sum;
    pthread_t by;
};

struct member {
    struct place *places;
    size_t turns;
};

static void job(void *with, size_t nr)
{
    struct member *member = with;
    struct place *place = &member->places[nr];
    place->times++;
    place->turn = member->turns++;
    place->by = pthread_self();
    for (uint64_t i = 0; i < WORK; i++) place->sum += i * nr;
}

static void each_job_is_done_once_and_the_callers_first(void **state)
{
    (void)state;
    static struct place places[JOBS];
    for (size_t members_count = 1; members_count <= CREW_MAX; members_count++) {
        struct member members[CREW_MAX];
        size_t turns = 0;
        memset(places, 0, sizeof places);
        for (size_t i = 0; i < CREW_MAX; i++) members[i] = (struct member){.places = places};
        crew_run(OWN, JOBS, members, sizeof members[0], members_count, job);
        for (size_t nr = 0; nr < JOBS; nr++) {
            assert_int_equal(places[nr].times, 1);
            assert_int_equal(places[nr].sum, nr * (WORK * (WORK - 1) / 2));
        }
        for (size_t nr = 0; nr < OWN; nr++) {
            assert_int_equal(places[nr].turn, nr);
            assert_true(pthread_equal(places[nr].by, pthread_self()));
        }
        for (size_t i = 0; i < members_count; i++) turns += members[i].turns;
        assert_int_equal(turns, JOBS);
    }
}

static void a_crew_has_no_jobs_or_the_callers_alone(void **state)
{
    (void)state;
    struct place places[OWN] = {{0}};
    struct member members[2] = {{.places = places}, {.places = places}};
    crew_run(0, 0, members, sizeof members[0], 2, job);
    assert_int_equal(places[0].times, 0);
    crew_run(OWN, OWN, members, sizeof members[0], 2, job);
    for (size_t nr = 0; nr < OWN; nr++) assert_int_equal(places[nr].times, 1);
    assert_int_equal(members[1].turns, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_job_is_done_once_and_the_callers_first),
        cmocka_unit_test(a_crew_has_no_jobs_or_the_callers_alone),
    };
    return t_run(tests);
}
