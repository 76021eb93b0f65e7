/* SPDX-License-Identifier: Apache-2.0
 * The commands behind an alarm: inbox, told, close; and the file of urgent rows. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/cli_commands.h"
#include "cli/cli_findings.h"
#include "cli/cli_inbox.h"
#include "cli/cli_open.h"
#include "cli/cli_person.h"
#include "cli/cli_reply.h"

/* --- the list ----------------------------------------------------------------------------------------------------- */

static const char *reach_words(enum work_reach reach)
{
    if (reach == WORK_BY_TICKET) return "by this ticket";
    return reach == WORK_BY_SHOWN ? "by this ticket, the card was just used"
                                  : "at the next visit, or by the station's paper list";
}

static const char *reach_text(enum work_reach reach)
{
    if (reach == WORK_BY_TICKET) return "ticket";
    return reach == WORK_BY_SHOWN ? "card-shown" : "next-visit";
}

/* "3 d 4 h", "2 h 10 min", "5 min" */
static void add_span(struct cli_reply *reply, int64_t ms)
{
    long long minutes = ms / 60000;
    if (minutes >= 24 * 60)
        cli_reply_words(reply, "%lld d %lld h", minutes / (24 * 60), minutes / 60 % 24);
    else if (minutes >= 60)
        cli_reply_words(reply, "%lld h %lld min", minutes / 60, minutes % 60);
    else
        cli_reply_words(reply, "%lld min", minutes);
}

static void add_entry(struct cli_reply *reply, const struct work_entry *entry, int64_t now_unix_ms)
{
    char since[CLOCK_TEXT_BYTES], due[CLOCK_TEXT_BYTES];
    int64_t late_ms = now_unix_ms - entry->due_unix_ms;
    cli_reply_enter(reply, NULL, '{');
    cli_reply_text(reply, "task", str_of(work_task_text(entry->task)));
    cli_reply_text(reply, "urgency", str_of(urgency_text((enum urgency)entry->urgency)));
    cli_reply_text(reply, "since", clock_text(entry->since_unix_ms, since));
    cli_reply_text(reply, "due", clock_text(entry->due_unix_ms, due));
    cli_reply_number(reply, "overdueMinutes", late_ms > 0 ? (uint64_t)late_ms / 60000 : 0);
    cli_reply_leave(reply);
    cli_reply_words(reply, "    %-7s %-14s since %.16s", work_task_text(entry->task),
                    urgency_text((enum urgency)entry->urgency), since);
    if (late_ms >= 60000) cli_reply_words(reply, "  OVERDUE ");
    if (late_ms >= 60000) add_span(reply, late_ms);
    cli_reply_words(reply, "\n");
}

static void add_entries(struct cli_reply *reply, const struct work *work, int64_t now_unix_ms)
{
    cli_reply_text(reply, "ticket", work->ticket);
    cli_reply_text(reply, "reach", str_of(reach_text(work->reach)));
    cli_reply_enter(reply, "tasks", '[');
    cli_reply_words(reply, "  %.*s  %s\n", STR_ARGS(work->ticket), reach_words(work->reach));
    for (size_t i = 0; i < work->entry_count; i++) add_entry(reply, &work->entries[i], now_unix_ms);
    cli_reply_leave(reply);
}

void cli_work_add(struct cli_reply *reply, const struct work *work)
{
    if (work->ticket.len == 0) return;
    cli_reply_words(reply, "Open:\n");
    cli_reply_enter(reply, "open", '{');
    add_entries(reply, work, site_now_unix_ms(reply->cli->visit.site));
    cli_reply_leave(reply);
}

void cli_work_unreadable(struct cli *cli, uint64_t unreadable)
{
    if (unreadable == 0) return;
    cli_warn("%llu entries of the open work do not open, and what is open there is not listed: salve verify",
             (unsigned long long)unreadable);
    if (cli->exit_status == 0) cli->exit_status = salve_code_exit(SALVE_E_INTEGRITY);
}

