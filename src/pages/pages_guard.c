/* SPDX-License-Identifier: Apache-2.0
 * Is it a page of ours that asks, and of which session? And what every answer tells a browser not to do. Fetch
 * metadata, Origin, cookies of RFC 6265bis; Content Security Policy 3, Trusted Types. */
#include <stdio.h>
#include <string.h>

#include "pages/pages_int.h"

/* --- names of machines -------------------------------------------------------------------------------------------- */

/* "127.0.0.1:8080" without its port; of "[::1]:8080" the part in brackets. */
static struct str name_of(struct str host)
{
    size_t end = host.len > 0 && host.ptr[0] == '[' ? (size_t)(str_find(host, STR("]")) + 1) : 0;
    if (host.len > 0 && host.ptr[0] == '[') /* nothing but a port comes after it */
        return end == host.len || host.ptr[end] == ':' ? str_cut(host, 0, end) : STR_NONE;
    while (end < host.len && host.ptr[end] != ':') end++;
    return str_cut(host, 0, end);
}

static bool same_name(struct str a, struct str b)
{
    bool is = a.len == b.len && a.len > 0;
    for (size_t i = 0; is && i < a.len; i++) is = str_lower(a.ptr[i]) == str_lower(b.ptr[i]);
    return is;
}

/* Another name that leads here is a page of somebody else that was pointed at us. */
const char *pages_guard_host(const struct pages *pages, const struct http_request *request)
{
    static const char *const here[] = {"localhost", "127.0.0.1", "[::1]"};
    struct str name = name_of(http_request_header(request, "host"));
    bool is_ours = pages->config.host.len > 0 && same_name(name, pages->config.host);
    for (size_t i = 0; pages->config.host.len == 0 && i < sizeof here / sizeof *here; i++)
        is_ours = is_ours || same_name(name, str_of(here[i]));
    return is_ours ? NULL : "Host";
}

const char *pages_guard_origin(const struct pages *pages, const struct http_request *request)
{
    struct str origin = http_request_header(request, "origin"), host = http_request_header(request, "host");
    struct str site = http_request_header(request, "sec-fetch-site");
    struct str scheme = pages->config.is_tls ? STR("https://") : STR("http://");
    bool is_same = str_starts(origin, scheme) && same_name(str_cut(origin, scheme.len, origin.len), host);
    if (!is_same) return "Origin";
    /* browsers leave it out where the address is neither TLS nor this machine */
    bool is_told = false;
    for (size_t i = 0; i < request->header_count; i++)
        is_told = is_told || same_name(request->headers[i].name, STR("sec-fetch-site"));
    return is_told && !str_is(site, "same-origin") ? "Sec-Fetch-Site" : NULL;
}

/* --- tokens ------------------------------------------------------------------------------------------------------- */

static bool token_parse(struct str text, uint8_t token[SESSION_TOKEN_BYTES])
{
    size_t len = 0;
    return text.len == PAGES_TOKEN_TEXT_BYTES && crypto_base64url_parse(text, token, SESSION_TOKEN_BYTES, &len) &&
           len == SESSION_TOKEN_BYTES;
}

static struct str cookie_name(const struct pages *pages)
{
    return pages->config.is_tls ? STR("__Host-sid") : STR("sid");
}

/* The next "name=value" of a Cookie header. */
static bool next_cookie(struct str *rest, struct str *name, struct str *value)
{
    size_t end = 0, equals = 0;
    if (rest->len == 0) return false;
    while (end < rest->len && rest->ptr[end] != ';') end++;
    struct str one = str_trim(str_cut(*rest, 0, end));
    while (equals < one.len && one.ptr[equals] != '=') equals++;
    *name = str_cut(one, 0, equals);
    *value = str_cut(one, equals + 1, one.len);
    *rest = str_cut(*rest, end + 1, rest->len);
    return true;
}

/* Two of the name: somebody put one beside ours, and nobody can tell which it is. */
bool pages_guard_cookie(const struct pages *pages, const struct http_request *request,
                        uint8_t token[SESSION_TOKEN_BYTES])
{
    struct str rest = http_request_header(request, "cookie"), name, value, found = STR_NONE;
    size_t count = 0;
    while (next_cookie(&rest, &name, &value)) {
        if (!str_eq(name, cookie_name(pages))) continue;
        found = value;
        count++;
    }
    return count == 1 && token_parse(found, token);
}

