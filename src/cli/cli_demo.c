/* SPDX-License-Identifier: Apache-2.0
 * The whole job on people that Salve makes up: a throw-away site, and share/demo/demo.json with the guidelines and the
 * people. Everything here is a call of visit, as at a real site; what differs is said on every letter and at the
 * start. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli_commands.h"
#include "cli/cli_demo.h"
#include "cli/cli_findings.h"
#include "cli/cli_open.h"
#include "cli/cli_rights.h"
#include "base/file.h"
#include "visit/enrol.h"
#include "visit/import.h"
#include "visit/inbox.h"
#include "visit/result.h"

static struct visit *as(const struct demo *demo, enum role role)
{
    return visit_demo_as(demo->visit, &demo->about, role);
}

/* --- the site ----------------------------------------------------------------------------------------------------- */

static enum salve_code make_folder(struct demo *demo, struct salve_err *err)
{
    const char *keep = cli_option(demo->cli, OPT_KEEP);
    char made[] = "/tmp/salve-demo-XXXXXX";
    if (keep == NULL && mkdtemp(made) == NULL) return file_fail(err, "/tmp");
    if (keep != NULL && mkdir(keep, 0700) != 0) return file_fail(err, keep);
    return arena_str(demo->cli->mem, str_of(keep == NULL ? made : keep), &demo->folder, err);
}

/* The PINs of the made-up staff, for who wants to try the site. */
static enum salve_code write_pins(const struct demo *demo, struct salve_err *err)
{
    struct arena *mem = demo->cli->mem;
    struct str text = STR("");
    for (size_t i = 0; i < VISIT_DEMO_STAFF && text.ptr != NULL; i++)
        text = arena_printf(mem, "%.*s%.*s %.*s\n", STR_ARGS(text), STR_ARGS(demo->about.members[i].id),
                            STR_ARGS(demo->about.members[i].secret));
    struct str path = arena_printf(mem, "%s/pins", demo->folder.ptr);
    if (text.ptr == NULL || path.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "pins");
    return file_write(path.ptr, text, 0600, err);
}

static enum salve_code make_site(struct demo *demo, struct salve_err *err)
{
    struct arena *mem = demo->cli->mem;
    struct site_options options = {.path = arena_printf(mem, "%s/site", demo->folder.ptr).ptr,
                                   .secret.key_file = arena_printf(mem, "%s/site.key", demo->folder.ptr).ptr,
                                   .clock = demo->cli->clock,
                                   .is_made_up = true};
    TRY(visit_demo_site(demo->visit, &options, &demo->about, err));
    TRY(write_pins(demo, err));
    TRY(visit_screening(demo->visit, &demo->screening, err));
    if (demo->is_quiet) return SALVE_OK;
    cli_print("A site of its own in %s: five made-up members of staff, %zu of %zu guidelines.\n"
              "This demonstration site accepts the guidelines by itself; at a real one a named clinician does.\n",
              demo->folder.ptr, demo->about.guideline_count, demo->visit->content->guideline_count);
    return SALVE_OK;
}

enum salve_code demo_begin(struct demo *demo, struct salve_err *err)
{
    TRY(cli_content(demo->cli, (struct visit_content_ask){.parts = VISIT_ALL}, err));
    TRY(visit_demo_read(demo->visit, clock_ms(&demo->cli->clock), &demo->about, err));
    TRY(make_folder(demo, err));
    return make_site(demo, err);
}

/* --- one check ---------------------------------------------------------------------------------------------------- */

static enum salve_code agree(struct demo *demo, const struct visit_demo_person *person, struct str card,
                             struct salve_err *err)
{
    for (size_t i = 0; i < person->agrees_count; i++) {
        struct visit_grant_ask ask = {
            .purpose = person->agrees[i], .language = person->language, .read_back_rounds = 1};
        struct consent_grant grant;
        TRY(visit_grant(demo->visit->content, &ask, &grant, err));
        TRY(visit_consent_give(as(demo, ROLE_REGISTRAR), card, &grant, NULL, err));
        if (demo->is_quiet) continue;
        cli_print("  agreed to %s (form %u.%u, %.*s, read back)\n", purpose_text(grant.purpose), grant.form.major,
                  grant.form.minor, STR_ARGS(person->language));
    }
    return SALVE_OK;
}

