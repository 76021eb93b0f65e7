/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a view stands: what does not end it, what is wiped when it ends, and that the site forgets people when the
 * last view of them is closed. */
#include "records/view_int.h"
#include "t_site.h"

static struct t_site *t;

static int make(void **state)
{
    (void)state;
    t = t_site_make("stand", false);
    return 0;
}
static int drop(void **state)
{
    (void)state;
    t_site_drop(t);
    return 0;
}

static void decisions_on_other_purposes_and_people_end_nothing(void **state)
{
    (void)state;
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01"), other = t_enrol(t, "Okafor", "1980-01-01");
    t_give(t, who.card, PURPOSE_CARE);
    t_give(t, other.card, PURPOSE_CARE);
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    struct rec_view *own = t_open(t, T_PERSON, PURPOSE_SELF, who.card);
    t_give(t, who.card, PURPOSE_FOLLOW_UP);
    t_withdraw(t, who.card, PURPOSE_FOLLOW_UP);
    t_withdraw(t, who.card, PURPOSE_RESEARCH); /* was never given */
    t_withdraw(t, other.card, PURPOSE_CARE);
    t_must(staff_retire(t->site, T_MANAGER, NULL, T_ASSISTANT.id, &err));
    assert_int_equal(t_count(view), 1);
    t_withdraw(t, who.card, PURPOSE_CARE);
    assert_int_equal(t_count(own), 1);
    assert_ok(rec_view_stands(own, NULL));
    assert_code(rec_view_stands(view, NULL), SALVE_E_CONSENT);
    t_close_view(&view);
    t_close_view(&own);
}

static void keys_go_when_it_ends_and_only_then(void **state)
{
    (void)state;
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    t_give(t, who.card, PURPOSE_CARE);
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    assert_ok(rec_view_stands(view, NULL));
    assert_non_null(view->gate.chain.ring);
    t_withdraw(t, who.card, PURPOSE_CARE);
    assert_code(rec_view_stands(view, NULL), SALVE_E_CONSENT);
    assert_null(view->gate.chain.ring);
    t_give(t, who.card, PURPOSE_CARE); /* a new decision is not for the old view */
    assert_code(rec_view_stands(view, NULL), SALVE_E_CONSENT);
    t_close_view(&view);
}

static void the_view_that_made_the_card_goes_on(void **state)
{
    (void)state;
    struct str card;
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    t_give(t, who.card, PURPOSE_CARE);
    struct rec_view *desk = t_open(t, T_REGISTRAR, PURPOSE_CARE, who.card);
    struct rec_view *finder = t_open(t, T_PERSON, PURPOSE_SELF, who.card);
    assert_ok(rec_card_new(desk, t->mem, &card, NULL));
    assert_ok(rec_view_stands(desk, NULL));
    assert_code(rec_view_stands(finder, NULL), SALVE_E_CONSENT);
    t_close_view(&finder);
    t_close_view(&desk);
}

static void what_is_kept_for_a_purpose_is_written_only_while_it_is_on(void **state)
{
    (void)state;
    struct str id;
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    t_give(t, who.card, PURPOSE_CARE);
    t_give(t, who.card, PURPOSE_STATISTICS);
    struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    t_must(rec_new_id(view, t->mem, &id, &err));
    struct tape weight = t_weight(t, view, id, "61");
    assert_ok(t_save_code(t, view, &weight, CLASS_STAT));
    t_withdraw(t, who.card, PURPOSE_STATISTICS);
    t_must(rec_new_id(view, t->mem, &id, &err));
    weight = t_weight(t, view, id, "61");
    assert_code(t_save_code(t, view, &weight, CLASS_STAT), SALVE_E_CONSENT);
    assert_ok(t_save_code(t, view, &weight, 0));
    t_close_view(&view);
}

/* Opened under a transfer that was given anew meanwhile: the new one is not used up by it. */
static void an_older_view_uses_up_no_newer_transfer(void **state)
{
    (void)state;
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    const struct rec_resource *all;
    size_t count;
    for (int is_anew = 0; is_anew < 2; is_anew++) {
        t_give(t, who.card, PURPOSE_TRANSFER);
        struct rec_view *view = t_open(t, T_CLINICIAN, PURPOSE_TRANSFER, who.card), *next = NULL;
        t_withdraw(t, who.card, PURPOSE_TRANSFER);
        if (is_anew) t_give(t, who.card, PURPOSE_TRANSFER);
        assert_code(rec_all(view, 0, &all, &count, NULL), SALVE_E_CONSENT);
        t_close_view(&view);
        assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_TRANSFER, who.card, &next),
                    is_anew ? SALVE_OK : SALVE_E_CONSENT);
        if (next != NULL) t_close_view(&next);
    }
    struct rec_view *own = t_open(t, T_PERSON, PURPOSE_SELF, who.card);
    struct rec_consent *consents;
    assert_ok(rec_consents(own, t->mem, &consents, &count, NULL));
    for (size_t i = 0; i < count; i++) assert_int_not_equal(consents[i].grant.state, CONSENT_USED);
    t_close_view(&own);
}

static void the_site_remembers_nobody_without_a_view(void **state)
{
    (void)state;
    struct rec_view *views[6], *refused;
    struct rec_enrolled people[3];
    assert_null(t->site->decided);
    for (int i = 0; i < 6; i++) {
        if (i < 3) people[i] = t_enrol(t, "Haddad", "1980-01-01");
        views[i] = t_open(t, T_PERSON, PURPOSE_SELF, people[i % 3].card);
        assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_CARE, people[i % 3].card, &refused), SALVE_E_CONSENT);
    }
    size_t count = 0;
    for (struct rec_decided *at = t->site->decided; at != NULL; at = at->next) {
        assert_int_equal(at->view_count, 2);
        count++;
    }
    assert_int_equal(count, 3);
    for (int i = 0; i < 6; i++) t_close_view(&views[i < 3 ? 2 - i : i]);
    assert_null(t->site->decided);
}

#define stand_test(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        stand_test(decisions_on_other_purposes_and_people_end_nothing),
        stand_test(keys_go_when_it_ends_and_only_then),
        stand_test(the_view_that_made_the_card_goes_on),
        stand_test(what_is_kept_for_a_purpose_is_written_only_while_it_is_on),
        stand_test(an_older_view_uses_up_no_newer_transfer),
        stand_test(the_site_remembers_nobody_without_a_view),
    };
    return t_run(tests);
}
