/* SPDX-License-Identifier: Apache-2.0
 *
 * Public keys as authenticators write them (COSE), by comparison with the forms of passkey_algs.def. */
#include "passkey/passkey_int.h"

static const struct passkey_form forms[PASSKEY_ALGS] = {
#define PASSKEY_ALG(name, number, head, first, between, second)                                                        \
    {{head, sizeof(head) - 1}, first, {between, sizeof(between) - 1}, second},
#include "passkey/passkey_algs.def"
#undef PASSKEY_ALG
};

size_t passkey_key_bytes(enum passkey_alg alg)
{
    const struct passkey_form *form = &forms[alg];
    return form->head.len + form->first + form->between.len + form->second;
}

static bool has_form(struct str key, const struct passkey_form *form)
{
    size_t at = form->head.len + form->first;
    return str_starts(key, form->head) && str_starts(str_cut(key, at, key.len), form->between);
}

bool passkey_alg_starts(struct str bytes, enum passkey_alg *out)
{
    for (int alg = 0; alg < PASSKEY_ALGS; alg++) {
        if (bytes.len < passkey_key_bytes((enum passkey_alg)alg) || !has_form(bytes, &forms[alg])) continue;
        *out = (enum passkey_alg)alg;
        return true;
    }
    return false;
}

bool passkey_alg_of(struct str key, enum passkey_alg *out)
{
    return passkey_alg_starts(key, out) && key.len == passkey_key_bytes(*out);
}

struct str passkey_first(struct str key, enum passkey_alg alg)
{
    return str_cut(key, forms[alg].head.len, forms[alg].first);
}

struct str passkey_second(struct str key, enum passkey_alg alg)
{
    const struct passkey_form *form = &forms[alg];
    size_t at = form->head.len + form->first + form->between.len;
    return str_cut(key, at, form->second);
}
