/* SPDX-License-Identifier: Apache-2.0
 * The authority of a site: RFC 5280 certificates of P-256, made and read over OpenSSL. */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/assert.h"
#include "tls/tls_int.h"

enum { DAY_S = 24 * 60 * 60, EXTENSION_BYTES = 256 };

/* --- the key of an authority -------------------------------------------------------------------------------------- */

/* Another name or another serial number is another key, so no two certificates of authorities are of one. */
EVP_PKEY *tls_authority_key(const struct crypto_key *seed, struct str name, const uint8_t serial[TLS_SERIAL_BYTES])
{
    static const char label[] = "SLV-tls-authority-v1";
    uint8_t scalar[TLS_SCALAR_BYTES];
    const struct str parts[] = {str_bytes(label, sizeof label), str_bytes(serial, TLS_SERIAL_BYTES), name};
    crypto_key_mac(seed, parts, sizeof parts / sizeof parts[0], scalar, sizeof scalar);
    EVP_PKEY *key = tls_scalar_key(scalar);
    crypto_zero(scalar, sizeof scalar);
    return key;
}

/* Positive, and of one length. */
static void make_serial(uint8_t serial[TLS_SERIAL_BYTES])
{
    crypto_random(serial, TLS_SERIAL_BYTES);
    serial[0] = (uint8_t)((serial[0] & 0x3f) | 0x40);
}

/* --- making a certificate ----------------------------------------------------------------------------------------- */

static bool add_extension(X509 *x509, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, x509, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool is_added = extension != NULL && X509_add_ext(x509, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return is_added;
}

static bool set_name(X509 *x509, struct str name, const char *organisation)
{
    X509_NAME *subject = X509_get_subject_name(x509);
    return (organisation == NULL || X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8,
                                                               (const unsigned char *)organisation, -1, -1, 0) == 1) &&
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name.ptr, (int)name.len, -1,
                                      0) == 1;
}

static bool set_serial(X509 *x509, const uint8_t serial[TLS_SERIAL_BYTES])
{
    BIGNUM *number = BN_bin2bn(serial, TLS_SERIAL_BYTES, NULL);
    bool is_set = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)) != NULL;
    BN_free(number);
    return is_set;
}

static bool set_times(X509 *x509, int64_t from_s, int64_t until_s)
{
    return ASN1_TIME_set(X509_getm_notBefore(x509), (time_t)from_s) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(x509), (time_t)until_s) != NULL;
}

static X509 *begin(struct str name, const char *organisation, const uint8_t serial[TLS_SERIAL_BYTES], int64_t from_s,
                   int64_t until_s)
{
    X509 *x509 = X509_new();
    if (x509 != NULL && X509_set_version(x509, X509_VERSION_3) == 1 && set_serial(x509, serial) &&
        set_name(x509, name, organisation) && set_times(x509, from_s, until_s))
        return x509;
    X509_free(x509);
    return NULL;
}

/* --- the authority ------------------------------------------------------------------------------------------------ */

/* Names alone would leave addresses free (RFC 5280 4.2.1.10), so all of them are shut out. */
static bool add_bounds(X509 *x509, struct str name)
{
    char text[EXTENSION_BYTES];
    (void)snprintf(
        text, sizeof text,
        "critical,permitted;DNS:%.*s,excluded;IP:0.0.0.0/0.0.0.0,excluded;IP:0:0:0:0:0:0:0:0/0:0:0:0:0:0:0:0",
        STR_ARGS(name));
    return add_extension(x509, x509, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
           add_extension(x509, x509, NID_key_usage, "critical,keyCertSign,cRLSign") &&
           add_extension(x509, x509, NID_ext_key_usage, "serverAuth") &&
           add_extension(x509, x509, NID_name_constraints, text) &&
           add_extension(x509, x509, NID_subject_key_identifier, "hash");
}

enum salve_code tls_authority_make(const struct tls_ask *ask, const struct crypto_key *seed, struct arena *mem,
                                   struct tls_certificate *out, struct salve_err *err)
{
    uint8_t serial[TLS_SERIAL_BYTES];
    struct str der;
    int64_t now_s = ask->now_unix_ms / 1000;
    TRY(tls_name_check(ask->name, "name", err));
    make_serial(serial);
    EVP_PKEY *key = tls_authority_key(seed, ask->name, serial);
    X509 *x509 = key == NULL ? NULL
                             : begin(ask->name, "Salve, own authority of a site", serial, now_s - DAY_S,
                                     now_s + (int64_t)TLS_AUTHORITY_YEARS * 365 * DAY_S);
    bool is_made = x509 != NULL && X509_set_pubkey(x509, key) == 1 &&
                   X509_set_issuer_name(x509, X509_get_subject_name(x509)) == 1 && add_bounds(x509, ask->name) &&
                   X509_sign(x509, key, EVP_sha256()) > 0;
    enum salve_code code =
        is_made ? tls_x509_der(x509, mem, &der, err) : tls_failed("certificate of an authority", err);
    X509_free(x509);
    EVP_PKEY_free(key);
    return code == SALVE_OK ? tls_authority_read(der, seed, mem, out, err) : code;
}

static bool read_serial(const X509 *x509, uint8_t serial[TLS_SERIAL_BYTES])
{
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x509), NULL);
    bool is_read = number != NULL && !BN_is_negative(number) && BN_bn2binpad(number, serial, TLS_SERIAL_BYTES) > 0;
    BN_free(number);
    return is_read;
}

