/* SPDX-License-Identifier: Apache-2.0
 * Ages, ends, what may be stored, and the two texts of a decision: canonical JSON and FHIR. */
#include "t.h"

#include "base/clock.h"
#include "consent/may.h"
#include "consent_case.h"
#include "json/json.h"

static int64_t at(const char *text)
{
    int64_t ms = 0;
    assert_true(clock_parse(str_of(text), &ms));
    return ms / 1000;
}

static struct consent_birth birth_on(const char *text) { return consent_birth_of_day(at(text)); }

/* consent_check with a whole birth date, or with text that may be less. */
static enum salve_code check_born(const struct consent_grant *grant, const char *day, const struct consent_ages *ages,
                                  struct salve_err *err)
{
    struct consent_birth birth = birth_on(day);
    return consent_check(grant, &birth, ages, err);
}

static enum salve_code check_text(const struct consent_grant *grant, const char *text, const struct consent_ages *ages,
                                  struct salve_err *err)
{
    struct consent_birth birth = consent_birth_read(str_of(text), grant->at_unix_s);
    return consent_check(grant, &birth, ages, err);
}

/* A yes that may be stored, given on 2026-04-01. */
static struct consent_grant grant_of(enum purpose purpose)
{
    struct consent_grant grant = case_grant(purpose, 1);
    grant.not_after_unix_s = consent_end(purpose, grant.at_unix_s, 0, 0);
    if (purpose == PURPOSE_HELPER || purpose == PURPOSE_TRANSFER) grant.to = STR("zara");
    return grant;
}

static struct consent_grant child_grant(const char *born, const struct consent_ages *ages)
{
    struct consent_grant grant = grant_of(PURPOSE_CARE);
    grant.by = CONSENT_BY_GUARDIAN;
    grant.assent = CONSENT_ASSENT_GIVEN;
    grant.majority_unix_s = consent_majority(at(born), ages);
    grant.not_after_unix_s = consent_end(PURPOSE_CARE, grant.at_unix_s, 0, grant.majority_unix_s);
    return grant;
}

static void ages_turn_on_the_birthday(void **state)
{
    (void)state;
    struct consent_ages ages = consent_ages_default();
    assert_true(ages.assent_years == 7 && ages.own_consent_years == 16 && ages.majority_years == 18);
    assert_int_equal(consent_age_years(at("2010-05-04"), at("2026-05-03T23:59:59Z")), 15);
    assert_int_equal(consent_age_years(at("2010-05-04"), at("2026-05-04")), 16);
    assert_int_equal(consent_age_years(at("2026-05-04"), at("2026-05-03")), -1);
    assert_int_equal(consent_age_years(at("2008-02-29"), at("2026-02-28")), 17);
    assert_int_equal(consent_age_years(at("2008-02-29"), at("2026-03-01")), 18);
    assert_true(consent_majority(at("2008-02-29"), &ages) == at("2026-03-01"));
    assert_true(consent_majority(at("2010-05-04"), &ages) == at("2028-05-04"));
    assert_true(consent_majority(at("1960-01-01"), &ages) == at("1978-01-01"));
}

static void the_soonest_end_holds(void **state)
{
    (void)state;
    int64_t day = 86400, from = at("2026-04-01");
    assert_true(consent_end(PURPOSE_TRANSFER, from, 0, 0) == from + 7 * day);
    assert_true(consent_end(PURPOSE_TRANSFER, from, 3, 0) == from + 3 * day);
    assert_true(consent_end(PURPOSE_TRANSFER, from, 30, 0) == from + 7 * day);
    assert_true(consent_end(PURPOSE_CARE, from, 0, from + 40 * day) == from + 40 * day);
    assert_true(consent_end(PURPOSE_SELF, from, 0, 0) == 0);
}

