/* SPDX-License-Identifier: Apache-2.0
 * Help, from the command and option tables. Man pages are in cli_man.c, completion in cli_completion.c. */
#include "cli/cli_help.h"

#include <stdio.h>
#include <string.h>

#include "json/json.h"

const char cli_exit_text[] = "Exit status: 0 done, 1 failed, 2 usage, 3 set-up, 4 not found, 5 input refused,\n"
                             "6 conflict, locked, 7 consent or role, 8 integrity, 9 later, 10 an emergency and\n"
                             "11 something for today was found, 12 the record is newer: screen again,\n"
                             "130 interrupted.\n";

size_t cli_first_word(const char *name) { return strcspn(name, " "); }

static bool begins_alike(size_t a, size_t b)
{
    size_t len = cli_first_word(cli_commands[a].name);
    return len == cli_first_word(cli_commands[b].name) && memcmp(cli_commands[a].name, cli_commands[b].name, len) == 0;
}

bool cli_is_first_alike(size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (begins_alike(i, at)) return false;
    return true;
}

static size_t count_alike(size_t at)
{
    size_t count = 0;
    for (size_t i = 0; i < cli_command_count; i++) count += begins_alike(i, at);
    return count;
}

/* Commands that begin with one word, together: "form check|show", "app [add|end]". */
static void add_alike(size_t at, struct buf *out)
{
    bool is_alone = cli_commands[at].name[cli_first_word(cli_commands[at].name)] == '\0';
    size_t more = 0;
    out->len = 0;
    buf_addf(out, "%.*s", (int)cli_first_word(cli_commands[at].name), cli_commands[at].name);
    for (size_t i = at; i < cli_command_count; i++) {
        const char *rest = cli_commands[i].name + cli_first_word(cli_commands[i].name);
        if (begins_alike(i, at) && *rest != '\0')
            buf_addf(out, "%s%s", more++ > 0 ? "|" : is_alone ? " [" : " ", rest + 1);
    }
    if (is_alone && more > 0) buf_add_char(out, ']');
}

/* One command, or those of one word: a line may end behind a '|'. Returns the column. */
static int print_pieces(struct str text, int column)
{
    while (text.len > 0) {
        ptrdiff_t bar = str_find(text, STR("|"));
        size_t len = bar < 0 ? text.len : (size_t)bar + 1;
        bool is_last = len == text.len;
        if (column + (int)len > (is_last ? 78 : 80)) column = cli_print("\n  %-12s", "") - 1;
        column += cli_print(is_last ? "%.*s  " : "%.*s", (int)len, text.ptr);
        text = str_cut(text, len, text.len);
    }
    return column;
}

enum { ALIKE_SHOWN = 3 }; /* more of one word stand in its own help: 'salve help staff' */

/* Groups in the order of their first command; fits 80 columns and 24 lines. */
static void print_group(const struct cli *cli, const char *group)
{
    struct buf text;
    int column = cli_print("  %-12s", group);
    buf_init(&text, cli->mem, CLI_LINE_BYTES_MAX);
    for (size_t i = 0; i < cli_command_count; i++) {
        if (strcmp(cli_commands[i].group, group) != 0 || !cli_is_first_alike(i)) continue;
        add_alike(i, &text);
        if (count_alike(i) > ALIKE_SHOWN) {
            text.len = 0;
            buf_addf(&text, "%.*s ...", (int)cli_first_word(cli_commands[i].name), cli_commands[i].name);
        }
        column = print_pieces(buf_str(&text), column);
    }
    cli_print("\n");
}

static void print_overview(const struct cli *cli)
{
    cli_print("salve - free health checks with the person's consent in charge\n\n"
              "Usage: salve COMMAND [OPERANDS] [OPTIONS]\n\n");
    for (size_t i = 0; i < cli_command_count; i++) {
        bool is_first = true;
        for (size_t j = 0; j < i; j++) is_first = is_first && strcmp(cli_commands[i].group, cli_commands[j].group) != 0;
        if (is_first) print_group(cli, cli_commands[i].group);
    }
    cli_print("\n  salve demo                              the whole job on made-up people\n"
              "  salve help import                       operands, options, examples\n\n%s",
              cli_exit_text);
}

