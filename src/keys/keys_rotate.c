/* SPDX-License-Identifier: Apache-2.0
 * Turning the epoch. The order makes a stop at any write harmless:
 *   0  wraps that an interrupted rotation left under e-1 are brought to e, so that e-1 holds nothing
 *   1  keys.epoch becomes {e, e+1}: the secret of e-1 is gone      (one atomic replacement; used again if it is there)
 *   2  one transaction: KEKs of e+1 come, those of e-1 go, named secrets are sealed anew, the epoch is e+1, renewed now
 *   3  wraps move from e to e+1, a batch a transaction; both epochs open meanwhile
 *   4  the files are scrubbed
 * Wraps past their not_after are dropped on the way. */
#include <stdlib.h>

#include "base/assert.h"
#include "keys/keys_int.h"

enum { BATCH_ROWS = 4096, FOLD_PAGES = 256 }; /* of the log, so that no piece has to fold in a long one */

static void bind_key(struct db_stmt *stmt, const struct keys_wrap_row *row)
{
    db_bind_blob(stmt, 1, compartment_bytes(&row->id));
    db_bind_i64(stmt, 2, row->purpose);
    db_bind_i64(stmt, 3, row->class);
    db_bind_i64(stmt, 4, row->version);
}

/* Past its time, or of a letter whose row is gone or does not open. */
static bool is_over(struct keys *keys, const struct crypto_wrap *wrap, int64_t now_unix_s)
{
    struct keys_letter letter;
    bool found = false;
    if (wrap->not_after_unix_s != 0 && wrap->not_after_unix_s < now_unix_s) return true;
    return wrap->purpose == PURPOSE_LETTER &&
           (keys_letter_get(keys, wrap->compartment, &letter, &found, NULL) != SALVE_OK || !found);
}

/* One wrap to the present epoch, or away if it is past. A wrap that does not open stays as it is: verify names it. */
static enum salve_code rewrap(struct keys *keys, struct keys_wrap_row *row, int64_t now_unix_s,
                              struct keys_rotated *out, struct salve_err *err)
{
    struct crypto_wrap wrap;
    struct crypto_key *key = keys_slot(keys, SLOT_A);
    struct str bytes = {(const char *)row->bytes, sizeof row->bytes};
    if (crypto_wrap_peek(bytes, &wrap, NULL) != SALVE_OK) return SALVE_OK;
    if (is_over(keys, &wrap, now_unix_s)) {
        bind_key(keys->wrap_drop_one, row);
        out->expired++;
        TRY(db_run(keys->wrap_drop_one, err));
        if (wrap.purpose == PURPOSE_LETTER) TRY(keys_letter_forget(keys, row->id, err));
        return keys_whole_settle(keys, row->id, 0, err);
    }
    const struct crypto_key *kek = keys_kek_of(keys, &wrap);
    if (wrap.epoch == keys->epoch) {
        out->rewrapped++;
        return SALVE_OK;
    }
    if (kek == NULL || crypto_wrap_open(kek, bytes, &wrap, key, NULL) != SALVE_OK) return SALVE_OK;
    wrap.epoch = keys->epoch;
    crypto_wrap_seal(keys_kek_of(keys, &wrap), &wrap, key, row->bytes);
    crypto_key_zero(key);
    out->rewrapped++;
    bind_key(keys->wrap_replace, row);
    db_bind_blob(keys->wrap_replace, 5, keys_wrap_kept(row));
    return db_run(keys->wrap_replace, err);
}

/* A turn on its way: where it is, and what it did so far. */
enum turn_stage { TURN_LEFTOVERS, TURN_EPOCH, TURN_MOVES, TURN_SCRUBS, TURN_IS_DONE };
struct keys_turn {
    enum turn_stage stage;
    struct keys_wrap_row row; /* the last one that was looked at in this stage */
    int64_t now_unix_s;
    struct keys_rotated out;
};

/* *left: how many the batch still takes. What is done with one row leaves the others of the page as they were. */
static enum salve_code rewrap_page(struct keys *keys, struct keys_turn *turn, uint32_t *left, bool *more,
                                   struct salve_err *err)
{
    struct keys_wrap_row rows[KEYS_PAGE_ROWS];
    size_t wanted = *left < KEYS_PAGE_ROWS ? *left : KEYS_PAGE_ROWS, count = 0;
    enum salve_code code = keys_wrap_page(keys, &turn->row, rows, wanted, &count, err);
    for (size_t i = 0; code == SALVE_OK && i < count; i++) {
        turn->row = rows[i];
        code = rewrap(keys, &rows[i], turn->now_unix_s, &turn->out, err);
    }
    *left -= (uint32_t)count;
    *more = count == wanted;
    return code;
}

/* What fails leaves the turn where it was. */
static enum salve_code rewrap_batch(struct keys *keys, struct keys_turn *turn, uint32_t rows, struct salve_err *err)
{
    struct keys_turn next = *turn;
    bool more = true;
    enum salve_code code = db_begin(keys->db, false, err);
    if (code != SALVE_OK) return code;
    for (uint32_t left = rows; code == SALVE_OK && more && left > 0;)
        code = rewrap_page(keys, &next, &left, &more, err);
    if (code == SALVE_OK) code = db_commit(keys->db, err);
    db_rollback(keys->db);
    if (code == SALVE_OK) *turn = next;
    if (code == SALVE_OK && !more) turn->stage++;
    crypto_zero(&next, sizeof next);
    return code;
}

static enum salve_code turn_file(struct keys *keys, struct salve_err *err)
{
    if (keys->file.epoch == keys->epoch + 1) return SALVE_OK; /* a rotation got this far before */
    struct keys_epoch next = {.epoch = keys->epoch + 1};
    memcpy(next.old, keys->file.now, sizeof next.old);
    crypto_random(next.now, sizeof next.now);
    enum salve_code code = keys_epoch_write(keys->epoch_path, &next, err);
    if (code == SALVE_OK) keys->file = next;
    crypto_zero(&next, sizeof next);
    return code;
}

