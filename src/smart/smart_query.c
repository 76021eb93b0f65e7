/* SPDX-License-Identifier: Apache-2.0
 * A request for a code as an address, and the address that answers it. */
#include "base/query.h"
#include "smart/smart.h"

static enum salve_code refuse(const char *why, struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_INVALID, why, "invalid_request");
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static enum salve_code decode(struct str text, struct arena *mem, struct str *out, struct salve_err *err)
{
    enum salve_code code = query_decode(text, true, mem, out, err);
    return code == SALVE_E_INVALID ? refuse("the query is no form of UTF-8", err) : code;
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
    struct str raw, value;
    while (query_next(&rest, &raw, &value)) {
        struct str name;
        TRY(decode(raw, mem, &name, err));
        struct str *to = place_of(out, name);
        if (to == NULL) continue;
        if (to->ptr != NULL) return refuse("a parameter comes twice", err);
        TRY(decode(value, mem, to, err));
    }
    return SALVE_OK;
}

/* --- the way back ------------------------------------------------------------------------------------------------- */

#define PLAIN "-._~"

enum salve_code smart_back(const struct smart_ask *ask, const char *name, struct str value, struct arena *mem,
                           struct str *out, struct salve_err *err)
{
    struct buf to;
    buf_init(&to, mem, SMART_URI_BYTES_MAX + 4 * SMART_STATE_BYTES_MAX + 4 * SMART_STATE_BYTES_MAX);
    buf_add(&to, ask->redirect);
    buf_add_char(&to, str_find(ask->redirect, STR("?")) < 0 ? '?' : '&');
    buf_addf(&to, "%s=", name);
    query_put(&to, value, PLAIN);
    if (ask->state.len > 0) {
        buf_add(&to, STR("&state="));
        query_put(&to, ask->state, PLAIN);
    }
    return buf_done(&to, out, err);
}
