/* SPDX-License-Identifier: Apache-2.0
 * Opening a site for a command: where it is, what opens it, who acts. And the commands about the site itself. */
#include "cli/cli_site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli_commands.h"
#include "base/file.h"
#include "crypto/crypto.h"
#include "json/json.h"
#include "records/commons.h"

enum { PASSPHRASE_BYTES_MIN = 12, PASSPHRASE_BYTES_MAX = 1024 };

const char *cli_site_dir(const struct cli *cli)
{
    const char *dir = cli_option(cli, OPT_SITE);
    if (dir == NULL) dir = getenv("SALVE_SITE");
    return dir == NULL || dir[0] == '\0' ? "site" : dir;
}

enum salve_code cli_share_dir(struct cli *cli, struct str *out, struct salve_err *err)
{
    const char *given = cli_option(cli, OPT_SHARE);
    if (given == NULL) given = getenv("SALVE_SHARE");
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
    FILE *file = fopen(path, "re");
    if (file == NULL) return file_fail(err, path);
    secret->len = fread(secret->text, 1, PASSPHRASE_BYTES_MAX, file);
    bool is_bad = ferror(file) != 0 || fgetc(file) != EOF;
    (void)fclose(file);
    if (is_bad) return salve_fail(err, SALVE_E_TOO_BIG, "%s", path);
    while (secret->len > 0 && (secret->text[secret->len - 1] == '\n' || secret->text[secret->len - 1] == '\r'))
        secret->len--;
    return SALVE_OK;
}

static const char *passphrase_file(const struct cli *cli, char path[4096])
{
    const char *file = cli_option(cli, OPT_PASSPHRASE_FILE);
    if (file == NULL) file = getenv("SALVE_PASSPHRASE_FILE");
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

enum salve_code cli_secret_get(const struct cli *cli, bool is_new, struct cli_secret *secret, struct site_secret *out,
                               struct salve_err *err)
{
    char path[4096];
    *secret = (struct cli_secret){0};
    *out = (struct site_secret){.key_file = cli_option(cli, OPT_KEY_FILE)};
    if (out->key_file == NULL) out->key_file = getenv("SALVE_KEY_FILE");
    const char *file = passphrase_file(cli, path);
    if (out->key_file != NULL && file == NULL) return SALVE_OK;
    out->key_file = NULL;
    return passphrase_get(cli, file, is_new, secret, out, err);
}

static enum salve_code new_secret_get(const struct cli *cli, struct cli_secret *secret, struct site_secret *out,
                                      struct salve_err *err)
{
    *secret = (struct cli_secret){0};
    *out = (struct site_secret){.key_file = cli_option(cli, OPT_NEW_KEY_FILE)};
    if (out->key_file != NULL) return SALVE_OK;
    return passphrase_get(cli, cli_option(cli, OPT_NEW_PASSPHRASE_FILE), true, secret, out, err);
}

enum salve_code cli_keys_change(struct cli *cli, struct salve_err *err)
{
    struct site *site = NULL;
    struct actor actor;
    struct cli_secret old_text = {0}, new_text = {0};
    struct site_options options = {.path = cli_site_dir(cli), .clock = cli->clock};
    struct site_secret fresh;
    enum salve_code code = cli_secret_get(cli, false, &old_text, &options.secret, err);
    if (code == SALVE_OK) code = site_open(&options, &site, err);
    if (code == SALVE_OK) code = cli_staff_actor(cli, site, &actor, err);
    if (code == SALVE_OK) code = new_secret_get(cli, &new_text, &fresh, err);
    if (code == SALVE_OK) code = site_secret_change(site, actor, &options.secret, &fresh, err);
    cli_secret_drop(&old_text);
    cli_secret_drop(&new_text);
    if (code == SALVE_OK && cli->is_json) cli_print("{\"changed\":true}\n");
    if (code == SALVE_OK && !cli->is_json)
        cli_print("Changed. The old passphrase or key file opens nothing any more; keep the new one in two places.\n");
    return cli_site_close(&site, code, err);
}

void cli_secret_drop(struct cli_secret *secret)
{
    crypto_secret_free(secret->text);
    secret->text = NULL;
}

/* --- the site ----------------------------------------------------------------------------------------------------- */

enum salve_code cli_site_open(struct cli *cli, struct site **out, struct salve_err *err)
{
    struct cli_secret secret;
    struct site_options options = {.path = cli_site_dir(cli), .clock = cli->clock};
    if (access(options.path, F_OK) != 0)
        return salve_refuse(err, SALVE_E_NOT_FOUND,
                            "there is no site in that folder; 'salve init' makes one, -C names another", "%s",
                            options.path);
    enum salve_code code = cli_secret_get(cli, false, &secret, &options.secret, err);
    if (code == SALVE_OK) code = site_open(&options, out, err);
    cli_secret_drop(&secret);
    return code;
}

enum salve_code cli_site_close(struct site **site, enum salve_code code, struct salve_err *err)
{
    struct salve_err second = {0};
    if (*site == NULL) return code;
    enum salve_code closed = site_close(site, &second);
    if (code != SALVE_OK || closed == SALVE_OK) return code; /* the first failure is the one to tell */
    if (err != NULL) *err = second;
    return closed;
}

enum salve_code cli_actor(struct cli *cli, struct site *site, struct actor *out, struct salve_err *err)
{
    struct staff *staff = NULL;
    size_t count = 0;
    const char *id = cli_option(cli, OPT_AS);
    *out = (struct actor){.role = ROLE_PARTICIPANT, .site = site_settings(site)->name};
    if (id == NULL) return SALVE_OK;
    enum salve_code code = staff_list(site, cli->mem, &staff, &count, err);
    for (size_t i = 0; code == SALVE_OK && i < count; i++) {
        if (!str_is(staff[i].id, id) || staff[i].retired) continue;
        out->id = staff[i].id;
        out->role = staff[i].role;
        return SALVE_OK;
    }
    if (code != SALVE_OK) return code;
    return salve_refuse(err, SALVE_E_ROLE, "nobody of that name works at this site; 'salve staff' lists who does",
                        "--as %s", id);
}

enum salve_code cli_staff_actor(struct cli *cli, struct site *site, struct actor *out, struct salve_err *err)
{
    if (cli_has(cli, OPT_AS)) return cli_actor(cli, site, out, err);
    return salve_refuse(err, SALVE_E_USAGE, "say which member of staff acts", "--as");
}

/* --- init and staff ----------------------------------------------------------------------------------------------- */

enum { STAFF_NAME_BYTES_MAX = 64, SITE_NAME_BYTES_MAX = 200 };
static const char staff_name_characters[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";

static enum salve_code read_member(const char *word, struct str *id, enum role *role, struct salve_err *err)
{
    struct str text = str_of(word);
    ptrdiff_t colon = str_find(text, STR(":"));
    if (colon > 0 && role_find(str_cut(text, (size_t)colon + 1, text.len), role)) {
        *id = str_cut(text, 0, (size_t)colon);
        bool is_name = id->len <= STAFF_NAME_BYTES_MAX;
        for (size_t i = 0; i < id->len; i++) is_name = is_name && strchr(staff_name_characters, id->ptr[i]) != NULL;
        if (is_name) return SALVE_OK;
        return salve_refuse(err, SALVE_E_USAGE, "the name is a pseudonym of 1 to 64 of a-z, 0-9, '.', '_', '-'",
                            "--staff %s", word);
    }
    return salve_refuse(err, SALVE_E_USAGE,
                        "write it as NAME:ROLE; a role is registrar, assistant, clinician, manager or technician",
                        "--staff %s", word);
}

static bool is_site_name(struct str name)
{
    bool is_good = name.len > 0 && name.len <= SITE_NAME_BYTES_MAX && str_is_utf8(name);
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        bool is_c1 = c == 0xc2 && i + 1 < name.len && (unsigned char)name.ptr[i + 1] < 0xa0;
        is_good = is_good && c >= 0x20 && c != 0x7f && !is_c1;
    }
    return is_good;
}

static enum salve_code check_members(const struct cli *cli, struct salve_err *err)
{
    const struct cli_values *members = &cli->options[OPT_STAFF];
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; i < members->count && code == SALVE_OK; i++) {
        struct str id;
        enum role role;
        code = read_member(members->value[i], &id, &role, err);
    }
    return code;
}

