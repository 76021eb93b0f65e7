/* SPDX-License-Identifier: Apache-2.0
 * Both files bit for bit, then everything that is sealed is opened and forgotten; and the counts for reports. */
#include <stdio.h>

#include "keys/keys_int.h"

struct check {
    struct keys *keys;
    keys_report *report;
    void *who;
    uint64_t bad;
};

static void tell(struct check *check, const char *place, const char *what)
{
    check->bad++;
    if (check->report != NULL) check->report(check->who, place, what);
}

static void tell_again(void *who, const char *place, const char *what) { tell(who, place, what); }

static void check_file(struct check *check)
{
    struct keys_epoch epoch = {0};
    unsigned good_copies = 0;
    enum salve_code code = keys_epoch_read(check->keys->epoch_path, &epoch, &good_copies, NULL);
    if (code != SALVE_OK)
        tell(check, check->keys->epoch_path, "it cannot be read");
    else if (good_copies < 2)
        tell(check, check->keys->epoch_path, "one of its two copies is damaged");
    else if (epoch.epoch != check->keys->file.epoch)
        tell(check, check->keys->epoch_path, "another epoch");
    crypto_zero(&epoch, sizeof epoch);
}

static bool is_wrap_good(struct keys *keys, const struct keys_wrap_row *row)
{
    struct crypto_wrap wrap;
    struct str bytes = str_bytes(row->bytes, sizeof row->bytes);
    const struct crypto_key *kek = NULL;
    if (crypto_wrap_peek(bytes, &wrap, NULL) == SALVE_OK) kek = keys_kek_of(keys, &wrap);
    bool is_good = kek != NULL && crypto_wrap_open(kek, bytes, &wrap, keys_slot(keys, SLOT_A), NULL) == SALVE_OK &&
                   wrap.purpose == row->purpose && wrap.class == row->class && wrap.key_version == row->version &&
                   compartment_eq(wrap.compartment, row->id);
    crypto_key_zero(keys_slot(keys, SLOT_A));
    return is_good;
}

static void check_wrap(struct check *check, const struct keys_wrap_row *row)
{
    char id[COMPARTMENT_TEXT_BYTES + 1], place[100];
    if (is_wrap_good(check->keys, row)) return;
    compartment_text(row->id, id);
    (void)snprintf(place, sizeof place, "compartment %s wrap", id);
    tell(check, place, "it does not open");
}

static enum salve_code check_wraps(struct check *check, struct salve_err *err)
{
    struct keys_wrap_row rows[KEYS_PAGE_ROWS], last = {0};
    enum salve_code code = SALVE_OK;
    for (size_t count = KEYS_PAGE_ROWS; code == SALVE_OK && count == KEYS_PAGE_ROWS;) {
        code = keys_wrap_page(check->keys, &last, rows, KEYS_PAGE_ROWS, &count, err);
        for (size_t i = 0; i < count; i++) check_wrap(check, &rows[i]);
        if (count > 0) last = rows[count - 1];
    }
    return code;
}

/* What each compartment has, against what the key store gave it. */
static enum salve_code check_wholes(struct check *check, struct salve_err *err)
{
    struct compartment id, last, *after = NULL;
    bool found = true, is_whole = false;
    for (;;) {
        char text[COMPARTMENT_TEXT_BYTES + 1], place[100];
        uint64_t decided;
        TRY(keys_whole_next(check->keys, after, &id, &found, err));
        if (!found) return SALVE_OK;
        TRY(keys_whole_check(check->keys, id, &is_whole, &decided, err));
        last = id;
        after = &last;
        if (is_whole) continue;
        compartment_text(id, text);
        (void)snprintf(place, sizeof place, "compartment %s keys", text);
        tell(check, place, "wraps or tokens were taken away, put back or added behind the key store's back");
    }
}

static enum salve_code check_letters(struct check *check, struct salve_err *err)
{
    char name[KEYS_SECRET_NAME_MAX], place[100];
    struct str last = STR(KEYS_LETTER_ROWS), prefix = last;
    for (bool found = true;;) {
        enum salve_code code = keys_secret_next(check->keys, name, &last, &found, err);
        if (code != SALVE_OK || !found || !str_starts(last, prefix)) return code;
        if (keys_secret_check(check->keys, last, NULL) == SALVE_OK) continue;
        struct str id = str_cut(last, prefix.len, last.len);
        (void)snprintf(place, sizeof place, "compartment %.*s letter", id.len > 40 ? 40 : (int)id.len, id.ptr);
        tell(check, place, "the code of the letter does not open; the next renewal ends it");
    }
}

