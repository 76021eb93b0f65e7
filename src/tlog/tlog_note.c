/* SPDX-License-Identifier: Apache-2.0
 * Signed notes and verifier keys (C2SP signed-note, tlog-cosignature). The rule that matters: a signature by a key that
 * we know must verify, or the whole note is refused; signatures by others are ignored. */
#include "tlog/tlog_int.h"

#include "base/buf.h"
#include "base/limits.h"

static const struct str DASH = {"\xe2\x80\x94 ", 4}; /* U+2014 and a space */

enum { COSIGNATURE_BYTES = 8 + TLOG_SIGNATURE_BYTES };

/* One signature line, taken apart. */
struct signature {
    struct str name;
    uint32_t id;
    uint8_t bytes[COSIGNATURE_BYTES];
    size_t len; /* 0: longer than any type that is known here */
};

static enum salve_code bad_note(struct salve_err *err, const char *why)
{
    return salve_refuse(err, SALVE_E_INVALID, why, "signed note");
}

/* The code points that Unicode calls white space, as UTF-8 at `at`; 0 if there is none. */
static bool is_space_at(struct str text, size_t at)
{
    static const struct str SPACES[] = {{" ", 1},
                                        {"\t", 1},
                                        {"\n", 1},
                                        {"\v", 1},
                                        {"\f", 1},
                                        {"\r", 1},
                                        {"\xc2\x85", 2},
                                        {"\xc2\xa0", 2},
                                        {"\xe1\x9a\x80", 3},
                                        {"\xe2\x80\xa8", 3},
                                        {"\xe2\x80\xa9", 3},
                                        {"\xe2\x80\xaf", 3},
                                        {"\xe2\x81\x9f", 3},
                                        {"\xe3\x80\x80", 3}};
    struct str rest = str_cut(text, at, text.len);
    for (size_t i = 0; i < sizeof SPACES / sizeof SPACES[0]; i++)
        if (str_starts(rest, SPACES[i])) return true;
    return str_starts(rest, STR("\xe2\x80")) && rest.len >= 3 && (uint8_t)rest.ptr[2] >= 0x80 &&
           (uint8_t)rest.ptr[2] <= 0x8a; /* U+2000 .. U+200A */
}

static bool is_key_name(struct str name)
{
    if (name.len == 0 || name.len > TLOG_NAME_BYTES_MAX || !str_is_utf8(name)) return false;
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] == '+' || (uint8_t)name.ptr[i] < 0x20 || is_space_at(name, i)) return false;
    return true;
}

/* --- verifier keys ------------------------------------------------------------------------------------------------ */

static uint32_t key_id(const struct tlog_vkey *vkey)
{
    const uint8_t middle[] = {'\n', (uint8_t)vkey->type};
    const struct str parts[] = {vkey->name, str_bytes(middle, sizeof middle), str_bytes(vkey->key, sizeof vkey->key)};
    uint8_t hash[TLOG_HASH_BYTES];
    crypto_sha256_parts(NULL, parts, sizeof parts / sizeof parts[0], hash);
    return crypto_get_u32(hash);
}

static bool is_key_type(uint8_t type) { return type == TLOG_KEY_ED25519 || type == TLOG_KEY_COSIGNATURE; }

enum salve_code tlog_vkey_make(struct str name, enum tlog_key_type type, const uint8_t key[TLOG_PUBLIC_KEY_BYTES],
                               struct tlog_vkey *out, struct salve_err *err)
{
    if (!is_key_name(name)) return salve_fail(err, SALVE_E_INVALID, "verifier key name");
    if (!is_key_type((uint8_t)type)) return salve_fail(err, SALVE_E_UNSUPPORTED, "verifier key type");
    out->name = name;
    out->type = type;
    memcpy(out->key, key, TLOG_PUBLIC_KEY_BYTES);
    out->id = key_id(out);
    return SALVE_OK;
}

enum salve_code tlog_vkey_text(const struct tlog_vkey *vkey, struct arena *mem, struct str *out, struct salve_err *err)
{
    uint8_t bytes[1 + TLOG_PUBLIC_KEY_BYTES] = {(uint8_t)vkey->type};
    struct str key = STR_NONE;
    memcpy(bytes + 1, vkey->key, TLOG_PUBLIC_KEY_BYTES);
    enum salve_code code = tlog_base64_text(str_bytes(bytes, sizeof bytes), mem, &key, err);
    if (code != SALVE_OK) return code;
    *out = arena_printf(mem, "%.*s+%08x+%.*s", STR_ARGS(vkey->name), vkey->id, STR_ARGS(key));
    return out->ptr != NULL ? SALVE_OK : salve_fail(err, SALVE_E_MEMORY, "verifier key");
}

