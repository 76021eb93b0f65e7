/* SPDX-License-Identifier: Apache-2.0
 * Upkeep of a site: verify, key rotation, doctor; and what the program says of itself. */
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cli/cli_commands.h"
#include "cli/cli_site.h"
#include "guideline/guideline.h"
#include "json/json.h"

/* --- verify ------------------------------------------------------------------------------------------------------- */

struct verifying {
    struct cli *cli;
    struct cli_progress progress;
    const char *step;
    size_t fault_count;
};

static void on_progress(void *with, const char *step, uint64_t done, uint64_t of)
{
    struct verifying *v = with;
    if (v->step != step) v->progress = cli_progress_start(v->cli, step, of);
    v->step = step;
    cli_progress_step(&v->progress, done, 0);
}

static void on_finding(void *with, const struct site_finding *finding)
{
    struct verifying *v = with;
    if (!v->cli->is_json) {
        cli_print("FAULT  %.*s  %.*s%s%.*s: %.*s\n", STR_ARGS(finding->file), STR_ARGS(finding->compartment),
                  finding->compartment.len > 0 ? "  " : "", STR_ARGS(finding->element), STR_ARGS(finding->what));
        return;
    }
    struct buf out;
    struct str text;
    buf_init(&out, NULL, 1 << 16);
    struct json_writer w = {.out = &out};
    json_open(&w, NULL, '{');
    json_put_text(&w, "file", finding->file);
    json_put_text(&w, "compartment", finding->compartment);
    json_put_text(&w, "element", finding->element);
    json_put_text(&w, "what", finding->what);
    json_close(&w);
    if (buf_done(&out, &text, NULL) == SALVE_OK) cli_print("%s\n%.*s", v->fault_count > 0 ? "," : "", STR_ARGS(text));
    v->fault_count++;
    buf_drop(&out);
}