static void a_sound_yes_may_be_stored_for_every_purpose(void **state)
{
    (void)state;
    struct consent_ages ages = consent_ages_default();
    for (int purpose = 1; purpose <= PURPOSE_LAST; purpose++) {
        struct consent_grant grant = grant_of((enum purpose)purpose);
        enum salve_code want = consent_is_asked((enum purpose)purpose) ? SALVE_OK : SALVE_E_INVALID;
        assert_code(check_text(&grant, "", &ages, NULL), want != SALVE_OK ? want : SALVE_E_CONSENT);
        grant.of_age_by = STR("dr-amina");
        assert_code(check_text(&grant, "", &ages, NULL), want);
        assert_code(check_born(&grant, "1980-01-01", &ages, NULL), want);
    }
}

static void what_is_refused_is_named(void **state)
{
    (void)state;
    struct consent_ages ages = consent_ages_default();
    struct salve_err err = {0};
#define REFUSED(change, code, where)                                                                                   \
    {                                                                                                                  \
        struct consent_grant grant = grant_of(PURPOSE_CARE);                                                           \
        change;                                                                                                        \
        assert_code(check_born(&grant, "1980-01-01", &ages, &err), code);                                              \
        assert_string_equal(t_where(&err), where);                                                                     \
    }
    REFUSED(grant.teach_back = CONSENT_TEACH_BACK_NOT_DONE, SALVE_E_CONSENT, "Consent.teach_back")
    REFUSED(grant.teach_back_rounds = 3, SALVE_E_INVALID, "Consent.teach_back")
    REFUSED(grant.method = CONSENT_METHOD_SPOKEN, SALVE_E_INVALID, "Consent.witness")
    REFUSED(grant.not_after_unix_s++, SALVE_E_INVALID, "Consent.not_after")
    REFUSED(grant.not_after_unix_s = 0, SALVE_E_INVALID, "Consent.not_after")
    REFUSED(grant.classes = CLASS_BIT(CLASS_STAT), SALVE_E_INVALID, "Consent.classes")
    REFUSED(grant.at_unix_s += 1, SALVE_E_INVALID, "Consent.at")
    REFUSED(memset(grant.form.sha256, 0, 32), SALVE_E_INVALID, "Consent.form")
    REFUSED(grant.form.lang = STR(""), SALVE_E_INVALID, "Consent.form")
    REFUSED(grant.purpose = PURPOSE_HELPER, SALVE_E_INVALID, "Consent.to")
    REFUSED(grant.by = CONSENT_BY_GUARDIAN, SALVE_E_INVALID, "Consent.by")
    REFUSED(grant.assent = CONSENT_ASSENT_GIVEN, SALVE_E_INVALID, "Consent.assent")
    REFUSED(grant.majority_unix_s = 5, SALVE_E_INVALID, "Consent.majority")
#undef REFUSED
}

static void for_a_child_both_words_are_needed(void **state)
{
    (void)state;
    struct consent_ages ages = consent_ages_default();
    static const struct {
        const char *born;
        enum consent_assent assent;
        enum consent_witness witness;
        enum salve_code want;
    } CASES[] = {
        {"2016-01-01", CONSENT_ASSENT_GIVEN, CONSENT_WITNESS_NONE, SALVE_OK},
        {"2016-01-01", CONSENT_ASSENT_DISSENT, CONSENT_WITNESS_NONE, SALVE_E_CONSENT},
        {"2016-01-01", CONSENT_ASSENT_NONE, CONSENT_WITNESS_NONE, SALVE_E_CONSENT},
        {"2016-01-01", CONSENT_ASSENT_NOT_ABLE, CONSENT_WITNESS_NONE, SALVE_E_CONSENT},
        {"2016-01-01", CONSENT_ASSENT_NOT_ABLE, CONSENT_WITNESS_INDEPENDENT, SALVE_OK},
        {"2022-01-01", CONSENT_ASSENT_NOT_ABLE, CONSENT_WITNESS_NONE, SALVE_OK},
        {"2022-01-01", CONSENT_ASSENT_DISSENT, CONSENT_WITNESS_NONE, SALVE_E_CONSENT},
        {"2010-04-02", CONSENT_ASSENT_GIVEN, CONSENT_WITNESS_NONE, SALVE_OK},        /* 15 */
        {"2010-04-01", CONSENT_ASSENT_GIVEN, CONSENT_WITNESS_NONE, SALVE_E_INVALID}, /* 16: decides alone */
        {"1990-01-01", CONSENT_ASSENT_GIVEN, CONSENT_WITNESS_NONE, SALVE_E_INVALID},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct consent_grant grant = child_grant(CASES[i].born, &ages);
        grant.assent = CASES[i].assent;
        grant.witness = CASES[i].witness;
        assert_code(check_born(&grant, CASES[i].born, &ages, NULL), CASES[i].want);
    }
    struct consent_grant alone = grant_of(PURPOSE_CARE);
    assert_code(check_born(&alone, "2016-01-01", &ages, NULL), SALVE_E_CONSENT);
    assert_code(check_born(&alone, "2010-04-01", &ages, NULL), SALVE_OK);
    struct consent_ages elsewhere = {12, 14, 21};
    struct consent_grant grant = child_grant("2013-01-01", &elsewhere);
    grant.assent = CONSENT_ASSENT_GIVEN;
    assert_true(grant.majority_unix_s == at("2034-01-01"));
    assert_code(check_born(&grant, "2013-01-01", &elsewhere, NULL), SALVE_OK);
    assert_code(check_born(&grant, "2013-01-01", &ages, NULL), SALVE_E_INVALID);
}

