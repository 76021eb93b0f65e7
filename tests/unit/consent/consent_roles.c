/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of who may do what (consent/may.h): what must hold of it whatever rows come. That docs/internals/roles.md
 * shows it is for tests/conformance/cli/roles.sh to see. */
#include "consent/consent.h"
#include "consent/may.h"
#include "t.h"

static void no_row_is_there_twice_and_none_is_shadowed(void **state)
{
    (void)state;
    size_t count;
    const struct may *rows = consent_may_rows(&count);
    for (size_t i = 0; i < count; i++)
        assert_ptr_equal(consent_may(rows[i].role, rows[i].act, rows[i].purpose), &rows[i]);
}

static void every_act_is_somebodys(void **state)
{
    (void)state;
    size_t count;
    const struct may *rows = consent_may_rows(&count);
    for (int act = 0; act < ACT_COUNT; act++) {
        bool is_there = false;
        for (size_t i = 0; i < count; i++) is_there = is_there || rows[i].act == (enum act)act;
        if (!is_there) fail_msg("nobody may %s", act_text((enum act)act));
    }
}

/* N20: those who run a site, or look after it, have no row through which anything of a person is read or noted. */
static void who_runs_a_site_has_no_purpose_and_no_class(void **state)
{
    (void)state;
    size_t count;
    const struct may *rows = consent_may_rows(&count);
    for (size_t i = 0; i < count; i++) {
        bool runs = rows[i].role == ROLE_MANAGER || rows[i].role == ROLE_TECHNICIAN || rows[i].role == ROLE_AUDITOR;
        if (!runs) continue;
        assert_true(rows[i].purpose == PURPOSE_NONE && rows[i].classes == 0);
        assert_true(rows[i].act >= ACT_LOG_IN); /* acts about a person come before */
    }
}

/* The auditor sees, and changes nothing but their own secret. */
static void the_auditor_only_sees(void **state)
{
    (void)state;
    static const enum act acts[] = {ACT_LOG_IN,         ACT_OWN_SECRET, ACT_STAFF_LIST,
                                    ACT_RESTART_BESIDE, ACT_HEALTH,     ACT_SITE_LOG};
    size_t n = 0;
    for (int act = 0; act < ACT_COUNT; act++) n += consent_may(ROLE_AUDITOR, (enum act)act, PURPOSE_NONE) != NULL;
    assert_int_equal(n, sizeof acts / sizeof acts[0]);
    for (size_t i = 0; i < n; i++) assert_non_null(consent_may(ROLE_AUDITOR, acts[i], PURPOSE_NONE));
}

/* Consent, transfer, erasure, staff, what one logs in with, tablets and settings: shown lately. Taking back: never. */
static void what_is_grave_is_shown_lately(void **state)
{
    (void)state;
    static const enum act grave[] = {ACT_GIVE,           ACT_ERASE_ASK, ACT_ERASE_STOP,      ACT_ERASE,
                                     ACT_OWN_SECRET,     ACT_STAFF,     ACT_CONFIRM_MANAGER, ACT_CONFIRM_CLINICIAN,
                                     ACT_RESTART,        ACT_TABLETS,   ACT_SETTINGS,        ACT_APPS,
                                     ACT_RESTART_BESIDE, ACT_AUTHORITY, ACT_OF_AGE};
    size_t count;
    const struct may *rows = consent_may_rows(&count);
    for (size_t i = 0; i < count; i++) {
        bool is_grave = rows[i].act == ACT_OPEN && rows[i].purpose == PURPOSE_TRANSFER;
        for (size_t g = 0; g < sizeof grave / sizeof grave[0]; g++) is_grave = is_grave || rows[i].act == grave[g];
        if (is_grave != ((rows[i].needs & MAY_FRESH) != 0))
            fail_msg("%s %s", role_text(rows[i].role), act_text(rows[i].act));
    }
}

/* A note is of no class beyond what the purpose of the view delivers, or what is noted unseen by a yes of its own. */
static void nothing_reaches_beyond_its_purpose(void **state)
{
    (void)state;
    size_t count;
    const struct may *rows = consent_may_rows(&count);
    for (size_t i = 0; i < count; i++) {
        const struct may *row = &rows[i];
        if (row->purpose == PURPOSE_NONE) continue;
        class_mask whole = purpose_classes(row->purpose);
        if (consent_may_add_sensitive(row->purpose)) whole |= CLASS_BIT(CLASS_SENS);
        if (row->act == ACT_WRITE) whole |= MAY_UNSEEN;
        assert_int_equal(row->classes & ~whole, 0);
        if (row->act != ACT_OPEN) assert_non_null(consent_may(row->role, ACT_OPEN, row->purpose));
    }
}

static void what_is_no_role_act_or_purpose_may_nothing(void **state)
{
    (void)state;
    assert_null(consent_may(ROLE_COUNT, ACT_OPEN, PURPOSE_CARE));
    assert_null(consent_may(ROLE_CLINICIAN, ACT_COUNT, PURPOSE_CARE));
    assert_null(consent_may(ROLE_CLINICIAN, ACT_OPEN, PURPOSE_END));
    assert_null(consent_may(ROLE_CLINICIAN, ACT_OPEN, PURPOSE_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_row_is_there_twice_and_none_is_shadowed),
        cmocka_unit_test(every_act_is_somebodys),
        cmocka_unit_test(who_runs_a_site_has_no_purpose_and_no_class),
        cmocka_unit_test(the_auditor_only_sees),
        cmocka_unit_test(what_is_grave_is_shown_lately),
        cmocka_unit_test(nothing_reaches_beyond_its_purpose),
        cmocka_unit_test(what_is_no_role_act_or_purpose_may_nothing),
    };
    return t_run(tests);
}
