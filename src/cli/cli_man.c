/* SPDX-License-Identifier: Apache-2.0
 * Manual pages, from the tables of commands, options and configuration: salve(1), one a command, salve.conf(5). */
#include "cli/cli_commands.h"
#include "cli/cli_help.h"

#include <stdio.h>
#include <string.h>

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

static void print_line(const char *text)
{
    print_troff(text);
    cli_print("\n");
}

/* The title in capitals; the summary of a command without its full stop. */
static void print_head(const char *title, int section, const char *summary)
{
    char line[256];
    int len = (int)strlen(summary);
    cli_print(".TH ");
    for (const char *c = title; *c != '\0'; c++) cli_print("%c", str_is_lower(*c) ? *c - 'a' + 'A' : *c);
    cli_print(" %d \"\" \"salve %s\" Salve\n.SH NAME\n", section, SALVE_VERSION);
    print_troff(title);
    (void)snprintf(line, sizeof line, " - %.*s", len > 0 && summary[len - 1] == '.' ? len - 1 : len, summary);
    print_line(line);
}

/* --- commands ----------------------------------------------------------------------------------------------------- */

static void print_options(const struct cli_command *command)
{
    for (int i = 0; i < OPT_COUNT; i++) {
        const struct cli_option_row *row = &cli_options[i];
        bool is_wanted =
            command == NULL ? i <= OPT_HELP : i > OPT_HELP && cli_command_takes(command, (enum cli_option)i);
        if (!is_wanted) continue;
        cli_print(".TP\n");
        if (row->short_name != 0) cli_print("\\fB\\-%c\\fR, ", row->short_name);
        cli_print("\\fB\\-\\-");
        print_troff(row->name);
        cli_print("\\fR");
        if (row->argument != NULL) {
            cli_print(" \\fI");
            print_troff(row->argument);
            cli_print("\\fR");
        }
        cli_print("\n");
        print_line(row->help);
    }
}

static void print_examples(const struct cli_command *command)
{
    if (command->examples == NULL) return;
    cli_print(".PP\n.nf\n");
    print_line(command->examples);
    cli_print(".fi\n");
}

static void print_exit(void)
{
    cli_print(".SH EXIT STATUS\n.nf\n");
    print_troff(cli_exit_text);
    cli_print(".fi\n");
}

static bool has_own_options(const struct cli_command *command)
{
    return (command->options & ~(cli_option_mask)EVERY_COMMAND) != 0;
}

/* The page of a command has the command's name with hyphens. */
static const char *page_name(const struct cli_command *command, char out[80])
{
    (void)snprintf(out, 80, "salve-%s", command->name);
    for (char *c = out; *c != '\0'; c++) *c = *c == ' ' ? '-' : *c;
    return out;
}

static void print_see_also(const struct cli_command *command)
{
    char name[80];
    cli_print(".SH SEE ALSO\n.BR salve (1),\n.BR salve.conf (5)");
    for (size_t i = 0; i < cli_command_count; i++) {
        const struct cli_command *other = &cli_commands[i];
        size_t len = cli_first_word(command->name);
        bool is_alike = len == cli_first_word(other->name) && memcmp(other->name, command->name, len) == 0;
        if (!is_alike || other == command) continue;
        cli_print(",\n.BR ");
        print_troff(page_name(other, name));
        cli_print(" (1)");
    }
    cli_print("\n");
}

static void print_page(const struct cli_command *command)
{
    char name[80];
    print_head(page_name(command, name), 1, command->summary);
    cli_print(".SH SYNOPSIS\n.B salve ");
    print_troff(command->name);
    cli_print("\n");
    if (command->operands[0] != '\0') {
        cli_print(".I ");
        print_line(command->operands);
    }
    cli_print("[\\fIOPTIONS\\fR]\n.SH DESCRIPTION\n");
    print_line(command->summary);
    if (command->notes != NULL) {
        cli_print(".PP\n");
        print_line(command->notes);
    }
    if (has_own_options(command)) {
        cli_print(".SH OPTIONS\n");
        print_options(command);
    }
    cli_print(".SH OPTIONS OF EVERY COMMAND\n");
    print_options(NULL);
    print_exit();
    if (command->examples != NULL) cli_print(".SH EXAMPLES\n");
    print_examples(command);
    print_see_also(command);
}

/* --- salve(1) ----------------------------------------------------------------------------------------------------- */

