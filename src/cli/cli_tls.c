/* SPDX-License-Identifier: Apache-2.0
 * By which name and certificate browsers reach a site: shown, the site's own authority made, its sheet printed. */
#include "base/file.h"
#include "cli/cli_commands.h"
#include "cli/cli_open.h"
#include "cli/cli_reply.h"
#include "cli/cli_rights.h"
#include "cli/cli_tls.h"
#include "tls/tls.h"
#include "visit/trust.h"

/* --- the authority in words --------------------------------------------------------------------------------------- */

static void prints_of(const struct site_certificate *authority, char words[TLS_WORDS_BYTES],
                      char fingerprint[TLS_FINGERPRINT_TEXT_BYTES])
{
    uint8_t hash[TLS_FINGERPRINT_BYTES];
    tls_fingerprint(authority->der, hash);
    tls_words(hash, words);
    tls_fingerprint_text(hash, fingerprint);
}

void cli_authority_tell(const struct site_certificate *authority, struct cli_reply *reply)
{
    char words[TLS_WORDS_BYTES], fingerprint[TLS_FINGERPRINT_TEXT_BYTES], until[CLOCK_TEXT_BYTES];
    prints_of(authority, words, fingerprint);
    struct str day = clock_date_text(authority->until_unix_ms, until);
    cli_reply_text(reply, "authority", authority->name);
    cli_reply_text(reply, "words", str_of(words));
    cli_reply_text(reply, "fingerprint", str_of(fingerprint));
    cli_reply_text(reply, "until", day);
    cli_reply_words(reply, "authority    for %.*s and nothing else, until %.*s\nwords        %s\nSHA-256      %s\n",
                    STR_ARGS(authority->name), STR_ARGS(day), words, fingerprint);
}

static enum salve_code no_authority(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_NOT_FOUND, "this site has none yet; 'salve tls make' makes one", "authority");
}

static enum salve_code find_authority(struct cli *cli, struct site_certificate *out, struct salve_err *err)
{
    TRY(cli_open(cli, CLI_NOBODY, err));
    enum salve_code code = site_authority(cli->visit.site, cli->mem, out, err);
    return code == SALVE_E_NOT_FOUND ? no_authority(err) : code;
}

/* --- tls ---------------------------------------------------------------------------------------------------------- */

enum salve_code cli_tls(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    struct site_certificate authority;
    const char *mode = config_text(&cli->config, CONFIG_LISTEN_TLS),
               *name = config_text(&cli->config, CONFIG_LISTEN_NAME);
    TRY(cli_open(cli, CLI_NOBODY, err));
    enum salve_code code = site_authority(cli->visit.site, cli->mem, &authority, err);
    if (code != SALVE_OK && code != SALVE_E_NOT_FOUND) return code;
    cli_reply_open(&reply, cli, '{');
    cli_reply_text(&reply, "mode", str_of(mode));
    cli_reply_words(&reply, "tls          %s\n", mode);
    if (name != NULL) {
        cli_reply_text(&reply, "name", str_of(name));
        cli_reply_words(&reply, "name         %s, my.%s\n", name, name);
    }
    if (code == SALVE_OK) cli_authority_tell(&authority, &reply);
    if (code == SALVE_E_NOT_FOUND) cli_reply_words(&reply, "authority    none; 'salve tls make' makes one\n");
    return cli_reply_done(&reply, err);
}

/* --- tls make ----------------------------------------------------------------------------------------------------- */

enum salve_code cli_tls_make(struct cli *cli, struct salve_err *err)
{
    struct cli_reply reply;
    struct site_certificate authority;
    const char *name = config_text(&cli->config, CONFIG_LISTEN_NAME);
    if (name == NULL) return salve_refuse(err, SALVE_E_USAGE, "the server's name, such as salve.home.arpa", "--host");
    TRY(tls_name_check(str_of(name), "--host", err));
    TRY(cli_open(cli, CLI_STAFF, err));
    TRY(site_authority_make(cli->visit.site, cli->visit.actor, str_of(name), err));
    TRY(site_authority(cli->visit.site, cli->mem, &authority, err));
    cli_reply_open(&reply, cli, '{');
    cli_authority_tell(&authority, &reply);
    cli_reply_words(&reply, "Next: print the sheet by which devices are taught:  salve tls sheet -o trust.pdf\n"
                            "A server that runs takes the new authority with SIGHUP.\n");
    return cli_reply_done(&reply, err);
}

/* --- tls sheet, tls authority ------------------------------------------------------------------------------------- */

/* What stands behind the colon of an address, where it is not the usual port: ":8443". */
static const char *port_of(const char *address, const char *usual)
{
    const char *colon = address == NULL ? NULL : strrchr(address, ':');
    return colon == NULL || strcmp(colon, usual) == 0 ? "" : colon;
}

enum salve_code cli_trust_sheet(struct cli *cli, const struct site_certificate *authority, struct str language,
                                bool is_pdf, struct str *out, struct salve_err *err)
{
    struct str share;
    char words[TLS_WORDS_BYTES], fingerprint[TLS_FINGERPRINT_TEXT_BYTES];
    const char *plain = config_text(&cli->config, CONFIG_LISTEN_PLAIN);
    TRY(cli_share_dir(cli, &share, err));
    prints_of(authority, words, fingerprint);
    struct visit_trust facts = {.name = authority->name,
                                .plain = STR(""),
                                .words = str_of(words),
                                .fingerprint = str_of(fingerprint),
                                .until_unix_ms = authority->until_unix_ms};
    facts.origin = arena_printf(cli->mem, "https://%.*s%s", STR_ARGS(authority->name),
                                port_of(config_text(&cli->config, CONFIG_LISTEN_ADDRESS), ":443"));
    if (plain != NULL)
        facts.plain = arena_printf(cli->mem, "http://%.*s%s/", STR_ARGS(authority->name), port_of(plain, ":80"));
    if (facts.origin.ptr == NULL || facts.plain.ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "sheet");
    const struct visit_trust_ask ask = {.share = share.ptr, .language = language, .is_pdf = is_pdf};
    return visit_trust_sheet(&ask, &facts, cli->mem, out, err);
}

enum salve_code cli_tls_sheet(struct cli *cli, struct salve_err *err)
{
    bool is_pdf = false;
    struct str bytes;
    struct site_certificate authority;
    const char *path = cli_option(cli, OPT_OUTPUT);
    TRY(cli_is_pdf(path, &is_pdf, err));
    TRY(find_authority(cli, &authority, err));
    TRY(cli_trust_sheet(cli, &authority, cli_option_or(cli, OPT_LANG, "en"), is_pdf, &bytes, err));
    if (path != NULL) TRY(file_write(path, bytes, 0600, err));
    if (path == NULL) cli_write(bytes);
    if (path != NULL) cli_say(cli, "Sheet: %s", path);
    return SALVE_OK;
}

enum salve_code cli_tls_authority(struct cli *cli, struct salve_err *err)
{
    struct str pem;
    struct site_certificate authority;
    const char *path = cli_option(cli, OPT_OUTPUT);
    TRY(find_authority(cli, &authority, err));
    TRY(tls_pem(authority.der, cli->mem, &pem, err));
    if (path != NULL) TRY(file_write(path, pem, 0644, err));
    if (path == NULL) cli_write(pem);
    if (path != NULL) cli_say(cli, "Certificate of the authority: %s", path);
    return SALVE_OK;
}
