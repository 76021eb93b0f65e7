/* SPDX-License-Identifier: Apache-2.0
 * What the program says of itself. Help, manual page and completion are in cli_help.c. */
#include "cli/cli_commands.h"
#include "cli/cli_reply.h"

enum salve_code cli_version(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "version", STR(SALVE_VERSION));
    cli_reply_text(&reply, "fhir", STR("4.0.1"));
    cli_reply_words(&reply, "salve %s (FHIR 4.0.1)\n", SALVE_VERSION);
    return cli_reply_done(&reply, err);
}

static enum salve_code explain(struct cli *cli, enum salve_code code, struct salve_err *err)
{
    struct cli_reply reply;
    int slv = salve_code_slv(code), exit_status = salve_code_exit(code);
    const char *name = salve_code_name(code), *what = salve_code_what(code), *next = salve_code_next(code);
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "code", arena_printf(cli->mem, "SLV-%d", slv));
    cli_reply_text(&reply, "name", str_of(name));
    cli_reply_text(&reply, "what", str_of(what));
    cli_reply_text(&reply, "next", str_of(next));
    cli_reply_number(&reply, "exit", (uint64_t)exit_status);
    cli_reply_words(&reply, "SLV-%d (%s)\n  what: %s\n  next: %s\n  exit status %d\n", slv, name, what, next,
                    exit_status);
    return cli_reply_done(&reply, err);
}

enum salve_code cli_explain(struct cli *cli, struct salve_err *err)
{
    struct str word = str_of(cli->words[0]);
    int64_t number;
    if (str_starts(word, STR("SLV-"))) word = str_cut(word, 4, word.len);
    bool is_number = str_to_i64(word, &number);
    for (int code = 1; is_number && code < SALVE_CODE_COUNT; code++)
        if (salve_code_slv((enum salve_code)code) == number) return explain(cli, (enum salve_code)code, err);
    return salve_refuse(err, SALVE_E_NOT_FOUND, "there is no such error code; they are written SLV-401", "%s",
                        cli->words[0]);
}
