/* SPDX-License-Identifier: Apache-2.0
 * The commands of a visit: enrol, consent, import, screen, sign, letter. Words and files in, a call of visit, its
 * answer printed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli_commands.h"
#include "cli/cli_findings.h"
#include "cli/cli_open.h"
#include "cli/cli_person.h"
#include "cli/cli_reply.h"
#include "cli/cli_rights.h"
#include "base/file.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "fhir/outcome.h"
#include "visit/enrol.h"
#include "visit/import.h"
#include "visit/result.h"

/* --- enrol -------------------------------------------------------------------------------------------------------- */

enum { ANSWERS_MAX = 5 };

/* One question until there is an answer to it; a birth date that is possible and unlikely is asked about. */
static enum salve_code ask_one(struct cli *cli, enum visit_question question, char *line,
                               struct visit_patient_form *form, struct salve_err *err)
{
    static const char *const questions[] = {"Family name", "Given names", "Birth date (YYYY-MM-DD)",
                                            "Sex for reference ranges (female, male, other, unknown)"};
    enum salve_code code = SALVE_OK;
    for (int i = 0; i < ANSWERS_MAX; i++) {
        struct salve_err why = {0};
        enum visit_answer answer = VISIT_FINE;
        TRY(cli_ask(cli, questions[question], false, line, CLI_LINE_BYTES_MAX, err));
        code = visit_patient_answer(question, str_of(line), clock_ms(&cli->clock), form, &answer, &why);
        if (code == SALVE_OK && answer == VISIT_ASK)
            return cli_confirm(cli, "That is older than 110 years", "right", err);
        if (code == SALVE_OK) return SALVE_OK;
        if (err != NULL) *err = why;
        cli_say(cli, "%s", why.why);
    }
    return code;
}

static enum salve_code ask_patient(struct cli *cli, struct visit_patient_form *form, struct str *out,
                                   struct salve_err *err)
{
    char *lines = arena_alloc(cli->mem, (size_t)VISIT_QUESTIONS * CLI_LINE_BYTES_MAX);
    if (lines == NULL) return salve_fail(err, SALVE_E_MEMORY, "enrolment");
    for (int i = 0; i < VISIT_QUESTIONS; i++)
        TRY(ask_one(cli, (enum visit_question)i, lines + (size_t)i * CLI_LINE_BYTES_MAX, form, err));
    return visit_patient_json(form, cli->mem, out, err);
}

/* A file is asked about as an answer is. */
static enum salve_code check_file(struct cli *cli, const struct tape *patient, struct salve_err *err)
{
    enum visit_answer answer = VISIT_FINE;
    struct str born = tape_child_text(patient, tape_root(patient), "birthDate");
    TRY(visit_born_check(born.ptr == NULL ? STR("") : born, clock_ms(&cli->clock), &answer, err));
    return answer == VISIT_ASK ? cli_confirm(cli, "The birth date is more than 110 years ago", "right", err) : SALVE_OK;
}

/* A card that nobody saw opens nothing for anybody: the record goes again, and the words say so. */
static enum salve_code undo_enrolment(const struct cli *cli, struct str card, struct salve_err *err)
{
    TRY(visit_enrol_undo(&cli->visit, card, err));
    return salve_refuse(err, SALVE_E_IO, "the card could not be printed; nobody was enrolled", "standard output");
}