static enum salve_code put_next(struct keys *keys, int64_t now_unix_s, struct salve_err *err)
{
    uint8_t meta[12];
    struct keys_due due;
    struct keys_copied copied;
    TRY(keys_copied_read(keys, SLOT_SEAL_NOW, &copied, err));
    TRY(keys_due_read(keys, SLOT_SEAL_NOW, &due, err));
    due.renewed_unix_s = now_unix_s;
    if (due.turns > 0) due.turns--;
    crypto_put_u32(meta, keys->epoch + 1);
    crypto_put_u64(meta + 4, (uint64_t)now_unix_s);
    enum salve_code code = db_begin(keys->db, false, err);
    if (code != SALVE_OK) return code;
    code = keys_kek_store(keys, keys->epoch + 1, SLOT_KEK_NEW, SLOT_SEAL_NEW, err);
    db_bind_i64(keys->kek_drop, 1, keys->epoch);
    if (code == SALVE_OK) code = db_run(keys->kek_drop, err);
    if (code == SALVE_OK) code = keys_secrets_reseal(keys, SLOT_SEAL_NOW, SLOT_SEAL_NEW, err);
    if (code == SALVE_OK) code = keys_meta_put(keys, "epoch", str_bytes(meta, sizeof meta), err);
    if (code == SALVE_OK) code = keys_due_write(keys, SLOT_SEAL_NEW, due, err);
    if (code == SALVE_OK && copied.epoch > 0) code = keys_copied_write(keys, SLOT_SEAL_NEW, &copied, err);
    if (code == SALVE_OK) code = keys_signed_reseal(keys, SLOT_SEAL_NEW, err);
    if (code == SALVE_OK) code = db_commit(keys->db, err);
    db_rollback(keys->db);
    db_reset(keys->kek_drop);
    return code;
}

static void move_slots(struct keys *keys, unsigned from, unsigned to, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        crypto_key_copy(keys_slot(keys, to + i), keys_slot(keys, from + i));
        crypto_key_zero(keys_slot(keys, from + i));
    }
}

static enum salve_code turn_keys(struct keys *keys, int64_t now_unix_s, struct salve_err *err)
{
    keys_seal_key(keys_slot(keys, SLOT_ROOT), keys->epoch + 1, keys->file.now, keys_slot(keys, SLOT_SEAL_NEW));
    for (unsigned p = 1; p <= PURPOSE_LAST; p++) crypto_key_random(keys_slot(keys, SLOT_KEK_NEW + p));
    enum salve_code code = put_next(keys, now_unix_s, err);
    if (code != SALVE_OK) return code;
    move_slots(keys, SLOT_SEAL_NOW, SLOT_SEAL_OLD, 1);
    move_slots(keys, SLOT_SEAL_NEW, SLOT_SEAL_NOW, 1);
    move_slots(keys, SLOT_KEK_NOW, SLOT_KEK_OLD, PURPOSE_LAST + 1);
    move_slots(keys, SLOT_KEK_NEW, SLOT_KEK_NOW, PURPOSE_LAST + 1);
    keys->has_old = true;
    keys->epoch++;
    return SALVE_OK;
}

static enum salve_code turn_epoch(struct keys *keys, struct keys_turn *turn, struct salve_err *err)
{
    salve_assert(keys->epoch < UINT32_MAX - 1);
    TRY(turn_file(keys, err));
    TRY(turn_keys(keys, turn->now_unix_s, err));
    turn->row = (struct keys_wrap_row){0};
    turn->out.rewrapped = 0;
    turn->stage++;
    return SALVE_OK;
}

enum salve_code keys_turn_begin(int64_t now_unix_s, struct keys_turn **out, struct salve_err *err)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL) return salve_fail(err, SALVE_E_MEMORY, "keys");
    (*out)->now_unix_s = now_unix_s;
    return SALVE_OK;
}

enum salve_code keys_turn_step(struct keys *keys, struct keys_turn *turn, uint32_t rows, bool *is_done,
                               struct salve_err *err)
{
    enum salve_code code = SALVE_OK;
    db_fold_each(keys->db, turn->stage == TURN_SCRUBS ? 0 : FOLD_PAGES);
    if (turn->stage == TURN_LEFTOVERS || turn->stage == TURN_MOVES) {
        code = rewrap_batch(keys, turn, rows, err);
    } else if (turn->stage == TURN_EPOCH) {
        code = turn_epoch(keys, turn, err);
    } else if (turn->stage == TURN_SCRUBS) {
        code = db_scrub(keys->db, err);
        turn->out.epoch = keys->epoch;
        if (code == SALVE_OK) turn->stage++;
    }
    *is_done = turn->stage == TURN_IS_DONE;
    return code;
}

void keys_turn_end(struct keys_turn **turn, struct keys_rotated *out)
{
    if (*turn == NULL) return;
    *out = (*turn)->out;
    crypto_zero(*turn, sizeof **turn);
    free(*turn);
    *turn = NULL;
}

enum salve_code keys_rotate(struct keys *keys, int64_t now_unix_s, struct keys_rotated *out, struct salve_err *err)
{
    struct keys_turn *turn = NULL;
    bool is_done = false;
    *out = (struct keys_rotated){0};
    TRY(keys_turn_begin(now_unix_s, &turn, err));
    enum salve_code code = SALVE_OK;
    while (code == SALVE_OK && !is_done) code = keys_turn_step(keys, turn, BATCH_ROWS, &is_done, err);
    keys_turn_end(&turn, out);
    return code;
}
