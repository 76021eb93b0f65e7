/* SPDX-License-Identifier: Apache-2.0
 *
 * What a browser says about a passkey, compared with what it has to say (WebAuthn level 3, 5.8.1.2, 6.1, 7.1, 7.2). */
#include "base/assert.h"
#include "passkey/passkey_int.h"

/* authenticatorData: hash of the name, flags, counter; then, where the flags say so, the credential and its key, and
 * outputs of extensions. */
enum {
    AT_FLAGS = 32,
    AT_COUNTER = 33,
    HEAD_BYTES = 37,
    AAGUID_BYTES = 16,
    AT_CREDENTIAL_BYTES = HEAD_BYTES + AAGUID_BYTES,
    AT_CREDENTIAL = AT_CREDENTIAL_BYTES + 2,
    EXTENSION_BYTES_MAX = 1024,
    CBOR_MAP = 5, /* the first three bits */
};
enum {
    IS_PRESENT = 1 << 0,
    IS_VERIFIED = 1 << 2,
    MAY_BE_COPIED = 1 << 3,
    IS_COPIED = 1 << 4,
    HAS_CREDENTIAL = 1 << 6,
    HAS_EXTENSIONS = 1 << 7
};

struct data {
    unsigned flags;
    uint32_t counter;
};

/* --- what the browser says ---------------------------------------------------------------------------------------- */

/* What stands next at *rest is passed over. */
static bool next(struct str *rest, struct str what)
{
    if (!str_starts(*rest, what)) return false;
    *rest = str_cut(*rest, what.len, rest->len);
    return true;
}

static bool says(struct str client_data, struct str type, struct str challenge, struct str origin)
{
    struct str rest = client_data;
    bool is_so = next(&rest, STR("{\"type\":\"")) && next(&rest, type) && next(&rest, STR("\",\"challenge\":\"")) &&
                 next(&rest, challenge) && next(&rest, STR("\",\"origin\":\"")) && next(&rest, origin) &&
                 next(&rest, STR("\",\"crossOrigin\":false"));
    return is_so && rest.len > 0 && (rest.ptr[0] == '}' || rest.ptr[0] == ',');
}

/* Whoever names the origins sees to it that none has a character that JSON writes in another way. */
static bool client_says(const struct passkey_said *said, struct str type)
{
    char challenge[PASSKEY_CHALLENGE_TEXT_BYTES];
    bool is_so = false;
    if (said->challenge.len == 0 || said->challenge.len > PASSKEY_CHALLENGE_BYTES ||
        said->client_data.len > PASSKEY_CLIENT_BYTES_MAX)
        return false;
    crypto_base64url(said->challenge.ptr, said->challenge.len, challenge);
    for (size_t i = 0; i < said->origin_count; i++)
        is_so = is_so || says(said->client_data, type, str_of(challenge), said->origins[i]);
    return is_so;
}

/* --- what the authenticator says ---------------------------------------------------------------------------------- */

static bool is_for(struct str data, struct str rp_id)
{
    uint8_t hash[CRYPTO_SHA256_BYTES];
    crypto_sha256(rp_id, hash);
    return str_starts(data, str_bytes(hash, sizeof hash));
}

/* A passkey that is copied but may not be is none (6.1). */
static bool data_read(struct str data, struct data *out)
{
    if (data.len < HEAD_BYTES || data.len > PASSKEY_DATA_BYTES_MAX) return false;
    out->flags = (uint8_t)data.ptr[AT_FLAGS];
    out->counter = crypto_get_u32((const uint8_t *)data.ptr + AT_COUNTER);
    return (out->flags & IS_COPIED) == 0 || (out->flags & MAY_BE_COPIED) != 0;
}

/* Behind everything else: a map of CBOR, or nothing. */
static bool ends_well(struct str rest, unsigned flags)
{
    if ((flags & HAS_EXTENSIONS) == 0) return rest.len == 0;
    return rest.len > 0 && rest.len <= EXTENSION_BYTES_MAX && (uint8_t)rest.ptr[0] >> 5 == CBOR_MAP;
}

static bool credential_read(struct str data, unsigned flags, struct passkey_fresh *out)
{
    if (data.len < AT_CREDENTIAL) return false;
    const uint8_t *length = (const uint8_t *)data.ptr + AT_CREDENTIAL_BYTES;
    size_t bytes = (size_t)length[0] << 8 | length[1];
    out->credential = str_cut(data, AT_CREDENTIAL, bytes);
    struct str rest = str_cut(data, AT_CREDENTIAL + bytes, data.len);
    if (bytes == 0 || bytes > PASSKEY_CREDENTIAL_BYTES_MAX || out->credential.len != bytes ||
        !passkey_alg_starts(rest, &out->alg))
        return false;
    out->key = str_cut(rest, 0, passkey_key_bytes(out->alg));
    return passkey_key_is(out->key, out->alg) && ends_well(str_cut(rest, out->key.len, rest.len), flags);
}

/* --- made, and shown ---------------------------------------------------------------------------------------------- */

enum salve_code passkey_made(const struct passkey_said *said, struct passkey_fresh *out, struct salve_err *err)
{
    struct data data = {0};
    unsigned wanted = IS_PRESENT | IS_VERIFIED | HAS_CREDENTIAL;
    *out = (struct passkey_fresh){.credential = STR_NONE};
    if (!data_read(said->authenticator_data, &data) || (data.flags & HAS_CREDENTIAL) == 0 ||
        !credential_read(said->authenticator_data, data.flags, out))
        return salve_refuse(err, SALVE_E_INVALID, "it cannot be read, or its key is neither ES256, EdDSA nor RS256",
                            "passkey");
    if ((data.flags & wanted) != wanted)
        return salve_refuse(err, SALVE_E_INVALID, "the authenticator did not ask for its PIN", "passkey");
    out->counter = data.counter;
    if (is_for(said->authenticator_data, said->rp_id) && client_says(said, STR("webauthn.create"))) return SALVE_OK;
    return salve_refuse(err, SALVE_E_PIN, "it was made for another name, or answers another question", "passkey");
}

static bool is_shown(const struct passkey_said *said, struct data *data)
{
    unsigned wanted = IS_PRESENT | IS_VERIFIED;
    if (!data_read(said->authenticator_data, data)) return false;
    struct str rest = str_cut(said->authenticator_data, HEAD_BYTES, said->authenticator_data.len);
    return (data->flags & (wanted | HAS_CREDENTIAL)) == wanted && ends_well(rest, data->flags) &&
           is_for(said->authenticator_data, said->rp_id) && client_says(said, STR("webauthn.get"));
}

enum salve_code passkey_shown(const struct passkey_said *said, struct str key, struct str signature, uint32_t *counter,
                              struct salve_err *err)
{
    uint8_t message[PASSKEY_DATA_BYTES_MAX + CRYPTO_SHA256_BYTES];
    struct data data = {0};
    enum passkey_alg alg = PASSKEY_ES256;
    size_t len = said->authenticator_data.len;
    bool is_them = passkey_alg_of(key, &alg) && signature.len <= PASSKEY_SIGNATURE_BYTES_MAX && is_shown(said, &data);
    if (is_them) {
        memcpy(message, said->authenticator_data.ptr, len);
        crypto_sha256(said->client_data, message + len);
        is_them = passkey_signed(key, alg, str_bytes(message, len + CRYPTO_SHA256_BYTES), signature);
    }
    *counter = data.counter;
    return is_them ? SALVE_OK : salve_fail(err, SALVE_E_PIN, "passkey");
}
