/* SPDX-License-Identifier: Apache-2.0
 *
 * N16: no read after withdrawal or expiry: 0 successes in a tight loop around the moment, and 0 from any mixture of
 * older and newer files of the site that still opens. */
#include "t_site.h"

enum { ROUNDS = 12, TRIES = 5 };

static unsigned reads(struct t_site *t, struct str card)
{
    unsigned ok = 0;
    for (int i = 0; i < TRIES; i++) {
        struct rec_view *view;
        if (t_open_code(t, T_CLINICIAN, PURPOSE_CARE, card, &view) == SALVE_OK) ok++;
        if (view != NULL) t_close_view(&view);
    }
    return ok;
}

static void no_read_succeeds_once_withdrawal_returned(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("never-after", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    for (int i = 0; i < ROUNDS; i++) {
        t_give(t, who.card, PURPOSE_CARE);
        assert_int_equal(reads(t, who.card), TRIES);
        t_withdraw(t, who.card, PURPOSE_CARE);
        assert_int_equal(reads(t, who.card), 0);
    }
    t_site_drop(t);
}

static void no_read_succeeds_from_the_millisecond_of_expiry(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("never-expiry", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    struct consent_grant grant = t_grant(PURPOSE_CARE);
    grant.not_after_unix_s = T_SITE_NOW / 1000 + 120;
    t_must(rec_consent_give(t->site, T_REGISTRAR, who.card, &grant, t->mem, NULL, &err));
    t_site_at(t, T_SITE_NOW + 119999);
    assert_int_equal(reads(t, who.card), TRIES);
    t_site_at(t, T_SITE_NOW + 120000);
    assert_int_equal(reads(t, who.card), 0);
    t_site_at(t, T_SITE_NOW + 119000); /* nor by setting the clock back */
    assert_int_equal(reads(t, who.card), 0);
    t_site_drop(t);
}

/* A view that is open when the person is erased writes nothing any more; never_open_view.c has every way to end one. */
static void an_open_view_brings_nobody_back(void **state)
{
    (void)state;
    struct t_site *t = t_site_make("never-open", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    struct rec_view *view;
    struct rec_erasure erasure;
    struct str id;
    t_give(t, who.card, PURPOSE_CARE);
    view = t_open(t, T_ASSISTANT, PURPOSE_CARE, who.card);
    t_must(rec_new_id(view, t->mem, &id, &err));
    struct tape weight = t_weight(t, view, id, "61");
    t_must(rec_erase(t->site, T_BESIDE, who.card, t->mem, &erasure, &err));
    assert_code(t_save_code(t, view, &weight, 0), SALVE_E_NOT_FOUND);
    t_close_view(&view);
    t_site_drop(t);
}

/* Every mixture of the files before and after a withdrawal: 2^7 of them. Those that open do not open the person;
 * only the whole site as it was (keys.epoch does not change without a rotation) cannot be told from the site as it
 * was. */
static void no_mixture_of_older_files_revives_a_consent(void **state)
{
    (void)state;
    static const char *const files[] = {"site.db",     "keys.db",    "keys.epoch", "revoked",
                                        "signed-head", "checkpoint", "keys.signed"};
    enum { FILES = sizeof files / sizeof files[0] };
    struct t_site *t = t_site_make("never-mixed", false);
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01"), other = t_enrol(t, "Okafor", "1980-01-01");
    struct str old[FILES], new[FILES];
    int opened = 0, refused = 0;
    t_give(t, who.card, PURPOSE_CARE);
    t_give(t, other.card, PURPOSE_CARE);
    t_withdraw(t, other.card, PURPOSE_CARE); /* so that `revoked` is there */
    t_sign(t);
    t_site_close(t);
    for (int f = 0; f < FILES; f++)
        t_must(file_read(arena_printf(t->mem, "%s/%s", t->folder, files[f]).ptr, 1 << 24, t->mem, &old[f], &err));
    t_site_open(t);
    t_withdraw(t, who.card, PURPOSE_CARE);
    t_sign(t);
    t_site_close(t);
    for (int f = 0; f < FILES; f++)
        t_must(file_read(arena_printf(t->mem, "%s/%s", t->folder, files[f]).ptr, 1 << 24, t->mem, &new[f], &err));
    for (unsigned mix = 0; mix < 1u << FILES; mix++) {
        for (int f = 0; f < FILES; f++)
            t_must(file_write(arena_printf(t->mem, "%s/%s", t->folder, files[f]).ptr, mix & 1u << f ? old[f] : new[f],
                              0600, &err));
        if ((mix | 4) == (1u << FILES) - 1) continue;
        enum salve_code code = site_open(&t->options, &t->site, NULL);
        refused += code == SALVE_E_INTEGRITY;
        if (code != SALVE_OK) continue;
        opened++;
        unsigned got = reads(t, who.card);
        if (got > 0) fail_msg("mixture %u: %u reads", mix, got);
        t_site_close(t);
    }
    printf("%d mixtures open, %d are refused\n", opened, refused);
    assert_true(opened >= 8 && refused >= 8);
    for (int f = 0; f < FILES; f++)
        t_must(file_write(arena_printf(t->mem, "%s/%s", t->folder, files[f]).ptr, new[f], 0600, &err));
    t_site_open(t);
    t_site_drop(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_read_succeeds_once_withdrawal_returned),
        cmocka_unit_test(no_read_succeeds_from_the_millisecond_of_expiry),
        cmocka_unit_test(an_open_view_brings_nobody_back),
        cmocka_unit_test(no_mixture_of_older_files_revives_a_consent),
    };
    return t_run(tests);
}
