/* SPDX-License-Identifier: Apache-2.0
 * The commands of a visit: consent, screen, sign, letter. Words and files in, a call of visit, its
 * answer printed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli_again.h"
#include "cli/cli_commands.h"
#include "cli/cli_findings.h"
#include "cli/cli_grant.h"
#include "cli/cli_inbox.h"
#include "cli/cli_letters.h"
#include "cli/cli_open.h"
#include "cli/cli_person.h"
#include "cli/cli_reply.h"
#include "cli/cli_rights.h"
#include "base/file.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "fhir/outcome.h"
#include "visit/clinic.h"
#include "visit/enrol.h"
#include "visit/forms.h"
#include "visit/import.h"
#include "visit/remind.h"
#include "visit/result.h"

/* --- consent ------------------------------------------------------------------------------------------------------ */

static void print_form(const struct consent_form *form)
{
    cli_print("%.*s\n(%s %u.%u)\n\n", STR_ARGS(form->title), purpose_text(form->purpose), form->ref.major,
              form->ref.minor);
    for (size_t i = 0; i < CONSENT_SECTION_COUNT; i++)
        cli_print("%.*s\n  %.*s\n\n", STR_ARGS(form->sections[i].heading), STR_ARGS(form->sections[i].text));
    cli_print("> %.*s\n", STR_ARGS(form->yes));
    if (form->reminder.yes.len > 0)
        cli_print("\n%.*s\n  %.*s\n\n> %.*s\n", STR_ARGS(form->reminder.heading), STR_ARGS(form->reminder.text),
                  STR_ARGS(form->reminder.yes));
}

/* {"lang":...,"format":...} with the file's name, or the sheet itself where there is no file. */
static enum salve_code sheet_json(struct cli *cli, const struct visit_sheet *sheet, const char *path, const char *name,
                                  struct salve_err *err)
{
    struct cli_reply reply;
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "lang", sheet->language);
    cli_reply_text(&reply, "format", sheet->is_pdf ? STR("pdf") : STR("html"));
    cli_reply_number(&reply, "bytes", sheet->bytes.len);
    cli_reply_text(&reply, path != NULL ? "file" : name, path != NULL ? str_of(path) : sheet->bytes);
    return cli_reply_done(&reply, err);
}

static enum salve_code put_form(struct cli *cli, const struct consent_form *form, const char *path,
                                struct salve_err *err)
{
    struct visit_sheet sheet = {.language = form->ref.lang};
    TRY(cli_is_pdf(path, &sheet.is_pdf, err));
    TRY(visit_consent_sheet(&cli->visit, form, &sheet, err));
    TRY(file_write(path, sheet.bytes, 0600, err));
    if (cli->is_json) return sheet_json(cli, &sheet, path, "form", err);
    cli_say(cli, "Form: %s", path);
    return SALVE_OK;
}

enum salve_code cli_consent_form(struct cli *cli, struct salve_err *err)
{
    const char *path = cli_option(cli, OPT_OUTPUT);
    const struct consent_form *form = NULL;
    enum purpose purpose = 0;
    TRY(cli_purpose(cli, &purpose, err));
    TRY(cli_content(cli, (struct visit_content_ask){.parts = VISIT_FORMS | (path == NULL ? 0 : VISIT_FRAMES)}, err));
    TRY(visit_form(cli->visit.content, purpose, str_of(cli_option(cli, OPT_FORM)), cli_option_or(cli, OPT_LANG, "en"),
                   &form, err));
    if (path != NULL) return put_form(cli, form, path, err);
    if (cli->is_json)
        cli_write(form->bytes);
    else
        print_form(form);
    return SALVE_OK;
}

static enum salve_code ask_yes(const struct cli *cli, const char *question, bool *is_yes, struct salve_err *err)
{
    char line[16];
    TRY(cli_ask(cli, question, false, line, sizeof line, err));
    *is_yes = line[0] == 'y' || line[0] == 'Y';
    return SALVE_OK;
}

