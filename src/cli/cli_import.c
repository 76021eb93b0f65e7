/* SPDX-License-Identifier: Apache-2.0
 * Import: a file into a record, or the new people and the results that it is about. Words and files in, a call of
 * visit, its answer printed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "cli/cli_again.h"
#include "cli/cli_commands.h"
#include "cli/cli_findings.h"
#include "cli/cli_grant.h"
#include "cli/cli_inbox.h"
#include "cli/cli_open.h"
#include "cli/cli_person.h"
#include "cli/cli_reply.h"
#include "fhir/fhir.h"
#include "visit/enrol.h"
#include "visit/import.h"

/* --- import ------------------------------------------------------------------------------------------------------- */

/* Where the cards and what was left out go while an import runs. */
struct outputs {
    struct cli *cli;
    FILE *rejects, *cards, *urgent;
    struct cli_progress progress;
    struct visit_screening screening; /* of guidelines_now */
    bool has_screening;
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
    if (out->urgent != NULL) TRY(cli_urgent_begun(out->urgent, cli_option(out->cli, OPT_URGENT), state, err));
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
    if (cli_has(out->cli, OPT_URGENT)) TRY(open_output(cli_option(out->cli, OPT_URGENT), &out->urgent, err));
    return cards == NULL ? SALVE_OK : open_output(cards, &out->cards, err);
}

