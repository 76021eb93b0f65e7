/* SPDX-License-Identifier: Apache-2.0
 * Making a site: four questions, its keys, its first staff, a sheet for the safe; at the site of the machine also its
 * configuration, what the timers log in with, and the mark that starts the service. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/zone.h"
#include "cli/cli_commands.h"
#include "cli/cli_config.h"
#include "cli/cli_keys.h"
#include "cli/cli_open.h"
#include "cli/cli_owner.h"
#include "cli/cli_staff.h"
#include "cli/cli_tls.h"
#include "crypto/crypto.h"
#include "tls/tls.h"
#include "visit/recovery.h"

#define TIMER       "timer"                /* the technician who backs up */
#define TIMER_FILE  "/etc/salve/timer.pin" /* the service reads it as root */
#define SHEET_FILE  "recovery-sheet.pdf"
#define USUAL_HOST  "salve.home.arpa"
#define USUAL_PORT  "0.0.0.0:443"
#define USUAL_OTHER "0.0.0.0:8443" /* of who is not root */
#define USUAL_PLAIN "0.0.0.0:80"
#define OTHER_PLAIN "0.0.0.0:8081"
struct making {
    struct cli_first_pins pins;
    struct str name, zone, languages;
    const char *manager, *dir;
    const char *says;                  /* how a command on it begins */
    const char *sheet;                 /* NULL: none */
    struct site_certificate authority; /* of a site that certifies its own name */
    bool is_system, has_key_file;
};

/* --- questions ---------------------------------------------------------------------------------------------------- */

/* What the option says, else what is typed, else `otherwise`. */
static enum salve_code ask(struct cli *cli, const char *given, const char *question, const char *otherwise,
                           const char **out, struct salve_err *err)
{
    char line[CLI_LINE_BYTES_MAX], words[256];
    struct str typed;
    bool is_asked = isatty(STDIN_FILENO) == 1 && !cli_has(cli, OPT_YES) && !cli_has(cli, OPT_NO_INPUT);
    *out = given != NULL ? given : otherwise;
    if (given != NULL || !is_asked) return SALVE_OK;
    (void)snprintf(words, sizeof words, "%s [%s]", question, otherwise);
    TRY(cli_ask(cli, words, false, line, sizeof line, err));
    struct str trimmed = str_trim(str_of(line));
    if (trimmed.len == 0) return SALVE_OK;
    TRY(arena_str(cli->mem, trimmed, &typed, err));
    *out = typed.ptr;
    return SALVE_OK;
}

/* How browsers reach it, and by which name; what was said anywhere before is not asked. */
static enum salve_code ask_names(struct cli *cli, const struct making *making, struct salve_err *err)
{
    struct config *config = &cli->config;
    bool is_said = config->values[CONFIG_LISTEN_TLS].source != CONFIG_FROM_DEFAULT;
    const char *tls, *host, *usual = making->is_system ? USUAL_PORT : USUAL_OTHER;
    TRY(ask(
        cli, is_said ? config_text(config, CONFIG_LISTEN_TLS) : NULL,
        "How browsers reach it: local (this machine alone), site (its own certificates), public (given ones), proxy",
        config_text(config, CONFIG_LISTEN_TLS), &tls, err));
    TRY(config_flag(CONFIG_LISTEN_TLS, "--tls", tls, cli->mem, config, err));
    if (config_is(config, CONFIG_LISTEN_TLS, "local")) return SALVE_OK;
    TRY(ask(cli, config_text(config, CONFIG_LISTEN_NAME), "Name of the server", USUAL_HOST, &host, err));
    TRY(config_flag(CONFIG_LISTEN_NAME, "--host", host, cli->mem, config, err));
    TRY(tls_name_check(str_of(host), "--host", err));
    bool is_usual = config->values[CONFIG_LISTEN_ADDRESS].source == CONFIG_FROM_DEFAULT &&
                    !config_is(config, CONFIG_LISTEN_TLS, "proxy");
    if (!is_usual) return SALVE_OK;
    TRY(config_flag(CONFIG_LISTEN_ADDRESS, "--listen", usual, cli->mem, config, err));
    if (config->values[CONFIG_LISTEN_PLAIN].source != CONFIG_FROM_DEFAULT) return SALVE_OK;
    return config_flag(CONFIG_LISTEN_PLAIN, "--plain", making->is_system ? USUAL_PLAIN : OTHER_PLAIN, cli->mem, config,
                       err);
}

