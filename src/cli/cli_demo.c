/* SPDX-License-Identifier: Apache-2.0
 * The whole job on people that Salve makes up: a throw-away site, and share/demo/<n>-<name>.json a person. Everything
 * here goes through the same doors as at a real site; what differs is said on every letter and at the start. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli_commands.h"
#include "cli/cli_consent.h"
#include "cli/cli_screen.h"
#include "cli/cli_site.h"
#include "base/file.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "admit/import.h"
#include "fhir/tape_edit.h"
#include "json/json.h"
#include "records/commons.h"
#include "records/rights.h"

enum { PEOPLE_MAX = 16 };

struct demo_person {
    const struct json *doc;
    struct str name, card;
    struct tape bundle, patient;
    struct compartment compartment;
    bool is_paper;
};

struct demo {
    struct cli *cli;
    struct str folder; /* holds site/ and letters/ */
    struct site *site;
    struct cli_guidelines guidelines;
    struct admit_rules *rules;
    struct screen *screen;
    struct actor clinician, registrar, assistant, technician, person;
    struct demo_person people[PEOPLE_MAX];
    size_t people_count;
    struct site_options options;
};

static void title(const char *text) { cli_print("\n%s\n", text); }

/* --- the site ----------------------------------------------------------------------------------------------------- */

static enum salve_code make_folder(struct demo *demo, struct salve_err *err)
{
    const char *keep = cli_option(demo->cli, OPT_KEEP);
    char made[] = "/tmp/salve-demo-XXXXXX";
    if (keep == NULL && mkdtemp(made) == NULL) return file_fail(err, "/tmp");
    if (keep != NULL && mkdir(keep, 0700) != 0) return file_fail(err, keep);
    enum salve_code code = arena_str(demo->cli->mem, str_of(keep == NULL ? made : keep), &demo->folder, err);
    if (code == SALVE_OK && mkdir(arena_printf(demo->cli->mem, "%s/letters", demo->folder.ptr).ptr, 0700) != 0)
        code = file_fail(err, demo->folder.ptr);
    return code;
}

/* What these people are examined for. A programme chooses its guidelines; so does the demonstration. */
static const char *const demo_guidelines[] = {"blood-pressure", "body-measures", "glycaemia", "kidney"};
enum { DEMO_GUIDELINES = sizeof demo_guidelines / sizeof *demo_guidelines };

static enum salve_code accept_guidelines(struct demo *demo, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; i < demo->guidelines.count * DEMO_GUIDELINES && code == SALVE_OK; i++) {
        const struct guideline *guideline = demo->guidelines.list[i / DEMO_GUIDELINES];
        if (str_is(guideline_info(guideline)->id, demo_guidelines[i % DEMO_GUIDELINES]))
            code = screen_accept(demo->site, demo->clinician, guideline, NULL, 0, demo->cli->mem, err);
    }
    if (code != SALVE_OK) return code;
    return screen_open(demo->site, demo->guidelines.list, demo->guidelines.count, demo->cli->mem, &demo->screen, NULL,
                       err);
}

static enum salve_code add_staff(struct demo *demo, struct salve_err *err)
{
    struct str site = site_settings(demo->site)->name;
    struct actor manager = {.role = ROLE_MANAGER, .id = STR("maria"), .site = site};
    demo->clinician = (struct actor){STR("dr-amara"), ROLE_CLINICIAN, site};
    demo->registrar = (struct actor){STR("kofi"), ROLE_REGISTRAR, site};
    demo->assistant = (struct actor){STR("lina"), ROLE_ASSISTANT, site};
    demo->technician = (struct actor){STR("tom"), ROLE_TECHNICIAN, site};
    demo->person = (struct actor){.role = ROLE_PARTICIPANT, .site = site};
    enum salve_code code = staff_register(demo->site, manager, manager.id, manager.role, err);
    const struct actor *others[] = {&demo->clinician, &demo->registrar, &demo->assistant, &demo->technician};
    for (size_t i = 0; i < 4 && code == SALVE_OK; i++)
        code = staff_register(demo->site, manager, others[i]->id, others[i]->role, err);
    return code;
}

