/* SPDX-License-Identifier: Apache-2.0
 * Import on the command line: one person's resources into their record, or with --enrol one new person for every row of
 * a CSV file or Bundle. Admission decides; with --minimise what is left out is counted by rule and written to
 * --rejects. */
#include <errno.h>
#include <fcntl.h>
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
#include "fhir/outcome.h"
#include "fhir/tape_edit.h"
#include "json/json.h"
#include "records/rights.h"

enum { RULES_MAX = 64 };

struct importing {
    struct cli *cli;
    struct site *site;
    struct actor actor;
    struct admit_rules *rules;
    struct csv_map *map;
    struct consent_grant grant; /* --enrol: what each person agreed to */
    bool has_grant;
    struct screen *screen; /* --enrol: evaluates what was just imported; NULL if nothing is accepted here */
    struct screen_counts counts;
    FILE *rejects, *cards;
    struct admit_count left_out[RULES_MAX];
    size_t rule_count;
    uint64_t people, resources_in, kept, commons, skipped;
};

static enum salve_code open_output(const char *path, FILE **out, struct salve_err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    *out = fd < 0 ? NULL : fdopen(fd, "w");
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

static void count_left_out(struct importing *im, const struct import_done *done)
{
    for (size_t i = 0; i < done->rule_count; i++) {
        size_t at = 0;
        while (at < im->rule_count && strcmp(im->left_out[at].rule, done->counts[i].rule) != 0) at++;
        if (at == RULES_MAX) return;
        if (at == im->rule_count) im->left_out[im->rule_count++] = (struct admit_count){done->counts[i].rule, 0};
        im->left_out[at].count += done->counts[i].count;
    }
}

static void print_issues(const struct fhir_issues *issues, struct arena *mem)
{
    struct buf out;
    struct str text;
    buf_init(&out, mem, 4 << 20);
    outcome_add(issues, &out);
    buf_add_char(&out, '\n');
    if (buf_done(&out, &text, NULL) == SALVE_OK) cli_write(text);
}

/* The cards are shown once: nothing that holds some is written over. */
static enum salve_code refuse_existing(const char *path, struct salve_err *err)
{
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size == 0) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONFLICT, "the file exists and may hold cards, which are shown once; name another",
                        "--output %s", path);
}

/* A card reaches the disk before anything else is done for its person: without it nobody could ever open the record. */
static enum salve_code keep_card(struct importing *im, struct str subject, struct str card, struct salve_err *err)
{
    const char *path = cli_option(im->cli, OPT_OUTPUT);
    if (im->cards == NULL) return SALVE_OK;
    if (fprintf(im->cards, "%.*s,%.*s\n", STR_ARGS(subject), STR_ARGS(card)) < 0 || fflush(im->cards) != 0)
        return file_fail(err, path);
    return fdatasync(fileno(im->cards)) == 0 || errno == EINVAL || errno == EROFS ? SALVE_OK : file_fail(err, path);
}

/* --- one person --------------------------------------------------------------------------------------------------- */

/* A file about somebody else would replace the person's name and mix two people's results. */
static enum salve_code same_person(const struct cli *cli, const struct tape *kept, const struct tape *bundle,
                                   struct salve_err *err)
{
    fhir_name_id entry = fhir_name_find(STR("entry"));
    tape_at root = tape_root(bundle);
    struct str known = tape_child_text(kept, tape_root(kept), "birthDate");
    for (tape_at at = tape_first(bundle, root); at != TAPE_NONE; at = tape_next(bundle, root, at)) {
        tape_at resource = tape_path_name(bundle, at) == entry ? tape_get(bundle, at, "resource") : TAPE_NONE;
        if (resource == TAPE_NONE || tape_type(bundle, resource) != fhir_type_find(STR("Patient"))) continue;
        struct str told = tape_child_text(bundle, resource, "birthDate");
        if (known.len == 0 || told.len == 0 || str_eq(known, told) || cli_has(cli, OPT_YES)) continue;
        return salve_refuse(err, SALVE_E_CONFLICT,
                            "it is not the birth date of the person with this card; --yes if it is to be corrected",
                            "Patient.birthDate");
    }
    return SALVE_OK;
}

static enum salve_code patient_id(const struct cli *cli, const struct tape *bundle, struct rec_view *view,
                                  struct str *out, struct salve_err *err)
{
    const struct rec_resource *resources = NULL;
    size_t count = 0;
    enum salve_code code = rec_all(view, CLASS_BIT(CLASS_IDENT), &resources, &count, err);
    *out = STR("");
    for (size_t i = 0; code == SALVE_OK && i < count; i++)
        if (cli_is_patient(&resources[i].tape)) {
            *out = resources[i].id;
            code = same_person(cli, &resources[i].tape, bundle, err);
        }
    return code;
}

