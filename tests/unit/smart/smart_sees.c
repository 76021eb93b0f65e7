/* SPDX-License-Identifier: Apache-2.0
 * Which resources scopes let see, by which right; and what is no condition. */
#include "t.h"

#include "fhir/fhir.h"
#include "search/search.h"
#include "smart/smart.h"

static struct arena *mem;

static struct tape weight(const char *status, const char *date)
{
    struct tape tape;
    struct str json = arena_printf(mem,
                                   "{\"resourceType\":\"Observation\",\"status\":\"%s\",\"effectiveDateTime\":\"%s\","
                                   "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"29463-7\"}]}}",
                                   status, date);
    assert_ok(fhir_read(json, NULL, mem, &tape, NULL, NULL));
    return tape;
}

static bool sees(const char *scope, unsigned rights, const struct tape *tape)
{
    static const struct search_world world = {.now_unix_ms = 1700000000000};
    struct smart_sight *sight = NULL;
    bool does = false;
    const struct search_resource one = {.tape = tape, .id = STR("a.1")};
    assert_ok(smart_sight_make(str_of(scope), &world, mem, &sight, NULL));
    assert_ok(smart_sight_shows(sight, rights, &one, mem, &does, NULL));
    return does;
}

static void a_scope_lets_see_its_type_and_what_its_condition_finds(void **state)
{
    (void)state;
    struct tape final = weight("final", "2026-01-05T09:00:00Z");
    const unsigned both = SMART_READS | SMART_SEARCHES;
    assert_true(sees("patient/Observation.rs", both, &final));
    assert_true(sees("patient/*.rs", both, &final));
    assert_false(sees("patient/Condition.rs", both, &final));
    assert_true(sees("patient/Observation.rs?status=final", both, &final));
    assert_false(sees("patient/Observation.rs?status=amended", both, &final));
    assert_true(sees("patient/Observation.rs?status=amended patient/Observation.rs?status=final", both, &final));
    assert_false(sees("patient/Observation.rs?status=final&code=1-8", both, &final));
    assert_true(sees("patient/Observation.rs?code=http%3A%2F%2Floinc.org%7C29463-7", both, &final));
    assert_true(sees("patient/Observation.rs?code=http://loinc.org|29463-7", both, &final));
    assert_true(sees("patient/Observation.rs?date=ge2026", both, &final));
    assert_false(sees("patient/Observation.rs?date=lt2026", both, &final));
}

static void reading_and_searching_are_two_rights(void **state)
{
    (void)state;
    struct smart_sight *sight = NULL;
    struct tape final = weight("final", "2026"), amended = weight("amended", "2026");
    const char *scope = "patient/Observation.r?status=final patient/Observation.s?status=amended";
    assert_true(sees(scope, SMART_READS, &final) && !sees(scope, SMART_SEARCHES, &final));
    assert_true(!sees(scope, SMART_READS, &amended) && sees(scope, SMART_SEARCHES, &amended));
    assert_true(sees(scope, SMART_READS | SMART_SEARCHES, &final) &&
                sees(scope, SMART_READS | SMART_SEARCHES, &amended));
    assert_ok(smart_sight_make(str_of(scope), NULL, mem, &sight, NULL));
    assert_false(smart_sight_is_even(sight));
    assert_ok(smart_sight_make(STR("patient/Observation.rs?status=final patient/*.rs"), NULL, mem, &sight, NULL));
    assert_true(smart_sight_is_even(sight));
}

static void what_is_no_search_of_its_type_is_no_condition(void **state)
{
    (void)state;
    static const char *const bad[] = {"patient/Observation.rs?colour=red",
                                      "patient/Observation.rs?_id=a",
                                      "patient/Observation.rs?code=%zz",
                                      "patient/Observation.rs?code=50%",
                                      "patient/Observation.rs?code=%ff",
                                      "patient/Observation.rs?code=a%00",
                                      "patient/Observation.rs?code=",
                                      "patient/Observation.rs?=x",
                                      "patient/*.rs?code=1",
                                      "patient/Observation.rs?subject.name=x",
                                      "patient/Observation.rs?%5fid=a",
                                      "patient/Patient.rs?name=x",
                                      "patient/Observation.rs?_sort=date",
                                      "patient/Observation.rs?date=yesterday",
                                      "patient/Observation.rs?status:in=x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct smart_sight *sight = NULL;
        struct salve_err err = {0};
        if (smart_sight_make(str_of(bad[i]), NULL, mem, &sight, &err) != SALVE_E_INVALID) fail_msg("%s", bad[i]);
        assert_string_equal(err.element, "invalid_scope");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scope_lets_see_its_type_and_what_its_condition_finds),
        cmocka_unit_test(reading_and_searching_are_two_rights),
        cmocka_unit_test(what_is_no_search_of_its_type_is_no_condition),
    };
    mem = arena_open(16 << 20);
    return t_run(tests);
}