/* Two rounds at most; answers are not kept, only the round in which all points were met. 0: in none. */
static enum salve_code read_back(const struct cli *cli, const struct consent_form *form, uint32_t *rounds,
                                 struct salve_err *err)
{
    for (*rounds = 1; *rounds <= 2; ++*rounds) {
        bool is_done = true, is_met = false;
        for (size_t i = 0; i < form->read_back_count; i++) {
            const struct consent_read_back *item = &form->read_back[i];
            cli_print("\n%zu. %.*s\n", i + 1, STR_ARGS(item->ask));
            for (size_t p = 0; p < item->point_count; p++) cli_print("     - %.*s\n", STR_ARGS(item->points[p]));
            TRY(ask_yes(cli, "   Did the person say this in their own words? [y/n]", &is_met, err));
            is_done = is_done && is_met;
        }
        if (is_done) return SALVE_OK;
        if (*rounds == 1) cli_print("\nPlease explain once more, then ask again.\n");
    }
    *rounds = 0;
    return SALVE_OK;
}

/* Goes through the form on the terminal. */
static enum salve_code go_through_form(struct cli *cli, struct visit_grant_ask *ask, bool *reminds,
                                       struct salve_err *err)
{
    const struct consent_form *form = NULL;
    bool is_agreed = false;
    if (cli_has(cli, OPT_NO_INPUT) || isatty(STDIN_FILENO) != 1)
        return salve_refuse(
            err, SALVE_E_USAGE,
            "there is no terminal to ask on; 'salve consent form' shows the questions, --read-back 1 or 2 says "
            "in which round all were met",
            "--read-back");
    TRY(visit_form(cli->visit.content, ask->purpose, ask->version, ask->language, &form, err));
    print_form(form);
    TRY(read_back(cli, form, &ask->read_back_rounds, err));
    if (ask->read_back_rounds == 0) return SALVE_OK; /* the gate refuses it */
    cli_print("\n%.*s\n", STR_ARGS(form->yes));
    TRY(ask_yes(cli, "Does the person agree? [y/n]", &is_agreed, err));
    if (is_agreed && reminds != NULL && form->reminder.yes.len > 0) {
        cli_print("\n%.*s\n", STR_ARGS(form->reminder.yes));
        return ask_yes(cli, "Does the person want this as well? [y/n]", reminds, err);
    }
    if (is_agreed) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONSENT,
                        "the person did not agree; nothing was noted, and nothing changes for their check", "consent");
}

/* One agreement from the options; without --read-back the form is gone through first. */
enum salve_code cli_grant_read(struct cli *cli, struct consent_grant *grant, bool *reminds, struct salve_err *err)
{
    const char *rounds = cli_option(cli, OPT_READ_BACK);
    int64_t number = 0;
    struct visit_grant_ask ask = {.language = cli_option_or(cli, OPT_LANG, "en"),
                                  .version = str_of(cli_option(cli, OPT_FORM)),
                                  .method = cli_option_or(cli, OPT_METHOD, ""),
                                  .assent = cli_option_or(cli, OPT_ASSENT, ""),
                                  .to = cli_option_or(cli, OPT_TO, ""),
                                  .has_witness = cli_has(cli, OPT_WITNESS),
                                  .is_by_guardian = cli_has(cli, OPT_GUARDIAN),
                                  .of_age_by = cli_has(cli, OPT_OF_AGE) ? cli_option_or(cli, OPT_AS, "") : STR_NONE,
                                  .with_sensitive = cli_has(cli, OPT_SENSITIVE)};
    TRY(cli_purpose(cli, &ask.purpose, err));
    TRY(cli_content(cli, (struct visit_content_ask){.parts = VISIT_FORMS}, err));
    TRY(visit_grant(cli->visit.content, &ask, grant, err)); /* before anybody is asked anything */
    if (rounds == NULL) TRY(go_through_form(cli, &ask, reminds, err));
    if (rounds != NULL && (!str_to_i64(str_of(rounds), &number) || number < 1 || number > 2))
        return salve_refuse(err, SALVE_E_USAGE, "give the round, 1 or 2, in which every question was met",
                            "--read-back");
    if (rounds != NULL) ask.read_back_rounds = (uint32_t)number;
    return visit_grant(cli->visit.content, &ask, grant, err);
}

