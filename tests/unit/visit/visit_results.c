/* SPDX-License-Identifier: Apache-2.0
 * Results, rights and staff: which guidelines count, who answers on paper, what is printed of a name, receipts that read
 * their words first, a site's first staff. */
#include "visit_world.h"

#include "json/json.h"
#include "visit/clinic.h"
#include "visit/forms.h"

/* --- guidelines and findings -------------------------------------------------------------------------------------- */

static void only_accepted_guidelines_are_used_and_the_others_are_counted(void **state)
{
    struct world w = world_make("accepted", "body-measures");
    struct visit_screening screening;
    const struct guideline *guideline = NULL;
    struct visit_content *content = NULL;
    (void)state;
    t_must(visit_screening(&w.visit, &screening, &err)); /* the alarms are always on */
    assert_int_equal(screening.left_out, 1);
    assert_int_equal(visit_accept(as(&w, T_ASSISTANT), STR("body-measures"), NULL, 0, &guideline, NULL), SALVE_E_ROLE);
    t_must(visit_accept(as(&w, T_CLINICIAN), STR("body-measures"), NULL, 0, &guideline, &err));
    t_must(visit_screening(&w.visit, &screening, &err));
    assert_int_equal(screening.left_out, 0);
    struct visit_content_ask ask = {.share = share(), .parts = VISIT_GUIDELINES, .accepted_at = w.t->site};
    t_must(visit_content_open(&ask, w.t->mem, &content, &err));
    assert_int_equal(content->guideline_count, 2); /* and the alarms */
    w.visit.content = content;
    t_must(visit_screening(&w.visit, &screening, &err));
    assert_true(screening.left_out > 10);
    world_drop(&w);
}

static void an_accepted_guideline_that_is_broken_is_said_and_stops_nothing(void **state)
{
    struct world w = world_make("broken", "body-measures");
    struct visit_screening screening;
    const struct guideline *guideline = NULL;
    struct visit_broken broken = {.id = STR("kidney"), .err = {.code = SALVE_E_SYNTAX}};
    struct screen_found findings;
    (void)state;
    t_must(visit_accept(as(&w, T_CLINICIAN), STR("body-measures"), NULL, 0, &guideline, &err));
    struct visit_content less = *w.visit.content;
    less.broken = &broken;
    less.broken_count = 1;
    w.visit.content = &less;
    t_must(visit_screening(&w.visit, &screening, &err));
    assert_int_equal(screening.left_out, 1);
    broken.id = STR("body-measures");
    t_must(visit_screening(&w.visit, &screening, &err));
    assert_int_equal(screening.left_out, 0);
    struct visit_paper nobody = {.bytes = STR("{\"resourceType\":\"Patient\",\"id\":\"p\"}")};
    t_must(visit_paper_screen(&w.visit, &screening, &nobody, &findings, &err));
    assert_true(findings.count > 0);
    assert_code(visit_all_judged(&findings, NULL), SALVE_E_INVALID);
    bool is_said = false;
    for (size_t i = 0; i < findings.count; i++)
        is_said = is_said || str_is(findings.list[i].item, "guideline-not-judged");
    assert_true(is_said);
    world_drop(&w);
}

/* A person with two measurements and the accepted guideline over them. */
static struct world measured_world(const char *name, struct visit_screening *screening)
{
    struct world w = world_make(name, "body-measures");
    const struct guideline *guideline = NULL;
    struct visit_import_ask ask = {.minimise = false};
    struct visit_imported sum = {0};
    t_must(visit_accept(as(&w, T_CLINICIAN), STR("body-measures"), NULL, 0, &guideline, &err));
    t_must(visit_screening(&w.visit, screening, &err));
    t_must(visit_import(as(&w, T_ASSISTANT), w.card, file_about(&w, "1980-01-01", ""), &ask, &sum, &err));
    return w;
}

