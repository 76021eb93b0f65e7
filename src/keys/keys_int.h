/* SPDX-License-Identifier: Apache-2.0
 * The workshop of keys: the open key store, its slots of guarded memory, and what its files share. */
#ifndef SALVE_KEYS_INT_H
#define SALVE_KEYS_INT_H

#include "db/db.h"
#include "keys/keys.h"

/* Guarded memory of one open key store. KEKs are indexed by purpose, 1..PURPOSE_LAST. */
enum keys_slot {
    SLOT_ROOT,     /* RS */
    SLOT_SEAL_OLD, /* what e-1 is sealed under */
    SLOT_SEAL_NOW, /* what e is sealed under */
    SLOT_SEAL_NEW, /* while rotating or changing the secret */
    SLOT_ROOT_NEW,
    SLOT_ROWS, /* the sealed secret "rows" */
    SLOT_A,    /* for one call */
    SLOT_B,
    SLOT_KEK_OLD,
    SLOT_KEK_NOW = SLOT_KEK_OLD + PURPOSE_LAST + 1,
    SLOT_KEK_NEW = SLOT_KEK_NOW + PURPOSE_LAST + 1,
    SLOT_COUNT = SLOT_KEK_NEW + PURPOSE_LAST + 1,
};

/* keys.epoch: the secrets of epochs `epoch` and `epoch - 1` (zeros before epoch 1). Alone they open nothing. */
enum { KEYS_EPOCH_SECRET_BYTES = 32 };
struct keys_epoch {
    uint32_t epoch;
    uint8_t old[KEYS_EPOCH_SECRET_BYTES], now[KEYS_EPOCH_SECRET_BYTES];
};
SALVE_MUST_USE enum salve_code keys_epoch_read(const char *path, struct keys_epoch *out, unsigned *good_copies,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_epoch_write(const char *path, const struct keys_epoch *epoch,
                                                struct salve_err *err);
/* keys_epoch_settle - finishes a write that was cut off. Fine if there is none. */
SALVE_MUST_USE enum salve_code keys_epoch_settle(const char *path, struct salve_err *err);

struct keys {
    struct db *db;
    char *path, *epoch_path;
    struct crypto_keys *slots;
    struct keys_epoch file; /* as keys.epoch has it; one ahead of `epoch` when a rotation was cut off early */
    uint32_t epoch;         /* as keys.db has it */
    uint32_t layout;        /* as the root secret was sealed with */
    bool has_old, is_key_file, is_made_up;
    struct db_stmt *meta_get, *meta_put, *kek_get, *kek_put, *kek_drop, *secret_get, *secret_put, *secret_drop,
        *secret_next;
    struct db_stmt *wrap_put, *wrap_replace, *wrap_list, *wrap_drop, *wrap_drop_purpose, *wrap_after;
    struct db_stmt *wrap_drop_one, *next_id, *token_put, *token_find, *token_next, *token_drop, *token_drop_one;
    struct db_stmt *token_list, *whole_get, *whole_put, *whole_drop, *whole_next; /* NULL in layout 1 */
    keys_slow *slow;                                                              /* keys_slow_use */
    void *slow_with;
};

static inline struct crypto_key *keys_slot(struct keys *keys, unsigned slot)
{
    return crypto_keys_at(keys->slots, slot);
}
/* --- sealed rows (keys_sealed.c) --- */
/* what epoch `epoch` is sealed under, from the root secret and the epoch's secret */
void keys_seal_key(const struct crypto_key *root, uint32_t epoch, const uint8_t secret[KEYS_EPOCH_SECRET_BYTES],
                   struct crypto_key *out);
SALVE_MUST_USE enum salve_code keys_kek_load(struct keys *keys, uint32_t epoch, unsigned first_slot, unsigned seal_slot,
                                             bool *found, struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_kek_store(struct keys *keys, uint32_t epoch, unsigned first_slot,
                                              unsigned seal_slot, struct salve_err *err);
/* the next name after *last, which then views `name` (start with STR("")); keys_secret_check - whether it opens */
enum { KEYS_SECRET_NAME_MAX = 200, KEYS_SECRETS_MAC_BYTES = 16 };
/* keys_sealed_put inside of a transaction, which ends with settle: the row "secrets" of meta, a MAC over all of them */
SALVE_MUST_USE enum salve_code keys_sealed_put_in(struct keys *keys, struct str name, const struct crypto_key *secret,
                                                  struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_secrets_settle(struct keys *keys, struct salve_err *err);
bool keys_secrets_fit(struct keys *keys);
#define KEYS_LETTER_ROWS "letter/" /* what the names of letters' rows begin with (keys_letter.c) */
SALVE_MUST_USE enum salve_code keys_secret_next(struct keys *keys, char name[KEYS_SECRET_NAME_MAX], struct str *last,
                                                bool *found, struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_secret_check(struct keys *keys, struct str name, struct salve_err *err);
/* all named secrets: opened under one slot, sealed under another */
SALVE_MUST_USE enum salve_code keys_secrets_reseal(struct keys *keys, unsigned from_slot, unsigned to_slot,
                                                   struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_meta_get(struct keys *keys, const char *name, void *out, size_t len,
                                             struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_meta_put(struct keys *keys, const char *name, struct str bytes,
                                             struct salve_err *err);

/* what keys_due tells: under a slot of the epoch; a row that is missing or does not fit gives zeros */
SALVE_MUST_USE enum salve_code keys_due_read(struct keys *keys, unsigned seal_slot, struct keys_due *out,
                                             struct salve_err *err);
bool keys_due_fits(struct keys *keys);
SALVE_MUST_USE enum salve_code keys_due_write(struct keys *keys, unsigned seal_slot, struct keys_due due,
                                              struct salve_err *err);

/* what keys_copied tells (keys_copy.c), in the same way */
SALVE_MUST_USE enum salve_code keys_copied_read(struct keys *keys, unsigned seal_slot, struct keys_copied *out,
                                                struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_copied_write(struct keys *keys, unsigned seal_slot,
                                                 const struct keys_copied *copied, struct salve_err *err);
/* keys_open_beside - a copy of this key store at `path`, opened under what is in memory of `keys`. E_INTEGRITY: it is
 * not of the same root secret and epoch. */
SALVE_MUST_USE enum salve_code keys_open_beside(struct keys *keys, const char *path, struct keys **out,
                                                struct salve_err *err);

/* rows of meta that end with a MAC: `row` has room for it behind its `len` bytes. get: E_INTEGRITY where the row is not
 * there or does not fit; any other error says nothing about it */
enum { KEYS_MAC_BYTES = 32 };
void keys_row_mac(struct keys *keys, unsigned seal_slot, const char *name, struct str bytes,
                  uint8_t mac[KEYS_MAC_BYTES]);
SALVE_MUST_USE enum salve_code keys_row_put(struct keys *keys, unsigned seal_slot, const char *name, uint8_t *row,
                                            size_t len, struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_row_get(struct keys *keys, unsigned seal_slot, const char *name, uint8_t *row,
                                            size_t len, struct salve_err *err);

/* --- the largest signed head (keys_signed.c) --- */
/* into the row of the slot, in the transaction that turns or changes; the file goes */
SALVE_MUST_USE enum salve_code keys_signed_reseal(struct keys *keys, unsigned to_slot, struct salve_err *err);
/* what the file knows beyond the row goes into the row */
SALVE_MUST_USE enum salve_code keys_signed_settle(struct keys *keys, struct salve_err *err);
/* whether the file fits the key store, or is not there */
bool keys_signed_fits(struct keys *keys);

SALVE_MUST_USE enum salve_code keys_signed_row_put(struct keys *keys, const struct keys_signed *head,
                                                   struct salve_err *err);

/* --- tokens --- */
/* the salt of the index, with a MAC */
SALVE_MUST_USE enum salve_code keys_salt_put(struct keys *keys, const uint8_t salt[CRYPTO_SALT_BYTES],
                                             struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_salt_get(struct keys *keys, uint8_t salt[CRYPTO_SALT_BYTES], struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_token_store(struct keys *keys, const uint8_t token[KEYS_TOKEN_BYTES],
                                                const struct keys_bound *to, struct salve_err *err);

/* --- what one compartment has (keys_whole.c) --- */
/* settle - in each transaction that changes its wraps or tokens. decided: the decision that they follow now, 0: as
 * before */
SALVE_MUST_USE enum salve_code keys_whole_settle(struct keys *keys, struct compartment id, uint64_t decided,
                                                 struct salve_err *err);

/* --- wraps --- */
/* the KEK of a wrap's purpose and epoch; NULL if that epoch is gone */
const struct crypto_key *keys_kek_of(struct keys *keys, const struct crypto_wrap *wrap);

/* One row of the table of wraps, as it is walked. */
struct keys_wrap_row {
    struct compartment id;
    enum purpose purpose;
    enum data_class class;
    uint32_t version;
    bool has_presence;
    uint8_t bytes[CRYPTO_WRAP_BYTES];
};
/* keys_wrap_kept - what of a row's wrap its table keeps: not what the key of the row says; in row. */
struct str keys_wrap_kept(const struct keys_wrap_row *row);
/* the next rows after `after` in key order (start with a zeroed one); fewer than max: the end. What an error comes
 * behind is in rows and count. */
enum { KEYS_PAGE_ROWS = 64 };
SALVE_MUST_USE enum salve_code keys_wrap_page(struct keys *keys, const struct keys_wrap_row *after,
                                              struct keys_wrap_row rows[], size_t max, size_t *count,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_wrap_rows(struct keys *keys, struct compartment id, struct keys_wrap_row **out,
                                              size_t *count, struct salve_err *err); /* heap; free() it */
SALVE_MUST_USE enum salve_code keys_wrap_store(struct keys *keys, const struct crypto_wrap *wrap, bool has_presence,
                                               const struct crypto_key *class_key, struct salve_err *err);
void keys_presence_mask(struct crypto_key *class_key, const uint8_t presence[KEYS_PRESENCE_BYTES],
                        const struct crypto_wrap *wrap, struct crypto_key *scratch);

/* keys_drop_purpose - the wraps of one purpose; keys_letter_forget - token and row of a letter, not its wraps;
 * keys_token_drop_in - one token. Inside the caller's transaction. */
SALVE_MUST_USE enum salve_code keys_drop_purpose(struct keys *keys, struct compartment id, enum purpose purpose,
                                                 struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_token_drop_in(struct keys *keys, struct compartment id,
                                                  const uint8_t token[KEYS_TOKEN_BYTES], struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_letter_forget(struct keys *keys, struct compartment id, struct salve_err *err);

/* --- a ring --- */
struct keys_entry {
    enum data_class class;
    uint32_t version;
    bool is_readable;
};
struct keys_ring {
    struct compartment id;
    bool is_new;
    size_t count;
    struct keys_entry *entries; /* entry i's key is crypto_keys_at(keys, i) */
    struct crypto_keys *keys;
};
/* index of the newest version of a class; count if there is none */
size_t keys_ring_newest(const struct keys_ring *ring, enum data_class class);
/* one more version for each class of the mask, with a fresh key; readable if the one before was */
SALVE_MUST_USE enum salve_code keys_ring_turn(struct keys_ring *ring, class_mask classes, struct salve_err *err);

#endif
