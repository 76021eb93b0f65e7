/* SPDX-License-Identifier: Apache-2.0
 *
 * keys - who can read what, as keys. A purpose can read a class of a compartment because a wrap for it exists here;
 * withdrawal deletes the wrap, erasure deletes all of them, and turning the epoch twice makes that final.
 *
 * Two files: the key store `keys.db` (wraps and sealed keys) and the small `keys.epoch` beside it (the secrets of
 * the two living epochs). Opening anything needs both and the passphrase or key file. An old copy of keys.db is dead
 * after two rotations, because the epoch secret it was sealed with is written over; so keys.epoch must never be in a
 * backup, snapshot or mirror that is kept.
 *
 * Log before key: nothing readable comes out without a receipt of a durable leaf.
 *
 *     keys_ring_new -> seal the CONSENT record -> keys_grant           a new compartment
 *     keys_ring_open(receipt) -> read CONSENT -> keys_deliver -> read   an old one
 *
 * A ring seals into every class (a station writes audit and consent records that it cannot read back) but opens only
 * what was delivered. Class keys never leave the ring. One thread at a time.
 * Errors: E_SECRET (wrong passphrase, nothing changed), E_CONSENT, E_INTEGRITY, E_NOT_FOUND, E_CONFLICT, E_BUSY,
 * E_FULL, E_IO. Why it is so: docs/internals/keys.md. */
#ifndef SALVE_KEYS_H
#define SALVE_KEYS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ids.h"
#include "base/str.h"
#include "crypto/crypto.h"

struct keys;
struct keys_ring;
struct db_disk;

/* --- the key store --- */
/* What the operator knows or holds. Bytes are read during the call only; the caller zeroes them. */
struct keys_secret {
    bool is_key_file; /* false: a passphrase, stretched by Argon2id; true: the bytes of a key file */
    struct str bytes;
};
enum { KEYS_PASSPHRASE_BYTES_MIN = 12, KEYS_FILE_BYTES_MIN = 32 };

struct keys_options {
    const char *path;       /* keys.db */
    const char *epoch_path; /* NULL: path with ".db" replaced by ".epoch" */
    struct keys_secret secret;
    enum crypto_cost cost; /* keys_create only; 0 is MODERATE */
    int64_t made_unix_s;   /* keys_create only: when its keys were new; 0: not known */
    bool is_made_up;       /* keys_create only: the site's people are made up; stays so for ever */
    bool is_earlier;       /* keys_open: a store of layout 1 opens, too, to be verified and upgraded */
    struct db_disk *disk;  /* tests only */
};

/* keys_create - a new, empty key store at epoch 1. E_CONFLICT if either file exists; E_RANGE if the secret is too
 * short. */
