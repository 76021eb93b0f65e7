/* SPDX-License-Identifier: Apache-2.0
 * A request for a code as an address, and the address that answers it. */
#include "base/buf.h"
#include "smart/smart.h"

static enum salve_code refuse(const char *why, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_INVALID, why, "invalid_request");
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static bool take_escape(struct str text, size_t *at, char *out)
{
    if (text.len - *at < 3) return false;
    int high = str_hex_digit(str_lower(text.ptr[*at + 1])), low = str_hex_digit(str_lower(text.ptr[*at + 2]));
    if (high < 0 || low < 0) return false;
    *out = (char)(high << 4 | low);
    *at += 3;
    return true;
}

static enum salve_code decode(struct str text, struct arena *mem, struct str *out, struct salve_err *err)
{
    char *to = arena_alloc(mem, text.len + 1);
    size_t len = 0;
    if (to == NULL) return salve_fail(err, SALVE_E_MEMORY, "query");
    for (size_t i = 0; i < text.len;) {
        char c = text.ptr[i];
        if (c == '%') {
            if (!take_escape(text, &i, &c)) return refuse("an escape of the query is none", err);
        } else {
            i++;
            if (c == '+') c = ' ';
        }
        to[len++] = c;
    }
    *out = str_make(to, len);
    return str_is_utf8(*out) ? SALVE_OK : refuse("the query is no UTF-8", err);
}

/* Where a parameter goes; NULL: it is passed over. */
static struct str *place_of(struct smart_ask *ask, struct str name)
{
    const struct {
        const char *name;
        struct str *to;
    } places[] = {{"client_id", &ask->client},
                  {"redirect_uri", &ask->redirect},
                  {"response_type", &ask->response_type},
                  {"scope", &ask->scope},
                  {"state", &ask->state},
                  {"aud", &ask->aud},
                  {"code_challenge", &ask->challenge},
                  {"code_challenge_method", &ask->challenge_method},
                  {"nonce", &ask->nonce}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (str_is(name, places[i].name)) return places[i].to;
    return NULL;
}

enum salve_code smart_ask_read(struct str query, struct arena *mem, struct smart_ask *out, struct salve_err *err)
{
    struct str rest = str_starts(query, STR("?")) ? str_cut(query, 1, query.len) : query;
    *out = (struct smart_ask){.client = STR_NONE};
    if (rest.len > SMART_QUERY_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "query");
    while (rest.len > 0) {
        size_t end = 0, equals = 0;
        struct str name;
        while (end < rest.len && rest.ptr[end] != '&') end++;
        struct str one = str_cut(rest, 0, end);
        rest = str_cut(rest, end + 1, rest.len);
        while (equals < one.len && one.ptr[equals] != '=') equals++;
        TRY(decode(str_cut(one, 0, equals), mem, &name, err));
        struct str *to = place_of(out, name);
        if (to == NULL) continue;
        if (to->ptr != NULL) return refuse("a parameter comes twice", err);
        TRY(decode(str_cut(one, equals + 1, one.len), mem, to, err));
    }
    return SALVE_OK;
}

/* --- the way back ------------------------------------------------------------------------------------------------- */

static void put_encoded(struct buf *out, struct str text)
{
    static const char plain[] = "-._~";
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_plain =
            str_is_letter(c) || str_is_digit(c) || c == plain[0] || c == plain[1] || c == plain[2] || c == plain[3];
        if (is_plain)
            buf_add_char(out, c);
        else
            buf_addf(out, "%%%02X", (unsigned)(unsigned char)c);
    }
}

enum salve_code smart_back(const struct smart_ask *ask, const char *name, struct str value, struct arena *mem,
                           struct str *out, struct salve_err *err)
{
    struct buf to;
    buf_init(&to, mem, SMART_URI_BYTES_MAX + 4 * SMART_STATE_BYTES_MAX + 4 * SMART_STATE_BYTES_MAX);
    buf_add(&to, ask->redirect);
    buf_add_char(&to, str_find(ask->redirect, STR("?")) < 0 ? '?' : '&');
    buf_addf(&to, "%s=", name);
    put_encoded(&to, value);
    if (ask->state.len > 0) {
        buf_add(&to, STR("&state="));
        put_encoded(&to, ask->state);
    }
    return buf_done(&to, out, err);
}
