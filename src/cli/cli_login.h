/* SPDX-License-Identifier: Apache-2.0
 * cli_login - which member of staff acts, and that it is them. */
#ifndef SALVE_CLI_LOGIN_H
#define SALVE_CLI_LOGIN_H

#include "cli/cli_open.h"

/* A file of lines "NAME PIN", 0600, in locked memory. cli_pins_read with path NULL gives an empty one; cli_pins_drop
 * wipes it. cli_pins_find - a view of somebody's PIN; STR_NONE: there is no line. */
struct cli_pins {
    const char *path;
    char *text;
    size_t len;
};
SALVE_MUST_USE enum salve_code cli_pins_read(const char *path, struct cli_pins *out, struct salve_err *err);
void cli_pins_drop(struct cli_pins *pins);
struct str cli_pins_find(const struct cli_pins *pins, struct str name);

/* cli_pin_file - --pin-file, else $SALVE_PIN_FILE, else NULL. */
const char *cli_pin_file(const struct cli *cli);

/* cli_pin_ask - typed without echo; a new one twice. cli_secret_drop is owed after OK. */
SALVE_MUST_USE enum salve_code cli_pin_ask(const struct cli *cli, struct str name, bool is_new, struct cli_secret *out,
                                           struct salve_err *err);

/* cli_new_secret - a new secret of a member, out of --new-pin-file or typed twice, handed to `put` and wiped. */
typedef enum salve_code cli_put_secret(struct cli *cli, struct str id, struct str secret, void *with,
                                       struct salve_err *err);
SALVE_MUST_USE enum salve_code cli_new_secret(struct cli *cli, struct str id, cli_put_secret *put, void *with,
                                              struct salve_err *err);

/* cli_second - logs in who confirms, --with, into *room; *out is NULL where nobody does. */
SALVE_MUST_USE enum salve_code cli_second(struct cli *cli, struct actor *room, const struct actor **out,
                                          struct salve_err *err);

/* cli_login - the member of staff called `as`, by the PIN file, by what is remembered of this terminal (not where
 * is_anew), or by asking. */
SALVE_MUST_USE enum salve_code cli_login(struct cli *cli, const char *as, bool is_anew, struct actor *out,
                                         struct salve_err *err);

/* cli_with_secret - the secret of the member called `as`, by the PIN file or by asking, handed to `use` and wiped. */
typedef enum salve_code cli_use_secret(struct cli *cli, struct str id, struct str secret, void *with,
                                       struct salve_err *err);
SALVE_MUST_USE enum salve_code cli_with_secret(struct cli *cli, const char *as, cli_use_secret *use, void *with,
                                               struct salve_err *err);

/* cli_forget - what is remembered of the one who acts: the next command asks. */
void cli_forget(const struct cli *cli);

#endif