static enum salve_code check_languages(struct cli *cli, struct str languages, struct salve_err *err)
{
    struct str share, rest = languages, one;
    TRY(cli_share_dir(cli, &share, err));
    for (bool is_more = true; is_more; rest = is_more ? rest : STR_NONE) {
        struct str after = STR_NONE;
        is_more = str_split(rest, ' ', &one, &after);
        if (!is_more) one = rest;
        struct str path = arena_printf(cli->mem, "%.*s/letters/frame.%.*s.json", STR_ARGS(share), STR_ARGS(one));
        bool is_there = one.len > 0 && str_find(one, STR("/")) < 0 && path.ptr != NULL && access(path.ptr, R_OK) == 0;
        if (!is_there)
            return salve_refuse(err, SALVE_E_USAGE, "there are no letters in that language; write them as 'en ar'",
                                "--languages");
        rest = after;
    }
    return SALVE_OK;
}

static enum salve_code ask_all(struct cli *cli, struct making *making, struct salve_err *err)
{
    const char *name, *languages;
    TRY(ask(cli, cli_option(cli, OPT_NAME), "Name of the site", "Health check", &name, err));
    TRY(ask(cli, cli_option(cli, OPT_LANGUAGES), "Languages", "en ar", &languages, err));
    TRY(check_languages(cli, str_of(languages), err));
    TRY(ask_names(cli, making, err));
    bool has_manager = false;
    for (size_t i = 0; i < cli->options[OPT_STAFF].count; i++)
        has_manager = has_manager || str_ends(str_of(cli->options[OPT_STAFF].value[i]), STR(":manager"));
    TRY(ask(cli, has_manager ? "" : NULL, "Name of the manager, as they log in", "manager", &making->manager, err));
    making->name = str_of(name);
    making->languages = str_of(languages);
    return config_check(&cli->config, err);
}

/* --- members ------------------------------------------------------------------------------------------------------ */

static enum salve_code members_of(struct cli *cli, struct making *making, struct visit_member **members, size_t *count,
                                  struct salve_err *err)
{
    TRY(cli_members_read(cli, members, count, err));
    size_t before = *count;
    visit_manager_add(*members, count);
    if (*count > before) (*members)[before].id = str_of(making->manager);
    if (making->is_system) {
        struct visit_member *timer = &(*members)[(*count)++];
        *timer = (struct visit_member){.id = STR(TIMER), .role = ROLE_TECHNICIAN};
        TRY(visit_phrase_make(cli->mem, &timer->secret, err));
    }
    TRY(visit_site_check(making->name, *members, *count, err)); /* before a passphrase is asked for */
    return cli_first_pins(cli, *members, *count, &making->pins, err);
}

/* --- what root writes, before it becomes the owner ---------------------------------------------------------------- */

static enum salve_code write_config(struct cli *cli, const char *path, struct salve_err *err)
{
    static const enum config_key keys[] = {CONFIG_LISTEN_ADDRESS, CONFIG_LISTEN_NAME, CONFIG_LISTEN_TLS,
                                           CONFIG_LISTEN_PLAIN};
    struct str text = STR("");
    enum salve_code code = file_read(path, SALVE_CONFIG_FILE_BYTES_MAX, cli->mem, &text, err);
    if (code != SALVE_OK && code != SALVE_E_NOT_FOUND) return code;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const struct config_value *value = &cli->config.values[keys[i]];
        bool is_fresh = value->source != CONFIG_FROM_DEFAULT && value->source != CONFIG_FROM_FILE;
        if (is_fresh) TRY(config_set(text, keys[i], value->text, cli->mem, &text, err));
    }
    return file_write(path, text, 0644, err);
}

static enum salve_code write_timer(const struct cli *cli, const struct visit_member *members, size_t count,
                                   struct salve_err *err)
{
    const struct visit_member *timer = &members[count - 1];
    struct str line = arena_printf(cli->mem, "%.*s %.*s\n", STR_ARGS(timer->id), STR_ARGS(timer->secret));
    if (line.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, TIMER_FILE);
    return file_write(TIMER_FILE, line, 0600, err);
}