enum salve_code demo_enrol(struct demo *demo, size_t index, struct salve_err *err)
{
    const struct visit_demo_person *person = &demo->about.people[index];
    struct rec_enrolled *enrolled = &demo->enrolled[index];
    TRY(visit_enrol(as(demo, ROLE_REGISTRAR), &person->patient, STR(""), STR(""), enrolled, err));
    return agree(demo, person, enrolled->card, err);
}

enum salve_code demo_measure(struct demo *demo, size_t index, struct screen_found *findings, struct salve_err *err)
{
    struct visit_import_ask ask = {.minimise = false};
    struct visit_imported sum = {0};
    struct str card = demo->enrolled[index].card;
    TRY(visit_import(as(demo, ROLE_ASSISTANT), card, demo->about.people[index].bundle, &ask, &sum, err));
    if (!demo->is_quiet)
        cli_print("  measured: %zu resources stored, sealed under the person's own keys\n", sum.resource_count);
    return visit_screen(demo->visit, &demo->screening, card, findings, err);
}

/* What cannot wait is told to the person before there is a letter. */
static enum salve_code tell(struct demo *demo, struct str card, const struct screen_found *findings,
                            struct salve_err *err)
{
    struct screen_tell tell = {.how = SCREEN_HOW_IN_PERSON, .agreed = STR("sees the doctor on duty before leaving")};
    size_t count = 0;
    if (visit_urgency(findings) > URGENCY_SAME_DAY) return SALVE_OK;
    TRY(visit_tell(as(demo, ROLE_CLINICIAN), card, &tell, &count, err));
    TRY(visit_close(as(demo, ROLE_CLINICIAN), card, &count, err));
    cli_print("  told in person by %.*s: %zu alarms\n", STR_ARGS(demo->visit->actor.id), count);
    return SALVE_OK;
}

static enum salve_code examine(struct demo *demo, size_t index, struct salve_err *err)
{
    struct str card = demo->enrolled[index].card;
    struct screen_found findings;
    struct visit_signed done;
    TRY(demo_measure(demo, index, &findings, err));
    TRY(cli_findings_print(demo->cli, &findings, err));
    TRY(visit_sign(as(demo, ROLE_CLINICIAN), card, NULL, &done, err));
    cli_print("  signed by %.*s: %zu findings\n", STR_ARGS(demo->visit->actor.id), done.count);
    return tell(demo, card, &findings, err);
}

static enum salve_code letters(struct demo *demo, const struct visit_demo_person *person, struct str card,
                               struct salve_err *err)
{
    struct visit_sheet sheets[] = {
        {.language = STR("en")}, {STR("en"), .is_pdf = true}, {.language = STR("ar")}, {STR("ar"), .is_pdf = true}};
    struct visit_letters_ask ask = {.sheets = sheets, .count = 4};
    struct visit *visit = as(demo, person->is_paper ? ROLE_CLINICIAN : ROLE_PARTICIPANT);
    struct visit_paper paper = {.bytes = person->bundle};
    if (person->is_paper)
        TRY(visit_paper_letters(visit, &demo->screening, &paper, &ask, err));
    else
        TRY(visit_letters(visit, card, &ask, NULL, err));
    for (size_t i = 0; i < 4; i++) {
        struct str path =
            arena_printf(demo->cli->mem, "%s/letters/%.*s.%.*s.%s", demo->folder.ptr, STR_ARGS(person->name),
                         STR_ARGS(sheets[i].language), sheets[i].is_pdf ? "pdf" : "html");
        if (path.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "letter");
        TRY(file_write(path.ptr, sheets[i].bytes, 0600, err));
        cli_print("  letter: %s\n", path.ptr);
    }
    return SALVE_OK;
}