enum salve_code cli_consent_give(struct cli *cli, struct salve_err *err)
{
    struct consent_grant grant;
    struct visit_receipt receipt = {0};
    struct str text;
    TRY(cli_card_read(cli, err));
    bool reminds = cli_has(cli, OPT_REMIND);
    TRY(cli_grant_read(cli, &grant, &reminds, err));
    TRY(cli_open(cli, CLI_STAFF, err));
    if (reminds) TRY(visit_grant_reminder(&cli->visit, &grant, err));
    TRY(visit_consent_give(&cli->visit, cli->card, &grant, &receipt.proof, err));
    char from[CLOCK_TEXT_BYTES];
    bool is_later = receipt.proof.text.len == 0;
    text = receipt.proof.text;
    if (is_later)
        text = arena_printf(cli->mem, "leaf %llu, proof from %.16s on: salve receipt CARD\n",
                            (unsigned long long)receipt.proof.leaf_index,
                            clock_text(receipt.proof.proof_from_unix_ms, from).ptr);
    if (cli->is_json) TRY(visit_receipt_json(&receipt, cli->mem, &text, err));
    cli_write(text);
    cli_say(cli,
            "Noted: %s; above is %s, for the person to keep. It can be taken back at any time with\n"
            "  salve withdraw CARD --purpose %s",
            purpose_text(grant.purpose), is_later ? "from when there is proof of it" : "the proof of it",
            purpose_text(grant.purpose));
    return SALVE_OK;
}

/* --- findings and letters ----------------------------------------------------------------------------------------- */

static void print_issues(void *with, const struct fhir_issues *issues) { cli_outcome_print(with, issues); }

static void tell_paper_alarms(void *with, const struct screen_found *findings) { cli_alarms_tell(with, 0, findings); }

/* The file of --paper. */
static enum salve_code read_paper(struct cli *cli, struct visit_paper *paper, struct salve_err *err)
{
    *paper = (struct visit_paper){
        .minimise = cli_has(cli, OPT_MINIMISE), .issues = print_issues, .alarms = tell_paper_alarms, .with = cli};
    return file_read(cli->words[0], SALVE_RESOURCE_BYTES_MAX, cli->mem, &paper->bytes, err);
}

static void tell_left_out(const struct visit_paper *paper)
{
    for (size_t i = 0; i < paper->rule_count; i++)
        cli_warn("Left out by %s: %u", paper->left_out[i].rule, paper->left_out[i].count);
}

enum salve_code cli_screen(struct cli *cli, struct salve_err *err)
{
    struct visit_screening screening;
    struct screen_found findings;
    struct visit_paper paper;
    bool is_paper = cli_has(cli, OPT_PAPER);
    if (!is_paper) TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, is_paper ? CLI_NOBODY : CLI_STAFF, err));
    TRY(cli_accepted(cli, 0, err));
    TRY(visit_screening(&cli->visit, &screening, err));
    if (screening.left_out > 0)
        cli_say(cli, "%zu guidelines are not accepted at this site and were left out; see 'salve guideline list'.",
                screening.left_out);
    if (is_paper) TRY(read_paper(cli, &paper, err));
    if (is_paper) TRY(visit_paper_screen(&cli->visit, &screening, &paper, &findings, err));
    if (is_paper) tell_left_out(&paper);
    if (!is_paper) TRY(visit_screen(&cli->visit, &screening, cli->card, &findings, err));
    TRY(cli_findings_print(cli, &findings, err));
    struct str places = visit_places_open(&cli->visit, &findings);
    if (places.len > 0)
        cli_say(cli, "No place is given here for: %.*s. 'salve settings --place' says where people go.",
                STR_ARGS(places));
    cli->exit_status = cli_urgency_status(visit_urgency(&findings));
    TRY(visit_all_judged(&findings, err));
    if (findings.unread_answers > 0)
        cli_say(cli, "%u answers of questionnaires have no code that Salve knows: NOBODY JUDGES THEM.",
                findings.unread_answers);
    if (!is_paper) cli_apart_screened(&findings);
    if (!is_paper) cli_say(cli, "Drafts. Next: a clinician looks at them and signs:  salve sign CARD --as CLINICIAN");
    return SALVE_OK;
}

/* --leave-out ITEM=REASON */
static enum salve_code read_leave(const struct cli *cli, struct screen_leave **out, struct salve_err *err)
{
    const struct cli_values *words = &cli->options[OPT_LEAVE_OUT];
    *out = arena_array(cli->mem, struct screen_leave, words->count + 1);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "--leave-out");
    for (size_t i = 0; i < words->count; i++)
        if (!str_split(str_of(words->value[i]), '=', &(*out)[i].item, &(*out)[i].reason))
            return salve_refuse(err, SALVE_E_USAGE, "write it as ITEM=REASON", "--leave-out");
    return SALVE_OK;
}

/* What is signed is shown before it is; on a terminal it is asked about. */
struct signing {
    struct cli *cli;
    struct visit_drafts drafts;
};

