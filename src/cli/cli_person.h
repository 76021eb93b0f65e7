/* SPDX-License-Identifier: Apache-2.0
 * cli_person - a card, and what shows that who holds it is the person. */
#ifndef SALVE_CLI_PERSON_H
#define SALVE_CLI_PERSON_H

#include "cli/cli_int.h"

/* cli_word_read - a word of the command line; a line of standard input for "-", or an answer where that is a terminal;
 * an answer for NULL. In cli->mem. */
SALVE_MUST_USE enum salve_code cli_word_read(struct cli *cli, const char *word, const char *question, struct str *out,
                                             struct salve_err *err);

/* cli_card_read - the card that the first operand names, "-" as above, into cli->card. */
SALVE_MUST_USE enum salve_code cli_card_read(struct cli *cli, struct salve_err *err);

/* cli_person - the actor of a person's own command: with the member of staff of --as beside them, or else with what is
 * told: --born, --word, the line behind the card on standard input, or an answer. E_USAGE says what to add. */
SALVE_MUST_USE enum salve_code cli_person(struct cli *cli, struct salve_err *err);

#endif