static bool hex8_read(struct str text, uint32_t *out)
{
    uint8_t bytes[TLOG_KEY_ID_BYTES];
    if (!str_hex_parse(text, bytes, sizeof bytes)) return false;
    *out = crypto_get_u32(bytes);
    return true;
}

enum salve_code tlog_vkey_parse(struct str text, struct tlog_vkey *out, struct salve_err *err)
{
    static const char WHAT[] = "verifier key";
    ptrdiff_t plus = str_find(text, STR("+"));
    if (plus < 0 || text.len > TLOG_VKEY_BYTES_MAX) return salve_fail(err, SALVE_E_INVALID, "%s", WHAT);
    struct str name = str_cut(text, 0, (size_t)plus);
    struct str rest = str_cut(text, (size_t)plus + 1, text.len);
    uint8_t bytes[1 + TLOG_PUBLIC_KEY_BYTES];
    uint32_t id = 0;
    size_t len = 0;
    if (rest.len < 10 || rest.ptr[8] != '+' || !hex8_read(str_cut(rest, 0, 8), &id))
        return salve_fail(err, SALVE_E_INVALID, "%s", WHAT);
    if (!crypto_base64_parse(str_cut(rest, 9, rest.len), bytes, sizeof bytes, &len) || len == 0)
        return salve_fail(err, SALVE_E_INVALID, "%s", WHAT);
    if (!is_key_type(bytes[0])) return salve_fail(err, SALVE_E_UNSUPPORTED, "verifier key type");
    if (len != sizeof bytes) return salve_fail(err, SALVE_E_INVALID, "%s", WHAT);
    struct tlog_vkey vkey;
    enum salve_code code = tlog_vkey_make(name, (enum tlog_key_type)bytes[0], bytes + 1, &vkey, err);
    if (code != SALVE_OK) return code;
    if (vkey.id != id) return salve_refuse(err, SALVE_E_INVALID, "its id is not that of its name and key", "%s", WHAT);
    *out = vkey;
    return SALVE_OK;
}

/* --- reading notes ------------------------------------------------------------------------------------------------ */

static bool has_control(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((uint8_t)text.ptr[i] < 0x20 && text.ptr[i] != '\n') return true;
    return false;
}

/* A line without its newline: dash, name, base64 of key id and signature. */
static bool signature_parse(struct str line, struct signature *out)
{
    if (!str_starts(line, DASH)) return false;
    struct str rest = str_cut(line, DASH.len, line.len);
    ptrdiff_t space = str_find(rest, STR(" "));
    if (space < 0) return false;
    uint8_t bytes[TLOG_SIGNATURE_LINE_BYTES_MAX];
    size_t len = 0;
    out->name = str_cut(rest, 0, (size_t)space);
    if (!is_key_name(out->name)) return false;
    if (!crypto_base64_parse(str_cut(rest, (size_t)space + 1, rest.len), bytes, sizeof bytes, &len)) return false;
    if (len <= TLOG_KEY_ID_BYTES) return false;
    out->id = crypto_get_u32(bytes);
    out->len = len - TLOG_KEY_ID_BYTES <= sizeof out->bytes ? len - TLOG_KEY_ID_BYTES : 0;
    memcpy(out->bytes, bytes + TLOG_KEY_ID_BYTES, out->len);
    return true;
}

static ptrdiff_t last_blank_line(struct str note)
{
    for (size_t i = note.len; i-- > 1;)
        if (note.ptr[i] == '\n' && note.ptr[i - 1] == '\n') return (ptrdiff_t)i;
    return -1;
}

enum salve_code tlog_note_parse(struct str note, struct tlog_note *out, struct salve_err *err)
{
    if (note.len > SALVE_NOTE_BYTES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "signed note");
    if (!str_is_utf8(note)) return bad_note(err, "it is not UTF-8");
    if (has_control(note)) return bad_note(err, "it holds a control character");
    if (!str_ends(note, STR("\n"))) return bad_note(err, "it does not end with a newline");
    ptrdiff_t blank = last_blank_line(note);
    if (blank < 0) return bad_note(err, "no blank line stands before the signatures");
    out->text = str_cut(note, 0, (size_t)blank);
    out->lines = str_cut(note, (size_t)blank + 1, note.len);
    out->count = 0;
    struct str rest = out->lines, line;
    while (str_next_line(&rest, &line)) {
        struct signature signature;
        if (!signature_parse(line, &signature)) return bad_note(err, "a signature line is malformed");
        if (++out->count > TLOG_SIGNATURES_MAX) return salve_fail(err, SALVE_E_TOO_BIG, "signed note");
    }
    return out->count > 0 ? SALVE_OK : bad_note(err, "it has no signature");
}

/* --- verifying ---------------------------------------------------------------------------------------------------- */

