/* SPDX-License-Identifier: Apache-2.0
 * Who may do what: the rows by which the gate decides, as tables (docs/internals/roles.md). */
#include "cli/cli_commands.h"
#include "cli/cli_reply.h"
#include "consent/may.h"

static const char *need_text(int need)
{
    static const char *const texts[] = {"card", "shown lately", "letter's code", "staff beside"};
    return texts[need];
}
static const char *class_name(int class) { return class_text((enum data_class) class); }

/* The names of the bits that are set, with a comma between. */
static void put_set(struct cli_reply *reply, const char *name, unsigned bits, const char *(*text)(int))
{
    bool is_first = true;
    cli_reply_enter(reply, name, '[');
    for (int i = 0; bits >> i != 0; i++) {
        if ((bits >> i & 1) == 0) continue;
        cli_reply_text(reply, NULL, str_of(text(i)));
        cli_reply_words(reply, "%s%s", is_first ? "" : ", ", text(i));
        is_first = false;
    }
    cli_reply_leave(reply);
}

static void put_row(struct cli_reply *reply, const struct may *row)
{
    const char *purpose = row->purpose == PURPOSE_NONE ? "" : purpose_text(row->purpose);
    cli_reply_enter(reply, NULL, '{');
    cli_reply_text(reply, "role", str_of(role_text(row->role)));
    cli_reply_text(reply, "act", str_of(act_text(row->act)));
    cli_reply_text(reply, "what", str_of(act_what(row->act)));
    cli_reply_text(reply, "purpose", str_of(purpose));
    cli_reply_words(reply, "| %s | %s | %s | ", act_text(row->act), act_what(row->act), purpose);
    put_set(reply, "classes", row->classes, class_name);
    cli_reply_words(reply, " | ");
    put_set(reply, "takes", row->needs, need_text);
    cli_reply_words(reply, " |\n");
    cli_reply_leave(reply);
}

static void put_role(struct cli_reply *reply, enum role role)
{
    size_t count;
    const struct may *rows = consent_may_rows(&count);
    cli_reply_words(reply, "\n## %s: %s\n\n| act | | purpose | classes | takes |\n|---|---|---|---|---|\n",
                    role_text(role), role_may(role));
    for (size_t i = 0; i < count; i++)
        if (rows[i].role == role) put_row(reply, &rows[i]);
}

enum salve_code cli_roles(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    enum role one = ROLE_COUNT;
    if (cli->word_count > 0 && !role_find(str_of(cli->words[0]), &one))
        return salve_refuse(err, SALVE_E_NOT_FOUND, "'salve roles' shows all of them", "role %s", cli->words[0]);
    cli_reply_open(&reply, cli, '[');
    for (int role = 0; role < ROLE_COUNT; role++)
        if (one == ROLE_COUNT || one == (enum role)role) put_role(&reply, (enum role)role);
    return cli_reply_done(&reply, err);
}
