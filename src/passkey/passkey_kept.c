/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents of passkeys and tablets, and texts that others read. */
#include <stdio.h>

#include "base/assert.h"
#include "base/buf.h"
#include "json/json.h"
#include "passkey/kept.h"

enum { JSON_BYTES_MAX = 8 << 10, NAME_BYTES_MAX = 64, ISSUER_BYTES_MAX = 180 };
static const char *const states[TABLET_STATES] = {"enrolled", "locked", "removed"};

/* --- names and bytes ---------------------------------------------------------------------------------------------- */

void kept_id(struct str bytes, char id[KEPT_ID_BYTES + 1])
{
    uint8_t hash[CRYPTO_SHA256_BYTES];
    crypto_sha256(bytes, hash);
    str_hex(hash, KEPT_ID_BYTES / 2, id);
}

bool kept_is_id(struct str text)
{
    uint8_t bytes[KEPT_ID_BYTES / 2];
    return str_hex_parse(text, bytes, sizeof bytes);
}

static bool is_label(struct str label)
{
    bool is_good = label.len > 0 && label.len <= KEPT_LABEL_BYTES_MAX && str_is_utf8(label);
    for (struct str rest = label; is_good && rest.len > 0; rest = str_cut(rest, str_char_bytes(rest), rest.len))
        is_good = str_unprintable(rest) == 0;
    return is_good;
}

enum salve_code kept_label_check(struct str label, struct salve_err *err)
{
    return is_label(label) ? SALVE_OK
                           : salve_refuse(err, SALVE_E_INVALID, "a name of 1 to 64 bytes that can be read", "label");
}

static enum salve_code text_of(struct str bytes, struct arena *mem, struct str *out, struct salve_err *err)
{
    char *text = arena_alloc(mem, crypto_base64url_bytes(bytes.len));
    if (text == NULL) return salve_fail(err, SALVE_E_MEMORY, "document");
    crypto_base64url(bytes.ptr, bytes.len, text);
    *out = str_of(text);
    return SALVE_OK;
}

static bool bytes_of(const struct json *doc, const char *name, struct arena *mem, struct str *out)
{
    size_t len = 0;
    struct str text = json_get_text(doc, name);
    void *bytes = text.len == 0 ? NULL : arena_alloc(mem, text.len);
    if (bytes == NULL || !crypto_base64url_parse(text, bytes, text.len, &len)) return false;
    *out = str_bytes(bytes, len);
    return true;
}

static bool name_of(const struct json *doc, const char *name, struct str *out)
{
    *out = json_get_text(doc, name);
    return out->len > 0 && out->len <= NAME_BYTES_MAX;
}

/* --- a passkey ---------------------------------------------------------------------------------------------------- */

static bool passkey_parts(const struct json *doc, struct arena *mem, struct passkey_kept *out)
{
    enum passkey_alg alg;
    out->is_removed = json_is_true(json_get(doc, "removed"));
    if (!name_of(doc, "staff", &out->staff)) return false;
    if (out->is_removed) return true;
    out->label = json_get_text(doc, "label");
    return json_i64(json_get(doc, "added_ms"), &out->added_unix_ms) && is_label(out->label) &&
           bytes_of(doc, "credential", mem, &out->credential) && bytes_of(doc, "key", mem, &out->key) &&
           passkey_alg_of(out->key, &alg);
}

enum salve_code passkey_kept_read(struct str json, struct arena *mem, struct passkey_kept *out, struct salve_err *err)
{
    const struct json *doc = NULL;
    *out = (struct passkey_kept){.is_removed = true};
    if (json_read(json, NULL, mem, &doc, NULL) == SALVE_OK && passkey_parts(doc, mem, out)) return SALVE_OK;
    return salve_fail(err, SALVE_E_INTEGRITY, "commons passkey");
}

