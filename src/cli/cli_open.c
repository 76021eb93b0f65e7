/* SPDX-License-Identifier: Apache-2.0
 * Opening a site for a command: where it is, what opens it, who acts, with which words. */
#include "cli/cli_open.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli_login.h"
#include "cli/cli_owner.h"
#include "cli/cli_person.h"
#include "base/file.h"
#include "crypto/crypto.h"
#include "door/door.h"

enum { PASSPHRASE_BYTES_MIN = 12, PASSPHRASE_BYTES_MAX = 1024, WAIT_SECONDS = 10 };

const char *cli_site_dir(const struct cli *cli) { return config_text(&cli->config, CONFIG_STORE_PATH); }

enum salve_code cli_share_dir(struct cli *cli, struct str *out, struct salve_err *err)
{
    const char *given = config_text(&cli->config, CONFIG_STORE_SHARE);
    if (given != NULL) return *out = str_of(given), SALVE_OK;
    char program[4096];
    ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
    if (len > 0) {
        program[len] = '\0';
        *strrchr(program, '/') = '\0';
        *out = arena_printf(cli->mem, "%s/share", program);
        if (out->ptr != NULL && access(out->ptr, R_OK) == 0) return SALVE_OK;
    }
    *out = STR("/usr/share/salve");
    if (access(out->ptr, R_OK) == 0) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONFIG, "the folder with guidelines, forms and letters was not found", "--share");
}

/* --- the secret --------------------------------------------------------------------------------------------------- */

/* The passphrase lives in its own locked pages, never in the arena. */
static enum salve_code read_passphrase_file(const char *path, struct cli_secret *secret, struct salve_err *err)
{
    TRY(file_read_secret(path, secret->text, PASSPHRASE_BYTES_MAX, &secret->len, err));
    while (secret->len > 0 && (secret->text[secret->len - 1] == '\n' || secret->text[secret->len - 1] == '\r'))
        secret->len--;
    return SALVE_OK;
}

static const char *passphrase_file(const struct cli *cli, char path[4096])
{
    const char *file = config_text(&cli->config, CONFIG_STORE_PASSPHRASE_FILE);
    const char *credentials = getenv("CREDENTIALS_DIRECTORY"); /* systemd LoadCredential= */
    if (file != NULL || credentials == NULL) return file;
    (void)snprintf(path, 4096, "%s/salve-passphrase", credentials);
    return access(path, R_OK) == 0 ? path : NULL;
}

static enum salve_code ask_passphrase(const struct cli *cli, struct cli_secret *secret, bool is_new,
                                      struct salve_err *err)
{
    char *again = crypto_secret_alloc(PASSPHRASE_BYTES_MAX);
    enum salve_code code = again == NULL ? salve_fail(err, SALVE_E_MEMORY, "passphrase") : SALVE_OK;
    if (code == SALVE_OK)
        code = cli_ask(cli, is_new ? "New passphrase of the site (12 characters or more)" : "Passphrase of the site",
                       true, secret->text, PASSPHRASE_BYTES_MAX, err);
    if (code == SALVE_OK && is_new) code = cli_ask(cli, "The same once more", true, again, PASSPHRASE_BYTES_MAX, err);
    if (code == SALVE_OK) secret->len = strlen(secret->text);
    if (code == SALVE_OK && is_new && strcmp(secret->text, again) != 0) {
        code = salve_refuse(err, SALVE_E_USAGE, "the two are not the same", "passphrase");
    }
    crypto_secret_free(again);
    return code;
}

/* From a file, or typed: a passphrase in *secret, which *out views. */
static enum salve_code passphrase_get(const struct cli *cli, const char *file, bool is_new, struct cli_secret *secret,
                                      struct site_secret *out, struct salve_err *err)
{
    secret->text = crypto_secret_alloc(PASSPHRASE_BYTES_MAX + 1);
    if (secret->text == NULL) return salve_fail(err, SALVE_E_MEMORY, "passphrase");
    enum salve_code code =
        file != NULL ? read_passphrase_file(file, secret, err) : ask_passphrase(cli, secret, is_new, err);
    if (code == SALVE_OK && is_new && secret->len < PASSPHRASE_BYTES_MIN) {
        code = salve_refuse(err, SALVE_E_USAGE, "it has fewer than 12 characters", "passphrase");
    }
    out->passphrase = str_make(secret->text, secret->len);
    return code;
}