static void print_option(const struct cli_option_row *row)
{
    char text[64];
    (void)snprintf(text, sizeof text, "%s--%s%s%s",
                   row->short_name == 0 ? "" : (char[]){'-', row->short_name, ',', ' ', 0}, row->name,
                   row->argument == NULL ? "" : " ", row->argument == NULL ? "" : row->argument);
    cli_print("  %-28s %s\n", text, row->help);
}

/* One text in lines of at most 80 columns. */
static void print_wrapped(const char *text)
{
    int column = 0;
    while (*text != '\0') {
        int len = (int)strcspn(text, " ");
        if (column > 0 && column + len > 80) column = 0;
        column += cli_print("%s%.*s", column == 0 ? "\n" : " ", len, text);
        text += len + (text[len] == ' ');
    }
    cli_print("\n");
}

static void print_command(const struct cli_command *command)
{
    cli_print("salve %s - %s\n\nUsage: salve %s%s%s [OPTIONS]\n", command->name, command->summary, command->name,
              command->operands[0] == '\0' ? "" : " ", command->operands);
    if (command->examples != NULL) cli_print("\nExamples:\n%s\n", command->examples);
    if (command->notes != NULL) print_wrapped(command->notes);
    cli_print("\nOptions:\n");
    for (int i = OPT_COUNT - 1; i >= 0; i--)
        if (i > OPT_HELP && cli_command_takes(command, (enum cli_option)i)) print_option(&cli_options[i]);
    cli_print("\nOptions of every command:\n");
    for (int i = 0; i <= OPT_HELP; i++) print_option(&cli_options[i]);
    cli_print("\n%s", cli_exit_text);
}

/* The command table, or one row of it. */
static enum salve_code print_json(struct cli *cli, const struct cli_command *only, struct salve_err *err)
{
    struct buf out;
    buf_init(&out, cli->mem, 1 << 20);
    struct json_writer w = {.out = &out, .pretty = true};
    json_open(&w, NULL, '[');
    for (size_t i = 0; i < cli_command_count; i++) {
        const struct cli_command *command = &cli_commands[i];
        if (only != NULL && command != only) continue;
        json_open(&w, NULL, '{');
        json_put_text(&w, "command", str_of(command->name));
        json_put_text(&w, "group", str_of(command->group));
        json_put_text(&w, "operands", str_of(command->operands));
        json_put_text(&w, "summary", str_of(command->summary));
        json_open(&w, "options", '[');
        for (int o = 0; o < OPT_COUNT; o++)
            if (cli_command_takes(command, (enum cli_option)o)) json_put_text(&w, NULL, str_of(cli_options[o].name));
        json_close(&w);
        json_close(&w);
    }
    json_close(&w);
    buf_add_char(&out, '\n');
    return cli_write_buf(&out, true, err);
}

enum salve_code cli_help(struct cli *cli, struct salve_err *err)
{
    int taken = 0;
    if (cli->word_count == 0 && cli->is_json) return print_json(cli, NULL, err);
    if (cli->word_count == 0) return print_overview(cli), SALVE_OK;
    const struct cli_command *command =
        cli_command_find(cli->words[0], cli->word_count > 1 ? cli->words[1] : NULL, &taken);
    if (command != NULL && cli->is_json) return print_json(cli, command, err);
    bool is_found = command != NULL;
    if (is_found) print_command(command);
    size_t len = strlen(cli->words[0]);
    for (size_t i = 0; taken < 2 && i < cli_command_count; i++) { /* "staff" has "staff retire" behind it */
        if (strncmp(cli_commands[i].name, cli->words[0], len) != 0 || cli_commands[i].name[len] != ' ') continue;
        if (is_found) cli_print("\n");
        print_command(&cli_commands[i]);
        is_found = true;
    }
    return is_found ? SALVE_OK : salve_fail(err, SALVE_E_USAGE, "command '%s'", cli->words[0]);
}
