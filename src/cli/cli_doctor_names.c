/* SPDX-License-Identifier: Apache-2.0
 * doctor: is the server's name known here, and is what identifies it in order? */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "cli/cli_doctor.h"
#include "tls/tls.h"
#include "visit/trust.h"

enum { DAY_MS = 24 * 60 * 60 * 1000, AUTHORITY_DAYS_MIN = 90, GIVEN_DAYS_MIN = 14 };

/* --- the name ----------------------------------------------------------------------------------------------------- */

static const char hosts_file[] = "/etc/hosts";

static struct str next_word(struct str *line)
{
    struct str word, rest = str_trim(*line);
    size_t len = 0;
    while (len < rest.len && rest.ptr[len] != ' ' && rest.ptr[len] != '\t') len++;
    word = str_cut(rest, 0, len);
    *line = str_cut(rest, len, rest.len);
    return word;
}

/* The address of a name in the table of this machine; empty: it has none. Nobody else is asked: Salve calls no one. */
static struct str address_of(struct str table, struct str name)
{
    struct str line, word;
    while (str_next_line(&table, &line)) {
        const char *comment = line.len == 0 ? NULL : memchr(line.ptr, '#', line.len);
        if (comment != NULL) line = str_cut(line, 0, (size_t)(comment - line.ptr));
        struct str address = next_word(&line);
        while ((word = next_word(&line)).len > 0)
            if (str_eq(word, name)) return address;
    }
    return STR_NONE;
}

static void tell_address(struct doctor *doctor, struct str table, const char *name)
{
    struct str address = address_of(table, str_of(name));
    struct str line =
        address.len > 0
            ? arena_printf(doctor->cli->mem, "%s is %.*s for this machine (%s)", name, STR_ARGS(address), hosts_file)
            : arena_printf(doctor->cli->mem,
                           "%s is not in %s: whether devices find it shows on a device, at https://%s/, or here with "
                           "'getent hosts %s'; if not, running-a-site has three ways to make it known",
                           name, hosts_file, name, name);
    cli_reply_words(&doctor->reply, "      %.*s\n", STR_ARGS(line));
}

static void check_name(struct doctor *doctor, const char *name)
{
    char my[TLS_NAME_BYTES_MAX + 8];
    struct str table = STR_NONE;
    struct salve_err err = {0};
    bool is_good = tls_name_check(str_of(name), "[listen] name", &err) == SALVE_OK;
    doctor_tell(doctor, is_good, "the server's name is one that browsers take", &err, NULL);
    if (!is_good) return;
    (void)snprintf(my, sizeof my, "my.%s", name);
    (void)!file_read(hosts_file, SALVE_CONFIG_BYTES_MAX, doctor->cli->mem, &table, NULL);
    tell_address(doctor, table, name);
    if (address_of(table, str_of(name)).len > 0) tell_address(doctor, table, my);
}

/* --- what identifies it ------------------------------------------------------------------------------------------- */

static void tell_days(struct doctor *doctor, const char *what, int64_t until_unix_ms, int days_min, const char *next)
{
    long long days = (long long)((until_unix_ms - clock_ms(&doctor->cli->clock)) / DAY_MS);
    struct str line = arena_printf(doctor->cli->mem, "%s is good for %lld days more", what, days);
    doctor_tell(doctor, days >= days_min, line.ptr == NULL ? what : line.ptr, NULL, next);
}

static void check_authority(struct doctor *doctor, const char *name)
{
    struct salve_err err = {0};
    struct site_certificate authority;
    enum salve_code code = site_authority(doctor->cli->visit.site, doctor->cli->mem, &authority, &err);
    bool is_ours = code == SALVE_OK && str_is(authority.name, name);
    doctor_tell(doctor, is_ours, "the site has an authority for its name", code == SALVE_OK ? NULL : &err,
                "make one: salve tls make --as MANAGER, then print its sheet: salve tls sheet -o trust.pdf");
    if (is_ours)
        tell_days(doctor, "it", authority.until_unix_ms, AUTHORITY_DAYS_MIN,
                  "make another: salve tls make --as MANAGER, and teach the devices anew");
}

static enum salve_code read_given(struct cli *cli, const char *name, struct tls_used *used, struct salve_err *err)
{
    struct tls_server *server = NULL;
    struct tls_given given = {.now_unix_ms = clock_ms(&cli->clock)};
    const char *key = config_text(&cli->config, CONFIG_LISTEN_KEY);
    const char *certificate = config_text(&cli->config, CONFIG_LISTEN_CERTIFICATE);
    if (key == NULL || certificate == NULL) return salve_fail(err, SALVE_E_CONFIG, "[listen] certificate, key");
    TRY(file_read(certificate, TLS_FILE_BYTES_MAX, cli->mem, &given.chain, err));
    TRY(file_read(key, TLS_FILE_BYTES_MAX, cli->mem, &given.key, err));
    TRY(tls_server_open(str_of(name), &server, err));
    enum salve_code code = tls_server_use_given(server, &given, err);
    if (code == SALVE_OK) (void)tls_server_used(server, used);
    tls_server_close(&server);
    explicit_bzero((char *)(uintptr_t)given.key.ptr, given.key.len);
    return code;
}

static void check_given(struct doctor *doctor, const char *name)
{
    struct salve_err err = {0};
    struct tls_used used;
    bool is_good = read_given(doctor->cli, name, &used, &err) == SALVE_OK;
    doctor_tell(doctor, is_good, "the certificate and its key fit each other and the name", &err,
                "correct [listen] certificate and key; the service's user has to be able to read both");
    if (is_good)
        tell_days(doctor, "the certificate", used.until_unix_ms, GIVEN_DAYS_MIN,
                  "renew it, then let the server read it: systemctl reload salve");
}

void doctor_names(struct doctor *doctor, bool has_site)
{
    const struct config *config = &doctor->cli->config;
    const char *name = config_text(config, CONFIG_LISTEN_NAME);
    if (config_is(config, CONFIG_LISTEN_TLS, "local") || name == NULL) return;
    check_name(doctor, name);
    if (config_is(config, CONFIG_LISTEN_TLS, "site") && has_site) check_authority(doctor, name);
    if (config_is(config, CONFIG_LISTEN_TLS, "public")) check_given(doctor, name);
}
