/* SPDX-License-Identifier: Apache-2.0
 * cli_open - what a command on a site starts with: the folders, the secret, the site, who acts, the words. */
#ifndef SALVE_CLI_OPEN_H
#define SALVE_CLI_OPEN_H

#include "cli/cli_int.h"
#include "visit/content.h"

/* Folders: share is --share, else $SALVE_SHARE, else share/ beside the program, else /usr/share/salve. */
SALVE_MUST_USE enum salve_code cli_share_dir(struct cli *cli, struct str *out, struct salve_err *err);
const char *cli_site_dir(const struct cli *cli);
/* cli_site_options - that folder, the clock, and ten seconds to wait for another process. */
struct site_options cli_site_options(struct cli *cli);

/* A passphrase in locked memory; cli_secret_drop wipes it. */
struct cli_secret {
    char *text;
    size_t len;
};
/* cli_secret_get - what opens the site; root becomes its owner with it (cli_owner.h). is_new: one that is made. */
SALVE_MUST_USE enum salve_code cli_secret_get(struct cli *cli, bool is_new, struct cli_secret *secret,
                                              struct site_secret *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code cli_new_secret_get(const struct cli *cli, struct cli_secret *secret,
                                                  struct site_secret *out, struct salve_err *err);
void cli_secret_drop(struct cli_secret *secret);

/* cli_site_found - is there a folder of a site at all? E_NOT_FOUND says what makes one. */
SALVE_MUST_USE enum salve_code cli_site_found(const struct cli *cli, struct salve_err *err);

/* cli_open - the site of this invocation in cli->visit, and who acts. Whoever opened it: the end of the invocation
 * closes it with cli_close, which returns the first failure. */
enum cli_who {
    CLI_NOBODY,
    CLI_PERSON,     /* the person with the card */
    CLI_ANYBODY,    /* the member of staff of --as, or else the person */
    CLI_STAFF,      /* --as: E_USAGE without it */
    CLI_STAFF_ANEW, /* the same, with the PIN itself: no login that is remembered */
};
SALVE_MUST_USE enum salve_code cli_open(struct cli *cli, enum cli_who who, struct salve_err *err);
SALVE_MUST_USE enum salve_code cli_close(struct cli *cli, enum salve_code code, struct salve_err *err);

/* cli_served - the site of this invocation through the server that has it open, in cli->visit; stays NULL where there
 * is none. cli_open tries it first: then nobody is asked for what opens the site. */
SALVE_MUST_USE enum salve_code cli_served(struct cli *cli, struct salve_err *err);

/* cli_say_made_up - the line that stands above whatever a made-up site says, also with --quiet; on standard error, so
 * that machines read on. cli_open says it. */
void cli_say_made_up(void);

/* cli_open_with - the same, and the secret stays: cli_secret_drop is owed whatever it returns. */
SALVE_MUST_USE enum salve_code cli_open_with(struct cli *cli, enum cli_who who, struct cli_secret *secret,
                                             struct site_secret *out, struct salve_err *err);

/* cli_content - loads what `ask` names from the share folder into cli->visit.content. cli_accepted - the guidelines
 * that the open site accepted, and no others: what nobody uses here cannot stop a check. */
SALVE_MUST_USE enum salve_code cli_content(struct cli *cli, struct visit_content_ask ask, struct salve_err *err);
SALVE_MUST_USE enum salve_code cli_accepted(struct cli *cli, unsigned more_parts, struct salve_err *err);

/* cli_hint - for people on a terminal: what to type, as the reason of an error with that code. Returns code. */
enum salve_code cli_hint(enum salve_code code, enum salve_code of, const char *hint, struct salve_err *err);

#endif
