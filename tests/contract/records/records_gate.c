/* SPDX-License-Identifier: Apache-2.0
 *
 * What the gate promises, one behaviour a test: who opens what, what withdrawal and erasure do, what the person
 * sees. */
#include "t_site.h"
#include "tlog/tlog.h"

static struct t_site *t;

static int make(void **state)
{
    (void)state;
    t = t_site_make("gate", false);
    return 0;
}
static int drop(void **state)
{
    (void)state;
    t_site_drop(t);
    return 0;
}

/* --- enrolment and consent -------------------------------------------------------------------------------------- */

static void a_fresh_enrolment_opens_to_the_person_alone(void **state)
{
    (void)state;
    struct rec_enrolled who = t_enrol(t, "Haddad", "1980-01-01");
    struct rec_view *view;
    for (int p = PURPOSE_CARE; p <= PURPOSE_LAST; p++)
        for (int r = 0; r < ROLE_COUNT; r++) {
            const struct actor actors[ROLE_COUNT] = {T_PERSON,
                                                     {.id = STR("sister"), .role = ROLE_HELPER},
                                                     {.role = ROLE_GUARDIAN},
                                                     T_REGISTRAR,
                                                     T_ASSISTANT,
                                                     T_CLINICIAN,
                                                     T_MANAGER,
                                                     T_TECHNICIAN,
                                                     T_AUDITOR};
            struct actor actor = actors[r];
            bool is_own = p == PURPOSE_SELF && r == ROLE_PARTICIPANT;
            enum salve_code code = t_open_code(t, actor, (enum purpose)p, who.card, &view);
            bool opens_nothing = consent_role_classes((enum role)r, (enum purpose)p) == 0 || p == PURPOSE_LETTER;
            assert_code(code, is_own ? SALVE_OK : opens_nothing ? SALVE_E_ROLE : SALVE_E_CONSENT);
            if (is_own) {
                const struct rec_resource *all;
                size_t count;
                assert_ok(rec_all(view, 0, &all, &count, NULL));
                assert_int_equal(count, 1);
                assert_str(all[0].type, "Patient");
                assert_int_equal(all[0].class, CLASS_IDENT);
            }
            t_close_view(&view);
        }
}

static void consent_opens_its_own_purpose_and_no_other(void **state)
{
    (void)state;
    struct rec_view *view;
    struct rec_enrolled who = t_enrol(t, "Okafor", "1980-01-01");
    t_give(t, who.card, PURPOSE_CARE);
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    assert_int_equal(rec_classes(view), CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CLIN));
    t_close_view(&view);
    view = t_open(t, T_REGISTRAR, PURPOSE_CARE, who.card);
    assert_int_equal(rec_classes(view), CLASS_BIT(CLASS_IDENT));
    t_close_view(&view);
    assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_FOLLOW_UP, who.card, &view), SALVE_E_CONSENT);
    assert_code(t_open_code(t, T_REGISTRAR, PURPOSE_RESEARCH, who.card, &view), SALVE_E_CONSENT);
}

static void care_needs_the_person_and_follow_up_does_not(void **state)
{
    (void)state;
    struct rec_view *view;
    char id[COMPARTMENT_TEXT_BYTES + 1];
    struct rec_enrolled who = t_enrol(t, "Silva", "1980-01-01");
    compartment_text(who.compartment, id);
    t_give(t, who.card, PURPOSE_CARE);
    t_give(t, who.card, PURPOSE_FOLLOW_UP);
    assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_CARE, str_of(id), &view), SALVE_E_CONSENT);
    assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_FOLLOW_UP, str_of(id), &view), SALVE_OK);
    t_close_view(&view);
    assert_code(t_open_code(t, T_PERSON, PURPOSE_SELF, str_of(id), &view), SALVE_E_CONSENT);
}

static void staff_must_be_registered_under_the_role_they_use(void **state)
{
    (void)state;
    struct rec_view *view;
    struct rec_enrolled who = t_enrol(t, "Novak", "1980-01-01");
    struct actor stranger = {.id = STR("dr-nobody"), .role = ROLE_CLINICIAN};
    struct actor promoted = T_ASSISTANT;
    promoted.role = ROLE_CLINICIAN;
    t_give(t, who.card, PURPOSE_CARE);
    assert_code(t_open_code(t, stranger, PURPOSE_CARE, who.card, &view), SALVE_E_ROLE);
    assert_code(t_open_code(t, promoted, PURPOSE_CARE, who.card, &view), SALVE_E_ROLE);
    assert_code(t_register(t->site, T_CLINICIAN, STR("dr-friend"), ROLE_CLINICIAN, NULL), SALVE_E_ROLE);
    assert_code(t_register(t->site, T_MANAGER, T_CLINICIAN.id, ROLE_CLINICIAN, NULL), SALVE_E_CONFLICT);
    assert_code(t_register(t->site, T_MANAGER, STR("someone"), ROLE_PARTICIPANT, NULL), SALVE_E_ROLE);
    assert_ok(t_register(t->site, T_MANAGER, STR("dr-away"), ROLE_CLINICIAN, NULL));
    struct actor away = {.id = STR("dr-away"), .role = ROLE_CLINICIAN};
    t_login(t, &away);
    view = t_open(t, away, PURPOSE_CARE, who.card);
    t_close_view(&view);
    assert_ok(staff_retire(t->site, T_MANAGER, NULL, STR("dr-away"), NULL));
    assert_code(t_open_code(t, away, PURPOSE_CARE, who.card, &view), SALVE_E_ROLE);
}