static void drafts_are_signed_by_a_clinician_and_printed_after_that(void **state)
{
    struct visit_screening screening;
    struct world w = measured_world("signed", &screening);
    struct screen_found findings;
    struct visit_sheet sheets[] = {{.language = STR("en")}, {.language = STR("ar"), .is_pdf = true}};
    struct visit_letters_ask both = {.sheets = sheets, .count = 2};
    struct visit_looks looks;
    size_t own = 0;
    struct visit_signed done;
    (void)state;
    t_must(visit_screen(&w.visit, &screening, w.card, &findings, &err));
    assert_true(findings.count > 0);
    assert_int_equal(visit_letters(as(&w, T_PERSON), w.card, &both, NULL, NULL), SALVE_E_NOT_FOUND);
    assert_int_equal(visit_sign(as(&w, T_ASSISTANT), w.card, NULL, &done, NULL), SALVE_E_ROLE);
    t_must(visit_sign(as(&w, T_CLINICIAN), w.card, NULL, &done, &err));
    assert_int_equal(done.count, findings.count);
    t_must(visit_letters(as(&w, T_PERSON), w.card, &both, NULL, &err));
    assert_true(holds(sheets[0].bytes, "Tala Adeyemi") && holds(sheets[0].bytes, "dr-amina"));
    assert_true(str_starts(sheets[1].bytes, STR("%PDF")));
    t_must(visit_looked(&w.visit, w.card, &looks, &err));
    for (size_t i = 0; i < looks.count; i++)
        own += looks.list[i].actor.id.len == 0 && str_is(looks.list[i].kind, "access");
    assert_int_equal(own, 3); /* the letter that was not there, two sheets of the one that is, and this look */
    assert_int_equal(looks.missing, 0);
    world_drop(&w);
}

static void on_paper_a_clinician_answers_and_nothing_is_stored(void **state)
{
    struct visit_screening screening;
    struct world w = measured_world("paper", &screening);
    struct screen_found findings;
    struct visit_sheet sheet = {.language = STR("en")};
    struct visit_letters_ask one = {.sheets = &sheet, .count = 1};
    struct site_facts before, after;
    (void)state;
    struct visit_paper file = {.bytes = file_about(&w, "1980-01-01", "")};
    t_must(site_facts(w.t->site, w.t->mem, &before, &err));
    t_must(visit_paper_screen(as(&w, T_ASSISTANT), &screening, &file, &findings, &err));
    assert_true(findings.count > 0);
    assert_int_equal(visit_paper_letters(&w.visit, &screening, &file, &one, NULL), SALVE_E_ROLE);
    assert_int_equal(visit_paper_letters(as(&w, T_PERSON), &screening, &file, &one, NULL), SALVE_E_ROLE);
    t_must(visit_paper_letters(as(&w, T_CLINICIAN), &screening, &file, &one, &err));
    assert_true(holds(sheet.bytes, "dr-amina"));
    t_must(site_facts(w.t->site, w.t->mem, &after, &err));
    assert_int_equal(after.log_size, before.log_size);
    world_drop(&w);
}

/* Somebody else's drawing, as a server has it. */
struct drawer {
    enum salve_code code;
    size_t letters, forms;
    struct str person;
};

static enum salve_code draw_elsewhere(void *context, const struct letter_drawn *what, struct arena *mem,
                                      struct str *bytes, struct salve_err *why)
{
    struct drawer *drawer = context;
    (void)mem;
    (void)why;
    drawer->letters += what->letter != NULL;
    drawer->forms += what->form != NULL;
    if (what->letter != NULL) drawer->person = what->letter->person;
    *bytes = STR("drawn elsewhere");
    return drawer->code;
}

