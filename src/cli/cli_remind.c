/* SPDX-License-Identifier: Apache-2.0
 * Calls before the next check: who is due, and one of them. */
#include "cli/cli_commands.h"
#include "cli/cli_inbox.h"
#include "cli/cli_open.h"
#include "cli/cli_reply.h"
#include "visit/held.h"
#include "visit/remind.h"

enum { DATE_BYTES = sizeof "2026-11-30" - 1 };

enum salve_code cli_reminders(struct cli *cli, struct salve_err *err)
{
    struct visit_to_remind *list = NULL;
    struct cli_reply reply;
    char day[CLOCK_TEXT_BYTES];
    size_t count = 0;
    uint64_t unreadable = 0;
    TRY(cli_open(cli, CLI_STAFF, err));
    TRY(visit_reminders(&cli->visit, &list, &count, &unreadable, err));
    cli_reply_open(&reply, cli, '[');
    for (size_t i = 0; i < count; i++) {
        struct str due = str_cut(clock_text(list[i].due_unix_ms, day), 0, DATE_BYTES);
        cli_reply_enter(&reply, NULL, '{');
        cli_reply_text(&reply, "ticket", list[i].ticket);
        cli_reply_text(&reply, "due", due);
        cli_reply_leave(&reply);
        cli_reply_words(&reply, "  %.*s  next check %.*s\n", STR_ARGS(list[i].ticket), STR_ARGS(due));
    }
    if (count == 0 && unreadable == 0) cli_reply_words(&reply, "Nobody is to be called.\n");
    cli_work_unreadable(cli, unreadable);
    return cli_reply_done(&reply, err);
}

static enum salve_code show(struct cli *cli, struct rec_view *view, struct salve_err *err)
{
    struct visit_reminder who;
    struct cli_reply reply;
    TRY(visit_reminder(&cli->visit, view, &who, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "name", who.name);
    cli_reply_text(&reply, "telephones", who.telephones);
    cli_reply_text(&reply, "language", who.language);
    cli_reply_text(&reply, "nextCheck", who.next_check);
    cli_reply_words(&reply, "%.*s\n", STR_ARGS(who.name.len > 0 ? who.name : STR("(no name)")));
    cli_reply_words(&reply, "telephone   %.*s\n", STR_ARGS(who.telephones.len > 0 ? who.telephones : STR("none")));
    if (who.language.len > 0) cli_reply_words(&reply, "language    %.*s\n", STR_ARGS(who.language));
    cli_reply_words(&reply, "next check  %.*s\n", STR_ARGS(who.next_check));
    TRY(cli_reply_done(&reply, err));
    cli_say(cli,
            "Say your own name, and nothing of the check before they are on the line; nothing to anybody else, and\n"
            "nothing on a machine. Then: salve remind TICKET --said reached, no-more or not-reached");
    return SALVE_OK;
}

static enum salve_code note(struct cli *cli, struct rec_view *view, enum reminder_said said, struct salve_err *err)
{
    TRY(visit_reminded(view, said, err));
    cli_say(cli, "Noted.");
    return SALVE_OK;
}

enum salve_code cli_remind(struct cli *cli, struct salve_err *err)
{
    struct visit_held held = {0};
    enum reminder_said said = REMINDER_SAIDS;
    bool is_noted = cli_has(cli, OPT_SAID);
    if (is_noted && !reminder_said_find(str_of(cli_option(cli, OPT_SAID)), &said)) /* before anybody is opened */
        return salve_refuse(err, SALVE_E_USAGE, "reached, no-more or not-reached", "--said");
    TRY(cli_open(cli, CLI_STAFF, err));
    TRY(visit_hold_reminder(&cli->visit, str_of(cli->words[0]), &held, err));
    enum salve_code code = is_noted ? note(cli, held.view, said, err) : show(cli, held.view, err);
    enum salve_code closed = visit_release(&held, code == SALVE_OK ? err : NULL);
    return code == SALVE_OK ? closed : code;
}