enum salve_code cli_secret_get(struct cli *cli, bool is_new, struct cli_secret *secret, struct site_secret *out,
                               struct salve_err *err)
{
    char path[4096];
    *secret = (struct cli_secret){0};
    *out = (struct site_secret){.key_file = config_text(&cli->config, CONFIG_STORE_KEY_FILE)};
    const struct config_value *values = cli->config.values;
    bool is_nearer = values[CONFIG_STORE_KEY_FILE].source > values[CONFIG_STORE_PASSPHRASE_FILE].source;
    const char *file = passphrase_file(cli, path);
    bool is_key = out->key_file != NULL && (file == NULL || is_nearer);
    if (!is_key) TRY(passphrase_get(cli, file, is_new, secret, out, err));
    if (!is_key) cli->config.values[CONFIG_STORE_KEY_FILE].text = NULL;
    TRY(cli_become_owner(cli, is_new, err));
    out->key_file = config_text(&cli->config, CONFIG_STORE_KEY_FILE);
    return SALVE_OK;
}

enum salve_code cli_new_secret_get(const struct cli *cli, struct cli_secret *secret, struct site_secret *out,
                                   struct salve_err *err)
{
    *secret = (struct cli_secret){0};
    *out = (struct site_secret){.key_file = cli_option(cli, OPT_NEW_KEY_FILE)};
    if (out->key_file != NULL) return SALVE_OK;
    return passphrase_get(cli, cli_option(cli, OPT_NEW_PASSPHRASE_FILE), true, secret, out, err);
}

void cli_secret_drop(struct cli_secret *secret)
{
    crypto_secret_free(secret->text);
    secret->text = NULL;
}

/* --- the site ----------------------------------------------------------------------------------------------------- */

enum salve_code cli_site_found(const struct cli *cli, struct salve_err *err)
{
    if (access(cli_site_dir(cli), F_OK) == 0) return SALVE_OK;
    if (errno == EACCES)
        return salve_refuse(err, SALVE_E_IO,
                            config_text(&cli->config, CONFIG_LISTEN_SOCKET) != NULL
                                ? "its server does not run (systemctl start salve), and only root and the owner of the "
                                  "folder may look into it"
                                : "only root and the owner of the folder may look into it",
                            "%s", cli_site_dir(cli));
    return salve_refuse(err, SALVE_E_NOT_FOUND,
                        "there is no site in that folder; 'salve init' makes one, -C names another", "%s",
                        cli_site_dir(cli));
}

void cli_say_made_up(void)
{
    (void)fputs("MADE-UP SITE, for demonstration and tests only: nobody in it is real.\n", stderr);
}

static enum salve_code find_actor(struct cli *cli, enum cli_who who, struct salve_err *err)
{
    const char *as = cli_option(cli, OPT_AS);
    if (who == CLI_NOBODY) return SALVE_OK;
    if (who == CLI_PERSON || (who == CLI_ANYBODY && as == NULL)) return cli_person(cli, err);
    if (as == NULL) return salve_refuse(err, SALVE_E_USAGE, "say which member of staff acts", "--as");
    return cli_login(cli, as, who == CLI_STAFF_ANEW, &cli->visit.actor, err);
}

static void tell_waiting(void *with, int64_t pid, const char *program)
{
    bool has_name = program[0] != '\0';
    cli_say(with, "Waiting up to %d seconds for process %lld%s%s%s, which has the site open.", WAIT_SECONDS,
            (long long)pid, has_name ? " (" : "", program, has_name ? ")" : "");
}

/* Whoever has the site may be a server that is just beginning: it is waited for no longer than it needs. */
static bool is_over(void *with)
{
    struct cli *cli = with;
    return cli_interrupted() || (cli_served(cli, NULL) == SALVE_OK && cli->visit.site != NULL);
}

struct site_options cli_site_options(struct cli *cli)
{
    return (struct site_options){
        .path = cli_site_dir(cli),
        .clock = cli->clock,
        .wait = {.seconds = WAIT_SECONDS, .tell = tell_waiting, .is_over = is_over, .with = cli}};
}

