/* SPDX-License-Identifier: Apache-2.0
 *
 * Referring somebody, and what became of it: by what was signed, to a place, by a day that is to come; the slip; the
 * list; what a file cannot bring. */
#include "visit/check.h"
#include "visit/refer.h"
#include "visit_world.h"

static struct visit_screening screening;

static struct world referring_world(const char *name)
{
    struct world w = world_make(name, "alarms");
    t_give(w.t, w.card, PURPOSE_FOLLOW_UP);
    t_must(visit_screening(as(&w, T_CLINICIAN), &screening, &err));
    return w;
}

static void bring(struct world *w, struct str resource)
{
    struct str bundle = arena_printf(w->t->mem,
                                     "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{"
                                     "\"resourceType\":\"Patient\",\"id\":\"p\",\"name\":[{\"family\":\"Adeyemi\","
                                     "\"given\":[\"Tala\"]}],\"birthDate\":\"1980-01-01\"}},{\"resource\":%.*s}]}",
                                     STR_ARGS(resource));
    struct visit_import_ask ask = {.alarms = &screening};
    struct visit_imported sum = {0};
    t_must(visit_import(as(w, T_ASSISTANT), w->card, bundle, &ask, &sum, &err));
}

static void sign_an_alarm(struct world *w)
{
    struct screen_found found;
    struct visit_signed done;
    bring(w,
          STR("{\"resourceType\":\"Observation\",\"id\":\"a\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
              "\"http://loinc.org\",\"code\":\"85354-9\"}]},\"effectiveDateTime\":\"2026-11-23T09:10:00Z\","
              "\"subject\":{\"reference\":\"Patient/p\"},\"component\":[{\"code\":{\"coding\":[{\"system\":"
              "\"http://loinc.org\",\"code\":\"8480-6\"}]},\"valueQuantity\":{\"value\":188,\"system\":"
              "\"http://unitsofmeasure.org\",\"code\":\"mm[Hg]\"}},{\"code\":{\"coding\":[{\"system\":"
              "\"http://loinc.org\",\"code\":\"8462-4\"}]},\"valueQuantity\":{\"value\":98,\"system\":"
              "\"http://unitsofmeasure.org\",\"code\":\"mm[Hg]\"}}]}"));
    t_must(visit_screen(as(w, T_CLINICIAN), &screening, w->card, &found, &err));
    t_must(visit_sign(as(w, T_CLINICIAN), w->card, NULL, &done, &err));
}

static struct visit_referrals all_of(struct world *w)
{
    struct visit_referrals all;
    t_must(visit_referrals(as(w, T_CLINICIAN), w->card, &all, &err));
    return all;
}

static enum salve_code refer(struct world *w, struct actor actor, struct str request, const char *place,
                             const char *until, struct str *id)
{
    struct visit_refer_ask ask = {.request = request, .place = str_of(place), .until = str_of(until)};
    return visit_refer(as(w, actor), w->card, &ask, id, NULL);
}

static enum salve_code follow(struct world *w, struct str id, enum referral_state state, const char *until,
                              const char *words)
{
    struct visit_follow_ask ask = {.referral = id, .state = state, .until = str_of(until), .words = str_of(words)};
    return visit_follow(as(w, T_CLINICIAN), w->card, &ask, NULL);
}

static void what_is_signed_asks_for_it(void **state)
{
    (void)state;
    struct world w = referring_world("refer-asks");
    struct str id;
    assert_int_equal(all_of(&w).request_count, 0);
    sign_an_alarm(&w);
    struct visit_referrals all = all_of(&w);
    assert_true(all.request_count > 0);
    assert_int_equal(all.referral_count, 0);
    struct str request = all.requests[0].id;
    assert_true(all.requests[0].of.id.len > 0 && !all.requests[0].has_referral);
    assert_code(refer(&w, T_CLINICIAN, STR("none"), "", "", &id), SALVE_E_NOT_FOUND);
    assert_code(refer(&w, T_CLINICIAN, request, "", "soon", &id), SALVE_E_INVALID);
    assert_code(refer(&w, T_CLINICIAN, request, "", "2026-11-22", &id), SALVE_E_INVALID); /* it is gone */
    assert_code(refer(&w, T_CLINICIAN, request, "", "2027-11-25", &id), SALVE_E_INVALID); /* too far */
    assert_code(refer(&w, T_CLINICIAN, request, "two\nlines", "", &id), SALVE_E_INVALID);
    assert_code(refer(&w, T_ASSISTANT, request, "", "", &id), SALVE_E_ROLE);
    assert_code(refer(&w, T_CLINICIAN, request, " Lake Hospital ", "2026-12-01", &id), SALVE_OK);
    assert_code(refer(&w, T_CLINICIAN, request, "", "", &id), SALVE_E_CONFLICT);
    all = all_of(&w);
    assert_true(all.requests[0].has_referral);
    assert_int_equal(all.referral_count, 1);
    assert_int_equal(all.referrals[0].state, REFERRAL_SENT);
    assert_true(str_is(all.referrals[0].place, "Lake Hospital"));
    assert_true(str_is(all.referrals[0].until, "2026-12-01"));
    assert_true(str_is(all.referrals[0].by, "dr-amina"));
    assert_true(str_eq(all.referrals[0].of.id, all.requests[0].of.id));
    world_drop(&w);
}