/* The sheet holds the key, so that is made first; one that is there is used. */
static enum salve_code write_first(struct cli *cli, const struct making *making, const struct visit_member *members,
                                   size_t count, struct salve_err *err)
{
    const char *key_file = config_text(&cli->config, CONFIG_STORE_KEY_FILE);
    struct str language = making->languages, rest;
    if (!str_split(making->languages, ' ', &language, &rest)) language = making->languages;
    if (making->sheet != NULL) {
        if (key_file != NULL) TRY(cli_key_file_make(key_file, err));
        TRY(cli_recovery_sheet(cli, making->name, language, making->sheet, err));
    }
    if (!making->is_system) return SALVE_OK;
    TRY(write_timer(cli, members, count, err));
    return write_config(cli, cli->config_file, err);
}

/* --- telling ------------------------------------------------------------------------------------------------------ */

/* Whose days count: what was said, else what the machine is set to. */
static void tell_zone(const struct making *making, struct cli_reply *reply)
{
    const char *how = cli_has(making->pins.cli, OPT_ZONE) ? "."
                      : making->zone.len > 0 ? ", as this machine is set; 'salve settings --zone' changes it."
                                             : ": this machine says none. Set it with 'salve settings --zone'.";
    struct str zone = making->zone.len > 0 ? making->zone : STR("UTC");
    cli_reply_text(reply, "zone", zone);
    cli_reply_words(reply, "The time zone of the site is %.*s%s\n", STR_ARGS(zone), how);
}

static void tell_next(const struct making *making, struct cli_reply *reply)
{
    if (making->authority.der.len > 0)
        cli_reply_words(reply,
                        "Next: print the sheet by which devices learn to trust this site:  %s tls sheet -o "
                        "trust.pdf\n",
                        making->says);
    const char *says = making->says, *file = making->has_key_file ? "key file" : "passphrase";
    cli_reply_words(reply,
                    "Next: more staff with  %s staff --as MANAGER --staff NAME:ROLE  ('salve staff' lists "
                    "them)\n"
                    "Next: a clinician accepts the guidelines to be used:  %s guideline list\n",
                    says, says);
    if (making->is_system)
        cli_reply_words(
            reply, "Next: say in /etc/salve/salve.conf where backups go ([backup] to, keys), then  systemctl restart "
                   "salve\n");
    else
        cli_reply_words(reply,
                        "Next: back it up, with the keys on a disk of their own:  %s backup DIR --keys DIR --as "
                        "MANAGER\n",
                        says);
    if (making->sheet != NULL) {
        cli_reply_text(reply, "sheet", str_of(making->sheet));
        cli_reply_words(reply, "Recovery sheet: %s. Print it, lock it away, and delete the file%s.\n", making->sheet,
                        making->has_key_file ? ": it is the key" : "");
    }
    cli_reply_words(reply, "Keep the %s in two safe places: without it nothing here can ever be read.\n", file);
}

/* When the site is whole and not in its place yet: PINs that nobody could read would leave a site that nobody can
 * use. */
static enum salve_code tell_made(void *with, struct salve_err *err)
{
    struct making *making = with;
    struct cli_reply reply;
    cli_reply_open(&reply, making->pins.cli, '{');
    cli_reply_text(&reply, "site", str_of(making->dir));
    cli_reply_text(&reply, "name", making->name);
    cli_reply_words(&reply, "Made the site in %s. Every optional purpose is off.\n", making->dir);
    tell_zone(making, &reply);
    cli_pins_tell(&making->pins, &reply);
    if (making->authority.der.len > 0) cli_authority_tell(&making->authority, &reply);
    cli_reply_enter(&reply, "staff", '[');
    for (size_t i = 0; i < making->pins.count; i++) {
        const struct visit_member *member = &making->pins.members[i];
        cli_member_put(&reply, &(struct staff){.id = member->id, .role = member->role},
                       cli_made_up_pin(&making->pins, member->id));
    }
    cli_reply_leave(&reply);
    tell_next(making, &reply);
    TRY(cli_reply_done(&reply, err));
    return cli_flush(err);
}

/* --- the service -------------------------------------------------------------------------------------------------- */

/* What a browser opens: by name, and with the port where it is not the usual one. */
static struct str address_of(struct cli *cli)
{
    const char *at = config_text(&cli->config, CONFIG_LISTEN_ADDRESS),
               *name = config_text(&cli->config, CONFIG_LISTEN_NAME);
    const char *port = strrchr(at, ':');
    bool is_tls =
        config_is(&cli->config, CONFIG_LISTEN_TLS, "site") || config_is(&cli->config, CONFIG_LISTEN_TLS, "public");
    if (config_is(&cli->config, CONFIG_LISTEN_TLS, "local")) return arena_printf(cli->mem, "http://%s/", at);
    return arena_printf(cli->mem, "https://%s%s/", name,
                        is_tls && port != NULL && strcmp(port, ":443") != 0 ? port : "");
}