enum salve_code cli_served(struct cli *cli, struct salve_err *err)
{
    if (cli->visit.site != NULL) return SALVE_OK;
    enum salve_code code = door_dial(cli_site_dir(cli), config_text(&cli->config, CONFIG_LISTEN_SOCKET), cli->clock,
                                     &cli->visit.site, err);
    cli->is_served = cli->visit.site != NULL;
    return code;
}

/* Where nobody serves it: it is opened here. */
static enum salve_code open_here(struct cli *cli, struct cli_secret *secret, struct site_secret *out,
                                 struct salve_err *err)
{
    struct site *here = NULL;
    struct site_options options = cli_site_options(cli);
    TRY(cli_secret_get(cli, false, secret, out, err));
    options.secret = *out;
    enum salve_code code = site_open(&options, &here, err);
    if (code == SALVE_E_BUSY && cli->visit.site != NULL) return SALVE_OK; /* a server began meanwhile */
    if (code == SALVE_OK) cli->visit.site = here;
    return code;
}

enum salve_code cli_open_with(struct cli *cli, enum cli_who who, struct cli_secret *secret, struct site_secret *out,
                              struct salve_err *err)
{
    *secret = (struct cli_secret){0};
    *out = (struct site_secret){0};
    TRY(cli_served(cli, err)); /* first: not everybody who may ask a server may look into the folder */
    if (cli->visit.site == NULL) TRY(cli_site_found(cli, err));
    if (cli->visit.site == NULL) TRY(open_here(cli, secret, out, err));
    if (site_is_made_up(cli->visit.site)) cli_say_made_up();
    return find_actor(cli, who, err);
}

enum salve_code cli_open(struct cli *cli, enum cli_who who, struct salve_err *err)
{
    struct cli_secret secret = {0};
    struct site_secret ignored;
    enum salve_code code = cli_open_with(cli, who, &secret, &ignored, err);
    cli_secret_drop(&secret);
    return code;
}

/* The renewal of the keys went on without their copy: nobody should hear of that by chance only. */
static void say_copy_error(const struct cli *cli)
{
    char where[SALVE_ERR_WHERE_BYTES];
    const struct salve_err *why = site_keys_copy_error(cli->visit.site);
    if (why == NULL) return;
    cli_say(cli, "note: the copy of the keys could not be brought up to date: %s: %s%s%s. 'salve doctor' tells more",
            salve_code_what(why->code), salve_err_where(why, where), why->why[0] == '\0' ? "" : "; ", why->why);
}

enum salve_code cli_close(struct cli *cli, enum salve_code code, struct salve_err *err)
{
    struct salve_err second = {0};
    if (cli->visit.site == NULL) return code;
    say_copy_error(cli);
    enum salve_code closed = site_close(&cli->visit.site, &second);
    if (code != SALVE_OK || closed == SALVE_OK) return code; /* the first failure is the one to tell */
    if (err != NULL) *err = second;
    return closed;
}

/* --- words and guidelines ----------------------------------------------------------------------------------------- */

enum salve_code cli_content(struct cli *cli, struct visit_content_ask ask, struct salve_err *err)
{
    struct str share;
    struct visit_content *content = NULL;
    TRY(cli_share_dir(cli, &share, err));
    ask.share = share.ptr;
    TRY(cli_hint(visit_content_open(&ask, cli->mem, &content, err),
                 ask.guideline.len > 0 ? SALVE_E_NOT_FOUND : SALVE_OK, "'salve guideline list' shows which there are",
                 err));
    cli->visit.content = content;
    return SALVE_OK;
}

enum salve_code cli_accepted(struct cli *cli, unsigned more_parts, struct salve_err *err)
{
    struct visit_content_ask ask = {.parts = VISIT_GUIDELINES | more_parts, .accepted_at = cli->visit.site};
    return cli_content(cli, ask, err);
}

enum salve_code cli_hint(enum salve_code code, enum salve_code of, const char *hint, struct salve_err *err)
{
    return code != SALVE_OK && code == of ? salve_why(err, code, "%s", hint) : code;
}