static enum salve_code make_site(struct demo *demo, struct salve_err *err)
{
    struct arena *mem = demo->cli->mem;
    struct site_settings settings = {
        .name = STR("Demonstration Clinic"), .log_name = STR("demo"), .languages = STR("en ar")};
    demo->options.path = arena_printf(mem, "%s/site", demo->folder.ptr).ptr;
    demo->options.secret.key_file = arena_printf(mem, "%s/site.key", demo->folder.ptr).ptr;
    demo->options.clock = demo->cli->clock;
    enum salve_code code = site_create(&demo->options, &settings, err);
    if (code == SALVE_OK) code = site_open(&demo->options, &demo->site, err);
    if (code == SALVE_OK) code = add_staff(demo, err);
    if (code == SALVE_OK) code = accept_guidelines(demo, err);
    if (code == SALVE_OK)
        cli_print("A site of its own in %s: five made-up members of staff, %d of %zu guidelines.\n"
                  "This demonstration site accepts the guidelines by itself; at a real one a named clinician does.\n",
                  demo->folder.ptr, DEMO_GUIDELINES, demo->guidelines.count);
    return code;
}

/* --- the people --------------------------------------------------------------------------------------------------- */

/* The files say {today} where a date of the check belongs. */
static struct str with_today(struct demo *demo, struct str text)
{
    char when[CLOCK_TEXT_BYTES];
    struct str today = clock_date_text(clock_ms(&demo->cli->clock), when), mark = STR("{today}");
    struct buf out;
    struct str filled = STR("");
    buf_init(&out, demo->cli->mem, SALVE_CONFIG_BYTES_MAX);
    for (ptrdiff_t at; (at = str_find(text, mark)) >= 0; text = str_cut(text, (size_t)at + mark.len, text.len)) {
        buf_add(&out, str_cut(text, 0, (size_t)at));
        buf_add(&out, today);
    }
    buf_add(&out, text);
    return buf_done(&out, &filled, NULL) == SALVE_OK ? filled : STR("");
}

static enum salve_code patient_of(const struct demo *demo, struct demo_person *person, struct salve_err *err)
{
    const struct tape *bundle = &person->bundle;
    tape_at patient = tape_get(bundle, tape_root(bundle), "entry.resource");
    if (patient == TAPE_NONE) return salve_fail(err, SALVE_E_INVALID, "demo person without a Patient");
    return tape_copy(bundle, patient, NULL, NULL, demo->cli->mem, &person->patient, err);
}

static enum salve_code load_person(struct demo *demo, const char *path, struct salve_err *err)
{
    struct arena *mem = demo->cli->mem;
    struct demo_person *person = &demo->people[demo->people_count++];
    struct str text, bundle;
    struct buf out;
    enum salve_code code = file_read(path, SALVE_CONFIG_BYTES_MAX, mem, &text, err);
    if (code == SALVE_OK) code = json_read(with_today(demo, text), NULL, mem, &person->doc, err);
    if (code != SALVE_OK) return code;
    buf_init(&out, mem, SALVE_CONFIG_BYTES_MAX);
    json_write(json_get(person->doc, "bundle"), false, &out);
    code = buf_done(&out, &bundle, err);
    if (code == SALVE_OK) code = import_read(bundle, mem, &person->bundle, NULL, err);
    if (code == SALVE_OK) code = patient_of(demo, person, err);
    if (code != SALVE_OK) return code;
    person->name = json_text(json_path(person->doc, "bundle.entry.0.resource.name.0.given.0"));
    person->is_paper = json_is_true(json_get(person->doc, "paper"));
    return SALVE_OK;
}

