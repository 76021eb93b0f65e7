/* SPDX-License-Identifier: Apache-2.0
 * The Wycheproof suites of the primitives that Salve uses, through its own doors: XChaCha20-Poly1305 (crypto_open) and
 * Ed25519 (crypto_sign_check). The files are printed one member a line, which is all that this reader relies on; it
 * compares its count with the file's numberOfTests, so that a case that is not seen is a failure.
 * Usage: crypto_wycheproof [DIR] */
#include <stdlib.h>

#include "base/file.h"
#include "crypto/crypto.h"
#include "t.h"

struct bytes {
    uint8_t at[8192];
    size_t len;
    bool is_there;
};

struct vector {
    struct bytes key, iv, aad, msg, ct, tag, pk, sig;
    char id[16];
    unsigned seen, said;
};

/* `"name": "value",` or `"name": 12,` -> name and value */
static bool member(struct str line, struct str *name, struct str *value)
{
    line = str_trim(line);
    if (line.len < 2 || line.ptr[0] != '"') return false;
    line = str_cut(line, 1, line.len);
    ptrdiff_t end = str_find(line, STR("\": "));
    if (end < 0) return false;
    *name = str_cut(line, 0, (size_t)end);
    *value = str_cut(line, (size_t)end + 3, line.len);
    if (str_ends(*value, STR(","))) value->len--;
    if (value->len >= 2 && value->ptr[0] == '"') *value = str_cut(*value, 1, value->len - 2);
    return true;
}

static bool take(struct bytes *out, struct str hex)
{
    out->len = hex.len / 2;
    out->is_there = out->len <= sizeof out->at && str_hex_parse(hex, out->at, out->len);
    return out->is_there;
}

static bool opens(struct vector *v)
{
    struct crypto_keys *keys;
    uint8_t sealed[sizeof v->ct.at + 64], plain[sizeof sealed];
    if (v->key.len != CRYPTO_KEY_BYTES || v->iv.len != CRYPTO_NONCE_BYTES || v->tag.len != CRYPTO_TAG_BYTES)
        return false; /* the door takes no other lengths */
    if (crypto_keys_new(1, &keys, NULL) != SALVE_OK) abort();
    crypto_key_import(crypto_keys_at(keys, 0), v->key.at);
    memcpy(sealed, v->iv.at, v->iv.len);
    memcpy(sealed + v->iv.len, v->ct.at, v->ct.len);
    memcpy(sealed + v->iv.len + v->ct.len, v->tag.at, v->tag.len);
    bool is_open = crypto_open(crypto_keys_at(keys, 0), str_make((char *)v->aad.at, v->aad.len),
                               str_make((char *)sealed, v->iv.len + v->ct.len + v->tag.len), plain, NULL) == SALVE_OK;
    crypto_keys_drop(&keys);
    return is_open && v->msg.len == v->ct.len && memcmp(plain, v->msg.at, v->msg.len) == 0;
}

static bool verifies(struct vector *v)
{
    return v->pk.len == CRYPTO_SIGN_PUBLIC_BYTES && v->sig.len == CRYPTO_SIGN_BYTES &&
           crypto_sign_check(v->pk.at, str_make((char *)v->msg.at, v->msg.len), v->sig.at);
}

static void judge(struct vector *v, bool is_signature, struct str result, const char *file)
{
    char name[128];
    bool is_good = is_signature ? verifies(v) : opens(v);
    (void)snprintf(name, sizeof name, "%s tcId %s", file, v->id);
    v->seen++;
    if (is_good == str_is(result, "valid"))
        t_pass();
    else
        t_fail(name, "is %.*s, but the door says %s", STR_ARGS(result), is_good ? "yes" : "no");
}

static void one_line(struct vector *v, struct str name, struct str value, bool is_signature, const char *file)
{
    struct {
        const char *name;
        struct bytes *to;
    } const fields[] = {{"key", &v->key}, {"iv", &v->iv},   {"aad", &v->aad}, {"msg", &v->msg},
                        {"ct", &v->ct},   {"tag", &v->tag}, {"pk", &v->pk},   {"sig", &v->sig}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (str_is(name, fields[i].name)) (void)take(fields[i].to, value);
    if (str_is(name, "numberOfTests")) v->said = (unsigned)strtoul(value.ptr, NULL, 10);
    if (str_is(name, "tcId")) (void)snprintf(v->id, sizeof v->id, "%.*s", STR_ARGS(value));
    if (str_is(name, "result")) judge(v, is_signature, value, file);
}

static void suite(const char *folder, const char *file, bool is_signature)
{
    char path[4200];
    struct arena *mem = arena_open(16 << 20);
    struct str rest, line, name, value;
    struct vector v = {0};
    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    if (file_read(path, 8 << 20, mem, &rest, NULL) != SALVE_OK)
        t_fail(file, "cannot be read");
    else
        while (str_next_line(&rest, &line))
            if (member(line, &name, &value)) one_line(&v, name, value, is_signature, file);
    if (v.seen != v.said || v.said == 0) t_fail(file, "%u cases seen, the file says %u", v.seen, v.said);
    arena_close(mem);
}

int main(int argc, char **argv)
{
    const char *folder = t_suite(argc, argv, "wycheproof");
    if (crypto_init(NULL) != SALVE_OK) return 1;
    if (folder == NULL)
        t_skipped(233);
    else {
        suite(folder, "xchacha20_poly1305_test.json", false);
        suite(folder, "ed25519_test.json", true);
    }
    return t_end();
}
