/* SPDX-License-Identifier: Apache-2.0
 * Import and agreement: who a file may be about, what is left out and when, the card first, what counts as a yes. */
#include "visit_world.h"

#include "visit/demo.h"

/* What an import told on its way. */
struct told {
    struct world *w;
    unsigned cards, rejects, issues, people, less;
    struct str card, left_out;
    bool is_card_lost;
    unsigned stop_after; /* 0: never */
};

static enum salve_code on_card(void *with, struct str subject, struct str card, struct salve_err *err)
{
    struct told *told = with;
    (void)subject;
    told->cards++;
    t_must(arena_str(told->w->t->mem, card, &told->card, &err));
    return told->is_card_lost ? salve_fail(err, SALVE_E_FULL, "cards") : SALVE_OK;
}

static void on_rejects(void *with, struct str lines)
{
    struct told *told = with;
    told->rejects++;
    t_must(arena_str(told->w->t->mem, lines, &told->left_out, &err));
}

static void on_less(void *with, const struct visit_less *less)
{
    ((struct told *)with)->less++;
    assert_true(less->line > 0 && less->why->code != SALVE_OK);
}

static void on_issues(void *with, const struct fhir_issues *issues)
{
    ((struct told *)with)->issues += issues->error_count;
}

static bool on_person(void *with, uint64_t people)
{
    struct told *told = with;
    told->people++;
    return told->stop_after == 0 || people < told->stop_after;
}

static struct visit_import_ask ask_of(struct told *told, bool minimise)
{
    return (struct visit_import_ask){.minimise = minimise,
                                     .watch = {.card = on_card,
                                               .less = on_less,
                                               .rejects = on_rejects,
                                               .issues = on_issues,
                                               .person = on_person,
                                               .with = told}};
}

/* --- a file about somebody ---------------------------------------------------------------------------------------- */

static void a_file_about_somebody_else_is_refused(void **state)
{
    struct world w = world_make("somebody", NULL);
    struct told told = {.w = &w};
    struct visit_import_ask ask = ask_of(&told, false);
    struct visit_imported sum = {0};
    struct salve_err err = {0};
    (void)state;
    struct str other = file_about(&w, "1976-05-14", "");
    assert_int_equal(visit_import(as(&w, T_ASSISTANT), w.card, other, &ask, &sum, &err), SALVE_E_CONFLICT);
    assert_string_equal(err.element, "Patient.birthDate");
    assert_false(holds(record_of(&w, w.card), "29463-7"));
    assert_int_equal(sum.people, 0);
    ask.correct = true;
    t_must(visit_import(as(&w, T_ASSISTANT), w.card, other, &ask, &sum, &err));
    assert_true(holds(record_of(&w, w.card), "1976-05-14"));
    world_drop(&w);
}

static void a_file_of_the_person_becomes_their_next_version(void **state)
{
    struct world w = world_make("person", NULL);
    struct told told = {.w = &w};
    struct visit_import_ask ask = ask_of(&told, false);
    struct visit_imported sum = {0};
    (void)state;
    t_must(visit_import(as(&w, T_ASSISTANT), w.card, file_about(&w, "1980-01-01", ""), &ask, &sum, &err));
    assert_int_equal(sum.people, 1);
    assert_int_equal(sum.resources_in, 3);
    assert_int_equal(sum.kept, 3);
    assert_int_equal(sum.resource_count, 3);
    assert_str(sum.resources[0].type, "Patient");
    assert_true(str_ends(sum.resources[0].id, STR(".1")));
    world_drop(&w);
}

static void a_text_that_is_no_card_is_said_before_anybody_is_looked_for(void **state)
{
    struct world w = world_make("nocard", NULL);
    struct told told = {.w = &w};
    struct visit_import_ask ask = ask_of(&told, false);
    struct visit_imported sum = {0};
    struct salve_err err = {0};
    (void)state;
    struct str file = file_about(&w, "1980-01-01", "");
    assert_int_equal(visit_import(as(&w, T_ASSISTANT), STR("AAAA"), file, &ask, &sum, &err), SALVE_E_NOT_FOUND);
    assert_string_equal(err.element, "card");
    world_drop(&w);
}

/* --- what is left out --------------------------------------------------------------------------------------------- */