/* Adds the members of --staff whose being a manager equals `is_manager`. */
static enum salve_code add_staff(const struct cli *cli, struct site *site, struct actor actor, bool is_manager,
                                 struct salve_err *err)
{
    const struct cli_values *members = &cli->options[OPT_STAFF];
    enum salve_code code = SALVE_OK;
    for (size_t i = 0; i < members->count && code == SALVE_OK; i++) {
        struct str id;
        enum role role;
        code = read_member(members->value[i], &id, &role, err);
        if (code == SALVE_OK && (role == ROLE_MANAGER) == is_manager) code = staff_register(site, actor, id, role, err);
    }
    return code;
}

/* The first member of a site is a manager, who adds the others: one of --staff, or else "manager". */
static enum salve_code add_first_staff(const struct cli *cli, struct site *site, struct salve_err *err)
{
    const struct cli_values *members = &cli->options[OPT_STAFF];
    struct actor first = {.id = STR("manager"), .role = ROLE_MANAGER, .site = site_settings(site)->name};
    bool is_named = false;
    enum salve_code code = SALVE_OK;
    for (size_t i = members->count; i-- > 0 && code == SALVE_OK;) {
        struct str id;
        enum role role;
        code = read_member(members->value[i], &id, &role, err);
        if (code != SALVE_OK || role != ROLE_MANAGER) continue;
        first.id = id;
        is_named = true;
    }
    if (code == SALVE_OK && !is_named) code = staff_register(site, first, first.id, first.role, err);
    if (code == SALVE_OK) code = add_staff(cli, site, first, true, err);
    return code == SALVE_OK ? add_staff(cli, site, first, false, err) : code;
}

