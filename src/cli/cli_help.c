/* SPDX-License-Identifier: Apache-2.0
 * Help, man page and shell completion, all from the command and option tables. */
#include "cli/cli_int.h"

#include <stdio.h>
#include <string.h>

#include "json/json.h"

static const char exit_text[] = "Exit status: 0 done, 1 failed, 2 usage, 3 set-up, 4 not found, 5 input refused,\n"
                                "6 conflict, locked, 7 consent or role, 8 integrity, 9 later, 10 an emergency and\n"
                                "11 something for today was found, 12 the record is newer: screen again,\n"
                                "130 interrupted.\n";

static size_t first_word(const char *name) { return strcspn(name, " "); }

static bool begins_alike(size_t a, size_t b)
{
    size_t len = first_word(cli_commands[a].name);
    return len == first_word(cli_commands[b].name) && memcmp(cli_commands[a].name, cli_commands[b].name, len) == 0;
}

static bool is_first_alike(size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (begins_alike(i, at)) return false;
    return true;
}

/* Commands that begin with one word, together: "keys rotate|change", "staff [retire|role]". Empty behind the first. */
static void add_alike(size_t at, struct buf *out)
{
    bool is_alone = cli_commands[at].name[first_word(cli_commands[at].name)] == '\0';
    size_t more = 0;
    out->len = 0;
    if (!is_first_alike(at)) return;
    buf_addf(out, "%.*s", (int)first_word(cli_commands[at].name), cli_commands[at].name);
    for (size_t i = at; i < cli_command_count; i++) {
        const char *rest = cli_commands[i].name + first_word(cli_commands[i].name);
        if (begins_alike(i, at) && *rest != '\0')
            buf_addf(out, "%s%s", more++ > 0 ? "|" : is_alone ? " [" : " ", rest + 1);
    }
    if (is_alone && more > 0) buf_add_char(out, ']');
}