enum salve_code cli_enrol(struct cli *cli, struct salve_err *err)
{
    struct str json, word = STR("");
    struct tape patient;
    struct fhir_issues issues;
    struct rec_enrolled enrolled;
    struct cli_reply reply;
    struct fhir_read_opts opts = {.type = FHIR_T_Patient};
    struct visit_patient_form form = {.sex = STR("")};
    fhir_issues_init(&issues, cli->mem);
    if (cli->word_count == 0)
        TRY(ask_patient(cli, &form, &json, err));
    else
        TRY(file_read(cli->words[0], SALVE_RESOURCE_BYTES_MAX, cli->mem, &json, err));
    TRY(fhir_read(json, &opts, cli->mem, &patient, &issues, err));
    if (cli->word_count > 0) TRY(check_file(cli, &patient, err));
    if (cli_has(cli, OPT_WORD)) TRY(cli_word_read(cli, cli_option(cli, OPT_WORD), "Word", &word, err));
    TRY(cli_open(cli, CLI_STAFF, err));
    TRY(visit_enrol(&cli->visit, &patient, form.sex, word, &enrolled, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "card", enrolled.card);
    cli_reply_words(&reply, "%.*s\n", STR_ARGS(enrolled.card));
    TRY(cli_reply_done(&reply, err));
    if (cli_flush(NULL) != SALVE_OK) return undo_enrolment(cli, enrolled.card, err);
    if (!cli->is_json)
        cli_say(cli,
                "This is the card code. It is shown once: print it or write it down for the person.\n"
                "Next: salve consent give %.*s --purpose care --as %s",
                STR_ARGS(enrolled.card), cli_option(cli, OPT_AS));
    return SALVE_OK;
}

/* --- consent ------------------------------------------------------------------------------------------------------ */

static void print_form(const struct consent_form *form)
{
    cli_print("%.*s\n(%s %u.%u)\n\n", STR_ARGS(form->title), purpose_text(form->purpose), form->ref.major,
              form->ref.minor);
    for (size_t i = 0; i < CONSENT_SECTION_COUNT; i++)
        cli_print("%.*s\n  %.*s\n\n", STR_ARGS(form->sections[i].heading), STR_ARGS(form->sections[i].text));
    cli_print("> %.*s\n", STR_ARGS(form->yes));
}

enum salve_code cli_consent_form(struct cli *cli, struct salve_err *err)
{
    const struct consent_form *form = NULL;
    enum purpose purpose = 0;
    TRY(cli_purpose(cli, &purpose, err));
    TRY(cli_content(cli, (struct visit_content_ask){.parts = VISIT_FORMS}, err));
    TRY(visit_form(cli->visit.content, purpose, str_of(cli_option(cli, OPT_FORM)), cli_option_or(cli, OPT_LANG, "en"),
                   &form, err));
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
static enum salve_code go_through_form(struct cli *cli, struct visit_grant_ask *ask, struct salve_err *err)
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
    if (is_agreed) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONSENT,
                        "the person did not agree; nothing was noted, and nothing changes for their check", "consent");
}

/* One agreement from the options; without --read-back the form is gone through first. */
static enum salve_code read_grant(struct cli *cli, struct consent_grant *grant, struct salve_err *err)
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
    if (rounds == NULL) TRY(go_through_form(cli, &ask, err));
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
    TRY(read_grant(cli, &grant, err));
    TRY(cli_open(cli, CLI_STAFF, err));
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

/* --- import ------------------------------------------------------------------------------------------------------- */

/* Where the cards and what was left out go while an import runs. */
struct outputs {
    struct cli *cli;
    FILE *rejects, *cards;
    struct cli_progress progress;
    struct visit_screening screening; /* of guidelines_now */
};

/* Behind what is there: whether that goes, the import knows when it has begun. */
static enum salve_code open_output(const char *path, FILE **out, struct salve_err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    *out = fd < 0 ? NULL : fdopen(fd, "a+");
    return *out == NULL ? file_fail(err, path) : SALVE_OK;
}

static enum salve_code close_output(FILE *file, const char *path, enum salve_code code, struct salve_err *err)
{
    if (file == NULL) return code;
    bool is_bad = ferror(file) != 0;
    if (fflush(file) != 0 || fsync(fileno(file)) != 0) is_bad = errno != EINVAL; /* a pipe cannot be synced */
    if (fclose(file) != 0) is_bad = true;
    if (code != SALVE_OK || !is_bad) return code;
    return salve_refuse(err, SALVE_E_IO, "it could not be written to the end", "%s", path);
}

/* Bytes that are in it already; 0 also for what is no file. */
static off_t bytes_in(FILE *file)
{
    struct stat info;
    return fstat(fileno(file), &info) == 0 && S_ISREG(info.st_mode) ? info.st_size : 0;
}

/* Where the lines behind the first `keep` begin, if there is one more of them; -1: none, or others. */
static off_t place_behind(FILE *file, uint64_t keep)
{
    uint64_t lines = 0;
    off_t at = 0, found = -1;
    rewind(file);
    for (int c = fgetc(file); c != EOF; c = fgetc(file)) {
        at++;
        if (c == '\n' && ++lines == keep) found = at;
    }
    return lines == keep + 1 ? found : -1;
}