static void a_withdrawn_purpose_opens_nothing_until_given_again(void **state)
{
    (void)state;
    struct rec_view *view;
    struct rec_enrolled who = t_enrol(t, "Kimura", "1980-01-01");
    t_give(t, who.card, PURPOSE_CARE);
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    struct str before = t_save_weight(t, view, "81.50");
    t_close_view(&view);
    t_withdraw(t, who.card, PURPOSE_CARE);
    assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_CARE, who.card, &view), SALVE_E_CONSENT);
    t_withdraw(t, who.card, PURPOSE_CARE);
    t_withdraw(t, who.card, PURPOSE_STATISTICS);
    t_give(t, who.card, PURPOSE_CARE);
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    struct str after = t_save_weight(t, view, "80.9");
    const struct rec_resource *one;
    assert_ok(rec_read(view, before, &one, NULL));
    assert_str(tape_text(&one->tape, tape_get(&one->tape, 0, "valueQuantity.value")), "81.50");
    assert_ok(rec_read(view, after, &one, NULL));
    t_close_view(&view);
    view = t_open(t, T_PERSON, PURPOSE_SELF, who.card);
    struct rec_consent *consents;
    size_t count;
    assert_ok(rec_consents(view, t->mem, &consents, &count, NULL));
    assert_int_equal(count, 3);
    assert_false(consents[0].in_force);
    assert_int_equal(consents[1].grant.state, CONSENT_WITHDRAWN);
    assert_true(consents[2].in_force);
    t_close_view(&view);
}

static void the_words_of_a_form_are_bound_at_its_first_use(void **state)
{
    (void)state;
    struct rec_enrolled who = t_enrol(t, "Osei", "1980-01-01");
    struct consent_grant grant = t_grant(PURPOSE_HELPER);
    struct consent_form_ref first;
    struct str kept;
    grant.form.minor = 7;
    grant.form.lang = STR("pt-BR");
    first = grant.form;
    grant.form.text = STR_NONE; /* a hash alone says what was heard to nobody */
    assert_code(rec_consent_give(t->site, T_REGISTRAR, who.card, &grant, t->mem, NULL, NULL), SALVE_E_INVALID);
    grant.form.text = STR("{\"yes\":\"Something else.\"}"); /* nor do words that are not of this hash */
    assert_code(rec_consent_give(t->site, T_REGISTRAR, who.card, &grant, t->mem, NULL, NULL), SALVE_E_INVALID);
    assert_code(commons_get(t->site, STR("form"), STR("helper-1.7-pt-br"), t->mem, &kept, NULL), SALVE_E_NOT_FOUND);
    grant.form = first;
    assert_ok(rec_consent_give(t->site, T_REGISTRAR, who.card, &grant, t->mem, NULL, NULL));
    assert_ok(commons_get(t->site, STR("form"), STR("helper-1.7-pt-br"), t->mem, &kept, NULL));
    assert_true(str_eq(kept, first.text));
    grant.form.text = STR("{\"yes\":\"Something else.\"}");
    crypto_sha256(grant.form.text, grant.form.sha256);
    assert_code(rec_consent_give(t->site, T_REGISTRAR, who.card, &grant, t->mem, NULL, NULL), SALVE_E_CONFLICT);
    grant.form.lang = STR("PT-br"); /* the same language */
    assert_code(rec_consent_give(t->site, T_REGISTRAR, who.card, &grant, t->mem, NULL, NULL), SALVE_E_CONFLICT);
    grant.form.minor = 8;
    assert_ok(rec_consent_give(t->site, T_REGISTRAR, who.card, &grant, t->mem, NULL, NULL));
    grant.form = first;
    grant.form.text = STR_NONE; /* known words need not come again */
    assert_ok(rec_consent_give(t->site, T_REGISTRAR, who.card, &grant, t->mem, NULL, NULL));
    assert_code(commons_put(t->site, T_CLINICIAN, STR("form"), STR("helper-1.7-pt-br"), STR("{}"), NULL),
                SALVE_E_INVALID);
    assert_code(commons_put(t->site, T_MANAGER, STR("form"), STR("care-1.0-en"), STR("{}"), NULL), SALVE_E_INVALID);
}