static void what_may_not_be_kept_refuses_the_file_or_is_left_out_and_counted(void **state)
{
    struct world w = world_make("minimise", NULL);
    struct told told = {.w = &w};
    struct visit_import_ask whole = ask_of(&told, false), less = ask_of(&told, true);
    struct visit_imported sum = {0};
    (void)state;
    struct str file = file_about(&w, "1980-01-01", PHOTO);
    assert_int_equal(visit_import(as(&w, T_ASSISTANT), w.card, file, &whole, &sum, NULL), SALVE_E_NOT_ADMITTED);
    assert_true(told.issues > 0);
    assert_int_equal(told.rejects, 0);
    assert_false(holds(record_of(&w, w.card), "29463-7"));
    t_must(visit_import(as(&w, T_ASSISTANT), w.card, file, &less, &sum, &err));
    assert_int_equal(told.rejects, 1);
    assert_true(holds(told.left_out, "AAAA"));
    assert_int_equal(sum.rule_count, 1);
    assert_string_equal(sum.left_out[0].rule, "salve-never/N2");
    assert_int_equal(sum.left_out[0].count, 1);
    assert_true(holds(record_of(&w, w.card), "29463-7"));
    assert_false(holds(record_of(&w, w.card), "AAAA"));
    world_drop(&w);
}

static void nobody_hears_of_what_was_left_out_of_a_file_that_was_not_saved(void **state)
{
    struct world w = world_make("unsaved", NULL);
    struct told told = {.w = &w};
    struct visit_import_ask ask = ask_of(&told, true);
    struct visit_imported sum = {0};
    (void)state;
    struct str file = file_about(&w, "1980-01-01", PHOTO);
    assert_int_not_equal(visit_import(as(&w, T_REGISTRAR), w.card, file, &ask, &sum, NULL), SALVE_OK);
    assert_int_equal(told.rejects, 0);
    assert_int_equal(sum.rule_count, 0);
    assert_int_equal(sum.people, 0);
    world_drop(&w);
}

static void the_site_s_own_list_decides_what_is_left_out(void **state)
{
    struct world w = world_make("patterns", NULL);
    struct told told = {.w = &w};
    struct visit_import_ask ask = ask_of(&told, true);
    struct visit_imported sum = {0};
    (void)state;
    struct site_settings settings = *site_settings(w.t->site);
    settings.national_patterns = STR("999-99-9999");
    t_must(site_settings_set(w.t->site, T_MANAGER, &settings, &err));
    struct str file = file_about(&w, "1980-01-01", ",\"address\":[{\"text\":\"known as 123-45-6789\"}]");
    t_must(visit_import(as(&w, T_ASSISTANT), w.card, file, &ask, &sum, &err));
    assert_true(sum.rule_count > 0);
    assert_false(holds(record_of(&w, w.card), "123-45-6789"));
    world_drop(&w);
}

/* --- new people --------------------------------------------------------------------------------------------------- */

static struct consent_grant care_grant(const struct world *w)
{
    struct consent_grant grant;
    struct visit_grant_ask ask = {.purpose = PURPOSE_CARE, .language = STR("en"), .read_back_rounds = 1};
    t_must(visit_grant(w->visit.content, &ask, &grant, &err));
    return grant;
}

/* Where one agreement may speak for everybody, and people have cards. */
static struct world made_up_world(const char *name)
{
    t_made_up = true;
    return empty_world(name, NULL);
}

static enum salve_code take_rows(const struct visit *visit, const struct csv_map *map, struct str text,
                                 const char *date, const struct visit_import_ask *ask, struct visit_imported *sum,
                                 struct salve_err *err)
{
    struct csv_source file = csv_source_text(&text);
    return visit_import_rows(visit, map, &file, str_of(date), ask, sum, err);
}