/* Slips and cards are shown once: nothing that holds some is written over. A file that an earlier run left goes on; the
 * line of the row that is done again goes, where it is the last one. */
static enum salve_code import_begun(void *with, const struct rec_rows_state *state, struct salve_err *err)
{
    struct outputs *out = with;
    const char *path = cli_option(out->cli, OPT_OUTPUT);
    bool has_cards = out->cards != NULL && bytes_in(out->cards) > 0;
    if (has_cards && !state->is_resumed)
        return salve_refuse(err, SALVE_E_CONFLICT,
                            "the file exists and may hold slips or cards, which are shown once; name another",
                            "--output %s", path);
    if (!state->is_resumed && out->rejects != NULL && bytes_in(out->rejects) > 0 &&
        ftruncate(fileno(out->rejects), 0) != 0)
        return file_fail(err, cli_option(out->cli, OPT_REJECTS));
    off_t last = has_cards && state->is_redone ? place_behind(out->cards, state->done + 1) : -1;
    if (last >= 0 && ftruncate(fileno(out->cards), last) != 0) return file_fail(err, path);
    if (out->cards != NULL && !has_cards)
        (void)fprintf(out->cards, "subject,%s\n", site_is_made_up(out->cli->visit.site) ? "card" : "slip");
    if (!state->is_resumed) return SALVE_OK;
    cli_say(out->cli, "Going on after %llu rows that an earlier run has done.%s", (unsigned long long)state->done,
            state->is_redone && last < 0
                ? " It was cut off within the next one: the slip or card of that row is void, if it was "
                  "written, and the row is done again."
            : state->is_kept ? " The last of them was cut off, and its record has been used since: look at it."
                             : "");
    return SALVE_OK;
}

static enum salve_code open_outputs(struct outputs *out, struct salve_err *err)
{
    const char *rejects = cli_option(out->cli, OPT_REJECTS), *cards = cli_option(out->cli, OPT_OUTPUT);
    if (rejects != NULL) TRY(open_output(rejects, &out->rejects, err));
    return cards == NULL ? SALVE_OK : open_output(cards, &out->cards, err);
}

static enum salve_code keep_card(void *with, struct str subject, struct str card, struct salve_err *err)
{
    struct outputs *out = with;
    const char *path = cli_option(out->cli, OPT_OUTPUT);
    if (fprintf(out->cards, "%.*s,%.*s\n", STR_ARGS(subject), STR_ARGS(card)) < 0 || fflush(out->cards) != 0)
        return file_fail(err, path);
    return fdatasync(fileno(out->cards)) == 0 || errno == EINVAL || errno == EROFS ? SALVE_OK : file_fail(err, path);
}

/* Said also with --quiet: what was not kept is never kept quiet. */
static void tell_less(void *with, const struct visit_less *less)
{
    (void)with;
    (void)fprintf(stderr, "line %u: %s was not noted: %s\n", less->line, purpose_text(less->purpose),
                  less->why->why[0] != '\0' ? less->why->why : salve_code_what(less->why->code));
    if (less->urgency <= URGENCY_SAME_DAY)
        (void)fprintf(stderr,
                      "line %u: URGENT (%s): what was measured is not kept; find this person, a clinician has to "
                      "see them\n",
                      less->line, urgency_text(less->urgency));
}

static void keep_rejects(void *with, struct str lines)
{
    struct outputs *out = with;
    if (out->rejects != NULL) (void)fwrite(lines.ptr, 1, lines.len, out->rejects);
}

static void print_issues(void *with, const struct fhir_issues *issues)
{
    struct outputs *to = with;
    struct buf out;
    struct str text;
    buf_init(&out, to->cli->mem, 4 << 20);
    outcome_add(issues, &out);
    buf_add_char(&out, '\n');
    if (buf_done(&out, &text, NULL) == SALVE_OK) cli_write(text);
}

static void tell_alarms(void *with, uint64_t line, const struct screen_found *findings)
{
    cli_alarms_tell(((struct outputs *)with)->cli, line, findings);
}

