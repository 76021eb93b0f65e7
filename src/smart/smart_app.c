/* SPDX-License-Identifier: Apache-2.0
 * Registrations of apps: documents of the commons, about no person. */
#include <string.h>

#include "base/buf.h"
#include "smart/smart.h"

static enum salve_code refuse(const char *member, const char *why, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_INVALID, why, "app.%s", member);
}

/* --- addresses ---------------------------------------------------------------------------------------------------- */

static bool is_address_char(char c)
{
    return str_is_letter(c) || str_is_digit(c) || (c != '\0' && strchr("-._~:/?[]@!$&'()*+,;=%", c) != NULL);
}

static bool is_plain(struct str uri)
{
    bool is = uri.len > 0 && uri.len <= SMART_URI_BYTES_MAX;
    for (size_t i = 0; is && i < uri.len; i++) is = is_address_char(uri.ptr[i]);
    return is;
}

/* The name and port behind "https://", or the same of http at this machine; empty: it is neither. */
static struct str authority_of(struct str uri)
{
    struct str rest = STR_NONE;
    if (str_starts(uri, STR("https://"))) rest = str_cut(uri, 8, uri.len);
    if (str_starts(uri, STR("http://"))) rest = str_cut(uri, 7, uri.len);
    size_t end = 0, name = 0;
    while (end < rest.len && strchr("/?", rest.ptr[end]) == NULL) end++;
    rest = str_cut(rest, 0, end);
    while (name < rest.len && rest.ptr[name] != ':') name++;
    struct str host = str_cut(rest, 0, name);
    bool is_here = str_is(host, "localhost") || str_is(host, "127.0.0.1") || str_starts(rest, STR("[::1]"));
    bool is_good = rest.len > 0 && str_find(rest, STR("@")) < 0 && (is_here || str_starts(uri, STR("https://")));
    return is_good ? rest : STR_NONE;
}

/* "org.example.heart:/back" is the app's own on a telephone. */
static bool is_own_scheme(struct str uri)
{
    size_t end = 0;
    bool has_point = false;
    while (end < uri.len && uri.ptr[end] != ':') {
        char c = uri.ptr[end++];
        if (!str_is_lower(c) && !str_is_digit(c) && c != '.' && c != '-' && c != '+') return false;
        has_point = has_point || c == '.';
    }
    return has_point && end < uri.len && str_is_letter(uri.ptr[0]) && str_starts(str_cut(uri, end, uri.len), STR(":/"));
}

static bool is_redirect(struct str uri) { return is_plain(uri) && (authority_of(uri).len > 0 || is_own_scheme(uri)); }

