/* SPDX-License-Identifier: Apache-2.0
 * The commands about what staff shows in the browser: passphrase, code generator, tablets, a new start. */
#include "cli/cli_commands.h"
#include "cli/cli_login.h"
#include "cli/cli_open.h"
#include "cli/cli_reply.h"
#include "crypto/crypto.h"
#include "visit/site.h"

/* --- a new secret ------------------------------------------------------------------------------------------------- */

static enum salve_code put_passphrase(struct cli *cli, struct str id, struct str secret, void *with,
                                      struct salve_err *err)
{
    (void)with;
    size_t digits = 0;
    while (digits < secret.len && str_is_digit(secret.ptr[digits])) digits++;
    if (digits == secret.len)
        return salve_refuse(err, SALVE_E_RANGE, "digits alone are a PIN: a text of 12 to 256 bytes", "passphrase");
    return staff_pin_set(cli->visit.site, cli->visit.actor, NULL, id, secret, err);
}

enum salve_code cli_staff_passphrase(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    TRY(cli_open(cli, CLI_STAFF_ANEW, err));
    struct str id = cli->visit.actor.id;
    TRY(cli_new_secret(cli, id, put_passphrase, NULL, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "id", id);
    cli_reply_bool(&reply, "changed", true);
    cli_reply_words(&reply,
                    "%.*s has a new passphrase. In a browser it takes the code of a generator beside it, or sets up a "
                    "passkey.\n",
                    STR_ARGS(id));
    return cli_reply_done(&reply, err);
}

/* The one who confirms, where --with names one. */
static enum salve_code put_restart(struct cli *cli, struct str id, struct str secret, void *with, struct salve_err *err)
{
    struct actor room;
    const struct actor *second = NULL;
    (void)with;
    TRY(cli_second(cli, &room, &second, err));
    return staff_restart(cli->visit.site, cli->visit.actor, second, id, secret, err);
}

enum salve_code cli_staff_restart(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    struct str id = str_of(cli->words[0]);
    TRY(cli_open(cli, CLI_STAFF_ANEW, err));
    TRY(cli_new_secret(cli, id, put_restart, NULL, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "id", id);
    cli_reply_bool(&reply, "restarted", true);
    cli_reply_words(
        &reply, "%.*s begins anew: passkeys, code generator, PIN and passphrase from before open nothing any more.\n",
        STR_ARGS(id));
    return cli_reply_done(&reply, err);
}

/* --- a code generator --------------------------------------------------------------------------------------------- */

static enum salve_code begin_totp(struct cli *cli, struct cli_reply *reply, struct salve_err *err)
{
    struct account_totp totp;
    TRY(account_totp_begin(cli->visit.site, cli->visit.actor, &totp, err));
    cli_reply_text(reply, "secret", str_of(totp.secret));
    cli_reply_text(reply, "uri", str_of(totp.uri));
    cli_reply_words(reply,
                    "Type this into the generator: %s\nor give it the address %s\nIt counts when you give its code:  "
                    "salve staff totp CODE --as %.*s\n",
                    totp.secret, totp.uri, STR_ARGS(cli->visit.actor.id));
    crypto_zero(&totp, sizeof totp);
    return SALVE_OK;
}

enum salve_code cli_staff_totp(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    TRY(cli_open(cli, CLI_STAFF_ANEW, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "id", cli->visit.actor.id);
    if (cli->word_count == 0) {
        TRY(begin_totp(cli, &reply, err));
        return cli_reply_done(&reply, err);
    }
    TRY(account_totp_confirm(cli->visit.site, cli->visit.actor, str_of(cli->words[0]), err));
    cli_reply_bool(&reply, "confirmed", true);
    cli_reply_words(&reply, "From now on %.*s shows a code of this generator beside the passphrase.\n",
                    STR_ARGS(cli->visit.actor.id));
    return cli_reply_done(&reply, err);
}

/* --- tablets ------------------------------------------------------------------------------------------------------ */

static void put_time(struct cli_reply *reply, const char *name, int64_t unix_ms)
{
    char text[CLOCK_TEXT_BYTES];
    if (unix_ms != 0) cli_reply_text(reply, name, clock_text(unix_ms, text));
}

static void put_tablet(struct cli_reply *reply, const struct tablet *tablet)
{
    char text[CLOCK_TEXT_BYTES];
    struct str seen = tablet->seen_unix_ms == 0 ? STR("never") : clock_text(tablet->seen_unix_ms, text);
    cli_reply_words(reply, "%.*s  %-24.*s last seen %.*s%s\n", STR_ARGS(tablet->id), STR_ARGS(tablet->label),
                    STR_ARGS(seen), tablet->is_locked ? " (locked)" : "");
    cli_reply_enter(reply, NULL, '{');
    cli_reply_text(reply, "id", tablet->id);
    cli_reply_text(reply, "label", tablet->label);
    cli_reply_text(reply, "by", tablet->by);
    put_time(reply, "enrolled", tablet->enrolled_unix_ms);
    put_time(reply, "seen", tablet->seen_unix_ms);
    cli_reply_bool(reply, "locked", tablet->is_locked);
    cli_reply_leave(reply);
}

enum salve_code cli_staff_tablets(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    struct tablet *list = NULL;
    size_t count = 0;
    TRY(cli_open(cli, CLI_STAFF, err));
    TRY(tablet_list(cli->visit.site, cli->visit.actor, cli->mem, &list, &count, err));
    cli_reply_open(&reply, cli, '[');
    if (count == 0) cli_reply_words(&reply, "No tablet is enrolled; one is, at the tablet itself.\n");
    for (size_t i = 0; i < count; i++) put_tablet(&reply, &list[i]);
    return cli_reply_done(&reply, err);
}

enum salve_code cli_staff_tablet(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    struct str id = str_of(cli->words[0]), what = str_of(cli->words[1]);
    bool is_removed = str_is(what, "remove"), is_locked = str_is(what, "lock");
    if (!is_removed && !is_locked && !str_is(what, "unlock"))
        return salve_refuse(err, SALVE_E_USAGE, "lock, unlock or remove", "%s", cli->words[1]);
    TRY(cli_open(cli, CLI_STAFF_ANEW, err));
    struct site *site = cli->visit.site;
    TRY(is_removed ? tablet_remove(site, cli->visit.actor, id, err)
                   : tablet_lock(site, cli->visit.actor, id, is_locked, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "id", id);
    cli_reply_bool(&reply, is_removed ? "removed" : "locked", is_removed || is_locked);
    cli_reply_words(&reply, is_removed  ? "It is a tablet of this site no more; who worked there is logged out.\n"
                            : is_locked ? "Locked; who worked there is logged out.\n"
                                        : "A PIN is enough there again.\n");
    return cli_reply_done(&reply, err);
}