enum salve_code passkey_kept_write(const struct passkey_kept *kept, struct arena *mem, struct str *json,
                                   struct salve_err *err)
{
    struct buf out;
    struct str credential = STR_NONE, key = STR_NONE;
    buf_init(&out, mem, JSON_BYTES_MAX);
    struct json_writer w = {.out = &out};
    json_open(&w, NULL, '{');
    if (!kept->is_removed) {
        TRY(text_of(kept->credential, mem, &credential, err));
        TRY(text_of(kept->key, mem, &key, err));
        json_put_i64(&w, "added_ms", kept->added_unix_ms);
        json_put_text(&w, "credential", credential);
        json_put_text(&w, "key", key);
        json_put_text(&w, "label", kept->label);
    }
    json_put_bool(&w, "removed", kept->is_removed);
    json_put_text(&w, "staff", kept->staff);
    json_close(&w);
    return buf_done(&out, json, err);
}

/* --- a tablet ----------------------------------------------------------------------------------------------------- */

static bool tablet_parts(const struct json *doc, struct arena *mem, struct tablet_kept *out)
{
    struct str state = json_get_text(doc, "state");
    int at = 0;
    while (at < TABLET_STATES && !str_is(state, states[at])) at++;
    if (at == TABLET_STATES) return false;
    out->state = (enum tablet_state)at;
    out->label = json_get_text(doc, "label");
    return json_i64(json_get(doc, "at_ms"), &out->at_unix_ms) && name_of(doc, "by", &out->by) && is_label(out->label) &&
           bytes_of(doc, "key", mem, &out->key) && out->key.len == PASSKEY_POINT_BYTES;
}

enum salve_code tablet_kept_read(struct str json, struct arena *mem, struct tablet_kept *out, struct salve_err *err)
{
    const struct json *doc = NULL;
    *out = (struct tablet_kept){.state = TABLET_REMOVED};
    if (json_read(json, NULL, mem, &doc, NULL) == SALVE_OK && tablet_parts(doc, mem, out)) return SALVE_OK;
    return salve_fail(err, SALVE_E_INTEGRITY, "commons tablet");
}

enum salve_code tablet_kept_write(const struct tablet_kept *kept, struct arena *mem, struct str *json,
                                  struct salve_err *err)
{
    struct buf out;
    struct str key;
    buf_init(&out, mem, JSON_BYTES_MAX);
    struct json_writer w = {.out = &out};
    TRY(text_of(kept->key, mem, &key, err));
    json_open(&w, NULL, '{');
    json_put_i64(&w, "at_ms", kept->at_unix_ms);
    json_put_text(&w, "by", kept->by);
    json_put_text(&w, "key", key);
    json_put_text(&w, "label", kept->label);
    json_put_text(&w, "state", str_of(states[kept->state]));
    json_close(&w);
    return buf_done(&out, json, err);
}

enum salve_code tablet_text(struct str challenge, struct str name, struct arena *mem, struct str *out,
                            struct salve_err *err)
{
    struct str text;
    TRY(text_of(challenge, mem, &text, err));
    *out = arena_printf(mem, "salve tablet 1\n%.*s\n%.*s", STR_ARGS(text), STR_ARGS(name));
    return out->ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "tablet") : SALVE_OK;
}

/* --- a generator -------------------------------------------------------------------------------------------------- */

/* What is no letter, digit or one of "-._" is written as in an address; 0: there is no room. */
static size_t percent(struct str text, char *out, size_t room)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool is_plain = str_is_letter((char)c) || str_is_digit((char)c) || c == '-' || c == '.' || c == '_';
        if (len + 3 >= room) return 0;
        if (!is_plain) out[len++] = '%';
        if (!is_plain) out[len++] = digits[c >> 4];
        out[len++] = is_plain ? (char)c : digits[c & 15];
    }
    out[len] = '\0';
    return len;
}

void totp_uri(struct str issuer, struct str name, const char *secret, char out[TOTP_URI_BYTES])
{
    char by[ISSUER_BYTES_MAX], who[3 * NAME_BYTES_MAX + 4];
    if (percent(issuer, by, sizeof by) == 0) (void)snprintf(by, sizeof by, "Salve");
    if (percent(name, who, sizeof who) == 0) who[0] = '\0';
    int len = snprintf(out, TOTP_URI_BYTES, "otpauth://totp/%s:%s?secret=%s&issuer=%s", by, who, secret, by);
    salve_assert(len > 0 && len < TOTP_URI_BYTES);
}