/* For the person at the desk alone: who the file and who the record is about. */
static bool is_theirs(void *with, const struct visit_whose *whose)
{
    struct cli *cli = ((struct outputs *)with)->cli;
    char line[16];
    if (cli_has(cli, OPT_NO_INPUT) || isatty(STDIN_FILENO) != 1) return false;
    (void)fprintf(stderr, "The record is of  %.*s, born %.*s\nThe file is about %.*s, born %.*s\n",
                  STR_ARGS(whose->record_name), STR_ARGS(whose->record_born), STR_ARGS(whose->file_name),
                  STR_ARGS(whose->file_born));
    if (cli_ask(cli, "Is it the same person? The record then takes what the file says. [y/n]", false, line, sizeof line,
                NULL) != SALVE_OK)
        return false;
    return line[0] == 'y' || line[0] == 'Y';
}

/* Each unlikely number by its quantity, then one question. Without an answer they wait. */
static bool are_right(void *with, uint64_t row, const struct visit_unlikely *list, size_t count)
{
    struct cli *cli = ((struct outputs *)with)->cli;
    char line[16], place[40] = "";
    if (cli_has(cli, OPT_YES)) return true;
    if (row > 0) (void)snprintf(place, sizeof place, "line %llu: ", (unsigned long long)row);
    for (size_t i = 0; i < count; i++)
        cli_warn("%s%.*s is unlikely: %.*s to %.*s %.*s is usual%s%.*s%s", place, STR_ARGS(list[i].name),
                 STR_ARGS(list[i].usual_low), STR_ARGS(list[i].usual_high), STR_ARGS(list[i].unit),
                 list[i].other_unit.len > 0 ? "; it would be usual in " : "", STR_ARGS(list[i].other_unit),
                 list[i].is_age_not_known ? "; is it a child's?" : "");
    if (cli_has(cli, OPT_NO_INPUT) || isatty(STDIN_FILENO) != 1) return false;
    if (cli_ask(cli, "Did you look at them, and are they right? [y/n]", false, line, sizeof line, NULL) != SALVE_OK)
        return false;
    return line[0] == 'y' || line[0] == 'Y';
}

static void tell_apart(void *with, const struct visit_apart *apart)
{
    struct outputs *to = with;
    cli_apart_came(to->cli, apart);
}

/* Read when they are needed: most files hold nothing that is kept apart. */
static enum salve_code guidelines_now(void *with, const struct visit_screening **out, struct salve_err *err)
{
    struct outputs *to = with;
    TRY(cli_accepted(to->cli, 0, err));
    TRY(visit_screening(&to->cli->visit, &to->screening, err));
    *out = &to->screening;
    return SALVE_OK;
}

static bool step(void *with, uint64_t people)
{
    struct outputs *out = with;
    cli_progress_step(&out->progress, people, 0);
    return !cli_interrupted();
}

static void tell_refused(void *with, uint64_t line, const struct salve_err *why)
{
    (void)with;
    cli_warn("line %llu was not taken: %s%s%s", (unsigned long long)line,
             why->why[0] != '\0' ? why->why : salve_code_what(why->code), why->element[0] != '\0' ? ": " : "",
             why->element);
}

static enum salve_code read_map(const struct cli *cli, bool is_enrol, struct csv_map **map, struct salve_err *err)
{
    const char *path = cli_option(cli, OPT_MAP);
    struct str json;
    TRY(file_read(path, SALVE_CONFIG_BYTES_MAX, cli->mem, &json, err));
    enum salve_code code = csv_map_read(site_admission(cli->visit.site), json, cli->mem, map, err);
    if (code == SALVE_OK && csv_map_names_people(*map) == is_enrol)
        code = salve_refuse(err, SALVE_E_USAGE,
                            is_enrol ? "this map is for people who have a record ('person'); leave --enrol out"
                                     : "this map names nobody ('person'); with --enrol every row is a new person",
                            "--map");
    if (code != SALVE_OK) salve_err_in(err, "%s", path);
    return code;
}