static bool confirm_drafts(void *with, const struct visit_drafts *drafts)
{
    struct signing *to = with;
    bool is_yes = true;
    to->drafts = *drafts;
    if (drafts->has_unjudged)
        cli_warn(
            "Something that is kept apart came after the last findings about such things, and was NOT JUDGED for this "
            "signature:\n'salve screen CARD' as a clinician judges it, then sign again.");
    if (!to->cli->is_json) cli_drafts_print(to->cli, drafts);
    if (cli_has(to->cli, OPT_YES) || isatty(STDIN_FILENO) != 1) return true;
    return ask_yes(to->cli, "Sign these findings? [y/n]", &is_yes, NULL) == SALVE_OK && is_yes;
}

enum salve_code cli_sign(struct cli *cli, struct salve_err *err)
{
    struct screen_leave *leave = NULL;
    struct signing to = {.cli = cli};
    struct visit_sign_ask ask = {
        .leave_count = cli->options[OPT_LEAVE_OUT].count, .confirm = confirm_drafts, .with = &to};
    struct visit_signed done;
    struct cli_reply reply;
    TRY(read_leave(cli, &leave, err));
    ask.leave = leave;
    TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, CLI_STAFF, err));
    TRY(cli_accepted(cli, 0, err)); /* what is told in person, they say */
    TRY(visit_sign(&cli->visit, cli->card, &ask, &done, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_number(&reply, "signed", done.count);
    cli_reply_enter(&reply, "findings", '[');
    for (size_t i = 0; cli->is_json && i < to.drafts.set.count; i++)
        cli_draft_json(&to.drafts.set.findings[i], &to.drafts.told[i], &reply);
    cli_reply_leave(&reply);
    cli_reply_words(&reply, "Signed %zu findings. Next: salve letter CARD -o letter.pdf\n", done.count);
    cli_work_add(&reply, &done.open);
    return cli_reply_done(&reply, err);
}

/* --include: what the person, who is there, wants in the letter of what is kept apart. */
static enum salve_code included_families(const struct cli *cli, family_mask *out, struct salve_err *err)
{
    const struct cli_values *words = &cli->options[OPT_INCLUDE];
    *out = 0;
    for (size_t i = 0; i < words->count; i++) {
        enum family family;
        if (!family_find(str_of(words->value[i]), &family))
            return salve_refuse(err, SALVE_E_USAGE, "it is one of: mood, alcohol, infections, other; one a yes",
                                "--include");
        *out |= FAMILY_BIT(family);
    }
    return SALVE_OK;
}

/* On paper all that is accepted is evaluated; else the guidelines of the findings are needed, whichever they are. */
static enum salve_code make_letter(struct cli *cli, struct visit_sheet *sheet, bool *has_code, struct salve_err *err)
{
    struct visit_screening screening;
    bool is_outdated = false;
    struct visit_letters_ask letters = {
        .sheets = sheet, .count = 1, .is_outdated = &is_outdated, .is_untold = cli_has(cli, OPT_UNTOLD)};
    struct visit_paper paper;
    TRY(included_families(cli, &letters.families, err));
    if (!cli_has(cli, OPT_PAPER)) {
        TRY(cli_content(cli, (struct visit_content_ask){.parts = VISIT_GUIDELINES | VISIT_FRAMES}, err));
        TRY(visit_letters(&cli->visit, cli->card, &letters, has_code, err));
        if (is_outdated)
            cli_warn("Something came into the record after these results were signed. The letter says so; "
                     "'salve screen CARD' judges it.");
        return SALVE_OK;
    }
    TRY(cli_accepted(cli, VISIT_FRAMES, err));
    TRY(visit_screening(&cli->visit, &screening, err));
    TRY(read_paper(cli, &paper, err));
    TRY(visit_paper_letters(&cli->visit, &screening, &paper, &letters, err));
    tell_left_out(&paper);
    return SALVE_OK;
}

enum salve_code cli_letter(struct cli *cli, struct salve_err *err)
{
    const char *path = cli_option(cli, OPT_OUTPUT);
    struct visit_sheet sheet = {.language = cli_option_or(cli, OPT_LANG, "en")};
    bool has_code = true;
    if (cli_has(cli, OPT_ALL)) return cli_letters(cli, err);
    if (cli->word_count == 0) return salve_refuse(err, SALVE_E_USAGE, "say whose: a card, or --all", "letter");
    TRY(cli_is_pdf(path, &sheet.is_pdf, err));
    if (!cli_has(cli, OPT_PAPER)) TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, cli_has(cli, OPT_PAPER) ? CLI_STAFF : CLI_ANYBODY, err));
    TRY(make_letter(cli, &sheet, &has_code, err));
    if (path != NULL) TRY(file_write(path, sheet.bytes, 0600, err));
    if (cli->is_json) TRY(sheet_json(cli, &sheet, path, "letter", err));
    if (path == NULL && !cli->is_json) cli_write(sheet.bytes);
    if (path != NULL) cli_say(cli, "Letter: %s", path);
    if (!has_code)
        cli_say(cli,
                "It has no code: the birth date is not known to the day, or the clock is doubted. With their card the "
                "person sees the results all the same.");
    return SALVE_OK;
}