/* Given on 2026-04-01, when sixteen years is 2010-04-01. */
static void an_age_that_is_open_is_judged_by_the_youngest(void **state)
{
    (void)state;
    struct consent_ages ages = consent_ages_default();
    static const struct {
        const char *born;
        enum salve_code alone, stated; /* the person alone, and with a clinician's statement */
        enum salve_code guardian;
        int32_t youngest;
    } CASES[] = {
        {"2021", SALVE_E_CONSENT, SALVE_E_CONSENT, SALVE_OK, 4},
        {"2021-05", SALVE_E_CONSENT, SALVE_E_CONSENT, SALVE_OK, 4},
        {"2021-05-09", SALVE_E_CONSENT, SALVE_E_CONSENT, SALVE_OK, 4},
        {"2010", SALVE_E_CONSENT, SALVE_OK, SALVE_OK, 15},
        {"2010-04", SALVE_E_CONSENT, SALVE_OK, SALVE_OK, 15},
        {"2010-03", SALVE_OK, SALVE_OK, SALVE_E_INVALID, 16},
        {"2009", SALVE_OK, SALVE_OK, SALVE_E_INVALID, 16},
        {"1950", SALVE_OK, SALVE_OK, SALVE_E_INVALID, 75},
        {"", SALVE_E_CONSENT, SALVE_OK, SALVE_OK, 0},
        {"19", SALVE_E_CONSENT, SALVE_OK, SALVE_OK, 0},
        {"1950-13", SALVE_E_CONSENT, SALVE_OK, SALVE_OK, 0},
        {"1950/01", SALVE_E_CONSENT, SALVE_OK, SALVE_OK, 0},
        {"1950-02-30", SALVE_E_CONSENT, SALVE_OK, SALVE_OK, 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct consent_grant alone = grant_of(PURPOSE_CARE), stated = alone, guardian = alone;
        struct consent_birth birth = consent_birth_read(str_of(CASES[i].born), alone.at_unix_s);
        assert_int_equal(consent_age_youngest(&birth, alone.at_unix_s), CASES[i].youngest);
        assert_code(consent_check(&alone, &birth, &ages, NULL), CASES[i].alone);
        stated.of_age_by = STR("dr-amina");
        assert_code(consent_check(&stated, &birth, &ages, NULL), CASES[i].stated);
        guardian.by = CONSENT_BY_GUARDIAN;
        guardian.assent = CONSENT_ASSENT_GIVEN;
        guardian.majority_unix_s = consent_majority(birth.latest_unix_s, &ages);
        guardian.not_after_unix_s = consent_end(PURPOSE_CARE, guardian.at_unix_s, 0, guardian.majority_unix_s);
        assert_code(consent_check(&guardian, &birth, &ages, NULL), CASES[i].guardian);
        guardian.of_age_by = STR("dr-amina"); /* two that contradict each other */
        assert_code(consent_check(&guardian, &birth, &ages, NULL), SALVE_E_INVALID);
    }
    struct consent_grant old = child_grant("2019-12-31", &ages); /* six or seven: asked as if seven */
    old.assent = CONSENT_ASSENT_NOT_ABLE;
    assert_code(check_text(&old, "2019", &ages, NULL), SALVE_E_CONSENT);
    old = child_grant("2020-12-31", &ages);
    old.assent = CONSENT_ASSENT_NOT_ABLE;
    assert_code(check_text(&old, "2020", &ages, NULL), SALVE_OK);
}

static void a_statement_is_kept_with_the_grant(void **state)
{
    (void)state;
    struct arena *mem = arena_open(1 << 20);
    struct consent_grant grant = grant_of(PURPOSE_CARE), back;
    struct str json, again;
    assert_ok(consent_write(&grant, mem, &json, NULL));
    assert_true(str_find(json, STR("of_age_by")) < 0); /* the bytes of before */
    grant.of_age_by = STR("dr-amina");
    assert_ok(consent_write(&grant, mem, &json, NULL));
    assert_ok(consent_read(json, mem, &back, NULL));
    assert_true(str_is(back.of_age_by, "dr-amina"));
    assert_ok(consent_write(&back, mem, &again, NULL));
    assert_true(str_eq(json, again));
    arena_close(mem);
}

static void taking_back_is_never_hindered(void **state)
{
    (void)state;
    struct consent_ages ages = consent_ages_default();
    for (int purpose = 1; purpose <= PURPOSE_LAST; purpose++) {
        if (!consent_is_asked((enum purpose)purpose)) continue;
        struct consent_grant back,
            grant = purpose == PURPOSE_CARE ? child_grant("2010-04-02", &ages) : grant_of((enum purpose)purpose);
        consent_withdrawal(&grant, at("2026-06-01T10:20:30Z"), STR("dr-amina"), &back);
        assert_true(back.state == CONSENT_WITHDRAWN && back.classes == 0 &&
                    back.at_unix_s == at("2026-06-01T10:20:00Z"));
        assert_ok(check_born(&back, "2010-04-02", &ages, NULL));
        assert_ok(check_text(&back, "", &ages, NULL));
        back.seq = 2;
        struct consent_grant both[] = {grant, back};
        assert_false(consent_stands(both, 2, grant.purpose, at("2026-06-02"), NULL).allowed);
        assert_false(consent_stands(both, 2, grant.purpose, at("2026-06-01T10:20:30Z"), NULL).allowed);
    }
}

static void staff_are_told_the_same_whatever_the_reason(void **state)
{
    (void)state;
    static const enum consent_reason SAME[] = {
        CONSENT_REASON_NO_GRANT, CONSENT_REASON_WITHDRAWN, CONSENT_REASON_EXPIRED,  CONSENT_REASON_USED,
        CONSENT_REASON_DISSENT,  CONSENT_REASON_OF_AGE,    CONSENT_REASON_FORM_OLD, CONSENT_REASON_NOT_READ_BACK};
    for (size_t i = 0; i < sizeof SAME / sizeof SAME[0]; i++)
        assert_string_equal(consent_reason_shown(SAME[i]), "not-open");
    for (int i = 0; i < CONSENT_REASON_COUNT; i++)
        assert_true(strlen(consent_reason_words((enum consent_reason)i)) > 0);
}

static void roles_that_run_a_site_open_nothing(void **state)
{
    (void)state;
    for (int purpose = 1; purpose <= PURPOSE_LAST; purpose++) {
        assert_int_equal(consent_role_classes(ROLE_MANAGER, (enum purpose)purpose), 0);
        assert_int_equal(consent_role_classes(ROLE_TECHNICIAN, (enum purpose)purpose), 0);
        assert_int_equal(consent_role_classes(ROLE_AUDITOR, (enum purpose)purpose), 0);
        for (int role = 0; role < ROLE_COUNT; role++) {
            class_mask extra = consent_role_classes((enum role)role, (enum purpose)purpose) &
                               ~(purpose_classes((enum purpose)purpose) | CLASS_BIT(CLASS_SENS));
            assert_int_equal(extra, 0);
        }
    }
    assert_int_equal(consent_role_classes(ROLE_HELPER, PURPOSE_HELPER) & CLASS_BIT(CLASS_SENS), 0);
    assert_int_equal(consent_role_classes(ROLE_GUARDIAN, PURPOSE_HELPER) & CLASS_BIT(CLASS_SENS), 0);
    static const enum role take_none[] = {ROLE_MANAGER, ROLE_TECHNICIAN, ROLE_AUDITOR, ROLE_HELPER};
    for (size_t i = 0; i < sizeof take_none / sizeof take_none[0]; i++)
        assert_null(consent_may(take_none[i], ACT_GIVE, PURPOSE_NONE));
}

/* --- JSON --------------------------------------------------------------------------------------------------------- */

static void the_record_is_canonical_and_reads_back(void **state)
{
    (void)state;
    struct arena *mem = arena_open(4 << 20);
    struct consent_ages ages = consent_ages_default();
    struct consent_grant grant = child_grant("2016-05-06", &ages), again;
    struct str json, twice, canonical;
    const struct json *doc;
    struct buf out;
    grant.taken_by = STR("reg-\xd8\xa7\"\n");
    assert_ok(consent_write(&grant, mem, &json, NULL));
    assert_ok(json_read(json, NULL, mem, &doc, NULL));
    buf_init(&out, mem, 1 << 16);
    assert_ok(json_canonical(doc, mem, &out, NULL));
    assert_ok(buf_done(&out, &canonical, NULL));
    assert_true(str_eq(json, canonical));
    assert_ok(consent_read(json, mem, &again, NULL));
    assert_ok(consent_write(&again, mem, &twice, NULL));
    assert_true(str_eq(json, twice));
    assert_true(again.majority_unix_s == at("2034-05-06") && again.by == CONSENT_BY_GUARDIAN &&
                again.classes == grant.classes && str_eq(again.taken_by, grant.taken_by));
    arena_close(mem);
}

static void the_record_looks_as_documented(void **state)
{
    (void)state;
    struct arena *mem = arena_open(4 << 20);
    struct consent_grant grant = grant_of(PURPOSE_STATISTICS);
    struct str json;
    grant.taken_by = STR("reg-1");
    assert_ok(consent_write(&grant, mem, &json, NULL));
    assert_str(
        json,
        "{\"assent\":\"none\",\"at\":\"2026-04-01T00:00:00Z\",\"by\":\"participant\",\"classes\":[\"statistics\"],"
        "\"form\":{\"id\":\"statistics\",\"lang\":\"en\",\"sha256\":\"11111111111111111111111111111111111111111111"
        "11111111111111111111\",\"version\":\"1.0\"},\"majority\":null,\"method\":\"signed\",\"not_after\":"
        "\"2031-04-02T00:00:00Z\",\"purpose\":\"statistics\",\"state\":\"given\",\"taken_by\":\"reg-1\","
        "\"teach_back\":\"done\",\"teach_back_rounds\":1,\"to\":\"\",\"witness\":\"none\"}");
    arena_close(mem);
}

/* What was agreed to on paper counts from the date on it, and from no date to come. */
static void an_agreement_on_paper_counts_from_its_date(void **state)
{
    (void)state;
    struct arena *mem = arena_open(4 << 20);
    struct consent_ages ages = consent_ages_default();
    struct consent_grant grant = grant_of(PURPOSE_CARE), again;
    const struct consent_fhir_names names = {.id = STR("i"), .patient = STR("Patient/i"), .form_base = STR("u")};
    struct str json;
    assert_int_equal(consent_agreed_unix_s(&grant), grant.at_unix_s);
    grant.agreed_on = STR("2026-01-05");
    assert_int_equal(consent_agreed_unix_s(&grant), at("2026-01-05"));
    assert_code(check_text(&grant, "1980-01-01", &ages, NULL), SALVE_OK);
    assert_ok(consent_write(&grant, mem, &json, NULL));
    assert_true(str_starts(json, STR("{\"agreed_on\":\"2026-01-05\",\"assent\"")));
    assert_ok(consent_read(json, mem, &again, NULL));
    assert_str(again.agreed_on, "2026-01-05");
    assert_ok(consent_fhir(&grant, &names, grant.at_unix_s, mem, &json, NULL));
    assert_true(str_find(json, STR("\"dateTime\":\"2026-01-05\"")) > 0);
    /* who was a child on that day does not agree alone */
    assert_code(check_text(&grant, "2010-02-01", &ages, NULL), SALVE_E_CONSENT);
    grant.agreed_on = STR("");
    assert_code(check_text(&grant, "2010-02-01", &ages, NULL), SALVE_OK);
    static const char *const never[] = {"2026-04-02", "2026-01", "2026", "yesterday", "2026-02-30", "0000-00-00"};
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        grant.agreed_on = str_of(never[i]);
        assert_code(check_text(&grant, "1980-01-01", &ages, NULL), SALVE_E_INVALID);
        assert_int_equal(consent_agreed_unix_s(&grant), grant.at_unix_s);
    }
    arena_close(mem);
}