static enum salve_code check_on_paper(struct demo *demo, const struct visit_demo_person *person, struct salve_err *err)
{
    struct screen_found findings;
    struct visit_paper paper = {.bytes = person->bundle};
    TRY(visit_paper_screen(demo->visit, &demo->screening, &paper, &findings, err));
    TRY(cli_findings_print(demo->cli, &findings, err));
    TRY(letters(demo, person, STR_NONE, err));
    cli_print("  stored: nothing\n");
    return SALVE_OK;
}

static enum salve_code check_person(struct demo *demo, size_t index, struct salve_err *err)
{
    const struct visit_demo_person *person = &demo->about.people[index];
    cli_print("\n%.*s. %.*s\n", STR_ARGS(person->name), STR_ARGS(person->about));
    if (person->is_paper) return check_on_paper(demo, person, err);
    TRY(demo_enrol(demo, index, err));
    TRY(examine(demo, index, err));
    return letters(demo, person, demo->enrolled[index].card, err);
}

/* --- afterwards --------------------------------------------------------------------------------------------------- */

/* A renewal signs the log at once, which else waits for its minute. */
static enum salve_code renew(struct demo *demo, struct salve_err *err)
{
    struct visit *visit = as(demo, ROLE_TECHNICIAN);
    struct site_rotation rotation = {0};
    TRY(site_rotate(visit->site, visit->actor, &rotation, err));
    cli_print("\nThe night: keys are renewed (epoch %u, %llu wraps) and the log is signed.\n", rotation.epoch,
              (unsigned long long)rotation.wraps_renewed);
    return SALVE_OK;
}

static enum salve_code own_record(struct demo *demo, struct str name, struct str card, struct salve_err *err)
{
    struct visit_looks looks;
    struct visit_taken taken;
    TRY(renew(demo, err));
    cli_print("\nWho looked at %.*s's record, each line proved by the log:\n", STR_ARGS(name));
    TRY(visit_looked(as(demo, ROLE_PARTICIPANT), card, &looks, err));
    TRY(cli_looked_print(demo->cli, &looks, err));
    TRY(visit_take(demo->visit, card, &taken, err));
    cli_print("\n%.*s takes everything along: %zu FHIR resources.\n", STR_ARGS(name), taken.resource_count);
    return SALVE_OK;
}

/* The clinician opens a record. A refusal is what is wanted where `want` is one. */
static enum salve_code look(struct demo *demo, enum purpose purpose, struct str who, const char *then,
                            enum salve_code want, struct salve_err *err)
{
    struct rec_view *view = NULL;
    struct salve_err refusal = {0};
    struct rec_ask ask = {.actor = as(demo, ROLE_CLINICIAN)->actor, .purpose = purpose, .who = who};
    enum salve_code code = rec_open(demo->visit->site, &ask, &view, &refusal);
    if (code == SALVE_OK) code = rec_close(&view, &refusal);
    if (code == want && code == SALVE_OK)
        cli_print("  %s: dr-amara opens the record for %s\n", then, purpose_text(purpose));
    if (code == want && code != SALVE_OK)
        cli_print("  %s: %s (SLV-%d)\n", then, salve_code_what(code), salve_code_slv(code));
    if (code == want) return SALVE_OK;
    (void)salve_fail(err, SALVE_E_INTEGRITY, "%s", then);
    return salve_why(err, SALVE_E_INTEGRITY, "it should have been answered with %s, but the answer was %s",
                     salve_code_name(want), salve_code_name(code));
}