static enum salve_code load_people(struct demo *demo, struct salve_err *err)
{
    struct str *names = NULL;
    size_t count = 0;
    const char *folder = arena_printf(demo->cli->mem, "%s/demo", demo->guidelines.share.ptr).ptr;
    enum salve_code code = file_list(folder, demo->cli->mem, &names, &count, err);
    for (size_t i = 0; i < count && i < PEOPLE_MAX && code == SALVE_OK; i++)
        code = load_person(demo, arena_printf(demo->cli->mem, "%s/%s", folder, names[i].ptr).ptr, err);
    return code;
}

/* --- one check ---------------------------------------------------------------------------------------------------- */

static enum salve_code agree(struct demo *demo, struct demo_person *person, struct salve_err *err)
{
    struct str lang = json_get_text(person->doc, "lang");
    enum salve_code code = SALVE_OK;
    for (const struct json *it = json_first(json_get(person->doc, "consents")); it != NULL && code == SALVE_OK;
         it = it->next) {
        struct consent_form form;
        struct consent_grant grant = {
            .method = CONSENT_METHOD_CARD, .teach_back = CONSENT_TEACH_BACK_DONE, .teach_back_rounds = 1};
        if (!purpose_find(json_text(it), &grant.purpose)) return salve_fail(err, SALVE_E_INVALID, "demo consent");
        code = cli_form_load_in(demo->cli, grant.purpose, lang, &form, err);
        grant.form = form.ref;
        if (code == SALVE_OK)
            code = rec_consent_give(demo->site, demo->registrar, person->card, &grant, demo->cli->mem, NULL, err);
        if (code == SALVE_OK)
            cli_print("  agreed to %s (form %u.%u, %.*s, read back)\n", purpose_text(grant.purpose), form.ref.major,
                      form.ref.minor, STR_ARGS(lang));
    }
    return code;
}

static enum salve_code open_view(struct demo *demo, const struct demo_person *person, struct actor actor,
                                 enum purpose purpose, struct rec_view **view, struct salve_err *err)
{
    struct rec_ask ask = {.actor = actor, .purpose = purpose, .who = person->card};
    return rec_open(demo->site, &ask, view, err);
}

static enum salve_code save_measurements(struct demo *demo, struct demo_person *person, struct rec_view *view,
                                         struct salve_err *err)
{
    char compartment[COMPARTMENT_TEXT_BYTES + 1];
    const struct rec_resource *known = NULL;
    size_t known_count = 0;
    struct import_done done = {0};
    struct arena *mem = demo->cli->mem;
    compartment_text(rec_compartment(view), compartment);
    struct import_ask ask = {
        .rules = demo->rules, .compartment = str_of(compartment), .next = rec_next_number, .ctx = view};
    enum salve_code code = rec_all(view, CLASS_BIT(CLASS_IDENT), &known, &known_count, err);
    if (code == SALVE_OK && known_count > 0) ask.patient_id = known[0].id;
    if (code == SALVE_OK) code = import_run(&ask, &person->bundle, mem, &done, err);
    if (code != SALVE_OK) return code;
    struct rec_item *items = arena_array(mem, struct rec_item, done.resource_count);
    if (items == NULL) return salve_fail(err, SALVE_E_MEMORY, "demo");
    for (size_t i = 0; i < done.resource_count; i++) items[i].tape = &done.resources[i].tape;
    code = rec_save(view, items, done.resource_count, NULL, mem, err);
    if (code == SALVE_OK)
        cli_print("  measured: %zu resources stored, sealed under the person's own keys\n", done.resource_count);
    return code;
}

static enum salve_code examine(struct demo *demo, struct demo_person *person, struct salve_err *err)
{
    struct rec_view *view = NULL;
    struct finding *findings = NULL;
    size_t count = 0;
    enum salve_code code = open_view(demo, person, demo->assistant, PURPOSE_CARE, &view, err);
    if (code == SALVE_OK) code = save_measurements(demo, person, view, err);
    if (code == SALVE_OK) code = screen_run(demo->screen, view, demo->cli->mem, &findings, &count, err);
    code = cli_view_close(&view, code, err);
    return code == SALVE_OK ? cli_findings_print(demo->cli, &demo->guidelines, findings, count, err) : code;
}