static void consent_without_reading_back_keeps_nothing(void **state)
{
    (void)state;
    struct rec_view *view;
    struct rec_enrolled who = t_enrol(t, "Mbeki", "1980-01-01");
    struct consent_grant grant = t_grant(PURPOSE_CARE);
    struct rec_consent *consents;
    size_t count;
    grant.teach_back = CONSENT_TEACH_BACK_NOT_DONE;
    grant.teach_back_rounds = 0;
    assert_code(rec_consent_give(t->site, T_REGISTRAR, who.card, &grant, t->mem, NULL, NULL), SALVE_E_CONSENT);
    grant = t_grant(PURPOSE_SELF);
    assert_code(rec_consent_give(t->site, T_REGISTRAR, who.card, &grant, t->mem, NULL, NULL), SALVE_E_INVALID);
    grant = t_grant(PURPOSE_CARE);
    assert_code(rec_consent_give(t->site, T_MANAGER, who.card, &grant, t->mem, NULL, NULL), SALVE_E_ROLE);
    view = t_open(t, T_PERSON, PURPOSE_SELF, who.card);
    assert_ok(rec_consents(view, t->mem, &consents, &count, NULL));
    assert_int_equal(count, 0);
    t_close_view(&view);
}

static void a_child_needs_a_guardian_and_dissent_decides(void **state)
{
    (void)state;
    struct rec_view *view;
    struct rec_enrolled child = t_enrol(t, "Lopez", "2015-03-03"), adult = t_enrol(t, "Lopez", "1980-01-01");
    struct consent_grant grant = t_grant(PURPOSE_CARE);
    assert_int_not_equal(rec_consent_give(t->site, T_REGISTRAR, child.card, &grant, t->mem, NULL, NULL), SALVE_OK);
    grant.by = CONSENT_BY_GUARDIAN;
    grant.assent = CONSENT_ASSENT_DISSENT;
    assert_code(rec_consent_give(t->site, T_REGISTRAR, child.card, &grant, t->mem, NULL, NULL), SALVE_E_CONSENT);
    grant.assent = CONSENT_ASSENT_GIVEN;
    assert_int_not_equal(rec_consent_give(t->site, T_REGISTRAR, adult.card, &grant, t->mem, NULL, NULL), SALVE_OK);
    assert_ok(rec_consent_give(t->site, T_REGISTRAR, child.card, &grant, t->mem, NULL, NULL));
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, child.card);
    t_close_view(&view);
}

static void an_expired_consent_opens_nothing(void **state)
{
    (void)state;
    struct rec_view *view;
    struct rec_enrolled who = t_enrol(t, "Berg", "1980-01-01");
    struct consent_grant grant = t_grant(PURPOSE_CARE);
    grant.not_after_unix_s = T_SITE_NOW / 1000 + 3600;
    assert_ok(rec_consent_give(t->site, T_REGISTRAR, who.card, &grant, t->mem, NULL, NULL));
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    t_close_view(&view);
    t_site_at(t, T_SITE_NOW + 3601 * 1000);
    assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_CARE, who.card, &view), SALVE_E_CONSENT);
}

static void the_sensitive_class_needs_its_own_tick(void **state)
{
    (void)state;
    struct rec_view *view;
    struct rec_enrolled who = t_enrol(t, "Ferri", "1980-01-01");
    struct consent_grant grant = t_grant(PURPOSE_CARE);
    struct str id;
    t_give(t, who.card, PURPOSE_CARE);
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    t_must(rec_new_id(view, t->mem, &id, &err));
    struct tape weight = t_weight(t, view, id, "70");
    assert_code(t_save_code(t, view, &weight, CLASS_SENS), SALVE_E_CONSENT);
    t_close_view(&view);
    grant.classes = CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CLIN) | CLASS_BIT(CLASS_SENS);
    assert_ok(rec_consent_give(t->site, T_REGISTRAR, who.card, &grant, t->mem, NULL, NULL));
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    assert_true(rec_classes(view) & CLASS_BIT(CLASS_SENS));
    t_must(rec_new_id(view, t->mem, &id, &err));
    weight = t_weight(t, view, id, "70");
    assert_ok(t_save_code(t, view, &weight, CLASS_SENS));
    t_close_view(&view);
    view = t_open(t, T_ASSISTANT, PURPOSE_CARE, who.card);
    assert_int_equal(t_count(view), 1);
    t_close_view(&view);
}