static const char *heading_of(enum urgency urgency)
{
    if (urgency == URGENCY_EMERGENCY_NOW) return "EMERGENCY NOW";
    return urgency == URGENCY_SAME_DAY ? "SAME DAY" : "TO SIGN";
}

enum salve_code cli_inbox(struct cli *cli, struct salve_err *err)
{
    struct visit_work *list = NULL;
    struct cli_reply reply;
    size_t count = 0;
    uint64_t unreadable = 0;
    TRY(cli_open(cli, CLI_STAFF, err));
    TRY(visit_inbox(&cli->visit, &list, &count, &unreadable, err));
    cli_reply_open(&reply, cli, '[');
    for (size_t i = 0; i < count; i++) {
        const char *heading = heading_of(list[i].urgency);
        if (i == 0 || strcmp(heading, heading_of(list[i - 1].urgency)) != 0) cli_reply_words(&reply, "%s\n", heading);
        cli_reply_enter(&reply, NULL, '{');
        add_entries(&reply, &list[i].work, site_now_unix_ms(cli->visit.site));
        cli_reply_leave(&reply);
    }
    if (count == 0 && unreadable == 0) cli_reply_words(&reply, "Nothing is open.\n");
    if (count > 0) cli->exit_status = cli_urgency_status(list[0].urgency);
    cli_work_unreadable(cli, unreadable);
    return cli_reply_done(&reply, err);
}

/* --- urgent rows -------------------------------------------------------------------------------------------------- */

enum { ROW_LINE_BYTES = 128 };
#define URGENT_HEAD "row,ticket,urgency\n"

/* Where the lines of the first `done` rows end. */
static enum salve_code place_behind(FILE *file, const char *path, uint64_t done, off_t *out, struct salve_err *err)
{
    char line[ROW_LINE_BYTES];
    off_t at = 0;
    *out = 0;
    rewind(file);
    while (fgets(line, sizeof line, file) != NULL) {
        int64_t row = 0;
        struct str text = str_of(line), number, rest;
        at += (off_t)text.len;
        bool is_head = strcmp(line, URGENT_HEAD) == 0 && *out == 0;
        bool is_row = str_split(text, ',', &number, &rest) && str_to_i64(number, &row) && str_ends(text, STR("\n"));
        if (is_head || (is_row && row > 0 && (uint64_t)row <= done)) *out = at;
    }
    return ferror(file) ? file_fail(err, path) : SALVE_OK;
}

enum salve_code cli_urgent_begun(FILE *file, const char *path, const struct rec_rows_state *state,
                                 struct salve_err *err)
{
    off_t end = 0;
    bool is_empty = fseeko(file, 0, SEEK_END) != 0 || ftello(file) <= 0;
    if (!is_empty && !state->is_resumed)
        return salve_refuse(err, SALVE_E_CONFLICT,
                            "the file exists and may name people who have to be found; name another", "--urgent %s",
                            path);
    if (!is_empty) TRY(place_behind(file, path, state->done, &end, err));
    if (!is_empty && ftruncate(fileno(file), end) != 0) return file_fail(err, path);
    (void)fseeko(file, 0, SEEK_END);                                           /* a pipe has no end */
    if (end == 0 && fputs(URGENT_HEAD, file) < 0) return file_fail(err, path); /* on the disk with the first row */
    return SALVE_OK;
}

enum salve_code cli_urgent_keep(FILE *file, const char *path, uint64_t row, struct str ticket, enum urgency urgency,
                                struct salve_err *err)
{
    if (fprintf(file, "%llu,%.*s,%s\n", (unsigned long long)row, STR_ARGS(ticket), urgency_text(urgency)) < 0 ||
        fflush(file) != 0)
        return file_fail(err, path);
    return fdatasync(fileno(file)) == 0 || errno == EINVAL || errno == EROFS ? SALVE_OK : file_fail(err, path);
}

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
    (void)!cli_accepted(cli, 0, NULL); /* telling waits for no guideline */
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
