/* SPDX-License-Identifier: Apache-2.0
 * From argv to struct cli: the command, its operands and options, each checked against the command's row. */
#include "cli/cli_int.h"

#include <stdio.h>
#include <string.h>

const struct cli_option_row cli_options[OPT_COUNT] = {
#define OPTION(id, short_name, name, argument, help) {name, argument, help, short_name},
#include "cli/options.def"
#undef OPTION
};

const char *cli_option(const struct cli *cli, enum cli_option option)
{
    const struct cli_values *values = &cli->options[option];
    return values->count == 0 ? NULL : values->value[values->count - 1];
}

struct str cli_option_or(const struct cli *cli, enum cli_option option, const char *otherwise)
{
    const char *value = cli_option(cli, option);
    return str_of(value == NULL ? otherwise : value);
}

bool cli_has(const struct cli *cli, enum cli_option option) { return cli->options[option].count > 0; }

bool cli_command_takes(const struct cli_command *command, enum cli_option option)
{
    return ((command->options | EVERY_COMMAND) >> option & 1) != 0;
}

const struct cli_command *cli_command_find(const char *first, const char *second, int *words_taken)
{
    char both[64] = "";
    if (second != NULL) (void)snprintf(both, sizeof both, "%s %s", first, second);
    for (*words_taken = 2; *words_taken > 0; --*words_taken) /* "staff retire" before "staff" */
        for (size_t i = 0; i < cli_command_count; i++)
            if (strcmp(cli_commands[i].name, *words_taken == 2 ? both : first) == 0) return &cli_commands[i];
    return NULL;
}

static enum salve_code unknown_command(const char *word, struct salve_err *err)
{
    const char *nearest = NULL;
    unsigned least = 4;
    for (size_t i = 0; i < cli_command_count; i++) {
        unsigned d = str_distance(str_of(word), str_of(cli_commands[i].name));
        if (d >= least) continue;
        least = d;
        nearest = cli_commands[i].name;
    }
    (void)salve_fail(err, SALVE_E_USAGE, "command '%s'", word);
    char group[SALVE_ERR_TEXT_BYTES] = "";
    size_t len = strlen(word), used = 0;
    for (size_t i = 0; i < cli_command_count && used < sizeof group; i++)
        if (strncmp(cli_commands[i].name, word, len) == 0 && cli_commands[i].name[len] == ' ')
            used += (size_t)snprintf(group + used, sizeof group - used, "%s'%s'", used > 0 ? ", " : "",
                                     cli_commands[i].name);
    if (used > 0) return salve_why(err, SALVE_E_USAGE, "one word more is needed: %s", group);
    if (nearest == NULL) return salve_why(err, SALVE_E_USAGE, "there is no such command");
    return salve_why(err, SALVE_E_USAGE, "there is no such command; did you mean '%s'?", nearest);
}

static int find_long(struct str name)
{
    for (int i = 0; i < OPT_COUNT; i++)
        if (str_is(name, cli_options[i].name)) return i;
    return -1;
}

static int find_short(char c)
{
    for (int i = 0; i < OPT_COUNT; i++)
        if (cli_options[i].short_name != 0 && cli_options[i].short_name == c) return i;
    return -1;
}

static enum salve_code add_value(struct cli *cli, int option, const char *value, struct salve_err *err)
{
    struct cli_values *values = &cli->options[option];
    if (values->count == CLI_OPTION_VALUES_MAX)
        return salve_fail(err, SALVE_E_USAGE, "too many --%s", cli_options[option].name);
    values->value[values->count++] = value;
    return SALVE_OK;
}