static void a_transfer_is_for_one_use(void **state)
{
    (void)state;
    struct rec_view *view;
    struct rec_consent *consents;
    size_t count;
    struct rec_enrolled who = t_enrol(t, "Moreau", "1980-01-01");
    t_give(t, who.card, PURPOSE_TRANSFER);
    view = t_open(t, T_CLINICIAN, PURPOSE_TRANSFER, who.card);
    t_close_view(&view); /* nothing was read: not used yet */
    view = t_open(t, T_CLINICIAN, PURPOSE_TRANSFER, who.card);
    assert_int_equal(t_count(view), 1);
    t_close_view(&view);
    assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_TRANSFER, who.card, &view), SALVE_E_CONSENT);
    view = t_open(t, T_PERSON, PURPOSE_SELF, who.card);
    assert_ok(rec_consents(view, t->mem, &consents, &count, NULL));
    assert_int_equal(count, 2);
    assert_int_equal(consents[1].grant.state, CONSENT_USED);
    t_close_view(&view);
    t_give(t, who.card, PURPOSE_TRANSFER);
    view = t_open(t, T_PERSON, PURPOSE_TRANSFER, who.card);
    t_close_view(&view);
}

static void an_erased_person_is_not_written_to_by_an_open_view(void **state)
{
    (void)state;
    struct rec_view *view, *own;
    struct rec_erasure erasure;
    struct str card;
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    struct rec_enrolled who = t_enrol(t, "Nunes", "1980-01-01");
    t_give(t, who.card, PURPOSE_TRANSFER);
    view = t_open(t, T_CLINICIAN, PURPOSE_TRANSFER, who.card);
    own = t_open(t, T_PERSON, PURPOSE_SELF, who.card);
    assert_int_equal(t_count(view), 1);
    assert_ok(rec_erase(t->site, T_BESIDE, who.card, t->mem, &erasure, NULL));
    assert_code(rec_card_new(own, t->mem, &card, NULL), SALVE_E_NOT_FOUND);
    t_close_view(&own);
    t_close_view(&view);
    assert_ok(site_verify(t->site, &ask, &result, NULL));
    assert_int_equal(result.records, 0);
}

/* --- saving and reading ----------------------------------------------------------------------------------------- */

static void what_is_saved_is_read_back_and_a_new_version_stands(void **state)
{
    (void)state;
    struct rec_view *view;
    const struct rec_resource *one, **versions;
    size_t count;
    struct rec_enrolled who = t_enrol(t, "Diallo", "1980-01-01");
    t_give(t, who.card, PURPOSE_CARE);
    view = t_open(t, T_ASSISTANT, PURPOSE_CARE, who.card);
    struct str first = t_save_weight(t, view, "90.10"), second = t_save_weight(t, view, "55");
    struct tape again = t_weight(t, view, first, "91.0");
    assert_ok(t_save_code(t, view, &again, 0));
    assert_int_equal(t_count(view), 3);
    t_close_view(&view);
    view = t_open(t, T_ASSISTANT, PURPOSE_CARE, who.card);
    assert_ok(rec_read(view, first, &one, NULL));
    assert_int_equal(one->version, 2);
    assert_true(str_eq(t_json(t->mem, &one->tape), t_json(t->mem, &again)));
    assert_ok(rec_history(view, first, t->mem, &versions, &count, NULL));
    assert_int_equal(count, 2);
    assert_str(tape_text(&versions[0]->tape, tape_get(&versions[0]->tape, 0, "valueQuantity.value")), "90.10");
    assert_ok(rec_read(view, arena_printf(t->mem, "Observation/%.*s", STR_ARGS(second)), &one, NULL));
    assert_code(rec_read(view, arena_printf(t->mem, "Patient/%.*s", STR_ARGS(second)), &one, NULL), SALVE_E_NOT_FOUND);
    assert_code(rec_read(view, STR("Observation/1"), &one, NULL), SALVE_E_NOT_FOUND);
    struct tape third = t_weight(t, view, first, "92");
    assert_ok(t_save_code(t, view, &third, 0));
    assert_ok(rec_read(view, first, &one, NULL));
    assert_int_equal(one->version, 3);
    t_close_view(&view);
}

