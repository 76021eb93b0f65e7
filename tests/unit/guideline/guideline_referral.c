/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of a referral's states, row by row, and the answers of places. */
#include "guideline/referral.h"
#include "t.h"

static void each_state_has_a_status_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < REFERRAL_STATES; i++) {
        enum referral_state found = REFERRAL_STATES;
        assert_true(referral_find(str_of(referral_text((enum referral_state)i)), &found));
        assert_int_equal(found, i);
        assert_true(referral_of(str_of(referral_status((enum referral_state)i)), &found));
        assert_int_equal(found, i);
    }
    enum referral_state none;
    assert_false(referral_find(STR("gone"), &none));
    assert_false(referral_of(STR("draft"), &none));
    assert_int_equal(referral_goes_on(REFERRAL_STATES), false);
}

/* Rows: from; columns: to. The letters are those that may follow. */
static void the_moves_are_these(void **state)
{
    (void)state;
    static const char *const rows[REFERRAL_STATES] = {
        /* sent made seen known lost called-off */
        [REFERRAL_SENT] = "smekLc",  [REFERRAL_MADE] = "smekLc", [REFERRAL_SEEN] = "--ekL-",
        [REFERRAL_KNOWN] = "--e---", [REFERRAL_LOST] = "smek--", [REFERRAL_CALLED_OFF] = "------",
    };
    for (int from = 0; from < REFERRAL_STATES; from++)
        for (int to = 0; to < REFERRAL_STATES; to++)
            if (referral_may((enum referral_state)from, (enum referral_state)to) != (rows[from][to] != '-'))
                fail_msg("%s to %s", referral_text((enum referral_state)from), referral_text((enum referral_state)to));
}

static void answers_have_words(void **state)
{
    (void)state;
    static const char *const words[] = {"seen", "not-come", "call-us"};
    for (int i = 1; i < REFERRAL_SAIDS; i++) {
        enum referral_said said = REFERRAL_SAID_NOTHING;
        assert_string_equal(referral_said_text((enum referral_said)i), words[i - 1]);
        assert_true(referral_said_find(str_of(words[i - 1]), &said));
        assert_int_equal(said, i);
    }
    enum referral_said said;
    assert_false(referral_said_find(STR(""), &said));
}

/* Each state that goes on has work, and each that has ended leads on only where somebody was wrong, or was found. */
static void what_goes_on_has_work(void **state)
{
    (void)state;
    static const enum referral_work work[REFERRAL_STATES] = {[REFERRAL_SENT] = REFERRAL_WORK_REFER,
                                                             [REFERRAL_MADE] = REFERRAL_WORK_FOLLOW,
                                                             [REFERRAL_SEEN] = REFERRAL_WORK_FOLLOW};
    for (int i = 0; i < REFERRAL_STATES; i++) {
        assert_int_equal(referral_work((enum referral_state)i), work[i]);
        assert_int_equal(referral_goes_on((enum referral_state)i), work[i] != REFERRAL_WORK_NOTHING);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_has_a_status_of_its_own),
        cmocka_unit_test(the_moves_are_these),
        cmocka_unit_test(answers_have_words),
        cmocka_unit_test(what_goes_on_has_work),
    };
    return t_run(tests);
}
