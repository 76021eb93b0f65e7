/* SPDX-License-Identifier: Apache-2.0
 * Help, man page and shell completion, all from the command and option tables. */
#include "app/app_int.h"

#include <stdio.h>
#include <string.h>

#include "json/json.h"

struct help_row {
    const char *name, *argument, *help;
    char short_name;
};

#define X(id, short_name, name, argument, help) {name, argument, help, short_name},
static const struct help_row rows[OPT_COUNT] = {APP_OPTIONS(X)};
#undef X

static const char exit_text[] = "Exit status: 0 done, 1 failed, 2 wrong usage, 3 set-up wrong, 4 not found,\n"
                                "5 partly done or input refused, 6 conflict or locked, 7 refused by consent or\n"
                                "role, 8 integrity, 9 try again later, 130 interrupted.\n";

/* Groups in the order of their first command; fits 80 columns and 24 lines. */
static void print_group(const char *group)
{
    int column = app_print("  %-12s", group);
    for (size_t i = 0; i < app_command_count; i++) {
        const struct app_command *command = &app_commands[i];
        if (strcmp(command->group, group) != 0) continue;
        int width = (int)strlen(command->name) + 2;
        if (column + width > 80) column = app_print("\n  %-12s", "");
        column += app_print("%s  ", command->name);
    }
    app_print("\n");
}

static void print_overview(void)
{
    app_print("salve - free health checks with the person's consent in charge\n\n"
              "Usage: salve COMMAND [OPERANDS] [OPTIONS]\n\n");
    for (size_t i = 0; i < app_command_count; i++) {
        bool is_first = true;
        for (size_t j = 0; j < i; j++) is_first = is_first && strcmp(app_commands[i].group, app_commands[j].group) != 0;
        if (is_first) print_group(app_commands[i].group);
    }
    app_print("\n  salve demo                              the whole job on made-up people\n"
              "  salve help import                       operands, options, examples\n"
              "  salve fhir validate patient.json        no site needed\n"
              "  salve letter CARD --lang ar -o l.pdf    one step of a visit\n\n%s",
              exit_text);
}

static void print_option(const struct help_row *row)
{
    char text[64];
    (void)snprintf(text, sizeof text, "%s--%s%s%s",
                   row->short_name == 0 ? "" : (char[]){'-', row->short_name, ',', ' ', 0}, row->name,
                   row->argument == NULL ? "" : " ", row->argument == NULL ? "" : row->argument);
    app_print("  %-28s %s\n", text, row->help);
}

static void print_command(const struct app_command *command)
{
    app_print("salve %s - %s\n\nUsage: salve %s%s%s [OPTIONS]\n", command->name, command->summary, command->name,
              command->operands[0] == '\0' ? "" : " ", command->operands);
    if (command->examples != NULL) app_print("\nExamples:\n%s\n", command->examples);
    if (command->notes != NULL) app_print("\n%s\n", command->notes);
    app_print("\nOptions:\n");
    for (int i = OPT_COUNT - 1; i >= 0; i--)
        if (i > OPT_HELP && app_command_takes(command, (enum app_option)i)) print_option(&rows[i]);
    app_print("\nOptions of every command:\n");
    for (int i = 0; i <= OPT_HELP; i++) print_option(&rows[i]);
    app_print("\n%s", exit_text);
}

/* The command table, or one row of it. */
static enum salve_code print_json(struct app *app, const struct app_command *only, struct salve_err *err)
{
    struct buf out;
    buf_init(&out, app->mem, 1 << 20);
    struct json_writer w = {.out = &out, .pretty = true};
    json_open(&w, NULL, '[');
    for (size_t i = 0; i < app_command_count; i++) {
        const struct app_command *command = &app_commands[i];
        if (only != NULL && command != only) continue;
        json_open(&w, NULL, '{');
        json_put_text(&w, "command", str_of(command->name));
        json_put_text(&w, "group", str_of(command->group));
        json_put_text(&w, "operands", str_of(command->operands));
        json_put_text(&w, "summary", str_of(command->summary));
        json_open(&w, "options", '[');
        for (int o = 0; o < OPT_COUNT; o++)
            if (app_command_takes(command, (enum app_option)o)) json_put_text(&w, NULL, str_of(rows[o].name));
        json_close(&w);
        json_close(&w);
    }
    json_close(&w);
    buf_add_char(&out, '\n');
    return app_write_buf(&out, true, err);
}

enum salve_code app_help(struct app *app, struct salve_err *err)
{
    int taken = 0;
    if (app->word_count == 0 && app->is_json) return print_json(app, NULL, err);
    if (app->word_count == 0) return print_overview(), SALVE_OK;
    const struct app_command *command =
        app_command_find(app->words[0], app->word_count > 1 ? app->words[1] : NULL, &taken);
    if (command != NULL && app->is_json) return print_json(app, command, err);
    if (command != NULL) return print_command(command), SALVE_OK;
    bool is_group = false;
    size_t len = strlen(app->words[0]);
    for (size_t i = 0; i < app_command_count; i++) {
        if (strncmp(app_commands[i].name, app->words[0], len) != 0 || app_commands[i].name[len] != ' ') continue;
        if (is_group) app_print("\n");
        print_command(&app_commands[i]);
        is_group = true;
    }
    return is_group ? SALVE_OK : salve_fail(err, SALVE_E_USAGE, "command '%s'", app->words[0]);
}