static void who_draws_is_asked_for_every_pdf_and_for_nothing_else(void **state)
{
    struct visit_screening screening;
    struct world w = measured_world("drawn", &screening);
    struct screen_found findings;
    struct drawer drawer = {.code = SALVE_E_BUSY};
    struct visit_sheet sheets[] = {{.language = STR("en")}, {.language = STR("ar"), .is_pdf = true}};
    struct visit_letters_ask both = {.sheets = sheets, .count = 2};
    struct visit_paper file = {.bytes = file_about(&w, "1980-01-01", "")};
    const struct consent_form *form = NULL;
    struct visit_signed done;
    (void)state;
    w.visit.draw = (struct letter_draw){.pdf = draw_elsewhere, .context = &drawer};
    t_must(visit_screen(as(&w, T_ASSISTANT), &screening, w.card, &findings, &err));
    t_must(visit_sign(as(&w, T_CLINICIAN), w.card, NULL, &done, &err));
    assert_code(visit_letters(as(&w, T_PERSON), w.card, &both, NULL, NULL), SALVE_E_BUSY);
    drawer = (struct drawer){0};
    t_must(visit_letters(as(&w, T_PERSON), w.card, &both, NULL, &err));
    assert_true(drawer.letters == 1 && holds(drawer.person, "Tala Adeyemi") && holds(sheets[0].bytes, "Tala Adeyemi"));
    assert_str(sheets[1].bytes, "drawn elsewhere");
    t_must(visit_paper_screen(as(&w, T_CLINICIAN), &screening, &file, &findings, &err));
    t_must(visit_paper_letters(as(&w, T_CLINICIAN), &screening, &file, &both, &err));
    assert_int_equal(drawer.letters, 2);
    t_must(visit_form(w.visit.content, PURPOSE_CARE, STR_NONE, STR("en"), &form, &err));
    for (size_t i = 0; i < 2; i++) t_must(visit_consent_sheet(&w.visit, form, &sheets[i], &err));
    for (size_t i = 0; i < 2; i++) t_must(visit_station_sheet(&w.visit, STR("basic"), &sheets[i], &err));
    assert_int_equal(drawer.forms, 2);
    world_drop(&w);
}

static void check_name(struct arena *mem, const char *name, const char *printed)
{
    struct str out;
    t_must(visit_name_on_paper(str_of(name), mem, &out, &err));
    assert_str(out, printed);
}

static void a_name_on_paper_moves_and_turns_nothing(void **state)
{
    struct arena *mem = arena_open(1 << 20);
    (void)state;
    check_name(mem, "Ada Lovelace", "Ada Lovelace");
    check_name(mem, "\xd8\xa3\xd9\x85\xd9\x8a\xd9\x86\xd8\xa9", "\xd8\xa3\xd9\x85\xd9\x8a\xd9\x86\xd8\xa9");
    check_name(mem, "E\x1b[31mvil\n\x7f", "E[31mvil");
    check_name(mem,
               "a\xc2\x9b"
               "b\xe2\x80\xae"
               "c\xe2\x81\xa6"
               "d\xe2\x80\xa8"
               "e",
               "abcde");
    check_name(mem, "x\xff\xe2\x80", "x");
    struct str out, name = arena_printf(mem, "%0100d", 7);
    t_must(visit_name_on_paper(name, mem, &out, &err));
    assert_true(str_eq(out, name)); /* never cut */
    arena_close(mem);
}

/* --- rights ------------------------------------------------------------------------------------------------------- */

static void words_that_are_not_there_change_nothing(void **state)
{
    struct world w = world_make("words", NULL);
    struct visit_receipt receipt;
    struct visit_consents consents;
    struct visit_content less = *w.visit.content;
    struct visit_receipts words = less.receipts[0];
    (void)state;
    struct str language = words.language;
    assert_int_equal(visit_withdraw(as(&w, T_PERSON), w.card, PURPOSE_CARE, STR("xx"), &receipt, NULL),
                     SALVE_E_NOT_FOUND);
    assert_int_equal(visit_erase(&w.visit, w.card, STR("xx"), true, &receipt, NULL), SALVE_E_NOT_FOUND);
    words.texts.count = 0; /* the file is there, its texts are not */
    less.receipts = &words;
    less.receipts_count = 1;
    w.visit.content = &less;
    assert_int_equal(visit_withdraw(&w.visit, w.card, PURPOSE_CARE, language, &receipt, NULL), SALVE_E_NOT_FOUND);
    assert_int_equal(visit_erase(&w.visit, w.card, language, true, &receipt, NULL), SALVE_E_NOT_FOUND);
    t_must(visit_consents(&w.visit, w.card, &consents, &err));
    assert_int_equal(consents.count, 1);
    assert_true(consents.list[0].in_force);
    world_drop(&w);
}

/* The site's clock moves so many seconds on: after a minute the log is signed again. */
static void later(struct world *w, int seconds)
{
    t_site_at(w->t, site_now_unix_ms(w->t->site) + (int64_t)seconds * 1000);
    w->visit.site = w->t->site;
}