static enum salve_code sign(struct demo *demo, struct demo_person *person, struct salve_err *err)
{
    struct rec_view *view = NULL;
    size_t count = 0;
    enum salve_code code = open_view(demo, person, demo->clinician, PURPOSE_CARE, &view, err);
    if (code == SALVE_OK) code = screen_sign(view, demo->clinician, demo->cli->mem, &count, err);
    code = cli_view_close(&view, code, err);
    if (code == SALVE_OK) cli_print("  signed by %.*s: %zu findings\n", STR_ARGS(demo->clinician.id), count);
    return code;
}

/* --- letters ------------------------------------------------------------------------------------------------------ */

static enum salve_code write_letters(struct demo *demo, const struct demo_person *person, struct letter_ask *ask,
                                     struct salve_err *err)
{
    static const char *const languages[] = {"en", "ar"}, *const endings[] = {"html", "pdf"};
    char today[CLOCK_TEXT_BYTES];
    enum salve_code code = SALVE_OK;
    ask->site = site_settings(demo->site)->name;
    ask->clinician = demo->clinician.id;
    ask->date = clock_date_text(clock_ms(&demo->cli->clock), today);
    ask->is_demo = true;
    for (int i = 0; i < 4 && code == SALVE_OK; i++) {
        struct str path = arena_printf(demo->cli->mem, "%s/letters/%.*s.%s.%s", demo->folder.ptr,
                                       STR_ARGS(person->name), languages[i / 2], endings[i % 2]);
        code = cli_letter_write(demo->cli, &demo->guidelines, ask, &person->patient, languages[i / 2], path.ptr, err);
        if (code == SALVE_OK) cli_print("  letter: %s\n", path.ptr);
    }
    return code;
}

static enum salve_code letters(struct demo *demo, const struct demo_person *person, struct salve_err *err)
{
    struct rec_view *view = NULL;
    struct screen_set set = {0};
    struct letter_ask ask = {.card = person->card};
    enum salve_code code = open_view(demo, person, demo->person, PURPOSE_SELF, &view, err);
    if (code == SALVE_OK) code = screen_findings(view, SCREEN_SIGNED, demo->cli->mem, &set, err);
    ask.findings = set.findings;
    ask.finding_count = set.count;
    if (code == SALVE_OK) code = write_letters(demo, person, &ask, err);
    return cli_view_close(&view, code, err);
}

static enum salve_code check_on_paper(struct demo *demo, struct demo_person *person, struct salve_err *err)
{
    struct tape *tapes = NULL;
    struct finding *findings = NULL;
    size_t tape_count = 0, count = 0;
    struct letter_ask ask = {.is_paper = true};
    enum salve_code code = cli_bundle_split(&person->bundle, demo->cli->mem, &tapes, &tape_count, err);
    if (code == SALVE_OK)
        code = screen_evaluate(demo->screen, tapes, tape_count, clock_ms(&demo->cli->clock), demo->cli->mem, &findings,
                               &count, err);
    if (code == SALVE_OK) code = cli_findings_print(demo->cli, &demo->guidelines, findings, count, err);
    ask.findings = findings;
    ask.finding_count = count;
    if (code == SALVE_OK) code = write_letters(demo, person, &ask, err);
    if (code == SALVE_OK) cli_print("  stored: nothing\n");
    return code;
}