static enum salve_code import_rows(struct outputs *out, struct str text, const struct visit_import_ask *ask,
                                   struct visit_imported *sum, struct salve_err *err)
{
    struct cli *cli = out->cli;
    struct csv_map *map = NULL;
    struct str rest = text, line, date = cli_option_or(cli, OPT_DATE, "");
    uint64_t lines = 0;
    bool is_enrol = cli_has(cli, OPT_ENROL);
    TRY(read_map(cli, is_enrol, &map, err));
    while (str_next_line(&rest, &line)) lines += line.len > 0;
    out->progress = cli_progress_start(cli, "import", lines - 1);
    enum salve_code code = is_enrol ? visit_import_rows(&cli->visit, map, text, date, ask, sum, err)
                                    : visit_import_results(&cli->visit, map, text, date, ask, sum, err);
    cli_progress_end(&out->progress);
    if (code != SALVE_OK) salve_err_in(err, "%s", cli->words[0]);
    return code;
}

static enum salve_code import_new(struct outputs *out, struct visit_import_ask *ask, struct visit_imported *sum,
                                  struct salve_err *err)
{
    struct cli *cli = out->cli;
    struct str bytes;
    struct consent_grant grant;
    struct visit_screening screening = {0};
    TRY(file_read(cli->words[0], SALVE_RESOURCE_BYTES_MAX, cli->mem, &bytes, err));
    if (cli_has(cli, OPT_PURPOSE)) TRY(read_grant(cli, &grant, err));
    if (cli_has(cli, OPT_PURPOSE)) ask->grant = &grant;
    TRY(cli_accepted(cli, VISIT_FORMS | VISIT_RANGES, err));
    TRY(visit_ranges(cli->visit.content, &ask->ranges, err));
    TRY(visit_screening(&cli->visit, &screening, err));
    ask->alarms = ask->screening = &screening;
    return cli_has(cli, OPT_MAP) ? import_rows(out, bytes, ask, sum, err)
                                 : visit_import_new(&cli->visit, bytes, ask, sum, err);
}

/* Into records that are there: of the person with the card, or of whoever the rows of a CSV file name. */
static enum salve_code import_known(struct outputs *out, struct visit_import_ask *ask, struct visit_imported *sum,
                                    struct salve_err *err)
{
    struct str bytes;
    struct cli *cli = out->cli;
    struct visit_screening screening = {0};
    TRY(cli_content(cli, (struct visit_content_ask){.parts = VISIT_ALARMS | VISIT_RANGES}, err));
    TRY(visit_ranges(cli->visit.content, &ask->ranges, err));
    TRY(visit_screening(&cli->visit, &screening, err));
    ask->alarms = &screening;
    TRY(file_read(cli->words[cli->word_count - 1], SALVE_RESOURCE_BYTES_MAX, cli->mem, &bytes, err));
    if (cli_has(cli, OPT_MAP)) return import_rows(out, bytes, ask, sum, err);
    enum salve_code code = visit_import(&cli->visit, cli->card, bytes, ask, sum, err);
    bool is_other = code == SALVE_E_CONFLICT && strncmp(err->element, "Patient.", 8) == 0;
    return cli_hint(
        code, is_other ? code : SALVE_OK,
        "the file tells another one than the record of this card; look at both, and say --yes if it is this "
        "person and the record is to be corrected",
        err);
}

static enum salve_code check_import(const struct cli *cli, struct salve_err *err)
{
    bool is_enrol = cli_has(cli, OPT_ENROL);
    const char *what = NULL;
    if (is_enrol && cli->word_count != 1) what = "with --enrol give the file alone";
    bool is_results = !is_enrol && cli_has(cli, OPT_MAP);
    if (is_results && cli->word_count != 1) what = "give the file alone: its rows name the people";
    if (!is_enrol && !is_results && cli->word_count != 2) what = "give the person's card and the file";
    if (is_results && cli_has(cli, OPT_MINIMISE)) what = "a map says what is taken; --minimise is for FHIR files";
    if (cli_has(cli, OPT_MINIMISE) != cli_has(cli, OPT_REJECTS)) what = "--minimise and --rejects go together";
    if (is_enrol && !cli_has(cli, OPT_OUTPUT)) what = "with --enrol the slips go to --output; they are shown only once";
    return what == NULL ? SALVE_OK : salve_refuse(err, SALVE_E_USAGE, what, "import");
}

