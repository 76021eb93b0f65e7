/* SPDX-License-Identifier: Apache-2.0
 * What a device gets that comes without TLS: how to learn whom to trust, where the site has an authority of its own,
 * and the way to the address with TLS. Nothing else, whatever it asks for; and what identifies this server, for who
 * asks over TLS. */
#include <stdio.h>

#include "pages/pages_int.h"

#include "visit/trust.h"

#define AUTHORITY_PATH "/authority.crt"
enum { WORK_BYTES_MAX = 4 << 20, LANGUAGES = 8 };

static enum salve_code certificate_of(const struct pages *pages, struct arena *mem, struct pages_certificate *out,
                                      struct salve_err *err)
{
    *out = (struct pages_certificate){.mode = STR("local")};
    if (pages->config.certificate == NULL) return SALVE_OK;
    return pages->config.certificate(pages->config.with, mem, out, err);
}

/* --- header lines ------------------------------------------------------------------------------------------------- */

static void put_lines(struct http_reply *reply, const char *style)
{
    char line[240];
    (void)snprintf(line, sizeof line,
                   "default-src 'none'; %s%s%sbase-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                   style[0] == '\0' ? "" : "style-src 'sha256-", style, style[0] == '\0' ? "" : "'; ");
    http_reply_header(reply, "Content-Security-Policy", str_of(line));
    http_reply_header(reply, "X-Content-Type-Options", STR("nosniff"));
    http_reply_header(reply, "Referrer-Policy", STR("no-referrer"));
    http_reply_header(reply, "Cache-Control", STR("no-store"));
}

/* --- the page ----------------------------------------------------------------------------------------------------- */

/* In the first of the browser's languages that there are words for. */
static enum salve_code make_page(const struct pages *pages, const struct http_request *request,
                                 const struct visit_trust *facts, struct arena *mem, struct str *html,
                                 struct salve_err *err)
{
    struct str languages[LANGUAGES + 1];
    size_t count = pages_guard_languages(request, languages, LANGUAGES);
    enum salve_code code = SALVE_E_NOT_FOUND;
    languages[count++] = STR("en");
    for (size_t i = 0; i < count && code == SALVE_E_NOT_FOUND; i++) {
        const struct visit_trust_ask ask = {.share = pages->config.share, .language = languages[i]};
        code = visit_trust_sheet(&ask, facts, mem, html, err);
    }
    return code;
}

static enum salve_code answer_page(const struct pages *pages, const struct http_request *request,
                                   const struct pages_certificate *is, struct http_reply *reply, struct salve_err *err)
{
    char style[PAGES_HASH_TEXT_BYTES];
    struct arena *mem = arena_open(WORK_BYTES_MAX);
    const struct str host = http_request_header(request, "host");
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "page");
    const struct visit_trust facts = {.name = is->name,
                                      .origin = is->origin,
                                      .plain = arena_printf(mem, "http://%.*s/", STR_ARGS(host)),
                                      .words = is->words,
                                      .fingerprint = is->fingerprint,
                                      .until_unix_ms = is->until_unix_ms,
                                      .link = STR(AUTHORITY_PATH)};
    struct str html = STR_NONE;
    enum salve_code code = make_page(pages, request, &facts, mem, &html, err);
    if (code == SALVE_OK) code = arena_str(reply->mem, html, &reply->body, err);
    arena_close(mem);
    TRY(code);
    pages_style_hash(reply->body, style);
    put_lines(reply, style);
    http_reply_header(reply, "Vary", STR("Accept-Language"));
    reply->type = STR("text/html; charset=utf-8");
    return SALVE_OK;
}

static void answer_authority(const struct pages_certificate *is, struct http_reply *reply)
{
    char line[160];
    (void)snprintf(line, sizeof line, "attachment; filename=\"%.*s.crt\"", STR_ARGS(is->name));
    put_lines(reply, "");
    reply->type = STR("application/x-x509-ca-cert");
    reply->body = is->authority;
    http_reply_header(reply, "Content-Disposition", str_of(line));
}

/* Where it leads stands in the configuration; nothing of what was asked goes into it. */
static void answer_way(const struct pages_certificate *is, struct http_reply *reply)
{
    struct str to = arena_printf(reply->mem, "%.*s/", STR_ARGS(is->origin));
    put_lines(reply, "");
    reply->status = 308;
    http_reply_header(reply, "Location", to.ptr == NULL ? STR("/") : to);
}

bool pages_is_plain(const struct pages *pages, const struct http_request *request)
{
    return pages->config.has_plain && !request->is_tls;
}

void pages_plain(const struct pages *pages, const struct http_request *request, struct http_reply *reply)
{
    struct salve_err err = {0};
    struct pages_certificate is;
    bool is_reading = request->method == HTTP_GET || request->method == HTTP_HEAD;
    enum salve_code code = certificate_of(pages, reply->mem, &is, &err);
    bool has_own = code == SALVE_OK && is.authority.len > 0;
    if (!is_reading)
        http_reply_allow(reply, "GET, HEAD");
    else if (has_own && str_is(request->path, AUTHORITY_PATH))
        answer_authority(&is, reply);
    else if (has_own && (str_is(request->path, "/") || str_is(request->path, "/index.html")))
        code = answer_page(pages, request, &is, reply, &err);
    else if (code == SALVE_OK)
        answer_way(&is, reply);
    if (code != SALVE_OK) http_reply_error(reply, salve_code_http(code));
}

/* --- the call ----------------------------------------------------------------------------------------------------- */

enum salve_code pages_call_certificate(struct pages_call *call, struct salve_err *err)
{
    struct json_writer *w = &call->w;
    struct pages_certificate is;
    TRY(certificate_of(call->pages, call->visit.mem, &is, err));
    bool has_words = is.words.len > 0;
    json_put_text(w, "mode", is.mode);
    json_put_text(w, "words", has_words ? is.words : STR_NONE);
    json_put_text(w, "fingerprint", has_words ? is.fingerprint : STR_NONE);
    if (is.until_unix_ms > 0)
        pages_put_instant(call, "until", is.until_unix_ms);
    else
        json_put_text(w, "until", STR_NONE);
    json_open(w, "names", '[');
    if (is.name.len > 0) {
        json_put_text(w, NULL, is.name);
        json_put_text(w, NULL, arena_printf(call->visit.mem, "my.%.*s", STR_ARGS(is.name)));
    }
    json_close(w);
    return SALVE_OK;
}
