/* SPDX-License-Identifier: Apache-2.0
 * Completion for shells, from the command and option tables: commands, then the options that the command takes, then
 * what an option takes. */
#include "cli/cli_commands.h"
#include "cli/cli_help.h"

#include <string.h>

static bool is_file(const char *argument)
{
    return argument != NULL &&
           (strncmp(argument, "FILE", 4) == 0 || strncmp(argument, "DIR", 3) == 0 || strncmp(argument, "PATH", 4) == 0);
}

static bool is_choice(const char *argument) { return argument != NULL && strchr(argument, '|') != NULL; }

/* In single quotes of a shell. */
static void print_quoted(const char *text, const char *quote)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            cli_print("%s", quote);
        else
            cli_print("%c", *text);
    }
}

static void print_first_words(const char *between)
{
    for (size_t i = 0; i < cli_command_count; i++)
        if (cli_is_first_alike(i))
            cli_print("%s%.*s", i == 0 ? "" : between, (int)cli_first_word(cli_commands[i].name), cli_commands[i].name);
}

/* Whether a command that begins with this word takes the option. */
static bool is_taken(size_t first, enum cli_option option)
{
    size_t len = cli_first_word(cli_commands[first].name);
    for (size_t i = 0; i < cli_command_count; i++) {
        const struct cli_command *command = &cli_commands[i];
        bool is_alike =
            cli_first_word(command->name) == len && strncmp(command->name, cli_commands[first].name, len) == 0;
        if (is_alike && cli_command_takes(command, option)) return true;
    }
    return false;
}

/* --- bash --------------------------------------------------------------------------------------------------------- */

/* "-C|--site|.." of the options that `picks` picks; false: there is none. */
static bool print_pattern(bool (*picks)(const char *argument))
{
    bool is_any = false;
    for (int i = 0; i < OPT_COUNT; i++) {
        if (!picks(cli_options[i].argument)) continue;
        cli_print("%s--%s", is_any ? "|" : "", cli_options[i].name);
        if (cli_options[i].short_name != 0) cli_print("|-%c", cli_options[i].short_name);
        is_any = true;
    }
    return is_any;
}

static bool has_argument(const char *argument) { return argument != NULL; }

static void print_bash_arguments(void)
{
    cli_print("  case $prev in\n");
    for (int i = 0; i < OPT_COUNT; i++) {
        if (!is_choice(cli_options[i].argument)) continue;
        cli_print("    --%s) COMPREPLY=($(compgen -W '", cli_options[i].name);
        for (const char *c = cli_options[i].argument; *c != '\0'; c++) cli_print("%c", *c == '|' ? ' ' : *c);
        cli_print("' -- \"$cur\")); return ;;\n");
    }
    cli_print("    ");
    if (print_pattern(is_file)) cli_print(") COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n    ");
    if (print_pattern(has_argument)) cli_print(") return ;;\n");
    cli_print("  esac\n");
}

static void print_bash_options(const struct cli_command *command)
{
    for (int i = 0; i < OPT_COUNT; i++)
        if (cli_command_takes(command, (enum cli_option)i)) cli_print(" --%s", cli_options[i].name);
}

/* Rows of two words before those of one, so that the first pattern that fits is the nearest. */
static void print_bash_commands(void)
{
    cli_print("  case \"$first $second\" in\n");
    for (int words = 2; words > 0; words--)
        for (size_t i = 0; i < cli_command_count; i++) {
            const char *name = cli_commands[i].name;
            bool is_two = name[cli_first_word(name)] != '\0';
            if (is_two != (words == 2)) continue;
            cli_print(is_two ? "    '%s') options='" : "    '%s '*) options='", name);
            print_bash_options(&cli_commands[i]);
            cli_print("' ;;\n");
        }
    cli_print("  esac\n");
}

static void print_bash_second(void)
{
    cli_print("  if [ -z \"$second\" ]; then case $first in\n");
    for (size_t i = 0; i < cli_command_count; i++) {
        size_t len = cli_first_word(cli_commands[i].name);
        bool is_any = false;
        if (!cli_is_first_alike(i)) continue;
        for (size_t j = i; j < cli_command_count; j++) {
            const char *name = cli_commands[j].name;
            if (strncmp(name, cli_commands[i].name, len) != 0 || name[len] != ' ') continue;
            if (!is_any) cli_print("    %.*s) COMPREPLY=($(compgen -W '", (int)len, name);
            cli_print("%s%s", is_any ? " " : "", name + len + 1);
            is_any = true;
        }
        if (is_any) cli_print("' -- \"$cur\")) ;;\n");
    }
    cli_print("  esac; fi\n");
}

