/* SPDX-License-Identifier: Apache-2.0
 * A card, and what shows that who holds it is the person: read so that neither has to stand on the command line, where
 * others on the machine can see it. */
#include "cli/cli_person.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli_login.h"
#include "crypto/crypto.h"

enum { WORD_LINE_BYTES = 512 };

static enum salve_code read_line(struct cli *cli, const char *what, char line[WORD_LINE_BYTES], struct salve_err *err)
{
    if (isatty(STDIN_FILENO) == 1) return cli_ask(cli, what, false, line, WORD_LINE_BYTES, err);
    if (fgets(line, WORD_LINE_BYTES, stdin) != NULL) return SALVE_OK;
    return salve_refuse(err, SALVE_E_USAGE, "there is no line on standard input", "%s", what);
}

enum salve_code cli_word_read(struct cli *cli, const char *word, const char *question, struct str *out,
                              struct salve_err *err)
{
    char line[WORD_LINE_BYTES];
    bool is_named = word != NULL && strcmp(word, "-") != 0;
    if (is_named) return *out = str_of(word), SALVE_OK;
    enum salve_code code =
        word == NULL ? cli_ask(cli, question, false, line, sizeof line, err) : read_line(cli, question, line, err);
    if (code == SALVE_OK) code = arena_str(cli->mem, str_trim(str_of(line)), out, err);
    crypto_zero(line, sizeof line);
    return code;
}

enum salve_code cli_card_read(struct cli *cli, struct salve_err *err)
{
    return cli_word_read(cli, cli->words[0], "Card code", &cli->card, err);
}

/* A date is checked before it is a wrong one. */
static enum salve_code check_born(struct str born, struct salve_err *err)
{
    int64_t unused;
    if (born.len >= 4 && clock_parse(born, &unused)) return SALVE_OK;
    if ((born.len == 4 || born.len == 7) && str_is_digit(born.ptr[0])) return SALVE_OK; /* known in part */
    return salve_refuse(err, SALVE_E_USAGE, "write the birth date as 1972-03-14", "--born");
}

static enum salve_code read_told(struct cli *cli, struct str *out, struct salve_err *err)
{
    const char *born = cli_option(cli, OPT_BORN), *word = cli_option(cli, OPT_WORD);
    bool came_by_line = cli->word_count > 0 && strcmp(cli->words[0], "-") == 0 && isatty(STDIN_FILENO) != 1;
    if (word != NULL) return cli_word_read(cli, word, "Word", out, err);
    if (born != NULL || came_by_line) TRY(cli_word_read(cli, born == NULL ? "-" : born, "Birth date", out, err));
    if (born != NULL) return check_born(*out, err);
    if (came_by_line) return SALVE_OK;
    enum salve_code code = cli_word_read(cli, NULL, "Birth date (YYYY-MM-DD), or your word", out, err);
    if (code != SALVE_E_USAGE || cli_interrupted()) return code;
    return salve_refuse(err, code,
                        "beside the card add --born and the person's birth date (or --word, where none is recorded); "
                        "or, with a member of staff there, --as and their name",
                        "--born");
}

enum salve_code cli_person(struct cli *cli, struct salve_err *err)
{
    const char *as = cli_option(cli, OPT_AS);
    struct str told = STR("");
    struct actor staff;
    if (as == NULL) {
        TRY(read_told(cli, &told, err));
        cli->visit.actor = visit_person(cli->visit.site, told);
        return SALVE_OK;
    }
    TRY(cli_login(cli, as, false, &staff, err));
    cli->visit.actor = visit_beside(cli->visit.site, staff);
    return SALVE_OK;
}