/* --- an empty sheet ----------------------------------------------------------------------------------------------- */

enum salve_code cli_sheet(struct cli *cli, struct salve_err *err)
{
    const char *path = cli_option(cli, OPT_OUTPUT);
    struct visit_sheet sheet = {.language = cli_option_or(cli, OPT_LANG, "en")};
    if (cli_option_or(cli, OPT_PACKAGE, "").len == 0)
        return salve_refuse(err, SALVE_E_USAGE, "say which: basic, or another of packages.json", "--package");
    TRY(cli_is_pdf(path, &sheet.is_pdf, err));
    TRY(cli_open(cli, CLI_NOBODY, err));
    TRY(cli_content(cli, (struct visit_content_ask){.parts = VISIT_GUIDELINES | VISIT_FRAMES}, err));
    TRY(visit_station_sheet(&cli->visit, cli_option_or(cli, OPT_PACKAGE, ""), &sheet, err));
    if (path != NULL) TRY(file_write(path, sheet.bytes, 0600, err));
    if (cli->is_json) return sheet_json(cli, &sheet, path, "sheet", err);
    if (path == NULL) cli_write(sheet.bytes);
    if (path != NULL) cli_say(cli, "Sheet: %s", path);
    return SALVE_OK;
}

/* --- a card for a slip -------------------------------------------------------------------------------------------- */

enum salve_code cli_claim(struct cli *cli, struct salve_err *err)
{
    struct str slip, card;
    struct cli_reply reply;
    TRY(cli_word_read(cli, cli->word_count > 0 ? cli->words[0] : NULL, "Slip", &slip, err));
    TRY(cli_open(cli, CLI_STAFF, err));
    TRY(visit_slip_claim(&cli->visit, slip, &card, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "card", card);
    cli_reply_words(&reply, "%.*s\n", STR_ARGS(card));
    TRY(cli_reply_done(&reply, err));
    if (cli_flush(NULL) != SALVE_OK)
        return salve_refuse(
            err, SALVE_E_IO,
            "the card could not be printed, and the slip is used up: make another with 'salve card' and "
            "the name and birth date, or enrol the person anew",
            "standard output");
    cli_say(cli,
            "This is the card code. It is shown once: print it or write it down for the person. The slip is used up.");
    return SALVE_OK;
}

/* --- a new card --------------------------------------------------------------------------------------------------- */

enum salve_code cli_card(struct cli *cli, struct salve_err *err)
{
    struct str card;
    struct cli_reply reply;
    bool is_by_name = cli_has(cli, OPT_NAME);
    if (is_by_name == (cli->word_count == 1) || (is_by_name && !cli_has(cli, OPT_BORN)))
        return salve_refuse(err, SALVE_E_USAGE, "give the old code, or the record's id, or --name and --born", "card");
    if (!is_by_name) TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, is_by_name ? CLI_STAFF : CLI_ANYBODY, err));
    if (is_by_name)
        TRY(visit_card_by_name(&cli->visit, cli_option_or(cli, OPT_NAME, ""), cli_option_or(cli, OPT_BORN, ""), &card,
                               err));
    else
        TRY(visit_card_new(&cli->visit, cli->card, &card, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "card", card);
    cli_reply_words(&reply, "%.*s\n", STR_ARGS(card));
    TRY(cli_reply_done(&reply, err));
    if (cli_flush(NULL) != SALVE_OK)
        return salve_refuse(err, SALVE_E_IO,
                            "the new card could not be printed, and the old one opens nothing any more: make another "
                            "with 'salve card' and the record's id, or the name and birth date",
                            "standard output");
    cli_say(cli, "This is the new card code. It is shown once; the old one opens nothing any more.");
    return SALVE_OK;
}