/* Groups in the order of their first command; fits 80 columns and 24 lines. */
static void print_group(const struct cli *cli, const char *group)
{
    struct buf text;
    int column = cli_print("  %-12s", group);
    buf_init(&text, cli->mem, CLI_LINE_BYTES_MAX);
    for (size_t i = 0; i < cli_command_count; i++) {
        if (strcmp(cli_commands[i].group, group) != 0) continue;
        add_alike(i, &text);
        if (text.len == 0) continue;
        if (column + (int)text.len + 2 > 80) column = cli_print("\n  %-12s", "");
        column += cli_print("%.*s  ", STR_ARGS(buf_str(&text)));
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
              "  salve help import                       operands, options, examples\n"
              "  salve fhir validate patient.json        no site needed\n\n%s",
              exit_text);
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
    cli_print("\n%s", exit_text);
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

/* troff needs a backslash before a hyphen and a guard before a leading dot. */
static void print_troff(const char *text)
{
    bool is_line_start = true;
    for (; *text != '\0'; text++) {
        if (is_line_start && (*text == '.' || *text == '\'')) cli_print("\\&");
        if (*text == '-')
            cli_print("\\-");
        else if (*text == '\\')
            cli_print("\\e");
        else
            cli_print("%c", *text);
        is_line_start = *text == '\n';
    }
}

static void print_man_options(const struct cli_command *command)
{
    for (int i = 0; i < OPT_COUNT; i++) {
        bool is_wanted =
            command == NULL ? i <= OPT_HELP : i > OPT_HELP && cli_command_takes(command, (enum cli_option)i);
        if (!is_wanted) continue;
        cli_print(".TP\n\\fB\\-\\-");
        print_troff(cli_options[i].name);
        cli_print("\\fR %s\n", cli_options[i].argument == NULL ? "" : cli_options[i].argument);
        print_troff(cli_options[i].help);
        cli_print("\n");
    }
}

enum salve_code cli_man(struct cli *cli, struct salve_err *err)
{
    (void)cli, (void)err;
    cli_print(".TH SALVE 1\n.SH NAME\nsalve \\- free health checks with the person's consent in charge\n"
              ".SH SYNOPSIS\n.B salve\n.I COMMAND\n[\\fIOPERANDS\\fR] [\\fIOPTIONS\\fR]\n.SH COMMANDS\n");
    for (size_t i = 0; i < cli_command_count; i++) {
        const struct cli_command *command = &cli_commands[i];
        cli_print(".SS salve %s %s\n", command->name, command->operands);
        print_troff(command->summary);
        cli_print("\n");
        if (command->notes != NULL) {
            cli_print(".PP\n");
            print_troff(command->notes);
            cli_print("\n");
        }
        print_man_options(command);
        if (command->examples == NULL) continue;
        cli_print(".PP\n.nf\n");
        print_troff(command->examples);
        cli_print("\n.fi\n");
    }
    cli_print(".SH OPTIONS OF EVERY COMMAND\n");
    print_man_options(NULL);
    cli_print(".SH EXIT STATUS\n.nf\n");
    print_troff(exit_text);
    cli_print(".fi\n");
    return SALVE_OK;
}

/* --- completion -------------------------------------------------------------------------------------------------- */

static void print_first_words(const char *between)
{
    for (size_t i = 0; i < cli_command_count; i++) {
        size_t len = strcspn(cli_commands[i].name, " ");
        if (is_first_alike(i)) cli_print("%s%.*s", i == 0 ? "" : between, (int)len, cli_commands[i].name);
    }
}

static void print_option_words(const char *prefix)
{
    for (int i = 0; i < OPT_COUNT; i++) cli_print("%s%s--%s", i == 0 ? "" : " ", prefix, cli_options[i].name);
}

static void complete_bash(void)
{
    cli_print("_salve() {\n  local word=${COMP_WORDS[COMP_CWORD]} first=${COMP_WORDS[1]}\n  case $word in\n"
              "    -*) COMPREPLY=($(compgen -W '");
    print_option_words("");
    cli_print("' -- \"$word\")); return ;;\n  esac\n  if [ \"$COMP_CWORD\" -eq 1 ]; then COMPREPLY=($(compgen -W '");
    print_first_words(" ");
    cli_print("' -- \"$word\")); return; fi\n  if [ \"$COMP_CWORD\" -eq 2 ]; then case $first in\n");
    for (size_t i = 0; i < cli_command_count; i++) {
        const char *space = strchr(cli_commands[i].name, ' ');
        if (space == NULL) continue;
        size_t len = (size_t)(space - cli_commands[i].name);
        if (!is_first_alike(i)) continue;
        cli_print("    %.*s) COMPREPLY=($(compgen -W '", (int)len, cli_commands[i].name);
        for (size_t j = i; j < cli_command_count; j++)
            if (strncmp(cli_commands[j].name, cli_commands[i].name, len + 1) == 0)
                cli_print("%s ", cli_commands[j].name + len + 1);
        cli_print("' -- \"$word\")); return ;;\n");
    }
    cli_print("  esac; fi\n  COMPREPLY=($(compgen -f -- \"$word\"))\n}\ncomplete -o filenames -F _salve salve\n");
}

static void complete_zsh(void)
{
    cli_print("#compdef salve\n_salve() {\n  if (( CURRENT == 2 )); then compadd ");
    print_first_words(" ");
    cli_print("\n  elif [[ $words[CURRENT] == -* ]]; then compadd -- ");
    print_option_words("");
    cli_print("\n  else _files; fi\n}\ncompdef _salve salve\n");
}

static void complete_fish(void)
{
    cli_print("complete -c salve -n __fish_use_subcommand -f -a '");
    print_first_words(" ");
    cli_print("'\n");
    for (int i = 0; i < OPT_COUNT; i++)
        cli_print("complete -c salve -l %s%s -d '%s'\n", cli_options[i].name,
                  cli_options[i].argument == NULL ? "" : " -r", cli_options[i].help);
}

enum salve_code cli_completion(struct cli *cli, struct salve_err *err)
{
    const char *shell = cli->words[0];
    if (strcmp(shell, "bash") == 0) return complete_bash(), SALVE_OK;
    if (strcmp(shell, "zsh") == 0) return complete_zsh(), SALVE_OK;
    if (strcmp(shell, "fish") == 0) return complete_fish(), SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, "the shells are bash, zsh and fish", "shell '%s'", shell);
}
