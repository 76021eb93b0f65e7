/* SPDX-License-Identifier: Apache-2.0
 * Where the program starts: one invocation is one arena, one command, one exit status. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli_commands.h"
#include "cli/cli_open.h"
#include "base/limits.h"
#include "crypto/crypto.h"

static enum salve_code run(struct cli *cli, int argc, char **argv, struct salve_err *err)
{
    enum salve_code code = crypto_init(err);
    if (code == SALVE_OK) code = cli_parse(cli, argc, argv, err);
    if (code != SALVE_OK) return code;
    if (!cli_has(cli, OPT_HELP)) return cli->command->run(cli, err);
    cli->words[0] = cli->command->name; /* "salve import --help" is "salve help import" */
    cli->word_count = 1;
    const char *space = strchr(cli->command->name, ' ');
    if (space != NULL) {
        cli->words[0] = arena_printf(cli->mem, "%.*s", (int)(space - cli->command->name), cli->command->name).ptr;
        cli->words[1] = space + 1;
        cli->word_count = 2;
    }
    return cli_help(cli, err);
}

/* What was written must have arrived: a full disk behind standard output is an error too. */
static enum salve_code flush(struct salve_err *err)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0) return SALVE_OK;
    return salve_refuse(err, SALVE_E_IO, "what was printed could not be written", "standard output");
}

int main(int argc, char **argv)
{
    struct salve_err err = {0};
    struct cli cli = {.program = argv[0], .clock = clock_system(), .mem = arena_open(SALVE_REQUEST_BYTES_MAX)};
    cli.visit.mem = cli.mem;
    if (cli.mem == NULL) return salve_code_exit(SALVE_E_MEMORY);
    cli_catch_interrupt();
    enum salve_code code = run(&cli, argc, argv, &err);
    code = cli_close(&cli, code, &err);
    if (code == SALVE_OK) code = flush(&err);
    if (code != SALVE_OK) {
        err.code = code;
        cli_report(&cli, &err);
    }
    arena_close(cli.mem);
    if (cli_interrupted()) return 130;
    return code != SALVE_OK ? salve_code_exit(code) : cli.exit_status;
}
