/* SPDX-License-Identifier: Apache-2.0
 * The key file on paper: the recovery sheet, and a key file made again from it. */
#include "cli/cli_keys.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/cli_commands.h"
#include "cli/cli_rights.h"
#include "cli/cli_open.h"
#include "cli/cli_reply.h"
#include "crypto/crypto.h"
#include "visit/recovery.h"

/* A key file that Salve made. */
static enum salve_code read_key(const char *path, uint8_t key[VISIT_KEY_BYTES], struct salve_err *err)
{
    char bytes[VISIT_KEY_BYTES + 1];
    size_t len = 0;
    enum salve_code code = file_read_secret(path, bytes, sizeof bytes, &len, err);
    bool is_ours = code == SALVE_OK && len == VISIT_KEY_BYTES;
    if (is_ours) memcpy(key, bytes, VISIT_KEY_BYTES);
    crypto_zero(bytes, sizeof bytes);
    if (is_ours || (code != SALVE_OK && code != SALVE_E_TOO_BIG)) return code;
    return salve_refuse(err, SALVE_E_UNSUPPORTED, "only a key file of 32 bytes fits on a sheet, as Salve makes them",
                        "%s", path);
}

enum salve_code cli_recovery_sheet(struct cli *cli, struct str name, struct str language, const char *path,
                                   struct salve_err *err)
{
    char now[CLOCK_TEXT_BYTES];
    uint8_t key[VISIT_KEY_BYTES];
    const char *key_file = config_text(&cli->config, CONFIG_STORE_KEY_FILE);
    struct str day = str_cut(clock_text(clock_ms(&cli->clock), now), 0, 10);
    struct visit_recovery ask = {.name = name, .made_on = day, .key = key_file == NULL ? NULL : key};
    struct visit_sheet sheet = {.language = language};
    TRY(cli_is_pdf(path, &sheet.is_pdf, err));
    TRY(cli_content(cli, (struct visit_content_ask){.parts = VISIT_FRAMES}, err));
    if (key_file != NULL) TRY(read_key(key_file, key, err));
    enum salve_code code = visit_recovery_sheet(&cli->visit, &ask, &sheet, err);
    crypto_zero(key, sizeof key);
    if (code == SALVE_OK) code = file_write(path, sheet.bytes, 0600, err);
    return code;
}

enum salve_code cli_keys_sheet(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    const char *path = cli_option(cli, OPT_OUTPUT);
    if (path == NULL) return salve_refuse(err, SALVE_E_USAGE, "say which file to write, .pdf or .html", "--output");
    TRY(cli_recovery_sheet(cli, cli_option_or(cli, OPT_NAME, cli_site_dir(cli)), cli_option_or(cli, OPT_LANG, "en"),
                           path, err));
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "file", str_of(path));
    cli_reply_words(&reply, "Recovery sheet: %s. Print it, lock it away, and delete the file: it is the key.\n", path);
    return cli_reply_done(&reply, err);
}

/* --- from paper --------------------------------------------------------------------------------------------------- */

static enum salve_code type_line(const struct cli *cli, unsigned number, char *line, size_t line_bytes,
                                 struct salve_err *err)
{
    char question[64];
    if (isatty(STDIN_FILENO) != 1) {
        if (fgets(line, (int)line_bytes, stdin) != NULL) return SALVE_OK;
        return salve_refuse(err, SALVE_E_USAGE, "the sheet has four lines", "line %u", number + 1);
    }
    (void)snprintf(question, sizeof question, "Line %u of %d", number + 1, VISIT_KEY_LINES);
    return cli_ask(cli, question, false, line, line_bytes, err);
}

/* At a terminal a line that was not typed right is typed again. */
static enum salve_code take_line(const struct cli *cli, unsigned number, uint8_t *part, struct salve_err *err)
{
    char line[128];
    bool is_terminal = isatty(STDIN_FILENO) == 1;
    for (;;) {
        struct salve_err wrong = {0};
        enum salve_code code = type_line(cli, number, line, sizeof line, err);
        if (code != SALVE_OK) return code;
        code = visit_key_line_read(str_of(line), number, part, &wrong);
        crypto_zero(line, sizeof line);
        if (code == SALVE_OK || !is_terminal) {
            if (code != SALVE_OK) *err = wrong;
            return code;
        }
        cli_warn("%s: %s", wrong.element, wrong.why);
    }
}

enum salve_code cli_keys_write(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    uint8_t key[VISIT_KEY_BYTES];
    const char *path = cli->words[0];
    enum salve_code code = SALVE_OK;
    if (access(path, F_OK) == 0) return salve_refuse(err, SALVE_E_CONFLICT, "it is there already", "%s", path);
    for (unsigned i = 0; code == SALVE_OK && i < VISIT_KEY_LINES; i++)
        code = take_line(cli, i, key + (size_t)i * VISIT_KEY_PART_BYTES, err);
    if (code == SALVE_OK) code = file_write(path, str_bytes(key, sizeof key), 0600, err);
    crypto_zero(key, sizeof key);
    if (code != SALVE_OK) return code;
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "file", str_of(path));
    cli_reply_words(&reply, "Key file: %s\n", path);
    return cli_reply_done(&reply, err);
}
