/* SPDX-License-Identifier: Apache-2.0
 * doctor: what is wrong with this machine and the site, and what to do next. */
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cli/cli_commands.h"
#include "cli/cli_doctor.h"
#include "cli/cli_open.h"
#include "cli/cli_reply.h"
#include "confine/confine.h"
#include "visit/check.h"
#include "visit/clinic.h"
#include "visit/content.h"

void doctor_tell(struct doctor *doctor, bool is_good, const char *what, const struct salve_err *err, const char *next)
{
    struct cli_reply *reply = &doctor->reply;
    char where[SALVE_ERR_WHERE_BYTES];
    struct str why = STR("");
    doctor->faults += !is_good;
    if (!is_good && err != NULL)
        why = arena_printf(doctor->cli->mem, "%s: %s%s%s", salve_code_what(err->code), salve_err_where(err, where),
                           err->why[0] == '\0' ? "" : "; ", err->why);
    if (next == NULL) next = err != NULL && !is_good ? salve_code_next(err->code) : "";
    cli_reply_enter(reply, NULL, '{');
    cli_reply_bool(reply, "ok", is_good);
    cli_reply_text(reply, "what", str_of(what));
    if (why.len > 0) cli_reply_text(reply, "why", why);
    if (!is_good) cli_reply_text(reply, "next", str_of(next));
    cli_reply_leave(reply);
    cli_reply_words(reply, "%-5s %s\n", is_good ? "ok" : "FAULT", what);
    if (why.len > 0) cli_reply_words(reply, "      why:  %.*s\n", STR_ARGS(why));
    if (!is_good) cli_reply_words(reply, "      next: %s\n", next);
}

static void check_share(struct doctor *doctor)
{
    struct salve_err err = {0};
    struct cli *cli = doctor->cli;
    bool is_found = cli_content(cli, (struct visit_content_ask){.parts = VISIT_ALL}, &err) == SALVE_OK;
    doctor_tell(doctor, is_found, "folder of guidelines, forms and letters", NULL,
                "build with 'make', or name it with --share");
    if (!is_found) return;
    const struct visit_content *content = cli->visit.content;
    bool is_loaded = content->broken_count == 0 && content->guideline_count > 0;
    doctor_tell(doctor, is_loaded, "guidelines load", content->broken_count > 0 ? &content->broken[0].err : &err,
                "run 'salve guideline check'");
    char hex[2 * CONSENT_SHA256_BYTES + 1];
    uint8_t sha256[CONSENT_SHA256_BYTES];
    if (visit_content_digest(content, cli->mem, sha256, &err) != SALVE_OK) return;
    str_hex(sha256, sizeof sha256, hex);
    cli_reply_words(&doctor->reply, "      content %.16s, %zu files\n", hex, content->file_count);
}

/* Where the copies are, and of when. */
static void tell_places(struct doctor *doctor, const struct site_backup_state *state, long long age_days)
{
    if (state->at_unix_ms == 0)
        cli_reply_words(&doctor->reply, "      data never;");
    else
        cli_reply_words(&doctor->reply, "      data %lld days ago, %.*s;", age_days, STR_ARGS(state->data));
    if (state->keys_at_unix_ms == 0)
        cli_reply_words(&doctor->reply, " keys never\n");
    else
        cli_reply_words(&doctor->reply, " keys %u renewals ago, %.*s\n", state->renewals_since, STR_ARGS(state->keys));
}

/* What is lost with this disk, and with the next renewals of the keys. */
static void check_backup(struct doctor *doctor)
{
    struct salve_err err = {0};
    struct cli *cli = doctor->cli;
    struct site *site = cli->visit.site;
    struct site_backup_state state;
    if (site_backup_state(site, cli->mem, &state, &err) != SALVE_OK) {
        doctor_tell(doctor, false, "backups are known", &err, NULL);
        return;
    }
    long long age_days = (long long)((site_now_unix_ms(site) - state.at_unix_ms) / 86400000);
    bool is_copied = state.keys_at_unix_ms != 0;
    if (state.at_unix_ms == 0 && !is_copied && (state.renewals_since < 3 || site_is_made_up(site))) {
        cli_reply_words(&doctor->reply, "-     no backup yet: with this disk all is lost; 'salve backup' makes one\n");
        return;
    }
    doctor_tell(doctor, state.at_unix_ms != 0 && age_days <= 7,
                state.at_unix_ms == 0 ? "the data were backed up" : "the data were backed up within 7 days", NULL,
                "run 'salve backup' every night");
    doctor_tell(doctor, is_copied && state.renewals_since < 2,
                "the copy of the keys is as new as the newest renewal but one", NULL,
                "run 'salve backup DIR --keys DIR': without such a copy all records are lost with this disk");
    if (is_copied)
        doctor_tell(doctor, state.keys_code == SALVE_OK, "the copy of the keys is in its place and opens",
                    &state.keys_err, "connect its disk, or take another: 'salve backup DIR --keys DIR'");
    tell_places(doctor, &state, age_days);
}