/* The common name, which is there once. */
static bool read_name(const X509 *x509, char name[TLS_NAME_BYTES_MAX + 1])
{
    const X509_NAME *subject = X509_get_subject_name(x509);
    int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (at < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0) return false;
    const ASN1_STRING *text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
    struct str read = str_bytes(ASN1_STRING_get0_data(text), (size_t)ASN1_STRING_length(text));
    if (tls_name_check(read, "name", NULL) != SALVE_OK) return false;
    tls_text_copy(read, name);
    return true;
}

/* Only who has the seed could sign it: its key is that of its name and number. */
static bool is_of_seed(X509 *x509, const struct crypto_key *seed, const char *name, EVP_PKEY **out)
{
    uint8_t serial[TLS_SERIAL_BYTES];
    if (!read_serial(x509, serial)) return false;
    EVP_PKEY *key = tls_authority_key(seed, str_of(name), serial);
    bool is = key != NULL && X509_check_ca(x509) == 1 && X509_verify(x509, key) == 1 &&
              EVP_PKEY_eq(key, X509_get0_pubkey(x509)) == 1;
    if (is && out != NULL)
        *out = key;
    else
        EVP_PKEY_free(key);
    return is;
}

enum salve_code tls_authority_read(struct str der, const struct crypto_key *seed, struct arena *mem,
                                   struct tls_certificate *out, struct salve_err *err)
{
    char name[TLS_NAME_BYTES_MAX + 1];
    X509 *x509 = tls_x509_parse(der);
    bool is_ours = x509 != NULL && read_name(x509, name) && is_of_seed(x509, seed, name, NULL) &&
                   tls_x509_times(x509, &out->from_unix_ms, &out->until_unix_ms);
    X509_free(x509);
    ERR_clear_error();
    if (!is_ours)
        return salve_refuse(err, SALVE_E_INTEGRITY, "it is not of this site's keys", "certificate of the authority");
    out->der = der;
    return arena_str(mem, str_of(name), &out->name, err);
}

/* --- what it certifies -------------------------------------------------------------------------------------------- */

static bool add_uses(X509 *x509, X509 *issuer, struct str name)
{
    char text[EXTENSION_BYTES];
    (void)snprintf(text, sizeof text, "DNS:%.*s,DNS:my.%.*s", STR_ARGS(name), STR_ARGS(name));
    return add_extension(x509, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(x509, issuer, NID_key_usage, "critical,digitalSignature") &&
           add_extension(x509, issuer, NID_ext_key_usage, "serverAuth") &&
           add_extension(x509, issuer, NID_subject_alt_name, text) &&
           add_extension(x509, issuer, NID_subject_key_identifier, "hash") &&
           add_extension(x509, issuer, NID_authority_key_identifier, "keyid:always");
}

/* What is certified to whom, by whom. */
struct certified {
    X509 *issuer;
    EVP_PKEY *issuer_key, *subject_key;
    struct str name;
    int64_t from_s, until_s;
};

static enum salve_code certify(const struct certified *what, struct arena *mem, struct str *der, struct salve_err *err)
{
    uint8_t serial[TLS_SERIAL_BYTES];
    make_serial(serial);
    X509 *x509 = begin(what->name, NULL, serial, what->from_s, what->until_s);
    bool is_made = x509 != NULL && X509_set_pubkey(x509, what->subject_key) == 1 &&
                   X509_set_issuer_name(x509, X509_get_subject_name(what->issuer)) == 1 &&
                   add_uses(x509, what->issuer, what->name) && X509_sign(x509, what->issuer_key, EVP_sha256()) > 0;
    enum salve_code code = is_made ? tls_x509_der(x509, mem, der, err) : tls_failed("certificate", err);
    X509_free(x509);
    return code;
}

static void drop_certified(struct certified *what)
{
    X509_free(what->issuer);
    EVP_PKEY_free(what->issuer_key);
    EVP_PKEY_free(what->subject_key);
    ERR_clear_error();
}

enum salve_code tls_certify(const struct tls_certificate *authority, const struct crypto_key *seed,
                            const uint8_t point[TLS_POINT_BYTES], int64_t now_unix_ms, struct arena *mem,
                            struct tls_certificate *out, struct salve_err *err)
{
    char name[TLS_NAME_BYTES_MAX + 1] = "";
    enum salve_code code = SALVE_OK;
    struct certified what = {.subject_key = tls_point_key(point), .from_s = now_unix_ms / 1000 - DAY_S};
    if (what.subject_key == NULL) return salve_refuse(err, SALVE_E_INVALID, "it is no point of P-256", "public key");
    what.until_s = what.from_s + (int64_t)(TLS_LEAF_DAYS + 1) * DAY_S;
    if (what.until_s > authority->until_unix_ms / 1000) what.until_s = authority->until_unix_ms / 1000;
    what.issuer = tls_x509_parse(authority->der);
    if (what.issuer == NULL || !read_name(what.issuer, name) || !is_of_seed(what.issuer, seed, name, &what.issuer_key))
        code = salve_refuse(err, SALVE_E_INTEGRITY, "it is not of this site's keys", "certificate of the authority");
    else if (now_unix_ms >= authority->until_unix_ms || now_unix_ms < authority->from_unix_ms)
        code = salve_refuse(err, SALVE_E_CONFIG, "its time is over, or has not come", "certificate of the authority");
    what.name = str_of(name);
    *out = (struct tls_certificate){.der = STR_NONE};
    if (code == SALVE_OK) code = certify(&what, mem, &out->der, err);
    drop_certified(&what);
    return code == SALVE_OK ? tls_certificate_read(out->der, mem, out, err) : code;
}