static void taking_back_and_erasing_leave_a_receipt_in_the_persons_language(void **state)
{
    struct world w = world_make("receipt", NULL);
    later(&w, 60);
    struct visit_receipt receipt;
    struct rec_view *view = NULL;
    struct str text;
    const struct json *doc = NULL;
    (void)state;
    t_must(visit_withdraw(as(&w, T_PERSON), w.card, PURPOSE_CARE, STR("ar"), &receipt, &err));
    t_must(visit_receipt_text(&receipt, w.t->mem, &text, &err));
    assert_true(str_starts(text, receipt.title) && str_ends(text, receipt.proof.text) && holds(text, receipt.body.ptr));
    t_must(visit_receipt_json(&receipt, w.t->mem, &text, &err));
    t_must(json_read(text, NULL, w.t->mem, &doc, &err));
    assert_str(json_get_text(doc, "receipt"), "withdrawal");
    assert_str(json_get_text(doc, "purpose"), "care");
    assert_true(str_eq(json_get_text(doc, "proof"), receipt.proof.text) && json_get(doc, "keysGoneBy") == NULL);
    assert_true(receipt.title.len > 0 && receipt.proof.text.len > 0 && receipt.until.len == 0);
    assert_int_equal(t_open_code(w.t, T_ASSISTANT, PURPOSE_CARE, w.card, &view), SALVE_E_CONSENT);
    assert_str(receipt.proof.kind, "withdrawal");
    assert_int_equal(receipt.proof.purpose, PURPOSE_CARE);
    assert_int_equal(visit_withdraw(&w.visit, w.card, PURPOSE_CARE, STR("ar"), &receipt, NULL), SALVE_E_NOT_FOUND);
    assert_int_equal(receipt.title.len + receipt.body.len + receipt.proof.text.len, 0);
    t_must(visit_erase(&w.visit, w.card, STR("en"), false, &receipt, &err)); /* a day to think it over ... */
    assert_str(receipt.proof.kind, "erasure-asked");
    assert_str(receipt.due, "2026-11-24T09:31:00Z");
    assert_str(receipt.until, "2026-12-08");
    assert_true(holds(receipt.body, receipt.due.ptr) && holds(receipt.body, receipt.until.ptr));
    t_must(visit_receipt_json(&receipt, w.t->mem, &text, &err));
    t_must(json_read(text, NULL, w.t->mem, &doc, &err));
    assert_str(json_get_text(doc, "erasedFrom"), "2026-11-24T09:31:00Z");
    t_must(visit_erase_stop(&w.visit, w.card, STR("ar"), &receipt, &err)); /* ... and it is taken back */
    assert_str(receipt.proof.kind, "erasure-stopped");
    assert_int_equal(receipt.due.len + receipt.until.len, 0);
    assert_int_equal(visit_erase_stop(&w.visit, w.card, STR("en"), &receipt, NULL), SALVE_E_NOT_FOUND);
    assert_int_equal(visit_erase(&w.visit, w.card, STR("en"), true, &receipt, NULL), SALVE_E_ROLE);
    t_must(visit_erase(as(&w, T_BESIDE), w.card, STR("en"), true, &receipt, &err));
    assert_str(receipt.proof.kind, "erasure");
    assert_int_equal(receipt.until.len, 10);
    assert_true(holds(receipt.body, receipt.until.ptr));
    assert_int_equal(t_open_code(w.t, T_PERSON, PURPOSE_SELF, w.card, &view), SALVE_E_NOT_FOUND);
    world_drop(&w);
}

