/* SPDX-License-Identifier: Apache-2.0
 * A running site: what opens it is asked for here, before anything of it is started. */
#include <stdlib.h>

#include "cli/cli_commands.h"
#include "cli/cli_config.h"
#include "cli/cli_open.h"
#include "cli/cli_owner.h"
#include "serve/serve.h"

enum { AGAIN_BYTES_MAX = 1 << 20 };

static void say_ready(void *with, const char *address)
{
    struct cli *cli = with;
    cli_say(cli, "Salve is at %s%s. Ctrl-C ends it; what was saved is kept.", address,
            config_is(&cli->config, CONFIG_LISTEN_TLS, "local") ? " on this machine" : "");
}

/* What counts from now on is what the next reading is compared with. */
static enum salve_code take_change(struct cli *cli, const struct config *now, enum config_key key,
                                   struct serve_again *out, struct salve_err *err)
{
    struct str text = STR_NONE;
    const struct config_value *fresh = &now->values[key];
    out->changes[out->count].key = config_rows[key].name;
    out->changes[out->count++].needs_start = !config_rows[key].is_reloaded;
    if (!config_rows[key].is_reloaded) return SALVE_OK;
    if (fresh->text != NULL) TRY(arena_str(cli->mem, str_of(fresh->text), &text, err));
    cli->config.values[key] = (struct config_value){.text = text.ptr, .source = fresh->source};
    return SALVE_OK;
}

static void read_again(void *with, struct serve_again *out)
{
    struct cli *cli = with;
    struct config now;
    struct arena *mem = arena_open(AGAIN_BYTES_MAX);
    enum salve_code code = mem == NULL ? salve_fail(&out->err, SALVE_E_MEMORY, "configuration") : SALVE_OK;
    if (code == SALVE_OK) code = cli_configure_again(cli, mem, &now, &out->err);
    if (code == SALVE_OK) code = config_check(&now, &out->err);
    for (size_t i = 0; code == SALVE_OK && i < CONFIG_KEYS && out->count < SERVE_CHANGES_MAX; i++)
        if (config_is_changed(&cli->config, &now, (enum config_key)i))
            code = take_change(cli, &now, (enum config_key)i, out, &out->err);
    out->certificate = config_text(&cli->config, CONFIG_LISTEN_CERTIFICATE);
    out->certificate_key = config_text(&cli->config, CONFIG_LISTEN_KEY);
    out->err.code = code;
    arena_close(mem);
}

enum salve_code cli_serve(struct cli *cli, struct salve_err *err)
{
    struct str share;
    struct cli_secret secret = {0};
    struct site_secret opens;
    TRY(cli_site_found(cli, err));
    if (cli_has_other_owner(cli))
        return salve_refuse(err, SALVE_E_USAGE, "a service runs this site as a user of its own: systemctl start salve",
                            "salve serve");
    TRY(config_check(&cli->config, err));
    TRY(cli_share_dir(cli, &share, err));
    enum site_mode mode = SITE_LOCAL;
    (void)site_mode_find(str_of(config_text(&cli->config, CONFIG_LISTEN_TLS)), &mode); /* the same words */
    enum salve_code code = cli_secret_get(cli, false, &secret, &opens, err);
    const struct serve_options options = {.dir = cli_site_dir(cli),
                                          .share = share.ptr,
                                          .key_file = opens.key_file,
                                          .backup = config_text(&cli->config, CONFIG_BACKUP_TO),
                                          .keys = config_text(&cli->config, CONFIG_BACKUP_KEYS),
                                          .socket = config_text(&cli->config, CONFIG_LISTEN_SOCKET),
                                          .passphrase = opens.passphrase,
                                          .listen = config_text(&cli->config, CONFIG_LISTEN_ADDRESS),
                                          .mode = mode,
                                          .name = config_text(&cli->config, CONFIG_LISTEN_NAME),
                                          .certificate = config_text(&cli->config, CONFIG_LISTEN_CERTIFICATE),
                                          .certificate_key = config_text(&cli->config, CONFIG_LISTEN_KEY),
                                          .plain = config_text(&cli->config, CONFIG_LISTEN_PLAIN),
                                          .version = STR(SALVE_VERSION),
                                          .may_lack_landlock =
                                              config_is(&cli->config, CONFIG_LISTEN_LANDLOCK, "wanted"),
                                          .ready = say_ready,
                                          .is_over = cli_interrupted,
                                          .again = read_again,
                                          .with = cli};
    if (code == SALVE_OK) code = serve_run(&options, err);
    cli_secret_drop(&secret);
    return cli_hint(code, SALVE_E_UNSUPPORTED,
                    "this kernel has no Landlock, or it is switched off; --without-landlock goes on without it", err);
}
