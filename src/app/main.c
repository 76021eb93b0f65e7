/* SPDX-License-Identifier: Apache-2.0
 * Where the program starts: one invocation is one arena, one command, one exit status. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app_commands.h"
#include "base/limits.h"
#include "crypto/crypto.h"

static enum salve_code run(struct app *app, int argc, char **argv, struct salve_err *err)
{
    enum salve_code code = crypto_init(err);
    if (code == SALVE_OK) code = app_parse(app, argc, argv, err);
    if (code != SALVE_OK) return code;
    if (!app_has(app, OPT_HELP)) return app->command->run(app, err);
    app->words[0] = app->command->name; /* "salve import --help" is "salve help import" */
    app->word_count = 1;
    const char *space = strchr(app->command->name, ' ');
    if (space != NULL) {
        app->words[0] = arena_printf(app->mem, "%.*s", (int)(space - app->command->name), app->command->name).ptr;
        app->words[1] = space + 1;
        app->word_count = 2;
    }
    return app_help(app, err);
}

/* What was written must have arrived: a full disk behind standard output is an error too. */
static enum salve_code flush(struct salve_err *err)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0) return SALVE_OK;
    (void)salve_fail(err, SALVE_E_IO, "standard output");
    return salve_why(err, "what was printed could not be written");
}

int main(int argc, char **argv)
{
    struct salve_err err = {0};
    struct app app = {.program = argv[0], .clock = clock_system(), .mem = arena_open(SALVE_REQUEST_BYTES_MAX)};
    if (app.mem == NULL) return salve_code_exit(SALVE_E_MEMORY);
    app_catch_interrupt();
    enum salve_code code = run(&app, argc, argv, &err);
    if (code == SALVE_OK) code = flush(&err);
    if (code != SALVE_OK) {
        err.code = code;
        app_report(&app, &err);
    }
    arena_close(app.mem);
    if (app_interrupted()) return 130;
    return code != SALVE_OK ? salve_code_exit(code) : app.exit_status;
}
