/* SPDX-License-Identifier: Apache-2.0
 *
 * Which program runs a site (N24): the document `build program`, whose newest version names the file that ran it last,
 * by its hash. Another program leaves another version, and with it a public leaf, before anybody is opened. */
#include <stdio.h>

#include "crypto/crypto.h"
#include "json/json.h"
#include "records/gate.h"
#include "records/log_int.h"
#include "store/store.h"

static const struct str kind = STR("build"), id = STR("program");

/* Without a time: the same program is the same document. */
static enum salve_code write_build(const struct site_build *build, struct arena *mem, struct str *out,
                                   struct salve_err *err)
{
    struct buf text;
    struct json_writer w = {.out = &text};
    buf_init(&text, mem, 1024);
    json_open(&w, NULL, '{');
    json_put_text(&w, "sha256", build->sha256);
    json_put_text(&w, "version", build->version);
    json_close(&w);
    return buf_done(&text, out, err);
}

static enum salve_code put_if_new(struct rec_tx *tx, struct str fresh, bool *is_new, struct salve_err *err)
{
    struct str newest = STR_NONE;
    enum salve_code code = rec_doc_get(tx, kind, id, tx->mem, &newest, err);
    if (code != SALVE_OK && code != SALVE_E_NOT_FOUND) return code;
    *is_new = code == SALVE_E_NOT_FOUND || !str_eq(newest, fresh);
    return *is_new ? rec_doc_put(tx, kind, id, fresh, err) : SALVE_OK;
}

static bool is_hash(struct str text)
{
    uint8_t unused[CRYPTO_SHA256_BYTES];
    return text.len == 2 * CRYPTO_SHA256_BYTES && str_hex_parse(text, unused, sizeof unused);
}

enum salve_code site_build_use(struct site *site, const struct site_build *build, struct salve_err *err)
{
    struct rec_tx tx;
    struct str fresh = STR_NONE;
    bool is_new = false;
    if (!is_hash(build->sha256)) return salve_refuse(err, SALVE_E_INVALID, "64 hexadecimal digits are wanted", "build");
    struct arena *mem = arena_open((size_t)1 << 20);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "build");
    enum salve_code code = write_build(build, mem, &fresh, err);
    if (code == SALVE_OK) code = rec_tx_begin(site, false, mem, &tx, err);
    if (code == SALVE_OK) {
        code = put_if_new(&tx, fresh, &is_new, err);
        if (code == SALVE_OK && is_new) code = rec_tx_commit(&tx, err);
        rec_tx_abandon(&tx);
    }
    if (code == SALVE_OK) (void)snprintf(site->build, sizeof site->build, "%.*s", STR_ARGS(build->sha256));
    arena_close(mem);
    return code;
}
