/* SPDX-License-Identifier: Apache-2.0
 *
 * N8: roles and purposes are exactly the documented ones; none is for police, security, insurers, employers or
 * administrators' reading. N9: nothing lists who refused or stayed away: a refused choice leaves the site's content
 * as it was, and no function, table or document kind is named after it. N10: enrolling never tells of another
 * compartment. N17: never asked, refused and withdrawn look the same to staff, to the byte. */
#include "keys/keys.h"
#include "records/site_int.h"
#include "store/store.h"
#include "t_site.h"

static void roles_are_exactly_these(void **state)
{
    (void)state;
    static const char *const want[] = {"participant", "helper",  "guardian",   "registrar", "assistant",
                                       "clinician",   "manager", "technician", "auditor"};
    enum role found;
    assert_int_equal(ROLE_COUNT, sizeof want / sizeof want[0]);
    for (int r = 0; r < ROLE_COUNT; r++) assert_string_equal(role_text((enum role)r), want[r]);
    static const char *const never[] = {"police",   "security", "officer",  "admin", "insurer",
                                        "employer", "teacher",  "ministry", "army",  "judge"};
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) assert_false(role_find(str_of(never[i]), &found));
}

static void purposes_are_exactly_these(void **state)
{
    (void)state;
    static const char *const want[][2] = {
        {"care", "TREAT"},      {"follow-up", "CAREMGT"}, {"statistics", "HQUALIMP"}, {"research-contact", "HRESCH"},
        {"transfer", "PATRQT"}, {"self", "PATRQT"},       {"helper", "FAMRQT"},       {"letter", "PATRQT"}};
    enum purpose found;
    assert_int_equal(PURPOSE_LAST, sizeof want / sizeof want[0]);
    for (int p = 1; p <= PURPOSE_LAST; p++) {
        assert_string_equal(purpose_text((enum purpose)p), want[p - 1][0]);
        assert_string_equal(purpose_reason((enum purpose)p), want[p - 1][1]);
    }
    static const char *const never[] = {"THREAT", "HLEGAL",          "HMARKT",   "HPAYMT",    "COVERAGE", "HSYSADMIN",
                                        "BTG",    "law-enforcement", "security", "emergency", "admin"};
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) assert_false(purpose_find(str_of(never[i]), &found));
    for (int p = 1; p <= PURPOSE_LAST; p++) {
        assert_int_equal(consent_role_classes(ROLE_MANAGER, (enum purpose)p), 0);
        assert_int_equal(consent_role_classes(ROLE_TECHNICIAN, (enum purpose)p), 0);
        assert_int_equal(consent_role_classes(ROLE_AUDITOR, (enum purpose)p), 0);
    }
}

static void consent_can_be_given_or_taken_back_and_nothing_else(void **state)
{
    (void)state;
    for (int s = 0; s < CONSENT_STATE_COUNT; s++) {
        static const char *const words[] = {"given", "withdrawn", "used"};
        assert_int_equal(CONSENT_STATE_COUNT, 3);
#define X(name, text, what)                                                                                            \
    assert_true(strcmp(text, words[0]) == 0 || strcmp(text, words[1]) == 0 || strcmp(text, words[2]) == 0);
        CONSENT_STATES(X)
#undef X
    }
}

/* What the site holds of the person, as counts: records, documents, log. */
struct content {
    uint64_t records, commons, tombstones, wraps;
};
static struct content content_of(struct t_site *t)
{
    struct store_counts counts;
    struct keys_status status;
    t_must(store_verify(t->site->store, NULL, NULL, &counts, &err));
    t_must(keys_status(t->site->keys, &status, &err));
    return (struct content){counts.records, counts.commons, counts.tombstones, status.wraps};
}

/* The front desk asks, the person says no: there is no call to make. A choice that was not understood (teach-back) is
 * refused by the gate and keeps nothing but the look that the person sees. */