/* One option at argv[*at]; its argument may be the next word. */
static enum salve_code take_option(struct cli *cli, int argc, char **argv, int *at, struct salve_err *err)
{
    const char *word = argv[*at];
    const char *equals = word[1] == '-' ? strchr(word, '=') : NULL;
    struct str name = str_make(word + 2, equals == NULL ? strlen(word + 2) : (size_t)(equals - word - 2));
    int option = word[1] == '-' ? find_long(name) : word[2] == '\0' ? find_short(word[1]) : -1;
    int word_len = equals == NULL ? (int)strlen(word) : (int)(equals - word);
    if (option < 0) return salve_refuse(err, SALVE_E_USAGE, "there is no such option", "option '%.*s'", word_len, word);
    if (cli_options[option].argument == NULL) {
        if (equals == NULL) return add_value(cli, option, "", err);
        return salve_refuse(err, SALVE_E_USAGE, "it takes no argument", "option '--%s'", cli_options[option].name);
    }
    if (equals != NULL) return add_value(cli, option, equals + 1, err);
    if (*at + 1 >= argc) {
        (void)salve_fail(err, SALVE_E_USAGE, "option '--%s'", cli_options[option].name);
        return salve_why(err, SALVE_E_USAGE, "its argument %s is missing", cli_options[option].argument);
    }
    return add_value(cli, option, argv[++*at], err);
}

static enum salve_code take_words(struct cli *cli, int argc, char **argv, struct salve_err *err)
{
    bool only_operands = false;
    for (int i = 1; i < argc; i++) {
        if (!only_operands && strcmp(argv[i], "--") == 0) {
            only_operands = true;
            continue;
        }
        if (!only_operands && argv[i][0] == '-' && argv[i][1] != '\0') {
            enum salve_code code = take_option(cli, argc, argv, &i, err);
            if (code != SALVE_OK) return code;
            continue;
        }
        if (cli->word_count == CLI_WORDS_MAX) return salve_fail(err, SALVE_E_USAGE, "too many operands");
        cli->words[cli->word_count++] = argv[i];
    }
    return SALVE_OK;
}

static enum salve_code check_command(const struct cli *cli, struct salve_err *err)
{
    const struct cli_command *command = cli->command;
    if (cli_has(cli, OPT_HELP)) return SALVE_OK;
    for (int i = 0; i < OPT_COUNT; i++) {
        if (cli->options[i].count == 0 || cli_command_takes(command, (enum cli_option)i)) continue;
        (void)salve_fail(err, SALVE_E_USAGE, "option '--%s'", cli_options[i].name);
        return salve_why(err, SALVE_E_USAGE, "'salve %s' does not take it", command->name);
    }
    const char *progress = cli_option(cli, OPT_PROGRESS);
    if (progress != NULL && strcmp(progress, "auto") != 0 && strcmp(progress, "plain") != 0 &&
        strcmp(progress, "none") != 0)
        return salve_refuse(err, SALVE_E_USAGE, "it is one of: auto, plain, none", "option '--progress'");
    bool too_few = cli->word_count < (size_t)command->operands_min;
    bool too_many = command->operands_max >= 0 && cli->word_count > (size_t)command->operands_max;
    if (!too_few && !too_many) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, too_few ? "an operand is missing" : "there are too many operands",
                        "salve %s %s", command->name, command->operands);
}

enum salve_code cli_parse(struct cli *cli, int argc, char **argv, struct salve_err *err)
{
    int taken = 0;
    for (int i = 1; i < argc; i++) cli->is_json = cli->is_json || strcmp(argv[i], "--json") == 0; /* errors below too */
    enum salve_code code = take_words(cli, argc, argv, err);
    if (code != SALVE_OK) return code;
    cli->is_json = cli_has(cli, OPT_JSON);
    cli->is_quiet = cli_has(cli, OPT_QUIET);
    if (cli->word_count == 0) {
        cli->words[cli->word_count++] = "help";
    }
    cli->command = cli_command_find(cli->words[0], cli->word_count > 1 ? cli->words[1] : NULL, &taken);
    if (cli->command == NULL) return unknown_command(cli->words[0], err);
    cli->word_count -= (size_t)taken;
    memmove(cli->words, cli->words + taken, cli->word_count * sizeof *cli->words);
    return check_command(cli, err);
}

enum salve_code cli_now(const struct cli *cli, struct clock *out, struct salve_err *err)
{
    const char *now = cli_option(cli, OPT_NOW);
    int64_t unix_ms;
    *out = cli->clock;
    if (now == NULL) return SALVE_OK;
    if (!clock_parse(str_of(now), &unix_ms))
        return salve_refuse(err, SALVE_E_USAGE, "write it as 2026-11-23T09:30:00Z", "--now");
    *out = clock_fixed(unix_ms);
    return SALVE_OK;
}