static enum salve_code withdrawal(struct demo *demo, const struct visit_demo_person *person,
                                  const struct rec_enrolled *enrolled, struct salve_err *err)
{
    enum purpose purpose = person->withdraws;
    struct visit_receipt receipt;
    char compartment[COMPARTMENT_TEXT_BYTES + 1];
    if (purpose == 0) return SALVE_OK;
    compartment_text(enrolled->compartment, compartment);
    cli_print("\n%.*s takes %s back.\n", STR_ARGS(person->name), purpose_text(purpose));
    TRY(look(demo, purpose, str_of(compartment), "before", SALVE_OK, err));
    TRY(visit_withdraw(as(demo, ROLE_PARTICIPANT), enrolled->card, purpose, STR("en"), &receipt, err));
    return look(demo, purpose, str_of(compartment), "after, at once", SALVE_E_CONSENT, err);
}

static enum salve_code erasure(struct demo *demo, const struct visit_demo_person *person,
                               const struct rec_enrolled *enrolled, struct salve_err *err)
{
    struct visit_receipt receipt;
    if (!person->is_erased) return SALVE_OK;
    cli_print("\n%.*s has the record erased.\n", STR_ARGS(person->name));
    TRY(visit_erase(as(demo, ROLE_PARTICIPANT), enrolled->card, STR("en"), true, &receipt, err));
    cli_print("  gone here now; useless in any older key backup from %.*s\n", STR_ARGS(receipt.until));
    return look(demo, PURPOSE_CARE, enrolled->card, "the card opens nothing any more", SALVE_E_NOT_FOUND, err);
}

static enum salve_code verify(struct demo *demo, struct salve_err *err)
{
    struct visit *visit = as(demo, ROLE_TECHNICIAN);
    struct site_verify_result result = {0};
    struct site_verify_ask ask = {.actor = visit->actor};
    TRY(site_verify(visit->site, &ask, &result, err));
    cli_print("\nverify: %llu records in %llu compartments, %llu log leaves: clean\n",
              (unsigned long long)result.records, (unsigned long long)result.compartments,
              (unsigned long long)result.leaves);
    return SALVE_OK;
}

static enum salve_code people(struct demo *demo, struct salve_err *err)
{
    const char *folder = arena_printf(demo->cli->mem, "%s/letters", demo->folder.ptr).ptr;
    if (mkdir(folder, 0700) != 0) return file_fail(err, folder);
    cli_print("\n== Health checks\n");
    const struct visit_demo *about = &demo->about;
    for (size_t i = 0; i < about->people_count; i++) TRY(check_person(demo, i, err));
    cli_print("\n== The person in charge\n");
    for (size_t i = 0; i < about->people_count; i++) {
        const struct visit_demo_person *person = &about->people[i];
        if (person->is_paper) continue;
        if (i == 0) TRY(own_record(demo, person->name, demo->enrolled[i].card, err));
        TRY(withdrawal(demo, person, &demo->enrolled[i], err));
        TRY(erasure(demo, person, &demo->enrolled[i], err));
    }
    return verify(demo, err);
}

enum salve_code cli_demo(struct cli *cli, struct salve_err *err)
{
    struct demo demo = {.cli = cli, .visit = &cli->visit, .is_quiet = !cli_has(cli, OPT_CLI)};
    if (demo.is_quiet) return demo_app(&demo, err);
    TRY(demo_begin(&demo, err));
    TRY(people(&demo, err));
    TRY(cli_close(cli, SALVE_OK, err));
    const struct tape *first = &demo.about.people[0].patient;
    struct str born = tape_child_text(first, tape_root(first), "birthDate");
    cli_print("\nAll of these people are made up. To try it yourself:\n"
              "  export SALVE_SITE=%s/site SALVE_KEY_FILE=%s/site.key SALVE_PIN_FILE=%s/pins\n"
              "  build/salve looked %.*s --born %.*s\n  build/salve help\n",
              demo.folder.ptr, demo.folder.ptr, demo.folder.ptr, STR_ARGS(demo.enrolled[0].card), STR_ARGS(born));
    return SALVE_OK;
}