static void ids_of_other_people_and_made_up_ids_are_refused(void **state)
{
    (void)state;
    struct rec_view *one, *other;
    struct rec_enrolled a = t_enrol(t, "Aalto", "1980-01-01"), b = t_enrol(t, "Baker", "1980-01-01");
    char text[COMPARTMENT_TEXT_BYTES + 1];
    t_give(t, a.card, PURPOSE_CARE);
    t_give(t, b.card, PURPOSE_CARE);
    one = t_open(t, T_ASSISTANT, PURPOSE_CARE, a.card);
    other = t_open(t, T_ASSISTANT, PURPOSE_CARE, b.card);
    struct str id = t_save_weight(t, one, "60");
    struct tape weight = t_weight(t, other, id, "61");
    assert_int_not_equal(t_save_code(t, other, &weight, 0), SALVE_OK);
    compartment_text(rec_compartment(other), text);
    weight = t_weight(t, other, arena_printf(t->mem, "%s.77", text), "61");
    assert_code(t_save_code(t, other, &weight, 0), SALVE_E_INVALID);
    weight = t_weight(t, other, STR("free-text"), "61");
    assert_code(t_save_code(t, other, &weight, 0), SALVE_E_INVALID);
    weight = t_weight(t, other, arena_printf(t->mem, "%s.1", text), "61"); /* the Patient's own id */
    assert_code(t_save_code(t, other, &weight, 0), SALVE_E_INVALID);
    assert_int_equal(t_count(other), 1);
    t_close_view(&one);
    t_close_view(&other);
}

static void only_staff_write_and_only_what_the_view_has(void **state)
{
    (void)state;
    struct str id;
    struct rec_view *view;
    struct rec_enrolled who = t_enrol(t, "Cohen", "1980-01-01");
    t_give(t, who.card, PURPOSE_CARE);
    view = t_open(t, T_PERSON, PURPOSE_SELF, who.card);
    t_must(rec_new_id(view, t->mem, &id, &err));
    struct tape weight = t_weight(t, view, id, "61");
    assert_code(t_save_code(t, view, &weight, 0), SALVE_E_ROLE);
    t_close_view(&view);
    view = t_open(t, T_REGISTRAR, PURPOSE_CARE, who.card);
    t_must(rec_new_id(view, t->mem, &id, &err));
    weight = t_weight(t, view, id, "61");
    assert_code(t_save_code(t, view, &weight, 0), SALVE_E_ROLE); /* the person agreed; it is the role */
    assert_code(t_save_code(t, view, &weight, CLASS_AUDIT), SALVE_E_INVALID);
    t_close_view(&view);
}

static void the_statistics_projection_goes_with_its_consent(void **state)
{
    (void)state;
    struct str id;
    struct rec_view *view;
    struct rec_enrolled who = t_enrol(t, "Eriksen", "1980-01-01");
    t_give(t, who.card, PURPOSE_CARE);
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    t_must(rec_new_id(view, t->mem, &id, &err));
    struct tape weight = t_weight(t, view, id, "61");
    assert_code(t_save_code(t, view, &weight, CLASS_STAT), SALVE_E_CONSENT);
    t_close_view(&view);
    t_give(t, who.card, PURPOSE_STATISTICS);
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    t_must(rec_new_id(view, t->mem, &id, &err));
    weight = t_weight(t, view, id, "61");
    assert_ok(t_save_code(t, view, &weight, CLASS_STAT));
    assert_int_equal(t_count(view), 1);
    t_close_view(&view);
    view = t_open(t, T_PERSON, PURPOSE_SELF, who.card);
    assert_int_equal(t_count(view), 2);
    t_close_view(&view);
    t_withdraw(t, who.card, PURPOSE_STATISTICS);
    view = t_open(t, T_PERSON, PURPOSE_SELF, who.card);
    assert_int_equal(t_count(view), 1);
    t_close_view(&view);
}

/* --- the person's rights ---------------------------------------------------------------------------------------- */

static void every_look_is_seen_by_the_person_with_a_proof_anybody_can_check(void **state)
{
    (void)state;
    struct rec_view *view;
    struct rec_look *looks;
    struct site_facts facts;
    struct tlog_vkey vkey;
    size_t count, missing;
    static const char *want[] = {"enrolment", "access", "consent", "access", "write", "access",
                                 "read",      "access", "denied",  "access", "read",  "access"};
    struct rec_enrolled who = t_enrol(t, "Farah", "1980-01-01");
    t_give(t, who.card, PURPOSE_CARE);
    view = t_open(t, T_ASSISTANT, PURPOSE_CARE, who.card);
    t_save_weight(t, view, "77");
    t_close_view(&view);
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    t_count(view);
    t_close_view(&view);
    assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_FOLLOW_UP, who.card, &view), SALVE_E_CONSENT);
    view = t_open(t, T_PERSON, PURPOSE_SELF, who.card);
    assert_ok(rec_looked(view, t->mem, &looks, &count, &missing, NULL));
    assert_int_equal(missing, 0);
    for (size_t i = 0; i < count; i++) assert_true(looks[i].is_unsigned && !looks[i].proved && looks[i].proof.len == 0);
    t_close_view(&view);
    t_sign(t);
    view = t_open(t, T_PERSON, PURPOSE_SELF, who.card);
    assert_ok(rec_looked(view, t->mem, &looks, &count, &missing, NULL));
    assert_int_equal(missing, 0);
    assert_int_equal(count, sizeof want / sizeof want[0]);
    assert_ok(site_facts(t->site, t->mem, &facts, NULL));
    assert_ok(tlog_vkey_parse(facts.vkey, &vkey, NULL));
    for (size_t i = 0; i < count; i++) {
        struct str event;
        assert_str(looks[i].kind, want[i]);
        assert_true(looks[i].proved != looks[i].is_unsigned);
        if (looks[i].is_unsigned) continue; /* this look itself */
        assert_true(i + 1 < count);
        assert_str(looks[i].actor.site, "Test site");
        assert_ok(tlog_receipt_verify(looks[i].proof, &vkey, 1, STR_NONE, t->mem, &event, NULL));
        assert_true(str_find(event, looks[i].kind) > 0);
    }
    assert_str(looks[6].actor.id, "dr-amina");
    assert_int_equal(looks[6].resource_count, 2);
    assert_int_equal(looks[6].classes, CLASS_BIT(CLASS_IDENT) | CLASS_BIT(CLASS_CLIN));
    assert_int_equal(looks[8].purpose, PURPOSE_FOLLOW_UP);
    t_close_view(&view);
    view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
    assert_code(rec_looked(view, t->mem, &looks, &count, &missing, NULL), SALVE_E_CONSENT);
    t_close_view(&view);
}

