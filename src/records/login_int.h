/* SPDX-License-Identifier: Apache-2.0
 *
 * Staff as it is kept, what a login gives, and the counting of wrong tries. */
#ifndef SALVE_RECORDS_LOGIN_INT_H
#define SALVE_RECORDS_LOGIN_INT_H

#include "crypto/crypto.h"
#include "records/proof_int.h"
#include "records/staff.h"
#include "records/tx_int.h"

/* A member, and what their PIN and passphrase are hashed with; is.has_pin, is.has_phrase and is.has_totp say which of
 * it there is. A hash is the sealed row "pin/<name>/<salt>" of the key store, the secret of a TOTP generator
 * "totp/<name>/<salt>": the document says which row counts, so an older row put back brings nothing back. */
struct rec_secret {
    uint8_t salt[CRYPTO_SALT_BYTES];
    enum crypto_cost cost; /* not of a generator's */
};
struct rec_staff {
    struct staff is; /* but for the number of passkeys */
    struct rec_secret pin, phrase, totp;
};

/* rec_staff_read - E_NOT_FOUND. rec_staff_write - a version; `by` made the change. */
SALVE_MUST_USE enum salve_code rec_staff_read(struct rec_tx *tx, struct str id, struct arena *mem,
                                              struct rec_staff *out, struct salve_err *err);

SALVE_MUST_USE enum salve_code rec_staff_write(struct rec_tx *tx, const struct rec_staff *staff, struct actor by,
                                               struct salve_err *err);

/* rec_staff_changed - as soon as a change of the member cannot be taken back. */
void rec_staff_changed(struct site *site, struct str id);

/* rec_actor_own - rec_actor_check for what is the actor's own: also of a session that must set up. *out in
 * tx->mem. */
SALVE_MUST_USE enum salve_code rec_actor_own(struct rec_tx *tx, struct actor actor, struct rec_staff *out,
                                             struct salve_err *err);
/* rec_actor_seen - that it is them, and no more: also of a session that is for one view. */
SALVE_MUST_USE enum salve_code rec_actor_seen(struct rec_tx *tx, struct actor actor, struct rec_staff *out,
                                              struct salve_err *err);

/* rec_actor_staff - rec_actor_is for a member of staff, and their document. */
SALVE_MUST_USE enum salve_code rec_actor_staff(struct site *site, struct actor actor, struct arena *mem,
                                               struct rec_staff *out, struct salve_err *err);

/* rec_staff_due - a recovery whose day is over makes its manager; *next_unix_ms is not later than one to come. */
SALVE_MUST_USE enum salve_code rec_staff_due(struct site *site, struct arena *mem, int64_t *next_unix_ms,
                                             struct salve_err *err);

/* rec_gate_key - the key for what the gate says to itself; the same for the life of the site. */
const struct crypto_key *rec_gate_key(const struct site *site);

/* rec_pass - what makes a struct actor that member of staff: bound to name, role and PIN. */
void rec_pass(const struct site *site, const struct rec_staff *staff, uint8_t pass[ACTOR_PASS_BYTES]);

/* A try of a name that is counted (rec_tries.c). */
enum rec_try_end { REC_TRY_RIGHT, REC_TRY_WRONG, REC_TRY_NONE };
struct rec_try {
    int fd;
    uint32_t slot, name, count; /* with this one */
};

/* What is shown beside a secret, looked at as far as it can be before the secret is; it outlives the request. */
struct rec_beside {
    bool is_here;      /* at this machine: nothing else is asked for */
    bool is_at_tablet; /* its signature fits */
    char tablet[KEPT_ID_BYTES + 1];
    uint8_t challenge[PROOF_CHALLENGE_BYTES];
    char code[TOTP_DIGITS];
    bool has_code;
};

/* A secret that is looked at, in three steps: the try is counted; the secret is hashed, which takes long, on any
 * thread, and touches nothing of the site; it is compared with what the register says then. The same work for a name
 * that nobody has.
 * rec_login_begin - `shown` NULL: it is typed at the command line. Of the secret only the kind is looked at.
 * rec_login_end - in every case after a begin that went well; E_PIN. rec_login_drop - instead of it: the try is given
 * back. rec_log_in - all three on this thread. */
struct rec_login {
    char id[64];
    size_t id_bytes; /* 0: it can be nobody's name */
    bool is_pin;     /* what was typed; else it is a passphrase */
    struct rec_secret with;
    struct rec_beside beside;
    struct rec_way way; /* of rec_login_end: what kind of session it is good for */
    struct rec_try try;
    struct crypto_keys *slots; /* what was given, what is kept */
    enum salve_code code;      /* of the hashing */
    struct salve_err err;
};
SALVE_MUST_USE enum salve_code rec_login_begin(struct site *site, struct str id, struct str secret,
                                               const struct proof *shown, struct rec_login *out, struct salve_err *err);