static enum salve_code save(struct importing *im, struct rec_view *view, const struct import_done *done,
                            struct arena *mem, struct salve_err *err)
{
    struct rec_item *items = arena_array(mem, struct rec_item, done->resource_count + 1);
    if (items == NULL) return salve_fail(err, SALVE_E_MEMORY, "import");
    for (size_t i = 0; i < done->resource_count; i++) items[i].tape = &done->resources[i].tape;
    enum salve_code code = rec_save(view, items, done->resource_count, NULL, mem, err);
    if (code != SALVE_OK) return code;
    /* Only now: a rejects file never speaks of something that was not imported. */
    if (im->rejects != NULL && done->rejects.len > 0)
        (void)fwrite(done->rejects.ptr, 1, done->rejects.len, im->rejects);
    count_left_out(im, done);
    im->resources_in += done->resources_in;
    im->kept += done->resource_count;
    im->commons += done->commons;
    return SALVE_OK;
}

static enum salve_code import_bundle(struct importing *im, struct rec_view *view, const struct tape *bundle,
                                     struct arena *mem, struct salve_err *err)
{
    char compartment[COMPARTMENT_TEXT_BYTES + 1];
    struct import_done done = {0};
    struct import_ask ask = {.rules = im->rules, .next = rec_next_number, .ctx = view};
    compartment_text(rec_compartment(view), compartment);
    ask.compartment = str_of(compartment);
    ask.minimise = cli_has(im->cli, OPT_MINIMISE);
    enum salve_code code = patient_id(im->cli, bundle, view, &ask.patient_id, err);
    if (code == SALVE_OK) code = import_run(&ask, bundle, mem, &done, err);
    if (code == SALVE_E_NOT_ADMITTED && done.issues != NULL) print_issues(done.issues, mem);
    return code == SALVE_OK ? save(im, view, &done, mem, err) : code;
}

static enum salve_code read_bundle(struct str bytes, struct arena *mem, struct tape *out, struct salve_err *err)
{
    struct fhir_issues issues;
    fhir_issues_init(&issues, mem);
    enum salve_code code = import_read(bytes, mem, out, &issues, err);
    if (code == SALVE_E_INVALID) print_issues(&issues, mem);
    return code;
}

static enum salve_code import_one(struct importing *im, struct salve_err *err)
{
    struct cli *cli = im->cli;
    struct str bytes;
    struct tape bundle;
    struct rec_view *view = NULL;
    enum salve_code code = file_read(cli->words[1], SALVE_RESOURCE_BYTES_MAX, cli->mem, &bytes, err);
    if (code == SALVE_OK) code = read_bundle(bytes, cli->mem, &bundle, err);
    if (code == SALVE_OK) code = cli_view_open(cli, im->site, cli->words[0], im->actor, &view, err);
    if (code == SALVE_OK) code = import_bundle(im, view, &bundle, cli->mem, err);
    im->people = code == SALVE_OK;
    return cli_view_close(&view, code, err);
}

/* --- new people --------------------------------------------------------------------------------------------------- */

/* The Patient as it may be kept, from a Bundle that may hold more than that. */
static enum salve_code admitted_patient(struct importing *im, const struct tape *bundle, struct arena *mem,
                                        struct tape *out, struct salve_err *err)
{
    struct admit_kept kept;
    fhir_name_id entry = fhir_name_find(STR("entry"));
    enum salve_code code = SALVE_OK;
    if (cli_has(im->cli, OPT_MINIMISE)) {
        code = admit_minimise(im->rules, bundle, STR(""), mem, &kept, err);
        bundle = &kept.tape;
    }
    if (code != SALVE_OK) return code;
    tape_at root = bundle->node_count == 0 ? TAPE_NONE : tape_root(bundle);
    for (tape_at at = root == TAPE_NONE ? TAPE_NONE : tape_first(bundle, root); at != TAPE_NONE;
         at = tape_next(bundle, root, at)) {
        tape_at resource = tape_path_name(bundle, at) == entry ? tape_get(bundle, at, "resource") : TAPE_NONE;
        if (resource == TAPE_NONE || tape_type(bundle, resource) != fhir_type_find(STR("Patient"))) continue;
        return tape_copy(bundle, resource, NULL, NULL, mem, out, err);
    }
    return salve_refuse(err, SALVE_E_INVALID, "there is no Patient in it", "Bundle");
}

static enum salve_code screen_new(struct importing *im, struct rec_view *view, struct arena *mem, struct salve_err *err)
{
    struct finding *findings = NULL;
    size_t count = 0;
    if (im->screen == NULL) return SALVE_OK;
    enum salve_code code = screen_run(im->screen, view, mem, &findings, &count, err);
    return code == SALVE_OK ? screen_counts_add(&im->counts, findings, count, im->cli->mem, err) : code;
}

