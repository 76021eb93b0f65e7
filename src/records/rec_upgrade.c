/* SPDX-License-Identifier: Apache-2.0
 * A site of layout 1 becomes one of layout 2. The work is done on a copy (db/folder.h), so that until the exchange
 * the site is what it was, whatever happens:
 *   1 the copy is verified by the rules of layout 1
 *   2 keys.db: the secret of rows is made
 *   3 site.db: MACs, the sum over rows, an owner for each row of the log
 *   4 keys.db: tokens are bound, and a new root secret says layout 2
 *   5 the copy is verified by the rules of layout 2, and takes the place of the site
 *   6 the site as it was is removed; an opening completes what was cut off before, and turns the epoch twice: copies of
 *     layout 1 are closed
 * Steps 2 to 4 find out whether they were done: an earlier Salve did them in the site itself, where they can be half.
 * Whose a row of the log was before, the gate does not know without opening everybody's access record: those say so. */
#include "json/json.h"
#include "keys/keys.h"
#include "records/log_int.h"
#include "records/owner_int.h"
#include "records/verify_int.h"
#include "store/store.h"

enum { WORK_BYTES = 256 << 20, PAGE = 64 };

/* A version of a document gets the number that is still free: its entries stand in the log in their order. */
static enum salve_code document_of(struct rec_tx *tx, struct str entry, struct rec_owner *out, struct salve_err *err)
{
    enum tlog_entry_type type;
    struct str payload;
    const struct json *doc = NULL;
    bool is_taken = true;
    *out = (struct rec_owner){.kind = REC_OWNER_EARLIER};
    if (tlog_entry_read(entry, &type, &payload, NULL) != SALVE_OK || type != TLOG_ENTRY_HASH ||
        json_read(payload, NULL, tx->mem, &doc, NULL) != SALVE_OK)
        return SALVE_OK;
    for (uint64_t version = 1; is_taken; version++) {
        *out = rec_owner_document(tx->site, json_get_text(doc, "kind"), json_get_text(doc, "id"), version);
        TRY(rec_owner_is_there(tx, *out, &is_taken, err));
    }
    return SALVE_OK;
}

static enum salve_code give_owners(void *with, struct store_tx *store, struct salve_err *err)
{
    struct rec_tx *tx = with;
    struct str entries[PAGE];
    uint64_t size = 0;
    tx->store = store;
    TRY(store_log_size(store, &size, err));
    for (uint64_t at = 0; at < size; at += PAGE) {
        struct arena_mark mark = arena_mark(tx->mem);
        size_t count = size - at < PAGE ? (size_t)(size - at) : PAGE;
        TRY(store_log_list(store, at, count, tx->mem, entries, err));
        for (size_t i = 0; i < count; i++) {
            struct rec_owner owner;
            TRY(document_of(tx, entries[i], &owner, err));
            TRY(rec_owner_put(tx, at + i, entries[i], owner, err));
        }
        arena_rewind(tx->mem, mark);
    }
    return SALVE_OK;
}

static enum salve_code upgrade_rows(struct site *site, struct arena *mem, struct salve_err *err)
{
    struct rec_tx tx = {.site = site, .mem = mem};
    TRY(keys_upgrade_begin(site->keys, err));
    rec_row_keys(site);
    TRY(store_upgrade(site->store, give_owners, &tx, err));
    site->layout = STORE_LAYOUT;
    return SALVE_OK;
}

/* What the next opening removes by itself is no reason to stay with layout 1. */
static enum salve_code is_sound(const struct site_verify_result *result, struct salve_err *err)
{
    if (result->findings == result->left_over) return SALVE_OK;
    return salve_refuse(err, SALVE_E_INTEGRITY, "the site has faults; nothing was changed", "%llu findings",
                        (unsigned long long)(result->findings - result->left_over));
}

static enum salve_code upgrade(struct site *site, const struct site_secret *secret, const struct site_verify_ask *ask,
                               struct site_verify_result *out, struct salve_err *err)
{
    struct arena *mem = arena_open_private(WORK_BYTES);
    if (mem == NULL) return salve_fail(err, SALVE_E_MEMORY, "upgrade");
    enum salve_code code = SALVE_OK;
    if (site->layout != STORE_LAYOUT) {
        code = rec_verify(site, ask, out, mem, err);
        if (code == SALVE_OK) code = is_sound(out, err);
        if (code == SALVE_OK) code = upgrade_rows(site, mem, err);
    }
    if (code == SALVE_OK) code = rec_keys_upgrade(site, secret, err);
    arena_close(mem);
    return code;
}

static enum salve_code upgrade_copy(const struct site_options *copy, const struct site_verify_ask *ask,
                                    struct site_verify_result *out, struct salve_err *err)
{
    struct site *site = NULL;
    struct salve_err why = {0};
    TRY(rec_site_open(copy, REC_OPEN_LENIENT, &site, err));
    enum salve_code code = upgrade(site, &copy->secret, ask, out, err);
    rec_site_drop(&site);
    if (code != SALVE_OK) return code;
    code = site_verify_path(copy, ask, out, &why);
    if (code == SALVE_E_INTEGRITY && out->findings > 0) return is_sound(out, err);
    if (code != SALVE_OK && err != NULL) *err = why;
    return code;
}

/* Is there something to do? A site that is as it should be loses what an upgrade that was cut off left beside it. */
static enum salve_code is_earlier(const struct site_options *options, struct salve_err *err)
{
    struct site *site = NULL;
    TRY(rec_site_open(options, REC_OPEN_LENIENT, &site, err));
    bool is_done = keys_layout(site->keys) == KEYS_LAYOUT;
    if (is_done) db_copy_clear(site->path);
    rec_site_drop(&site);
    if (!is_done) return SALVE_OK;
    return salve_refuse(err, SALVE_E_CONFLICT, "it is of layout 2 already; nothing is to be done", "%s", options->path);
}

static enum salve_code complete(const struct site_options *options, struct salve_err *err)
{
    struct site *site = NULL;
    TRY(site_open(options, &site, err)); /* recovers, and turns the epoch */
    return near_site_close(&site, err);
}

enum salve_code site_upgrade(const struct site_options *options, const struct site_verify_ask *ask, bool is_trial,
                             struct site_verify_result *out, struct salve_err *err)
{
    struct db_copy copy;
    const struct db_wait wait = rec_wait(&options->wait);
    struct site_options inside = *options;
    *out = (struct site_verify_result){0};
    TRY(is_earlier(options, err));
    TRY(db_copy_begin(options->path, &wait, &copy, err));
    inside.path = copy.beside;
    enum salve_code code = upgrade_copy(&inside, ask, out, err);
    if (code == SALVE_OK && !is_trial) code = db_copy_exchange(&copy, err);
    enum salve_code end_code = db_copy_end(&copy, code == SALVE_OK ? err : NULL);
    if (code == SALVE_OK && !is_trial) code = complete(options, err);
    return code != SALVE_OK ? code : end_code;
}
