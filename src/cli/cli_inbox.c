/* SPDX-License-Identifier: Apache-2.0
 * The commands behind an alarm: told, close. */
#include "cli/cli_commands.h"
#include "cli/cli_open.h"
#include "cli/cli_person.h"
#include "cli/cli_reply.h"
#include "visit/inbox.h"

/* --- told --------------------------------------------------------------------------------------------------------- */

static enum salve_code read_tell(struct cli *cli, struct screen_tell *out, struct salve_err *err)
{
    struct str *items = arena_array(cli->mem, struct str, cli->word_count);
    if (items == NULL) return salve_fail(err, SALVE_E_MEMORY, "items");
    for (size_t i = 1; i < cli->word_count; i++) items[i - 1] = str_of(cli->words[i]);
    *out = (struct screen_tell){.items = items,
                                .item_count = cli->word_count - 1,
                                .is_guardian = cli_has(cli, OPT_GUARDIAN),
                                .agreed = cli_option_or(cli, OPT_AGREED, "")};
    if (screen_how_find(cli_option_or(cli, OPT_HOW, ""), &out->how)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, "say how they were told: in-person, telephone or messenger", "--how");
}

static void add_telling(struct cli_reply *reply, const struct screen_told *told)
{
    cli_reply_text(reply, "by", told->by);
    cli_reply_text(reply, "at", told->at);
    cli_reply_text(reply, "how", str_of(screen_how_text(told->how)));
    cli_reply_bool(reply, "guardian", told->is_guardian);
    cli_reply_text(reply, "agreed", told->agreed);
    cli_reply_words(reply, "  told %sby %.*s, %.16s, %s%s%.*s\n", told->is_guardian ? "to the guardian " : "",
                    STR_ARGS(told->by), told->at.ptr, screen_how_text(told->how), told->agreed.len > 0 ? ": " : "",
                    STR_ARGS(told->agreed));
}

static void add_told(struct cli_reply *reply, const struct finding *finding, const struct screen_told *told,
                     enum screen_state state)
{
    cli_reply_enter(reply, NULL, '{');
    cli_reply_text(reply, "item", finding->item);
    cli_reply_text(reply, "urgency", str_of(urgency_text(finding->urgency)));
    cli_reply_bool(reply, "signed", state == SCREEN_SIGNED);
    cli_reply_bool(reply, "told", told->is_told);
    cli_reply_words(reply, "%.*s  %s%s\n", STR_ARGS(finding->item), urgency_text(finding->urgency),
                    state == SCREEN_DRAFT ? "  (draft)" : "");
    if (told->is_told) add_telling(reply, told);
    if (!told->is_told)
        cli_reply_words(reply, "  NOT TOLD%s\n",
                        screen_needs_told(finding) ? "" : "; it ends when it is measured again");
    cli_reply_bool(reply, "closed", told->is_closed);
    if (told->is_closed) cli_reply_text(reply, "closedBy", told->closed_by);
    if (told->is_closed)
        cli_reply_words(reply, "  closed by %.*s, %.16s\n", STR_ARGS(told->closed_by), told->closed_at.ptr);
    cli_reply_leave(reply);
}

static enum salve_code show_told(struct cli *cli, struct salve_err *err)
{
    struct visit_told all;
    struct cli_reply reply;
    size_t shown = 0;
    TRY(visit_told(&cli->visit, cli->card, &all, err));
    cli_reply_open(&reply, cli, '[');
    for (int state = SCREEN_DRAFT; state <= SCREEN_SIGNED; state++)
        for (size_t i = 0; i < all.sets[state].count; i++) {
            const struct finding *one = &all.sets[state].findings[i];
            if (!screen_is_alarm(one) && !all.told[state][i].is_told) continue;
            add_told(&reply, one, &all.told[state][i], (enum screen_state)state);
            shown++;
        }
    if (shown == 0) cli_reply_words(&reply, "Nothing that has to be told today or now.\n");
    return cli_reply_done(&reply, err);
}

enum salve_code cli_told(struct cli *cli, struct salve_err *err)
{
    struct screen_tell tell;
    struct cli_reply reply;
    size_t count = 0;
    bool is_telling =
        cli_has(cli, OPT_HOW) || cli_has(cli, OPT_AGREED) || cli_has(cli, OPT_GUARDIAN) || cli->word_count > 1;
    if (is_telling) TRY(read_tell(cli, &tell, err));
    TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, CLI_STAFF, err));
    if (!is_telling) return show_told(cli, err);
    TRY(visit_tell(&cli->visit, cli->card, &tell, &count, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_number(&reply, "told", count);
    cli_reply_words(&reply, "Noted: the person was told of %zu findings. A clinician closes the alarms: salve close\n",
                    count);
    return cli_reply_done(&reply, err);
}

/* --- close -------------------------------------------------------------------------------------------------------- */

enum salve_code cli_alarms_close(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    size_t count = 0;
    TRY(cli_card_read(cli, err));
    TRY(cli_open(cli, CLI_STAFF, err));
    TRY(visit_close(&cli->visit, cli->card, &count, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_number(&reply, "closed", count);
    cli_reply_words(&reply, "Closed: %zu findings.\n", count);
    return cli_reply_done(&reply, err);
}
