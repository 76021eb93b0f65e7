/* SPDX-License-Identifier: Apache-2.0
 * Which configuration counts for this invocation, and showing it. */
#include "cli/cli_config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli_commands.h"
#include "cli/cli_reply.h"

#define SYSTEM_FILE "/etc/salve/salve.conf"

/* --- what options say --------------------------------------------------------------------------------------------- */

static const struct {
    enum config_key key;
    enum cli_option option;
    const char *name;
    const char *says; /* of an option without an argument */
} flags[] = {
    {CONFIG_STORE_PATH, OPT_SITE, "-C", NULL},
    {CONFIG_STORE_KEY_FILE, OPT_KEY_FILE, "--key-file", NULL},
    {CONFIG_STORE_PASSPHRASE_FILE, OPT_PASSPHRASE_FILE, "--passphrase-file", NULL},
    {CONFIG_STORE_SHARE, OPT_SHARE, "--share", NULL},
    {CONFIG_LISTEN_ADDRESS, OPT_LISTEN, "--listen", NULL},
    {CONFIG_LISTEN_TLS, OPT_TLS, "--tls", NULL},
    {CONFIG_LISTEN_NAME, OPT_HOST, "--host", NULL},
    {CONFIG_LISTEN_CERTIFICATE, OPT_CERTIFICATE, "--certificate", NULL},
    {CONFIG_LISTEN_KEY, OPT_CERTIFICATE_KEY, "--certificate-key", NULL},
    {CONFIG_LISTEN_PLAIN, OPT_PLAIN, "--plain", NULL},
    {CONFIG_LISTEN_LANDLOCK, OPT_WITHOUT_LANDLOCK, "--without-landlock", "wanted"},
    {CONFIG_BACKUP_TO, OPT_BACKUP, "--backup", NULL},
    {CONFIG_BACKUP_KEYS, OPT_KEYS, "--keys", NULL},
};

/* The operand that names the folder of the site, of a command that has one. */
static const char *site_operand(const struct cli *cli)
{
    int at = cli->command->site_operand;
    return at > 0 && cli->word_count >= (size_t)at ? cli->words[at - 1] : NULL;
}

static enum salve_code put_flags(const struct cli *cli, struct arena *mem, struct config *config, struct salve_err *err)
{
    const char *operand = site_operand(cli);
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        const char *text = cli_option(cli, flags[i].option);
        if (text != NULL && flags[i].says != NULL) text = flags[i].says;
        TRY(config_flag(flags[i].key, flags[i].name, text, mem, config, err));
    }
    if (operand != NULL) TRY(config_flag(CONFIG_STORE_PATH, cli->command->operands, operand, mem, config, err));
    return SALVE_OK;
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

static bool is_same_folder(const char *a, const char *b)
{
    char whole_a[4096], whole_b[4096];
    if (strcmp(a, b) == 0) return true;
    return realpath(a, whole_a) != NULL && realpath(b, whole_b) != NULL && strcmp(whole_a, whole_b) == 0;
}

/* The machine's own file, where it is about the folder that was named. */
static enum salve_code load_system_of(const char *dir, struct arena *mem, struct config *config, const char **file,
                                      struct salve_err *err)
{
    struct config machine;
    config_defaults(&machine);
    enum salve_code code = config_load(SYSTEM_FILE, mem, &machine, NULL); /* whose fault is none of a private site */
    bool has_site = code == SALVE_OK && machine.values[CONFIG_STORE_PATH].source == CONFIG_FROM_FILE;
    if (!has_site || !is_same_folder(config_text(&machine, CONFIG_STORE_PATH), dir)) return SALVE_OK;
    *file = SYSTEM_FILE;
    return config_load(SYSTEM_FILE, mem, config, err);
}

/* Options and environment are in *config already. */
static enum salve_code load_file(const struct cli *cli, struct arena *mem, struct config *config, const char **file,
                                 struct salve_err *err)
{
    const char *named = cli_option(cli, OPT_CONFIG);
    if (named == NULL) named = getenv("SALVE_CONFIG");
    bool has_site = config->values[CONFIG_STORE_PATH].source != CONFIG_FROM_DEFAULT;
    const char *dir = config_text(config, CONFIG_STORE_PATH);
    *file = NULL;
    if (named != NULL && named[0] != '\0') {
        *file = named;
        return config_load(named, mem, config, err);
    }
    struct str beside = arena_printf(mem, "%s/salve.conf", dir);
    if (beside.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "configuration");
    const char *usual = has_site ? beside.ptr : SYSTEM_FILE;
    if (access(usual, F_OK) == 0) {
        *file = usual;
        return config_load(usual, mem, config, err);
    }
    return has_site ? load_system_of(dir, mem, config, file, err) : SALVE_OK;
}

static enum salve_code configure(const struct cli *cli, struct arena *mem, struct config *out, const char **file,
                                 struct salve_err *err)
{
    config_defaults(out);
    TRY(put_flags(cli, mem, out, err));
    TRY(config_environment(environ, mem, out, err));
    return load_file(cli, mem, out, file, err);
}

/* A command that opens no site and reads no words goes on whatever the file says. */
static bool has_use(const struct cli_command *command)
{
    return cli_command_takes(command, OPT_KEY_FILE) || cli_command_takes(command, OPT_SHARE) ||
           command->run == cli_config_show;
}

enum salve_code cli_configure(struct cli *cli, struct salve_err *err)
{
    config_defaults(&cli->config);
    return has_use(cli->command) ? configure(cli, cli->mem, &cli->config, &cli->config_file, err) : SALVE_OK;
}

enum salve_code cli_configure_again(const struct cli *cli, struct arena *mem, struct config *out, struct salve_err *err)
{
    const char *file;
    return configure(cli, mem, out, &file, err);
}

bool cli_is_system(const struct cli *cli)
{
    return cli->config_file != NULL && strcmp(cli->config_file, SYSTEM_FILE) == 0;
}

/* --- config show -------------------------------------------------------------------------------------------------- */

static void show(const struct cli *cli, enum config_key key, struct cli_reply *reply)
{
    static const char *const sources[] = {"default", "file", "environment", "option"};
    const struct config_row *row = &config_rows[key];
    const struct config_value *value = &cli->config.values[key];
    cli_reply_enter(reply, NULL, '{');
    cli_reply_text(reply, "section", str_of(row->section));
    cli_reply_text(reply, "key", str_of(row->key));
    cli_reply_text(reply, "value", str_of(value->text));
    cli_reply_text(reply, "source", str_of(sources[value->source]));
    if (value->from != NULL) cli_reply_text(reply, "from", str_of(value->from));
    if (value->line > 0) cli_reply_number(reply, "line", value->line);
    cli_reply_leave(reply);
    cli_reply_words(reply, "%-22s %-32s %.*s\n", row->name, value->text == NULL ? "-" : value->text,
                    STR_ARGS(config_where(&cli->config, key, cli->mem)));
}

enum salve_code cli_config_show(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    cli_reply_open(&reply, cli, '[');
    cli_reply_words(&reply, "file: %s\n\n", cli->config_file == NULL ? "none" : cli->config_file);
    for (size_t i = 0; i < CONFIG_KEYS; i++) show(cli, (enum config_key)i, &reply);
    TRY(cli_reply_done(&reply, err));
    return config_check(&cli->config, err);
}