void pages_guard_header(const uint8_t token[SESSION_TOKEN_BYTES], char out[PAGES_TOKEN_TEXT_BYTES + 1])
{
    static const char what[] = "salve pages token 1";
    uint8_t text[sizeof what + SESSION_TOKEN_BYTES], hash[CRYPTO_SHA256_BYTES];
    memcpy(text, what, sizeof what);
    memcpy(text + sizeof what, token, SESSION_TOKEN_BYTES);
    crypto_sha256(str_bytes(text, sizeof text), hash);
    crypto_base64url(hash, sizeof hash, out);
    explicit_bzero(text, sizeof text);
}

bool pages_guard_has_header(const struct http_request *request, const uint8_t token[SESSION_TOKEN_BYTES])
{
    char wanted[PAGES_TOKEN_TEXT_BYTES + 1];
    struct str given = http_request_header(request, "x-salve-token");
    pages_guard_header(token, wanted);
    return given.len == PAGES_TOKEN_TEXT_BYTES && crypto_equal(given.ptr, wanted, PAGES_TOKEN_TEXT_BYTES);
}

void pages_guard_set(const struct pages *pages, const uint8_t *token, struct http_reply *reply)
{
    char text[PAGES_TOKEN_TEXT_BYTES + 1] = "", line[160];
    if (token != NULL) crypto_base64url(token, SESSION_TOKEN_BYTES, text);
    (void)snprintf(line, sizeof line, "%.*s=%s; Path=/; %sHttpOnly; SameSite=Strict%s", STR_ARGS(cookie_name(pages)),
                   text, pages->config.is_tls ? "Secure; " : "", token == NULL ? "; Max-Age=0" : "");
    http_reply_header(reply, "Set-Cookie", str_of(line));
    explicit_bzero(text, sizeof text);
    explicit_bzero(line, sizeof line);
}

/* --- header lines ------------------------------------------------------------------------------------------------- */

#define POLICY_APP                                                                                                     \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "   \
    "manifest-src 'self'; media-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "                  \
    "frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types salve"

#define POLICY_SHEET "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

/* A letter is a page that does nothing: it has no script, asks for nothing, and may be printed. The sheet is shown by
 * the browser's own reader, which works in no sandbox. */
static void put_policy(struct http_reply *reply, const char *style)
{
    char line[300];
    if (style == NULL || style[0] == '\0') {
        http_reply_header(reply, "Content-Security-Policy", style == NULL ? STR(POLICY_APP) : STR(POLICY_SHEET));
        return;
    }
    (void)snprintf(line, sizeof line,
                   "default-src 'none'; style-src 'sha256-%s'; form-action 'none'; base-uri 'none'; frame-ancestors "
                   "'none'; sandbox allow-modals",
                   style);
    http_reply_header(reply, "Content-Security-Policy", str_of(line));
}

void pages_guard_lines(const struct pages *pages, struct http_reply *reply, const char *style)
{
    static const struct {
        const char *name, *value;
    } lines[] = {
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Cross-Origin-Embedder-Policy", "require-corp"},
        {"Permissions-Policy", "camera=(), microphone=(), geolocation=(), bluetooth=(), usb=()"},
    };
    put_policy(reply, style);
    if (pages->config.is_tls)
        http_reply_header(reply, "Strict-Transport-Security", STR("max-age=63072000; includeSubDomains"));
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        http_reply_header(reply, lines[i].name, str_of(lines[i].value));
}

/* --- languages ---------------------------------------------------------------------------------------------------- */

static bool is_known(const struct str *list, size_t count, struct str language)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i], language)) return true;
    return false;
}

size_t pages_guard_languages(const struct http_request *request, struct str *out, size_t room)
{
    struct str rest = http_request_header(request, "accept-language");
    size_t count = 0;
    while (rest.len > 0 && count < room) {
        size_t end = 0, len = 0;
        while (end < rest.len && rest.ptr[end] != ',') end++;
        struct str one = str_trim(str_cut(rest, 0, end));
        while (len < one.len && str_is_lower(one.ptr[len])) len++;
        one = str_cut(one, 0, len);
        if (one.len >= 2 && one.len <= 3 && !is_known(out, count, one)) out[count++] = one;
        rest = str_cut(rest, end + 1, rest.len);
    }
    return count;
}