/* In the minute after a signature a receipt says from when its proof can be had, and then it is there. */
static void a_receipt_between_two_signatures_has_its_proof_later(void **state)
{
    struct world w = world_make("later", NULL);
    struct visit_receipt receipt;
    struct visit_looks proofs;
    struct str text;
    const struct json *doc = NULL;
    (void)state;
    later(&w, 60);
    t_must(visit_looked(as(&w, T_PERSON), w.card, &proofs, &err)); /* signs */
    assert_int_equal(proofs.unsigned_count + proofs.missing, 0);
    later(&w, 59);
    t_must(visit_withdraw(as(&w, T_PERSON), w.card, PURPOSE_CARE, STR("en"), &receipt, &err));
    assert_int_equal(receipt.proof.text.len, 0);
    assert_true(receipt.proof.proof_from_unix_ms == site_now_unix_ms(w.t->site) + 1000);
    t_must(visit_receipt_text(&receipt, w.t->mem, &text, &err));
    assert_true(str_starts(text, receipt.title) && holds(text, "From 2026-11-23T09:32:00Z on"));
    t_must(visit_receipt_json(&receipt, w.t->mem, &text, &err));
    t_must(json_read(text, NULL, w.t->mem, &doc, &err));
    assert_str(json_get_text(doc, "proofFrom"), "2026-11-23T09:32:00Z");
    assert_true(json_get(doc, "proof") == NULL);
    t_must(visit_proofs(&w.visit, w.card, false, &proofs, &err));
    assert_int_equal(proofs.count, 3); /* enrolment, care, and that it was taken back */
    assert_int_equal(proofs.unsigned_count, 1);
    assert_int_equal(proofs.missing, 0);
    assert_true(proofs.list[1].proved && proofs.list[2].is_unsigned && !proofs.list[2].proved);
    later(&w, 1);
    t_must(visit_proofs(&w.visit, w.card, false, &proofs, &err));
    assert_int_equal(proofs.unsigned_count, 0);
    assert_true(proofs.list[2].proved && proofs.list[2].leaf_index == receipt.proof.leaf_index);
    assert_true(str_starts(proofs.list[2].proof, STR("c2sp.org/tlog-proof@v1")));
    world_drop(&w);
}

static void what_a_person_sees_of_their_record_is_also_json(void **state)
{
    struct world w = world_make("asjson", NULL);
    later(&w, 60);
    struct visit_looks looks;
    struct visit_consents consents;
    struct str text;
    const struct json *doc = NULL;
    struct buf out;
    struct json_writer json = {.out = &out};
    (void)state;
    t_must(visit_looked(as(&w, T_PERSON), w.card, &looks, &err));
    t_must(visit_consents(&w.visit, w.card, &consents, &err));
    buf_init(&out, w.t->mem, 1 << 20);
    json_open(&json, NULL, '[');
    visit_consent_json(&consents.list[0], &json);
    for (size_t i = 0; i < looks.count; i++) t_must(visit_look_json(&looks, i, w.t->mem, &json, &err));
    visit_version_json(&(struct visit_version){.version = 2, .json = STR("{\"resourceType\":\"Basic\"}")}, &json);
    json_close(&json);
    t_must(buf_done(&out, &text, &err));
    t_must(json_read(text, NULL, w.t->mem, &doc, &err));
    assert_int_equal(doc->count, looks.count + 2);
    assert_str(json_text(json_path(doc, "0.purpose")), "care");
    assert_true(json_is_true(json_path(doc, "0.inForce")) && json_is_true(json_path(doc, "1.proved")));
    assert_str(json_text(json_path(doc, "1.kind")), "enrolment");
    const struct json *last = json_first(doc);
    while (last->next != NULL) last = last->next;
    assert_str(json_get_text(last, "savedAt"), "1970-01-01T00:00:00Z");
    assert_str(json_text(json_path(last, "resource.resourceType")), "Basic");
    world_drop(&w);
}