static void print_whole(void)
{
    print_head("salve", 1, "free health checks with the person's consent in charge");
    cli_print(".SH SYNOPSIS\n.B salve\n.I COMMAND\n[\\fIOPERANDS\\fR] [\\fIOPTIONS\\fR]\n.SH COMMANDS\n");
    for (size_t i = 0; i < cli_command_count; i++) {
        const struct cli_command *command = &cli_commands[i];
        cli_print(".SS salve ");
        print_troff(command->name);
        if (command->operands[0] != '\0') cli_print(" ");
        print_line(command->operands);
        print_line(command->summary);
        if (command->notes != NULL) {
            cli_print(".PP\n");
            print_line(command->notes);
        }
        print_options(command);
        print_examples(command);
    }
    cli_print(".SH OPTIONS OF EVERY COMMAND\n");
    print_options(NULL);
    print_exit();
    cli_print(
        ".SH FILES\n.TP\n.I /etc/salve/salve.conf\nConfiguration of the machine's own site, see\n.BR salve.conf (5).\n"
        ".TP\n.I DIR/salve.conf\nThe same of the site in the folder DIR.\n.SH SEE ALSO\n.BR salve.conf (5)\n");
}

/* --- salve.conf(5) ------------------------------------------------------------------------------------------------ */

static const char *kind_words(const struct config_row *row)
{
    switch (row->kind) {
    case CONFIG_KIND_PATH:
        return "a path that begins with /";
    case CONFIG_KIND_ADDRESS:
        return "an address and a port";
    case CONFIG_KIND_HOST:
        return "a name";
    case CONFIG_KIND_WORD:
        return "one of: ";
    }
    return "";
}

static void print_key(enum config_key key, struct arena *mem)
{
    const struct config_row *row = &config_rows[key];
    const char *variable = config_variable(key, mem);
    cli_print(".TP\n\\fB");
    print_troff(row->key);
    cli_print("\\fR = ");
    print_troff(kind_words(row));
    print_line(row->words == NULL ? "" : row->words);
    print_line(row->help);
    cli_print(".br\nDefault: ");
    print_troff(row->otherwise == NULL ? "none" : row->otherwise);
    cli_print(". In the environment: ");
    print_troff(variable == NULL ? "" : variable);
    if (row->also != NULL) {
        cli_print(", also ");
        print_troff(row->also);
    }
    cli_print(". %s\n", row->is_reloaded ? "A change counts with SIGHUP." : "A change counts from the next start.");
}

static void print_conf(struct arena *mem)
{
    static const char *const about[] = {
        "Says where the site of this machine is, what opens it, where browsers connect, and where backups go. The file "
        "in the folder of a site counts where a command names the site; /etc/salve/salve.conf counts where none is "
        "named. 'salve config show' prints each value and who said it.",
        "An option of the command line counts more than the environment, that more than the file, that more than the "
        "default. A server reads the file again on SIGHUP and says in its log what changed.",
        "A line is a section, [listen]; a key and its value, key = value; or a remark, which begins with # or ;. A "
        "value goes to the end of its line. There are no quotes. A key that is not known is an error. Nothing in it is "
        "secret: secrets stand in files that it names."};
    print_head("salve.conf", 5, "configuration of a site and its server");
    cli_print(".SH SYNOPSIS\n.I /etc/salve/salve.conf\n.br\n.I DIR/salve.conf\n.SH DESCRIPTION\n");
    for (size_t i = 0; i < sizeof about / sizeof about[0]; i++) {
        cli_print(i == 0 ? "" : ".PP\n");
        print_line(about[i]);
    }
    for (size_t i = 0; i < CONFIG_KEYS; i++) {
        const struct config_row *row = &config_rows[i];
        if (i == 0 || strcmp(config_rows[i - 1].section, row->section) != 0) cli_print(".SH [%s]\n", row->section);
        print_key((enum config_key)i, mem);
    }
    cli_print(".SH EXAMPLES\n.nf\n[store]\npath = /var/lib/salve/site\nkey_file = /etc/salve/site.key\n\n[backup]\n"
              "to = /media/data/salve\nkeys = /media/keys/salve\n.fi\n.SH SEE ALSO\n.BR salve (1),\n.BR "
              "salve\\-config\\-show (1)\n");
}

enum salve_code cli_man(struct cli *cli, struct salve_err *err)
{
    int taken = 0;
    const char *first = cli->word_count > 0 ? cli->words[0] : NULL;
    if (first == NULL) return print_whole(), SALVE_OK;
    if (strcmp(first, "salve.conf") == 0) return print_conf(cli->mem), SALVE_OK;
    const struct cli_command *command = cli_command_find(first, cli->word_count > 1 ? cli->words[1] : NULL, &taken);
    if (command == NULL || (size_t)taken != cli->word_count)
        return salve_refuse(err, SALVE_E_USAGE,
                            "no page has that name; the pages are those of commands, and salve.conf", "page '%s%s%s'",
                            first, cli->word_count > 1 ? " " : "", cli->word_count > 1 ? cli->words[1] : "");
    print_page(command);
    return SALVE_OK;
}