static bool cosignature_holds(const struct tlog_vkey *key, const struct signature *signature, struct str text)
{
    struct tlog_checkpoint head;
    uint64_t time = crypto_get_u64(signature->bytes);
    if (signature->len != COSIGNATURE_BYTES || time > INT64_MAX) return false;
    if (tlog_checkpoint_parse(text, &head, NULL) != SALVE_OK) return false;
    struct buf message;
    struct str bytes = STR_NONE;
    buf_init(&message, NULL, SALVE_NOTE_BYTES_MAX + 64);
    buf_addf(&message, "cosignature/v1\ntime %llu\n", (unsigned long long)time);
    buf_add(&message, text);
    bool holds =
        buf_done(&message, &bytes, NULL) == SALVE_OK && crypto_sign_check(key->key, bytes, signature->bytes + 8);
    buf_drop(&message);
    return holds;
}

static bool signature_holds(const struct tlog_vkey *key, const struct signature *signature, struct str text)
{
    switch (key->type) {
    case TLOG_KEY_ED25519:
        return signature->len == TLOG_SIGNATURE_BYTES && crypto_sign_check(key->key, text, signature->bytes);
    case TLOG_KEY_COSIGNATURE:
        return cosignature_holds(key, signature, text);
    }
    return false;
}

enum salve_code tlog_note_verify(struct str note, const struct tlog_vkey *keys, size_t count, uint64_t *signed_by,
                                 uint64_t *times, struct salve_err *err)
{
    struct tlog_note parsed;
    if (count > 64) return salve_fail(err, SALVE_E_RANGE, "verifier keys");
    enum salve_code code = tlog_note_parse(note, &parsed, err);
    if (code != SALVE_OK) return code;
    struct str rest = parsed.lines, line;
    *signed_by = 0;
    while (str_next_line(&rest, &line)) {
        struct signature signature;
        if (!signature_parse(line, &signature)) return bad_note(err, "a signature line is malformed");
        for (size_t i = 0; i < count; i++) {
            if (keys[i].id != signature.id || !str_eq(keys[i].name, signature.name)) continue;
            if (!signature_holds(&keys[i], &signature, parsed.text))
                return salve_refuse(err, SALVE_E_INTEGRITY, "the signature of a known key is wrong", "signed note");
            *signed_by |= (uint64_t)1 << i;
            if (times != NULL) times[i] = keys[i].type == TLOG_KEY_COSIGNATURE ? crypto_get_u64(signature.bytes) : 0;
        }
    }
    if (*signed_by != 0) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INTEGRITY, "no known key signed it", "signed note");
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

enum salve_code tlog_note_sign(struct str text, const struct tlog_signer *signer, struct arena *mem, struct str *note,
                               struct salve_err *err)
{
    if (signer->vkey.type != TLOG_KEY_ED25519) return salve_fail(err, SALVE_E_UNSUPPORTED, "signing key type");
    if (!str_ends(text, STR("\n")) || has_control(text) || !str_is_utf8(text)) return bad_note(err, "not a note text");
    uint8_t bytes[TLOG_KEY_ID_BYTES + TLOG_SIGNATURE_BYTES];
    struct str line = STR_NONE;
    crypto_put_u32(bytes, signer->vkey.id);
    enum salve_code code = signer->sign(signer->self, text, bytes + TLOG_KEY_ID_BYTES, err);
    if (code != SALVE_OK) return code;
    if (!crypto_sign_check(signer->vkey.key, text, bytes + TLOG_KEY_ID_BYTES))
        return salve_refuse(err, SALVE_E_CRYPTO, "the signing key and the verifier key do not belong together",
                            "signed note");
    code = tlog_base64_text(str_bytes(bytes, sizeof bytes), mem, &line, err);
    if (code != SALVE_OK) return code;
    struct buf buf;
    buf_init(&buf, mem, SALVE_NOTE_BYTES_MAX);
    buf_add(&buf, text);
    buf_add_char(&buf, '\n');
    buf_add(&buf, DASH);
    buf_addf(&buf, "%.*s %.*s\n", STR_ARGS(signer->vkey.name), STR_ARGS(line));
    return buf_done(&buf, note, err);
}

enum salve_code tlog_note_add(struct str note, struct str line, struct arena *mem, struct str *out,
                              struct salve_err *err)
{
    struct tlog_note parsed;
    struct signature signature;
    enum salve_code code = tlog_note_parse(note, &parsed, err);
    if (code != SALVE_OK) return code;
    if (str_ends(line, STR("\n"))) line.len--;
    if (line.len > SALVE_NOTE_BYTES_MAX || !signature_parse(line, &signature))
        return bad_note(err, "a signature line is malformed");
    struct buf buf;
    buf_init(&buf, mem, SALVE_NOTE_BYTES_MAX);
    buf_add(&buf, note);
    buf_add(&buf, line);
    buf_add_char(&buf, '\n');
    code = buf_done(&buf, out, err);
    return code == SALVE_OK ? tlog_note_parse(*out, &parsed, err) : code;
}