/* What speaks for everybody in a file. */
static enum salve_code check_speaking(const struct cli *cli, bool is_enrol, struct salve_err *err)
{
    static const enum cli_option speaking[] = {OPT_PURPOSE, OPT_METHOD, OPT_READ_BACK, OPT_OF_AGE};
    for (size_t i = 0; i < sizeof speaking / sizeof speaking[0]; i++)
        if (cli_has(cli, speaking[i]) && !(is_enrol && site_is_made_up(cli->visit.site)))
            return salve_refuse(err, SALVE_E_USAGE,
                                is_enrol
                                    ? "nobody agrees for all people of a file; each row says it in columns that the "
                                      "map names, or the person at the desk"
                                    : "it goes with --enrol, at a made-up site",
                                "--%s", cli_options[speaking[i]].name);
    return SALVE_OK;
}

/* What was here before, and what became of it. */
static void again_text(const struct visit_imported *sum, struct buf *out)
{
    const struct visit_again *again = &sum->again;
    const struct {
        uint64_t count;
        const char *what;
    } rows[] = {
        {again->here, "already here"},
        {again->older, "older states of what is here: not taken"},
        {again->renewed, "next versions of what was here"},
        {again->taken_back, "taken back: what they name counts no more"},
        {again->named_nothing, "take back something that is not here: nothing is changed by them"},
        {again->ours, "drafts, signatures or notes of a clinic, or other words on what was found here: not taken"},
        {again->other_code, "with the id of something here that has another code: kept beside it"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].count > 0) buf_addf(out, "%llu %s.\n", (unsigned long long)rows[i].count, rows[i].what);
    if (again->name_corrected) buf_add(out, STR("The name was corrected; the record shows both, and who did it.\n"));
    if (again->born_corrected)
        buf_add(out, STR("The birth date was corrected; the record shows both, and who did it.\n"));
}

static void imported_text(const struct cli *cli, struct visit_imported *sum, struct buf *out)
{
    bool is_results = cli_has(cli, OPT_MAP) && !cli_has(cli, OPT_ENROL);
    buf_addf(out, "%llu %s, %llu resources came, %llu kept, %llu of staff and places not kept with the person.\n",
             (unsigned long long)sum->people, is_results ? "rows" : "people", (unsigned long long)sum->resources_in,
             (unsigned long long)sum->kept, (unsigned long long)sum->commons);
    again_text(sum, out);
    if (sum->enrolled_only > 0)
        buf_addf(out,
                 "%llu of them only enrolled: no whole agreement to care in the file; their lines are named above.\n",
                 (unsigned long long)sum->enrolled_only);
    if (sum->less_urgent > 0)
        buf_addf(out, "%llu of these with a value that a clinician has to see today.\n",
                 (unsigned long long)sum->less_urgent);
    if (sum->waiting > 0)
        buf_addf(
            out,
            "%llu results with unlikely numbers wait to be confirmed: alarms look at them, nothing else does. Look at them; where "
            "they are right, give the same file again with --yes.\n",
            (unsigned long long)sum->waiting);
    if (sum->refused_rows > 0)
        buf_addf(out, "%llu rows were not taken; they are named above.\n", (unsigned long long)sum->refused_rows);
    if (sum->unread_answers > 0)
        buf_addf(out, "%llu answers of questionnaires have no code that Salve knows: NOBODY JUDGES THEM.\n",
                 (unsigned long long)sum->unread_answers);
    if (sum->rule_count > 0) buf_addf(out, "Left out by rule, all of it in %s:\n", cli_option(cli, OPT_REJECTS));
    for (size_t i = 0; i < sum->rule_count; i++)
        buf_addf(out, "  %-28s %7u\n", sum->left_out[i].rule, sum->left_out[i].count);
    screen_counts_sort(&sum->findings);
    for (size_t i = 0; i < sum->findings.count; i++) {
        const struct screen_count *row = &sum->findings.rows[i];
        buf_addf(out, "%-16.*s %-24.*s %-28.*s %7u\n", STR_ARGS(row->guideline), STR_ARGS(row->item),
                 STR_ARGS(row->category), row->count);
    }
}

