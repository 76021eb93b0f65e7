/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of consent forms. The first agreement under a form, version and language puts the file's bytes into the
 * commons; its public leaf has their SHA-256. From then on an agreement under that number is about those bytes. */
#include "consent/consent.h"
#include "crypto/crypto.h"
#include "records/tx_int.h"

#define FORM_KIND STR("form")

/* "care-1.0-pt-br": names of documents have no capitals, and languages are the same in either case. */
static enum salve_code form_name(const struct consent_form_ref *form, struct arena *mem, struct str *out,
                                 struct salve_err *err)
{
    *out = arena_printf(mem, "%.*s-%u.%u-%.*s", STR_ARGS(form->id), form->major, form->minor, STR_ARGS(form->lang));
    if (out->ptr == NULL) return salve_fail(err, SALVE_E_MEMORY, "form");
    for (size_t i = 0; i < out->len; i++)
        if (out->ptr[i] >= 'A' && out->ptr[i] <= 'Z') ((char *)out->ptr)[i] = (char)(out->ptr[i] - 'A' + 'a');
    return SALVE_OK;
}

static bool has_hash(struct str text, const struct consent_form_ref *form)
{
    uint8_t sha256[CRYPTO_SHA256_BYTES];
    _Static_assert(sizeof sha256 == sizeof form->sha256, "both are SHA-256");
    crypto_sha256(text, sha256);
    return memcmp(sha256, form->sha256, sizeof sha256) == 0;
}

static enum salve_code refuse_words(const struct consent_form_ref *form, enum salve_code code, const char *why,
                                    struct salve_err *err)
{
    return salve_refuse(err, code, why, "form %.*s %u.%u, %.*s", STR_ARGS(form->id), form->major, form->minor,
                        STR_ARGS(form->lang));
}

enum salve_code rec_form_bind(struct rec_tx *tx, const struct consent_form_ref *form, struct salve_err *err)
{
    struct str name, bound;
    struct salve_err trouble = {0};
    enum salve_code code = form_name(form, tx->mem, &name, err);
    if (code != SALVE_OK) return code;
    code = rec_doc_get(tx, FORM_KIND, name, tx->mem, &bound, &trouble);
    if (code == SALVE_OK && has_hash(bound, form)) return SALVE_OK;
    if (code == SALVE_OK)
        return refuse_words(form, SALVE_E_CONFLICT,
                            "people agreed to other words under this number here: bring those words back, or give the "
                            "new ones a new version number",
                            err);
    if (code == SALVE_E_NOT_FOUND && (form->text.len == 0 || !has_hash(form->text, form)))
        return refuse_words(form, SALVE_E_INVALID, "at its first use the words come along, and the hash is theirs",
                            err);
    if (code == SALVE_E_NOT_FOUND) return rec_doc_put(tx, FORM_KIND, name, form->text, err);
    if (err != NULL) *err = trouble;
    return code;
}
