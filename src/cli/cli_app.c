/* SPDX-License-Identifier: Apache-2.0
 * Apps that people may let read their own record: which are registered, by whom; and what one person let in. */
#include "base/file.h"
#include "cli/cli_commands.h"
#include "cli/cli_open.h"
#include "cli/cli_person.h"
#include "cli/cli_reply.h"
#include "visit/apps.h"

/* --- registrations ------------------------------------------------------------------------------------------------ */

static void tell(const struct smart_app *app, struct cli_reply *reply)
{
    cli_reply_enter(reply, NULL, '{');
    cli_reply_text(reply, "id", app->id);
    cli_reply_text(reply, "name", app->name);
    cli_reply_text(reply, "kind", app->keys.count > 0 ? STR("keys") : STR("public"));
    cli_reply_enter(reply, "redirects", '[');
    for (size_t i = 0; i < app->redirect_count; i++) cli_reply_text(reply, NULL, app->redirects[i]);
    cli_reply_leave(reply);
    cli_reply_leave(reply);
    cli_reply_words(reply, "%-20.*s %.*s (%s)\n", STR_ARGS(app->id), STR_ARGS(app->name),
                    app->keys.count > 0 ? "signs with a key" : "public");
    for (size_t i = 0; i < app->redirect_count; i++)
        cli_reply_words(reply, "    goes back to %.*s\n", STR_ARGS(app->redirects[i]));
}

enum salve_code cli_app(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    struct smart_app *apps = NULL;
    size_t count = 0;
    TRY(cli_open(cli, CLI_NOBODY, err));
    TRY(visit_apps(&cli->visit, &apps, &count, err));
    cli_reply_open(&reply, cli, '[');
    for (size_t i = 0; i < count; i++) tell(&apps[i], &reply);
    if (count == 0) cli_say(cli, "No app is registered here.");
    return cli_reply_done(&reply, err);
}

enum salve_code cli_app_add(struct cli *cli, struct salve_err *err)
{
    struct str json;
    struct smart_app app;
    struct cli_reply reply;
    TRY(file_read(cli->words[0], SMART_DOCUMENT_BYTES_MAX, cli->mem, &json, err));
    TRY(smart_app_read(json, cli->mem, &app, err));
    TRY(cli_open(cli, CLI_STAFF_ANEW, err));
    TRY(visit_app_register(&cli->visit, json, &app, err));
    cli_reply_open(&reply, cli, '[');
    tell(&app, &reply);
    cli_say(cli, "People can let it read their own record from now on. It is a public entry of the log.");
    return cli_reply_done(&reply, err);
}

enum salve_code cli_app_end(struct cli *cli, struct salve_err *err)
{
    struct smart_app app;
    TRY(cli_open(cli, CLI_STAFF_ANEW, err));
    TRY(visit_app_end(&cli->visit, str_of(cli->words[0]), &app, err));
    cli_say(cli, "%.*s is registered no more: what people let it read is closed to it.", STR_ARGS(app.name));
    return SALVE_OK;
}

/* --- of one person ------------------------------------------------------------------------------------------------ */

static void tell_grant(const struct app_grant *grant, struct cli_reply *reply)
{
    char at[CLOCK_TEXT_BYTES], until[CLOCK_TEXT_BYTES];
    struct str given = clock_text(grant->at_unix_ms, at), ends = clock_text(grant->until_unix_ms, until);
    cli_reply_enter(reply, NULL, '{');
    cli_reply_text(reply, "app", grant->app);
    cli_reply_text(reply, "name", grant->name);
    cli_reply_text(reply, "scope", grant->scope);
    cli_reply_text(reply, "at", given);
    cli_reply_text(reply, "until", ends);
    cli_reply_bool(reply, "on", grant->is_standing);
    cli_reply_leave(reply);
    cli_reply_words(reply, "%-20.*s %-6s since %.16s, until %.16s: %.*s\n", STR_ARGS(grant->name),
                    grant->is_standing ? "on" : "ended", given.ptr, ends.ptr, STR_ARGS(grant->scope));
}

enum salve_code cli_apps(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    struct app_grant *grants = NULL;
    size_t count = 0;
    TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, CLI_PERSON, err));
    TRY(visit_let_in(&cli->visit, cli->card, &grants, &count, err));
    cli_reply_open(&reply, cli, '[');
    for (size_t i = 0; i < count; i++) tell_grant(&grants[i], &reply);
    if (count == 0) cli_say(cli, "No app was let in.");
    return cli_reply_done(&reply, err);
}

enum salve_code cli_apps_end(struct cli *cli, struct salve_err *err)
{
    struct str app = cli->word_count > 1 ? str_of(cli->words[1]) : STR("");
    TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, CLI_ANYBODY, err));
    TRY(visit_let_in_end(&cli->visit, cli->card, app, err));
    cli_say(cli, "From now on %s nothing of this record.", app.len > 0 ? "that app reads" : "apps read");
    return SALVE_OK;
}
