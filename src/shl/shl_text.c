/* SPDX-License-Identifier: Apache-2.0
 * The texts around a link: the link itself, what is asked of its manifest, and the answers. */
#include "base/clock.h"
#include "crypto/crypto.h"
#include "json/json.h"
#include "shl/shl.h"

enum { PAYLOAD_BYTES_MAX = 2048, ASK_BYTES_MAX = 4096, ANSWER_BYTES_SPARE = 4096 };

/* --- a link ------------------------------------------------------------------------------------------------------- */

enum salve_code shl_write(const struct shl_link *link, const uint8_t key[SHL_KEY_BYTES], struct arena *mem,
                          struct str *text, struct salve_err *err)
{
    struct buf json, out;
    struct str payload;
    char key_text[SHL_KEY_BYTES * 2];
    struct json_writer w = {.out = &json};
    if (link->url.len > SHL_URL_BYTES_MAX)
        return salve_refuse(err, SALVE_E_INVALID, "the address of a manifest has 128 characters at most", "url");
    if (link->label.len > SHL_LABEL_BYTES_MAX)
        return salve_refuse(err, SALVE_E_INVALID, "a label has 80 bytes at most", "label");
    buf_init(&json, mem, PAYLOAD_BYTES_MAX);
    buf_init(&out, mem, 2 * PAYLOAD_BYTES_MAX);
    crypto_base64url(key, SHL_KEY_BYTES, key_text);
    json_open(&w, NULL, '{');
    json_put_text(&w, "url", link->url);
    json_put_text(&w, "key", str_of(key_text));
    if (link->until_unix_s != 0) json_put_i64(&w, "exp", link->until_unix_s);
    if (link->needs_passcode) json_put_text(&w, "flag", STR("P"));
    if (link->label.len > 0) json_put_text(&w, "label", link->label);
    json_close(&w);
    crypto_zero(key_text, sizeof key_text);
    TRY(buf_done(&json, &payload, err));
    buf_add(&out, STR(SHL_PREFIX));
    char *room = buf_room(&out, crypto_base64url_bytes(payload.len));
    if (room == NULL) return salve_fail(err, buf_code(&out), "link");
    crypto_base64url(payload.ptr, payload.len, room);
    buf_took(&out, strlen(room));
    return buf_done(&out, text, err);
}

static enum salve_code no_link(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_INVALID, "it is no SMART Health Link", "link");
}

static bool read_until(const struct json *exp, int64_t *unix_s)
{
    double seconds;
    *unix_s = 0;
    if (exp == NULL || json_i64(exp, unix_s)) return true;
    if (!json_double(exp, &seconds) || seconds < 0 || seconds > 1e15) return false;
    *unix_s = (int64_t)seconds;
    return true;
}

enum salve_code shl_read(struct str text, struct arena *mem, struct shl_link *link, uint8_t key[SHL_KEY_BYTES],
                         struct salve_err *err)
{
    const struct json *doc = NULL;
    size_t len = 0;
    ptrdiff_t viewer = str_find(text, STR("#" SHL_PREFIX));
    if (viewer >= 0) text = str_cut(text, (size_t)viewer + 1, text.len);
    if (!str_starts(text, STR(SHL_PREFIX))) return no_link(err);
    text = str_cut(text, sizeof SHL_PREFIX - 1, text.len);
    char *payload = arena_alloc_raw(mem, PAYLOAD_BYTES_MAX, 1);
    if (payload == NULL) return salve_fail(err, SALVE_E_MEMORY, "link");
    if (!crypto_base64url_parse(text, payload, PAYLOAD_BYTES_MAX, &len)) return no_link(err);
    TRY(json_read(str_make(payload, len), NULL, mem, &doc, err));
    struct str key_text = json_get_text(doc, "key"), flags = json_get_text(doc, "flag");
    *link = (struct shl_link){.url = json_get_text(doc, "url"), .label = json_get_text(doc, "label")};
    link->needs_passcode = str_find(flags, STR("P")) >= 0;
    bool is_one = link->url.len > 0 && link->url.len <= SHL_URL_BYTES_MAX && link->label.len <= SHL_LABEL_BYTES_MAX &&
                  crypto_base64url_parse(key_text, key, SHL_KEY_BYTES, &len) && len == SHL_KEY_BYTES &&
                  read_until(json_get(doc, "exp"), &link->until_unix_s);
    return is_one ? SALVE_OK : no_link(err);
}

/* --- the manifest ------------------------------------------------------------------------------------------------- */

/* Words that somebody sends: of one line, and not too many. */
static bool is_line(struct str text)
{
    bool is = text.len <= SHL_TEXT_BYTES_MAX && str_is_utf8(text);
    for (size_t i = 0; is && i < text.len; i++) is = (unsigned char)text.ptr[i] >= 0x20 && text.ptr[i] != 0x7f;
    return is;
}

enum salve_code shl_ask_read(struct str json, struct arena *mem, struct shl_ask *out, struct salve_err *err)
{
    const struct json *doc = NULL;
    const struct json_opts opts = {.bytes_max = ASK_BYTES_MAX, .texts = mem};
    *out = (struct shl_ask){.embedded_max = -1};
    TRY(json_read(json, &opts, mem, &doc, err));
    TRY(json_want_text(doc, "recipient", "", &out->recipient, err));
    const struct json *passcode = json_get(doc, "passcode"), *most = json_get(doc, "embeddedLengthMax");
    out->passcode = json_text(passcode);
    if (str_trim(out->recipient).len == 0 || !is_line(out->recipient))
        return salve_refuse(err, SALVE_E_INVALID, "who asks, in words of one line", "recipient");
    if (passcode != NULL && (out->passcode.ptr == NULL || !is_line(out->passcode)))
        return salve_refuse(err, SALVE_E_INVALID, "a text of one line", "passcode");
    if (most != NULL && (!json_i64(most, &out->embedded_max) || out->embedded_max < 0))
        return salve_refuse(err, SALVE_E_INVALID, "a whole number of bytes", "embeddedLengthMax");
    return SALVE_OK;
}

enum salve_code shl_manifest(const struct shl_file *file, struct arena *mem, struct str *json, struct salve_err *err)
{
    struct buf out;
    struct json_writer w = {.out = &out};
    char at[CLOCK_TEXT_BYTES];
    buf_init(&out, mem, file->embedded.len + file->location.len + ANSWER_BYTES_SPARE);
    json_open(&w, NULL, '{');
    json_open(&w, "files", '[');
    json_open(&w, NULL, '{');
    json_put_text(&w, "contentType", file->content_type);
    if (file->embedded.ptr != NULL) json_put_text(&w, "embedded", file->embedded);
    if (file->embedded.ptr == NULL) json_put_text(&w, "location", file->location);
    json_put_text(&w, "lastUpdated", clock_text(file->updated_unix_ms, at));
    json_put_text(&w, "status", STR("finalized"));
    json_put_text(&w, "fhirVersion", STR("4.0.1"));
    json_close(&w);
    json_close(&w);
    json_close(&w);
    return buf_done(&out, json, err);
}

enum salve_code shl_refused(unsigned remaining, struct arena *mem, struct str *json, struct salve_err *err)
{
    *json = arena_printf(mem, "{\"remainingAttempts\":%u}", remaining);
    return json->ptr == NULL ? salve_fail(err, SALVE_E_MEMORY, "manifest") : SALVE_OK;
}
