/* SPDX-License-Identifier: Apache-2.0
 * Guidelines at this site: what is in force, what is not accepted yet, and accepting it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli_commands.h"
#include "cli/cli_open.h"
#include "cli/cli_reply.h"
#include "visit/check.h"

enum { ANSWER_BYTES = 128 };

static enum salve_code load(struct cli *cli, const char *id, struct salve_err *err)
{
    return cli_content(cli, (struct visit_content_ask){.parts = VISIT_GUIDELINES, .guideline = str_of(id)}, err);
}

/* --- list --------------------------------------------------------------------------------------------------------- */

static struct str day_of(struct str at) { return str_cut(at, 0, 10); }

static void tell_choices(struct cli_reply *reply, const struct screen_acceptance *a)
{
    cli_reply_enter(reply, "choices", '{');
    for (size_t i = 0; i < a->choice_count; i++) {
        cli_reply_words(reply, "%s%.*s=%.*s", i == 0 ? "    switches: " : ", ", STR_ARGS(a->choices[i].name),
                        STR_ARGS(a->choices[i].value));
        cli_reply_named(reply, a->choices[i].name, a->choices[i].value);
    }
    if (a->choice_count > 0) cli_reply_words(reply, "\n");
    cli_reply_leave(reply);
}

/* Words of the folder that wait for a clinician, where its rules are in force. */
static void tell_words(struct cli_reply *reply, const struct guideline *here, const struct screen_acceptance *a)
{
    const struct guideline_info *info = guideline_info(here);
    cli_reply_enter(reply, "wordsToAccept", '[');
    for (size_t i = 0; i < info->language_count; i++) {
        enum screen_words_state state = screen_words_stand(a, here, info->languages[i]);
        if (state == SCREEN_WORDS_ACCEPTED) continue;
        cli_reply_text(reply, NULL, info->languages[i]);
        cli_reply_words(
            reply, "    words %.*s: %s ('salve guideline accept %.*s --words %.*s')\n", STR_ARGS(info->languages[i]),
            state == SCREEN_WORDS_NEW ? "new here, not accepted yet"
                                      : "other ones are here, not accepted yet; the accepted ones are in use",
            STR_ARGS(info->id), STR_ARGS(info->languages[i]));
    }
    cli_reply_leave(reply);
}

static void tell_in_force(struct cli_reply *reply, const struct screen_acceptance *a)
{
    cli_reply_text(reply, "inForce", a->version);
    cli_reply_text(reply, "acceptedBy", a->accepted_by);
    cli_reply_text(reply, "acceptedAt", a->at);
    cli_reply_bool(reply, "kept", a->file_count > 0);
    tell_choices(reply, a);
    if (a->file_count == 0)
        cli_reply_words(reply, "    its files were not kept: it holds while the share folder is as it was; accept it "
                               "again to keep them\n");
}

/* The acceptance of a guideline of the folder, and how the folder lies to it. */
static void tell_standing(struct cli_reply *reply, const struct guideline *here, const struct screen_acceptance *a,
                          bool is_same)
{
    const struct guideline_info *info = guideline_info(here);
    tell_in_force(reply, a);
    if (is_same) {
        tell_words(reply, here, a);
        return;
    }
    bool is_kept = a->file_count > 0;
    cli_reply_words(reply, "    %s is here (%.*s): not accepted yet%s\n",
                    str_eq(info->version, a->version) ? "another content" : "another version", STR_ARGS(info->version),
                    is_kept ? "; the accepted one is in force" : "; nothing is in force");
}

static void add_guideline(struct cli_reply *reply, struct cli *cli, const struct guideline *here)
{
    const struct guideline_info *info = guideline_info(here);
    struct site *site = cli->visit.site;
    struct screen_acceptance a = {0};
    enum salve_code code = site == NULL ? SALVE_E_NOT_FOUND : screen_accepted(site, here, cli->mem, &a, NULL);
    bool has = code == SALVE_OK || code == SALVE_E_CONFLICT;
    struct str state = site == NULL ? STR("") : STR("not accepted here");
    if (has)
        state = arena_printf(cli->mem, "accepted by %.*s on %.*s", STR_ARGS(a.accepted_by), STR_ARGS(day_of(a.at)));
    cli_reply_words(reply, "%-16.*s %-8.*s %-40.*s %.*s\n", STR_ARGS(info->id),
                    STR_ARGS(has ? a.version : info->version), STR_ARGS(info->title), STR_ARGS(state));
    cli_reply_enter(reply, NULL, '{');
    cli_reply_text(reply, "id", info->id);
    cli_reply_text(reply, "version", info->version);
    cli_reply_text(reply, "title", info->title);
    cli_reply_bool(reply, "accepted", code == SALVE_OK);
    if (has) tell_standing(reply, here, &a, code == SALVE_OK);
    cli_reply_leave(reply);
}