/* The alarms are always on; what a clinician here has not confirmed says so in every finding. */
static void check_alarms(struct doctor *doctor)
{
    struct cli *cli = doctor->cli;
    struct salve_err err = {0};
    const struct guideline *alarms = NULL;
    struct screen_acceptance acceptance = {0};
    if (cli->visit.content == NULL) return;
    bool is_there = visit_guideline(cli->visit.content, STR(SCREEN_ALARMS), &alarms, &err) == SALVE_OK;
    if (!is_there) {
        doctor_tell(doctor, false, "the alarms load", &err,
                    "put the folder guidelines/" SCREEN_ALARMS
                    " back: until then nobody is judged and no letter is made");
        return;
    }
    bool is_confirmed = screen_accepted(cli->visit.site, alarms, cli->mem, &acceptance, &err) == SALVE_OK;
    doctor_tell(doctor, true,
                is_confirmed
                    ? "the alarms are on, their lines confirmed by a clinician here"
                    : "the alarms are on, their lines not yet confirmed by this clinic's doctor ('salve guideline "
                      "accept " SCREEN_ALARMS "')",
                NULL, NULL);
}

/* No fault of the machine: what a clinician or manager still has to say. */
static void say_not_ready(struct doctor *doctor, bool is_missing, const char *what, const char *next)
{
    struct cli_reply *reply = &doctor->reply;
    if (!is_missing) return;
    doctor->is_closed = true;
    cli_reply_enter(reply, NULL, '{');
    cli_reply_bool(reply, "ready", false);
    cli_reply_text(reply, "what", str_of(what));
    cli_reply_text(reply, "next", str_of(next));
    cli_reply_leave(reply);
    cli_reply_words(reply, "-     not ready to open: %s\n      next: %s\n", what, next);
}

/* Where each action takes a person, and who answers: said before the site opens. */
static void check_clinic(struct doctor *doctor)
{
    struct cli *cli = doctor->cli;
    struct salve_err err = {0};
    struct visit_clinic clinic;
    struct visit_lacks lacks;
    if (cli->visit.content == NULL) return;
    enum salve_code code = visit_clinic(&cli->visit, &clinic, &err);
    if (code == SALVE_OK) code = visit_clinic_lacks(&cli->visit, &clinic, &lacks, &err);
    if (code != SALVE_OK) {
        doctor_tell(doctor, false, "what letters say of the clinic", &err, NULL);
        return;
    }
    struct str places = arena_printf(cli->mem, "actions without a place: %.*s", STR_ARGS(lacks.places));
    say_not_ready(doctor, lacks.clinician, "no clinician works here",
                  "salve staff --staff NAME:clinician --as MANAGER");
    say_not_ready(doctor, lacks.places.len > 0, places.ptr == NULL ? "places" : places.ptr,
                  "salve settings --place ACTION='name; address; telephone; hours' --as MANAGER, or =here");
    say_not_ready(doctor, lacks.after_hours, "nothing is said of what holds outside the hours",
                  "salve settings --place after-hours='name; address; telephone; hours' --as MANAGER");
    say_not_ready(doctor, lacks.caller, "nobody is named who rings people about results that come after closing",
                  "salve settings --set caller='WHO' --as MANAGER");
    say_not_ready(doctor, lacks.crisis, "no number for somebody who thinks of harming themself",
                  "salve settings --set crisis='NUMBER' --as MANAGER");
    say_not_ready(doctor, lacks.telephone, "the clinic's address, telephone or hours",
                  "salve settings --set address=.. --set telephone=.. --set hours=.. --as MANAGER");
}

/* What is in force stays so until somebody accepts what is here now: that it waits is said. */
static void check_waiting(struct doctor *doctor)
{
    struct cli *cli = doctor->cli;
    struct screen_acceptance unused;
    size_t waiting = 0;
    for (size_t i = 0; cli->visit.content != NULL && i < cli->visit.content->guideline_count; i++)
        waiting += screen_accepted(cli->visit.site, cli->visit.content->guidelines[i], cli->mem, &unused, NULL) ==
                   SALVE_E_CONFLICT;
    if (waiting > 0)
        cli_reply_words(&doctor->reply,
                        "-     %zu guidelines are here in another version than is in force: 'salve guideline list'\n",
                        waiting);
}