/* At a real site nobody speaks for a file: people get slips, and rows say what they agreed to. */
static void a_person_of_a_file_gets_a_slip_and_agrees_in_their_row(void **state)
{
    struct world w = empty_world("slips", NULL);
    struct told told = {.w = &w};
    struct visit_import_ask ask = ask_of(&told, false);
    struct visit_imported sum = {0};
    struct consent_grant grant = care_grant(&w);
    struct csv_map *map = NULL;
    struct str card;
    (void)state;
    ask.grant = &grant;
    struct str file = file_about(&w, "1976-05-14", "");
    assert_int_equal(visit_import_new(as(&w, T_ASSISTANT), file, &ask, &sum, NULL), SALVE_E_CONSENT);
    assert_int_equal(told.cards, 0);
    ask.grant = NULL;
    t_must(visit_import_new(as(&w, T_ASSISTANT), file, &ask, &sum, &err));
    assert_true(rec_code_valid(REC_CODE_SLIP, told.card));
    assert_true(sum.people == 1 && sum.enrolled_only == 1 && told.less == 1 && sum.kept == 0);
    struct str json =
        STR("{\"format\":\"salve-csv-map\",\"version\":1,\"patient\":{\"birthDate\":{\"column\":\"born\"}},"
            "\"observations\":[{\"column\":\"kg\",\"loinc\":\"29463-7\",\"type\":\"quantity\",\"unit\":\"kg\"}],"
            "\"consents\":{\"care\":{\"column\":\"care\"}}}");
    t_must(csv_map_read(site_admission(w.t->site), json, w.t->mem, &map, &err));
    struct str rows = STR("born,kg,care\n1971-01-02,61,1.0/en signed 2026-11-20 none 1\n");
    t_must(take_rows(as(&w, T_ASSISTANT), map, rows, "", &ask, &sum, &err));
    assert_true(sum.people == 2 && sum.enrolled_only == 1 && told.less == 1);
    t_must(visit_slip_claim(as(&w, T_REGISTRAR), told.card, &card, &err));
    assert_true(holds(record_of(&w, card), "29463-7"));
    assert_int_equal(visit_slip_claim(as(&w, T_REGISTRAR), told.card, &card, NULL), SALVE_E_NOT_FOUND);
    world_drop(&w);
}