/* Said also with --quiet. */
static void tell_stale(const struct cli *cli, uint64_t count, uint64_t urgent)
{
    if (count == 0) return;
    cli_warn(
        "%llu findings rest on what was taken back or changed: they hold no more.\nNow: salve screen CARD --as %s; "
        "then a clinician signs again.",
        (unsigned long long)count, cli_option(cli, OPT_AS));
    if (urgent > 0)
        cli_warn("%llu of them were urgent: whoever was told of them IS TO BE TOLD AGAIN.", (unsigned long long)urgent);
}

/* A guideline that ended with an error stops no import, and is no success either. */
static void tell_not_judged(struct cli *cli, const struct screen_counts *counts)
{
    uint64_t count = 0;
    for (size_t i = 0; i < counts->count; i++)
        if (str_is(counts->rows[i].category, finding_status_text(FINDING_NOT_JUDGED))) count += counts->rows[i].count;
    if (count == 0) return;
    cli->exit_status = 1;
    cli_say(cli, "%llu results were not judged: their guideline ended with an error; 'salve screen CARD' names it.",
            (unsigned long long)count);
}

static enum salve_code print_imported(const struct cli *cli, struct visit_imported *sum, bool is_done,
                                      struct salve_err *err)
{
    struct cli_reply reply;
    cli_reply_open(&reply, cli, 0);
    if (cli->is_json)
        visit_imported_json(sum, is_done, &reply.w);
    else
        imported_text(cli, sum, &reply.out);
    return cli_reply_done(&reply, err);
}

enum salve_code cli_import(struct cli *cli, struct salve_err *err)
{
    struct outputs out = {.cli = cli};
    struct visit_imported sum = {0};
    struct visit_import_ask ask = {.minimise = cli_has(cli, OPT_MINIMISE),
                                   .correct = cli_has(cli, OPT_YES),
                                   .watch = {.card = keep_card,
                                             .less = tell_less,
                                             .rejects = keep_rejects,
                                             .issues = print_issues,
                                             .person = step,
                                             .alarms = tell_alarms,
                                             .apart = tell_apart,
                                             .is_theirs = is_theirs,
                                             .unlikely = are_right,
                                             .guidelines = guidelines_now,
                                             .begun = import_begun,
                                             .refused = tell_refused,
                                             .with = &out}};
    bool is_enrol = cli_has(cli, OPT_ENROL);
    TRY(check_import(cli, err));
    if (!is_enrol && !cli_has(cli, OPT_MAP)) TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, CLI_STAFF, err));
    TRY(check_speaking(cli, is_enrol, err));
    enum salve_code code = open_outputs(&out, err);
    if (code == SALVE_OK) code = is_enrol ? import_new(&out, &ask, &sum, err) : import_known(&out, &ask, &sum, err);
    code = close_output(out.rejects, cli_option(cli, OPT_REJECTS), code, err);
    code = close_output(out.cards, cli_option(cli, OPT_OUTPUT), code, err);
    if (sum.rule_count > 0 || sum.enrolled_only > 0 || sum.refused_rows > 0) cli->exit_status = 5;
    if (code != SALVE_OK && sum.people == 0) return code;
    bool is_done = code == SALVE_OK && !cli_interrupted();
    enum salve_code printed = print_imported(cli, &sum, is_done, code == SALVE_OK ? err : NULL);
    tell_not_judged(cli, &sum.findings);
    tell_stale(cli, sum.stale, sum.stale_urgent);
    if (is_enrol && !is_done)
        cli_say(
            cli,
            "Stopped after %llu people; their slips or cards are in %s. The same command goes on from here; rows that "
            "come later in the file may be mended before.",
            (unsigned long long)sum.people, cli_option(cli, OPT_OUTPUT));
    return code == SALVE_OK ? printed : code;
}

/* --- findings and letters ----------------------------------------------------------------------------------------- */

static enum salve_code read_file(const struct cli *cli, struct str *bytes, struct salve_err *err)
{
    return file_read(cli->words[0], SALVE_RESOURCE_BYTES_MAX, cli->mem, bytes, err);
}

