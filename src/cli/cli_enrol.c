/* SPDX-License-Identifier: Apache-2.0
 * enrol: a new person, from answers at the desk or a file. */
#include "base/file.h"
#include "base/limits.h"
#include "cli/cli_commands.h"
#include "cli/cli_open.h"
#include "cli/cli_person.h"
#include "cli/cli_reply.h"
#include "fhir/fhir.h"
#include "visit/enrol.h"

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
