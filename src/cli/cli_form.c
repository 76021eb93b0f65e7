/* SPDX-License-Identifier: Apache-2.0
 * The commands of who writes questionnaires: check, show what the pages get, try answers. */
#include "admit/admit.h"
#include "base/file.h"
#include "base/limits.h"
#include "cli/cli_commands.h"
#include "cli/cli_reply.h"
#include "form/form.h"
#include "json/json.h"

static enum salve_code read_form(struct cli *cli, const char *path, struct form **out, struct salve_err *err)
{
    struct str json;
    struct admit_rules *rules = NULL;
    TRY(admit_rules_make(NULL, cli->mem, &rules, err));
    TRY(file_read(path, SALVE_FORM_BYTES_MAX, cli->mem, &json, err));
    enum salve_code code = form_read(json, rules, cli->mem, out, err);
    if (code != SALVE_OK) salve_err_in(err, "%s", path);
    return code;
}

static enum salve_code print(struct buf *text, struct salve_err *err)
{
    struct str out;
    buf_add_char(text, '\n');
    TRY(buf_done(text, &out, err));
    cli_print("%.*s", STR_ARGS(out));
    return SALVE_OK;
}

enum salve_code cli_form_check(struct cli *cli, struct salve_err *err)
{
    struct form *form = NULL;
    struct cli_reply reply;
    struct str language;
    TRY(read_form(cli, cli->words[0], &form, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "id", form_id(form));
    cli_reply_text(&reply, "version", form_version(form));
    cli_reply_text(&reply, "title", form_title(form, STR("en")));
    cli_reply_number(&reply, "items", form_item_count(form));
    cli_reply_words(&reply, "%.*s %.*s: %zu items, in", STR_ARGS(form_id(form)), STR_ARGS(form_version(form)),
                    form_item_count(form));
    for (size_t at = 0; (language = form_language(form, &at)).len > 0;)
        cli_reply_words(&reply, " %.*s", STR_ARGS(language));
    cli_reply_words(&reply, "\n");
    return cli_reply_done(&reply, err);
}

enum salve_code cli_form_show(struct cli *cli, struct salve_err *err)
{
    struct form *form = NULL;
    struct buf text;
    TRY(read_form(cli, cli->words[0], &form, err));
    buf_init(&text, cli->mem, 16 << 20);
    struct json_writer w = {.out = &text};
    form_write(form, cli_option_or(cli, OPT_LANG, "en"), NULL, &w);
    return print(&text, err);
}

enum salve_code cli_form_try(struct cli *cli, struct salve_err *err)
{
    struct form *form = NULL;
    struct str json;
    struct clock clock;
    const struct json *doc = NULL;
    struct form_answer *answers = NULL;
    struct form_reckoned reckoned;
    char now[CLOCK_TEXT_BYTES];
    struct buf text;
    TRY(cli_now(cli, &clock, err));
    TRY(read_form(cli, cli->words[0], &form, err));
    TRY(file_read(cli->words[1], SALVE_FORM_BYTES_MAX, cli->mem, &json, err));
    TRY(json_read(json, NULL, cli->mem, &doc, err));
    struct form_ask ask = {.today = str_cut(clock_text(clock_ms(&clock), now), 0, sizeof "2026-11-30" - 1),
                           .language = cli_option_or(cli, OPT_LANG, "en")};
    TRY(form_answers_read(doc, cli->mem, &answers, &ask.count, err));
    ask.answers = answers;
    TRY(form_reckon(form, &ask, cli->mem, &reckoned, err));
    buf_init(&text, cli->mem, 16 << 20);
    struct json_writer w = {.out = &text};
    form_state_write(&reckoned, &w);
    return print(&text, err);
}