static enum salve_code enrol_and_import(struct importing *im, struct str subject, struct str json, struct arena *mem,
                                        struct salve_err *err)
{
    struct tape bundle, patient;
    struct rec_enrolled enrolled;
    struct rec_view *view = NULL;
    enum salve_code code = read_bundle(json, mem, &bundle, err);
    if (code == SALVE_OK) code = admitted_patient(im, &bundle, mem, &patient, err);
    if (code == SALVE_OK) code = rec_enrol(im->site, im->actor, &patient, mem, &enrolled, err);
    if (code == SALVE_OK) code = keep_card(im, subject, enrolled.card, err);
    if (code == SALVE_OK && im->has_grant)
        code = rec_consent_give(im->site, im->actor, enrolled.card, &im->grant, mem, NULL, err);
    if (code == SALVE_OK) {
        struct str card = arena_printf(mem, "%.*s", STR_ARGS(enrolled.card));
        code = cli_view_open(im->cli, im->site, card.ptr, im->actor, &view, err);
    }
    if (code == SALVE_OK) code = import_bundle(im, view, &bundle, mem, err);
    if (code == SALVE_OK) code = screen_new(im, view, mem, err);
    code = cli_view_close(&view, code, err);
    if (code != SALVE_OK) return code;
    im->people++;
    return SALVE_OK;
}

static uint64_t count_lines(struct str text)
{
    uint64_t lines = 0;
    struct str line;
    while (str_next_line(&text, &line)) lines += line.len > 0;
    return lines;
}

static enum salve_code import_rows(struct importing *im, struct str text, struct salve_err *err)
{
    struct csv_import csv;
    struct cli_progress progress = cli_progress_start(im->cli, "import", count_lines(text) - 1);
    char today[CLOCK_TEXT_BYTES];
    const char *date = cli_option(im->cli, OPT_DATE);
    struct str when = date == NULL ? clock_date_text(clock_ms(&im->cli->clock), today) : str_of(date);
    enum salve_code code = csv_import_open(im->map, text, when, im->cli->mem, &csv, err);
    for (bool more = code == SALVE_OK; more && code == SALVE_OK && !cli_interrupted();) {
        struct arena *mem = arena_open(SALVE_REQUEST_BYTES_MAX);
        struct str subject, json;
        if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "import");
        code = csv_import_next(&csv, mem, &subject, &json, &more, err);
        if (code == SALVE_OK && more) code = enrol_and_import(im, subject, json, mem, err);
        arena_close(mem);
        cli_progress_step(&progress, im->people, 0);
    }
    cli_progress_end(&progress);
    if (code != SALVE_OK && csv.line > 0) salve_err_place(err, csv.line, 0);
    if (code != SALVE_OK) salve_err_in(err, "%s", im->cli->words[0]);
    return code;
}

static enum salve_code read_map(struct importing *im, struct salve_err *err)
{
    struct str json;
    const char *path = cli_option(im->cli, OPT_MAP);
    enum salve_code code = file_read(path, SALVE_CONFIG_BYTES_MAX, im->cli->mem, &json, err);
    if (code != SALVE_OK) return code;
    code = csv_map_read(json, im->cli->mem, &im->map, err);
    if (code != SALVE_OK) salve_err_in(err, "%s", path);
    return code;
}

static enum salve_code open_screen(struct importing *im, struct salve_err *err)
{
    struct cli_guidelines guidelines = {0};
    enum salve_code code = cli_guidelines_accepted(im->cli, im->site, &guidelines, err);
    if (code != SALVE_OK) return code;
    code = screen_open(im->site, guidelines.list, guidelines.count, im->cli->mem, &im->screen, NULL, err);
    return code == SALVE_E_NOT_FOUND ? SALVE_OK : code; /* none accepted here: nothing is evaluated */
}

static enum salve_code import_new(struct importing *im, struct salve_err *err)
{
    struct cli *cli = im->cli;
    struct str bytes;
    enum salve_code code = file_read(cli->words[0], SALVE_RESOURCE_BYTES_MAX, cli->mem, &bytes, err);
    im->has_grant = cli_has(cli, OPT_PURPOSE);
    if (code == SALVE_OK && im->has_grant) code = cli_grant_fill(cli, &im->grant, err);
    if (code == SALVE_OK) code = open_screen(im, err);
    if (code == SALVE_OK && cli_has(cli, OPT_MAP)) code = read_map(im, err);
    if (code != SALVE_OK) return code;
    return im->map != NULL ? import_rows(im, bytes, err) : enrol_and_import(im, STR(""), bytes, cli->mem, err);
}

