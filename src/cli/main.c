/* SPDX-License-Identifier: Apache-2.0
 * Where the program starts: one invocation is one arena, one command, one exit status. */
#include <string.h>
#include <unistd.h>

#include "cli/cli_commands.h"
#include "cli/cli_config.h"
#include "cli/cli_login.h"
#include "cli/cli_open.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "serve/serve.h"

static enum salve_code run(struct cli *cli, int argc, char **argv, struct salve_err *err)
{
    enum salve_code code = crypto_init(err);
    if (code == SALVE_OK) code = cli_streams_check(err);
    if (code == SALVE_OK) code = cli_parse(cli, argc, argv, err);
    if (code != SALVE_OK) return code;
    if (!cli_has(cli, OPT_HELP)) {
        TRY(cli_configure(cli, err));
        return cli->command->run(cli, err);
    }
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

enum { UNREAD_STATUS = 141 }; /* what a shell says of a program that SIGPIPE ended */

int main(int argc, char **argv)
{
    cli_streams_open();
    int inner = serve_inner(argc, argv); /* one of the processes that 'salve serve' starts */
    if (inner >= 0) return inner;
    struct salve_err err = {0};
    struct cli cli = {.program = argv[0], .clock = clock_system(), .mem = arena_open_private(SALVE_REQUEST_BYTES_MAX)};
    cli.visit.mem = cli.mem;
    if (cli.mem == NULL) return salve_code_exit(SALVE_E_MEMORY);
    cli_catch_interrupt();
    enum salve_code code = run(&cli, argc, argv, &err);
    if (code == SALVE_E_STEP_UP) cli_forget(&cli); /* repeated, it asks who is here */
    code = cli_close(&cli, code, &err);
    bool is_done = code == SALVE_OK;
    if (is_done) code = cli_flush(&err); /* a full disk behind it is an error too */
    bool is_unread = is_done && code != SALVE_OK && cli_is_unread();
    if (code != SALVE_OK && !is_unread) {
        err.code = code;
        cli_report(&cli, &err);
    }
    arena_close(cli.mem);
    if (cli_interrupted()) return cli_interrupt_status();
    if (is_unread) return UNREAD_STATUS;
    return code != SALVE_OK ? salve_code_exit(code) : cli.exit_status;
}