static void an_import_and_the_settings_are_also_json(void **state)
{
    struct arena *mem = arena_open(1 << 20);
    struct screen_count rows[] = {{STR("kidney"), STR("egfr"), STR("g2"), 1},
                                  {STR("bmi"), STR("bmi"), STR("usual"), 3}};
    struct visit_imported sum = {.people = 3, .left_out = {{.rule = "religion", .count = 2}}, .rule_count = 1};
    struct site_settings settings = {.name = STR("North"), .consent_age_years = 16, .name_index = true};
    struct buf out;
    struct str text;
    struct json_writer json = {.out = &out};
    (void)state;
    sum.findings = (struct screen_counts){rows, 2, 2};
    buf_init(&out, mem, 1 << 16);
    visit_imported_json(&sum, true, &json);
    struct visit_place place = {STR("clinic-soon"), STR("here"), STR(""), STR(""), STR("")};
    struct visit_clinic clinic = {.hours = STR("Mo-Fr"), .places = &place, .place_count = 1};
    visit_settings_json(&settings, &clinic, &json);
    t_must(buf_done(&out, &text, &err));
    assert_str(
        text,
        "{\"people\":3,\"enrolledOnly\":0,\"toConfirm\":0,\"refusedRows\":0,\"unreadAnswers\":0,\"lostUrgent\":0,\"emergencyNow\":0,"
        "\"sameDay\":0,\"resources\":0,\"kept\":0,\"leftOut\":{\"religion\":2},\"apart\":{\"kept\":0,"
        "\"notKept\":0,\"findings\":0,\"urgentPeople\":0},\"again\":{\"here\":0,\"older\":0,\"renewed\":0,"
        "\"takenBack\":0,\"namedNothing\":0,\"ours\":0,\"otherCode\":0,\"nameCorrected\":false,"
        "\"birthDateCorrected\":false,\"staleFindings\":0,\"staleUrgent\":0},\"finished\":true,\"counts\":["
        "{\"guideline\":\"bmi\",\"item\":\"bmi\",\"category\":\"usual\",\"count\":3},"
        "{\"guideline\":\"kidney\",\"item\":\"egfr\",\"category\":\"g2\",\"count\":1}]}"
        "{\"name\":\"North\",\"languages\":null,\"assentAgeYears\":0,\"consentAgeYears\":16,"
        "\"majorityAgeYears\":0,\"nameIndex\":true,\"identifierSystems\":null,\"nationalPatterns\":null,\"units\":\"\",\"zone\":\"UTC\","
        "\"clinic\":{\"hours\":\"Mo-Fr\",\"places\":{\"clinic-soon\":\"here\"},\"names\":{}}}");
    arena_close(mem);
}

static void what_is_taken_is_one_bundle_of_all_that_is_kept(void **state)
{
    struct world w = world_make("taken", NULL);
    struct visit_taken taken;
    struct tape bundle;
    size_t entries = 0;
    (void)state;
    t_must(visit_take(as(&w, T_PERSON), w.card, &taken, &err));
    t_must(fhir_read(taken.bundle, NULL, w.t->mem, &bundle, NULL, &err));
    for (tape_at at = tape_first(&bundle, 0); at != TAPE_NONE; at = tape_next(&bundle, 0, at))
        entries += tape_get(&bundle, at, "resource") != TAPE_NONE;
    assert_int_equal(entries, taken.resource_count);
    assert_int_equal(visit_take(as(&w, T_CLINICIAN), w.card, &taken, NULL), SALVE_E_CONSENT);
    world_drop(&w);
}

/* --- the site ----------------------------------------------------------------------------------------------------- */

static void staff_are_checked_before_one_is_added(void **state)
{
    struct world w = empty_world("staff", NULL);
    struct visit_member good[] = {{STR("lina"), ROLE_ASSISTANT, T_PIN}, {STR("Lina"), ROLE_ASSISTANT, T_PIN}};
    struct actor actor;
    (void)state;
    assert_int_equal(visit_staff_add(as(&w, T_MANAGER), NULL, good, 2, NULL), SALVE_E_USAGE);
    good[1] = (struct visit_member){STR("ben"), ROLE_ASSISTANT, STR("12345")};
    assert_int_equal(visit_staff_add(&w.visit, NULL, good, 2, NULL), SALVE_E_RANGE);
    assert_int_equal(staff_login(w.t->site, STR("lina"), T_PIN, w.t->mem, &actor, NULL), SALVE_E_PIN);
    assert_int_equal(visit_staff_add(as(&w, T_ASSISTANT), NULL, good, 1, NULL), SALVE_E_ROLE);
    t_must(visit_staff_add(as(&w, T_MANAGER), NULL, good, 1, &err));
    t_must(staff_login(w.t->site, STR("lina"), T_PIN, w.t->mem, &actor, &err));
    assert_int_equal(actor.role, ROLE_ASSISTANT);
    t_must(staff_retire(w.t->site, T_MANAGER, NULL, STR("lina"), &err));
    assert_int_equal(staff_login(w.t->site, STR("lina"), T_PIN, w.t->mem, &actor, NULL), SALVE_E_PIN);
    world_drop(&w);
}

static void the_last_manager_stays(void **state)
{
    struct world w = empty_world("last", NULL);
    struct visit_member other = {STR("joan"), ROLE_MANAGER, T_PIN};
    (void)state;
    assert_int_equal(staff_retire(w.t->site, T_MANAGER, NULL, T_MANAGER.id, NULL), SALVE_E_CONFLICT);
    t_must(staff_retire(w.t->site, T_MANAGER, NULL, T_ASSISTANT.id, &err));
    t_must(visit_staff_add(as(&w, T_MANAGER), NULL, &other, 1, &err));
    t_must(staff_retire(w.t->site, T_MANAGER, NULL, T_MANAGER.id, &err));
    world_drop(&w);
}