static void a_record_with_one_changed_member_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
    } FAULTS[] = {
        {"\"given\"", "\"refused\""},
        {"\"given\"", "\"rejected\""},
        {"\"given\"", "null"},
        {"\"none\",\"at\"", "\"no\",\"at\""},
        {"\"statistics\"]", "\"dna\"]"},
        {"\"statistics\"]", "\"statistics\",\"statistics\"]"},
        {"\"purpose\":\"statistics\"", "\"purpose\":\"marketing\""},
        {"2026-04-01T00:00:00Z", "2026-04-01T00:00:00.5Z"},
        {"\"version\":\"1.0\"", "\"version\":\"1\""},
        {"1111", "111g"},
        {"1111", "111"},
        {"\"teach_back_rounds\":1", "\"teach_back_rounds\":3"},
        {"\"to\":\"\"", "\"to\":null"},
        {"\"to\":\"\"", "\"to\":\"\",\"why\":\"none\""},
        {"\"to\":\"\",", ""},
        {"\"assent\":\"none\"", "\"assent\":\"none\",\"assent\":\"none\""},
        {"\"by\":\"participant\"", "\"by\":\"police\""},
    };
    struct arena *mem = arena_open(8 << 20);
    struct consent_grant grant = grant_of(PURPOSE_STATISTICS), again;
    struct str json;
    assert_ok(consent_write(&grant, mem, &json, NULL));
    for (size_t i = 0; i < sizeof FAULTS / sizeof FAULTS[0]; i++) {
        ptrdiff_t found = str_find(json, str_of(FAULTS[i].from));
        assert_true(found >= 0);
        struct str before = str_cut(json, 0, (size_t)found);
        struct str after = str_cut(json, (size_t)found + strlen(FAULTS[i].from), json.len);
        struct str text = arena_printf(mem, "%.*s%s%.*s", STR_ARGS(before), FAULTS[i].to, STR_ARGS(after));
        if (consent_read(text, mem, &again, NULL) == SALVE_OK) fail_msg("took %s", FAULTS[i].to);
    }
    for (size_t len = 0; len < json.len; len++)
        assert_true(consent_read(str_cut(json, 0, len), mem, &again, NULL) != SALVE_OK);
    arena_close(mem);
}

