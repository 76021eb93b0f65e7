/* SPDX-License-Identifier: Apache-2.0
 * cli_reply - what a command answers, as JSON (--json) or as words, from one run of calls:
 *
 *     cli_reply_open(&reply, cli, '{');
 *     cli_reply_number(&reply, "signed", count);
 *     cli_reply_words(&reply, "Signed %zu findings.\n", count);
 *     return cli_reply_done(&reply, err);
 *
 * Members go to JSON only and words to people only. '{' is an object on one line, '[' a list with a member a line, 0
 * leaves w to a writer of its own. */
#ifndef SALVE_CLI_REPLY_H
#define SALVE_CLI_REPLY_H

#include "cli/cli_int.h"
#include "json/json.h"

struct cli_reply {
    const struct cli *cli;
    struct buf out;
    struct json_writer w; /* for what has a shape of its own; only with cli->is_json */
};

void cli_reply_open(struct cli_reply *reply, const struct cli *cli, char bracket);
void cli_reply_enter(struct cli_reply *reply, const char *name, char bracket); /* a member that holds others */
void cli_reply_leave(struct cli_reply *reply);
void cli_reply_text(struct cli_reply *reply, const char *name, struct str text);
void cli_reply_named(struct cli_reply *reply, struct str name, struct str text); /* the name is data */
void cli_reply_number(struct cli_reply *reply, const char *name, uint64_t number);
void cli_reply_bool(struct cli_reply *reply, const char *name, bool value);
void cli_reply_words(struct cli_reply *reply, const char *fmt, ...) SALVE_PRINTF(2, 3);

/* cli_reply_done - closes what is open and writes it. */
SALVE_MUST_USE enum salve_code cli_reply_done(struct cli_reply *reply, struct salve_err *err);

#endif