static bool is_origin(struct str uri)
{
    struct str authority = authority_of(uri);
    return is_plain(uri) && authority.len > 0 && authority.ptr + authority.len == uri.ptr + uri.len;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static bool is_id(struct str id)
{
    bool is = id.len > 0 && id.len <= SMART_ID_BYTES_MAX;
    for (size_t i = 0; is && i < id.len; i++)
        is = str_is_lower(id.ptr[i]) || str_is_digit(id.ptr[i]) || strchr("._-", id.ptr[i]) != NULL;
    return is;
}

static bool is_name(struct str name)
{
    bool is = name.len > 0 && name.len <= SMART_NAME_BYTES_MAX && str_is_utf8(name) && str_eq(str_trim(name), name);
    for (struct str rest = name; is && rest.len > 0; rest = str_cut(rest, str_char_bytes(rest), rest.len))
        is = str_unprintable(rest) == 0;
    return is;
}

static enum salve_code read_list(const struct json *doc, const char *member, bool (*fits)(struct str uri),
                                 struct str *out, size_t *count, struct salve_err *err)
{
    const struct json *list = json_get(doc, member);
    *count = 0;
    if (list == NULL) return SALVE_OK;
    if (!json_is(list, JSON_ARRAY) || list->count > SMART_URIS_MAX) return refuse(member, "a list of at most 8", err);
    for (const struct json *it = json_first(list); it != NULL; it = it->next) {
        if (!fits(json_text(it)))
            return refuse(member,
                          "an address of https (or http of this machine, or of a scheme with a point), without a "
                          "fragment; an origin without a path",
                          err);
        out[(*count)++] = json_text(it);
    }
    return SALVE_OK;
}

static bool is_member(struct str name)
{
    static const char *const names[] = {"id",      "name",  "redirects", "origins", "jwks",
                                        "idToken", "ended", "ends",      "by",      "at"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_is(name, names[i])) return true;
    return false;
}

static enum salve_code read_keys(const struct json *doc, struct arena *mem, struct smart_app *out,
                                 struct salve_err *err)
{
    struct str alg = json_get_text(doc, "idToken");
    out->jwks = json_get(doc, "jwks");
    out->id_token = str_is(alg, "ES256") ? JWT_ES256 : JWT_RS256;
    if (alg.ptr != NULL && !str_is(alg, jwt_alg_text(out->id_token))) return refuse("idToken", "RS256 or ES256", err);
    if (out->jwks == NULL) return SALVE_OK;
    TRY(jwt_keys_read(out->jwks, mem, &out->keys, err));
    for (size_t i = 0; i < out->keys.count; i++)
        if (!jwt_alg_of_clients(out->keys.list[i].alg)) return refuse("jwks", "keys for ES384 or RS384", err);
    return SALVE_OK;
}

static enum salve_code read_ends(const struct json *doc, struct smart_app *out, struct salve_err *err)
{
    int64_t ends = 0;
    const struct json *member = json_get(doc, "ends");
    if (member != NULL && (!json_i64(member, &ends) || ends < 0 || ends > SMART_ENDS_MAX))
        return refuse("ends", "a count", err);
    out->ends = (uint32_t)ends;
    return SALVE_OK;
}

enum salve_code smart_app_read(struct str json, struct arena *mem, struct smart_app *out, struct salve_err *err)
{
    const struct json *doc = NULL;
    const struct json_opts opts = {.bytes_max = SMART_DOCUMENT_BYTES_MAX, .depth_max = 8};
    *out = (struct smart_app){.is_ended = false};
    TRY(json_read(json, &opts, mem, &doc, err));
    if (!json_is(doc, JSON_OBJECT)) return refuse("", "an object", err);
    for (const struct json *it = json_first(doc); it != NULL; it = it->next)
        if (!is_member(it->name)) return refuse("", "a member that is not known", err);
    out->id = json_get_text(doc, "id");
    out->name = json_get_text(doc, "name");
    out->is_ended = json_is_true(json_get(doc, "ended"));
    TRY(read_ends(doc, out, err));
    if (!is_id(out->id)) return refuse("id", "1 to 64 of a-z, 0-9, '.', '_', '-'", err);
    if (!is_name(out->name)) return refuse("name", "1 to 80 bytes that can be printed", err);
    TRY(read_list(doc, "redirects", is_redirect, out->redirects, &out->redirect_count, err));
    TRY(read_list(doc, "origins", is_origin, out->origins, &out->origin_count, err));
    if (out->redirect_count == 0) return refuse("redirects", "at least one", err);
    return read_keys(doc, mem, out, err);
}

static bool is_in(const struct str *list, size_t count, struct str text)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i], text)) return true;
    return false;
}

bool smart_app_redirects(const struct smart_app *app, struct str uri)
{
    return is_in(app->redirects, app->redirect_count, uri);
}

bool smart_app_has_origin(const struct smart_app *app, struct str origin)
{
    return is_in(app->origins, app->origin_count, origin);
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static void put_list(struct json_writer *w, const char *name, const struct str *list, size_t count)
{
    json_open(w, name, '[');
    for (size_t i = 0; i < count; i++) json_put_text(w, NULL, list[i]);
    json_close(w);
}

enum salve_code smart_app_write(const struct smart_app *app, struct str by, struct str at, struct arena *mem,
                                struct str *json, struct salve_err *err)
{
    struct buf out;
    struct json_writer w = {.out = &out};
    buf_init(&out, mem, SMART_DOCUMENT_BYTES_MAX);
    json_open(&w, NULL, '{');
    json_put_text(&w, "at", at);
    json_put_text(&w, "by", by);
    if (app->is_ended) json_put_bool(&w, "ended", true);
    if (app->ends > 0) json_put_i64(&w, "ends", app->ends);
    json_put_text(&w, "id", app->id);
    json_put_text(&w, "idToken", str_of(jwt_alg_text(app->id_token)));
    if (app->jwks != NULL) {
        json_put_name(&w, STR("jwks"));
        json_open(&w, NULL, '{');
        json_open(&w, "keys", '[');
        for (size_t i = 0; i < app->keys.count; i++) jwt_key_write(&w, &app->keys.list[i]);
        json_close(&w);
        json_close(&w);
    }
    json_put_text(&w, "name", app->name);
    put_list(&w, "origins", app->origins, app->origin_count);
    put_list(&w, "redirects", app->redirects, app->redirect_count);
    json_close(&w);
    return buf_done(&out, json, err);
}