static void take_gives_back_exactly_what_was_saved(void **state)
{
    (void)state;
    enum { WEIGHTS = 9 };
    struct rec_view *view;
    const struct rec_resource *taken;
    struct str saved[WEIGHTS], ids[WEIGHTS];
    size_t count, consents = 0, audits = 0, weights = 0;
    struct rec_enrolled who = t_enrol(t, "Gomez", "1980-01-01");
    t_give(t, who.card, PURPOSE_CARE);
    view = t_open(t, T_ASSISTANT, PURPOSE_CARE, who.card);
    for (int i = 0; i < WEIGHTS; i++) {
        t_must(rec_new_id(view, t->mem, &ids[i], &err));
        char kilograms[32];
        (void)snprintf(kilograms, sizeof kilograms, "%d.%d0", 60 + i, i);
        struct tape weight = t_weight(t, view, ids[i], kilograms);
        saved[i] = t_json(t->mem, &weight);
        assert_ok(t_save_code(t, view, &weight, 0));
    }
    t_close_view(&view);
    view = t_open(t, T_PERSON, PURPOSE_SELF, who.card);
    assert_ok(rec_take(view, t->mem, &taken, &count, NULL));
    for (size_t i = 0; i < count; i++) {
        struct tape again;
        struct str json = t_json(t->mem, &taken[i].tape);
        assert_ok(fhir_read(json, NULL, t->mem, &again, NULL, NULL));
        consents += str_is(taken[i].type, "Consent");
        audits += str_is(taken[i].type, "AuditEvent");
        if (!str_is(taken[i].type, "Observation")) continue;
        assert_true(str_eq(taken[i].id, ids[weights]));
        assert_true(str_eq(json, saved[weights++]));
    }
    assert_int_equal(weights, WEIGHTS);
    assert_int_equal(consents, 1);
    assert_true(audits >= WEIGHTS + 4);
    t_close_view(&view);
}

static void erasure_leaves_nothing_that_opens_and_the_rest_untouched(void **state)
{
    (void)state;
    struct rec_view *view;
    struct rec_erasure erasure;
    struct site_facts facts;
    struct tlog_vkey vkey;
    struct site_verify_result result;
    struct str event;
    struct site_verify_ask ask = {.actor = T_TECHNICIAN};
    char id[COMPARTMENT_TEXT_BYTES + 1];
    struct rec_enrolled gone = t_enrol(t, "Hansen", "1980-01-01"), stays = t_enrol(t, "Ivanov", "1980-01-01");
    t_give(t, gone.card, PURPOSE_CARE);
    t_give(t, gone.card, PURPOSE_FOLLOW_UP);
    t_give(t, stays.card, PURPOSE_CARE);
    view = t_open(t, T_ASSISTANT, PURPOSE_CARE, gone.card);
    t_save_weight(t, view, "70");
    t_close_view(&view);
    assert_code(rec_erase(t->site, T_TECHNICIAN, gone.card, t->mem, &erasure, NULL), SALVE_E_ROLE);
    assert_ok(rec_erase(t->site, T_BESIDE, gone.card, t->mem, &erasure, NULL));
    assert_true(erasure.horizon_unix_ms - erasure.at_unix_ms <= 14ll * 24 * 3600 * 1000);
    assert_ok(site_facts(t->site, t->mem, &facts, NULL));
    assert_ok(tlog_vkey_parse(facts.vkey, &vkey, NULL));
    assert_ok(tlog_receipt_verify(erasure.receipt.text, &vkey, 1, STR_NONE, t->mem, &event, NULL));
    compartment_text(gone.compartment, id);
    for (int again = 0; again < 2; again++) {
        ask.actor = T_TECHNICIAN;
        assert_code(t_open_code(t, T_PERSON, PURPOSE_SELF, gone.card, &view), SALVE_E_NOT_FOUND);
        assert_code(t_open_code(t, T_CLINICIAN, PURPOSE_FOLLOW_UP, str_of(id), &view), SALVE_E_NOT_FOUND);
        assert_code(t_give_code(t, gone.card, PURPOSE_CARE), SALVE_E_NOT_FOUND);
        assert_code(rec_erase(t->site, T_BESIDE, gone.card, t->mem, &erasure, NULL), SALVE_E_NOT_FOUND);
        view = t_open(t, T_CLINICIAN, PURPOSE_CARE, stays.card);
        assert_int_equal(t_count(view), 1);
        t_close_view(&view);
        assert_ok(site_verify(t->site, &ask, &result, NULL));
        assert_int_equal(result.compartments, 1);
        t_site_close(t);
        t_site_open(t);
    }
}