enum salve_code cli_screen(struct cli *cli, struct salve_err *err)
{
    struct visit_screening screening;
    struct screen_found findings;
    struct str bytes;
    bool is_paper = cli_has(cli, OPT_PAPER);
    if (!is_paper) TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, is_paper ? CLI_NOBODY : CLI_STAFF, err));
    TRY(cli_accepted(cli, 0, err));
    TRY(visit_screening(&cli->visit, &screening, err));
    if (screening.left_out > 0)
        cli_say(cli, "%zu guidelines are not accepted at this site and were left out; see 'salve guideline list'.",
                screening.left_out);
    if (is_paper) TRY(read_file(cli, &bytes, err));
    if (is_paper) TRY(visit_paper_screen(&cli->visit, &screening, bytes, &findings, err));
    if (!is_paper) TRY(visit_screen(&cli->visit, &screening, cli->card, &findings, err));
    TRY(cli_findings_print(cli, &findings, err));
    cli->exit_status = cli_urgency_status(visit_urgency(&findings));
    TRY(visit_all_judged(&findings, err));
    if (findings.unread_answers > 0)
        cli_say(cli, "%u answers of questionnaires have no code that Salve knows: NOBODY JUDGES THEM.",
                findings.unread_answers);
    if (!is_paper) cli_apart_screened(&findings);
    if (!is_paper) cli_say(cli, "Drafts. Next: a clinician looks at them and signs:  salve sign CARD --as CLINICIAN");
    return SALVE_OK;
}

enum salve_code cli_sign(struct cli *cli, struct salve_err *err)
{
    size_t count = 0;
    bool has_unjudged = false;
    struct cli_reply reply;
    TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, CLI_STAFF, err));
    TRY(visit_sign(&cli->visit, cli->card, &count, &has_unjudged, err));
    if (has_unjudged)
        cli_warn(
            "Something that is kept apart came after the last findings about such things, and was NOT JUDGED for this "
            "signature:\n'salve screen CARD' as a clinician judges it, then sign again.");
    cli_reply_open(&reply, cli, '{');
    cli_reply_number(&reply, "signed", count);
    cli_reply_words(&reply, "Signed %zu findings. Next: salve letter CARD -o letter.pdf\n", count);
    return cli_reply_done(&reply, err);
}

/* {"lang":...,"format":...} with the file's name, or the letter itself where there is no file. */
static enum salve_code letter_json(struct cli *cli, const struct visit_sheet *sheet, const char *path,
                                   struct salve_err *err)
{
    struct cli_reply reply;
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "lang", sheet->language);
    cli_reply_text(&reply, "format", sheet->is_pdf ? STR("pdf") : STR("html"));
    cli_reply_number(&reply, "bytes", sheet->bytes.len);
    cli_reply_text(&reply, path != NULL ? "file" : "letter", path != NULL ? str_of(path) : sheet->bytes);
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
    struct visit_letters_ask letters = {.sheets = sheet, .count = 1, .is_outdated = &is_outdated};
    struct str bytes;
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
    TRY(read_file(cli, &bytes, err));
    return visit_paper_letters(&cli->visit, &screening, bytes, &letters, err);
}

enum salve_code cli_letter(struct cli *cli, struct salve_err *err)
{
    const char *path = cli_option(cli, OPT_OUTPUT);
    struct visit_sheet sheet = {.language = cli_option_or(cli, OPT_LANG, "en"),
                                .is_pdf = path != NULL && str_ends(str_of(path), STR(".pdf"))};
    bool has_code = true;
    if (!cli_has(cli, OPT_PAPER)) TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, cli_has(cli, OPT_PAPER) ? CLI_STAFF : CLI_ANYBODY, err));
    TRY(make_letter(cli, &sheet, &has_code, err));
    if (path != NULL) TRY(file_write(path, sheet.bytes, 0600, err));
    if (cli->is_json) TRY(letter_json(cli, &sheet, path, err));
    if (path == NULL && !cli->is_json) cli_write(sheet.bytes);
    if (path != NULL) cli_say(cli, "Letter: %s", path);
    if (!has_code)
        cli_say(cli,
                "It has no code: the birth date is not known to the day, or the clock is doubted. With their card the "
                "person sees the results all the same.");
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
