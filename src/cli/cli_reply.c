/* SPDX-License-Identifier: Apache-2.0
 * Answers as JSON or as words. */
#include "cli/cli_reply.h"

#include <stdarg.h>

#include "base/limits.h"

void cli_reply_open(struct cli_reply *reply, const struct cli *cli, char bracket)
{
    reply->cli = cli;
    buf_init(&reply->out, cli->mem, SALVE_REQUEST_BYTES_MAX / 2);
    reply->w = (struct json_writer){.out = &reply->out, .pretty = bracket == '['};
    if (bracket != 0) cli_reply_enter(reply, NULL, bracket);
}

void cli_reply_enter(struct cli_reply *reply, const char *name, char bracket)
{
    if (reply->cli->is_json) json_open(&reply->w, name, bracket);
}

void cli_reply_leave(struct cli_reply *reply)
{
    if (reply->cli->is_json) json_close(&reply->w);
}

void cli_reply_text(struct cli_reply *reply, const char *name, struct str text)
{
    if (reply->cli->is_json) json_put_text(&reply->w, name, text);
}

void cli_reply_named(struct cli_reply *reply, struct str name, struct str text)
{
    if (!reply->cli->is_json) return;
    json_put_name(&reply->w, name);
    json_put_text(&reply->w, NULL, text);
}

void cli_reply_number(struct cli_reply *reply, const char *name, uint64_t number)
{
    if (reply->cli->is_json) json_put_i64(&reply->w, name, (int64_t)number);
}

void cli_reply_bool(struct cli_reply *reply, const char *name, bool value)
{
    if (reply->cli->is_json) json_put_bool(&reply->w, name, value);
}

void cli_reply_words(struct cli_reply *reply, const char *fmt, ...)
{
    va_list args;
    if (reply->cli->is_json) return;
    va_start(args, fmt);
    buf_add_args(&reply->out, fmt, args);
    va_end(args);
}

enum salve_code cli_reply_done(struct cli_reply *reply, struct salve_err *err)
{
    while (reply->cli->is_json && reply->w.depth > 0) json_close(&reply->w);
    if (reply->cli->is_json) buf_add_char(&reply->out, '\n');
    return cli_write_buf(&reply->out, reply->cli->is_json, err);
}