enum salve_code cli_verify(struct cli *cli, struct salve_err *err)
{
    struct cli_secret secret;
    struct site_options options = {.path = cli_site_dir(cli), .clock = cli->clock};
    struct verifying verifying = {.cli = cli};
    struct site_verify_result result = {0};
    struct site_verify_ask ask = {.progress = on_progress, .finding = on_finding, .with = &verifying};
    const char *as = cli_option(cli, OPT_AS);
    ask.actor = (struct actor){.id = str_of(as == NULL ? "" : as), .role = ROLE_TECHNICIAN};
    if (access(options.path, F_OK) != 0)
        return salve_refuse(err, SALVE_E_NOT_FOUND,
                            "there is no site in that folder; 'salve init' makes one, -C names another", "%s",
                            options.path);
    if (cli->is_json) cli_print("{\"faults\":[");
    enum salve_code code = cli_secret_get(cli, false, &secret, &options.secret, err);
    if (code == SALVE_OK) code = site_verify_path(&options, &ask, &result, err);
    cli_secret_drop(&secret);
    if (code != SALVE_OK && code != SALVE_E_INTEGRITY) {
        if (cli->is_json) cli_print("],\"finished\":false}\n");
        return code;
    }
    if (cli->is_json)
        cli_print("],\"compartments\":%llu,\"records\":%llu,\"wraps\":%llu,\"leaves\":%llu,"
                  "\"findings\":%llu,\"finished\":true}\n",
                  (unsigned long long)result.compartments, (unsigned long long)result.records,
                  (unsigned long long)result.wraps, (unsigned long long)result.leaves,
                  (unsigned long long)result.findings);
    else
        cli_print("%llu records in %llu compartments, %llu wraps, %llu log leaves: %s\n",
                  (unsigned long long)result.records, (unsigned long long)result.compartments,
                  (unsigned long long)result.wraps, (unsigned long long)result.leaves,
                  code == SALVE_OK ? "clean" : "NOT clean");
    return code;
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

enum salve_code cli_keys_rotate(struct cli *cli, struct salve_err *err)
{
    struct site *site = NULL;
    struct actor actor;
    struct site_rotation rotation = {0};
    char until[CLOCK_TEXT_BYTES];
    enum salve_code code = cli_site_open(cli, &site, err);
    if (code == SALVE_OK) code = cli_staff_actor(cli, site, &actor, err);
    if (code == SALVE_OK) code = site_rotate(site, actor, &rotation, err);
    if (code == SALVE_OK && cli->is_json)
        cli_print("{\"epoch\":%u,\"renewed\":%llu,\"dropped\":%llu}\n", rotation.epoch,
                  (unsigned long long)rotation.wraps_renewed, (unsigned long long)rotation.wraps_dropped);
    if (code == SALVE_OK && !cli->is_json) {
        struct str horizon = clock_date_text(rotation.horizon_unix_ms, until);
        cli_print("Epoch %u: %llu wraps renewed, %llu dropped. Key backups older than this are useless after %.*s.\n",
                  rotation.epoch, (unsigned long long)rotation.wraps_renewed,
                  (unsigned long long)rotation.wraps_dropped, STR_ARGS(horizon));
    }
    return cli_site_close(&site, code, err);
}

/* --- doctor ------------------------------------------------------------------------------------------------------- */

struct doctor {
    unsigned faults;
    bool is_json;
    struct json_writer w;
};

/* `why` is shown behind a fault only. */
static void tell_why(struct doctor *doctor, bool is_good, const char *what, const char *why, const char *next)
{
    doctor->faults += !is_good;
    if (doctor->is_json) {
        json_open(&doctor->w, NULL, '{');
        json_put_bool(&doctor->w, "ok", is_good);
        json_put_text(&doctor->w, "what", str_of(what));
        if (!is_good && why[0] != '\0') json_put_text(&doctor->w, "why", str_of(why));
        if (!is_good) json_put_text(&doctor->w, "next", str_of(next));
        json_close(&doctor->w);
        return;
    }
    cli_print("%-5s %s\n", is_good ? "ok" : "FAULT", what);
    if (!is_good && why[0] != '\0') cli_print("      why:  %s\n", why);
    if (!is_good) cli_print("      next: %s\n", next);
}

static void tell(struct doctor *doctor, bool is_good, const char *what, const char *next)
{
    tell_why(doctor, is_good, what, "", next);
}

/* What an error says, in one line. */
static const char *err_line(struct cli *cli, const struct salve_err *err)
{
    char where[SALVE_ERR_WHERE_BYTES];
    struct str line = arena_printf(cli->mem, "%s: %s%s%s", salve_code_what(err->code), salve_err_where(err, where),
                                   err->why[0] == '\0' ? "" : "; ", err->why);
    return line.ptr == NULL ? salve_code_what(err->code) : line.ptr;
}

static void check_share(struct cli *cli, struct doctor *doctor)
{
    struct salve_err err = {0};
    struct str share;
    struct guideline **guidelines = NULL;
    size_t count = 0;
    bool is_found = cli_share_dir(cli, &share, &err) == SALVE_OK;
    tell(doctor, is_found, "folder of guidelines, forms and letters", "build with 'make', or name it with --share");
    if (!is_found) return;
    bool is_loaded = guideline_load_all(share.ptr, cli->mem, &guidelines, &count, &err) == SALVE_OK && count > 0;
    tell_why(doctor, is_loaded, "guidelines load", err_line(cli, &err), "run 'salve guideline check'");
}

static void check_disk(struct cli *cli, struct doctor *doctor)
{
    struct statvfs disk;
    bool is_roomy = statvfs(cli_site_dir(cli), &disk) != 0 || (uint64_t)disk.f_bavail * disk.f_frsize > (uint64_t)256
                                                                                                            << 20;
    tell(doctor, is_roomy, "256 MiB of free disk or more", "free some room on the disk of the site");
}

static void check_site(struct cli *cli, struct doctor *doctor)
{
    struct salve_err err = {0};
    struct site *site = NULL;
    struct site_facts facts = {0};
    if (access(cli_site_dir(cli), F_OK) != 0) {
        if (!doctor->is_json) cli_print("-     no site in %s; 'salve init' makes one\n", cli_site_dir(cli));
        return;
    }
    check_disk(cli, doctor);
    bool is_open = cli_site_open(cli, &site, &err) == SALVE_OK;
    tell_why(doctor, is_open, "the site opens", err_line(cli, &err), is_open ? "" : salve_code_next(err.code));
    if (!is_open) return;
    tell(doctor, !site_clock_suspect(site), "the clock runs forward", salve_code_next(SALVE_E_CLOCK));
    if (site_facts(site, cli->mem, &facts, &err) == SALVE_OK) {
        int64_t age_days = (site_now_unix_ms(site) - facts.rotated_at_unix_ms) / 86400000;
        tell(doctor, facts.rotated_at_unix_ms == 0 || age_days <= 7, "keys were renewed within 7 days",
             "run 'salve keys rotate' every night");
        if (!doctor->is_json)
            cli_print("      log %.*s, %llu leaves\n", STR_ARGS(facts.origin), (unsigned long long)facts.log_size);
    }
    tell(doctor, cli_site_close(&site, SALVE_OK, &err) == SALVE_OK, "the site closes", salve_code_next(err.code));
}

enum salve_code cli_doctor(struct cli *cli, struct salve_err *err)
{
    struct buf out;
    struct doctor doctor = {.is_json = cli->is_json};
    buf_init(&out, cli->mem, 1 << 20);
    doctor.w = (struct json_writer){.out = &out, .pretty = true};
    if (cli->is_json) json_open(&doctor.w, NULL, '[');
    check_share(cli, &doctor);
    check_site(cli, &doctor);
    cli->exit_status = doctor.faults > 0;
    if (!cli->is_json)
        return cli_print("%s\n", doctor.faults == 0 ? "All is well." : "See the lines marked FAULT."), SALVE_OK;
    json_close(&doctor.w);
    buf_add_char(&out, '\n');
    return cli_write_buf(&out, true, err);
}

/* --- about the program -------------------------------------------------------------------------------------------- */

#ifndef SALVE_VERSION
#define SALVE_VERSION "0.1.0"
#endif

enum salve_code cli_version(struct cli *cli, struct salve_err *err)
{
    (void)err;
    if (cli->is_json)
        cli_print("{\"version\":\"%s\",\"fhir\":\"4.0.1\"}\n", SALVE_VERSION);
    else
        cli_print("salve %s (FHIR 4.0.1)\n", SALVE_VERSION);
    return SALVE_OK;
}

enum salve_code cli_explain(struct cli *cli, struct salve_err *err)
{
    struct str word = str_of(cli->words[0]);
    int64_t number;
    if (str_starts(word, STR("SLV-"))) word = str_cut(word, 4, word.len);
    bool is_number = str_to_i64(word, &number);
    for (int code = 1; is_number && code < SALVE_CODE_COUNT; code++) {
        if (salve_code_slv((enum salve_code)code) != number) continue;
        if (cli->is_json) {
            cli_print("{\"code\":\"SLV-%d\",\"name\":\"%s\",\"what\":\"%s\",\"next\":\"%s\",\"exit\":%d}\n",
                      salve_code_slv((enum salve_code)code), salve_code_name((enum salve_code)code),
                      salve_code_what((enum salve_code)code), salve_code_next((enum salve_code)code),
                      salve_code_exit((enum salve_code)code));
            return SALVE_OK;
        }
        cli_print("SLV-%d (%s)\n  what: %s\n  next: %s\n  exit status %d\n", salve_code_slv((enum salve_code)code),
                  salve_code_name((enum salve_code)code), salve_code_what((enum salve_code)code),
                  salve_code_next((enum salve_code)code), salve_code_exit((enum salve_code)code));
        return SALVE_OK;
    }
    return salve_refuse(err, SALVE_E_NOT_FOUND, "there is no such error code; they are written SLV-401", "%s",
                        cli->words[0]);
}
