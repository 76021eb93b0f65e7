/* SPDX-License-Identifier: Apache-2.0
 * A file of a link: deflated, sealed with AES-256-GCM, written as a compact JWE. */
#include <openssl/evp.h>
#include <zlib.h>

#include "crypto/crypto.h"
#include "json/json.h"
#include "shl/shl.h"

enum { IV_BYTES = 12, TAG_BYTES = 16, HEADER_BYTES_MAX = 1024 };

static enum salve_code not_open(struct salve_err *err)
{
    return salve_refuse(err, SALVE_E_INTEGRITY, "the file is not one that was sealed under this key", "file");
}

static enum salve_code put_base64(struct str bytes, struct buf *out, struct salve_err *err)
{
    char *room = buf_room(out, crypto_base64url_bytes(bytes.len));
    if (room == NULL) return salve_fail(err, buf_code(out), "file");
    crypto_base64url(bytes.ptr, bytes.len, room);
    buf_took(out, strlen(room));
    return SALVE_OK;
}

/* --- deflating ---------------------------------------------------------------------------------------------------- */

/* zlib's own memory holds what it has seen of the content: it comes out of the arena, which may be a private one. */
static void *zip_alloc(void *mem, unsigned items, unsigned bytes)
{
    return arena_alloc_array((struct arena *)mem, bytes, items);
}
static void zip_free(void *mem, void *old)
{
    (void)mem;
    (void)old;
}

