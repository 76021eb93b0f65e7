/* SPDX-License-Identifier: Apache-2.0
 * Certificates as bytes: parsed, written, and what they say. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "tls/tls_int.h"

X509 *tls_x509_parse(struct str der)
{
    const unsigned char *at = (const unsigned char *)der.ptr;
    if (der.len == 0 || der.len > TLS_DER_BYTES_MAX) return NULL;
    X509 *x509 = d2i_X509(NULL, &at, (long)der.len);
    if (x509 != NULL && at == (const unsigned char *)der.ptr + der.len) return x509;
    X509_free(x509);
    ERR_clear_error();
    return NULL;
}

static bool time_of(const ASN1_TIME *from, int64_t *unix_ms)
{
    struct tm parts;
    if (ASN1_TIME_to_tm(from, &parts) != 1) return false;
    *unix_ms = (int64_t)timegm(&parts) * 1000;
    return true;
}

bool tls_x509_times(const X509 *x509, int64_t *from_unix_ms, int64_t *until_unix_ms)
{
    return time_of(X509_get0_notBefore(x509), from_unix_ms) && time_of(X509_get0_notAfter(x509), until_unix_ms);
}

enum salve_code tls_x509_der(const X509 *x509, struct arena *mem, struct str *out, struct salve_err *err)
{
    int bytes = i2d_X509(x509, NULL);
    if (bytes <= 0 || bytes > TLS_DER_BYTES_MAX) return tls_failed("certificate", err);
    unsigned char *der = arena_alloc(mem, (size_t)bytes), *at = der;
    if (der == NULL) return salve_fail(err, SALVE_E_MEMORY, "certificate");
    (void)i2d_X509(x509, &at);
    *out = str_bytes(der, (size_t)bytes);
    return SALVE_OK;
}

static bool is_plain(struct str text)
{
    bool is = true;
    for (size_t i = 0; is && i < text.len; i++) {
        char c = text.ptr[i];
        is = str_is_letter(c) || str_is_digit(c) || c == '-' || c == '.' || c == '*' || c == '_';
    }
    return is;
}

/* The first of its names of servers. */
static enum salve_code first_name(X509 *x509, struct arena *mem, struct str *out, struct salve_err *err)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
    enum salve_code code = SALVE_OK;
    *out = STR("");
    for (int i = 0; out->len == 0 && code == SALVE_OK && i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *one = sk_GENERAL_NAME_value(names, i);
        if (one->type != GEN_DNS) continue;
        struct str text = str_bytes(ASN1_STRING_get0_data(one->d.dNSName), (size_t)ASN1_STRING_length(one->d.dNSName));
        if (is_plain(text)) code = arena_str(mem, text, out, err);
    }
    GENERAL_NAMES_free(names);
    return code;
}

enum salve_code tls_certificate_read(struct str der, struct arena *mem, struct tls_certificate *out,
                                     struct salve_err *err)
{
    X509 *x509 = tls_x509_parse(der);
    bool is_read = x509 != NULL && tls_x509_times(x509, &out->from_unix_ms, &out->until_unix_ms);
    enum salve_code code = is_read ? first_name(x509, mem, &out->name, err)
                                   : salve_refuse(err, SALVE_E_INVALID, "it is none", "certificate");
    X509_free(x509);
    ERR_clear_error();
    out->der = der;
    return code;
}

enum salve_code tls_pem(struct str der, struct arena *mem, struct str *out, struct salve_err *err)
{
    char *text;
    X509 *x509 = tls_x509_parse(der);
    BIO *bytes = BIO_new(BIO_s_mem());
    enum salve_code code = SALVE_OK;
    if (x509 == NULL)
        code = salve_refuse(err, SALVE_E_INVALID, "it is none", "certificate");
    else if (bytes == NULL || PEM_write_bio_X509(bytes, x509) != 1)
        code = tls_failed("certificate", err);
    if (code == SALVE_OK) {
        long len = BIO_get_mem_data(bytes, &text);
        code = arena_str(mem, str_make(text, (size_t)len), out, err);
    }
    X509_free(x509);
    BIO_free(bytes);
    return code;
}