enum { GUESSED_CODES_MAX = 50 };

static void check_open_site(struct doctor *doctor)
{
    struct salve_err err = {0};
    struct site *site = doctor->cli->visit.site;
    struct site_facts facts = {0};
    const struct zone *zone = NULL;
    doctor_tell(doctor, !site_clock_suspect(site), "the clock fits the last use", NULL, salve_code_next(SALVE_E_CLOCK));
    doctor_tell(doctor, site_zone(site, &zone, &err) == SALVE_OK, "the time zone of the site can be read", &err, NULL);
    say_not_ready(doctor, site_settings(site)->zone.len == 0, "no time zone is set: the days are those of UTC",
                  "salve settings --zone ZONE --as MANAGER");
    if (site_facts(site, doctor->cli->mem, &facts, &err) == SALVE_OK) {
        int64_t age_days = (site_now_unix_ms(site) - facts.rotated_at_unix_ms) / 86400000;
        bool is_known = facts.rotated_at_unix_ms != 0; /* what nobody can tell counts as never */
        doctor_tell(doctor, is_known && age_days <= 7,
                    is_known ? "keys were renewed within 7 days" : "keys were renewed once", NULL,
                    "run 'salve keys rotate' every night");
        uint32_t guessed = site_guessed_codes(site);
        doctor_tell(doctor, guessed < GUESSED_CODES_MAX, "few codes were tried that nobody has", NULL,
                    "somebody may be guessing codes of cards or letters: look who was at this machine");
        if (guessed > 0) cli_reply_words(&doctor->reply, "      %u of them since there was a day without\n", guessed);
        cli_reply_words(&doctor->reply, "      log %.*s, %llu leaves, padding among them; layout %u%s\n",
                        STR_ARGS(facts.origin), (unsigned long long)facts.log_size, facts.layout,
                        site_is_made_up(site) ? "; its people are made up" : "");
    }
    check_alarms(doctor);
    check_clinic(doctor);
    check_waiting(doctor);
    check_backup(doctor);
    doctor_names(doctor, true);
    bool is_closed = cli_close(doctor->cli, SALVE_OK, &err) == SALVE_OK;
    doctor_tell(doctor, is_closed, "the site closes", NULL, salve_code_next(err.code));
}

static void check_site(struct doctor *doctor)
{
    struct salve_err err = {0};
    struct statvfs disk;
    const char *dir = cli_site_dir(doctor->cli);
    if (access(dir, F_OK) != 0) {
        cli_reply_words(&doctor->reply, "-     no site in %s; 'salve init' makes one\n", dir);
        return;
    }
    bool is_roomy = statvfs(dir, &disk) != 0 || (uint64_t)disk.f_bavail * disk.f_frsize > (uint64_t)256 << 20;
    doctor_tell(doctor, is_roomy, "256 MiB of free disk or more", NULL, "free some room on the disk of the site");
    struct stat info;
    bool is_closed = stat(dir, &info) == 0 && (info.st_mode & 077) == 0;
    doctor_tell(doctor, is_closed, "the folder is closed to others", NULL, "chmod 700 the folder of the site");
    bool is_open = cli_open(doctor->cli, CLI_NOBODY, &err) == SALVE_OK;
    doctor_tell(doctor, is_open, "the site opens", &err, NULL);
    if (is_open) check_open_site(doctor);
}

/* Whether a server can run here, and how. */
static void check_confinement(struct doctor *doctor)
{
    doctor_tell(doctor, true,
                confine_landlock_abi() > 0
                    ? "the processes of a server can be confined to their files (Landlock)"
                    : "this kernel has no Landlock: 'salve serve' needs --without-landlock, and its "
                      "processes are then not confined to their files",
                NULL, NULL);
}

enum salve_code cli_doctor(struct cli *cli, struct salve_err *err)
{
    struct doctor doctor = {.cli = cli};
    cli_reply_open(&doctor.reply, cli, '[');
    check_share(&doctor);
    check_confinement(&doctor);
    check_site(&doctor);
    cli->exit_status = doctor.faults > 0;
    cli_reply_words(&doctor.reply, "%s\n", doctor.faults == 0 ? "No fault was found." : "See the lines marked FAULT.");
    if (doctor.is_closed)
        cli_reply_words(&doctor.reply, "The site is not ready to open for people; alarms are on all the same.\n");
    return cli_reply_done(&doctor.reply, err);
}