static void check_sealed(struct check *check)
{
    struct keys *keys = check->keys;
    struct keys_signed head;
    bool found = false;
    if (keys_kek_load(keys, keys->epoch, SLOT_KEK_NEW, SLOT_SEAL_NOW, &found, NULL) != SALVE_OK || !found)
        tell(check, keys->path, "a KEK does not open");
    for (unsigned p = 0; p <= PURPOSE_LAST; p++) crypto_key_zero(keys_slot(keys, SLOT_KEK_NEW + p));
    if (keys_sealed_get(keys, STR("index"), keys_slot(keys, SLOT_A), NULL) != SALVE_OK)
        tell(check, keys->path, "the index key does not open");
    uint8_t salt[CRYPTO_SALT_BYTES];
    bool is_new = keys->layout == KEYS_LAYOUT;
    if (is_new && keys_salt_get(keys, salt, NULL) != SALVE_OK)
        tell(check, keys->path, "the salt of the index does not fit");
    if (is_new && !keys_secrets_fit(keys))
        tell(check, keys->path, "secrets were taken away, put back or added behind the key store's back");
    if (is_new && !keys_due_fits(keys)) tell(check, keys->path, "when the keys were renewed does not fit");
    if (keys_signed_get(keys, &head, NULL) != SALVE_OK)
        tell(check, keys->path, "the largest signed head of the log does not fit");
    if (!keys_signed_fits(keys))
        tell(check, "keys.signed", "it does not fit the key store; the next closing writes it anew");
    crypto_key_zero(keys_slot(keys, SLOT_A));
}

enum salve_code keys_verify(struct keys *keys, keys_report *report, void *who, struct salve_err *err)
{
    struct check check = {keys, report, who, 0};
    enum salve_code code = db_verify(keys->db, tell_again, &check, err);
    check_file(&check);
    if (code == SALVE_OK) check_sealed(&check);
    if (code == SALVE_OK) code = check_wraps(&check, err);
    if (code == SALVE_OK && keys->layout == KEYS_LAYOUT) code = check_wholes(&check, err);
    if (code == SALVE_OK) code = check_letters(&check, err);
    if (code != SALVE_OK || check.bad == 0) return code;
    (void)salve_fail(err, SALVE_E_INTEGRITY, "%s", keys->path);
    return salve_why(err, SALVE_E_INTEGRITY, "%llu damaged place(s)", (unsigned long long)check.bad);
}

static enum salve_code count_of(struct keys *keys, const char *sql, uint64_t *out, struct salve_err *err)
{
    bool row = false;
    struct db_stmt *stmt = NULL;
    enum salve_code code = db_prepare(keys->db, sql, &stmt, err);
    if (code == SALVE_OK) code = db_step(stmt, &row, err);
    if (code == SALVE_OK && row) *out = (uint64_t)db_column_i64(stmt, 0);
    db_reset(stmt);
    return code;
}

static void count_wrap(const struct keys *keys, const struct keys_wrap_row *row, struct keys_status *out)
{
    struct crypto_wrap wrap;
    out->wraps++;
    if (crypto_wrap_peek(str_bytes(row->bytes, sizeof row->bytes), &wrap, NULL) == SALVE_OK)
        out->wraps_old += wrap.epoch != keys->epoch;
}

enum salve_code keys_status(struct keys *keys, struct keys_status *out, struct salve_err *err)
{
    struct keys_wrap_row rows[KEYS_PAGE_ROWS], last = {0};
    struct keys_due due;
    enum salve_code code = SALVE_OK;
    keys_due(keys, &due);
    *out = (struct keys_status){
        .epoch = keys->epoch, .is_key_file = keys->is_key_file, .rotated_unix_s = due.renewed_unix_s};
    for (size_t count = KEYS_PAGE_ROWS; code == SALVE_OK && count == KEYS_PAGE_ROWS;) {
        code = keys_wrap_page(keys, &last, rows, KEYS_PAGE_ROWS, &count, err);
        for (size_t i = 0; i < count; i++) count_wrap(keys, &rows[i], out);
        if (count > 0) last = rows[count - 1];
    }
    if (code == SALVE_OK)
        code = count_of(keys, "SELECT count(DISTINCT compartment) FROM wrap", &out->compartments, err);
    if (code == SALVE_OK) code = count_of(keys, "SELECT count(*) FROM token", &out->tokens, err);
    return code;
}