static enum salve_code check_person(struct demo *demo, struct demo_person *person, struct salve_err *err)
{
    struct rec_enrolled enrolled;
    struct str about = json_get_text(person->doc, "about");
    cli_print("\n%.*s. %.*s\n", STR_ARGS(person->name), STR_ARGS(about));
    if (person->is_paper) return check_on_paper(demo, person, err);
    enum salve_code code = rec_enrol(demo->site, demo->registrar, &person->patient, demo->cli->mem, &enrolled, err);
    if (code == SALVE_OK) code = arena_str(demo->cli->mem, enrolled.card, &person->card, err);
    person->compartment = enrolled.compartment;
    if (code == SALVE_OK) code = agree(demo, person, err);
    if (code == SALVE_OK) code = examine(demo, person, err);
    if (code == SALVE_OK) code = sign(demo, person, err);
    return code == SALVE_OK ? letters(demo, person, err) : code;
}

/* --- afterwards --------------------------------------------------------------------------------------------------- */

static enum salve_code who_looked(struct demo *demo, const struct demo_person *person, struct salve_err *err)
{
    struct rec_view *view = NULL;
    enum salve_code code = open_view(demo, person, demo->person, PURPOSE_SELF, &view, err);
    cli_print("\nWho looked at %.*s's record, each line proved by the log:\n", STR_ARGS(person->name));
    if (code == SALVE_OK) code = cli_looked_print(demo->cli, view, err);
    return cli_view_close(&view, code, err);
}

/* A refusal is what is expected here; anything else is a fault of the demonstration. */
static enum salve_code expect_refused(struct demo *demo, const struct demo_person *person, enum purpose purpose,
                                      struct str who, const char *then, enum salve_code want, struct salve_err *err)
{
    struct rec_view *view = NULL;
    struct salve_err refusal = {0};
    struct rec_ask ask = {.actor = demo->clinician, .purpose = purpose, .who = who};
    enum salve_code code = rec_open(demo->site, &ask, &view, &refusal);
    if (code == want) {
        cli_print("  %s: %s (SLV-%d)\n", then, salve_code_what(code), salve_code_slv(code));
        return SALVE_OK;
    }
    code = cli_view_close(&view, code, &refusal);
    (void)salve_fail(err, SALVE_E_INTEGRITY, "record of %.*s", STR_ARGS(person->name));
    return salve_why(err, SALVE_E_INTEGRITY, "it should have been refused with %s, but the answer was %s",
                     salve_code_name(want), salve_code_name(code));
}

static enum salve_code withdrawal(struct demo *demo, const struct demo_person *person, struct salve_err *err)
{
    enum purpose purpose;
    char compartment[COMPARTMENT_TEXT_BYTES + 1];
    if (!purpose_find(json_get_text(person->doc, "withdraw"), &purpose)) return SALVE_OK;
    compartment_text(person->compartment, compartment);
    cli_print("\n%.*s takes %s back.\n", STR_ARGS(person->name), purpose_text(purpose));
    struct rec_view *view = NULL;
    struct rec_ask ask = {.actor = demo->clinician, .purpose = purpose, .who = str_of(compartment)};
    enum salve_code code = rec_open(demo->site, &ask, &view, err);
    code = cli_view_close(&view, code, err);
    if (code == SALVE_OK) cli_print("  before: dr-amara opens the record for %s\n", purpose_text(purpose));
    if (code == SALVE_OK)
        code = rec_consent_withdraw(demo->site, demo->person, person->card, purpose, demo->cli->mem, NULL, err);
    if (code == SALVE_OK)
        code = expect_refused(demo, person, purpose, str_of(compartment), "after, at once", SALVE_E_CONSENT, err);
    return code;
}

static enum salve_code erasure(struct demo *demo, const struct demo_person *person, struct salve_err *err)
{
    struct rec_erasure done;
    char until[CLOCK_TEXT_BYTES];
    if (!json_is_true(json_get(person->doc, "erase"))) return SALVE_OK;
    cli_print("\n%.*s has the record erased.\n", STR_ARGS(person->name));
    enum salve_code code = rec_erase(demo->site, demo->person, person->card, demo->cli->mem, &done, err);
    if (code != SALVE_OK) return code;
    struct str horizon = clock_date_text(done.horizon_unix_ms, until);
    cli_print("  gone here now; useless in any older key backup from %.*s\n", STR_ARGS(horizon));
    return expect_refused(demo, person, PURPOSE_CARE, person->card, "the card opens nothing any more",
                          SALVE_E_NOT_FOUND, err);
}

