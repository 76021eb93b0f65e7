/* SPDX-License-Identifier: Apache-2.0
 * A token of one person's view, for another program beside the running server. */
#include <string.h>

#include "cli/cli_commands.h"
#include "cli/cli_login.h"
#include "cli/cli_open.h"
#include "cli/cli_person.h"
#include "cli/cli_reply.h"
#include "visit/held.h"

static enum salve_code server_is_there(const struct cli *cli, struct salve_err *err)
{
    if (cli->visit.site != NULL) return SALVE_OK;
    return salve_refuse(err, SALVE_E_NOT_FOUND, "a token is for the server of the site: start it with 'salve serve'",
                        "running server");
}

static enum salve_code print_token(struct cli *cli, const struct visit_token *token, struct salve_err *err)
{
    struct cli_reply reply;
    char until[CLOCK_TEXT_BYTES];
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "token", str_make(token->text, VISIT_TOKEN_TEXT_BYTES));
    cli_reply_text(&reply, "until", clock_text(token->until_unix_ms, until));
    cli_reply_words(&reply, "%s\n", token->text);
    TRY(cli_reply_done(&reply, err));
    cli_say(cli, "Until %.16s, and to be used first within a minute: Authorization: Bearer TOKEN", until);
    return SALVE_OK;
}

static enum salve_code make_token(struct cli *cli, struct str id, struct str secret, void *with, struct salve_err *err)
{
    return visit_token(&cli->visit, id, secret, cli->card, with, err);
}

enum salve_code cli_token(struct cli *cli, struct salve_err *err)
{
    struct visit_token token = {.until_unix_ms = 0};
    const char *as = cli_option(cli, OPT_AS);
    if (as == NULL) return salve_refuse(err, SALVE_E_USAGE, "who looks", "--as");
    TRY(cli_card_read(cli, err));
    TRY(cli_served(cli, err));
    TRY(server_is_there(cli, err));
    if (site_is_made_up(cli->visit.site)) cli_say_made_up();
    enum salve_code code = cli_with_secret(cli, as, make_token, &token, err);
    if (code == SALVE_OK) code = print_token(cli, &token, err);
    explicit_bzero(&token, sizeof token);
    return code;
}