static void a_refusal_leaves_nothing(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("never-refusal", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    struct content before = content_of(t);
    struct consent_grant grant = t_grant(PURPOSE_STATISTICS);
    grant.teach_back = CONSENT_TEACH_BACK_NOT_DONE;
    grant.teach_back_rounds = 0;
    assert_code(rec_consent_give(t->site, T_REGISTRAR, who.card, &grant, t->mem, NULL, NULL), SALVE_E_CONSENT);
    struct content after = content_of(t);
    assert_int_equal(after.records, before.records + 1); /* the look itself, in the person's own history */
    assert_int_equal(after.commons, before.commons);
    assert_int_equal(after.wraps, before.wraps);
    struct str *ids;
    size_t count;
    static const char *const kinds[] = {"refused", "refusal", "absent", "declined", "no-show", "consent", "person"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        assert_ok(commons_list(t->site, str_of(kinds[i]), t->mem, &ids, &count, NULL));
        assert_int_equal(count, 0);
    }
    t_site_drop(t);
}

static void enrolling_twice_tells_nothing(void **state)
{
    (void)state;
    for (int index = 0; index < 2; index++) {
        struct t_site *t = t_site_make("never-twice", index == 1);
        struct rec_enrolled a = t_enrol(t, "Haddad", "1980-01-01"), b = t_enrol(t, "Haddad", "1980-01-01");
        assert_false(compartment_eq(a.compartment, b.compartment));
        assert_false(str_eq(a.card, b.card));
        struct rec_view *view = t_open(t, T_PERSON, PURPOSE_SELF, b.card);
        struct rec_look *looks;
        size_t count, missing;
        t_must(rec_looked(view, t->mem, &looks, &count, &missing, &err));
        assert_int_equal(count, 2); /* enrolment and this look: nobody was looked up */
        t_close_view(&view);
        t_site_drop(t);
    }
}

/* Everything staff get to see when a purpose is not open. */
static void look_of(struct t_site *t, struct str card, char out[1024])
{
    static const struct {
        const struct actor *actor;
        enum purpose purpose;
    } asks[] = {{&T_CLINICIAN, PURPOSE_CARE},     {&T_ASSISTANT, PURPOSE_CARE}, {&T_CLINICIAN, PURPOSE_FOLLOW_UP},
                {&T_REGISTRAR, PURPOSE_RESEARCH}, {&T_MANAGER, PURPOSE_CARE},   {&T_CLINICIAN, PURPOSE_TRANSFER}};
    size_t at = 0;
    memset(out, 0, 1024);
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++) {
        struct rec_view *view = NULL;
        struct salve_err err = {0};
        struct rec_ask ask = {.actor = *asks[i].actor, .purpose = asks[i].purpose, .who = card};
        enum salve_code code = rec_open(t->site, &ask, &view, &err);
        assert_null(view);
        at += (size_t)snprintf(out + at, 1024 - at, "%s|%s|%s|%d\n", salve_code_name(code), t_where(&err), err.why,
                               err.source_line);
    }
}

static void never_asked_refused_and_withdrawn_look_the_same(void **state)
{
    (void)state;
    static const enum purpose purposes[] = {PURPOSE_CARE, PURPOSE_FOLLOW_UP, PURPOSE_RESEARCH, PURPOSE_TRANSFER};
    struct t_site *t = t_site_make("never-same", false);
    struct rec_enrolled asked_not = t_enrol(t, "A", "1980-01-01"), refused = t_enrol(t, "B", "1980-01-01"),
                        withdrew = t_enrol(t, "C", "1980-01-01"), expired = t_enrol(t, "D", "1980-01-01");
    char a[1024], b[1024], c[1024], d[1024];
    for (size_t i = 0; i < 4; i++) {
        struct consent_grant grant = t_grant(purposes[i]);
        t_give(t, withdrew.card, purposes[i]);
        t_withdraw(t, withdrew.card, purposes[i]);
        grant.not_after_unix_s = T_SITE_NOW / 1000 + 60;
        t_must(rec_consent_give(t->site, T_REGISTRAR, expired.card, &grant, t->mem, NULL, &err));
        grant = t_grant(purposes[i]);
        grant.teach_back = CONSENT_TEACH_BACK_NOT_DONE;
        grant.teach_back_rounds = 0;
        (void)!rec_consent_give(t->site, T_REGISTRAR, refused.card, &grant, t->mem, NULL, NULL);
    }
    t_site_at(t, T_SITE_NOW + 61000);
    look_of(t, asked_not.card, a);
    look_of(t, refused.card, b);
    look_of(t, withdrew.card, c);
    look_of(t, expired.card, d);
    assert_string_equal(a, b);
    assert_string_equal(a, c);
    assert_string_equal(a, d);
    assert_non_null(strstr(a, "E_CONSENT|purpose care||"));
    t_site_drop(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_are_exactly_these),
        cmocka_unit_test(purposes_are_exactly_these),
        cmocka_unit_test(consent_can_be_given_or_taken_back_and_nothing_else),
        cmocka_unit_test(a_refusal_leaves_nothing),
        cmocka_unit_test(enrolling_twice_tells_nothing),
        cmocka_unit_test(never_asked_refused_and_withdrawn_look_the_same),
    };
    return t_run(tests);
}