static void a_new_card_works_and_the_old_one_does_not(void **state)
{
    (void)state;
    struct rec_view *view;
    struct str card;
    struct rec_enrolled who = t_enrol(t, "Jensen", "1980-01-01");
    view = t_open(t, T_PERSON, PURPOSE_SELF, who.card);
    assert_ok(rec_card_new(view, t->mem, &card, NULL));
    t_close_view(&view);
    assert_true(rec_card_valid(card));
    assert_code(t_open_code(t, T_PERSON, PURPOSE_SELF, who.card, &view), SALVE_E_NOT_FOUND);
    view = t_open(t, T_PERSON, PURPOSE_SELF, card);
    t_close_view(&view);
}

/* --- upkeep ----------------------------------------------------------------------------------------------------- */

static void a_turned_epoch_keeps_everybody_readable(void **state)
{
    (void)state;
    struct rec_view *view;
    struct site_rotation rotation;
    struct site_verify_result result;
    struct site_verify_ask ask = {.actor = T_MANAGER};
    struct rec_enrolled who = t_enrol(t, "Kaya", "1980-01-01");
    t_give(t, who.card, PURPOSE_CARE);
    assert_code(site_rotate(t->site, T_CLINICIAN, &rotation, NULL), SALVE_E_ROLE);
    for (uint32_t i = 0; i < 3; i++) {
        assert_ok(site_rotate(t->site, T_TECHNICIAN, &rotation, NULL));
        assert_int_equal(rotation.epoch, 2 + i);
        assert_true(rotation.wraps_renewed >= 9);
        view = t_open(t, T_CLINICIAN, PURPOSE_CARE, who.card);
        assert_int_equal(t_count(view), 1);
        t_close_view(&view);
    }
    assert_ok(site_verify(t->site, &ask, &result, NULL));
    assert_code(site_verify(t->site, &(struct site_verify_ask){.actor = T_CLINICIAN}, &result, NULL), SALVE_E_ROLE);
}

static void the_name_look_up_is_exact_or_off(void **state)
{
    (void)state;
    struct compartment *found;
    size_t count = 0;
    assert_code(rec_find(t->site, T_REGISTRAR, STR("Tala Haddad"), STR("1980-02-29"), t->mem, &found, &count, NULL),
                SALVE_E_UNSUPPORTED);
    struct t_site *named = t_site_make("gate-names", true);
    struct rec_enrolled who = t_enrol(named, "Häddad", "1980-02-29");
    t_enrol(named, "Haddad", "1980-02-28");
    static const char *const texts[] = {"Tala Häddad", "häddad TALA", "  Haddad   Tala "};
    for (size_t i = 0; i < 3; i++) {
        assert_ok(
            rec_find(named->site, T_REGISTRAR, str_of(texts[i]), STR("1980-02-29"), named->mem, &found, &count, NULL));
        assert_int_equal(count, 1);
        assert_true(compartment_eq(found[0], who.compartment));
    }
    static const char *const others[] = {"Tala", "Haddad", "Tal Haddad", "Tala Haddad Tala"};
    for (size_t i = 0; i < 4; i++) {
        assert_ok(
            rec_find(named->site, T_REGISTRAR, str_of(others[i]), STR("1980-02-29"), named->mem, &found, &count, NULL));
        assert_int_equal(count, 0);
    }
    assert_code(
        rec_find(named->site, T_MANAGER, STR("Tala Haddad"), STR("1980-02-29"), named->mem, &found, &count, NULL),
        SALVE_E_ROLE);
    assert_code(rec_find(named->site, T_REGISTRAR, STR("Tala Haddad"), STR("1980"), named->mem, &found, &count, NULL),
                SALVE_E_INVALID);
    enum salve_code code = SALVE_OK;
    for (int i = 7; i < 20 && code == SALVE_OK; i++)
        code = rec_find(named->site, T_REGISTRAR, STR("X Y"), STR("1980-02-29"), named->mem, &found, &count, NULL);
    assert_code(code, SALVE_OK);
    assert_code(rec_find(named->site, T_REGISTRAR, STR("X Y"), STR("1980-02-29"), named->mem, &found, &count, NULL),
                SALVE_E_QUOTA);
    t_site_drop(named);
}