static void complete_bash(void)
{
    cli_print("_salve() {\n"
              "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
              "  local first='' second='' options='' word i\n"
              "  for ((i = 1; i < COMP_CWORD; i++)); do\n    word=${COMP_WORDS[i]}\n    case $word in\n      ");
    (void)print_pattern(has_argument);
    cli_print(") i=$((i + 1)) ;;\n      -*) ;;\n"
              "      *) if [ -z \"$first\" ]; then first=$word; elif [ -z \"$second\" ]; then second=$word; fi ;;\n"
              "    esac\n  done\n  COMPREPLY=()\n");
    print_bash_arguments();
    print_bash_commands();
    cli_print("  case $cur in\n    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$cur\")); return ;;\n  esac\n"
              "  if [ -z \"$first\" ]; then COMPREPLY=($(compgen -W '");
    print_first_words(" ");
    cli_print("' -- \"$cur\")); return; fi\n");
    print_bash_second();
    cli_print("  COMPREPLY+=($(compgen -f -- \"$cur\"))\n}\ncomplete -o filenames -F _salve salve\n");
}

/* --- zsh and fish ------------------------------------------------------------------------------------------------- */

static void complete_zsh(void)
{
    cli_print("#compdef salve\n_salve() {\n  local -a commands options\n  commands=(\n");
    for (size_t i = 0; i < cli_command_count; i++) {
        if (!cli_is_first_alike(i)) continue;
        cli_print("    '%.*s:", (int)cli_first_word(cli_commands[i].name), cli_commands[i].name);
        print_quoted(cli_commands[i].summary, "'\\''");
        cli_print("'\n");
    }
    cli_print("  )\n  case $words[2] in\n");
    for (size_t i = 0; i < cli_command_count; i++) {
        if (!cli_is_first_alike(i)) continue;
        cli_print("    %.*s) options=(", (int)cli_first_word(cli_commands[i].name), cli_commands[i].name);
        for (int o = 0; o < OPT_COUNT; o++) {
            if (!is_taken(i, (enum cli_option)o)) continue;
            cli_print("\n      '--%s:", cli_options[o].name);
            print_quoted(cli_options[o].help, "'\\''");
            cli_print("'");
        }
        cli_print(") ;;\n");
    }
    cli_print("  esac\n  if (( CURRENT == 2 )); then _describe command commands\n"
              "  elif [[ $words[CURRENT] == -* ]]; then _describe -o option options\n"
              "  else _files; fi\n}\ncompdef _salve salve\n");
}

static void print_fish_option(const char *condition, int option)
{
    const struct cli_option_row *row = &cli_options[option];
    cli_print("complete -c salve%s -l %s", condition, row->name);
    if (row->short_name != 0) cli_print(" -s %c", row->short_name);
    if (is_choice(row->argument)) {
        cli_print(" -x -a '");
        for (const char *c = row->argument; *c != '\0'; c++) cli_print("%c", *c == '|' ? ' ' : *c);
        cli_print("'");
    } else if (row->argument != NULL) {
        cli_print(is_file(row->argument) ? " -r" : " -x");
    }
    cli_print(" -d '");
    print_quoted(row->help, "\\'");
    cli_print("'\n");
}

static void complete_fish(struct arena *mem)
{
    for (size_t i = 0; i < cli_command_count; i++) {
        if (!cli_is_first_alike(i)) continue;
        int len = (int)cli_first_word(cli_commands[i].name);
        cli_print("complete -c salve -n __fish_use_subcommand -f -a %.*s -d '", len, cli_commands[i].name);
        print_quoted(cli_commands[i].summary, "\\'");
        cli_print("'\n");
        struct str condition = arena_printf(mem, " -n '__fish_seen_subcommand_from %.*s'", len, cli_commands[i].name);
        for (int o = OPT_HELP + 1; o < OPT_COUNT && condition.ptr != NULL; o++)
            if (is_taken(i, (enum cli_option)o)) print_fish_option(condition.ptr, o);
    }
    for (int o = 0; o <= OPT_HELP; o++) print_fish_option("", o);
}

enum salve_code cli_completion(struct cli *cli, struct salve_err *err)
{
    const char *shell = cli->words[0];
    if (strcmp(shell, "bash") == 0) return complete_bash(), SALVE_OK;
    if (strcmp(shell, "zsh") == 0) return complete_zsh(), SALVE_OK;
    if (strcmp(shell, "fish") == 0) return complete_fish(cli->mem), SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, "the shells are bash, zsh and fish", "shell '%s'", shell);
}
