/* SPDX-License-Identifier: Apache-2.0
 * When two resources are one, and two Patients one person. */
#include "t.h"

#include "admit/same.h"
#include "fhir/fhir.h"

static struct arena *mem;

static int set_up(void **state)
{
    (void)state;
    mem = arena_open((size_t)64 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(mem);
    return 0;
}

static struct tape read(const char *json)
{
    struct tape tape;
    struct salve_err err = {0};
    if (fhir_read(str_of(json), NULL, mem, &tape, NULL, &err) != SALVE_OK) fail_msg("%s: %s", err.why, json);
    return tape;
}

/* An Observation: `more` is what stands behind code and status. */
static struct tape result(const char *code, const char *more)
{
    return read(arena_printf(mem,
                             "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
                             "\"http://loinc.org\",\"code\":\"%s\"}]}%s}",
                             code, more)
                    .ptr);
}

#define AT "\"effectiveDateTime\":"
#define KG(n)                                                                                                          \
    ",\"valueQuantity\":{\"value\":" n ",\"unit\":\"kg\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\"}"

static void one_reading_is_told_by_code_moment_and_number(void **state)
{
    static const struct {
        const char *a, *b;
        bool is_one;
    } rows[] = {
        {"," AT "\"2026-11-23T09:00:00Z\"" KG("61"), "," AT "\"2026-11-23T09:00:00Z\"" KG("61"), true},
        {"," AT "\"2026-11-23T09:00:00Z\"" KG("61"), "," AT "\"2026-11-23T12:30:00+03:30\"" KG("61"), true},
        {"," AT "\"2026-11-23T09:00:00Z\"" KG("61"), "," AT "\"2026-11-23T09:00:00.400Z\"" KG("61"), true},
        {"," AT "\"2026-11-23T09:00:00Z\"" KG("61"), ",\"effectiveInstant\":\"2026-11-23T09:00:00Z\"" KG("61"), true},
        {"," AT "\"2026-11-23T09:00:00Z\"" KG("61"), "," AT "\"2026-11-23T09:00:01Z\"" KG("61"), false},
        {"," AT "\"2026-11-23T09:00:00Z\"" KG("5.60"), "," AT "\"2026-11-23T09:00:00Z\"" KG("5.6"), true},
        {"," AT "\"2026-11-23T09:00:00Z\"" KG("0.056e2"), "," AT "\"2026-11-23T09:00:00Z\"" KG("5.6"), true},
        {"," AT "\"2026-11-23T09:00:00Z\"" KG("100"), "," AT "\"2026-11-23T09:00:00Z\"" KG("1e2"), true},
        {"," AT "\"2026-11-23T09:00:00Z\"" KG("101"), "," AT "\"2026-11-23T09:00:00Z\"" KG("1.01"), false},
        {"," AT "\"2026-11-23T09:00:00Z\"" KG("-1"), "," AT "\"2026-11-23T09:00:00Z\"" KG("1"), false},
        {"," AT "\"2026-11-23T09:00:00Z\"" KG("0.0"), "," AT "\"2026-11-23T09:00:00Z\"" KG("-0"), true},
        {"," AT "\"2026-11-23\"" KG("61"), "," AT "\"2026-11-23\"" KG("61"), false},
        {KG("61"), KG("61"), false},
        {",\"issued\":\"2026-11-23T09:00:00Z\"" KG("61"), ",\"issued\":\"2026-11-23T09:00:00Z\"" KG("61"), true},
        {"," AT "\"2026-11-23T09:00:00Z\",\"method\":{\"text\":\"a\"}" KG("61"),
         "," AT "\"2026-11-23T09:00:00Z\"" KG("61"), false},
        {"," AT "\"2026-11-23T09:00:00Z\",\"note\":[{\"text\":\"a\"}]" KG("61"),
         "," AT "\"2026-11-23T09:00:00Z\"" KG("61"), true},
        {"," AT "\"2026-11-23T09:00:00Z\"", "," AT "\"2026-11-23T09:00:00Z\"", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tape a = result("29463-7", rows[i].a), b = result("29463-7", rows[i].b);
        if (same_reading(&a, 0, &b, 0) != rows[i].is_one || same_reading(&b, 0, &a, 0) != rows[i].is_one)
            fail_msg("row %zu: %s and %s", i, rows[i].a, rows[i].b);
    }
    struct tape a = result("29463-7", rows[0].a), b = result("8302-2", rows[0].a);
    assert_false(same_reading(&a, 0, &b, 0));
}

static void content_is_what_is_said_not_how(void **state)
{
    (void)state;
    struct tape a = result("29463-7", "," AT "\"2026-11-23T09:00:00Z\"" KG("5.60"));
    struct tape spelled = read(
        "{ \"resourceType\":\"Observation\", \"id\":\"x\", \"meta\":{\"versionId\":\"7\"}, \"text\":{\"status\":\"generated\","
        "\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">words</div>\"}, \"identifier\":[{\"system\":"
        "\"urn:salve:imported\",\"value\":\"x\"}], \"valueQuantity\":{\"code\":\"kg\",\"system\":"
        "\"http://unitsofmeasure.org\",\"unit\":\"kg\",\"value\":5.60}, \"code\":{\"coding\":[{\"code\":\"29463-7\","
        "\"system\":\"http://loinc.org\"}]}, \"status\":\"final\", \"effectiveDateTime\":\"2026-11-23T10:00:00+01:00\"}");
    assert_true(same_content(&a, 0, &spelled, 0));
    assert_true(same_content(&spelled, 0, &a, 0));
    static const char *const others[] = {
        "," AT "\"2026-11-23T09:00:00Z\"" KG("5.6"), "," AT "\"2026-11-23T09:00:01Z\"" KG("5.60"),
        "," AT "\"2026-11-23\"" KG("5.60"), "," AT "\"2026-11-23T09:00:00Z\",\"note\":[{\"text\":\"a\"}]" KG("5.60"),
        "," AT "\"2026-11-23T09:00:00Z\""};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct tape b = result("29463-7", others[i]);
        if (same_content(&a, 0, &b, 0) || same_content(&b, 0, &a, 0)) fail_msg("%s", others[i]);
    }
    struct tape two = result("29463-7", ",\"note\":[{\"text\":\"a\"},{\"text\":\"b\"}]"),
                turned = result("29463-7", ",\"note\":[{\"text\":\"b\"},{\"text\":\"a\"}]");
    assert_false(same_content(&two, 0, &turned, 0)); /* the order of a list says something */
}

/* counts, one digit a resource */
static void stands(const char *const *json, size_t count, const char *want)
{
    struct tape tapes[8];
    bool counts[8];
    struct salve_err err = {0};
    for (size_t i = 0; i < count; i++) tapes[i] = read(json[i]);
    assert_int_equal(same_standing(tapes, count, mem, counts, &err), SALVE_OK);
    for (size_t i = 0; i < count; i++)
        if (counts[i] != (want[i] == '1')) fail_msg("resource %zu of %s", i, want);
}

#define RESULT(id, status, code, more)                                                                                 \
    "{\"resourceType\":\"Observation\"" id ",\"status\":\"" status                                                     \
    "\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"" code "\"}]}" more "}"
#define ID(id)   ",\"id\":\"" id "\""
#define OURS(n)  ID("aaaaaaaaaaaaaaaaaaaaaaaaaa." n)
#define FROM(id) ",\"identifier\":[{\"system\":\"urn:salve:imported\",\"value\":\"" id "\"}]"
#define NINE     ",\"effectiveDateTime\":\"2026-11-23T09:00:00Z\""

static void of_resources_that_are_one_one_counts(void **state)
{
    (void)state;
    static const char *const named[] = {
        RESULT(ID("a"), "final", "1", KG("61")), RESULT(ID("a"), "final", "1", KG("62")),
        RESULT(ID("a"), "final", "2", KG("62")), RESULT(ID("b"), "final", "1", KG("61"))};
    stands(named, 4, "0111");
    static const char *const back[] = {RESULT(OURS("1") FROM("a"), "final", "1", KG("61")),
                                       RESULT(OURS("2") FROM("a"), "entered-in-error", "1", KG("61")),
                                       RESULT(OURS("3") FROM("b"), "cancelled", "1", KG("61"))};
    stands(back, 3, "000");
    static const char *const raw[] = {RESULT(OURS("1") FROM("a"), "final", "1", KG("61")),
                                      RESULT(ID("a"), "corrected", "1", KG("62"))};
    stands(raw, 2, "01");
    static const char *const read_twice[] = {
        RESULT(OURS("1"), "final", "1", NINE KG("61")), RESULT(OURS("2"), "final", "1", NINE KG("61.0")),
        RESULT(OURS("3") FROM("c"), "final", "1", NINE KG("61")), RESULT(OURS("4"), "final", "1", NINE KG("62"))};
    stands(read_twice, 4, "1001");
    static const char *const two_ids[] = {RESULT(ID("a"), "final", "1", NINE KG("61")),
                                          RESULT(ID("b"), "final", "1", NINE KG("61"))};
    stands(two_ids, 2, "11");
    static const char *const untimed[] = {RESULT("", "final", "1", KG("61")), RESULT("", "final", "1", KG("61"))};
    stands(untimed, 2, "11");
    /* a value that was taken back does not stand in the way of the same number sent anew */
    static const char *const anew[] = {RESULT(OURS("1") FROM("a"), "entered-in-error", "1", NINE KG("61")),
                                       RESULT(OURS("2"), "final", "1", NINE KG("61"))};
    stands(anew, 2, "01");
    static const char *const late[] = {
        RESULT(ID("a") ",\"meta\":{\"lastUpdated\":\"2026-11-23T10:00:00Z\"}", "final", "1", KG("61")),
        RESULT(ID("a") ",\"meta\":{\"lastUpdated\":\"2026-11-23T09:00:00Z\"}", "final", "1", KG("62"))};
    stands(late, 2, "10");
    static const char *const conditions[] = {
        "{\"resourceType\":\"Condition\",\"id\":\"a\",\"subject\":{\"reference\":\"Patient/p\"},\"verificationStatus\":{\"coding\":[{\"code\":\"refuted\"}]}}",
        "{\"resourceType\":\"Condition\",\"id\":\"b\",\"subject\":{\"reference\":\"Patient/p\"}}"};
    stands(conditions, 2, "01");
}

/* --- people ------------------------------------------------------------------------------------------------------- */

static struct tape person(const char *more)
{
    return read(arena_printf(mem, "{\"resourceType\":\"Patient\"%s}", more).ptr);
}

static enum same_fact names(const char *a, const char *b)
{
    struct tape x = person(a), y = person(b);
    enum same_fact fact = same_names(&x, 0, &y, 0);
    assert_int_equal(same_names(&y, 0, &x, 0), fact);
    return fact;
}

static enum same_fact texts(const char *a, const char *b)
{
    return names(arena_printf(mem, ",\"name\":[{\"text\":\"%s\"}]", a).ptr,
                 arena_printf(mem, ",\"name\":[{\"text\":\"%s\"}]", b).ptr);
}

static void names_agree_without_case_accents_and_order(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"Ann Test", "TEST, Ann"},
        {"Anne-Marie Test", "Anne Marie Test"},
        {"Jos\u00e9 N\u00fa\u00f1ez", "JOSE\u0301 NU\u0301N\u0303EZ"},
        {"Jos\u00e9 N\u00fa\u00f1ez", "Jose Nunez"},
        {"O\u2019Brien Sean", "Sean O'BRIEN"},
        {"\u0645\u064f\u062d\u0645\u062f \u0639\u0644\u064a", "\u0639\u0644\u064a \u0645\u062d\u0645\u062f"},
        {"\uff21\uff4e\uff4e Test", "Ann Test"},
        {"Stra\u00dfe Ann", "STRASSE Ann"}};
    static const char *const others[][2] = {
        {"Ann Test", "Anna Test"},
        {"Ann Test", "Ann Mary Test"},
        {"Ann Test", "\u0410nn Test"}, /* a Cyrillic letter */
        {"Muhammad Ali", "\u0645\u062d\u0645\u062f \u0639\u0644\u064a"},
        {"\u0930\u093e\u092e \u0938\u093f\u0902\u0939", "\u0930\u092e \u0938\u0939"}}; /* vowel signs make the name */
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (texts(same[i][0], same[i][1]) != SAME_AGREES) fail_msg("%s and %s", same[i][0], same[i][1]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (texts(others[i][0], others[i][1]) != SAME_DIFFERS) fail_msg("%s and %s", others[i][0], others[i][1]);
    const char *parts =
        ",\"name\":[{\"use\":\"old\",\"text\":\"Ann Other\"},{\"family\":\"Test\",\"given\":[\"Ann\"]}]";
    assert_int_equal(names(parts, ",\"name\":[{\"text\":\"Ann Test\"}]"), SAME_AGREES);
    assert_int_equal(names(parts, ",\"name\":[{\"text\":\"Ann Other\"}]"), SAME_AGREES);
    assert_int_equal(names(parts, ",\"name\":[{\"text\":\" . \"}]"), SAME_DIFFERS);
    assert_int_equal(names(parts, ""), SAME_DIFFERS);
    assert_int_equal(names("", ""), SAME_SILENT);
}

static void birth_dates_agree_as_far_as_both_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        enum same_fact fact;
    } rows[] = {{",\"birthDate\":\"1972-03-14\"", ",\"birthDate\":\"1972-03-14\"", SAME_AGREES},
                {",\"birthDate\":\"1972-03-14\"", ",\"birthDate\":\"1972\"", SAME_AGREES},
                {",\"birthDate\":\"1972-03-14\"", ",\"birthDate\":\"1972-04\"", SAME_DIFFERS},
                {",\"birthDate\":\"1972-03-14\"", "", SAME_DIFFERS},
                {"", "", SAME_SILENT}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tape a = person(rows[i].a), b = person(rows[i].b);
        assert_int_equal(same_birth(&a, 0, &b, 0), rows[i].fact);
        assert_int_equal(same_birth(&b, 0, &a, 0), rows[i].fact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_reading_is_told_by_code_moment_and_number, set_up, tear_down),
        cmocka_unit_test_setup_teardown(content_is_what_is_said_not_how, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_resources_that_are_one_one_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_agree_without_case_accents_and_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(birth_dates_agree_as_far_as_both_are_known, set_up, tear_down),
    };
    return t_run(tests);
}