static void it_goes_on_to_its_end(void **state)
{
    (void)state;
    struct world w = referring_world("refer-end");
    struct visit_due *list = NULL;
    struct visit_slip slip;
    size_t count = 0;
    struct str id;
    sign_an_alarm(&w);
    t_must(visit_follow_list(as(&w, T_CLINICIAN), &list, &count, NULL, &err));
    assert_int_equal(count, 0); /* what is open of the alarm is in the inbox */
    assert_code(refer(&w, T_CLINICIAN, all_of(&w).requests[0].id, "", "2026-12-01", &id), SALVE_OK);
    t_must(visit_refer_slip(as(&w, T_CLINICIAN), w.card, id, &slip, &err));
    assert_true(str_is(slip.born_year, "1980") && str_is(slip.name, "Tala Adeyemi"));
    t_must(referral_answer(w.t->site, slip.code, REFERRAL_SAID_NOT_COME, &err));
    assert_int_equal(all_of(&w).referrals[0].said, REFERRAL_SAID_NOT_COME);
    t_must(visit_follow_list(as(&w, T_CLINICIAN), &list, &count, NULL, &err));
    assert_int_equal(count, 1);
    assert_true(list[0].is_answered);
    assert_int_equal(list[0].work.entry_count, 2); /* refer and reply, and nothing of the alarm */
    assert_code(follow(&w, id, REFERRAL_MADE, "2026-11-01", ""), SALVE_E_INVALID);
    assert_code(follow(&w, id, REFERRAL_MADE, "2026-12-03", "ring before"), SALVE_OK);
    assert_code(follow(&w, id, REFERRAL_SEEN, "", ""), SALVE_OK);
    assert_true(str_is(all_of(&w).referrals[0].until, "2026-12-21")); /* 28 days after */
    assert_code(follow(&w, id, REFERRAL_MADE, "2026-12-03", ""), SALVE_E_CONFLICT);
    assert_code(follow(&w, id, REFERRAL_KNOWN, "", "takes tablets"), SALVE_OK);
    assert_true(str_is(all_of(&w).referrals[0].words, "takes tablets"));
    assert_code(visit_refer_slip(as(&w, T_CLINICIAN), w.card, id, &slip, NULL), SALVE_E_NOT_FOUND);
    t_must(visit_follow_list(as(&w, T_CLINICIAN), &list, &count, NULL, &err));
    assert_int_equal(count, 0);
    assert_code(follow(&w, STR("none"), REFERRAL_SEEN, "", ""), SALVE_E_NOT_FOUND);
    world_drop(&w);
}

/* Whoever writes a file refers nobody in the name of this site's staff. */
static void no_file_refers(void **state)
{
    (void)state;
    struct world w = referring_world("refer-file");
    sign_an_alarm(&w);
    bring(&w, STR("{\"resourceType\":\"Task\",\"id\":\"t\",\"status\":\"requested\",\"intent\":\"order\",\"code\":{"
                  "\"coding\":[{\"system\":\"" REFERRAL_SYSTEM "\",\"code\":\"" REFERRAL_FULFILL "\"}]},\"for\":{"
                  "\"reference\":\"Patient/p\"},\"authoredOn\":\"2026-11-23T09:30:00Z\",\"requester\":{\"identifier\":{"
                  "\"system\":\"urn:salve:staff\",\"value\":\"nurse-ben\"}},\"owner\":{\"identifier\":{\"system\":"
                  "\"urn:salve:staff\",\"value\":\"nurse-ben\"}}}"));
    assert_int_equal(all_of(&w).referral_count, 0);
    world_drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_signed_asks_for_it),
        cmocka_unit_test(it_goes_on_to_its_end),
        cmocka_unit_test(no_file_refers),
    };
    return t_run(tests);
}