SALVE_MUST_USE enum salve_code keys_create(const struct keys_options *options, struct keys **out,
                                           struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_open(const struct keys_options *options, struct keys **out, struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_close(struct keys **keys, struct salve_err *err); /* sets NULL; NULL is fine */

/* What the root secret was sealed with, so that nobody without it changes them: the layout of the site's tables (1 or
 * KEYS_LAYOUT), and whether its people are made up. Another passphrase or key file keeps both. */
enum { KEYS_LAYOUT = 2 };
uint32_t keys_layout(const struct keys *keys);
bool keys_is_made_up(const struct keys *keys);

struct keys_rotated {
    uint32_t epoch;     /* the new one */
    uint64_t rewrapped; /* wraps under it */
    uint64_t expired;   /* wraps that were past not_after and are gone */
};

/* keys_change_secret - seals everything anew under a new root secret, all or nothing, and turns the epoch twice (as
 * keys_rotate), so that the old secret opens no copy of the key store either; *out is the second turn. Stopped between
 * these, keys_due tells how many turns are left. E_SECRET if `old` is not right. */
enum { KEYS_CHANGE_TURNS = 2 };
SALVE_MUST_USE enum salve_code keys_change_secret(struct keys *keys, struct keys_secret old, struct keys_secret new_one,
                                                  int64_t now_unix_s, struct keys_rotated *out, struct salve_err *err);

/* keys_upgrade - a key store of layout 1 becomes one of layout 2: tokens are bound, the root secret is a new one that
 * says layout 2, under the same passphrase or key file, and keys_due asks for two turns, after which no copy of layout
 * 1 opens any more. In one durable transaction. keys_upgrade_begin - before it, and before the rows of the site get
 * their MACs: makes the secret of rows. */
SALVE_MUST_USE enum salve_code keys_upgrade_begin(struct keys *keys, struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_upgrade(struct keys *keys, struct keys_secret secret, struct salve_err *err);

/* --- a ring: the class keys of one compartment, in guarded memory --- */
/* keys_ring_new - fresh random keys of every class, version 1, in memory only; nothing is kept before keys_grant. The
 * maker may read back what they seal. */
SALVE_MUST_USE enum salve_code keys_ring_new(struct keys *keys, struct compartment id, struct keys_ring **out,
                                             struct salve_err *err);
void keys_ring_drop(struct keys_ring **ring); /* zeroes; sets NULL; NULL is fine */

/* A durable leaf's receipt. Made by keys_receipt only, which the gate calls after the log said that the leaf is on
 * disk; C cannot stop others, `make tidy` does. */
struct keys_receipt {
    struct compartment compartment;
    uint64_t leaf_index, durable_size; /* leaf_index < durable_size */
    uint8_t leaf_hash[CRYPTO_SHA256_BYTES];
    bool is_used; /* a receipt opens one ring */
};
struct keys_receipt keys_receipt(struct compartment id, uint64_t leaf_index, uint64_t durable_size,
                                 const uint8_t leaf_hash[CRYPTO_SHA256_BYTES]);

/* keys_ring_open - for tests: the ring of a compartment that exists. It seals into every class and reads class
 * CONSENT alone, because the gate has to read the person's decisions in order to decide. E_NOT_FOUND: no such
 * compartment (or erased). */
SALVE_MUST_USE enum salve_code keys_ring_open(struct keys *keys, struct keys_receipt *receipt, struct keys_ring **out,
                                              struct salve_err *err);

/* The CONSENT record that a wrap rests on. */
struct keys_consent {
    uint64_t seq;
    uint8_t sha256[CRYPTO_SHA256_BYTES];
};

enum { KEYS_PRESENCE_BYTES = 16 };

/* Asked for by records, so that the opening of a leaf commits together with the leaf: keys_ring_sealing gives a ring
 * that seals into every class and reads nothing, without a receipt; keys_ring_admit makes class CONSENT readable in
 * it once the leaf is durable (then it is what keys_ring_open gives). The receipt must be of the same compartment.
 * E_NOT_FOUND; E_CONSENT (receipt). */
SALVE_MUST_USE enum salve_code keys_ring_sealing(struct keys *keys, struct compartment id, struct keys_ring **out,
                                                 struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_ring_admit(struct keys_ring *ring, struct keys_receipt *receipt,
                                               struct salve_err *err);

/* keys_deliver - makes `classes` readable in the ring for `purpose`. Each of them needs a wrap of that purpose that
 * authenticates, has not passed its not_after, and rests on exactly `newest`, the newest CONSENT record for that
 * purpose.
 *   now_unix_s  of the guarded clock (store_clock)
 *   presence    the card's token if the wraps were made with one, else NULL
 * E_CONSENT if any of that is missing (and nothing became readable). */
SALVE_MUST_USE enum salve_code keys_deliver(struct keys *keys, struct keys_ring *ring, enum purpose purpose,
                                            class_mask classes, const struct keys_consent *newest, int64_t now_unix_s,
                                            const uint8_t *presence, struct salve_err *err);

class_mask keys_ring_readable(const struct keys_ring *ring);

/* keys_seal - a record of the ring's compartment under the newest key of its class; head.compartment and key_version
 * are filled in. keys_unseal - E_CONSENT if the class was not delivered, E_INTEGRITY if the record does not open.
 * asked: seq and class. */
SALVE_MUST_USE enum salve_code keys_seal(const struct keys_ring *ring, enum data_class class, uint64_t seq,
                                         const uint8_t prev[CRYPTO_SHA256_BYTES], struct str plaintext,
                                         struct arena *mem, struct str *record, struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_unseal(const struct keys_ring *ring, enum data_class class, uint64_t seq,
                                           struct str record, struct arena *mem, struct str *plaintext,
                                           struct crypto_record *head, struct salve_err *err);

/* --- grants: wraps for a purpose --- */
struct keys_grant {
    enum purpose purpose;
    class_mask classes;            /* within purpose_classes(purpose); CARE may add SENS by its own tick */
    int64_t not_after_unix_s;      /* 0: none */
    int64_t identity_until_unix_s; /* of FOLLOW_UP: the class identity, if it is delivered longer; 0: it is not */
    struct keys_consent consent;
    const uint8_t *presence; /* 16 bytes that reading then needs: CARE, of the card, or NULL: off; LETTER, always */
};

/* keys_grant - writes the wraps of all grants, in one durable transaction; a purpose that had wraps gets these
 * instead. On a new ring the grants must have SELF with all its classes (so that a SENS wrap exists for everybody
 * and having one says nothing); it is E_CONFLICT if the compartment exists. */
SALVE_MUST_USE enum salve_code keys_grant(struct keys *keys, struct keys_ring *ring, const struct keys_grant *grants,
                                          size_t count, struct salve_err *err);

/* keys_withdraw - one durable transaction: the wraps of `purpose` go, and every class that it had gets a new key
 * version, wrapped for SELF and for the purposes that keep it. The ring gets the new versions. Presence wraps of a
 * class that turned keep the old versions only and are renewed by keys_grant at the next visit with the card. SELF
 * cannot be withdrawn (erase does that): E_CONSENT. A purpose without wraps is fine and changes no key. consent_seq: of
 * the decision that is carried out; 0 where it is not known. */
SALVE_MUST_USE enum salve_code keys_withdraw(struct keys *keys, struct keys_ring *ring, enum purpose purpose,
                                             uint64_t consent_seq, struct salve_err *err);

/* keys_erase - one durable transaction: all wraps and index tokens of the compartment go, and no file holds them. The
 * ring, if any, is the caller's to drop. Fine if there is nothing. */
SALVE_MUST_USE enum salve_code keys_erase(struct keys *keys, struct compartment id, struct salve_err *err);

/* keys_granted - what wraps say in the clear, not_after_unix_s being the earliest of them: for decisions and for `keys`
 * reports. classes 0: no wraps. */
struct keys_granted {
    enum purpose purpose;
    class_mask classes;
    int64_t not_after_unix_s;
    struct keys_consent consent;
    bool has_presence;
};
SALVE_MUST_USE enum salve_code keys_granted(struct keys *keys, struct compartment id,
                                            struct keys_granted out[PURPOSE_LAST + 1], struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_exists(struct keys *keys, struct compartment id, bool *out, struct salve_err *err);
/* keys_whole_check - whether the wraps and tokens of a compartment are all that the key store gave it, and the newest
 * decision that they follow (0: not known). keys_whole_decided - that decision alone. keys_whole_next - for verify: the
 * first compartment behind `after` that has anything here. */
SALVE_MUST_USE enum salve_code keys_whole_check(struct keys *keys, struct compartment id, bool *is_whole,
                                                uint64_t *decided, struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_whole_decided(struct keys *keys, struct compartment id, uint64_t *decided,
                                                  struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_whole_next(struct keys *keys, const struct compartment *after,
                                               struct compartment *out, bool *found, struct salve_err *err);
/* keys_compartment_next - the first compartment with wraps after `after` (NULL: from the start); for verify and
 * tombstone replay. */
SALVE_MUST_USE enum salve_code keys_compartment_next(struct keys *keys, const struct compartment *after,
                                                     struct compartment *out, bool *found, struct salve_err *err);

/* --- epochs --- */
/* keys_rotate - a new epoch: new KEKs, all live wraps wrapped anew, the epoch before the last is destroyed. Safe to
 * stop at any write: keys_open finds every wrap and at most two epochs, and the next rotation finishes the work.
 * now_unix_s 0: the time is doubted; nothing expires. */
SALVE_MUST_USE enum salve_code keys_rotate(struct keys *keys, int64_t now_unix_s, struct keys_rotated *out,
                                           struct salve_err *err);

/* The same in pieces, between which the keys are used as ever; one turn at a time. keys_turn_step - at most so many
 * wraps, or another part of it; what fails can be tried again. keys_turn_end - what was done; frees it, sets NULL, and
 * NULL is fine. A turn that is given up half way is one that was stopped. */
struct keys_turn;
SALVE_MUST_USE enum salve_code keys_turn_begin(int64_t now_unix_s, struct keys_turn **out, struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_turn_step(struct keys *keys, struct keys_turn *turn, uint32_t rows, bool *is_done,
                                              struct salve_err *err);
void keys_turn_end(struct keys_turn **turn, struct keys_rotated *out);
/* keys_due - when the keys were last new (made, or the epoch turned) and how many turns a change of the secret still
 * asks for. It is authenticated: 0 where nobody can tell. */
struct keys_due {
    int64_t renewed_unix_s;
    uint32_t turns;
};
void keys_due(struct keys *keys, struct keys_due *out);

/* keys_signed_put - remembers the largest head of the site's logs, signed or not yet, beside the file `signed-head`: a
 * smaller one changes nothing. In keys.db the first time and at each turn, else in the file keys.signed, without a
 * sync. keys_signed_get - zeros where none was put; E_INTEGRITY if somebody without the secret
 * changed it. So older data beside this key store are known to be older. */
struct keys_signed {
    uint32_t log; /* number of the log, from 1 */
    uint64_t size;
    uint8_t root[CRYPTO_SHA256_BYTES];
};
SALVE_MUST_USE enum salve_code keys_signed_put(struct keys *keys, const struct keys_signed *head,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_signed_get(struct keys *keys, struct keys_signed *out, struct salve_err *err);

/* --- a copy at another place (keys_copy.c) --- */
/* What is known of the copy; epoch 0: there is none. `place` is the number under which the place knows this site. */
enum { KEYS_PLACE_BYTES = 16 };
struct keys_copied {
    uint32_t epoch;
    int64_t at_unix_s;
    uint8_t place[KEYS_PLACE_BYTES];
};
void keys_copied(struct keys *keys, struct keys_copied *out);
uint32_t keys_epoch_now(const struct keys *keys);
bool keys_have_failed(const struct keys *keys); /* the disk did: nothing is written until they were opened again */
/* The copy of keys.db and keys.epoch as they are now, in `folder`, opened and checked, in place of the copy that was
 * there, in three steps. What was there before opens until the new copy does.
 * keys_copy_begin - whose the place is. may_begin: the folder may be a new or an empty one. E_NOT_FOUND: the copy that
 * should be there is not (a disk that is away); E_CONFLICT: it holds keys that this site did not put there.
 * keys_copy_files - the files, also of a frozen copy of the store. E_INTEGRITY; E_FULL; E_IO.
 * keys_copy_done - that they are there.
 * keys_copy_check - is it there, and does it open with the secrets of today?
 * keys_copied_forget - the copy is not this key store's any more (it was restored from it). */
SALVE_MUST_USE enum salve_code keys_copy_begin(struct keys *keys, const char *folder, bool may_begin,
                                               int64_t now_unix_s, struct keys_copied *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_copy_files(struct keys *keys, const char *folder, const struct keys_copied *copied,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_copy_done(struct keys *keys, const struct keys_copied *copied,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_copy_check(struct keys *keys, const char *folder, struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_copied_forget(struct keys *keys, struct salve_err *err);

/* keys_fold - all of keys.db is in its file. keys_open_frozen - that file as `bytes` of it have it, to read only, with
 * the secrets that `keys` holds; `disk` has it under its name. */
SALVE_MUST_USE enum salve_code keys_fold(struct keys *keys, struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_open_frozen(struct keys *keys, struct db_disk *disk, struct keys **out,
                                                struct salve_err *err);

struct keys_status {
    uint32_t epoch;            /* e; e-1 is the other one */
    int64_t rotated_unix_s;    /* as keys_due */
    uint64_t wraps, wraps_old; /* all; those still under e-1 (an interrupted rotation) */
    uint64_t compartments, tokens;
    bool is_key_file;
};
SALVE_MUST_USE enum salve_code keys_status(struct keys *keys, struct keys_status *out, struct salve_err *err);

/* --- blind index (docs/internals/keys.md) --- */
enum { KEYS_TOKEN_BYTES = 16 };
/* keys_token - the token of one exact text that the caller normalised. A name with birth date goes through Argon2id
 * (22 ms), so that guessing costs; a card code is random and goes through keyed BLAKE2b alone. */
enum keys_token_kind { KEYS_TOKEN_CARD = 1, KEYS_TOKEN_NAME_BIRTH = 2 };
/* keys_slow_use - Argon2id by this from now on, which may use the key store for something else before it returns. */
typedef enum salve_code keys_slow(void *with, struct str secret, const uint8_t *salt, enum crypto_cost cost,
                                  struct crypto_key *out, struct salve_err *err);
void keys_slow_use(struct keys *keys, keys_slow *slow, void *with);
SALVE_MUST_USE enum salve_code keys_token(struct keys *keys, enum keys_token_kind kind, struct str text,
                                          uint8_t out[KEYS_TOKEN_BYTES], struct salve_err *err);
/* Where a token leads. A row of it has a MAC over the three, so that no token is turned to somebody else. */
struct keys_bound {
    struct compartment id;
    uint64_t since; /* of the caller's: the record that made the token good */
};
/* keys_token_put - all of them in one durable transaction. The same token may lead to several compartments (twins). */
SALVE_MUST_USE enum salve_code keys_token_put(struct keys *keys, const struct keys_bound *to,
                                              const uint8_t (*tokens)[KEYS_TOKEN_BYTES], size_t count,
                                              struct salve_err *err);
/* keys_token_find - E_INTEGRITY: a row of this token is not what the key store wrote. */
SALVE_MUST_USE enum salve_code keys_token_find(struct keys *keys, const uint8_t token[KEYS_TOKEN_BYTES],
                                               struct arena *mem, struct keys_bound **out, size_t *count,
                                               struct salve_err *err);
/* keys_token_replace - delete and put in one durable transaction (a new card). */
SALVE_MUST_USE enum salve_code keys_token_replace(struct keys *keys, const struct keys_bound *to,
                                                  const uint8_t (*tokens)[KEYS_TOKEN_BYTES], size_t count,
                                                  struct salve_err *err);
/* keys_token_end - one token of a compartment has had its time, in a durable transaction; fine if it is not there. */
SALVE_MUST_USE enum salve_code keys_token_end(struct keys *keys, struct compartment id,
                                              const uint8_t token[KEYS_TOKEN_BYTES], struct salve_err *err);
/* keys_token_next - for verify: the first row behind `after` (a token and its compartment; NULL: from the start). */
enum { KEYS_BOUND_BYTES = 40 };
struct keys_token_row {
    uint8_t token[KEYS_TOKEN_BYTES];
    uint8_t row[KEYS_BOUND_BYTES]; /* what stands beside it */
    size_t row_bytes;
    struct keys_bound to;
    bool is_ours;
};
SALVE_MUST_USE enum salve_code keys_token_next(struct keys *keys, const struct keys_token_row *after,
                                               struct keys_token_row *out, bool *found, struct salve_err *err);
/* keys_token_drop - that row goes. */
SALVE_MUST_USE enum salve_code keys_token_drop(struct keys *keys, const struct keys_token_row *row,
                                               struct salve_err *err);

/* --- the code of a letter (docs/internals/keys.md) --- */
/* One letter a person at a time. Its wraps are of purpose LETTER, rest on what own access rests on, and are masked by
 * keys_letter_presence, which is made of the code and of the birth date: without both they open nothing. */
struct keys_letter {
    uint8_t token[KEYS_TOKEN_BYTES]; /* index token of the code */
    uint64_t through_seq;            /* it reads no record after this one */
    uint32_t tries;                  /* birth dates that were wrong */
};
void keys_letter_presence(struct keys *keys, struct str letter_code, struct str birth_date,
                          uint8_t presence[KEYS_PRESENCE_BYTES]);
/* keys_letter_put - ends the letter before it and makes the wraps of `grant`, the token (since: as in keys_bound) and
 * the row; what a cut leaves
 * of it opens nothing, since nobody was told the code. keys_letter_get - found false: no letter stands.
 * keys_letter_tried - counts durably. keys_letter_drop - the letter ends; fine if there is none. */
SALVE_MUST_USE enum salve_code keys_letter_put(struct keys *keys, struct keys_ring *ring,
                                               const struct keys_grant *grant, const struct keys_letter *letter,
                                               uint64_t since, struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_letter_get(struct keys *keys, struct compartment id, struct keys_letter *out,
                                               bool *found, struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_letter_tried(struct keys *keys, struct compartment id, uint32_t tries,
                                                 struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_letter_drop(struct keys *keys, struct compartment id, struct salve_err *err);

/* --- other small secrets (the log's signing seed, session keys) --- */
/* Sealed with the epoch like everything else. get copies into a guarded key. E_NOT_FOUND. */
SALVE_MUST_USE enum salve_code keys_sealed_put(struct keys *keys, struct str name, const struct crypto_key *secret,
                                               struct salve_err *err);
SALVE_MUST_USE enum salve_code keys_sealed_get(struct keys *keys, struct str name, struct crypto_key *secret,
                                               struct salve_err *err);
/* keys_sealed_drop - the row goes, and no file holds it. Fine if there is none. */
SALVE_MUST_USE enum salve_code keys_sealed_drop(struct keys *keys, struct str name, struct salve_err *err);
/* keys_of_rows - the key for one kind of rows of the site (`label`), of a secret that stays the same in every epoch and
 * under every passphrase, so that rows need not be written anew. */
void keys_of_rows(struct keys *keys, struct str label, struct crypto_key *out);

/* --- verify --- */
/* keys_verify - both files bit for bit, then every wrap is opened (nothing leaves). `report` names each bad place.
 * E_INTEGRITY. */
typedef void keys_report(void *who, const char *place, const char *what);
SALVE_MUST_USE enum salve_code keys_verify(struct keys *keys, keys_report *report, void *who, struct salve_err *err);

#endif