static void settings_that_would_not_open_again_are_not_kept(void **state)
{
    struct world w = empty_world("settings", NULL);
    struct site_settings settings = *site_settings(w.t->site);
    (void)state;
    settings.national_patterns = STR("9");
    assert_int_equal(site_settings_set(w.t->site, T_MANAGER, &settings, NULL), SALVE_E_CONFIG);
    struct buf many;
    buf_init(&many, w.t->mem, 1 << 16);
    for (int i = 0; i < 33; i++) buf_addf(&many, "urn:site:%d ", i);
    settings = *site_settings(w.t->site);
    settings.identifier_systems = buf_str(&many);
    assert_int_equal(site_settings_set(w.t->site, T_MANAGER, &settings, NULL), SALVE_E_CONFIG);
    t_site_close(w.t);
    t_site_open(w.t);
    world_drop(&w);
}

static void a_lost_card_is_replaced_only_for_who_agreed_to_follow_up(void **state)
{
    struct world w = {.t = t_site_make("lost", true)};
    struct rec_enrolled person = t_enrol(w.t, "Adeyemi", "1980-01-01");
    struct str card, born = STR("1980-01-01");
    char id[COMPARTMENT_TEXT_BYTES + 1];
    struct rec_view *view = NULL;
    (void)state;
    w.visit = (struct visit){.site = w.t->site, .mem = w.t->mem, .actor = T_REGISTRAR};
    compartment_text(person.compartment, id);
    assert_int_equal(visit_card_new(&w.visit, str_of(id), &card, NULL), SALVE_E_CONSENT);
    assert_int_equal(visit_card_by_name(&w.visit, STR("Tala Adeyemi"), born, &card, NULL), SALVE_E_NOT_FOUND);
    assert_int_equal(visit_card_by_name(&w.visit, STR("Ida Nobody"), born, &card, NULL), SALVE_E_NOT_FOUND);
    t_give(w.t, person.card, PURPOSE_FOLLOW_UP);
    assert_int_equal(visit_card_new(as(&w, T_ASSISTANT), str_of(id), &card, NULL), SALVE_E_ROLE);
    t_must(visit_card_by_name(as(&w, T_REGISTRAR), STR("Tala Adeyemi"), born, &card, &err));
    assert_int_equal(t_open_code(w.t, T_PERSON, PURPOSE_SELF, person.card, &view), SALVE_E_NOT_FOUND);
    t_must(visit_card_new(as(&w, T_PERSON), card, &person.card, &err));
    view = t_open(w.t, T_PERSON, PURPOSE_SELF, person.card);
    t_close_view(&view);
    world_drop(&w);
}

static void every_version_of_a_resource_is_shown_to_the_person(void **state)
{
    struct world w = world_make("history", NULL);
    struct visit_import_ask ask = {.minimise = false};
    struct visit_imported sum = {0};
    struct visit_versions versions;
    (void)state;
    t_must(visit_import(as(&w, T_ASSISTANT), w.card, file_about(&w, "1980-01-01", ""), &ask, &sum, &err));
    struct str id = sum.resources[0].id;
    t_must(visit_history(as(&w, T_PERSON), w.card, id, &versions, &err));
    assert_int_equal(versions.count, 2);
    assert_int_equal(versions.list[1].version, 2);
    assert_false(holds(versions.list[0].json, "urn:salve:imported"));
    assert_true(holds(versions.list[1].json, "urn:salve:imported"));
    assert_int_equal(visit_history(&w.visit, w.card, STR("Patient/none"), &versions, NULL), SALVE_E_NOT_FOUND);
    world_drop(&w);
}

static enum salve_code told(void *with, struct salve_err *err)
{
    bool *is_lost = with;
    return *is_lost ? salve_fail(err, SALVE_E_IO, "standard output") : SALVE_OK;
}