static enum salve_code keep_urgent(void *with, uint64_t row, struct str ticket, enum urgency urgency,
                                   struct salve_err *err)
{
    struct outputs *out = with;
    if (out->urgent == NULL) return SALVE_OK;
    return cli_urgent_keep(out->urgent, cli_option(out->cli, OPT_URGENT), row, ticket, urgency, err);
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

/* What is said of a person needs memory until it is said: a file has many. */
static void print_issues(void *with, const struct fhir_issues *issues)
{
    const struct cli *cli = ((struct outputs *)with)->cli;
    struct arena_mark mark = arena_mark(cli->mem);
    cli_outcome_print(cli, issues);
    arena_rewind(cli->mem, mark);
}

static void tell_alarms(void *with, uint64_t line, const struct screen_found *findings)
{
    const struct cli *cli = ((struct outputs *)with)->cli;
    struct arena_mark mark = arena_mark(cli->mem);
    cli_alarms_tell(cli, line, findings);
    arena_rewind(cli->mem, mark);
}

static bool is_theirs(void *with, const struct visit_whose *whose)
{
    return cli_is_theirs(((struct outputs *)with)->cli, whose);
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
    const struct cli *cli = ((struct outputs *)with)->cli;
    struct arena_mark mark = arena_mark(cli->mem);
    cli_apart_came(cli, apart);
    arena_rewind(cli->mem, mark);
}

/* Read when they are needed, once: most files hold nothing that is kept apart. */
static enum salve_code guidelines_now(void *with, const struct visit_screening **out, struct salve_err *err)
{
    struct outputs *to = with;
    if (!to->has_screening) TRY(cli_accepted(to->cli, 0, err));
    if (!to->has_screening) TRY(visit_screening(&to->cli->visit, &to->screening, err));
    to->has_screening = true;
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

/* --- a file of rows ----------------------------------------------------------------------------------------------- */

/* Read as its rows are taken, so that its length costs no memory; what cannot be read twice, as a pipe, is a text. */
struct rows {
    const char *path;
    int fd;
    off_t begin;
    struct str text;
    bool is_text;
};

static enum salve_code read_rows(void *with, char *into, size_t room, size_t *got, struct salve_err *err)
{
    struct rows *rows = with;
    ssize_t count;
    do count = read(rows->fd, into, room);
    while (count < 0 && errno == EINTR);
    if (count < 0) return file_fail(err, rows->path);
    *got = (size_t)count;
    return SALVE_OK;
}

/* What it is is asked before it is opened: a pipe is opened once. */
static enum salve_code open_rows(const struct cli *cli, struct rows *rows, struct salve_err *err)
{
    struct stat info;
    const char *path = cli->words[0];
    bool is_stdin = strcmp(path, "-") == 0;
    *rows = (struct rows){.path = path, .fd = -1};
    if ((is_stdin ? fstat(STDIN_FILENO, &info) : stat(path, &info)) != 0) return file_fail(err, path);
    rows->is_text = !S_ISREG(info.st_mode);
    if (rows->is_text) return file_read(path, SALVE_RESOURCE_BYTES_MAX, cli->mem, &rows->text, err);
    rows->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (rows->fd < 0) return file_fail(err, path);
    rows->begin = lseek(rows->fd, 0, SEEK_CUR);
    return rows->begin >= 0 ? SALVE_OK : file_fail(err, path);
}

static void close_rows(struct rows *rows)
{
    if (rows->fd > STDIN_FILENO) (void)close(rows->fd);
    rows->fd = -1;
}

/* From the beginning, each time; `rest` is of a text. */
static enum salve_code begin_rows(struct rows *rows, struct str *rest, struct csv_source *out, struct salve_err *err)
{
    *rest = rows->text;
    *out = rows->is_text ? csv_source_text(rest) : (struct csv_source){read_rows, rows};
    if (rows->is_text || lseek(rows->fd, rows->begin, SEEK_SET) == rows->begin) return SALVE_OK;
    return file_fail(err, rows->path);
}

static enum salve_code import_rows(struct outputs *out, struct rows *rows, const struct visit_import_ask *ask,
                                   struct visit_imported *sum, struct salve_err *err)
{
    struct cli *cli = out->cli;
    struct csv_map *map = NULL;
    struct csv_source file;
    struct str rest, date = cli_option_or(cli, OPT_DATE, "");
    uint64_t lines = 0;
    bool is_enrol = cli_has(cli, OPT_ENROL);
    TRY(read_map(cli, is_enrol, &map, err));
    enum salve_code code = begin_rows(rows, &rest, &file, err);
    if (code == SALVE_OK) code = csv_file_check(map, &file, cli->mem, &lines, err);
    if (code == SALVE_OK) code = begin_rows(rows, &rest, &file, err);
    out->progress = cli_progress_start(cli, "import", lines > 0 ? lines - 1 : 0);
    if (code == SALVE_OK)
        code = is_enrol ? visit_import_rows(&cli->visit, map, &file, date, ask, sum, err)
                        : visit_import_results(&cli->visit, map, &file, date, ask, sum, err);
    cli_progress_end(&out->progress);
    if (code != SALVE_OK) salve_err_in(err, "%s", cli->words[0]);
    return code;
}

/* --- the whole import --------------------------------------------------------------------------------------------- */

static enum salve_code open_file(const struct cli *cli, struct rows *rows, struct str *bytes, struct salve_err *err)
{
    *rows = (struct rows){.fd = -1};
    if (cli_has(cli, OPT_MAP)) return open_rows(cli, rows, err);
    return file_read(cli->words[cli->word_count - 1], SALVE_RESOURCE_BYTES_MAX, cli->mem, bytes, err);
}

/* Into new records, of one person of a FHIR file or of a person a row. */
static enum salve_code import_new(struct outputs *out, struct rows *rows, struct visit_import_ask *ask,
                                  struct visit_imported *sum, struct salve_err *err)
{
    struct cli *cli = out->cli;
    struct str bytes;
    struct consent_grant grant;
    struct visit_screening screening = {0};
    TRY(open_file(cli, rows, &bytes, err));
    if (cli_has(cli, OPT_PURPOSE)) TRY(cli_grant_read(cli, &grant, NULL, err));
    if (cli_has(cli, OPT_PURPOSE)) ask->grant = &grant;
    TRY(cli_accepted(cli, VISIT_FORMS | VISIT_RANGES, err));
    TRY(visit_ranges(cli->visit.content, &ask->ranges, err));
    TRY(visit_screening(&cli->visit, &screening, err));
    ask->alarms = ask->screening = &screening;
    return cli_has(cli, OPT_MAP) ? import_rows(out, rows, ask, sum, err)
                                 : visit_import_new(&cli->visit, bytes, ask, sum, err);
}

/* Into records that are there: of the person with the card, or of whoever the rows of a CSV file name. */
static enum salve_code import_known(struct outputs *out, struct rows *rows, struct visit_import_ask *ask,
                                    struct visit_imported *sum, struct salve_err *err)
{
    struct str bytes;
    struct cli *cli = out->cli;
    struct visit_screening screening = {0};
    TRY(cli_content(cli, (struct visit_content_ask){.parts = VISIT_ALARMS | VISIT_RANGES}, err));
    TRY(visit_ranges(cli->visit.content, &ask->ranges, err));
    TRY(visit_screening(&cli->visit, &screening, err));
    ask->alarms = &screening;
    TRY(open_file(cli, rows, &bytes, err));
    static const struct rec_rows_state fresh = {0};
    if (out->urgent != NULL) TRY(cli_urgent_begun(out->urgent, cli_option(cli, OPT_URGENT), &fresh, err));
    if (cli_has(cli, OPT_MAP)) return import_rows(out, rows, ask, sum, err);
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
    if (!is_enrol && !is_results && cli_has(cli, OPT_URGENT))
        what = "--urgent is for rows; of one person it is said at once";
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

static void imported_text(const struct cli *cli, struct visit_imported *sum, struct buf *out)
{
    bool is_results = cli_has(cli, OPT_MAP) && !cli_has(cli, OPT_ENROL);
    buf_addf(out, "%llu %s, %llu resources came, %llu kept, %llu of staff and places not kept with the person.\n",
             (unsigned long long)sum->people, is_results ? "rows" : "people", (unsigned long long)sum->resources_in,
             (unsigned long long)sum->kept, (unsigned long long)sum->commons);
    cli_again_text(sum, out);
    if (sum->enrolled_only > 0)
        buf_addf(out,
                 "%llu of them only enrolled: no whole agreement to care in the file; their lines are named above.\n",
                 (unsigned long long)sum->enrolled_only);
    if (sum->less_urgent > 0)
        buf_addf(out, "%llu of these with a value that a clinician has to see today.\n",
                 (unsigned long long)sum->less_urgent);
    if (sum->emergency + sum->same_day > 0)
        buf_addf(out,
                 "%llu people with an EMERGENCY NOW, %llu for a clinician TODAY%s; 'salve inbox' lists the tickets.\n",
                 (unsigned long long)sum->emergency, (unsigned long long)sum->same_day,
                 cli_has(cli, OPT_URGENT) ? ", their rows in the --urgent file" : "");
    if (sum->waiting > 0)
        buf_addf(
            out,
            "%llu results with unlikely numbers wait to be confirmed: alarms look at them, nothing else does. Look at "
            "them; where they are right, give the same file again with --yes.\n",
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
    struct rows rows = {.fd = -1};
    struct visit_imported sum = {0};
    struct visit_import_ask ask = {.minimise = cli_has(cli, OPT_MINIMISE),
                                   .correct = cli_has(cli, OPT_YES),
                                   .watch = {.card = keep_card,
                                             .less = tell_less,
                                             .rejects = keep_rejects,
                                             .issues = print_issues,
                                             .person = step,
                                             .alarms = tell_alarms,
                                             .urgent = keep_urgent,
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
    if (code == SALVE_OK)
        code = is_enrol ? import_new(&out, &rows, &ask, &sum, err) : import_known(&out, &rows, &ask, &sum, err);
    close_rows(&rows);
    code = close_output(out.rejects, cli_option(cli, OPT_REJECTS), code, err);
    code = close_output(out.cards, cli_option(cli, OPT_OUTPUT), code, err);
    code = close_output(out.urgent, cli_option(cli, OPT_URGENT), code, err);
    if (sum.rule_count > 0 || sum.enrolled_only > 0 || sum.refused_rows > 0) cli->exit_status = 5;
    if (code != SALVE_OK && sum.people == 0) return code;
    bool is_done = code == SALVE_OK && !cli_interrupted();
    enum salve_code printed = print_imported(cli, &sum, is_done, code == SALVE_OK ? err : NULL);
    tell_not_judged(cli, &sum.findings);
    if (sum.same_day > 0) cli->exit_status = cli_urgency_status(URGENCY_SAME_DAY);
    if (sum.emergency > 0) cli->exit_status = cli_urgency_status(URGENCY_EMERGENCY_NOW);
    cli_stale_tell(cli, sum.stale, sum.stale_urgent);
    if (is_enrol && !is_done)
        cli_say(
            cli,
            "Stopped after %llu people; their slips or cards are in %s. The same command goes on from here; rows that "
            "come later in the file may be mended before.",
            (unsigned long long)sum.people, cli_option(cli, OPT_OUTPUT));
    return code == SALVE_OK ? printed : code;
}
