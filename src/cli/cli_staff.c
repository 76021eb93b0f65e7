/* SPDX-License-Identifier: Apache-2.0
 * The commands that change the staff of a site. Making one is in cli_init.c. */
#include <stdio.h>
#include <string.h>

#include "cli/cli_commands.h"
#include "cli/cli_login.h"
#include "cli/cli_open.h"
#include "cli/cli_reply.h"
#include "cli/cli_staff.h"
#include "visit/site.h"

/* --- members ------------------------------------------------------------------------------------------------------ */

static enum salve_code read_role(struct str text, enum role *out, const char *where, struct salve_err *err)
{
    if (role_find(text, out)) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE,
                        "write it as NAME:ROLE; a role is registrar, assistant, clinician, manager or technician", "%s",
                        where);
}

/* The members of --staff, each NAME:ROLE; there is room for two more. */
enum salve_code cli_members_read(const struct cli *cli, struct visit_member **out, size_t *count, struct salve_err *err)
{
    const struct cli_values *words = &cli->options[OPT_STAFF];
    struct visit_member *list = arena_array(cli->mem, struct visit_member, words->count + 2);
    if (list == NULL) return salve_fail(err, SALVE_E_MEMORY, "--staff");
    for (size_t i = 0; i < words->count; i++) {
        struct str role = STR("");
        struct str where = arena_printf(cli->mem, "--staff %s", words->value[i]);
        if (!str_split(str_of(words->value[i]), ':', &list[i].id, &role)) role = STR("");
        TRY(read_role(role, &list[i].role, where.ptr, err));
    }
    *out = list;
    *count = words->count;
    return SALVE_OK;
}

enum salve_code cli_first_pins(struct cli *cli, struct visit_member *members, size_t count, struct cli_first_pins *out,
                               struct salve_err *err)
{
    *out = (struct cli_first_pins){.cli = cli, .members = members, .count = count};
    out->is_made_up = arena_array(cli->mem, bool, count + 1);
    if (out->is_made_up == NULL) return salve_fail(err, SALVE_E_MEMORY, "PINs");
    bool is_local = config_is(&cli->config, CONFIG_LISTEN_TLS, "local");
    TRY(cli_pins_read(cli_pin_file(cli), &out->file, err));
    for (size_t i = 0; i < count; i++) {
        if (members[i].secret.len > 0) continue;
        members[i].secret = cli_pins_find(&out->file, members[i].id);
        out->is_made_up[i] = members[i].secret.len == 0;
        if (!out->is_made_up[i]) continue;
        TRY(is_local ? visit_pin_make(cli->mem, &members[i].secret, err)
                     : visit_phrase_make(cli->mem, &members[i].secret, err));
    }
    return SALVE_OK;
}

/* The PIN of one member, where it was made up. */
struct str cli_made_up_pin(const struct cli_first_pins *pins, struct str id)
{
    for (size_t i = 0; pins != NULL && i < pins->count; i++)
        if (pins->is_made_up[i] && str_eq(pins->members[i].id, id)) return pins->members[i].secret;
    return STR_NONE;
}

void cli_pins_tell(const struct cli_first_pins *pins, struct cli_reply *reply)
{
    size_t made_up = 0;
    bool is_local = pins->count == 0 || config_is(&pins->cli->config, CONFIG_LISTEN_TLS, "local");
    for (size_t i = 0; i < pins->count; i++) {
        const struct visit_member *member = &pins->members[i];
        if (!pins->is_made_up[i]) continue;
        cli_reply_words(reply, "%s %.*s (%s): %.*s\n", is_local ? "PIN of" : "Passphrase for the first login of",
                        STR_ARGS(member->id), role_text(member->role), STR_ARGS(member->secret));
        made_up++;
    }
    if (made_up > 0)
        cli_reply_words(
            reply, is_local ? "These PINs are shown once. Each member changes theirs:  salve staff pin NAME --as "
                              "NAME\n"
                            : "These are shown once. The first login of each member sets up a passkey, or codes of "
                              "a generator beside a passphrase of their own.\n");
}