static enum salve_code take_away(struct demo *demo, const struct demo_person *person, struct salve_err *err)
{
    struct rec_view *view = NULL;
    const struct rec_resource *resources = NULL;
    size_t count = 0;
    enum salve_code code = open_view(demo, person, demo->person, PURPOSE_SELF, &view, err);
    if (code == SALVE_OK) code = rec_take(view, demo->cli->mem, &resources, &count, err);
    if (code == SALVE_OK)
        cli_print("\n%.*s takes everything along: %zu FHIR resources.\n", STR_ARGS(person->name), count);
    return cli_view_close(&view, code, err);
}

static enum salve_code verify(struct demo *demo, struct salve_err *err)
{
    struct site_rotation rotation = {0};
    struct site_verify_result result = {0};
    struct site_verify_ask ask = {.actor = demo->technician};
    enum salve_code code = site_rotate(demo->site, demo->technician, &rotation, err);
    if (code == SALVE_OK)
        cli_print("\nKeys renewed: epoch %u, %llu wraps.\n", rotation.epoch,
                  (unsigned long long)rotation.wraps_renewed);
    if (code == SALVE_OK) code = site_verify(demo->site, &ask, &result, err);
    if (code == SALVE_OK)
        cli_print("verify: %llu records in %llu compartments, %llu log leaves: clean\n",
                  (unsigned long long)result.records, (unsigned long long)result.compartments,
                  (unsigned long long)result.leaves);
    return code;
}

static enum salve_code run(struct demo *demo, struct salve_err *err)
{
    enum salve_code code = cli_guidelines_load(demo->cli, &demo->guidelines, err);
    if (code == SALVE_OK && demo->guidelines.broken_count > 0) {
        if (err != NULL) *err = demo->guidelines.broken[0].err;
        code = demo->guidelines.broken[0].err.code;
    }
    if (code == SALVE_OK) code = admit_rules_make(NULL, demo->cli->mem, &demo->rules, err);
    if (code == SALVE_OK) code = make_folder(demo, err);
    if (code == SALVE_OK) code = make_site(demo, err);
    if (code == SALVE_OK) code = load_people(demo, err);
    if (code == SALVE_OK) title("== Health checks");
    for (size_t i = 0; i < demo->people_count && code == SALVE_OK; i++)
        code = check_person(demo, &demo->people[i], err);
    if (code == SALVE_OK) title("== The person in charge");
    for (size_t i = 0; i < demo->people_count && code == SALVE_OK; i++) {
        const struct demo_person *person = &demo->people[i];
        if (person->is_paper) continue;
        if (i == 0) code = who_looked(demo, person, err);
        if (i == 0 && code == SALVE_OK) code = take_away(demo, person, err);
        if (code == SALVE_OK) code = withdrawal(demo, person, err);
        if (code == SALVE_OK) code = erasure(demo, person, err);
    }
    return code == SALVE_OK ? verify(demo, err) : code;
}

enum salve_code cli_demo(struct cli *cli, struct salve_err *err)
{
    struct demo demo = {.cli = cli};
    enum salve_code code = run(&demo, err);
    code = cli_site_close(&demo.site, code, err);
    if (code == SALVE_OK)
        cli_print(
            "\nAll of these people are made up. To try it yourself:\n"
            "  export SALVE_SITE=%s/site SALVE_KEY_FILE=%s/site.key\n  build/salve looked %.*s\n  build/salve help\n",
            demo.folder.ptr, demo.folder.ptr, STR_ARGS(demo.people[0].card));
    return code;
}
