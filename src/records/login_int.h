/* SPDX-License-Identifier: Apache-2.0
 *
 * Staff as it is kept, what a login gives, and the counting of wrong tries. */
#ifndef SALVE_RECORDS_LOGIN_INT_H
#define SALVE_RECORDS_LOGIN_INT_H

#include "crypto/crypto.h"
#include "records/staff.h"
#include "records/tx_int.h"

/* A member, and what their PIN is hashed with. The hash is the sealed row "pin/<name>/<salt>" of the key store: the
 * document says which row counts, so an older row put back brings no PIN back. */
struct rec_staff {
    struct staff is;
    uint8_t salt[CRYPTO_SALT_BYTES];
    enum crypto_cost cost;
};

/* rec_staff_read - E_NOT_FOUND. rec_staff_write - a version; `by` made the change. */
SALVE_MUST_USE enum salve_code rec_staff_read(struct rec_tx *tx, struct str id, struct arena *mem,
                                              struct rec_staff *out, struct salve_err *err);

SALVE_MUST_USE enum salve_code rec_staff_write(struct rec_tx *tx, const struct rec_staff *staff, struct actor by,
                                               struct salve_err *err);

/* rec_staff_changed - as soon as a change of the member cannot be taken back. */
void rec_staff_changed(struct site *site, struct str id);

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

/* A secret that is looked at, in three steps: the try is counted; the secret is hashed, which takes long, on any
 * thread, and touches nothing of the site; it is compared with what the register says then. The same work for a name
 * that nobody has.
 * rec_login_end - in every case after a begin that went well; E_PIN. rec_login_drop - instead of it: the try is given
 * back. rec_log_in - all three on this thread. */
struct rec_login {
    char id[64];
    size_t id_bytes; /* 0: it can be nobody's name */
    uint8_t salt[CRYPTO_SALT_BYTES];
    enum crypto_cost cost;
    struct rec_try try;
    struct crypto_keys *slots; /* what was given, what is kept */
    enum salve_code code;      /* of the hashing */
    struct salve_err err;
};
SALVE_MUST_USE enum salve_code rec_login_begin(struct site *site, struct str id, struct rec_login *out,
                                               struct salve_err *err);
void rec_login_hash(struct rec_login *login, struct str secret);
SALVE_MUST_USE enum salve_code rec_login_end(struct site *site, struct rec_login *login, struct arena *mem,
                                             struct rec_staff *out, struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_log_in(struct site *site, struct str id, struct str secret, struct arena *mem,
                                          struct rec_staff *out, struct salve_err *err);
void rec_login_drop(struct site *site, struct rec_login *login);
/* rec_login_actor - what staff_login gives. */
SALVE_MUST_USE enum salve_code rec_login_actor(struct site *site, const struct rec_staff *staff, struct arena *mem,
                                               struct actor *out, struct salve_err *err);

/* rec_pin_put - hashes and keeps a secret; staff gets its salt and cost, which the document has to say from then on.
 * rec_pin_drop - a row that no document names any more. */
SALVE_MUST_USE enum salve_code rec_pin_put(struct site *site, struct str secret, struct rec_staff *staff,
                                           struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_pin_drop(struct site *site, const struct rec_staff *staff, struct salve_err *err);

/* --- tries (rec_tries.c): the file `tries` ------------------------------------------------------------------------ */

/* rec_try_begin - counts a try of `name` before it is looked at. E_PIN: it has to wait. rec_try_done ends what was
 * begun: right takes the count away, wrong makes it durable, none gives this one back. */
SALVE_MUST_USE enum salve_code rec_try_begin(struct site *site, struct str name, struct rec_try *out,
                                             struct salve_err *err);
SALVE_MUST_USE enum salve_code rec_try_done(struct site *site, struct rec_try *try, enum rec_try_end how,
                                            struct salve_err *err);
/* rec_guess_note - counts a code of a card, letter or slip, or a ticket, that nobody has. Nobody waits for that: a code
 * has 85 random bits, and a ticket is for staff, whose every opening counts. site_guessed_codes (site.h) tells how
 * many. */
void rec_guess_note(struct site *site);
/* rec_tries_check - E_INTEGRITY: a row of the file does not fit. */
SALVE_MUST_USE enum salve_code rec_tries_check(struct site *site, struct salve_err *err);

#endif