static void add_broken(struct cli_reply *reply, const struct visit_broken *broken)
{
    char where[SALVE_ERR_WHERE_BYTES];
    const char *why = broken->err.why[0] != '\0' ? broken->err.why : salve_code_what(broken->err.code);
    (void)salve_err_where(&broken->err, where);
    cli_reply_words(reply, "%-16.*s cannot be used: %s: %s\n", STR_ARGS(broken->id), where, why);
    cli_reply_enter(reply, NULL, '{');
    cli_reply_text(reply, "id", broken->id);
    cli_reply_text(reply, "brokenAt", str_of(where));
    cli_reply_text(reply, "why", str_of(why));
    cli_reply_leave(reply);
}

static bool is_whole_here(const struct visit_content *content, struct str id)
{
    const struct guideline *unused = NULL;
    return visit_guideline(content, id, &unused, NULL) == SALVE_OK;
}

/* In force, and not in the share folder, or broken there. */
static enum salve_code add_others(struct cli_reply *reply, struct cli *cli, struct salve_err *err)
{
    struct str *ids = NULL;
    size_t count = 0;
    struct screen_acceptance a;
    TRY(screen_all_in_force(cli->visit.site, cli->mem, &ids, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (is_whole_here(cli->visit.content, ids[i])) continue;
        if (screen_in_force(cli->visit.site, ids[i], cli->mem, &a, NULL) != SALVE_OK) continue;
        cli_reply_words(reply, "%-16.*s %-8.*s %-40.*s accepted by %.*s on %.*s\n", STR_ARGS(ids[i]),
                        STR_ARGS(a.version), STR_ARGS(a.title), STR_ARGS(a.accepted_by), STR_ARGS(day_of(a.at)));
        cli_reply_enter(reply, NULL, '{');
        cli_reply_text(reply, "id", ids[i]);
        cli_reply_bool(reply, "accepted", false);
        tell_in_force(reply, &a);
        cli_reply_leave(reply);
        cli_reply_words(reply, a.file_count > 0 ? "    as it was accepted; the share folder has no whole one\n"
                                                : "    the share folder has no whole one: nothing is in force\n");
    }
    return SALVE_OK;
}

enum salve_code cli_guideline_list(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    TRY(load(cli, NULL, err));
    if (access(cli_site_dir(cli), F_OK) == 0) TRY(cli_open(cli, CLI_NOBODY, err));
    const struct visit_content *content = cli->visit.content;
    cli_reply_open(&reply, cli, '[');
    for (size_t i = 0; i < content->guideline_count; i++) add_guideline(&reply, cli, content->guidelines[i]);
    for (size_t i = 0; i < content->broken_count; i++) add_broken(&reply, &content->broken[i]);
    if (cli->visit.site != NULL) TRY(add_others(&reply, cli, err));
    return cli_reply_done(&reply, err);
}

/* --- accept ------------------------------------------------------------------------------------------------------- */

/* Every --choose NAME=VALUE; room for `more`. */
static enum salve_code choices_of(struct cli *cli, size_t more, struct guideline_choice **out, size_t *count,
                                  struct salve_err *err)
{
    const struct cli_values *chosen = &cli->options[OPT_CHOOSE];
    *out = arena_array(cli->mem, struct guideline_choice, chosen->count + more + 1);
    *count = chosen->count;
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "--choose");
    for (size_t i = 0; i < chosen->count; i++)
        if (!str_split(str_of(chosen->value[i]), '=', &(*out)[i].name, &(*out)[i].value))
            return salve_refuse(err, SALVE_E_USAGE, "a choice is written NAME=VALUE", "--choose");
    return SALVE_OK;
}

