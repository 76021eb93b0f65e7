/* SPDX-License-Identifier: Apache-2.0
 *
 * People who are enrolled while they are away get slips, not cards: no list of keys comes out of a file. A slip opens
 * nothing for anybody; at the desk staff change it for a card, once, and the person sees who did. */
#include "records/who_int.h"
#include "t_site.h"

enum { HOUR_MS = 3600 * 1000, LIMIT = 60 };

static struct t_site *t;

/* Somebody who is away: with `done` as an import leaves them. */
static struct rec_enrolled enrol_away(const char *family, bool done)
{
    struct rec_enrolled out;
    struct str json = arena_printf(t->mem,
                                   "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"%s\",\"given\":[\"Tala\"]}],"
                                   "\"gender\":\"female\",\"birthDate\":\"1980-01-01\"}",
                                   family);
    struct tape patient = t_read(t->mem, json.ptr);
    t_must(rec_enrol_slip(t->site, T_REGISTRAR, &patient, t->mem, &out, &err));
    if (done) t_must(rec_slip_done(t->site, &out, &err));
    return out;
}

static enum salve_code claim(struct actor actor, struct str slip, struct str *card)
{
    *card = STR("");
    return rec_slip_claim(t->site, actor, slip, t->mem, card, NULL);
}

static void tell(void *with, const struct site_finding *finding)
{
    (void)with;
    (void)fprintf(stderr, "%.*s %.*s: %.*s\n", STR_ARGS(finding->file), STR_ARGS(finding->element),
                  STR_ARGS(finding->what));
}

static void verify_is_clean(void)
{
    struct site_verify_ask ask = {.actor = T_TECHNICIAN, .finding = tell};
    struct site_verify_result result;
    t_must(site_verify(t->site, &ask, &result, &err));
}

static void a_slip_opens_nothing(void **state)
{
    (void)state;
    struct rec_enrolled who = enrol_away("Haddad", true);
    static const struct actor *const actors[] = {&T_PERSON, &T_CLINICIAN, &T_ASSISTANT, &T_REGISTRAR, &T_MANAGER};
    const struct str codes[] = {who.slip, who.card}; /* the card of the import is good for nothing either */
    struct rec_view *view;
    struct rec_erasure erasure;
    assert_true(rec_code_valid(REC_CODE_SLIP, who.slip));
    for (size_t c = 0; c < 2; c++) {
        for (size_t a = 0; a < sizeof actors / sizeof actors[0]; a++)
            for (int p = PURPOSE_CARE; p <= PURPOSE_LAST; p++) {
                assert_true(t_open_code(t, *actors[a], (enum purpose)p, codes[c], &view) != SALVE_OK);
                assert_null(view);
            }
        assert_code(t_give_code(t, codes[c], PURPOSE_CARE), SALVE_E_NOT_FOUND);
        assert_code(rec_consent_withdraw(t->site, T_PERSON, codes[c], PURPOSE_CARE, t->mem, NULL, NULL),
                    SALVE_E_NOT_FOUND);
        assert_code(rec_erase(t->site, T_BESIDE, codes[c], t->mem, &erasure, NULL), SALVE_E_NOT_FOUND);
        assert_code(rec_erase_ask(t->site, T_PERSON, codes[c], t->mem, &erasure, NULL), SALVE_E_NOT_FOUND);
        assert_code(rec_letter_open(t->site, codes[c], STR("1980-01-01"), &view, NULL), SALVE_E_NOT_FOUND);
    }
    verify_is_clean();
}

static void it_is_changed_for_a_card_once_by_staff_and_the_person_sees_it(void **state)
{
    (void)state;
    struct rec_enrolled who = enrol_away("Okafor", true), cut = enrol_away("Li", false);
    struct str card, again;
    static const struct actor *const others[] = {&T_PERSON, &T_MANAGER, &T_TECHNICIAN};
    for (size_t i = 0; i < 3; i++) assert_code(claim(*others[i], who.slip, &card), SALVE_E_ROLE);
    assert_code(claim(T_REGISTRAR, STR("000000-000000-000000"), &card), SALVE_E_NOT_FOUND);
    assert_code(claim(T_REGISTRAR, STR("no slip"), &card), SALVE_E_NOT_FOUND);
    assert_ok(claim(T_REGISTRAR, who.slip, &card));
    assert_code(claim(T_REGISTRAR, who.slip, &again), SALVE_E_NOT_FOUND);
    struct rec_view *view = t_open(t, T_PERSON, PURPOSE_SELF, card);
    struct rec_look *looks;
    size_t count, missing, cards = 0;
    t_must(rec_looked(view, t->mem, &looks, &count, &missing, &err));
    for (size_t i = 0; i < count; i++)
        cards += str_is(looks[i].kind, "card") && str_eq(looks[i].actor.id, T_REGISTRAR.id);
    assert_int_equal(cards, 1);
    t_close_view(&view);
    /* an import that was cut off: its own card ends with the claim */
    assert_ok(claim(T_REGISTRAR, cut.slip, &card));
    assert_code(t_open_code(t, T_PERSON, PURPOSE_SELF, cut.card, &view), SALVE_E_NOT_FOUND);
    view = t_open(t, T_PERSON, PURPOSE_SELF, card);
    t_close_view(&view);
    verify_is_clean();
}

static void a_name_is_found_before_and_after(void **state)
{
    (void)state;
    struct rec_enrolled who = enrol_away("Nkemelu", true);
    struct compartment *found = NULL;
    struct str card;
    size_t count = 0;
    for (int i = 0; i < 2; i++) {
        t_must(rec_find(t->site, T_REGISTRAR, STR("Tala Nkemelu"), STR("1980-01-01"), t->mem, &found, &count, &err));
        assert_int_equal(count, 1);
        assert_true(compartment_eq(found[0], who.compartment));
        if (i == 0) assert_ok(claim(T_REGISTRAR, who.slip, &card));
    }
    verify_is_clean();
}

static void a_pile_of_slips_is_no_bulk_key(void **state)
{
    (void)state;
    struct t_site *shared = t;
    struct str slips[LIMIT + 1], card;
    t = t_site_make("never-slip-bulk", false);
    for (int p = 0; p <= LIMIT; p++) slips[p] = enrol_away("Haddad", true).slip;
    t_site_at(t, T_SITE_NOW + 2 * HOUR_MS);
    for (int p = 0; p < LIMIT; p++) assert_ok(claim(T_REGISTRAR, slips[p], &card));
    assert_code(claim(T_REGISTRAR, slips[LIMIT], &card), SALVE_E_QUOTA);
    assert_int_equal(card.len, 0);
    t_site_at(t, T_SITE_NOW + 4 * HOUR_MS);
    assert_ok(claim(T_REGISTRAR, slips[LIMIT], &card)); /* a refused one is still good */
    verify_is_clean();
    t_site_drop(t);
    t = shared;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slip_opens_nothing),
        cmocka_unit_test(it_is_changed_for_a_card_once_by_staff_and_the_person_sees_it),
        cmocka_unit_test(a_name_is_found_before_and_after),
        cmocka_unit_test(a_pile_of_slips_is_no_bulk_key),
    };
    t = t_site_make("never-slip", true);
    int failed = t_run(tests);
    t_site_drop(t);
    return failed;
}