static void a_new_site_has_a_manager_first(void **state)
{
    struct world w = empty_world("first", NULL);
    struct visit_member members[] = {{STR("kofi"), ROLE_REGISTRAR, T_PIN}, {STR("maria"), ROLE_MANAGER, T_PIN}};
    struct str path = arena_printf(w.t->mem, "%s-made", w.t->folder), key = arena_printf(w.t->mem, "%s.k", path.ptr);
    struct site_options options = {
        .path = path.ptr, .secret.key_file = key.ptr, .clock = clock_fixed(T_SITE_NOW), .pin_cost = CRYPTO_COST_MIN};
    struct site *site = NULL;
    struct actor actor;
    bool is_lost = true;
    struct visit_site_ask ask = {.name = STR("North Clinic 7"),
                                 .members = members,
                                 .count = 2,
                                 .zone = STR("UTC"),
                                 .told = told,
                                 .with = &is_lost};
    (void)state;
    assert_int_equal(visit_site_make(&options, &ask, w.t->mem, NULL), SALVE_E_IO);
    assert_int_not_equal(access(path.ptr, F_OK), 0); /* PINs that were not handed out: no site */
    is_lost = false;
    for (int named = 1; named >= 0; named--) {
        ask.count = 1 + (size_t)named;
        visit_manager_add(members, &ask.count); /* where there is one nothing changes */
        assert_int_equal(ask.count, 2);
        members[1].secret = T_PIN;
        t_must(visit_site_make(&options, &ask, w.t->mem, &err));
        t_must(site_open(&options, &site, &err));
        t_must(staff_login(site, STR("kofi"), T_PIN, w.t->mem, &actor, &err));
        t_must(staff_login(site, named ? STR("maria") : STR("manager"), T_PIN, w.t->mem, &actor, &err));
        assert_int_equal(actor.role, ROLE_MANAGER);
        assert_str(site_settings(site)->log_name, "north-clinic-7");
        t_must(site_close(&site, &err));
        t_remove(path.ptr);
        unlink(key.ptr);
    }
    assert_int_equal(visit_site_check(STR(""), members, 1, NULL), SALVE_E_USAGE);
    assert_int_equal(visit_site_check(STR("a\nb"), members, 1, NULL), SALVE_E_USAGE);
    ask.count = 1;
    assert_int_equal(visit_site_make(&options, &ask, w.t->mem, NULL), SALVE_E_USAGE); /* no manager */
    members[0].secret = STR("1234");
    assert_int_equal(visit_site_make(&options, &ask, w.t->mem, NULL), SALVE_E_RANGE);
    members[0].id = STR("");
    assert_int_equal(visit_site_make(&options, &ask, w.t->mem, NULL), SALVE_E_USAGE);
    assert_int_not_equal(access(path.ptr, F_OK), 0);
    world_drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_accepted_guidelines_are_used_and_the_others_are_counted),
        cmocka_unit_test(an_accepted_guideline_that_is_broken_is_said_and_stops_nothing),
        cmocka_unit_test(drafts_are_signed_by_a_clinician_and_printed_after_that),
        cmocka_unit_test(on_paper_a_clinician_answers_and_nothing_is_stored),
        cmocka_unit_test(who_draws_is_asked_for_every_pdf_and_for_nothing_else),
        cmocka_unit_test(a_name_on_paper_moves_and_turns_nothing),
        cmocka_unit_test(words_that_are_not_there_change_nothing),
        cmocka_unit_test(taking_back_and_erasing_leave_a_receipt_in_the_persons_language),
        cmocka_unit_test(a_receipt_between_two_signatures_has_its_proof_later),
        cmocka_unit_test(what_a_person_sees_of_their_record_is_also_json),
        cmocka_unit_test(an_import_and_the_settings_are_also_json),
        cmocka_unit_test(what_is_taken_is_one_bundle_of_all_that_is_kept),
        cmocka_unit_test(staff_are_checked_before_one_is_added),
        cmocka_unit_test(the_last_manager_stays),
        cmocka_unit_test(settings_that_would_not_open_again_are_not_kept),
        cmocka_unit_test(a_lost_card_is_replaced_only_for_who_agreed_to_follow_up),
        cmocka_unit_test(every_version_of_a_resource_is_shown_to_the_person),
        cmocka_unit_test(a_new_site_has_a_manager_first),
    };
    return t_run(tests);
}