void cli_member_put(struct cli_reply *reply, const struct staff *staff, struct str pin)
{
    cli_reply_enter(reply, NULL, '{');
    cli_reply_text(reply, "id", staff->id);
    cli_reply_text(reply, "role", str_of(role_text(staff->role)));
    cli_reply_bool(reply, "retired", staff->retired);
    if (staff->has_phrase) cli_reply_bool(reply, "phrase", true);
    if (staff->has_totp) cli_reply_bool(reply, "totp", true);
    if (staff->passkeys > 0) cli_reply_number(reply, "passkeys", staff->passkeys);
    if (pin.len > 0) cli_reply_text(reply, "pin", pin);
    cli_reply_leave(reply);
}

/* --- staff -------------------------------------------------------------------------------------------------------- */

static enum salve_code print_staff(struct cli *cli, const struct cli_first_pins *pins, struct cli_reply *reply,
                                   struct salve_err *err)
{
    struct staff *staff = NULL;
    size_t count = 0;
    TRY(staff_list(cli->visit.site, cli->mem, &staff, &count, err));
    for (size_t i = 0; i < count; i++) {
        bool has_secret = staff[i].has_pin || staff[i].has_phrase;
        const char *left = staff[i].retired ? " (left)" : has_secret ? "" : " (no PIN yet)";
        cli_reply_words(reply, "%-24.*s %s%s\n", STR_ARGS(staff[i].id), role_text(staff[i].role), left);
        cli_member_put(reply, &staff[i], cli_made_up_pin(pins, staff[i].id));
    }
    return SALVE_OK;
}

static enum salve_code change_staff(struct cli *cli, struct cli_first_pins *pins, struct salve_err *err)
{
    const struct cli_values *leave = &cli->options[OPT_RETIRE];
    struct visit_member *members = NULL;
    size_t count = 0;
    struct actor room;
    const struct actor *second = NULL;
    TRY(cli_members_read(cli, &members, &count, err));
    TRY(cli_first_pins(cli, members, count, pins, err));
    TRY(cli_second(cli, &room, &second, err));
    for (size_t i = 0; i < leave->count; i++)
        TRY(staff_retire(cli->visit.site, cli->visit.actor, second, str_of(leave->value[i]), err));
    return visit_staff_add(&cli->visit, second, members, count, err);
}

/* A recovery that is asked for concerns everybody who works here. */
static enum salve_code say_recovery(struct cli *cli, struct salve_err *err)
{
    struct str id;
    char due[CLOCK_TEXT_BYTES];
    int64_t due_unix_ms = 0;
    TRY(staff_recovery(cli->visit.site, cli->mem, &id, &due_unix_ms, err));
    if (id.len > 0)
        cli_say(cli,
                "Somebody with the secret of this site makes %.*s a manager from %.16s on. A manager stops it with\n"
                "  salve staff recover %.*s --take-back --as MANAGER",
                STR_ARGS(id), clock_text(due_unix_ms, due).ptr, STR_ARGS(id));
    return SALVE_OK;
}

enum salve_code cli_staff(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    struct cli_first_pins pins = {0};
    bool is_change = cli_has(cli, OPT_STAFF) || cli_has(cli, OPT_RETIRE);
    TRY(cli_open(cli, is_change ? CLI_STAFF_ANEW : CLI_NOBODY, err));
    cli_reply_open(&reply, cli, '[');
    enum salve_code code = is_change ? change_staff(cli, &pins, err) : SALVE_OK;
    if (code == SALVE_OK) cli_pins_tell(&pins, &reply);
    if (code == SALVE_OK) code = print_staff(cli, &pins, &reply, err);
    if (code == SALVE_OK) code = say_recovery(cli, err);
    cli_pins_drop(&pins.file);
    return code == SALVE_OK ? cli_reply_done(&reply, err) : code;
}