static void show_sources(const struct guideline_info *info, struct cli_reply *reply)
{
    cli_reply_words(reply, "Sources\n");
    cli_reply_enter(reply, "sources", '[');
    for (size_t i = 0; i < info->source_count; i++) {
        const struct guideline_source *source = &info->sources[i];
        struct str text =
            arena_printf(reply->cli->mem, "%.*s %.*s: %.*s%s%.*s%s%.*s", STR_ARGS(source->issuer),
                         STR_ARGS(source->year), STR_ARGS(source->title), source->table.len > 0 ? ", " : "",
                         STR_ARGS(source->table), source->doi.len > 0 ? ", doi:" : "", STR_ARGS(source->doi));
        cli_reply_words(reply, "  %.*s\n", STR_ARGS(text));
        cli_reply_text(reply, NULL, text);
    }
    cli_reply_leave(reply);
}

static struct str values_of(struct cli *cli, const struct guideline_switch *sw)
{
    struct buf out;
    struct str text = STR("");
    buf_init(&out, cli->mem, CLI_LINE_BYTES_MAX);
    for (size_t i = 0; i < sw->value_count; i++) buf_addf(&out, "%s%.*s", i > 0 ? ", " : "", STR_ARGS(sw->values[i]));
    return buf_done(&out, &text, NULL) == SALVE_OK ? text : STR("");
}

static void show_switches(const struct visit_offer *offer, const struct guideline_choice *choices, size_t count,
                          struct cli_reply *reply)
{
    const struct guideline_info *info = guideline_info(offer->here);
    struct cli *cli = (struct cli *)reply->cli;
    cli_reply_words(reply, info->switch_count > 0 ? "Switches\n" : "");
    cli_reply_enter(reply, "choices", '{');
    for (size_t i = 0; i < info->switch_count; i++) {
        const struct guideline_switch *sw = &info->switches[i];
        struct str value = visit_switch_value(offer, sw, choices, count), all = values_of(cli, sw);
        cli_reply_named(reply, sw->name, value);
        cli_reply_words(reply, "  %.*s = %.*s  (of %.*s)\n", STR_ARGS(sw->name),
                        STR_ARGS(value.len > 0 ? value : STR("?")), STR_ARGS(all));
        if (sw->about.len > 0) cli_reply_words(reply, "      %.*s\n", STR_ARGS(sw->about));
    }
    cli_reply_leave(reply);
}

static void tell_change(void *with, struct str line)
{
    struct cli_reply *reply = with;
    cli_reply_text(reply, NULL, line);
    cli_reply_words(reply, "  %.*s\n", STR_ARGS(line));
}

static enum salve_code show_changes(const struct visit_offer *offer, struct cli_reply *reply, struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    const struct screen_acceptance *a = &offer->before;
    if (!offer->has_before) {
        cli_reply_words(reply, "No version of it was accepted here before.\n");
        return SALVE_OK;
    }
    cli_reply_words(reply, "Changes against %.*s, accepted by %.*s on %.*s\n", STR_ARGS(a->version),
                    STR_ARGS(a->accepted_by), STR_ARGS(day_of(a->at)));
    cli_reply_enter(reply, "changes", '[');
    if (offer->in_force == NULL)
        tell_change(reply, STR("not known: the files of that version were not kept"));
    else
        code = guideline_changes(offer->in_force, offer->here, tell_change, reply, reply->cli->mem, err);
    cli_reply_leave(reply);
    return code;
}

static enum salve_code show(const struct visit_offer *offer, const struct guideline_choice *choices, size_t count,
                            struct cli_reply *reply, struct salve_err *err)
{
    const struct guideline_info *info = guideline_info(offer->here);
    cli_reply_words(reply, "%.*s %.*s: %.*s\n", STR_ARGS(info->id), STR_ARGS(info->version), STR_ARGS(info->title));
    show_sources(info, reply);
    show_switches(offer, choices, count, reply);
    return show_changes(offer, reply, err);
}

/* Asks for what has no value yet; without a terminal the acceptance names it and its values. */
static enum salve_code ask_switches(struct cli *cli, const struct visit_offer *offer, struct guideline_choice *choices,
                                    size_t *count, struct salve_err *err)
{
    const struct guideline_info *info = guideline_info(offer->here);
    for (size_t i = 0; i < info->switch_count; i++) {
        const struct guideline_switch *sw = &info->switches[i];
        char line[ANSWER_BYTES];
        struct str value = visit_switch_value(offer, sw, choices, *count);
        if (value.len == 0 && isatty(STDIN_FILENO) == 1 && !cli_has(cli, OPT_NO_INPUT)) {
            struct str all = values_of(cli, sw);
            struct str question = arena_printf(cli->mem, "%.*s (%.*s)", STR_ARGS(sw->name), STR_ARGS(all));
            TRY(cli_ask(cli, question.ptr == NULL ? "switch" : question.ptr, false, line, sizeof line, err));
            TRY(arena_str(cli->mem, str_trim(str_of(line)), &value, err));
        }
        if (value.len > 0) choices[(*count)++] = (struct guideline_choice){sw->name, value};
    }
    return SALVE_OK;
}