/* --- FHIR --------------------------------------------------------------------------------------------------------- */

static struct str text_at(const struct json *doc, const char *path) { return json_text(json_path(doc, path)); }

static void the_fhir_consent_says_what_was_agreed_to(void **state)
{
    (void)state;
    struct arena *mem = arena_open(4 << 20);
    struct consent_ages ages = consent_ages_default();
    struct consent_grant grant = child_grant("2016-05-06", &ages);
    const struct json *doc;
    struct str json;
    grant.witness = CONSENT_WITNESS_INDEPENDENT;
    const struct consent_fhir_names names = {
        .id = STR("x.3"), .patient = STR("Patient/x.1"), .form_base = STR("https://salve.example/forms")};
    assert_ok(consent_fhir(&grant, &names, at("2026-05-01"), mem, &json, NULL));
    assert_ok(json_read(json, NULL, mem, &doc, NULL));
    assert_str(text_at(doc, "resourceType"), "Consent");
    assert_str(text_at(doc, "status"), "active");
    assert_str(text_at(doc, "scope.coding.0.code"), "treatment");
    assert_str(text_at(doc, "category.0.coding.0.code"), "INFA");
    assert_str(text_at(doc, "patient.reference"), "Patient/x.1");
    assert_str(text_at(doc, "dateTime"), "2026-04-01T00:00:00Z");
    assert_str(text_at(doc, "performer.0.display"), "guardian");
    assert_str(text_at(doc, "performer.1.extension.0.valueCode"), "given");
    assert_str(text_at(doc, "policy.0.uri"), "https://salve.example/forms/care|1.0");
    assert_str(text_at(doc, "provision.type"), "permit");
    assert_str(text_at(doc, "provision.period.end"), "2031-04-01T23:59:59Z");
    assert_str(text_at(doc, "provision.actor.1.role.coding.0.code"), "WIT");
    assert_str(text_at(doc, "provision.purpose.0.code"), "TREAT");
    assert_int_equal(json_path(doc, "provision.purpose")->count, 1);
    assert_int_equal(json_path(doc, "provision.securityLabel")->count, 2);
    assert_null(json_get(doc, "organization"));
    arena_close(mem);
}