/* troff needs a backslash before a hyphen and a guard before a leading dot. */
static void print_troff(const char *text)
{
    bool is_line_start = true;
    for (; *text != '\0'; text++) {
        if (is_line_start && (*text == '.' || *text == '\'')) app_print("\\&");
        if (*text == '-')
            app_print("\\-");
        else if (*text == '\\')
            app_print("\\e");
        else
            app_print("%c", *text);
        is_line_start = *text == '\n';
    }
}

static void print_man_options(const struct app_command *command)
{
    for (int i = 0; i < OPT_COUNT; i++) {
        bool is_wanted =
            command == NULL ? i <= OPT_HELP : i > OPT_HELP && app_command_takes(command, (enum app_option)i);
        if (!is_wanted) continue;
        app_print(".TP\n\\fB\\-\\-");
        print_troff(rows[i].name);
        app_print("\\fR %s\n", rows[i].argument == NULL ? "" : rows[i].argument);
        print_troff(rows[i].help);
        app_print("\n");
    }
}

enum salve_code app_man(struct app *app, struct salve_err *err)
{
    (void)app, (void)err;
    app_print(".TH SALVE 1\n.SH NAME\nsalve \\- free health checks with the person's consent in charge\n"
              ".SH SYNOPSIS\n.B salve\n.I COMMAND\n[\\fIOPERANDS\\fR] [\\fIOPTIONS\\fR]\n.SH COMMANDS\n");
    for (size_t i = 0; i < app_command_count; i++) {
        const struct app_command *command = &app_commands[i];
        app_print(".SS salve %s %s\n", command->name, command->operands);
        print_troff(command->summary);
        app_print("\n");
        if (command->notes != NULL) {
            app_print(".PP\n");
            print_troff(command->notes);
            app_print("\n");
        }
        print_man_options(command);
        if (command->examples == NULL) continue;
        app_print(".PP\n.nf\n");
        print_troff(command->examples);
        app_print("\n.fi\n");
    }
    app_print(".SH OPTIONS OF EVERY COMMAND\n");
    print_man_options(NULL);
    app_print(".SH EXIT STATUS\n.nf\n");
    print_troff(exit_text);
    app_print(".fi\n");
    return SALVE_OK;
}

/* --- completion -------------------------------------------------------------------------------------------------- */

static bool is_first_of_group(size_t at, size_t len)
{
    for (size_t i = 0; i < at; i++)
        if (strncmp(app_commands[i].name, app_commands[at].name, len) == 0 &&
            (app_commands[i].name[len] == ' ' || app_commands[i].name[len] == '\0'))
            return false;
    return true;
}

static void print_first_words(const char *between)
{
    for (size_t i = 0; i < app_command_count; i++) {
        size_t len = strcspn(app_commands[i].name, " ");
        if (is_first_of_group(i, len)) app_print("%s%.*s", i == 0 ? "" : between, (int)len, app_commands[i].name);
    }
}

static void print_option_words(const char *prefix)
{
    for (int i = 0; i < OPT_COUNT; i++) app_print("%s%s--%s", i == 0 ? "" : " ", prefix, rows[i].name);
}

static void complete_bash(void)
{
    app_print("_salve() {\n  local word=${COMP_WORDS[COMP_CWORD]} first=${COMP_WORDS[1]}\n  case $word in\n"
              "    -*) COMPREPLY=($(compgen -W '");
    print_option_words("");
    app_print("' -- \"$word\")); return ;;\n  esac\n  if [ \"$COMP_CWORD\" -eq 1 ]; then COMPREPLY=($(compgen -W '");
    print_first_words(" ");
    app_print("' -- \"$word\")); return; fi\n  if [ \"$COMP_CWORD\" -eq 2 ]; then case $first in\n");
    for (size_t i = 0; i < app_command_count; i++) {
        const char *space = strchr(app_commands[i].name, ' ');
        if (space == NULL) continue;
        size_t len = (size_t)(space - app_commands[i].name);
        if (!is_first_of_group(i, len)) continue;
        app_print("    %.*s) COMPREPLY=($(compgen -W '", (int)len, app_commands[i].name);
        for (size_t j = i; j < app_command_count; j++)
            if (strncmp(app_commands[j].name, app_commands[i].name, len + 1) == 0)
                app_print("%s ", app_commands[j].name + len + 1);
        app_print("' -- \"$word\")); return ;;\n");
    }
    app_print("  esac; fi\n  COMPREPLY=($(compgen -f -- \"$word\"))\n}\ncomplete -o filenames -F _salve salve\n");
}

static void complete_zsh(void)
{
    app_print("#compdef salve\n_salve() {\n  if (( CURRENT == 2 )); then compadd ");
    print_first_words(" ");
    app_print("\n  elif [[ $words[CURRENT] == -* ]]; then compadd -- ");
    print_option_words("");
    app_print("\n  else _files; fi\n}\ncompdef _salve salve\n");
}

static void complete_fish(void)
{
    app_print("complete -c salve -n __fish_use_subcommand -f -a '");
    print_first_words(" ");
    app_print("'\n");
    for (int i = 0; i < OPT_COUNT; i++)
        app_print("complete -c salve -l %s%s -d '%s'\n", rows[i].name, rows[i].argument == NULL ? "" : " -r",
                  rows[i].help);
}

enum salve_code app_completion(struct app *app, struct salve_err *err)
{
    const char *shell = app->words[0];
    if (strcmp(shell, "bash") == 0) return complete_bash(), SALVE_OK;
    if (strcmp(shell, "zsh") == 0) return complete_zsh(), SALVE_OK;
    if (strcmp(shell, "fish") == 0) return complete_fish(), SALVE_OK;
    (void)salve_fail(err, SALVE_E_USAGE, "shell '%s'", shell);
    return salve_why(err, "the shells are bash, zsh and fish");
}