void rec_login_hash(struct rec_login *login, struct str secret);
SALVE_MUST_USE enum salve_code rec_login_end(struct site *site, struct rec_login *login, struct arena *mem,
                                             struct rec_staff *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_log_in(struct site *site, struct str id, const struct proof *shown,
                                          struct arena *mem, struct rec_staff *out, struct rec_way *way,
                                          struct salve_err *err);
void rec_login_drop(struct site *site, struct rec_login *login);
/* rec_login_actor - what staff_login gives. */
SALVE_MUST_USE enum salve_code rec_login_actor(struct site *site, const struct rec_staff *staff, struct arena *mem,
                                               struct actor *out, struct salve_err *err);

/* rec_secret_is_pin - digits and nothing else.
 * rec_pin_make - hashes a secret, which takes long: others are served meanwhile where no transaction is open. In every
 * case crypto_keys_drop(&out->slots) follows.
 * rec_pin_put - keeps it; staff gets its salt and cost, which the document has to say from then on.
 * rec_pin_drop - rows that no document names any more: those that `staff` says it has. */
bool rec_secret_is_pin(struct str secret);
struct rec_pin {
    struct rec_secret is;
    bool is_pin;               /* else a passphrase */
    struct crypto_keys *slots; /* one: what it is hashed to */
};
SALVE_MUST_USE enum salve_code rec_pin_make(struct site *site, struct str secret, struct rec_pin *out,
                                            struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_pin_put(struct site *site, const struct rec_pin *made, struct rec_staff *staff,
                                           struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_pin_drop(struct site *site, const struct rec_staff *staff, struct salve_err *err);
/* rec_row_name - the name of the row of a secret: "pin/<name>/<salt>". */
enum { REC_ROW_NAME_BYTES = 128 };
struct str rec_row_name(const char *kind, struct str id, const struct rec_secret *secret,
                        char name[REC_ROW_NAME_BYTES]);

/* --- what is beside a secret (rec_proof.c) ------------------------------------------------------------------------ */

/* rec_beside_begin - what of it can be looked at before the secret is. E_CLOCK a code while the clock is doubted.
 * rec_beside_check - whether it is enough for that member, and login->way; *step: of the code. Of a member who has
 * nothing it is not. rec_beside_use - a code and a challenge are used up, and a tablet was seen; E_PIN they were
 * before.
 * rec_passkey_log_in - by a passkey alone; of `id` where that is not empty. */
SALVE_MUST_USE enum salve_code rec_beside_begin(struct site *site, struct str id, const struct proof *shown,
                                                struct arena *mem, struct rec_beside *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_beside_check(struct site *site, struct rec_login *login,
                                                const struct rec_staff *staff, struct arena *mem, bool *is_enough,
                                                uint64_t *step, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_beside_use(struct site *site, const struct rec_login *login,
                                              const struct rec_staff *staff, uint64_t step, struct arena *mem,
                                              struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_passkey_log_in(struct site *site, struct str id, const struct proof *shown,
                                                  struct arena *mem, struct rec_staff *out, struct rec_way *way,
                                                  struct salve_err *err);

/* rec_totp_find - the step of a code by the sealed row of a generator's secret; 0: it is none. E_NOT_FOUND. */
SALVE_MUST_USE enum salve_code rec_totp_find(struct site *site, struct str row, struct str code, uint64_t used,
                                             uint64_t *step, struct salve_err *err);

/* rec_try_at_tablets - the name under which wrong PINs at tablets are counted. */
SALVE_MUST_USE enum salve_code rec_try_at_tablets(struct str id, struct arena *mem, struct str *name,
                                                  struct salve_err *err);

/* --- tries (rec_tries.c): the file `tries` ------------------------------------------------------------------------ */

/* rec_try_begin - counts a try of `name` before it is looked at. E_PIN: it has to wait, or, where five wrong ones
 * close the way, something else has to be shown. rec_try_done ends what was begun: right takes the count away, wrong
 * makes it durable, none gives this one back. rec_try_forget - takes the count of a name away: it was shown in
 * another way. */
enum rec_try_rule { REC_TRY_WAITS, REC_TRY_CLOSES };
SALVE_MUST_USE enum salve_code rec_try_begin(struct site *site, struct str name, enum rec_try_rule rule,
                                             struct rec_try *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_try_forget(struct site *site, struct str name, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_try_done(struct site *site, struct rec_try *try, enum rec_try_end how,
                                            struct salve_err *err);
/* rec_guess_note - counts a code of a card, letter or slip, or a ticket, that nobody has. Nobody waits for that: a
 * code has 85 random bits, and a ticket is for staff, whose every opening counts. site_guessed_codes (site.h) tells
 * how many. */
void rec_guess_note(struct site *site);
/* rec_tries_check - E_INTEGRITY: a row of the file does not fit. */
SALVE_MUST_USE enum salve_code rec_tries_check(struct site *site, struct salve_err *err);

#endif