static void a_fhir_consent_is_active_only_while_it_stands(void **state)
{
    const struct consent_fhir_names names = {.id = STR("i"), .patient = STR("Patient/i"), .form_base = STR("u")};
    struct consent_fhir_names with_site = names;
    with_site.organization = STR("Organization/o");
    (void)state;
    struct arena *mem = arena_open(4 << 20);
    for (int purpose = 1; purpose <= PURPOSE_LAST; purpose++) {
        struct consent_grant grant = grant_of((enum purpose)purpose), back;
        const struct json *doc;
        struct str json;
        if (!consent_is_asked((enum purpose)purpose)) {
            assert_code(consent_fhir(&grant, &names, 0, mem, &json, NULL), SALVE_E_INVALID);
            continue;
        }
        assert_ok(consent_fhir(&grant, &with_site, grant.not_after_unix_s, mem, &json, NULL));
        assert_ok(json_read(json, NULL, mem, &doc, NULL));
        assert_str(text_at(doc, "status"), "inactive");
        consent_withdrawal(&grant, grant.at_unix_s + 60, STR(""), &back);
        assert_ok(consent_fhir(&back, &names, back.at_unix_s, mem, &json, NULL));
        assert_ok(json_read(json, NULL, mem, &doc, NULL));
        assert_str(text_at(doc, "status"), "inactive");
        assert_null(json_path(doc, "provision.securityLabel"));
    }
    arena_close(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ages_turn_on_the_birthday),
        cmocka_unit_test(the_soonest_end_holds),
        cmocka_unit_test(a_sound_yes_may_be_stored_for_every_purpose),
        cmocka_unit_test(what_is_refused_is_named),
        cmocka_unit_test(for_a_child_both_words_are_needed),
        cmocka_unit_test(an_age_that_is_open_is_judged_by_the_youngest),
        cmocka_unit_test(a_statement_is_kept_with_the_grant),
        cmocka_unit_test(taking_back_is_never_hindered),
        cmocka_unit_test(staff_are_told_the_same_whatever_the_reason),
        cmocka_unit_test(roles_that_run_a_site_open_nothing),
        cmocka_unit_test(the_record_is_canonical_and_reads_back),
        cmocka_unit_test(the_record_looks_as_documented),
        cmocka_unit_test(an_agreement_on_paper_counts_from_its_date),
        cmocka_unit_test(a_record_with_one_changed_member_is_refused),
        cmocka_unit_test(the_fhir_consent_says_what_was_agreed_to),
        cmocka_unit_test(a_fhir_consent_is_active_only_while_it_stands),
    };
    return t_run(tests);
}
