/* SPDX-License-Identifier: Apache-2.0
 * doctor: is the server's name known here, and is what identifies it in order? */
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/cli_doctor.h"
#include "tls/tls.h"
#include "visit/trust.h"

enum { DAY_MS = 24 * 60 * 60 * 1000, AUTHORITY_DAYS_MIN = 90, GIVEN_DAYS_MIN = 14 };

/* --- the name ----------------------------------------------------------------------------------------------------- */

static bool same_address(const struct sockaddr *a, const struct sockaddr *b)
{
    if (a == NULL || b == NULL || a->sa_family != b->sa_family) return false;
    const struct sockaddr_in *four_a = (const void *)a, *four_b = (const void *)b;
    const struct sockaddr_in6 *six_a = (const void *)a, *six_b = (const void *)b;
    if (a->sa_family == AF_INET) return four_a->sin_addr.s_addr == four_b->sin_addr.s_addr;
    return a->sa_family == AF_INET6 && IN6_ARE_ADDR_EQUAL(&six_a->sin6_addr, &six_b->sin6_addr);
}

/* Whether the name leads to one of this machine's own addresses. */
static bool leads_here(const char *name)
{
    struct addrinfo *found = NULL;
    struct ifaddrs *own = NULL;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    bool leads = false;
    if (getaddrinfo(name, NULL, &hints, &found) != 0) return false;
    if (getifaddrs(&own) == 0)
        for (const struct addrinfo *at = found; at != NULL; at = at->ai_next)
            for (const struct ifaddrs *mine = own; mine != NULL; mine = mine->ifa_next)
                leads = leads || same_address(at->ai_addr, mine->ifa_addr);
    freeifaddrs(own);
    freeaddrinfo(found);
    return leads;
}

static void check_name(struct doctor *doctor, const char *name)
{
    char my[TLS_NAME_BYTES_MAX + 8];
    struct salve_err err = {0};
    const char *next =
        "tell the router, this machine's own name server, or each device: running-a-site, \"Three ways to "
        "make NAME known\"";
    bool is_good = tls_name_check(str_of(name), "[listen] name", &err) == SALVE_OK;
    doctor_tell(doctor, is_good, "the server's name is one that browsers take", &err, NULL);
    if (!is_good) return;
    (void)snprintf(my, sizeof my, "my.%s", name);
    doctor_tell(doctor, leads_here(name), arena_printf(doctor->cli->mem, "%s leads to this machine", name).ptr, NULL,
                next);
    doctor_tell(doctor, leads_here(my), arena_printf(doctor->cli->mem, "%s leads to this machine", my).ptr, NULL, next);
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