static enum salve_code deflated(struct str content, struct arena *mem, struct str *out, struct salve_err *err)
{
    z_stream zip = {.zalloc = zip_alloc, .zfree = zip_free, .opaque = mem};
    if (deflateInit2(&zip, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return salve_fail(err, SALVE_E_MEMORY, "file");
    size_t room = deflateBound(&zip, content.len);
    unsigned char *bytes = arena_alloc_raw(mem, room, 1);
    if (bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "file");
    zip.next_in = (unsigned char *)(uintptr_t)content.ptr;
    zip.avail_in = (unsigned)content.len;
    zip.next_out = bytes;
    zip.avail_out = (unsigned)room;
    int state = deflate(&zip, Z_FINISH);
    *out = str_bytes(bytes, zip.total_out);
    (void)deflateEnd(&zip);
    return state == Z_STREAM_END ? SALVE_OK : salve_fail(err, SALVE_E_CRYPTO, "file");
}

/* A small file can say that it is a huge one: it gets as much room as a file may have. */
static enum salve_code inflated(struct str bytes, struct arena *mem, struct str *out, struct salve_err *err)
{
    z_stream zip = {.zalloc = zip_alloc, .zfree = zip_free, .opaque = mem};
    struct buf content;
    enum { AT_ONCE = 16 << 10 };
    int state = Z_OK;
    if (inflateInit2(&zip, -MAX_WBITS) != Z_OK) return salve_fail(err, SALVE_E_MEMORY, "file");
    buf_init(&content, mem, SHL_FILE_BYTES_MAX + AT_ONCE);
    zip.next_in = (unsigned char *)(uintptr_t)bytes.ptr;
    zip.avail_in = (unsigned)bytes.len;
    while (state == Z_OK) {
        char *room = buf_room(&content, AT_ONCE);
        if (room == NULL) break;
        zip.next_out = (unsigned char *)room;
        zip.avail_out = AT_ONCE;
        state = inflate(&zip, Z_NO_FLUSH);
        buf_took(&content, AT_ONCE - zip.avail_out);
    }
    bool is_whole = state == Z_STREAM_END && zip.avail_in == 0;
    (void)inflateEnd(&zip);
    TRY(buf_done(&content, out, err));
    if (out->len > SHL_FILE_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "file");
    return is_whole ? SALVE_OK : not_open(err);
}

/* --- sealing ------------------------------------------------------------------------------------------------------ */

struct sealed {
    struct str aad, text; /* text: what is sealed, or plain bytes */
    uint8_t iv[IV_BYTES], tag[TAG_BYTES];
};

static bool gcm(bool seals, const uint8_t key[SHL_KEY_BYTES], struct sealed *of, unsigned char *out)
{
    int done = 0, len = (int)of->text.len;
    EVP_CIPHER_CTX *with = EVP_CIPHER_CTX_new();
    bool good = with != NULL && EVP_CipherInit_ex2(with, EVP_aes_256_gcm(), key, of->iv, seals, NULL) == 1 &&
                EVP_CipherUpdate(with, NULL, &done, (const unsigned char *)of->aad.ptr, (int)of->aad.len) == 1 &&
                EVP_CipherUpdate(with, out, &done, (const unsigned char *)of->text.ptr, len) == 1 && done == len;
    if (good && !seals) good = EVP_CIPHER_CTX_ctrl(with, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, of->tag) == 1;
    if (good) good = EVP_CipherFinal_ex(with, out + len, &done) == 1 && done == 0;
    if (good && seals) good = EVP_CIPHER_CTX_ctrl(with, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, of->tag) == 1;
    EVP_CIPHER_CTX_free(with);
    return good;
}

static enum salve_code write_header(struct str content_type, struct arena *mem, struct str *out, struct salve_err *err)
{
    struct buf json, text;
    struct str header;
    struct json_writer w = {.out = &json};
    buf_init(&json, mem, HEADER_BYTES_MAX);
    buf_init(&text, mem, 2 * HEADER_BYTES_MAX);
    json_open(&w, NULL, '{');
    json_put_text(&w, "alg", STR("dir"));
    json_put_text(&w, "enc", STR("A256GCM"));
    json_put_text(&w, "cty", content_type);
    json_put_text(&w, "zip", STR("DEF"));
    json_close(&w);
    TRY(buf_done(&json, &header, err));
    TRY(put_base64(header, &text, err));
    return buf_done(&text, out, err);
}

enum salve_code shl_seal(const uint8_t key[SHL_KEY_BYTES], struct str content_type, struct str content,
                         struct arena *mem, struct str *jwe, struct salve_err *err)
{
    struct sealed of = {0};
    struct str plain;
    struct buf out;
    if (content.len > SHL_FILE_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "file");
    TRY(write_header(content_type, mem, &of.aad, err));
    TRY(deflated(content, mem, &plain, err));
    unsigned char *bytes = arena_alloc_raw(mem, plain.len + TAG_BYTES, 1);
    if (bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "file");
    of.text = plain;
    crypto_random(of.iv, sizeof of.iv);
    if (!gcm(true, key, &of, bytes)) return salve_fail(err, SALVE_E_CRYPTO, "file");
    buf_init(&out, mem, 2 * (size_t)SHL_FILE_BYTES_MAX);
    buf_add(&out, of.aad);
    buf_add(&out, STR("..")); /* dir: there is no other key in it */
    TRY(put_base64(str_bytes(of.iv, sizeof of.iv), &out, err));
    buf_add_char(&out, '.');
    TRY(put_base64(str_bytes(bytes, plain.len), &out, err));
    buf_add_char(&out, '.');
    TRY(put_base64(str_bytes(of.tag, sizeof of.tag), &out, err));
    return buf_done(&out, jwe, err);
}

/* --- opening ------------------------------------------------------------------------------------------------------ */

/* The five parts of a compact JWE; the second, an encrypted key, is empty. */
static bool parts_of(struct str jwe, struct str part[5])
{
    struct str rest = jwe;
    for (int i = 0; i < 4; i++) {
        ptrdiff_t dot = str_find(rest, STR("."));
        if (dot < 0) return false;
        part[i] = str_cut(rest, 0, (size_t)dot);
        rest = str_cut(rest, (size_t)dot + 1, rest.len);
    }
    part[4] = rest;
    return part[1].len == 0 && part[0].len <= HEADER_BYTES_MAX && str_find(rest, STR(".")) < 0;
}

static enum salve_code read_header(struct str part, struct arena *mem, struct str *content_type, struct salve_err *err)
{
    char *text = arena_alloc_raw(mem, HEADER_BYTES_MAX, 1);
    const struct json *header = NULL;
    size_t len = 0;
    if (text == NULL) return salve_fail(err, SALVE_E_MEMORY, "file");
    if (!crypto_base64url_parse(part, text, HEADER_BYTES_MAX, &len)) return not_open(err);
    if (json_read(str_make(text, len), NULL, mem, &header, NULL) != SALVE_OK) return not_open(err);
    bool is_ours = str_is(json_get_text(header, "alg"), "dir") && str_is(json_get_text(header, "enc"), "A256GCM") &&
                   str_is(json_get_text(header, "zip"), "DEF") && json_get(header, "crit") == NULL;
    *content_type = json_get_text(header, "cty");
    return is_ours ? SALVE_OK : not_open(err);
}

static enum salve_code read_bytes(struct str part, struct arena *mem, struct str *out, struct salve_err *err)
{
    size_t len = 0;
    unsigned char *bytes = arena_alloc_raw(mem, part.len + 1, 1);
    if (bytes == NULL) return salve_fail(err, SALVE_E_MEMORY, "file");
    if (!crypto_base64url_parse(part, bytes, part.len, &len)) return not_open(err);
    *out = str_bytes(bytes, len);
    return SALVE_OK;
}

enum salve_code shl_open(const uint8_t key[SHL_KEY_BYTES], struct str jwe, struct arena *mem, struct str *content_type,
                         struct str *content, struct salve_err *err)
{
    struct str part[5], iv, tag;
    struct sealed of = {0};
    if (jwe.len > 2 * (size_t)SHL_FILE_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "file");
    if (!parts_of(jwe, part)) return not_open(err);
    TRY(read_header(part[0], mem, content_type, err));
    TRY(read_bytes(part[2], mem, &iv, err));
    TRY(read_bytes(part[3], mem, &of.text, err));
    TRY(read_bytes(part[4], mem, &tag, err));
    if (iv.len != IV_BYTES || tag.len != TAG_BYTES) return not_open(err);
    memcpy(of.iv, iv.ptr, IV_BYTES);
    memcpy(of.tag, tag.ptr, TAG_BYTES);
    of.aad = part[0];
    unsigned char *plain = arena_alloc_raw(mem, of.text.len + TAG_BYTES, 1);
    if (plain == NULL) return salve_fail(err, SALVE_E_MEMORY, "file");
    if (!gcm(false, key, &of, plain)) return not_open(err);
    return inflated(str_bytes(plain, of.text.len), mem, content, err);
}