/* Five words, and each of them one that is known. */
static void a_cell_is_a_whole_agreement_or_none(void **state)
{
    struct world w = empty_world("cells", NULL);
    struct consent_grant grant;
    (void)state;
    static const char *const whole[] = {"1.0/en signed 2026-11-20 none 1",
                                        "  1.0/ar   spoken 2026-11-20 independent 2 "};
    for (size_t i = 0; i < 2; i++) {
        t_must(visit_grant_words(w.visit.content, PURPOSE_CARE, str_of(whole[i]), &grant, &err));
        assert_int_equal(grant.teach_back_rounds, i + 1);
        assert_str(grant.agreed_on, "2026-11-20");
    }
    static const char *const broken[] = {"",
                                         "yes",
                                         "1.0 signed 2026-11-20 none 1",
                                         "1.0/en signed 2026-11-20 none",
                                         "1.0/en signed 2026-11-20 none 0",
                                         "1.0/en signed 2026-11-20 none 3",
                                         "1.0/en signed 2026-11-20 no 1",
                                         "1.0/en signed 2026-11-20 none 1 more",
                                         "1.0/en fingerprint 2026-11-20 none 1"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        assert_int_equal(visit_grant_words(w.visit.content, PURPOSE_CARE, str_of(broken[i]), &grant, NULL),
                         SALVE_E_USAGE);
    assert_int_equal(visit_grant_words(w.visit.content, PURPOSE_SELF, str_of(whole[0]), &grant, NULL), SALVE_E_USAGE);
    assert_int_equal(
        visit_grant_words(w.visit.content, PURPOSE_CARE, STR("9.0/en signed 2026-11-20 none 1"), &grant, NULL),
        SALVE_E_NOT_FOUND);
    world_drop(&w);
}

static void a_new_person_has_a_card_consent_and_what_was_measured(void **state)
{
    struct world w = made_up_world("newone");
    struct told told = {.w = &w};
    struct visit_import_ask ask = ask_of(&told, true);
    struct visit_imported sum = {0};
    struct consent_grant grant = care_grant(&w);
    (void)state;
    ask.grant = &grant;
    t_must(visit_import_new(as(&w, T_ASSISTANT), file_about(&w, "1980-01-01", PHOTO), &ask, &sum, &err));
    assert_int_equal(told.cards, 1);
    assert_int_equal(told.rejects, 1);
    assert_int_equal(sum.resources_in, 3);
    assert_int_equal(sum.kept, 3);
    assert_int_equal(sum.left_out[0].count, 1); /* once, though the Patient was needed before the import */
    assert_true(holds(record_of(&w, told.card), "29463-7"));
    assert_false(holds(record_of(&w, told.card), "AAAA"));
    world_drop(&w);
}

/* What is told is what one pass leaves out, though the Patient is needed before the file is imported. */
static void a_file_is_minimised_once_for_a_new_person(void **state)
{
    struct world w = made_up_world("once");
    struct told told = {.w = &w};
    struct visit_import_ask ask = ask_of(&told, true);
    struct visit_imported sum = {0};
    struct consent_grant grant = care_grant(&w);
    struct tape bundle;
    struct admit_kept kept;
    (void)state;
    ask.grant = &grant;
    struct str file = file_about(&w, "1980-01-01", PHOTO);
    t_must(import_read(file, w.t->mem, &bundle, NULL, &err));
    t_must(admit_minimise(site_admission(w.t->site), &bundle, STR(""), w.t->mem, &kept, &err));
    t_must(visit_import_new(as(&w, T_ASSISTANT), file, &ask, &sum, &err));
    assert_true(str_eq(told.left_out, kept.rejects));
    assert_int_equal(sum.rule_count, kept.rule_count);
    world_drop(&w);
}

static void without_its_card_on_the_disk_nothing_else_is_done_for_a_person(void **state)
{
    struct world w = made_up_world("lostcard");
    struct told told = {.w = &w, .is_card_lost = true};
    struct visit_import_ask ask = ask_of(&told, false);
    struct visit_imported sum = {0};
    struct consent_grant grant = care_grant(&w);
    struct rec_view *view = NULL;
    (void)state;
    ask.grant = &grant;
    struct str file = file_about(&w, "1980-01-01", "");
    assert_int_equal(visit_import_new(as(&w, T_ASSISTANT), file, &ask, &sum, NULL), SALVE_E_FULL);
    assert_int_equal(told.cards, 1);
    assert_int_equal(sum.people, 0);
    assert_int_equal(t_open_code(w.t, T_ASSISTANT, PURPOSE_CARE, told.card, &view), SALVE_E_CONSENT);
    assert_false(holds(record_of(&w, told.card), "29463-7"));
    world_drop(&w);
}

static void what_a_form_was_told_is_a_patient(void **state)
{
    struct world w = empty_world("form", NULL);
    struct visit_patient_form form = {
        .family = STR("Adeyemi"), .given = STR("Tala Ngozi"), .birth_date = STR("1980-01-01"), .sex = STR("female")};
    struct str json;
    (void)state;
    t_must(visit_patient_json(&form, w.t->mem, &json, &err));
    assert_str(json, "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Adeyemi\",\"given\":[\"Tala Ngozi\"]}],"
                     "\"birthDate\":\"1980-01-01\",\"gender\":\"female\"}");
    t_must(visit_patient_json(&(struct visit_patient_form){.given = STR("Tala")}, w.t->mem, &json, &err));
    assert_str(json, "{\"resourceType\":\"Patient\",\"name\":[{\"given\":[\"Tala\"]}]}");
    world_drop(&w);
}

static void made_up_people_come_to_a_site_of_their_own(void **state)
{
    struct world w = empty_world("demo", "blood-pressure");
    struct visit visit = {.content = content_of(share(), VISIT_ALL, NULL, w.t->mem), .mem = w.t->mem};
    struct str path = arena_printf(w.t->mem, "%s-demo", w.t->folder), key = arena_printf(w.t->mem, "%s.k", path.ptr);
    struct site_options options = {.path = path.ptr, .secret.key_file = key.ptr, .clock = clock_fixed(T_SITE_NOW)};
    struct visit_screening screening;
    struct rec_enrolled enrolled;
    struct visit_demo demo;
    (void)state;
    t_must(visit_demo_read(&visit, T_SITE_NOW, &demo, &err));
    assert_true(demo.people_count > 1 && demo.guideline_count > 1 && demo.people[0].agrees_count > 0);
    for (size_t i = 0; i < demo.people_count; i++) {
        assert_true(demo.people[i].name.len > 0 && demo.people[i].about.len > 0);
        assert_true(str_find(demo.people[i].bundle, STR("{today}")) < 0);
    }
    t_must(visit_demo_site(&visit, &options, &demo, &err));
    t_must(visit_screening(&visit, &screening, &err));
    assert_int_equal(screening.left_out, visit.content->guideline_count - demo.guideline_count);
    assert_int_equal(visit_demo_as(&visit, &demo, ROLE_PARTICIPANT)->actor.role, ROLE_PARTICIPANT);
    assert_str(visit.actor.id, "kofi"); /* who stands beside them */
    assert_str(visit_demo_as(&visit, &demo, ROLE_REGISTRAR)->actor.id, "kofi");
    t_must(visit_enrol(&visit, &demo.people[0].patient, STR(""), STR(""), &enrolled, &err));
    t_must(site_close(&visit.site, &err));
    t_remove(path.ptr);
    unlink(key.ptr);
    world_drop(&w);
}

static void a_file_without_a_patient_enrols_nobody(void **state)
{
    struct world w = empty_world("nobody", NULL);
    struct told told = {.w = &w};
    struct visit_import_ask ask = ask_of(&told, false);
    struct visit_imported sum = {0};
    (void)state;
    struct str file = STR("{\"resourceType\":\"Bundle\",\"type\":\"collection\"}");
    assert_int_equal(visit_import_new(as(&w, T_ASSISTANT), file, &ask, &sum, NULL), SALVE_E_INVALID);
    assert_int_equal(told.cards, 0);
    world_drop(&w);
}

static struct csv_map *map_of(struct world *w)
{
    struct csv_map *map = NULL;
    struct str json = STR(
        "{\"format\":\"salve-csv-map\",\"version\":1,\"title\":\"t\",\"subject\":\"id\",\"patient\":{\"birthDate\":{"
        "\"column\":\"born\"}},\"observations\":[{\"column\":\"kg\",\"loinc\":\"29463-7\",\"type\":\"quantity\","
        "\"unit\":\"kg\",\"category\":\"vital-signs\"}]}");
    t_must(csv_map_read(site_admission(w->t->site), json, w->t->mem, &map, &err));
    return map;
}

static void rows_are_people_until_one_fails_or_the_caller_stops(void **state)
{
    struct world w = made_up_world("rows");
    struct told told = {.w = &w, .stop_after = 2};
    struct visit_import_ask ask = ask_of(&told, false);
    struct visit_imported sum = {0};
    struct salve_err err = {0};
    struct consent_grant grant = care_grant(&w);
    struct csv_map *map = map_of(&w);
    (void)state;
    ask.grant = &grant;
    struct str rows = STR("id,born,kg\na,1970,60\nb,1971,61\nc,1972,62\n"),
               bad = STR("id,born,kg\nd,1970,60\nb,1971,?\n");
    t_must(take_rows(as(&w, T_ASSISTANT), map, rows, "", &ask, &sum, &err));
    assert_int_equal(sum.people, 2);
    assert_int_equal(told.cards, 2);
    assert_null(sum.resources);
    assert_true(holds(record_of(&w, told.card), "2026-11-23")); /* without a date the rows are of today */
    told.stop_after = 0;
    assert_int_equal(take_rows(&w.visit, map, bad, "2025-01-02", &ask, &sum, &err), SALVE_E_INVALID);
    assert_int_equal(err.line, 3);
    assert_int_equal(sum.people, 3);
    struct str bad_card = told.card;
    struct str other = STR("id,born,kg\na,1970,60\nb,1971,62\nc,1972,62\n");
    assert_int_equal(take_rows(&w.visit, map, other, "", &ask, &sum, &err), SALVE_E_CONFLICT);
    assert_int_equal(sum.people, 3);
    t_must(take_rows(&w.visit, map, rows, "", &ask, &sum, &err)); /* goes on with the third */
    assert_int_equal(sum.people, 4);
    t_must(take_rows(&w.visit, map, rows, "", &ask, &sum, &err)); /* done before, so this is another time */
    assert_int_equal(sum.people, 7);
    told.card = bad_card;
    assert_true(holds(record_of(&w, told.card), "2025-01-02"));
    world_drop(&w);
}

/* --- agreement ---------------------------------------------------------------------------------------------------- */

static enum salve_code grant_code(const struct world *w, struct visit_grant_ask ask, struct consent_grant *out)
{
    ask.language = STR("en");
    return visit_grant(w->visit.content, &ask, out, NULL);
}

static void an_agreement_says_how_for_whom_and_with_which_words(void **state)
{
    struct world w = empty_world("grant", NULL);
    struct consent_grant grant;
    const struct consent_form *form = NULL;
    (void)state;
    assert_int_equal(grant_code(&w, (struct visit_grant_ask){.purpose = PURPOSE_SELF}, &grant), SALVE_E_USAGE);
    assert_int_equal(grant_code(&w, (struct visit_grant_ask){0}, &grant), SALVE_E_USAGE);
    assert_int_equal(grant_code(&w, (struct visit_grant_ask){.purpose = PURPOSE_CARE, .method = STR("thumb")}, &grant),
                     SALVE_E_USAGE);
    assert_int_equal(grant_code(&w, (struct visit_grant_ask){.purpose = PURPOSE_CARE, .assent = STR("none")}, &grant),
                     SALVE_E_USAGE);
    assert_int_equal(grant_code(&w, (struct visit_grant_ask){.purpose = PURPOSE_CARE, .read_back_rounds = 3}, &grant),
                     SALVE_E_USAGE);
    assert_int_equal(grant_code(&w, (struct visit_grant_ask){.purpose = PURPOSE_HELPER}, &grant), SALVE_E_USAGE);
    assert_int_equal(grant_code(&w, (struct visit_grant_ask){.purpose = PURPOSE_TRANSFER}, &grant), SALVE_E_USAGE);
    assert_int_equal(
        grant_code(&w, (struct visit_grant_ask){.purpose = PURPOSE_HELPER, .is_by_guardian = true}, &grant), SALVE_OK);
    assert_int_equal(grant_code(&w, (struct visit_grant_ask){.purpose = PURPOSE_CARE, .with_sensitive = true}, &grant),
                     SALVE_OK);
    assert_int_equal(grant.classes & CLASS_BIT(CLASS_SENS), CLASS_BIT(CLASS_SENS));
    t_must(visit_form(w.visit.content, PURPOSE_CARE, STR_NONE, STR("en"), &form, &err));
    assert_memory_equal(grant.form.sha256, form->ref.sha256, 32);
    world_drop(&w);
}

static void what_was_not_read_back_or_not_assented_to_is_not_noted(void **state)
{
    struct world w = empty_world("readback", NULL);
    struct consent_grant grant;
    struct rec_view *view = NULL;
    struct str card = t_enrol(w.t, "Adeyemi", "1980-01-01").card, child = t_enrol(w.t, "Adeyemi", "2018-05-14").card;
    struct visit_grant_ask ask = {.purpose = PURPOSE_CARE, .language = STR("en")};
    (void)state;
    t_must(visit_grant(w.visit.content, &ask, &grant, &err));
    assert_int_equal(visit_consent_give(&w.visit, card, &grant, NULL, NULL), SALVE_E_CONSENT);
    ask.read_back_rounds = 2;
    t_must(visit_grant(w.visit.content, &ask, &grant, &err));
    t_must(visit_consent_give(&w.visit, card, &grant, NULL, &err));
    ask.is_by_guardian = true;
    ask.assent = STR("dissent");
    t_must(visit_grant(w.visit.content, &ask, &grant, &err));
    assert_int_equal(visit_consent_give(&w.visit, child, &grant, NULL, NULL), SALVE_E_CONSENT);
    assert_int_equal(t_open_code(w.t, T_ASSISTANT, PURPOSE_CARE, child, &view), SALVE_E_CONSENT);
    ask.assent = STR("given");
    t_must(visit_grant(w.visit.content, &ask, &grant, &err));
    t_must(visit_consent_give(&w.visit, child, &grant, NULL, &err));
    world_drop(&w);
}

/* What people type at the desk, in the form's own words or with the reason why not. */
static void answers_at_the_desk_are_checked_one_by_one(void **state)
{
    (void)state;
    static const struct {
        enum visit_question question;
        const char *answer, *becomes;
        enum salve_code code;
        enum visit_answer asked;
    } rows[] = {
        {VISIT_SEX, "m", "male", SALVE_OK, VISIT_FINE},
        {VISIT_SEX, " Female ", "female", SALVE_OK, VISIT_FINE},
        {VISIT_SEX, "WOMAN", "female", SALVE_OK, VISIT_FINE},
        {VISIT_SEX, "u", "unknown", SALVE_OK, VISIT_FINE},
        {VISIT_SEX, "", NULL, SALVE_E_USAGE, VISIT_FINE},
        {VISIT_SEX, "mail", NULL, SALVE_E_USAGE, VISIT_FINE},
        {VISIT_BIRTH_DATE, "1972-03-14", "1972-03-14", SALVE_OK, VISIT_FINE},
        {VISIT_BIRTH_DATE, "1972-03", "1972-03", SALVE_OK, VISIT_FINE},
        {VISIT_BIRTH_DATE, "1972", "1972", SALVE_OK, VISIT_FINE},
        {VISIT_BIRTH_DATE, "", "", SALVE_OK, VISIT_FINE},
        {VISIT_BIRTH_DATE, "unknown", "", SALVE_OK, VISIT_FINE},
        {VISIT_BIRTH_DATE, "14.03.1972", NULL, SALVE_E_USAGE, VISIT_FINE},
        {VISIT_BIRTH_DATE, "1972-02-30", NULL, SALVE_E_USAGE, VISIT_FINE},
        {VISIT_BIRTH_DATE, "72", NULL, SALVE_E_USAGE, VISIT_FINE},
        {VISIT_BIRTH_DATE, "2026-11-23", "2026-11-23", SALVE_OK, VISIT_FINE}, /* born today */
        {VISIT_BIRTH_DATE, "2026-11-25", NULL, SALVE_E_RANGE, VISIT_FINE},
        {VISIT_BIRTH_DATE, "2027", NULL, SALVE_E_RANGE, VISIT_FINE},
        {VISIT_BIRTH_DATE, "1916-11-23", "1916-11-23", SALVE_OK, VISIT_FINE}, /* 110 today */
        {VISIT_BIRTH_DATE, "1915-11-23", "1915-11-23", SALVE_OK, VISIT_ASK},
        {VISIT_BIRTH_DATE, "1896-11-23", "1896-11-23", SALVE_OK, VISIT_ASK}, /* 130 today */
        {VISIT_BIRTH_DATE, "1895-11-23", NULL, SALVE_E_RANGE, VISIT_FINE},
        {VISIT_GIVEN, "", NULL, SALVE_E_USAGE, VISIT_FINE},
        {VISIT_GIVEN, " Amina ", "Amina", SALVE_OK, VISIT_FINE},
    };
    int64_t now_unix_ms = 0;
    assert_true(clock_parse(STR("2026-11-23T09:30:00Z"), &now_unix_ms));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct visit_patient_form form = {.family = STR("")};
        enum visit_answer asked = VISIT_FINE;
        enum salve_code code =
            visit_patient_answer(rows[i].question, str_of(rows[i].answer), now_unix_ms, &form, &asked, NULL);
        struct str got = rows[i].question == VISIT_SEX     ? form.sex
                         : rows[i].question == VISIT_GIVEN ? form.given
                                                           : form.birth_date;
        if (code != rows[i].code) fail_msg("'%s': code %d", rows[i].answer, (int)code);
        if (rows[i].becomes != NULL) assert_str(got, rows[i].becomes);
        assert_int_equal(asked, rows[i].asked);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_at_the_desk_are_checked_one_by_one),
        cmocka_unit_test(a_file_about_somebody_else_is_refused),
        cmocka_unit_test(a_file_of_the_person_becomes_their_next_version),
        cmocka_unit_test(a_text_that_is_no_card_is_said_before_anybody_is_looked_for),
        cmocka_unit_test(what_may_not_be_kept_refuses_the_file_or_is_left_out_and_counted),
        cmocka_unit_test(nobody_hears_of_what_was_left_out_of_a_file_that_was_not_saved),
        cmocka_unit_test(the_site_s_own_list_decides_what_is_left_out),
        cmocka_unit_test(a_person_of_a_file_gets_a_slip_and_agrees_in_their_row),
        cmocka_unit_test(a_cell_is_a_whole_agreement_or_none),
        cmocka_unit_test(a_new_person_has_a_card_consent_and_what_was_measured),
        cmocka_unit_test(a_file_is_minimised_once_for_a_new_person),
        cmocka_unit_test(without_its_card_on_the_disk_nothing_else_is_done_for_a_person),
        cmocka_unit_test(what_a_form_was_told_is_a_patient),
        cmocka_unit_test(made_up_people_come_to_a_site_of_their_own),
        cmocka_unit_test(a_file_without_a_patient_enrols_nobody),
        cmocka_unit_test(rows_are_people_until_one_fails_or_the_caller_stops),
        cmocka_unit_test(an_agreement_says_how_for_whom_and_with_which_words),
        cmocka_unit_test(what_was_not_read_back_or_not_assented_to_is_not_noted),
    };
    return t_run(tests);
}
