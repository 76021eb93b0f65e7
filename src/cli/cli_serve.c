/* SPDX-License-Identifier: Apache-2.0
 * A running site: what opens it is asked for here, before anything of it is started. */
#include <stdlib.h>

#include "cli/cli_commands.h"
#include "cli/cli_open.h"
#include "serve/serve.h"

static void say_ready(void *with, const char *address)
{
    cli_say(with, "Salve is at %s on this machine. Ctrl-C ends it; what was saved is kept.", address);
}

enum salve_code cli_serve(struct cli *cli, struct salve_err *err)
{
    struct str share;
    struct cli_secret secret = {0};
    struct site_secret opens;
    TRY(cli_site_found(cli, err));
    TRY(cli_share_dir(cli, &share, err));
    enum salve_code code = cli_secret_get(cli, false, &secret, &opens, err);
    const struct serve_options options = {.dir = cli_site_dir(cli),
                                          .share = share.ptr,
                                          .key_file = opens.key_file,
                                          .backup = cli_option(cli, OPT_BACKUP),
                                          .keys = cli_option(cli, OPT_KEYS),
                                          .passphrase = opens.passphrase,
                                          .listen = cli_option_or(cli, OPT_LISTEN, "127.0.0.1:8080").ptr,
                                          .version = STR(SALVE_VERSION),
                                          .may_lack_landlock = cli_has(cli, OPT_WITHOUT_LANDLOCK),
                                          .ready = say_ready,
                                          .with = cli};
    if (code == SALVE_OK) code = serve_run(&options, err);
    cli_secret_drop(&secret);
    return cli_hint(code, SALVE_E_UNSUPPORTED,
                    "this kernel has no Landlock, or it is switched off; --without-landlock goes on without it", err);
}