/* A log name from the site's name: lower-case letters, digits and '-'. */
static struct str log_name_of(struct cli *cli, const char *name)
{
    struct str log_name = arena_printf(cli->mem, "%.40s", name);
    char *at = (char *)(uintptr_t)log_name.ptr;
    for (size_t i = 0; i < log_name.len; i++) {
        if (at[i] >= 'A' && at[i] <= 'Z') at[i] = (char)(at[i] + 32);
        bool is_plain = (at[i] >= 'a' && at[i] <= 'z') || (at[i] >= '0' && at[i] <= '9');
        if (!is_plain) at[i] = '-';
    }
    return log_name;
}

static enum salve_code open_new(struct cli *cli, const struct site_options *options, struct salve_err *err)
{
    struct site *site = NULL;
    enum salve_code code = site_open(options, &site, err);
    if (code == SALVE_OK) code = add_first_staff(cli, site, err);
    return cli_site_close(&site, code, err);
}

enum salve_code cli_init(struct cli *cli, struct salve_err *err)
{
    const char *dir = cli->word_count > 0 ? cli->words[0] : cli_site_dir(cli);
    const char *name = cli_option(cli, OPT_NAME);
    struct cli_secret secret;
    struct site_options options = {.path = dir, .clock = cli->clock};
    struct site_settings settings = {.name = str_of(name == NULL ? "Health check" : name), .languages = STR("en ar")};
    enum salve_code code = check_members(cli, err); /* before anything is made */
    if (code == SALVE_OK && name != NULL && !is_site_name(str_of(name))) {
        code = salve_refuse(err, SALVE_E_USAGE, "1 to 200 bytes of text without control characters", "--name");
    }
    if (code != SALVE_OK) return code;
    settings.log_name = log_name_of(cli, name == NULL ? "health-check" : name);
    code = cli_secret_get(cli, true, &secret, &options.secret, err);
    if (code == SALVE_OK) code = site_create(&options, &settings, err);
    if (code == SALVE_OK) code = open_new(cli, &options, err);
    cli_secret_drop(&secret);
    if (code != SALVE_OK) return code;
    if (cli->is_json) {
        struct buf out;
        struct str text;
        buf_init(&out, cli->mem, 1 << 16);
        struct json_writer w = {.out = &out, .pretty = true};
        json_open(&w, NULL, '{');
        json_put_text(&w, "site", str_of(dir));
        json_put_text(&w, "name", settings.name);
        json_close(&w);
        code = buf_done(&out, &text, err);
        if (code == SALVE_OK) cli_print("%.*s\n", STR_ARGS(text));
        return code;
    }
    cli_print("Made the site in %s. Every optional purpose is off.\n", dir);
    cli_print("Next: more staff with  salve -C %s staff --as MANAGER --staff NAME:ROLE  ('salve staff' lists them)\n",
              dir);
    cli_print("Next: a clinician accepts the guidelines to be used:  salve -C %s guideline list\n", dir);
    cli_print("Keep the passphrase or key file in two safe places: without it nothing here can ever be read.\n");
    return SALVE_OK;
}

static enum salve_code print_staff(struct cli *cli, struct site *site, struct salve_err *err)
{
    struct staff *staff = NULL;
    size_t count = 0;
    struct buf out;
    enum salve_code code = staff_list(site, cli->mem, &staff, &count, err);
    if (code != SALVE_OK) return code;
    buf_init(&out, cli->mem, 1 << 20);
    struct json_writer w = {.out = &out, .pretty = true};
    if (cli->is_json) json_open(&w, NULL, '[');
    for (size_t i = 0; i < count; i++) {
        if (!cli->is_json) {
            buf_addf(&out, "%-24.*s %s%s\n", STR_ARGS(staff[i].id), role_text(staff[i].role),
                     staff[i].retired ? " (left)" : "");
            continue;
        }
        json_open(&w, NULL, '{');
        json_put_text(&w, "id", staff[i].id);
        json_put_text(&w, "role", str_of(role_text(staff[i].role)));
        json_put_bool(&w, "retired", staff[i].retired);
        json_close(&w);
    }
    if (cli->is_json) json_close(&w);
    if (cli->is_json) buf_add_char(&out, '\n');
    return cli_write_buf(&out, cli->is_json, err);
}

enum salve_code cli_staff(struct cli *cli, struct salve_err *err)
{
    struct site *site = NULL;
    struct actor actor;
    enum salve_code code = cli_site_open(cli, &site, err);
    if (code == SALVE_OK && cli_has(cli, OPT_STAFF)) {
        code = cli_staff_actor(cli, site, &actor, err);
        if (code == SALVE_OK) code = add_staff(cli, site, actor, true, err);
        if (code == SALVE_OK) code = add_staff(cli, site, actor, false, err);
    }
    if (code == SALVE_OK) code = print_staff(cli, site, err);
    return cli_site_close(&site, code, err);
}