static void tell_accepted(struct cli *cli, const struct guideline *guideline, struct cli_reply *reply)
{
    const struct guideline_info *info = guideline_info(guideline);
    struct str by = cli->visit.actor.id;
    if (info->apart != 0)
        cli_say(
            cli,
            "What it finds is kept apart: stored only with the person's tick ('consent give --sensitive'), printed\n"
            "only for their yes ('letter --include'). Without the tick it is judged when it comes, and not kept.");
    cli_reply_text(reply, "id", info->id);
    cli_reply_text(reply, "version", info->version);
    cli_reply_text(reply, "acceptedBy", by);
    cli_reply_words(reply, "%.*s %.*s is accepted at this site by %.*s.\n", STR_ARGS(info->id), STR_ARGS(info->version),
                    STR_ARGS(by));
}

/* Where somebody sits at a terminal, what it is about is shown before they answer. */
static enum salve_code accept_all(struct cli *cli, struct salve_err *err)
{
    struct guideline_choice *choices = NULL;
    const struct guideline *guideline = NULL;
    size_t count = 0;
    struct visit_offer offer;
    struct cli_reply reply;
    struct str id = str_of(cli->words[0]);
    TRY(visit_offer(&cli->visit, id, &offer, err));
    TRY(choices_of(cli, guideline_info(offer.here)->switch_count, &choices, &count, err));
    cli_reply_open(&reply, cli, '{');
    TRY(show(&offer, choices, count, &reply, err));
    if (isatty(STDIN_FILENO) == 1 && !cli->is_json) {
        TRY(cli_reply_done(&reply, err));
        cli_reply_open(&reply, cli, '{');
        TRY(ask_switches(cli, &offer, choices, &count, err));
        TRY(cli_confirm(cli, "You take responsibility for it at this site", "accept", err));
    } else {
        TRY(ask_switches(cli, &offer, choices, &count, err));
    }
    TRY(visit_accept(&cli->visit, id, choices, count, &guideline, err));
    tell_accepted(cli, guideline, &reply);
    return cli_reply_done(&reply, err);
}

static enum salve_code accept_words(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    const struct cli_values *languages = &cli->options[OPT_WORDS];
    struct str id = str_of(cli->words[0]);
    if (cli_has(cli, OPT_CHOOSE)) return salve_refuse(err, SALVE_E_USAGE, "words have no switches", "--choose");
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "id", id);
    cli_reply_enter(&reply, "words", '[');
    for (size_t i = 0; i < languages->count; i++) {
        struct str language = str_of(languages->value[i]);
        TRY(visit_accept_words(&cli->visit, id, language, err));
        cli_reply_text(&reply, NULL, language);
        cli_reply_words(&reply, "The words of %.*s in '%.*s' are accepted at this site by %.*s.\n", STR_ARGS(id),
                        STR_ARGS(language), STR_ARGS(cli->visit.actor.id));
    }
    cli_reply_leave(&reply);
    return cli_reply_done(&reply, err);
}

static enum salve_code take_back(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    struct str id = str_of(cli->words[0]);
    TRY(cli_confirm(cli, "It is used at this site no more", "stop", err));
    TRY(screen_take_back(cli->visit.site, cli->visit.actor, id, cli->mem, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "id", id);
    cli_reply_bool(&reply, "inForce", false);
    cli_reply_words(&reply, "%.*s is used at this site no more; that it was accepted stays in the log.%s\n",
                    STR_ARGS(id), screen_is_alarms(id) ? " The alarms stay on, unconfirmed." : "");
    return cli_reply_done(&reply, err);
}

enum salve_code cli_guideline_accept(struct cli *cli, struct salve_err *err)
{
    if (cli_has(cli, OPT_TAKE_BACK)) {
        TRY(cli_open(cli, CLI_STAFF, err));
        return take_back(cli, err);
    }
    TRY(load(cli, cli->words[0], err));
    TRY(cli_open(cli, CLI_STAFF, err));
    return cli_has(cli, OPT_WORDS) ? accept_words(cli, err) : accept_all(cli, err);
}