static void documents_of_the_commons_keep_their_newest_version(void **state)
{
    (void)state;
    struct str bytes, *ids;
    size_t count;
    assert_ok(commons_put(t->site, T_CLINICIAN, STR("accepted"), STR("bp"), STR("one"), NULL));
    assert_ok(commons_put(t->site, T_CLINICIAN, STR("accepted"), STR("bp"), STR("two"), NULL));
    assert_ok(commons_put(t->site, T_CLINICIAN, STR("accepted"), STR("bmi"), STR(""), NULL));
    assert_ok(commons_get(t->site, STR("accepted"), STR("bp"), t->mem, &bytes, NULL));
    assert_str(bytes, "two");
    assert_code(commons_get(t->site, STR("accepted"), STR("none"), t->mem, &bytes, NULL), SALVE_E_NOT_FOUND);
    assert_ok(commons_list(t->site, STR("accepted"), t->mem, &ids, &count, NULL));
    assert_int_equal(count, 2);
    assert_str(ids[0], "bmi");
    assert_code(commons_put(t->site, T_REGISTRAR, STR("accepted"), STR("bp"), STR("x"), NULL), SALVE_E_ROLE);
    assert_code(commons_put(t->site, T_MANAGER, STR("staff"), STR("mia"), STR("x"), NULL), SALVE_E_INVALID);
    assert_code(commons_put(t->site, T_MANAGER, STR("Bad Kind"), STR("mia"), STR("x"), NULL), SALVE_E_INVALID);
}

static void settings_change_for_the_manager_alone(void **state)
{
    (void)state;
    struct site_settings settings = *site_settings(t->site);
    settings.name = STR("Another name");
    settings.majority_age_years = 21;
    assert_code(site_settings_set(t->site, T_CLINICIAN, &settings, NULL), SALVE_E_ROLE);
    assert_ok(site_settings_set(t->site, T_MANAGER, &settings, NULL));
    t_site_close(t);
    t_site_open(t);
    assert_str(site_settings(t->site)->name, "Another name");
    assert_int_equal(site_settings(t->site)->majority_age_years, 21);
    settings = *site_settings(t->site);
    settings.log_name = STR("other");
    assert_code(site_settings_set(t->site, T_MANAGER, &settings, NULL), SALVE_E_CONFIG);
}

#define gate_test(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        gate_test(a_fresh_enrolment_opens_to_the_person_alone),
        gate_test(consent_opens_its_own_purpose_and_no_other),
        gate_test(care_needs_the_person_and_follow_up_does_not),
        gate_test(staff_must_be_registered_under_the_role_they_use),
        gate_test(a_withdrawn_purpose_opens_nothing_until_given_again),
        gate_test(the_words_of_a_form_are_bound_at_its_first_use),
        gate_test(consent_without_reading_back_keeps_nothing),
        gate_test(a_child_needs_a_guardian_and_dissent_decides),
        gate_test(an_expired_consent_opens_nothing),
        gate_test(the_sensitive_class_needs_its_own_tick),
        gate_test(a_transfer_is_for_one_use),
        gate_test(an_erased_person_is_not_written_to_by_an_open_view),
        gate_test(what_is_saved_is_read_back_and_a_new_version_stands),
        gate_test(ids_of_other_people_and_made_up_ids_are_refused),
        gate_test(only_staff_write_and_only_what_the_view_has),
        gate_test(the_statistics_projection_goes_with_its_consent),
        gate_test(every_look_is_seen_by_the_person_with_a_proof_anybody_can_check),
        gate_test(take_gives_back_exactly_what_was_saved),
        gate_test(erasure_leaves_nothing_that_opens_and_the_rest_untouched),
        gate_test(a_new_card_works_and_the_old_one_does_not),
        gate_test(a_turned_epoch_keeps_everybody_readable),
        gate_test(the_name_look_up_is_exact_or_off),
        gate_test(documents_of_the_commons_keep_their_newest_version),
        gate_test(settings_change_for_the_manager_alone),
    };
    return t_run(tests);
}