static enum salve_code start_service(struct cli *cli, struct salve_err *err)
{
    bool is_there;
    struct str lines, address = address_of(cli);
    TRY(cli_service_start(cli, &is_there, err));
    if (!is_there) return SALVE_OK;
    cli_say(cli, "Salve is at %.*s", STR_ARGS(address));
    bool is_seen = isatty(STDERR_FILENO) == 1 && !config_is(&cli->config, CONFIG_LISTEN_TLS, "local");
    if (is_seen && visit_code_lines(address, cli->mem, &lines, NULL) == SALVE_OK) cli_say(cli, "%.*s", STR_ARGS(lines));
    return SALVE_OK;
}

/* What is not a site of the machine keeps its own file. */
static enum salve_code end_making(struct cli *cli, const struct making *making, struct salve_err *err)
{
    if (making->is_system) return start_service(cli, err);
    if (config_is(&cli->config, CONFIG_LISTEN_TLS, "local")) return SALVE_OK;
    if (cli->config_file != NULL) return write_config(cli, cli->config_file, err);
    struct str path = arena_printf(cli->mem, "%s/salve.conf", making->dir);
    return path.ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "salve.conf") : write_config(cli, path.ptr, err);
}

/* --- init --------------------------------------------------------------------------------------------------------- */

static enum salve_code begin(struct cli *cli, struct making *making, struct salve_err *err)
{
    const char *dir = cli_site_dir(cli), *sheet = cli_option(cli, OPT_OUTPUT);
    struct str there = arena_printf(cli->mem, "%s/site.db", dir);
    *making = (struct making){.dir = dir, .is_system = cli_is_system(cli)};
    making->says = making->is_system ? "salve" : arena_printf(cli->mem, "salve -C %s", dir).ptr;
    making->sheet = sheet != NULL ? sheet : making->is_system ? SHEET_FILE : NULL;
    making->zone = cli_has(cli, OPT_ZONE) ? str_of(cli_option(cli, OPT_ZONE)) : zone_name_of_machine(cli->mem);
    if (there.ptr == NULL || making->says == NULL) return salve_fail(err, SALVE_E_MEMORY, "init");
    if (making->is_system && access(there.ptr, F_OK) == 0)
        return salve_refuse(err, SALVE_E_CONFLICT, "the site of this machine is there already", "%s", dir);
    if (making->is_system && geteuid() != 0)
        return salve_refuse(err, SALVE_E_USAGE,
                            "only root makes the site of this machine; 'salve init DIR' makes one of your own", "%s",
                            dir);
    return ask_all(cli, making, err);
}

enum salve_code cli_init(struct cli *cli, struct salve_err *err)
{
    size_t count = 0;
    struct making making;
    struct cli_secret secret = {0};
    struct visit_member *members = NULL;
    TRY(begin(cli, &making, err));
    struct site_options options = {.path = making.dir, .clock = cli->clock, .is_made_up = cli_has(cli, OPT_MADE_UP)};
    enum salve_code code = members_of(cli, &making, &members, &count, err);
    const struct visit_site_ask ask = {
        .name = making.name,
        .members = members,
        .count = count,
        .zone = making.zone,
        .languages = making.languages,
        .host = str_of(config_text(&cli->config, CONFIG_LISTEN_NAME)),
        .authority = config_is(&cli->config, CONFIG_LISTEN_TLS, "site") ? &making.authority : NULL,
        .told = tell_made,
        .with = &making};
    if (code == SALVE_OK) code = write_first(cli, &making, members, count, err);
    if (code == SALVE_OK) code = cli_secret_get(cli, true, &secret, &options.secret, err);
    making.has_key_file = options.secret.key_file != NULL;
    if (code == SALVE_OK && options.is_made_up) cli_say_made_up();
    if (code == SALVE_OK) code = visit_site_make(&options, &ask, cli->mem, err);
    cli_secret_drop(&secret);
    cli_pins_drop(&making.pins.file);
    return code == SALVE_OK ? end_making(cli, &making, err) : code;
}