enum salve_code cli_staff_retire(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    struct actor room;
    const struct actor *second = NULL;
    struct str id = str_of(cli->words[0]);
    TRY(cli_open(cli, CLI_STAFF_ANEW, err));
    TRY(cli_second(cli, &room, &second, err));
    TRY(staff_retire(cli->visit.site, cli->visit.actor, second, id, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "id", id);
    cli_reply_bool(&reply, "retired", true);
    cli_reply_words(&reply, "%.*s has left: nothing opens for them any more.\n", STR_ARGS(id));
    return cli_reply_done(&reply, err);
}

enum salve_code cli_staff_role(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    struct actor room;
    const struct actor *second = NULL;
    enum role role = ROLE_COUNT;
    struct str id = str_of(cli->words[0]);
    TRY(read_role(str_of(cli->words[1]), &role, cli->words[1], err));
    TRY(cli_open(cli, CLI_STAFF_ANEW, err));
    TRY(cli_second(cli, &room, &second, err));
    TRY(staff_role_set(cli->visit.site, cli->visit.actor, second, id, role, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "id", id);
    cli_reply_text(&reply, "role", str_of(role_text(role)));
    cli_reply_words(&reply, "%.*s is %s from now on; what they had open is closed.\n", STR_ARGS(id), role_text(role));
    return cli_reply_done(&reply, err);
}

/* --- PINs --------------------------------------------------------------------------------------------------------- */

static enum salve_code put_pin(struct cli *cli, struct str id, struct str secret, void *with, struct salve_err *err)
{
    const struct actor *second = with;
    return staff_pin_set(cli->visit.site, cli->visit.actor, second, id, secret, err);
}

static enum salve_code set_pin(struct cli *cli, struct str id, struct salve_err *err)
{
    struct actor room;
    const struct actor *second = NULL;
    TRY(cli_second(cli, &room, &second, err));
    return cli_new_secret(cli, id, put_pin, second == NULL ? NULL : &room, err);
}

/* Without --as it is the first PIN of a register that has none; everywhere else the gate refuses that. */
enum salve_code cli_staff_pin(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    struct str id = str_of(cli->words[0]);
    bool has_as = cli_has(cli, OPT_AS);
    TRY(cli_open(cli, has_as ? CLI_STAFF_ANEW : CLI_NOBODY, err));
    enum salve_code code = set_pin(cli, id, err);
    if (code == SALVE_E_ROLE && !has_as)
        return salve_refuse(err, SALVE_E_USAGE, "say which member of staff acts", "--as");
    if (code != SALVE_OK) return code;
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "id", id);
    cli_reply_bool(&reply, "changed", true);
    cli_reply_words(&reply, "%.*s has a new PIN or passphrase; the old one of its kind opens nothing any more.\n",
                    STR_ARGS(id));
    return cli_reply_done(&reply, err);
}

/* --- recovery ----------------------------------------------------------------------------------------------------- */

static enum salve_code recover(struct cli *cli, struct visit_member *member, struct cli_reply *reply,
                               struct salve_err *err)
{
    struct cli_first_pins pins;
    char due[CLOCK_TEXT_BYTES];
    int64_t due_unix_ms = 0;
    TRY(cli_open(cli, CLI_NOBODY, err));
    enum salve_code code = cli_first_pins(cli, member, 1, &pins, err);
    if (code == SALVE_OK) code = staff_recover(cli->visit.site, member->id, member->secret, &due_unix_ms, err);
    if (code == SALVE_OK) {
        cli_reply_text(reply, "from", clock_text(due_unix_ms, due));
        if (pins.is_made_up[0]) cli_reply_text(reply, "pin", member->secret);
        cli_pins_tell(&pins, reply);
        cli_reply_words(reply, "%.*s is a manager from %.16s on, unless a manager stops it. It is in the public log.\n",
                        STR_ARGS(member->id), due);
    }
    cli_pins_drop(&pins.file);
    return code;
}

enum salve_code cli_staff_recover(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    struct visit_member member = {.id = str_of(cli->words[0]), .role = ROLE_MANAGER};
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "id", member.id);
    if (!cli_has(cli, OPT_TAKE_BACK)) {
        TRY(recover(cli, &member, &reply, err));
        return cli_reply_done(&reply, err);
    }
    TRY(cli_open(cli, CLI_STAFF_ANEW, err));
    TRY(staff_recover_stop(cli->visit.site, cli->visit.actor, err));
    cli_reply_bool(&reply, "stopped", true);
    cli_reply_words(&reply, "Stopped: nobody becomes a manager by it.\n");
    return cli_reply_done(&reply, err);
}