/* --- the command -------------------------------------------------------------------------------------------------- */

static enum salve_code check_words(const struct cli *cli, struct salve_err *err)
{
    bool is_enrol = cli_has(cli, OPT_ENROL);
    const char *what = NULL;
    if (is_enrol && cli->word_count != 1) what = "with --enrol give the file alone";
    if (!is_enrol && cli->word_count != 2) what = "give the person's card and the file";
    if (!is_enrol && cli_has(cli, OPT_MAP)) what = "--map goes with --enrol: every row is a new person";
    if (cli_has(cli, OPT_MINIMISE) != cli_has(cli, OPT_REJECTS)) what = "--minimise and --rejects go together";
    if (is_enrol && !cli_has(cli, OPT_OUTPUT)) what = "with --enrol the cards go to --output; they are shown only once";
    if (what == NULL) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, what, "import");
}

static void summary(const struct importing *im, bool is_done)
{
    const struct cli *cli = im->cli;
    uint64_t dropped = 0;
    for (size_t i = 0; i < im->rule_count; i++) dropped += im->left_out[i].count;
    if (cli->is_json) {
        cli_print("{\"people\":%llu,\"resources\":%llu,\"kept\":%llu,\"leftOut\":{", (unsigned long long)im->people,
                  (unsigned long long)im->resources_in, (unsigned long long)im->kept);
        for (size_t i = 0; i < im->rule_count; i++)
            cli_print("%s\"%s\":%u", i == 0 ? "" : ",", im->left_out[i].rule, im->left_out[i].count);
        cli_print("},\"finished\":%s,\"counts\":", is_done ? "true" : "false");
        if (im->counts.count == 0) cli_print("[]\n");
        return;
    }
    cli_print("%llu people, %llu resources came, %llu kept, %llu of staff and places not kept with the person.\n",
              (unsigned long long)im->people, (unsigned long long)im->resources_in, (unsigned long long)im->kept,
              (unsigned long long)im->commons);
    if (dropped > 0) cli_print("Left out by rule, all of it in %s:\n", cli_option(cli, OPT_REJECTS));
    for (size_t i = 0; i < im->rule_count; i++) cli_print("  %-28s %7u\n", im->left_out[i].rule, im->left_out[i].count);
}

static enum salve_code open_outputs(struct importing *im, struct salve_err *err)
{
    const char *rejects = cli_option(im->cli, OPT_REJECTS), *cards = cli_option(im->cli, OPT_OUTPUT);
    enum salve_code code = rejects == NULL ? SALVE_OK : open_output(rejects, &im->rejects, err);
    if (code == SALVE_OK && cards != NULL) code = refuse_existing(cards, err);
    if (code == SALVE_OK && cards != NULL) code = open_output(cards, &im->cards, err);
    if (im->cards != NULL) (void)fprintf(im->cards, "subject,card\n");
    return code;
}

enum salve_code cli_import(struct cli *cli, struct salve_err *err)
{
    struct importing im = {.cli = cli};
    enum salve_code code = check_words(cli, err);
    if (code == SALVE_OK) code = admit_rules_make(NULL, cli->mem, &im.rules, err);
    if (code == SALVE_OK) code = cli_site_open(cli, &im.site, err);
    if (code == SALVE_OK) code = cli_staff_actor(cli, im.site, &im.actor, err);
    if (code == SALVE_OK) code = open_outputs(&im, err);
    if (code == SALVE_OK) code = cli_has(cli, OPT_ENROL) ? import_new(&im, err) : import_one(&im, err);
    code = close_output(im.rejects, cli_option(cli, OPT_REJECTS), code, err);
    code = close_output(im.cards, cli_option(cli, OPT_OUTPUT), code, err);
    bool is_told = code == SALVE_OK || im.people > 0;
    if (is_told) summary(&im, code == SALVE_OK && !cli_interrupted());
    if (is_told && im.counts.count > 0) {
        enum salve_code printed = cli_counts_print(cli, &im.counts, code == SALVE_OK ? err : NULL);
        if (code == SALVE_OK) code = printed;
    }
    if (is_told && cli->is_json) cli_print("}\n");
    if (is_told && cli_has(cli, OPT_ENROL) && (code != SALVE_OK || cli_interrupted()))
        cli_say(
            cli,
            "Stopped after %llu people; their cards are in %s. To go on, give a file with the other rows and another "
            "--output.",
            (unsigned long long)im.people, cli_option(cli, OPT_OUTPUT));
    if (im.rule_count > 0) cli->exit_status = 5;
    return cli_site_close(&im.site, code, err);
}
